"""What else a figure could be about: where words of its own clause do not say the flow, the partner, the good or the months.

A figure that is contradicted by its likeliest reading, and right by another one, is more often misread than wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from customs_report.texts import lexicon as words
from customs_report.texts.context import State, Subject
from customs_report.texts.spans import resolve
from customs_report.texts.tags import GOOD, PARTNER, SPAN, Mention
from customs_report.texts.times import Span

UP_TO = re.compile(r"\b(?:to|through|until|till|by|since|ending|ended)(?: the end of)? $")  # November ends a longer span


def other_subjects(state: State, mention: Mention, subject: Subject) -> Iterator[tuple[Subject, Span]]:
    """Each subject and span that the text has named and that this figure may be about, too."""
    beside = {tag.kind for tag in [*mention.left, *mention.right]}
    partners, goods, spans = [subject.partner], [subject.good], _spans(state)
    named = (tag.value for tag in state.tags if tag.kind == words.FLOW)
    flows = [subject.flow]
    if words.FLOW not in beside or not subject.flow:
        flows += ["exports", "imports", state.context.subject.flow, *named]
    if PARTNER not in beside:
        partners += [
            "",
            state.context.subject.partner,
            state.context.partner,
            state.context.group,
            *(tag.value.code for tag in state.tags if tag.kind == PARTNER),
        ]
    if GOOD not in beside:
        goods += [None, state.context.subject.good, *(tag.value for tag in state.tags if tag.kind == GOOD)]
    for flow, partner, good, span in product(
        dict.fromkeys(flows), dict.fromkeys(partners), dict.fromkeys(goods), dict.fromkeys(spans)
    ):
        if flow and not (partner and good):
            yield replace(subject, flow=flow, partner=partner, good=good), span


def _spans(state: State) -> list[Span]:
    """The spans that the sentence names; if it names none, those that the text does, and the month before it appeared."""
    tags = [tag for tag in state.tags if tag.kind == SPAN]
    named = [resolve(state, tag) for tag in tags]
    newest = Span("month", state.context.newest)
    known = named if any(named) else [*state.context.spans, *state.context.ahead, newest]
    spans = [span for span in dict.fromkeys(known) if span and span.over]
    if any(UP_TO.search(state.text[: tag.start]) for tag in tags):
        spans += [Span("ytd", span.period) for span in spans]
    return spans
