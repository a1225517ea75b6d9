"""Tables: in a page, on a phone, in the PDF, and as data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from itertools import repeat
from typing import Any, Literal
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from customs_report.chart_answers import Answer, stops
from customs_report.display.markup import CENTRE, LEFT, Text, element, html, linked, literal, plain, typst
from customs_report.display.shown import Bundle, Shown, as_data, scrollable
from customs_report.display.spreadsheets import as_csv, for_spreadsheets, with_distinct_headers
from customs_report.facts import Cite, Mark
from customs_report.languages import ENGLISH, Language, language
from customs_report.numbers import unit_in_words

Kind = Literal["aggregate", "total", "heading", "member", ""]  # of a row
NONE = "–"  # a cell of what customs did not print or a line does not have
PHONE_LETTERS, LABEL_LETTERS = 49, 14  # of a row that a phone has room for; of them for its first column
MOST_LINES = 2  # of a row on a phone
MONTH, DAY = "month", "date"  # units of cells that are dates: "2025-11-01"
UNSAID = ("", "rank", MONTH, DAY)  # units that a header need not name
SAID = re.compile(r",? (%|points|bn)$")  # a unit's abbreviation at the end of a header
SCALED = re.compile(  # the scale of the printed numbers, in a caption
    r"[,:](?: levels in)? billions?(?: dollars| yuan)?\b|（亿美?元）|单位：亿元(?=；)"
)
BREAKS = re.compile(r"(?<=[A-Za-z][._])(?=\w+[^>]*<)")  # where a fact's name may be wrapped


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
    """A table with its caption; `name` is the file name of its CSV, `language` that of its texts."""

    name: str
    caption: Text
    columns: Sequence[Column]
    rows: Sequence[Row]
    group_headers: Sequence[tuple[Text, int]] = ()
    language: str = ENGLISH

    def __post_init__(self) -> None:
        width = len(self.columns) - 1
        for row in self.rows:
            if (row.kind != "heading" and len(row.cells) != width) or len(row.values) not in (0, width):
                raise ValueError(f"table {self.name}, row {plain(row.label)}: not {width} cells, and as many values or none")

    @property
    def lang(self) -> Language:
        return language(self.language)

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
                label = as_day(row.label) or (plain(row.label), "")
                member = row.kind == "member"
                whole = whole if member else label[0]
                note = plain(row.note) or self.lang.word("part of {}").format(whole) * member
                rows.append(([group], [label, *map(_datum, row.cells, values)], [note]))
        order = [*dict.fromkeys(group for (group,), *_ in rows)]
        rows.sort(key=lambda row: (order.index(row[0][0]), *((0, row[1][0][0]) if row[1][0][1] else (1, ""))))
        word = self.lang.word
        before, after = ([word("Group")] if group else [], [word("Note")] if any(note[0] for *_, note in rows) else [])
        columns: list[dict[str, Any]] = [{"header": header, "unit": ""} for header in before]
        places: list[tuple[int, bool]] = []
        for place, header in enumerate(self._full_headers()):
            units = {unit_in_words(cells[place][1]): cells[place][1] for _, cells, _ in rows if cells[place][1]}
            several = len(units) > 1
            unit, words = "", ""
            if units and not several:
                ((unit, key),) = units.items()
                words = self.lang.unit_in_words(key)
            said = unit in UNSAID or header.casefold().endswith(words)
            named = header if said else word("{} ({})").format(header, words)
            columns.append({"header": named, "unit": None if several else unit})
            columns += [{"header": word("{}: unit").format(header), "unit": ""}] if several else []
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
        groups, colon = [plain(text) for text, span in self.group_headers for _ in range(span)], self.lang.word(": ")
        groups = groups or [""] * len(self.columns)
        return [
            colon.join(filter(None, dict.fromkeys((group, column.of, SAID.sub("", SCALED.sub("", plain(column.header)))))))
            for group, column in zip(groups, self.columns, strict=True)
        ]

    @property
    def frame(self) -> pd.DataFrame:
        """The table as a data frame: its first column, of months as dates, is the index."""
        headers = [column["header"] for column in self.tidy["columns"]]
        found = pd.DataFrame(self.tidy["rows"], columns=headers).set_index(headers[0])
        if len(found) and all(as_day(row.label) for row in self.rows):
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
            element("tbody", *map(_html_row, *self._for_rows(), *self._answering(answers)), align="left"),
            class_=self._narrow(),
            style=self._lines(any(answers)),
        )
        return scrollable(table, labelled_by or caption) if len(self.columns) > 3 else table

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
            return ";".join(heads(self.columns, self.group_headers)) if not answering else None  # a chart says them, too
        if not narrow or named[:1] == ["Month"]:
            return None
        return ";".join(f"--g{place}:{json.dumps(text, ensure_ascii=False)}" for place, text in enumerate(named, 1))

    def _for_rows(self) -> tuple[Iterable[Any], ...]:
        """What `_html_row` takes of each row."""
        return self.rows, repeat(self.aligns), repeat(self.lang.word("n/a"))

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
        link = element("a", self.lang.word("Download as CSV"), href=address, download=f"{self.name}.csv")
        runs = (run for row in self.rows for cell in row.cells if cell for run in cell)
        helpers = dict.fromkeys(run.table for run in runs if isinstance(run, Cite) and run.table)
        origin = self.lang.word("Where these numbers come from")
        of = self.lang.word(": ").join(filter(None, (origin, plain(self.caption))))
        link_text = Markup(escape(origin))  # labelled without the subject: the code EU27 has digits
        names = {helper: f"{of}{self.lang.word(', ')}{helper.partition('.')[0]}" for helper in helpers}
        origins = (linked(link_text, f"f-{helper}", label) for helper, label in names.items())
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
        return Shown(page, f"#body({literal(self.typst_form())})", self.text, {"kind": "table"}, as_data([self]))

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return self.shown()._repr_mimebundle_()


def heads(columns: Sequence[Column], groups: Sequence[tuple[Text, int]] = ()) -> list[str]:
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
    row: Row, aligns: list[str], gap: str, answer: Answer | None = None, stop: bool = False, shared: Answer | None = None
) -> Markup:
    note = element("span", Markup(BREAKS.sub("<wbr>", html(row.note))), class_="row-note") if row.note else ""
    name = element("a", html(row.label), data_profile=row.profile) if row.profile else html(row.label)
    label = name + (" " if note else "") + note
    if row.kind == "heading":
        return element("tr", element("th", label, scope="colgroup", colspan=len(aligns), style=LEFT), class_="heading")
    cells = [
        element("td", gap, class_="gap") if cell is None else element("td", html(cell, tells="origin"), **_aligned(align))
        for cell, align in zip(row.cells, aligns[1:], strict=True)
    ]
    place = {"style": answer.style(shared) or None, "tabindex": 0 if stop else -1} if answer else {}
    kind = " ".join(filter(None, [row.kind, "end" if answer and answer.at_right else ""]))
    return element("tr", element("th", label, scope="row", style=LEFT), *cells, class_=kind or None, **place)


def _datum(cell: Text | None, value: float | None) -> tuple[str | float | None, str]:
    """A cell as a number with its unit, as text, or as a gap."""
    numbers = [run for run in cell or () if isinstance(run, Cite)]
    unit = numbers[0].unit if numbers else ""
    if value is not None and value == value:  # a NaN is a gap
        return float(value), unit
    if cell is None or plain(cell) in ("", NONE):
        return None, ""
    if day := as_day(cell):
        return day
    return (float(numbers[0].number), unit) if len(cell) == len(numbers) == 1 else (plain(cell), "")


def as_day(cell: Text) -> tuple[str, str] | None:
    """A cell that is one month or one day, as an ISO date with its unit."""
    match cell:
        case (Mark(kind="period", key=key),) if len(key) == len("2025-11"):
            return f"{key}-01", MONTH
        case (Mark(kind="date", key=key),) if len(key) == len("2025-11-30"):
            return key, DAY
    return None


def _spread(cells: list[tuple[str | float | None, str]], places: list[tuple[int, bool]]) -> list[str | float | None]:
    """A row's values, each followed by its unit, in English, if the column has several units."""
    row: list[str | float | None] = []
    for place, several in places:
        value, unit = cells[place]
        row += [value, unit_in_words(unit)] if several else [value]
    return row
