"""Known distortions of months, named beside growth that rests on them."""

from __future__ import annotations

from customs_report.facts import Mark, Runs
from customs_report.periods import shift, year_to_date
from customs_report.report import Report


def distortion_notes(report: Report) -> tuple[Runs, ...]:
    """Which months of the report, or of the year before that they are compared with, are known to be distorted, and how?"""
    month, year = report.period, year_to_date(report.period)
    spans = {
        "this month": [month],
        "the month a year earlier": [shift(month, -12)],
        "months of the year to date": year,
        "months of the year to date a year earlier": [shift(p, -12) for p in year],
    }
    notes: list[Runs] = []
    for first, last, _, what, source in report.tables.distortions.itertuples(index=False):
        named = next((name for name, months in spans.items() if any(first <= p <= last for p in months)), "")
        if named:
            start = "Also distorted" if notes else "Growth rests on distorted figures"
            notes.append((f"{start}, {named}: ", Mark("quote", first, f"{what} ({source})"), "."))
    return tuple(notes)
