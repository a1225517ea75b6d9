"""The preliminary release on customs' English site: (1) totals, (4) by country, (5) and (6) commodities.

A page is known by the words of its title; the printed table number drifts. Rows prove themselves, see layout.py.
"""

from __future__ import annotations

import re

from customs_report.errors import Refused
from customs_report.facts import MONTHS
from customs_report.readers import layout
from customs_report.readers.documents import Document, Grid, Page, clean
from customs_report.readers.layout import Column
from customs_report.readers.reading import Head, Names, Reading, body, word

TABLES = {  # words of the title -> number of the table
    r"values by country": 4,
    r"major exports? (commodities|by quantity)": 5,
    r"major imports? (commodities|by quantity)": 6,
    r"total value of imports and exports by major country": 4,
    r"total (export & import values|value of imports and exports)(?! by)": 1,
}
FLOWS = {"exportimport": "total", "export": "exports", "import": "imports"}


def recognises(document: Document) -> bool:
    return isinstance(document, Page) and _which(document) is not None and not _bulletin(document)


def _which(page: Page) -> int | None:
    title = f"{page.title} {_title(page)}".lower().replace("’", "'")
    return next((table for words, table in TABLES.items() if re.search(words, title)), None)


def _title(page: Page) -> str:
    return clean(page.grids[0][0][0]) if page.grids and page.grids[0] and page.grids[0][0] else page.title


def _bulletin(page: Page) -> bool:
    """The monthly bulletin uses the same words, with a full-width number and the month as 1-6.2025."""
    return bool(re.search(r"\d\s*\.\s*20\d\d", page.title + _title(page)))


def read(document: Page, names: Names) -> list[Reading]:
    table = _which(document)
    if not document.grids:
        if document.images:
            raise Refused(
                f"the page shows its table as an image ({document.images[0]}), as customs did in 2018; it cannot be read"
            )
        raise Refused("the page has no table")
    grid = max(document.grids, key=len)
    unit = next((clean(row[0]) for row in grid[:4] if row and re.match(r"\s*unit", row[0], re.IGNORECASE)), "")
    head = layout.heading([document.title, _title(document)], unit, "preliminary", table, document.date)
    if table == 1:
        return [_totals(head, grid, names)]
    if table == 4:
        header, rows = body(grid, "importsource", 2)
        columns = [_country_column(word(header[0][x]), word(header[1][x]), head) for x in range(1, len(header[0]))]
        return layout.by_country(head, columns, rows, "total", names)
    return [_commodities("export" if table == 5 else "import", head, grid, names)]


def _span(text: str, head: Head) -> str:
    """Which span does a header cell name: "3" the month, "1- to-3" the year to date?"""
    name = MONTHS[head.month - 1].lower()
    text = re.sub(r"(month|total|months)+$", "", text)
    if text in (f"1to{head.month}", f"1{head.month}", f"januaryto{name}", f"january{name}", f"janto{name[:3]}"):
        return "ytd"
    return "month" if text in (str(head.month), name, name[:3]) and not head.together else ""


# --- (1) totals ---------------------------------------------------------------------------------------------------------


def _totals(head: Head, grid: Grid, names: Names) -> Reading:
    two = len(grid) > 3 and bool(grid[3]) and word(grid[3][0]) in ("", word(grid[2][0]))
    header, rows = body(grid, "item|exportimport|totalvalue|$", 2 if two else 1)
    columns = [_totals_column([word(row[x]) for row in header], head) for x in range(1, len(header[0]))]
    lines: dict[str, list[str]] = {}
    for row in rows:
        flow = re.sub(r"^total|value$|of", "", word(row[0])).replace("exportsimports", "exportimport").rstrip("s")
        flow = {"exportimport": "total", "importexport": "total", "export": "exports", "import": "imports"}.get(flow) or (
            "balance" if "balance" in flow or "surplus" in flow else ""
        )
        if not flow or flow in lines:
            raise Refused(f"the table of totals has an unknown line {clean(row[0])!r}")
        lines[flow] = row[1:]
    return layout.totals(head, columns, lines, names)


def _totals_column(words: list[str], head: Head) -> Column:
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


# --- (4) by country -----------------------------------------------------------------------------------------------------


def _country_column(upper: str, lower: str, head: Head) -> Column:
    if upper in FLOWS and (span := _span(lower, head)):
        return FLOWS[upper], span
    growth = re.fullmatch(r"(.*)yearonyear", upper)
    if growth and lower in FLOWS and _span(growth[1], head) == "ytd":
        return FLOWS[lower], "yoy"
    raise Refused(f"the table by country has an unknown column {upper!r} / {lower!r}")


# --- (5), (6) commodities -----------------------------------------------------------------------------------------------


def _commodities(flow: str, head: Head, grid: Grid, names: Names) -> Reading:
    header, rows = body(grid, "commodity|commodities", 2)
    blocks = [_block(word(header[0][x]), head) for x in range(2, len(header[0]))]
    columns = [(block, word(lower)) for block, lower in zip(blocks, header[1][2:], strict=True)]
    if word(header[0][1]) not in ("quantityunit", "unit") or {*blocks, "month"} != {"month", "ytd", "before", "yoy"}:
        raise Refused("the table of commodities has other columns than quantity and value of its months")
    return layout.commodities(head, flow, columns, rows, names)


def _block(text: str, head: Head) -> str:
    """Which block of columns: the month, the year to date, the same of the year before, its growth?"""
    text = text.replace("to", "") if text[:1].isdigit() and not text.isdigit() else text
    total = f"1{head.month}tal"
    known = {total: "ytd", f"{total}{head.year - 1}": "before", f"{total}yearonyear": "yoy", str(head.month): "month"}
    if text not in known:
        raise Refused(f"the table of commodities has an unknown block {text!r}")
    return known[text]
