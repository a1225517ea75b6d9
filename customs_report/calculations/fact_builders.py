"""Every number of a report as a fact, made in one place from the tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from weakref import WeakKeyDictionary

from customs_report.calculations.adjusted import adjusted_facts
from customs_report.calculations.balances import balance_facts
from customs_report.calculations.breaks import broken
from customs_report.calculations.calendar import calendar_facts
from customs_report.calculations.carry_over import carry_over_facts
from customs_report.calculations.changes import Change, add_change, change_of_whole, flow_change, power_of_ten
from customs_report.calculations.cleantech import BY_REGION, cleantech_facts
from customs_report.calculations.cover_ratios import cover_facts
from customs_report.calculations.exchange_rate import exchange_rate_facts
from customs_report.calculations.expectations import expectation_facts
from customs_report.calculations.growth_rates import add_growth
from customs_report.calculations.history import history_facts
from customs_report.calculations.levels import (
    CURRENCIES,
    GROWTH,
    GROWTH_STEP,
    RATE,
    SPANS,
    approximate_level,
    dollar_growth,
    dollar_series,
    exclude_lookahead,
    find_level,
    newest_stage,
    printed_figures,
    printed_growth,
    span_series,
)
from customs_report.calculations.lines import (
    NOISY,
    commodity_figure,
    commodity_line,
    commodity_lines,
    months_of_partners,
    noisy_base,
    partner_figure,
    partner_line,
    partner_lines,
    printed_commodity_growth,
    printed_partner_growth,
    ranked,
)
from customs_report.calculations.mirror import mirror_facts
from customs_report.calculations.momentum import momentum_facts
from customs_report.calculations.one_month_ahead import news_facts
from customs_report.calculations.outlooks import outlook_facts
from customs_report.calculations.partitions import contribution_facts
from customs_report.calculations.partner_standing import partner_standing_facts
from customs_report.calculations.previous import PARTNERS, previous_facts
from customs_report.calculations.quantities import quantity_facts
from customs_report.calculations.revision_history import revision_facts
from customs_report.calculations.unit_values import unit_value_facts
from customs_report.coverage import is_declared, why_unavailable
from customs_report.facts import IMPLIED, UNSURE, Facts, NotAvailable, or_none
from customs_report.measures import balance_has_growth, milestone, months_since_larger
from customs_report.names import commodity_name, in_sentence, partner_name, the, total_label, where
from customs_report.numbers import Marks, marks, period_text
from customs_report.periods import shift
from customs_report.provenance import Figure, Label, calculate
from customs_report.schema import FLOWS
from customs_report.tables import Tables

GROWTH_RANKED_AFTER = 60  # months of growth rates before the highest or lowest since then is news
MILESTONE_STEP = {"month": 1e11, "ytd": 1e12, "12m": 1e12}  # round numbers worth a sentence: 100 billion, a trillion


def report_facts(tables: Tables, period: str) -> Facts:
    """All facts of a period, and the gaps, calculated from tables as `as_of` returns them."""
    return computed_once(tables, period, marks()).copy()


_known: WeakKeyDictionary[Tables, dict[tuple[str, Marks], Facts]] = WeakKeyDictionary()  # of tables from other processes


def remember(tables: Tables, period: str, facts: Facts) -> None:
    """Take these as the facts of tables that an earlier process kept, instead of computing them."""
    _known.setdefault(tables, {})[period, marks()] = facts.copy()


@lru_cache(maxsize=2)
def computed_once(tables: Tables, period: str, marks: Marks) -> Facts:
    """The facts, whose formulas in words have numbers with these marks."""
    if known := _known.get(tables, {}).get((period, marks)):
        return known
    tables = exclude_lookahead(tables, period)
    facts = month_facts(tables, period)
    _rank_facts(facts, tables)
    revision_facts(facts, tables)
    contribution_facts(facts, tables)
    balance_facts(facts, tables)
    partner_standing_facts(facts, tables)
    history_facts(facts, tables)
    cover_facts(facts, tables)
    calendar_facts(facts, tables)
    adjusted_facts(facts, tables)
    momentum_facts(facts, tables)
    carry_over_facts(facts, tables)
    outlook_facts(facts, tables)
    news_facts(facts, tables)
    unit_value_facts(facts, tables)
    quantity_facts(facts, tables)
    exchange_rate_facts(facts, tables)
    mirror_facts(facts, tables)
    expectation_facts(facts, tables)
    cleantech_facts(facts, tables, BY_REGION)
    previous_facts(facts, _facts_compared(exclude_lookahead(tables, shift(period, -1)), shift(period, -1)))
    return facts


def stated_facts(tables: Tables, period: str, order: bool = False) -> Facts:
    """The facts that texts about a month state: levels, growth, shares, what was expected, the change since the month before.

    With `order` also ranks, records, streaks, contributions and shares of exports. All are as `report_facts` has them, and take
    less time.
    """
    tables = exclude_lookahead(tables, period)
    facts = month_facts(tables, period)
    quantity_facts(facts, tables)
    expectation_facts(facts, tables)
    if order:
        _rank_facts(facts, tables)
        contribution_facts(facts, tables)
        partner_standing_facts(facts, tables)
        before = shift(period, -1)
        previous_facts(facts, _facts_compared(exclude_lookahead(tables, before), before))
    return facts


def _facts_compared(tables: Tables, period: str) -> Facts:
    """The facts of the month before that a report compares with its own (see `previous`)."""
    facts = Facts(period, tables.as_of)
    for over in SPANS:
        trade_facts(facts, tables, "USD", over)
    trade_facts(facts, tables, "CNY", "ytd")
    for code in PARTNERS:
        partner_levels(facts, tables, code, "ytd")
        _partner_share(facts, tables, code)
    return facts


def month_facts(tables: Tables, period: str) -> Facts:
    """Levels and growth of totals, partners and commodities. Takes tables as `exclude_lookahead` returns them."""
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
    period = facts.period
    changes: dict[str, Change | None] = {}
    levels = {(flow, p): find_level(tables, flow, currency, over, p) for flow in FLOWS for p in (period, shift(period, -12))}
    for flow in FLOWS:
        name, found = f"{flow}_{currency.lower()}_{over}", levels[flow, period]
        label = total_label(flow, currency, over, period)
        if isinstance(found, NotAvailable):
            facts.gaps[name] = found.why
            _implied_level(facts, tables, flow, currency, over)
        else:
            facts.add(name, found, label=label)
        why = broken(tables, "totals", "", flow, shift(period, -12), period)
        now, base = or_none(found), None if why else or_none(levels[flow, shift(period, -12)])
        printed = printed_growth(tables, flow, currency, over, period)
        if flow in ("exports", "imports"):
            rate = add_growth(facts, name, now, base, printed)
            if rate and rate is printed:
                now, base = (approximate_level(tables, flow, currency, over, p) for p in (period, shift(period, -12)))
            changes[flow] = flow_change(now, base, rate, printed)
        else:
            both = {of: change_of_whole(changes["exports"], changes["imports"], of, label) for of in ("balance", "total")}
            if flow == "total":
                _total_growth_facts(facts, name, now, base, printed, both["total"], label)
            else:
                _balance_change_facts(facts, name, now, both["balance"], both["total"])
    _finer_implied_level(facts, currency, over)


def _implied_level(facts: Facts, tables: Tables, flow: str, currency: str, over: str) -> None:
    """The level that printed growth gives with the year-earlier figure, as finely as the prints of that figure agree."""
    rate = printed_growth(tables, flow, currency, over, facts.period)
    prints = printed_figures(tables, flow, currency, over, shift(facts.period, -12))
    if flow not in ("exports", "imports") or not rate or not prints:
        return
    base, factor = newest_stage(prints), 1 + rate.value / 100
    apart = max(abs(base.value - other.value) for other in prints.values()) * factor
    band = apart + base.rounding / 2 * factor + base.value * rate.rounding / 200
    label = total_label(flow, currency, over, facts.period).of("{}, implied by printed growth")
    facts.calculate(
        f"{flow}_{currency.lower()}_{over}_implied", "year_earlier * (1 + growth / 100)", currency, label,
        {"year_earlier": base, "growth": rate}, how="the year-earlier figure and printed growth", stage=rate.stage,
        step=power_of_ten(band), mark=IMPLIED,
    )  # fmt: skip


def _finer_implied_level(facts: Facts, currency: str, over: str) -> None:
    """Replaces the coarser of two implied levels by the finer one and the balance, where customs published that."""
    flows = [f"{flow}_{currency.lower()}_{over}_implied" for flow in ("exports", "imports")]
    balance, known = facts.get(f"balance_{currency.lower()}_{over}"), [facts.get(name) for name in flows]
    if not balance or not all(known) or known[0].step == known[1].step:
        return
    coarse = max((0, 1), key=lambda place: known[place].step)
    fine, label = known[1 - coarse], known[coarse].label
    facts.calculate(
        flows[coarse], "exports - balance" if coarse else "imports + balance", balance.unit, label,
        {("exports", "imports")[1 - coarse]: fine, "balance": balance}, stage=balance.stage,
        how="the other flow, implied by printed growth, and the balance", step=max(fine.step, balance.rounding), mark=IMPLIED,
    )  # fmt: skip


def _total_growth_facts(
    facts: Facts,
    name: str,
    now: Figure | None,
    base: Figure | None,
    printed: Figure | None,
    implied: Change | None,
    label: Label,
) -> None:
    """Growth of total trade: as printed, else what the printed growth of exports and imports implies, else as computed."""
    best = add_growth(facts, name, now, base, printed)
    if (printed and best is printed) or not implied or implied.figure.mark != IMPLIED or implied.base.value <= 0:
        return
    change, base = implied.figure, implied.base
    facts.gaps.pop(f"{name}_yoy*", None)
    facts.calculate(
        f"{name}_yoy", "change / year_earlier * 100", "percent", label.of(GROWTH), {"change": change, "year_earlier": base},
        how=f"{change.how}, on the year-earlier total that they imply", stage=change.stage, mark=change.mark,
        step=max(GROWTH_STEP, power_of_ten(implied.band / base.value * 100)),
    )  # fmt: skip


def _balance_change_facts(facts: Facts, name: str, now: Figure | None, change: Change | None, total: Change | None) -> None:
    add_change(facts, name, change)
    base = now.value - change.figure.value if now and change else 0.0
    all_trade = total.base.value + total.figure.value if total else 0.0
    if now and change and total and balance_has_growth(now.value, base, all_trade, total.base.value):
        rate = calculate(
            "change / (balance - change) * 100", "percent", now.label.of(GROWTH), {"change": change.figure, "balance": now},
            how="change / (balance − change)", like=change.figure, mark=change.figure.mark,
            step=max(GROWTH_STEP, power_of_ten(change.band / base * 100)),
        )  # fmt: skip
        for suffix in ("_yoy", *["_yoy_computed"] * (change.figure.mark != IMPLIED)):
            facts.add(name + suffix, rate)
    else:
        facts.gaps[f"{name}_yoy*"] = (
            "a balance has a growth rate only where both are surpluses above 5 % of total trade; see the change"
            if now and change
            else "growth of exports and imports, or the balance itself, is not available"
        )


def _rank_facts(facts: Facts, tables: Tables) -> None:
    """Ranks, records, streaks and milestones among all months of the dollar series up to the period."""
    period = facts.period
    for flow in FLOWS:
        series = dollar_series(tables, flow, period)
        if not series or next(reversed(series)) != period:
            facts.gaps[f"{flow}_usd_month_rank*"] = "no dollar figure for the month"
            continue
        name, months, mine = f"{flow}_usd_month", tuple(series.values()), series[period]
        since = f"among {len(months)} months since {period_text(next(iter(series)))}, rounded to 0.1 billion"
        ranks = {"rank": ("rank of {} among the months", "largest")}
        if flow == "balance":
            ranks["rank_low"] = ("rank of {} among the months, from below", "largest deficit")
        for suffix, (pattern, first) in ranks.items():
            facts.calculate(
                f"{name}_{suffix}", f"{suffix}(months, month)", "rank", mine.label.of(pattern),
                {"months": months, "month": mine}, how=f"place {since}, 1 = {first}", like=mine,
            )  # fmt: skip
        _count_fact(facts, f"{name}_rank_of", mine, months, "months", f"months ranked, {since}")
        _lead_fact(facts, name, mine, months, "months")
        if months_since_larger([figure.value for figure in months]):
            facts.calculate(
                f"{name}_largest_in", "months_since_larger(months)", "months",
                mine.label.of("months since {} had at least this size"), {"months": months},
                how=f"months since one at least as large, {since}", like=mine,
            )  # fmt: skip
        _milestone_fact(facts, f"milestone.{name}", months[:-1], mine, MILESTONE_STEP["month"])
        for over in ("ytd", "12m"):
            _span_ranks(facts, tables, flow, over)
    series = dollar_series(tables, "balance", period)
    if period in series:
        _streak_facts(facts, "balance_usd_month", tuple(series.values()), BALANCE_STREAKS, "months in a row up to the period")
    for flow in ("exports", "imports"):
        rates = dollar_growth(tables, flow, period)
        growth_streak(facts, f"{flow}_usd_month", rates)
        _rarity_of_growth(facts, f"{flow}_usd_month", rates)
    _years_without_deficit(facts, tables)


def _count_fact(facts: Facts, name: str, mine: Figure, ranked: tuple[Figure, ...], unit: str, how: str) -> None:
    label = mine.label.of(f"number of {unit} in the rank of {{}}")
    facts.calculate(name, "count(ranked)", unit, label, {"ranked": ranked}, how=how, like=mine)


def _span_ranks(facts: Facts, tables: Tables, flow: str, over: str) -> None:
    period, name = facts.period, f"{flow}_usd_{over}"
    known = span_series(tables, flow, over, period)
    if period not in known:
        return
    mine = known[period]
    spans = tuple(found for p, found in known.items() if over == "12m" or p[5:] == period[5:])
    what = f"the same months of {len(spans)} years" if over == "ytd" else f"{len(spans)} sums of 12 months"
    facts.calculate(
        f"{name}_rank", "rank(spans, span)", "rank", mine.label.of("rank of {} among the same spans"),
        {"spans": spans, "span": mine}, like=mine, how=f"place among {what}, 1 = largest",
    )  # fmt: skip
    unit = "years" if over == "ytd" else "months"
    _count_fact(facts, f"{name}_rank_of", mine, spans, unit, what)
    _lead_fact(facts, name, mine, spans, unit)
    earlier = tuple(found for p, found in known.items() if p < period)
    _milestone_fact(facts, f"milestone.{name}", earlier, mine, MILESTONE_STEP[over])


def _lead_fact(facts: Facts, name: str, mine: Figure, ranked: tuple[Figure, ...], unit: str) -> None:
    """Adds the lead of a figure over the next smaller one: how far it may be revised down without losing its rank."""
    smaller = tuple(figure for figure in ranked if figure.value < mine.value)
    if smaller:
        facts.calculate(
            f"{name}_rank_lead", "figure - largest(smaller)", "USD",
            mine.label.of(f"lead of {{}} over the next smaller of the {unit} ranked"), {"figure": mine, "smaller": smaller},
            how="lead over the next smaller", like=mine, step=mine.step,
        )  # fmt: skip


def _milestone_fact(facts: Facts, name: str, earlier: tuple[Figure, ...], mine: Figure, step: float) -> None:
    if earlier and milestone([figure.value for figure in earlier], mine.value, step):
        facts.calculate(
            name, f"milestone(earlier, figure, {step:.0f})", "USD",
            mine.label.of("round number passed for the first time by {}"), {"earlier": earlier, "figure": mine},
            how="round number passed for the first time in the series", like=mine, step=step,
        )  # fmt: skip


BALANCE_STREAKS = {  # what is counted, and for how many months in a row it holds
    "above_100bn": (
        "months in a row with {} above 100 billion",
        "months_in_a_row([value >= 100000000000 for value in months])",
    ),
    "surplus": ("months in a row with a surplus in {}", "months_in_a_row([value > 0 for value in months])"),
    "deficit": ("months in a row with a deficit in {}", "months_in_a_row([value < 0 for value in months])"),
}
GROWTH_STREAKS = {
    "rising": ("months in a row in which {} rose", "months_in_a_row([rate > 0 for rate in months])"),
    "falling": ("months in a row in which {} fell", "months_in_a_row([rate < 0 for rate in months])"),
}


def _streak_facts(facts: Facts, name: str, months: tuple[Figure, ...], kinds: Mapping[str, tuple[str, str]], how: str) -> None:
    mine = months[-1]
    for word, (pattern, formula) in kinds.items():
        facts.calculate(
            f"streak.{name}_{word}", formula, "months", mine.label.of(pattern), {"months": months}, how=how, like=mine
        )


def _rarity_of_growth(facts: Facts, name: str, rates: Sequence[Figure]) -> None:
    """For how long growth has not been as high, or as low, and for how long it had the other sign before this month."""
    if len(rates) < GROWTH_RANKED_AFTER:
        return
    months, mine = tuple(rates), rates[-1]
    for word, way, formula in (
        ("highest", "high", "months_since_larger(months, 0.1)"),
        ("lowest", "low", "months_since_larger([-rate for rate in months], 0.1)"),
    ):
        values = [rate.value if word == "highest" else -rate.value for rate in months]
        if months_since_larger(values, GROWTH_STEP):
            facts.calculate(
                f"{name}_yoy_{word}_in", formula, "months", mine.label.of(f"months since growth of {{}} was as {way}"),
                {"months": months}, how="months since growth on a year earlier was at least so, rounded to 0.1 %", like=mine,
            )  # fmt: skip
    _streak_facts(facts, f"{name}_before", months[:-1], GROWTH_STREAKS, "months in a row up to the month before")


def _years_without_deficit(facts: Facts, tables: Tables) -> None:
    """Before a deficit: for how many months, or years of the same months, there had been none."""
    for over, unit in (("month", "months"), ("ytd", "years")):
        name, known = f"balance_usd_{over}", span_series(tables, "balance", over, facts.period)
        spans = [found for p, found in known.items() if over == "month" or p[5:] == facts.period[5:]]
        if facts.period in known and known[facts.period].value < 0 and spans[:-1]:
            facts.calculate(
                f"{name}_surplus_before", "months_in_a_row([value >= 0 for value in spans])", unit,
                spans[-1].label.of(f"{unit} in a row without a deficit before {{}}"), {"spans": tuple(spans[:-1])},
                how=f"{unit} in a row without a deficit, up to the one before", like=spans[-1],
            )  # fmt: skip


def growth_streak(facts: Facts, name: str, rates: Sequence[Figure]) -> None:
    """For how many months in a row a flow grew or fell, from its growth rates up to the period."""
    if rates:
        how = "months in a row up to the period, against a year earlier"
        _streak_facts(facts, name, tuple(rates), GROWTH_STREAKS, how)


def _partner_facts(facts: Facts, tables: Tables) -> None:
    period, index = facts.period, partner_lines(tables)
    codes = sorted({code for code, kind, p in index if p == period})
    if not codes:
        facts.gaps["partner.*"] = why_unavailable(tables, "partners", period)
        return
    for code in codes:
        for over in ("month", "ytd"):
            partner_levels(facts, tables, code, over)
            _partner_share(facts, tables, code, over)
        _partner_streaks(facts, tables, code)
        if f"partner.{code}.total_cny_ytd" in facts and f"partner.{code}.total_cny_month" not in facts:
            facts.gaps[f"partner.{code}.*_month*"] = _why_no_month(tables, period, code)
    for code in sorted({code for code, _, p in index if p < period} - set(codes)):
        facts.gaps[f"partner.{code}.*"] = why_unavailable(tables, "partners", period, key=code)
    for over in ("month", "ytd"):
        _partner_ranks(facts, tables, over)
    facts.gaps["partner.*.rank_*"] = "a rank is given only where no partner missing from the table could be larger"


def _why_no_month(tables: Tables, period: str, code: str) -> str:
    """Why a partner has the year to date without the month: customs releases January and February together first."""
    if is_declared(tables, "partners", period, key=code, kind="month"):
        return f"not published for the month alone by {tables.as_of}"
    return why_unavailable(tables, "partners", period, key=code, kind="month")


def _partner_ranks(facts: Facts, tables: Tables, over: str) -> None:
    codes = ranked(tables, facts.period, over)
    order = tuple(facts[f"partner.{code}.total_cny_{over}"] for code in codes)
    for code, mine in zip(codes, order, strict=True):
        label = Label(f"rank of {the(partner_name(tables, code))} among partners", where(over, facts.period))
        facts.calculate(
            f"partner.{code}.rank_{over}", "rank(partners, partner, 1)", "rank", label, {"partners": order, "partner": mine},
            like=mine, how="place by total trade; ASEAN and the EU one partner each",
        )  # fmt: skip


def _partner_share(facts: Facts, tables: Tables, code: str, over: str = "ytd") -> None:
    """Adds a partner's share of total trade."""
    world = find_level(tables, "total", "CNY", over, facts.period)
    mine = facts.by_name.get(f"partner.{code}.total_cny_{over}")
    if mine and isinstance(world, Figure):
        label = Label(f"share of {the(partner_name(tables, code))} in total trade", where(over, facts.period))
        facts.calculate(
            f"partner.{code}.share_{over}", "trade / total_trade * 100", "percent", label,
            {"trade": mine, "total_trade": world}, how="share of total trade", stage=mine.stage,
        )  # fmt: skip


def partner_levels(facts: Facts, tables: Tables, code: str, over: str) -> None:
    """Adds a partner's exports, imports, total and balance with their growth: `partner.<code>.<flow>_cny_<over>`."""
    period = facts.period
    if not partner_line(tables, code, over, period):
        return
    changes: dict[str, Change | None] = {}
    for flow in PARTNER_FLOWS:
        name = f"partner.{code}.{flow}_cny_{over}"
        now, base = (partner_figure(tables, code, flow, over, p) for p in (period, shift(period, -12)))
        if not now:
            facts.gaps[name] = "not published for this month"
            continue
        facts.add(name, now)
        why = broken(tables, "partners", code, flow, shift(period, -12), period)
        before = base if base and base.value > 0 and not why else None
        if flow == "balance":
            add_change(facts, name, change_of_whole(changes["exports"], changes["imports"], flow, now.label), why)
            continue
        printed = printed_partner_growth(tables, code, flow, over, period)
        used = add_growth(facts, name, now, before, printed, why)
        if over == "month" and used and used is not printed and noisy_base(tables, code, flow, period):
            for growth in (f"{name}_yoy", f"{name}_yoy_computed"):
                facts.add(growth, replace(facts[growth], mark=UNSURE))
        changes[flow] = flow_change(now, before, used, printed)


PARTNER_FLOWS = ("exports", "imports", "total", "balance")


def _partner_streaks(facts: Facts, tables: Tables, code: str) -> None:
    months = [period for period in months_of_partners(tables).get(code, []) if period <= facts.period]
    for flow in ("exports", "imports"):
        rates: list[Figure] = []
        expected = facts.period
        if noisy_base(tables, code, flow, facts.period):
            facts.gaps[f"streak.partner.{code}.{flow}_cny_month_*"] = NOISY
            continue
        for period in reversed(months):
            now, base = (partner_figure(tables, code, flow, "month", p) for p in (period, shift(period, -12)))
            if period != expected or not base or not base.value > 0 or not now:
                break
            if broken(tables, "partners", code, flow, shift(period, -12), period):
                break
            rates.append(calculate(RATE, "percent", now.label, {"level": now, "year_earlier": base}, like=now))
            expected = shift(period, -1)
        growth_streak(facts, f"partner.{code}.{flow}_cny_month", rates[::-1])


def _commodity_facts(facts: Facts, tables: Tables) -> None:
    period = facts.period
    for flow in ("export", "import"):
        slugs = sorted({c for f, c, _, p in commodity_lines(tables) if f == flow and p == period})
        if not slugs:
            facts.gaps[f"commodity.{flow}.*"] = why_unavailable(tables, "commodities", period, flow=flow)
            continue
        for slug in slugs:
            for over in ("month", "ytd"):
                commodity_levels(facts, tables, flow, slug, over)
                _commodity_share(facts, tables, flow, slug, over)


def commodity_levels(facts: Facts, tables: Tables, flow: str, slug: str, over: str) -> None:
    """Adds a commodity's value, quantity and unit value with their growth: `commodity.<flow>.<slug>.value_cny_<over>`."""
    period, name = facts.period, f"commodity.{flow}.{slug}"
    if not commodity_line(tables, flow, slug, over, period):
        facts.gaps[f"{name}.*_{over}"] = facts.gaps[f"{name}.value_cny_{over}"] = why_unavailable(
            tables, "commodities", period, flow=flow, key=slug, kind=over
        )
        return
    why = broken(tables, "commodities", slug, flow, shift(period, -12), period)
    for measure in ("value", "quantity", "unit_value"):
        now, base = (commodity_figure(tables, flow, slug, measure, over, p) for p in (period, shift(period, -12)))
        if not now:
            continue
        full = f"{name}.{measure}_cny_{over}" if measure == "value" else f"{name}.{measure}_{over}"
        facts.add(full, now)
        base = base if base and base.unit == now.unit and not why else None
        printed = None if measure == "unit_value" else printed_commodity_growth(tables, flow, slug, measure, over, period)
        add_growth(facts, full, now, base, printed, why)


def _commodity_share(facts: Facts, tables: Tables, flow: str, slug: str, over: str) -> None:
    mine, total = facts.by_name.get(f"commodity.{flow}.{slug}.value_cny_{over}"), facts.by_name.get(f"{flow}s_cny_{over}")
    if mine and total:
        name = in_sentence(commodity_name(tables, flow, slug))
        facts.calculate(
            f"commodity.{flow}.{slug}.share_{over}", "value / total * 100", "percent",
            Label(f"share of {name} in {flow}s", where(over, facts.period)), {"value": mine, "total": total},
            how=f"share of all {flow}s", stage=mine.stage,
        )  # fmt: skip
