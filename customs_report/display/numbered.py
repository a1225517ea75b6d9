"""Numbered exhibits: a claim, its words and notes, its charts and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Generic, Literal, TypeVar

from markupsafe import Markup

from customs_report.display.charts import Chart
from customs_report.display.markup import element, entry, footnotes, html, joined, literal, plain, typst
from customs_report.display.shown import Later, Shown, as_data
from customs_report.display.tables import Table
from customs_report.drawing import beside
from customs_report.errors import InputError
from customs_report.facts import Mark, Runs
from customs_report.languages import ENGLISH, language
from customs_report.palette import printable

Part = TypeVar("Part")  # of what is shown: a message, or its words
EDITED = "The author of this notebook changed the figures behind this exhibit: its numbers are not proved."


@dataclass(frozen=True)
class Words(Generic[Part]):
    """An exhibit's heading, its paragraph, and the notes at the paragraph's end."""

    claim: Part
    sentences: tuple[Part, ...] = ()
    notes: tuple[Part, ...] = field(default=(), kw_only=True)

    def written(self, write: Callable[[Part], Runs]) -> Words[Runs]:
        """The same with messages converted to runs."""
        return Words(write(self.claim), tuple(map(write, self.sentences)), notes=tuple(map(write, self.notes)))


@dataclass(frozen=True, repr=False)
class Exhibit:
    """Words plus functions that make charts and tables, called on first use."""

    words: Words
    makers: tuple[Callable[[], Chart | Table | None], ...] = ()
    own: bool = False  # its frame was edited by the notebook's author
    columns: int = 1  # more: its charts are small and stand side by side
    language: str = ENGLISH

    @classmethod
    def of(
        cls, report: Any, words: Callable[[Any], Words], *bodies: Callable[[Any], Chart | Table | None], columns: int = 1
    ) -> Exhibit:
        """The exhibit made by these functions of a report: its words, as the report writes them, then each chart or table."""
        made = tuple(partial(make, report) for make in bodies)
        return cls(words(report).written(report.write), made, report.own, columns, report.language)

    def __repr__(self) -> str:
        return f"An exhibit, {plain(self.words.claim)!r}; show it with a number: exhibit(1, ...)"

    @cached_property
    def bodies(self) -> tuple[Chart | Table, ...]:
        """The charts and tables whose data are available."""
        return tuple(body for make in self.makers if (body := make()))


def exhibit(number: int, content: Exhibit) -> Shown | Later:
    """A numbered exhibit: the claim as its heading, the paragraph with its notes, then the charts and tables available."""
    if not isinstance(content, Exhibit):
        raise InputError(f"exhibit(number, ...) takes what a function of exhibits returns, not {type(content).__name__}")
    charts = any(isinstance(body, Chart) for body in content.bodies)
    return Later(partial(_exhibit, number, content)) if charts and beside.is_active() else _exhibit(number, content)


def _exhibit(number: int, content: Exhibit) -> Shown:
    words, bodies, word = content.words, content.bodies, language(content.language).word
    key, paragraph = f"exhibit-{number}", joined(words.sentences)
    mark = Mark("exhibit", str(number), str(number))
    label: Runs = (word("Exhibit "), mark)
    cells = (cell for body in bodies if isinstance(body, Table) for row in body.rows for cell in row.cells)
    notes = (*words.notes, *footnotes(words.claim, paragraph, *cells)) if paragraph or bodies else ()  # only with content
    marks = [_note_mark(key, i) for i in range(1, len(notes) + 1)]
    listed = [_html_note(key, i, note, word("Back to the text") if paragraph else "") for i, note in enumerate(notes, 1)]
    small = [body for body in bodies if isinstance(body, Chart)] if content.columns > 1 else []
    data_of = _around(word("Data of exhibit {}"), mark)
    shown = [_html_body(body, number, data_of, bodies) for body in bodies if body not in small]
    page = element(
        "section",
        element("h3", element("span", html(label), class_="label"), " ", html(words.claim), id=f"{key}-claim"),
        element("p", EDITED, class_="sign") if content.own else "",
        element("p", html(paragraph), Markup(" ").join(marks)) if paragraph else "",
        *_html_small([_html_body(chart, number, data_of, bodies, small=True) for chart in small], small[-1:], content.columns),
        *shown,
        element("ol" if paragraph else "ul", *listed, class_="notes") if listed else "",
        class_="exhibit",
        id=key,
        aria_labelledby=f"{key}-claim",
    )
    form = {
        "number": number,
        "claim": typst(words.claim),
        "words": typst(joined([EDITED] * content.own + [paragraph])),
        "notes": [*map(typst, notes)],
        "bodies": [body.typst_form() for body in bodies],
        "columns": content.columns,
    }
    held = bool(bodies or words.sentences)
    about = {
        "kind": "exhibit", "number": number, "label": plain(label), "heading": plain(words.claim), "held": held,
        "own": content.own, "language": content.language,
    }  # fmt: skip
    if not held:  # what it would show, and why it does not
        parts = (shown(words.claim).partition(word(": "))[::2] for shown in (html, typst))
        about["missing"] = dict(zip(("html", "typst"), parts, strict=True))
    text = "\n\n".join([f"{plain(label)}{word(': ')}{plain(words.claim)}", plain(paragraph), *(body.text for body in bodies)])
    data = as_data(bodies, (("", note) for note in notes), content.columns)
    return Shown(page, f"#exhibit({literal(form)})", text, about, data)


def _around(template: str, mark: Mark) -> Runs:
    """A template's words around a mark."""
    before, _, after = template.partition("{}")
    return tuple(run for run in (before, mark, after) if run)


def not_available(exhibits: Iterable[Mapping[str, Any]], code: str = ENGLISH) -> Shown:
    """The exhibits without data, which page and PDF leave out, by reason: what metadata tells of each. They keep their ids."""
    word = language(code).word
    heading = word("Not available for this month")
    reasons: dict[str, list[Mapping[str, Any]]] = {}
    for about in exhibits:
        reasons.setdefault(about["missing"]["typst"][1], []).append(about)
    entries, form = [], []
    for group in reasons.values():
        term, numbers = word("Exhibits " if len(group) > 1 else "Exhibit "), [str(about["number"]) for about in group]
        marks = (element("span", n, data_kind="exhibit", data_key=n, id=f"exhibit-{n}") for n in numbers)
        entries.append(entry(term + Markup(word(", ")).join(marks), element("dd", Markup(_without(group, "html", word)))))
        form.append({"term": term + word(", ").join(numbers), "texts": [_without(group, "typst", word)]})
    page = element("h3", heading, id="not-available") + element("dl", *entries)
    text = "\n".join([heading, *(f"{item['term']}{word(': ')}{item['texts'][0]}" for item in form)])
    return Shown(page, f"=== {heading}\n\n#notes-list({literal(form)})", text, {"kind": "missing", "heading": heading})


def _without(group: Sequence[Mapping[str, Any]], face: Literal["html", "typst"], word: Callable[[str], str]) -> str:
    """What these exhibits would show, and the reason that they share."""
    what, why = word("; ").join(about["missing"][face][0] for about in group), group[0]["missing"][face][1]
    return (f"{what}{word(': ')}{why}" if why else what) + word(".")


def failure(name: str, why: str) -> Shown:
    """A box naming an exhibit that could not be made; it marks the report as incomplete."""
    name, why = printable(name), printable(why)
    page = element("p", element("strong", f"{name} could not be made:"), f" {why}", class_="failure", data_kind="failure")
    form = {"name": name, "why": why}
    text = f"{name} could not be made: {why}"
    return Shown(page, f"#failure({literal(form)})", text, {"kind": "failure", "incomplete": text})


def _html_body(body: Chart | Table, number: int, data_of: Runs, bodies: Sequence[Chart | Table], small: bool = False) -> Markup:
    prefix = f"x{number}-"
    if isinstance(body, Table):
        return element("div", body.html(prefix) + body.beneath(), class_="table")
    if sum(isinstance(other, Chart) for other in bodies) > 1:
        caption = body.data.caption or body.title
        data_of += (body.data.lang.word(": "), *((caption,) if isinstance(caption, str) else caption))
    return body.html(prefix, data_of, small)


def _html_small(shown: list[Markup], last: Sequence[Chart], columns: int) -> list[Markup]:
    """Small charts side by side, at most so many, and the source that they share."""
    sources = [element("p", html(chart.source), class_="source") for chart in last if chart.source]
    return [element("div", *shown, class_=f"small at-most-{columns}"), *sources] if shown else []


def _note_mark(key: str, i: int) -> Markup:
    link = element("a", str(i), href=f"#{key}-note-{i}", id=f"{key}-mark-{i}", role="doc-noteref")
    return element("sup", link, data_kind="note")


def _html_note(key: str, i: int, note: Runs, back_to: str) -> Markup:
    """A note, with a link back to its mark, of this label, if the paragraph has one."""
    back = (" ", element("a", "↑", href=f"#{key}-mark-{i}", aria_label=back_to)) if back_to else ()
    return element("li", html(note), *back, id=f"{key}-note-{i}")
