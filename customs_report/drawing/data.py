"""What stands under a chart: its source, and its data as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from customs_report.display import Column, Row, Table, Text
from customs_report.english.grammar import name_of
from customs_report.facts import Mark, Place, Runs
from customs_report.report import Report


def cell(table: str, row: str, column: str, value: float, style: str = "usd_signed", unit: str = "") -> Runs:
    """A number that a helper's table holds; its unit where the style does not say it."""
    return (Place.of(table, row, column, value, style, unit),)


def frame_table(
    name: str,
    caption: str,
    table: str,
    frame: pd.DataFrame,
    headers: Sequence[Text],
    styles: str | Mapping[str, str],
    first: str = "Month",
    label: Callable[[str], Mark] = Mark.of,
    units: str | Mapping[str, str] = "",
) -> Table:
    """The data of a chart whose points are cells of a helper's `table`, in the order of its frame; a gap stays one.

    `styles` names how the numbers of each column are written, or of all, and `units` their unit where that does not say it;
    `label` makes the header of a row from its key.
    """
    by_column = styles if isinstance(styles, Mapping) else dict.fromkeys(frame, styles)
    columns = list(by_column)
    unit_of = units if isinstance(units, Mapping) else dict.fromkeys(columns, units)
    rows = []
    for key, *values in frame[columns].itertuples(name=None):
        named = zip(columns, values, strict=True)
        cells = (
            None if pd.isna(value) else cell(table, str(key), c, value, by_column[c], unit_of.get(c, "")) for c, value in named
        )
        rows.append(Row((label(str(key)),), tuple(cells), values=tuple(values)))
    return Table(name, caption, (Column(first), *(Column(text, align="right") for text in headers)), tuple(rows))


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


def source_line(report: Report, name: str, history: bool = False) -> Runs:
    """The line under a chart: who publishes the figures, at which stage, as known when; a history has its own stages."""
    stage = report.facts[name].stage
    mixed = history and stage == "preliminary"
    stage = "first prints and revised figures" if mixed else f"{stage} figures"
    return report.facts.say(
        "Source: General Administration of Customs of China, {@stage}; as known on {@day}.",
        stage=(stage,),
        day=report.as_of,
    )


def as_known(report: Report, publishers: str) -> Runs:
    """The line under a chart of figures from several tables or publishers."""
    return report.facts.say("Source: {@who}; as known on {@day}.", who=(publishers,), day=report.as_of)
