"""The words of the commodity exhibits: quantity and unit value, high technology, vehicles, batteries and ships.

It is "unit value" throughout, never a price: the mix of goods within a line changes too.
"""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report.display import Words
from customs_report.facts import Facts, Runs
from customs_report.prose.grammar import (
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
    shows_zero,
    to_date,
)
from customs_report.report import Report
from customs_report.tables import why_not_held

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
    rest = frame["change"][frame["change"] * frame.at[most, "change"] < 0].abs()
    return Words(
        _claim(report, "export", f"commodity.export.{most}", name_of(most, commodity_name(report, "export", most))),
        held(
            _moved(report, f"commodity.export.{most}", _goods(report, "export", most), to_date(report)),
            _moved(report, f"commodity.export.{rest.idxmax()}", _goods(report, "export", rest.idxmax())) if len(rest) else None,
            *_indices(report, "export", frame),
        ),
        notes=(METHOD, INDICES),
    )


def import_split(report: Report) -> Words:
    """Exhibit: energy, ores, farm goods and chips: more of them, or of a higher unit value?"""
    frame, name = _frame(report, "import"), "commodity_group.import.{}"
    if frame is None:
        return _not_split(report, "import")
    changes = {group: report.facts.value(f"{name.format(group)}.value_cny_ytd_change") for group in helpers.IMPORT_GROUPS}
    groups = sorted((g for g in changes if changes[g] is not None), key=lambda group: -abs(changes[group]))
    moved = [
        _moved(report, name.format(group), (GROUP_NAMES[group],), to_date(report) if i == 0 else None)
        for i, group in enumerate(groups[:2])
    ]
    claim: Runs = ("Quantity and unit value of imports",)
    if groups:
        claim = _claim(report, "import", name.format(groups[0]), opened((GROUP_NAMES[groups[0]],)))
    return Words(claim, held(*moved, *_indices(report, "import", frame)), notes=(METHOD, INDICES))


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


def _claim(report: Report, flow: str, name: str, goods: Runs) -> Runs:
    """Who changed the value of a flow most, and through what."""
    change, *effects = (report.facts[f"{name}.value_cny_ytd_{part}"].value for part in ("change", *EFFECTS))
    through = list(EFFECTS.values())[abs(effects[1]) > abs(effects[0])]
    if effects[0] * effects[1] > 0 and min(map(abs, effects)) > 0.75 * max(map(abs, effects)):
        through = "quantity and unit value alike"
    moved = "added most to" if change > 0 else "took most from"
    return (*goods, f" {moved} {flow} value among the lines split here, mainly through {through}")


EFFECTS = {"quantity_effect": "quantity", "unit_value_effect": "unit value"}


def _moved(report: Report, name: str, goods: Runs, span: str | None = None) -> Runs:
    """By how much did a value change, and how much of it came through quantity and through unit value?"""
    facts, full = report.facts, f"{name}.value_cny_ytd_"
    parts = [_effect(facts, full + effect, (word,)) for effect, word in EFFECTS.items()]
    change = f"{full}change"
    if shows_zero(facts, change):
        moved: Runs = ("did not change",)
    else:
        moved = facts.say("{@way} by {" + change + ":size}", way=("rose" if facts[change].value > 0 else "fell",))
    start = facts.say("In {@span} the value of {@goods} ", span=span, goods=goods) if span else ("The value of ", *goods, " ")
    return (*start, *moved, *(" on a year earlier" if span else "",), ": ", *listed(parts), ".")


def _effect(facts: Facts, name: str, what: Runs) -> Runs:
    if shows_zero(facts, name):
        return (*what, " made no difference")
    return facts.say("{@what} {@way} {" + name + ":size}", what=what, way=("added" if facts[name].value > 0 else "took away",))


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
    facts, fields = report.facts, helpers.high_tech_fields(report.tables)
    present = [slug for slug in fields if f"commodity.export.{slug}.value_cny_ytd" in facts]
    if not present:
        return not_held("High-tech exports by field", _no_line(report, fields[0], "such table"))
    report.require("commodities")
    largest = max(present, key=lambda slug: facts[f"commodity.export.{slug}.value_cny_ytd"].value)
    size = said(
        facts,
        "The largest field is {@field} with {commodity.export."
        + largest
        + ".value_cny_ytd} in {@span}, {commodity.export."
        + largest
        + ".share_ytd} of all exports.",
        "The largest field is {@field} with {commodity.export." + largest + ".value_cny_ytd} in {@span}.",
        field=field_name(report, largest),
        span=to_date(report),
    )
    over = helpers.compared_over(facts, "export", present)
    if not over:
        return Words(("High-tech exports by field",), held(size))
    when, name = to_date(report) if over == "ytd" else report.period, f"commodity.export.{{}}.value_cny_{over}_yoy"
    rates = {slug: facts[name.format(slug)].value for slug in present}
    up, down = max(rates, key=rates.get), min(rates, key=rates.get)
    falling = sum(rate < 0 for rate in rates.values())
    if rates[up] > 0:
        claim = facts.say("Among high-tech exports, {@field} rose most in {@when}", field=field_name(report, up), when=when)
    else:
        claim = facts.say("No field of high-tech exports rose in {@when}", when=when)
    ends = facts.say(
        "Exports of {@up} {@rise} on a year earlier, those of {@down} {@fall}.",
        up=field_name(report, up),
        rise=changed(facts, name.format(up)),
        down=field_name(report, down),
        fall=changed(facts, name.format(down)),
    )
    whole = said(
        facts,
        "All high-tech products together {@moved}.",
        moved=changed(facts, name.format(helpers.HIGH_TECH)) if name.format(helpers.HIGH_TECH) in facts else (),
    )
    if name.format(helpers.HIGH_TECH) not in facts:
        whole = None
    spread: Runs = ("Every field grew.",) if rates[down] > 0 else ("Most fields fell.",) if falling > len(rates) / 2 else ()
    return Words(claim, held(ends, whole, size, spread), notes=(HIGH_TECH_NOTE,))


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
    facts, slugs = report.facts, helpers.NEW_ENERGY
    if not all(f"commodity.export.{slug}.value_cny_ytd" in facts for slug in slugs):
        missing = next(slug for slug in slugs if f"commodity.export.{slug}.value_cny_ytd" not in facts)
        return not_held("Electric vehicles, batteries and solar cells", _no_line(report, missing, "such lines"))
    report.require("commodities")
    over = helpers.compared_over(facts, "export", slugs)
    if not over:
        return Words(("Electric vehicles, batteries and solar cells, cars and ships",), (), notes=(OVERLAP_NOTE,))
    when, value = to_date(report) if over == "ytd" else report.period, f"commodity.export.{{}}.value_cny_{over}_yoy"
    rates = {slug: facts[value.format(slug)].value for slug in slugs}
    up, down = max(rates, key=rates.get), min(rates, key=rates.get)
    if rates[down] > 0:
        claim = facts.say(
            "Electric vehicles, batteries and solar cells all sold for more in {@when}, {@up} most of all",
            up=_goods(report, "export", up),
            when=when,
        )
    elif rates[up] > 0:
        claim = facts.say(
            "Exports of {@up} rose in {@when}, those of {@down} fell",
            up=_goods(report, "export", up),
            down=_goods(report, "export", down),
            when=when,
        )
    else:
        claim = facts.say("Exports of electric vehicles, batteries and solar cells fell in {@when}", when=when)
    told = [_value_and_quantity(report, slug, over) for slug in slugs]
    traditional = [_value_and_quantity(report, slug, over) for slug in ("motor_vehicles", "ships")]
    return Words(
        claim,
        held(told[0], _two(told[1], told[2]), _two(*traditional)),
        notes=(OVERLAP_NOTE,),
    )


OVERLAP_NOTE: Runs = (
    "Electric passenger vehicles are part of motor vehicles, passenger cars and kinds of ships are part of the lines above them: "
    "never to be added. Unit value moves with the mix: a ship may be a tanker or a barge.",
)


def _two(first: Runs | None, second: Runs | None) -> Runs | None:
    """Two sentences about lines as one."""
    if not first or not second:
        return first or second
    lowered = second[1:] if second[0] == "Exports of " else second
    return (*first[:-1], "; those of ", *lowered)


def _value_and_quantity(report: Report, slug: str, over: str) -> Runs | None:
    """What a line's exports did in value and in quantity."""
    facts, names = report.facts, [f"commodity.export.{slug}.{m}_{over}_yoy" for m in ("value_cny", "quantity")]
    if names[0] not in facts:
        return None
    start: Runs = ("Exports of ", *_goods(report, "export", slug), " ", *changed(facts, names[0]), " in value")
    if names[1] not in facts:
        return (*start, ".")
    return (*start, " and ", *changed(facts, names[1]), " in quantity", ".")


def _no_line(report: Report, slug: str, what: str) -> str:
    """Why is a line of the bulletin not held, said of the whole table?"""
    why = why_not_held(report.tables, "commodities", report.period, flow="export", key=slug, kind="ytd")
    return why.replace(f"line for {slug}", what)
