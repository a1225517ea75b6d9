"""Page one in Chinese: headline, box, what qualifies the news, remarks."""

from __future__ import annotations

from customs_report.chinese.grammar import (
    FIRST_ESTIMATES,
    FLOW,
    both_changed,
    changed,
    listed,
    month_of,
    moved,
    say,
    split_since,
    the_goods,
    trade_with,
    writes,
    yoy,
)
from customs_report.facts import Fact, Mark, Runs
from customs_report.messages import NoWriter
from customs_report.names import Name

QUOTES = {  # of the table of distortions, by the first month of each
    "2012-12": "据报道，对香港出口的发票金额虚高（澳大利亚储备银行《公报》，2015年12月）",
    "2014-09": "海关统计的对香港出口远高于香港统计的自内地进口（《中国日报》，2014年10月29日）",
    "2020-01": "为防控新冠疫情，工厂停工，春节假期延长（美联社，2020年3月7日）",
    "2022-04": "疫情防控使生产停顿、运输受阻（阿纳多卢通讯社，2022年5月9日）",
}
MISSING = {
    "levels": "当月出口和进口金额",
    "partners": "分国别（地区）数据",
    "commodities": "分商品数据",
    "export_commodities": "出口商品数据",
    "some_export_commodities": "多数出口商品数据",
    "import_commodities": "进口商品数据",
    "yuan": "人民币计价总值",
}


# --- the headline ---------------------------------------------------------------------------------------------------------


@writes("headlines")
def surplus_tops(milestone: Fact, over: str, period: str) -> Runs:
    when = month_of(f"{period[:4]}-01/{period}") if over == "ytd" else {"month": "单月", "12m": "近十二个月"}[over]
    return say("{when}贸易顺差首次突破{milestone}", when=when, milestone=milestone)


@writes("headlines")
def flow_passes(flow: str, milestone: Fact) -> Runs:
    return say("中国单月{flow}首次突破{milestone}", flow=FLOW[flow], milestone=milestone)


@writes("headlines")
def first_deficit_of_two_months(year: str, began: Runs | None) -> Runs:
    since = began or say("{year}以来", year=year)
    core, tail = split_since(since)
    return say("前两个月中国贸易出现逆差，为{since}首次{tail}", since=core, tail=tail)


@writes("headlines")
def first_deficit(peer: str) -> Runs:
    return say("中国单月贸易出现逆差，为{peer}以来首次", peer=peer)


@writes("headlines")
def runs_a_deficit(balance: Fact, span: str) -> Runs:
    return say("{span}中国贸易逆差{balance:size}", balance=balance, span=span)


@writes("headlines")
def record_surplus(balance: Fact, since: Runs) -> Runs:
    core, tail = split_since(since)
    return say("中国贸易顺差达{balance}，创{since}新高{tail}", balance=balance, since=core, tail=tail)


@writes("headlines")
def extreme_growth(flow: str, growth: Fact, extreme: str, peer: str) -> Runs:
    most = "降幅为{peer}以来最大" if growth.value < 0 else "增速为{peer}以来最" + ("低" if extreme == "lowest" else "高")
    return say("中国{flow}同比{growth}，" + most, flow=FLOW[flow], growth=changed(growth), peer=peer)


@writes("headlines")
def first_of_its_kind(flow: str, growth: Fact, peer: str) -> Runs:
    way = "增长" if growth.value >= 0 else "下降"
    return say("中国{flow}同比{growth}，为{peer}以来首次{way}", flow=FLOW[flow], growth=changed(growth), peer=peer, way=way)


@writes("headlines")
def value_not_quantity(flow: str, good: Name, value: Fact, quantity: Fact, doubled: bool, little: bool) -> Runs:
    value_moved = ("翻番",) if doubled else changed(value)
    quantity_moved = ("变化不大",) if little else changed(quantity)
    return say(
        "{goods}{flow}额同比{value}，{flow}量{quantity}",
        goods=the_goods(good), flow=FLOW[flow], value=value_moved, quantity=quantity_moved,
    )  # fmt: skip


@writes("headlines")
def against_the_trend(flow: str, growth: Fact, partner: Name, of_partner: Fact) -> Runs:
    return say(
        "中国{flow}同比{growth}，{with_partner}{of_partner}（按人民币计价）",
        flow=FLOW[flow], growth=changed(growth), with_partner=trade_with(flow, partner), of_partner=changed(of_partner),
    )  # fmt: skip


@writes("headlines")
def ranked_surplus(balance: Fact, rank: Fact, since: Runs) -> Runs:
    core, tail = split_since(since)
    return say("中国贸易顺差{balance}，为{since}{rank:largest}{tail}", balance=balance, since=core, rank=rank, tail=tail)


@writes("headlines")
def surplus_largest_since(balance: Fact, peer: str) -> Runs:
    return say("中国贸易顺差{balance}，为{peer}以来最大", balance=balance, peer=peer)


@writes("headlines")
def largest_two_months(balance: Fact, since: Runs) -> Runs:
    core, tail = split_since(since)
    return say("前两个月中国贸易顺差{balance}，为{since}同期最大{tail}", balance=balance, since=core, tail=tail)


@writes("headlines")
def flows_move(exports: Fact, imports: Fact, span: str, currency: str) -> Runs:
    unit = "" if currency == "usd" else "（按人民币计价）"
    return say("{span}中国{both}{unit}", span=span, both=both_changed(exports, imports), unit=unit)


@writes("headlines")
def level_of(what: str, level: Fact, span: str) -> Runs:
    nouns = {"balance": "贸易顺差", "exports": "出口", "total": "进出口总值"}
    return say("{span}中国{noun}{level}", span=span, noun=nouns[what], level=level)


@writes("headlines")
def foreign_trade(span: str) -> Runs:
    return say("{span}中国对外贸易", span=span)


# --- kicker and box -------------------------------------------------------------------------------------------------------


@writes("front_page")
def period_and_vintage(period: str, day: str) -> Runs:
    return say("中国海关进出口简报 · {period} · 数据截至{day}", period=period, day=day)


@writes("selection")
def synthetic(kicker: Runs) -> Runs:
    return ("明细数据系模拟 · ", *kicker)


@writes("front_page")
def flow_of_tile(flow: str) -> Runs:
    return ({"balance": "进出口差额"}.get(flow) or FLOW[flow],)


@writes("front_page")
def no_level(span: str, growth: bool, implied: Fact | None) -> Runs:
    if growth and implied:
        return say("{span}同比增速，据此推算约为{implied}", span=span, implied=implied)
    return say("{span}同比增速，金额暂缺" if growth else "{span}美元金额暂缺", span=span)


@writes("front_page")
def level_and_change(level: Fact, change: Fact | None, span: str) -> Runs:
    start: Runs = ("累计：",) if "/" in span else say("{month}单月：", month=month_of(span)) if span else ()
    by: Runs = ()
    if change:
        by = say("（{by:signed}）", by=change) if change.unit == "percent" else say("，同比{by}", by=moved(change))
    return (*start, *say("{level}", level=level), *by)


@writes("selection")
def number(fact: Fact, style: str = "text") -> Runs:
    return say(f"{{fact:{style}}}", fact=fact)


@writes("selection")
def no_number() -> Runs:
    return ("暂缺",)


@writes("selection")
def only_span(span: str) -> Runs:
    return say("{span}", span=span)


@writes("selection")
def on_a_year_earlier(change: Fact) -> Runs:
    return say("同比{moved}", moved=moved(change))


@writes("selection")
def first_year(year: str, unsure: bool) -> Runs:
    return (*say("{year}以来", year=year), *([FIRST_ESTIMATES] if unsure else []))


# --- what qualifies the news ----------------------------------------------------------------------------------------------


@writes("qualifications")
def over_three_months(exports: Fact, imports: Fact) -> Runs:
    return say("单月数据波动较大，近三个月合计，{both}。", both=both_changed(exports, imports))


@writes("qualifications")
def currency_matters(span: str, difference: Runs) -> Runs:
    return say("不同计价货币结论不同：{span}{difference}。", span=span, difference=difference)


@writes("qualifications")
def in_both_currencies(flow: str, usd: Fact, cny: Fact, now: Fact | None) -> Runs:
    another = now if now and now.value != usd.value else None
    first = say("（初次公布数，修订后为{now:signed}）", now=another) if another else ()
    joint = "也" if round(usd.value, 1) * round(cny.value, 1) > 0 else "则"
    return say(
        "{flow}按美元计价同比{usd}{first}，按人民币计价{joint}{cny}",
        flow=FLOW[flow], usd=changed(usd), first=first, joint=joint, cny=changed(cny),
    )  # fmt: skip


@writes("qualifications")
def currency_flatters(flow: str, growth: Fact, span: str, flatters: bool) -> Runs:
    """`growth`: in yuan; that in dollars stands beside the sentence."""
    why, effect = ("升值", "抬高") if flatters else ("贬值", "压低")
    return say(
        "人民币对美元{why}，{effect}了以美元计价的增速：按人民币计价，{span}{flow}{growth}。",
        why=why, effect=effect, span=span, flow=FLOW[flow], growth=yoy(growth),
    )  # fmt: skip


@writes("qualifications")
def lunar_new_year(day: str, before: str, month: str, together: Runs | None) -> Runs:
    rest: Runs = together or ("，前两个月宜合并观察",)
    if month.endswith("-03"):
        rest = ("，部分贸易因此在二月与三月之间移动",)
    return say("当年春节为{day}，上年为{before}{rest}。", day=day, before=before, rest=rest)


@writes("qualifications")
def two_months_together(exports: Fact, imports: Fact) -> Runs:
    return say("；前两个月合计，{both}", both=both_changed(exports, imports))


@writes("qualifications")
def months_revised(count: Fact, size: Fact, mean: Fact) -> Runs:
    way = "上调" if mean.value > 0 else "下调"
    return say("在可比的{count}里，进出口差额初步数平均被修订{size:size}，多为{way}", count=count, size=size, way=way)


@writes("qualifications")
def balance_revised(first: Fact, change: Fact, month: str, size: Fact | None) -> Runs:
    return say(
        "{month}进出口差额初步数为{first}，海关此后将其{way}{change:size}{usual}。",
        month=month, first=first, way="下调" if change.value < 0 else "上调", change=change,
        usual=say("；以往平均修订幅度为{size:size}", size=size) if size else (),
    )  # fmt: skip


@writes("qualifications")
def first_estimates_move(usual: Runs) -> Runs:
    return ("以上为初步数；", *usual, "。")


@writes("qualifications")
def first_estimates() -> Runs:
    return ("以上为初步数，海关日后修订时不另行通知。",)


@writes("qualifications")
def quantity_and_unit_value(flow: str, line: Name, quantity: Fact, unit_value: Fact, span: str) -> Runs:
    return say(
        "量价走势不一：{span}{goods}{flow}量同比{quantity}，{flow}均价{unit_value}。",
        span=span, goods=the_goods(line), flow=FLOW[flow], quantity=changed(quantity), unit_value=changed(unit_value),
    )  # fmt: skip


@writes("distortions")
def distorted(over: str, when: str, quote: Mark) -> Runs:
    """`quote` is what the table of distortions says, in English."""
    if quote.key not in QUOTES:
        raise NoWriter(f"no Chinese words for the distortion of {quote.key}")
    template = {
        "month": "{when}数据失真：{quote}。",
        "month_before": "同比基期{when}数据失真：{quote}。",
        "ytd": "累计增速所含的{when}数据失真：{quote}。",
        "ytd_before": "累计增速的基期含{when}，当时数据失真：{quote}。",
    }[over]
    return say(template, when=when, quote=(Mark("quote", quote.key, QUOTES[quote.key]),))


# --- the remarks ----------------------------------------------------------------------------------------------------------


@writes("qualifications")
def january_with_february(day: str, revised: bool) -> Runs:
    return say("海关于{day}合并公布前两个月数据{rest}。", day=day, rest="，美元值为修订数" if revised else "")


@writes("qualifications")
def yuan_leads() -> Runs:
    return ("当月美元值的初步数暂缺，本简报以人民币值为主。",)


@writes("qualifications")
def revised_figures(day: str, yuan: bool) -> Runs:
    rest = "；人民币值为初步数" if yuan else ""
    return say("美元值为海关截至{day}最近一次公布的数据，精确到亿美元{rest}。", day=day, rest=rest)


@writes("qualifications")
def first_estimates_ranked(later: bool) -> Runs:
    return (f"美元值为初步数{'，以往部分月份取海关此后公布的数据' if later else ''}。",)


@writes("qualifications")
def not_available(month: str, what: list[str]) -> Runs:
    return say("{month}暂缺{what}。", month=month, what=listed((MISSING[each],) for each in what))


@writes("qualifications")
def newer_release(month: str, day: str) -> Runs:
    return say("{month}数据已于{day}公布。", month=month, day=day)
