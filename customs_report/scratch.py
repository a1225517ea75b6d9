"""Temporary folders that are removed when their process ends, or, if it was killed, when the next run starts.

A process holds a lock in each of its folders, and the system releases it when the process ends, even if killed. So a folder
whose lock is free has no owner. Unlike process ids, this also works across containers.
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
YOUNG = 60  # seconds; a newer folder may not have its lock yet

_locks: dict[Path, FileLock] = {}


def make_folder() -> Path:
    """Make a temporary folder, which is removed by `remove` or when the process ends."""
    made = Path(tempfile.mkdtemp(prefix=PREFIX))
    _locks[made] = FileLock(made / LOCK, thread_local=False)
    _locks[made].acquire()
    return made


def remove(made: Path) -> None:
    """Remove a folder of this process."""
    if made in _locks:
        _locks.pop(made).release()
    shutil.rmtree(made, ignore_errors=True)


@atexit.register
def _remove_all() -> None:
    for made in [*_locks]:
        remove(made)


def sweep() -> None:
    """Remove the folders that killed runs of this user left behind."""
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # among them filelock.Timeout: the owner is still running
            about = place.lstat()
            ours = not hasattr(os, "getuid") or about.st_uid == os.getuid()
            if place.is_symlink() or not ours or (time.time() - about.st_mtime < YOUNG and not (place / LOCK).exists()):
                continue
            with FileLock(place / LOCK, blocking=False):
                pass
            shutil.rmtree(place)
