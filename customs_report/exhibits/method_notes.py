"""Sources, vintage, method and the words used."""

from __future__ import annotations

from customs_report.calculations.levels import first_month
from customs_report.english.grammar import dated, opened, semicolons
from customs_report.facts import Fact, Mark, Runs
from customs_report.periods import shift, span
from customs_report.release_calendar import next_release
from customs_report.report import Report


def sources(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """Where the figures come from: publisher and table, stage and release day, for each family of facts."""
    facts, items, missing = report.facts, [], []
    yuan = next((name for name in ("exports_cny_month", "exports_cny_ytd", "exports_cny_month_yoy") if name in facts), "")
    for what, start, end in (
        ("dollar totals", "exports_usd_month", ""),
        ("dollar balance", "balance_usd_month", ""),
        ("yuan totals", yuan or "exports_cny_month", ""),
        ("partners and regions", "partner.", ".total_cny_ytd"),
        ("export commodities", "commodity.export.", ".value_cny_ytd"),
        ("import commodities", "commodity.import.", ".value_cny_ytd"),
        ("rate of dollars and yuan", "rate.crude_oil_month", ""),
        ("US imports from China", "mirror.imports_us_usd_month", ""),
    ):
        named = [facts[name] for name in facts if name == start or (end and name.startswith(start) and name.endswith(end))]
        if named:
            items.append((opened((what,)), publishers(report, named)))
        else:
            missing.append((f"{what}: ", *dated(facts.why_missing(start))))
    if missing:
        items.append((("Not held",), (*opened(semicolons(missing)), ".")))
    return tuple(items)


def publishers(report: Report, named: list[Fact]) -> Runs:
    """Publisher and table of each source behind the facts, with its stage and release day."""
    known, parts = report.tables.sources.set_index("source"), list[Runs]()
    for source in dict.fromkeys(source for fact in named for source in fact.sources):
        what = "; ".join(f"{known.at[i, 'publisher']}, {known.at[i, 'what']}" for i in source.names.split("; "))
        usual = ", the usual day" if source.basis == "usual day" else ""
        parts.append((Mark("source", source.names, what), f" ({source.stage}, released ", Mark.of(source.released), usual, ")"))
    return (*semicolons(parts), ".")


def vintage(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """Which vintage this is, and what is not covered."""
    items: list[tuple[Runs, Runs]] = [
        (
            ("As known on",),
            (
                Mark.of(report.as_of),
                ". For each figure the newest stage released by that day is used; a later day may show other "
                "numbers, because customs revises without notice.",
            ),
        )
    ]
    late = sum(
        int((getattr(report.tables, t)["late"] & (getattr(report.tables, t)["period"] < report.period)).sum())
        for t in ("totals", "partners", "commodities")
    )
    if late:
        items.append(
            (
                ("History",),
                (
                    "Months for which nothing earlier is held stand as customs showed them later. They serve as history "
                    "only, never for the month reported.",
                ),
            )
        )
    totals = first_month(report.tables)
    items.append((("Ranks and records",), ("Among all months since ", Mark.of(totals), ", in dollars.")))
    items.append((("Not covered",), ("Services, customs’ own trade indices and the expectations of analysts: not held here.",)))
    return tuple(items)


def method(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """Strengths and limits, what comes next, how to quote a number."""
    coming = _coming(report)
    return (
        (("Strengths",), ("A full count of goods that cross the border, quick, monthly for decades, in two currencies.",)),
        (
            ("Limits",),
            (
                "Goods only. Values at the border: a dearer currency or mix looks like growth. Partners by origin and last "
                "known destination: trade through third places is seen in part. Customs prints no reasons for a revision.",
            ),
        ),
        (
            ("Growth",),
            (
                "Customs’ own where it belongs to the stage of the level, otherwise computed. Contributions rest on the base "
                "that growth implies, on the restated figure for commodities.",
            ),
        ),
        (
            ("Rounding",),
            ("Figures are computed unrounded and rounded when printed: what is printed need not add up to the last digit.",),
        ),
        *(((("Next release",), coming),) if coming else ()),
        (
            ("How to quote",),
            (
                "Name customs as the source, the stage and the day: “General Administration of Customs of China, as known on ",
                Mark.of(report.as_of),
                "”.",
            ),
        ),
    )


def _coming(report: Report) -> Runs | None:
    """What is due next after the day of the report, as a rule; None where the report's month is long past."""
    days = report.tables.releases
    known = days[(days["basis"] == "printed") & (days["released"] <= report.as_of)]
    printed = dict(zip(known["period"], known["released"], strict=True))
    for month in span(report.period, shift(report.period, 2)):
        coming, expected = next_release(month, printed)
        if expected > report.as_of:
            return Mark.of(coming), ", due about ", Mark.of(expected), ", the usual day."
    return None


def glossary(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """The words that the report uses, explained once."""
    return tuple(((term,), (meaning,)) for term, meaning, facts in GLOSSARY if any(f.startswith(facts) for f in report.facts))


GLOSSARY = (  # a term, its meaning, the beginning of the names of the facts it is for
    ("Balance of trade", "Exports less imports; a surplus where positive, a deficit where negative.", ""),
    ("Year to date", "January to the month of the report.", ""),
    ("Growth on a year earlier", "Change against the same month, or the same months, of the year before.", ""),
    ("Contribution to growth", "The change of a part as a share of the whole a year earlier, in points.", "contribution."),
    ("Unit value", "Value divided by quantity. It moves with prices and with the mix of goods, and is no price.", "commodity."),
    ("Quantity effect, unit value effect", "The change of a value split in two parts that add up to it (Bennet).", "fisher."),
    ("Fisher index", "A change of quantity or unit value over many lines, the mean of old and new weights.", "fisher."),
    (
        "Stage",
        "Preliminary (first release), bulletin (with more digits), restated (next year’s print), revised (shown later).",
        "",
    ),
    ("Vintage", "The figures as known on one day.", ""),
    ("Adjusted", "Without the season and the Lunar New Year, as a statistical model sees them.", "adjusted."),
    ("f.o.b., c.i.f.", "Free on board; with cost, insurance and freight.", ""),
    ("ASEAN, RCEP, APEC", "South-East Asian nations; an Asia-Pacific trade agreement; the Pacific economies.", "partner."),
)
