"""Goods by partner and partners by good: published figures, sums that close, and what may not be told."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from click.testing import CliRunner
from depth import in_depth
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml.html import fromstring

import helpers
from customs_report import cli, explore_goods, loading, profile
from customs_report import tables as data
from customs_report.calculations import traded_goods
from customs_report.calculations.detail import is_complete, ways
from customs_report.calculations.detail_facts import detail_facts
from customs_report.calculations.levels import find_level
from customs_report.errors import InputError, MissingFigures
from customs_report.exhibits import detail_report as exhibits
from customs_report.facts import Facts, NotAvailable, plain
from customs_report.publish import build, many
from customs_report.report import open_report

CARS = "2024-09"  # the newest month with cars by destination
SOLAR = "2025-09"


@pytest.fixture(scope="module")
def tables():
    return helpers.load()


def with_store(tables, store):
    """The tables with other detail data."""
    return replace(tables, detail=store)


def months_of(period: str) -> list[str]:
    return [f"{year}-{month:02d}" for year in (int(period[:4]) - 1, int(period[:4])) for month in range(1, int(period[5:]) + 1)]


def all_chapters(*months: str, flow: str = "export", value: int = 1) -> list[dict]:
    """Rows of every chapter, so that these months count as downloads of all goods."""
    return [{"period": month, "flow": flow, "commodity": f"{chapter:02d}999999", "partner": "ISL", "value": value}
            for month in months for chapter in range(1, 98)]  # fmt: skip


# --- published figures -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("region", "growth"), [("WORLD", 23.3), ("ASEAN", 23.0), ("AFRICA", 83.8), ("LATAM", 59.3)])
def test_cars_by_region_grew_as_published(tables, region, growth):
    cars = helpers.car_exports(tables, CARS)
    assert cars.at[(region, "all"), "growth"] == pytest.approx(growth, abs=0.06)


def test_cars_to_europe_grew_as_published(tables):
    cars = helpers.car_exports(tables, CARS)[["value", "base"]]
    europe = cars.loc[("EUROPE", "all")] + cars.loc[("EU27", "all")]
    assert europe["value"] / europe["base"] - 1 == pytest.approx(0.082, abs=0.0005)
    without = europe - cars.loc[("RUS", "all")] - cars.loc[("BLR", "all")]
    assert without["value"] / without["base"] - 1 == pytest.approx(-0.049, abs=0.0005)


def test_the_seed_equals_its_own_sums(tables):
    sums = {
        ("export", "854142", "854143"): 2025,
    }
    for (flow, *codes), year in sums.items():
        every = traded_goods.partner_goods(tables, SOLAR, "WORLD", flow, 6).frame.loc[codes, "value"].sum()
        by_partner = sum(traded_goods.commodity_partners(tables, SOLAR, flow, code).frame["value"].sum() for code in codes)
        months = sum(helpers.goods_months(tables, SOLAR, f"{flow}s", code)["value"].loc[str(year)].sum() for code in codes)
        assert every == by_partner == months


def test_every_region_and_drive_sums_to_the_world(tables):
    cars = helpers.car_exports(tables, CARS)
    for drive in ("all", "battery-electric"):
        of_drive = cars.xs(drive, level="drive")
        countries, regions = (of_drive[of_drive["kind"] == kind]["value"] for kind in ("country", "region"))
        assert countries.sum() == of_drive.at["WORLD", "value"]
        assert regions.drop("WORLD").sum() <= of_drive.at["WORLD", "value"]


# --- sums close, nothing counted twice ---------------------------------------------------------------------------------------

CODES = ("85414300", "85414200", "85423190", "87038010", "27090000")
CELL = st.tuples(st.sampled_from(CODES), st.sampled_from(("USA", "VNM", "DEU")), st.integers(1, 10**9))


@given(now=st.lists(CELL, max_size=8), base=st.lists(CELL, max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_contributions_of_each_level_sum_to_the_growth_of_the_whole(tables, detail_store, now, base):
    period, anchor = "2025-01", [(row["commodity"], "ISL", 1000) for row in all_chapters("2025-01")]
    rows = {}
    for month, cells in ((period, [*now, *anchor]), ("2024-01", [*base, *anchor])):
        for code, partner, value in cells:
            rows[month, code, partner] = value
    store = detail_store(*({"period": m, "flow": "export", "commodity": c, "partner": p, "value": v}
                           for (m, c, p), v in rows.items()))  # fmt: skip
    mine = with_store(tables, store)
    for digits in (2, 4, 6, 8):
        frame = traded_goods.partner_goods(mine, period, "WORLD", "export", digits).frame
        whole = {month: sum(v for (m, *_), v in rows.items() if m == month) for month in (period, "2024-01")}
        assert frame["value"].sum() == whole[period]
        assert frame["base"].sum() == whole["2024-01"]
        growth = (whole[period] / whole["2024-01"] - 1) * 100
        assert frame["contribution"].sum() == pytest.approx(growth)
        assert frame["share"].sum() == pytest.approx(100)
    for code in CODES:
        found = [(p, v) for (m, c, p), v in rows.items() if m == period and c == code]
        if found:
            frame = traded_goods.commodity_partners(mine, period, "export", code).frame
            assert dict(frame["value"][frame["value"] > 0]) == dict(found)


def test_downloads_of_two_shapes_are_not_added(tables, detail_store):
    rows = []
    for period in months_of("2025-02"):
        for code, value in (("85423190", 600), ("85414300", 400)):
            rows.append({"period": period, "flow": "export", "commodity": code, "partner": "USA", "value": value})
            rows += [{"period": period, "flow": "export", "commodity": code, "partner": "USA", "regime": regime,
                      "value": value // 2} for regime in ("10", "14")]  # fmt: skip
        rows.append({"period": period, "flow": "export", "commodity": "85", "partner": "USA", "value": 1000})
    mine = with_store(tables, detail_store(*rows))
    for digits in (2, 4, 8):
        assert traded_goods.partner_goods(mine, "2025-02", "USA", "export", digits).frame["value"].sum() == 2000


def test_a_chapter_is_compared_only_where_it_is_available_a_year_earlier(tables, detail_store):
    rows = [
        {"period": m, "flow": "export", "commodity": "85423190", "partner": "USA", "value": 5} for m in months_of("2025-02")
    ]
    rows += [{"period": m, "flow": "export", "commodity": "87038010", "partner": "USA", "value": 7}
             for m in ("2025-01", "2025-02")]  # fmt: skip
    frame = traded_goods.partner_goods(with_store(tables, detail_store(*rows)), "2025-02", "USA", "export", 2).frame
    assert frame.at["85", "growth"] == 0
    assert frame.at["87", "value"] == 14
    assert pd.isna(frame.at["87", "base"])
    assert pd.isna(frame.at["87", "growth"])


def test_the_month_alone_is_told_where_the_year_is_not_complete(tables, detail_store):
    rows = [{"period": m, "flow": "export", "commodity": "85423190", "partner": "USA", "value": v}
            for m, v in (("2025-03", 30), ("2024-03", 20))]  # fmt: skip
    mine = with_store(tables, detail_store(*rows))
    found = traded_goods.partner_goods(mine, "2025-03", "USA", "export")
    assert (found.over, found.frame.at["8542", "growth"]) == ("month", 50)
    assert helpers.partner_goods(mine, partner="USA").attrs["arguments"]["period"] == "2025-03"
    with pytest.raises(NotAvailable, match="the newest month is 2025-03"):
        traded_goods.partner_goods(mine, "2025-04", "USA", "export")


def test_a_good_without_trade_is_new_or_vanished(tables, detail_store):
    cells = {"2024-01": {"85423190": 5, "85414300": 9}, "2025-01": {"85423190": 5, "85423290": 8}}
    rows = [{"period": m, "flow": "export", "commodity": c, "partner": "USA", "value": v}
            for m, codes in cells.items() for c, v in codes.items()]  # fmt: skip
    mine = with_store(tables, detail_store(*rows, *all_chapters("2024-01", "2025-01")))
    frame = helpers.new_goods(mine, "2025-01", "USA")
    assert dict(frame["what"]) == {"854143": "vanished", "854232": "new"}


def test_what_is_in_no_download_is_neither_new_nor_vanished(tables, detail_store):
    rows = [{"period": m, "flow": "export", "commodity": c, "partner": p, "value": v} for m, c, p, v in (
        ("2024-01", "85414300", "USA", 9), ("2024-01", "85423190", "USA", 5), ("2025-01", "85423190", "USA", 6),
        ("2025-01", "85423290", "USA", 8), ("2024-01", "85423990", "VNM", 3), ("2025-01", "85423990", "USA", 4))]  # fmt: skip
    mine = with_store(tables, detail_store(*rows))
    assert dict(helpers.new_goods(mine, "2025-01", "USA")["what"]) == {"854239": "new"}  # Viet Nam had it
    with pytest.warns(MissingFigures, match="some goods only"):
        frame = helpers.partner_goods(mine, "2025-01", "USA", digits=8)
    assert "85414300" not in frame.index
    assert pd.isna(frame.at["85423290", "base"])
    assert frame.at["85423990", "base"] == 0
    assert helpers.partner_goods(mine, "2025-01", "USA", digits=2).at["85", "name"].endswith("(in part)")
    assert helpers.diversion(mine, "2025-01", "USA").empty


def test_a_month_with_more_goods_comes_before_a_year_with_few(tables, detail_store):
    solar = [
        {"period": m, "flow": "export", "commodity": "85414300", "partner": "USA", "value": 1} for m in months_of("2025-03")
    ]
    cars = {"period": "2025-03", "flow": "export", "commodity": "87038010", "partner": "USA", "value": 5}
    mine = with_store(tables, detail_store(*solar, cars))
    found = traded_goods.partner_goods(mine, "2025-03", "USA", "export", 2)
    assert (found.over, list(found.frame.index)) == ("month", ["87", "85"])
    assert traded_goods.partner_goods(mine, "2025-03", "USA", "export", 8, within="8541").over == "ytd"


def test_diversion_is_the_smaller_of_fall_and_rise(tables, detail_store):
    cells = {  # code -> (USA then, USA now, others then, others now)
        "85423190": (100, 40, 50, 80),  # 60 less, 30 more elsewhere: 30
        "85414300": (100, 90, 50, 90),  # 10 less, 40 more: 10
        "85076000": (10, 40, 50, 20),  # more to the United States: nothing
        "87038010": (30, 10, 50, 20),  # less everywhere: nothing
    }
    rows = []
    for code, values in cells.items():
        for value, (period, partner) in zip(
            values, (("2024-01", "USA"), ("2025-01", "USA"), ("2024-01", "VNM"), ("2025-01", "VNM")), strict=True
        ):
            rows.append({"period": period, "flow": "export", "commodity": code, "partner": partner, "value": value})
    found = helpers.diversion(with_store(tables, detail_store(*rows)), "2025-01", "USA")
    assert dict(found["diverted"]) == {"85423190": 30, "85414300": 10}
    assert found.attrs["whole"]["fall"] == 90
    assert found.attrs["whole"]["share"] == pytest.approx(40 / 90 * 100)


def test_one_source_is_nine_tenths(tables, detail_store):
    values = {"AUS": ("26011120", 95), "BRA": ("26011120", 5), "CHL": ("26030000", 60), "PER": ("26030000", 40)}
    rows = [{"period": "2025-01", "flow": "import", "commodity": c, "partner": p, "value": v} for p, (c, v) in values.items()]
    frame = helpers.sole_sources(with_store(tables, detail_store(*rows)), "2025-01")
    assert frame[["partner", "share"]].to_dict("index") == {"260111": {"partner": "AUS", "share": 95}}


def test_an_odd_unit_value_is_marked(tables, detail_store):
    rows = [{"period": "2025-01", "flow": "export", "commodity": "87038010", "partner": p, "value": v, "quantity": q,
             "unit": "vehicles"}
            for p, v, q in (("DEU", 20_000_000, 1000), ("GBR", 21_000_000, 1000), ("BGR", 200_000, 500))]  # fmt: skip
    frame = helpers.commodity_partners(with_store(tables, detail_store(*rows)), "2025-01", "exports", "870380")
    assert dict(frame["outlier"]) == {"GBR": False, "DEU": False, "BGR": True}


# --- as of, completeness, names ----------------------------------------------------------------------------------------------


def test_what_was_added_later_is_not_known_before(tables, detail_store):
    row = {"flow": "export", "commodity": "85423190", "partner": "USA"}
    rows = [{**row, "period": m, "value": v, "released": d} for m, v, d in (
        ("2024-01", 10, "2024-03-20"), ("2025-01", 20, "2025-03-20"), ("2025-01", 30, "2025-09-01"))]  # fmt: skip
    store = detail_store(*rows)
    for day, value in (("2025-03-20", 20), ("2025-08-31", 20), ("2025-09-01", 30), ("", 30)):
        known = replace(data.as_of(tables, day), detail=store, detail_day=day)
        assert traded_goods.partner_goods(known, "2025-01", "USA", "export").frame["value"].sum() == value
    with pytest.raises(NotAvailable):
        traded_goods.partner_goods(replace(tables, detail=store, detail_day="2025-03-19"), "2025-01", "USA", "export")


def test_a_list_of_goods_is_no_fact_where_only_some_of_its_goods_are_available(tables):
    facts = Facts(SOLAR, tables.as_of)
    detail_facts(facts, tables)
    assert facts.why_missing("goods.green_goods.EU27.value_usd_ytd") == "the detail data do not have all of these goods"
    assert not is_complete(tables, SOLAR, "export", ["85"], 6)
    assert ways(tables, traded_goods.span_of(SOLAR), "export")


def test_cars_are_facts_that_claims_can_name(tables):
    facts = Facts(CARS, tables.as_of)
    detail_facts(facts, tables)
    assert facts["cars.AFRICA.all.value_usd_ytd_yoy"].text == "83.8%"
    assert facts["cars.WORLD.battery_electric.value_usd_ytd"].text == "$25.4 billion"
    assert "cars.WORLD.battery_electric.value_usd_ytd_yoy" not in facts
    assert {source.names for source in facts["cars.AFRICA.all.value_usd_ytd"].sources} == {"gacc-query-copy"}


def test_goods_are_found_by_word_and_by_code(tables):
    assert "854143" in helpers.find_goods(tables, "photovoltaic modules").index
    assert helpers.find_goods(tables, "8703").index[0] == "8703"
    assert "87" in helpers.find_goods(tables, "车辆").index
    assert helpers.find_goods(tables, "no such goods").empty


@pytest.mark.parametrize("digits", [3, 10, "x"])
def test_odd_digits_are_one_line(tables, digits):
    with pytest.raises(InputError, match="digits"):
        helpers.partner_goods(tables, SOLAR, "USA", digits=digits)


# --- what is shown ----------------------------------------------------------------------------------------------------------


def test_the_search_of_explore_shows_the_partners_of_a_good(tables):
    search = explore_goods.Goods(tables, "854143")
    assert "Netherlands" in search.shown.value
    search.partners.value = ("PAK",)
    assert "Pakistan" in search.shown.value
    assert "Netherlands" not in search.shown.value
    assert search.code.value.endswith(".loc[['PAK']]")
    frame = eval(search.code.value, {"helpers": helpers, "tables": tables})
    assert list(frame.index) == ["PAK"]
    search.search.value = "no such goods"
    assert "no goods have these words" in search.shown.value
    search.search.value = "2709"
    assert "no detail data" in search.shown.value


def test_of_a_small_part_of_trade_nothing_is_told_of_goods_at_large():
    report = open_report(SOLAR)
    for exhibit in (exhibits.drivers, exhibits.diverted, exhibits.new_and_vanished):
        made = exhibit(report)
        assert plain(made.words.claim).endswith(": detail data have 0.8% of exports")
        assert not made.words.sentences
        assert not made.bodies
    (to_eu,) = exhibits.green_goods_to_eu(report).bodies  # the list of high technology has the same rows
    held = exhibits.sections(report)
    assert "only some goods of HS 3818 and 8541" in plain(held.words.sentences[0])
    for table in (to_eu, *held.bodies):
        assert "Points" not in {column.header for column in table.columns}


def test_of_all_goods_it_is_told(tables, detail_store, monkeypatch):
    published = int(find_level(tables, "exports", "USD", "month", "2025-01").value)
    rows = all_chapters("2024-01", "2025-01", value=published // 97 * 6 // 10)
    rows += [{"period": m, "flow": "export", "commodity": "85423190", "partner": "USA", "value": v}
             for m, v in (("2024-01", 20), ("2025-01", 10))]  # fmt: skip
    monkeypatch.setattr("customs_report.report.known_tables", lambda *_: with_store(tables, detail_store(*rows)))
    report = open_report("2025-01")
    assert plain(exhibits.drivers(report).words.claim) == "Which goods moved exports"
    assert plain(exhibits.diverted(report).words.claim) == "Of goods sold less to the US, 0.0% went elsewhere"
    assert plain(exhibits.new_and_vanished(report).words.claim) == "No good is new or gone in exports to the US"


@pytest.mark.parametrize("period", [CARS, SOLAR, *in_depth("2026-07", "2012-02")])
def test_the_report_on_goods_is_proved_in_every_month(period):
    (order,) = many.orders([period], notebook="detail_report", formats=("html", "pdf"))
    ((_, made),) = many.make_all([order])
    assert not made.manifest["incomplete"]
    text = " ".join(fromstring(made.contents["html"].decode()).text_content().split())
    assert ("Exports of cars rose 23.3%" in text) == (period == CARS)
    assert "Not available for this month" in text


def test_a_code_has_a_profile():
    ((notebook, given_),) = profile.profiles_to_build("commodity_profile", CARS, "", {"commodity": "8703"})
    assert (notebook, given_["flow"]) == ("commodity_profile_by_code", "export")
    (order,) = many.orders([CARS], notebook=notebook, parameters=given_, formats=("html",))
    ((_, made),) = many.make_all([order])
    assert order.name == "commodity_profile_by_code-export-8703"
    text = " ".join(fromstring(made.contents["html"].decode()).text_content().split())
    assert "Exports of 67.6 billion dollars, up 23.3%" in text
    with pytest.raises(InputError, match=r"8703 has no exports in 2026-07: no detail data .*; the newest month is 2024-09"):
        profile.profiles_to_build("commodity_profile", "2026-07", "", {"commodity": "8703"})


def test_made_up_figures_are_marked_above_every_headline(tables, detail_store, monkeypatch):
    rows = [{"period": m, "flow": "export", "commodity": "87038010", "partner": "USA", "value": 5, "source": "synthetic"}
            for m in months_of("2025-02")]  # fmt: skip
    mine = with_store(tables, detail_store(*rows))
    monkeypatch.setattr("customs_report.report.known_tables", lambda *_: mine)
    for notebook in ("detail_report", "monthly_brief"):
        executed, report = build.run(notebook, {"period": "2025-02", "as_of": ""})
        page = build.render(executed, report, notebook, {"period": "2025-02", "as_of": ""}, ("html",))["html"].decode()
        assert "SYNTHETIC DETAIL DATA" in page


def test_coverage_names_what_is_missing(tmp_path):
    done = CliRunner().invoke(cli.main, ["coverage", "--csv", str(tmp_path / "all.csv")])
    assert done.exit_code == 0
    assert "10-12" in done.output  # cars end in September 2024
    rows = pd.read_csv(tmp_path / "all.csv", dtype=str)
    mine = rows[(rows["chapter"] == "87") & (rows["partner"] == "DEU") & (rows["by"] == "4 partner")].set_index("year")
    assert mine.loc[["2023", "2024"], "months"].to_list() == ["12", "9"]


def test_loading_reads_no_detail_data(monkeypatch):
    monkeypatch.setattr("customs_report.detail.engines.engine", lambda: pytest.fail("a query"))
    assert loading.load().detail.last >= "2026-03"
