"""Claims of order: records, ranks, the most since a month, streaks, the first time above an amount."""

from __future__ import annotations

import re
from collections.abc import Sequence

from customs_report.claims import Claim, Condition
from customs_report.periods import NAMES, distance, shift
from customs_report.texts import lexicon as words
from customs_report.texts.context import State, Subject
from customs_report.texts.figures import FRACTION, MONEY, PERCENT, figures
from customs_report.texts.orders import FIRST, GROWTH_WORDS, LOW, PARTNER_PLACE, PLACE, SINCE, STREAK, Order
from customs_report.texts.spans import spans_of
from customs_report.texts.statements import SINGULAR, Reading, Statement, counted_claim, statement
from customs_report.texts.tags import FIGURE, PARTNER, Mention, Tag
from customs_report.texts.times import Span

RANKED = ("month", "ytd", "12m")
NO = re.compile(r"\b(?:no|not|never|neither|nor|without)(?: an?| the| yet)? ?$")
MOVED = re.compile(
    r"\b(?:jump|rise|increase|gain|surge|drop|fall|decline|slump|leap)(?:,| was| is)+ $"
)  # the jump, the biggest ...
APPOSED = re.compile(r", (?:(?:china|the country)[’']s |its |the )?$", re.IGNORECASE)  # to ASEAN, China's largest partner, ...
TOWARDS = re.compile(r"\b(?:to|from)(?: the)?$")
SIGNS = {words.UP: 1, words.DOWN: -1}


def record(state: State, i: int) -> Statement | None:
    """A record of all trade; of a partner or a good no fact ranks the months."""
    tag, subject, after = state.tags[i], state.subject, state.after(i)
    flow = next((t for t in after if t.kind == words.FLOW), None)
    if flow and not state.explicit:
        subject = Subject(flow.value)
    if any(t.kind == FIGURE and t.value.kind == MONEY and t.value.unit not in ("USD", "CNY") for t in state.tags[:i]):
        return Statement(tag.start, tag.end, about="another currency", why="customs publishes yuan and dollars only")
    if subject.foreign or subject.other or not subject.flow or subject.partner or subject.good:
        return None
    if not (state.explicit or flow) and any(t.kind == FIGURE for t in state.tags[:i]):
        return None
    if re.match(r" (?:for|low|number|amount)", state.text[tag.end :]) or NO.search(state.text[: tag.start]):
        return None
    found = _ranked(state, tag, subject, spans_of(state, Mention(i, tag, state.left(i), after)), 1)
    return found if found.readings else None


def order(state: State, i: int) -> Statement | None:
    tag, subject = state.tags[i], state.subject
    order: Order = tag.value
    if order.kind == PARTNER_PLACE:
        return _partner_place(state, i)

    def no(why: str) -> Statement:
        return Statement(tag.start, tag.end, why=why)

    if subject.foreign or subject.other or not subject.flow:
        return no("it is not clear whose or of what")
    spans = spans_of(state, Mention(i, tag, [], state.right(i)))
    if order.kind == STREAK:
        return _streak(state, i, spans)
    if subject.partner or subject.good:
        return no("no fact for it")
    if order.kind == FIRST:
        return _first(state, tag, spans)
    if order.kind == PLACE:
        if "single month" in order.said:
            spans = [Span("month", state.context.span.period)]
        return _ranked(state, tag, subject, spans, order.number)
    return _most_since(state, tag, [span for span in spans if span.over == "month"][:1])


def _ranked(state: State, tag: Tag, subject: Subject, spans: Sequence[Span], number: int) -> Statement:
    return _counted(
        state, tag, [(span, f"{subject.flow}_usd_{span.over}_rank") for span in spans if span.over in RANKED], number, "rank"
    )


def _counted(state: State, tag: Tag, facts: Sequence[tuple[Span, str]], number: int, unit: str = "months") -> Statement:
    said = state.text[tag.start : tag.end]
    made = [Reading(span.period, counted_claim(said, name, number, unit)) for span, name in facts]
    return statement(tag.start, tag.end, made)


def _most_since(state: State, tag: Tag, months: Sequence[Span]) -> Statement:
    """The largest, or the fastest growth, since a month or in a number of months."""
    order: Order = tag.value
    flow = state.subject.flow
    growth = bool(GROWTH_WORDS.search(order.said)) or state.last_kind in (PERCENT, FRACTION)
    growth = growth or bool(MOVED.search(state.text[: tag.start].lower()))
    low = order["most"] in LOW or order["most"] == "low"
    if growth:
        low = low or (state.direction < 0 and order["most"] not in ("best", "strongest", "fastest", "quickest"))
        fact = f"{flow}_usd_month_yoy_{'lowest' if low else 'highest'}_in"
    else:
        fact = f"{flow}_usd_month_largest_in"
    years = order["unit"].startswith("year")
    if years or order.said.startswith(("first", "the first")) or (flow not in SINGULAR if growth else low):
        return Statement(tag.start, tag.end, why="no fact for it")
    since = [distance(_since(order, span.period), span.period) if order.kind == SINCE else order.number for span in months]
    return _counted(state, tag, [(span, fact) for span in months], since[0] if since else 0)


def _since(order: Order, period: str) -> str:
    number = NAMES[order["month"].rstrip(".").lower()]
    if order["year"]:
        return f"{order['year']}-{number:02d}"
    since = f"{period[:4]}-{number:02d}"
    return since if since < period else shift(since, -12)


def _streak(state: State, i: int, spans: Sequence[Span]) -> Statement:
    tag, subject = state.tags[i], state.subject
    said = state.text[tag.start : tag.end].lower() + re.split("[,;.]", state.text[tag.end : tag.end + 40])[0].lower()
    behind = [t.value.code for t in state.right(i) if t.kind == PARTNER and TOWARDS.search(state.text[: t.start].rstrip())]
    if behind and ("growth" in said or not state.left(i)):
        subject = Subject(subject.flow, behind[0])
    if re.match(r"[^,;.]{0,20}(?:in which|(?:above|below|over|under|more than|at least) [a$€£¥\d])", state.text[tag.end :]):
        return Statement(tag.start, tag.end, why="a run of months with a condition")
    direction = next((SIGNS[t.kind] for t in state.left(i) if t.kind in SIGNS), state.direction)
    if re.search(r"rise|gain|increase|growth|expansion|rising|growing", said):
        direction = 1
    if re.search(r"drop|fall|decline|contraction|decrease", said):
        direction = -1
    if not direction or subject.good or subject.flow not in SINGULAR:
        return Statement(tag.start, tag.end, why="no fact for it")
    stem = f"partner.{subject.partner}.{subject.flow}_cny" if subject.partner else f"{subject.flow}_usd"
    fact = f"streak.{stem}_month_{'rising' if direction > 0 else 'falling'}"
    return _counted(state, tag, [(span, fact) for span in spans if span.over == "month"][:1], tag.value.number)


def _first(state: State, tag: Tag, spans: Sequence[Span]) -> Statement:
    """The first time above an amount: above it, the highest of all, and a milestone."""
    said = tag.value["amount"].replace("a trillion", "one trillion")
    amount = next((f for f in figures(said) if f.kind == MONEY), None)
    if not amount or amount.unit != "USD":
        return Statement(tag.start, tag.end, why="the amount is not clear")
    if spans and spans[0].over == "ytd" and spans[0].period.endswith("-12"):
        return Statement(tag.start, tag.end, why="a first among years")
    made = []
    for span in spans:
        fact = f"{state.subject.flow}_usd_{span.over}"
        tests = (
            Condition(fact, ">", str(amount.value)), Condition(f"{fact}_rank", "==", "1"),
            Condition(f"milestone.{fact}", ">=", str(amount.value)),
        )  # fmt: skip
        made.append(Reading(span.period, Claim("figure", state.text[tag.start : tag.end], test=tests)))
    return statement(tag.start, tag.end, made)


def _partner_place(state: State, i: int) -> Statement | None:
    """The place of a partner by total trade: of the one named last before the words."""
    tag = state.tags[i]
    order: Order = tag.value
    partner = next((t.value.code for t in reversed(state.tags[:i]) if t.kind == PARTNER), "")
    partner = partner or (state.context.group if re.search(r"the (?:bloc|union)", state.text[: tag.start].lower()) else "")
    of_trade = "partner" in order.said or re.search(r"\btrad(?:e|ing)\b", state.text)
    if not partner or partner == "CHN" or (order["ordinal"] and not of_trade):
        return None
    spans = spans_of(state, Mention(i, tag, [], []))
    years = [Span("ytd", span.period) for span in spans if span.over in ("month", "ytd")]  # customs ranks the year to date
    facts = [(span, f"partner.{partner}.{order_of}_ytd") for span in years for order_of in ("rank", "place")]
    apposed = state.explicit and state.subject.partner == partner and APPOSED.search(state.text[: tag.start])
    if not apposed:
        state.subject = Subject("total", partner)
        state.explicit = True
    found = _counted(state, tag, facts, order.number, "rank")
    return found if found.readings else None
