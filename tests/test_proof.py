"""Every number is a fact: reports pass the proof, and a planted wrong number is found anywhere in page and PDF."""

from __future__ import annotations

import re

import nbformat
import pytest
from both_faces import prove_pdf
from depth import in_depth

from customs_report.publish import build, proof
from customs_report.publish.exporters import ReportHTMLExporter, ReportPDFExporter

PERIODS = [
    ("2025-11", ""),
    ("2025-11", "2025-12-08"),
    ("2026-07", ""),
    ("2012-02", ""),
    ("2026-01", ""),  # which tells one cell twice
    ("2008-05", ""),  # of which an exhibit has a note and no words
    *in_depth(("2025-02", ""), ("2026-08", ""), ("2008-01", ""), ("2009-02", "")),
]


def findings(made, page: str) -> list[proof.Finding]:
    return proof.prove_html(page, made.report.facts.as_json(), build.lookup_of(made.report))


@pytest.mark.parametrize(("period", "as_of"), PERIODS)
def test_every_number_of_a_built_report_is_proved_in_both_faces(rendered, period, as_of):
    made = rendered(period, as_of)
    assert findings(made, made.page) == []
    assert prove_pdf(made.pdf, made.page) == []


def planted(page: str, pattern: str, change) -> str:
    """The page with the first match changed; the pattern must match."""
    changed, count = re.subn(pattern, change, page, count=1, flags=re.S)
    assert count == 1
    assert changed != page
    return changed


def other_digit(match: re.Match) -> str:
    return match[1] + re.sub(r"\d(?=\D*$)", lambda d: str((int(d[0]) + 1) % 10), match[2])


@pytest.mark.parametrize(
    ("where", "pattern"),
    [
        ("sentence", r"(<p>[^<]*?<a [^>]*><data [^>]*data-fact=[^>]*>)([^<]*\d[^<]*)"),
        ("headline box", r'(class="tiles">.*?data-fact=balance_usd_month [^>]*>)([^<]*\d[^<]*)'),
        ("table cell of a fact", r"(<td[^>]*><a [^>]*><data [^>]*data-fact=partner\.USA[^>]*>)([^<]*\d[^<]*)"),
        ("cell of a chart's data", r"(<td[^>]*><data [^>]*data-cell=monthly_trade/2020-03/exports[^>]*>)([^<]*\d[^<]*)"),
        ("alt text", r'(<p id="x2-[^"]*-alt" hidden>.*?<data [^>]*>)([^<]*\d[^<]*)'),
        ("heading", r"(<h3[^>]*>.*?<data [^>]*data-fact=balance_usd_month [^>]*>)([^<]*\d[^<]*)"),
        ("period", r'(<time datetime="?\d{4}-\d\d"?>)([^<]*\d[^<]*)'),
        ("machine-readable value", r"(<data value=)(\d+)(?= data-fact=balance_usd_month )"),
        ("contents", r'(<a href="#exhibit-1-claim"[^>]*>.*?surplus, )(\$\d[^<]*)'),
        ("title", r"(<title[^>]*>)([^<]*\d[^<]*)"),
        ("trace", r'(popover tabindex=-1 data-trace="balance_usd_month">.*?Value<dd>)([^<]*\d[^<]*)'),
        ("trace of a column", r'(popover tabindex=-1 data-trace="[^"]+/origin">.*?Released<dd>)([^<]*\d[^<]*)'),
        ("trace in a table", r"(<span data-trace=balance_usd_ytd/Formula>)([^<]*\d[^<]*)"),
        ("label", r'( aria-label=")([^"]*\d[^"]*)(?=">)'),
    ],
)
def test_a_planted_wrong_number_in_the_page_is_found(rendered, where, pattern):
    made = rendered("2025-11")
    assert findings(made, planted(made.page, pattern, other_digit)), where


@pytest.mark.parametrize(
    ("where", "pattern", "extra"),
    [
        ("sentence", r"(<section class=\"exhibit\".*?<p>)", r"\1By 47.3 percent. "),
        ("after a comment", r"(<section class=\"exhibit\".*?<p>)", r"\1<!-- By -->47.3 percent. "),
        ("markdown", r"(<h2 [^>]*>Who trades\?</h2>\s*<p>)", r"\1In 1999 "),
        ("attribute", r'<div class="scroll" ', r'<div class="scroll" aria-label="up 12 percent" '),
        ("bare cell", r"<td([^>]*)><data[^>]*>([^<]*)</data>", r"<td\1>\2"),
    ],
)
def test_a_number_without_a_place_is_found(rendered, where, pattern, extra):
    made = rendered("2025-11")
    assert findings(made, planted(made.page, pattern, extra)), where


@pytest.mark.parametrize(
    ("where", "pattern", "change"),
    [
        ("no label", r'( aria-label="[^"]*, citation 2")', ""),
        ("label of a link without a fact", r"(<a [^>]*interestfor=[^> ]+)(>(?!<data data-fact|<data value=\S+ data-fact))", r'\1 aria-label="$999 billion"\2'),
        ("copy of a copy", r'data-copy="([^"]+)"([^>]*)>', r'data-copy="itself"\2 id="itself">'),
        ("another script's digits", r"(<section class=\"exhibit\".*?<p>)", "\\1By ４７ percent. "),
    ],
)  # fmt: skip
def test_what_is_said_in_passing_is_proved_as_well(rendered, where, pattern, change):
    made = rendered("2025-11")
    assert findings(made, planted(made.page, pattern, change)), where


def test_a_place_that_names_no_helper_is_a_finding(rendered):
    made = rendered("2025-11")
    for name in ("no_helper", "partner_months"):  # the latter lacks its partner
        found = findings(made, planted(made.page, r"data-cell=monthly_trade/", f"data-cell={name}/"))
        assert "such as partner_months.AFRICA" in str(found[0])


def test_a_fact_that_is_another_fact_is_found(rendered):
    made = rendered("2025-11")
    swapped = planted(made.page, "data-fact=exports_usd_month data-as=text", "data-fact=imports_usd_month data-as=text")
    assert findings(made, swapped)


PLANTED = [  # what stands where in the PDF, in which cell, and what it becomes
    ("sentence", "exhibit-04-trade", "$330.0", "$331.0"),
    ("table cell", "exhibit-10-partners", '"671.7"', '"671.8"'),
    ("headline", "cover", "$1 trillion", "$2 trillion"),
    ("note", "exhibit-02-balance", "215 months", "216 months"),
    ("alt text", "exhibit-04-trade", "exports end at", "exports end near"),
    ("extra", "exhibit-03-year-to-date", "In dollars, exports", "In dollars, 77 exports"),
]


@pytest.fixture(scope="module")
def excerpt(rendered) -> tuple[nbformat.NotebookNode, str]:
    """The cells of a report in which an error is planted, and their page."""
    notebook = nbformat.reads(rendered("2025-11").files["ipynb"].decode(), 4)
    notebook.cells = [cell for cell in notebook.cells if cell.id in {cell for _, cell, _, _ in PLANTED}]
    page, _ = ReportHTMLExporter().from_notebook_node(notebook)
    return notebook, page


def test_an_excerpt_in_which_nothing_is_planted_is_proved(excerpt):
    notebook, page = excerpt
    assert prove_pdf(ReportPDFExporter().from_notebook_node(notebook)[0], page) == []


@pytest.mark.parametrize(("where", "cell", "old", "new"), PLANTED)
def test_a_planted_wrong_number_in_the_pdf_is_found(excerpt, where, cell, old, new):
    notebook, page = nbformat.from_dict(excerpt[0]), excerpt[1]
    for node in notebook.cells:
        if node.id == cell:
            for output in node.outputs:
                form = output.data["text/x-typst"]
                for spelling in (old, old.replace(" ", "\u00a0"), old[0].upper() + old[1:]):
                    form = form.replace(spelling, new, 1) if form == output.data["text/x-typst"] else form
                assert form != output.data["text/x-typst"], f"nothing planted in the {where}"
                output.data["text/x-typst"] = form
    pdf, _ = ReportPDFExporter().from_notebook_node(notebook)
    assert prove_pdf(pdf, page), where
