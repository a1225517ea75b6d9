"""The engines that answer SQL: DuckDB in this process, or an existing Spark cluster where the data outgrow one machine."""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from customs_report.detail.connection import connect, parquet, undamaged
from customs_report.errors import InputError

if TYPE_CHECKING:
    from customs_report.detail.store import Store

ENGINE = "CUSTOMS_REPORT_ENGINE"  # spark://host:7077, local-cluster[2,1,1024], ...; empty: DuckDB
DUCKDB = "duckdb"


class Engine(Protocol):
    """Answers questions about Parquet files."""

    def answer(self, store: Store, files: list[str], where: str, sql: str, frames: dict[str, pd.DataFrame]) -> pd.DataFrame: ...


def engine() -> Engine:
    """The engine that is set. InputError for one that there is none of."""
    return _engine(os.environ.get(ENGINE) or DUCKDB)


@lru_cache(maxsize=2)
def _engine(name: str) -> Engine:
    if name == DUCKDB:
        return DuckDB()
    if name.startswith(("spark://", "local-cluster[", "local[", "yarn", "k8s://")):
        from customs_report.detail.spark import Spark

        return Spark(name)
    raise InputError(f"there is no engine {name!r}; it is {DUCKDB}, or the address of a Spark cluster: spark://host:7077")


class DuckDB:
    """DuckDB in this process: a connection for each store, a cursor for each question."""

    def __init__(self) -> None:
        self.connections: dict[str, Any] = {}
        self.lock = threading.Lock()

    def answer(self, store: Store, files: list[str], where: str, sql: str, frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
        with self.lock:
            if store.address not in self.connections:
                self.connections[store.address] = connect(store)
            cursor = self.connections[store.address].cursor()
        for name, frame in frames.items():
            cursor.register(name, frame)
        try:
            with undamaged(store.address):
                return cursor.execute(_within(f"SELECT * FROM {parquet(files)} WHERE {where}", sql)).df()
        finally:
            cursor.close()


def _within(rows: str, sql: str) -> str:
    """The question with the rows that it asks as its first table; quicker than a view, for which files are opened twice."""
    rest = f", {sql.removeprefix('WITH ')}" if sql.startswith("WITH ") else f" {sql}"
    return f"WITH detail AS ({rows}){rest}"
