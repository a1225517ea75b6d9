"""Atomic changes of the data folder: several files are replaced together or not at all, by one writer at a time.

New files are written to `.staged/`, which is renamed to `.commit/`; the files are then moved over the old ones. A change that
was interrupted after the rename is completed by the next process that locks the folder; one interrupted before it is discarded.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from filelock import ReadWriteLock

from customs_report.errors import InputError, Violation

STAGED, COMMIT, LOCK = ".staged", ".commit", ".lock"
LOCKS = threading.local()
logger = logging.getLogger(__name__)


@contextmanager
def write_lock(folder: Path) -> Iterator[None]:
    """Lock the data folder for reading and writing; other processes wait. Raises InputError where it cannot be written."""
    with ExitStack() as stack:
        try:
            stack.enter_context(_lock(folder).write_lock())
        except OSError as error:
            raise InputError(f"the data in {folder} cannot be changed: {error.strerror or error}") from error
        _finish(folder)
        shutil.rmtree(folder / STAGED, ignore_errors=True)
        yield


@contextmanager
def read_lock(folder: Path) -> Iterator[None]:
    """Lock the data folder for reading, together with other readers, so that no file changes meanwhile.

    A folder that this user cannot write is read without a lock; raises InputError if it was changed meanwhile.
    """
    with ExitStack() as stack:
        try:
            stack.enter_context(_lock(folder).read_lock())
            while (folder / COMMIT).exists():  # a writer was killed
                stack.close()
                with _lock(folder).write_lock():
                    _finish(folder)
                stack.enter_context(_lock(folder).read_lock())
        except OSError:
            stack.enter_context(_unchanged(folder))
        yield


@contextmanager
def _unchanged(folder: Path) -> Iterator[None]:
    """Raise InputError if a change is under way, or was made meanwhile (which changes the folder's modification time)."""
    before = folder.stat().st_mtime_ns if folder.is_dir() else 0
    try:
        yield
    finally:
        if (folder / COMMIT).exists() or (before and folder.stat().st_mtime_ns != before):
            raise InputError(
                f"the data in {folder} are being changed, or a change was cut short; try again as a user who may write there"
            )


def _lock(folder: Path) -> ReadWriteLock:
    """The lock of this thread, which is reentrant; threads exclude each other like processes."""
    name = f"{os.getpid()} {(folder / LOCK).absolute()}"  # a forked process has its own
    if name not in vars(LOCKS):
        setattr(LOCKS, name, ReadWriteLock(folder / LOCK, is_singleton=False))
    return getattr(LOCKS, name)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Replace these files of the folder, all or none (name within the folder -> text). Call it within `write_lock`."""
    try:
        for name, text in files.items():
            path = folder / STAGED / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        (folder / STAGED).rename(folder / COMMIT)  # the change is final from here on
        logger.info("changed in %s: %s", folder, ", ".join(files))
    except OSError as error:
        shutil.rmtree(folder / STAGED, ignore_errors=True)
        raise InputError(f"the data in {folder} cannot be changed: {error.strerror or error}") from error
    try:
        _sync(folder)
        _finish(folder)
    except OSError as error:  # the change is final already
        raise Violation(
            f"the data in {folder} are changed, but not every file is replaced yet ({error.strerror or error}); the next "
            "command that reads them does it"
        ) from error


def _finish(folder: Path) -> None:
    """Move the files of a committed change over the old ones; may be repeated after an interruption."""
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
    if os.name == "nt":  # Windows cannot open a folder
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
