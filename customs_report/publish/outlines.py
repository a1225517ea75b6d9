"""Turns an executed notebook into ordered parts for page and PDF: text, code, outputs, table of contents, tables.

Our objects' HTML and Typst are used as they are, never parsed; Markdown cells are read as GitHub's (`gfm.py`); the author's
own outputs (`author_output.py`) are labelled. A cell tagged `lab-only` is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from html import unescape
from itertools import groupby
from pathlib import Path
from typing import Any

from markupsafe import Markup

from customs_report.display import DATA
from customs_report.display.markup import element, html, literal, typst
from customs_report.display.numbered import failure, not_available
from customs_report.facts import say
from customs_report.house import PLAIN, House
from customs_report.languages import ENGLISH, Language, language
from customs_report.numbers import period_text
from customs_report.palette import printable
from customs_report.publish import author_output, gfm
from customs_report.publish.citation import Citation
from customs_report.publish.typst_text import html_as_typst

NO_DATE = "1970-01-01"  # of a PDF whose notebook has no cover and was not built by the command
UNPROVED = re.compile(r"\d|<[a-zA-Z/!]|!\[|\[\^")  # digits, raw HTML, a picture, a note: a text with any is the author's own
FEWEST = 3  # lines of a table of contents
LINE = re.compile(r"Cell In\[\d+\], line (\d+)")  # in a traceback
MISSING = re.compile(f'<span class="{author_output.MISSING}">\\[(.*?): no picture (.*?)\\]</span>')
EXHIBIT = 3  # the level of an exhibit's heading, unless the notebook has none above it


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents; `id` is the heading's."""

    level: int
    id: str
    heading: str
    label: str = ""
    own: bool = False


@dataclass(frozen=True)
class Part:
    """A cell's code, or one output, as HTML, Typst and data (`display.Shown`).

    `own`: number of author-made outputs or texts in it; `name`: the cell's title in messages.
    """

    html: str = ""
    typst: str = ""
    code: str = ""
    entries: tuple[Entry, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    own: int = 0
    name: str = ""


@dataclass(frozen=True)
class Exhibited:
    """A table or a chart as data (`display.Table.tidy`), its label ("Exhibit 9a", "Table 1") and the heading above it."""

    label: str
    heading: str
    table: Mapping[str, Any]

    @property
    def exhibit(self) -> str:
        """ "Exhibit 9" of "Exhibit 9a"."""
        return self.label.rstrip("abcdefghijklmnopqrstuvwxyz")


@dataclass(frozen=True)
class Outline:
    """A notebook as its readers get it: the parts in order, with title, date and metadata.

    `made_of`, for the files' metadata: period, "as known on" day, hash of the data; only period and the day it was `built_for`
    where the notebook loaded no tables; empty for a notebook run by hand.
    `name` is the fallback title; `empty`: whether no cell has text or output that a page can show. `house` is the branding,
    `code` the language code.
    """

    parts: tuple[Part, ...]
    made_of: Mapping[str, str] = field(default_factory=dict)
    name: str = "Report"
    empty: bool = False
    house: House = PLAIN
    code: str = ENGLISH

    @property
    def language(self) -> Language:
        return language(self.code)

    @property
    def cover(self) -> Mapping[str, Any]:
        return next((part.about for part in self.parts if part.about.get("kind") == "cover"), {})

    @property
    def title(self) -> str:
        return self.cover.get("kicker", self.headline)

    @property
    def headline(self) -> str:
        first = next((entry.heading for entry in self.contents if entry.level == 1), self.name)
        return self.cover.get("heading", first)

    @property
    def date(self) -> date:
        day = self.cover.get("as_of") or self.made_of.get("as_of") or self.made_of.get("built_for")
        return date.fromisoformat(day or NO_DATE)

    @property
    def keywords(self) -> tuple[str, ...]:
        """Keywords in the PDF's metadata."""
        said = {"period": "period {}", "as_of": "as known on {}", "data": "data sha256:{}"}
        return tuple(self.language.word(said[name]).format(value) for name, value in self.made_of.items() if name in said)

    @property
    def citation(self) -> Citation | None:
        """How it is cited; None where it was not made of the data as known on a day."""
        if "data" not in self.made_of:
            return None
        period, day = self.made_of["period"], self.made_of["as_of"]
        series = self.cover.get("kicker", f"{period_text(period)} · as known on {period_text(day)}")
        return Citation(self.headline, series, day, self.made_of["data"], own=bool(self.own), language=self.code)

    @property
    def contents(self) -> tuple[Entry, ...]:
        return tuple(entry for part in self.parts for entry in part.entries)

    @property
    def listed(self) -> tuple[Entry, ...]:
        """The lines of the table of contents, which does without the report's own title; none where they are too few."""
        entries = self.contents
        listed = entries[1:] if entries and entries[0].level == 1 and not self.cover else entries
        return listed if len(listed) >= FEWEST else ()

    @property
    def brief(self) -> bool:
        """Is it a brief, without a table of contents and closely set?"""
        return bool(self.cover.get("brief"))

    @property
    def opening(self) -> Part | None:
        """The part after which the table of contents stands: the last list of points, else the cover, else the title."""
        if self.brief:
            return None
        points = [part for part in self.parts if part.about.get("kind") == "points"]
        cover = (part for part in self.parts if part.about.get("kind") == "cover")
        titled = (part for part in self.parts if any(entry.level == 1 for entry in part.entries))
        return points[-1] if points else next(cover, next(titled, None))

    @property
    def opening_of_pdf(self) -> Part | None:
        """The same in the PDF; None where exhibits are not in sections: its contents list sections, in one line each."""
        return None if any(entry.label and entry.level < EXHIBIT for entry in self.contents) else self.opening

    @property
    def has_traces(self) -> bool:
        """Do its numbers open where they come from?"""
        return any(" popover tabindex" in part.html for part in self.parts)

    @property
    def own(self) -> tuple[Part, ...]:
        """The parts that are the author's own."""
        return tuple(part for part in self.parts if part.own)

    @property
    def tables(self) -> tuple[Exhibited, ...]:
        """Every table and chart, in the order of the report."""
        found, section, heading, others = [], "", "", 0
        for part in self.parts:
            section = next((entry.heading for entry in part.entries[::-1] if not entry.label), section)
            heading = part.entries[-1].heading if part.entries else section if part.own else heading
            tables = part.data.get("tables", ())
            for place, table in enumerate(tables):
                if "number" in part.about:
                    label = f"Exhibit {part.about['number']}{chr(ord('a') + place) if len(tables) > 1 else ''}"
                else:
                    others += 1
                    label = f"Table {others}"
                found.append(Exhibited(label, heading, table))
        return tuple(found)

    @property
    def incomplete(self) -> tuple[str, ...]:
        """What could not be made, one line each; empty for a complete report."""
        return tuple(part.about["incomplete"] for part in self.parts if "incomplete" in part.about)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is missing from the author's texts and outputs, one line each."""
        found = ((part.name, *map(unescape, which)) for part in self.own for which in MISSING.findall(part.html))
        return tuple(f"{name.removeprefix('Something ')}: no picture {source} ({said})" for name, said, source in found)

    @property
    def figures(self) -> tuple[tuple[str, str, bytes], ...]:
        """The figures of the author's own outputs as they are shown: the heading above each, its format, its content."""
        return tuple(figure for part in self.own for figure in part.data.get("figures", ()))


def outline(
    notebook: Mapping[str, Any],
    name: str = "Report",
    folder: Path | None = None,
    *,
    proved: bool = False,
    house: House = PLAIN,
) -> Outline:
    """Build the outline. Exhibits without data are one list; a section that has no others is left out.

    `folder` is where the notebook's pictures are. `proved`: stderr is dropped.
    """
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    run = [cell for cell in code if "injected-parameters" not in cell["metadata"].get("tags", ())]
    numbers = {id(cell): number for number, cell in enumerate(run, 1)}  # as JupyterLab counts them when all are run
    cells = [cell for cell in notebook["cells"] if "lab-only" not in cell["metadata"].get("tags", ())]
    cells = [cell for cell, empty in zip(cells, _heads_nothing(cells, proved), strict=True) if not empty]
    language_of = _language_of(code)
    texts = [_in_language(cell["source"], language_of) for cell in cells if cell["cell_type"] == "markdown"]
    plain = markdown(text for text in texts if not UNPROVED.search(text))
    parts: list[Part] = []
    where, remaining = "The notebook’s beginning", iter(texts)
    for cell in cells:
        if cell["cell_type"] == "code":
            parts += _parts(cell, numbers.get(id(cell), 0), where, folder, proved)
        elif cell["cell_type"] == "markdown":
            text = next(remaining)
            parts.append(_own_text(text, cell, where, folder) if UNPROVED.search(text) else next(plain))
            where = parts[-1].entries[-1].heading if parts[-1].entries else where
    made_of, empty = notebook["metadata"].get("customs_report", {}), not any(part.html for part in parts)
    content = Outline(tuple(_levelled(_gathered(_typeset(parts), language_of), name)), made_of, name, empty, house, language_of)
    content = content if house is PLAIN else replace(content, parts=tuple(_recoloured(part, house) for part in content.parts))
    return _cited(content if content.cover or not content.made_of else _dated(content))


def _cited(content: Outline) -> Outline:
    """The outline, and at its end how it is cited, if it was made of the data as known on a day.

    Title and the line above it are copies of those of the report; hash and version are proved as well (`proof.py`).
    """
    if not (citation := content.citation):
        return content
    title = next((entry for entry in content.contents if entry.level == 1), None)
    marks: dict[str, dict[str, Any]] = {
        "title": {"data_own": True} if title and title.own else {"data_copy": title.id if title else "headline"},
        "series": {"data_copy": "kicker"},
        "hash": {"data_kind": "hash"},
        "version": {"data_kind": "version"},
    }
    said = (element("span", printable(text), **marks[what]) if what else text for text, what in citation.pieces())
    line = element(
        "p", element("strong", content.language.word("Cite this")), " ", *said, class_="source citation", id="cite-this"
    )
    return replace(content, parts=(*content.parts, Part(line, f"#citation({literal(printable(citation.text))})")))


def _recoloured(part: Part, house: House) -> Part:
    """The part with our drawings in the colours of a house; the author's own keep theirs."""
    if not part.about:
        return part
    tables = [
        {**table, "svg": house.recoloured(table["svg"])} if "svg" in table else table for table in part.data.get("tables", ())
    ]
    data = {**part.data, "tables": tables} if tables else part.data
    return replace(part, html=house.recoloured(part.html), typst=house.recoloured(part.typst), data=data)


def _dated(content: Outline) -> Outline:
    """The outline with a line of period and vintage above its title, which a cover would have."""
    said = "{period} · as known on {day}" if "as_of" in content.made_of else "{period}"
    of = say(said, period=content.made_of["period"], day=content.made_of.get("as_of", ""))
    line = Part(element("p", html(of), class_="kicker", id="kicker"), f"#kicker({literal(typst(of))})")
    parts = [each for part in content.parts for each in ([line, part] if part is content.opening else [part])]
    return replace(content, parts=tuple(parts))


def _heads_nothing(cells: Sequence[Mapping[str, Any]], proved: bool) -> list[bool]:
    """For each cell: does it head a section that shows nothing but exhibits without data?"""
    empty = [False] * len(cells)
    shown: list[bool] = []
    for place in reversed(range(len(cells))):
        cell = cells[place]
        if cell["cell_type"] == "code":
            outputs = [output for output in cell["outputs"] if not proved or output.get("name") != "stderr"]
            shown += [output.get("metadata", {}).get("customs_report", {}).get("held", True) for output in outputs]
        elif cell["source"].startswith("## "):
            empty[place], shown = bool(shown) and not any(shown), []
    return empty


def _language_of(code: Sequence[Mapping[str, Any]]) -> str:
    """The language that the exhibits of a notebook are in."""
    about = (output.get("metadata", {}).get("customs_report", {}) for cell in code for output in cell["outputs"])
    return next((each["language"] for each in about if "language" in each), ENGLISH)


def _in_language(text: str, code: str) -> str:
    """A heading, or another text of one line, of the project's notebooks in a language."""
    found = re.fullmatch(r"(#+ )?(.+)", text.strip()) if code != ENGLISH else None
    return f"{found[1] or ''}{language(code).word(found[2])}" if found else text


def _gathered(parts: Sequence[Part], code: str) -> list[Part]:
    """Exhibits without data as one list before the sources and traces, or at the end."""
    missing = [part.about for part in parts if "missing" in part.about]
    rest = [part for part in parts if "missing" not in part.about]
    if not missing:
        return rest
    place = next((i for i, part in enumerate(rest) if part.about.get("kind") in ("notes", "traces")), len(rest))
    while place and not rest[place - 1].about and (rest[place - 1].entries or rest[place - 1].code):  # their heading
        place -= 1
    shown = not_available(missing, code)
    entry = Entry(EXHIBIT, "not-available", shown.about["heading"])
    return [*rest[:place], Part(shown.html, shown.typst, entries=(entry,), about=shown.about), *rest[place:]]


def _parts(cell: Mapping[str, Any], number: int, where: str, folder: Path | None, proved: bool) -> Iterator[Part]:
    """A cell's code and outputs; consecutive author outputs form one part."""
    yield Part(code=highlighted(cell["source"]))
    name = _name(cell, where)
    for is_own, outputs in groupby(cell["outputs"], lambda output: output["output_type"] != "error" and not _is_ours(output)):
        if is_own:
            wanted = [output for output in outputs if not proved or output.get("name") != "stderr"]
            yield from _own(wanted, name, where, folder)
        else:
            yield from (
                _failed(output, name, f"Cell {number}{{}}, under “{where}”")
                if output["output_type"] == "error"
                else _ours(output, name)
                for output in outputs
            )


def _is_ours(output: Mapping[str, Any]) -> bool:
    return "customs_report" in output.get("metadata", {}) and "text/html" in output["data"]


def _own(outputs: Iterable[Mapping[str, Any]], name: str, where: str, folder: Path | None) -> Iterator[Part]:
    """The author's outputs as one part, if anything of them is visible."""
    outputs = [*outputs]
    if any(author_output.is_picture(output) for output in outputs):
        outputs = [output for output in outputs if not author_output.names_drawing(output)]
    seen = [(html, output) for output in outputs if (html := author_output.html_of(output, f"Figure under “{where}”", folder))]
    tables = [table for _, output in seen for table in output.get("data", {}).get(DATA, {}).get("tables", ())]
    figures = [(where, *picture) for html, _ in seen for picture in author_output.pictures(html)]
    if seen:
        data = {"tables": tables, "figures": figures}
        yield Part("".join(html for html, _ in seen), own=len(seen), name=name, data=data)


def _own_text(text: str, cell: Mapping[str, Any], where: str, folder: Path | None) -> Part:
    page = author_output.markdown(text, f"Picture under “{where}”", folder, attachments=cell.get("attachments"))
    entries = tuple(replace(entry, own=True) for entry in _headings(page))
    return Part(page, entries=entries, own=1, name=_name(cell, where))


def _ours(output: Mapping[str, Any], name: str) -> Part:
    data, about = output["data"], output["metadata"]["customs_report"]
    entries = (_entry(about),) if about.get("kind") == "exhibit" else ()
    return Part(
        data["text/html"], data.get("text/x-typst", ""), entries=entries, about=about, data=data.get(DATA, {}), name=name
    )


def _failed(output: Mapping[str, Any], name: str, place: str) -> Part:
    """A box naming the exhibit that failed, else the place of the cell, its line filled in; and the error."""
    if not name.startswith("Exhibit"):
        line = LINE.search(author_output.ESCAPES.sub("", "\n".join(output["traceback"])))
        name = place.format(f", line {line[1]}" if line else "")
    said = " ".join(output["evalue"].split())
    why = f"{output['ename']}: {said}" if said else output["ename"]
    box = failure(name, "a cell may not end the run" if output["ename"] == "SystemExit" else why)
    return Part(box.html, box.typst, about=box.about, name=name)


def _name(cell: Mapping[str, Any], where: str) -> str:
    """A cell's title in messages: "Exhibit 4 (partners)" for `exhibit-04-partners`, else by the last heading."""
    kind, _, rest = cell.get("id", "").partition("-")
    number, _, subject = rest.partition("-")
    if kind == "exhibit" and number.isdigit():
        return f"Exhibit {int(number)}" + (f" ({subject.replace('-', ' ')})" if subject else "")
    return f"Something under “{where}”"


def _entry(about: dict[str, Any]) -> Entry:
    number = about["number"]
    return Entry(EXHIBIT, f"exhibit-{number}-claim", about["heading"], about.get("label", f"Exhibit {number}"))


def _typeset(parts: Sequence[Part]) -> list[Part]:
    """Convert the author's own parts to Typst, and label them in both formats."""
    parts = [author_output.taken(part) if part.about.get("own") else part for part in parts]  # an exhibit of an edited frame
    return [author_output.taken(part, html_as_typst(part.html)) if part.own and not part.about else part for part in parts]


def _levelled(parts: Iterable[Part], name: str) -> Iterator[Part]:
    """Adjust heading levels so that none is skipped, starting with the title."""
    parts, level = list(parts), 0
    if not any(part.about.get("kind") == "cover" for part in parts):
        first = next((entry for part in parts for entry in part.entries), None)
        if first is None or first.level > 1:
            page = element("header", element("h1", name, id="headline", data_own=True), class_="cover")
            yield Part(page, f"#heading(level: 1, {literal(printable(name))})", entries=(Entry(1, "headline", name, own=True),))
            level = 1
    for part in parts:
        level = 1 if part.about.get("kind") == "cover" else level
        entries, moved = [], []
        for entry in part.entries:
            level = min(entry.level, level + 1)
            entries.append(replace(entry, level=level))
            moved.append((entry.level, level))
        yield part if all(old == new for old, new in moved) else _moved(part, tuple(entries), moved)


def _moved(part: Part, entries: tuple[Entry, ...], levels: list[tuple[int, int]]) -> Part:
    """The part with its heading levels changed."""
    if part.about.get("kind") == "exhibit":
        ((old, new),) = levels
        page, typst = re.sub(rf"(</?h){old}\b", rf"\g<1>{new}", part.html), part.typst
        return replace(part, html=page, typst=typst.replace("#exhibit(", f"#exhibit(level: {new}, ", 1), entries=entries)
    opening, closing, marks = iter(levels), iter(levels), iter(levels)
    page = re.sub(r"<h[1-6](?= id=)", lambda _: f"<h{next(opening)[1]}", part.html)
    page = re.sub(r"</h[1-6]>", lambda _: f"</h{next(closing)[1]}>", page)
    typst = re.sub(r"^=+(?= )", lambda found: "=" * next(marks, (0, len(found[0])))[1], part.typst, flags=re.M)
    return replace(part, html=page, typst=typst, entries=entries)


def markdown(sources: Iterable[str]) -> Iterator[Part]:
    """Markdown cells without numbers, raw HTML and pictures, in both formats; no two of their headings have one id."""
    taken: set[str] = set()
    for source in sources:
        page = gfm.html(source, smart=True, taken=taken)
        yield Part(page, html_as_typst(page), entries=_headings(page))


def _headings(page: str) -> tuple[Entry, ...]:
    found = re.findall(r'<h(\d) id="([^"]+)">(.*?)</h\1>', page, re.S)
    return tuple(Entry(int(n), key, Markup(text).striptags()) for n, key, text in found)


@lru_cache(maxsize=512)
def highlighted(source: str) -> Markup:
    """Python as HTML, highlighted with pygments' classes."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return Markup(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)))
