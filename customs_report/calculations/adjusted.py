"""Exports and imports without season and holidays: a structural time-series model whose every choice is declared here.

The logarithm of a month is level + season + calendar + irregular: the level a random walk with drift, the season twelve
dummies that change slowly, the calendar working weekdays and the days around the Lunar New Year. Nothing is searched for
when a report is made: windows, breaks and variance ratios are declared, and least squares give the rest exactly, so an
estimate changes only when data do. `benchmarks/seasonal.py` prints the evidence for each choice.
"""

from __future__ import annotations

import calendar
from collections import Counter
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from customs_report.calculations import structural
from customs_report.calculations.levels import dollar_series, exclude_lookahead, find_level, first_month
from customs_report.calculations.lunar import NEW_YEARS, new_year
from customs_report.facts import Facts
from customs_report.names import where
from customs_report.periods import shift, span
from customs_report.provenance import Figure, Label, modelled
from customs_report.tables import Tables


class Declared(NamedTuple):
    """The fixed settings of a flow's model.

    `windows`: first and last day around the Lunar New Year (day 0) that share one effect. `irregular` and `season`:
    variances of the noise and of the season's change, relative to that of the level's change.
    """

    windows: tuple[tuple[int, int], ...]
    irregular: float
    season: float


# Exports are brought forward into the two weeks before the holiday and fall from its third day on, for three weeks, while
# plants fill up again; imports fall during the holiday itself. No window predicted January to March better by much: with these
# the error of a prediction one month ahead is 7.5 % (exports) and 8.0 % (imports) in those months, without any 12.5 and 10.6 %.
# The holidays of Dragon Boat and Mid-Autumn improve the predictions by no more than chance would, so they are left out.
DECLARED = {
    "exports": Declared(windows=((-14, -1), (3, 23)), irregular=0.4, season=0.008),
    "imports": Declared(windows=((0, 5),), irregular=0.2, season=0.008),
}
OUTLIERS = {"2020-02": "plants stayed closed after the holiday, in the first weeks of COVID-19"}  # says nothing of other months
SHIFTS = {  # of the level, once and for good: they stay in the adjusted line
    "2008-11": "world trade collapsed in the financial crisis",
    "2008-12": "the collapse went on",
}
FIRST_ESTIMATE = 36  # months of history before an estimate counts as one
SHOWN_AFTER = 60  # months before the line is shown: then a year of estimates has been revised for a year
REVISED_OVER = 36  # months whose estimates are compared with what they were at first; they end a year ago
BAND = 1.15  # standard errors on either side: around a first estimate it held the later one in nine of ten months
STEP = 1e8  # adjusted figures are written to 0.1 billion


def adjusted_series(tables: Tables, period: str) -> pd.DataFrame:
    """What are exports and imports after adjustment for season and holidays?"""
    tables = exclude_lookahead(tables, period)
    frames = [_adjusted(tables, flow, period) for flow in DECLARED]
    columns = [column for flow in DECLARED for column in (flow, f"{flow}_low", f"{flow}_high", f"{flow}_first")]
    return pd.concat(frames, axis=1).reindex(columns=columns).rename_axis("period")


def adjusted_facts(facts: Facts, tables: Tables) -> None:
    """Adds what the adjusted line says of the month, how far first estimates were off, and what it said a year ago."""
    period = facts.period
    for flow in DECLARED:
        mine = find_level(tables, flow, "USD", "month", period)
        if not isinstance(mine, Figure):
            facts.gaps[f"adjusted.{flow}_*"] = mine.why
        elif (frame := _adjusted(tables, flow, period)).empty:
            first = shift(first_month(tables), SHOWN_AFTER - 1)
            facts.gaps[f"adjusted.{flow}_*"] = f"an adjusted line needs five years of months; it begins with {first}"
        else:
            _flow_facts(facts, flow, frame, list(dollar_series(tables, flow, period).values()))


def _flow_facts(facts: Facts, flow: str, frame: pd.DataFrame, parts: list[Figure]) -> None:
    period, name = facts.period, f"adjusted.{flow}_usd"
    row, year_ago = (frame.loc[p] for p in (period, shift(period, -12)))

    label = Label(f"{flow} without season and holidays", where("month", period, "USD"))

    def dollars(suffix: str, value: float, how: str, what: str = "{}") -> None:
        how = f"{how} without season and holidays: our structural time-series model"
        facts.add(f"{name}_{suffix}", modelled(float(value), "USD", label.of(what), how, parts, step=STEP))

    def rate(suffix: str, value: float, how: str, what: str, unit: str = "percent") -> None:
        facts.add(f"{name}_{suffix}", modelled(round(float(value), 2), unit, label.of(what), how, parts))

    dollars("month", row[flow], flow)
    if period in OUTLIERS:
        facts.gaps[f"{name}_month_*"] = "the model leaves this month out, so it gives no band"
    else:
        dollars("month_low", row[f"{flow}_low"], f"lower end of the 90 % band of {flow}", "lower end of the band around {}")
        dollars("month_high", row[f"{flow}_high"], f"upper end of the 90 % band of {flow}", "upper end of the band around {}")
    revised = frame.iloc[FIRST_ESTIMATE - 1 : -12].iloc[-REVISED_OVER:].dropna()
    if len(revised) >= 12:
        now, first, earlier, earlier_first = (revised[flow + column] for column in ("", "_first", "_earlier", "_earlier_first"))
        against = f"against the one made when the month was the newest: {len(revised)} months up to a year ago"
        level, change = (now / first - 1).abs(), (now / earlier - first / earlier_first).abs()
        how = f"mean absolute change of the estimate now {against}"
        rate("mean_revision", level.mean() * 100, how, "mean revision of {}")
        how = f"mean absolute change of the growth on the month before now {against}"
        what = "mean revision of the growth of {} on the month before"
        rate("month_mom_mean_revision", change.mean() * 100, how, what, "percentage points")
    else:
        facts.gaps[f"{name}*_mean_revision"] = "too few months to compare first estimates with current ones"
    if year_ago[[flow, f"{flow}_first"]].notna().all():
        how, what = f"estimate made at the time of {flow} a year ago", "estimate made at the time of {} a year ago"
        dollars("year_ago_first", year_ago[f"{flow}_first"], how, what)
        dollars("year_ago", year_ago[flow], f"estimate now of {flow} a year ago", "estimate now of {} a year ago")
    else:
        facts.gaps[f"{name}_year_ago*"] = "no estimate was made a year ago"


def _adjusted(tables: Tables, flow: str, period: str) -> pd.DataFrame:
    return estimate(flow, *monthly_values(tables, flow, period))


def monthly_values(tables: Tables, flow: str, period: str) -> tuple[str, tuple[float | None, ...]]:
    """The first month of a flow, and its values in dollars from then to the period, None where one is not held."""
    series, first = dollar_series(tables, flow, period), first_month(tables)
    return first, tuple(series[month].value if month in series else None for month in span(first, period))


@lru_cache(maxsize=8)
def estimate(flow: str, first: str, values: tuple[float | None, ...]) -> pd.DataFrame:
    """The adjusted series of a flow from its monthly values in dollars since `first`, None where one is not held.

    The columns of `adjusted_series`, and the month before, as seen now (`exports_earlier`) and as seen when the month was
    the newest (`exports_earlier_first`). Empty with fewer than SHOWN_AFTER months.
    """
    months = span(first, shift(first, len(values) - 1))
    if len(months) < SHOWN_AFTER:
        return pd.DataFrame(index=months[:0])
    logs, declared = np.log(np.array(values, dtype=float)), DECLARED[flow]
    seen = np.where(np.isin(months, list(OUTLIERS)), np.nan, logs)
    known, used = regressors(months, declared), len(declared.windows) + 1  # the level shifts after them stay in the line
    found = structural.estimates(seen, known, declared.irregular, declared.season, used)

    def removed(season: np.ndarray, effects: np.ndarray, lag: int = 0) -> np.ndarray:
        """Season and calendar, in logarithms, of the month `lag` months before each."""
        year = np.column_stack([season, -season.sum(axis=1)])  # its factors average one, so that a year keeps its sum
        calendar_part = (np.roll(known, lag, axis=0) * effects)[:, :used].sum(axis=1)
        return season[:, lag] - np.log(np.exp(year).mean(axis=1)) + calendar_part

    now, band = logs - removed(found.season_now, found.effects_now), BAND * found.error
    at_first = logs - removed(found.season_then, found.effects_then)
    earlier_at_first = np.roll(logs, 1) - removed(found.season_then, found.effects_then, lag=1)
    at_first[: FIRST_ESTIMATE - 1] = earlier_at_first[: FIRST_ESTIMATE - 1] = np.nan
    columns = {
        flow: now,
        f"{flow}_low": now - band,
        f"{flow}_high": now + band,
        f"{flow}_first": at_first,
        f"{flow}_earlier": np.concatenate([[np.nan], now[:-1]]),
        f"{flow}_earlier_first": earlier_at_first,
    }
    frame = (np.exp(pd.DataFrame(columns, index=months)) / STEP).round() * STEP
    frame.loc[frame.index.isin(OUTLIERS), [f"{flow}_low", f"{flow}_high"]] = np.nan  # the model has not seen these months
    return frame


def regressors(months: list[str], declared: Declared) -> np.ndarray:
    """The regressors of a flow's model for each month: the calendar, then the level shifts that lie in these months."""
    effects = [calendar_effects(declared.windows)[p] for p in months]
    steps = [[float(p >= at) for p in months] for at in SHIFTS if months[0] < at <= months[-1]]
    return np.column_stack([effects, *steps])


@lru_cache
def calendar_effects(windows: tuple[tuple[int, int], ...]) -> dict[str, tuple[float, ...]]:
    """What does the calendar of a month say, before the model weighs it?

    Month -> for each window around the Lunar New Year the share of its days that lie in the month, then the logarithm of
    the number of Mondays to Fridays; each less its mean for the calendar month, so that it takes nothing from the level.
    """
    months = span(f"{min(NEW_YEARS)}-01", f"{max(NEW_YEARS)}-12")
    columns = []
    for first, last in windows:
        days = Counter(f"{new_year(year) + timedelta(days=day):%Y-%m}" for year in NEW_YEARS for day in range(first, last + 1))
        columns.append([days[p] / (last - first + 1) for p in months])
    columns.append([np.log(_weekdays(p)) for p in months])
    table = pd.DataFrame(dict(enumerate(columns)), index=months)
    centred = table - table.groupby(table.index.str[5:]).transform("mean")
    return dict(zip(months, centred.itertuples(index=False, name=None), strict=True))


def _weekdays(period: str) -> int:
    """Mondays to Fridays of a month; holidays are the season's and the windows' business."""
    year, month = int(period[:4]), int(period[5:])
    start, days = calendar.monthrange(year, month)
    return sum((start + day) % 7 < 5 for day in range(days))
