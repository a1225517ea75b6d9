"""Markdown cells and an author's HTML: GitHub's Markdown in the page, and the same text in the PDF, whatever is written."""

from __future__ import annotations

import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser

from customs_report.publish import author_output, gfm, pdf_reader, rendering
from customs_report.publish.outlines import Outline, Part, outline
from customs_report.publish.typst_text import html_as_typst

WRITTEN = """# Trade: what’s *new*?

Price $5, `co``de` 7, ~~gone~~, <b>raw</b>, H~2~O, https://bare.org/x and [here](#trade-whats-new).\\
Broken.[^a]

[^a]: The note **here**.

    Its second part.

- a
  1. one
- [x] done

> [!NOTE]
> an alert

| a | b |
|---|--:|
| x \\| y | 2 |

```python
  x = "1"
```

![A picture](nosuch.png)

# Trade: what’s *new*?
"""


def text_of(typst: str) -> str:
    """The text of a PDF with this in it, without white space and the marks of lists."""
    read = pdf_reader.read(rendering.pdf(Outline((Part("", typst),), name="Title")))
    return "".join("".join(text.split()) for kind, _, text, _ in read["text"] if kind == "text")


def test_markdown_is_githubs():
    page = parser.fragment_fromstring(author_output.markdown(WRITTEN, "Picture"), create_parent="div")
    assert [heading.get("id") for heading in page.iter("h1")] == ["section-trade-whats-new", "section-trade-whats-new-1"]
    links = [link.get("href") for link in page.iter("a")]
    assert links[:2] == ["https://bare.org/x", "#section-trade-whats-new"]
    assert "Price $5, co``de 7, gone, raw, H~2~O" in page.text_content()
    assert [node.text for node in page.iter("s")] == ["gone"]
    assert [cell.text_content() for cell in page.iter("td")] == ["x | y", "2"]
    assert page.findtext(".//pre/code") == '  x = "1"\n'
    assert ["checked" in box.attrib for box in page.iter("input")] == [True]
    assert page.xpath("string(.//div[contains(@class, 'alert')])").split() == ["Note", "an", "alert"]
    assert "no picture nosuch.png" in page.text_content()


def test_notes_of_several_cells_have_addresses_of_their_own():
    pages = [author_output.markdown(f"Said.[^1]\n\n[^1]: {note}", "") for note in ("This.", "That.")]
    names = [re.findall(r'id="(.*?)"', page) for page in pages]
    assert not {*names[0]} & {*names[1]}
    for page, ids in zip(pages, names, strict=True):
        assert {link.removeprefix("#") for link in re.findall(r'href="(.*?)"', page)} == {*ids}


def test_headings_of_several_cells_have_addresses_of_their_own():
    cells = [{"cell_type": "markdown", "id": str(n), "source": "# Words", "metadata": {}} for n in range(2)]
    content = outline({"cells": cells, "metadata": {}})
    assert [entry.id for entry in content.contents] == ["section-words", "section-words-1"]


def test_a_text_of_ours_has_typographic_signs_and_an_authors_is_as_written():
    assert gfm.html("'a' -- \"b\" ... (c)", smart=True) == "<p>‘a’ – “b” … (c)</p>\n"
    assert parser.fromstring(gfm.html("'a' -- \"b\"")).text_content().strip() == "'a' -- \"b\""


def test_all_of_it_is_in_the_pdf():
    said = text_of(html_as_typst(author_output.markdown(WRITTEN, "Picture")))
    for text in (
        "Trade: what’s new?", "Price $5, co``de 7, gone, raw, H~2~O, https://bare.org/x and here.", "Broken.[1]", "a one",
        "[x] done", "an alert", "x | y2", 'x = "1"', "[A picture: no picture nosuch.png]", "The note here.Its second part.",
    ):  # fmt: skip
        assert "".join(text.split()) in said, text


MARKUP = st.text(st.sampled_from("=-+/*_#$<>@[](){}`~'\"\\.,;:!?%&|^ 123abx\n’中ก"), max_size=60)


@given(st.lists(MARKUP, max_size=8))
def test_no_text_is_read_as_markup_of_the_pdf(texts):
    shown = "".join(f"<p>{escape(text)}</p><ul><li>{escape(text)}<b>{escape(text)}</b>(x)</li></ul>" for text in texts)
    root = parser.fragment_fromstring(author_output.cleaned(f"<p>begin</p>{shown}<p>end</p>", ""), create_parent="div")
    expected = re.sub("ก", "U+0E01", "".join(root.itertext()))
    assert text_of(html_as_typst(author_output.cleaned(f"<p>begin</p>{shown}<p>end</p>", ""))).replace("–", "") == "".join(
        expected.split()
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("<tr><td colspan=2>wide</td></tr><tr><td rowspan=2>tall</td><td>b</td></tr><tr><td>c</td></tr>", "widetallbc"),
        ("<tr><td>a</td><td>b</td><td>c</td></tr><tr><td>short</td></tr><tr><td>d</td><td>e</td></tr>", "abcshortde"),
        ("<tr><td rowspan=9 colspan=0>a</td><td>b</td></tr><tr><td>c</td></tr><tr></tr>", "abc"),
        ("<thead><tr><th rowspan=3>h</th></tr></thead><tbody><tr><td><p>a<p>b</td></tr></tbody><tfoot><tr><td>f</td></tr></tfoot>", "habf"),
        ("", ""),
    ],
)  # fmt: skip
def test_tables_of_any_shape_are_set(rows, said):
    assert text_of(html_as_typst(author_output.cleaned(f"<p>x<table>{rows}</table>", ""))) == f"x{said}"


def test_a_link_to_nowhere_is_text():
    assert text_of(html_as_typst('<p><a href="#nowhere">there</a> and <a href="">here</a></p>')) == "thereandhere"
