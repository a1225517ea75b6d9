"""What is a report made of? One hash for each thing that it depends on: data, code, lock, notebook, parameters.

A report depends on the data that it may know, no more: rows up to its own period, of what was released by its day. So a
figure that changes asks for the reports of its month and of later ones, and for no other. Everything is read as text and
nothing heavy is imported: with nothing to do, a run is over before pandas would be loaded.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from customs_report import store
from customs_report.errors import Refused, Violation
from customs_report.periods import shift
from customs_report.schema import DATA, KEYS, REFERENCE, TABLES

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
CODE = ("helpers.py", "customs_report/**/*.py", "customs_report/publish/templates/report_*/*.*")
NOT_OF_A_REPORT = (  # code that no report imports (tests/test_cache.py)
    "__main__.py", "adding.py", "backtest.py", "cli.py", "explore.py", "fetch.py", "gate.py", "readers/",
    "publish/archive.py", "publish/card.py", "publish/catalogue.py", "publish/many.py", "publish/pages.py",
    "publish/parameters.py", "publish/sets.py", "publish/site.py", "publish/verify.py",
)  # fmt: skip
NO_REPORT = ("explore",)  # notebooks to work in: nothing is built of them
# Notebooks that know their period's past; any other may know all data.
OF_ITS_PERIOD = ("monthly_report", "partner_profile", "commodity_profile")
NOT_READ = ("un_areas", "provinces", "regimes", "spellings", "misprints", "backtest_method")  # by those (tests/test_cache.py)
BY_PERIOD = (*(f"{name}.csv" for name in KEYS), REFERENCE["releases"])
BY_YEAR = {"backtest": 1, "outlook_parameters": 0}  # and how many years before its own a report's knowledge ends
WHOLE = tuple(file for name, file in REFERENCE.items() if name not in {*NOT_READ, *BY_YEAR, "releases"})
PERIOD = re.compile(r"\d{4}-\d{2}")

Row = list[str]


class Inputs:
    """The files as they are at one moment, hashed for as many reports as ask."""

    def __init__(self, notebooks: Path | None = None, data: Path | None = None) -> None:
        self.notebooks, self.folder = notebooks or NOTEBOOKS, data or DATA

    def of(self, notebook: str, parameters: Mapping[str, Any]) -> dict[str, str]:
        """The hash of each thing that a report of these parameters depends on."""
        with store.reading(self.folder):
            held = self.data(notebook, parameters)
        return {
            "data": held,
            "code": self.code,
            "lock": self.lock,
            "notebook": _sha256([(self.notebooks / f"{notebook}.ipynb").read_bytes()]),
            "parameters": _sha256([json.dumps(dict(parameters), sort_keys=True).encode(), *_files_named(parameters)]),
        }

    @cached_property
    def code(self) -> str:
        """Helpers and machine room, as far as a report uses them."""
        paths = {path for pattern in CODE for path in ROOT.glob(pattern)}
        left_out = tuple(f"customs_report/{name}" for name in NOT_OF_A_REPORT)
        names = sorted(name for path in paths if not (name := path.relative_to(ROOT).as_posix()).startswith(left_out))
        return _sha256(part for name in names for part in (name.encode(), (ROOT / name).read_bytes()))

    @cached_property
    def lock(self) -> str:
        return _sha256([(ROOT / "requirements.txt").read_bytes()])

    def data(self, notebook: str, parameters: Mapping[str, Any]) -> str:
        """The data that a report may know."""
        period, day = str(parameters.get("period", "")), str(parameters.get("as_of", ""))
        if notebook not in OF_ITS_PERIOD or not PERIOD.fullmatch(period):
            return self._all_data
        day = min(day or self.newest_release, self.newest_release)
        last = shift(period, 1) if period.endswith("-01") else period  # January comes out with February
        parts = [day, *(self._known(file, day).upto(last) for file in BY_PERIOD)]
        parts += [self._known(REFERENCE[name], "").upto(str(int(period[:4]) - back)) for name, back in BY_YEAR.items()]
        return _sha256([*(part.encode() for part in parts), self._whole])

    @cached_property
    def newest_release(self) -> str:
        """The newest release date held, as `tables.Tables.newest_release`."""
        return max(_newest(*self._state(f"{name}.csv")) for name in ("totals", "partners", "commodities"))

    @cached_property
    def periods(self) -> list[str]:
        """The months that can be reported as known now, as `report.periods`."""
        with store.reading(self.folder):
            header, rows = self._rows("totals.csv")
        period, kind, measure = map(header.index, ("period", "kind", "measure"))
        return sorted({row[period] for row in rows if row[kind] == "month" and row[measure] == "level"})

    @cached_property
    def _all_data(self) -> str:
        paths = sorted(path for pattern in ("**/*.csv", "claims/*.yml") for path in self.folder.glob(pattern))
        return _sha256(part for path in paths for part in (str(path.relative_to(self.folder)).encode(), path.read_bytes()))

    @cached_property
    def _whole(self) -> bytes:
        return b"\0".join(self._state(file)[0].read_bytes() for file in WHOLE)

    def _rows(self, file: str) -> tuple[Row, list[Row]]:
        return _read(*self._state(file))

    def _known(self, file: str, day: str) -> _Prefixes:
        return _prefixes(*self._state(file), day)

    def _state(self, file: str) -> tuple[Path, tuple[int, ...]]:
        """A file, and what of it changes when it is written."""
        path = self.folder / file
        if not path.is_file():
            raise Refused(f"no data file {file} in {self.folder}")
        about = path.stat()
        return path, (about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)


class _Prefixes:
    """The hash of a file's rows up to each value of its first column, in the order of the file."""

    def __init__(self, header: Row, rows: Iterable[Row]) -> None:
        running, self.upto_here, self.hashes = hashlib.sha256("\x1f".join(header).encode()), [""], []
        for row in rows:
            if row[0] != self.upto_here[-1]:
                self.hashes.append(running.hexdigest())
                self.upto_here.append(row[0])
            running.update(("\x1e" + "\x1f".join(row)).encode())
        self.hashes.append(running.hexdigest())
        self.sorted = self.upto_here == sorted(self.upto_here)

    def upto(self, last: str) -> str:
        """The hash of what stands up to there; of everything where the file is not in order."""
        return self.hashes[bisect_right(self.upto_here, last) - 1 if self.sorted else -1]


@lru_cache(maxsize=16)
def _read(path: Path, state: tuple[int, ...]) -> tuple[Row, list[Row]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            header, *rows = (row for row in csv.reader(file) if row)
        needed = set(TABLES[path.stem].names) if path.stem in KEYS else set()
        if needed <= {*header} and all(len(row) == len(header) for row in rows):
            return header, rows
        reason = "not a table"
    except (ValueError, csv.Error) as error:
        reason = str(error)
    from customs_report import loading

    loading.load(path.parent)  # names file, row and figure
    raise Violation(f"{path.name}: {reason}")


@lru_cache(maxsize=16)
def _newest(path: Path, state: tuple[int, ...]) -> str:
    header, rows = _read(path, state)
    released = header.index("released")
    return max((row[released] for row in rows), default="")


@lru_cache(maxsize=64)
def _prefixes(path: Path, state: tuple[int, ...], day: str) -> _Prefixes:
    header, rows = _read(path, state)
    return _Prefixes(header, _known_by(header, rows, path.stem, day) if day and path.stem in KEYS else rows)


def _known_by(header: Row, rows: list[Row], table: str, day: str) -> Iterator[Row]:
    """The rows that may count on a day: released by then, or later where nothing of the figure was (as `tables.as_of`)."""
    released, stage = header.index("released"), header.index("stage" if "stage" in header else "released")
    if all(row[released] <= day for row in rows):
        return iter(rows)
    key = [header.index(column) for column in KEYS[table]]
    flow = KEYS[table].index("flow") if table == "totals" else None
    held: dict[tuple, dict[str, set[str]]] = {}  # of each figure - in totals of the flows together - what each stage has
    for row in rows:
        if row[released] <= day:
            figure = [row[column] for column in key]
            which = figure.pop(flow) if flow is not None else ""
            held.setdefault(tuple(figure), {}).setdefault(row[stage], set()).add(which)

    def known(row: Row) -> bool:
        figure = [row[column] for column in key]
        if flow is None:
            return tuple(figure) in held
        which = figure.pop(flow)
        stages = held.get(tuple(figure), {}).values()
        if row[header.index("measure")] == "level":  # two flows of a stage give the others
            return any(len(flows & {"exports", "imports", "balance"}) > 1 for flows in stages)
        return any(which in flows for flows in stages)

    return (row for row in rows if row[released] <= day or not known(row))


def _files_named(parameters: Mapping[str, Any]) -> list[bytes]:
    """The content of the files that parameters name, such as claims outside the data."""
    paths = [Path(value) for value in parameters.values() if isinstance(value, str) and value]
    return [path.read_bytes() for path in paths if _is_file(path)]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # too long for a name
        return False


def _sha256(parts: Iterable[bytes]) -> str:
    """One hash of several parts, each with its length, so that none can run into the next."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
