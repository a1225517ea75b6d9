"""Dollars and yuan: the rate that customs' figures imply, and how it makes growth in the two differ.

Two figures give a rate only where they are one figure in two currencies: same flow, month and stage of publication. Crude oil
(`27090000`, imports) is published in full in both, so it gives customs' own rate of each month held.
"""

from __future__ import annotations

import pandas as pd

from customs_report.calculations.changes import CHANGE
from customs_report.calculations.detail import national_months
from customs_report.calculations.levels import RATE as RATE_OF_CHANGE
from customs_report.calculations.levels import as_printed, exclude_lookahead, printed_figures
from customs_report.facts import Facts, NotAvailable
from customs_report.measures import growth
from customs_report.names import where
from customs_report.numbers import period_text
from customs_report.periods import shift, span
from customs_report.provenance import Figure, Label, calculate
from customs_report.schema import STAGES
from customs_report.tables import Tables, cached, in_order, records

CRUDE_OIL = "27090000"
RATE = "CNY per dollar"


def customs_rate(tables: Tables, period: str) -> Figure | NotAvailable:
    """How many yuan was a dollar worth in customs' figures of a month? From crude oil imports, yuan over dollars.

    >>> round(customs_rate(tables, period).value, 4)
    7.0977
    """
    rates = _crude_oil_rates(tables)
    if period in rates:
        return rates[period]
    return NotAvailable("rate.crude_oil_month", f"no crude oil figure in both currencies for {period}")


@cached
def _crude_oil_rates(tables: Tables) -> dict[str, Figure]:
    """The rate of each month in which crude oil is held in both currencies at the same stage."""
    rows = in_order(national_months(tables, "import", CRUDE_OIL))
    newest = {(row.period, row.currency): row for row in records(rows)}
    rates = {}
    for (period, currency), usd in newest.items():
        cny = newest.get((period, "CNY"))
        if currency == "USD" and cny and cny.stage == usd.stage:
            label = Label("imports of crude oil", period_text(period))
            rates[period] = calculate(
                "in_yuan / in_dollars", RATE, Label("customs’ own exchange rate", period_text(period)),
                {"in_yuan": as_printed(cny, cny.value, "CNY", label), "in_dollars": as_printed(usd, usd.value, "USD", label)},
                how="crude oil imports in yuan / in dollars", step=0.0,
            )  # fmt: skip
    return rates


@cached
def implied_rate(tables: Tables, period: str) -> Figure | NotAvailable:
    """Which rate do the printed totals of a month imply? From levels of one stage in both currencies, else a gap.

    Of total trade, exports and imports the one that is printed finest; `step` is what its rounding leaves open. The
    balance is left out: the ratio of two differences magnifies every rounding.

    >>> implied_rate(tables, period)
    not available: rate.implied_month: no total of 2025-11 in dollars and in yuan from one release
    """
    found = []
    for flow in ("total", "exports", "imports"):
        for cny, usd in _same_stage(tables, flow, "month", period, "level"):
            rate = cny.value / usd.value
            open_ = rate * (cny.rounding / cny.value + usd.rounding / usd.value)
            how = f"{flow if flow != 'total' else 'total trade'} in yuan / in dollars, same stage"
            label = Label("exchange rate that totals imply", period_text(period))
            found.append(
                calculate("in_yuan / in_dollars", RATE, label, {"in_yuan": cny, "in_dollars": usd}, how=how, step=open_)
            )
    if found:
        return min(found, key=lambda level: level.rounding)
    return NotAvailable("rate.implied_month", f"no total of {period} in dollars and in yuan from one release")


def growth_gap(tables: Tables, flow: str, over: str, period: str) -> Figure | NotAvailable:
    """By how many points is printed growth in yuan above growth in dollars, of the same stage? Else a gap.

    >>> round(growth_gap(tables, "exports", "ytd", "2025-06").value, 1)
    1.3
    """
    for cny, usd in _same_stage(tables, flow, over, period, "yoy"):
        how = "growth in yuan - growth in dollars, as printed at the same stage"
        label = Label(f"growth of {flow} in yuan less that in dollars", where(over, period))
        return calculate(
            "in_yuan - in_dollars", "percentage points", label, {"in_yuan": cny, "in_dollars": usd}, how=how,
            step=max(cny.rounding, usd.rounding),
        )  # fmt: skip
    return NotAvailable(f"growth_gap.{flow}_{over}", f"no growth of {period} in dollars and in yuan from one release")


def _same_stage(tables: Tables, flow: str, kind: str, period: str, measure: str) -> list[tuple[Figure, Figure]]:
    """The figure in yuan and in dollars, of each stage that has both, the newest first."""
    cny, usd = (printed_figures(tables, flow, currency, kind, period, measure) for currency in ("CNY", "USD"))
    return [(cny[stage], usd[stage]) for stage in sorted({*cny} & {*usd}, key=STAGES.__getitem__, reverse=True)]


def exchange_rates(tables: Tables, period: str) -> pd.DataFrame:
    """How did the exchange rate, and the gap between growth in yuan and in dollars, change month by month?"""
    tables = exclude_lookahead(tables, period)
    rates, rows = _crude_oil_rates(tables), {}
    for p in span(min(rates), period) if rates else []:
        before, implied = rates.get(shift(p, -12)), implied_rate(tables, p)
        rows[p] = {
            "crude_oil": rates[p].value if p in rates else None,
            "crude_oil_yoy": growth(rates[p].value, before.value) if p in rates and before else None,
            "first_prints": implied.value if isinstance(implied, Figure) else None,
        }
        for flow in ("exports", "imports"):
            gap = growth_gap(tables, flow, "month", p)
            rows[p][f"{flow}_gap"] = gap.value if isinstance(gap, Figure) else None
    columns = ["crude_oil", "crude_oil_yoy", "first_prints", "exports_gap", "imports_gap"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float).rename_axis("period")


# --- facts --------------------------------------------------------------------------------------------------------------


def exchange_rate_facts(facts: Facts, tables: Tables) -> None:
    """Adds customs' own rate, the implied one, the gaps, and how far the two rates differ over all months held."""
    now, base = (customs_rate(tables, p) for p in (facts.period, shift(facts.period, -12)))
    if isinstance(now, Figure):
        facts.add("rate.crude_oil_month", now, step=None)
        if isinstance(base, Figure):
            facts.calculate(
                "rate.crude_oil_month_yoy", RATE_OF_CHANGE, "percent", now.label.of(CHANGE),
                {"level": now, "year_earlier": base}, how="change on a year earlier",
            )  # fmt: skip
        else:
            facts.gaps["rate.crude_oil_month_yoy"] = base.why
    else:
        facts.gaps["rate.crude_oil_month*"] = now.why
    implied = implied_rate(tables, facts.period)
    if isinstance(implied, Figure):
        facts.add("rate.implied_month", implied, step=None)
    else:
        facts.gaps["rate.implied_month"] = implied.why
    for flow in ("exports", "imports"):
        for over in ("month", "ytd"):
            gap, name = growth_gap(tables, flow, over, facts.period), f"growth_gap.{flow}_{over}"
            if isinstance(gap, Figure):
                facts.add(name, gap)
            else:
                facts.gaps[name] = gap.why
    _check_facts(facts, tables)


def _check_facts(facts: Facts, tables: Tables) -> None:
    """The rate from crude oil against every month of which totals are held in both currencies at the same stage."""
    differences, roundings = [], []
    for period, rate in _crude_oil_rates(tables).items():
        implied = implied_rate(tables, period) if period <= facts.period else None
        if isinstance(implied, Figure):
            label = Label("difference between the two exchange rates", period_text(period))
            apart = "(1 - implied / customs) * 100" if implied.value < rate.value else "(implied / customs - 1) * 100"
            differences.append(calculate(apart, "percent", label, {"implied": implied, "customs": rate}))
            rounding = Figure(
                implied.rounding, RATE, implied.label.of("rounding of the {}"), implied.origin, implied.sources, implied.stage
            )
            roundings.append(
                calculate("rounding / implied * 100", "percent", rounding.label, {"rounding": rounding, "implied": implied})
            )
    if not differences:
        facts.gaps["rate.check_*"] = "no month so far has both crude oil and totals in dollars and yuan from one release"
        return
    over = f"{period_text(min(_crude_oil_rates(tables)))} to {period_text(facts.period)}"
    for name, formula, unit, what, months in (
        (
            "largest_difference",
            "largest(months)",
            "percent",
            "largest difference between the rate from totals and that from crude oil",
            differences,
        ),
        ("rounding", "largest(months)", "percent", "most that the rounding of these totals leaves open", roundings),
        ("count", "count(months)", "months", "months with both", differences),
    ):
        facts.calculate(f"rate.check_{name}", formula, unit, Label(what, over), {"months": tuple(months)}, how=what)
