"""The exhibits of unit values, exchange rates and mirror statistics, in every month."""

from __future__ import annotations

import re

import pytest
from depth import in_depth

import helpers
from customs_report import exhibits
from customs_report.display import Chart, exhibit
from customs_report.exhibits.mirror_statistics import runs_of
from customs_report.facts import Cite, plain
from customs_report.publish import proof
from customs_report.publish.build import lookup_of

EXHIBITS = ("export_split", "import_split", "high_tech", "cars_batteries_ships", "dollars_and_yuan", "mirror_gap")


@pytest.mark.parametrize(
    ("period", "as_of"),
    [
        *[("2025-11", ""), ("2025-11", "2025-12-08"), ("2025-02", ""), ("2018-06", "")],
        *in_depth(("2026-07", ""), ("2026-01", ""), ("2025-12", ""), ("2024-03", ""), ("2012-02", "")),
    ],
)
def test_every_number_of_the_exhibits_is_proved(reported, period, as_of):
    report = reported(period, as_of)
    facts, find = report.facts.as_json(), lookup_of(report)
    for number, name in enumerate(EXHIBITS, 1):
        page = str(exhibit(number, getattr(exhibits, name)(report)).html)
        assert proof.prove_html(f"<main>{page}</main>", facts, find) == [], name


def test_a_planted_number_is_found(reported):
    report = reported("2025-11")
    facts, find = report.facts.as_json(), lookup_of(report)
    for name in EXHIBITS:
        page = str(exhibit(1, getattr(exhibits, name)(report)).html)
        shown = re.search(r"data-(?:fact|cell)=[^>]+ data-as=[^>]+>[^<\d]*(\d)", page)
        wrong = page[: shown.start(1)] + str((int(shown[1]) + 1) % 10) + page[shown.end(1) :]
        assert proof.prove_html(f"<main>{wrong}</main>", facts, find), name


@pytest.mark.parametrize("name", EXHIBITS)
def test_what_is_not_held_is_said_and_not_drawn(reported, name):
    report = reported("2012-02")
    shown = getattr(exhibits, name)(report)
    assert shown.bodies == ()
    assert shown.words.sentences == ()
    assert re.search(
        r"before (January|November) 20|(no quantities for both years|in both currencies for)", plain(shown.words.claim)
    )


def test_alt_texts_and_data_stand_under_every_chart(reported):
    for period in ("2025-11", "2026-07"):
        drawn = [
            body for name in EXHIBITS for body in getattr(exhibits, name)(reported(period)).bodies if isinstance(body, Chart)
        ]
        assert len(drawn) == len(EXHIBITS) + 2  # high technology has a table alone, splits and dollars and yuan have two charts
        for chart in drawn:
            assert len(plain(chart.alt)) > 60
            assert plain(chart.title)
            assert plain(chart.source).endswith(".")
            assert chart.data.rows
            cells = [run for row in chart.data.rows for cell in row.cells if cell for run in cell]
            assert all(isinstance(run, Cite) for run in cells)


def test_the_title_of_the_mirror_names_the_newest_common_month(reported):
    for asked, newest in (
        (("2026-07", ""), "March 2026"),
        (("2025-11", ""), "November 2025"),
        (("2025-11", "2025-12-08"), "August 2025"),
    ):
        report = reported(*asked)
        shown = exhibits.mirror_gap(report)
        chart, table = shown.bodies
        assert newest in plain(shown.words.claim)
        assert plain(chart.title).endswith(f"to {newest}")
        assert plain(table.rows[0].label) == newest


def test_months_left_out_of_the_mirror_are_named(reported):
    note = plain(exhibits.mirror_gap(reported("2026-07")).words.notes[-1])
    assert "no US figure for May–July 2026" in note
    assert "The US figures of February 2024, April 2024, August 2024 and December 2024 are of another vintage" in note
    assert "no rate for April–July 2026" in note
    assert runs_of(["2024-12", "2025-01", "2025-03"]) == ["2024-12/2025-01", "2025-03"]


def test_golden_claims(reported):
    claims = {name: plain(getattr(exhibits, name)(reported("2026-07")).words.claim) for name in EXHIBITS}
    assert claims["export_split"] == "Goods worth 27.0% of exports: quantity up 8.2%, unit value up 18.2%"
    assert claims["dollars_and_yuan"] == "Export growth in July 2026 was 6.1 percentage points lower in yuan"
    assert claims["mirror_gap"] == "The United States counted $8.6 billion less than China in March 2026"
    december = plain(exhibits.dollars_and_yuan(reported("2025-12")).words.claim)
    assert december == "Export growth in December 2025 was 1.4 percentage points lower in yuan"


def test_the_split_table_adds_up(reported):
    *_, table = exhibits.export_split(reported("2026-07")).bodies
    for column in range(1, 4):
        assert sum(row.values[column] for row in table.rows[:-1]) == pytest.approx(table.rows[-1].values[column])
    split = helpers.value_split(reported("2026-07").tables, "2026-07", "export")
    assert len(table.rows) == len(split) + 1


def test_clean_technology_grew_by_region_as_ember_has_it(reported):
    exhibit = exhibits.clean_technology(reported("2025-11"))
    rows = {plain(row.label): [plain(cell) for cell in row.cells] for row in exhibit.bodies[0].rows}
    vehicles = {region: cells[3] for region, cells in rows.items()}
    assert vehicles == {
        "World": "+36.1", "Europe": "+26.3", "European Union": "+10.6", "ASEAN": "+77.5", "Latin America": "+40.2", "Africa": "+180.1",
    }  # fmt: skip
    assert "Ember" in plain(exhibit.words.notes[0])
    assert not exhibits.clean_technology(reported("2012-02")).bodies
