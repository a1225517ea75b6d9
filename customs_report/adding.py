"""Adding customs files to the data: read, compare with what is held, pass the gate, write whole or not at all.

Every vintage is kept: a row that stands in the data already (same figure, stage and value) changes nothing, a row with another
value is a vintage of its own, by its release day. Nothing is written of a file that breaks an identity, contradicts what is
held beyond the usual revision, or smells of a wrong unit - the last two unless `accept` is given.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from customs_report import store
from customs_report import tables as data
from customs_report.errors import Refused, Violation
from customs_report.periods import distance
from customs_report.readers import read
from customs_report.readers.reading import Reading
from customs_report.tables import KEYS, Tables

USUAL_REVISION = {"totals": 0.05, "partners": 0.10, "commodities": 0.10, "details": 0.10}  # share of the figure
ODD_FACTOR = 8.0  # a level so many times its neighbours, or such a part of them, smells of a unit
ODD_TABLE = 2.5  # the same of a whole table, by the median of its lines
YUAN_PER_DOLLAR = 7.0  # only to tell the currencies apart
UNLISTED = "unlisted"
PUBLISHERS = {"comtrade": "GACC, as reported to UN Comtrade", "eastmoney": "GACC, as repeated by EastMoney"}


@dataclass(frozen=True)
class Added:
    """What became of one file: what was read in it, how many rows were new, revised or the same, and what was noticed."""

    name: str
    readings: tuple[Reading, ...]
    counts: tuple[Counts, ...] = ()
    remarks: tuple[str, ...] = ()
    refused: str = ""
    written: bool = False

    @property
    def changed(self) -> bool:
        return any(count.new or count.revised for count in self.counts)


class Counts(NamedTuple):
    """How many rows of a reading are new, are a further vintage of a figure held, stand in the data already."""

    new: int
    revised: int
    same: int


def add(
    name: str, content: bytes, *, folder: Path, released: str = "", today: str = "", address: str = "", flow: str = "",
    accept: bool = False, dry_run: bool = False,
) -> Added:  # fmt: skip
    """Add one file's figures to the data folder.

    `released` is the day the figures were public, where the file does not print it; failing both, `today`, as a retrieval.
    `flow` (export, import) is for files that do not say which they are. A file that cannot be read or does not pass the gate
    comes back with `refused`, and the data are unchanged.
    """
    with store.changing(folder):
        tables = data.printed(folder)
        try:
            readings = tuple(read(content, tables, flow=flow or flow_in(name)))
        except Refused as refusal:
            return Added(name, (), refused=str(refusal))
        result = Added(
            name, readings, remarks=tuple(dict.fromkeys(remark for r in readings for remark in (*r.warnings, *_unlisted(r))))
        )
        grown, noticed = _listed(tables, readings, address), ()
        for reading in readings:
            if wrong := _of_another_size(tables, reading):
                return replace(result, refused=wrong)
            grown, counts, found = _merged(tables, grown, reading, _dated(reading, released, today))
            result, noticed = replace(result, counts=(*result.counts, counts)), (*noticed, *found)
        result = replace(result, remarks=result.remarks + noticed)
        if not result.changed:
            return result
        if noticed and not accept:
            return replace(result, refused=f"{noticed[0]}; look, and add it with --accept if it is right")
        grown = _followed(grown)
        try:
            data.prove(grown)
        except Violation as violation:
            return replace(result, refused=str(violation))
        if not dry_run:
            store.write(folder, _changed_files(tables, grown))
        return replace(result, written=not dry_run)


def flow_in(name: str) -> str:
    """Exports or imports, if the name of a file or of its folder says so: the query platform's files themselves do not."""
    words = {"export": ("export", "出口"), "import": ("import", "进口")}
    found = [flow for flow, spelled in words.items() if any(word in name.lower() for word in spelled)]
    return found[0] if len(found) == 1 else ""


def _unlisted(reading: Reading) -> tuple[str, ...]:
    return tuple(f"{label.name!r} is in no reference list; kept as {label.code}" for label in reading.unknown)


def _dated(reading: Reading, released: str, today: str) -> pd.DataFrame:
    """The reading's rows with the day they were public and where they come from."""
    day = released or reading.released or today
    basis = "printed" if released or reading.released else "retrieved"
    return reading.rows.assign(released=day, released_basis=basis, source=reading.source)


# --- merging ------------------------------------------------------------------------------------------------------------

VALUES = {
    "totals": ["value"],
    "partners": ["exports", "imports", "exports_yoy", "imports_yoy", "total_yoy"],
    "commodities": ["value", "value_yoy", "quantity", "unit", "quantity_yoy"],
    "details": ["value", "value_yoy", "quantity", "unit", "quantity_2", "unit_2"],
}
LEVELS = {"totals": ["value"], "partners": ["exports", "imports"], "commodities": ["value"], "details": ["value"]}


def _merged(before: Tables, tables: Tables, reading: Reading, rows: pd.DataFrame) -> tuple[Tables, Counts, tuple[str, ...]]:
    """The tables with the rows that are vintages of their own, how many are, and what is noticed against those before."""
    name, held = reading.table, getattr(tables, reading.table)
    key = [*KEYS[name], "stage", *(["table"] if name == "commodities" else [])]
    rows = rows.reindex(columns=held.columns).astype({column: held[column].dtype for column in held.columns if column in rows})
    text = [column for column in held.columns if held[column].dtype != float]
    rows[text] = rows[text].fillna("")
    newest = held.sort_values("released", kind="stable").drop_duplicates(key, keep="last")
    both = rows.merge(newest[[*key, *VALUES[name]]], on=key, how="left", suffixes=("", "_held"), indicator="known")
    known = (both["known"] == "both").to_numpy()
    same = known.copy()
    for column in VALUES[name]:
        mine, theirs = both[column], both[f"{column}_held"]
        same &= ((mine == theirs) | (mine.isna() & theirs.isna())).to_numpy()
    counts = Counts(int((~known).sum()), int((known & ~same).sum()), int(same.sum()))
    fresh = rows[~same]
    if fresh.empty:
        return tables, counts, ()
    noticed = (*_disagreements(before, name, fresh), *_odd_sizes(before, name, fresh), *_missing_lines(before, reading))
    grown = pd.concat([held, fresh], ignore_index=True)
    return replace(tables, **{name: _sorted(grown, name)}), counts, noticed


# --- the gate -----------------------------------------------------------------------------------------------------------


def _levels(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """The levels of a table in one long form: key columns with `flow`, `level`, stage; no growth, no balance."""
    if table == "totals":
        rows = rows[(rows["measure"] == "level") & (rows["flow"] != "balance")]
    long = [rows.assign(level=rows[c], **({"flow": c} if table == "partners" else {})) for c in LEVELS[table]]
    return pd.concat(long).dropna(subset="level")


def _key(table: str) -> list[str]:
    return [*KEYS[table], *(["flow"] if table == "partners" else [])]


def _disagreements(tables: Tables, table: str, fresh: pd.DataFrame) -> tuple[str, ...]:
    """Where a fresh figure differs from the vintages held by more than customs usually revises."""
    key = _key(table)
    newest = _levels(data.in_order(getattr(tables, table)), table).drop_duplicates(key, keep="last")
    both = _levels(fresh, table).merge(newest, on=key, suffixes=("", "_held"))
    off = (both["level"] - both["level_held"]).abs()
    wide = off > USUAL_REVISION[table] * both["level_held"].abs() + both["step"] + both["step_held"]
    return _summed([
        f"{_line(row)}: {row.level:,.0f}, held {row.level_held:,.0f} ({row.stage_held}, released {row.released_held})"
        for row in both[wide].itertuples()
    ], "differs from what is held by more than the usual revision")  # fmt: skip


def _near(tables: Tables, table: str, rows: pd.DataFrame, of_currency: bool) -> pd.DataFrame:
    """For each level of the rows the median of the same figure within two years, in its currency or in the other, as `near`."""
    key = [column for column in _key(table) if column not in ("period", "currency")]
    held = _levels(getattr(tables, table), table)
    own, held = (
        _levels(rows, table),
        held.rename(columns={"period": "held_period", "currency": "held_currency", "level": "held"}),
    )
    both = own.reset_index(names="line").merge(held[[*key, "held_period", "held_currency", "held"]], on=key)
    both = both[(both["currency"] == both["held_currency"]) == of_currency]
    apart = pd.Series([abs(distance(*p)) for p in zip(both["period"], both["held_period"], strict=True)], both.index, float)
    both = both[(apart <= 24) & ((apart > 0) | (not of_currency))]
    # a year to date grows with the months: it is compared with the same months of other years
    both = both[(both["kind"] == "month") | (both["period"].str[5:] == both["held_period"].str[5:])]
    return (
        both.groupby(["line", *key, "period", "currency", "level"], dropna=False)["held"].median().rename("near").reset_index()
    )


def _odd_sizes(tables: Tables, table: str, fresh: pd.DataFrame) -> tuple[str, ...]:
    """Where a fresh level is many times, or a small part of, the same figure in the months around it."""
    near = _near(tables, table, fresh, of_currency=True)
    ratio = near["level"] / near["near"]
    odd = near[(ratio > ODD_FACTOR) | (ratio < 1 / ODD_FACTOR)]
    return _summed(
        [f"{_line(row)}: {row.level:,.0f} beside {row.near:,.0f} in the months around" for row in odd.itertuples()],
        "is out of size; is the unit right?",
    )


def _of_another_size(tables: Tables, reading: Reading) -> str:
    """Why the numbers of a whole table cannot be in the currency or unit it names; empty where they can."""
    for of_currency, usual in ((True, 1.0), (False, YUAN_PER_DOLLAR if reading.currency == "CNY" else 1 / YUAN_PER_DOLLAR)):
        near = _near(tables, reading.table, reading.rows, of_currency)
        if len(near) < 3:
            continue
        ratio = float((near["level"] / near["near"]).median() / usual)
        if 1 / ODD_TABLE < ratio < ODD_TABLE:
            return ""
        other = {"CNY": "dollars", "USD": "yuan"}[reading.currency]
        swapped = ratio * YUAN_PER_DOLLAR if reading.currency == "CNY" else ratio / YUAN_PER_DOLLAR
        guess = f"they look like {other}" if 1 / ODD_TABLE < swapped < ODD_TABLE else "is the unit right?"
        return (
            f"{reading.layout}: the numbers are {ratio:.3g} times what is held of these lines in "
            f"{'yuan' if reading.currency == 'CNY' else 'dollars'}; {guess}"
        )
    return ""


def _missing_lines(tables: Tables, reading: Reading) -> tuple[str, ...]:
    """Lines that the same printed table had in the three months held before, and that this one lacks."""
    column = {"partners": "partner", "commodities": "commodity"}.get(reading.table)
    if not column:
        return ()
    held = getattr(tables, reading.table)
    held = held[
        (held["source"] == reading.source)
        & (held["stage"] == reading.rows["stage"].iloc[0])
        & (held["period"] < reading.period)
    ]
    months = sorted(held["period"].unique())[-3:]
    lines = [set(held.loc[held["period"] == month, column]) for month in months]
    missing = sorted(set.intersection(*lines) - set(reading.rows[column])) if len(lines) == 3 else []
    return (f"{reading.layout}: no line for {', '.join(missing[:5])}, which the three months before have",) if missing else ()


def _summed(found: list[str], what: str) -> tuple[str, ...]:
    """The first three cases in a line each, and how many more there are."""
    more = (f"... and {len(found) - 3} more",) if len(found) > 3 else ()
    return tuple(f"{case}: {what}" for case in found[:3]) + more


def _line(row) -> str:
    parts = (getattr(row, column, "") for column in ("period", "kind", "flow", "partner", "commodity", "currency"))
    return " ".join(part for part in parts if part)


# --- what follows an addition -------------------------------------------------------------------------------------------


def _listed(tables: Tables, readings: tuple[Reading, ...], address: str) -> Tables:
    """The reference lists with the sources that are new and with names in none of them, marked as unlisted."""
    known = set(tables.sources["source"])
    tables = _appended(tables, "sources", [
        {"source": r.source, "publisher": PUBLISHERS.get(r.source, "GACC"), "what": r.layout, "address": address}
        for r in readings if r.source not in known
    ])  # fmt: skip
    labels = {label for r in readings for label in r.unknown}
    tables = _appended(tables, "partner_list", [
        {"partner": label.code, "name": label.name, "name_official": label.name, "type": UNLISTED}
        for label in labels if label.list == "partners"
    ])  # fmt: skip
    return _appended(tables, "commodity_list", [
        {"flow": label.flow, "commodity": label.code, "name": label.name, "name_official": label.name, "list": UNLISTED}
        for label in labels if label.list == "commodities"
    ])  # fmt: skip


def _appended(tables: Tables, name: str, entries: list[dict[str, str]]) -> Tables:
    """A reference list with further entries at its end."""
    if not entries:
        return tables
    rows = getattr(tables, name)
    more = pd.DataFrame(entries).drop_duplicates().reindex(columns=rows.columns)
    numbers = rows.select_dtypes("number").columns
    more = more.astype(rows.dtypes).fillna(dict.fromkeys(rows.columns.difference(numbers), "") | {"aggregate": 0.0})
    return replace(tables, **{name: pd.concat([rows, more], ignore_index=True)})


def _followed(tables: Tables) -> Tables:
    """Release days and coverage, brought up to the rows."""
    tables = replace(tables, releases=_releases(tables))
    return replace(tables, coverage=_coverage(tables))


def _releases(tables: Tables) -> pd.DataFrame:
    """The first release day of each month: what is listed, else the first day a preliminary figure was public."""
    rows = pd.concat([table[["period", "stage", "released", "released_basis"]] for table in (tables.totals, tables.partners)])
    first = rows[rows["stage"] == "preliminary"].sort_values("released").drop_duplicates("period")
    first = first[~first["period"].isin(tables.releases["period"])].rename(columns={"released_basis": "basis"})
    return pd.concat([tables.releases, first[tables.releases.columns]]).sort_values("period", ignore_index=True)


def _coverage(tables: Tables) -> pd.DataFrame:
    """Coverage as the rows have it; a hole that was declared keeps its reason."""
    key = [*data.COVERAGE, "from", "to", "status"]
    reasons = tables.coverage.set_index(key)["reason"].to_dict()
    coverage = data.coverage_of(data.corrected(tables))
    coverage["reason"] = [
        reasons.get(tuple(row), reason) for *row, reason in coverage[[*key, "reason"]].itertuples(index=False)
    ]
    return coverage


def _sorted(rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """Rows in the order of the file, so that an addition is a small diff."""
    order = rows["flow"].map({flow: i for i, flow in enumerate(data.FLOWS)}) if table == "totals" else None
    rows = rows.assign(_stage=rows["stage"].map(data.STAGES), _flow=order)
    by = {
        "totals": ["period", "kind", "_flow", "currency", "measure", "_stage", "released"],
        "partners": ["period", "kind", "partner", "currency", "_stage", "released"],
        "commodities": ["period", "kind", "flow", "commodity", "currency", "table", "_stage", "released"],
        "details": [*KEYS["details"], "_stage", "released"],
    }[table]
    return rows.sort_values(by, kind="stable").drop(columns=["_stage", "_flow"]).reset_index(drop=True)


def _changed_files(before: Tables, after: Tables) -> dict[str, str]:
    """The text of each file of the data folder that an addition changed."""
    files = {name: f"{name}.csv" for name in KEYS} | data.REFERENCE
    return {
        file: csv_text(getattr(after, name))
        for name, file in files.items()
        if not getattr(before, name).equals(getattr(after, name))
    }


def csv_text(rows: pd.DataFrame) -> str:
    """A table as its file has it: numbers as short as they are, empty where there is none, LF."""
    written = rows.copy()
    for column in written.select_dtypes("number"):
        written[column] = [_number(value) for value in written[column]]
    out = io.StringIO()
    written.to_csv(out, index=False, lineterminator="\n")
    return out.getvalue()


def _number(value: float) -> str:
    if pd.isna(value):
        return ""
    return str(int(value)) if float(value).is_integer() else repr(round(float(value), 9))
