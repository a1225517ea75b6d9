"""A fact's name in words: `partner.USA.exports_cny_ytd_yoy` is the growth of exports to the United States."""

from __future__ import annotations

import re

from customs_report.english.grammar import commodity_name, in_sentence, part_name, partner_name, the
from customs_report.facts import period_text
from customs_report.report import Report

NAME = re.compile(
    r"(?:partner\.(?P<partner>\w+)\.|commodity\.(?P<flow>export|import)\.(?P<commodity>\w+)\.)?"
    r"(?P<what>(?:exports|imports)(?:_share)?|balance|total|value|quantity|unit_value|share|rank)"
    r"(?:_(?P<currency>usd|cny))?_(?P<over>month|ytd|3m|12m)(?P<of>\w*)"
)
CONTRIBUTION = re.compile(
    r"contribution\.(?P<kind>partner|commodity)\.(?P<flow>exports?|imports?)_(?P<currency>usd|cny)_(?P<over>\w+)\.(?P<code>\w+)"
)
OF_CLAIM = re.compile(
    r"[a-z0-9-]+\.(?:(?:then|now)\.)?(?:(?P<role>published|limit|difference|base|near)\.)?(?P<fact>.+?)"
    r"(?:\.(?:at_least|at_most|equal_to|other_than|above|below|percent))?"
)
ROLES = {  # of a number that stands beside a fact in a fact check
    None: "", "published": "as first known, ", "limit": "limit for the ", "difference": "difference between the claim and the ",
    "base": "", "near": "least gap that gives an order: ",
}  # fmt: skip
STATED = {"printed": "number printed in the article", "tolerance": "tolerance stated in the claims file"}
CLEANTECH = re.compile(
    r"cleantech\.(?P<technology>\w+)\.(?P<destination>\w+)\.(?P<what>value_usd|share)_(?P<over>ytd)(?P<of>\w*)"
)
TECHNOLOGIES = {"all": "clean technologies", "solar": "solar power equipment", "wind": "wind power equipment"}
TECHNOLOGIES |= {"grid": "grid equipment", "heating_and_cooling": "heating and cooling equipment"}
TOTALS = {"exports": "exports", "imports": "imports", "balance": "balance of trade", "total": "total trade"}
OF_PARTNER = {
    "exports": "exports to {}", "imports": "imports from {}", "balance": "balance of trade with {}",
    "total": "total trade with {}", "share": "share of {} in total trade", "rank": "rank of {} among partners",
    "exports_share": "share of {} in exports", "imports_share": "share of {} in imports",
}  # fmt: skip
OF_COMMODITY = {"value": "{flow}s of {}", "quantity": "quantity of {flow}s of {}", "unit_value": "unit value of {flow}s of {}"}
OF_COMMODITY |= {"share": "share of {} in {flow}s", "rank": "place of {} among the lines of {flow}s"}
CURRENCY_OF = {"usd": ", in dollars", "cny": ", in yuan", None: ""}
SPANS = {"ytd": "year to date", "3m": "three months", "12m": "twelve months"}
OF = {
    "": "", "_yoy": "growth of ", "_yoy_printed": "printed growth of ", "_yoy_computed": "computed growth of ",
    "_rank": "rank of the ", "_rank_low": "rank from below of the ", "_change": "change of the ",
    "_contribution": "contribution of ", "_rank_of": "number of months ranked, ", "_of": "number of those ranked, ",
    "_yoy_before": "growth a year earlier of ", "_before": "a year earlier, ", "_base_revision": "revision of last year’s ",
    "_quantity_effect": "effect of quantity on ", "_unit_value_effect": "effect of unit value on ",
}  # fmt: skip


def label(report: Report, name: str) -> str:
    """What is a fact, in words that can stand in a sentence? A name of no known form stays as it is."""
    if name.startswith("milestone."):
        return f"round number passed for the first time by the {label(report, name.removeprefix('milestone.'))}"
    if part := CONTRIBUTION.fullmatch(name):
        whole = f"the growth of {part['flow'].rstrip('s')}s"
        return f"contribution of {_part(report, part)} to {whole}, {_over(report, part)}{CURRENCY_OF[part['currency']]}"
    if found := CLEANTECH.fullmatch(name):
        return f"{OF[found['of']]}{_cleantech(report, found)}, {_over(report, found)}" if found["of"] in OF else name
    found = NAME.fullmatch(name)
    if found and found["of"] in OF and (what := _what(report, found)):
        return f"{OF[found['of']]}{what}, {_over(report, found)}{CURRENCY_OF[found['currency']]}"
    return _of_claim(report, name)


def _of_claim(report: Report, name: str) -> str:
    """A number of a fact check: `<claim>.<then or now>.<fact>`."""
    found = OF_CLAIM.fullmatch(name)
    if not found:
        return name
    known = STATED.get(found["fact"]) or label(report, found["fact"])
    return name if known == found["fact"] else ROLES[found["role"]] + known


def _over(report: Report, found: re.Match) -> str:
    return SPANS.get(found["over"]) or period_text(report.period)


def _cleantech(report: Report, found: re.Match) -> str:
    """Ember compiles these figures, and is named with each of them."""
    goods = TECHNOLOGIES.get(found["technology"], found["technology"].replace("_", " "))
    place = "the world" if found["destination"] == "WORLD" else the(partner_name(report, found["destination"]))
    if found["what"] == "share":
        return f"share of {place} in exports of {goods} (Ember)"
    return f"dollar exports of {goods} to {place} (Ember)"


def _part(report: Report, found: re.Match) -> str:
    name = part_name(report, found["kind"], found["flow"], found["code"])
    return the(name) if found["kind"] == "partner" else in_sentence(name)


def _what(report: Report, found: re.Match) -> str:
    if found["partner"]:
        return OF_PARTNER.get(found["what"], "").format(the(partner_name(report, found["partner"])))
    if found["commodity"]:
        name = in_sentence(commodity_name(report, found["flow"], found["commodity"]))
        return OF_COMMODITY.get(found["what"], "").format(name, flow=found["flow"])
    return TOTALS.get(found["what"], "")
