"""The balance of trade by month and since January."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

import helpers
from customs_report import palette
from customs_report.calculations.levels import first_month
from customs_report.display import Chart, Exhibit, Words
from customs_report.drawing.axes import (
    BILLION,
    canvas,
    corner_note,
    label_ends,
    label_line,
    label_years,
    mark_zero,
    with_report_style,
)
from customs_report.drawing.source_lines import source_line
from customs_report.english.grammar import (
    both_changed,
    first_possible,
    has_history,
    listed,
    not_held,
    opened,
    present,
    shows_zero,
    since,
    to_date,
)
from customs_report.exhibits.exports_and_imports import monthly_data
from customs_report.facts import Cite, Mark, Runs
from customs_report.measures import RANK_STEP
from customs_report.numbers import MONTHS
from customs_report.periods import shift
from customs_report.report import Report
from customs_report.rows import cell, frame_table


def balance(report: Report) -> Exhibit:
    """How large was the surplus, month by month?"""
    return Exhibit.of(report, _balance_words, _balance_chart)


def _balance_words(report: Report) -> Words:
    """The balance of trade, month by month."""
    report.require("totals")
    facts, period = report.facts, report.period
    value = facts.value("balance_usd_month")
    if value is None:
        return not_held("The balance of trade in dollars", facts.why_missing("balance_usd_month"))
    frame = helpers.monthly_trade(report.tables, period)
    noun = "surplus" if value >= 0 else "deficit"
    marks: dict[str, str | Runs] = {"month": period, "since": since(report)}
    if value < 0 and has_history(facts):
        claim = facts.say(
            "The deficit of {balance_usd_month:size} in {@month} is the {balance_usd_month_rank_low:largest} of any month "
            "since {@since}",
            **marks,
        )
    elif has_history(facts) and facts["balance_usd_month_rank"].value <= 10:
        claim = facts.say(
            "The surplus of {balance_usd_month} in {@month} is the {balance_usd_month_rank:largest} of any month "
            "since {@since}",
            **marks,
        )
    else:
        claim = facts.say("The {@noun} was {balance_usd_month:size} in {@month}", noun=(noun,), **marks)
    year, before = None, shift(period, -12)
    if "balance_usd_month_change" in facts:
        year = facts.say(
            "A year earlier the {@noun} was {@before}; the balance is now {balance_usd_month_change:size} {@way}.",
            noun=(_balance_noun(frame, before),),
            before=_place(frame, "monthly_trade", before, "balance"),
            way=("higher" if facts["balance_usd_month_change"].value >= 0 else "lower",),
        )
    return Words(
        claim,
        present(
            _larger_months(report, frame) if noun == "surplus" else None,
            year,
            _run_of_months(report),
            _twelve_months(report),
        ),
        notes=present(_rank_note(report)),
    )


def _place(frame: pd.DataFrame, table: str, row: str, column: str) -> Runs:
    """A cell of a helper's table as dollars in a sentence."""
    value = frame.at[row, column]
    return (Cite.cell(table, row, column, value, "usd_size"),)


def _balance_noun(frame: pd.DataFrame, period: str) -> str:
    return "surplus" if frame.at[period, "balance"] >= 0 else "deficit"


def _larger_months(report: Report, frame: pd.DataFrame) -> Runs | None:
    """Which months had a larger surplus, where they are few."""
    if not has_history(report.facts):
        return None
    rounded = (frame["balance"] / RANK_STEP).round()
    larger = frame.index[rounded > rounded.loc[report.period]]
    if not 0 < len(larger) <= 3:
        return None
    items = [(Mark.of(p), " (", *_place(frame, "monthly_trade", p, "balance"), ")") for p in larger]
    return ("Only ", *listed(items), " brought more.")


def _run_of_months(report: Report) -> Runs | None:
    facts = report.facts
    if (facts.value("streak.balance_usd_month_above_100bn") or 0) >= 2:
        return facts.say(
            "It is the {streak.balance_usd_month_above_100bn:ordinal} month in a row above a hundred billion dollars."
        )
    if facts.value("streak.balance_usd_month_surplus") == facts.value("balance_usd_month_rank_of"):
        return facts.say("Every month since {@first} brought a surplus.", first=first_month(report.tables))
    if (facts.value("streak.balance_usd_month_surplus") or 0) >= 2:
        return facts.say("The last {streak.balance_usd_month_surplus:count} months all brought a surplus.")
    return None


def _twelve_months(report: Report) -> Runs | None:
    if report.facts.value("balance_usd_12m_rank") == 1 and has_history(report.facts):
        return report.facts.say(
            "Over twelve months the surplus adds up to {balance_usd_12m}, the largest such sum since {@since}.",
            since=since(report),
        )
    return first_possible(report.facts, "Over twelve months the surplus adds up to {balance_usd_12m}.")


def _rank_note(report: Report) -> Runs | None:
    if not has_history(report.facts):
        return None
    return report.facts.say(
        "Ranked among {balance_usd_month_rank_of} since {@first}, in dollars rounded to a tenth of a "
        "billion; equal months share the better rank.",
        first=first_month(report.tables),
    )


@with_report_style
def _balance_chart(report: Report) -> Chart | None:
    """Records are marked, deficits stand below the line."""
    if "balance_usd_month" not in report.facts:
        return None
    frame = helpers.monthly_trade(report.tables, report.period)
    values = (frame["balance"] / BILLION).to_list()
    colours = [palette.DEFICIT if v < 0 else palette.PALE for v in values]
    colours[-1] = palette.ACCENT if values[-1] >= 0 else palette.DEFICIT
    figure, axes = canvas()
    axes.bar(range(len(values)), values, width=0.86, color=colours)
    records = [i for i, new in enumerate(frame["record"]) if new and i >= 12]  # in the first year every month can be one
    if records:
        axes.plot(records, [values[i] + 4 for i in records], ls="", marker="v", ms=3.2, color=palette.INK)
        corner_note(axes, "▼ record at the time", palette.INK)
    mark_zero(axes)
    label_years(axes, list(frame.index))
    axes.set_xlim(-1, len(values) + 0.5)
    top = frame["balance"].idxmax()
    alt = report.facts.say(
        "Bars show the balance of each month from {@first} to {@last}. The last one stands at "
        "{balance_usd_month}; the highest, "
        "{@top}, at {@value}." + (" Triangles mark months that set a record." if records else ""),
        first=frame.index[0],
        last=report.period,
        top=top,
        value=cell("monthly_trade", top, "balance", frame.at[top, "balance"]),
    )
    return Chart(
        figure,
        alt,
        monthly_data("balance-by-month", "Balance of trade by month", frame[["balance"]]),
        source_line(report, "balance_usd_month", history=True),
        recent=True,
        title=("Balance of trade, billion dollars a month",),
    )


def year_to_date(report: Report) -> Exhibit:
    """How does the surplus of the year grow, against every earlier year?"""
    return Exhibit.of(report, _year_to_date_words, _year_to_date_chart)


def _year_to_date_words(report: Report) -> Words:
    """The year to date against every earlier year."""
    report.require("totals")
    facts, span = report.facts, to_date(report)
    if "balance_usd_ytd" not in facts:
        return not_held("The year to date in dollars", facts.why_missing("balance_usd_ytd"))
    noun = "surplus" if facts["balance_usd_ytd"].value >= 0 else "deficit"
    place = facts.value("balance_usd_ytd_rank")
    january = report.period.endswith("-01")
    if january:
        claim = facts.say("The year begins with a {@noun} of {balance_usd_ytd:size}", noun=(noun,))
    elif place == 1 and has_history(facts):
        claim = facts.say(
            "The year’s surplus of {balance_usd_ytd} is ahead of every earlier year since {@since}",
            since=since(report, "balance_usd_ytd"),
        )
    elif place and noun == "surplus" and has_history(facts):
        claim = facts.say(
            "The year’s surplus of {balance_usd_ytd} is the {balance_usd_ytd_rank:largest} for these months since {@since}",
            since=since(report),
        )
    else:
        claim = facts.say("The year’s {@noun} stands at {balance_usd_ytd:size}", noun=(noun,))
    change = first_possible(
        facts,
        "The {@noun} {@so_far}is {balance_usd_ytd_yoy:size} {@size} than a year earlier.",
        "A year earlier the balance was {balance_usd_ytd_change:size} {@other}.",
        noun=(noun,),
        so_far=("" if january else "since January ",),
        size=("larger" if (facts.value("balance_usd_ytd_yoy") or 0) >= 0 else "smaller",),
        other=("lower" if (facts.value("balance_usd_ytd_change") or 0) >= 0 else "higher",),
    )
    changes = [name for name in ("balance_usd_ytd_yoy", "balance_usd_ytd_change") if name in facts]
    if changes and shows_zero(facts, changes[0]):
        change = ("A year earlier the balance was about the same.",)
    flows: list[Runs] = []
    for currency, unit in (("usd", "dollars"), ("cny", "yuan")):
        names = [f"{flow}_{currency}_ytd_yoy" for flow in ("exports", "imports")]
        if all(name in facts for name in names):
            moved = both_changed(facts, "exports", names[0], "imports", names[1])
            template = "In {@unit}, {@moved} in {@span}." if not flows else "{@moved} in {@unit}."
            flows.append(facts.say(template, unit=(unit,), span=span, moved=opened(moved) if flows else moved))
    milestone = first_possible(facts, "Never before in the series had the sum of a year passed {milestone.balance_usd_ytd}.")
    return Words(claim, present(milestone, change, *flows))


@with_report_style
def _year_to_date_chart(report: Report) -> Chart | None:
    if "balance_usd_ytd" not in report.facts:
        return None
    frame = helpers.cumulative_balance(report.tables, report.period)
    this, before = report.period[:4], str(int(report.period[:4]) - 1)
    figure, axes = canvas(height=1.6, right=0.93)
    ends = []
    for year in frame:
        values = (frame[year].dropna() / BILLION).to_list()
        months = list(frame[year].dropna().index)
        colour, width = (palette.ACCENT, 2.2) if year == this else (palette.INK, 1.2) if year == before else (palette.PALE, 0.9)
        axes.plot(months, values, color=colour, lw=width, zorder=3 if year in (this, before) else 2)
        if year == this:
            axes.plot([months[-1]], [values[-1]], marker="o", ms=4, color=colour, zorder=4)
            falls = len(values) < 2 or values[-1] < values[-2]  # its own line would run through a label at the left
            axes.annotate(
                year,
                (months[-1], values[-1]),
                (4 if months[-1] == 12 or falls else -3, 6 if months[-1] < 12 else 0),
                textcoords="offset points",
                ha="left" if months[-1] == 12 or falls else "right",
                va="center" if months[-1] == 12 else "bottom",
                color=colour,
                weight="semibold",
            )
        elif months[-1] == 12:
            ends.append((year, values[-1], palette.INK if year == before else palette.MUTED))
    mark_zero(axes)
    axes.margins(y=0.13)
    axes.set_xlim(0.9, 12.1)
    axes.set_xticks(range(1, 13), ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
    label_ends(axes, 12, _apart(ends, axes))
    alt = report.facts.say(
        "A line for each year since {@since}, January to December. This year’s line ends in {@month} at {balance_usd_ytd}.",
        since=next(iter(frame)),
        month=report.period,
    )
    data = frame_table(
        "balance-year-to-date",
        "Balance of trade since January, billion dollars",
        "cumulative_balance",
        frame.dropna(how="all"),
        [(Mark.of(year),) for year in frame],
        "bn",
        label=lambda month: Mark("month", month, MONTHS[int(month) - 1]),
        units="USD",
    )
    return Chart(
        figure,
        alt,
        data,
        source_line(report, "balance_usd_ytd", history=True),
        recent=report.period[5:] > "06",
        title=("Balance of trade since January, billion dollars",),
    )


def _apart(ends: list[tuple[str, float, str]], axes: Axes) -> list[tuple[str, float, str]]:
    """Of labels that would overlap the newest stay."""
    kept: list[tuple[str, float, str]] = []
    for label in reversed(ends):
        if all(abs(label[1] - other[1]) >= label_line(axes) for other in kept):
            kept.append(label)
    return kept
