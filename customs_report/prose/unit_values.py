"""The words of the commodity exhibits: quantity and unit value, high technology, vehicles, batteries and ships.

It is "unit value" throughout, never a price: the mix of goods within a line changes too.
"""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report.coverage import why_not_held
from customs_report.display import Words
from customs_report.english.grammar import (
    also,
    both_changed,
    changed,
    commodity_name,
    held,
    in_sentence,
    listed,
    name_of,
    not_held,
    opened,
    said,
    semicolons,
    to_date,
    verb,
)
from customs_report.facts import Facts, Runs
from customs_report.report import Report

GROUP_NAMES = {
    "energy": "energy",
    "ores": "iron and copper ore",
    "farm_goods": "farm goods",
    "chips": "chips and other semiconductors",
}
METHOD: Runs = (
    "Unit value is value divided by quantity: it moves with prices and with the mix of goods. The split of a line (Bennet) "
    "weights both years alike and adds up to the change in value. The base is the figure that customs restated, else the one "
    "printed a year earlier.",
)
INDICES: Runs = (
    "The indices (Fisher) multiply to the change in value. They cover lines that are no part of each other and have a quantity "
    "in the same unit in both years; the rest of trade may have moved otherwise.",
)


def export_split(report: Report) -> Words:
    """Exhibit: did more goods leave, or goods of a higher unit value?"""
    frame = _frame(report, "export")
    if frame is None:
        return _not_split(report, "export")
    most = frame["change"].abs().idxmax()
    other_way = frame["change"][frame["change"] * frame.at[most, "change"] < 0].abs()
    name, names = "commodity.export.{}", {slug: commodity_name(report, "export", slug) for slug in frame.index}
    claim = _claim(report, "exports", "lines", name.format(most), name_of(most, names[most]))
    told = [_moved(report, "exports", name.format(most), _goods(report, "export", most), to_date(report))]
    if len(other_way):
        other = other_way.idxmax()
        told.append(_moved(report, "those", name.format(other), _goods(report, "export", other)))
    return Words(claim, held(*told, *_indices(report, "export", frame)), notes=(METHOD, INDICES))


def import_split(report: Report) -> Words:
    """Exhibit: energy, ores, farm goods and chips: more of them, or of a higher unit value?"""
    frame, name = _frame(report, "import"), "commodity_group.import.{}"
    if frame is None:
        return _not_split(report, "import")
    changes = {group: report.facts.value(f"{name.format(group)}.value_cny_ytd_change") for group in helpers.IMPORT_GROUPS}
    groups = sorted((g for g in changes if changes[g] is not None), key=lambda group: -abs(changes[group]))
    told = [
        _moved(report, *start, name.format(group), (GROUP_NAMES[group],), *span)
        for group, start, span in zip(groups, (("imports",), ("those",)), ((to_date(report),), ()), strict=False)
    ]
    claim: Runs = ("Quantity and unit value of imports",)
    if groups:
        claim = _claim(report, "imports", "groups", name.format(groups[0]), opened((GROUP_NAMES[groups[0]],)))
    return Words(claim, held(*told, *_indices(report, "import", frame)), notes=(METHOD, INDICES))


def group_name(group: str) -> str:
    """A group of imports as the beginning of a row."""
    return GROUP_NAMES[group][0].upper() + GROUP_NAMES[group][1:]


def _frame(report: Report, flow: str) -> pd.DataFrame | None:
    """The split of the flow's lines, or None where there is none."""
    if f"fisher.{flow}.*" in report.facts.gaps:
        return None
    report.require("commodities")
    return helpers.value_split(report.tables, report.period, flow)


def _not_split(report: Report, flow: str) -> Words:
    return not_held(f"Quantity and unit value of {flow}s", report.facts.gaps[f"fisher.{flow}.*"])


def _goods(report: Report, flow: str, slug: str) -> Runs:
    return name_of(slug, in_sentence(commodity_name(report, flow, slug)))


def _claim(report: Report, flows: str, among: str, name: str, goods: Runs) -> Runs:
    """Who changed the value of a flow most, and through what."""
    change, *effects = (report.facts[f"{name}.value_cny_ytd_{part}"].value for part in ("change", *EFFECTS))
    small, large = sorted(map(abs, effects))
    through = f"mainly through {list(EFFECTS.values())[abs(effects[1]) > abs(effects[0])]}"
    if effects[0] * effects[1] > 0 and small > 0.75 * large:
        through = "through quantity and unit value alike"
    moved = "added most to" if change > 0 else "took most from"
    return (*goods, f" {moved} the value of {flows} among the {among} shown, {through}")


EFFECTS = {"quantity_effect": "quantity", "unit_value_effect": "unit value"}


def _moved(report: Report, flows: str, name: str, goods: Runs, span: str = "") -> Runs:
    """By how much did a value change, and how much of it came through quantity and through unit value?"""
    facts, full = report.facts, f"{name}.value_cny_ytd_"
    effects = [facts[full + effect] for effect in EFFECTS]
    ways = ["added" if effect.value > 0 else "took away" for effect in effects]
    parts: Runs = (f"quantity {ways[0]} ", facts.cite(effects[0].name, "size"), " and unit value ")
    parts += (f"{ways[1]} ",) if ways[0] != ways[1] else ()
    moved = facts.say("{@way} by {" + full + "change:size}", way=("rose" if facts[full + "change"].value > 0 else "fell",))
    start = facts.say("In {@span} ", span=span) if span else ()
    earlier = " on a year earlier" if span else ""
    parts += (facts.cite(effects[1].name, "size"), ".")
    return (*opened((*start, f"{flows} of ")), *goods, " ", *moved, f"{earlier}: ", *parts)


def _indices(report: Report, flow: str, frame: pd.DataFrame) -> tuple[Runs | None, Runs | None]:
    """What the indices say over all lines, with the share of trade covered, and once without the largest line."""
    facts, names = report.facts, [f"fisher.{flow}.{measure}_cny_ytd" for measure in ("quantity", "unit_value")]
    moved, without = (
        both_changed(facts, "quantity", names[0] + suffix, "unit value", names[1] + suffix)
        for suffix in ("", "_without_largest")
    )
    lines = "Over {fisher." + flow + ".lines:count} lines"
    every = said(
        facts,
        lines + ", {fisher." + flow + ".coverage} of all {@flow}, {@moved}.",
        lines + ", {@moved}.",
        flow=(f"{flow}s",),
        moved=moved,
    )
    return every, ("Without ", *_goods(report, flow, frame.index[0]), ", the largest of them, ", *without, ".")


def high_tech(report: Report) -> Words:
    """Exhibit: high-tech exports by field."""
    facts, present = report.facts, helpers.high_tech_fields(report.tables, report.period)
    if not present:
        return not_held("High-tech exports by field", _why_no_line(report, "hi_tech_electronics", "table by field"))
    report.require("commodities")
    over = helpers.compared_over(facts, "export", present)
    size = _largest_field(report, present)
    if not over:
        return Words(("High-tech exports by field",), held(size), notes=(HIGH_TECH_NOTE,))
    when, name = to_date(report) if over == "ytd" else report.period, f"commodity.export.{{}}.value_cny_{over}_yoy"
    rates = {slug: facts[name.format(slug)].value for slug in present if slug != OTHER_FIELDS}
    up, down = max(rates, key=rates.get), min(rates, key=rates.get)
    if rates[up] > 0:
        most = field_name(report, helpers.added_most(facts, "export", rates, over))
        claim = facts.say("Of the fields of high-tech exports, {@field} added most in {@when}", field=most, when=when)
    else:
        claim = facts.say("No field of high-tech exports rose in {@when}", when=when)
    ends = facts.say(
        "Exports of {@up} {@rise} on a year earlier, those of {@down} {@fall}.",
        up=field_name(report, up),
        rise=changed(facts, name.format(up)),
        down=field_name(report, down),
        fall=also(facts, name.format(down), name.format(up)),
    )
    whole = name.format(helpers.HIGH_TECH)
    together = ("All high-tech products together ", *changed(facts, whole), ".") if whole in facts else None
    return Words(claim, held(ends, together, size), notes=(HIGH_TECH_NOTE,))


OTHER_FIELDS = "hi_tech_other"  # no field to be named in a sentence


def _largest_field(report: Report, present: list[str]) -> Runs | None:
    """Which field is the largest, in the year to date, else in the month?"""
    for over, when in (("ytd", to_date(report)), ("month", report.period)):
        values = {slug: report.facts.value(f"commodity.export.{slug}.value_cny_{over}") or 0 for slug in present}
        largest = max(values, key=values.get)
        if values[largest]:
            level = "The largest field is {@field} with {commodity.export." + f"{largest}.value_cny_{over}" + "} in {@when}"
            share = ", {commodity.export." + largest + ".share_ytd} of all exports." if over == "ytd" else "."
            return said(report.facts, level + share, level + ".", field=field_name(report, largest), when=when)
    return None


def bulletin_line_held(facts: Facts, slug: str) -> bool:
    """Is the year to date or the month of an export line held?"""
    return any(f"commodity.export.{slug}.value_cny_{over}" in facts for over in ("ytd", "month"))


HIGH_TECH_NOTE: Runs = (
    "High technology as customs defines it, in yuan; the fields overlap other lines. All but materials are printed without a "
    "quantity, so that there is no unit value.",
)


def field_name(report: Report, slug: str) -> Runs:
    """A field of high technology inside a sentence."""
    return name_of(slug, in_sentence(short_field(report, slug)))


def short_field(report: Report, slug: str) -> str:
    """A field of high technology without the words that all of them share."""
    name = commodity_name(report, "export", slug).removeprefix("High-tech: ")
    return name[0].upper() + name[1:]


def cars_batteries_ships(report: Report) -> Words:
    """Exhibit: electric vehicles, batteries and solar cells; cars and ships."""
    facts, what = report.facts, "electric vehicles, batteries and solar cells"
    present = [slug for slug in helpers.NEW_ENERGY if bulletin_line_held(facts, slug)]
    if not present:
        return not_held(*opened((what,)), _why_no_line(report, helpers.NEW_ENERGY[0], "line of electric vehicles"))
    report.require("commodities")
    over = helpers.compared_over(facts, "export", present)
    if not over:
        return Words(opened((what,)), (), notes=(OVERLAP_NOTE,))
    when, value = to_date(report) if over == "ytd" else report.period, f"commodity.export.{{}}.value_cny_{over}_yoy"
    rates = {slug: facts[value.format(slug)].value for slug in present}
    up, down = max(rates, key=rates.get), min(rates, key=rates.get)
    names = {slug: _goods(report, "export", slug) for slug in present}
    if rates[up] > 0 > rates[down]:
        claim = facts.say("Exports of {@up} rose in {@when}, those of {@down} fell", up=names[up], down=names[down], when=when)
    else:
        claim = facts.say(
            "Exports of {@all} {@moved} in value in {@when}",
            all=listed(names.values()),
            moved=("rose" if rates[down] > 0 else "fell",),
            when=when,
        )
    first, *others = [slug for slug in (*present, "motor_vehicles", "ships") if value.format(slug) in facts]
    sentences = (_value_and_quantity(report, first, over), _values_and_quantities(report, others, over))
    return Words(claim, held(*sentences), notes=(OVERLAP_NOTE,))


OVERLAP_NOTE: Runs = (
    "Electric passenger vehicles are part of motor vehicles, kinds of cars and of ships part of the lines above them: never to "
    "be added. Unit value moves with the mix: a ship may be a tanker or a barge.",
)


def _values_and_quantities(report: Report, slugs: list[str], over: str) -> Runs | None:
    """ "In value and in quantity: solar cells −15.8% and +82.8%, ships +10.9% and +57.7%.": lines side by side."""
    parts = []
    for slug in slugs:
        names = [f"commodity.export.{slug}.{m}_{over}_yoy" for m in ("value_cny", "quantity")]
        both = " and {" + names[1] + ":signed}" if names[1] in report.facts else " in value alone"
        parts.append((*_goods(report, "export", slug), *report.facts.say(" {" + names[0] + ":signed}" + both)))
    return ("In value and in quantity: ", *semicolons(parts), ".") if parts else None


def _value_and_quantity(report: Report, slug: str, over: str) -> Runs | None:
    """What a line's exports did in value and in quantity."""
    facts, names = report.facts, [f"commodity.export.{slug}.{m}_{over}_yoy" for m in ("value_cny", "quantity")]
    if names[0] not in facts:
        return None
    start: Runs = ("Exports of ", *_goods(report, "export", slug), " ", *changed(facts, names[0]), " in value")
    if names[1] not in facts:
        return (*start, ".")
    value, quantity = (verb(facts[name].value) for name in names)
    if value == quantity and value != "did not change":
        return (*start, *facts.say(" and by {" + names[1] + ":size} in quantity"), ".")
    return (*start, " and ", *changed(facts, names[1]), " in quantity", ".")


def _why_no_line(report: Report, slug: str, what: str) -> str:
    """Why is a line of the bulletin not held, said of all lines like it?"""
    why = why_not_held(report.tables, "commodities", report.period, flow="export", key=slug, kind="month")
    if "is missing" in why:
        return f"no {what} of {report.period} was public by {report.as_of}"
    return why.replace(f"line for {slug}", what)
