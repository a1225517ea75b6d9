"""Months as `2025-11`: arithmetic on periods, so that tables keep plain sortable text."""

from __future__ import annotations

import re
from functools import lru_cache


def is_month(text: str) -> bool:
    """Is it a month, written like 2025-11?"""
    return bool(re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", text))


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
