"""Partners, commodities and all trade side by side, month by month: whatever a reader wants to compare."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import NamedTuple

import pandas as pd

from customs_report import lookup
from customs_report.calculations.breaks import broken
from customs_report.calculations.fact_builders import commodity_levels, partner_levels, trade_facts
from customs_report.calculations.levels import SPANS, exclude_lookahead, first_month
from customs_report.calculations.lines import commodity_lines, partner_lines
from customs_report.coverage import why_unavailable
from customs_report.errors import InputError
from customs_report.facts import Facts, NotAvailable
from customs_report.frames import by_month
from customs_report.measures import growth
from customs_report.numbers import unit_in_words, write
from customs_report.periods import parse_month, shift, span
from customs_report.summaries import Lines, Summary
from customs_report.tables import Tables, cached

ALL_TRADE, ALL_TRADE_NAME = "all", "All trade"
MEASURES = ("value", "quantity", "unit_value", "growth", "share")
OTHER_FLOW = {"exports": "imports", "imports": "exports"}
OF_COMMODITIES = ("quantity", "unit_value")
LONGEST = 120  # characters of a gap in the repr
MOST = 6  # lines that a reader can distinguish


class Amount(NamedTuple):
    """A value with its unit."""

    value: float
    unit: str


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Summary):
    """Index period, a column a subject; their unit; and why a subject is no column or has months without a figure.

    `named`: the same values with names as columns, as a chart's legend has them.

    >>> comparison(tables, period, ["motor_vehicles", "USA"], measure="quantity").gaps
    {'USA': 'only commodities have a quantity'}
    >>> comparison(tables, period, ["motor_vehicles"], measure="growth").gaps
    {'motor_vehicles': '2025-03: neither customs’ growth nor a year-earlier figure is available'}
    """

    values: pd.DataFrame
    unit: str
    gaps: Mapping[str, str]
    names: Mapping[str, str]

    @property
    def named(self) -> pd.DataFrame:
        return self.values.rename(columns=dict(self.names))

    def summary(self) -> tuple[str, Lines]:
        """What is compared over which months in which unit, the newest figures, and what is missing."""
        months = by_month(self.values).index
        newest = [f"{self.names[code]} {write(value, self.unit)}" for code, value in self.values.iloc[-1].dropna().items()]
        lines = [
            ("values", f"{months[0]} to {months[-1]}, columns {', '.join(self.values)}"),
            ("unit", unit_in_words(self.unit)),
        ]
        gaps = [("gaps", f"{self.names[code]}: {shorten(why, LONGEST, placeholder=' …')}") for code, why in self.gaps.items()]
        return f"{', '.join(self.named)} side by side", [*lines, (months[-1], ", ".join(newest) or "not available"), *gaps]


def comparable(tables: Tables) -> dict[str, str]:
    """What can be compared? Code -> name: all trade, the partners held, the commodities held."""
    partners = {key[0] for key in partner_lines(tables)}
    commodities = {key[1] for key in commodity_lines(tables)}
    names = {ALL_TRADE: ALL_TRADE_NAME}
    names |= {row.partner: row.name for row in tables.partner_list.itertuples(index=False) if row.partner in partners}
    lines = tables.commodity_list
    return names | {row.commodity: row.name for row in lines.itertuples(index=False) if row.commodity in commodities}


def comparison(
    tables: Tables,
    period: str,
    subjects: Sequence[str],
    flow: str = "exports",
    measure: str = "value",
    over: str = "month",
    currency: str = "CNY",
    since: str = "",
) -> Comparison:
    """How do partners, commodities and all trade compare, month by month up to the period?"""
    names = comparable(tables)
    given = subjects if isinstance(subjects, Iterable) and not isinstance(subjects, str) else [subjects]
    subjects = list(dict.fromkeys(_code(tables, subject, flow, names) for subject in given))
    if not 0 < len(subjects) <= MOST:
        raise InputError(f"{len(subjects)} subjects are chosen; from one to {MOST} lines can be distinguished")
    tables = exclude_lookahead(tables, period)
    months, columns, gaps, unit = span(first_month(tables), period), {}, {}, ""
    since = parse_month(since) or since
    if since and since not in months:
        raise InputError(f"since {since!r} is no month from {months[0]} to {period}")
    months = months[months.index(since) :] if since else months
    for subject in subjects:
        points = _points(_Asked(tables, subject, flow, measure, over, currency), months)
        held = {p: point for p, point in points.items() if isinstance(point, Amount)}
        mine, newest = held[max(held)].unit if held else "", points[period]
        if not held and isinstance(newest, NotAvailable):
            gaps[subject] = newest.why
        elif unit and mine != unit:
            gaps[subject] = f"counted in {mine}, not in {unit}"
        else:
            unit = mine
            columns[subject] = {p: point.value for p, point in held.items() if point.unit == unit}
            if missing := _missing_months(points, since=min(columns[subject])):
                gaps[subject] = missing
    if not columns:
        raise InputError(f"nothing to compare. {_by_reason({names[subject]: why for subject, why in gaps.items()})}")
    values = pd.DataFrame(columns, index=pd.Index(months, name="period"), dtype=float)
    return Comparison(values.loc[values.first_valid_index() :], unit, gaps, {code: names[code] for code in subjects})


def _by_reason(gaps: Mapping[str, str]) -> str:
    """Each reason once, after what it is the reason of."""
    reasons = dict.fromkeys(gaps.values())
    return "; ".join(f"{', '.join(name for name, other in gaps.items() if other == why)}: {why}" for why in reasons)


def _missing_months(points: Mapping[str, Amount | NotAvailable], since: str) -> str:
    """Which months after the first figure have none, and why: "2025-01 to 2025-02, 2026-01: not held"."""
    by_reason: dict[str, list[list[str]]] = {}
    for period, point in points.items():
        if isinstance(point, NotAvailable) and period > since:
            runs = by_reason.setdefault(point.why, [])
            if runs and runs[-1][-1] == shift(period, -1):
                runs[-1][1:] = [period]
            else:
                runs.append([period])
    return "; ".join(f"{', '.join(map(' to '.join, runs))}: {why}" for why, runs in by_reason.items())


def _code(tables: Tables, subject: object, flow: str, comparable: Collection[str]) -> str:
    """The code for a name, of a commodity first in the flow; raises InputError with the nearest partner or commodity."""
    if lookup.fold(subject) in (ALL_TRADE, lookup.fold(ALL_TRADE_NAME)):
        return ALL_TRADE
    flows = sorted(lookup.FLOWS, key=lambda each: each != flow.removesuffix("s"))
    places = [("partner", ""), *(("commodity", each) for each in flows)]
    found = [code for kind, each in places for code, _ in lookup.find_all(tables, kind, subject, [each])]
    if not found:
        raise lookup.refusal(tables, subject, places)
    if found[0] not in comparable:
        raise InputError(lookup.no_line(tables, found[0]))
    return found[0]


class _Asked(NamedTuple):
    """What one column shows, but for its months."""

    tables: Tables
    subject: str
    flow: str
    measure: str
    over: str
    currency: str

    @property
    def in_commodities(self) -> bool:
        return self.subject in set(self.tables.commodity_list["commodity"])

    @property
    def printed(self) -> bool:
        """Is each month's figure a fact of its report? Longer sums in yuan are none: they add up first prints."""
        return self.currency == "USD" or self.over in ("month", "ytd")

    def name(self) -> str:
        """The name of the fact."""
        measure = "value" if self.measure in ("growth", "share") else self.measure
        if self.subject == ALL_TRADE:
            return f"{self.flow}_{self.currency.lower()}_{self.over}"
        if not self.in_commodities:
            return f"partner.{self.subject}.{self.flow}_cny_{self.over}"
        return f"commodity.{self.flow.removesuffix('s')}.{self.subject}.{measure}{'_cny' * (measure == 'value')}_{self.over}"


def _points(asked: _Asked, months: Iterable[str]) -> dict[str, Amount | NotAvailable]:
    def point(period: str) -> Amount | NotAvailable:
        try:
            return _measured(asked, period)
        except NotAvailable as gap:
            return gap

    if why := _impossible(asked):
        return dict.fromkeys(months, NotAvailable(asked.subject, why))
    return {period: point(period) for period in months}


def _impossible(asked: _Asked) -> str:
    """Why the comparison has no figures in any month; empty if it may have some."""
    if asked.measure in OF_COMMODITIES and not asked.in_commodities:
        return "only commodities have a quantity"
    if asked.in_commodities and asked.flow not in ("exports", "imports"):
        return "a commodity has exports and imports, each by itself"
    if asked.in_commodities and not _traded(asked, asked.flow) and _traded(asked, other := OTHER_FLOW[asked.flow]):
        return lookup.in_other_flow(asked.tables, other.removesuffix("s"), asked.subject)
    if asked.subject != ALL_TRADE and asked.currency != "CNY":
        return "partners and commodities are in yuan"
    if asked.flow == "balance" and (asked.measure == "share" or (asked.measure == "growth" and asked.subject != ALL_TRADE)):
        return f"a balance has no {asked.measure} here"
    return ""


def _traded(asked: _Asked, flow: str) -> bool:
    """Has the flow a line for the commodity in any month?"""
    return any(key[:2] == (flow.removesuffix("s"), asked.subject) for key in commodity_lines(asked.tables))


def _measured(asked: _Asked, period: str) -> Amount:
    if asked.measure == "growth":
        return _growth(asked, period)
    if asked.measure == "share":
        whole = _level(asked._replace(subject=ALL_TRADE), period)
        return Amount(_level(asked, period).value / whole.value * 100, "percent")
    return _level(asked, period)


def _level(asked: _Asked, period: str) -> Amount:
    if asked.printed:
        fact = _facts(*asked._replace(measure="value"), period)[asked.name()]
        return Amount(fact.value, fact.unit)
    if asked.measure == "unit_value":
        value, quantity = (_level(asked._replace(measure=measure), period) for measure in ("value", "quantity"))
        return Amount(value.value / quantity.value, f"CNY per {quantity.unit.removesuffix('s')}")
    span = SPANS[asked.over](period)
    _refuse_break(asked, span[0], span[-1])
    months = [_level(asked._replace(over="month"), month) for month in span]
    if len({month.unit for month in months}) > 1:
        raise NotAvailable(asked.name(), "the unit changed within the span")
    return Amount(sum(month.value for month in months), months[-1].unit)


def _growth(asked: _Asked, period: str) -> Amount:
    if asked.printed:
        facts, name = _facts(*asked._replace(measure="value"), period), f"{asked.name()}_yoy"
        if name not in facts:
            _level(asked, period)  # raises the reason why there is no level
        return Amount(facts[name].value, "percent")
    _refuse_break(asked, SPANS[asked.over](shift(period, -12))[0], period)
    now, base = (_level(asked, month).value for month in (period, shift(period, -12)))
    if base <= 0:
        raise NotAvailable(asked.name(), "no growth rate without a base")
    return Amount(growth(now, base), "percent")


def _refuse_break(asked: _Asked, first: str, last: str) -> None:
    """Raises NotAvailable where a declared break of the series lies between two months."""
    table, flow = ("commodities", asked.flow.removesuffix("s")) if asked.in_commodities else ("partners", asked.flow)
    if why := broken(asked.tables, table, asked.subject, flow, first, last):
        raise NotAvailable(asked.name(), why)


@cached
def _facts(tables: Tables, subject: str, flow: str, measure: str, over: str, currency: str, period: str) -> Facts:
    """The facts of one subject in one month, as the month's report makes them."""
    facts, asked = Facts(period, tables.as_of), _Asked(tables, subject, flow, measure, over, currency)
    if subject == ALL_TRADE:
        trade_facts(facts, tables, currency, over)
    elif asked.in_commodities:
        commodity_levels(facts, tables, flow.removesuffix("s"), subject, over)
    else:
        partner_levels(facts, tables, subject, over)
        facts.gaps.setdefault("partner.*", why_unavailable(tables, "partners", period, key=subject, kind=over))
    return facts
