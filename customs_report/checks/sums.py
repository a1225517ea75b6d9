"""Identities over several rows: months and years to date, groups and members, aggregates and parts; declared coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from customs_report.checks.findings import Cell, Finding, cell
from customs_report.coverage import available, declared, missing
from customs_report.periods import shift
from customs_report.schema import FILES, KEYS, TABLES
from customs_report.tables import Tables, members_of, ranked_partners

VINTAGE = ["period", "kind", "currency", "stage"]  # only figures of the same release are compared


def _found(tables: Tables, name: str, table: str, rows: pd.DataFrame, wrong: pd.Series, says: Callable) -> Iterator[Finding]:
    """A finding for each wrong row; it names the cell, and the cell in `row_other` if there is such a column."""
    for row in rows[wrong].itertuples():
        others = [(table, row.row_other)] if hasattr(row, "row_other") else []
        cells = [(table, row.row), *others]
        yield Finding(name, tuple(cell(tables, t, at, getattr(row, "column", "value")) for t, at in cells), says(row))


def _values(tables: Tables, table: str) -> pd.DataFrame:
    """The levels of a table in long form: key columns, stage, value, step, row (in the file), column."""
    rows = getattr(tables, table)
    rows = rows.assign(row=rows.index + 2, column="value")
    if table == "totals":
        return rows[(rows["measure"] == "level") & rows["flow"].isin(["exports", "imports"])]
    if table == "partners":
        return pd.concat([rows.assign(flow=flow, value=rows[flow], column=flow) for flow in ("exports", "imports")])
    return rows


def month_within_year(table: str) -> Callable[[Tables], Iterator[Finding]]:
    """A month is at most its year to date."""
    key = ["period", "flow", "partner", "commodity", "currency", "table", "stage"]

    def found(tables: Tables) -> Iterator[Finding]:
        rows = _values(tables, table)
        on = [c for c in key if c in rows.columns]
        both = rows[rows["kind"] == "month"].merge(rows[rows["kind"] == "ytd"], on=on, suffixes=("", "_ytd"))
        both = both.rename(columns={"row_ytd": "row_other"})
        wrong = both["value"] - both["value_ytd"] > both["step"] + both["step_ytd"]
        name = f"month <= year to date, {table}"
        yield from _found(tables, name, table, both, wrong, lambda r: f"against {r.value_ytd:,.0f} in the year to date")

    return found


def _newest(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The later release of figures that one stage has twice."""
    return rows.sort_values("released", kind="stable").drop_duplicates([*key, "stage"], keep="last")


def _levels_of_totals(tables: Tables) -> pd.DataFrame:
    rows = tables.totals.assign(row=tables.totals.index + 2)
    return _newest(rows[rows["measure"] == "level"], KEYS["totals"])


def members_within_group(tables: Tables) -> Iterator[Finding]:
    """The members of a group do not exceed the group; a finding names the largest member, too."""
    rows = _newest(_values(tables, "partners"), [*KEYS["partners"], "flow"])
    pairs = [(group, member) for group in tables.groups["group"] for member in members_of(tables, group)]
    inside = rows.merge(pd.DataFrame(pairs, columns=["group", "partner"]), on="partner").sort_values("value")
    key = [*VINTAGE, "flow", "group"]
    inside["members"] = inside.groupby(key)["value"].transform("sum")
    largest = inside.drop_duplicates(key, keep="last")[[*key, "members", "row"]]
    both = rows.merge(largest.rename(columns={"group": "partner", "row": "row_other"}), on=[*VINTAGE, "flow", "partner"])
    # customs counts Timor-Leste in ASEAN only from the end of 2025; half a per cent covers such a change
    wrong = both["members"] > 1.005 * both["value"]
    name = "members within their group"
    yield from _found(tables, name, "partners", both, wrong, lambda r: f"is less than its members' {r.members:,.0f}")


def ranked_within_total(tables: Tables) -> Iterator[Finding]:
    """The ranked partners together do not exceed the total: none of them is a member of another."""
    rows = _newest(_values(tables, "partners"), [*KEYS["partners"], "flow"])
    rows = rows[rows["partner"].isin(ranked_partners(tables))]
    sums = rows.groupby([*VINTAGE, "flow"])["value"].sum().rename("ranked").reset_index()
    both = _levels_of_totals(tables).merge(sums, on=[*VINTAGE, "flow"])
    wrong = both["ranked"] > both["value"]
    name = "no member beside its group in the ranking"
    yield from _found(tables, name, "totals", both, wrong, lambda r: f"is less than the ranked partners' {r.ranked:,.0f}")


def parts_within_aggregate(tables: Tables) -> Iterator[Finding]:
    """The parts of an aggregate do not exceed it by more than half a per cent (restatements)."""
    goods = _newest(_values(tables, "commodities"), [*KEYS["commodities"], "table"])
    parents = tables.commodity_list.set_index(["flow", "commodity"])["parent"]
    parent = parents.reindex(pd.MultiIndex.from_frame(goods[["flow", "commodity"]])).to_numpy()
    key = ["period", "kind", "flow", "currency", "stage", "table"]
    parts = goods.assign(commodity=parent)[parent != ""].sort_values("value")
    parts["parts"] = parts.groupby([*key, "commodity"])["value"].transform("sum")
    parts = parts.drop_duplicates([*key, "commodity"], keep="last").rename(columns={"row": "row_other"})
    both = goods.merge(parts[[*key, "commodity", "parts", "row_other"]], on=[*key, "commodity"])
    wrong = both["parts"] > 1.005 * both["value"]
    name = "parts within their aggregate"
    yield from _found(tables, name, "commodities", both, wrong, lambda r: f"is less than its parts' {r.parts:,.0f}")


def printed_together(table: str) -> Callable[[Tables], Iterator[Finding]]:
    """A line has both month and year to date, and a table restates last year's figures of all its lines or of none.

    Exceptions: January and February may have one of the two only; partners have both only in the bulletin.
    """
    key: list[str] = [
        name for name in ("period", "flow", "partner", "commodity", "currency", "stage", "table") if name in TABLES[table].names
    ]

    def found(tables: Tables) -> Iterator[Finding]:
        rows = getattr(tables, table)
        rows = rows.assign(row=rows.index + 2)
        early = rows["period"].str[5:].isin(["01", "02"])
        printed = rows[rows["stage"].isin(["preliminary", "bulletin"] if table == "commodities" else ["bulletin"])]
        for kind, other in (("month", "ytd"), ("ytd", "month")):
            alone = _without(printed[printed["kind"] == kind], printed[printed["kind"] == other], key)
            yield from _without_counterpart(tables, table, alone[~alone["row"].isin(rows.loc[early, "row"])], other)
        again = rows[rows["stage"] == "restated"].assign(stage="preliminary")
        again["period"] = again["period"].map(lambda period: shift(period, 12))
        now = rows[(rows["stage"] == "preliminary") & (rows["kind"] == "ytd")]
        yield from _without_counterpart(tables, table, _without(again, now, key), "ytd of the year after")
        restating = now.merge(again[[*key]].drop_duplicates(), on=key, how="left", indicator="restated")
        whole = restating.groupby(["period", "currency", *({"flow"} & {*key})])["restated"]
        most = whole.transform(lambda marks: (marks == "both").mean()) > 0.5
        yield from _without_counterpart(
            tables, table, restating[most & (restating["restated"] != "both")], "restated year to date"
        )

    return found


def _without(rows: pd.DataFrame, others: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The rows that have no counterpart with the same key."""
    return rows[~pd.MultiIndex.from_frame(rows[key]).isin(pd.MultiIndex.from_frame(others[key]))]


def _without_counterpart(tables: Tables, table: str, alone: pd.DataFrame, what: str) -> Iterator[Finding]:
    for row in alone["row"]:
        yield Finding(f"figures printed together, {table}", (cell(tables, table, row),), f"is there without its {what}")


def source_errors(tables: Tables) -> Iterator[Finding]:
    """Every entry of source_errors.csv matches a figure in the data; an entry without one is out of date."""
    for error in tables.source_errors.itertuples():
        if not error_rows(getattr(tables, error.table), error).any():
            says = f"{error.period} {error.flow} {error.key} is not {error.printed}"
            missing = f"{error.period} {error.kind} {error.flow} {error.key} {error.currency}"
            cells = (cell(tables, "source_errors", error.Index + 2), Cell(FILES[error.table], 0, error.column, missing))
            yield Finding("known errors at the source are in place", cells, says)


def error_rows(rows: pd.DataFrame, error: Any) -> pd.Series:
    hit = rows[error.column] == float(error.printed)
    for column in ("period", "kind", "flow", "currency"):
        hit &= rows[column] == getattr(error, column)
    return hit & (rows["commodity"] == error.key) if error.table == "commodities" else hit


def coverage_holes(tables: Tables) -> Iterator[Finding]:
    for row in missing(tables).itertuples(index=False):
        cells = (Cell(FILES[row.table], 0, "", f"{' '.join(v for v in row[1:6] if v)} {row.period}"),)
        yield Finding("declared coverage is available", cells, "is declared in coverage.csv but missing")


def coverage_undeclared(tables: Tables) -> Iterator[Finding]:
    both = available(tables).merge(declared(tables), how="left", indicator=True)
    for row in both[both["_merge"] == "left_only"].itertuples(index=False):
        rows = getattr(tables, row.table)
        where = {"period": row.period, "kind": row.kind, "currency": row.currency, "flow": row.flow, "measure": row.measure}
        where |= {"partner": row.key, "commodity": row.key}
        for column in [name for name in where if name in rows and where[name]]:
            rows = rows[rows[column] == where[column]]
        cells = tuple(cell(tables, row.table, at + 2) for at in rows.index[:3])
        yield Finding("available figures are declared", cells, "is not declared in coverage.csv")
