"""What stands beside the exhibits of a report: the cover, the main points, paragraphs and lists of notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic

from markupsafe import Markup

from customs_report.display.markup import Text, element, entry, footnotes, html, joined, literal, plain, typst
from customs_report.display.numbered import Part
from customs_report.display.shown import Shown, as_data
from customs_report.facts import Cite, Mark, Runs
from customs_report.languages import ENGLISH, language

UNTRUSTED = "Charts are left out until you trust this notebook: View, Activate Command Palette, Trust Notebook."


@dataclass(frozen=True)
class Tile(Generic[Part]):
    """One of the headline box's figures with the lines beneath it."""

    label: Part
    figure: Part
    lines: tuple[Part, ...] = field(default=())

    def written(self, write: Callable[[Part], Runs]) -> Tile[Runs]:
        """The same with messages converted to runs."""
        return Tile(write(self.label), write(self.figure), tuple(map(write, self.lines)))


def cover(
    kicker: Runs,
    headline: Runs,
    sentences: tuple[Runs, ...],
    tiles: tuple[Tile, ...],
    remarks: tuple[Runs, ...] = (),
    brief: bool = False,
) -> Shown:
    """The front of a report: kicker, headline, standfirst, headline box and caveats.

    A `brief` report has no table of contents, and its PDF is set closely.

    In an untrusted notebook JupyterLab drops the charts and shows the hidden notice.
    """
    standfirst = joined(sentences)
    lines = [line for tile in tiles for line in (tile.figure, *tile.lines)]
    code = next((run.language for line in lines for run in line if isinstance(run, Cite)), ENGLISH)
    remarks = (*remarks, *footnotes(headline, standfirst, *lines, *remarks))
    page = element(
        "header",
        element("p", language(code).word(UNTRUSTED), hidden=True),
        element("p", html(kicker), class_="kicker", id="kicker"),
        element("h1", html(headline), id="headline"),
        element("p", html(standfirst), class_="standfirst"),
        element("ul", *map(_html_tile, tiles), class_="tiles"),
        element("ul", *(element("li", html(remark)) for remark in remarks), class_="caveats") if remarks else "",
        class_="cover",
    )
    form = {
        "kicker": typst(kicker),
        "headline": typst(headline),
        "standfirst": typst(standfirst),
        "tiles": [{"label": typst(t.label), "figure": typst(t.figure), "lines": [*map(typst, t.lines)]} for t in tiles],
        "remarks": [*map(typst, remarks)],
    }
    dates = [run.key for run in kicker if isinstance(run, Mark) and run.kind == "date"]
    about: dict[str, Any] = {
        "kind": "cover", "heading": plain(headline), "kicker": plain(kicker), "as_of": dates[-1] if dates else "",
    }  # fmt: skip
    about |= {"brief": True} if brief else {}
    text = "\n\n".join([plain(kicker), plain(headline), plain(standfirst), *map(plain, remarks)])
    return Shown(page, f"#cover({literal(form)})", text, about)


def paragraph(*sentences: Runs) -> Shown:
    """A separate paragraph."""
    runs = joined(sentences)
    return Shown(element("p", html(runs)), f"#paragraph({literal(typst(runs))})", plain(runs), {"kind": "paragraph"})


def points(main_points: Sequence[Runs], summary: Sequence[Runs] = ()) -> Shown:
    """The main points, and beneath them the same story as one paragraph to paste into a mail."""
    story, signs = joined(summary), footnotes(*main_points, *summary)
    page = element("ul", *(element("li", html(point)) for point in main_points), class_="points")
    if story:
        label = element("p", "To paste into a mail", class_="label")
        page += element("div", label, element("p", html(story)), class_="summary")
    page += Markup("").join(element("p", html(sign), class_="sign") for sign in signs)
    form = {"points": [*map(typst, main_points)], "summary": typst(story), "signs": [*map(typst, signs)]}
    text = "\n".join([*map(plain, main_points), plain(story), *map(plain, signs)])
    return Shown(page, f"#points({literal(form)})", text, {"kind": "points"})


def notes_list(items: Iterable[tuple[Text, Text | list[Text]]]) -> Shown:
    """A definition list, each term with one or more paragraphs: sources, vintages, what is not covered."""
    entries = [(term, text if isinstance(text, list) else [text]) for term, text in items]
    page = element("dl", *(entry(html(term), _html_texts(texts)) for term, texts in entries))
    form = [{"term": typst(term), "texts": [*map(typst, texts)]} for term, texts in entries]
    plain_text = "\n".join(f"{plain(term)}: {' '.join(map(plain, texts))}" for term, texts in entries)
    data = as_data((), ((term, text) for term, texts in entries for text in texts))
    return Shown(page, f"#notes-list({literal(form)})", plain_text, {"kind": "notes"}, data)


def _html_texts(texts: list[Text]) -> Markup:
    return Markup("".join(element("dd", html(text)) for text in texts))


def _html_tile(tile: Tile) -> Markup:
    lines = (element("span", html(line)) for line in tile.lines)
    label, figure = element("span", html(tile.label), class_="label"), element("strong", html(tile.figure))
    return element("li", Markup("<br>\n").join([label, figure, *lines]))
