"""The preliminary release on customs' English site: (1) totals, (4) by country, (5) and (6) commodities.

A page is known by the words of its title; the printed table number drifts. Every row proves itself: exports and imports add up,
growth fits the figures it belongs to, a month lies within its year to date.
"""

from __future__ import annotations

import re
from functools import partial

from customs_report.errors import Refused
from customs_report.facts import MONTHS
from customs_report.periods import shift
from customs_report.readers.documents import Document, Grid, Page, clean
from customs_report.readers.reading import (
    Head,
    Names,
    Reading,
    body,
    close,
    currencies,
    decimals,
    money,
    number,
    period_in,
    proved,
    step_of,
    the_period,
    word,
)

STAGE = "preliminary"
TABLES = {  # words of the title -> number of the table, what it is
    r"values by country": (4, "by country"),
    r"major exports? (commodities|by quantity)": (5, "major exports by quantity and value"),
    r"major imports? (commodities|by quantity)": (6, "major imports by quantity and value"),
    r"total value of imports and exports by major country": (4, "by country"),
    r"total (export & import values|value of imports and exports)(?! by)": (1, "totals"),
}
FLOWS = {"exportimport": "total", "export": "exports", "import": "imports"}


def recognises(document: Document) -> bool:
    return isinstance(document, Page) and _which(document) is not None and not _bulletin(document)


def _which(page: Page) -> tuple[int, str] | None:
    title = f"{page.title} {_title(page)}".lower().replace("’", "'")
    return next((table for words, table in TABLES.items() if re.search(words, title)), None)


def _title(page: Page) -> str:
    return clean(page.grids[0][0][0]) if page.grids and page.grids[0] and page.grids[0][0] else page.title


def _bulletin(page: Page) -> bool:
    """The monthly bulletin uses the same words, with a full-width number and the month as 1-6.2025."""
    return bool(re.search(r"\d\s*\.\s*20\d\d", page.title + _title(page)))


def read(document: Page, names: Names) -> list[Reading]:
    number_of_table, what = _which(document)
    if not document.grids:
        if document.images:
            raise Refused(
                f"the page shows its table as an image ({document.images[0]}), as customs did in 2018; it cannot be read"
            )
        raise Refused("the page has no table")
    (grid,) = document.grids if len(document.grids) == 1 else (max(document.grids, key=len),)
    head = _head(document, grid, number_of_table, what)
    read_table = {1: _totals, 4: _by_country, 5: partial(_commodities, "export"), 6: partial(_commodities, "import")}[
        number_of_table
    ]
    return read_table(head, grid, names)


def _head(page: Page, grid: Grid, table: int, what: str) -> Head:
    title, shown = page.title or _title(page), _title(page)
    period, first = the_period(title)
    if (other := period_in(shown)) and other != (period, first):
        raise Refused(f"the page is titled {clean(title)[:90]!r}, its table {shown[:90]!r}; the months differ")
    unit = next((clean(row[0]) for row in grid[:4] if row and re.match(r"\s*unit", row[0], re.IGNORECASE)), "")
    if len(currencies(title) | currencies(shown)) > 1:
        raise Refused(f"the page is titled {clean(title)[-40:]!r}, its table {shown[-40:]!r}; the currencies differ")
    currency, factor = money(f"{title} {shown}", unit)
    source = f"gacc-flash-{table}" + ("-usd" if currency == "USD" else "")
    layout = f"preliminary release, table ({table}), {what}, in {'dollars' if currency == 'USD' else 'yuan'}"
    return Head(period, first, currency, factor, layout, source, page.date, unit, STAGE)


def _span(text: str, head: Head) -> str:
    """Which span does a header cell name: "3" the month, "1- to-3" the year to date?"""
    name = MONTHS[head.month - 1].lower()
    text = re.sub(r"(month|total|months)+$", "", text)
    if text in (f"1to{head.month}", f"1{head.month}", f"januaryto{name}", f"january{name}", f"janto{name[:3]}"):
        return "ytd"
    return "month" if text in (str(head.month), name, name[:3]) and not head.together else ""


# --- (1) totals ---------------------------------------------------------------------------------------------------------


def _totals(head: Head, grid: Grid, names: Names) -> list[Reading]:
    header, rows = body(grid, "item|exportimport|totalvalue|$", 2 if word(grid[3][0]) in ("", word(grid[2][0])) else 1)
    columns = [_totals_column([word(row[x]) for row in header], head) for x in range(1, len(header[0]))]
    if len(set(columns)) != len(columns) or (("level", "ytd") not in columns and head.month > 1):
        raise Refused("the table of totals has other columns than month, year to date and their growth")
    lines = {}
    for row in rows:
        flow = re.sub(r"^total|value$|of", "", word(row[0])).replace("exportsimports", "exportimport").rstrip("s")
        flow = {"exportimport": "total", "importexport": "total", "export": "exports", "import": "imports"}.get(flow) or (
            "balance" if "balance" in flow or "surplus" in flow else ""
        )
        if not flow or flow in lines:
            raise Refused(f"the table of totals has an unknown line {clean(row[0])!r}")
        lines[flow] = row[1:]
    if not {"exports", "imports"} <= set(lines):
        raise Refused("the table of totals lacks exports or imports")
    out = []
    for x, (measure, kind) in enumerate(columns):
        if measure == "other":
            continue
        step = step_of([line[x] for line in lines.values()], head.factor) if measure == "level" else 0.1
        values = {flow: number(line[x], f"{flow}, column {x + 2}") for flow, line in lines.items()}
        if measure == "level":
            values = {flow: None if value is None else value * head.factor for flow, value in values.items()}
            _add_up(values, step, f"totals, {kind}")
        out += [
            {"period": head.period, "kind": kind, "flow": flow, "measure": measure, "value": round(value, 2), "step": step}
            for flow, value in values.items()
            if value is not None and not (flow == "balance" and measure == "yoy")
        ]
    return [head.reading("totals", out, names)]


def _totals_column(words: list[str], head: Head) -> tuple[str, str]:
    both = "".join(dict.fromkeys(words))
    if "monthonmonth" in both or "previousmonth" in both:
        return "other", "month"
    growth = "yearonyear" in both or "yoy" in both
    rest = re.sub(r"cumulative|yearonyear|yoy|comparedtothesameperiodlastyear", "", both)
    span = _span(rest, head) or (
        "ytd" if "cumulative" in both else "month" if growth and not head.together and not rest else ""
    )
    if not span:
        raise Refused(f"the table of totals has an unknown column {both!r}")
    return ("yoy" if growth else "level"), span


def _add_up(values: dict[str, float | None], step: float, where: str) -> None:
    """Exports and imports give the total and the balance, within rounding."""
    exports, imports = values.get("exports"), values.get("imports")
    if exports is None or imports is None:
        return
    for flow, sign in (("total", 1), ("balance", -1)):
        if values.get(flow) is not None:
            proved(
                close(values[flow], exports + sign * imports, 1.6 * step), where, f"exports and imports do not give the {flow}"
            )


# --- (4) by country -----------------------------------------------------------------------------------------------------


def _by_country(head: Head, grid: Grid, names: Names) -> list[Reading]:
    header, rows = body(grid, "importsource", 2)
    columns = [_country_column(word(header[0][x]), word(header[1][x]), head) for x in range(1, len(header[0]))]
    spans = ("ytd",) if head.together else ("month", "ytd")
    expected = {(flow, what) for flow in FLOWS.values() for what in (*spans, "yoy")}
    if set(columns) != expected or len(columns) != len(expected):
        raise Refused(
            "the table by country has other columns than trade, exports and imports of the month and the year to date"
        )
    step = step_of([row[1 + columns.index(("total", kind))] for row in rows for kind in spans], head.factor)
    partners, totals = [], []
    for row in rows:
        label = clean(row[0])
        figures = {key: number(row[1 + x], f"{label}, {key[0]} {key[1]}") for x, key in enumerate(columns)}
        _prove_country(label, figures, spans, 10.0 ** -decimals([row[1 + columns.index(("total", "ytd"))]]))
        for kind in spans:
            line = {"period": head.period, "kind": kind, "step": step}
            levels = {f: None if figures[f, kind] is None else round(figures[f, kind] * head.factor, 2) for f in FLOWS.values()}
            growth = {flow: figures[flow, "yoy"] if kind == "ytd" else None for flow in FLOWS.values()}
            if word(label) == "total":
                totals += [{**line, "flow": f, "measure": "level", "value": v} for f, v in levels.items()]
                totals += [
                    {**line, "flow": f, "measure": "yoy", "value": v, "step": 0.1} for f, v in growth.items() if v is not None
                ]
            else:
                partners.append({
                    **line, "partner": names.partner(label), "exports": levels["exports"], "imports": levels["imports"],
                    **{f"{flow}_yoy": value for flow, value in growth.items()},
                })  # fmt: skip
    if not totals:
        raise Refused("the table by country has no line Total")
    return [head.reading("totals", totals, names), head.reading("partners", partners, names)]


def _country_column(upper: str, lower: str, head: Head) -> tuple[str, str]:
    if upper in FLOWS and (span := _span(lower, head)):
        return FLOWS[upper], span
    growth = re.fullmatch(r"(.*)yearonyear", upper)
    if growth and lower in FLOWS and _span(growth[1], head) == "ytd":
        return FLOWS[lower], "yoy"
    raise Refused(f"the table by country has an unknown column {upper!r} / {lower!r}")


def _prove_country(label: str, figures: dict, spans: tuple[str, ...], step: float) -> None:
    for kind in spans:
        parts = [figures[flow, kind] for flow in ("total", "exports", "imports")]
        proved(None not in parts[:1], label, "no figure")
        proved(
            close(parts[0], (parts[1] or 0) + (parts[2] or 0), 1.6 * step), label, "exports and imports do not give the total"
        )
    if len(spans) == 2:
        for flow in FLOWS.values():
            month, year = figures[flow, "month"] or 0, figures[flow, "ytd"] or 0
            proved(month <= year + step, label, f"{flow} of the month exceed the year to date")
    growth = [figures[flow, "yoy"] for flow in ("total", "exports", "imports")]
    if None not in growth:
        proved(
            min(growth[1:]) - 0.11 <= growth[0] <= max(growth[1:]) + 0.11, label, "growth of the total lies outside its parts’"
        )


# --- (5), (6) commodities -----------------------------------------------------------------------------------------------


def _commodities(flow: str, head: Head, grid: Grid, names: Names) -> list[Reading]:
    header, rows = body(grid, "commodity|commodities", 2)
    blocks = [_block(word(header[0][x]), head) for x in range(2, len(header[0]))]
    columns = [(block, word(lower)) for block, lower in zip(blocks, header[1][2:], strict=True)]
    needed = {(block, what) for block in {*blocks} | {"ytd", "before", "yoy"} for what in ("quantity", "value")}
    if word(header[0][1]) not in ("quantityunit", "unit") or set(columns) != needed or len(columns) != len(needed):
        raise Refused("the table of commodities has other columns than quantity and value of its months")
    step = step_of([row[2 + columns.index(("ytd", "value"))] for row in rows], head.factor)
    out, warnings, same = [], [], 0
    for row in rows:
        label = clean(row[0])
        figures = {key: number(row[2 + x], f"{label}, {key[1]} {key[0]}") for x, key in enumerate(columns)}
        slug = names.commodity(flow, label)
        dash = number(row[1], label) is None if not any(c.isalnum() for c in row[1]) else False
        proved(
            dash == all(figures[block, "quantity"] is None for block in {*blocks}),
            label,
            "quantities without a unit or a unit without",
        )
        unit = "" if dash else names.unit(row[1], source=head.source, flow=flow, commodity=slug)
        _prove_line(label, figures, step / head.factor, 10.0 ** -decimals([row[2 + columns.index(("ytd", "quantity"))]]))
        same += all(figures.get(("month", what)) == figures["ytd", what] for what in ("quantity", "value"))
        for block, period, kind, stage in (
            ("month", head.period, "month", STAGE),
            ("ytd", head.period, "ytd", STAGE),
            ("before", shift(head.period, -12), "ytd", "restated"),
        ):
            value = figures.get((block, "value"))
            if value is not None and value > 0:
                out.append({
                    "period": period, "kind": kind, "stage": stage, "flow": flow, "commodity": slug, "table": "flash",
                    "value": round(value * head.factor, 2), "quantity": figures[block, "quantity"] or None, "step": step,
                    "unit": unit if figures[block, "quantity"] else "",
                    "value_yoy": figures["yoy", "value"] if block == "ytd" else None,
                    "quantity_yoy": figures["yoy", "quantity"] if block == "ytd" else None,
                })  # fmt: skip
    if "month" in blocks and head.month == 2 and same == len(rows):
        out = [row for row in out if row["kind"] != "month"]
        warnings.append("the month’s block repeats January and February together; only the year to date is read")
    return [head.reading("commodities", out, names, tuple(warnings))]


def _block(text: str, head: Head) -> str:
    """Which block of columns: the month, the year to date, the same of the year before, its growth?"""
    text = text.replace("to", "") if text[:1].isdigit() and not text.isdigit() else text
    total = f"1{head.month}tal"
    known = {total: "ytd", f"{total}{head.year - 1}": "before", f"{total}yearonyear": "yoy", str(head.month): "month"}
    if text not in known:
        raise Refused(f"the table of commodities has an unknown block {text!r}")
    return known[text]


def _prove_line(label: str, figures: dict, value_step: float, quantity_step: float) -> None:
    """A line's printed growth is that of its figures, and the month lies within the year to date."""
    for what, step in (("value", value_step), ("quantity", quantity_step)):
        now, before, growth = (figures[block, what] for block in ("ytd", "before", "yoy"))
        if None not in (now, before, growth) and before > 0:
            slack = 0.11 + 100 * step * (1 + now / before) / before
            proved(close((now / before - 1) * 100, growth, slack), label, f"growth of {what} is not that of its figures")
        if figures.get(("month", what)) is not None and now is not None:
            proved(figures["month", what] <= now + step, label, f"{what} of the month exceeds the year to date")
