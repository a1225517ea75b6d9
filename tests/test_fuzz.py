"""Thousands of damaged files of each layout: each is read correctly or rejected, never read wrong.

Damage to structure, labels, units and encoding must be noticed. A changed digit is another matter: where no identity of the
table and nothing held contradicts it, nobody can see it; such cases are counted apart and shown at the end of a run.
"""

from __future__ import annotations

import csv
import io
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from html import escape, unescape
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from customs_report import adding, loading, schema
from customs_report import tables as data
from customs_report.errors import InputError
from customs_report.readers import documents, parser, read
from tests import pages

QUICK, DEEP = 100, 1000  # different variants of each layout, spread over its files and kinds of damage
SAMPLED = (
    25  # damaged files, of those no identity can catch, that also go through the plausibility checks (as slow as ten readings)
)
FIXTURES = Path(__file__).parent / "fixtures"
LAYOUTS = {  # layout -> its files; those that are no fixtures are made by `original`
    "preliminary release": ("totals.html", "partners.html", "exports.html", "imports.html"),
    "bulletin": tuple(path.name for path in sorted(FIXTURES.glob("bulletin_*.html"))),
    "Chinese pages": tuple(path.name for path in sorted(FIXTURES.glob("chinese_*.html"))),
    "Chinese spreadsheets": ("by_country.xlsx", "exports.xlsx"),
    "query platform": ("query_crude_zh.csv", "query_all_dimensions_en.csv"),
    "Comtrade, JSON": ("comtrade.json",),
    "Comtrade, CSV": ("comtrade.csv",),
    "EastMoney, JSON": ("eastmoney.json",),
    "EastMoney, CSV": ("akshare_hgjck.csv",),
}
FLOWS = {"query_crude_zh.csv": "import", "query_all_dimensions_en.csv": "export"}  # which these files do not say
Damage = Callable[[random.Random, str], str | bytes]


# --- originals ----------------------------------------------------------------------------------------------------------


@cache
def printed() -> data.Tables:
    return loading.read_printed(schema.DATA)


@cache
def made() -> dict[str, bytes]:
    return pages.next_month(printed())


def original(name: str) -> str:
    """An undamaged file as text; a spreadsheet as the rows of a page."""
    if name in LAYOUTS["preliminary release"]:
        return made()[name].decode()
    if name == "comtrade.csv":
        records, out = json.loads((FIXTURES / "comtrade.json").read_bytes())["data"], io.StringIO()
        writer = csv.DictWriter(out, records[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)
        return out.getvalue()
    if name == "by_country.xlsx":
        sheets = parser.sheets((FIXTURES / "chinese_by_country_2026-06.xls").read_bytes())["sheets"]
        return _as_rows(next(iter(sheets.values())))
    if name == "exports.xlsx":
        page = documents.open_document((FIXTURES / "chinese_exports_2025-11_gb18030.html").read_bytes())
        return _as_rows([[page.title], *page.grids[0]])
    return documents.decode((FIXTURES / name).read_bytes())


def _as_rows(grid: documents.Grid) -> str:
    return "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in grid)


def encoded(name: str, text: str | bytes) -> bytes:
    """Text as the file has it."""
    if isinstance(text, bytes):
        return text
    if name.endswith(".xlsx"):
        return _workbook([[(unescape(cell[1]), cell[0]) for cell in CELL_TEXT.findall(row)] for row in ROW.findall(text)])
    return text.encode("gb18030" if "gb18030" in name else "utf-8")


def _workbook(rows: list[list[tuple[str, str]]]) -> bytes:
    """A spreadsheet of cells and how many columns each is drawn over: of merged cells only the first has text."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for y, row in enumerate(rows):
            x = 0
            for text, span in row:
                if re.fullmatch(r"\d+(\.\d+)?", text):
                    page.write_number(y, x, float(text))
                else:
                    page.write_string(y, x, text)
                x += int(span or 1)
    return stream.getvalue()


# --- damage to pages ----------------------------------------------------------------------------------------------------

CELL, ROW = re.compile(r"<td\b.*?</td>", re.S), re.compile(r"<tr\b.*?</tr>", re.S)
CELL_TEXT = re.compile(r'<td(?: colspan="(\d+)")?>(.*?)</td>', re.S)


def _pick(chance: random.Random, pattern: re.Pattern, text: str, first: int = 0) -> re.Match:
    return chance.choice(list(pattern.finditer(text))[first:])


def drop_cell(chance: random.Random, text: str) -> str:
    cell = _pick(chance, CELL, text, 2)
    return text[: cell.start()] + text[cell.end() :]


def repeat_cell(chance: random.Random, text: str) -> str:
    cell = _pick(chance, CELL, text, 2)
    return text[: cell.end()] + cell[0] + text[cell.end() :]


def empty_cell(chance: random.Random, text: str) -> str:
    cell = _pick(chance, CELL, text, 2)
    return text[: cell.start()] + re.sub(r">[^<]+<", "><", cell[0]) + text[cell.end() :]


def shift_row(chance: random.Random, text: str) -> str:
    """The figures of a row move one column to the left, the last is repeated."""
    row = _pick(chance, ROW, text, 2)
    cells = CELL.findall(row[0])
    if len(cells) < 4:
        return text
    moved = [cells[0], *cells[2:], cells[-1]]
    return text[: row.start()] + "<tr>" + "".join(moved) + "</tr>" + text[row.end() :]


def swap_cells(chance: random.Random, text: str) -> str:
    """Two neighbouring figures of a row change places."""
    row = _pick(chance, ROW, text, 2)
    cells = CELL.findall(row[0])
    if len(cells) < 4:
        return text
    at = chance.randrange(1, len(cells) - 1)
    cells[at], cells[at + 1] = cells[at + 1], cells[at]
    return text[: row.start()] + "<tr>" + "".join(cells) + "</tr>" + text[row.end() :]


def merge_header(chance: random.Random, text: str) -> str:
    """A header cell is drawn over its neighbour."""
    row = chance.choice(list(ROW.finditer(text))[1:4])
    cells = CELL.findall(row[0])
    if len(cells) < 3:
        return text
    at = chance.randrange(0, len(cells) - 1)
    cells[at : at + 2] = [cells[at].replace("<td", '<td colspan="2"', 1)]
    return text[: row.start()] + "<tr>" + "".join(cells) + "</tr>" + text[row.end() :]


def drop_header(chance: random.Random, text: str) -> str:
    row = chance.choice(list(ROW.finditer(text))[1:3])
    return text[: row.start()] + text[row.end() :]


def drop_row(chance: random.Random, text: str) -> str:
    row = _pick(chance, ROW, text, 4)
    return text[: row.start()] + text[row.end() :]


def misspell(chance: random.Random, text: str) -> str:
    """A letter of a label becomes another."""
    row = _pick(chance, ROW, text, 2)
    label = CELL.search(row[0])
    letters = [
        i
        for i, c in enumerate(label[0])
        if c.isalpha() and label[0][:i].count("<") == label[0][:i].count(">") and "&" not in label[0][max(0, i - 8) : i]
    ]
    if not letters:
        return text
    at = row.start() + label.start() + chance.choice(letters)
    return text[:at] + chance.choice("qxzjw") + text[at + 1 :]


def change_digit(chance: random.Random, text: str) -> str:
    digits = [m.start() for m in re.finditer(r"(?<=[>\d.,])\d(?=[\d.,\u00a0<])", text) if m.start() > len(text) // 4]
    at = chance.choice(digits)
    return text[:at] + chance.choice([d for d in "0123456789" if d != text[at]]) + text[at + 1 :]


def _header(text: str) -> list[re.Match]:
    """The rows above the figures."""
    rows = list(ROW.finditer(text))
    first = next(y for y, row in enumerate(rows) if len(re.findall(r">[^<]*\d[.,]\d[^<]*<", row[0])) > 1)
    return rows[:first]


def drop_column(chance: random.Random, text: str) -> str:
    """Every row of figures lacks the same cell, and may have an empty one at its end."""
    above, end = _header(text)[-1].end(), chance.choice(["", "<td></td>"])
    at = chance.randrange(1, len(CELL.findall(ROW.search(text, above)[0])))

    def without(row: re.Match) -> str:
        cells = CELL.findall(row[0])
        return "<tr>" + "".join([*cells[:at], *cells[at + 1 :], end]) + "</tr>" if len(cells) > at else row[0]

    return text[:above] + ROW.sub(without, text[above:])


def change_header_digit(chance: random.Random, text: str) -> str:
    """A month or year in the title or over a column is misprinted."""
    rows = _header(text)
    digits = [m.start() for m in re.finditer(r"\d(?=[^<>]*<)", text) if rows[0].start() < m.start() < rows[-1].end()]
    if not digits:
        return text
    at = chance.choice(digits)
    return text[:at] + chance.choice([d for d in "0123456789" if d != text[at]]) + text[at + 1 :]


def paste(chance: random.Random, text: str) -> str:
    """Two downloads in one file."""
    return text + "\n" * chance.randrange(3) + text


# --- damage to any text -------------------------------------------------------------------------------------------------


def cut(chance: random.Random, text: str) -> str:
    return text[: chance.randrange(len(text) // 10, len(text) - 20)]


SWAPS = (
    ("CNY 100 Million", "CNY 10,000"), ("CNY 100 Million", "USD1 Million"), ("CNY 100 Million", "CNY 1 Million"),
    ("USD1 Million", "USD 1,000"), ("USD1 Million", "CNY 100 Million"), ("(in CNY)", "(in USD)"), ("(in USD)", "(in CNY)"),
    ("10,000 tonnes", "tonnes"), ("tonnes", "kilograms"), ("10,000 vehicles", "vehicles"), ("100 million pieces", "10,000 pieces"),
    ("US$1,000", "RMB￥10,000"), ("RMB￥10,000", "US$1,000"), ("亿元", "万元"), ("万元", "亿元"), ("百万美元", "万元"), ("亿美元", "亿元"),
    ("万吨", "吨"), ("10000T", "T"), ("万辆", "辆"), ("亿个", "万个"), ("千克", "吨"), ("美元", "人民币"),
    ("US dollar", "Renminbi Yuan"),
)  # fmt: skip


def other_unit(chance: random.Random, text: str) -> str:
    """A unit or currency becomes another, everywhere or in one place."""
    possible = [swap for swap in SWAPS if swap[0] in text]
    if not possible:
        return text
    old, new = chance.choice(possible)
    if chance.random() < 0.3:
        return text.replace(old, new)
    found = chance.choice(list(re.finditer(re.escape(old), text)))
    return text[: found.start()] + new + text[found.end() :]


def garble(chance: random.Random, text: str) -> bytes:
    """Another encoding than the page declares, or lost bytes."""
    content = text.encode()
    ways: tuple[Callable[[], bytes], ...] = (
        lambda: text.encode("utf-16"),
        lambda: content.replace("\u00a0".encode(), b"\xa0"),
        lambda: (
            content[: (at := chance.randrange(len(content) // 2, len(content) - 50))]
            + bytes(chance.randrange(128, 256) for _ in range(4))
            + content[at + 4 :]
        ),
    )
    return chance.choice(ways)()


# --- damage to lines of text: CSV and JSON --------------------------------------------------------------------------------


def _line(chance: random.Random, text: str) -> tuple[list[str], int]:
    lines = text.splitlines(keepends=True)
    return lines, chance.randrange(1, len(lines))


def _fields(line: str) -> tuple[list[str], str]:
    separator = '","' if '","' in line else ","
    return line.rstrip("\n").split(separator), separator


def drop_line(chance: random.Random, text: str) -> str:
    lines, at = _line(chance, text)
    return "".join(lines[:at] + lines[at + 1 :])


def repeat_line(chance: random.Random, text: str) -> str:
    lines, at = _line(chance, text)
    return "".join([*lines[: at + 1], *lines[at:]])


def drop_field(chance: random.Random, text: str) -> str:
    comma = chance.choice([i for i, c in enumerate(text) if c == "," and text[:i].count('"') % 2 == 0])  # between fields
    end = text.find(",", comma + 1)
    return text[:comma] + text[end if end > 0 else len(text) :]


def swap_fields(chance: random.Random, text: str) -> str:
    """Two neighbouring fields of a line change places."""
    lines, at = _line(chance, text)
    fields, separator = _fields(lines[at])
    if len(fields) < 3:
        return text
    i = chance.randrange(len(fields) - 2)
    fields[i], fields[i + 1] = fields[i + 1], fields[i]
    lines[at] = separator.join(fields) + "\n"
    return "".join(lines)


def shift_fields(chance: random.Random, text: str) -> str:
    """The fields of a line from one on move to the left, the last is repeated."""
    lines, at = _line(chance, text)
    fields, separator = _fields(lines[at])
    if len(fields) < 3:
        return text
    i = chance.randrange(len(fields) - 2)
    lines[at] = separator.join([*fields[:i], *fields[i + 1 :], fields[-1]]) + "\n"
    return "".join(lines)


def rename_field(chance: random.Random, text: str) -> str:
    """A letter of the header, or of a key, becomes another."""
    keys = list(re.finditer(r'(?<=")\w+(?=":)', text)) or [re.match(".*", text)]
    letters = [i for key in keys for i in range(*key.span()) if text[i].isalpha()]
    at = chance.choice(letters)
    return text[:at] + chance.choice("qxzjw") + text[at + 1 :]


def misspell_field(chance: random.Random, text: str) -> str:
    """A letter of what stands under the header becomes another."""
    letters = [i for i, c in enumerate(text) if c.isalpha() and i > text.find("\n")]
    at = chance.choice(letters)
    return text[:at] + chance.choice("qxzjw") + text[at + 1 :]


def drop_all_fields(chance: random.Random, text: str) -> str:
    """Every line under the header lacks the same field."""
    lines = text.splitlines(keepends=True)
    fields, separator = _fields(lines[min(1, len(lines) - 1)])
    at = chance.randrange(len(fields))
    rest = [separator.join([f for i, f in enumerate(_fields(line)[0]) if i != at]) + "\n" for line in lines[1:]]
    return lines[0] + "".join(rest)


def other_separator(chance: random.Random, text: str) -> str:
    """Semicolons or tabs between fields, everywhere."""
    new = chance.choice([";", "\t"])
    return text.replace('","', f'"{new}"').replace('",\n', f'"{new}\n') if '","' in text else text.replace(",", new)


def change_text_digit(chance: random.Random, text: str) -> str:
    digits = [i for i, c in enumerate(text) if c.isdigit()]
    at = chance.choice(digits)
    return text[:at] + chance.choice([d for d in "0123456789" if d != text[at]]) + text[at + 1 :]


SHEET_DAMAGE = (
    drop_cell, repeat_cell, empty_cell, shift_row, swap_cells, merge_header, drop_header, other_unit, misspell, drop_row,
    change_digit, drop_column, change_header_digit,
)  # fmt: skip
PAGE_DAMAGE = (*SHEET_DAMAGE, cut, garble, paste)
TEXT_DAMAGE = (
    drop_line, repeat_line, drop_field, swap_fields, shift_fields, rename_field, misspell_field, other_unit, cut, garble,
    change_text_digit, drop_all_fields, other_separator, paste,
)  # fmt: skip
DAMAGE = {".html": PAGE_DAMAGE, ".xlsx": SHEET_DAMAGE}
UNSEEN = {  # what no identity may show is counted apart; of all other damage nothing may go unseen
    "change_digit": {"wrong", "growth unseen", "lines gone", "label kept as unlisted"},
    "change_text_digit": {"wrong", "growth unseen", "lines gone", "label kept as unlisted"},
    "swap_cells": {"wrong", "growth unseen"}, "swap_fields": {"wrong", "growth unseen"},  # two figures that look alike
    "shift_row": {"growth unseen"}, "merge_header": {"growth unseen"},  # of a line that has hardly any figure
    "drop_column": {"lines gone", "label kept as unlisted"},  # of units: with it go the quantities
    "change_header_digit, Chinese spreadsheets": {"wrong"},  # an earlier year in the title, of which nothing is held
    "misspell": {"label kept as unlisted"}, "drop_row": {"lines gone"}, "drop_line": {"lines gone"},
    "cut": {"lines gone"},  # of a query, whose number of rows nobody knows: cut at the end of a line
    "other_unit, query platform": {"wrong"},  # of goods of which nothing is held: the one word that tells it is another
}  # fmt: skip


def variants(name: str, text: str, number: int) -> Iterator[tuple[str, str | bytes]]:
    """The given number of different damaged texts, spread evenly over the kinds of damage as far as possible."""
    chance, seen, kinds = random.Random(name), {text}, list(DAMAGE.get(Path(name).suffix, TEXT_DAMAGE))
    while kinds:
        for damage in tuple(kinds):
            fresh = (made for made in (damage(chance, text) for _ in range(30)) if made not in seen)
            if (damaged := next(fresh, None)) is None:
                kinds.remove(damage)
            elif number:
                number -= 1
                seen.add(damaged)
                yield damage.__name__, damaged
            else:
                return


# --- judgement ----------------------------------------------------------------------------------------------------------


def figures(readings: list) -> dict[tuple, dict[str, str]]:
    """Every figure of a file by its key; unknown labels are numbered."""
    found = {}
    for reading in readings:
        table = schema.DETAIL if reading.table == schema.DETAIL.name else schema.TABLES[reading.table]
        key = [c for c in (*table.key, "stage", "table") if c in reading.rows]
        values = [c for c in table.measures if c in reading.rows]
        for row in reading.rows.itertuples():
            label = tuple("?" if str(getattr(row, c)).startswith("unlisted_") else getattr(row, c) for c in key)
            texts = {c: "" if pd.isna(value := getattr(row, c)) else str(value) for c in values}
            found.setdefault((reading.table, reading.currency, *label), texts)
    return found


def as_read(content: bytes, right: dict, flow: str) -> str:
    """How a damaged file is read: refused, right, some lines unlisted, lines gone, or wrong."""
    try:
        got = figures(read(content, printed(), flow=flow))
    except InputError as refusal:
        return "refused" if "\n" not in str(refusal) else "refused in several lines"
    if got == right:
        return "right"
    unlisted = {key for key in got if "?" in key and right.get(key) != got[key]}
    wrong = {key for key in got if key not in unlisted and right.get(key) != got[key]}
    if wrong and all("yoy" in key or _amounts(right.get(key)) == _amounts(got[key]) for key in wrong):
        return "growth unseen"
    if all(key in right and all(text in ("", right[key][column]) for column, text in got[key].items()) for key in wrong):
        return "label kept as unlisted" if unlisted else "lines gone"
    return "wrong"


def held_back(content: bytes, flow: str) -> bool:
    """Do the plausibility checks reject a file that could be read?"""
    return bool(adding.examine("page", content, printed(), released="2026-10-01", flow=flow)[0].refused)


def _amounts(figure: dict[str, str] | None) -> dict[str, str] | None:
    return figure and {column: value for column, value in figure.items() if not column.endswith("yoy")}


def outcomes(layout: str, name: str, number: int) -> tuple[Counter[tuple[str, str]], list[str]]:
    """The outcomes of a file's variants, counted by damage and outcome, and the variants with a wrong outcome."""
    text, flow = original(name), FLOWS.get(name, "")
    right = figures(read(encoded(name, text), printed(), flow=flow))
    counts, findings, asked = Counter(), [], 0
    for damage, damaged in variants(name, text, -(-number // len(LAYOUTS[layout]))):
        content = encoded(name, damaged)
        outcome = as_read(content, right, flow)
        fine = outcome in {"refused", "right"}
        possible = fine or outcome in UNSEEN.get(damage, set()) | UNSEEN.get(f"{damage}, {layout}", set())
        if not fine and (not possible or asked < SAMPLED):
            asked += 1
            outcome, possible = ("held back", True) if held_back(content, flow) else (outcome, possible)
        elif not fine:
            outcome = "plausibility not checked"
        counts[damage, outcome] += 1
        if not possible:
            findings.append(f"{damage}: {outcome}\n{_difference(text, damaged)}")
    return counts, findings


def _difference(text: str, damaged: str | bytes) -> str:
    """The place of the damage, with the text around it."""
    damaged = damaged.decode(errors="replace") if isinstance(damaged, bytes) else damaged
    at = next((i for i, (a, b) in enumerate(zip(text, damaged, strict=False)) if a != b), min(len(text), len(damaged)))
    return f"  was {text[max(0, at - 200) : at + 120]!r}\n  is  {damaged[max(0, at - 200) : at + 120]!r}"


@pytest.mark.parametrize(("layout", "name"), [(layout, name) for layout, files in LAYOUTS.items() for name in files])
def test_a_damaged_file_gives_the_right_table_or_is_refused(layout, name, deep, record_property):
    counts, findings = outcomes(layout, name, DEEP if deep else QUICK)
    for (damage, outcome), n in counts.items():
        record_property("variants", (layout, damage, outcome, n))
    assert not findings, f"{len(findings)} of {counts.total()}\n" + "\n".join(findings[:20])
