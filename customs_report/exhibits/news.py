"""Main points and the summary to paste into a mail: the news that `helpers.main_points` chose, in sentences."""

from __future__ import annotations

from customs_report.calculations.lunar import new_year
from customs_report.calculations.newsworthy import Point as Point_
from customs_report.display import Table
from customs_report.english.grammar import (
    changed,
    cited,
    cited_in_front,
    commodity_in_sentence,
    first_possible,
    has_history,
    of_month,
    opened,
    partner_in_sentence,
    present,
    since,
    to_date,
    verb,
)
from customs_report.exhibits.fact_tables import key_facts_table
from customs_report.exhibits.front_page import (
    balance_sentence,
    change_sentence,
    headline,
    in_both_currencies,
    remarks,
    standfirst,
    tiles,
)
from customs_report.facts import Mark, Runs, plain
from customs_report.report import Report

Point = Point_
SUMMARY_WORDS = 120


def main_points(report: Report) -> tuple[Runs, ...]:
    """At most five sentences, one a theme, the most important first; the last may qualify the first."""
    return present(*(_sentence(report, point) for point in report.points))


def key_facts(report: Report) -> Table:
    """Where does each figure of page one come from?"""
    return key_facts_table(report, key_fact_names(report))


def key_fact_names(report: Report) -> tuple[str, ...]:
    """The names of the facts on page one and in the main points, in the order in which they are cited."""
    rest = (*remarks(report), *main_points(report))
    return cited_in_front(headline(report), standfirst(report), tiles(report), rest)


def summary(report: Report) -> tuple[Runs, ...]:
    """About 120 words to paste into a mail: country and year, what the headline rests on, main points as far as they fit.

    The headline itself where it tells what the rest does not.
    """
    head, rest = headline(report), standfirst(report)
    named = report.facts.say("China’s foreign trade in {@year}: ", year=report.period[:4])
    sentences = [(*head, "."), *rest] if set(cited([head])) - set(cited(rest)) else [(*named, *rest[0]), *rest[1:]]
    already_said = {plain(sentence) for sentence in rest}
    for point in report.points:
        sentence = _sentence(report, point)
        if not sentence or point.theme in ("level", "exports", "imports") or plain(sentence) in already_said:
            continue
        if sum(len(plain(s).split()) for s in (*sentences, sentence)) <= SUMMARY_WORDS * 1.1:
            sentences.append(sentence)
    return tuple(sentences)


def _sentence(report: Report, point: Point) -> Runs | None:
    write = {
        "level": _level, "exports": _flow, "imports": _flow, "partner": _partner, "commodity": _commodity,
        "currency": _currency, "calendar": _calendar, "vintage": _vintage, "unit value": _unit_value,
    }[point.theme]  # fmt: skip
    return write(report, point)


def _level(report: Report, point: Point) -> Runs | None:
    """The news of the balance, unless the standfirst says it already; else how it changed in a year."""
    facts, already_said = report.facts, {plain(sentence) for sentence in standfirst(report)}
    changes = [
        change_sentence(facts, "month", "The balance of the month"),
        change_sentence(facts, "ytd", "The balance since January"),
    ]
    sentences = (_level_news(report, point), *(reversed(changes) if point.subject == "ytd" else changes))
    return next((sentence for sentence in sentences if sentence and plain(sentence) not in already_said), None)


def _level_news(report: Report, point: Point) -> Runs | None:
    facts = report.facts
    marks: dict[str, str | Runs] = {"span": to_date(report), "month": of_month(report), "since": since(report)}
    if point.news == "milestone_ytd":
        start = "The surplus of {@span} adds up to {balance_usd_ytd}, above {milestone.balance_usd_ytd} for the first time"
        ranked = start + "; {@month}’s {balance_usd_month} is the {balance_usd_month_rank:largest} month since {@since}."
        return first_possible(facts, *([ranked] if has_history(facts) else []), start + ".", **marks)
    if point.news == "milestone_12m":
        return first_possible(
            facts,
            "Over twelve months the surplus adds up to {balance_usd_12m}, above {milestone.balance_usd_12m} for the first time "
            "in the series since {@since}.",
            **marks,
        )
    if point.news == "milestone_month":
        return first_possible(
            facts,
            "The month’s surplus of {balance_usd_month} is the first above {milestone.balance_usd_month} in the series since "
            "{@since}.",
            **marks,
        )
    if point.news == "year":
        return first_possible(
            facts,
            "In {@span} the surplus adds up to {balance_usd_ytd}, the {balance_usd_ytd_rank:largest} for these months since "
            "{@since}.",
            **marks,
        )
    if point.news == "deficit" and point.subject == "ytd":
        return first_possible(facts, "In {@span} imports exceeded exports by {balance_usd_ytd:size}.", **marks)
    return balance_sentence(report)


def _flow(report: Report, point: Point) -> Runs | None:
    facts, name = report.facts, f"{point.theme}_usd_{point.subject}"
    when = to_date(report) if point.subject == "ytd" else report.period
    calm = verb(facts[f"{name}_yoy"].value) == "did not change"
    start = "{@flow} {@moved} in {@when}" + (", at {" if calm else " to {") + name + "}"
    calmer = f"{point.theme}_usd_3m_yoy"
    marks: dict[str, str | Runs] = {"flow": (point.theme.capitalize(),), "moved": changed(facts, f"{name}_yoy"), "when": when}
    if point.subject == "month" and calmer in facts:
        return facts.say(start + "; over three months they {@calmer}.", calmer=changed(facts, calmer), **marks)
    return facts.say(start + ".", **marks)


def _partner(report: Report, point: Point) -> Runs | None:
    facts, code = report.facts, point.subject
    name = f"partner.{code}.exports_cny_ytd"
    marks: dict[str, str | Runs] = {
        "who": partner_in_sentence(report, code), "moved": changed(facts, f"{name}_yoy"), "span": to_date(report)
    }  # fmt: skip
    start = "Exports to {@who} {@moved} in {@span}, in yuan"
    added = (facts.value(f"{name}_contribution") or 0) >= 0
    part = ", adding {" if added else ", taking {"
    part += name + "_contribution:size}" + (" to the growth of all exports." if added else " off the growth of all exports.")
    for way, word in (("falling", "below"), ("rising", "above")):
        streak = f"streak.partner.{code}.exports_cny_month_{way}"
        if (facts.value(streak) or 0) >= 3:
            ending = "; the month was the {" + streak + ":ordinal} in a row {@word} a year earlier."
            return facts.say(start + ending, word=(word,), **marks)
    return first_possible(facts, start + part, start + ".", **marks)


def _commodity(report: Report, point: Point) -> Runs | None:
    facts, flow, slug = report.facts, point.news, point.subject
    name = f"commodity.{flow}.{slug}"
    what = commodity_in_sentence(report, flow, slug)
    start = "{@flow} of {@what} {@moved} in value in {@span}"
    share = "; they are {" + name + ".share_ytd} of all {@all}."
    marks: dict[str, str | Runs] = {
        "flow": (f"{flow.capitalize()}s",),
        "all": (f"{flow}s",),
        "what": what,
        "span": to_date(report),
    }
    marks["moved"] = changed(facts, f"{name}.value_cny_ytd_yoy")
    return first_possible(facts, start + share, start + ".", **marks)


def _currency(report: Report, point: Point) -> Runs | None:
    flow, over = point.subject.rsplit("_", 1)
    difference = in_both_currencies(report.facts, flow, over)
    when = to_date(report) if over == "ytd" else report.period
    return (
        report.facts.say("The currency matters: in {@when}, {@difference}.", when=when, difference=difference)
        if difference
        else None
    )


def _calendar(report: Report, point: Point) -> Runs | None:
    day = new_year(int(report.period[:4])).isoformat()
    ending = (
        "January and February are best read together."
        if report.period[5:] in ("01", "02")
        else "which shifts trade between February and March."
    )
    joint = "; " if report.period[5:] in ("01", "02") else ", "
    return report.facts.say("Lunar New Year fell on {@day}" + joint + ending, day=(Mark.of(day),))


def _vintage(report: Report, point: Point) -> Runs | None:
    facts, name = report.facts, "revision.balance_usd_month"
    if point.news == "revised":
        return first_possible(
            facts,
            "Customs first published a balance of {"
            + name
            + "_first} for the month and has since {@moved} it by {"
            + name
            + "_change:size}.",
            moved=("lowered" if (facts.value(f"{name}_change") or 0) < 0 else "raised",),
        )
    return first_possible(
        facts,
        "These are first prints: across {revision.balance_usd_month_count} held in both forms, revisions have {@moved} the "
        "monthly balance by {revision.balance_usd_month_mean:size} on average.",
        "These are first prints, which customs revises later without notice.",
        moved=("lowered" if (facts.value(f"{name}_mean") or 0) < 0 else "raised",),
    )


def _unit_value(report: Report, point: Point) -> Runs | None:
    flow, slug = point.news, point.subject
    name = f"commodity.{flow}.{slug}"
    quantity, unit_value = (changed(report.facts, f"{name}.{measure}_ytd_yoy") for measure in ("quantity", "unit_value"))
    what = commodity_in_sentence(report, flow, slug)
    return opened(
        report.facts.say(
            "Quantity and value part ways: in {@span}, {@flow} of {@what} {@quantity} in quantity, while their unit value "
            "{@unit}.",
            span=to_date(report),
            flow=(f"{flow}s",),
            what=what,
            quantity=quantity,
            unit=unit_value,
        )
    )
