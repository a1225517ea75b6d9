"""A house's branding: what its file may say, what is refused, and how its reports look; without one nothing changes."""

from __future__ import annotations

import email
import io
import json
import re
import shutil
import struct
import zlib
from dataclasses import replace
from email.policy import default as modern
from pathlib import Path
from zipfile import ZipFile

import hypothesis
import pypdf
import pytest
from both_faces import prove_pdf
from browsing import opened, violations
from bs4 import BeautifulSoup
from depth import in_depth
from fontTools.fontBuilder import FontBuilder
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables.TupleVariation import TupleVariation
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from lxml import html as parser
from PIL import Image
from pptx import Presentation
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from python_calamine import load_workbook
from sets import put_set
from test_archive_pdf import Editor, verified, wrong

from customs_report import cli, house, palette
from customs_report.errors import InputError
from customs_report.house import PLAIN, House, fonts, using_look
from customs_report.house.colour_space import contrast, difference, from_oklch, oklch
from customs_report.house.colours import APART, GIVEN, INK, SERIES, TEXT, Refused, palettes
from customs_report.house.logos import PNG
from customs_report.numbers import Marks, in_full, write, written_with
from customs_report.palette import DARK, LIGHT
from customs_report.publish import archive, build, mail, presentation, rendering, slides, verify
from customs_report.publish.fonts import page_fonts
from customs_report.publish.inputs import ROOT, Inputs
from customs_report.publish.manifest import FORMATS
from customs_report.publish.outlines import Outline, outline
from customs_report.publish.proof import prove_html
from customs_report.publish.shared_proof import prove_mail, prove_slides
from customs_report.publish.social_preview import preview_image

EXAMPLE = ROOT / "docs" / "example-house" / "house.yml"
DEJAVU = palette.mono_file().parent
PERIOD = {"period": "2026-07", "as_of": ""}
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


@pytest.fixture(scope="module")
def example() -> House:
    return house.load(EXAMPLE)


@pytest.fixture(scope="module")
def dressed(example):
    """The brief with the example's branding: its files; its facts, and how to look its places up."""
    with using_look(example.look):
        executed, report = build.run("monthly_brief", PERIOD)
        executed["metadata"]["customs_report"] = {"period": "2026-07", "as_of": report.as_of, "data": "0" * 64}  # it is cited
        content = build.outline_of(executed, report, "monthly_brief", example)
        files = build.render(executed, report, "monthly_brief", PERIOD, FORMATS, content=content, inputs={"data": "0" * 64})
    return files, json.loads(files["facts.json"]), build.lookup_of(report)


@pytest.fixture
def written(tmp_path):
    """Writes a house's file and what lies beside it; returns its path."""

    def write_house(text: str, **beside: bytes | str) -> Path:
        for name, content in beside.items():
            content = content.encode() if isinstance(content, str) else content
            (tmp_path / name.replace("_", ".")).write_bytes(content)
        path = tmp_path / "house.yml"
        path.write_text(text, encoding="utf-8")
        return path

    return write_house


def small(text: str, of: House = PLAIN) -> Outline:
    cells = [{"cell_type": "markdown", "source": text, "metadata": {}, "id": "a"}]
    return outline({"cells": cells, "metadata": {}}, house=of)


# --- without a house ------------------------------------------------------------------------------------------------------


def test_without_a_house_nothing_is_added(tmp_path):
    assert house.chosen() == ""
    assert house.load() is PLAIN
    assert "house" not in Inputs().of("monthly_brief", PERIOD)
    assert palettes({}, {}) == (LIGHT, DARK)
    assert PLAIN.recoloured(palette.EXPORTS) == palette.EXPORTS
    assert rendering.house_style(PLAIN, 'body{font:1rem "Source Sans Pro"}') == 'body{font:1rem "Source Sans Pro"}'
    assert page_fonts() == page_fonts(house=House(digest="of texts only", name="Somebody"))
    page = rendering.page(small("# Title"))
    assert "house" not in page.replace("report_html/house", "")
    assert "imprint" not in page
    put_set(tmp_path, "2025-11")
    archive.update(tmp_path)
    assert "imprint" not in (tmp_path / "index.html").read_text(encoding="utf-8")
    assert preview_image("Headline", "Title", "") == preview_image("Headline", "Title", "", PLAIN)


def test_what_wore_a_house_writes_plain_numbers_again(dressed):
    assert write(1234.5e9, "USD") == "$1.234 trillion"
    with pytest.raises(ZeroDivisionError), using_look(replace(PLAIN, marks=Marks(",", ".")).look):
        raise ZeroDivisionError(write(1, "percent"))
    assert write(1.5, "percent") == "1.5%"


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        (Marks(), ("12,345,678 tonnes", "−3.25", "1,234.5678 dollars", "1,000 dollars")),
        (Marks(",", "."), ("12.345.678 tonnes", "−3,25", "1.234,5678 dollars", "1.000 dollars")),
        (Marks(",", "\u202f"), ("12\u202f345\u202f678 tonnes", "−3,25", "1\u202f234,5678 dollars", "1\u202f000 dollars")),
        (Marks(".", ""), ("12345678 tonnes", "−3.25", "1234.5678 dollars", "1000 dollars")),
    ],
)
def test_numbers_have_the_marks_of_the_house(marks, expected):
    with written_with(marks):
        made = (write(12345678, "tonnes", "number") + " tonnes", write(-3.25, "CNY", "unit_value"))
        assert (*made, in_full(1234.5678, "USD"), in_full(1000, "USD")) == expected


# --- the example's brief --------------------------------------------------------------------------------------------------


def test_the_page_wears_the_house(dressed, example):
    files, facts, lookup = dressed
    text = files["html"].decode()
    page = BeautifulSoup(text, "lxml")
    (logo,) = page.select("header img.logo")
    assert (logo["alt"], logo["src"]) == (example.name, example.logo.uri)
    assert page.select_one("header source")["srcset"] == example.dark_logo.uri
    assert page.select_one("footer .imprint").get_text(" ", strip=True).startswith(f"Publisher {example.name}")
    assert page.select_one("footer a[href^=mailto]").get_text() == "press@meridian.example"
    assert page.select_one("h1 ~ ul strong").get_text() == "$112,4 billion"
    assert "--c-exports:#0f4c5c" in text
    assert not {colour for name, colour in LIGHT.items() if example.light[name] != colour} & {*re.findall("#[0-9a-f]{6}", text)}
    assert re.findall(r'@font-face{font-family:"(.*?)"', text) == ["DejaVu Serif fitted", "DejaVu Serif fitted"]
    changed = text.replace(">17,8%<", ">17,9%<", 1)
    with using_look(example.look):
        assert not prove_html(text, facts, lookup)
        assert changed != text
        assert prove_html(changed, facts, lookup)


def test_the_pdf_wears_the_house_and_says_what_the_page_says(dressed, example):
    files, *_ = dressed
    reader = pypdf.PdfReader(io.BytesIO(files["pdf"]))
    with using_look(example.look):
        assert prove_pdf(files["pdf"], files["html"].decode()) == []
    assert len(reader.pages) == 2
    assert reader.metadata.author == example.name
    assert b"pdfuaid:part" in files["pdf"]
    fonts_used = {
        str(font.get_object()["/BaseFont"])[8:] for page in reader.pages for font in page["/Resources"]["/Font"].values()
    }
    assert {name.partition("-")[0] for name in fonts_used} == {"DejaVuSeriffitted"}
    last = " ".join(reader.pages[-1].extract_text().split())
    assert all(text[:60] in last for _, text in example.imprint)


@pytest.mark.parametrize(
    ("period", "as_of"),
    [
        ("2025-11", ""),
        *in_depth(("2025-11", "2025-12-08"), ("2026-06", ""), ("2025-03", "")),
    ],
)
def test_the_brief_has_two_pages_with_a_short_imprint(example, period, as_of):
    with using_look(example.look):
        executed, report = build.run("monthly_brief", {"period": period, "as_of": as_of})
        executed["metadata"]["customs_report"] = {"period": period, "as_of": report.as_of, "data": "0" * 64}
        made = rendering.pdf(build.outline_of(executed, report, "monthly_brief", example))
    first, last = pypdf.PdfReader(io.BytesIO(made)).pages
    assert "Cite this" in last.extract_text()
    assert example.name in first.extract_text()


def pictured(pdf: bytes) -> bytes:
    """The PDF with one more picture on its first page."""
    editor = Editor(pdf)
    picture = DecodedStreamObject()
    picture.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image")})
    shown = editor.writer.pages[0]["/Resources"].setdefault(NameObject("/XObject"), DictionaryObject()).get_object()
    shown[NameObject("/Stamp")] = editor.writer._add_object(picture)
    return editor.stamp(b"q 100 0 0 20 50 700 cm /Stamp Do Q").pdf


def test_its_pdf_alone_is_proved_and_a_planted_number_or_picture_found(dressed, tmp_path):
    pdf = dressed[0]["pdf"]
    (tmp_path / "brief.pdf").write_bytes(pdf)
    alone = verified(tmp_path / "brief.pdf")
    assert (alone.returncode, alone.stderr) == (0, "")
    (line,) = wrong(Editor(pdf).retype("$112,4 ", "$124,1 ").pdf)
    assert re.fullmatch(r"page 1: '.*\$124,1 billion.*', expected '.*\$112,4 billion.*'", line)
    (line,) = wrong(Editor(pdf).retype("CC BY 4.0", "CC BY 0.4", 1).pdf)
    assert re.fullmatch(r"page 2: '.*BY 0\.4.*', expected '.*BY 4\.0.*'", line)
    assert wrong(pictured(pdf)) == ["page 1: 'a picture, or letters not filled', expected 'text and drawings'"]


def test_a_picture_beside_a_logo_that_is_one_is_found(written):
    content = small("# Title\n\n" + "Words. " * 2000, house.load(written("logo: logo.png", logo_png=png(30, 10))))
    page, pdf = rendering.page(content), rendering.pdf(content)
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) > 1
    assert prove_pdf(pdf, page) == []
    assert any("a picture" in str(found) for found in prove_pdf(pictured(pdf), page))


def test_the_mail_wears_the_house(dressed, example):
    message = email.message_from_bytes(dressed[0]["eml"], policy=modern)
    html, text = (message.get_body((kind,)).get_content() for kind in ("html", "plain"))
    logo, *charts = parser.fromstring(html).xpath("//img")
    pictures = [part.get_content() for part in message.walk() if part.get_content_maintype() == "image"]
    assert (logo.get("src"), logo.get("alt")) == (f"cid:{mail.LOGO}", example.logo.alt)
    assert Image.open(io.BytesIO(pictures[0])).size[1] in (300, 301)
    assert len(pictures) == 1 + len(charts)
    assert Image.open(io.BytesIO(pictures[1])).convert("RGB").getpixel((1, 1)) == (0xFF, 0xFD, 0xF8)
    head, _, body = html.partition("</head>")
    colours = {*re.findall("#[0-9a-f]{6}", body)}
    assert {example.light[name] for name in ("paper", "ink", "muted")} <= colours <= {*example.light.values()}
    assert {*re.findall("#[0-9a-f]{6}", head)} == {example.dark[name] for name in ("paper", "ink", "muted")}
    assert html.count("&#x27;DejaVu Serif&#x27;,&#x27;Source Sans Pro&#x27;") == html.count("Source Sans Pro")
    assert "$112,4 billion" in text
    said = " ".join(text.split())
    assert said.endswith(" ".join(f"{term}: {entry}" for term, entry in example.imprint))
    assert "data-kind" not in html


def test_the_slides_wear_the_house(dressed, example):
    file = dressed[0]["pptx"]
    shown = [*Presentation(io.BytesIO(file)).slides]
    (logo,) = (shape for slide in shown for shape in slide.shapes if shape.shape_type == 13)
    assert logo in [*shown[0].shapes]
    assert logo._element.nvPicPr.cNvPr.get("descr") == example.logo.alt
    assert logo.width / logo.height == pytest.approx(example.logo.ratio, rel=0.01)
    with ZipFile(io.BytesIO(file)) as parts:
        theme = parts.read("ppt/theme/theme1.xml").decode()
        drawn = "".join(
            parts.read(name).decode() for name in parts.namelist() if re.match(r"ppt/(charts|slides)/\w+.xml", name)
        )
        author = parts.read("docProps/core.xml").decode()
    assert {f"{example.light[name][1:]}" for name in ("exports", "imports", "paper", "accent")} <= {
        *re.findall(r'srgbClr val="(\w{6})"', theme)
    }
    assert {*re.findall(r'latin typeface="([^"]*)"', theme)[:2]} == {"DejaVu Serif"}
    ours = {colour.lower()[1:] for colour in example.light.values()}
    assert {colour.lower() for colour in re.findall(r'srgbClr val="(\w{6})"', drawn)} <= ours
    assert example.name in author
    texts = [shape.text_frame.text for shape in shown[-1].shapes if shape.has_text_frame]
    assert "\n".join(f"{term}: {text}" for term, text in example.imprint) in texts


def test_what_mail_and_slides_say_of_the_house_is_proved(dressed, example):
    _, facts, lookup = dressed
    content = replace(small("# Title", example), made_of={"period": "2026-07", "as_of": "2026-08-20"})
    with using_look(example.look):
        page = mail.mail_page(content)
        sent = mail.report_mail(content, page)
        assert prove_html(page, facts, lookup) == prove_mail(sent, page) == []
        assert prove_mail(sent.replace(b"BY 4.0", b"BY 0.4"), page)
        deck = slides.slides(content, facts)
        page, shown = slides.slides_page(deck), presentation.report_slides(content, deck)
        assert prove_html(page, facts, lookup) == prove_slides(shown, page, facts, lookup) == []
        assert prove_slides(shown, page.replace("BY 4.0", "BY 0.4"), facts, lookup)


def test_a_long_imprint_has_a_slide_of_its_own(example):
    wordy = replace(example, disclaimer="Nothing in it is advice. " * 40)
    *_, sources, last = slides.slides(small("# Title", wordy), {"facts": []})
    assert (sources.small, last.title) == ((), slides.WORDS["imprint"])
    assert len(last.paragraphs) == len(example.imprint)


def test_workbook_and_zip_wear_the_house_and_stay_for_machines(dressed, example):
    files, *_ = dressed
    sheets = load_workbook(io.BytesIO(files["xlsx"]))
    cover = [row[0] for row in sheets.get_sheet_by_name("Cover").to_python()]
    assert {f"{term}: {text}" for term, text in example.imprint} <= {*cover}
    assert any(row[1] == "Disclaimer" for row in sheets.get_sheet_by_name("Notes").to_python())
    facts = {row[0]: row for row in sheets.get_sheet_by_name("Facts").to_python()}
    assert facts["exports_usd_month_yoy"][1] == pytest.approx(23.9, abs=0.06)
    assert facts["exports_usd_month_yoy"][3] == "23,9%"
    with ZipFile(io.BytesIO(files["xlsx"])) as book:
        assert Image.open(io.BytesIO(book.read("xl/media/image1.png"))).size[1] in (300, 301)
        assert f'descr="{example.logo.alt}"' in book.read("xl/drawings/drawing1.xml").decode()
        assert example.name in book.read("docProps/core.xml").decode()
    with ZipFile(io.BytesIO(files["zip"])) as charts:
        names = charts.namelist()
        drawing = charts.read("exhibit-01a-drivers-exports-group.svg").decode()
        table = charts.read("exhibit-03-partners-in-brief.csv").decode("utf-8-sig")
        picture = Image.open(io.BytesIO(charts.read(next(name for name in names if name.endswith(".png")))))
    assert example.light["exports"] in drawing
    assert palette.EXPORTS not in drawing
    assert "'DejaVu Serif fitted'" in drawing
    assert re.search(r",\d+\.\d", table)
    assert picture.convert("RGB").getpixel((3, 3)) == (0xFF, 0xFD, 0xF8)


@pytest.mark.browser
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_its_page_is_accessible(browser, dressed, tmp_path, width, scheme):
    path = tmp_path / "brief.html"
    path.write_bytes(dressed[0]["html"])
    page = opened(browser, path.as_uri(), color_scheme=scheme, viewport={"width": width, "height": 900}, bypass_csp=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    box = page.locator(".masthead img").bounding_box()
    assert box["height"] > 30
    assert box["width"] > 100


@pytest.mark.browser
def test_its_archive_is_accessible(browser, example, tmp_path):
    put_set(tmp_path, "2025-11")
    archive.update(tmp_path, house=example)
    for scheme in ("light", "dark"):
        page = opened(browser, (tmp_path / "index.html").as_uri(), color_scheme=scheme, bypass_csp=True)
        assert violations(page) == []
        assert page.locator(".masthead img").bounding_box()["height"] > 30


def test_the_archive_changes_with_its_house(example, tmp_path):
    put_set(tmp_path, "2025-11")
    assert archive.update(tmp_path, house=example)
    assert not archive.update(tmp_path, house=example)
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert example.logo.uri in index
    assert "Prepared with care" in index
    assert archive.update(tmp_path)
    assert "Prepared with care" not in (tmp_path / "index.html").read_text(encoding="utf-8")


def test_a_preview_has_the_logo_and_the_colours(example):
    picture = Image.open(io.BytesIO(preview_image("A headline", "A title", "key", example))).convert("RGB")
    assert picture.size == (1200, 630)
    assert picture.getpixel((5, 5)) == (0xFF, 0xFD, 0xF8)
    assert (0x0F, 0x4C, 0x5C) in {colour for _, colour in picture.getcolors(1_000_000)}


@pytest.mark.parametrize(("paper", "size"), [("us-letter", (612, 792)), ("a4", (595, 842)), ("us-legal", (612, 1008))])
def test_the_pdf_is_on_the_paper_of_the_house(written, paper, size):
    of = house.load(written(f"defaults: {{customs-report: {{paper: {paper}}}}}"))
    box = pypdf.PdfReader(io.BytesIO(rendering.pdf(small("# Title\n\nText", of)))).pages[0].mediabox
    assert (round(box.width), round(box.height)) == size


# --- what a report is made of ---------------------------------------------------------------------------------------------


def test_the_file_is_the_one_given_else_that_of_the_environment_else_the_projects_own(written, monkeypatch, tmp_path):
    own = written("meta: {name: Acme}")
    monkeypatch.setattr(house.project, "FOLDER", tmp_path)
    assert house.chosen("other.yml") == str(Path("other.yml").absolute())
    assert house.chosen() == ""  # the tests' environment says none
    monkeypatch.setenv("CUSTOMS_REPORT_HOUSE", "")
    assert house.chosen() == str(own)
    assert house.chosen("none") == ""
    own.unlink()
    assert house.chosen() == ""


def test_a_change_of_the_house_makes_its_reports_stale(written):
    path = written("logo: logo.svg\nmeta: {name: Acme}", logo_svg=SQUARE.format("<path d='M0 0h9'/>"))

    def digest() -> str:
        return Inputs().of("monthly_brief", PERIOD, str(path))["house"]

    first = digest()
    assert first == digest()
    (path.parent / "logo.svg").write_text(SQUARE.format("<path d='M0 0h8'/>"), encoding="utf-8")
    second = digest()
    written("logo: logo.svg\nmeta: {name: Acne}")
    assert len({first, second, digest()}) == 3
    others = [{k: v for k, v in Inputs().of("monthly_brief", PERIOD, each).items() if k != "house"} for each in ("", str(path))]
    assert others[0] == others[1]


def test_verify_takes_the_house_that_the_manifest_names(written, monkeypatch):
    path = written("meta: {name: Acme}")
    monkeypatch.setenv("CUSTOMS_REPORT_HOUSE", str(path))
    assert verify.house_of({"inputs": {}}) == ""
    assert verify.house_of({"inputs": {"house": ""}, "house": "docs/example-house/house.yml"}) == str(EXAMPLE)
    assert verify.house_of({"inputs": {"house": ""}, "house": "/nowhere/house.yml"}) == str(path)
    assert house.from_project(str(EXAMPLE)) == "docs/example-house/house.yml"


# --- colours --------------------------------------------------------------------------------------------------------------

COLOURS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)
SCHEME = st.dictionaries(st.sampled_from(GIVEN), COLOURS, max_size=3)


@given(COLOURS)
def test_a_colour_survives_the_way_to_oklch(colour):
    assert difference(from_oklch(*oklch(colour)), colour) < 0.005


@given(SCHEME, SCHEME)
@hypothesis.example({}, {"ink": "#000000", "balance": "#000000", "accent": "#000000"})  # no grey is left for the second
def test_colours_pass_or_the_suggested_ones_do(light, dark):
    light, dark = dict(light), dict(dark)
    for _ in range(2 * len(GIVEN) + 1):
        found = palettes(light, dark)
        if not isinstance(found, Refused):
            break
        of = light if found.scheme == "light" else dark
        assert found.name in of  # what is derived always fits
        assert found.nearest not in (None, of[found.name])
        of[found.name] = found.nearest
    assert not isinstance(found, Refused)
    for palette_of, given_of in zip(found, (light, dark), strict=True):
        assert given_of.items() <= palette_of.items()
        for behind in ("paper", "panel"):
            assert contrast(palette_of["ink"], palette_of[behind]) >= INK
            assert min(contrast(palette_of[name], palette_of[behind]) for name in (*SERIES, "fall", "muted")) >= TEXT
        assert min(contrast(palette_of["ink"], palette_of[name]) for name in LIGHT if name.startswith("pale-")) >= TEXT
        pairs = [(a, b) for a in SERIES for b in SERIES if a < b]
        assert min(difference(palette_of[a], palette_of[b]) for a, b in pairs) >= APART


@settings(suppress_health_check=[HealthCheck.filter_too_much])  # most colours pass, and nothing is suggested
@given(COLOURS)
def test_a_suggested_colour_keeps_the_hue(colour):
    found = palettes({"accent": colour}, {})
    assume(isinstance(found, Refused))
    (_, chroma, before), (_, now, after) = oklch(colour), oklch(found.nearest)
    assert chroma < 0.02 or now < 0.02 or min(abs(before - after), 360 - abs(before - after)) < 8


@pytest.mark.parametrize(
    ("color", "ours", "said"),
    [
        ('primary: "#ffcc00"', "", r"color.primary, #ffcc00, has a contrast of 1.51 .* nearest that passes is #[0-9a-f]{6}"),
        ('background: "#102030"', "", "color.background, #102030, is too dark to print on"),
        ('foreground: "#777777"', "", "color.foreground, .* text needs 8.0"),
        ('primary: {light: "#b3261e", dark: "#501010"}', "", "color.primary, #501010, .* on a dark page"),
        ("primary: '#1f5b99'", "exports: '#1f5b9a'", r"colors.exports, .* is hard to distinguish from accent #1f5b99"),
        ("primary: red", "", "color.primary is 'red', no colour; write #rrggbb, or a name: primary"),
        ("primary: #b3261e", "", "color.primary is empty, no colour; a colour stands in quotes"),
        ("{palette: {a: b, b: a}, primary: a}", "", "color.primary goes in a circle: a → b → a"),
        ("{palette: {sea: '#12345'}, primary: sea}", "", "color.primary is '#12345', no colour"),
        ("primry: '#112233'", "", "there is no key 'color.primry'; nearest: primary"),
        (
            "primary: '#112233'",
            "export: '#112233'",
            "there is no key 'defaults.customs-report.colors.export'; nearest: exports",
        ),
        ("primary: [1, 2]", "", "color.primary is a list, no colour"),
    ],
)
def test_a_colour_that_cannot_be_used_is_refused_with_the_nearest(written, color, ours, said):
    block = color if color.startswith("{") else f"\n  {color}"
    text = f"color: {block}\ndefaults: {{customs-report: {{colors: {{{ours}}}}}}}\n"
    with pytest.raises(InputError, match=f"^house.yml: .*{said}") as refused:
        house.load(written(text))
    assert "\n" not in str(refused.value)


# --- other things that a file may say -------------------------------------------------------------------------------------


def test_keys_that_are_not_used_are_named(written):
    text = """
meta: {name: Acme, founded: 1952, link: {home: "https://acme.example", github: "https://x.example"}}
logo: {small: a.svg, medium: a.svg}
color: {palette: {blue: "#123456"}, success: blue, primary: blue}
typography:
  fonts: [{family: Open Sans, source: google, weight: [400, 700]}]
  base: {family: Open Sans, line-height: 1.5}
  monospace: Fira Code
defaults: {bootstrap: {x: 1}}
"""
    of = house.load(written(text, a_svg=SQUARE.format("")))
    assert of.unused == (
        "meta.founded", "defaults.bootstrap", "logo.small", "color.success", "typography.monospace",
        "typography.fonts[1].weight", "typography.base.line-height", "typography.base (Open Sans has no file here)",
        "meta.link.github",
    )  # fmt: skip
    assert (of.link, of.light["accent"], of.font) == ("https://acme.example", "#123456", ())


def png(width: int, height: int, rows: bytes | None = None) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(rows if rows is not None else bytes(height * (1 + 3 * width)))
    return PNG + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (SQUARE.format("<script>alert(1)</script>"), "has <script>"),
        (SQUARE.format("<path d='M0 0' onclick='x()'/>"), "has a script: onclick"),
        (SQUARE.format("<image href='https://x.example/a.png'/>"), "loads something from elsewhere: https://x.example"),
        (SQUARE.format("<path fill='url(https://x.example/a)'/>"), "loads something from elsewhere"),
        (SQUARE.format("<style>@import 'https://x.example'</style>"), "loads something from elsewhere in its <style>"),
        (SQUARE.format("<foreignObject/>"), "has <foreignObject>"),
        (SQUARE.format("<h:script xmlns:h='http://www.w3.org/1999/xhtml'>1</h:script>"), "has <script>"),
        (SQUARE.format("<text>Acme</text>"), "has text, which .* convert it to paths"),
        (SQUARE.format("<use href='#a'/>" * 21), "copies of parts"),
        ("<!DOCTYPE svg [<!ENTITY a 'b'>]>" + SQUARE.format("&a;"), "declares a document type"),
        ("<?xml-stylesheet href='a.css'?>" + SQUARE.format(""), None),
        ("<svg xmlns='http://www.w3.org/2000/svg'/>", "does not say how large it is"),
        ("<svg", "is no SVG that can be read"),
        ("<html></html>", "is no SVG: its root is <html>"),
        (b"GIF89a", "is no picture that can be used; give a PNG or an SVG"),
        (b"", "is no picture that can be used"),
        (b" " * 200_001, "has 200,001 bytes; a logo may have 200,000"),
        (png(4001, 1, b""), "is 4,001 by 1 pixels; a logo may have 4,000"),
        (png(9, 9, b"12"), "is a damaged PNG"),
        (png(9, 9)[:40], "is a damaged PNG"),
        (png(900, 9), "at most twenty times as wide as high"),
    ],
)
def test_a_hostile_logo_is_refused_in_one_line(written, content, said):
    path = written("logo: logo.svg", logo_svg=content)
    if said is None:  # outside of the root it does nothing in a picture
        assert house.load(path).logo
        return
    with pytest.raises(InputError, match=rf"^house.yml: logo.large, logo.svg, .*{said}") as refused:
        house.load(path)
    assert "\n" not in str(refused.value)


def test_a_logo_is_a_png_or_an_svg(written):
    of = house.load(written("logo: {path: a.png, alt: Ours}", a_png=png(30, 10)))
    assert (of.logo.kind, of.logo.ratio, of.logo.alt, of.dark_logo) == ("png", 3.0, "Ours", None)
    page = rendering.page(small("# Title", of))
    assert 'class="logo plate"' in page
    assert b"/Alt" in (made := rendering.pdf(small("# Title", of)))
    assert prove_pdf(made, page) == []


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("meta: [", "is not YAML"),
        ("- a", "is a list, and should have keys"),
        ("meta: {name: A}\nmeta: {name: B}", "line 2: the key 'meta' stands twice"),
        (BOMB, "repeats a part with `[*]`"),
        ("[" * 20_000, "is not YAML"),
        ("? [a, b]\n: c", "is not YAML|there is no key"),
        ("meta: {name: !!python/object/apply:os.system [ls]}", "meta.name is a list|should have keys|is not YAML"),
        ("mata: {name: A}", "there is no key 'mata'; nearest: meta"),
        ("meta: {nmae: A}", "there is no key 'meta.nmae'; nearest: name"),
        ("logo: ../secret.svg", "lies outside of the folder"),
        ("logo: /etc/passwd", "lies outside of the folder"),
        ("logo: https://x.example/a.svg", "a report loads nothing from the web"),
        ("logo: missing.svg", "missing.svg, does not exist"),
        ("logo: link.svg", "lies outside of the folder"),
        ("logo: {large: {dark: a.svg}}", "has no light form"),
        ("logo: {large: {lite: a.svg}}", "there is no key 'logo.large.lite'; nearest: light"),
        ("logo: 'package:nowhere/a.svg'", "names the package 'nowhere', which is not installed"),
        ("logo: 'package:matplotlib/../secret.svg'", "lies outside of the folder"),
        ("defaults: {customs_report: {}}", "there is no key 'defaults.customs_report'; nearest: customs-report"),
        ("defaults: {customs-report: {license: A}}", "nearest: licence"),
        ("defaults: {customs-report: {paper: a5}}", "paper is 'a5'; all: a4, us-letter, us-legal, a3"),
        ("defaults: {customs-report: {numbers: {decimal: komma}}}", "decimal is 'komma'; nearest: comma"),
        ("defaults: {customs-report: {numbers: {decimal: comma, grouping: ','}}}", "both before the decimals and between"),
        ("defaults: {customs-report: {contact: [a]}}", "contact is a list, not a text"),
        (f"defaults: {{customs-report: {{disclaimer: {'x' * 3001}}}}}", "has 3,001 characters; at most 3,000"),
        ("meta: {name: 海关}", "meta.name has characters that reports cannot print"),
        ("meta: {link: 'javascript:alert(1)'}", "an address begins with https://"),
        ("typography: {base: Serif, fonts: [{family: Serifs, files: [{path: a.ttf}]}]}", "a.ttf, does not exist"),
        ("typography: {fonts: {family: A}}", "typography.fonts is no list"),
        ("typography: {fonts: [{family: 'a\"}b', files: [a.ttf]}]}", "a name of letters, digits and spaces"),
        ("typography: {fonts: [{family: A, source: fil}]}", "source is 'fil'; nearest: file"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_in_one_line(written, tmp_path, text, said):
    path = written(text)
    (tmp_path.parent / "secret.svg").write_text(SQUARE.format(""), encoding="utf-8")
    (tmp_path / "link.svg").symlink_to(tmp_path.parent / "secret.svg")
    with pytest.raises(InputError, match=said) as refused:
        house.load(path)
    assert str(refused.value).startswith("house.yml")
    assert "\n" not in str(refused.value)


def test_the_command_refuses_a_house_before_it_builds(written, tmp_path, capfd):
    path = written('color: {primary: "#ffee00"}')
    out = tmp_path / "reports"
    with pytest.raises(SystemExit) as left:
        cli.main(["build", "2026-07", "--notebook", "monthly_brief", "--house", str(path), "--out", str(out)])
    assert left.value.code == 2
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "the nearest that passes is #" in said
    assert not out.exists()


# --- fonts ----------------------------------------------------------------------------------------------------------------


def with_font(name: str) -> str:
    return f"typography: {{base: Ours, fonts: [{{family: Ours, source: file, files: [{name}]}}]}}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"not a font", "is not a TrueType or OpenType font"),
        ((DEJAVU / "DejaVuSerif.ttf").read_bytes()[:40_000], "is not a TrueType or OpenType font"),
        ((DEJAVU / "cmr10.ttf").read_bytes(), "lacks characters that reports print: .*É"),
        (bytes(4_000_001), "has 4,000,001 bytes; a font file may have 4,000,000"),
    ],
)
def test_a_font_that_cannot_be_used_is_refused(written, content, said):
    with pytest.raises(InputError, match=said) as refused:
        house.load(written(with_font("a.ttf"), a_ttf=content))
    assert "\n" not in str(refused.value)


def width(font: TTFont) -> float:
    return fonts._width(font)


@pytest.mark.parametrize("name", ["DejaVuSerif.ttf", "STIXGeneral.ttf", "SourceSansPro-Black.otf"])
def test_a_fitted_font_is_no_wider_than_the_standard_one(name):
    path = DEJAVU / name if name.endswith("ttf") else palette.font_files()["Regular"].parent / name
    files, x_height = fonts.fitted({"Regular": (name, path.read_bytes())}, "Ours fitted")
    made = TTFont(io.BytesIO(files["Regular"]))
    standard = TTFont(palette.font_files()["Regular"])
    assert width(made) <= width(standard) * 1.001
    assert width(made) == pytest.approx(min(width(TTFont(path)), width(standard)), rel=0.001)
    assert 0.3 < x_height <= 0.55
    assert made["name"].getDebugName(1) == "Ours fitted"


def variable_font() -> bytes:
    """A font with one axis, whose glyphs are boxes that get wider with their weight."""
    names = [".notdef", *(f"u{ord(c):04X}" for c in sorted(fonts.NEEDED))]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({int(name[1:], 16): name for name in names[1:]})
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    pen = TTGlyphPen(None)
    for step, point in enumerate([(0, 0), (0, 500), (400, 500), (400, 0)]):
        (pen.lineTo if step else pen.moveTo)(point)
    pen.closePath()
    glyph = pen.glyph()
    builder.setupGlyf(dict.fromkeys(names, glyph))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (450, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": "Boxes", "styleName": "Regular"})
    builder.setupOS2(sxHeight=500)
    builder.setupPost()
    builder.setupFvar([("wght", 100, 400, 900, "Weight")], [])
    wider = TupleVariation({"wght": (0, 1, 1)}, [(0, 0), (0, 0), (100, 0), (100, 0), (0, 0), (100, 0), (0, 0), (0, 0)])
    builder.setupGvar({name: [wider] for name in names})
    out = io.BytesIO()
    builder.save(out)
    return out.getvalue()


def test_a_variable_font_gives_the_weights_that_reports_use(written):
    of = house.load(written(with_font("a.ttf"), a_ttf=variable_font()))
    files, _ = of.text_font
    opened_files = {style: TTFont(io.BytesIO(content)) for style, content in files.items()}
    assert {style: font["OS/2"].usWeightClass for style, font in opened_files.items()} == {"Regular": 400, "Semibold": 600}
    assert not any("fvar" in font for font in opened_files.values())
    assert width(opened_files["Semibold"]) > width(opened_files["Regular"])


def test_headings_may_have_a_font_of_their_own(written, tmp_path):
    shutil.copy(DEJAVU / "STIXGeneralBol.ttf", tmp_path / "head.ttf")
    text = "typography: {headings: Head, fonts: [{family: Head, files: [{path: head.ttf}]}]}"
    content = small("# Title\n\nText", house.load(written(text)))
    page = rendering.page(content)
    assert re.findall(r'@font-face{font-family:"(.*?)"', page) == ["Headings fitted", "Source Sans Pro", "Source Sans Pro"]
    used = pypdf.PdfReader(io.BytesIO(rendering.pdf(content))).pages[0]["/Resources"]["/Font"].values()
    assert {str(font.get_object()["/BaseFont"])[8:].partition("-")[0] for font in used} == {"Headingsfitted", "SourceSansPro"}
