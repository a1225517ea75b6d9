"""Claims of an article: expected verdicts of the article in the data, invalid claims files, a new claim without code."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from operator import eq, ge, gt, le, lt, ne

import pandas as pd
import pytest
from both_faces import prove_pdf
from facts_by_hand import fact
from hypothesis import example, given
from hypothesis import strategies as st

from customs_report import cli, schema
from customs_report.calculations.cleantech import cleantech_exports, cleantech_facts
from customs_report.claims import (
    CONTRADICTED,
    NOT_TESTABLE,
    REPRODUCED,
    REVISED,
    ROUNDED,
    VERDICTS,
    Claim,
    Condition,
    compare,
    judge,
    read,
)
from customs_report.errors import InputError
from customs_report.exhibits.fact_checks import entries, sources, tiles, verdicts
from customs_report.fact_check import open_check
from customs_report.facts import Facts
from customs_report.facts import plain as text_of
from customs_report.names import label_of_name
from customs_report.numbers import period_text
from customs_report.provenance import Source
from customs_report.publish import build, many, proof
from customs_report.tables import as_of as as_known

NEWS = "2025-12-08-trillion-surplus"
YUAN = "true in yuan only"
GOLDEN = {  # claim -> verdict on the day of the article, verdict now
    "surplus-ytd": (REPRODUCED, REVISED),
    "surplus-first-time": (REPRODUCED, REPRODUCED),
    "exports-ytd-cny": (REPRODUCED, REPRODUCED),
    "exports-ytd-growth": (YUAN, YUAN),
    "exports-ytd-usd": (NOT_TESTABLE, CONTRADICTED),
    "imports-ytd-cny": (REPRODUCED, REPRODUCED),
    "imports-ytd-usd": (NOT_TESTABLE, CONTRADICTED),
    "imports-rose": (YUAN, YUAN),
    "surplus-november": (REPRODUCED, REVISED),
    "surplus-november-rank": (REPRODUCED, REPRODUCED),
    "surplus-no-other-nation": (NOT_TESTABLE, NOT_TESTABLE),
    "manufactures-drive": (CONTRADICTED, CONTRADICTED),
    "vehicles-regions": (NOT_TESTABLE, REPRODUCED),
    "asean-first": (REPRODUCED, REPRODUCED),
    "eu-second": (REPRODUCED, REPRODUCED),
    "eu-share": (REPRODUCED, REPRODUCED),
    "eu-hightech": (NOT_TESTABLE, REPRODUCED),
    "us-exports-fall": (ROUNDED, ROUNDED),
    "us-third": (REPRODUCED, REPRODUCED),
    "us-total-cny": (REPRODUCED, REPRODUCED),
    "diversification": (REPRODUCED, REPRODUCED),
    "imports-modest": (YUAN, YUAN),
    "import-mix": (REPRODUCED, REPRODUCED),
}


@pytest.fixture(scope="module")
def check():
    return open_check(NEWS)


def row(check, name: str, when: str) -> dict:
    return next(j.as_json() for j in getattr(check, when) if j.claim.id == name)


# --- the news report ----------------------------------------------------------------------------------------------------


def test_every_claim_of_the_news_report_has_its_verdict_then_and_now(check):
    found = {a.claim.id: (a.verdict, b.verdict) for a, b in zip(check.then, check.now, strict=True)}
    assert found == GOLDEN


def test_a_revised_figure_is_named_as_revised(check):
    then, now = row(check, "surplus-november", "then"), row(check, "surplus-november", "now")
    assert (then["as_of"], then["printed"], then["computed"]) == ("2025-12-08", 111.68, 111.68)
    assert now["computed"] == pytest.approx(109.9)
    assert "$109.9 billion" in now["why"]
    assert "On 8 December 2025 it stood at $111.68 billion, as printed: it has been revised since." in now["why"]


def test_a_dollar_level_that_customs_did_not_print_is_not_testable_on_the_day(check):
    for name, revised in (("exports-ytd-usd", 3.4129), ("imports-ytd-usd", 2.3447)):
        then, now = row(check, name, "then"), row(check, name, "now")
        assert then["computed"] is None
        assert "not available (customs’ own sum is not available" in then["why"]
        assert now["computed"] == pytest.approx(revised, abs=5e-5)
        assert "exchange rate" not in then["why"] + now["why"]  # no dollar level of that release to convert with


def test_both_currencies_stand_in_the_numbers_of_a_claim_that_names_none(check):
    numbers = {n["name"]: n["value"] for n in row(check, "exports-ytd-growth", "then")["numbers"]}
    assert numbers["exports_cny_ytd_yoy"] == 6.2
    assert numbers["exports_usd_ytd_yoy"] == 5.4


def test_vehicles_did_not_drive_growth_above_all_while_chips_added_more(check):
    found, family = row(check, "manufactures-drive", "then"), "contribution.commodity.export_cny_ytd."
    numbers = {n["name"].removeprefix(family): n["value"] for n in found["numbers"] if n["name"].startswith(family)}
    assert numbers["mechanical_and_electrical_products"] >= 6.2 / 2
    assert numbers["motor_vehicles"] == pytest.approx(0.58, abs=0.01)
    assert numbers["integrated_circuits"] == pytest.approx(1.14, abs=0.01)  # the largest line; no aggregate is its rival
    assert "not the largest; contribution of exports of integrated circuits" in found["why"]


EMBER = {  # dollars, January to November 2025 on a year earlier, percent
    "electric_and_hybrid_vehicles": {
        "ASEAN": 77.5,
        "AFRICA": 180.1,
        "LATAM": 40.2,
        "EUROPE": 26.3,
        "WORLD": 36.1,
        "EU27": 10.6,
    },
    "all": {"EU27": 15.4},
    "batteries": {"EU27": 38.0},
    "solar": {"EU27": -21.0},
}


def test_exports_of_clean_technologies_grew_as_ember_s_figures_say(check):
    facts = check.known.facts
    for technology, growth in EMBER.items():
        for destination, percent in growth.items():
            assert round(facts[f"cleantech.{technology}.{destination}.value_usd_ytd_yoy"].value, 1) == percent
    europe = "cleantech.electric_and_hybrid_vehicles.EUROPE.share_ytd"
    assert round(facts[f"{europe}_before"].value, 1) == 43.7
    assert round(facts[europe].value, 1) == 40.5
    assert not any("cleantech" in name for name in check.published.facts)  # nothing of it was public then


def test_ember_s_figures_are_consistent_with_two_claims_and_no_more(check):
    for name, numbers in (
        ("vehicles-regions", ("77.5%", "180.1%", "40.2%", "26.3%", "40.5%")),
        ("eu-hightech", ("15.4%", "−21.0%")),
    ):
        then, now = row(check, name, "then"), row(check, name, "now")
        assert "not public by 8 December 2025" in then["why"]
        assert "This is consistent with the claim, no more:" in now["why"]
        assert all(number in now["why"] for number in numbers)
        assert "Ember" in now["why"]
    lines = [text_of(line) for says, lines in entries(check, "reproduced") for line in lines]
    assert sum("reproduced (consistent only)" in line for line in lines) == 2
    assert any("CC BY 4.0" in text_of(text) for _, text in sources(check))


def test_what_other_nations_had_is_not_testable_with_china_s_figures(check):
    found = row(check, "surplus-no-other-nation", "now")
    assert found["verdict"] == NOT_TESTABLE
    assert found["why"].startswith("with this data, which holds the trade of China only")


def test_shifts_are_judged_by_shares(check):
    numbers = {n["name"]: n["value"] for n in row(check, "diversification", "now")["numbers"]}
    assert numbers["partner.USA.exports_share_ytd_change"] < 0 < numbers["partner.BRI.total_cny_ytd_yoy"]


def test_a_fact_is_named_in_words_once_and_no_number_twice(check):
    for judgement in check.judgements:
        why = judgement.as_json()["why"]
        assert not re.search(r"\w_\w|\w\.\w+\.|\d{4}-\d{2}| - ", why), why
    assert (
        "0.2%, above zero. It is below 6.2% (growth of exports on a year earlier, in yuan, January–November 2025)."
        in row(check, "imports-modest", "now")["why"]
    )
    assert row(check, "diversification", "now")["why"].count("(growth of total trade") == 1


def test_what_reads_the_same_then_and_now_is_told_once(check):
    lines = {
        says: [text_of(line) for line in lines] for says, lines in ((text_of(a), b) for a, b in entries(check, "reproduced"))
    }
    assert lines["November’s surplus is the third largest of any month"][1].startswith("Reproduced, then and now.")


def test_with_one_vintage_nothing_speaks_of_now(capsys):
    parameters = {"period": "2025-11", "as_of": "2025-12-08", "claims": NEWS}
    executed, report = build.run("fact_check", parameters)
    assert report.one_vintage
    page = build.render(executed, report, "fact_check", parameters)["html"].decode()
    text = html.unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL))
    assert not re.search(r"\b(now|today)\b|[Ss]ince publication", text)
    (table,) = verdicts(report).bodies
    assert [text_of(column.header) for column in table.columns] == ["Claim", "Printed", "Known on 8 December 2025"]
    assert all(len(tile.lines) == 1 for tile in tiles(report))
    _, out, _ = run(capsys, NEWS, "--as-of", "2025-12-08")
    assert "Now:" not in out
    assert out.count("as known on") == 1


def test_the_page_and_the_pdf_of_the_check_are_proved_in_full():
    parameters = {"period": "2025-11", "as_of": "", "claims": NEWS}
    executed, report = build.run("fact_check", parameters)
    files = build.render(executed, report, "fact_check", parameters)  # refuses a page with a number that is no fact
    page = files["html"].decode()
    assert "Of <a href=#t" in page
    assert prove_pdf(files["pdf"], page) == []
    facts = json.loads(files["facts.json"])
    planted = re.sub(r"(\$3\.46 trillion)(?=</data>)", "$3.47 trillion", page, count=1)
    assert planted != page
    assert proof.prove_html(planted, facts, build.lookup_of(report))


# --- the command --------------------------------------------------------------------------------------------------------


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as leaving:
        cli.main.main(["claims", *arguments])
    printed = capsys.readouterr()
    return leaving.value.code, printed.out, printed.err


def test_json_has_both_verdicts_of_each_claim_and_contradictions_are_no_failure(capsys):
    code, out, err = run(capsys, NEWS, "--json")
    rows = json.loads(out)
    assert (code, err) == (0, "")
    assert [r["id"] for r in rows] == [name for name in GOLDEN for _ in range(2)]
    assert all(list(r) == ["id", "verdict", "as_of", "printed", "computed", "numbers", "why"] for r in rows)
    assert {r["verdict"] for r in rows} <= set(VERDICTS)
    assert all(r["why"] for r in rows)
    assert {r["as_of"] for r in rows[::2]} == {"2025-12-08"}


def test_the_shared_form_without_tests_is_not_testable(capsys, tmp_path):
    path = tmp_path / "claims.yml"
    path.write_text("title: T\npublished: 2025-12-08\nperiod: 2025-11\nclaims:\n  - {id: a, says: b, printed: 3, unit: rank}\n")
    code, out, _ = run(capsys, str(path), "--json")
    assert code == 0
    assert {(r["verdict"], r["why"]) for r in json.loads(out)} == {(NOT_TESTABLE, "no test given")}


def test_the_table_shows_markup_in_a_claim_as_text(capsys, tmp_path):
    path = tmp_path / "claims.yml"
    path.write_text(
        'title: "[red]T"\npublished: 2025-12-08\nperiod: 2025-11\nclaims:\n  - {id: a, says: "[bold]x\\e[31m"}\n',
        encoding="utf-8",
    )
    code, out, _ = run(capsys, str(path))
    assert code == 0
    assert "[red]T" in out
    assert "[bold]x" in out
    assert "\x1b[31m" not in out


def test_a_new_claim_with_a_test_needs_no_code(tmp_path):
    path = tmp_path / "new.yml"
    path.write_text(
        "title: T\npublished: 2025-12-08\nperiod: 2025-11\nclaims:\n"
        "  - {id: japan, says: exports to Japan, printed: 1.03, unit: trillion CNY, test: partner.JPN.exports_cny_ytd}\n"
        "  - {id: both, says: surplus, printed: 7.71, unit: trillion, test: 'balance_{currency}_ytd'}\n"
        "  - {id: cut, says: EU trade, printed: 5.36, unit: trillion CNY, test: partner.EU27.total_cny_ytd}\n"
        "  - {id: month, says: surplus, printed: 111.68, unit: billion USD, test: balance_usd_ytd}\n"
        "  - {id: africa, says: s, test: partner.AFRICA.exports_cny_ytd_yoy > partner.LATAM.exports_cny_ytd_yoy}\n"
        "  - {id: asia, says: s, test: partner.AFRICA.exports_cny_ytd_yoy > partner.ASIA.exports_cny_ytd_yoy}\n"
        "  - {id: typo, says: s, test: exprts_usd_ytd > 0}\n"
    )
    then = {j.claim.id: j for j in open_check(str(path)).then}
    assert [j.verdict for j in then.values()] == [
        *(REPRODUCED, YUAN, ROUNDED, CONTRADICTED, REPRODUCED),
        *(NOT_TESTABLE, NOT_TESTABLE),  # customs prints Asia with the bulletin only
    ]
    assert "another figure: the balance of trade, in dollars, November 2025" in then["month"].as_json()["why"]
    assert "nearest: exports_usd_ytd" in then["typo"].as_json()["why"]


def test_a_day_before_any_figure_was_public_is_not_testable_with_the_reason(tmp_path):
    path = tmp_path / "early.yml"
    path.write_text(
        "title: T\npublished: 2025-12-01\nperiod: 2025-11\nclaims:\n"
        "  - {id: a, says: s, printed: 109.9, unit: billion USD, test: balance_usd_month}\n"
    )
    check = open_check(str(path))
    assert (check.then[0].verdict, check.now[0].verdict) == (NOT_TESTABLE, REPRODUCED)
    assert check.published is None
    assert "the first date that works is 8 December 2025" in check.then[0].as_json()["why"]


# --- files that lie or break --------------------------------------------------------------------------------------------

HEAD = "title: T\npublished: 2025-12-08\nperiod: 2025-11\nclaims:\n"
GOOD = "{id: a, says: b, printed: 1, unit: percent, test: exports_usd_ytd_yoy}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "fields with their values are needed"),
        ("[1, 2", "is not YAML"),
        ("\x00\x01", "is not YAML"),
        ("&a [*a, *a]", "is not YAML"),
        ("[" * 5000, "is not YAML"),
        (HEAD, "claims: a list of claims is needed"),
        (HEAD.replace("title: T\n", "") + f"- {GOOD}", "title: it is missing"),
        (HEAD.replace("2025-12-08", "8.12.2025") + f"- {GOOD}", "published: '8.12.2025' is not a date"),
        (HEAD.replace("2025-11\n", "November\n") + f"- {GOOD}", "period: 'November' is not a month"),
        (HEAD.replace("2025-11\n", "2031-01\n") + f"- {GOOD}", "2031-01 is not in the data yet"),
        (HEAD.replace("title", "titel") + f"- {GOOD}", "titel: there is no such field; nearest: title"),
        (HEAD + "- just words", "claim 1: fields with their values are needed"),
        (HEAD + "- {says: b}", "claim 1, id: it is missing"),
        (HEAD + "- {id: A B, says: b}", "claim 1, id: 'A B' is not"),
        (HEAD + "- {id: a}", "claim a, says: it is missing"),
        (HEAD + f"- {GOOD}\n- {GOOD}", "claim a, id: it stands twice"),
        (HEAD + "- {id: a, says: b, prined: 1}", "claim a, prined: there is no such field; nearest: printed"),
        (HEAD + "- {id: a, says: b, printed: about one}", "claim a, printed: 'about one' is not a number"),
        (HEAD + "- {id: a, says: b, printed: .nan}", "claim a, printed: '.nan' is not a number"),
        (HEAD + "- {id: a, says: b, printed: 1e400}", "claim a, printed: '1e400' is not a number of this size"),
        (HEAD + "- {id: a, says: b, printed: [1]}", "claim a, printed: one text is needed"),
        (HEAD + "- {id: a, says: b, unit: percent}", "claim a, printed: a unit or a tolerance needs a printed number"),
        (HEAD + "- {id: a, says: b, printed: 1, tolerance: -2}", "claim a, tolerance: -2 is not above zero"),
        (HEAD + "- {id: a, says: b, test: exports_usd_ytd}", "claim a, test: a fact alone is compared"),
        (HEAD + "- {id: a, says: b, test: exports_usd_ytd >}", "claim a, test: 'exports_usd_ytd >' cannot be read"),
        (HEAD + "- {id: a, says: b, test: exports_usd_ytd > 1x}", "claim a, test: '1x' is not a number"),
        (HEAD + "- {id: a, says: b, test: __import__('os')}", "claim a, test: \"__import__('os')\" cannot be read"),
        (HEAD + "- {id: a, says: b, test: exports_usd_ytd > partner.*}", "claim a, test: 'exports_usd_ytd > partner.*' cannot"),
        (HEAD + "- {id: a, says: b, test: x is largest of y}", "claim a, test: 'x is largest of y' cannot be read"),
        (HEAD + "- {id: a, says: b, test: x is largest of y.*.*}", "claim a, test: 'x is largest of y.*.*' cannot be read"),
        (HEAD + "- {id: a, says: b, caveat: c}", "claim a, caveat: the claim has no test"),
        (HEAD + "- {id: a, says: b, test: x > 0, caveat: by 5 percent}", "claim a, caveat: a number is cited as a fact"),
        (HEAD + "- {id: a, says: b, test: {fact: x}}", "claim a, test: a text or a list of texts is needed; write it like"),
        (
            HEAD + "- {id: a, says: b, printed: 1, unit: trillion CNY, test: exports_usd_ytd}",
            "claim a, test: exports_usd_ytd is in USD",
        ),
        (HEAD + "- {id: a, says: b, test: exports_usd_ytd > exports_cny_ytd}", "claim a, test: exports_usd_ytd is in USD"),
    ],
)
def test_a_malformed_file_is_one_line_naming_claim_and_field(capsys, tmp_path, content, said):
    path = tmp_path / "claims.yml"
    path.write_text(content, encoding="utf-8")
    code, out, err = run(capsys, str(path))
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_file_that_is_not_there_is_one_line_with_the_nearest(capsys, tmp_path):
    assert f"nearest: {NEWS}" in run(capsys, "2025-12-08-trilion")[2]
    assert "cannot be read: No such file" in run(capsys, str(tmp_path / "none.yml"))[2]
    assert "cannot be read: Is a directory" in run(capsys, str(tmp_path))[2]
    (tmp_path / "latin.yml").write_bytes(b"title: \xff\xfe")
    assert "is not YAML" in run(capsys, str(tmp_path / "latin.yml"))[2]


def test_another_period_or_a_day_before_the_article_is_refused(tmp_path):
    with pytest.raises(InputError, match="are about 2025-11, not 2025-10"):
        many.build_report("2025-10", notebook="fact_check", out=tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(InputError, match="no figure of 2025-11 in the data was public on 2025-11-20"):
        open_check(NEWS, as_of="2025-11-20")
    path = tmp_path / "later.yml"
    path.write_text(HEAD.replace("2025-12-08", "2026-01-12") + f"- {GOOD}")
    with pytest.raises(InputError, match="was published on 2026-01-12; 2025-12-09 is earlier"):
        open_check(str(path), as_of="2025-12-09")


# --- judging, without files ---------------------------------------------------------------------------------------------

NUMBERS = st.decimals(-(10**6), 10**6, allow_nan=False, places=6)
PLACES = st.integers(0, 4)


@given(NUMBERS, PLACES)
def test_a_rounded_number_is_reproduced(value, places):
    step = Decimal(10) ** -places
    assert compare(float(value), value.quantize(step, ROUND_HALF_EVEN), step) == REPRODUCED


@given(NUMBERS, PLACES, st.sampled_from([ROUND_FLOOR, ROUND_CEILING]))
def test_a_number_cut_off_or_rounded_up_is_reproduced_at_least_otherwise(value, places, way):
    step = Decimal(10) ** -places
    printed = value.quantize(step, way)
    assert compare(float(value), printed, step) == (REPRODUCED if abs(value - printed) <= step / 2 else ROUNDED)


@given(NUMBERS, PLACES, st.decimals(1, 1000, places=3), st.booleans())
def test_a_number_one_unit_or_more_away_is_contradicted_unless_tolerated(value, places, units, up):
    step = Decimal(10) ** -places
    printed = value + units * step * (1 if up else -1)
    assert compare(float(value), printed, step) == CONTRADICTED
    assert compare(float(value), printed, step, margin=units * step) == ROUNDED


def facts_of(**values: tuple[float, str, float | None]) -> Facts:
    made = {n: fact(n, v, unit, stage="preliminary", step=step) for n, (v, unit, step) in values.items()}
    return Facts("2025-11", "2025-12-08", made)


def test_a_figure_printed_coarser_than_the_claim_agrees_as_far_as_it_goes():
    claim = Claim("a", "s", Decimal("111.68"), "USD", 10**9, test=(Condition("balance_usd_month"),))
    assert judge(claim, facts_of(balance_usd_month=(111.7e9, "USD", 1e8))).verdict == ROUNDED
    assert judge(claim, facts_of(balance_usd_month=(111.8e9, "USD", 1e8))).verdict == CONTRADICTED


def test_one_failing_condition_of_several_contradicts_even_where_another_is_not_held():
    claim = Claim("a", "s", test=(Condition("x", ">", "0"), Condition("missing", ">", "0")))
    assert judge(claim, facts_of(x=(-1.0, "percent", None))).verdict == CONTRADICTED
    assert judge(claim, facts_of(x=(1.0, "percent", None))).verdict == NOT_TESTABLE


def contributions(**points: float) -> Facts:
    return facts_of(**{f"contribution.{name}": (value, "percentage points", None) for name, value in points.items()})


@pytest.mark.parametrize(
    ("cars", "chips", "verdict"),
    [(1.2, 0.9, REPRODUCED), (0.6, 1.1, CONTRADICTED), (1.0, 0.85, NOT_TESTABLE), (0.85, 1.0, NOT_TESTABLE)],
)
def test_a_ranking_is_told_only_where_the_gap_is_larger_than_the_noise_of_the_bases(cars, chips, verdict):
    facts = contributions(cars=cars, chips=chips, machinery=5.2, toys=-0.1)
    ranking = Condition("contribution.cars", "is largest of", "contribution.*")
    comparison = Condition("contribution.cars", ">", "contribution.chips")
    for test in (ranking, comparison):
        found = judge(Claim("a", "s", test=(test,)), facts, lines={"cars", "chips", "toys"})
        assert found.verdict == verdict
        assert ("without an order" in text_of(found.why)) == (verdict == NOT_TESTABLE)
        assert {n.name for n in found.numbers} >= {"contribution.cars", "contribution.chips"}
    assert judge(Claim("a", "s", test=(ranking,)), facts).verdict == CONTRADICTED  # machinery, where all are rivals
    assert judge(Claim("a", "s", test=(ranking,)), facts, lines={"cars"}).verdict == NOT_TESTABLE


def test_a_number_reproduced_on_its_day_is_revised_since_and_a_wrong_one_contradicted():
    then, now = facts_of(x=(5.24, "percent", 0.01)), facts_of(x=(5.0, "percent", 0.1))
    for printed, first, second in (
        ("5.2", REPRODUCED, REVISED),
        ("5.3", ROUNDED, REVISED),
        ("5.5", CONTRADICTED, CONTRADICTED),
    ):
        claim = Claim("a", "s", Decimal(printed), "percent", test=(Condition("x"),))
        assert (judge(claim, then).verdict, judge(claim, now, then).verdict) == (first, second)
    claim = Claim("a", "s", test=(Condition("x", ">", "5.1"),))
    assert judge(claim, now, then).verdict == REVISED
    assert "On 8 December 2025 the claim was true" in text_of(judge(claim, now, then).reason)
    assert judge(claim, now).verdict == CONTRADICTED


def test_what_still_holds_in_one_currency_is_not_called_revised():
    test = (Condition("x_{currency}_ytd", ">", "5.1"),)
    then = facts_of(x_usd_ytd=(5.2, "percent", None), x_cny_ytd=(5.2, "percent", None))
    now = facts_of(x_usd_ytd=(5.0, "percent", None), x_cny_ytd=(5.2, "percent", None))
    assert judge(Claim("a", "s", test=test), now, then).verdict == YUAN


def test_a_caveat_stands_behind_a_test_that_holds_with_its_facts():
    facts = facts_of(x=(5.2, "percent", None), y=(-1.0, "percent", None))
    claim = Claim("a", "s", test=(Condition("x", ">", "0"),), caveat="cars {x:signed}, chips {y}, ships {z}")
    found = judge(claim, facts)
    assert (
        "This is consistent with the claim, no more: cars +5.2%, chips −1.0%, ships a figure that is not available."
        in text_of(found.why)
    )
    assert {number.name for number in found.numbers} >= {"x", "y"}
    assert "consistent" not in text_of(judge(replace(claim, test=(Condition("x", "<", "0"),)), facts).why)


def test_one_rate_behind_two_claims_is_named():
    facts = facts_of(
        exports_usd_ytd=(3.42e12, "USD", 1e9), exports_cny_ytd=(24.46e12, "CNY", 1e9),
        imports_usd_ytd=(2.34e12, "USD", 1e9), imports_cny_ytd=(16.75e12, "CNY", 1e9),
    )  # fmt: skip
    exports, imports = (
        Claim(flow, f"{flow} in dollars", Decimal(printed), "USD", 10**12, test=(Condition(f"{flow}_usd_ytd"),))
        for flow, printed in (("exports", "3.46"), ("imports", "2.37"))
    )
    found = judge(exports, facts, others=(exports, imports))
    rates = {number.name.split(".")[1]: number.value for number in found.numbers if number.name.startswith("rate.")}
    assert rates == {"claimed": pytest.approx(7.069, abs=0.001), "customs": pytest.approx(7.152, abs=0.001)}
    assert "likely a conversion at the day’s exchange rate" in text_of(found.reason)
    assert "The same rate may stand behind “imports in dollars”." in text_of(found.reason)


def test_a_rate_far_from_the_market_is_no_reason():
    facts = facts_of(exports_usd_ytd=(3.42e12, "USD", 1e9), exports_cny_ytd=(24.46e12, "CNY", 1e9))
    near, far = (
        judge(Claim("a", "s", Decimal(printed), "USD", 10**12, test=(Condition("exports_usd_ytd"),)), facts)
        for printed in ("3.46", "3.80")
    )
    assert "exchange rate" in text_of(near.reason)
    assert far.verdict == CONTRADICTED
    assert far.reason == ()


# --- every explanation is true of the numbers as they are written -------------------------------------------------------

PRINTED = st.builds(lambda units, places: Decimal(units).scaleb(-places), st.integers(-300, 300), st.integers(0, 2))
VALUES = st.builds(lambda printed, off: float(printed) + off, st.shared(PRINTED, key="p"), st.floats(-1.5, 1.5))
STEPS = st.sampled_from([None, 0.001, 0.01, 0.1, 1.0])
ROUNDINGS = {
    "rounds to": lambda figure, printed, step: abs(figure - printed) < step / 2,
    "may be rounded to": lambda figure, printed, step: abs(figure - printed) == step / 2,
    "cut off is": lambda figure, printed, step: figure.quantize(step, ROUND_DOWN) == printed,
    "rounded up is": lambda figure, printed, step: figure.quantize(step, ROUND_CEILING) == printed,
    "rounded down is": lambda figure, printed, step: figure.quantize(step, ROUND_FLOOR) == printed,
}


def number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").removesuffix("."))


@given(st.shared(PRINTED, key="p"), VALUES, STEPS, st.sampled_from([None, Decimal("0.5"), Decimal(1)]))
@example(Decimal("5.9"), 5.803, None, None)  # 5.80% is not rounded up to 5.9%
@example(Decimal("5.7"), 5.7499, None, None)
@example(Decimal("5.7"), 5.75, 0.1, None)
@example(Decimal("0.1"), 0.6, 1.0, None)  # of a figure printed in whole percent
def test_what_is_said_of_a_printed_number_is_true_of_the_digits_shown(printed, value, step, tolerance):
    claim = Claim("a", "s", printed, "percent", tolerance=tolerance, test=(Condition("x"),))
    found = judge(claim, facts_of(x=(value, "percent", step)))
    said = text_of(found.why)
    figure = number(re.search(r"([−\d.]+)%", said)[1])
    last, distance = Decimal(10) ** printed.as_tuple().exponent, abs(Decimal(repr(value)) - printed)
    if said.endswith("%, as printed."):
        assert figure == printed
    elif how := re.search(r"which ([a-z, ]+) ([−\d.]+)%\.$", said):
        if how[1].startswith("is less precise"):
            assert step > last
            assert distance <= Decimal(repr(step)) / 2
        else:
            assert number(how[2]) == printed
            assert ROUNDINGS[how[1]](figure, printed, last)
    elif "within the tolerance of" in said:
        assert distance <= tolerance
    elif "within one unit of its last digit" in said:
        assert distance <= last
    else:
        assert found.verdict == CONTRADICTED
        higher = re.search(r"is (higher|lower) by", said)[1] == "higher"
        assert higher == (printed > Decimal(repr(value)))


def test_a_figure_that_the_print_is_no_rounding_of_is_not_said_to_be_rounded():
    claim = Claim("a", "s", Decimal("5.9"), "percent", test=(Condition("x"),))
    assert text_of(judge(claim, facts_of(x=(5.803, "percent", None))).why) == (
        "x: 5.80%; 5.9% is within one unit of its last digit."
    )
    assert "5.83%, which rounded up is 5.9%." in text_of(judge(claim, facts_of(x=(5.83, "percent", None))).why)


COMPARED = {"at least": ">=", "at most": "<=", "equal to": "==", "other than": "!=", "above": ">", "below": "<"}


@given(st.floats(-2, 2), st.floats(-2, 2), st.sampled_from([*COMPARED.values()]), st.sampled_from([None, 0.01, 0.1]))
@example(0.04, 0.0, ">", None)
def test_a_comparison_is_true_of_the_digits_shown_or_says_that_they_are_rounded(value, other, comparison, step):
    facts = facts_of(x=(value, "percent", step), y=(other, "percent", step))
    said = text_of(judge(Claim("a", "s", test=(Condition("x", comparison, "y"),)), facts).why)
    first, denied, words, second, rounded = re.fullmatch(
        r"x: (\S+)%, (not )?(\D+) ([−\d.]+)% \(y\)( before rounding)?\.", said
    ).groups()
    holds = {">=": ge, "<=": le, "==": eq, "!=": ne, ">": gt, "<": lt}[COMPARED[words]]
    assert (holds(number(first), number(second)) != bool(denied)) != bool(rounded)
    assert holds(value, other) != bool(denied)


@given(st.decimals("3.3", "3.6", places=3), st.integers(2, 3))
@example(Decimal("3.445"), 3)  # a rate of 7.10 beside 7.10
def test_a_conversion_is_told_only_of_a_rate_that_is_seen_to_differ(printed, places):
    facts = facts_of(exports_usd_ytd=(3.4437e12, "USD", 1e8), exports_cny_ytd=(24.458e12, "CNY", 1e9))
    printed = printed.quantize(Decimal(10) ** -places)
    claim = Claim("a", "s", printed, "USD", 10**12, test=(Condition("exports_usd_ytd"),))
    said = text_of(judge(claim, facts).reason)
    rates = re.findall(r"([\d.]+) yuan per dollar", said)
    assert len(rates) == 2 * ("conversion" in said)
    assert not rates or rates[0] != rates[1]


def test_no_reason_is_told_where_the_number_agrees_and_another_condition_fails():
    facts = facts_of(x_usd_ytd_yoy=(5.4, "percent", 0.1), x_cny_ytd_yoy=(5.4, "percent", 0.1), y=(9.0, "percent", 0.1))
    claim = Claim("a", "s", Decimal("5.4"), "percent", test=(Condition("x_usd_ytd_yoy"), Condition("y", "<", "8")))
    found = judge(claim, facts)
    assert (found.verdict, found.reason) == (CONTRADICTED, ())
    then = facts_of(x_usd_ytd_yoy=(5.4, "percent", 0.1), y=(7.0, "percent", 0.1))
    revised = judge(claim, facts, then)
    assert text_of(revised.reason) == "On 8 December 2025 the claim was true: figures have changed since."


@given(st.floats(-20, 20), st.decimals(-20, 20, places=1))
@example(5.75, Decimal("5.7"))
@example(5.74, Decimal("5.7"))
def test_another_figure_is_named_only_where_it_rounds_to_the_number(other, printed):
    facts = facts_of(x_usd_ytd_yoy=(50.0, "percent", None), x_cny_ytd_yoy=(other, "percent", None))
    found = judge(Claim("a", "s", printed, "percent", test=(Condition("x_usd_ytd_yoy"),)), facts)
    said = re.fullmatch(r"The number is that of another figure: x_cny_ytd_yoy, (.*)%\.", text_of(found.reason))
    assert bool(said) == (abs(Decimal(f"{other:.2f}") - printed) < Decimal("0.05"))
    assert not said or number(said[1]) == Decimal(f"{other:.2f}")


def test_a_finer_print_and_a_new_rank_are_not_called_revised():
    for first, now, unit, printed, said in (
        ((111.7e9, 1e8), (111.74e9, 1e7), "USD", "111.66", "changed"),
        ((111.7e9, 1e8), (109.9e9, 1e8), "USD", "111.7", "been revised"),
        ((3, None), (4, None), "rank", "3", "changed"),
    ):
        claim = Claim("a", "s", Decimal(printed), unit, 10**9 if unit == "USD" else 1, test=(Condition("x"),))
        found = judge(claim, facts_of(x=(now[0], unit, now[1])), facts_of(x=(first[0], unit, first[1])))
        assert found.verdict == REVISED
        assert f"it has {said} since." in text_of(found.reason)


@pytest.mark.parametrize("only", ["usd", "cny"])
@given(st.floats(-50, 50), st.decimals(-50, 50, places=1))
def test_a_claim_of_which_one_currency_has_figures_is_judged_in_it_and_says_so(only, value, printed):
    words = {"usd": "dollars", "cny": "yuan"}
    mine, other = words[only], next(word for currency, word in words.items() if currency != only)
    facts = facts_of(**{f"partner.USA.exports_{only}_ytd_yoy": (value, "percent", None)})
    test = (Condition("partner.USA.exports_{currency}_ytd_yoy"),)
    found = judge(Claim("a", "s", printed, "percent", test=test), facts)
    said = text_of(found.why)
    assert found.verdict != NOT_TESTABLE
    assert said.endswith(f"It is judged in {mine}: there are no such figures in {other}.")
    assert "not available" not in said


def test_a_claim_in_a_currency_without_figures_names_that_currency_throughout(loaded):
    label = label_of_name(loaded, "partner.USA.exports_usd_ytd", "2025-11")
    assert label == "exports to the United States, in dollars, January–November 2025"
    facts = facts_of(**{"partner.USA.exports_cny_ytd": (2.7e12, "CNY", 1e8)})
    claim = Claim("a", "s", Decimal("400"), "USD", 10**9, test=(Condition("partner.USA.exports_usd_ytd"),))
    found = judge(claim, facts, words_of=lambda name: label_of_name(loaded, name, "2025-11"))
    assert found.verdict == NOT_TESTABLE
    assert text_of(found.why) == f"E{label[1:]}: not available in dollars."


def test_no_rate_is_told_between_figures_of_different_releases():
    facts = facts_of(exports_usd_ytd=(3.42e12, "USD", 1e9), exports_cny_ytd=(24.46e12, "CNY", 1e9))
    usd = facts["exports_usd_ytd"]
    facts.add(usd.name, usd, stage="revised", step=1e8)
    claim = Claim("a", "s", Decimal("3.46"), "USD", 10**12, test=(Condition("exports_usd_ytd"),))
    assert judge(claim, facts).reason == ()


def test_the_precision_of_a_printed_number_is_that_of_its_text(tmp_path):
    path = tmp_path / "claims.yml"
    path.write_text(
        HEAD + "- {id: a, says: b, printed: 1.10, unit: trillion USD}\n- {id: c, says: b, printed: −20, unit: percent}"
    )
    first, second = read(str(path)).claims
    assert first.step == Decimal("1e10")
    assert second.value == -20


# --- exports of clean technologies, compiled by Ember -------------------------------------------------------------------

DAY = "2026-04-20"


def cleantech(tables, as_of: str, rows: list[tuple]):
    """The tables as known on a day with these rows: month, technology, destination, dollars, day of release."""
    frame = pd.DataFrame(
        [(p, t, d, "USD", float(v), 1.0, "revised", day, "retrieved", "ember") for p, t, d, v, day in rows],
        columns=[*schema.TABLES["cleantech"].names],
    )
    return as_known(replace(tables, cleantech=frame), as_of)


def rows_of(months: dict[str, tuple[float, float]], day: str = DAY) -> list[tuple]:
    return [(p, "solar", d, v, day) for p, pair in months.items() for d, v in zip(("EU27", "WORLD"), pair, strict=True)]


YEARS = {"2024-01": (10, 40), "2024-02": (10, 40), "2025-01": (15, 50), "2025-02": (15, 50)}


def test_growth_and_shares_of_the_year_to_date_are_those_of_the_months(loaded):
    frame = cleantech_exports(cleantech(loaded, "2026-05-01", rows_of(YEARS)), "2025-02")
    assert frame.loc[("solar", "EU27")].to_dict() == {"value": 30, "base": 20, "growth": 50, "share": 30, "share_before": 25}
    facts = Facts("2025-02", "2026-05-01")
    cleantech_facts(facts, cleantech(loaded, "2026-05-01", rows_of(YEARS)))
    assert facts["cleantech.solar.EU27.value_usd_ytd"].value == 30
    assert facts["cleantech.solar.EU27.share_ytd_change"].value == 5
    assert facts["cleantech.solar.WORLD.value_usd_ytd_yoy"].value == 25
    assert all(fact.sources == (Source("ember", "revised", DAY, "retrieved"),) for fact in facts.values())
    assert all("Ember" in fact.how for fact in facts.values())


def test_what_was_released_after_the_day_is_not_even_history(loaded):
    for missing in (rows_of(YEARS), rows_of({p: v for p, v in YEARS.items() if p != "2025-02"}, "2025-03-01"), []):
        known = cleantech(loaded, "2025-12-08", missing)
        facts = Facts("2025-02", "2025-12-08")
        cleantech_facts(facts, known)
        assert len(facts) == 0
        assert cleantech_exports(known, "2025-02").empty
    late = [*rows_of({p: v for p, v in YEARS.items() if p[:4] == "2025"}, "2025-03-01"), *rows_of({"2024-01": (1, 1)})]
    frame = cleantech_exports(cleantech(loaded, "2025-12-08", late), "2025-02")
    assert frame.loc[("solar", "EU27"), "value"] == 30
    assert frame["growth"].isna().all()


@pytest.mark.parametrize(
    ("as_of", "rows", "why"),
    [
        ("2026-05-01", [], "not public by 2026-05-01"),
        ("2025-12-08", rows_of(YEARS), "not public by 2025-12-08"),
        ("2026-05-01", rows_of({"2024-01": (1, 2)}), "some months of the year so far are missing"),
    ],
)
def test_the_gap_says_why_no_exports_of_clean_technologies_are_known(loaded, as_of, rows, why):
    facts = Facts("2025-02", as_of)
    cleantech_facts(facts, cleantech(loaded, as_of, rows))
    assert facts.why_missing("cleantech.solar.EU27.value_usd_ytd") == why


def test_ember_is_named_in_the_words_for_each_of_its_figures(check):
    for name, words in (
        (
            "batteries.WORLD.value_usd_ytd_yoy",
            "growth of exports of batteries to the world (Ember) on a year earlier, in dollars, January–{month}",
        ),
        (
            "all.EU27.share_ytd",
            "share of the European Union in exports of clean technologies (Ember), in dollars, January–{month}",
        ),
        (
            "solar.AFRICA.share_ytd_before",
            "share of Africa in exports of solar power equipment (Ember), in dollars, January–November 2024",
        ),
    ):
        known = check.known
        assert str(known.facts[f"cleantech.{name}"].label) == words.format(month=period_text(known.period))
