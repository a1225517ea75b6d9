"""Files that appear whole or not at all, and are left alone where nothing changed."""

from __future__ import annotations

import filecmp
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

STAGED = ".new"  # the ending of a file that is being written
LOCK = ".lock"  # stands in a folder while it is held


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
    with FileLock(folder / LOCK):
        try:
            yield
        finally:
            with suppress(OSError):  # where an open file cannot be removed, the lock itself does so
                (folder / LOCK).unlink()  # whoever waits for it makes a new one
