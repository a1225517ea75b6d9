"""China's exports to the United States as both sides count them."""

from __future__ import annotations

import helpers
from customs_report import palette
from customs_report.display import Chart
from customs_report.drawing.axes import BILLION, canvas, drawn, label_ends, mark_zero
from customs_report.drawing.data import as_known, frame_table
from customs_report.facts import Mark, Runs
from customs_report.report import Report


@drawn
def mirror(report: Report) -> Chart | None:
    """How far are China's exports to the United States from what the United States count?"""
    frame = helpers.mirror_trade(report.tables, report.period)
    newest = helpers.newest_common_month(frame)
    if newest is None:
        return None
    frame = frame.loc[:newest]
    figure, axes = canvas(height=1.75, right=0.86)
    months, ends = range(len(frame)), []
    axes.bar(months, frame["gap"] / BILLION, width=0.7, color=palette.PALE)
    sides = (("china", "China’s count", palette.EXPORTS), ("united_states", "US count", palette.ACCENT))
    for side, label, colour in sides:
        values = frame[side].where(frame["gap"].notna()) / BILLION
        axes.plot(months, values, color=colour, lw=1.5, marker="o", ms=3)
        ends.append((label, values.iloc[-1], colour))
    axes.margins(y=0.08)
    ends.append(("Gap", frame["gap"].iloc[-1] / BILLION, palette.MUTED))
    mark_zero(axes)
    axes.set_xticks(*_quarters(list(frame.index)))
    axes.set_xlim(-0.7, len(frame) - 0.3)
    label_ends(axes, len(frame) - 0.65, ends)
    alt = report.facts.say(
        "Two lines of matched months from {@first} to {@newest}, ending at {mirror.exports_china_usd_month} as China counts "
        "and {mirror.imports_us_usd_month} as the United States count. Bars show the gap, last {mirror.gap_usd_month}.",
        first=frame.index[0],
        newest=newest,
    )
    styles = {
        "china": "bn",
        "united_states": "bn",
        "gap": "signed_bn",
        "gap_percent": "signed_percent",
        "rate": "exchange_rate",
    }
    headers = ("China", "United States", "Gap", "Gap %", "Yuan per dollar")
    data = frame_table(
        "mirror-months",
        "Exports to the United States as both sides count them, billion dollars",
        "mirror_trade",
        frame[frame["gap"].notna()].iloc[::-1],
        headers,
        styles,
        units=dict.fromkeys(("china", "united_states", "gap"), "USD"),
    )
    source = as_known(report, "General Administration of Customs of China, US Census Bureau; yuan at customs’ own rate")
    title: Runs = (
        "China’s exports to the United States as both sides count them, billion dollars a month, to ",
        Mark.of(newest),
    )
    return Chart(figure, alt, data, source, recent=True, title=title)


def _quarters(periods: list[str]) -> tuple[list[int], list[str]]:
    """Where a short series has its ticks: each January with its year, each July."""
    at = [i for i, period in enumerate(periods) if period[5:] in ("01", "07")]
    return at, ["Jul" if periods[i].endswith("07") else periods[i][:4] for i in at]
