"""Records and milestones of the balance, and the base that next month will be compared with."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.levels import NOT_ADDED
from customs_report.display import Chart, Exhibit, Words
from customs_report.drawing.axes import (
    BILLION,
    canvas,
    label_years,
    mark_zero,
)
from customs_report.english.grammar import had_changed, more_or_less, not_held, surplus_or_deficit
from customs_report.exhibits.selection import claim_since, has_history, present, rank_note
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Fact, NotAvailable, Runs, say
from customs_report.messages import Message, message
from customs_report.numbers import period_text
from customs_report.periods import shift, span
from customs_report.report import Report, using
from customs_report.rows import frame_table

NOTEWORTHY_BASE = 3.0  # percentage points beside the growth of the year up to it: a high or a low base


def surplus_records(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How did the surplus of twelve months grow, and when did it pass a trillion?"""
    return Exhibit.of(using(report, frames, helpers.rolling_year, helpers.milestones), _words, _chart)


def _words(report: Report) -> Words:
    """The 12-month sum, milestones, ranks in both currencies, and the base that waits for next month."""
    report.require("totals")
    facts = report.facts
    balance = facts.get("balance_usd_12m")
    if balance is None:
        return Words(records_not_held(facts.gap("balance_usd_12m")))
    largest = facts.value("balance_usd_12m_rank") == 1 and has_history(facts)
    passed, sums = _milestones(report), report.frame(helpers.rolling_year)["balance"].dropna()
    broken = len(sums) and len(sums) < len(span(sums.index[0], report.period))
    return Words(
        largest_of_twelve_months(balance, claim_since(report)) if largest else twelve_months_are(balance),
        present(passed, _ranks(report), _next_base(report)),
        notes=present(
            rank_note(report, "balance_usd_12m") if largest else None,
            milestone_note() if passed else None,
            break_note() if broken else None,
        ),
    )


@message
def records_not_held(why: NotAvailable) -> Runs:
    if why.why == NOT_ADDED:
        return ("Twelve-month balance: no sum of twelve months is available yet",)
    return not_held("Records and history", why)


@message
def twelve_months_are(balance: Fact) -> Runs:
    noun = surplus_or_deficit(balance)
    return say("The twelve-month {noun} is {balance:size}", noun=noun, balance=balance)


@message
def largest_of_twelve_months(balance: Fact, since: Runs) -> Runs:
    return say(
        "The twelve-month {noun}, {balance:size}, is the largest in data since {since}",
        noun=surplus_or_deficit(balance), balance=balance, since=since,
    )  # fmt: skip


@message
def milestone_note() -> Runs:
    return (
        "A milestone counts in the month in which a sum of figures of one kind, first or revised, first passed it; revisions "
        "can move it.",
    )


@message
def break_note() -> Runs:
    return ("The line breaks where a sum would mix first and revised figures; such a sum counts in the rank all the same.",)


def _milestones(report: Report) -> Message | None:
    """When the twelve-month sum and the year to date first passed the newest round number."""
    passed = report.frame(helpers.milestones)
    newest = {over: rows.iloc[-1] for over, rows in passed[passed["over"] != "month"].groupby("over")}
    milestone = report.facts.get("history.balance_usd_12m_passed")
    if not milestone or "12m" not in newest:
        return None
    rolling, year = newest["12m"], newest.get("ytd")
    too = year["first"] if year is not None and year["value"] == rolling["value"] else ""
    return milestone_passed(milestone, rolling["first"], too)


@message
def milestone_passed(milestone: Fact, month: str, year_to_date: str) -> Runs:
    """`year_to_date` is the month in which the sum since January passed it, too."""
    rest = say(", the year to date in {month}", month=year_to_date) if year_to_date else ()
    template = "The twelve-month sum first passed {milestone} in {month}{rest}."
    return say(template, milestone=milestone, month=month, rest=rest)


def _ranks(report: Report) -> Message | None:
    facts = report.facts
    if (facts.value("balance_usd_month") or 0) <= 0 or not has_history(facts):
        return None
    usd, cny = ([facts.get(f"balance_{code}_month_{part}") for part in ("rank", "rank_of")] for code in ("usd", "cny"))
    return month_ranks(*usd, *(cny if all(cny) else (None, None))) if all(usd) else None


@message
def month_ranks(rank: Fact, months: Fact, in_yuan: Fact | None, months_in_yuan: Fact | None) -> Runs:
    rest: Runs = ()
    if in_yuan and months_in_yuan:
        rest = say(", in yuan {rank:ordinal} of the {months:number} available", rank=in_yuan, months=months_in_yuan)
    template = "In dollars the month ranks {rank:ordinal} of {months:number}{rest}."
    return say(template, rank=rank, months=months, rest=rest)


def _next_base(report: Report) -> Message | None:
    """The base effect: how the month that next month is compared with stood out from its neighbours."""
    facts, then = report.facts, shift(report.period, -11)
    base, growth, gap = (facts.get(f"base.exports_usd_next{part}") for part in ("", "_yoy", "_gap"))
    festive = then[5:] in ("01", "02", "03")  # between which Lunar New Year moves: their growth makes no base high or low
    if base and gap and growth and abs(gap.value) >= NOTEWORTHY_BASE and not festive:
        return next_base_stands_out(base, then, growth, gap)
    quiet = gap is None or abs(gap.value) < NOTEWORTHY_BASE or festive
    return next_base(base, then) if base and quiet else None


@message
def next_base(base: Fact, month: str) -> Runs:
    return say("Next month compares with exports of {base} in {month}.", base=base, month=month)


@message
def next_base_stands_out(base: Fact, month: str, growth: Fact, gap: Fact) -> Runs:
    return say(
        "Next month compares with exports of {base} in {month}, a {kind} base: they had {moved}, {gap:size} {more} than "
        "over the twelve months to then.",
        base=base, month=month, kind="high" if gap.value > 0 else "low", moved=had_changed(growth), gap=gap,
        more=more_or_less(gap),
    )  # fmt: skip


def _chart(report: Report) -> Chart | None:
    frame = report.frame(helpers.rolling_year)[["balance"]].dropna()
    if "balance_usd_12m" not in report.facts or len(frame) < 2 or frame.index[-1] != report.period:
        return None
    months = span(frame.index[0], report.period)
    values = [frame["balance"].get(month, float("nan")) / BILLION for month in months]
    figure, axes = canvas(right=0.93)
    axes.plot(range(len(values)), values, color=palette.BALANCE, lw=1.6)
    axes.plot([len(values) - 1], [values[-1]], marker="o", ms=3.5, color=palette.BALANCE)
    mark_zero(axes)
    axes.margins(y=0.12)
    label_years(axes, months)
    axes.set_xlim(-0.5, len(values) - 0.5)
    passed = report.frame(helpers.milestones).query("over == '12m'")
    for _, row in passed.iterrows():
        at = months.index(row["first"])
        axes.plot([at], [values[at]], marker="v", ms=5, color=palette.INK)
        axes.annotate(
            period_text(row["first"]),
            (at, values[at]),
            (-6, 4),
            textcoords="offset points",
            ha="right",
            size=9,
            color=palette.INK,
        )
    alt = report.write(line_of_sums(months[0], report.period, report.facts["balance_usd_12m"]))
    data = frame_table(
        "balance-of-twelve-months",
        "Balance of trade over twelve months, billion dollars",
        "rolling_year",
        frame.iloc[::-1],
        ["Balance"],
        "bn",
        first="Twelve months to",
        units="USD",
    )
    return Chart(
        figure,
        alt,
        data,
        source_line(report, "balance_usd_12m", history=True),
        title=("Balance of trade over the twelve months to each month, billion dollars",),
    )


@message
def line_of_sums(first: str, last: str, balance: Fact) -> Runs:
    template = "A line of twelve-month sums of the balance from {first} to {last}; it ends at {balance}."
    return say(template, first=first, last=last, balance=balance)
