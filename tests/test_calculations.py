"""The calculations, compared with published figures, independent sums and general properties."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from datetime import date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import helpers
from customs_report import schema
from customs_report import tables as data
from customs_report.calculations.levels import SPANS
from customs_report.calculations.lines import aggregates, disjoint_lines
from customs_report.calculations.lines import ranked as ranked_
from customs_report.measures import contribution, implied_base, milestone, months_since_larger, rank, streak
from customs_report.measures import growth as growth_
from customs_report.periods import distance, parse_day, parse_month, shift, span, trailing, year_to_date
from customs_report.provenance import MIXED

VALUES = st.lists(st.floats(-1e11, 2e11).map(lambda v: round(v, -7)), min_size=1, max_size=60)


@pytest.fixture(scope="module")
def revised() -> dict[tuple[str, str], float]:
    """The revised dollar months, read from the file without the code under test."""
    with (schema.DATA / "totals.csv").open() as file:
        return {(r["flow"], r["period"]): float(r["value"]) for r in csv.DictReader(file) if r["stage"] == "revised"}


@pytest.mark.parametrize("period", ["2009-01", "2012-02", "2020-12", "2025-11", "2026-07"])
@pytest.mark.parametrize(
    ("over", "months"),
    [("month", lambda p: [p]), ("3m", lambda p: trailing(p, 3)), ("12m", lambda p: trailing(p, 12)), ("ytd", year_to_date)],
)
def test_levels_are_the_sums_of_the_published_months(now, revised, period, over, months):
    for flow in ("exports", "imports"):
        expected = sum(revised[flow, month] for month in months(period))
        assert helpers.level(now, flow, "USD", over, period).value == pytest.approx(expected, abs=1e6)
    balance = sum(revised["exports", m] - revised["imports", m] for m in months(period))
    assert helpers.level(now, "balance", "USD", over, period).value == pytest.approx(balance, abs=1e6)


@pytest.mark.parametrize(
    ("name", "value", "within"),
    [
        ("exports_cny_ytd", 24.46e12, 0.005e12), ("exports_cny_ytd_yoy", 6.2, 0), ("imports_cny_ytd", 16.75e12, 0.005e12),
        ("imports_cny_ytd_yoy_printed", 0.2, 0), ("imports_cny_ytd_yoy_computed", 0.0, 0.05), ("partner.EU27.share_ytd", 13.0, 0.05),
        ("partner.USA.exports_cny_ytd_yoy", -18.3, 0), ("partner.USA.total_cny_ytd", 3.69e12, 0.005e12),
        ("partner.ASEAN.rank_ytd", 1, 0), ("partner.EU27.rank_ytd", 2, 0), ("partner.USA.rank_ytd", 3, 0),
        ("balance_usd_month", 111.68e9, 0), ("balance_usd_ytd", 1.08e12, 0.005e12), ("milestone.balance_usd_ytd", 1e12, 0),
        ("streak.partner.USA.exports_cny_month_falling", 8, 0), ("commodity.export.motor_vehicles.quantity_ytd", 7.33e6, 0.005e6),
    ],
)  # fmt: skip
def test_published_figures_of_november_2025(then, name, value, within):
    assert helpers.report_facts(then, "2025-11")[name].value == pytest.approx(value, abs=within or 1e-9)


def test_the_twelve_month_sum_passed_a_trillion_ten_months_before_the_news(reported):
    assert reported("2025-01").facts["milestone.balance_usd_12m"].value == 1e12
    assert "milestone.balance_usd_12m" not in reported("2025-02").facts
    months = ("2024-12", "2025-10", "2025-11", "2025-12", "2026-07")
    assert [p for p in months if "milestone.balance_usd_ytd" in reported(p).facts] == ["2025-11"]


def test_a_year_carried_over_begins_with_the_growth_that_customs_gives_for_it(reported):
    """Eleven months of imports at -0.6% and a December at the level of November make a year that is down, too."""
    facts = reported("2025-11", "2025-12-08").facts
    assert round(facts["imports_usd_ytd_yoy"].value, 1) == -0.6
    assert round(facts["carry_over.imports_usd_year"].value, 1) == -0.3
    assert round(facts["carry_over.exports_usd_year"].value, 1) == 5.3
    assert abs(facts["carry_over.exports_usd_year"].value - facts["outlook.exports_usd_year_yoy"].value) < 0.5


def test_deficits_are_ranked_by_themselves(now):
    facts = helpers.report_facts(now, "2012-02")
    assert facts["balance_usd_month"].value < 0
    assert facts["balance_usd_month_rank_low"].value == 1
    assert facts["balance_usd_month_rank"].value == facts["balance_usd_month_rank_of"].value == 50
    assert "balance_usd_month_yoy" not in facts
    assert "small" in facts.why_missing("balance_usd_month_yoy") or "surpluses" in facts.why_missing("balance_usd_month_yoy")


def test_no_member_stands_beside_its_group_and_no_rank_is_a_guess(now):
    members = set(data.members_of(now, "ASEAN")) | set(data.members_of(now, "EU27"))
    for period in ("2024-06", "2025-11", "2026-07"):
        ranked = ranked_(now, period)
        assert not members & set(ranked)
        assert not {"APEC", "RCEP", "BRI", *schema.CONTINENTS} & set(ranked)
        facts = helpers.report_facts(now, period)
        totals = [facts[f"partner.{code}.total_cny_ytd"].value for code in ranked]
        assert totals == sorted(totals, reverse=True)
        rest = defaultdict(float)
        codes = now.partner_codes[now.partner_codes["valid_to"] == ""]  # as customs numbers partners since 2023
        inside = dict(zip(codes["partner"], codes["continent"], strict=True)) | {"ASEAN": "ASIA", "EU27": "EUROPE"}
        for code in data.ranked_partners(now):
            rest[inside.get(code)] += facts.value(f"partner.{code}.total_cny_ytd") or 0
        missing = max(facts[f"partner.{c}.total_cny_ytd"].value - rest[c] for c in schema.CONTINENTS)
        assert min(totals) > missing


def test_lines_that_can_be_added_are_no_part_of_each_other(now):
    goods = now.commodity_list.set_index(["flow", "commodity"])["parent"]
    for flow in ("export", "import"):
        lines = set(disjoint_lines(now, flow))
        assert len(lines) > 20
        assert not lines & set(aggregates(now, flow))
        assert not {goods[flow, slug] for slug in lines} & lines
    assert "soya_beans" not in disjoint_lines(now, "import")


def test_the_whole_history_has_facts_that_can_be_trusted(reported, deep):
    months = span("2008-01", "2026-07")
    for period in months if deep else [*months[:-7:11], *months[-7:]]:
        facts = reported(period).facts
        assert "exports_usd_month" in facts
        for name, fact in facts.items():
            assert fact.name == name
            assert math.isfinite(fact.value), name
            assert fact.how, name
            assert fact.sources, name
            assert fact.stage in {*schema.STAGES, MIXED, "calendar", "forecast"}, name
            assert "nan" not in fact.text
        assert all(facts.gaps.values())


def test_every_name_of_the_interface_is_there(now):
    facts = helpers.report_facts(now, "2026-07")
    names = [
        f"{flow}_{c}_{over}"
        for flow in ("exports", "imports", "balance", "total")
        for c in ("usd", "cny")
        for over in SPANS
        if (c, over) not in [("cny", "3m"), ("cny", "12m")]  # sums of first prints: customs prints no such figure in yuan
    ]
    assert all("customs’ own sum is not available" in facts.why_missing(f"exports_cny_{over}") for over in ("3m", "12m"))
    names += [f"{flow}_usd_ytd{growth}" for flow in ("exports", "imports") for growth in ("_yoy", "_yoy_computed")]
    names += ["balance_usd_month_rank", "streak.balance_usd_month_above_100bn", "streak.partner.USA.exports_cny_month_falling"]
    names += [f"partner.{code}.total_cny_ytd" for code in ("USA", "ASEAN", "EU27", "APEC", "RCEP", "BRI", *schema.CONTINENTS)]
    names += [
        f"partner.VNM.{flow}_cny_{over}" for flow in ("exports", "imports", "total", "balance") for over in ("month", "ytd")
    ]
    names += ["partner.ASEAN.rank_ytd", "partner.USA.share_ytd", "partner.USA.exports_cny_ytd_contribution"]
    slugs = "motor_vehicles passenger_cars electric_passenger_vehicles lithium_ion_batteries solar_cells integrated_circuits ships mobile_phones"
    names += [
        f"commodity.export.{slug}.value_cny_ytd"
        for slug in (*slugs.split(), "mechanical_and_electrical_products", "hi_tech_products")
    ]
    names += [f"commodity.import.{slug}.unit_value_month" for slug in ("crude_oil", "iron_ore", "soya_beans", "natural_gas")]
    assert [name for name in names if name not in facts] == []


@given(VALUES)
def test_rank_counts_the_larger_ones_after_rounding(values):
    rounded = [round(v / 1e8) for v in values]
    assert rank(values, values[-1]) == 1 + sum(v > rounded[-1] for v in rounded)
    assert 1 <= rank(values, values[-1]) <= len(values)


@given(VALUES)
def test_months_since_larger_finds_the_nearest_one_as_large(values):
    back = months_since_larger(values)
    rounded = [round(v / 1e8) for v in values]
    if back is None:
        assert all(v < rounded[-1] for v in rounded[:-1])
    else:
        assert rounded[-1 - back] >= rounded[-1]
        assert all(v < rounded[-1] for v in rounded[len(rounded) - back : -1])


@given(st.lists(st.booleans(), max_size=30))
def test_a_streak_is_the_run_at_the_end(holds):
    n = streak(holds)
    assert all(holds[len(holds) - n :])
    assert n == len(holds) or not holds[len(holds) - n - 1]


@given(st.lists(st.floats(0, 5e12), min_size=1), st.floats(1, 5e12))
def test_a_milestone_is_a_round_number_passed_for_the_first_time(earlier, value):
    passed = milestone(earlier, value, 1e12)
    if passed is None:
        assert value < 1e12 or max(earlier) >= value // 1e12 * 1e12
    else:
        assert passed % 1e12 == 0
        assert max(earlier) < passed <= value


@given(st.floats(1, 1e13), st.floats(-90, 900))
def test_the_implied_base_gives_the_printed_growth_back(value, rate):
    assert growth_(value, implied_base(value, rate)) == pytest.approx(rate, abs=1e-6)


@given(st.lists(st.tuples(st.floats(1, 1e6), st.floats(1, 1e6)), min_size=1, max_size=20))
def test_contributions_add_up_to_the_growth_of_the_whole(parts):
    total, base = (sum(column) for column in zip(*parts, strict=True))
    assert sum(contribution(v, b, base) for v, b in parts) == pytest.approx(growth_(total, base), abs=1e-6)


def test_growth_needs_a_positive_base():
    with pytest.raises(ValueError, match="no growth rate"):
        growth_(1.0, 0.0)


@pytest.mark.parametrize(
    "written",
    ["2025-11", "2025/11", "2025.11", "202511", "November 2025", "nov 2025", "Nov-2025", "NOV2025", " 2025 November ", 202511,
     "11/2025", "2025M11", "2025年11月", "2025-11-01", "2025-11-30", "8 Nov 2025", pd.Timestamp("2025-11-30"), pd.Period("2025-11"), date(2025, 11, 8)],
)  # fmt: skip
def test_a_month_is_read_in_any_of_the_usual_ways(written):
    assert parse_month(written) == "2025-11"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "2025",
        "2025-1",
        "20251",
        "2025-13",
        "../2025-11",
        "Novem 2025",
        "11",
        "٢٠٢٥-11",
        "2025-11-31",
        2025.11,
        202511.0,
        None,
        pd.NaT,
    ],
)
def test_what_is_no_month_is_not_read_as_one(written):
    assert parse_month(written) == ""


@pytest.mark.parametrize(
    "written",
    ["2025-12-08", "2025/12/08", "2025/12/8", "2025.12.8", "20251208", 20251208, "8 Dec 2025", "8 December 2025", "08-Dec-2025", "Dec 8, 2025",
     "december 8 2025", "2025年12月8日", "2025-12-08T11:00", date(2025, 12, 8), datetime(2025, 12, 8, 11), pd.Timestamp("2025-12-08")],
)  # fmt: skip
def test_a_day_is_read_in_any_of_the_usual_ways(written):
    assert parse_day(written) == "2025-12-08"


@pytest.mark.parametrize(
    "written", ["", "2025-12", "8.12.2025", "8/12/2025", "2025-02-30", "yesterday", 20251208.0, None, pd.NaT]
)
def test_what_is_no_day_is_not_read_as_one(written):
    assert parse_day(written) == ""


@given(st.integers(2000, 2030), st.integers(1, 12), st.integers(-300, 300))
def test_months_shift_there_and_back(year, month, by):
    period = f"{year}-{month:02d}"
    assert shift(shift(period, by), -by) == period
    assert distance(period, shift(period, by)) == by
