"""The tables as known on a day, and the months that can be reported from them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache

import pandas as pd

from customs_report import loading
from customs_report import tables as data
from customs_report.errors import InputError
from customs_report.periods import LATEST, is_latest, parse_day, parse_month
from customs_report.tables import Tables


def known_tables(as_of: object = "", period: str = "") -> Tables:
    """The tables as known on a day, by default now. Raises InputError if it is no date or lies before all figures.

    The error names the first day that works: for a report of `period`, if one is given.
    """
    loaded = loading.load()
    return _known(loaded, _date(day(as_of), loaded, period), day(as_of))


def day(as_of: object) -> str:
    """A day as "2025-12-08", from that, a date, or a text such as "8 Dec 2025"; "" for "". InputError where it is none."""
    found = parse_day(as_of)
    if not found and as_of != "":
        raise InputError(f"as_of {as_of!r} is not a date; write it like {loading.load().newest_release}")
    return found


def reportable_months(tables: Tables) -> list[str]:
    """The months that can be reported: those with a level that was known by the day of the tables."""
    totals = tables.totals
    own = (totals["measure"] == "level") & (totals["kind"] == "month") & ~totals["late"]
    return sorted(totals.loc[own, "period"].unique())


def latest(tables: Tables) -> str:
    """The newest month with exports, imports, partners and commodities, not only the headline figures."""
    totals = tables.totals[(tables.totals["measure"] == "level") & ~tables.totals["late"]]
    sets = [set(totals.loc[totals["flow"] == flow, "period"]) for flow in ("exports", "imports")]
    sets += [set(table.loc[~table["late"], "period"]) for table in (tables.partners, tables.commodities)]
    complete = set.intersection(*sets)
    if not complete:
        newest = max(reportable_months(tables), default="none")
        raise InputError(
            f"no month with partners and commodities was public on {tables.as_of}; the first date that works is "
            f"{_first_day(tables, LATEST)}, the newest period known by then {newest}"
        )
    return max(complete)


def what_is_held(tables: Tables, period: str) -> str:
    """Which tables of a month are held, in words: of the newest month often the headline alone."""
    tables_of = {"partners": tables.partners, "commodities": tables.commodities}
    held = {name: bool(((table["period"] == period) & ~table["late"]).any()) for name, table in tables_of.items()}
    there, missing = ([name for name in held if held[name] is is_held] for is_held in (True, False))
    if not there:
        return "only the headline figures are available"
    return f"{' and '.join(there)} are available" + (f", {' and '.join(missing)} are not" if missing else "")


def check_period(asked: object, known: Tables, loaded: Tables) -> str:
    """The month of a report, however it is written; raises InputError, with the nearest, for one that cannot be reported."""
    possible, period = reportable_months(known), parse_month(asked)
    if period in possible:
        return period
    all_periods = reportable_months(_known(loaded, ""))
    if not period:
        raise _no_month("period", asked, all_periods)
    if period < all_periods[0]:
        raise InputError(f"{period} is before the data; the first period is {all_periods[0]}")
    if period not in all_periods:
        raise InputError(f"{period} is not in the data yet; the newest period is {all_periods[-1]}")
    raise InputError(
        f"no figure of {period} in the data was public on {known.as_of}; the first date that works is "
        f"{_first_day(loaded, period)}" + (f", the newest period known by then {possible[-1]}" if possible else "")
    )


def _no_month(what: str, asked: object, months: Sequence[str]) -> InputError:
    """The error for what is no month: the months of its year where it is a year, else one written as it should be."""
    said = str(asked).strip()
    in_year = [month for month in months if month[:4] in said]
    if in_year and said == in_year[0][:4]:
        return InputError(f"{said} is a year, not a {what}; its months are {in_year[0]} to {in_year[-1]}")
    meant = re.sub(r"\b(?=\d$)", "0", said)  # 2025-1
    near = get_close_matches(meant, in_year, n=1, cutoff=0.3) or [months[-1]]
    return InputError(f"{asked!r} is not a {what}; write it like {near[0]} or latest")


@lru_cache(maxsize=8)
def _known(loaded: Tables, as_of: str, detail_day: str = "") -> Tables:
    return replace(data.as_of(loaded, as_of), detail_day=detail_day)


def _date(as_of: str, loaded: Tables, period: str) -> str:
    """The day as of which figures are known, at most the newest release date in the data (a later day adds nothing)."""
    if not as_of:
        return loaded.newest_release
    first = min(loaded.totals["released"].min(), loaded.partners["released"].min())
    if as_of < first:
        asked = LATEST if is_latest(period) else parse_month(period)
        first = _first_day(loaded, asked) if asked in {LATEST, *loaded.totals["period"]} else first
        raise InputError(f"no figure in the data was public on {as_of}; the first date that works is {first}")
    return min(as_of, loaded.newest_release)


def _first_day(tables: Tables, period: str) -> str:
    """The first day on which a month, or a complete one for `latest`, could be reported."""
    levels = tables.totals[tables.totals["measure"] == "level"]
    if period != LATEST:
        return levels.loc[(levels["period"] == period) & (levels["kind"] == "month"), "released"].min()
    parts = (levels[levels["flow"] == "exports"], levels[levels["flow"] == "imports"], tables.partners, tables.commodities)
    days = pd.concat([part.groupby("period")["released"].min() for part in parts], axis=1).dropna()
    return days.max(axis=1).min()


def month(period: object) -> str:
    """A month as "2025-11", from that, a date, or a text such as "Nov 2025"; raises InputError where it is none."""
    if found := parse_month(period):
        return found
    raise _no_month("month", period, reportable_months(known_tables()))


def month_of(tables: Tables, period: object) -> str:
    """A month of which figures are held, or "latest"; raises InputError, with the nearest, for any other."""
    if is_latest(period):
        return latest(tables)
    wanted, first, last = month(period), _first_month(tables), newest_month(tables)
    if wanted < first:
        raise InputError(f"{wanted} is before the data; the first month is {first}")
    if wanted > last:
        raise InputError(f"nothing of {wanted} was public on {tables.as_of}; the newest month is {last}")
    return wanted


@data.cached
def _first_month(tables: Tables) -> str:
    return tables.releases["period"].min()


@data.cached
def newest_month(tables: Tables) -> str:
    """The newest month that customs had published by the day of the tables."""
    releases = tables.releases
    return releases.loc[releases["released"] <= tables.as_of, "period"].max()
