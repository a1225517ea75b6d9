"""One report's inputs: the tables as known on a day, and every fact of the period."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

import pandas as pd

from customs_report import coverage, loading
from customs_report.calculations.fact_builders import report_facts
from customs_report.calculations.newsworthy import Point, main_points
from customs_report.errors import MissingData
from customs_report.facts import Facts, Runs
from customs_report.messages import ENGLISH, Said, write
from customs_report.numbers import period_text
from customs_report.periods import last_usable
from customs_report.tables import Tables
from customs_report.vintages import check_period, known_tables, latest


@dataclass(frozen=True, eq=False)
class Report:
    """What the notebook works with: period, vintage, tables and facts.

    `as_of` is the day that was asked for; where none was (`asked_as_of` is empty), the newest release that the figures of the
    report can rest on.
    """

    period: str
    as_of: str
    asked_as_of: str
    tables: Tables
    facts: Facts
    holes: pd.DataFrame
    language: str = field(default=ENGLISH, kw_only=True)

    @cached_property
    def points(self) -> list[Point]:
        """The news of the month, the most important first."""
        return main_points(self.facts, self.tables)

    @property
    def newest_out(self) -> str:
        """The newest month that customs had published by the report's day."""
        releases = self.tables.releases
        return releases.loc[releases["released"] <= self.as_of, "period"].max()

    @property
    def title(self) -> str:
        return f"China’s foreign trade in {period_text(self.period)}"

    def write(self, said: Said) -> Runs:
        """A message in the language of the report; its facts count as cited."""
        return self.facts.count(write(said, self.language))

    def require(self, table: str) -> None:
        """Stop an exhibit that needs a row which coverage declares and the data lack (the report is then incomplete)."""
        if self.holes.empty:
            return
        missing = self.holes[(self.holes["table"] == table) & (self.holes["period"] <= self.period)]
        if len(missing):
            row = missing.iloc[-1]
            what = " ".join(part for part in (row["key"], row["flow"], row["kind"], row["currency"]) if part)
            raise MissingData(f"{table}.csv lacks {what} of {row['period']}, which coverage.csv declares as held")


def open_report(period: str = "latest", as_of: str = "", facts_of: Callable[[Tables, str], Facts] = report_facts) -> Report:
    """Which tables and facts does the report of a period rest on, as known on a day (default: everything held)?

    `facts_of` makes the facts from tables and period: by default every fact that there is.
    Raises InputError, in one line with the nearest valid value, for a period that is unknown, before the data, not yet
    published or not yet public on `as_of`, and for a date that is none.
    """
    loaded, known = loading.load(), known_tables(as_of, period)
    if period == "latest":
        period = latest(known)
    check_period(period, known, loaded)
    if not as_of:
        known = _dated(known, loaded.newest_release_of(last_usable(period)))
    return Report(period, known.as_of, as_of, known, facts_of(known, period), _holes(loaded))


@lru_cache(maxsize=8)
def _dated(tables: Tables, day: str) -> Tables:
    """All that is held, called known on this day: what was released later is of months that the report does not use."""
    return replace(tables, as_of=day)


@lru_cache(maxsize=2)
def _holes(loaded: Tables) -> pd.DataFrame:
    return coverage.missing(loaded)
