"""Reads a report's PDF: its text in reading order, what stands outside of that, and its attachments.

Also a program, which `sandbox.py` runs: a damaged or hostile file can loop for ever or exhaust memory. It imports nothing of
this package. A request on stdin is one byte, eight for the length, and the PDF; the answer on stdout is eight bytes for the
length, and JSON: what `read` returns, or {"refused": why}.
"""

from __future__ import annotations

import io
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any, BinaryIO

CATALOG = {  # of a report; what else may stand there changes what a reader sees: forms, layers, actions
    "/Type", "/Pages", "/Metadata", "/OutputIntents", "/Lang", "/StructTreeRoot", "/MarkInfo", "/ViewerPreferences",
    "/Outlines", "/Names", "/AF", "/PageLabels", "/PageMode", "/PageLayout", "/Version", "/Extensions",
}  # fmt: skip
RESOURCES = {"/ProcSet", "/ColorSpace", "/Font", "/ExtGState"}  # of a page of text and drawings, without pictures
PICTURES = {b"Do", b"sh", b"INLINE IMAGE", b"BI"}  # operators that show one
FILLED = ([0], [2])  # how letters are painted; the second with an outline, as heavy Chinese ones are
LARGEST = 64 * 2**20  # bytes of all attachments

Read = dict[str, Any]


class Refused(ValueError):
    """A file that is not read, with the reason."""


def read(content: bytes) -> Read:
    """A PDF's text and attachments; raises Refused, and whatever pypdf raises.

    `pages`: how many. `text`: `[kind, page, text, alt]` in reading order; kinds: text, label (of a list's item), contents,
    figure. `loose`: of each page what is shown outside of that order: running heads, page numbers. `attachments`: name ->
    content, a character a byte. `strange`: what only an edited file has; `pictures`: the page of each. `bookmarks`, `title`,
    `subject`: what a reader's window shows.
    """
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise Refused("it is encrypted")
    catalog: Any = reader.trailer["/Root"]
    strange = [f"the file has {name[1:]}" for name in sorted({*catalog} - CATALOG)]
    pictures: list[int] = []
    marked: dict[int, tuple[int, dict[int | None, str]]] = {}
    for number, page in enumerate(reader.pages, 1):
        strange += [f"page {number} has {what}" for what in _strange(page)]
        text: dict[int | None, str] = defaultdict(str)
        marked[page.indirect_reference.idnum if page.indirect_reference else 0] = number, text
        shown = _read_page(page, text) or int(bool({*(page.get("/Resources") or {})} - RESOURCES))
        pictures += [number] * shown
    used: Counter[tuple[int, int]] = Counter()
    in_order = [*_in_order(catalog, marked, used)] if "/StructTreeRoot" in catalog else []
    strange += [f"page {page} is read twice in one place" for (page, _), times in used.items() if times > 1][:1]
    loose = ["".join(shown for mark, shown in text.items() if (page, mark) not in used) for page, text in marked.values()]
    about: Any = reader.metadata or {}
    return {
        "pages": len(marked),
        "text": in_order,
        "loose": loose,
        "bookmarks": [*_titles(reader.outline)],
        "title": str(about.get("/Title", "")),
        "subject": str(about.get("/Subject", "")),
        "attachments": _attachments(reader),
        "strange": strange,
        "pictures": pictures,
    }


def _strange(page: Any) -> Iterator[str]:
    """What an editor adds on top of a page."""
    for annotation in page.get("/Annots") or ():
        annotation = annotation.get_object()
        if annotation.get("/Subtype") != "/Link" or "/AP" in annotation:
            yield f"an annotation ({str(annotation.get('/Subtype'))[1:]})"
    if "/AA" in page:
        yield "an action"


def _read_page(page: Any, found: dict[int | None, str]) -> int:
    """Add a page's text by marked-content number (None: outside of any); how many pictures, or letters not filled, has it?"""
    stack: list[int | None] = []
    pictures = 0

    def before(operator: bytes, operands: list, *_: object) -> None:
        nonlocal pictures
        if operator in (b"BDC", b"BMC"):
            properties = operands[1] if len(operands) > 1 else None
            stack.append(properties.get("/MCID") if isinstance(properties, dict) else None)
        elif operator in PICTURES or (operator == b"Tr" and operands[:1] not in FILLED):
            pictures += 1

    def after(operator: bytes, *_: object) -> None:
        if operator == b"EMC" and stack:
            stack.pop()

    def text(shown: str, *_: object) -> None:
        found[next((number for number in reversed(stack) if number is not None), None)] += shown

    page.extract_text(visitor_operand_before=before, visitor_operand_after=after, visitor_text=text)
    return pictures


def _in_order(catalog: Any, marked: dict[int, tuple[int, dict]], used: Counter) -> Iterator[list]:
    """The structure tree in reading order; a figure is one entry, with all text within."""

    def leaf(mark: int, page: int) -> tuple[int, str]:
        number, texts = marked.get(page, (0, {}))
        used[number, mark] += 1
        return number, texts.get(mark, "")

    def step(node: Any, kind: str, page: int) -> Iterator[list]:
        node = node.get_object()
        if isinstance(node, int):
            number, text = leaf(node, page)
            yield [kind, number, text, ""]
        elif isinstance(node, list):
            for child in node:
                yield from step(child, kind, page)
        elif node.get("/Type") != "/OBJR":
            page = node.raw_get("/Pg").idnum if "/Pg" in node else page
            if node.get("/Type") == "/MCR":
                number, text = leaf(node["/MCID"], page)
                yield [kind, number, text, ""]
            elif node.get("/S") == "/Figure" or "/Alt" in node:
                within = [*step(node["/K"], "figure", page)] if "/K" in node else []
                yield [
                    "figure",
                    within[0][1] if within else 0,
                    "".join(text for *_, text, _ in within),
                    str(node.get("/Alt", "")),
                ]
            elif "/K" in node:
                known = {"/TOC": "contents", "/Lbl": "label"}
                yield from step(node["/K"], kind if kind != "text" else known.get(node.get("/S"), kind), page)

    root = catalog["/StructTreeRoot"]
    if "/K" in root:
        yield from step(root["/K"], "text", 0)


def _titles(outline: list) -> Iterator[str]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _titles(entry)
        else:
            yield str(entry.title)


def _attachments(reader: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in reader.attachment_list:
        if file.name in found:
            raise Refused(f"two of its attachments are called {file.name}")
        found[file.name] = file.content.decode("latin-1")
        if sum(map(len, found.values())) > LARGEST:
            raise Refused(f"its attachments are larger than {LARGEST // 2**20} MB")
    return found


def respond(content: bytes) -> Read:
    """What is in a file, whatever it is."""
    try:
        return read(content)
    except Refused as error:
        return {"refused": str(error)}
    except Exception:  # pypdf raises many kinds where a file is damaged
        return {"refused": "it is damaged, or no PDF"}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until there are no more."""
    while requests.read(1):
        answer = json.dumps(respond(requests.read(int.from_bytes(requests.read(8), "big")))).encode()
        answers.write(len(answer).to_bytes(8, "big") + answer)
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
