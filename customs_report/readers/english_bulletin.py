"""The monthly bulletin on customs' English site: (1) totals by month, (2) by country, (5) regimes, (13) and (14) commodities.

The currency changes from page to page, and some pages name none: numbers must have the size of the stored figures. Rows are
checked: parts add up, growth fits the figures it belongs to, a month lies within its year to date.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import NamedTuple

import pandas as pd

from customs_report.errors import InputError
from customs_report.readers import layout
from customs_report.readers.documents import Document, Grid, Page, clean
from customs_report.readers.layout import aligned, base_of, check_base, check_changes, check_months, without_units
from customs_report.readers.reading import (
    Head,
    Names,
    Reading,
    body,
    close,
    currencies,
    currency_and_factor,
    find_period,
    number,
    require,
    step_of,
    word,
)

STAGE = "bulletin"
TABLES = {  # words of the title -> number of the table
    r"(summary|total value) of imports and exports.*\bb\W*monthly": 1,
    r"imports and exports by country": 2,
    r"imports and exports by customs regime(?! and)": 5,
    r"major export commodities in quantity and value": 13,
    r"major import commodities in quantity and value": 14,
}
MONTH_WITH_DOT = r"(?<![\d.])\d{1,2}\s*\.\s*20\d\d\b"  # 1-6.2025, 10.2019, 11. 2019: the bulletin's own way
MONEY = {1: {"USD": 1e6, "CNY": 1e8}}  # the units of a page that names none
USUAL_MONEY = {"USD": 1e3, "CNY": 1e4}
FLOWS = {
    "exports": ("export", "exports"),
    "imports": ("import", "imports"),
    "total": ("total", "importexport", "exportimport", "importsexports", "exportsimports", "totalvalue"),
    "balance": ("balance", "tradebalance", "balanceoftrade"),
}
FLOW_OF = {spelling: flow for flow, spellings in FLOWS.items() for spelling in spellings}
LOST = r"#+|[*#]REF!"  # written by Excel: the figure exists, but the page does not show it


class Part(NamedTuple):
    """A table read in one unit of money: its readings, and the levels from which to see whether the unit is right."""

    readings: list[Reading]
    table: str
    levels: pd.DataFrame


@dataclass
class Figures:
    """Parses the figures of a table; records in `lost` which figures the page does not show (Excel's #### and #REF!)."""

    lost: list[str] = field(default_factory=list)

    def __call__(self, text: str, where: str, *, empty: bool = False) -> float | None:
        if re.fullmatch(LOST, clean(text)):
            self.lost.append(where)
            return None
        require(empty or clean(text) != "", where, "the cell is empty")
        return number(text, where)

    @property
    def warnings(self) -> tuple[str, ...]:
        more = f" and {len(self.lost) - 1} more" if len(self.lost) > 1 else ""
        return (f"{self.lost[0]}{more}: the page shows no figure there",) if self.lost else ()


def recognises(document: Document) -> bool:
    if not isinstance(document, Page):
        return False
    title = _titles(document)
    ours = _which(document)
    shared = ours in (13, 14)  # words of the preliminary release too
    dotted = re.search(MONTH_WITH_DOT, title) and re.search(r"imports?\b|exports?\b", title)
    return bool(dotted) or (ours is not None and (not shared or f"({ours})" in title))


def _titles(page: Page) -> str:
    return unicodedata.normalize("NFKC", f"{page.title} | {_shown(page)}").lower()


def _shown(page: Page) -> str:
    cells = (clean(cell) for grid in page.grids for row in grid[:2] for cell in row)
    return next(filter(None, cells), "")


def _which(page: Page) -> int | None:
    title = _titles(page)
    return next((table for words, table in TABLES.items() if re.search(words, title)), None)


def read(document: Page, names: Names) -> list[Reading]:
    which = _which(document)
    if which is None:
        raise InputError(
            f"{_shown(document)[:80]!r} is not among the bulletin’s tables that are read: (1) B, (2), (5), (13), (14)"
        )
    if not document.grids:
        raise InputError("the page has no table")
    grid = max(document.grids, key=len)
    tables: dict[int, Callable[[Head, Grid, Names], Part]] = {
        1: _totals, 2: _by_country, 5: _regimes, 13: partial(_commodities, "export"), 14: partial(_commodities, "import")
    }  # fmt: skip
    read_table = tables[which]
    unit = next((clean(cell) for row in grid[:5] for cell in row if re.match(r"\s*unit\s*[:：∶]", cell, re.IGNORECASE)), "")
    if unit:
        part = read_table(_head(document, which, currency_and_factor(_titles(document), unit), unit), grid, names)
        if names.size_fits(part.table, part.levels) is False:
            raise InputError(
                f"the numbers under {unit!r} do not have the size of the stored figures: wrong unit, or shifted rows"
            )
        return part.readings
    usual = MONEY.get(which, USUAL_MONEY)
    named = currencies(_titles(document)) or set(usual)
    parts = [read_table(_head(document, which, each, ""), grid, names) for each in usual.items() if each[0] in named]
    fitting = [part for part in parts if names.size_fits(part.table, part.levels)]
    if len(fitting) != 1:
        raise InputError("the page names no unit of its amounts, and the stored figures do not show which it is")
    currency = {"USD": "dollars", "CNY": "yuan"}[fitting[0].readings[0].currency]
    warning = f"the page names no unit; by the size of the numbers: {usual[fitting[0].readings[0].currency]:,.0f} {currency}"
    return [replace(reading, warnings=(warning, *reading.warnings)) for reading in fitting[0].readings]


def _head(page: Page, table: int, money: tuple[str, float], unit: str) -> Head:
    """The heading of a page; `money` is the currency and the factor of its amounts."""
    found, other = find_period(page.title), find_period(_shown(page))
    if found and other and found[0] != other[0]:
        raise InputError(f"the page is titled {page.title[:90]!r}, its table {_shown(page)[:90]!r}; the months differ")
    if not (span := found or other):
        raise InputError(f"the title {(page.title or _shown(page))[:80]!r} names no month")
    return layout.head_of(span, *money, unit, STAGE, table, page.date)


def _span(text: str, head: Head) -> str:
    """Which span does a header cell name: "6" the month, "1to6" the year to date?"""
    return {str(head.month): "month", f"1to{head.month}": "ytd"}.get(text, "")


def _spans(columns: Iterable[str], head: Head) -> tuple[str, ...]:
    """The spans of a table: month and year to date; in January the month only, for January-February the year to date only."""
    spans = tuple(span for span in ("month", "ytd") if span in columns)
    alone = {1: "month", 2: "ytd"}.get(head.month)
    return spans if len(spans) == 2 or spans == (alone,) else ()


# --- (1) totals by month ------------------------------------------------------------------------------------------------


def _totals(head: Head, grid: Grid, names: Names) -> Part:
    header, rows = body(grid, "yearmonth|year$", 2)
    columns = [_totals_column(word(header[0][x]), word(header[1][x])) for x in range(1, len(header[0]))]
    kinds = [kind for kind in ("month", "ytd") if (kind, "total") in columns]
    if set(columns) != {(kind, flow) for kind in kinds for flow in FLOWS} or len(set(columns)) != len(columns) or not kinds:
        raise InputError(
            "the table of totals has other columns than trade, exports, imports and balance of month and year to date"
        )
    step = step_of([cell for row in rows for cell in row[1:]], head.factor)
    months: dict[str, dict] = {}
    figure = Figures()
    for row in rows:
        label = clean(row[0])
        if row in header or (re.fullmatch(r"20\d\d", label) and set(map(clean, row)) <= {label, ""}):
            continue  # a new block of a year
        found = re.fullmatch(r"(20\d\d)\s*\.\s*(0?[1-9]|1[0-2])", label)
        require(found is not None, label or "a line without a month", "is no month")
        assert found
        period = f"{found[1]}-{int(found[2]):02d}"
        figures = {key: figure(row[1 + x], f"{label}, {key[1]} of the {key[0]}") for x, key in enumerate(columns)}
        require(None not in figures.values(), label, "a figure is missing")
        require(months.get(period, figures) == figures, label, "is there twice with different figures")
        months[period] = figures
    check_months(months, kinds, step / head.factor)
    if not months or max(months) != head.period:
        raise InputError(f"the page is of {head.period}, the newest month of its table {max(months, default='none')}")
    out = [
        {
            "period": period, "kind": kind, "flow": flow, "measure": "level", "step": step,
            "value": round(value * head.factor, 2), "stage": STAGE if period == head.period else "restated",
        }
        for period, figures in months.items()
        for (kind, flow), value in figures.items()
    ]  # fmt: skip
    reading = head.reading("totals", out, names)
    return Part([reading], "totals", reading.rows)


def _totals_column(upper: str, lower: str) -> tuple[str, str]:
    group = "" if upper == lower else upper
    kinds = {"month": r"|(current|this)?month(ly)?", "ytd": r"\w*cumul\w*|1to\w+|yeartodate|ytd"}
    kind = next((kind for kind, words in kinds.items() if re.fullmatch(words, group)), "")
    if not kind or lower not in FLOW_OF:
        raise InputError(f"the table of totals has an unknown column {upper!r} / {lower!r}")
    return kind, FLOW_OF[lower]


# --- (2) by country -----------------------------------------------------------------------------------------------------


def _by_country(head: Head, grid: Grid, names: Names) -> Part:
    header, rows = body(grid, "countryregion", 2)
    columns = [_country_column(word(header[0][x]), word(header[1][x]), head) for x in range(1, len(header[0]))]
    if not _spans([what for _, what in columns], head):
        raise InputError("the table by country has other columns than trade, exports and imports of month and year to date")
    figure = Figures()
    totals, partners = layout.by_country(head, columns, rows, "total", names, figure, figure.lost)
    if figure.lost:
        partners = replace(partners, warnings=figure.warnings, left_out={"figures": len(figure.lost)})
    return Part([totals, partners], "totals", totals.rows)


def _amount(value: float | None, head: Head) -> float | None:
    """A printed level in dollars or yuan; None for a dash or zero."""
    return round(value * head.factor, 2) if value else None


def _country_column(upper: str, lower: str, head: Head) -> tuple[str, str]:
    flow = FLOW_OF.get(upper, "balance")
    if flow != "balance" and (span := _span(lower, head)):
        return flow, span
    if upper == "percentagechange" and FLOW_OF.get(lower, "balance") != "balance":
        return FLOW_OF[lower], "yoy"
    raise InputError(f"the table by country has an unknown column {upper!r} / {lower!r}")


# --- (5) customs regimes ------------------------------------------------------------------------------------------------


def _regimes(head: Head, grid: Grid, names: Names) -> Part:
    header, rows = body(grid, "customsregime", 2)
    columns = [
        (FLOW_OF.get(word(upper), ""), _span(word(lower), head)) for upper, lower in zip(*(h[1:] for h in header), strict=True)
    ]
    spans = _spans([span for _, span in columns], head)
    if columns != [(flow, span) for flow in ("exports", "imports") for span in spans] or not spans:
        raise InputError("the table by customs regime has other columns than exports and imports of month and year to date")
    step = step_of([cell for row in rows[::2] for cell in row[1:]], head.factor)
    figure, lines = Figures(), []
    for values, changes in zip(rows[::2], [*rows[1::2], *[[]] * (len(rows) % 2)], strict=True):
        label = clean(values[0])
        require(bool(changes) and word(changes[0]) in ("", word(label)), label, "no row of changes beneath its values")
        levels, growth = (
            {key: figure(row[1 + x], f"{label}, {key[0]} {key[1]}") for x, key in enumerate(columns)}
            for row in (values, changes)
        )
        require(not figure.lost, label, "the page shows no figure")
        _check_regime(label, levels, growth, spans, step / head.factor)
        lines.append((label, levels, growth))
    if not lines or word(lines[0][0]) != "total":
        raise InputError("the table by customs regime does not begin with the line TOTAL")
    _check_total(lines, columns, step / head.factor)
    out = [
        {
            "period": head.period, "kind": span, "flow": flow.removesuffix("s"), "step": step,
            "commodity": "", "partner": "", "regime": names.regime(label), "province": "",
            "value": _amount(levels[flow, span], head), "value_yoy": growth[flow, span],
            "quantity": None, "unit": "", "quantity_2": None, "unit_2": "",
        }
        for label, levels, growth in lines[1:]
        for flow, span in columns
        if levels[flow, span]
    ]  # fmt: skip
    totals = [
        {"period": head.period, "kind": span, "flow": flow, "measure": "level", "value": (value or 0) * head.factor,
         "value_yoy": lines[0][2][flow, span], "currency": head.currency}
        for (flow, span), value in lines[0][1].items()
    ]  # fmt: skip
    return Part([head.reading("detail", out, names)], "totals", pd.DataFrame(totals))


def _check_regime(label: str, levels: dict, growth: dict, spans: tuple[str, ...], step: float) -> None:
    """Check that no month exceeds the year to date, now or a year before."""
    check_changes(label, [(levels[key], growth[key]) for key in levels])
    for flow in ("exports", "imports") if len(spans) == 2 else ():
        month, year = (levels[flow, span] or 0 for span in spans)
        require(month <= year + step, label, f"{flow} of the month exceed the year to date")
        changes = [growth[flow, span] for span in spans]
        if month and year and None not in changes and min(changes) > -100:
            (month, slack), (year, more) = base_of(month, changes[0]), base_of(year, changes[1])
            require(
                month <= year + slack + more,
                label,
                f"{flow} of the month, by their change, exceeded the year to date a year ago",
            )


def _check_total(lines: list, columns: list, step: float) -> None:
    """Check that the regimes give the total, now and a year before."""
    for key in columns:
        (_, total, change), *rest = lines
        require(total[key] is not None, "TOTAL", "a figure is missing")
        parts = [(levels[key], growth[key]) for _, levels, growth in rest]
        adds = close(total[key], sum(value or 0 for value, _ in parts), 0.5 * step * (len(parts) + 1))
        require(adds, "TOTAL", f"the regimes do not add up to {key[0]} of the {key[1]}")
        check_base("TOTAL", (total[key], change[key]), parts)


# --- (13), (14) commodities ---------------------------------------------------------------------------------------------


def _commodities(flow: str, head: Head, grid: Grid, names: Names) -> Part:
    header, rows = body(grid, "commodity$", 2)
    blocks = [_block(word(cell), head) for cell in header[0][2:]]
    spans = _spans(blocks, head)
    columns = [(block, word(lower)) for block, lower in zip(blocks, header[1][2:], strict=True)]
    needed = [(block, what) for block in (*spans, "yoy") for what in ("quantity", "value")]
    if "unit" not in word(header[0][1]) or columns != needed or not spans:
        raise InputError("the table of commodities has other columns than quantity and value of month and year to date")
    rows, unitless = aligned(rows, names)
    if unitless:  # quantities in an unknown unit
        places = [2 + x for x, key in enumerate(columns) if key[1] == "quantity"]
        lines = sum(any(word(row[x]) for x in places) for row in rows)
        rows = [["-" if x in places else cell for x, cell in enumerate(row)] for row in rows]
    step = step_of(
        [row[2 + x] for row in rows for x, key in enumerate(columns) if key[1] == "value" and key[0] != "yoy"], head.factor
    )
    out, figure = [], Figures()
    for row in rows:
        label = clean(row[0]).lstrip("'’‘")
        if not any(clean(cell) for cell in row[1:]):
            continue  # "Of which:"
        nothing = clean(row[2]) == ""  # a quantity that rounds to nothing is left empty, and so is its change
        figures = {
            key: figure(row[2 + x], f"{label}, {key[1]} {key[0]}", empty=key[1] == "quantity" and (nothing or key[0] != "yoy"))
            for x, key in enumerate(columns)
        }
        if all(figures[key] is None for key in columns if key[0] != "yoy"):
            check_changes(label, [(None, figures["yoy", what]) for what in ("quantity", "value")])
            continue
        require(names.knows("commodities", flow, label) or not names.is_unit(label), label, "is a unit, not a commodity")
        slug = names.commodity(flow, label)
        unit = names.unit(row[1], source=head.source, flow=flow, commodity=slug) if word(row[1]) else ""
        require(names.same_measure(unit, flow, slug), label, f"the quantity unit {clean(row[1])!r} does not measure it")
        _check_commodity(label, figures, spans, unit, step / head.factor)
        check_changes(label, [(figures[spans[0], "quantity"], figures["yoy", "quantity"])])
        for span in spans:
            if figures[span, "value"]:
                printed = span == spans[0]  # the change is that of the first span: the month, where there is one
                out.append({
                    "period": head.period, "kind": span, "flow": flow, "commodity": slug, "table": "bulletin", "step": step,
                    "value": _amount(figures[span, "value"], head), "value_yoy": figures["yoy", "value"] if printed else None,
                    "quantity": figures[span, "quantity"] or None, "unit": unit if figures[span, "quantity"] else "",
                    "quantity_yoy": figures["yoy", "quantity"] if printed else None,
                })  # fmt: skip
    warnings = (*figure.warnings, *([without_units(lines)] if unitless else []))
    reading = head.reading("commodities", out, names, warnings, figures=len(figure.lost) + (lines if unitless else 0))
    return Part([reading], "commodities", reading.rows)


def _block(text: str, head: Head) -> str:
    """Which block of columns: the month, the year to date, the change? The heading of the month is blank on early pages."""
    known = {"percentagechange": "yoy", "": "month"}
    if not (block := _span(text, head) or known.get(text, "")):
        raise InputError(f"the table of commodities has an unknown block {text!r}")
    return block


def _check_commodity(label: str, figures: dict, spans: tuple[str, ...], unit: str, step: float) -> None:
    """Check that quantities have a unit and a value, and that month and year to date have similar unit values."""
    for span in spans:
        quantity, value = figures[span, "quantity"], figures[span, "value"]
        require(quantity is None or (unit != "" and value is not None), label, "a quantity without a unit or a value")
    require(unit != "" or figures["yoy", "quantity"] is None, label, "a change of quantity without a unit")
    if len(spans) == 1:
        return
    (quantity, value), (year_quantity, year_value) = (
        [figures[span, what] or 0 for what in ("quantity", "value")] for span in spans
    )
    require(value <= year_value + step and quantity <= year_quantity + 1, label, "the month exceeds the year to date")
    if year_value and value and not quantity:
        require(year_quantity * value / year_value < 5, label, "a quantity is missing")  # what rounds to nothing is left out
    if min(quantity, value) >= 10:
        goes = 1 / 30 < value / quantity / (year_value / year_quantity) < 30 and year_value < 600 * value
        require(goes, label, "value and quantity of the month do not go with those of the year to date")
