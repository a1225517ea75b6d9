"""Exports for each dollar of imports."""

from __future__ import annotations

import helpers
from customs_report import palette
from customs_report.display import Chart
from customs_report.drawing.axes import canvas, drawn, fine_ticks
from customs_report.drawing.data import frame_table, source_line
from customs_report.facts import period_text
from customs_report.report import Report


@drawn
def cover_ratio(report: Report) -> Chart | None:
    """How many times its imports did China export, over twelve months? A point a year, each up to the report's month."""
    if "cover.usd_12m" not in report.facts:
        return None
    frame = helpers.cover_ratio(report.tables, report.period)
    frame = frame[frame.index.str.endswith(report.period[4:])]
    if len(frame) < 2:
        return None
    figure, axes = canvas()
    axes.plot(range(len(frame)), frame["ratio"].to_list(), color=palette.ACCENT, lw=1.6, marker="o", ms=3)
    axes.set_xticks(range(len(frame)), [period[:4] for period in frame.index])
    fine_ticks(axes, frame["ratio"].max() - frame["ratio"].min())
    month = period_text(report.period).split()[0]
    title = f"Exports as a multiple of imports, twelve months to {month} of each year"
    return Chart(
        figure,
        report.facts.say(
            "A line with a point a year from {@first} to {@last}; it ends at {cover.usd_12m}.",
            first=frame.index[0],
            last=report.period,
        ),
        frame_table(
            "cover-ratio",
            title,
            "cover_ratio",
            frame.iloc[::-1],
            ["Ratio"],
            "exchange_rate",
            first="Twelve months to",
            units="ratio",
        ),
        source_line(report, "cover.usd_12m", history=True),
        recent=True,
        title=(title,),
    )
