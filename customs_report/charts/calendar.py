"""Exports and imports without season and holidays."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette
from customs_report.display import Chart, Column, Row, Table
from customs_report.drawing.axes import BILLION, canvas, drawn, label_ends, label_years
from customs_report.drawing.data import cell, source_line
from customs_report.facts import Mark
from customs_report.report import Report


@drawn
def calendar(report: Report) -> Chart | None:
    """How do exports and imports go without season and holidays, over the last four years?"""
    flows = {"exports": (palette.EXPORTS, palette.PALE_EXPORTS), "imports": (palette.IMPORTS, palette.PALE_IMPORTS)}
    if any(f"adjusted.{flow}_usd_month" not in report.facts for flow in flows):
        return None
    adjusted = helpers.adjusted_series(report.tables, report.period).iloc[-49:]
    printed = helpers.monthly_trade(report.tables, report.period).loc[adjusted.index]
    figure, axes = canvas(height=1.95, right=0.89)
    months, ends = range(len(adjusted)), []
    for flow, (colour, pale) in flows.items():
        line, low, high = (adjusted[column] / BILLION for column in (flow, f"{flow}_low", f"{flow}_high"))
        axes.plot(months, printed[flow] / BILLION, color=pale, lw=1.1)
        axes.fill_between(months, low, high, color=colour, alpha=0.22, lw=0)
        axes.plot(months, line, color=colour, lw=1.6)
        ends.append((flow.capitalize(), line.iloc[-1], colour))
    label_years(axes, list(adjusted.index))
    axes.set_xlim(-0.5, len(adjusted) - 0.5)
    label_ends(axes, len(adjusted) - 1, ends)
    alt = report.facts.say(
        "Two pairs of lines from {@first} to {@last}: pale the months as customs shows them, strong the adjusted ones within "
        "their band. Adjusted exports end at {adjusted.exports_usd_month}, imports at {adjusted.imports_usd_month}.",
        first=adjusted.index[0],
        last=report.period,
    )
    return Chart(
        figure,
        alt,
        _adjusted_data(adjusted, printed),
        (*source_line(report, "adjusted.exports_usd_month"), " Adjustment: our own."),
        recent=True,
        title=("Exports and imports, adjusted with its band (strong) and unadjusted (pale), billion dollars a month",),
    )


def _adjusted_data(adjusted: pd.DataFrame, printed: pd.DataFrame) -> Table:
    """The lines month by month, newest first: customs' figure, the adjusted one, its band, the estimate first made."""
    rows = []
    for period in adjusted.index[::-1]:
        places = [
            (table, column, frame.at[period, column])
            for flow in ("exports", "imports")
            for table, frame, columns in (
                ("monthly_trade", printed, [flow]),
                ("adjusted_series", adjusted, [flow, f"{flow}_low", f"{flow}_high", f"{flow}_first"]),
            )
            for column in columns
        ]
        cells = tuple(None if pd.isna(v) else cell(table, period, column, v, "bn", "USD") for table, column, v in places)
        rows.append(Row((Mark.of(period),), cells, values=tuple(None if pd.isna(v) else v for *_, v in places)))
    headers = ("Customs", "Adjusted", "Band from", "to", "At first")
    return Table(
        "adjusted-exports-and-imports",
        "Exports and imports, as customs shows them and adjusted, billion dollars",
        (Column("Month"), *(Column(header, align="right") for header in headers * 2)),
        tuple(rows),
        group_headers=(("", 1), ("Exports", 5), ("Imports", 5)),
    )
