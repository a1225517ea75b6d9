"""A figure against its witness: how far apart they are, how far they may be, and which cells say so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from customs_report.checks.panel import Grid, Panel
from customs_report.schema import STAGES, TABLES


@dataclass(frozen=True)
class Comparison:
    """Many figures against what a witness gives for them.

    `apart` is how far they are apart, as a share (0.05: five per cent) or, where `points`, in percentage points; `rounding` is
    what the prints alone explain. `line` groups figures of one line, whose usual distance is taken from the line itself.
    `cells` are at most three columns of cells that a finding names, the one in question first.
    """

    figure: np.ndarray
    expected: np.ndarray
    apart: np.ndarray
    rounding: np.ndarray
    line: np.ndarray
    cells: tuple[Cells, ...]
    least: np.ndarray  # how far the figures may be apart at least, whatever their line does

    def beyond(self, floor: float, times: float, most: float) -> np.ndarray:
        """Where the figures are further apart than rounding and the usual distance of their line explain."""
        size = np.abs(self.apart)
        return size > self.rounding + np.maximum(
            np.maximum(floor, self.least), np.minimum(most, times * usual(size, self.line))
        )

    def only(self, chosen: np.ndarray) -> Comparison:
        cells = tuple(Cells(c.table, c.column, c.rows[chosen]) for c in self.cells)
        arrays = {name: value[chosen] for name, value in vars(self).items() if name != "cells"}
        return Comparison(cells=cells, **arrays)


@dataclass(frozen=True)
class Cells:
    """The cells of one column that comparisons rest on, by the row of the file."""

    table: str
    column: str
    rows: np.ndarray


ENOUGH = 8  # comparisons from which a line tells its own usual distance; with fewer, what nine in ten of all lines keep counts


def usual(size: np.ndarray, line: np.ndarray) -> np.ndarray:
    """The usual distance of each line: the third quartile, which a few wrong figures do not move."""
    if not len(size):
        return size
    order = np.lexsort((size, line))
    first = np.flatnonzero(np.diff(line[order], prepend=line[order[0]] - 1))
    counts = np.diff(first, append=len(size))
    all_lines = np.quantile(size, 0.9 if len(size) > 30 else 0.5, method="lower") if len(size) > 1 else 0.0
    quartiles = np.where(counts < ENOUGH, all_lines, size[order[first + 3 * (counts - 1) // 4]])
    out = np.empty(len(size))
    out[order] = np.repeat(quartiles, counts)
    return out


def compared(
    figure: Grid, expected: np.ndarray, *witnesses: Grid, apart: np.ndarray | None = None,
    rounding: np.ndarray | float = 0.0, least: np.ndarray | float = 0.0, across: np.ndarray | None = None,
) -> Comparison:  # fmt: skip
    """A grid against what its witnesses give: as a share of the figure expected, unless `apart` says it otherwise.

    `across`: months whose comparison would cross a declared break, left out.
    """
    apart = figure.values / expected - 1 if apart is None else apart
    chosen = np.isfinite(apart) & (figure.rows >= 0)
    if across is not None:
        chosen &= ~across
    line = np.broadcast_to(np.arange(len(figure.rows))[:, None], figure.rows.shape)
    arrays = {"figure": figure.values, "expected": expected, "apart": apart, "rounding": rounding, "line": line, "least": least}
    cells = tuple(Cells(grid.table, grid.column, grid.rows[chosen]) for grid in (figure, *witnesses))
    picked = {name: np.broadcast_to(array, figure.rows.shape)[chosen] for name, array in arrays.items()}
    return Comparison(cells=cells, **picked)


def vintages(panel: Panel) -> Iterator[Comparison]:
    """Each figure against the print before it, of another stage or day; growth in hundredths of its points."""
    table, rows = TABLES[panel.table], panel.rows
    key = [*table.key, *(column for column in table.unique if column not in ("stage", "released"))]
    figure = rows.groupby(key, sort=False).ngroup().to_numpy()
    order = panel.order[np.argsort(figure[panel.order], kind="stable")]
    growth = rows["measure"].to_numpy() == "yoy" if "measure" in rows else np.zeros(len(rows), bool)
    stage = rows["stage"].map(STAGES).to_numpy()
    for column in (name for name in table.measures if table[name].number):
        values = panel.column(column).astype(float)
        held = order[~np.isnan(values[order])]
        same = figure[held[:-1]] == figure[held[1:]]
        old, new = held[:-1][same], held[1:][same]
        amounts = ~growth[new] & (not column.endswith("yoy"))
        apart = np.where(amounts, values[new] / values[old] - 1, (values[new] - values[old]) / 100)
        step = panel.steps(column)[new] + panel.steps(column)[old]
        rounding = np.where(amounts, step / np.abs(values[old]), 0.001)
        line = (stage[new] * 10 + stage[old]) * 2 + amounts  # customs revises one stage as far as another, whatever the line
        cells = tuple(Cells(panel.table, column, panel.numbers[at]) for at in (new, old))
        yield Comparison(values[new], values[old], apart, rounding, line, cells, np.zeros(len(new)))
