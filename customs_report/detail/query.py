"""Questions to the detail data, in SQL: DuckDB in this process, or an engine that is named.

The SQL is DuckDB's, of the kind that `engines` can translate for others. It asks the view `detail`: the rows known on the
tables' day, and as history those that a report of the period may use.
"""

from __future__ import annotations

import pandas as pd

from customs_report.detail import engines
from customs_report.detail.connection import listed, quoted
from customs_report.detail.vintages import NEVER
from customs_report.tables import Tables


def query(
    tables: Tables, period: str, sql: str, *, first: str = "", last: str = "9999-12", flow: str = "", **frames: pd.DataFrame
) -> pd.DataFrame:
    """The answer to a question about the months `first` to `last` of a flow, as a report of `period` may know them.

    `frames` are views of these names.
    """
    store = tables.detail
    files = store.paths(first, last, flow)
    if not files:
        return pd.DataFrame()
    span = f"period >= {quoted(first or '0000')} AND period <= {quoted(last)}" + (f" AND flow = {quoted(flow)}" if flow else "")
    return engines.engine().answer(store, files, f"{span} AND {known(tables.detail_day, period)}", sql, frames)


def known(day: str, period: str) -> str:
    """The condition on rows that were known on a day; what came later only as history of months before the period."""
    if not day:
        return f"superseded = {quoted(NEVER)}"
    on = quoted(day)
    return f"((released <= {on} AND superseded > {on}) OR (is_first AND released > {on} AND period < {quoted(period)}))"


__all__ = ["known", "listed", "query", "quoted"]
