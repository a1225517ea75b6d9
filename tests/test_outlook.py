"""The outlook: which figures it may use, how good its intervals are, and that the stored backtest fits data and method."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import helpers
from customs_report import backtest, exhibits, loading, schema, x13
from customs_report import tables as data
from customs_report.calculations import outlook_model as model
from customs_report.calculations.adjusted import monthly_values
from customs_report.calculations.levels import exclude_lookahead
from customs_report.calculations.momentum import fingerprint
from customs_report.calculations.outlooks import coverage_band, outlook_facts, outlook_method, parameters_for, trade_by_month
from customs_report.facts import Facts, NotAvailable, plain
from customs_report.frames import by_month
from customs_report.periods import span

BOUNDS = list(model.QUANTILES)
POSITIVE = st.floats(1e9, 1e12)


def facts_of(tables: data.Tables, period: str) -> Facts:
    facts = Facts(period, tables.as_of)
    outlook_facts(facts, exclude_lookahead(tables, period))
    return facts


@pytest.fixture(scope="module")
def rows(now) -> pd.DataFrame:
    """The stored backtest with its errors: percent of the actual for exports and imports, dollars for the balance."""
    frame, off = now.backtest.copy(), now.backtest["forecast"] - now.backtest["actual"]
    frame["error"] = off.abs().where(frame["flow"] == "balance", off.abs() / frame["actual"] * 100)
    frame["in90"] = frame["actual"].between(frame["low90"], frame["high90"])
    return frame


# --- how good it is -------------------------------------------------------------------------------------------------------


def test_the_backtest_has_every_year_month_method_and_flow_once(rows):
    keys = ["year", "month", "method", "flow"]
    expected = pd.MultiIndex.from_product([range(2012, 2026), range(1, 12), model.METHODS, model.FLOWS], names=keys)
    assert sorted(rows[keys].itertuples(index=False, name=None)) == sorted(expected)


@pytest.mark.parametrize(
    ("flow", "method", "at_most"),
    [
        ("exports", "model", 3.2),
        ("exports", "naive", 3.7),
        ("exports", "average", 2.5),
        ("balance", "model", 76e9),
        ("balance", "naive", 60e9),
        ("balance", "average", 53e9),
    ],
)
def test_no_method_errs_more_than_in_the_trial(rows, flow, method, at_most):
    mine = rows[(rows["flow"] == flow) & (rows["method"] == method)]
    assert mine["error"].mean() <= at_most


@pytest.mark.parametrize("flow", model.FLOWS)
def test_after_july_the_model_beats_last_years_months(rows, flow):
    late = rows[(rows["month"] > 7) & (rows["flow"] == flow)].groupby("method")["error"].mean()
    assert late["model"] < late["naive"]


@pytest.mark.parametrize("method", ["model", "average"])
@pytest.mark.parametrize("flow", model.FLOWS)
def test_intervals_hold_as_often_as_they_say(rows, method, flow):
    """Over the 14 years, with the errors of a year taken as one: within the binomial band around 90 %."""
    share = rows[(rows["method"] == method) & (rows["flow"] == flow)]["in90"].mean() * 100
    low, high = coverage_band(14, 90)
    assert low <= share <= high


def test_exports_and_imports_move_together_so_the_balance_is_surer_than_its_parts(rows):
    spread = rows.pivot_table(index=["year", "month", "method"], columns="flow", values="spread")
    apart = np.hypot(spread["exports"], spread["imports"])
    assert (spread["balance"] < 0.8 * apart).all()
    assert (spread["balance"] > 0.3 * apart).all()


def test_intervals_are_nested_and_hold_the_forecast(rows):
    assert (rows[BOUNDS].diff(axis=1).iloc[:, 1:] > 0).all().all()
    assert rows["forecast"].between(rows["low90"], rows["high90"]).all()


def test_outlooks_become_surer_as_the_year_goes_on(rows):
    width = (rows["high90"] - rows["low90"]).groupby(rows["month"]).mean()
    assert width[11] < width[6] / 3 < width[2] / 4


# --- what it says -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", ["2012-02", "2015-06", "2024-01", "2025-11"])
def test_a_report_as_known_now_says_what_the_backtest_has_stored(now, rows, period):
    said = helpers.outlook(now, period)
    stored = rows[(rows["year"] == int(period[:4])) & (rows["month"] == int(period[5:]))].set_index(["method", "flow"])
    columns = ["forecast", *BOUNDS]
    assert (said[columns] - stored.loc[said.index, columns]).abs().max().max() <= 1e8


def test_naive_is_the_year_so_far_and_the_same_months_of_last_year(now):
    trade = by_month(helpers.monthly_trade(now, "2025-09"))
    said = helpers.outlook(now, "2025-09")
    for flow in ("exports", "imports"):
        expected = trade.loc["2025-01":"2025-09", flow].sum() + trade.loc["2024-10":"2024-12", flow].sum()
        assert said.at[("naive", flow), "forecast"] == pytest.approx(expected)
        mean = (said.at[("naive", flow), "forecast"] + said.at[("model", flow), "forecast"]) / 2
        assert said.at[("average", flow), "forecast"] == pytest.approx(mean)
    for method in model.METHODS:
        forecast = said["forecast"][method]
        assert forecast["balance"] == pytest.approx(forecast["exports"] - forecast["imports"])


def test_facts_of_november_2025_as_known_that_december(then):
    facts = facts_of(then, "2025-11")
    assert not facts.gaps
    assert facts["outlook.balance_usd_year"].value == pytest.approx(1.189e12, abs=1e10)  # what was published in January 2026
    assert facts.value("outlook.balance_usd_year_low90") < 1.189e12 < facts.value("outlook.balance_usd_year_high90")
    assert facts.value("outlook.backtest_years") == 13  # 2025 was not known
    shown = outlook_method(then, "2025-11")
    for flow in model.FLOWS:
        name = f"outlook.{flow}_usd_year"
        assert facts.value(name) == facts.value(f"{name}_{shown}")
        assert facts.value(f"{name}_mae") == facts.value(f"{name}_{shown}_mae")
        assert {f"{name}_{bound}" for bound in BOUNDS} <= facts.keys()
        assert all(facts.value(f"{name}{end}") % 1e9 == 0 for end in ("", "_low90", "_high50", "_naive"))
    assert all(fact.how and fact.sources and fact.unit for fact in facts.by_name.values())


def test_facts_of_the_record_are_those_of_the_table(now, rows):
    facts, errors = facts_of(now, "2026-07"), helpers.backtest_errors(now, "2026-07")
    shown = outlook_method(now, "2026-07")
    mine = rows[(rows["month"] == 7) & (rows["method"] == shown)].set_index("flow")
    for flow, unit in (("exports", 0.01), ("balance", 1e9)):
        assert errors.at[7, f"{flow}_{shown}"] == pytest.approx(mine.loc[flow, "error"].mean())
        assert facts.value(f"outlook.{flow}_usd_year_mae") == pytest.approx(mine.loc[flow, "error"].mean(), abs=unit / 1.9)
        held = facts.value(f"outlook.{flow}_usd_year_coverage90")
        assert held == pytest.approx(mine.loc[flow, "in90"].mean() * 100, abs=0.06)


def test_the_method_shown_had_the_smallest_error_at_this_month_in_the_years_before(now, rows):
    flows = rows[rows["flow"] != "balance"]
    for period in span("2015-01", "2026-07"):
        if period.endswith("-12"):
            continue
        past = flows[(flows["year"] < int(period[:4])) & (flows["month"] == int(period[5:]))]
        assert outlook_method(now, period) == past.groupby("method")["error"].mean().idxmin(), period
    assert {outlook_method(now, p) for p in span("2012-01", "2014-11")} == {"average"}  # fewer than three years


@pytest.mark.parametrize(("period", "as_of", "stage"), [("2025-02", "2025-03-10", "mixed"), ("2026-07", "", "revised")])
def test_january_and_february_may_come_as_one_print(loaded, period, as_of, stage):
    facts = facts_of(data.as_of(loaded, as_of), period)
    assert facts["outlook.exports_usd_year"].stage == stage


@pytest.mark.parametrize(
    ("period", "as_of", "name", "why"),
    [
        ("2025-12", "", "outlook.balance_usd_year", "the year is complete"),
        ("2011-06", "", "outlook.exports_usd_year", "no outlook before 2012-01"),
        ("2026-08", "", "outlook.imports_usd_year_low90", "no dollar export figures in 2026-08"),
        ("2024-02", "2024-03-08", "outlook.exports_usd_year", "not available as published by 2024-03-08"),
        ("2012-05", "", "outlook.balance_usd_year_mae", "no earlier year"),
        ("2012-05", "", "outlook.balance_usd_year_coverage90", "no earlier year"),
    ],
)
def test_what_cannot_be_foretold_is_a_gap_with_its_reason(loaded, period, as_of, name, why):
    facts = facts_of(data.as_of(loaded, as_of), period)
    assert name not in facts
    assert why in facts.why_missing(name)


# --- what it may know -------------------------------------------------------------------------------------------------------


def test_nothing_later_than_the_report_is_used(now):
    """Later months, later parameters, and backtest rows of the year or later must make no difference."""
    period, before = "2019-08", facts_of(now, "2019-08")
    totals, rows, parameters = now.totals.copy(), now.backtest.copy(), now.outlook_parameters.copy()
    totals.loc[totals["period"] > period, "value"] *= 3
    rows.loc[rows["year"] >= 2019, ["forecast", "actual"]] *= 5
    parameters.loc[parameters["year"] > 2019, "value"] = 0.0
    assert facts_of(replace(now, totals=totals, backtest=rows, outlook_parameters=parameters), period).by_name == before.by_name


def test_what_is_earlier_is_used(now):
    before = facts_of(now, "2019-08")
    rows = now.backtest.copy()
    rows.loc[(rows["year"] < 2019) & (rows["method"] == "naive"), "forecast"] = rows["actual"]
    perfect = replace(now, backtest=rows)
    assert outlook_method(perfect, "2019-08") == "naive" != outlook_method(now, "2019-08")
    after = facts_of(perfect, "2019-08")
    assert after.value("outlook.exports_usd_year") == before.value("outlook.exports_usd_year_naive")
    assert after.value("outlook.exports_usd_year_mae") == 0


def test_the_same_report_says_the_same_whatever_was_drawn_before(now):
    before = helpers.outlook(replace(now), "2026-05")
    np.random.seed(1)
    pd.testing.assert_frame_equal(helpers.outlook(replace(now), "2026-05"), before, check_exact=True)


def test_a_break_is_known_only_in_later_years(now):
    names = now.outlook_parameters.groupby("year")["parameter"].agg(set)
    assert [year for year in names.index if "epidemic" in names[year]] == list(range(2021, 2027))
    assert all("financial_crisis" in found for found in names)


def test_a_year_without_stored_parameters_takes_the_newest_from_before(now):
    assert parameters_for(now, 2031) == parameters_for(now, 2026)
    assert parameters_for(now, 2025) != parameters_for(now, 2026)
    with pytest.raises(NotAvailable, match="make backtest"):
        parameters_for(now, 2011)


# --- parts of the method ----------------------------------------------------------------------------------------------------


def test_the_holiday_moves_between_years_not_within_a_pair():
    months = span("2008-01", "2026-12")
    holiday = pd.Series(model.regressors(months, ())["new_year"].to_numpy(), index=months)
    assert all(holiday[f"{y}-01"] == holiday[f"{y}-02"] for y in range(2008, 2027))
    assert (holiday[[m for m in months if m[5:] > "03"]] == 0).all()
    assert holiday["2015-03"] > 0 > holiday["2009-03"]  # 19 February against 26 January


@pytest.mark.parametrize("period", ["2012-02", "2020-11", "2026-07"])
@pytest.mark.parametrize("series", list(model.SERIES))
def test_what_a_model_foretells_is_what_statsmodels_says_of_it(now, period, series):
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    parameters = parameters_for(now, int(period[:4]))[series]
    breaks = [name for name in parameters if name in model.BREAKS]
    held = model.paired(trade_by_month(exclude_lookahead(now, period), period).months)
    ahead = [m for m in span(held.index[0], f"{period[:4]}-12") if m > held.index[-1]]
    known = model.regressors([*held.index, *ahead], breaks).to_numpy()
    forecast, response, innovations = model.predicted(model.logarithms(held, series), known, len(ahead), parameters)
    before, after = known[: len(held)], known[len(held) :]
    orders = {"order": model.ORDER, "seasonal_order": model.SEASONAL_ORDER}
    result = SARIMAX(model.logarithms(held, series), exog=before, **orders).filter([*parameters.values()], cov_type="none")
    np.testing.assert_allclose(forecast, result.forecast(len(ahead), exog=after), atol=1e-7)
    np.testing.assert_allclose(response, np.ravel(result.impulse_responses(len(ahead) - 1)), atol=1e-9)
    np.testing.assert_allclose(innovations, result.resid[12:], atol=1e-6)


@given(st.lists(st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=40))
def test_pairs_keep_their_sum_and_a_january_alone_is_left_out(values):
    months = span("2010-01", "2030-12")[: len(values)]
    trade = pd.DataFrame(values, index=months, columns=["exports", "imports"])
    pairs = model.paired(trade)
    alone = months[-1].endswith("-01")
    assert list(pairs.index) == months[: len(months) - alone]
    assert pairs.sum().to_numpy() == pytest.approx(trade.loc[pairs.index].sum().to_numpy())
    later = [m for m in pairs.index if m[5:] > "02"]
    pd.testing.assert_frame_equal(pairs.loc[later], trade.loc[later])


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=30), st.floats(1.1, 4))
def test_larger_past_errors_make_wider_intervals(relative, factor):
    past = pd.DataFrame(
        [(2012 + i, method, 100.0, 100.0 + error, 1.0) for i, error in enumerate(relative) for method in model.METHODS],
        columns=["year", "method", "forecast", "actual", "spread"],
    )
    width = model.widths(past)["model"]
    wider = model.widths(past.assign(actual=100 + (past["actual"] - 100) * factor))["model"]
    assert wider >= width > 0
    assert model.widths(past.iloc[:0]) == dict.fromkeys(model.METHODS, 1.0)
    assert model.widths(past.assign(actual=101.0))["naive"] == pytest.approx(1.0)


@pytest.mark.parametrize("percent", [50, 90])
@pytest.mark.parametrize("years", [1, 2, 13, 14, 40])
def test_the_binomial_band_leaves_out_at_most_two_and_a_half_per_cent_on_either_side(years, percent):
    from scipy.stats import binom

    low, high = (round(share / 100 * years) for share in coverage_band(years, percent))
    assert binom.cdf(low - 1, years, percent / 100) <= 0.025 < binom.cdf(low, years, percent / 100)
    assert binom.sf(high, years, percent / 100) <= 0.025 < binom.sf(high - 1, years, percent / 100)


# --- news -------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("period", "over"), [("2025-11", "month"), ("2026-02", "ytd"), ("2026-07", "month")])
def test_news_of_a_month_adds_up(now, period, over):
    facts = helpers.report_facts(now, period)
    for flow in model.FLOWS:
        name = f"news.{flow}_usd_{over}"
        value = {
            part: facts[f"{name}_{part}"].value for part in ("expected", "surprise", "from_month", "from_rest", "year_change")
        }
        assert round((value["expected"] + value["surprise"] - facts[f"{flow}_usd_{over}"].value) / 1e8) == 0
        assert value["from_month"] == value["surprise"]
        assert round((value["from_month"] + value["from_rest"] - value["year_change"]) / 1e8) == 0
    parts = [facts[f"news.{flow}_usd_{over}_from_rest"].value for flow in model.FLOWS]
    assert parts[0] - parts[1] == pytest.approx(parts[2])


def test_the_expectation_is_the_first_month_of_the_outlook_a_month_before(now):
    trade = trade_by_month(now, "2025-10").months
    ahead, _ = model.simulate(trade, parameters_for(now, 2025), 2025)
    frame = helpers.model_news(now, "2025-11")
    assert frame.at["exports_usd_month", "expected"] == pytest.approx(ahead[0, 0], abs=6e7)
    assert frame.at["imports_usd_month", "expected"] == pytest.approx(ahead[0, 1], abs=6e7)


def test_surprises_are_about_as_large_as_the_model_says(now):
    """The share beyond 1.645 standard deviations, of 160 months: a tenth, give or take."""
    sizes = now.surprises[now.surprises["flow"] != "balance"].groupby("flow")["surprise_sd"]
    assert sizes.std().between(0.85, 1.2).all()
    assert sizes.agg(lambda size: (size.abs() < 1.645).mean()).between(0.85, 0.95).all()


def test_the_stored_surprise_is_that_of_the_report_and_the_lockdown_the_largest_of_the_balance(now):
    facts = helpers.report_facts(now, "2020-02")
    rows = now.surprises[now.surprises["period"] == "2020-02"].set_index("flow")
    assert facts["news.exports_usd_ytd_surprise_sd"].value == rows.at["exports", "surprise_sd"] < -3
    assert facts["news.balance_usd_ytd_rank"].value == 1
    assert facts["news.balance_usd_ytd_months"].value == 8 * 11 + 1


def test_january_december_and_early_months_say_what_is_missing(now, reported):
    assert "together with February" in helpers.report_facts(now, "2026-01").why_missing("news.exports_usd_month_expected")
    december = helpers.report_facts(now, "2025-12")
    assert december.why_missing("news.exports_usd_month_year_change") == "the year is complete"
    assert "news.exports_usd_month_surprise" in december
    assert exhibits.model_news(reported("2011-05")).bodies == ()
    text = " ".join(plain(s) for s in exhibits.model_news(reported("2026-07")).words.sentences)
    assert "On revised figures" in text
    assert "largest" in text
    assert "largest" not in " ".join(plain(s) for s in exhibits.model_news(reported("2012-05")).words.sentences)


# --- the stored backtest ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def short(tmp_path_factory) -> Path:
    """A copy of the data with a backtest of the last year alone, made anew."""
    folder = Path(
        shutil.copytree(schema.DATA, tmp_path_factory.mktemp("outlook") / "data", ignore=shutil.ignore_patterns(".*"))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model, "FIRST_YEAR", 2025)
        patch.setattr(backtest, "ADJUSTED_FROM", "2026-06")
        backtest.make(folder)
    return folder


@pytest.fixture
def checked(short, tmp_path, monkeypatch):
    """Checks a copy of the short backtest after a change to one of its files."""
    monkeypatch.setattr(model, "FIRST_YEAR", 2025)

    def check(file: str = "", old: str = "", new: str = "") -> dict[str, str]:
        folder = Path(shutil.copytree(short, tmp_path / "data", ignore=shutil.ignore_patterns(".*")))
        if file:
            text = (folder / file).read_text(encoding="utf-8")
            assert text.count(old) == 1
            (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        found = backtest.check(folder)
        return dict(found.loc[found["violations"] > 0, ["check", "where"]].itertuples(index=False))

    return check


def test_made_anew_it_is_what_is_stored(short, now):
    made = loading.read_printed(short)
    assert set(made.backtest["year"]) == {2025}
    keys = ["year", "series", "parameter"]
    both = made.outlook_parameters.merge(now.outlook_parameters, on=keys, suffixes=("", "_stored"), validate="one_to_one")
    assert len(both) == len(made.outlook_parameters)
    assert (both["value"] - both["value_stored"]).abs().max() < 0.01
    keys = ["year", "month", "method", "flow"]
    both = made.backtest.merge(now.backtest, on=keys, suffixes=("", "_stored"), validate="one_to_one")
    assert len(both) == len(made.backtest)
    assert (both["forecast"] / both["forecast_stored"] - 1).abs().max() < 1e-3


def test_a_backtest_just_made_passes(checked):
    assert checked() == {}


def test_series_of_x13_that_fit_are_kept_and_a_changed_one_is_found(checked, short, now):
    made, keys = loading.read_printed(short).adjusted, backtest.ADJUSTED_KEY
    assert {*made["period"]} == {"2026-06", "2026-07"}
    assert made.merge(now.adjusted).shape == made.shape
    assert not made.duplicated(keys).any()
    assert (
        "sha256 of adjusted.csv differs"
        in checked(backtest.ADJUSTED, "exports,x11,2026-06,21588e15b865", "exports,x11,2026-05,21588e15b865")[
            "backtest belongs to figures and method"
        ]
    )


def test_other_settings_of_x13_make_it_stale(checked, monkeypatch):
    monkeypatch.setattr(x13, "AHEAD", 35)
    assert "sha256 of X-13’s settings differs" in checked()["backtest belongs to figures and method"]


@pytest.mark.skipif(not x13.is_installed(), reason="needs the optional extra `backtest`")
@pytest.mark.parametrize("period", ["2012-12", "2020-02", "2026-07"])
@pytest.mark.parametrize("flow", ["exports", "imports"])
def test_x13_makes_what_is_stored(now, flow, period):
    rows = now.adjusted.set_index(backtest.ADJUSTED_KEY)
    first, values = monthly_values(now, flow, period)
    for method in x13.METHODS:
        made = backtest._adjusted_row(x13.adjust(flow, method, first, values))
        stored = rows.loc[(flow, method, period, fingerprint(first, values))].dropna()
        assert made == pytest.approx(stored.to_dict())


def test_a_changed_row_is_named(checked, short):
    row = next(r for r in (short / backtest.BACKTEST).read_text().splitlines() if r.startswith("2025,6,average,imports"))
    forecast = row.split(",")[4]
    found = checked(backtest.BACKTEST, row, row.replace(forecast, str(int(forecast) + 10**10)))
    assert "sha256 of backtest.csv differs" in found["backtest belongs to figures and method"]
    assert f"2025-06 average imports, forecast should be {forecast}" in found["backtest, a sample recomputed"]
    assert all(where.endswith("make backtest") for where in found.values())


def test_revised_figures_make_it_stale(checked):
    start = "2025-04,month,exports,USD,level,"
    text = next(r for r in (schema.DATA / "totals.csv").read_text().splitlines() if r.startswith(start) and ",revised," in r)
    value = text.split(",")[5]
    found = checked("totals.csv", text, text.replace(value, str(int(value) + 2 * 10**9)))
    assert "sha256 of figures differs" in found["backtest belongs to figures and method"]
    assert "2025-06 model exports, forecast should be" in found["backtest, a sample recomputed"]


def test_a_changed_method_makes_it_stale(checked, monkeypatch, tmp_path):
    other = tmp_path / "other.py"
    other.write_text("# another method", encoding="utf-8")
    monkeypatch.setattr(model, "__file__", str(other))
    assert "sha256 of method differs" in checked()["backtest belongs to figures and method"]


def test_parameters_that_are_not_the_most_likely_are_found(now):
    parameters = now.outlook_parameters.copy()
    parameters.loc[(parameters["series"] == "ratio") & (parameters["parameter"] == "ma.L1"), "value"] += 0.3
    checked, found = backtest._most_likely(replace(now, outlook_parameters=parameters), backtest.newest_trade(now), 2026)
    assert checked == 2
    assert len(found) == 1
    assert "2026 ratio, log-likelihood" in found[0]


def test_the_months_add_up_to_what_customs_prints_of_the_year(now):
    trade = trade_by_month(exclude_lookahead(now, "2026-07"), "2026-07").months
    printed = by_month(helpers.monthly_trade(now, "2026-07"))
    pd.testing.assert_frame_equal(trade, printed[["exports", "imports"]], check_freq=False, rtol=1e-9)


def test_the_note_claims_a_choice_only_where_there_were_years_to_choose_by(reported):
    for period, said in (("2012-06", "too few"), ("2014-06", "too few"), ("2016-06", "smallest past error")):
        note, *_ = exhibits.year_outlook(reported(period)).words.notes
        assert said in plain(note), period
