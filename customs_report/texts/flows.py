"""Exports, imports, balance or total: which flow a sentence names, and who sells or buys."""

from __future__ import annotations

import re

from customs_report.texts import lexicon as words
from customs_report.texts.context import State, Subject
from customs_report.texts.names import Good
from customs_report.texts.tags import GOOD, PARTNER, Tag

SERVED = re.compile(r"\b(?:was|were|is|are|has been|have been|being)\s*$")  # Europe was sold ...
DEMONYM = re.compile(r"\b(?!Chinese)[A-Z][a-z]+(?:ish|ian|ean|ese|can|eli|ani|aqi|tch)\s*$")
VERB = re.compile(
    r"sold|bought|exported|imported|shipped|took in|landed|pulled in|hauled in|snapped up"
)  # who does it stands before
LEFT = re.compile(r"left|leav|went")
SELLS_MORE = re.compile(
    r"(?:s[eo]ll?d?s?|export(?:s|ed)?|ship(?:s|ped)?)"
    r" .{0,60}\bmore\b.{0,40}\bthan (?:it |they )?(?:bought|buys|import(?:s|ed))\b"
    r"|exports (?:were|are|was) [^,;]{0,40}(?:more|larger|higher|bigger|greater) than imports"
)
AT_HOME = re.compile(r"[^,;.]{0,40} (?:in|within|inside) (?:mainland )?China\b")
WHOLE = re.compile(r"\b(?:[Tt]otal|[Oo]verall|[Aa]ll|[Cc]hina['’]s|[Cc]hinese|country['’]s)\s*$")  # not of the headline's good
BACK = re.compile(r" (?:there|(?:to|from|with) (?:it|them|there|the country|that country))\b")


def note_flow(state: State, i: int, tag: Tag) -> None:
    previous = state.tags[i - 1] if i else None
    between = state.between(previous, tag) if previous else ""
    if previous and previous.kind == words.FLOW and between.strip() in ("in", "of", "on"):
        return  # a surplus in trade
    joined = i > 1 and state.tags[i - 2].kind == words.FLOW and state.between(state.tags[i - 2], tag) == " and "
    if joined and not state.pairs:
        state.subject.flow = "total"  # imports and exports rose
        return
    said = state.text[tag.start : tag.end].lower()
    good = previous.value if previous and previous.kind == GOOD and not between.strip(" -") else None
    passive = re.search(r"\b(?:were|was|been)(?: [a-z]+)? $", state.text[: tag.start])
    if (LEFT.match(said) or passive) and state.explicit and state.subject.good and not good:
        good = state.subject.good  # rare earths, scarce as they are, left the country
    if tag.value == "exports" and SELLS_MORE.match(state.text[tag.start :]):
        state.subject = Subject(
            "balance", "" if re.match(r"\w+ the world|\w+ [^A-Z]|exports ", state.text[tag.start :]) else "?"
        )
        state.subject.other = "a partner’s balance" if state.subject.partner else ""
        state.explicit, state.idiom = True, True
    elif VERB.fullmatch(said):
        _note_verb(state, i, tag, good)
    else:
        _note_noun(state, i, tag, good)


def _note_verb(state: State, i: int, tag: Tag, good: Good | None) -> None:
    """ "China sold ...", or of a partner "Germany sold China ..."."""
    if state.idiom:
        return
    previous = state.tags[i - 1] if i else None
    after_stop = bool(previous and previous.kind == words.STOP)
    if previous and previous.kind == PARTNER and SERVED.search(state.between(previous, tag)):
        state.subject = Subject(tag.value, previous.value.code)
        state.explicit = True
        return
    if actor := _actor(state, i) or (state.subject.actor if after_stop else ""):
        flow = "imports" if tag.value == "exports" else "exports"
        china = any(t.kind == words.CHINA for t in state.after(i))
        before = state.context.subject  # what the text has spoken of: of what China sells, or of its partners
        known = actor in (state.subject.partner, state.subject.actor) or (
            before.flow == flow and (flow == "exports" or bool(before.partner))
        )
        foreign = not (china or state.yuan) and (state.subject.foreign or not known)
        state.subject = Subject(tag.value, foreign=True) if foreign else Subject(flow, actor, actor=actor)
        state.explicit = True
        return
    if not good and (doer := doer_before(state, i)):
        state.subject = Subject(tag.value, other=doer)
        return
    unsaid = ""
    if re.match(r"(?:[^,;.]|[,.](?=\d)){0,40}\b(?:them|these|those)\b", state.text[tag.end :]):
        good = state.subject.good or state.context.good
        unsaid = "" if good else "it is not clear what “them” is"
    partner = state.subject.partner if after_stop and state.explicit else ""
    _name_flow(state, i, tag, good, partner, unsaid)


def _actor(state: State, i: int) -> str:
    """The partner that sells or buys: named last before the verb, and not behind "to" or "from"."""
    for tag in reversed(state.tags[:i]):
        if tag.value == ";" or tag.kind in (words.CHINA, words.PRONOUN):
            break
        if tag.kind == PARTNER and not re.search(
            r"\b(?:to|from|with|in|by|of|than)(?: the)?$", state.text[: tag.start].rstrip()
        ):
            beside = state.text[tag.end : state.tags[i].start].partition(",")[0]  # German carmakers are not Germany
            return "" if state.unknown(tag.end, tag.end + len(beside)) else str(tag.value.code)
    return ""


def _note_noun(state: State, i: int, tag: Tag, good: Good | None) -> None:
    """ "Exports to ...", "Germany's exports", "steel imports"."""
    previous, said = state.tags[i - 1] if i else None, state.text[tag.start : tag.end].lower()
    between = state.between(previous, tag) if previous else ""
    joint = previous and previous.kind == PARTNER and _is_joint(state, previous, between)
    demonym = DEMONYM.search(state.text[: tag.start])  # of a country that is no partner by this word: Turkish exports
    owned = not joint and previous and previous.kind == PARTNER and re.fullmatch(r"(?:'s|’s|'|’)?(?: [a-z]+){0,1} ?", between)
    to_china = [t.kind for t in state.tags[i + 1 : i + 3]] == [words.TO, words.CHINA]
    foreign = demonym and not joint and not (previous and previous.end > demonym.start())
    if owned and previous and "deficit" in said and state.yuan and re.match(r" with China\b", state.text[tag.end :]):
        state.subject, state.explicit = Subject("balance", previous.value.code), True  # Africa's deficit, China's surplus
        return
    if owned or to_china or foreign:
        state.subject = Subject(tag.value, foreign=True)
        state.explicit = True
        return
    if said in ("arrivals", "purchases", "shipments", "deliveries") and not good and not state.explicit and state.subject.good:
        good = state.subject.good if state.subject.good.lines(tag.value) else None
    first = state.tags[0]
    topic = first.kind == GOOD and re.search(": $", state.text[first.end : tag.start]) and not state.left(i)
    if not good and topic:
        good = first.value  # "Cars: exports of ...", "Cars had a good month: exports of ..."
    ranked = state.explicit and state.subject.flow == "total" == tag.value  # the largest partner, with trade of ...
    partner = state.subject.partner if ranked else state.context.partner if "bilateral" in said or joint else ""
    at_home = AT_HOME.match(state.text[tag.end :])
    _name_flow(state, i, tag, good, partner, "sales in China" if at_home else qualified(state, i, good))
    if "deficit" in said:
        state.subject.deficit = True
        state.subject.other = "" if state.subject.partner or china_before(state, i) else "a deficit"


def _is_joint(state: State, partner: Tag, between: str) -> bool:
    """ "China-Russia trade", "US-bound shipments"."""
    return between == "-bound " or (
        between in (" ", "-China ") and bool(between != " " or re.search(r"(?:China|Sino)-$", state.text[: partner.start]))
    )


def _name_flow(state: State, i: int, tag: Tag, good: Good | None, partner: str, other: str) -> None:
    previous = state.tags[i - 1] if i else None
    if not good and not partner and not WHOLE.search(state.text[: tag.start]):
        good = state.context.topic if state.context.topic and state.context.topic.lines(tag.value) else None
    their_own = bool(previous and previous.kind == words.PRONOUN and state.subject.foreign)
    foreign = state.subject.foreign and (their_own or not china_before(state, i))
    if BACK.match(state.text[tag.end :]):
        partner = state.subject.partner or state.context.partner
    state.subject = Subject(tag.value, fronted(state, i) or partner, good, foreign, other)
    state.explicit = True


def qualified(state: State, i: int, good: Good | None) -> str:
    """What a flow is narrowed to that has no name here: garlic exports, exports of magnets, imports by Guangdong."""
    tag = state.tags[i]
    if i and state.tags[i - 1].kind == words.OTHER and not state.between(state.tags[i - 1], tag).strip(" '’s"):
        return state.text[state.tags[i - 1].start : state.tags[i - 1].end]
    before = re.search(r"([A-Za-z][\w'’-]*) $", state.text[: tag.start])
    if before and not good and state.unknown(before.start(), tag.start):
        return before[1]
    after = re.match(
        r" (?:of|to|from|by|through|via|into) (?:the |its |other |some )?([A-Za-z][\w'’-]*)", state.text[tag.end :]
    )
    if after and (unknown := state.unknown(tag.end, tag.end + after.end())):
        return " ".join(unknown)
    return ""


def doer_before(state: State, i: int) -> str:
    """Who sells or buys, if it is not the country: steelmakers, the largest maker."""
    start = max([t.end for t in state.tags[:i] if t.kind == words.STOP], default=0)
    other = next((t for t in state.tags[:i] if t.kind == words.OTHER and t.start >= start), None)
    if other:
        return state.text[other.start : other.end]
    country = [t for t in state.tags[:i] if t.kind in (words.CHINA, words.PRONOUN) and t.start >= start]
    if any(not state.text[: t.start].endswith(" in ") for t in country):
        return ""
    return " ".join(state.unknown(start, state.tags[i].start))


def china_before(state: State, i: int) -> bool:
    return any(t.kind == words.CHINA for t in state.tags[:i])


def fronted(state: State, i: int) -> str:
    """From Taiwan, China bought ...: the partner named before the flow."""
    for j, tag in enumerate(state.tags[:i]):
        if tag.kind == PARTNER and j and state.tags[j - 1].kind in (words.FROM, words.TO) and state.tags[j - 1].start == 0:
            return tag.value.code
    return ""
