"""The report on goods in detail: which goods move exports, where cars go, what the EU buys, what replaced the United States."""

from __future__ import annotations

from customs_report.display import Tile
from customs_report.exhibits.car_exports import cars
from customs_report.exhibits.front_page import period_and_vintage
from customs_report.exhibits.goods_in_detail import drivers, green_goods_to_eu, sections
from customs_report.exhibits.method_notes import written
from customs_report.exhibits.narrow_trade import narrow_supply, new_and_vanished
from customs_report.exhibits.provenance import traces
from customs_report.exhibits.selection import marked, to_date
from customs_report.exhibits.trade_diversion import diverted
from customs_report.facts import Runs, say
from customs_report.messages import message
from customs_report.report import Report

__all__ = [
    "cars",
    "diverted",
    "drivers",
    "green_goods_to_eu",
    "headline",
    "kicker",
    "method",
    "narrow_supply",
    "new_and_vanished",
    "sections",
    "standfirst",
    "tiles",
    "traces",
]


def kicker(report: Report) -> Runs:
    """The line above the headline: period and vintage."""
    return marked(report, period_and_vintage(report.period, report.as_of))


def headline(report: Report) -> Runs:
    """What the report is of."""
    return report.write(goods_of_period(to_date(report)))


@message
def goods_of_period(span: str) -> Runs:
    return say("Goods by partner in {span}", span=span)


def standfirst(report: Report) -> tuple[Runs, ...]:
    """How far the detail data go, and whether any of them are made up."""
    return (report.write(as_far()),)


@message
def as_far() -> Runs:
    return (
        "From downloads of customs’ query platform by code and partner, as far as they are in the data; "
        "what is missing is named.",
    )


def tiles(report: Report) -> tuple[Tile, ...]:
    """No headline numbers: each exhibit has its own."""
    return ()


def method(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """How a question is answered from downloads of many shapes."""
    return written(report, [(term_ways(), how_chosen()), (term_missing(), how_compared())])


@message
def term_ways() -> Runs:
    return ("Which downloads count",)


@message
def how_chosen() -> Runs:
    return (
        "For each chapter one kind of download is used, now and a year earlier: the one that has most of the trade asked for. "
        "So nothing is counted twice where downloads by code, partner, customs regime or province overlap.",
    )


@message
def term_missing() -> Runs:
    return ("What is compared",)


@message
def how_compared() -> Runs:
    return (
        "A chapter counts where it is available in every month of the span, and is compared where it is in every month a year "
        "earlier, too. Goods are those of the Harmonized System as customs codes them in the year.",
    )
