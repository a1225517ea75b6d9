"""Sources, vintage, method and the words used."""

from __future__ import annotations

from collections.abc import Iterable

from customs_report.calculations.levels import first_month
from customs_report.english.grammar import name_of, not_held, opened, semicolons
from customs_report.facts import Fact, Mark, NotAvailable, Runs, say
from customs_report.messages import Message, message
from customs_report.periods import shift, span
from customs_report.release_calendar import next_release
from customs_report.report import Report

Entry = tuple[Message, Message]  # a term, and what is to be said of it
FORECAST = "consensus.exports_usd_month_yoy"
GLOSSARY = {  # terms, and the beginning of the names of the facts that they are for
    "balance": "",
    "year_to_date": "",
    "growth_on_a_year": "",
    "contribution": "contribution.",
    "unit_value": "commodity.",
    "short_names": "commodity.",
    "effects": "fisher.",
    "fisher": "fisher.",
    "release": "",
    "vintage": "",
    "adjusted": "adjusted.",
    "methods": "adjusted.",
    "fob_cif": "",
    "groups": "partner.",
}


def written(report: Report, entries: Iterable[Entry]) -> tuple[tuple[Runs, Runs], ...]:
    """Entries in the language of the report."""
    return tuple((report.write(of), report.write(text)) for of, text in entries)


def sources(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """Where the figures come from: publisher and table, stage and release day, for each family of facts."""
    return written(report, selected_sources(report))


def selected_sources(report: Report) -> tuple[Entry, ...]:
    facts, tables = report.facts, report.tables
    yuan = ("exports_cny_month", "exports_cny_ytd", "exports_cny_month_yoy")
    families = {
        "dollar_totals": "exports_usd_month",
        "dollar_balance": "balance_usd_month",
        "yuan_totals": next((name for name in yuan if name in facts), yuan[0]),
        "partners": "partner.*",
        "export_lines": "commodity.export.*",
        "import_lines": "commodity.import.*",
        "rate": "rate.crude_oil_month",
        "mirror": "mirror.imports_us_usd_month",
        **({"forecasts": FORECAST} if FORECAST in facts else {}),
    }
    totals = {f"partner.{code}.total_cny_ytd": "partners" for code in tables.partner_list["partner"]}
    lines = zip(tables.commodity_list["flow"], tables.commodity_list["commodity"], strict=True)
    growth = dict.fromkeys((f"{flow}_cny_month_yoy" for flow in ("exports", "imports")), "yuan_totals")
    values = {f"commodity.{flow}.{slug}.value_cny_ytd": f"{flow}_lines" for flow, slug in lines}
    family_of = {name: family for family, name in families.items()} | totals | values | growth
    named: dict[str, list[Fact]] = {family: [] for family in families}
    for name, fact in facts.items():
        if name in family_of:
            named[family_of[name]].append(fact)
    items = [(facts_of(family), publishers(report, found)) for family, found in named.items() if found]
    missing = [no_facts_of(family, facts.gap(families[family])) for family, found in named.items() if not found]
    return (*items, (term("not_available"), families_not_held(missing))) if missing else tuple(items)


FAMILIES = {
    "dollar_totals": "dollar totals",
    "dollar_balance": "dollar balance",
    "yuan_totals": "yuan totals",
    "partners": "partners and regions",
    "export_lines": "export commodities",
    "import_lines": "import commodities",
    "rate": "rate of dollars and yuan",
    "mirror": "US imports from China",
    "forecasts": "forecasts",
}


@message
def facts_of(family: str) -> Runs:
    return opened((FAMILIES[family],))


@message
def no_facts_of(family: str, why: NotAvailable) -> Runs:
    return not_held(FAMILIES[family], why)


@message
def families_not_held(families: list[Runs]) -> Runs:
    return (*opened(semicolons(families)), ".")


def publishers(report: Report, named: Iterable[Fact]) -> Message:
    """Publisher and table of each source behind the facts, with its stage and release day."""
    known, prints = report.tables.sources.set_index("source"), []
    for source in dict.fromkeys(source for fact in named for source in fact.sources):
        what = "; ".join(f"{known.at[i, 'publisher']}, {known.at[i, 'what']}" for i in source.names.split("; "))
        mark = Mark("source", source.names, what)
        prints.append(print_of(mark, source.stage, source.released, usual=source.basis == "usual day"))
    return prints_of(prints)


@message
def print_of(source: Mark, stage: str, day: str, usual: bool) -> Runs:
    rest = ", the usual day" if usual else ""
    return say("{source} ({stage}, released {day}{rest})", source=(source,), stage=stage, day=day, rest=rest)


@message
def prints_of(prints: list[Runs]) -> Runs:
    return (*semicolons(prints), ".")


def vintage(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """Which vintage this is, and what is not covered."""
    late = any(
        (table["late"] & (table["period"] < report.period)).any()
        for table in (report.tables.totals, report.tables.partners, report.tables.commodities)
    )
    return written(
        report,
        [
            (term("known_on"), newest_stage(report.as_of)),
            *([(term("history"), meaning("history"))] if late else []),
            (term("ranks"), ranked_since(first_month(report.tables))),
            (term("not_covered"), not_covered(forecasts=FORECAST in report.facts)),
        ],
    )


@message
def newest_stage(day: str) -> Runs:
    return say(
        "{day}. The report’s own figures are the newest released by that day; a later day may show other numbers, because "
        "customs revises without notice.",
        day=day,
    )


@message
def ranked_since(first: str) -> Runs:
    return say("Among all months since {first}, in dollars.", first=first)


def method(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """Strengths and limits, what comes next, how to quote a number."""
    coming = due_about(*found, report.as_of) if (found := next_release_of(report)) else None
    return written(
        report,
        [
            *((term(of), meaning(of)) for of in ("strengths", "limits", "growth", "rounding")),
            *([(term("next_release"), coming)] if coming else []),
            (term("how_to_quote"), how_to_quote(report.as_of)),
        ],
    )


@message
def how_to_quote(day: str) -> Runs:
    return say(
        "Name customs as the source, and the day; say where a figure is a first estimate: “General Administration of Customs "
        "of China, as known on {day}”.",
        day=day,
    )


def next_release_of(report: Report) -> tuple[str, str] | None:
    """What is due next, and when, after the day of the report, as a rule; None where the report's month is long past."""
    days = report.tables.releases
    known = days[(days["basis"] == "printed") & (days["released"] <= report.as_of)]
    printed = dict(zip(known["period"], known["released"], strict=True))
    for month in span(report.period, shift(report.period, 2)):
        coming, expected = next_release(month, printed)
        if expected > report.as_of:
            return coming, expected
    return None


@message
def due_about(month: str, day: str, known: str) -> Runs:
    return say("After {known}: the figures of {month}, due about {day}, the usual day.", known=known, month=month, day=day)


def glossary(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """The words that the report uses, explained once."""
    used = (of for of, facts in GLOSSARY.items() if any(name.startswith(facts) for name in report.facts))
    return written(report, ((term(of), meaning(of)) for of in used))


@message
def term(of: str) -> Runs:
    if of == "methods":
        return ("SEATS, ", *name_of("X-11", "X-11"))
    other = {
        "known_on": "As known on",
        "ranks": "Ranks and records",
        "balance": "Balance of trade",
        "growth_on_a_year": "Growth on a year earlier",
        "contribution": "Contribution to growth",
        "effects": "Quantity effect, unit value effect",
        "short_names": "Chips, computers, clothing",
        "fisher": "Fisher index",
        "fob_cif": "f.o.b., c.i.f.",
        "groups": "ASEAN, RCEP, APEC",
    }
    return (other.get(of) or of.replace("_", " ").capitalize(),)


@message
def not_covered(forecasts: bool) -> Runs:
    rest = " and customs’ own trade indices" if forecasts else ", customs’ own trade indices and forecasts of this month"
    return (f"Services{rest} are not available here.",)


@message
def meaning(of: str) -> Runs:
    return (
        {
            "history": "Months without an earlier figure are shown as customs gave them later. They serve as history, and as "
            "last year’s figures where growth rests on them, never as figures of the month reported.",
            "strengths": "A full count of goods that cross the border, quick, monthly for decades, in two currencies.",
            "limits": "Goods only. Values at the border: a dearer currency or mix looks like growth. Partners by origin and "
            "last known destination: trade through third places is seen in part. Customs gives no reasons for a revision.",
            "growth": "Customs’ own where it was published with the level, otherwise computed. Contributions rest on the "
            "base that growth implies, on the restated figure for commodities; "
            "those of the month on last year’s first figure where there is no other.",
            "rounding": "Figures are computed unrounded and rounded when shown, so sums may differ in the last digit. First "
            "estimates of months are summed only where it is said, in outlook and carry-over, as customs revises them.",
            "balance": "Exports less imports; a surplus where positive, a deficit where negative.",
            "year_to_date": "January to the month of the report.",
            "growth_on_a_year": "Change against the same month, or the same months, of the year before.",
            "contribution": "The change of a part as a share of the whole a year earlier, in points.",
            "unit_value": "Value divided by quantity. It moves with prices and with the mix of goods; it is not a price.",
            "effects": "The change of a value split in two parts that sum to it (Bennet’s method).",
            "fisher": "A change of quantity or unit value over many lines, the mean of old and new weights.",
            "release": "Preliminary (first estimate), bulletin (with more digits), restated (in the next year’s table), "
            "revised (shown later).",
            "vintage": "The figures as known on one day.",
            "adjusted": "Without the season and the Lunar New Year, as a statistical model sees them.",
            "short_names": "Short for integrated circuits, data processing machines, garments and accessories.",
            "methods": "Other ways to take out season and holidays, used by statistical offices.",
            "fob_cif": "Free on board; with cost, insurance and freight.",
            "groups": "South-East Asian nations; an Asia-Pacific trade agreement; the Pacific economies.",
        }[of],
    )
