"""Which of its readings a figure has, or that this cannot be decided.

The nearest reading counts where it is right. Another one counts if the figure has so many digits that this is no chance.
An amount that fits none is taken as the one of its size. What fits no reading is contradicted only if all that it is about
is said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf, log

from customs_report.claims import HOLDS, NOT_TESTABLE, ONLY_IN, ROUNDED, Judgement
from customs_report.texts.statements import EXACT, Reading, Statement

SAME_SIZE = log(1.3)
FAR = log(3)
OTHER_SIZE = log(2)
FAR_RATE = 30  # percentage points


Judge = Callable[[Reading], Judgement]


@dataclass(frozen=True)
class Choice:
    """The reading and its verdict; `instead` is another reading that would be right, `certain` whether the verdict counts."""

    reading: Reading
    judgement: Judgement
    certain: bool
    instead: Reading | None = None


def choose(statement: Statement, judge: Judge, span: tuple[str, str] | None = None) -> Choice:
    """`span` is that of the amount beside a growth rate, which has the same."""
    readings = [reading for reading in statement.readings if span in (None, reading.span)] or statement.readings
    judged = [(reading, judge(reading)) for reading in readings]
    reading, judgement = _nearest(judged)
    if _holds(judgement):
        doubt = statement.doubt if reading.span == judged[0][0].span else max(statement.doubt, EXACT)
        if _distance(judged[0][1]) not in (0, inf) and _distance(judged[0][1]) > OTHER_SIZE:
            doubt = min(doubt, 2)  # an amount tells by its size of which months it is
        return Choice(reading, judgement, not doubt or _digits(judgement) >= doubt)
    instead, right = next(((other, found) for other in statement.others if _holds(found := judge(other))), (None, judgement))
    if instead and (statement.doubt or statement.is_open) and _digits(right) >= EXACT:
        return Choice(instead, right, True)
    open_months = judgement.verdict == NOT_TESTABLE and any(
        each.verdict != NOT_TESTABLE and not _is_far(each) for _, each in judged
    )
    return Choice(reading, judgement, not (statement.doubt or instead or open_months or _is_far(judgement)), instead)


def _nearest(judged: Sequence[tuple[Reading, Judgement]]) -> tuple[Reading, Judgement]:
    """The reading that is right; otherwise the first, unless an amount is of the size of another one."""
    nearest = min(judged, key=lambda each: _distance(each[1]))
    return nearest if _distance(nearest[1]) < SAME_SIZE else judged[0]


def _distance(judgement: Judgement) -> float:
    """How far an amount is from the fact, by its size."""
    if _holds(judgement):
        return 0 if judgement.verdict != ROUNDED else SAME_SIZE / 2
    said, fact = _sizes(judgement)
    return abs(log(abs(said / fact))) if said and fact and judgement.claim.unit != "percent" else inf


def _is_far(judgement: Judgement) -> bool:
    """Is a figure so far from the fact that it will be about something else? Not if it is right but for its decimal point."""
    said, fact = _sizes(judgement)
    if not said or not fact or f"{abs(said):.1e}"[:3] == f"{abs(fact):.1e}"[:3]:
        return False
    if judgement.claim.unit == "percent":
        return abs(said - fact) > FAR_RATE
    return said * fact < 0 or _distance(judgement) > FAR


def _sizes(judgement: Judgement) -> tuple[float, float]:
    """The amount that is printed or compared with, and the fact."""
    claim, fact = judgement.claim, judgement.numbers[0].value if judgement.numbers else 0
    return float(claim.test[0].other or 0 if claim.printed is None else claim.value), float(fact)


def _holds(judgement: Judgement) -> bool:
    return judgement.verdict in (*HOLDS, *ONLY_IN.values())


def _digits(judgement: Judgement) -> int:
    """The digits of a figure; of one that is only compared enough where it is near."""
    printed = judgement.claim.printed
    if printed is not None:
        return len(printed.as_tuple().digits)
    said, fact = _sizes(judgement)
    return EXACT if said and fact and abs(log(abs(said / fact))) < SAME_SIZE else 0
