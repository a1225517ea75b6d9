"""Which figures are in the data, which should be, and why one is not: `data/coverage.csv`."""

from __future__ import annotations

import pandas as pd

from customs_report.periods import distance, shift, span
from customs_report.schema import GIVEN_REASONS, HOLE_REASONS, NO_JANUARY
from customs_report.tables import Tables, cached

COVERAGE = ["table", "key", "flow", "kind", "currency", "measure"]


def available(tables: Tables) -> pd.DataFrame:
    """Which figures are in the tables? One row for each figure and period, of any stage: the columns of COVERAGE, `period`."""
    frames = [
        tables.totals.assign(table="totals", key=""),
        tables.partners.assign(table="partners", key=tables.partners["partner"], flow="", measure="line"),
        tables.commodities.assign(table="commodities", key=tables.commodities["commodity"], measure="line"),
        tables.mirror.assign(table="mirror", key=tables.mirror["reporter"], measure="level"),
        tables.cleantech.assign(
            table="cleantech",
            key=tables.cleantech["destination"],
            flow="exports",
            kind="month",
            measure=tables.cleantech["technology"],
        ),
    ]
    return pd.concat([frame[[*COVERAGE, "period"]] for frame in frames]).drop_duplicates(ignore_index=True)


def declared(tables: Tables) -> pd.DataFrame:
    """Which figures should be in the tables, according to data/coverage.csv? Columns as `available`."""
    runs = tables.coverage[tables.coverage["status"] == "held"]
    return pd.DataFrame(
        [(*row[:6], period) for row in runs[[*COVERAGE, "from", "to"]].itertuples(index=False) for period in span(*row[6:])],
        columns=[*COVERAGE, "period"],
    )


def missing(tables: Tables) -> pd.DataFrame:
    """Which declared figures are missing from the tables? Columns as `available`."""
    both = declared(tables).merge(available(tables), how="left", indicator=True)
    return both.loc[both["_merge"] == "left_only", [*COVERAGE, "period"]].reset_index(drop=True)


def why_unavailable(tables: Tables, table: str, period: str, **where: str) -> str:
    """Why is a figure of a period not in a table? The declared reason, or when its coverage begins or ends.

    `where` selects by columns of coverage.csv: key, flow, kind, currency, measure. Only coverage up to the period counts, so
    that later additions do not change the answer.
    """
    what = _noun(table, where)
    begins = first_month_of(tables, table=table, **{column: value for column, value in where.items() if column != "key"})
    if not begins:
        return f"no {what} available"
    if period < begins:
        return f"no {what} before {begins}"
    rows = [row for row in _coverage_rows(tables, table=table, **where) if row["from"] <= period]
    last = max((row["to"] for row in rows if row["status"] == "held"), default="")
    if last >= period:
        return f"no {what} for {period}"
    if reasons := {row["reason"] for row in rows if period <= row["to"]} - GIVEN_REASONS:
        return min(reasons)
    if not last:
        return f"no {what} available"
    first = shift(last, 1)
    without = f"for {first}–{period}" if first < period else f"in {period}"  # later months may have the figure
    return _why_since(tables, table, last, period, **where) or f"no {what} {without}"


def is_declared(tables: Tables, table: str, period: str, **where: str) -> bool:
    """Should a figure of a period be in a table? `where` as in `why_unavailable`."""
    rows = _coverage_rows(tables, table=table, status="held", **where)
    return any(row["from"] <= period <= row["to"] for row in rows)


def _why_since(tables: Tables, table: str, last: str, period: str, **where: str) -> str:
    """Why is a line unavailable that was available up to `last`, at most a year before? Empty if all lines end there."""
    if "key" not in where or distance(last, period) > 12:
        return ""
    if table == "commodities" and {month[5:] for month in span(shift(last, 1), period)} <= {"01", "02"}:
        return NO_JANUARY
    others = {column: value for column, value in where.items() if column != "key"}
    return HOLE_REASONS[table] if is_declared(tables, table, period, **others) else ""


@cached
def first_month_of(tables: Tables, **where: str) -> str:
    """The first month with any figure of the kind; empty if there is none."""
    return min((row["from"] for row in _coverage_rows(tables, status="held", **where)), default="")


@cached
def _coverage_rows(tables: Tables, table: str, **where: str) -> list[dict[str, str]]:
    """The rows of coverage.csv with these values (cached, since a month without partners needs dozens of them)."""
    return [row for row in _runs(tables).get(table, ()) if all(row[column] == value for column, value in where.items())]


@cached
def _runs(tables: Tables) -> dict[str, list[dict[str, str]]]:
    """The rows of coverage.csv by table."""
    return {table: rows.to_dict("records") for table, rows in tables.coverage.astype(object).groupby("table", sort=False)}


def _noun(table: str, where: dict[str, str]) -> str:
    """The figure in plain words: "dollar export figures", "table of partners", "line for USA"."""
    if "key" in where:
        return f"line for {where['key']}"
    if table == "totals":
        over = " for the year to date" if where.get("kind") == "ytd" else ""
        currency = {"USD": "dollar", "CNY": "yuan"}.get(where.get("currency", ""), "published")
        flow = {"total": "trade"}.get(where.get("flow", "total"), where.get("flow", "").removesuffix("s"))
        return f"{currency} {flow} figures{over}"
    return "table of partners" if table == "partners" else f"table of {where.get('flow', 'main')} commodities"


def coverage_of(tables: Tables) -> pd.DataFrame:
    """The coverage.csv that the tables imply: for each figure, the runs of available months and the holes between them."""
    rows = []
    for key, group in available(tables).groupby(COVERAGE, sort=True):
        periods = sorted(group["period"])
        run = [periods[0]]
        for period in [*periods[1:], None]:
            if period and period == shift(run[-1], 1):
                run.append(period)
                continue
            rows.append((*key, run[0], run[-1], "held", ""))
            if period:
                gap = span(shift(run[-1], 1), shift(period, -1))
                january = key[0] == "commodities" and {p[5:] for p in gap} <= {"01", "02"}
                rows.append((*key, gap[0], gap[-1], "hole", NO_JANUARY if january else HOLE_REASONS[key[0]]))
                run = [period]
    return pd.DataFrame(rows, columns=[*COVERAGE, "from", "to", "status", "reason"])
