"""A map of partners: a circle for each country, its area the trade with it, its colour their growth."""

from __future__ import annotations

from math import pi, sqrt
from typing import NamedTuple

import pandas as pd

import helpers
from customs_report import palette
from customs_report.chart_answers import Boxes
from customs_report.display import Chart, Exhibit, Words
from customs_report.drawing.axes import draw_circles, place_ticks
from customs_report.drawing.drawings import Drawing
from customs_report.drawing.spread import spread_out
from customs_report.english.grammar import name_of, not_held, the_partner
from customs_report.exhibits.partner_ranks import HEAT
from customs_report.exhibits.selection import partner, present, to_date
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Fact, NotAvailable, Runs, say
from customs_report.messages import message
from customs_report.names import Name, partner_name
from customs_report.numbers import write
from customs_report.report import Report, using
from customs_report.rows import fact_table

# Where a country stands, in percent of the drawing's width and height: about where it lies, seen from China, without borders.
POSITIONS = {
    "GBR": (7, 22), "NLD": (15, 15), "BEL": (10, 32), "DEU": (23, 20), "FRA": (15, 40), "ESP": (7, 48), "ITA": (24, 42),
    "CHE": (19, 31), "POL": (32, 12), "RUS": (44, 8), "TUR": (32, 38), "UKR": (36, 22), "SWE": (27, 5), "IRL": (4, 10),
    "KAZ": (47, 24), "UZB": (42, 31), "IRQ": (33, 50), "SAU": (31, 61), "ARE": (38, 58), "IRN": (41, 44), "ISR": (26, 52),
    "EGY": (21, 62), "NGA": (9, 72), "AGO": (14, 84), "COD": (20, 78), "ZAF": (23, 93), "COG": (15, 76), "GIN": (4, 66),
    "PAK": (46, 50), "IND": (47, 60), "BGD": (55, 53), "MMR": (55, 63), "THA": (55, 72), "VNM": (61, 56), "KHM": (63, 72),
    "MYS": (53, 88), "SGP": (64, 95), "IDN": (73, 88), "PHL": (74, 66), "MNG": (58, 12), "HKG": (63, 36), "TWN": (76, 42),
    "KOR": (64, 10), "JPN": (77, 18), "AUS": (83, 80), "NZL": (87, 95), "CAN": (89, 6), "USA": (91, 30), "MEX": (87, 54),
    "PAN": (91, 62), "COL": (94, 68), "PER": (88, 76), "BRA": (96, 80), "CHL": (91, 92), "ARG": (97, 95),
}  # fmt: skip
TRADE, GROWTH = "partner.{}.total_cny_ytd", "partner.{}.total_cny_ytd_yoy"
SHORT = {"USA": "US", "GBR": "UK", "ARE": "UAE"}
MOST, FEWEST = 24, 8  # circles
COVERED = 0.17  # of the drawing, by all circles
WIDTH, HEIGHT = 3.9, 2.9  # inches: a phone shows it with letters large enough
EDGE = 0.01  # inches: room for the line around a circle
LETTER, LINE = 0.056, 0.15  # inches: about a letter's width, a line of letters
INSIDE, FITTING = 0.19, 0.58  # inches, and widths of the longest word: the radius from which on the label stands inside


def partner_map(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """With which countries did trade grow, and which of them matter?"""
    return Exhibit.of(using(report, frames, helpers.partners), _words, _chart)


def _countries(report: Report) -> list[str]:
    """The largest countries of which both the trade since January and its growth are available."""
    facts = report.facts
    known = [code for code in POSITIONS if {TRADE.format(code), GROWTH.format(code)} <= {*facts}]
    largest = sorted(known, key=lambda code: -facts[TRADE.format(code)].value)[:MOST]
    return largest if len(largest) >= FEWEST else []


def _words(report: Report) -> Words:
    facts, codes = report.facts, _countries(report)
    if not codes:
        return Words(no_map(facts.gap("partner.*")))
    growth = {code: facts[GROWTH.format(code)] for code in codes}
    grew, order = sum(fact.value > 0 for fact in growth.values()), sorted(codes, key=lambda code: growth[code].value)
    ends = [(partner(report, code), growth[code]) for code in (order[-1], order[0])]
    return Words(
        trade_with_most(to_date(report), 2 * grew - len(codes)),
        present(fastest_and_slowest(*ends[0], *ends[1])),
        notes=(note_on_map(),),
    )


@message
def no_map(why: NotAvailable) -> Runs:
    return not_held("Map of partners", why)


@message
def trade_with_most(span: str, more: int) -> Runs:
    """`more`: with how many more countries it grew than fell."""
    if not more:
        return say("Trade with half of the largest countries grew in {span}", span=span)
    return say("Trade with most of the largest countries {way} in {span}", way="grew" if more > 0 else "fell", span=span)


@message
def fastest_and_slowest(fast: Name, most: Fact, slow: Name, least: Fact) -> Runs:
    return say(
        "Of those shown, trade with {fast} grew fastest in yuan ({most:signed}); with {slow} it fell most "
        "({least:signed}).",
        fast=the_partner(fast), most=most, slow=the_partner(slow), least=least,
    )  # fmt: skip


@message
def note_on_map() -> Runs:
    return (
        "Area: exports and imports together, in yuan. Number and colour: their growth on a year earlier in percent. Countries "
        "and territories, no groups, placed roughly by continent.",
    )


class _Circle(NamedTuple):
    """A country's circle with its label: inside, a line for each word, or else below it in one line. In inches."""

    radius: float
    label: str
    colour: str
    ink: str

    @property
    def is_wide(self) -> bool:
        """Does the label stand inside?"""
        return self.radius >= max(INSIDE, max(map(len, self.label.split())) * LETTER * FITTING)

    @property
    def drop(self) -> float:
        """By how much circle and label together lie lower than the circle alone."""
        return 0.0 if self.is_wide else LINE / 2

    @property
    def half(self) -> tuple[float, float]:
        """Half the width and the height that circle and label need."""
        letters = max(map(len, self.label.split())) if self.is_wide else len(self.label)
        return max(self.radius + EDGE, letters * LETTER / 2), self.radius + EDGE + self.drop


def _circles(report: Report, codes: list[str]) -> list[_Circle]:
    sizes, growth = ([report.facts[name.format(code)].value for code in codes] for name in (TRADE, GROWTH))
    found = []
    for code, size, rate in zip(codes, sizes, growth, strict=True):
        colour, ink = next((colour, ink) for least, colour, ink in HEAT if rate >= least)
        label = f"{SHORT.get(code, partner_name(report.tables, code))} {write(rate, '', 'signed_percent')}"
        found.append(_Circle(sqrt(size / sum(sizes) * COVERED * WIDTH * HEIGHT / pi), label, colour, ink))
    return found


def _chart(report: Report) -> Chart | None:
    facts, codes = report.facts, _countries(report)
    if not codes:
        return None
    circles = _circles(report, codes)
    start = [(POSITIONS[code][0] / 100 * WIDTH, POSITIONS[code][1] / 100 * HEIGHT) for code in codes]
    placed = spread_out(start, [circle.half for circle in circles], (WIDTH, HEIGHT))
    centres = [(x, y - circle.drop) for (x, y), circle in zip(placed, circles, strict=True)]
    figure = Drawing(WIDTH, HEIGHT)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    place_ticks(axes, "x", [], [])
    place_ticks(axes, "y", [], [])
    axes.set_xlim(0, WIDTH)
    axes.set_ylim(HEIGHT, 0)
    draw_circles(axes, centres, [circle.radius for circle in circles], [circle.colour for circle in circles])
    boxes = []
    for (x, y), circle in zip(centres, circles, strict=True):
        radius, label, _, ink = circle
        if circle.is_wide:
            axes.text(x, y, label.replace(" ", "\n"), size=8, color=ink, ha="center", va="center", linespacing=0.95, zorder=3)
        else:
            axes.text(x, y + radius + 0.01, label, size=8, color=palette.INK, ha="center", va="top", zorder=3)
        boxes.append(((x - radius) / WIDTH, (y - radius) / HEIGHT, 2 * radius / WIDTH, 2 * radius / HEIGHT))
    trade, growth = (facts[name.format(codes[0])] for name in (TRADE, GROWTH))
    caption = "Trade since January, billion yuan, and its growth on a year earlier"
    columns = [("Trade", TRADE, "bn"), ("Growth %", GROWTH, "signed_percent")]
    return Chart(
        figure,
        report.write(map_of_circles(partner(report, codes[0]), trade, growth)),
        fact_table(report, "partner-map", caption, codes, [partner_name(report.tables, code) for code in codes], columns),
        source_line(report, trade.name),
        title=("Trade since January (area) and its growth on a year earlier (colour and number, percent)",),
        rows=Boxes(boxes),
    )


@message
def map_of_circles(first: Name, trade: Fact, growth: Fact) -> Runs:
    return say(
        "A circle for each country or territory, the larger its trade with China the larger, blue where trade grew and "
        "brown where it fell. The largest is {first} with {trade}, {growth:signed}.",
        first=name_of(first.code, first.english), trade=trade, growth=growth,
    )  # fmt: skip
