"""The checks of the data: every figure against the schema, its witnesses (`witnesses.py`) and the declared coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from customs_report.checks import structure, sums
from customs_report.checks.comparison import Comparison
from customs_report.checks.findings import Finding, cell, unaccepted, with_accepted
from customs_report.checks.panel import Store
from customs_report.checks.witnesses import WITNESSES, Witness
from customs_report.schema import FILES, KEYS, TABLES
from customs_report.tables import Tables

__all__ = ["Finding", "Result", "check", "corrected", "failures", "findings", "results", "unaccepted", "with_accepted"]


@dataclass(frozen=True)
class Check:
    """A check: its name, the table it speaks of, and what it finds in tables. `hard`: nothing it finds can be accepted."""

    name: str
    table: str
    found: Callable[[Tables], Iterator[Finding]]
    hard: bool = True


@dataclass(frozen=True)
class Result:
    """What a check found: in how many figures, what is new, and what somebody accepted."""

    check: Check
    checked: int
    found: tuple[Finding, ...]
    accepted: int


def check(as_printed: Tables, today: str = "", of: str = "") -> pd.DataFrame:
    """Do the data keep their promises? One row a check: check, table, checked, violations, accepted, where (the first three).

    Takes the tables as `loading.printed` reads them. Where the structure of a file is broken, nothing else is checked.
    """
    rows = [
        (r.check.name, r.check.table, r.checked, len(r.found), r.accepted, "; ".join(map(str, r.found[:3])))
        for r in results(as_printed, today, of)
    ]
    return pd.DataFrame(rows, columns=["check", "table", "checked", "violations", "accepted", "where"])


def findings(as_printed: Tables, today: str = "", of: str = "") -> list[Finding]:
    """All that the checks find and nobody has accepted."""
    return [finding for result in results(as_printed, today, of) for finding in result.found]


def results(as_printed: Tables, today: str = "", of: str = "") -> list[Result]:
    """What each check found, of all tables or only the checks `of` one.

    `today` brings in figures of tomorrow, which only `check` looks for.
    """
    extra = [Check("no figure of tomorrow", "all", structure.future(today))] if today else []
    found = [_run(check, as_printed) for check in (*STRUCTURE_CHECKS, *extra) if _asked(check.table, of)]
    if any(result.found for result in found):
        return found
    tables = corrected(as_printed)
    found += [_run(check, tables) for check in (*COVERAGE_CHECKS, *PRINT_CHECKS) if _asked(check.table, of)]
    return found + contradictions(tables, of)


def contradictions(tables: Tables, of: str = "") -> list[Result]:
    """What figures say of each other, where the structure of the files is sound; takes tables as `corrected` leaves them."""
    found = [_run(check, tables) for check in SUM_CHECKS if _asked(check.table, of)]
    return found + [_compared(witness, tables) for witness in WITNESSES if _asked(witness.table, of)]


def _asked(tables: str, of: str) -> bool:
    return not of or tables == "all" or of in tables.split(", ")


def _run(check: Check, tables: Tables) -> Result:
    return _result(check, tables, _size(tables, check.table), list(check.found(tables)))


def _result(check: Check, tables: Tables, checked: int, found: list[Finding]) -> Result:
    new = found if check.hard else unaccepted(tables, found)
    return Result(check, checked, tuple(new), len(found) - len(new))


def _size(tables: Tables, table: str) -> int:
    names = [name for name in table.split(", ") if name in TABLES] or KEYS
    return sum(len(getattr(tables, name)) for name in names)


def _compared(witness: Witness, tables: Tables) -> Result:
    with np.errstate(divide="ignore", invalid="ignore"):
        comparisons = list(witness.rule(store_of(tables)))
    found = [finding for comparison in comparisons for finding in _beyond(witness, tables, comparison)]
    return _result(_of(witness), tables, sum(len(comparison.figure) for comparison in comparisons), found)


def store_of(tables: Tables) -> Store:
    """The tables laid out for their witnesses, once."""
    known = vars(tables)
    if "_store" not in known:
        known["_store"] = Store(tables)
    return known["_store"]


def _of(witness: Witness) -> Check:
    """A witness as a check."""
    return Check(witness.name, witness.table, lambda tables: iter(_compared(witness, tables).found), hard=witness.exact)


def _beyond(witness: Witness, tables: Tables, comparison: Comparison) -> Iterator[Finding]:
    """What contradicts a witness: the figure, what the witness gives, and how far they are apart."""
    wrong = comparison.only(comparison.beyond(witness.floor, witness.times, witness.most))
    for i in range(len(wrong.figure)):
        cells = tuple(cell(tables, c.table, c.rows[i], c.column) for c in wrong.cells if c.rows[i] >= 0)
        by = f"{wrong.apart[i]:+.1f} points" if witness.points else f"{wrong.apart[i]:+.1%}"
        expected = wrong.expected[i]
        gives = f"{expected:,.0f}" if abs(expected) >= 1e4 else f"{expected:.4g}"
        yield Finding(witness.name, cells, f"is not what {witness.says}, {gives}: {by}")


def corrected(tables: Tables) -> Tables:
    """The tables without the figures that source_errors.csv names: a known error at the source is a gap, not a number."""
    tables = replace(tables, totals=tables.totals.copy(), commodities=tables.commodities.copy())
    for error in tables.source_errors.itertuples():
        rows = getattr(tables, error.table)
        rows.loc[sums.error_rows(rows, error), error.column] = float("nan")
    return replace(tables, **{name: getattr(tables, name).dropna(subset="value") for name in ("totals", "commodities")})


def failures(tables: Tables, checks: list[Check]) -> Iterator[tuple[str, str]]:
    for check in checks:
        yield from ((check.name, str(finding)) for finding in check.found(tables))


STRUCTURE_CHECKS: list[Check] = [  # of the figures as printed; the other checks leave known errors at the source out
    *[Check(f"schema of {FILES[name]}", name, structure.schema_of(name)) for name in TABLES],
    Check("runs of months", "all", structure.runs),
    *[Check(f"public only after the month, {table}", table, structure.released(table)) for table in KEYS],
    Check("lines of the bulletin under its day", "partners", structure.with_the_bulletin),
    Check("exports, imports and total above zero", "totals", structure.positive),
    Check("growth within bounds", "totals", structure.growth_bounded),
    Check("figures are multiples of their step", "all", structure.steps),
    Check("stages of a list and of a source", "all", structure.stages),
    Check("a line keeps its unit", "commodities, details", structure.units),
    Check("release days agree", "all", structure.release_days),
    Check("known errors at the source are in place", "all", sums.source_errors),
]
SUM_CHECKS: list[Check] = [
    *[Check(f"month <= year to date, {t}", t, sums.month_within_year(t)) for t in ("totals", "partners", "commodities")],
    Check("members within their group", "partners", sums.members_within_group),
    Check("no member beside its group in the ranking", "partners, totals", sums.ranked_within_total),
    Check("parts within their aggregate", "commodities", sums.parts_within_aggregate),
]
PRINT_CHECKS: list[Check] = [Check("names and reasons can be printed", "all", structure.printable)]
COVERAGE_CHECKS: list[Check] = [
    *[Check(f"figures printed together, {t}", t, sums.printed_together(t), hard=False) for t in ("partners", "commodities")],
    Check("declared coverage is held", "all", sums.coverage_holes),
    Check("what is held is declared", "all", sums.coverage_undeclared),
]
IDENTITY_CHECKS: list[Check] = [*SUM_CHECKS, *(_of(witness) for witness in WITNESSES if witness.exact)]
SCHEMA_CHECKS = STRUCTURE_CHECKS
