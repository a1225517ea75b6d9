"""Load the data folder: read its files and validate them against the schema and the accounting identities."""

from __future__ import annotations

import hashlib
import logging
import sys
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from math import inf, nan
from pathlib import Path

import pandas as pd

from customs_report import log, project, store
from customs_report.checks import IDENTITY_CHECKS, STRUCTURE_CHECKS, violations, without_source_errors
from customs_report.detail.store import store_in
from customs_report.errors import InputError, Violation
from customs_report.schema import DATA, FILES, TABLES, Table
from customs_report.tables import Tables

CHECKED = ".checked"  # in the data folder: the hash of the data and code that last passed the checks
PACKAGES = ("numpy", "pandas", "pandera")  # used by the checks
logger = logging.getLogger(__name__)


def load(folder: Path | str | None = None) -> Tables:
    """Load all tables of the data folder, validated against their schemas and the accounting identities.

    Cached in the process by the content of the files. Raises InputError if the folder or a file does not exist, Violation
    (file, row, figure) if a row breaks the schema or an identity. Missing figures are no error here: see coverage.missing.
    """
    folder = Path(folder or DATA)
    _require(folder)
    with store.read_lock(folder):
        return _load(folder, *_digests(folder))


def digest() -> str:
    """A hash of all data that a report can be made of."""
    _require(DATA)
    with store.read_lock(DATA):
        return " ".join(_digests(DATA))


def _require(folder: Path) -> None:
    """Raises InputError if the folder lacks a file."""
    if folder == DATA and not folder.exists():
        project.require()
    missing = [name for name in FILES.values() if not (folder / name).is_file()]
    if missing:
        raise InputError(f"no data file {missing[0]} in {folder}")


def _digests(folder: Path) -> tuple[str, str]:
    """The hashes of the files and of the detail data."""
    content = b"".join((folder / name).read_bytes() for name in FILES.values())
    return hashlib.sha256(content).hexdigest(), store_in(folder).digest


@lru_cache(maxsize=4)
def _load(folder: Path, digest: str, detail: str) -> Tables:
    with log.timed(logger, f"read {len(FILES)} tables in {folder}"):
        tables, passed = read_printed(folder), _hash_of_checks(digest)
    with suppress(OSError):
        if (folder / CHECKED).read_text(encoding="ascii", errors="replace") == passed:
            return _in_base_units(without_source_errors(tables))
    with log.timed(logger, "checked their schemas and accounting identities"):
        validated = validate(tables)
    with suppress(OSError):  # a folder without write permission
        (folder / CHECKED).write_text(passed, encoding="ascii")
    return _in_base_units(validated)


def _hash_of_checks(digest: str) -> str:
    """The hash of the data, the code and the libraries of the checks: while it is the same, the checks need not be repeated."""
    package = Path(__file__).parent
    parts = [digest, sys.version, *map(version, PACKAGES)]
    sources = [path for pattern in ("*.py", "checks/*.py", "detail/*.py") for path in sorted(package.glob(pattern))]
    parts += [path.read_text(encoding="utf-8") for path in sources]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def validate(printed: Tables) -> Tables:
    """Check the schema and the accounting identities; raises Violation at the first error.

    Returns the tables without the figures listed in source_errors.csv.
    """
    for name, found in violations(printed, STRUCTURE_CHECKS):
        raise Violation(f"{name}: {found}")
    tables = without_source_errors(printed)
    for name, found in violations(tables, IDENTITY_CHECKS):
        raise Violation(f"{name}: {found}")
    return tables


def read_printed(folder: Path) -> Tables:
    """Read the files as they are, without validation: text columns as str, numbers as float, quantities in printed units."""
    frames = {}
    for name, table in TABLES.items():
        file, frame = table.file, _read(folder, table)
        for column in (column.name for column in table.columns if column.number):
            blank = frame[column] == ""
            numeric = pd.to_numeric(frame[column].where(~blank), errors="coerce").replace([inf, -inf], nan)
            wrong = numeric.isna() & ~blank
            if wrong.any():
                row = wrong.idxmax()
                raise Violation(f"{file}, row {row + 2}: {column} {frame.at[row, column]!r} is not a number")
            frame[column] = numeric.astype(float)
        frames[name] = frame
    return Tables(**frames, detail=store_in(folder).opened())


def _read(folder: Path, table: Table) -> pd.DataFrame:
    """Read a file as text. Raises InputError if it does not exist, Violation if it is not a CSV with the declared columns."""
    file = table.file
    try:
        frame = pd.read_csv(folder / file, dtype=str, keep_default_na=False)
    except OSError as error:
        raise InputError(f"no data file {file} in {folder}") from error
    except ValueError as error:  # empty, not UTF-8, an open quotation mark, too many fields in a row
        raise Violation(f"{file} is not a table in UTF-8: {str(error).strip()}") from error
    if not isinstance(frame.index, pd.RangeIndex):
        raise Violation(f"{file}, row 2: more fields than the header has")
    if missing := [column for column in table.names if column not in frame.columns]:
        raise Violation(f"{file}, header: no column {missing[0]}")
    if extra := [column for column in frame.columns if column not in table.names]:
        raise Violation(f"{file}, header: column {extra[0]} is not declared")
    return frame


def _in_base_units(tables: Tables) -> Tables:
    """Convert quantities to base units: tonnes instead of the printed "10,000 tonnes"."""
    units = tables.units.set_index("unit")
    goods = tables.commodities.assign(printed_unit=tables.commodities["unit"])
    goods["quantity"] = (goods["quantity"] * goods["unit"].map(units["factor"]).astype(float)).round(3)
    goods["unit"] = goods["unit"].map(units["base_unit"]).fillna("")
    return replace(tables, commodities=goods)
