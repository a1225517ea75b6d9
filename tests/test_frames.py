"""Frames in a notebook: their cells are facts, another base is proved, and what an author changed is the author's own."""

from __future__ import annotations

import inspect

import pandas as pd
import pytest
from depth import in_depth

import helpers
from customs_report import exhibits
from customs_report.display import exhibit
from customs_report.errors import InputError
from customs_report.facts import plain
from customs_report.frames import CELLS, call_of, differ, fact_cells
from customs_report.report import using

REPORTS = [("2025-11", ""), ("2025-11", "2025-12-08"), *in_depth(("2026-07", ""), ("2012-03", ""), ("2024-02", ""))]
VARIANTS = {
    "contributions": [
        {"by": by, "flow": flow, "over": over}
        for by in ("partner", "commodity") for flow in ("exports", "imports") for over in ("ytd", "month")
    ],
    "balance_contributions": [{"over": over} for over in ("ytd", "month")],
    "partners": [{"over": over} for over in ("ytd", "month")],
    "commodities": [{"flow": flow, "over": over} for flow in ("exports", "imports") for over in ("ytd", "month")],
    "totals": [{"currency": currency} for currency in ("USD", "CNY")],
    "partner_months": [{"partner": partner} for partner in ("USA", "ASEAN")],
    "commodity_months": [{"flow": "exports", "commodity": "motor_vehicles"}],
    "unit_value_indices": [{"flow": flow} for flow in ("exports", "imports")],
    "value_split": [{"flow": flow} for flow in ("exports", "imports")],
}  # fmt: skip


OTHERWISE = {  # other than `known`, where the detail data end earlier
    "car_exports": {"period": "2024-09"},
    "commodity_partners": {"period": "2024-09", "commodity": "8703"},
    "diversion": {"period": "2025-09", "partner": "BRA"},
    "diversion_by_year": {"period": "2025-09"},
    "goods_by_section": {"period": "2024-09"},
    "goods_months": {"period": "2024-09", "commodity": "8703"},
    "listed_goods": {"period": "2025-09", "goods": "solar"},
    "new_goods": {"period": "2025-09"},
    "partner_goods": {"period": "2025-09"},
    "sole_sources": {"period": "2024-09"},
}


@pytest.mark.parametrize(("period", "as_of"), REPORTS)
@pytest.mark.parametrize("name", CELLS)
def test_the_cells_of_a_frame_are_the_facts_they_are_named_after(reported, name, period, as_of):
    report = reported(period, as_of)
    for arguments in VARIANTS.get(name, [{}]):
        frame = getattr(helpers, name)(report.tables, report.period, **arguments)
        named = {fact: cell for fact, cell in fact_cells(frame) if fact in report.facts}
        assert named or (period, as_of) != ("2025-11", ""), (name, arguments)
        assert not [name for name, cell in named.items() if differ(cell, (fact := report.facts[name]).value, fact.rounding)]


def parts(report, **arguments) -> pd.DataFrame:
    return helpers.contributions(report.tables, report.period, by="partner", **arguments)


def text(content) -> str:
    return " ".join(plain(runs) for runs in (content.words.claim, *content.words.sentences, *content.words.notes))


def test_a_frame_as_made_is_the_exhibit_of_the_report(reported):
    report = reported("2025-11")
    given = exhibits.contributions_by_partner(report, parts(report), parts(report, flow="imports"))
    assert exhibit(6, given).html == exhibit(6, exhibits.contributions_by_partner(report)).html
    assert not given.own


def test_another_base_changes_chart_words_and_the_note_on_method(reported):
    report = reported("2025-11")
    usual, other = (exhibits.contributions_by_partner(report, parts(report, base=base)) for base in ("implied", "printed"))
    assert not other.own
    assert text(other) != text(usual)
    assert "not the one that published growth implies" in text(other)
    chart, before = other.bodies[0], usual.bodies[0]  # of exports
    assert chart.data.rows != before.data.rows
    assert chart.svg != before.svg
    usa = report.facts["contribution.partner.exports_cny_ytd.USA:printed"]
    frame = parts(report, base="printed")
    assert usa.value == pytest.approx(frame.at["USA", "contribution"])
    assert usa.origin.evaluated() == usa.value
    total = report.facts["exports_cny_ytd_yoy_computed"].value
    assert frame.loc[frame["level"] == 1, "contribution"].sum() == pytest.approx(total)
    assert 'data-fact="contribution.partner.exports_cny_ytd.USA:printed"'.replace('"', "") in exhibit(6, other).html.replace(
        '"', ""
    )


@pytest.mark.parametrize("period", ["2023-05", "2026-08"])
def test_a_base_that_is_not_available_is_said_as_the_usual_one_is(reported, period):
    report = reported(period)
    usual, other = (exhibits.contributions_by_partner(report, parts(report, base=base)) for base in ("implied", "printed"))
    assert text(other) == text(usual)
    assert other.bodies == usual.bodies == ()


def test_the_note_names_what_another_base_changes(reported):
    report = reported("2026-07")
    frames = [parts(report, flow=flow, base="printed") for flow in ("exports", "imports")]
    shown = text(exhibits.contributions_by_partner(report, *frames))
    assert "Imports: customs has revised last year’s figures of Switzerland, Chile, Hong Kong, Kyrgyzstan and Peru" in shown
    assert "Exports: customs has revised" not in shown
    goods = helpers.contributions(report.tables, report.period, by="commodity", base="printed")
    assert "Exports: to the decimal shown, both bases give the same" in text(exhibits.contributions_by_commodity(report, goods))


def test_parts_have_names(reported):
    named = parts(reported("2025-11"))["name"]
    assert named[["USA", "rest_of_AFRICA", "remainder"]].to_list() == [
        "United States",
        "Rest of Africa",
        "No country, rounding",
    ]


def test_a_changed_cell_changes_words_chart_and_table_and_makes_them_the_authors_own(reported):
    report = reported("2025-11")
    frame = parts(report)
    frame.loc["USA", "contribution"] = -4.4
    own = exhibits.contributions_by_partner(report, frame)
    assert own.own
    assert exhibit(6, own)._repr_mimebundle_()[1]["customs_report"]["own"]
    assert "United States (−4.4)" in text(own)
    assert "changed the figures behind this exhibit: its numbers are not proved" in exhibit(6, own).html
    assert "changed by the author of this notebook" in plain(own.bodies[0].source)
    chart = own.bodies[0]  # of exports
    assert "−4.4" in plain(chart.alt)
    assert next(row for row in chart.data.rows if plain(row.label) == "United States").values[0] == -4.4
    assert report.facts["contribution.partner.exports_cny_ytd.USA"].value != -4.4
    assert "data-fact=contribution.partner.exports_cny_ytd.USA" not in exhibit(6, own).html


def test_what_is_computed_from_a_changed_cell_is_computed_anew(reported):
    report = reported("2025-11")
    frame = helpers.monthly_trade(report.tables, report.period)
    frame.iloc[-1, frame.columns.get_loc("balance")] = 150e9
    own = exhibits.balance(report, frame)
    assert own.own
    assert "$150.0 billion" in text(own)
    facts = using(report, [frame], helpers.monthly_trade).facts
    assert facts["balance_usd_month_rank"].value == 1
    assert report.facts["balance_usd_month_rank"].value == 3


def test_an_exhibit_refuses_a_frame_of_another_question(reported):
    report = reported("2025-11")
    for frame, said in (
        (parts(report, over="month"), "with over='ytd', not over='month'"),
        (helpers.contributions(report.tables, report.period, by="commodity"), "with by='partner', not by='commodity'"),
    ):
        with pytest.raises(InputError, match=said):
            exhibits.contributions_by_partner(report, frame)
    with pytest.raises(InputError, match="takes the report first"):
        exhibits.balance(parts(report))
    with pytest.raises(InputError, match="takes what a function of exhibits returns, not DataFrame"):
        exhibit(2, parts(report))


def test_the_note_on_method_tells_the_base_of_each_flow(reported):
    report = reported("2025-11")
    said = text(exhibits.contributions_by_partner(report, parts(report, base="printed")))
    assert "Exports: the base is last year’s figure as published" in said
    assert "Imports: since January the base is the one that published growth implies" in said


def test_a_frame_in_another_order_or_of_a_later_day_with_the_same_figures_is_proved(reported):
    report = reported("2025-11")
    assert not exhibits.contributions_by_partner(report, parts(report).sort_values("contribution")).own
    later = helpers.contributions(helpers.load(), "2025-11")
    assert later.attrs["as_of"] != report.tables.as_of
    assert not exhibits.contributions_by_partner(report, later).own
    with pytest.raises(InputError, match="as known on 2025-12-08"):
        exhibits.balance(report, helpers.monthly_trade(helpers.load("2025-12-08"), "2025-11"))


def test_the_data_of_a_chart_are_a_frame_with_dates(reported):
    (chart,) = exhibits.balance(reported("2025-11")).bodies
    assert isinstance(chart.frame.index, pd.DatetimeIndex)
    assert chart.frame.index.is_monotonic_increasing
    assert chart.frame.iloc[-1].to_list()[0] == 109.9e9
    assert "show it with a number" in repr(exhibits.balance(reported("2025-11")))


def test_a_frame_of_something_else_is_refused_in_one_line(reported):
    report = reported("2025-11")
    for frame, said in (
        (parts(report), r"takes a frame of helpers\.monthly_trade, not of helpers\.contributions"),
        (helpers.monthly_trade(report.tables, report.period).tail(24), "lacks row 2008-01-01"),
        (helpers.monthly_trade(report.tables, report.period).drop(columns="record"), "lacks column record"),
        (helpers.monthly_trade(report.tables, report.period)["exports"], "frames that helpers return"),
        (helpers.monthly_trade(report.tables, "2025-10"), "is of 2025-10, the report of 2025-11"),
        (pd.DataFrame({"exports": [1.0]}), "frames that helpers return"),
        ([1, 2], "frames that helpers return"),
    ):
        with pytest.raises(InputError, match=said):
            exhibits.balance(report, frame)


def test_a_frame_goes_by_any_name_of_its_partner_and_never_stands_for_another(reported):
    report = reported("2025-11")
    frame = helpers.partner_months(report.tables, report.period, "Africa")
    frame.iloc[-1, 0] = 300e9
    known = using(report, [frame], helpers.partner_months)
    for name in ("AFRICA", "Africa", "africa"):
        assert known.frame(helpers.partner_months, partner=name).iloc[-1, 0] == 300e9
    with pytest.raises(InputError, match=r"of LATAM, the frame of helpers\.partner_months of AFRICA"):
        known.frame(helpers.partner_months, partner="LATAM")
    assert "partner_months.AFRICA" in report.shown
    assert "partner_months.AFRICA" in [trace.name for trace in exhibits.traces(report)]


def test_every_helper_frame_says_its_call_and_its_units(now):
    for name in helpers.__all__:
        function = getattr(helpers, name)
        if "DataFrame" not in str(inspect.signature(function).return_annotation):
            continue
        known = {"period": "2025-11", "partner": "USA", "flow": "exports", "commodity": "motor_vehicles", "words": "cars"}
        known |= OTHERWISE.get(name, {})
        given = {p: known[p] for p in inspect.signature(function).parameters if p in known}
        frame = function(now, **given)
        assert call_of(frame).helper == name
        assert call_of(frame).arguments.get("period") == given.get("period")
        assert not frame.empty or name in ("new_goods", "sole_sources")  # of which the project's own detail data have none
        assert frame.attrs["units"].keys() == {str(column) for column in frame}
        assert isinstance(frame.index, pd.DatetimeIndex) == (frame.index.name == "period"), name
