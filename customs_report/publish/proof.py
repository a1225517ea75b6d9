"""The test by place: every number of a report is compared with the fact or the table cell that its place names.

In the page a number stands in an element that says where it comes from (`data-fact`, `data-cell`) or what it is
(`data-kind`); where a fact comes from stands in an element that names the fact (`data-trace`). The named value or text is
written again and compared, and a digit anywhere else is a finding. It is not enough that a number occurs among the facts: most
percentages do by chance. A PDF is proved from what is attached to it (`verify_pdf`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from math import isclose
from typing import Any, NamedTuple

from lxml import etree

from customs_report import __version__
from customs_report.display import Trace
from customs_report.languages import Language, of_page
from customs_report.numbers import digits
from customs_report.palette import printable
from customs_report.provenance import evaluated
from customs_report.publish.compact import cited_as
from customs_report.publish.findings import Finding
from customs_report.publish.passages import NO_FIGURES, PARSER, squeezed

PLACES = {"data-fact", "data-cell", "data-copy", "data-trace"}
KINDS = {*NO_FIGURES, "period", "date", "hash", "version"}
TABLE_NAME = "a table named after its helper and the arguments, such as partner_months.AFRICA"
DIGIT = re.compile(r"\d")
SPOKEN = ("alt", "aria-label", "aria-description", "placeholder", "title")


class Lookup(NamedTuple):
    """Looks up places other than facts: the cell of a table, by table, row and column; the trace of a fact."""

    cell: Callable[[str, str, str], float]
    trace: Callable[[str], Trace]


# --- the page -----------------------------------------------------------------------------------------------------------


def prove_html(page: str, facts: dict, lookup: Lookup) -> list[Finding]:
    """Which numbers of a page are not what their place says? `facts` is the content of facts.json, `lookup` finds the rest.

    Of a chart the table of its data and its description are proved, not the drawing; what is marked as the author's own is not.
    """
    root, known = etree.fromstring(page, PARSER), {fact["name"]: fact for fact in facts["facts"]}
    lang = of_page(root.get("lang"))
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
            found += _prove_fact(element, known, lang) + _prove_trigger(element, traces, known, cited, lang)
        elif "data-trace" in names:
            found += _prove_trace(element, lookup)
        elif "data-cell" in names:
            found += _prove_cell(element, lookup, lang) + _prove_trigger_of_cell(element, traces, cited, lang)
        elif "data-copy" in names:
            found += _prove_copy(element, by_id)
        elif element.get("data-kind") in ("period", "date"):
            found += _prove_period(element, lang)
        elif element.get("data-kind") in ("hash", "version"):
            found += _prove_making(element, root)
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


def prove_dataset(said: Mapping[str, Any], facts: dict) -> list[Finding]:
    """Which values of a report's JSON-LD are not those of the facts that they name?"""
    known = {fact["name"]: fact for fact in facts["facts"]}
    found = []
    for each in said.get("variableMeasured", ()):
        name, fact = each["propertyID"], known.get(each["propertyID"], {})
        if each["value"] not in (fact.get("value"), fact.get("text")):
            found.append(Finding(f"JSON-LD of {name}", f"{each['value']}", f"{fact.get('value', 'a fact of this name')}"))
    return found


def _prove_fact(element: etree._Element, known: Mapping[str, dict], lang: Language) -> list[Finding]:
    name, style = element.get("data-fact"), _style(element)
    if name not in known:
        return [Finding(f"fact {name}", _text(element), "a fact of this name")]
    fact = known[name]
    expected = lang.written(fact["value"], fact["unit"], style, fact["step"])
    return _compared(f"fact {name} as {style}", element, *expected)


def _prove_trigger(
    element: etree._Element, traces: dict[str, str], known: Mapping[str, dict], cited: Counter[str], lang: Language
) -> list[Finding]:
    """A number opens the trace of its own fact, or of one of the same origin."""
    link, name = element.getparent(), element.get("data-fact")
    if link.get("interestfor") is None or name not in known:
        return []
    if found := _prove_label(link, element, name, traces, cited, lang):
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


def _prove_trigger_of_cell(
    element: etree._Element, traces: dict[str, str], cited: Counter[str], lang: Language
) -> list[Finding]:
    """A cell of a helper's table with a link opens the trace of that table."""
    link, cell = element.getparent(), element.get("data-cell")
    if link.get("interestfor") is None:
        return []
    if found := _prove_label(link, element, cell, traces, cited, lang):
        return found
    target = link.get("interestfor")
    if link.get("href") == f"#{target}" and (not traces or traces.get(target) == cell.split("/")[0]):
        return []
    return [Finding(f"cell {cell}", target, "the trace of its table")]


def _prove_label(
    link: etree._Element, element: etree._Element, name: str, traces: dict[str, str], cited: Counter[str], lang: Language
) -> list[Finding]:
    """No two citations of a fact or a cell are labelled alike; an exhibit alone, without traces, may have no labels yet."""
    same = cited_as(name, _text(element))
    cited[same] += 1
    label, expected = link.get("aria-label") and _spaced(link.get("aria-label")), lang.citation(_text(element), cited[same])
    due = (expected if cited[same] > 1 else None,) if traces else (None, expected)
    return [] if label in due else [Finding(f"label of {name}", str(label), expected)]


def _prove_trace(element: etree._Element, lookup: Lookup) -> list[Finding]:
    name, _, part = element.get("data-trace").partition("/")
    try:
        trace = lookup.trace(name)
    except KeyError:
        return [Finding(f"trace {name}", _text(element), "a fact of this name")]
    expected = printable(trace.said(part)) + ("" if element.get("popover") is None else f" {trace.closing}")
    shown = _text(element)
    return [] if squeezed(shown) == squeezed(expected) else [Finding(f"trace of {name}", shown, expected)]


def _prove_cell(element: etree._Element, lookup: Lookup, lang: Language) -> list[Finding]:
    place, style = element.get("data-cell"), _style(element)
    try:
        expected = lang.written(lookup.cell(*place.split("/")), "", style)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        return [Finding(f"cell {place}", _text(element), f"a cell of {TABLE_NAME} ({error})")]
    return _compared(f"cell {place} as {style}", element, *expected)


def _style(element: etree._Element) -> str:
    """How a number is written: as its element says, else its table."""
    return element.get("data-as") or next(element.iterancestors("table")).get("data-as")


def _prove_period(element: etree._Element, lang: Language) -> list[Finding]:
    key = element.get("datetime") or element.get("data-key")
    if _text(element) == lang.month_alone(key):
        return []
    return _compared(f"period {key}", element, lang.period_text(key))


def _prove_making(element: etree._Element, root: etree._Element) -> list[Finding]:
    """The software's version; the hash of the data, which may be cut short, as the page's metadata have it."""
    shown, kind = _text(element), element.get("data-kind")
    if kind == "version":
        return [] if shown == __version__ else [Finding("version of the software", shown, __version__)]
    (expected,) = root.xpath("//meta[@name='report-data']/@content") or ("a hash in the page's metadata",)
    return [] if len(shown) > len("sha256:") and expected.startswith(shown) else [Finding("hash of the data", shown, expected)]


def _prove_copy(element: etree._Element, by_id: dict[str, etree._Element]) -> list[Finding]:
    """The contents, the title: the same words as the heading they repeat."""
    target = element.get("data-copy")
    original = by_id.get(target)
    if original is None or original.get("data-copy"):
        return [Finding(f"copy of {target}", _text(element), "an element of this id")]
    shown = _spaced(element.get("content", "")) if element.tag == "meta" else _text(element)
    expected = _text(original)
    return [] if shown == expected else [Finding(f"copy of {target}", shown, expected)]


def _compared(where: str, element: etree._Element, expected: str, number: Decimal | None = None) -> list[Finding]:
    shown = _text(element)
    if shown != _spaced(printable(expected)):
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
    heard = [element for element in heard if element.get("data-kind") != "house"]
    spoken = [(element.tag, text) for element in heard for name in SPOKEN if DIGIT.search(text := element.get(name, ""))]
    for element in elements:
        if not PLACES.isdisjoint(element.keys()) or element.get("data-kind") in KINDS or element.get("class") == "code":
            element.clear(keep_tail=True)
    stray = [(element.tag, element.text) for element in root.iter("*") if DIGIT.search(element.text or "")]
    stray += [(element.getparent().tag, element.tail) for element in root.iter("*") if DIGIT.search(element.tail or "")]
    return [Finding(f"<{tag}>", text.strip()[:80], "no number outside a place") for tag, text in (*stray, *spoken)]


def _text(element: etree._Element) -> str:
    return _spaced("".join(element.itertext()) if len(element) else element.text or "")


def _spaced(text: str) -> str:
    """The text with white space of one kind."""
    return " ".join(text.replace("\u2060", "").split())
