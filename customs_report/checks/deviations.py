"""Compare figures with what other figures imply: their deviation, its tolerance, and the cells involved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from customs_report.checks.panel import Grid, Panel
from customs_report.schema import STAGES, TABLES


@dataclass(frozen=True)
class Comparison:
    """Figures and the values expected of them, as arrays of one length.

    `apart`: the deviation, as a share (0.05 is five per cent) or in percentage points. `rounding`: the deviation that rounding
    explains. `line`: the number of each figure's line, whose usual deviation is estimated from the line itself. `cells`: the
    cells that a finding names, at most three columns of them, the suspect first.
    """

    figure: np.ndarray
    expected: np.ndarray
    apart: np.ndarray
    rounding: np.ndarray
    line: np.ndarray
    cells: tuple[Cells, ...]
    least: np.ndarray  # a deviation that is tolerated in any case

    def beyond(self, floor: float, times: float, most: float) -> np.ndarray:
        """Which figures deviate by more than rounding and the usual deviation of their line explain?"""
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
    """Cells of one column that were compared, by their row in the file."""

    table: str
    column: str
    rows: np.ndarray


ENOUGH = (
    8  # comparisons of a line that suffice to estimate its usual deviation; with fewer, the 0.9 quantile of all lines is used
)


def usual(size: np.ndarray, line: np.ndarray) -> np.ndarray:
    """The usual deviation of each line: the third quartile, which is robust to a few wrong figures."""
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


def compare(
    figure: Grid, expected: np.ndarray, *others: Grid, apart: np.ndarray | None = None,
    rounding: np.ndarray | float = 0.0, least: np.ndarray | float = 0.0, across: np.ndarray | None = None,
) -> Comparison:  # fmt: skip
    """Compare a grid with expected values, which were computed from the `others`.

    The deviation is a share of the expected value unless `apart` is given. `across`: mask of comparisons that would cross a
    declared break; they are left out.
    """
    apart = figure.values / expected - 1 if apart is None else apart
    chosen = np.isfinite(apart) & (figure.rows >= 0)
    if across is not None:
        chosen &= ~across
    line = np.broadcast_to(np.arange(len(figure.rows))[:, None], figure.rows.shape)
    arrays = {"figure": figure.values, "expected": expected, "apart": apart, "rounding": rounding, "line": line, "least": least}
    cells = tuple(Cells(grid.table, grid.column, grid.rows[chosen]) for grid in (figure, *others))
    picked = {name: np.broadcast_to(array, figure.rows.shape)[chosen] for name, array in arrays.items()}
    return Comparison(cells=cells, **picked)


def compare_vintages(panel: Panel) -> Iterator[Comparison]:
    """Compare each figure with its previous vintage; the deviation of growth is in hundredths of percentage points."""
    table, rows = TABLES[panel.table], panel.rows
    key = [*table.key, *(column for column in table.unique if column not in ("stage", "released"))]
    figure = rows.groupby(key, sort=False).ngroup().to_numpy()
    order = panel.order[np.argsort(figure[panel.order], kind="stable")]
    growth = rows["measure"].to_numpy() == "yoy" if "measure" in rows else np.zeros(len(rows), bool)
    stage = rows["stage"].map(STAGES).to_numpy()
    for column in (name for name in table.measures if table[name].number):
        values = panel.column(column).astype(float)
        present = order[~np.isnan(values[order])]
        same = figure[present[:-1]] == figure[present[1:]]
        old, new = present[:-1][same], present[1:][same]
        amounts = ~growth[new] & (not column.endswith("yoy"))
        apart = np.where(amounts, values[new] / values[old] - 1, (values[new] - values[old]) / 100)
        step = panel.steps(column)[new] + panel.steps(column)[old]
        rounding = np.where(amounts, step / np.abs(values[old]), 0.001)
        line = (stage[new] * 10 + stage[old]) * 2 + amounts  # revisions depend on the stages, not on the line
        cells = tuple(Cells(panel.table, column, panel.numbers[at]) for at in (new, old))
        yield Comparison(values[new], values[old], apart, rounding, line, cells, np.zeros(len(new)))
