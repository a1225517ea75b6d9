"""News: what the outlook's model expected of the month, what came, how unusual that is, and what it changes in the year.

The expectation is made from the months before, as they are known on the day of the report, with the stored parameters of the
year. January and February count as one month. Past surprises are stored in data/outlook/surprises.csv by `make backtest`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from customs_report.calculations import outlook_model as model
from customs_report.calculations.levels import exclude_lookahead, find_level
from customs_report.calculations.outlooks import parameters_for, trade_by_month
from customs_report.facts import Facts, NotAvailable
from customs_report.names import TOTALS, where
from customs_report.periods import is_january, shift, span
from customs_report.provenance import Figure, Label, Source, modelled
from customs_report.tables import Tables, cached

STEP = 1e8
STORED = Source("own backtest and parameters, data/outlook/")


def model_news(tables: Tables, period: str) -> pd.DataFrame:
    """Expected and actual exports, imports and balance, the size of the surprise, and the change of the year's outlook."""
    return _model_news(exclude_lookahead(tables, period), period)


@cached
def _model_news(tables: Tables, period: str) -> pd.DataFrame:
    year, over = int(period[:4]), span_of(period)
    if year < model.FIRST_YEAR:
        raise NotAvailable("news", f"the model begins with {model.FIRST_YEAR}-01")
    if is_january(period):
        raise NotAvailable("news", "January counts together with February")
    levels = {flow: find_level(tables, flow, "USD", over, period) for flow in model.FLOWS}
    for found in levels.values():
        if isinstance(found, NotAvailable):
            raise NotAvailable("news", found.why)
    trade, parameters = trade_by_month(tables, period).months, parameters_for(tables, year)
    frame, later = surprises(trade, parameters, period)
    frame["surprise"] = frame["actual"] - frame["expected"]
    frame["actual"] = [figure.value for figure in levels.values() if isinstance(figure, Figure)]
    past = tables.surprises[tables.surprises["period"] < period]
    for flow, size in frame["surprise_sd"].abs().items():
        sizes = past.loc[past["flow"] == flow, "surprise_sd"].abs()
        frame.loc[flow, ["rank", "months"]] = 1 + (sizes > size).sum(), 1 + len(sizes)
    if not period.endswith("-12"):
        now = _forecast(trade, parameters, f"{year}-12")[0]
        rest = np.round((now.sum(axis=0) - later.sum(axis=0)) / STEP) * STEP
        frame["from_month"], frame["from_rest"] = frame["surprise"], _with_balance(rest)
        frame["year_change"] = frame["from_month"] + frame["from_rest"]
    return frame.rename(index=lambda flow: f"{flow}_usd_{over}").rename_axis("level")


def span_of(period: str) -> str:
    """The span that the news of a report is about: the month, in February the year to date."""
    return "ytd" if period.endswith("-02") else "month"


def surprises(trade: pd.DataFrame, parameters: model.Parameters, period: str) -> tuple[pd.DataFrame, np.ndarray]:
    """What did the model expect of the last month of `trade`, and how far off was it? And what it expected of later months.

    Index exports, imports, balance; columns expected and actual in dollars, surprise_sd in standard deviations, as the model's
    own errors before that month vary. The surprise is that of logarithms: a fall by half is as large as a doubling.
    """
    count = 2 if period.endswith("-02") else 1
    flows, weights, errors = _forecast(trade.loc[: shift(period, -count)], parameters, f"{period[:4]}-12")
    actual, expected = trade.to_numpy()[-count:].sum(axis=0), flows[:count].sum(axis=0)
    loads = np.array([[expected[0], expected[0]], [expected[1], -expected[1]]])  # of trade and ratio
    loads = np.vstack([loads, loads[0] - loads[1]])
    deviation = np.sqrt(np.einsum("fi,ij,fj->f", loads, _covariance(weights, errors, count), loads))
    rounded = [_with_balance(np.round(values / STEP) * STEP) for values in (expected, actual)]
    size = _with_balance(np.log(actual / expected) * expected) / deviation
    columns = {"expected": rounded[0], "actual": rounded[1], "surprise_sd": np.round(size, 2)}
    return pd.DataFrame(columns, index=pd.Index(model.FLOWS, name="flow")), flows[count:]


def _forecast(trade: pd.DataFrame, parameters: model.Parameters, last: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Exports and imports of the months up to `last`, what an innovation does to each, and the innovations (trade, ratio)."""
    held = model.paired(trade)
    ahead = [month for month in span(held.index[0], last) if month > held.index[-1]] or [shift(held.index[-1], 1)]
    made = []
    for series in model.SERIES:
        known = model.regressors([*held.index, *ahead], [name for name in parameters[series] if name in model.BREAKS])
        made.append(model.predicted(model.logarithms(held, series), known.to_numpy(), len(ahead), parameters[series]))
    (total, weights, errors), (ratio, weights_of_ratio, errors_of_ratio) = made
    flows = np.exp(np.stack([total + ratio, total - ratio], axis=-1))
    return flows, np.stack([weights, weights_of_ratio]), np.stack([errors, errors_of_ratio])


def _covariance(weights: np.ndarray, errors: np.ndarray, count: int) -> np.ndarray:
    """Of the logarithm of one month ahead, or of January and February together: of trade and ratio."""
    one = np.cov(errors)
    if count == 1:
        return one
    share = model.JANUARY
    first = np.diag(share + (1 - share) * weights[:, 1])
    return first @ one @ first + (1 - share) ** 2 * one


def _with_balance(flows: np.ndarray) -> np.ndarray:
    return np.append(flows, flows[0] - flows[1])


def run(trade: pd.DataFrame, parameters: dict[int, model.Parameters]) -> pd.DataFrame:
    """The surprises of every month since 2012, for the stored table: period, flow, expected, actual, surprise_sd."""
    rows = []
    for period in (month for month in trade.loc[f"{model.FIRST_YEAR}-02" :].index if not is_january(month)):
        made, _ = surprises(trade.loc[:period], parameters[int(period[:4])], period)
        rows.append(made.reset_index().assign(period=period))
    return pd.concat(rows, ignore_index=True)[["period", "flow", "expected", "actual", "surprise_sd"]]


def news_facts(facts: Facts, tables: Tables) -> None:
    """Adds `news.exports_usd_month_expected`, `_surprise`, `_surprise_sd`, `_rank`, `_months`, `_year_change`, and its parts.

    In February `_ytd` instead of `_month`. In December the year has no rest.
    """
    period = facts.period
    try:
        frame = model_news(tables, period)
    except NotAvailable as gap:
        facts.gaps["news.*"] = gap.why
        return
    parts = trade_by_month(exclude_lookahead(tables, period), period).parts
    for level, row in frame.iterrows():
        flow = str(level).partition("_")[0]
        label = Label(TOTALS[flow], where(span_of(period), period, "USD"))
        for name, unit, what, how in COLUMNS:
            if period.endswith("-12") and name in ("year_change", "from_month", "from_rest"):
                facts.gaps[f"news.*_{name}"] = "the year is complete"
                continue
            step = STEP if unit == "USD" else None
            figure = modelled(float(row[name]), unit, label.of(what), how, parts, step=step, sources=(STORED,))
            facts.add(f"news.{level}_{name}", figure)


COLUMNS = (
    ("expected", "USD", "{} as expected a month before", "our model of the outlook, one month ahead, on revised figures"),
    ("surprise", "USD", "surprise of {}", "what came less what our model had expected"),
    (
        "surprise_sd",
        "standard deviations",
        "surprise of {}, in standard deviations",
        "the surprise in standard deviations of the model’s past errors",
    ),
    ("rank", "rank", "rank of the surprise of {}", "rank by size among the surprises since 2012, January and February as one"),
    ("months", "months", "surprises compared, of {}", "months since 2012 with a surprise, January and February as one"),
    ("year_change", "USD", "change of the model’s year after {}", "the model’s year with the month, less without it"),
    ("from_month", "USD", "change of the model’s year from {} itself", "the surprise"),
    (
        "from_rest",
        "USD",
        "change of the model’s remaining months after {}",
        "the model’s later months with the month, less without",
    ),
)
