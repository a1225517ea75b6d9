"""Tables as CSV that every spreadsheet reads as it is meant."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

LONGEST_HEADER = 200  # characters
DECIMALS = 6  # of a computed number in a CSV


def with_distinct_headers(columns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Number repeated headers, and cut those too long for a spreadsheet."""
    times: Counter[str] = Counter()
    for column in columns:
        column["header"] = column["header"][:LONGEST_HEADER]
        times[column["header"].casefold()] += 1
        if (time := times[column["header"].casefold()]) > 1:
            column["header"] += f" {time}"
    return columns


FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # how one begins, in an East Asian setting too
SIGNED = re.compile(r"[-+]\$?\d[\d.,]*(?:%| [a-z ]+)?")  # a signed number, not a formula: "-$24.2 billion"


def csv_safe(text: str) -> str:
    """Escape text that a spreadsheet would read as a formula; use an ASCII minus."""
    text = text.replace("−", "-")
    return "'" + text if text.startswith(FORMULA) and not SIGNED.fullmatch(text) else text


def for_spreadsheets(csv_text: str) -> bytes:
    """A CSV as bytes that spreadsheets decode correctly: with a byte order mark if any character is not ASCII."""
    return csv_text.encode("ascii" if csv_text.isascii() else "utf-8-sig")


def number_code(code: str, plus: str = "", minus: str = "-") -> str:
    """A number format in which what rounds to zero has no sign: never -0.0."""
    decimals, thousands = (len(found[1]) if (found := re.search(of, code)) else 0 for of in (r"\.(0+)", r"0(,+)(?!#)"))
    least = Decimal(5).scaleb(3 * thousands - decimals - 1)
    return f"[>={least:f}]{plus}{code};[<=-{least:f}]{minus}{code};{code}"


def as_csv(table: Mapping[str, Any]) -> str:
    """A table, as returned by `Table.tidy`, as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([csv_safe(column["header"]) for column in table["columns"]])
    writer.writerows([_csv_cell(value) for value in row] for row in table["rows"])
    return out.getvalue()


def _csv_cell(value: str | float | None) -> str:
    if isinstance(value, float):
        return f"{Decimal(repr(round(value, DECIMALS))).normalize():f}"
    return csv_safe(value or "")
