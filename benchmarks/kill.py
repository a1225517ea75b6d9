"""Does a killed build ever leave a half report? Kills it at random moments and looks; writes benchmarks/kill.json.

Method: two versions of a small notebook take turns to build two months, so that every run replaces a published set by another.
Each run is killed with its whole process group (SIGKILL): one in ten is the command itself with two workers, the others are
forks of this process, with the libraries loaded, half of them killed within milliseconds of the first file written. Then
every file has to be, byte for byte, one of either version; a set that the archive lists or that matches its manifest has to be
of one version; and the next run has to complete and to leave nothing else behind.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import nbformat

from customs_report import loading
from customs_report import tables as data
from customs_report.publish import build, catalogue, inputs, manifest, many  # noqa: F401  (build: loaded before the forks)
from customs_report.publish.fonts import page_fonts

PERIODS = ("2012-02", "2012-03")
NOTEBOOK = "small"
SETUP = """
from customs_report.display import cover
from customs_report.facts import Facts
from customs_report.report import Report
from customs_report.vintages import known_tables
tables = known_tables()
report = Report(period, tables.as_of, as_of, tables, Facts(period, tables.as_of), None)
"""
VERSIONS = ("first", "second")
Files = dict[str, bytes]


def projects(scratch: Path) -> None:
    """Copies of the project, each with its version of a small notebook."""
    new, kernel = nbformat.v4, {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for version in VERSIONS:
        for name in ("customs_report", "data"):
            shutil.copytree(inputs.ROOT / name, scratch / version / name, ignore=shutil.ignore_patterns(".*"))
        for name in ("helpers.py", "requirements.txt"):
            shutil.copy(inputs.ROOT / name, scratch / version)
        (scratch / version / "notebooks").mkdir()
        cells = [
            new.new_code_cell('period: str = ""\nas_of: str = ""', metadata={"tags": ["parameters"]}, id="parameters"),
            new.new_code_cell(SETUP, metadata={"tags": ["setup"]}, id="setup"),
            new.new_code_cell(f'cover(("A report",), ("The {version} version",), ("Words",), ())', id="cover"),
            *(new.new_markdown_cell(f"## A section of the {version} version", id=f"section-{i}") for i in range(100)),
        ]
        nbformat.write(new.new_notebook(cells=cells, metadata=kernel), scratch / version / "notebooks" / f"{NOTEBOOK}.ipynb")


def forked(work: Callable[[], object]) -> int:
    """Do some work in a process group of its own; returns its id."""
    process = os.fork()
    if not process:
        os.setpgid(0, 0)
        code = 1
        try:
            code = 0 if work() else 2
        finally:
            os._exit(code)
    return process


def ended(process: int) -> int:
    """The exit code of a fork; one that does not end within two minutes is killed."""
    deadline = time.monotonic() + 120
    while not (done := os.waitpid(process, os.WNOHANG))[0]:
        if time.monotonic() > deadline:
            os.killpg(process, signal.SIGKILL)
        time.sleep(0.01)
    return os.waitstatus_to_exitcode(done[1])


def built(folder: Path, version: str, out: Path, force: bool) -> bool:
    inputs.NOTEBOOKS = folder / version / "notebooks"
    results = many.build_all(many.orders(PERIODS, notebook=NOTEBOOK), out=out, force=force)
    return all(isinstance(result, many.Built) for result in results)


def files(out: Path, period: str) -> Files:
    """The files of a report that two builds of it have in common, byte for byte."""
    paths = {ending: out / period / f"{NOTEBOOK}.{ending}" for ending in ("html", "pdf", "facts.json")}
    return {ending: path.read_bytes() for ending, path in paths.items() if path.exists()}


def look(out: Path, good: dict[str, dict[str, Files]]) -> str:
    """What a killed run has left of its reports; raises AssertionError where that must not be."""
    states = []
    listed = {
        entry["id"]
        for entry in catalogue.make_catalogue(out, {}, lambda *_: None, fresh=True)["reports"]
        if entry["state"] == "complete"
    }
    for period in PERIODS:
        left, versions = files(out, period), [good[version][period] for version in VERSIONS]
        for ending, content in left.items():
            assert any(content == version[ending] for version in versions), f"{period}: {ending} is of no version"
        for path in (out / period).glob(f"{NOTEBOOK}.[im]*"):
            json.loads(path.read_bytes())  # notebook and manifest carry running times: whole, if they can be read
        whole = manifest.read(out / period, NOTEBOOK)
        assert not whole or left in versions, f"{period}: a whole set of two versions"
        assert whole or f"{period}/{NOTEBOOK}" not in listed, f"{period}: listed, and not what its manifest says"
        states.append("whole" if whole else "between two versions")
    return ", ".join(sorted({*states})) + (", files staged" if any(out.rglob(f"{manifest.STAGED}*")) else "")


def killed(times: int, scratch: Path) -> Counter[str]:
    out, seen = scratch / "reports", Counter[str]()
    projects(scratch)
    data.as_of(loading.load()), page_fonts()  # not Typst: its threads would be lost in a fork
    good: dict[str, dict[str, Files]] = {}
    for version in VERSIONS:
        begun = time.monotonic()
        assert ended(forked(partial(built, scratch, version, out, force=True))) == 0
        lasts = time.monotonic() - begun
        good[version] = {period: files(out, period) for period in PERIODS}
    for turn in range(times):
        version = VERSIONS[turn % 2]
        if turn % 10 == 9:
            command = [sys.executable, "-m", "customs_report", "build", *PERIODS, "--force", "--jobs", "2", "--out", str(out)]
            process = subprocess.Popen(
                command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ).pid
            time.sleep(random.uniform(0.2, 8 * lasts))
        else:
            process = forked(partial(built, scratch, version, out, force=True))
            if turn % 2:
                time.sleep(random.uniform(0, 1.2 * lasts))
            else:
                deadline = time.monotonic() + 4 * lasts
                while not any(out.rglob(f"{manifest.STAGED}*")) and time.monotonic() < deadline:
                    pass
                time.sleep(random.uniform(0, 0.02))
        try:
            os.killpg(process, signal.SIGKILL)
        except ProcessLookupError:  # it was done
            seen["done before"] += 1
        os.waitpid(process, 0)
        seen[look(out, good)] += 1
        again = forked(partial(built, scratch, version, out, force=False))
        assert ended(again) == 0, "the next run does not complete"
        assert look(out, good) == "whole", "the next run leaves something behind"
        print(f"\r{turn + 1} of {times}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return seen


def main(times: int) -> None:
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="customs-report-kill-") as scratch:
        os.environ["TMPDIR"] = tempfile.tempdir = scratch
        seen = killed(times, Path(scratch))
    result = {
        "method": " ".join(__doc__.split("Method: ")[1].split()),
        "killed": times,
        "left_behind": dict(seen.most_common()),
        "half_reports": 0,  # the first one ends the run
        "minutes": round((time.monotonic() - started) / 60, 1),
    }
    print(json.dumps(result, indent=1))
    (Path(__file__).parent / "kill.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
