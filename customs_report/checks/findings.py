"""A finding: a figure, where it stands, what it contradicts and by how much; and those that somebody looked at and accepted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from customs_report.schema import TABLES
from customs_report.tables import Tables


@dataclass(frozen=True)
class Cell:
    """A cell that a finding names: file, row and column, and what it holds. Without a column: the row as a whole."""

    file: str
    row: int
    column: str = ""
    key: str = ""
    value: str = ""

    @property
    def place(self) -> str:
        return f"{self.file}, row {self.row}" if self.row else self.file

    @property
    def figure(self) -> str:
        """What the cell holds, by the key of its row: it stays the same when rows are added above."""
        return f"{self.file} {self.key} {self.column} {self.value}"


@dataclass(frozen=True)
class Finding:
    """What a check found; at most three cells, the one in question first."""

    check: str
    cells: tuple[Cell, ...]
    says: str  # what the figure contradicts, and by how much

    @property
    def figures(self) -> str:
        return "; ".join(cell.figure for cell in self.cells)

    @property
    def id(self) -> str:
        return hashlib.sha256(f"{self.check}; {self.figures}".encode()).hexdigest()[:8]

    @property
    def names(self) -> frozenset[tuple[str, int]]:
        return frozenset((cell.file, cell.row) for cell in self.cells)

    def __str__(self) -> str:
        if not self.cells:
            return self.says
        first, *others = self.cells
        what = " ".join(part for part in (first.key, first.column, first.value) if part)
        beside = ", ".join(f"row {cell.row}" if cell.file == first.file else cell.place for cell in others)
        return f"{first.place}: {what} {self.says}".replace("  ", " ") + (f" ({beside})" if beside else "")


def cell(tables: Tables, table: str, row: int, column: str = "") -> Cell:
    """The cell in a row of a file, as a finding names it."""
    declared, held = TABLES[table], getattr(tables, table).loc[row - 2]
    if not declared.key:
        return Cell(declared.file, int(row), column)
    # without the day of release: a day that is corrected makes no new finding
    key = " ".join(str(held[name]) for name in (*declared.key, *declared.unique) if held[name] and name != "released")
    value = held[column] if column else ""
    return Cell(declared.file, int(row), column, key, value if isinstance(value, str) else f"{value:.15g}")


def unaccepted(tables: Tables, findings: Iterable[Finding]) -> list[Finding]:
    """The findings but for those in accepted.csv, which count for exactly the figures they name."""
    accepted = {(row.check, row.figures) for row in tables.accepted.itertuples()}
    return [finding for finding in findings if (finding.check, finding.figures) not in accepted]


def with_accepted(tables: Tables, findings: Iterable[Finding], reason: str) -> pd.DataFrame:
    """accepted.csv with these findings added, in order."""
    rows = [(finding.check, finding.figures, finding.says, reason) for finding in findings]
    added = pd.DataFrame(rows, columns=tables.accepted.columns)
    return pd.concat([tables.accepted, added]).drop_duplicates(["check", "figures"]).sort_values(["check", "figures"])
