"""Writes docs/gallery.md: every chart with the question it answers and the call that makes it (`make gallery`)."""

from __future__ import annotations

import inspect
import io
import re
from pathlib import Path

from PIL import Image

from customs_report import charts
from customs_report.display import Chart, plain
from customs_report.publish.inputs import NOTEBOOKS
from customs_report.report import open_report

PERIOD, DAY = "2025-11", "2026-09-08"
HERE = Path(__file__).parent
COMPARISON = 'charts.comparison(report, ["ASEAN", "EU27", "USA"])'
HEAD = f"""# Gallery

Every chart, with the question it answers and the call that makes it. Paste a call into
`notebooks/explore.ipynb` (`make lab`) and change it. Drawn for {PERIOD} as known on {DAY} by `make gallery`.
"""


def calls() -> list[str]:
    """The charts in the order of the monthly report, and the one of the controls."""
    drawn = re.findall(r"charts\.\w+\(report\)", (NOTEBOOKS / "monthly_report.ipynb").read_text(encoding="utf-8"))
    return [*dict.fromkeys(drawn), COMPARISON]


def png(chart: Chart) -> bytes:
    """Small: few colours, no more pixels than a page needs."""
    drawn, small = io.BytesIO(), io.BytesIO()
    chart.figure.savefig(drawn, format="png", dpi=80, facecolor="white")
    Image.open(drawn).convert("RGB").quantize(48, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
    return small.getvalue()


def main() -> None:
    folder = HERE / "gallery"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    parts = [HEAD]
    report = open_report(PERIOD, DAY)
    for call in calls():
        name = re.search(r"\.(\w+)\(", call)[1]
        chart = eval(call, {"charts": charts, "report": report})
        (folder / f"{name}.png").write_bytes(png(chart))
        question = inspect.getdoc(getattr(charts, name)).splitlines()[0]
        parts.append(f"## {question}\n\n`{call}`\n\n{plain(chart.title)}\n\n![{plain(chart.alt)}](gallery/{name}.png)\n")
    (HERE / "gallery.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
