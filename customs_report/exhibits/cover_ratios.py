"""Exports as a multiple of imports."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette
from customs_report.chart_answers import Along
from customs_report.display import Chart, Exhibit, Words
from customs_report.drawing.axes import canvas, place_ticks
from customs_report.english.grammar import not_held
from customs_report.exhibits.selection import has_history, present, since
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Fact, NotAvailable, Runs, say
from customs_report.messages import message
from customs_report.numbers import period_text
from customs_report.report import Report, using
from customs_report.rows import frame_table


def exports_over_imports(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How many times its imports did China export, over twelve months?"""
    return Exhibit.of(using(report, frames, helpers.cover_ratio), _words, _chart)


def _words(report: Report) -> Words:
    """Exports as a multiple of imports over twelve months, now and a year earlier."""
    report.require("totals")
    facts = report.facts
    ratio, before = facts.get("cover.usd_12m"), facts.get("cover.usd_12m_before")
    if ratio is None:
        return Words(ratio_not_held(facts.gap("cover.usd_12m")))
    most = "cover.usd_12m_largest_in" not in facts and has_history(facts)
    return Words(
        times_imports(ratio, since(report) if most else None),
        present(ratio_a_year_earlier(before) if before else None),
        notes=(free_on_board(),),
    )


@message
def ratio_not_held(why: NotAvailable) -> Runs:
    return not_held("Exports against imports", why)


@message
def times_imports(ratio: Fact, most_since: Runs | None) -> Runs:
    rest = say(", most in data since {since}", since=most_since) if most_since else ()
    return say("Twelve-month exports were {ratio} times imports{rest}", ratio=ratio, rest=rest)


@message
def ratio_a_year_earlier(ratio: Fact) -> Runs:
    return say("A year earlier they were {ratio} times imports.", ratio=ratio)


@message
def free_on_board() -> Runs:
    return ("Exports are valued free on board, imports with insurance and freight: at equal prices the ratio would be higher.",)


def _chart(report: Report) -> Chart | None:
    """A point a year, each up to the report's month."""
    if "cover.usd_12m" not in report.facts:
        return None
    frame = report.frame(helpers.cover_ratio)
    frame = frame[frame.index.str.endswith(report.period[4:])]
    if len(frame) < 2:
        return None
    figure, axes = canvas()
    axes.plot(range(len(frame)), frame["ratio"].to_list(), color=palette.INK, lw=1.6, marker="o", ms=3)
    years = range((len(frame) - 1) % 2, len(frame), 2)  # the last one, and every other before it
    place_ticks(axes, "x", years, [frame.index[place][:4] for place in years])
    month = period_text(report.period).split()[0]
    title = f"Exports as a multiple of imports, twelve months to {month} of each year"
    return Chart(
        figure,
        report.write(line_of_ratios(frame.index[0], report.period, report.facts["cover.usd_12m"])),
        frame_table(
            "cover-ratio",
            title,
            "cover_ratio",
            frame.iloc[::-1],
            ["Ratio"],
            "exchange_rate",
            first="Twelve months to",
            units="ratio",
        ),
        source_line(report, "cover.usd_12m", history=True),
        rows=Along(range(len(frame))[::-1]),
        title=(title,),
    )


@message
def line_of_ratios(first: str, last: str, ratio: Fact) -> Runs:
    template = "A line with a point a year from {first} to {last}; it ends at {ratio}."
    return say(template, first=first, last=last, ratio=ratio)
