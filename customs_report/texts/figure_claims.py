"""What a figure claims: an amount, a growth rate, a share, a difference in percentage points."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from customs_report.claims import Claim, Condition
from customs_report.periods import shift
from customs_report.texts import lexicon as words
from customs_report.texts.alternatives import other_subjects
from customs_report.texts.context import State, Subject
from customs_report.texts.figures import BARE, FRACTION, MONEY, PERCENT, QUANTITY, UNIT_VALUE, Figure
from customs_report.texts.names import Partner
from customs_report.texts.spans import resolve, spans_of, year_before
from customs_report.texts.statements import SINGULAR, Reading, Statement, facts_of, printed_claim, statement
from customs_report.texts.tags import BASE, FIGURE, GOOD, PARTNER, SPAN, Mention, Tag
from customs_report.texts.times import Span

SMALLEST = 100_000  # an amount of money below it is a price
PACED = re.compile(
    r"\b(?:accelerated|quickened|slowed|cooled|moderated|decelerated|sped up|eased)(?: [a-z]+ly| down)? to [^,;]{0,12}$"
)
WEIGHED = re.compile(r"\b(?:in tonnes|by (?:weight|tonnage))\b")
NUMBERED = re.compile(r"\bnumber(?:ed|ing) $")
WHOLE = re.compile("export|sell|sold|ship|import|buy|bought|trade", re.IGNORECASE)  # what a share is of
SIGNS = {words.UP: 1, words.DOWN: -1, words.FLAT: 1}
PRICED = re.compile(r" (?:cheaper|dearer|pricier|costlier)\b")
CONTRIBUTED = re.compile(
    r"\b(?:contribut(?:ed|es|ing)|add(?:ed|s|ing)|account(?:ed|s|ing) for|another"
    r"|(?P<less>shav(?:ed|es|ing)|subtract(?:ed|s|ing)|(?:took|takes|taking) (?:away|off)))\b[^,;]{0,20}$"
)
GROWTH_OF = re.compile(
    r" (?:to|from|off) (?:the )?(?:growth (?:of|in) )?(?:overall |total |all )?(?P<flow>export|import)s?(?: growth)?\b"
)
OF_HEADLINE = re.compile(
    r" (?:to|of|from|off) (?:the|that|its)\b[^,;.]{0,10} (?:headline|total|increase|rise|growth|gain|figure)\b"
)
CAME_FROM = re.compile(r" (?:came|stemmed|derived) from(?: the)? $")


def growth(
    state: State, mention: Mention, figure: Figure, subject: Subject, spans: Sequence[Span], sign: int, forecast: bool
) -> Statement:
    tag, right, left = mention.tag, mention.right, mention.left
    if reason := _untestable(tag, subject):
        return reason
    measure = next((t.value for t in [*right, *left] if t.kind == words.MEASURE), "") or subject.measure
    if PRICED.match(state.text[tag.end :]):
        measure = "unit_value"
    if measure == "unit_value" and not subject.good:
        return Statement(tag.start, tag.end, why="a price of no good that is named")
    currency = _currency(state, mention) or "{currency}"
    carried = state.context.level if subject.good == state.context.subject.good else ""
    said = measure or _measure_beside(state, mention) or ("value" if state.currency else carried)
    measures = [said] if said else ["value", "quantity"]
    if currency in state.currencies[:1] and re.match(r",? or \S+ (?:per cent )?in ", state.text[tag.end :]):
        currency = {"usd": "cny", "cny": "usd"}[currency]  # 5.5%, or 6.1% in yuan
    if forecast:
        return _forecast(state, tag, figure, subject, spans, sign, "usd", "_yoy")
    return _readings(state, mention, figure, subject, spans, measures, currency, sign, "_yoy")


def level(state: State, mention: Mention, figure: Figure, subject: Subject, spans: Sequence[Span], forecast: bool) -> Statement:
    tag = mention.tag

    def no(why: str) -> Statement:
        return Statement(tag.start, tag.end, why=why)

    if figure.kind == BARE:
        numbered = "units" in state.text or NUMBERED.search(state.text[: tag.start])
        counted = subject.good and state.explicit and figure.printed >= 1000 and numbered
        weighed = subject.good and state.explicit and figure.printed >= 1000 and WEIGHED.search(state.text)
        unit = _unit_before(state, tag) if figure.scale else "units" if counted else "tonnes" if weighed else ""
        if not unit:
            return no("a number without a unit")
        figure = replace(figure, kind=QUANTITY if unit in ("tonnes", "units") else MONEY, unit=unit)
    if figure.kind == UNIT_VALUE:
        if not subject.good:
            return no("a price of no good that is named")
        measure, unit, figure = "unit_value", "", replace(figure, unit="")
    elif figure.kind == MONEY:
        if not figure.unit:
            return no("¥ may be yuan or yen")
        if figure.unit not in ("USD", "CNY"):
            return Statement(tag.start, tag.end, about="another currency", why="customs publishes yuan and dollars only")
        measure, unit = "value", figure.unit
        if subject.measure == "unit_value":
            if not state.explicit and not (state.context.topic and subject.good):
                return no("it is not clear of what it is the price")
            measure = "unit_value"
            figure = replace(figure, unit="" if subject.good else unit)
        elif abs(figure.value) < SMALLEST:
            return no("a price or a small amount")
    else:
        measure, unit = "barrels_a_day" if figure.unit == "barrels a day" else "quantity", ""
        if not subject.good:
            state.subject.other = "a quantity of no good that is named"
            return no(state.subject.other)
    if reason := _untestable(tag, subject):
        return reason
    state.subject.measure = ""
    state.context.unit = figure.unit or unit
    state.context.level = measure if measure in ("value", "unit_value") else "quantity"
    if forecast:
        return _forecast(state, tag, figure, subject, spans, 1, unit.lower())
    if subject.deficit:
        figure = replace(figure, printed=-figure.printed, signed=True)
    return _readings(state, mention, figure, subject, spans, [measure], unit.lower())


def _readings(
    state: State, mention: Mention, figure: Figure, subject: Subject, spans: Sequence[Span], measures: Sequence[str],
    currency: str, sign: int = 1, change: str = "",
) -> Statement:  # fmt: skip
    """The figure as each fact that it may be: of a span, a good's lines and a measure."""
    tag = mention.tag
    said = state.text[tag.start : tag.end]
    compared = comparison(state, mention)

    def made(subject: Subject, span: Span, measures: Sequence[str]) -> list[Reading]:
        names = (fact.replace("{currency}", currency) + change for fact in facts_of(subject, span.over, measures))
        return [Reading(span.period, printed_claim(said, name, figure, compared, sign), span.over) for name in names]

    readings = [reading for span in spans for reading in made(subject, span, measures)]
    both = ("value", "quantity") if change else measures
    others = (reading for other, span in other_subjects(state, mention, subject) for reading in made(other, span, both))
    return replace(statement(tag.start, tag.end, readings), others=tuple(dict.fromkeys(others)))


def _forecast(
    state: State, tag: Tag, figure: Figure, subject: Subject, spans: Sequence[Span], sign: int, currency: str, change: str = ""
) -> Statement:
    """What economists expected of a month of all trade."""
    fact = f"consensus.{subject.flow}_{currency}_month{change}"
    claim = printed_claim(state.text[tag.start : tag.end], fact, figure, sign=sign)
    months = [] if subject.partner or subject.good else [span for span in spans if span.over == "month"]
    why = "a forecast that is not of a month’s exports, imports or balance"
    return statement(tag.start, tag.end, [Reading(span.period, claim) for span in months], why)


def share(state: State, mention: Mention, subject: Subject) -> Statement:
    """The share of a partner in trade or exports, or of a good in a flow."""
    tag, figure = mention.tag, mention.tag.value
    beside = [*mention.left, *mention.right]
    of = " ".join(state.text[t.start : t.end] for t in beside if t.kind in (words.SHARE, words.FLOW))
    state.shared = True
    of = state.share_of = of if WHOLE.search(of) or not state.share_of else state.share_of
    of_china = re.search(r"\bchin", of.lower())
    if not (subject.partner or subject.good) or (of_china and subject.foreign):
        subject = replace(subject, partner=_sharer(state, mention), flow="total", other="", good=None)
        subject.foreign = subject.foreign and not of_china
        state.explicit = state.explicit or bool(subject.partner)
    if subject.foreign or subject.other or not (subject.partner or subject.good):
        return Statement(tag.start, tag.end, why="a share of something")
    made = []
    spans = spans_of(state, mention)
    if mention.left and mention.left[0].kind == words.FROM and any(t.kind == BASE for t in mention.right):
        spans = [year_before(span) for span in spans]
    if not state.named:
        spans += [Span("ytd", span.period) for span in spans if span.over == "month"]
    for span in dict.fromkeys(spans):
        if subject.partner and not subject.good and not re.search("import|buy|bought", of.lower()):
            of_exports = re.search("export|sell|sold|ship", of.lower())
            names = [f"partner.{subject.partner}.{'exports_' if of_exports else ''}share_{span.over}"]
        elif subject.good and not subject.partner:
            flow = SINGULAR.get(subject.flow, "")
            names = [f"commodity.{flow}.{line}.share_{span.over}" for line in subject.good.lines(subject.flow)]
        else:
            names = []
        made += [
            Reading(span.period, printed_claim(state.text[tag.start : tag.end], name, figure), span.over) for name in names
        ]
    return statement(tag.start, tag.end, made)


def _sharer(state: State, mention: Mention) -> str:
    """Whose share it is: of the partner before the figure, or behind it, "with 13%, the EU came second"."""
    before = [t.value.code for t in reversed(state.tags[: mention.i]) if t.kind == PARTNER]
    opens = bool(re.fullmatch(r"with|at", state.text[: mention.tag.start].strip().lower()))
    behind = [t.value.code for t in state.tags[mention.i :] if t.kind == PARTNER and _is_beside(state, t) != opens]
    group = [state.context.group for t in state.tags if state.text[t.start : t.end].lower() in ("the union", "the bloc")]
    return next(iter([*before, *behind[:1], *group]), "")


def _is_beside(state: State, tag: Tag) -> bool:
    return bool(re.search(r"\b(?:to|from|after|with|behind)(?: the)?$", state.text[: tag.start].rstrip()))


def points(state: State, mention: Mention, subject: Subject) -> Statement:
    """ "9.4pp below September's export growth": against the month before."""
    tag, figure, right = mention.tag, mention.tag.value, mention.right
    compared = re.match(r" (?:(below|slower|lower)|above|faster|higher)", state.text[tag.end :])
    span = state.context.span
    before = next((resolve(state, t) for t in right if t.kind == SPAN), None)
    flow = next((t.value for t in right if t.kind == words.FLOW), subject.flow)
    known = before and (before in (Span("month", shift(span.period, -1)), span))
    if not compared or not before or not known or subject.partner or subject.good or flow not in SINGULAR:
        return Statement(tag.start, tag.end, why="a difference in percentage points")
    signed = replace(figure, printed=abs(figure.printed) * (-1 if compared[1] else 1), signed=True)
    name = f"previous.{flow}_{state.context.currency or 'usd'}_month_yoy_change"
    claim = printed_claim(state.text[tag.start : tag.end], name, signed)
    return Statement(tag.start, tag.end, (Reading(shift(before.period, 1), claim),))


def contribution(state: State, mention: Mention, figure: Figure) -> Statement | None:
    """ "ASEAN contributed 2.1 points to export growth": of the partner or good named last, or that they came from."""
    tag, context = mention.tag, state.context
    did, grew = CONTRIBUTED.search(state.text[: tag.start]), GROWTH_OF.match(state.text[tag.end :])
    origin = next((t for t in mention.right if t.kind == PARTNER and CAME_FROM.fullmatch(state.between(tag, t))), None)
    named = (t for t in reversed(state.tags[: mention.i]) if t.kind in (PARTNER, GOOD))
    who = origin or next(named, None) if origin or did else None
    flow = f"{grew['flow']}s" if grew else context.contributed
    if not flow and (origin or OF_HEADLINE.match(state.text[tag.end :])):
        flow = state.subject.flow
    value = who.value if who else context.good if did else None
    if value is None or flow not in SINGULAR:
        return None
    context.contributed = flow
    state.explicit = state.explicit or bool(who)
    subject = Subject(flow, value.code) if isinstance(value, Partner) else Subject(flow, good=value)
    if did and did["less"]:
        figure = replace(figure, printed=-abs(figure.printed), signed=True)
    said = state.text[tag.start : tag.end]
    readings = [
        Reading(span.period, printed_claim(said, f"{name.replace('{currency}', 'cny')}_contribution", figure), span.over)
        for span in spans_of(state, mention)
        for name in facts_of(subject, span.over, ["value"])
    ]
    return statement(tag.start, tag.end, readings)


def edged(state: State, mention: Mention) -> Statement | None:
    """ "Imports edged up to ...": a direction without a rate."""
    subject, left = state.subject, mention.left
    if mention.tag.value.kind != MONEY or [t.kind for t in left[:2]] not in ([words.TO, words.UP], [words.TO, words.DOWN]):
        return None
    clear = state.explicit and subject.flow in SINGULAR and not (subject.foreign or subject.other or subject.good)
    if not clear or any(t.kind == FIGURE and t.value.kind in (PERCENT, FRACTION) for t in state.tags):
        return None
    said = left[1]
    sign = ">" if said.kind == words.UP else "<"
    made = [
        Reading(span.period, Claim("figure", state.text[said.start : said.end], test=(Condition(f"{fact}_yoy", sign, "0"),)))
        for span in spans_of(state, mention)
        for fact in facts_of(subject, span.over, ["value"])
    ]
    return Statement(said.start, said.end, tuple(made)) if made else None


def _untestable(tag: Tag, subject: Subject) -> Statement | None:
    if subject.good and subject.partner:
        return Statement(tag.start, tag.end, about="a good by partner", why="no figures of a good by partner")
    if subject.good and not subject.good.lines(subject.flow):
        return Statement(tag.start, tag.end, why="no such good among the lines of this flow")
    return None


def _measure_beside(state: State, mention: Mention) -> str:
    """ "By 20% to 38m tonnes", "38m tonnes, 20% more": a growth rate is of the amount beside it."""
    kinds = {MONEY: "value", QUANTITY: "quantity", UNIT_VALUE: "unit_value"}
    following = next((t for t in state.tags[mention.i + 1 :] if t.counts), None)
    if following and re.fullmatch(r",? (?:to|at) (?:about |some |just |only )?", state.between(mention.tag, following)):
        return kinds.get(following.value.kind, "")
    before = next((t for t in reversed(state.tags[: mention.i]) if t.counts or t.kind in (words.FLOW, GOOD, PARTNER)), None)
    return kinds.get(before.value.kind, "") if before and before.counts else ""


def _currency(state: State, mention: Mention) -> str:
    """The currency of a growth rate: its own, that of the sentence, or that in force; empty for none or two."""
    if paired := next((t.value for t in state.pairs.get(mention.i, ()) if t.kind == words.CURRENCY), ""):
        return str(paired)
    own = next((t for t in [*mention.right, *mention.left] if t.kind == words.CURRENCY), None)
    if own:
        return state.context.currency if own.value == "same" else own.value
    return state.currency or ("" if state.currencies else state.context.currency)


def _unit_before(state: State, tag: Tag) -> str:
    """The unit of an amount that names none: of the one before, or of a sentence "in yuan" the yuan."""
    earlier = [
        str(t.value.unit)
        for t in state.tags
        if t.kind == FIGURE and t.value.kind in (MONEY, QUANTITY) and t.value.unit and t.start < tag.start
    ]
    return earlier[-1] if earlier else state.currency.upper() or state.context.unit


def direction(state: State, mention: Mention) -> int:
    """+1 or -1, as words beside the figure say, or those behind the last of a list: 10.9, 8.4 and 20.4% more."""
    following = next((j for j in range(mention.i + 1, len(state.tags)) if state.tags[j].counts), None)
    listed = following and mention.i in state.pairs and following in state.pairs
    return _direction(state, mention) or (direction(state, state.mention(following)) if following and listed else 0)


def _direction(state: State, mention: Mention) -> int:
    """+1 or -1, as a word beside the figure says; 0 where none does."""
    tag, left, right = mention.tag, mention.left, mention.right
    if tag.value.signed:
        return 1 if tag.value.printed >= 0 else -1
    if left and left[0].kind == words.TO:  # growth slowed to 5%; a share that fell to 5% is none
        paced = re.search(r"\b(?:growth|pace|rate)\b", state.text[: tag.start].lower()) or PACED.search(state.text[: tag.start])
        return 1 if paced else 0
    if right and right[0].kind in SIGNS and re.fullmatch(r"[ a-z]{0,8}", state.between(tag, right[0])):
        return SIGNS[right[0].kind]
    if near := next((SIGNS[t.kind] for t in left if t.kind in SIGNS), 0):
        return near
    if beyond := re.match(
        r"\)? (?:(less|lower|below|down|fewer|smaller)|more|higher|above|up|larger)\b", state.text[tag.end :]
    ):
        return -1 if beyond[1] else 1
    for t in reversed(state.tags[: mention.i]):  # declined, by 2.9 per cent
        if t.kind in SIGNS:
            return SIGNS[t.kind]
        if t.counts or t.kind == words.FLOW:
            break
    return state.direction or next((SIGNS[t.kind] for t in right[:1] if t.kind in SIGNS), 0)


DEFINITE = re.compile(r" (?:the|its|an?)\b")
MARK = re.compile(r"[ -](?:mark|threshold|level|barrier|line|milestone)\b")


def comparison(state: State, mention: Mention) -> str:
    """More or less than a figure; "above the $95bn of June" says of June what it was."""
    near = mention.left[0] if mention.left else None
    if not near or near.kind not in (words.ABOVE, words.BELOW):
        return ""
    return "" if is_known_figure(state, mention) else str(near.value)


def is_known_figure(state: State, mention: Mention) -> bool:
    """ "below the 5%" that the reader knows, or that is named behind it, and not a mark that is passed."""
    near = mention.left[0] if mention.left else None
    known = near and near.kind in (words.ABOVE, words.BELOW) and DEFINITE.match(state.between(near, mention.tag))
    return bool(known and not MARK.match(state.text[mention.tag.end :]))


def is_forecast(state: State, mention: Mention) -> bool:
    aside = (words.PRONOUN, words.UP, words.DOWN, BASE)  # the 2.8% rise that analysts expected
    left, right = mention.left, [t for t in mention.right if t.kind not in aside]
    if any(t.kind == words.FORECAST for t in left) or (right and right[0].kind == words.FORECAST):
        state.forecast = state.forecast or not any(t.counts for t in state.tags[: mention.i])
        return True
    if any(t.kind == words.FORECAST for t in right) and re.search(r"that (?:had been|was|were) ", state.text):
        return True
    return state.forecast
