"""What is computed ahead of reports: `make backtest` makes it, `check` verifies that it fits the current data and methods.

data/outlook/: `backtest.csv` (the forecasts of each method), `parameters.csv` (of the model, for each year), `adjusted.csv`
(what X-13 made of each month when it was the newest) and `method.csv` (how they were made, with hashes of the figures, the
methods and the tables). X-13 is optional: without it, its stored results stay as far as they fit.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pandas as pd

from customs_report import loading, schema, store, x13
from customs_report import tables as data
from customs_report.adding import csv_text
from customs_report.calculations import one_month_ahead, outlook_model
from customs_report.calculations.adjusted import DECLARED, STEP, monthly_values
from customs_report.calculations.levels import dollar_series, exclude_lookahead
from customs_report.calculations.momentum import fingerprint
from customs_report.calculations.outlooks import parameters_for, past_rows, trade_by_month
from customs_report.periods import span
from customs_report.tables import Tables

SETTINGS = "X-13’s settings"
BACKTEST, PARAMETERS, METHOD = (schema.REFERENCE[name] for name in ("backtest", "outlook_parameters", "backtest_method"))
ADJUSTED, SURPRISES = schema.REFERENCE["adjusted"], schema.REFERENCE["surprises"]
ADJUSTED_FROM = "2012-12"  # five years of months, as the adjusted line
ADJUSTED_KEY = ["flow", "method", "period", "figures"]
ADJUSTED_COLUMNS = ["month", "before", "three", "three_before", "m7", "q", "qs"]
LIBRARIES = ("statsmodels", "scipy", "numpy", "pandas")
SAMPLED = (2, 6, 10)  # months of origin
COMPARED = ("forecast", *outlook_model.QUANTILES, "actual")
TOLERANCE = 2e8  # of a recomputed figure; the stored figure and the series are both rounded to 0.1 billion
LOSS = 0.05  # the largest difference in log-likelihood between the stored and the best parameters
ADVICE = ["if the change is intended, run make backtest"]
logger = logging.getLogger(__name__)


def make(folder: Path) -> None:
    """Run the backtest on the figures of a data folder and store the results there."""
    loaded = loading.load(folder)
    trade = newest_trade(data.as_of(loaded))
    rows, parameters = outlook_model.run_backtest(trade)
    lines = [
        (year, series, name, value)
        for year, by_series in parameters.items()
        for series, values in by_series.items()
        for name, value in values.items()
    ]
    files = {
        BACKTEST: csv_text(rows),
        PARAMETERS: csv_text(pd.DataFrame(lines, columns=["year", "series", "parameter", "value"])),
        ADJUSTED: csv_text(adjusted_rows(loaded)),
        SURPRISES: csv_text(one_month_ahead.run(newest_trade(data.as_of(loaded), ends=""), parameters)),
    }
    files[METHOD] = csv_text(pd.DataFrame(_method(trade, files), columns=["item", "entry"]))
    with store.write_lock(folder):
        store.write(folder, files)


def adjusted_rows(loaded: Tables) -> pd.DataFrame:
    """What X-13 makes of exports and imports up to each month: of its figures as known now, and as first published.

    Stored rows made from the same figures by the same settings are kept. Without X-13 the others are left out.
    """
    same = dict(loaded.backtest_method.itertuples(index=False, name=None)).get(f"sha256 of {SETTINGS}") == _sha256(_settings())
    kept = loaded.adjusted.set_index(ADJUSTED_KEY).to_dict("index") if same else {}
    rows, left_out = {}, 0
    for flow, period, first, values in _series_to_adjust(loaded):
        for method in x13.METHODS:
            key = (flow, method, period, fingerprint(first, values))
            if key in kept:
                rows[key] = kept[key]
            elif x13.is_installed():
                rows[key] = _adjusted_row(x13.adjust(flow, method, first, values))
            else:
                left_out += 1
    if left_out:
        logger.warning("X-13 is not installed (pip install .[backtest]): %d adjusted series were not made", left_out)
    found = [(*key, *(row.get(column) for column in ADJUSTED_COLUMNS)) for key, row in sorted(rows.items())]
    return pd.DataFrame(found, columns=[*ADJUSTED_KEY, *ADJUSTED_COLUMNS])


def _series_to_adjust(loaded: Tables) -> Iterator[tuple[str, str, str, tuple[float, ...]]]:
    """Flow, period, first month and values: as known now, and where a month has been revised as known on its first day."""
    now = data.as_of(loaded)
    printed = loaded.totals.query("currency == 'USD' and kind == 'month' and measure == 'level' and period >= @ADJUSTED_FROM")
    for period, vintages in printed[printed["flow"].isin([*DECLARED])].groupby("period")["released"]:
        known = [now]
        if vintages.nunique() > 1:
            known.append(exclude_lookahead(data.as_of(loaded, vintages.min()), period))
        for tables in known:
            for flow in DECLARED:
                first, values = monthly_values(tables, flow, period)
                if None not in values:
                    yield flow, str(period), first, tuple(value for value in values if value is not None)


def _adjusted_row(made: x13.Adjusted) -> dict[str, float]:
    levels = [round(value / STEP) * STEP for value in made.values]
    spans = {"month": levels[-1], "before": levels[-2], "three": sum(levels[-3:]), "three_before": sum(levels[-6:-3])}
    return spans | made.diagnostics


def newest_trade(tables: Tables, ends: str = "-12") -> pd.DataFrame:
    """Exports and imports by month, up to the last complete year or the newest month, in their newest vintage."""
    series = [dollar_series(tables, flow, tables.totals["period"].max()) for flow in ("exports", "imports")]
    return trade_by_month(tables, max(p for p in series[0] if p in series[1] and p.endswith(ends))).months


def _method(trade: pd.DataFrame, files: dict[str, str]) -> list[tuple[str, str]]:
    """How the tables were made: method, figures, hashes and library versions, which must be unchanged for them to be valid."""
    return [
        ("title", "pseudo-real-time, revised data"),
        ("method", "customs_report/calculations/outlook_model.py"),
        ("figures", f"{trade.index[0]} to {trade.index[-1]}"),
        *_hashes(trade, files),
        *((name, version(name)) for name in (*LIBRARIES, *([x13.PACKAGE] if x13.is_installed() else []))),
    ]


def _hashes(trade: pd.DataFrame, files: dict[str, str]) -> list[tuple[str, str]]:
    source = Path(outlook_model.__file__).read_text(encoding="utf-8")
    texts = {
        "method": source,
        "figures": trade.round().astype("int64").to_csv(lineterminator="\n"),
        SETTINGS: _settings(),
        **files,
    }
    return [(f"sha256 of {Path(name).name}", _sha256(text)) for name, text in texts.items()]


def _settings() -> str:
    """What X-13 is asked for, on made-up figures."""
    values = tuple(float(i) * 1e9 for i in range(1, 1 + len(span("2008-01", "2025-12"))))
    return "".join(x13.specification(flow, method, "2008-01", values) for flow in DECLARED for method in x13.METHODS)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def check(folder: Path | None = None) -> pd.DataFrame:
    """Does the stored backtest fit the current figures and method, and can a sample of it be reproduced?

    A row for each check, `where` naming the first three violations: the hashes; three months of three years, recomputed with
    the stored parameters; the newest parameters, whose likelihood must equal that of newly estimated ones.
    """
    folder = Path(folder or schema.DATA)
    tables = data.as_of(loading.load(folder))
    stored = dict(tables.backtest_method.itertuples(index=False, name=None))
    trade = newest_trade(tables).loc[: stored.get("figures", "")[-7:] or None]
    files = {name: (folder / name).read_text(encoding="utf-8") for name in (BACKTEST, PARAMETERS, ADJUSTED, SURPRISES)}
    hashes = _hashes(trade, files)
    differs = [item for item, value in hashes if stored.get(item) != value]
    rows = [("backtest belongs to figures and method", len(hashes), [f"{METHOD}: {item} differs" for item in differs])]
    if not any(item.endswith(Path(PARAMETERS).name) for item in differs):
        last = outlook_model.last_complete_year(trade)
        first = outlook_model.FIRST_YEAR
        rows.append(("backtest, a sample recomputed", *_recomputed(tables, trade, [first, (first + last) // 2, last])))
        rows.append(("parameters, the newest estimated again", *_most_likely(tables, trade, last + 1)))
    return pd.DataFrame(
        [(name, "backtest", n, len(wrong), "; ".join(wrong[:3] + ADVICE[: len(wrong)])) for name, n, wrong in rows],
        columns=["check", "table", "checked", "violations", "where"],
    )


def _recomputed(tables: Tables, trade: pd.DataFrame, years: list[int]) -> tuple[int, list[str]]:
    keys, checked, wrong = ["year", "month", "method", "flow"], 0, []
    for year in years:
        past = past_rows(tables, f"{year}-01")
        made = outlook_model.backtest_rows(trade, parameters_for(tables, year), year, past, SAMPLED)
        both = made.merge(tables.backtest, on=keys, how="left", suffixes=("", "_stored"))
        checked += len(both)
        for column in COMPARED:
            off = ~((both[column] - both[f"{column}_stored"]).abs() <= TOLERANCE)
            wrong += [
                f"{BACKTEST}: {row.year}-{row.month:02d} {row.method} {row.flow}, {column} should be {getattr(row, column):.0f}"
                for row in both[off].itertuples()
            ]
    return checked, wrong


def _most_likely(tables: Tables, trade: pd.DataFrame, year: int) -> tuple[int, list[str]]:
    stored, best = (
        outlook_model.log_likelihood(trade, year, parameters)
        for parameters in (parameters_for(tables, year), outlook_model.estimate(trade, year))
    )
    return len(best), [
        f"{PARAMETERS}: {year} {series}, log-likelihood {best[series] - stored[series]:.2f} below the best"
        for series in best
        if not best[series] - stored[series] <= LOSS
    ]


if __name__ == "__main__":
    make(schema.DATA)
