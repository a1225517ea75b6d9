"""The headline: the rarest fact about a month, in at most twelve words."""

from __future__ import annotations

from functools import partial

from customs_report.calculations.newsworthy import LONG_AGO, is_festive
from customs_report.english.grammar import goods, rise_or_fall, the_partner
from customs_report.exhibits.growth_drivers import find_drivers, span_of_drivers
from customs_report.exhibits.selection import commodity, has_history, is_february, partner, since, to_date
from customs_report.facts import Fact, Runs, say
from customs_report.messages import Message, first_possible, message
from customs_report.names import Name
from customs_report.numbers import CURRENCY_WORDS
from customs_report.periods import shift
from customs_report.report import Report

FLOWS = ("exports", "imports")
STRIKING = 50.0  # percent: growth of a good's value that makes a headline where its quantity did something else
WORTH_POINTS = 1.0  # points of growth: a partner or good in a headline moved at least so much
LITTLE = 5.0  # percent: a change of quantity that is none beside a striking one of value
COUNTED_GOODS = ("integrated_circuits", "motor_vehicles", "passenger_cars", "mobile_phones", "ships")  # in pieces
RARE_DEFICIT = 6  # months without a deficit before one is news by itself


def choose_headline(report: Report) -> Message:
    """The first of these that is true of the month."""
    choices = (_milestone, _deficit, _record, _extreme, _turn, _parted_good, _contrast, _ranked, _largest_year, _movement)
    return first_possible(*(partial(choose, report) for choose in choices)) or foreign_trade(report.period)


def _milestone(report: Report) -> Message | None:
    facts = report.facts
    for over in ("ytd", "month", "12m"):
        if milestone := facts.get(f"milestone.balance_usd_{over}"):
            return surplus_tops(milestone, over, report.period)
    passed = next((flow for flow in FLOWS if f"milestone.{flow}_usd_month" in facts), "")
    return flow_passes(passed, facts[f"milestone.{passed}_usd_month"]) if passed and has_history(facts) else None


@message
def surplus_tops(milestone: Fact, over: str, period: str) -> Runs:
    start = {
        "ytd": "trade surplus tops",
        "month": "monthly trade surplus tops",
        "12m": "trade surplus over twelve months tops",
    }[over]
    ahead = 12 - int(period[5:]) if over == "ytd" else 0
    left = ", with a month to go" if ahead == 1 else ", with months to go" if ahead else ""
    return say("China’s {start} {milestone} for the first time{left}", start=start, milestone=milestone, left=left)


@message
def flow_passes(flow: str, milestone: Fact) -> Runs:
    return say("China’s monthly {flow} pass {milestone} for the first time", flow=flow, milestone=milestone)


def _deficit(report: Report) -> Message | None:
    facts, over = report.facts, "ytd" if is_february(report) else "month"
    balance, before = facts.get(f"balance_usd_{over}"), facts.value(f"balance_usd_{over}_surplus_before") or 0
    if balance is None or balance.value >= 0:
        return None
    if over == "ytd" and before:
        year = int(report.period[:4]) - int(before) - 1
        began = facts.value("balance_usd_ytd_rank_of") == before + 1
        return first_deficit_of_two_months(str(year), since(report) if began else None)
    if over == "month" and before >= RARE_DEFICIT:
        return first_deficit(shift(report.period, -int(before) - 1))
    return runs_a_deficit(balance, to_date(report) if over == "ytd" else report.period)


@message
def first_deficit_of_two_months(year: str, began: Runs | None) -> Runs:
    if began:
        return say("First January–February deficit in the series since {began}", began=began)
    return say("First January–February deficit since {year}", year=year)


@message
def first_deficit(peer: str) -> Runs:
    return say("China’s first monthly trade deficit since {peer}", peer=peer)


@message
def runs_a_deficit(balance: Fact, span: str) -> Runs:
    return say("China runs a trade deficit of {balance:size} in {span}", balance=balance, span=span)


def _record(report: Report) -> Message | None:
    facts = report.facts
    if is_festive(report.period) or not has_history(facts) or facts.value("balance_usd_month_rank") != 1:
        return None
    return record_surplus(facts["balance_usd_month"], since(report))


@message
def record_surplus(balance: Fact, since: Runs) -> Runs:
    return say("China’s trade surplus reaches {balance}, a record in data since {since}", balance=balance, since=since)


def _extreme(report: Report) -> Message | None:
    """The largest rise or fall, or the slowest growth, for more than a year; exports before imports."""
    if is_festive(report.period):
        return None
    for flow in FLOWS:
        name = f"{flow}_usd_month_yoy"
        growth = report.facts.get(name)
        for extreme in ("highest", "lowest"):
            back = int(report.facts.value(f"{name}_{extreme}_in") or 0)
            if growth and back >= 2 * LONG_AGO and (growth.value > 0 or extreme == "lowest"):
                return extreme_growth(flow, growth, extreme, shift(report.period, -back))
    return None


@message
def extreme_growth(flow: str, growth: Fact, extreme: str, peer: str) -> Runs:
    if extreme == "lowest" and growth.value > 0:
        return say("China’s {flow} rise {growth}, the least since {peer}", flow=flow, growth=growth, peer=peer)
    verb = rise_or_fall(growth)
    return say("China’s {flow} {verb} {growth:size}, the most since {peer}", flow=flow, verb=verb, growth=growth, peer=peer)


def _turn(report: Report) -> Message | None:
    """The first fall after many rises, or the first rise after many falls."""
    for point in report.points:
        if point.theme in FLOWS and point.news.startswith("first_"):
            before = "rising" if point.news == "first_falling" else "falling"
            run = int(report.facts.value(f"streak.{point.theme}_usd_month_before_{before}") or 0)
            growth = report.facts[f"{point.theme}_usd_month_yoy"]
            return first_of_its_kind(point.theme, growth, shift(report.period, -run - 1))
    return None


@message
def first_of_its_kind(flow: str, growth: Fact, peer: str) -> Runs:
    return say(
        "China’s {flow} {verb} {growth:size}, the first {noun} since {peer}",
        flow=flow, verb=rise_or_fall(growth), growth=growth, noun=rise_or_fall(growth), peer=peer,
    )  # fmt: skip


def _parted_good(report: Report) -> Message | None:
    """A good whose value rose or fell much more than its quantity."""
    for point in report.points:
        if point.theme == "goods" and point.news.startswith("parted_"):
            flow, slug = point.subject.split(".")
            over, name = point.news.removeprefix("parted_"), f"commodity.{flow}.{slug}"
            value, quantity = (report.facts[f"{name}.{what}_{over}_yoy"] for what in ("value_cny", "quantity"))
            points = report.facts[f"contribution.commodity.{flow}_cny_{over}.{slug}"]
            if abs(value.value) >= STRIKING and abs(points.value) >= WORTH_POINTS:
                doubled, little = 95 <= value.value < 120, abs(quantity.value) < LITTLE
                return value_not_quantity(flow, commodity(report, flow, slug), value, quantity, doubled, little)
    return None


@message
def value_not_quantity(flow: str, good: Name, value: Fact, quantity: Fact, doubled: bool, little: bool) -> Runs:
    """`doubled`: the value about doubled; `little`: the quantity changed little."""
    moves = ("double",) if doubled else say("{verb} {value:size}", verb=rise_or_fall(value), value=value)
    if little:
        counted = "number" if quantity.unit == "percent" and good.code in COUNTED_GOODS else "quantity"
        template = "{flow}s of {goods} {moves} in value, not in {counted}"
        return say(template, flow=flow.capitalize(), goods=goods(good), moves=moves, counted=counted)
    return say(
        "{flow}s of {goods} {moves} in value, {verb} {quantity:size} in quantity",
        flow=flow.capitalize(), goods=goods(good), moves=moves, verb=rise_or_fall(quantity), quantity=quantity,
    )  # fmt: skip


def _contrast(report: Report) -> Message | None:
    """Exports or imports went one way, and trade with a large partner the other."""
    over = span_of_drivers(report)
    for flow in FLOWS:
        growth = report.facts.get(f"{flow}_cny_{over}_yoy")
        against = [
            each
            for each in (find_drivers(report, flow, "group", over) if over else ())
            if growth and each.growth and each.points.value * growth.value < 0 and abs(each.points.value) >= WORTH_POINTS
        ]
        if growth and against:
            most = max(against, key=lambda each: abs(each.points.value))
            return against_the_trend(flow, growth, partner(report, most.code), most.growth)
    return None


@message
def against_the_trend(flow: str, growth: Fact, partner: Name, of_partner: Fact) -> Runs:
    return say(
        "China’s {flow} {verb} {growth:size} though those {way} {who} {other} {of_partner:size}, in yuan",
        flow=flow, verb=rise_or_fall(growth), growth=growth, way="to" if flow == "exports" else "from",
        who=the_partner(partner), other=rise_or_fall(of_partner), of_partner=of_partner,
    )  # fmt: skip


def _ranked(report: Report) -> Message | None:
    facts = report.facts
    balance, back = facts.get("balance_usd_month"), int(facts.value("balance_usd_month_largest_in") or 0)
    if not balance or balance.value < 0 or not has_history(facts) or is_festive(report.period):
        return None
    if facts["balance_usd_month_rank"].value <= 3:
        return ranked_surplus(balance, facts["balance_usd_month_rank"], since(report))
    return surplus_largest_since(balance, shift(report.period, -back)) if back >= LONG_AGO else None


@message
def ranked_surplus(balance: Fact, rank: Fact, since: Runs) -> Runs:
    template = "China’s {balance} trade surplus is the {rank:largest} in data since {since}"
    return say(template, balance=balance, rank=rank, since=since)


@message
def surplus_largest_since(balance: Fact, peer: str) -> Runs:
    return say("China’s trade surplus of {balance} is the largest since {peer}", balance=balance, peer=peer)


def _largest_year(report: Report) -> Message | None:
    """In January and February, whose growth says little: the sum of the year so far."""
    facts = report.facts
    known = is_february(report) and has_history(facts) and facts.value("balance_usd_ytd_rank") == 1
    return largest_two_months(facts["balance_usd_ytd"], since(report)) if known else None


@message
def largest_two_months(balance: Fact, since: Runs) -> Runs:
    return say("Largest January–February trade surplus in data since {since}: {balance}", balance=balance, since=since)


def _movement(report: Report) -> Message | None:
    """Exports and imports against a year earlier, in dollars where they can be had, else in yuan; else a level."""
    facts, over = report.facts, "ytd" if is_february(report) else "month"
    when = to_date(report) if over == "ytd" else report.period
    for currency in ("usd", "cny"):
        names = [f"{flow}_{currency}_{over}_yoy" for flow in FLOWS]
        if set(names) <= set(facts):
            return flows_move(*(facts[name] for name in names), when, currency)
    for name in ("balance_usd", "exports_usd", "exports_cny", "total_cny"):
        if f"{name}_{over}" in facts:
            return level_of(name.split("_")[0], facts[f"{name}_{over}"], when)
    return None


@message
def flows_move(exports: Fact, imports: Fact, span: str, currency: str) -> Runs:
    verbs = [rise_or_fall(growth) for growth in (exports, imports)]
    unit = "" if currency == "usd" else f", in {CURRENCY_WORDS[currency.upper()]}"
    return say(
        "China’s exports {verb} {exports:size}" + (" and imports {imports:size}" if verbs[0] == verbs[1] else
        " while imports {other} {imports:size}") + " in {span}{unit}",
        verb=verbs[0], other=verbs[1], exports=exports, imports=imports, span=span, unit=unit,
    )  # fmt: skip


@message
def level_of(what: str, level: Fact, span: str) -> Runs:
    nouns = {"balance": "trade surplus is", "exports": "exports are", "total": "foreign trade is"}
    return say("China’s {noun} {level} in {span}", noun=nouns[what], level=level, span=span)


@message
def foreign_trade(span: str) -> Runs:
    return say("China’s foreign trade in {span}", span=span)
