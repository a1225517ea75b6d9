"""Carry-over: the growth of the quarter and of the year if exports and imports stay at the adjusted level of this month."""

from __future__ import annotations

from dataclasses import replace

from customs_report.calculations.adjusted import DECLARED, OUTLIERS, adjusted_series
from customs_report.facts import Facts
from customs_report.names import where
from customs_report.periods import shift, span
from customs_report.provenance import Figure, Label
from customs_report.tables import Tables

FORMULA = "((sum(months) + month * months_left) / sum(year_earlier) - 1) * 100"
GROWTH_STEP = 0.1  # percent
SPANS = {"quarter": 3, "year": 12}


def carry_over_facts(facts: Facts, tables: Tables) -> None:
    """`carry_over.exports_usd_year`, `_quarter`, and so on, in percent, from the adjusted series."""
    frame = adjusted_series(tables, facts.period)
    for flow in DECLARED:
        newest = facts.get(f"adjusted.{flow}_usd_month")
        adjusted = frame[flow].dropna() if flow in frame else frame
        for over, months in SPANS.items():
            name, last = f"carry_over.{flow}_usd_{over}", _last_month(facts.period, months)
            whole = span(shift(last, 1 - months), last)
            known = [month for month in whole if month <= facts.period]
            before = [shift(month, -12) for month in whole]
            if facts.period in OUTLIERS:
                facts.gaps[name] = "the model leaves this month out"
                continue
            if not newest or not {*known, *before} <= {*adjusted.index}:
                facts.gaps[name] = "the adjusted line does not reach back a year"
                continue
            figures = {
                month: replace(
                    newest, value=float(adjusted[month]), label=Label(newest.label.what, where("month", month, "USD"))
                )
                for month in (*known, *before)
            }
            left = Figure(len(whole) - len(known), "months", Label("months left", where("month", last)))
            of = f"{whole[0]}/{last}"
            label = Label(f"growth of {flow} if they stay at this month’s adjusted level", f"in dollars, {_called(over, last)}")
            inputs = {
                "months": tuple(figures[month] for month in known),
                "month": figures[facts.period],
                "months_left": left,
                "year_earlier": tuple(figures[month] for month in before),
            }
            facts.calculate(
                name, FORMULA, "percent", label, inputs, step=GROWTH_STEP,
                how=f"the adjusted months of {of} and, for those to come, the adjusted level of this month, on a year earlier",
            )  # fmt: skip


def _last_month(period: str, months: int) -> str:
    """The last month of the quarter or year that the period lies in."""
    number = -(-int(period[5:]) // months) * months
    return f"{period[:4]}-{number:02d}"


def _called(over: str, last: str) -> str:
    return last[:4] if over == "year" else f"quarter to {where('month', last)}"
