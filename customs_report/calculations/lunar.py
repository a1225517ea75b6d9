"""The Lunar New Year: the holiday that moves between 21 January and 20 February and takes a month's trade with it."""

from __future__ import annotations

from datetime import date

# The first day of the first month of the Chinese calendar (Beijing time), as the Hong Kong Observatory's Gregorian-Lunar
# Calendar Conversion Table lists it; the calendar is computed from the new moons, so these are no forecast.
NEW_YEARS = {
    2005: "02-09", 2006: "01-29", 2007: "02-18", 2008: "02-07", 2009: "01-26", 2010: "02-14", 2011: "02-03", 2012: "01-23",
    2013: "02-10", 2014: "01-31", 2015: "02-19", 2016: "02-08", 2017: "01-28", 2018: "02-16", 2019: "02-05", 2020: "01-25",
    2021: "02-12", 2022: "02-01", 2023: "01-22", 2024: "02-10", 2025: "01-29", 2026: "02-17", 2027: "02-06", 2028: "01-26",
    2029: "02-13", 2030: "02-03", 2031: "01-23", 2032: "02-11", 2033: "01-31", 2034: "02-19", 2035: "02-08",
}  # fmt: skip


def new_year(year: int) -> date:
    """On which day does the Lunar New Year of a calendar year begin? Raises KeyError beyond the years of the table.

    >>> str(new_year(2025))
    '2025-01-29'
    """
    return date.fromisoformat(f"{year}-{NEW_YEARS[year]}")
