"""Add customs files to the data: read them, check them against the stored figures, write all or nothing.

Every vintage is kept: a row already in the data (same figure, stage and value) changes nothing; a row with another value is
stored as a further vintage under its release day. A file is rejected if it breaks an accounting identity or, unless `accept`
is given, if a figure is implausible (see plausibility.py).
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from customs_report import checks, coverage, loading, plausibility, store
from customs_report.detail import adding as detail_adding
from customs_report.detail import vintages
from customs_report.errors import InputError, Violation, nearest
from customs_report.readers import Reading, read
from customs_report.readers.reading import word
from customs_report.schema import DETAIL, FILES, FLOWS, KEYS, STAGES, TABLES
from customs_report.tables import Tables

UNLISTED = "unlisted"
PUBLISHERS = {"comtrade": "GACC, as reported to UN Comtrade", "eastmoney": "GACC, as repeated by EastMoney"}


@dataclass(frozen=True)
class Added:
    """The result of adding one file: its readings, counts of new, revised and unchanged rows, and remarks.

    `refused` says why the file was rejected; empty if it was accepted.
    """

    name: str
    readings: tuple[Reading, ...]
    counts: tuple[Counts, ...] = ()
    remarks: tuple[str, ...] = ()
    refused: str = ""
    written: bool = False

    @property
    def left_out(self) -> Counter[str]:
        """The number of figures, rows and blocks of the file that were skipped, and of labels in no reference list."""
        counted = Counter({"labels in no list": len({label.name for reading in self.readings for label in reading.unknown})})
        for reading in self.readings:
            counted.update(reading.left_out)
        return +counted

    @property
    def changed(self) -> bool:
        return any(count.new or count.revised or count.completed for count in self.counts)


class Counts(NamedTuple):
    """How many rows of a reading are new, revise a stored figure, complete a stored row, or are stored already."""

    new: int
    revised: int
    completed: int
    same: int


def add(
    name: str, content: bytes, *, folder: Path, released: str = "", today: str = "", address: str = "", flow: str = "",
    accept: bool = False, dry_run: bool = False, labels: Mapping[str, str] | None = None,
) -> Added:  # fmt: skip
    """Add one file's figures to the data folder.

    `released`: the day the figures were published, if the file does not print it; if neither is known, `today` is stored as
    the day of retrieval. `flow` (export, import): for files that do not state their flow. `labels`: maps printed labels that
    are in no reference list to the code of the line they are a spelling of, or to "" for a new line. If the file cannot be read
    or a figure is implausible, the result's `refused` says why and the data are unchanged.
    """
    with store.write_lock(folder), detail_adding.rows_staging(folder) as staging:
        tables = loading.read_printed(folder)
        result, grown = examine(name, content, tables, released or "", today, address, flow, accept, labels)
        by_code = [reading for reading in result.readings if reading.table == DETAIL.name]
        if result.refused or not (result.changed or by_code):
            return result
        grown = _with_releases_and_coverage(grown)
        try:
            loading.validate(grown)
            release = detail_adding.release_of(released, today) if by_code else None
            detail = detail_adding.add_rows(tables, by_code, staging, release, accept) if release else None
        except (InputError, Violation) as refusal:
            return replace(result, refused=str(refusal))
        if detail:
            result = _with_counts_of_detail(result, detail.change)
        if not result.changed or dry_run:
            return result
        if detail:
            vintages.commit(detail.store, detail.change, {})
        if files := _changed_files(tables, grown):  # none if all that is new is in the detail data
            store.write(folder, files)
        return replace(result, written=True)


def _with_counts_of_detail(result: Added, change: vintages.Change) -> Added:
    """The result with the counts of its detail rows."""
    counts = [
        Counts(change.new, change.revised, 0, change.same) if reading.table == DETAIL.name else count
        for reading, count in zip(result.readings, result.counts, strict=True)
    ]
    return replace(result, counts=tuple(counts))


def examine(
    name: str, content: bytes, tables: Tables, released: str = "", today: str = "", address: str = "", flow: str = "",
    accept: bool = False, labels: Mapping[str, str] | None = None,
) -> tuple[Added, Tables]:  # fmt: skip
    """What would a file add to the tables? Reads and checks it; returns the result and the tables with its rows added.

    `tables` are as loading.read_printed reads them.
    """
    labels = {word(label): code for label, code in (labels or {}).items()}
    try:
        readings = tuple(read(content, tables, flow=flow or flow_in(name)))
        if (spellings := _with_accepted_labels(tables, readings, labels)) is not None:
            tables = replace(tables, spellings=spellings)
            readings = tuple(read(content, tables, flow=flow or flow_in(name)))
    except InputError as refusal:
        return Added(name, (), refused=str(refusal)), tables
    remarks = [remark for reading in readings for remark in (*reading.warnings, *_unlisted_labels(reading))]
    result = Added(name, readings, remarks=tuple(dict.fromkeys(remarks)))
    warnings: tuple[str, ...] = ()
    if question := _question_about_labels(readings, labels):
        return replace(result, refused=question, remarks=()), tables
    grown = _with_new_list_entries(tables, readings, address)
    for reading in readings:
        if reading.table == DETAIL.name:  # goes to the detail data
            result = replace(result, counts=(*result.counts, Counts(0, 0, 0, 0)))
            continue
        if error := plausibility.unit_error(tables, reading):
            return replace(result, refused=error), tables
        try:
            rows = _with_release_day(reading, released, today)
        except InputError as refusal:
            return replace(result, refused=str(refusal)), tables
        grown, counts, found = _merge(tables, grown, reading, rows)
        result, warnings = replace(result, counts=(*result.counts, counts)), (*warnings, *found)
    result = replace(result, remarks=result.remarks + warnings)
    if warnings and not accept:
        result = replace(result, refused=f"{warnings[0]}; check the figure, and add the file with --accept if it is right")
    return result, grown


FLOW_WORDS = {"export": re.compile("export|出口"), "import": re.compile("import(?!an)|进口")}


def flow_in(name: str) -> str:
    """`export` or `import`, from the name of a file or else of its folder; empty if neither says (the file itself may not)."""
    path = Path(name)
    for part in (path.name, path.parent.name):
        words = part.lower().replace("进出口", "")
        found = [flow for flow, pattern in FLOW_WORDS.items() if pattern.search(words)]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def _unlisted_labels(reading: Reading) -> tuple[str, ...]:
    return tuple(f"{label.name!r} is in no reference list; stored as {label.code}" for label in reading.unknown)


def _with_accepted_labels(tables: Tables, readings: Iterable[Reading], labels: Mapping[str, str]) -> pd.DataFrame | None:
    """The list of spellings with the file's accepted labels added; None if there are none to add."""
    unknown = {label for reading in readings for label in reading.unknown if labels.get(word(label.name))}
    entries = []
    for label in unknown:
        code = labels[word(label.name)]
        lines = tables.partner_list["partner"]
        if label.list == "commodities":
            lines = tables.commodity_list.loc[tables.commodity_list["flow"] == label.flow, "commodity"]
        if code not in set(lines):
            near = nearest(code, lines)
            raise InputError(f"{label.name!r} cannot be accepted as {code!r}: no such line; nearest: {near}")
        entries.append({"list": label.list, "flow": label.flow, "code": code, "spelling": label.name})
    if not entries:
        return None
    return _append(tables, "spellings", entries).spellings.sort_values(["list", "flow", "code", "spelling"], ignore_index=True)


def _question_about_labels(readings: Iterable[Reading], labels: Mapping[str, str]) -> str:
    """Asks about unknown labels that may be other spellings of lines missing from the table; empty if there are none."""
    near = {label.name: label.near for r in readings for label in r.unknown if label.near and word(label.name) not in labels}
    if not near:
        return ""
    guesses = ", ".join(f"{name!r} may be {code}" for name, code in [*near.items()][:5])
    name, code = next(iter(near.items()))
    return (
        f"labels in no reference list: {guesses}; accept each with --accept-label {f'{name}={code}'!r}, or as a new line "
        f"with --accept-label {f'{name}='!r}"
    )


def _with_release_day(reading: Reading, released: str, today: str) -> pd.DataFrame:
    """The reading's rows with their release day and source."""
    day = released or reading.released or today
    if today and day > today:
        raise InputError(f"released on {day}, which is after today, {today}")
    if (last := reading.rows["period"].max()) > day[:7]:
        raise InputError(f"{reading.layout}: figures of {last}, a month not over on the release day, {day}")
    basis = "printed" if released or reading.released else "retrieved"
    return reading.rows.assign(released=day, released_basis=basis, source=reading.source)


# --- merging ------------------------------------------------------------------------------------------------------------


def _merge(before: Tables, tables: Tables, reading: Reading, rows: pd.DataFrame) -> tuple[Tables, Counts, tuple[str, ...]]:
    """Add a reading's new and revised rows to the tables.

    Returns the tables, the counts of rows, and plausibility warnings against the tables `before` this file.
    """
    name, stored = reading.table, getattr(tables, reading.table)
    key = [*KEYS[name], *(column for column in TABLES[name].unique if column != "released")]
    rows = rows.reindex(columns=stored.columns).astype({c: stored[c].dtype for c in stored.columns if c in rows})
    text = [column for column in stored.columns if stored[column].dtype != float]
    rows[text] = rows[text].fillna("")
    newest = stored[stored["period"].isin(rows["period"])].sort_values("released", kind="stable")
    newest = newest.drop_duplicates(key, keep="last")
    both = rows.merge(
        newest[[*key, *TABLES[name].measures, "released"]], on=key, how="left", suffixes=("", "_stored"), indicator="known"
    )
    known = (both["known"] == "both").to_numpy()
    same, fuller = known.copy(), known & (both["released"] == both["released_stored"]).to_numpy()
    for column in TABLES[name].measures:
        new, old = both[column], both[f"{column}_stored"]
        equal = ((new == old) | (new.isna() & old.isna())).to_numpy()
        same &= equal
        fuller &= equal | old.isna().to_numpy() | (old == "").to_numpy()
    fuller &= ~same
    counts = Counts(int((~known).sum()), int((known & ~same & ~fuller).sum()), int(fuller.sum()), int(same.sum()))
    new_rows = rows[~same]
    if new_rows.empty:
        return tables, counts, ()
    warnings = plausibility.warnings(before, reading, new_rows)
    if fuller.any():  # the same release with growth or a quantity that the stored row lacks: replace that row
        replaced = pd.MultiIndex.from_frame(rows.loc[fuller, [*key, "released"]])
        stored = stored[~pd.MultiIndex.from_frame(stored[[*key, "released"]]).isin(replaced)]
    grown = pd.concat([stored, new_rows], ignore_index=True)
    return replace(tables, **{name: _sorted(grown, name)}), counts, warnings


# --- reference lists, release days, coverage ------------------------------------------------------------------------------


def _with_new_list_entries(tables: Tables, readings: tuple[Reading, ...], address: str) -> Tables:
    """The reference lists with new sources added, and with unknown labels added as `unlisted`."""
    known = set(tables.sources["source"])
    tables = _append(tables, "sources", [
        {"source": r.source, "publisher": PUBLISHERS.get(r.source, "GACC"), "what": r.layout, "address": address}
        for r in readings if r.source not in known
    ])  # fmt: skip
    labels = {label for r in readings for label in r.unknown}
    tables = _append(tables, "partner_list", [
        {"partner": label.code, "name": label.name, "name_official": label.name, "type": UNLISTED}
        for label in labels if label.list == "partners"
    ])  # fmt: skip
    return _append(tables, "commodity_list", [
        {"flow": label.flow, "commodity": label.code, "name": label.name, "name_official": label.name, "list": UNLISTED}
        for label in labels if label.list == "commodities"
    ])  # fmt: skip


def _append(tables: Tables, name: str, entries: list[dict[str, str]]) -> Tables:
    """Append entries to a reference list."""
    if not entries:
        return tables
    rows = getattr(tables, name)
    more = pd.DataFrame(entries).drop_duplicates().reindex(columns=rows.columns)
    numbers = rows.select_dtypes("number").columns
    more = more.astype(rows.dtypes).fillna(
        dict.fromkeys(rows.columns.difference(numbers), "") | {"aggregate": 0.0, "preliminary": 0.0}
    )
    return replace(tables, **{name: pd.concat([rows, more], ignore_index=True)})


def _with_releases_and_coverage(tables: Tables) -> Tables:
    """Update release_dates.csv and coverage.csv to the rows of the other tables."""
    tables = replace(tables, releases=_releases(tables))
    return replace(tables, coverage=_coverage(tables))


def _releases(tables: Tables) -> pd.DataFrame:
    """The first release day of each month: as listed, else the earliest release day of its preliminary figures."""
    rows = pd.concat([table[["period", "stage", "released", "released_basis"]] for table in (tables.totals, tables.partners)])
    first = rows[rows["stage"] == "preliminary"].sort_values("released").drop_duplicates("period")
    first = first[~first["period"].isin(tables.releases["period"])].rename(columns={"released_basis": "basis"})
    return pd.concat([tables.releases, first[tables.releases.columns]]).sort_values("period", ignore_index=True)


def _coverage(tables: Tables) -> pd.DataFrame:
    """Coverage computed from the rows; declared holes keep their reason."""
    key = [*coverage.COVERAGE, "from", "to", "status"]
    reasons = tables.coverage.set_index(key)["reason"].to_dict()
    runs = coverage.coverage_of(checks.without_source_errors(tables))
    runs["reason"] = [reasons.get(tuple(row), reason) for *row, reason in runs[[*key, "reason"]].itertuples(index=False)]
    return runs


def _sorted(rows: pd.DataFrame, name: str) -> pd.DataFrame:
    """Rows in the order of the file, so that adding rows makes a small diff."""
    table = TABLES[name]
    ranks = {"stage": STAGES} | ({"flow": {flow: i for i, flow in enumerate(FLOWS)}} if name == "totals" else {})
    by = [*(table.order or table.key), *(column for column in ("stage", "released") if column in table.names)]
    return rows.sort_values(
        by, kind="stable", key=lambda column: column.map(ranks[column.name]) if column.name in ranks else column
    ).reset_index(drop=True)


def _changed_files(before: Tables, after: Tables) -> dict[str, str]:
    """File name -> new text, for each file of the data folder that changes."""
    return {
        file: csv_text(getattr(after, name))
        for name, file in FILES.items()
        if not getattr(before, name).equals(getattr(after, name))
    }


def csv_text(rows: pd.DataFrame) -> str:
    """A table as CSV: shortest form of each number, missing values empty, LF line ends."""
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
