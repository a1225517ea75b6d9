"""The test by place: every number of a report is compared with the fact or the table cell that its place names.

In the page a number stands in an element that says where it comes from (`data-fact`, `data-cell`) or what it is
(`data-kind`); where a fact comes from stands in an element that names the fact (`data-trace`). The named value or text is
written again and compared, and a digit anywhere else is a finding. The PDF is compared with the page, block by block in
reading order. Membership in a set of known numbers would prove nothing: most arbitrary percentages are in it.
"""

from __future__ import annotations

import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from math import isclose
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree
from lxml import html as parser

from customs_report.display import Trace
from customs_report.display.markup import CLOSE
from customs_report.numbers import digits, period_text, written
from customs_report.palette import printable
from customs_report.provenance import evaluated
from customs_report.publish.compact import cited_as

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

PLACES = {"data-fact", "data-cell", "data-copy", "data-trace"}
NO_FIGURES = {"name", "source", "quote", "note", "month", "exhibit", "failure", "chart"}  # marks whose digits are none
KINDS = {*NO_FIGURES, "period", "date"}
TABLE_NAME = "a table named after its helper and the arguments, such as partner_months.AFRICA"
DIGIT = re.compile(r"\d")
PARSER = etree.HTMLParser(remove_comments=True, remove_pis=True)  # else what follows one is no element's text
SPOKEN = ("alt", "aria-label", "aria-description", "placeholder", "title")
BLOCKS = ("h1", "h2", "h3", "p", "li", "dt", "dd", "th", "td", "caption", "figcaption")
ONLY_IN_PAGE = (
    "ancestor-or-self::*[self::nav or self::details or self::footer or @popover "
    "or contains(@class, 'code') or contains(@class, 'download')]"
)


class Lookup(NamedTuple):
    """Looks up places other than facts: the cell of a table, by table, row and column; the trace of a fact."""

    cell: Callable[[str, str, str], float]
    trace: Callable[[str], Trace]


class Finding(NamedTuple):
    """A number that cannot be proved: its place, what is shown, what should be."""

    where: str
    shown: str
    expected: str

    def __str__(self) -> str:
        return f"{self.where}: {self.shown!r}, expected {self.expected!r}"


# --- the page -----------------------------------------------------------------------------------------------------------


def prove_html(page: str, facts: dict, lookup: Lookup) -> list[Finding]:
    """Which numbers of a page are not what their place says? `facts` is the content of facts.json, `lookup` finds the rest.

    Of a chart the table of its data and its description are proved, not the drawing; what is marked as the author's own is not.
    """
    root, known = etree.fromstring(page, PARSER), {fact["name"]: fact for fact in facts["facts"]}
    etree.strip_elements(root, "style", "script", "svg", with_tail=False)
    for own in root.xpath("//*[@data-own]"):
        own.getparent().remove(own) if not own.tail else own.clear(keep_tail=True)
    for time in root.iter("time"):
        if time.get("data-kind") is None:
            time.set("data-kind", "period")
    found: list[Finding] = []
    cited: Counter[str] = Counter()
    elements = [element for element in root.iter("*") if element.keys()]  # an XPath for each question would take longer
    by_id = {element.get("id"): element for element in elements}
    traces = {element.get("id"): element.get("data-trace", "") for element in elements if element.get("popover") is not None}
    for element in elements:
        names = element.keys()
        if "data-fact" in names:
            found += _prove_fact(element, known) + _prove_trigger(element, traces, known, cited)
        elif "data-trace" in names:
            found += _prove_trace(element, lookup)
        elif "data-cell" in names:
            found += _prove_cell(element, lookup) + _prove_trigger_of_cell(element, traces, cited)
        elif "data-copy" in names:
            found += _prove_copy(element, by_id)
        elif element.get("data-kind") in ("period", "date"):
            found += _prove_period(element)
    return found + _stray_digits(root, elements)


def prove_facts(facts: dict, names: Iterable[str]) -> list[Finding]:
    """Which of these facts does their own formula not give, evaluated again from the inputs that facts.json names?"""
    found = []
    for fact in facts["facts"]:
        if fact["name"] in names and "formula" in fact:
            again = evaluated(
                fact["formula"], {given["role"]: given.get("values", given.get("value")) for given in fact["inputs"]}
            )
            if not isclose(again, fact["value"], rel_tol=1e-9, abs_tol=1e-9):
                found.append(Finding(f"formula of {fact['name']}", f"{fact['value']!r}", f"{again!r}"))
    return found


def _prove_fact(element: etree._Element, known: Mapping[str, dict]) -> list[Finding]:
    name, style = element.get("data-fact"), _style(element)
    if name not in known:
        return [Finding(f"fact {name}", _text(element), "a fact of this name")]
    fact = known[name]
    expected = written(fact["value"], fact["unit"], style, fact["step"])
    return _compared(f"fact {name} as {style}", element, *expected)


def _prove_trigger(
    element: etree._Element, traces: dict[str, str], known: Mapping[str, dict], cited: Counter[str]
) -> list[Finding]:
    """A number opens the trace of its own fact, or of one of the same origin."""
    link, name = element.getparent(), element.get("data-fact")
    if link.get("interestfor") is None or name not in known:
        return []
    if found := _prove_label(link, element, name, traces, cited):
        return found
    target = link.get("interestfor")
    of, _, part = traces.get(target, "").partition("/")
    own = of == name if not part else part == "origin" and of in known and _alike(known[of], known[name])
    if link.get("href") != f"#{target}" or (traces and not own):
        return [Finding(f"fact {name}", target, "the trace of this fact")]
    return []


def _alike(one: dict, other: dict) -> bool:
    """Do two facts share formula, sources and stage?"""
    return all(one[part] == other[part] for part in ("how", "sources", "stage"))


def _prove_trigger_of_cell(element: etree._Element, traces: dict[str, str], cited: Counter[str]) -> list[Finding]:
    """A cell of a helper's table that tells anything tells of that table."""
    link, cell = element.getparent(), element.get("data-cell")
    if link.get("interestfor") is None:
        return []
    if found := _prove_label(link, element, cell, traces, cited):
        return found
    target = link.get("interestfor")
    if link.get("href") == f"#{target}" and (not traces or traces.get(target) == cell.split("/")[0]):
        return []
    return [Finding(f"cell {cell}", target, "the trace of its table")]


def _prove_label(
    link: etree._Element, element: etree._Element, name: str, traces: dict[str, str], cited: Counter[str]
) -> list[Finding]:
    """No two citations of a fact or a cell are labelled alike; an exhibit alone, without traces, may have no labels yet."""
    same = cited_as(name, _text(element))
    cited[same] += 1
    label, expected = link.get("aria-label"), f"{_text(element)}, citation {cited[same]}"
    due = (expected if cited[same] > 1 else None,) if traces else (None, expected)
    return [] if label in due else [Finding(f"label of {name}", str(label), expected)]


def _prove_trace(element: etree._Element, lookup: Lookup) -> list[Finding]:
    name, _, part = element.get("data-trace").partition("/")
    try:
        expected = printable(lookup.trace(name).said(part))
    except KeyError:
        return [Finding(f"trace {name}", _text(element), "a fact of this name")]
    expected += "" if element.get("popover") is None else f" {CLOSE.striptags()}"
    shown = _text(element)
    return [] if _squeezed(shown) == _squeezed(expected) else [Finding(f"trace of {name}", shown, expected)]


def _prove_cell(element: etree._Element, lookup: Lookup) -> list[Finding]:
    place, style = element.get("data-cell"), _style(element)
    try:
        expected = written(lookup.cell(*place.split("/")), "", style)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return [Finding(f"cell {place}", _text(element), f"a cell of {TABLE_NAME} ({error})")]
    return _compared(f"cell {place} as {style}", element, *expected)


def _style(element: etree._Element) -> str:
    """How a number is written: as its element says, else its table."""
    return element.get("data-as") or next(element.iterancestors("table")).get("data-as")


def _prove_period(element: etree._Element) -> list[Finding]:
    key = element.get("datetime") or element.get("data-key")
    whole = period_text(key)
    if _text(element) == whole.split()[0]:  # the month alone, its year being plain
        return []
    return _compared(f"period {key}", element, whole)


def _prove_copy(element: etree._Element, by_id: dict[str, etree._Element]) -> list[Finding]:
    """The contents, the title: the same words as the heading they repeat."""
    target = element.get("data-copy")
    original = by_id.get(target)
    if original is None or original.get("data-copy"):
        return [Finding(f"copy of {target}", _text(element), "an element of this id")]
    shown = element.get("content") if element.tag == "meta" else _text(element)
    expected = _text(original)
    return [] if shown == expected else [Finding(f"copy of {target}", shown, expected)]


def _compared(where: str, element: etree._Element, expected: str, number: Decimal | None = None) -> list[Finding]:
    shown = _text(element)
    if shown != printable(expected).replace("\u00a0", " "):
        return [Finding(where, shown, expected)]
    said = element.get("value")
    if element.tag == "data" and number is not None and said != digits(number):
        return [Finding(f"{where}, machine-readable", str(said), digits(number))]
    return []


def _stray_digits(root: etree._Element, elements: list[etree._Element]) -> list[Finding]:
    """A digit outside any element that says what it is, in the text or in an attribute that is read aloud.

    `elements` have attributes; those that say what they are get emptied. A link's label is proved with its number.
    """
    heard = [element for element in elements if element.get("interestfor") is None or element.find("data") is None]
    spoken = [(element.tag, text) for element in heard for name in SPOKEN if DIGIT.search(text := element.get(name, ""))]
    for element in elements:
        if not PLACES.isdisjoint(element.keys()) or element.get("data-kind") in KINDS or element.get("class") == "code":
            element.clear(keep_tail=True)
    stray = [(element.tag, element.text) for element in root.iter("*") if DIGIT.search(element.text or "")]
    stray += [(element.getparent().tag, element.tail) for element in root.iter("*") if DIGIT.search(element.tail or "")]
    return [Finding(f"<{tag}>", text.strip()[:80], "no number outside a place") for tag, text in (*stray, *spoken)]


def _text(element: etree._Element) -> str:
    text = "".join(element.itertext()) if len(element) else element.text or ""
    return " ".join(text.replace("\u00a0", " ").replace("\u2060", "").split())


# --- the PDF ------------------------------------------------------------------------------------------------------------


def prove_pdf(pdf: bytes, page: str) -> list[Finding]:
    """Where does the PDF say something else than the page? Headings, sentences, table cells and notes in order, alt texts."""
    body, alts = _pdf_text(pdf)
    root = parser.fromstring(page)
    found = _in_order(list(_blocks(root)), body)
    expected = [_squeezed(_text(_alt_of(root, svg))) for svg in root.xpath("//*[local-name()='svg' and @role='img']")]
    if alts != expected:
        pairs = [(a, b) for a, b in zip([*alts, *[""] * len(expected)], expected, strict=False) if a != b]
        found.append(Finding("alt text of the PDF", *(pairs[0] if pairs else (str(len(alts)), str(len(expected))))))
    return found


def _alt_of(root: parser.HtmlElement, svg: parser.HtmlElement) -> parser.HtmlElement:
    return root.get_element_by_id(svg.get("aria-labelledby"))


def _blocks(root: parser.HtmlElement) -> Iterator[str]:
    """The page's text, block by block, without what only a page has: contents, data, downloads, code."""
    for block in root.xpath("//main//*[" + " or ".join(f"self::{tag}" for tag in BLOCKS) + "]"):
        if block.xpath(ONLY_IN_PAGE) or block.xpath(" or ".join(f".//{tag}" for tag in BLOCKS)):
            continue
        if "hidden" in block.attrib:  # an alt text: compared by itself
            continue
        text = "".join(block.xpath(".//text()[not(ancestor::sup) and not(ancestor::a[@aria-label and not(@interestfor)])]"))
        if squeezed := _squeezed(text):
            yield squeezed


def _in_order(blocks: list[str], body: str) -> list[Finding]:
    """Blocks missing from the PDF's text or out of order there, and digits between two blocks."""
    at = 0
    for block in blocks:
        found = body.find(block, at)
        if found < 0:
            near = body[at : at + len(block) + 40]
            return [Finding("text of the PDF", near, block)]
        between = re.sub(r"Exhibit\d+", "", body[at:found])
        if re.search(r"\d", between):
            return [Finding("text of the PDF", between[:80], "no number that the page does not have")]
        at = found + len(block)
    return []


def _pdf_text(pdf: bytes) -> tuple[str, list[str]]:
    """The text of a tagged PDF in reading order without its contents and charts, and its alt texts."""
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(pdf))
    body, alts = [], []
    for path, text, alt in _tagged(reader):
        if alt is not None:
            alts.append(_squeezed(alt))
        elif not {"/TOC", "/Figure", "/Lbl"} & set(path):
            body.append(text)
    return _squeezed("".join(body)), alts


def _tagged(reader: PdfReader) -> Iterator[tuple[tuple[str, ...], str, str | None]]:
    """The leaves of the structure tree in reading order: path of tags, text, alt text."""
    pages = {page.indirect_reference.idnum: _marked_text(page) for page in reader.pages if page.indirect_reference}

    def step(node: Any, path: tuple[str, ...], page: int) -> Iterator[tuple[tuple[str, ...], str, str | None]]:
        node = node.get_object()
        if isinstance(node, int):
            yield path, pages[page].get(node, ""), None
        elif isinstance(node, list):
            for child in node:
                yield from step(child, path, page)
        elif node.get("/Type") == "/MCR":
            page = node.raw_get("/Pg").idnum if "/Pg" in node else page
            yield path, pages[page].get(node["/MCID"], ""), None
        elif node.get("/Type") != "/OBJR":
            page = node.raw_get("/Pg").idnum if "/Pg" in node else page
            tag = str(node.get("/S", ""))
            if "/Alt" in node:
                yield (*path, tag), "", str(node["/Alt"])
            if "/K" in node:
                yield from step(node["/K"], (*path, tag), page)

    root: Any = reader.trailer["/Root"]
    yield from step(root["/StructTreeRoot"]["/K"], (), 0)


def _marked_text(page: PageObject) -> dict[int | None, str]:
    """The text of a page by marked-content number; headers and footers stand in none."""
    stack: list[int | None] = []
    found: dict[int | None, str] = defaultdict(str)

    def before(operator: bytes, operands: list, *_: object) -> None:
        if operator in (b"BDC", b"BMC"):
            properties = operands[1] if len(operands) > 1 else None
            stack.append(properties.get("/MCID") if isinstance(properties, dict) else None)

    def after(operator: bytes, *_: object) -> None:
        if operator == b"EMC" and stack:
            stack.pop()

    def text(shown: str, *_: object) -> None:
        found[next((number for number in reversed(stack) if number is not None), None)] += shown

    page.extract_text(visitor_operand_before=before, visitor_operand_after=after, visitor_text=text)
    return found


def _squeezed(text: str) -> str:
    """The text without white space and line-break characters, since lines break elsewhere in a PDF."""
    return re.sub(r"[\s\u00a0\u00ad\u200b\u2060]+", "", text)
