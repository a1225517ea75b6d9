"""Dollars and yuan: the rate that customs' figures imply, and the wedge between growth in the two."""

from __future__ import annotations

from typing import Any

import pandas as pd

import helpers
from customs_report import palette
from customs_report.display import Chart, Exhibit, Words
from customs_report.drawing.axes import canvas, four_ticks, gridded, hide_bottom, label_years, panel_key
from customs_report.drawing.source_lines import as_known
from customs_report.english.grammar import dated, first_possible, shows_zero, words_not_held
from customs_report.exhibits.selection import present, to_date
from customs_report.facts import Cite, Facts, Mark, Runs
from customs_report.report import Report
from customs_report.rows import cell, frame_table

RATE_NOTE: Runs = (
    "Rates and wedges are formed only from one figure in both currencies, of the same stage of publication. The balance is "
    "left out of the rate: the ratio of two differences magnifies every rounding.",
)
CRUDE_OIL_NOTE: Runs = (
    "Customs publishes crude oil imports to the last dollar and the last yuan; their ratio is taken as customs’ own rate.",
)


def dollars_and_yuan(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """What is a dollar worth in customs' figures, and how does that part growth in yuan from growth in dollars?"""
    return Exhibit.of(report.using(frames, helpers.exchange_rates), _words, _chart)


def _words(report: Report) -> Words:
    """The implied rate and the growth wedge."""
    facts, frame = report.facts, report.frame(helpers.exchange_rates)
    newest = frame["crude_oil"].last_valid_index()
    if newest is None:
        return words_not_held("The rate of dollars and yuan", facts.why_missing("rate.crude_oil_month"))
    span = next((over for over in ("month", "ytd") if f"wedge.exports_{over}" in facts), None)
    rate: Runs = ("Customs’ own rate in ", Mark.of(newest), " was ", _cell(newest, "crude_oil", frame), " yuan per dollar")
    return Words(
        _wedge_claim(report, span) if span else rate,
        present(
            (*rate, ".") if span else None,
            _change(report, newest, frame),
            _imports_wedge(facts, span) if span else _no_wedge(report),
            _check(facts),
        ),
        notes=(RATE_NOTE, (*CRUDE_OIL_NOTE, *_rate_ends(facts))),
    )


def _cell(period: str, column: str, frame: pd.DataFrame, style: str = "exchange_rate") -> Cite:
    return Cite.cell("exchange_rates", period, column, frame.at[period, column], style)


def _wedge_claim(report: Report, over: str) -> Runs:
    name, when = f"wedge.exports_{over}", report.period if over == "month" else to_date(report)
    if shows_zero(report.facts[name]):
        return report.facts.say("Growth of exports in {@when} was the same in dollars and in yuan", when=when)
    return report.facts.say(
        "Growth of exports in {@when} was {" + name + ":size} {@way} in yuan than in dollars",
        when=when,
        way=("higher" if report.facts[name].value > 0 else "lower",),
    )


def _imports_wedge(facts: Facts, over: str) -> Runs | None:
    name = f"wedge.imports_{over}"
    if name not in facts:
        return None
    if shows_zero(facts[name]):
        return ("Growth of imports was the same in both.",)
    way = "higher" if facts[name].value > 0 else "lower"
    return facts.say("Growth of imports was {" + name + ":size} {@way} in yuan.", way=(way,))


def _change(report: Report, newest: str, frame: pd.DataFrame) -> Runs | None:
    """How the dollar changed in a year; what growth owes to it is known for the same month only."""
    change = frame.at[newest, "crude_oil_yoy"]
    if pd.isna(change):
        return None
    if round(change, 1) == 0:
        return ("The dollar was then worth as much in yuan as a year earlier.",)
    shown = Cite.cell("exchange_rates", newest, "crude_oil_yoy", change, "percent_size")
    rest = ", and growth in yuan departs from growth in dollars by about as much." if newest == report.period else "."
    return ("The dollar was then worth ", shown, f"% {'more' if change > 0 else 'less'} in yuan than a year earlier{rest}")


def _no_wedge(report: Report) -> Runs:
    return report.facts.say(
        "Growth of {@month} is not held in both currencies at the same stage, so that no wedge is given.", month=report.period
    )


def _check(facts: Facts) -> Runs | None:
    return first_possible(
        facts,
        "In {rate.check_count} whose totals are held in both currencies, the rate they imply is within "
        "{rate.check_largest_difference} of that of crude oil.",
    )


def _rate_ends(facts: Facts) -> Runs:
    """Where the month itself has no rate: why."""
    if "rate.crude_oil_month" in facts:
        return ()
    why = facts.why_missing("rate.crude_oil_month")
    return (" ", *dated(why[0].upper() + why[1:]), ".")


def _chart(report: Report) -> Chart | None:
    frame = report.frame(helpers.exchange_rates)
    newest = frame["crude_oil"].last_valid_index()
    if newest is None:
        return None
    height, head, foot = 2.7, 0.24, 0.26  # inches
    panel = (height - foot - 2 * head - 0.08) / 2
    figure, above = canvas(height)
    below = figure.add_axes((0.07, foot / height, 0.915, panel / height))
    above.set_position((0.07, (height - head - panel) / height, 0.915, panel / height))
    gridded(below, ticks=4)
    months = range(len(frame))
    above.plot(months, frame["crude_oil"], color=palette.INK, lw=1.4)
    above.plot(months, frame["first_prints"], ls="", marker="o", ms=4, color=palette.ACCENT, zorder=3)
    four_ticks(above)
    above.tick_params(labelbottom=False)
    below.plot(months, frame["crude_oil_yoy"], color=palette.INK, lw=1.4)
    rings: dict[str, Any] = {"ls": "", "marker": "o", "ms": 6, "mfc": "none", "mew": 1.4, "color": palette.EXPORTS}
    dots: dict[str, Any] = {"ls": "", "marker": "o", "ms": 3, "color": palette.IMPORTS}
    below.plot(months, frame["exports_wedge"], zorder=3, **rings)
    below.plot(months, frame["imports_wedge"], zorder=4, **dots)
    below.axhline(0, color=palette.INK, lw=0.8)
    for axes in (above, below):
        hide_bottom(axes)
        label_years(axes, list(frame.index))
        axes.set_xlim(-1, max(len(frame), 12))
    line: dict[str, Any] = {"color": palette.INK, "lw": 1.4}
    totals: dict[str, Any] = {"ls": "", "marker": "o", "ms": 4, "color": palette.ACCENT}
    panel_key(above, "Yuan per dollar", [line, totals], ["crude oil imports", "totals printed in both currencies"])
    words = ["change of that rate, percent", "exports", "imports"]
    panel_key(below, "Growth in yuan less growth in dollars, points", [line, rings, dots], words)
    alt = report.facts.say(
        "Two panels from {@first} to {@last}. Above, the rate of customs’ crude oil imports, last {@rate} yuan per dollar in "
        "{@newest}, with dots where totals of one stage give a rate. Below, the growth wedge, dots close to the line of the "
        "rate’s change.",
        first=frame.index[0],
        last=report.period,
        newest=newest,
        rate=cell("exchange_rates", newest, "crude_oil", frame.at[newest, "crude_oil"], "exchange_rate"),
    )
    styles = {"crude_oil": "exchange_rate", "first_prints": "exchange_rate"}
    headers = ("Crude oil", "Change %", "Totals", "Exports, points", "Imports, points")
    data = frame_table(
        "dollars-and-yuan",
        "Yuan per dollar, its change on a year earlier, and growth in yuan less growth in dollars",
        "exchange_rates",
        frame.iloc[::-1],
        headers,
        {column: styles.get(column, "signed_percent") for column in frame},
        units=dict.fromkeys(("exports_wedge", "imports_wedge"), "percentage points"),
    )
    source = as_known(report, "General Administration of Customs of China, figures of one stage in both currencies")
    return Chart(figure, alt, data, source, recent=True, title=("Dollars and yuan: the rate and the growth wedge",))
