"""The exhibits of a commodity's profile. It is "unit value" throughout, never a price: the mix within a line changes too."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette
from customs_report.display import Chart, Column, Exhibit, Table, Tile, Words
from customs_report.drawing.axes import (
    BILLION,
    canvas,
    colour_bottom,
    draw_bars,
    draw_line,
    gridded,
    label_months,
    legend,
    mark_zero,
    scale,
)
from customs_report.drawing.drawings import Drawing
from customs_report.english.grammar import (
    changed,
    goods,
    listed,
    opened,
    revised,
)
from customs_report.exhibits.fact_tables import key_facts_table
from customs_report.exhibits.front_page import cited_in_front
from customs_report.exhibits.goods_in_detail import partners_of
from customs_report.exhibits.profiles import (
    OF_FLOW,
    PANEL_FOOT,
    PANEL_TOP,
    against_a_year_earlier,
    against_all,
    base,
    base_revision,
    contribution_points,
    fact,
    growth,
    headline,
    kicker,
    level,
    lines_from,
    month_news,
    monthly_streak,
    months_available,
    moved,
    record_months,
    share,
    share_sentence,
    size_claim,
    source_of,
    sources,
    subject,
    tile,
    traces,
    trade,
    watch_words,
)
from customs_report.exhibits.selection import commodity, named, present
from customs_report.exhibits.value_changes import note_on_split
from customs_report.facts import Cell, Fact, Runs, say, shows_zero
from customs_report.messages import Message, message
from customs_report.names import Name, commodity_name
from customs_report.numbers import unit_in_words
from customs_report.profile import Profile
from customs_report.report import using
from customs_report.rows import Field, Subject, fact_row, frame_table, subject_table

__all__ = [
    "growth",
    "headline",
    "key_facts",
    "kicker",
    "main_points",
    "months",
    "partners",
    "parts",
    "share",
    "size",
    "sources",
    "split",
    "standfirst",
    "tiles",
    "traces",
    "watch",
]
MEASURES = {"value": "value_cny", "quantity": "quantity", "unit_value": "unit_value"}


def standfirst(report: Profile) -> tuple[Runs, ...]:
    """How large trade in the commodity is, its place, and how its unit value went."""
    return tuple(map(report.write, present(level(report), _rank(report), _unit_value(report))))


def tiles(report: Profile) -> tuple[Tile, ...]:
    """Value and, where it is counted, quantity and unit value."""
    box = []
    for measure, style in (("value_cny", "text"), ("quantity", "text"), ("unit_value", "unit_value")):
        figure = fact(report, f"{measure}_{report.over}")
        if figure or measure == "value_cny":
            label = per_unit(figure) if figure and measure == "unit_value" else measure_of_tile(measure)
            box.append(tile(report, label, measure, style).written(report.write))
    return tuple(box)


@message
def measure_of_tile(measure: str) -> Runs:
    return ({"value_cny": "Value", "quantity": "Quantity"}[measure],)


@message
def per_unit(unit_value: Fact) -> Runs:
    return opened((unit_in_words(unit_value.unit),))


def main_points(report: Profile) -> tuple[Runs, ...]:
    """What the month had of its own, growth against the flow, what changed the value, the share, what it added to growth."""
    points = (
        *month_news(report, MEASURES),
        against_all(report),
        _split(report),
        share_sentence(report),
        *contribution_points(report),
    )
    return tuple(map(report.write, present(*points)))


def size(report: Profile) -> Exhibit:
    """How large are exports or imports of the commodity?"""
    return Exhibit.of(report, _size_words, _size_table)


def _size_words(report: Profile) -> Words:
    """Value, quantity and unit value, month and year to date."""
    return Words(size_claim(report), present(level(report), _rank(report)))


def _size_table(report: Profile) -> Table:
    """A commodity's value, quantity and unit value: month and year to date."""
    key, rows = report.key, []
    styles = {"value_cny": ("Value, billion yuan", "bn")}
    if report.unit:
        counted = report.unit.removesuffix("s")
        styles |= {
            "quantity": (f"Quantity, {report.unit}", "number"),
            "unit_value": (f"Unit value, yuan per {counted}", "unit_value"),
        }
    for measure, (label, style) in styles.items():
        fields = [
            (f"{key}{measure}_{over}{suffix}", how)
            for over in ("month", "ytd")
            for suffix, how in (("", style), ("_yoy", "signed_percent"))
        ]
        rows.append(fact_row(report.facts, (label,), fields))
    columns = (
        Column("Measure"),
        *(Column(header, align="right") for header in ("Month", "Change %", "Year to date", "Change %")),
    )
    return Table("commodity-size", "Month and year to date; change on a year earlier in percent", columns, tuple(rows))


def months(report: Profile, *frames: pd.DataFrame) -> Exhibit:
    """How did value, quantity and unit value of the commodity change?"""
    return Exhibit.of(using(report, frames, helpers.commodity_months), _months_words, _months_chart)


def _months_words(report: Profile) -> Words:
    """Value, quantity and unit value month by month."""
    measures, growth = (
        [fact(report, f"{name}_month") for name in ("value_cny", "quantity", "unit_value")],
        moved(report, "month"),
    )
    levels = measures_of_month(report.period, *measures) if measures[0] else None
    sentences = present(levels, against_a_year_earlier(growth) if growth else None)
    return Words(measures_by_month(trade(report), counted=bool(report.unit)), sentences)


@message
def measures_by_month(trade: Runs, counted: bool) -> Runs:
    what = "value, quantity and unit value" if counted else "value"
    return say("{trade}: {what} by month", trade=opened(trade), what=what)


@message
def measures_of_month(month: str, value: Fact, quantity: Fact | None, unit_value: Fact | None) -> Runs:
    rest: Runs = ()
    if quantity and unit_value:
        rest = say(", for {quantity} at a unit value of {unit_value}", quantity=quantity, unit_value=unit_value)
    return say("In {month}, the value was {value}{rest}.", month=month, value=value, rest=rest)


def _months_chart(report: Profile) -> Chart | None:
    counted = report.months["quantity"].notna().any()
    columns = ["value", "quantity", "unit_value"] if counted else ["value"]
    frame = months_available(report, columns)
    if len(frame) < 2:
        return None
    units = {"value": "CNY", "quantity": report.unit, "unit_value": f"CNY per {report.unit.removesuffix('s')}"}
    figure, panels = _panels(len(columns))
    for axes, column in zip(panels, columns, strict=True):
        size, word = (BILLION, "billion ") if column == "value" else scale(frame[column].max())
        draw_line(axes, (frame[column] / size).to_list(), OF_FLOW[report.flow][0])
        top = (frame[column] / size).max()
        axes.set_ylim(0, top * 1.08)
        axes.set_xlim(-0.5, len(frame) - 0.5)
        label_months(axes, list(frame.index), 2 if len(columns) > 1 else 7)
        head = f"{NAMES[column]}, {word}{unit_in_words(units[column])}"
        axes.annotate(head, (0, 1), (-14, 7), xycoords="axes fraction", textcoords="offset points", color=palette.INK, size=8.5)
    last = frame.index[-1]
    value = frame.at[last, "value"]
    end = Cell(report.table, last, "value", value, "CNY") if value == value else None
    alt = report.write(lines_from(frame.index[0], last, "", end, "bn"))
    title = "Value, quantity and unit value by month" if counted else "Value by month, billion yuan"
    headers = ["Value, billion yuan", *(f"{NAMES[c]}, {unit_in_words(units[c])}" for c in columns[1:])]
    styles = {c: {"value": "bn", "quantity": "number", "unit_value": "unit_value"}[c] for c in columns}
    data = frame_table("commodity-months", title, report.table, frame.iloc[::-1], headers, styles, units=units)
    return Chart(figure, alt, data, source_of(report), title=(title,))


NAMES = {"value": "Value", "quantity": "Quantity", "unit_value": "Unit value"}


def _panels(count: int) -> tuple[Drawing, list]:
    """Small panels side by side, each with its heading above it; a single one is as wide as the page."""
    height, each = 1.75, 1 / count
    figure = Drawing(palette.CHART_WIDTH, height)
    panels = []
    for place in range(count):
        left = 0.42 / palette.CHART_WIDTH
        box = (place * each + left, PANEL_FOOT / height, each - left - 0.025, 1 - (PANEL_TOP + PANEL_FOOT) / height)
        axes = figure.add_axes(box)
        gridded(axes, ticks=4)
        colour_bottom(axes)
        panels.append(axes)
    return figure, panels


def split(report: Profile, *frames: pd.DataFrame) -> Exhibit:
    """How much of the change of each month is quantity, and how much unit value?"""
    return Exhibit.of(using(report, frames, helpers.commodity_months), _split_words, _split_chart)


def _split_words(report: Profile) -> Words:
    """How much of a change is quantity, how much unit value."""
    effects = present(_split(report), _unit_value(report)) if report.unit else ()
    sentences = effects or (no_quantity() if not report.unit else no_year_before(),)
    return Words(split_of(trade(report), held=bool(effects)), sentences, notes=(note_on_split(),) if effects else ())


@message
def split_of(trade: Runs, held: bool) -> Runs:
    return say("Quantity and unit value behind {trade}{rest}", trade=trade, rest="" if held else ": not available")


@message
def no_quantity() -> Runs:
    return ("Customs publishes no quantity of this line, so its value cannot be split.",)


@message
def no_year_before() -> Runs:
    return ("A year earlier has no quantity in the same unit.",)


def _split_chart(report: Profile) -> Chart | None:
    frame = months_available(report, ["quantity_effect", "unit_value_effect"])
    if len(frame) < 2:
        return None
    figure, axes = canvas(height=1.8, top=0.22)
    places, dark_pale = range(len(frame)), OF_FLOW[report.flow]
    above, below = [0.0] * len(frame), [0.0] * len(frame)
    for column, colour in zip(frame, dark_pale, strict=True):
        values = (frame[column] / BILLION).fillna(0).to_list()
        start = [above[i] if v >= 0 else below[i] for i, v in enumerate(values)]
        draw_bars(axes, places, values, 0.7, colour, start)
        above = [a + max(v, 0) for a, v in zip(above, values, strict=True)]
        below = [b + min(v, 0) for b, v in zip(below, values, strict=True)]
    sums = (frame.sum(axis=1, min_count=2) / BILLION).to_list()
    axes.plot(places, sums, ls="", marker="D", ms=3.4, color=palette.INK)
    mark_zero(axes)
    axes.set_xlim(-0.6, len(frame) - 0.4)
    label_months(axes, list(frame.index), 7)
    sums_mark = {"ls": "", "marker": "D", "ms": 3.4, "color": palette.INK}
    legend(figure, [*dark_pale, sums_mark], ["Quantity", "Unit value", "Change in value"])
    title = "Change in value on the same month a year earlier, billion yuan"
    last = frame.index[-1]
    effects = (
        Cell(report.table, last, column, frame.at[last, column], "CNY") for column in ("quantity_effect", "unit_value_effect")
    )
    alt = report.write(bars_of_effects(frame.index[0], last, *effects))
    headers, newest = ["Quantity", "Unit value"], frame.iloc[::-1]
    data = frame_table("commodity-split", title, report.table, newest, headers, "signed_bn", units="CNY")
    return Chart(figure, alt, data, source_of(report), title=(title,))


@message
def bars_of_effects(first: str, last: str, quantity: Cell, unit_value: Cell) -> Runs:
    return say(
        "Bars from {first} to {last}, the two effects on top of each other. In the last month quantity stands at "
        "{quantity:signed_bn} and unit value at {unit_value:signed_bn} billion yuan.",
        first=first, last=last, quantity=quantity, unit_value=unit_value,
    )  # fmt: skip


def watch(report: Profile) -> Exhibit:
    """What should a reader know before drawing a conclusion?"""
    return Exhibit.of(report, _watch_words)


def _watch_words(report: Profile) -> Words:
    return watch_words(report, _watched(report))


def partners(report: Profile, *frames: pd.DataFrame) -> Exhibit:
    """With whom is the commodity traded?"""
    return partners_of(report, partners_in(trade(report)), f"{report.flow}s", report.code, frames)


@message
def partners_in(trade: Runs) -> Runs:
    return say("Partners in {trade}", trade=trade)


def parts(report: Profile) -> Exhibit:
    """Which lines does customs print within this one?"""
    return Exhibit.of(report, _parts_words, _parts_table)


def _parts_words(report: Profile) -> Words:
    """The lines within an aggregate or a line."""
    sizes = _sizes(report)
    lines = [named("commodity", commodity(report, report.flow, slug)) for slug in sizes if sizes[slug]][:3]
    return Words(lines_within(subject(report)), (largest_lines(lines),) if lines else (), notes=(need_not_add_up(),))


def _sizes(report: Profile) -> dict[str, float]:
    """The lines within this one with their values, the largest first."""
    name = f"commodity.{report.flow}.{{}}.value_cny_{report.over}".format
    sizes = {slug: report.facts.value(name(slug)) or 0 for slug in report.members}
    return dict(sorted(sizes.items(), key=lambda each: -each[1]))


@message
def lines_within(whole: Name) -> Runs:
    return say("Lines within {whole}", whole=goods(whole))


@message
def largest_lines(names: list[Runs]) -> Runs:
    return say("The largest are {names}." if len(names) > 1 else "It is {names}.", names=listed(names))


@message
def need_not_add_up() -> Runs:
    return ("Lines that customs publishes within this one; their sum may differ from it.",)


def _parts_table(report: Profile) -> Table | None:
    """The lines that customs prints within this one, the largest first."""
    name, over = f"commodity.{report.flow}.{{}}.", report.over
    fields: list[Field] = [
        ("Value", f"{name}value_cny_{over}", "bn"),
        ("Value %", f"{name}value_cny_{over}_yoy", "signed_percent"),
        ("Quantity %", f"{name}quantity_{over}_yoy", "signed_percent"),
        ("Unit value %", f"{name}unit_value_{over}_yoy", "signed_percent"),
    ]
    rows: list[Subject] = [(slug, commodity_name(report.tables, report.flow, slug), "") for slug in _sizes(report)]
    caption = f"Lines within, {SPAN_NAMES[over]}, billion yuan; growth in percent"
    return (
        subject_table(report.facts, "parts", caption, "Line", rows, fields, f"commodity_profile-{report.flow}-{{}}".format)
        if rows
        else None
    )


SPAN_NAMES = {"month": "month", "ytd": "year to date"}


def key_facts(report: Profile) -> Table:
    """Where does each figure of page one come from?"""
    return key_facts_table(report, key_fact_names(report))


def key_fact_names(report: Profile) -> tuple[str, ...]:
    """The names of the facts on page one."""
    return cited_in_front(headline(report), standfirst(report), tiles(report), main_points(report))


def _rank(report: Profile) -> Message | None:
    rank, among = fact(report, "rank_ytd"), fact(report, "rank_ytd_of")
    return rank_by_value(rank, among, report.flow) if rank and among else None


@message
def rank_by_value(rank: Fact, among: Fact, flow: str) -> Runs:
    template = "By value it is {rank:ordinal} of {among:number} {flow} categories that do not overlap."
    return say(template, rank=rank, among=among, flow=flow)


def _unit_value(report: Profile) -> Message | None:
    level, growth = (fact(report, f"unit_value_{report.over}{what}") for what in ("", "_yoy"))
    return unit_value_moved(growth, level) if growth else None


@message
def unit_value_moved(growth: Fact, level: Fact | None) -> Runs:
    to = say(" to {level}", level=level) if level else ()
    return say("Unit value {moved}{to}.", moved=changed(growth), to=to)


def _split(report: Profile) -> Message | None:
    """How much of the change in value came through quantity, how much through unit value (Bennet)."""
    change, *effects = (fact(report, f"value_cny_ytd_{part}") for part in ("change", "quantity_effect", "unit_value_effect"))
    return value_split(change, *effects) if change and all(effects) and not shows_zero(change) else None


@message
def value_split(change: Fact, quantity: Fact, unit_value: Fact) -> Runs:
    ways = ["added" if effect.value > 0 else "took away" for effect in (quantity, unit_value)]
    return say(
        "Since January, value {rose} by {change:size} on a year earlier: quantity {way} {quantity:size} and unit value {other} "
        "{unit_value:size}.",
        rose="rose" if change.value > 0 else "fell", change=change,
        way=ways[0], quantity=quantity, other=ways[1], unit_value=unit_value,
    )  # fmt: skip


def _watched(report: Profile) -> tuple[Message, ...]:
    revision = base_revision(report, "value_cny")
    return present(
        monthly_streak(report, MEASURES["value"], "values"),
        *record_months(report, MEASURES),
        base(report, "value_cny", "value"),
        figure_revised(revision) if revision else None,
    )


@message
def figure_revised(change: Fact) -> Runs:
    template = "Customs has {moved} last year’s figure by {change:size} since first publishing it."
    return say(template, moved=revised(change), change=change)
