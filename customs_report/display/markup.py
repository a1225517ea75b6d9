"""Text and numbers in HTML, in Typst and as plain text.

Every number names its source in `data-*` attributes, which `publish/proof.py` checks. Text is escaped in HTML and is only ever
a string literal in Typst, so no label is read as markup. Styling is in the templates, which define the class names and Typst
functions used here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import escape
from typing import Any, Literal

from markupsafe import Markup

from customs_report.facts import MARKS, Cite, Run, Runs, mark_of
from customs_report.languages import language
from customs_report.palette import printable

Text = str | Runs
Tells = Literal["fact", "origin", ""]
Attribute = str | int | bool | None
BLOCKS = {"caption", "dd", "div", "dl", "dt", "figcaption", "h1", "h2", "h3", "header", "li", "ol", "p", "section", "summary"}
BLOCKS |= {"table", "tbody", "td", "th", "thead", "tr", "ul"}
LEFT, CENTRE = "text-align:left", "text-align:center"  # where JupyterLab right-aligns table cells
APART = "overflow:hidden"  # JupyterLab lets terms float, so that one would slide beside the texts of another
UNQUOTED = re.compile(r"[\w./:-]+")  # an attribute's value that needs no quotes


def plain(text: Text) -> str:
    """Plain text, without source markup."""
    return printable("".join(run if isinstance(run, str) else run.text + mark_of(run) for run in text))


def html(text: Text, tells: Tells = "fact") -> Markup:
    """HTML with every number linked to its trace.

    In sentences a number is linked to its own fact or helper; in table cells, to the trace shared by the column. Tables of
    helpers have one link beneath, since a page has too many cells for more.
    """
    if isinstance(text, str):
        return Markup(escape(printable(text)))
    return Markup("".join([_run(run, tells) for run in text]))


def _run(run: Run, tells: Tells) -> str:
    if isinstance(run, str):
        return escape(printable(run))
    shown = printable(run.text)
    if isinstance(run, Cite):
        number = _number(run, shown)
        if not run.name:
            return number
        if tells == "fact":
            return linked(number, f"f-{run.table or run.name}") + run.mark
        return (linked(number, f"o-{run.shared}") if tells and run.shared else number) + run.mark
    if run.kind == "trace":
        return element("span", shown, data_trace=run.key)
    if run.kind in ("period", "date") and "/" not in run.key:
        return element("time", shown, datetime=run.key, data_kind=run.kind)
    return element("span", shown, data_kind=run.kind, data_key=run.key)


def _number(run: Cite, shown: str) -> Markup:
    """A number as `<data>`, written by hand without quotes because a page has thousands."""
    return Markup(f"<data value={run.number} data-{run.place}={_bare(run.name)} data-as={run.style}>{escape(shown)}</data>")


def _bare(value: str) -> str:
    return value if UNQUOTED.fullmatch(value) else f'"{escape(value)}"'


def linked(number: Markup, trace: str, label: str | None = None) -> Markup:
    """A number that opens its trace on hover or focus where `interestfor` is supported, on click everywhere.

    It is a link so that reader views keep the text. The inline style is for JupyterLab, which lacks our style sheet.
    """
    said = f' aria-label="{escape(label)}"' if label else ""
    return Markup(f'<a style="color:inherit" href="#{escape(trace)}" interestfor="{escape(trace)}"{said}>{number}</a>')


def typst(text: Text) -> str:
    """The text for the PDF; a number stays on one line with its sign and the word after it."""
    runs = (text,) if isinstance(text, str) else text
    shown = plain(tuple((run.text + mark_of(run)).replace(" ", "\u00a0", 1) if isinstance(run, Cite) else run for run in runs))
    return re.sub(r"([+−])\$", "\\1\u2060$", shown)


def footnotes(*texts: Text | None) -> tuple[Runs, ...]:
    """Meanings of the footnote signs used in these texts, each once."""
    used = {run.mark: run.language for text in texts if text for run in text if isinstance(run, Cite)}
    said = " ".join(f"{mark} {language(used[mark]).word(meaning)}" for mark, meaning in MARKS.items() if mark in used)
    return ((said,),) if said else ()


def joined(sentences: Iterable[Text]) -> Runs:
    """Sentences as one paragraph; no space follows a full-width stop."""
    runs: list[Run] = []
    for sentence in sentences:
        space = bool(runs) and not str(runs[-1]).endswith("。")
        runs += [" "] * space + list((sentence,) if isinstance(sentence, str) else sentence)
    return tuple(runs)


def element(tag: str, *children: str, **attributes: Attribute) -> Markup:
    """An HTML element: children and attributes are escaped, `data_fact` is written `data-fact` and `class_` `class`.

    Block elements end with a newline so that pasted plain text does not run together.
    """
    written = [
        f" {_attribute(name)}" if value is True else f' {_attribute(name)}="{_escaped(value)}"'
        for name, value in attributes.items()
        if value is not None and value is not False
    ]
    end = "\n" if tag in BLOCKS else ""
    return Markup(f"<{tag}{''.join(written)}>{''.join(map(_escaped, children))}</{tag}>{end}")


def entry(term: Markup, texts: Markup) -> Markup:
    """A term of a list of definitions, with its texts beside or beneath it."""
    return element("div", element("dt", term), texts, style=APART)


@lru_cache
def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


def _escaped(value: Attribute) -> str:
    return value if isinstance(value, Markup) else escape(str(value))


def literal(value: Any) -> str:
    """A Python value as a Typst literal; text is always a string there, never markup."""
    if value is None:
        return "none"
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, Mapping):
        return "(" + (", ".join(f"{key}: {literal(item)}" for key, item in value.items()) or ":") + ")"
    return "(" + "".join(f"{literal(item)}, " for item in value).rstrip() + ")"
