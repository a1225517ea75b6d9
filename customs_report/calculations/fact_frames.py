"""Facts as frames: totals, partners, commodities and the month before, a row each."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import pandas as pd

from customs_report import frames
from customs_report.calculations.fact_builders import report_facts
from customs_report.calculations.levels import SPANS
from customs_report.calculations.previous import FAMILY, compared
from customs_report.calculations.quantities import GOODS
from customs_report.facts import Facts
from customs_report.names import commodity_name, partner_name
from customs_report.tables import Tables

FAMILIES = {  # of a frame's facts
    "partners": "partner.*",
    "commodities": "commodity.{side}.*",
    "month_before": FAMILY,
    "quantities": "commodity.import.*",
}


def totals(tables: Tables, period: str, currency: str) -> pd.DataFrame:
    """Exports, imports, balance and total trade over each span, with their growth."""
    return _frame(report_facts(tables, period), "totals", SPANS, "over", currency=currency.lower())


def partners(tables: Tables, period: str, over: str) -> pd.DataFrame:
    """Trade with each partner over the month or the year to date, the largest first."""
    facts = report_facts(tables, period)
    held = [code for code in tables.partner_list["partner"] if f"partner.{code}.total_cny_{over}" in facts]
    found = _frame(facts, "partners", held, "partner", "total", over=over)
    found.insert(0, "name", [partner_name(tables, code) for code in found.index])
    return found


def commodities(tables: Tables, period: str, flow: str, over: str) -> pd.DataFrame:
    """Each commodity over the month or the year to date, the largest first."""
    facts = report_facts(tables, period)
    lines = tables.commodity_list.loc[tables.commodity_list["flow"] == flow, "commodity"]
    held = [slug for slug in lines if f"commodity.{flow}.{slug}.value_cny_{over}" in facts]
    found = _frame(facts, "commodities", held, "commodity", "value", side=flow, over=over)
    counted = {slug: facts.get(f"commodity.{flow}.{slug}.quantity_{over}") for slug in found.index}
    found.insert(0, "name", [commodity_name(tables, flow, slug) for slug in found.index])
    found["unit"] = [quantity.unit if quantity else "" for quantity in counted.values()]
    return found


def quantities(tables: Tables, period: str) -> pd.DataFrame:
    """Quantity, value and unit value of the goods whose quantity is news, over the month and the year to date."""
    facts = report_facts(tables, period)
    goods = [(flow, slug) for flow, slugs in GOODS.items() for slug in slugs]
    units = {
        (flow, slug): quantity.unit
        for flow, slug in goods
        for over in ("month", "ytd")
        if (quantity := facts.get(f"commodity.{flow}.{slug}.quantity_{over}"))
    }
    found = _frame(facts, "quantities", [good for good in goods if good in units], ["flow", "commodity"])
    found.insert(0, "name", [commodity_name(tables, *good) for good in found.index])
    found.insert(1, "unit", [units[good] for good in found.index])
    return found


def changes_since_month_before(tables: Tables, period: str) -> pd.DataFrame:
    """What is compared with the month before: now, before, change."""
    facts = report_facts(tables, period)
    return _frame(facts, "month_before", [name for name in compared(period) if f"previous.{name}" in facts], "fact")


def _frame(
    facts: Facts, helper: str, rows: Iterable[Hashable], index: str | list[str], largest: str = "", **given: str
) -> pd.DataFrame:
    """A row each, a column for every fact of it that there is, the `largest` first; a fact that is a gap is NaN."""
    _, columns = frames.CELLS[helper]
    values = {row: [facts.value(name.format(row=row, **given)) for name in columns.values()] for row in rows}
    found = pd.DataFrame.from_dict(values, orient="index", columns=[*columns], dtype=float)
    if isinstance(index, list):
        found.index = pd.MultiIndex.from_tuples([*values], names=index)
    else:
        found = found.rename_axis(index)
    if found.empty and helper in FAMILIES:
        raise facts.gap(FAMILIES[helper].format(**given))
    ordered = found.sort_values(largest, ascending=False) if largest else found
    return ordered.dropna(axis="columns", how="all")
