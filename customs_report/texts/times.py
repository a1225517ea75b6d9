"""The months and spans that a text names."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from customs_report.periods import NAMES, shift

MONTH = (
    r"(?:January|February|March|April|May(?! (?:be|have|well|not))|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
YEAR = r"(?:19|20)\d\d"
COUNT = {
    word: number
    for number, word in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
    )
}
IN_YEAR = rf"(?:,? (?:of |in )?(?P<year>{YEAR}|(?:last|this|the|that|the same|the previous) year))?"
NUMBER = rf"(?:{'|'.join(COUNT)}|1[0-2]|[1-9])"


@dataclass(frozen=True)
class Span:
    """A month, or the months up to it: `over` is month, ytd, 3m, 12m, or empty for a span without facts."""

    over: str
    period: str


@dataclass(frozen=True)
class Moment:
    """What is known where a span is named: the newest month at the day of the text, and the span named before."""

    newest: str
    last: Span


Resolve = Callable[[re.Match[str], Moment], Span | None]


def count(word: str) -> int:
    return COUNT.get(word.lower()) or int(word)


def _month(found: re.Match[str], moment: Moment, name: str = "month") -> str:
    """The month of this name: in the year that stands beside it or is spoken of, otherwise the last one so far."""
    number = NAMES[found[name].rstrip(".").lower()]
    year = _year_in(found, moment)
    if not year and int(moment.last.period[:4]) < int(moment.newest[:4]) - 1:
        year = moment.last.period[:4]  # the text speaks of the past
    return f"{year}-{number:02d}" if year else _last(number, moment.newest)


def _year_in(found: re.Match[str], moment: Moment) -> str:
    """The year that a phrase names, in digits or as "last year"; empty if it names none."""
    said = found.groupdict().get("year") or ""
    if said.isdigit():
        return f"20{said}" if len(said) == 2 else said
    spoken, published = int(moment.last.period[:4]), int(shift(moment.newest, 1)[:4])
    years = {"last": published - 1, "this": published, "that": spoken, "the same": spoken, "the previous": spoken - 1}
    return str(years.get(said.removesuffix(" year"), ""))


def _last(number: int, newest: str) -> str:
    this = f"{newest[:4]}-{number:02d}"
    return this if this <= newest else shift(this, -12)


def _of_year(month: str) -> Resolve:
    """The year to date of a month, of the year that is named, otherwise of the one in which it was last."""

    def resolve(found: re.Match[str], moment: Moment) -> Span:
        year = _year_in(found, moment)
        return Span("ytd", f"{year}-{month}" if year else _last(int(month), moment.newest))

    return resolve


def _quarter(found: re.Match[str], moment: Moment) -> Span:
    words = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4, "final": 4}
    number = words.get(found["which"].lower()) or int(found["which"])
    year = _year_in(found, moment)
    period = f"{year}-{number * 3:02d}" if year else _last(number * 3, moment.newest)
    return Span("ytd" if number == 1 else "3m", period)


def _first_months(found: re.Match[str], moment: Moment) -> Span:
    number = count(found["count"])
    year = _year_in(found, moment)
    return Span("ytd", f"{year}-{number:02d}" if year else _last(number, moment.newest))


def _months_to(found: re.Match[str], moment: Moment) -> Span:
    number, last = count(found["count"]), _month(found, moment)
    return Span("ytd" if number == int(last[5:]) and number < 12 else {1: "month", 3: "3m", 12: "12m"}.get(number, ""), last)


def _range(found: re.Match[str], moment: Moment) -> Span:
    last = _month(found, moment)
    first = NAMES[found["first"].rstrip(".").lower()]
    length = int(last[5:]) - first + 1
    if first == 1:
        return Span("ytd", last)
    return Span({1: "month", 3: "3m"}.get(length, ""), last)


def _year(found: re.Match[str], moment: Moment) -> Span:
    """A year that is over is a whole one; the one that is running is the months so far."""
    december = f"{found['year']}-12"
    return Span("ytd", min(december, moment.newest) if found["year"] == moment.newest[:4] else december)


def _to(over: str) -> Resolve:
    return lambda found, moment: Span(over, _month(found, moment))


def _now(over: str) -> Resolve:
    return lambda found, moment: Span(over, moment.newest)


def _shifted(over: str, months: int) -> Resolve:
    return lambda found, moment: Span(over, shift(moment.last.period, months))


def _last_year(found: re.Match[str], moment: Moment) -> Span:
    """ "last year": of the year before the month after the newest, which is the one in which the text appeared."""
    return Span("ytd", f"{int(shift(moment.newest, 1)[:4]) - 1}-12")


def _years_ago(found: re.Match[str], moment: Moment) -> Span:
    return Span(moment.last.over, shift(moment.last.period, -12 * count(found["count"])))


SPANS: list[tuple[str, Resolve | None]] = [  # a phrase, and what it names; None: a day, or the base of a growth rate
    (rf"{MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:, {YEAR})?\b(?![.,]?\d|%|bn|tn| ?(?:per|billion|trillion|million))", None),
    (rf"\b\d{{1,2}}(?:st|nd|rd|th)? {MONTH}(?: {YEAR})?", None),
    (rf"(?:from )?(?P<first>{MONTH})(?: to | through | and |[-–]|-to-|-through-| till "
        rf"| until )(?P<month>{MONTH}){IN_YEAR}(?: combined| taken together| together)?", _range),
    (rf"(?:the )?first (?P<count>{NUMBER}) months{IN_YEAR}", _first_months),
    (rf"(?:the )?first half{IN_YEAR}|(?:the )?half[- ]year", _of_year("06")),
    (r"(?:the )?half[- ]year(?:ly)?(?: of)?|(?:over|in|for|during) the half\b|half[- ]yearly", _of_year("06")),
    (rf"\bH1{IN_YEAR}\b", _of_year("06")),
    (r"\b1H(?P<year>\d\d)?\b", _of_year("06")),
    (rf"(?:the )?first three quarters{IN_YEAR}", _of_year("09")),
    (rf"(?:the )?(?P<which>first|second|third|fourth|last|final) quarter{IN_YEAR}", _quarter),
    (rf"\bQ(?P<which>[1-4]){IN_YEAR}\b", _quarter),
    (r"\b(?P<which>[1-4])Q(?P<year>\d\d)?\b", _quarter),
    (rf"(?:the )?second half{IN_YEAR}|\bH2\b", lambda found, moment: Span("", moment.newest)),
    (rf"(?:the )?(?:last |past |first )?(?P<count>{NUMBER}) months (?:to|through|until|up to|ending(?: in)?|ended(?: in)?)"
        rf" (?:the end of )?(?P<month>{MONTH}){IN_YEAR}", _months_to),
    (rf"(?:the )?year to {MONTH}(?: {YEAR})?", lambda found, moment: Span("", moment.newest)),
    (r"(?:the )?(?:last|past|previous) (?:twelve|12) months", _now("12m")),
    (r"(?:the )?(?:last|past|latest) (?:three|3) months", _now("3m")),
    (rf"(?:over|in|for|across|after|through|during|within) (?:the |these |all )?(?P<count>{NUMBER}) months\b(?! (?:in a row|running|to\b|ago|earlier))", _first_months),
    (rf"(?P<count>{NUMBER}) months of(?! (?:falling|rising|growth|decline))", _first_months),
    (rf"(?:the )?(?P<count>{NUMBER})-month(?= (?:total|figure|gap|tally|sum|period|surplus|balance|trade|exports|imports|bill|value|volume))",
        _first_months),
    (rf"(?:through|up to|until|till|to the end of|by the end of|at the end of|as of(?: the end of)?) (?P<month>{MONTH}){IN_YEAR}", _to("ytd")),
    (rf"(?:^|(?<=: ))(?P<count>{NUMBER}) months(?=[,:])", _first_months),
    (rf"(?:the )(?P<count>two|{NUMBER}) months\b(?! (?:in a row|running|to\b|ago|earlier))", _first_months),
    (r"(?:the )?[Yy]ear[- ]to[- ]date|\bYTD\b|\b[Yy]td\b|so far this year|(?:in |over |for )?the year (?:so far|to date)|(?:so far|to date) in 20\d\d|since (?:January|(?:the )?[Nn]ew [Yy]ear|the (?:start"
        r"|beginning) of (?:the|this) year)|this year(?:'s|’s)?(?: so far)?", _now("ytd")),
    (r"(?:the )?(?:whole|entire|full)(?: of)?(?: the)? year(?: of)? (?P<year>(?:19|20)\d\d)", _year),
    (rf"\b(?P<month>{MONTH}),? (?:of )?(?P<year>{YEAR})(?: alone)?", _to("month")),
    (rf"(?:last |this )?(?P<month>{MONTH}){IN_YEAR}(?: alone)?(?:'s|’s)?", _to("month")),
    (r"(?:for |over |in )?(?:the (?:full|whole|entire|calendar)[- ]year|the year as a whole|all (?:of the )?year)|(?:full|calendar)[- ]year|(?:over|in|for) the year\b(?! to)|annual(?= (?:total|figure|sum|haul|surplus|bill|tally|value|volume|exports|imports|trade))", lambda found, moment: Span("ytd", moment.last.period) if moment.last.period.endswith("-12") else None),
    (r"last year(?:'s|’s)?", _last_year),
    (rf"\b(?P<year>{YEAR})(?:'s|’s)?(?: as a whole)?\b(?![,.]?\d)", _year),
    (r"cumulative(?:ly)?", _now("ytd")),
    (r"last month(?:'s|’s)?", _now("month")),
    (r"(?:the )?(?:month before|previous month|prior month|month earlier|preceding month)|a month (?:before|earlier|ago)", _shifted("month", -1)),
    (r"(?:the |over the |in the )?same (?:months?|period|span)|that month|that year|the period\b", lambda found, moment: moment.last),
    (r"(?:the )?following year|a year later|the year after|the (?:next|subsequent) year|the year that followed|twelve months later", _shifted("ytd", 12)),
    (rf"(?:the )?(?:closing|final|last) month of (?P<year>{YEAR})", lambda found, moment: Span("month", f"{found['year']}-12")),
    (rf"(?P<month>{MONTH}) of (?:that|the same) year",
        lambda found, moment: Span("month", f"{moment.last.period[:4]}-{NAMES[found['month'].rstrip('.').lower()]:02d}")),
    (rf"(?P<count>{NUMBER}) years (?:earlier|before)", _years_ago),
    (r"(?:latest|most recent) month(?:'s|’s)?", _now("month")),
    (r"(?:in|for|during|over) (?:a|the|one|a single|this) month\b", lambda found, moment: Span("month", moment.last.period)),
]  # fmt: skip
PATTERNS = [(re.compile(pattern), resolve) for pattern, resolve in SPANS]


def opened(text: str) -> str:
    """The sentence with a small first letter, unless it begins with a month: spans are written in lower case above."""
    return text if re.match(MONTH, text) else text[:1].lower() + text[1:]


BASES = re.compile(  # what a growth rate is measured against: no span of its own
    r"(?:(?:from|on|over|than|compared (?:with|to)|against|versus|vs\.?|above|below) )?(?:in )?(?:"
    r"(?:a|the|one) (?:full )?year (?:ago|earlier|before|previously)|(?:twelve|12) months (?:ago|earlier|before|previously)|the corresponding (?:period|month|months|span|time)(?: of (?:last year|the previous year))?|the previous year|the year before|the prior year"
    r"|(?:the )?same (?:month|period|time|months|quarter|stretch|span|point|weeks|half|season)(?: of| in)?"
    rf" (?:last year|the previous year|a year (?:ago|earlier|before)|{YEAR}|the year before))"
    r"|\byear[- ](?:on|over)[- ]year|\by/y|\byoy\b|\bYoY\b|\by-o-y|\bon the year\b|\bannual(?:ly|ised)?\b|\bannual pace"
    r"|(?:from|on|than|above|below|against|over) last year(?:'s|’s)?"
    rf"|\b(?:as|than) (?:in|at) (?:early |late |the (?:beginning|end) of )?{YEAR}\b"
)
MONTH_ON_MONTH = re.compile(
    r"\bm/m\b|\bmom\b|\bmonth[- ](?:on|over)[- ]month|\bon the month\b|\bfrom the (?:previous|prior) month"
    r"|\bq/q\b|\bquarter[- ]on[- ]quarter"
)
