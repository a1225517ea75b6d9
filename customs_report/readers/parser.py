"""Parse pages and spreadsheets to grids of text: the program that sandbox.py runs. Imports nothing of this package.

A damaged or hostile file can crash a parser, loop for ever or exhaust memory, so none is parsed in the main process.
A request on stdin is one byte for the kind (p, s), eight for the length, and the content. The answer on stdout is eight bytes
for the length, and JSON: what is in the file, or {"refused": why}.
"""

from __future__ import annotations

import faulthandler
import io
import json
import re
import sys
import zipfile
from decimal import Decimal
from typing import Any, BinaryIO

from lxml import etree, html
from python_calamine import CalamineWorkbook

Grid = list[list[str]]
SECONDS = 30  # for one file; the largest tables of customs need a tenth of a second
LONGEST = 10_000  # characters of a cell: notes have a thousand
ROWS, CELLS, TEXT = 50_000, 500_000, 20_000_000  # of one file: rows, cells and their characters, spans repeated


class TooLarge(ValueError):
    """The file has more rows, cells or text than any of customs' tables."""


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    while kind := requests.read(1):
        faulthandler.dump_traceback_later(SECONDS, exit=True)  # even if the main process is gone
        content = requests.read(int.from_bytes(requests.read(8), "big"))
        answer = json.dumps(respond(kind, content)).encode()
        answers.write(len(answer).to_bytes(8, "big") + answer)
        answers.flush()
        faulthandler.cancel_dump_traceback_later()


def respond(kind: bytes, content: bytes) -> dict[str, Any]:
    try:
        return page(content.decode()) if kind == b"p" else sheets(content)
    except TooLarge as error:
        return {"refused": f"the file has more {error}; no table of customs is so large"}
    except (ValueError, etree.LxmlError) as error:
        return {"refused": str(error).partition("\n")[0]}


class Budget:
    """The rows, cells and characters that a file may still use."""

    def __init__(self) -> None:
        self.rows = self.cells = self.text = 0

    def spend(self, *, rows: int = 0, cells: int = 0, text: int = 0) -> None:
        self.rows, self.cells, self.text = self.rows + rows, self.cells + cells, self.text + text
        for what, used, most in (("rows", self.rows, ROWS), ("cells", self.cells, CELLS), ("characters", self.text, TEXT)):
            if used > most:
                raise TooLarge(f"than {most:,} {what}")


# --- pages --------------------------------------------------------------------------------------------------------------


def page(text: str) -> dict[str, Any]:
    """Title, date shown, top-level tables, text and images of a page."""
    lowered = text.lower()
    if len(re.findall(r"<html\b", lowered)) > 1:
        raise ValueError("two pages in one file; add each by itself")
    for tag in ("html", "table", "tr", "td"):
        if len(re.findall(rf"<{tag}\b", lowered)) != lowered.count(f"</{tag}>"):
            raise ValueError("the page breaks off in the middle; download it again")
    try:
        root = html.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (etree.LxmlError, ValueError) as error:
        raise ValueError(f"the page cannot be read: {error}") from None
    body = root.xpath("//div[contains(@class, 'atcl-cnt')]") or [root]
    budget = Budget()
    return {
        "title": (root.findtext(".//title") or "")[:2000],
        "date": " ".join(element.text_content() for element in root.xpath("//*[contains(@class, 'atcl-date')]"))[:2000],
        "grids": [_grid(table, budget) for table in root.iter("table") if next(table.iterancestors("table"), None) is None],
        "text": body[0].text_content()[:1_000_000],
        "images": [image.get("src", "")[:200] for image in body[0].iter("img")][:100],
    }


def _grid(table: html.HtmlElement, budget: Budget) -> Grid:
    """The rows of a table, with the text of spanning cells repeated; short rows stay short."""
    rows = table.xpath("./tr|./thead/tr|./tbody/tr|./tfoot/tr")
    budget.spend(rows=len(rows))
    filled: list[dict[int, str]] = [{} for _ in rows]
    for y, row in enumerate(rows):
        x = 0
        for cell in row.xpath("./td|./th"):
            while x in filled[y]:
                x += 1
            text, wide, high = (
                cell.text_content()[:LONGEST],
                _span(cell.get("colspan")),
                min(_span(cell.get("rowspan")), len(rows) - y),
            )
            budget.spend(cells=wide * high, text=wide * high * len(text))
            for line in filled[y : y + high]:
                line.update(dict.fromkeys(range(x, x + wide), text))
            x += wide
    return [[line[x] for x in sorted(line)] for line in filled]


def _span(text: str | None) -> int:
    return min(int(text), 1000) or 1 if text and re.fullmatch(r"[0-9]{1,9}", text.strip()) else 1


# --- spreadsheets -------------------------------------------------------------------------------------------------------


def sheets(content: bytes) -> dict[str, Any]:
    """The rows of each sheet as text."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if not any(name.startswith("xl/") for name in archive.namelist()):
                raise ValueError("the file is a ZIP archive and no workbook; unpack it and add what is in it")
            if sum(entry.file_size for entry in archive.infolist()) > 20 * TEXT:
                raise TooLarge(f"than {20 * TEXT:,} bytes unpacked")
    book, budget, grids = CalamineWorkbook.from_filelike(io.BytesIO(content)), Budget(), {}
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        budget.spend(rows=sheet.height, cells=sheet.height * sheet.width)
        grids[name] = [[_cell(value) for value in row] for row in sheet.to_python()]
        budget.spend(text=sum(len(cell) for row in grids[name] for cell in row))
    return {"sheets": grids}


def _cell(value: Any) -> str:
    """A cell as text: numbers without exponent, with 15 significant digits (as spreadsheets store them), at most 8 decimals."""
    if isinstance(value, float):
        text = f"{round(Decimal(f'{value:.15g}'), 8):f}" if abs(value) < 1e18 else f"{value:g}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return "" if value is None else str(value)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
