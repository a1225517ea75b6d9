"""Typst sets a PDF, or pictures, in a process of its own: the compiler remembers all it has set, 50 MB a report.

This file is also what that process runs: sources from stdin, PDFs or pictures to stdout, until it has grown too large. The next
source is set by a new one.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import BinaryIO

DENSITY = 144  # pixels an inch of a picture: twice the size it has on a screen
LARGE = 250  # MB of memory in which a process has remembered enough
ONE = Lock()  # a source has the process to itself


def typeset(source: str, fonts: Path, day: date) -> bytes:
    """The PDF/UA-1 of a Typst source, dated on a day, in the fonts of a folder; raises ValueError with what Typst says."""
    (made,) = _set(source, fonts, day.isoformat())
    return made


def pictures(source: str, fonts: Path) -> list[bytes]:
    """Each page of a Typst source as a PNG; raises ValueError with what Typst says."""
    return _set(source, fonts, "")


def _set(source: str, fonts: Path, day: str) -> list[bytes]:
    with ONE:
        process = _process(fonts)
        if process.poll() is not None:
            _process.cache_clear()
            process = _process(fonts)
        try:
            _send(process.stdin, [day.encode(), source.encode()])
            (failed, last, *made) = _received(process.stdout)
        except (OSError, ValueError) as error:
            _process.cache_clear()
            process.kill()
            raise ValueError(f"Typst: its process ended ({process.wait()})") from error
        if last:
            _process.cache_clear()
            process.wait()
    if failed:
        raise ValueError(f"Typst: {failed.decode(errors='replace').strip()}")
    return made


@lru_cache(maxsize=1)
def _process(fonts: Path) -> subprocess.Popen:
    """The process, which ends with this one: then there is nothing to read."""
    command = [sys.executable, "-P", __file__, str(fonts), str(LARGE)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


# --- what both sides say: how many parts, then each after its size -------------------------------------------------------


def _send(to: BinaryIO, parts: list[bytes]) -> None:
    to.write(len(parts).to_bytes(8, "big"))
    for part in parts:
        to.write(len(part).to_bytes(8, "big") + part)
    to.flush()


def _received(said: BinaryIO) -> list[bytes]:
    """The parts; raises ValueError where there is nothing more to read."""
    return [_exactly(said, _number(said)) for _ in range(_number(said))]


def _number(said: BinaryIO) -> int:
    return int.from_bytes(_exactly(said, 8), "big")


def _exactly(said: BinaryIO, size: int) -> bytes:
    found = said.read(size)
    if len(found) < size:
        raise ValueError("nothing more to read")
    return found


# --- the process ----------------------------------------------------------------------------------------------------------


def main(fonts: str, large: str) -> None:
    """Sets one source after the other: what Typst says against it, or nothing; whether it was the last; what was made."""
    import typst

    face = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    for day, source in _asked():
        try:
            failed, made = b"", _made(typst, face, source, day)
        except typst.TypstError as error:
            failed, made = str(error).encode() or b"error", []
        last = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > int(large) * 1024
        _send(sys.stdout.buffer, [failed, b"last" if last else b"", *made])
        if last:
            return


def _asked() -> Iterator[tuple[str, bytes]]:
    while True:
        try:
            day, source = _received(sys.stdin.buffer)
        except ValueError:
            return
        yield day.decode(), source


def _made(typst, face, source: bytes, day: str) -> list[bytes]:
    """A PDF of that day, or without one the pages as PNGs."""
    if day:
        stamp = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
        return [typst.compile(source, font_paths=face, pdf_standards=["ua-1"], timestamp=stamp)]
    pages = typst.compile(source, font_paths=face, format="png", ppi=DENSITY)
    return pages if isinstance(pages, list) else [pages]


if __name__ == "__main__":
    main(*sys.argv[1:])
