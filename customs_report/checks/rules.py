"""The rules of the cross-checks: each compares many figures at once with the values that other figures imply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from customs_report.checks.deviations import Comparison, compare, compare_vintages
from customs_report.checks.panel import UNITS, Grid, Panels, median, shifted_by
from customs_report.schema import CONTINENTS, CURRENCIES, STAGES

Rule = Callable[[Panels], Iterator[Comparison]]

KINDS, TRADE = ("month", "ytd"), ("exports", "imports")
PRINTS = ("preliminary", "bulletin")  # stages that publish a month, its year to date and growth together
SMALL = 1e8  # dollars or yuan
IMPORTS = 0.045  # partners' imports are restated more than exports: to 2025-12, 99.5 % by less than 4.0 and 1.4 per cent
ALONE = 0.035  # additional tolerance for a month without nearby months in its year
AMOUNTS = {  # columns of levels -> column of their printed growth
    "partners": {"exports": "exports_yoy", "imports": "imports_yoy"},
    "commodities": {"value": "value_yoy", "quantity": "quantity_yoy"},
}


def _each(**values: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """Every combination of these values, as keyword arguments of a grid."""
    return (dict(zip(values, each, strict=True)) for each in product(*values.values()))


# --- identities -----------------------------------------------------------------------------------------------------------


def _levels(panels: Panels, table: str, column: str, **where: str) -> Grid:
    """Levels by line and month; for totals without the balance."""
    panel = panels.panel(table)
    if table != "totals":
        return panel.grid(column, **where)
    return panel.grid(column, measure="level", **where).of(np.array([panel.code(flow) for flow in (*TRADE, "total")]))


def _small(level: Grid) -> np.ndarray | float:
    """The tolerance for restatements, which are relatively larger for small partners: SMALL, as a share of the level."""
    return np.minimum(0.12, SMALL / level.values) if level.table == "partners" else 0.0


def _columns(table: str, quantities: bool) -> list[str]:
    return [column for column in AMOUNTS.get(table, {"value": ""}) if (column in UNITS) == quantities]


def year_to_date(table: str, quantities: bool = False) -> Rule:
    """A year to date is the previous month's year to date plus the month, but for restated earlier months."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        across = None if table == "totals" else panels.broken(table, 1)
        for column in _columns(table, quantities):
            for where in _each(currency=CURRENCIES, stage=PRINTS):
                month, sums = (_levels(panels, table, column, kind=kind, **where) for kind in KINDS)
                month, last = _printed_once(panels, month), sums.before(1)
                added = sums.values - last.values
                apart = added / month.values - 1
                apart[:, panels.january] = np.nan
                rounding, least = (sums.steps + month.steps + last.steps) / month.values, _small(month)
                yield compare(month, added, sums, last, apart=apart, rounding=rounding, least=least, across=across)

    return rule


def _printed_once(panels: Panels, month: Grid) -> Grid:
    """The grid without bulletin lines that the preliminary list has, too; `both_lists` compares the two."""
    if month.table != "commodities":
        return month
    panel = panels.panel("commodities")
    flash = np.array([panel.code(*line[:2], "flash") if line[2] == "bulletin" else -1 for line in panel.lines])
    twice = month.of(flash).rows >= 0
    return replace(month, values=np.where(twice, np.nan, month.values))


def _of_totals(panels: Panels, flows: tuple[str, ...], **where: str) -> list[Grid]:
    return [panels.flow(flow, **where) for flow in flows]


def both_flows(whole: str, sign: int) -> Rule:
    """Exports less imports are the balance (sign -1), exports plus imports the total (+1), within one release."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        for where in _each(currency=CURRENCIES, kind=KINDS, stage=(*PRINTS, "revised")):
            printed, exports, imports = _of_totals(panels, (whole, *TRADE), **where)
            expected = exports.values + sign * imports.values
            apart = (printed.values - expected) / exports.values
            rounding = (printed.steps + exports.steps + imports.steps) / exports.values + 1e-9
            yield compare(printed, expected, exports, imports, apart=apart, rounding=rounding)

    return rule


def january(table: str) -> Rule:
    """January equals its year to date."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        for column in AMOUNTS.get(table, {"value": ""}):
            for where in _each(currency=CURRENCIES, stage=PRINTS):
                month, sums = (_levels(panels, table, column, kind=kind, **where) for kind in KINDS)
                rounding = (sums.steps + month.steps) / sums.values + 1e-9
                yield compare(month, np.where(panels.january, sums.values, np.nan), sums, rounding=rounding)

    return rule


def total_growth(exports: Grid, imports: Grid, of_total: Grid, of_exports: Grid, of_imports: Grid) -> Comparison:
    """Growth of total trade follows from exports and imports and their growth."""
    base = exports.values / (1 + of_exports.values / 100) + imports.values / (1 + of_imports.values / 100)
    expected = ((exports.values + imports.values) / base - 1) * 100
    rounding = 0.05 + 0.0005 * np.abs(expected)
    return compare(of_total, expected, of_exports, of_imports, apart=of_total.values - expected, rounding=rounding)


def growth_of_partners(panels: Panels) -> Iterator[Comparison]:
    panel, columns = panels.panel("partners"), (*TRADE, "total_yoy", "exports_yoy", "imports_yoy")
    for where in _each(currency=CURRENCIES, kind=KINDS):
        yield total_growth(*(panel.grid(column, **where) for column in columns))


def growth_of_totals(panels: Panels) -> Iterator[Comparison]:
    for where in _each(currency=CURRENCIES, kind=KINDS):
        for stage in PRINTS:
            growth = _of_totals(panels, ("total", *TRADE), measure="yoy", stage=stage, **where)
            yield total_growth(*_of_totals(panels, TRADE, **where), *growth)


# --- printed growth -------------------------------------------------------------------------------------------------------


def _on_last_year(
    panels: Panels, now: Grid, base: Grid, growth: Grid, across: np.ndarray | None, restated: np.ndarray | float = 0.0
) -> Comparison:
    """Compare a level with last year's level times printed growth.

    The median deviation of nearby months is subtracted: it shows by how much customs revised the base. `restated`: the share
    by which the base may have been restated in addition.
    """
    base = base.before(12)
    expected = base.values * (1 + growth.values / 100)
    apart = np.log(now.values / expected)
    rounding = 0.05 / np.abs(100 + growth.values) + (now.steps + base.steps) / 2 / now.values
    nearby = panels.nearby_median(apart, 3, same_year=True)
    if now.table == "partners":
        rounding = rounding + ALONE * np.isnan(nearby)
    apart = apart - np.nan_to_num(nearby)
    expected, least = now.values / np.exp(apart), np.maximum(_small(now), IMPORTS * (now.column == "imports"))
    return compare(now, expected, base, growth, apart=apart, rounding=rounding + restated, least=least, across=across)


def _restated_in_year(panels: Panels, month: Grid, sums: Grid) -> np.ndarray:
    """All restatements within the years to date of a month's year, as a share of the month: they may all concern this month."""
    restated = np.abs(np.nan_to_num(sums.values - sums.before(1).values - month.values))
    restated[:, panels.january] = 0
    for year in np.unique(panels.year):
        restated[:, panels.year == year] = restated[:, panels.year == year].sum(axis=1, keepdims=True)
    return restated / month.values


def restated_growth(panels: Panels) -> Iterator[Comparison]:
    """Growth of a year to date is exact on last year's figure as restated in the same table."""
    panel = panels.panel("commodities")
    for column, of in AMOUNTS["commodities"].items():
        where = {"kind": "ytd", "currency": "CNY"}
        now, growth = (panel.grid(name, stage="preliminary", **where) for name in (column, of))
        base = panel.grid(column, stage="restated", **where).before(12)
        rate = (now.values / base.values - 1) * 100
        rounding = 0.1 + 0.002 * np.abs(rate) + 100 * (base.steps / base.values + (column in UNITS) * 2 / base.values)
        yield compare(growth, rate, now, base, apart=growth.values - rate, rounding=rounding)


def printed_growth(table: str, kinds: tuple[str, ...] = KINDS, quantities: bool = False) -> Rule:
    """A level is last year's times printed growth."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        panel = panels.panel(table)

        def first(column: str, **where: str) -> Grid:
            """The bulletin's figures, completed by those of the preliminary release."""
            return panel.grid(column, stage="bulletin", **where).over(panel.grid(column, stage="preliminary", **where))

        for column in _columns(table, quantities):
            for where in _each(currency=CURRENCIES, kind=kinds):
                now, growth = first(column, **where), first(AMOUNTS[table][column], **where)
                base = panel.grid(column, stage="restated", **where).over(now)
                restated: np.ndarray | float = 0.0
                if where["kind"] == "month" and table == "commodities":
                    sums = first(column, **(where | {"kind": "ytd"}))
                    restated = shifted_by(np.nan_to_num(_restated_in_year(panels, now, sums)), 12)
                across = panels.broken(table, 12, whole_years=where["kind"] == "ytd")
                yield _on_last_year(panels, now, base, growth, across, restated)

    return rule


def printed_growth_of_totals(panels: Panels) -> Iterator[Comparison]:
    for where in _each(flow=(*TRADE, "total"), currency=CURRENCIES, kind=KINDS):
        base = panels.flow(**where)
        for printed, stage in product(PRINTS, ("revised", "bulletin", "preliminary")):
            growth = panels.flow(measure="yoy", stage=printed, **where)
            yield _on_last_year(panels, panels.flow(stage=stage, **where), base, growth, None)


def balance_by_growth(panels: Panels) -> Iterator[Comparison]:
    """The balance as first published, compared with last year's exports and imports times their printed growth."""
    for where in _each(currency=CURRENCIES, kind=KINDS):
        bases = [grid.before(12) for grid in _of_totals(panels, TRADE, **where)]
        printed = panels.flow("balance", stage="preliminary", **where)
        growth = _of_totals(panels, TRADE, measure="yoy", stage="preliminary", **where)
        exports, imports = (base.values * (1 + rate.values / 100) for base, rate in zip(bases, growth, strict=True))
        apart = (printed.values - (exports - imports)) / exports
        yield compare(printed, exports - imports, *growth, apart=apart)


# --- other stages, the other currency -------------------------------------------------------------------------------------


def all_vintages(table: str) -> Rule:
    return lambda panels: compare_vintages(panels.panel(table))


def balance_of_stages(panels: Panels) -> Iterator[Comparison]:
    """The balance of each stage, compared with exports less imports in their newest vintage."""
    for where in _each(currency=CURRENCIES, kind=KINDS):
        printed, exports, imports = _of_totals(panels, ("balance", *TRADE), **where)
        expected = exports.values - imports.values
        yield compare(printed, expected, exports, imports, apart=(printed.values - expected) / exports.values)


def one_release(table: str) -> Rule:
    """A preliminary release and its bulletin have the same figures, the bulletin with more digits."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        for column in _columns(table, quantities=False):
            for where in _each(currency=CURRENCIES, kind=KINDS):
                first, second = (_levels(panels, table, column, stage=stage, **where) for stage in PRINTS)
                yield compare(first, second.values, second, rounding=(first.steps + second.steps) / 2 / second.values)

    return rule


def one_growth(panels: Panels) -> Iterator[Comparison]:
    """The preliminary release and the bulletin have the same growth of totals."""
    for where in _each(currency=CURRENCIES, kind=KINDS, flow=(*TRADE, "total")):
        first, second = (panels.flow(measure="yoy", stage=stage, **where) for stage in PRINTS)
        yield compare(first, second.values, second, apart=first.values - second.values)


def restated(panels: Panels) -> Iterator[Comparison]:
    """Last year's figure as restated in this year's table, compared with the one first published."""
    panel = panels.panel("commodities")
    for column in ("value", "quantity"):
        where = {"kind": "ytd", "currency": "CNY"}
        again, then = (panel.grid(column, stage=stage, **where) for stage in ("restated", "preliminary"))
        apart = np.log(again.values / then.values)
        apart = apart - np.nan_to_num(panels.nearby_median(apart, 3, same_year=True))
        yield compare(again, again.values / np.exp(apart), then, apart=apart, rounding=(again.steps + then.steps) / then.values)


def both_lists(panels: Panels) -> Iterator[Comparison]:
    """Lines that are both in the preliminary list and in the bulletin agree."""
    panel = panels.panel("commodities")
    twins = np.array([panel.code(flow, goods, "bulletin") if kind == "flash" else -1 for flow, goods, kind in panel.lines])
    for where in _each(column=("value", "quantity"), kind=KINDS, currency=("CNY",)):
        flash, other = panel.grid(stage="preliminary", **where), panel.grid(stage="bulletin", **where).of(twins)
        yield compare(flash, other.values, other, rounding=(flash.steps + other.steps) / flash.values)


def one_rate_of_totals(panels: Panels) -> Iterator[Comparison]:
    """Exports and imports of one month imply one exchange rate."""
    for kind, stage in product(KINDS, ("preliminary", "revised")):
        rates = {}
        for flow in TRADE:
            dollars, yuan = (
                panels.flow(flow, currency="USD", kind=kind, stage=stage),
                panels.flow(flow, currency="CNY", kind=kind),
            )
            rates[flow] = (dollars, yuan, yuan.values / dollars.values)
        for flow, other in (TRADE, TRADE[::-1]):
            (dollars, yuan, rate), (others, _, other_rate) = rates[flow], rates[other]
            rounding = dollars.steps / dollars.values + others.steps / others.values
            yield compare(dollars, yuan.values / other_rate, yuan, others, apart=rate / other_rate - 1, rounding=rounding)
            around = panels.nearby_median(rate, 2)
            yield compare(dollars, yuan.values / around, yuan, apart=rate / around - 1, rounding=rounding)


def one_rate_of_growth(panels: Panels) -> Iterator[Comparison]:
    """Growth in dollars and in yuan differ by the change of the exchange rate, which is the same for exports and imports."""
    for kind in KINDS:
        pairs = {flow: [panels.flow(flow, measure="yoy", currency=c, kind=kind) for c in CURRENCIES] for flow in TRADE}
        for flow, other in (TRADE, TRADE[::-1]):
            (dollars, yuan), (others, others_yuan) = pairs[flow], pairs[other]
            expected = (100 + yuan.values) * ((100 + others.values) / (100 + others_yuan.values)) - 100
            yield compare(dollars, expected, yuan, others, apart=dollars.values - expected, rounding=0.2)


def one_rate_of_lines(table: str) -> Rule:
    """All lines of a table imply about the same exchange rate."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        panel = panels.panel(table)
        for kind, column in product(KINDS, [c for c in ("value", *TRADE) if c in panel.rows]):
            dollars, yuan = (panel.grid(column, kind=kind, currency=currency) for currency in CURRENCIES)
            rate = yuan.values / dollars.values
            if np.isfinite(rate).any():
                typical = median(rate)[None, :] if len(rate) > 2 else panels.nearby_median(rate, 2)
                yield compare(dollars, yuan.values / typical, yuan, apart=rate / typical - 1)

    return rule


def one_quantity(table: str) -> Rule:
    """A line published in both currencies has the same quantity in both."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        panel = panels.panel(table)
        for kind, column in product(KINDS, [c for c in UNITS if c in panel.rows]):
            one, other = (panel.grid(column, kind=kind, currency=currency) for currency in CURRENCIES)
            yield compare(one, other.values, other)

    return rule


# --- sums of partners -----------------------------------------------------------------------------------------------------


def continents(panels: Panels) -> Iterator[Comparison]:
    """The continents sum to the total, apart from trade assigned to no country; a finding names the likeliest continent."""
    panel = panels.panel("partners")
    codes = np.array([panel.code(continent) for continent in CONTINENTS])
    for flow in TRADE:
        for where in _each(currency=CURRENCIES, kind=KINDS):
            whole, parts = panels.flow(flow, stage="bulletin", **where), panel.grid(flow, **where).of(codes)
            share = parts.values / whole.values
            worst = np.abs(np.nan_to_num(share - panels.nearby_median(share, 3))).argmax(axis=0)[None, :]
            arrays = (np.take_along_axis(array, worst, axis=0) for array in (parts.values, parts.rows, parts.steps))
            yield compare(whole, parts.values.sum(axis=0)[None, :], Grid("partners", flow, *arrays))


# --- unit values ----------------------------------------------------------------------------------------------------------


def unit_value(table: str) -> Rule:
    """Unit values (value / quantity), compared with nearby months, and those of a month with those of its year to date."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        panel = panels.panel(table)
        for where in _each(currency=CURRENCIES, stage=tuple(STAGES)):
            prices, quantities = {}, {}
            for kind in KINDS:
                value, quantity = (panel.grid(column, kind=kind, **where) for column in ("value", "quantity"))
                price, quantities[kind] = np.log(value.values / quantity.values), quantity
                around, prices[kind] = panels.nearby_median(price, 2, same_year=kind == "ytd"), price
                yield compare(quantity, value.values / np.exp(around), value, apart=around - price)
            apart, month = prices["month"] - prices["ytd"], quantities["month"]
            yield compare(month, month.values * np.exp(apart), quantities["ytd"], apart=-apart)

    return rule


# --- nearby months ---------------------------------------------------------------------------------------------------------


def _within_years(panels: Panels, table: str, column: str, currency: str) -> np.ndarray | bool:
    """Mask of the months whose level follows from the years to date, so that no further check of their size is needed."""
    if "kind" not in panels.panel(table).rows or table == "mirror":
        return False
    sums = _levels(panels, table, column, currency=currency, kind="ytd").values
    return ~np.isnan(np.where(panels.january, sums, sums - shifted_by(sums, 1)))


def neighbours(table: str) -> Rule:
    """A month, compared with the level that `_seasonal` expects."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        panel = panels.panel(table)
        for column, currency in product([c for c in ("value", *TRADE, "quantity") if c in panel.rows], CURRENCIES):
            level = _levels(panels, table, column, currency=currency, kind="month")
            size = np.log(level.values)
            expected = _seasonal(panels, size)
            apart = np.where(_within_years(panels, table, column, currency), np.nan, size - expected)
            yield compare(level, np.exp(expected), apart=apart)

    return rule


def _seasonal(panels: Panels, size: np.ndarray) -> np.ndarray:
    """The level expected (in logs): the same month of adjacent years with the growth of nearby months, else nearby months."""
    years = []
    for year in (12, -12):
        other = shifted_by(size, year)
        years.append(other + panels.nearby_median(size - other, 3))
    expected = median(np.stack(years))
    return np.where(np.isnan(expected), panels.nearby_median(size, 2), expected)


def exports_against_imports(panels: Panels) -> Iterator[Comparison]:
    """The ratio of exports to imports, compared with the same month of the adjacent years."""
    for where in _each(currency=CURRENCIES, kind=KINDS):
        exports, imports = _of_totals(panels, TRADE, **where)
        ratio = np.log(exports.values / imports.values)
        expected = _seasonal(panels, ratio)
        yield compare(exports, imports.values * np.exp(expected), imports, apart=ratio - expected)
