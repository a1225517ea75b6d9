"""Vintages: the rules for what a report may use, one by one, and the figures that the article printed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from facts_by_hand import fact
from hypothesis import given, settings
from hypothesis import strategies as st

import helpers
from customs_report import loading, schema
from customs_report import tables as data
from customs_report.calculations import levels
from customs_report.calculations.changes import change_of_whole, flow_change
from customs_report.calculations.levels import FIRST_RELEASE, dollar_series, exclude_lookahead, find_level
from customs_report.calculations.series import like_with_like
from customs_report.facts import IMPLIED, UNREVISED, NotAvailable
from customs_report.periods import year_to_date
from customs_report.profile import open_profile
from customs_report.provenance import Figure, Label

KEY = schema.KEYS["totals"]
FLASH = {  # the lines of the preliminary table by country
    *("EU27", "DEU", "NLD", "FRA", "ITA", "GBR", "RUS", "ASEAN", "VNM", "MYS", "THA", "SGP", "IDN", "PHL"),
    *("USA", "CAN", "AUS", "NZL", "JPN", "HKG", "KOR", "TWN", "IND", "LATAM", "BRA", "AFRICA", "ZAF", "RCEP", "BRI"),
}
LOADED = loading.load()
DAYS = st.dates(min_value=date(2018, 6, 1), max_value=date(2026, 9, 30)).map(str)
FEWER = settings(max_examples=settings.default.max_examples // 3)  # a third of a second each


def figure(tables: data.Tables, flow: str, over: str, period: str) -> Figure:
    return helpers.level(exclude_lookahead(tables, period), flow, "USD", over, period)


def test_november_2025_as_the_news_had_it_and_as_it_stands_now(now, then):
    assert figure(then, "balance", "month", "2025-11").value == 111.68e9
    assert figure(now, "balance", "month", "2025-11").value == pytest.approx(109.9e9)
    assert figure(then, "balance", "month", "2025-06").value == 114.77e9
    assert figure(now, "balance", "month", "2025-06").value == pytest.approx(113.8e9)
    for tables in (now, then):
        facts = helpers.report_facts(tables, "2025-11")
        assert facts["balance_usd_month_rank"].value == 3
        series = {p: part.value for p, part in dollar_series(tables, "balance", "2025-11").items()}
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
    assert found.value == pytest.approx(325.2e9 - 114.77e9)
    assert found.stage == "preliminary"


def test_the_year_to_date_is_the_printed_one_and_no_sum_of_first_prints(then):
    """Customs said $1.076 trillion on 8 December 2025; the first prints of the months add up to 1,080.1 billion."""
    found = figure(then, "balance", "ytd", "2025-11")
    assert (found.stage, found.how, found.value, found.step) == ("preliminary", "printed", 1.076e12, 1e9)
    facts = helpers.report_facts(then, "2025-11")
    assert facts["balance_usd_ytd"].text == "$1.076 trillion"
    assert facts["milestone.balance_usd_ytd"].value == 1e12
    assert {flow: facts[f"{flow}_usd_ytd_yoy"].value for flow in ("exports", "imports")} == {"exports": 5.4, "imports": -0.6}
    for flow in ("exports", "imports", "total"):
        assert "customs’ own sum is not available" in facts.why_missing(f"{flow}_usd_ytd")
    for over in ("3m", "12m"):
        assert f"balance_usd_{over}" not in facts


def test_a_finer_sum_counts_where_it_rounds_to_the_print():
    """The eight months to August 2025 add up to what customs printed, rounded; those to November do not."""
    tables = data.as_of(LOADED, "2025-07-20")
    found = figure(tables, "balance", "ytd", "2025-06")
    printed = 586e9
    assert found.value == printed or ("confirmed" in found.how and abs(found.value - printed) <= 0.5e9)


def test_november_2023_as_customs_printed_it():
    """748.13 billion dollars, not the 761.65 of first prints and revised figures added up."""
    tables = data.as_of(LOADED, "2023-12-07")
    facts = helpers.report_facts(tables, "2023-11")
    assert (facts["balance_usd_ytd"].value, facts["balance_usd_ytd"].stage) == (748.13e9, "preliminary")
    assert "balance_usd_12m" not in facts


def test_a_printed_year_to_date_does_not_beat_a_sum_of_a_later_stage(now):
    found = figure(now, "balance", "ytd", "2025-11")
    assert (found.stage, found.value) == ("revised", pytest.approx(1068.2e9))


def test_january_and_february_may_come_in_one_print(then):
    found = levels._sum(then, "exports", "USD", "ytd", year_to_date("2025-11"), FIRST_RELEASE)
    months = ["2025-03", "2025-04", "2025-05", "2025-06", "2025-07", "2025-08", "2025-09", "2025-10", "2025-11"]
    parts = [figure(then, "exports", "month", month).value for month in months]
    assert found.value == pytest.approx(539.94e9 + sum(parts))


def test_a_sum_of_several_stages_is_a_gap_and_carries_no_record(now):
    facts = helpers.report_facts(now, "2026-08")
    assert "customs’ own sum is not available" in facts.why_missing("balance_usd_ytd")
    assert "balance_usd_ytd_rank" not in facts
    assert "milestone.balance_usd_ytd" not in facts


@pytest.mark.parametrize(
    ("period", "day", "exports", "imports", "change", "percent"),
    [  # the growth printed, and the change of the balance that it implies, in billions and percent
        ("2023-11", "2023-12-07", 0.5, -0.6, 2.8, 4.3),
        ("2025-11", "2025-12-08", 5.9, 1.9, 14.3, 14.7),
    ],
)
def test_the_balance_changes_as_its_parts_do(period, day, exports, imports, change, percent):
    """Exports up and imports down raise the balance: never "$1.4 billion lower" beside them."""
    facts = helpers.report_facts(data.as_of(LOADED, day), period)
    assert (facts["exports_usd_month_yoy"].value, facts["imports_usd_month_yoy"].value) == (exports, imports)
    fact = facts["balance_usd_month_change"]
    assert (round(fact.value / 1e9, 1), fact.mark, fact.step) == (change, IMPLIED, 1e8)
    assert round(facts["balance_usd_month_yoy"].value, 1) == percent


def test_the_change_of_the_year_is_written_no_finer_than_its_rounding_allows(then):
    """189 billion dollars, give or take three, +21.3 %."""
    facts = helpers.report_facts(then, "2025-11")
    fact = facts["balance_usd_ytd_change"]
    assert (fact.text, fact.step, fact.mark) == ("$189 billion", 1e9, IMPLIED)
    assert round(facts["balance_usd_ytd_yoy"].value, 1) == 21.3


@given(
    exports=st.floats(1e9, 1e13), imports=st.floats(1e9, 1e13), g=st.floats(-60, 200), h=st.floats(-60, 200),
)  # fmt: skip
def test_changes_of_a_whole_and_of_its_parts_share_one_base(exports, imports, g, h):
    rates = [fact("growth", rate, "percent", stage="preliminary", step=0.1) for rate in (g, h)]
    values = [fact("level", value, "USD", stage="preliminary", step=1e8) for value in (exports, imports)]
    parts = [flow_change(level, None, rate, rate) for level, rate in zip(values, rates, strict=True)]
    balance, total = (change_of_whole(*parts, flow, Label(flow)) for flow in ("balance", "total"))
    assert balance.base.value == pytest.approx(exports / (1 + g / 100) - imports / (1 + h / 100))
    assert total.figure.value == pytest.approx(parts[0].figure.value + parts[1].figure.value)
    assert balance.base.value + balance.figure.value == pytest.approx(exports - imports, abs=1e-3 * (exports + imports))


def test_growth_of_november_in_yuan_is_the_printed_one(now, then):
    """+5.7 and +1.7 % (People's Daily, 9 December 2025); on last year's first prints they would be +5.6 and +1.6."""
    for tables in (now, then):
        facts = helpers.report_facts(tables, "2025-11")
        assert (facts["exports_cny_month_yoy"].value, facts["imports_cny_month_yoy"].value) == (5.7, 1.7)
        assert facts["exports_cny_month_yoy_computed"].mark == UNREVISED
        assert round(facts["total_cny_month_yoy"].value, 1) == 4.1


def test_growth_on_an_unrevised_base_is_marked(now):
    facts = helpers.report_facts(now, "2026-05")
    for name in ("exports_cny_month_yoy", "partner.USA.exports_cny_month_yoy"):
        assert (facts[name].how.startswith("printed"), facts[name].mark) in ((True, ""), (False, UNREVISED))
    assert facts["partner.USA.exports_cny_month_yoy"].mark == UNREVISED
    assert facts["exports_usd_month_yoy"].mark == ""  # both years as revised


def test_nothing_is_computed_across_a_declared_break(now):
    """APEC's imports: customs printed +2.0 and +0.4 %; the figures as they stand would give -7.5 % and nine months of falls."""
    facts = open_profile("partner", "APEC", "2025-11").facts
    name = "partner.APEC.imports_cny"
    for missing in (
        f"{name}_month_yoy", f"{name}_ytd_yoy_computed", "partner.APEC.total_cny_month_yoy", f"streak.{name}_month_falling",
        "partner.APEC.balance_cny_month_change", "partner.APEC.share_ytd_change", f"{name}_ytd_base_revision",
    ):  # fmt: skip
        assert missing not in facts, missing
    assert facts[f"{name}_ytd_yoy"].value == facts[f"{name}_ytd_yoy_printed"].value
    assert "APEC" in facts.why_missing(f"{name}_month_yoy")
    assert "partner.APEC.exports_cny_month_yoy" in facts  # exports are not broken
    assert facts["partner.APEC.balance_cny_ytd_change"].value > 200e9  # implied by printed growth: about +233 billion


def test_currencies_are_compared_like_with_like(now, then):
    for tables in (now, then):
        facts = helpers.report_facts(tables, "2025-11")
        usd, cny = like_with_like(facts, "imports", "ytd")
        assert (usd.value, cny.value) == (-0.6, 0.2)
        assert usd.name.endswith("_printed")
        assert cny.name.endswith("_printed")


def test_a_late_figure_is_history_and_never_the_reports_own(then):
    history = exclude_lookahead(then, "2025-11")
    assert helpers.level(history, "exports", "USD", "month", "2015-06").stage == "revised"
    early = data.as_of(LOADED, "2019-06-30")
    with pytest.raises(NotAvailable):
        figure(early, "exports", "month", "2010-04")
    assert helpers.level(exclude_lookahead(early, "2019-05"), "exports", "USD", "month", "2010-04").value > 0


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


def known_lines(tables: data.Tables, period: str, kind: str = "month") -> set[str]:
    rows = tables.partners[(tables.partners["currency"] == "CNY") & ~tables.partners["late"]]
    return set(rows.loc[(rows["period"] == period) & (rows["kind"] == kind), "partner"])


def test_on_the_day_only_the_lines_of_the_preliminary_table_are_known(then, now):
    assert known_lines(then, "2025-11") == known_lines(then, "2025-11", "ytd") == FLASH
    assert len(FLASH) == 29
    for lines in (known_lines(then, "2025-10"), known_lines(now, "2025-11")):  # their bulletins are out
        assert {"ASIA", "EUROPE", "MEX"} <= lines - FLASH


@pytest.mark.parametrize("year", ["2024", "2025", "2026"])
def test_a_single_january_or_february_by_partner_waits_for_the_bulletin(year):
    before, after = (data.as_of(LOADED, f"{year}-03-{day}") for day in (19, 20))
    for kind, period in (("month", f"{year}-01"), ("ytd", f"{year}-01"), ("month", f"{year}-02")):
        assert not known_lines(before, period, kind)
        assert known_lines(after, period, "month")
    assert known_lines(before, f"{year}-02", "ytd") <= FLASH
    assert {"USA", "ASEAN", "EU27"} <= known_lines(before, f"{year}-02", "ytd")


def test_lines_that_only_the_bulletin_prints_never_carry_the_day_of_the_first_release():
    first = LOADED.releases.set_index("period")["released"]
    goods = LOADED.commodities[LOADED.commodities["table"] == "bulletin"]
    assert (goods["released"] > goods["period"].map(first)).all()


@FEWER
@given(day=DAYS)
def test_nothing_released_after_the_day_counts_as_known(day):
    known = data.as_of(LOADED, day)
    for table in (known.totals, known.partners, known.commodities):
        assert (table.loc[~table["late"], "released"] <= day).all()
        assert (table.loc[table["late"], "released"] > day).all()


@FEWER
@given(days=st.tuples(DAYS, DAYS).map(sorted))
def test_knowing_more_never_loses_a_figure(days):
    earlier, later = (data.as_of(LOADED, day).totals for day in days)
    keys = [set(rows.loc[~rows["late"], KEY].itertuples(index=False, name=None)) for rows in (earlier, later)]
    assert keys[0] <= keys[1]


@FEWER
@given(day=DAYS, year=st.integers(2008, 2026), month=st.integers(1, 12))
def test_exports_less_imports_is_the_balance_of_one_stage(day, year, month):
    tables, period = data.as_of(LOADED, day), f"{year}-{month:02d}"
    found = [find_level(tables, flow, "USD", "month", period) for flow in ("exports", "imports", "balance")]
    if all(isinstance(part, Figure) for part in found) and len({part.stage for part in found}) == 1:
        exports, imports, balance = found
        assert exports.value - imports.value == pytest.approx(balance.value, abs=exports.step + imports.step + balance.step)


def first_print(flow: str, period: str, currency: str, measure: str, kind: str = "month") -> float:
    rows = LOADED.totals[LOADED.totals["stage"] == "preliminary"].set_index(KEY)
    return rows.at[(period, kind, flow, currency, measure), "value"]


@pytest.mark.parametrize(
    ("flow", "period", "currency", "measure", "kind", "value"),
    [
        ("exports", "2025-11", "CNY", "yoy", "month", 5.7),
        ("imports", "2025-11", "CNY", "yoy", "month", 1.7),
        ("imports", "2025-05", "USD", "yoy", "month", -3.4),
        ("balance", "2025-11", "USD", "level", "ytd", 1076e9),
        ("exports", "2025-11", "USD", "yoy", "ytd", 5.4),
        ("imports", "2025-11", "USD", "yoy", "ytd", -0.6),
        ("balance", "2023-11", "USD", "level", "ytd", 748.13e9),
        ("balance", "2024-07", "CNY", "level", "month", 601.9e9),
        ("exports", "2026-02", "USD", "yoy", "ytd", 21.8),
        ("exports", "2026-02", "USD", "yoy", "month", 39.6),
        ("balance", "2009-11", "USD", "level", "ytd", 177.96e9),
    ],
)
def test_first_prints(flow, period, currency, measure, kind, value):
    assert first_print(flow, period, currency, measure, kind) == pytest.approx(value)


def test_growth_by_partner_in_dollars_of_november_2025():
    rows = LOADED.partners[LOADED.partners["currency"] == "USD"].set_index(["period", "kind", "partner"])
    assert rows.at[("2025-11", "month", "USA"), "exports_yoy"] == -28.6
    assert rows.at[("2025-11", "month", "USA"), "exports"] == 33.8e9
    assert rows.at[("2025-11", "ytd", "USA"), "exports_yoy"] == -18.9
    assert set(rows["released"]) == {"2025-12-08"}


def test_a_month_that_came_out_only_with_january_says_so(reported):
    facts = reported("2024-02", "2024-03-10").facts
    for name in ("partner.AFRICA.exports_cny_month", "partner.USA.imports_cny_month_yoy", "partner.USA.share_month"):
        assert facts.why_missing(name) == "not published for the month alone by 2024-03-10"
