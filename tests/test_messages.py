"""Exhibits select messages; a language writes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from customs_report import exhibits
from customs_report.display import Exhibit, Words
from customs_report.exhibits import commodity_profiles, fact_checks, partner_profiles
from customs_report.exhibits.front_page import front
from customs_report.fact_check import open_check
from customs_report.facts import Cell, Fact, Mark, NotAvailable, Runs, plain, say
from customs_report.messages import ENGLISH, LANGUAGES, Message, NoWriter, first_possible, message, write
from customs_report.names import Name
from customs_report.profile import open_profile
from customs_report.report import Report

VINTAGES = [("2025-11", "2025-12-08"), ("2026-07", ""), ("2020-02", ""), ("2009-01", "")]
NO_WORDS = ("compare", "key_fact_names", "key_facts", "publications", "trace", "traces")
EXHIBITS = [name for name in exhibits.__all__ if name not in NO_WORDS]
PROFILES = [
    (partner_profiles, ("partner", "USA", "2025-11")),
    (partner_profiles, ("partner", "ASEAN", "2026-07")),
    (commodity_profiles, ("commodity", "motor_vehicles", "2025-11", "", "export")),
    (commodity_profiles, ("commodity", "grain", "2026-07", "", "import")),
]
KEY = re.compile(r"\d{4}(-\d\d){0,2}(/\d{4}-\d\d)?")  # a period or date
SENTENCE = re.compile(r"\w,? \w.*\.$", re.S)
CHOICE = re.compile(r"[a-z_]*|\d+m")  # what a message can be of: "exports", "ytd", "12m"; no words of a sentence


@pytest.fixture
def selected(monkeypatch) -> list[Message]:
    """The messages that reports have written since."""
    found: list[Message] = []
    written = Report.write

    def recorded(report: Report, said: Message) -> Runs:
        found.extend(_messages(said))
        return written(report, said)

    monkeypatch.setattr(Report, "write", recorded)
    return found


def _messages(cell: Any) -> Iterator[Message]:
    """A message, and those among its cells."""
    if isinstance(cell, Message):
        yield cell
    for each in cell.cells.values() if isinstance(cell, Message) else cell if isinstance(cell, list) else ():
        yield from _messages(each)


@pytest.mark.parametrize("vintage", VINTAGES, ids="@".join)
def test_what_a_report_selects_holds_no_words_and_has_an_english_writer(reported, selected, vintage):
    report = reported(*vintage)
    for name in EXHIBITS:
        _show(getattr(exhibits, name)(report))
    _check(selected, 60)


@pytest.mark.parametrize(("module", "subject"), PROFILES, ids=lambda each: each[1] if isinstance(each, tuple) else "")
def test_what_a_profile_selects_holds_no_words_and_has_an_english_writer(selected, module, subject):
    report = open_profile(*subject)
    for name in module.__all__:
        if name not in NO_WORDS and (report.members or name not in ("members", "parts")):
            _show(getattr(module, name)(report))
    _check(selected, 30)


@pytest.mark.parametrize("as_of", ["", "2025-12-08"])
def test_what_a_fact_check_selects_holds_no_words_and_has_an_english_writer(selected, as_of):
    """But for its entries: the verdicts quote what the conditions of the claims say."""
    check = open_check("2025-12-08-trillion-surplus", "", as_of)
    for name in ("kicker", "headline", "standfirst", "tiles", "verdicts", "sources"):
        _show(getattr(fact_checks, name)(check))
    _check(selected, 10)


def _show(made: Any) -> None:
    """Make the charts and tables of an exhibit, too: their alt texts and titles are messages as well."""
    if isinstance(made, Exhibit):
        assert made.bodies is not None


def _check(selected: list[Message], kinds: int) -> None:
    assert len({said.kind for said in selected}) > kinds
    for said in selected:
        assert said.kind in LANGUAGES[ENGLISH]
        for name, cell in said.cells.items():
            for each in cell if isinstance(cell, list) else [cell]:
                fits = KEY.fullmatch(each) or CHOICE.fullmatch(each) if isinstance(each, str) else _is_no_text(each)
                assert fits, (said.kind, name, each)


def _is_no_text(cell: Any) -> bool:
    """A number, a fact, a name by its code, a reason; a quotation from the data, or a source, stands in its own words."""
    quote = isinstance(cell, Mark) and cell.kind in ("quote", "source")
    return quote or cell is None or isinstance(cell, Message | Fact | Cell | NotAvailable | Name | bool | int | float)


def _period(key: str) -> Runs:
    year, _, month = key.partition("-")
    return (Mark("period", key, f"{year}年" + (f"{int(month)}月" if month else "")),)


CHINESE = {  # the writers of one exhibit
    "balance_of_trade.balance_ranked": lambda balance, month, rank, since: say(
        "{month}顺差{balance:bn}（十亿美元），为{since}以来第{rank:rank}高",
        month=_period(month),
        balance=balance,
        rank=rank,
        since=since,
    ),
    "balance_of_trade.only_months_above": lambda months: say(
        "高于此值的只有{months}。",
        months=tuple(run for each in months for run in say("{p}（{b:bn}）", p=_period(each.row), b=each)),
    ),
    "balance_of_trade.balance_a_year_earlier": lambda change, before: say(
        "{before}{way}{change:number}。",
        before=say("上年同月为{before:bn}，", before=before) if before else (),
        way="增加" if change.value > 0 else "减少",
        change=change,
    ),
    "balance_of_trade.months_of_surplus": lambda months: say("连续{months:number}个月顺差。", months=months),
    "balance_of_trade.sum_of_twelve_months": lambda balance, largest_since: say("十二个月合计{balance:bn}。", balance=balance),
    "balance_of_trade.ranked_among": lambda months, first: say(
        "自{first}以来{months:number}个月中的位次。", months=months, first=_period(first)
    ),
    "selection.first_year": lambda year, unsure: _period(year),
}


def test_another_language_writes_what_was_selected_for_english(reported, monkeypatch):
    monkeypatch.setitem(LANGUAGES, "zh", CHINESE)
    english = reported("2025-11", "2025-12-08")
    words = exhibits.balance(replace(english, language="zh")).words
    assert plain(words.claim) == "2025年11月顺差111.7（十亿美元），为2008年以来第3高"
    assert plain(words.sentences[0]) == "高于此值的只有2025年1月（137.9）2025年6月（114.8）。"
    assert not re.search("[A-Za-z]", "".join(map(plain, (words.claim, *words.sentences, *words.notes))))
    same = exhibits.balance(english).words
    assert len(words.sentences) == len(same.sentences)
    assert plain(same.claim) == "November’s surplus, $111.7 billion, is the third-largest in data since 2008"


def test_a_language_without_a_writer_names_the_message(reported, monkeypatch):
    with pytest.raises(NoWriter, match=r"no writer of balance_of_trade\.balance_ranked in language 'zh'"):
        exhibits.balance(replace(reported("2025-11"), language="zh"))


@message
def pair(first: Fact, rest: list[Runs], often: int = 2) -> Runs:
    return say("{first} and {rest}", first=first, rest=rest[0])


@message
def alone(fact: Fact) -> Runs:
    return say("only {fact}", fact=fact)


def test_a_message_knows_its_facts_and_is_written_from_within(reported):
    facts = reported("2025-11").facts
    said = pair(facts["exports_usd_month"], [alone(facts["imports_usd_month"])])
    assert said.kind == "test_messages.pair"
    assert said.cells["often"] == 2
    assert said.facts == {"exports_usd_month", "imports_usd_month"}
    assert plain(write(said)) == f"{facts['exports_usd_month'].text} and only {facts['imports_usd_month'].text}"


def test_words_that_no_message_made_are_refused(reported):
    ready: Any = Words(("ready", " words"))
    with pytest.raises(TypeError, match=r"words are written from messages, not from \('ready', ' words'\)"):
        Exhibit.of(reported("2025-11"), lambda report: ready)


def test_sentences_stand_in_messages_alone():
    """Captions, headers and labels are no sentences; docstrings and comments are for those who read the code."""
    for path in Path(exhibits.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        sentences = {node for node in ast.walk(tree) if isinstance(node, ast.Constant) and SENTENCE.search(str(node.value))}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and any(ast.unparse(by) == "message" for by in node.decorator_list):
                sentences -= {*ast.walk(node)}
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
                sentences -= {*ast.walk(node.body[0])}
        assert not [(path.name, node.lineno, node.value) for node in sentences]


def test_a_message_whose_fact_is_missing_is_passed_over(reported):
    facts = reported("2012-03").facts
    choice = first_possible(
        lambda: None, lambda: alone(facts["partner.USA.share_ytd"]), lambda: alone(facts["exports_usd_month"])
    )
    assert choice == alone(facts["exports_usd_month"])
    assert first_possible(lambda: alone(facts["partner.USA.share_ytd"])) is None
    assert "no table of partners" in facts.gap("partner.USA.share_ytd").why


def test_writing_counts_what_is_cited_and_selecting_does_not(reported):
    report = replace(reported("2025-11"))
    report = replace(report, facts=replace(report.facts, cited={}))
    said = alone(report.facts["exports_usd_month"])
    assert not report.facts.cited
    report.write(said)
    assert list(report.facts.cited) == ["exports_usd_month"]


def test_a_number_in_words_is_refused_a_period_is_none():
    assert plain(say("in {month}, {what}", month="2025-11", what="words")) == "in November 2025, words"
    for template, what in (("the 3 largest", ""), ("{what}", "top 3")):
        with pytest.raises(ValueError, match="the sentence contains a typed digit; use a fact"):
            say(template, what=what)


def test_two_modules_do_not_share_a_kind():
    def alone(fact: Fact) -> Runs:
        return ("no",)

    alone.__module__ = "another.test_messages"
    with pytest.raises(ValueError, match=r"both have a message test_messages\.alone"):
        message(alone)


def test_page_one_is_chosen_once_a_report(reported):
    report = reported("2025-11")
    assert front(report) is front(report)
    assert plain(exhibits.headline(report)) == plain(write(front(report).headline))
