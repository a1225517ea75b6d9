"""Open a file as grids of text: an HTML page, a spreadsheet, a CSV or JSON file, recognised by its content.

Damaged files (a truncated page, a row with a cell too few, bytes that are not text) raise InputError. Sizes are limited: pages
and spreadsheets are parsed in a separate process (sandbox.py), the fields of CSV and JSON are counted first.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from customs_report import sandbox
from customs_report.errors import InputError

Grid = list[list[str]]
MOST_BYTES = 2**26  # of a file; UN Comtrade's largest downloads (100,000 records) have about half of it
MOST_FIELDS = 5_000_000  # of CSV or JSON
LONGEST_FIELD = 100_000  # characters, of CSV
SPREADSHEETS = (b"\xd0\xcf\x11\xe0", b"PK\x03\x04")  # Excel 97 and Office Open XML
OTHER_FILES = {  # how they begin -> what they are
    b"\x1f\x8b": "compressed (gzip); unpack it and add what is in it",
    b"BZh": "compressed (bzip2); unpack it and add what is in it",
    b"\xfd7zXZ": "compressed (xz); unpack it and add what is in it",
    b"7z\xbc\xaf": "a 7z archive; unpack it and add what is in it",
    b"Rar!": "a RAR archive; unpack it and add what is in it",
    b"%PDF": "a PDF; customs publishes the same table as a page or a spreadsheet",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
}
SEPARATORS = (",", ";", "\t")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
COMTRADE = re.compile(rb"[^\n]{0,2000}(reporterCode|refPeriodId|reporter_code)")  # in the header that UN Comtrade writes
CHINESE = re.compile(
    "数据年月|贸易伙伴|商品|贸易方式|注册地|人民币|美元|亿元|万元|进出口|出口|进口|月份|单位"
)  # in every file of customs
PLATFORM = re.compile(  # headers of the query platform's English files, whose names are in its Chinese encoding all the same
    "Date of data|Trading partner|Commodity code|Customs Regime|Locations of importers|Renminbi Yuan|US dollar", re.IGNORECASE
)
JSONP = re.compile(r"[\w$.]+\s*\(\s*(?=[{\[])")  # a script that hands JSON to a function


@dataclass(frozen=True)
class Page:
    """An HTML page: title, date shown, tables as grids (the text of spanning cells is repeated), and text."""

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


def content_of(path: Path) -> bytes:
    """Read a regular file. Raises InputError if it is not one, too large or unreadable."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            kinds = ((stat.S_ISDIR, "folder"), (stat.S_ISFIFO, "pipe"), (stat.S_ISSOCK, "socket"))
            kind = next((kind for is_kind, kind in kinds if is_kind(status.st_mode)), "device")
            raise InputError(f"is a {kind}, not a file")
        with open(path, "rb", opener=_without_waiting) as file:
            content = file.read(MOST_BYTES + 1) or b""  # None if reading would block
    except OSError as error:
        raise InputError(error.strerror or str(error)) from None
    except ValueError as error:  # a zero byte in the name
        raise InputError(str(error)) from None
    _bounded(content)
    return content


def _without_waiting(path: str, flags: int) -> int:
    """Open without blocking: a pipe or device may never have anything to read."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _bounded(content: bytes) -> None:
    if len(content) > MOST_BYTES:
        raise InputError(f"the file has more than {MOST_BYTES // 2**20} MB; no table of customs is so large")


def open_document(content: bytes) -> Document:
    """Recognise and open a file. Raises InputError if it is none of the four kinds, truncated or empty."""
    _bounded(content)
    if content.startswith(SPREADSHEETS):
        return _sheets(content)
    if other := next((what for start, what in OTHER_FILES.items() if content.startswith(start)), ""):
        raise InputError(f"the file is {other}")
    text = decode(content).lstrip("\ufeff \t\r\n")
    start = text[:2000].lower()
    if not start:
        raise InputError("the file is empty")
    if start.startswith("<") or "<html" in start or "<table" in start:
        return _page(text)
    if sum(map(text.count, (*SEPARATORS, "\n"))) > MOST_FIELDS:
        raise InputError(f"the file has more than {MOST_FIELDS:,} fields; add it in parts")
    if start[0] in "{[" or JSONP.match(text):
        return _data(text)
    return _records(text)


def decode(content: bytes) -> str:
    """Decode bytes as text. Raises InputError if no encoding fits.

    Tried are UTF-16 (if there is a byte order mark), UTF-8, GB18030 (accepted if the text has words that customs uses) and
    Windows-1252 (if a page declares ISO-8859-1, or for exports of UN Comtrade's website). If UTF-8 or GB18030 is declared, no
    other is tried.
    """
    declared = re.search(rb"""charset=["']?([\w-]+)""", content[:4096])
    name = declared[1].decode("ascii", "replace").lower() if declared else ""
    latin = bool(COMTRADE.match(content)) if not name else name in ("iso-8859-1", "windows-1252")
    if content.startswith(UTF_16):
        tries = ["utf-16"]
    elif name.startswith("gb"):
        tries = ["gb18030"]
    elif name.startswith("utf"):
        tries = ["utf-8-sig"]
    else:
        tries = ["utf-8-sig", "cp1252" if latin else "gb18030"]
    for encoding in tries:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if text.count("\0") <= len(text) / 100 and _plausible(text, encoding, bool(name)):
            return text
    spoken = {"utf-8-sig": "UTF-8", "cp1252": "ISO-8859-1"}
    raise InputError(f"the file is no text in {' or '.join(spoken.get(t, t.upper()) for t in tries)}")


def _plausible(text: str, encoding: str, declared: bool) -> bool:
    """Does the text make sense in this encoding, which can decode almost any bytes?"""
    if encoding == "cp1252":  # what is left of UTF-8 with damaged bytes is no text in ISO-8859-1
        return not re.search("[\u00c3-\u00f4][\u0080-\u00bf]", text)
    return encoding != "gb18030" or declared or bool(CHINESE.search(text) or PLATFORM.search(text[:2000]))


# --- pages and spreadsheets ---------------------------------------------------------------------------------------------


def _page(text: str) -> Page:
    found = sandbox.parse(b"p", text.encode(), "the page cannot be read: it is damaged")
    return Page(
        title=clean(found["title"]), date=_shown_date(found["date"]), grids=tuple(found["grids"]), text=clean(found["text"]),
        images=tuple(found["images"]),
    )  # fmt: skip


def _shown_date(shown: str) -> str:
    """The publication date in ISO format, from 2026/04/08 or, as in 2018, 03/08/2018."""
    if found := re.search(r"\b(20\d\d)[/-](\d\d)[/-](\d\d)\b", shown, re.ASCII):
        return "-".join(found.groups())
    if found := re.search(r"\b(\d\d)/(\d\d)/(20\d\d)\b", shown, re.ASCII):
        return f"{found[3]}-{found[1]}-{found[2]}"
    return ""


def _sheets(content: bytes) -> Sheets:
    broken = "the spreadsheet is damaged or breaks off; download it again"
    return Sheets(sandbox.parse(b"s", content, broken)["sheets"])


def as_records(sheets: Sheets) -> list[Records]:
    """The sheets that are not empty as header and rows, like CSV files, not yet checked by `check_rows`."""
    found = []
    for grid in sheets.grids.values():
        if rows := [row for row in grid if any(clean(cell) for cell in row)]:
            width = 1 + max(x for row in rows for x, cell in enumerate(row) if clean(cell))
            found.append(Records([clean(cell) for cell in rows[0][:width]], [row[:width] for row in rows[1:]]))
    return found


# --- JSON and CSV -------------------------------------------------------------------------------------------------------


def _data(text: str) -> Data:
    """Parse JSON or JSONP (JSON wrapped in a function call)."""
    if wrapped := JSONP.match(text):
        text = text[wrapped.end() :].rstrip().removesuffix(";").rstrip()
        if not text.endswith(")"):
            raise InputError("the JSON breaks off: its bracket is not closed; download it again")
        text = text[:-1]
    try:
        return Data(json.loads(text, parse_constant=_reject_constant, object_pairs_hook=_without_duplicates))
    except json.JSONDecodeError as error:
        if error.msg == "Extra data":
            raise InputError("more follows the end of the JSON: two downloads in one file; add each by itself") from None
        raise InputError(f"the JSON breaks off or is damaged: {error}") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"the JSON breaks off or is damaged: {error}") from None


def _reject_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a name comes twice in one record")
    return made


def _records(text: str) -> Records:
    """Parse a CSV file separated by commas, semicolons or tabs."""
    if hint := re.match(r"sep=(.)[ \t]*\r?\n", text):  # for Excel
        text = text[hint.end() :]
    first = text.partition("\n")[0]
    separator = max(SEPARATORS, key=first.count)
    header, *rows = _quoted(text, separator) or _separated(text, separator)
    return check_rows(Records(header, rows))


def check_rows(records: Records) -> Records:
    """Drop the empty last column that customs' files have. Raises InputError for a row of another length or a second header."""
    header, rows = records.header, records.rows
    if not rows or len(header) < 2:
        raise InputError("the file is no table that customs or its copies publish: no header with rows beneath it")
    again = next((i for i, row in enumerate(rows) if [*map(clean, row[:2])] == [*map(clean, header[:2])]), None)
    if again is not None:
        raise InputError(f"row {again + 2} is a header again: two downloads in one file; add each by itself")
    if all(len(row) == len(header) + 1 and not row[-1].strip() for row in rows):
        rows = [row[:-1] for row in rows]
    elif not header[-1].strip() and all(len(row) == len(header) - 1 for row in rows):
        header = header[:-1]
    wrong = next((i for i, row in enumerate(rows) if len(row) != len(header)), None)
    if wrong is not None:
        raise InputError(f"row {wrong + 2} has {len(rows[wrong])} fields, the header {len(header)}")
    if not header[-1].strip():
        wrong = next((i for i, row in enumerate(rows) if row[-1].strip()), None)
        if wrong is not None:
            raise InputError(f"row {wrong + 2} has a field more than the header")
        header, rows = header[:-1], [row[:-1] for row in rows]
    return Records([clean(cell) for cell in header], rows)


def _quoted(text: str, separator: str) -> list[list[str]]:
    """The rows of a file in which every field is quoted and inner quotes are not doubled, as customs' are; else empty."""
    text = text.rstrip()
    if not text.startswith('"'):
        return []
    end = re.search(f'"{separator}?$', text)
    if not end:
        raise InputError("the file breaks off inside a row; download it again")
    lines = re.split(rf'"{separator}?[ \t\r]*\n\s*"', text[1 : end.start()])
    rows = [row.split(f'"{separator}"') for row in lines]
    if any(len(row) != len(rows[0]) for row in rows):
        return []
    return [[cell.replace('""', '"') for cell in row] for row in rows]


def _separated(text: str, separator: str) -> list[list[str]]:
    """The rows of any other CSV file, without empty rows."""
    if text.count('"') % 2:
        raise InputError("the file breaks off inside a quoted field; download it again")
    if not text.rstrip(" ").endswith(("\n", "\r", '"', separator)):
        raise InputError("the last row has no end: the file may be cut; download it again")
    try:
        rows = [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator) if any(map(str.strip, row))]
    except csv.Error as error:
        raise InputError(f"the file is no table: {error}") from None
    if any(len(cell) > LONGEST_FIELD for row in rows for cell in row):  # csv's own limit is any library's to change
        raise InputError(f"the file is no table: a field has more than {LONGEST_FIELD:,} characters")
    return rows or [[]]


def clean(text: str) -> str:
    """Text with all white space replaced by single blanks, and without zero bytes."""
    return " ".join(text.replace("\u3000", " ").replace("\0", "").split())
