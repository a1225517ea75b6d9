"""Where exports go over time: shares, and growth month after month."""

from __future__ import annotations

from textwrap import fill

from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

import helpers
from customs_report import palette, prose
from customs_report.display import Chart
from customs_report.drawing.axes import bare, drawn, label_years
from customs_report.drawing.data import cell, frame_table, source_line
from customs_report.facts import period_text, write
from customs_report.report import Report


@drawn
def partner_shares(report: Report) -> Chart | None:
    """Where did exports go over time? A small panel for each partner or group, all with the same number of points in height."""
    frame = helpers.partner_shares(report.tables, report.period)
    frame = frame.loc[:, frame.notna().sum() > 1]
    if frame.empty or frame.iloc[-1].isna().all():
        return None
    moved, height, each = prose.share_that_moved(report), 1.8, 1 / len(frame.columns)
    figure = Figure(figsize=(palette.CHART_WIDTH, height), facecolor="none")
    kinds = report.tables.groups.set_index("group")["type"]
    above = {"xycoords": "axes fraction", "textcoords": "offset points", "ha": "center", "va": "bottom"}
    reach = max(frame.max() - frame.min()) * 1.3
    for place, code in enumerate(frame):
        box = ((place + 0.07) * each, 0.24 / height, 0.84 * each, 1 - 0.76 / height)
        axes = figure.add_axes(box, facecolor="none")
        values = frame[code].to_list()
        colour = palette.ACCENT if code == moved else palette.EXPORTS
        axes.plot(range(len(values)), values, color=colour, lw=1.5)
        middle = (frame[code].max() + frame[code].min()) / 2
        axes.set_ylim(middle - reach / 2, middle + reach / 2)
        axes.set_xlim(-1, len(values) + 1)
        bare(axes, size=8)
        axes.spines["bottom"].set_color(palette.MUTED)
        axes.set_yticks([])
        label_years(axes, list(frame.index))
        first, last = frame.index.get_loc(frame[code].first_valid_index()), len(values) - 1
        axes.plot([first, last], [values[first], values[last]], ls="", marker="o", ms=3, color=colour)
        star = "*" if kinds.get(code) == "overlapping group" else ""
        name = fill(prose.partner_name(report, code), 13) + star
        ends = f"{write(values[first], '', 'percent')} → {write(values[last], '', 'percent')}"
        axes.annotate(name, (0.5, 1), (0, 14), **above, size=8.5, color=palette.INK)
        axes.annotate(ends, (0.5, 1), (0, 2), **above, size=8.5, color=colour)
    cells = {code: cell("partner_shares", report.period, code, frame.at[report.period, code], "percent") for code in frame}
    usa = (", the United States at ", *cells["USA"], " percent") if "USA" in cells else ()
    return Chart(
        figure,
        (
            "Small panels of lines, one a partner or group. ASEAN ends at ",
            *cells["ASEAN"],
            " percent of exports",
            *usa,
            ".",
        ),
        frame_table(
            "partner-shares",
            "Share of exports over three months, percent",
            "partner_shares",
            frame.iloc[::-1],
            [prose.partner_name(report, code) for code in frame],
            "percent",
            first="To",
        ),
        source_line(report, "partner.ASEAN.exports_cny_month"),
        title=report.facts.say(
            "Share of exports, percent, three months together, {@first} to {@last} (* overlaps the others)",
            first=frame.index[0],
            last=frame.index[-1],
        ),
    )


HEAT = (  # from which growth in percent on: the cell's colour and that of its number
    (20, palette.EXPORTS, palette.PAPER),
    (5, palette.PALE_EXPORTS, palette.INK),
    (-5, palette.PANEL, palette.INK),
    (-20, palette.PALE_ACCENT, palette.INK),
    (-101, palette.ACCENT, palette.PAPER),
)


@drawn
def partner_growth(report: Report) -> Chart | None:
    """How did exports to each of the largest partners grow, as customs printed it month after month?"""
    frame = helpers.partner_growth(report.tables, report.period)
    if frame.empty:
        return None
    names = [prose.partner_name(report, code) for code in frame]
    head, height = 0.85, 0.87 + 0.14 * len(frame)
    figure = Figure(figsize=(palette.CHART_WIDTH, height), facecolor="none")
    axes = figure.add_axes((0.105, 0.02 / height, 0.835, 1 - (head + 0.02) / height), facecolor="none")
    axes.set_xlim(0, len(names))
    axes.set_ylim(len(frame), 0)
    axes.set_axis_off()
    cells = {colour: [] for _, colour, _ in HEAT}
    for y, period in enumerate(frame.index):
        month = f"{period_text(period)[:3]} {period[:4]}"
        axes.text(-0.1, y + 0.5, month, size=8, color=palette.MUTED, ha="right", va="center_baseline")
        for x, value in enumerate(frame.loc[period]):
            if value == value:
                colour, ink = next((colour, ink) for least, colour, ink in HEAT if value >= least)
                cells[colour].append(Path([(x, y), (x + 0.97, y), (x + 0.97, y + 0.95), (x, y + 0.95)]))
                number = write(value, "", "percent")
                axes.text(x + 0.485, y + 0.5, number, size=8, color=ink, ha="center", va="center_baseline")
    for colour, paths in cells.items():
        if paths:
            axes.add_artist(PathPatch(Path.make_compound_path(*paths), facecolor=colour, lw=0))
    for x, text in enumerate(names):
        axes.text(x + 0.35, -0.35, text, size=8, color=palette.INK, rotation=45, ha="left", va="bottom", rotation_mode="anchor")
    top = (frame.columns[0], report.period)
    alt = (
        "A grid of months and partners, the newest month on top; blue for growth, red for decline. Exports to ",
        *prose.name_of(top[0], names[0]),
        " stand at ",
        *cell("partner_growth", top[1], top[0], frame.iat[0, 0], "signed_percent"),
        " percent.",
    )
    data = frame_table(
        "partner-growth",
        "Printed growth of exports since January, percent",
        "partner_growth",
        frame,
        names,
        "signed_percent",
        first="To",
    )
    return Chart(
        figure,
        alt,
        data,
        source_line(report, f"partner.{top[0]}.exports_cny_ytd"),
        title=("Exports since January, change on a year earlier in percent, as printed",),
    )
