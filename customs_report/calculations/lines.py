"""Partners and commodities: the printed line of each, who is ranked, which lines can be added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, Protocol

from customs_report.calculations.levels import PRINTED_GROWTH, as_printed, exclude_lookahead, find_level
from customs_report.facts import complete
from customs_report.names import goods, partner_label, where
from customs_report.periods import is_january, shift
from customs_report.provenance import Figure, Label, calculate
from customs_report.schema import CONTINENTS
from customs_report.tables import PrintedRow, Tables, cached, cached_rows, codes_of, in_order, ranked_partners, records


class PartnerRow(PrintedRow, Protocol):
    """A row of partners.csv."""

    exports: float
    imports: float
    exports_yoy: float


class CommodityRow(PrintedRow, Protocol):
    """A row of commodities.csv."""

    value: float
    quantity: float
    unit: str
    value_yoy: float
    quantity_yoy: float


def partner_line(tables: Tables, code: str, over: str, period: str) -> PartnerRow | None:
    """The printed line of a partner (month or ytd): exports, imports, printed growth, source; None where not held.

    >>> partner_line(tables, "VNM", "month", period).exports
    129859200201.0
    """
    return partner_lines(tables).get((code, over, period))


def ranked(tables: Tables, period: str, over: str = "ytd") -> list[str]:
    """Who are the largest partners, over the month or the year to date? Codes in customs' ranking, to the last certain place.

    ASEAN and the EU count as one partner each, their members, continents and overlapping groups do not take part. The
    list ends where a partner missing from the table could be larger: at what a continent trades beyond the partners held.

    >>> ranked(tables, period)[:3]
    ['ASEAN', 'EU27', 'USA']
    """
    mine, missing = _ranking(tables, period, over)
    return [code for code in sorted(mine, key=mine.__getitem__, reverse=True) if mine[code] > missing]


def _ranking(tables: Tables, period: str, over: str = "ytd") -> tuple[dict[str, float], float]:
    """Total trade of the ranked partners, and how large a partner without a line can be at most.

    Such a partner trades no more than its continent beyond the lines held. Where the continents are not yet public, it has
    added no more to its year to date than what the month's lines leave of the month's total; a month has no ranking then.
    """
    index, taking_part = partner_lines(tables), ranked_partners(tables)
    totals = {code: row.exports + row.imports for (code, kind, p), row in index.items() if kind == over and p == period}
    inside = continent_of(tables, period)
    rest = {c: totals[c] for c in CONTINENTS if c in totals}
    mine = {code: total for code, total in totals.items() if code in taking_part and total == total}
    for code, total in mine.items():
        if inside.get(code) in rest:
            rest[inside[code]] -= total
    if len(rest) == len(CONTINENTS):
        return mine, max(rest.values())
    month = complete(find_level(tables, flow, "CNY", "month", period) for flow in ("exports", "imports"))
    if over == "month" or is_january(period) or not month:
        return mine, float("inf")
    before, missing = _ranking(tables, shift(period, -1))
    left = sum(level.value for level in month)
    left -= sum(row.exports + row.imports for code in mine if (row := index.get((code, "month", period))))
    return mine, max([missing, *(total for code, total in before.items() if code not in mine)]) + left


@cached
def continent_of(tables: Tables, period: str) -> dict[str, str]:
    """In which continent does a partner lie in a month? Partner -> continent; ASEAN in Asia, the EU in Europe (but for Cyprus).

    Georgia, Armenia and Azerbaijan lie in Asia since 2023, by their codes.
    """
    return codes_of(tables, period).set_index("partner")["continent"].to_dict() | {"ASEAN": "ASIA", "EU27": "EUROPE"}


NAN = float("nan")
NOISY = "the year-earlier figures of this partner were revised too much since to compute growth of a month"
NOISY_POINTS, NOISY_MONTHS = 2.5, 4


def noisy_base(tables: Tables, code: str, flow: str, period: str) -> bool:
    """Had a partner's year-earlier figures been revised so much by a period that growth computed on them says little?

    Where growth of the year to date as customs printed it and as computed on last year's print differ by more than 2.5 points
    in four months or more, of those up to the period.

    >>> [noisy_base(tables, *line, period) for line in (("PER", "imports"), ("VNM", "exports"))]
    [True, False]
    """
    return sum(month <= period for month in _months_apart(tables)[code, flow]) >= NOISY_MONTHS


@cached
def _months_apart(tables: Tables) -> dict[tuple[str, str], list[str]]:
    """In which months do a partner's printed and computed growth of the year to date differ by more than 2.5 points?"""
    index, apart = partner_lines(tables), defaultdict(list)
    for (code, kind, period), row in index.items():
        base = index.get((code, kind, shift(period, -12))) if kind == "ytd" else None
        for flow in ("exports", "imports") if base else ():
            computed = (getattr(row, flow) / getattr(base, flow) - 1) * 100 if getattr(base, flow) > 0 else float("nan")
            if abs(computed - getattr(row, f"{flow}_yoy")) > NOISY_POINTS:
                apart[code, flow].append(period)
    return apart


class CommodityLine(NamedTuple):
    """A commodity's line: value in yuan, quantity in its base unit, printed growth, and the print behind them.

    `rows` is the printed row; where the month itself is not printed, the two years to date whose difference it is.

    >>> commodity_line(tables, "import", "crude_oil", "ytd", period).unit
    'tonnes'
    """

    value: float
    quantity: float
    unit: str
    value_yoy: float
    quantity_yoy: float
    step: float
    stage: str
    rows: tuple[CommodityRow, ...]

    @property
    def derived(self) -> bool:
        return len(self.rows) == 2


DERIVED = "derived: difference of two year-to-date figures"


def commodity_line(tables: Tables, flow: str, slug: str, over: str, period: str) -> CommodityLine | None:
    """The line of a commodity (month or ytd), newest stage; a month only where printed, else derived.

    Derived: the difference of two year-to-date figures of the same stage, where the month itself is not printed.

    >>> commodity_line(tables, "export", "ships", "ytd", period).quantity
    6159.0
    """
    index = commodity_lines(tables)
    row = index.get((flow, slug, over, period))
    if row:
        return CommodityLine(row.value, row.quantity, row.unit, row.value_yoy, row.quantity_yoy, row.step, row.stage, (row,))
    if over != "month" or is_january(period):
        return None
    later, earlier = (index.get((flow, slug, "ytd", p)) for p in (period, shift(period, -1)))
    if not later or not earlier or later.stage != earlier.stage or later.value <= earlier.value:
        return None
    quantity = later.quantity - earlier.quantity if later.unit == earlier.unit else NAN
    quantity = quantity if quantity > 0 else NAN
    return CommodityLine(later.value - earlier.value, quantity, later.unit, NAN, NAN, later.step, later.stage, (later, earlier))


def commodity_figure(tables: Tables, flow: str, slug: str, measure: str, over: str, period: str) -> Figure | None:
    """A commodity's `value` (yuan), `quantity` (base unit) or `unit_value` (yuan per unit); None where not held.

    >>> commodity_figure(tables, "import", "crude_oil", "unit_value", "ytd", period).how
    'value / quantity'
    """
    line = commodity_line(tables, flow, slug, over, period)
    if not line or (measure != "value" and not line.quantity > 0):
        return None
    what = {"value": "{}", "quantity": "the quantity of {}", "unit_value": "the unit value of {}"}[measure]
    label = Label(what.format(goods(tables, flow, slug)), where(over, period, "" if measure == "quantity" else "CNY"))
    if measure == "unit_value":
        both = ("value", "quantity")
        parts = {of: part for of in both if (part := commodity_figure(tables, flow, slug, of, over, period))}
        return calculate("value / quantity", f"CNY per {line.unit.removesuffix('s')}", label, parts)
    unit = "CNY" if measure == "value" else line.unit
    figures = [replace(as_printed(row, getattr(row, measure), unit, label), step=row.step if unit == "CNY" else None)
               for row in line.rows]  # fmt: skip
    if not line.derived:
        return figures[0]
    return calculate(
        "year_to_date - a_month_before", unit, label, {"year_to_date": figures[0], "a_month_before": figures[1]}, how=DERIVED,
        step=figures[0].step,
    )  # fmt: skip


def printed_commodity_growth(tables: Tables, flow: str, slug: str, measure: str, over: str, period: str) -> Figure | None:
    """The growth of a commodity's value or quantity that customs printed; None where it is not."""
    line = commodity_line(tables, flow, slug, over, period)
    rate = getattr(line, f"{measure}_yoy", NAN)
    if not line or rate != rate:
        return None
    mine = commodity_figure(tables, flow, slug, measure, over, period)
    label = mine.label if mine else Label(goods(tables, flow, slug), where(over, period))
    return as_printed(line.rows[0], rate, "percent", label.of(PRINTED_GROWTH))


def partner_figure(tables: Tables, code: str, flow: str, over: str, period: str) -> Figure | None:
    """A partner's exports, imports, total or balance in yuan; None where not held.

    >>> partner_figure(tables, "VNM", "balance", "month", period).how
    'exports - imports'
    """
    line = partner_line(tables, code, over, period)
    if not line:
        return None
    label = partner_label(tables, code, flow, over, period)
    if flow in ("exports", "imports"):
        value = getattr(line, flow)
        return None if value != value else as_printed(line, value, "CNY", label)
    parts = {of: part for of in ("exports", "imports") if (part := partner_figure(tables, code, of, over, period))}
    if len(parts) < 2:
        return None
    return calculate(f"exports {'+' if flow == 'total' else '-'} imports", "CNY", label, parts, step=line.step)


def printed_partner_growth(tables: Tables, code: str, flow: str, over: str, period: str) -> Figure | None:
    """The growth of a partner's exports, imports or total that customs printed; January's month is its year to date."""
    line = partner_line(tables, code, "ytd" if is_january(period) else over, period)
    rate = getattr(line, f"{flow}_yoy", NAN)
    if not line or rate != rate:
        return None
    return as_printed(line, rate, "percent", partner_label(tables, code, flow, over, period).of(PRINTED_GROWTH))


@cached_rows
def partner_lines(tables: Tables) -> dict[tuple[str, str, str], PartnerRow]:
    """The newest line of each partner, in yuan, by code, kind and period.

    >>> partner_lines(tables)["USA", "ytd", period].exports_yoy
    -18.3
    """
    rows = in_order(tables.partners[tables.partners["currency"] == "CNY"])
    return {(row.partner, row.kind, row.period): row for row in records(rows)}


@cached_rows
def commodity_lines(tables: Tables) -> dict[tuple[str, str, str, str], CommodityRow]:
    """The newest line of each commodity, in yuan, by flow, commodity, kind and period."""
    rows = in_order(tables.commodities[tables.commodities["currency"] == "CNY"])
    return {(row.flow, row.commodity, row.kind, row.period): row for row in records(rows)}


@cached
def months_of_partners(tables: Tables) -> dict[str, list[str]]:
    """The months of which each partner has a line, in order."""
    months: dict[str, list[str]] = defaultdict(list)
    for code, kind, period in sorted(partner_lines(tables)):
        if kind == "month":
            months[code].append(period)
    return dict(months)


def largest_partners(tables: Tables, period: str, count: int = 15) -> list[str]:
    """The largest partners held, year to date, by total trade: groups that count as one partner and countries outside them."""
    taking_part = ranked_partners(tables)
    totals = {
        code: row.exports + row.imports
        for (code, kind, p), row in partner_lines(exclude_lookahead(tables, period)).items()
        if kind == "ytd" and p == period and code in taking_part
    }
    return sorted((c for c in totals if totals[c] == totals[c]), key=totals.__getitem__, reverse=True)[:count]


def disjoint_lines(tables: Tables, flow: str) -> list[str]:
    """The commodities that can be added: lines of the flash table that are no aggregate and no part of another line.

    >>> disjoint_lines(tables, "import")[:3]
    ['meat', 'fruit_and_nuts', 'grain']
    """
    _, lines = _flash_table(tables, flow)
    return [*lines]


def aggregates(tables: Tables, flow: str) -> list[str]:
    """The aggregates of the flash table, which overlap its lines and each other: never to be added.

    >>> aggregates(tables, "import")
    ['agricultural_products', 'mechanical_and_electrical_products', 'hi_tech_products']
    """
    overlapping, _ = _flash_table(tables, flow)
    return [*overlapping]


@cached
def _flash_table(tables: Tables, flow: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Its aggregates, and its lines that are no aggregate and no part of another line."""
    lines = tables.commodity_list[(tables.commodity_list["flow"] == flow) & (tables.commodity_list["list"] == "flash")]
    overlapping = lines.loc[lines["aggregate"] == 1, "commodity"]
    disjoint = lines[(lines["aggregate"] == 0) & ((lines["parent"] == "") | lines["parent"].isin(overlapping))]
    return tuple(overlapping), tuple(disjoint["commodity"])


def largest_commodities(tables: Tables, period: str, flow: str, count: int = 12) -> list[str]:
    """The largest disjoint commodity lines of a flow, year to date, by value; none where fewer than `count` are held."""
    index = commodity_lines(exclude_lookahead(tables, period))
    values = {
        slug: index[flow, slug, "ytd", period].value
        for slug in disjoint_lines(tables, flow)
        if (flow, slug, "ytd", period) in index
    }
    return sorted(values, key=values.__getitem__, reverse=True)[:count] if len(values) >= count else []


def months_of_partner(given: Mapping[str, Any]) -> list[str]:
    """The months for which the trade with a partner was printed; `given` has `tables` and `partner`."""
    return [key[-1] for key in partner_lines(given["tables"]) if key[:2] == (given["partner"], "month")]


def months_of_commodity(given: Mapping[str, Any]) -> list[str]:
    """The months for which trade in a commodity was printed; `given` has `tables`, `flow` and `commodity`."""
    line = (given["flow"].removesuffix("s"), given["commodity"], "month")
    return [key[-1] for key in commodity_lines(given["tables"]) if key[:3] == line]
