"""One partner, or one commodity, over time."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from customs_report import palette, prose
from customs_report.display import Chart
from customs_report.drawing.axes import (
    BILLION,
    canvas,
    draw_line,
    drawn,
    fine_ticks,
    gridded,
    label_ends,
    label_years,
    legend,
    mark_zero,
    scale,
)
from customs_report.drawing.data import as_known, cell, frame_table
from customs_report.facts import Runs, period_text, plain, unit_in_words
from customs_report.profile import Profile

COLOURS = {"exports": palette.EXPORTS, "imports": palette.IMPORTS, "balance": palette.ACCENT, "all": palette.MUTED}
OF_FLOW = {  # of the subject itself, dark and pale: a commodity has its flow's colours, a partner's trade is of both flows
    "export": (palette.EXPORTS, palette.PALE_EXPORTS), "import": (palette.IMPORTS, palette.PALE_IMPORTS),
    "": (palette.INK, palette.MUTED),
}  # fmt: skip
WIDEST = 13  # letters beside a line's end
PANEL_TOP, PANEL_FOOT = 0.3, 0.26  # inches above and beneath a small panel
LONG = 40  # months from which on years stand under a line


@drawn
def partner_months(report: Profile) -> Chart | None:
    """How did exports, imports and balance with the partner go?"""
    labels = {"exports": "Exports", "imports": "Imports", "balance": "Balance"}
    return _lines(report, labels, "bn", "Exports, imports and balance, billion yuan a month")


@drawn
def growth_against_all(report: Profile) -> Chart | None:
    """Did trade with the partner, or of the commodity, grow faster than the whole that it is part of?"""
    labels = {"growth": report.kind.capitalize(), "all": f"All {report.flow}s" if report.flow else "All trade"}
    what = f"{report.flow.capitalize()}s" if report.flow else "Trade"
    return _lines(report, labels, "signed_percent", f"{what} over three months, change on a year earlier in percent")


def _beside_a_line(report: Profile) -> str:
    """The subject's name where it fits beside a line, in two rows at most; else what it is."""
    rows = wrap(report.name[0].upper() + report.name[1:], WIDEST)
    return "\n".join(rows) if len(rows) <= 2 and max(map(len, rows)) <= WIDEST else report.kind.capitalize()


@drawn
def share(report: Profile) -> Chart | None:
    """Which share of China's trade is with the partner, which share of a flow is the commodity?"""
    whole = f"{report.flow}s" if report.flow else "trade"
    return _lines(report, {"share": "Share"}, "percent", f"Share of China’s {whole} over three months, percent")


def _lines(report: Profile, labels: Mapping[str, str], style: str, title: str) -> Chart | None:
    frame = _held(report, list(labels))
    if len(frame) < 2:
        return None
    scale, unit = (BILLION, "CNY") if style == "bn" else (1, "")
    figure, axes = canvas(right=0.88)
    ends = []
    for column, label in labels.items():
        values = (frame[column] / scale).to_list()
        colour = COLOURS.get(column) or OF_FLOW[report.flow][0]
        draw_line(axes, values, colour)
        ends.append((_beside_a_line(report) if column == "growth" else label, values[-1], colour))
    low, high = axes.get_ylim()
    if low < 0 < high:
        mark_zero(axes)
    if style != "bn":
        fine_ticks(axes, high - low)
    _label_months(axes, list(frame.index), 7)
    axes.set_xlim(-0.5, len(frame) - 0.5)
    label_ends(axes, len(frame) - 1, ends)
    last, column = frame.index[-1], next(iter(labels))
    alt = report.facts.say("Lines from {@first} to {@last}.", first=frame.index[0], last=last)
    if frame.at[last, column] == frame.at[last, column]:
        words = " billion yuan." if style == "bn" else " percent."
        alt += (f" {labels[column]}: the line ends at ", *cell(report.table, last, column, frame.at[last, column], style, unit))
        alt += (words,)
    name = f"{report.kind}-{'-'.join(labels)}"
    data = frame_table(name, title, report.table, frame.iloc[::-1], list(labels.values()), style, units=unit)
    return Chart(figure, alt, data, _source(report), recent=True, title=(title,))


def _held(report: Profile, columns: list[str]) -> pd.DataFrame:
    """The months from the first with a figure to the last: one between them without a figure keeps its place."""
    rows = report.months[columns]
    held = rows.index[rows.notna().any(axis=1)]
    return rows.loc[held[0] : held[-1]] if len(held) else rows.iloc[:0]


def _source(report: Profile) -> Runs:
    stages = plain(prose.listed([(stage,) for stage in report.stages]))
    return as_known(report, f"General Administration of Customs of China, {stages} figures")


# --- commodities --------------------------------------------------------------------------------------------------------


@drawn
def commodity_months(report: Profile) -> Chart | None:
    """How did value, quantity and unit value of the commodity go?"""
    counted = report.months["quantity"].notna().any()
    columns = ["value", "quantity", "unit_value"] if counted else ["value"]
    frame = _held(report, columns)
    if len(frame) < 2:
        return None
    units = {"value": "CNY", "quantity": report.unit, "unit_value": f"CNY per {report.unit.removesuffix('s')}"}
    figure, panels = _panels(len(columns))
    for axes, column in zip(panels, columns, strict=True):
        size, word = (BILLION, "billion ") if column == "value" else scale(frame[column].max())
        draw_line(axes, (frame[column] / size).to_list(), OF_FLOW[report.flow][0])
        top = (frame[column] / size).max()
        axes.set_ylim(0, top * 1.08)
        fine_ticks(axes, top)
        axes.set_xlim(-0.5, len(frame) - 0.5)
        _label_months(axes, list(frame.index), 2 if len(columns) > 1 else 7)
        head = f"{NAMES[column]}, {word}{unit_in_words(units[column])}"
        axes.annotate(head, (0, 1), (-14, 7), xycoords="axes fraction", textcoords="offset points", color=palette.INK, size=8.5)
    last = frame.index[-1]
    alt = report.facts.say("Lines from {@first} to {@last}.", first=frame.index[0], last=last)
    if frame.at[last, "value"] == frame.at[last, "value"]:
        alt += (" The value ends at ", *cell(report.table, last, "value", frame.at[last, "value"], "bn", "CNY"))
        alt += (" billion yuan.",)
    title = "Value, quantity and unit value by month" if counted else "Value by month, billion yuan"
    headers = ["Value, billion yuan", *(f"{NAMES[c]}, {unit_in_words(units[c])}" for c in columns[1:])]
    styles = {c: {"value": "bn", "quantity": "number", "unit_value": "unit_value"}[c] for c in columns}
    data = frame_table("commodity-months", title, report.table, frame.iloc[::-1], headers, styles, units=units)
    return Chart(figure, alt, data, _source(report), recent=True, title=(title,))


NAMES = {"value": "Value", "quantity": "Quantity", "unit_value": "Unit value"}


def _panels(count: int) -> tuple[Figure, list[Axes]]:
    """Small panels side by side, each with its heading above it; a single one is as wide as the page."""
    height, each = 1.75, 1 / count
    figure = Figure(figsize=(palette.CHART_WIDTH, height), facecolor="none")
    panels = []
    for place in range(count):
        left = 0.42 / palette.CHART_WIDTH
        box = (place * each + left, PANEL_FOOT / height, each - left - 0.025, 1 - (PANEL_TOP + PANEL_FOOT) / height)
        axes = figure.add_axes(box, facecolor="none")
        gridded(axes, ticks=4)
        axes.spines["bottom"].set_color(palette.MUTED)
        panels.append(axes)
    return figure, panels


@drawn
def commodity_split(report: Profile) -> Chart | None:
    """How much of the change of each month is quantity, and how much unit value?"""
    frame = _held(report, ["quantity_effect", "unit_value_effect"])
    if len(frame) < 2:
        return None
    figure, axes = canvas(height=1.8, top=0.22)
    places, dark_pale = range(len(frame)), OF_FLOW[report.flow]
    above, below = [0.0] * len(frame), [0.0] * len(frame)
    for column, colour in zip(frame, dark_pale, strict=True):
        values = (frame[column] / BILLION).fillna(0).to_list()
        start = [above[i] if v >= 0 else below[i] for i, v in enumerate(values)]
        axes.bar(places, values, bottom=start, width=0.7, color=colour)
        above = [a + max(v, 0) for a, v in zip(above, values, strict=True)]
        below = [b + min(v, 0) for b, v in zip(below, values, strict=True)]
    sums = (frame.sum(axis=1, min_count=2) / BILLION).to_list()
    axes.plot(places, sums, ls="", marker="D", ms=3.4, color=palette.INK)
    mark_zero(axes)
    axes.set_xlim(-0.6, len(frame) - 0.4)
    _label_months(axes, list(frame.index), 7)
    marks = [*(Patch(color=colour) for colour in dark_pale), Line2D([], [], ls="", marker="D", ms=3.4, color=palette.INK)]
    legend(figure, marks, ["Quantity", "Unit value", "Change in value"])
    title = "Change in value on the same month a year earlier, billion yuan"
    last = frame.index[-1]
    alt = report.facts.say(
        "Bars from {@first} to {@last}, the two effects on top of each other.", first=frame.index[0], last=last
    )
    alt += (" In the last month quantity stands at ", *_effect(report, last, "quantity_effect"), " and unit value at ")
    alt += (*_effect(report, last, "unit_value_effect"), " billion yuan.")
    headers, newest = ["Quantity", "Unit value"], frame.iloc[::-1]
    data = frame_table("commodity-split", title, report.table, newest, headers, "signed_bn", units="CNY")
    return Chart(figure, alt, data, _source(report), recent=True, title=(title,))


def _effect(report: Profile, month: str, column: str) -> Runs:
    return cell(report.table, month, column, report.months.at[month, column], "signed_bn", "CNY")


def _label_months(axes: Axes, periods: list[str], most: int) -> None:
    """So many months under the line or the bars, the last of them always; years where the series is long."""
    if len(periods) > LONG:
        label_years(axes, periods)
        return
    shown = list(range(len(periods) - 1, -1, -max(1, -(-len(periods) // most))))
    axes.set_xticks(shown, [f"{period_text(periods[i])[:3]} {periods[i][:4]}" for i in shown])
    if most == 2:  # in a small panel there is no room beyond the last month
        axes.get_xticklabels()[0].set_ha("right")
