"""The largest lines of exports and imports."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report.calculations.lines import aggregates
from customs_report.calculations.partitions import CLOSE
from customs_report.display import Exhibit, Table, Words
from customs_report.english.grammar import capital, changed, goods, listed, not_held
from customs_report.exhibits.selection import (
    commodity,
    is_february,
    no_lines,
    on_the_month,
    present,
    to_date,
)
from customs_report.facts import Fact, NotAvailable, Runs, plain, say
from customs_report.messages import Message, message
from customs_report.names import Name, commodity_name
from customs_report.periods import is_january
from customs_report.report import Report, using
from customs_report.rows import Field, Subject, span_table


def exports_by_commodity(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """What does China sell, and which lines of exports grew?"""
    return Exhibit.of(using(report, frames, helpers.commodities, flow="exports"), _exports_words, _exports_table)


def imports_by_commodity(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """What does China buy, and which lines of imports grew?"""
    return Exhibit.of(using(report, frames, helpers.commodities, flow="imports"), _imports_words, _imports_table)


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
    rates = [f"commodity.{flow}.{slug}.value_cny_month_yoy" for slug in slugs]
    notes = (lines_note(), *on_the_month(report, rates))
    spans = ["month"] if is_january(report.period) else ["ytd", "month"] if is_february(report) else ["month", "ytd"]
    moves = _moves(report, flow, slugs, spans)
    of_the_year = f"commodity.{flow}.{slugs[0]}.value_cny_ytd_yoy"
    no_growth = (
        growth_not_held(flow, facts.gap(of_the_year)) if of_the_year not in facts and not is_january(report.period) else None
    )
    largest = _largest(report, flow, slugs[0])
    if not moves:
        return Words(lines_of_the_year(flow), present(largest, no_growth), notes=notes)
    return Words(
        _most_points(report, flow, slugs, spans[0]) or _claim(moves[0]),
        present(*moves, largest, _quantity_or_unit_value(report, flow), no_growth),
        notes=notes,
    )


def _moves(report: Report, flow: str, slugs: list[str], spans: list[str]) -> list[Message]:
    """Which of the largest lines rose most and which fell most, over each of the spans that has growth."""
    found: list[Message] = []
    for over in spans:
        name = f"commodity.{flow}.{{}}.value_cny_{over}_yoy".format
        growth = {slug: fact for slug in slugs if (fact := report.facts.get(name(slug)))}
        if not growth:
            continue
        up, down = (best(growth, key=lambda slug: growth[slug].value) for best in (max, min))
        rise: tuple[Name, Fact] = (commodity(report, flow, up), growth[up])
        fall = (commodity(report, flow, down), growth[down]) if growth[down].value < 0 < growth[up].value else (None, None)
        span = to_date(report) if over == "ytd" else report.period
        found.append(lines_also_moved(over, *rise, *fall) if found else lines_moved(flow, span, *rise, *fall))
    return found


def _claim(moves: Message) -> Message:
    return lines_rose_most(moves.cells["flow"], moves.cells["most"], moves.cells["rise"], moves.cells["least"])


def _most_points(report: Report, flow: str, slugs: list[str], over: str) -> Message | None:
    """The line that added most to the growth of the flow, with others that are near it."""
    facts, name = report.facts, f"commodity.{flow}.{{}}.value_cny_{over}_contribution".format
    points = {slug: fact for slug in slugs if (fact := facts.get(name(slug)))}
    most = max((fact.value for fact in points.values()), default=0)
    near = sorted((slug for slug in points if most - points[slug].value < CLOSE), key=lambda slug: -points[slug].value)
    if most < CLOSE or len(near) > NEAR:
        return None
    lines = [commodity(report, flow, slug) for slug in near]
    return line_added_most(flow, *lines, points[near[0]]) if len(near) == 1 else lines_added_most(flow, lines)


NEAR = 3  # lines named where none is clearly the first


@message
def line_added_most(flow: str, line: Name, points: Fact) -> Runs:
    name = capital(goods(line))
    most = "the most" if " " in plain(name) else "most of any named product"
    return say("{name} added {points:percent} points to {flow} growth, {most}", name=name, points=points, flow=flow, most=most)


@message
def lines_added_most(flow: str, lines: list[Name]) -> Runs:
    return say("{lines} added most to {flow} growth", lines=capital(listed(map(goods, lines))), flow=flow)


@message
def lines_not_held(flow: str, why: NotAvailable) -> Runs:
    return not_held(f"{flow.capitalize()} commodities", why)


@message
def growth_not_held(flow: str, why: NotAvailable) -> Runs:
    return (*not_held(f"Growth of the {flow} lines since January", why), ".")


@message
def lines_of_the_year(flow: str) -> Runs:
    return (f"The largest {flow} lines of the year so far",)


@message
def lines_rose_most(flow: str, most: Name, growth: Fact, least: Name | None) -> Runs:
    claim = (
        *capital(goods(most)),
        " rose" if growth.value > 0 else " fell",
        f" {'most' if growth.value > 0 else 'least'} among large {flow}s",
    )
    return (*claim, ", ", *goods(least), " fell most") if least else claim


@message
def lines_moved(flow: str, span: str, most: Name, rise: Fact, least: Name | None, fall: Fact | None) -> Runs:
    start = say("In {span}, {flow} of {most} {rise} in value", span=span, flow=f"{flow}s", most=goods(most), rise=changed(rise))
    return (
        *start,
        *(say(" and those of {least} {fall}.", least=goods(least), fall=changed(fall)) if least and fall else (".",)),
    )


@message
def lines_also_moved(over: str, most: Name, rise: Fact, least: Name | None, fall: Fact | None) -> Runs:
    """Of another span, after a sentence on the first."""
    rest = say(", and {least} fell most, by {fall:size}", least=goods(least), fall=fall) if least and fall else ()
    return say(
        "{start}, of the lines shown, {most} {what}, by {rise:size}{rest}.",
        start="Since January" if over == "ytd" else "In the month alone", most=goods(most),
        what="rose most" if rise.value > 0 else "fell least", rise=rise, rest=rest,
    )  # fmt: skip


@message
def lines_note() -> Runs:
    return (
        "Lines without a mark can be added: none is part of another. Lines marked § are aggregates, which overlap them "
        "and each other. In yuan; growth as published or on the restated base. A line without quantity has a dash.",
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
        ("Value", name + "value_cny_{over}", "bn"),
        ("Value %", name + "value_cny_{over}_yoy", "signed_percent"),
        ("Points", name + "value_cny_{over}_contribution", "signed_percent"),
        ("Quantity %", name + "quantity_{over}_yoy", "signed_percent"),
        ("Unit value %", name + "unit_value_{over}_yoy", "signed_percent"),
    ]
    rows: list[Subject] = [
        (slug, f"{commodity_name(report.tables, flow, slug)} §", "aggregate")
        for slug in aggregates(report.tables, flow)
        if name.format(slug) + "value_cny_ytd" in report.facts
    ]
    rows += [(slug, commodity_name(report.tables, flow, slug), "") for slug in slugs]
    caption = f"Largest {flow} lines, billion yuan; growth on a year earlier (§ aggregates, which overlap the lines)"
    return span_table(
        report, f"{flow}-commodities", caption, "Commodity", rows, fields, f"commodity_profile-{flow}-{{}}".format
    )
