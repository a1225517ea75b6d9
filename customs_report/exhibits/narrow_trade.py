"""Goods that are new or gone in a trade, and goods that come from one partner."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report.display import Exhibit, Table, Words
from customs_report.exhibits.detail_coverage import not_told, too_little
from customs_report.exhibits.goods_in_detail import chapters_in, label_in, missing_in_words, notes_of, plain_table
from customs_report.facts import Runs
from customs_report.messages import message
from customs_report.report import Report, using


def new_and_vanished(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which goods are sold to the United States that were not a year earlier, and which no more?"""
    return Exhibit.of(using(report, frames, helpers.new_goods, partner="USA", flow="exports"), _new_words, _new_table)


def _new_frame(report: Report) -> pd.DataFrame:
    return report.frame(helpers.new_goods, partner="USA", flow="exports")


def _new_words(report: Report) -> Words:
    frame = _new_frame(report)
    if "in_part" not in frame.attrs:
        return missing_in_words(frame, "new")
    if too_little(report, "exports", frame, "USA"):
        return Words(not_told(report, "new", "exports"))
    if frame.empty:
        return Words(none_new())
    return Words(new_in_us(), notes=(extensive_margin(), *notes_of(report, frame, chapters_in(frame))))


@message
def new_in_us() -> Runs:
    return ("Goods new or gone in exports to the US",)


@message
def none_new() -> Runs:
    return ("No good is new or gone in exports to the US",)


@message
def extensive_margin() -> Runs:
    return ("Subheadings of six digits with figures in one of the two spans only.",)


def _new_table(report: Report) -> Table | None:
    frame = _new_frame(report)
    if too_little(report, "exports", frame, "USA"):
        return None
    columns = [("base", "million", "A year earlier"), ("value", "million", "Now")]
    return plain_table("new-goods", "Exports to the United States, year to date", "Subheading", "new_goods.USA.export", frame,
                       columns, label_in(frame), lambda code: frame.at[code, "what"])  # fmt: skip


def narrow_supply(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which imports come from one partner alone, or nearly?"""
    return Exhibit.of(using(report, frames, helpers.sole_sources, flow="imports"), _sources_words, _sources_table)


def _sources_words(report: Report) -> Words:
    frame = report.frame(helpers.sole_sources, flow="imports")
    if "in_part" not in frame.attrs:
        return missing_in_words(frame, "sources")
    if too_little(report, "imports", frame):
        return Words(not_told(report, "sources", "imports"))
    if frame.empty:
        return Words(no_source_alone())
    return Words(from_one_source(), notes=(sources_rule(), *notes_of(report, frame, chapters_in(frame))))


@message
def from_one_source() -> Runs:
    return ("Imports that come from one partner",)


@message
def no_source_alone() -> Runs:
    return ("No imported good comes from one partner alone",)


@message
def sources_rule() -> Runs:
    return ("Subheadings of six digits of which nine tenths or more come from one partner, the largest first.",)


def _sources_table(report: Report) -> Table | None:
    frame = report.frame(helpers.sole_sources, flow="imports")
    if too_little(report, "imports", frame):
        return None
    columns = [("whole", "million", "Imports"), ("share", "percent", "Share %")]
    return plain_table("sole-sources", "Year to date", "Subheading", "sole_sources.import", frame, columns, label_in(frame),
                       lambda code: f"from {frame.at[code, 'source']}")  # fmt: skip
