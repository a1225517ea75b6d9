"""Goods by partner and partners by good, from the detail data: sums of months, compared with a year earlier.

Downloads break trade down in many ways: by eight-digit code and partner, by four digits alone, by customs regime as well. A
question is answered from one way for each chapter, the one that has most of the trade asked for, so that nothing is counted
twice and now and a year earlier are broken down alike. A chapter counts where it is available in every month of the span; it is
compared where it is in every month a year earlier, too. Where downloads have only some goods, no chapter is whole: a good is
compared only if somebody traded it in both years, and what is not in the downloads is never taken for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from customs_report.calculations.levels import source_of
from customs_report.detail.query import listed, query, quoted
from customs_report.detail.store import bits_of, chapters_of
from customs_report.detail.vintages import NEVER
from customs_report.facts import NotAvailable
from customs_report.periods import is_january, shift, year_to_date
from customs_report.provenance import Source
from customs_report.schema import DETAIL
from customs_report.tables import Tables, cached, members_of

CURRENCIES = ("CNY", "USD")  # of two that say as much, the first
LEVELS = (2, 4, 6, 8)
FULL = 80  # chapters: a month with more was asked for as a whole, and a chapter that is not in it had no trade
ALL_CHAPTERS = frozenset(f"{chapter:02d}" for chapter in range(1, 98))
COUNTED = ("unit", "quantity", "quantity_base")
SUMS = ("value", "base", "month", "month_base")  # year to date and month, each now and a year earlier


class Span(NamedTuple):
    """A year to date (or a month by itself) with its last month, and the same a year earlier."""

    now: tuple[str, ...]
    base: tuple[str, ...]

    @property
    def over(self) -> str:
        return "ytd" if len(self.now) > 1 or is_january(self.month) else "month"

    @property
    def month(self) -> str:
        return self.now[-1]

    @property
    def month_base(self) -> str:
        return self.base[-1]


@dataclass(frozen=True)
class Way:
    """A way in which downloads break trade down, with the chapters that it has now, and a year earlier as well."""

    shape: str
    currency: str
    now: frozenset[str]
    base: frozenset[str]
    whole: bool = False  # of all goods, in both years

    @property
    def digits(self) -> int:
        return int(self.shape.split()[0])

    @property
    def by(self) -> frozenset[str]:
        return frozenset(self.shape.split()[1:]) - {"ytd"}


def span_of(period: str, over: str = "ytd") -> Span:
    """The year to date, or the month by itself, and the same months a year earlier."""
    before = shift(period, -12)
    return Span((period,), (before,)) if over == "month" else Span(tuple(year_to_date(period)), tuple(year_to_date(before)))


@cached
def ways(tables: Tables, span: Span, flow: str) -> tuple[Way, ...]:
    """In which ways is a flow available over all months of a span?"""
    found, period = [], span.month
    for key, months in tables.detail.held(flow, tables.detail_day or NEVER, period).items():
        shape, _, currency = key.partition("|")
        needed = [span.now[-1:], span.base[-1:]] if "ytd" in shape.split() else [span.now, span.base]
        now, base = (_in_all(months, each) for each in needed)
        if now:
            found.append(Way(shape, currency, now, base & now, now >= ALL_CHAPTERS and base >= ALL_CHAPTERS))
    return tuple(found)


def _in_all(months: Mapping[str, str], needed: Iterable[str]) -> frozenset[str]:
    """The chapters that are in all of these months."""
    in_each = []
    for month in needed:
        found = frozenset(chapters_of(months.get(month, "0")))
        in_each.append(ALL_CHAPTERS | found if len(found) >= FULL else found)
    return frozenset.intersection(*in_each) if in_each else frozenset()


def months_available(
    tables: Tables, flow: str, by: Iterable[str] = (), digits: int = 0, chapters: Iterable[str] = ()
) -> list[str]:
    """The months for which the detail data have anything broken down so, of these chapters if any are named, in order."""
    wanted, months, only = set(by), set(), int(bits_of(chapters), 16)
    for key, found in tables.detail.held(flow, tables.detail_day or NEVER).items():
        shape, _, currency = key.partition("|")
        way = Way(shape, currency, frozenset(), frozenset())
        if wanted <= way.by and way.digits >= digits:
            months |= {month for month, bits in found.items() if not only or int(bits, 16) & only}
    return sorted(months)


def is_complete(tables: Tables, period: str, flow: str, chapters: Iterable[str], digits: int) -> bool:
    """Are these chapters available as a whole, not only some of their codes: from downloads that have all chapters?"""
    try:
        _, _, ways_of = chosen(tables, period, flow, "true", ("partner",), digits)
    except NotAvailable:
        return False
    return all(chapter in ways_of and ways_of[chapter].now >= ALL_CHAPTERS for chapter in chapters)


def newest(tables: Tables, flow: str, by: Iterable[str] = ("partner",), digits: int = 2, chapters: Iterable[str] = ()) -> str:
    """The newest month that the detail data have, of these chapters if any are named; empty if they have none."""
    return max(months_available(tables, flow, by, digits, chapters), default="")


def chosen(
    tables: Tables, period: str, flow: str, where: str, by: Iterable[str], digits: int, chapters: Iterable[str] = ()
) -> tuple[Span, str, dict[str, Way]]:
    """The span, the currency, and for each chapter the way that has most of what is asked for; of equal ones the coarsest.

    The span is the year to date; the month by itself where more chapters have it than have all months of the year. Raises
    NotAvailable where there is neither, with the newest month that has any.
    """
    wanted, only = frozenset(by), frozenset(chapters)

    def possible_over(span: Span) -> list[Way]:
        found = [
            replace(way, now=way.now & only if only else way.now, base=way.base & only if only else way.base)
            for way in ways(tables, span, flow)
            if wanted <= way.by and way.digits >= digits
        ]
        return [way for way in found if way.now]

    year, month = span_of(period), span_of(period, "month")
    over = {span: possible_over(span) for span in (year, month)}
    reach = {span: len(frozenset().union(*(way.now for way in found))) for span, found in over.items()}
    span = year if reach[year] >= reach[month] else month
    possible = over[span]
    if not possible:
        raise NotAvailable("detail", _why_none(tables, period, flow, wanted, digits, only))
    currency = max(CURRENCIES, key=lambda c: len(frozenset().union(*(way.now for way in possible if way.currency == c))))
    possible = [way for way in possible if way.currency == currency]
    several = {chapter for way in possible for chapter in way.now if sum(chapter in other.now for other in possible) > 1}
    sums = _sums_by_shape(tables, span, flow, where, currency, several) if several else {}

    def rank(chapter: str, way: Way) -> tuple[float, int, int]:
        return round(sums.get((way.shape, chapter), 0.0) * 1.002, -5), -len(way.by), -way.digits

    return (
        span,
        currency,
        {
            chapter: max((way for way in possible if chapter in way.now), key=lambda way: rank(chapter, way))
            for chapter in sorted(frozenset().union(*(way.now for way in possible)))
        },
    )


def _why_none(tables: Tables, period: str, flow: str, by: frozenset[str], digits: int, chapters: Iterable[str]) -> str:
    what = f"{flow}s by commodity" + (" and partner" if "partner" in by else "")
    months = months_available(tables, flow, by, digits, chapters)
    if not months:
        return f"no detail data of {what}" + (" in these chapters" if chapters else "")
    return f"no detail data of {what} for January to {period}; the newest month is {months[-1]}"


def _sums_by_shape(
    tables: Tables, span: Span, flow: str, where: str, currency: str, chapters: Iterable[str]
) -> dict[tuple[str, str], float]:
    period = span.month
    found = query(
        tables, period,
        f"SELECT shape, substr(commodity, 1, 2) AS chapter, CAST(sum(value) AS DOUBLE) AS value FROM detail "
        f"WHERE currency = {quoted(currency)} AND ({where}) AND substr(commodity, 1, 2) IN {listed(sorted(chapters))} "
        f"AND (kind = 'month' OR period = {quoted(period)}) GROUP BY shape, substr(commodity, 1, 2)",
        first=span.now[0], last=period, flow=flow,
    )  # fmt: skip
    return {(row.shape, row.chapter): row.value for row in found.itertuples()}


class Asked(NamedTuple):
    """What a question has in common with all others: the condition on rows, the sums, the currency, the ways by chapter."""

    where: str
    anybody: str  # the same for all partners
    sums: str
    span: Span
    currency: str
    ways: Mapping[str, Way]

    @property
    def compared(self) -> frozenset[str]:
        """The chapters that are available a year earlier, too."""
        return frozenset(chapter for chapter, way in self.ways.items() if chapter in way.base)

    @property
    def in_part(self) -> frozenset[str]:
        """The chapters of which only some goods are available."""
        return frozenset(chapter for chapter, way in self.ways.items() if not way.whole)

    @property
    def digits(self) -> int:
        """The digits that all codes have."""
        return min(way.digits for way in self.ways.values())


def asked(
    tables: Tables, period: str, flow: str, where: str = "true", by: Iterable[str] = ("partner",), digits: int = 2,
    chapters: Iterable[str] = (),
) -> Asked:  # fmt: skip
    """The condition on rows and the four sums of a question."""
    span, currency, ways_of = chosen(tables, period, flow, where, by, digits, chapters)
    shapes: dict[str, list[str]] = {}
    for chapter, way in ways_of.items():
        shapes.setdefault(way.shape, []).append(chapter)
    everywhere = {way.shape: way.now for way in ways(tables, span, flow) if way.currency == currency}
    conditions = []
    for shape, mine in shapes.items():
        whole = set(mine) >= everywhere[shape] and everywhere[shape] >= ALL_CHAPTERS
        conditions.append(
            f"shape = {quoted(shape)}" + ("" if whole else f" AND substr(commodity, 1, 2) IN {listed(sorted(mine))}")
        )
    only = conditions[0] if len(conditions) == 1 else " OR ".join(f"({condition})" for condition in conditions)
    months = f"period IN {listed((*span.now, *span.base))}"
    if any("ytd" in shape for shape in shapes):
        months = f"(kind = 'month' AND {months} OR kind = 'ytd' AND period IN {listed((span.month, span.month_base))})"
    ytd = f"period >= {quoted(span.now[0])}"
    sums = (
        f"CAST(sum(CASE WHEN {ytd} THEN value ELSE 0 END) AS DOUBLE) AS value, "
        f"CAST(sum(CASE WHEN {ytd} THEN 0 ELSE value END) AS DOUBLE) AS base, "
        f"CAST(sum(CASE WHEN period = {quoted(span.month)} AND kind = 'month' THEN value ELSE 0 END) AS DOUBLE) AS month, "
        f"CAST(sum(CASE WHEN period = {quoted(span.month_base)} AND kind = 'month' THEN value ELSE 0 END) AS DOUBLE) "
        "AS month_base"
    )
    anybody = f"currency = {quoted(currency)} AND ({only}) AND {months}"
    return Asked(f"{anybody} AND ({where})", anybody, sums, span, currency, ways_of)


class Sums(NamedTuple):
    """Sums by code or partner, and chapter; in which currency, over which span."""

    rows: pd.DataFrame
    currency: str
    span: Span
    in_part: frozenset[str]  # chapters of which only some goods are available


def sums(
    tables: Tables, period: str, flow: str, group: str, where: str = "true", by: Iterable[str] = ("partner",), digits: int = 2,
    chapters: Iterable[str] = (), quantities: bool = False,
) -> Sums:  # fmt: skip
    """The four sums by a column or expression; with `quantities` those of the year to date, too, by their unit.

    A chapter without figures a year earlier has NaN there. Raises NotAvailable where there are none.
    """
    how = asked(tables, period, flow, where, by, digits, chapters)
    rows = _sums(tables, period, flow, group, how.where, how.sums, how.span, how.compared, quantities)
    if how.in_part and how.in_part & frozenset(rows["chapter"].unique()):
        rows = _as_far_as_known(rows, _spans_of_codes(tables, period, flow, how, group), group)
    return Sums(rows, how.currency, how.span, how.in_part)


def _spans_of_codes(tables: Tables, period: str, flow: str, how: Asked, group: str) -> pd.DataFrame:
    """Where only some goods are available: has anybody figures of a code now, and a year earlier? Columns commodity, now, base.

    Of partners only the codes that were asked for.
    """
    ytd, rows = f"period >= {quoted(how.span.now[0])}", how.anybody if group == "commodity" else how.where
    return query(
        tables, period,
        f"SELECT commodity, CAST(max(CASE WHEN {ytd} THEN 1 ELSE 0 END) AS INTEGER) AS now, "
        f"CAST(max(CASE WHEN {ytd} THEN 0 ELSE 1 END) AS INTEGER) AS base "
        f"FROM detail WHERE {rows} AND substr(commodity, 1, 2) IN {listed(sorted(how.in_part))} GROUP BY commodity",
        first=how.span.base[0], last=period, flow=flow,
    )  # fmt: skip


def _as_far_as_known(rows: pd.DataFrame, codes_: pd.DataFrame, group: str) -> pd.DataFrame:
    """The sums without codes that nobody has figures of now; NaN a year earlier where nobody had some then."""
    column = "code" if group == "commodity" else "chapter"
    key = codes_["commodity"] if group == "commodity" else codes_["commodity"].str[:2]
    new, gone = (set(key[codes_[span] == 0]) for span in ("base", "now"))
    rows = rows[~rows[column].isin(gone)].copy() if group == "commodity" else rows.copy()
    rows.loc[rows[column].isin(new), rows.columns.intersection(["base", "month_base", "quantity_base"])] = float("nan")
    return rows


@cached
def _sums(
    tables: Tables, period: str, flow: str, group: str, where: str, four: str, span: Span, compared: frozenset[str],
    quantities: bool,
) -> pd.DataFrame:  # fmt: skip
    by_code = group == "commodity"
    chapter = "" if by_code else ", substr(commodity, 1, 2) AS chapter"
    counted = (
        f", unit, sum(CASE WHEN period >= {quoted(span.now[0])} THEN quantity END) AS quantity, "
        f"sum(CASE WHEN period < {quoted(span.now[0])} THEN quantity END) AS quantity_base"
        if quantities
        else ""
    )
    found = query(
        tables, period,
        f"SELECT {group} AS code{chapter}, {four}{counted} FROM detail WHERE {where} "
        f"GROUP BY {group}{', unit' if quantities else ''}{'' if by_code else ', substr(commodity, 1, 2)'}",
        first=span.base[0], last=period, flow=flow,
    )  # fmt: skip
    if found.empty:
        return pd.DataFrame(columns=["code", "chapter", *SUMS, *(COUNTED if quantities else ())])
    if by_code:
        found["chapter"] = found["code"].str[:2]
    apart = ~found["chapter"].isin(compared)
    found.loc[apart, ["base", "month_base", *(["quantity_base"] if quantities else [])]] = float("nan")
    return found


def national_months(tables: Tables, flow: str, commodity: str) -> pd.DataFrame:
    """All rows of a code over all partners, month by month: both currencies, every stage known."""
    found = query(
        tables, tables.history_before, f"SELECT * FROM detail WHERE commodity = {quoted(commodity)} "
        f"AND shape = '{len(commodity)}' ORDER BY period, currency, stage, released", flow=flow,
    )  # fmt: skip
    return found if len(found) else pd.DataFrame(columns=DETAIL.names)


@cached
def detail_origins(tables: Tables, where: str = "true") -> tuple[tuple[str, Source, str], ...]:
    """Period, source and stage of the rows known, each once."""
    found = query(
        tables, tables.history_before,
        f"SELECT period, source, stage, released, released_basis FROM detail WHERE {where} GROUP BY 1, 2, 3, 4, 5 "
        "ORDER BY 1, 4, 2",
    )  # fmt: skip
    return tuple((row.period, source_of(row), row.stage) for row in found.itertuples())


def countries(tables: Tables, partner: str) -> str:
    """The condition on rows of a partner, or of the members of a group."""
    if partner == "WORLD":
        return "true"
    members = members_of(tables, partner) if partner in set(tables.groups["group"]) else []
    return f"partner IN {listed(members or [partner])}"


def codes(prefixes: Iterable[str]) -> str:
    """The condition on rows of these codes, and of all that they contain."""
    return "(" + " OR ".join(f"substr(commodity, 1, {len(code)}) = {quoted(code)}" for code in prefixes) + ")"


def change_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """Change, growth in percent and contribution in points of the whole, and share in percent, of month and year to date."""
    part, made = {name: frame[name].to_numpy(float) for name in SUMS}, {}
    with np.errstate(divide="ignore", invalid="ignore"):
        for now, base, end in (("value", "base", ""), ("month", "month_base", "_month")):
            made[f"change{end}"] = part[now] - part[base]
            made[f"growth{end}"] = np.where(part[base] > 0, part[now] / part[base] - 1, np.nan) * 100
            made[f"contribution{end}"] = made[f"change{end}"] / np.nansum(part[base]) * 100
        made["share"] = part["value"] / part["value"].sum() * 100
    return pd.DataFrame({**{name: frame[name] for name in frame}, **made}, index=frame.index)
