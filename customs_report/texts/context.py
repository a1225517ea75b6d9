"""What a text speaks of: the subject in force, and what holds from sentence to sentence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from customs_report.tables import Tables
from customs_report.texts import lexicon as words
from customs_report.texts.names import Good
from customs_report.texts.pairing import paired
from customs_report.texts.tags import FIGURE, Tag, Tagged
from customs_report.texts.times import Span


@dataclass
class Subject:
    """What is spoken of: whose trade, which flow, with whom, in what."""

    flow: str = ""
    partner: str = ""
    good: Good | None = None
    foreign: bool = False
    other: str = ""
    measure: str = ""
    deficit: bool = False
    actor: str = ""  # the partner that buys or sells, where it is the one that acts


@dataclass
class Context:
    """What holds from sentence to sentence."""

    newest: str
    subject: Subject = field(default_factory=Subject)
    spans: list[Span] = field(default_factory=list)
    currency: str = ""
    paragraph: int = -1
    partner: str = ""  # named last
    good: Good | None = None  # named last
    topic: Good | None = None  # of the headline or label above: "IRON ORE", "Cars: ..."
    labelled: int = -1  # the paragraph that a label is of
    group: str = ""
    level: str = ""
    unit: str = ""  # of the amount before
    tags: list[Tag] = field(default_factory=list)  # of the sentence before
    share_of: str = ""  # what the share before was of, in this paragraph
    contributed: str = ""  # the flow to whose growth something has contributed, in this paragraph
    outside: Span | None = None  # the span last named where no list is: an item's own does not hold for the next
    listed: bool = False  # is this paragraph an item of a list?
    ahead: tuple[Span, ...] = ()  # what the text names further on, for a headline

    @property
    def span(self) -> Span:
        return self.spans[-1] if self.spans else Span("month", self.newest)


class State(Tagged):
    """How far a sentence is read: its tags, and what they have said so far."""

    def __init__(self, text: str, tables: Tables, context: Context) -> None:
        super().__init__(text, tables)
        self.context = context
        self.subject = replace(context.subject, other="")
        self.yuan = any(
            (t.kind == words.CURRENCY and t.value == "cny") or (t.kind == FIGURE and t.value.unit == "CNY") for t in self.tags
        )
        self.subject.foreign = self.subject.foreign and not self.yuan  # no other country's statistics are in yuan
        self.explicit = False  # has the sentence named its subject?
        self.named = False  # has it named its span?
        self.local: Span | None = None  # the span up to the next stop
        self.fronted = False  # or, where it stands in front of a clause, up to the stop behind the next figure
        self.passing: list[Span] = []  # "in November alone": not what the next sentence is about
        self.pairs, self.unpaired = paired(self, context.tags)
        self.outside: list[tuple[Subject, bool]] = []  # the subjects before each open bracket
        self.direction = 0  # of the growth rate before
        self.group = 0  # counts the subjects and spans so far
        self.stated: set[tuple[tuple[str, str], str]] = (
            set()
        )  # the facts that figures of the sentence have stated, and their spans
        self.last_kind = ""  # of the figure before
        self.share_of = context.share_of
        self.shared = False  # has the sentence stated a share?
        self.forecast = False
        self.own = any(tag.kind == words.OWN for tag in self.tags)
        self.idiom = False  # "sold the world more than it bought": a balance, without the word
