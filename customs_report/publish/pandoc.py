"""Converts texts with the pandoc that pypandoc carries: one process a text, where pypandoc starts three, and more at first."""

from __future__ import annotations

import os
import subprocess
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path


def converted(text: str, form: str, to: str, *options: str) -> str:
    """A text in another form."""
    command = [_pandoc(), f"--from={form}", f"--to={to}", "--wrap=none", "--eol=lf", *options]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout.decode()


@lru_cache(maxsize=1)
def _pandoc() -> str:
    spec = find_spec("pypandoc")
    carried = (
        Path(spec.origin if spec and spec.origin else "").parent / "files" / ("pandoc.exe" if os.name == "nt" else "pandoc")
    )
    if carried.is_file():
        return str(carried)
    import pypandoc

    return pypandoc.get_pandoc_path()
