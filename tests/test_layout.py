"""The PDF as a sheet of paper: no page half empty, no letter too small to read, nothing without data."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pypdf
import pypdfium2
import pytest
from bs4 import BeautifulSoup
from depth import in_depth

MONTHS = [("2025-11", ""), ("2026-07", ""), *in_depth(("2025-11", "2025-12-08"), ("2012-02", ""))]
BLANK = 0.34  # of a page's height between header and footer, at its foot
HEAD, FOOT = 0.055, 0.945  # of a page's height: where its header ends, and its footer begins
SMALLEST = {"LBody": 9.4, "Strong": 9.4, "TD": 7.9, "TH": 7.9, "Caption": 8.4, "": 7.7}  # points, less what rounding takes
READ = ("Div", "Div", "Span"), ("Div", "Div", "P")  # an exhibit's sentences; the texts of lists of notes


def blank(page: pypdfium2.PdfPage) -> float:
    """The part of a page's height that is blank at its foot."""
    grey = page.render(scale=0.5, grayscale=True).to_numpy().squeeze()
    inside = grey[int(len(grey) * HEAD) : int(len(grey) * FOOT)]
    written = np.flatnonzero((inside < 235).any(axis=1))
    return 1 - (written.max(initial=-1) + 1) / len(inside)


@pytest.mark.parametrize(("period", "as_of"), MONTHS)
def test_no_page_but_the_last_is_a_third_blank(rendered, period, as_of):
    pages = [*pypdfium2.PdfDocument(rendered(period, as_of).pdf)]
    assert {i: round(empty, 2) for i, page in enumerate(pages[:-1], 1) if (empty := blank(page)) > BLANK} == {}


def tagged(node: Any, path: tuple[str, ...], page: int) -> Iterator[tuple[tuple[int, int], tuple[str, ...]]]:
    """The path of tags above each marked content, which is known by the page's object and its own number."""
    node = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
    if isinstance(node, list):
        for each in node:
            yield from tagged(each, path, page)
    elif isinstance(node, dict):
        page = node.raw_get("/Pg").idnum if "/Pg" in node else page
        path = (*path, node["/S"][1:]) if "/S" in node else path
        yield from tagged(node["/MCID"], path, page) if "/MCID" in node else tagged(node.get("/K", []), path, page)
    else:
        yield (page, int(node)), path


def sizes(pdf: bytes) -> dict[tuple[str, ...], set[float]]:
    """The sizes of letters, in points, by the path of tags; without headers and footers."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    tags = dict(tagged(reader.trailer["/Root"]["/StructTreeRoot"]["/K"], (), 0))
    found: dict[tuple[str, ...], set[float]] = defaultdict(set)
    for page in reader.pages:
        page.extract_text(visitor_operand_before=_watching(page.indirect_reference.idnum, tags, found))
    return found


def _watching(page: int, tags: dict, found: dict[tuple[str, ...], set[float]]) -> Callable[..., None]:
    inside: list[tuple[str, ...]] = [()]
    size = 0.0

    def watch(operator: bytes, operands: list, current: list[float], text: list[float]) -> None:
        nonlocal size
        if operator in (b"BDC", b"BMC"):
            number = operands[1].get("/MCID") if operator == b"BDC" else None
            inside.append(tags.get((page, number), ()))
        elif operator == b"EMC":
            inside.pop()
        elif operator == b"Tf":
            size = float(operands[1])
        elif operator in (b"Tj", b"TJ") and inside[-1]:
            found[inside[-1]].add(round(size * abs(text[3] * current[3]), 1))

    return watch


@pytest.mark.parametrize(("period", "as_of"), MONTHS)
def test_letters_are_large_enough(rendered, period, as_of):
    """Sentences 9.5 points, tables 8, notes and sources 7.8; charts are drawn elsewhere."""
    found = {path: sizes for path, sizes in sizes(rendered(period, as_of).pdf).items() if "Figure" not in path}
    for path, points in found.items():
        needed = max(SMALLEST.get(tag, SMALLEST[""]) for tag in path)
        assert min(points) >= (9.4 if path[1:] in READ else needed), (path, points)
    assert {path[-1] for path in found} >= {"TD", "TH", "LBody", "Span", "P"}


@pytest.mark.parametrize("period", ["2012-02", *in_depth("2026-08")])
def test_exhibits_without_data_are_one_list_with_their_reasons(rendered, period):
    made = rendered(period)
    page = BeautifulSoup(made.page, "lxml")
    (listed,) = page.select("#not-available + dl")
    missing = {int(number["data-key"]) for number in listed.select("dt [data-kind=exhibit]")}
    shown = {int(section["id"].removeprefix("exhibit-")) for section in page.select("section.exhibit")}
    assert missing >= {6, 7, 8, 9, 10, 11, 12}
    assert missing | shown == set(range(1, max(shown | missing) + 1))
    assert not missing & shown
    reasons = [reason.get_text(" ", strip=True).rpartition(": ")[2] for reason in listed.select("dd")]
    assert len({*reasons}) == len(reasons) < len(missing)
    contents = [link.get_text(" ", strip=True) for link in page.select("nav a")]
    assert not [line for line in contents for number in missing if line.startswith(f"Exhibit {number} ")]
    assert all(page.select(f"#exhibit-{number}") for number in missing)  # an address that was given stays
    assert not page.select("h2 + h2, h2 + p + h2, section.exhibit:not(:has(figure, table, p))")
    bookmarks = pypdf.PdfReader(io.BytesIO(made.pdf)).outline
    assert "Not available for this month" in str(bookmarks)


def tables(node: Any) -> Iterator[list[int]]:
    """Of each table, the page on which each of its rows stands."""
    node = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
    if isinstance(node, list):
        for each in node:
            yield from tables(each)
    elif isinstance(node, dict):
        if node.get("/S") == "/Table":
            yield [*rows_of(node)]
        else:
            yield from tables(node.get("/K", []))


def rows_of(node: Any) -> Iterator[int]:
    node = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
    if isinstance(node, list):
        for each in node:
            yield from rows_of(each)
    elif isinstance(node, dict):
        if node.get("/S") == "/TR":
            yield min(page for (page, _), _ in tagged(node, (), 0))
        else:
            yield from rows_of(node.get("/K", []))


@pytest.mark.parametrize(("period", "as_of"), MONTHS)
def test_no_table_leaves_its_header_with_a_row_or_two_at_the_foot_of_a_page(rendered, period, as_of):
    reader = pypdf.PdfReader(io.BytesIO(rendered(period, as_of).pdf))
    found = [*tables(reader.trailer["/Root"]["/StructTreeRoot"]["/K"])]
    assert len(found) >= 5
    number = {page.indirect_reference.idnum: i for i, page in enumerate(reader.pages, 1)}
    broken = [rows for rows in found if len({*rows}) > 1]
    assert not [(number[rows[0]], rows.count(rows[0])) for rows in broken if rows.count(rows[0]) < 4]
