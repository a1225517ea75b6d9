"""The brief: two pages and a small page that answer what happened, why, compared with what, how sure, what next."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from depth import in_depth
from pypdf import PdfReader
from sets import contradicts

from customs_report import exhibits
from customs_report.facts import plain
from customs_report.publish import build, inputs

MONTHS = [
    ("2026-03", ""),
    ("2025-11", "2025-12-08"),
    ("2026-07", ""),
    *in_depth(("2025-06", ""), ("2025-01", ""), ("2012-02", ""), ("2026-08", "")),
]
LARGEST = 300_000  # bytes of the page
Brief = Callable[[str, str], dict[str, bytes]]


@pytest.fixture(scope="module")
def brief() -> Brief:
    """The files of a brief, built once each; a number that could not be proved would have stopped the build."""
    built: dict[tuple[str, str], dict[str, bytes]] = {}

    def files(period: str, as_of: str) -> dict[str, bytes]:
        if (period, as_of) not in built:
            parameters = {"period": period, "as_of": as_of}
            executed, report = build.run("monthly_brief", parameters)
            data = inputs.Inputs().data("monthly_brief", parameters)
            executed["metadata"]["customs_report"] = {"period": report.period, "as_of": report.as_of, "data": data}
            built[period, as_of] = build.render(executed, report, "monthly_brief", parameters, ("html", "pdf"))
        return built[period, as_of]

    return files


@pytest.mark.parametrize(("period", "as_of"), MONTHS)
def test_it_has_two_pages_at_most_and_a_small_page(brief, period, as_of):
    files = brief(period, as_of)
    assert len(PdfReader(io.BytesIO(files["pdf"])).pages) <= 2
    assert len(files["html"]) < LARGEST


def test_the_partner_that_moved_the_balance_most_is_in_the_table(reported):
    exhibit = exhibits.partners_in_brief(reported("2026-07"))
    assert plain(exhibit.bodies[0].rows[-1].label) == "Switzerland"
    assert "Switzerland is listed as it lowered the balance since January most." in map(plain, exhibit.words.notes)
    assert len(exhibit.bodies[0].rows) == 10


def test_its_page_answers_the_five_questions_with_numbers_that_tell_their_source(brief):
    page = BeautifulSoup(brief("2025-11", "2025-12-08")["html"], "lxml")
    headings = [heading.get_text(" ", strip=True) for heading in page.select("h2, h3")]
    for asked in (
        "Main points",
        "What moved exports and imports",
        "Three years to",
        "What to watch",
        "Comparisons and caveats",
    ):
        assert any(asked in heading for heading in headings), (asked, headings)
    assert len(page.select("#exhibit-2 svg")) == 6
    assert all(len(table.select("tbody tr")) <= 37 for table in page.select("#exhibit-2 table"))
    numbers = page.select("[data-fact]")
    traces = {box["data-trace"] for box in page.select("[popover][data-trace]")}
    assert len(numbers) > 150
    assert {number["data-fact"] for number in numbers if number.name == "a"} <= traces


def test_the_headers_of_its_tables_to_download_say_what_the_numbers_are(brief):
    page = BeautifulSoup(brief("2025-11", "2025-12-08")["html"], "lxml")
    rows = {
        link["download"]: [*csv.reader(io.StringIO(unquote(link["href"].partition(",")[2]).lstrip("\ufeff")))]
        for link in page.select("a[download]")
    }
    assert not [header for header, *_ in rows.values() for cell in header if contradicts(cell)]
    header, *partners = rows["partners-in-brief.csv"]
    assert header[1:3] == ["Exports: Month (yuan)", "Exports: Growth (percent)"]
    assert float(next(row for row in partners if row[0] == "United States")[1]) == pytest.approx(239.9e9, rel=1e-3)
    assert rows["goods-in-brief.csv"][0][2:4] == ["Month: Value (yuan)", "Month: Growth (percent)"]


def test_the_table_of_partners_shows_the_month_and_the_year_to_date_side_by_side(brief):
    page = BeautifulSoup(brief("2025-11", "2025-12-08")["html"], "lxml")
    row = next(row for row in page.select("#exhibit-3 tr") if row.th and row.th.get_text(strip=True) == "United States")
    assert [cell.get_text(strip=True) for cell in row.select("td")] == [
        "239.9", "−28.7*", "−4.3", "−18.3", "71.4", "−19.2*", "−1.1", "−12.5",
    ]  # fmt: skip


@pytest.mark.parametrize(("period", "as_of", "noted"), [("2025-11", "2025-12-08", True), ("2012-02", "", False)])
def test_charts_of_partners_and_goods_have_their_note_and_others_have_none(brief, period, as_of, noted):
    page = BeautifulSoup(brief(period, as_of)["html"], "lxml")
    notes = [note.get_text(" ", strip=True) for note in page.select("#exhibit-2 .notes li")]
    assert any("months without data are left open" in note for note in notes) == noted, notes


def test_forecasts_are_compared_with_what_customs_first_published(reported):
    (said,) = (plain(each) for each in exhibits.compared_and_sure(reported("2025-11")) if "Forecasters" in plain(each))
    assert said == (
        "Forecasters’ consensus was +3.8% for exports, +2.8% for imports and $105 billion for the balance; "
        "customs first published +5.9%, +1.9% and $111.7 billion."
    )


def test_a_small_chart_has_ticks_that_differ(reported):
    for chart in exhibits.recent_months(reported("2012-02")).bodies:
        axes = chart.figure.axes[0]
        labels = [label.get_text() for label in axes.get_yticklabels()]
        assert len({*labels}) == len(labels) > 1, chart.data.name
