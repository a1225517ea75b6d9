"""`check-text`: the score on texts, sentences and paraphrases made from facts, hostile input, the command and the form."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from text_score import Score, score, verdicts_of
from truths import FOLDER, all_truths

from customs_report import cli
from customs_report.claims import CONTRADICTED, HOLDS, ONLY_IN, read
from customs_report.errors import InputError
from customs_report.explore_texts import Texts
from customs_report.texts import check_text
from customs_report.texts.checking import facts_of
from customs_report.texts.documents import LONGEST, MOST_BYTES, read_text, sentences
from customs_report.texts.figures import figures
from customs_report.texts.meaning import Reader
from customs_report.vintages import known_tables

DAY, PERIOD = "2025-12-08", "2025-11"
SEED = "02-newspaper-trillion-surplus"
QUICK = (SEED, "01-agency-exports-november", "15-social-posts")  # all of one month and the one before
RECALL, PRECISION = 0.8, 0.95
TRUTHS = {truth.name: truth for truth in all_truths()}


# --- texts --------------------------------------------------------------------------------------------------------------


def total(names) -> Score:
    return sum((score(TRUTHS[name], verdicts_of(TRUTHS[name])) for name in names), Score())


def assert_goals(found: Score) -> None:
    assert found.recall >= RECALL, found
    assert found.precision >= PRECISION, found
    assert found.precision_now >= PRECISION, found


def test_texts_of_one_month_are_read_as_well_as_we_promise():
    assert_goals(total(QUICK))


@pytest.mark.deep
def test_all_texts_are_read_as_well_as_we_promise():
    assert_goals(total(TRUTHS))


def test_the_score_counts_what_is_wrong_and_what_is_missed():
    truth = TRUTHS[SEED]
    found = verdicts_of(truth)
    assert score(truth, []) == Score(sentences=7)
    wrong = [type(found[0])(verdict.place, "no such verdict", "no such verdict") for verdict in found]
    assert (score(truth, wrong).right, score(truth, wrong).reached) == (0, score(truth, found).reached)


def test_the_seed_article_comes_out_as_in_its_hand_written_file():
    """Every claim of the file that has a figure or names a place is found in the text, with the same fact and printed figure."""
    text = TRUTHS[SEED].text_as_written
    found = {
        (finding.judged_then.claim.test[0].fact, finding.judged_then.claim.printed)
        for finding in check_text(text, DAY).findings
        if finding.judged_then
    }
    stated = {
        (claim.test[0].fact, claim.printed) for claim in read("2025-12-08-trillion-surplus").claims if claim.printed is not None
    }
    assert stated <= found


# --- sentences made from facts ------------------------------------------------------------------------------------------

GROWTH = (
    "China's {flow} {rose} {size}% in November on a year earlier in {currency} terms.",
    "In {currency} terms, {flow} {rose} by {size} per cent in November.",
    "China: Nov {flow} {sign}{size}% y/y in {code}",
    "{Flow} were {size}% {up} on the year in November, in {currency}.",
)
LEVELS = (
    "China's {flow} came to {amount} billion {unit} in November.",
    "In November, {flow} totalled {before}{amount}bn.",
    "The country's {flow} in November stood at {amount} billion {unit}, customs said.",
)
TOTALS = [(flow, currency) for flow in ("exports", "imports") for currency in ("usd", "cny")]


@pytest.fixture(scope="module")
def facts():
    return facts_of(PERIOD, DAY, False)


def growth_sentence(pattern: str, flow: str, currency: str, percent: Decimal) -> str:
    up = percent >= 0
    words = {"usd": ("dollar", "USD"), "cny": ("yuan", "CNY")}[currency]
    return pattern.format(
        flow=flow, Flow=flow.capitalize(), size=abs(percent), sign="+" if up else "-", rose="rose" if up else "fell",
        up="up" if up else "down", currency=words[0] if "terms" in pattern else {"usd": "dollars", "cny": "yuan"}[currency], code=words[1],
    )  # fmt: skip


def level_sentence(pattern: str, flow: str, currency: str, amount: Decimal) -> str:
    unit, before = {"usd": ("dollars", "$"), "cny": ("yuan", "RMB")}[currency]
    return pattern.format(flow=flow, amount=amount, unit=unit, before=before)


def verdicts(text: str) -> list[str]:
    return [finding.then for finding in check_text(text, DAY).findings]


@given(st.sampled_from(GROWTH), st.sampled_from(TOTALS), st.decimals(-3, 3, places=1))
@settings(max_examples=40, deadline=None)
def test_growth_is_reproduced_as_it_is_and_contradicted_where_it_is_changed(facts, pattern, of, change):
    flow, currency = of
    true = round(Decimal(repr(facts[f"{flow}_{currency}_month_yoy"].value)), 1)
    assert verdicts(growth_sentence(pattern, flow, currency, true)) == ["reproduced"]
    if abs(change) >= Decimal("0.2"):
        assert verdicts(growth_sentence(pattern, flow, currency, true + change)) == [CONTRADICTED]


@given(st.sampled_from(LEVELS), st.sampled_from(TOTALS), st.decimals("1.01", 2, places=2))
@settings(max_examples=40, deadline=None)
def test_levels_are_reproduced_as_they_are_and_contradicted_where_they_are_changed(facts, pattern, of, factor):
    flow, currency = of
    true = round(Decimal(repr(facts[f"{flow}_{currency}_month"].value)) / 10**9, 1)
    assert verdicts(level_sentence(pattern, flow, currency, true))[0] in HOLDS
    assert verdicts(level_sentence(pattern, flow, currency, round(true * factor, 1))) == [CONTRADICTED]


@pytest.mark.parametrize(
    ("code", "said"),
    [("USA", "the United States"), ("EU27", "the EU"), ("ASEAN", "Southeast Asia"), ("VNM", "Vietnam"), ("AFRICA", "Africa")],
)
def test_partners_are_found_by_their_names(facts, code, said):
    percent = facts[f"partner.{code}.exports_cny_month_yoy"].value
    rose, size = ("rose" if percent >= 0 else "fell"), f"{abs(percent):.1f}"
    assert verdicts(f"China's exports to {said} {rose} {size}% in November in yuan.") == ["reproduced"]
    assert verdicts(f"China's exports to {said} {'fell' if rose == 'rose' else 'rose'} {size}% in November in yuan.") == [
        CONTRADICTED
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Vietnam's exports rose 15.1% in November.",
        "China's factory output rose 4.8% in November.",
        "Chinese garlic exports fell 12% in November.",
        "Exports of rare earth magnets rose 20% in November.",
        "Germany exported 5.9% more in November.",
        "Steelmakers in China shipped 5.9% more in November.",
        "China's services exports rose 5.9% in November.",
        "The chip maker's sales rose 5.9%.",
        "Exports, a fifth of GDP, matter to China.",
    ],
)
def test_what_is_of_something_else_gets_no_verdict(text):
    assert not any(verdicts(text))
    assert all(finding.why for finding in check_text(text, DAY).findings)


@pytest.mark.parametrize("before", ["", "China's exports rose 5.9% in dollars in November and imports 1.9%. "])
def test_figures_of_something_else_get_no_verdict_in_any_company(before):
    lines = [line for line in (FOLDER.parent / "other-figures.txt").read_text("utf-8").splitlines() if line[0] != "#"]
    for line in lines:
        found = check_text(before + line, "2025-12-15").findings
        assert not [finding.quote for finding in found if finding.then and finding.sentence.start >= len(before)], line


def test_a_figure_in_euros_is_not_testable_and_says_why():
    (finding,) = check_text("China's exports were worth €284bn in November.", DAY).findings
    assert (finding.then, finding.why) == ("not testable", "customs publishes yuan and dollars only")


# --- paraphrases of facts -----------------------------------------------------------------------------------------------

PARAPHRASES = [line for line in (FOLDER.parent / "paraphrases.txt").read_text("utf-8").splitlines() if line[0] != "#"]
PLACE = re.compile(r"\[([\w.]+):?(\w*)\]")
SIZES = {"": 1, "k": 1e3, "m": 1e6, "bn": 1e9, "tn": 1e12}
RIGHT = (*HOLDS, *ONLY_IN.values())


@pytest.fixture(scope="module")
def ranked_facts():
    return facts_of(PERIOD, DAY, True)


def filled(line: str, facts, changed: bool = False) -> str:
    """A paraphrase with the sizes of its facts, or with other ones."""

    def size(found: re.Match[str]) -> str:
        value, scale = abs(facts[found[1]].value), found[2]
        if changed:
            value = value * 1.07 if scale or value > 1000 else value + 2.3
        return f"{value / SIZES[scale]:,.{0 if scale == 'k' or value > 1000 > SIZES[scale] else 2 if scale in ('m', 'tn') else 1}f}"

    return PLACE.sub(size, line).replace(" | ", "\n")


def figure_verdicts(text: str) -> list[str]:
    """The verdicts on the figures of a text, without those on words of rank."""
    return [finding.then for finding in check_text(text, DAY).findings if re.search(r"\d", finding.quote) and finding.then]


def test_paraphrases_of_facts_are_understood_and_reproduced(ranked_facts):
    found = [verdict for line in PARAPHRASES for verdict in figure_verdicts(filled(line, ranked_facts))]
    assert {*found} <= {*RIGHT}
    assert len(found) >= RECALL * sum(len(PLACE.findall(line)) for line in PARAPHRASES)


def test_no_paraphrase_with_other_figures_is_reproduced(ranked_facts):
    found = [verdict for line in PARAPHRASES for verdict in figure_verdicts(filled(line, ranked_facts, changed=True))]
    assert {*found} == {CONTRADICTED}
    assert len(found) >= RECALL * sum(len(PLACE.findall(line)) for line in PARAPHRASES)


def test_a_figure_that_is_right_of_other_months_is_not_understood_where_the_text_leaves_them_open(facts):
    month, ytd = (round(Decimal(repr(facts[f"exports_cny_{over}_yoy"].value)), 1) for over in ("month", "ytd"))
    assert month != ytd
    open_text = "In November trade held up. From January to November it did, too.\n\nIn yuan, exports rose by {}%."
    (finding,) = check_text(open_text.format(month), DAY).findings
    assert (finding.then, finding.why[:8]) == ("", "it is no")
    assert verdicts(open_text.format(ytd)) == ["reproduced"]  # the months named last
    assert verdicts(f"In yuan, exports rose by {month}% from January to November.") == [CONTRADICTED]


def test_what_is_contradicted_is_said_in_full(facts):
    """A wrong figure of something that words leave open is not understood."""
    assert verdicts("China's exports rose by 9.9% in dollars in November.") == [CONTRADICTED]
    assert verdicts("China's exports rose by 9.9% in dollars in November in Guangdong.") == [""]
    assert verdicts("China's exports of zithers rose by 9.9% in dollars in November.") == [""]


# --- hostile input ------------------------------------------------------------------------------------------------------

ALPHABET = st.sampled_from(
    [*"abc XYZ.,;:()%$€£¥+-−–/\n\t0123456789'’\"", "exports ", "China ", " in ", "November ", " per cent", "bn ", "half a "]
)


@given(st.lists(ALPHABET, max_size=120).map("".join) | st.text(max_size=200))
@settings(deadline=None)
def test_any_text_is_read_without_an_error(text):
    reader = Reader(known_tables(), PERIOD)
    written = sentences(text)
    reader.look_ahead(written)
    one_line = " ".join(text.split())
    for sentence in written:
        assert one_line[sentence.start :].startswith(sentence.text)
        for statement in reader.read(sentence):
            assert 0 <= statement.start < statement.end <= len(sentence.text)


@pytest.mark.parametrize(
    "unit",
    ["a ", "1,", "1 ", "(", "half ", "in November ", "exports and imports ", "first time ", "twenty ", "$1bn ", "the largest "],
)
def test_the_work_for_a_sentence_grows_with_its_length_alone(unit):
    """Steps of the interpreter, not seconds: twice the text takes at most about twice as many."""

    def steps(text: str) -> int:
        count = 0

        def trace(frame, event, argument):
            nonlocal count
            count += 1

        sys.setprofile(trace)
        try:
            for sentence in sentences(text):
                Reader(known_tables(), PERIOD).read(sentence)
        finally:
            sys.setprofile(None)
        return count

    short, long = (unit * (size // len(unit)) for size in (LONGEST // 8, LONGEST // 2))
    steps(short)  # names that are looked up for the first time
    steps(long)
    assert steps(long) <= 20 * steps(short) + 5_000


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\x00\x01PNG", "binary"),
        ("Exporté".encode("latin-1"), "UTF-8"),
        (b"a" * (MOST_BYTES + 1), "bytes"),
        (b" \n ", "empty"),
        (b"word " * 20_000, "no sentence ends"),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(tmp_path, capsys, data, said):
    path = tmp_path / "article.txt"
    path.write_bytes(data)
    with pytest.raises(SystemExit) as ended:
        cli.main(["check-text", str(path), "--date", DAY])
    error = capsys.readouterr().err
    assert ended.value.code == 2
    assert said in error
    assert len(error.splitlines()) == 1


def test_a_page_is_read_as_its_reader_sees_it(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(
        "<!doctype html><title>News</title><script>var a = '5%'</script><h1>Exports rise 5.9%</h1><p>China's exports<br>were up.</p>",
        encoding="utf-8",
    )
    text = read_text(str(path))
    assert "var a" not in text
    assert [sentence.text for sentence in sentences(text)][:1] == ["Exports rise 5.9%"]


# --- reading ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "value", "unit"),
    [
        ("$1.08tn", "1.08e12", "USD"), ("24.46tn yuan", "24.46e12", "CNY"), ("RMB 3.2 bn", "3.2e9", "CNY"), ("-27 per cent", "-27", "percent"),
        ("half a per cent", "0.5", "percent"), ("one point two trillion dollars", "1.2e12", "USD"), ("97.7 mt", "97.7e6", "tonnes"),
        ("five percent", "5", "percent"), ("MINUS 28.7%", "-28.7", "percent"), ("7.8 million barrels a day", "7.8e6", "barrels a day"),
    ],
)  # fmt: skip
def test_figures_in_digits_and_words(said, value, unit):
    (figure,) = figures(f"It was {said} then")
    assert (figure.value, figure.unit) == (Decimal(value), unit)


def test_sentences_are_split_where_a_reader_would():
    text = "China vs. the U.S. in Nov. 2025\n\nExports rose 5.9%. Imports (up 1.9%) did\nnot.\n- one: 3.5%\n- two"
    assert [sentence.text for sentence in sentences(text)] == [
        "China vs. the U.S. in Nov. 2025", "Exports rose 5.9%.", "Imports (up 1.9%) did not.", "one: 3.5%", "two",
    ]  # fmt: skip


# --- command and form ---------------------------------------------------------------------------------------------------

ARTICLE = "China's exports rose 5.9% in dollar terms in November. The surplus was $211.68 billion. Its GDP grew 4.8%."


def run(capsys, *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        cli.main(["check-text", *arguments, "--date", DAY])
    assert not ended.value.code
    return capsys.readouterr().out


def test_the_command_shows_verdicts_with_arithmetic_and_what_it_did_not_understand(tmp_path, capsys):
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    out = run(capsys, str(path))
    assert max(map(len, out.splitlines())) <= 80
    flat = " ".join(out.split())
    assert "3 figures:" in flat
    assert "“5.9%”: growth of exports on a year earlier, in dollars, November 2025" in flat
    assert "the claim, $211.68 billion, is higher by $100.00 billion" in flat
    assert "Released 8 December 2025" in flat
    assert "Not understood: “4.8%” in “Its GDP grew 4.8%.”: about something else: GDP" in flat


def test_the_command_reads_standard_input_and_writes_json(monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ARTICLE.encode())))
    rows = json.loads(run(capsys, "-", "--json"))
    assert [row["verdict"] for row in rows] == ["reproduced", CONTRADICTED, "not understood"]
    assert rows[1]["then"]["computed"] == 111.68


def test_verdicts_do_not_depend_on_the_order_of_sets():
    (name,) = (name for name in TRUTHS if name.startswith("56"))
    command = [
        sys.executable,
        "-m",
        "customs_report",
        "check-text",
        str(FOLDER / f"{name}.txt"),
        "--date",
        TRUTHS[name].date,
        "--json",
    ]
    seeds = (os.environ | {"PYTHONHASHSEED": seed} for seed in "123")
    said = {subprocess.run(command, env=seed, capture_output=True, check=True).stdout for seed in seeds}
    assert len(said) == 1


def test_a_day_is_needed(capsys):
    with pytest.raises(InputError, match="day"):
        check_text(ARTICLE, "")
    with pytest.raises(SystemExit) as ended:
        cli.main(["check-text", "-", "--date", "yesterday"])
    assert ended.value.code == 2


def test_the_form_shows_the_same_and_names_what_is_wrong():
    form = Texts(ARTICLE, DAY)
    form.button.click()
    for said in ("growth of exports on a year earlier", "contradicted", "$211.68 billion", "Not understood", "GDP"):
        assert said in form.shown.value
    form.text.value = "<script>alert(1)</script> Exports rose 5.9% in November."
    form.button.click()
    assert "<script>" not in form.shown.value
    form.published.value = "yesterday"
    form.button.click()
    assert 'role="alert"' in form.shown.value
