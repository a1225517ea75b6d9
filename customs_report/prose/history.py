"""The words of the exhibits that look back: records and milestones, the report of the month before, thirteen months."""

from __future__ import annotations

import helpers
from customs_report.display import Words
from customs_report.english.grammar import changed, dated, has_history, held, opened, said, shows_zero, since, verb
from customs_report.facts import Runs
from customs_report.periods import shift, span
from customs_report.report import Report

NOTEWORTHY_BASE = 3.0  # percentage points beside the growth of the year up to it: a high or a low base


def history(report: Report) -> Words:
    """Exhibit: the 12-month sum, milestones, ranks in both currencies, and the base that waits for next month."""
    report.require("totals")
    facts = report.facts
    if "balance_usd_12m" not in facts:
        return Words(("Records and history: ", *dated(facts.why_missing("balance_usd_12m"))), held(_next_base(report)))
    noun = "surplus" if facts.value("balance_usd_12m") >= 0 else "deficit"
    claim = facts.say("Over twelve months the {@noun} adds up to {balance_usd_12m:size}", noun=(noun,))
    if facts.value("balance_usd_12m_rank") == 1 and has_history(facts):
        claim = facts.say(
            "The twelve-month {@noun} of {balance_usd_12m:size} is the largest of any twelve months since {@since}",
            noun=(noun,),
            since=since(report),
        )
    passed, sums = _trillion(report), helpers.rolling_year(report.tables, report.period)["balance"].dropna()
    broken = len(sums) and len(sums) < len(span(sums.index[0], report.period))
    notes = held(MILESTONE_NOTE if passed else None, BREAK_NOTE if broken else None)
    return Words(claim, held(passed, _ranks(report), _next_base(report)), notes=notes)


MILESTONE_NOTE: Runs = (
    "A milestone counts in the month in which a sum of one stage of publication first passed it; revisions can move it.",
)
BREAK_NOTE: Runs = ("The line breaks where a sum would mix stages of publication; such a sum counts in the rank all the same.",)


def _trillion(report: Report) -> Runs | None:
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
    return said(report.facts, template, rolling=rolling["first"], year=year["first"] if year is not None else "")


def _ranks(report: Report) -> Runs | None:
    facts = report.facts
    if (facts.value("balance_usd_month") or 0) <= 0 or not has_history(facts):
        return None
    return said(
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
        return said(facts, compared + ".", then=shift(coming, -12))
    return said(
        facts,
        f"{compared}, a {{@kind}} base: they had {{@moved}}, "
        f"{{{base}_gap:size}} {{@more}} than on average in the year to then.",
        then=shift(coming, -12),
        kind=("high" if gap > 0 else "low",),
        more=("more" if gap > 0 else "less",),
        moved=_had(facts, f"{base}_yoy"),
    )


def _had(facts, name: str) -> Runs:
    past = {
        "rose": "risen",
        "fell": "fallen",
        "edged up": "edged up",
        "edged down": "edged down",
        "did not change": "not changed",
    }
    word = past[verb(facts[name].value)]
    return (word,) if word == "not changed" else facts.say("{@word} by {" + name + ":size}", word=(word,))


def previous(report: Report) -> Words:
    """Exhibit: what changed since the report of the month before."""
    facts, before = report.facts, shift(report.period, -1)
    if "previous.*" in facts.gaps:
        return Words(("What changed since the month before: ", *dated(facts.gaps["previous.*"])), ())
    festive = report.period[5:] in ("01", "02", "03")  # Lunar New Year moves between these months: a turn is no news
    claim = (None if festive else _turn(report)) or facts.say("Compared with the report of {@before}", before=before)
    sentences = (_rates(report, "month"), _rates(report, "ytd"), _america(report))
    return Words(claim, held(*sentences), notes=(PREVIOUS_NOTE,))


PREVIOUS_NOTE: Runs = (
    "The report of the month before as it would read on the same day, from the same vintage, not as it was then.",
)


def _turn(report: Report) -> Runs | None:
    """The flow whose growth in dollars changed most since the month before."""
    facts = report.facts
    names = {flow: f"{flow}_usd_month_yoy" for flow in ("exports", "imports")}
    changes = {
        flow: abs(facts[f"previous.{name}_change"].value) for flow, name in names.items() if f"previous.{name}_change" in facts
    }
    if not changes:
        return None
    flow = max(changes, key=changes.get)
    before, now = facts[f"previous.{names[flow]}"].value, facts[names[flow]].value
    if round(before, 1) * round(now, 1) < 0:
        template = "{@flow} turned {@way}: they {@now}, after they {@before} the month before"
        return facts.say(
            template,
            flow=(flow.capitalize(),),
            way=("up" if now > 0 else "down",),
            now=changed(facts, names[flow]),
            before=changed(facts, f"previous.{names[flow]}"),
        )
    style = "signed"
    if min(now, before) >= 0:
        what, way = "Growth of", "sped up" if now > before else "slowed"
    elif max(round(now, 1), round(before, 1)) < 0:
        what, way, style = "The fall of", "eased" if now > before else "deepened", "size"
    else:  # one of them is nothing
        what, way = "Growth of", "went"
    return facts.say(
        "{@what} {@flow} {@way} from {previous." + f"{names[flow]}:{style}" + "} to {" + f"{names[flow]}:{style}" + "}",
        what=(what,),
        flow=(flow,),
        way=(way,),
    )


def _rates(report: Report, over: str) -> Runs | None:
    facts, parts = report.facts, []
    for flow in ("exports", "imports"):
        name = f"{flow}_usd_{over}_yoy"
        if f"previous.{name}" in facts:
            parts.append(facts.say("{@flow} {previous." + name + ":signed} then, {" + name + ":signed} now", flow=(flow,)))
    if len(parts) < 2:
        return None
    what = "Growth of the month in dollars" if over == "month" else "Since January"
    return (f"{what}: ", *parts[0], "; ", *parts[1], ".")


def _america(report: Report) -> Runs | None:
    facts, name = report.facts, "partner.USA.exports_cny_ytd_yoy"
    if f"previous.{name}_change" not in facts or shows_zero(facts, f"previous.{name}_change"):
        return None
    now, before = facts[name].value, facts[f"previous.{name}"].value
    if now < 0 and before < 0:
        return facts.say(
            "The fall of exports to the United States since January {@way} from {previous."
            + name
            + ":size} to {"
            + name
            + ":size}.",
            way=("deepened" if now < before else "eased",),
        )
    return (*opened(("exports to the United States since January ", *changed(facts, name))), ".")


def thirteen_months(report: Report) -> Words:
    """Exhibit: the last thirteen months side by side."""
    report.require("totals")
    if "exports_usd_month" not in report.facts:
        return Words(("Thirteen months in dollars: ", *dated(report.facts.why_missing("exports_usd_month"))), ())
    frame = helpers.thirteen_months(report.tables, report.period)
    apart = (frame["exports"] - frame["imports"] - frame["balance"]).abs() > 2 * helpers.RANK_STEP
    return Words(("The last thirteen months side by side",), (), notes=(MIXED_NOTE,) if apart.any() else ())


MIXED_NOTE: Runs = ("Where the balance is not exports less imports, the three come from different stages of publication.",)
