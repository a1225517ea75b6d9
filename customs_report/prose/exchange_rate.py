"""The words of dollars and yuan: the rate that customs' figures imply, and the wedge between growth in the two."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report.display import Words
from customs_report.english.grammar import dated, held, not_held, said, shows_zero, to_date
from customs_report.facts import Facts, Mark, Place, Runs
from customs_report.report import Report

FORMED: Runs = (
    "Rates and wedges are formed only from one figure in both currencies, of the same stage of publication. The balance is "
    "left out of the rate: the ratio of two differences magnifies every rounding.",
)
CRUDE: Runs = (
    "Customs publishes crude oil imports to the last dollar and the last yuan; their ratio is taken as customs’ own rate.",
)


def dollars_and_yuan(report: Report) -> Words:
    """Exhibit: the implied rate and the growth wedge."""
    facts, frame = report.facts, helpers.exchange_rates(report.tables, report.period)
    newest = frame["crude_oil"].last_valid_index()
    if newest is None:
        return not_held("The rate of dollars and yuan", facts.why_missing("rate.crude_oil_month"))
    told = next((over for over in ("month", "ytd") if f"wedge.exports_{over}" in facts), None)
    rate: Runs = ("Customs’ own rate in ", Mark.of(newest), " was ", _cell(newest, "crude_oil", frame), " yuan per dollar")
    return Words(
        _wedge_claim(report, told) if told else rate,
        held(
            (*rate, ".") if told else None,
            _change(report, newest, frame),
            _imports_wedge(facts, told) if told else _no_wedge(report),
            _check(facts),
        ),
        notes=(FORMED, (*CRUDE, *_rate_ends(facts))),
    )


def _cell(period: str, column: str, frame: pd.DataFrame, style: str = "exchange_rate") -> Place:
    return Place.of("exchange_rates", period, column, frame.at[period, column], style)


def _wedge_claim(report: Report, over: str) -> Runs:
    name, when = f"wedge.exports_{over}", report.period if over == "month" else to_date(report)
    if shows_zero(report.facts, name):
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
    if shows_zero(facts, name):
        return ("Growth of imports was the same in both.",)
    way = "higher" if facts[name].value > 0 else "lower"
    return facts.say("Growth of imports was {" + name + ":size} {@way} in yuan.", way=(way,))


def _change(report: Report, newest: str, frame: pd.DataFrame) -> Runs | None:
    """How the dollar changed in a year; what growth owes to it can be told of the same month only."""
    change = frame.at[newest, "crude_oil_yoy"]
    if pd.isna(change):
        return None
    if round(change, 1) == 0:
        return ("The dollar was then worth as much in yuan as a year earlier.",)
    shown = Place.of("exchange_rates", newest, "crude_oil_yoy", change, "percent_size")
    rest = ", and growth in yuan departs from growth in dollars by about as much." if newest == report.period else "."
    return ("The dollar was then worth ", shown, f"% {'more' if change > 0 else 'less'} in yuan than a year earlier{rest}")


def _no_wedge(report: Report) -> Runs:
    return report.facts.say(
        "Growth of {@month} is not held in both currencies at the same stage, so that no wedge is given.", month=report.period
    )


def _check(facts: Facts) -> Runs | None:
    return said(
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
