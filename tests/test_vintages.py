"""What a report may know: the vintage rules, one by one, and the figures the news repeated."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import helpers
from customs_report import loading, schema
from customs_report import tables as data
from customs_report.facts import Gap

KEY = schema.KEYS["totals"]
LOADED = loading.load()
DAYS = st.dates(min_value=date(2018, 6, 1), max_value=date(2026, 9, 30)).map(str)


def figure(tables: data.Tables, flow: str, over: str, period: str) -> helpers.Level:
    return helpers.level(helpers.own(tables, period), flow, "USD", over, period)


def test_november_2025_as_the_news_had_it_and_as_it_stands_now(now, then):
    assert figure(then, "balance", "month", "2025-11").value == 111.68e9
    assert figure(now, "balance", "month", "2025-11").value == pytest.approx(109.9e9)
    assert figure(then, "balance", "month", "2025-06").value == 114.8e9
    assert figure(now, "balance", "month", "2025-06").value == pytest.approx(113.8e9)
    for tables in (now, then):
        facts = helpers.report_facts(tables, "2025-11")
        assert facts["balance_usd_month_rank"].value == 3
        series = {p: part.value for p, part in helpers.dollar_series(tables, "balance", "2025-11").items()}
        larger = sorted((p for p in series if series[p] > series["2025-11"]), key=series.get)
        assert larger == ["2025-06", "2025-01"]
        assert series["2025-01"] == pytest.approx(137.9e9)


def test_a_later_stage_beats_an_earlier_one_printed_or_derived(now):
    found = figure(now, "balance", "month", "2025-11")
    assert (found.stage, found.how) == ("revised", "exports - imports")


def test_within_a_stage_a_printed_balance_beats_the_difference(then):
    found = figure(then, "balance", "month", "2025-11")
    assert (found.stage, found.how) == ("preliminary", "printed")
    assert found.value != pytest.approx(330.3e9 - 218.6e9)


def test_what_an_identity_gives_stands_in_one_stage(then):
    found = figure(then, "imports", "month", "2025-06")  # only exports and the balance were printed first
    assert found.how == "exports - balance"
    assert found.value == pytest.approx(325.2e9 - 114.8e9)
    assert found.stage == "preliminary"


def test_a_coarser_printed_year_to_date_only_confirms_the_sum(then):
    found = figure(then, "balance", "ytd", "2025-11")
    assert found.stage == "preliminary"
    assert "confirmed by the printed year to date" in found.how
    assert found.value == pytest.approx(1080.11e9)


def test_a_printed_year_to_date_does_not_beat_a_sum_of_a_later_stage(now):
    found = figure(now, "balance", "ytd", "2025-11")
    assert (found.stage, found.value) == ("revised", pytest.approx(1068.2e9))


def test_january_and_february_may_come_in_one_print(then):
    found = figure(then, "exports", "ytd", "2025-11")
    months = ["2025-03", "2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11"]
    parts = [figure(then, "exports", "month", month).value for month in months]
    assert found.value == pytest.approx(539.94e9 + sum(parts))


def test_a_sum_of_several_stages_is_marked_and_coarse_and_carries_no_record(now):
    found = figure(now, "balance", "ytd", "2026-08")
    assert found.stage == helpers.MIXED
    assert found.step >= 1e10
    facts = helpers.report_facts(now, "2026-08")
    assert "balance_usd_ytd_rank" not in facts
    assert "milestone.balance_usd_ytd" not in facts
    assert facts["balance_usd_ytd"].text == "$810 billion"


def test_a_late_figure_is_history_and_never_the_reports_own(then):
    history = helpers.own(then, "2025-11")
    assert helpers.level(history, "exports", "USD", "month", "2015-06").stage == "revised"
    early = data.as_of(LOADED, "2019-06-30")
    with pytest.raises(Gap):
        figure(early, "exports", "month", "2010-04")
    assert helpers.level(helpers.own(early, "2019-05"), "exports", "USD", "month", "2010-04").value > 0


def test_growth_is_printed_where_it_belongs_to_the_levels_stage(now, then):
    first, revised = (helpers.report_facts(tables, "2025-11") for tables in (then, now))
    assert first["exports_usd_month_yoy"].value == first["exports_usd_month_yoy_printed"].value == 5.9
    assert revised["exports_usd_month_yoy"].value == pytest.approx(revised["exports_usd_month_yoy_computed"].value)
    assert revised["exports_usd_month_yoy_printed"].value == 5.9
    assert revised["imports_cny_ytd_yoy"].value == 0.2
    assert round(revised["imports_cny_ytd_yoy_computed"].value, 1) == 0.0


def test_two_releases_of_one_stage_are_two_vintages():
    again = LOADED.totals[(LOADED.totals["period"] == "2025-11") & (LOADED.totals["stage"] == "revised")].assign(
        released="2026-12-01"
    )
    again["value"] += 1e9
    grown = replace(LOADED, totals=pd.concat([LOADED.totals, again], ignore_index=True))
    before, after = (data.as_of(grown, day) for day in ("2026-11-30", "2026-12-01"))
    assert figure(before, "exports", "month", "2025-11").value == pytest.approx(330.0e9)
    assert figure(after, "exports", "month", "2025-11").value == pytest.approx(331.0e9)


@settings(max_examples=40)
@given(day=DAYS)
def test_nothing_released_after_the_day_counts_as_known(day):
    known = data.as_of(LOADED, day)
    for table in (known.totals, known.partners, known.commodities):
        assert (table.loc[~table["late"], "released"] <= day).all()
        assert (table.loc[table["late"], "released"] > day).all()


@settings(max_examples=25)
@given(days=st.tuples(DAYS, DAYS).map(sorted))
def test_knowing_more_never_loses_a_figure(days):
    earlier, later = (data.as_of(LOADED, day).totals for day in days)
    keys = [set(rows.loc[~rows["late"], KEY].itertuples(index=False, name=None)) for rows in (earlier, later)]
    assert keys[0] <= keys[1]


@settings(max_examples=40)
@given(day=DAYS, year=st.integers(2008, 2026), month=st.integers(1, 12))
def test_exports_less_imports_is_the_balance_of_one_stage(day, year, month):
    tables, period = data.as_of(LOADED, day), f"{year}-{month:02d}"
    found = [helpers.find_level(tables, flow, "USD", "month", period) for flow in ("exports", "imports", "balance")]
    if all(isinstance(part, helpers.Level) for part in found) and len({part.stage for part in found}) == 1:
        exports, imports, balance = found
        assert exports.value - imports.value == pytest.approx(balance.value, abs=exports.step + imports.step + balance.step)
