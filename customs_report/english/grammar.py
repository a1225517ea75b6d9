"""The grammar: how change, lists, names and reasons are said; small functions from facts to runs.

A change below 0.05 % is none, below 0.5 % it "edged", else it "rose" or "fell" - and is then written without a sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from customs_report.facts import Cell, Fact, Mark, NotAvailable, Runs, say
from customs_report.measures import movement
from customs_report.names import Name, in_sentence, part_name, the
from customs_report.numbers import period_text


def verb(growth: float) -> str:
    """What a growth rate in percent says its subject did."""
    way = movement(growth)
    return "did not change" if way == "unchanged" else way


def changed(growth: Fact) -> Runs:
    """ "rose 5.8%", "fell 3.0%", "edged up 0.2%", "did not change": what a growth rate says of its subject."""
    word = verb(growth.value)
    return (word,) if word == "did not change" else say("{word} {growth:size}", word=word, growth=growth)


def also(growth: Fact, before: Fact) -> Runs:
    """What a growth rate says of its subject after another one: "2.6%" where the verb would only be repeated."""
    same = movement(growth.value) == movement(before.value) != "unchanged"
    return say("{growth:size}", growth=growth) if same else changed(growth)


def revised(change: Fact) -> str:
    """ "lowered", "raised": what a revision did to its subject."""
    return "lowered" if change.value < 0 else "raised"


def more_or_less(change: Fact | Cell) -> str:
    return "more" if change.value > 0 else "less"


def both_changed(first: str, one: Fact, second: str, two: Fact) -> Runs:
    """ "exports rose 5.8% and imports 2.6%": two subjects, the verb once where it is the same."""
    verbs = [verb(fact.value) for fact in (one, two)]
    if verbs[0] != verbs[1]:
        return (f"{first} ", *changed(one), f" and {second} ", *changed(two))
    if verbs[0] == "did not change":
        return (f"neither {first} nor {second} changed",)
    return (f"{first} ", *changed(one), *say(" and {second} {two:size}", second=second, two=two))


def opened(runs: Runs) -> Runs:
    """The same words as the beginning of a sentence."""
    return (runs[0][0].upper() + runs[0][1:], *runs[1:]) if isinstance(runs[0], str) else runs


def capital(runs: Runs) -> Runs:
    """The same words as the beginning of a sentence that a name may open."""
    first = runs[0]
    return (replace(first, text=first.text[0].upper() + first.text[1:]), *runs[1:]) if isinstance(first, Mark) else opened(runs)


def listed(items: Iterable[Runs]) -> Runs:
    """ "A", "A and B", "A, B and C"."""
    items = list(items)
    runs: Runs = ()
    for i, item in enumerate(items):
        runs += ((" and " if i == len(items) - 1 else ", ") if i else "", *item)
    return tuple(run for run in runs if run)


def name_of(code: str, text: str) -> Runs:
    """A partner's or commodity's name, marked as one: a digit in it is no figure."""
    return (Mark("name", code, text),)


def the_partner(partner: Name) -> Runs:
    """A partner inside a sentence: "the United States"."""
    return name_of(partner.code, the(partner.english))


def possessive(partner: Name) -> Runs:
    """ "the United States’", "ASEAN’s"."""
    return (*the_partner(partner), "’" if partner.english.endswith("s") else "’s")


def goods(line: Name) -> Runs:
    """A commodity line inside a sentence, by the word that readers use: "motor vehicles", "chips"."""
    return name_of(line.code, in_sentence(SHORT_NAMES.get(line.code, line.english)))


def dated(text: str) -> Runs:
    """A reason as returned by `tables`, with its periods and dates as a reader writes them."""
    parts = re.split(r"(\b\d{4}-\d{2}(?:-\d{2})?\b)", text)
    return tuple(Mark.of(part) if i % 2 else part for i, part in enumerate(parts) if part)


def month_of(period: str) -> Runs:
    """A month without its year, where the year is plain."""
    return (Mark("period", period, period_text(period).split()[0]),)


def semicolons(items: list[Runs]) -> Runs:
    runs: Runs = ()
    for i, item in enumerate(items):
        runs += (("; ",) if i else ()) + item
    return runs


def not_held(what: str, why: NotAvailable) -> Runs:
    """ "Partners: no table of partners before January 2024"."""
    return (f"{what}: ", *dated(why.why))


def surplus_or_deficit(balance: Fact | Cell) -> str:
    return "surplus" if balance.value >= 0 else "deficit"


SHORT_NAMES = {  # where customs' own names are too long or unknown to readers: headlines, labels of narrow charts
    "integrated_circuits": "Chips",
    "data_processing_machines": "Computers and parts",
    "garments_and_accessories": "Clothing",
    "textiles": "Textiles",
    "other_mechanical_and_electrical_products": "Other machinery and electronics",
    "other_agricultural_products": "Other farm products",
    "coal": "Coal",
    "copper_ore": "Copper ore",
    "iron_ore": "Iron ore",
    "primary_plastics": "Plastics",
    "refined_petroleum": "Refined oil",
    "vehicle_parts": "Vehicle parts",
    "copper": "Copper and products",
    "aluminium": "Aluminium and products",
    "lithium_ion_batteries": "Batteries",
    "electric_passenger_vehicles": "Electric cars",
    "remainder": "Unlisted goods",
}


def short_name(kind: str, name: Name, whole: str) -> str:
    """What a part that contributes to growth is called where there is little room."""
    code = f"other_{name.code}" if whole == "others" else name.code
    return SHORT_NAMES.get(code) or part_name(kind, name, whole)


def days_more_or_fewer(change: Fact) -> Runs:
    """ "one day fewer than a year earlier"."""
    noun, way = "day" if abs(change.value) == 1 else "days", "more" if change.value > 0 else "fewer"
    return say("{change:count} {noun} {way} than a year earlier", change=change, noun=noun, way=way)


def rise_or_fall(growth: Fact | Cell) -> str:
    """The verb of a headline."""
    return "rise" if growth.value >= 0 else "fall"


def up_or_down(growth: Fact) -> Runs:
    """ "up 23.3%", "down 3.5%"."""
    return say("{way} {growth:size}", way="up" if growth.value >= 0 else "down", growth=growth)


def direction(growth: Fact) -> Runs:
    """ "up 7.8%", "down 2.0%", "unchanged"."""
    return ("unchanged",) if movement(growth.value) == "unchanged" else up_or_down(growth)


def had_changed(growth: Fact) -> Runs:
    """ "risen 5.8%", "not changed": after "had"."""
    past = {"rose": "risen", "fell": "fallen", "did not change": "not changed"}
    word = verb(growth.value)
    by = say(" {growth:size}", growth=growth) if word != "did not change" else ()
    return (past.get(word, word), *by)
