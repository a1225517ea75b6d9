"""A text as people hand it in, file or page, split into sentences."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from customs_report.errors import InputError

MOST_BYTES = 1_000_000
LONGEST = 3_000  # characters of a sentence: beyond that it is no prose
MARKUP = re.compile(r"\s*(?:<!doctype html|<html|<head|<body|<div|<article|<p[ >]|<h1)", re.IGNORECASE)
BLOCKS = [
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "li",
    "td",
    "th",
    "dt",
    "dd",
    "blockquote",
    "figcaption",
    "caption",
    "title",
    "br",
    "div",
    "section",
    "article",
    "pre",
]
SILENT = ["script", "style", "nav", "noscript", "template", "svg", "head"]
BULLET = re.compile(r"(?:[-*•·–—‣▪]|\(?\d{1,2}[/)])\s+")
NUMBERED = re.compile(r"\d{1,2}/\s")
END = re.compile(r"[.!?…]+[\"”’')\]]*\s+(?=[\"“‘'(\[]?[A-Z0-9$€£¥+\-−])")
ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|approx|ca|c|e\.g|i\.e|Inc|Co|Ltd|Corp|Gen|Sen|Rep|Gov|Fig|est|cons|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z](?:\.[A-Z])*)\.$"
)


@dataclass(frozen=True)
class Sentence:
    """A sentence, its place in the text on one line, the number of its paragraph, and whether that is an item of a list."""

    text: str
    start: int
    paragraph: int
    listed: bool = False


def read_text(source: str) -> str:
    """The text of a file, or of standard input for `-`; of a page in HTML what a reader sees.

    Raises InputError, in one line, for what cannot be read, is too large, or is no text.
    """
    named = "standard input" if source == "-" else source
    try:
        if source == "-":
            data = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(f"{named} cannot be read: {error.strerror}") from None
    if len(data) > MOST_BYTES:
        raise InputError(f"{named} has more than {MOST_BYTES:,} bytes; check an article at a time")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{named} is not a text in UTF-8") from None
    if "\0" in text:
        raise InputError(f"{named} is not a text: it holds binary data")
    if not text.strip():
        raise InputError(f"{named} is empty")
    return _page_text(text) if MARKUP.match(text) else text


def _page_text(page: str) -> str:
    """What a reader of a page sees, a paragraph for each block."""
    from lxml import html

    try:
        root = html.document_fromstring(page.encode(), parser=html.HTMLParser(encoding="utf-8", remove_comments=True))
    except (ValueError, html.etree.ParserError):
        raise InputError("the page has no text") from None
    for element in root.xpath("|".join(f"//{name}" for name in SILENT)):
        element.drop_tree()
    for element in root.iter(*BLOCKS):
        element.text = f"\n\n{element.text or ''}"
        element.tail = f"\n\n{element.tail or ''}"
    return root.text_content()


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text; headlines, bullets and lines of a thread are sentences of their own.

    Raises InputError where no sentence ends for thousands of characters.
    """
    found, start, number = [], 0, 0
    for paragraph in re.split(r"\n[ \t\r]*\n", text):
        number += 1
        for unit in _units(paragraph.splitlines()):
            mark = BULLET.match(unit)
            number += bool(mark)  # a bullet is a paragraph of its own
            skipped = mark.end() if mark and not NUMBERED.match(unit) else 0
            for begin, end in _split(unit, skipped):
                if end - begin > LONGEST:
                    raise InputError(
                        f"no sentence ends within {LONGEST:,} characters after {unit[begin : begin + 40]!r}: is it a text?"
                    )
                found.append(Sentence(unit[begin:end], start + begin, number, bool(mark)))
            start += len(unit) + 1
    return found


def _units(lines: list[str]) -> Iterator[str]:
    """What stands on lines of its own, on one line each: wrapped lines are joined."""
    kept = [line.rstrip() for line in lines if line.strip()]
    widest = max(map(len, kept), default=0)
    wrapped = widest > 50 and all(len(one) + 1 + len(two.split()[0]) > widest for one, two in pairwise(kept))
    unit: list[str] = []
    for line in kept:
        words = " ".join(line.split())
        opens = BULLET.match(words) or not (wrapped or words[:1].islower())
        if unit and opens:
            yield " ".join(unit)
            unit = []
        unit.append(words)
    if unit:
        yield " ".join(unit)


def _split(unit: str, begin: int) -> Iterator[tuple[int, int]]:
    for found in END.finditer(unit, begin):
        stop = found.start() + len(found[0].rstrip())
        if found[0][0] == "." and ABBREVIATION.search(unit[max(begin, found.start() - 20) : found.start() + 1]):
            continue
        yield begin, stop
        begin = found.end()
    if begin < len(unit):
        yield begin, len(unit)
