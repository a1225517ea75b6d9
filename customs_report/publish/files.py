"""Files that appear whole or not at all, and are left alone where nothing changed."""

from __future__ import annotations

import fcntl
import filecmp
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

STAGED = ".new"  # the ending of a file that is being written


def put(path: Path, content: bytes | Iterable[bytes]) -> bool:
    """Replace a file in one step; returns whether its content changed. Needs `alone` where others may write it too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}{STAGED}")
    try:
        with staged.open("wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
        if path.is_file() and filecmp.cmp(staged, path, shallow=False):
            return False
        staged.replace(path)
        return True
    finally:
        staged.unlink(missing_ok=True)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder of reports alone while its archive is written; others wait."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)
