"""Dollars and yuan: the rate that customs' figures imply, and the gap between growth in the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

import helpers
from customs_report import palette
from customs_report.chart_answers import Months
from customs_report.display import Chart, Exhibit, Words
from customs_report.drawing.axes import canvas, hide_bottom, label_years
from customs_report.english.grammar import dated, more_or_less, not_held, opened
from customs_report.exhibits.selection import present, to_date
from customs_report.exhibits.source_lines import as_known
from customs_report.facts import Cell, Fact, NotAvailable, Runs, say, shows_zero
from customs_report.messages import first_possible, message
from customs_report.report import Report, using
from customs_report.rows import frame_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MONTHS = 97  # of the charts: eight years


def dollars_and_yuan(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """What is a dollar worth in customs' figures, and how does that part growth in yuan from growth in dollars?"""
    return Exhibit.of(using(report, frames, helpers.exchange_rates), _words, _rate_chart, _growth_chart)


def _words(report: Report) -> Words:
    """The implied rate and the growth gap."""
    facts, frame = report.facts, report.frame(helpers.exchange_rates)
    newest = frame["crude_oil"].last_valid_index()
    if newest is None:
        return Words(rate_not_held(facts.gap("rate.crude_oil_month")))
    rate = own_rate(newest, _cell(newest, "crude_oil", frame))
    over = next((over for over in ("month", "ytd") if f"growth_gap.exports_{over}" in facts), None)
    if over:
        imports = facts.get(f"growth_gap.imports_{over}")
        claim = gap_of_exports(facts[f"growth_gap.exports_{over}"], report.period if over == "month" else to_date(report))
        gap = gap_of_imports(imports) if imports else None
    else:
        claim, gap = rate, no_gap(report.period)
    change = _cell(newest, "crude_oil_yoy", frame)
    return Words(
        claim,
        present(
            rate_in_sentence(rate) if over else None,
            dollar_was_worth(change, moved_on=bool(over) and newest != report.period) if pd.notna(change.value) else None,
            gap,
            first_possible(lambda: rates_agree(facts["rate.check_count"], facts["rate.check_largest_difference"])),
        ),
        notes=(
            note_on_rates(),
            note_on_crude_oil(None if "rate.crude_oil_month" in facts else facts.gap("rate.crude_oil_month")),
        ),
    )


def _cell(period: str, column: str, frame: pd.DataFrame) -> Cell:
    return Cell("exchange_rates", period, column, frame.at[period, column])


@message
def rate_not_held(why: NotAvailable) -> Runs:
    return not_held("Exchange rate", why)


@message
def own_rate(month: str, rate: Cell) -> Runs:
    return say("Customs’ own rate in {month} was {rate:exchange_rate} yuan per dollar", month=month, rate=rate)


@message
def rate_in_sentence(rate: Runs) -> Runs:
    return (*rate, ".")


@message
def gap_of_exports(gap: Fact, span: str) -> Runs:
    if shows_zero(gap):
        return say("Export growth in {span} was the same in dollars and yuan", span=span)
    template = "Export growth in {span} was {gap:size} {way} in yuan"
    return say(template, span=span, gap=gap, way="higher" if gap.value > 0 else "lower")


@message
def gap_of_imports(gap: Fact) -> Runs:
    if shows_zero(gap):
        return ("Import growth was the same in both.",)
    way = "higher" if gap.value > 0 else "lower"
    return say("Import growth was {gap:size} {way} in yuan than in dollars.", gap=gap, way=way)


@message
def no_gap(month: str) -> Runs:
    template = "No release has growth of {month} in both currencies, so growth in dollars and in yuan is not compared."
    return say(template, month=month)


@message
def dollar_was_worth(change: Cell, moved_on: bool) -> Runs:
    """What growth owes to the rate is known only for the rate's own month; `moved_on` where growth is of a later one."""
    if round(change.value, 1) == 0:
        return ("The dollar was then worth as much in yuan as a year earlier.",)
    return say(
        "The dollar was then worth {change:percent_size}% {way} in yuan than a year earlier{rest}.",
        change=change, way=more_or_less(change),
        rest="; the rate of later months is not available" if moved_on else "",
    )  # fmt: skip


@message
def rates_agree(months: Fact, difference: Fact) -> Runs:
    return say(
        "In {months} with totals in both currencies, the rate they imply is within {difference} of that of crude oil.",
        months=months, difference=difference,
    )  # fmt: skip


@message
def note_on_rates() -> Runs:
    return (
        "Rates and differences of growth are formed only from figures of one release in both currencies. The balance is left "
        "out of the rate: the ratio of two differences magnifies every rounding.",
    )


@message
def note_on_crude_oil(why_none: NotAvailable | None) -> Runs:
    """And, where the month itself has no rate, why."""
    return say(
        "Customs publishes crude oil imports to the last dollar and the last yuan; their ratio is taken as customs’ own rate."
        "{rest}",
        rest=(" ", *opened(dated(why_none.why)), ".") if why_none else (),
    )  # fmt: skip


def _rate_chart(report: Report) -> Chart | None:
    frame = report.frame(helpers.exchange_rates).iloc[-MONTHS:]
    newest = frame["crude_oil"].last_valid_index()
    if newest is None:
        return None
    figure, axes = canvas(1.4)
    months = range(len(frame))
    axes.plot(months, frame["crude_oil"], color=palette.INK, lw=1.4)
    totals: dict[str, Any] = {"ls": "", "marker": "o", "ms": 6, "mfc": "none", "mew": 1.0, "clip_on": False}
    axes.plot(months, frame["first_prints"], zorder=3, color=palette.INK, **totals)
    _finish(axes, frame)
    styles = {"crude_oil": "exchange_rate", "crude_oil_yoy": "signed_percent", "first_prints": "exchange_rate"}
    caption, headers = "Yuan per dollar, and its change on a year earlier", ("Crude oil", "Change %", "Totals")
    return Chart(
        figure,
        report.write(line_of_rates(frame.index[0], report.period, newest, _cell(newest, "crude_oil", frame))),
        frame_table("dollars-and-yuan", caption, "exchange_rates", frame.iloc[::-1], headers, styles),
        as_known(report, "one_stage"),
        title=("Yuan per dollar: crude oil imports (line), totals published in both currencies (rings)",),
    )


def _growth_chart(report: Report) -> Chart | None:
    frame = report.frame(helpers.exchange_rates).iloc[-MONTHS:]
    if frame["crude_oil"].last_valid_index() is None:
        return None
    figure, axes = canvas(1.4)
    months = range(len(frame))
    axes.plot(months, frame["crude_oil_yoy"], color=palette.INK, lw=1.4)
    rings: dict[str, Any] = {"ls": "", "marker": "o", "ms": 6, "mfc": "none", "mew": 1.4}
    axes.plot(months, frame["exports_gap"], zorder=3, color=palette.EXPORTS, **rings)
    axes.plot(months, frame["imports_gap"], zorder=4, color=palette.IMPORTS, ls="", marker="o", ms=3)
    axes.axhline(0, color=palette.INK, lw=0.8)
    _finish(axes, frame)
    gaps = ["exports_gap", "imports_gap"]
    caption = "Growth in yuan less growth in dollars, percentage points"
    shown = frame[gaps].dropna(how="all").iloc[::-1]
    data = frame_table(
        "growth-in-yuan-and-dollars", caption, "exchange_rates", shown, ("Exports", "Imports"), "signed_percent",
        units="percentage points",
    )  # fmt: skip
    return Chart(
        figure,
        report.write(marks_of_growth(frame.index[0], report.period)),
        data,
        as_known(report, "one_stage"),
        title=("Growth in yuan less growth in dollars, points: exports (rings), imports (dots), change of the rate (line)",),
        rows=Months(first=frame.index[0]),
    )


def _finish(axes: Axes, frame: pd.DataFrame) -> None:
    hide_bottom(axes)
    label_years(axes, list(frame.index))
    axes.set_xlim(-1, max(len(frame), 12))


@message
def line_of_rates(first: str, last: str, newest: str, rate: Cell) -> Runs:
    return say(
        "The rate of customs’ crude oil imports from {first} to {last}, in {newest} {rate:exchange_rate} yuan per dollar, with "
        "rings where totals of one release give a rate.",
        first=first, last=last, rate=rate, newest=newest,
    )  # fmt: skip


@message
def marks_of_growth(first: str, last: str) -> Runs:
    return say(
        "Growth in yuan less growth in dollars from {first} to {last}: rings for exports, dots for imports, close to the line "
        "of the rate’s change.",
        first=first, last=last,
    )  # fmt: skip
