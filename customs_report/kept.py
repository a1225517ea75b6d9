"""Keeps what builds compute from data and code alone in the user's cache folder, for the next process.

Only the project's own notebooks are built with it (`publish.build`): no cell of theirs changes the code that computes.
`CUSTOMS_REPORT_CACHE` names another folder; `none` keeps nothing.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from customs_report import files

ENVIRONMENT, NONE = "CUSTOMS_REPORT_CACHE", "none"
ENDING = ".pickle.z"
PACKAGES = ("duckdb", "numpy", "pandas", "statsmodels")  # that compute
MOST = 12  # files in the folder: those used last
WRITTEN = 3  # files that a process writes: a run over many months would only replace its own

_code: ContextVar[str] = ContextVar("_code", default="")
_written = count()


@contextmanager
def keeping(code: str) -> Iterator[None]:
    """Within this context results are kept; `code` is the hash of the code that computes them."""
    before = _code.set(code)
    try:
        yield
    finally:
        _code.reset(before)


@contextmanager
def anew() -> Iterator[None]:
    """Within this context, and in processes started within it, everything is computed."""
    before = os.environ.get(ENVIRONMENT, "")
    os.environ[ENVIRONMENT] = NONE
    try:
        yield
    finally:
        os.environ[ENVIRONMENT] = before


def is_on() -> bool:
    return bool(_code.get()) and os.environ.get(ENVIRONMENT) != NONE


def find(name: str, *basis: str) -> Any:
    """What was kept under this name with the same basis, code and libraries; None if there is nothing, or it is damaged."""
    path = _path(name, basis)
    try:
        if hasattr(os, "getuid") and path.stat().st_uid != os.getuid():  # in a folder that others can write
            return None
        found = pickle.loads(zlib.decompress(files.read(path)))
    except Exception:  # whatever a damaged pickle raises
        return None
    with suppress(OSError):
        os.utime(path)
    return found


def keep(made: object, name: str, *basis: str) -> None:
    """Keep a result for the next process; nothing happens where the folder cannot be written."""
    if next(_written) >= WRITTEN:
        return
    path = _path(name, basis)
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with files.locked(path.parent):
            files.put(path, zlib.compress(pickle.dumps(made, pickle.HIGHEST_PROTOCOL), 1))
            by_use = sorted(path.parent.glob(f"*{ENDING}"), key=lambda each: each.stat().st_mtime, reverse=True)
            for old in by_use[MOST:]:
                old.unlink()


def _path(name: str, basis: tuple[str, ...]) -> Path:
    parts = (_code.get(), sys.version, *map(version, PACKAGES), *basis)
    folder = os.environ.get(ENVIRONMENT) or user_cache_path("china-customs-reports")
    return Path(folder) / f"{name}-{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}{ENDING}"
