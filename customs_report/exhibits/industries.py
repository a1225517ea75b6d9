"""Exports of single industries: high technology by field; vehicles, batteries, solar cells and ships."""

from __future__ import annotations

from matplotlib.patches import Patch

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
from customs_report.display import Chart, Column, Exhibit, Table, Words
from customs_report.drawing.axes import canvas, label_rows, legend, with_report_style
from customs_report.drawing.source_lines import source_line
from customs_report.english.grammar import (
    also,
    changed,
    commodity_in_sentence,
    commodity_name,
    first_possible,
    in_sentence,
    listed,
    name_of,
    opened,
    semicolons,
    verb,
    words_not_held,
)
from customs_report.exhibits.selection import present, to_date
from customs_report.facts import Facts, Runs, plain
from customs_report.report import Report
from customs_report.rows import Subject, fact_table, subject_row


def high_tech(report: Report) -> Exhibit:
    """Which fields of high technology grew in exports?"""
    return Exhibit.of(report, _high_tech_words, _high_tech_table)


def _high_tech_words(report: Report) -> Words:
    """High-tech exports by field."""
    facts, fields = report.facts, high_tech_fields(report.tables, report.period)
    if not fields:
        return words_not_held("High-tech exports by field", _why_no_line(report, "hi_tech_electronics", "table by field"))
    report.require("commodities")
    over = compared_over(facts, "export", fields)
    size = _largest_field(report, fields)
    if not over:
        return Words(("High-tech exports by field",), present(size), notes=(HIGH_TECH_NOTE,))
    when, name = to_date(report) if over == "ytd" else report.period, f"commodity.export.{{}}.value_cny_{over}_yoy"
    rates = {slug: facts[name.format(slug)].value for slug in fields if slug != OTHER_FIELDS}
    up, down = max(rates, key=rates.__getitem__), min(rates, key=rates.__getitem__)
    if rates[up] > 0:
        most = _field_name(report, added_most(facts, "export", rates, over))
        claim = facts.say("Of the fields of high-tech exports, {@field} added most in {@when}", field=most, when=when)
    else:
        claim = facts.say("No field of high-tech exports rose in {@when}", when=when)
    ends = facts.say(
        "Exports of {@up} {@rise} on a year earlier, those of {@down} {@fall}.",
        up=_field_name(report, up),
        rise=changed(facts[name.format(up)]),
        down=_field_name(report, down),
        fall=also(facts[name.format(down)], facts[name.format(up)]),
    )
    whole = name.format(HIGH_TECH)
    together = ("All high-tech products together ", *changed(facts[whole]), ".") if whole in facts else None
    return Words(claim, present(ends, together, size), notes=(HIGH_TECH_NOTE,))


OTHER_FIELDS = "hi_tech_other"  # no field to be named in a sentence


def _largest_field(report: Report, fields: list[str]) -> Runs | None:
    """Which field is the largest, in the year to date, else in the month?"""
    for over, when in (("ytd", to_date(report)), ("month", report.period)):
        values = {slug: report.facts.value(f"commodity.export.{slug}.value_cny_{over}") or 0 for slug in fields}
        largest = max(values, key=values.__getitem__)
        if values[largest]:
            level = "The largest field is {@field} with {commodity.export." + f"{largest}.value_cny_{over}" + "} in {@when}"
            share = ", {commodity.export." + largest + ".share_ytd} of all exports." if over == "ytd" else "."
            return first_possible(report.facts, level + share, level + ".", field=_field_name(report, largest), when=when)
    return None


HIGH_TECH_NOTE: Runs = (
    "High technology as customs defines it, in yuan; the fields overlap other lines. All but materials are printed without a "
    "quantity, so that there is no unit value.",
)


def _field_name(report: Report, slug: str) -> Runs:
    """A field of high technology inside a sentence."""
    return name_of(slug, in_sentence(_short_field(report, slug)))


def _short_field(report: Report, slug: str) -> str:
    """A field of high technology without the words that all of them share."""
    name = commodity_name(report, "export", slug).removeprefix("High-tech: ")
    return name[0].upper() + name[1:]


def _high_tech_table(report: Report) -> Table | None:
    """High-tech exports by field: month and year to date, growth, share of all exports."""
    fields = high_tech_fields(report.tables, report.period)
    if not fields:
        return None
    rows: list[Subject] = [(slug, _short_field(report, slug), "") for slug in fields]
    rows.append((HIGH_TECH, "All high-tech products", "total"))
    return _bulletin_table(report, "high-tech", "High-tech exports by field, billion yuan", "Field", rows, quantities=False)


def cars_batteries_ships(report: Report) -> Exhibit:
    """How did exports of electric vehicles, batteries, solar cells, cars and ships grow, in value and in quantity?"""
    return Exhibit.of(report, _vehicles_words, _vehicles_chart, _vehicles_table)


def _vehicles_words(report: Report) -> Words:
    """Electric vehicles, batteries and solar cells; cars and ships."""
    facts, what = report.facts, "electric vehicles, batteries and solar cells"
    lines = [slug for slug in NEW_ENERGY if _line_available(facts, slug)]
    if not lines:
        return words_not_held(plain(opened((what,))), _why_no_line(report, NEW_ENERGY[0], "line of electric vehicles"))
    report.require("commodities")
    over = compared_over(facts, "export", lines)
    if not over:
        return Words(opened((what,)), (), notes=(OVERLAP_NOTE,))
    when, value = to_date(report) if over == "ytd" else report.period, f"commodity.export.{{}}.value_cny_{over}_yoy"
    rates = {slug: facts[value.format(slug)].value for slug in lines}
    up, down = max(rates, key=rates.__getitem__), min(rates, key=rates.__getitem__)
    names = {slug: commodity_in_sentence(report, "export", slug) for slug in lines}
    if rates[up] > 0 > rates[down]:
        claim = facts.say("Exports of {@up} rose in {@when}, those of {@down} fell", up=names[up], down=names[down], when=when)
    else:
        claim = facts.say(
            "Exports of {@all} {@moved} in value in {@when}",
            all=listed(names.values()),
            moved=("rose" if rates[down] > 0 else "fell",),
            when=when,
        )
    first, *others = [slug for slug in (*lines, "motor_vehicles", "ships") if value.format(slug) in facts]
    sentences = (_value_and_quantity(report, first, over), _values_and_quantities(report, others, over))
    return Words(claim, present(*sentences), notes=(OVERLAP_NOTE,))


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
        parts.append((*commodity_in_sentence(report, "export", slug), *report.facts.say(" {" + names[0] + ":signed}" + both)))
    return ("In value and in quantity: ", *semicolons(parts), ".") if parts else None


def _value_and_quantity(report: Report, slug: str, over: str) -> Runs | None:
    """What a line's exports did in value and in quantity."""
    facts, names = report.facts, [f"commodity.export.{slug}.{m}_{over}_yoy" for m in ("value_cny", "quantity")]
    if names[0] not in facts:
        return None
    start: Runs = ("Exports of ", *commodity_in_sentence(report, "export", slug), " ", *changed(facts[names[0]]), " in value")
    if names[1] not in facts:
        return (*start, ".")
    value, quantity = (verb(facts[name].value) for name in names)
    if value == quantity and value != "did not change":
        return (*start, *facts.say(" and by {" + names[1] + ":size} in quantity"), ".")
    return (*start, " and ", *changed(facts[names[1]]), " in quantity", ".")


@with_report_style
def _vehicles_chart(report: Report) -> Chart | None:
    """Growth of the year to date, else of the month: lines that the bulletin prints."""
    facts, of = report.facts, "commodity.export.{}.{}_{}_yoy"
    slugs = (*NEW_ENERGY, "motor_vehicles", "passenger_cars", "ships")
    labels = {s: commodity_name(report, "export", s) for s in slugs if _line_available(facts, s)}
    lines, over = list(labels), compared_over(facts, "export", list(labels))
    if not over or not set(lines) & set(NEW_ENERGY):
        return None
    measures = {"value_cny": ("Value", palette.EXPORTS), "quantity": ("Quantity", palette.PALE_EXPORTS)}
    figure, axes = canvas(height=0.6 + 0.24 * len(lines), left=0.33, top=0.22)
    for offset, (measure, (_, colour)) in zip((-0.2, 0.2), measures.items(), strict=True):
        rates = [facts.value(of.format(slug, measure, over)) or 0 for slug in lines]
        axes.barh([row + offset for row in range(len(lines))], rates, height=0.38, color=colour)
    label_rows(axes, list(labels.values()))
    axes.axvline(0, color=palette.INK, lw=0.8)
    axes.margins(x=0.05)
    legend(figure, [Patch(color=colour) for _, colour in measures.values()], [word for word, _ in measures.values()])
    value = of.format("{}", "value_cny", over)
    up = max(lines, key=lambda slug: facts[value.format(slug)].value)
    down = min(lines, key=lambda slug: facts[value.format(slug)].value)
    alt = facts.say(
        "Bars of growth on a year earlier. In value {@up} stand at {" + value.format(up) + ":signed}, {@down} at "
        "{" + value.format(down) + ":signed}.",
        up=name_of(up, labels[up]),
        down=name_of(down, labels[down]),
    )
    columns = [(word, of.format("{}", measure, over), "signed_percent") for measure, (word, _) in measures.items()]
    span = "year to date" if over == "ytd" else "the month"
    title = f"Exports, value and quantity, {span}, change on a year earlier in percent"
    data = fact_table(report, "cars-batteries-ships-growth", title, lines, list(labels.values()), columns)
    return Chart(figure, alt, data, source_line(report, value.format(lines[0])), title=(title,))


def _vehicles_table(report: Report) -> Table | None:
    """Electric vehicles, batteries, solar cells; cars by kind; ships by kind."""
    if not any(_line_available(report.facts, slug) for slug in NEW_ENERGY):
        return None
    groups = {"": NEW_ENERGY, "motor_vehicles": CARS, "ships": SHIPS}
    rows: list[Subject] = [
        (slug, commodity_name(report, "export", slug), "aggregate" if slug == whole else "")
        for whole, slugs in groups.items()
        for slug in (*((whole,) if whole else ()), *slugs)
        if _line_available(report.facts, slug)
    ]
    caption = "Vehicles, batteries, solar cells and ships: exports, billion yuan; lines overlap"
    return _bulletin_table(report, "cars-batteries-ships", caption, "Line", rows, quantities=True)


def _bulletin_table(report: Report, name: str, caption: str, label: str, rows: list[Subject], quantities: bool) -> Table:
    """Lines of the monthly bulletin: the month and the year to date, each with its growth."""
    of, facts = "commodity.export.{}.", report.facts
    headers: list[str] = []
    fields: list[tuple[str, str]] = []
    for over in ("month", "ytd"):
        columns = [("Value", f"value_cny_{over}", "bn"), ("Value %", f"value_cny_{over}_yoy", "signed_percent")]
        if quantities:
            columns += [(f"{what} %", f"{what.lower().replace(' ', '_')}_{over}_yoy", "signed_percent") for what in MEASURES]
        elif over == "ytd":
            columns += [("Share %", "share_ytd", "percent")]
        headers += [header for header, _, _ in columns]
        fields += [(of + measure, style) for _, measure, style in columns]
    return Table(
        name,
        f"{caption}, growth in percent",
        (Column(label), *(Column(header, align="right") for header in headers)),
        tuple(
            subject_row(facts, code, text, [(field.format(code), style) for field, style in fields], kind)
            for code, text, kind in rows
        ),
        group_headers=(("", 1), ("Month", 4 if quantities else 2), ("Year to date", 4 if quantities else 3)),
    )


MEASURES = ("Quantity", "Unit value")


def _line_available(facts: Facts, slug: str) -> bool:
    """Is the year to date or the month of an export line available?"""
    return any(f"commodity.export.{slug}.value_cny_{over}" in facts for over in ("ytd", "month"))


def _why_no_line(report: Report, slug: str, what: str) -> str:
    """Why is a line of the bulletin missing, in words for all lines like it?"""
    why = why_unavailable(report.tables, "commodities", report.period, flow="export", key=slug, kind="month")
    if "is missing" in why:
        return f"no {what} of {report.period} was public by {report.as_of}"
    return why.replace(f"line for {slug}", what)
