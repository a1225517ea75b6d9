"""Momentum: the change of the adjusted line on the month, and of three months on the three before, by three methods.

Ours is the model of `adjusted`; SEATS and X-11 are those of the Census Bureau's X-13, which `make backtest` runs
(`customs_report/x13.py`) and stores in data/outlook/adjusted.csv. A result counts only for the figures that it was made from.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pandas as pd

from customs_report.calculations.adjusted import DECLARED, STEP, adjusted_series, monthly_values
from customs_report.facts import Facts
from customs_report.names import where
from customs_report.periods import shift, trailing
from customs_report.provenance import Figure, Label, Source, modelled
from customs_report.tables import Tables

NAMES = {"seats": "SEATS", "x11": "X-11"}
SPANS = {"month": 1, "3m": 3}  # months, compared with as many before
LEVELS = {"month": ("month", "before"), "3m": ("three", "three_before")}  # columns of the stored table
DIAGNOSTICS = {"m7": "M7", "q": "Q", "qs": "p-value of QS"}
CHANGE = "(sum(months) / sum(before) - 1) * 100"
SPREAD = "largest(changes) - smallest(changes)"
STORED = Source("X-13ARIMA-SEATS, data/outlook/adjusted.csv")


def fingerprint(first: str, values: tuple[float | None, ...]) -> str:
    """Identifies the figures that an adjusted series was made from."""
    text = ",".join([first, *("" if value is None else f"{value:.0f}" for value in values)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def momentum_facts(facts: Facts, tables: Tables) -> None:
    """Adds `momentum.exports_usd_month`, `_3m`, each also `_seats`, `_x11`, `_spread` and `_agreeing`, and the diagnostics."""
    frame = adjusted_series(tables, facts.period)
    for flow in DECLARED:
        level = facts.get(f"adjusted.{flow}_usd_month")
        if not level:
            facts.gaps[f"momentum.{flow}_*"] = facts.why_missing(f"adjusted.{flow}_usd_month")
            continue
        ours = {over: _our_change(facts, flow, over, level, frame[flow]) for over in SPANS}
        stored = _stored(tables, flow, facts.period)
        if isinstance(stored, str):
            facts.gaps[f"momentum.{flow}_usd_*_*"] = stored
            continue
        for over, change in ours.items():
            if change:
                _compare(facts, flow, over, change, [_x13_change(facts, flow, over, row, level) for row in stored])
        for row in stored:
            _diagnostic_facts(facts, flow, row, level)


def confirmed(facts: Facts, flow: str, over: str) -> bool:
    """Do all methods agree on the sign of the change, and is it larger than the spread between them?

    >>> confirmed(report.facts, "exports", "month")
    True
    """
    change, spread, agreeing = (facts.value(f"momentum.{flow}_usd_{over}{part}") for part in ("", "_spread", "_agreeing"))
    if change is None or spread is None:
        return False
    return agreeing == 1 + len(NAMES) and abs(change) > spread


def _our_change(facts: Facts, flow: str, over: str, level: Figure, line: pd.Series) -> Figure | None:
    period, months = facts.period, SPANS[over]
    now, before = trailing(period, months), trailing(shift(period, -months), months)
    if not {*now, *before} <= {*line.dropna().index}:
        facts.gaps[f"momentum.{flow}_usd_{over}*"] = "a month before is not held"
        return None

    def figures(of: list[str]) -> tuple[Figure, ...]:
        return tuple(
            replace(level, value=float(line[month]), label=Label(level.label.what, where("month", month, "USD")))
            for month in of
        )

    inputs = {"months": figures(now), "before": figures(before)}
    return facts.calculate(f"momentum.{flow}_usd_{over}", CHANGE, "percent", _label(flow, over, "our model", period), inputs)


def _label(flow: str, over: str, method: str, period: str) -> Label:
    of = "the month before" if over == "month" else "the three months before"
    return Label(f"growth of {flow} without season and holidays on {of}, by {method}", where(over, period, "USD"))


def _stored(tables: Tables, flow: str, period: str) -> list[pd.Series] | str:
    """The rows of X-13's methods that were made from the figures of the report, or why there are none."""
    rows = tables.adjusted[(tables.adjusted["flow"] == flow) & (tables.adjusted["period"] <= period)]
    mine = rows[(rows["period"] == period) & (rows["figures"] == fingerprint(*monthly_values(tables, flow, period)))]
    if len(mine) == len(NAMES):
        return [row for _, row in mine.sort_values("method").iterrows()]
    if rows.empty:
        return "no adjusted series of X-13 is stored; run make backtest"
    if period in {*rows["period"]}:
        return "the adjusted series of X-13 were made from other figures; run make backtest"
    return f"the adjusted series of X-13 were last made for {rows['period'].max()}; run make backtest"


def _x13_change(facts: Facts, flow: str, over: str, row: pd.Series, level: Figure) -> Figure:
    method, period = NAMES[row["method"]], facts.period
    now, before = (
        modelled(float(row[column]), "USD", Label(f"{flow} without season and holidays, by {method}", said), method, [level],
                 step=STEP, sources=(STORED,))
        for column, said in zip(LEVELS[over], (where(over, period, "USD"), "as many months before"), strict=True)
    )  # fmt: skip
    name = f"momentum.{flow}_usd_{over}_{row['method']}"
    return facts.calculate(name, CHANGE, "percent", _label(flow, over, method, period), {"months": (now,), "before": (before,)})


def _compare(facts: Facts, flow: str, over: str, change: Figure, others: list[Figure]) -> None:
    changes, name = (change, *others), f"momentum.{flow}_usd_{over}"
    label = Label(f"spread of three methods’ growth of adjusted {flow}", where(over, facts.period, "USD"))
    facts.calculate(f"{name}_spread", SPREAD, "percentage points", label, {"changes": changes})
    agreeing = sum(each.value * change.value > 0 for each in changes)
    label = Label(f"methods that agree on the direction of adjusted {flow}", where(over, facts.period, "USD"))
    facts.add(f"{name}_agreeing", modelled(agreeing, "methods", label, "methods of three with the sign of our model", changes))


def _diagnostic_facts(facts: Facts, flow: str, row: pd.Series, level: Figure) -> None:
    for name, called in DIAGNOSTICS.items():
        if pd.notna(row[name]):
            method = NAMES[row["method"]]
            label = Label(f"{called} of {method} for {flow}", f"months up to {where('month', facts.period)}")
            figure = modelled(
                float(row[name]), "ratio", label, f"X-13’s own diagnostics of {method}", [level], sources=(STORED,)
            )
            facts.add(f"momentum.{flow}_usd_{row['method']}_{name}", figure)
