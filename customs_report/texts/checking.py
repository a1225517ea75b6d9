"""Check a text: every figure of China's trade that is understood, judged by what was known on its day and by now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial

from customs_report.calculations.fact_builders import stated_facts
from customs_report.claims import NOT_TESTABLE, Judgement, judge
from customs_report.errors import InputError
from customs_report.facts import Facts
from customs_report.names import label_of_name
from customs_report.periods import shift
from customs_report.report import open_report
from customs_report.tables import Tables
from customs_report.texts.choosing import Choice, choose
from customs_report.texts.documents import Sentence, sentences
from customs_report.texts.meaning import Reader
from customs_report.texts.statements import Reading, Statement
from customs_report.vintages import day, known_tables, newest_month


@dataclass(frozen=True)
class Finding:
    """A figure of a text: where it stands, what it was understood as, and the verdicts; without verdicts, why not.

    `start` and `end` are places in the text on one line.
    """

    sentence: Sentence
    start: int
    end: int
    understood: str = ""
    judged_then: Judgement | None = None
    judged_now: Judgement | None = None
    why: str = ""
    about: str = ""

    @property
    def quote(self) -> str:
        return self.sentence.text[self.start - self.sentence.start : self.end - self.sentence.start]

    @property
    def then(self) -> str:
        return self.judged_then.verdict if self.judged_then else NOT_TESTABLE if self.about else ""

    @property
    def now(self) -> str:
        return self.judged_now.verdict if self.judged_now else NOT_TESTABLE if self.about else ""


@dataclass(frozen=True)
class CheckedText:
    """The findings of a text, in order of writing, the day it was published, and that of the newest data."""

    published: str
    known: str
    findings: tuple[Finding, ...]


@lru_cache(maxsize=32)
def facts_of(period: str, as_of: str, order: bool) -> Facts:
    """The facts of a period that texts state, as known on a day (or now); where nothing was public none, with the reason."""
    try:
        return open_report(period, as_of, partial(stated_facts, order=order)).facts
    except InputError as error:
        return Facts(period, as_of, gaps={"*": str(error)})


FactsOf = Callable[..., Facts]


def check_text(text: str, published: str, facts_of: FactsOf = facts_of) -> CheckedText:
    """What is true of the figures in a text that was published on a day?

    Raises InputError for a day that is none or lies before the data, and for what is no text.
    """
    tables, published = known_tables(), day(published)
    if not published:
        raise InputError(f"the day of the text is needed, like {tables.newest_release}")
    reader = Reader(tables, _newest(known_tables(published), published))
    written = sentences(text)
    reader.look_ahead(written)
    check = _Check(published, tables, facts_of)
    findings = [finding for sentence in written for finding in check.findings(sentence, reader.read(sentence))]
    return CheckedText(published, tables.newest_release, tuple(findings))


def _newest(known: Tables, published: str) -> str:
    """The month that a text speaks of if it names none: the one before its day, or until that is known the one before that."""
    before = shift(published[:7], -1)
    return max(shift(before, -1), min(before, newest_month(known)))


@dataclass(frozen=True)
class _Check:
    """Judges statements by what was known on a day, and by now."""

    published: str
    tables: Tables
    facts_of: FactsOf

    def findings(self, sentence: Sentence, statements: Sequence[Statement]) -> list[Finding]:
        """Amounts first: the growth rates beside them are of the same months."""
        found: dict[int, Finding] = {}
        spans: dict[int, tuple[str, str]] = {}
        for i, statement in sorted(enumerate(statements), key=lambda each: each[1].is_rate):
            found[i] = Finding(sentence, sentence.start + statement.start, sentence.start + statement.end)
            if not statement.readings:
                found[i] = replace(found[i], why=statement.why, about=statement.about)
                continue
            try:
                choice = choose(statement, self._judge, spans.get(statement.group) if statement.is_rate else None)
                found[i] = self._judged(found[i], choice)
            except InputError as error:
                found[i] = replace(found[i], why=str(error))
            else:
                if choice.certain and not statement.is_rate:
                    spans[statement.group] = choice.reading.span
        return [found[i] for i in sorted(found)]

    def _judge(self, reading: Reading) -> Judgement:
        facts = self.facts_of(reading.period, self.published, order=reading.order)
        return judge(reading.claim, facts, words_of=_words(self.tables, reading, facts))

    def _judged(self, found: Finding, choice: Choice) -> Finding:
        understood = self._understood(choice.reading)
        if choice.instead:
            return replace(found, why=f"it may be {understood}, or {self._understood(choice.instead)}")
        if not choice.certain:
            return replace(found, why=f"it is not certain that it is {understood}")
        reading = choice.reading
        of = partial(self.facts_of, reading.period, order=reading.order)
        now = judge(reading.claim, of(""), of(self.published), words_of=_words(self.tables, reading, of("")))
        return replace(found, understood=understood, judged_then=choice.judgement, judged_now=now)

    def _understood(self, reading: Reading) -> str:
        facts = self.facts_of(reading.period, "", order=reading.order)
        return understood_as(reading, _words(self.tables, reading, facts))


def _words(tables: Tables, reading: Reading, facts: Facts) -> Callable[[str], str]:
    """What a fact is called: its label, or for one that is not held the one that it would have."""

    def words(name: str) -> str:
        fact = facts.by_name.get(name)
        return str(fact.label) if fact else label_of_name(tables, name, reading.period)

    return words


def understood_as(reading: Reading, words: Callable[[str], str]) -> str:
    """What a figure was understood as, in words."""
    condition = reading.claim.test[0]
    label = words(condition.fact.replace("{currency}", "cny"))
    return label.replace("in yuan", "in dollars or in yuan") if "{currency}" in condition.fact else label
