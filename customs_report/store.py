"""The data folder as a whole: a change of several files happens completely or not at all, and never two at once.

A change is written beside the data as `.staged/`, moved to `.commit/` in one step - from then on it counts - and then laid over
the files. Whoever opens the folder next finishes a change that was cut short after that step; before it, nothing happened.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from customs_report.errors import Refused

STAGED, COMMIT, LOCK = ".staged", ".commit", ".lock"


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Hold the data folder alone while it is read, changed and written; others wait."""
    try:
        lock = (folder / LOCK).open("w")
    except OSError as error:
        raise Refused(f"the data in {folder} cannot be changed: {error.strerror or error}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        finish(folder)
        shutil.rmtree(folder / STAGED, ignore_errors=True)
        yield


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """See the data folder in one state, never between two; a folder that cannot be locked cannot be changing either."""
    try:
        lock = (folder / LOCK).open("a")
    except OSError:
        yield
        return
    with lock:
        if (folder / COMMIT).exists():  # somebody is at it, or was killed at it
            fcntl.flock(lock, fcntl.LOCK_EX)
            finish(folder)
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Replace these files of the folder, all or none (name within the folder -> text). Needs `changing`."""
    for name, text in files.items():
        path = folder / STAGED / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    (folder / STAGED).rename(folder / COMMIT)  # the step that counts
    _sync(folder)
    finish(folder)


def finish(folder: Path) -> None:
    """Lay a committed change over the files; safe to do twice."""
    committed = folder / COMMIT
    if not committed.exists():
        return
    for path in sorted(p for p in committed.rglob("*") if p.is_file()):
        target = folder / path.relative_to(committed)
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    _sync(folder)
    shutil.rmtree(committed)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
