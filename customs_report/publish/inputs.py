"""What is a report made of? One hash for each thing that it depends on: data, code, lock, notebook, parameters, house.

A report depends only on the data that it may know: rows up to its own period that were released by its day. So a changed
figure makes the reports of its month and of later months stale, and a new month makes no older report stale. Files are read as
text, without pandas, so that a run with nothing to do is quick.
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
from typing import Any, NamedTuple

from customs_report import project, store
from customs_report.detail.store import Store, store_in
from customs_report.errors import InputError, Violation
from customs_report.house import load
from customs_report.periods import last_usable, shift
from customs_report.schema import DATA, FILES, GIVEN_REASONS, KEYS, REFERENCE, TABLES

ROOT = project.CODE
NOTEBOOKS = project.FOLDER / "notebooks"
CODE = ("helpers.py", "customs_report/**/*.py", "customs_report/publish/templates/report_*/*.*")
NOT_OF_A_REPORT = (  # code that no report imports (tests/test_cache.py)
    "__main__.py", "adding.py", "backtest.py", "cli.py", "explore.py", "explore_goods.py", "explore_texts.py", "fetch.py",
    "formulas.py", "lab.py", "plausibility.py", "readers/", "release.py", "sandbox.py", "terminal.py", "texts/", "x13.py",
    "publish/archive.py", "publish/attached_proof.py", "publish/catalogue.py", "publish/engine.py", "publish/exporters.py",
    "publish/llms_txt.py", "publish/many.py", "publish/archive_files.py", "publish/pages.py", "publish/pdf_reader.py",
    "publish/pdf_text.py", "publish/report_files.py", "publish/revisions.py", "publish/site.py", "publish/social_preview.py",
    "publish/verify.py", "publish/verify_pdf.py",
)  # fmt: skip
NO_REPORT = ("explore",)  # notebooks to work in: nothing is built of them
# Notebooks that know their period's past; any other may know all data. What of each list they may know:
OF_ITS_PERIOD = ("monthly_brief", "monthly_report", "detail_report", "partner_profile", "commodity_profile",
                 "commodity_profile_by_code")  # fmt: skip
PROVED = (*OF_ITS_PERIOD, "fact_check")  # the project's own reports: nothing in them is an author's own (`author_output.py`)
NOT_READ = (  # nothing (tests/test_cache.py)
    "un_areas", "provinces", "regimes", "spellings", "misprints", "backtest_method", "accepted",
)  # fmt: skip
BY_MONTH = {
    "source_errors": "period",
    "breaks": "from",
    "distortions": "from",
    "adjusted": "period",
    "surprises": "period",
}  # entries up to the last month
BY_YEAR = {"backtest": 1, "outlook_parameters": 0}  # up to the report's year, less so many
BY_USE = {"sources": "source", "partner_list": "partner", "commodity_list": "commodity"}  # `add` appends to these
APPENDED = {"sources", "unlisted"}  # what it appends, sources and names marked as unlisted, only if a row that counts names it
WHOLE = tuple(name for name in REFERENCE if name not in (*NOT_READ, *BY_MONTH, *BY_YEAR, *BY_USE, "releases", "coverage"))
ENDING = ".ipynb"
SUBJECTS = ("partner", "flow", "commodity", "language")  # parameters that the name of a set ends with
PERIOD = re.compile(r"\d{4}-\d{2}")
OF_WINDOWS = re.compile("con|prn|aux|nul|(com|lpt)[0-9]", re.I)  # no file there can be called so, whatever its ending

Row = list[str]
File = tuple[Path, str, tuple[int, ...]]  # folder, table, and what changes when the file is written


class Inputs:
    """The files as they are at one moment, hashed for as many reports as ask."""

    def __init__(self, notebooks: Path | None = None, data: Path | None = None) -> None:
        self.notebooks, self.folder = notebooks or NOTEBOOKS, data or DATA

    def of(self, notebook: str, parameters: Mapping[str, Any], house: str = "") -> dict[str, str]:
        """The hash of each thing that a report of these parameters depends on; `house` is the path of its house's file."""
        with store.read_lock(self.folder):
            held = self.data(notebook, parameters)
        return {
            "data": held,
            "code": self.code,
            "lock": self.lock,
            "notebook": _sources(*_state(notebook_path(notebook, self.notebooks))),
            "parameters": _sha256([json.dumps(dict(parameters), sort_keys=True).encode(), *_files_named(parameters)]),
            **({"house": load(house).digest} if house else {}),
        }

    @cached_property
    def code(self) -> str:
        """Hash of all source files that a report imports."""
        paths = {path for pattern in CODE for path in ROOT.glob(pattern)}
        left_out = tuple(f"customs_report/{name}" for name in NOT_OF_A_REPORT)
        names = sorted(name for path in paths if not (name := path.relative_to(ROOT).as_posix()).startswith(left_out))
        return _sha256(part for name in names for part in (name.encode(), (ROOT / name).read_bytes()))

    @cached_property
    def lock(self) -> str:
        return _sha256([project.LOCK.read_bytes()])

    def data(self, notebook: str, parameters: Mapping[str, Any]) -> str:
        """The data that a report may know, by its last month and its day (without one: its newest release)."""
        period, as_of = str(parameters.get("period", "")), str(parameters.get("as_of", ""))
        if notebook not in OF_ITS_PERIOD or not PERIOD.fullmatch(period):
            return self._all_data
        as_of, last, year = min(as_of, self.newest_release), last_usable(period), int(period[:4])
        figures = [self._prefixes(name, as_of).upto(last) for name in KEYS]
        day = as_of or max(rows.newest for rows in figures)
        parts = [day, *(rows.digest for rows in figures), _coverage(*self._file("coverage")).upto(last).digest]
        if as_of:
            parts.append(_history(*self._file("totals"), as_of).upto(shift(period, -1)).digest)
        parts += [self._prefixes(name).upto(str(year - back)).digest for name, back in BY_YEAR.items()]
        parts += self._dated(last, day)
        names = frozenset().union(*(rows.names for rows in figures), self.detail.sources(last))
        parts.append(_lists(tuple(map(self._file, (*WHOLE, *BY_USE))), names))
        parts.append(self.detail.upto(last))
        return _sha256(part.encode() for part in parts)

    @cached_property
    def detail(self) -> Store:
        return store_in(self.folder)

    @cached_property
    def newest_release(self) -> str:
        """The newest release date held, as `tables.Tables.newest_release`."""
        return max(self._prefixes(name).states[-1].newest for name in KEYS)

    @cached_property
    def periods(self) -> list[str]:
        """The months that can be reported as known now, as `vintages.reportable_months` gives them."""
        with store.read_lock(self.folder):
            header, rows = _read(*self._file("totals"))
        period, kind, measure = map(header.index, ("period", "kind", "measure"))
        return sorted({row[period] for row in rows if row[kind] == "month" and row[measure] == "level"})

    @cached_property
    def _all_data(self) -> str:
        paths = (path for pattern in ("**/*.csv", "claims/*.yml") for path in self.folder.glob(pattern))
        named = sorted((path.relative_to(self.folder).as_posix(), path) for path in paths)
        files = (part for name, path in named for part in (name.encode(), path.read_bytes()))
        return _sha256((*files, self.detail.digest.encode()))

    def _dated(self, last: str, day: str) -> Iterator[str]:
        """The entries of lists that a report may know by its last month, or by its day."""
        for name, column in BY_MONTH.items():
            header, rows = _read(*self._file(name))
            month = header.index(column)
            yield from (_text(row) for row in rows if row[month] <= last)
        header, rows = _read(*self._file("releases"))
        period, released = header.index("period"), header.index("released")
        yield from (_text(row) for row in rows if row[period] <= last)
        yield max((row[period] for row in rows if row[released] <= day), default="")  # what is out

    def _prefixes(self, name: str, day: str = "") -> _Prefixes:
        return _prefixes(*self._file(name), day)

    def _file(self, name: str) -> File:
        path = self.folder / FILES[name]
        if not path.is_file():
            raise InputError(f"no data file {FILES[name]} in {self.folder}")
        return self.folder, name, _state(path)[1]


def notebook_path(notebook: str, folder: Path | None = None) -> Path:
    """The file of a notebook that is given by its name in a folder, `notebooks/`, or by its path."""
    return Path(notebook) if notebook.endswith(ENDING) else (folder or NOTEBOOKS) / f"{notebook}{ENDING}"


def is_outside(notebook: str) -> bool:
    """Is it a notebook of somebody's own, from anywhere but `notebooks/`?"""
    return notebook_path(notebook).resolve().parent != NOTEBOOKS.resolve()


def notebook_name(notebook: str) -> str:
    """The name of a notebook that is given by its name or its path, as the files of its report have it."""
    if not notebook.endswith(ENDING):
        return notebook
    name = re.sub(r"[^\w-]+", "-", Path(notebook).stem).strip("-_")
    usable = name[:1].isascii() and name and not OF_WINDOWS.fullmatch(name)
    return name if usable else f"notebook-{name}".strip("-")


def subject(parameters: Mapping[str, Any]) -> str:
    """The end of a set's name, after the notebook: "-USA", "-export-ships"; empty if there is no subject."""
    return "".join(f"-{parameters[key]}" for key in SUBJECTS if key in parameters)


class _Upto(NamedTuple):
    """The rows up to a month: their hash, the newest release, and the sources, partners and commodities in them."""

    digest: str
    newest: str
    names: frozenset[str]


class _Prefixes:
    """A file's rows up to each value of its first column, in the order of the file."""

    def __init__(self, header: Row, rows: Iterable[Row]) -> None:
        running, newest = hashlib.sha256(_text(header).encode()), ""
        names: set[str] = set()
        released = header.index("released") if "released" in header else None
        named = [header.index(column) for column in BY_USE.values() if column in header]
        self.months, self.states = [""], []
        for row in rows:
            if row[0] != self.months[-1]:
                self.states.append(_Upto(running.hexdigest(), newest, frozenset(names)))
                self.months.append(row[0])
            running.update(("\x1e" + _text(row)).encode())
            names.update(row[column] for column in named)
            if released is not None:
                newest = max(newest, row[released])
        self.states.append(_Upto(running.hexdigest(), newest, frozenset(names)))
        self.sorted = self.months == sorted(self.months)

    def upto(self, last: str) -> _Upto:
        """The state of the rows up to the month `last`; of all rows if the file is not sorted."""
        return self.states[bisect_right(self.months, last) - 1 if self.sorted else -1]


def _state(path: Path) -> tuple[Path, tuple[int, ...]]:
    """A file, and what changes when it is written."""
    about = path.stat()
    return path, (about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns)


@lru_cache(maxsize=64)
def _sources(path: Path, state: tuple[int, ...]) -> str:
    """The hash of what a notebook's author writes: not of outputs, counts and whatever an editor keeps there."""
    cells = json.loads(path.read_bytes())["cells"]
    said = [
        [cell["cell_type"], "".join(cell["source"]), cell.get("id"), cell["metadata"].get("tags"), cell.get("attachments")]
        for cell in cells
    ]
    return _sha256([json.dumps(said, sort_keys=True).encode()])


@lru_cache(maxsize=64)
def _read(folder: Path, name: str, state: tuple[int, ...]) -> tuple[Row, list[Row]]:
    """Header and rows of a table's file."""
    try:
        with (folder / FILES[name]).open(encoding="utf-8", newline="") as file:
            header, *rows = (row for row in csv.reader(file) if row)
        if {*TABLES[name].names} <= {*header} and all(len(row) == len(header) for row in rows):
            return header, rows
        reason = "not a table"
    except (ValueError, csv.Error) as error:
        reason = str(error)
    from customs_report import loading

    loading.load(folder)  # names file, row and figure
    raise Violation(f"{FILES[name]}: {reason}")


@lru_cache(maxsize=64)
def _prefixes(folder: Path, name: str, state: tuple[int, ...], day: str) -> _Prefixes:
    header, rows = _read(folder, name, state)
    return _Prefixes(header, _known_by(header, rows, name, day) if day and name in KEYS else rows)


@lru_cache(maxsize=64)
def _history(folder: Path, name: str, state: tuple[int, ...], day: str) -> _Prefixes:
    header, rows = _read(folder, name, state)
    return _Prefixes(header, _later(header, rows, day))


@lru_cache(maxsize=4)
def _coverage(folder: Path, name: str, state: tuple[int, ...]) -> _Prefixes:
    """The first and last months of the runs held, under the month whose report is the first to know them.

    Gaps between runs are implied by them; only gaps with a custom reason are listed. The first month of each table is known to
    every report.
    """
    header, rows = _read(folder, name, state)
    ends: list[Row] = []
    begins: dict[tuple[str, ...], str] = {}
    for row in rows:
        run = dict(zip(header, row, strict=True))
        if run["status"] == "held":
            table = (run["table"], run["flow"], run["kind"], run["currency"], run["measure"])
            begins[table] = min(run["from"], begins.get(table, run["from"]))
        elif run["reason"] in GIVEN_REASONS:
            continue
        what = [value for column, value in run.items() if column not in ("from", "to")]
        ends += [[run["from"], "from", *what], [shift(run["to"], 1), "to", *what]]
    return _Prefixes([], [*(["", *table, month] for table, month in sorted(begins.items())), *sorted(ends)])


@lru_cache(maxsize=64)
def _lists(files: tuple[File, ...], names: frozenset[str]) -> str:
    """The hash of reference lists, without what `add` appended to them for rows that do not count."""
    parts = []
    for folder, name, state in files:
        header, rows = _read(folder, name, state)
        if name in BY_USE:
            code = header.index(BY_USE[name])
            rows = [row for row in rows if row[code] in names or not APPENDED & {name, *row}]
        parts.append("\x1e".join(map(_text, rows)).encode())
    return _sha256(parts)


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


def _later(header: Row, rows: list[Row], day: str) -> list[Row]:
    """The totals that were first shown revised after a day: the history of sums (as `tables.as_of` has them)."""
    released, stage, *key = map(header.index, ("released", "stage", *KEYS["totals"]))
    first: dict[tuple, Row] = {}
    for row in sorted(rows, key=lambda row: row[released]):
        if row[released] > day and row[stage] == "revised":
            first.setdefault(tuple(row[column] for column in key), row)
    return sorted(first.values())


def _files_named(parameters: Mapping[str, Any]) -> list[bytes]:
    """The content of the files that parameters name, such as claims outside the data."""
    paths = [Path(value) for value in parameters.values() if isinstance(value, str) and value]
    return [path.read_bytes() for path in paths if _is_file(path)]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # too long for a name
        return False


def _text(row: Row) -> str:
    return "\x1f".join(row)


def _sha256(parts: Iterable[bytes]) -> str:
    """One hash of several parts, each with its length, so that none can run into the next."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
