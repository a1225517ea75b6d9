"""Profiles: the subject is found however it is written, every number is proved in both faces, no partner's words break."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs_report.errors import Refused
from customs_report.facts import plain
from customs_report.profile import found, open_profile, subjects
from customs_report.prose import partner_profile as words
from customs_report.publish import build, many, proof

MONTH = "2025-11"
ALL = [each["partner"] for each in subjects("partner_profile", MONTH, "", {"partner": "all"})]


def answer(tables, name: str) -> str:
    """The code of a partner, or what the refusal says."""
    try:
        return found(tables, name)
    except Refused as refused:
        return str(refused)


@pytest.mark.parametrize("name", ["USA", "usa", "us", "United States", "united  STATES", "美国", "Ｕnited States"])
def test_a_partner_is_found_by_any_of_its_names(now, name):
    assert found(now, name) == "USA"


def test_an_accent_makes_no_difference(now):
    assert found(now, "Viêt Nàm") == found(now, "VNM") == "VNM"


def test_every_code_names_itself(now):
    assert [found(now, code.lower()) for code in now.partner_list["partner"]] == list(now.partner_list["partner"])


@given(st.text(max_size=30))
def test_any_text_is_a_partner_or_is_refused_in_one_line(now, name):
    told = answer(now, name)
    assert told in set(now.partner_list["partner"]) or told.startswith("there is no partner")
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "USA\n", "<script>", "USA/../x", "Untied States"])
def test_a_hostile_name_never_becomes_part_of_a_path(now, name):
    told = answer(now, name)
    assert re.fullmatch(r"\w+", told) or "nearest" in told


def test_a_miss_lists_the_nearest(now):
    with pytest.raises(Refused, match=r"nearest: .*USA \(United States\)"):
        found(now, "Untied States")


def test_facts_of_the_united_states_are_those_customs_printed():
    facts = open_profile("partner", "USA", MONTH).facts
    assert facts["partner.USA.exports_cny_ytd_yoy"].text == "−18.3%"
    assert facts["partner.USA.imports_cny_ytd_yoy"].text == "−12.5%"
    assert facts["partner.USA.rank_ytd"].value == 3
    assert facts["partner.USA.share_ytd"].text == "8.9%"
    assert not any(name.startswith(("partner.VNM", "commodity")) for name in facts)


def test_a_profile_leaves_the_facts_of_its_month_alone():
    first = open_profile("partner", "USA", MONTH)
    first.facts.cite("partner.USA.share_ytd")
    again = open_profile("partner", "USA", MONTH)
    assert not again.facts.cited
    assert "partner.USA.share_ytd_change" not in open_profile("partner", "VNM", MONTH).facts


@pytest.mark.parametrize("code", ALL)
def test_the_words_of_every_partner_are_well_formed(code):
    report = open_profile("partner", code, MONTH)
    exhibits = [getattr(words, name)(report) for name in ("size", "months", "growth", "share", "watch", "goods", "members")]
    told = [words.headline(report), *words.standfirst(report), *words.main_points(report)]
    told += [runs for each in exhibits for runs in (each.claim, *each.sentences)]
    for text in map(plain, told):
        assert not re.search(r"nan|None|  |\{|~| the the ", text), text


@pytest.mark.parametrize("code", ["USA", "ASEAN", "BRI"])
def test_every_number_of_a_profile_is_proved_in_both_faces(code):
    parameters = {"partner": code, "period": MONTH, "as_of": ""}
    executed, report = build.run("partner_profile", parameters)
    files = build.render(executed, report, "partner_profile", parameters)
    page = files["html"].decode()
    assert "could not be made" not in page
    assert proof.prove_html(page, report.facts.as_json(), build.lookup(report)) == []
    assert proof.prove_pdf(files["pdf"], page) == []


def test_a_set_is_named_after_its_subject():
    (order,) = many.orders([MONTH], notebook="partner_profile", parameters={"partner": "USA"})
    assert order.name == "partner_profile-USA"
