"""The data folder as a whole: a change of several files happens completely or not at all, and never two at once.

A change is written beside the data as `.staged/`, moved to `.commit/` in one step - from then on it counts - and then laid over
the files. Whoever opens the folder next finishes a change that was cut short after that step; before it, nothing happened.
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

from customs_report.errors import Refused, Violation

STAGED, COMMIT, LOCK = ".staged", ".commit", ".lock"
LOCKS = threading.local()
logger = logging.getLogger(__name__)


@contextmanager
def changing(folder: Path) -> Iterator[None]:
    """Hold the data folder alone while it is read, changed and written; others wait."""
    with ExitStack() as held:
        try:
            held.enter_context(_lock(folder).write_lock())
        except OSError as error:
            raise Refused(f"the data in {folder} cannot be changed: {error.strerror or error}") from error
        finish(folder)
        shutil.rmtree(folder / STAGED, ignore_errors=True)
        yield


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """See the data folder in one state, never between two, together with other readers.

    A folder in which this user cannot write is read without a lock: Refused where it was being changed meanwhile.
    """
    with ExitStack() as held:
        try:
            held.enter_context(_lock(folder).read_lock())
            while (folder / COMMIT).exists():  # its writer was killed
                held.close()
                with _lock(folder).write_lock():
                    finish(folder)
                held.enter_context(_lock(folder).read_lock())
        except OSError:
            held.enter_context(_unchanged(folder))
        yield


@contextmanager
def _unchanged(folder: Path) -> Iterator[None]:
    """Refused where a change is under way or was made meanwhile: each moves a folder in the data folder."""
    before = folder.stat().st_mtime_ns if folder.is_dir() else 0
    try:
        yield
    finally:
        if (folder / COMMIT).exists() or (before and folder.stat().st_mtime_ns != before):
            raise Refused(
                f"the data in {folder} are being changed, or a change was cut short; try again as a user who may write there"
            )


def _lock(folder: Path) -> ReadWriteLock:
    """One for each thread, which may hold it twice; threads wait for each other as processes do."""
    name = f"{os.getpid()} {(folder / LOCK).absolute()}"  # a forked process has its own
    if name not in vars(LOCKS):
        setattr(LOCKS, name, ReadWriteLock(folder / LOCK, is_singleton=False))
    return getattr(LOCKS, name)


def write(folder: Path, files: Mapping[str, str]) -> None:
    """Replace these files of the folder, all or none (name within the folder -> text). Needs `changing`."""
    try:
        for name, text in files.items():
            path = folder / STAGED / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        (folder / STAGED).rename(folder / COMMIT)  # the step that counts
        logger.info("changed in %s: %s", folder, ", ".join(files))
    except OSError as error:
        shutil.rmtree(folder / STAGED, ignore_errors=True)
        raise Refused(f"the data in {folder} cannot be changed: {error.strerror or error}") from error
    try:
        _sync(folder)
        finish(folder)
    except OSError as error:  # the change counts already
        raise Violation(
            f"the data in {folder} are changed, but not every file is replaced yet ({error.strerror or error}); the next "
            "command that reads them does it"
        ) from error


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
    if os.name == "nt":  # no folder can be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
