"""What selected months say, and what a report says if data are missing; every month: tests/test_prose_all_months.py."""

from __future__ import annotations

import pytest

from customs_report import exhibits
from customs_report.exhibits.distortions import distortion_notes
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
        ("2025-11", "2025-12-08", "China’s trade surplus tops $1 trillion for the first time, with a month to go"),
        ("2025-11", "", "China’s trade surplus tops $1 trillion for the first time, with a month to go"),
        ("2012-02", "", "China runs a trade deficit of $4.3 billion in January–February 2012"),
        ("2025-01", "", "China’s trade surplus over twelve months tops $1 trillion for the first time"),
        ("2025-10", "", "China’s exports fall 1.3%, the first fall since February 2025"),
        ("2026-06", "", "China’s monthly exports pass $400 billion for the first time"),
        ("2026-07", "", "Exports of chips double in value, not in number"),
        ("2026-08", "", "China’s exports rise 25.0% and imports 28.2% in August 2026"),
        ("2020-02", "", "First January–February deficit since 2012"),
    ],
)
def test_headlines_of_the_golden_months(reported, period, as_of, headline):
    assert plain(exhibits.headline(reported(period, as_of))) == headline


def test_the_news_day_tells_the_story_of_the_news(reported):
    report = reported("2025-11", "2025-12-08")
    text = " ".join(map(plain, [*words_of(report), *exhibits.main_points(report)]))
    for said in (
        "The surplus of January–November 2025 adds up to $1.076 trillion; no year before had passed $1 trillion.",
        "Only January 2025 ($137.9 billion) and June 2025 ($114.8 billion) brought more.",
        "ASEAN, the European Union and the United States are the largest partners, in this order",
        "Exports to the United States fell 28.7%* in yuan, the eighth straight fall, and took 4.3 points off export growth of "
        "5.6%*; the European Union (+14.7%*) added 1.9.",
        "Exports rose 5.9% in dollars on a year earlier in November 2025, after a fall of 1.1% in October.",
    ):
        assert said in text


def test_the_drivers_are_those_of_the_month_with_their_own_growth(reported):
    exhibit = exhibits.drivers(reported("2025-11", "2025-12-08"))
    assert plain(exhibit.words.claim) == "What moved exports and imports in November 2025"
    by_partner, by_good = (
        {plain(row.label): [plain(cell) for cell in row.cells] for row in body.data.rows} for body in exhibit.bodies[:2]
    )
    assert by_partner["United States"] == ["−28.7*", "−4.3"]
    assert by_partner["European Union"] == ["+14.7*", "+1.9"]
    assert by_good["Motor vehicles"] == ["+52.8", "+1.5"]
    assert by_good["Other machinery and electronics"] == ["–", "+3.4"]


def test_the_drivers_and_all_others_sum_to_growth(reported):
    report = reported("2026-07")
    for body, growth in zip(exhibits.drivers(report).bodies, (17.5, 17.5, 21.0, 21.0), strict=True):
        assert sum(row.values[1] for row in body.data.rows) == pytest.approx(growth, abs=0.6)


def test_of_a_headline_only_month_growth_gives_the_levels(reported):
    points = [plain(point) for point in exhibits.main_points(reported("2026-08"))]
    assert (
        "Exports of August 2026 come to about $401.6 billion†, as their growth implies; the month before they rose 23.9%, as first published."
        in points
    )


def test_a_surprise_is_news_only_among_the_three_largest(reported):
    told = {period: " ".join(map(plain, exhibits.main_points(reported(period)))) for period in ("2025-11", "2026-06")}
    assert "consensus" not in told["2025-11"]
    assert (
        "Export growth came in 8.8 percentage points above the consensus, the largest surprise in exports of 30 months with forecasts."
        in told["2026-06"]
    )


def test_growth_that_the_boxes_have_comes_after_what_explains_it(reported):
    points = [plain(point) for point in exhibits.main_points(reported("2026-07"))]
    assert points[0].startswith("Imports rose 27.6%")
    assert points[-1] == "Exports rose 23.9%, the ninth straight rise."


def test_rows_that_compare_two_months_name_none(reported):
    (table,) = exhibits.since_month_before(reported("2025-11", "2025-12-08")).bodies
    labels = [plain(row.label) for row in table.rows]
    assert "Growth of exports to ASEAN on a year earlier, in yuan, since January" in labels
    assert not any("2025" in label for label in labels)


def test_records_without_a_sum_are_listed_as_not_available(reported):
    exhibit = exhibits.surplus_records(reported("2008-05"))
    assert not exhibit.words.sentences
    assert not exhibit.bodies


def test_february_leads_with_two_months_and_january_says_when_it_came_out(reported):
    february = [plain(s) for s in (*exhibits.standfirst(reported("2025-02")), *exhibits.main_points(reported("2025-02")))]
    assert "January and February are best read together" in february[0]
    assert any("January–February 2025" in said for said in february)
    remarks = " ".join(plain(r) for r in exhibits.remarks(reported("2025-01")))
    assert "Customs published January together with February, on 7 March 2025; dollar figures are its revised ones." in remarks


def test_what_is_not_available_is_named_in_one_line_and_in_its_place(reported):
    report = reported("2012-02")
    remarks = [plain(r) for r in exhibits.remarks(report)]
    assert "Not available for February 2012: partners, totals in yuan and commodities." in remarks
    assert plain(exhibits.partners(report).words.claim) == "Partners: no table of partners before January 2024"
    assert "levels of exports and imports" in " ".join(plain(r) for r in exhibits.remarks(reported("2026-08")))


def test_growth_that_differs_by_currency_stands_under_the_headline(reported):
    assert [plain(said) for said in exhibits.standfirst(reported("2026-07"))] == [
        "In yuan, which gained against the dollar, exports of July 2026 rose 17.8%, less than in dollars."
    ]
    assert [plain(said) for said in exhibits.standfirst(reported("2025-11", "2025-12-08"))] == [
        "The currency matters: in January–November 2025, imports fell 0.6% in dollars but edged up 0.2% in yuan."
    ]


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2023-04", "Growth is measured against April 2022, when figures were distorted: efforts to curb the coronavirus"),
        ("2023-05", "Growth since January rests on April 2022, when figures were distorted: efforts to curb"),
        ("2013-05", "Growth since January includes December 2012–April 2013, when figures were distorted: invoices to"),
    ],
)
def test_a_distortion_says_when_and_how_it_touches_growth(reported, period, said):
    (first, *_) = map(reported(period).write, distortion_notes(reported(period)))
    assert plain(first).startswith(said)


def test_what_to_watch_names_carry_over_base_calendar_and_release(reported):
    assert [plain(said) for said in exhibits.what_to_watch(reported("2026-07"))] == [
        "Should exports stay at July’s seasonally adjusted level, they would be up 23.3% in July–September 2026 "
        "and up 20.2% in 2026, in dollars.",
        "Imports would be up 25.4% in July–September 2026 and up 25.7% in 2026: arithmetic, not a forecast.",
        "August 2026 will be compared with August 2025, when exports rose 4.3% and imports 1.7%.",
        "August 2026 has 21 working days, as many as a year earlier.",
        "The figures of August 2026 are due about 8 September 2026.",
    ]


def test_of_a_month_long_past_what_to_watch_says_so_and_extrapolates_no_holiday(reported):
    then, *rest = (plain(said) for said in exhibits.what_to_watch(reported("2024-02")))
    assert then == "Written from the figures of February 2024; later months have come out since."
    assert rest
    assert not [said for said in rest if "would be" in said or "are due" in said]
    (said,) = map(plain, exhibits.what_to_watch(reported("2025-01")))
    assert said == "February came out on the same day: its report says what to watch."


def test_an_implied_level_agrees_with_the_balance(reported):
    facts = reported("2026-08").facts
    exports, imports = (facts[f"{flow}_usd_month_implied"] for flow in ("exports", "imports"))
    assert imports.text == "$282.5 billion"
    assert exports.value - imports.value == pytest.approx(facts["balance_usd_month"].value)


def test_a_table_without_growth_or_without_lines_says_why(reported):
    february = [plain(s) for s in exhibits.exports_by_commodity(reported("2025-02")).words.sentences]
    assert (
        "Growth of the export lines since January: neither customs’ growth nor a year-earlier figure is available." in february
    )
    remarks = [plain(r) for r in exhibits.remarks(reported("2025-01"))]
    assert "Not available for January 2025: import commodities and most export commodities." in remarks


def test_a_change_in_billions_says_so_and_only_where_there_is_one(reported):
    for period, shown in (("2012-02", True), ("2026-07", False)):
        cells = [plain(cell) for row in exhibits.key_figures(reported(period)).bodies[0].rows for cell in row.cells if cell]
        assert any(cell.endswith(" bn") for cell in cells) == shown
        assert any("(bn)" in plain(note) for note in exhibits.key_figures(reported(period)).words.notes) == shown
