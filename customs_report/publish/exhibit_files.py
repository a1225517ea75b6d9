"""Every table of a report as CSV and every chart as SVG and PNG, in one ZIP: what a reader puts into a paper or on a slide."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from functools import lru_cache
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from customs_report.display import as_csv, for_spreadsheets, literal
from customs_report.palette import FONT, LIGHT
from customs_report.publish.fonts import typst_fonts
from customs_report.publish.outlines import Exhibited, Outline
from customs_report.publish.typesetting import pictures

EARLIEST = date(1980, 1, 1)  # that a ZIP can say
_threads = ThreadPoolExecutor(1)  # waits for the pictures, which Typst makes in a process of its own


def exhibits_zip(content: Outline) -> bytes:
    """The ZIP: `exhibit-09a-surplus.csv` and, of a chart, `.svg` and `.png`, with title and source in the picture.

    The author's own figures are there as they are shown: `figure-01-the-months.png`, after the heading above each.
    """
    start_pictures(each.table for each in content.tables)
    files: dict[str, bytes] = {}
    try:
        for each in content.tables:
            name = _name(each)
            files[f"{name}.csv"] = for_spreadsheets(as_csv(each.table))
            if "svg" in each.table:
                (png,) = _picture_of(each.table).result()
                files |= {f"{name}.svg": each.table["svg"].encode(), f"{name}.png": png}
    finally:
        _picture.cache_clear()
    for number, (heading, ending, figure) in enumerate(content.figures, 1):
        files[f"figure-{number:02d}-{_slug(heading)}".rstrip("-") + f".{ending}"] = figure
    return zipped(files, content.date)


def start_pictures(tables: Iterable[Mapping[str, Any]]) -> None:
    """Start making the PNG of each chart among these tables, so that it is there when the ZIP is made."""
    for table in tables:
        if "svg" in table:
            _picture_of(table)


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
    return f"{label}-{_slug(each.table['name'])}"


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")


def _picture_of(table: Mapping[str, Any]) -> Future[list[bytes]]:
    return _picture(table["title"] or table["caption"], table["svg"], table["source"])


@lru_cache(maxsize=64)
def _picture(title: str, svg: str, source: str) -> Future[list[bytes]]:
    """A chart between its title and its source, on white."""
    return _threads.submit(
        pictures,
        f'#set page(width: 6.7in + 24pt, height: auto, margin: 12pt, fill: white)\n#set text(10pt, font: "{FONT}")\n'
        f'#set par(spacing: 6pt)\n#strong({literal(title)})\n\n#image(bytes({literal(svg)}), format: "svg")\n\n'
        f'#text(7.5pt, fill: rgb("{LIGHT["muted"]}"), {literal(source)})',
        typst_fonts(),
    )
