"""How much of trade the detail data have: below half of a flow, nothing is said about goods in general."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

import helpers
from customs_report.english.grammar import listed, name_of, the_partner
from customs_report.facts import Cell, Runs, say
from customs_report.messages import Message, message
from customs_report.names import Name, in_sentence
from customs_report.report import Report

HALF = 50.0  # percent of a flow
FEW = 4  # headings that a sentence can name


def good_in(frame: pd.DataFrame) -> Callable[[str], Name]:
    """The good of a row, for a message: its name and code."""
    return lambda code: Name(code, f"{in_sentence(frame.at[code, 'name'])} (HS {code})", frame.at[code, "name_zh"])


def covered(report: Report, flow: str) -> Cell | None:
    """The share of a flow that the detail data have, in percent; None where no total in their currency is published."""
    frame = report.frame(helpers.goods_by_section, flow=flow)
    share = float("nan") if frame.empty else float(frame.at["sum", "covered"])
    return None if pd.isna(share) else Cell(f"goods_by_section.{flow.removesuffix('s')}", "sum", "covered", share)


def too_little(report: Report, flow: str, frame: pd.DataFrame, partner: str = "WORLD") -> bool:
    """Do the detail data have less than half of a flow? With one partner it is enough that they have all goods."""
    share, in_part = covered(report, flow), bool(frame.attrs.get("in_part"))
    return in_part if share is None or (partner != "WORLD" and not in_part) else share.value < HALF


def without_points(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows without what they add to a whole that is not there."""
    return frame.drop(columns="contribution")


def held(report: Report, flow: str, partner: str = "WORLD") -> Message:
    """Which part of a flow the detail data have, and which goods these are in trade with a partner."""
    goods = report.frame(helpers.partner_goods, partner=partner, flow=flow)
    finest = report.frame(helpers.partner_goods, partner=partner, flow=flow, digits=6)
    headings = [Name(code, code, code) for code in sorted(goods.index.astype(str))]
    named = finest.assign(name=finest["name"].str.removesuffix(" (in part)")) if len(finest) else finest
    largest = good_in(named)(str(named.index[0])) if len(named) else None
    return held_in_part(flow, covered(report, flow), headings if len(headings) <= FEW else [], largest)


@message
def held_in_part(flow: str, share: Cell | None, headings: list[Name], largest: Name | None) -> Runs:
    start = say("Of {flow} the detail data have {share:percent_size}%, ", flow=flow, share=share) if share else ()
    codes = listed(name_of(each.code, each.english) for each in headings)
    of = say(" of HS {codes}", codes=codes) if headings else ()
    most = say(", most of all {largest}", largest=the_partner(largest)) if largest else ()
    first = "only some goods" if share else f"Of {flow} the detail data have only some goods"
    return (*start, first, *of, *most, ".")


def not_told(report: Report, what: str, flow: str) -> Message:
    """What an exhibit would show, and that the detail data have too little for it."""
    return too_little_of(what, flow, covered(report, flow))


@message
def too_little_of(what: str, flow: str, share: Cell | None) -> Runs:
    if not share:
        return (f"{WHAT[what]}: detail data have only some goods",)
    return say("{what}: detail data have {share:percent_size}% of {flow}", what=WHAT[what], share=share, flow=flow)


WHAT = {
    "goods": "Goods", "partners": "Partners", "sections": "Goods by section", "drivers": "Goods behind the growth of exports",
    "cars": "Cars by destination", "eu": "Green and high-technology goods to the EU",
    "diversion": "What replaced the US market",
    "new": "New and vanished goods", "parts": "Parts", "sources": "Goods from one source",
}  # fmt: skip
