"""The front, the main points and the exhibits of an outline in pieces, for formats that have less room than a page.

A piece of text is inline HTML in which every number still names its fact or cell, so that it is proved as in the page
(`proof.prove_html`). What is the author's own is left to page and PDF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml import html as parser
from markupsafe import Markup, escape

from customs_report.display.markup import element
from customs_report.display.tables import DAY, MONTH
from customs_report.publish.outlines import Outline, Part

KEPT = ("data-fact", "data-cell", "data-as", "data-kind", "data-key", "data-trace")  # attributes that say what a number is
WHITE = re.compile(r"[ \n\t]+")
KEY = re.compile(r'data-key="([^"]+)"')
UNSEEN = ("sup", "style", "svg", "script")  # marks of notes, drawings


@dataclass(frozen=True)
class Front:
    """The cover: each tile is a label, a figure and lines; remarks are what a reader must know first."""

    kicker: Markup
    headline: Markup
    standfirst: Markup
    tiles: tuple[tuple[Markup, ...], ...]
    remarks: tuple[Markup, ...]


@dataclass(frozen=True)
class Points:
    """A list of points with the heading above it, and the meaning of its signs."""

    heading: Markup
    items: tuple[Markup, ...]
    signs: tuple[Markup, ...]


@dataclass(frozen=True)
class Row:
    """A row as the page has it; a heading has one cell. `spans`: columns that a cell takes, where not one each."""

    kind: str
    cells: tuple[Markup, ...]
    spans: tuple[int, ...] = ()


@dataclass(frozen=True)
class Grid:
    """A table as the page has it: the rows of its head, its rows, and the same as data (`Table.tidy`)."""

    caption: Markup
    head: tuple[Row, ...]
    rows: tuple[Row, ...]
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Series:
    """A column of numbers: its header and unit, its cells as the page has them and the numbers in full; None is a gap."""

    header: Markup
    unit: str
    cells: tuple[Markup, ...]
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class ChartData:
    """A chart: its words, the table of its data, and the same as data with the drawing (`Chart.tidy`)."""

    title: Markup
    alt: Markup
    source: Markup
    grid: Grid
    data: Mapping[str, Any]


@dataclass(frozen=True)
class ShownExhibit:
    """An exhibit; `label` is "Exhibit 3"."""

    label: Markup
    claim: Markup
    words: Markup
    notes: tuple[Markup, ...]
    charts: tuple[ChartData, ...]
    tables: tuple[Grid, ...]


Piece = Front | Points | ShownExhibit


def pieces(content: Outline) -> Iterator[Piece]:
    """The pieces of a report in its order; exhibits without charts and tables are left out."""
    heading = ""
    for part in content.parts:
        kind, root = part.about.get("kind"), None if part.own else _parsed(part)
        if part.entries:
            heading = part.entries[-1].heading
        if root is None:
            continue
        if kind == "cover":
            yield _front(root)
        elif kind == "points":
            items = tuple(map(inline, root.xpath("./ul/li")))
            yield Points(Markup(escape(heading)), items, tuple(map(inline, root.find_class("sign"))))
        elif kind == "exhibit" and part.data.get("tables"):
            yield _exhibit(root, part.data["tables"])


def _parsed(part: Part) -> parser.HtmlElement:
    return parser.fragment_fromstring(part.html, create_parent="div")


def _front(root: parser.HtmlElement) -> Front:
    (cover,) = root.find_class("cover")
    texts = [inline(found) for found in cover.xpath("./p[@class='kicker'] | ./h1 | ./p[@class='standfirst']")]
    tiles = tuple(tuple(map(inline, tile.xpath("./span | ./strong"))) for tile in cover.xpath("./ul[@class='tiles']/li"))
    return Front(texts[0], texts[1], texts[2], tiles, tuple(map(inline, cover.xpath("./ul[@class='caveats']/li"))))


def _exhibit(root: parser.HtmlElement, tables: Sequence[Mapping[str, Any]]) -> ShownExhibit:
    (section,) = root.find_class("exhibit")
    (heading,) = section.xpath("./*[starts-with(name(), 'h')]")
    (label,) = heading.find_class("label")
    words = section.xpath("./p[not(@class)]")
    sources = [inline(found) for found in section.xpath(".//p[@class='source']")]
    drawings = [table for table in tables if "svg" in table]
    figures = section.xpath(".//figure")
    charts = tuple(_chart(figure, data, sources[-1:]) for figure, data in zip(figures, drawings, strict=True))
    others = [table for table in tables if "svg" not in table]
    grids = tuple(_grid(shown, data) for shown, data in zip(section.xpath("./div[@class='table']//table"), others, strict=True))
    claim = Markup(inline(heading)[len(inline(label)) :].strip())
    notes = tuple(map(inline, section.xpath("./*[contains(@class, 'notes')]/li")))
    return ShownExhibit(inline(label), claim, Markup("").join(map(inline, words)), notes, charts, grids)


def _chart(figure: parser.HtmlElement, data: Mapping[str, Any], shared: Sequence[Markup]) -> ChartData:
    (alt,), captions = figure.xpath("./p[@hidden]"), figure.xpath("./figcaption")
    (grid,) = (_grid(table, data) for table in figure.xpath(".//table"))
    sources = [*map(inline, figure.xpath("./p[@class='source']")), *shared]
    return ChartData(inline(captions[0]) if captions else grid.caption, inline(alt), (sources or [Markup("")])[0], grid, data)


def _grid(table: parser.HtmlElement, data: Mapping[str, Any]) -> Grid:
    captions = table.xpath("./caption")
    return Grid(
        inline(captions[0]) if captions else Markup(""),
        tuple(map(_row, table.xpath("./thead/tr"))),
        tuple(map(_row, table.xpath("./tbody/tr"))),
        data,
    )


def _row(row: parser.HtmlElement) -> Row:
    cells = row.xpath("./th | ./td")
    return Row(
        (row.get("class") or "").split(" ")[0], tuple(map(inline, cells)), tuple(int(c.get("colspan", 1)) for c in cells)
    )


def data_rows(grid: Grid) -> list[Row]:
    """The rows without headings in the order of the data, which begin with the oldest month."""
    rows = [row for row in grid.rows if row.kind != "heading"]
    keys = {id(row): KEY.findall(row.cells[0])[:1] for row in rows}
    return sorted(rows, key=lambda row: keys[id(row)]) if _unit_of_rows(grid) in (MONTH, DAY) else rows


def series(grid: Grid) -> list[Series]:
    """The columns of a table that hold nothing but numbers of one unit and gaps, in the order of its data."""
    columns, rows, found = grid.data["columns"], data_rows(grid), []
    place = _label_place(grid)
    for at, header in enumerate(_headers(grid)[1:], 1):
        place += 1
        unit = columns[place]["unit"]
        values = tuple(row[place] for row in grid.data["rows"])
        if unit and any(value is not None for value in values) and not any(isinstance(value, str) for value in values):
            found.append(Series(header, unit, tuple(row.cells[at] for row in rows), values))
        place += unit is None  # the next column has the units
    return found


def _unit_of_rows(grid: Grid) -> str:
    return grid.data["columns"][_label_place(grid)]["unit"] or ""


def _label_place(grid: Grid) -> int:
    """The column of the data that names the rows: the first, or the one after the headings between them."""
    return int(any(row.kind == "heading" for row in grid.rows))


def _headers(grid: Grid) -> list[Markup]:
    """The header of each column, after that of its group."""
    *groups, heads = grid.head
    of = [text for row in groups for text, span in zip(row.cells, row.spans, strict=True) for _ in range(span)]
    of += [Markup("")] * (len(heads.cells) - len(of))
    return [Markup("{}: {}").format(group, head) if group else head for group, head in zip(of, heads.cells, strict=True)]


def inline(node: parser.HtmlElement) -> Markup:
    """The content of an element as text in which only what says where a number comes from, or what it is, is markup."""
    return Markup(WHITE.sub(" ", _inline(node)).strip())


def _inline(node: parser.HtmlElement) -> str:
    content = escape(node.text or "")
    for child in node:
        link_back = child.tag == "a" and child.get("aria-label") and not child.get("interestfor")
        if isinstance(child.tag, str) and child.tag not in UNSEEN and not link_back:
            about = {name.replace("-", "_"): child.get(name) for name in KEPT if child.get(name) is not None}
            if child.tag == "time":
                about["data_key"] = child.get("datetime")
            inner = Markup(_inline(child))
            content += element("span", inner, **about) if about else inner
        content += escape(child.tail or "")
    return content


def cited(text: Markup) -> Iterator[tuple[str, str]]:
    """The numbers in a piece of text that are facts or cells of a helper's table: as they are written, and the name."""
    for number in parser.fragment_fromstring(text, create_parent="div").xpath(".//*[@data-fact or @data-cell]"):
        yield number.text_content(), number.get("data-fact") or number.get("data-cell")
