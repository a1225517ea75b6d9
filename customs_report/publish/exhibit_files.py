"""Every table of a report as CSV and every chart as SVG and PNG, in one ZIP: what a reader puts into a paper or on a slide."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from functools import lru_cache
from itertools import groupby, takewhile
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from customs_report.display.charts import width_of
from customs_report.display.markup import literal
from customs_report.display.spreadsheets import as_csv, for_spreadsheets
from customs_report.house import PLAIN, House
from customs_report.palette import CHART_WIDTH, HAN
from customs_report.publish import data_package
from customs_report.publish.fonts import typst_fonts
from customs_report.publish.outlines import Exhibited, Outline
from customs_report.publish.typesetting import PICTURES, pictures

WIDTH = 2405  # pixels across a picture: sharp on a slide
MARGIN = 12  # points around a picture
EARLIEST = date(1980, 1, 1)  # that a ZIP can say
_threads = ThreadPoolExecutor(len(PICTURES))  # wait for the pictures, which Typst makes in processes of its own


def exhibits_zip(content: Outline) -> bytes:
    """The ZIP: `exhibit-09a-surplus.csv` and, of a chart, `.svg` and `.png`, with title and source in the picture.

    `datapackage.json` describes the columns of every CSV; `citation.*` says how the report is cited.

    The small charts of an exhibit are one picture, as in the report: `exhibit-11-partner-shares.png`. The author's own figures
    are there as they are shown: `figure-01-the-months.png`, after the heading above each.
    """
    files: dict[str, bytes] = {}
    tables: list[tuple[Exhibited, str, bytes]] = []
    exhibits = [[*shown] for _, shown in groupby(content.tables, lambda each: (each.heading, each.exhibit))]
    for shown in exhibits:
        start_pictures(shown[0].heading, [each.table for each in shown], content.house)
    try:
        for shown in exhibits:
            for each in shown:
                tables.append((each, f"{_name(each)}.csv", for_spreadsheets(as_csv(each.table))))
                files[tables[-1][1]] = tables[-1][2]
                if "svg" in each.table:
                    files[f"{_name(each)}.svg"] = each.table["svg"].encode()
            for name, picture in _pictures(shown, content.house):
                (files[f"{name}.png"],) = picture.result()
    finally:
        _picture.cache_clear()
    for number, (heading, ending, figure) in enumerate(content.figures, 1):
        files[f"figure-{number:02d}-{_slug(heading)}".rstrip("-") + f".{ending}"] = figure
    if tables:
        files[data_package.NAME] = data_package.described(content, tables)
    if cited := content.citation:
        forms = {"bib": cited.bibtex(), "ris": cited.ris(), "csl.json": json.dumps([cited.csl()], ensure_ascii=False, indent=1)}
        files |= {f"citation.{ending}": form.encode() for ending, form in forms.items()}
    return zipped(files, content.date)


def start_pictures(heading: str, tables: Iterable[Mapping[str, Any]], house: House = PLAIN) -> None:
    """Start making the PNGs of an exhibit's charts, so that they are there when the ZIP is made."""
    for charts in _together(tables):
        _picture_of(heading, charts, house)


def zipped(files: Mapping[str, bytes], day: date) -> bytes:
    """Files in a ZIP that is the same everywhere: dated on a day, and stored, since what deflates them differs by machine."""
    out, stamp = io.BytesIO(), (*max(day, EARLIEST).timetuple()[:3], 0, 0, 0)
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for name, content in files.items():
            about = ZipInfo(name, stamp)
            about.create_system, about.external_attr = 3, 0o644 << 16  # as on Unix, wherever it is made
            archive.writestr(about, content)
    return out.getvalue()


def _pictures(shown: Sequence[Exhibited], house: House) -> Iterator[tuple[str, Future[list[bytes]]]]:
    """The name and the picture of each chart of an exhibit, and of its small charts together."""
    places = {id(each.table): each for each in shown}
    for charts in _together(each.table for each in shown):
        first = places[id(charts[0])]
        words = zip(*(chart["name"].split("-") for chart in charts), strict=False)
        shared = "-".join(each[0] for each in takewhile(lambda each: len({*each}) == 1, words))
        yield (_name(first) if len(charts) == 1 else _named(first.exhibit, shared)), _picture_of(first.heading, charts, house)


def _together(tables: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """An exhibit's charts by the picture they are in: the small ones together, any other by itself."""
    charts = [table for table in tables if "svg" in table]
    small = [chart for chart in charts if "charts_in_row" in chart]
    return [*([small] if small else []), *([chart] for chart in charts if chart not in small)]


def _name(each: Exhibited) -> str:
    return _named(each.label, each.table["name"])


def _named(label: str, subject: str) -> str:
    """`exhibit-09a-surplus`: in the order of the report, whatever sorts them."""
    label = re.sub(r" (\d)(?!\d)", r"-0\1", label.lower())
    return f"{_slug(label)}-{_slug(subject)}".rstrip("-")


def _slug(text: str) -> str:
    return re.sub("[^a-z0-9]+", "-", text.lower()).strip("-")


def _picture_of(heading: str, charts: Sequence[Mapping[str, Any]], house: House) -> Future[list[bytes]]:
    """A chart beneath its title, or several beneath the exhibit's heading."""
    drawings = tuple((chart["title"] or chart["caption"], house.recoloured(chart["svg"])) for chart in charts)
    title = heading if len(charts) > 1 else drawings[0][0]
    return _picture(title, drawings, charts[-1]["source"], charts[0].get("charts_in_row", 1), house)


@lru_cache(maxsize=64)
def _picture(title: str, drawings: tuple[tuple[str, str], ...], source: str, in_row: int, house: House) -> Future[list[bytes]]:
    """Charts between title and source, on paper, as wide as one that stands alone, or so many in a row with a title each."""
    points = CHART_WIDTH * 72 if in_row > 1 else min(CHART_WIDTH * 72, max(width_of(svg) for _, svg in drawings))
    width = ", width: 100%" if in_row > 1 else ""
    paper, ink, muted = (literal(house.light[name]) for name in ("paper", "ink", "muted"))
    of_words = f", fill: rgb({ink})" if house else ""  # of the plain house black
    shown = [f'image(bytes({literal(svg)}), format: "svg"{width})' for _, svg in drawings]
    if len(drawings) > 1:
        titles = [f"text(8.5pt, {literal(of)})" for of, _ in drawings]
        cells = [f"stack(spacing: 4pt, {of}, {image})" for of, image in zip(titles, shown, strict=True)]
        shown = [f"grid(columns: (1fr,) * {in_row}, column-gutter: 12pt, row-gutter: 9pt, align: bottom, {', '.join(cells)})"]
    return _threads.submit(
        pictures,
        f"#set page(width: {points + 2 * MARGIN}pt, height: auto, margin: {MARGIN}pt, fill: rgb({paper}))\n"
        f"#set text(10pt, font: {literal((*house.look.families, HAN))}{of_words})\n#set par(spacing: 6pt)\n"
        f"#strong({literal(title)})\n\n#{shown[0]}\n\n"
        f"#text(7.5pt, fill: rgb({muted}), {literal(source)})",
        typst_fonts(house),
        WIDTH / (points + 2 * MARGIN) * 72,
    )
