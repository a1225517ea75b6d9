"""What a fact is, in Chinese, by the grammar of its name: 出口同比增速，美元，2026年7月."""

from __future__ import annotations

import re
from collections.abc import Sequence

from customs_report import names
from customs_report.chinese.grammar import FLOW, goods_name, part_name, partner_name
from customs_report.chinese.numbers import period_text
from customs_report.messages import NoWriter
from customs_report.periods import shift
from customs_report.tables import Tables

TOTALS = {**FLOW, "balance": "进出口差额", "total": "进出口总值"}
CURRENCIES = {"usd": "美元", "cny": "人民币"}
RATES = {  # what follows currency and span in a fact's name
    "": "{}",
    "yoy": "{}同比增速",
    "yoy_printed": "{}同比增速（海关公布）",
    "yoy_computed": "{}同比增速（本报告计算）",
    "change": "{}同比增减",
    "rank": "{}的名次",
    "rank_of": "{}参与排名的月数",
    "implied": "{}（由公布的增速推算）",
    "per_working_day_yoy": "{}按工作日平均的同比增速",
    "rising": "{}连续增长的月数",
    "falling": "{}连续下降的月数",
    "first": "{}初步数",
    "size": "{}平均修订幅度",
    "count": "{}可比较修订的月数",
    "mean": "{}平均修订",
    "yoy_rank": "{}同比增速的名次",
    "yoy_rank_of": "{}同比增速参与排名的月数",
}
FAMILIES = {  # of a name that begins with one
    "base": "{}（下月的同比基期）",
    "carry_over": "若保持本月经季节调整的水平，{}同比增速",
    "consensus": "{}的市场一致预期",
    "first_print": "{}初步数",
    "milestone": "{}首次突破的整数关口",
    "previous": "上月{}",
    "revision": "{}的修订",
    "streak": "{}",
    "surprise": "{}与市场一致预期之差",
}
MEASURES = {"value": "额", "quantity": "量", "unit_value": "均价"}


def label(tables: Tables, name: str, period: str) -> str:
    """What a fact is, from its name: 出口同比增速，美元，2026年7月."""
    first, *rest = name.split(".")
    if first in ("commodity", "partner", "contribution"):
        return {"commodity": _of_goods, "partner": _of_partner, "contribution": _of_part}[first](tables, rest, period)
    if first == "calendar":
        return _of_calendar(rest[0], period)
    if first == "streak" and rest[0] == "partner":
        return _of_partner(tables, rest[1:], period)
    if first in FAMILIES and rest:
        return _total(rest[0], period, first)
    return _total(name, period) if not rest else _missing(name)


def _total(name: str, period: str, family: str = "") -> str:
    found = re.fullmatch(r"(exports|imports|balance|total)_(usd|cny)_(month|ytd|3m|12m|next|quarter|year)(?:_(.+))?", name)
    if not found or (rate := RATES.get(found[4] or "")) is None:
        return _missing(name)
    what = rate.format(TOTALS[found[1]])
    if family == "revision" and found[4] == "change":
        what = TOTALS[found[1]]
    what = FAMILIES[family].format(what) if family and not (family == "revision" and found[4] != "change") else what
    when = shift(period, -1) if family == "previous" else period
    return f"{what}，{CURRENCIES[found[2]]}，{_span(found[3], when)}"


def _of_partner(tables: Tables, parts: Sequence[str], period: str) -> str:
    code, what = parts
    found = re.fullmatch(r"(exports|imports|total|balance)_(cny|usd)_(month|ytd|3m|12m)(?:_(.+))?", what)
    if not found or (rate := RATES.get(found[4] or "")) is None:
        return _missing(what)
    trade = _trade(tables, found[1], code)
    return f"{rate.format(trade)}，{CURRENCIES[found[2]]}，{_span(found[3], period)}"


def _trade(tables: Tables, flow: str, code: str) -> str:
    who = partner_name(names.partner(tables, code))
    return {"exports": f"对{who}出口", "imports": f"自{who}进口"}.get(flow) or f"与{who}的{TOTALS[flow]}"


def _of_goods(tables: Tables, parts: Sequence[str], period: str) -> str:
    flow, slug, what = parts
    found = re.fullmatch(r"(value|quantity|unit_value)_(?:(cny|usd)_)?(month|ytd)(?:_(.+))?", what)
    if not found or (rate := RATES.get(found[4] or "")) is None:
        return _missing(what)
    goods = f"{goods_name(names.commodity(tables, flow, slug))}{FLOW[flow]}{MEASURES[found[1]]}"
    currency = f"，{CURRENCIES[found[2]]}" if found[2] else ""
    return f"{rate.format(goods)}{currency}，{_span(found[3], period)}"


def _of_part(tables: Tables, parts: Sequence[str], period: str) -> str:
    kind, what, code = parts
    flow, currency, over = what.split("_")
    whole = f"{flow.removesuffix('s')}s"
    if code == "beyond_drivers":
        who = "其他未列示各项"
    elif kind == "commodity":
        who = part_name(*names.named_part(tables, kind, flow, code))
    elif code in names_of_partners(tables):
        who = partner_name(names.partner(tables, code))
    else:
        who = part_name(*names.named_part(tables, kind, flow, code))
    return f"{who}对{FLOW[whole]}增长的拉动，{CURRENCIES[currency]}，{_span(over, period)}"


def names_of_partners(tables: Tables) -> frozenset[str]:
    return frozenset(tables.partner_list["partner"])


def _of_calendar(what: str, period: str) -> str:
    if what == "lunar_new_year_shift":
        return f"春节日期与上年之差，{period[:4]}年"
    if found := re.fullmatch(r"working_days_(month|next)(_change)?", what):
        when = period_text(shift(period, 1) if found[1] == "next" else period)
        return f"工作日{'同比增减' if found[2] else ''}，{when}"
    if found := re.fullmatch(r"(exports|imports)_usd_january_february_yoy", what):
        return f"{FLOW[found[1]]}同比增速，美元，{period_text(f'{period[:4]}-01/{period[:4]}-02')}"
    return _missing(what)


def _span(over: str, period: str) -> str:
    year, month = period[:4], int(period[5:])
    if over == "ytd":
        return period_text(period if month == 1 else f"{year}-01/{period}")
    if over == "quarter":
        last = -(-month // 3) * 3
        return period_text(f"{year}-{last - 2:02d}/{year}-{last:02d}")
    if over == "next":
        return period_text(shift(period, -11))
    whole = {"year": f"{year}年", "3m": f"截至{period_text(period)}的三个月", "12m": f"截至{period_text(period)}的十二个月"}
    return whole.get(over) or period_text(period)


def _missing(name: str) -> str:
    raise NoWriter(f"no Chinese words for {name!r}")
