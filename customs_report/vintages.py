"""The tables as known on a day, and the months that can be reported from them."""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

import pandas as pd

from customs_report import loading
from customs_report import tables as data
from customs_report.errors import InputError
from customs_report.periods import parse_month
from customs_report.tables import Tables


def known_tables(as_of: str = "", period: str = "") -> Tables:
    """The tables as known on a day, by default now. Raises InputError if the text is no date or lies before all figures.

    The error names the first day that works: for a report of `period`, if one is given.
    """
    loaded = loading.load()
    return _known(loaded, _date(as_of, loaded, period))


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
            f"{_first_day(tables, 'latest')}, the newest period known by then {newest}"
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
        same_year = [p for p in all_periods if p[:4] in str(asked)]
        meant = re.sub(r"\b(?=\d$)", "0", str(asked))  # 2025-1
        near = get_close_matches(meant, same_year or all_periods, n=1, cutoff=0.3) or [all_periods[-1]]
        raise InputError(f"{asked!r} is not a period; write it like {near[0]} or latest")
    if period < all_periods[0]:
        raise InputError(f"{period} is before the data; the first period is {all_periods[0]}")
    if period not in all_periods:
        raise InputError(f"{period} is not in the data yet; the newest period is {all_periods[-1]}")
    raise InputError(
        f"no figure of {period} in the data was public on {known.as_of}; the first date that works is "
        f"{_first_day(loaded, period)}" + (f", the newest period known by then {possible[-1]}" if possible else "")
    )


@lru_cache(maxsize=8)
def _known(loaded: Tables, as_of: str) -> Tables:
    return data.as_of(loaded, as_of)


def _date(as_of: str, loaded: Tables, period: str) -> str:
    """The day as of which figures are known, at most the newest release date in the data (a later day adds nothing)."""
    if not as_of:
        return loaded.newest_release
    try:
        if date.fromisoformat(as_of).isoformat() != as_of:
            raise ValueError
    except ValueError:
        raise InputError(f"as_of {as_of!r} is not a date; write it like {loaded.newest_release}") from None
    first = min(loaded.totals["released"].min(), loaded.partners["released"].min())
    if as_of < first:
        first = _first_day(loaded, period) if period in {"latest", *loaded.totals["period"]} else first
        raise InputError(f"no figure in the data was public on {as_of}; the first date that works is {first}")
    return min(as_of, loaded.newest_release)


def _first_day(tables: Tables, period: str) -> str:
    """The first day on which a month, or a complete one for `latest`, could be reported."""
    levels = tables.totals[tables.totals["measure"] == "level"]
    if period != "latest":
        return levels.loc[(levels["period"] == period) & (levels["kind"] == "month"), "released"].min()
    parts = (levels[levels["flow"] == "exports"], levels[levels["flow"] == "imports"], tables.partners, tables.commodities)
    days = pd.concat([part.groupby("period")["released"].min() for part in parts], axis=1).dropna()
    return days.max(axis=1).min()


def month(period: object) -> str:
    """A month as "2025-11", from that, a date, or a text such as "Nov 2025"; raises InputError where it is none."""
    if found := parse_month(period):
        return found
    near = get_close_matches(str(period), sorted(set(loading.load().totals["period"])), n=1, cutoff=0.3)
    raise InputError(f"{period!r} is not a month; write it like {near[0] if near else '2025-11'} or latest")


def month_of(tables: Tables, period: object) -> str:
    """A month of which figures are held, or "latest"; raises InputError, with the nearest, for any other."""
    if period == "latest":
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
