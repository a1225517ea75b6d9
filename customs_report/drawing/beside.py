"""A process of its own draws the charts of a report while this one writes it, and imports matplotlib for it.

This file is also what that process runs: drawings from stdin, their SVG to stdout, until stdin ends with the process that asks.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import IO, cast

from customs_report.drawing.drawings import Drawing, svg

ONE = Lock()  # a drawing has the process to itself
_threads: ThreadPoolExecutor | None = None  # while drawings are drawn beside


@contextmanager
def drawn_beside() -> Iterator[None]:
    """Where there is a second core: drawings are drawn by another process."""
    global _threads
    if (os.cpu_count() or 1) < 2 or _threads:
        yield
        return
    _process()
    threads = _threads = ThreadPoolExecutor(1)
    try:
        yield
    except BaseException:
        _end(_process())
        raise
    finally:
        _threads = None
        threads.shutdown(cancel_futures=True)


def is_active() -> bool:
    """Whether drawings are drawn by another process."""
    return _threads is not None


def draw(drawing: Drawing, name: str) -> Future[str] | None:
    """The drawing's SVG as it will come from the other process, if there is one."""
    return _threads.submit(_drawn, drawing, name) if _threads else None


def _drawn(drawing: Drawing, name: str) -> str:
    with ONE:
        process = _process()
        try:
            drawings, made = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
            pickle.dump((drawing, name), drawings)
            drawings.flush()
            answer = pickle.load(made)
        except BaseException:  # stopped between question and answer: the next one would get this answer
            _end(process)
            raise
    if answer is None:
        raise ValueError(f"{name} could not be drawn")
    return answer


@lru_cache(maxsize=1)
def _process() -> subprocess.Popen:
    """The process, which ends with this one: then there is nothing to read."""
    code = f"import sys; sys.path[:] = {sys.path!r}; from customs_report.drawing import beside; beside.main()"
    return subprocess.Popen([sys.executable, "-P", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _end(process: subprocess.Popen) -> None:
    """End the process; the next drawing starts another one."""
    _process.cache_clear()
    process.kill()
    process.wait()


def main() -> None:
    """Draws one drawing after the other; of one that fails there is nothing, and who asked draws it to see why."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the affair of the process that asks
    import matplotlib.backends.backend_svg  # noqa: F401

    while asked := _asked():
        try:
            made = svg(*asked)
        except Exception:
            made = None
        pickle.dump(made, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _asked() -> tuple[Drawing, str] | None:
    """A drawing and its name; nothing more when the other side has ended."""
    try:
        return pickle.load(sys.stdin.buffer)
    except EOFError:
        return None
