"""A report as slides with native charts and tables: what a reader edits, and can trace in the notes.

A title slide, the key figures, each list of points, a slide for each exhibit with its claim as title, the sources. A chart has
the same data as the page's, its numbers in full; where PowerPoint has no such chart it becomes the nearest one, or a table. The
notes of a slide have the exhibit's words, and for each number its fact's name, formula and source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from lxml import html as parser
from markupsafe import Markup, escape

from customs_report.display.markup import element, html
from customs_report.display.tables import DAY, MONTH
from customs_report.facts import MARKS, Mark
from customs_report.languages import Language
from customs_report.numbers import readable
from customs_report.palette import printable
from customs_report.periods import span
from customs_report.publish.extracts import (
    ChartData,
    Front,
    Grid,
    Piece,
    Points,
    Row,
    Series,
    ShownExhibit,
    cited,
    data_rows,
    pieces,
    series,
)  # fmt: skip
from customs_report.publish.outlines import Outline

WORDS = {  # the fixed words of the slides; all others are the report's
    "key figures": "Key figures",
    "sources": "Sources",
    "imprint": "Who publishes this",
    "numbers": "Where the numbers come from",
    "no points": "This report has no list of main points; what it shows is in its page.",
    "cut": "Not all rows or columns; the workbook beside this file has the rest.",
    "left out": "Not in this chart, but in the workbook beside this file:",
    "as table": "The report’s chart of this cannot be a PowerPoint chart, so its table is shown.",
    "other tables": "The tables of this exhibit are in the workbook beside this file.",
    "cells": "each number of the column, by the name of its row",
    "own": "What its author shows beside the report’s own exhibits is in its page and workbook.",
    "more": "The notes of each slide say where its numbers come from; workbook and facts beside this file have all of them.",
    "incomplete": "This report is incomplete:",
    "continued": " (continued)",
}
MOST_SERIES, MOST_CHARTS, MOST_BARS = 8, 8, 24  # of a chart, of a slide, of a chart with a number at each bar
MOST_LINES, MOST_COLUMNS = 15, 13  # of a table
LETTERS = 45  # of the names of its rows in a line
LONG_IMPRINT = 500  # letters
MONEY = ("dollars", "yuan")
YEAR = re.compile(r"\d{4}\b")
NOTHING = Markup("")


@dataclass(frozen=True)
class Plot:
    """A native chart: `lines` over months or other labels, `columns` over years, horizontal `bars`."""

    form: str
    title: Markup
    alt: Markup
    labels: tuple[Markup, ...]
    dates: tuple[date, ...]
    series: tuple[Series, ...]
    many: bool = False  # a line for each year, the newest in colour
    scale: float = 1  # the unit in which the chart has its numbers


@dataclass(frozen=True)
class Slide:
    """A slide: its title, and one of paragraphs, charts and a table; small text beneath; the paragraphs of its notes."""

    title: Markup
    paragraphs: tuple[Markup, ...] = ()
    plots: tuple[Plot, ...] = ()
    table: Grid | None = None
    small: tuple[Markup, ...] = ()
    notes: tuple[str, ...] = ()
    footer: Markup = NOTHING
    opening: bool = False


def slides(content: Outline, facts: Mapping[str, Any]) -> list[Slide]:
    """The slides of a report in their order, with distinct titles. `facts` is the content of facts.json."""
    parts = [*pieces(content)]
    found = [slide for piece in parts for slide in _slides(piece, content.language)]
    if not (found and found[0].opening):
        found.insert(0, Slide(_own(content.headline), opening=True))
    if content.incomplete:
        why = element("span", " ".join([content.language.word(WORDS["incomplete"]), *content.incomplete]), data_kind="failure")
        found[0] = replace(found[0], paragraphs=(*found[0].paragraphs, why))
    if not any(isinstance(piece, Points) for piece in parts):
        points = Markup(escape(content.language.word(WORDS["no points"])))
        found[0] = replace(found[0], paragraphs=(*found[0].paragraphs, points))
    found += _closing(content, parts)
    footer = next((piece.kicker for piece in parts if isinstance(piece, Front)), Markup(""))
    titles: set[str] = set()
    origins = _Origins(content, facts)
    for at, slide in enumerate(found):
        title = slide.title
        while title.striptags() in titles:
            title += Markup(escape(content.language.word(WORDS["continued"])))
        titles.add(title.striptags())
        below = Markup("") if slide.opening else footer
        found[at] = replace(slide, title=title, footer=below, notes=(*slide.notes, *origins.of(slide)))
    return found


def _slides(piece: Piece, lang: Language) -> Iterator[Slide]:
    if isinstance(piece, Front):
        small = () if piece.tiles else piece.remarks
        yield Slide(piece.headline, (piece.standfirst, piece.kicker), small=small, opening=True)
        if piece.tiles:
            yield Slide(Markup(lang.word(WORDS["key figures"])), table=_tiles(piece, lang), small=piece.remarks)
    elif isinstance(piece, Points):
        yield Slide(piece.heading, piece.items, small=piece.signs)
    else:
        yield from _exhibit(piece, lang)


def _tiles(front: Front, lang: Language) -> Grid:
    """The tiles as columns of a table: label, figure, lines."""
    lines = max(map(len, front.tiles))
    columns = [(*tile, *[Markup("")] * (lines - len(tile))) for tile in front.tiles]
    head, *rows = (Row("", tuple(row), (1,) * len(columns)) for row in zip(*columns, strict=True))
    return Grid(Markup(lang.word(WORDS["key figures"])), (head,), tuple(rows), {})


def _exhibit(shown: ShownExhibit, lang: Language) -> Iterator[Slide]:
    """The native charts together, else its tables one by one; the first slide has the claim as its title."""
    plots = [plot for chart in shown.charts if (plot := _plot(chart, lang))]
    tables = [(chart.grid, chart.source, lang.word(WORDS["as table"])) for chart in shown.charts if not _plot(chart, lang)]
    if not plots:
        tables += [(grid, Markup(""), "") for grid in shown.tables]
    words = [text.striptags() for text in (shown.words, *shown.notes) if text]
    signs = tuple(note for note in shown.notes if any(sign in note for sign in MARKS))
    sources = tuple(dict.fromkeys(chart.source for chart in shown.charts if chart.source and _plot(chart, lang)))
    titles = iter([shown.claim])
    together = 1 if any(plot.form == "bars" and bars_of(plot) > MOST_BARS for plot in plots) else MOST_CHARTS
    for start in range(0, len(plots), together):
        left_out = [*_columns_left_out(shown.charts, lang), *([lang.word(WORDS["other tables"])] if shown.tables else [])]
        yield Slide(
            next(titles, shown.claim),
            plots=tuple(plots[start : start + together]),
            small=(*sources, *signs),
            notes=(*words, *left_out),
        )
    for grid, source, why in tables:
        cut = (Markup(escape(lang.word(WORDS["cut"]))),) if _is_cut(grid) else ()
        small = (*filter(None, (grid.caption, source)), *signs, *cut)
        title = next(titles, Markup("{}{}{}").format(shown.label, lang.word(": "), grid.caption))
        yield Slide(title, table=_legible(grid), small=small, notes=(*words, why) if why else tuple(words))


def _plot(chart: ChartData, lang: Language) -> Plot | None:
    """The nearest native chart; None where it would have too many series to read."""
    columns = series(chart.grid)
    rows = chart.grid.data["rows"]
    if not columns or not rows:
        return None
    unit = "percentage points" if any(each.unit == "percentage points" for each in columns) else columns[0].unit
    plotted = tuple(each for each in columns if each.unit == unit)
    many = len(plotted) > MOST_SERIES and all(YEAR.match(each.header.striptags()) for each in plotted)
    if len(plotted) > MOST_SERIES and not many:
        return None
    labels = tuple(row.cells[0] for row in data_rows(chart.grid))
    scale = 1 if lang.by_thousands or unit not in MONEY else lang.large
    kind = chart.data["columns"][0]["unit"]
    if kind in (MONTH, DAY):
        dates = tuple(date.fromisoformat(row[0]) for row in rows)
        plot = Plot("lines", _title(chart), chart.alt, labels, dates, plotted, scale=scale)
        return _with_gaps(plot, lang) if kind == MONTH else plot
    if many:
        return Plot("lines", _title(chart), chart.alt, labels, (), plotted, many=True, scale=scale)
    form = "columns" if all(YEAR.match(label.striptags()) for label in labels) else "bars"
    title = _title(chart)
    if form == "bars" and len(plotted) == 1 and plotted[0].unit not in (*MONEY, *title.split(), ""):
        title = Markup(escape(lang.word("{} ({})"))).format(title, lang.unit_in_words(plotted[0].unit))
    beside = [each for each in columns if each.unit == "percent" != unit]
    if form == "bars" and len(beside) == 1:
        labels = tuple(
            Markup("{} {}").format(label, _percent(cell)) if value is not None else label
            for label, cell, value in zip(labels, beside[0].cells, beside[0].values, strict=True)
        )
    return Plot(form, title, chart.alt, labels, (), plotted, scale=scale)


def _with_gaps(plot: Plot, lang: Language) -> Plot:
    """The same with a gap for each month that has no row, unless it shows one month of each year."""
    places = {f"{day:%Y-%m}": place for place, day in enumerate(plot.dates)}
    if len({day.month for day in plot.dates}) == 1:
        return plot
    months = span(min(places), max(places))
    rows = [places.get(month) for month in months]
    labels = tuple(
        html((Mark.of(month, code=lang.code),)) if row is None else plot.labels[row]
        for month, row in zip(months, rows, strict=True)
    )
    series = tuple(
        replace(
            each,
            cells=tuple(NOTHING if row is None else each.cells[row] for row in rows),
            values=tuple(None if row is None else each.values[row] for row in rows),
        )
        for each in plot.series
    )
    return replace(plot, labels=labels, dates=tuple(date.fromisoformat(f"{month}-01") for month in months), series=series)


def bars_of(plot: Plot) -> int:
    return sum(len(each.values) for each in plot.series)


def _title(chart: ChartData) -> Markup:
    """What the data are, since the drawing's own title may name its marks."""
    return chart.grid.caption or chart.title


def _percent(cell: Markup) -> Markup:
    """A bare growth rate with its sign: "+31.4%*"."""
    return Markup(cell.replace("</span>", Markup("</span>%"), 1))


def _columns_left_out(charts: Iterable[ChartData], lang: Language) -> list[str]:
    """What columns of the charts' data their native charts leave out."""
    found: dict[str, None] = {}
    for chart in charts:
        if plot := _plot(chart, lang):
            beside = [each for each in series(chart.grid) if plot.form == "bars" and each.unit == "percent"]
            shown = {each.header for each in (*plot.series, *(beside if len(beside) == 1 else ()))}
            found |= dict.fromkeys(each.header.striptags() for each in series(chart.grid) if each.header not in shown)
    return [f"{lang.word(WORDS['left out'])}{lang.word(' ')}{lang.word('; ').join(found)}{lang.word('.')}"] if found else []


def _is_cut(grid: Grid) -> bool:
    return _legible(grid).rows != grid.rows


def columns_of(grid: Grid) -> int:
    return sum(grid.head[-1].spans)


def _legible(grid: Grid) -> Grid:
    """As many rows and columns as a slide can show."""

    def cut(row: Row) -> Row:
        ends = [sum(row.spans[: place + 1]) for place in range(len(row.spans))]
        shown = [place for place, end in enumerate(ends) if end - row.spans[place] < MOST_COLUMNS]
        spans = tuple(min(ends[place], MOST_COLUMNS) - ends[place] + row.spans[place] for place in shown)
        return Row(row.kind, tuple(row.cells[place] for place in shown), spans)

    lines, kept = len(grid.head), []
    for row in grid.rows:
        lines += -(-len(row.cells[0].striptags()) // LETTERS)
        kept += [cut(row)] if lines <= MOST_LINES else []
    while kept and kept[-1].kind == "heading":
        kept.pop()
    return replace(grid, head=tuple(map(cut, grid.head)), rows=tuple(kept))


def _closing(content: Outline, parts: Iterable[Piece]) -> Iterator[Slide]:
    """The sources, beneath them the imprint; a long one has a slide of its own."""
    shown = [piece for piece in parts if isinstance(piece, ShownExhibit)]
    found = _telling(chart.source for piece in shown for chart in piece.charts if chart.source)
    word = content.language.word
    said = [Markup(escape(word(WORDS[key]))) for key in ("own", "more") if key == "more" or content.own]
    imprint = tuple(element("span", f"{term}: {text}", data_kind="house") for term, text in content.house.imprint)
    long = sum(len(text.striptags()) for text in imprint) > LONG_IMPRINT
    yield Slide(Markup(word(WORDS["sources"])), (*found, *said), small=() if long else imprint, notes=content.keywords)
    if long:
        yield Slide(Markup(word(WORDS["imprint"])), imprint)


def _telling(sources: Iterable[Markup]) -> list[Markup]:
    """The sources that tell more than another one of them, each once."""
    parts = {source: {*re.split("[,;，；]", source.striptags())} for source in sources}
    return [source for source, said in parts.items() if not any(said < more for more in parts.values())]


def _own(text: str) -> Markup:
    """A text of the notebook's author, which is not proved."""
    return element("span", printable(text), data_own=True)


class _Origins:
    """Where numbers come from, in the words of the page's own traces, else of facts.json."""

    def __init__(self, content: Outline, facts: Mapping[str, Any]) -> None:
        self.lang = content.language
        self.facts = {fact["name"]: fact for fact in facts["facts"]}
        boxes = [part.html for part in content.parts if " popover " in part.html]
        self.traces = {
            box.get("data-trace"): box
            for html in boxes
            for box in parser.fragment_fromstring(html, create_parent="div").xpath(".//*[@popover][@data-trace]")
        }

    def of(self, slide: Slide) -> Iterator[str]:
        """A paragraph for each origin of the slide's numbers, beneath it a line for each number."""
        found: dict[str, dict[str, None]] = {}
        texts = [slide.title, *slide.paragraphs, *slide.small]
        texts += [cell for row in (*slide.table.head, *slide.table.rows) for cell in row.cells] if slide.table else []
        for plot in slide.plots:
            texts += [plot.title, *plot.labels, *(cell for each in plot.series for cell in each.cells)]
        for text, name in (pair for each in texts for pair in cited(each)):
            table, row, column = name.rpartition("/")[0].partition("/")[0], "/" in name, name.rpartition("/")[2]
            what, origin = self._origin(name)
            cells = f"{table}/…/{column}: {self.lang.word(WORDS['cells'])}"
            found.setdefault(origin, {})[cells if row else f"{text}: {name}, {what}"] = None
        if found:
            yield self.lang.word(WORDS["numbers"])
        yield from ("\n".join([*lines, origin]) for origin, lines in found.items())

    def _origin(self, name: str) -> tuple[str, str]:
        """What a number is, and where it comes from: a fact, or a cell of a helper's table."""
        of = self.traces.get(name.partition("/")[0])
        if of is None:
            fact = self.facts.get(name, {})
            return fact.get("label", ""), ". ".join(filter(None, [readable(fact.get("how", "")), *fact.get("sources", ())[:3]]))
        terms, what = (text.text_content() for text in of.iter("dt")), of.findtext(".//strong") or ""
        items = dict(zip(terms, (text.text_content() for text in of.iter("dd")), strict=True))
        said = [f"{term}: {text}" for term, text in items.items() if term not in map(self.lang.term, ("Value", "Inputs"))]
        return what, ". ".join([*([what] if "/" in name else []), *said])


# --- the same for the proof -----------------------------------------------------------------------------------------------


def slides_page(deck: Iterable[Slide], tag: str = "en") -> str:
    """The text of the slides as HTML in which every number names its fact, a section a slide, and the cells of their charts.

    `tag` is that of the language.
    """
    shown = Markup("").join(
        element(
            "section",
            *(element("p", text, data_block=True) for text in _texts(slide)),
            *(
                element("p", Markup(" ").join(_numbered(each)), data_values=f"{plot.scale:.0f}")
                for plot in slide.plots
                for each in plot.series
            ),
        )
        for slide in deck
    )
    return f'<!DOCTYPE html><html lang="{tag}"><body>{shown}</body></html>'


def _numbered(each: Series) -> list[Markup]:
    return [element("i", cell) for cell, value in zip(each.cells, each.values, strict=True) if value is not None]


def _texts(slide: Slide) -> Iterator[Markup]:
    """What stands on a slide, in the order of its shapes."""
    yield slide.title
    yield from slide.paragraphs
    for plot in slide.plots:
        yield from (plot.title, *plot.labels, *(each.header for each in plot.series))
    if slide.table:
        yield from (cell for row in (*slide.table.head, *slide.table.rows) for cell in row.cells)
    yield from (*slide.small, slide.footer)
