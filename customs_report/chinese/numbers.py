"""How numbers, units and periods are written in Chinese: 亿 and 万亿; thousands are marked off in full values only."""

from __future__ import annotations

import math
from decimal import Decimal
from functools import lru_cache

from customs_report.numbers import MINUS, SIGNED, STYLES, Written

CURRENCY = {"USD": "美元", "CNY": "元"}
SIZES = ((1e12, "万亿", 2), (1e8, "亿", 1), (1e4, "万", 1), (1.0, "", 0))  # and decimals at most
NUMERALS = "零一二三四五六七八九十"
UNITS = {
    "barrels a day": "桶/日",
    "cubic metre": "立方米",
    "cubic metres": "立方米",
    "days": "天",
    "dollar": "美元",
    "lines": "项",
    "methods": "种方法",
    "month": "月",
    "months": "个月",
    "pair": "双",
    "pairs": "双",
    "partners": "个伙伴",
    "percent": "%",
    "percentage points": "个百分点",
    "places": "位",
    "points": "点",
    "standard deviations": "个标准差",
    "tonne": "吨",
    "tonnes": "吨",
    "unit": "件",
    "units": "件",
    "years": "年",
}
IN_UNITS_OF = {"bn": 1e8, "million": 1e6, "thousand": 1e3}  # bare numbers: money in 亿
QUARTERS = {("01", "03"): "一季度", ("04", "06"): "二季度", ("07", "09"): "三季度", ("10", "12"): "四季度"}
SPANS = QUARTERS | {("01", "06"): "上半年", ("01", "09"): "前三季度", ("01", "12"): "全年"}


def period_text(key: str) -> str:
    """2025-11: 2025年11月; 2025-12-08: 2025年12月8日; 2025-01/2025-11: 2025年1—11月; 2026-01/2026-06: 2026年上半年."""
    if "/" not in key:
        return "".join(f"{int(part)}{word}" for part, word in zip(key.split("-"), "年月日", strict=False))
    first, last = key.split("/")
    if first[:4] != last[:4] or len(first) != len("2025-01"):
        return f"{period_text(first)}至{period_text(last)}"
    named = SPANS.get((first[5:7], last[5:7]))  # "2025年前11个月" could mean the months before that year
    return f"{int(first[:4])}年{named or f'{int(first[5:7])}—{int(last[5:7])}月'}"


def month_alone(key: str) -> str:
    """A month or a span of one year, without the year: 11月, 前11个月, 上半年, 2—5月."""
    if "/" not in key:
        return f"{int(key[5:7])}月" if len(key) == len("2025-11") else period_text(key)
    first, last = (part[5:7] for part in key.split("/"))
    if named := SPANS.get((first, last)):
        return named
    return f"前{int(last)}个月" if first == "01" else f"{int(first)}—{int(last)}月"


def unit_in_words(unit: str) -> str:
    """A unit as a reader reads it: 美元, 元/吨."""
    first, per, second = unit.partition(" per ")
    words = {"CNY": "元", "USD": "美元", "rank": "名次", "ratio": "比率", "": ""}
    return "/".join(words.get(part) or UNITS.get(part, part) for part in (first, *([second] if per else [])))


def in_full(value: float, unit: str) -> str:
    """A value as it is calculated with: 109,938,234,000美元, 5.8312%."""
    shown = f"{value:,.4f}".rstrip("0").rstrip(".").replace("-", MINUS)
    return f"{'0' if shown == f'{MINUS}0' else shown}{'' if unit in ('rank', 'ratio') else unit_in_words(unit)}"


@lru_cache(maxsize=100_000)
def written(value: float, unit: str, style: str = "text", step: float | None = None) -> Written:
    """A number as a reader sees it, and in plain digits; the styles are those of `customs_report.numbers.write`."""
    if style in SIGNED:
        shown = written(value, unit, SIGNED[style], step)
        return shown._replace(text=f"+{shown.text}") if shown.number > 0 else shown
    if style in ("size", "percent_size", "usd_size"):
        value = abs(value)
    if style in ("text", "size"):
        return _text(value, unit, step)
    if style in ("usd_size", "usd_signed"):
        return _text(value, "USD", 1e8)  # as the series is printed
    if style in IN_UNITS_OF:
        scale = IN_UNITS_OF[style]
        return _decimal(value / scale, _places(step, scale, 1) if step or style != "bn" else 0, scale)
    if style in ("percent", "percent_size"):
        return _percent(value, step)
    if style == "exchange_rate":
        return _decimal(value, 4)
    if style == "unit_value":
        return _decimal(value, 0 if abs(value) >= 100 else 2)
    if style == "exact":
        return _exact(value, unit, step)
    if style in ("rank", "number"):
        return _decimal(value, 0)
    if style in ("largest", "smallest", "ordinal", "count"):
        return _in_words(int(value), style)
    raise ValueError(f"no way of writing called {style!r}; all: {', '.join(STYLES)}")


def _in_words(value: int, style: str) -> Written:
    """三, 第三, 第三大, 最大; digits from eleven on."""
    count = NUMERALS[value] if 0 <= value <= 10 else str(value)
    what = {"largest": "大", "smallest": "小"}.get(style, "")
    place = f"最{what}" if what and value == 1 else f"第{count}{what}"
    return Written(count if style == "count" else place, Decimal(value))


def _text(value: float, unit: str, step: float | None) -> Written:
    if unit in CURRENCY:
        return _scaled(value, step, CURRENCY[unit])
    if unit == "percent":
        return _percent(value, step, "%")
    if unit in ("percentage points", "standard deviations"):
        return _decimal(value, 1, after=UNITS[unit])
    if unit in ("rank", "ratio"):
        return _decimal(value, 0 if unit == "rank" else 2)
    if unit == "month":  # counted from January of the year 1
        return Written(period_text(f"{value // 12 + 1:.0f}-{value % 12 + 1:02.0f}"), Decimal(value))
    if unit in ("months", "years", "days", "places", "points"):
        return _decimal(value, 0, after=UNITS[unit])
    if unit.startswith("CNY per "):
        return _decimal(value, 0 if abs(value) >= 100 else 2, after=unit_in_words(unit))
    return _scaled(value, step, unit_in_words(unit))


def _exact(value: float, unit: str, step: float | None) -> Written:
    """To the precision of its rounding, whatever its size: 1116.8亿美元, 24.458万亿元."""
    if not step or unit in ("rank", "months", "years"):
        return _text(value, unit, step)
    if unit in ("percent", "percentage points", "ratio") or unit.startswith("CNY per "):
        return _decimal(value, _places(step, 1, 9), after="" if unit == "ratio" else unit_in_words(unit))
    size, word, _ = next((each for each in SIZES if abs(round(value / step) * step) >= each[0]), SIZES[-1])
    return _decimal(value / size, _places(step, size, 9), size, word + unit_in_words(unit))


def _percent(value: float, step: float | None, after: str = "") -> Written:
    """One decimal, as customs prints growth; two where a rate is known that finely."""
    return _decimal(value, 2 if step and step < 0.1 else 1, after=after)


def _scaled(value: float, step: float | None, after: str) -> Written:
    """A number with the word for its size, 万亿 with two decimals, 亿 and 万 with one."""
    if step and step >= 1e8:
        value = round(value / step) * step
    for (size, word, most), (below, _, places) in zip(SIZES, (*SIZES[1:], SIZES[-1]), strict=True):
        if abs(round(value / below, _places(step, below, places))) * below >= size:  # 9999.96亿 is 1.00万亿
            return _decimal(value / size, _places(step, size, most), size, word + after)
    return _decimal(value, 0, 1, after)


def _places(step: float | None, scale: float, most: int) -> int:
    """How many decimals the printed precision allows, at most `most`."""
    if not step:
        return most
    return max(0, min(most, -math.floor(math.log10(step / scale) + 1e-9)))


def _decimal(value: float, places: int, scale: float = 1, after: str = "") -> Written:
    """A number with its sign first, rounded to so many places."""
    number = Decimal(f"{value:.{places}f}")
    return Written(f"{MINUS if number < 0 else ''}{abs(number)}{after}", number * int(scale))
