"""What does a report cost, and what does it cost elsewhere? `make bench` prints the table and writes benchmarks/results.json.

Method: everything in one run on one machine. *Stock chain*: for each of 12 periods spread over the series papermill's command
with a kernel, then `nbconvert --to html` and `nbconvert --to webpdf` (Chromium) on its result, one after the other, on the same
notebook. *This command*: one `customs-report build` of the same periods on all cores, started anew, the median of three runs.
*Cold*: one `customs-report build` of a month with all formats, and papermill's command with its kernel on a notebook that only
imports pandas and matplotlib and draws a line, in turn, each in a new process with the bytecode of an earlier run; `cold_ratio`
is the build's median of five runs over papermill's. The build finds the month's facts as `add` or its first build keeps them;
everywhere else they are computed.
*Floor*: what the same periods need in one warm process for charts (drawn and written as SVG), models (seasonal adjustment and
outlook) and the PDF compiler alone, measured inside reports without downloads (page and PDF) that draw their charts in this
process; `floor_ratio` is such a report over its floor, `downloads_s` what workbook and ZIP add to it, `floor_command_ratio` the
command over the floor spread over the cores, start and downloads included; medians over the periods.
*Everything*: `build all` into an empty folder with the memory of its workers at the beginning (5 to 15 % built, the newest and
largest reports) and at the end (from 90 %), then the same command again with nothing to do, the median of three runs. Times of
shared machines move by a third between runs; ratios are what to read.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import nbformat
import psutil
from playwright.sync_api import Error, sync_playwright

from customs_report import kept
from customs_report.calculations import fact_builders as report_facts
from customs_report.display import charts
from customs_report.publish import many, rendering
from customs_report.publish.inputs import NOTEBOOKS, Inputs
from customs_report.publish.manifest import DEFAULT_FORMATS

os.environ[kept.ENVIRONMENT] = kept.NONE
RUNS = 3
COLD_RUNS, COLD_PERIOD = 5, "2025-11"
LINE = "import pandas as pd\nimport matplotlib.pyplot as plt\n\nplt.plot(pd.Series([1, 2, 3]))\nplt.show()"
PERIODS = (
    "2008-09", "2010-03", "2011-11", "2013-06", "2014-12", "2016-05",
    "2018-08", "2020-04", "2022-07", "2024-05", "2025-11", "2026-06",
)  # fmt: skip
NOTEBOOK = NOTEBOOKS / "monthly_report.ipynb"
CORES = os.cpu_count() or 1
PARTS = ("charts", "models", "pdf")
PRINTED = ("html", "pdf")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
Row = tuple[str, float | str]


def run(*command: str, **given: Any) -> float:
    """The seconds that a command takes, with the bytecode of an earlier run as an installed package has it."""
    given["env"] = {**given.get("env", os.environ)}
    given["env"].pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, **given)
    return time.perf_counter() - start


def reports(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "customs_report", "build", *arguments)


# --- the stock chain ------------------------------------------------------------------------------------------------------


@contextmanager
def a_browser(scratch: Path) -> Iterator[dict[str, str]]:
    """The environment in which nbconvert finds a browser: Playwright's own, else the system's in its place."""
    environment = {**os.environ}
    with sync_playwright() as playwright:
        try:
            playwright.chromium.launch(args=["--no-sandbox"]).close()
        except Error as error:
            place = re.search(r"Executable doesn't exist at (\S+)", str(error))
            system = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
            if not place or not system:
                raise SystemExit("benchmarks: the stock chain needs Chromium, and there is none") from error
            usual = Path(playwright.chromium.executable_path).parents[2]
            wrapper = scratch / Path(place[1]).relative_to(usual)
            wrapper.parent.mkdir(parents=True)
            wrapper.write_text(f'#!/bin/sh\nexec {system} "$@"\n', encoding="utf-8")
            wrapper.chmod(0o755)
            environment["PLAYWRIGHT_BROWSERS_PATH"] = str(scratch)
    yield environment


def stock(period: str, folder: Path, environment: dict[str, str]) -> dict[str, float]:
    """The seconds of each step of the stock chain for a period."""
    executed, tool = str(folder / f"{period}.ipynb"), (sys.executable, "-m")
    convert = (*tool, "nbconvert", "--log-level=ERROR", "--WebPDFExporter.disable_sandbox=True", executed, "--to")
    return {
        "papermill": run(*tool, "papermill", "--kernel", "python3", str(NOTEBOOK), executed, "-p", "period", period),
        "html": run(*convert, "html", env=environment),
        "webpdf": run(*convert, "webpdf", env=environment),
    }


# --- one report from a new process ----------------------------------------------------------------------------------------


def cold(scratch: Path) -> tuple[float, float]:
    """The seconds of papermill on a notebook that draws a line, and of a build of one month, each in a new process."""
    line, new = scratch / "line.ipynb", nbformat.v4
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new.new_notebook(cells=[new.new_code_cell(LINE)], metadata=kernel), line)
    simple = (sys.executable, "-m", "papermill", str(line), str(scratch / "drawn.ipynb"))
    own = reports(COLD_PERIOD, "--force", "--out", str(scratch / "cold"))
    keeping = {**os.environ, kept.ENVIRONMENT: str(scratch / "kept")}
    run(*own, env=keeping)  # writes the bytecode, and what is kept
    seconds = [(run(*simple), run(*own, env=keeping)) for _ in range(COLD_RUNS)]
    return median(theirs for theirs, _ in seconds), median(ours for _, ours in seconds)


# --- the floor ------------------------------------------------------------------------------------------------------------


@contextmanager
def timed(spent: dict[str, float], kind: str, owner: Any, name: str) -> Iterator[None]:
    """Adds what a function costs, wherever it is called."""
    real = getattr(owner, name)

    def wrapper(*given: Any, **named: Any) -> Any:
        start = time.perf_counter()
        made = real(*given, **named)
        spent[kind] += time.perf_counter() - start
        return made

    setattr(owner, name, wrapper)
    try:
        yield
    finally:
        setattr(owner, name, real)


def warm_report(period: str, formats: tuple[str, ...] = DEFAULT_FORMATS) -> tuple[float, dict[str, float]]:
    """The seconds of a report in this process, and of its parts alone."""
    spent: dict[str, float] = defaultdict(float)
    (order,) = many.orders([period], formats=formats)
    with ExitStack() as stack:
        stack.enter_context(patch.object(many, "drawn_beside", nullcontext))
        stack.enter_context(timed(spent, "charts", charts, "svg"))
        for name in ("adjusted_facts", "outlook_facts"):
            stack.enter_context(timed(spent, "models", report_facts, name))
        stack.enter_context(timed(spent, "pdf", rendering, "typeset"))
        start = time.perf_counter()
        ((_, made),) = many.make_all([order])
        seconds = time.perf_counter() - start
    if isinstance(made, Exception):
        raise made
    return seconds, dict(spent)


# --- everything -----------------------------------------------------------------------------------------------------------


def build_all(periods: tuple[str, ...], out: Path) -> dict[str, float]:
    """A whole archive: its seconds, and the memory of a worker at the beginning and at the end, in megabytes."""
    months, samples = len(Inputs().periods) if periods == ("all",) else len(periods), []
    start = time.perf_counter()
    process = psutil.Popen(reports(*periods, "--out", str(out)), stdout=subprocess.DEVNULL)
    while process.poll() is None:
        done = len([*out.glob("*/monthly_report.manifest.json")]) / months
        for child in process.children():
            with suppress(psutil.NoSuchProcess):  # it ended meanwhile
                if "resource_tracker" not in str(child.cmdline()):
                    samples.append((done, child.memory_info().rss / 1e6))
        time.sleep(1)
    seconds = time.perf_counter() - start
    if process.returncode:
        raise SystemExit(f"benchmarks: `build {' '.join(periods)}` ended with {process.returncode}")
    first, last = ([size for done, size in samples if low <= done <= high] for low, high in ((0.05, 0.15), (0.9, 1)))
    return {
        "build_all_s": seconds,
        "reports_per_minute": 60 * months / seconds,
        "worker_memory_mb_first": median(first or [0]),
        "worker_memory_mb_last": median(last or [0]),
    }


def measure(periods: tuple[str, ...], everything: tuple[str, ...]) -> Iterator[Row]:
    """The rows of the table as they are known."""
    with tempfile.TemporaryDirectory(prefix="customs-report-bench-") as folder:
        scratch = Path(folder)
        yield "periods", len(periods)
        with a_browser(scratch / "browser") as environment:
            chain = [stock(period, scratch, environment) for period in periods]
        for step in chain[0]:
            yield f"stock_{step}_s", median(each[step] for each in chain)
        whole = sum(sum(each.values()) for each in chain)
        yield "stock_chain_s", whole
        own = median(run(*reports(*periods, "--force", "--out", str(scratch / "own"))) for _ in range(RUNS))
        yield "command_s", own
        yield "stock_chain_ratio", whole / own
        yield "stock_chain_ratio_a_core", whole / CORES / own

        simple, first = cold(scratch)
        yield "cold_papermill_s", simple
        yield "cold_build_s", first
        yield "cold_ratio", first / simple

        warm_report("2012-02"), warm_report("2024-06")
        warm = [warm_report(period, PRINTED) for period in periods]
        full = [warm_report(period)[0] for period in periods]
        floors = [sum(spent.get(part, 0) for part in PARTS) for _, spent in warm]
        yield "report_s", median(seconds for seconds, _ in warm)
        for kind in PARTS:
            yield f"{kind}_s", median(spent.get(kind, 0) for _, spent in warm)
        yield "downloads_s", median(whole - printed for whole, (printed, _) in zip(full, warm, strict=True))
        yield "floor_s", median(floors)
        yield "floor_ratio", median(seconds / floor for (seconds, _), floor in zip(warm, floors, strict=True))
        yield "floor_command_ratio", own / (sum(floors) / CORES)

        yield from build_all(everything, scratch / "all").items()
        again = reports(*everything, "--out", str(scratch / "all"))
        yield "unchanged_build_all_s", median(run(*again) for _ in range(RUNS))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--periods", type=int, default=len(PERIODS), help="fewer, for a trial (writes no results)")
    trial = parser.parse_args().periods < len(PERIODS)
    periods = PERIODS[-parser.parse_args().periods :]
    print("\n".join(__doc__.strip().split("\n")[2:]), end="\n\n")
    results: dict[str, Any] = {
        "machine": {"processor": platform.machine(), "cores": CORES, "python": platform.python_version()},
        "method": " ".join(__doc__.split("Method: ")[1].split()),
    }
    for name, value in measure(periods, periods if trial else ("all",)):
        results[name] = round(value, 2) if isinstance(value, float) else value
        print(f"{name:26} {results[name]:>10}", flush=True)
    if not trial:
        (Path(__file__).parent / "results.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
