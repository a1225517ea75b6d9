"""Add downloads of the query platform, and detail rows of other layouts, to the store: all of them or none, checked.

Downloads are read into a folder beside the store (`.staging`), checked against what is stored, merged, and made to count with
one file. What a run read before it was cut short is taken up by the next.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from customs_report import loading, store
from customs_report.detail import names, plausible, vintages
from customs_report.detail.connection import connect, parquet, quoted
from customs_report.detail.downloads import (
    Checked,
    Download,
    Release,
    Staged,
    examined,
    recognised,
    rows_of,
    stage,
    write_rows,
)
from customs_report.detail.store import Store, chapters_of
from customs_report.errors import InputError
from customs_report.periods import year_to_date
from customs_report.readers import Reading
from customs_report.tables import Tables

STAGING = ".staging"


@dataclass(frozen=True)
class Added:
    """The result of adding downloads: for each what was read or why it was refused; the counts of all rows."""

    results: tuple[Checked, ...]
    counts: vintages.Counts
    known: int = 0  # downloads that had been added before
    written: bool = False

    @property
    def refused(self) -> tuple[Checked, ...]:
        return tuple(result for result in self.results if result.refused)


def downloads_among(paths: Iterable[tuple[str, Path, str]]) -> tuple[list[Download], list[str]]:
    """The files (name, path, flow) that look like downloads of the platform, and the names of all others."""
    found, others = [], []
    for name, path, flow in paths:
        download = recognised(name, path, flow)
        if download:
            found.append(download)
        else:
            others.append(name)
    return found, others


def add_downloads(
    downloads: Sequence[Download], *, folder: Path, release: Release, accept: bool = False, dry_run: bool = False,
    progress: Callable[[int], None] = lambda read: None,
) -> Added:  # fmt: skip
    """Add downloads to the detail data of a folder; those that are refused are left out, the others are added together."""
    with store.write_lock(folder), written_to_disk(folder):
        tables = loading.read_printed(folder)
        mine, staging = Store(tables.detail.address), _staging(folder)
        before = mine.index.downloads
        with ThreadPoolExecutor() as threads:
            new = [download for download in threads.map(examined, downloads) if download.digest not in before]
        staged = stage(new, tables, release, staging, progress)
        wrong = plausible.problems(mine, staged.files, staging, accept)
        if wrong:
            staged = _without(staged, wrong, staging)
        change = vintages.merge(mine, staged.files, staging)
        known = len(downloads) - len({download.digest for download in new})  # the same file under two names is known, too
        added = Added(tuple(sorted(staged.results, key=lambda result: result.name)), change.counts, known)
        good = {result.digest: result.name for result in staged.results if not result.refused}
        if good and not dry_run:
            names.learn(mine, staging)
            vintages.commit(mine, change, good)
        shutil.rmtree(staging, ignore_errors=True)
        if dry_run:
            return added
        return replace(added, written=bool(change.new or change.revised))


class Prepared(NamedTuple):
    """What an addition makes of the store; `vintages.commit` makes it count."""

    store: Store
    change: vintages.Change


def add_rows(tables: Tables, readings: Sequence[Reading], staging: Path, release: Release, accept: bool) -> Prepared:
    """Prepare to add the detail rows of other layouts. Raises InputError for rows that are implausible or in no list."""
    with written_to_disk(staging.parents[2]):
        mine = Store(tables.detail.address)
        staging.mkdir(parents=True)
        connection, files = connect(spill=staging / ".spill"), []
        for number, reading in enumerate(readings):
            files.append(staging / f".rows-{number}.parquet")
            write_rows(connection, rows_of(reading, tables, release), files[-1])
        for why in plausible.problems(mine, files, staging, accept).values():
            raise InputError(why)
        return Prepared(mine, vintages.merge(mine, files, staging))


@contextmanager
def rows_staging(folder: Path) -> Iterator[Path]:
    """The folder in which rows of other layouts are staged, beside what a run for downloads may have left; gone afterwards."""
    staging = _staging(folder) / "rows"
    shutil.rmtree(staging, ignore_errors=True)
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        with suppress(OSError):  # not empty, or not there
            staging.parent.rmdir()


@contextmanager
def written_to_disk(folder: Path) -> Iterator[None]:
    """Raises InputError where a folder cannot be written, as on a full disk."""
    import duckdb

    try:
        yield
    except RuntimeError as error:
        if "interrupted" in str(error).lower():  # Ctrl-C in the middle of a query
            raise KeyboardInterrupt from error
        raise
    except (OSError, duckdb.InvalidInputException, duckdb.IOException, duckdb.OutOfMemoryException) as error:
        said = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        raise InputError(f"the data in {folder} cannot be changed: {said}") from error


def _staging(folder: Path) -> Path:
    return folder / "detail" / STAGING


def _without(staged: Staged, wrong: dict[str, str], staging: Path) -> Staged:
    """The staged rows without those of some files, which are refused."""
    connection, files = connect(spill=staging / ".spill"), []
    for path in staged.files:
        to = path.with_name(f".kept-{path.name}")
        connection.register("wrong", pd.DataFrame({"filename": [*wrong]}))
        connection.execute(
            f"COPY (SELECT * FROM {parquet([path])} ANTI JOIN wrong USING (filename)) TO {quoted(str(to))} (FORMAT parquet)"
        )
        files.append(to)
    return Staged(files, [replace(each, refused=wrong.get(each.path, each.refused)) for each in staged.results])


def coverage(mine: Store, years: Iterable[str] = ()) -> pd.DataFrame:
    """What is available: a row for each year, flow, breakdown and the chapters that have the same months; what is missing."""
    rows, only = [], set(years)
    for flow in ("export", "import"):
        for key, months in mine.held(flow).items():
            shape, _, currency = key.partition("|")
            for year in sorted({month[:4] for month in months} & only if only else {month[:4] for month in months}):
                of_chapter: dict[str, list[str]] = {}
                for month in sorted(month for month in months if month[:4] == year):
                    for chapter in chapters_of(months[month]):
                        of_chapter.setdefault(chapter, []).append(month[5:])
                alike: dict[tuple[str, ...], list[str]] = {}
                for chapter, mine_ in sorted(of_chapter.items()):
                    alike.setdefault(tuple(mine_), []).append(chapter)
                expected = [month[5:] for month in year_to_date(f"{year}-12") if month <= mine.last]
                for found, chapters in sorted(alike.items(), key=lambda each: -len(each[1])):
                    missing = [month for month in expected if month not in found]
                    rows.append((year, flow, shape, currency, _runs(found), _runs(missing), len(chapters), _runs(chapters)))
    columns = ["year", "flow", "by", "currency", "months", "missing", "count", "chapters"]
    return pd.DataFrame(rows, columns=columns).sort_values(["year", "flow", "by"], kind="stable", ignore_index=True)


def _runs(numbers: Sequence[str]) -> str:
    """Numbers in runs: "01-03, 07"."""
    runs: list[list[str]] = []
    for number in numbers:
        if runs and int(number) == int(runs[-1][-1]) + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def partners_by_year(mine: Store) -> dict[tuple[str, str, str], int]:
    """How many partners each year, flow and breakdown has."""
    files = mine.paths()
    if not files:
        return {}
    asked = (
        f"SELECT substr(period, 1, 4), flow, shape, count(DISTINCT partner) FROM {parquet(files)} "
        "WHERE partner <> '' GROUP BY ALL"
    )
    return {(year, flow, shape): count for year, flow, shape, count in connect(mine).execute(asked).fetchall()}


def coverage_by_partner(mine: Store) -> pd.DataFrame:
    """For each year, flow, breakdown, currency, chapter and partner: how many months there are, the first and the last."""
    files = mine.paths()
    if not files:
        return pd.DataFrame()
    by = "substr(period, 1, 4) AS year, flow, shape AS by, currency, substr(commodity, 1, 2) AS chapter, partner"
    asked = f"SELECT {by}, count(DISTINCT period) AS months, min(period) AS first, max(period) AS last FROM {parquet(files)}"
    return connect(mine).execute(f"{asked} WHERE superseded = '{vintages.NEVER}' GROUP BY ALL ORDER BY ALL").df()


def release_of(released: str, today: str) -> Release:
    """The release day that was given, else today as the day of retrieval."""
    if today and (released or today) > today:
        raise InputError(f"released on {released}, which is after today, {today}")
    return Release(released, "printed") if released else Release(today, "retrieved")
