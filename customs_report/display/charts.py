"""Charts: a drawing with its alt text, and the table of its data, whose rows answer where the drawing is pointed at."""

from __future__ import annotations

import re
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from customs_report.chart_answers import BY_MONTH, Answer, Boxes, FromTop, Standing, answers_of
from customs_report.display.markup import Text, element, html, literal, plain, typst
from customs_report.display.shown import Bundle, Shown, as_data, scrollable
from customs_report.display.tables import SCALED, Table, heads
from customs_report.drawing import beside
from customs_report.drawing.drawings import Drawing, svg
from customs_report.house.look import Look
from customs_report.palette import CHART_WIDTH, FALLBACK, LIGHT, X_HEIGHT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LEGIBLE = 9  # px: no text of a chart becomes smaller on a screen
LARGEST = 1.6  # pixels a point, of a chart on a wide screen


@dataclass(frozen=True)
class Chart:
    """A chart: drawing, alt text, data table, title above and source below.

    Draw on a `canvas()` of `drawing.axes`, or with `matplotlib.figure.Figure`, in the colours of `palette`,
    `palette.CHART_WIDTH` inches wide, with fixed margins.
    """

    drawing: Drawing | Figure
    alt: Text
    data: Table
    source: Text = ()
    title: Text = ()
    rows: Standing = BY_MONTH  # where the rows of the data stand in the drawing
    _coming: Future[str] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.drawing, Drawing):
            object.__setattr__(self, "_coming", beside.draw(self.drawing, self.data.name))

    def html(self, prefix: str = "", data_of: Text = "Data of this chart", small: bool = False) -> Markup:
        """The drawing in a scroll box and, folded away beneath it, its data, with a link to download them.

        A `small` one of several has neither that link nor a source, which they share.
        """
        ids = f"{prefix}{self.data.name}"
        alt, data = f"{ids}-alt", f"{ids}-data"
        answering = self._answers()
        shared = next(filter(None, answering), None)
        table = self.data.html(prefix, labelled_by=data, answers=answering) + self.data.beneath(download=not small)
        kind = f"data answers{'' if isinstance(self._standing, FromTop) else ' across'}" if shared else "data"
        folded = element(
            "details",
            element("summary", html(data_of, tells=""), id=data),
            table,
            class_=kind,
            style=self._layout(shared) if shared else None,
        )
        answering_drawing = _inline(self.svg, ids, alt, self.look, self._elastic) + folded
        return element(
            "figure",
            element("figcaption", html(self.title)) if self.title else "",
            element("p", html(self.alt, tells=""), id=alt, hidden=True),
            element("div", answering_drawing, class_="drawing") if self._elastic else scrollable(answering_drawing, alt),
            element("p", html(self.source), class_="source") if self.source and not small else "",
        )

    @property
    def look(self) -> Look:
        """The look it is drawn in."""
        return self.drawing.look if isinstance(self.drawing, Drawing) else Look()

    @property
    def _elastic(self) -> bool:
        """May a narrow screen squeeze it? Not if names of rows take a part of its width, nor a map or an author's own."""
        return isinstance(self.drawing, Drawing) and not self.drawing.has_flat_bars and not isinstance(self.rows, Boxes)

    @property
    def _standing(self) -> Standing:
        return FromTop() if isinstance(self.drawing, Drawing) and self.drawing.has_flat_bars else self.rows

    def _answers(self) -> list[Answer | None]:
        rows = self.data.rows
        return answers_of(self.svg, [row.label for row in rows], [row.kind == "heading" for row in rows], self._standing)

    def _layout(self, first: Answer) -> str:
        """The drawing's proportions, a row's field, and the headers, for the style that lays the rows over the drawing."""
        (size,) = re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)', self.svg)[:1]
        widths = f"--m:{least_width(self.svg, self.look):.0f}px;--x:{_most_width(self.svg):.0f}px"
        return ";".join([f"--r:{size[0]}/{size[1]}", widths, first.style(), *heads(self.data.columns)])

    @cached_property
    def figure(self) -> Figure:
        """The drawing, drawn with matplotlib."""
        return self.drawing.figure() if isinstance(self.drawing, Drawing) else self.drawing

    @cached_property
    def svg(self) -> str:
        """The drawing as SVG, from the drawing process, or drawn here."""
        if self._coming:
            with suppress(Exception):
                return self._coming.result()
        return svg(self.drawing, self.data.name)

    def typst_form(self) -> dict[str, Any]:
        return {
            "kind": "chart",
            "title": typst(self.title),
            "svg": self.svg,
            "width": min(100, round(width_of(self.svg) / CHART_WIDTH / 0.72)) if isinstance(self.drawing, Drawing) else 100,
            "alt": plain(self.alt),
            "source": typst(self.source),
        }

    @property
    def text(self) -> str:
        """The drawing in words."""
        return plain(self.alt)

    def shown(self) -> Shown:
        return Shown(self.html(), f"#body({literal(self.typst_form())})", self.text, {"kind": "chart"}, as_data([self]))

    @property
    def tidy(self) -> dict[str, Any]:
        """Its data as `Table.tidy`, with the drawing as a complete SVG file (`svg`), `title` and `source`."""
        said = element("title", plain(self.title)) + element("desc", plain(self.alt))
        name = _named(self.look)
        svg = self.svg.replace(name, f"{name}, sans-serif").replace(">", f">{said}", 1)
        data, title = self.data.tidy, plain(self.title)
        caption = data["caption"] or SCALED.sub("", title)
        return {**data, "caption": caption, "svg": svg, "title": title, "source": plain(self.source)}

    @property
    def frame(self) -> pd.DataFrame:
        """Its data as a data frame."""
        return self.data.frame

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return self.shown()._repr_mimebundle_()


def _named(look: Look) -> str:
    """The typefaces of a drawing as matplotlib writes them."""
    return ", ".join(f"'{name}'" for name in look.families)


def _inline(svg: str, ids: str, alt: str, look: Look, elastic: bool = False) -> Markup:
    """An inline SVG: unique ids, colours that follow light and dark mode, text never too small to read.

    The page squeezes an `elastic` one on a narrow screen, but not its letters.

    Uses presentation attributes, because a strict CSP blocks `style` and the chart would be black. JupyterLab lacks our font;
    another one is made as small as ours, so that labels do not touch.
    """
    least, most, name = least_width(svg, look), _most_width(svg), _named(look)
    height = least * float(re.findall(r'viewBox="0 0 [\d.]+ ([\d.]+)', svg)[0]) / width_of(svg)
    svg = re.sub(r' data-panels="[^"]*"', "", re.sub(r'(id="|href="#|url\(#)', rf"\g<1>{ids}-", svg))
    names = {colour: name for name, colour in LIGHT.items()}
    svg = re.sub(r"(?<=: )#[0-9a-f]{6}\b", lambda c: f"var(--c-{names[c[0]]}, {c[0]})" if c[0] in names else c[0], svg)
    svg = svg.replace(f"font-family: {name}; ", "").replace(name, f"{name}, {FALLBACK}")
    svg = re.sub(r' style="([^"]+)"', lambda found: re.sub(r" ?([a-z-]+): ?([^;]+);?", r' \1="\2"', found[1]), svg)
    style = f"min-width:{least:.0f}px;max-width:{most:.0f}px;font-size-adjust:{look.x_height}"
    style += f";--m:{least:.0f}px;min-height:{height:.0f}px" * elastic
    squeezed = ' class="elastic" preserveAspectRatio="none"' * elastic
    family = f"{','.join(look.families)},{FALLBACK}"
    opening = f'<svg role="img" aria-labelledby="{alt}" data-kind="chart" style="{style}"{squeezed} font-family="{family}"'
    return Markup(re.sub(r'^<svg(.*?) width="[^"]+" height="[^"]+"', rf"{opening}\1", svg))


def width_of(svg: str) -> float:
    """The width of a drawing, in points."""
    return float(re.findall(r'viewBox="0 0 ([\d.]+)', svg)[0])


def _most_width(svg: str) -> float:
    """In pixels: so wide that letters are no larger than those of the text."""
    return width_of(svg) * LARGEST


def least_width(svg: str, look: Look) -> float:
    """In pixels: so wide that the smallest letters can be read, whose size is that of a typeface with our x-height."""
    legible = LEGIBLE * X_HEIGHT / look.x_height
    return width_of(svg) * legible / min(map(float, re.findall(r"font(?:-size)?:[^;\"]*?([\d.]+)px", svg)), default=legible)
