"""Which goods went elsewhere when exports to the United States fell, and is that unusual?"""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report.display import Exhibit, Table, Words
from customs_report.exhibits.detail_coverage import not_told, too_little
from customs_report.exhibits.goods_in_detail import chapters_in, label_in, missing_in_words, notes_of, plain_table
from customs_report.exhibits.selection import present
from customs_report.facts import Cell, Mark, Runs, say
from customs_report.messages import message
from customs_report.numbers import ORDINALS, WORDS
from customs_report.report import Report, using

YEARS_OF_SHOCK = (2018, 2019, 2025)  # of tariffs between China and the United States


def diverted(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which goods went elsewhere when exports to the United States fell, and is that unusual?"""
    given = using(report, frames, helpers.diversion, helpers.diversion_by_year, partner="USA")
    return Exhibit.of(given, _diverted_words, _diverted_table, _years_table)


def _diverted_words(report: Report) -> Words:
    frame, years = (report.frame(helper, partner="USA") for helper in (helpers.diversion, helpers.diversion_by_year))
    year = report.period[:4]
    if years.empty or int(year) not in years.index:
        return missing_in_words(frame, "diversion")
    if too_little(report, "exports", years):
        return Words(not_told(report, "diversion", "exports"))
    mine = {column: Cell("diversion_by_year.USA", year, column, float(years.at[int(year), column])) for column in years}
    if not mine["fall"].value > 0:
        return Words(nothing_fell(), notes=(diversion_rule(),))
    others = years.drop(index=[y for y in (*YEARS_OF_SHOCK, int(year)) if y in years.index])["share"].dropna()
    said = present(
        among_partners(mine["percentile"], mine["partners"]) if mine["percentile"].value == mine["percentile"].value else None,
        among_years(int((others >= mine["share"].value).sum()) + 1, len(others) + 1) if len(others) > 1 else None,
    )
    where = chapters_in(report.frame(helpers.partner_goods, partner="USA", flow="exports"))
    return Words(went_elsewhere(mine["share"]), said, notes=(diversion_rule(), *notes_of(report, years, where)))


@message
def nothing_fell() -> Runs:
    return ("No good in the detail data fell in exports to the US",)


@message
def went_elsewhere(share: Cell) -> Runs:
    return say("Of goods sold less to the US, {share:percent_size}% went elsewhere", share=share)


@message
def among_partners(percentile: Cell, partners: Cell) -> Runs:
    return say(
        "If each of {partners:number} other partners had been the shock, {percentile:percent_size}% of them would show less.",
        partners=partners, percentile=percentile,
    )  # fmt: skip


@message
def among_years(place: int, of: int) -> Runs:
    return say("Among {of} years without new tariffs it would be {place}.", of=WORDS[of], place=ORDINALS[place])


@message
def diversion_rule() -> Runs:
    return (
        "Of a good whose exports to the United States fell and whose exports to all others rose, the smaller of the two counts "
        "as gone elsewhere. That is no proof of cause: the same is shown for every other partner and for other years.",
    )


def _diverted_table(report: Report) -> Table | None:
    frame = report.frame(helpers.diversion, partner="USA")
    if too_little(report, "exports", frame):
        return None
    headers = {"base": "US a year earlier", "now": "US now", "others_base": "Others a year earlier", "others": "Others now",
               "diverted": "Gone elsewhere"}  # fmt: skip
    columns = [(column, "million", header) for column, header in headers.items()]
    return plain_table("diversion", "Exports, year to date", "Code", "diversion.USA", frame, columns, label_in(frame))


def _years_table(report: Report) -> Table | None:
    frame = report.frame(helpers.diversion_by_year, partner="USA")
    if len(frame) < 2 or too_little(report, "exports", frame):
        return None
    columns = [("fall", "million", "Fall"), ("diverted", "million", "Gone elsewhere"), ("share", "percent", "Share %"),
               ("percentile", "percent", "Percentile among partners")]  # fmt: skip
    caption = "The same span of each year, exports to the United States"
    return plain_table("diversion-by-year", caption, "Year", "diversion_by_year.USA", frame, columns,
                       lambda year: (Mark("period", year, year),))  # fmt: skip
