"""Checks of single rows: types, bounds, rounding steps, stages, release days."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from customs_report.checks.findings import Cell, Finding, cell
from customs_report.palette import CHARACTERS
from customs_report.schema import FIGURES, TABLES, Column, Table
from customs_report.tables import Tables

if TYPE_CHECKING:
    from pandera.pandas import DataFrameSchema

Check = Callable[[Tables], Iterator[Finding]]
DAYS = {  # earliest and latest release of figures of a stage, in days after the end of the period
    "preliminary": (1, 75),
    "bulletin": (1, 75),
    "restated": (330, 450),
    "revised": (1, 100_000),
}
STAGES_OF_LIST = {"flash": ("preliminary", "restated"), "bulletin": ("bulletin",)}  # the stages of each list of commodities


def schema_of(name: str) -> Check:
    """Types, values and bounds of each column, keys unique within a vintage."""

    def found(tables: Tables) -> Iterator[Finding]:
        file = TABLES[name].file
        for case in _failures(name, tables):
            says = f"{case.column} {case.failure_case!r} fails {case.check}"
            if pd.isna(case.index):
                yield Finding(f"schema of {file}", (), f"{file}, header: {says}")
            else:
                yield Finding(f"schema of {file}", (Cell(file, int(case.index) + 2),), says)

    return found


def _failures(name: str, tables: Tables) -> list[Any]:
    """What pandera finds wrong in a table: `column`, `index`, `check` and `failure_case` of each."""
    with warnings.catch_warnings():  # pandera loads PySpark where it is installed
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
        import pandera.pandas as pa

        try:
            _pandera(TABLES[name], tables).validate(getattr(tables, name), lazy=True)
        except pa.errors.SchemaErrors as error:
            return [*error.failure_cases.itertuples(index=False)]
    return []


def _pandera(table: Table, tables: Tables) -> DataFrameSchema:
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


def _findings(check: str, tables: Tables, table: str, wrong: pd.DataFrame, says: str, column: str = "") -> Iterator[Finding]:
    """A finding for each wrong row of a table; `says` may name its columns: "is dated {released}"."""
    for at, row in wrong.iterrows():
        yield Finding(check, (cell(tables, table, cast(int, at) + 2, column),), says.format_map(row))


def runs(tables: Tables) -> Iterator[Finding]:
    """Runs of months in coverage.csv and distortions.csv do not end before they begin."""
    name, says = "runs of months end after they begin", "{from} to {to} is not a run of months: it ends before it begins"
    for table in ("coverage", "distortions"):
        rows = getattr(tables, table)
        yield from _findings(name, tables, table, rows[rows["from"] > rows["to"]], says)


def positive(tables: Tables) -> Iterator[Finding]:
    rows = tables.totals
    negative = rows[(rows["measure"] == "level") & (rows["flow"] != "balance") & (rows["value"] <= 0)]
    yield from _findings("exports, imports and total above zero", tables, "totals", negative, "is not above zero", "value")


def growth_bounded(tables: Tables) -> Iterator[Finding]:
    """Printed growth of totals lies between -100 and 1000 %."""
    rows = tables.totals
    wild = rows[(rows["measure"] == "yoy") & ~rows["value"].between(-100, 1000, inclusive="neither")]
    yield from _findings("growth within bounds", tables, "totals", wild, "is not a plausible growth rate of a total", "value")


def released(table: str) -> Check:
    """A release day is a valid date, after the end of the month, and within the usual delay of its stage."""
    name = f"released after the month, {table}"

    def found(tables: Tables) -> Iterator[Finding]:
        rows = getattr(tables, table)
        day = pd.to_datetime(rows["released"], errors="coerce", format="%Y-%m-%d")
        end = pd.to_datetime(rows["period"], errors="coerce", format="%Y-%m") + pd.offsets.MonthEnd(0)
        after = (day - end).dt.days
        stage = rows["stage"] if "stage" in rows else pd.Series("revised", rows.index)
        first, last = (stage.map({s: days[i] for s, days in DAYS.items()}) for i in (0, 1))
        yield from _findings(name, tables, table, rows[~(after >= 1)], "cannot have been released on {released}")
        late = rows.assign(after=after, stage=stage)[(after >= 1) & ~after.between(first, last)]
        says = "was released {after:g} days after the month, outside the usual range of {stage} figures"
        yield from _findings(name, tables, table, late, says)

    return found


def stages(tables: Tables) -> Iterator[Finding]:
    """Each list of commodities has its own stages only; each source has one stage, apart from restatements."""
    name, goods = "stages of a list and of a source", tables.commodities
    for list_, allowed in STAGES_OF_LIST.items():
        wrong = goods[(goods["table"] == list_) & ~goods["stage"].isin(allowed)]
        yield from _findings(name, tables, "commodities", wrong, "the {table} list prints no {stage} figures")
    for table in ("totals", "partners", "mirror", "cleantech"):
        rows = getattr(tables, table)
        rows = rows[rows["stage"] != "restated"]
        counts = rows.groupby(["source", "stage"]).size().reset_index(name="rows")
        most = counts.sort_values("rows").drop_duplicates("source", keep="last").set_index("source")["stage"]
        rows = rows.assign(usual=rows["source"].map(most))
        wrong = rows[rows["stage"] != rows["usual"]]
        yield from _findings(name, tables, table, wrong, "its source, {source}, prints {usual} figures")


def units(tables: Tables) -> Iterator[Finding]:
    """All rows of a line have the same base unit, that of most of its rows."""
    base = tables.units.set_index("unit")["base_unit"]
    rows, line = tables.commodities[tables.commodities["unit"] != ""], ["flow", "commodity"]
    rows = rows.assign(base=rows["unit"].map(base))
    counts = rows.groupby([*line, "base"]).size().reset_index(name="n").sort_values("n").drop_duplicates(line, keep="last")
    rows = rows.assign(usual=rows[line].merge(counts, on=line, how="left")["base"].to_numpy())
    wrong, says = rows[rows["base"] != rows["usual"]], "is in {unit}; the rest of the line is in {usual}"
    yield from _findings("a line has one unit", tables, "commodities", wrong, says, "quantity")


def steps(tables: Tables) -> Iterator[Finding]:
    """Every figure is a multiple of its rounding step."""
    for table in _tables_with_stages(also=("consensus",)):
        rows, declared = getattr(tables, table), TABLES[table]
        for column in (c for c in ("value", "exports", "imports") if c in declared.names):
            parts = rows[column] / rows["step"]
            wrong = rows[(parts - parts.round()).abs() > 1e-6 * np.maximum(1, parts.abs() * 1e-6)]
            says = "is not a multiple of its step, {step:g}"
            yield from _findings("figures are multiples of their step", tables, table, wrong, says, column)


def with_the_bulletin(tables: Tables) -> Iterator[Finding]:
    """Lines that the preliminary table by country lacks are not dated on or before the day of the first release."""
    rows = tables.partners[tables.partners["stage"] == "bulletin"]
    printed = tables.partner_list.loc[tables.partner_list["preliminary"] == 1, "partner"]
    single = rows["period"].str.endswith("-01") | (rows["period"].str.endswith("-02") & (rows["kind"] == "month"))
    early = rows[(single | ~rows["partner"].isin(printed)) & (rows["released"] <= rows["period"].map(_first_days(tables)))]
    says = "was released only with the bulletin, not on {released}"
    yield from _findings("bulletin lines dated with the bulletin", tables, "partners", early, says)


def _first_days(tables: Tables) -> pd.Series:
    """The day on which each month was first published."""
    return tables.releases.drop_duplicates("period").set_index("period")["released"]


def release_days(tables: Tables) -> Iterator[Finding]:
    """First figures are not dated before the month's release day, and all rows of a release have the same day."""
    name = "release days agree"
    for table in ("totals", "partners", "commodities"):
        rows = getattr(tables, table)
        rows = rows[rows["stage"] == "preliminary"]
        rows = rows.assign(listed=rows["period"].map(_first_days(tables)))
        wrong = rows[rows["listed"].notna() & (rows["released"] < rows["listed"])]
        yield from _findings(name, tables, table, wrong, "is dated {released}; release_dates.csv says {listed}")
    for table in _tables_with_stages():
        rows = getattr(tables, table)
        rows = rows[~rows.duplicated([*TABLES[table].key, "stage"], keep=False)]  # a figure released twice has two days
        days = rows.groupby(["source", "period", "stage"])["released"]
        alone = rows.groupby(["source", "period", "stage", "released"])["released"].transform("size") == 1
        wrong = rows[alone & (days.transform("size") >= 3) & (days.transform("nunique") == 2)]
        yield from _findings(name, tables, table, wrong, "is dated {released}, unlike all other rows of its release")


def future(today: str) -> Check:
    """No figure was released after `today`; only `check` runs this, since loading must not depend on the clock."""

    def found(tables: Tables) -> Iterator[Finding]:
        for table in (table.name for table in FIGURES):
            rows = getattr(tables, table)
            late = rows[rows["released"] > today]
            yield from _findings("no figure released after today", tables, table, late, "is dated {released}, after today")

    return found


ANY_SCRIPT = ("name_official", "name_zh", "labels", "spelling")  # may have any characters: reports do not show them
NOT_SHOWN = ("misprints",)


def printable(tables: Tables) -> Iterator[Finding]:
    """Text shown in reports (names, units, reasons) has only characters of the reports' typeface."""
    for table in (table for name, table in TABLES.items() if name not in NOT_SHOWN):
        rows = getattr(tables, table.name)
        for column in (c for c in table.columns if not (c.number or c.values or c.pattern or c.key_of)):
            if column.name not in ANY_SCRIPT:
                for row, text in zip(rows.index + 2, rows[column.name], strict=True):
                    if unknown := [c for c in text if c not in CHARACTERS]:
                        says = f"{column.name} {text!r} has U+{ord(unknown[0]):04X}, which no report can print"
                        yield Finding("names and reasons can be printed", (Cell(table.file, int(row)),), says)


def _tables_with_stages(also: tuple[str, ...] = ()) -> tuple[str, ...]:
    return tuple(table.name for table in FIGURES if "stage" in table.names) + also
