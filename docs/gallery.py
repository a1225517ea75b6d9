"""Writes docs/gallery.md: every chart with the question it answers and the call that makes it (`make gallery`)."""

from __future__ import annotations

import inspect
import io
import re
from pathlib import Path
from zipfile import ZipFile

from PIL import Image

from customs_report import exhibits
from customs_report.display import Chart, plain
from customs_report.publish.exhibit_files import exhibits_zip
from customs_report.publish.inputs import NOTEBOOKS
from customs_report.publish.outlines import Outline, Part
from customs_report.report import Report, open_report

PERIOD, DAY = "2025-11", "2026-09-08"
HERE = Path(__file__).parent
COMPARISON = 'exhibits.compare(report, ["ASEAN", "EU27", "USA"])'
HEAD = f"""# Gallery

Every chart, with the question it answers and the call that makes it. Paste a call into
`notebooks/explore.ipynb` (`make lab`) and change it. Drawn for {PERIOD} as known on {DAY} by `make gallery`.
"""


def charts(report: Report) -> dict[str, Chart]:
    """Each call that shows a chart, in the order of the monthly report, and the comparison of the controls: its chart."""
    notebook = (NOTEBOOKS / "monthly_report.ipynb").read_text(encoding="utf-8")
    found = {}
    for call in (*re.findall(r"exhibit\(\d+, (exhibits\.\w+\(report\))", notebook), COMPARISON):
        made = eval(call, {"exhibits": exhibits, "report": report})
        for chart in (body for body in getattr(made, "bodies", (made,)) if isinstance(body, Chart)):
            found[call] = chart
    return found


def small(picture: bytes) -> bytes:
    """In few colours."""
    out = io.BytesIO()
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(48, dither=Image.Dither.NONE).save(out, format="png", optimize=True)
    return out.getvalue()


def main() -> None:
    folder = HERE / "gallery"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    report = open_report(PERIOD, DAY)
    made = charts(report)
    files = exhibits_zip(Outline(tuple(Part(data=chart.shown().data) for chart in made.values())))
    with ZipFile(io.BytesIO(files)) as drawn:
        pictures = [drawn.read(name) for name in drawn.namelist() if name.endswith(".png")]
    parts = [HEAD]
    for (call, chart), picture in zip(made.items(), pictures, strict=True):
        name = call.partition("(")[0].partition(".")[2]
        (folder / f"{name}.png").write_bytes(small(picture))
        question = (inspect.getdoc(getattr(exhibits, name)) or "").partition("?")[0]
        parts.append(f"## {question}?\n\n`{call}`\n\n![{plain(chart.alt)}](gallery/{name}.png)\n")
    (HERE / "gallery.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
