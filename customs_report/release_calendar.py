"""The release calendar: on which day customs usually publishes a month.

The first release of a month (preliminary) comes out about the 9th of the next month, after the end of a quarter about the 13th;
since 2020 January is published with February, in March. `printed` maps months to release days known from a source.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil
from statistics import median

from customs_report.periods import is_january, shift

WITH_FEBRUARY_SINCE = "2020-01"
DAY, DAY_AFTER_A_QUARTER = 9, 13


def usual_release_day(period: str, printed: Mapping[str, str]) -> str:
    """The usual day of a month's first release: the median of the printed days of the same month of other years.

    >>> usual_release_day("2025-12", {"2023-12": "2024-01-12", "2024-12": "2025-01-13"})
    '2026-01-13'
    """
    released = _month_of_release(period)
    days = [int(day[8:]) for month, day in printed.items() if month[5:] == period[5:] and day[5:7] == released[5:]]
    day = ceil(median(days)) if days else DAY_AFTER_A_QUARTER if int(period[5:]) % 3 == 0 else DAY
    return f"{released}-{day:02d}"


def next_release(period: str, printed: Mapping[str, str]) -> tuple[str, str]:
    """What does customs publish after a period, and on which day usually?

    next_release("2025-10", {}) -> ("2025-11", "2025-12-09"), next_release("2025-12", {}) -> ("2026-01/2026-02", "2026-03-09").
    """
    coming = shift(period, 1)
    if is_january(coming) and coming >= WITH_FEBRUARY_SINCE:
        return f"{coming}/{shift(coming, 1)}", usual_release_day(shift(coming, 1), printed)
    return coming, usual_release_day(coming, printed)


def _month_of_release(period: str) -> str:
    return shift(period, 2 if is_january(period) and period >= WITH_FEBRUARY_SINCE else 1)
