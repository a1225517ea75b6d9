"""What a cell displays: its HTML, Typst, text and data, for JupyterLab, page, PDF and downloads."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from customs_report.display.markup import Text, element, plain

Bundle = tuple[dict[str, Any], dict[str, Any]]  # MIME type -> form, and the metadata
DATA = "application/vnd.customs-report.data+json"  # tables, charts and notes as data


@dataclass(frozen=True)
class Shown:
    """A displayed object as HTML, Typst and text, with the metadata exporters need (`about`).

    `data`: `tables`, as returned by `Table.tidy` and `Chart.tidy`, and `notes`, each a term (or "") and a text.
    """

    html: Markup
    typst: str
    text: str
    about: dict[str, Any]
    data: dict[str, list] = field(default_factory=dict)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        forms: dict[str, Any] = {"text/html": str(self.html), "text/x-typst": self.typst, "text/plain": self.text}
        forms |= {DATA: self.data} if self.data else {}
        return forms, {"customs_report": self.about}


@dataclass(frozen=True)
class Later:
    """A display whose charts are still being drawn; the build completes it after the last cell."""

    shown: Callable[[], Shown]

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return self.shown()._repr_mimebundle_()


def scrollable(content: Markup, labelled_by: str, class_: str = "scroll") -> Markup:
    """A box that scrolls sideways by itself, so that the page never does; the keyboard reaches it."""
    return element("div", content, class_=class_, role="region", tabindex=0, aria_labelledby=labelled_by)


def as_data(bodies: Iterable[Any], notes: Iterable[tuple[Text, Text]] = (), columns: int = 1) -> dict[str, list]:
    """The data of charts and tables, and notes; a small chart knows how many stand in a row."""
    tables = [body.tidy for body in bodies]
    tables = [table | ({"charts_in_row": columns} if columns > 1 and "svg" in table else {}) for table in tables]
    return {"tables": tables, "notes": [[plain(term), plain(text)] for term, text in notes]}
