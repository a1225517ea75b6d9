"""Mirror statistics: the same months of both sides, converted at a stated rate, never used before they were published."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest

import helpers
from customs_report import checks, loading, schema
from customs_report import tables as data
from customs_report.calculations.mirror import mixed_vintages, newest_common_month
from customs_report.frames import by_month
from customs_report.periods import shift, span


@pytest.fixture(scope="module")
def us() -> dict[str, float]:
    with (schema.DATA / "mirror.csv").open(encoding="utf-8") as file:
        return {r["period"]: float(r["value"]) for r in csv.DictReader(file) if r["flow"] == "imports"}


def test_a_month_is_matched_only_where_all_parts_are_held(now, us):
    frame = by_month(helpers.mirror_trade(now, "2026-07"))
    matched = frame.index[frame["gap"].notna()]
    assert list(frame.index) == span("2024-01", "2026-07")
    expected = [p for p in span("2024-01", "2026-03") if p in us]
    assert list(matched) == expected
    assert newest_common_month(frame) == "2026-03"
    assert "2026-04" not in set(matched)


def test_months_of_another_vintage_are_named_where_they_are_compared(now):
    assert mixed_vintages(now, "2026-07") == ["2024-02", "2024-04", "2024-08", "2024-12"]
    assert mixed_vintages(now, "2024-01") == []


def test_november_2025_as_by_hand(now, us, loaded, crude):
    rows = loaded.partners
    line = rows[(rows["partner"] == "USA") & (rows["kind"] == "month") & (rows["period"] == "2025-11")].iloc[0]
    china = line["exports"] / (crude["2025-11"]["CNY"] / crude["2025-11"]["USD"])
    facts = helpers.report_facts(now, "2025-11")
    assert facts["mirror.exports_china_usd_month"].value == pytest.approx(china)
    assert facts["mirror.imports_us_usd_month"].value == us["2025-11"] == 20641.4e6
    assert facts["mirror.gap_usd_month"].value == pytest.approx(us["2025-11"] - china)
    assert facts["mirror.gap_percent_month"].value == pytest.approx((us["2025-11"] / china - 1) * 100)
    assert [source.names for source in facts["mirror.imports_us_usd_month"].sources] == ["us-census-2026"]
    assert len(facts["mirror.gap_usd_month"].sources) == 3  # both currencies of crude oil are of one query


@pytest.mark.parametrize("period", ["2024-03", "2025-02", "2025-11", "2026-07"])
def test_the_sums_are_those_of_the_matched_months(now, period):
    frame, facts = by_month(helpers.mirror_trade(now, period)), helpers.report_facts(now, period)
    matched = frame[frame["gap"].notna()]
    assert facts["mirror.months"].value == len(matched)
    for fact, column in (("exports_china", "china"), ("imports_us", "united_states"), ("gap", "gap")):
        assert facts[f"mirror.{fact}_usd_sum"].value == pytest.approx(matched[column].sum())
        assert facts[f"mirror.{fact}_usd_month"].value == pytest.approx(matched[column].iloc[-1])
    assert max(matched.index) <= period


def test_nothing_of_the_mirror_is_known_before_it_was_public(loaded):
    """August 2025 was published on 19 November, September on 11 December: on 8 December only August was known."""
    for day, newest in (
        ("2025-10-01", "2025-07"),
        ("2025-11-15", "2025-07"),
        ("2025-12-08", "2025-08"),
        ("2025-12-20", "2025-09"),
    ):
        tables = data.as_of(loaded, day)
        frame = by_month(helpers.mirror_trade(tables, "2025-10" if day > "2025-11" else "2025-08"))
        assert newest_common_month(frame) == newest, day
    rows = loaded.mirror
    assert (rows["released"] > rows["period"].map(lambda p: shift(p, 1)) + "-31").all()
    assert set(rows["released_basis"]) == {"usual day", "retrieved"}


def test_without_a_us_figure_or_a_chinese_one_there_is_a_reason(now, loaded):
    assert helpers.report_facts(now, "2012-02").why_missing("mirror.gap_usd_month") == (
        "no figures for the United States before 2024-01"
    )
    none = data.as_of(replace(loaded, mirror=loaded.mirror.iloc[:0]))
    facts = helpers.report_facts(none, "2025-11")
    assert "no month of both sides" in facts.why_missing("mirror.months")
    assert newest_common_month(by_month(helpers.mirror_trade(none, "2025-11"))) is None
    assert newest_common_month(by_month(helpers.mirror_trade(none, "2012-02"))) is None


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"reporter": "USB"}, "schema of mirror.csv"),
        ({"flow": "balance"}, "schema of mirror.csv"),
        ({"value": "-5"}, "schema of mirror.csv"),
        ({"source": "hearsay"}, "schema of mirror.csv"),
        ({"released": "2025-11-05"}, "released after the month, mirror"),
    ],
)
def test_a_broken_row_is_found(data_copy, changes, check):
    path = data_copy / "mirror.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    at = next(i for i, row in enumerate(rows) if row["period"] == "2025-11")
    rows[at] |= changes
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    found = checks.find_violations(loading.read_printed(data_copy))
    assert any(f"mirror.csv, row {at + 2}" in str(finding) for finding in found if finding.check == check)
