"""Does `check` see a wrong cell? Plants single errors in copies of the data, with a fresh seed, and counts what is found.

Which cells a cross-check covers is read from `customs_report/checks/cross_checks.py` before anything is planted:
the goals are for cells that an identity or printed growth reaches; what neither reaches is listed with its power. An error is
caught where a finding that was not there before names its row. Each run of the checks carries one error of the totals, or one
in each of a dozen lines of a table that have no cross-check in common.

`--releases YEAR` only counts false alarms: the data as they stood after each release, checked as `check` does.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from customs_report import checks, coverage, loading, schema
from customs_report.checks import cross_checks, sums
from customs_report.tables import Tables

LINE = {"partners": ["partner"], "commodities": ["commodity"], "totals": [], "mirror": []}
TOGETHER = 12  # lines with an error in one run
RATE = 7.1
FEW = 30  # of what no identity sees, enough to know its power roughly

Change = Callable[[pd.DataFrame, int, np.random.Generator], pd.DataFrame]


@dataclass(frozen=True)
class Kind:
    """A kind of error in some cells: the share that must be found (0: listed with its power only)."""

    name: str
    cells: str
    table: str
    column: str
    goal: float
    change: Change
    fits: Callable[[pd.DataFrame], pd.Series]
    structure: bool = False
    reached: bool = True


# --- errors ---------------------------------------------------------------------------------------------------------------


def times(factor: float, column: str) -> Change:
    def change(rows: pd.DataFrame, at: int, _: object) -> pd.DataFrame:
        step = rows.at[at, "step"] if column in ("value", "exports", "imports") and abs(rows.at[at, "step"]) >= 1 else 0
        value = rows.at[at, column] * factor
        rows.at[at, column] = round(value / step) * step if step else value
        return rows

    return change


def other_currency(column: str) -> Change:
    def change(rows: pd.DataFrame, at: int, random: np.random.Generator) -> pd.DataFrame:
        return times(1 / RATE if rows.at[at, "currency"] == "CNY" else RATE, column)(rows, at, random)

    return change


def exchanged_in_row(rows: pd.DataFrame, at: int, _: object) -> pd.DataFrame:
    rows.loc[at, ["exports", "imports"]] = rows.loc[at, ["imports", "exports"]].to_numpy()
    return rows


def exchanged_rows(rows: pd.DataFrame, at: int, _: object) -> pd.DataFrame:
    """The amounts of exports and imports of one print, each in the other's row."""
    twin = _twin(rows, at)
    rows.loc[[at, twin], "value"] = rows.loc[[twin, at], "value"].to_numpy()
    return rows


def _twin(rows: pd.DataFrame, at: int) -> int | None:
    mine = rows.loc[at]
    same = (rows["flow"] == {"exports": "imports", "imports": "exports"}.get(mine["flow"])) & (rows.index != at)
    for column in ("period", "kind", "currency", "measure", "stage"):
        same &= rows[column] == mine[column]
    found = rows.index[same]
    return found[0] if len(found) else None


def other_flow(rows: pd.DataFrame, at: int, _: object) -> pd.DataFrame:
    rows.at[at, "flow"] = {"export": "import", "import": "export"}[rows.at[at, "flow"]]
    return rows


def sign(column: str) -> Change:
    return times(-1, column)


def other_unit(rows: pd.DataFrame, at: int, random: np.random.Generator) -> pd.DataFrame:
    mine = UNITS.loc[rows.at[at, "unit"]]
    units = [unit for unit in sorted(set(rows["unit"]) - {""}) if not UNITS.loc[unit].equals(mine)]  # a synonym is no error
    rows.at[at, "unit"] = random.choice(units)
    return rows


def deleted(rows: pd.DataFrame, at: int, _: object) -> pd.DataFrame:
    return rows.drop(index=at)


def doubled(rows: pd.DataFrame, at: int, _: object) -> pd.DataFrame:
    return pd.concat([rows, rows.loc[[at]].set_axis([rows.index.max() + 1])])


def impossible_stage(rows: pd.DataFrame, at: int, random: np.random.Generator) -> pd.DataFrame:
    """A word that is no stage, or a stage that this print cannot have."""
    mine = rows.at[at, "stage"]
    others = {"preliminary": ["restated", "final"], "bulletin": ["restated", "flash"], "restated": ["preliminary", "bulletin"]}
    rows.at[at, "stage"] = random.choice(others.get(mine, ["final", "preliminary", "bulletin"]))
    return rows


def impossible_date(rows: pd.DataFrame, at: int, random: np.random.Generator) -> pd.DataFrame:
    """Before the month is over, no day at all, years later, or tomorrow."""
    period = rows.at[at, "period"]
    days = [f"{period}-15", f"{period}-32", "2026-02-30", "2099-01-09"]
    if rows.at[at, "stage"] != "revised":
        days.append(f"{int(period[:4]) + 3}{period[4:]}-15")
    rows.at[at, "released"] = random.choice(days)
    return rows


def impossible_step(rows: pd.DataFrame, at: int, random: np.random.Generator) -> pd.DataFrame:
    """No power of ten, or one that the figure is no multiple of."""
    column = next(c for c in ("value", "exports") if c in rows)
    coarser = [s for s in (*schema.STEPS, 1e13, 1e14) if s > abs(rows.at[at, column])][:1]
    rows.at[at, "step"] = random.choice([7.0, 250.0, *coarser])
    return rows


# --- kinds ----------------------------------------------------------------------------------------------------------------


def is_level(rows: pd.DataFrame) -> pd.Series:
    return rows["measure"].eq("level") if "measure" in rows else pd.Series(True, rows.index)


def kinds() -> Iterator[Kind]:
    amounts = [
        ("yuan totals", "totals", "value", lambda r: is_level(r) & (r["currency"] == "CNY") & (r["flow"] != "balance"), 0.99),
        ("dollar totals", "totals", "value", lambda r: is_level(r) & (r["currency"] == "USD") & (r["flow"] != "balance"), 0),
        ("partners, exports", "partners", "exports", lambda r: r["exports"].notna(), 0.90),
        ("partners, imports", "partners", "imports", lambda r: r["imports"].notna(), 0.60),
        ("goods, exports", "commodities", "value", lambda r: r["flow"] == "export", 0.90),
        ("goods, imports", "commodities", "value", lambda r: r["flow"] == "import", 0.60),
    ]
    for cells, table, column, fits, five in amounts:
        for name, factor, goal in (
            ("x2", 2, 0.99),
            ("x10", 10, 0.99),
            ("/10", 0.1, 0.99),
            ("+30 %", 1.3, 0.97),
            ("+5 %", 1.05, five),
        ):
            yield Kind(name, cells, table, column, goal, times(factor, column), fits)
        yield Kind("other currency", cells, table, column, 0.99, other_currency(column), fits)
    yield Kind("flows exchanged", "yuan totals", "totals", "value", 0.99, exchanged_rows, _apart("CNY"))
    yield Kind("flows exchanged", "dollar totals", "totals", "value", 0.99, exchanged_rows, _apart("USD"))
    unlike = lambda r: (r["exports"] / r["imports"]).sub(1).abs() > 0.1  # noqa: E731
    yield Kind("flows exchanged", "partners", "partners", "exports", 0.99, exchanged_in_row, unlike)
    yield Kind(
        "flows exchanged", "goods", "commodities", "value", 0.99, other_flow, lambda r: r["value"].notna(), structure=True
    )
    growth = [
        ("totals", "totals", "value", lambda r: ~is_level(r) & (r["value"].abs() > 2)),
        ("partners", "partners", "exports_yoy", lambda r: r["exports_yoy"].abs() > 2),
        ("partners' imports", "partners", "imports_yoy", lambda r: r["imports_yoy"].abs() > 2),
        ("goods", "commodities", "value_yoy", lambda r: r["value_yoy"].abs() > 2),
    ]
    for cells, table, column, fits in growth:
        yield Kind("growth's sign", cells, table, column, 0.97, sign(column), fits)
        yield Kind("growth x10", cells, table, column, 0.97, times(10, column), fits)
    counted = lambda r: r["quantity"].notna()  # noqa: E731
    for name, factor in (("x2", 2), ("x10", 10), ("x1000", 1000)):
        yield Kind(f"quantity {name}", "goods", "commodities", "quantity", 0.95, times(factor, "quantity"), counted)
    yield Kind("unit", "goods", "commodities", "quantity", 0.95, other_unit, counted, structure=True)
    for table in ("totals", "partners", "commodities"):
        for name, change in (
            ("deleted row", deleted), ("doubled row", doubled), ("impossible stage", impossible_stage),
            ("impossible date", impossible_date), ("impossible step", impossible_step),
        ):  # fmt: skip
            fits = (lambda r: r["value"] != 0) if table != "partners" else (lambda r: r["exports"].notna())
            yield Kind(name, table, table, "", 1.0, change, fits, structure=True)
    yield Kind(
        "deleted row",
        "goods held elsewhere",
        "commodities",
        "",
        0,
        deleted,
        lambda r: r["value"] != 0,
        structure=True,
        reached=False,
    )
    yield Kind(
        "deleted row",
        "totals held elsewhere",
        "totals",
        "",
        0,
        deleted,
        lambda r: r["value"] != 0,
        structure=True,
        reached=False,
    )
    for cells, table, column, fits, _ in amounts:
        for name, factor in (("x10", 10), ("x2", 2), ("+30 %", 1.3), ("+5 %", 1.05)):
            yield Kind(name, cells, table, column, 0, times(factor, column), fits, reached=False)
    for cells, table in (("mirror", "mirror"), ("clean technology", "cleantech")):
        for name, factor in (("x10", 10), ("x2", 2), ("+30 %", 1.3), ("+5 %", 1.05)):
            yield Kind(name, cells, table, "value", 0, times(factor, "value"), lambda r: r["value"] > 0, reached=False)


def _apart(currency: str) -> Callable[[pd.DataFrame], pd.Series]:
    def fits(rows: pd.DataFrame) -> pd.Series:
        chosen = is_level(rows) & (rows["currency"] == currency) & rows["flow"].isin(["exports", "imports"])
        twins = {at: _twin(rows, at) for at in rows.index[chosen]}
        unlike = {
            at: twin is not None and abs(rows.at[at, "value"] / rows.at[twin, "value"] - 1) > 0.1 for at, twin in twins.items()
        }
        return pd.Series(unlike).reindex(rows.index, fill_value=False)

    return fits


# --- planting -------------------------------------------------------------------------------------------------------------


def reached(tables: Tables) -> set[tuple[str, str, int]]:
    """The cells that an identity or printed growth reaches: table, column, index of the row."""
    found, panels = set(), checks.panels_of(checks.without_source_errors(tables))
    with np.errstate(divide="ignore", invalid="ignore"):
        for cross_check in cross_checks.CROSS_CHECKS:
            if cross_check.sort in cross_checks.STRONG:
                for comparison in cross_check.rule(panels):
                    for cells in comparison.cells:
                        found |= {(cells.table, cells.column, row - 2) for row in cells.rows if row > 0}
    return found


def candidates(kind: Kind, tables: Tables, strong: set) -> list[int]:
    rows = getattr(tables, kind.table)
    fits = rows.index[kind.fits(rows)]
    if kind.name == "deleted row":
        only = set(_the_only_ones(tables, kind.table, fits))
        return [at for at in fits if (at in only) == kind.reached]
    if kind.structure:
        return list(fits)
    return [at for at in fits if ((kind.table, kind.column, at) in strong) == kind.reached]


def _the_only_ones(tables: Tables, table: str, rows: pd.Index) -> list[int]:
    """Rows without which a declared figure is held at no stage."""
    frame = getattr(tables, table)
    key = [c for c in coverage.COVERAGE if c in frame and c != "table"] + [
        c for c in ("partner", "commodity", "period") if c in frame
    ]
    only = set(frame.index[~frame.duplicated(key, keep=False)])
    return [at for at in rows if at in only]


def batches(kind: Kind, tables: Tables, chosen: list[int]) -> list[list[int]]:
    """Errors that are planted together: each in a line of its own, and at most one in a region or group."""
    if kind.change in (other_flow, deleted, other_unit):  # a flaw of structure hides what else is wrong
        return [[at] for at in chosen]
    if kind.structure:
        return [chosen[i : i + TOGETHER] for i in range(0, len(chosen), TOGETHER)]
    if not LINE.get(kind.table):
        return [[at] for at in chosen]
    rows = getattr(tables, kind.table)
    out: list[dict[str, int]] = []
    groups = set(tables.groups["group"])
    for at in chosen:
        line = rows.loc[at, LINE[kind.table][0]]
        line = "group" if line in groups else line
        home = next((b for b in out if line not in b and len(b) < TOGETHER), None)
        if home is None:
            out.append(home := {})
        home[line] = at
    return [list(batch.values()) for batch in out]


def missed(kind: Kind, tables: Tables, batch: list[int], before: frozenset, seed: int) -> list[int]:
    """Which of the errors planted together no finding names that was not there before."""
    random = np.random.default_rng(seed)
    rows = getattr(tables, kind.table).copy()
    places = {at: {(schema.FILES[kind.table], at + 2)} for at in batch}
    for at in batch:
        if kind.change is exchanged_rows:
            twin = _twin(rows, at)
            assert twin is not None, "only rows with a twin are chosen"
            places[at].add((schema.FILES[kind.table], twin + 2))
        if kind.change is doubled:
            places[at].add((schema.FILES[kind.table], rows.index.max() + 3))
        if kind.change is deleted:  # a row that is gone is named by its key
            row = rows.loc[at]
            places[at] = {(row["period"], row.get("partner", row.get("commodity", row.get("flow"))))}
        rows = kind.change(rows, at, random)
    planted = replace(tables, **{kind.table: rows})
    results = checks.run_checks(planted, TODAY, kind.table) if kind.structure else _figures(planted, kind.table)
    found = [f for result in results for f in result.found if (f.check, f.figures) not in before]
    named = {place for finding in found for place in finding.names}
    if kind.change is deleted:
        keys = [cell.key.split() for finding in found for cell in finding.cells]
        return [at for at in batch if not any({*next(iter(places[at]))} <= {*key} for key in keys)]
    lost = [at for at in batch if not places[at] & named]
    if lost and not kind.structure:  # what the figures do not show the structure may, as growth below -100
        whole = replace(kind, structure=True)
        return [at for at in lost if missed(whole, tables, [at], before, seed)]
    return lost


def _figures(tables: Tables, table: str) -> list[checks.Result]:
    """The part of `check` that compares figures: what it would find in the structure of a file as well is not counted."""
    return checks.run_consistency_checks(checks.without_source_errors(tables), table)


UNITS = loading.read_printed(schema.DATA).units.set_index("unit")[["base_unit", "factor"]]
TODAY = max(loading.read_printed(schema.DATA).totals["released"])
STATE: dict = {}


def _start() -> None:
    tables = loading.read_printed(schema.DATA)
    before = frozenset((f.check, f.figures) for f in checks.find_violations(tables, TODAY))
    STATE.update(tables=tables, before=before, kinds=list(kinds()))


def _run(job: tuple[int, list[int], int]) -> tuple[int, list[int]]:
    number, batch, seed = job
    return number, missed(STATE["kinds"][number], STATE["tables"], batch, STATE["before"], seed)


def planted(trials: int, seed: int, only: str = "") -> list[tuple[Kind, int, int, list[int]]]:
    """For each kind: how many cells there are, how many errors were planted, and the rows of those that were missed."""
    _start()
    random, tables, strong = np.random.default_rng(seed), STATE["tables"], reached(STATE["tables"])
    jobs, sizes = [], []
    for number, kind in enumerate(STATE["kinds"]):
        cells = candidates(kind, tables, strong) if only in f"{kind.name}, {kind.cells}" else []
        wanted = trials if kind.reached else min(trials, FEW)
        chosen = [cells[i] for i in random.choice(len(cells), min(wanted, len(cells)), replace=False)] if cells else []
        sizes.append((len(cells), len(chosen)))
        jobs += [(number, batch, int(random.integers(2**31))) for batch in batches(kind, tables, chosen)]
    lost: dict[int, list[int]] = {number: [] for number in range(len(sizes))}
    with ProcessPoolExecutor(initializer=_start) as pool:
        for done, (number, rows) in enumerate(pool.map(_run, jobs, chunksize=4)):
            lost[number] += rows
            print(f"\r{done + 1} of {len(jobs)} runs", end="", file=sys.stderr, flush=True)
    return [(kind, *sizes[number], lost[number]) for number, kind in enumerate(STATE["kinds"])]


# --- false alarms ---------------------------------------------------------------------------------------------------------


def false_alarms(year: str) -> list[tuple[str, list]]:
    """What `check` would have said after each release of a year of the rows that came with it, accepted findings counted."""
    tables = replace(loading.read_printed(schema.DATA), accepted=loading.read_printed(schema.DATA).accepted.iloc[:0])
    months = sorted(
        {p for p in tables.partners["period"] if p.startswith(year)}
        | {p for p in tables.totals["period"] if p.startswith(year)}
    )
    out, seen = [], {(f.check, f.figures) for f in checks.find_violations(_until(tables, f"{int(year) - 1}-12"), TODAY)}
    for month in months:
        known = _until(tables, month)
        found = [f for f in checks.find_violations(known, TODAY) if (f.check, f.figures) not in seen]
        seen |= {(f.check, f.figures) for f in found}
        out.append((month, found))
    return out


def _until(tables: Tables, month: str) -> Tables:
    """The tables as they stood when this month was the newest: restated figures came with the month a year later."""
    cut = {}
    for name in schema.KEYS:
        rows = getattr(tables, name)
        restated = rows["stage"].eq("restated") if "stage" in rows else pd.Series(False, rows.index)
        year_later = (rows["period"].str[:4].astype(int) + 1).astype(str) + rows["period"].str[4:]
        cut[name] = rows[rows["period"].where(~restated, year_later) <= month] if len(rows) else rows
    known = replace(tables, **cut)
    there = [sums.error_rows(getattr(known, error.table), error).any() for error in tables.source_errors.itertuples()]
    known = replace(known, source_errors=tables.source_errors[there])
    return replace(known, coverage=coverage.coverage_of(checks.without_source_errors(known)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--releases", default="", metavar="YEAR", help="only count false alarms, on the releases of a year")
    parser.add_argument("--only", default="", metavar="TEXT", help="plant only kinds whose name or table has this in it")
    parser.add_argument("--missed", action="store_true", help="list the rows of the errors that were missed")
    given = parser.parse_args()
    if not given.releases:
        print(f"seed {given.seed}, up to {given.trials} errors of each kind in each table\n")
        print("| error | in | cells | planted | caught | share | goal |\n|---|---|---|---|---|---|---|")
        for kind, cells, n, lost in sorted(planted(given.trials, given.seed, given.only), key=lambda row: not row[0].reached):
            if not n:
                continue
            found = n - len(lost)
            share = found / n
            goal = f"{kind.goal:.0%}" if kind.goal and kind.reached else "no identity" if not kind.reached else "-"
            short = " MISSED" if n and kind.reached and share < kind.goal else ""
            print(f"| {kind.name} | {kind.cells} | {cells:,} | {n} | {found} | {share:.0%} | {goal}{short} |", flush=True)
            if given.missed and kind.reached:
                for at in lost:
                    print(
                        "    missed:", schema.FILES[kind.table], at + 2, *STATE["tables"].__dict__[kind.table].loc[at].iloc[:7]
                    )
    print("\n| release of | false alarms |\n|---|---|")
    for month, alarms in false_alarms(given.releases or "2026"):
        print(f"| {month} | {len(alarms)} |", *(f"\n    {finding}" for finding in alarms))


if __name__ == "__main__":
    main()
