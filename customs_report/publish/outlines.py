"""What an executed notebook holds for its readers, whatever the format: text, code and shown things in order, contents, tables.

The forms that the cells' outputs carry are chosen from and never parsed; markdown cells go through pandoc. A cell tagged
`lab-only` is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from customs_report.display import DATA, element, failure, literal
from customs_report.palette import printable

BETWEEN = "xxbetweencellsxx"  # a paragraph between two Markdown cells, while pandoc has them together
NO_DATE = "1970-01-01"  # of a PDF whose notebook has no cover and so no date


@dataclass(frozen=True)
class Entry:
    """A line of the table of contents; `id` is the heading's."""

    level: int
    id: str
    heading: str
    label: str = ""


@dataclass(frozen=True)
class Part:
    """A cell's code, or one thing that a cell shows, in the forms of both formats and as data (`display.Shown`)."""

    html: str = ""
    typst: str = ""
    code: str = ""
    entries: tuple[Entry, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Exhibited:
    """A table or a chart as data (`display.Table.tidy`), its label ("Exhibit 9a", "Table 1") and the heading above it."""

    label: str
    heading: str
    table: Mapping[str, Any]


@dataclass(frozen=True)
class Outline:
    """A notebook as its readers get it: the parts in order, and what stands around them.

    `made_of`, for the files' metadata: period, day of knowledge, hash of the data; empty for a notebook run by hand.
    """

    parts: tuple[Part, ...]
    made_of: Mapping[str, str] = field(default_factory=dict)

    @property
    def cover(self) -> Mapping[str, Any]:
        return next((part.about for part in self.parts if part.about.get("kind") == "cover"), {})

    @property
    def title(self) -> str:
        return self.cover.get("kicker", "Report")

    @property
    def headline(self) -> str:
        return self.cover.get("heading", "Report")

    @property
    def date(self) -> date:
        return date.fromisoformat(self.cover.get("as_of") or NO_DATE)

    @property
    def keywords(self) -> tuple[str, ...]:
        """What the PDF's metadata say besides title, headline and date."""
        said = {"period": "period {}", "as_of": "as known on {}", "data": "data sha256:{}"}
        return tuple(said[name].format(value) for name, value in self.made_of.items())

    @property
    def contents(self) -> tuple[Entry, ...]:
        return tuple(entry for part in self.parts for entry in part.entries)

    @property
    def contents_after(self) -> str:
        """The part that the PDF's contents follow: the main points, so that they stand on page one, else the cover."""
        return "points" if any(part.about.get("kind") == "points" for part in self.parts) else "cover"

    @property
    def tables(self) -> tuple[Exhibited, ...]:
        """Every table and chart, in the order of the report."""
        found, heading, others = [], "", 0
        for part in self.parts:
            heading = part.entries[-1].heading if part.entries else heading
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


def outline(notebook: Mapping[str, Any]) -> Outline:
    """What does an executed notebook hold for its readers? Of a section without anything held only the heading stands."""
    cells = [cell for cell in notebook["cells"] if "lab-only" not in cell["metadata"].get("tags", ())]
    texts = [(cell["source"], idle) for cell, idle in zip(cells, _idle(cells), strict=True) if cell["cell_type"] == "markdown"]
    texts_of_cells = iter(markdown(tuple(text.split("\n")[0] if idle else text for text, idle in texts)))
    parts = (part for cell in cells for part in ((next(texts_of_cells),) if cell["cell_type"] == "markdown" else _parts(cell)))
    return Outline(tuple(parts), notebook["metadata"].get("customs_report", {}))


def _idle(cells: Sequence[Mapping[str, Any]]) -> list[bool]:
    """For each cell: does it open a section of exhibits for none of which anything is held?"""
    idle = [False] * len(cells)
    held: list[bool] = []
    for place in reversed(range(len(cells))):
        cell = cells[place]
        if cell["cell_type"] == "code":
            descriptions = (output.get("metadata", {}).get("customs_report", {}) for output in cell["outputs"])
            held += [about["held"] for about in descriptions if about.get("kind") == "exhibit"]
        elif cell["source"].startswith("## "):
            idle[place], held = bool(held) and not any(held), []
    return idle


def _parts(cell: Mapping[str, Any]) -> Iterator[Part]:
    if cell["cell_type"] == "code":
        yield Part(code=highlighted(cell["source"]))
        yield from map(_output, cell["outputs"])


def _output(output: Mapping[str, Any]) -> Part:
    """An output in both formats; what has no form for a format stands there as plain text, what went to stderr in neither."""
    if output["output_type"] == "error":
        box = failure("A cell of the notebook", f"{output['ename']}: {output['evalue']}")
        return Part(box.html, box.typst, about=box.about)
    if output["output_type"] == "stream":
        data: dict[str, Any] = {"text/plain": output["text"] if output["name"] == "stdout" else ""}
        about: dict[str, Any] = {}
    else:
        data, about = output["data"], output["metadata"].get("customs_report", {})
    text = data.get("text/plain", "")
    shown = printable(text) if text and not {"text/html", "text/x-typst"} <= data.keys() else ""
    html = data.get("text/html", element("pre", shown) if shown else "")
    typst = data.get("text/x-typst", f"#raw({literal(shown)}, block: true)" if shown else "")
    entries = (_entry(about),) if about.get("kind") == "exhibit" else ()
    return Part(html, typst, entries=entries, about=about, data=data.get(DATA, {}))


def _entry(about: dict[str, Any]) -> Entry:
    number = about["number"]
    return Entry(3, f"exhibit-{number}-claim", about["heading"], f"Exhibit {number}")


@lru_cache(maxsize=64)
def markdown(sources: tuple[str, ...]) -> tuple[Part, ...]:
    """Markdown cells in both formats, in one run of pandoc for each; raw HTML, TeX and dollar formulas are plain text there."""
    import pypandoc

    reader = "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-citations"
    cut = f"\n\n{BETWEEN}\n\n"
    html, typst = (
        pypandoc.convert_text(cut.join(sources), to, format=reader, extra_args=["--wrap=none", "--id-prefix=section-"])
        for to in ("html", "typst")
    )
    pages, sheets = re.split(rf"<p>{BETWEEN}</p>\n?", html), re.split(rf"^{BETWEEN}\n", typst, flags=re.M)
    if len(sources) > 1 and not len(pages) == len(sheets) == len(sources):  # a cell that leaves something open: each alone
        return tuple(part for source in sources for part in markdown((source,)))
    return tuple(Part(page, sheet, entries=_headings(page)) for page, sheet in zip(pages, sheets, strict=True))


def _headings(page: str) -> tuple[Entry, ...]:
    found = re.findall(r'<h(\d) id="([^"]+)">(.*?)</h\1>', page, re.S)
    return tuple(Entry(int(n), key, Markup(text).striptags()) for n, key, text in found)


@lru_cache(maxsize=512)
def highlighted(source: str) -> Markup:
    """Python as HTML, its tokens in the classes of pygments."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return Markup(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)))
