"""The languages of reports: how numbers, periods, fixed words and the origin of figures are written.

Sentences are messages, with a writer for each kind (`messages.py`); all else that a reader sees in words comes from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from customs_report import numbers
from customs_report.errors import unknown
from customs_report.numbers import Written, period_text

if TYPE_CHECKING:
    from customs_report.facts import Fact
    from customs_report.tables import Tables

ENGLISH = "en"
PACKAGES = {"zh": "customs_report.chinese"}  # each has a `LANGUAGE`, and adds its writers to `messages.LANGUAGES`


class Language:
    """English, and what another language overrides."""

    code = ENGLISH
    name = "English"
    tag = "en"  # of a page
    region = "gb"  # of a PDF
    tall = False  # are its characters taller than Latin capitals?
    large = 1e9  # the unit of charts of money
    by_thousands = True  # can the number format of a spreadsheet, which divides by thousands, write money in its large units?
    grouping = True  # are thousands marked off in charts?
    date_formats: Mapping[str, str] = {  # of spreadsheets and native charts, by what they show
        "year": "yyyy", "month": "mmm yyyy", "date": "d mmm yyyy", "time": "d mmm yyyy hh:mm:ss",
    }  # fmt: skip

    def written(self, value: float, unit: str, style: str = "text", step: float | None = None) -> Written:
        """A number as a reader sees it; arguments as of `numbers.write`."""
        return numbers.written(value, unit, style, step)

    def write(self, value: float, unit: str, style: str = "text", step: float | None = None) -> str:
        return self.written(value, unit, style, step).text

    def period_text(self, key: str) -> str:
        """A period, span or date."""
        return period_text(key)

    def month_alone(self, key: str) -> str:
        """A month or span without its year, where the year is plain."""
        return period_text(key).split()[0]

    def in_full(self, value: float, unit: str) -> str:
        """A value as it is calculated with, in its plain unit."""
        return numbers.in_full(value, unit)

    def unit_in_words(self, unit: str) -> str:
        return numbers.unit_in_words(unit)

    def word(self, text: str) -> str:
        """A fixed word or phrase (a column's header, a button, a heading), by its English text."""
        return text

    def words(self) -> dict[str, str]:
        """The fixed words that are not as in English."""
        return {}

    # where a number comes from

    def term(self, text: str) -> str:
        """A term of the list that says it: "Value", "Formula"."""
        return text

    def label(self, tables: Tables, fact: Fact, period: str) -> str:
        """What a fact of the report of a period is."""
        said = str(fact.label)
        return said[:1].upper() + said[1:]

    def question(self, helper: Callable[..., Any]) -> str:
        """The question that a helper answers."""
        return f"{(helper.__doc__ or '').split('?')[0]}?"

    def formula(self, how: str) -> str:
        return numbers.readable(how)

    def role(self, role: str) -> str:
        """What an input is to a formula."""
        return role.replace("_", " ")

    def values(self, count: int) -> str:
        return f"{count} values"

    def source(self, name: str) -> str:
        """A publication, by its English name."""
        return name

    def of_many_sources(self, first: str, last: str, count: int) -> str:
        return f"{first}; …; {last} ({count} sources in all)"

    def stage(self, stage: str) -> str:
        return stage

    def released(self, days: Sequence[str], bases: Sequence[str]) -> str:
        """Release days, and how they are known."""
        first, last = period_text(days[0]), period_text(days[-1])
        written = " and ".join(map(period_text, days)) if len(days) <= 2 else f"{len(days)} days from {first} to {last}"
        return f"{written} ({'; '.join(bases)})"

    def citation(self, text: str, count: int) -> str:
        """The label of a number that is cited again."""
        return f"{text}, citation {count}"


@lru_cache
def language(code: str) -> Language:
    """The language with this code; raises InputError, naming the nearest, for an unknown one."""
    if code == ENGLISH:
        return Language()
    if code not in PACKAGES:
        raise unknown("language", code, (ENGLISH, *PACKAGES))
    return import_module(PACKAGES[code]).LANGUAGE


def of_page(tag: str | None) -> Language:
    """The language of a page, by its `lang`; English for a part of one, which has none."""
    return language((tag or ENGLISH).partition("-")[0])
