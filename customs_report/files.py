"""Files that appear whole or not at all, are left alone where nothing changed, and are never reached through a link."""

from __future__ import annotations

import errno
import filecmp
import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

STAGED = ".new"  # the ending of a file that is being written
LOCK = ".lock"  # stands in a folder while it is held
Content = bytes | Iterable[bytes]  # whole, or in parts
WITHOUT_WAITING = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)  # neither exists on Windows


def is_link(path: Path) -> bool:
    """Is it a symbolic link, or a junction of Windows?"""
    return path.is_symlink() or bool(getattr(path, "is_junction", bool)())


def read(path: Path) -> bytes:
    """The content of a regular file. OSError for a link, a folder, and a pipe or device, which may never end."""
    if is_link(path):
        raise OSError(errno.ELOOP, "it is a link")
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | WITHOUT_WAITING)) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "it is no regular file")
        return file.read()


def put(path: Path, content: Content, before: Callable[[str], None] = lambda digest: None) -> bool:
    """Replace a file in one step; returns whether its content changed. Needs `locked` where others may write it too.

    `before` is called with the SHA-256 of the content, before it is in place. A link in its place is replaced, never followed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}{STAGED}")
    staged.unlink(missing_ok=True)  # of a run that was killed
    try:
        digest = hashlib.sha256()
        with staged.open("xb") as file:
            for part in [content] if isinstance(content, bytes) else content:
                file.write(part)
                digest.update(part)
        before(digest.hexdigest())
        if not is_link(path) and path.is_file() and filecmp.cmp(staged, path, shallow=False):
            return False
        staged.replace(path)
        return True
    finally:
        staged.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder of reports alone while its archive is written; others wait."""
    folder.mkdir(parents=True, exist_ok=True)
    if is_link(folder / LOCK):
        raise OSError(errno.ELOOP, f"{LOCK} is a link")
    with FileLock(folder / LOCK):
        try:
            yield
        finally:
            with suppress(OSError):  # where an open file cannot be removed, the lock itself does so
                (folder / LOCK).unlink()  # whoever waits for it makes a new one
