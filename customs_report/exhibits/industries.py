"""Exports of single industries: high technology by field; vehicles, batteries, solar cells and ships."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.unit_values import (
    CARS,
    HIGH_TECH,
    NEW_ENERGY,
    SHIPS,
    added_most,
    compared_over,
    high_tech_fields,
)
from customs_report.coverage import why_unavailable
from customs_report.display import Chart, Exhibit, Table, Words
from customs_report.drawing.axes import PHONE, draw_bars, flat_canvas, label_rows, legend
from customs_report.english.grammar import (
    also,
    capital,
    changed,
    goods,
    in_sentence,
    listed,
    name_of,
    not_held,
    semicolons,
)
from customs_report.exhibits.selection import commodity, on_the_month, present, to_date
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Fact, Facts, NotAvailable, Runs, say
from customs_report.messages import Message, message
from customs_report.names import Name, commodity_name
from customs_report.report import Report, using
from customs_report.rows import Field, Subject, fact_table, span_table


def high_tech(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which fields of high technology grew in exports?"""
    return Exhibit.of(using(report, frames, helpers.commodities, flow="exports"), _high_tech_words, _high_tech_table)


def _high_tech_words(report: Report) -> Words:
    """High-tech exports by field."""
    facts, fields = report.facts, high_tech_fields(report.tables, report.period)
    if not fields:
        return Words(lines_not_held("high_tech", _why_no_line(report, "hi_tech_electronics")))
    report.require("commodities")
    over = compared_over(facts, "export", fields)
    size, notes = _largest_field(report, fields), (note_on_high_tech(), *_on_the_month(report, fields))
    if not over:
        return Words(exports_by_field(), present(size), notes=notes)
    growth = {slug: facts[f"commodity.export.{slug}.value_cny_{over}_yoy"] for slug in fields if slug != OTHER_FIELDS}
    up, down = _fastest_and_slowest(growth)
    risen = growth[up].value > 0
    most = commodity(report, "export", added_most(facts, "export", growth, over)) if risen else None
    whole = facts.get(f"commodity.export.{HIGH_TECH}.value_cny_{over}_yoy")
    return Words(
        field_added_most(most, to_date(report) if over == "ytd" else report.period),
        present(
            fastest_and_slowest(
                commodity(report, "export", up),
                growth[up],
                commodity(report, "export", down),
                growth[down],
                to_date(report) if over == "ytd" else report.period,
            ),
            all_fields(whole) if whole else None,
            size,
        ),
        notes=notes,
    )


OTHER_FIELDS = "hi_tech_other"  # no field to be named in a sentence


def _fastest_and_slowest(growth: dict[str, Fact]) -> tuple[str, str]:
    """The lines with the highest and the lowest growth."""
    return max(growth, key=lambda slug: growth[slug].value), min(growth, key=lambda slug: growth[slug].value)


@message
def exports_by_field() -> Runs:
    return ("High-tech exports by field",)


@message
def field_added_most(field: Name | None, span: str) -> Runs:
    if field is None:
        return say("No field of high-tech exports rose in {span}", span=span)
    return say("{field} added most to high-tech exports in {span}", field=capital(_field(field)), span=span)


@message
def fastest_and_slowest(up: Name, rise: Fact, down: Name, fall: Fact, span: str) -> Runs:
    return say(
        "In {span}, exports of {up} {rise} on a year earlier, those of {down} {fall}.",
        span=span, up=_field(up), rise=changed(rise), down=_field(down), fall=also(fall, rise),
    )  # fmt: skip


@message
def all_fields(growth: Fact) -> Runs:
    return say("All high-tech products together {moved}.", moved=changed(growth))


def _largest_field(report: Report, fields: list[str]) -> Message | None:
    """Which field is the largest, in the year to date, else in the month?"""
    facts = report.facts
    for over, when in (("ytd", to_date(report)), ("month", report.period)):
        values = {slug: facts.value(f"commodity.export.{slug}.value_cny_{over}") or 0 for slug in fields}
        largest = max(values, key=values.__getitem__)
        if values[largest]:
            share = facts.get(f"commodity.export.{largest}.share_ytd") if over == "ytd" else None
            level = facts[f"commodity.export.{largest}.value_cny_{over}"]
            return largest_field(commodity(report, "export", largest), level, when, share)
    return None


@message
def largest_field(field: Name, value: Fact, span: str, share: Fact | None) -> Runs:
    rest = say(", {share} of all exports", share=share) if share else ()
    return say(
        "The largest field is {field} with {value} in {span}{rest}.", field=_field(field), value=value, span=span, rest=rest
    )


@message
def note_on_high_tech() -> Runs:
    return (
        "High technology as customs defines it, in yuan; the fields overlap other lines. All but materials are printed without "
        "a quantity, so that there is no unit value.",
    )


def _field(field: Name) -> Runs:
    """A field of high technology inside a sentence, without the words that all of them share."""
    return name_of(field.code, in_sentence(_short(field.english)))


def _short(name: str) -> str:
    name = name.removeprefix("High-tech: ")
    return name[0].upper() + name[1:]


def _high_tech_table(report: Report) -> Table | None:
    """High-tech exports by field: month and year to date, growth, share of all exports."""
    fields = high_tech_fields(report.tables, report.period)
    if not fields:
        return None
    rows: list[Subject] = [(slug, _short(commodity_name(report.tables, "export", slug)), "") for slug in fields]
    rows.append((HIGH_TECH, "All high-tech products", "total"))
    return _bulletin_table(report, "high-tech", "High-tech exports by field, billion yuan", "Field", rows, quantities=False)


def cars_batteries_ships(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How did exports of electric vehicles, batteries, solar cells, cars and ships grow, in value and in quantity?"""
    return Exhibit.of(
        using(report, frames, helpers.commodities, flow="exports"),
        _vehicles_words,
        _vehicles_chart,
        _vehicles_table,
    )


def _vehicles_words(report: Report) -> Words:
    """Electric vehicles, batteries and solar cells; cars and ships."""
    facts = report.facts
    lines = [slug for slug in NEW_ENERGY if _line_available(facts, slug)]
    notes = (note_on_overlap(), *_on_the_month(report, lines))
    if not lines:
        return Words(lines_not_held("new_energy", _why_no_line(report, NEW_ENERGY[0])))
    report.require("commodities")
    over = compared_over(facts, "export", lines)
    if not over:
        return Words(electric_vehicles_and_others(), notes=notes)
    value, quantity = (f"commodity.export.{{}}.{measure}_{over}_yoy".format for measure in ("value_cny", "quantity"))
    growth = {slug: facts[value(slug)] for slug in lines}
    up, down = _fastest_and_slowest(growth)
    apart = [up, down] if growth[up].value > 0 > growth[down].value else lines
    span = to_date(report) if over == "ytd" else report.period
    first, *others = [
        value_and_quantity(
            commodity(report, "export", slug), facts[value(slug)], facts.get(quantity(slug)), span if slug == lines[0] else ""
        )
        for slug in (*lines, "motor_vehicles", "ships")
        if value(slug) in facts
    ]
    return Words(
        lines_moved(
            [commodity(report, "export", slug) for slug in apart],
            span,
            rose=growth[down].value > 0,
            apart=apart is not lines,
        ),
        present(first, in_value_and_quantity(others) if others else None),
        notes=notes,
    )


@message
def electric_vehicles_and_others() -> Runs:
    return ("Electric vehicles, batteries and solar cells",)


@message
def lines_moved(lines: list[Name], span: str, rose: bool, apart: bool) -> Runs:
    """All of them the same way or, of two that went apart, the one that rose and the one that fell."""
    goods_moved = [goods(line) for line in lines]
    if apart:
        up, down = goods_moved
        return say("Exports in {span}: {up} up, {down} down", span=span, up=up, down=down)
    way = "rose" if rose else "fell"
    return say("Exports of {lines} {way} in {span}", lines=listed(goods_moved), way=way, span=span)


@message
def note_on_overlap() -> Runs:
    return (
        "Electric passenger vehicles are part of motor vehicles, kinds of cars and of ships part of the lines above them: "
        "never to be added. Unit value moves with the mix: a ship may be a tanker or a barge.",
    )


@message
def in_value_and_quantity(lines: list[Runs]) -> Runs:
    return ("In value and in quantity: ", *semicolons(lines), ".")


@message
def value_and_quantity(line: Name, value: Fact, quantity: Fact | None, span: str) -> Runs:
    """What a line's exports did, in a sentence with its span or, among others, "solar cells −15.8% and +82.8%"."""
    if not span:
        rest = say(" and {quantity:signed}", quantity=quantity) if quantity else (" in value alone",)
        return say("{line} {value:signed}{rest}", line=goods(line), value=value, rest=rest)
    rest = ()
    if quantity:
        rest = (" and ", *also(quantity, value), " in quantity")
    template = "In {span}, exports of {line} {moved} in value{rest}."
    return say(template, span=span, line=goods(line), moved=changed(value), rest=rest)


def _vehicles_chart(report: Report) -> Chart | None:
    """Growth of the year to date, else of the month: lines that the bulletin prints."""
    facts, of = report.facts, "commodity.export.{}.{}_{}_yoy"
    slugs = (*NEW_ENERGY, "motor_vehicles", "passenger_cars", "ships")
    labels = {s: commodity_name(report.tables, "export", s) for s in slugs if _line_available(facts, s)}
    lines, over = list(labels), compared_over(facts, "export", list(labels))
    if not over or not set(lines) & set(NEW_ENERGY):
        return None
    measures = {"value_cny": ("Value", palette.EXPORTS), "quantity": ("Quantity", palette.PALE_EXPORTS)}
    figure, axes = flat_canvas(0.6 + 0.24 * len(lines), label=1.75, width=PHONE, top=0.22, bottom=0.26)
    for offset, (measure, (_, colour)) in zip((-0.2, 0.2), measures.items(), strict=True):
        rates = [facts.value(of.format(slug, measure, over)) or 0 for slug in lines]
        draw_bars(axes, [row + offset for row in range(len(lines))], rates, 0.38, colour, flat=True)
    label_rows(axes, list(labels.values()))
    axes.axvline(0, color=palette.INK, lw=0.8)
    axes.margins(x=0.05)
    legend(figure, [colour for _, colour in measures.values()], [word for word, _ in measures.values()])
    value = of.format("{}", "value_cny", over)
    up = max(lines, key=lambda slug: facts[value.format(slug)].value)
    down = min(lines, key=lambda slug: facts[value.format(slug)].value)
    ends = [(commodity(report, "export", slug), facts[value.format(slug)]) for slug in (up, down)]
    alt = report.write(bars_of_growth(*ends[0], *ends[1]))
    columns = [(word, of.format("{}", measure, over), "signed_percent") for measure, (word, _) in measures.items()]
    span = "year to date" if over == "ytd" else "the month"
    title = f"Exports, value and quantity, {span}, change on a year earlier in percent"
    data = fact_table(report, "cars-batteries-ships-growth", title, lines, list(labels.values()), columns)
    return Chart(figure, alt, data, source_line(report, value.format(lines[0])), title=(title,))


@message
def bars_of_growth(up: Name, highest: Fact, down: Name, lowest: Fact) -> Runs:
    return say(
        "Bars of growth on a year earlier. In value {up} stand at {highest:signed}, {down} at {lowest:signed}.",
        up=name_of(up.code, up.english), highest=highest, down=name_of(down.code, down.english), lowest=lowest,
    )  # fmt: skip


def _vehicles_table(report: Report) -> Table | None:
    """Electric vehicles, batteries, solar cells; cars by kind; ships by kind."""
    if not any(_line_available(report.facts, slug) for slug in NEW_ENERGY):
        return None
    groups = {"": NEW_ENERGY, "motor_vehicles": CARS, "ships": SHIPS}
    rows: list[Subject] = [
        (slug, commodity_name(report.tables, "export", slug), "aggregate" if slug == whole else "")
        for whole, slugs in groups.items()
        for slug in (*((whole,) if whole else ()), *slugs)
        if _line_available(report.facts, slug)
    ]
    caption = "Vehicles, batteries, solar cells and ships: exports, billion yuan; lines overlap"
    return _bulletin_table(report, "cars-batteries-ships", caption, "Line", rows, quantities=True)


def _bulletin_table(report: Report, name: str, caption: str, label: str, rows: list[Subject], quantities: bool) -> Table:
    """Lines of the monthly bulletin: the month and the year to date, each with its growth."""
    of = "commodity.export.{}."
    fields: list[Field] = [
        ("Value", of + "value_cny_{over}", "bn"),
        ("Value %", of + "value_cny_{over}_yoy", "signed_percent"),
        ("Points", of + "value_cny_{over}_contribution", "signed_percent"),
    ]
    if quantities:
        fields[2:] = [
            ("Quantity %", of + "quantity_{over}_yoy", "signed_percent"),
            ("Unit value %", of + "unit_value_{over}_yoy", "signed_percent"),
        ]
    caption = f"{caption}; growth on a year earlier"
    return span_table(report, name, caption, label, rows, fields, "commodity_profile-export-{}".format)


def _on_the_month(report: Report, slugs: list[str]) -> tuple[Message, ...]:
    return on_the_month(report, [f"commodity.export.{slug}.value_cny_month_yoy" for slug in slugs])


def _line_available(facts: Facts, slug: str) -> bool:
    """Is the year to date or the month of an export line available?"""
    return any(f"commodity.export.{slug}.value_cny_{over}" in facts for over in ("ytd", "month"))


def _why_no_line(report: Report, slug: str) -> NotAvailable:
    """Why is a line of the bulletin missing?"""
    why = why_unavailable(report.tables, "commodities", report.period, flow="export", key=slug, kind="month")
    return NotAvailable(slug, why)


@message
def lines_not_held(group: str, why: NotAvailable) -> Runs:
    """The reason for one line, in words for all lines like it."""
    heading = {
        "high_tech": "High-tech exports by field",
        "new_energy": "Electric vehicles, batteries and solar cells",
    }[group]
    return not_held(heading, NotAvailable(why.name, why.why.replace(f"line for {why.name}", "figures")))
