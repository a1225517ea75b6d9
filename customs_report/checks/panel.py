"""Tables as arrays of lines by months, so that a rule for a whole table is one line of arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from customs_report.schema import STAGES
from customs_report.tables import Tables

LINES = {  # the columns that identify a line; a line has one series for each kind, currency and stage
    "totals": ["flow"],
    "partners": ["partner"],
    "commodities": ["flow", "commodity", "table"],
    "mirror": ["reporter", "flow"],
    "cleantech": ["technology", "destination"],
    "consensus": ["flow"],
}
UNITS = {"quantity": "unit", "quantity_2": "unit_2"}


@dataclass(frozen=True)
class Grid:
    """One column of a table as arrays of lines by months: values, rows in the file (-1: missing) and rounding steps."""

    table: str
    column: str
    values: np.ndarray
    rows: np.ndarray
    steps: np.ndarray

    def _each(self, change: Callable[[np.ndarray, float], np.ndarray]) -> Grid:
        return replace(self, values=change(self.values, np.nan), rows=change(self.rows, -1), steps=change(self.steps, 0.0))

    def before(self, months: int) -> Grid:
        """The grid shifted: for each month, the figure so many months before."""
        return self._each(lambda array, empty: shifted_by(array, months, empty))

    def line(self, code: int) -> Grid:
        """One line of the grid; an empty one where there is no such line (-1)."""
        if code < 0:
            return self._each(lambda array, empty: np.full((1, array.shape[1]), empty, array.dtype))
        return self._each(lambda array, _: array[[code]])

    def of(self, codes: np.ndarray) -> Grid:
        """The lines with these codes, in their order; empty lines for -1."""
        return self._each(lambda array, empty: np.where(codes[:, None] >= 0, array[codes], empty).astype(array.dtype))

    def over(self, other: Grid) -> Grid:
        """This grid, with missing figures filled from another."""
        have = self.rows >= 0
        values, rows, steps = (
            np.where(have, getattr(self, part), getattr(other, part)) for part in ("values", "rows", "steps")
        )
        return replace(self, values=values, rows=rows, steps=steps)


def shifted_by(array: np.ndarray, months: int, empty: float = np.nan) -> np.ndarray:
    """An array of lines by months, shifted by so many months to later ones (negative: to earlier ones)."""
    out, width = np.full_like(array, empty), array.shape[1]
    if abs(months) < width:
        out[:, max(months, 0) : width + min(months, 0)] = array[:, max(-months, 0) : width - max(months, 0)]
    return out


class Panel:
    """A table's rows, from which grids with the same lines and months are made (and cached)."""

    def __init__(self, tables: Tables, table: str, first: int, months: int):
        rows = getattr(tables, table)
        self.tables, self.table, self.rows, self.first, self.months = tables, table, rows, first, months
        self.codes, self.lines = pd.MultiIndex.from_frame(rows[LINES[table]]).factorize()
        self.at = ordinals(rows["period"]) - first
        stage = rows["stage"].map(STAGES).to_numpy(float) if "stage" in rows else np.zeros(len(rows))
        self.order = np.lexsort((rows["released"].to_numpy(str), stage))  # the newest vintage comes last
        self.numbers = rows.index.to_numpy() + 2
        self._cache: dict[tuple, np.ndarray | Grid] = {}

    def column(self, name: str) -> np.ndarray:
        """The values of a column, quantities in the base unit."""
        return self._cached(("column", name), lambda: self._figures(name))

    def _cached(self, key: tuple, make: Callable[[], Any]) -> Any:
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]

    def _figures(self, name: str) -> np.ndarray:
        values = self.rows[name].to_numpy()
        if name in UNITS:
            factors = self.tables.units.set_index("unit")["factor"]
            values = values * self.rows[UNITS[name]].map(factors).to_numpy(float)
        return values

    def _where(self, name: str, value: str) -> np.ndarray:
        if name not in self.rows:  # a table without kinds has months only
            return np.full(len(self.rows), value == "month")
        return self.rows[name].to_numpy() == value

    def grid(self, column: str, **where: str) -> Grid:
        """A column of the rows with these values, in their newest vintage."""
        return self._cached(("grid", column, *where.items()), lambda: self._grid(column, where))

    def _grid(self, column: str, where: dict[str, str]) -> Grid:
        figures = self.column(column).astype(float)
        chosen = ~np.isnan(figures)
        for name, value in where.items():
            chosen &= self._cached((name, value), partial(self._where, name, value))
        at = self.order[chosen[self.order]]
        place, shape = (self.codes[at], self.at[at]), (len(self.lines), self.months)
        values, rows, steps = np.full(shape, np.nan), np.full(shape, -1), np.zeros(shape)
        values[place], rows[place] = figures[at], self.numbers[at]
        steps[place] = self.steps(column)[at]
        return Grid(self.table, column, values, rows, steps)

    def steps(self, column: str) -> np.ndarray:
        """The rounding step of each figure of a column; that of quantities is taken from their decimals in the printed unit."""
        if column not in UNITS:
            return self.column("step")
        return self._cached(("step", column), lambda: self._decimals(column))

    def _decimals(self, column: str) -> np.ndarray:
        printed = self.rows[column].to_numpy(float)
        step = np.ones(len(printed))
        for decimals in (1, 2, 3, 4):
            step[~np.isclose(printed, printed.round(decimals - 1), rtol=0, atol=1e-6)] = 10.0**-decimals
        return step * self.column(column) / printed

    def code(self, *line: str) -> int:
        """The code of a line; -1 where the table has none."""
        return self._cached(("codes",), lambda: {known: code for code, known in enumerate(self.lines)}).get(line, -1)


class Panels:
    """All tables as panels over the same months. `january`: mask of the Januaries; `year`: the year of each month."""

    def __init__(self, tables: Tables):
        self.tables = tables
        months = np.concatenate([ordinals(getattr(tables, table)["period"]) for table in LINES])
        self.first, self.months = int(months.min(initial=24_000)), 1
        self.months = int(months.max(initial=24_000)) - self.first + 1
        self.january = (np.arange(self.months) + self.first) % 12 == 0
        self.year = (np.arange(self.months) + self.first) // 12
        self._panels: dict[str, Panel] = {}

    def panel(self, table: str) -> Panel:
        if table not in self._panels:
            self._panels[table] = Panel(self.tables, table, self.first, self.months)
        return self._panels[table]

    def flow(self, flow: str, measure: str = "level", **where: str) -> Grid:
        """A national figure by month, as a grid of one line."""
        panel = self.panel("totals")
        return panel.grid("value", measure=measure, **where).line(panel.code(flow))

    def broken(self, table: str, span: int, whole_years: bool = False) -> np.ndarray:
        """Mask of the months whose comparison with `span` months earlier would cross a declared break of the line.

        `whole_years`: for years to date, where a break affects the rest of its year and all of the next.
        """
        panel = self.panel(table)
        crossed = np.zeros((len(panel.lines), self.months), bool)
        breaks = self.tables.breaks[self.tables.breaks["table"] == table]
        for row, month in zip(breaks.itertuples(), ordinals(breaks["from"]) - self.first, strict=True):
            end = (month + self.first) // 12 * 12 + 24 - self.first if whole_years else month + span
            crossed[[not row.key or row.key in line for line in panel.lines], max(month, 0) : max(end, 0)] = True
        return crossed

    def nearby_median(self, values: np.ndarray, reach: int, same_year: bool = False) -> np.ndarray:
        """For each month, the median of the line over the `reach` months before and after it, itself excluded."""
        shifted = []
        for months in (*range(-reach, 0), *range(1, reach + 1)):
            other = shifted_by(values, months)
            if same_year:
                other[:, shifted_by(self.year[None, :].astype(float), months)[0] != self.year] = np.nan
            shifted.append(other)
        return median(np.stack(shifted))


def median(stack: np.ndarray) -> np.ndarray:
    """The median over the first axis, ignoring NaN; NaN where all are."""
    counted = (~np.isnan(stack)).sum(axis=0)
    ordered = np.sort(stack, axis=0)
    low, high = np.maximum(counted - 1, 0) // 2, counted // 2
    pick = [np.take_along_axis(ordered, np.minimum(at, len(stack) - 1)[None], axis=0)[0] for at in (low, high)]
    return np.where(counted > 0, (pick[0] + pick[1]) / 2, np.nan)


def ordinals(periods: pd.Series) -> np.ndarray:
    """Periods as integers, one more for each month."""
    known = {period: int(period[:4]) * 12 + int(period[5:7]) - 1 for period in periods.unique()}
    return periods.map(known).to_numpy(int)
