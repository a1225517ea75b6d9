"""A fact's name in words: `partner.USA.exports_cny_ytd_yoy` is the growth of exports to the United States."""

from __future__ import annotations

import re

from customs_report.facts import period_text
from customs_report.prose.grammar import commodity_name, in_sentence, partner_name
from customs_report.report import Report

NAME = re.compile(
    r"(?:partner\.(?P<partner>\w+)\.|commodity\.(?P<flow>export|import)\.(?P<commodity>\w+)\.)?"
    r"(?P<what>exports|imports|balance|total|value|quantity|unit_value|share|rank)"
    r"(?:_(?P<currency>usd|cny))?_(?P<over>month|ytd|3m|12m)(?P<of>\w*)"
)
TOTALS = {"exports": "exports", "imports": "imports", "balance": "balance of trade", "total": "total trade"}
OF_PARTNER = {
    "exports": "exports to {}", "imports": "imports from {}", "balance": "balance of trade with {}",
    "total": "total trade with {}", "share": "share of {} in total trade", "rank": "rank of {} among partners",
}  # fmt: skip
OF_COMMODITY = {"value": "{flow}s of {}", "quantity": "quantity of {flow}s of {}", "unit_value": "unit value of {flow}s of {}"}
OF_COMMODITY["share"] = "share of {} in {flow}s"
SPANS = {"ytd": "year to date", "3m": "three months", "12m": "twelve months"}
OF = {
    "": "", "_yoy": "growth of ", "_yoy_printed": "printed growth of ", "_yoy_computed": "computed growth of ",
    "_rank": "rank of ", "_rank_low": "rank from below of ", "_change": "change of ", "_contribution": "contribution of ",
}  # fmt: skip


def label(report: Report, name: str) -> str:
    """What is a fact, in words that can stand in a sentence? A name of no known form stays as it is."""
    if name.startswith("milestone."):
        return f"round number passed for the first time by the {label(report, name.removeprefix('milestone.'))}"
    found = NAME.fullmatch(name)
    if not found or found["of"] not in OF:
        return name
    what = _what(report, found)
    over = SPANS.get(found["over"]) or period_text(report.period)
    currency = {"usd": ", in dollars", "cny": ", in yuan", None: ""}[found["currency"]]
    return f"{OF[found['of']]}{what}, {over}{currency}" if what else name


def _what(report: Report, found: re.Match) -> str:
    if found["partner"]:
        name = partner_name(report, found["partner"])
        return OF_PARTNER.get(found["what"], "").format(f"the {name}" if name.startswith(("United", "European")) else name)
    if found["commodity"]:
        name = in_sentence(commodity_name(report, found["flow"], found["commodity"]))
        return OF_COMMODITY.get(found["what"], "").format(name, flow=found["flow"])
    return TOTALS.get(found["what"], "")
