"""Thousands of damaged files of each layout: exactly the right table or a clear refusal, never a wrong figure.

Damage to structure, labels, units and encoding must be noticed. A changed digit is another matter: where no identity of the
table and nothing held contradicts it, nobody can see it; such cases are counted apart and printed (`pytest -s`).
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from customs_report import adding
from customs_report import tables as data
from customs_report.errors import Refused
from customs_report.readers import read
from customs_report.readers.documents import decoded
from tests import pages

VARIANTS = int(os.environ.get("FUZZ", "400"))  # of each layout, spread over its files and the kinds of damage
FIXTURES = Path(__file__).parent / "fixtures"
LAYOUTS = {  # layout -> its files, and exports or imports where a file does not say
    "preliminary release": {"totals.html": "", "partners.html": "", "exports.html": "", "imports.html": ""},
    "bulletin": {path.name: "" for path in sorted(FIXTURES.glob("bulletin_*.html"))},
    "Chinese tables": {path.name: "" for path in sorted(FIXTURES.glob("chinese_*.html"))},
    "query platform": {"query_crude_zh.csv": "import", "query_all_dimensions_en.csv": "export"},
    "Comtrade": {"comtrade.json": ""},
    "EastMoney": {"eastmoney.json": "", "akshare_hgjck.csv": ""},
}


@pytest.fixture(scope="module")
def printed() -> data.Tables:
    return data.printed(data.DATA)


# --- damage -------------------------------------------------------------------------------------------------------------

CELL, ROW = re.compile(r"<td\b.*?</td>", re.S), re.compile(r"<tr\b.*?</tr>", re.S)


def _pick(chance: random.Random, pattern: re.Pattern, text: str, first: int = 0) -> re.Match:
    return chance.choice(list(pattern.finditer(text))[first:])


def drop_cell(chance: random.Random, text: str) -> str:
    cell = _pick(chance, CELL, text, 2)
    return text[: cell.start()] + text[cell.end() :]


def repeat_cell(chance: random.Random, text: str) -> str:
    cell = _pick(chance, CELL, text, 2)
    return text[: cell.end()] + cell[0] + text[cell.end() :]


def shift_row(chance: random.Random, text: str) -> str:
    """The figures of a row move one column to the left, the last is repeated."""
    row = _pick(chance, ROW, text, 4)
    cells = CELL.findall(row[0])
    if len(cells) < 4:
        return text
    moved = [cells[0], *cells[2:], cells[-1]]
    return text[: row.start()] + "<tr>" + "".join(moved) + "</tr>" + text[row.end() :]


def swap_cells(chance: random.Random, text: str) -> str:
    """Two neighbouring figures of a row change places."""
    row = _pick(chance, ROW, text, 4)
    cells = CELL.findall(row[0])
    if len(cells) < 4:
        return text
    at = chance.randrange(1, len(cells) - 1)
    cells[at], cells[at + 1] = cells[at + 1], cells[at]
    return text[: row.start()] + "<tr>" + "".join(cells) + "</tr>" + text[row.end() :]


def merge_header(chance: random.Random, text: str) -> str:
    """A header cell is drawn over its neighbour."""
    row = chance.choice(list(ROW.finditer(text))[2:4])
    cells = CELL.findall(row[0])
    at = chance.randrange(0, len(cells) - 1)
    cells[at : at + 2] = [cells[at].replace("<td", '<td colspan="2"', 1)]
    return text[: row.start()] + "<tr>" + "".join(cells) + "</tr>" + text[row.end() :]


def drop_header(chance: random.Random, text: str) -> str:
    row = chance.choice(list(ROW.finditer(text))[1:3])
    return text[: row.start()] + text[row.end() :]


def cut(chance: random.Random, text: str) -> str:
    return text[: chance.randrange(len(text) // 10, len(text) - 20)]


def other_unit(chance: random.Random, text: str) -> str:
    """The unit row names another unit or currency, or a quantity unit becomes another."""
    swaps = (
        ("CNY 100 Million", "CNY 10,000"), ("CNY 100 Million", "USD1 Million"), ("CNY 100 Million", "CNY 1 Million"),
        ("USD1 Million", "USD 1,000"), ("USD1 Million", "CNY 100 Million"), ("(in CNY)", "(in USD)"), ("(in USD)", "(in CNY)"),
        ("10,000 tonnes", "tonnes"), ("tonnes", "kilograms"), ("10,000 vehicles", "vehicles"), ("100 million pieces", "10,000 pieces"),
        ("US$1,000", "RMB￥10,000"), ("RMB￥10,000", "US$1,000"), ("亿元", "万元"), ("万元", "亿元"), ("百万美元", "万元"), ("亿美元", "亿元"),
        ("万吨", "吨"), ("10000T", "T"), ("万辆", "辆"), ("亿个", "万个"),
    )  # fmt: skip
    possible = [swap for swap in swaps if swap[0] in text]
    if not possible:
        return text
    old, new = chance.choice(possible)
    return text.replace(old, new)


def misspell(chance: random.Random, text: str) -> str:
    """A letter of a label becomes another."""
    row = _pick(chance, ROW, text, 4)
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


def garble(chance: random.Random, text: str) -> bytes:
    """Another encoding than the page says, or bytes lost on the way."""
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


def drop_row(chance: random.Random, text: str) -> str:
    row = _pick(chance, ROW, text, 4)
    return text[: row.start()] + text[row.end() :]


def change_digit(chance: random.Random, text: str) -> str:
    digits = [m.start() for m in re.finditer(r"(?<=[>\d.,])\d(?=[\d.,\u00a0<])", text) if m.start() > len(text) // 4]
    at = chance.choice(digits)
    return text[:at] + chance.choice([d for d in "0123456789" if d != text[at]]) + text[at + 1 :]


# --- damage to lines of text: CSV and JSON --------------------------------------------------------------------------------


def _line(chance: random.Random, text: str) -> tuple[list[str], int]:
    lines = text.splitlines(keepends=True)
    return lines, chance.randrange(1, len(lines))


def drop_line(chance: random.Random, text: str) -> str:
    lines, at = _line(chance, text)
    return "".join(lines[:at] + lines[at + 1 :])


def drop_field(chance: random.Random, text: str) -> str:
    comma = chance.choice([i for i, c in enumerate(text) if c == "," and text[:i].count('"') % 2 == 0])  # between fields
    end = text.find(",", comma + 1)
    return text[:comma] + text[end if end > 0 else len(text) :]


def swap_fields(chance: random.Random, text: str) -> str:
    """Two neighbouring fields of a line change places."""
    lines, at = _line(chance, text)
    fields = lines[at].rstrip("\n").split(",")
    if len(fields) < 3:
        return text
    i = chance.randrange(len(fields) - 2)
    fields[i], fields[i + 1] = fields[i + 1], fields[i]
    lines[at] = ",".join(fields) + "\n"
    return "".join(lines)


def rename_field(chance: random.Random, text: str) -> str:
    """A letter of the header, or of a key, becomes another."""
    letters = [
        i
        for i, c in enumerate(text[: text.find("\n", text.find("\n", 40) + 1) if text[0] != "{" else len(text)])
        if c.isalpha()
    ]
    at = chance.choice(letters)
    return text[:at] + chance.choice("qxzjw") + text[at + 1 :]


def change_text_digit(chance: random.Random, text: str) -> str:
    digits = [i for i, c in enumerate(text) if c.isdigit()]
    at = chance.choice(digits)
    return text[:at] + chance.choice([d for d in "0123456789" if d != text[at]]) + text[at + 1 :]


PAGE_DAMAGE = (
    drop_cell, repeat_cell, shift_row, swap_cells, merge_header, drop_header, cut, other_unit, misspell, garble, drop_row,
    change_digit,
)  # fmt: skip
TEXT_DAMAGE = (drop_line, drop_field, swap_fields, rename_field, cut, garble, change_text_digit)
UNSEEN = {  # what no identity may show is counted apart; of all other damage nothing may go unseen
    "change_digit": {"wrong", "growth unseen", "lines gone", "label kept as unlisted"},
    "change_text_digit": {"wrong", "growth unseen", "lines gone", "label kept as unlisted"},
    "swap_cells": {"wrong", "growth unseen"}, "swap_fields": {"wrong", "growth unseen"},  # two figures that look alike
    "shift_row": {"growth unseen"}, "merge_header": {"growth unseen"},  # of a line that has hardly any figure
    "misspell": {"label kept as unlisted"}, "drop_row": {"lines gone"}, "drop_line": {"lines gone"},
    "cut": {"lines gone"},  # of a query, whose number of rows nobody knows: cut at the end of a line
}  # fmt: skip


# --- judgement ----------------------------------------------------------------------------------------------------------


def figures(readings: list) -> dict[tuple, dict[str, str]]:
    """Every figure of a file by its key, a label that no list has by its place among the unknown."""
    found = {}
    for reading in readings:
        key = [c for c in (*data.KEYS[reading.table], "stage", "table") if c in reading.rows]
        values = [c for c in adding.VALUES[reading.table] if c in reading.rows]
        for row in reading.rows.itertuples():
            label = tuple("?" if str(getattr(row, c)).startswith("unlisted_") else getattr(row, c) for c in key)
            found.setdefault((reading.table, reading.currency, *label), {c: str(getattr(row, c)) for c in values})
    return found


def judged(content: bytes, right: dict, tables: data.Tables, flow: str) -> str:
    """What became of a damaged file: refused, right, held back by the gate, some lines unlisted, lines gone, or wrong."""
    try:
        got = figures(read(content, tables, flow=flow))
    except Refused as refusal:
        return "refused" if "\n" not in str(refusal) else "refused in several lines"
    if got == right:
        return "right"
    result, _ = adding.examined("page", content, tables, released="2026-10-01", flow=flow)
    if result.refused:
        return "held back"
    unlisted = {key for key in got if "?" in key and right.get(key) != got[key]}
    wrong = {key for key in got if key not in unlisted and right.get(key) != got[key]}
    if not wrong:
        return "label kept as unlisted" if unlisted else "lines gone"
    return "growth unseen" if all("yoy" in key or _amounts(right.get(key)) == _amounts(got[key]) for key in wrong) else "wrong"


def _amounts(figure: dict[str, str] | None) -> dict[str, str] | None:
    return figure and {column: value for column, value in figure.items() if not column.endswith("yoy")}


@pytest.fixture(scope="module")
def tally() -> Iterator[dict[str, Counter]]:
    counts: dict[str, Counter] = {}
    yield counts
    for damage, outcomes in counts.items():
        print(f"{damage:44} {sum(outcomes.values()):5} {dict(outcomes.most_common())}")


@pytest.fixture(scope="module")
def made(printed) -> dict[str, bytes]:
    return pages.next_month(printed)


CASES = [
    (layout, name, damage)
    for layout, files in LAYOUTS.items()
    for name in files
    for damage in (PAGE_DAMAGE if name.endswith("html") else TEXT_DAMAGE)
]


@pytest.mark.parametrize(("layout", "name", "damage"), CASES, ids=lambda value: getattr(value, "__name__", value))
def test_a_damaged_file_gives_the_right_table_or_is_refused(layout, name, damage, printed, made, tally):
    content = made.get(name) or (FIXTURES / name).read_bytes()
    flow, text = LAYOUTS[layout][name], decoded(content)
    right, chance = figures(read(content, printed, flow=flow)), random.Random(f"{name} {damage.__name__}")
    outcomes = tally.setdefault(f"{layout}, {damage.__name__}", Counter())
    allowed = {"refused", "right", "held back"} | UNSEEN.get(damage.__name__, set())
    for _ in range(-(-VARIANTS // sum(layout == other for other, *_ in CASES))):
        damaged = damage(chance, text)
        encoded = damaged if isinstance(damaged, bytes) else damaged.encode("gb18030" if "gb18030" in name else "utf-8")
        outcome = judged(encoded, right, printed, flow)
        outcomes[outcome] += 1
        assert outcome in allowed, encoded.decode("utf-8", errors="replace")[-3000:]
