"""How numbers, units, months and days are written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

MINUS = "−"
CURRENCY = {"USD": ("$", ""), "CNY": ("", " yuan")}
CURRENCY_WORDS = {"USD": "dollars", "CNY": "yuan"}
UNITS = {  # of a bare number, if its style implies one
    "usd_size": "USD",
    "usd_signed": "USD",
    "percent": "percent",
    "signed_percent": "percent",
    "percent_size": "percent",
    "exchange_rate": "CNY per USD",
}
WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
ORDINALS = ["zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
]  # fmt: skip
SIZES = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))
IN_UNITS_OF = {"million": 1e6, "thousand": 1e3}  # bare numbers, as "bn" is
SIGNED = {  # with a plus
    **{"signed": "text", "signed_bn": "bn", "signed_number": "number", "signed_percent": "percent"},
    "signed_unit_value": "unit_value",
    "signed_million": "million",
}
STYLES = (
    *("text", "size", "bn", *IN_UNITS_OF, "number", "percent", "percent_size", "exchange_rate", "unit_value"),
    *("largest", "smallest", "rank"),
    *("ordinal", "count", "usd_signed", "usd_size", "exact", *SIGNED),
)
COUNTED = ("months", "years", "days", "places", "points")  # units whose singular has no s


class Marks(NamedTuple):
    """The marks within a number: 1,234.5."""

    decimal: str = "."
    grouping: str = ","


STANDARD = Marks()
_marks = STANDARD  # in force in this process: all numbers of a report are written alike


def marks() -> Marks:
    """The marks with which numbers are written now."""
    return _marks


@contextmanager
def written_with(chosen: Marks) -> Iterator[None]:
    """Within this context, numbers are written with these marks.

    >>> with written_with(Marks(",", ".")):
    ...     write(1234.5, "USD")
    '$1.235'
    """
    global _marks
    before, _marks = _marks, chosen
    try:
        yield
    finally:
        _marks = before


class Written(NamedTuple):
    """A number as a reader sees it, and the same in plain digits: `$109.9 billion`, 109900000000."""

    text: str
    number: Decimal


def digits(number: Decimal) -> str:
    """A number as machines read it: "109900000000"."""
    return f"{number.normalize() + 0:f}"


def period_text(key: str) -> str:
    """A period or date as a reader writes it: 2025-11 -> November 2025, 2025-12-08 -> 8 December 2025, 2025 -> 2025.

    `2025-01/2025-11` is a span of months: January-November 2025, the year once where it is the same.
    """
    if "/" in key:
        first, last = key.split("/")
        start = MONTHS[int(first[5:7]) - 1] if first[:4] == last[:4] and len(first) == 7 else period_text(first)
        return f"{start}–{period_text(last)}"
    parts = [int(part) for part in key.split("-")]
    if len(parts) == 3:
        return f"{parts[2]} {MONTHS[parts[1] - 1]} {parts[0]}"
    if len(parts) == 2:
        return f"{MONTHS[parts[1] - 1]} {parts[0]}"
    return str(parts[0])


def readable(reason: str) -> str:
    """Format a reason or formula for reading: dates in words, " - " as a true minus."""
    return re.sub(r"\b\d{4}-\d{2}(?:-\d{2})?\b", lambda found: period_text(found[0]), reason).replace(" - ", f" {MINUS} ")


def write(value: float, unit: str, style: str = "text", step: float | None = None) -> str:
    """How a number is written: `text` in a sentence, `size` without its sign, the rest in tables and phrases.

    Styles: `text`, `size` (no sign), `signed` (+ or -), `bn`, `signed_bn` (billions, bare), `million`, `thousand` (bare),
    `number`, `signed_number` (bare), `percent` (bare, one decimal, two where its rounding allows), `signed_percent`,
    `percent_size`, `exchange_rate` (bare, four decimals), `unit_value` (bare, two decimals below a hundred),
    `largest`/`smallest` (rank as an adjective), `rank`, `ordinal`, `count` (a small whole number in words), `usd_signed`,
    `usd_size` (a bare number as dollars, with or without its sign), `exact` (as fine as its rounding, however fine that is).
    """
    return written(value, unit, style, step).text


def written(value: float, unit: str, style: str = "text", step: float | None = None) -> Written:
    """The same as `write`, with the number shown in plain digits."""
    return _written(value, unit, style, step, _marks)


@lru_cache(maxsize=100_000)
def _written(value: float, unit: str, style: str, step: float | None, marks: Marks) -> Written:
    if style in SIGNED:
        return _plus(written(value, unit, SIGNED[style], step))
    if style in ("size", "percent_size", "usd_size"):
        value = abs(value)
    if style in ("text", "size"):
        return _text(value, unit, step)
    if style in ("usd_size", "usd_signed"):
        return _text(value, "USD", 1e8)  # as the series is printed
    if style == "bn":
        return _decimal((round(value / step) * step if step else value) / 1e9, _places(step, 1e9, 1), scale=1e9)
    if style in IN_UNITS_OF:
        return _decimal(value / IN_UNITS_OF[style], _places(step, IN_UNITS_OF[style], 1), scale=IN_UNITS_OF[style])
    if style in ("percent", "percent_size"):
        return _percent(value, step)
    if style == "exchange_rate":
        return _decimal(value, 4)
    if style == "unit_value":
        return _unit_value(value)
    if style == "exact":
        return _exact(value, unit, step)
    if style in ("rank", "number"):
        return _decimal(value, 0)
    if style in ("largest", "smallest", "ordinal", "count"):
        return _in_words(int(value), style)
    raise ValueError(f"no way of writing called {style!r}; all: {', '.join(STYLES)}")


def _in_words(value: int, style: str) -> Written:
    if style == "count":
        text = WORDS[abs(value)] if abs(value) <= 10 else grouped(Decimal(abs(value)))
    elif style == "ordinal":
        text = _ordinal(value)
    else:
        text = style if value == 1 else f"{_ordinal(value)}-{style}"
    return Written(text, Decimal(value))


def unit_in_words(unit: str) -> str:
    """A unit as a reader reads it: "dollars", "yuan per tonne", "yuan per dollar"."""
    first, per, second = unit.partition(" per ")
    second = CURRENCY_WORDS.get(second, second).removesuffix("s") if second in CURRENCY_WORDS else second
    return f"{CURRENCY_WORDS.get(first, first)}{per}{second}"


def in_full(value: float, unit: str) -> str:
    """A value as it is calculated with, in its plain unit: "109,938,234,000 dollars", "5.8312 percent"."""
    unit = unit_in_words(unit)
    unit = unit.removesuffix("s") if value == 1 and unit in COUNTED else unit
    return _decimal(value, 4).text.rstrip("0").rstrip(_marks.decimal) + ("" if unit in ("rank", "ratio") else f" {unit}")


def _text(value: float, unit: str, step: float | None) -> Written:
    if unit in CURRENCY:
        before, after = CURRENCY[unit]
        return _scaled(value, step, before, after)
    if unit == "percent":
        return _percent(value, step, "%")
    if unit == "percentage points":
        return _decimal(value, 1, after=f" percentage {_plural('point', abs(round(value, 1)))}")
    if unit == "standard deviations":
        return _decimal(value, 1, after=f" {unit}")
    if unit in ("rank", "ratio"):
        return _decimal(value, 0 if unit == "rank" else 2)
    if unit == "month":  # counted from January of the year 1
        return Written(period_text(f"{value // 12 + 1:.0f}-{value % 12 + 1:02.0f}"), Decimal(value))
    if unit in COUNTED:
        return _decimal(value, 0, after=f" {_plural(unit[:-1], abs(round(value)))}")
    if unit.startswith("CNY per "):
        return _unit_value(value, f" yuan per {unit.removeprefix('CNY per ')}")
    return _scaled(value, step, "", f" {unit}")


def _unit_value(value: float, after: str = "") -> Written:
    return _decimal(value, 0 if abs(value) >= 100 else 2, after=after)


def _exact(value: float, unit: str, step: float | None) -> Written:
    """To the precision of its rounding, whatever its size: $111.68 billion, 24.458 trillion yuan, 13%."""
    if not step or unit in ("rank", "months", "years"):
        return _text(value, unit, step)
    before, after = CURRENCY.get(unit, ("", f" {unit}" if unit else ""))
    if unit in ("percent", "percentage points", "ratio") or unit.startswith("CNY per "):
        after = {"percent": "%", "ratio": ""}.get(unit, f" {unit.replace('CNY', 'yuan')}")
        return _decimal(value, _places(step, 1, 9), after=after)
    size, word = next((pair for pair in SIZES if abs(round(value / step) * step) >= pair[0]), (1.0, ""))
    return _decimal(value / size, _places(step, size, 9), size, before, word + after)


def _percent(value: float, step: float | None, after: str = "") -> Written:
    """One decimal, as customs prints growth; two where a rate is known that finely."""
    return _decimal(value, 2 if step and step < 0.1 else 1, after=after)


def _scaled(value: float, step: float | None, before: str, after: str) -> Written:
    """A number with the word for its size: trillion with three decimals, billion and million with one."""
    if step and step >= 1e9:
        value = round(value / step) * step
    for (size, word), places, below in zip(SIZES, (3, 1, 1), (1, 1, 0), strict=True):
        if abs(round(value / size * 1000, _places(step, size / 1000, below))) >= 1000:  # 999.96 billion is 1.00 trillion
            return _decimal(value / size, _places(step, size, places), size, before, word + after)
    return _decimal(value, 0, 1, before, after)


def _places(step: float | None, scale: float, most: int) -> int:
    """How many decimals the printed precision allows, at most `most`."""
    if not step:
        return most
    return max(0, min(most, -math.floor(math.log10(step / scale) + 1e-9)))


def _plus(shown: Written) -> Written:
    """The same with a plus sign, unless it shows a zero or less."""
    return shown._replace(text=f"+{shown.text}") if shown.number > 0 else shown


def _decimal(value: float, places: int, scale: float = 1, before: str = "", after: str = "") -> Written:
    """A number with its sign first, thousands separated, rounded to so many places."""
    number = Decimal(f"{value:.{places}f}")
    sign = MINUS if number < 0 else ""  # no minus zero
    return Written(f"{sign}{before}{grouped(abs(number))}{after}", number * int(scale))


def grouped(number: Decimal) -> str:
    """A number with the marks in force: "1,234.50"."""
    text = f"{number:,}"
    if _marks == STANDARD:
        return text
    whole, _, decimals = text.partition(".")
    return whole.replace(",", _marks.grouping) + (_marks.decimal + decimals if decimals else "")


def _ordinal(n: int) -> str:
    if n < len(ORDINALS):
        return ORDINALS[n]
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"


def _plural(word: str, count: float) -> str:
    return word if count == 1 else word + "s"
