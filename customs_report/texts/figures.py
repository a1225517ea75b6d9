"""The figures in a sentence: amounts, percentages, quantities, fractions, in digits and in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache

from customs_report.claims import SCALES

PERCENT, POINTS, MONEY, QUANTITY, UNIT_VALUE = "percent", "points", "money", "quantity", "unit value"
BARE, FRACTION, OTHER = "bare", "fraction", "other"

DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d{1,15})(?:\.\d{1,6})?(?![\d])"
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
    " nineteen"
)
SMALL = {word: number for number, word in enumerate(ONES.split())}
TENS = {
    word: 10 * number
    for number, word in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)
}
WORD = "|".join([*sorted(SMALL, key=len, reverse=True), *TENS])
SPELT = rf"(?:(?:{WORD})(?:[- ](?:{WORD}|point|hundred|and))*)"
SCALE_WORDS = {
    "b": "billion", "t": "trillion", "thousand": "thousand", "k": "thousand", "million": "million", "m": "million", "mn": "million", "mln": "million",
    "billion": "billion", "bn": "billion", "bln": "billion", "trillion": "trillion", "tn": "trillion", "trn": "trillion", "trln": "trillion", "tln": "trillion",
}  # fmt: skip
SCALE = r"(?:(?i:thousand|million|billion|trillion|bn|bln|tn|trn|trln|tln|mn|mln)|m|k|(?<=\d)[BTMKb])(?![A-Za-z/])"
BEFORE = {
    "US$": "USD", "$": "USD", "USD": "USD", "RMB": "CNY", "CNY": "CNY", "¥": "", "JPY": "JPY",
    "€": "EUR", "EUR": "EUR", "£": "GBP", "GBP": "GBP", "HK$": "HKD", "A$": "AUD",
}  # fmt: skip
AFTER = {
    "dollar": "USD", "dollars": "USD", "usd": "USD", "yuan": "CNY", "renminbi": "CNY", "rmb": "CNY", "cny": "CNY", "euro": "EUR",
    "euros": "EUR", "pounds": "GBP", "sterling": "GBP", "yen": "JPY", "won": "KRW", "rupees": "INR", "roubles": "RUB",
}  # fmt: skip
UNITS = {  # how a quantity is written: its unit in the data, and the scale that is part of the word
    "tonnes": ("tonnes", ""), "tons": ("tonnes", ""), "metric tons": ("tonnes", ""), "tonne": ("tonnes", ""), "t": ("tonnes", ""),
    "vehicles": ("units", ""), "handsets": ("units", ""), "mt": ("tonnes", "million"), "Mt": ("tonnes", "million"), "kt": ("tonnes", "thousand"), "units": ("units", ""), "pieces": ("units", ""), "sets": ("units", ""),
    "barrels a day": ("barrels a day", ""), "barrels per day": ("barrels a"
    " day", ""),
    "barrels daily": ("barrels a day", ""), "barrels each day": ("barrels a day", ""), "b/d": ("barrels a day", ""), "bpd": ("barrels a day", ""), "mb/d": ("barrels a day", "million"), "mbd": ("barrels a day", "million"),
}  # fmt: skip
PARTS = {
    "half": Decimal(50), "third": Decimal(33), "quarter": Decimal(25), "fifth": Decimal(20), "tenth": Decimal(10),
    "two-thirds": Decimal(67), "two thirds": Decimal(67), "three-quarters": Decimal(75), "three quarters": Decimal(75),
    "two-fifths": Decimal(40), "three-fifths": Decimal(60),
}  # fmt: skip
MULTIPLES = {
    "doubled": 100,
    "doubling": 100,
    "tripled": 200,
    "trebled": 200,
    "quadrupled": 300,
    "halved": -50,
    "halving": -50,
    "halves": -50,
    "doubles": 100,
    "trebles": 200,
    "triples": 200,
    "half as much again": 50,
    "half as many again": 50,
    "twice as much": 100,
    "twice as many": 100,
    "three times as much": 200,
}
ROUGH = Decimal("0.1")  # a fraction in words may be off by this part of itself
PRICE = re.compile(
    r"\s*(?:a|an|per|/)\s?"
    r"(?:barrel(?! ?a)|tonne|ton|watt|bushel|kilo|kg|litre|head|piece|pound|unit|ounce|troy|MWh|dollar)\b"
)
PER_UNIT = re.compile(
    r"\s*(?:(?:a|an|per|/)\s?(?:tonne|ton|t|piece|unit|vehicle|car|chip|set|handset|ship)|apiece|each)\b(?! year| month| day)"
)

FIGURE = re.compile(
    rf"(?P<sign>(?<![\w.])[+\-−–](?=[\d$€£])|\b(?:minus|plus) (?=[\d$€£]|(?:{WORD})\b)|\b(?:MINUS|PLUS) (?=[\d$]))?"
    rf"(?:(?P<before>US\$|HK\$|A\$|\$|USD|RMB|Rmb|CNY|JPY|EUR|GBP|€|£|¥)\s?)?"
    rf"(?P<number>(?<![\d,])(?<!\d\.)(?:(?<![A-Za-z])|(?<=USD)|(?<=RMB)|(?<=Rmb)|(?<=CNY)|(?<=JPY)|(?<=EUR)|(?<=GBP)"
    rf"|(?<=c\.))(?:{DIGITS})|\b(?i:{SPELT})\b|\bhalf an?(?= per))"
    rf"(?:[ -]?(?P<scale>{SCALE}))?"
    rf"(?:\s?(?P<percent>%|(?i:per ?cent\b|pct\b))(?! points?)|\s?(?P<points>pp\b|ppts?\b|(?:percentage[- ])?points?\b"
    rf"|per cent points?\b)"
    rf"|\s(?:(?:US|American|Chinese|Japanese) )?(?P<after>(?i:{'|'.join(AFTER)}))\b"
    rf"|\s?(?P<unit>(?:{'|'.join(sorted(map(re.escape, UNITS), key=len, reverse=True))}))(?![\w/]))?"
)  # fmt: skip
PART = re.compile(
    rf"\b(?:(?:a|one) (?P<part>half|third|quarter|fifth|tenth)|(?P<parts>two[- ]thirds|three[- ]quarters|two-fifths"
    rf"|three-fifths)"
    rf"|(?P<half>(?<=than )half|(?<=almost )half|(?<=nearly )half|(?<=by )half)|(?P<multiple>{'|'.join(MULTIPLES)}))\b"
)
ABOUT = re.compile(
    r"\b(?:about|some|around|roughly|nearly|almost|approximately|c\.|close to|just over|just under)\s*(?:a )?[$€£]?$"
)


@dataclass(frozen=True)
class Figure:
    """A figure as written: its place, kind, the printed number with its last digit, scale and unit."""

    start: int
    end: int
    kind: str
    printed: Decimal = Decimal(0)
    scale: str = ""
    unit: str = ""
    signed: bool = False
    tolerance: Decimal | None = None

    @property
    def value(self) -> Decimal:
        return self.printed * SCALES.get(self.scale, 1)


def figures(text: str) -> list[Figure]:
    """The figures of a sentence, in order; years and days stand among them as OTHER."""
    return _with_shared_units(text, sorted([*_numbers(text), *_fractions(text)], key=lambda figure: figure.start))


def _with_shared_units(text: str, found: list[Figure]) -> list[Figure]:
    """ "5.7 and 6.1 per cent", "506.8 and 528.0 billion yuan": the unit behind the last number is that of each."""
    for i in reversed(range(len(found) - 1)):
        one, two = found[i : i + 2]
        shared = two.kind in (PERCENT, MONEY, QUANTITY) and text[one.end : two.start].strip() in ("and", "or", "to", ",", "/")
        year = one.printed == one.printed.to_integral_value() and 1900 <= one.printed < 2100
        plain = one.kind in (BARE, OTHER) and not one.scale and not one.unit and not year
        if plain and shared and text[one.end - 1].isdigit():
            found[i] = replace(one, kind=two.kind, scale=two.scale, unit=two.unit)
    return found


def _numbers(text: str) -> Iterator[Figure]:
    for found in FIGURE.finditer(text):
        if not found["number"]:
            continue
        spelt = not found["number"][0].isdigit()
        number = _spelt(found["number"]) if spelt else Decimal(found["number"].replace(",", ""))
        if number is None:
            continue
        kind, unit, scale = _kind(found, text)
        if spelt and kind in (OTHER, BARE) and not scale:
            continue
        sign = (found["sign"] or "").strip().lower()
        if sign in ("-", "−", "–", "minus"):
            number = -number
        if not scale and kind in (MONEY, QUANTITY, BARE, UNIT_VALUE) and "." not in found["number"] and not spelt:
            number, scale = _coarser(number, text[: found.start()])
        yield Figure(found.start(), found.end(), kind, number, scale, unit, bool(sign))


def _kind(found: re.Match[str], text: str) -> tuple[str, str, str]:
    """Kind, unit and scale of a number."""
    scale = SCALE_WORDS.get((found["scale"] or "").lower(), "")
    if found["percent"]:
        return PERCENT, "percent", ""
    if found["points"]:
        return POINTS, "percentage points", ""
    if found["before"] or found["after"]:
        sign, word = found["before"] or "", found["after"] or ""
        unit = BEFORE[sign.upper() if sign.isalpha() else sign] if sign else AFTER[word.lower()]
        if unit == "CNY" and PER_UNIT.match(text, found.end()):
            return UNIT_VALUE, unit, scale
        return (OTHER if PRICE.match(text, found.end()) else MONEY), unit, scale
    if found["unit"]:
        unit, own = UNITS[found["unit"]]
        return QUANTITY, unit, scale or own
    return (BARE if scale or "." in found["number"] or "," in found["number"] else OTHER), "", scale


def _coarser(number: Decimal, before: str) -> tuple[Decimal, str]:
    """ "about 118,600" ends with the hundreds; a number that nothing qualifies ends with its last digit."""
    if ABOUT.search(before) and number and number % 100 == 0 and abs(number) >= 1000:
        return (number / 1000).normalize() if number % 1000 else number / 1000, "thousand"
    return number, ""


@cache
def _spelt(words: str) -> Decimal | None:
    """ "one point two" -> 1.2, "twenty-five" -> 25, "half a" -> 0.5; None if it is no number."""
    if words.lower().startswith("half"):
        return Decimal("0.5")
    whole, _, decimals = words.lower().replace("-", " ").partition(" point ")
    total, current = 0, 0
    for word in whole.split():
        if word == "hundred":
            current = max(current, 1) * 100
        elif word in SMALL or word in TENS:
            current += SMALL.get(word, 0) + TENS.get(word, 0)
        elif word != "and":
            return None
    total += current
    digits = [SMALL.get(word) for word in decimals.split()]
    if any(digit is None or digit > 9 for digit in digits):
        return None
    return Decimal(f"{total}.{''.join(map(str, digits))}") if digits else Decimal(total)


def _fractions(text: str) -> Iterator[Figure]:
    for found in PART.finditer(text):
        if re.match(
            r" (?:of a |a )?per ?cent|(?:st|nd|rd|th)? (?:month|place|quarter|time|year)", text[found.end() : found.end() + 20]
        ):
            continue
        if found["multiple"]:
            percent = Decimal(MULTIPLES[found["multiple"]])
        else:
            percent = PARTS[(found["part"] or found["parts"] or "half").lower()]
        yield Figure(
            found.start(), found.end(), FRACTION, percent, "", "percent", bool(found["multiple"]), abs(percent) * ROUGH
        )  # fmt: skip
