"""The slides: native charts and tables with the report's own numbers, each traced in the notes."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import warnings
import zipfile
from datetime import UTC, datetime
from math import isclose

import pypdf
import pytest
from lxml import etree
from markupsafe import Markup
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.util import Inches
from python_calamine import CalamineWorkbook

from customs_report.facts import MARKS
from customs_report.languages import language
from customs_report.numbers import write
from customs_report.palette import EXPORTS, FONT
from customs_report.publish import build, presentation, proof, shared_proof, slides
from customs_report.publish.extracts import Front, Grid, Row, ShownExhibit, cited, pieces
from customs_report.publish.outlines import Outline

PERIOD = "2025-11"
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
NOTED = re.compile(r"^(?P<text>.+?): (?P<name>[a-z_\d]+(?:\.[\w.]+)?), \S", re.M)  # a number of the slide, in its notes


@pytest.fixture(scope="module")
def brief(outlined) -> tuple[Outline, dict, proof.Lookup]:
    return outlined("monthly_brief", PERIOD)


@pytest.fixture(scope="module", params=["monthly_brief", "monthly_report"])
def made(request, outlined) -> tuple[Outline, dict, proof.Lookup]:
    return outlined(request.param, PERIOD)


@pytest.fixture(scope="module")
def deck(made) -> list[slides.Slide]:
    content, facts, _ = made
    return slides.slides(content, facts)


@pytest.fixture(scope="module")
def file(made, deck) -> bytes:
    return presentation.report_slides(made[0], deck)


@pytest.fixture(scope="module")
def brief_deck(brief) -> list[slides.Slide]:
    content, facts, _ = brief
    return slides.slides(content, facts)


@pytest.fixture(scope="module")
def shown(file) -> list:
    return [*Presentation(io.BytesIO(file)).slides]


def notes_of(slide) -> str:
    return slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ""


def texts_of(slide) -> list[str]:
    return [text for shape in slide.shapes for text in shared_proof._texts_of(shape, language("en"))]


def charts_of(slide) -> list:
    return [shape.chart for shape in slide.shapes if shape.has_chart]


# --- what is there --------------------------------------------------------------------------------------------------------


def test_a_slide_for_title_key_figures_points_each_exhibit_and_sources(made, shown):
    content = made[0]
    titles = [slide.shapes.title.text for slide in shown]
    assert titles[0] == content.headline
    assert len({*titles}) == len(titles)
    exhibits = [piece for piece in pieces(content) if isinstance(piece, ShownExhibit)]
    assert all(exhibit.claim.striptags() in titles for exhibit in exhibits)
    assert {slides.WORDS["key figures"], slides.WORDS["sources"], "Main points", "What to watch"} <= {*titles}
    assert any("as known on" in text for text in texts_of(shown[0]))


def test_slides_are_wide_and_in_the_reports_colours_and_face(file):
    show = Presentation(io.BytesIO(file))
    assert (show.slide_width, show.slide_height) == (Inches(presentation.WIDE), Inches(presentation.HIGH))
    theme = zipfile.ZipFile(io.BytesIO(file)).read("ppt/theme/theme1.xml").decode()
    assert EXPORTS[1:] in theme
    assert re.findall(r'<a:latin typeface="([^"]*)"/>', theme)[:2] == [FONT, FONT]


def test_what_is_shown_is_read_in_order_and_said_in_words(shown, file):
    high, wide = Inches(presentation.HIGH), Inches(presentation.WIDE)
    for slide in shown:
        shapes = [*slide.shapes]
        assert shapes[0] == slide.shapes.title
        kinds = [shape.placeholder_format.type if shape.is_placeholder else None for shape in shapes]
        assert PP_PLACEHOLDER.FOOTER not in kinds[:-2]  # last, with the number
        for shape in shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= wide
            assert shape.top + shape.height <= high
            if shape.has_chart or shape.has_table:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")
                assert shape.name
        assert not [shape for shape in shapes if shape.shape_type == 13]  # no picture of numbers


def test_charts_are_native_and_small_multiples_are_several(made, deck):
    content = made[0]
    forms = {plot.form for slide in deck for plot in slide.plots}
    assert {"lines", "bars"} <= forms
    exhibits = [piece for piece in pieces(content) if isinstance(piece, ShownExhibit) and piece.charts]
    drawn = sum(len(slide.plots) for slide in deck)
    assert drawn >= 0.8 * sum(len(exhibit.charts) for exhibit in exhibits)
    assert max(len(slide.plots) for slide in deck) > 4


# --- its numbers ----------------------------------------------------------------------------------------------------------


def test_every_number_is_the_fact_that_it_names(made, deck, file):
    _, facts, find = made
    page = slides.slides_page(deck)
    assert page.count("data-fact=") > 100
    assert proof.prove_html(page, facts, find) == []
    assert shared_proof.prove_slides(file, page, facts, find) == []


def test_every_number_of_a_chart_is_its_fact_and_in_its_workbook(made, deck, shown):
    _, facts, find = made
    known, count = {fact["name"]: fact["value"] for fact in facts["facts"]}, 0
    for slide, native in zip(deck, shown, strict=True):
        for plot, chart in zip(slide.plots, charts_of(native), strict=True):
            book = CalamineWorkbook.from_object(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
            rows = book.get_sheet_by_index(0).to_python()[1:]
            for at, (of, drawn) in enumerate(zip(plot.series, chart.plots[0].series, strict=True), 1):
                for cell, value, row in zip(of.cells, drawn.values, rows, strict=True):
                    if value is None:
                        assert row[at] == ""
                        continue
                    _, name = next(iter(cited(cell)))
                    assert isclose(value, known[name] if name in known else find.cell(*name.split("/")))
                    assert isclose(value, row[at])
                    count += 1
    assert count > 100


def test_the_notes_name_for_each_number_its_fact_and_where_it_is_from(made, deck, shown):
    _, facts, _ = made
    known = {fact["name"]: fact for fact in facts["facts"]}
    noted = 0
    for slide, native in zip(deck, shown, strict=True):
        notes = notes_of(native)
        lines = {(found["text"], found["name"]) for found in NOTED.finditer(notes) if found["name"] in known}
        for text, name in lines:
            fact = known[name]
            styles = ("text", "size", "signed", "bn", "number", "percent", "signed_percent", "percent_size", "largest", "smallest",
                      "ordinal", "count", "rank", "usd_signed", "signed_bn", "million", "thousand", "unit_value", "exact",
                      "exchange_rate", "signed_number", "signed_unit_value", "usd_size", "signed_million")  # fmt: skip
            assert text in {write(fact["value"], fact["unit"], style, fact["step"]) for style in styles if _can(fact, style)}, (
                name
            )
        shown_here = [slide.title, *slide.paragraphs, *slide.small]
        assert {pair for each in shown_here for pair in cited(each) if "/" not in pair[1]} <= lines
        assert lines == set() or re.search("Source: |Formula: ", notes)
        noted += len(lines)
    assert noted > 100


def _can(fact: dict, style: str) -> bool:
    whole, below = fact["value"] == int(fact["value"]), fact["value"] < 0
    return style not in ("largest", "smallest", "ordinal", "count") or (whole and (style == "count" or not below))


@pytest.mark.parametrize("where", ["text", "cell", "chart", "label"])
def test_a_wrong_number_is_found(brief, brief_deck, where):
    content, facts, find = brief
    show = Presentation(io.BytesIO(presentation.report_slides(content, brief_deck)))
    page = slides.slides_page(brief_deck)
    native = [*show.slides]
    if where == "text":
        run = next(run for p in native[2].placeholders[1].text_frame.paragraphs for run in p.runs if re.search(r"\d", run.text))
        run.text = re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), run.text, count=1)
    elif where == "cell":
        table = next(shape.table for slide in native for shape in slide.shapes if shape.has_table)
        run = table.cell(1, 0).text_frame.paragraphs[0].runs[0]
        run.text = run.text.replace("$1", "$2")
    else:
        chart = next(chart for slide in native for chart in charts_of(slide))
        (value,) = chart._chartSpace.xpath(f"(.//c:{'val' if where == 'chart' else 'cat'}//c:v)[1]")
        value.text = str(float(value.text) * 1.001) if where == "chart" else f"{value.text}1"
    out = io.BytesIO()
    show.save(out)
    assert len(shared_proof.prove_slides(out.getvalue(), page, facts, find)) == 1


def test_a_wrong_number_on_the_slides_page_is_found(brief, brief_deck):
    _, facts, find = brief
    page = slides.slides_page(brief_deck)
    wrong = re.sub(r'(data-fact="exports_usd_month_yoy" data-as="signed">\+)\d', r"\g<1>9", page, count=1)
    assert wrong != page
    assert proof.prove_html(wrong, facts, find)


# --- in Chinese -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chinese() -> tuple[list[slides.Slide], list, list]:
    """The slides of a Chinese brief, the same as PowerPoint has them, and what their proof finds."""
    executed, report = build.run("monthly_brief", {"period": "2026-07", "as_of": "", "language": "zh"})
    content, facts = build.outline_of(executed, report, "monthly_brief"), report.facts.as_json("monthly_brief")
    deck = slides.slides(content, facts)
    made, page = presentation.report_slides(content, deck), slides.slides_page(deck, "zh-CN")
    return deck, [*Presentation(io.BytesIO(made)).slides], shared_proof.prove_slides(made, page, facts, build.lookup_of(report))


def test_a_chinese_chart_has_its_money_in_the_unit_of_its_title(chinese):
    deck, native, findings = chinese
    assert findings == []
    pairs = [
        pair for slide, shown in zip(deck, native, strict=True) for pair in zip(slide.plots, charts_of(shown), strict=True)
    ]
    money = [(plot, chart) for plot, chart in pairs if "（亿" in plot.title]
    assert len(money) >= 5
    for plot, chart in money:
        assert chart.plots[0].series[0].values[-1] * 1e8 == pytest.approx(plot.series[0].values[-1])
        assert chart.category_axis.tick_labels.number_format == 'yyyy"年"m"月"'
    assert "十亿" not in "".join(etree.tostring(chart._chartSpace, encoding="unicode") for _, chart in pairs)


def test_a_line_is_open_where_a_month_is_missing(chinese):
    _, native, _ = chinese
    (line,) = (chart for slide in native for chart in charts_of(slide) if "集成电路进口" in chart.chart_title.text_frame.text)
    values = line.plots[0].series[0].values
    assert values[0]
    assert values[-1]
    assert None in values


def test_no_source_is_told_twice(chinese):
    deck, _, _ = chinese
    sources = [text.striptags() for text in deck[-1].paragraphs if text.startswith("资料来源")]
    assert len(sources) == 1
    assert "初步数" in sources[0]


# --- the file -------------------------------------------------------------------------------------------------------------


def test_it_is_the_same_twice_stored_and_dated_on_the_reports_day(brief):
    content, facts, _ = brief
    first, second = (presentation.report_slides(content, slides.slides(content, facts)) for _ in range(2))
    assert first == second
    archive = zipfile.ZipFile(io.BytesIO(first))
    books = [zipfile.ZipFile(io.BytesIO(archive.read(name))) for name in archive.namelist() if name.endswith(".xlsx")]
    assert len(books) > 3
    for each in (archive, *books):
        assert {info.compress_type for info in each.infolist()} == {zipfile.ZIP_STORED}
        assert {info.date_time[:3] for info in each.infolist()} == {content.date.timetuple()[:3]}
        core = each.read("docProps/core.xml").decode()
        days = {datetime.fromisoformat(day).astimezone(UTC).date() for day in re.findall(r"W3CDTF\">([^<]+)<", core)}
        assert days == {content.date}


def test_a_long_table_is_shortened_and_says_so():
    cells = tuple(Markup(f"name {place}") for place in range(20))
    head = (Row("groups", (Markup(""), Markup("First"), Markup("Second")), (1, 9, 10)), Row("", cells, (1,) * 20))
    rows = tuple(Row("heading" if place == 12 else "", cells[: 1 if place == 12 else 20], (20,) if place == 12 else (1,) * 20)
                 for place in range(40))  # fmt: skip
    whole = Grid(Markup("A table"), head, rows, {})
    cut = slides._legible(whole)
    assert slides._is_cut(whole)
    assert not slides._is_cut(cut)
    assert {sum(row.spans) for row in (*cut.head, *cut.rows)} == {slides.MOST_COLUMNS}
    assert [row.kind for row in cut.rows[-1:]] == [""]  # no heading without rows
    assert len(cut.rows) <= slides.MOST_LINES


def test_signs_beside_numbers_are_explained_on_their_slide(made, shown):
    for slide in shown:
        texts = " ".join(texts_of(slide))
        for sign, meaning in MARKS.items():
            if re.search(rf"\d%?{re.escape(sign)}", texts) and slide.shapes.title.text in texts and meaning in notes_of(slide):
                assert meaning in texts, (slide.shapes.title.text, sign)


def test_a_cover_without_key_figures_has_its_remarks_on_the_title_slide():
    front = Front(*map(Markup, ("kicker", "headline", "standfirst")), tiles=(), remarks=(Markup("A remark."),))
    (slide,) = slides._slides(front, language("en"))
    assert (slide.opening, slide.small) == (True, front.remarks)


def test_a_report_without_points_says_so():
    own = Outline((), {"period": PERIOD, "built_for": "2025-12-08"}, "My own 5 notes")
    facts = {"facts": [], "gaps": []}
    deck = slides.slides(own, facts)
    made, page = presentation.report_slides(own, deck), slides.slides_page(deck)
    find = proof.Lookup(lambda *_: 0.0, lambda _: None)
    assert [*proof.prove_html(page, facts, find), *shared_proof.prove_slides(made, page, facts, find)] == []
    first = Presentation(io.BytesIO(made)).slides[0]
    assert texts_of(first) == ["My own 5 notes", slides.WORDS["no points"]]


def test_a_build_with_a_wrong_number_fails(monkeypatch, brief):
    content, facts, find = brief
    right = presentation._stable
    monkeypatch.setattr(presentation, "_stable", lambda show, day: right(_wrong(show), day))
    ((_, _, findings),) = build._to_share(content, ("pptx",), facts, find)
    assert findings


def _wrong(show):
    show.slides[0].shapes.title.text += " 7"
    return show


def test_a_build_without_slides_imports_nothing_for_them():
    code = "import sys, customs_report.publish.build; sys.exit(any(name.startswith('pptx') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(SOFFICE is None, reason="NO LIBREOFFICE FOUND: install libreoffice-impress to open the slides")
def test_libreoffice_opens_them_with_all_their_text(brief, brief_deck, tmp_path):
    (tmp_path / "slides.pptx").write_bytes(presentation.report_slides(brief[0], brief_deck))
    command = [
        SOFFICE,
        "--headless",
        f"-env:UserInstallation={(tmp_path / 'home').as_uri()}",
        "--convert-to",
        "pdf",
        "slides.pptx",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    sheets = [re.sub(r"\s+", "", sheet.extract_text()) for sheet in pypdf.PdfReader(tmp_path / "slides.pdf").pages]
    assert len(sheets) == len(brief_deck)
    for sheet, slide in zip(sheets, brief_deck, strict=True):
        for text in (slide.title, *slide.paragraphs, *slide.small, *(plot.title for plot in slide.plots)):
            assert re.sub(r"\s+", "", text.striptags()) in sheet, text
        for plot in slide.plots:
            assert plot.form == "lines" or all(re.sub(r"\s+", "", label.striptags()) in sheet for label in plot.labels)


if SOFFICE is None:
    warnings.warn("NO LIBREOFFICE FOUND: the slides are read back with python-pptx alone", stacklevel=1)
