"""Typst sets a PDF, in a process of its own: the compiler remembers all it has set and never forgets, 50 MB a report.

This file is also what that process runs: source from stdin, PDF to stdout.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path


def typeset(source: str, fonts: Path, day: date) -> bytes:
    """The PDF/UA-1 of a Typst source, dated on a day, in the fonts of a folder; raises ValueError with what Typst says."""
    command = [sys.executable, "-P", __file__, str(fonts), day.isoformat()]
    done = subprocess.run(command, input=source.encode(), capture_output=True)
    if done.returncode:
        raise ValueError(f"Typst: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def main(fonts: str, day: str) -> None:
    import typst

    face = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts])
    stamp = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    try:
        pdf = typst.compile(sys.stdin.buffer.read(), font_paths=face, pdf_standards=["ua-1"], timestamp=stamp)
    except typst.TypstError as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(pdf)


if __name__ == "__main__":
    main(*sys.argv[1:])
