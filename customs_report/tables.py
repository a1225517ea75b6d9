"""The tidy tables and `as_of`, the only vintage filter.

One row is one printed figure (totals) or one printed line (partners, commodities), in dollars or yuan, with the stage it
belongs to, the day it was released, how that day is known, and the source. `schema.py` declares them; `data/README.md` is the
codebook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import pandas as pd

from customs_report.detail.store import Store
from customs_report.schema import KEYS, STAGES
from customs_report.summaries import Lines, Summary

P = ParamSpec("P")
R = TypeVar("R")


class PrintedRow(Protocol):
    """A row of a table of figures, as returned by `itertuples`: where it was printed, and to which precision."""

    period: str
    step: float
    stage: str
    released: str
    released_basis: str
    source: str


@dataclass(frozen=True, eq=False, repr=False)
class Tables(Summary):
    """The tables of the data folder, as known on `as_of`, with their reference lists.

    `totals`, `partners`, `commodities`: one row a printed figure or line; after `as_of` with the columns `late`
    (released only after that day; history, nothing earlier is held) and, in totals, the identities filled in (`how`).
    `mirror`: trade with China as its partners report it. `cleantech`: exports of clean technologies, compiled by Ember.
    `consensus`: what forecasters expected. `detail`: where figures by code and partner are queried. `later`: totals as customs
    first showed them after `as_of`, the history of sums. `detail_day`: the day on which detail data are known (empty: all of
    them, which are downloaded at other times than figures are released); `history_before`: the month before which later
    detail data serve as history.
    """

    totals: pd.DataFrame
    partners: pd.DataFrame
    commodities: pd.DataFrame
    mirror: pd.DataFrame
    cleantech: pd.DataFrame
    consensus: pd.DataFrame
    partner_list: pd.DataFrame
    partner_codes: pd.DataFrame
    un_areas: pd.DataFrame
    groups: pd.DataFrame
    provinces: pd.DataFrame
    commodity_list: pd.DataFrame
    hs: pd.DataFrame
    hs_sections: pd.DataFrame
    code_lists: pd.DataFrame
    units: pd.DataFrame
    regimes: pd.DataFrame
    spellings: pd.DataFrame
    misprints: pd.DataFrame
    sources: pd.DataFrame
    releases: pd.DataFrame
    coverage: pd.DataFrame
    source_errors: pd.DataFrame
    breaks: pd.DataFrame
    distortions: pd.DataFrame
    accepted: pd.DataFrame
    backtest: pd.DataFrame
    outlook_parameters: pd.DataFrame
    adjusted: pd.DataFrame
    surprises: pd.DataFrame
    backtest_method: pd.DataFrame
    later: pd.DataFrame = field(default_factory=pd.DataFrame)
    detail: Store = field(default_factory=Store)
    detail_day: str = ""
    history_before: str = "9999-12"
    as_of: str = ""

    def summary(self) -> tuple[str, Lines]:
        """How many rows each table of figures had by the day, of which months."""
        lines = []
        for name in KEYS:
            rows = getattr(self, name)
            known = rows[~rows["late"]] if "late" in rows else rows
            months = f", {known['period'].min()} to {known['period'].max()}" if len(known) else ""
            lines.append((f"tables.{name}", f"{len(known):,} rows{months}"))
        return f"China’s trade as known on {self.as_of or self.newest_release}", lines

    def __getstate__(self) -> dict[str, Any]:
        """The tables with what is cached in them."""
        cache = vars(self).get("_cache", {})
        return {**vars(self), "_cache": {key: found for key, found in cache.items() if key[0] not in NOT_PICKLED}}

    @property
    def newest_release(self) -> str:
        """The newest release date in the tables."""
        return self.newest_release_of("9999-12")

    def newest_release_of(self, last: str) -> str:
        """The newest release date of all figures up to a month: what "today" is for a report that ends there."""
        rows = pd.concat([getattr(self, name)[["period", "released"]] for name in KEYS])
        return rows.loc[rows["period"] <= last, "released"].max()


NOT_PICKLED: set[str] = set()  # the names of cached functions


def _name(function: Callable[..., Any]) -> str:
    return f"{function.__module__}.{function.__qualname__}"


def cached(function: Callable[Concatenate[Tables, P], R]) -> Callable[Concatenate[Tables, P], R]:
    """Cache the results of a function in the tables that are its first argument, for as long as these exist.

    A data frame is returned as a shallow copy, so that a caller that adds a column does not change the cached one.
    """
    name = _name(function)

    @wraps(function)
    def from_cache(tables: Tables, *args: P.args, **kwargs: P.kwargs) -> R:
        cache, key = vars(tables).setdefault("_cache", {}), (name, args, *kwargs.items())
        result = cache.get(key, cache)
        if result is cache:  # not known
            result = cache[key] = function(tables, *args, **kwargs)
        return result.copy(deep=False) if isinstance(result, pd.DataFrame) else result

    return from_cache


def cached_rows(function: Callable[Concatenate[Tables, P], R]) -> Callable[Concatenate[Tables, P], R]:
    """As `cached`, of a result with rows of a table: these are found quickly, and cannot be pickled."""
    NOT_PICKLED.add(_name(function))
    return cached(function)


def records(rows: pd.DataFrame) -> Iterator[Any]:
    """The rows as named tuples; as `itertuples`, which takes values from columns of text one by one, but quicker."""
    return rows.astype(object).itertuples(index=False)


def members_of(tables: Tables, group: str) -> list[str]:
    """The codes of a group's members; empty where customs prints no list (Belt and Road)."""
    return tables.groups.set_index("group").at[group, "members"].split()


@cached
def codes_of(tables: Tables, period: str) -> pd.DataFrame:
    """The codes that customs gives its partners in a month: the rows of reference/partner_codes.csv valid then."""
    codes = tables.partner_codes
    return codes[(codes["valid_from"] <= period) & ((codes["valid_to"] == "") | (codes["valid_to"] >= period))]


@cached
def ranked_partners(tables: Tables) -> frozenset[str]:
    """The partners that customs ranks: groups that count as one partner, and the countries outside these groups."""
    groups = tables.groups[tables.groups["ranked"] == 1]
    members = set(" ".join(groups["members"]).split())
    countries = tables.partner_list.loc[tables.partner_list["type"] == "country", "partner"]
    return frozenset(groups["group"]) | (frozenset(countries) - members)


# --- vintages -----------------------------------------------------------------------------------------------------------


def as_of(tables: Tables, date: str = "") -> Tables:
    """What was known on a day? For each figure the stages released by then; later ones only as history.

    Every stage released on or before `date` is kept, so that a first print can be compared with its revision; of one stage
    released twice, the later release counts. If no stage of a figure had been released by then, its earliest later stage is
    kept and marked `late`: it serves as history, never for a report's own period (see `levels.exclude_lookahead`). Totals
    gain the rows that accounting identities give within one stage (such as exports - imports = balance), marked in `how`.
    Without a date, all figures are known.
    """
    date = date or tables.newest_release
    fill = {"totals": _with_identities, "commodities": _one_list}
    known = {name: _known(getattr(tables, name), KEYS[name], date, fill.get(name)) for name in KEYS if name != "consensus"}
    consensus = tables.consensus[tables.consensus["released"] <= date].assign(late=False)
    return replace(tables, **known, consensus=consensus, later=_later(tables.totals, date), as_of=date)


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows from the oldest vintage to the newest: by stage, within a stage by release day."""
    return rows.assign(order=rows["stage"].map(STAGES)).sort_values(["order", "released"], kind="stable").drop(columns="order")


def _known(rows: pd.DataFrame, key: list[str], date: str, fill: Callable | None) -> pd.DataFrame:
    """The figures released by the day, and for all others their earliest later stage; `fill` completes both parts."""
    fill = fill or (lambda rows: rows)
    late = rows["released"] > date
    known = fill(rows[~late]).assign(late=False)
    if not late.any():
        return known
    later = fill(rows[late].sort_values("released", kind="stable").drop_duplicates([*key, "stage"], keep="first"))
    later = later.sort_values("released", kind="stable").drop_duplicates(key, keep="first").assign(late=True)
    known_keys = pd.MultiIndex.from_frame(known[key])
    return pd.concat([known, later[~pd.MultiIndex.from_frame(later[key]).isin(known_keys)]], ignore_index=True)


def _later(totals: pd.DataFrame, date: str) -> pd.DataFrame:
    """The revised totals that were released only after a day, each in its first release: history for sums of months."""
    rows = totals[(totals["released"] > date) & (totals["stage"] == "revised")].sort_values("released", kind="stable")
    return _with_identities(rows.drop_duplicates(KEYS["totals"])).assign(late=True)


def _one_list(goods: pd.DataFrame) -> pd.DataFrame:
    """Each commodity once, even if both lists print it: the flash table's line, else the bulletin's."""
    key = [*KEYS["commodities"], "stage"]
    flash = pd.MultiIndex.from_frame(goods.loc[goods["table"] == "flash", KEYS["commodities"]])
    twice = (goods["table"] == "bulletin") & pd.MultiIndex.from_frame(goods[KEYS["commodities"]]).isin(flash)
    return goods[~twice].drop_duplicates([*key, "released"])


IDENTITIES = (  # flow, the two flows it follows from, the sign of the second
    ("balance", "exports", "imports", -1),
    ("imports", "exports", "balance", -1),
    ("exports", "imports", "balance", +1),
    ("total", "exports", "imports", +1),
)


def _with_identities(totals: pd.DataFrame) -> pd.DataFrame:
    """Totals with what follows from two figures of the same stage; a printed figure is never replaced."""
    totals = totals.assign(how="printed")
    levels = totals[totals["measure"] == "level"]
    derived = []
    for rows in _grouped(in_order(levels), ["period", "kind", "currency", "stage"]):
        have = {row.flow: row for row in rows}
        for flow, first, second, sign in IDENTITIES:
            if flow in have or first not in have or second not in have:
                continue
            a, b = have[first], have[second]
            newer = a if a.released >= b.released else b
            have[flow] = a._replace(
                flow=flow, value=round(a.value + sign * b.value, 2), step=max(a.step, b.step), released=newer.released,
                released_basis=newer.released_basis, source=a.source if a.source == b.source else f"{a.source}; {b.source}",
                how=f"{first} {'+' if sign > 0 else '-'} {second}",
            )  # fmt: skip
            derived.append(have[flow])
    return pd.concat([totals, pd.DataFrame(derived, columns=totals.columns)], ignore_index=True)


def _grouped(rows: pd.DataFrame, by: list[str]) -> list[list]:
    groups: dict[tuple, list] = {}
    for row in records(rows):
        groups.setdefault(tuple(getattr(row, column) for column in by), []).append(row)
    return list(groups.values())
