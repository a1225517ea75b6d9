"""The words about contributions: which partners and which goods made trade grow, in percentage points."""

from __future__ import annotations

import helpers
from customs_report.display import Words
from customs_report.facts import Runs
from customs_report.prose.grammar import (
    changed,
    commodity_name,
    held,
    in_sentence,
    listed,
    name_of,
    not_held,
    of_month,
    part_name,
    said,
    shows_zero,
    the,
    to_date,
)
from customs_report.report import Report

SHOWN = 0.05  # percentage points: less is written as nothing


def contributions_by_partner(report: Report) -> Words:
    """Exhibit: contributions to growth by partner."""
    if "partner.*" in report.facts.gaps:
        return not_held("Contributions to growth by partner", report.facts.gaps["partner.*"])
    report.require("partners")
    return _contributions(report, "partner", ("exports", "imports"), held(PARTNER_NOTE))


def contributions_by_commodity(report: Report) -> Words:
    """Exhibit: contributions to growth by commodity."""
    report.require("commodities")
    return _contributions(report, "commodity", ("export", "import"), held(_remainder_note(report)))


PARTNER_NOTE: Runs = (
    "ASEAN, the European Union and every other partner held stand once; “rest of” is what a continent trades beyond them. Since "
    "January the base is the one that printed growth implies; for the month alone it is last year’s print. What belongs to no "
    "country closes the sum.",
)


def _contributions(report: Report, kind: str, flows: tuple[str, str], notes: tuple[Runs, ...]) -> Words:
    shown = [flow for flow in flows if helpers.leading_parts(report.tables, report.period, kind, flow)]
    if not shown:
        what = f"Contributions to growth by {kind}"
        return not_held(what, report.facts.gaps.get(f"contribution.{kind}.{flows[0]}_cny_ytd.*", "not held"))
    sentences = [_since_january(report, kind, flow) for flow in shown]
    if kind == "commodity":
        sentences.insert(1, _aggregates(report, shown[0]))
    missing = [flow for flow in flows if flow not in shown]
    if missing:
        sentences.append((f"The same cannot be had for {missing[0].rstrip('s')}s.",))
    elif not report.period.endswith("-01"):
        sentences.append(_in_the_month(report, kind, shown[0]))
    return Words(_claim(report, kind, shown[0]), held(*sentences), notes=notes)


def _claim(report: Report, kind: str, flow: str) -> Runs:
    """Who or what moved the flow most, in the direction it went."""
    facts, word = report.facts, f"{flow.rstrip('s')}s"
    growth = facts[f"{word}_cny_ytd_yoy"]
    parts, family = helpers.leading_parts(report.tables, report.period, kind, flow), f"contribution.{kind}.{flow}_cny_ytd"
    code = parts[0] if growth.value >= 0 else parts[-1]
    points = facts[f"{family}.{code}"]
    if shows_zero(facts, growth.name) or points.value * growth.value <= 0:
        return facts.say("{@what} hardly moved in yuan: gains and losses balanced", what=(word.capitalize(),))
    name = _name(report, kind, flow, code)
    if growth.value > 0:
        return facts.say(
            "{@name} brought {" + points.name + "} of the {" + growth.name + "} growth of {@flow} in yuan",
            name=_first(name), flow=(word,),
        )  # fmt: skip
    return facts.say(
        "{@name} took {" + points.name + ":size} off {@flow}, which fell by {" + growth.name + ":size} in yuan",
        name=_first(name), flow=(word,),
    )  # fmt: skip


def _since_january(report: Report, kind: str, flow: str) -> Runs | None:
    """Who added most and who took most away, since January."""
    facts, family, word = report.facts, f"contribution.{kind}.{flow}_cny_ytd", f"{flow.rstrip('s')}s"
    ups, downs = _ups_and_downs(report, kind, flow, "ytd")
    if not ups and not downs:
        return None
    when = facts.say("In {@span}, ", span=to_date(report)) if flow.startswith("export") else ()
    grew = changed(facts, f"{word}_cny_ytd_yoy")
    subject = (word if when else word.capitalize(), " ", *grew)
    added = ("the largest gains, in points, were ", *listed(_told(report, kind, flow, family, ups[:3]))) if ups else ()
    lost = ("the largest losses " + ("" if ups else "in points "), *listed(_told(report, kind, flow, family, downs[:2])))
    return (*when, *subject, "; ", *added, *(("; " if ups else "", *lost) if downs else ()), ".")


def _aggregates(report: Report, flow: str) -> Runs | None:
    """The two aggregates as a whole."""
    family = f"contribution.commodity.{flow}_cny_ytd"
    return said(
        report.facts,
        "Mechanical and electrical products as a whole account for {" + family + ".mechanical_and_electrical_products:signed} "
        "of it, farm products for {" + family + ".agricultural_products:signed}.",
    )


def _in_the_month(report: Report, kind: str, flow: str) -> Runs | None:
    """The month alone: the largest gain and the largest loss."""
    family, word = f"contribution.{kind}.{flow}_cny_month", f"{flow.rstrip('s')}s"
    growth = f"{word}_cny_month_yoy"
    ups, downs = _ups_and_downs(report, kind, flow, "month")
    if growth not in report.facts or not (ups or downs):
        return None
    told = _told(report, kind, flow, family, [*ups[:1], *downs[:1]])
    return report.facts.say(
        "In {@month} alone {@word} {@grew}, with {@told}.",
        month=of_month(report), word=(word,), grew=changed(report.facts, growth), told=listed(told),
    )  # fmt: skip


def _ups_and_downs(report: Report, kind: str, flow: str, over: str) -> tuple[list[str], list[str]]:
    """The leading parts of the year to date that added or took away enough to be written, the largest first."""
    facts, family = report.facts, f"contribution.{kind}.{flow}_cny_{over}"
    parts = helpers.leading_parts(report.tables, report.period, kind, flow)
    values = {code: facts[f"{family}.{code}"].value for code in parts if f"{family}.{code}" in facts}
    order = sorted(values, key=values.get, reverse=True)
    return [c for c in order if values[c] >= SHOWN], [c for c in reversed(order) if values[c] <= -SHOWN]


def _told(report: Report, kind: str, flow: str, family: str, codes: list[str]) -> list[Runs]:
    """ "ASEAN (+2.4)" for each part."""
    return [
        (*_name(report, kind, flow, code), *report.facts.say(" ({" + f"{family}.{code}" + ":signed_percent})"))
        for code in codes
    ]


def _name(report: Report, kind: str, flow: str, code: str) -> Runs:
    """A part's name inside a sentence."""
    if code.startswith("rest_of_"):
        return ("the rest of ", *name_of(code, part_name(report, kind, flow, code).removeprefix("Rest of ")))
    text = part_name(report, kind, flow, code)
    return name_of(code, the(text) if kind == "partner" else in_sentence(text))


def _first(name: Runs) -> Runs:
    """The name as the first words of a claim."""
    head = name[0] if isinstance(name[0], str) else name[0].text
    head = head[0].upper() + head[1:]
    return (head, *name[1:]) if isinstance(name[0], str) else name_of(name[0].key, head)


def _remainder_note(report: Report) -> Runs | None:
    return said(
        report.facts,
        "A partition of the main commodities: every line once, {@me} and {@farm} split into theirs; high-tech products overlap "
        "and take no part. What is in no line, overlaps and rounding hold {contribution.commodity.export_cny_ytd.remainder_share} of "
        "exports and {contribution.commodity.import_cny_ytd.remainder_share} of imports. Base: the restated figure, else the one that "
        "printed growth implies, else last year’s print.",
        "A partition of the main commodities: every line once, {@me} and {@farm} split into theirs; high-tech products overlap "
        "and take no part. What is in no line, overlaps and rounding hold {contribution.commodity.import_cny_ytd.remainder_share} of "
        "imports.",
        me=(in_sentence(commodity_name(report, "export", "mechanical_and_electrical_products")),),
        farm=("farm products",),
    )
