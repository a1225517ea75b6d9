"""What the figures of a sentence are about.

A sentence becomes a row of tags. They are read from left to right: `subjects` and `spans` keep what is spoken of,
`figure_claims` and `rankings` say what each figure claims of it. What is not clear is left alone, with the reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from customs_report.tables import Tables
from customs_report.texts import lexicon as words
from customs_report.texts.context import Context, State, Subject
from customs_report.texts.documents import Sentence
from customs_report.texts.figure_claims import contribution, direction, edged, growth, is_forecast, level, points, share
from customs_report.texts.figures import BARE, FRACTION, MONEY, PERCENT, POINTS, QUANTITY, Figure
from customs_report.texts.rankings import order, record
from customs_report.texts.spans import is_month_before, note_base, note_span, spans_of
from customs_report.texts.statements import EXACT, Statement
from customs_report.texts.subjects import flow_of, note_subject, note_topic
from customs_report.texts.tags import BASE, GOOD, MONTHLY, ORDER, PARTNER, SPAN, Mention, Tag, tags
from customs_report.texts.times import Moment, Span

SUBJECTS = (words.US, words.FLOW, PARTNER, GOOD, words.CHINA, words.OTHER, words.OWN, words.MEASURE, words.PRONOUN)


class Reader:
    """Reads the sentences of a text one after the other, and keeps what they have in common."""

    def __init__(self, tables: Tables, newest: str) -> None:
        self.tables = tables
        self.context = Context(newest)

    def look_ahead(self, sentences: Sequence[Sentence]) -> None:
        """Note the spans that the text names: a headline often leaves out its own."""
        seen: list[Span] = []
        for sentence in sentences[:12]:
            for tag in tags(sentence.text, self.tables):
                if tag.kind == SPAN and tag.value[0]:
                    span = tag.value[0](tag.value[1], Moment(self.context.newest, Span("month", self.context.newest)))
                    if span and span.over:
                        seen.append(span)
        self.context.ahead = tuple(dict.fromkeys(seen))[:3]

    def read(self, sentence: Sentence) -> list[Statement]:
        """The statements of a sentence: one for each figure, but for days and years."""
        if sentence.paragraph != self.context.paragraph:
            self._open_paragraph(sentence)
        state = State(sentence.text, self.tables, self.context)
        note_topic(state)
        return list(_statements(state))

    def _open_paragraph(self, sentence: Sentence) -> None:
        """Forget what holds in a paragraph only; the months of an item of a list are not those of the next."""
        context = self.context
        context.currency = context.share_of = ""
        context.contributed = context.contributed if sentence.listed else ""
        context.paragraph, context.subject.foreign = sentence.paragraph, False
        outside = context.outside or Span("month", context.newest)
        if (context.listed or sentence.listed) and context.spans and context.span != outside:
            context.spans.append(outside)
        context.listed = sentence.listed


def _statements(state: State) -> Iterator[Statement]:
    """One pass over the tags of a sentence."""
    known, read = len(state.context.spans), 0
    for i in _order(state):
        tag = state.tags[i]
        found: Statement | None = None
        state.group += tag.kind in (SPAN, words.FLOW, PARTNER, GOOD)
        if tag.kind == words.STOP:
            _stop(state, tag)
        elif tag.kind == SPAN:
            note_span(state, i, tag)
        elif tag.kind == BASE:
            note_base(state, i, tag)
        elif tag.kind in SUBJECTS:
            note_subject(state, i, tag)
        elif tag.counts:
            mention = state.mention(i)
            figure = _figure(state, mention)
            doubt = _doubt(state, mention)
            if figure.about and doubt:
                figure = replace(figure, about="", why=f"it is not certain that it is {figure.about}")
            for reading in figure.readings[:1]:
                fact = (reading.span, reading.claim.test[0].fact)
                if fact in state.stated:
                    doubt = EXACT  # two figures of the same fact cannot both be right
                state.stated.add(fact)
            figure = replace(figure, doubt=doubt, is_open=_is_open(state), group=state.group, is_rate=mention.is_rate)
            yield figure
            read += bool(figure.readings or figure.about)
            state.last_kind = tag.value.kind
            state.fronted = False
            found = edged(state, mention)
        elif tag.kind == ORDER:
            found = order(state, i)
        elif tag.kind == words.RECORD:
            found = record(state, i)
        if found:
            yield found
    if not read and any(tag.counts for tag in state.tags):
        del state.context.spans[known:]  # the span of something else
    if len(state.context.spans) > known and not state.context.listed:
        state.context.outside = state.context.spans[known]
    _remember(state)


def _order(state: State) -> list[int]:
    """The tags in order of writing, but what a sentence is about before a figure in front: at $330bn, exports were ..."""
    order = list(range(len(state.tags)))
    first = next((i for i in order if state.tags[i].counts), None)
    if first is None or not FRONTED.search(state.text[: state.tags[first].start]):
        return order
    end = next((i for i in order[first + 1 :] if state.tags[i].counts or state.tags[i].value == ";"), len(order))
    about = [i for i in order[first + 1 : end] if state.tags[i].kind in (words.FLOW, PARTNER, GOOD)]
    verb = [i for i in order[first + 1 : end] if state.tags[i].kind in (words.UP, words.DOWN, words.FROM)]
    about = [i for i in about if not verb or i < verb[0]]
    return [*order[:first], *about, first, *(i for i in order[first + 1 :] if i not in about)]


FRONTED = re.compile(
    r"^(?:(?:after|following|having) (?:a |an )?(?:[a-z]+ )?(?:by )?)?(?:\W|only|just|but|and|so|at|from|with|up|down|by|plus"
    r"|minus|about|some|around|nearly|almost|a|an|an? total of|over|more than)*$",
    re.IGNORECASE,
)


def _stop(state: State, tag: Tag) -> None:
    if not state.fronted:
        state.local = None
    if tag.value == ";":
        state.forecast = False
    if state.text[tag.start] == "(":
        state.outside.append((replace(state.subject), state.explicit))
    elif state.text[tag.start] == ")" and state.outside:
        state.subject, state.explicit = state.outside.pop()


def _figure(state: State, mention: Mention) -> Statement:
    tag, left, right = mention.tag, mention.left, mention.right
    figure, subject = _of_figure(state, mention)

    def no(why: str) -> Statement:
        return Statement(tag.start, tag.end, why=why)

    def untestable(about: str, why: str = "no fact") -> Statement:
        return Statement(tag.start, tag.end, why=why, about=about)

    if figure.kind == PERCENT and state.share_of and (sharer := _next_sharer(state, mention, subject)):
        return share(state, mention, sharer)
    if figure.kind == PERCENT and re.match(r"as a (?:share|proportion|percentage) of ", state.text.lower()):
        return share(state, mention, subject)
    said_share = next((t for t in [*right[:1], *left] if t.kind == words.SHARE), None)
    if (figure.kind == PERCENT and said_share) or (figure.kind == FRACTION and said_share and said_share in right[:1]):
        return share(state, mention, subject)
    state.subject = replace(subject)
    if figure.kind in (POINTS, BARE) and (contributed := contribution(state, mention, figure)):
        return contributed
    if why := _unclear(state, mention, subject):
        return no(why)
    if figure.kind == POINTS:
        return points(state, mention, subject)
    if mention.i in state.unpaired:
        return no("it is not clear which figure is of what")
    adjusted = any(t.kind == words.ADJUSTED for t in state.tags)
    forecast = is_forecast(state, mention)
    if (state.own or any(t.kind == words.FUTURE for t in left)) and state.explicit and not forecast:
        return untestable("a forecast of its own", "a forecast")
    spans = spans_of(state, mention, forecast)
    if not spans:
        return no("the months are not clear")
    if mention.is_rate:
        sign = direction(state, mention)
        aside = state.direction and any(t.kind == words.FROM for t in left)  # after a fall of 1%
        state.direction = state.direction if aside else sign or 1
        fell_back = [t.kind for t in right[:2]] == [words.FROM, SPAN] and is_month_before(state, right[1])
        if adjusted or fell_back or _is_monthly(state, mention):
            return untestable("a change since the month before")
        if (
            not sign
            and not _is_bare_rate(state, mention)
            and (figure.kind == FRACTION or not any(t.kind in (BASE, words.FORECAST) for t in [*left, *right]))
        ):
            return no("a part of something")
        return growth(state, mention, figure, subject, spans, sign or 1, forecast)
    if adjusted:
        return untestable("a figure adjusted by others")
    by = left and left[0].kind in (words.UP, words.DOWN) and re.search(r"\bby(?: [a-z]+)?\s*$", state.text[: tag.start])
    if by or (
        re.match(r" (?:more|less|fewer|higher|lower|larger|smaller|bigger|above|below)\b", state.text[tag.end :])
        and not state.idiom
    ):
        return no("a change in money or tonnes")
    return level(state, mention, figure, subject, spans, forecast)


def _of_figure(state: State, mention: Mention) -> tuple[Figure, Subject]:
    """The subject of a figure, with what stands right behind it: 5m tonnes of steel, 5% in exports, 5% to the EU."""
    tag, right = mention.tag, mention.right
    figure: Figure = tag.value
    subject = replace(state.subject)
    for paired in state.pairs.get(mention.i, ()):
        if paired.kind == words.FLOW:
            subject.flow = paired.value
        elif paired.kind == PARTNER:
            subject.partner, subject.other = paired.value.code, ""
        elif paired.kind == GOOD:
            subject.good, subject.other = paired.value, ""
    of = right[0] if right and right[0].kind == GOOD and re.fullmatch(r" (?:of )?", state.between(tag, right[0])) else None
    if of and figure.kind in (QUANTITY, BARE, MONEY):
        flow = flow_of(state, of.value, subject.flow)
        subject = Subject(flow, subject.partner if state.explicit else "", of.value, subject.foreign, subject.other)
        state.explicit = True
        if figure.kind == BARE:
            figure = replace(figure, kind=QUANTITY, unit="units")
    flow_behind = next((t for t in right if t.kind == words.FLOW), None)
    if (
        flow_behind
        and not any(t.kind == words.FLOW for t in mention.left)
        and BEHIND.search(state.text[tag.end : flow_behind.start].lower())
    ):
        beside = (
            t for t in right if t.kind == GOOD and min(abs(t.start - flow_behind.end), abs(flow_behind.start - t.end)) == 1
        )
        good = next((t.value for t in beside), None)  # on crude oil imports, on imported chips
        moved, spoken_of = MOVED.fullmatch(state.text[flow_behind.start : flow_behind.end]), subject.good
        if not good and moved and spoken_of and spoken_of.lines(flow_behind.value):
            good = spoken_of  # 987,588 vehicles left the country, of cars
        subject = Subject(flow_behind.value, "", good, foreign=subject.foreign)
        state.explicit = True
    done = next((t for t in right if t.kind == words.FLOW and PASSIVE.search(state.text[tag.end : t.end])), None)
    goods = re.search(r"\b(?:goods|products) (?:worth|valued at) $", state.text[: tag.start].lower())
    if done and (subject.good or goods) and not any(t.kind == words.FLOW for t in state.tags[: mention.i]):
        subject = replace(subject, flow=done.value, other="")
        state.explicit = True
    partners = (t for t in right if t.kind == PARTNER and WITH.search(state.text[tag.end : t.start].rstrip()))
    said = any(t.kind == PARTNER for t in mention.left)
    if (partner := next(partners, None)) and subject.flow and not (said and subject.partner) and not subject.other:
        subject.partner = partner.value.code
    return figure, subject


def _next_sharer(state: State, mention: Mention, subject: Subject) -> Subject | None:
    """Whose share follows another: ASEAN accounts for 17% of it, the EU (12.6%) for less; up from 11% a year before."""
    tag, left, right = mention.tag, mention.left, mention.right
    before = next((t for t in reversed(state.tags[: mention.i]) if t.value != ";"), None)
    grew = any(t.kind in (words.UP, words.DOWN) for t in state.tags[: mention.i])
    if before and before.kind == PARTNER:
        beside = state.between(before, tag)
        if (state.shared and beside in (" for ", " with ", " at ", " ")) or (beside == " (" and not grew):
            return Subject("total", before.value.code)
    elif state.shared and left and left[0].kind == words.FROM and right and right[0].kind in (BASE, SPAN):
        return subject
    return None


def _is_bare_rate(state: State, mention: Mention) -> bool:
    """ "Nov. exports 5.9%"."""
    flow = mention.left[0] if mention.left and mention.left[0].kind == words.FLOW else None
    ends = not mention.right and not re.match(r",|\w", state.text[mention.tag.end :].strip())
    return bool(flow and ends and state.between(flow, mention.tag) in (" ", ": ") and mention.tag.value.kind == PERCENT)


MOVED = re.compile(
    r"(?:left|leaving|leave) (?:the country|china)|went (?:out|abroad|overseas)|out the door|arrived|landed"
    r"|shipped|exported|imported",
    re.IGNORECASE,
)
BEHIND = re.compile(
    r"^ $|\b(?:in|for|on|from|worth of)(?: its| their| china's)?(?:(?<=on) [a-z]+(?: [a-z]+)?)?\s*$"
)  # a $103bn surplus, 5% in exports
TAKES = re.compile(r"\b(?:takes?|took|absorbs?|absorbed|holds?)(?: still| only| just| about| some)* $")


def _is_monthly(state: State, mention: Mention) -> bool:
    """Is a rate of change since the month before, by its own clause or by the head of its list: "m/m: exports +1.6%, ..."?"""
    heads = (t for t in state.tags[: mention.i] if t.kind == MONTHLY)
    listed = any(LIST.fullmatch(state.text[t.end : mention.tag.start]) for t in heads)
    return listed or any(t.kind == MONTHLY for t in [*mention.left, *mention.right])


LIST = re.compile(r"[ \w]{0,20}:(?:[^;.]|\.(?=\d))*")
PASSIVE = re.compile(r"^ (?:[a-z]+ )?(?:were|was|have been|had been) (?:exported|imported|shipped|sold|bought)$")
WITH = re.compile(r"\b(?:to|from|with)(?: the)?$")


def _unclear(state: State, mention: Mention, subject: Subject) -> str:
    """Why it cannot be said what a figure is about; empty if it can."""
    tag, right = mention.tag, mention.right
    taken = TAKES.search(state.text[: tag.start]) and not (right and right[0].kind in (words.UP, words.DOWN))
    if mention.is_rate and (taken or re.match(r" of (?!a per ?cent)", state.text[tag.end :])):
        return "a part of something"
    if subject.foreign:
        return "another country’s statistics"
    if subject.other:
        return f"about something else: {subject.other}"
    if right and right[0].kind == words.OTHER and not state.between(tag, right[0]).strip(" a"):
        return f"about something else: {state.text[right[0].start : right[0].end]}"
    if not subject.flow:
        return "no exports, imports or balance named"
    return ""


def _doubt(state: State, mention: Mention) -> int:
    """How many digits have to be right: none where the sentence names all that the figure is about, in words that are known."""
    before = state.tags[: mention.i]
    start = max([t.end for t in before if t.kind in (words.FLOW, PARTNER, GOOD) or t.value == ";"], default=0)
    unknown = [word for word in state.unknown(start, mention.tag.start) if not word.endswith("ed")]  # a verb narrows nothing
    end = min([t.start for t in state.tags[mention.i + 1 :] if t.kind == words.STOP or t.counts], default=len(state.text))
    for narrowed in NARROWED.finditer(state.text, mention.tag.end, end):
        unknown += state.unknown(*narrowed.span())
    said_before = any(t.counts and t.value.kind == MONEY for t in before) and not state.subject.good
    if mention.tag.value.kind == BARE and not (said_before or (mention.right and mention.right[0].kind == GOOD)):
        return EXACT  # what it counts is not said
    if state.explicit:
        return 2 if unknown else 0
    pronoun = any(t.kind == words.PRONOUN for t in before)
    one = len({t.value for t in state.context.tags if t.kind == words.FLOW}) == 1
    return EXACT if unknown else 0 if pronoun and one else 2


def _is_open(state: State) -> bool:
    """Has the text a partner, and the sentence none of its own?"""
    named = any(tag.kind == PARTNER for tag in state.tags)
    return not named and bool(state.context.subject.partner or state.context.partner) and not state.subject.good


NARROWED = re.compile(r"(?<!because )\b(?:in|for|of|to|from|by|at|among|via|through)(?: the| its| their)? [A-Za-z][\w’'-]*")


def _remember(state: State) -> None:
    context = state.context
    context.tags = state.tags
    context.subject = replace(state.subject, other="")
    for span in state.passing:
        if span in context.spans[1:]:
            context.spans.reverse()
            context.spans.remove(span)
            context.spans.reverse()
    context.share_of = state.share_of
    if state.currencies:
        context.currency = state.currency
    units = [
        tag.value.unit for tag in state.tags if tag.counts and tag.value.kind == MONEY and tag.value.unit in ("USD", "CNY")
    ]
    context.unit = units[-1] if units else context.unit
