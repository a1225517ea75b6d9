"""The largest trading partners, and the regions of the world."""

from __future__ import annotations

import helpers
from customs_report import palette, schema
from customs_report.calculations.lines import ranked
from customs_report.display import Chart, Exhibit, Table, Words
from customs_report.drawing.axes import (
    BILLION,
    canvas,
    coloured_words,
    label_rows,
    with_report_style,
)
from customs_report.drawing.source_lines import source_line
from customs_report.english.grammar import (
    EDGED,
    also,
    changed,
    first_possible,
    listed,
    name_of,
    not_held,
    partner_in_sentence,
    partner_name,
    present,
    to_date,
)
from customs_report.facts import Runs
from customs_report.report import Report
from customs_report.rows import Field, Subject, fact_table, subject_table
from customs_report.schema import CONTINENTS


def partners(report: Report) -> Exhibit:
    """Who are the largest partners, and does China sell them more than it buys?"""
    return Exhibit.of(report, _partners_words, _partners_chart, _partners_table)


def _partners_words(report: Report) -> Words:
    """The largest trading partners."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return not_held("Partners", facts.gaps["partner.*"])
    report.require("partners")
    sure = ranked(report.tables, report.period)
    names, span = [partner_in_sentence(report, code) for code in sure[:3]], to_date(report)
    claim = (*listed(names), " are the largest partners, in this order") if len(names) > 1 else ("The largest partners held",)
    usa = first_possible(
        facts,
        "Exports to the United States {@e} in {@span}, imports from there {@i}; the country took {@share} of total trade.",
        e=changed(facts, "partner.USA.exports_cny_ytd_yoy"),
        i=also(facts, "partner.USA.imports_cny_ytd_yoy", "partner.USA.exports_cny_ytd_yoy"),
        span=span,
        share=facts.say("{partner.USA.share_ytd}"),
    )
    gains = [
        code
        for code in ("ASEAN", "EU27", "AFRICA", "LATAM")
        if (facts.value(f"partner.{code}.exports_cny_ytd_yoy") or 0) > EDGED
    ]
    rising = None
    if gains:
        items = [
            (
                *partner_in_sentence(report, code),
                *facts.say(" (by {partner." + code + ".exports_cny_ytd_yoy:size})"),
            )
            for code in gains
        ]
        rising = ("Exports rose to ", *listed(items), ".")
    run = None
    for way, word in (("falling", "below"), ("rising", "above")):
        streak = f"streak.partner.USA.exports_cny_month_{way}"
        if (facts.value(streak) or 0) >= 2:
            run = facts.say(
                "It was the {" + streak + ":ordinal} month in a row in which exports to the United States were {@word} a year "
                "earlier.",
                word=(word,),
            )
    return Words(claim, present(usa, run, rising), notes=present(_ranking_note(report)))


def _ranking_note(report: Report) -> Runs:
    return (
        "In yuan, year to date. As customs ranks: ASEAN and the European Union are one partner each, their members left out. "
        "A rank is given only as far as no partner missing from the table could be larger.",
    )


@with_report_style
def _partners_chart(report: Report) -> Chart | None:
    if "partner.*" in report.facts.gaps:
        return None
    codes = [
        c for c in helpers.largest_partners(report.tables, report.period) if f"partner.{c}.exports_cny_ytd" in report.facts
    ]
    names = [partner_name(report, code) for code in codes]
    figure, axes = canvas(height=2.5, left=0.185, top=0.22)
    coloured_words(axes, {"Exports": palette.EXPORTS, "Imports": palette.IMPORTS})
    for flow, colour, offset in (("exports", palette.EXPORTS, -0.2), ("imports", palette.IMPORTS, 0.2)):
        values = [report.facts[f"partner.{code}.{flow}_cny_ytd"].value / BILLION for code in codes]
        axes.barh([i + offset for i in range(len(codes))], values, height=0.38, color=colour)
    label_rows(axes, names)
    alt = report.facts.say(
        "Pairs of bars for the largest partners, exports above imports. The longest pair is {@name}: exports {partner."
        + codes[0]
        + ".exports_cny_ytd}, "
        "imports {partner." + codes[0] + ".imports_cny_ytd}.",
        name=name_of(codes[0], names[0]),
    )
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


def _partners_table(report: Report) -> Table | None:
    """The largest partners, year to date: rank, trade, share, growth, balance."""
    if "partner.*" in report.facts.gaps:
        return None
    fields: list[Field] = [
        ("Rank", "partner.{}.rank_ytd", "rank"),
        ("Trade", "partner.{}.total_cny_ytd", "bn"),
        ("Share %", "partner.{}.share_ytd", "percent"),
        ("Growth %", "partner.{}.total_cny_ytd_yoy", "signed_percent"),
        ("Exports", "partner.{}.exports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.exports_cny_ytd_yoy", "signed_percent"),
        ("Imports", "partner.{}.imports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.imports_cny_ytd_yoy", "signed_percent"),
        ("Balance", "partner.{}.balance_cny_ytd", "bn"),
    ]
    codes = helpers.largest_partners(report.tables, report.period)
    rows: list[Subject] = [(code, partner_name(report, code), "") for code in codes]
    return subject_table(report.facts, "partners", "Largest partners, year to date, billion yuan", "Partner", rows, fields)


def regions(report: Report) -> Exhibit:
    """Which regions of the world does China trade with, and which made trade grow?"""
    return Exhibit.of(report, _regions_words, _regions_table)


def _regions_words(report: Report) -> Words:
    """The regions of the world."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return not_held("Regions", facts.gaps["partner.*"])
    report.require("partners")
    points = {code: facts.value(f"partner.{code}.exports_cny_ytd_contribution") for code in schema.CONTINENTS}
    growth = {code: value for code, value in points.items() if value is not None}
    if not growth:
        return Words(("Trade by region",), ())
    up, down = max(growth, key=growth.__getitem__), min(growth, key=growth.__getitem__)
    say, took_away = facts.say, round(growth[down], 1) < 0
    alone = sum(round(value, 1) < 0 for value in growth.values()) == 1
    claim = say(
        "{@up} added most to the growth of exports"
        + (", only {@down} took away" if alone else ", {@down} took most away" if took_away else ""),
        up=name_of(up, partner_name(report, up)),
        down=name_of(down, partner_name(report, down)),
    )
    first = say(
        "Exports {@moved} in {@span}: {@up} contributed {partner."
        + up
        + ".exports_cny_ytd_contribution:signed}"
        + (", {@down} {partner." + down + ".exports_cny_ytd_contribution:signed}." if took_away else "."),
        moved=changed(facts, "exports_cny_ytd_yoy"),
        span=to_date(report),
        up=name_of(up, partner_name(report, up)),
        down=name_of(down, partner_name(report, down)),
    )
    share = first_possible(
        facts,
        "Asia takes {partner.ASIA.share_ytd} of total trade, Europe {partner.EUROPE.share_ytd}, North "
        "America {partner.NAMERICA.share_ytd}.",
    )
    return Words(
        claim,
        present(first, share),
        notes=(
            (
                "Regions are continents as customs draws them; Mexico belongs to Latin America. Contributions rest "
                "on the base that printed growth implies.",
            ),
        ),
    )


def _regions_table(report: Report) -> Table | None:
    """Continents, then the groups that overlap them, year to date."""
    if "partner.*" in report.facts.gaps:
        return None
    fields: list[Field] = [
        ("Share %", "partner.{}.share_ytd", "percent"),
        ("Exports", "partner.{}.exports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.exports_cny_ytd_yoy", "signed_percent"),
        ("Points", "partner.{}.exports_cny_ytd_contribution", "signed_percent"),
        ("Imports", "partner.{}.imports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.imports_cny_ytd_yoy", "signed_percent"),
        ("Points", "partner.{}.imports_cny_ytd_contribution", "signed_percent"),
        ("Balance", "partner.{}.balance_cny_ytd", "bn"),
    ]
    trade = {code: report.facts.value(f"partner.{code}.total_cny_ytd") or 0 for code in CONTINENTS}
    rows: list[Subject] = [
        (code, partner_name(report, code), "") for code in sorted(CONTINENTS, key=trade.__getitem__, reverse=True)
    ]
    rows += [
        (code, f"{partner_name(report, code)} *", "aggregate")
        for code in ("APEC", "RCEP", "BRI")
        if f"partner.{code}.total_cny_ytd" in report.facts
    ]
    return subject_table(
        report.facts, "regions", "Regions, year to date, billion yuan (* overlaps the others)", "Region", rows, fields
    )
