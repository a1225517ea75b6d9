"""The rules of the cross-checks: each compares many figures at once with the values that other figures imply."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from customs_report.checks.comparison import Comparison, compare, compare_vintages
from customs_report.checks.panel import UNITS, Grid, Panels, median, shifted_by
from customs_report.schema import CONTINENTS, CURRENCIES

Rule = Callable[[Panels], Iterator[Comparison]]

PRINTS = ("preliminary", "bulletin")  # stages that publish a month, its year to date and growth together
SMALL = 1e8  # dollars or yuan
IMPORTS = 0.045  # partners' imports are restated more than exports: to 2025-12, 99.5 % by less than 4.0 and 1.4 per cent
ALONE = 0.035  # additional tolerance for a month without nearby months in its year
AMOUNTS = {  # columns of levels -> column of their printed growth
    "partners": {"exports": "exports_yoy", "imports": "imports_yoy"},
    "commodities": {"value": "value_yoy", "quantity": "quantity_yoy"},
}


# --- identities -----------------------------------------------------------------------------------------------------------


def _levels(panels: Panels, table: str, column: str, **where: str) -> Grid:
    """Levels by line and month; for totals without the balance."""
    if table != "totals":
        return panels.panel(table).grid(column, **where)
    panel = panels.panel(table)
    return panel.grid(column, measure="level", **where).of(
        np.array([panel.code(flow) for flow in ("exports", "imports", "total")])
    )


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
            for currency in CURRENCIES:
                for stage in PRINTS:
                    where = {"currency": currency, "stage": stage}
                    sums, month = (_levels(panels, table, column, kind=kind, **where) for kind in ("ytd", "month"))
                    month = _printed_once(panels, month)
                    last = sums.before(1)
                    apart = (sums.values - last.values) / month.values - 1
                    apart[:, panels.january] = np.nan
                    rounding = (sums.steps + month.steps + last.steps) / month.values
                    yield compare(
                        month, sums.values - last.values, sums, last,
                        apart=apart, rounding=rounding, least=_small(month), across=across,
                    )  # fmt: skip

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
        for currency in CURRENCIES:
            for kind in ("month", "ytd"):
                for stage in (*PRINTS, "revised"):
                    where = {"currency": currency, "kind": kind, "stage": stage}
                    printed, exports, imports = _of_totals(panels, (whole, "exports", "imports"), **where)
                    expected = exports.values + sign * imports.values
                    apart = (printed.values - expected) / exports.values
                    rounding = (printed.steps + exports.steps + imports.steps) / exports.values + 1e-9
                    yield compare(printed, expected, exports, imports, apart=apart, rounding=rounding)

    return rule


def january(table: str) -> Rule:
    """January equals its year to date."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        for column in AMOUNTS.get(table, {"value": ""}):
            for currency in CURRENCIES:
                for stage in PRINTS:
                    where = {"currency": currency, "stage": stage}
                    month, sums = (_levels(panels, table, column, kind=kind, **where) for kind in ("month", "ytd"))
                    rounding = (sums.steps + month.steps) / sums.values + 1e-9
                    yield compare(month, np.where(panels.january, sums.values, np.nan), sums, rounding=rounding)

    return rule


def total_growth(exports: Grid, imports: Grid, growth: tuple[Grid, Grid, Grid]) -> Comparison:
    """Growth of total trade follows from exports and imports and their growth; `growth`: of total, exports, imports."""
    of_total, of_exports, of_imports = growth
    base = exports.values / (1 + of_exports.values / 100) + imports.values / (1 + of_imports.values / 100)
    expected = ((exports.values + imports.values) / base - 1) * 100
    rounding = 0.05 + 0.0005 * np.abs(expected)
    return compare(of_total, expected, of_exports, of_imports, apart=of_total.values - expected, rounding=rounding)


def growth_of_partners(panels: Panels) -> Iterator[Comparison]:
    panel = panels.panel("partners")
    for currency in CURRENCIES:
        for kind in ("month", "ytd"):
            exports, imports, total, more, less = (
                panel.grid(column, kind=kind, currency=currency)
                for column in ("exports", "imports", "total_yoy", "exports_yoy", "imports_yoy")
            )
            yield total_growth(exports, imports, (total, more, less))


def growth_of_totals(panels: Panels) -> Iterator[Comparison]:
    for currency in CURRENCIES:
        for kind in ("month", "ytd"):
            for stage in PRINTS:
                where = {"currency": currency, "kind": kind}
                exports, imports = _of_totals(panels, ("exports", "imports"), **where)
                total, more, less = (
                    panels.flow(flow, measure="yoy", stage=stage, **where) for flow in ("total", "exports", "imports")
                )
                yield total_growth(exports, imports, (total, more, less))


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


def printed_growth(table: str, kinds: tuple[str, ...] = ("month", "ytd"), quantities: bool = False) -> Rule:
    def rule(panels: Panels) -> Iterator[Comparison]:
        panel = panels.panel(table)
        for column in _columns(table, quantities):
            of = AMOUNTS[table][column]
            for currency in CURRENCIES:
                for kind in kinds:
                    across = panels.broken(table, 12, whole_years=kind == "ytd")
                    where = {"kind": kind, "currency": currency}
                    now, growth = (
                        panel.grid(name, stage="bulletin", **where).over(panel.grid(name, stage="preliminary", **where))
                        for name in (column, of)
                    )
                    base = panel.grid(column, stage="restated", **where).over(now)
                    restated: np.ndarray | float = 0.0
                    if kind == "month" and table == "commodities":
                        sums = panel.grid(column, kind="ytd", currency=currency, stage="bulletin")
                        sums = sums.over(panel.grid(column, kind="ytd", currency=currency, stage="preliminary"))
                        restated = shifted_by(np.nan_to_num(_restated_in_year(panels, now, sums)), 12)
                    yield _on_last_year(panels, now, base, growth, across, restated)

    return rule


def printed_growth_of_totals(panels: Panels) -> Iterator[Comparison]:
    for flow in ("exports", "imports", "total"):
        for currency in CURRENCIES:
            for kind in ("month", "ytd"):
                where = {"kind": kind, "currency": currency}
                base = panels.flow(flow, **where)
                for printed in PRINTS:
                    growth = panels.flow(flow, measure="yoy", stage=printed, **where)
                    for stage in ("revised", "bulletin", "preliminary"):
                        yield _on_last_year(panels, panels.flow(flow, stage=stage, **where), base, growth, None)


def balance_by_growth(panels: Panels) -> Iterator[Comparison]:
    """The balance as first published, compared with last year's exports and imports times their printed growth."""
    for currency in CURRENCIES:
        for kind in ("month", "ytd"):
            where = {"kind": kind, "currency": currency}
            bases = [grid.before(12) for grid in _of_totals(panels, ("exports", "imports"), **where)]
            printed = panels.flow("balance", stage="preliminary", **where)
            growth = [panels.flow(flow, measure="yoy", stage="preliminary", **where) for flow in ("exports", "imports")]
            exports, imports = (base.values * (1 + rate.values / 100) for base, rate in zip(bases, growth, strict=True))
            apart = (printed.values - (exports - imports)) / exports
            yield compare(printed, exports - imports, *growth, apart=apart)


# --- other stages, the other currency -------------------------------------------------------------------------------------


def all_vintages(table: str) -> Rule:
    return lambda panels: compare_vintages(panels.panel(table))


def balance_of_stages(panels: Panels) -> Iterator[Comparison]:
    """The balance of each stage, compared with exports less imports in their newest vintage."""
    for currency in CURRENCIES:
        for kind in ("month", "ytd"):
            where = {"currency": currency, "kind": kind}
            exports, imports = _of_totals(panels, ("exports", "imports"), **where)
            printed, expected = panels.flow("balance", **where), exports.values - imports.values
            yield compare(printed, expected, exports, imports, apart=(printed.values - expected) / exports.values)


def one_release(table: str) -> Rule:
    """A preliminary release and its bulletin have the same figures, the bulletin with more digits."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        for column in _columns(table, quantities=False):
            for currency in CURRENCIES:
                for kind in ("month", "ytd"):
                    where = {"currency": currency, "kind": kind}
                    first, second = (_levels(panels, table, column, stage=stage, **where) for stage in PRINTS)
                    rounding = (first.steps + second.steps) / 2 / second.values
                    yield compare(first, second.values, second, rounding=rounding)

    return rule


def one_growth(panels: Panels) -> Iterator[Comparison]:
    """The preliminary release and the bulletin have the same growth of totals."""
    for currency in CURRENCIES:
        for kind in ("month", "ytd"):
            for flow in ("exports", "imports", "total"):
                first, second = (panels.flow(flow, "yoy", currency=currency, kind=kind, stage=stage) for stage in PRINTS)
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
    for column in ("value", "quantity"):
        for kind in ("month", "ytd"):
            where = {"kind": kind, "currency": "CNY"}
            flash, bulletin = panel.grid(column, stage="preliminary", **where), panel.grid(column, stage="bulletin", **where)
            other = bulletin.of(twins)
            yield compare(flash, other.values, other, rounding=(flash.steps + other.steps) / flash.values)


def one_rate_of_totals(panels: Panels) -> Iterator[Comparison]:
    """Exports and imports of one month imply one exchange rate."""
    for kind in ("month", "ytd"):
        for stage in ("preliminary", "revised"):
            rates = {}
            for flow in ("exports", "imports"):
                dollars = panels.flow(flow, currency="USD", kind=kind, stage=stage)
                yuan = panels.flow(flow, currency="CNY", kind=kind)
                rates[flow] = (dollars, yuan, yuan.values / dollars.values)
            for flow, other in (("exports", "imports"), ("imports", "exports")):
                dollars, yuan, rate = rates[flow]
                rounding = dollars.steps / dollars.values + rates[other][0].steps / rates[other][0].values
                yield compare(
                    dollars, yuan.values / rates[other][2], yuan, rates[other][0],
                    apart=rate / rates[other][2] - 1, rounding=rounding,
                )  # fmt: skip
                around = panels.nearby_median(rate, 2)
                yield compare(dollars, yuan.values / around, yuan, apart=rate / around - 1, rounding=rounding)


def one_rate_of_growth(panels: Panels) -> Iterator[Comparison]:
    """Growth in dollars and in yuan differ by the change of the exchange rate, which is the same for exports and imports."""
    for kind in ("month", "ytd"):
        rates = {}
        for flow in ("exports", "imports"):
            dollars, yuan = (panels.flow(flow, measure="yoy", currency=c, kind=kind) for c in ("USD", "CNY"))
            rates[flow] = (dollars, yuan, (100 + dollars.values) / (100 + yuan.values))
        for flow, other in (("exports", "imports"), ("imports", "exports")):
            dollars, yuan, _ = rates[flow]
            expected = (100 + yuan.values) * rates[other][2] - 100
            yield compare(dollars, expected, yuan, rates[other][0], apart=dollars.values - expected, rounding=0.2)


def one_rate_of_lines(table: str) -> Rule:
    """All lines of a table imply about the same exchange rate."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        panel = panels.panel(table)
        for kind in ("month", "ytd"):
            for column in [c for c in ("value", "exports", "imports") if c in panel.rows]:
                dollars, yuan = (panel.grid(column, kind=kind, currency=currency) for currency in ("USD", "CNY"))
                rate = yuan.values / dollars.values
                if np.isfinite(rate).any():
                    typical = median(rate)[None, :] if len(rate) > 2 else panels.nearby_median(rate, 2)
                    yield compare(dollars, yuan.values / typical, yuan, apart=rate / typical - 1)

    return rule


def one_quantity(table: str) -> Rule:
    """A line published in both currencies has the same quantity in both."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        panel = panels.panel(table)
        for kind in ("month", "ytd"):
            for column in [c for c in UNITS if c in panel.rows]:
                one, other = (panel.grid(column, kind=kind, currency=currency) for currency in ("USD", "CNY"))
                yield compare(one, other.values, other)

    return rule


# --- sums of partners -----------------------------------------------------------------------------------------------------


def continents(panels: Panels) -> Iterator[Comparison]:
    """The continents sum to the total, apart from trade assigned to no country; a finding names the likeliest continent."""
    panel = panels.panel("partners")
    codes = np.array([panel.code(continent) for continent in CONTINENTS])
    for flow in ("exports", "imports"):
        for currency in CURRENCIES:
            for kind in ("month", "ytd"):
                whole = panels.flow(flow, currency=currency, kind=kind, stage="bulletin")
                parts = panel.grid(flow, currency=currency, kind=kind).of(codes)
                share = parts.values / whole.values
                deviation = np.abs(np.nan_to_num(share - panels.nearby_median(share, 3)))
                worst = deviation.argmax(axis=0)
                suspect = Grid(
                    "partners", flow,
                    *(np.take_along_axis(part, worst[None, :], axis=0) for part in (parts.values, parts.rows, parts.steps)),
                )  # fmt: skip
                sums = parts.values.sum(axis=0)[None, :]
                yield compare(whole, sums, suspect)


# --- unit values ----------------------------------------------------------------------------------------------------------


def unit_value(table: str) -> Rule:
    """Unit values (value / quantity), compared with nearby months, and those of a month with those of its year to date."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        panel = panels.panel(table)
        for currency in CURRENCIES:
            for stage in ("preliminary", "bulletin", "restated", "revised"):
                prices = {}
                for kind in ("month", "ytd"):
                    where = {"currency": currency, "stage": stage, "kind": kind}
                    value, quantity = panel.grid("value", **where), panel.grid("quantity", **where)
                    prices[kind] = np.log(value.values / quantity.values)
                    around = panels.nearby_median(prices[kind], 2, same_year=kind == "ytd")
                    expected = value.values / np.exp(around)
                    yield compare(quantity, expected, value, apart=around - prices[kind])
                    if kind == "ytd":
                        month = panel.grid("quantity", **(where | {"kind": "month"}))
                        apart = prices["month"] - prices["ytd"]
                        yield compare(month, month.values * np.exp(apart), quantity, apart=-apart)

    return rule


# --- nearby months ---------------------------------------------------------------------------------------------------------


def _within_years(panels: Panels, table: str, column: str, currency: str) -> np.ndarray | bool:
    """Mask of the months whose level follows from the years to date, so that no further check of their size is needed."""
    if "kind" not in panels.panel(table).rows or table in ("details", "mirror"):
        return False
    sums = _levels(panels, table, column, currency=currency, kind="ytd").values
    return ~np.isnan(np.where(panels.january, sums, sums - shifted_by(sums, 1)))


def neighbours(table: str) -> Rule:
    """A month, compared with the level that `_seasonal` expects."""

    def rule(panels: Panels) -> Iterator[Comparison]:
        panel = panels.panel(table)
        for column in [c for c in ("value", "exports", "imports", "quantity") if c in panel.rows]:
            for currency in CURRENCIES:
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
    for currency in CURRENCIES:
        for kind in ("month", "ytd"):
            exports, imports = _of_totals(panels, ("exports", "imports"), currency=currency, kind=kind)
            ratio = np.log(exports.values / imports.values)
            expected = _seasonal(panels, ratio)
            yield compare(exports, imports.values * np.exp(expected), imports, apart=ratio - expected)
