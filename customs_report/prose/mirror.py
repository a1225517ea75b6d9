"""The words of the mirror: exports to the United States as China counts them, beside what the United States count."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

import helpers
from customs_report.display import Words
from customs_report.english.grammar import held, listed, not_held, semicolons, shows_zero
from customs_report.facts import Mark, Runs
from customs_report.periods import shift
from customs_report.report import Report

REASONS: Runs = (
    "Usual reasons in the literature are transit through Hong Kong or third places, goods at sea between the two counts, "
    "different valuation and low-value parcels; these figures prove none of them.",
)
US_DAYS: Runs = (
    "The release days of the US figures are not held: a month counts as known from a late usual day, and shows the value that "
    "stood when the series was retrieved, revisions included.",
)


def mirror(report: Report) -> Words:
    """Exhibit: the two sides of trade with the United States, matched months only."""
    facts, frame = report.facts, helpers.mirror_trade(report.tables, report.period)
    newest = helpers.newest_common_month(frame)
    if newest is None:
        return not_held("Exports to the United States, as both sides count them", facts.why_missing("mirror.gap_usd_month"))
    way = ("less" if facts["mirror.gap_usd_month"].value < 0 else "more",)
    if shows_zero(facts, "mirror.gap_usd_month"):
        claim = facts.say("Both sides counted the same trade from China to the United States in {@month}", month=newest)
    else:
        claim = facts.say(
            "In {@month} the United States counted {mirror.gap_usd_month:size} {@way} from China than China counted",
            month=newest,
            way=way,
        )
    sides = facts.say(
        "China counted exports of {mirror.exports_china_usd_month} to the United States, which counted imports of "
        "{mirror.imports_us_usd_month}, {mirror.gap_percent_month:size} {@way}.",
        way=way,
    )
    together = None
    if facts["mirror.months"].value > 1:
        together = facts.say(
            "Over the {mirror.months} held by both sides the United States counted {mirror.gap_usd_sum:size} {@way}, "
            "{mirror.gap_percent_sum:size} of China’s figure.",
            way=("less" if facts["mirror.gap_usd_sum"].value < 0 else "more",),
        )
    rate = facts.say(
        "China’s figures are converted month by month at the rate of customs’ crude oil imports, {mirror.rate_month} in "
        "{@month}. China values exports free on board, the United States imports without freight and insurance.",
        month=newest,
    )
    return Words(claim, held(sides, together, REASONS), notes=(rate, (*US_DAYS, *_unmatched(frame), *_mixed(report))))


def _unmatched(frame: pd.DataFrame) -> Runs:
    """Which months are left out, and what they lack."""
    parts = []
    for column, what in (("united_states", "no US figure"), ("rate", "no rate"), ("china", "no figure of China’s")):
        lacking = frame.index[frame[column].isna() & (frame["rate"].notna() | (column != "china"))]
        if len(lacking):
            parts.append((f"{what} for ", *listed((Mark.of(run),) for run in runs_of(lacking))))
    return (" Left out: ", *semicolons(parts), ".") if parts else ()


def _mixed(report: Report) -> Runs:
    """Which months of the US side are of another vintage."""
    months = helpers.mixed_vintages(report.tables, report.period)
    if not months:
        return ()
    shown = listed((Mark.of(run),) for run in runs_of(months))
    return (" The US figures of ", *shown, " are of another vintage than the others: revisions may stand between them.")


def runs_of(periods: Iterable[str]) -> list[str]:
    """Months in a row as one span: 2024-02, 2026-05, 2026-06 -> 2024-02, 2026-05/2026-06."""
    found: list[list[str]] = []
    for period in periods:
        if found and period == shift(found[-1][-1], 1):
            found[-1].append(period)
        else:
            found.append([period])
    return [run[0] if len(run) == 1 else f"{run[0]}/{run[-1]}" for run in found]
