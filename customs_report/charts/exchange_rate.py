"""The exchange rate in customs' figures, and what it does to growth."""

from __future__ import annotations

from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

import helpers
from customs_report import palette
from customs_report.display import Chart
from customs_report.drawing.axes import canvas, drawn, gridded, label_years, panel_key
from customs_report.drawing.data import as_known, cell, frame_table
from customs_report.report import Report


@drawn
def dollars_and_yuan(report: Report) -> Chart | None:
    """What is a dollar worth in customs' figures, and how does that part growth in yuan from growth in dollars?"""
    frame = helpers.exchange_rates(report.tables, report.period)
    newest = frame["crude_oil"].last_valid_index()
    if newest is None:
        return None
    height, head, foot = 2.7, 0.24, 0.26  # inches
    panel = (height - foot - 2 * head - 0.08) / 2
    figure, above = canvas(height)
    below = figure.add_axes((0.07, foot / height, 0.915, panel / height), facecolor="none")
    above.set_position((0.07, (height - head - panel) / height, 0.915, panel / height))
    gridded(below, ticks=4)
    months = range(len(frame))
    above.plot(months, frame["crude_oil"], color=palette.INK, lw=1.4)
    above.plot(months, frame["first_prints"], ls="", marker="o", ms=4, color=palette.ACCENT, zorder=3)
    above.yaxis.set_major_locator(MaxNLocator(4))
    above.yaxis.set_major_formatter("{x:.1f}")
    above.tick_params(labelbottom=False)
    below.plot(months, frame["crude_oil_yoy"], color=palette.INK, lw=1.4)
    rings = {"ls": "", "marker": "o", "ms": 6, "mfc": "none", "mew": 1.4, "color": palette.EXPORTS}
    dots = {"ls": "", "marker": "o", "ms": 3, "color": palette.IMPORTS}
    below.plot(months, frame["exports_wedge"], zorder=3, **rings)
    below.plot(months, frame["imports_wedge"], zorder=4, **dots)
    below.axhline(0, color=palette.INK, lw=0.8)
    for axes in (above, below):
        axes.spines["bottom"].set_visible(False)
        label_years(axes, list(frame.index))
        axes.set_xlim(-1, max(len(frame), 12))
    line = [Line2D([], [], color=palette.INK, lw=1.4)]
    totals = Line2D([], [], ls="", marker="o", ms=4, color=palette.ACCENT)
    panel_key(above, "Yuan per dollar", [*line, totals], ["crude oil imports", "totals printed in both currencies"])
    wedges = [Line2D([], [], **rings), Line2D([], [], **dots)]
    words = ["change of that rate, percent", "exports", "imports"]
    panel_key(below, "Growth in yuan less growth in dollars, points", [*line, *wedges], words)
    alt = report.facts.say(
        "Two panels from {@first} to {@last}. Above, the rate of customs’ crude oil imports, last {@rate} yuan per dollar in "
        "{@newest}, with dots where totals of one stage give a rate. Below, the growth wedge, dots close to the line of the "
        "rate’s change.",
        first=frame.index[0],
        last=report.period,
        newest=newest,
        rate=cell("exchange_rates", newest, "crude_oil", frame.at[newest, "crude_oil"], "exchange_rate"),
    )
    styles = {"crude_oil": "exchange_rate", "first_prints": "exchange_rate"}
    headers = ("Crude oil", "Change %", "Totals", "Exports, points", "Imports, points")
    data = frame_table(
        "dollars-and-yuan",
        "Yuan per dollar, its change on a year earlier, and growth in yuan less growth in dollars",
        "exchange_rates",
        frame.iloc[::-1],
        headers,
        {column: styles.get(column, "signed_percent") for column in frame},
        units=dict.fromkeys(("exports_wedge", "imports_wedge"), "percentage points"),
    )
    source = as_known(report, "General Administration of Customs of China, figures of one stage in both currencies")
    return Chart(figure, alt, data, source, recent=True, title=("Dollars and yuan: the rate and the growth wedge",))
