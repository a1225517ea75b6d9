"""The words of a sentence that mean something: a row of tags, and what stands beside each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile, zip_longest
from typing import Any

from customs_report.tables import Tables
from customs_report.texts import lexicon as words
from customs_report.texts.figures import BARE, FRACTION, OTHER, PERCENT, figures
from customs_report.texts.names import Partner, in_plain_case, names
from customs_report.texts.orders import orders
from customs_report.texts.times import BASES, MONTH_ON_MONTH, PATTERNS, opened

FIGURE, SPAN, BASE, MONTHLY, PARTNER, GOOD, ORDER = "figure", "span", "base", "monthly", "partner", "good", "order"


@dataclass(frozen=True)
class Tag:
    """Words that mean something: their kind, what they stand for, and their place in the sentence."""

    kind: str
    start: int
    end: int
    value: Any = ""

    @property
    def counts(self) -> bool:
        """Is it a figure, and no day or year?"""
        return self.kind == FIGURE and self.value.kind != OTHER


@dataclass(frozen=True)
class Mention:
    """A figure, or words of rank, at its place, with the tags beside it back and on to the next figure or stop."""

    i: int
    tag: Tag
    left: list[Tag]  # the nearest first
    right: list[Tag]

    @property
    def is_rate(self) -> bool:
        return self.tag.kind == FIGURE and self.tag.value.kind in (PERCENT, FRACTION)


def tags(text: str, tables: Tables) -> list[Tag]:
    """The tags of a sentence, in order; where two overlap, the longer one counts."""
    found = [Tag(FIGURE, f.start, f.end, f) for f in figures(text)]
    found += [Tag(BASE, m.start(), m.end()) for m in BASES.finditer(text)]
    found += [Tag(MONTHLY, m.start(), m.end()) for m in MONTH_ON_MONTH.finditer(text)]
    found += [
        Tag(SPAN, m.start(), m.end(), (resolve, m)) for pattern, resolve in PATTERNS for m in pattern.finditer(opened(text))
    ]
    found += [Tag(ORDER, o.start, o.end, o) for o in orders(text)]
    found += [Tag(PARTNER if isinstance(n, Partner) else GOOD, n.start, n.end, n) for n in names(text, tables)]
    found += [
        Tag(kind, m.start(), m.end(), value) for kind, value, pattern in words.PATTERNS for m in pattern.finditer(text) if m[0]
    ]
    order = {tag: i for i, tag in enumerate(found)}
    taken = bytearray(len(text) + 1)
    kept = []
    for tag in sorted(found, key=lambda tag: (tag.start - tag.end, tag.kind == FIGURE and tag.value.kind == OTHER, order[tag])):
        if not any(taken[tag.start : tag.end]):
            taken[tag.start : tag.end] = b"\1" * (tag.end - tag.start)
            kept.append(tag)
    return list(_with_counts(list(_without_ordinary(text, sorted(kept, key=lambda tag: tag.start)))))


def _without_ordinary(text: str, found: list[Tag]) -> Iterator[Tag]:
    """Gas imports, gas volumes, imports of gas; otherwise gas is no good."""
    for i, tag in enumerate(found):
        before, after = found[i - 1] if i else None, found[i + 1] if i + 1 < len(found) else None
        compound = after and after.kind in (words.FLOW, words.MEASURE) and text[tag.end : after.start] == " "
        of = before and before.kind == words.FLOW and text[before.end : tag.start] == " of "
        if tag.kind != GOOD or not tag.value.ordinary or compound or of:
            yield tag


def _with_counts(found: list[Tag]) -> Iterator[Tag]:
    """A whole number before a good counts it: 662 ships."""
    for tag, following in zip_longest(found, found[1:]):
        counts = tag.kind == FIGURE and tag.value.kind == OTHER and not 1900 <= tag.value.printed < 2100
        if counts and following and following.kind == GOOD and following.start == tag.end + 1:
            yield replace(tag, value=replace(tag.value, kind=BARE))
        else:
            yield tag


class Tagged:
    """A sentence and its tags."""

    def __init__(self, text: str, tables: Tables) -> None:
        self.text = in_plain_case(text, tables)
        self.tags = tags(self.text, tables)
        named = (tag.value for tag in self.tags if tag.kind == words.CURRENCY and tag.value != "same")
        self.currencies = [*dict.fromkeys(named)]

    def left(self, i: int) -> list[Tag]:
        """Back to the last stop or figure, the nearest first."""
        return list(takewhile(lambda tag: not tag.counts, self.before(i)))

    def right(self, i: int) -> list[Tag]:
        """On to the next stop or figure."""
        return list(takewhile(lambda tag: not tag.counts, self.after(i)))

    def before(self, i: int) -> list[Tag]:
        """Back to the last stop, the nearest first."""
        return list(takewhile(lambda tag: tag.kind != words.STOP, reversed(self.tags[:i])))

    def after(self, i: int) -> list[Tag]:
        """On to the next stop."""
        return list(takewhile(lambda tag: tag.kind != words.STOP, self.tags[i + 1 :]))

    def mention(self, i: int) -> Mention:
        return Mention(i, self.tags[i], self.left(i), self.right(i))

    def between(self, one: Tag, two: Tag) -> str:
        return self.text[one.end : two.start]

    def unknown(self, start: int, end: int) -> list[str]:
        """The words in a part of the sentence that no tag has and that say something."""
        covered = bytearray(len(self.text) + 1)
        for tag in self.tags:
            covered[tag.start : tag.end] = b"\1" * (tag.end - tag.start)
        return [
            m[0]
            for m in re.finditer(r"[A-Za-z][A-Za-z'’\-]+", self.text[start:end])
            if not covered[start + m.start()] and m[0].lower() not in words.FILLER and not m[0].endswith("ly")
        ]

    @property
    def currency(self) -> str:
        """The one currency that the sentence names; empty for none or two."""
        return self.currencies[0] if len(self.currencies) == 1 else ""
