"""The exhibits of the brief in Chinese: drivers, charts of three years, partners, goods, how sure it all is."""

from __future__ import annotations

from customs_report.chinese.grammar import (
    FLOW,
    listed,
    part_name,
    partner_name,
    reason,
    say,
    short_goods,
    the_goods,
    the_partner,
    writes,
)
from customs_report.chinese.words import WORDS
from customs_report.facts import Cell, Fact, Mark, NotAvailable, Runs
from customs_report.names import Name

TITLES = {
    "monthly": "进出口差额（亿美元）",
    "flows": "出口和进口（亿美元）",
    "growth": "近三个月同比（%）",
    "adjusted": "经季节调整（亿美元）",
    "twelve": "近十二个月差额（亿美元）",
    "ratio": "近十二个月出口与进口之比",
}
SPLIT = {"group": "贸易伙伴", "commodity": "商品"}
STAGES = {"own": "经本笔记本作者改动", "history": "初步数和修订数", "": ""}


# --- what moved trade -----------------------------------------------------------------------------------------------------


@writes("growth_drivers")
def drivers_not_available(why: NotAvailable) -> Runs:
    return ("贸易伙伴和商品的拉动作用：", *reason(why.why))


@writes("growth_drivers")
def why_trade_changed(when: str) -> Runs:
    return say("{when}出口和进口由何拉动", when=when)


@writes("growth_drivers")
def note_on_drivers(over: str) -> Runs:
    base = "为上年初步数（*）" if over == "month" else "由海关公布的增速推算"
    return (
        f"按人民币计价。名称旁为其同比增速，条形为对出口或进口总体增速的拉动，单位为百分点。基期数据{base}。海关不说明原因。",
    )


@writes("growth_drivers")
def note_on_unnamed(kind: str) -> Runs:
    said = {"commodity": "未列名商品指海关商品表未列出的商品。", "group": "其余伙伴指海关快讯未列出的全部国家和地区。"}
    return (said[kind],)


@writes("growth_drivers")
def part_in_chart(kind: str, name: Name, whole: str) -> Runs:
    return (part_name(kind, name, whole),)


@writes("growth_drivers")
def one_driver(part: Runs, growth: Fact | None, points: Fact) -> Runs:
    own = say("同比{growth:signed}，", growth=growth) if growth else ()
    return say("{part}（{own}拉动{points:signed_percent}个百分点）", part=part, own=own, points=points)


@writes("growth_drivers")
def bars_of_drivers(flow: str, kind: str, first: Runs) -> Runs:
    return say(
        "条形图：按{split}分，对{flow}拉动和拖累最大的各项；居首的是{first}。", split=SPLIT[kind], flow=FLOW[flow], first=first
    )


@writes("growth_by_part")
def part_in_short(kind: str, name: Name, whole: str) -> Runs:
    return the_goods(name) if kind == "commodity" else the_partner(name)


@writes("growth_by_part")
def part_of_trade(kind: str, name: Name, whole: str, start: bool) -> Runs:
    code = {"rest": "rest_of_", "others": "other_"}.get(whole, "") + name.code
    return (Mark("name", code, part_name(kind, name, whole)),)


@writes("source_lines")
def source_of_figures(of: str, stages: list[str], day: str) -> Runs:
    what = STAGES[of] or "、".join(WORDS[stage] for stage in stages)
    return say("资料来源：中国海关总署{what}；数据截至{day}。", what=f"，{what}" if what else "", day=day)


# --- charts of three years ------------------------------------------------------------------------------------------------


@writes("brief")
def note_on_charts() -> Runs:
    return ("贸易伙伴和商品图从有数据的月份画起；没有数据的月份留空。",)


@writes("brief")
def three_years(month: str) -> Runs:
    return say("截至{month}的三年走势", month=month)


@writes("brief")
def title_of(chart: str) -> Runs:
    return (TITLES[chart],)


@writes("brief")
def flow_of_part(flow: str, part: Runs, kind: str) -> Runs:
    if kind == "commodity":
        return say("{part}{flow}（亿元）", part=part, flow=FLOW[flow])
    return say("{to}{part}{flow}（亿元）", to="对" if flow == "exports" else "自", part=part, flow=FLOW[flow])


@writes("brief")
def number_of(cell: Cell, style: str) -> Runs:
    return say(f"{{cell:{style}}}", cell=cell)


@writes("brief")
def line_of_months(title: Runs, month: str, newest: list[Runs]) -> Runs:
    return say("{title}，按月；{month}为{newest}。", title=title, month=month, newest=listed(newest))


# --- partners and goods ---------------------------------------------------------------------------------------------------


@writes("brief")
def not_available_in_brief(what: str, why: NotAvailable) -> Runs:
    return ({"partners": "主要贸易伙伴", "goods": "主要商品"}[what], "：", *reason(why.why))


@writes("brief")
def partners_of_month(month: str) -> Runs:
    return say("{month}主要贸易伙伴", month=month)


@writes("brief")
def goods_of_month(month: str) -> Runs:
    return say("{month}对进出口拉动最大的商品", month=month)


@writes("brief")
def note_on_order(month: str) -> Runs:
    return (f"贸易伙伴按{'一月' if month.endswith('-01') else '今年以来'}贸易额由大到小排列。",)


@writes("brief")
def listed_for_balance(partner: Name, rose: bool) -> Runs:
    return say(
        "末行列出{partner}，因其对今年以来进出口差额{moved}最多。",
        partner=the_partner(partner), moved="推升" if rose else "拉低",
    )  # fmt: skip


@writes("brief")
def note_on_brief() -> Runs:
    return ("拉动指对出口或进口总体增速的拉动，单位为百分点。“–”表示暂缺或不确定性过大。",)


@writes("brief")
def partner_in_table(partner: Name) -> Runs:
    return (Mark("name", partner.code, partner_name(partner)),)


@writes("brief")
def units_of_table(of: str) -> Runs:
    what = {"partners": "与各伙伴贸易额单位：亿元；同比：%", "goods": "各商品金额单位：亿元；同比和数量同比：%"}[of]
    return (f"{what}；拉动：百分点",)


@writes("brief")
def good_in_table(kind: str, name: Name, whole: str) -> Runs:
    return (Mark("name", name.code, part_name(kind, name, whole) if whole else short_goods(name)),)


# --- how sure -------------------------------------------------------------------------------------------------------------


@writes("brief")
def revisions_in_words(usual: Runs) -> Runs:
    return (*usual, "。")


@writes("brief")
def forecasts(
    exports: Fact, imports: Fact, balance: Fact, first_exports: Fact, first_imports: Fact, first_balance: Fact
) -> Runs:
    """What forecasters expected, and what customs first published."""
    return say(
        "市场一致预期：出口{exports:signed}、进口{imports:signed}、差额{balance}；海关初步数依次为{first_exports:signed}、"
        "{first_imports:signed}和{first_balance}。",
        exports=exports, imports=imports, balance=balance,
        first_exports=first_exports, first_imports=first_imports, first_balance=first_balance,
    )  # fmt: skip


@writes("brief")
def parts_of_flow(flow: str, computed: Fact, printed: Fact) -> Runs:
    return say("{flow}{computed}（海关公布{printed}）", flow=FLOW[flow], computed=computed, printed=printed)


@writes("brief")
def sums_of_parts(flows: list[Runs]) -> Runs:
    return say("以上年初步数为基期，各项拉动合计：{flows}。", flows=listed(flows, last="，"))


@writes("brief")
def customs_revises() -> Runs:
    return ("海关修订往月数据时不另行通知；本简报的每个数字都注明数据阶段和发布日期。",)
