"""A structural time-series model by generalised least squares: level, season and regressors of a monthly series.

Each observation is level + season + regressors + noise. The level is a random walk with drift, the season twelve effects that
sum to zero and change slowly. The variances are given relative to that of the level's change, so everything is linear: drift,
first level, first season and regressors are coefficients, the rest is a covariance matrix. This gives what the exact diffuse
Kalman filter and smoother of statsmodels' `UnobservedComponents` give (a test compares them), with numpy alone: importing
statsmodels takes longer than making a report.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

YEAR = 12


class Estimates(NamedTuple):
    """What a series up to some month says of the season and of the regressors' effects, a row a month.

    `season`: the effects of the month and of the ten before it, as the last months (`_now`) or as the months up to then
    (`_then`) say. `effects`: coefficients. `error`: standard error of season + regressors, from all months.
    """

    season_now: np.ndarray
    season_then: np.ndarray
    effects_now: np.ndarray
    effects_then: np.ndarray
    error: np.ndarray


def estimates(values: np.ndarray, regressors: np.ndarray, irregular: float, season: float, used: int) -> Estimates:
    """Season and effects of a series (NaN: not seen), for months of which all, or those up to then, are known.

    `irregular` and `season`: variances of the noise and of the season's change. The standard error counts the season and the
    first `used` regressors.
    """
    months, before = len(values), YEAR - 2  # the oldest effect of the first month's year lies so many months before it
    time, all_time = np.arange(months), np.arange(-before, months)
    seen = ~np.isnan(values)
    seasons = _seasons(all_time)
    known = np.column_stack([np.ones(months), time / months, seasons[before:], regressors])
    fixed = slice(2, 2 + seasons.shape[1])
    effects = slice(fixed.stop, known.shape[1])

    level = np.tri(months, k=-1)
    change = _responses(all_time[:, None] - time[None, :])
    changed = change[before:][seen]
    covariance = level[seen] @ level[seen].T + season * changed @ changed.T + irregular * np.eye(seen.sum())
    white = np.linalg.inv(np.linalg.cholesky(covariance))  # its leading block is that of the first months alone
    x, y = white @ known[seen], white @ values[seen]
    moved = season * change @ (white @ changed).T  # covariance of each month's season with the whitened series

    at = np.cumsum(seen) - 1  # the last observation of those up to each month
    products = np.cumsum(x[:, :, None] * x[:, None, :], axis=0)[at]
    inverses = np.linalg.pinv(products, hermitian=True)
    coefficients = np.einsum("tij,tj->ti", inverses, np.cumsum(x * y[:, None], axis=0)[at])
    errors = np.where(np.arange(len(y)) <= at[:, None], y - coefficients @ x.T, 0.0)
    seasonal = coefficients[:, fixed] @ seasons.T + errors @ moved.T  # row: months known; column: month, from the earliest
    lags = time[:, None] + before - np.arange(YEAR - 1)

    own = np.zeros((months, known.shape[1]))
    own[:, fixed], own[:, effects.start : effects.start + used] = seasons[before:], regressors[:, :used]
    mine = moved[before:]
    left = own - mine @ x
    variance = season * (change[before:] ** 2).sum(axis=1) - (mine**2).sum(axis=1)
    variance += np.einsum("ti,ij,tj->t", left, inverses[-1], left)
    scale = (errors[-1] ** 2).sum() / (len(y) - known.shape[1])
    return Estimates(
        seasonal[-1][lags],
        np.take_along_axis(seasonal, lags, axis=1),
        np.broadcast_to(coefficients[-1, effects], (months, regressors.shape[1])),
        coefficients[:, effects],
        np.sqrt(scale * variance),
    )


def _seasons(time: np.ndarray) -> np.ndarray:
    """Seasons that never change and sum to zero over a year: eleven columns that make up any of them."""
    months = np.eye(YEAR)[time % YEAR]
    return months[:, :-1] - months[:, -1:]


def _responses(later: np.ndarray) -> np.ndarray:
    """The effect of a change in the seasonal component, by months later: it stays with its month and comes off the next one."""
    return np.where(later > 0, (later % YEAR == 1).astype(float) - (later % YEAR == 2), 0.0)
