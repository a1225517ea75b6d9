"""The preliminary release on customs' English site: (1) totals, (4) by country, (5) and (6) commodities.

A page is known by the words of its title; the printed table number varies. Rows are checked against each other, see layout.py.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import NamedTuple

from customs_report.errors import InputError
from customs_report.numbers import MONTHS
from customs_report.readers import layout
from customs_report.readers.documents import Document, Grid, Page, clean
from customs_report.readers.english_bulletin import FLOW_OF
from customs_report.readers.layout import Column
from customs_report.readers.reading import Head, Names, Reading, body, word

TABLES = {  # words of the title -> number of the table
    r"values by country": 4,
    r"major exports? (commodities|by quantity)": 5,
    r"major imports? (commodities|by quantity)": 6,
    r"total value of imports and exports by major country": 4,
    r"total (export & import values|value of imports and exports)(?! by)": 1,
}
ENOUGH = 3  # lines whose growth must match to identify a block with a misprinted header


def recognises(document: Document) -> bool:
    return isinstance(document, Page) and _which(document) is not None and not _bulletin(document)


def _which(page: Page) -> int | None:
    title = f"{page.title} {_title(page)}".lower().replace("’", "'")
    return next((table for words, table in TABLES.items() if re.search(words, title)), None)


def _title(page: Page) -> str:
    return clean(page.grids[0][0][0]) if page.grids and page.grids[0] and page.grids[0][0] else page.title


def _bulletin(page: Page) -> bool:
    """Is it the monthly bulletin, with similar titles but a full-width table number and months like 1-6.2025?"""
    return bool(re.search(r"\d\s*\.\s*20\d\d", page.title + _title(page)))


def read(document: Page, names: Names) -> list[Reading]:
    table = _which(document)
    assert table, "a document that this reader recognises"
    if not document.grids:
        if document.images:
            raise InputError(
                f"the page shows its table as an image ({document.images[0]}), as customs did in 2018; it cannot be read"
            )
        raise InputError("the page has no table")
    grid = max(document.grids, key=len)
    unit = next((clean(row[0]) for row in grid[:4] if row and re.match(r"\s*unit", row[0], re.IGNORECASE)), "")
    head = layout.heading([document.title, _title(document)], unit, "preliminary", table, document.date)
    if table == 1:
        return [_totals(head, grid, names)]
    if table == 4:
        header, rows = body(grid, "importsource|exportdestination|countr", 2)
        columns = [_country_column(header[0][x], header[1][x], head) for x in range(1, len(header[0]))]
        return layout.by_country(head, columns, rows, "total", names)
    return [_commodities("export" if table == 5 else "import", head, grid, names)]


GROWTH = re.compile(  # in any edition's words, to the end of what it compares with
    r"(compared|over|against|from)\b.*\byear|year\W*(on|over)\W*year|\by\W?o\W?y\b|"
    r"(percentage )?change|growth( rate)?|increase|±|%"
)
LAST_YEAR = re.compile(r"(the )?(same|corresponding) period (of|in)?( the)? ?(last|previous) year|\b(last|previous) year\b")


YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
SPAN_WORDS = re.compile(r"(?<![a-z])(total|cumulative|months?|values?|of|the|year to date)(?![a-z])")


class Heading(NamedTuple):
    """A parsed header cell: span (month, ytd), whether growth, year, and whether its months are those of the page."""

    span: str
    growth: bool
    year: int | None
    right: bool


def _heading(text: str, head: Head) -> Heading:
    """Parse a header cell, in any of its wordings: "1- to-3", "Jan-Mar", "1-5 Total, 2024", "1 to 5 Y-o-Y (±%)"."""
    text = clean(unicodedata.normalize("NFKC", text)).lower()
    growth, rest = bool(GROWTH.search(text)), GROWTH.sub(" ", text)
    last, rest = bool(LAST_YEAR.search(rest)), LAST_YEAR.sub(" ", rest)
    years = [int(year) for year in YEAR.findall(rest)]
    rest = word(SPAN_WORDS.sub(" ", YEAR.sub(" ", rest)))
    span, right = _span(rest, head), True
    if not span and (last or re.search("total|cumulative|year to date", text)):
        span, right = "ytd", not rest
    return Heading(span, growth, head.year - 1 if last else years[0] if years else None, right)


def _span(text: str, head: Head) -> str:
    """The span of a text: "3" is the month, "1to3" the year to date."""
    name = MONTHS[head.month - 1].lower()
    if re.fullmatch(rf"(1|jan|january)(to|through)?({head.month}|{name}|{name[:3]})", text):
        return "ytd"
    return "month" if text in (str(head.month), name, name[:3]) and not head.together else ""


# --- (1) totals ---------------------------------------------------------------------------------------------------------


def _totals(head: Head, grid: Grid, names: Names) -> Reading:
    two = len(grid) > 3 and bool(grid[3]) and word(grid[3][0]) in ("", word(grid[2][0]))
    header, rows = body(grid, "item|exportimport|totalvalue|$", 2 if two else 1)
    columns = [_totals_column([row[x] for row in header], head) for x in range(1, len(header[0]))]
    lines: dict[str, list[str]] = {}
    for row in rows:
        flow = re.sub(r"^total|value$|of", "", word(row[0])).replace("exportsimports", "exportimport").rstrip("s")
        flow = {"exportimport": "total", "importexport": "total", "export": "exports", "import": "imports"}.get(flow) or (
            "balance" if "balance" in flow or "surplus" in flow else ""
        )
        if not flow or flow in lines:
            raise InputError(f"the table of totals has an unknown line {clean(row[0])!r}")
        lines[flow] = row[1:]
    return layout.totals(head, columns, lines, names)


def _totals_column(words: list[str], head: Head) -> Column:
    both = " ".join(dict.fromkeys(map(clean, words)))
    if re.search(r"month\W*on\W*month|m\W?o\W?m\b|previous\W*month", both.lower()):
        return "other", "month"
    found = _heading(both, head)
    span = found.span or ("month" if found.growth and not head.together and not word(GROWTH.sub("", both.lower())) else "")
    if not span or not found.right or found.year not in (None, head.year):
        raise InputError(f"the table of totals has an unknown column {both!r}")
    return ("yoy" if found.growth else "level"), span


# --- (4) by country -----------------------------------------------------------------------------------------------------


def _country_column(upper: str, lower: str, head: Head) -> Column:
    for flow, span in ((upper, lower), (lower, upper)):
        found, flow = _heading(span, head), FLOW_OF.get(word(flow), "balance")
        if flow != "balance" and found.span and found.right and found.year in (None, head.year):
            if not found.growth:
                return flow, found.span
            if found.span == "ytd":
                return flow, "yoy"
    raise InputError(f"the table by country has an unknown column {clean(upper)!r} / {clean(lower)!r}")


# --- (5), (6) commodities -----------------------------------------------------------------------------------------------


def _commodities(flow: str, head: Head, grid: Grid, names: Names) -> Reading:
    header, rows = body(grid, "commodit|item", 2)
    if "unit" not in word(header[0][1]):  # nor have the rows any
        header, rows = ([[row[0], "", *row[1:]] for row in part] for part in (header, rows))
    texts = header[0][2::2]
    blocks, wrong = _blocks([_heading(text, head) for text in texts], head)
    columns = [(blocks[x // 2], word(lower)) for x, lower in enumerate(header[1][2:])]
    if {*blocks, "month"} != {"month", "ytd", "before", "yoy"} or header[0][2::2] != header[0][3::2]:
        shown = ", ".join(repr(clean(text)) for text in texts)
        raise InputError(f"the table of commodities has other columns than quantity and value of its months: {shown}")
    reading = layout.commodities(head, flow, columns, rows, names)
    if not wrong:
        return reading
    confirmed = int((reading.rows["stage"] == "restated").sum())  # lines whose growth matches their levels
    shown = ", ".join(repr(clean(texts[x])) for x in wrong)
    if confirmed < ENOUGH:
        raise InputError(
            f"the table of commodities heads a block with {shown}, and too few lines prove by their growth what it is"
        )
    is_what = {
        "before": f"1-{head.month} {head.year - 1}",
        "yoy": f"growth of 1-{head.month}",
        "ytd": f"1-{head.month} {head.year}",
    }
    means = ", ".join(is_what[blocks[x]] for x in wrong)
    note = f"the page heads a block with {shown}; the growth of {confirmed} lines proves that it is {means}"
    return replace(reading, warnings=(*reading.warnings, note))


def _blocks(headings: list[Heading], head: Head) -> tuple[list[str], list[int]]:
    """Identify the blocks of columns; the second list has those with misprinted headers, to be confirmed by growth.

    Two levels of the year to date are this year's and last year's, in this order, whatever the year printed over the second.
    """
    blocks, wrong = [], []
    for x, found in enumerate(headings):
        if found.growth:
            block, fits = {"ytd": "yoy", "": "yoy"}.get(found.span, "month_yoy"), found.right
        elif found.span == "ytd" and "ytd" in blocks:
            block, fits = "before", found.right and found.year == head.year - 1
        else:
            block, fits = found.span or "unknown", found.right and found.year in (None, head.year)
            if not fits and not (block == "ytd" and found.right):
                block = "unknown"  # no growth proves which month it is
        blocks.append(block)
        wrong += [] if fits else [x]
    return blocks, wrong
