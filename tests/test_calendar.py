"""Working days, the Lunar New Year, the adjusted series, and what the exhibit says of them."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import chinese_calendar
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import helpers
from benchmarks.seasonal import revisions_and_bands
from customs_report import exhibits
from customs_report.calculations import adjusted, structural
from customs_report.calculations.adjusted import DECLARED, FIRST_ESTIMATE, OUTLIERS, SHIFTS, SHOWN_AFTER, estimate
from customs_report.calculations.momentum import confirmed
from customs_report.display import exhibit
from customs_report.facts import Facts, NotAvailable, plain
from customs_report.frames import by_month
from customs_report.periods import shift, span
from customs_report.provenance import Figure, Label
from customs_report.publish import proof
from customs_report.publish.build import lookup_of

VINTAGES = [("2025-11", "2025-12-08"), ("2019-06", "2019-07-20"), ("2024-02", "2024-03-10"), ("2020-03", "2026-08-21")]
FLOWS = st.sampled_from(sorted(DECLARED))


def only(now, period: str) -> Facts:
    return helpers.report_facts(now, period)


# --- the calendar ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "days"),
    [
        ("2025-10", 18),  # 1-8 October off, Saturday the 11th worked
        ("2025-09", 23),  # Sunday the 28th worked
        ("2026-02", 16),  # 15-23 February off, the 14th and the 28th worked
        ("2025-07", 23),  # no holiday
        ("2020-02", 20),  # the holiday was prolonged to 2 February; plants closed by provinces count as working
    ],
)
def test_working_days_are_those_of_the_state_councils_calendar(period, days):
    assert helpers.working_days(period) == days


def test_no_working_days_are_guessed_beyond_the_years_known(now, monkeypatch):
    for period in ("2003-12", "2027-01"):
        with pytest.raises(NotAvailable, match="working days are known for 2004 to 2026 only"):
            helpers.working_days(period)
    monkeypatch.setattr(chinese_calendar, "holidays", {d: h for d, h in chinese_calendar.holidays.items() if d.year < 2025})
    facts = only(now, "2025-11")
    assert "exports_usd_month_per_working_day" not in facts
    assert "2004 to 2024 only" in facts.why_missing("exports_usd_month_per_working_day_yoy")
    assert "2004 to 2024 only" in facts.why_missing("calendar.working_days_month")
    assert facts["exports_usd_month"].value == 330e9


def test_averages_per_working_day_are_levels_by_days(now):
    facts = only(now, "2025-11")
    assert facts["exports_usd_month_per_working_day"].value == pytest.approx(330.0e9 / 20)
    assert facts["exports_usd_month_per_working_day"].text == "$16.5 billion"
    assert facts["exports_usd_month_per_working_day_yoy"].value == pytest.approx(
        (330.0 / 20 / (311.9 / 21) - 1) * 100, abs=0.05
    )
    assert "our convention" in facts["imports_usd_month_per_working_day"].how


@pytest.mark.parametrize(("period", "days"), [("2025-01", -12), ("2026-02", 19), ("2024-06", 19), ("2023-03", -10)])
def test_the_lunar_new_year_moves(now, period, days):
    assert only(now, period)["calendar.lunar_new_year_shift"].value == days


def test_january_has_the_two_months_only_where_customs_published_them_together(now):
    facts = only(now, "2025-01")
    assert facts["calendar.exports_usd_january_february"].value == only(now, "2025-02")["exports_usd_ytd"].value
    assert facts["calendar.imports_usd_january_february_yoy"].value == only(now, "2025-02")["imports_usd_ytd_yoy"].value
    assert only(now, "2015-01").why_missing("calendar.exports_usd_january_february_yoy") == "February was published later"


# --- the adjusted line ----------------------------------------------------------------------------------------------------


def made_up(flow: str, months: int = 120, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Monthly values since 2010 with known effects of season, weekdays and Lunar New Year, and the same without them."""
    random = np.random.default_rng(seed)
    periods = span("2010-01", shift("2010-01", months - 1))
    line = 26 + np.cumsum(0.004 + random.normal(0, 0.02, months)) + random.normal(0, 0.0126, months)
    season = random.normal(0, 0.08, 12)
    season -= season.mean() + np.log(np.exp(season - season.mean()).mean())  # factors average one
    weights = np.array([0.1, -0.3, 0.3][-len(DECLARED[flow].windows) - 1 :])
    effects = np.array([adjusted.calendar_effects(DECLARED[flow].windows)[p] for p in periods]) @ weights
    return np.exp(line + np.resize(season, months) + effects), np.exp(line)


@pytest.mark.parametrize("flow", sorted(DECLARED))
def test_a_known_season_and_holiday_are_taken_out_and_the_standard_error_is_honest(flow):
    inside, nine_in_ten = [], 1.645 / adjusted.BAND
    for seed in range(15):
        values, line = made_up(flow, seed=seed)
        frame = estimate(flow, "2010-01", tuple(values))
        off, raw = np.abs(frame[flow] / line - 1), np.abs(values / line - 1)
        assert off.mean() < 0.012 < 0.03 < raw.mean()
        half = np.log(frame[f"{flow}_high"] / frame[f"{flow}_low"]) / 2
        inside.append((np.abs(np.log(frame[flow] / line)) <= half * nine_in_ten).mean())
    assert 0.83 < np.mean(inside) < 0.97


@pytest.mark.deep
@pytest.mark.parametrize("flow", sorted(DECLARED))
def test_the_band_of_first_estimates_holds_nine_in_ten_of_later_ones_and_no_other_width_is_much_better(now, flow):
    moved, half = revisions_and_bands(flow, *adjusted.monthly_values(now, flow, "2026-07"))

    def score(width):
        band = half * width / adjusted.BAND
        return np.mean(2 * band + 20 * np.maximum(moved - band, 0))

    assert len(moved) > 140
    assert 0.85 <= np.mean(moved <= half) <= 0.95
    assert score(adjusted.BAND) < 0.9 * score(1.645)
    assert score(adjusted.BAND) < 1.02 * min(score(width) for width in np.arange(0.5, 2, 0.05))


def test_lunar_new_year_leaves_no_trace_in_the_line(now):
    frame = by_month(helpers.adjusted_series(now, "2026-07")).loc["2014-01":]
    printed = by_month(helpers.monthly_trade(now, "2026-07")).loc["2014-01":]
    for flow in DECLARED:
        winter = frame.index.str[5:].isin(["01", "02", "03"]) & (frame.index.str[:4] != "2020")
        for_both = [table[flow].pct_change().abs()[winter].mean() for table in (frame, printed)]
        assert for_both[0] < 0.4 * for_both[1], flow
        years = [table[flow].groupby(table.index.str[:4]).sum().loc["2014":"2025"].drop("2020") for table in (frame, printed)]
        assert (years[0] / years[1] - 1).abs().max() < 0.01, flow


def test_what_it_said_at_the_time_is_what_the_report_of_the_time_says(now):
    last = by_month(helpers.adjusted_series(now, "2026-07"))
    for period in ("2012-12", "2015-03", "2020-02", "2025-07"):
        then = by_month(helpers.adjusted_series(now, period)).loc[period]
        for flow in DECLARED:
            assert last.at[period, f"{flow}_first"] == then[flow]
    facts = only(now, "2026-07")
    assert facts["adjusted.exports_usd_year_ago_first"].value == only(now, "2025-07")["adjusted.exports_usd_month"].value


def test_the_mean_revision_is_that_of_the_three_years_that_end_a_year_ago(now):
    facts, frame = only(now, "2026-07"), by_month(helpers.adjusted_series(now, "2026-07"))
    for flow in DECLARED:
        rows = frame.loc["2022-08":"2025-07"]
        expected = ((rows[flow] - rows[f"{flow}_first"]).abs() / rows[f"{flow}_first"]).mean() * 100
        assert facts[f"adjusted.{flow}_usd_mean_revision"].value == pytest.approx(expected, abs=0.006)
        assert 0.1 < expected < 2


def test_adjusted_figures_are_written_to_a_tenth_of_a_billion_and_lie_in_their_band(now):
    frame = by_month(helpers.adjusted_series(now, "2026-07"))
    seen = frame[~frame.index.isin(OUTLIERS)]
    assert np.all(seen.to_numpy()[FIRST_ESTIMATE:] % 1e8 == 0)
    for flow in DECLARED:
        assert (seen[f"{flow}_low"] < seen[flow]).all()
        assert (seen[flow] < seen[f"{flow}_high"]).all()
        assert frame.loc[list(OUTLIERS), f"{flow}_low"].isna().all()  # no band for a month that the model leaves out
        assert frame[f"{flow}_first"].first_valid_index() == shift("2008-01", FIRST_ESTIMATE - 1)
    mom = only(now, "2026-07")["momentum.exports_usd_month"].value
    assert mom == pytest.approx((frame["exports"].iloc[-1] / frame["exports"].iloc[-2] - 1) * 100, abs=0.005)


def test_too_short_a_series_is_a_gap_with_its_reason(now):
    assert by_month(helpers.adjusted_series(now, "2012-11")).empty
    assert only(now, "2012-11").why_missing("adjusted.imports_usd_month") == (
        "an adjusted line needs five years of months; it begins with 2012-12"
    )
    facts = only(now, "2012-12")
    assert "adjusted.imports_usd_mean_revision" in facts
    assert only(now, "2026-08").why_missing("momentum.exports_usd_month") == "no dollar export figures in 2026-08"


@given(FLOWS, st.sets(st.integers(0, 98), max_size=30), st.integers(0, 3))
def test_missing_months_stay_missing_and_harm_no_other(flow, missing, seed):
    values, _ = made_up(flow, months=100, seed=seed)
    whole = estimate(flow, "2010-01", tuple(values))
    frame = estimate(flow, "2010-01", tuple(None if i in missing else float(v) for i, v in enumerate(values)))
    assert list(np.flatnonzero(frame[flow].isna())) == sorted(missing)
    both = frame[flow].notna()
    assert (frame[flow] / whole[flow] - 1)[both].abs().max() < 0.2


@given(FLOWS, st.floats(0.2, 5), st.integers(SHOWN_AFTER, 130))
def test_the_line_scales_with_its_unit(flow, factor, months):
    values, _ = made_up(flow, months=months)
    one, other = (estimate(flow, "2010-01", tuple(values * f)) for f in (1, factor))
    assert (other[flow] - one[flow] * factor).abs().max() <= 0.51e8 * (1 + factor)


@pytest.mark.parametrize("missing", [(), (5, 40, 70, 71, 99)])
@pytest.mark.parametrize("flow", list(DECLARED))
def test_least_squares_give_what_the_kalman_filter_and_smoother_of_statsmodels_give(flow, missing):
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    months, declared = span("2008-01", "2017-02"), DECLARED[flow]
    logs = np.log(made_up(flow, months=len(months))[0])
    logs[list(missing)] = np.nan
    known, used = adjusted.regressors(months, declared), len(declared.windows) + 1
    found = structural.estimates(logs, known, declared.irregular, declared.season, used)
    model = UnobservedComponents(logs, "lldtrend", seasonal=12, exog=known, mle_regression=False, use_exact_diffuse=True)
    model.update(np.array([declared.irregular, 1.0, declared.season]))
    results = model.ssm.smooth()
    season, effects = slice(2, 13), slice(13, 13 + known.shape[1])
    known_then = slice(FIRST_ESTIMATE - 1, None)
    for mine, states in (
        (found.season_now, results.smoothed_state[season]),
        (found.effects_now, results.smoothed_state[effects]),
    ):
        np.testing.assert_allclose(mine, states.T, atol=1e-9)
    for mine, states in (
        (found.season_then, results.filtered_state[season]),
        (found.effects_then, results.filtered_state[effects]),
    ):
        np.testing.assert_allclose(mine[known_then], states.T[known_then], atol=1e-9)
    weights = np.zeros((len(months), model.k_states))
    weights[:, season.start], weights[:, effects][:, :used] = 1.0, known[:, :used]
    error, variance = results.forecasts_error[0], results.forecasts_error_cov[0, 0]
    counts = (results.nmissing == 0) & (results.forecasts_error_diffuse_cov[0, 0] < 1e-7)
    scale = np.mean(error[counts] ** 2 / variance[counts])
    expected = np.sqrt(scale * np.einsum("ti,ijt,tj->t", weights, results.smoothed_state_cov, weights))
    np.testing.assert_allclose(found.error, expected, rtol=1e-6)


def test_calendar_effects_take_nothing_from_the_level():
    for declared in DECLARED.values():
        effects = adjusted.calendar_effects(declared.windows)
        for month in range(1, 13):
            rows = np.array([row for p, row in effects.items() if p.endswith(f"-{month:02d}")])
            assert np.abs(rows.mean(axis=0)).max() < 1e-9


def test_an_outlier_says_nothing_of_other_months():
    values, _ = made_up("exports", months=130)
    at = span("2010-01", "2020-10").index("2020-02")
    spoiled = values.copy()
    spoiled[at] /= 3
    one, other = (estimate("exports", "2010-01", tuple(v)) for v in (values, spoiled))
    elsewhere = one.index != "2020-02"
    assert (one["exports"][elsewhere] == other["exports"][elsewhere]).all()
    assert other.at["2020-02", "exports"] == pytest.approx(one.at["2020-02", "exports"] / 3, abs=1e8)


# --- momentum -------------------------------------------------------------------------------------------------------------


def test_momentum_is_told_by_three_methods(now):
    """Read off X-13's own output for the months up to July 2026 and November 2025."""
    facts = only(now, "2026-07")
    found = {name: round(facts[f"momentum.exports_usd_{name}"].value, 2) for name in ("month_seats", "month_x11", "3m_x11")}
    assert found == {"month_seats": -2.54, "month_x11": -1.71, "3m_x11": 6.9}
    for period in ("2025-11", "2026-07"):
        facts = only(now, period)
        for name in (f"momentum.{flow}_usd_{over}" for flow in DECLARED for over in ("month", "3m")):
            changes = [facts[f"{name}{method}"].value for method in ("", "_seats", "_x11")]
            assert facts[f"{name}_spread"].value == pytest.approx(max(changes) - min(changes))
            assert facts[f"{name}_agreeing"].value == sum(change * changes[0] > 0 for change in changes)
    assert {facts[f"momentum.{flow}_usd_x11_m7"].value < 1 for flow in DECLARED} == {True}


def test_growth_over_three_months_is_that_of_the_sums(now):
    line = by_month(helpers.adjusted_series(now, "2026-07"))["imports"]
    expected = (line.iloc[-3:].sum() / line.iloc[-6:-3].sum() - 1) * 100
    assert only(now, "2026-07")["momentum.imports_usd_3m"].value == pytest.approx(expected)


@pytest.mark.parametrize(("seats", "x11", "told"), [(2.0, 4.0, True), (-0.1, 4.0, False), (0.5, 4.1, False), (2.0, 7.1, False)])
def test_a_change_is_confirmed_by_sign_and_spread(now, seats, x11, told):
    facts = Facts("2026-07", "")
    changes = {"": 3.0, "_seats": seats, "_x11": x11}
    numbers = {**changes, "_spread": max(changes.values()) - min(changes.values())}
    numbers["_agreeing"] = sum(change > 0 for change in changes.values())
    for name, value in numbers.items():
        facts.add(f"momentum.exports_usd_month{name}", Figure(value, "percent", Label("change")))
    assert confirmed(facts, "exports", "month") == told
    assert not confirmed(facts, "imports", "month")


def test_x13_counts_only_for_the_figures_that_it_was_made_from(now):
    name, last = "momentum.exports_usd_month_seats", now.adjusted["period"].max()
    older = replace(now, adjusted=now.adjusted[now.adjusted["period"] < last])
    assert only(older, last).why_missing(name) == ("the adjusted series of X-13 were last made for 2026-06; run make backtest")
    totals = now.totals.copy()
    row = (totals["period"] == "2015-03") & (totals["flow"] == "exports") & (totals["currency"] == "USD")
    totals.loc[row & (totals["kind"] == "month") & (totals["measure"] == "level"), "value"] += 1e9
    facts = only(replace(now, totals=totals), last)
    assert facts.why_missing(name) == "the adjusted series of X-13 were made from other figures; run make backtest"
    assert "momentum.imports_usd_month_seats" in facts
    assert "momentum.exports_usd_month" in facts
    assert not confirmed(facts, "exports", "month")
    none = replace(now, adjusted=now.adjusted.iloc[:0])
    assert only(none, last).why_missing(name) == "no adjusted series of X-13 is stored; run make backtest"


def test_a_month_as_first_known_has_its_own_series(now, then):
    name = "momentum.exports_usd_month_x11"
    first, later = (helpers.report_facts(tables, "2025-11")[name].value for tables in (then, now))
    assert first != later
    assert first == pytest.approx(later, abs=0.5)


def test_without_x13_no_change_is_told_and_the_note_says_why(reported):
    report = replace(reported("2026-07"), facts=reported("2026-07").facts.copy())
    for name in [name for name in report.facts if name.endswith(("_seats", "_x11", "_spread", "_agreeing"))]:
        del report.facts.by_name[name]
    for flow in DECLARED:
        report.facts.gaps[f"momentum.{flow}_usd_*_*"] = (
            "the adjusted series of X-13 were last made for 2026-06; run make backtest"
        )
    shown = exhibits.season_and_calendar(report)
    text = " ".join(map(plain, shown.words.sentences))
    assert "than in June" not in text
    assert "three months before" not in text
    assert any("last made for June 2026" in plain(note) for note in shown.words.notes)
    assert len(shown.bodies) == 1


# --- words and chart ------------------------------------------------------------------------------------------------------


def test_february_and_its_january_lead_with_two_months(reported):
    for period in ("2025-01", "2025-02"):
        claim = plain(exhibits.season_and_calendar(reported(period)).words.claim)
        assert claim == "January and February together: exports up 2.1%, imports down 8.2%"
    assert plain(exhibits.season_and_calendar(reported("2015-01")).words.claim).startswith("Exports: down 3.4% in January 2015")
    text = " ".join(plain(s) for s in exhibits.season_and_calendar(reported("2025-02")).words.sentences)
    assert "Lunar New Year fell on 29 January 2025, 12 days earlier than a year before" in text
    assert "In February alone exports" in text


def test_a_month_beside_three_and_its_days(reported):
    words = exhibits.season_and_calendar(reported("2025-10")).words
    assert plain(words.claim) == "Exports: down 1.3% in October 2025, up 3.7% over three months"
    text = " ".join(plain(s) for s in words.sentences)
    assert "By our convention October had 18 working days, one day fewer than a year earlier; per day exports rose" in text
    assert re.search(r"exports \$[\d.]+ billion \([\d.]+ to [\d.]+\)", text)
    notes = " ".join(map(plain, words.notes))
    assert "First adjusted estimates of exports have been revised by" in notes
    assert "The estimates of October 2024 went from" in notes


def test_the_note_describes_the_windows_that_are_declared(reported):
    note = plain(exhibits.season_and_calendar(reported("2026-07")).words.notes[-1])
    before, after = DECLARED["exports"].windows
    assert before == (-14, -1)
    assert "in the two weeks before it" in note
    assert (after[0], after[1] - after[0] + 1) == (3, 21)
    assert "from its third day on, for three weeks" in note
    assert DECLARED["imports"].windows == ((0, 5),)
    assert "imports on its first six days" in note
    assert all(f"{date.fromisoformat(p + '-01'):%B %Y}" in note for p in (*OUTLIERS, *SHIFTS))


def test_every_number_of_the_exhibit_is_proved(reported):
    for period, as_of in (("2026-07", ""), ("2025-02", ""), ("2009-05", ""), *VINTAGES[:2]):
        report = reported(period, as_of)
        page = f"<html><body>{exhibit(3, exhibits.season_and_calendar(report)).html}</body></html>"
        assert proof.prove_html(page, report.facts.as_json(), lookup_of(report)) == []
    page = str(exhibit(3, exhibits.season_and_calendar(reported("2026-07"))).html)
    cell = re.search(r"data-cell=adjusted_series/2025-11/exports_high [^>]*>([\d.]+)", page)
    spoiled = page.replace(cell[0], cell[0][: -len(cell[1])] + "999.9")
    found = proof.prove_html(
        f"<html><body>{spoiled}</body></html>", reported("2026-07").facts.as_json(), lookup_of(reported("2026-07"))
    )
    assert [f.where for f in found] == ["cell adjusted_series/2025-11/exports_high as bn"]


def test_the_chart_shows_four_years_and_stays_away_where_there_is_no_line(reported):
    chart, _ = exhibits.season_and_calendar(reported("2026-07")).bodies
    assert len(chart.data.rows) == 49
    assert chart.data.rows[0].values[1] == reported("2026-07").facts["adjusted.exports_usd_month"].value
    assert exhibits.season_and_calendar(reported("2012-11")).bodies == ()
    assert exhibits.season_and_calendar(reported("2026-08")).bodies == ()
