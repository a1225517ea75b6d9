"""Merge rows that were read into the store: every vintage is kept, and each row says until when it was the newest.

A row counts on a day if it was released by then and not yet superseded, so that "as known on" is a condition of a query and
nothing else. A row is superseded by a later release of its figure at the same or a later stage of publication. A file replaces
the figures that it has; what it does not have stays.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from customs_report.detail.connection import connect, parquet, quoted
from customs_report.detail.store import Held, Index, Part, Store, bits_of, without
from customs_report.schema import DETAIL, STAGES

NEVER = "9999-12-31"  # not superseded
SYNTHETIC = "synthetic"  # the source of figures that are made up
COMPUTED = ("superseded", "is_first")
COLUMNS = tuple(name for name in DETAIL.names if name not in COMPUTED)
KEY = DETAIL.key
MEASURES = ("value", "value_yoy", "quantity", "unit", "quantity_2", "unit_2")
ORDER = ("shape", "commodity", "partner", "regime", "province", "currency", "kind", "period", "released")
MOST_PARTS = 12  # of a year, flow and stage; more are put together
RANK = "CASE stage " + " ".join(f"WHEN {quoted(stage)} THEN {rank}" for stage, rank in STAGES.items()) + " END"
logger = logging.getLogger(__name__)


class Counts(NamedTuple):
    """How many rows are new, revise a figure of the store, or are in it already."""

    new: int = 0
    revised: int = 0
    same: int = 0


@dataclass
class Change:
    """What an addition makes of the index: files to be written, parts that go, the new parts; and the counts."""

    new: int = 0
    revised: int = 0
    same: int = 0
    files: dict[str, Path] = field(default_factory=dict)  # name in the store -> the file here
    parts: list[Part] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    seed_taken_in: bool = False

    @property
    def counts(self) -> Counts:
        return Counts(self.new, self.revised, self.same)


def merge(store: Store, staged: Sequence[Path], folder: Path) -> Change:
    """Write the parts that the store would have with these rows, into a folder; nothing counts before `commit`."""
    connection, change = connect(store, spill=folder / ".spill"), Change(seed_taken_in=store.index.seed_taken_in)
    if not staged:
        return change
    connection.execute(f"CREATE VIEW read AS SELECT * FROM {parquet(staged)}")
    connection.execute("CREATE VIEW staged AS FROM read")
    stored = list(store.parts)
    months = connection.execute("SELECT DISTINCT substr(period, 1, 4), flow, shape, currency, period FROM staged").fetchall()
    touched: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for year, flow, shape, currency, period in months:
        touched.setdefault((year, flow), set()).add((f"{flow}|{shape}|{currency}", period))
    if not change.seed_taken_in and any(_meets(part, found) for part in store.seed for found in touched.values()):
        stored = [part for part in stored if part not in store.seed]
        if _revises(connection, store):
            stored += _take_in_seed(connection, store, folder, change)
        else:
            change.same += _leave_out_seed(connection, store)
    for (year, flow), found in sorted(touched.items()):
        _merge_year(connection, store, change, year, flow, [part for part in stored if _meets(part, found)], folder)
    connection.close()
    return change


def commit(store: Store, change: Change, downloads: dict[str, str]) -> None:
    """Make a change count: its files are put into the store, then the index names them."""
    index = store.index
    for name, path in change.files.items():
        if name not in change.gone:
            store.place.upload(path, name)
    added = [part for part in change.parts if part.file not in change.gone]
    parts = (*without(index, {*change.gone, *(part.file for part in added)}).parts, *added)
    store.commit(Index(parts, {**index.downloads, **downloads}, change.seed_taken_in))


def _meets(part: Part, found: Iterable[tuple[str, str]]) -> bool:
    """May a part have figures of one of these shapes and months?"""
    return any(period in part.held.get(shape, {}) for shape, period in found)


def _paths(store: Store, parts: Iterable[Part], change: Change | None = None) -> list[str]:
    new = change.files if change else {}
    return [str(new[part.file]) if part.file in new else store.place.path(part.file) for part in parts]


def _revises(connection: Any, store: Store) -> bool:
    """Do the staged rows have other figures than the seed, or the same from an earlier release?"""
    differs = " OR ".join(
        ["n.released < s.released", *(f"n.{name} IS DISTINCT FROM s.{name}" for name in (*MEASURES, "stage"))]
    )
    query = f"SELECT 1 FROM read n JOIN {parquet(_paths(store, store.seed))} s USING ({', '.join(KEY)}) WHERE {differs} LIMIT 1"
    return connection.execute(query).fetchone() is not None


def _leave_out_seed(connection: Any, store: Store) -> int:
    """Stage only what the seed does not have; returns how many rows it has."""
    key = ", ".join(KEY)
    seed = f"(SELECT {key} FROM {parquet(_paths(store, store.seed))}) USING ({key})"
    connection.execute(f"CREATE OR REPLACE VIEW staged AS SELECT * FROM read ANTI JOIN {seed}")
    return connection.execute(f"SELECT count(*) FROM read SEMI JOIN {seed}").fetchone()[0]


def _take_in_seed(connection: Any, store: Store, folder: Path, change: Change) -> list[Part]:
    """Write the rows of the seed as parts of their own, since some of them are superseded from now on."""
    rows = parquet(_paths(store, store.seed))
    taken = []
    for year, flow, stage in connection.execute(f"SELECT DISTINCT substr(period, 1, 4), flow, stage FROM {rows}").fetchall():
        where = f"substr(period, 1, 4) = {quoted(year)} AND flow = {quoted(flow)} AND stage = {quoted(stage)}"
        taken.append(_write(connection, change, f"SELECT * FROM {rows} WHERE {where}", year, flow, stage, folder))
    change.seed_taken_in = True
    return taken


def _merge_year(connection: Any, store: Store, change: Change, year: str, flow: str, near: list[Part], folder: Path) -> None:
    """Merge the staged rows of a year and flow with the parts that may have the same figures."""
    mine = f"FROM staged WHERE substr(period, 1, 4) = {quoted(year)} AND flow = {quoted(flow)}"
    key, computed = ", ".join(KEY), f"{quoted(NEVER)} AS superseded, true AS is_first"
    rows, twice = connection.execute(f"SELECT count(*), count(*) - count(DISTINCT hash({key})) {mine}").fetchone()
    paths = _paths(store, near, change)
    overlap = 0
    if near:
        query = f"SELECT count(*) FROM (SELECT {key} {mine}) SEMI JOIN (SELECT {key} FROM {parquet(paths)}) USING ({key})"
        overlap = connection.execute(query).fetchone()[0]
    if not twice and not overlap:
        change.new += rows
        made = f"SELECT {', '.join(COLUMNS)}, {computed} {mine}"
    else:
        made = _with_vintages(connection, change, f"SELECT {', '.join(COLUMNS)}, {computed}, filename {mine}", paths, twice > 0)
        if not made:
            return
        change.gone |= {part.file for part in near}
    for (stage,) in connection.execute(f"SELECT DISTINCT stage FROM ({made})").fetchall():
        _write(connection, change, f"SELECT * FROM ({made}) WHERE stage = {quoted(stage)}", year, flow, stage, folder)
        _put_together(connection, store, change, year, flow, stage, folder)


def _with_vintages(connection: Any, change: Change, new: str, paths: list[str], twice: bool) -> str:
    """A query for the rows of a year and flow with the new ones among them; empty if these are in the store already.

    A row is there already if the release before it, or of its day, has the same figures at the same stage.
    """
    key, columns = ", ".join(KEY), ", ".join(COLUMNS)
    stored = f"SELECT {columns}, superseded, is_first, '' AS filename FROM {parquet(paths)}" if paths else ""
    fresh, earlier = new, [f"SELECT *, released AS moment FROM ({stored})"] if stored else []
    if twice:  # of several files the last one counts; releases of several days follow each other
        last = f"row_number() OVER (PARTITION BY {key}, stage, released ORDER BY filename DESC) = 1"
        fresh = f"SELECT * FROM ({new}) QUALIFY {last}"
        earlier.append(f"SELECT *, released || ' and later' AS moment FROM ({fresh})")
    before = " AND ".join([*(f"n.{name} = s.{name}" for name in (*KEY, "stage")), "n.released >= s.moment"])
    same = " AND ".join(f"n.{name} IS NOT DISTINCT FROM s.{name}" for name in MEASURES)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE counted AS SELECT count(*) AS n FROM ({new})")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE added AS SELECT n.* FROM ({fresh}) n "
        f"ASOF LEFT JOIN ({' UNION ALL '.join(earlier)}) s ON {before} WHERE s.moment IS NULL OR NOT ({same})"
    )
    added, read = connection.execute("SELECT (SELECT count(*) FROM added), (SELECT n FROM counted)").fetchone()
    change.same += read - added
    if not added:
        return ""
    every = f"SELECT *, 1 AS load FROM added{f' UNION ALL SELECT *, 0 FROM ({stored})' if stored else ''}"
    connection.execute(f"CREATE OR REPLACE TEMP VIEW every AS {every}")
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE several AS "
        f"SELECT hash({key}) AS k FROM every GROUP BY k HAVING count(*) > 1 AND max(load) = 1"
    )
    revised = connection.execute(f"SELECT count(*) FROM added WHERE hash({key}) IN (SELECT k FROM several)").fetchone()[0]
    change.revised += revised
    change.new += added - revised
    by = f"PARTITION BY {key}"
    later = [
        f"min(CASE WHEN rank >= {rank} THEN released END) OVER ({by} ORDER BY released, rank "
        f"ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS later_{rank}"
        for rank in STAGES.values()
    ]
    next_day = "CASE rank " + " ".join(f"WHEN {rank} THEN later_{rank}" for rank in STAGES.values()) + " END"
    renewed = f"""
        SELECT {columns},
               CASE WHEN higher > rank THEN released ELSE coalesce({next_day}, {quoted(NEVER)}) END AS superseded,
               place = 1 AS is_first
        FROM (
          SELECT *, {", ".join(later)}, row_number() OVER ({by} ORDER BY released, rank DESC) AS place,
                 max(rank) OVER ({by} ORDER BY released, rank ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS higher
          FROM (
            SELECT *, {RANK} AS rank FROM every WHERE hash({key}) IN (SELECT k FROM several)
            QUALIFY row_number() OVER ({by}, stage, released ORDER BY load DESC) = 1
          )
        )
    """
    return (
        f"SELECT {columns}, superseded, is_first FROM every WHERE hash({key}) NOT IN (SELECT k FROM several) "
        f"UNION ALL {renewed}"
    )


def _write(connection: Any, change: Change, rows: str, year: str, flow: str, stage: str, folder: Path) -> Part:
    """Write rows as a part, sorted for the usual questions."""
    to = folder / ".part.parquet"
    connection.execute(
        f"COPY (SELECT * FROM ({rows}) ORDER BY {', '.join(ORDER)}) TO {quoted(str(to))} (FORMAT parquet, COMPRESSION zstd)"
    )
    part = describe(connection, to, f"year={year}/flow={flow}/stage={stage}/", flow)
    path = to.replace(folder / f".part-{part.digest[:16]}.parquet")
    change.files[part.file] = path
    change.parts = [*(each for each in change.parts if each.file != part.file), part]
    change.gone.discard(part.file)  # rows that stay as they were make the same file again
    return part


def describe(connection: Any, path: Path, folder: str, flow: str, name: str = "") -> Part:
    """A Parquet file as a part, named after its content."""
    source = parquet([path])
    rows, first, last, released, newest, sources = connection.execute(
        "SELECT count(*), min(period), max(period), min(released), max(released), list(DISTINCT source ORDER BY source) "
        f"FROM {source}"
    ).fetchone()
    held: Held = {}
    way = "flow || '|' || shape || '|' || currency"
    chapters = f"SELECT {way}, period, list(DISTINCT substr(commodity, 1, 2)) FROM {source} GROUP BY ALL"
    for shape, period, found in connection.execute(chapters).fetchall():
        held.setdefault(shape, {})[period] = bits_of(found)
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    held = {shape: dict(sorted(months.items())) for shape, months in sorted(held.items())}
    file = f"{folder}{name or f'{digest[:16]}.parquet'}"
    return Part(file, rows, flow, first, last, released, newest, digest, held, SYNTHETIC in sources, tuple(sources))


def _put_together(connection: Any, store: Store, change: Change, year: str, flow: str, stage: str, folder: Path) -> None:
    """Make one part of many small ones."""
    start = f"year={year}/flow={flow}/stage={stage}/"
    every = {part.file: part for part in (*store.index.parts, *change.parts)}
    parts = [part for file, part in every.items() if file.startswith(start) and file not in change.gone]
    if len(parts) > MOST_PARTS:
        change.gone |= {part.file for part in parts}
        _write(connection, change, f"SELECT * FROM {parquet(_paths(store, parts, change))}", year, flow, stage, folder)
