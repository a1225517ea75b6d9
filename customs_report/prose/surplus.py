"""The words about who makes the surplus: balances with partners, and net trade in chips and in energy."""

from __future__ import annotations

import helpers
from customs_report.display import Words
from customs_report.english.grammar import capital, held, listed, name_of, not_held, partner_name, shows_zero, the, to_date
from customs_report.facts import Runs
from customs_report.report import Report

SUBJECTS = {"integrated_circuits": "integrated circuits", "energy": "energy"}
NOTE: Runs = (
    "Changes compare with last year’s print. Imports are counted by country of origin, exports by last known destination: "
    "goods that pass through Hong Kong blur its balance. Energy is coal, crude oil, refined products and natural gas; of its "
    "exports only refined products are in the table.",
)


def surplus(report: Report) -> Words:
    """Exhibit: with whom the balance of the year so far was made, and with whom it changed."""
    facts, codes = report.facts, helpers.largest_balances(report.tables, report.period)
    if not codes:
        return not_held("Who makes the surplus", facts.why_missing("partner.ASEAN.balance_cny_ytd"))
    report.require("partners")
    sentences = held(_levels(report, codes), _change(report))
    for subject in helpers.NET:
        sentences = held(*sentences, _net(report, subject, sentences[-1] if sentences else ()))
    return Words(_claim(report, codes), sentences, notes=(NOTE,))


def _claim(report: Report, codes: list[str]) -> Runs:
    ups, downs = _movers(report)
    change = report.facts.value("balance_cny_ytd_change")
    if change is None or not ups or not downs:
        return (
            "The largest surplus is with ",
            *_name(report, codes[0]),
            ", the largest deficit with ",
            *_name(report, codes[-1]),
        )
    first, second = (ups, downs) if change >= 0 else (downs, ups)
    one, other = ("raised", "lowered") if change >= 0 else ("lowered", "raised")
    return (*capital(_name(report, first[0])), f" {one} the balance most, ", *_name(report, second[0]), f" {other} it most")


def _levels(report: Report, codes: list[str]) -> Runs | None:
    """The balance as a whole, the largest surplus and the largest deficit."""
    facts, name = report.facts, "partner.{}.balance_cny_ytd".format
    if "balance_cny_ytd" not in facts:
        return None
    top, low = codes[0], codes[-1]
    deficit = ", the largest deficit, {" + name(low) + ":size}, with {@low}" if facts[name(low)].value < 0 else ""
    return facts.say(
        "In {@span} the balance came to {balance_cny_ytd}; the largest surplus, {" + name(top) + "}, was with {@top}"
        + deficit + ".",
        span=to_date(report), top=_name(report, top), low=_name(report, low),
    )  # fmt: skip


def _change(report: Report) -> Runs | None:
    """How the balance changed, and with whom most."""
    facts, name = report.facts, "balance_contribution.partner.{}_cny_ytd".format
    if "balance_cny_ytd_change" not in facts or shows_zero(facts, "balance_cny_ytd_change"):
        return None
    ups, downs = _movers(report)
    told = [(*_name(report, code), *facts.say(" ({" + name(code) + ":signed_bn})")) for code in (*ups[:2], *downs[:2])]
    whom = "; the largest changes, in billions, were with {@told}." if told else "."
    return facts.say(
        "A year earlier it was {balance_cny_ytd_change:size} {@other}" + whom,
        other=("lower" if facts["balance_cny_ytd_change"].value >= 0 else "higher",), told=listed(told),
    )  # fmt: skip


def _movers(report: Report) -> tuple[list[str], list[str]]:
    """The partners with whom the balance rose and fell, the largest change first."""
    facts, name = report.facts, "balance_contribution.partner.{}_cny_ytd".format
    codes = [code for code in helpers.largest_balances(report.tables, report.period, 99) if name(code) in facts]
    order = sorted(codes, key=lambda code: facts[name(code)].value, reverse=True)
    return [c for c in order if facts[name(c)].value > 0], [c for c in reversed(order) if facts[name(c)].value < 0]


def _net(report: Report, subject: str, before: Runs) -> Runs | None:
    """Net trade in a subject and how it changed; "those of" after a sentence of the same flow."""
    facts, name = report.facts, f"net.{subject}_cny_ytd"
    if name not in facts:
        return None
    imports, more = facts[name].value < 0, ""
    flow = "Net imports" if imports else "Net exports"
    template = "{@flow} of {@what} came to {" + name + ":size}"
    if f"{name}_change" in facts and not shows_zero(facts, f"{name}_change"):
        template += ", {" + name + "_change:size} {@more} than a year earlier"
        more = "more" if (facts[f"{name}_change"].value < 0) == imports else "less"
    again = bool(before) and before[0] == flow
    return facts.say(template + ".", flow=("Those" if again else flow,), what=(SUBJECTS[subject],), more=(more,))


def _name(report: Report, code: str) -> Runs:
    return name_of(code, the(partner_name(report, code)))
