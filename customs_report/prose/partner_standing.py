"""The words about how partners stand to each other: ranks, where exports went, concentration, growth month by month."""

from __future__ import annotations

from itertools import chain

import helpers
from customs_report.display import Words
from customs_report.english.grammar import (
    capital,
    held,
    listed,
    name_of,
    not_held,
    partner_name,
    said,
    shows_zero,
    the,
    to_date,
)
from customs_report.facts import Runs
from customs_report.periods import shift
from customs_report.report import Report

FELT = 0.5  # percentage points of all exports: a gain or loss from here on is worth a sentence
ARRIVING = ("ASEAN", "EU27", "AFRICA", "LATAM", "HKG")  # none of them overlaps another
PATTERN: Runs = ("This is a pattern, not a proof: the tables do not say whether the same goods went elsewhere.",)
SHARE_NOTE: Runs = (
    "Shares are of exports in yuan; RCEP and Belt and Road overlap the others. Places are those among the partners held in "
    "both years. Concentration is the Herfindahl index of total trade, from nothing to ten thousand points, over the partners "
    "held in every month: once with the rest as nothing, once with the rest as one partner.",
)
GROWTH_NOTE: Runs = ("Growth of the year to date as customs printed it with each month; it is never computed anew.",)


def partner_standing(report: Report) -> Words:
    """Exhibit: who takes which share of exports, who gained places, how concentrated trade is."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return not_held("Places and shares of partners", facts.gaps["partner.*"])
    report.require("partners")
    elsewhere = _shift(report)
    told = (elsewhere, PATTERN) if elsewhere else (_shares(report),)
    sentences = held(*told, _places(report), _concentration(report))
    return Words(_claim(report), sentences, notes=(SHARE_NOTE,))


def _claim(report: Report) -> Runs:
    facts, code = report.facts, share_that_moved(report)
    if not code:
        return ("Places and shares of the largest partners",)
    name = SHARE_CHANGE(code)
    if shows_zero(facts, name):
        return ("The shares of the large partners in exports hardly moved in a year",)
    return facts.say(
        "The share of {@who} in exports {@moved} by {" + name + ":size} within a year",
        who=_name(report, code), moved=("rose" if facts[name].value > 0 else "fell",),
    )  # fmt: skip


SHARE_CHANGE = "partner.{}.exports_share_ytd_change".format


def share_that_moved(report: Report) -> str | None:
    """The partner whose share of exports moved most within a year, of those that do not overlap."""
    moves = {code: abs(report.facts[name].value) for code in ("USA", *ARRIVING) if (name := SHARE_CHANGE(code)) in report.facts}
    return max(moves, key=moves.get, default=None)


def _shift(report: Report) -> Runs | None:
    """Exports that fell to the United States while they rose to others."""
    facts, name = report.facts, "partner.{}.exports_cny_ytd_contribution".format
    lost = facts.value(name("USA"))
    gains = [code for code in ARRIVING if (facts.value(name(code)) or 0) >= FELT]
    if lost is None or lost > -FELT or not gains:
        return None
    gains.sort(key=lambda code: -facts[name(code)].value)
    told = [(*_name(report, code), *facts.say(" ({" + name(code) + ":signed_percent})")) for code in gains[:4]]
    return facts.say(
        "In {@span}, exports to the United States took {" + name("USA") + ":size} off growth, while {@told} added to it.",
        span=to_date(report), told=listed(told),
    )  # fmt: skip


def _shares(report: Report) -> Runs | None:
    """Who takes how much of exports."""
    name = "partner.{}.exports_share_ytd".format
    return said(
        report.facts,
        "In {@span}, {" + name("ASEAN") + "} of exports went to ASEAN, {" + name("EU27") + "} to the European Union and {"
        + name("USA") + "} to the United States.",
        span=to_date(report),
    )  # fmt: skip


def _places(report: Report) -> Runs | None:
    """Who changed places among the largest partners."""
    facts, name = report.facts, "partner.{}.rank_ytd_change".format
    both_years = [helpers.largest_partners(report.tables, period) for period in (report.period, shift(report.period, -12))]
    codes = [code for code in dict.fromkeys(chain(*both_years)) if name(code) in facts]
    if not codes:
        return None
    moved = sorted((code for code in codes if facts[name(code)].value), key=lambda code: -facts[name(code)].value)
    if not moved:
        return ("The largest partners stand in the same order as a year earlier.",)
    told = [
        (*_name(report, code), *facts.say(" {@verb} {" + name(code) + ":size}", verb=(verb,)))
        for code, verb in dict.fromkeys(((moved[0], "gained"), (moved[-1], "lost")))
        if (facts[name(code)].value > 0) == (verb == "gained")
    ]
    return (*capital(listed(told)), " among the largest partners.")


def _concentration(report: Report) -> Runs | None:
    facts, change = report.facts, report.facts.value("hhi.partners_low_change")
    template = "Concentration of trade lies between {hhi.partners_low:number} and {hhi.partners_high:number} points"
    if change is None:
        return said(facts, template + ".")
    if round(change) == 0:
        return said(facts, template + ", its lower bound where it was a year earlier.")
    way = "up" if change > 0 else "down"
    return said(facts, template + ", its lower bound {@way} by {hhi.partners_low_change:size} on the year.", way=(way,))


def partner_growth(report: Report) -> Words:
    """Exhibit of the appendix: printed growth of exports, month by month."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return not_held("Growth of exports by partner", facts.gaps["partner.*"])
    report.require("partners")
    frame = helpers.partner_growth(report.tables, report.period)
    newest = frame.iloc[0].dropna()
    low, high = newest.idxmin(), newest.idxmax()
    name = "partner.{}.exports_cny_ytd_yoy_printed".format
    below = int((newest.round(1) < 0).sum())
    if below == 0:
        claim: Runs = ("Exports to none of the largest partners are below a year earlier",)
    elif below == 1:
        claim = ("Of the largest partners, only ", *_name(report, low), " saw exports fall")
    else:
        claim = ("Of the largest partners, ", *_name(report, low), " saw exports fall most")
    ends = said(
        facts,
        "In {@span}, printed growth ranged from {" + name(low) + ":signed} ({@low}) to {" + name(high) + ":signed} ({@high}).",
        span=to_date(report), low=_name(report, low), high=_name(report, high),
    )  # fmt: skip
    grid = facts.say(
        "The grid runs from {@first} to {@last}, the newest month on top.", first=frame.index[-1], last=frame.index[0]
    )
    return Words(claim, held(ends, grid if len(frame) > 1 else None), notes=(GROWTH_NOTE,))


def _name(report: Report, code: str) -> Runs:
    return name_of(code, the(partner_name(report, code)))
