"""Typst sets PDFs in one process and pictures in two others: the compiler remembers all it has set, 50 MB a report.

This file is also what these processes run: sources from stdin, PDFs or pictures to stdout, until one has grown too large. Its
next source is set by a new one.
"""

from __future__ import annotations

import pickle
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import IO, Any, cast

STANDARDS = ["ua-1", "a-3a"]  # for everybody, and to keep, with attachments
PDF, PICTURES = "pdf", ("pictures", "more pictures")  # the processes
LARGE = dict.fromkeys(PICTURES, 500) | {PDF: 250}  # MB of memory in which a process has cached enough
ONE = {name: Lock() for name in LARGE}  # a source has its process to itself

RUNNING: dict[tuple[str, Path], subprocess.Popen] = {}


def typeset(source: str, fonts: Path, day: date, inputs: Mapping[str, str] | None = None) -> bytes:
    """The PDF/UA-1 and PDF/A-3a of a Typst source, dated on a day, in the fonts of a folder.

    `inputs` are texts that the source uses: `sys.inputs`. Raises ValueError with Typst's error.
    """
    (made,) = _set(PDF, source, fonts, day.isoformat(), inputs)
    return made


def pictures(source: str, fonts: Path, density: float) -> list[bytes]:
    """Each page of a Typst source as a PNG of so many pixels an inch; raises ValueError with Typst's error."""
    free = next((name for name in PICTURES if not ONE[name].locked()), PICTURES[0])
    return _set(free, source, fonts, density)


def start(fonts: Path) -> None:
    """Start the process of PDFs, if it does not run yet: loading its fonts takes a while."""
    with ONE[PDF]:
        _process(PDF, fonts)


def _set(
    name: str, source: str, fonts: Path, day_or_density: str | float, inputs: Mapping[str, str] | None = None
) -> list[bytes]:
    with ONE[name]:
        process = _process(name, fonts)
        try:
            requests, answers = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
            pickle.dump((day_or_density, source, dict(inputs or {})), requests)
            requests.flush()
            failed, last, made = pickle.load(answers)
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            process.kill()
            raise ValueError(f"Typst: its process ended ({process.wait()})") from error
        except BaseException:  # stopped between question and answer: the next one would get this answer
            process.kill()
            process.wait()
            raise
        if last:
            process.wait()
    if failed:
        raise ValueError(f"Typst: {failed.strip()}")
    return made


def _process(name: str, fonts: Path) -> subprocess.Popen:
    """The running process of this name, or a new one; it ends with this one: then there is nothing to read."""
    known = RUNNING.get((name, fonts))
    if known is None or known.poll() is not None:
        command = [sys.executable, "-P", __file__, str(fonts), str(LARGE[name]), *["later"] * (name in PICTURES)]
        known = RUNNING[name, fonts] = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    return known


# --- the process ----------------------------------------------------------------------------------------------------------


def main(fonts: str, large: str, later: str = "") -> None:
    """Typeset one source after the other. Answers: Typst's error or ""; whether it was the last; the files made.

    With `later` other processes go first: pictures have time until the rest of a report is done.
    """
    import psutil
    import typst

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is handled by the parent process
    this = psutil.Process()
    if later:
        this.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if psutil.WINDOWS else 10)
    face, last = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts]), False
    while not last and (asked := _asked()):
        try:
            failed, made = "", _made(typst, face, *asked)
        except typst.TypstError as error:
            failed, made = str(error) or "error", []
        last = this.memory_info().rss > int(large) * 1e6
        pickle.dump((failed, last, made), sys.stdout.buffer)
        sys.stdout.buffer.flush()


def _asked() -> tuple[str | float, str, dict[str, str]] | None:
    """A PDF's day, or the pixels an inch of pictures, the source and its inputs; nothing more when the other side has ended."""
    try:
        return pickle.load(sys.stdin.buffer)
    except EOFError:
        return None


def _made(typst: ModuleType, face: Any, day_or_density: str | float, source: str, inputs: dict[str, str]) -> list[bytes]:
    """A PDF of that day, or the pages as PNGs of that density."""
    if isinstance(day_or_density, str):
        stamp = datetime.combine(date.fromisoformat(day_or_density), datetime.min.time(), UTC)
        return [typst.compile(source.encode(), font_paths=face, pdf_standards=STANDARDS, timestamp=stamp, sys_inputs=inputs)]
    pages = typst.compile(source.encode(), font_paths=face, format="png", ppi=day_or_density)
    return pages if isinstance(pages, list) else [pages]


if __name__ == "__main__":
    main(*sys.argv[1:])
