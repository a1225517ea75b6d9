"""Facts - named numbers that know where they come from - and the one way a number is written."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import lru_cache
from hashlib import blake2s
from string import Formatter

from customs_report.errors import Told

MINUS = "−"
CURRENCY = {"USD": ("$", ""), "CNY": ("", " yuan")}
CURRENCY_WORDS = {"USD": "dollars", "CNY": "yuan"}
UNITS = {  # of a bare number, as far as its style says it
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
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


@dataclass(frozen=True, slots=True)
class Fact:
    """A named number: what it is, how it was computed and where its inputs came from.

    `value` stands in the unit itself (dollars, yuan, percent, tonnes), never in billions. `step` is the rounding of the
    printed figures behind it, in the same unit; nothing is written finer than that. `mark` is a footnote sign (`MARKS`) that
    stands behind the number wherever it is shown.
    """

    name: str
    value: float
    unit: str
    how: str
    sources: tuple[str, ...]
    stage: str
    step: float | None = None
    mark: str = ""

    @property
    def text(self) -> str:
        return write(self.value, self.unit, step=self.step)

    @property
    def origin(self) -> str:
        """A key of formula, sources and stage: what the figures of a table's column share."""
        return _key((self.how, *self.sources, self.stage))

    def as_json(self) -> dict:
        """The fact as it stands in facts.json."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "text": self.text,
            "step": self.step,
            "how": self.how,
            "sources": list(self.sources),
            "stage": self.stage,
            **({"mark": self.mark} if self.mark else {}),
        }


UNREVISED, IMPLIED = "*", "†"
MARKS = {  # what the sign behind a number says
    UNREVISED: "Computed on last year’s figure as first published, which customs may have revised.",
    IMPLIED: "Implied by the printed growth of exports and imports, as finely as its rounding allows.",
}


@lru_cache(maxsize=4096)
def _key(parts: tuple[str, ...]) -> str:
    return blake2s("\0".join(parts).encode(), digest_size=8).hexdigest()


class Gap(Told, LookupError):
    """A fact that cannot be had, with the reason; a section that needs it is left out and named.

    A reason that takes a search may be given as a function: most gaps are only passed over.
    """

    def __init__(self, name: str, why: str | Callable[[], str]):
        super().__init__(name, why)
        self.name, self._why = name, why

    @property
    def why(self) -> str:
        return self._why if isinstance(self._why, str) else self._why()

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"


@dataclass(frozen=True)
class Facts(Mapping):
    """All facts of one period, by name, and the gaps: what could not be had, by family, and why.

    A name with `*` in `gaps` (`partner.*`, `partner.*.rank_ytd`) speaks for every fact that it matches.
    """

    period: str
    as_of: str
    by_name: dict[str, Fact] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)
    cited: dict[str, None] = field(default_factory=dict, compare=False, repr=False)  # in the order of their first citation

    def __getitem__(self, name: str) -> Fact:
        if name in self.by_name:
            return self.by_name[name]
        raise Gap(name, lambda: self.why_missing(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def cite(self, name: str, style: str = "text") -> Cite:
        """A fact's number for a sentence or a cell; raises Gap. What is cited is traced at the report's end."""
        cite = Cite.of(self[name], style)
        self.cited[name] = None
        return cite

    def value(self, name: str) -> float | None:
        """The plain number of a fact, or None where it is a gap."""
        fact = self.by_name.get(name)
        return fact.value if fact else None

    def why_missing(self, name: str) -> str:
        """The reason a fact is missing: its own gap, its family's, or the nearest names that exist."""
        if name in self.gaps:
            return self.gaps[name]
        families = [g for g in self.gaps if "*" in g and fnmatchcase(name, g)]
        if families:
            return self.gaps[max(families, key=len)]
        near = get_close_matches(name, self.by_name, n=1)
        return "no such fact" + (f"; nearest: {near[0]}" if near else "")

    def say(self, template: str, **marks: str | Runs) -> Runs:
        """A sentence whose numbers are facts.

        `{name}` or `{name:style}` cites a fact (styles: see `write`); `{@mark}` stands for a keyword: a period (`2025-11`,
        `2025-01/2025-11`, `2025`), a date (`2025-12-08`) or ready-made runs. A digit in the template itself is refused:
        numbers in prose are facts. Raises Gap where a fact is missing.
        """
        runs: list[Run] = []
        for literal, name, style, _ in Formatter().parse(template):
            if any(c.isdigit() for c in literal):
                raise ValueError(f"a number stands in the sentence itself: {literal!r}")
            if literal:
                runs.append(literal)
            if name is None:
                continue
            if name.startswith("@"):
                mark = marks[name[1:]]
                runs.extend((Mark.of(mark),) if isinstance(mark, str) else mark)
            else:
                runs.append(self.cite(name, style or "text"))
        return tuple(runs)

    def as_json(self, notebook: str = "", parameters: dict | None = None) -> dict:
        """The content of facts.json."""
        report = {"notebook": notebook, "period": self.period, "as_of": self.as_of, "parameters": parameters or {}}
        return {
            "report": report,
            "facts": [fact.as_json() for fact in self.by_name.values()],
            "gaps": [{"name": name, "why": why} for name, why in self.gaps.items()],
        }


# --- runs: what a sentence or a table cell is made of -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cite:
    """A number in the text that is a fact, by name."""

    name: str
    style: str
    text: str
    origin: str = ""
    unit: str = ""
    mark: str = ""

    @classmethod
    def of(cls, fact: Fact, style: str = "text") -> Cite:
        return cls(fact.name, style, write(fact.value, fact.unit, style, fact.step), fact.origin, fact.unit, fact.mark)


@dataclass(frozen=True, slots=True)
class Place:
    """A number that is a cell of a table which a helper returns: `table` is the helper's name.

    It is empty where tables and period alone do not make that table: a reader's own choice, which no report shows.
    """

    table: str
    row: str
    column: str
    style: str
    text: str
    unit: str = ""

    @classmethod
    def of(cls, table: str, row: str, column: str, value: float, style: str, unit: str = "") -> Place:
        """`unit` where the style does not say it: "bn" are billions of dollars or of yuan."""
        return cls(table, row, column, style, write(value, "", style), unit or UNITS.get(style, ""))

    @property
    def cell(self) -> str:
        return f"{self.table}/{self.row}/{self.column}"


@dataclass(frozen=True, slots=True)
class Mark:
    """A number that is no figure: a period, a date, an exhibit's number, a code. `key` is its machine-readable form."""

    kind: str
    key: str
    text: str

    @classmethod
    def of(cls, key: str, kind: str = "") -> Mark:
        if kind:
            return cls(kind, key, key)
        return cls("date" if len(key) == 10 else "period", key, period_text(key))


Run = str | Cite | Place | Mark
Runs = tuple[Run, ...]


def plain(runs: Runs) -> str:
    """The text of a sentence, without where its numbers come from."""
    return "".join(run if isinstance(run, str) else run.text + mark_of(run) for run in runs)


def mark_of(run: Run) -> str:
    """The footnote sign behind a number, if it has one."""
    return run.mark if isinstance(run, Cite) else ""


# --- how numbers are written --------------------------------------------------------------------------------------------


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


@lru_cache(maxsize=4096)
def readable(how: str) -> str:
    """A formula or a note as a reader reads it: months and days in words, a minus sign that is one."""
    return re.sub(r"\b\d{4}-\d{2}(?:-\d{2})?\b", lambda found: period_text(found[0]), how).replace(" - ", f" {MINUS} ")


def write(value: float, unit: str, style: str = "text", step: float | None = None) -> str:
    """How a number is written: `text` in a sentence, `size` without its sign, the rest in tables and phrases.

    Styles: `text`, `size` (no sign), `signed` (+ or -), `bn`, `signed_bn` (billions, bare), `number`, `signed_number` (bare),
    `percent` (bare, one decimal, two where its rounding allows), `signed_percent`, `percent_size`, `exchange_rate` (bare, four
    decimals),
    `unit_value` (bare, two decimals below a hundred), `largest`/`smallest` (rank as an adjective), `rank`, `ordinal`,
    `count` (a small whole number in words), `usd_signed`, `usd_size` (a bare number as dollars, with or without its sign),
    `exact` (as fine as its rounding, however fine that is).
    """
    if style == "size":
        return write(abs(value), unit, "text", step)
    if style == "signed":
        return _plus(value, write(value, unit, "text", step))
    if style in ("usd_size", "usd_signed"):
        return write(abs(value) if style == "usd_size" else value, "USD", step=1e8)  # as the series is printed
    if style == "bn":
        return _decimal((round(value / step) * step if step else value) / 1e9, _places(step, 1e9, 1))
    if style == "signed_bn":
        return _plus(value, write(value, unit, "bn", step))
    if style == "percent":
        return _percent(value, step)
    if style == "percent_size":
        return _percent(abs(value), step)
    if style == "signed_percent":
        return _plus(value, _percent(value, step))
    if style == "exchange_rate":
        return _decimal(value, 4)
    if style in ("largest", "smallest"):
        return style if value == 1 else f"{_ordinal(value)}-{style}"
    if style == "unit_value":
        return _unit_value(value)
    if style == "ordinal":
        return _ordinal(value)
    if style == "count":
        return WORDS[int(value)] if 0 <= value <= 10 else f"{int(value):,}"
    if style in ("rank", "number"):
        return _decimal(value, 0)
    if style == "exact":
        return _exact(value, unit, step)
    if style == "signed_number":
        return _plus(value, _decimal(value, 0))
    if style == "text":
        return _text(value, unit, step)
    raise ValueError(f"no way of writing called {style!r}")


@lru_cache
def unit_in_words(unit: str) -> str:
    """A unit as a reader reads it: "dollars", "yuan per tonne", "yuan per dollar"."""
    for code, word in CURRENCY_WORDS.items():
        unit = re.sub(rf"^{code}\b", word, unit)
        unit = re.sub(rf"\bper {code}\b", f"per {word.removesuffix('s')}", unit)
    return unit


def in_full(value: float, unit: str) -> str:
    """A value as it is reckoned with, in its plain unit: "109,938,234,000 dollars", "5.8312 percent"."""
    unit = unit_in_words(unit)
    unit = unit.removesuffix("s") if value == 1 and unit in ("months", "years", "days") else unit
    return _decimal(value, 4).rstrip("0").rstrip(".") + ("" if unit in ("rank", "ratio") else f" {unit}")


def _text(value: float, unit: str, step: float | None) -> str:
    if unit in CURRENCY:
        before, after = CURRENCY[unit]
        scaled, word = _scaled(value, step)
        return f"{MINUS if scaled.startswith(MINUS) else ''}{before}{scaled.lstrip(MINUS)}{word}{after}"
    if unit == "percent":
        return f"{_percent(value, step)}%"
    if unit == "percentage points":
        return f"{_decimal(value, 1)} percentage {_plural('point', abs(round(value, 1)))}"
    if unit in ("rank", "ratio"):
        return _decimal(value, 0 if unit == "rank" else 2)
    if unit in ("months", "years", "days", "places", "points"):
        return f"{_decimal(value, 0)} {_plural(unit[:-1], abs(round(value)))}"
    if unit.startswith("CNY per "):
        return f"{_unit_value(value)} yuan per {unit.removeprefix('CNY per ')}"
    scaled, word = _scaled(value, step)
    return f"{scaled}{word} {unit}"


def _unit_value(value: float) -> str:
    return _decimal(value, 0 if abs(value) >= 100 else 2)


def _exact(value: float, unit: str, step: float | None) -> str:
    """As fine as its rounding, whatever its size: $111.68 billion, 24.458 trillion yuan, 13%."""
    if not step or unit in ("rank", "months", "years"):
        return _text(value, unit, step)
    before, after = CURRENCY.get(unit, ("", f" {unit}" if unit else ""))
    if unit in ("percent", "percentage points", "ratio") or unit.startswith("CNY per "):
        after = {"percent": "%", "ratio": ""}.get(unit, f" {unit.replace('CNY', 'yuan')}")
        return _decimal(value, _places(step, 1, 9)) + after
    sizes = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"), (1, ""))
    size, word = next((pair for pair in sizes if abs(round(value / step) * step) >= pair[0]), sizes[-1])
    number = _decimal(value / size, _places(step, size, 9))
    minus = MINUS if number.startswith(MINUS) else ""
    return f"{minus}{before}{number.lstrip(MINUS)}{word}{after}"


def _percent(value: float, step: float | None) -> str:
    """One decimal, as customs prints growth; two where a rate is known that finely."""
    return _decimal(value, 2 if step and step < 0.1 else 1)


def _scaled(value: float, step: float | None) -> tuple[str, str]:
    """A number with the word for its size: trillion with three decimals, billion and million with one."""
    if step and step >= 1e9:
        value = round(value / step) * step
    for size, word, places, below in ((1e12, " trillion", 3, 1), (1e9, " billion", 1, 1), (1e6, " million", 1, 0)):
        if abs(round(value / size * 1000, _places(step, size / 1000, below))) >= 1000:  # 999.96 billion is 1.00 trillion
            return _decimal(value / size, _places(step, size, places)), word
    return _decimal(value, 0), ""


def _places(step: float | None, scale: float, most: int) -> int:
    """How many decimals the printed precision allows, at most `most`."""
    if not step:
        return most
    return max(0, min(most, -math.floor(math.log10(step / scale) + 1e-9)))


def _plus(value: float, text: str) -> str:
    """The text with a plus sign, unless it shows a zero."""
    return f"+{text}" if value > 0 and any(c in "123456789" for c in text) else text


def _decimal(value: float, places: int) -> str:
    text = f"{value:,.{places}f}"
    if text.strip("-0.,") == "":
        text = text.lstrip("-")  # no minus zero
    return text.replace("-", MINUS)


def _ordinal(value: float) -> str:
    n = int(value)
    if n < len(ORDINALS):
        return ORDINALS[n]
    suffix = "th" if 10 <= n % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{suffix}"


def _plural(word: str, count: float) -> str:
    return word if count == 1 else word + "s"
