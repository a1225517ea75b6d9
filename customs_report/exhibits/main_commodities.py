"""The largest lines of exports and imports."""

from __future__ import annotations

import helpers
from customs_report.calculations.lines import aggregates
from customs_report.display import Exhibit, Table, Words
from customs_report.english.grammar import (
    changed,
    commodity_in_sentence,
    commodity_name,
    dated,
    first_possible,
    not_held,
    present,
    to_date,
    why_no_lines,
)
from customs_report.facts import Runs
from customs_report.report import Report
from customs_report.rows import Field, Subject, subject_table


def exports_by_commodity(report: Report) -> Exhibit:
    """What does China sell, and which lines of exports grew?"""
    return Exhibit.of(report, _exports_words, _exports_table)


def imports_by_commodity(report: Report) -> Exhibit:
    """What does China buy, and which lines of imports grew?"""
    return Exhibit.of(report, _imports_words, _imports_table)


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
    if why := why_no_lines(report, flow):
        return not_held(f"{flow.capitalize()} commodities", why)
    slugs = helpers.largest_commodities(report.tables, report.period, flow)
    span, names = (
        to_date(report),
        {slug: commodity_in_sentence(report, flow, slug) for slug in slugs},
    )
    level = "The largest line is {@what} with {commodity." + f"{flow}.{slugs[0]}.value_cny_ytd" + "}"
    share = ", {commodity." + f"{flow}.{slugs[0]}.share_ytd" + "} of all {@flow}."
    largest = first_possible(facts, level + share, level + ".", what=names[slugs[0]], flow=(f"{flow}s",))
    growth = f"commodity.{flow}.{{}}.value_cny_ytd_yoy"
    moves = {slug: facts[growth.format(slug)].value for slug in slugs if growth.format(slug) in facts}
    if not moves:
        no_growth: Runs = (f"Growth of the {flow} lines: ", *dated(facts.why_missing(growth.format(slugs[0]))), ".")
        return Words(("The largest ", flow, " lines of the year so far"), present(largest, no_growth), notes=(COMMODITY_NOTE,))
    up, down = max(moves, key=moves.__getitem__), min(moves, key=moves.__getitem__)
    split = moves[down] < 0 < moves[up]
    claim = ("Among the largest ", flow, " lines, ", *names[up], " rose most" if moves[up] > 0 else " fell least")
    first = facts.say(
        "In {@span}, {@flow} of {@up} {@rise} in value" + (" and those of {@down} {@fall}." if split else "."),
        span=span,
        flow=(f"{flow}s",),
        up=names[up],
        rise=changed(facts, growth.format(up)),
        down=names[down],
        fall=changed(facts, growth.format(down)),
    )
    return Words(
        (*claim, ", ", *names[down], " fell most") if split else claim,
        present(first, largest, _quantity_or_unit_value(report, flow)),
        notes=(COMMODITY_NOTE,),
    )


COMMODITY_NOTE: Runs = (
    "Lines without an asterisk can be added: none is part of another. Lines marked * are aggregates, "
    "which overlap them and each "
    "other. In yuan; growth as printed or on the base that customs restated.",
)


def _quantity_or_unit_value(report: Report, flow: str) -> Runs | None:
    """Did more goods move, or dearer ones? For motor vehicles sold and crude oil bought."""
    what, slug = ("Motor vehicles", "motor_vehicles") if flow == "export" else ("Crude oil", "crude_oil")
    names = [f"commodity.{flow}.{slug}.{measure}_ytd_yoy" for measure in ("quantity", "unit_value")]
    if not set(names) <= set(report.facts):
        return None
    quantity, unit = (changed(report.facts, name) for name in names)
    return report.facts.say(
        "{@what} {@quantity} in quantity, while unit value {@unit}.", what=(what,), quantity=quantity, unit=unit
    )


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
    return subject_table(report.facts, f"{flow}-commodities", caption, "Commodity", rows, fields)
