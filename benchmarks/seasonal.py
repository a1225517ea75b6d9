"""Why is the seasonal model declared as it is? `python -m benchmarks.seasonal` prints the evidence for each choice.

Method: the model of `calculations/adjusted.py` on all months held, one choice changed at a time. AIC is told against the
declared model, more is worse; variance scale and effects are at their best, and each window costs two. Errors are those of
predictions one month ahead since 2013, root mean square in percent, each made with effects known from earlier months only;
outliers are left out. A revision is the estimate now against the one made when the month was the newest.
"""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

import chinese_calendar
import numpy as np
import pandas as pd
from statsmodels.tsa.statespace.structural import UnobservedComponents

from customs_report import loading
from customs_report import tables as data
from customs_report.calculations.adjusted import (
    BAND,
    DECLARED,
    FIRST_ESTIMATE,
    OUTLIERS,
    REVISED_OVER,
    SHIFTS,
    SHOWN_AFTER,
    Declared,
    estimate,
    regressors,
)
from customs_report.calculations.levels import dollar_series
from customs_report.periods import span

SINCE = "2013-01"
SEASON = slice(2, 13)  # of the states: level, drift, eleven seasonal effects, the newest month's first, then the regressors
AFTER = [(first, last) for first in range(-6, 13, 3) for last in range(first + 5, 36, 3)]  # days around the Lunar New Year
BEFORE = [(-days, -1) for days in (7, 14, 21, 28)]


def structural_model(months: list[str], logs: np.ndarray, declared: Declared, *more: np.ndarray) -> UnobservedComponents:
    """The model of a flow for a Kalman filter: variances relative to that of the level's change, outliers left unseen."""
    seen = np.where(np.isin(months, list(OUTLIERS)), np.nan, logs)
    exog = np.column_stack([regressors(months, declared), *more])
    model = UnobservedComponents(seen, "lldtrend", seasonal=12, exog=exog, mle_regression=False, use_exact_diffuse=True)
    model.update(np.array([declared.irregular, 1.0, declared.season]))
    return model


def scale(results: Any) -> float:
    """The variance that the declared ones are relative to: the mean of squared prediction errors, each by its variance."""
    error, variance = results.forecasts_error[0], results.forecasts_error_cov[0, 0]
    counts = (results.nmissing == 0) & (results.forecasts_error_diffuse_cov[0, 0] < 1e-7)
    return float(np.mean(error[counts] ** 2 / variance[counts]))


def judged(months: list[str], logs: np.ndarray, declared: Declared) -> tuple[float, float, float]:
    """AIC, and the errors of all months and of January to March."""
    model = structural_model(months, logs, declared)
    results = model.ssm.filter()
    effects = results.filtered_state[SEASON.stop :, -1]
    rest = np.where(np.isnan(model.endog[:, 0]), np.nan, logs - model.exog @ effects)
    bare = UnobservedComponents(rest, "lldtrend", seasonal=12, use_exact_diffuse=True)
    bare.update(np.array([declared.irregular, 1.0, declared.season]))
    fitted = bare.ssm.filter()
    counted = int(np.sum(fitted.nmissing == 0)) - fitted.nobs_diffuse
    likelihood = fitted.llf_obs.sum() + counted / 2 * (scale(fitted) - 1 - np.log(scale(fitted)))
    late = np.array([p >= SINCE and p not in OUTLIERS for p in months])
    winter = late & np.array([p[5:] in ("01", "02", "03") for p in months])
    every, cold = (100 * float(np.sqrt(np.mean(results.forecasts_error[0, which] ** 2))) for which in (late, winter))
    return 2 * len(declared.windows) - 2 * float(likelihood), every, cold


def compare(flow: str, months: list[str], logs: np.ndarray, what: str, others: dict[str, Declared], shown: int = 8) -> None:
    """The declared model, then the best of the others."""
    base = judged(months, logs, DECLARED[flow])
    found = sorted((judged(months, logs, declared), name) for name, declared in others.items())
    print(f"\n{flow}, {what}: AIC, error, error January to March")
    for (aic, *errors), name in [(base, "declared"), *found[:shown]]:
        print(f"  {name:40} {aic - base[0]:+7.1f}  {errors[0]:5.2f}  {errors[1]:5.2f}")


def festivals(flow: str, months: list[str], logs: np.ndarray) -> None:
    """Do the holidays of Dragon Boat and Mid-Autumn, which move between two months each, make better predictions?

    A change counts as help where it is better than chance: the mean gain in squared error over its standard error.
    """
    late = np.array([p >= SINCE and p not in OUTLIERS for p in months])
    base = structural_model(months, logs, DECLARED[flow]).ssm.filter().forecasts_error[0][late]
    print(f"\n{flow}, other holidays: error, and the gain over its standard error")
    for holiday in (chinese_calendar.Holiday.dragon_boat_festival, chinese_calendar.Holiday.mid_autumn_festival):
        off = Counter(f"{day:%Y-%m}" for day, name in chinese_calendar.holidays.items() if name == holiday.value)
        days = pd.Series([float(off[p]) for p in months], index=[p[5:] for p in months])
        centred = (days - days.groupby(level=0).transform("mean")).to_numpy()
        other = structural_model(months, logs, DECLARED[flow], centred).ssm.filter().forecasts_error[0][late]
        gain = base**2 - other**2
        error, t = 100 * np.sqrt(np.mean(other**2)), gain.mean() / gain.std(ddof=1) * np.sqrt(len(gain))
        print(f"  {holiday.name:40} {error:5.2f}  {t:+5.1f}")


def effects(flow: str, months: list[str], logs: np.ndarray) -> None:
    """What the regressors do, and which months the model did not see coming."""
    model = structural_model(months, logs, DECLARED[flow])
    results = model.ssm.filter()
    names = [*(f"days {first} to {last}" for first, last in DECLARED[flow].windows), "weekdays", *SHIFTS]
    errors = np.sqrt(scale(results) * np.diag(results.filtered_state_cov[SEASON.stop :, SEASON.stop :, -1]))
    print(f"\n{flow}: effect and its standard error, in logarithms")
    for name, effect, error in zip(names, results.filtered_state[SEASON.stop :, -1], errors, strict=True):
        print(f"  {name:40} {effect:+7.3f}  {error:5.3f}")
    surprise = results.standardized_forecasts_error[0] / np.sqrt(scale(results))
    far = {p: round(float(z), 1) for p, z in zip(months, surprise, strict=True) if abs(z) > 3}
    print(f"  months more than three standard errors from the prediction: {far}")


def revised(flow: str, months: list[str], logs: np.ndarray) -> None:
    """How far first estimates were off, and how good bands of other widths around them had been.

    A band is judged by how often it held the estimate now, of months up to a year ago, and by its interval score: its width,
    and twenty times what lies outside, in percent of the level; less is better.
    """
    values = tuple(np.exp(logs))
    frame = estimate(flow, months[0], values).iloc[FIRST_ESTIMATE - 1 : -12]
    off = (frame[flow] / frame[f"{flow}_first"] - 1).abs() * 100
    print(f"\n{flow}: mean revision {off.mean():.2f} %, of the last {REVISED_OVER} months {off[-REVISED_OVER:].mean():.2f} %")
    moved, half = revisions_and_bands(flow, months[0], values)
    for width in (1.645, 1.4, 1.3, 1.2, BAND, 1.1, 1.0, 0.9):
        band = half * width / BAND
        score = np.mean(2 * band + 20 * np.maximum(moved - band, 0))
        print(f"  {width} standard errors hold {np.mean(moved <= band):.1%} of later estimates, interval score {score:.2f}")


def revisions_and_bands(flow: str, first: str, values: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    """How far each first estimate is from the one now, and half the width of its band then, in percent; outliers left out."""
    now, found = estimate(flow, first, values)[flow], []
    for known in range(SHOWN_AFTER, len(values) - 11):
        then = estimate(flow, first, values[:known]).iloc[-1]
        found.append((np.log(now[then.name] / then[flow]), np.log(then[f"{flow}_high"] / then[f"{flow}_low"]) / 2))
    moved, half = 100 * np.array(found).T
    return np.abs(moved[~np.isnan(half)]), half[~np.isnan(half)]


def main() -> None:
    tables = data.as_of(loading.load())
    for flow, declared in DECLARED.items():
        series = dollar_series(tables, flow, max(tables.totals["period"]))
        months = span(min(series), max(series))
        logs = np.log([series[p].value for p in months])
        one = {f"{w}": declared._replace(windows=(w,)) for w in AFTER}
        two = {f"{b} and {w}": declared._replace(windows=(b, w)) for b, w in product(BEFORE, AFTER)}
        compare(flow, months, logs, "one window", one | {"none": declared._replace(windows=())})
        compare(flow, months, logs, "two windows", two)
        ratios = product((0.05, 0.1, 0.2, 0.4, 0.8, 1.6), (0.0005, 0.002, 0.008, 0.032))
        variances = {f"irregular {i}, season {s}": declared._replace(irregular=i, season=s) for i, s in ratios}
        compare(flow, months, logs, "variance ratios", variances)
        festivals(flow, months, logs)
        effects(flow, months, logs)
        revised(flow, months, logs)


if __name__ == "__main__":
    main()
