"""The project's own notebooks, without those that somebody else keeps beside them."""

from __future__ import annotations

import subprocess
from pathlib import Path

from customs_report.publish.inputs import NOTEBOOKS as FOLDER

_said = subprocess.run(["git", "ls-files", "*.ipynb"], cwd=FOLDER, capture_output=True, text=True)


def committed(path: Path) -> str:
    """A notebook as git has it, whatever has been run since; outside git the file itself."""
    said = subprocess.run(["git", "show", f":./{path.name}"], cwd=path.parent, capture_output=True, text=True, encoding="utf-8")
    return path.read_text(encoding="utf-8") if said.returncode else said.stdout


NOTEBOOKS = [FOLDER / name for name in _said.stdout.split()] or sorted(FOLDER.glob("*.ipynb"))  # all of them outside git
