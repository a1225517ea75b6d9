"""Simplified Chinese: the language of `--language zh`, with a writer for each kind of message of the brief."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from customs_report.chinese import brief, front_page, labels, news_points, numbers, origins  # noqa: F401  # their writers are registered
from customs_report.chinese.grammar import CODE
from customs_report.chinese.words import TERMS, WORDS
from customs_report.facts import Fact
from customs_report.languages import Language
from customs_report.messages import NoWriter
from customs_report.numbers import Written
from customs_report.tables import Tables


class Chinese(Language):
    """Numbers, periods, fixed words and the origin of figures in Simplified Chinese."""

    code = CODE
    name = "Chinese"
    tag = "zh-CN"
    region = "cn"
    tall = True
    large = 1e8
    by_thousands = False
    grouping = False
    date_formats: Mapping[str, str] = {
        "year": 'yyyy"年"', "month": 'yyyy"年"m"月"', "date": 'yyyy"年"m"月"d"日"', "time": 'yyyy"年"m"月"d"日" hh:mm:ss',
    }  # fmt: skip

    def written(self, value: float, unit: str, style: str = "text", step: float | None = None) -> Written:
        return numbers.written(value, unit, style, step)

    def period_text(self, key: str) -> str:
        return numbers.period_text(key)

    def month_alone(self, key: str) -> str:
        return numbers.month_alone(key)

    def in_full(self, value: float, unit: str) -> str:
        return numbers.in_full(value, unit)

    def unit_in_words(self, unit: str) -> str:
        return numbers.unit_in_words(unit)

    def word(self, text: str) -> str:
        if text not in WORDS:
            raise NoWriter(f"no word for {text!r} in language {self.code!r}")
        return WORDS[text]

    def words(self) -> dict[str, str]:
        return WORDS

    def term(self, text: str) -> str:
        return TERMS[text]

    def label(self, tables: Tables, fact: Fact, period: str) -> str:
        return labels.label(tables, fact.name, period)

    def question(self, helper: Callable[..., Any]) -> str:
        return origins.question(helper.__name__)

    def formula(self, how: str) -> str:
        return origins.formula(how)

    def role(self, role: str) -> str:
        return origins.role(role)

    def values(self, count: int) -> str:
        return f"{count}个数值"

    def source(self, name: str) -> str:
        return origins.source(name)

    def of_many_sources(self, first: str, last: str, count: int) -> str:
        return f"{first}；……；{last}（共{count}个来源）"

    def stage(self, stage: str) -> str:
        return self.word(stage)

    def released(self, days: Sequence[str], bases: Sequence[str]) -> str:
        first, last = self.period_text(days[0]), self.period_text(days[-1])
        shown = "和".join(map(self.period_text, days)) if len(days) <= 2 else f"{first}至{last}的{len(days)}天"
        return f"{shown}（{'；'.join(bases)}）"

    def citation(self, text: str, count: int) -> str:
        return f"{text}，第{count}次引用"


LANGUAGE = Chinese()
