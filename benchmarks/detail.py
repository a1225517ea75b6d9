"""What do questions to detail data cost, and adding them? Prints a table and writes benchmarks/detail.json and detail.png.

Method: synthetic data (`synthetic.py`) of 1 to 100 million rows, on one machine, warm, medians of five, each size in a process
of its own whose peak memory is read at the end. *Questions*: a partner's section (goods bought and sold at 2, 4, 6 and 8
digits, month and year to date), a good's partners, diversion from the United States; each computed anew, nothing cached.
*Floor*: the same by hand-written SQL in DuckDB over the same files (`floor.py`), in the same process, in turn. *pandas*: the
same with plain pandas over the CSV files, all read anew, once, at 10 million rows. *Adding*: 10 million rows as 1,000 downloads
of 10,000 rows, and as one file. *Report*: one `customs-report build` of a month with 100 million rows beside it and without.
`--rows 1,10` measures fewer millions and writes nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import floor
import synthetic

from customs_report.detail import vintages
from customs_report.detail.store import Index, Store
from customs_report.schema import DATA

HERE = Path(__file__).parent
PERIOD, PARTNER, COMMODITY = "2026-07", "USA", "8703"
MILLIONS = (1, 3, 10, 30, 100)
RUNS = 5


def store_of(folder: Path, rows: int) -> None:
    """A data folder with a store of so many synthetic rows, a part for each year and flow, written as adding writes them."""
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("detail", ".*"))
    detail, parts = folder / "detail", []
    detail.mkdir()
    con, chunk = duckdb.connect(config={"memory_limit": "1GB", "temp_directory": str(folder / ".spill")}), folder / ".chunk"
    con.execute("SET preserve_insertion_order = false")
    chunk.mkdir()
    years: dict[tuple[str, str], list[str]] = {}
    for period, flow, count in synthetic.plan(rows):
        synthetic.month(con, period, flow, count)
        path = chunk / f"{flow}-{period}.parquet"
        con.execute(f"COPY synthetic TO '{path}' (FORMAT parquet, COMPRESSION snappy)")
        years.setdefault((period[:4], flow), []).append(str(path))
    for (year, flow), files in years.items():
        where = f"year={year}/flow={flow}/stage=revised/"
        (detail / where).mkdir(parents=True)
        to = detail / where / "synthetic.parquet"
        con.execute(f"""
            COPY (
                SELECT period, 'month' AS kind, flow, commodity, partner, regime, province, currency, value,
                    NULL::DOUBLE AS value_yoy, quantity, unit, quantity_2, unit_2, 1.0::DOUBLE AS step, 'revised' AS stage,
                    '2026-08-20' AS released, 'usual day' AS released_basis, 'synthetic' AS source, '8 partner' AS shape,
                    '{vintages.NEVER}' AS superseded, true AS is_first
                FROM read_parquet({files}) ORDER BY {", ".join(vintages.ORDER)}
            ) TO '{to}' (FORMAT parquet, COMPRESSION zstd)
        """)
        parts.append(vintages.describe(con, to, where, flow, "synthetic.parquet"))
    shutil.rmtree(chunk)
    shutil.rmtree(folder / ".spill", ignore_errors=True)
    Store(detail).commit(Index(tuple(parts)))


def questions(folder: Path, csv: Path | None) -> dict[str, Any]:
    """The medians of each question, ours and the floor, in turn; in this process, with its peak memory."""
    os.environ["CUSTOMS_REPORT_DATA"] = str(folder)
    import helpers
    from customs_report.calculations import traded_goods

    tables, con = helpers.load(), duckdb.connect(config={"threads": os.cpu_count() or 2})
    files, flows = f"{folder}/detail/**/*.parquet", ("export", "import")
    ours: dict[str, Callable[[], Any]] = {
        "partner": lambda: [traded_goods.partner_goods(tables, PERIOD, PARTNER, f, d) for f in flows for d in (2, 4, 6, 8)],
        "commodity": lambda: [traded_goods.commodity_partners(tables, PERIOD, f, COMMODITY) for f in flows],
        "diversion": lambda: traded_goods.diversion(tables, PERIOD, PARTNER),
    }
    by_hand: dict[str, Callable[[], Any]] = {
        "partner": lambda: floor.partner_section(con, files, PERIOD, PARTNER),
        "commodity": lambda: floor.commodity_section(con, files, PERIOD, COMMODITY),
        "diversion": lambda: floor.diversion(con, files, PERIOD, PARTNER),
    }
    found: dict[str, Any] = {}
    for name in ours:
        times: dict[str, list[float]] = {"s": [], "floor_s": []}
        for run in range(RUNS + 1):  # the first warms up
            for which, ask in (("s", ours[name]), ("floor_s", by_hand[name])):
                forget(tables)
                begun = time.perf_counter()
                ask()
                if run:
                    times[which].append(time.perf_counter() - begun)
        found[f"{name}_s"], found[f"{name}_floor_s"] = (median(times[which]) for which in ("s", "floor_s"))
    _, whole, *_ = traded_goods.diversion(tables, PERIOD, PARTNER)
    by_sql = floor.diversion(con, files, PERIOD, PARTNER)
    assert abs(whole["share"] / 100 - by_sql.share) < 1e-9, (whole, by_sql[:3])
    assert abs(whole["percentile"] - by_sql.percentile) < 1e-9
    found["memory_mb"] = _peak_memory()
    if csv:
        paths = sorted(csv.glob("*.csv"))
        begun = time.perf_counter()
        floor.partner_section_pandas(paths, PERIOD, PARTNER)
        found["partner_pandas_s"] = time.perf_counter() - begun
        begun = time.perf_counter()
        floor.diversion_pandas(paths, PERIOD, PARTNER)
        found["diversion_pandas_s"] = time.perf_counter() - begun
    return found


def _peak_memory() -> float:
    """The peak memory of this process in MB, as Linux keeps it."""
    (peak,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    return int(peak.split()[1]) * 1024 / 1e6


def forget(tables: Any) -> None:
    """Drop cached answers, not the names of goods."""
    cache = vars(tables).get("_cache", {})
    for key in [key for key in cache if key[0].__module__.endswith((".traded_goods", ".calculations.detail"))]:
        del cache[key]


def adding(scratch: Path, rows: int) -> dict[str, Any]:
    """Rows a second of adding many downloads and one file of the same rows, by the command, and its peak memory."""
    many, one = scratch / "many", scratch / "one"
    found: dict[str, Any] = {}
    paths = synthetic.csv_files(many, rows)
    one.mkdir()
    for flow in ("export", "import"):
        with (one / f"synthetic_{flow}.csv").open("wb") as whole:
            for i, path in enumerate(sorted(path for path in paths if f"_{flow}_" in path.name)):
                content = path.read_bytes()
                whole.write(content if i == 0 else content.partition(b"\n")[2])
    for name, folder in (("many", many), ("one", one)):
        data = scratch / f"data-{name}"
        shutil.copytree(DATA, data, ignore=shutil.ignore_patterns(".*"))
        begun = time.perf_counter()
        peak = _command(["add", str(folder)], data)
        took = time.perf_counter() - begun
        found |= {f"add_{name}_s": took, f"add_{name}_rows_a_second": rows / took, f"add_{name}_memory_mb": peak}
        shutil.rmtree(data)
    found["add_files"] = len(paths)
    found["add_many_to_one"] = found["add_many_s"] / found["add_one_s"]
    return found


def _command(arguments: list[str], data: Path, out: Path | None = None) -> float:
    """Run customs-report as a process; its peak memory in MB."""
    command = [sys.executable, "-m", "customs_report", *arguments, *(["--out", str(out)] if out else [])]
    code = (
        "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL); "
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *command], env={**os.environ, "CUSTOMS_REPORT_DATA": str(data)}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    return float(done.stdout.split()[-1])


def report(scratch: Path, beside: Path) -> dict[str, float]:
    """How much longer does a monthly report take with a large store beside it?"""
    plain = scratch / "plain"
    shutil.copytree(DATA, plain, ignore=shutil.ignore_patterns(".*"))
    times: dict[str, list[float]] = {"with": [], "without": []}
    for run in range(4):
        for name, data in (("with", beside), ("without", plain)):
            begun = time.perf_counter()
            _command(["build", "2025-11"], data, scratch / f"out-{name}-{run}")
            if run:
                times[name].append(time.perf_counter() - begun)
    return {"report_with_s": median(times["with"]), "report_without_s": median(times["without"]),
            "report_ratio": median(times["with"]) / median(times["without"])}  # fmt: skip


def chart(sizes: dict[int, dict[str, Any]], to: Path) -> None:
    """Cost against rows, both axes logarithmic."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), dpi=150)
    axes = figure.add_subplot()
    for name in ("partner", "commodity", "diversion"):
        axes.loglog([*sizes], [size[f"{name}_s"] for size in sizes.values()], marker="o", label=name)
        axes.loglog([*sizes], [size[f"{name}_floor_s"] for size in sizes.values()], ls=":", color=axes.lines[-1].get_color())
    axes.set(xlabel="million rows (synthetic)", ylabel="seconds, warm", title="Questions to detail data; dotted: SQL by hand")
    axes.legend()
    axes.grid(alpha=0.3)
    figure.savefig(to)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default="", help="millions, such as 1,10; a trial that writes nothing")
    parser.add_argument("--scratch", type=Path, default=None, help="a folder to keep the synthetic stores in")
    parser.add_argument("--only", nargs=2, metavar=("FOLDER", "CSV"), help=argparse.SUPPRESS)  # in a process of its own
    given = parser.parse_args()
    if given.only:
        print(json.dumps(questions(Path(given.only[0]), Path(given.only[1]) if given.only[1] else None)))
        return
    sizes = [int(part) for part in given.rows.split(",")] if given.rows else MILLIONS
    scratch = given.scratch or Path(tempfile.mkdtemp(prefix="detail-"))
    scratch.mkdir(exist_ok=True)
    found: dict[str, Any] = {"machine": platform.machine(), "cores": os.cpu_count(), "method": __doc__.partition("\n\n")[2]}
    if 10 in sizes:
        found |= adding(scratch, 10_000_000)
        print({name: value for name, value in found.items() if name.startswith("add")}, flush=True)
    found["sizes"] = {}
    for millions in sizes:
        folder = scratch / f"data-{millions}"
        if not folder.exists():
            store_of(folder, millions * 1_000_000)
        csv = str(scratch / "many") if millions == 10 else ""
        done = subprocess.run(
            [sys.executable, __file__, "--only", str(folder), csv], capture_output=True, text=True, check=True,
            env={**os.environ, "CUSTOMS_REPORT_DATA": str(folder)},
        )  # fmt: skip
        found["sizes"][millions] = json.loads(done.stdout.splitlines()[-1])
        print(millions, found["sizes"][millions], flush=True)
    found |= report(scratch, scratch / f"data-{max(sizes)}")
    print({name: value for name, value in found.items() if name.startswith("report")})
    if not given.rows:
        (HERE / "detail.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        chart(found["sizes"], HERE / "detail.png")
    if not given.scratch:
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
