"""Where the figures come from, which vintage they are, and what is not covered."""

from __future__ import annotations

import helpers
from customs_report.facts import Fact, Mark, Runs
from customs_report.prose.grammar import (
    dated,
    opened,
    semicolons,
)
from customs_report.report import Report


def sources(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """Where the figures come from: publisher and table, stage and release day, for each family of facts."""
    facts, items = report.facts, []
    for what, start, end in (
        ("Dollar totals", "exports_usd_month", ""),
        ("Dollar balance", "balance_usd_month", ""),
        ("Yuan totals", "exports_cny_month", ""),
        ("Partners and regions", "partner.", ".total_cny_ytd"),
        ("Export commodities", "commodity.export.", ".value_cny_ytd"),
        ("Import commodities", "commodity.import.", ".value_cny_ytd"),
        ("Rate of dollars and yuan", "rate.crude_oil_month", ""),
        ("US imports from China", "mirror.imports_us_usd_month", ""),
    ):
        named = [facts[name] for name in facts if name == start or (end and name.startswith(start) and name.endswith(end))]
        items.append(((what,), _source_line(report, named) if named else ("Not held: ", *dated(facts.why_missing(start)), ".")))
    return tuple(items)


def _source_line(report: Report, named: list[Fact]) -> Runs:
    """Publisher and table of each source behind the facts, with its stage and release day."""
    known, parts = report.tables.sources.set_index("source"), []
    for source in dict.fromkeys(source for fact in named for source in fact.sources):
        ids, stage, released = source.split(", ", 2)
        day, basis = released.removeprefix("released ").split(" ", 1)
        what = "; ".join(f"{known.at[i, 'publisher']}, {known.at[i, 'what']}" for i in ids.split("; "))
        usual = ", the usual day" if "usual day" in basis else ""
        parts.append((Mark("source", ids, what), f" ({stage}, released ", Mark.of(day), usual, ")"))
    return (*semicolons(parts), ".")


def vintage(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """Which vintage this is, and what is not covered."""
    facts = report.facts
    items = [
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
    totals = helpers.first_month(report.tables)
    items.append((("Ranks and records",), ("Among all months since ", Mark.of(totals), ", in dollars.")))
    missing = [(f"{what}: ", *dated(facts.gaps[family])) for what, family in NOT_COVERED if family in facts.gaps]
    missing.append(("services, quantities of trade as an index, and expectations of analysts: not part of customs’ tables",))
    items.append((("Not covered",), (*opened(semicolons(missing)), ".")))
    return tuple(items)


NOT_COVERED = (
    ("partners", "partner.*"),
    ("export commodities", "commodity.export.*"),
    ("import commodities", "commodity.import.*"),
    ("dollar exports of the month", "exports_usd_month"),
    ("dollar imports of the month", "imports_usd_month"),
    ("yuan totals of the month", "exports_cny_month"),
    ("yuan totals of the year to date", "exports_cny_ytd"),
)
