"""The checks of the data: schema, declared coverage, and cross-checks between figures (`cross_checks.py`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from customs_report.checks import detail, structure, sums
from customs_report.checks.cross_checks import CROSS_CHECKS, CrossCheck
from customs_report.checks.deviations import Comparison
from customs_report.checks.findings import Finding, cell, unaccepted, with_accepted
from customs_report.checks.panel import Panels
from customs_report.schema import DETAIL, FILES, KEYS, TABLES
from customs_report.tables import Tables

__all__ = [
    "Finding",
    "Result",
    "find_violations",
    "run_checks",
    "unaccepted",
    "violations",
    "with_accepted",
    "without_source_errors",
]


@dataclass(frozen=True)
class Check:
    """A check: its name, the tables it checks, and a function that finds violations. `hard`: no finding can be accepted."""

    name: str
    table: str
    find: Callable[[Tables], Iterator[Finding]]
    hard: bool = True


@dataclass(frozen=True)
class Result:
    """The result of a check: the number of figures checked, the findings, and the number of accepted findings."""

    check: Check
    checked: int
    found: tuple[Finding, ...]
    accepted: int


def find_violations(as_printed: Tables, today: str = "", of: str = "") -> list[Finding]:
    """All findings of the checks that are not accepted."""
    return [finding for result in run_checks(as_printed, today, of) for finding in result.found]


def run_checks(as_printed: Tables, today: str = "", of: str = "") -> list[Result]:
    """Run all checks, or only those `of` one table.

    If `today` is given, figures released after that day are findings, too.
    """
    extra = [Check("no figure released after today", "all", structure.future(today))] if today else []
    results = [_run(check, as_printed) for check in (*STRUCTURE_CHECKS, *extra) if _applies(check.table, of)]
    if any(result.found for result in results):
        return results
    tables = without_source_errors(as_printed)
    results += [_run(check, tables) for check in (*COVERAGE_CHECKS, *PRINT_CHECKS, *DETAIL_CHECKS) if _applies(check.table, of)]
    return results + run_consistency_checks(tables, of)


def run_consistency_checks(tables: Tables, of: str = "") -> list[Result]:
    """Do the figures agree with each other? Takes valid tables, as `without_source_errors` returns them."""
    results = [_run(check, tables) for check in SUM_CHECKS if _applies(check.table, of)]
    return results + [_run_cross_check(check, tables) for check in CROSS_CHECKS if _applies(check.table, of)]


def _applies(tables: str, of: str) -> bool:
    return not of or tables == "all" or of in tables.split(", ")


def _run(check: Check, tables: Tables) -> Result:
    return _result(check, tables, _size(tables, check.table), list(check.find(tables)))


def _result(check: Check, tables: Tables, checked: int, found: list[Finding]) -> Result:
    new = found if check.hard else unaccepted(tables, found)
    return Result(check, checked, tuple(new), len(found) - len(new))


def _size(tables: Tables, table: str) -> int:
    if table == DETAIL.name:
        return sum(part.rows for part in tables.detail.parts)
    names = [name for name in table.split(", ") if name in TABLES] or KEYS
    return sum(len(getattr(tables, name)) for name in names)


def _run_cross_check(cross_check: CrossCheck, tables: Tables) -> Result:
    with np.errstate(divide="ignore", invalid="ignore"):
        comparisons = list(cross_check.rule(panels_of(tables)))
    found = [finding for comparison in comparisons for finding in _find_deviations(cross_check, tables, comparison)]
    return _result(_as_check(cross_check), tables, sum(len(comparison.figure) for comparison in comparisons), found)


def panels_of(tables: Tables) -> Panels:
    """The tables as panels, cached in the tables."""
    cache = vars(tables)
    if "_panels" not in cache:
        cache["_panels"] = Panels(tables)
    return cache["_panels"]


def _as_check(cross_check: CrossCheck) -> Check:
    def find(tables: Tables) -> Iterator[Finding]:
        yield from _run_cross_check(cross_check, tables).found

    return Check(cross_check.name, cross_check.table, find, hard=cross_check.exact)


def _find_deviations(cross_check: CrossCheck, tables: Tables, comparison: Comparison) -> Iterator[Finding]:
    """A finding for each figure that deviates by more than the tolerance: the figure, the expected one, the deviation."""
    wrong = comparison.only(comparison.beyond(cross_check.floor, cross_check.times, cross_check.most))
    for i in range(len(wrong.figure)):
        cells = tuple(cell(tables, c.table, c.rows[i], c.column) for c in wrong.cells if c.rows[i] >= 0)
        by = f"{wrong.apart[i]:+.1f} points" if cross_check.points else f"{wrong.apart[i]:+.1%}"
        expected = wrong.expected[i]
        gives = f"{expected:,.0f}" if abs(expected) >= 1e4 else f"{expected:.4g}"
        yield Finding(cross_check.name, cells, f"is not what {cross_check.says}, {gives}: {by}")


def without_source_errors(tables: Tables) -> Tables:
    """The tables without the figures listed in source_errors.csv: a known error at the source is treated as missing."""
    tables = replace(tables, totals=tables.totals.copy(), commodities=tables.commodities.copy())
    for error in tables.source_errors.itertuples():
        rows = getattr(tables, error.table)
        rows.loc[sums.error_rows(rows, error), error.column] = float("nan")
    return replace(tables, **{name: getattr(tables, name).dropna(subset="value") for name in ("totals", "commodities")})


def violations(tables: Tables, checks: list[Check]) -> Iterator[tuple[str, str]]:
    """The name of each check and what it finds, lazily: the caller may stop at the first."""
    for check in checks:
        yield from ((check.name, str(finding)) for finding in check.find(tables))


STRUCTURE_CHECKS: list[Check] = [  # on the figures as printed; all other checks skip known errors at the source
    *[Check(f"schema of {FILES[name]}", name, structure.schema_of(name)) for name in TABLES],
    Check("runs of months end after they begin", "all", structure.runs),
    *[Check(f"released after the month, {table}", table, structure.released(table)) for table in KEYS],
    Check("bulletin lines dated with the bulletin", "partners", structure.with_the_bulletin),
    Check("exports, imports and total above zero", "totals", structure.positive),
    Check("growth within bounds", "totals", structure.growth_bounded),
    Check("figures are multiples of their step", "all", structure.steps),
    Check("stages of a list and of a source", "all", structure.stages),
    Check("a line has one unit", "commodities", structure.units),
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
    Check("declared coverage is available", "all", sums.coverage_holes),
    Check("available figures are declared", "all", sums.coverage_undeclared),
]
DETAIL_CHECKS: list[Check] = [
    Check("the detail data are whole", "detail", detail.whole_files),
    Check("the detail data fit the lists", "detail", detail.in_lists),
    Check("a detail figure counts once", "detail", detail.once),
    Check("one exchange rate, detail", "detail", detail.one_rate, hard=False),
    Check("unit value, detail", "detail", detail.unit_values, hard=False),
]
IDENTITY_CHECKS: list[Check] = [*SUM_CHECKS, *(_as_check(check) for check in CROSS_CHECKS if check.exact)]
