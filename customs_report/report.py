"""One report's inputs: the tables as known on a day, and every fact of the period."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from customs_report import coverage, frame_facts, frames, kept, languages, loading
from customs_report.arguments import resolved
from customs_report.calculations.fact_builders import remember, report_facts
from customs_report.calculations.newsworthy import Point, doubts, main_points
from customs_report.errors import InputError, MissingData
from customs_report.facts import Cite, Facts, Runs
from customs_report.frames import SUBJECTS, Call, by_month, call_of, silently
from customs_report.languages import ENGLISH, Language
from customs_report.messages import Message, write
from customs_report.numbers import marks, period_text
from customs_report.periods import LATEST, is_latest, last_usable, parse_month
from customs_report.schema import DATA
from customs_report.summaries import Lines, Summary
from customs_report.tables import Tables
from customs_report.vintages import check_period, day, known_tables, latest


@dataclass(frozen=True, eq=False, repr=False)
class Report(Summary):
    """What the notebook works with: period, vintage, tables and facts.

    `as_of` is the day that was asked for; where none was (`asked_as_of` is empty), the newest release that the figures of the
    report can rest on. `given` are the frames that a notebook hands to an exhibit; `own` says that its author changed one.
    `shown` names the helpers' tables that exhibits have asked for.
    """

    period: str
    as_of: str
    asked_as_of: str
    tables: Tables
    facts: Facts
    holes: pd.DataFrame
    language: str = field(default=ENGLISH, kw_only=True)
    given: tuple[pd.DataFrame, ...] = field(default=(), kw_only=True)
    own: bool = field(default=False, kw_only=True)
    shown: dict[str, None] = field(default_factory=dict, kw_only=True)

    def summary(self) -> tuple[str, Lines]:
        """What it is of, and where to find what it rests on."""
        return f"{self.title}, as known on {self.as_of}", [
            ("report.facts", f'{len(self.facts)} numbers by name, such as report.facts["exports_usd_month"]'),
            ("report.tables", "the data as known on that day, for helpers"),
            ("report.period", self.period),
        ]

    @cached_property
    def points(self) -> list[Point]:
        """The news of the month, the most important first."""
        return main_points(self.facts, self.tables)

    @cached_property
    def doubts(self) -> list[Point]:
        """What qualifies the news of the month, the strongest first."""
        return doubts(self.facts)

    @property
    def title(self) -> str:
        return f"China’s foreign trade in {period_text(self.period)}"

    @property
    def lang(self) -> Language:
        """How numbers and fixed words are written in the language of the report."""
        return languages.language(self.language)

    def word(self, text: str) -> str:
        """A fixed word in the language of the report, by its English text."""
        return self.lang.word(text)

    def cite(self, name: str, style: str = "text") -> Cite:
        """A fact's number in the language of the report; raises NotAvailable."""
        return self.facts.cite(name, style, self.language)

    def as_json(self, notebook: str = "", parameters: dict | None = None) -> dict:
        """The content of facts.json; numbers, and the labels of the facts that are cited, in the language of the report."""
        content = self.facts.as_json(notebook, parameters)
        for fact in content["facts"] if self.language != ENGLISH else ():
            fact["text"] = self.lang.write(fact["value"], fact["unit"], step=fact["step"])
            if fact["name"] in self.facts.cited:
                fact["label"] = self.lang.label(self.tables, self.facts[fact["name"]], self.period)
        return content

    def write(self, said: Message) -> Runs:
        """A message in the language of the report; its facts count as cited."""
        return self.facts.count(write(said, self.language))

    def frame(self, helper: Callable[..., pd.DataFrame], **arguments: str | int) -> pd.DataFrame:
        """The helper's frame for this period: the notebook's if it passed one, otherwise a fresh call; months as text.

        Raises InputError if the notebook passed a frame of another partner or commodity.
        """
        name, wanted = helper.__name__, resolved(helper, self.tables, self.period, **arguments)
        found = self._given(name, arguments, wanted)
        frame = by_month(silently(helper, **wanted) if found is None else found)
        if not frame.empty:
            self.shown[frames.name_of(name, wanted)] = None
        return frame

    def _given(self, name: str, arguments: dict[str, str | int], wanted: dict[str, Any]) -> pd.DataFrame | None:
        """The frame of a helper that the notebook passed."""
        for given in self.given:
            call = call_of(given)
            if call.helper == name and all(call.arguments[argument] == wanted[argument] for argument in arguments):
                return given
            if call.helper == name and (other := [part for part in SUBJECTS if wanted.get(part) != call.arguments.get(part)]):
                part = other[0]
                raise InputError(f"this exhibit is of {wanted[part]}, the frame of helpers.{name} of {call.arguments[part]}")
        return None

    def require(self, table: str) -> None:
        """Stop an exhibit that needs a row which coverage declares and the data lack (the report is then incomplete)."""
        if self.holes.empty:
            return
        missing = self.holes[(self.holes["table"] == table) & (self.holes["period"] <= self.period)]
        if len(missing):
            row = missing.iloc[-1]
            what = " ".join(part for part in (row["key"], row["flow"], row["kind"], row["currency"]) if part)
            raise MissingData(f"{table}.csv lacks {what} of {row['period']}, which coverage.csv declares as available")


def using(report: Report, given: Iterable[pd.DataFrame], *allowed: Callable[..., pd.DataFrame], **arguments: str) -> Report:
    """The report with the frames that a notebook passed to an exhibit, and with the facts that they hold.

    A frame on another base adds that base's facts under their own names. Edited cells replace their facts and everything
    computed from them, and the exhibit is marked the author's own. Raises InputError for a frame of another helper, month or
    question than the exhibit's (`arguments`: what it takes), for other rows or columns, and for one of another vintage.
    """
    given = tuple(given)
    if not isinstance(report, Report):
        kind = type(report).__name__
        raise InputError(f"an exhibit takes the report first, then frames: exhibits.balance(report, trade), not {kind}")
    if not given:
        return report
    for frame in given:
        _check(report, call_of(frame), [helper.__name__ for helper in allowed], arguments)
    facts, own = frame_facts.facts_of_frames(report.facts, report.tables, given)
    return replace(report, facts=facts, given=given, own=own)


def _check(report: Report, call: Call, allowed: list[str], arguments: dict[str, str]) -> None:
    """Raises InputError where an exhibit takes frames of another call."""
    if call.helper not in allowed:
        names = " or ".join(f"helpers.{name}" for name in allowed)
        raise InputError(f"this exhibit takes a frame of {names}, not of helpers.{call.helper}")
    if call.period != report.period:
        raise InputError(f"the frame of helpers.{call.helper} is of {call.period}, the report of {report.period}")
    for name, value in arguments.items():
        if (asked := call.arguments[name]) != value:
            raise InputError(f"this exhibit takes helpers.{call.helper} with {name}={value!r}, not {name}={asked!r}")


def open_report(
    period: str = "latest",
    as_of: str = "",
    facts_of: Callable[[Tables, str], Facts] = report_facts,
    language: str = ENGLISH,
) -> Report:
    """Which tables and facts does the report of a period rest on, as known on a day (default: everything held)?

    `facts_of` makes the facts from tables and period: by default every fact that there is.
    Raises InputError, in one line with the nearest valid value, for a period that is unknown, before the data, not yet
    published or not yet public on `as_of`, for an invalid date, and for an unknown language.
    """
    languages.language(language)
    month = LATEST if is_latest(period) else parse_month(period)
    if month and facts_of is report_facts and kept.is_on():
        return replace(_kept(month, day(as_of)), language=language)
    return _opened(period, day(as_of), facts_of, language)


def _opened(
    period: str, as_of: str, facts_of: Callable[[Tables, str], Facts] = report_facts, language: str = ENGLISH
) -> Report:
    loaded, known = loading.load(), known_tables(as_of, period)
    if is_latest(period):
        period = latest(known)
    period = check_period(period, known, loaded)
    if not as_of:
        known = _dated(known, loaded.newest_release_of(last_usable(period)))
    return Report(period, known.as_of, as_of, known, facts_of(known, period), _holes(loaded), language=language)


def _kept(period: str, as_of: str) -> Report:
    """The report as an earlier process opened it, if data and code are the same."""
    key = (period, as_of, loading.digest(), str(DATA), repr(marks()))
    report = kept.find(*key)
    if report:
        remember(report.tables, report.period, report.facts)
    else:
        report = _opened(period, as_of)
        kept.keep(report, *key)
    return report


@lru_cache(maxsize=8)
def _dated(tables: Tables, as_of: str) -> Tables:
    """All that is held, called known on this day: what was released later is of months that the report does not use."""
    return replace(tables, as_of=as_of)


@lru_cache(maxsize=2)
def _holes(loaded: Tables) -> pd.DataFrame:
    return coverage.missing(loaded)
