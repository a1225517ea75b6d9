"""The rules by which one figure is held against another: each gives, for many figures at once, what a witness says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from customs_report.checks.comparison import Comparison, compared, vintages
from customs_report.checks.panel import UNITS, Grid, Store, median, moved
from customs_report.schema import CONTINENTS, CURRENCIES

Rule = Callable[[Store], Iterator[Comparison]]

PRINTS = ("preliminary", "bulletin")  # stages that print a month, its year to date and its growth together
SMALL = 1e8  # dollars or yuan
IMPORTS = 0.045  # customs restates partners' imports further than exports: to 2025-12, 99.5 % lie within 4.0 and 1.4 per cent
ALONE = 0.035  # how much further a month may be from its witness that has no other month of its year beside it
AMOUNTS = {  # the levels of a table, and the printed growth of each
    "partners": {"exports": "exports_yoy", "imports": "imports_yoy"},
    "commodities": {"value": "value_yoy", "quantity": "quantity_yoy"},
}


# --- identities -----------------------------------------------------------------------------------------------------------


def _levels(store: Store, table: str, column: str, **where: str) -> Grid:
    """A level by line and month; of totals only amounts, not the balance."""
    if table != "totals":
        return store.panel(table).grid(column, **where)
    panel = store.panel(table)
    return panel.grid(column, measure="level", **where).of(
        np.array([panel.code(flow) for flow in ("exports", "imports", "total")])
    )


def _small(level: Grid) -> np.ndarray | float:
    """Small partners are restated further than large ones: by up to SMALL, at most by an eighth."""
    return np.minimum(0.12, SMALL / level.values) if level.table == "partners" else 0.0


def _columns(table: str, quantities: bool) -> list[str]:
    return [column for column in AMOUNTS.get(table, {"value": ""}) if (column in UNITS) == quantities]


def year_to_date(table: str, quantities: bool = False) -> Rule:
    """A year to date is last month's and the month; customs restates earlier months within it."""

    def rule(store: Store) -> Iterator[Comparison]:
        across = None if table == "totals" else store.broken(table, 1)
        for column in _columns(table, quantities):
            for currency in CURRENCIES:
                for stage in PRINTS:
                    where = {"currency": currency, "stage": stage}
                    sums, month = (_levels(store, table, column, kind=kind, **where) for kind in ("ytd", "month"))
                    month = _printed_once(store, month)
                    last = sums.before(1)
                    apart = (sums.values - last.values) / month.values - 1
                    apart[:, store.january] = np.nan
                    rounding = (sums.steps + month.steps + last.steps) / month.values
                    yield compared(
                        month, sums.values - last.values, sums, last,
                        apart=apart, rounding=rounding, least=_small(month), across=across,
                    )  # fmt: skip

    return rule


def _printed_once(store: Store, month: Grid) -> Grid:
    """A grid without the bulletin's lines that the preliminary list prints as well: `both_lists` compares the two."""
    if month.table != "commodities":
        return month
    panel = store.panel("commodities")
    flash = np.array([panel.code(*line[:2], "flash") if line[2] == "bulletin" else -1 for line in panel.lines])
    twice = month.of(flash).rows >= 0
    return replace(month, values=np.where(twice, np.nan, month.values))


def _of_totals(store: Store, flows: tuple[str, ...], **where: str) -> list[Grid]:
    return [store.flow(flow, **where) for flow in flows]


def both_flows(whole: str, sign: int) -> Rule:
    """Exports less imports are the balance, exports and imports the total, within one print."""

    def rule(store: Store) -> Iterator[Comparison]:
        for currency in CURRENCIES:
            for kind in ("month", "ytd"):
                for stage in (*PRINTS, "revised"):
                    where = {"currency": currency, "kind": kind, "stage": stage}
                    printed, exports, imports = _of_totals(store, (whole, "exports", "imports"), **where)
                    expected = exports.values + sign * imports.values
                    apart = (printed.values - expected) / exports.values
                    rounding = (printed.steps + exports.steps + imports.steps) / exports.values + 1e-9
                    yield compared(printed, expected, exports, imports, apart=apart, rounding=rounding)

    return rule


def january(table: str) -> Rule:
    """January is its year to date."""

    def rule(store: Store) -> Iterator[Comparison]:
        for column in AMOUNTS.get(table, {"value": ""}):
            for currency in CURRENCIES:
                for stage in PRINTS:
                    where = {"currency": currency, "stage": stage}
                    month, sums = (_levels(store, table, column, kind=kind, **where) for kind in ("month", "ytd"))
                    rounding = (sums.steps + month.steps) / sums.values + 1e-9
                    yield compared(month, np.where(store.january, sums.values, np.nan), sums, rounding=rounding)

    return rule


def total_growth(exports: Grid, imports: Grid, growth: tuple[Grid, Grid, Grid]) -> Comparison:
    """Growth of total trade follows from the levels and growth of exports and imports; all in percentage points."""
    mine, of_exports, of_imports = growth
    base = exports.values / (1 + of_exports.values / 100) + imports.values / (1 + of_imports.values / 100)
    expected = ((exports.values + imports.values) / base - 1) * 100
    rounding = 0.05 + 0.0005 * np.abs(expected)
    return compared(mine, expected, of_exports, of_imports, apart=(mine.values - expected), rounding=rounding)


def growth_of_partners(store: Store) -> Iterator[Comparison]:
    panel = store.panel("partners")
    for currency in CURRENCIES:
        for kind in ("month", "ytd"):
            exports, imports, total, more, less = (
                panel.grid(column, kind=kind, currency=currency)
                for column in ("exports", "imports", "total_yoy", "exports_yoy", "imports_yoy")
            )
            yield total_growth(exports, imports, (total, more, less))


def growth_of_totals(store: Store) -> Iterator[Comparison]:
    for currency in CURRENCIES:
        for kind in ("month", "ytd"):
            for stage in PRINTS:
                where = {"currency": currency, "kind": kind}
                exports, imports = _of_totals(store, ("exports", "imports"), **where)
                total, more, less = (
                    store.flow(flow, measure="yoy", stage=stage, **where) for flow in ("total", "exports", "imports")
                )
                yield total_growth(exports, imports, (total, more, less))


# --- printed growth -------------------------------------------------------------------------------------------------------


def _on_last_year(
    store: Store, now: Grid, base: Grid, growth: Grid, across: np.ndarray | None, restated: np.ndarray | float = 0.0
) -> Comparison:
    """A level against last year's and printed growth, less what the months around it are apart: the base is revised.

    `restated`: by what share the base may have been restated, beyond what the line usually is.
    """
    base = base.before(12)
    expected = base.values * (1 + growth.values / 100)
    apart = np.log(now.values / expected)
    rounding = 0.05 / np.abs(100 + growth.values) + (now.steps + base.steps) / 2 / now.values
    beside = store.around(apart, 3, same_year=True)
    if now.table == "partners":
        rounding = rounding + ALONE * np.isnan(beside)
    apart = apart - np.nan_to_num(beside)
    expected, least = now.values / np.exp(apart), np.maximum(_small(now), IMPORTS * (now.column == "imports"))
    return compared(now, expected, base, growth, apart=apart, rounding=rounding + restated, least=least, across=across)


def _restated_in_year(store: Store, month: Grid, sums: Grid) -> np.ndarray:
    """By what share of each month customs restated its year within the years to date: one month may carry it all."""
    restated = np.abs(np.nan_to_num(sums.values - sums.before(1).values - month.values))
    restated[:, store.january] = 0
    for year in np.unique(store.year):
        restated[:, store.year == year] = restated[:, store.year == year].sum(axis=1, keepdims=True)
    return restated / month.values


def restated_growth(store: Store) -> Iterator[Comparison]:
    """Growth of a year to date is exact on last year's figure as the same table restates it."""
    panel = store.panel("commodities")
    for column, of in AMOUNTS["commodities"].items():
        where = {"kind": "ytd", "currency": "CNY"}
        now, growth = (panel.grid(name, stage="preliminary", **where) for name in (column, of))
        base = panel.grid(column, stage="restated", **where).before(12)
        rate = (now.values / base.values - 1) * 100
        rounding = 0.1 + 0.002 * np.abs(rate) + 100 * (base.steps / base.values + (column in UNITS) * 2 / base.values)
        yield compared(growth, rate, now, base, apart=growth.values - rate, rounding=rounding)


def printed_growth(table: str, kinds: tuple[str, ...] = ("month", "ytd"), quantities: bool = False) -> Rule:
    def rule(store: Store) -> Iterator[Comparison]:
        panel = store.panel(table)
        for column in _columns(table, quantities):
            of = AMOUNTS[table][column]
            for currency in CURRENCIES:
                for kind in kinds:
                    across = store.broken(table, 12, whole_years=kind == "ytd")
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
                        restated = moved(np.nan_to_num(_restated_in_year(store, now, sums)), 12)
                    yield _on_last_year(store, now, base, growth, across, restated)

    return rule


def printed_growth_of_totals(store: Store) -> Iterator[Comparison]:
    for flow in ("exports", "imports", "total"):
        for currency in CURRENCIES:
            for kind in ("month", "ytd"):
                where = {"kind": kind, "currency": currency}
                base = store.flow(flow, **where)
                for printed in PRINTS:
                    growth = store.flow(flow, measure="yoy", stage=printed, **where)
                    for stage in ("revised", "bulletin", "preliminary"):
                        yield _on_last_year(store, store.flow(flow, stage=stage, **where), base, growth, None)


def balance_by_growth(store: Store) -> Iterator[Comparison]:
    """A first print of the balance against last year's exports and imports and their printed growth."""
    for currency in CURRENCIES:
        for kind in ("month", "ytd"):
            where = {"kind": kind, "currency": currency}
            bases = [grid.before(12) for grid in _of_totals(store, ("exports", "imports"), **where)]
            printed = store.flow("balance", stage="preliminary", **where)
            growth = [store.flow(flow, measure="yoy", stage="preliminary", **where) for flow in ("exports", "imports")]
            exports, imports = (base.values * (1 + rate.values / 100) for base, rate in zip(bases, growth, strict=True))
            apart = (printed.values - (exports - imports)) / exports
            yield compared(printed, exports - imports, *growth, apart=apart)


# --- other stages, the other currency -------------------------------------------------------------------------------------


def stages(table: str) -> Rule:
    return lambda store: vintages(store.panel(table))


def balance_of_stages(store: Store) -> Iterator[Comparison]:
    """A balance as first printed against exports less imports as they stand now."""
    for currency in CURRENCIES:
        for kind in ("month", "ytd"):
            where = {"currency": currency, "kind": kind}
            exports, imports = _of_totals(store, ("exports", "imports"), **where)
            printed, expected = store.flow("balance", **where), exports.values - imports.values
            yield compared(printed, expected, exports, imports, apart=(printed.values - expected) / exports.values)


def one_release(table: str) -> Rule:
    """A preliminary release and its bulletin are one publication: the second prints the same figures with more digits."""

    def rule(store: Store) -> Iterator[Comparison]:
        for column in _columns(table, quantities=False):
            for currency in CURRENCIES:
                for kind in ("month", "ytd"):
                    where = {"currency": currency, "kind": kind}
                    first, second = (_levels(store, table, column, stage=stage, **where) for stage in PRINTS)
                    rounding = (first.steps + second.steps) / 2 / second.values
                    yield compared(first, second.values, second, rounding=rounding)

    return rule


def one_growth(store: Store) -> Iterator[Comparison]:
    """Growth of totals in the preliminary release and in the bulletin."""
    for currency in CURRENCIES:
        for kind in ("month", "ytd"):
            for flow in ("exports", "imports", "total"):
                first, second = (store.flow(flow, "yoy", currency=currency, kind=kind, stage=stage) for stage in PRINTS)
                yield compared(first, second.values, second, apart=first.values - second.values)


def restated(store: Store) -> Iterator[Comparison]:
    """Last year's figure as this year's table prints it against what was printed then."""
    panel = store.panel("commodities")
    for column in ("value", "quantity"):
        where = {"kind": "ytd", "currency": "CNY"}
        again, then = (panel.grid(column, stage=stage, **where) for stage in ("restated", "preliminary"))
        apart = np.log(again.values / then.values)
        apart = apart - np.nan_to_num(store.around(apart, 3, same_year=True))
        yield compared(
            again, again.values / np.exp(apart), then, apart=apart, rounding=(again.steps + then.steps) / then.values
        )


def both_lists(store: Store) -> Iterator[Comparison]:
    """A line that the preliminary list and the bulletin both print."""
    panel = store.panel("commodities")
    twins = np.array([panel.code(flow, goods, "bulletin") if kind == "flash" else -1 for flow, goods, kind in panel.lines])
    for column in ("value", "quantity"):
        for kind in ("month", "ytd"):
            where = {"kind": kind, "currency": "CNY"}
            flash, bulletin = panel.grid(column, stage="preliminary", **where), panel.grid(column, stage="bulletin", **where)
            other = bulletin.of(twins)
            yield compared(flash, other.values, other, rounding=(flash.steps + other.steps) / flash.values)


def one_rate_of_totals(store: Store) -> Iterator[Comparison]:
    """Exports and imports of one month imply one exchange rate."""
    for kind in ("month", "ytd"):
        for stage in ("preliminary", "revised"):
            rates = {}
            for flow in ("exports", "imports"):
                dollars = store.flow(flow, currency="USD", kind=kind, stage=stage)
                yuan = store.flow(flow, currency="CNY", kind=kind)
                rates[flow] = (dollars, yuan, yuan.values / dollars.values)
            for flow, other in (("exports", "imports"), ("imports", "exports")):
                dollars, yuan, rate = rates[flow]
                rounding = dollars.steps / dollars.values + rates[other][0].steps / rates[other][0].values
                yield compared(
                    dollars, yuan.values / rates[other][2], yuan, rates[other][0],
                    apart=rate / rates[other][2] - 1, rounding=rounding,
                )  # fmt: skip
                around = store.around(rate, 2)
                yield compared(dollars, yuan.values / around, yuan, apart=rate / around - 1, rounding=rounding)


def one_rate_of_growth(store: Store) -> Iterator[Comparison]:
    """Growth in dollars and in yuan differ by the change of the rate, alike for exports and imports."""
    for kind in ("month", "ytd"):
        rates = {}
        for flow in ("exports", "imports"):
            dollars, yuan = (store.flow(flow, measure="yoy", currency=c, kind=kind) for c in ("USD", "CNY"))
            rates[flow] = (dollars, yuan, (100 + dollars.values) / (100 + yuan.values))
        for flow, other in (("exports", "imports"), ("imports", "exports")):
            dollars, yuan, _ = rates[flow]
            expected = (100 + yuan.values) * rates[other][2] - 100
            yield compared(dollars, expected, yuan, rates[other][0], apart=dollars.values - expected, rounding=0.2)


def one_rate_of_lines(table: str) -> Rule:
    """All lines of one table imply about one exchange rate."""

    def rule(store: Store) -> Iterator[Comparison]:
        panel = store.panel(table)
        for kind in ("month", "ytd"):
            for column in [c for c in ("value", "exports", "imports") if c in panel.rows]:
                dollars, yuan = (panel.grid(column, kind=kind, currency=currency) for currency in ("USD", "CNY"))
                rate = yuan.values / dollars.values
                if np.isfinite(rate).any():
                    typical = median(rate)[None, :] if len(rate) > 2 else store.around(rate, 2)
                    yield compared(dollars, yuan.values / typical, yuan, apart=rate / typical - 1)

    return rule


def one_quantity(table: str) -> Rule:
    """A line printed in both currencies has one quantity."""

    def rule(store: Store) -> Iterator[Comparison]:
        panel = store.panel(table)
        for kind in ("month", "ytd"):
            for column in [c for c in UNITS if c in panel.rows]:
                one, other = (panel.grid(column, kind=kind, currency=currency) for currency in ("USD", "CNY"))
                yield compared(one, other.values, other)

    return rule


# --- sums of partners -----------------------------------------------------------------------------------------------------


def continents(store: Store) -> Iterator[Comparison]:
    """The continents sum to the total, but for what customs assigns to no country; the likeliest continent is named."""
    panel = store.panel("partners")
    codes = np.array([panel.code(continent) for continent in CONTINENTS])
    for flow in ("exports", "imports"):
        for currency in CURRENCIES:
            for kind in ("month", "ytd"):
                whole = store.flow(flow, currency=currency, kind=kind, stage="bulletin")
                parts = panel.grid(flow, currency=currency, kind=kind).of(codes)
                share = parts.values / whole.values
                odd = np.abs(np.nan_to_num(share - store.around(share, 3)))
                worst = odd.argmax(axis=0)
                suspect = Grid(
                    "partners", flow,
                    *(np.take_along_axis(part, worst[None, :], axis=0) for part in (parts.values, parts.rows, parts.steps)),
                )  # fmt: skip
                sums = parts.values.sum(axis=0)[None, :]
                yield compared(whole, sums, suspect)


# --- unit values ----------------------------------------------------------------------------------------------------------


def unit_values(table: str) -> Rule:
    """Value over quantity against the months around, and of a month against its year to date."""

    def rule(store: Store) -> Iterator[Comparison]:
        panel = store.panel(table)
        for currency in CURRENCIES:
            for stage in ("preliminary", "bulletin", "restated", "revised"):
                prices = {}
                for kind in ("month", "ytd"):
                    where = {"currency": currency, "stage": stage, "kind": kind}
                    value, quantity = panel.grid("value", **where), panel.grid("quantity", **where)
                    prices[kind] = np.log(value.values / quantity.values)
                    around = store.around(prices[kind], 2, same_year=kind == "ytd")
                    expected = value.values / np.exp(around)
                    yield compared(quantity, expected, value, apart=around - prices[kind])
                    if kind == "ytd":
                        month = panel.grid("quantity", **(where | {"kind": "month"}))
                        apart = prices["month"] - prices["ytd"]
                        yield compared(month, month.values * np.exp(apart), quantity, apart=-apart)

    return rule


# --- the months around ----------------------------------------------------------------------------------------------------


def _within_years(store: Store, table: str, column: str, currency: str) -> np.ndarray | bool:
    """Where the years to date say what a month is: it needs no other witness of its size."""
    if "kind" not in store.panel(table).rows or table in ("details", "mirror"):
        return False
    sums = _levels(store, table, column, currency=currency, kind="ytd").values
    return ~np.isnan(np.where(store.january, sums, sums - moved(sums, 1)))


def neighbours(table: str) -> Rule:
    """A month against the same month of the years beside it and the growth of the months around; else the months around."""

    def rule(store: Store) -> Iterator[Comparison]:
        panel = store.panel(table)
        for column in [c for c in ("value", "exports", "imports", "quantity") if c in panel.rows]:
            for currency in CURRENCIES:
                level = _levels(store, table, column, currency=currency, kind="month")
                size = np.log(level.values)
                expected = _seasonal(store, size)
                apart = np.where(_within_years(store, table, column, currency), np.nan, size - expected)
                yield compared(level, np.exp(expected), apart=apart)

    return rule


def _seasonal(store: Store, size: np.ndarray) -> np.ndarray:
    """What the same month of the years beside and the growth of the months around give; without years, the months around."""
    years = []
    for year in (12, -12):
        other = moved(size, year)
        years.append(other + store.around(size - other, 3))
    expected = median(np.stack(years))
    return np.where(np.isnan(expected), store.around(size, 2), expected)


def exports_against_imports(store: Store) -> Iterator[Comparison]:
    """The ratio of exports to imports against the same month of the years beside it."""
    for currency in CURRENCIES:
        for kind in ("month", "ytd"):
            exports, imports = _of_totals(store, ("exports", "imports"), currency=currency, kind=kind)
            ratio = np.log(exports.values / imports.values)
            expected = _seasonal(store, ratio)
            yield compared(exports, imports.values * np.exp(expected), imports, apart=ratio - expected)
