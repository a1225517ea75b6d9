"""Records and milestones of the balance, and the base that next month will be compared with."""

from __future__ import annotations

import helpers
from customs_report import palette
from customs_report.display import Chart, Exhibit, Words
from customs_report.drawing.axes import (
    BILLION,
    canvas,
    label_years,
    mark_zero,
    with_report_style,
)
from customs_report.drawing.source_lines import source_line
from customs_report.english.grammar import dated, first_possible, has_history, present, since, verb
from customs_report.facts import Facts, Runs
from customs_report.numbers import period_text
from customs_report.periods import shift, span
from customs_report.report import Report
from customs_report.rows import frame_table

NOTEWORTHY_BASE = 3.0  # percentage points beside the growth of the year up to it: a high or a low base


def surplus_records(report: Report) -> Exhibit:
    """How did the surplus of twelve months grow, and when did it pass a trillion?"""
    return Exhibit.of(report, _words, _chart)


def _words(report: Report) -> Words:
    """The 12-month sum, milestones, ranks in both currencies, and the base that waits for next month."""
    report.require("totals")
    facts = report.facts
    if "balance_usd_12m" not in facts:
        return Words(("Records and history: ", *dated(facts.why_missing("balance_usd_12m"))), present(_next_base(report)))
    noun = "surplus" if facts["balance_usd_12m"].value >= 0 else "deficit"
    claim = facts.say("Over twelve months the {@noun} adds up to {balance_usd_12m:size}", noun=(noun,))
    if facts.value("balance_usd_12m_rank") == 1 and has_history(facts):
        claim = facts.say(
            "The twelve-month {@noun} of {balance_usd_12m:size} is the largest of any twelve months since {@since}",
            noun=(noun,),
            since=since(report),
        )
    passed, sums = _milestones(report), helpers.rolling_year(report.tables, report.period)["balance"].dropna()
    broken = len(sums) and len(sums) < len(span(sums.index[0], report.period))
    notes = present(MILESTONE_NOTE if passed else None, BREAK_NOTE if broken else None)
    return Words(claim, present(passed, _ranks(report), _next_base(report)), notes=notes)


MILESTONE_NOTE: Runs = (
    "A milestone counts in the month in which a sum of one stage of publication first passed it; revisions can move it.",
)
BREAK_NOTE: Runs = ("The line breaks where a sum would mix stages of publication; such a sum counts in the rank all the same.",)


def _milestones(report: Report) -> Runs | None:
    """When the twelve-month sum and the year to date first passed the newest round number."""
    passed = helpers.milestones(report.tables, report.period)
    newest = {over: rows.iloc[-1] for over, rows in passed[passed["over"] != "month"].groupby("over")}
    if not newest or "12m" not in newest:
        return None
    rolling, year = newest["12m"], newest.get("ytd")
    twelve = "history.balance_usd_12m_passed"
    if year is not None and year["value"] == rolling["value"]:
        template = "The sum of twelve months first passed {" + twelve + "} in {@rolling}, the year to date in {@year}."
    else:
        template = "The sum of twelve months first passed {" + twelve + "} in {@rolling}."
    return first_possible(report.facts, template, rolling=rolling["first"], year=year["first"] if year is not None else "")


def _ranks(report: Report) -> Runs | None:
    facts = report.facts
    if (facts.value("balance_usd_month") or 0) <= 0 or not has_history(facts):
        return None
    return first_possible(
        facts,
        "In dollars the month ranks {balance_usd_month_rank:ordinal} of {balance_usd_month_rank_of:number} months, in yuan "
        "{balance_cny_month_rank:ordinal} of the {balance_cny_month_rank_of:number} that are held.",
        "In dollars the month ranks {balance_usd_month_rank:ordinal} of {balance_usd_month_rank_of:number} months.",
    )


def _next_base(report: Report) -> Runs | None:
    """The base effect: how the month that next month is compared with stood out from its neighbours."""
    facts, coming = report.facts, shift(report.period, 1)
    base, gap = "base.exports_usd_next", facts.value("base.exports_usd_next_gap")
    compared = "Next month will be compared with {" + base + "} of exports in {@then}"
    if gap is None or abs(gap) < NOTEWORTHY_BASE:
        return first_possible(facts, compared + ".", then=shift(coming, -12))
    return first_possible(
        facts,
        f"{compared}, a {{@kind}} base: they had {{@moved}}, "
        f"{{{base}_gap:size}} {{@more}} than on average in the year to then.",
        then=shift(coming, -12),
        kind=("high" if gap > 0 else "low",),
        more=("more" if gap > 0 else "less",),
        moved=_had(facts, f"{base}_yoy"),
    )


def _had(facts: Facts, name: str) -> Runs:
    past = {
        "rose": "risen",
        "fell": "fallen",
        "edged up": "edged up",
        "edged down": "edged down",
        "did not change": "not changed",
    }
    word = past[verb(facts[name].value)]
    return (word,) if word == "not changed" else facts.say("{@word} by {" + name + ":size}", word=(word,))


@with_report_style
def _chart(report: Report) -> Chart | None:
    frame = helpers.rolling_year(report.tables, report.period)[["balance"]].dropna()
    if "balance_usd_12m" not in report.facts or len(frame) < 2 or frame.index[-1] != report.period:
        return None
    months = span(frame.index[0], report.period)
    values = [frame["balance"].get(month, float("nan")) / BILLION for month in months]
    figure, axes = canvas(right=0.93)
    axes.plot(range(len(values)), values, color=palette.ACCENT, lw=1.6)
    axes.plot([len(values) - 1], [values[-1]], marker="o", ms=3.5, color=palette.ACCENT)
    mark_zero(axes)
    axes.margins(y=0.12)
    label_years(axes, months)
    axes.set_xlim(-0.5, len(values) - 0.5)
    passed = helpers.milestones(report.tables, report.period).query("over == '12m'")
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
    alt = report.facts.say(
        "A line of twelve-month sums of the balance from {@first} to {@last}; it ends at {balance_usd_12m}.",
        first=months[0],
        last=report.period,
    )
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
        recent=True,
        title=("Balance of trade over the twelve months to each month, billion dollars",),
    )
