"""Writes docs/gallery.md: every chart with the question it answers and the call that makes it (`make gallery`)."""

from __future__ import annotations

import inspect
import io
import json
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from PIL import Image, ImageChops, ImageStat

from customs_report import exhibits
from customs_report.display import Chart, Exhibit
from customs_report.display.markup import plain
from customs_report.publish.exhibit_files import exhibits_zip
from customs_report.publish.inputs import NOTEBOOKS
from customs_report.publish.outlines import Outline, Part
from customs_report.report import Report, open_report

PERIOD, DAY = "2025-11", "2026-09-08"
HERE = Path(__file__).parent
WIDTH = 1000  # pixels of a picture
ALIKE = 0.5  # of 255 shades, on average
COMPARISON = 'exhibits.compare(report, ["ASEAN", "EU27", "USA"])'
SETUP = "import helpers\nfrom customs_report import exhibits\ntables, period = report.tables, report.period"
HEAD = f"""# Gallery

Every chart, with the question it answers and the cell that makes it. Paste a cell into
`notebooks/explore.ipynb` (`make lab`) and change it. Drawn for {PERIOD} as known on {DAY} by `make gallery`.
"""


def charts(report: Report) -> dict[str, Chart]:
    """Each cell that shows a chart, in the order of the monthly report, and the comparison of the controls: its chart."""
    cells = json.loads((NOTEBOOKS / "monthly_report.ipynb").read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["id"].startswith("exhibit-")]
    shown: list[Exhibit | Chart] = []
    found = {}
    for source in (*sources, COMPARISON):
        space = {"report": report, "exhibit": lambda number, content: shown.append(content)}
        exec(SETUP, space)
        if (made := run_cell(source, space)) is not None:
            shown.append(made)
        for chart in (body for body in getattr(shown[-1], "bodies", shown[-1:]) if isinstance(body, Chart)):
            found[source] = chart
    return found


def run_cell(source: str, space: dict[str, Any]) -> Any:
    """What the last line of a cell gives."""
    *lines, last = source.splitlines()
    exec("\n".join(lines), space)
    return eval(last, space)


def name_of(source: str) -> str:
    """The exhibit that a cell shows."""
    return re.findall(r"exhibits\.(\w+)", source)[-1]


def small(picture: bytes) -> bytes:
    """At most `WIDTH` pixels wide, in few colours."""
    out, image = io.BytesIO(), Image.open(io.BytesIO(picture)).convert("RGB")
    image.thumbnail((WIDTH, image.height), Image.Resampling.BOX)
    image.quantize(48, dither=Image.Dither.NONE).save(out, format="png", optimize=True)
    return out.getvalue()


def pictures(made: dict[str, Chart]) -> dict[str, bytes]:
    """The picture of each of these charts, by the exhibit's name."""
    files = exhibits_zip(Outline(tuple(Part(data=chart.shown().data) for chart in made.values())))
    with ZipFile(io.BytesIO(files)) as drawn:
        shown = [drawn.read(name) for name in drawn.namelist() if name.endswith(".png")]
    return {name_of(call): small(picture) for call, picture in zip(made, shown, strict=True)}


def differing(report: Report) -> list[str]:
    """The exhibits whose pictures in the gallery are not as they would be drawn now."""
    return [name for name, picture in pictures(charts(report)).items() if not _alike(HERE / "gallery" / f"{name}.png", picture)]


def _alike(path: Path, picture: bytes) -> bool:
    """Are two pictures the same but for a few shades? Libraries write the same picture differently."""
    if not path.is_file():
        return False
    old, new = (Image.open(file).convert("L") for file in (path, io.BytesIO(picture)))
    return old.size == new.size and ImageStat.Stat(ImageChops.difference(old, new)).mean[0] < ALIKE


def main() -> None:
    folder = HERE / "gallery"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    report = open_report(PERIOD, DAY)
    made = charts(report)
    parts = [HEAD]
    for (call, chart), (name, picture) in zip(made.items(), pictures(made).items(), strict=True):
        (folder / f"{name}.png").write_bytes(picture)
        question = (inspect.getdoc(getattr(exhibits, name)) or "").partition("?")[0]
        parts.append(f"## {question}?\n\n```python\n{call}\n```\n\n![{plain(chart.alt)}](gallery/{name}.png)\n")
    (HERE / "gallery.md").write_text("\n".join(parts), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
