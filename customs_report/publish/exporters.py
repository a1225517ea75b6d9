"""nbconvert exporters: an executed notebook as a self-contained page, or as a tagged PDF.

Both are functions of the notebook alone. They choose among the forms that the cells' outputs carry and never parse them;
markdown cells go through pandoc. A cell tagged `lab-only` is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup, escape
from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from traitlets import default

from customs_report.display import element, literal
from customs_report.palette import DARK, FONT, LIGHT, printable
from customs_report.publish.fonts import page_fonts, typst_fonts

TEMPLATES = Path(__file__).parent / "templates"
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
    """A cell's code, or one thing that a cell shows, in the forms of both faces."""

    html: str = ""
    typst: str = ""
    code: str = ""
    entries: tuple[Entry, ...] = ()
    about: Any = None

    @property
    def is_cover(self) -> bool:
        return bool(self.about) and self.about.get("kind") == "cover"


@dataclass(frozen=True)
class Outline:
    """A notebook as its readers get it: the parts in order, and what stands around them."""

    parts: tuple[Part, ...]

    @property
    def cover(self) -> dict[str, Any]:
        return next((part.about for part in self.parts if part.is_cover), {})

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
    def contents(self) -> tuple[Entry, ...]:
        return tuple(entry for part in self.parts for entry in part.entries)

    @property
    def incomplete(self) -> tuple[str, ...]:
        """What could not be made, one line each; empty for a complete report."""
        return tuple(part.about["incomplete"] for part in self.parts if part.about and "incomplete" in part.about)


def outline(notebook: NotebookNode) -> Outline:
    """What does an executed notebook hold for its readers?"""
    cells = [cell for cell in notebook.cells if "lab-only" not in cell.metadata.get("tags", ())]
    return Outline(tuple(part for cell in cells for part in _parts(cell)))


def _parts(cell: NotebookNode) -> Iterator[Part]:
    if cell.cell_type == "markdown":
        yield markdown(cell.source)
    elif cell.cell_type == "code":
        yield Part(code=highlighted(cell.source))
        yield from map(_output, cell.outputs)


def _output(output: NotebookNode) -> Part:
    """An output in both faces; what has no form for a face stands there as plain text, what went to stderr in neither."""
    if output.output_type == "error":
        box = failure("A cell of the notebook", f"{output.ename}: {output.evalue}")
        return Part(box.html, box.typst, about=box.about)
    if output.output_type == "stream":
        data, about = {"text/plain": output.text if output.name == "stdout" else ""}, {}
    else:
        data, about = output.data, output.metadata.get("customs_report", {})
    text = data.get("text/plain", "")
    html = data.get("text/html", element("pre", printable(text)) if text else "")
    typst = data.get("text/x-typst", f"#raw({literal(printable(text))}, block: true)" if text else "")
    entries = (_entry(about),) if about.get("kind") == "exhibit" else ()
    return Part(html, typst, entries=entries, about=about)


def _entry(about: dict[str, Any]) -> Entry:
    number = about["number"]
    return Entry(3, f"exhibit-{number}-claim", about["heading"], f"Exhibit {number}")


@lru_cache(maxsize=512)
def markdown(source: str) -> Part:
    """A markdown cell in both faces; raw HTML, TeX and dollar formulas are plain text there."""
    import pypandoc

    reader = "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-citations"
    html, typst = (
        pypandoc.convert_text(source, to, format=reader, extra_args=["--wrap=none", "--id-prefix=section-"])
        for to in ("html", "typst")
    )
    headings = re.findall(r'<h(\d) id="([^"]+)">(.*?)</h\1>', html, re.S)
    return Part(html, typst, entries=tuple(Entry(int(n), key, Markup(text).striptags()) for n, key, text in headings))


@lru_cache(maxsize=512)
def highlighted(source: str) -> Markup:
    """Python as HTML, its tokens in the classes of pygments."""
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    return Markup(highlight(source, PythonLexer(), HtmlFormatter(nowrap=True)))


class ReportHTMLExporter(TemplateExporter):
    """A self-contained page: no script, no request to anywhere."""

    export_from_notebook = "Report (HTML)"
    output_mimetype = "text/html"

    @default("template_name")
    def _template_name(self) -> str:
        return "report_html"

    @default("extra_template_basedirs")
    def _folders(self) -> list[str]:
        return [str(TEMPLATES)]

    @default("file_extension")
    def _extension(self) -> str:
        return ".html"

    @default("template_extension")
    def _template_extension(self) -> str:
        return ".html.j2"

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw):
        extra = {"report": outline(nb), "light": LIGHT, "dark": DARK, "fonts": page_fonts(), "style": _file("report_html/report.css")}
        resources = {**(resources or {}), "customs_report": extra}
        return super().from_notebook_node(nb, resources, **kw)
