"""The exhibits of a commodity's profile. It is "unit value" throughout, never a price: the mix within a line changes too."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from customs_report import palette
from customs_report.display import Chart, Column, Exhibit, Table, Tile, Words
from customs_report.drawing.axes import (
    BILLION,
    canvas,
    draw_line,
    fine_ticks,
    gridded,
    legend,
    mark_zero,
    scale,
    with_report_style,
)
from customs_report.english.grammar import (
    both_changed,
    changed,
    cited_in_front,
    commodity_in_sentence,
    commodity_name,
    listed,
    shows_zero,
)
from customs_report.exhibits import profiles as common
from customs_report.exhibits.fact_tables import key_facts_table
from customs_report.exhibits.profiles import (
    OF_FLOW,
    PANEL_FOOT,
    PANEL_TOP,
    details_table,
    growth_chart,
    label_months,
    months_available,
    say,
    share_chart,
    source_of,
    sources,
    title,
    traces,
)
from customs_report.exhibits.selection import present
from customs_report.exhibits.value_changes import note_on_split
from customs_report.facts import Runs
from customs_report.numbers import unit_in_words
from customs_report.profile import Profile
from customs_report.rows import Field, Subject, cell, fact_row, frame_table, subject_table

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
EFFECTS = {"quantity": "quantity", "unit_value": "unit value"}


def kicker(report: Profile) -> Runs:
    return title(report, "Commodity profile · {@month} · as known on {@day}", day=report.as_of)


def headline(report: Profile) -> Runs:
    """Value and, where it is counted, quantity against a year earlier."""
    moved, whose = _value_and_quantity(report), ("China’s ", report.flow, "s of ", *common.who(report))
    if moved is None:
        return title(report, "{@whose} in {@span}", whose=whose)
    return title(report, "{@whose}: {@moved} in {@span}", whose=whose, moved=moved)


def standfirst(report: Profile) -> tuple[Runs, ...]:
    level = f"In {{@span}}, {report.flow}s of {{@who}} came to {{~value_cny_^}}"
    return present(
        say(report, f"{level}, {{~share_ytd}} of all {report.flow}s.", f"{level}."),
        _rank(report),
        _unit_value(report),
    )


def tiles(report: Profile) -> tuple[Tile, ...]:
    box = []
    labels = {"value_cny": "Value", "quantity": "Quantity", "unit_value": f"Yuan per {report.unit.removesuffix('s')}"}
    for measure, label in labels.items():
        style = ":unit_value" if measure == "unit_value" else ""
        figure = say(report, f"{{~{measure}_^{style}}}")
        if figure is None and measure != "value_cny":
            continue
        lines = (
            common.when(report),
            say(report, f"{{~{measure}_^_yoy:signed}} on a year earlier"),
            say(report, f"Month: {{~{measure}_month{style}}}") if report.over == "ytd" else None,
        )
        box.append(Tile((label,), figure or ("not held",), present(*lines)))
    return tuple(box)


def main_points(report: Profile) -> tuple[Runs, ...]:
    return present(_against_all(report), _split(report), _share(report), _contribution(report), *_watched(report)[:1])


def size(report: Profile) -> Exhibit:
    """How large are exports or imports of the commodity?"""
    return Exhibit.of(report, _size_words, _size_table)


def _size_words(report: Profile) -> Words:
    """Value, quantity and unit value, month and year to date."""
    claim = title(
        report,
        f"{report.flow.capitalize()}s of {{@who}} are {{~share_ytd}} of all {report.flow}s",
        f"{report.flow.capitalize()}s of {{@who}}",
    )
    return Words(claim, present(standfirst(report)[0], _rank(report)))


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


def months(report: Profile) -> Exhibit:
    """How did value, quantity and unit value of the commodity go?"""
    return Exhibit.of(report, _months_words, _months_chart)


def _months_words(report: Profile) -> Words:
    """Value, quantity and unit value month by month."""
    what = "value, quantity and unit value" if report.unit else "value"
    levels = say(
        report,
        "In {@month}, the value was {~value_cny_month}, for {~quantity_month} at a unit value of {~unit_value_month}.",
        "In {@month}, the value was {~value_cny_month}.",
    )
    moved = _value_and_quantity(report, "month")
    sentence = say(report, "Against a year earlier, {@moved}.", moved=moved) if moved else None
    return Words(title(report, f"{report.flow.capitalize()}s of {{@who}}: {what} by month"), present(levels, sentence))


@with_report_style
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
        fine_ticks(axes, top)
        axes.set_xlim(-0.5, len(frame) - 0.5)
        label_months(axes, list(frame.index), 2 if len(columns) > 1 else 7)
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
    return Chart(figure, alt, data, source_of(report), recent=True, title=(title,))


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


def split(report: Profile) -> Exhibit:
    """How much of the change of each month is quantity, and how much unit value?"""
    return Exhibit.of(report, _split_words, _split_chart)


def _split_words(report: Profile) -> Words:
    """How much of a change is quantity, how much unit value."""
    claim = title(report, f"Quantity and unit value behind {report.flow}s of {{@who}}")
    if not report.unit:
        return Words((*claim, ": not held"), (("Customs prints no quantity of this line, so its value cannot be split.",),))
    sentences = present(_split(report), _unit_value(report))
    if not sentences:
        return Words((*claim, ": not held"), (("A year earlier is not held with a quantity in the same unit.",),))
    return Words(claim, sentences, notes=(note_on_split(),))


@with_report_style
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
        axes.bar(places, values, bottom=start, width=0.7, color=colour)
        above = [a + max(v, 0) for a, v in zip(above, values, strict=True)]
        below = [b + min(v, 0) for b, v in zip(below, values, strict=True)]
    sums = (frame.sum(axis=1, min_count=2) / BILLION).to_list()
    axes.plot(places, sums, ls="", marker="D", ms=3.4, color=palette.INK)
    mark_zero(axes)
    axes.set_xlim(-0.6, len(frame) - 0.4)
    label_months(axes, list(frame.index), 7)
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
    return Chart(figure, alt, data, source_of(report), recent=True, title=(title,))


def _effect(report: Profile, month: str, column: str) -> Runs:
    return cell(report.table, month, column, report.months.at[month, column], "signed_bn", "CNY")


def growth(report: Profile) -> Exhibit:
    """Did trade in the commodity grow faster than the flow?"""
    return Exhibit.of(report, _growth_words, growth_chart)


def _growth_words(report: Profile) -> Words:
    """Growth against that of the flow."""
    claim = title(report, f"Growth of {report.flow}s of {{@who}} against all {report.flow}s")
    return Words(claim, present(_against_all(report), _contribution(report)))


def share(report: Profile) -> Exhibit:
    """Which share of the flow is the commodity?"""
    return Exhibit.of(report, _share_words, share_chart)


def _share_words(report: Profile) -> Words:
    """The share of the flow."""
    return Words(title(report, f"The share of {{@who}} in China’s {report.flow}s"), present(_share(report)))


def watch(report: Profile) -> Exhibit:
    """What should a reader know before drawing a conclusion?"""
    return Exhibit.of(report, _watch_words)


def _watch_words(report: Profile) -> Words:
    """What a reader should know before drawing a conclusion; only what the data say."""
    return Words(("What to watch",), (*_watched(report), common.vintage_sentence(report)))


def partners(report: Profile) -> Exhibit:
    """With whom is the commodity traded?"""
    return Exhibit.of(report, _partners_words, details_table)


def _partners_words(report: Profile) -> Words:
    """With whom the commodity is traded, which needs goods by partner."""
    claim = title(report, f"Partners in {report.flow}s of {{@who}}")
    return common.details_words(report, claim, "partners", "Partners")


def parts(report: Profile) -> Exhibit:
    """Which lines does customs print within this one?"""
    return Exhibit.of(report, _parts_words, _parts_table)


def _parts_words(report: Profile) -> Words:
    """The lines within an aggregate or a line."""
    values = {
        slug: report.facts.value(f"commodity.{report.flow}.{slug}.value_cny_{report.over}") or 0 for slug in report.members
    }
    largest = sorted((slug for slug in values if values[slug]), key=values.__getitem__, reverse=True)[:3]
    names = listed(commodity_in_sentence(report, report.flow, slug) for slug in largest)
    sentence = (
        say(report, "The largest are {@names}." if len(largest) > 1 else "It is {@names}.", names=names) if largest else None
    )
    note = ("Lines that customs prints within this one; they need not add up to it.",)
    return Words(title(report, "Lines within {@who}"), present(sentence), notes=(note,))


def _parts_table(report: Profile) -> Table | None:
    """The lines that customs prints within this one, the largest first."""
    name, over = f"commodity.{report.flow}.{{}}.", report.over
    fields: list[Field] = [
        ("Value", f"{name}value_cny_{over}", "bn"),
        ("Value %", f"{name}value_cny_{over}_yoy", "signed_percent"),
        ("Quantity %", f"{name}quantity_{over}_yoy", "signed_percent"),
        ("Unit value %", f"{name}unit_value_{over}_yoy", "signed_percent"),
    ]
    size = {slug: report.facts.value(name.format(slug) + f"value_cny_{over}") or 0 for slug in report.members}
    rows: list[Subject] = [
        (slug, commodity_name(report, report.flow, slug), "") for slug in sorted(size, key=size.__getitem__, reverse=True)
    ]
    caption = f"Lines within, {SPAN_NAMES[over]}, billion yuan; growth in percent"
    return subject_table(report.facts, "parts", caption, "Line", rows, fields) if rows else None


SPAN_NAMES = {"month": "month", "ytd": "year to date"}


def key_facts(report: Profile) -> Table:
    """Where does each figure of page one come from?"""
    return key_facts_table(report, key_fact_names(report))


def key_fact_names(report: Profile) -> tuple[str, ...]:
    """The names of the facts on page one."""
    return cited_in_front(headline(report), standfirst(report), tiles(report), main_points(report))


def _value_and_quantity(report: Profile, over: str = "") -> Runs | None:
    """ "value rose by 18.4% and quantity by 25.1%", the value alone where no quantity is counted."""
    names = [f"{report.key}{measure}_{over or report.over}_yoy" for measure in ("value_cny", "quantity")]
    if names[0] not in report.facts:
        return None
    if names[1] not in report.facts:
        return ("value ", *changed(report.facts[names[0]]))
    return both_changed("value", report.facts[names[0]], "quantity", report.facts[names[1]])


def _rank(report: Profile) -> Runs | None:
    return say(report, "By value it is number {~rank_ytd} of the {~rank_ytd_of} of " + f"{report.flow}s that can be added up.")


def _unit_value(report: Profile) -> Runs | None:
    name = f"{report.key}unit_value_{report.over}_yoy"
    if name not in report.facts:
        return None
    return say(report, "Unit value {@moved} to {~unit_value_^}.", "Unit value {@moved}.", moved=changed(report.facts[name]))


def _against_all(report: Profile) -> Runs | None:
    mine, whole = f"{report.key}value_cny_{report.over}_yoy", f"{report.flow}s_cny_{report.over}_yoy"
    if not {mine, whole} <= set(report.facts):
        return None
    moved, all_moved = changed(report.facts[mine]), changed(report.facts[whole])
    template = f"In {{@span}}, {report.flow}s of {{@who}} {{@moved}} in yuan; all {report.flow}s {{@all}}."
    return say(report, template, moved=moved, all=all_moved)


def _split(report: Profile) -> Runs | None:
    """How much of the change in value came through quantity, how much through unit value (Bennet)."""
    facts, name = report.facts, f"{report.key}value_cny_ytd_"
    names = {effect: f"{name}{effect}_effect" for effect in EFFECTS}
    if not set(names.values()) <= set(facts) or shows_zero(facts[f"{name}change"]):
        return None
    ways = {effect: common.way(facts[full].value, "added", "took away") for effect, full in names.items()}
    parts = [facts.say(f"{word} {{@way}} {{{names[effect]}:size}}", way=ways[effect]) for effect, word in EFFECTS.items()]
    rose = common.way(facts[f"{name}change"].value, "rose", "fell")
    template = "Since January, value {@rose} by {~value_cny_ytd_change:size} on a year earlier: {@parts}."
    return say(report, template, rose=rose, parts=listed(parts))


def _share(report: Profile) -> Runs | None:
    return common.share_sentence(report, f"The share of {{@who}} in China’s {report.flow}s")


def _contribution(report: Profile) -> Runs | None:
    return common.contribution(report, report.flow, "value_cny_ytd_contribution", f"{report.flow.capitalize()}s of {{@who}}")


def _watched(report: Profile) -> tuple[Runs, ...]:
    revision = "Customs has {@moved} last year’s figure by {~value_cny_ytd_base_revision:size} since it first printed it."
    return present(
        common.streak(report, "value_cny_month", "Monthly values"),
        *common.record_months(
            report, {"value_cny_month": "the value", "quantity_month": "the quantity", "unit_value_month": "the unit value"}
        ),
        common.base(report, "value_cny_ytd", "value"),
        common.revised(report, "value_cny_ytd", revision),
    )
