"""The grammar: how change, names, lists and reasons are said in Chinese; small functions from facts to runs.

A change below 0.05 % is 持平, below 0.5 % it is 微增 or 微降, else 增长 or 下降; none is written with a sign.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import partial

from customs_report.chinese.numbers import month_alone
from customs_report.facts import Cell, Fact, Mark, Runs, say_in, shows_zero
from customs_report.measures import movement
from customs_report.messages import LANGUAGES, NoWriter, Writer
from customs_report.names import Name

CODE = "zh"
WRITERS = LANGUAGES.setdefault(CODE, {})
say = partial(say_in, CODE)
FLOW = {"exports": "出口", "imports": "进口", "export": "出口", "import": "进口", "balance": "贸易顺差"}
VERBS = {"unchanged": "持平", "edged up": "微增", "edged down": "微降", "rose": "增长", "fell": "下降"}
FIRST_ESTIMATES = "（按初步数据计）"
ARTICLES = re.compile(r"\*|（包括[^）]*）")  # footnote signs and brackets of customs' names
PARTNERS = {  # where customs' first name is not the one that it uses in sentences
    "ASEAN": "东盟", "EU27": "欧盟", "LATAM": "拉丁美洲", "RCEP": "RCEP成员国", "RUS": "俄罗斯", "WORLD": "全球",
}  # fmt: skip
SHORT_GOODS = {  # where customs' names are too long for headlines and narrow charts
    "aircraft_over_two_tonnes": "飞机",
    "coal": "煤炭",
    "copper_ore": "铜矿砂",
    "cosmetics_and_toiletries": "美容化妆品",
    "data_processing_machines": "电脑及零部件",
    "diodes_and_semiconductors": "半导体器件",
    "furniture": "家具",
    "garments_and_accessories": "服装",
    "iron_ore": "铁矿砂",
    "lamps_and_lighting": "灯具",
    "primary_plastics": "初级塑料",
    "suitcases_and_bags": "箱包",
    "textiles": "纺织品",
}
REASONS: tuple[tuple[str, str], ...] = (  # of `tables` and `coverage`, and what they say in Chinese
    (r"no table of partners", "无分国别（地区）数据"),
    (r"no table of (export|import|main) commodities", "无{}商品数据"),
    (r"no (dollar|yuan|published) (export|import|trade|balance) figures", "无{}{}数据"),
    (r"no table", "无数据"),
    (r"no growth of \w+", "无同比增速"),
    (r"customs publishes January and February together", "海关将一月与二月数据合并公布"),
    (r"no release with this figure was found", "未找到含此数据的发布"),
    (r"line not transcribed for this month", "该月此项数据未录入"),
)
SAID = r"(.+?)( for the year to date)?(?: (before|for|in) (\d{4}-\d\d)(?:–(\d{4}-\d\d))?| available)?"
IN_REASONS = {
    "export": "出口", "import": "进口", "main": "主要", "trade": "进出口", "balance": "差额", "dollar": "美元",
    "yuan": "人民币", "published": "已公布的",
}  # fmt: skip


def writes(module: str, kind: str = "") -> Callable[[Writer], Writer]:
    """Decorator: the Chinese writer of a kind of message of a module of `exhibits`, by default of its own name."""

    def register(writer: Writer) -> Writer:
        WRITERS[f"{module}.{kind or writer.__name__}"] = writer
        return writer

    return register


# --- change ---------------------------------------------------------------------------------------------------------------


def changed(growth: Fact) -> Runs:
    """增长5.8%, 下降3.0%, 微增0.2%, 持平."""
    word = VERBS[movement(growth.value)]
    return (word,) if shows_zero(growth) or word == "持平" else say("{word}{growth:size}", word=word, growth=growth)


def yoy(growth: Fact) -> Runs:
    """同比增长5.8%: on a year earlier."""
    return ("同比", *changed(growth))


def moved(change: Fact) -> Runs:
    """增加64亿美元, 减少64亿美元; of a rate as `changed`."""
    if change.unit == "percent":
        return changed(change)
    if shows_zero(change):
        return ("持平",)
    return say("{way}{change:size}", way="增加" if change.value > 0 else "减少", change=change)


def both_changed(exports: Fact, imports: Fact) -> Runs:
    """出口同比增长5.8%，进口下降2.6%."""
    return say("出口{one}，进口{two}", one=yoy(exports), two=changed(imports))


def pulled(flow: str, points: Fact, whole: Fact | None = None) -> Runs:
    """拉动出口增长1.1个百分点（出口总体增长9.6%）."""
    words = "拉动{flow}增长" if points.value > 0 else "拉低{flow}增速"
    end = say("（{flow}总体{changed}）", flow=FLOW[flow], changed=changed(whole)) if whole else ()
    return say(words + "{points:percent_size}个百分点{end}", flow=FLOW[flow], points=points, end=end)


# --- lists, periods, names ------------------------------------------------------------------------------------------------


def listed(items: Iterable[Runs], joint: str = "、", last: str = "和") -> Runs:
    """甲、乙和丙."""
    items = [*items]
    runs: Runs = ()
    for i, item in enumerate(items):
        runs += ((last if i == len(items) - 1 else joint) if i else "", *item)
    return tuple(run for run in runs if run)


def month_of(period: str) -> Runs:
    """A month, or a span of one year, without its year, where the year is plain."""
    return (Mark("period", period, month_alone(period)),)


def split_since(since: Runs) -> tuple[Runs, Runs]:
    """Since when ranks count, and that they are of first estimates, which ends the sentence."""
    return (since[:-1], since[-1:]) if since and since[-1] == FIRST_ESTIMATES else (since, ())


def partner_name(name: Name) -> str:
    """What customs calls a partner or group."""
    return PARTNERS.get(name.code) or name.chinese.split("; ")[0] or name.code


def goods_name(name: Name) -> str:
    """What customs calls a commodity line, without footnote signs and brackets."""
    return ARTICLES.sub("", name.chinese.split("; ")[0]) or name.code


def short_goods(name: Name) -> str:
    return SHORT_GOODS.get(name.code) or goods_name(name)


def the_partner(name: Name) -> Runs:
    return (Mark("name", name.code, partner_name(name)),)


def the_goods(name: Name) -> Runs:
    return (Mark("name", name.code, short_goods(name)),)


def trade_with(flow: str, partner: Name) -> Runs:
    """对美国出口, 自东盟进口."""
    return (*(("对",) if FLOW[flow] == "出口" else ("自",)), *the_partner(partner), FLOW[flow])


def part_name(kind: str, name: Name, whole: str) -> str:
    """A part that contributes to growth: a partner or line, the rest of the world, other lines, the remainder."""
    if whole == "rest":
        return "其余伙伴" if name.code == "WORLD" else f"{partner_name(name)}其余国家（地区）"
    if whole == "others":
        return f"其他{short_goods(name)}"
    fixed = {
        "others": "其余商品" if kind == "commodity" else "其余伙伴",
        "remainder": "未列名商品" if kind == "commodity" else "国别不详",
    }
    return fixed.get(name.code) or (short_goods(name) if kind == "commodity" else partner_name(name))


def surplus(balance: Fact | Cell) -> str:
    return "顺差" if balance.value >= 0 else "逆差"


# --- reasons --------------------------------------------------------------------------------------------------------------


def reason(text: str) -> Runs:
    """A reason as returned by `tables`: 2024年1月以前无分国别（地区）数据."""
    if found := re.fullmatch(r"no figure of (\d{4}-\d\d)(?: to compare with| \((.+)\))", text):
        because: Runs = ("（", *reason(found[2]), "）") if found[2] else ()
        return ("无", _month(found[1]), "数据可供比较", *because)
    what, over, where, first, last = re.fullmatch(SAID, text).groups()  # type: ignore[union-attr]  # anything fits
    for pattern, words in REASONS:
        if said := re.fullmatch(pattern, what):
            lacks = words.format(*(IN_REASONS[part] for part in said.groups()))
            to: Runs = ("至", _month(last)) if last else ()
            when: Runs = (_month(first), *to, *(("以前",) if where == "before" else ())) if first else ()
            return (*when, lacks.replace("数据", "累计数据") if over else lacks)
    raise NoWriter(f"no Chinese words for the reason {text!r}")


def _month(key: str) -> Mark:
    return Mark.of(key, code=CODE)
