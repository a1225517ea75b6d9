"""When customs publishes: the usual days, and those named by a source."""

from __future__ import annotations

import pytest

from customs_report import loading
from customs_report.release_calendar import next_release, usual_release_day

RELEASES = loading.load().releases
PRINTED = RELEASES[RELEASES["basis"] == "printed"].set_index("period")["released"].to_dict()


def test_the_next_release_follows_the_days_of_the_same_month_in_other_years():
    known = {period: day for period, day in PRINTED.items() if day <= "2025-12-08"}
    assert next_release("2025-11", known) == ("2025-12", "2026-01-13")  # it came on the 14th
    assert next_release("2025-12", known) == ("2026-01/2026-02", "2026-03-07")
    assert next_release("2026-01", known) == ("2026-02", "2026-03-07")
    assert next_release("2018-12", {}) == ("2019-01", "2019-02-09")


def test_without_a_printed_day_a_quarter_ends_later_than_other_months():
    assert usual_release_day("2025-12", {}) == "2026-01-13"
    assert usual_release_day("2025-10", {}) == "2025-11-09"
    assert usual_release_day("2026-01", {}) == usual_release_day("2026-02", {}) == "2026-03-09"


@pytest.mark.parametrize("month", ["03", "06", "09", "12"])
def test_after_a_quarter_customs_publishes_between_the_12th_and_the_14th(month):
    assert usual_release_day(f"2026-{month}", PRINTED)[8:] in {"12", "13", "14"}


def test_days_that_no_source_names_follow_the_rule():
    for row in RELEASES[RELEASES["basis"] == "usual day"].itertuples():
        assert row.released == usual_release_day(row.period, PRINTED), row.period
