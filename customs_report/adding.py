"""Adding customs files to the data: read, compare with what is held, pass the gate, write whole or not at all.

Every vintage is kept: a row that stands in the data already (same figure, stage and value) changes nothing, a row with another
value is a vintage of its own, by its release day. Nothing is written of a file that breaks an identity, contradicts what is
held beyond the usual revision, or smells of a wrong unit - the last two unless `accept` is given.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from customs_report import checks, coverage, gate, loading, store
from customs_report.errors import Refused, Violation
from customs_report.readers import Reading, read
from customs_report.readers.reading import word
from customs_report.schema import FILES, FLOWS, KEYS, STAGES, TABLES
from customs_report.tables import Tables

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
    def left_out(self) -> Counter[str]:
        """How many figures, rows and blocks of the file are not in its rows, and how many labels no list has."""
        counted = Counter({"labels in no list": len({label.name for reading in self.readings for label in reading.unknown})})
        for reading in self.readings:
            counted.update(reading.left_out)
        return +counted

    @property
    def changed(self) -> bool:
        return any(count.new or count.revised or count.completed for count in self.counts)


class Counts(NamedTuple):
    """How many rows of a reading are new, a further vintage, the same print with more in it, or held already."""

    new: int
    revised: int
    completed: int
    same: int


def add(
    name: str, content: bytes, *, folder: Path, released: str = "", today: str = "", address: str = "", flow: str = "",
    accept: bool = False, dry_run: bool = False, labels: Mapping[str, str] | None = None,
) -> Added:  # fmt: skip
    """Add one file's figures to the data folder.

    `released` is the day the figures were public, where the file does not print it; failing both, `today`, as a retrieval.
    `flow` (export, import) is for files that do not say which they are. `labels` are printed labels that no list has, each with
    the code of the line that it is another spelling of, or "" for a line of its own. A file that cannot be read or does not
    pass the gate comes back with `refused`, and the data are unchanged.
    """
    with store.changing(folder):
        tables = loading.printed(folder)
        result, grown = examined(name, content, tables, released or "", today, address, flow, accept, labels)
        if result.refused or not result.changed:
            return result
        grown = _followed(grown)
        try:
            loading.prove(grown)
        except Violation as violation:
            return replace(result, refused=str(violation))
        if not dry_run:
            store.write(folder, _changed_files(tables, grown))
        return replace(result, written=not dry_run)


def examined(
    name: str, content: bytes, tables: Tables, released: str = "", today: str = "", address: str = "", flow: str = "",
    accept: bool = False, labels: Mapping[str, str] | None = None,
) -> tuple[Added, Tables]:  # fmt: skip
    """What would a file add to tables as printed? Reads it, holds it against what is held, and gives the grown tables."""
    labels = {word(label): code for label, code in (labels or {}).items()}
    try:
        readings = tuple(read(content, tables, flow=flow or flow_in(name)))
        if (spelled := _spellings(tables, readings, labels)) is not None:
            tables = replace(tables, spellings=spelled)
            readings = tuple(read(content, tables, flow=flow or flow_in(name)))
    except Refused as refusal:
        return Added(name, (), refused=str(refusal)), tables
    remarks = [remark for reading in readings for remark in (*reading.warnings, *_unlisted(reading))]
    result = Added(name, readings, remarks=tuple(dict.fromkeys(remarks)))
    noticed: tuple[str, ...] = ()
    if asked := _near_labels(readings, labels):
        return replace(result, refused=asked, remarks=()), tables
    grown = _listed(tables, readings, address)
    for reading in readings:
        if wrong := gate.refused(tables, reading):
            return replace(result, refused=wrong), tables
        try:
            rows = _dated(reading, released, today)
        except Refused as refusal:
            return replace(result, refused=str(refusal)), tables
        grown, counts, found = _merged(tables, grown, reading, rows)
        result, noticed = replace(result, counts=(*result.counts, counts)), (*noticed, *found)
    result = replace(result, remarks=result.remarks + noticed)
    if noticed and not accept:
        result = replace(result, refused=f"{noticed[0]}; look, and add it with --accept if it is right")
    return result, grown


FLOW_WORDS = {"export": re.compile("export|出口"), "import": re.compile("import(?!an)|进口")}


def flow_in(name: str) -> str:
    """Exports or imports, as the name of a file says, else that of its folder: the query platform's files do not."""
    path = Path(name)
    for part in (path.name, path.parent.name):
        words = part.lower().replace("进出口", "")
        found = [flow for flow, spelled in FLOW_WORDS.items() if spelled.search(words)]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def _unlisted(reading: Reading) -> tuple[str, ...]:
    return tuple(f"{label.name!r} is in no reference list; kept as {label.code}" for label in reading.unknown)


def _spellings(tables: Tables, readings: Iterable[Reading], labels: Mapping[str, str]) -> pd.DataFrame | None:
    """The list of spellings with the accepted labels that a file has and no list; None where it has none."""
    unknown = {label for reading in readings for label in reading.unknown if labels.get(word(label.name))}
    entries = []
    for label in unknown:
        code = labels[word(label.name)]
        lines = tables.partner_list["partner"]
        if label.list == "commodities":
            lines = tables.commodity_list.loc[tables.commodity_list["flow"] == label.flow, "commodity"]
        if code not in set(lines):
            near = get_close_matches(code, [*lines], n=1, cutoff=0.0)
            raise Refused(f"{label.name!r} cannot be accepted as {code!r}: there is no such line; nearest: {near[0]}")
        entries.append({"list": label.list, "flow": label.flow, "code": code, "spelling": label.name})
    if not entries:
        return None
    return _appended(tables, "spellings", entries).spellings.sort_values(
        ["list", "flow", "code", "spelling"], ignore_index=True
    )


def _near_labels(readings: Iterable[Reading], labels: Mapping[str, str]) -> str:
    """The question about labels that may be other spellings of lines which the table lacks; empty where there are none."""
    near = {label.name: label.near for r in readings for label in r.unknown if label.near and word(label.name) not in labels}
    if not near:
        return ""
    asked = ", ".join(f"{name!r} may be {code}" for name, code in [*near.items()][:5])
    name, code = next(iter(near.items()))
    return (
        f"labels in no reference list: {asked}; accept each with --accept-label {f'{name}={code}'!r}, or as a line of its own "
        f"with --accept-label {f'{name}='!r}"
    )


def _dated(reading: Reading, released: str, today: str) -> pd.DataFrame:
    """The reading's rows with the day they were public and where they come from."""
    day = released or reading.released or today
    if today and day > today:
        raise Refused(f"released on {day}, which is after today, {today}")
    if (last := reading.rows["period"].max()) > day[:7]:
        raise Refused(f"{reading.layout}: figures of {last}, which had not ended on {day}")
    basis = "printed" if released or reading.released else "retrieved"
    return reading.rows.assign(released=day, released_basis=basis, source=reading.source)


# --- merging ------------------------------------------------------------------------------------------------------------


def _merged(before: Tables, tables: Tables, reading: Reading, rows: pd.DataFrame) -> tuple[Tables, Counts, tuple[str, ...]]:
    """The tables with the rows that are vintages of their own, how many are, and what is noticed against those before."""
    name, held = reading.table, getattr(tables, reading.table)
    key = [*KEYS[name], *(column for column in TABLES[name].unique if column != "released")]
    rows = rows.reindex(columns=held.columns).astype({column: held[column].dtype for column in held.columns if column in rows})
    text = [column for column in held.columns if held[column].dtype != float]
    rows[text] = rows[text].fillna("")
    newest = held[held["period"].isin(rows["period"])].sort_values("released", kind="stable").drop_duplicates(key, keep="last")
    both = rows.merge(
        newest[[*key, *TABLES[name].measures, "released"]], on=key, how="left", suffixes=("", "_held"), indicator="known"
    )
    known = (both["known"] == "both").to_numpy()
    same, fuller = known.copy(), known & (both["released"] == both["released_held"]).to_numpy()
    for column in TABLES[name].measures:
        mine, theirs = both[column], both[f"{column}_held"]
        equal = ((mine == theirs) | (mine.isna() & theirs.isna())).to_numpy()
        same &= equal
        fuller &= equal | theirs.isna().to_numpy() | (theirs == "").to_numpy()
    fuller &= ~same
    counts = Counts(int((~known).sum()), int((known & ~same & ~fuller).sum()), int(fuller.sum()), int(same.sum()))
    fresh = rows[~same]
    if fresh.empty:
        return tables, counts, ()
    noticed = gate.noticed(before, reading, fresh)
    if fuller.any():  # the same print with growth or a quantity that was not held: it takes the place of the row
        replaced = pd.MultiIndex.from_frame(rows.loc[fuller, [*key, "released"]])
        held = held[~pd.MultiIndex.from_frame(held[[*key, "released"]]).isin(replaced)]
    grown = pd.concat([held, fresh], ignore_index=True)
    return replace(tables, **{name: _sorted(grown, name)}), counts, noticed


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
    more = more.astype(rows.dtypes).fillna(
        dict.fromkeys(rows.columns.difference(numbers), "") | {"aggregate": 0.0, "preliminary": 0.0}
    )
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
    key = [*coverage.COVERAGE, "from", "to", "status"]
    reasons = tables.coverage.set_index(key)["reason"].to_dict()
    runs = coverage.coverage_of(checks.corrected(tables))
    runs["reason"] = [reasons.get(tuple(row), reason) for *row, reason in runs[[*key, "reason"]].itertuples(index=False)]
    return runs


def _sorted(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows in the order of the file, so that an addition is a small diff."""
    table = TABLES[name]
    ranks = {"stage": STAGES} | ({"flow": {flow: i for i, flow in enumerate(FLOWS)}} if name == "totals" else {})
    by = [*(table.order or table.key), *(column for column in ("stage", "released") if column in table.names)]
    return rows.sort_values(
        by, kind="stable", key=lambda column: column.map(ranks[column.name]) if column.name in ranks else column
    ).reset_index(drop=True)


def _changed_files(before: Tables, after: Tables) -> dict[str, str]:
    """The text of each file of the data folder that an addition changed."""
    return {
        file: csv_text(getattr(after, name))
        for name, file in FILES.items()
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
