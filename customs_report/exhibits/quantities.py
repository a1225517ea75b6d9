"""Quantities: what oil, ore, chips and cars did in tonnes and in number, beside their value."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

import helpers
from customs_report.calculations.quantities import BARRELS, BARRELS_A_TONNE, GOODS, value_and_quantity_apart
from customs_report.display import Exhibit, Row, Table, Words
from customs_report.english.grammar import (
    also,
    changed,
    direction,
    goods,
    month_of,
    not_held,
    opened,
)
from customs_report.exhibits.selection import commodity, is_february, on_the_month, present, to_date
from customs_report.facts import Fact, Mark, NotAvailable, Runs, say
from customs_report.measures import movement
from customs_report.messages import Message, message
from customs_report.names import Name, commodity_name
from customs_report.periods import is_january
from customs_report.report import Report, using
from customs_report.rows import Field, Subject, span_table

SENTENCES = 3  # goods named in sentences
DOUBLED = 100.0  # percent
COUNTED = {  # how the quantity of a line is written, and in what
    "crude_oil": ("million", "million tonnes"),
    "natural_gas": ("million", "million tonnes"),
    "coal": ("million", "million tonnes"),
    "iron_ore": ("million", "million tonnes"),
    "copper_ore": ("million", "million tonnes"),
    "soya_beans": ("million", "million tonnes"),
    "integrated_circuits": ("bn", "billion"),
    "mobile_phones": ("million", "million"),
    "motor_vehicles": ("thousand", "thousand"),
    "passenger_cars": ("thousand", "thousand"),
    "electric_passenger_vehicles": ("thousand", "thousand"),
    "lithium_ion_batteries": ("million", "million"),
    "solar_cells": ("million", "million"),
    "ships": ("number", "number"),
    "steel_products": ("million", "million tonnes"),
    "rare_earths": ("thousand", "thousand tonnes"),
}


def quantities(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Did quantities move as values did: oil, gas, ore, soya, chips, cars and ships?"""
    return Exhibit.of(using(report, frames, helpers.quantities), _words, _imports, _exports)


def _words(report: Report) -> Words:
    facts = report.facts
    if not any(_lines(report, flow) for flow in GOODS):
        return Words(quantities_not_available(facts.gap("commodity.export.*")))
    report.require("commodities")
    order = ("ytd", "month") if is_february(report) else ("month", "ytd")
    over = next((over for over in order if _growth_of_any(report, over)), "")
    apart = value_and_quantity_apart(facts, over) if over else []
    said = [_line(report, flow, slug, over) for flow, slug in apart[:SENTENCES]]
    rates = [f"commodity.{flow}.{slug}.quantity_month_yoy" for flow in GOODS for slug in _lines(report, flow)]
    return Words(
        value_and_quantity_parted(*said[0], _span(report, over))
        if said
        else as_values_did()
        if over
        else quantities_of_goods(),
        present(
            *(value_and_quantity_moved(*line, another=i > 0) for i, line in enumerate(said[1:])),
            _oil(report),
        ),
        notes=(
            rule(),
            *((barrels_note(),) if BARRELS("month") in facts else ()),
            *on_the_month(report, rates),
        ),
    )


def _growth_of_any(report: Report, over: str) -> bool:
    return any(f"commodity.{flow}.{slug}.quantity_{over}_yoy" in report.facts for flow in GOODS for slug in GOODS[flow])


def _lines(report: Report, flow: str) -> list[str]:
    """The goods of a flow whose quantity is available, over the month or the year to date."""
    name = f"commodity.{flow}.{{}}.quantity_{{}}".format
    return [slug for slug in GOODS[flow] if any(name(slug, over) in report.facts for over in ("month", "ytd"))]


def _span(report: Report, over: str) -> str:
    return to_date(report) if over == "ytd" else report.period


def _line(report: Report, flow: str, slug: str, over: str) -> tuple[str, Name, Fact, Fact]:
    """A line, with the growth of its value and of its quantity."""
    name = f"commodity.{flow}.{slug}."
    value, quantity = (report.facts[f"{name}{what}_{over}_yoy"] for what in ("value_cny", "quantity"))
    return flow, commodity(report, flow, slug), value, quantity


@message
def quantities_not_available(why: NotAvailable) -> Runs:
    return not_held("Quantities", why)


@message
def quantities_of_goods() -> Runs:
    return ("Quantities of oil, ore, chips and cars",)


@message
def as_values_did() -> Runs:
    return ("Quantities of the main goods moved much as their values did",)


@message
def value_and_quantity_parted(flow: str, line: Name, value: Fact, quantity: Fact, span: str) -> Runs:
    return say(
        "{flow}s of {line} in {span}: value {value}, quantity {quantity}",
        flow=flow.capitalize(), line=goods(line), span=month_of(span),
        value=direction(value), quantity=direction(quantity),
    )  # fmt: skip


@message
def value_and_quantity_moved(flow: str, line: Name, value: Fact, quantity: Fact, another: bool) -> Runs:
    """A line, or `another` after it."""
    if another:
        return say(
            "{flow}s of {line} were {value} in value, {quantity} in quantity.",
            flow=flow.capitalize(), line=goods(line), value=direction(value), quantity=direction(quantity),
        )  # fmt: skip
    return (*opened(_moved(flow, line, value, quantity)), ".")


def _moved(flow: str, line: Name, value: Fact, quantity: Fact) -> Runs:
    """ "exports of integrated circuits rose 34.0% in value but only 6.1% in quantity"."""
    if value.value >= DOUBLED:
        moved = say("more than doubled in value ({value:signed})", value=value)
        slower = 0 < quantity.value < value.value
        rose = say("rose only {quantity:size}", quantity=quantity) if slower else changed(quantity)
        template = "{flow}s of {line} {moved} but {quantity} in quantity"
        return say(template, flow=flow, line=goods(line), moved=moved, quantity=rose)
    less = movement(value.value) == movement(quantity.value) and abs(quantity.value) < abs(value.value)
    return say(
        "{flow}s of {line} {value} in value but {only}{quantity} in quantity",
        flow=flow, line=goods(line), value=changed(value), only="only " if less else "", quantity=also(quantity, value),
    )  # fmt: skip


def _oil(report: Report) -> Message | None:
    """Crude oil in tonnes and in barrels a day, in the month."""
    facts, name = report.facts, "commodity.import.crude_oil.quantity_month"
    barrels, growth = facts.get(BARRELS("month")), facts.get(f"{name}_yoy")
    return crude_oil(facts[name], barrels, growth, report.period) if barrels and growth else None


@message
def crude_oil(tonnes: Fact, barrels: Fact, growth: Fact, month: str) -> Runs:
    return say(
        "China bought {tonnes} of crude oil in {month}, or {barrels}: {growth:size} {way} than a year earlier.",
        tonnes=tonnes, month=month, barrels=barrels, growth=growth, way="more" if growth.value > 0 else "less",
    )  # fmt: skip


@message
def rule() -> Runs:
    return (
        "Goods are named where growth of value and of quantity lie at least ten points apart, those first whose unit value "
        "changed their value most. Unit value moves with prices and with the mix of goods; a dash: it cannot be computed for "
        "both years. Cars are part of motor vehicles.",
    )


@message
def barrels_note() -> Runs:
    barrels = (Mark("note", "barrels", f"{BARRELS_A_TONNE}"),)
    return say("A tonne of crude oil counts as {barrels} barrels, a convention: oils differ.", barrels=barrels)


def _imports(report: Report) -> Table | None:
    return _table(report, "import")


def _exports(report: Report) -> Table | None:
    return _table(report, "export")


def _table(report: Report, flow: str) -> Table | None:
    """Quantity with its growth, growth of value and of unit value; crude oil in barrels, too."""
    slugs = _lines(report, flow)
    if not slugs:
        return None
    name = f"commodity.{flow}.{{}}."
    fields: list[Field] = [
        ("Quantity", name + "quantity_{over}", ""),
        ("Quantity %", name + "quantity_{over}_yoy", "signed_percent"),
        ("Value %", name + "value_cny_{over}_yoy", "signed_percent"),
        ("Unit value %", name + "unit_value_{over}_yoy", "signed_percent"),
    ]
    rows: list[Subject] = [(slug, commodity_name(report.tables, flow, slug), "") for slug in slugs]
    caption = f"Quantities of {flow}s, and growth on a year earlier of quantity, value and unit value"
    profiles = f"commodity_profile-{flow}-{{}}".format
    table = span_table(report, f"quantities-{flow}s", caption, "Goods", rows, fields, profiles, COUNTED)
    return (
        replace(table, rows=(*table.rows[:1], *_barrels(report, len(fields)), *table.rows[1:])) if flow == "import" else table
    )


def _barrels(report: Report, width: int) -> list[Row]:
    """The row of crude oil in barrels a day, if crude oil is available."""
    facts, spans = report.facts, ("month",) if is_january(report.period) else ("month", "ytd")
    if not all(BARRELS(over) in facts for over in spans):
        return []
    empty: list[Runs] = [()] * (width - 1)
    cells = [cell for over in spans for cell in ((facts.cite(BARRELS(over), "million"),), *empty)]
    values = [value for over in spans for value in (facts.value(BARRELS(over)), *[None] * (width - 1))]
    return [Row("Crude oil", tuple(cells), note="million barrels a day", values=tuple(values))]
