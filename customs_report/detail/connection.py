"""DuckDB: how it is opened, for reading and for adding."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    connection = duckdb.connect(":memory:", config={**config, **({"temp_directory": str(spill)} if spill else {})})
    connection.execute("SET enable_progress_bar = false")
    if store is not None and store.remote:
        connection.register_filesystem(store.place.files)  # type: ignore[attr-defined]
    return connection


def quoted(text: str) -> str:
    """A text as SQL writes it.

    >>> quoted("Côte d'Ivoire")
    "'Côte d''Ivoire'"
    """
    return "'" + text.replace("'", "''") + "'"


def listed(texts: Any) -> str:
    """Texts as a list of SQL: ('a', 'b'); of none a list that nothing is in."""
    return f"({', '.join(map(quoted, texts)) or 'NULL'})"
