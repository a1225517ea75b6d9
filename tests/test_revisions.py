"""Revisions that printed growth implies: expected figures, the error from rounding, nothing used before it was published."""

from __future__ import annotations

import csv
import re
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import helpers
from customs_report import exhibits, schema
from customs_report.display import Table
from customs_report.facts import plain
from customs_report.frames import by_month
from customs_report.periods import span

IMPLIED = re.compile(r"Growth published in \d{4} implies|The largest revision in the table")


def printed(flow: str, currency: str, period: str, measure: str, stage: str, kind: str) -> float:
    """A figure from the file, without the code under test."""
    with (schema.DATA / "totals.csv").open() as file:
        [row] = [
            r for r in csv.DictReader(file)
            if (r["flow"], r["currency"], r["period"], r["measure"], r["stage"], r["kind"]) == (flow, currency, period, measure, stage, kind)
        ]  # fmt: skip
    return float(row["value"])


def test_march_2023_was_printed_as_315_59_and_compared_with_at_302_38(now):
    found = helpers.base_revisions(now, "2026-07")["2023", "exports_usd", ""]
    assert printed("exports", "USD", "2023-03", "level", "preliminary", "month") == 315.59e9
    assert found.months.value == 1
    assert found.change.value == pytest.approx((279.7 / (1 - 0.075) / 315.59 - 1) * 100, abs=1e-6)
    assert found.change.value == pytest.approx(-4.19, abs=0.005)
    since = helpers.base_revisions(now, "2026-07")["2023", "exports_usd", "_since"]
    assert abs(since.change.value) < since.rounding.value  # the figure now, 302.4, is the base of the print


@pytest.mark.parametrize(("flow", "year", "expected"), [("exports", 2024, -0.068), ("imports", 2024, -0.025)])
def test_yuan_compare_the_year_to_date_of_the_bulletin(now, flow, year, expected):
    level, rate = (printed(flow, "CNY", f"{year + 1}-12", measure, "bulletin", "ytd") for measure in ("level", "yoy"))
    first = printed(flow, "CNY", f"{year}-12", "level", "bulletin", "ytd")
    found = helpers.base_revisions(now, "2026-07")[str(year), f"{flow}_cny", ""]
    assert (
        found.change.value
        == pytest.approx((level / (1 + rate / 100) / first - 1) * 100, abs=1e-6)
        == pytest.approx(expected, abs=0.0006)
    )
    assert found.months.value == 12


def test_dollars_pool_the_months_and_january_comes_with_february(now):
    found = helpers.base_revisions(now, "2026-07")["2025", "exports_usd", ""]
    assert found.months.value == 2
    assert found.change.value == pytest.approx((656.5 / 1.218 / 539.94 - 1) * 100, abs=1e-6)


def tables_of(report):
    return {body.name: body for body in exhibits.revised_figures(report).bodies if isinstance(body, Table)}


def said_of_revisions(report) -> str:
    return " ".join(map(plain, exhibits.revised_figures(report).words.sentences))


def test_what_was_released_later_is_not_known(then, now):
    assert not [key for key in helpers.base_revisions(then, "2025-11") if key[2]]  # no revised figure was public that day
    assert [key for key in helpers.base_revisions(now, "2025-11") if key[2]]
    assert all(int(year) < 2025 for year, _, _ in helpers.base_revisions(now, "2025-11"))


@pytest.mark.parametrize("period", ["2008-01", "2012-02", "2018-03"])
def test_no_printed_growth_is_a_gap(reported, period):
    report = reported(period)
    assert not [name for name in report.facts if name.startswith("base_revision.")]
    assert "no growth was published" in report.facts.why_missing("base_revision.exports_usd_2010")
    assert "base-revisions" not in tables_of(report)
    assert not IMPLIED.search(said_of_revisions(report))
    assert IMPLIED.search(said_of_revisions(reported("2026-07")))


def test_a_revision_within_rounding_is_none(reported):
    """Customs showed $112.5 billion first, then exports and imports whose difference is 112.4."""
    claims = {period: plain(exhibits.revised_figures(reported(period)).words.claim) for period in ("2026-07", "2025-11")}
    assert claims["2026-07"] == "July 2026’s surplus has hardly been revised: $112.4 billion, first $112.5 billion"
    assert claims["2025-11"] == "November 2025’s surplus was revised to $109.9 billion from $111.7 billion"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.floats(1e11, 4e11),
    revised=st.floats(-0.2, 0.2),
    rate=st.floats(-0.4, 0.6),
    flow=st.sampled_from(["exports", "imports"]),
)
def test_the_truth_lies_within_the_rounding(now, first, revised, rate, flow):
    """Customs revises, compares and prints rounded: what is reckoned back holds the revision within its band."""
    base = first * (1 + revised)
    rows = [
        {"period": "2024-05", "measure": "level", "value": round(first, -7)},
        {"period": "2025-05", "measure": "level", "value": round(base * (1 + rate), -7)},
        {"period": "2025-05", "measure": "yoy", "value": round(rate * 100, 1), "step": 0.1},
    ]
    template = {"kind": "month", "currency": "USD", "step": 1e7, "stage": "preliminary", "released": "2025-06-09"}
    rest = {"released_basis": "printed", "source": "made", "how": "printed", "late": False}
    made = pd.DataFrame([template | rest | row | {"flow": f} for row in rows for f in ("exports", "imports")])
    oldest = now.totals[now.totals["period"] < "2009-01"]
    tables = replace(now, totals=pd.concat([oldest, made], ignore_index=True))
    found = helpers.base_revisions(tables, "2025-06")["2024", f"{flow}_usd", ""]
    assert found.change.value == pytest.approx(revised * 100, abs=found.rounding.value + 1e-9)
    assert 0 < found.rounding.value < 0.15


def test_a_print_too_coarse_to_tell_is_left_out(now):
    """September 2021's imports came as 240 billion, rounded to ten."""
    assert printed("imports", "USD", "2021-09", "level", "preliminary", "month") == 240e9
    found = helpers.base_revisions(now, "2021-10")["2020", "imports_usd", "_since"]
    assert found.months.value == 1


def test_nothing_is_said_within_the_rounding_and_the_table_shows_both(reported):
    for period in span("2019-01", "2026-07")[::10]:
        report = reported(period)
        for sentence in exhibits.revised_figures(report).words.sentences:
            for run in sentence:
                name = getattr(run, "name", "")
                if name.startswith("base_revision.") and not name.endswith("_months"):
                    assert abs(report.facts[name].value) > report.facts[f"{name}_rounding"].value, period
    cells = [plain(cell) for row in tables_of(reported("2026-07"))["base-revisions"].rows for cell in row.cells]
    assert "−4.19 ± 0.07" in cells


def test_the_words_of_golden_months(reported):
    for period, said in (
        (
            "2025-11",
            "Growth published in 2025 implies that customs had lowered 2024’s exports by 0.18% and imports by 0.10% since the first estimate, in dollars (3 months can be compared).",
        ),
        (
            "2026-07",
            "customs had lowered 2025’s exports by 0.17% and raised imports by 0.07% since the first estimate, in dollars (2 months can be compared).",
        ),
        (
            "2026-07",
            "The largest revision in the table lowered exports of one month of 2023 by 4.19% in dollars, before customs published growth on them.",
        ),
    ):
        assert said in " ".join(plain(s) for s in exhibits.revised_figures(reported(period)).words.sentences)


# --- the grid of months ---------------------------------------------------------------------------------------------------


def test_a_months_revision_is_its_figure_now_over_the_first_estimate(now):
    frame = by_month(helpers.month_revisions(now, "2026-07"))
    assert frame.at["2025-11", "imports_now"] == pytest.approx((220.1 / 218.6 - 1) * 100, abs=0.005)
    base = 279.7e9 / (1 - 7.5 / 100)  # March 2024 fell 7.5 % on it
    assert frame.at["2023-03", "exports_next_year"] == pytest.approx((base / 315.59e9 - 1) * 100, abs=0.005)
    assert frame.dropna(how="all").equals(frame)


def test_a_grid_knows_nothing_later_than_its_report(then):
    frame = by_month(helpers.month_revisions(then, "2025-11"))
    assert frame.filter(like="_now").isna().all(axis=None)
    assert frame.index.max() <= "2024-11"


def test_each_cell_of_a_grid_is_the_newest_revision_of_its_month(reported):
    report = reported("2026-07")
    frame = by_month(helpers.month_revisions(report.tables, "2026-07"))
    for flow, chart in zip(("exports", "imports"), exhibits.revised_figures(report).bodies, strict=False):
        newest = frame[f"{flow}_now"].fillna(frame[f"{flow}_next_year"]).dropna()
        years = {plain(row.label): row.values for row in chart.data.rows}
        shown = {f"{year}-{i:02d}": v for year, row in years.items() for i, v in enumerate(row, 1) if v == v}
        assert shown == newest.to_dict()
