"""The words about the year's outlook: what it may end with, by which method, and how good such outlooks were."""

from __future__ import annotations

import helpers
from customs_report.display import Words
from customs_report.english.grammar import dated, held, said
from customs_report.facts import Runs
from customs_report.report import Report

METHOD_NAMES = {"model": "the model", "naive": "last year’s months", "average": "the average of model and last year’s months"}
OUTLOOK_NOTE = (
    "A computation from past months, not a view of policy. Model: a seasonal ARIMA model with Lunar New Year, its "
    "parameters estimated before the year; last year’s months: the year so far plus the rest of last year; and their average. "
    "{} Exports and imports are simulated together."
)
JUDGED = "The one with the smallest past error at this month is shown."
UNJUDGED = "The average is shown, as too few earlier years are held to judge them by."


def outlook(report: Report) -> Words:
    """Exhibit: the year's exports, imports and balance, with intervals, and the record of such outlooks."""
    facts, marks = report.facts, {"year": report.period[:4]}
    if "outlook.balance_usd_year" not in facts:
        return Words(("Outlook: ", *dated(facts.why_missing("outlook.balance_usd_year"))), ())
    noun = "surplus" if facts["outlook.balance_usd_year"].value >= 0 else "deficit"
    claim = facts.say("{@year} may end with a {@noun} of about {outlook.balance_usd_year:size}", noun=(noun,), **marks)
    if facts["outlook.balance_usd_year_low90"].value < 0 < facts["outlook.balance_usd_year_high90"].value:
        claim += (f"; a {'deficit' if noun == 'surplus' else 'surplus'} is possible",)
    method = METHOD_NAMES[helpers.outlook_method(report.tables, report.period)]
    span = facts.say(
        "With a chance of nine in ten, by this reckoning, the balance lies between {outlook.balance_usd_year_low90} and "
        "{outlook.balance_usd_year_high90}."
    )
    flows = said(
        facts,
        "Exports would come to {outlook.exports_usd_year} ({outlook.exports_usd_year_yoy:signed}) and imports to "
        "{outlook.imports_usd_year} ({outlook.imports_usd_year_yoy:signed}), by {@method}.",
        method=(method,),
    )
    record = said(
        facts,
        "Seen from this month, outlooks of the {outlook.backtest_years} before missed the year’s exports by "
        "{outlook.exports_usd_year_mae} on average and the balance by {outlook.balance_usd_year_mae}.",
    )
    judged = (facts.value("outlook.backtest_years") or 0) >= helpers.MIN_YEARS
    note: Runs = (OUTLOOK_NOTE.format(JUDGED if judged else UNJUDGED),)
    return Words(claim, held(span, flows, record), notes=(note,))
