"""What customs published first, what it compared with a year later, and what it shows now.

Customs prints growth on figures that it has revised in the meantime. The level divided by one plus the growth printed
beside it is the base that customs compared with; against the first print it tells how that was revised within a year.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import pandas as pd

from customs_report.calculations.levels import (
    CURRENCIES,
    MIXED,
    Level,
    find_level,
    first_month,
    merged,
    newest_stage,
    own,
    printed_figures,
)
from customs_report.calculations.making import add
from customs_report.calculations.measures import growth, implied_base
from customs_report.facts import Fact, Facts
from customs_report.periods import shift, span
from customs_report.schema import FLOWS, STAGES
from customs_report.tables import Tables

FIRST, LATER = ("preliminary", "bulletin"), ("restated", "revised")  # the bulletin prints the first figures with more digits
LEGS = {"": "first print to the base of printed growth", "_since": "base of printed growth to the figure now"}
COARSEST = 0.15  # percent: what the press rounded more coarsely tells nothing of a revision


def revised_levels(tables: Tables, period: str) -> dict[str, tuple[Level, Level]]:
    """First print and newest figure of each level of a month that was released anew: fact name -> (first, now)."""
    pairs = {}
    for currency, over, flow in product(CURRENCIES, ("month", "ytd"), FLOWS):
        printed = printed_figures(tables, flow, currency, over, period)
        now = find_level(tables, flow, currency, over, period)
        if printed and isinstance(now, Level) and now.stage in STAGES:
            first = printed[min(printed, key=STAGES.__getitem__)]
            if first.released < now.released:
                pairs[f"{flow}_{currency.lower()}_{over}"] = (first, now)
    return pairs


def revisions(tables: Tables, period: str) -> pd.DataFrame:
    """How was each figure of a month first published, and what stands now?

    One row a figure that was released anew, by its fact's name (`exports_usd_month`); columns first, first_released, now,
    now_released, change; levels in dollars or yuan. Takes tables as `as_of` leaves them: a later revision is not known.

    >>> helpers.revisions(tables, period).at["balance_usd_month", "change"].item()
    -1780000000.0
    """
    rows = {
        name: (first.value, first.released, now.value, now.released, now.value - first.value)
        for name, (first, now) in revised_levels(tables, period).items()
    }
    columns = ["first", "first_released", "now", "now_released", "change"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


class BaseRevision(NamedTuple):
    """How a year's exports or imports were revised on the way to a base or from it, over the months that tell of it.

    `change` and `rounding` in percent of the figures before: what the rounding of prints leaves open, at the most.
    """

    change: float
    rounding: float
    months: int
    sources: tuple[str, ...]


class _Step(NamedTuple):
    """A figure before and after a revision, each with the half of its rounding."""

    before: float
    after: float
    rounding: float
    months: int
    sources: tuple[str, ...]


def base_revisions(tables: Tables, period: str) -> dict[tuple[str, str, str], BaseRevision]:
    """By how much did customs revise a year's figures before it compared the next year with them, and since?

    Keys: year revised, flow and currency (`exports_usd`), leg: "" from the first print to the base that printed growth
    implies, "_since" from that base to the figure now. In dollars the months together, as the press rounds totals of the
    year; in yuan the year to date. Only months for which both flows are held, finely enough to tell.

    >>> sorted(helpers.base_revisions(tables, period))[0]
    ('2018', 'exports_usd', '_since')
    """
    tables = own(tables, period)
    found: dict[tuple[str, str, str], list[_Step]] = {}
    for p in span(shift(first_month(tables), 12), period):
        for currency, leg in product(CURRENCIES, LEGS):
            steps = {flow: _step(tables, flow, currency, p, leg) for flow in ("exports", "imports")}
            if any(step is None or step.rounding / step.before * 100 > COARSEST for step in steps.values()):
                continue
            for flow, step in steps.items():
                key = (str(int(p[:4]) - 1), f"{flow}_{currency.lower()}", leg)
                found[key] = [*found.get(key, ()), step] if currency == "USD" else [step]
    return {key: _together(steps) for key, steps in found.items()}


def _step(tables: Tables, flow: str, currency: str, period: str, leg: str) -> _Step | None:
    """The revision that the growth printed for a month tells of; January and February are printed together."""
    over = "ytd" if currency == "CNY" or period.endswith("-02") else "month"
    levels, rates = (printed_figures(tables, flow, currency, over, period, measure) for measure in ("level", "yoy"))
    stage = next((stage for stage in reversed(FIRST) if stage in levels and stage in rates), None)
    other = _base(tables, flow, currency, over, shift(period, -12), leg) if stage else None
    if not other:
        return None
    now, rate = levels[stage], rates[stage]
    base = implied_base(now.value, rate.value)
    rounding = base * (now.step / now.value + rate.step / (100 + rate.value)) / 2 + other.step / 2
    before, after = (other.value, base) if not leg else (base, other.value)
    months = int(period[5:]) if over == "ytd" else 1
    return _Step(before, after, rounding, months, merged([now.sources, rate.sources, other.sources]))


def _base(tables: Tables, flow: str, currency: str, over: str, period: str, leg: str) -> Level | None:
    """The year-earlier figure as first printed, or as it stands now where it was released anew by the day of the report."""
    if leg:
        now = find_level(tables, flow, currency, over, period)
        known = isinstance(now, Level) and now.stage in LATER and now.released <= tables.as_of
        return now if known else None
    prints = printed_figures(tables, flow, currency, over, period)
    prints = {stage: prints[stage] for stage in FIRST if stage in prints}
    return newest_stage(prints) if prints else None


def _together(steps: list[_Step]) -> BaseRevision:
    before = sum(step.before for step in steps)
    return BaseRevision(
        growth(sum(step.after for step in steps), before),
        sum(step.rounding for step in steps) / before * 100,
        sum(step.months for step in steps),
        merged(step.sources for step in steps),
    )


def revision_facts(facts: Facts, tables: Tables) -> None:
    """What was first published of this month, how customs revises the monthly balance, what printed growth implies."""
    for name, (first, now) in revised_levels(tables, facts.period).items():
        currency, step = ("USD" if "_usd_" in name else "CNY"), max(first.step, now.step)
        add(facts, f"revision.{name}_first", first.value, currency, "first published", first, step=first.step)
        add(facts, f"revision.{name}_change", now.value - first.value, currency, "now less first print", first, now, step=step)
    _mean_revision_facts(facts, tables)
    _base_revision_facts(facts, tables)


def _mean_revision_facts(facts: Facts, tables: Tables) -> None:
    pairs = []
    for period in span(first_month(tables), facts.period):
        figures = printed_figures(tables, "balance", "USD", "month", period)
        if "preliminary" in figures and "revised" in figures:
            pairs.append((figures["preliminary"], figures["revised"]))
    if not pairs:
        facts.gaps["revision.*"] = f"no month is held both as first published and as revised by {tables.as_of}"
        return
    parts = [part for pair in pairs for part in pair]
    mean = sum(revised.value - first.value for first, revised in pairs) / len(pairs)
    add(facts, "revision.balance_usd_month_mean", mean, "USD", "mean of revised less first print", *parts, step=1e8)
    add(facts, "revision.balance_usd_month_count", len(pairs), "months", "months held in both stages", *parts)


def _base_revision_facts(facts: Facts, tables: Tables) -> None:
    for (year, flow, leg), found in base_revisions(tables, facts.period).items():
        name, how = f"base_revision.{flow}_{year}{leg}", f"{LEGS[leg]}: level / (1 + printed growth)"
        for suffix, value, unit, formula in (
            ("", found.change, "percent", how),
            ("_rounding", found.rounding, "percent", "the most that the rounding of prints leaves open"),
            ("_months", found.months, "months", "months compared"),
        ):
            step = 0.01 if unit == "percent" else None
            facts.by_name[name + suffix] = Fact(name + suffix, value, unit, formula, found.sources, MIXED, step)
    if not any(name.startswith("base_revision.") for name in facts):
        facts.gaps["base_revision.*"] = "no growth is held as printed beside its level and the year-earlier figure"
