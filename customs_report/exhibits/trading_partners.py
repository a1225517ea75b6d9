"""The largest trading partners, and the regions of the world."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette, schema
from customs_report.calculations.lines import ranked
from customs_report.display import Chart, Exhibit, Table, Words
from customs_report.drawing.axes import BILLION, PHONE, coloured_words, draw_bars, flat_canvas, label_rows
from customs_report.english.grammar import (
    also,
    capital,
    changed,
    listed,
    month_of,
    name_of,
    not_held,
    the_partner,
)
from customs_report.exhibits.selection import is_february, on_the_month, partner, present, streak, to_date
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Fact, NotAvailable, Runs, say, shows_zero
from customs_report.measures import EDGED
from customs_report.messages import Message, first_possible, message
from customs_report.names import Name, partner_name
from customs_report.periods import is_january
from customs_report.report import Report, using
from customs_report.rows import Field, Subject, fact_table, span_table
from customs_report.schema import CONTINENTS


def partners(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Who are the largest partners, and does China sell them more than it buys?"""
    return Exhibit.of(
        using(report, frames, helpers.partners),
        _partners_words,
        _partners_chart,
        _partners_exports,
        _partners_imports,
        _partners_table,
    )


def _partners_words(report: Report) -> Words:
    """The largest trading partners."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return Words(partners_not_held(facts.gap("partner.*")))
    report.require("partners")
    sure = [partner(report, code) for code in ranked(report.tables, report.period)[:3]]
    order = largest_partners(sure) if len(sure) > 1 else largest_partners_held()
    news = None if is_january(report.period) or is_february(report) else _usa_in_the_month(report)
    month = [f"partner.{code}.exports_cny_month_yoy" for code, *_ in _rows_of_partners(report)]
    return Words(
        news or order,
        present(
            _month_of_usa(report) if news else None,
            _rose_most(report) if news else None,
            first_possible(lambda: _usa(report)),
            None if news else _usa_in_a_row(report),
            in_this_order(order) if news and len(sure) > 1 else _gains(report),
        ),
        notes=(ranking_note(), *on_the_month(report, month)),
    )


@message
def partners_not_held(why: NotAvailable) -> Runs:
    return not_held("Partners", why)


@message
def largest_partners(partners: list[Name]) -> Runs:
    return (*listed(map(the_partner, partners)), " are the largest partners")


@message
def largest_partners_held() -> Runs:
    return ("The largest partners",)


@message
def in_this_order(claim: Runs) -> Runs:
    return (*capital(claim), ", in this order.")


def _usa_in_the_month(report: Report) -> Message | None:
    """What exports to the United States did in the month, and for how long they have."""
    growth = report.facts.get("partner.USA.exports_cny_month_yoy")
    if growth is None or shows_zero(growth):
        return None
    found = streak(report.facts, "partner.USA.exports_cny_month", least=3)
    return exports_to_usa(growth, report.period, found[0] if found else None)


@message
def exports_to_usa(growth: Fact, month: str, months: Fact | None) -> Runs:
    rest: Runs = ()
    if months and abs(growth.value) >= EDGED:
        rest = say(", the {months:ordinal} straight {what}", months=months, what="rise" if growth.value > 0 else "fall")
    template = "{month}’s exports to the United States {moved}{rest}"
    return say(template, month=month_of(month), moved=changed(growth), rest=rest)


def _month_of_usa(report: Report) -> Message | None:
    """The points that exports to the United States added or took in the month, and imports from there."""
    names = (
        "partner.USA.exports_cny_month_contribution",
        "exports_cny_month_yoy_computed",
        "partner.USA.imports_cny_month_yoy",
    )
    points, whole, imports = map(report.facts.get, names)
    return points_of_usa(points, whole, imports) if points and whole and imports and not shows_zero(points) else None


@message
def points_of_usa(points: Fact, whole: Fact, imports: Fact) -> Runs:
    way = "added {points:size} to" if points.value > 0 else "took {points:size} off"
    return say(
        f"These exports {way} the growth of all exports, which was {{whole}} in yuan. Imports from the United States "
        "{imports}.",
        points=points, whole=whole, imports=changed(imports),
    )  # fmt: skip


def _rose_most(report: Report) -> Message | None:
    """Among the largest partners, where exports rose most in the month."""
    codes = helpers.largest_partners(report.tables, report.period)
    growth = {code: fact for code in codes if (fact := report.facts.get(f"partner.{code}.exports_cny_month_yoy"))}
    if len(growth) < len(codes):
        return None
    up = max(growth, key=lambda code: growth[code].value)
    return exports_rose_most_to(partner(report, up), growth[up]) if growth[up].value > EDGED else None


@message
def exports_rose_most_to(partner: Name, growth: Fact) -> Runs:
    return say(
        "Among the largest partners, ASEAN counted as one, exports rose most to {who}: {growth:size}.",
        who=the_partner(partner),
        growth=growth,
    )


def _usa(report: Report) -> Message:
    name, facts = "partner.USA.{}".format, report.facts
    exports, imports = (facts[name(f"{flow}_cny_ytd_yoy")] for flow in ("exports", "imports"))
    return trade_with_usa(exports, imports, to_date(report), facts[name("share_ytd")])


@message
def trade_with_usa(exports: Fact, imports: Fact, span: str, share: Fact) -> Runs:
    return say(
        "Exports to the United States {exports} in {span}, imports from there {imports}; the country took {share} of total "
        "trade.",
        exports=changed(exports), span=span, imports=also(imports, exports), share=share,
    )  # fmt: skip


def _usa_in_a_row(report: Report) -> Message | None:
    found = streak(report.facts, "partner.USA.exports_cny_month", least=2)
    return usa_in_a_row(*found) if found else None


@message
def usa_in_a_row(months: Fact, way: str) -> Runs:
    return say(
        "It was the {months:ordinal} straight month {way} a year earlier for exports to the United States.",
        months=months, way="above" if way == "rising" else "below",
    )  # fmt: skip


def _gains(report: Report) -> Message | None:
    """To which groups of partners exports rose."""
    growth = {code: report.facts.get(f"partner.{code}.exports_cny_ytd_yoy") for code in ("ASEAN", "EU27", "AFRICA", "LATAM")}
    gains = [gain(partner(report, code), fact) for code, fact in growth.items() if fact and fact.value > EDGED]
    return exports_rose_to(gains) if gains else None


@message
def gain(partner: Name, growth: Fact) -> Runs:
    return say("{growth:size} to {who}", growth=growth, who=the_partner(partner))


@message
def exports_rose_to(gains: list[Runs]) -> Runs:
    return ("Exports rose ", *listed(gains), ".")


@message
def ranking_note() -> Runs:
    return (
        "In yuan. As customs ranks: ASEAN and the European Union are one partner each, their members left out. "
        "A rank is given only as far as no partner missing from the table could be larger.",
    )


def _partners_chart(report: Report) -> Chart | None:
    if "partner.*" in report.facts.gaps:
        return None
    codes = [
        c for c in helpers.largest_partners(report.tables, report.period) if f"partner.{c}.exports_cny_ytd" in report.facts
    ]
    names = [partner_name(report.tables, code) for code in codes]
    figure, axes = flat_canvas(2.5, label=1.15, width=PHONE, top=0.22, bottom=0.26)
    coloured_words(axes, {"Exports": palette.EXPORTS, "Imports": palette.IMPORTS}, apart=0.17)
    for flow, colour, offset in (("exports", palette.EXPORTS, -0.2), ("imports", palette.IMPORTS, 0.2)):
        values = [report.facts[f"partner.{code}.{flow}_cny_ytd"].value / BILLION for code in codes]
        draw_bars(axes, [i + offset for i in range(len(codes))], values, 0.38, colour, flat=True)
    label_rows(axes, names)
    first = (report.facts[f"partner.{codes[0]}.{flow}_cny_ytd"] for flow in ("exports", "imports"))
    alt = report.write(pairs_of_partners(partner(report, codes[0]), *first))
    data = fact_table(
        report,
        "largest-partners",
        "Largest partners, year to date, billion yuan",
        codes,
        names,
        [("Exports", "partner.{}.exports_cny_ytd", "bn"), ("Imports", "partner.{}.imports_cny_ytd", "bn")],
    )
    return Chart(
        figure, alt, data, source_line(report, f"partner.{codes[0]}.exports_cny_ytd"), title=("Year to date, billion yuan",)
    )


def _rows_of_partners(report: Report) -> list[Subject]:
    """The largest partners; ASEAN's members follow it, indented."""
    facts = report.facts
    rows: list[Subject] = []
    members = report.tables.groups.set_index("group")["members"]
    for code in helpers.largest_partners(report.tables, report.period):
        rows.append((code, partner_name(report.tables, code), ""))
        if code == "ASEAN":
            name = "partner.{}.total_cny_month".format
            held = [member for member in members[code].split() if name(member) in facts]
            rows += _members(report, sorted(held, key=lambda each: -facts[name(each)].value))
    return rows


def _members(report: Report, codes: list[str]) -> list[Subject]:
    return [(code, partner_name(report.tables, code), "member") for code in codes]


TRADE: list[Field] = [
    ("Rank", "partner.{}.rank_{over}", "rank"),
    ("Trade", "partner.{}.total_cny_{over}", "bn"),
    ("Growth %", "partner.{}.total_cny_{over}_yoy", "signed_percent"),
    ("Balance", "partner.{}.balance_cny_{over}", "bn"),
]


def _flow(flow: str) -> list[Field]:
    """The columns of exports or imports."""
    name = f"partner.{{}}.{flow}_cny_{{over}}"
    return [
        ("Value", name, "bn"),
        ("Growth %", f"{name}_yoy", "signed_percent"),
        ("Points", f"{name}_contribution", "signed_percent"),
    ]


def _partners_table(report: Report) -> Table | None:
    """Total trade with the largest partners: rank, growth, balance."""
    return _partner_rows(report, "partners", "Trade with the largest partners, billion yuan", TRADE)


def _partners_exports(report: Report) -> Table | None:
    return _partner_rows(report, "partners-exports", "Exports to the largest partners, billion yuan", _flow("exports"))


def _partners_imports(report: Report) -> Table | None:
    return _partner_rows(report, "partners-imports", "Imports from the largest partners, billion yuan", _flow("imports"))


def _partner_rows(report: Report, name: str, caption: str, fields: list[Field]) -> Table | None:
    if "partner.*" in report.facts.gaps:
        return None
    caption = f"{caption}; growth on a year earlier (indented: part of ASEAN)"
    return span_table(report, name, caption, "Partner", _rows_of_partners(report), fields, "partner_profile-{}".format)


def regions(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which regions of the world does China trade with, and which made trade grow?"""
    return Exhibit.of(using(report, frames, helpers.partners), _regions_words, _regions_exports, _regions_imports)


def _regions_words(report: Report) -> Words:
    """The regions of the world."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return Words(regions_not_held(facts.gap("partner.*")))
    report.require("partners")
    names = {code: f"partner.{code}.exports_cny_ytd_contribution" for code in schema.CONTINENTS}
    points = {code: facts[name] for code, name in names.items() if name in facts}
    if len(points) < len(names):  # none is known to have added most
        return Words(trade_by_region())
    up, down = (best(points, key=lambda code: points[code].value) for best in (max, min))
    losers = sum(round(fact.value, 1) < 0 for fact in points.values())
    loss = (partner(report, down), points[down]) if losers else (None, None)
    shares = [facts.get(f"partner.{code}.share_ytd") for code in ("ASIA", "EUROPE", "NAMERICA")]
    return Words(
        region_added_most(partner(report, up), loss[0], alone=losers == 1),
        present(
            regions_contributed(facts["exports_cny_ytd_yoy"], to_date(report), partner(report, up), points[up], *loss),
            shares_of_regions(*shares) if all(shares) else None,
        ),
        notes=(
            regions_note(),
            *on_the_month(report, [f"partner.{code}.exports_cny_month_yoy" for code in schema.CONTINENTS]),
        ),
    )


@message
def regions_not_held(why: NotAvailable) -> Runs:
    return not_held("Regions", why)


@message
def trade_by_region() -> Runs:
    return ("Trade by region",)


@message
def region_added_most(most: Name, least: Name | None, alone: bool) -> Runs:
    claim = (*name_of(most.code, most.english), " added most to export growth")
    if least is None:
        return claim
    loser = name_of(least.code, least.english)
    return (*claim, ", only ", *loser, " lowered it") if alone else (*claim, ", ", *loser, " lowered it most")


@message
def regions_contributed(growth: Fact, span: str, most: Name, gain: Fact, least: Name | None, loss: Fact | None) -> Runs:
    rest = say(", {who} {points:signed}", who=name_of(least.code, least.english), points=loss) if least and loss else ()
    return say(
        "Exports {moved} in {span}: {most} contributed {gain:signed}{rest}.",
        moved=changed(growth), span=span, most=name_of(most.code, most.english), gain=gain, rest=rest,
    )  # fmt: skip


@message
def shares_of_regions(asia: Fact, europe: Fact, north_america: Fact) -> Runs:
    return say(
        "Asia takes {asia} of total trade, Europe {europe}, North America {america}.",
        asia=asia, europe=europe, america=north_america,
    )  # fmt: skip


@message
def regions_note() -> Runs:
    return (
        "Regions are continents as customs draws them; Mexico belongs to Latin America. Customs gives no total for the Gulf or "
        "Central Asia: their countries stand one by one, as far as available. Points of the year to date rest on the base that "
        "published growth implies.",
    )


OVERLAPPING = ("APEC", "RCEP", "BRI")
COUNTRIES = {  # of regions that customs gives no total of
    "Gulf states": ("SAU", "ARE", "IRQ", "QAT", "KWT", "OMN", "IRN"),
    "Central Asia": ("KAZ", "KGZ", "UZB", "TJK", "TKM"),
}


def _rows_of_regions(report: Report) -> list[Subject]:
    """Continents, groups that overlap them, and the countries of the Gulf and of Central Asia that are held."""
    facts, name = report.facts, "partner.{}.total_cny_month".format
    trade = {code: facts.value(f"partner.{code}.total_cny_ytd") or 0 for code in CONTINENTS if name(code) in facts}
    rows: list[Subject] = [
        (code, partner_name(report.tables, code), "") for code in sorted(trade, key=trade.__getitem__, reverse=True)
    ]
    rows += [(code, f"{partner_name(report.tables, code)} §", "aggregate") for code in OVERLAPPING if name(code) in facts]
    for region, codes in COUNTRIES.items():
        held = [code for code in codes if name(code) in facts]
        rows += [("", region, "heading"), *_members(report, held)] if held else []
    return rows


def _regions_exports(report: Report) -> Table | None:
    return _regions_of(report, "exports")


def _regions_imports(report: Report) -> Table | None:
    return _regions_of(report, "imports")


def _regions_of(report: Report, flow: str) -> Table | None:
    if "partner.*" in report.facts.gaps:
        return None
    caption = f"{flow.capitalize()} by region, billion yuan; growth on a year earlier (§ overlaps the others)"
    rows, profile = _rows_of_regions(report), "partner_profile-{}".format
    return span_table(report, f"regions-{flow}", caption, "Region", rows, _flow(flow), profile)


@message
def pairs_of_partners(partner: Name, exports: Fact, imports: Fact) -> Runs:
    return say(
        "Pairs of bars for the largest partners, exports above imports. The longest pair is {name}: exports {exports}, imports "
        "{imports}.",
        name=name_of(partner.code, partner.english), exports=exports, imports=imports,
    )  # fmt: skip
