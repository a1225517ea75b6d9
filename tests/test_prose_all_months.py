"""Every paragraph of every month: well formed, short, not repeated, and no word that contradicts its number.

The names of the paragraphs are read from the notebook: a new exhibit is tested without a line here. All months are
opened once in a run in depth, the others are content with fewer.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import pytest

from customs_report import exhibits
from customs_report.calculations.lunar import new_year
from customs_report.display import Exhibit, Tile
from customs_report.facts import Cite, Mark, Runs, plain
from customs_report.periods import span
from customs_report.publish.inputs import NOTEBOOKS
from customs_report.report import Report

MONTHS = span("2008-01", "2026-08")
QUICK = [*MONTHS[:192:13], *MONTHS[192:]]  # years enough to see each month of the year, and all months with partners
VINTAGES = [("2025-11", "2025-12-08"), ("2019-06", "2019-07-20"), ("2024-02", "2024-03-10"), ("2020-03", "2026-08-21")]
SHOWN = dict.fromkeys(
    re.findall(r"exhibits\.(\w+)\(report\b", (NOTEBOOKS / "monthly_report.ipynb").read_text(encoding="utf-8"))
)
ELSEWHERE = {"traces", "key_facts"}  # tests/test_trace.py
LONGEST = {"claim": 12, "sentence": 30, "note": 30}  # words
STYLE = (NOTEBOOKS.parent / "docs" / "style.md").read_text(encoding="utf-8").split("## Words")[1]
UP, DOWN = (
    r"rose|risen|rising|edged up|added|adding|raised|gained|grew|a rise of|\bup",
    r"fell|fallen|falling|edged down|took|taking|lost|lowered|a fall of|\bdown",
)
MORE, LESS = " (?:more|higher|faster|later|longer|larger)\\b", " (?:less|lower|fewer|slower|earlier|shorter|smaller)\\b"


@dataclass(frozen=True)
class Passage:
    """A claim, sentence or note, and where it stands: the report's period and day, the name of its paragraph."""

    period: str
    as_of: str
    paragraph: str
    kind: str
    runs: Runs

    @property
    def text(self) -> str:
        return plain(self.runs)

    @property
    def where(self) -> tuple[str, ...]:
        return self.period, self.as_of, self.paragraph, self.text


def told_by(report: Report) -> Iterator[Passage]:
    for name in SHOWN.keys() - ELSEWHERE:
        for kind, runs in _parts(getattr(exhibits, name)(report)):
            yield Passage(report.period, report.as_of, name, kind, runs)


def _parts(shown) -> Iterator[tuple[str, Runs]]:
    """What a function of `exhibits` returns: one line, an exhibit, sentences, tiles, or terms with their texts."""
    if isinstance(shown, Exhibit):
        shown = shown.words
        yield from [("claim", shown.claim), *(("sentence", s) for s in shown.sentences), *(("note", n) for n in shown.notes)]
    elif all(isinstance(part, Tile) for part in shown):
        yield from (("line", line) for tile in shown for line in (tile.figure, *tile.lines))
    elif all(
        isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], str | tuple) and isinstance(part[1], tuple | list)
        for part in shown
    ):
        for _, texts in shown:
            yield from (("term", text) for text in (texts if isinstance(texts, list) else [texts]))
    elif all(isinstance(part, tuple) for part in shown):
        yield from (("sentence", sentence) for sentence in shown)
    else:
        yield ("line", shown)


@pytest.fixture(scope="module")
def reports(reported, deep) -> list[Report]:
    return [reported(*vintage) for vintage in VINTAGES] + [reported(period) for period in (MONTHS if deep else QUICK)]


@pytest.fixture(scope="module")
def told(reports) -> list[list[Passage]]:
    """All texts of each report."""
    return [list(told_by(report)) for report in reports]


@pytest.fixture(scope="module")
def everything(told) -> list[Passage]:
    return [one for report in told for one in report]


def test_every_paragraph_of_the_notebook_is_among_them(everything):
    assert {one.paragraph for one in everything} == SHOWN.keys() - ELSEWHERE
    assert len(SHOWN) > 30


def test_no_text_is_clumsy(everything):
    for one in everything:
        assert one.text, one.where
        assert not re.search(r"\b(nan|NaN|None|inf|ever)\b|  |\{|\}|\b(\w+) \2\b", one.text), one.where
        assert not re.search(r"[\w%] [,.;:)]|\( |,,|;;|\.\.|, \.", one.text), one.where
        assert not re.search(r"\b(by|fell|rose|off|added|away|than|lowered|raised|of) [−+]\D?\d", one.text), one.where
        assert "price" not in one.text.lower() or one.kind in ("note", "term"), one.where


def test_points_stand_beside_the_growth_that_they_add_up_to(everything):
    """Of a month both rest on last year’s first figures, of the year to date both on the base of printed growth."""
    compared = Counter()
    for one in everything:
        names = [run.name for run in one.runs if isinstance(run, Cite)]
        if one.paragraph == "main_points" and any(name.startswith("contribution.") for name in names):
            over = "month" if any("_cny_month." in name for name in names) else "ytd"
            whole = [name for name in names if re.fullmatch(r"(exports|imports)_cny_(month|ytd)_yoy.*", name)]
            end = "_month_yoy_computed" if over == "month" else "_ytd_yoy"
            assert all(name.endswith(end) for name in whole), one.where
            compared[over] += len(whole)
    assert min(compared["month"], compared["ytd"]) > 0


def test_claims_have_no_full_stop_and_sentences_have_one(everything):
    for one in everything:
        if one.kind in ("claim", "sentence", "note"):
            assert one.text[0].isupper() or one.text[0].isdigit(), one.where
            assert one.text.endswith(".") == (one.kind != "claim"), one.where
            assert "_" not in one.text, one.where


def test_no_sentence_is_long(everything):
    for one in everything:
        for sentence in re.split(r"(?<=[a-z%\d)]\.) (?=[A-Z])", one.text):
            words = len(sentence.split())
            assert words <= LONGEST.get(one.kind, 10**6), (words, *one.where)


def banned(table: str) -> re.Pattern[str]:
    """The words in the first column of a table of docs/style.md, whole, in any case."""
    words = [word for row in re.findall(r"^\| (`[^|]+)\|", table, re.MULTILINE) for word in re.findall("`([^`]+)`", row)]
    return re.compile(r"\b(?:" + "|".join(map(re.escape, words)) + r")\b", re.IGNORECASE)


def test_no_text_has_a_word_that_the_style_sheet_bans(everything):
    anywhere, method_only = map(banned, STYLE.split("notes on method only"))
    assert anywhere.search("The levels are not held.")
    assert not anywhere.search("Printing")
    assert method_only.search("Fisher")
    for one in everything:
        assert not anywhere.search(one.text), one.where
        assert one.kind in ("note", "term") or not method_only.search(one.text), one.where


@pytest.mark.parametrize("notebook", sorted(NOTEBOOKS.glob("*_*.ipynb")), ids=lambda path: path.stem)
def test_the_headings_of_sections_are_short_and_have_no_banned_word(notebook):
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    headings = [
        line.lstrip("# ") for cell in cells if cell["cell_type"] == "markdown" for line in cell["source"] if line[0] == "#"
    ]
    for heading in headings:
        assert len(heading.split()) <= LONGEST["claim"], heading
        assert not banned(STYLE).search(heading), heading


def test_a_paragraph_has_at_most_four_sentences(told):
    for report in told:
        for name in SHOWN:
            sentences = [one for one in report if one.paragraph == name and one.kind == "sentence"]
            assert len(sentences) <= {"main_points": 5, "what_to_watch": 5}.get(name, 4), sentences[0].where


def test_nothing_is_said_twice_in_a_report(told):
    for report in told:
        seen: dict[str, Passage] = {}
        for one in report:
            if one.kind in ("claim", "sentence"):
                assert one.text not in seen, (seen[one.text].paragraph, *one.where)
                seen[one.text] = one


def shape(runs: Runs) -> tuple:
    """The template of a sentence: its words, with numbers and names masked."""
    return tuple(run if isinstance(run, str) else type(run) for run in runs)


def test_neighbours_are_no_twins(told):
    for report in told:
        for one, other in pairwise(one for one in report if one.kind == "sentence"):
            if one.paragraph == other.paragraph:
                assert shape(one.runs) != shape(other.runs), (one.text, *other.where)
                assert one.text.split()[:3] != other.text.split()[:3], (one.text, *other.where)


def direction(one: Passage, place: int) -> int:
    """What the words say of a change that stands without its sign: 1 up, -1 down, 0 nothing."""
    before = re.split(r"[;:(]|, while ", plain(one.runs[:place]))[-1]
    after = plain(one.runs[place + 1 :])
    if found := re.match(f"(?P<more>{MORE})|(?P<less>{LESS})", after):
        return (1 if found["more"] else -1) * (-1 if "year earlier" in before else 1)  # "a year earlier it was lower"
    verbs = re.findall(f"({UP})|({DOWN})", before)
    return 0 if not verbs else 1 if verbs[-1][0] else -1


def test_a_word_for_rise_or_fall_agrees_with_its_number(reports, told):
    seen = {1: 0, -1: 0}
    for report, texts in zip(reports, told, strict=True):
        for one in texts:
            for place, run in enumerate(one.runs):
                changes = isinstance(run, Cite) and re.search(
                    r"_(yoy|change|mom|mean|contribution)$|^base_revision\.|_effect$|^(contribution|growth_gap|mirror\.gap)",
                    run.name,
                )
                if not changes or run.style != "size" or run.name.startswith("net."):  # net imports rise as net trade falls
                    continue
                if way := direction(one, place):
                    assert report.facts[run.name].value * way > 0, (run.name, *one.where)
                    seen[way] += 1
    assert min(seen.values()) > 4 * len(reports)


def test_gains_are_positive_and_losses_negative(everything):
    for one in everything:
        for part in re.split(r"(?=largest )", one.text):
            assert not (part.startswith("largest gain") and "−" in part), one.where
            assert not (part.startswith("largest loss") and "+" in part), one.where


def test_headlines_are_short_and_fewer_than_half_lead_with_a_record(told):
    headlines = [one.text for report in told for one in report if one.paragraph == "headline"]
    assert len(headlines) == len(told)
    assert all(len(text.split()) <= 16 and not text.endswith(".") for text in headlines)
    assert sum("largest" in text for text in headlines) < len(headlines) / 2


def test_no_number_stands_on_page_one_more_than_twice_and_no_theme(reports):
    for report in reports:
        tiles = [line for tile in exhibits.tiles(report) for line in (tile.figure, *tile.lines)]
        page = [exhibits.headline(report), *exhibits.standfirst(report), *exhibits.main_points(report), *tiles]
        numbers = Counter(run.text.lstrip("+−") for runs in page for run in runs if isinstance(run, Cite))
        most, times = numbers.most_common(1)[0]
        assert times <= 3 if _same_by_chance(page, most) else times <= 2, (report.period, report.as_of, most)
        themes = [point.theme for point in report.points]
        assert len(themes) == len({*themes}) <= 5
        assert len(exhibits.standfirst(report)) <= 1, report.period
        assert len(exhibits.remarks(report)) <= 2, report.period


def _same_by_chance(page: list[Runs], number: str) -> bool:
    """Do several facts of page one have the same text, as where growth of the month is that of the year?"""
    runs = (run for line in page for run in line)
    return len({run.name for run in runs if isinstance(run, Cite) and run.text.lstrip("+−") == number}) > 1


def test_where_currencies_part_or_a_holiday_moves_page_one_says_so(reports):
    for report in reports:
        kinds = {doubt.theme for doubt in report.doubts}
        if kinds:
            assert exhibits.standfirst(report), (report.period, kinds)


def test_ranks_are_told_only_with_history(everything):
    for one in everything:
        if one.period < "2010-01":
            assert "largest of any month" not in one.text, one.where


def test_no_adjusted_change_is_told_that_methods_or_revisions_do_not_bear_out_and_none_in_a_claim(reports, told):
    count, silent = 0, 0
    for report, texts in zip(reports, told, strict=True):
        calendar = [one for one in texts if one.paragraph == "season_and_calendar"]
        cited = [
            run
            for one in calendar
            if one.kind == "sentence"
            for run in one.runs
            if isinstance(run, Cite) and run.name.startswith("momentum.")
        ]
        assert not any(
            isinstance(r, Cite) and r.name.startswith(("adjusted.", "momentum."))
            for one in calendar
            if one.kind == "claim"
            for r in one.runs
        )
        for run in cited:
            changes = [report.facts[f"{run.name}{method}"].value for method in ("", "_seats", "_x11")]
            assert min(changes) * max(changes) > 0, report.period
            assert abs(changes[0]) > max(changes) - min(changes), report.period
            base = run.name.removesuffix("_month").replace("momentum", "adjusted")
            for revision in ("_mean_revision", "_month_mom_mean_revision") if run.name.endswith("_month") else ():
                assert abs(changes[0]) > report.facts[base + revision].value, report.period
        count += len(cited)
        of_month = [run for run in cited if run.name.endswith("_month")]
        silent += not of_month and "adjusted.exports_usd_month" in report.facts
    assert count > len(reports)
    assert silent


def test_the_lunar_new_year_of_the_sentence_is_the_tables(reports):
    for report in reports:
        marks = [
            run.key
            for s in exhibits.season_and_calendar(report).words.sentences
            for run in s
            if isinstance(run, Mark) and run.kind == "date"
        ]
        if report.period[5:] in ("01", "02", "03"):
            assert marks[:1] == [new_year(int(report.period[:4])).isoformat()]
