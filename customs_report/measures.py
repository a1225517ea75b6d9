"""Growth, ranks, streaks, milestones, contributions: pure functions on numbers."""

from __future__ import annotations

from collections.abc import Iterable

RANK_STEP = 1e8  # levels are rounded to 0.1 billion before they are ranked
UNCHANGED, EDGED = 0.05, 0.5  # percent


def growth(now: float, base: float) -> float:
    """By how many percent did a figure change? Needs a positive base; a negative one has no growth rate.

    >>> round(growth(106, 100), 1)
    6.0
    """
    if base <= 0:
        raise ValueError(f"no growth rate on a base of {base}")
    return (now / base - 1) * 100


def movement(growth: float) -> str:
    """Which way did a figure go, by its growth in percent as it is printed, to one decimal?

    "rose" or "fell"; by less than 0.5% "edged up" or "edged down", by less than 0.05% "unchanged".

    >>> movement(0.2), movement(-0.04), movement(-3)
    ('edged up', 'unchanged', 'fell')
    """
    growth = round(growth, 1)
    if abs(growth) < UNCHANGED:
        return "unchanged"
    if abs(growth) < EDGED:
        return "edged up" if growth > 0 else "edged down"
    return "rose" if growth > 0 else "fell"


def balance_has_growth(balance: float, base: float, total: float, base_total: float) -> bool:
    """May the change of a balance be given in percent? Only where both are surpluses above 5 % of total trade.

    >>> balance_has_growth(balance=110, base=97, total=550, base_total=530)
    True
    """
    return balance > 0.05 * total and base > 0.05 * base_total


def rank(values: Iterable[float], own_value: float, step: float = RANK_STEP) -> int:
    """The rank of a value among values (itself one of them), 1 = largest; values are rounded to `step`, ties share a rank.

    >>> rank([9e9, 5e9, 6e9], 6e9)
    2
    """
    mine = round(own_value / step)
    return 1 + sum(round(value / step) > mine for value in values)


def months_since_larger(values: list[float], step: float = RANK_STEP) -> int | None:
    """How many months ago was a value at least as large as the last one? None where it never was: a record.

    >>> months_since_larger([9e9, 5e9, 6e9])
    2
    """
    last = round(values[-1] / step)
    for back, value in enumerate(reversed(values[:-1]), start=1):
        if round(value / step) >= last:
            return back
    return None


def streak(holds: Iterable[bool]) -> int:
    """For how many periods in a row, counted back from the last, does a condition hold?

    >>> streak([True, False, True, True])
    2
    """
    count = 0
    for answer in reversed(list(holds)):
        if not answer:
            break
        count += 1
    return count


def milestone(earlier: Iterable[float], value: float, step: float) -> float | None:
    """Which multiple of `step` was passed for the first time? None where an earlier value was beyond it already.

    >>> milestone([90, 180], value=210, step=100)
    200
    """
    passed = value // step * step
    return passed if passed > 0 and max(earlier, default=0.0) < passed else None


def implied_base(value: float, growth_percent: float) -> float:
    """The year-earlier figure that printed growth implies: what customs compared with, revisions included.

    >>> round(implied_base(106, 6.0), 1)
    100.0
    """
    return value / (1 + growth_percent / 100)


def contribution(value: float, base: float, base_total: float) -> float:
    """How many percentage points did a part add to the growth of the whole?

    >>> contribution(value=120, base=100, base_total=1000)
    2.0
    """
    return (value - base) / base_total * 100
