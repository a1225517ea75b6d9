"""The months that a figure is about."""

from __future__ import annotations

import re

from customs_report.periods import shift
from customs_report.texts import lexicon as words
from customs_report.texts.context import State
from customs_report.texts.tags import BASE, SPAN, Mention, Tag
from customs_report.texts.times import Moment, Span

ALONE = re.compile(r"alone\b|.{0,2}(?:alone|by itself|on its own)\b")  # a month named in passing
COMPARED = re.compile(
    r"\b(?:on|as|than|from|over|against|with|to|below|above|under|of|versus|vs)"
    r"(?: (?:in|of|for|the|that|those|a|value|level|figure|total|same|point|stretch|period|months?|year))*$"
)
PAST = re.compile(r"[^,;.]{0,20}\bhad (?:been|brought|seen|risen|fallen|grown|stood|[a-z]+ed)\b")
PAST_BEFORE = re.compile(r"\bhad (?:already )?(?:been|[a-z]+ed|risen|fallen|grown)\b(?:[^,;.]|[,.](?=\d))*$")
OWNED = re.compile(r"[’']s (?:[a-z]+ )?$")  # "above April's 1.5%"
SHIFTED = re.compile(r"before|previous|prior|earlier|preceding")


def _beside(state: State, i: int, span: Span) -> bool:
    """ "Imports +36.0% vs 27.4% in May": the month before, which the second figure only is of."""
    before = [tag for tag in state.tags[:i] if tag.counts]
    month = Span("month", shift(state.context.newest, -1))
    return span == month and len(before) > 1 and not any(tag.kind == SPAN for tag in state.tags[:i])


def _of_other(state: State, tag: Tag) -> bool:
    """ "reversed October's fall": the month of another figure."""
    if not re.search(r"[’']s$", state.text[tag.start : tag.end]) or not any(
        t.counts for t in state.tags[: state.tags.index(tag)]
    ):
        return False
    following = next((t for t in state.tags if t.start >= tag.end), None)
    return bool(following and following.kind in (words.UP, words.DOWN))


def resolve(state: State, tag: Tag) -> Span | None:
    resolve, found = tag.value
    return resolve(found, Moment(state.context.newest, state.context.span)) if resolve else None


def note_span(state: State, i: int, tag: Tag) -> None:
    span = resolve(state, tag)
    if not span or is_base(state, tag, span):
        return
    before = state.left(i)
    aside = bool(state.outside) or bool(before and before[0].kind == words.FROM)
    aside = aside or state.text[: tag.start].endswith(("than ", "than in "))
    if aside and i + 1 < len(state.tags) and state.tags[i + 1].kind == words.TO:
        return
    shifted = SHIFTED.search(state.text[tag.start : tag.end])
    if aside or shifted:
        state.local, state.fronted = span, not aside
        return
    if re.search(r"\b(?:below|above)$", state.text[: tag.start].rstrip()):
        return
    figure = next((j for j in reversed(range(i)) if state.tags[j].counts), None)
    over = any(t.value == ";" for t in state.tags[figure or 0 : i])
    kinds = [t.kind for t in state.left(figure) if t.kind in (words.FROM, words.TO)] if figure is not None and not over else []
    if kinds[:1] == [words.FROM] and not state.idiom:
        return  # from 3% in October
    state.named = True
    state.local = None
    state.context.spans.append(span)
    past = PAST.match(state.text[tag.end :]) or PAST_BEFORE.search(state.text[: tag.start])
    if (
        "alone" in state.text[tag.start : tag.end]
        or ALONE.match(state.text[tag.end :])
        or past
        or _of_other(state, tag)
        or _beside(state, i, span)
    ):
        state.passing.append(span)


def note_base(state: State, i: int, tag: Tag) -> None:
    """ "A year earlier, exports had been 312 billion dollars"."""
    if (not i or state.tags[i - 1].kind == words.STOP) and re.match(r"(?:a|the|one|in the) ", state.text[tag.start :].lower()):
        state.local, state.fronted = year_before(state.context.span), True


def is_base(state: State, tag: Tag, span: Span) -> bool:
    """ "up on June 2024": the month a year before the one that is spoken of, or the year before its year."""
    last = state.context.span
    year = Span("ytd", f"{int(last.period[:4]) - 1}-12")
    return (span.period == shift(last.period, -12) or span == year) and bool(COMPARED.search(state.text[: tag.start].rstrip()))


def is_month_before(state: State, tag: Tag) -> bool:
    span = resolve(state, tag)
    return bool(span and span.over == "month" and span.period == shift(state.context.span.period, -1))


def year_before(span: Span) -> Span:
    return Span(span.over, shift(span.period, -12))


def spans_of(state: State, mention: Mention, forecast: bool = False) -> list[Span]:
    """The spans that a figure may be of, the likeliest first; none where it is of one that has no facts."""
    paired = next((tag for tag in state.pairs.get(mention.i, ()) if tag.kind == SPAN), None)
    if paired:
        return _with_facts([resolve(state, paired)])
    owner = mention.left[0] if mention.left else None
    if owner and owner.kind == SPAN and OWNED.search(state.text[: mention.tag.start]):
        return _with_facts([resolve(state, owner)])
    before = mention.tag
    for tag in mention.right:
        if tag.kind == SPAN and not (mention.is_rate and before.kind == words.FROM) and not _of_other(state, tag):
            span = resolve(state, tag)
            if span and span.period == shift(state.context.span.period, -12) and is_base(state, tag, span):
                return _with_facts([Span(span.over, state.context.span.period)])
            if span and not is_base(state, tag, span):
                return _with_facts([span])
        before = tag
    if state.local:
        return _with_facts([state.local])
    last = state.context.span
    earlier = bool(mention.left) and mention.left[0].kind == words.FROM and not forecast
    earlier = earlier and not re.search(r"\b(?:there|it|them|abroad)\b", state.between(mention.left[0], mention.tag))
    fro = earlier and re.match("from|after|following", state.text[mention.left[0].start :].lower())
    if fro and mention.is_rate and last.over == "month" and state.direction:
        return [year_before(last) if any(tag.kind == BASE for tag in mention.right) else Span("month", shift(last.period, -1))]
    if earlier and not mention.is_rate:
        if last.over != "month" or any(tag.kind == BASE for tag in mention.right):
            return [year_before(last)]
        return [year_before(last), Span("month", shift(last.period, -1))]
    if state.named:
        return _with_facts([last])
    newest = Span("month", state.context.newest)
    if not state.context.spans:
        return list(dict.fromkeys([newest, *state.context.ahead, Span("ytd", newest.period)]))
    return _with_facts([last, state.context.spans[0], *reversed(state.context.spans[-3:]), newest])


def _with_facts(spans: list[Span | None]) -> list[Span]:
    return [span for span in dict.fromkeys(spans) if span and span.over]
