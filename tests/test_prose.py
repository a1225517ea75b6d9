"""What selected months say, and what a report says if data are missing; every month: tests/test_prose_all_months.py."""

from __future__ import annotations

import pytest

from customs_report import exhibits
from customs_report.facts import Runs, plain
from customs_report.report import Report

EXHIBITS = [
    "balance",
    "trade",
    "season_and_calendar",
    "year_to_date",
    "partners",
    "regions",
    "exports_by_commodity",
    "imports_by_commodity",
    "key_figures",
    "revised_figures",
]


def words_of(report: Report) -> list[Runs]:
    """Every sentence of a report: headline first."""
    words = (getattr(exhibits, name)(report).words for name in EXHIBITS)
    sentences = (runs for each in words for runs in (each.claim, *each.sentences))
    return [exhibits.headline(report), *exhibits.standfirst(report), *exhibits.remarks(report), *sentences]


@pytest.mark.parametrize(
    ("period", "as_of", "headline"),
    [
        ("2025-11", "2025-12-08", "China’s trade surplus for the year passes $1 trillion, a first in the series since 2008"),
        ("2025-11", "", "China’s trade surplus for the year passes $1 trillion, a first in the series since 2008"),
        (
            "2012-02",
            "",
            "China runs a trade deficit of $4.3 billion in January–February 2012, of $31.5 billion in February alone",
        ),
        ("2025-01", "", "China’s trade surplus over twelve months passes $1 trillion, a first in the series since 2008"),
        ("2026-06", "", "China’s exports rose by 26.9% and imports by 35.9% in June 2026, in dollars"),
        ("2026-07", "", "China’s exports rose by 23.9% and imports by 27.6% in July 2026, in dollars"),
        (
            "2020-02",
            "",
            "China runs a trade deficit of $7.3 billion in January–February 2020, of $62.0 billion in February alone",
        ),
    ],
)
def test_headlines_of_the_golden_months(reported, period, as_of, headline):
    assert plain(exhibits.headline(reported(period, as_of))) == headline


def test_the_news_day_tells_the_story_of_the_news(reported):
    report = reported("2025-11", "2025-12-08")
    text = " ".join(plain(runs) for runs in words_of(report))
    for said in (
        "November’s surplus of $111.7 billion is the third-largest of any month since 2008 and the largest since June 2025.",
        "the surplus adds up to $1.076 trillion",
        "Only January 2025 ($137.9 billion) and June 2025 ($114.8 billion) brought more.",
        "ASEAN, the European Union and the United States are the largest partners, in this order",
        "Exports to the United States fell by 18.3% in January–November 2025",
    ):
        assert said in text


def test_february_leads_with_two_months_and_january_says_when_it_came_out(reported):
    february = [plain(s) for s in exhibits.standfirst(reported("2025-02"))]
    assert february[0].startswith("In January–February 2025")
    remarks = " ".join(plain(r) for r in exhibits.remarks(reported("2025-01")))
    assert "Customs published January together with February, on 7 March 2025." in remarks


def test_what_is_not_held_is_named_on_the_first_page_and_in_its_place(reported):
    report = reported("2012-02")
    remarks = [plain(r) for r in exhibits.remarks(report)]
    assert "Partners and regions: no table of partners held before January 2024." in remarks
    assert plain(exhibits.partners(report).words.claim) == "Partners: no table of partners held before January 2024"
    assert "only the headline is available" in " ".join(plain(r) for r in exhibits.remarks(reported("2026-08")))


def test_growth_that_differs_by_currency_stands_on_page_one_once(reported):
    report = reported("2026-07")
    page_one = [plain(said) for said in (*exhibits.remarks(report), *exhibits.main_points(report))]
    exports, imports = (
        "exports rose by 23.9% in dollars and by 17.8% in yuan",
        "imports rose by 27.5% in dollars and by 21.2% in yuan",
    )
    assert [sum(told in said for said in page_one) for told in (exports, imports)] == [1, 1]
    assert "The currency matters: in July 2026, " + exports + ", as first published." in page_one


def test_a_table_without_growth_or_without_lines_says_why(reported):
    february = [plain(s) for s in exhibits.exports_by_commodity(reported("2025-02")).words.sentences]
    assert "Growth of the export lines: neither printed nor a year-earlier figure held." in february
    remarks = [plain(r) for r in exhibits.remarks(reported("2025-01"))]
    assert "Export commodities: the table of January 2025 is not held." in remarks


def test_a_change_in_billions_says_so_and_only_where_there_is_one(reported):
    for period, shown in (("2012-02", True), ("2026-07", False)):
        cells = [plain(cell) for row in exhibits.key_figures(reported(period)).bodies[0].rows for cell in row.cells if cell]
        assert any(cell.endswith(" bn") for cell in cells) == shown
        assert any("(bn)" in plain(note) for note in exhibits.key_figures(reported(period)).words.notes) == shown
