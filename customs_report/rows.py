"""Rows and tables made of facts, and of the cells of helpers' tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from customs_report.display import Column, Row, Table, Text
from customs_report.display.tables import Kind
from customs_report.english.grammar import name_of
from customs_report.facts import UNREVISED, Cite, Facts, Mark, Runs
from customs_report.languages import ENGLISH
from customs_report.periods import is_january
from customs_report.report import Report

Subject = tuple[str, str, Kind]  # code, text, kind of the row
Field = tuple[str, str, str]  # header, name of the fact with {} for the row's code, style
NOT_PRINTED: Runs = ("–",)


def _optional(name: str) -> bool:
    """Is this a figure that need not exist: a printed growth rate, an uncertain rank, a quantity of a line without one?"""
    return (
        name.endswith(("_yoy_printed", "_change_printed", "_change_computed", ".rank_ytd", ".place_ytd", ".rank_ytd_change"))
        or ".quantity_" in name
        or ".unit_value_" in name
    )


def subject_table(
    facts: Facts, name: str, caption: str, label: str, rows: list[Subject], fields: list[Field], profile: Callable[[str], str]
) -> Table:
    """A row for each partner or commodity, by its code, its text and the kind of the row; a column for each field.

    `profile` gives the name of a subject's profile by its code, "" for what has none.
    """
    return Table(
        name,
        caption,
        (Column(label), *(Column(header, align="right", of=_whose(name, header, fields)) for header, name, _ in fields)),
        tuple(
            subject_row(facts, code, text, [(of.format(code), style) for _, of, style in fields], kind, profile(code))
            for code, text, kind in rows
        ),
    )


def span_table(
    report: Report,
    name: str,
    caption: str,
    label: str,
    rows: list[Subject],
    fields: list[Field],
    profile: Callable[[str], str],
    counted: Mapping[str, tuple[str, str]] | None = None,
) -> Table:
    """A row for each partner or commodity; the fields over the month, then over the year to date, in January once.

    The names of facts have `{over}` for the span, `{}` for the row's code. A heading is a row without cells. What is not
    available is a dash. `counted`: how a row's quantity is written, by its code, and its unit. Growth of the month has no sign
    for the base that all of it rests on: `on_the_month` makes the note.
    """
    spans = {"month": "Month"} if is_january(report.period) else {"month": "Month", "ytd": "Year to date"}
    made = []
    for code, text, kind in rows:
        if kind == "heading":
            made.append(Row((text,), (None,) * (len(spans) * len(fields)), kind="heading"))
            continue
        quantity, unit = (counted or {}).get(code, ("", ""))
        names = [(of.format(code, over=over), style or quantity) for over in spans for _, of, style in fields]
        cells = tuple(_span_cell(report.facts, *each) for each in names)
        values = tuple(report.facts.value(fact) for fact, _ in names)
        made.append(Row(name_of(code, text), cells, kind=kind, note=unit, values=values, profile=profile(code)))
    columns = (Column(label), *(Column(header, align="right") for _ in spans for header, _, _ in fields))
    groups = [(header, len(fields)) for header in spans.values()]
    return Table(name, caption, columns, tuple(made), group_headers=(("", 1), *groups))


def _span_cell(facts: Facts, name: str, style: str) -> Runs:
    if name not in facts:
        return NOT_PRINTED
    cite = facts.cite(name, style)
    return (replace(cite, mark="") if cite.mark == UNREVISED else cite,)


def subject_row(facts: Facts, code: str, name: str, fields: list[tuple[str, str]], kind: Kind = "", profile: str = "") -> Row:
    """A row of facts of a partner or commodity, with the name of its profile; of anything else without."""
    return replace(fact_row(facts, name_of(code, name), fields, kind), profile=profile)


def _whose(name: str, header: str, fields: list[Field]) -> str:
    """The header of the column that one of several "Growth %" belongs to: whose fact's name its own begins with."""
    if [each for each, _, _ in fields].count(header) == 1:
        return ""
    return max(((of, each) for each, of, _ in fields if name.startswith(f"{of}_")), default=("", ""))[1]


def fact_row(facts: Facts, label: Runs, fields: list[tuple[str, str]], kind: Kind = "") -> Row:
    """A row of facts; a gap is an empty cell marked as such, a dash means that customs prints no such figure."""

    def cell_of(name: str, style: str) -> Runs | None:
        if name in facts:
            return (facts.cite(name, style), *[" bn"] * (style == "signed_bn"))
        return NOT_PRINTED if _optional(name) else None

    cells = tuple(cell_of(name, style) for name, style in fields)
    return Row(label, cells, kind=kind, values=tuple(facts.value(name) for name, _ in fields))


def cell(
    table: str, row: str, column: str, value: float, style: str = "usd_signed", unit: str = "", language: str = ENGLISH
) -> Runs:
    """A number that a helper's table holds; its unit where the style does not say it."""
    return (Cite.cell(table, row, column, value, style, unit, language),)


def frame_table(
    name: str,
    caption: str,
    table: str,
    frame: pd.DataFrame,
    headers: Sequence[Text],
    styles: str | Mapping[str, str],
    first: str = "Month",
    label: Callable[[str], Mark] | None = None,
    units: str | Mapping[str, str] = "",
    language: str = ENGLISH,
) -> Table:
    """The data of a chart whose points are cells of a helper's `table`, in the order of its frame; a gap stays one.

    `styles` names how the numbers of each column are written, or of all, and `units` their unit where that does not say it;
    `label` makes the header of a row from its key, by default a period's.
    """
    by_column = styles if isinstance(styles, Mapping) else dict.fromkeys(frame, styles)
    columns = list(by_column)
    unit_of = units if isinstance(units, Mapping) else dict.fromkeys(columns, units)
    rows = []
    for key, *values in frame[columns].itertuples(name=None):
        named = zip(columns, values, strict=True)
        cells = (
            None if pd.isna(value) else cell(table, str(key), c, value, by_column[c], unit_of.get(c, ""), language)
            for c, value in named
        )
        header = label(str(key)) if label else Mark.of(str(key), code=language)
        rows.append(Row((header,), tuple(cells), values=tuple(values)))
    columns_shown = (Column(first), *(Column(text, align="right") for text in headers))
    return Table(name, caption, columns_shown, tuple(rows), language=language)


def fact_table(
    report: Report, name: str, caption: str, codes: list[str], names: list[str], columns: list[tuple[str, str, str]]
) -> Table:
    """The data of a chart whose bars are facts."""
    facts = report.facts
    return Table(
        name,
        caption,
        (Column("Name"), *(Column(header, align="right") for header, _, _ in columns)),
        tuple(
            Row(
                name_of(code, label),
                tuple((facts.cite(of.format(code), style),) for _, of, style in columns),
                values=tuple(facts[of.format(code)].value for _, of, _ in columns),
            )
            for code, label in zip(codes, names, strict=True)
        ),
    )
