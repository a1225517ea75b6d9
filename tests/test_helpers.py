"""`helpers` in a notebook: completion, and docstrings whose examples run."""

from __future__ import annotations

import doctest
import importlib
import inspect
import json
import re
import subprocess
import sys
import warnings
from datetime import date
from pkgutil import iter_modules

import pandas as pd
import pytest
from IPython.core.completer import IPCompleter, provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import helpers
from customs_report import calculations, frames, lookup, measures, periods, provenance
from customs_report.errors import InputError, MissingFigures
from customs_report.exhibits.provenance import MADE_FROM
from customs_report.report import open_report
from customs_report.vintages import latest

PUBLIC = helpers.__all__
GOODS = [name for name, tables in MADE_FROM.items() if "detail" in tables]
OF_SUBJECT = ("commodity_months", "partner_months", "unit_value_indices")  # of one partner, good or flow
HELPERS = [name for name in MADE_FROM if name not in (*GOODS, *OF_SUBJECT)]
SUBJECT: dict[str, dict] = {
    "commodity_partners": {"commodity": "854143"},
    "goods_months": {"commodity": "854143"},
    "partner_goods": {"partner": "Viet Nam"},
    "new_goods": {"partner": "Viet Nam"},
    "car_exports": {"period": "2024-09"},
    "diversion": {"partner": "Brazil"},
}
NONE = ("new_goods", "sole_sources")  # of which the project's own detail data have none
INSIDE = [importlib.import_module(f"customs_report.calculations.{found.name}") for found in iter_modules(calculations.__path__)]
EXAMPLES = [
    (module, test)
    for module in (*INSIDE, lookup, measures, periods, provenance)
    for test in doctest.DocTestFinder().find(module)
    if test.examples
]


@pytest.fixture(scope="module")
def space() -> dict:
    """The names that the notebook `explore` has after its setup; the vintage is fixed, whatever is added to the data."""
    report = open_report("2025-11", "2026-09-08")
    return {"helpers": helpers, "report": report, "tables": report.tables, "period": report.period}


@pytest.mark.parametrize("name", PUBLIC)
def test_a_helper_says_what_it_answers_and_shows_it(space, name):
    doc = inspect.getdoc(getattr(helpers, name))
    test = doctest.DocTestParser().get_doctest(doc, dict(space), name, None, None)
    assert "?" in doc.split("\n\n")[0] or name == "report_facts"
    assert any(f"helpers.{name}(" in example.source for example in test.examples)
    assert failures(test) == ""


@pytest.mark.parametrize(("module", "test"), EXAMPLES, ids=[test.name for _, test in EXAMPLES])
def test_the_examples_of_calculations_run(space, module, test):
    test.globs = {**vars(module), **space}
    assert failures(test) == ""


def failures(test: doctest.DocTest) -> str:
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    return "".join(said)


@pytest.mark.parametrize(
    ("call", "same"),
    [
        (lambda t, p: helpers.partner_months(t, p, "viet nam"), lambda t, p: helpers.partner_months(t, p, "VNM")),
        (
            lambda t, p: helpers.commodity_months(t, p, "exports", "Motor vehicles"),
            lambda t, p: helpers.commodity_months(t, p, "export", "motor_vehicles"),
        ),
        (
            lambda t, p: helpers.contributions(t, p, by="Commodity", flow="export", over="YTD"),
            lambda t, p: helpers.contributions(t, p, by="commodity", flow="exports", over="ytd"),
        ),
        (lambda t, p: helpers.monthly_trade(t, "Nov 2025"), lambda t, p: helpers.monthly_trade(t, pd.Timestamp("2025-11-30"))),
        (lambda t, p: helpers.monthly_trade(t, 202511), lambda t, p: helpers.monthly_trade(t, pd.Period("2025-11"))),
        (
            lambda t, p: helpers.commodity_months(t, p, "exports", "chips"),
            lambda t, p: helpers.commodity_months(t, p, "exports", "integrated_circuits"),
        ),
        (lambda t, p: helpers.monthly_trade(t), lambda t, p: helpers.monthly_trade(t, latest(t))),
        (lambda t, p: helpers.monthly_trade(t, "Latest"), lambda t, p: helpers.monthly_trade(t, latest(t))),
        (lambda t, p: helpers.monthly_trade(t, "11/2025"), lambda t, p: helpers.monthly_trade(t, "2025-11-30")),
        (lambda t, p: helpers.partner_months(t, partner="UK"), lambda t, p: helpers.partner_months(t, latest(t), "GBR")),
        (
            lambda t, p: helpers.commodity_months(t, commodity="clothes"),
            lambda t, p: helpers.commodity_months(t, latest(t), "exports", "garments_and_accessories"),
        ),
        (
            lambda t, p: helpers.contributions(t, p, by="countries", over="year"),
            lambda t, p: helpers.contributions(t, p, by="partner", over="ytd"),
        ),
        *(
            (lambda t, p, word=word: helpers.totals(t, p, word), lambda t, p, code=code: helpers.totals(t, p, code))
            for code, words in {"USD": ["dollars", "Dollar", "US$"], "CNY": ["yuan", "RMB", "renminbi", "cny"]}.items()
            for word in words
        ),
    ],
)
def test_a_helper_takes_any_name_of_what_it_is_asked_for(space, call, same):
    pd.testing.assert_frame_equal(call(space["tables"], space["period"]), same(space["tables"], space["period"]))


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda t: helpers.partner_months(t, "2025-11", "Vietnan"), "nearest: VNM"),
        (lambda t: helpers.commodity_months(t, "2025-11", "export", "motor vehicel"), "nearest: motor_vehicles"),
        (lambda t: helpers.level(t, over="mnth"), "nearest: month"),
        (lambda t: helpers.level(t, currency="EUR"), "all: USD, CNY"),
        (lambda t: helpers.contributions(t, by="continent"), "there is no breakdown by 'continent'; "),
        (lambda t: helpers.contributions(t, by="continent"), "all: group, partner, commodity"),
        (lambda t: helpers.level(t, over="mnth"), "there is no span 'mnth'; nearest: month; all: month, ytd, 3m, 12m"),
        (lambda t: helpers.level(t, over="year"), "over 'year' is ambiguous: use 'ytd' (since January) or '12m'"),
        (lambda t: helpers.contributions(t, flow="exprots"), "nearest: export"),
        (lambda t: helpers.monthly_trade(t, "2025-13"), "write it like 2025-12"),
        (lambda t: helpers.monthly_trade(t, "1999-01"), "the first month is 2008-01"),
        (lambda t: helpers.monthly_trade(t, "2030-01"), "the newest month is 2026-08"),
        (
            lambda t: helpers.commodity_months(t, "2025-11", "exports", "cars"),
            "motor_vehicles (Motor vehicles), passenger_cars",
        ),
        (lambda t: helpers.contributions(t, "2025-11", over="12m"), "all: month, ytd"),
        (lambda t: helpers.largest_partners(t, "2025-11", count=0), "count must be a whole number of at least 1"),
        (lambda t: helpers.monthly_trade("2025-11"), "helpers.load()"),
        (lambda t: helpers.load("8.12.2025"), "as_of '8.12.2025' is not a date; write it like 2026-09-08"),
        (lambda t: helpers.load(None), "as_of None is not a date; write it like 2026-09-08"),
        (lambda t: helpers.load(asof="2025-12-08"), "helpers.load has no argument 'asof'; nearest: as_of; "),
        (lambda t: helpers.monthly_trade(t, "2025"), "2025 is a year, not a month; its months are 2025-01 to 2025-12"),
        (lambda t: helpers.monthly_trade(t, 2026), "2026 is a year, not a month; its months are 2026-01 to 2026-08"),
        (lambda t: helpers.monthly_trade(t, 2025.11), "2025.11 is not a month; write it like 2025-11"),
        (lambda t: helpers.monthly_trade(t, "lastest"), "'lastest' is not a month; write it like 2026-08 or latest"),
        (
            lambda t: helpers.commodity_months(t, "2025-11", "exports", "crude oil"),
            "no exports of crude oil are available; there are imports: flow='imports'",
        ),
        (
            lambda t: helpers.commodity_months(t, "2025-11", "crude oil", "imports"),
            "the flow comes before the commodity: 'imports', 'crude oil', not 'crude oil', 'imports'",
        ),
        (
            lambda t: helpers.partner_months(t, "2025-11", "USA", currency="USD"),
            "helpers.partner_months has no argument 'currency'; the arguments of helpers.partner_months are tables, period, partner",
        ),
        (lambda t: helpers.contributions(t, span="12m"), "helpers.contributions has no argument 'span'; nearest: over; "),
        (lambda t: helpers.partner_months(t, country="Germany"), "no argument 'country'; nearest: partner; "),
        (lambda t: helpers.partner_months(), "helpers.partner_months: missing a required argument: 'tables'; the arguments"),
        (
            lambda t: helpers.monthly_trade(t, "2025-11", 5),
            "helpers.monthly_trade: too many positional arguments; the arguments",
        ),
        (lambda t: helpers.partner_months(t), "a partner is needed, by any of its names: partner='Germany'"),
        (lambda t: helpers.commodity_partners(t), "a commodity is needed, by any of its names: commodity='chips'"),
        (
            lambda t: helpers.partner_months(t, "Germany"),
            "to leave out the period, pass the argument by name: partner='Germany'",
        ),
        (
            lambda t: helpers.commodity_months(t, "imports", "crude oil"),
            "to leave out the period, pass the argument by name: flow='imports', commodity='crude oil'",
        ),
        (lambda t: helpers.comparison(t, ["USA"]), "to leave out the period, pass the argument by name: subjects=['USA']"),
        (lambda t: helpers.comparison(t, subjects=["crude oil"]), "nothing to compare. Crude oil: no exports of crude oil are"),
        (
            lambda t: helpers.partner_months(t, partner=["USA", "DEU"]),
            "one partner is needed, not 2; several: helpers.comparison(",
        ),
        (lambda t: helpers.partner_month, "there is no helpers.partner_month; nearest: partner_months"),
    ],
)
def test_a_misspelling_is_one_line_with_the_nearest_value(space, call, said):
    with pytest.raises(InputError, match=re.escape(said)) as raised:
        call(space["tables"])
    assert "\n" not in str(raised.value)


def test_a_level_goes_by_everyday_words_and_is_a_number(space):
    found = helpers.level(space["tables"], "Surplus", "dollars", "quarter", "2025-11")
    assert found == helpers.level(space["tables"], "balance", "USD", "3m", "2025-11")
    assert (float(found), found / 1e9) == (found.value, found.value / 1e9)
    before = helpers.level(space["tables"], "balance", "USD", "3m", "2025-10")
    assert found - before == found.value - before.value


def test_a_day_is_written_as_people_write_it():
    assert {
        helpers.load(day).as_of
        for day in ("8 Dec 2025", "2025/12/08", "20251208", date(2025, 12, 8), pd.Timestamp("2025-12-08"))
    } == {"2025-12-08"}
    assert open_report("Nov 2025", "8 Dec 2025").asked_as_of == "2025-12-08"
    assert not hasattr(helpers, "partner_month")


@pytest.mark.parametrize("name", PUBLIC)
def test_the_period_is_the_latest_where_none_is_given(name):
    period = inspect.signature(getattr(helpers, name)).parameters.get("period")
    assert period is None or period.default == ("newest" if name in GOODS else "latest")


def test_goods_are_of_the_newest_month_of_the_detail_data_where_none_is_given(space):
    frame = helpers.partner_goods(space["tables"], partner="Viet Nam")
    assert frame.attrs["arguments"]["period"] == "2025-09"
    pd.testing.assert_frame_equal(frame, helpers.partner_goods(space["tables"], "2025-09", "VNM"))
    cars = helpers.commodity_partners(space["tables"], flow="exports", commodity="8703")
    assert cars.attrs["arguments"]["period"] == "2024-09"
    assert len(cars) > 100


def test_a_day_after_the_newest_release_is_said():
    with pytest.warns(UserWarning, match="nothing was released after 2026-09-08; as_of 2031-01-01") as said:
        assert helpers.load("2031-01-01").as_of == "2026-09-08"
    assert said[0].filename == __file__
    with warnings.catch_warnings(action="error"):
        helpers.load("2026-09-08")
        helpers.load()


TWO_NOTEBOOKS = """
from contextlib import nullcontext
from nbformat.v4 import new_code_cell
from customs_report.publish import cells
for _ in range(2):
    notebook = [new_code_cell(f"import helpers\\nhelpers.{call}.size") for call in CALLS]
    cells.run(notebook, lambda cell, index: nullcontext())
    print(*(output["text"] for cell in notebook for output in cell.outputs if output["output_type"] == "stream"))
"""


def test_a_missing_figure_is_said_once_in_a_notebook_and_again_in_the_next():
    calls = [f"{name}(helpers.load(), '2012-02')" for name in ("partners", "partners", "value_split")]
    run = [sys.executable, "-c", f"CALLS = {calls}\n{TWO_NOTEBOOKS}"]  # in a process that is not pytest's, which takes warnings
    said = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert re.findall("(?<=MissingFigures: ).*", said) == 2 * [
        "2012-02: no table of partners before 2024-01; the frame is empty",
        "2012-02: no figures of value split are available; the frame is empty",
    ]


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (
            lambda t: helpers.partner_goods(t, "2025-11", "KEN"),
            "2025-11: no detail data of exports by commodity and partner for January to 2025-11; the newest month is 2025-09; "
            "the frame is empty",
        ),
        (
            lambda t: helpers.partner_goods(t, "2025-09", "AND"),
            "2025-09: no figures of partner goods for Andorra are available",
        ),
        (
            lambda t: helpers.commodity_partners(t, "2025-09", "imports", "854143"),
            "2025-09: no detail data of imports by commodity and partner in these chapters; the frame is empty",
        ),
        (
            lambda t: helpers.commodity_partners(t, "2025-09", "exports", "ships"),
            "2025-09: the line is no heading of the Harmonized System; the frame is empty",
        ),
        (lambda t: helpers.partner_months(t, "2026-08", "USA"), "2026-08: no figures of partner months for the United States"),
        (lambda t: helpers.partner_months(t, "2026-08", "UK"), "the United Kingdom are available; the newest are of 2026-07"),
        (
            lambda t: helpers.partner_months(t, "2023-05", "Japan"),
            "2023-05: no figures of partner months for Japan are available; they begin in 2024-01; the frame is empty",
        ),
        *(
            (
                lambda t, name=name: helpers.partner_months(t, "2025-11", name),
                f"2025-11: customs' monthly table of partners has no line for {name}; the frame is empty",
            )
            for name in ("World", "China", "Macau")
        ),
        (
            lambda t: helpers.commodity_months(t, "2026-07", "exports", "garments"),
            "2026-07: no figures of commodity months for exports of garments are available; the newest are of 2026-04",
        ),
        (
            lambda t: helpers.commodity_months(t, "2026-08", "exports", "ships"),
            "2026-08: no figures of commodity months for exports of ships are available",
        ),
        (
            lambda t: helpers.comparison(t, "2026-07", ["USA", "crude oil"]),
            "2026-07: no exports of crude oil are available; there are imports: flow='imports'; crude_oil is left out",
        ),
    ],
)
def test_a_warning_names_what_is_missing_in_one_line(space, call, said):
    frames.warned.clear()
    with pytest.warns(MissingFigures, match=re.escape(said)) as raised:
        call(space["tables"])
    assert [warning.filename for warning in raised] == [__file__]
    assert "\n" not in str(raised[0].message)


def table_of(space: dict, name: str) -> pd.DataFrame:
    """A helper's table of the period; of goods of the newest month of the detail data."""
    period = {} if name in GOODS else {"period": space["period"]}
    return getattr(helpers, name)(space["tables"], **{**period, **SUBJECT.get(name, {})})


@pytest.mark.parametrize("name", [*HELPERS, *(name for name in GOODS if name not in NONE), "outlook"])
def test_what_someone_does_to_a_table_stays_with_them(space, name):
    frame = table_of(space, name)
    before = frame.copy()
    for column in range(frame.shape[1]):
        frame.iloc[1:, column] = frame.iloc[0, column]
    frame.columns = range(frame.shape[1])
    pd.testing.assert_frame_equal(table_of(space, name), before)


def test_completion_finds_helpers_and_their_results(space):
    shell = InteractiveShell(user_ns=dict(space), config=Config(HistoryManager={"enabled": False}))
    completer = IPCompleter(shell=shell, namespace=shell.user_ns)

    def offered(text: str) -> set[str]:
        with provisionalcompleter():
            return {completion.text.rpartition(".")[2] for completion in completer.completions(text, len(text))}

    assert {"partner_growth", "partner_months", "partner_shares"} <= offered("helpers.partner_")
    assert {"totals", "partners", "commodities"} <= offered("tables.")
    assert {"facts", "tables", "period", "as_of"} <= offered("report.")
    assert {name for name in offered("helpers.") if not name.startswith("_")} == {*helpers.__all__}


@pytest.mark.parametrize("name", [*HELPERS, *GOODS, "contributions", "value_split", "milestones"])
def test_a_frame_says_what_made_it_and_in_which_units(space, name):
    frame = table_of(space, name)
    known = frame.tail(2).attrs  # pandas carries it on
    assert (known["helper"], known["as_of"]) == (name, space["tables"].as_of)
    again = getattr(helpers, known["helper"])(space["tables"], **known["arguments"])
    pd.testing.assert_frame_equal(again, frame)
    assert set(known["units"]) == set(frame.columns)
    json.dumps(known, default=str)


def test_a_frame_with_few_months_says_how_many_have_figures():
    frames.warned.clear()
    with pytest.warns(MissingFigures, match=r"2025-11: 2 of 13 months have figures; helpers.comparison"):
        helpers.partner_months(helpers.load(), "2025-11", "Nigeria")
