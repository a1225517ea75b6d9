"""Monthly series for charts and tables, and the difference between growth in yuan and in dollars."""

from __future__ import annotations

import pandas as pd

from customs_report.calculations.levels import (
    dollar_series,
    exclude_lookahead,
    find_level,
    first_month,
    same_publication,
    span_series,
)
from customs_report.facts import Fact, Facts
from customs_report.measures import RANK_STEP, growth
from customs_report.periods import distance, shift, span
from customs_report.provenance import Figure
from customs_report.tables import Tables


def monthly_trade(tables: Tables, period: str) -> pd.DataFrame:
    """How did trade change month by month? Index period; in dollars; record: True if the surplus was the largest so far."""
    tables = exclude_lookahead(tables, period)
    columns = {
        flow: {p: part.value for p, part in dollar_series(tables, flow, period).items()}
        for flow in ("exports", "imports", "balance")
    }
    frame = pd.DataFrame(columns, index=pd.Index(span(first_month(tables), period), name="period"))
    rounded = (frame["balance"] / RANK_STEP).round()
    frame["record"] = (rounded > rounded.cummax().shift(fill_value=float("-inf"))) & (frame["balance"] > 0)
    return frame


def cumulative_balance(tables: Tables, period: str) -> pd.DataFrame:
    """How does the year compare with every earlier one? Index month 1-12, one column per year: balance to date in dollars."""
    tables = exclude_lookahead(tables, period)
    values: dict[str, dict[int, float]] = {}
    for p, found in span_series(tables, "balance", "ytd", period).items():
        values.setdefault(p[:4], {})[int(p[5:])] = found.value
    return pd.DataFrame(values, index=pd.Index(range(1, 13), name="month"))


def trade_growth(tables: Tables, period: str) -> pd.DataFrame:
    """How fast do exports and imports grow? Index period; growth of the month and of the last three months, percent."""
    tables = exclude_lookahead(tables, period)
    rows: dict[str, dict[str, float]] = {}
    for p in span(shift(first_month(tables), 12), period):
        rows[p] = {}
        for flow in ("exports", "imports"):
            for over in ("month", "3m"):
                now, base = (find_level(tables, flow, "USD", over, q) for q in (p, shift(p, -12)))
                if isinstance(now, Figure) and isinstance(base, Figure):
                    rows[p][f"{flow}_{over}"] = growth(now.value, base.value)
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("period")


def like_with_like(facts: Facts, flow: str, over: str = "ytd") -> tuple[Fact, Fact] | None:
    """Growth in dollars and in yuan that may be compared: both as printed with one release, else both computed at one stage.

    None where there is no such pair: a printed rate rests on a base that a computed one does not know.

    >>> like_with_like(report.facts, "exports", "ytd")[0].text
    '5.4%'
    """
    for suffix in ("_yoy_printed", "_yoy_computed", "_yoy"):
        usd, cny = (facts.by_name.get(f"{flow}_{currency}_{over}{suffix}") for currency in ("usd", "cny"))
        if usd and cny and same_publication(usd.stage, cny.stage) and usd.mark == cny.mark:
            return usd, cny
    return None


def spread(facts: Facts, flow: str, over: str = "ytd") -> float | None:
    """By how many points does growth in yuan exceed growth in dollars, like compared with like? None where it is not known.

    >>> round(spread(report.facts, "exports", "ytd"), 1)
    0.8
    """
    pair = like_with_like(facts, flow, over)
    return pair[1].value - pair[0].value if pair else None


def same_release(tables: Tables, period: str) -> bool:
    """Did this month come out together with the next one? True for January, which customs publishes with February.

    >>> same_release(tables, "2025-01"), same_release(tables, period)
    (True, False)
    """
    days = tables.releases.set_index("period")["released"]
    later = shift(period, 1)
    return period in days and later in days and days[period] == days[later] and distance(period, later) == 1
