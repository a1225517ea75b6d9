"""What a cell shows: labels are escaped in every format, numbers stay numbers, gaps are named."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import nbformat
import pypdf
import pytest
from facts_by_hand import fact
from lxml import html as parser
from matplotlib.figure import Figure

from customs_report import palette
from customs_report.display import Chart, Column, Exhibit, Row, Table, Tile, Words, cover, exhibit, notes_list
from customs_report.display.markup import typst
from customs_report.display.numbered import failure
from customs_report.display.spreadsheets import csv_safe
from customs_report.facts import Cite, Mark
from customs_report.publish.exporters import ReportHTMLExporter, ReportPDFExporter
from customs_report.publish.links import with_archive_links, without_archive_links

HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd()",
    '#read("/etc/passwd")',
    "*bold* _it_ `code`",
    "\\u{41}",
    "@ref",
    "中国",
    "a\x07b",
    "$x$",
    "+1",
]
EXPORTS = Cite.of(fact("exports_usd_month", 330.0e9, "USD", step=1e8), "bn")


def table() -> Table:
    rows = [Row((Mark("name", "x", label),), ((EXPORTS,), (label,), None), values=(-330.0e9, None, None)) for label in HOSTILE]
    return Table("hostile", "Hostile labels", (Column("Name"), Column("Exports"), Column("Again"), Column("Gap")), tuple(rows))


def chart() -> Chart:
    figure = Figure(figsize=(palette.CHART_WIDTH, 2))
    figure.add_axes((0.1, 0.1, 0.8, 0.8)).plot([1, 2], [3, 4], color=palette.EXPORTS)
    return Chart(figure, ("A line & a <b>label</b>.",), table())


@pytest.fixture(scope="module")
def notebook() -> nbformat.NotebookNode:
    words = Words(
        ("A claim about <script>",),
        (
            (
                "A sentence with ",
                EXPORTS,
                " & more.",
            ),
        ),
        notes=(("A note.",),),
    )
    shown = [
        cover(("Kicker",), ("Headline <i>",), (("Standfirst.",),), (), (("A remark.",),)),
        exhibit(1, Exhibit(words, (chart, table))),
        notes_list(((("Term",), ("Text",)),)),
        failure("Exhibit 2 (x)", "ValueError: <boom>"),
    ]
    cells = []
    for item in shown:
        data, metadata = item._repr_mimebundle_()
        output = nbformat.v4.new_output("display_data", data, metadata=metadata)
        cells.append(nbformat.v4.new_code_cell("show()", outputs=[output]))
    return nbformat.v4.new_notebook(cells=cells)


def test_hostile_labels_are_text_in_the_page(notebook):
    page, _ = ReportHTMLExporter().from_notebook_node(notebook)
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "中国" in page
    assert page.count("This report is incomplete") == 1


def test_hostile_labels_are_text_in_the_pdf(notebook):
    pdf, _ = ReportPDFExporter().from_notebook_node(notebook)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)
    for label in (
        "<script>alert(1)</script>",
        "=cmd()",
        '#read("/etc/passwd")',
        "*bold* _it_ `code`",
        "\\u{41}",
        "$x$",
        "中国",
        "aU+0007b",
    ):
        assert label in text, label
    assert "This report is incomplete." in text


def test_in_csv_only_text_that_starts_a_formula_gets_an_apostrophe():
    rows = list(csv.reader(io.StringIO(table().csv)))[1:]
    assert [row[0] for row in rows if row[0].startswith("'")] == ["'=cmd()", "'@ref"]
    assert {float(row[1]) for row in rows} == {-330.0e9}


@pytest.mark.parametrize("number", ["−0.3%", "+1", "−$24.2 billion", "−1.39 trillion yuan", "+2.4 percentage points"])
def test_in_csv_a_number_with_a_sign_is_no_formula_and_its_minus_is_ascii(number):
    assert csv_safe(number) == number.replace("−", "-")


@pytest.mark.parametrize("formula", ["−1+1", "-A1", "+cmd|' /C calc'!A0", "-1 (x)", "-$1*2", "−0.3%\n=1", "＝1+1"])
def test_in_csv_a_formula_behind_a_sign_is_text(formula):
    assert csv_safe(formula).startswith("'")


def test_in_the_pdf_no_line_ends_between_a_number_its_sign_and_its_unit():
    change = fact("balance_usd_month_change", -24.2e9, "USD", step=1e8)
    assert typst(("(", Cite.of(change, "signed"), ")")) == "(−\u2060$24.2\u00a0billion)"


def test_where_the_style_is_jupyterlabs_headings_stand_at_the_left_and_lines_apart():
    """It sets every cell at the right, and drops nothing of an element's own style."""
    rows = [Row("Group", kind="heading"), Row("Name", ((EXPORTS,),))]
    page = parser.fromstring(Table("t", "T", (Column("Part"), Column("Exports")), rows).html())
    assert [th.text for th in page.xpath("//th[@style='text-align:left']")] == ["Part", "Group", "Name"]
    tile = Tile(("Exports",), (EXPORTS,), (("November",), (EXPORTS,)))
    (item,) = parser.fromstring(cover((), (), (), (tile,)).html).xpath("//li")
    assert item.text_content().splitlines() == ["Exports", "330.0", "November", "330.0"]
    assert len(item.findall("br")) == 3


def test_a_gap_says_so():
    assert "n/a" in table().html()


def links(page: str) -> list[str]:
    """What a page links to, but for data and for what stands in the page itself."""
    root = parser.fromstring(page)
    ids = {*root.xpath("//@id")}
    return [to for to in root.xpath("//@href | //@src") if not to.startswith("data:") and to.removeprefix("#") not in ids]


def test_a_page_alone_has_no_link_that_leads_nowhere(rendered):
    assert links(rendered("2025-11").page) == []


@pytest.mark.parametrize(
    ("url", "month", "latest"),
    [
        ("", "index.html", "../latest/index.html"),
        (
            "https://example.org/trade/",
            "https://example.org/trade/2025-11%402025-12-08/index.html",
            "https://example.org/trade/latest/index.html",
        ),
    ],
)
def test_a_published_page_differs_by_its_links_to_the_archive_alone(rendered, url, month, latest):
    page = rendered("2025-11").page
    linked = with_archive_links(page, "2025-11@2025-12-08", url)
    found = links(linked)
    assert {month, latest, f"{month}#partner_profile-USA"} < {*found}
    assert all(to == latest or to.partition("#")[0] == month for to in found)
    assert len(found) > 50
    assert without_archive_links(linked) == page
    assert with_archive_links(linked, "2025-11@2025-12-08", url) == linked


def test_a_reader_view_finds_every_number_as_text_in_order_and_no_code(rendered):
    """Reader views drop buttons, forms and what is hidden, and a block of links; of a link they keep the text."""
    root = parser.fromstring(rendered("2025-11").page)
    (main,) = root.xpath("//main")
    assert main.xpath("count(.//pre[@data-kind='source'])") > 20
    assert main.xpath("count(.//button | .//form | .//input | .//pre[@data-kind='source'][not(@hidden)])") == 0
    assert {link.tag for link in main.xpath(".//data/ancestor::*[@href]")} == {"a"}
    for element in main.xpath(".//*[@hidden or @popover]"):
        element.drop_tree()
    text = " ".join(main.text_content().split())
    assert text.startswith(
        "China customs report · November 2025 · as known on 11 August 2026 China’s trade surplus tops $1 trillion"
    )
    tile = "Balance of trade $109.9 billion November 2025 +12.9% on a year earlier 792.6 billion yuan"
    assert tile in text
    assert "open_report" not in text


def test_a_pdf_is_tagged_accessible_and_complete(rendered):
    reader = pypdf.PdfReader(io.BytesIO(rendered("2025-11").pdf))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()
    assert root["/Lang"].startswith("en")
    assert "November 2025" in reader.metadata.title
    assert len(reader.outline) > 0
    fonts = {
        font["/BaseFont"].split("+")[-1]
        for page in reader.pages
        for f in page["/Resources"]["/Font"].values()
        if (font := f.get_object())
    }
    assert fonts
    assert all(name.startswith("SourceSansPro") for name in fonts), fonts
    box = reader.pages[0].mediabox
    assert (round(box.width), round(box.height)) == (595, 842)
    last = len(reader.pages)
    assert f"Page {last} of {last}" in reader.pages[-1].extract_text()
    assert "as known on 11 August 2026" in reader.pages[1].extract_text()


@pytest.mark.parametrize("period", ["2025-11", "2026-07"])
def test_the_reference_is_no_longer_than_it_needs(rendered, period):
    assert len(pypdf.PdfReader(io.BytesIO(rendered(period).pdf)).pages) <= 22


def test_the_data_of_each_of_several_charts_are_named_by_its_title_where_they_have_no_caption():
    charts = [replace(chart(), title=(title,), data=replace(table(), caption=())) for title in ("Balance", "Growth")]
    page = parser.fromstring(str(exhibit(2, Exhibit(Words(("Claim",)), tuple(lambda c=c: c for c in charts))).html))
    assert [each.text_content() for each in page.xpath("//summary")] == [
        f"Data of exhibit 2: {t}" for t in ("Balance", "Growth")
    ]
