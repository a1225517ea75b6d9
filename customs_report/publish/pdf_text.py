"""Does a PDF say what it should, and nothing else? Its text in reading order, compared passage by passage.

White space is left out, since lines break elsewhere in a PDF, and in Chinese anywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from customs_report.publish.findings import Finding
from customs_report.publish.passages import LABEL, SPACE, Passage, squeezed

FIGURE = "\ufffc"  # a chart, in the text
REFERENCE = re.compile(r"\D*\d{1,3}([–,]\d{1,3})*|\D*")  # in a table of contents: pages, exhibits
AMOUNT = re.compile(
    r"[$¥€£]\s?\d|\d[\d.,]*\s?(%(?! range)|(billion|million|trillion|yuan|dollars|percent|points)\b|[万亿]|美元|元)"
)
LONG = 8  # characters of a passage that is found again after a difference
AROUND, LONGEST = 20, 120  # characters shown around a difference, and of one


class Expected(NamedTuple):
    """A passage as it should be printed: its text; of a chart FIGURE, with its description and the letters drawn in it.

    Of a logo FIGURE, with its description; it stands in the heads of pages, too. `running`: a house's name, in their feet.

    `own`: not a passage but the place of what the notebook's author shows, which may be anything. `optional`: may be missing.
    `head`: of a table, and repeated where the table goes on on another page.
    """

    text: str
    alt: str = ""
    letters: str = ""
    own: bool = False
    optional: bool = False
    head: bool = False
    logo: bool = False
    running: str = ""


def expected(said: Sequence[Passage], write: Callable[[list], str]) -> Iterator[Expected]:
    """Passages as they should be printed; `write` puts runs into words."""
    for passage in said:
        if isinstance(passage, list):
            yield Expected(write(passage))
        elif "rows" in passage:
            for number, row in enumerate(passage["rows"]):
                yield from (Expected(write(cell), head=number < passage["head"]) for cell in row)
        elif "chart" in passage:
            yield Expected(FIGURE, write(passage["chart"]), passage["letters"])
        elif "house" in passage:
            logo = passage["logo"]
            yield Expected(FIGURE if logo else "", logo or "", logo=bool(logo), running=passage["house"])
        else:
            yield Expected(passage.get("contents", ""), own="own" in passage, optional=True)


def differences(expected: Sequence[Expected], read: Mapping[str, Any]) -> list[Finding]:
    """Where a PDF, as `pdf_reader.read` returns it, says something else."""
    body, found = Body(read["text"]), []
    stretches = [*_stretches(expected)]
    at = 0
    for place, stretch in enumerate(stretches):
        last = place == len(stretches) - 1
        if place and (stretch or last):
            begun, at = at, body.find(stretch, at) if stretch else len(body.text)
            if not body.text.startswith(squeezed(LABEL), begun):
                found.append(Finding(body.where(begun), body.raw(begun, begun + LONGEST), LABEL))
        at, wrong = body.follow(stretch, at)
        found += wrong
        if last and at < len(body.text):
            found.append(Finding(body.where(at), body.raw(at, at + LONGEST), "nothing"))
    if not any(each.own for each in expected):
        found += [*_beside(expected, read), *_running(expected, read)]
    return [*found, *(Finding("the file", what, "none in a report") for what in read["strange"])]


def _stretches(expected: Sequence[Expected]) -> Iterator[list[Expected]]:
    """The passages between what is the author's own."""
    stretch: list[Expected] = []
    for passage in expected:
        if passage.own:
            yield stretch
            stretch = []
        elif passage.text:
            stretch.append(passage)
    yield stretch


class Body:
    """A PDF's text: as it stands there, and without white space, by which it is compared."""

    def __init__(self, entries: Sequence[Sequence]) -> None:
        read_in_order = [entry for entry in entries if entry[0] in ("text", "figure")]
        self.figures = [entry for entry in read_in_order if entry[0] == "figure"]
        letters = [(FIGURE if kind == "figure" else text, page) for kind, page, text, _ in read_in_order]
        self.written = "".join(text for text, _ in letters)
        self.pages = [page for text, page in letters for _ in text]
        self.places = [place for place, letter in enumerate(self.written) if not SPACE.match(letter)]
        self.text = "".join(self.written[place] for place in self.places)

    def raw(self, start: int, end: int) -> str:
        """What stands between two places of the text, with its white space."""
        if start >= min(end, len(self.places)):
            return ""
        return " ".join(self.written[self.places[start] : self.places[min(end, len(self.places)) - 1] + 1].split())

    def where(self, at: int) -> str:
        """The page of a place of the text."""
        return f"page {self.pages[self.places[min(at, len(self.places) - 1)]]}" if self.places else "page 1"

    def find(self, stretch: Sequence[Expected], at: int) -> int:
        """Where passages begin that stand somewhere behind what is the author's own."""
        if not stretch:
            return at
        begun = at
        while (found := self.text.find(squeezed(stretch[0].text), begun)) >= 0:
            if not self.follow(stretch, found)[1]:
                return found
            begun = found + 1
        first = self.text.find(squeezed(stretch[0].text), at)
        return first if first >= 0 else at

    def follow(self, stretch: Sequence[Expected], at: int) -> tuple[int, list[Finding]]:
        """Read passages one after the other from a place on; returns where they end, and where the PDF differs."""
        found: list[Finding] = []
        place = 0
        wanted = [squeezed(passage.text) for passage in stretch]
        while place < len(stretch):
            if self.text.startswith(wanted[place], at):
                if stretch[place].text == FIGURE:
                    found += self._figure(stretch[place], at)
                at, place = at + len(wanted[place]), place + 1
            elif stretch[place].optional:
                place += 1
            else:
                after, again = self._resumed(wanted, place, at)
                found.append(self._difference(" ".join(each.text for each in stretch[place:after]), at, again))
                at, place = again, after
        return at, found

    def _resumed(self, wanted: Sequence[str], place: int, at: int) -> tuple[int, int]:
        """The next passage that can be found again, and where."""
        for after in range(place + 1, len(wanted)):
            if len(wanted[after]) >= LONG and (found := self.text.find(wanted[after], at)) >= 0:
                return after, found
        return len(wanted), len(self.text)

    def _difference(self, wanted: str, at: int, end: int) -> Finding:
        """Where a passage differs, with the words around."""
        due, shown = squeezed(wanted), self.text[at:end]
        same = _in_common(due, shown)
        behind = _in_common(due[same:][::-1], shown[same:][::-1])
        start = max(0, same - AROUND)
        printed = self.raw(at + start, min(end - behind + AROUND, end, at + start + LONGEST))
        return Finding(
            self.where(at + same), printed, _excerpt(wanted, start, min(len(due) - behind + AROUND, start + LONGEST))
        )

    def _figure(self, chart: Expected, at: int) -> Iterator[Finding]:
        _, page, letters, alt = self.figures[self.text.count(FIGURE, 0, at)]
        if squeezed(alt) != squeezed(chart.alt):
            yield Finding(f"description of a chart on page {page}", " ".join(alt.split()), chart.alt)
        if not chart.logo and squeezed(letters) != squeezed(chart.letters):
            yield Finding(f"letters in a chart on page {page}", " ".join(letters.split()), chart.letters)


def _in_common(one: str, other: str) -> int:
    """How many characters do two texts begin with in common?"""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _excerpt(text: str, start: int, end: int) -> str:
    """A part of a text, by places that do not count white space."""
    places = [place for place, letter in enumerate(text) if not SPACE.match(letter)]
    return " ".join(text[places[start] : places[min(end, len(places)) - 1] + 1].split()) if start < len(places) else ""


def _beside(expected: Sequence[Expected], read: Mapping[str, Any]) -> Iterator[Finding]:
    """What repeats the text, and what else a page may show: contents, bookmarks, title, signs of lists."""
    known = {squeezed(each.text) for each in expected}
    for kind, page, text, _ in read["text"]:
        shown = squeezed(text)
        if kind == "label" and re.search(r"\w", shown):
            yield Finding(f"sign of a list on page {page}", shown, "no letter or digit")
        if kind == "contents" and shown not in known and (not REFERENCE.fullmatch(shown) or AMOUNT.search(shown)):
            yield Finding(f"contents on page {page}", shown, "headings, pages and exhibits")
    for what, said in (*(("bookmark", title) for title in read["bookmarks"]), *((x, read[x]) for x in ("title", "subject"))):
        if squeezed(said) not in known | {""}:
            yield Finding(what, said, "a heading of the report")
    pictures, logo = Counter(read["pictures"]), any(each.logo for each in expected)
    of_logo = min((pictures[page] for page in range(1, read["pages"] + 1)), default=0) if logo else 0  # the same on each page
    for page in sorted(page for page, number in pictures.items() if number > of_logo):
        yield Finding(f"page {page}", "a picture, or letters not filled", "text and drawings")


def _running(expected: Sequence[Expected], read: Mapping[str, Any]) -> Iterator[Finding]:
    """Heads and feet of pages: title, heads of tables that go on, number of the page and of all; dots of the contents.

    Of a house its name, too, and the letters in its logo.
    """
    groups = groupby(expected, lambda each: each.head)
    heads = {"".join(squeezed(each.text) for each in group) for head, group in groups if head}
    repeated = [squeezed(read["title"]), *sorted(heads, key=len, reverse=True)]
    repeated += [squeezed(each.running) for each in expected]
    if any(each.logo for each in expected):
        repeated.append(next((squeezed(text) for kind, _, text, _ in read["text"] if kind == "figure"), ""))
    for page, text in enumerate(read["loose"], 1):
        rest = squeezed(text)
        for known in filter(None, repeated):
            rest = rest.replace(known, "", 1)
        if re.sub(r"\D", "", rest) not in (f"{page}{read['pages']}", "") or AMOUNT.search(rest):
            yield Finding(f"page {page}, outside of its text", " ".join(text.replace(".", " ").split()), "its title and number")
