"""Exchange rates: the same figure in dollars and yuan at the same stage, or a gap."""

from __future__ import annotations

from dataclasses import replace

import pytest

import helpers
from customs_report import tables as data
from customs_report.calculations.exchange_rate import customs_rate, implied_rate
from customs_report.facts import NotAvailable
from customs_report.frames import by_month
from customs_report.periods import span
from customs_report.provenance import Figure


def test_the_rate_is_yuan_over_dollars_of_crude_oil(now, crude):
    assert len(crude) >= 123
    for period, both in crude.items():
        rate = customs_rate(now, period)
        assert rate.value == pytest.approx(both["CNY"] / both["USD"])
        assert 6 < rate.value < 7.5
    facts = helpers.report_facts(now, "2025-11")
    assert facts["rate.crude_oil_month"].value == pytest.approx(crude["2025-11"]["CNY"] / crude["2025-11"]["USD"])
    assert facts["rate.crude_oil_month"].text == "7.10 yuan per dollar"


@pytest.mark.parametrize("period", ["2012-02", "2026-07"])
def test_a_month_without_crude_oil_is_a_gap(now, period):
    assert isinstance(customs_rate(now, period), NotAvailable)
    assert f"for {period}" in helpers.report_facts(now, period).why_missing("rate.crude_oil_month_yoy")


def test_a_rate_never_mixes_stages(now, loaded):
    """November 2025 has preliminary and revised dollars, and yuan of the bulletin: no rate."""
    assert isinstance(implied_rate(now, "2025-11"), NotAvailable)
    rows = loaded.totals[(loaded.totals["kind"] == "month") & (loaded.totals["measure"] == "level")]
    rows = rows[rows["flow"] != "balance"]
    stages = rows.groupby(["period", "flow", "currency"])["stage"].agg(set).unstack("currency").dropna()
    shared = {period for (period, _), row in stages.iterrows() if row["CNY"] & row["USD"]}
    for period in span("2008-01", "2026-08"):
        rate = implied_rate(now, period)
        assert isinstance(rate, Figure) == (period in shared), period
    assert shared == {"2024-08", "2025-05", "2025-07", "2025-08", "2025-12"}


def test_december_2025_was_published_in_both_currencies(now):
    """Exports of 357.78 and imports of 243.64 billion dollars, 2.5359 and 1.7271 trillion yuan, printed together."""
    rate = implied_rate(now, "2025-12")
    assert rate.stage == "preliminary"
    assert rate.value == pytest.approx(customs_rate(now, "2025-12").value, rel=0.0005)
    facts = helpers.report_facts(now, "2025-12")
    assert facts["growth_gap.exports_month"].value == pytest.approx(5.2 - 6.6)
    assert facts["growth_gap.imports_month"].value == pytest.approx(4.4 - 5.7)
    assert facts["rate.implied_month"].stage == "preliminary"


def test_the_rate_of_crude_oil_agrees_with_first_prints_within_their_rounding(now):
    facts = helpers.report_facts(now, "2026-07")
    assert facts["rate.check_count"].value == 5
    assert facts["rate.check_largest_difference"].value < 0.1
    for period in ("2024-08", "2025-05", "2025-07", "2025-08"):
        implied, crude = implied_rate(now, period), customs_rate(now, period)
        assert abs(implied.value - crude.value) <= implied.step, period
    assert "rate.check_count" not in helpers.report_facts(now, "2024-07")
    assert "no month so far" in helpers.report_facts(now, "2024-07").why_missing("rate.check_count")


def test_the_gap_is_about_the_change_of_the_rate(now):
    """Approximately, since growth in both currencies is rounded to a tenth of a point."""
    frame = by_month(helpers.exchange_rates(now, "2026-03"))
    for flow in ("exports", "imports"):
        both = frame[frame[f"{flow}_gap"].notna() & frame["crude_oil_yoy"].notna()]
        assert len(both) > 10
        assert (both[f"{flow}_gap"] - both["crude_oil_yoy"]).abs().max() < 1.1


def test_months_of_the_frame(now, then):
    frame = by_month(helpers.exchange_rates(now, "2025-11"))
    assert list(frame.index) == span("2016-01", "2025-11")
    assert frame["crude_oil"].notna().all()
    assert frame["crude_oil_yoy"].first_valid_index() == "2017-01"
    assert by_month(helpers.exchange_rates(now, "2012-02")).empty
    assert by_month(helpers.exchange_rates(then, "2025-11"))["crude_oil"].last_valid_index() == "2025-10"


def test_crude_oil_of_one_partner_or_in_one_currency_gives_no_rate(loaded, crude, detail_store):
    def knowing(*rows: dict) -> data.Tables:
        return data.as_of(replace(loaded, detail=detail_store(*rows)))

    rows = [
        {"period": period, "flow": "import", "commodity": "27090000", "currency": currency, "value": value}
        for period in ("2025-10", "2025-11")
        for currency, value in crude[period].items()
    ]
    both = crude["2025-11"]
    assert customs_rate(knowing(*rows), "2025-11").value == both["CNY"] / both["USD"]
    alone = knowing(*(row for row in rows if (row["period"], row["currency"]) != ("2025-11", "USD")))
    assert isinstance(customs_rate(alone, "2025-11"), NotAvailable)
    part = knowing(*(row | ({"partner": "SAU"} if row["period"] == "2025-11" else {}) for row in rows))
    assert isinstance(customs_rate(part, "2025-11"), NotAvailable)
    assert isinstance(customs_rate(part, "2025-10"), Figure)
    none = knowing()
    assert by_month(helpers.exchange_rates(none, "2025-11")).empty
    assert (
        helpers.report_facts(none, "2025-11").why_missing("rate.crude_oil_month")
        == "no crude oil figure in both currencies for 2025-11"
    )
