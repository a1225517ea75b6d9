"""The profile of a code of the Harmonized System: how much, with whom, month by month, and what it consists of."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette
from customs_report.display import Chart, Exhibit, Table, Tile, Words
from customs_report.drawing.axes import BILLION, canvas, draw_line, label_months
from customs_report.english.grammar import name_of
from customs_report.exhibits.detail_report import as_far, method
from customs_report.exhibits.front_page import period_and_vintage
from customs_report.exhibits.goods_in_detail import (
    label_in,
    missing_in_words,
    notes_of,
    partners_of,
    traded_table,
)
from customs_report.exhibits.provenance import traces
from customs_report.exhibits.selection import marked, to_date
from customs_report.exhibits.source_lines import as_known
from customs_report.facts import Cell, Runs, say
from customs_report.messages import message
from customs_report.names import Name, in_sentence
from customs_report.numbers import CURRENCY_WORDS
from customs_report.profile import CodeProfile
from customs_report.report import using
from customs_report.rows import frame_table

__all__ = ["headline", "kicker", "method", "months", "partners", "parts", "size", "standfirst", "tiles", "traces"]


def kicker(report: CodeProfile) -> Runs:
    """The line above the headline: period and vintage."""
    return marked(report, period_and_vintage(report.period, report.as_of))


def headline(report: CodeProfile) -> Runs:
    """What the profile is of."""
    return report.write(trade_in_code(report.flow, _name(report), to_date(report)))


@message
def trade_in_code(flow: str, name: Name, span: str) -> Runs:
    return say("{flow}s of {name}, {span}", flow=flow.capitalize(), name=name_of(name.code, name.english), span=span)


def standfirst(report: CodeProfile) -> tuple[Runs, ...]:
    """How far the detail data go."""
    return (report.write(as_far()),)


def tiles(report: CodeProfile) -> tuple[Tile, ...]:
    """No headline numbers: the first exhibit has them."""
    return ()


def _name(report: CodeProfile) -> Name:
    return Name(report.code, f"{in_sentence(report.name)} (HS {report.code})", "")


def size(report: CodeProfile, *frames: pd.DataFrame) -> Exhibit:
    """How large is trade in it, and how did it change?"""
    return Exhibit.of(using(report, frames, helpers.partner_goods, partner="WORLD"), _size_words, _size_table)


def _whole(report: CodeProfile) -> tuple[str, pd.DataFrame]:
    """The code by itself, over all partners: the name of the table, and the table."""
    digits, flow = len(report.code), f"{report.flow}s"
    name = f"partner_goods.WORLD.{report.flow}.{digits}.{report.code}"
    return name, report.frame(helpers.partner_goods, partner="WORLD", flow=flow, digits=digits, within=report.code)


def _size_words(report: CodeProfile) -> Words:
    table, frame = _whole(report)
    if report.code not in frame.index:
        return missing_in_words(frame, "goods")
    row, unit = frame.loc[report.code], frame.attrs["currency"]
    value = Cell(table, report.code, "value", float(row["value"]), unit)
    growth = Cell(table, report.code, "growth", float(row["growth"]))
    claim = so_much(report.flow, value, growth if growth.value == growth.value else None)
    return Words(claim, notes=notes_of(report, frame, [report.code]))


@message
def so_much(flow: str, value: Cell, growth: Cell | None) -> Runs:
    currency = CURRENCY_WORDS[value.unit]
    whole = say("{flow}s of {value:bn} billion {currency}", flow=flow.capitalize(), value=value, currency=currency)
    if not growth:
        return whole
    return (*whole, *say(", {way} {growth:percent_size}%", way="up" if growth.value > 0 else "down", growth=growth))


def _size_table(report: CodeProfile) -> Table | None:
    table, frame = _whole(report)
    return traded_table(report, "size", "All partners; change on a year earlier", "Code", table, frame, label_in(frame))


def partners(report: CodeProfile, *frames: pd.DataFrame) -> Exhibit:
    """With whom is it traded?"""
    return partners_of(report, by_partner(report.flow), f"{report.flow}s", report.code, frames)


@message
def by_partner(flow: str) -> Runs:
    return (f"{flow.capitalize()}s by partner",)


def months(report: CodeProfile, *frames: pd.DataFrame) -> Exhibit:
    """How did it change month by month?"""
    return Exhibit.of(using(report, frames, helpers.goods_months), _months_words, _months_chart)


def _months_frame(report: CodeProfile) -> pd.DataFrame:
    return report.frame(helpers.goods_months, flow=f"{report.flow}s", commodity=report.code)


def _months_words(report: CodeProfile) -> Words:
    return Words(month_by_month(report.flow))


@message
def month_by_month(flow: str) -> Runs:
    return (f"{flow.capitalize()}s month by month",)


def _months_chart(report: CodeProfile) -> Chart | None:
    frame = _months_frame(report)
    if len(frame) < 2:
        return None
    unit, table = frame.attrs["currency"], f"goods_months.{report.flow}.{report.code}.WORLD"
    every = pd.period_range(frame.index[0], frame.index[-1], freq="M").astype(str)
    shown = frame[["value"]].reindex(every)
    figure, axes = canvas()
    draw_line(axes, (shown["value"] / BILLION).to_list(), palette.EXPORTS if report.flow == "export" else palette.IMPORTS)
    axes.set_ylim(bottom=0)
    label_months(axes, list(every), 7)
    axes.set_xlim(-0.5, len(every) - 0.5)
    title = f"{report.flow.capitalize()}s, billion {CURRENCY_WORDS[unit]} a month"
    data = frame_table("months", title, table, shown.iloc[::-1], ["Value"], "bn", units=unit)
    end = Cell(table, every[-1], "value", float(frame["value"].iloc[-1]), unit)
    return Chart(figure, report.write(line_of_code(every[0], every[-1], end)), data, as_known(report), title=(title,))


@message
def line_of_code(first: str, last: str, end: Cell) -> Runs:
    currency = CURRENCY_WORDS[end.unit]
    return say("A line from {first} to {last}; it ends at {end:bn} billion {currency}.", first=first, last=last, end=end,
               currency=currency)  # fmt: skip


def parts(report: CodeProfile, *frames: pd.DataFrame) -> Exhibit:
    """What does it consist of, two digits further?"""
    return Exhibit.of(using(report, frames, helpers.partner_goods, partner="WORLD"), _parts_words, _parts_table)


def _parts(report: CodeProfile) -> tuple[str, pd.DataFrame]:
    digits = len(report.code) + 2
    if digits > 8:
        return "", pd.DataFrame()
    name = f"partner_goods.WORLD.{report.flow}.{digits}.{report.code}"
    frame = report.frame(helpers.partner_goods, partner="WORLD", flow=f"{report.flow}s", digits=digits, within=report.code)
    return name, frame


def _parts_words(report: CodeProfile) -> Words:
    _, frame = _parts(report)
    return missing_in_words(frame, "parts") if frame.empty else Words(consists_of())


@message
def consists_of() -> Runs:
    return ("What it consists of",)


def _parts_table(report: CodeProfile) -> Table | None:
    table, frame = _parts(report)
    if frame.empty:
        return None
    return traded_table(report, "parts", "Parts; change on a year earlier", "Code", table, frame, label_in(frame), rows=25)
