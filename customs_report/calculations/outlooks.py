"""The outlook of a report: what the year may end with as seen from the month, and how good such outlooks were before.

The method is `outlook_model`; its past errors and parameters are stored (data/outlook/), so a report only filters.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from math import comb
from typing import NamedTuple

import numpy as np
import pandas as pd

from customs_report.calculations.levels import approximate_level, exclude_lookahead, find_level, first_month, span_series
from customs_report.calculations.outlook_model import (
    FIRST_YEAR,
    FLOWS,
    METHODS,
    ORIGINS,
    QUANTILES,
    Parameters,
    widths,
    year_ahead,
)
from customs_report.facts import Facts, NotAvailable
from customs_report.measures import growth
from customs_report.names import TOTALS
from customs_report.periods import is_january, shift, span
from customs_report.provenance import Figure, Label, Origin, Source, modelled
from customs_report.tables import Tables, cached

MIN_YEARS = 3  # of past errors before they choose
DEFAULT = "average"  # until then
RECORD = "backtest"  # the model whose record is kept in data/outlook/
NAMES = {"model": "by the model", "naive": "by last year’s months", "average": "by the mean of both"}
STEP = 1e9  # an outlook is written to a billion
HOW = {
    "model": "the year so far and the model’s forecast of the rest",
    "naive": "the year so far and the same months of last year",
    "average": "mean of the model and of last year’s months",
}
STORED = Source("own backtest and parameters, data/outlook/")


class Trade(NamedTuple):
    """Exports and imports in dollars, month by month, and the figures they come from."""

    months: pd.DataFrame
    parts: tuple[Figure, ...]


def outlook(tables: Tables, period: str) -> pd.DataFrame:
    """What will the year's exports, imports and balance be, as seen from the month, by each method?"""
    return _outlook(exclude_lookahead(tables, period), period)


@cached
def _outlook(tables: Tables, period: str) -> pd.DataFrame:
    year, month = int(period[:4]), int(period[5:])
    if year < FIRST_YEAR:
        raise NotAvailable("outlook", f"no outlook before {FIRST_YEAR}-01; it needs four years of months")
    if month not in ORIGINS:
        raise NotAvailable("outlook", "the year is complete")
    to_date = _sums(tables, period)
    last, last_to_date = (_sums(tables, p) for p in (f"{year - 1}-12", shift(period, -12)))
    trade, past = trade_by_month(tables, period).months, past_rows(tables, period)
    made = year_ahead(trade, to_date, last - last_to_date, parameters_for(tables, year), period, widths(past))
    return made.drop(columns="spread")


def outlook_method(tables: Tables, period: str) -> str:
    """Which method does a report show: model, naive or average?

    The one with the smallest mean of the absolute percentage errors of exports and imports at this month in the years
    before; the average where there are fewer than three. All lines come from one method, so that they fit together.

    >>> outlook_method(tables, period)
    'model'
    """
    past = past_rows(tables, period)
    past = past[(past["month"] == int(period[5:])) & (past["flow"] != "balance")]
    if past["year"].nunique() < MIN_YEARS:
        return DEFAULT
    errors = (past["forecast"] / past["actual"] - 1).abs().groupby(past["method"]).mean()
    return min(METHODS, key=errors.__getitem__)


def backtest_errors(tables: Tables, period: str) -> pd.DataFrame:
    """How far off were outlooks in the years before the report's, by month of origin? Pseudo-real-time, revised data."""
    return _errors(tables, period[:4])


@cached
def _errors(tables: Tables, year: str) -> pd.DataFrame:
    past = past_rows(tables, year)
    error = (past["forecast"] - past["actual"]).abs()
    past = past.assign(
        error=error.where(past["flow"] == "balance", error / past["actual"] * 100),
        in50=past["actual"].between(past["low50"], past["high50"]) * 100.0,
        in90=past["actual"].between(past["low90"], past["high90"]) * 100.0,
    )
    means = past.groupby(["month", "flow", "method"])[["error", "in50", "in90"]].mean().unstack(["flow", "method"])
    means.columns = [f"{flow}_{method}" + ("" if what == "error" else f"_{what}") for what, flow, method in means.columns]
    names = [f"{flow}_{method}{what}" for flow in FLOWS for method in METHODS for what in ("", "_in50", "_in90")]
    return means.reindex(columns=names)


def coverage_band(years: int, percent: float) -> tuple[float, float]:
    """In which share of so many years does an exact interval hold, in 95 of 100 cases? Binomial, years taken as independent.

    >>> coverage_band(13, 90)
    (69.23076923076923, 100.0)
    """
    p = percent / 100
    cumulative = [*accumulate(comb(years, k) * p**k * (1 - p) ** (years - k) for k in range(years + 1))]
    low, high = (bisect_left(cumulative, share) for share in (0.025, 0.975))
    return low / years * 100, high / years * 100


def outlook_facts(facts: Facts, tables: Tables) -> None:
    """Adds the year's outlook by the method chosen, the other methods beside it, and the record of each at this month."""
    period = facts.period
    try:
        frame, method = outlook(tables, period), outlook_method(tables, period)
    except NotAvailable as gap:
        facts.gaps["outlook.*"] = gap.why
        return
    parts, year = trade_by_month(exclude_lookahead(tables, period), period).parts, period[:4]

    def dollars(name: str, value: float, how: str, what: str) -> None:
        value, label = round(float(value) / STEP) * STEP, Label(what, f"in dollars, {year}")
        facts.add(f"outlook.{name}", modelled(value, "USD", label, how, parts, step=STEP, sources=(STORED,)))

    for flow in FLOWS:
        name, what, forecast = f"{flow}_usd_year", f"outlook for {TOTALS[flow]}", frame["forecast"].xs(flow, level=1)
        dollars(name, forecast[method], f"{flow} of {year}: {HOW[method]}", what)
        for bound in QUANTILES:
            end = f"{'lower' if bound.startswith('low') else 'upper'} end of the {bound[-2:]} % interval of"
            how = f"{end} {flow}: both flows simulated jointly, scaled by past errors"
            dollars(f"{name}_{bound}", frame.at[(method, flow), bound], how, f"{end} {TOTALS[flow]}")
        for each in METHODS:
            dollars(f"{name}_{each}", forecast[each], f"{flow} of {year}: {HOW[each]}", f"{what}, {NAMES[each]}")
        last = span_series(exclude_lookahead(tables, period), flow, "ytd", period).get(f"{int(year) - 1}-12")
        if last and flow == "balance":
            dollars(
                f"{name}_change", forecast[method] - last.value, "outlook less last year’s balance", f"change in the {what}"
            )
        elif last:
            rate, label = round(growth(forecast[method], last.value), 2), Label(f"growth of the {what} on last year", year)
            ahead = modelled(rate, "percent", label, "outlook on last year", [*parts, last], sources=(STORED,))
            facts.add(f"outlook.{name}_yoy", ahead)
    _record_facts(facts, tables, method)


def _record_facts(facts: Facts, tables: Tables, method: str) -> None:
    errors, month = backtest_errors(tables, facts.period), int(facts.period[5:])
    if month not in errors.index:
        facts.gaps["outlook.*_mae"] = facts.gaps["outlook.*coverage*"] = facts.gaps["outlook.backtest_years"] = (
            f"the backtest begins with {FIRST_YEAR}: no earlier year"
        )
        return
    years = past_rows(tables, facts.period)["year"].nunique()
    since = f"at this month in {years} earlier years since {FIRST_YEAR}, pseudo-real-time, revised data"

    def record(name: str, value: float, unit: str, how: str, step: float | None = None) -> None:
        origin = Origin(how, model=RECORD)
        facts.add(f"outlook.{name}", Figure(value, unit, Label(how), origin, (STORED,), "revised", step))

    record("backtest_years", years, "years", "years of the backtest before the report’s")
    for flow in FLOWS:
        unit, step = ("USD", STEP) if flow == "balance" else ("percent", None)
        for each, name in [(method, f"{flow}_usd_year"), *((each, f"{flow}_usd_year_{each}") for each in METHODS)]:
            value = float(errors.at[month, f"{flow}_{each}"])
            value = round(value / STEP) * STEP if step else round(value, 2)
            record(f"{name}_mae", value, unit, f"mean absolute error of the year’s {flow}, {NAMES[each]}, {since}", step)
        for percent in (50, 90):
            how = f"share of years that the {percent} % interval of {flow} held, {since}"
            held = float(errors.at[month, f"{flow}_{method}_in{percent}"])
            record(f"{flow}_usd_year_coverage{percent}", round(held, 1), "percent", how)
    for percent in (50, 90):
        for end, value in zip(("low", "high"), coverage_band(years, percent), strict=True):
            how = f"{end} end of the binomial band (95 %) around {percent} % of {years} years"
            record(f"coverage{percent}_{end}", round(value, 1), "percent", how)


def past_rows(tables: Tables, period: str) -> pd.DataFrame:
    """The rows of the backtest that were known before the report's year."""
    return tables.backtest[tables.backtest["year"] < int(period[:4])]


def parameters_for(tables: Tables, year: int) -> Parameters:
    """The stored parameters for a year, else the newest from before it."""
    rows = tables.outlook_parameters
    rows = rows[rows["year"] <= year]
    if rows.empty:
        raise NotAvailable("outlook", "no parameters are stored; make backtest")
    found: Parameters = {}
    for row in rows[rows["year"] == rows["year"].max()].itertuples():
        found.setdefault(row.series, {})[row.parameter] = row.value
    return found


def trade_by_month(tables: Tables, period: str) -> Trade:
    """Exports and imports month by month up to the period; NotAvailable where one is missing.

    January and February sum to what customs prints of them together, even where it does not print the months.
    """
    months = span(first_month(tables), period)
    values, parts = {}, []
    for flow in ("exports", "imports"):
        line: dict[str, float] = {}
        for p in months:
            found = find_level(tables, flow, "USD", "ytd" if p.endswith("-02") else "month", p)
            if isinstance(found, NotAvailable) and is_january(p) and p < period:
                continue  # comes with February
            part = _figure(found)
            if p.endswith("-02"):
                january = line.setdefault(shift(p, -1), part.value / 2)
                line[p] = part.value - january
            else:
                line[p] = part.value
            parts.append(part)
        values[flow] = line
    frame = pd.DataFrame(values, index=pd.Index(months, name="period"), dtype=float)
    return Trade(frame, tuple(parts))


def _sums(tables: Tables, period: str) -> np.ndarray:
    """Exports and imports from January to the month; first estimates are added up here, as the start of an estimate."""

    def to_date(flow: str) -> Figure:
        known = approximate_level(tables, flow, "USD", "ytd", period)
        return known or _figure(find_level(tables, flow, "USD", "ytd", period))

    return np.array([to_date(flow).value for flow in ("exports", "imports")])


def _figure(found: Figure | NotAvailable) -> Figure:
    """The figure; raises NotAvailable for the outlook if there is none."""
    if isinstance(found, NotAvailable):
        raise NotAvailable("outlook", found.why)
    return found
