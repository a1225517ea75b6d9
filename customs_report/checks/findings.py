"""Findings of the checks: which cell, what it contradicts and by how much; and findings that were reviewed and accepted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from customs_report.schema import TABLES
from customs_report.tables import Tables


@dataclass(frozen=True)
class Cell:
    """A cell named by a finding: file, row, column, the key of the row and the value. Without a column: the whole row."""

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
        """Key, column and value of the cell, which stay the same when rows are added above it."""
        return f"{self.file} {self.key} {self.column} {self.value}"


@dataclass(frozen=True)
class Finding:
    """A violation found by a check; at most three cells, the suspect first."""

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
    """The cell in a row of a table's file; `row` counts the lines of the file, the header being 1."""
    declared, values = TABLES[table], getattr(tables, table).loc[row - 2]
    if not declared.key:
        return Cell(declared.file, int(row), column)
    # without the release day: correcting it must not make an accepted finding a new one
    key = " ".join(str(values[name]) for name in (*declared.key, *declared.unique) if values[name] and name != "released")
    value = values[column] if column else ""
    return Cell(declared.file, int(row), column, key, value if isinstance(value, str) else f"{value:.15g}")


def unaccepted(tables: Tables, findings: Iterable[Finding]) -> list[Finding]:
    """The findings that are not in accepted.csv, where an entry applies to exactly the figures it names."""
    accepted = {(row.check, row.figures) for row in tables.accepted.itertuples()}
    return [finding for finding in findings if (finding.check, finding.figures) not in accepted]


def with_accepted(tables: Tables, findings: Iterable[Finding], reason: str) -> pd.DataFrame:
    """accepted.csv with these findings added, sorted."""
    rows = [(finding.check, finding.figures, finding.says, reason) for finding in findings]
    added = pd.DataFrame(rows, columns=tables.accepted.columns)
    return pd.concat([tables.accepted, added]).drop_duplicates(["check", "figures"]).sort_values(["check", "figures"])
