"""The dates of the Lunar New Year, compared with the phases of the moon and an independent table."""

from datetime import date, timedelta

import chinese_calendar
import pytest

from customs_report.calculations.lunar import NEW_YEARS, new_year

NEW_MOON, LUNATION = date(2000, 1, 7), 29.530589  # Beijing time; the mean length of a lunation, days


def test_table_is_gapless_and_within_the_days_the_calendar_allows():
    years = list(NEW_YEARS)
    assert years == list(range(years[0], years[-1] + 1))
    assert all(date(y, 1, 21) <= new_year(y) <= date(y, 2, 20) for y in years)
    assert {(new_year(y + 1) - new_year(y)).days for y in years[:-1]} <= {353, 354, 355, 383, 384, 385}


@pytest.mark.parametrize("year", NEW_YEARS)
def test_each_falls_on_a_new_moon(year):
    age = (new_year(year) - NEW_MOON).days % LUNATION
    assert min(age, LUNATION - age) < 1.2  # the true moon strays from the mean one by up to 14 hours


@pytest.mark.parametrize("year", range(2005, 2026))
def test_is_a_public_holiday_named_spring_festival(year):
    day = new_year(year)
    assert chinese_calendar.get_holiday_detail(day) == (True, "Spring Festival")
    assert chinese_calendar.get_holiday_detail(day - timedelta(days=3)) != (True, "Spring Festival")


def test_beyond_the_table_is_an_error():
    with pytest.raises(KeyError):
        new_year(max(NEW_YEARS) + 1)
