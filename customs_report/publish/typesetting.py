"""Typst sets a PDF, or pictures, in a process of its own: the compiler remembers all it has set, 50 MB a report.

This file is also what that process runs: source from stdin, PDF or pictures to stdout.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

DENSITY = 144  # pixels an inch of a picture: twice the size it has on a screen


def typeset(source: str, fonts: Path, day: date) -> bytes:
    """The PDF/UA-1 of a Typst source, dated on a day, in the fonts of a folder; raises ValueError with what Typst says."""
    return _set(source, fonts, day.isoformat())


def pictures(source: str, fonts: Path) -> list[bytes]:
    """Each page of a Typst source as a PNG; raises ValueError with what Typst says."""
    said, found = _set(source, fonts, ""), []
    while said:
        size = int.from_bytes(said[:8], "big")
        found.append(said[8 : 8 + size])
        said = said[8 + size :]
    return found


def _set(source: str, fonts: Path, day: str) -> bytes:
    command = [sys.executable, "-P", __file__, str(fonts), day]
    done = subprocess.run(command, input=source.encode(), capture_output=True)
    if done.returncode:
        raise ValueError(f"Typst: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def main(fonts: str, day: str) -> None:
    """A PDF of that day, or without one the pages as PNGs, each after its size."""
    import typst

    face = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    source = sys.stdin.buffer.read()
    try:
        if day:
            stamp = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
            made = [typst.compile(source, font_paths=face, pdf_standards=["ua-1"], timestamp=stamp)]
        else:
            pages = typst.compile(source, font_paths=face, format="png", ppi=DENSITY)
            pages = pages if isinstance(pages, list) else [pages]
            made = [part for page in pages for part in (len(page).to_bytes(8, "big"), page)]
    except typst.TypstError as error:
        sys.exit(str(error))
    sys.stdout.buffer.writelines(made)


if __name__ == "__main__":
    main(*sys.argv[1:])
