"""The outlook's method: exports, imports and balance of a year by three methods, with intervals, and their backtest.

Pure functions on monthly exports and imports in dollars (`trade`: index months such as "2025-11", columns exports, imports).
January and February are a pair, as customs prints them: each counts with its usual share of their sum.

`model`: two seasonal ARIMA models with the Lunar New Year and declared breaks as regressors, one of the mean of the logarithms
of exports and imports, one of half their difference. Both flows follow from the two and share their draws, so that they are
simulated jointly. Statsmodels estimates the parameters; forecasts need numpy alone. `naive`: the rest of the year as last year.
`average`: the mean of the two.
Intervals: the model's simulated paths, laid around the forecast of each method and widened, or narrowed, by what the method's
errors in earlier years were relative to them.

Numbers made here are stored in data/outlook/. `make backtest` makes them anew and has to be run after any change of this file.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from customs_report.calculations.adjusted import calendar_effects
from customs_report.periods import span

METHODS = ("model", "naive", "average")
FLOWS = ("exports", "imports", "balance")
FIRST_YEAR = 2012  # parameters need four years of months before it
ORIGINS = range(1, 12)  # months that a year is foretold from; with its December it is known
SERIES = {"trade": 1, "ratio": -1}  # half the sum, half the difference of the logarithms
ORDER, SEASONAL_ORDER = (1, 0, 1), (0, 1, 1, 12)
YEAR = SEASONAL_ORDER[-1]
ANYTHING = 1e6  # variance of logarithms of which nothing is known
START = {"ar.L1": 0.9, "ma.L1": -0.3, "ma.S.L12": -0.6, "sigma2": 0.001}  # of the search for the parameters; effects from zero
HOLIDAY = (-7, 20)  # first and last day around the Lunar New Year on which less is shipped
BREAKS = {  # first and last month; a regressor only in years after, as nobody knew it before
    "financial_crisis": ("2008-11", "9999-12"),
    "epidemic": ("2020-01", "2020-02"),
}
JANUARY = 31 / 59.25  # of the days of January and February
PATHS = 4000
QUANTILES = {"low90": 0.05, "low50": 0.25, "high50": 0.75, "high90": 0.95}
PRIOR_YEARS = 3  # years for which the model's own spread counts beside the past errors of a method
STEP = 1e8  # the series is rounded to 0.1 billion dollars

BACKTEST = {"year": int, "month": int, "method": str, "flow": str} | dict.fromkeys(
    ["forecast", *QUANTILES, "spread", "actual"], float
)

Parameters = dict[str, dict[str, float]]  # series -> name in the model -> value


def paired(trade: pd.DataFrame) -> pd.DataFrame:
    """What were exports and imports with January and February alike? Ends with December where only January is held."""
    values = trade.to_numpy(dtype=float, copy=True)
    januaries = np.flatnonzero(trade.index.str.endswith("-01"))
    for i in januaries:
        values[i : i + 2] = np.outer([JANUARY, 1 - JANUARY], values[i : i + 2].sum(axis=0))[: len(values) - i]
    alone = len(trade) - 1 in januaries
    return pd.DataFrame(values, index=trade.index, columns=trade.columns).iloc[: len(trade) - alone]


def regressors(months: Iterable[str], breaks: Iterable[str]) -> pd.DataFrame:
    """How much of the holiday lies in each month, and does a break last in it? One column each; a pair shares its holiday."""
    effects = calendar_effects((HOLIDAY,))
    pairs = [(f"{m[:5]}01", f"{m[:5]}02") if m[5:] <= "02" else (m,) for m in months]
    columns = {"new_year": [float(np.mean([effects[m][0] for m in pair])) for pair in pairs]}
    for name in breaks:
        first, last = BREAKS[name]
        columns[name] = [float(first <= m <= last) for m in months]
    return pd.DataFrame(columns)


def logarithms(held: pd.DataFrame, series: str) -> np.ndarray:
    """A series on paired months."""
    logs = np.log(held.to_numpy())
    return (logs[:, 0] + SERIES[series] * logs[:, 1]) / 2


def estimate(trade: pd.DataFrame, year: int) -> Parameters:
    """What are the parameters for a year, by maximum likelihood from the months before it? To six decimals."""
    found = {}
    for series, model in _models_for(trade, year).items():
        result = model.fit([START.get(name, 0.0) for name in model.param_names], disp=False, maxiter=500, cov_type="none")
        found[series] = {name: round(float(value), 6) for name, value in zip(model.param_names, result.params, strict=True)}
    return found


def log_likelihood(trade: pd.DataFrame, year: int, parameters: Parameters) -> dict[str, float]:
    """How likely do a year's parameters make the months before it? For each series."""
    models = _models_for(trade, year)
    return {
        series: float(model.loglike([parameters[series][name] for name in model.param_names]))
        for series, model in models.items()
    }


def _models_for(trade: pd.DataFrame, year: int) -> dict:
    """The models to estimate for a year, on differences: their likelihood is smoother than with the level as a state."""
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    held = paired(trade.loc[: f"{year - 1}-12"])
    known = regressors(held.index, [name for name, (first, _) in BREAKS.items() if int(first[:4]) < year])
    orders = {"order": ORDER, "seasonal_order": SEASONAL_ORDER, "simple_differencing": True}
    return {series: SARIMAX(logarithms(held, series), exog=known, **orders) for series in SERIES}


def predicted(series: np.ndarray, known: np.ndarray, ahead: int, parameters: dict[str, float]) -> tuple[np.ndarray, ...]:
    """What does a model with given parameters say of a series whose regressors are known so many months further?

    Returns the forecast, the response of each month ahead to an innovation, and the innovations from the second year on. The
    series less its regressors, differenced over a year, is a stationary ARMA process whose autocovariance is known; the first
    year, of which no difference is known, may be anything.
    """
    moving = np.convolve([1.0, parameters["ma.L1"]], np.r_[1.0, np.zeros(YEAR - 1), parameters["ma.S.L12"]])
    root, lags = parameters["ar.L1"], np.arange(len(series) + ahead)
    squares, apart = np.correlate(moving, moving, "full"), np.arange(1 - len(moving), len(moving))
    covariance = parameters["sigma2"] * (root ** np.abs(lags[:, None] + apart)) @ squares / (1 - root**2)
    between = covariance[np.abs(lags[:, None] - lags)]
    between[range(YEAR), range(YEAR)] += ANYTHING

    effect = known @ [value for name, value in parameters.items() if name not in START]
    rest = series - effect[: len(series)]
    change = rest - np.r_[np.zeros(YEAR), rest[:-YEAR]]
    factor = np.linalg.cholesky(between[: len(change), : len(change)])
    white = np.linalg.solve(factor, change)
    coming = between[len(change) :, : len(change)] @ np.linalg.solve(factor.T, white)

    weights = np.convolve(moving, root ** np.arange(ahead))[:ahead]
    for h in range(ahead):
        rest = np.append(rest, rest[-YEAR] + coming[h])
        weights[h] += weights[h - YEAR] if h >= YEAR else 0.0
    return rest[len(series) :] + effect[len(series) :], weights, (np.diag(factor) * white)[YEAR:]


def simulate(trade: pd.DataFrame, parameters: Parameters, year: int) -> tuple[np.ndarray, np.ndarray]:
    """How may the months of a year go that are not held yet? Nothing is estimated, the model only filters.

    Returns the forecast (months, flows) and simulated paths (draws, months, flows) in dollars. The innovations are the
    model's own residuals, a month's drawn for both series together; the draws depend on the months ahead alone.
    """
    held = paired(trade)
    ahead = [m for m in span(held.index[0], f"{year}-12") if m > held.index[-1]]
    centre, response, residuals = [], [], []
    for series in SERIES:
        known = regressors([*held.index, *ahead], [name for name in parameters[series] if name in BREAKS])
        found = predicted(logarithms(held, series), known.to_numpy(), len(ahead), parameters[series])
        centre.append(found[0])
        response.append(found[1])
        residuals.append(found[2] - found[2].mean())
    rows = np.random.default_rng([year, len(ahead)]).integers(len(residuals[0]), size=(PATHS, len(ahead)))
    paths = [
        line + np.stack([error[rows[:, : h + 1]] @ weights[h::-1] for h in range(len(ahead))], axis=1)
        for line, weights, error in zip(centre, response, residuals, strict=True)
    ]
    return _flows(*centre), _flows(*paths)


def _flows(trade: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    return np.exp(np.stack([trade + ratio, trade - ratio], axis=-1))


def year_ahead(
    trade: pd.DataFrame,
    to_date: np.ndarray,
    rest_last_year: np.ndarray,
    parameters: Parameters,
    period: str,
    widths: dict[str, float],
) -> pd.DataFrame:
    """What will a year's exports, imports and balance be, as seen from one of its months?

    `trade` up to the period, `to_date` exports and imports of the year so far, `rest_last_year` of last year's later months.
    Index method, flow; columns forecast, low90, low50, high50, high90, and spread, the standard deviation before the interval
    is scaled by the method's width; in dollars.
    """
    point, paths = simulate(trade, parameters, int(period[:4]))
    so_far = to_date if period[5:] > "01" else np.zeros(2)  # the model takes January with February
    model, naive = so_far + point.sum(axis=0), to_date + rest_last_year
    deviations = np.log((so_far + paths.sum(axis=1)) / model)
    rows = {}
    for method, centre in zip(METHODS, (model, naive, (model + naive) / 2), strict=True):
        scaled, unscaled = (_with_balance(centre * np.exp(width * deviations)) for width in (widths[method], 1.0))
        bounds = np.quantile(scaled, list(QUANTILES.values()), axis=0)
        for i, flow in enumerate(FLOWS):
            rows[method, flow] = (_with_balance(centre)[i], *bounds[:, i], unscaled[:, i].std())
    index = pd.MultiIndex.from_tuples(rows, names=["method", "flow"])
    return pd.DataFrame(list(rows.values()), index=index, columns=["forecast", *QUANTILES, "spread"])


def _with_balance(totals: np.ndarray) -> np.ndarray:
    return np.concatenate([totals, totals[..., :1] - totals[..., 1:]], axis=-1)


def widths(past: pd.DataFrame) -> dict[str, float]:
    """How much wider are each method's intervals than the simulation says? From backtest rows of earlier years.

    The root of the mean squared error relative to the spread; PRIOR_YEARS years in which the spread was right count with it.
    """
    squares = ((past["actual"] - past["forecast"]) / past["spread"]) ** 2
    found = {}
    for method in METHODS:
        mine, years = squares[past["method"] == method], past["year"].nunique()
        found[method] = float(np.sqrt((PRIOR_YEARS + years * (mine.mean() if years else 0.0)) / (PRIOR_YEARS + years)))
    return found


def last_complete_year(trade: pd.DataFrame) -> int:
    """The last year whose December is held."""
    return int(trade.index[trade.index.str.endswith("-12")].max()[:4])


def backtest_rows(
    trade: pd.DataFrame, parameters: Parameters, year: int, past: pd.DataFrame, origins: Iterable[int] = ORIGINS
) -> pd.DataFrame:
    """What would have been said in these months of a year, and what came? `past`: the rows of earlier years.

    Columns year, month, method, flow, those of `year_ahead`, actual; in dollars, rounded to 0.1 billion.
    """
    months = {m: f"{year}-{m:02d}" for m in range(1, 13)}
    mine, last = trade.loc[months[1] : months[12]].to_numpy(), trade.loc[f"{year - 1}-01" : f"{year - 1}-12"].to_numpy()
    width, frames = widths(past), []
    for m in origins:
        seen = year_ahead(trade.loc[: months[m]], mine[:m].sum(axis=0), last[m:].sum(axis=0), parameters, months[m], width)
        frames.append(seen.reset_index().assign(year=year, month=m))
    rows = pd.concat(frames, ignore_index=True)
    rows["actual"] = rows["flow"].map(dict(zip(FLOWS, _with_balance(mine.sum(axis=0)), strict=True)))
    columns = ["forecast", *QUANTILES, "spread", "actual"]
    rows[columns] = (rows[columns] / STEP).round() * STEP
    return rows[list(BACKTEST)].astype(BACKTEST)


def run_backtest(trade: pd.DataFrame) -> tuple[pd.DataFrame, dict[int, Parameters]]:
    """How good would each method have been since 2012? Rows of `backtest_rows`, and each year's parameters.

    Pseudo-real-time: each year's parameters come from the months before it, each forecast from the months up to its own,
    all of them as revised since. The parameters of the year after the last complete one are there for the reports.
    """
    last = last_complete_year(trade)
    parameters = {year: estimate(trade, year) for year in range(FIRST_YEAR, last + 2)}
    rows = pd.DataFrame({column: pd.Series(dtype=kind) for column, kind in BACKTEST.items()})
    for year in range(FIRST_YEAR, last + 1):
        rows = pd.concat([rows, backtest_rows(trade, parameters[year], year, rows)], ignore_index=True)
    return rows, parameters
