"""Months as `2025-11`: reading what people write for one, and arithmetic, so that tables keep plain sortable text."""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from functools import lru_cache

NAMES = {name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name}
WRITTEN = (  # 2025-11, 2025/11, 2025.11, 202511; 2025-11-01, as in frames and CSV; November 2025, Nov-2025; 2025 November
    re.compile(r"(?P<year>[0-9]{4})[-/. ]?(?P<month>0[1-9]|1[0-2])"),
    re.compile(r"(?P<year>[0-9]{4})-(?P<month>0[1-9]|1[0-2])-01"),
    re.compile(r"(?P<month>[a-z]{3,9})[-,. ]{0,2}(?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})[-,. ]{0,2}(?P<month>[a-z]{3,9})"),
)


def is_month(text: str) -> bool:
    """Is it a month, written like 2025-11?"""
    return bool(re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text))


def parse_month(period: object) -> str:
    """The month as 2025-11, from any of the ways of writing one, or from a date; "" if it is none.

    >>> parse_month("Nov 2025"), parse_month("2025/11"), parse_month("202511"), parse_month("2025-13")
    ('2025-11', '2025-11', '2025-11', '')
    """
    text = f"{period:%Y-%m}" if hasattr(period, "strftime") and period == period else str(period)  # not NaT
    for written in WRITTEN:
        if found := written.fullmatch(text.strip().lower()):
            number = NAMES.get(found["month"]) or (int(found["month"]) if found["month"].isdigit() else 0)
            return f"{found['year']}-{number:02d}" if number else ""
    return ""


@lru_cache(maxsize=100_000)
def shift(period: str, months: int) -> str:
    """The month so many months later (or, negative, earlier): shift("2025-01", -1) -> "2024-12"."""
    year, month = divmod(int(period[:4]) * 12 + int(period[5:7]) - 1 + months, 12)
    return f"{year:04d}-{month + 1:02d}"


def distance(earlier: str, later: str) -> int:
    """How many months lie between two periods: distance("2024-12", "2025-01") -> 1."""
    return (int(later[:4]) - int(earlier[:4])) * 12 + int(later[5:7]) - int(earlier[5:7])


def last_usable(period: str) -> str:
    """The last month whose figures a report may use: its own; January is published with February."""
    return shift(period, 1) if period.endswith("-01") else period


def span(first: str, last: str) -> list[str]:
    """All months from first to last, both counted."""
    return [shift(first, i) for i in range(distance(first, last) + 1)]


def trailing(period: str, months: int) -> list[str]:
    """The months of a trailing sum that ends with the period."""
    return span(shift(period, 1 - months), period)


def year_to_date(period: str) -> list[str]:
    """January to the period's month."""
    return span(f"{period[:4]}-01", period)
