"""The Chinese site's flash tables and monthly bulletin, as spreadsheets or pages: totals, by country, commodities.

A table is recognised by the words of its title: 主要国别 and 重点商品 are the preliminary release, 国别 alone and
主要商品 the bulletin; the printed table number varies. Rows are checked against each other, see layout.py.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from customs_report.errors import InputError
from customs_report.periods import shift
from customs_report.readers import layout
from customs_report.readers.documents import Document, Grid, Page, Sheets, clean
from customs_report.readers.layout import Column, check_months
from customs_report.readers.reading import Head, Names, Reading, body, currencies, number, word

TABLES = {  # words of the title -> stage, number of the table in the English edition
    r"进出口(商品)?主要国别(\(地区\))?总值表": ("preliminary", 4),
    r"进出口(商品)?国别(\(地区\))?总值表": ("bulletin", 2),
    r"(?<!进)出口重点商品量值表": ("preliminary", 5),
    r"进口重点商品量值表": ("preliminary", 6),
    r"(?<!进)出口主要商品量值表": ("bulletin", 13),
    r"进口主要商品量值表": ("bulletin", 14),
    r"全国进出口总值表": ("preliminary", 1),
    r"进出口商品总值表": ("bulletin", 1),
}
TITLE = re.compile(
    rf"20\d\d年\d\d?(月?至\d\d?)?月(全国)?(?P<table>{'|'.join(TABLES)})(\((人民币|美元)值?\))?([AB]:[年月]度表)?"
)
UNIT = re.compile(r"单位:(人民币)?(亿|千万|百万|万|千)?(美元|元)(\(?人民币\)?)?")
FIRST_CELL = {  # number of the table -> the words that begin its header; over the partners: where goods come from and go to
    1: "项目|年月",
    **dict.fromkeys((2, 4), r"国别(地区)?|国家(地区)?|.*(原产国|目的国).*"),
    **dict.fromkeys((5, 6, 13, 14), "商品名称"),
}
FLOWS = {"进出口": "total", "出口": "exports", "进口": "imports", "差额": "balance"}


class Table(NamedTuple):
    """A table that was recognised: its stage, number, heading, and grid from the first cell of its header."""

    stage: str
    number: int
    head: Head
    grid: Grid


def recognises(document: Document) -> bool:
    if isinstance(document, Sheets):
        return any(_title_in(grid) for grid in document.grids.values())
    return isinstance(document, Page) and bool(_page_title(document))


def read(document: Page | Sheets, names: Names) -> list[Reading]:
    if isinstance(document, Sheets):
        tables = [_on_sheet(name, grid) for name, grid in document.grids.items() if _title_in(grid)]
    else:
        tables = [_on_page(document)]
    return [reading for table in tables for reading in _readings(table, names)]


def _readings(table: Table, names: Names) -> list[Reading]:
    if table.number in (2, 4):
        return _by_country(table, names)
    if table.number == 1:
        return [_totals(table, names) if table.stage == "preliminary" else _totals_by_month(table, names)]
    return [_commodities(table, names)]


# --- titles, units, grids -----------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    """Normalise a header for comparison: half-width, no blanks or line breaks, 1-3月 as 1至3月, one kind of colon."""
    text = "".join(unicodedata.normalize("NFKC", text).replace("\u2236", ":").split())
    return re.sub(r"(?<=\d)[-–—~～](?=\d)", "至", text)


def _title_in(grid: Grid) -> str:
    cells = (_plain(cell) for row in grid[:8] for cell in row)
    return next((found[0] for cell in cells if (found := TITLE.search(cell))), "")


def _page_title(page: Page) -> str:
    """The title above the table, else of the page, else the first in its text."""
    inside = (_title_in(grid) for grid in page.grids)
    return next(filter(None, inside), "") or next(
        (found[0] for text in (page.title, page.text) if (found := TITLE.search(_plain(text)))), ""
    )


def _kind(title: str) -> tuple[str, int]:
    if "年度表" in title:
        raise InputError("a table of annual totals; only months are read")
    found = TITLE.search(title)
    assert found, "a title is what TITLE has found"
    return next(kind for pattern, kind in TABLES.items() if re.fullmatch(pattern.removeprefix("(?<!进)"), found["table"]))


def _unit_in(text: str) -> str:
    found = UNIT.search(_plain(text))
    return found[0] if found else ""


def _on_sheet(name: str, grid: Grid) -> Table:
    title = _title_in(grid)
    stage, number = _kind(title)
    above, below = _split(grid, number)
    head = layout.heading([title], _unit_in(" ".join(cell for row in above for cell in row)), stage, number)
    if (coded := currencies(name)) and coded != {head.currency}:
        raise InputError(f"the sheet is named {name!r}, its title and unit row say {head.currency}; the currencies differ")
    return Table(stage, number, head, [_spread(below[0]), *below[1:]])


def _on_page(page: Page) -> Table:
    title = _page_title(page)
    stage, number = _kind(title)
    grids = [grid for grid in page.grids if _corner(grid, number)]
    if not grids:
        raise InputError(f"the page {title!r} shows no table; customs attaches it as a spreadsheet: add that file")
    above, below = _split(max(grids, key=len), number)
    unit = _unit_in(" ".join(cell for row in above for cell in row)) or _unit_in(page.text)
    named = TITLE.search(_plain(page.title))
    head = layout.heading([named[0] if named else "", title], unit, stage, number)
    return Table(stage, number, replace(head, released=_released(page, head.period)), below)


def _released(page: Page, period: str) -> str:
    """The publication day shown on the page; empty if there is none, or if it is not after the period."""
    found = re.search(r"(?:时间|日期)\s*[:：∶]?\s*(20\d\d)[年/.-](\d\d?)[月/.-](\d\d?)", page.text)
    day = page.date or (f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else "")
    return day if day[:7] > period else ""


def _corner(grid: Grid, number: int) -> tuple[int, int] | None:
    """Row and column of the first header cell; None if there is none."""
    cells = ((y, x, cell) for y, row in enumerate(grid[:12]) for x, cell in enumerate(row))
    places = ((y, x) for y, x, cell in cells if re.fullmatch(FIRST_CELL[number], word(cell)))
    return next(places, None)


def _split(grid: Grid, number: int) -> tuple[Grid, Grid]:
    """Split a grid into the rows above a table's header and the table itself, without empty columns around it."""
    corner = _corner(grid, number)
    if not corner:
        raise InputError("the table has no header that this layout knows")
    y, x = corner
    if lost := next((row for row in grid[y:] if any(clean(cell) for cell in row[:x])), None):
        raise InputError(f"the row {clean(' '.join(lost))[:40]!r} begins left of the table’s names")
    below = [row[x:] for row in grid[y:]]
    width = max((i + 1 for row in below for i, cell in enumerate(row) if clean(cell)), default=0)
    return grid[:y], [row[:width] for row in below]


def _spread(header: list[str]) -> list[str]:
    """A header row with the text of merged cells repeated (a spreadsheet has it in the first one only)."""
    out: list[str] = []
    for cell in header:
        out.append(cell if clean(cell) or not out else out[-1])
    return out


def _columns(table: Table, depth: int) -> tuple[list[list[str]], Grid]:
    """The header texts of each column, from top to bottom, and the rows of figures."""
    header, rows = body(table.grid, FIRST_CELL[table.number], depth)
    if len(header) < depth:
        raise InputError("the table breaks off within its header")
    return [[_plain(row[x]) for row in header] for x in range(len(header[0]))], rows


def _block(text: str, head: Head) -> str:
    """The block that a header names: month, ytd, before, yoy, month_yoy, mom; "growth" if it does not say of what."""
    month = rf"({head.month}月(份|当月)?|当月|本月)"
    ytd = rf"(1月?至({head.month}月|[当本]月)(累计)?|累计)"
    before, sign = "[去上]年同期", r"(增减|增长|增幅)?[±(]*%?\)?"
    grew = rf"(([比较与]{before}(相比|比)?|{before}比)(同比)?|同比){sign}"
    for pattern, block in (
        (month, "month"),
        (ytd, "ytd"),
        (rf"{before}(累计)?|([去上]年|{head.year - 1}年){ytd}|{ytd}{before}", "before"),
        (rf"{ytd}{grew}", "yoy"),
        (rf"{month}{grew}", "month_yoy"),
        (grew, "growth"),
        (rf"{month}?(([比较与]上月(相比|比)?|上月比)(环比)?|环比){sign}", "mom"),
    ):
        if re.fullmatch(pattern, text):
            return block
    raise InputError(f"the table has an unknown column {text!r}")


def _flow(text: str) -> str:
    return FLOWS.get(re.sub(r"总[值额]$|^贸易|^进出口(?=差额)", "", text), "")


# --- totals -------------------------------------------------------------------------------------------------------------


def _totals(table: Table, names: Names) -> Reading:
    depth = 2 if len(table.grid) > 1 and _plain(table.grid[1][0]) in ("", _plain(table.grid[0][0])) else 1
    header, rows = _columns(table, depth)
    measures = {
        "month": ("level", "month"), "ytd": ("level", "ytd"), "mom": ("other", "month"),
        "yoy": ("yoy", "ytd"), "month_yoy": ("yoy", "month"),
    }  # fmt: skip
    blocks = [_block("".join(dict.fromkeys(words)), table.head) for words in header[1:]]
    if "growth" in blocks or "before" in blocks:
        raise InputError("the table of totals has a column that does not say which growth it is")
    lines: dict[str, list[str]] = {}
    for row in rows:
        flow = _flow(_plain(row[0]))
        if not flow or flow in lines:
            raise InputError(f"the table of totals has an unknown line {clean(row[0])!r}")
        lines[flow] = row[1:]
    return layout.totals(table.head, [measures[block] for block in blocks], lines, names)


def _totals_by_month(table: Table, names: Names) -> Reading:
    """Read a table with a line for each month since a January, and perhaps its growth below; earlier months are restated."""
    header, rows = _columns(table, 2)
    columns = [_month_column(words, table.head) for words in header[1:]]
    expected = {(flow, kind) for flow in FLOWS.values() for kind in ("month", "ytd")}
    if set(columns) != expected or len(columns) != len(expected):
        raise InputError("the table of totals has other columns than trade, its balance and the same of the year to date")
    levels: dict[str, dict[Column, str]] = {}
    growth: dict[str, dict[Column, str]] = {}
    for row in rows:
        label, cells = _plain(row[0]), {key: row[1 + x] for x, key in enumerate(columns)}
        if re.fullmatch(r"20\d\d年?", label) and not any(map(clean, row[1:])):
            continue  # the heading of a year
        if found := re.fullmatch(r"(20\d\d)[.年](\d\d?)月?", label):
            period = f"{found[1]}-{int(found[2]):02d}"
            if levels and period == f"{found[1]}-01" and max(levels) == f"{found[1]}-09":
                period = f"{found[1]}-10"  # 2026.10 as a number
            if period != (shift(max(levels), 1) if levels else f"{found[1]}-01"):
                raise InputError(f"the table of totals has {label!r} where another month belongs")
            levels[period] = cells
        elif label and levels and _block(label, table.head) == "growth":
            growth[max(levels)] = cells
        elif not (label and _block(label, table.head) == "mom"):
            raise InputError(f"the table of totals has an unknown line {clean(row[0])!r}")
    if not levels or max(levels) != table.head.period:
        raise InputError(f"the table of totals does not end with the month of its title, {table.head.period}")
    readings = [_one_month(table.head, period, cells, growth.get(period, {}), names) for period, cells in levels.items()]
    figures = {
        period: {(kind, flow): number(cell, f"{period}, {flow}") for (flow, kind), cell in cells.items()}
        for period, cells in levels.items()
    }
    check_months(figures, ["month", "ytd"], max(readings[-1].rows["step"]) / table.head.factor)
    return replace(readings[-1], rows=pd.concat([reading.rows for reading in readings], ignore_index=True))


def _one_month(head: Head, period: str, levels: dict[Column, str], growth: dict[Column, str], names: Names) -> Reading:
    """The reading of one month of the table; earlier months get the stage `restated`."""
    head = replace(head, period=period, stage=head.stage if period == head.period else "restated")
    columns = [("level", kind) for kind in ("month", "ytd")]
    columns += [("yoy", kind) for kind in ("month", "ytd") if any(clean(growth.get((flow, kind), "")) for flow in layout.FLOWS)]
    by_measure = {"level": levels, "yoy": growth}
    lines = {flow: [by_measure[measure][flow, kind] for measure, kind in columns] for flow in FLOWS.values()}
    return layout.totals(head, columns, lines, names)


def _month_column(words: list[str], head: Head) -> Column:
    flow = next(filter(None, map(_flow, words)), "")
    spans = {_block(text, head) for text in words if text and not _flow(text)} or {"month"}
    if not flow or not spans <= {"month", "ytd"}:
        raise InputError(f"the table of totals has an unknown column {' '.join(words)!r}")
    return flow, spans.pop()


# --- by country ---------------------------------------------------------------------------------------------------------


def _by_country(table: Table, names: Names) -> list[Reading]:
    header, rows = _columns(table, 2)
    columns = [_country_column(upper, lower, table.head) for upper, lower in header[1:]]
    return layout.by_country(table.head, columns, rows, "进出口总[值额]|总[值额计]|合计", names)


def _country_column(upper: str, lower: str, head: Head) -> Column:
    if flow := _flow(upper):
        block = _block(lower, head)
        if block in ("month", "ytd"):
            return flow, block
    elif (flow := _flow(lower)) and _block(upper, head) in ("yoy", *(["growth", "month_yoy"] if head.month == 1 else [])):
        return flow, "yoy"
    raise InputError(f"the table by country has an unknown column {upper!r} / {lower!r}")


# --- commodities --------------------------------------------------------------------------------------------------------


def _commodities(table: Table, names: Names) -> Reading:
    header, rows = _columns(table, 2)
    flash = table.stage == "preliminary"
    blocks = [_block(upper, table.head) for upper, _ in header[2:]]
    blocks = [{"growth": "yoy" if flash else "month_yoy"}.get(block, block) for block in blocks]
    twice = table.head.month == 2 and blocks[:4] == ["ytd"] * 4  # January and February, where the month would stand
    if twice:
        blocks[:2] = ["month"] * 2
    allowed = {"month", "ytd", "before", "yoy"} if flash else {"month", "ytd", "month_yoy", "yoy"}
    needed = {"ytd", "before", "yoy"} if flash else {"month"}
    if not needed <= {*blocks} <= allowed or header[1][0] not in ("计量单位", "单位", "数量单位"):
        raise InputError("the table of commodities has other columns than quantity and value of its months")
    what = {"数量": "quantity", "金额": "value"}
    columns = [(block, what.get(lower, lower)) for block, (_, lower) in zip(blocks, header[2:], strict=True)]
    flow = "export" if table.number in (5, 13) else "import"
    reading = layout.commodities(table.head, flow, columns, rows, names)
    if twice and not reading.warnings:
        raise InputError("two blocks are named January and February together, and their figures differ")
    return reading
