"""Where a number comes from: the pop-ups of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from customs_report.display.markup import element
from customs_report.display.shown import Shown
from customs_report.display.tables import Table
from customs_report.facts import Mark, Runs
from customs_report.languages import ENGLISH, language
from customs_report.palette import printable

CLOSE = Markup("<p><a href=#closed>{}</a>")  # in a trace opened by a click


@dataclass(frozen=True)
class Trace:
    """Where a fact comes from: what it is, and, if known, its value, formula, inputs, source, stage and release day.

    `origin` is the key of the trace shared by facts with the same formula, sources and stage; empty for a helper's table.
    `items` are keyed by their English term; their texts, and `what`, are in a `language`.
    """

    name: str
    what: str
    items: Mapping[str, str]
    origin: str = ""
    language: str = ENGLISH

    def html(self) -> Markup:
        """The pop-up for one fact."""
        head = Markup("<p><strong>{}</strong> <code>{}</code>").format(printable(self.what), self.name)
        return self._opening(f"f-{self.name}", self.name, head, self.items)

    def origin_html(self) -> Markup:
        """The pop-up for table cells with this origin."""
        return self._opening(f"o-{self.origin}", f"{self.name}/origin", Markup(""), self._shared())

    def _opening(self, key: str, place: str, head: Markup, items: Mapping[str, str]) -> Markup:
        """Optional tags are omitted: a page has hundreds of these."""
        said = language(self.language).term
        listed = "".join([f"<dt>{said(term)}<dd>{escape(printable(text))}" for term, text in items.items()])
        close = CLOSE.format(self.closing)
        return Markup(f'<div id="{key}" popover tabindex=-1 data-trace="{place}">{head}<dl>{listed}</dl>{close}</div>\n')

    @property
    def closing(self) -> str:
        """The word that closes it."""
        return language(self.language).word("Close")

    def _shared(self) -> dict[str, str]:
        return {term: text for term, text in self.items.items() if term not in ("Value", "Inputs")}

    def said(self, part: str = "") -> str:
        """The trace's text: the whole, the shared part ("origin"), or one part for a table cell."""
        if part and part != "origin":
            return self.what if part == "what" else self.items[part]
        items = self._shared() if part else self.items
        said = language(self.language).term
        terms = (f"{said(term)} {text}" for term, text in items.items())
        return " ".join([*([] if part else [self.what, self.name]), *terms])

    def mark(self, part: str) -> Runs:
        """One part as a table cell, checked by `proof.py`."""
        return (Mark("trace", f"{self.name}/{part}", self.said(part)),)


TRACE_STYLE = Markup(  # a pop-up stays until it is closed or, where interestfor is supported, loses focus
    "<style>[popover]:target{display:block;position:fixed}#closed{position:fixed;top:0}"
    "@supports (interest-delay:0s){[popover]:target:not(:focus,:focus-within,:popover-open){opacity:0;pointer-events:none}}"
    "</style>"
)


def traced(table: Table | None, traces: Iterable[Trace]) -> Shown:
    """The page's trace pop-ups, and the key facts' traces as a table (in the PDF too)."""
    traces = tuple(traces)
    origins = {trace.origin: trace for trace in traces if trace.origin}
    boxes = (*(trace.html() for trace in traces), *(trace.origin_html() for trace in origins.values()))
    opening = element("div", TRACE_STYLE, *boxes, element("span", id="closed"), class_="popup") if boxes else Markup("")
    if table is None:
        return Shown(opening, "", "", {"kind": "traces"})
    return table.shown_as(table.html() + opening)
