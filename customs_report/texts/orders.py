"""Claims of order: ranks, records, the most since a month, streaks, the first time above an amount, the place of a partner.

`WAYS` is the table to add a phrasing to. What a way stands for is decided in `rankings`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from customs_report.texts.times import COUNT, MONTH, NUMBER, YEAR

SINCE, WITHIN, PLACE, STREAK, FIRST, PARTNER_PLACE = "since", "within", "place", "streak", "first", "partner's place"
NAMED = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
ORDINALS = {word: number for number, word in enumerate(NAMED.split(), start=1)}
ORDINAL = rf"(?P<ordinal>{'|'.join(ORDINALS)}|\d{{1,2}}(?:st|nd|rd|th))"
MOST = (
    r"(?P<most>largest|biggest|highest|fastest|quickest|strongest|most|best|sharpest|steepest|slowest|weakest|lowest"
    r"|smallest|worst|least)"
)
OF = (
    r"(?: (?:monthly|annual|yearly|ever))?(?P<of>(?: (?:pace|rate|growth|increase|rise|gain|drop|fall|decline|level|surplus"
    r"|reading|result|expansion|showing|performance|amount|month|figure|total))*)(?: of growth)?"
)
LOW = {"slowest", "weakest", "lowest", "smallest", "worst", "least"}
GROWTH_WORDS = re.compile(
    r"pace|rate|growth|increase|rise|gain|drop|fall|decline|expansion|fastest|quickest|slowest|sharpest|steepest"
)

WAYS: tuple[tuple[str, str], ...] = (
    (SINCE, rf"(?:the )?{MOST}{OF},? since (?P<month>{MONTH})(?: (?P<year>{YEAR}))?"),
    (SINCE, rf"(?:the )?first (?:y/y |annual |year-on-year |monthly )?(?:rise|drop|fall|decline|increase|gain|growth"
        rf"|contraction)(?: in [a-z]+)? since (?P<month>{MONTH})(?: (?P<year>{YEAR}))?"),
    (WITHIN, rf"(?:the )?{MOST}{OF} in (?:more than )?(?P<count>{NUMBER}|\d+) (?P<unit>months|years)"),
    (WITHIN, rf"(?:a|an) (?P<count>{NUMBER}|\d+)-(?P<unit>month|year) (?P<most>high|low)"),
    (PLACE, rf"(?:the |its )?(?:{ORDINAL}[- ])?(?:largest|biggest|highest)(?: (?:monthly|annual))?(?: surplus| balance| total"
        rf"| figure)?(?: ever)?(?: recorded)?(?: on record| in (?:its )?history| of all time|(?<=ever)"
        rf"|(?<=recorded))(?: for a single month)?"),
    (PARTNER_PLACE, rf"(?:the |its )?(?:{ORDINAL}[- ])?(?:largest|biggest|top|main) trad(?:e|ing) partner"),
    (PARTNER_PLACE, rf"(?:in|took|takes|held|holds) {ORDINAL} place"),
    (PARTNER_PLACE, rf"(?:came|ranked|ranks|is|was) {ORDINAL}(?=,| after| behind|\.| with| among)"),
    (STREAK, rf"(?:an? |the |its |their )?{ORDINAL} (?:consecutive|straight|successive) (?:monthly |month(?: of)?(?: (?:growth"
        rf"|expansion|decline|contraction))?|(?:rise|gain|increase|drop|fall|decline))?(?: ?(?:rise|gain|increase|drop|fall"
        rf"|decline))?"),
    (STREAK, rf"(?:an? |the |its |their )?{ORDINAL} (?:month|rise|gain|increase|drop|fall|decline)"
        rf" (?:in a row|running|in succession|on the trot)"),
    (STREAK, rf"(?P<count>{NUMBER}) (?:(?:consecutive|straight|successive) months|months (?:in a row|running))"),
    (FIRST, r"(?:for )?the first (?:time|month)(?: ever)?(?: that)?[a-z ]{0,60}?(?:above|over|past|beyond|topped|exceeded"
        r"|passed|surpassed|crossed|top|exceed|pass|hit|reached) (?P<amount>[^,;()]{3,30})"),
    (FIRST, r"first (?:exceeded|topped|passed|surpassed|crossed) (?P<amount>[^,;()]{3,30}?)(?= in\b|$|[.,])"),
)  # fmt: skip
PATTERNS = [(kind, re.compile(way)) for kind, way in WAYS]


@dataclass(frozen=True)
class Order:
    """A claim of order: its kind, and the parts that the phrase names."""

    start: int
    end: int
    kind: str
    parts: tuple[tuple[str, str], ...]
    said: str

    def __getitem__(self, part: str) -> str:
        return dict(self.parts).get(part) or ""

    @property
    def number(self) -> int:
        """The ordinal, or the count: 1 where none is named ("the largest")."""
        word = self["ordinal"].lower() or self["count"].lower() or "first"
        return ORDINALS.get(word) or COUNT.get(word) or int(re.sub(r"\D", "", word))


def orders(text: str) -> Iterator[Order]:
    for kind, pattern in PATTERNS:
        for found in pattern.finditer(text):
            parts = tuple((name, part) for name, part in found.groupdict().items() if part)
            yield Order(found.start(), found.end(), kind, parts, found[0])
