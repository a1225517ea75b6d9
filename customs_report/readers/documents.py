"""What arrives: bytes of a page, a spreadsheet, a CSV or JSON, told apart by content and opened as plain grids of text.

Nothing is guessed here. A page that breaks off, a row with a cell too few, bytes that are no text: Refused, in one line.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from lxml import etree, html

from customs_report.errors import Refused

Grid = list[list[str]]
SPREADSHEETS = (b"\xd0\xcf\x11\xe0", b"PK\x03\x04")  # Excel 97 and Office Open XML
JSONP = re.compile(r"[\w$.]+\s*\(\s*(?=[{\[])")  # a script that hands JSON to a function


@dataclass(frozen=True)
class Page:
    """An HTML page: its title, the date it shows, its tables as grids (spans repeat their text), its text."""

    title: str
    date: str
    grids: tuple[Grid, ...]
    text: str
    images: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheets:
    """A spreadsheet: the grid of each sheet by name."""

    grids: dict[str, Grid]


@dataclass(frozen=True)
class Records:
    """A CSV file: its header and its rows as text."""

    header: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Data:
    """JSON."""

    value: Any


Document = Page | Sheets | Records | Data


def open_document(content: bytes) -> Document:
    """What kind of file is this, and what is in it? Raises Refused where it is none of the four kinds, cut or empty."""
    if content.startswith(SPREADSHEETS):
        return _sheets(content)
    text = decoded(content)
    start = text.lstrip("\ufeff \t\r\n")[:2000].lower()
    if not start:
        raise Refused("the file is empty")
    if start.startswith("<") or "<html" in start or "<table" in start:
        return _page(text)
    text = text.lstrip("\ufeff \t\r\n")
    if start[0] in "{[" or JSONP.match(text):
        return _data(text)
    return _records(text)


def decoded(content: bytes) -> str:
    """Bytes as text: UTF-8 (with or without its mark), else GB18030; a page that declares its encoding is held to it."""
    declared = re.search(rb"""charset=["']?([\w-]+)""", content[:4096])
    name = declared[1].decode().lower() if declared else ""
    tries = ["gb18030"] if name.startswith("gb") else ["utf-8-sig"] if name.startswith("utf") else ["utf-8-sig", "gb18030"]
    for encoding in tries:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text.replace("\0", "", 1) or text.count("\0") < len(text) / 100:
            return text
    raise Refused(f"the file is no text in {' or '.join(t.removesuffix('-sig').upper() for t in tries)}")


# --- pages --------------------------------------------------------------------------------------------------------------


def _page(text: str) -> Page:
    lowered = text.lower()
    for tag in ("html", "table", "tr", "td"):
        if len(re.findall(rf"<{tag}\b", lowered)) != lowered.count(f"</{tag}>"):
            raise Refused("the page breaks off in the middle; download it again")
    try:
        root = html.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (etree.LxmlError, ValueError) as error:
        raise Refused(f"the page cannot be read: {str(error).splitlines()[0]}") from None
    date = _shown_date(root)
    body = root.xpath("//div[contains(@class, 'atcl-cnt')]") or [root]
    return Page(
        title=clean(root.findtext(".//title") or ""),
        date=date,
        grids=tuple(_grid(table) for table in root.iter("table") if not list(table.iterancestors("table"))),
        text=clean(body[0].text_content()),
        images=tuple(image.get("src", "") for image in body[0].iter("img")),
    )


def _shown_date(root: html.HtmlElement) -> str:
    """The date of publication as the page shows it: 2026/04/08, in 2018 03/08/2018."""
    shown = " ".join(element.text_content() for element in root.xpath("//*[contains(@class, 'atcl-date')]"))
    if found := re.search(r"\b(20\d\d)[/-](\d\d)[/-](\d\d)\b", shown):
        return "-".join(found.groups())
    if found := re.search(r"\b(\d\d)/(\d\d)/(20\d\d)\b", shown):
        return f"{found[3]}-{found[1]}-{found[2]}"
    return ""


def _grid(table: html.HtmlElement) -> Grid:
    """A table as a rectangle of text: a cell that spans several repeats there; Refused where the rows do not fit together."""
    filled: dict[tuple[int, int], str] = {}
    rows = table.xpath("./tr|./thead/tr|./tbody/tr|./tfoot/tr")
    for y, row in enumerate(rows):
        x = 0
        for cell in row.xpath("./td|./th"):
            while (y, x) in filled:
                x += 1
            wide, high = (_span(cell.get(name)) for name in ("colspan", "rowspan"))
            for dy in range(min(high, len(rows) - y)):
                for dx in range(wide):
                    filled[y + dy, x + dx] = cell.text_content()
            x += wide
    width = max((x for _, x in filled), default=-1) + 1
    return [
        [filled.get((y, x), "") for x in range(width)] if _whole(filled, y, width) else _short(filled, y)
        for y in range(len(rows))
    ]


def _whole(filled: dict[tuple[int, int], str], y: int, width: int) -> bool:
    return all((y, x) in filled for x in range(width))


def _short(filled: dict[tuple[int, int], str], y: int) -> list[str]:
    """A row that has fewer cells than the table is wide, as it is: the layout decides whether it may."""
    return [text for (row, _), text in sorted(filled.items()) if row == y]


def _span(text: str | None) -> int:
    return min(int(text), 1000) if text and text.isdigit() and text != "0" else 1


# --- spreadsheets and CSV -----------------------------------------------------------------------------------------------


def _sheets(content: bytes) -> Sheets:
    """A spreadsheet, read by workbook.py in a process of its own."""
    command = [sys.executable, "-I", str(Path(__file__).with_name("workbook.py"))]
    done = subprocess.run(command, input=content, capture_output=True, check=False)
    if done.returncode:
        raise Refused("the spreadsheet is damaged or breaks off; download it again")
    return Sheets(json.loads(done.stdout))


def _data(text: str) -> Data:
    """JSON, bare or handed to a function (JSONP)."""
    if wrapped := JSONP.match(text):
        text = text[wrapped.end() :].rstrip().removesuffix(";").rstrip()
        if not text.endswith(")"):
            raise Refused("the JSON breaks off: its bracket is not closed; download it again")
        text = text[:-1]
    try:
        return Data(json.loads(text, parse_constant=_no_number, object_pairs_hook=_once))
    except (ValueError, RecursionError) as error:
        raise Refused(f"the JSON breaks off or is damaged: {error}") from None


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name comes twice in one record")
    return made


def _records(text: str) -> Records:
    """A CSV file; a comma after the last field, customs' habit, is no field; a row of another length is refused."""
    lines = _quoted(text) or _separated(text)
    if len(lines) < 2 or len(lines[0]) < 2:
        raise Refused("the file is no table that customs or its copies publish: no header with rows beneath it")
    header, rows = lines[0], lines[1:]
    if all(len(row) == len(header) + 1 and not row[-1].strip() for row in rows):
        rows = [row[:-1] for row in rows]
    elif not header[-1].strip() and all(len(row) == len(header) - 1 for row in rows):
        header = header[:-1]
    wrong = next((i for i, row in enumerate(rows) if len(row) != len(header)), None)
    if wrong is not None:
        raise Refused(f"row {wrong + 2} has {len(rows[wrong])} fields, the header {len(header)}")
    if not header[-1].strip():
        wrong = next((i for i, row in enumerate(rows) if row[-1].strip()), None)
        if wrong is not None:
            raise Refused(f"row {wrong + 2} has a field more than the header")
        header, rows = header[:-1], [row[:-1] for row in rows]
    return Records([clean(cell) for cell in header], rows)


def _quoted(text: str) -> list[list[str]]:
    """The rows of a file that quotes every field, as customs does, without doubling quotes inside; empty for any other."""
    text = text.rstrip()
    if not text.startswith('"'):
        return []
    end = re.search(r'",?$', text)
    if not end:
        raise Refused("the file breaks off inside a row; download it again")
    rows = [row.split('","') for row in re.split(r'",?[ \t\r]*\n\s*"', text[1 : end.start()])]
    if any(len(row) != len(rows[0]) for row in rows):
        return []
    return [[cell.replace('""', '"') for cell in row] for row in rows]


def _separated(text: str) -> list[list[str]]:
    """The rows of any other CSV file, without empty ones."""
    if text.count('"') % 2:
        raise Refused("the file breaks off inside a quoted field; download it again")
    if not text.rstrip(" \t").endswith(("\n", "\r", '"', '",')):
        raise Refused("the last row has no end: the file may be cut; download it again")
    try:
        return [row for row in csv.reader(io.StringIO(text, newline="")) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise Refused(f"the file is no table: {error}") from None


def clean(text: str) -> str:
    """Text with single blanks: no-break spaces, tabs and line breaks count as blanks, a zero byte as nothing."""
    return " ".join(text.replace("\u3000", " ").replace("\0", "").split())
