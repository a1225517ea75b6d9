"""Known distortions of months, named beside growth that rests on them."""

from __future__ import annotations

from customs_report.facts import Mark, Runs, say
from customs_report.messages import Message, message
from customs_report.periods import shift, year_to_date
from customs_report.report import Report


def distortion_notes(report: Report) -> tuple[Message, ...]:
    """Which months of the report, or of the year before that they are compared with, are known to be distorted, and how?"""
    month, year = report.period, year_to_date(report.period)
    spans = {
        "month": [month],
        "month_before": [shift(month, -12)],
        "ytd": year,
        "ytd_before": [shift(p, -12) for p in year],
    }
    notes: list[Message] = []
    for first, last, _, what, source in report.tables.distortions.itertuples(index=False):
        over = next((name for name, months in spans.items() if any(first <= p <= last for p in months)), "")
        if over:
            when = first if first == last else f"{first}/{last}"
            notes.append(distorted(over, when, Mark("quote", first, f"{what} ({source})")))
    return tuple(notes)


@message
def distorted(over: str, when: str, quote: Mark) -> Runs:
    """`quote` is what the table of distortions says, in its own words."""
    template = {
        "month": "Figures of {when} are distorted: {quote}.",
        "month_before": "Growth is measured against {when}, when figures were distorted: {quote}.",
        "ytd": "Growth since January includes {when}, when figures were distorted: {quote}.",
        "ytd_before": "Growth since January rests on {when}, when figures were distorted: {quote}.",
    }[over]
    return say(template, when=when, quote=(quote,))
