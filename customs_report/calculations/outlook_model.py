"""The outlook's method: the year's exports, imports and balance by three methods, with intervals, and their backtest.

Pure functions on monthly exports and imports in dollars (`trade`: index months such as "2025-11", columns exports and
imports). January and February count as a pair, as customs prints them: each has its usual share of their sum, so the Lunar
New Year moves nothing between them. The model has two series, the logarithm of the geometric mean of exports and imports and
half the logarithm of their ratio; each is a seasonal ARIMA (statsmodels SARIMAX) with the Lunar New Year and declared breaks
as regressors. Both flows come from the same two series and the same draws: they are forecast and simulated jointly.

`data/outlook/` holds what this module makes (`make backtest`); changing anything here that a number rests on makes it stale.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from statistics import fmean

import numpy as np
import pandas as pd

from customs_report.calculations.lunar import NEW_YEARS, new_year
from customs_report.periods import span

FIRST_YEAR = 2012  # four years of months come before it
METHODS = ("model", "naive", "average")
FLOWS = ("exports", "imports", "balance")
SERIES = ("trade", "ratio")
ORDER, SEASONAL_ORDER = (1, 0, 1), (0, 1, 1, 12)
BURN = 12  # residuals of the first year rest on the start of the filter, not on the model
HOLIDAY = (-7, 21)  # days around the Lunar New Year in which ports and factories rest
BREAKS = {  # a regressor from the year after its own, as it was not known before: first and last month
    "financial crisis": ("2008-11", ""),  # a shift
    "first weeks of the epidemic": ("2020-01", "2020-02"),  # a pulse
}
JANUARY = 31 / 59.25  # of the days of January and February
PATHS = 4000
QUANTILES = {"low90": 0.05, "low50": 0.25, "high50": 0.75, "high90": 0.95}
MIN_YEARS = 3  # of past errors, before they choose a method or widen an interval
DEFAULT = "average"

Parameters = dict[str, dict[str, float]]  # series -> name in the model -> value


def paired(trade: pd.DataFrame) -> pd.DataFrame:
    """What were exports and imports if January and February are one holiday season? Each has its share of the sum."""
    trade = trade.astype(float)
    for january in trade.index[trade.index.str.endswith("-01")]:
        both = [january, f"{january[:4]}-02"]
        if both[1] not in trade.index:  # January alone says little
            return trade.drop(index=january)
        trade.loc[both] = np.outer([JANUARY, 1 - JANUARY], trade.loc[both].sum())
    return trade


def regressors(months: Iterable[str], year: int) -> pd.DataFrame:
    """Which share of the New Year's rest falls into a month, and which breaks were known before the year?

    Index months; new_year: the share less its mean over the calendar's years, the same in January and February.
    """
    columns = {"new_year": [_rest(m) for m in months]}
    for name, (first, last) in BREAKS.items():
        if int(first[:4]) < year:
            columns[name] = [float(first <= m <= (last or m)) for m in months]
    return pd.DataFrame(columns, index=pd.Index(months))


@lru_cache(maxsize=1024)
def _rest(month: str) -> float:
    year, of_year = int(month[:4]), int(month[5:])
    same = (1, 2) if of_year <= 2 else (of_year,)
    return fmean(_share(year, m) - fmean(_share(y, m) for y in NEW_YEARS) for m in same) if of_year <= 3 else 0.0


@lru_cache(maxsize=1024)
def _share(year: int, month: int) -> float:
    first, last = HOLIDAY
    return fmean((new_year(year) + timedelta(day)).month == month for day in range(first, last))


def _model(trade: pd.DataFrame, series: str, year: int):
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    logs = np.log(trade)
    sign = 1 if series == "trade" else -1
    y = (logs["exports"] + sign * logs["imports"]) / 2
    x = regressors(trade.index, year)
    return SARIMAX(y.to_numpy(), exog=x.reset_index(drop=True), order=ORDER, seasonal_order=SEASONAL_ORDER)


def estimate(trade: pd.DataFrame, year: int) -> Parameters:
    """What are the model's parameters for a year, from the months before it? By maximum likelihood, to six digits."""
    before = paired(trade.loc[: f"{year - 1}-12"])
    found = {}
    for series in SERIES:
        model = _model(before, series, year)
        result = model.fit(disp=False, maxiter=500, cov_type="none")
        found[series] = {name: float(f"{value:.6g}") for name, value in zip(model.param_names, result.params, strict=True)}
    return found


def simulate(trade: pd.DataFrame, parameters: Parameters, year: int) -> tuple[np.ndarray, np.ndarray]:
    """How may the rest of the year go after the months held? Only filters, with parameters from before the year.

    Returns the forecast (months x flows) and the simulated paths (draws x months x flows), in dollars. The innovations are
    the model's residuals, drawn month by month for both series together; the draws depend on the month alone.
    """
    held = paired(trade)
    ahead = [m for m in span(held.index[0], f"{year}-12") if m > held.index[-1]]
    residuals, centre, responses = [], [], []
    for series in SERIES:
        model = _model(held, series, year)
        result = model.filter([parameters[series][name] for name in model.param_names])
        centre.append(np.asarray(result.forecast(len(ahead), exog=regressors(ahead, year))))
        responses.append(np.ravel(result.impulse_responses(len(ahead) - 1)).astype(float))
        residuals.append(np.asarray(result.resid)[BURN:])
    residuals = np.array(residuals) - np.mean(residuals, axis=1, keepdims=True)
    draws = np.random.default_rng([year, len(ahead)]).integers(residuals.shape[1], size=(PATHS, len(ahead)))
    paths = [
        c + np.array([e[:, : h + 1] @ r[h::-1] for h in range(len(ahead))]).T
        for c, e, r in zip(centre, residuals[:, draws], responses, strict=True)
    ]
    return _flows(*centre), _flows(*paths)


def _flows(trade: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    return np.exp(np.stack([trade + ratio, trade - ratio], axis=-1))
