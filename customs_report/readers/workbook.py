"""A spreadsheet from stdin as JSON on stdout: the rows of each sheet as text.

Run as a process of its own, since a damaged file makes the library panic, run on without end or take all memory.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from decimal import Decimal
from typing import Any

from python_calamine import CalamineWorkbook

MEMORY, SECONDS = 2**29, 3  # customs' largest tables need a tenth of either


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    json.dump(grids(sys.stdin.buffer.read()), sys.stdout)


def grids(content: bytes) -> dict[str, list[list[str]]]:
    """The rows of each sheet as text."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {
        name: [[_cell(value) for value in row] for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names
    }


def _cell(value: Any) -> str:
    """A cell as text: numbers without exponent, with the fifteen digits a spreadsheet keeps and at most eight decimals."""
    if isinstance(value, float):
        text = f"{round(Decimal(f'{value:.15g}'), 8):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return "" if value is None else str(value)


if __name__ == "__main__":
    main()
