"""What changed since the report of the month before."""

from __future__ import annotations

from customs_report.calculations.previous import compared
from customs_report.display import Column, Exhibit, Row, Table, Words
from customs_report.english.grammar import (
    changed,
    dated,
    fact_label,
    opened,
    present,
    shows_zero,
)
from customs_report.facts import Runs
from customs_report.periods import shift
from customs_report.report import Report


def since_month_before(report: Report) -> Exhibit:
    """What has changed since the report of the month before?"""
    return Exhibit.of(report, _words, _table)


def _words(report: Report) -> Words:
    """What changed since the report of the month before."""
    facts, before = report.facts, shift(report.period, -1)
    if "previous.*" in facts.gaps:
        return Words(("What changed since the month before: ", *dated(facts.gaps["previous.*"])), ())
    festive = report.period[5:] in ("01", "02", "03")  # Lunar New Year moves between these months: a turn is no news
    claim = (None if festive else _turn(report)) or facts.say("Compared with the report of {@before}", before=before)
    sentences = (_rates(report, "month"), _rates(report, "ytd"), _america(report))
    return Words(claim, present(*sentences), notes=(PREVIOUS_NOTE,))


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
    flow = max(changes, key=changes.__getitem__)
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


def _table(report: Report) -> Table | None:
    """The figures of the month before, those of this month, and the difference."""
    facts, rows = report.facts, []
    for name in compared(report.period):
        if f"previous.{name}_change" not in facts:
            continue
        level = facts[name].unit != "percent"
        style, change = ("bn", "signed_bn") if level else ("signed_percent", "signed_percent")
        style = "percent" if "share" in name else style  # a share is no change
        names = [f"previous.{name}", name, f"previous.{name}_change"]
        cells = tuple((facts.cite(n, s),) for n, s in zip(names, (style, style, change), strict=True))
        rows.append(Row(fact_label(facts[name]), cells, values=tuple(facts.value(n) for n in names)))
    columns = (Column("Figure"), *(Column(header, align="right") for header in ("Month before", "Now", "Change")))
    return (
        Table("previous", "The month before and now: percent and points, levels in billions", columns, tuple(rows))
        if rows
        else None
    )
