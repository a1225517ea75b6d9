"""The words about how partners stand to each other: ranks, where exports went, concentration, growth month by month."""

from __future__ import annotations

import helpers
from customs_report.display import Words
from customs_report.facts import Runs
from customs_report.prose.grammar import (
    dated,
    held,
    listed,
    name_of,
    not_held,
    opened,
    partner_name,
    said,
    shows_zero,
    the,
    to_date,
)
from customs_report.report import Report

LEAVING = -0.5  # percentage points of all exports: a loss from here on is worth a sentence
ARRIVING = ("ASEAN", "EU27", "AFRICA", "LATAM", "HKG")  # none of them overlaps another
GROWTH_NOTE: Runs = ("Growth is that of the year to date, as customs printed it with each month; it is never computed anew.",)


def partner_standing(report: Report) -> Words:
    """Exhibit: who takes which share of exports, who gained ranks, how concentrated trade is."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return not_held("Ranks and shares of partners", facts.gaps["partner.*"])
    report.require("partners")
    shift = _shift(report)
    return Words(
        _claim(report),
        held(shift, _pattern() if shift else None, _ranks(report), _concentration(report)),
        notes=(SHARE_NOTE,),
    )


SHARE_NOTE: Runs = (
    "Shares are of exports in yuan; RCEP and Belt and Road overlap the others. Concentration is the Herfindahl index of total trade, "
    "from nothing to ten thousand points, over the partners held in every month: low with the rest as nothing, high with the rest as "
    "one partner.",
)


def _claim(report: Report) -> Runs:
    """The share that moved most, of partners that do not overlap."""
    facts, name = report.facts, "partner.{}.exports_share_ytd_change".format
    moves = {code: facts[name(code)].value for code in ("USA", *ARRIVING) if name(code) in facts}
    if not moves:
        return ("Ranks and shares of the largest partners",)
    code = max(moves, key=lambda code: abs(moves[code]))
    if shows_zero(facts, name(code)):
        return ("The shares of the large partners in exports hardly moved in a year",)
    return facts.say(
        "The share of {@who} in exports {@moved} by {" + name(code) + ":size} within a year",
        who=name_of(code, the(partner_name(report, code))), moved=("rose" if moves[code] > 0 else "fell",),
    )  # fmt: skip


def _shift(report: Report) -> Runs | None:
    """Exports that fell to the United States while they rose to others."""
    facts, name = report.facts, "partner.{}.exports_cny_ytd_contribution".format
    lost = facts.value(name("USA"))
    gains = [code for code in ARRIVING if (facts.value(name(code)) or 0) > -LEAVING]
    if lost is None or lost > LEAVING or not gains:
        return None
    gains.sort(key=lambda code: -facts[name(code)].value)
    told = [
        (*name_of(code, the(partner_name(report, code))), *facts.say(" ({" + name(code) + ":signed_percent})"))
        for code in gains[:4]
    ]
    return facts.say(
        "In {@span}, exports to the United States took {" + name("USA") + ":size} off growth, while points were added by {@told}.",
        span=to_date(report), told=listed(told),
    )  # fmt: skip


def _pattern() -> Runs:
    return ("This is a pattern, not a proof: the tables do not say whether the same goods went elsewhere.",)


def _ranks(report: Report) -> Runs | None:
    """Who changed places with whom, among the partners whose rank is certain in both years."""
    facts, name = report.facts, "partner.{}.rank_ytd_change".format
    codes = [code for code in helpers.ranked(report.tables, report.period) if name(code) in facts]
    if not codes:
        return None
    moved = [code for code in codes if facts[name(code)].value]
    if not moved:
        names = listed(name_of(code, the(partner_name(report, code))) for code in codes)
        return (*opened_runs(names), " keep the ranks of a year ago.") if len(codes) > 1 else None
    told = []
    for code in sorted(moved, key=lambda code: -facts[name(code)].value)[:3]:
        verb = "gained" if facts[name(code)].value > 0 else "lost"
        told.append(
            (*name_of(code, the(partner_name(report, code))), *facts.say(" {@verb} {" + name(code) + ":size}", verb=(verb,)))
        )
    return (*opened_runs(listed(told)), " in the ranking.")


def opened_runs(runs: Runs) -> Runs:
    """The runs as the beginning of a sentence, where a name comes first."""
    first = runs[0]
    return opened(runs) if isinstance(first, str) else (*name_of(first.key, opened((first.text,))[0]), *runs[1:])


def _concentration(report: Report) -> Runs | None:
    facts, change = report.facts, report.facts.value("hhi.partners_low_change")
    template = "Concentration lies between {hhi.partners_low:number} and {hhi.partners_high:number} points"
    if change is None:
        return said(facts, template + ".")
    if round(change) == 0:
        return said(facts, template + ", the lower bound as a year earlier.")
    way = "up" if change > 0 else "down"
    return said(facts, template + ", the lower bound {@way} by {hhi.partners_low_change:number}.", way=(way,))


def partner_growth(report: Report) -> Words:
    """Exhibit of the appendix: printed growth of exports, month by month."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return not_held("Growth of exports by partner", facts.gaps["partner.*"])
    report.require("partners")
    frame = helpers.partner_growth(report.tables, report.period)
    falling = (frame.iloc[0] < 0).sum()
    first, last = frame.index[-1], frame.index[0]
    claim = ("Exports by partner, month after month, as customs printed their growth",)
    when = ("The newest month stands on top; the grid runs from ", *dated(first), " to ", *dated(last), ".")
    if falling == 0:
        claim = ("Exports to every one of the largest partners are above a year earlier",)
    worst = frame.iloc[0].idxmin()
    name = f"partner.{worst}.exports_cny_ytd_yoy_printed"
    low = said(
        facts,
        "The weakest growth of the year so far is that of exports to {@who}, at {" + name + ":signed}.",
        who=name_of(worst, the(partner_name(report, worst))),
    )
    return Words(claim, held(when, low), notes=(GROWTH_NOTE,))
