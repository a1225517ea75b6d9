"""One partner over time."""

from __future__ import annotations

import helpers
from customs_report import palette
from customs_report.charts.axes import BILLION, canvas, drawn, label_ends, label_years, mark_zero
from customs_report.charts.data import cell, frame_table, source_line
from customs_report.display import Chart
from customs_report.profile import Profile

COLOURS = {
    "exports": palette.EXPORTS, "imports": palette.IMPORTS, "balance": palette.ACCENT,
    "growth": palette.ACCENT, "world": palette.MUTED, "share": palette.ACCENT,
}  # fmt: skip


@drawn
def partner_months(report: Profile) -> Chart | None:
    """How did exports, imports and balance with the partner go?"""
    labels = {"exports": "Exports", "imports": "Imports", "balance": "Balance"}
    return _lines(report, labels, "bn", "Exports, imports and balance, billion yuan a month")


@drawn
def partner_growth_against_all(report: Profile) -> Chart | None:
    """Did trade with the partner grow faster than all trade?"""
    labels = {"growth": "Partner", "world": "All trade"}
    return _lines(report, labels, "signed_percent", "Trade over three months, change on a year earlier in percent")


@drawn
def partner_share(report: Profile) -> Chart | None:
    """Which share of China's trade is with the partner?"""
    return _lines(report, {"share": "Share"}, "percent", "Share of China’s trade over three months, percent")


def _lines(report: Profile, labels: dict[str, str], style: str, title: str) -> Chart | None:
    table = f"partner_months.{report.code}"
    frame = helpers.partner_months(report.tables, report.period, report.code)[list(labels)].dropna(how="all")
    if len(frame) < 2:
        return None
    scale = BILLION if style == "bn" else 1
    figure, axes = canvas(right=0.88)
    ends = []
    for column, label in labels.items():
        values = (frame[column] / scale).to_list()
        axes.plot(range(len(values)), values, color=COLOURS[column], lw=1.5)
        if values[-1] == values[-1]:
            ends.append((label, values[-1], COLOURS[column]))
    low, high = axes.get_ylim()
    ends = _apart(ends, (high - low) * 0.11)
    if low < 0 < high:
        mark_zero(axes)
    label_years(axes, list(frame.index))
    axes.set_xlim(-0.5, len(frame) - 0.5)
    label_ends(axes, len(frame) - 1, ends)
    last, column = frame.index[-1], next(iter(labels))
    alt = report.facts.say("Lines from {@first} to {@last}.", first=frame.index[0], last=last)
    if frame.at[last, column] == frame.at[last, column]:
        unit = " billion yuan." if style == "bn" else " percent."
        alt += (f" {labels[column]}: the line ends at ", *cell(table, last, column, frame.at[last, column], style), unit)
    data = frame_table(f"partner-{'-'.join(labels)}", title, table, frame.iloc[::-1], list(labels.values()), style)
    source = source_line(report, f"partner.{report.code}.total_cny_ytd", history=True)
    return Chart(figure, alt, data, source, recent=True, title=(title,))


def _apart(ends: list[tuple[str, float, str]], least: float) -> list[tuple[str, float, str]]:
    """Labels moved up where they would overlap the one below."""
    moved: list[tuple[str, float, str]] = []
    for text, value, colour in sorted(ends, key=lambda end: end[1]):
        moved.append((text, max(value, moved[-1][1] + least) if moved else value, colour))
    return moved
