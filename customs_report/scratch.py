"""Temporary folders that no run leaves behind: each goes when its process ends, those of killed runs when the next run begins.

A process holds a lock in each of its folders. The system frees the lock when the process ends, in whatever way, so a folder
whose lock is free has no owner: unlike a process number, that holds across containers and cannot come again.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock

PREFIX, LOCK = "customs-report-run-", ".lock"
YOUNG = 60  # seconds in which a folder may not have its lock yet

_held: dict[Path, FileLock] = {}


def folder() -> Path:
    """A new temporary folder, which goes with `remove` or when the process ends."""
    made = Path(tempfile.mkdtemp(prefix=PREFIX))
    _held[made] = FileLock(made / LOCK, thread_local=False)
    _held[made].acquire()
    return made


def remove(made: Path) -> None:
    """Remove a folder of this process."""
    if made in _held:
        _held.pop(made).release()
    shutil.rmtree(made, ignore_errors=True)


@atexit.register
def _remove_all() -> None:
    for made in [*_held]:
        remove(made)


def sweep() -> None:
    """Remove what killed runs of this user left."""
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # a Timeout is one: its owner lives
            about = place.lstat()
            ours = not hasattr(os, "getuid") or about.st_uid == os.getuid()
            if place.is_symlink() or not ours or (time.time() - about.st_mtime < YOUNG and not (place / LOCK).exists()):
                continue
            with FileLock(place / LOCK, blocking=False):
                pass
            shutil.rmtree(place)
