"""The words of a commodity's profile. It is "unit value" throughout, never a price: the mix within a line changes too."""

from __future__ import annotations

from customs_report.display import Tile, Words
from customs_report.english.grammar import (
    both_changed,
    changed,
    cited_in_front,
    commodity_name,
    held,
    in_sentence,
    listed,
    name_of,
    shows_zero,
)
from customs_report.facts import Runs
from customs_report.profile import Profile
from customs_report.prose import profiles as common
from customs_report.prose.profiles import say, sources, traces
from customs_report.prose.unit_values import METHOD

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
    return say(report, "Commodity profile · {@month} · as known on {@day}", day=report.as_of)


def headline(report: Profile) -> Runs:
    """Value and, where it is counted, quantity against a year earlier."""
    moved, whose = _value_and_quantity(report), ("China’s ", report.flow, "s of ", *common.who(report))
    if moved is None:
        return say(report, "{@whose} in {@span}", whose=whose)
    return say(report, "{@whose}: {@moved} in {@span}", whose=whose, moved=moved)


def standfirst(report: Profile) -> tuple[Runs, ...]:
    level = f"In {{@span}}, {report.flow}s of {{@who}} came to {{~value_cny_^}}"
    return held(
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
        box.append(Tile((label,), figure or ("not held",), held(*lines)))
    return tuple(box)


def main_points(report: Profile) -> tuple[Runs, ...]:
    return held(_against_all(report), _split(report), _share(report), _contribution(report), *_watched(report)[:1])


def size(report: Profile) -> Words:
    """Exhibit: value, quantity and unit value, month and year to date."""
    claim = say(
        report,
        f"{report.flow.capitalize()}s of {{@who}} are {{~share_ytd}} of all {report.flow}s",
        f"{report.flow.capitalize()}s of {{@who}}",
    )
    return Words(claim, held(standfirst(report)[0], _rank(report)))


def months(report: Profile) -> Words:
    """Exhibit: value, quantity and unit value month by month."""
    what = "value, quantity and unit value" if report.unit else "value"
    levels = say(
        report,
        "In {@month}, the value was {~value_cny_month}, for {~quantity_month} at a unit value of {~unit_value_month}.",
        "In {@month}, the value was {~value_cny_month}.",
    )
    moved = _value_and_quantity(report, "month")
    told = say(report, "Against a year earlier, {@moved}.", moved=moved) if moved else None
    return Words(say(report, f"{report.flow.capitalize()}s of {{@who}}: {what} by month"), held(levels, told))


def split(report: Profile) -> Words:
    """Exhibit: how much of a change is quantity, how much unit value."""
    claim = say(report, f"Quantity and unit value behind {report.flow}s of {{@who}}")
    if not report.unit:
        return Words((*claim, ": not held"), (("Customs prints no quantity of this line, so its value cannot be split.",),))
    told = held(_split(report), _unit_value(report))
    if not told:
        return Words((*claim, ": not held"), (("A year earlier is not held with a quantity in the same unit.",),))
    return Words(claim, told, notes=(METHOD,))


def growth(report: Profile) -> Words:
    """Exhibit: growth against that of the flow."""
    claim = say(report, f"Growth of {report.flow}s of {{@who}} against all {report.flow}s")
    return Words(claim, held(_against_all(report), _contribution(report)))


def share(report: Profile) -> Words:
    """Exhibit: the share of the flow."""
    return Words(say(report, f"The share of {{@who}} in China’s {report.flow}s"), held(_share(report)))


def watch(report: Profile) -> Words:
    """Exhibit: what a reader should know before drawing a conclusion; only what the data say."""
    return Words(("What to watch",), (*_watched(report), common.vintage_told(report)))


def partners(report: Profile) -> Words:
    """Exhibit: with whom the commodity is traded, which needs goods by partner."""
    claim = say(report, f"Partners in {report.flow}s of {{@who}}")
    return common.detailed(report, claim, "partners", "Partners")


def parts(report: Profile) -> Words:
    """Exhibit: the lines within an aggregate or a line."""
    values = {slug: report.facts.value(f"commodity.{report.flow}.{slug}.value_cny_{report.over}") for slug in report.members}
    largest = sorted((slug for slug in values if values[slug]), key=values.get, reverse=True)[:3]
    names = listed(name_of(slug, in_sentence(commodity_name(report, report.flow, slug))) for slug in largest)
    told = say(report, "The largest are {@names}." if len(largest) > 1 else "It is {@names}.", names=names) if largest else None
    note = ("Lines that customs prints within this one; they need not add up to it.",)
    return Words(say(report, "Lines within {@who}"), held(told), notes=(note,))


def key_facts(report: Profile) -> tuple[str, ...]:
    """The names of the facts on page one."""
    return cited_in_front(headline(report), standfirst(report), tiles(report), main_points(report))


def _value_and_quantity(report: Profile, over: str = "") -> Runs | None:
    """ "value rose by 18.4% and quantity by 25.1%", the value alone where no quantity is counted."""
    names = [f"{report.key}{measure}_{over or report.over}_yoy" for measure in ("value_cny", "quantity")]
    if names[0] not in report.facts:
        return None
    if names[1] not in report.facts:
        return ("value ", *changed(report.facts, names[0]))
    return both_changed(report.facts, "value", names[0], "quantity", names[1])


def _rank(report: Profile) -> Runs | None:
    return say(report, "By value it is number {~rank_ytd} of the {~rank_ytd_of} of " + f"{report.flow}s that can be added up.")


def _unit_value(report: Profile) -> Runs | None:
    name = f"{report.key}unit_value_{report.over}_yoy"
    if name not in report.facts:
        return None
    return say(report, "Unit value {@moved} to {~unit_value_^}.", "Unit value {@moved}.", moved=changed(report.facts, name))


def _against_all(report: Profile) -> Runs | None:
    mine, whole = f"{report.key}value_cny_{report.over}_yoy", f"{report.flow}s_cny_{report.over}_yoy"
    if not {mine, whole} <= set(report.facts):
        return None
    moved, all_moved = changed(report.facts, mine), changed(report.facts, whole)
    template = f"In {{@span}}, {report.flow}s of {{@who}} {{@moved}} in yuan; all {report.flow}s {{@all}}."
    return say(report, template, moved=moved, all=all_moved)


def _split(report: Profile) -> Runs | None:
    """How much of the change in value came through quantity, how much through unit value (Bennet)."""
    facts, name = report.facts, f"{report.key}value_cny_ytd_"
    names = {effect: f"{name}{effect}_effect" for effect in EFFECTS}
    if not set(names.values()) <= set(facts) or shows_zero(facts, f"{name}change"):
        return None
    ways = {effect: common.way(facts[full].value, "added", "took away") for effect, full in names.items()}
    parts = [facts.say(f"{word} {{@way}} {{{names[effect]}:size}}", way=ways[effect]) for effect, word in EFFECTS.items()]
    rose = common.way(facts[f"{name}change"].value, "rose", "fell")
    template = "Since January, value {@rose} by {~value_cny_ytd_change:size} on a year earlier: {@parts}."
    return say(report, template, rose=rose, parts=listed(parts))


def _share(report: Profile) -> Runs | None:
    return common.share_told(report, f"The share of {{@who}} in China’s {report.flow}s")


def _contribution(report: Profile) -> Runs | None:
    return common.contribution(report, report.flow, "value_cny_ytd_contribution", f"{report.flow.capitalize()}s of {{@who}}")


def _watched(report: Profile) -> tuple[Runs, ...]:
    revision = "Customs has {@moved} last year’s figure by {~value_cny_ytd_base_revision:size} since it first printed it."
    return held(
        common.streak(report, "value_cny_month", "Monthly values"),
        *common.records(
            report, {"value_cny_month": "the value", "quantity_month": "the quantity", "unit_value_month": "the unit value"}
        ),
        common.base(report, "value_cny_ytd", "value"),
        common.revised(report, "value_cny_ytd", revision),
    )
