"""The form in the notebook `explore` that checks a text: paste it, give its day, press the button.

What is shown is a call of `texts.check_text`, which also works without the form.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import ipywidgets as widgets
from markupsafe import Markup

from customs_report.display.markup import element
from customs_report.errors import InputError
from customs_report.numbers import period_text
from customs_report.texts import CheckedText, Finding, check_text
from customs_report.texts.report import arithmetic, rest, summary, understood

HEADS = ("Figure", "Understood as", "Then", "Now", "Arithmetic")


class Texts(widgets.VBox):
    """A text area, a day and a button; beneath them the verdict on each figure, with the arithmetic."""

    def __init__(self, text: str = "", published: str = "") -> None:
        wide = widgets.Layout(width="100%")
        self.text = widgets.Textarea(value=text, placeholder="Paste an article", rows=8, layout=wide)
        self.published = widgets.Text(value=published, placeholder="2025-12-08", description="Published")
        self.button = widgets.Button(description="Check")
        self.shown = widgets.HTML()
        self.button.on_click(self._show)
        super().__init__([self.text, widgets.HBox([self.published, self.button]), self.shown])

    def _show(self, button: object = None) -> None:
        try:
            made = _as_html(check_text(self.text.value, self.published.value.strip()))
        except InputError as refused:
            made = element("p", str(refused), role="alert")
        self.shown.value = element("div", made, class_="jp-RenderedHTMLCommon")


def _as_html(checked: CheckedText) -> Markup:
    head = element("tr", Markup("").join(element("th", name) for name in HEADS))
    parts = [element("p", f"{summary(checked)}; then: {period_text(checked.published)}")]
    for sentence, found in groupby(understood(checked), key=lambda finding: finding.sentence):
        rows = [element("tr", Markup("").join(element("td", cell) for cell in _cells(finding))) for finding in found]
        parts += [element("p", sentence.text), element("table", head + Markup("").join(rows))]
    return Markup("").join([*parts, *_missed(checked)])


def _cells(finding: Finding) -> tuple[str, ...]:
    then, now = arithmetic(finding.judged_then), arithmetic(finding.judged_now)
    why = then or finding.why
    both = f"{why} Now: {now}" if now and now != then else why
    return finding.quote, finding.understood or finding.about, finding.then, finding.now, both


def _missed(checked: CheckedText) -> Iterator[Markup]:
    if missed := rest(checked):
        yield element("p", "Not understood:")
        listed = (element("li", f"“{found.quote}” in “{found.sentence.text}”: {found.why}") for found in missed)
        yield element("ul", Markup("").join(listed))
