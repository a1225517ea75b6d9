"""Exports, imports and the balance: month by month, since January, over twelve months."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

import helpers
from customs_report import palette
from customs_report.display import Chart, Table
from customs_report.drawing.axes import BILLION, canvas, corner_note, drawn, label_ends, label_line, label_years, mark_zero
from customs_report.drawing.data import cell, frame_table, source_line
from customs_report.facts import MONTHS, Mark, period_text
from customs_report.periods import span
from customs_report.report import Report


@drawn
def balance(report: Report) -> Chart | None:
    """How large was the surplus, month by month? Records are marked, deficits stand below the line."""
    if "balance_usd_month" not in report.facts:
        return None
    frame = helpers.monthly_trade(report.tables, report.period)
    values = (frame["balance"] / BILLION).to_list()
    colours = [palette.DEFICIT if v < 0 else palette.PALE for v in values]
    colours[-1] = palette.ACCENT if values[-1] >= 0 else palette.DEFICIT
    figure, axes = canvas()
    axes.bar(range(len(values)), values, width=0.86, color=colours)
    records = [i for i, new in enumerate(frame["record"]) if new and i >= 12]  # in the first year every month can be one
    if records:
        axes.plot(records, [values[i] + 4 for i in records], ls="", marker="v", ms=3.2, color=palette.INK)
        corner_note(axes, "▼ record at the time", palette.INK)
    mark_zero(axes)
    label_years(axes, list(frame.index))
    axes.set_xlim(-1, len(values) + 0.5)
    top = frame["balance"].idxmax()
    alt = report.facts.say(
        "Bars show the balance of each month from {@first} to {@last}. The last one stands at "
        "{balance_usd_month}; the highest, "
        "{@top}, at {@value}." + (" Triangles mark months that set a record." if records else ""),
        first=frame.index[0],
        last=report.period,
        top=top,
        value=cell("monthly_trade", top, "balance", frame.at[top, "balance"]),
    )
    return Chart(
        figure,
        alt,
        _monthly_data("balance-by-month", "Balance of trade by month", frame[["balance"]]),
        source_line(report, "balance_usd_month", history=True),
        recent=True,
        title=("Balance of trade, billion dollars a month",),
    )


@drawn
def trade(report: Report) -> Chart | None:
    """How did exports and imports go, month by month, over the last ten years?"""
    if "exports_usd_month" not in report.facts:
        return None
    frame = helpers.monthly_trade(report.tables, report.period)[["exports", "imports"]].iloc[-121:]
    figure, axes = canvas(right=0.89)
    ends = []
    for flow, colour in (("exports", palette.EXPORTS), ("imports", palette.IMPORTS)):
        values = (frame[flow] / BILLION).to_list()
        axes.plot(range(len(values)), values, color=colour, lw=1.5)
        axes.plot([len(values) - 1], [values[-1]], marker="o", ms=3.5, color=colour)
        ends.append((flow.capitalize(), values[-1], colour))
    axes.set_ylim(bottom=0)
    label_years(axes, list(frame.index))
    axes.set_xlim(-0.5, len(frame) - 0.5)
    label_ends(axes, len(frame) - 1, ends)
    alt = report.facts.say(
        "Two lines from {@first} to {@last}. Exports end at {exports_usd_month}, imports at {imports_usd_month}.",
        first=frame.index[0],
        last=report.period,
    )
    return Chart(
        figure,
        alt,
        _monthly_data("exports-and-imports", "Exports and imports by month", frame),
        source_line(report, "exports_usd_month", history=True),
        recent=True,
        title=("Exports and imports, billion dollars a month",),
    )


@drawn
def year_to_date(report: Report) -> Chart | None:
    """How does the surplus of the year grow, against every earlier year?"""
    if "balance_usd_ytd" not in report.facts:
        return None
    frame = helpers.cumulative_balance(report.tables, report.period)
    this, before = report.period[:4], str(int(report.period[:4]) - 1)
    figure, axes = canvas(height=1.6, right=0.93)
    ends = []
    for year in frame:
        values = (frame[year].dropna() / BILLION).to_list()
        months = list(frame[year].dropna().index)
        colour, width = (palette.ACCENT, 2.2) if year == this else (palette.INK, 1.2) if year == before else (palette.PALE, 0.9)
        axes.plot(months, values, color=colour, lw=width, zorder=3 if year in (this, before) else 2)
        if year == this:
            axes.plot([months[-1]], [values[-1]], marker="o", ms=4, color=colour, zorder=4)
            falls = len(values) < 2 or values[-1] < values[-2]  # its own line would run through a label at the left
            axes.annotate(
                year,
                (months[-1], values[-1]),
                (4 if months[-1] == 12 or falls else -3, 6 if months[-1] < 12 else 0),
                textcoords="offset points",
                ha="left" if months[-1] == 12 or falls else "right",
                va="center" if months[-1] == 12 else "bottom",
                color=colour,
                weight="semibold",
            )
        elif months[-1] == 12:
            ends.append((year, values[-1], palette.INK if year == before else palette.MUTED))
    mark_zero(axes)
    axes.margins(y=0.13)
    axes.set_xlim(0.9, 12.1)
    axes.set_xticks(range(1, 13), ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
    label_ends(axes, 12, _apart(ends, axes))
    alt = report.facts.say(
        "A line for each year since {@since}, January to December. This year’s line ends in {@month} at {balance_usd_ytd}.",
        since=next(iter(frame)),
        month=report.period,
    )
    data = frame_table(
        "balance-year-to-date",
        "Balance of trade since January, billion dollars",
        "cumulative_balance",
        frame.dropna(how="all"),
        [(Mark.of(year),) for year in frame],
        "bn",
        label=lambda month: Mark("month", month, MONTHS[int(month) - 1]),
        units="USD",
    )
    return Chart(
        figure,
        alt,
        data,
        source_line(report, "balance_usd_ytd", history=True),
        recent=report.period[5:] > "06",
        title=("Balance of trade since January, billion dollars",),
    )


def _apart(ends: list[tuple[str, float, str]], axes: Axes) -> list[tuple[str, float, str]]:
    """Of labels that would overlap the newest stay."""
    kept: list[tuple[str, float, str]] = []
    for label in reversed(ends):
        if all(abs(label[1] - other[1]) >= label_line(axes) for other in kept):
            kept.append(label)
    return kept


@drawn
def history(report: Report) -> Chart | None:
    """How did the surplus of twelve months grow, and when did it pass a trillion?"""
    frame = helpers.rolling_year(report.tables, report.period)[["balance"]].dropna()
    if "balance_usd_12m" not in report.facts or len(frame) < 2 or frame.index[-1] != report.period:
        return None
    months = span(frame.index[0], report.period)
    values = [frame["balance"].get(month, float("nan")) / BILLION for month in months]
    figure, axes = canvas(right=0.93)
    axes.plot(range(len(values)), values, color=palette.ACCENT, lw=1.6)
    axes.plot([len(values) - 1], [values[-1]], marker="o", ms=3.5, color=palette.ACCENT)
    mark_zero(axes)
    axes.margins(y=0.12)
    label_years(axes, months)
    axes.set_xlim(-0.5, len(values) - 0.5)
    passed = helpers.milestones(report.tables, report.period).query("over == '12m'")
    for _, row in passed.iterrows():
        at = months.index(row["first"])
        axes.plot([at], [values[at]], marker="v", ms=5, color=palette.INK)
        axes.annotate(
            period_text(row["first"]),
            (at, values[at]),
            (-6, 4),
            textcoords="offset points",
            ha="right",
            size=9,
            color=palette.INK,
        )
    alt = report.facts.say(
        "A line of twelve-month sums of the balance from {@first} to {@last}; it ends at {balance_usd_12m}.",
        first=months[0],
        last=report.period,
    )
    data = frame_table(
        "balance-of-twelve-months",
        "Balance of trade over twelve months, billion dollars",
        "rolling_year",
        frame.iloc[::-1],
        ["Balance"],
        "bn",
        first="Twelve months to",
        units="USD",
    )
    return Chart(
        figure,
        alt,
        data,
        source_line(report, "balance_usd_12m", history=True),
        recent=True,
        title=("Balance of trade over the twelve months to each month, billion dollars",),
    )


def _monthly_data(name: str, caption: str, frame: pd.DataFrame) -> Table:
    """The data of a chart of months, newest first, in billions of dollars."""
    headers = [column.capitalize() for column in frame]
    return frame_table(name, f"{caption}, billion dollars", "monthly_trade", frame.iloc[::-1], headers, "bn", units="USD")
