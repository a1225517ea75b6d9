"""One report's inputs: the tables as known on a day, and every fact of the period."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import cached_property, lru_cache

import pandas as pd

import helpers
from customs_report import coverage, loading
from customs_report import tables as data
from customs_report.calculations.points import Point, main_points
from customs_report.errors import Hole, Refused
from customs_report.facts import Facts
from customs_report.numbers import period_text
from customs_report.periods import last_usable
from customs_report.tables import Tables


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

    def require(self, table: str) -> None:
        """Stop an exhibit that needs a row which coverage declares and the data lack (the report is then incomplete)."""
        if self.holes.empty:
            return
        missing = self.holes[(self.holes["table"] == table) & (self.holes["period"] <= self.period)]
        if len(missing):
            row = missing.iloc[-1]
            what = " ".join(part for part in (row["key"], row["flow"], row["kind"], row["currency"]) if part)
            raise Hole(f"{table}.csv lacks {what} of {row['period']}, which coverage.csv declares as held")


def open_report(
    period: str = "latest", as_of: str = "", facts_of: Callable[[Tables, str], Facts] = helpers.report_facts
) -> Report:
    """Which tables and facts does the report of a period rest on, as known on a day (default: everything held)?

    `facts_of` makes the facts from tables and period: by default every fact that there is.
    Raises Refused, in one line with the nearest valid value, for a period that is unknown, before the data, not yet
    published or not yet public on `as_of`, and for a date that is none.
    """
    loaded, known = loading.load(), known_tables(as_of, period)
    if period == "latest":
        period = latest(known)
    _refuse_unknown(period, known, loaded)
    if not as_of:
        known = _dated(known, loaded.newest_release_of(last_usable(period)))
    return Report(period, known.as_of, as_of, known, facts_of(known, period), _holes(loaded))


def known_tables(as_of: str = "", period: str = "") -> Tables:
    """The tables as known on a day, by default now; Refused where the text is no date or lies before everything held.

    The refusal names the first day that works: for a report of `period`, if one is given.
    """
    loaded = loading.load()
    return _known(loaded, _date(as_of, loaded, period))


def periods(tables: Tables) -> list[str]:
    """The months that can be reported from tables as `as_of` leaves them: those with a level of total trade of their own."""
    totals = tables.totals
    own = (totals["measure"] == "level") & (totals["kind"] == "month") & ~totals["late"]
    return sorted(totals.loc[own, "period"].unique())


def latest(tables: Tables) -> str:
    """The newest month of which exports, imports, partners and commodities are held - not a headline alone."""
    totals = tables.totals[(tables.totals["measure"] == "level") & ~tables.totals["late"]]
    sets = [set(totals.loc[totals["flow"] == flow, "period"]) for flow in ("exports", "imports")]
    sets += [set(table.loc[~table["late"], "period"]) for table in (tables.partners, tables.commodities)]
    complete = set.intersection(*sets)
    if not complete:
        newest = max(periods(tables), default="none")
        raise Refused(
            f"no month with partners and commodities was public on {tables.as_of}; the first date that works is "
            f"{_first_day(tables, 'latest')}, the newest period known by then {newest}"
        )
    return max(complete)


@lru_cache(maxsize=8)
def _known(loaded: Tables, as_of: str) -> Tables:
    return data.as_of(loaded, as_of)


@lru_cache(maxsize=8)
def _dated(tables: Tables, day: str) -> Tables:
    """All that is held, called known on this day: what was released later is of months that the report does not use."""
    return replace(tables, as_of=day)


@lru_cache(maxsize=2)
def _holes(loaded: Tables) -> pd.DataFrame:
    return coverage.holes(loaded)


def _date(as_of: str, loaded: Tables, period: str) -> str:
    """The day a report may know, never later than the newest release held (a later day knows no more)."""
    if not as_of:
        return loaded.newest_release
    try:
        if date.fromisoformat(as_of).isoformat() != as_of:
            raise ValueError
    except ValueError:
        raise Refused(f"as_of {as_of!r} is not a date; write it like {loaded.newest_release}") from None
    first = min(loaded.totals["released"].min(), loaded.partners["released"].min())
    if as_of < first:
        first = _first_day(loaded, period) if period in {"latest", *loaded.totals["period"]} else first
        raise Refused(f"nothing held was public on {as_of}; the first date that works is {first}")
    return min(as_of, loaded.newest_release)


def _first_day(tables: Tables, period: str) -> str:
    """The first day on which a month, or a complete one for `latest`, could be reported."""
    levels = tables.totals[tables.totals["measure"] == "level"]
    if period != "latest":
        return levels.loc[(levels["period"] == period) & (levels["kind"] == "month"), "released"].min()
    parts = (levels[levels["flow"] == "exports"], levels[levels["flow"] == "imports"], tables.partners, tables.commodities)
    days = pd.concat([part.groupby("period")["released"].min() for part in parts], axis=1).dropna()
    return days.max(axis=1).min()


def _refuse_unknown(period: str, known: Tables, loaded: Tables) -> None:
    possible = periods(known)
    if period in possible:
        return
    all_periods = periods(_known(loaded, ""))
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", str(period)):
        meant = re.sub(r"^([0-9]{4})\D?([0-9])$", r"\1-0\2", str(period))  # 2025-1 is January
        same_year = [p for p in all_periods if p[:4] in meant]
        near = get_close_matches(meant, same_year or all_periods, n=1, cutoff=0.3) or [all_periods[-1]]
        raise Refused(f"{period!r} is not a period; write it like {near[0]} or latest")
    if period < all_periods[0]:
        raise Refused(f"{period} is before the data; the first period is {all_periods[0]}")
    if period not in all_periods:
        raise Refused(f"{period} is not yet published in the data held; the newest period is {all_periods[-1]}")
    raise Refused(
        f"nothing of {period} was public on {known.as_of} in the vintages held; the first date that works is "
        f"{_first_day(loaded, period)}" + (f", the newest period known by then {possible[-1]}" if possible else "")
    )
