"""The largest lines of exports and imports."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report.calculations.lines import aggregates
from customs_report.display import Exhibit, Table, Words
from customs_report.english.grammar import changed, commodity_name, goods, not_held
from customs_report.exhibits.selection import commodity, no_lines, present, to_date
from customs_report.facts import Fact, NotAvailable, Runs, say
from customs_report.messages import Message, message
from customs_report.names import Name
from customs_report.report import Report, using
from customs_report.rows import Field, Subject, subject_table


def exports_by_commodity(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """What does China sell, and which lines of exports grew?"""
    return Exhibit.of(using(report, frames, helpers.commodities, flow="exports", over="ytd"), _exports_words, _exports_table)


def imports_by_commodity(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """What does China buy, and which lines of imports grew?"""
    return Exhibit.of(using(report, frames, helpers.commodities, flow="imports", over="ytd"), _imports_words, _imports_table)


def _exports_words(report: Report) -> Words:
    """The dozen largest export lines."""
    return _words(report, "export")


def _imports_words(report: Report) -> Words:
    """The dozen largest import lines."""
    return _words(report, "import")


def _words(report: Report, flow: str) -> Words:
    facts = report.facts
    if f"commodity.{flow}.*" not in facts.gaps:
        report.require("commodities")
    if why := no_lines(report, flow):
        return Words(lines_not_held(flow, why))
    slugs = helpers.largest_commodities(report.tables, report.period, flow)
    growth = {slug: fact for slug in slugs if (fact := facts.get(f"commodity.{flow}.{slug}.value_cny_ytd_yoy"))}
    if not growth:
        no_growth = growth_not_held(flow, facts.gap(f"commodity.{flow}.{slugs[0]}.value_cny_ytd_yoy"))
        return Words(lines_of_the_year(flow), present(_largest(report, flow, slugs[0]), no_growth), notes=(lines_note(),))
    up, down = (best(growth, key=lambda slug: growth[slug].value) for best in (max, min))
    rise: tuple[Name, Fact] = (commodity(report, flow, up), growth[up])
    fall = (commodity(report, flow, down), growth[down]) if growth[down].value < 0 < growth[up].value else (None, None)
    return Words(
        lines_rose_most(flow, *rise, fall[0]),
        present(
            lines_moved(flow, to_date(report), *rise, *fall),
            _largest(report, flow, slugs[0]),
            _quantity_or_unit_value(report, flow),
        ),
        notes=(lines_note(),),
    )


@message
def lines_not_held(flow: str, why: NotAvailable) -> Runs:
    return not_held(f"{flow.capitalize()} commodities", why)


@message
def growth_not_held(flow: str, why: NotAvailable) -> Runs:
    return (*not_held(f"Growth of the {flow} lines", why), ".")


@message
def lines_of_the_year(flow: str) -> Runs:
    return (f"The largest {flow} lines of the year so far",)


@message
def lines_rose_most(flow: str, most: Name, growth: Fact, least: Name | None) -> Runs:
    claim = (f"Among the largest {flow} lines, ", *goods(most), " rose most" if growth.value > 0 else " fell least")
    return (*claim, ", ", *goods(least), " fell most") if least else claim


@message
def lines_moved(flow: str, span: str, most: Name, rise: Fact, least: Name | None, fall: Fact | None) -> Runs:
    start = say("In {span}, {flow} of {most} {rise} in value", span=span, flow=f"{flow}s", most=goods(most), rise=changed(rise))
    return (
        *start,
        *(say(" and those of {least} {fall}.", least=goods(least), fall=changed(fall)) if least and fall else (".",)),
    )


@message
def lines_note() -> Runs:
    return (
        "Lines without an asterisk can be added: none is part of another. Lines marked * are aggregates, which overlap them "
        "and each other. In yuan; growth as printed or on the base that customs restated.",
    )


def _largest(report: Report, flow: str, slug: str) -> Message | None:
    name, facts = f"commodity.{flow}.{slug}.", report.facts
    value = facts.get(f"{name}value_cny_ytd")
    return largest_line(flow, commodity(report, flow, slug), value, facts.get(f"{name}share_ytd")) if value else None


@message
def largest_line(flow: str, line: Name, value: Fact, share: Fact | None) -> Runs:
    rest = say(", {share} of all {flow}", share=share, flow=f"{flow}s") if share else ()
    return say("The largest line is {line} with {value}{rest}.", line=goods(line), value=value, rest=rest)


def _quantity_or_unit_value(report: Report, flow: str) -> Message | None:
    """Did more goods move, or dearer ones? For motor vehicles sold and crude oil bought."""
    slug = "motor_vehicles" if flow == "export" else "crude_oil"
    both = [report.facts.get(f"commodity.{flow}.{slug}.{measure}_ytd_yoy") for measure in ("quantity", "unit_value")]
    return quantity_while_unit_value(commodity(report, flow, slug), *both) if all(both) else None


@message
def quantity_while_unit_value(line: Name, quantity: Fact, unit_value: Fact) -> Runs:
    return say(
        "{line} {quantity} in quantity, while unit value {unit_value}.",
        line=line.english, quantity=changed(quantity), unit_value=changed(unit_value),
    )  # fmt: skip


def _exports_table(report: Report) -> Table | None:
    """The aggregates of exports, then the dozen largest lines that can be added."""
    return _table(report, "export")


def _imports_table(report: Report) -> Table | None:
    """The aggregates of imports, then the dozen largest lines that can be added."""
    return _table(report, "import")


def _table(report: Report, flow: str) -> Table | None:
    slugs = helpers.largest_commodities(report.tables, report.period, flow)
    if not slugs:
        return None
    name = f"commodity.{flow}.{{}}."
    fields: list[Field] = [
        ("Month", name + "value_cny_month", "bn"),
        ("Year to date", name + "value_cny_ytd", "bn"),
        ("Share %", name + "share_ytd", "percent"),
        ("Value %", name + "value_cny_ytd_yoy", "signed_percent"),
        ("Quantity %", name + "quantity_ytd_yoy", "signed_percent"),
        ("Unit value %", name + "unit_value_ytd_yoy", "signed_percent"),
    ]
    rows: list[Subject] = [
        (slug, f"{commodity_name(report, flow, slug)} *", "aggregate")
        for slug in aggregates(report.tables, flow)
        if name.format(slug) + "value_cny_ytd" in report.facts
    ]
    rows += [(slug, commodity_name(report, flow, slug), "") for slug in slugs]
    caption = f"Largest {flow} lines, billion yuan, growth of the year to date (* aggregates, which overlap the lines)"
    return subject_table(
        report.facts, f"{flow}-commodities", caption, "Commodity", rows, fields, f"commodity_profile-{flow}-{{}}".format
    )
