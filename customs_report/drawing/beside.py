"""Draws charts in a second process, which alone imports matplotlib, while this one writes the report.

The second process runs `main`: it reads drawings from stdin and writes their SVG to stdout until stdin closes.
"""

from __future__ import annotations

import gc
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

from customs_report.drawing.axes import canvas
from customs_report.drawing.drawings import Drawing, svg

ONE = Lock()  # one drawing at a time
_threads: ThreadPoolExecutor | None = None  # set while a second process draws


@contextmanager
def drawn_beside() -> Iterator[None]:
    """Within this context, charts are drawn in a second process if there are two cores."""
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
    """Are charts drawn in a second process?"""
    return _threads is not None


def draw(drawing: Drawing, name: str) -> Future[str] | None:
    """A future of the SVG, or None without a second process."""
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
    """The second process; exits when its stdin closes."""
    code = f"import sys; sys.path[:] = {sys.path!r}; from customs_report.drawing import beside; beside.main()"
    return subprocess.Popen([sys.executable, "-P", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def _end(process: subprocess.Popen) -> None:
    """End the process; the next drawing starts another one."""
    _process.cache_clear()
    process.kill()
    process.wait()


def main() -> None:
    """Draw one chart after the other. Answers None for one that fails; the caller then draws it itself and gets the error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent process
    figure, axes = canvas()
    axes.bar([0, 1], [1, 2])
    svg(figure, "first")  # loads matplotlib and the typeface while no chart is asked for yet
    gc.freeze()
    gc.set_threshold(20_000)
    while asked := _asked():
        try:
            made = svg(*asked)
        except Exception:
            made = None
        pickle.dump(made, sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _asked() -> tuple[Drawing, str] | None:
    """The next drawing and its name, or None at end of input."""
    try:
        return pickle.load(sys.stdin.buffer)
    except EOFError:
        return None
