"""What a sentence is about: whose trade, with whom, in what good."""

from __future__ import annotations

import re

from customs_report.texts import lexicon as words
from customs_report.texts.context import State, Subject
from customs_report.texts.flows import note_flow
from customs_report.texts.names import Good
from customs_report.texts.tags import FIGURE, GOOD, ORDER, PARTNER, SPAN, Tag

# of countries, the one named last
GROUPS = ("the bloc", "the union", "the region", "the continent", "the group", "the grouping")
HERE = re.compile(r"\b(?:to|from|with|against|sold|sells|sell) (?:the )?$")
PARTLY = re.compile(
    r"\b(?:most|much|half|some|part|many|largely|mainly|mostly|chiefly|notably|especially|particularly)"
    r"(?: of (?:it|them|which|that))? (?:from|to)(?: the)?$"
)  # "iron ore, most of it from Australia"
ACTS = re.compile(
    r" (?:[a-z]+ ){0,3}(?:(?P<bought>bought|imported|took|purchased|received|absorbed)"
    r"|sold|exported|supplied|shipped|delivered)\b"
)


TOWARDS = re.compile(r"\b(?:to|from|with)(?: the)?$", re.IGNORECASE)
APPOSED = re.compile(r"(?:,| \()[ (]?(?:up|down|plus|minus|[+\-−]|almost|nearly|about)? ?[\d$]")  # the EU, up 9.8%


def subject_is_home(state: State, tag: Tag) -> bool:
    """Has the sentence named China's partner by another preposition, so that this name is no further one?"""
    return bool(re.search(r"\b(?:in|by|for|than|like|of)(?: the)?$", state.text[: tag.start].rstrip()))


def note_subject(state: State, i: int, tag: Tag) -> None:
    subject = state.subject
    previous = state.tags[i - 1] if i else None
    if tag.kind == words.CHINA:
        if not (previous and previous.kind in (words.TO, words.FROM, words.WITH) and not state.between(previous, tag).strip()):
            subject.foreign = False
    elif tag.kind == words.OTHER:
        subject.other = state.text[tag.start : tag.end]
    elif tag.kind == words.OWN and (other := words.OF_SOMETHING_ELSE.search(state.text, tag.start, tag.end)):
        subject.other = other[0]  # our GDP forecast
    elif tag.kind == words.MEASURE:
        subject.measure = tag.value
    elif tag.kind == words.FLOW:
        note_flow(state, i, tag)
    elif tag.kind == PARTNER:
        note_partner(state, i, tag)
        state.context.partner = tag.value.code
    elif tag.kind == words.US and HERE.search(state.text[: tag.start]):
        _note_home(state)
    elif tag.kind == GOOD:
        note_good(state, i, tag)
        state.context.good = tag.value
    elif tag.kind == words.PRONOUN and state.text[tag.start : tag.end].lower() in GROUPS and state.context.group:
        subject.partner = state.context.group


SPEAKING = re.compile(
    r"(?:\d{1,2}/ )?(?:(?:and |now,? )?(?:speaking of|as for|on to|turning to|what about|next,?|over to)(?: the)?|and) "
)
HEADLINE = re.compile(r"[A-Za-z][A-Za-z ,&'’-]{2,40}")


def note_topic(state: State) -> None:
    """What a headline, or a label in front of a paragraph, says that the sentences below it are about."""
    context = state.context
    goods = [tag for tag in state.tags if tag.kind == GOOD]
    if HEADLINE.fullmatch(state.text) and len(state.text.split()) <= 4:
        alone = len(goods) == 1 and not state.unknown(0, len(state.text)) and {tag.kind for tag in state.tags} == {GOOD}
        context.topic, context.labelled = (goods[0].value if alone else None), -1
        if context.topic:
            context.subject = Subject(_only_flow(context.topic), "", context.topic)
        return
    if context.labelled not in (-1, context.paragraph):
        context.topic, context.labelled = None, -1
    spoken_of = (
        len(goods) == 1 and SPEAKING.fullmatch(state.text[: goods[0].start].lower()) and goods[0].end + 2 > len(state.text)
    )
    if spoken_of or (goods and goods[0].start == 0 and state.text[goods[0].end : goods[0].end + 1] == ":"):
        context.topic, context.labelled = goods[0].value, context.paragraph


def _only_flow(good: Good) -> str:
    """The one flow in which there is such a good; empty where it is in both."""
    return "" if good.exports and good.imports else "exports" if good.exports else "imports"


def _note_home(state: State) -> None:
    """ "From us", "with this country": the country that the text has spoken of."""
    if state.context.partner:
        state.subject.partner, state.explicit = state.context.partner, True
    else:
        state.subject.other = "it is not clear which country the text speaks for"


def _partner_acts(state: State, i: int, tag: Tag) -> bool:
    """ "Japan took 6.3% more", "Germany supplied China with goods": is the partner the one that buys or sells?"""
    verb = ACTS.match(state.text[tag.end : tag.end + 40])
    if not verb:
        return False
    bought, code = bool(verb["bought"]), tag.value.code
    flow = "exports" if bought else "imports"  # what it buys, China exports
    carried = state.subject.flow == flow and not state.subject.good and (bought or state.subject.partner)
    if carried or state.yuan or any(t.kind == words.CHINA for t in state.after(i)):
        state.subject = Subject(flow, code, actor=code)
    elif state.subject.good and not bought:
        state.subject.partner = code
    else:
        state.subject = Subject(foreign=True)
    state.explicit = True
    return True


def note_partner(state: State, i: int, tag: Tag) -> None:
    code = tag.value.code
    previous = state.tags[i - 1] if i else None
    before = state.text[: tag.start].rstrip()
    if code in ("EU27", "ASEAN", "AFRICA", "LATAM"):
        state.context.group = code
    if code == "CHN" or PARTLY.search(before):
        return
    if re.search(r"\b(?:in|by|across|within)(?: the)?$", before):
        state.subject.other = f"in {state.text[tag.start : tag.end]}"
        return
    after = state.text[tag.end : tag.end + 40]
    following = state.tags[i + 1] if i + 1 < len(state.tags) else None
    moved = (
        following
        and following.kind in (words.UP, words.DOWN)
        and re.fullmatch(r"(?:'s|’s|'|’) ", state.between(tag, following))
    )
    if moved and state.subject.partner:  # exports to Japan fell, Korea's rose
        state.subject.partner, state.explicit = code, True
        return
    towards = TOWARDS.search(before)
    if re.match(r"(?:'s|’s)", after) or (re.match(r", which", after) and not towards):
        state.subject = Subject(state.subject.flow, foreign=True)
        state.explicit = True
        return
    if previous and previous.kind == PARTNER and previous.value.code != code:
        state.subject.other = "several partners"
        return
    to, fro = (
        re.search(r"\b(?:[Tt]o|(?:bound|destined|headed) for)(?: the)?$", before),
        re.search(r"\b[Ff]rom(?: the)?$", before),
    )
    if state.subject.foreign:
        return
    if not to and not fro and not re.search(r"\b(?:with|sold|sells|worth)(?: the)?$", before) and _partner_acts(state, i, tag):
        return
    if to and not state.explicit:
        state.subject.flow = "exports"
    if fro and not state.explicit:
        state.subject.flow = "imports"
    if not state.subject.flow:
        return
    if (to and state.subject.flow == "imports") or (fro and state.subject.flow == "exports"):
        state.subject.other = "another direction of trade"
        return
    if not to and not fro and not re.search(r"\b(?:with|sold|sells|worth)(?: the)?$", before):
        trade = re.match(r"[^,;]{0,40},? with (?:total )?trade of", after)
        if trade or (i + 1 < len(state.tags) and state.tags[i + 1].kind == ORDER):
            state.subject = Subject("total", code)
            state.explicit = True
            return
        apposed = APPOSED.match(after) and not subject_is_home(state, tag)
        opens = apposed or not state.unknown(previous.end if previous and previous.kind == words.STOP else 0, tag.start)
        if not (state.subject.partner or opens) or (previous and previous.kind != words.STOP and not opens):
            state.subject.other = f"{state.text[tag.start : tag.end]} in another role"
            return
    state.subject.partner, state.subject.good = code, state.subject.good if state.explicit else None
    state.subject.other = ""
    state.explicit = True


def note_good(state: State, i: int, tag: Tag) -> None:
    previous = state.tags[i - 1] if i else None
    following = state.tags[i + 1] if i + 1 < len(state.tags) else None
    before = state.text[: tag.start].rstrip().lower()
    good: Good = tag.value
    named = previous and previous.kind == words.FLOW and state.between(previous, tag) == " "  # for imported chips
    if (
        not named
        and re.search(r"\b(?:by|for|to|like|including|as|in|on|with|than)(?: [a-z]+)?$", before)
        and not before.endswith("by number of")
    ):
        return
    if following and following.kind == words.FLOW and not state.between(tag, following).strip(" -"):
        return
    if previous and previous.kind == words.FLOW and re.fullmatch(r" (?:of )?(?:[a-z]+ )?", state.between(previous, tag)):
        state.subject.good = good
        further = re.match(r" ([a-z][\w-]*)", state.text[tag.end :])  # rare earth magnets
        narrower = " ".join(state.unknown(tag.end, tag.end + further.end())) if further else ""
        state.subject.other = state.subject.other or narrower
        return
    if (previous and previous.counts) or before.endswith(" of"):
        return
    opens = not previous or previous.kind in (words.STOP, SPAN, FIGURE, words.MEASURE, words.PRONOUN)
    start = max(previous.end if previous else 0, *(m.end() for m in re.finditer(r"^|[:\"“]", state.text[: tag.start])))
    if opens and not state.unknown(start, tag.start):
        flow = state.subject.flow
        if not good.lines(flow):
            flow = "exports" if good.exports and not good.imports else "imports" if good.imports and not good.exports else ""
        elif not state.explicit and bool(good.exports) != bool(good.imports):
            flow = "exports" if good.exports else "imports"
        state.subject = Subject(flow, "", good, state.subject.foreign)
        state.explicit = True


def flow_of(state: State, good: Good, flow: str) -> str:
    """The flow of a good behind an amount: as the sentence says, the one in force, or the only one there is."""
    if state.explicit and good.lines(flow):
        return flow
    if re.search(r"leaving the country|abroad|overseas", state.text):
        return "exports"
    if re.search(r"into (?:Chinese ports|China|the country)", state.text):
        return "imports"
    return flow if good.lines(flow) else _only_flow(good)
