"""Main points and the summary to paste into a mail: the news that `helpers.main_points` chose, in sentences."""

from __future__ import annotations

from customs_report.calculations.lunar import new_year
from customs_report.calculations.newsworthy import Point as Point_
from customs_report.display import Table
from customs_report.english.grammar import changed, cited_in_front, goods, month_of, revised, the_partner, verb
from customs_report.exhibits.fact_tables import key_facts_table
from customs_report.exhibits.front_page import (
    balance_change,
    balance_of_month,
    currencies_apart,
    front,
    headline,
    remarks,
    standfirst,
    sum_of_year,
    tiles,
)
from customs_report.exhibits.selection import commodity, has_history, partner, present, since, streak, to_date
from customs_report.facts import Fact, Runs, plain, say
from customs_report.messages import Message, first_possible, message
from customs_report.names import Name
from customs_report.report import Report

Point = Point_
SUMMARY_WORDS = 120


def main_points(report: Report) -> tuple[Runs, ...]:
    """At most five sentences, one a theme, the most important first; the last may qualify the first."""
    return tuple(map(report.write, present(*(_sentence(report, point) for point in report.points))))


def key_facts(report: Report) -> Table:
    """Where does each figure of page one come from?"""
    return key_facts_table(report, key_fact_names(report))


def key_fact_names(report: Report) -> tuple[str, ...]:
    """The names of the facts on page one and in the main points, in the order in which they are cited."""
    rest = (*remarks(report), *main_points(report))
    return cited_in_front(headline(report), standfirst(report), tiles(report), rest)


def summary(report: Report) -> tuple[Runs, ...]:
    """About 120 words to paste into a mail: country and year, what the headline rests on, as many main points as fit.

    The headline itself where it tells what the rest does not.
    """
    head, rest = front(report).headline, front(report).standfirst
    told_by_rest = frozenset[str]().union(*(sentence.facts for sentence in rest))
    start = [headline_as_sentence(head), *rest] if head.facts - told_by_rest else [named(report.period[:4], rest[0]), *rest[1:]]
    sentences = [*map(report.write, start)]
    for point in report.points:
        sentence = _sentence(report, point)
        if not sentence or point.theme in ("level", "exports", "imports") or _on_front(report, sentence):
            continue
        written = report.write(sentence)
        if sum(len(plain(s).split()) for s in (*sentences, written)) <= SUMMARY_WORDS * 1.1:
            sentences.append(written)
    return tuple(sentences)


@message
def headline_as_sentence(headline: Runs) -> Runs:
    return (*headline, ".")


@message
def named(year: str, sentence: Runs) -> Runs:
    return say("China’s foreign trade in {year}: {sentence}", year=year, sentence=sentence)


def _on_front(report: Report, sentence: Message) -> bool:
    """Does the standfirst say it already? It does where it has a sentence of the same facts."""
    return sentence.facts in {other.facts for other in front(report).standfirst}


def _sentence(report: Report, point: Point) -> Message | None:
    select = {
        "level": _level, "exports": _flow, "imports": _flow, "partner": _partner, "commodity": _commodity,
        "currency": _currency, "calendar": _calendar, "vintage": _vintage, "unit value": _unit_value,
    }[point.theme]  # fmt: skip
    return first_possible(lambda: select(report, point))


def _level(report: Report, point: Point) -> Message | None:
    """The news of the balance, unless the standfirst says it already; else how it changed in a year."""
    changes = [balance_change(report.facts, over, over) for over in ("month", "ytd")]
    news = first_possible(lambda: _level_news(report, point))
    sentences = present(news, *(reversed(changes) if point.subject == "ytd" else changes))
    return next((sentence for sentence in sentences if not _on_front(report, sentence)), None)


def _level_news(report: Report, point: Point) -> Message | None:
    facts, span = report.facts, to_date(report)
    if point.news == "milestone_ytd":
        month, rank = facts.get("balance_usd_month"), facts.get("balance_usd_month_rank")
        ranked = (month, rank) if has_history(facts) and month and rank else (None, None)
        balance, milestone = facts["balance_usd_ytd"], facts["milestone.balance_usd_ytd"]
        return year_passes(balance, milestone, span, report.period, *ranked, since(report))
    if point.news == "milestone_12m":
        return twelve_months_pass(facts["balance_usd_12m"], facts["milestone.balance_usd_12m"], since(report))
    if point.news == "milestone_month":
        return month_passes(facts["balance_usd_month"], facts["milestone.balance_usd_month"], since(report))
    if point.news == "year":
        return sum_of_year(facts["balance_usd_ytd"], span, facts["balance_usd_ytd_rank"], since(report))
    if point.news == "deficit" and point.subject == "ytd":
        return imports_exceeded(facts["balance_usd_ytd"], span)
    return balance_of_month(report)


@message
def year_passes(
    balance: Fact, milestone: Fact, span: str, month: str, of_month: Fact | None, rank: Fact | None, since: Runs
) -> Runs:
    template = "; {month}’s {of_month} is the {rank:largest} month since {since}"
    rest = say(template, month=month_of(month), of_month=of_month, rank=rank, since=since) if of_month and rank else ()
    return say(
        "The surplus of {span} adds up to {balance}, above {milestone} for the first time{rest}.",
        span=span, balance=balance, milestone=milestone, rest=rest,
    )  # fmt: skip


@message
def twelve_months_pass(balance: Fact, milestone: Fact, since: Runs) -> Runs:
    return say(
        "Over twelve months the surplus adds up to {balance}, above {milestone} for the first time in the series since "
        "{since}.",
        balance=balance, milestone=milestone, since=since,
    )  # fmt: skip


@message
def month_passes(balance: Fact, milestone: Fact, since: Runs) -> Runs:
    template = "The month’s surplus of {balance} is the first above {milestone} in the series since {since}."
    return say(template, balance=balance, milestone=milestone, since=since)


@message
def imports_exceeded(balance: Fact, span: str) -> Runs:
    return say("In {span} imports exceeded exports by {balance:size}.", span=span, balance=balance)


def _flow(report: Report, point: Point) -> Message:
    facts, name = report.facts, f"{point.theme}_usd_{point.subject}"
    when = to_date(report) if point.subject == "ytd" else report.period
    calmer = facts.get(f"{point.theme}_usd_3m_yoy") if point.subject == "month" else None
    return flow_moved(point.theme, facts[f"{name}_yoy"], facts[name], when, calmer)


@message
def flow_moved(flow: str, growth: Fact, level: Fact, span: str, over_three_months: Fact | None) -> Runs:
    calm = verb(growth.value) == "did not change"
    rest = say("; over three months they {moved}", moved=changed(over_three_months)) if over_three_months else ()
    return say(
        "{flow} {moved} in {span}" + (", at" if calm else " to") + " {level}{rest}.",
        flow=flow.capitalize(), moved=changed(growth), span=span, level=level, rest=rest,
    )  # fmt: skip


def _partner(report: Report, point: Point) -> Message:
    facts, code = report.facts, point.subject
    name = f"partner.{code}.exports_cny_ytd"
    cells = (partner(report, code), facts[f"{name}_yoy"], to_date(report))
    if found := streak(facts, f"partner.{code}.exports_cny_month"):
        return exports_in_a_row(*cells, *found)
    return exports_and_contribution(*cells, facts.get(f"{name}_contribution"))


@message
def exports_in_a_row(partner: Name, growth: Fact, span: str, months: Fact, way: str) -> Runs:
    return say(
        "Exports to {who} {moved} in {span}, in yuan; the month was the {months:ordinal} in a row {way} a year earlier.",
        who=the_partner(partner), moved=changed(growth), span=span, months=months,
        way="above" if way == "rising" else "below",
    )  # fmt: skip


@message
def exports_and_contribution(partner: Name, growth: Fact, span: str, points: Fact | None) -> Runs:
    if points:
        verb, end = ("adding", "to") if points.value >= 0 else ("taking", "off")
        rest = say(f", {verb} {{points:size}} {end} the growth of all exports", points=points)
    else:
        rest = ()
    template = "Exports to {who} {moved} in {span}, in yuan{rest}."
    return say(template, who=the_partner(partner), moved=changed(growth), span=span, rest=rest)


def _commodity(report: Report, point: Point) -> Message:
    facts, flow, slug = report.facts, point.news, point.subject
    name = f"commodity.{flow}.{slug}"
    growth, share = facts[f"{name}.value_cny_ytd_yoy"], facts.get(f"{name}.share_ytd")
    return line_moved(flow, commodity(report, flow, slug), growth, to_date(report), share)


@message
def line_moved(flow: str, line: Name, growth: Fact, span: str, share: Fact | None) -> Runs:
    return say(
        "{flow} of {what} {moved} in value in {span}{rest}.",
        flow=f"{flow.capitalize()}s", what=goods(line), moved=changed(growth), span=span,
        rest=say("; they are {share} of all {flow}", share=share, flow=f"{flow}s") if share else (),
    )  # fmt: skip


def _currency(report: Report, point: Point) -> Message | None:
    flow, over = point.subject.rsplit("_", 1)
    difference = currencies_apart(report.facts, flow, over)
    return currency_matters(to_date(report) if over == "ytd" else report.period, difference) if difference else None


@message
def currency_matters(span: str, difference: Runs) -> Runs:
    return say("The currency matters: in {span}, {difference}.", span=span, difference=difference)


def _calendar(report: Report, point: Point) -> Message:
    return lunar_new_year(new_year(int(report.period[:4])).isoformat(), report.period)


@message
def lunar_new_year(day: str, month: str) -> Runs:
    if month.endswith("-03"):
        return say("Lunar New Year fell on {day}, which shifts trade between February and March.", day=day)
    return say("Lunar New Year fell on {day}; January and February are best read together.", day=day)


def _vintage(report: Report, point: Point) -> Message | None:
    facts, name = report.facts, "revision.balance_usd_month"
    if point.news == "revised":
        return balance_revised(facts[f"{name}_first"], facts[f"{name}_change"])
    return first_possible(
        lambda: revisions_have_moved(facts[f"{name}_count"], facts[f"{name}_mean"]), lambda: revised_without_notice()
    )


@message
def balance_revised(first: Fact, change: Fact) -> Runs:
    return say(
        "Customs first published a balance of {first} for the month and has since {moved} it by {change:size}.",
        first=first, moved=revised(change), change=change,
    )  # fmt: skip


@message
def revisions_have_moved(count: Fact, mean: Fact) -> Runs:
    return say(
        "These are first prints: across {count} held in both forms, revisions have {moved} the monthly balance by {mean:size} "
        "on average.",
        count=count, moved=revised(mean), mean=mean,
    )  # fmt: skip


@message
def revised_without_notice() -> Runs:
    return ("These are first prints, which customs revises later without notice.",)


def _unit_value(report: Report, point: Point) -> Message:
    flow, slug = point.news, point.subject
    quantity, unit_value = (report.facts[f"commodity.{flow}.{slug}.{what}_ytd_yoy"] for what in ("quantity", "unit_value"))
    return quantity_and_unit_value(flow, commodity(report, flow, slug), quantity, unit_value, to_date(report))


@message
def quantity_and_unit_value(flow: str, line: Name, quantity: Fact, unit_value: Fact, span: str) -> Runs:
    return say(
        "Quantity and value part ways: in {span}, {flow} of {what} {quantity} in quantity, while their unit value {unit}.",
        span=span, flow=f"{flow}s", what=goods(line), quantity=changed(quantity), unit=changed(unit_value),
    )  # fmt: skip
