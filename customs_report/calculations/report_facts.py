"""Every number of a report as a fact, made in one place from the tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from customs_report.calculations.adjusted import adjusted_facts
from customs_report.calculations.balances import balance_facts
from customs_report.calculations.breaks import broken
from customs_report.calculations.calendar import calendar_facts
from customs_report.calculations.changes import Change, change_facts, flow_change, power_of_ten, together
from customs_report.calculations.contributions import contribution_facts
from customs_report.calculations.cover_ratio import cover_facts
from customs_report.calculations.exchange_rate import exchange_rate_facts
from customs_report.calculations.history import history_facts
from customs_report.calculations.levels import (
    CURRENCIES,
    SPANS,
    Level,
    approximate_level,
    dollar_growth,
    dollar_series,
    find_level,
    merged,
    own,
    printed_growth,
    source_of,
    span_series,
)
from customs_report.calculations.lines import (
    NOISY,
    commodity_line,
    lines_index,
    months_of_partners,
    noisy_base,
    partner_line,
    ranked,
)
from customs_report.calculations.making import add, add_growth
from customs_report.calculations.measures import (
    balance_has_growth,
    growth,
    milestone,
    months_since_larger,
    rank,
    streak,
)
from customs_report.calculations.mirror import mirror_facts
from customs_report.calculations.outlook import outlook_facts
from customs_report.calculations.partner_standing import partner_standing_facts
from customs_report.calculations.previous import previous_facts
from customs_report.calculations.revisions import revision_facts
from customs_report.calculations.unit_values import unit_value_facts
from customs_report.coverage import why_not_held
from customs_report.facts import IMPLIED, Fact, Facts, Gap
from customs_report.periods import shift
from customs_report.schema import FLOWS
from customs_report.tables import Tables

MILESTONE_STEP = {"month": 1e11, "ytd": 1e12, "12m": 1e12}  # round numbers worth a sentence: 100 billion, a trillion


def report_facts(tables: Tables, period: str) -> Facts:
    """Every number of a report: all facts of the period from the tables as `as_of` leaves them, and the gaps.

    Names as in the interface (README): levels and growth of totals, ranks, records, streaks, milestones, calendar,
    adjusted figures, partners, commodities, contributions, quantity and unit value, exchange rate, mirror. A gap names a
    fact or a family (`partner.*`) and says why it cannot be had.

    >>> helpers.report_facts(tables, period)["balance_usd_month_rank"].text
    '3'
    """
    tables = own(tables, period)
    facts = month_facts(tables, period)
    _standing_facts(facts, tables)
    revision_facts(facts, tables)
    contribution_facts(facts, tables)
    balance_facts(facts, tables)
    partner_standing_facts(facts, tables)
    history_facts(facts, tables)
    cover_facts(facts, tables)
    calendar_facts(facts, tables)
    adjusted_facts(facts, tables)
    outlook_facts(facts, tables)
    unit_value_facts(facts, tables)
    exchange_rate_facts(facts, tables)
    mirror_facts(facts, tables)
    previous_facts(facts, month_facts(own(tables, shift(period, -1)), shift(period, -1)))
    return facts


def month_facts(tables: Tables, period: str) -> Facts:
    """Levels and growth of a month: totals, partners, commodities. Takes tables as `own` leaves them."""
    facts = Facts(period, tables.as_of)
    for currency in CURRENCIES:
        for over in SPANS:
            trade_facts(facts, tables, currency, over)
    _partner_facts(facts, tables)
    _commodity_facts(facts, tables)
    return facts


def trade_facts(facts: Facts, tables: Tables, currency: str, over: str) -> None:
    """Adds the levels of all trade over a span with their growth: `<flow>_<currency>_<over>`, `_yoy`, of the balance `_change`.

    The balance and total trade change by what the growth used for exports and for imports implies.
    """
    period, changes = facts.period, {}
    levels = {(flow, p): find_level(tables, flow, currency, over, p) for flow in FLOWS for p in (period, shift(period, -12))}
    for flow in FLOWS:
        name, now, base = f"{flow}_{currency.lower()}_{over}", levels[flow, period], levels[flow, shift(period, -12)]
        if isinstance(now, Gap):
            facts.gaps[name] = now.why
        else:
            add(facts, name, now.value, currency, now.how, now, step=now.step)
        why = broken(tables, "totals", "", flow, shift(period, -12), period)
        held = None if isinstance(now, Gap) else now, None if why or isinstance(base, Gap) else base
        printed = printed_growth(tables, flow, currency, over, period)
        if flow in ("exports", "imports"):
            rate = add_growth(facts, name, *held, printed)
            weights = (approximate_level(tables, flow, currency, over, p) for p in (period, shift(period, -12)))
            changes[flow] = flow_change(*(weights if rate and rate is printed else held), rate, printed)
        elif flow == "total":
            _total_growth_facts(facts, name, *held, printed, together(*changes.values(), "total"))
        else:
            balance, total = (together(*changes.values(), of) for of in ("balance", "total"))
            _balance_change_facts(facts, name, currency, held[0], balance, total)


def _total_growth_facts(
    facts: Facts, name: str, now: Level | None, base: Level | None, printed: Level | None, implied: Change | None
) -> None:
    """Growth of total trade: as printed, else what the printed growth of exports and imports implies, else as computed."""
    best = add_growth(facts, name, now, base, printed)
    if (printed and best is printed) or not implied or implied.mark != IMPLIED or implied.base <= 0:
        return
    rate, step = implied.value / implied.base * 100, max(0.1, power_of_ten(implied.band / implied.base * 100))
    how = f"{implied.how}, on the year-earlier total that they imply"
    facts.gaps.pop(f"{name}_yoy*", None)
    facts.by_name[f"{name}_yoy"] = Fact(f"{name}_yoy", rate, "percent", how, implied.sources, implied.stage, step, implied.mark)


def _balance_change_facts(
    facts: Facts, name: str, currency: str, now: Level | None, change: Change | None, total: Change | None
) -> None:
    change_facts(facts, name, currency, change)
    base = now.value - change.value if now and change else 0.0
    if now and change and total and balance_has_growth(now.value, base, total.base + total.value, total.base):
        rate, step = change.value / base * 100, max(0.1, power_of_ten(change.band / base * 100))
        for suffix in ("_yoy", *["_yoy_computed"] * (change.mark != IMPLIED)):
            facts.by_name[name + suffix] = Fact(
                name + suffix, rate, "percent", "change / (balance − change)", change.sources, change.stage, step, change.mark
            )
    else:
        facts.gaps[f"{name}_yoy*"] = (
            "a balance has a growth rate only where both are surpluses above 5 % of total trade; see the change"
            if now and change
            else "growth of exports and imports, or the balance itself, is not available"
        )


def _standing_facts(facts: Facts, tables: Tables) -> None:
    """Ranks, records, streaks and milestones among all months of the dollar series up to the period."""
    period = facts.period
    for flow in FLOWS:
        series = dollar_series(tables, flow, period)
        if not series or next(reversed(series)) != period:
            facts.gaps[f"{flow}_usd_month_rank*"] = "no dollar figure of the month is held"
            continue
        name, values, mine = f"{flow}_usd_month", [part.value for part in series.values()], series[period]
        since = f"among {len(values)} months since {next(iter(series))}, rounded to 0.1 billion"
        add(facts, f"{name}_rank", rank(values, mine.value), "rank", f"place {since}, 1 = largest", mine)
        add(facts, f"{name}_rank_of", len(values), "months", f"months ranked, {since}", mine)
        _lead_fact(facts, name, values, mine)
        if flow == "balance":
            add(
                facts,
                f"{name}_rank_low",
                rank([-v for v in values], -mine.value),
                "rank",
                f"place {since}, 1 = largest deficit",
                mine,
            )
        if back := months_since_larger(values):
            add(facts, f"{name}_largest_in", back, "months", f"months since one at least as large, {since}", mine)
        _milestone_fact(facts, f"milestone.{name}", values[:-1], mine, MILESTONE_STEP["month"])
        for over in ("ytd", "12m"):
            _span_standing(facts, tables, flow, over)
    balances = [part.value for part in dollar_series(tables, "balance", period).values()]
    if period in dollar_series(tables, "balance", period):
        mine = dollar_series(tables, "balance", period)[period]
        for name, test in (
            ("above_100bn", lambda v: v >= 1e11),
            ("surplus", lambda v: v > 0),
            ("deficit", lambda v: v < 0),
        ):
            add(
                facts,
                f"streak.balance_usd_month_{name}",
                streak(map(test, balances)),
                "months",
                "months in a row up to the period",
                mine,
            )
    for flow in ("exports", "imports"):
        _growth_streak(facts, f"{flow}_usd_month", dollar_growth(tables, flow, period))


def _span_standing(facts: Facts, tables: Tables, flow: str, over: str) -> None:
    period, name = facts.period, f"{flow}_usd_{over}"
    known = span_series(tables, flow, over, period)
    if period not in known:
        return
    mine = known[period]
    values = [found.value for p, found in known.items() if over == "12m" or p[5:] == period[5:]]
    what = f"the same months of {len(values)} years" if over == "ytd" else f"{len(values)} sums of 12 months"
    add(facts, f"{name}_rank", rank(values, mine.value), "rank", f"place among {what}, 1 = largest", mine)
    add(facts, f"{name}_rank_of", len(values), "years" if over == "ytd" else "months", what, mine)
    _lead_fact(facts, name, values, mine)
    earlier = [found.value for p, found in known.items() if p < period]
    _milestone_fact(facts, f"milestone.{name}", earlier, mine, MILESTONE_STEP[over])


def _lead_fact(facts: Facts, name: str, values: list[float], mine: Level) -> None:
    """By how much a figure is ahead of the next smaller one: what it may lose without losing its place."""
    smaller = [value for value in values if value < mine.value]
    if smaller:
        add(facts, f"{name}_rank_lead", mine.value - max(smaller), "USD", "lead over the next smaller", mine, step=mine.step)


def _milestone_fact(facts: Facts, name: str, earlier: list[float], mine: Level, step: float) -> None:
    if earlier and (passed := milestone(earlier, mine.value, step)):
        add(facts, name, passed, "USD", "round number passed for the first time in the series", mine, step=step)


def _growth_streak(facts: Facts, name: str, rates: list[tuple[float, Level]]) -> None:
    if not rates:
        return
    values = [value for value, _ in rates]
    for word, test in (("rising", lambda v: v > 0), ("falling", lambda v: v < 0)):
        add(
            facts,
            f"streak.{name}_{word}",
            streak(map(test, values)),
            "months",
            "months in a row up to the period, against a year earlier",
            rates[-1][1],
        )


def _partner_facts(facts: Facts, tables: Tables) -> None:
    period, index = facts.period, lines_index(tables, "partners")
    codes = sorted({code for code, kind, p in index if p == period})
    if not codes:
        facts.gaps["partner.*"] = why_not_held(tables, "partners", period)
        return
    world = {over: find_level(tables, "total", "CNY", over, period) for over in ("month", "ytd")}
    for code in codes:
        for over in ("month", "ytd"):
            partner_levels(facts, tables, code, over)
        mine = facts.by_name.get(f"partner.{code}.total_cny_ytd")
        if mine and isinstance(world["ytd"], Level):
            share = mine.value / world["ytd"].value * 100
            facts.by_name[f"partner.{code}.share_ytd"] = replace(
                mine,
                name=f"partner.{code}.share_ytd",
                value=share,
                unit="percent",
                how="share of total trade",
                sources=merged([mine.sources, world["ytd"].sources]),
                step=None,
            )
        _partner_streaks(facts, tables, code)
    for code in sorted({code for code, _, p in index if p < period} - set(codes)):
        facts.gaps[f"partner.{code}.*"] = why_not_held(tables, "partners", period, key=code)
    for place, code in enumerate(ranked(tables, period), start=1):
        mine = facts.by_name[f"partner.{code}.total_cny_ytd"]
        facts.by_name[f"partner.{code}.rank_ytd"] = replace(
            mine,
            name=f"partner.{code}.rank_ytd",
            value=place,
            unit="rank",
            how="place by total trade; ASEAN and the EU one partner each",
            step=None,
        )
    facts.gaps["partner.*.rank_ytd"] = "a rank is given only where no partner missing from the table could be larger"


def partner_levels(facts: Facts, tables: Tables, code: str, over: str) -> None:
    """Adds a partner's exports, imports, total and balance with their growth: `partner.<code>.<flow>_cny_<over>`."""
    period = facts.period
    now, base = (partner_line(tables, code, over, p) for p in (period, shift(period, -12)))
    if not now:
        return
    source = (source_of(now),)
    year = partner_line(tables, code, "ytd", period) if period.endswith("-01") else None  # January is the year to date

    changes = {}
    for flow, of in PARTNER_FLOWS.items():
        name = f"partner.{code}.{flow}_cny_{over}"
        if pd.isna(of(now)):
            facts.gaps[name] = "not printed for this month"
            continue
        how = "printed" if flow in ("exports", "imports") else f"exports {'+' if flow == 'total' else '-'} imports"
        facts.by_name[name] = Fact(name, of(now), "CNY", how, source, now.stage, now.step)
        why = broken(tables, "partners", code, flow, shift(period, -12), period)
        level = Level(of(now), now.step, now.stage, how, source)
        before = Level(of(base), base.step, base.stage, "printed", (source_of(base),)) if base and of(base) > 0 else None
        if flow == "balance":
            change_facts(facts, name, "CNY", together(changes["exports"], changes["imports"], flow), why)
            continue
        rate = getattr(year or now, f"{flow}_yoy")
        printed = None if pd.isna(rate) else Level(rate, 0.1, now.stage, "printed", source)
        used = add_growth(facts, name, level, None if why else before, printed, why)
        changes[flow] = flow_change(level, None if why else before, used, printed)


PARTNER_FLOWS: dict[str, Callable] = {
    "exports": lambda row: row.exports,
    "imports": lambda row: row.imports,
    "total": lambda row: row.exports + row.imports,
    "balance": lambda row: row.exports - row.imports,
}


def _partner_streaks(facts: Facts, tables: Tables, code: str) -> None:
    months = [period for period in months_of_partners(tables).get(code, []) if period <= facts.period]
    for flow in ("exports", "imports"):
        rates, expected = [], facts.period
        if noisy_base(tables, code, flow, facts.period):
            facts.gaps[f"streak.partner.{code}.{flow}_cny_month_*"] = NOISY
            continue
        for period in reversed(months):
            now, base = (partner_line(tables, code, "month", p) for p in (period, shift(period, -12)))
            if period != expected or not base or not getattr(base, flow) > 0:
                break
            if broken(tables, "partners", code, flow, shift(period, -12), period):
                break
            rates.append(
                (growth(getattr(now, flow), getattr(base, flow)), Level(0, now.step, now.stage, "", (source_of(now),)))
            )
            expected = shift(period, -1)
        _growth_streak(facts, f"partner.{code}.{flow}_cny_month", rates[::-1])


def _commodity_facts(facts: Facts, tables: Tables) -> None:
    period = facts.period
    for flow in ("export", "import"):
        slugs = sorted({c for f, c, _, p in lines_index(tables, "commodities") if f == flow and p == period})
        if not slugs:
            facts.gaps[f"commodity.{flow}.*"] = why_not_held(tables, "commodities", period, flow=flow)
            continue
        for slug in slugs:
            for over in ("month", "ytd"):
                commodity_levels(facts, tables, flow, slug, over)
            _commodity_share(facts, flow, slug)


def commodity_levels(facts: Facts, tables: Tables, flow: str, slug: str, over: str) -> None:
    """Adds a commodity's value, quantity and unit value with their growth: `commodity.<flow>.<slug>.value_cny_<over>`."""
    period, name = facts.period, f"commodity.{flow}.{slug}"
    now, base = (commodity_line(tables, flow, slug, over, p) for p in (period, shift(period, -12)))
    if not now:
        facts.gaps[f"{name}.*_{over}"] = facts.gaps[f"{name}.value_cny_{over}"] = why_not_held(
            tables, "commodities", period, flow=flow, key=slug, kind=over
        )
        return
    why = broken(tables, "commodities", slug, flow, shift(period, -12), period)
    for measure, unit, of, printed in (
        (f"value_cny_{over}", "CNY", lambda row: row.value, now.value_yoy),
        (f"quantity_{over}", now.unit, lambda row: row.quantity, now.quantity_yoy),
        (
            f"unit_value_{over}",
            f"CNY per {now.unit.removesuffix('s')}",
            lambda row: row.value / row.quantity,
            float("nan"),
        ),
    ):
        if measure[0] != "v" and not now.quantity > 0:
            continue
        value, step = of(now), now.step if unit == "CNY" else None
        how = now.how if not measure.startswith("unit") else "value / quantity"
        facts.by_name[f"{name}.{measure}"] = Fact(f"{name}.{measure}", value, unit, how, now.sources, now.stage, step)
        comparable = base and not why and (measure[0] == "v" or (base.quantity > 0 and base.unit == now.unit))
        add_growth(
            facts,
            f"{name}.{measure}",
            Level(value, now.step, now.stage, how, now.sources),
            Level(of(base), base.step, base.stage, base.how, base.sources) if comparable else None,
            None if pd.isna(printed) else Level(printed, 0.1, now.stage, "printed", now.sources),
            why,
        )


def _commodity_share(facts: Facts, flow: str, slug: str) -> None:
    mine, total = facts.by_name.get(f"commodity.{flow}.{slug}.value_cny_ytd"), facts.by_name.get(f"{flow}s_cny_ytd")
    if mine and total:
        name = f"commodity.{flow}.{slug}.share_ytd"
        facts.by_name[name] = replace(
            mine,
            name=name,
            value=mine.value / total.value * 100,
            unit="percent",
            how=f"share of all {flow}s",
            sources=merged([mine.sources, total.sources]),
            step=None,
        )
