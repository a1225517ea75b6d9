"""Records and history: 12-month sums, milestones and when they were first passed, the base of next month's growth."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import pandas as pd

from customs_report.calculations.growth_rates import computed_growth, growth_to_use
from customs_report.calculations.levels import (
    dollar_series,
    exclude_lookahead,
    find_level,
    first_month,
    months_between,
    printed_growth,
    span_series,
)
from customs_report.facts import Facts, complete, or_none
from customs_report.numbers import period_text
from customs_report.periods import distance, shift, span, trailing
from customs_report.provenance import Figure
from customs_report.schema import FLOWS
from customs_report.tables import Tables

MILESTONES = {"month": 1e11, "ytd": 1e12, "12m": 1e12}  # round numbers worth a sentence: 100 billion, a trillion


def rolling_year(tables: Tables, period: str) -> pd.DataFrame:
    """How large were exports, imports and the balance over the twelve months that end with each month?"""
    return _rolling_year(exclude_lookahead(tables, period), period).copy(deep=False)


@lru_cache(maxsize=2)  # three exhibits ask for it
def _rolling_year(tables: Tables, period: str) -> pd.DataFrame:
    series = {flow: span_series(tables, flow, "12m", period) for flow in ("exports", "imports", "balance")}
    rows = {
        month: {flow: known[month].value for flow, known in series.items() if month in known}
        for month in span(shift(first_month(tables), 11), period)
    }
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["exports", "imports", "balance"])
    return frame.rename_axis("period").dropna(how="all")


def milestones(tables: Tables, period: str) -> pd.DataFrame:
    """When did the surplus first pass each round number?"""
    tables = exclude_lookahead(tables, period)
    rows: dict[str, tuple[str, float, str, int]] = {}
    for over, step in MILESTONES.items():
        passed, before = 0, ""
        for month, found in _balances(tables, over, period).items():
            reached = int(found.value // step)
            if before == shift(month, -1):
                rows |= {
                    f"{over}-{n}": (over, n * step, month, distance(month, period)) for n in range(passed + 1, reached + 1)
                }
            passed, before = max(passed, reached), month
    return pd.DataFrame.from_dict(rows, orient="index", columns=["over", "value", "first", "months_ago"])


def _balances(tables: Tables, over: str, period: str) -> dict[str, Figure]:
    return dollar_series(tables, "balance", period) if over == "month" else span_series(tables, "balance", over, period)


def history_facts(facts: Facts, tables: Tables) -> None:
    """Ranks in yuan among the months held, how long ago milestones were passed, the base of next month."""
    for flow in FLOWS:
        _rank_in_yuan(facts, tables, flow)
    passed = milestones(tables, facts.period)
    for over, rows in passed.groupby("over"):
        newest = rows.iloc[-1]
        found = _balances(tables, str(over), facts.period)[newest["first"]]
        name, step, label = f"history.balance_usd_{over}_passed", MILESTONES[str(over)], found.label
        known = {"stage": found.stage, "sources": found.sources}
        how = "largest round number that the surplus passed"
        facts.calculate(
            name, f"figure // {step:.0f} * {step:.0f}", "USD", label.of("largest round number that {} has passed"),
            {"figure": found}, how=how, step=step,
        )  # fmt: skip
        label = label.of("months since {} passed a round number")
        ago = months_between(newest["first"], facts.period, label, "months since it was passed")
        facts.add(f"{name}_months_ago", ago, **known)
    _next_base(facts, tables)


def _rank_in_yuan(facts: Facts, tables: Tables, flow: str) -> None:
    """Among the months of which yuan are held in one run up to the period: a short series, and named so."""
    name, series = f"{flow}_cny_month", {}
    month = facts.period
    while isinstance(found := find_level(tables, flow, "CNY", "month", month), Figure):
        series[month], month = found, shift(month, -1)
    if len(series) < 12:
        facts.gaps[f"{name}_rank*"] = "fewer than twelve consecutive months are available in yuan"
        return
    mine, first = series[facts.period], shift(month, 1)
    since = f"among {len(series)} months since {period_text(first)}, rounded to 0.1 billion"
    months = tuple(series.values())
    facts.calculate(
        f"{name}_rank", "rank(months, month)", "rank", mine.label.of("rank of {} among the months"),
        {"months": months, "month": mine}, like=mine, how=f"place {since}, 1 = largest",
    )  # fmt: skip
    label = mine.label.of("number of those that {} is ranked among")
    facts.calculate(
        f"{name}_rank_of", "count(months)", "months", label, {"months": months}, how=f"months ranked, {since}", like=mine
    )


def _next_base(facts: Facts, tables: Tables) -> None:
    """What next month will be compared with: growth of the same month a year before, printed or computed."""
    coming = shift(facts.period, 1)
    for flow in ("exports", "imports"):
        month = shift(coming, -12)
        name, base = f"base.{flow}_usd_next", find_level(tables, flow, "USD", "month", month)
        if not isinstance(base, Figure):
            facts.gaps[f"{name}*"] = base.why
            continue
        facts.add(name, base, origin=replace(base.origin, how="the month that next month will be compared with"))
        year = [_growth(tables, flow, p) for p in trailing(month, 12)]
        if rate := year[-1]:
            origin = replace(rate.origin, how=f"of the month that is compared with: {rate.how}")
            facts.add(f"{name}_yoy", rate, origin=origin, step=None)
        if rate and (known := complete(year)):
            how = "less the mean growth of the twelve months up to it"
            facts.calculate(
                f"{name}_gap", "growth - mean(twelve_months)", "percentage points", rate.label.of("{}, above that of its year"),
                {"growth": rate, "twelve_months": tuple(reversed(known))}, how=how,
            )  # fmt: skip


def _growth(tables: Tables, flow: str, month: str) -> Figure | None:
    """Growth of a month in dollars: as printed at the stage of its level, between levels of one stage, as printed at any."""
    now, base = (or_none(find_level(tables, flow, "USD", "month", p)) for p in (month, shift(month, -12)))
    printed = printed_growth(tables, flow, "USD", "month", month)
    of_one_stage = now and base and now.stage == base.stage
    return growth_to_use(now, computed_growth(now, base), printed) if of_one_stage else printed


def thirteen_months(tables: Tables, period: str) -> pd.DataFrame:
    """The last thirteen months side by side: index period; exports, imports, balance in dollars, growth of both in percent."""
    tables, rows = exclude_lookahead(tables, period), {}
    for month in span(shift(period, -12), period):
        row = {}
        for flow in ("exports", "imports", "balance"):
            now = find_level(tables, flow, "USD", "month", month)
            if isinstance(now, Figure):
                row[flow] = now.value
            if flow != "balance" and (rate := _growth(tables, flow, month)):
                row[f"{flow}_yoy"] = rate.value
        rows[month] = row
    columns = ["exports", "imports", "balance", "exports_yoy", "imports_yoy"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("period").astype(float).dropna(how="all")
