"""Objects that a notebook cell displays (charts, tables, paragraphs, exhibits), each with HTML, Typst and data.

Every number names its source in `data-*` attributes, which `publish/proof.py` checks. Text is escaped in HTML and is only ever
a string literal in Typst, so no label is read as markup. Styling is in the templates, which define the class names and Typst
functions used here.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from html import escape
from itertools import repeat
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from customs_report.chart_answers import Answer, answers_of, stops
from customs_report.drawing import beside
from customs_report.drawing.drawings import Drawing, svg
from customs_report.errors import InputError
from customs_report.facts import MARKS, Cite, Mark, Run, Runs, mark_of
from customs_report.numbers import unit_in_words
from customs_report.palette import CHART_WIDTH, FALLBACK, FONT, LIGHT, X_HEIGHT, printable

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Text = str | Runs
Part = TypeVar("Part")  # of what is shown: a message, or its words
Kind = Literal["aggregate", "total", "heading", "member", ""]  # of a row
Bundle = tuple[dict[str, Any], dict[str, Any]]  # MIME type -> form, and the metadata
Tells = Literal["fact", "origin", ""]
Attribute = str | int | bool | None

DATA = "application/vnd.customs-report.data+json"  # tables, charts and notes as data
NONE = "–"  # a cell of what customs did not print or a line does not have
LONGEST_HEADER = 200  # characters
PHONE_LETTERS, LABEL_LETTERS = 49, 14  # of a row that a phone has room for; of them for its first column
DECIMALS = 6  # of a computed number in a CSV
MOST_LINES = 2  # of a row on a phone
MONTH, DAY = "month", "date"  # units of cells that are dates: "2025-11-01"
UNSAID = ("", "rank", MONTH, DAY)  # units that a header need not name
SAID = re.compile(r",? (%|points|bn)$")  # a unit's abbreviation at the end of a header
SCALED = re.compile(r"[,:](?: levels in)? billions?(?: dollars| yuan)?\b")  # the scale of the printed numbers, in a caption
EDITED = "The author of this notebook changed the figures behind this exhibit: its numbers are not proved."
UNTRUSTED = "Charts are left out until you trust this notebook: View, Activate Command Palette, Trust Notebook."
BLOCKS = {"caption", "dd", "div", "dl", "dt", "figcaption", "h1", "h2", "h3", "header", "li", "ol", "p", "section", "summary"}
BLOCKS |= {"table", "tbody", "td", "th", "thead", "tr", "ul"}
LEFT, CENTRE = "text-align:left", "text-align:center"  # where JupyterLab right-aligns table cells
CLOSE = Markup("<p><a href=#closed>Close</a>")  # in a trace opened by a click
UNQUOTED = re.compile(r"[\w./:-]+")  # an attribute's value that needs no quotes
LEGIBLE = 9  # px: no text of a chart becomes smaller on a screen
LARGEST = 1.6  # pixels a point, of a chart on a wide screen


# --- text and numbers, in both forms --------------------------------------------------------------------------------------


def plain(text: Text) -> str:
    """Plain text, without source markup."""
    return printable("".join(run if isinstance(run, str) else run.text + mark_of(run) for run in text))


def html(text: Text, tells: Tells = "fact") -> Markup:
    """HTML with every number linked to its trace.

    In sentences a number is linked to its own fact or helper; in table cells, to the trace shared by the column. Tables of
    helpers have one link beneath, since a page has too many cells for more.
    """
    if isinstance(text, str):
        return Markup(escape(printable(text)))
    return Markup("".join([_run(run, tells) for run in text]))


def _run(run: Run, tells: Tells) -> str:
    if isinstance(run, str):
        return escape(printable(run))
    shown = printable(run.text)
    if isinstance(run, Cite):
        number = _number(run, shown)
        if not run.name:
            return number
        if tells == "fact":
            return _telling(number, f"f-{run.table or run.name}") + run.mark
        return (_telling(number, f"o-{run.shared}") if tells and run.shared else number) + run.mark
    if run.kind == "trace":
        return element("span", shown, data_trace=run.key)
    if run.kind in ("period", "date") and "/" not in run.key:
        return element("time", shown, datetime=run.key, data_kind=run.kind)
    return element("span", shown, data_kind=run.kind, data_key=run.key)


def _number(run: Cite, shown: str) -> Markup:
    """A number as `<data>`, written by hand without quotes because a page has thousands."""
    return Markup(f"<data value={run.number} data-{run.place}={_bare(run.name)} data-as={run.style}>{escape(shown)}</data>")


def _bare(value: str) -> str:
    return value if UNQUOTED.fullmatch(value) else f'"{escape(value)}"'


def _telling(number: Markup, trace: str, label: str | None = None) -> Markup:
    """A number that opens its trace on hover or focus where `interestfor` is supported, on click everywhere.

    It is a link so that reader views keep the text. The inline style is for JupyterLab, which lacks our style sheet.
    """
    said = f' aria-label="{escape(label)}"' if label else ""
    return Markup(f'<a style="color:inherit" href="#{escape(trace)}" interestfor="{escape(trace)}"{said}>{number}</a>')


NUMBER = re.compile(  # as `_telling` writes it
    r'<a style="color:inherit" href="#(?P<trace>[^"]+)" interestfor="[^"]+"(?P<label> aria-label="[^"]+")?>'
    r'(?P<number><data [^>]*data-(?:fact|cell)="?(?P<name>[^">]+?)"? data-as=[^>]*>(?P<text>[^<]*)</data>|[^<]*)</a>'
)
LINK = r"<a [^>]*interestfor=[^>]*><data [^>]*>[^<]*</data></a>"
BRACKETED = re.compile(rf"\({LINK}[*†‡]?[).,;:]*|{LINK}[*†‡]?[).,;:]+|{LINK}[*†‡]")
BREAKS = re.compile(r"(?<=[A-Za-z][._])(?=\w+[^>]*<)")  # where a fact's name may be wrapped
TEXT = re.compile(r"<g>(<text [^>]*>[^<]*</text>)</g>")
LETTERING = re.compile(r"<text [^>]*>")
ALIKE = re.compile(r"<text ([^>]*?) (x=[^>]*>[^<]*</text>)((?:<text \1 x=[^>]*>[^<]*</text>)+)")  # labels of one style in a row
FREQUENT = re.compile(r"<(?:tr|th|td|time|span) [^>]*>")  # tags of which a page has thousands
IMPLIED = re.compile(r"(?<=<th) scope=row|(?<=<time)( datetime=\S+) data-kind=period")  # of a header in a row, of a time
QUOTES = re.compile(r"=\"([^\s\"'=<>`]+)\"")  # of an attribute that needs none
CLOSED = re.compile(r"</t[dh]>(?=\n(?:<t[dh]\b|</tr>))|</tr>(?=\n(?:<tr\b|</t(?:head|body|foot)>))")  # optional end tags
TRACE = re.compile(r'<div id="(?P<trace>[fo]-[^"]+)" (?P<rest>popover .*?</dl>.*?</div>\n)')


def compact_html(page: str) -> str:
    """Shrink the page: short ids; unused traces, links without a trace, repeated styles, optional tags and quotes are dropped.

    JupyterLab's inline styles are removed, since the page has a style sheet. From its second citation on, a fact's
    link gets a label: "$109.9 billion, citation 2".
    """
    traces = {found["trace"] for found in TRACE.finditer(page)}
    ids: dict[str, str] = {}
    times: Counter[str] = Counter()

    def number(found: re.Match[str]) -> str:
        if found["trace"] not in traces:
            return found["number"] if found["name"] else ""
        key = ids.setdefault(found["trace"], f"t{len(ids)}")
        same = cited_as(found["name"] or "", found["text"] or "")
        times[same] += 1
        again = found["name"] and times[same] > 1
        label = f' aria-label="{found["text"]}, citation {times[same]}"' if again else found["label"] or ""
        return f"<a href=#{key} interestfor={key}{label}>{found['number']}</a>"

    def trace(found: re.Match[str]) -> str:
        return f"<div id={ids[found['trace']]} {found['rest']}" if found["trace"] in ids else ""

    page = re.sub(f' style="(?:{LEFT}|{CENTRE})"', "", page)
    page = FREQUENT.sub(lambda found: IMPLIED.sub(r"\1", QUOTES.sub(r"=\1", found[0])), page)
    page = LETTERING.sub(lambda found: QUOTES.sub(r"=\1", found[0].replace(", #", ",#")), TEXT.sub(r"\1", page))
    page = ALIKE.sub(_in_one_style, page)
    return CLOSED.sub("", BRACKETED.sub(_together, TRACE.sub(trace, NUMBER.sub(number, page))))


def cited_as(name: str, text: str) -> str:
    """What a second citation is one of: a fact, or the same number of a helper's table, whose cells share their trace."""
    return f"{name.partition('/')[0]} {text}" if "/" in name else name


def _in_one_style(found: re.Match[str]) -> str:
    """Say the style of labels that follow each other once."""
    style, first, others = found.groups()
    return f"<g {style}><text {first}{others.replace(f'<text {style} ', '<text ')}</g>"


def _together(found: re.Match[str]) -> str:
    """Keep a link on one line with its bracket and its footnote sign."""
    return f"<span class=together>{found[0]}</span>"


def typst(text: Text) -> str:
    """The text for the PDF; a number stays on one line with its sign and its unit."""
    runs = (text,) if isinstance(text, str) else text
    shown = plain(tuple((run.text + mark_of(run)).replace(" ", "\u00a0") if isinstance(run, Cite) else run for run in runs))
    return re.sub(r"([+−])\$", "\\1\u2060$", shown)


def footnotes(*texts: Text | None) -> tuple[Runs, ...]:
    """Meanings of the footnote signs used in these texts, each once."""
    used = {mark_of(run) for text in texts if text for run in text}
    said = " ".join(f"{mark} {meaning}" for mark, meaning in MARKS.items() if mark in used)
    return ((said,),) if said else ()


def joined(sentences: Iterable[Text]) -> Runs:
    """Sentences as one paragraph."""
    runs: list[Run] = []
    for sentence in sentences:
        runs += [" "] * bool(runs) + list((sentence,) if isinstance(sentence, str) else sentence)
    return tuple(runs)


def element(tag: str, *children: str, **attributes: Attribute) -> Markup:
    """An HTML element: children and attributes are escaped, `data_fact` is written `data-fact` and `class_` `class`.

    Block elements end with a newline so that pasted plain text does not run together.
    """
    written = [
        f" {_attribute(name)}" if value is True else f' {_attribute(name)}="{_escaped(value)}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    ]
    end = "\n" if tag in BLOCKS else ""
    return Markup(f"<{tag}{''.join(written)}>{''.join(map(_escaped, children))}</{tag}>{end}")


@lru_cache
def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _escaped(value: Attribute) -> str:
    return value if isinstance(value, Markup) else escape(str(value))


def literal(value: Any) -> str:
    """A Python value as a Typst literal; text is always a string there, never markup."""
    if value is None:
        return "none"
    if isinstance(value, bool | int):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Mapping):
        return "(" + (", ".join(f"{key}: {literal(item)}" for key, item in value.items()) or ":") + ")"
    return "(" + "".join(f"{literal(item)}, " for item in value).rstrip() + ")"


# --- displayed objects ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A displayed object as HTML, Typst and text, with the metadata exporters need (`about`).

    `data`: `tables`, as returned by `Table.tidy` and `Chart.tidy`, and `notes`, each a term (or "") and a text.
    """

    html: Markup
    typst: str
    text: str
    about: dict[str, Any]
    data: dict[str, list] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        forms: dict[str, Any] = {"text/html": str(self.html), "text/x-typst": self.typst, "text/plain": self.text}
        forms |= {DATA: self.data} if self.data else {}
        return forms, {"customs_report": self.about}


@dataclass(frozen=True)
class Later:
    """A display whose charts are still being drawn; the build completes it after the last cell."""

    shown: Callable[[], Shown]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return self.shown()._repr_mimebundle_()


@dataclass(frozen=True)
class Words(Generic[Part]):
    """An exhibit's heading, its paragraph, and the notes at the paragraph's end."""

    claim: Part
    sentences: tuple[Part, ...] = ()
    notes: tuple[Part, ...] = field(default=(), kw_only=True)

    def written(self, write: Callable[[Part], Runs]) -> Words[Runs]:
        """The same with messages converted to runs."""
        return Words(write(self.claim), tuple(map(write, self.sentences)), notes=tuple(map(write, self.notes)))


@dataclass(frozen=True)
class Column:
    """A column's header; without `align` the first column is left-aligned, every other one right-aligned.

    `of` is the header of its parent column, prefixed in exports ("Exports: Growth").
    """

    header: Text
    unit: Text = ""
    align: Literal["left", "right", ""] = ""
    of: str = ""


@dataclass(frozen=True)
class Row:
    """A row: its header and a cell for each further column; None is a gap. `values` are the full numbers for the CSV.

    `profile` names the profile report of this row's partner or commodity; published pages link to it.
    """

    label: Text
    cells: tuple[Text | None, ...] = ()
    kind: Kind = ""
    note: Text = ""
    values: tuple[float | None, ...] = ()
    profile: str = ""


@dataclass(frozen=True)
class Table:
    """A table with its caption; `name` is the file name of its CSV."""

    name: str
    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Row]
    group_headers: Sequence[tuple[Text, int]] = ()

    def __post_init__(self) -> None:
        width = len(self.columns) - 1
        for row in self.rows:
            if (row.kind != "heading" and len(row.cells) != width) or len(row.values) not in (0, width):
                raise ValueError(f"table {self.name}, row {plain(row.label)}: not {width} cells, and as many values or none")

    @property
    def aligns(self) -> list[str]:
        return [column.align or ("right" if i else "left") for i, column in enumerate(self.columns)]

    @cached_property
    def tidy(self) -> dict[str, Any]:
        """The table as data: `name`, `caption`, `columns` (`header`, `unit`), `rows` of texts and of numbers in that unit.

        If a column's unit is None, each row's unit is in the next column. Months and days are ISO dates, a month its first day,
        the oldest first.

        Headers are complete and unique, with one unit at most, and no number is in billions. None is a gap, "" an empty cell.
        Group headings and row notes become columns; the note of a member names its whole, so that nobody adds both.
        """
        rows, group, whole = [], "", ""
        for row in self.rows:
            if row.kind == "heading":
                group = plain(row.label)
            else:
                values = row.values or (None,) * len(row.cells)
                label = _day(row.label) or (plain(row.label), "")
                member = row.kind == "member"
                whole = whole if member else label[0]
                note = plain(row.note) or f"part of {whole}" * member
                rows.append(([group], [label, *map(_datum, row.cells, values)], [note]))
        order = [*dict.fromkeys(group for (group,), *_ in rows)]
        rows.sort(key=lambda row: (order.index(row[0][0]), *((0, row[1][0][0]) if row[1][0][1] else (1, ""))))
        before, after = (["Group"] if group else [], ["Note"] if any(note[0] for *_, note in rows) else [])
        columns: list[dict[str, Any]] = [{"header": header, "unit": ""} for header in before]
        places: list[tuple[int, bool]] = []
        for place, header in enumerate(self._full_headers()):
            units = [*dict.fromkeys(unit_in_words(cells[place][1]) for _, cells, _ in rows if cells[place][1])]
            several = len(units) > 1
            unit = "" if several or not units else units[0]
            said = unit in UNSAID or header.casefold().endswith(unit)
            columns.append({"header": header if said else f"{header} ({unit})", "unit": None if several else unit})
            columns += [{"header": f"{header}: unit", "unit": ""}] if several else []
            places.append((place, several))
        data = [[*group[: len(before)], *_spread(cells, places), *note[: len(after)]] for group, cells, note in rows]
        columns += [{"header": header, "unit": ""} for header in after]
        return {
            "name": self.name,
            "caption": SCALED.sub("", plain(self.caption)),
            "columns": with_distinct_headers(columns),
            "rows": data,
        }

    def _full_headers(self) -> list[str]:
        """Each header with the groups above it, each once, without the unit of the printed number: the data have another."""
        groups = [plain(text) for text, span in self.group_headers for _ in range(span)] or [""] * len(self.columns)
        return [
            ": ".join(filter(None, dict.fromkeys((group, column.of, SAID.sub("", SCALED.sub("", plain(column.header)))))))
            for group, column in zip(groups, self.columns, strict=True)
        ]

    @property
    def frame(self) -> pd.DataFrame:
        """The table as a data frame: its first column, of months as dates, is the index."""
        headers = [column["header"] for column in self.tidy["columns"]]
        found = pd.DataFrame(self.tidy["rows"], columns=headers).set_index(headers[0])
        if len(found) and all(_day(row.label) for row in self.rows):
            found.index = pd.to_datetime(found.index)
        return found

    @cached_property
    def csv(self) -> str:
        """The table as CSV: numbers and dates plain and in full, text that would start a formula behind an apostrophe."""
        return as_csv(self.tidy)

    @property
    def text(self) -> str:
        """The table as text."""
        return f"{plain(self.caption)}\n{self.csv}"

    def html(self, prefix: str = "", labelled_by: str = "", answers: Sequence[Answer | None] = ()) -> Markup:
        """The table, in a scroll box if it is wide; `answers` say where in a chart each row answers."""
        caption = f"{prefix}{self.name}-caption"
        table = element(
            "table",
            element("caption", html(self.caption), id=caption),
            element("thead", self._html_groups(), element("tr", *map(_html_header, self.columns, self.aligns)), align="left"),
            element("tbody", *map(_html_row, self.rows, repeat(self.aligns), *self._answering(answers)), align="left"),
            class_=self._narrow(),
            style=self._lines(any(answers)),
        )
        return _scrollable(table, labelled_by or caption) if len(self.columns) > 3 else table

    def _narrow(self) -> str | None:
        """The class of a table that a phone shows otherwise.

        Where columns stand in groups of one width, each group becomes a line of the row; else, if it is too wide, each cell
        follows its header.
        """
        spans = [span for _, span in self.group_headers[1:]]
        if spans and len({*spans}) == 1 and len(spans) <= MOST_LINES:
            return f"spans of-{spans[0]}"
        return "stacked" if self._letters() > PHONE_LETTERS else None

    def _letters(self) -> int:
        """About how many letters a row has."""
        rows = [row.cells for row in self.rows if row.kind != "heading"]
        longest = [
            max((len(plain(cells[place] or NONE)) for cells in rows), default=0) for place in range(len(self.columns) - 1)
        ]
        words = [max(map(len, plain(column.header).split() or [""])) for column in self.columns[1:]]
        return LABEL_LETTERS + sum(max(pair) + 1 for pair in zip(longest, words, strict=True))

    def _lines(self, answering: bool) -> str | None:
        """What groups are called there, unless month and year to date; or the headers."""
        narrow, named = self._narrow() or "", [plain(text) for text, _ in self.group_headers[1:]]
        if narrow == "stacked":
            return ";".join(_heads(self.columns, self.group_headers)) if not answering else None  # a chart says them, too
        if not narrow or named[:1] == ["Month"]:
            return None
        return ";".join(f"--g{place}:{json.dumps(text, ensure_ascii=False)}" for place, text in enumerate(named, 1))

    def _answering(self, answers: Sequence[Answer | None]) -> list[list[Any]]:
        """For each row where it answers, and whether the keyboard reaches it."""
        if not any(answers):
            return []
        reached = stops([row.values for row in self.rows], [answer is not None for answer in answers])
        shared = next(filter(None, answers))
        return [[*answers], [place in reached for place in range(len(self.rows))], [shared] * len(answers)]

    def _html_groups(self) -> Markup:
        if not self.group_headers:
            return Markup("")
        cells = [
            element("th", html(text), scope="colgroup", colspan=span, style=CENTRE) if text else element("td", colspan=span)
            for text, span in self.group_headers
        ]
        return element("tr", *cells, class_="groups")

    def beneath(self, download: bool = True) -> Markup:
        """A link that saves the table from within the page, and the source of its numbers if a helper computed them."""
        address = "data:text/csv;charset=utf-8," + quote(for_spreadsheets(self.csv), safe=" ,;:/()*+'")
        link = element("a", "Download as CSV", href=address, download=f"{self.name}.csv")
        runs = (run for row in self.rows for cell in row.cells if cell for run in cell)
        helpers = dict.fromkeys(run.table for run in runs if isinstance(run, Cite) and run.table)
        of = f"Where these numbers come from: {plain(self.caption)}"
        link_text = Markup("Where these numbers come from")  # labelled without the subject: the code EU27 has digits
        origins = (_telling(link_text, f"f-{helper}", f"{of}, {helper.partition('.')[0]}") for helper in helpers)
        return element("p", *([link] if download else []), *origins, class_="download")

    def typst_form(self) -> dict[str, Any]:
        return {
            "kind": "table",
            "caption": typst(self.caption),
            "columns": [
                {"header": typst(column.header), "unit": typst(column.unit), "align": align}
                for column, align in zip(self.columns, self.aligns, strict=True)
            ],
            "groups": [{"text": typst(text), "span": span} for text, span in self.group_headers],
            "rows": [
                {
                    "kind": row.kind,
                    "label": typst(row.label),
                    "note": typst(row.note),
                    "cells": [None if cell is None else typst(cell) for cell in row.cells],
                }
                for row in self.rows
            ],
        }

    def shown(self) -> Shown:
        return self.shown_as(self.html() + self.beneath())

    def shown_as(self, page: Markup) -> Shown:
        """The table with this HTML instead of its own."""
        return Shown(page, f"#body({literal(self.typst_form())})", self.text, {"kind": "table"}, _data([self]))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return self.shown()._repr_mimebundle_()


@dataclass(frozen=True)
class Chart:
    """A chart: drawing, alt text, data table, title above and source below.

    Draw on a `canvas()` of `drawing.axes`, or with `matplotlib.figure.Figure`, in the colours of `palette`,
    `palette.CHART_WIDTH` inches wide, with fixed margins.
    """

    drawing: Drawing | Figure
    alt: Text
    data: Table
    source: Text = ()
    title: Text = ()
    first: str = ""  # the month at the left end, if it is not that of the first row of the data
    at: Sequence[float] = ()  # where along the x axis the rows of the data stand, if they are no months
    boxes: Sequence[Sequence[float]] = ()  # or anywhere: left, top, width and height, as shares of the drawing
    flat: bool = False  # the rows of the data stand from top to bottom, as those of horizontal bars always do
    _coming: Future[str] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.drawing, Drawing):
            object.__setattr__(self, "_coming", beside.draw(self.drawing, self.data.name))

    def html(self, prefix: str = "", data_of: Text = "Data of this chart", small: bool = False) -> Markup:
        """The drawing in a scroll box and, folded away beneath it, its data, with a link to download them.

        A `small` one of several has neither that link nor a source, which they share.
        """
        ids = f"{prefix}{self.data.name}"
        alt, data = f"{ids}-alt", f"{ids}-data"
        answering = self._answers()
        shared = next(filter(None, answering), None)
        table = self.data.html(prefix, labelled_by=data, answers=answering) + self.data.beneath(download=not small)
        folded = element(
            "details",
            element("summary", html(data_of, tells=""), id=data),
            table,
            class_=" ".join(["data", *(["answers"] if shared else []), *(["across"] if shared and not self._from_top else [])]),
            style=self._layout(shared) if shared else None,
        )
        answering_drawing = _inline(self.svg, ids, alt, self._elastic) + folded
        return element(
            "figure",
            element("figcaption", html(self.title)) if self.title else "",
            element("p", html(self.alt, tells=""), id=alt, hidden=True),
            element("div", answering_drawing, class_="drawing") if self._elastic else _scrollable(answering_drawing, alt),
            element("p", html(self.source), class_="source") if self.source and not small else "",
        )

    @property
    def _elastic(self) -> bool:
        """May a narrow screen squeeze it? Not if names of rows take a part of its width, nor a map or an author's own."""
        return isinstance(self.drawing, Drawing) and not self.drawing.has_flat_bars and not self.boxes

    @property
    def _from_top(self) -> bool:
        return self.flat or (isinstance(self.drawing, Drawing) and self.drawing.has_flat_bars)

    def _answers(self) -> list[Answer | None]:
        if self.boxes:
            return [Answer(*(100 * share for share in box)) for box in self.boxes]
        rows = self.data.rows
        labels, headings = [row.label for row in rows], [row.kind == "heading" for row in rows]
        return answers_of(self.svg, labels, headings, flat=self._from_top, at=self.at, first=self.first)

    def _layout(self, first: Answer) -> str:
        """The drawing's proportions, a row's field, and the headers, for the style that lays the rows over the drawing."""
        (size,) = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)', self.svg)[:1]
        widths = f"--m:{_least_width(self.svg):.0f}px;--x:{_most_width(self.svg):.0f}px"
        return ";".join([f"--r:{size[0]}/{size[1]}", widths, first.style(), *_heads(self.data.columns)])

    @cached_property
    def figure(self) -> Figure:
        """The drawing, drawn with matplotlib."""
        return self.drawing.figure() if isinstance(self.drawing, Drawing) else self.drawing

    @cached_property
    def svg(self) -> str:
        """The drawing as SVG, from the drawing process, or drawn here."""
        if self._coming:
            with suppress(Exception):
                return self._coming.result()
        return svg(self.drawing, self.data.name)

    def typst_form(self) -> dict[str, Any]:
        return {
            "kind": "chart",
            "title": typst(self.title),
            "svg": self.svg,
            "width": min(100, round(_width(self.svg) / CHART_WIDTH / 0.72)) if isinstance(self.drawing, Drawing) else 100,
            "alt": plain(self.alt),
            "source": typst(self.source),
        }

    @property
    def text(self) -> str:
        """The drawing in words."""
        return plain(self.alt)

    def shown(self) -> Shown:
        return Shown(self.html(), f"#body({literal(self.typst_form())})", self.text, {"kind": "chart"}, _data([self]))

    @property
    def tidy(self) -> dict[str, Any]:
        """Its data as `Table.tidy`, with the drawing as a complete SVG file (`svg`), `title` and `source`."""
        said = element("title", plain(self.title)) + element("desc", plain(self.alt))
        svg = self.svg.replace(f"'{FONT}'", f"'{FONT}', sans-serif").replace(">", f">{said}", 1)
        return {**self.data.tidy, "svg": svg, "title": plain(self.title), "source": plain(self.source)}

    @property
    def frame(self) -> pd.DataFrame:
        """Its data as a data frame."""
        return self.data.frame

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return self.shown()._repr_mimebundle_()


@dataclass(frozen=True, repr=False)
class Exhibit:
    """Words plus functions that make charts and tables, called on first use."""

    words: Words
    makers: tuple[Callable[[], Chart | Table | None], ...] = ()
    own: bool = False  # its frame was edited by the notebook's author
    columns: int = 1  # more: its charts are small and stand side by side

    @classmethod
    def of(
        cls, report: Any, words: Callable[[Any], Words], *bodies: Callable[[Any], Chart | Table | None], columns: int = 1
    ) -> Exhibit:
        """The exhibit made by these functions of a report: its words, as the report writes them, then each chart or table."""
        return cls(words(report).written(report.write), tuple(partial(make, report) for make in bodies), report.own, columns)

    def __repr__(self) -> str:
        return f"An exhibit, {plain(self.words.claim)!r}; show it with a number: exhibit(1, ...)"

    @cached_property
    def bodies(self) -> tuple[Chart | Table, ...]:
        """The charts and tables whose data are available."""
        return tuple(body for make in self.makers if (body := make()))


@dataclass(frozen=True)
class Tile(Generic[Part]):
    """One of the headline box's figures with the lines beneath it."""

    label: Part
    figure: Part
    lines: tuple[Part, ...] = field(default=())

    def written(self, write: Callable[[Part], Runs]) -> Tile[Runs]:
        """The same with messages converted to runs."""
        return Tile(write(self.label), write(self.figure), tuple(map(write, self.lines)))


@dataclass(frozen=True)
class Trace:
    """Where a fact comes from: what it is, and, if known, its value, formula, inputs, source, stage and release day.

    `origin` is the key of the trace shared by facts with the same formula, sources and stage; empty for a helper's table.
    """

    name: str
    what: str
    items: Mapping[str, str]
    origin: str = ""

    def html(self) -> Markup:
        """The pop-up for one fact."""
        head = Markup("<p><strong>{}</strong> <code>{}</code>").format(printable(self.what), self.name)
        return self._opening(f"f-{self.name}", self.name, head, self.items)

    def origin_html(self) -> Markup:
        """The pop-up for table cells with this origin."""
        return self._opening(f"o-{self.origin}", f"{self.name}/origin", Markup(""), self._shared())

    def _opening(self, key: str, place: str, head: Markup, items: Mapping[str, str]) -> Markup:
        """Optional tags are omitted: a page has hundreds of these."""
        listed = "".join([f"<dt>{term}<dd>{escape(printable(text))}" for term, text in items.items()])
        return Markup(f'<div id="{key}" popover tabindex=-1 data-trace="{place}">{head}<dl>{listed}</dl>{CLOSE}</div>\n')

    def _shared(self) -> dict[str, str]:
        return {term: text for term, text in self.items.items() if term not in ("Value", "Inputs")}

    def said(self, part: str = "") -> str:
        """The trace's text: the whole, the shared part ("origin"), or one part for a table cell."""
        if part and part != "origin":
            return self.what if part == "what" else self.items[part]
        items = self._shared() if part else self.items
        return " ".join([*([] if part else [self.what, self.name]), *(f"{term} {text}" for term, text in items.items())])

    def mark(self, part: str) -> Runs:
        """One part as a table cell, checked by `proof.py`."""
        return (Mark("trace", f"{self.name}/{part}", self.said(part)),)


# --- functions that cells call ---------------------------------------------------------------------------------------------


def cover(
    kicker: Runs,
    headline: Runs,
    sentences: tuple[Runs, ...],
    tiles: tuple[Tile, ...],
    remarks: tuple[Runs, ...] = (),
    brief: bool = False,
) -> Shown:
    """The front of a report: kicker, headline, standfirst, headline box and caveats.

    A `brief` report has no table of contents, and its PDF is set closely.

    In an untrusted notebook JupyterLab drops the charts and shows the hidden notice.
    """
    standfirst = joined(sentences)
    lines = (line for tile in tiles for line in (tile.figure, *tile.lines))
    remarks = (*remarks, *footnotes(headline, standfirst, *lines, *remarks))
    page = element(
        "header",
        element("p", UNTRUSTED, hidden=True),
        element("p", html(kicker), class_="kicker", id="kicker"),
        element("h1", html(headline), id="headline"),
        element("p", html(standfirst), class_="standfirst"),
        element("ul", *map(_html_tile, tiles), class_="tiles"),
        element("ul", *(element("li", html(remark)) for remark in remarks), class_="caveats") if remarks else "",
        class_="cover",
    )
    form = {
        "kicker": typst(kicker),
        "headline": typst(headline),
        "standfirst": typst(standfirst),
        "tiles": [{"label": typst(t.label), "figure": typst(t.figure), "lines": [*map(typst, t.lines)]} for t in tiles],
        "remarks": [*map(typst, remarks)],
    }
    dates = [run.key for run in kicker if isinstance(run, Mark) and run.kind == "date"]
    about: dict[str, Any] = {
        "kind": "cover", "heading": plain(headline), "kicker": plain(kicker), "as_of": dates[-1] if dates else "",
    }  # fmt: skip
    about |= {"brief": True} if brief else {}
    text = "\n\n".join([plain(kicker), plain(headline), plain(standfirst), *map(plain, remarks)])
    return Shown(page, f"#cover({literal(form)})", text, about)


def exhibit(number: int, content: Exhibit) -> Shown | Later:
    """A numbered exhibit: the claim as its heading, the paragraph with its notes, then the charts and tables available."""
    if not isinstance(content, Exhibit):
        raise InputError(f"exhibit(number, ...) takes what a function of exhibits returns, not {type(content).__name__}")
    charts = any(isinstance(body, Chart) for body in content.bodies)
    return Later(partial(_exhibit, number, content)) if charts and beside.is_active() else _exhibit(number, content)


def _exhibit(number: int, content: Exhibit) -> Shown:
    words, bodies = content.words, content.bodies
    key, paragraph = f"exhibit-{number}", joined(words.sentences)
    label: Runs = ("Exhibit ", Mark("exhibit", str(number), str(number)))
    cells = (cell for body in bodies if isinstance(body, Table) for row in body.rows for cell in row.cells)
    notes = (*words.notes, *footnotes(words.claim, paragraph, *cells)) if paragraph or bodies else ()  # only with content
    marks = [_note_mark(key, i) for i in range(1, len(notes) + 1)]
    listed = [_html_note(key, i, note, marked=bool(paragraph)) for i, note in enumerate(notes, 1)]
    small = [body for body in bodies if isinstance(body, Chart)] if content.columns > 1 else []
    shown = [_html_body(body, number, label, bodies) for body in bodies if body not in small]
    page = element(
        "section",
        element("h3", element("span", html(label), class_="label"), " ", html(words.claim), id=f"{key}-claim"),
        element("p", EDITED, class_="sign") if content.own else "",
        element("p", html(paragraph), Markup(" ").join(marks)) if paragraph else "",
        *_html_small([_html_body(chart, number, label, bodies, small=True) for chart in small], small[-1:], content.columns),
        *shown,
        element("ol", *listed, class_="notes") if listed else "",
        class_="exhibit",
        id=key,
        aria_labelledby=f"{key}-claim",
    )
    form = {
        "number": number,
        "claim": typst(words.claim),
        "words": typst(joined([EDITED] * content.own + [paragraph])),
        "notes": [*map(typst, notes)],
        "bodies": [body.typst_form() for body in bodies],
        "columns": content.columns,
    }
    held = bool(bodies or words.sentences)
    about = {"kind": "exhibit", "number": number, "heading": plain(words.claim), "held": held, "own": content.own}
    if not held:  # what it would show, and why it does not
        about["missing"] = {"html": html(words.claim).partition(": ")[::2], "typst": typst(words.claim).partition(": ")[::2]}
    text = "\n\n".join([f"Exhibit {number}: {plain(words.claim)}", plain(paragraph), *(body.text for body in bodies)])
    data = _data(bodies, (("", note) for note in notes), content.columns)
    return Shown(page, f"#exhibit({literal(form)})", text, about, data)


def not_available(exhibits: Iterable[Mapping[str, Any]]) -> Shown:
    """The exhibits without data, which page and PDF leave out, by reason: what metadata tells of each. They keep their ids."""
    heading = "Not available for this month"
    reasons: dict[str, list[Mapping[str, Any]]] = {}
    for about in exhibits:
        reasons.setdefault(about["missing"]["typst"][1], []).append(about)
    entries, form = [], []
    for group in reasons.values():
        term, numbers = f"Exhibit{'s' * (len(group) > 1)} ", [str(about["number"]) for about in group]
        marks = (element("span", n, data_kind="exhibit", data_key=n, id=f"exhibit-{n}") for n in numbers)
        entries.append(element("dt", term, Markup(", ").join(marks)) + element("dd", Markup(_without(group, "html"))))
        form.append({"term": term + ", ".join(numbers), "texts": [_without(group, "typst")]})
    page = element("h3", heading, id="not-available") + element("dl", *entries)
    text = "\n".join([heading, *(f"{item['term']}: {item['texts'][0]}" for item in form)])
    return Shown(page, f"=== {heading}\n\n#notes-list({literal(form)})", text, {"kind": "missing", "heading": heading})


def _without(group: Sequence[Mapping[str, Any]], face: Literal["html", "typst"]) -> str:
    """What these exhibits would show, and the reason that they share."""
    what, why = "; ".join(about["missing"][face][0] for about in group), group[0]["missing"][face][1]
    return f"{what}: {why}." if why else f"{what}."


def paragraph(*sentences: Runs) -> Shown:
    """A separate paragraph."""
    runs = joined(sentences)
    return Shown(element("p", html(runs)), f"#paragraph({literal(typst(runs))})", plain(runs), {"kind": "paragraph"})


def points(main_points: Sequence[Runs], summary: Sequence[Runs] = ()) -> Shown:
    """The main points, and beneath them the same story as one paragraph to paste into a mail."""
    story, signs = joined(summary), footnotes(*main_points, *summary)
    page = element("ul", *(element("li", html(point)) for point in main_points), class_="points")
    if story:
        label = element("p", "To paste into a mail", class_="label")
        page += element("div", label, element("p", html(story)), class_="summary")
    page += Markup("").join(element("p", html(sign), class_="sign") for sign in signs)
    form = {"points": [*map(typst, main_points)], "summary": typst(story), "signs": [*map(typst, signs)]}
    text = "\n".join([*map(plain, main_points), plain(story), *map(plain, signs)])
    return Shown(page, f"#points({literal(form)})", text, {"kind": "points"})


def notes_list(items: Iterable[tuple[Text, Text | list[Text]]]) -> Shown:
    """A definition list, each term with one or more paragraphs: sources, vintages, what is not covered."""
    entries = [(term, text if isinstance(text, list) else [text]) for term, text in items]
    page = element("dl", *(element("dt", html(term)) + _html_texts(texts) for term, texts in entries))
    form = [{"term": typst(term), "texts": [*map(typst, texts)]} for term, texts in entries]
    plain_text = "\n".join(f"{plain(term)}: {' '.join(map(plain, texts))}" for term, texts in entries)
    data = _data((), ((term, text) for term, texts in entries for text in texts))
    return Shown(page, f"#notes-list({literal(form)})", plain_text, {"kind": "notes"}, data)


TRACE_STYLE = Markup(  # a pop-up stays until it is closed or, where interestfor is supported, loses focus
    "<style>[popover]:target{display:block;position:fixed}#closed{position:fixed;top:0}"
    "@supports (interest-delay:0s){[popover]:target:not(:focus,:focus-within,:popover-open){opacity:0;pointer-events:none}}"
    "</style>"
)


def traced(table: Table | None, traces: Iterable[Trace]) -> Shown:
    """The page's trace pop-ups, and the key facts' traces as a table (in the PDF too)."""
    traces = tuple(traces)
    origins = {trace.origin: trace for trace in traces if trace.origin}
    boxes = (*(trace.html() for trace in traces), *(trace.origin_html() for trace in origins.values()))
    opening = element("div", TRACE_STYLE, *boxes, element("span", id="closed"), class_="popup") if boxes else Markup("")
    if table is None:
        return Shown(opening, "", "", {"kind": "traces"})
    return table.shown_as(table.html() + opening)


def failure(name: str, why: str) -> Shown:
    """A box naming an exhibit that could not be made; it marks the report as incomplete."""
    name, why = printable(name), printable(why)
    page = element("p", element("strong", f"{name} could not be made:"), f" {why}", class_="failure", data_kind="failure")
    form = {"name": name, "why": why}
    text = f"{name} could not be made: {why}"
    return Shown(page, f"#failure({literal(form)})", text, {"kind": "failure", "incomplete": text})


# --- parts of the HTML ----------------------------------------------------------------------------------------------------


def _scrollable(content: Markup, labelled_by: str, class_: str = "scroll") -> Markup:
    """A box that scrolls sideways by itself, so that the page never does; the keyboard reaches it."""
    return element("div", content, class_=class_, role="region", tabindex=0, aria_labelledby=labelled_by)


def _html_body(body: Chart | Table, number: int, label: Runs, bodies: Sequence[Chart | Table], small: bool = False) -> Markup:
    prefix = f"x{number}-"
    if isinstance(body, Table):
        return element("div", body.html(prefix) + body.beneath(), class_="table")
    data_of: Runs = ("Data of exhibit ", label[1])
    if sum(isinstance(other, Chart) for other in bodies) > 1:
        caption = body.data.caption or body.title
        data_of += (": ", *((caption,) if isinstance(caption, str) else caption))
    return body.html(prefix, data_of, small)


def _html_small(shown: list[Markup], last: Sequence[Chart], columns: int) -> list[Markup]:
    """Small charts side by side, at most so many, and the source that they share."""
    sources = [element("p", html(chart.source), class_="source") for chart in last if chart.source]
    return [element("div", *shown, class_=f"small at-most-{columns}"), *sources] if shown else []


def _heads(columns: Sequence[Column], groups: Sequence[tuple[Text, int]] = ()) -> list[str]:
    """The headers but the first, for the style sheet; the first of a group after the group's."""
    starts = [f"{plain(text)}: " * (place == 0 and text != "") for text, span in groups for place in range(span)]
    named = enumerate(zip([*starts, *[""] * len(columns)][1:], columns[1:], strict=False), 1)
    return [f"--h{at}:{json.dumps(f'{start}{plain(column.header)} ', ensure_ascii=False)}" for at, (start, column) in named]


def _html_header(column: Column, align: str) -> Markup:
    unit = element("span", html(column.unit), class_="unit") if column.unit else ""
    return element("th", html(column.header), " " if unit else "", unit, scope="col", **_aligned(align))


def _aligned(align: str) -> dict[str, str]:
    """Attributes for alignment; right is the style sheet's default, so thousands of cells need none."""
    return {} if align == "right" else {"class_": align, "style": LEFT}


def _html_row(
    row: Row, aligns: list[str], answer: Answer | None = None, stop: bool = False, shared: Answer | None = None
) -> Markup:
    note = element("span", Markup(BREAKS.sub("<wbr>", html(row.note))), class_="row-note") if row.note else ""
    name = element("a", html(row.label), data_profile=row.profile) if row.profile else html(row.label)
    label = name + (" " if note else "") + note
    if row.kind == "heading":
        return element("tr", element("th", label, scope="colgroup", colspan=len(aligns), style=LEFT), class_="heading")
    cells = [
        element("td", "n/a", class_="gap") if cell is None else element("td", html(cell, tells="origin"), **_aligned(align))
        for cell, align in zip(row.cells, aligns[1:], strict=True)
    ]
    place = {"style": answer.style(shared) or None, "tabindex": 0 if stop else -1} if answer else {}
    kind = " ".join(filter(None, [row.kind, "end" if answer and answer.at_right else ""]))
    return element("tr", element("th", label, scope="row", style=LEFT), *cells, class_=kind or None, **place)


def _html_texts(texts: list[Text]) -> Markup:
    return Markup("".join(element("dd", html(text)) for text in texts))


def _html_tile(tile: Tile) -> Markup:
    lines = (element("span", html(line)) for line in tile.lines)
    label, figure = element("span", html(tile.label), class_="label"), element("strong", html(tile.figure))
    return element("li", Markup("<br>\n").join([label, figure, *lines]))


def _note_mark(key: str, i: int) -> Markup:
    link = element("a", str(i), href=f"#{key}-note-{i}", id=f"{key}-mark-{i}", role="doc-noteref")
    return element("sup", link, data_kind="note")


def _html_note(key: str, i: int, note: Runs, marked: bool) -> Markup:
    """A note, with a link back to its mark if the paragraph has one."""
    back = (" ", element("a", "↑", href=f"#{key}-mark-{i}", aria_label="Back to the text")) if marked else ()
    return element("li", html(note), *back, id=f"{key}-note-{i}")


def _inline(svg: str, ids: str, alt: str, elastic: bool = False) -> Markup:
    """An inline SVG: unique ids, colours that follow light and dark mode, text never too small to read.

    The page squeezes an `elastic` one on a narrow screen, but not its letters.

    Uses presentation attributes, because a strict CSP blocks `style` and the chart would be black. JupyterLab lacks our font;
    another one is made as small as ours, so that labels do not touch.
    """
    least, most = _least_width(svg), _most_width(svg)
    height = least * float(re.findall(r'viewBox="0 0 [\d.]+ ([\d.]+)', svg)[0]) / _width(svg)
    svg = re.sub(r' data-panels="[^"]*"', "", re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{ids}-", svg))
    names = {colour: name for name, colour in LIGHT.items()}
    svg = re.sub(r"(?<=: )#[0-9a-f]{6}\b", lambda c: f"var(--c-{names[c[0]]}, {c[0]})" if c[0] in names else c[0], svg)
    svg = svg.replace(f"font-family: '{FONT}'; ", "").replace(f"'{FONT}'", f"'{FONT}', {FALLBACK}")
    svg = re.sub(r' style="([^"]+)"', lambda found: re.sub(r" ?([a-z-]+): ?([^;]+);?", r' \1="\2"', found[1]), svg)
    style = f"min-width:{least:.0f}px;max-width:{most:.0f}px;font-size-adjust:{X_HEIGHT}"
    style += f";--m:{least:.0f}px;min-height:{height:.0f}px" * elastic
    squeezed = ' class="elastic" preserveAspectRatio="none"' * elastic
    opening = (
        f'<svg role="img" aria-labelledby="{alt}" data-kind="chart" style="{style}"{squeezed} font-family="{FONT},{FALLBACK}"'
    )
    return Markup(re.sub(r'^<svg(.*?) width="[^"]+" height="[^"]+"', rf"{opening}\1", svg))


def _width(svg: str) -> float:
    return float(re.findall(r'viewBox="0 0 ([\d.]+)', svg)[0])


def _most_width(svg: str) -> float:
    """In pixels: so wide that letters are no larger than those of the text."""
    return _width(svg) * LARGEST


def _least_width(svg: str) -> float:
    """In pixels: so wide that the smallest letters can be read."""
    return _width(svg) * LEGIBLE / min(map(float, re.findall(r"font(?:-size)?:[^;\"]*?([\d.]+)px", svg)), default=LEGIBLE)


# --- parts of the data ----------------------------------------------------------------------------------------------------


def _data(bodies: Iterable[Chart | Table], notes: Iterable[tuple[Text, Text]] = (), columns: int = 1) -> dict[str, list]:
    """Tables and notes; a small chart knows how many stand in a row."""
    tables = [body.tidy | ({"charts_in_row": columns} if columns > 1 and isinstance(body, Chart) else {}) for body in bodies]
    return {"tables": tables, "notes": [[plain(term), plain(text)] for term, text in notes]}


def _datum(cell: Text | None, value: float | None) -> tuple[str | float | None, str]:
    """A cell as a number with its unit, as text, or as a gap."""
    numbers = [run for run in cell or () if isinstance(run, Cite)]
    unit = numbers[0].unit if numbers else ""
    if value is not None and value == value:  # a NaN is a gap
        return float(value), unit
    if cell is None or plain(cell) in ("", NONE):
        return None, ""
    if day := _day(cell):
        return day
    return (float(numbers[0].number), unit) if len(cell) == len(numbers) == 1 else (plain(cell), "")


def _day(cell: Text) -> tuple[str, str] | None:
    """A cell that is one month or one day, as an ISO date with its unit."""
    match cell:
        case (Mark(kind="period", key=key),) if len(key) == len("2025-11"):
            return f"{key}-01", MONTH
        case (Mark(kind="date", key=key),) if len(key) == len("2025-11-30"):
            return key, DAY
    return None


def _spread(cells: list[tuple[str | float | None, str]], places: list[tuple[int, bool]]) -> list[str | float | None]:
    """A row's values, each followed by its unit if the column has several units."""
    row: list[str | float | None] = []
    for place, several in places:
        value, unit = cells[place]
        row += [value, unit_in_words(unit)] if several else [value]
    return row


def with_distinct_headers(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Number repeated headers, and cut those too long for a spreadsheet."""
    times: Counter[str] = Counter()
    for column in columns:
        column["header"] = column["header"][:LONGEST_HEADER]
        times[column["header"].casefold()] += 1
        if (time := times[column["header"].casefold()]) > 1:
            column["header"] += f" {time}"
    return columns


SIGNED = re.compile(r"[-+]\$?\d[\d.,]*(?:%| [a-z ]+)?")  # a signed number, not a formula: "-$24.2 billion"


def csv_safe(text: str) -> str:
    """Escape text that a spreadsheet would read as a formula; use an ASCII minus."""
    text = text.replace("−", "-")
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) and not SIGNED.fullmatch(text) else text


def for_spreadsheets(csv_text: str) -> bytes:
    """A CSV as bytes that spreadsheets decode correctly: with a byte order mark if any character is not ASCII."""
    return csv_text.encode("ascii" if csv_text.isascii() else "utf-8-sig")


def as_csv(table: Mapping[str, Any]) -> str:
    """A table, as returned by `Table.tidy`, as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([csv_safe(column["header"]) for column in table["columns"]])
    writer.writerows([_csv_cell(value) for value in row] for row in table["rows"])
    return out.getvalue()


def _csv_cell(value: str | float | None) -> str:
    if isinstance(value, float):
        return f"{Decimal(repr(round(value, DECIMALS))).normalize():f}"
    return csv_safe(value or "")
