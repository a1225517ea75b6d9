"""The calculations of China customs reports: tidy tables in, tidy tables or facts out.

No file is read here and nothing is drawn. Every number of a report is a fact made by `report_facts`; the tables that charts
show come from the functions at the end. Levels are in dollars or yuan, growth and shares in percent, periods are text
such as "2025-11". The rules (which vintage counts, which growth, who is ranked) stand in `data/README.md`.

Spans: `month`, `ytd` (January to the month), `3m` and `12m` (trailing sums that end with the month).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import pandas as pd

from customs_report.facts import Fact, Facts, Gap, period_text
from customs_report.periods import distance, shift, span, trailing, year_to_date
from customs_report.tables import CONTINENTS, FLOWS, STAGES, Tables, in_order, ranked_partners, why_not_held

CURRENCIES = ("USD", "CNY")
SPANS: dict[str, Callable[[str], list[str]]] = {
    "month": lambda period: [period],
    "ytd": year_to_date,
    "3m": lambda period: trailing(period, 3),
    "12m": lambda period: trailing(period, 12),
}
MIXED = "mixed"
MIXED_STEP = 1e10  # a sum of figures of several stages is never written finer than ten billion
RANK_STEP = 1e8  # levels are rounded to 0.1 billion before they are ranked
MILESTONE_STEP = {"month": 1e11, "ytd": 1e12, "12m": 1e12}  # round numbers worth a sentence: 100 billion, a trillion


class Level(NamedTuple):
    """A figure with what stands behind it; `step` is the rounding of the print, `how` the formula or "printed"."""

    value: float
    step: float
    stage: str
    how: str
    sources: tuple[str, ...]


# --- figures: one level, of the newest stage that a report may use ------------------------------------------------------


def own(tables: Tables, period: str) -> Tables:
    """What may a report of this period use? Late figures are history only: none of its own period or a later one.

    Takes and returns tables as `as_of` leaves them.
    """
    frames = {}
    for name in ("totals", "partners", "commodities"):
        rows = getattr(tables, name)
        barred = rows["late"] & (rows["period"] >= period)
        if barred.any():
            frames[name] = rows[~barred]
    return replace(tables, **frames) if frames else tables


def level(tables: Tables, flow: str, currency: str, over: str, period: str) -> Level:
    """How large were exports, imports, the balance or total trade over a span that ends with the period?

    Month: the newest stage held. Sums: the newest stage in which the whole span can be had; within a stage a printed year
    to date beats the sum of months, unless it is printed coarser: then it only confirms the sum. Only where no single
    stage covers the span do stages mix; such a sum is marked and never written finer than ten billion.
    Raises Gap with the reason where a month is missing.
    """
    found = _level(tables, flow, currency, over, period)
    if isinstance(found, Gap):
        raise found
    return found


@lru_cache(maxsize=100_000)
def _level(tables: Tables, flow: str, currency: str, over: str, period: str) -> Level | Gap:
    months = SPANS[over](period)
    if over == "month" or len(months) == 1:
        figures = _printed(tables, flow, currency, "month", period) or (
            _printed(tables, flow, currency, "ytd", period) if len(months) == 1 and period.endswith("-01") else {}
        )
        return _newest(figures) if figures else _gap(tables, flow, currency, period)
    printed = _printed(tables, flow, currency, "ytd", period) if over == "ytd" else {}
    sums = {stage: found for stage in STAGES if (found := _sum(tables, flow, currency, months, stage))}
    blended = _sum(tables, flow, currency, months)
    if blended and blended.stage != MIXED:
        sums[blended.stage] = blended
    for stage in sorted({*printed, *sums}, key=STAGES.__getitem__, reverse=True):
        return _print_or_sum(printed.get(stage), sums.get(stage))
    if blended:
        return blended
    missing = next(m for m in months if not _printed(tables, flow, currency, "month", m))
    return _gap(tables, flow, currency, missing)


def _print_or_sum(printed: Level | None, summed: Level | None) -> Level:
    if printed and (not summed or printed.step <= summed.step):
        return printed
    if printed:
        return summed._replace(
            how=f"{summed.how}, confirmed by the printed year to date", sources=summed.sources + printed.sources
        )
    return summed


def _sum(tables: Tables, flow: str, currency: str, months: list[str], stage: str = "") -> Level | None:
    """The sum over months, of one stage or of the newest of each; January and February may come as one print."""
    parts, i = [], 0
    while i < len(months):
        part = _one_stage(_printed(tables, flow, currency, "month", months[i]), stage)
        pair = months[i].endswith("-01") and i + 1 < len(months)
        if pair and not (part and _one_stage(_printed(tables, flow, currency, "month", months[i + 1]), stage)):
            part, i = _one_stage(_printed(tables, flow, currency, "ytd", months[i + 1]), stage), i + 1
        if not part:
            return None
        parts.append(part)
        i += 1
    stages = {part.stage for part in parts}
    mixed = len(stages) > 1
    return Level(
        value=round(sum(part.value for part in parts), 2),
        step=max([part.step for part in parts] + [MIXED_STEP] * mixed),
        stage=MIXED if mixed else stages.pop(),
        how=f"sum of {len(months)} months" + (" of different stages" if mixed else ""),
        sources=_merge(part.sources for part in parts),
    )


def _one_stage(figures: dict[str, Level], stage: str) -> Level | None:
    return figures.get(stage) if stage else (_newest(figures) if figures else None)


def _newest(figures: dict[str, Level]) -> Level:
    return figures[max(figures, key=STAGES.__getitem__)]


def _printed(tables: Tables, flow: str, currency: str, kind: str, period: str, measure: str = "level") -> dict[str, Level]:
    return _totals_index(tables).get((flow, currency, kind, measure, period), {})


@lru_cache(maxsize=16)
def _totals_index(tables: Tables) -> dict[tuple, dict[str, Level]]:
    index: dict[tuple, dict[str, Level]] = {}
    for row in in_order(tables.totals).itertuples(index=False):
        key = (row.flow, row.currency, row.kind, row.measure, row.period)
        index.setdefault(key, {})[row.stage] = Level(row.value, row.step, row.stage, row.how, (_source(row),))
    return index


def _source(row) -> str:
    return f"{row.source}, {row.stage}, released {row.released} ({row.released_basis})"


def _merge(sources: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(source for group in sources for source in group))


def _gap(tables: Tables, flow: str, currency: str, period: str) -> Gap:
    why = why_not_held(tables, "totals", period, flow=flow, currency=currency, kind="month", measure="level")
    if flow in ("balance", "total"):  # derived nearly everywhere: what is missing is one of its parts
        why = why_not_held(tables, "totals", period, flow="imports", currency=currency, kind="month", measure="level")
        why = why.replace("imports", flow)
    if "is missing" in why:
        why = f"not held as published by {tables.as_of}"
    return Gap(f"{flow}_{currency.lower()}", why)


# --- growth, ranks, streaks: pure functions on levels -------------------------------------------------------------------


def growth(now: float, base: float) -> float:
    """By how many percent did a figure change? Needs a positive base; a negative one has no growth rate."""
    if base <= 0:
        raise ValueError(f"no growth rate on a base of {base}")
    return (now / base - 1) * 100


def balance_has_growth(balance: float, base: float, total: float, base_total: float) -> bool:
    """May the change of a balance be told in percent? Only where both are surpluses above 5 % of total trade."""
    return balance > 0.05 * total and base > 0.05 * base_total


def rank(values: Iterable[float], own_value: float, step: float = RANK_STEP) -> int:
    """The place of a value among values (itself one of them), 1 = largest; rounded to `step` first, equals share the better."""
    mine = round(own_value / step)
    return 1 + sum(round(value / step) > mine for value in values)


def months_since_larger(values: list[float], step: float = RANK_STEP) -> int | None:
    """How many months ago was a value at least as large as the last one? None where it never was: a record."""
    last = round(values[-1] / step)
    for back, value in enumerate(reversed(values[:-1]), start=1):
        if round(value / step) >= last:
            return back
    return None


def streak(holds: Iterable[bool]) -> int:
    """For how many periods in a row, counted back from the last, does a condition hold?"""
    count = 0
    for answer in reversed(list(holds)):
        if not answer:
            break
        count += 1
    return count


def milestone(earlier: Iterable[float], value: float, step: float) -> float | None:
    """Which multiple of `step` was passed for the first time? None where an earlier value was beyond it already."""
    passed = value // step * step
    return passed if passed > 0 and max(earlier, default=0.0) < passed else None


def implied_base(value: float, growth_percent: float) -> float:
    """The year-earlier figure that printed growth implies: what customs compared with, revisions included."""
    return value / (1 + growth_percent / 100)


def contribution(value: float, base: float, base_total: float) -> float:
    """How many percentage points did a part add to the growth of the whole?"""
    return (value - base) / base_total * 100


# --- facts --------------------------------------------------------------------------------------------------------------


def report_facts(tables: Tables, period: str) -> Facts:
    """Every number of a report: all facts of the period from the tables as `as_of` leaves them, and the gaps.

    Names as in the interface (README): levels and growth of totals, ranks, records, streaks, milestones, partners,
    commodities. A gap names a fact or a family (`partner.*`) and says why it cannot be had.
    """
    tables = own(tables, period)
    facts = Facts(period, tables.as_of)
    for currency in CURRENCIES:
        for flow in FLOWS:
            for over in SPANS:
                _level_facts(facts, tables, flow, currency, over)
    _standing_facts(facts, tables)
    _revision_facts(facts, tables)
    _partner_facts(facts, tables)
    _commodity_facts(facts, tables)
    return facts


def _add(facts: Facts, name: str, value: float, unit: str, how: str, *parts: Level, step: float | None = None) -> None:
    """A fact computed from levels; its stage is theirs, `mixed` where they differ in kind from each other."""
    stages = dict.fromkeys(part.stage for part in parts)
    stage = next(iter(stages)) if len(stages) == 1 else MIXED
    facts.by_name[name] = Fact(name, value, unit, how, _merge(part.sources for part in parts), stage, step)


def _level_facts(facts: Facts, tables: Tables, flow: str, currency: str, over: str) -> None:
    period, name = facts.period, f"{flow}_{currency.lower()}_{over}"
    now, base = (_level(tables, flow, currency, over, p) for p in (period, shift(period, -12)))
    prints = _printed(tables, flow, currency, over, period, "yoy") if over in ("month", "ytd") else {}
    if isinstance(now, Gap):
        facts.gaps[name] = now.why
    else:
        _add(facts, name, now.value, currency, now.how, now, step=now.step)
    if isinstance(now, Gap) or isinstance(base, Gap):
        now, base = (None, None) if isinstance(now, Gap) else (now, None)
    if flow == "balance":
        _balance_change_facts(facts, tables, name, currency, over, now, base)
    else:
        _growth_facts(facts, name, now, base, _newest(prints) if prints else None)


def _growth_facts(facts: Facts, name: str, now: Level | None, base: Level | None, printed: Level | None) -> None:
    """Growth as printed and as computed, and the one to use: printed where it belongs to the level's stage."""
    computed = None
    if now and base and base.value > 0:
        mixed = "" if now.stage == base.stage else f", {base.stage} base"
        computed = now._replace(value=growth(now.value, base.value), how=f"growth on a year earlier{mixed}")
        _add(facts, f"{name}_yoy_computed", computed.value, "percent", computed.how, computed, base)
        facts.by_name[f"{name}_yoy_computed"] = replace(facts.by_name[f"{name}_yoy_computed"], stage=now.stage)
    if printed:
        _add(facts, f"{name}_yoy_printed", printed.value, "percent", "printed by customs", printed, step=printed.step)
    use_print = printed and (not computed or printed.stage == now.stage or now.stage == MIXED)
    best = f"{name}_yoy_{'printed' if use_print else 'computed'}"
    if best in facts.by_name:
        facts.by_name[f"{name}_yoy"] = replace(facts.by_name[best], name=f"{name}_yoy")
    else:
        facts.gaps[f"{name}_yoy*"] = "neither printed nor a year-earlier figure held"


def _balance_change_facts(
    facts: Facts, tables: Tables, name: str, currency: str, over: str, now: Level | None, base: Level | None
) -> None:
    if not now or not base:
        facts.gaps[f"{name}_yoy*"] = facts.gaps[f"{name}_change"] = "no year-earlier figure held"
        return
    _add(
        facts,
        f"{name}_change",
        now.value - base.value,
        currency,
        "change on a year earlier",
        now,
        base,
        step=max(now.step, base.step),
    )
    totals = [_level(tables, "total", currency, over, p) for p in (facts.period, shift(facts.period, -12))]
    if all(isinstance(t, Level) for t in totals) and balance_has_growth(
        now.value, base.value, totals[0].value, totals[1].value
    ):
        _growth_facts(facts, name, now, base, None)
    else:
        facts.gaps[f"{name}_yoy*"] = (
            "a balance has a growth rate only where both are surpluses above 5 % of total trade; see the change"
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
        _add(facts, f"{name}_rank", rank(values, mine.value), "rank", f"place {since}, 1 = largest", mine)
        _add(facts, f"{name}_rank_of", len(values), "months", f"months ranked, {since}", mine)
        if flow == "balance":
            _add(
                facts,
                f"{name}_rank_low",
                rank([-v for v in values], -mine.value),
                "rank",
                f"place {since}, 1 = largest deficit",
                mine,
            )
        if back := months_since_larger(values):
            _add(facts, f"{name}_largest_in", back, "months", f"months since one at least as large, {since}", mine)
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
            _add(
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
    mine = _level(tables, flow, "USD", over, period)
    if isinstance(mine, Gap) or mine.stage == MIXED:
        return
    known = {
        p: found for p in span(first_month(tables), period) if isinstance(found := _level(tables, flow, "USD", over, p), Level)
    }
    values = [found.value for p, found in known.items() if over == "12m" or p[5:] == period[5:]]
    what = f"the same months of {len(values)} years" if over == "ytd" else f"{len(values)} sums of 12 months"
    _add(facts, f"{name}_rank", rank(values, mine.value), "rank", f"place among {what}, 1 = largest", mine)
    _add(facts, f"{name}_rank_of", len(values), "count", what, mine)
    _milestone_fact(
        facts,
        f"milestone.{name}",
        [found.value for p, found in known.items() if p < period],
        mine,
        MILESTONE_STEP[over],
    )


def _milestone_fact(facts: Facts, name: str, earlier: list[float], mine: Level, step: float) -> None:
    if mine.stage != MIXED and earlier and (passed := milestone(earlier, mine.value, step)):
        _add(facts, name, passed, "USD", "round number passed for the first time in the series", mine, step=step)


def _growth_streak(facts: Facts, name: str, rates: list[tuple[float, Level]]) -> None:
    if not rates:
        return
    values = [value for value, _ in rates]
    for word, test in (("rising", lambda v: v > 0), ("falling", lambda v: v < 0)):
        _add(
            facts,
            f"streak.{name}_{word}",
            streak(map(test, values)),
            "months",
            "months in a row up to the period, against a year earlier",
            rates[-1][1],
        )


def _revision_facts(facts: Facts, tables: Tables) -> None:
    """By how much did customs revise the monthly balance after its first print, on average?"""
    pairs = []
    for period in span(first_month(tables), facts.period):
        figures = _printed(tables, "balance", "USD", "month", period)
        if "preliminary" in figures and "revised" in figures:
            pairs.append((figures["preliminary"], figures["revised"]))
    if not pairs:
        facts.gaps["revision.*"] = f"no month is held both as first published and as revised by {tables.as_of}"
        return
    parts = [part for pair in pairs for part in pair]
    mean = sum(revised.value - first.value for first, revised in pairs) / len(pairs)
    _add(facts, "revision.balance_usd_month_mean", mean, "USD", "mean of revised less first print", *parts, step=1e8)
    _add(facts, "revision.balance_usd_month_count", len(pairs), "months", "months held in both stages", *parts)


# --- facts of partners --------------------------------------------------------------------------------------------------


def _partner_facts(facts: Facts, tables: Tables) -> None:
    period, index = facts.period, _lines(tables, "partners")
    codes = sorted({code for code, kind, p in index if p == period})
    if not codes:
        facts.gaps["partner.*"] = why_not_held(tables, "partners", period)
        return
    world = {over: _level(tables, "total", "CNY", over, period) for over in ("month", "ytd")}
    for code in codes:
        for over in ("month", "ytd"):
            _partner_levels(facts, tables, code, over)
        mine = facts.by_name.get(f"partner.{code}.total_cny_ytd")
        if mine and isinstance(world["ytd"], Level):
            share = mine.value / world["ytd"].value * 100
            facts.by_name[f"partner.{code}.share_ytd"] = replace(
                mine,
                name=f"partner.{code}.share_ytd",
                value=share,
                unit="percent",
                how="share of total trade",
                step=None,
            )
        _partner_streaks(facts, tables, code)
    for code in sorted(set(tables.coverage.query("table == 'partners'")["key"]) - set(codes)):
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


def _partner_levels(facts: Facts, tables: Tables, code: str, over: str) -> None:
    period = facts.period
    now, base = (partner_line(tables, code, over, p) for p in (period, shift(period, -12)))
    if not now:
        return
    source = (_source(now),)

    def line(row, value: float) -> Level:
        return Level(value, row.step, row.stage, "printed", (_source(row),))

    for flow, of in PARTNER_FLOWS.items():
        name = f"partner.{code}.{flow}_cny_{over}"
        if pd.isna(of(now)):
            facts.gaps[name] = "not printed for this month"
            continue
        how = "printed" if flow in ("exports", "imports") else f"exports {'+' if flow == 'total' else '-'} imports"
        facts.by_name[name] = Fact(name, of(now), "CNY", how, source, now.stage, now.step)
        if flow == "balance":
            if base:
                facts.by_name[f"{name}_change"] = Fact(
                    f"{name}_change",
                    of(now) - of(base),
                    "CNY",
                    "change on a year earlier",
                    (*source, _source(base)),
                    now.stage,
                    now.step,
                )
            continue
        printed = getattr(now, f"{flow}_yoy")
        usable_base = line(base, of(base)) if base and of(base) > 0 else None
        _growth_facts(
            facts,
            name,
            line(now, of(now)),
            usable_base,
            None if pd.isna(printed) else Level(printed, 0.1, now.stage, "printed", source),
        )
        if over == "ytd" and flow != "total":
            _partner_contribution(facts, tables, name, flow)


PARTNER_FLOWS: dict[str, Callable] = {
    "exports": lambda row: row.exports,
    "imports": lambda row: row.imports,
    "total": lambda row: row.exports + row.imports,
    "balance": lambda row: row.exports - row.imports,
}


def _partner_contribution(facts: Facts, tables: Tables, name: str, flow: str) -> None:
    """Contribution to the growth of all exports or imports, on the base that printed growth implies, else last year's print."""
    mine, total = facts.by_name[name], facts.by_name.get(f"{flow}_cny_ytd")
    rate, total_rate = facts.by_name.get(f"{name}_yoy"), facts.by_name.get(f"{flow}_cny_ytd_yoy")
    if not (total and rate and total_rate):
        facts.gaps[f"{name}_contribution"] = "no growth rate to derive the base from"
        return
    base, base_total = implied_base(mine.value, rate.value), implied_base(total.value, total_rate.value)
    facts.by_name[f"{name}_contribution"] = replace(
        mine,
        name=f"{name}_contribution",
        value=contribution(mine.value, base, base_total),
        unit="percentage points",
        how="contribution to growth, on the base that growth implies",
        sources=_merge([mine.sources, total.sources]),
        step=None,
    )


def _partner_streaks(facts: Facts, tables: Tables, code: str) -> None:
    months = sorted(p for c, kind, p in _lines(tables, "partners") if c == code and kind == "month" and p <= facts.period)
    for flow in ("exports", "imports"):
        rates, expected = [], facts.period
        for period in reversed(months):
            now, base = (partner_line(tables, code, "month", p) for p in (period, shift(period, -12)))
            if period != expected or not base or not getattr(base, flow) > 0:
                break
            rates.append((growth(getattr(now, flow), getattr(base, flow)), Level(0, now.step, now.stage, "", (_source(now),))))
            expected = shift(period, -1)
        _growth_streak(facts, f"partner.{code}.{flow}_cny_month", rates[::-1])


def partner_line(tables: Tables, code: str, over: str, period: str):
    """The printed line of a partner (month or ytd): exports, imports, printed growth, source; None where not held."""
    return _lines(tables, "partners").get((code, over, period))


def ranked(tables: Tables, period: str) -> list[str]:
    """Who are the largest partners, year to date? Codes in customs' ranking, as far as it is certain.

    ASEAN and the EU count as one partner each, their members, continents and overlapping groups do not take part. The
    list ends where a partner missing from the table could be larger: at what a continent trades beyond the partners held.
    """
    index, taking_part = _lines(tables, "partners"), ranked_partners(tables)
    totals = {code: row.exports + row.imports for (code, kind, p), row in index.items() if kind == "ytd" and p == period}
    inside = tables.partner_list.set_index("partner")["continent"].to_dict() | {"ASEAN": "ASIA", "EU27": "EUROPE"}
    rest = {c: totals[c] for c in CONTINENTS if c in totals}
    mine = {code: total for code, total in totals.items() if code in taking_part and total == total}
    for code, total in mine.items():
        if inside.get(code) in rest:
            rest[inside[code]] -= total
    largest_missing = max(rest.values()) if len(rest) == len(CONTINENTS) else float("inf")
    return [code for code in sorted(mine, key=mine.get, reverse=True) if mine[code] > largest_missing]


# --- facts of commodities -----------------------------------------------------------------------------------------------


def _commodity_facts(facts: Facts, tables: Tables) -> None:
    period = facts.period
    for flow in ("export", "import"):
        slugs = sorted({c for f, c, _, p in _lines(tables, "commodities") if f == flow and p == period})
        if not slugs:
            facts.gaps[f"commodity.{flow}.*"] = why_not_held(tables, "commodities", period, flow=flow)
            continue
        for slug in slugs:
            for over in ("month", "ytd"):
                _commodity_levels(facts, tables, flow, slug, over)
            _commodity_share(facts, flow, slug)


def _commodity_levels(facts: Facts, tables: Tables, flow: str, slug: str, over: str) -> None:
    period, name = facts.period, f"commodity.{flow}.{slug}"
    now, base = (commodity_line(tables, flow, slug, over, p) for p in (period, shift(period, -12)))
    if not now:
        facts.gaps[f"{name}.*_{over}"] = facts.gaps[f"{name}.value_cny_{over}"] = why_not_held(
            tables, "commodities", period, flow=flow, key=slug, kind=over
        )
        return
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
        comparable = base and (measure[0] == "v" or (base.quantity > 0 and base.unit == now.unit))
        _growth_facts(
            facts,
            f"{name}.{measure}",
            Level(value, now.step, now.stage, how, now.sources),
            Level(of(base), base.step, base.stage, base.how, base.sources) if comparable else None,
            None if pd.isna(printed) else Level(printed, 0.1, now.stage, "printed", now.sources),
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
            step=None,
        )


class CommodityLine(NamedTuple):
    """A commodity's line: value in yuan, quantity in its base unit, printed growth, and what stands behind them."""

    value: float
    quantity: float
    unit: str
    value_yoy: float
    quantity_yoy: float
    step: float
    stage: str
    how: str
    sources: tuple[str, ...]


def commodity_line(tables: Tables, flow: str, slug: str, over: str, period: str) -> CommodityLine | None:
    """The line of a commodity (month or ytd), newest stage; a month only where printed, else derived.

    Derived: the difference of two year-to-date figures of the same stage, where the month itself is not printed.
    """
    index = _lines(tables, "commodities")
    row = index.get((flow, slug, over, period))
    if row:
        return CommodityLine(
            row.value,
            row.quantity,
            row.unit,
            row.value_yoy,
            row.quantity_yoy,
            row.step,
            row.stage,
            "printed",
            (_source(row),),
        )
    if over != "month" or period.endswith("-01"):
        return None
    later, earlier = (index.get((flow, slug, "ytd", p)) for p in (period, shift(period, -1)))
    if not later or not earlier or later.stage != earlier.stage or later.value <= earlier.value:
        return None
    quantity = later.quantity - earlier.quantity if later.unit == earlier.unit else float("nan")
    return CommodityLine(
        later.value - earlier.value,
        quantity if quantity > 0 else float("nan"),
        later.unit,
        float("nan"),
        float("nan"),
        later.step,
        later.stage,
        "derived: difference of two year-to-date figures",
        (_source(later), _source(earlier)),
    )


@lru_cache(maxsize=16)
def _lines(tables: Tables, table: str) -> dict[tuple, object]:
    """The newest line of each partner (code, kind, period) or commodity (flow, slug, kind, period), in yuan."""
    rows = getattr(tables, table)
    rows = in_order(rows[rows["currency"] == "CNY"])
    if table == "partners":
        return {(row.partner, row.kind, row.period): row for row in rows.itertuples(index=False)}
    return {(row.flow, row.commodity, row.kind, row.period): row for row in rows.itertuples(index=False)}


# --- tables for charts and for the eye ----------------------------------------------------------------------------------


def first_month(tables: Tables) -> str:
    """The first month of the dollar series."""
    return tables.totals.loc[tables.totals["currency"] == "USD", "period"].min()


def dollar_series(tables: Tables, flow: str, period: str) -> dict[str, Level]:
    """The monthly dollar figures of a flow up to the period: month -> Level."""
    months = span(first_month(tables), period)
    return {p: found for p in months if isinstance(found := _level(tables, flow, "USD", "month", p), Level)}


def dollar_growth(tables: Tables, flow: str, period: str) -> list[tuple[float, Level]]:
    """The growth of monthly exports or imports in dollars on a year earlier, months in a row up to the period."""
    series, rates = dollar_series(tables, flow, period), []
    for p in span(first_month(tables), period):
        if p in series and shift(p, -12) in series:
            rates.append((growth(series[p].value, series[shift(p, -12)].value), series[p]))
        else:
            rates = []
    return rates


def monthly_trade(tables: Tables, period: str) -> pd.DataFrame:
    """How did trade go, month by month? Index period; exports, imports, balance in dollars; record: largest surplus so far."""
    tables = own(tables, period)
    columns = {
        flow: {p: part.value for p, part in dollar_series(tables, flow, period).items()}
        for flow in ("exports", "imports", "balance")
    }
    frame = pd.DataFrame(columns, index=pd.Index(span(first_month(tables), period), name="period"))
    rounded = (frame["balance"] / RANK_STEP).round()
    frame["record"] = (rounded > rounded.cummax().shift(fill_value=float("-inf"))) & (frame["balance"] > 0)
    return frame


def cumulative_balance(tables: Tables, period: str) -> pd.DataFrame:
    """How does the year compare with every earlier one? Index month 1-12, a column a year: balance to date in dollars."""
    tables = own(tables, period)
    years = range(int(first_month(tables)[:4]), int(period[:4]) + 1)
    values = {
        str(year): {
            month: found.value
            for month in range(1, 13)
            if (p := f"{year}-{month:02d}") <= period and isinstance(found := _level(tables, "balance", "USD", "ytd", p), Level)
        }
        for year in years
    }
    return pd.DataFrame(values, index=pd.Index(range(1, 13), name="month"))


def trade_growth(tables: Tables, period: str) -> pd.DataFrame:
    """How fast do exports and imports grow? Index period; month and three months on a year earlier, percent."""
    tables = own(tables, period)
    rows = {}
    for p in span(shift(first_month(tables), 12), period):
        rows[p] = {}
        for flow in ("exports", "imports"):
            for over in ("month", "3m"):
                now, base = (_level(tables, flow, "USD", over, q) for q in (p, shift(p, -12)))
                if isinstance(now, Level) and isinstance(base, Level):
                    rows[p][f"{flow}_{over}"] = growth(now.value, base.value)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("period")


def largest_partners(tables: Tables, period: str, count: int = 15) -> list[str]:
    """The largest partners held, year to date, by total trade: groups that count as one partner and countries outside them."""
    taking_part = ranked_partners(tables)
    totals = {
        code: row.exports + row.imports
        for (code, kind, p), row in _lines(own(tables, period), "partners").items()
        if kind == "ytd" and p == period and code in taking_part
    }
    return sorted((c for c in totals if totals[c] == totals[c]), key=totals.get, reverse=True)[:count]


def disjoint_lines(tables: Tables, flow: str) -> list[str]:
    """The commodities that can be added: lines of the flash table that are no aggregate and no part of another line."""
    lines = tables.commodity_list[(tables.commodity_list["flow"] == flow) & (tables.commodity_list["list"] == "flash")]
    aggregates = set(lines.loc[lines["aggregate"] == 1, "commodity"])
    own_lines = lines[(lines["aggregate"] == 0) & ((lines["parent"] == "") | lines["parent"].isin(aggregates))]
    return list(own_lines["commodity"])


def aggregates(tables: Tables, flow: str) -> list[str]:
    """The aggregates of the flash table, which overlap its lines and each other: never to be added."""
    lines = tables.commodity_list[(tables.commodity_list["flow"] == flow) & (tables.commodity_list["list"] == "flash")]
    return list(lines.loc[lines["aggregate"] == 1, "commodity"])


def largest_commodities(tables: Tables, period: str, flow: str, count: int = 12) -> list[str]:
    """The largest disjoint commodity lines of a flow, year to date, by value; none where fewer than `count` are held."""
    index = _lines(own(tables, period), "commodities")
    values = {
        slug: index[flow, slug, "ytd", period].value
        for slug in disjoint_lines(tables, flow)
        if (flow, slug, "ytd", period) in index
    }
    return sorted(values, key=values.get, reverse=True)[:count] if len(values) >= count else []


def spread(facts: Facts, flow: str, over: str = "ytd") -> float | None:
    """By how many points does growth in yuan exceed growth in dollars? None where either is not held."""
    usd, cny = (facts.value(f"{flow}_{c}_{over}_yoy") for c in ("usd", "cny"))
    return None if usd is None or cny is None else cny - usd


def months_ago(period: str, months: float) -> str:
    """The month that many months before the period, as a reader writes it: ("2025-11", 5) -> "June 2025"."""
    return period_text(shift(period, -int(months)))


def years_held(tables: Tables, table: str) -> tuple[str, str]:
    """The first and last month of a table."""
    periods = getattr(tables, table)["period"]
    return periods.min(), periods.max()


def same_release(tables: Tables, period: str) -> bool:
    """Did this month come out together with the next one? True for January, which customs publishes with February."""
    days = tables.releases.set_index("period")["released"]
    later = shift(period, 1)
    return period in days and later in days and days[period] == days[later] and distance(period, later) == 1
