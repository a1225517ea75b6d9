"""What customs published first, what it compared with a year later, and what it shows now.

Customs prints growth on figures that it has revised in the meantime. The level divided by one plus the growth printed
beside it is the base that customs compared with; compared with the first print, it shows how that was revised within a year.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import NamedTuple

import pandas as pd

from customs_report.calculations.levels import (
    CURRENCIES,
    exclude_lookahead,
    find_level,
    first_month,
    newest_stage,
    printed_figures,
)
from customs_report.facts import Facts, complete, or_none
from customs_report.numbers import CURRENCY_WORDS
from customs_report.periods import shift, span
from customs_report.provenance import MIXED, Figure, Label, Origin, calculate, combined, stage_of
from customs_report.schema import FLOWS, STAGES
from customs_report.tables import Tables

FIRST, LATER = ("preliminary", "bulletin"), ("restated", "revised")  # the bulletin prints the first figures with more digits
LEGS = {"": "first print to the base of printed growth", "_since": "base of printed growth to the figure now"}
ROUNDING = 1.5e8  # dollars: a smaller revision of a balance may be the rounding of exports, imports and the first estimate
COARSEST = 0.15  # percent: figures that were rounded more coarsely show nothing of a revision


def revised_levels(tables: Tables, period: str) -> dict[str, tuple[Figure, Figure]]:
    """First print and newest figure of each level of a month that was released again: fact name -> (first, now)."""
    pairs = {}
    for currency, over, flow in product(CURRENCIES, ("month", "ytd"), FLOWS):
        printed = printed_figures(tables, flow, currency, over, period)
        now = find_level(tables, flow, currency, over, period)
        if printed and isinstance(now, Figure) and now.stage in STAGES:
            first = printed[min(printed, key=STAGES.__getitem__)]
            if first.released < now.released:
                pairs[f"{flow}_{currency.lower()}_{over}"] = (first, now)
    return pairs


def revisions(tables: Tables, period: str) -> pd.DataFrame:
    """What was each figure of a month when first published, and what is it now?"""
    rows = {
        name: (first.value, first.released, now.value, now.released, now.value - first.value)
        for name, (first, now) in revised_levels(tables, period).items()
    }
    columns = ["first", "first_released", "now", "now_released", "change"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


class BaseRevision(NamedTuple):
    """How a year's exports or imports were revised before or after customs used them as the base of growth.

    `change` is the revision in percent, `rounding` its largest error from the rounding of prints, `months` the months covered.
    """

    change: Figure
    rounding: Figure
    months: Figure


class _Step(NamedTuple):
    """A figure before and after a revision, with the half of their rounding, and the months that it covers."""

    before: Figure
    after: Figure
    rounding: Figure
    months: Figure


def base_revisions(tables: Tables, period: str) -> dict[tuple[str, str, str], BaseRevision]:
    """By how much did customs revise a year's figures (a) before comparing the next year with them, (b) afterwards?"""
    tables = exclude_lookahead(tables, period)
    found: dict[tuple[str, str, str], list[_Step]] = {}
    for p in span(shift(first_month(tables), 12), period):
        for currency, leg in product(CURRENCIES, LEGS):
            steps = complete(_step(tables, flow, currency, p, leg) for flow in ("exports", "imports"))
            if not steps or any(step.rounding.value / step.before.value * 100 > COARSEST for step in steps):
                continue
            for flow, step in zip(("exports", "imports"), steps, strict=True):
                key = (str(int(p[:4]) - 1), f"{flow}_{currency.lower()}", leg)
                found[key] = [*found.get(key, ()), step] if currency == "USD" else [step]
    return {key: _together(steps, key[1].split("_")[0], key[0], key[2]) for key, steps in found.items()}


def _step(tables: Tables, flow: str, currency: str, period: str, leg: str) -> _Step | None:
    """The revision that growth printed for a month implies; January and February are taken together."""
    over = "ytd" if currency == "CNY" or period.endswith("-02") else "month"
    levels, rates = (printed_figures(tables, flow, currency, over, period, measure) for measure in ("level", "yoy"))
    stage = next((stage for stage in reversed(FIRST) if stage in levels and stage in rates), "")
    other = _base(tables, flow, currency, over, shift(period, -12), leg) if stage else None
    if not other:
        return None
    now, rate = levels[stage], rates[stage]
    base = calculate("level / (1 + growth / 100)", currency, now.label.of("{}, base of growth"), {"level": now, "growth": rate})
    open_ = base.value * (now.rounding / now.value + rate.rounding / (100 + rate.value)) / 2 + other.rounding / 2
    rounding = Figure(open_, currency, now.label.of("rounding of {}"), Origin("half of each rounding"), base.sources, stage)
    covered = int(period[5:]) if over == "ytd" else 1
    months = Figure(covered, "months", Label("months covered"), sources=combined((base.sources, other.sources)), stage=stage)
    before, after = (other, base) if not leg else (base, other)
    return _Step(before, after, rounding, months)


def _base(tables: Tables, flow: str, currency: str, over: str, period: str, leg: str) -> Figure | None:
    """The year-earlier figure as first printed, or as it is now if it was released again by the day of the report."""
    if leg:
        now = or_none(find_level(tables, flow, currency, over, period))
        return now if now and now.stage in LATER and now.released <= tables.as_of else None
    prints = printed_figures(tables, flow, currency, over, period)
    prints = {stage: prints[stage] for stage in FIRST if stage in prints}
    return newest_stage(prints) if prints else None


def _together(steps: list[_Step], flow: str, year: str, leg: str) -> BaseRevision:
    before, after, rounding, months = (tuple(column) for column in zip(*steps, strict=True))
    label = Label(f"revision of {flow}, {LEGS[leg]}", f"in {CURRENCY_WORDS[before[0].unit]}, {year}")

    def over(formula: str, unit: str, of: str, how: str, step: float | None = None, **inputs: tuple[Figure, ...]) -> Figure:
        return calculate(formula, unit, label.of(of), inputs, how=how, step=step, stage=MIXED)

    change, left_open = f"{LEGS[leg]}: level / (1 + printed growth)", "the most that the rounding of prints leaves open"
    revised, rounded = "(sum(after) / sum(before) - 1) * 100", "sum(rounding) / sum(before) * 100"
    return BaseRevision(
        over(revised, "percent", "{}", change, 0.01, after=after, before=before),
        over(rounded, "percent", "rounding of the {}", left_open, 0.01, rounding=rounding, before=before),
        over("sum(months)", "months", "months compared for the {}", "months compared", months=months),
    )


def month_revisions(tables: Tables, period: str) -> pd.DataFrame:
    """By how much was each month's first estimate revised, by the time of the next year's growth, and up to now?

    Index month, February with January; columns exports_next_year, exports_now, imports_next_year, imports_now in percent.
    """
    tables, rows = exclude_lookahead(tables, period), {}
    for p in span(first_month(tables), period):
        over = "ytd" if p.endswith("-02") else "month"
        row: dict[str, float] = {}
        for flow in ("exports", "imports"):
            first, now = _base(tables, flow, "USD", over, p, ""), _base(tables, flow, "USD", over, p, "_since")
            if first and first.rounding / first.value * 100 <= COARSEST:
                step = _step(tables, flow, "USD", shift(p, 12), "") if shift(p, 12) <= period else None
                exact = step if step and step.rounding.value / first.value * 100 <= COARSEST else None
                row[f"{flow}_next_year"] = (exact.after.value / first.value - 1) * 100 if exact else float("nan")
                row[f"{flow}_now"] = (now.value / first.value - 1) * 100 if now else float("nan")
        rows[p] = row
    columns = [f"{flow}_{when}" for flow in ("exports", "imports") for when in ("next_year", "now")]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).round(2).dropna(how="all").rename_axis("period")


def revision_facts(facts: Facts, tables: Tables) -> None:
    """What was first published of this month, how customs revises the monthly balance, what printed growth implies."""
    for name, (first, now) in revised_levels(tables, facts.period).items():
        facts.add(
            f"revision.{name}_first", first, label=now.label.of("first print of {}"),
            origin=replace(first.origin, how="first published"),
        )  # fmt: skip
        facts.calculate(
            f"revision.{name}_change", "level - first_print", now.unit, now.label.of("revision of {}"),
            {"level": now, "first_print": first}, how="now less first print", step=max(first.rounding, now.rounding),
        )  # fmt: skip
    _mean_revision_facts(facts, tables)
    _base_revision_facts(facts, tables)


def _mean_revision_facts(facts: Facts, tables: Tables) -> None:
    pairs = []
    for period in span(first_month(tables), facts.period):
        figures = printed_figures(tables, "balance", "USD", "month", period)
        if "preliminary" in figures and "revised" in figures:
            pairs.append((figures["preliminary"], figures["revised"]))
    if not pairs:
        facts.gaps["revision.*"] = f"no month is available both as first published and as revised by {tables.as_of}"
        return
    first, revised = (tuple(column) for column in zip(*pairs, strict=True))
    label, stage = Label("mean revision of the monthly balance of trade", "in dollars"), stage_of([*first, *revised])
    changes = tuple(
        calculate("revised - first_print", "USD", each.label.of("revision of {}"), {"revised": each, "first_print": before})
        for before, each in pairs
    )
    mean = calculate(
        "sum(revised) / count(revised) - sum(first_prints) / count(first_prints)", "USD", label,
        {"revised": revised, "first_prints": first}, stage=stage, step=1e8, how="mean of revised less first print",
    )  # fmt: skip
    facts.add("revision.balance_usd_month_mean", mean)
    facts.calculate(
        "revision.balance_usd_month_size", "sum([size(change) for change in changes]) / count(changes)", "USD",
        label.of("size of the {}"), {"changes": changes}, how="mean size of revised less first print", like=mean, step=1e8,
    )  # fmt: skip
    facts.calculate(
        "revision.balance_usd_month_count", "count(revised)", "months", label.of("months compared for the {}"),
        {"revised": revised}, how="months available in both stages", stage=stage, like=mean,
    )  # fmt: skip


def _base_revision_facts(facts: Facts, tables: Tables) -> None:
    for (year, flow, leg), found in base_revisions(tables, facts.period).items():
        name = f"base_revision.{flow}_{year}{leg}"
        for suffix, figure in (("", found.change), ("_rounding", found.rounding), ("_months", found.months)):
            facts.add(name + suffix, figure)
    if not any(name.startswith("base_revision.") for name in facts):
        facts.gaps["base_revision.*"] = "no growth was published with its level and the year-earlier figure"
