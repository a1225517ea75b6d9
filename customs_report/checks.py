"""The checks of the data: schema, accounting identities, coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pandas as pd

from customs_report.coverage import declared, held, holes
from customs_report.palette import CHARACTERS
from customs_report.periods import shift
from customs_report.schema import CONTINENTS, KEYS, TABLES, Column, Table
from customs_report.tables import Tables, members_of, ranked_partners

ANY_SCRIPT = ("name_official", "name_zh", "labels", "spelling")  # as sources write them; reports show none of these
NOT_SHOWN = ("misprints",)

Check = tuple[str, str, Callable[[Tables], tuple[int, list[str]]]]


def check(as_printed: Tables) -> pd.DataFrame:
    """Do the data keep their promises? One row a check: check, table, checked, violations, where (the first of them).

    Takes the tables as `loading.printed` reads them. Where a schema is broken, identities and coverage are not tested: their
    rows are missing.
    """
    rows = []

    def run(checks: list[Check], tables: Tables) -> None:
        for name, table, test in checks:
            checked, found = test(tables)
            rows.append((name, table, checked, len(found), "; ".join(found[:3])))

    run(SCHEMA_CHECKS, as_printed)
    if not any(row[3] for row in rows):
        run(IDENTITY_CHECKS + COVERAGE_CHECKS + PRINT_CHECKS, corrected(as_printed))
    return pd.DataFrame(rows, columns=["check", "table", "checked", "violations", "where"])


def corrected(tables: Tables) -> Tables:
    """The tables without the figures that source_errors.csv names: a known error at the source is a gap, not a number."""
    tables = replace(tables, totals=tables.totals.copy(), commodities=tables.commodities.copy())
    for error in tables.source_errors.itertuples():
        rows = getattr(tables, error.table)
        rows.loc[_error_rows(rows, error), error.column] = float("nan")
    return replace(tables, totals=tables.totals.dropna(subset="value"))


def _error_rows(rows: pd.DataFrame, error) -> pd.Series:
    hit = rows[error.column] == float(error.printed)
    for column in ("period", "kind", "flow", "currency"):
        hit &= rows[column] == getattr(error, column)
    return hit & (rows["commodity"] == error.key) if error.table == "commodities" else hit


def failures(tables: Tables, checks: list[Check]) -> Iterator[tuple[str, str]]:
    for name, _, test in checks:
        yield from ((name, found) for found in test(tables)[1])


def _schema(name: str) -> Callable[[Tables], tuple[int, list[str]]]:
    def test(tables: Tables) -> tuple[int, list[str]]:
        import pandera.pandas as pa

        rows, file = getattr(tables, name), TABLES[name].file
        try:
            _pandera(TABLES[name], tables).validate(rows, lazy=True)
        except pa.errors.SchemaErrors as error:
            cases = error.failure_cases
            return len(rows), [
                f"{file}, {'row ' + str(int(case.index) + 2) if pd.notna(case.index) else 'header'}: "
                f"{case.column} {case.failure_case!r} fails {case.check}"
                for case in cases.itertuples(index=False)
            ]
        return len(rows), []

    return test


def _pandera(table: Table, tables: Tables):
    """A table's schema as pandera takes it: types, values and bounds of each column, keys unique within a vintage."""
    import pandera.pandas as pa

    def column(declared: Column) -> pa.Column:
        allowed = getattr(tables, declared.key_of[0])[declared.key_of[1]] if declared.key_of else declared.values
        checks = [pa.Check.isin([*allowed, *[""] * declared.empty])] if len(allowed) else []
        if declared.pattern:
            checks.append(pa.Check.str_matches(f"^({declared.pattern}{'|' if declared.empty else ''})$"))
        elif not declared.number and not declared.empty and not checks:
            checks.append(pa.Check.str_length(min_value=1))
        limits = ((declared.above, pa.Check.gt), (declared.least, pa.Check.ge), (declared.most, pa.Check.le))
        checks += [limit(value) for value, limit in limits if value is not None]
        return pa.Column(float if declared.number else str, checks, nullable=declared.empty)

    unique = [*table.key, *table.unique] or None
    return pa.DataFrameSchema({c.name: column(c) for c in table.columns}, strict=True, unique=unique)


def _released(table: str) -> Callable[[Tables], tuple[int, list[str]]]:
    """A figure is public only after its month, on a day that the calendar has."""

    def test(tables: Tables) -> tuple[int, list[str]]:
        rows = _numbered(getattr(tables, table))
        day = pd.to_datetime(rows["released"], errors="coerce", format="%Y-%m-%d")
        month = pd.to_datetime(rows["period"], errors="coerce", format="%Y-%m")
        too_early = ~(day > month + pd.offsets.MonthEnd(0))
        return _compare(rows, too_early, f"{table}.csv", lambda r: f"{_where(r)} cannot have been public on {r.released}")

    return test


def _with_the_bulletin(tables: Tables) -> tuple[int, list[str]]:
    """What the preliminary table by country does not print was not public on the day of the first release."""
    rows = _numbered(tables.partners[tables.partners["stage"] == "bulletin"])
    printed = tables.partner_list.loc[tables.partner_list["preliminary"] == 1, "partner"]
    single = rows["period"].str.endswith("-01") | (rows["period"].str.endswith("-02") & (rows["kind"] == "month"))
    first = rows["period"].map(tables.releases.drop_duplicates("period").set_index("period")["released"])
    return _compare(
        rows,
        (single | ~rows["partner"].isin(printed)) & (rows["released"] <= first),
        "partners.csv",
        lambda r: f"{_where(r)} was public only with the bulletin, not on {r.released}",
    )


def _runs(tables: Tables) -> tuple[int, list[str]]:
    """A run of months, of coverage or of a distortion, does not end before it begins."""
    checked, found = 0, []
    for name in ("coverage", "distortions"):
        rows = _numbered(getattr(tables, name)).rename(columns={"from": "first"})
        n, wrong = _compare(
            rows, rows["first"] > rows["to"], TABLES[name].file, lambda r: f"{r.first} to {r.to} is no run of months"
        )
        checked, found = checked + n, found + wrong
    return checked, found


def _positive(tables: Tables) -> tuple[int, list[str]]:
    rows = _numbered(tables.totals)
    negative = (rows["measure"] == "level") & (rows["flow"] != "balance") & (rows["value"] <= 0)
    return _compare(rows, negative, "totals.csv", lambda r: f"{_where(r)} {r.value:.0f} is not above zero")


def _compare(rows: pd.DataFrame, wrong: pd.Series, file: str, what: Callable) -> tuple[int, list[str]]:
    """How many rows were compared, and for each wrong one its file, row and figure."""
    return len(rows), [f"{file}, row {row.row}: {what(row)}" for row in rows[wrong].itertuples()]


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the number of their line in the file."""
    return rows.assign(row=rows.index + 2)


def _where(row) -> str:
    parts = (getattr(row, column, "") for column in ("period", "kind", "flow", "partner", "commodity", "currency", "stage"))
    return " ".join(part for part in parts if part)


def _totals_identity(total: str, sign: int) -> Callable[[Tables], tuple[int, list[str]]]:
    def test(tables: Tables) -> tuple[int, list[str]]:
        levels = _numbered(tables.totals[tables.totals["measure"] == "level"])
        key = ["period", "kind", "currency", "stage"]
        e, i, t = (levels[levels["flow"] == flow] for flow in ("exports", "imports", total))
        rows = t.merge(e, on=key, suffixes=("", "_e")).merge(i, on=key, suffixes=("", "_i"))
        gap = (rows["value_e"] + sign * rows["value_i"] - rows["value"]).abs()
        return _compare(
            rows,
            gap > rows["step"] + rows["step_e"] + rows["step_i"],
            "totals.csv",
            lambda r: f"{_where(r)} {r.value:.0f} is not {r.value_e:.0f} {'+' if sign > 0 else '-'} {r.value_i:.0f}",
        )

    return test


def _values(tables: Tables, table: str) -> pd.DataFrame:
    """The levels of a table in one long form: key columns, stage, value, step, row."""
    if table == "totals":
        rows = tables.totals[(tables.totals["measure"] == "level") & tables.totals["flow"].isin(["exports", "imports"])]
        return _numbered(rows)
    if table == "commodities":
        return _numbered(tables.commodities)
    partners = _numbered(tables.partners)
    return pd.concat([partners.assign(flow=flow, value=partners[flow]) for flow in ("exports", "imports")])


def _month_within_year(table: str, january: bool) -> Callable[[Tables], tuple[int, list[str]]]:
    key = ["period", "flow", "partner", "commodity", "currency", "table", "stage"]

    def test(tables: Tables) -> tuple[int, list[str]]:
        rows = _values(tables, table)
        on = [c for c in key if c in rows.columns]
        both = rows[rows["kind"] == "month"].merge(rows[rows["kind"] == "ytd"], on=on, suffixes=("", "_ytd"))
        first = both["period"].str.endswith("-01")
        both = both[first] if january else both[~first]
        excess = both["value"] - both["value_ytd"]
        slack = both["step"] + both["step_ytd"]
        return _compare(
            both,
            excess.abs() > slack if january else excess > slack,
            f"{table}.csv",
            lambda r: f"{_where(r)} {r.value:.0f} against {r.value_ytd:.0f} in the year to date",
        )

    return test


VINTAGE = ["period", "kind", "currency", "stage"]  # figures of one print: only these are held against each other


def _newest(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Of what one stage printed twice, the later release."""
    return rows.sort_values("released", kind="stable").drop_duplicates([*key, "stage"], keep="last")


def _regions(tables: Tables) -> tuple[int, list[str]]:
    """Continents and the total: equal but for what customs assigns to no country, at most one per mille."""
    partners = _newest(tables.partners[tables.partners["partner"].isin(CONTINENTS)], KEYS["partners"])
    complete = partners.groupby(VINTAGE)["partner"].transform("size") == len(CONTINENTS)
    sums = partners[complete].groupby(VINTAGE)[["exports", "imports"]].sum().stack().rename("regions")
    sums.index.names = [*VINTAGE, "flow"]
    rows = _levels_of_totals(tables).merge(sums.reset_index(), on=[*VINTAGE, "flow"])
    return _compare(
        rows,
        (rows["regions"] - rows["value"]).abs() > 0.001 * rows["value"],
        "totals.csv",
        lambda r: f"{_where(r)} {r.value:.0f}, but the regions sum to {r.regions:.0f}",
    )


def _levels_of_totals(tables: Tables) -> pd.DataFrame:
    rows = _numbered(tables.totals)
    return _newest(rows[rows["measure"] == "level"], KEYS["totals"])


def _members_within_group(tables: Tables) -> tuple[int, list[str]]:
    rows = _newest(_values(tables, "partners"), [*KEYS["partners"], "flow"])
    checked, found = 0, []
    for group in tables.groups["group"]:
        inside = rows[rows["partner"].isin(members_of(tables, group))]
        sums = inside.groupby([*VINTAGE, "flow"])["value"].sum().rename("members")
        both = rows[rows["partner"] == group].merge(sums.reset_index(), on=[*VINTAGE, "flow"])
        # customs counts Timor-Leste in ASEAN only from the end of 2025; half a per cent covers such a change
        n, wrong = _compare(
            both,
            both["members"] > 1.005 * both["value"],
            "partners.csv",
            lambda r: f"{_where(r)} {r.value:.0f} is less than its members' {r.members:.0f}",
        )
        checked, found = checked + n, found + wrong
    return checked, found


def _ranked_within_total(tables: Tables) -> tuple[int, list[str]]:
    """No member is counted beside its group: all ranked partners together never exceed the total."""
    rows = _newest(_values(tables, "partners"), [*KEYS["partners"], "flow"])
    rows = rows[rows["partner"].isin(ranked_partners(tables))]
    sums = rows.groupby([*VINTAGE, "flow"])["value"].sum().rename("ranked").reset_index()
    both = _levels_of_totals(tables).merge(sums, on=[*VINTAGE, "flow"])
    return _compare(
        both,
        both["ranked"] > both["value"],
        "totals.csv",
        lambda r: f"{_where(r)} {r.value:.0f} is less than the ranked partners' {r.ranked:.0f}",
    )


def _parts_within_aggregate(tables: Tables) -> tuple[int, list[str]]:
    """The lines of one list below an aggregate never exceed it, within half a per cent of restatement."""
    goods = _newest(_numbered(tables.commodities), [*KEYS["commodities"], "table"])
    parents = tables.commodity_list.set_index(["flow", "commodity"])["parent"]
    parent = parents.reindex(pd.MultiIndex.from_frame(goods[["flow", "commodity"]])).to_numpy()
    key = ["period", "kind", "flow", "currency", "stage", "table"]
    sums = goods.assign(commodity=parent)[parent != ""].groupby([*key, "commodity"])["value"].sum().rename("parts")
    both = goods.merge(sums.reset_index(), on=[*key, "commodity"])
    return _compare(
        both,
        both["parts"] > 1.005 * both["value"],
        "commodities.csv",
        lambda r: f"{_where(r)} {r.value:.0f} is less than its parts' {r.parts:.0f}",
    )


def _printed_growth(tables: Tables) -> tuple[int, list[str]]:
    """Printed growth of commodities against growth on the restated base, within 0.2 points (0.5 % of the base)."""
    goods = _newest(_numbered(tables.commodities), [*KEYS["commodities"], "table"])
    goods = goods[(goods["kind"] == "ytd") & (goods["currency"] == "CNY") & (goods["table"] == "flash")]
    now = goods[(goods["stage"] == "preliminary") & goods["value_yoy"].notna()]
    base = goods[goods["stage"] == "restated"].assign(period=lambda rows: rows["period"].map(lambda p: shift(p, 12)))
    both = now.merge(base, on=["period", "flow", "commodity"], suffixes=("", "_base"))
    growth = (both["value"] / both["value_base"] - 1) * 100
    return _compare(
        both.assign(growth=growth),
        (growth - both["value_yoy"]).abs() > 0.1 + 0.002 * growth.abs() + 100 * both["step_base"] / both["value_base"],
        "commodities.csv",
        lambda r: f"{_where(r)} grew by {r.growth:.1f} % on the restated base, printed {r.value_yoy:.1f} %",
    )


def _source_errors(tables: Tables) -> tuple[int, list[str]]:
    """Every known error at the source is where the list says; one that is gone was revised and leaves the list."""
    return len(tables.source_errors), [
        f"source_errors.csv, row {error.Index + 2}: {error.period} {error.flow} {error.key} is not {error.printed}"
        for error in tables.source_errors.itertuples()
        if not _error_rows(getattr(tables, error.table), error).any()
    ]


def _coverage_holes(tables: Tables) -> tuple[int, list[str]]:
    missing = holes(tables)
    return len(declared(tables)), [
        f"coverage.csv: {' '.join(v for v in row[:6] if v)} {row.period} is declared but missing"
        for row in missing.itertuples(index=False)
    ]


def _coverage_undeclared(tables: Tables) -> tuple[int, list[str]]:
    rows = held(tables)
    both = rows.merge(declared(tables), how="left", indicator=True)
    extra = both[both["_merge"] == "left_only"]
    return len(rows), [
        f"{row.table}.csv: {' '.join(v for v in row[:6] if v)} {row.period} is not declared in coverage.csv"
        for row in extra.itertuples(index=False)
    ]


def _printable(tables: Tables) -> tuple[int, list[str]]:
    """Reports show names, units and reasons, and have one typeface; other scripts have columns of their own."""
    checked, found = 0, []
    for table in (table for name, table in TABLES.items() if name not in NOT_SHOWN):
        rows = _numbered(getattr(tables, table.name))
        for column in (c for c in table.columns if not (c.number or c.values or c.pattern or c.key_of)):
            if column.name not in ANY_SCRIPT:
                checked += len(rows)
                found += [
                    f"{table.file}, row {row}: {column.name} {text!r} has U+{ord(unknown[0]):04X}, which no report can print"
                    for row, text in zip(rows["row"], rows[column.name], strict=True)
                    if (unknown := [c for c in text if c not in CHARACTERS])
                ]
    return checked, found


SCHEMA_CHECKS: list[Check] = [  # of the figures as printed; the other checks leave known errors at the source out
    *[(f"schema of {table.file}", name, _schema(name)) for name, table in TABLES.items()],
    ("runs of months", "all", _runs),
    *[(f"public only after the month, {table}", table, _released(table)) for table in KEYS],
    ("lines of the bulletin under its day", "partners", _with_the_bulletin),
    ("exports, imports and total above zero", "totals", _positive),
    ("known errors at the source are in place", "all", _source_errors),
]
IDENTITY_CHECKS: list[Check] = [
    ("exports - imports = balance", "totals", _totals_identity("balance", -1)),
    ("exports + imports = total", "totals", _totals_identity("total", +1)),
    *[
        (f"month <= year to date, {table}", table, _month_within_year(table, january=False))
        for table in ("totals", "partners", "commodities")
    ],
    *[(f"January = year to date, {table}", table, _month_within_year(table, january=True)) for table in ("totals", "partners")],
    ("regions sum to the total", "partners", _regions),
    ("members within their group", "partners", _members_within_group),
    ("no member beside its group in the ranking", "partners", _ranked_within_total),
    ("parts within their aggregate", "commodities", _parts_within_aggregate),
    ("printed growth = growth on the restated base", "commodities", _printed_growth),
]
PRINT_CHECKS: list[Check] = [("names and reasons can be printed", "all", _printable)]
COVERAGE_CHECKS: list[Check] = [
    ("declared coverage is held", "all", _coverage_holes),
    ("what is held is declared", "all", _coverage_undeclared),
]
