"""Every table of a report as CSV and every chart as SVG and PNG, in one ZIP: what a reader puts into a paper or on a slide."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from customs_report.display import as_csv, for_spreadsheets, literal
from customs_report.palette import FONT, LIGHT
from customs_report.publish.fonts import typst_fonts
from customs_report.publish.outlines import Exhibited, Outline
from customs_report.publish.typesetting import pictures

EARLIEST = date(1980, 1, 1)  # that a ZIP can say


def exhibits_zip(content: Outline) -> bytes:
    """The ZIP: `exhibit-09a-surplus.csv` and, of a chart, `.svg` and `.png`, with title and source in the picture."""
    charts = [each for each in content.tables if "svg" in each.table]
    pngs = dict(zip(map(_name, charts), _pictures(charts), strict=True))
    files: dict[str, bytes] = {}
    for each in content.tables:
        name = _name(each)
        files[f"{name}.csv"] = for_spreadsheets(as_csv(each.table))
        if name in pngs:
            files |= {f"{name}.svg": each.table["svg"].encode(), f"{name}.png": pngs[name]}
    return zipped(files, content.date)


def zipped(files: Mapping[str, bytes], day: date) -> bytes:
    """Files in a ZIP that is the same everywhere: dated on a day, and stored, since what deflates them differs by machine."""
    out, stamp = io.BytesIO(), (*max(day, EARLIEST).timetuple()[:3], 0, 0, 0)
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for name, content in files.items():
            about = ZipInfo(name, stamp)
            about.create_system, about.external_attr = 3, 0o644 << 16  # as on Unix, wherever it is made
            archive.writestr(about, content)
    return out.getvalue()


def _name(each: Exhibited) -> str:
    """`exhibit-09a-surplus`: in the order of the report, whatever sorts them."""
    label = re.sub(r" (\d)(?!\d)", r"-0\1", each.label.lower()).replace(" ", "-")
    return f"{label}-" + re.sub("[^a-z0-9]+", "-", each.table["name"].lower()).strip("-")


def _pictures(charts: Iterable[Exhibited]) -> list[bytes]:
    """Each chart between its title and its source, on white."""
    pages = [
        f"[#strong({literal(each.table['title'] or each.table['caption'])})\n\n"
        f'#image(bytes({literal(each.table["svg"])}), format: "svg")\n\n'
        f'#text(7.5pt, fill: rgb("{LIGHT["muted"]}"), {literal(each.table["source"])})]'
        for each in charts
    ]
    if not pages:
        return []
    setting = (
        f'#set page(width: 6.7in + 24pt, height: auto, margin: 12pt, fill: white)\n#set text(10pt, font: "{FONT}")\n'
        "#set par(spacing: 6pt)\n"
    )
    return pictures(setting + "\n#pagebreak()\n".join(f"#{page}" for page in pages), typst_fonts())
