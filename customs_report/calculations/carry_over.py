"""Carry-over: the growth of the quarter and of the year if exports and imports stay at the adjusted level of this month.

A month to come is this month's adjusted level times last year's season: the figure of that month over its adjusted one. So
far the year has the growth that customs gives for the year to date, the quarter its months.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from customs_report.calculations.adjusted import DECLARED, OUTLIERS, adjusted_series
from customs_report.calculations.levels import dollar_series, exclude_lookahead
from customs_report.facts import Facts
from customs_report.names import where
from customs_report.periods import shift, span
from customs_report.provenance import Figure, Inputs, Label, calculate
from customs_report.tables import Tables

OF_QUARTER = "((sum(months) + month * sum(seasons)) / sum(year_earlier) - 1) * 100"
OF_YEAR = (
    "((sum(year_earlier) * (1 + growth / 100) + month * sum(seasons)) / (sum(year_earlier) + sum(rest_of_last_year)) - 1) * 100"
)
GROWTH_STEP = 0.1  # percent
SPANS = {"quarter": 3, "year": 12}


def carry_over_facts(facts: Facts, tables: Tables) -> None:
    """`carry_over.exports_usd_year`, `_quarter`, and so on, in percent; none where no month of the span is left."""
    frame = adjusted_series(tables, facts.period)
    for flow in DECLARED:
        figures = dollar_series(exclude_lookahead(tables, facts.period), flow, facts.period)
        adjusted = frame[flow].dropna() if flow in frame else pd.Series(dtype=float)
        for over, months in SPANS.items():
            last = _last_month(facts.period, months)
            whole = span(shift(last, 1 - months), last)
            name, found = f"carry_over.{flow}_usd_{over}", _inputs(facts, flow, whole, figures, adjusted)
            if isinstance(found, str):
                facts.gaps[name] = found
                continue
            so_far = "the growth of the year to date" if over == "year" else "the months so far"
            facts.calculate(
                name, OF_YEAR if over == "year" else OF_QUARTER, "percent",
                Label(f"growth of {flow} if they stay at this month’s adjusted level", f"in dollars, {_called(over, last)}"),
                found, step=GROWTH_STEP,
                how=f"{so_far} of {whole[0]}/{last} and, for those to come, this month’s adjusted level with last year’s "
                "season, on a year earlier",
            )  # fmt: skip


def _inputs(facts: Facts, flow: str, whole: list[str], figures: Mapping[str, Figure], adjusted: pd.Series) -> Inputs | str:
    """What the growth of a quarter or year is computed from, or why it is not."""
    known, left = ([month for month in whole if (month <= facts.period) == past] for past in (True, False))
    rest = [shift(month, -12) for month in left]
    earlier = [shift(month, -12) for month in known]
    newest = facts.get(f"adjusted.{flow}_usd_month")
    if facts.period in OUTLIERS:
        return "the model leaves this month out"
    if not left:
        return "no month of it is to come"
    if not newest or not {*rest} <= {*adjusted.index}:
        return "the adjusted line does not reach back a year"
    if not {*known, *earlier, *rest} <= figures.keys():
        return "a month of it, or of a year earlier, is not available"

    def of(months: list[str]) -> tuple[Figure, ...]:
        return tuple(figures[month] for month in months)

    seasons = tuple(_season(figures[month], replace(newest, value=float(adjusted[month]))) for month in rest)
    if len(whole) < 12:
        return {"months": of(known), "month": newest, "seasons": seasons, "year_earlier": of(earlier + rest)}
    growth = facts.get(f"{flow}_usd_ytd_yoy")
    if not growth:
        return "the growth of the year to date is not available"
    year = {"year_earlier": of(earlier), "rest_of_last_year": of(rest)}
    return {**year, "growth": growth, "month": newest, "seasons": seasons}


def _season(month: Figure, adjusted: Figure) -> Figure:
    """A month over its adjusted figure."""
    adjusted = replace(adjusted, label=Label(adjusted.label.what, month.label.where))
    label = Label(f"{month.label.what} over those without season and holidays", month.label.where)
    return calculate("month / adjusted", "ratio", label, {"month": month, "adjusted": adjusted})


def _last_month(period: str, months: int) -> str:
    """The last month of the quarter or year that the period lies in."""
    number = -(-int(period[5:]) // months) * months
    return f"{period[:4]}-{number:02d}"


def _called(over: str, last: str) -> str:
    return last[:4] if over == "year" else f"quarter to {where('month', last)}"
