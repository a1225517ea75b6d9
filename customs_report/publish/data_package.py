"""Frictionless descriptions of a report's CSVs: of each column title, type, unit and what it means.

Made of the same form of a table as the CSV itself (`Table.tidy`). What a column means is its table's caption and its header,
with the words of the trade as glossary and codebook define them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from customs_report.codebook import LICENCE, PROFILE
from customs_report.display.spreadsheets import csv_safe
from customs_report.display.tables import DAY, MONTH
from customs_report.exhibits.method_notes import meaning
from customs_report.facts import plain
from customs_report.messages import write
from customs_report.palette import printable
from customs_report.publish.author_data import TIME
from customs_report.publish.citation import CUSTOMS
from customs_report.publish.manifest import sha256
from customs_report.publish.outlines import Exhibited, Outline
from customs_report.schema import PARTNERS

NAME = "datapackage.json"
UNIT = re.compile(r"(: unit)( \d+)?")  # the end of a header: the units of the column before
DATES = {
    MONTH: ("date", "A month, written as its first day."),
    DAY: ("date", "A day."),
    TIME: ("datetime", "A day with its time."),
}
TEXTS = {  # of a column of texts, by its header
    "Group": "The heading above the row.",
    "Note": "What stands beside the row’s label; of a part, the whole that it belongs to: do not add both.",
    "Formula": "How the value was computed from others.",
}


def _glossary(of: str) -> Callable[[], str]:
    return lambda: plain(write(meaning(of)))


def _codebook(column: str) -> Callable[[], str]:
    return lambda: PARTNERS[column].definition.capitalize() + "."


TERMS: tuple[tuple[str, Callable[[], str]], ...] = (  # what a header has, and what it then means
    (r"\bpoints \(percentage|(month|to date) \(percentage", _glossary("contribution")),
    (r"growth.*\(percent\)", _glossary("growth_on_a_year")),
    (r"\bvalue \(percent\)|\bquantity\b.*\(percent\)", _glossary("growth_on_a_year")),
    (r"\bunit value\b", _glossary("unit_value")),
    (r"\bexports\b.*\((dollars|yuan)\)", _codebook("exports")),
    (r"\bimports\b.*\((dollars|yuan)\)", _codebook("imports")),
    (r"\bbalance\b", _glossary("balance")),
    (r"\btrade\b", lambda: "Exports plus imports."),
    (r"\bshare\b", lambda: "The part in percent of the whole."),
    (r"\b(rank|place)\b", lambda: "The largest has the first."),
    (r"\bcustoms\b", lambda: "As customs published it."),
    (r"\bcomputed\b", lambda: "Computed from the levels."),
    (r"\badjusted\b", _glossary("adjusted")),
    (r"\b(range: (low|high)|band from)\b", lambda: "An end of the range."),
    (r"\byear to date\b", _glossary("year_to_date")),
    (r"\((dollars|yuan)\)", lambda: "In full, not in billions."),
)


def described(content: Outline, files: Sequence[tuple[Exhibited, str, bytes]]) -> bytes:
    """The description of the CSVs in a ZIP: each table with its CSV's name and content."""
    ours = {"licenses": [{**LICENCE, "title": "Official statistics of China’s customs, to be cited as theirs"}]}
    ours |= {"sources": [{"title": CUSTOMS}]}
    package = {
        "$schema": PROFILE,
        "name": re.sub("[^a-z0-9]+", "-", content.title.lower()).strip("-") or "report",
        "title": printable(content.headline),
        "description": printable(content.citation.text if content.citation else content.title),
        **({} if content.own else ours),
        "resources": [_resource(*file) for file in files],
    }
    return (json.dumps(package, indent=1, ensure_ascii=False) + "\n").encode()


def _resource(shown: Exhibited, path: str, csv: bytes) -> dict[str, Any]:
    columns, rows = shown.table["columns"], shown.table["rows"]
    fields = [_field(shown.table, at, [row[at] for row in rows]) for at in range(len(columns))]
    return {
        "name": path.removesuffix(".csv"),
        "path": path,
        "title": f"{shown.label}: {shown.table['caption']}",
        "description": shown.heading,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(csv),
        "hash": f"sha256:{sha256(csv)}",
        "schema": {"fields": fields, "missingValues": [""]},
    }


def _field(table: Mapping[str, Any], at: int, values: Sequence[str | float | None]) -> dict[str, Any]:
    header, unit = table["columns"][at]["header"], table["columns"][at]["unit"]
    kind, form = _kind(unit, [value for value in values if value not in (None, "")])
    before = table["columns"][at - 1]["header"] if at else ""
    field = {
        "name": csv_safe(header),
        "title": header.removesuffix(f" ({unit})"),
        "type": kind,
        "format": form,
        "unit": unit if kind == "number" else "",
        "description": _meaning(table["caption"], header, unit, kind, before),
    }
    return {name: value for name, value in field.items() if value}


def _kind(unit: str | None, values: Sequence[str | float]) -> tuple[str, str]:
    """The type of a column's values, and how they are written where it is not the usual way."""
    if values and all(isinstance(value, float) for value in values):
        return "number", ""
    lengths = {MONTH: {10}, DAY: {10}, TIME: {19}}.get(unit or "", set())
    if lengths and {len(str(value)) for value in values} == lengths:
        return DATES[unit or ""][0], "%Y-%m-%d %H:%M:%S" if unit == TIME else ""
    return "string", ""


@lru_cache(maxsize=1024)
def _meaning(caption: str, header: str, unit: str | None, kind: str, before: str) -> str:
    """What a column of a table means: of which table it is, and the words of its header."""
    if UNIT.search(header):
        return f"The unit of the number in “{before}”."
    if kind in ("date", "datetime"):
        return DATES[unit or ""][1]
    if kind == "string":
        return TEXTS.get(header, f"{header}, of “{caption}”.")
    in_next = ["The unit stands in the next column."] if unit is None else []
    said = [mean() for pattern, mean in TERMS if re.search(pattern, header.lower())]
    return " ".join([f"{header.removesuffix(f' ({unit})')}, of “{caption}”.", *said, *in_next])
