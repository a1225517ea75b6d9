"""The project's own notebooks, without those that somebody else keeps beside them."""

from __future__ import annotations

import subprocess

from customs_report.publish.inputs import NOTEBOOKS as FOLDER

_said = subprocess.run(["git", "ls-files", "*.ipynb"], cwd=FOLDER, capture_output=True, text=True)
NOTEBOOKS = [FOLDER / name for name in _said.stdout.split()] or sorted(FOLDER.glob("*.ipynb"))  # all of them outside git
