"""Typst sets a PDF, or pictures, in a process of its own: the compiler remembers all it has set, 50 MB a report.

This file is also what that process runs: sources from stdin, PDFs or pictures to stdout, until it has grown too large. The next
source is set by a new one.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import IO, Any, cast

DENSITY = 342  # pixels an inch of a picture: 2,400 across a chart, sharp on a slide
LARGE = 250  # MB of memory in which a process has cached enough
ONE = Lock()  # a source has the process to itself


def typeset(source: str, fonts: Path, day: date) -> bytes:
    """The PDF/UA-1 of a Typst source, dated on a day, in the fonts of a folder; raises ValueError with Typst's error."""
    (made,) = _set(source, fonts, day.isoformat())
    return made


def pictures(source: str, fonts: Path) -> list[bytes]:
    """Each page of a Typst source as a PNG; raises ValueError with Typst's error."""
    return _set(source, fonts, "")


def start(fonts: Path) -> None:
    """Start the process, if it does not run yet: loading its fonts takes a while."""
    with ONE:
        _process(fonts)


def _set(source: str, fonts: Path, day: str) -> list[bytes]:
    with ONE:
        process = _process(fonts)
        if process.poll() is not None:
            _process.cache_clear()
            process = _process(fonts)
        try:
            requests, answers = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
            pickle.dump((day, source), requests)
            requests.flush()
            failed, last, made = pickle.load(answers)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            _process.cache_clear()
            process.kill()
            raise ValueError(f"Typst: its process ended ({process.wait()})") from error
        except BaseException:  # stopped between question and answer: the next one would get this answer
            _process.cache_clear()
            process.kill()
            process.wait()
            raise
        if last:
            _process.cache_clear()
            process.wait()
    if failed:
        raise ValueError(f"Typst: {failed.strip()}")
    return made


@lru_cache(maxsize=1)
def _process(fonts: Path) -> subprocess.Popen:
    """The process, which ends with this one: then there is nothing to read."""
    command = [sys.executable, "-P", __file__, str(fonts), str(LARGE)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


# --- the process ----------------------------------------------------------------------------------------------------------


def main(fonts: str, large: str) -> None:
    """Typeset one source after the other. Answers: Typst's error or ""; whether it was the last; the files made."""
    import psutil
    import typst

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent process
    this = psutil.Process()
    face, last = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]), False
    while not last and (asked := _asked()):
        try:
            failed, made = "", _made(typst, face, *asked)
        except typst.TypstError as error:
            failed, made = str(error) or "error", []
        last = this.memory_info().rss > int(large) * 1e6
        pickle.dump((failed, last, made), sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _asked() -> tuple[str, str] | None:
    """Day and source; nothing more when the other side has ended."""
    try:
        return pickle.load(sys.stdin.buffer)
    except EOFError:
        return None


def _made(typst: ModuleType, face: Any, day: str, source: str) -> list[bytes]:
    """A PDF of that day, or without one the pages as PNGs."""
    if day:
        stamp = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
        return [typst.compile(source.encode(), font_paths=face, pdf_standards=["ua-1"], timestamp=stamp)]
    pages = typst.compile(source.encode(), font_paths=face, format="png", ppi=DENSITY)
    return pages if isinstance(pages, list) else [pages]


if __name__ == "__main__":
    main(*sys.argv[1:])
