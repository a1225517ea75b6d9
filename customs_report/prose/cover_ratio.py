"""The words of the exhibit on exports for each dollar of imports."""

from __future__ import annotations

from customs_report.display import Words
from customs_report.english.grammar import dated, has_history, held, said, since
from customs_report.facts import Runs
from customs_report.report import Report


def cover_ratio(report: Report) -> Words:
    """Exhibit: exports as a multiple of imports over twelve months, now and a year earlier."""
    report.require("totals")
    facts = report.facts
    if "cover.usd_12m" not in facts:
        return Words(("Exports against imports: ", *dated(facts.why_missing("cover.usd_12m"))), ())
    claim = facts.say("Over twelve months exports were {cover.usd_12m} times imports")
    if "cover.usd_12m_largest_in" not in facts and has_history(facts):
        claim += facts.say(", the most since {@since}", since=since(report))
    return Words(claim, held(_before(report)), notes=(NOTE,))


def _before(report: Report) -> Runs | None:
    return said(report.facts, "A year earlier they were {cover.usd_12m_before} times imports.")


NOTE: Runs = (
    "Exports are valued free on board, imports with insurance and freight: at equal prices the ratio would be higher.",
)
