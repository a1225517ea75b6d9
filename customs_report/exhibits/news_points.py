"""The main points: at most five sentences, one a theme, each with what makes it rare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from functools import lru_cache, partial

from customs_report.calculations.newsworthy import LONG_AGO, Point
from customs_report.calculations.partitions import CLOSE
from customs_report.display import Table
from customs_report.english.grammar import (
    also,
    capital,
    changed,
    goods,
    had_changed,
    month_of,
    the_partner,
)
from customs_report.exhibits.fact_tables import key_facts_table
from customs_report.exhibits.front_page import cited_in_front, front, headline, remarks, standfirst, tiles
from customs_report.exhibits.growth_drivers import Driver, find_drivers
from customs_report.exhibits.selection import commodity, has_history, is_february, partner, since, streak, to_date
from customs_report.facts import Cite, Fact, Runs, say
from customs_report.measures import movement
from customs_report.messages import Message, first_possible, message, write
from customs_report.names import Name
from customs_report.periods import shift
from customs_report.report import Report

TWICE = 2  # how often a number may stand on page one


def main_points(report: Report) -> tuple[Runs, ...]:
    """At most five sentences, one a theme, the most important first."""
    return tuple(map(report.write, chosen(report)))


def key_facts(report: Report) -> Table:
    """Where does each figure of page one come from?"""
    return key_facts_table(report, key_fact_names(report))


def key_fact_names(report: Report) -> tuple[str, ...]:
    """The names of the facts on page one and in the main points, in the order in which they are cited."""
    rest = (*remarks(report), *main_points(report))
    return cited_in_front(headline(report), standfirst(report), tiles(report), rest)


@lru_cache(maxsize=8)
def chosen(report: Report) -> tuple[Message, ...]:
    """Of each point its fullest form in which no number stands a third time."""
    page = front(report)
    said = [write(each) for each in (page.headline, *page.standfirst)]
    said += [write(line) for tile in page.tiles for line in (tile.figure, *tile.lines) if isinstance(line, Message)]
    seen, points = Counter(_numbers(said)), []
    for point in report.points:
        for form in THEMES[point.theme](report, point):
            sentence = first_possible(form)
            numbers = _numbers([write(sentence)]) if sentence else []
            if sentence and all(seen[number] < TWICE for number in numbers):
                seen.update(numbers)
                points.append(sentence)
                break
    return tuple(points)


def _numbers(texts: list[Runs]) -> list[str]:
    return [run.text.lstrip("+−") for text in texts for run in text if isinstance(run, Cite)]


Forms = Iterator[Callable[[], Message | None]]


# --- the balance ----------------------------------------------------------------------------------------------------------


def _balance(report: Report, point: Point) -> Forms:
    facts, span, month = report.facts, to_date(report), report.period
    change = facts.get("balance_usd_ytd_change" if is_february(report) else "balance_usd_month_change")
    if point.news == "milestone_ytd":
        yield lambda: year_passes(facts["balance_usd_ytd"], facts["milestone.balance_usd_ytd"], span)
    if point.news == "milestone_12m":
        yield lambda: twelve_months_pass(facts["balance_usd_12m"], facts["milestone.balance_usd_12m"], since(report))
    if point.news == "milestone_month":
        yield lambda: month_passes(facts["balance_usd_month"], facts["milestone.balance_usd_month"], since(report))
    if point.news == "year" or is_february(report):
        yield lambda: year_ranks(facts["balance_usd_ytd_rank"], span, since(report)) if _is_top(report, "ytd") else None
    if (
        point.news == "deficit"
        and is_february(report)
        and facts.value("balance_usd_month_rank_low") == 1
        and has_history(facts)
    ):
        yield lambda: deficit_of_february(facts["balance_usd_month"], since(report), change)
    if point.news == "deficit":
        yield lambda: balance_moved(change, span if is_february(report) else month)
    yield lambda: ranked_month(report)
    yield lambda: month_and_change(facts["balance_usd_month"], change, month) if not is_february(report) else None
    yield lambda: balance_moved(change)
    yield lambda: balance_in_yuan(facts["balance_cny_month"], month)


def _is_top(report: Report, over: str) -> bool:
    rank = report.facts.value(f"balance_usd_{over}_rank")
    return rank is not None and rank <= 3 and has_history(report.facts)


def ranked_month(report: Report) -> Message | None:
    """Its place among all months, or since when it is the largest, with its change."""
    facts, month = report.facts, report.period
    change, back = facts.get("balance_usd_month_change"), int(facts.value("balance_usd_month_largest_in") or 0)
    if not has_history(facts) or "balance_usd_month" not in facts or facts["balance_usd_month"].value < 0:
        return None
    if facts["balance_usd_month_rank"].value <= 10:
        return surplus_ranks(change, month, facts["balance_usd_month_rank"], since(report))
    return surplus_is_largest_since(change, month, shift(month, -back)) if back >= LONG_AGO // 2 else None


@message
def deficit_of_february(balance: Fact, since: Runs, change: Fact) -> Runs:
    return say(
        "February’s deficit of {balance:size} is the largest in data since {since}; with January, the balance {compared}.",
        balance=balance, since=since, compared=_moved(change),
    )  # fmt: skip


@message
def year_passes(balance: Fact, milestone: Fact, span: str) -> Runs:
    return say("The surplus of {span} adds up to {balance}; no year before had passed {milestone}.", span=span, balance=balance,
               milestone=milestone)  # fmt: skip


@message
def twelve_months_pass(balance: Fact, milestone: Fact, since: Runs) -> Runs:
    return say(
        "Over twelve months the surplus adds up to {balance}, the first such sum above {milestone} in data since {since}.",
        balance=balance, milestone=milestone, since=since,
    )  # fmt: skip


@message
def month_passes(balance: Fact, milestone: Fact, since: Runs) -> Runs:
    template = "The month’s surplus of {balance} is the first above {milestone} in data since {since}."
    return say(template, balance=balance, milestone=milestone, since=since)


@message
def year_ranks(rank: Fact, span: str, since: Runs) -> Runs:
    return say(
        "The surplus of {span} is the {rank:largest} for these months in data since {since}.", span=span, rank=rank, since=since
    )


@message
def surplus_ranks(change: Fact | None, month: str, rank: Fact, since: Runs) -> Runs:
    return say(
        "{month}’s surplus{change} is the {rank:largest} in data since {since}.",
        month=month_of(month), change=_beside(change), rank=rank, since=since,
    )  # fmt: skip


@message
def surplus_is_largest_since(change: Fact | None, month: str, peer: str) -> Runs:
    return say(
        "{month}’s surplus{change} is the largest since {peer}.", month=month_of(month), change=_beside(change), peer=peer
    )


@message
def month_and_change(balance: Fact, change: Fact | None, month: str) -> Runs:
    noun = "surplus" if balance.value >= 0 else "deficit"
    end = say(", {change}", change=_way(change)) if change else ()
    return say("{month}’s {noun} was {balance:size}{end}.", month=month_of(month), noun=noun, balance=balance, end=end)


@message
def balance_moved(change: Fact | None, span: str = "") -> Runs:
    return say("The balance{of} {moved}.", of=say(" of {span}", span=span) if span else (), moved=_moved(change))


@message
def balance_in_yuan(balance: Fact, month: str) -> Runs:
    return say("{month}’s surplus was {balance}.", month=month_of(month), balance=balance)


def _way(change: Fact) -> Runs:
    return say("{way} {change:size} on a year earlier", way="up" if change.value >= 0 else "down", change=change)


def _beside(change: Fact | None) -> Runs:
    return say(", {change},", change=_way(change)) if change else ()


def _moved(change: Fact | None) -> Runs:
    if change is None:
        return ("cannot be compared with a year earlier",)
    way = "higher" if change.value >= 0 else "lower"
    return say("is {change:size} {way} than a year earlier", change=change, way=way)


# --- exports and imports --------------------------------------------------------------------------------------------------


def _flow(report: Report, point: Point) -> Forms:
    facts, flow, over = report.facts, point.theme, "ytd" if is_february(report) else "month"
    name, when = f"{flow}_usd_{over}", to_date(report) if over == "ytd" else report.period
    first = next(other.theme for other in report.points if other.theme in ("exports", "imports")) == flow
    implied = facts.get(f"{name}_implied")
    rare = _rarity(report, point) if over == "month" else None
    beside = rare or (_month_before(report, flow) if over == "month" else None)
    if milestone := facts.get(f"milestone.{flow}_usd_month"):
        yield lambda: flow_above(flow, facts[f"{flow}_usd_month"], milestone, facts[f"{name}_yoy"])
    if implied:
        yield lambda: flow_implied(flow, facts[f"{name}_yoy"], when, implied)
    yield lambda: flow_grew(flow, facts[f"{name}_yoy"], when if first else "", beside)
    calmer = facts.get(f"{flow}_usd_3m_yoy") if over == "month" else None
    yield lambda: flow_has_run(flow, rare, calmer) if rare else None
    if first:
        yield lambda: flow_calmer(flow, calmer) if calmer else None
    yield lambda: flow_only_implied(flow, when, implied, facts[f"previous.{name}_yoy"]) if implied else None
    yield lambda: flow_before(flow, facts[f"previous.{name}_yoy"], shift(report.period, -1))
    yield lambda: flow_grew_in_yuan(flow, facts[f"{flow}_cny_{over}_yoy"], when)


def _rarity(report: Report, point: Point) -> Message | None:
    """Since when growth was as high or as low, or how many months it has gone on."""
    facts, flow, month = report.facts, point.theme, report.period
    name = f"{flow}_usd_month_yoy"
    growth = facts.get(name)
    if not growth:
        return None
    for extreme in ("highest", "lowest"):
        back = int(facts.value(f"{name}_{extreme}_in") or 0)
        if back >= LONG_AGO and (extreme == "lowest" or growth.value > 0):
            return since_growth_was(extreme, growth.value > 0, shift(month, -back))
    found = streak(facts, f"{flow}_usd_month")
    return straight(*found) if found else None


def _month_before(report: Report, flow: str) -> Message | None:
    before = report.facts.get(f"previous.{flow}_usd_month_yoy")
    known = before and f"{flow}_usd_month_yoy" in report.facts and movement(before.value) != "unchanged"
    return after_month_before(before, shift(report.period, -1)) if known else None


@message
def since_growth_was(extreme: str, rising: bool, peer: str) -> Runs:
    words = {(True, "highest"): "the most", (True, "lowest"): "the least", (False, "lowest"): "the most"}
    return say("{most} since {peer}", most=words[rising, extreme], peer=peer)


@message
def straight(months: Fact, way: str) -> Runs:
    return say("the {months:ordinal} straight {noun}", months=months, noun="rise" if way == "rising" else "fall")


@message
def after_month_before(growth: Fact, month: str) -> Runs:
    word = "a rise" if growth.value > 0 else "a fall"
    return say("after {word} of {growth:size} in {month}", word=word, growth=growth, month=month_of(month))


@message
def flow_above(flow: str, level: Fact, milestone: Fact, growth: Fact) -> Runs:
    return say(
        "{flow} of {level} are the first above {milestone}, {growth:size} {more} than a year earlier.",
        flow=flow.capitalize(), level=level, milestone=milestone, growth=growth, more="more" if growth.value > 0 else "less",
    )  # fmt: skip


@message
def flow_implied(flow: str, growth: Fact, span: str, level: Fact) -> Runs:
    return say(
        "{flow} {moved} on a year earlier, which implies about {level} in {span}.",
        flow=flow.capitalize(), moved=changed(growth), level=level, span=span,
    )  # fmt: skip


@message
def flow_before(flow: str, growth: Fact, month: str) -> Runs:
    """Of a flow whose own growth stands in headline and box: the month before."""
    return say("In {month}, {flow} had {moved}.", month=month_of(month), flow=flow, moved=had_changed(growth))


@message
def flow_only_implied(flow: str, span: str, level: Fact, before: Fact) -> Runs:
    return say(
        "{flow} of {span} come to about {level}, as {what}; the month before they {moved}, as first published.",
        flow=flow.capitalize(), span=span, level=level, moved=changed(before),
        what=f"{'imports' if flow == 'exports' else 'exports'} and the balance imply" if "balance" in level.origin.inputs
        else "their growth implies",
    )  # fmt: skip


@message
def flow_grew(flow: str, growth: Fact, span: str, beside: Runs | None) -> Runs:
    return say(
        "{flow} {moved}{when}{beside}.",
        flow=flow.capitalize(), moved=changed(growth),
        when=say(" in dollars on a year earlier in {span}", span=span) if span else (),
        beside=say(", {beside}", beside=beside) if beside else (),
    )  # fmt: skip


@message
def flow_grew_in_yuan(flow: str, growth: Fact, span: str) -> Runs:
    return say("{flow} {moved} in yuan on a year earlier in {span}.", flow=flow.capitalize(), moved=changed(growth), span=span)


@message
def flow_has_run(flow: str, rare: Runs, calmer: Fact | None) -> Runs:
    rest = say("; over three months {flow} {moved}", flow=flow, moved=changed(calmer)) if calmer else ()
    return say("For {flow} it was {rare}{rest}.", flow=flow, rare=rare, rest=rest)


@message
def flow_calmer(flow: str, calmer: Fact) -> Runs:
    return say("Over three months {flow} {moved} on a year earlier.", flow=flow, moved=changed(calmer))


# --- partners and goods ---------------------------------------------------------------------------------------------------


def _partners(report: Report, point: Point) -> Forms:
    """The partner that moved exports or imports most, and the largest one that moved them the other way."""
    flow, code = point.subject.split(".")
    parts = [each for each in find_drivers(report, flow, "group", point.news) if each.growth]
    mine = next((each for each in parts if each.code == code), None)
    if mine:
        against = [each for each in parts if each.points.value * mine.points.value < 0 and abs(each.points.value) >= CLOSE]
        other = max(against, key=lambda each: abs(each.points.value), default=None)
        run = streak(report.facts, f"partner.{code}.{flow}_cny_month") if point.news == "month" else None
        when, whole = to_date(report) if point.news == "ytd" else "", _growth_of_points(report, flow, point.news)
        cells = (flow, partner(report, code), mine.growth, mine.points, straight(*run) if run else None, when)
        beside = of_other(report, other) if other else None
        for of, then in ((whole, beside), (None, beside), (None, None)):
            yield partial(partner_moved, *cells, of, then)


def _growth_of_points(report: Report, flow: str, over: str) -> Fact | None:
    """What the points add up to: of a month they compare with last year’s figure as first published, as does this growth."""
    return report.facts.get(f"{flow}_cny_{over}_yoy" if over == "ytd" else f"{flow}_cny_month_yoy_computed")


def of_other(report: Report, other: Driver) -> Message:
    return other_partner(partner(report, other.code), other.growth, other.points)


@message
def partner_moved(
    flow: str, partner: Name, growth: Fact, points: Fact, run: Runs | None, span: str, whole: Fact | None, other: Runs | None
) -> Runs:
    return say(
        "{flow} {way} {who} {moved} in yuan{span}{run} and {effect}{other}.",
        flow=flow.capitalize(), way="to" if flow == "exports" else "from", who=the_partner(partner), moved=changed(growth),
        span=say(" in {span}", span=span) if span else (), run=say(", {run},", run=run) if run else (),
        effect=_effect(flow, points, whole), other=say("; {other}", other=other) if other else (),
    )  # fmt: skip


def _effect(flow: str, points: Fact, whole: Fact | None) -> Runs:
    """ "took 4.3 points off export growth of 5.6%": in yuan, as are the points."""
    verb = "added {points:percent_size} points to" if points.value > 0 else "took {points:percent_size} points off"
    if whole and whole.value < 0:
        return say(verb + " {flow}, which {moved}", points=points, flow=flow, moved=changed(whole))
    end = say(" of {whole}", whole=whole) if whole else ()
    return say(verb + " {flow} growth{end}", points=points, flow=flow.removesuffix("s"), end=end)


@message
def other_partner(partner: Name, growth: Fact, points: Fact) -> Runs:
    verb = "added {points:percent_size}" if points.value > 0 else "took {points:percent_size} off"
    return say("{who} ({growth:signed}) " + verb, who=the_partner(partner), growth=growth, points=points)


def _goods(report: Report, point: Point) -> Forms:
    """A good's value beside its quantity, and what it added to the whole."""
    facts, (flow, slug) = report.facts, point.subject.split(".")
    over = point.news.split("_")[1]
    name, when = f"commodity.{flow}.{slug}", to_date(report) if over == "ytd" else ""
    points, whole = facts.get(f"contribution.commodity.{flow}_cny_{over}.{slug}"), _growth_of_points(report, f"{flow}s", over)
    value, quantity, unit_value = (facts.get(f"{name}.{what}_{over}_yoy") for what in ("value_cny", "quantity", "unit_value"))
    if value and points:
        good = commodity(report, flow, slug)
        for of in (whole, None):
            for price in (unit_value if point.news.startswith("parted") else None, None):
                yield partial(good_moved, flow, good, value, quantity, price, points, of, when)
        yield partial(good_added, flow, good, points)


@message
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
    joint = "and" if quantity and quantity.value * value.value > 0 else "but"
    parted = say(" {joint} {quantity} in quantity", joint=joint, quantity=also(quantity, value)) if quantity else ()
    price = say(" (unit value {unit_value:signed})", unit_value=unit_value) if unit_value else ()
    return say(
        "{flow} of {what} {moved} in yuan{parted}{span}{price}; they {effect}.",
        flow=f"{flow.capitalize()}s", what=goods(good), moved=changed(value), parted=parted, price=price,
        span=say(" in {span}", span=span) if span else (), effect=_effect(f"{flow}s", points, whole),
    )  # fmt: skip


@message
def good_added(flow: str, good: Name, points: Fact) -> Runs:
    return say("{what} {effect}.", what=capital(goods(good)), effect=_effect(f"{flow}s", points, None))


# --- expectations ---------------------------------------------------------------------------------------------------------


def _expectations(report: Report, point: Point) -> Forms:
    facts, name = report.facts, point.news
    cells = (facts[f"surprise.{name}"], facts[f"surprise.{name}_rank"], facts[f"surprise.{name}_rank_of"])
    yield lambda: surprised(name.split("_")[0], *cells)


@message
def surprised(flow: str, surprise: Fact, rank: Fact, months: Fact) -> Runs:
    what = {"exports": "Export growth", "imports": "Import growth", "balance": "The balance"}[flow]
    way = "above" if surprise.value > 0 else "below"
    return say(
        "{what} came in {surprise:size} {way} the consensus, the {rank:largest} surprise in {flow} of {months:number} months "
        "with forecasts.",
        what=what, surprise=surprise, way=way, rank=rank, months=months, flow="the balance" if flow == "balance" else flow,
    )  # fmt: skip


THEMES: dict[str, Callable[[Report, Point], Forms]] = {
    "balance": _balance, "exports": _flow, "imports": _flow, "partners": _partners, "goods": _goods,
    "expectations": _expectations,
}  # fmt: skip
