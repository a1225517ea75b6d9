"""The main points and what to watch, in Chinese."""

from __future__ import annotations

from customs_report.chinese.grammar import (
    FLOW,
    both_changed,
    changed,
    month_of,
    moved,
    pulled,
    say,
    split_since,
    surplus,
    the_goods,
    the_partner,
    trade_with,
    writes,
    yoy,
)
from customs_report.facts import Fact, Runs, shows_zero
from customs_report.names import Name

# --- the balance ----------------------------------------------------------------------------------------------------------


@writes("news_points")
def deficit_of_february(balance: Fact, since: Runs, change: Fact) -> Runs:
    core, tail = split_since(since)
    return say(
        "二月贸易逆差{balance:size}，为{since}最大{tail}；前两个月进出口差额{compared}。",
        balance=balance, since=core, tail=tail, compared=_compared(change),
    )  # fmt: skip


@writes("news_points")
def year_passes(balance: Fact, milestone: Fact, span: str) -> Runs:
    return say("{span}贸易顺差累计{balance}，年度顺差首次超过{milestone}。", span=span, balance=balance, milestone=milestone)


@writes("news_points")
def twelve_months_pass(balance: Fact, milestone: Fact, since: Runs) -> Runs:
    core, tail = split_since(since)
    template = "近十二个月贸易顺差累计{balance}，为{since}首次超过{milestone}{tail}。"
    return say(template, balance=balance, milestone=milestone, since=core, tail=tail)


@writes("news_points")
def month_passes(balance: Fact, milestone: Fact, since: Runs) -> Runs:
    core, tail = split_since(since)
    template = "当月贸易顺差{balance}，为{since}首次超过{milestone}{tail}。"
    return say(template, balance=balance, milestone=milestone, since=core, tail=tail)


@writes("news_points")
def year_ranks(rank: Fact, span: str, since: Runs) -> Runs:
    core, tail = split_since(since)
    return say("{span}贸易顺差为{since}同期{rank:largest}{tail}。", span=span, rank=rank, since=core, tail=tail)


@writes("news_points")
def surplus_ranks(change: Fact | None, month: str, rank: Fact, since: Runs) -> Runs:
    core, tail = split_since(since)
    return say(
        "{month}贸易顺差为{since}{rank:largest}{tail}{change}。",
        month=month_of(month), rank=rank, since=core, tail=tail, change=_end(change),
    )  # fmt: skip


@writes("news_points")
def surplus_is_largest_since(change: Fact | None, month: str, peer: str) -> Runs:
    return say("{month}贸易顺差为{peer}以来最大{change}。", month=month_of(month), peer=peer, change=_end(change))


@writes("news_points")
def month_and_change(balance: Fact, change: Fact | None, month: str) -> Runs:
    end = say("，进出口差额{compared}", compared=_compared(change)) if change and balance.value < 0 else _end(change)
    return say("{month}贸易{noun}{balance:size}{end}。", month=month_of(month), noun=surplus(balance), balance=balance, end=end)


@writes("news_points")
def balance_moved(change: Fact | None, span: str = "") -> Runs:
    return say("{span}进出口差额{compared}。", span=span, compared=_compared(change))


@writes("news_points")
def balance_in_yuan(balance: Fact, month: str) -> Runs:
    return say("{month}贸易{noun}{balance:size}。", month=month_of(month), noun=surplus(balance), balance=balance)


def _end(change: Fact | None) -> Runs:
    return say("，同比{moved}", moved=moved(change)) if change else ()


def _compared(change: Fact | None) -> Runs:
    return say("同比{moved}", moved=moved(change)) if change else ("无法与上年同期比较",)


# --- exports and imports --------------------------------------------------------------------------------------------------


@writes("news_points")
def since_growth_was(extreme: str, rising: bool, peer: str) -> Runs:
    most = {(True, "highest"): "增速为{peer}以来最高", (True, "lowest"): "增速为{peer}以来最低"}
    return say(most.get((rising, extreme), "降幅为{peer}以来最大"), peer=peer)


@writes("news_points")
def straight(months: Fact, way: str) -> Runs:
    return say("连续{months:count}个月{noun}", months=months, noun="增长" if way == "rising" else "下降")


@writes("news_points")
def after_month_before(growth: Fact, month: str) -> Runs:
    return say("{month}为{growth}", month=month_of(month), growth=changed(growth))


@writes("news_points")
def flow_above(flow: str, level: Fact, milestone: Fact, growth: Fact) -> Runs:
    return say(
        "{flow}{level}，首次超过{milestone}，{growth}。",
        flow=FLOW[flow], level=level, milestone=milestone, growth=yoy(growth),
    )  # fmt: skip


@writes("news_points")
def flow_implied(flow: str, growth: Fact, span: str, level: Fact) -> Runs:
    return say("{flow}{growth}，据此推算{span}约为{level}。", flow=FLOW[flow], growth=yoy(growth), span=span, level=level)


@writes("news_points")
def flow_before(flow: str, growth: Fact, month: str) -> Runs:
    """Of a flow whose own growth stands in headline and box: the month before."""
    return say("上月（{month}）{flow}{growth}。", month=month_of(month), flow=FLOW[flow], growth=yoy(growth))


@writes("news_points")
def flow_only_implied(flow: str, span: str, level: Fact, before: Fact) -> Runs:
    other = f"{'进口' if flow == 'exports' else '出口'}和差额"
    return say(
        "按{what}推算，{span}{flow}约为{level}；上月初步数为{before}。",
        what=other if "balance" in level.origin.inputs else "同比增速",
        span=span, flow=FLOW[flow], level=level, before=yoy(before),
    )  # fmt: skip


@writes("news_points")
def flow_grew(flow: str, growth: Fact, span: str, beside: Runs | None) -> Runs:
    return say(
        "{when}{flow}{growth}{beside}。",
        when=say("按美元计价，{span}", span=span) if span else (), flow=FLOW[flow], growth=yoy(growth),
        beside=say("，{beside}", beside=beside) if beside else (),
    )  # fmt: skip


@writes("news_points")
def flow_grew_in_yuan(flow: str, growth: Fact, span: str) -> Runs:
    return say("按人民币计价，{span}{flow}{growth}。", span=span, flow=FLOW[flow], growth=yoy(growth))


@writes("news_points")
def flow_has_run(flow: str, rare: Runs, calmer: Fact | None) -> Runs:
    rest = say("；近三个月{growth}", growth=yoy(calmer)) if calmer else ()
    return say("{flow}{rare}{rest}。", flow=FLOW[flow], rare=rare, rest=rest)


@writes("news_points")
def flow_calmer(flow: str, calmer: Fact) -> Runs:
    return say("近三个月{flow}{growth}。", flow=FLOW[flow], growth=yoy(calmer))


# --- partners, goods, expectations ----------------------------------------------------------------------------------------


@writes("news_points")
def partner_moved(
    flow: str, partner: Name, growth: Fact, points: Fact, run: Runs | None, span: str, whole: Fact | None, other: Runs | None
) -> Runs:
    return say(
        "按人民币计价，{span}{trade}{growth}{run}，{effect}{other}。",
        span=say("{span}", span=span) if span else (), trade=trade_with(flow, partner), growth=yoy(growth),
        run=say("，{run}", run=run) if run else (), effect=pulled(flow, points, whole),
        other=say("；{other}", other=other) if other else (),
    )  # fmt: skip


@writes("news_points")
def other_partner(partner: Name, growth: Fact, points: Fact) -> Runs:
    verb = "拉动" if points.value > 0 else "拉低"
    return say(
        "{who}（{growth:signed}）{verb}{points:percent_size}个百分点",
        who=the_partner(partner), growth=growth, verb=verb, points=points,
    )  # fmt: skip


@writes("news_points")
def good_moved(
    flow: str,
    good: Name,
    value: Fact,
    quantity: Fact | None,
    unit_value: Fact | None,
    points: Fact,
    whole: Fact | None,
    span: str,
) -> Runs:
    price = say("（均价{unit_value:signed}）", unit_value=unit_value) if unit_value else ()
    parted = say("，{flow}量{quantity}", flow=FLOW[flow], quantity=changed(quantity)) if quantity else ()
    return say(
        "按人民币计价，{span}{goods}{flow}额{value}{parted}{price}，{effect}。",
        span=say("{span}", span=span) if span else (), goods=the_goods(good), flow=FLOW[flow], value=yoy(value),
        parted=parted, price=price, effect=pulled(flow, points, whole),
    )  # fmt: skip


@writes("news_points")
def good_added(flow: str, good: Name, points: Fact) -> Runs:
    return say("{goods}{effect}。", goods=the_goods(good), effect=pulled(flow, points))


@writes("news_points")
def surprised(flow: str, surprise: Fact, rank: Fact, months: Fact) -> Runs:
    return say(
        "{what}{way}市场一致预期{surprise:size}，偏离幅度在有预测的{months:number}个月中为{rank:largest}。",
        what={"balance": "进出口差额"}.get(flow) or f"{FLOW[flow]}增速", way="高于" if surprise.value > 0 else "低于",
        surprise=surprise, months=months, rank=rank,
    )  # fmt: skip


# --- what to watch --------------------------------------------------------------------------------------------------------


@writes("watch")
def february_is_out() -> Runs:
    return ("二月数据已于同日公布，后续看点见二月简报。",)


@writes("watch")
def seen_then(month: str) -> Runs:
    return say("以下依据{month}数据写成，此后月份的数据已陆续公布。", month=month)


@writes("watch")
def carry_over(flow: str, growth: Fact | None, quarter: str, growth_of_year: Fact, month: str) -> Runs:
    """Growth of the quarter under way and of the year; at the end of a quarter, without a `quarter`, of the year alone."""
    in_quarter = say("{quarter}{growth}，", quarter=quarter, growth=yoy(growth)) if growth else ()
    year = say("{year}全年{growth}", year=month[:4], growth=changed(growth_of_year) if quarter else yoy(growth_of_year))
    if flow == "imports":
        return say("进口同理，{in_quarter}{year}；这是算术推演，并非预测。", in_quarter=in_quarter, year=year)
    return say(
        "若出口保持{month}经季节调整的水平，则{in_quarter}{year}（按美元计价）。",
        month=month_of(month), in_quarter=in_quarter, year=year,
    )  # fmt: skip


@writes("watch")
def base_of_next_month(month: str, base: str, exports: Fact, imports: Fact) -> Runs:
    return say("{month}的同比基期是{base}，当月{both}。", month=month, base=base, both=both_changed(exports, imports))


@writes("watch")
def coming_new_year(day: str, before: str) -> Runs:
    return say("春节为{day}，上年为{before}。", day=day, before=before)


@writes("watch")
def coming_working_days(month: str, days: Fact, change: Fact) -> Runs:
    return say("{month}有{days:number}个工作日，{than}。", month=month, days=days, than=_than(change))


@writes("watch")
def coming_release(month: str, day: str) -> Runs:
    return say("{month}数据预计于{day}前后公布。", month=month, day=day)


@writes("seasonality")
def new_year_and_days(day: str, later_by: Fact, month: str, days: Fact | None, change: Fact | None) -> Runs:
    way = "晚" if later_by.value > 0 else "早"
    rest = say("；{had}", had=_had(month, days, change)) if days and change else ()
    return say("春节为{day}，比上年{way}{by:size}{rest}。", day=day, way=way, by=later_by, rest=rest)


@writes("seasonality")
def working_days(month: str, days: Fact, change: Fact, exports: Fact | None, imports: Fact | None) -> Runs:
    """The working days of the month, and growth per working day where their number changed."""
    per_day = say("；按工作日平均，{both}", both=both_changed(exports, imports)) if exports and imports else ()
    return say("{had}{per_day}。", had=_had(month, days, change), per_day=per_day)


def _had(month: str, days: Fact, change: Fact) -> Runs:
    return say("按本简报口径，{month}有{days:number}个工作日，{than}", month=month_of(month), days=days, than=_than(change))


def _than(change: Fact) -> Runs:
    if shows_zero(change):
        return ("与上年同期持平",)
    return say("比上年同期{way}{change:size}", way="多" if change.value > 0 else "少", change=change)
