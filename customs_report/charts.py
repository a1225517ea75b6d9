"""One function for each chart: the report's tables and facts in, a chart with its alt text and its data out.

Drawn with matplotlib's `Figure` (no pyplot: an open pyplot figure would be shown twice) and fixed margins, so that charts
share one scale on the page. Colours mean one thing everywhere: see `palette`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from textwrap import fill

import pandas as pd
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator

import helpers
from customs_report import palette, prose
from customs_report.display import Chart, Column, Row, Table
from customs_report.facts import Cite, Mark, Place, Runs, period_text, write
from customs_report.periods import span
from customs_report.report import Report

HEIGHT = 1.75  # inches; the width is the page's, palette.CHART_WIDTH
BILLION = 1e9


def _drawn(draw: Callable[[Report], Chart | None]) -> Callable[[Report], Chart | None]:
    """Draw with the reports' typeface, and leave matplotlib's settings as they were."""

    @wraps(draw)
    def styled(report: Report) -> Chart | None:
        with rc_context({"font.family": palette.use_font(), "font.size": 9, "axes.unicode_minus": True}):
            return draw(report)

    return styled


@_drawn
def balance(report: Report) -> Chart | None:
    """How large was the surplus, month by month? Records are marked, deficits stand below the line."""
    if "balance_usd_month" not in report.facts:
        return None
    frame = helpers.monthly_trade(report.tables, report.period)
    values = (frame["balance"] / BILLION).to_list()
    colours = [palette.DEFICIT if v < 0 else palette.PALE for v in values]
    colours[-1] = palette.ACCENT if values[-1] >= 0 else palette.DEFICIT
    figure, axes = _canvas()
    axes.bar(range(len(values)), values, width=0.86, color=colours)
    records = [i for i, new in enumerate(frame["record"]) if new and i >= 12]  # in the first year every month can be one
    if records:
        axes.plot(records, [values[i] + 4 for i in records], ls="", marker="v", ms=3.2, color=palette.INK)
        _note(axes, "▼ record at the time", palette.INK)
    _mark_zero(axes)
    _label_years(axes, list(frame.index))
    axes.set_xlim(-1, len(values) + 0.5)
    top = frame["balance"].idxmax()
    alt = report.facts.say(
        "Bars show the balance of each month from {@first} to {@last}. The last one stands at "
        "{balance_usd_month}; the highest, "
        "{@top}, at {@value}." + (" Triangles mark months that set a record." if records else ""),
        first=frame.index[0],
        last=report.period,
        top=top,
        value=_cell("monthly_trade", top, "balance", frame.at[top, "balance"]),
    )
    return Chart(
        figure,
        alt,
        _monthly_data("balance-by-month", "Balance of trade by month", frame[["balance"]]),
        _source(report, "balance_usd_month", history=True),
        recent=True,
        title=("Balance of trade, billion dollars a month",),
    )


@_drawn
def trade(report: Report) -> Chart | None:
    """How did exports and imports go, month by month, over the last ten years?"""
    if "exports_usd_month" not in report.facts:
        return None
    frame = helpers.monthly_trade(report.tables, report.period)[["exports", "imports"]].iloc[-121:]
    figure, axes = _canvas(right=0.89)
    ends = []
    for flow, colour in (("exports", palette.EXPORTS), ("imports", palette.IMPORTS)):
        values = (frame[flow] / BILLION).to_list()
        axes.plot(range(len(values)), values, color=colour, lw=1.5)
        axes.plot([len(values) - 1], [values[-1]], marker="o", ms=3.5, color=colour)
        ends.append((flow.capitalize(), values[-1], colour))
    axes.set_ylim(bottom=0)
    _label_years(axes, list(frame.index))
    axes.set_xlim(-0.5, len(frame) - 0.5)
    _label_ends(axes, len(frame) - 1, ends)
    alt = report.facts.say(
        "Two lines from {@first} to {@last}. Exports end at {exports_usd_month}, imports at {imports_usd_month}.",
        first=frame.index[0],
        last=report.period,
    )
    return Chart(
        figure,
        alt,
        _monthly_data("exports-and-imports", "Exports and imports by month", frame),
        _source(report, "exports_usd_month", history=True),
        recent=True,
        title=("Exports and imports, billion dollars a month",),
    )


@_drawn
def year_to_date(report: Report) -> Chart | None:
    """How does the surplus of the year grow, against every earlier year?"""
    if "balance_usd_ytd" not in report.facts:
        return None
    frame = helpers.cumulative_balance(report.tables, report.period)
    this, before = report.period[:4], str(int(report.period[:4]) - 1)
    figure, axes = _canvas(height=2.3, right=0.93)
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
    _mark_zero(axes)
    axes.margins(y=0.1)
    axes.set_xlim(0.9, 12.1)
    axes.set_xticks(range(1, 13), ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
    _label_ends(axes, 12, _apart(ends, axes))
    alt = report.facts.say(
        "A line for each year since {@since}, January to December. This year’s line ends in {@month} at {balance_usd_ytd}.",
        since=next(iter(frame)),
        month=report.period,
    )
    data = Table(
        "balance-year-to-date",
        "Balance of trade since January, billion dollars",
        (Column("Month"), *(Column((Mark.of(year),), align="right") for year in frame)),
        tuple(
            Row(
                (Mark("month", str(month), period_text(f"2000-{month:02d}").split()[0]),),
                tuple(
                    None if pd.isna(v) else _cell("cumulative_balance", str(month), year, v, "bn")
                    for year, v in frame.loc[month].items()
                ),
                values=tuple(None if pd.isna(v) else v for v in frame.loc[month]),
            )
            for month in frame.index
            if frame.loc[month].notna().any()
        ),
    )
    return Chart(
        figure,
        alt,
        data,
        _source(report, "balance_usd_ytd", history=True),
        recent=report.period[5:] > "06",
        title=("Balance of trade since January, billion dollars",),
    )


@_drawn
def partners(report: Report) -> Chart | None:
    """Who are the largest partners, and does China sell them more than it buys?"""
    if "partner.*" in report.facts.gaps:
        return None
    codes = [
        c for c in helpers.largest_partners(report.tables, report.period) if f"partner.{c}.exports_cny_ytd" in report.facts
    ]
    names = [prose.partner_name(report, code) for code in codes]
    figure, axes = _canvas(height=2.9, left=0.185, top=0.22)
    _key(axes, {"Exports": palette.EXPORTS, "Imports": palette.IMPORTS})
    for flow, colour, offset in (("exports", palette.EXPORTS, -0.2), ("imports", palette.IMPORTS, 0.2)):
        values = [report.facts[f"partner.{code}.{flow}_cny_ytd"].value / BILLION for code in codes]
        axes.barh([i + offset for i in range(len(codes))], values, height=0.38, color=colour)
    _rows(axes, names)
    alt = report.facts.say(
        "Pairs of bars for the largest partners, exports above imports. The longest pair is {@name}: exports {partner."
        + codes[0]
        + ".exports_cny_ytd}, "
        "imports {partner." + codes[0] + ".imports_cny_ytd}.",
        name=prose.name_of(codes[0], names[0]),
    )
    data = _fact_table(
        report,
        "largest-partners",
        "Largest partners, year to date, billion yuan",
        codes,
        names,
        [("Exports", "partner.{}.exports_cny_ytd", "bn"), ("Imports", "partner.{}.imports_cny_ytd", "bn")],
    )
    return Chart(
        figure, alt, data, _source(report, f"partner.{codes[0]}.exports_cny_ytd"), title=("Year to date, billion yuan",)
    )


@_drawn
def export_split(report: Report) -> Chart | None:
    """Which export lines changed most, through quantity or through unit value?"""
    if "fisher.export.*" in report.facts.gaps:
        return None
    frame = helpers.value_split(report.tables, report.period, "export")
    lines = frame["change"].abs().sort_values(ascending=False).index[:12]
    labels = {f"commodity.export.{slug}": prose.commodity_name(report, "export", slug) for slug in lines}
    return _split(report, labels, "export", "the export lines that changed most", palette.EXPORTS, palette.PALE_EXPORTS)


@_drawn
def import_split(report: Report) -> Chart | None:
    """What changed imports of energy, ores, farm goods and chips: quantity or unit value?"""
    labels = {f"commodity_group.import.{group}": prose.group_name(group) for group in helpers.IMPORT_GROUPS}
    labels = {name: label for name, label in labels.items() if f"{name}.value_cny_ytd_change" in report.facts}
    if not labels:
        return None
    return _split(report, labels, "import", "groups of imports", palette.IMPORTS, palette.PALE_IMPORTS)


def _split(report: Report, labels: dict[str, str], flow: str, what: str, dark: str, pale: str) -> Chart:
    """Pairs of bars: what quantity and what unit value added to each; a diamond marks their sum."""
    facts, names = report.facts, list(labels)
    parts = {
        part: [facts[f"{name}.value_cny_ytd_{part}"].value / BILLION for name in names]
        for part in ("quantity_effect", "unit_value_effect", "change")
    }
    figure, axes = _canvas(height=0.55 + 0.2 * max(len(names), 5), left=0.33, top=0.22)
    for part, colour, offset in (("quantity_effect", dark, -0.2), ("unit_value_effect", pale, 0.2)):
        axes.barh([i + offset for i in range(len(names))], parts[part], height=0.38, color=colour)
    axes.plot(parts["change"], range(len(names)), ls="", marker="D", ms=3.4, color=palette.INK)
    _rows(axes, list(labels.values()))
    axes.axvline(0, color=palette.INK, lw=0.8)
    axes.margins(x=0.05)
    marks = [Patch(color=dark), Patch(color=pale), Line2D([], [], ls="", marker="D", ms=3.4, color=palette.INK)]
    _legend(figure, marks, ["Quantity", "Unit value", "Change in value"])
    first = names[0]
    alt = facts.say(
        "Pairs of bars, what quantity and what unit value added, with a mark at their sum. The first is {@name}: quantity "
        "{" + f"{first}.value_cny_ytd_quantity_effect" + ":signed}, unit value "
        "{" + f"{first}.value_cny_ytd_unit_value_effect" + ":signed}.",
        name=prose.name_of(first, labels[first]),
    )
    data = _fact_table(
        report,
        f"{flow}-split-data",
        f"Change in the value of {what}, billion yuan",
        names,
        list(labels.values()),
        [
            ("Quantity", "{}.value_cny_ytd_quantity_effect", "signed_bn"),
            ("Unit value", "{}.value_cny_ytd_unit_value_effect", "signed_bn"),
            ("Change", "{}.value_cny_ytd_change", "signed_bn"),
        ],
    )
    source = _source(report, f"{first}.value_cny_ytd_change")
    return Chart(figure, alt, data, source, title=(f"Change in the value of {what}, year to date, billion yuan",))


@_drawn
def cars_batteries_ships(report: Report) -> Chart | None:
    """How did exports of electric vehicles, batteries, solar cells, cars and ships grow, in value and in quantity?

    Growth of the year to date, else of the month: lines that the bulletin prints.
    """
    facts, of = report.facts, "commodity.export.{}.{}_{}_yoy"
    slugs = (*helpers.NEW_ENERGY, "motor_vehicles", "passenger_cars", "ships")
    labels = {s: prose.commodity_name(report, "export", s) for s in slugs if prose.bulletin_line_held(facts, s)}
    held, over = list(labels), helpers.compared_over(facts, "export", list(labels))
    if not over or not set(held) & set(helpers.NEW_ENERGY):
        return None
    measures = {"value_cny": ("Value", palette.EXPORTS), "quantity": ("Quantity", palette.PALE_EXPORTS)}
    figure, axes = _canvas(height=0.6 + 0.3 * len(held), left=0.33, top=0.22)
    for offset, (measure, (_, colour)) in zip((-0.2, 0.2), measures.items(), strict=True):
        rates = [facts.value(of.format(slug, measure, over)) or 0 for slug in held]
        axes.barh([row + offset for row in range(len(held))], rates, height=0.38, color=colour)
    _rows(axes, list(labels.values()))
    axes.axvline(0, color=palette.INK, lw=0.8)
    axes.margins(x=0.05)
    _legend(figure, [Patch(color=colour) for _, colour in measures.values()], [word for word, _ in measures.values()])
    value = of.format("{}", "value_cny", over)
    up = max(held, key=lambda slug: facts[value.format(slug)].value)
    down = min(held, key=lambda slug: facts[value.format(slug)].value)
    alt = facts.say(
        "Bars of growth on a year earlier. In value {@up} stand at {" + value.format(up) + ":signed}, {@down} at "
        "{" + value.format(down) + ":signed}.",
        up=prose.name_of(up, labels[up]),
        down=prose.name_of(down, labels[down]),
    )
    columns = [(word, of.format("{}", measure, over), "signed_percent") for measure, (word, _) in measures.items()]
    span = "year to date" if over == "ytd" else "the month"
    title = f"Exports, value and quantity, {span}, change on a year earlier in percent"
    data = _fact_table(report, "cars-batteries-ships-growth", title, held, list(labels.values()), columns)
    return Chart(figure, alt, data, _source(report, value.format(held[0])), title=(title,))


@_drawn
def dollars_and_yuan(report: Report) -> Chart | None:
    """What is a dollar worth in customs' figures, and how does that part growth in yuan from growth in dollars?"""
    frame = helpers.exchange_rates(report.tables, report.period)
    newest = frame["crude_oil"].last_valid_index()
    if newest is None:
        return None
    figure, axes = _canvas(height=3.0, right=0.985)
    above, below = axes, figure.add_axes((0.07, 0.26 / 3.0, 0.915, 0.36), facecolor="none")
    above.set_position((0.07, 0.57, 0.915, 0.38))
    _plain(below)
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
    for panel in (above, below):
        panel.spines["bottom"].set_visible(False)
        _label_years(panel, list(frame.index))
        panel.set_xlim(-1, max(len(frame), 12))
    line = [Line2D([], [], color=palette.INK, lw=1.4)]
    totals = Line2D([], [], ls="", marker="o", ms=4, color=palette.ACCENT)
    _panel_key(above, "Yuan per dollar", [*line, totals], ["crude oil imports", "totals printed in both currencies"])
    wedges = [Line2D([], [], **rings), Line2D([], [], **dots)]
    words = ["change of that rate, percent", "exports", "imports"]
    _panel_key(below, "Growth in yuan less growth in dollars, points", [*line, *wedges], words)
    alt = report.facts.say(
        "Two panels from {@first} to {@last}. Above, the rate of customs’ crude oil imports, last {@rate} yuan per dollar in "
        "{@newest}, with dots where totals of one stage give a rate. Below, the growth wedge, dots close to the line of the "
        "rate’s change.",
        first=frame.index[0],
        last=report.period,
        newest=newest,
        rate=_cell("exchange_rates", newest, "crude_oil", frame.at[newest, "crude_oil"], "exchange_rate"),
    )
    styles = {"crude_oil": "exchange_rate", "first_prints": "exchange_rate"}
    headers = ("Crude oil", "Totals", "Change %", "Exports, points", "Imports, points")
    data = Table(
        "dollars-and-yuan",
        "Yuan per dollar, its change on a year earlier, and growth in yuan less growth in dollars",
        (Column("Month"), *(Column(header, align="right") for header in headers)),
        tuple(
            _frame_row("exchange_rates", period, row, {column: styles.get(column, "signed_percent") for column in frame})
            for period, row in frame.iloc[::-1].iterrows()
        ),
    )
    source = _as_known(report, "General Administration of Customs of China, figures of one stage in both currencies")
    return Chart(figure, alt, data, source, recent=True, title=("Dollars and yuan: the rate and the growth wedge",))


@_drawn
def mirror(report: Report) -> Chart | None:
    """How far are China's exports to the United States from what the United States count?"""
    frame = helpers.mirror_trade(report.tables, report.period)
    newest = helpers.newest_common_month(frame)
    if newest is None:
        return None
    frame = frame.loc[:newest]
    figure, axes = _canvas(height=1.75, right=0.86)
    months, ends = range(len(frame)), []
    axes.bar(months, frame["gap"] / BILLION, width=0.7, color=palette.PALE)
    sides = (("china", "China’s count", palette.EXPORTS), ("united_states", "US count", palette.ACCENT))
    for side, label, colour in sides:
        values = frame[side].where(frame["gap"].notna()) / BILLION
        axes.plot(months, values, color=colour, lw=1.5, marker="o", ms=3)
        ends.append((label, values.iloc[-1], colour))
    axes.margins(y=0.08)
    ends = [*_spread(ends, axes), ("Gap", frame["gap"].iloc[-1] / BILLION, palette.MUTED)]
    _mark_zero(axes)
    axes.set_xticks(*_quarters(list(frame.index)))
    axes.set_xlim(-0.7, len(frame) - 0.3)
    _label_ends(axes, len(frame) - 1, ends)
    alt = report.facts.say(
        "Two lines of matched months from {@first} to {@newest}, ending at {mirror.exports_china_usd_month} as China counts "
        "and {mirror.imports_us_usd_month} as the United States count. Bars show the gap, last {mirror.gap_usd_month}.",
        first=frame.index[0],
        newest=newest,
    )
    matched = frame[frame["gap"].notna()]
    styles = {
        "china": "bn",
        "united_states": "bn",
        "gap": "signed_bn",
        "gap_percent": "signed_percent",
        "rate": "exchange_rate",
    }
    headers = ("China", "United States", "Gap", "Gap %", "Yuan per dollar")
    data = Table(
        "mirror-months",
        "Exports to the United States as both sides count them, billion dollars",
        (Column("Month"), *(Column(header, align="right") for header in headers)),
        tuple(_frame_row("mirror_trade", period, row, styles) for period, row in matched.iloc[::-1].iterrows()),
    )
    source = _as_known(report, "General Administration of Customs of China, US Census Bureau; yuan at customs’ own rate")
    title: Runs = (
        "China’s exports to the United States as both sides count them, billion dollars a month, to ",
        Mark.of(newest),
    )
    return Chart(figure, alt, data, source, recent=True, title=title)


def _spread(ends: list[tuple[str, float, str]], axes: Axes) -> list[tuple[str, float, str]]:
    """Two labels at the ends of lines, far enough apart to be read."""
    (low, a, colour_a), (high, b, colour_b) = sorted(ends, key=lambda end: end[1])
    bottom, top = axes.get_ylim()
    push = max(0.0, 0.09 * (top - bottom) - (b - a)) / 2
    return [(low, a - push, colour_a), (high, b + push, colour_b)]


def _frame_row(table: str, period: str, row: pd.Series, styles: dict[str, str]) -> Row:
    """A month of a helper's table; where a figure is not held its cell says so."""
    cells = tuple(None if pd.isna(row[c]) else _cell(table, period, c, row[c], style) for c, style in styles.items())
    return Row((Mark.of(period),), cells, values=tuple(row[list(styles)]))


def _quarters(periods: list[str]) -> tuple[list[int], list[str]]:
    """Where a short series has its ticks: each January with its year, each July."""
    at = [i for i, period in enumerate(periods) if period[5:] in ("01", "07")]
    return at, ["Jul" if periods[i].endswith("07") else periods[i][:4] for i in at]


def _plain(axes: Axes) -> None:
    """A second panel that looks like the first."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=9, labelcolor=palette.MUTED)
    axes.grid(axis="y", color=palette.GRID, lw=0.7)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}".replace("-", "−"))


def _legend(figure: Figure, marks: list, labels: list[str]) -> None:
    """A key in one line above the bars' right end."""
    figure.legend(marks, labels, ncols=len(labels), loc="upper right", bbox_to_anchor=(0.99, 1.0), **KEY)


def _panel_key(axes: Axes, title: str, marks: list, labels: list[str]) -> None:
    """What a panel shows, and its key, in one line above it."""
    axes.annotate(title, (0, 1.03), xycoords="axes fraction", va="bottom", color=palette.INK, size=9, weight="semibold")
    axes.legend(marks, labels, ncols=len(labels), loc="lower right", bbox_to_anchor=(1.01, 0.985), **KEY)


KEY = {
    "frameon": False,
    "fontsize": 8.5,
    "labelcolor": palette.INK,
    "handlelength": 1.0,
    "handletextpad": 0.4,
    "columnspacing": 1.0,
    "borderpad": 0.1,
}


def _as_known(report: Report, publishers: str) -> Runs:
    return report.facts.say("Source: {@who}; as known on {@day}.", who=(publishers,), day=report.as_of)


@_drawn
def history(report: Report) -> Chart | None:
    """How did the surplus of twelve months grow, and when did it pass a trillion?"""
    frame = helpers.rolling_year(report.tables, report.period)[["balance"]].dropna()
    if "balance_usd_12m" not in report.facts or len(frame) < 2 or frame.index[-1] != report.period:
        return None
    months = span(frame.index[0], report.period)
    values = [frame["balance"].get(month, float("nan")) / BILLION for month in months]
    figure, axes = _canvas(right=0.93)
    axes.plot(range(len(values)), values, color=palette.ACCENT, lw=1.6)
    axes.plot([len(values) - 1], [values[-1]], marker="o", ms=3.5, color=palette.ACCENT)
    _mark_zero(axes)
    _label_years(axes, months)
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
    data = Table(
        "balance-of-twelve-months",
        "Balance of trade over twelve months, billion dollars",
        (Column("Twelve months to"), Column("Balance", align="right")),
        tuple(
            Row((Mark.of(month),), (_cell("rolling_year", month, "balance", value, "bn"),), values=(value,))
            for month, value in frame["balance"].iloc[::-1].items()
        ),
    )
    return Chart(
        figure,
        alt,
        data,
        _source(report, "balance_usd_12m"),
        recent=True,
        title=("Balance of trade over the twelve months to each month, billion dollars",),
    )


@_drawn
def calendar(report: Report) -> Chart | None:
    """How do exports and imports go without season and holidays, over the last four years?"""
    flows = {"exports": (palette.EXPORTS, palette.PALE_EXPORTS), "imports": (palette.IMPORTS, palette.PALE_IMPORTS)}
    if any(f"adjusted.{flow}_usd_month" not in report.facts for flow in flows):
        return None
    adjusted = helpers.adjusted_series(report.tables, report.period).iloc[-49:]
    printed = helpers.monthly_trade(report.tables, report.period).loc[adjusted.index]
    figure, axes = _canvas(height=2.2, right=0.89)
    months, ends = range(len(adjusted)), []
    for flow, (colour, pale) in flows.items():
        line, low, high = (adjusted[column] / BILLION for column in (flow, f"{flow}_low", f"{flow}_high"))
        axes.plot(months, printed[flow] / BILLION, color=pale, lw=1.1)
        axes.fill_between(months, low, high, color=colour, alpha=0.22, lw=0)
        axes.plot(months, line, color=colour, lw=1.6)
        ends.append((flow.capitalize(), line.iloc[-1], colour))
    _label_years(axes, list(adjusted.index))
    axes.set_xlim(-0.5, len(adjusted) - 0.5)
    _label_ends(axes, len(adjusted) - 1, ends)
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
        (*_source(report, "adjusted.exports_usd_month"), " Adjustment: our own."),
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
        cells = tuple(None if pd.isna(v) else _cell(table, period, column, v, "bn") for table, column, v in places)
        rows.append(Row((Mark.of(period),), cells, values=tuple(None if pd.isna(v) else v for *_, v in places)))
    headers = ("Customs", "Adjusted", "Band from", "to", "At first")
    return Table(
        "adjusted-exports-and-imports",
        "Exports and imports, as customs shows them and adjusted, billion dollars",
        (Column("Month"), *(Column(header, align="right") for header in headers * 2)),
        tuple(rows),
        group_headers=(("", 1), ("Exports", 5), ("Imports", 5)),
    )


# --- contributions, bilateral balances, partners over time ---------------------------------------------------------------


@_drawn
def contributions_by_partner(report: Report) -> Chart | None:
    """Which partners made exports and imports grow, since January and in the month alone?"""
    return _contributions(report, "partner", ("exports", "imports"), row=0.17)


@_drawn
def contributions_by_commodity(report: Report) -> Chart | None:
    """Which goods made exports and imports grow, since January and in the month alone?"""
    return _contributions(report, "commodity", ("export", "import"), row=0.235)


def _contributions(report: Report, kind: str, flows: Sequence[str], row: float) -> Chart | None:
    """A panel for each flow: bars for the year to date, a diamond for the month, what has no name in grey at the bottom."""
    facts, name = report.facts, f"contribution.{kind}.{{}}_cny_{{}}.{{}}".format
    shown = {}
    for flow in flows:
        parts = helpers.leading_parts(report.tables, report.period, kind, flow)
        grey = [code for code in ("others", "remainder") if parts and name(flow, "ytd", code) in facts]
        shown |= {flow: parts + grey} if parts else {}
    if not shown:
        return None
    rows, alts, diamonds = [], [], False
    figure, panels = _panels(len(shown), 0.5 + row * max(map(len, shown.values())), label=1.5)
    for axes, (flow, parts) in zip(panels, shown.items(), strict=True):
        word, colour = (flow.rstrip("s") + "s", palette.EXPORTS if flow.startswith("export") else palette.IMPORTS)
        names = [prose.part_name(report, kind, flow, code) for code in parts]
        values = [facts[name(flow, "ytd", code)].value for code in parts]
        months = [facts.value(name(flow, "month", code)) for code in parts]
        if report.period.endswith("-01"):
            months = [None] * len(parts)  # the month is the year to date
        grey = [code in ("others", "remainder") for code in parts]
        axes.barh(range(len(parts)), values, height=0.66, color=[palette.PALE if g else colour for g in grey])
        diamonds |= any(month is not None for month in months)
        marks = [(month, place) for place, month in enumerate(months) if month is not None]
        axes.plot(*(zip(*marks, strict=True) if marks else ((), ())), ls="", marker="D", ms=3, color=palette.INK)
        _rows(axes, [fill(text, 25) for text in names])
        _label_bars(axes, values, [month or 0.0 for month in months], "signed_percent")
        growth = facts[f"{word}_cny_ytd_yoy"]
        _head(axes, f"{word.capitalize()} {write(growth.value, growth.unit, 'signed')}", colour)
        rows.append(Row((word.capitalize(),), (None, None), kind="heading"))
        rows += [
            Row(
                prose.name_of(code, text),
                tuple(
                    (facts.cite(of, "signed_percent"),) if (of := name(flow, over, code)) in facts else None
                    for over in ("ytd", "month")
                ),
                values=tuple(facts.value(name(flow, over, code)) for over in ("ytd", "month")),
            )
            for code, text in zip(parts, names, strict=True)
        ]
        alts.append(
            facts.say(
                "{@flow}: {@first} on top with {" + name(flow, "ytd", parts[0]) + ":signed_percent}, {@last} last with {"
                + name(flow, "ytd", last := parts[len(parts) - 1 - sum(grey)]) + ":signed_percent}. ",
                flow=(word.capitalize(),),
                first=prose.name_of(parts[0], names[0]),
                last=prose.name_of(last, prose.part_name(report, kind, flow, last)),
            )
        )  # fmt: skip
    flow = next(iter(shown))
    return Chart(
        figure,
        ("Bars of contributions to growth since January, in percentage points. ", *(run for alt in alts for run in alt)),
        Table(
            f"contributions-by-{kind}",
            "Contributions to growth, percentage points",
            (Column("Part"), Column("Year to date", align="right"), Column("Month", align="right")),
            tuple(rows),
        ),
        _source(report, name(flow, "ytd", shown[flow][0])),
        title=("Contributions to growth since January, percentage points" + "; ◆ the month alone" * diamonds,),
    )


@_drawn
def surplus(report: Report) -> Chart | None:
    """With whom does China run surpluses and deficits, and how did they change in a year?"""
    facts, name, change = report.facts, "partner.{}.balance_cny_ytd", "balance_contribution.partner.{}_cny_ytd"
    codes = helpers.largest_balances(report.tables, report.period)
    if not codes:
        return None
    names = [prose.partner_name(report, code) for code in codes]
    values = [facts[name.format(code)].value / BILLION for code in codes]
    changes = [facts.value(change.format(code)) for code in codes]
    known = all(value is not None for value in changes)
    figure, panels = _panels(1 + known, 0.5 + 0.235 * len(codes), label=1.15, shared=True)
    offset = 0.19 if known else 0.0
    colours = [palette.ACCENT if value >= 0 else palette.DEFICIT for value in values]
    panels[0].barh([i - offset for i in range(len(codes))], values, height=0.38 if known else 0.6, color=colours)
    _rows(panels[0], names)
    before = [0.0] * len(codes)
    columns = [("Balance", name, "bn")]
    if known:
        moved = [value / BILLION for value in changes]
        before = [value - by for value, by in zip(values, moved, strict=True)]
        pale = [palette.PALE_ACCENT if value >= 0 else palette.PALE_DEFICIT for value in before]
        panels[0].barh([i + offset for i in range(len(codes))], before, height=0.38, color=pale)
        panels[1].barh(range(len(codes)), moved, height=0.6, color=palette.MUTED)
        _rows(panels[1], [""] * len(codes))
        _label_bars(panels[1], moved, moved, "signed_number")
        _head(panels[1], "Change on a year earlier", palette.MUTED)
        columns.append(("Change", change, "signed_bn"))
    _label_bars(panels[0], values, before, "number", offset)
    _head(panels[0], "Balance, a year earlier in pale" if known else "Balance", palette.INK)
    alt = facts.say(
        "Bars of the balance with each partner, the largest surplus on top: {@top} with {" + name.format(codes[0]) + "}; the "
        "lowest is {@low} with {" + name.format(codes[-1]) + "}.",
        top=prose.name_of(codes[0], names[0]),
        low=prose.name_of(codes[-1], names[-1]),
    )
    data = _fact_table(report, "bilateral-balances", "Balance with partners, billion yuan", codes, names, columns)
    return Chart(
        figure, alt, data, _source(report, name.format(codes[0])), title=("Balance of trade since January, billion yuan",)
    )


@_drawn
def partner_shares(report: Report) -> Chart | None:
    """Where did exports go over time? A small panel for each partner or group, all with the same number of points in height."""
    frame = helpers.partner_shares(report.tables, report.period)
    frame = frame.loc[:, frame.notna().sum() > 1]
    if frame.empty or frame.iloc[-1].isna().all():
        return None
    height, each = 1.8, 1 / len(frame.columns)
    figure = Figure(figsize=(palette.CHART_WIDTH, height), facecolor="none")
    kinds = report.tables.groups.set_index("group")["type"]
    above = {"xycoords": "axes fraction", "textcoords": "offset points", "ha": "center", "va": "bottom"}
    reach = max(frame.max() - frame.min()) * 1.3
    for place, code in enumerate(frame):
        box = ((place + 0.07) * each, 0.24 / height, 0.84 * each, 1 - 0.76 / height)
        axes = figure.add_axes(box, facecolor="none")
        values = frame[code].to_list()
        colour = palette.ACCENT if code == "USA" else palette.EXPORTS
        axes.plot(range(len(values)), values, color=colour, lw=1.5)
        middle = (frame[code].max() + frame[code].min()) / 2
        axes.set_ylim(middle - reach / 2, middle + reach / 2)
        axes.set_xlim(-1, len(values) + 1)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(palette.MUTED)
        axes.tick_params(length=0, labelsize=8, labelcolor=palette.MUTED)
        axes.set_yticks([])
        _label_years(axes, list(frame.index))
        first, last = frame.index.get_loc(frame[code].first_valid_index()), len(values) - 1
        axes.plot([first, last], [values[first], values[last]], ls="", marker="o", ms=3, color=colour)
        star = "*" if kinds.get(code) == "overlapping group" else ""
        name = fill(prose.partner_name(report, code), 13) + star
        ends = f"{write(values[first], '', 'percent')} → {write(values[last], '', 'percent')}"
        axes.annotate(name, (0.5, 1), (0, 14), **above, size=8.5, color=palette.INK)
        axes.annotate(ends, (0.5, 1), (0, 2), **above, size=8.5, color=colour)
    cells = {code: _cell("partner_shares", report.period, code, frame.at[report.period, code], "percent") for code in frame}
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
        Table(
            "partner-shares",
            "Share of exports over three months, percent",
            (Column("To"), *(Column(prose.partner_name(report, code), align="right") for code in frame)),
            tuple(
                Row(
                    (Mark.of(period),),
                    tuple(
                        None if pd.isna(v) else _cell("partner_shares", period, code, v, "percent")
                        for code, v in frame.loc[period].items()
                    ),
                    values=tuple(None if pd.isna(v) else v for v in frame.loc[period]),
                )
                for period in reversed(frame.index)
            ),
        ),
        _source(report, "partner.ASEAN.exports_cny_month"),
        title=("Share of exports, percent, three months together (* overlaps the others)",),
    )


HEAT = (  # from which growth in percent on: the cell's colour and that of its number
    (20, palette.EXPORTS, palette.PAPER),
    (5, palette.PALE_EXPORTS, palette.INK),
    (-5, palette.PANEL, palette.INK),
    (-20, palette.PALE_ACCENT, palette.INK),
    (-101, palette.ACCENT, palette.PAPER),
)


@_drawn
def partner_growth(report: Report) -> Chart | None:
    """How did exports to each of the largest partners grow, as customs printed it month after month?"""
    frame = helpers.partner_growth(report.tables, report.period)
    if frame.empty:
        return None
    names = [prose.partner_name(report, code) for code in frame]
    head, height = 0.85, 0.87 + 0.165 * len(frame)
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
        *_cell("partner_growth", top[1], top[0], frame.iat[0, 0], "signed_percent"),
        " percent.",
    )
    data = Table(
        "partner-growth",
        "Printed growth of exports since January, percent",
        (Column("To"), *(Column(text, align="right") for text in names)),
        tuple(
            Row(
                (Mark.of(period),),
                tuple(
                    None if pd.isna(v) else _cell("partner_growth", period, code, v, "signed_percent")
                    for code, v in row.items()
                ),
                values=tuple(None if pd.isna(v) else v for v in row),
            )
            for period, row in frame.iterrows()
        ),
    )
    return Chart(
        figure,
        alt,
        data,
        _source(report, f"partner.{top[0]}.exports_cny_ytd"),
        title=("Exports since January, change on a year earlier in percent, as printed",),
    )


def _panels(count: int, height: float, label: float, shared: bool = False) -> tuple[Figure, list[Axes]]:
    """Panels side by side for horizontal bars, each with room for its labels (`label` inches), or the first only if shared."""
    figure, width = Figure(figsize=(palette.CHART_WIDTH, height), facecolor="none"), palette.CHART_WIDTH
    each, panels = (width - label * (1 if shared else count)) / count, []
    for place in range(count):
        left = label * (1 if shared else place + 1) + each * place
        axes = figure.add_axes((left / width, 0.2 / height, (each - 0.12) / width, 1 - 0.5 / height), facecolor="none")
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.tick_params(length=0, labelsize=8.5, labelcolor=palette.MUTED)
        axes.set_axisbelow(True)
        panels.append(axes)
    return figure, panels


def _label_bars(axes: Axes, values: Sequence[float], beside: Sequence[float], style: str, offset: float = 0.0) -> None:
    """Each bar's value at its end, beyond what else stands in the row; the zero line."""
    axes.axvline(0, color=palette.INK, lw=0.8)
    axes.margins(x=0.2)
    for place, (value, other) in enumerate(zip(values, beside, strict=True)):
        up = value >= 0
        axes.annotate(
            write(value, "", style),
            (max(value, other, 0) if up else min(value, other, 0), place - offset),
            (4 if up else -4, 0),
            textcoords="offset points",
            ha="left" if up else "right",
            va="center_baseline",
            size=8.5,
            color=palette.INK,
        )
    axes.xaxis.set_major_locator(MaxNLocator(5))


def _head(axes: Axes, text: str, colour: str) -> None:
    """The heading of a panel."""
    axes.annotate(
        text, (0, 1), (0, 6), xycoords="axes fraction", textcoords="offset points", color=colour, weight="semibold", size=9
    )


@_drawn
def outlook(report: Report) -> Chart | None:
    """What may the year's balance be, beside the balances of the years before?"""
    facts, name = report.facts, "outlook.balance_usd_year"
    if name not in facts:
        return None
    year = report.period[:4]
    sums = helpers.cumulative_balance(report.tables, report.period).loc[12].dropna().drop(year, errors="ignore").iloc[-9:]
    figure, axes = _canvas(height=1.6)
    axes.bar(range(len(sums)), sums / BILLION, width=0.6, color=palette.PALE)
    value = {bound: facts[f"{name}{bound}"].value / BILLION for bound in ("", "_low50", "_high50", "_low90", "_high90")}
    axes.bar([len(sums)], [value[""]], width=0.6, color=palette.PALE_ACCENT, edgecolor=palette.ACCENT, lw=0.8)
    axes.vlines([len(sums)], value["_low90"], value["_high90"], color=palette.ACCENT, lw=1.2)
    axes.vlines([len(sums)], value["_low50"], value["_high50"], color=palette.ACCENT, lw=4.5)
    axes.set_xticks(range(len(sums) + 1), [*sums.index, year])
    axes.margins(y=0.12)
    alt = facts.say(
        "Bars show the balance of each year from {@first}; the last is the outlook for {@year}, {outlook.balance_usd_year}, "
        "with a thick line for its fifty per cent interval and a thin one for its ninety per cent interval.",
        first=sums.index[0],
        year=year,
    )
    rows = [Row((Mark.of(y),), (_cell("cumulative_balance", "12", y, v, "bn"),), values=(v,)) for y, v in sums.items()]
    rows.append(Row((Mark.of(year), ", outlook"), ((Cite.of(facts[name], "bn"),),), values=(facts[name].value,)))
    data = Table(
        "outlook-balance",
        "Balance of trade by year, billion dollars",
        (Column("Year"), Column("Balance", align="right")),
        tuple(rows),
    )
    title = ("Balance of trade by year and outlook, billion dollars; thick line: half of all cases, thin line: nine in ten",)
    return Chart(figure, alt, data, _source(report, "balance_usd_month"), recent=True, title=title)


# --- the parts of a chart -----------------------------------------------------------------------------------------------


def _canvas(height: float = HEIGHT, left: float = 0.07, right: float = 0.985, top: float = 0.08) -> tuple[Figure, Axes]:
    """An empty chart: light grid, no box; margins above and below in inches, so that bars of all charts align."""
    figure = Figure(figsize=(palette.CHART_WIDTH, height), facecolor="none")
    axes = figure.add_axes((left, 0.26 / height, right - left, 1 - (0.26 + top) / height), facecolor="none")
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(palette.MUTED)
    axes.tick_params(length=0, labelsize=9, labelcolor=palette.MUTED)
    axes.grid(axis="y", color=palette.GRID, lw=0.7)
    axes.set_axisbelow(True)
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(lambda v, _: f"{v:,.0f}".replace("-", "−"))
    return figure, axes


def _rows(axes: Axes, names: Sequence[str]) -> None:
    """Horizontal bars: names on the left, values along the bottom, the first row on top."""
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", labelcolor=palette.INK)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x", color=palette.GRID, lw=0.7)
    axes.spines["bottom"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.xaxis.set_major_formatter(lambda v, _: f"{v:,.4g}".replace("-", "−"))


def _key(axes: Axes, colours: dict[str, str]) -> None:
    """Coloured words above the bars' left end, which a narrow screen shows first, where there is no room for direct labels."""
    figure = axes.figure
    for place, (text, colour) in enumerate(colours.items()):
        figure.text(
            axes.get_position().x0 + place * 0.1,
            1 - 0.1 / figure.get_figheight(),
            text,
            color=colour,
            weight="semibold",
            size=9,
            va="center",
        )


def _label_years(axes: Axes, periods: list[str]) -> None:
    """Years under the months, at most about ten of them."""
    januaries = [i for i, period in enumerate(periods) if period.endswith("-01")]
    every = max(1, round(len(januaries) / 9))
    shown = januaries[(len(januaries) - 1) % every :: every] or [0]
    axes.set_xticks(shown, [periods[i][:4] for i in shown])


def _mark_zero(axes: Axes) -> None:
    axes.axhline(0, color=palette.INK, lw=0.8)
    axes.spines["bottom"].set_visible(False)


def _note(axes: Axes, text: str, colour: str) -> None:
    axes.annotate(text, (0.004, 0.97), xycoords="axes fraction", va="top", color=colour, size=8.5)


def _apart(ends: list[tuple[str, float, str]], axes: Axes) -> list[tuple[str, float, str]]:
    """Of labels that would overlap the newest stay."""
    low, high = axes.get_ylim()
    kept: list[tuple[str, float, str]] = []
    for label in reversed(ends):
        if all(abs(label[1] - other[1]) > (high - low) * 0.055 for other in kept):
            kept.append(label)
    return kept


def _label_ends(axes: Axes, at: float, ends: list[tuple[str, float, str]]) -> None:
    """Direct labels at the right end of lines instead of a legend."""
    for text, value, colour in ends:
        axes.annotate(
            text,
            (at, value),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
            size=9,
        )


def _cell(table: str, row: str, column: str, value: float, style: str = "usd_signed") -> Runs:
    return (Place.of(table, row, column, value, style),)


def _monthly_data(name: str, caption: str, frame: pd.DataFrame) -> Table:
    """The data of a chart of months, newest first, in billions of dollars."""
    return Table(
        name,
        f"{caption}, billion dollars",
        (Column("Month"), *(Column(column.capitalize(), align="right") for column in frame)),
        tuple(
            Row(
                (Mark.of(period),),
                tuple(_cell("monthly_trade", period, column, row[column], "bn") for column in frame),
                values=tuple(row),
            )
            for period, row in frame.iloc[::-1].iterrows()
        ),
    )


def _fact_table(
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
                prose.name_of(code, label),
                tuple((facts.cite(of.format(code), style),) for _, of, style in columns),
                values=tuple(facts[of.format(code)].value for _, of, _ in columns),
            )
            for code, label in zip(codes, names, strict=True)
        ),
    )


def _source(report: Report, name: str, history: bool = False) -> Runs:
    """The line under a chart: who publishes the figures, at which stage, as known when; a history has its own stages."""
    stage = report.facts[name].stage
    mixed = stage == helpers.MIXED or (history and stage == "preliminary")
    stage = "first prints and revised figures" if mixed else f"{stage} figures"
    return report.facts.say(
        "Source: General Administration of Customs of China, {@stage}; as known on {@day}.",
        stage=(stage,),
        day=report.as_of,
    )
