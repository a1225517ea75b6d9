"""Exports for each dollar of imports."""

from __future__ import annotations

import helpers
from customs_report import palette
from customs_report.charts.axes import canvas, drawn, label_years
from customs_report.charts.data import frame_table, source_line
from customs_report.display import Chart
from customs_report.report import Report


@drawn
def cover_ratio(report: Report) -> Chart | None:
    """How many times its imports did China export, over twelve months?"""
    frame = helpers.cover_ratio(report.tables, report.period)
    if "cover.usd_12m" not in report.facts or len(frame) < 2:
        return None
    figure, axes = canvas()
    axes.plot(range(len(frame)), frame["ratio"].to_list(), color=palette.ACCENT, lw=1.6)
    label_years(axes, list(frame.index))
    axes.yaxis.set_major_formatter(lambda v, _: f"{v:.1f}")
    title = "Exports as a multiple of imports, twelve months to each month"
    return Chart(
        figure,
        report.facts.say(
            "A line from {@first} to {@last}; it ends at {cover.usd_12m}.", first=frame.index[0], last=report.period
        ),
        frame_table(
            "cover-ratio", title, "cover_ratio", frame.iloc[::-1], ["Ratio"], "exchange_rate", first="Twelve months to"
        ),
        source_line(report, "cover.usd_12m", history=True),
        recent=True,
        title=(title,),
    )
