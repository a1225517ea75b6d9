"""How numbers are written, and that sentences contain no number that is not a fact."""

from __future__ import annotations

import re

import facts_by_hand
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs_report.facts import Cite, Fact, Facts, Mark, NotAvailable, plain, say
from customs_report.numbers import period_text, write

UNITS = ["USD", "CNY", "percent", "percentage points", "tonnes", "units", "CNY per tonne"]
NUMBERS = st.floats(-9e13, 9e13, allow_nan=False)


def fact(name: str = "exports_usd_month", value: float = 330.0e9, unit: str = "USD", step: float | None = 1e8) -> Fact:
    return facts_by_hand.fact(name, value, unit, stage="revised", step=step)


@pytest.mark.parametrize(
    ("value", "unit", "style", "step", "text"),
    [
        (109.9e9, "USD", "text", 1e8, "$109.9 billion"),
        (1.0682e12, "USD", "text", 1e8, "$1.068 trillion"),
        (-31.5e9, "USD", "text", 1e8, "−$31.5 billion"),
        (-31.5e9, "USD", "size", 1e8, "$31.5 billion"),
        (806e9, "USD", "text", 1e10, "$810 billion"),
        (1080e9, "USD", "bn", 1e10, "1,080"),
        (1068.2e9, "USD", "bn", 1e8, "1,068.2"),
        (2.345634e12, "CNY", "text", 1, "2.346 trillion yuan"),
        (5.83, "percent", "signed", None, "+5.8%"),
        (-0.04, "percent", "text", None, "0.0%"),
        (-2.69, "percentage points", "text", None, "−2.7 percentage points"),
        (1.0, "percentage points", "text", None, "1.0 percentage point"),
        (1, "rank", "largest", None, "largest"),
        (3, "rank", "largest", None, "third-largest"),
        (12, "rank", "largest", None, "12th-largest"),
        (22, "rank", "ordinal", None, "22nd"),
        (1, "months", "text", None, "1 month"),
        (8, "months", "count", None, "eight"),
        (4.9e7, "tonnes", "text", None, "49.0 million tonnes"),
        (122347.2, "CNY per unit", "text", None, "122,347 yuan per unit"),
    ],
)
def test_a_number_is_written_as_a_reader_expects(value, unit, style, step, text):
    assert write(value, unit, style, step) == text


@given(NUMBERS, st.sampled_from(UNITS), st.sampled_from(["text", "size", "signed"]))
def test_signs_are_single_and_true(value, unit, style):
    text = write(value, unit, style)
    assert "-" not in text
    assert text.count("−") + text.count("+") <= 1
    assert not (style == "size" and re.search("[−+]", text))
    assert not ("−" in text and value > 0)
    assert "nan" not in text
    assert "  " not in text


@given(NUMBERS, st.sampled_from([1e7, 1e8, 1e9, 1e10]))
def test_nothing_is_written_finer_than_it_was_printed(value, step):
    shown = write(value, "USD", "bn", step).replace(",", "").replace("−", "-")
    decimals = len(shown.partition(".")[2])
    assert 10 ** (9 - decimals) >= min(step, 1e9) * 0.999


@pytest.mark.parametrize(
    ("key", "text"),
    [("2025", "2025"), ("2025-11", "November 2025"), ("2025-12-08", "8 December 2025"),
     ("2025-01/2025-11", "January–November 2025"), ("2024-12/2025-02", "December 2024–February 2025")],
)  # fmt: skip
def test_periods_are_written_in_words(key, text):
    assert period_text(key) == text


def test_a_sentence_cites_facts_and_marks_periods():
    facts = Facts("2025-11", "2025-12-08", {"exports_usd_month": fact()})
    runs = say("Exports were {exports} in {month}.", exports=facts["exports_usd_month"], month="2025-11")
    assert plain(runs) == "Exports were $330.0 billion in November 2025."
    assert [type(run) for run in runs] == [str, Cite, str, Mark, str]


def test_a_number_typed_into_a_sentence_is_refused():
    with pytest.raises(ValueError, match="the sentence contains a typed digit"):
        say("Exports rose by 5 percent.")


def test_a_misspelt_cell_or_style_names_those_that_there_are():
    with pytest.raises(ValueError, match=r"no cell 'export' for the template .*; it has: exports"):
        say("Exports were {export}.", exports=fact())
    with pytest.raises(ValueError, match="no way of writing called 'foo'; all: text, ") as raised:
        say("Exports were {exports:foo}.", exports=fact())
    for style in str(raised.value).partition("all: ")[2].split(", "):
        assert write(3, "USD", style)


def test_a_missing_fact_says_why_by_name_by_family_or_by_the_nearest():
    facts = Facts(
        "2012-02", "", {"exports_usd_month": fact()}, {"partner.*": "no table before 2024-01", "balance_usd_ytd": "a hole"}
    )
    for name, why in (("partner.USA.share_ytd", "no table before 2024-01"), ("balance_usd_ytd", "a hole"), ("export_usd_month", "nearest: exports_usd_month")):  # fmt: skip
        with pytest.raises(NotAvailable, match=why):
            facts[name]


def test_the_numbers_of_facts_json_are_plain():
    printed = Facts("2025-11", "2025-12-08", {"exports_usd_month": fact()}).as_json("monthly_report")
    assert printed["facts"][0] == {
        "name": "exports_usd_month", "label": "exports_usd_month", "value": 330.0e9, "unit": "USD", "text": "$330.0 billion", "step": 1e8, "how": "printed",
        "sources": ["gacc-bulletin-2, bulletin, released 2025-12-08 (printed)"], "stage": "revised",
    }  # fmt: skip
