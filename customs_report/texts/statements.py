"""What a figure may mean: claims about facts, each of a period."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from customs_report.claims import Claim, Condition
from customs_report.texts.context import Subject
from customs_report.texts.figures import Figure

MOST_READINGS = 8
EXACT = 3  # digits of a figure that is right by chance at most once in a hundred times
SINGULAR = {"exports": "export", "imports": "import"}
TURNED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}


@dataclass(frozen=True)
class Reading:
    """One way to understand a figure: a claim about a period."""

    period: str
    claim: Claim
    over: str = "month"

    @property
    def span(self) -> tuple[str, str]:
        return self.over, self.period

    @property
    def order(self) -> bool:
        """Does it need the facts of rank, record, streak and contribution?"""
        return any(
            re.search(r"rank|_in$|streak|milestone|exports_share|previous|_contribution$", test.fact)
            for test in self.claim.test
        )


@dataclass(frozen=True)
class Statement:
    """A figure and how it may be understood; without readings, the reason why not.

    `readings` are equally likely, `others` less: if one of them is right and none of `readings`, the figure is not understood.
    `doubt` is how many digits of it have to be right before it is believed that it is about that; where there is any,
    it is never called contradicted.
    `about` says in words what a figure is about that no fact can test.
    """

    start: int
    end: int
    readings: tuple[Reading, ...] = ()
    others: tuple[Reading, ...] = ()
    why: str = ""
    about: str = ""
    doubt: int = 0
    is_open: bool = False  # does the sentence leave a partner out that the text has spoken of?
    group: int = -1  # figures of a group are of the same subject and months
    is_rate: bool = False


def statement(start: int, end: int, readings: Sequence[Reading], why: str = "no fact for it") -> Statement:
    """A statement of these readings; of none, the reason."""
    kept = tuple(dict.fromkeys(readings))[:MOST_READINGS]
    return Statement(start, end, kept, why="" if kept else why)


def facts_of(subject: Subject, over: str, measures: Sequence[str]) -> list[str]:
    """The names of the facts of a subject over a span; `{currency}` stands for the currency."""
    if subject.good:
        flow = SINGULAR.get(subject.flow, "")
        return [
            f"commodity.{flow}.{line}.{measure}{'_{currency}' * (measure == 'value')}_{over}"
            for line in subject.good.lines(subject.flow)
            for measure in measures
        ]
    stem = f"partner.{subject.partner}." if subject.partner else ""
    return [f"{stem}{subject.flow}_{{currency}}_{over}"]


def printed_claim(said: str, fact: str, figure: Figure, comparison: str = "", sign: int = 1) -> Claim:
    """A fact is as printed, or more or less than that: "fell by more than 5%" is a growth below -5."""
    scale = int(figure.value / figure.printed) if figure.printed else 1
    printed = figure.printed if figure.signed else abs(figure.printed) * sign
    if comparison:
        turned = TURNED[comparison] if sign < 0 else comparison
        return Claim("figure", said, test=(Condition(fact, turned, f"{printed * scale}"),))
    return Claim("figure", said, printed, figure.unit, scale, figure.tolerance, (Condition(fact),))


def counted_claim(said: str, fact: str, number: int, unit: str) -> Claim:
    """A rank, or a number of months."""
    return Claim("figure", said, Decimal(number), unit, test=(Condition(fact),))
