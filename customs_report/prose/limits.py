"""Where the figures come from, which vintage they are, and what is not covered."""

from __future__ import annotations

import helpers
from customs_report.facts import Mark, Runs
from customs_report.prose.grammar import (
    dated,
    release_day,
    semicolons,
)
from customs_report.report import Report


def sources(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """Where the figures come from: publisher and table, stage and release day, for each family of facts."""
    facts, items = report.facts, []
    for what, start in (
        ("Dollar totals", "exports_usd_month"),
        ("Dollar balance", "balance_usd_month"),
        ("Yuan totals", "exports_cny_month"),
        ("Partners and regions", "partner."),
        ("Export commodities", "commodity.export."),
        ("Import commodities", "commodity.import."),
    ):
        name = next((name for name in facts if name.startswith(start)), None)
        items.append(((what,), _source_line(report, name) if name else ("Not held: ", *dated(facts.why_missing(start)), ".")))
    return tuple(items)


def _source_line(report: Report, name: str) -> Runs:
    fact, known = report.facts[name], report.tables.sources.set_index("source")
    ids = dict.fromkeys(i for source in fact.sources for i in source.split(",")[0].split("; "))
    named: Runs = tuple(
        Mark("source", i, f"{known.at[i, 'publisher']}, {known.at[i, 'what']}") for i in ids if i in known.index
    )
    basis = " (the usual day; the day itself is not recorded)" if "usual day" in fact.sources[0] else ""
    return (
        *semicolons([(mark,) for mark in named]),
        f". Stage: {fact.stage}, released ",
        Mark.of(release_day(fact.sources)),
        basis,
        ".",
    )


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
    items.append((("Not covered",), (*semicolons(missing), ".")))
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
