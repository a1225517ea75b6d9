"""The notebook `explore`: the chart it shows is the one its code makes, and every exhibit of a report can be made in it."""

from __future__ import annotations

import ast
import csv
import io
import re
from base64 import b64decode
from datetime import date
from itertools import pairwise
from urllib.parse import unquote

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

import helpers
from customs_report import exhibits
from customs_report.display.markup import plain
from customs_report.errors import InputError
from customs_report.explore import Choice, Controls
from customs_report.frames import by_month
from customs_report.publish import build, inputs
from customs_report.publish.workbook import START
from customs_report.report import open_report

PERIOD, NEWS_DAY = "2025-11", "2025-12-08"
CELLS = {cell.id: cell.source for cell in nbformat.read(inputs.NOTEBOOKS / "explore.ipynb", 4).cells}


@pytest.fixture(scope="module")
def space() -> dict:
    """The names that the notebook has once its report is open."""
    names: dict = {}
    for cell in ("parameters", "setup", "fact"):
        exec(CELLS[cell], names)
    return names


def result(source: str, names: dict):
    """What a cell shows: the value of its last line."""
    *before, last = ast.parse(source).body
    exec(compile(ast.Module(before, []), "cell", "exec"), names)
    return eval(compile(ast.Expression(last.value), "cell", "eval"), names)


# --- a report's exhibits, pasted ------------------------------------------------------------------------------------------


def test_each_exhibit_pasted_after_the_setup_is_the_same(space):
    executed = nbformat.from_dict(build.run("monthly_report", {"period": PERIOD, "as_of": ""})[0])
    exhibits = [cell for cell in executed.cells if cell.id.startswith("exhibit-")]
    assert len(exhibits) > 20
    for cell in exhibits:
        assert len(ast.parse(cell.source).body) <= 3, cell.id  # what it calculates, and one call
        forms, _ = result(cell.source, space)._repr_mimebundle_()
        assert forms == {kind: cell.outputs[0].data[kind] for kind in forms}, cell.id


def test_the_first_table_needs_no_report():
    names: dict = {}
    for cell in ("parameters", "setup"):
        exec(CELLS[cell], names)
    assert "report" not in names
    assert [*result(CELLS["partners"], names)["partner"].unique()] == ["ASEAN", "EU27", "USA"]


def test_the_notebook_runs_through():
    import papermill

    executed = papermill.execute_notebook(
        str(inputs.NOTEBOOKS / "explore.ipynb"), None, engine_name="in_process", progress_bar=False
    )
    for cell in executed.cells:
        if cell.cell_type == "code" and cell.id not in ("parameters", "setup"):
            assert ["error"] != [output.output_type for output in cell.outputs] != [], cell.id


# --- partners and commodities side by side --------------------------------------------------------------------------------

SUBJECTS = ("all", "USA", "ASEAN", "AFRICA", "motor_vehicles", "ships", "crude_oil", "soya_beans", "integrated_circuits")


def fact_name(subject: str, flow: str, measure: str, over: str, currency: str) -> str:
    """The fact with the same value, by its documented name."""
    of = "value" if measure == "growth" else measure
    name = f"commodity.{flow.removesuffix('s')}.{subject}.{of}{'_cny' if of == 'value' else ''}_{over}"
    if subject == "all":
        name = f"{flow}_{currency.lower()}_{over}"
    elif subject.isupper():
        name = f"partner.{subject}.{flow}_cny_{over}"
    return name + ("_yoy" if measure == "growth" else "")


@given(
    subject=st.sampled_from(SUBJECTS),
    flow=st.sampled_from(("exports", "imports", "balance", "total")),
    measure=st.sampled_from(("value", "quantity", "unit_value", "growth")),
    over=st.sampled_from(("month", "ytd")),
    currency=st.sampled_from(("CNY", "USD")),
)
def test_a_point_is_the_fact_of_its_month(reported, subject, flow, measure, over, currency):
    try:
        found = helpers.comparison(reported(PERIOD).tables, PERIOD, [subject], flow, measure, over, currency)
    except InputError as error:
        refused = str(error)
    else:
        refused = ""
    if refused:
        assert re.fullmatch(r"nothing to compare\. .+: .+", refused)
        return
    name = fact_name(subject, flow, measure, over, currency)
    for period in (PERIOD, "2025-08"):
        at = by_month(found.values)[subject].get(period)
        assert (None if at is None or at != at else at) == reported(period).facts.value(name), name


def test_longer_sums_and_shares_are_made_of_the_months(now):
    months = by_month(helpers.comparison(now, PERIOD, ["USA", "all"]).values)
    quarter = by_month(helpers.comparison(now, PERIOD, ["USA", "all"], over="3m").values)
    assert quarter.loc[PERIOD].to_dict() == pytest.approx(months.iloc[-3:].sum().to_dict())
    share = by_month(helpers.comparison(now, PERIOD, ["USA"], measure="share", over="3m").values).at[PERIOD, "USA"]
    assert share == pytest.approx(quarter.at[PERIOD, "USA"] / quarter.at[PERIOD, "all"] * 100)
    growth = by_month(helpers.comparison(now, PERIOD, ["USA"], measure="growth", over="3m").values).at[PERIOD, "USA"]
    assert growth == pytest.approx((quarter.at[PERIOD, "USA"] / quarter.at["2024-11", "USA"] - 1) * 100)
    cars = {
        m: by_month(helpers.comparison(now, PERIOD, ["motor_vehicles"], measure=m, over="3m").values)
        for m in ("value", "quantity")
    }
    unit = helpers.comparison(now, PERIOD, ["motor_vehicles"], measure="unit_value", over="3m")
    assert unit.unit == "CNY per unit"
    assert unit.values.at[PERIOD, "motor_vehicles"] == pytest.approx(
        (cars["value"] / cars["quantity"]).at[PERIOD, "motor_vehicles"]
    )


def test_what_cannot_be_compared_is_a_gap_with_its_reason(now):
    def gaps(*subjects: str, **asked: str) -> dict:
        return helpers.comparison(now, PERIOD, subjects, **asked).gaps

    assert gaps("all", "USA", currency="USD") == {"USA": "partners and commodities are in yuan"}
    beginning = "customs publishes January and February together"
    assert gaps("ships", "coal", flow="imports", measure="quantity") == {
        "ships": "no imports of ships are available; there are exports: flow='exports'",
        "coal": f"2024-01 to 2024-02, 2025-01 to 2025-02: {beginning}",
    }
    assert gaps("crude_oil", "integrated_circuits", flow="imports", measure="quantity", since="2025-01") == {
        "integrated_circuits": "counted in units, not in tonnes"
    }
    assert gaps("USA", "ships", measure="quantity") == {"USA": "only commodities have a quantity"}
    with pytest.raises(InputError, match=r"^nothing to compare. All trade, United States: a balance has no share here$"):
        gaps("all", "USA", flow="balance", measure="share")
    with pytest.raises(InputError, match=r"^nothing to compare. ASEAN, United States: partners and commodities are in yuan$"):
        gaps("ASEAN", "USA", currency="dollars")
    assert gaps("USA", "ships", flow="balance") == {"ships": "a commodity has exports and imports, each by itself"}


def test_months_without_a_figure_are_named_with_the_reason(now):
    found = helpers.comparison(now, "2026-07", ["motor vehicles", "passenger cars"], measure="growth")
    assert found.gaps == {"motor_vehicles": "2025-03: neither customs’ growth nor a year-earlier figure is available"}
    assert [f"{month:%Y-%m}" for month in found.values.index[found.values["motor_vehicles"].isna()]] == ["2025-03"]
    later = helpers.comparison(now, "2026-07", ["steel_products"], measure="growth", over="ytd")
    assert later.gaps["steel_products"].startswith("2026-01: customs publishes January and February together")
    shown = exhibits.compare(open_report("2026-07", "2026-09-08"), ["motor_vehicles"], measure="growth")
    assert "Not shown: Motor vehicles: March 2025: neither customs’ growth" in plain(shown.source)


def test_nothing_later_than_the_vintage_is_shown(then, now):
    assert by_month(helpers.comparison(then, PERIOD, ["all"], currency="USD").values).at[PERIOD, "all"] == pytest.approx(
        330.3e9
    )
    assert by_month(helpers.comparison(now, PERIOD, ["all"], currency="USD").values).at[PERIOD, "all"] == pytest.approx(330.0e9)
    assert by_month(helpers.comparison(now, "2025-06", ["USA"]).values).index[-1] == "2025-06"


def test_subjects_are_found_by_any_name(now):
    found = helpers.comparison(now, "2025-11", ["Viet Nam", "美国", "Motor vehicles", "all"])
    assert [*found.values] == ["VNM", "USA", "motor_vehicles", "all"]
    assert [*found.named] == ["Vietnam", "United States", "Motor vehicles", "All trade"]
    assert repr(found).startswith(
        "Vietnam, United States, Motor vehicles, All trade side by side\n  values: 2018-07 to 2025-11"
    )
    assert len(repr(found)) < 1000
    assert "<table>" in found._repr_html_()
    medicines = [helpers.comparison(now, subjects="medicines", flow=flow).named for flow in ("exports", "imports")]
    assert [*map(list, medicines)] == [["Medical and pharmaceutical products"], ["Medicines and medicinal materials"]]
    assert by_month(helpers.comparison(now, PERIOD, ["USA"], "export").values).equals(
        by_month(helpers.comparison(now, PERIOD, ["USA"]).values)
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((["UAS"],), "there is no partner or commodity 'UAS'; nearest: USA (United States)"),
        (
            (["laptops"],),
            "there is no partner or commodity 'laptops'; nearest: data_processing_machines (Data processing machines and parts)",
        ),
        (
            (["Middle East"],),
            "there is no partner or commodity 'Middle East'; nearest: none; names are like USA, ASEAN, motor_vehicles, chips",
        ),
        (
            (["Congo"],),
            "'Congo' may be one of several; name one: COD (Democratic Republic of the Congo), COG (Republic of the Congo)",
        ),
        ((["Kenya"],), "customs' monthly table of partners has no line for Kenya"),
        (([None],), "there is no partner or commodity None; nearest: none; names are like USA, ASEAN, motor_vehicles, chips"),
        ((5,), "there is no partner or commodity 5; nearest: none; names are like USA, ASEAN, motor_vehicles, chips"),
        ((["vietnm"],), "there is no partner or commodity 'vietnm'; nearest: VNM (Vietnam)"),
        ((["USA"], "exprots"), "there is no flow 'exprots'; nearest: exports; all: exports, imports, balance, total"),
        (
            (["USA"], "exports", "price"),
            "there is no measure 'price'; all: value, quantity, unit_value, growth, share",
        ),
        ((["USA"], "exports", "value", "ytd", "CNY", "2026"), "since '2026' is no month from 2008-01 to 2025-11"),
        ((["USA"], "exports", "value", "ytd", "CNY", "2025-12"), "since '2025-12' is no month from 2008-01 to 2025-11"),
        (([],), "0 subjects are chosen; from one to 6 lines can be distinguished"),
    ],
)
def test_a_name_that_is_none_is_refused_with_the_nearest(now, arguments, said):
    with pytest.raises(InputError) as refused:
        helpers.comparison(now, PERIOD, *arguments)
    assert str(refused.value) == said


def test_no_label_leaves_the_drawing(reported):
    for measure, subjects in (("value", ["ASEAN", "EU27", "JPN", "KOR", "TWN", "USA"]), ("growth", SUBJECTS[4:])):
        figure = exhibits.compare(reported(PERIOD), subjects, measure=measure).figure
        figure.savefig(io.BytesIO(), format="png")
        boxes = sorted((text.get_window_extent() for text in figure.axes[0].texts), key=lambda box: box.y0)
        assert all(0 <= box.x0 <= box.x1 <= figure.bbox.x1 and box.y0 >= 0 for box in boxes)
        assert all(low.y1 <= high.y0 + 4 for low, high in pairwise(boxes))


# --- the controls ---------------------------------------------------------------------------------------------------------


def test_a_search_shortens_the_lists_and_keeps_what_is_chosen(reported):
    controls = Controls(reported(PERIOD))
    chart, chosen = controls.shown.value, controls.fields["partners"].value
    controls.search.value = "viet"
    assert [code for _, code in controls.fields["partners"].options] == sorted({*chosen, "VNM"}, key=_in_list(controls))
    assert controls.fields["commodities"].options == ()
    assert controls.fields["partners"].value == chosen
    assert controls.shown.value == chart
    controls.search.value = ""
    assert len(controls.fields["commodities"].options) > 50


def _in_list(controls):
    return [code for _, code in controls.all_options[controls.fields["partners"]]].index


def test_a_change_of_a_control_changes_chart_and_code(reported):
    controls = Controls(reported(PERIOD))
    seen = [controls.shown.value]
    for name, value in (
        ("commodities", ("motor_vehicles",)),
        ("partners", ()),
        ("measure", "unit_value"),
        ("over", "ytd"),
        ("since", "2025-01"),
        ("as_of", NEWS_DAY),
    ):
        controls.fields[name].value = value
        assert "<svg" in controls.shown.value, name
        seen.append(controls.shown.value)
    assert len(set(seen)) >= len(seen) - 1  # the vintage need not change a line
    assert controls.code.value == (
        'report = open_report("2025-11", "2025-12-08")\n'
        'exhibits.compare(report, ["motor_vehicles"], measure="unit_value", over="ytd", since="2025-01")'
    )
    controls.fields["period"].value = "2026-07"
    assert "no figure of 2026-07 in the data was public on 2025-12-08" in controls.shown.value
    assert "<svg" not in controls.shown.value


@pytest.mark.parametrize(
    "choice",
    [
        Choice(PERIOD, "", ("USA",)),
        Choice(PERIOD, NEWS_DAY, ("all",), flow="balance", currency="USD", over="12m"),
        Choice("2026-07", "", ("crude_oil", "natural_gas"), flow="imports", measure="unit_value", since="2025-01"),
    ],
)
def test_the_code_makes_the_same_chart(space, choice):
    copied = result(choice.code, dict(space))
    assert copied.html() == choice.chart().html()


def test_the_data_are_saved_in_full_and_as_the_helper_has_them(reported):
    report = reported(PERIOD)
    page = Controls(report).shown.value
    held = by_month(helpers.comparison(report.tables, PERIOD, ["ASEAN", "EU27", "USA"]).values).loc[PERIOD]
    address = page.partition('href="data:text/csv;charset=utf-8,')[2].partition('"')[0]
    header, *_, last = csv.reader(io.StringIO(unquote(address)))
    assert header == ["Month", "ASEAN (yuan)", "European Union (yuan)", "United States (yuan)"]
    assert [last[0], *map(float, last[1:])] == ["2025-11-01", *held]

    book = CalamineWorkbook.from_filelike(io.BytesIO(b64decode(page.partition(";base64,")[2].partition('"')[0])))
    rows = book.get_sheet_by_index(0).to_python()
    assert book.sheet_names == ["Table 1"]
    assert rows[0][0] == "Exports, value, by month"
    assert rows[START] == header
    assert rows[-1] == [date(2025, 11, 1), *held]


def test_no_number_of_the_controls_promises_a_trace_that_is_not_there(reported):
    assert "interestfor" not in Controls(reported(PERIOD)).shown.value


def test_the_controls_open_with_any_vintage(reported):
    controls = Controls(reported(PERIOD, "2025-12-10"))
    assert controls.choice.as_of == "2025-12-10"
    assert "<svg" in controls.shown.value
