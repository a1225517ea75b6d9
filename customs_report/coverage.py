"""Which figures are held, which are declared, and why one is not: `data/coverage.csv`."""

from __future__ import annotations

import pandas as pd

from customs_report.periods import distance, shift, span
from customs_report.schema import GIVEN_REASONS, HOLE_REASONS, NO_JANUARY
from customs_report.tables import Tables, cached

COVERAGE = ["table", "key", "flow", "kind", "currency", "measure"]


def held(tables: Tables) -> pd.DataFrame:
    """Which figures do the tables hold? One row a figure and period, any stage: the columns of COVERAGE and `period`."""
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
    """Which figures does data/coverage.csv say are held? One row a figure and period."""
    runs = tables.coverage[tables.coverage["status"] == "held"]
    return pd.DataFrame(
        [(*row[:6], period) for row in runs[[*COVERAGE, "from", "to"]].itertuples(index=False) for period in span(*row[6:])],
        columns=[*COVERAGE, "period"],
    )


def holes(tables: Tables) -> pd.DataFrame:
    """Which declared figures are missing? Rows as `declared`; empty when the data keep what they promise."""
    both = declared(tables).merge(held(tables), how="left", indicator=True)
    return both.loc[both["_merge"] == "left_only", [*COVERAGE, "period"]].reset_index(drop=True)


def why_not_held(tables: Tables, table: str, period: str, **where: str) -> str:
    """Why does a table not hold a figure of a period? The declared reason, or where its coverage begins and ends.

    `where` narrows it down by the columns of coverage.csv: key, flow, kind, currency, measure. What is held of later months
    makes no difference, but for the month in which the table begins.
    """
    what = _noun(table, where)
    begins = _begins(tables, table=table, **{column: value for column, value in where.items() if column != "key"})
    if not begins:
        return f"no {what} is held"
    if period < begins:
        return f"no {what} held before {begins}"
    rows = [row for row in _coverage_rows(tables, table=table, **where) if row["from"] <= period]
    last = max((row["to"] for row in rows if row["status"] == "held"), default="")
    if last >= period:
        return f"{what} of {period} is missing"
    if reasons := {row["reason"] for row in rows if period <= row["to"]} - GIVEN_REASONS:
        return min(reasons)
    if not last:
        return f"no {what} is held"
    return _why_since(tables, table, last, period, **where) or f"no {what} held after {last}"


def _why_since(tables: Tables, table: str, last: str, period: str, **where: str) -> str:
    """Why is a line not held that was held up to a month within the last year? Empty where all lines end there."""
    if "key" not in where or distance(last, period) > 12:
        return ""
    if table == "commodities" and {month[5:] for month in span(shift(last, 1), period)} <= {"01", "02"}:
        return NO_JANUARY
    rows = _coverage_rows(tables, table=table, status="held", **{c: v for c, v in where.items() if c != "key"})
    return HOLE_REASONS[table] if any(row["from"] <= period <= row["to"] for row in rows) else ""


@cached
def _begins(tables: Tables, **where: str) -> str:
    """The first month of which anything of the kind is held; empty where nothing is."""
    return min((row["from"] for row in _coverage_rows(tables, status="held", **where)), default="")


@cached
def _coverage_rows(tables: Tables, table: str, **where: str) -> list[dict[str, str]]:
    """The rows of coverage.csv with these values, cached: a month without partners asks for dozens of them."""
    return [row for row in _runs(tables).get(table, ()) if all(row[column] == value for column, value in where.items())]


@cached
def _runs(tables: Tables) -> dict[str, list[dict[str, str]]]:
    """The rows of coverage.csv by table."""
    return {table: rows.to_dict("records") for table, rows in tables.coverage.groupby("table", sort=False)}


def _noun(table: str, where: dict[str, str]) -> str:
    """What is asked for, as a reader would call it: "dollar exports", "table of partners", "line for USA"."""
    if "key" in where:
        return f"line for {where['key']}"
    if table == "totals":
        over = " of the year to date" if where.get("kind") == "ytd" else ""
        currency = {"USD": "dollar", "CNY": "yuan"}.get(where.get("currency", ""), "printed")
        return f"{currency} {where.get('flow', 'totals')}{over}"
    return "table of partners" if table == "partners" else f"table of {where.get('flow', 'main')} commodities"


def coverage_of(tables: Tables) -> pd.DataFrame:
    """What should data/coverage.csv say? The runs of months held for each figure and the holes between them."""
    rows = []
    for key, group in held(tables).groupby(COVERAGE, sort=True):
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
