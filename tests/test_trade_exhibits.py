"""The exhibits of quantity and unit value, of dollars and yuan and of the mirror: words for every month, numbers that are facts."""

from __future__ import annotations

import re

import pytest

import helpers
from customs_report import charts, listings, prose
from customs_report.display import Chart, Table, exhibit
from customs_report.facts import Cite, Place, plain
from customs_report.prose.mirror import runs_of
from customs_report.publish import proof
from customs_report.publish.build import lookup
from customs_report.report import Report

EXHIBITS = ("export_split", "import_split", "high_tech", "cars_batteries_ships", "dollars_and_yuan", "mirror")


def bodies(report: Report, name: str) -> list[Chart | Table]:
    made = [getattr(charts, name)(report)] if hasattr(charts, name) else []
    if hasattr(listings, name):
        made.append(getattr(listings, name)(report))
    if name == "import_split":
        made.append(listings.quantity_indices(report))
    return [body for body in made if body]


@pytest.mark.parametrize(
    "asked",
    [("2025-11", ""), ("2025-11", "2025-12-08"), ("2026-07", ""), ("2025-02", ""), ("2026-01", ""), ("2025-12", ""), ("2024-03", ""), ("2018-06", ""), ("2012-02", "")],
)  # fmt: skip
def test_every_number_of_the_exhibits_is_proved(reported, asked):
    report = reported(*asked)
    facts, find = report.facts.as_json(), lookup(report)
    for number, name in enumerate(EXHIBITS, 1):
        page = str(exhibit(number, getattr(prose, name)(report), *bodies(report, name)).html)
        assert proof.prove_html(f"<main>{page}</main>", facts, find) == [], (asked, name)


def test_a_planted_number_is_found(reported):
    report = reported("2025-11")
    facts, find = report.facts.as_json(), lookup(report)
    for name in EXHIBITS:
        page = str(exhibit(1, getattr(prose, name)(report), *bodies(report, name)).html)
        shown = re.search(r"data-(?:fact|cell)=[^>]+ data-as=[^>]+>[^<\d]*(\d)", page)
        wrong = page[: shown.start(1)] + str((int(shown[1]) + 1) % 10) + page[shown.end(1) :]
        assert proof.prove_html(f"<main>{wrong}</main>", facts, find), name


@pytest.mark.parametrize("name", EXHIBITS)
def test_what_is_not_held_is_said_and_not_drawn(reported, name):
    report = reported("2012-02")
    words = getattr(prose, name)(report)
    assert bodies(report, name) == []
    assert words.sentences == ()
    assert re.search(r"before (January|November) 20|(is held both|not held in both currencies) for", plain(words.claim))


def test_alt_texts_and_data_stand_under_every_chart(reported):
    for period in ("2025-11", "2026-07"):
        for name in EXHIBITS:
            if not hasattr(charts, name):
                continue
            chart = getattr(charts, name)(reported(period))
            assert len(plain(chart.alt)) > 60
            assert plain(chart.title)
            assert plain(chart.source).endswith(".")
            assert chart.data.rows
            cells = [run for row in chart.data.rows for cell in row.cells if cell for run in cell]
            assert all(isinstance(run, Cite | Place) for run in cells)


def test_the_title_of_the_mirror_names_the_newest_common_month(reported):
    for asked, newest in (
        (("2026-07", ""), "March 2026"),
        (("2025-11", ""), "November 2025"),
        (("2025-11", "2025-12-08"), "August 2025"),
    ):
        report = reported(*asked)
        assert newest in plain(prose.mirror(report).claim)
        assert plain(charts.mirror(report).title).endswith(f"to {newest}")
        assert plain(listings.mirror(report).rows[0].label) == newest


def test_months_left_out_of_the_mirror_are_named(reported):
    note = plain(prose.mirror(reported("2026-07")).notes[-1])
    assert "no US figure for May–July 2026" in note
    assert "The US figures of February 2024, April 2024, August 2024 and December 2024 are of another vintage" in note
    assert "no rate for April–July 2026" in note
    assert runs_of(["2024-12", "2025-01", "2025-03"]) == ["2024-12/2025-01", "2025-03"]


def test_golden_claims(reported):
    claims = {name: plain(getattr(prose, name)(reported("2026-07")).claim) for name in EXHIBITS}
    assert claims["export_split"] == (
        "Integrated circuits added most to the value of exports among the lines shown, mainly through unit value"
    )
    assert (
        claims["dollars_and_yuan"] == "Growth of exports in July 2026 was 6.1 percentage points lower in yuan than in dollars"
    )
    assert claims["mirror"] == "In March 2026 the United States counted $8.6 billion less from China than China counted"
    december = plain(prose.dollars_and_yuan(reported("2025-12")).claim)
    assert december == "Growth of exports in December 2025 was 1.4 percentage points lower in yuan than in dollars"


def test_the_split_table_adds_up(reported):
    table = listings.export_split(reported("2026-07"))
    for column in range(1, 4):
        assert sum(row.values[column] for row in table.rows[:-1]) == pytest.approx(table.rows[-1].values[column])
    split = helpers.value_split(reported("2026-07").tables, "2026-07", "export")
    assert len(table.rows) == len(split) + 1
