"""What a page says, passage by passage in reading order, each number as the place that it names: for the PDF's own proof.

A passage is a list of runs: text, or `[kind, key, how]` where the page has an element that says what stands there. Of a fact
and a table's cell `how` is the style in which the value is written, of everything else its text. A chart is its description
and the letters drawn in it; a table is its rows, so that it can be compared with its data. A house whose name or logo stands
on the pages comes first, its imprint last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lxml import etree

PARSER = etree.HTMLParser(remove_comments=True, remove_pis=True)  # else what follows one is no element's text
BLOCKS = {"h1", "h2", "h3", "p", "li", "dt", "dd", "th", "td", "caption", "figcaption"}
KINDS = {"data-fact": "fact", "data-cell": "cell", "data-trace": "trace"}
NO_FIGURES = {
    "name",
    "source",
    "quote",
    "note",
    "month",
    "exhibit",
    "failure",
    "chart",
    "house",
    "own",
}  # marks whose digits are none
SPACE = re.compile(r"[\s\u00a0\u00ad\u200b\u2060]+")
WRITTEN = ("data-fact", "data-cell")  # numbers, each written in a style
OWN = {"own": True}  # the place of what the notebook's author shows, which may be anything
LABEL = "Author’s own"  # with which it begins

# A list of runs, or {"chart": [...]}, {"table": ..., "rows": [...]}, {"contents": ...}, {"house": ..., "logo": ...}, OWN.
Passage = list | dict


def passages(page: str, *, shown: bool = False) -> list[Passage]:
    """All that page and PDF have in common: no data of charts, downloads, code, pop-ups.

    `shown`: all runs as the page shows them, as text.
    """
    root = etree.fromstring(page, PARSER)
    main, imprint = root.find(".//main"), root.find(".//footer/dl")
    if main is None:
        return []
    return [*_house(root), *_within(main, shown), *_imprint(imprint, shown)]


def runs_of(said: Sequence[Passage]) -> Iterator[list]:
    """The runs of each passage; of a table each cell's, of a chart its description's."""
    for passage in said:
        if isinstance(passage, list):
            yield passage
        elif "rows" in passage:
            for row in passage["rows"]:
                yield from row
        elif "chart" in passage:
            yield passage["chart"]


def places_of(said: Sequence[Passage]) -> Iterator[list]:
    """The runs of passages that are no mere text, `[kind, key, how]`."""
    for runs in runs_of(said):
        yield from (run for run in runs if not isinstance(run, str))


def _house(root: etree._Element) -> Iterator[Passage]:
    """The name in the foot of each page, and the description of the logo in its head."""
    name, logo = root.find(".//meta[@name='author']"), root.find(".//header//img")
    if name is not None or logo is not None:
        yield {"house": "" if name is None else name.get("content"), "logo": None if logo is None else logo.get("alt")}


def _imprint(imprint: etree._Element | None, shown: bool) -> list[Passage]:
    """Terms and their texts."""
    texts = [] if imprint is None else map(_text, imprint)
    return [[text] if shown else [["house", "", text]] for text in texts]


def _within(element: etree._Element, shown: bool) -> Iterator[Passage]:
    tag = element.tag
    if element.get("data-own") is not None:
        said = _text(element)
        yield OWN if tag != "h1" else [said if shown else ["own", "", said]]  # a title has no label
    elif tag == "nav":
        yield {"contents": _text(element.find("p"))}
    elif tag == "svg" and element.get("role") == "img":
        figure = next(element.iterancestors("figure"), element)
        alts = [each for each in figure.iter("p") if each.get("id") == element.get("aria-labelledby")]
        yield {"chart": _runs(alts[0], shown) if alts else [], "letters": "".join(map(_text, element.iter("text")))}
    elif _only_in_page(element):
        return
    elif tag == "table":
        yield from _table(element, shown)
    elif tag in BLOCKS and not any(each.tag in BLOCKS for each in element.iterdescendants()):
        if runs := _runs(element, shown):
            yield runs
    elif tag == "strong":  # of a box that says that the report is incomplete
        yield [_text(element)]
    else:
        for child in element:
            yield from _within(child, shown)


def _only_in_page(element: etree._Element) -> bool:
    if element.tag in ("details", "footer", "style", "script") or not {"popover", "hidden"}.isdisjoint(element.keys()):
        return True
    return any(word in element.get("class", "") for word in ("code", "download"))


def _table(table: etree._Element, shown: bool) -> Iterator[Passage]:
    caption = table.find("caption")
    if caption is not None and (runs := _runs(caption, shown)):
        yield runs
    name = "" if caption is None else re.sub(r"^x\d+-", "", caption.get("id", "")).removesuffix("-caption")
    head = len(table.findall("thead/tr"))
    yield {"table": name, "head": head, "rows": [[_runs(cell, shown) for cell in row] for row in table.iter("tr")]}


def _runs(element: etree._Element, shown: bool) -> list:
    """Text and places of an element, without links to its notes."""
    style = next((table.get("data-as") for table in element.iterancestors("table") if table.get("data-as")), "")
    runs: list = []

    def add(text: str | None) -> None:
        if text:
            runs[-1:] = [runs[-1] + text] if runs and isinstance(runs[-1], str) else [*runs[-1:], text]

    def step(node: etree._Element) -> None:
        names = node.keys()
        attribute = next((name for name in KINDS if name in names), "")
        kind = node.get("data-kind") or ("period" if node.tag == "time" else "")
        if node.tag == "sup" or (node.tag == "a" and "aria-label" in names and "interestfor" not in names):
            pass
        elif "data-copy" in names and not shown:
            (original,) = node.getroottree().xpath("//*[@id=$id]", id=node.get("data-copy"))
            step(original)
        elif "data-own" in names:
            add(_text(node)) if shown else runs.append(["own", "", _text(node)])
        elif attribute or kind:
            key = node.get(attribute or "datetime") or node.get("data-key", "")
            how = (node.get("data-as") or style) if attribute in WRITTEN else _text(node)
            add(_text(node)) if shown else runs.append([KINDS[attribute] if attribute else kind, key, how])
        else:
            add(node.text)
            for child in node:
                step(child)
                add(child.tail)

    step(element)
    spaced = [" ".join(f".{run}.".split())[1:-1] if isinstance(run, str) else run for run in runs]
    if spaced and isinstance(spaced[0], str):
        spaced[0] = spaced[0].lstrip()
    if spaced and isinstance(spaced[-1], str):
        spaced[-1] = spaced[-1].rstrip()
    return [run for run in spaced if run]


def _text(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


def squeezed(text: str) -> str:
    """The text without white space and line-break characters: lines break elsewhere in a PDF."""
    return SPACE.sub("", text)
