"""How a number was made and what it was read from, in Chinese: formulas, inputs, publications, the questions of helpers.

They are written in English where they are made; each phrase of theirs has its Chinese one here, and one that has none raises
NoWriter.
"""

from __future__ import annotations

import re

from customs_report.chinese.numbers import period_text
from customs_report.messages import NoWriter
from customs_report.numbers import MINUS, MONTHS

QUESTIONS = {
    "adjusted_series": "剔除季节和假日因素后，出口和进口是多少？",
    "commodity_months": "某种商品的贸易逐月如何变化？",
    "cover_ratio": "中国出口是进口的多少倍？",
    "monthly_trade": "贸易逐月如何变化？",
    "partner_months": "与某个伙伴的贸易逐月如何变化？",
    "rolling_year": "截至每月的十二个月里，出口、进口和差额是多少？",
    "trade_growth": "出口和进口的增速逐月如何变化？",
}
ROLES = {
    "a_year_earlier": "上年同期", "balance": "差额", "base": "基期", "base_of_the_whole": "总体基期", "change": "增减",
    "change_of_exports": "出口增减", "change_of_imports": "进口增减", "changes": "各次修订", "consensus": "一致预期",
    "days": "天数", "earlier": "此前数值", "exports": "出口", "figure": "数值", "first_print": "初步数", "growth": "增速",
    "imports": "进口", "level": "水平", "month": "本月", "months": "各月", "seasons": "季节因素",
    "rest_of_last_year": "上年余下各月", "parts": "各项",
    "revised": "修订数", "span": "本期", "spans": "各期", "surprise": "偏差", "surprises": "各次偏差", "value": "数值",
    "year_earlier": "上年同期", "whole": "总体", "now": "现值", "first": "初步数", "levels": "各水平", "ytd": "累计",
    "before": "此前数值", "values": "各值", "contributions": "各项拉动", "contribution": "拉动", "printed": "公布值",
}  # fmt: skip
PHRASES = (  # of formulas, in the order in which they are replaced
    (
        r"working days by our convention: weekdays less public holidays, with the days worked instead",
        "本报告口径的工作日：平日减去公共假日，加上调休上班日",
    ),
    (
        r"the growth of the year to date of (.+?) and, for those to come, this month’s adjusted level with last year’s season, "
        r"on a year earlier",
        r"\1：已公布月份取累计增速，未到月份取本月经季节调整的水平并按上年的季节因素还原，与上年同期相比",
    ),
    (
        r"the months so far of (.+?) and, for those to come, this month’s adjusted level with last year’s season, "
        r"on a year earlier",
        r"\1：已公布月份取各月数值，未到月份取本月经季节调整的水平并按上年的季节因素还原，与上年同期相比",
    ),
    (
        r"change of exports − change of imports, each level − level a year earlier",
        "出口增减 − 进口增减，各为水平 − 上年同期水平",
    ),
    (
        r"change of exports − change of imports, each level × growth / \((\d+) \+ growth\), as printed",
        r"出口增减 − 进口增减，各为水平 × 增速 /（\1 + 增速），增速取公布值",
    ),
    (r"; rounding leaves ±\$([\d,.]+) million", lambda found: f"；取整误差±{_amount(found[1]) / 100:g}亿美元"),
    (r"; rounding leaves ±\$([\d,.]+) billion", lambda found: f"；取整误差±{_amount(found[1]) * 10:g}亿美元"),
    (r"months in a row up to the period, against a year earlier", "截至本期同比连续同向变动的月数"),
    (r"of the month that is compared with", "取所比较月份的"),
    (r"place among the same months of (\d+) years, (\d+) = largest", r"在\1年的同期里的名次，\2为最大"),
    (
        r"place among (\d+) months since (.+?), rounded to ([\d.]+) billion, (\d+) = largest",
        lambda found: f"{found[2]}以来{found[1]}个月里的名次（按{_amount(found[3]) * 10:g}亿取整），{found[4]}为最大",
    ),
    (
        r"place by size among (\d+) months with a consensus forecast, (\d+) = largest",
        r"在有一致预期的\1个月里按幅度的名次，\2为最大",
    ),
    (r"round number passed for the first time in the series", "序列中首次突破的整数"),
    (r"now less first print", "现值减初步数"),
    (r"printed by customs", "海关公布"),
    (r"mean size of revised less first print", "修订数减初步数的平均幅度"),
    (r"months available in both stages", "初步数和修订数兼有的月数"),
    (r"first print less consensus forecast", "初步数减一致预期"),
    (r"\(value − base\) / base of the whole; base: ", "（数值 − 基期）/ 总体基期；基期取"),
    (r"the base that printed growth implies", "公布增速所隐含的数值"),
    (r"last year’s figure as first published", "上年初步数"),
    (r"last year’s figure", "上年数值"),
    (r"the restated figure", "重述数"),
    (r"derived: difference of two year-to-date figures", "两个累计数之差"),
    (r"sum of the (\d+) parts that are not among the largest gains and losses", r"未列入最大拉动和拖累的\1项之和"),
    (r"growth of the whole − contributions of the parts", "总体增速 − 各项拉动"),
    (r"growth on a year earlier, on ", "同比增速，基期为"),
    (r"growth on a year earlier", "同比增速"),
    (r"change on a year earlier, ", "同比增减；"),
    (r"change on a year earlier", "同比增减"),
    (r"sum of (\d+) months", r"\1个月之和"),
    (r"the year-earlier figure and printed growth", "由上年同期数和公布的增速推算"),
    (r"the other flow, implied by printed growth, and the balance", "由公布增速推算的另一流向和差额"),
    (r"first published", "初步公布"),
    (r"change / \(balance − change\)", "增减 /（差额 − 增减）"),
    (r"(?<![A-Za-z])printed(?![A-Za-z])", "海关公布"),
    (r"(?<![A-Za-z])exports(?![A-Za-z])", "出口"),
    (r"(?<![A-Za-z])imports(?![A-Za-z])", "进口"),
    (r"(?<![A-Za-z])balance(?![A-Za-z])", "差额"),
)
SOURCES = (
    (r"GACC in the press, first release as quoted by (.+)", r"海关总署首次发布，引自\1"),
    (r"GACC in the press, press digest of the preliminary release", "海关总署快讯，引自媒体摘要"),
    (
        r"GACC, as repeated by EastMoney, monthly totals in dollars from the statistics service",
        "海关总署统计服务的美元月度总值，由东方财富转载",
    ),
    (r"GACC, as shown by an economic calendar, .*", "海关总署首次发布及一致预期，见公开财经日历（二手来源）"),
    (r"GACC, monthly bulletin, table \((\d+)\).*", r"海关总署，统计月报，表（\1）"),
    (r"GACC, preliminary release, table \((\d+)\).*", r"海关总署，统计快讯，表（\1）"),
    (r"GACC, statistics service.*", "海关总署，统计数据在线查询平台"),
    (r"chinesecalendar, the public holidays of China", "chinesecalendar，中国公共假日"),
    (r"Chinese calendar", "农历"),
    (r"X-13ARIMA-SEATS, data/outlook/adjusted\.csv", "X-13ARIMA-SEATS，data/outlook/adjusted.csv"),
    (r"own backtest and parameters, data/outlook/", "本项目的回测和参数，data/outlook/"),
)
OF_PRESS = (
    (r"AP and PTI, printed by ", "美联社和印度报业托拉斯，刊于"),
    (r"the People’s Daily", "《人民日报》"),
    (r"the Financial Times, repeated by ", "《金融时报》，转载于"),
    (r"; the level of exports to the United States as quoted by ", "；对美国出口金额引自"),
)
DATE = re.compile(rf"(?:(\d{{1,2}}) )?\b({'|'.join(MONTHS)}) (\d{{4}})")
KEY = re.compile(r"\b\d{4}-\d\d(?:-\d\d)?(?:/\d{4}-\d\d)?\b")


def formula(how: str) -> str:
    """How a figure was computed."""
    said = KEY.sub(lambda found: period_text(found[0]), _days(how)).replace(" - ", f" {MINUS} ")
    for pattern, words in PHRASES:
        said = re.sub(pattern, words, said)
    return said if not re.search("[A-Za-z]", said) else _missing(how)


def role(role: str) -> str:
    return ROLES.get(role) or _missing(role)


def source(name: str) -> str:
    """A publication; names of publishers and addresses stay as they are."""
    for pattern, words in SOURCES:
        if re.fullmatch(pattern, name):
            return _dated(re.sub(pattern, words, name))
    return _missing(name)


def _dated(text: str) -> str:
    for pattern, words in OF_PRESS:
        text = re.sub(pattern, words, text)
    return _days(text).replace(", ", "，")


def _days(text: str) -> str:
    """English months and days in Chinese."""
    return DATE.sub(lambda d: f"{d[3]}年{MONTHS.index(d[2]) + 1}月{f'{d[1]}日' if d[1] else ''}", text)


def question(helper: str) -> str:
    return QUESTIONS.get(helper) or _missing(helper)


def _missing(text: str) -> str:
    raise NoWriter(f"no Chinese words for {text!r}")


def _amount(text: str) -> float:
    return float(text.replace(",", ""))
