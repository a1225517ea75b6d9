"""DuckDB: how it is opened, for reading and for adding."""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from customs_report.errors import InputError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from customs_report.detail.store import Store

MEMORY = "700MB"  # of a query or of adding; what needs more goes to files
logger = logging.getLogger(__name__)


def connect(store: Store | None = None, spill: Path | None = None) -> DuckDBPyConnection:
    """A connection of its own, with bounded memory, that can read the store's address."""
    import duckdb

    config: dict[str, Any] = {
        "memory_limit": os.environ.get("CUSTOMS_REPORT_MEMORY", MEMORY),
        "threads": os.cpu_count() or 2,
        "preserve_insertion_order": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    config["temp_directory"] = str(spill or Path(tempfile.gettempdir()) / f"customs-report-{os.getpid()}")
    connection = duckdb.connect(":memory:", config=config)
    connection.execute("SET enable_progress_bar = false")
    if store is not None and store.remote:
        connection.register_filesystem(store.place.files)  # type: ignore[attr-defined]
    return connection


@contextmanager
def undamaged(address: str) -> Iterator[None]:
    """Raises InputError where a file of the detail data is gone or damaged."""
    import duckdb

    try:
        yield
    except (duckdb.InvalidInputException, duckdb.IOException) as error:
        why = str(error).partition("\n")[0]
        raise InputError(f"the detail data in {address} cannot be read: {why}; add the downloads again") from error


def quoted(text: str) -> str:
    """A text as SQL writes it.

    >>> quoted("Côte d'Ivoire")
    "'Côte d''Ivoire'"
    """
    return "'" + text.replace("'", "''") + "'"


def listed(texts: Any) -> str:
    """Texts as a list of SQL: ('a', 'b'); of none a list that nothing is in."""
    return f"({', '.join(map(quoted, texts)) or 'NULL'})"


def listed_paths(paths: Iterable[Path | str]) -> str:
    """Paths as DuckDB's readers take them; none is a pattern, whatever signs are in its name.

    >>> listed_paths(["d'or.csv", "a [1].csv"])
    "['d''or.csv', 'a [[]1].csv']"
    """
    literal = [re.sub(r"([*?[])", r"[\1]", str(path)) for path in paths]
    return f"[{', '.join(map(quoted, literal))}]"


def parquet(paths: Iterable[Path | str]) -> str:
    """The rows of Parquet files, in SQL; the names of their folders are no columns."""
    return f"read_parquet({listed_paths(paths)}, union_by_name=true, hive_partitioning=false)"
