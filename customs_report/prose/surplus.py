"""The words about who makes the surplus: balances with partners, and net trade in chips and in energy."""

from __future__ import annotations

import helpers
from customs_report.display import Words
from customs_report.facts import Runs
from customs_report.prose.grammar import held, listed, name_of, not_held, opened, partner_name, shows_zero, the, to_date
from customs_report.report import Report

SUBJECTS = {"integrated_circuits": "integrated circuits", "energy": "energy"}


def surplus(report: Report) -> Words:
    """Exhibit: with whom the balance of the year so far was made, and with whom it changed."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return not_held("Who makes the surplus", facts.gaps["partner.*"])
    report.require("partners")
    codes = helpers.largest_balances(report.tables, report.period)
    if not codes or "balance_cny_ytd" not in facts:
        return not_held("Who makes the surplus", facts.why_missing("balance_cny_ytd"))
    return Words(
        _claim(report, codes),
        held(_levels(report, codes), _change(report), *(_net(report, subject) for subject in helpers.NET)),
        notes=(BALANCE_NOTE,),
    )


BALANCE_NOTE: Runs = (
    "Changes compare with last year’s print. Imports are counted by country of origin, exports by last known destination: goods "
    "that pass through Hong Kong blur its balance. Energy is coal, crude oil, refined products and natural gas; of its exports only "
    "refined products are in the table.",
)


def _claim(report: Report, codes: list[str]) -> Runs:
    ups, downs = _movers(report)
    changed = report.facts.value("balance_cny_ytd_change")
    if changed is not None and ups and downs:
        first, second = (ups, downs) if changed >= 0 else (downs, ups)
        verbs = ("widened", "narrowed") if changed >= 0 else ("narrowed", "widened")
        return (
            *opened_name(report, first[0]), f" {verbs[0]} the balance most, ", *_name(report, second[0]), f" {verbs[1]} it most",
        )  # fmt: skip
    return ("The largest surplus is with ", *_name(report, codes[0]), ", the largest deficit with ", *_name(report, codes[-1]))


def _levels(report: Report, codes: list[str]) -> Runs:
    facts, name = report.facts, "partner.{}.balance_cny_ytd".format
    top, low = codes[0], codes[-1]
    deficit = facts[name(low)].value < 0
    return facts.say(
        "The balance of {@span} was {balance_cny_ytd} in yuan; the largest surplus, {" + name(top) + "}, was with {@top}"
        + (", the largest deficit, {" + name(low) + ":size}, with {@low}." if deficit else "."),
        span=to_date(report), top=_name(report, top), low=_name(report, low),
    )  # fmt: skip


def _change(report: Report) -> Runs | None:
    facts, name = report.facts, "balance_contribution.partner.{}_cny_ytd".format
    if "balance_cny_ytd_change" not in facts or shows_zero(facts, "balance_cny_ytd_change"):
        return None
    ups, downs = _movers(report)
    told = [
        (*_name(report, code), *facts.say(" ({" + name(code) + ":signed_bn})")) for code in (*ups[:2], *downs[:2])
    ]  # fmt: skip
    return facts.say(
        "A year earlier it was {balance_cny_ytd_change:size} {@other}; the largest changes, in billions, were with {@told}.",
        other=("lower" if facts["balance_cny_ytd_change"].value >= 0 else "higher",), told=listed(told),
    )  # fmt: skip


def _movers(report: Report) -> tuple[list[str], list[str]]:
    """The partners with whom the balance rose and fell, the largest change first."""
    facts, name = report.facts, "balance_contribution.partner.{}_cny_ytd".format
    codes = [code for code in helpers.largest_balances(report.tables, report.period, 99) if name(code) in facts]
    order = sorted(codes, key=lambda code: facts[name(code)].value, reverse=True)
    return [c for c in order if facts[name(c)].value > 0], [c for c in reversed(order) if facts[name(c)].value < 0]


def _net(report: Report, subject: str) -> Runs | None:
    """Net trade in a subject and how it changed."""
    facts, name = report.facts, f"net.{subject}_cny_ytd"
    if name not in facts:
        return None
    imports = facts[name].value < 0
    more = ""
    if f"{name}_change" in facts and not shows_zero(facts, f"{name}_change"):
        larger = (facts[f"{name}_change"].value < 0) == imports
        more = ", {" + name + "_change:size} {@more} than a year earlier"
        return facts.say(
            "Net {@flow} of {@what} came to {" + name + ":size}" + more + ".",
            flow=("imports" if imports else "exports",), what=(SUBJECTS[subject],), more=("more" if larger else "less",),
        )  # fmt: skip
    return facts.say(
        "Net {@flow} of {@what} came to {" + name + ":size}.",
        flow=("imports" if imports else "exports",), what=(SUBJECTS[subject],),
    )  # fmt: skip


def _name(report: Report, code: str) -> Runs:
    return name_of(code, the(partner_name(report, code)))


def opened_name(report: Report, code: str) -> Runs:
    return name_of(code, opened((the(partner_name(report, code)),))[0])
