"""Do mail and slides say what their pages say, which are proved (`proof.prove_html`)?"""

from __future__ import annotations

import email
import email.policy
import io
import re
from collections.abc import Iterator
from datetime import date, timedelta
from math import isclose
from typing import Any

from lxml import html as parser

from customs_report.languages import Language, of_page
from customs_report.publish.findings import Finding
from customs_report.publish.passages import squeezed
from customs_report.publish.proof import Lookup

SLIDE_NUMBER = "‹#›"  # a field
END = "\0"  # of a text


def prove_mail(mail: bytes, page: str) -> list[Finding]:
    """Where do subject, HTML or text of a mail say something else than the HTML that is proved (`mail.mail_page`)?"""
    message: Any = email.message_from_bytes(mail, policy=email.policy.default)
    html, text = (message.get_body((kind,)).get_content() for kind in ("html", "plain"))
    proved = parser.fromstring(page)
    blocks = [squeezed(block.text_content()) for block in proved.xpath("//*[@data-block]")]
    pairs = {
        "HTML of the mail": (_spoken(parser.fromstring(html)), _spoken(proved)),
        "subject of the mail": (squeezed(message["Subject"]), squeezed(proved.findtext(".//title"))),
    }
    found = [_first_difference(where, *pair) for where, pair in pairs.items() if pair[0] != pair[1]]
    return found + _in_order([*blocks, END], squeezed(text) + END, "text of the mail")


def _spoken(root: parser.HtmlElement) -> str:
    """All that is read of a page, seen or heard, in its order."""
    return squeezed("".join(root.xpath(".//text()[not(parent::style)] | .//@alt")))


def _first_difference(where: str, shown: str, expected: str) -> Finding:
    at = next((i for i, (a, b) in enumerate(zip(shown, expected, strict=False)) if a != b), min(len(shown), len(expected)))
    start = max(0, at - 20)
    return Finding(where, shown[start : at + 20], expected[start : at + 20])


def _in_order(blocks: list[str], body: str, where: str) -> list[Finding]:
    """Blocks missing from a text or out of order there, and digits between two blocks."""
    at = 0
    for block in blocks:
        found = body.find(block, at)
        if found < 0:
            near = body[at : at + len(block) + 40]
            return [Finding(where, near, block)]
        between = body[at:found]
        if re.search(r"\d", between):
            return [Finding(where, between[:80], "no number that the page does not have")]
        at = found + len(block)
    return []


# --- the slides ---------------------------------------------------------------------------------------------------------


def prove_slides(slides: bytes, page: str, facts: dict, lookup: Lookup) -> list[Finding]:
    """Where do slides say something else than the HTML that is proved (`slides.slides_page`), or chart another number?"""
    from pptx import Presentation

    known, found = {fact["name"]: fact["value"] for fact in facts["facts"]}, []
    shown = Presentation(io.BytesIO(slides)).slides
    root = parser.fromstring(page)
    sections, lang = root.xpath("//section"), of_page(root.get("lang"))
    for number, (slide, section) in enumerate(zip(shown, sections, strict=True), 1):
        said = squeezed("".join(text for shape in slide.shapes for text in _texts_of(shape, lang)))
        expected = squeezed("".join(block.text_content() for block in section.xpath("./*[@data-block]")))
        if said != expected:
            found.append(_first_difference(f"slide {number}", said, expected))
        charts = [shape.chart for shape in slide.shapes if shape.has_chart]
        columns = [each.values for chart in charts for each in chart.plots[0].series]
        for values, cells in zip(columns, section.xpath("./*[@data-values]"), strict=True):
            plotted = [value * int(cells.get("data-values")) for value in values if value is not None]
            places = [places[0] for each in cells if (places := each.xpath(".//*[@data-fact or @data-cell]"))]
            true = [
                known[at] if (at := place.get("data-fact")) else lookup.cell(*place.get("data-cell").split("/"))
                for place in places
            ]
            if len(plotted) != len(true) or not all(map(isclose, plotted, true)):
                found.append(Finding(f"chart of slide {number}", str(plotted)[:80], str(true)[:80]))
    return found


def _texts_of(shape: Any, lang: Language) -> Iterator[str]:
    """The text of a shape of a slide, a table or a chart, in the order in which it is read; not the slide's number."""
    if shape.has_chart:
        plot, dated = shape.chart.plots[0], shape.chart._chartSpace.xpath(".//c:dateAx")
        yield shape.chart.chart_title.text_frame.text
        yield from (_month(float(each), lang) if dated else str(each) for each in plot.categories)
        yield from (each.name for each in plot.series)
    elif shape.has_table:
        yield from (cell.text for row in shape.table.rows for cell in row.cells if not cell.is_spanned)
    elif shape.has_text_frame and shape.text_frame.text != SLIDE_NUMBER:
        yield shape.text_frame.text


def _month(serial: float, lang: Language) -> str:
    """The month of a spreadsheet's number of a date."""
    return lang.period_text((date(1899, 12, 30) + timedelta(serial)).isoformat()[:7])
