"""What does a report cost? `make bench` prints the figures and writes benchmarks/results.json.

Method: one warm process (libraries imported, fonts loaded, one report built before), medians of RUNS. `report_s` builds one
whole report (facts, page, PDF, notebook, proof) into a fresh folder; `charts_s` draws the same charts and writes them as SVG.
"""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import papermill  # noqa: F401  (imported here so that its import is not measured)

from customs_report import charts
from customs_report.publish.build import NOTEBOOKS, build
from customs_report.report import open_report

RUNS = 5
PERIOD = "2025-11"
CHARTS = re.findall(r"charts\.(\w+)\(", (NOTEBOOKS / "monthly_report.ipynb").read_text(encoding="utf-8"))


def one_report() -> None:
    with tempfile.TemporaryDirectory() as folder:
        build(PERIOD, out=Path(folder))


def its_charts(report) -> None:
    for name in CHARTS:
        chart = getattr(charts, name)(report)
        assert chart is None or chart.svg.startswith("<")


def seconds(work: Callable[[], None]) -> float:
    """The median time of RUNS runs, after one that does not count."""
    work()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    report = open_report(PERIOD)
    whole, drawn = seconds(one_report), seconds(lambda: its_charts(report))
    results = {
        "machine": {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()},
        "method": " ".join(__doc__.split("Method: ")[1].split()),
        "report_s": round(whole, 3),
        "charts_s": round(drawn, 3),
        "floor_ratio": round(whole / drawn, 2),
        "beyond_charts_s": round(whole - drawn, 3),
        "within_bound": whole <= 3 * drawn or whole - drawn <= 2,
        "reports_per_minute": round(60 / whole, 1),
    }
    for name in ("report_s", "charts_s", "floor_ratio", "beyond_charts_s", "within_bound", "reports_per_minute"):
        print(f"{name:20} {results[name]}")
    (Path(__file__).parent / "results.json").write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
