"""Exports of clean technology by region, as Ember compiles them from customs' eight-digit codes."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report.calculations.cleantech import BY_REGION, WORLD
from customs_report.display import Column, Exhibit, Row, Table, Words
from customs_report.english.grammar import changed, listed, name_of, not_held, the_partner
from customs_report.exhibits.selection import partner, to_date
from customs_report.facts import Fact, Facts, NotAvailable, Runs, say
from customs_report.messages import message
from customs_report.names import Name
from customs_report.report import Report, using
from customs_report.rows import NOT_PRINTED

TECHNOLOGIES = {  # the columns of the table
    "all": "All",
    "electric_and_hybrid_vehicles": "Electric and hybrid vehicles",
    "batteries": "Batteries",
    "solar": "Solar",
}
VEHICLES = "electric_and_hybrid_vehicles"


def clean_technology(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Where do China's exports of electric vehicles, batteries and solar equipment go, and how fast do they grow?"""
    return Exhibit.of(using(report, frames, helpers.cleantech_exports), _words, _table)


def _growth(facts: Facts, technology: str, region: str) -> Fact | None:
    return facts.get(f"cleantech.{technology}.{region}.value_usd_ytd_yoy")


def _words(report: Report) -> Words:
    """How exports of all clean technology grew, and to which regions those of vehicles grew most."""
    facts = report.facts
    whole = facts.get(f"cleantech.all.{WORLD}.value_usd_ytd")
    if not whole:
        return Words(no_clean_technology(facts.gap("cleantech.*")))
    growth = _growth(facts, "all", WORLD)
    by_region = [(region, fact) for region in BY_REGION[1:] if (fact := _growth(facts, VEHICLES, region))]
    ordered = sorted(by_region, key=lambda pair: -pair[1].value)
    vehicles = _growth(facts, VEHICLES, WORLD)
    said = [to_region(partner(report, region), fact) for region, fact in (*ordered[:2], *ordered[-1:])]
    sentences = (vehicles_by_region(vehicles, said),) if vehicles and len(ordered) > 2 else ()
    return Words(clean_exports(growth, whole, to_date(report)), sentences, notes=(note_on_ember(),))


@message
def no_clean_technology(why: NotAvailable) -> Runs:
    return not_held("Clean technology", why)


@message
def clean_exports(growth: Fact | None, value: Fact, span: str) -> Runs:
    if growth is None:
        return say("Exports of clean technology came to {value} in {span}", value=value, span=span)
    return say("Exports of clean technology {moved} to {value} in {span}", moved=changed(growth), value=value, span=span)


@message
def vehicles_by_region(growth: Fact, regions: list[Runs]) -> Runs:
    return say(
        "Those of electric and hybrid vehicles {moved} in dollars: {regions}.", moved=changed(growth), regions=listed(regions)
    )


@message
def to_region(region: Name, growth: Fact) -> Runs:
    return say("{growth:signed} to {region}", growth=growth, region=the_partner(region))


@message
def note_on_ember() -> Runs:
    return (
        "Compiled by Ember from customs’ codes, under ",
        *name_of("CC-BY-4.0", "CC BY 4.0"),
        "; in dollars, growth on a year earlier. The figures count what crossed the border, by any maker, to the last known "
        "destination: a port of entry may stand for its region. Europe includes the European Union.",
    )


def _table(report: Report) -> Table | None:
    facts = report.facts
    rows = []
    for region in BY_REGION:
        fields = [
            (f"cleantech.{technology}.{region}.value_usd_ytd{end}", style)
            for technology in TECHNOLOGIES
            for end, style in (("", "bn"), ("_yoy", "signed_percent"))
        ]
        if fields[0][0] in facts:
            cells = tuple((facts.cite(name, style),) if name in facts else NOT_PRINTED for name, style in fields)
            label = ("World",) if region == WORLD else name_of(region, partner(report, region).english)
            rows.append(Row(label, cells, values=tuple(facts.value(name) for name, _ in fields)))
    if not rows:
        return None
    columns = [
        Column(head, unit, align="right", of=technology)
        for technology in TECHNOLOGIES.values()
        for head, unit in (("Value", "bn"), ("Growth", "%"))
    ]
    groups = (("", 1), *((technology, 2) for technology in TECHNOLOGIES.values()))
    return Table(
        "clean-technology", "Exports since January, billion dollars, growth on a year earlier in percent",
        (Column("To"), *columns), rows, group_headers=groups,
    )  # fmt: skip
