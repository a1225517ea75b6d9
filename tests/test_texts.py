"""The texts with their true verdicts: well-formed, and true of the data."""

from __future__ import annotations

import functools
from collections import Counter

import pytest
import yaml
from truths import FOLDER, KNOWN, Truth, all_truths, conditions

from customs_report.calculations.lines import disjoint_lines
from customs_report.claims import NOT_TESTABLE, OF_ALL, REVISED, VERDICTS, judge, read
from customs_report.errors import InputError
from customs_report.fact_check import claim_facts
from customs_report.facts import Facts
from customs_report.report import open_report
from customs_report.tables import ranked_partners

TRUTHS = {truth.name: truth for truth in all_truths()}
QUICK = ("02-newspaper-trillion-surplus", "20-currency-euro")
each = pytest.mark.parametrize("name", TRUTHS)


# --- form ---------------------------------------------------------------------------------------------------------------


def test_texts_of_many_kinds_a_part_of_them_held_out():
    assert len(TRUTHS) == len(list(FOLDER.glob("*.txt"))) >= 56
    assert len(TRUTHS) / 7 < sum(truth.held_out for truth in TRUTHS.values()) < len(TRUTHS) / 2
    assert len({truth.kind for truth in TRUTHS.values()}) >= 20
    verdicts = Counter(claim["verdict"] for truth in TRUTHS.values() for claim in truth.claims)
    assert set(VERDICTS) - set(verdicts) == {REVISED}  # which no claim can be on the day of its article
    assert verdicts["contradicted"] >= 40


@each
def test_sentences_stand_in_the_text_in_order_and_quotes_in_their_sentence(name):
    truth, end = TRUTHS[name], 0
    for sentence in truth.sentences:
        place = truth.text.find(sentence["text"], end)
        assert place >= 0, sentence["text"]
        end = place + len(sentence["text"])
        for claim in sentence["claims"]:
            assert sentence["text"].count(claim["quote"]) == 1, claim["quote"]


@each
def test_no_number_stands_outside_of_the_sentences(name):
    rest = TRUTHS[name].text
    for sentence in TRUTHS[name].sentences:
        rest = rest.replace(sentence["text"], "", 1)
    assert not any(letter.isdigit() for letter in rest)


@each
def test_claims_have_the_fields_and_words_of_the_readme(name):
    for sentence in TRUTHS[name].sentences:
        assert set(sentence) <= {"text", "is_trade", "why", "claims"}
        assert sentence["claims"] or (sentence["is_trade"] == "false" and sentence["why"])
        assert (sentence["is_trade"] == "true") == any(claim["is_trade"] == "true" for claim in sentence["claims"])
        for claim in sentence["claims"]:
            assert {"quote", "is_trade", "fact", "verdict", "why"} <= set(claim)
            assert claim["verdict"] in VERDICTS or (claim["verdict"], claim["is_trade"]) == ("null", "false")
            assert claim["verdict"] != REVISED
            assert claim.get("now", REVISED) in VERDICTS
            assert claim["fact"] != "null" or claim["verdict"] in (NOT_TESTABLE, "null")
            assert claim["why"]


# --- truth --------------------------------------------------------------------------------------------------------------


@functools.cache
def facts_of(period: str, day: str) -> Facts:
    try:
        return open_report(period, day, claim_facts).facts
    except InputError as error:  # nothing of the period was public
        return Facts(period, day, gaps={"*": str(error)})


@functools.cache
def lines() -> frozenset[str]:
    tables = open_report("2025-11", KNOWN).tables
    return ranked_partners(tables).union(*(disjoint_lines(tables, flow) for flow in ("export", "import")))


def judged(path, truth: Truth, claim: dict, day: str) -> str:
    """The verdict on a claim as of a day, each period by its own facts; the worst of them counts."""
    found = []
    for period, tests in conditions(claim).items():
        row = {"id": "claim", "says": claim["quote"], "test": tests}
        row |= {key: claim[key] for key in ("printed", "unit", "tolerance") if key in claim}
        content = {"title": truth.name, "published": truth.date, "period": period, "claims": [row]}
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
        article = read(str(path))
        then = facts_of(period, truth.date)
        found.append(judge(article.claims[0], facts_of(period, day), then, lines=lines()).verdict)
    return found[0] if len(found) == 1 else max(found, key=OF_ALL.index)


def prove(truth: Truth, path) -> None:
    for claim in truth.claims:
        if claim["fact"] == "null":
            continue
        verdicts = claim["verdict"], claim.get("now", claim["verdict"])
        assert (judged(path, truth, claim, truth.date), judged(path, truth, claim, KNOWN)) == verdicts, claim["quote"]
        for period, tests in conditions(claim).items():
            if verdicts == (NOT_TESTABLE, NOT_TESTABLE):
                continue
            names = [test.split()[0].replace("{currency}", c) for test in tests for c in ("usd", "cny")]
            assert any(n in facts_of(period, day) for n in names for day in (truth.date, KNOWN)), claim["quote"]


@pytest.mark.parametrize("name", QUICK)
def test_verdicts_are_those_of_the_facts(name, tmp_path):
    prove(TRUTHS[name], tmp_path / "claims.yml")


@pytest.mark.deep
@each
def test_all_verdicts_are_those_of_the_facts(name, tmp_path):
    prove(TRUTHS[name], tmp_path / "claims.yml")


def test_the_seed_article_has_every_claim_of_its_file():
    """Each fact that a hand-written claim tests is also tested by a claim of the text, against the same printed figure."""
    truth = TRUTHS[QUICK[0]]
    article = read("2025-12-08-trillion-surplus")
    assert (truth.date, {period for claim in truth.claims if claim["fact"] != "null" for period in conditions(claim)}) == (
        article.published,
        {article.period},
    )
    stated = {
        (test.split()[0], claim.get("printed"))
        for claim in truth.claims
        if claim["fact"] != "null"
        for test in conditions(claim)[article.period]
    }
    printed = {(c.fact, None if claim.printed is None else str(claim.printed)) for claim in article.claims for c in claim.test}
    assert printed <= stated
