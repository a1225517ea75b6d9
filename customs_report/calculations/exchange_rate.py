"""Dollars and yuan: the rate that customs' figures imply, and the wedge it drives between growth in the two.

Two figures give a rate only where they are one figure in two currencies: same flow, month and stage of publication. Crude oil
(`27090000`, imports) is published in full in both, so it gives customs' own rate of each month held.
"""

from __future__ import annotations

import pandas as pd

from customs_report.calculations.levels import Level, merged, own, printed_figures, source_of
from customs_report.calculations.making import add
from customs_report.calculations.measures import growth
from customs_report.facts import Facts, Gap
from customs_report.periods import shift, span
from customs_report.schema import STAGES
from customs_report.tables import Tables, in_order, remembered

CRUDE_OIL = "27090000"
RATE = "CNY per dollar"


def customs_rate(tables: Tables, period: str) -> Level | Gap:
    """How many yuan was a dollar worth in customs' figures of a month? From crude oil imports, yuan over dollars.

    >>> round(helpers.customs_rate(tables, period).value, 4)
    7.0977
    """
    rates = _crude_oil_rates(tables)
    if period in rates:
        return rates[period]
    return Gap("rate.crude_oil_month", f"crude oil is not held in both currencies for {period}")


@remembered
def _crude_oil_rates(tables: Tables) -> dict[str, Level]:
    """The rate of each month in which crude oil is held in both currencies at the same stage."""
    rows = tables.details
    whole = rows[["partner", "regime", "province"]].eq("").all(axis=1)
    rows = in_order(rows[whole & (rows["commodity"] == CRUDE_OIL) & (rows["flow"] == "import") & (rows["kind"] == "month")])
    newest = {(row.period, row.currency): row for row in rows.itertuples(index=False)}
    rates = {}
    for (period, currency), usd in newest.items():
        cny = newest.get((period, "CNY"))
        if currency == "USD" and cny and cny.stage == usd.stage:
            sources = merged([(source_of(cny),), (source_of(usd),)])
            how = "crude oil imports in yuan / in dollars"
            rates[period] = Level(cny.value / usd.value, 0.0, usd.stage, how, sources, max(cny.released, usd.released))
    return rates


@remembered
def implied_rate(tables: Tables, period: str) -> Level | Gap:
    """Which rate do the printed totals of a month imply? From levels of one stage in both currencies, else a gap.

    Of total trade, exports and imports the one that is printed finest; `step` is what its rounding leaves open. The
    balance is left out: the ratio of two differences magnifies every rounding.

    >>> helpers.implied_rate(tables, period)
    Gap('rate.implied_month', 'no total of 2025-11 is held in dollars and in yuan at the same stage')
    """
    found = []
    for flow in ("total", "exports", "imports"):
        for cny, usd in _same_stage(tables, flow, "month", period, "level"):
            rate = cny.value / usd.value
            open_ = rate * (cny.step / cny.value + usd.step / usd.value)
            how = f"{flow if flow != 'total' else 'total trade'} in yuan / in dollars, same stage"
            sources, released = merged([cny.sources, usd.sources]), max(cny.released, usd.released)
            found.append(Level(rate, open_, usd.stage, how, sources, released))
    if found:
        return min(found, key=lambda level: level.step)
    return Gap("rate.implied_month", f"no total of {period} is held in dollars and in yuan at the same stage")


def growth_wedge(tables: Tables, flow: str, over: str, period: str) -> Level | Gap:
    """By how many points is printed growth in yuan above growth in dollars, of the same stage? Else a gap.

    >>> round(helpers.growth_wedge(tables, "exports", "ytd", "2025-06").value, 1)
    1.3
    """
    for cny, usd in _same_stage(tables, flow, over, period, "yoy"):
        sources, released = merged([cny.sources, usd.sources]), max(cny.released, usd.released)
        how = "growth in yuan - growth in dollars, as printed at the same stage"
        return Level(cny.value - usd.value, max(cny.step, usd.step), usd.stage, how, sources, released)
    return Gap(f"wedge.{flow}_{over}", f"growth of {period} is not held in dollars and in yuan at the same stage")


def _same_stage(tables: Tables, flow: str, kind: str, period: str, measure: str) -> list[tuple[Level, Level]]:
    """The figure in yuan and in dollars, of each stage that has both, the newest first."""
    cny, usd = (printed_figures(tables, flow, currency, kind, period, measure) for currency in ("CNY", "USD"))
    return [(cny[stage], usd[stage]) for stage in sorted({*cny} & {*usd}, key=STAGES.__getitem__, reverse=True)]


def exchange_rates(tables: Tables, period: str) -> pd.DataFrame:
    """How did the rate and the wedge go, month by month? Index period, from the first month of the crude oil held.

    Columns: crude_oil and first_prints in yuan per dollar, crude_oil_yoy in percent, exports_wedge and imports_wedge in
    percentage points; NaN where a figure is not held in both currencies at the same stage.

    >>> helpers.exchange_rates(tables, period)["crude_oil"].loc[period].round(4).item()
    7.0977
    """
    tables = own(tables, period)
    rates, rows = _crude_oil_rates(tables), {}
    for p in span(min(rates), period) if rates else []:
        before, implied = rates.get(shift(p, -12)), implied_rate(tables, p)
        rows[p] = {
            "crude_oil": rates[p].value if p in rates else None,
            "crude_oil_yoy": growth(rates[p].value, before.value) if p in rates and before else None,
            "first_prints": implied.value if isinstance(implied, Level) else None,
        }
        for flow in ("exports", "imports"):
            wedge = growth_wedge(tables, flow, "month", p)
            rows[p][f"{flow}_wedge"] = wedge.value if isinstance(wedge, Level) else None
    columns = ["crude_oil", "crude_oil_yoy", "first_prints", "exports_wedge", "imports_wedge"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float).rename_axis("period")


# --- facts --------------------------------------------------------------------------------------------------------------


def exchange_rate_facts(facts: Facts, tables: Tables) -> None:
    """Adds customs' own rate, the implied one, the wedges, and how far the two rates differ over all months held."""
    now, base = (customs_rate(tables, p) for p in (facts.period, shift(facts.period, -12)))
    if isinstance(now, Level):
        add(facts, "rate.crude_oil_month", now.value, RATE, now.how, now)
        if isinstance(base, Level):
            change = growth(now.value, base.value)
            add(facts, "rate.crude_oil_month_yoy", change, "percent", "change on a year earlier", now, base)
        else:
            facts.gaps["rate.crude_oil_month_yoy"] = base.why
    else:
        facts.gaps["rate.crude_oil_month*"] = now.why
    implied = implied_rate(tables, facts.period)
    if isinstance(implied, Level):
        add(facts, "rate.implied_month", implied.value, RATE, implied.how, implied)
    else:
        facts.gaps["rate.implied_month"] = implied.why
    for flow in ("exports", "imports"):
        for over in ("month", "ytd"):
            wedge, name = growth_wedge(tables, flow, over, facts.period), f"wedge.{flow}_{over}"
            if isinstance(wedge, Level):
                add(facts, name, wedge.value, "percentage points", wedge.how, wedge, step=wedge.step)
            else:
                facts.gaps[name] = wedge.why
    _check_facts(facts, tables)


def _check_facts(facts: Facts, tables: Tables) -> None:
    """The rate from crude oil against every month of which totals are held in both currencies at the same stage."""
    checks = {}
    for period, rate in _crude_oil_rates(tables).items():
        implied = implied_rate(tables, period) if period <= facts.period else None
        if isinstance(implied, Level):
            checks[period] = (abs(implied.value / rate.value - 1) * 100, implied, rate)
    if not checks:
        facts.gaps["rate.check_*"] = "no month so far has both crude oil and totals in dollars and yuan of the same stage"
        return
    parts = [level for _, *levels in checks.values() for level in levels]
    largest = max(difference for difference, *_ in checks.values())
    rounding = max(implied.step / implied.value * 100 for _, implied, _ in checks.values())
    how = "largest difference between the rate from totals and that from crude oil"
    add(facts, "rate.check_largest_difference", largest, "percent", how, *parts)
    add(facts, "rate.check_rounding", rounding, "percent", "most that the rounding of these totals leaves open", *parts)
    add(facts, "rate.check_count", len(checks), "months", "months with both", *parts)
