"""Months as `2025-11`, days as `2025-12-08`: reading what people write for one, and arithmetic, so that tables keep plain
sortable text."""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

LATEST = "latest"
NAMES = {name.lower(): number for names in (month_name, month_abbr) for number, name in enumerate(names) if name} | {"sept": 9}
MONTHS = (  # 2025-11, 2025/11, 2025.11, 202511, 2025M11, 2025年11月; 11/2025; November 2025, Nov-2025; 2025 November
    re.compile(r"(?P<year>[0-9]{4})[-/. m年]?(?P<month>0[1-9]|1[0-2])月?"),
    re.compile(r"(?P<month>0?[1-9]|1[0-2])[-/.](?P<year>[0-9]{4})"),
    re.compile(r"(?P<month>[a-z]{3,9})[-,. ]{0,2}(?P<year>[0-9]{4})"),
    re.compile(r"(?P<year>[0-9]{4})[-,. ]{0,2}(?P<month>[a-z]{3,9})"),
)
DAYS = (  # 2025-12-08, 2025/12/8, 2025年12月8日, also with a time; 20251208; 8 December 2025, 8-Dec-2025; December 8, 2025
    re.compile(r"(?P<year>[0-9]{4})[-/.年](?P<month>[0-9]{1,2})[-/.月](?P<day>[0-9]{1,2})日?(?:[t ][0-9:.]+)?"),
    re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"),
    re.compile(r"(?P<day>[0-9]{1,2})[-. ]{1,2}(?P<month>[a-z]{3,9})[-,. ]{1,2}(?P<year>[0-9]{4})"),
    re.compile(r"(?P<month>[a-z]{3,9})[-. ]{1,2}(?P<day>[0-9]{1,2})[-,. ]{1,2}(?P<year>[0-9]{4})"),
)


def is_latest(period: object) -> bool:
    """Is it "latest", in any case?"""
    return _text(period) == LATEST


def parse_month(period: object) -> str:
    """The month as 2025-11, from any of the ways of writing one or one of its days, or from a date; "" if it is none.

    >>> parse_month("Sept 2025"), parse_month("11/2025"), parse_month("2025-11-30"), parse_month("2025-13")
    ('2025-09', '2025-11', '2025-11', '')
    """
    return _read(period, MONTHS)[:7] or parse_day(period)[:7]


def parse_day(day: object) -> str:
    """The day as 2025-12-08, from any of the ways of writing one, or from a date; "" if it is none.

    A day in figures that begins with the day or with the month is none: 8/12/2025 may be in August or in December.

    >>> parse_day("8 Dec 2025"), parse_day("2025/12/08"), parse_day("20251208"), parse_day("8/12/2025"), parse_day("2025-02-30")
    ('2025-12-08', '2025-12-08', '2025-12-08', '', '')
    """
    return _read(day, DAYS)


def unquoted(words: Sequence[str]) -> str:
    """The words beside each other that are a month or a day only together; "" if there are none.

    >>> unquoted(["build", "Nov", "2025"]), unquoted(["build", "2025-11", "2025"])
    ('Nov 2025', '')
    """
    runs = [words[i : i + count] for count in (3, 2) for i in range(len(words) - count + 1)]
    return next((" ".join(run) for run in runs if parse_month(" ".join(run)) and not any(map(parse_month, run))), "")


def _text(given: object) -> str:
    """What was given as text: a date as 2025-12-08, a number with a point as nothing (2025.1 may be January or October)."""
    if hasattr(given, "strftime") and given == given:  # not NaT
        return f"{given:%Y-%m-%d}"
    return "" if isinstance(given, float) else " ".join(str(given).lower().split())


def _read(given: object, ways: tuple[re.Pattern[str], ...]) -> str:
    """The day that is written in one of these ways, the first of the month where they name a month; "" if none is."""
    for written in ways:
        if found := written.fullmatch(_text(given)):
            parts = found.groupdict()
            month = NAMES.get(parts["month"]) or (int(parts["month"]) if parts["month"].isdigit() else 0)
            try:
                return date(int(parts["year"]), month, int(parts.get("day", 1))).isoformat()
            except ValueError:  # no such day
                return ""
    return ""


@lru_cache(maxsize=100_000)
def shift(period: str, months: int) -> str:
    """The month so many months later (or, negative, earlier): shift("2025-01", -1) -> "2024-12"."""
    year, month = divmod(int(period[:4]) * 12 + int(period[5:7]) - 1 + months, 12)
    return f"{year:04d}-{month + 1:02d}"


def distance(earlier: str, later: str) -> int:
    """How many months lie between two periods: distance("2024-12", "2025-01") -> 1."""
    return (int(later[:4]) - int(earlier[:4])) * 12 + int(later[5:7]) - int(earlier[5:7])


def is_january(period: str) -> bool:
    """Is it a January, whose month is the year to date?"""
    return period.endswith("-01")


def last_usable(period: str) -> str:
    """The last month whose figures a report may use: its own; January is published with February."""
    return shift(period, 1) if is_january(period) else period


def span(first: str, last: str) -> list[str]:
    """All months from first to last, both counted."""
    return [shift(first, i) for i in range(distance(first, last) + 1)]


def trailing(period: str, months: int) -> list[str]:
    """The months of a trailing sum that ends with the period."""
    return span(shift(period, 1 - months), period)


def year_to_date(period: str) -> list[str]:
    """January to the period's month."""
    return span(f"{period[:4]}-01", period)
