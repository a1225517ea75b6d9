"""The brief in Chinese: every sentence of every month, numbers in 亿 and 万亿, the proof, the page in a browser, the PDF's fonts."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from urllib.parse import unquote

import pytest
from both_faces import prove_pdf
from browsing import opened, violations
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from lxml import html
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from test_proof import other_digit, planted

import helpers
from customs_report import cli, exhibits, languages
from customs_report.chinese import numbers
from customs_report.chinese.words import WORDS
from customs_report.display import Chart, Exhibit
from customs_report.facts import Cite, Runs, plain
from customs_report.languages import ENGLISH, language
from customs_report.messages import LANGUAGES, NoWriter, message
from customs_report.names import Name
from customs_report.numbers import STYLES
from customs_report.periods import span
from customs_report.publish import build, proof
from customs_report.publish.workbook import START
from customs_report.report import Report, open_report

CHINESE = language("zh")
MONTHS = span("2008-01", "2026-08")
SAMPLE = [  # January, February and March; the first month; crisis, boom and slump; deficits; with and without partners
    *("2008-01", "2009-02", "2012-02", "2020-02", "2019-06", "2023-05"),
    *("2024-02", "2025-01", "2025-06", "2026-03", "2026-07", "2026-08"),
]
VINTAGES = [("2025-11", "2025-12-08")]
BUILT = [("2025-11", "2025-12-08"), ("2012-02", "")]
LARGEST = 400_000  # bytes of a page with its Chinese characters
LATIN = re.compile(r"[A-Za-z]{2,}")
PROPER = {"RCEP", "CSV"}  # Latin in sentences, headings and buttons
IN_TRACES = re.compile(  # calls of helpers, names of facts, addresses of publishers, packages
    r"helpers\.\w+\([^)]*\)|\b[a-z]\w*(?:\.\w+)+\b|\b(?:[\w-]+\.)+[a-z]{2,}\b|chinesecalendar|X-13ARIMA-SEATS|\b\w+_\w+\b",
    re.ASCII,
)


def spoken(report: Report) -> Iterator[tuple[str, Runs]]:
    """Every text of the brief by its kind, as the notebook asks for them."""
    yield from (("line", each) for each in (exhibits.kicker(report), exhibits.headline(report)))
    for tile in exhibits.tiles(report):
        yield from (("line", each) for each in (tile.label, tile.figure, *tile.lines))
    for of in (exhibits.standfirst, exhibits.remarks, exhibits.main_points, exhibits.what_to_watch, exhibits.compared_and_sure):
        yield from (("sentence", each) for each in of(report))
    frames = [
        helpers.contributions(report.tables, report.period, by, flow, "month")
        for flow in ("exports", "imports")
        for by in ("group", "commodity")
    ]
    shown = (exhibits.drivers(report, *frames), *(of(report) for of in (exhibits.recent_months, exhibits.partners_in_brief)))
    for exhibit in (*shown, exhibits.goods_in_brief(report)):
        yield from _of_exhibit(exhibit)


def _of_exhibit(exhibit: Exhibit) -> Iterator[tuple[str, Runs]]:
    yield "line", exhibit.words.claim
    yield from (("sentence", each) for each in (*exhibit.words.sentences, *exhibit.words.notes))
    for body in exhibit.bodies:
        if isinstance(body, Chart):
            yield from [("line", body.title), ("sentence", body.alt), ("sentence", body.source)]
        table = body.data if isinstance(body, Chart) else body
        texts = (table.caption, *(text for column in table.columns for text in (column.header, column.unit, column.of)))
        yield from (
            ("line", (text,) if isinstance(text, str) else text) for text in (*texts, *(row.label for row in table.rows))
        )


def check(report: Report) -> None:
    where, said = (report.period, report.as_of), []
    for kind, runs in spoken(report):
        text = plain(runs)
        assert not {*LATIN.findall(text)} - PROPER, (where, text)
        assert not re.search(r"[;:?!]|(?<!\d),|,(?!\d)|\.(?!\d)|\s{2}|[{}]|nan|的的|为为|同比同比", text), (where, text)
        assert not re.search("[，。、；：]{2}|（，|，）|（）|^[，。、；：）]", text), (where, text)
        assert not re.search(r"[\u4e00-\u9fff] |(?<![·]) [\u4e00-\u9fff]", text.replace(" · ", "")), (where, text)
        assert not re.search(r"(?:增长|下降|增加|减少|上调|下调)[−+]", text), (where, text)
        if kind == "sentence":
            assert text.endswith("。"), (where, text)
            said.append(text)
        elif text:
            assert not text.endswith("。"), (where, text)
    points = [plain(each) for each in exhibits.main_points(report)]
    assert len({*points}) == len(points) <= 5
    for trace in exhibits.traces(report):
        assert not LATIN.findall(IN_TRACES.sub("", trace.said())), (where, trace.said())


@pytest.fixture(scope="module")
def report_of():
    made: dict[tuple[str, str], Report] = {}

    def opened_once(period: str, as_of: str = "") -> Report:
        if (period, as_of) not in made:
            made[period, as_of] = open_report(period, as_of, language="zh")
        return made[period, as_of]

    return opened_once


@pytest.mark.filterwarnings("ignore::customs_report.errors.MissingFigures")
@pytest.mark.parametrize(("period", "as_of"), [*((month, "") for month in SAMPLE), *VINTAGES])
def test_every_text_of_a_month_is_chinese_and_well_formed(report_of, period, as_of):
    check(report_of(period, as_of))


@pytest.mark.deep
@pytest.mark.filterwarnings("ignore::customs_report.errors.MissingFigures")
@pytest.mark.parametrize("period", MONTHS)
def test_every_text_of_all_months_is_chinese_and_well_formed(period):
    check(open_report(period, language="zh"))


def test_both_languages_cite_the_same_facts(report_of):
    """Sentence by sentence: the messages are chosen once, and each has the same numbers."""
    report = report_of("2025-11", "2025-12-08")
    english = replace(report, language=ENGLISH)
    for of in (exhibits.standfirst, exhibits.main_points, exhibits.what_to_watch, exhibits.compared_and_sure):
        cited = [[sorted(run.name for run in text if isinstance(run, Cite)) for text in of(each)] for each in (report, english)]
        assert cited[0] == cited[1], of.__name__


def test_november_2025_reads_as_customs_would_write_it(report_of):
    report = report_of("2025-11", "2025-12-08")
    assert plain(exhibits.headline(report)) == "前11个月贸易顺差首次突破1万亿美元"
    points = [plain(point) for point in exhibits.main_points(report)]
    assert points[0] == "2025年1—11月贸易顺差累计1.08万亿美元，年度顺差首次超过1万亿美元。"
    assert any(
        point.startswith("按人民币计价，对美国出口同比下降28.7%*，连续八个月下降，拉低出口增速4.3个百分点") for point in points
    ), points


# --- numbers --------------------------------------------------------------------------------------------------------------


@given(st.floats(-9e15, 9e15, allow_nan=False), st.sampled_from(["USD", "CNY"]), st.sampled_from([None, 1e6, 1e7, 1e8, 1e9]))
def test_money_reads_back_as_it_was_rounded(value, unit, step):
    shown = numbers.written(value, unit, "text", step)
    found = re.fullmatch(r"(−?)(\d+(?:\.\d+)?)(万亿|亿|万|)(美元|元)", shown.text)
    assert found, shown.text
    scale = {"万亿": 10**12, "亿": 10**8, "万": 10**4, "": 1}[found[3]]
    assert Decimal(found[2]) * scale * (-1 if found[1] else 1) == shown.number
    decimals = len(found[2].partition(".")[2])
    assert abs(float(shown.number) - value) <= 0.5 * scale * 10**-decimals + (step or 0) / 2 + abs(value) * 1e-12
    assert decimals <= (2 if scale == 10**12 else 1)
    assert Decimal(found[2]) < 10**4 or scale == 10**12, shown.text  # 9999.96亿 is 1.00万亿


@pytest.mark.parametrize(
    ("value", "unit", "style", "step", "text"),
    [
        (111.68e9, "USD", "text", 1e7, "1116.8亿美元"),
        (111.7e9, "USD", "text", 1e8, "1117亿美元"),
        (24.458e12, "CNY", "text", 1e9, "24.46万亿元"),
        (999.996e9, "USD", "text", 1e6, "1.00万亿美元"),
        (1e12, "USD", "text", 1e12, "1万亿美元"),
        (-4.3e9, "USD", "size", 1e8, "43亿美元"),
        (515.03e9, "CNY", "bn", 1e7, "5150.3"),
        (-0.04e8, "CNY", "bn", 1e7, "0.0"),
        (5.88, "percent", "signed", 0.1, "+5.9%"),
        (-28.7, "percent", "text", 0.1, "−28.7%"),
        (-0.04, "percent", "text", 0.1, "0.0%"),
        (4.31, "percentage points", "text", None, "4.3个百分点"),
        (1, "rank", "largest", None, "最大"),
        (3, "rank", "largest", None, "第三大"),
        (8, "months", "count", None, "八"),
        (14, "months", "count", None, "14"),
        (8, "months", "text", None, "8个月"),
        (731_200.0, "units", "text", None, "73.1万件"),
    ],
)
def test_numbers_are_written_as_customs_writes_them(value, unit, style, step, text):
    assert numbers.written(value, unit, style, step).text == text


@pytest.mark.parametrize("style", STYLES)
def test_every_style_has_a_way_of_writing(style):
    unit = {"exchange_rate": "CNY per USD", "rank": "rank"}.get(style, "USD")
    shown, english = (language(code).written(3e12, unit, style, 1.0) for code in ("zh", ENGLISH))
    assert shown.number == english.number


@pytest.mark.parametrize(
    ("key", "whole", "alone"),
    [
        ("2025-11", "2025年11月", "11月"),
        ("2025-12-08", "2025年12月8日", "2025年12月8日"),
        ("2025", "2025年", "2025年"),
        ("2025-01/2025-11", "2025年1—11月", "前11个月"),
        ("2026-01/2026-03", "2026年一季度", "一季度"),
        ("2026-01/2026-06", "2026年上半年", "上半年"),
        ("2026-07/2026-08", "2026年7—8月", "7—8月"),
        ("2012-12/2013-04", "2012年12月至2013年4月", None),
    ],
)
def test_periods_are_written_as_customs_writes_them(key, whole, alone):
    assert numbers.period_text(key) == whole
    assert alone is None or numbers.month_alone(key) == alone


# --- the language as a whole ----------------------------------------------------------------------------------------------


def test_a_kind_without_a_writer_and_a_word_without_a_translation_are_named(report_of):
    @message
    def of_a_test(name: Name):
        return (name.english,)

    with pytest.raises(NoWriter, match=r"no writer of test_chinese\.of_a_test in language 'zh'"):
        report_of("2026-07").write(of_a_test(Name("A", "a", "甲")))
    with pytest.raises(NoWriter, match="no word for 'Totals' in language 'zh'"):
        CHINESE.word("Totals")
    LANGUAGES[ENGLISH].pop("test_chinese.of_a_test")


def test_a_third_language_is_one_package(monkeypatch, report_of):
    """What it does not override is English; its writers stand beside the others."""

    class Pirate(languages.Language):
        code, tag = "xx", "xx"

        def word(self, text: str) -> str:
            return text.upper()

    monkeypatch.setitem(languages.PACKAGES, "xx", "test_chinese")
    monkeypatch.setitem(globals(), "LANGUAGE", Pirate())
    monkeypatch.setitem(LANGUAGES, "xx", {"brief.three_years": lambda month: (f"Arr {month[:0]}",)})
    languages.language.cache_clear()
    report = replace(report_of("2026-07"), language="xx")
    assert plain(report.write(exhibits.brief.three_years("2026-07"))) == "Arr "
    assert report.word("Month") == "MONTH"
    languages.language.cache_clear()


def test_chinese_writes_no_kind_that_english_does_not_have():
    assert LANGUAGES["zh"].keys() <= LANGUAGES[ENGLISH].keys()
    assert all(text == "" or not text.isascii() or key in ("%",) for key, text in WORDS.items() if key.strip(" .,:;"))


# --- page and PDF ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built():
    """The files of a Chinese brief and its report, built once each."""
    made: dict[tuple[str, str], tuple[Report, dict[str, bytes]]] = {}

    def files(period: str, as_of: str = "") -> tuple[Report, dict[str, bytes]]:
        if (period, as_of) not in made:
            parameters = {"period": period, "as_of": as_of, "language": "zh"}
            executed, report = build.run("monthly_brief", parameters)
            made[period, as_of] = report, build.render(executed, report, "monthly_brief", parameters)
        return made[period, as_of]

    return files


@pytest.mark.parametrize(("period", "as_of"), BUILT)
def test_page_and_pdf_are_chinese_and_proved(built, period, as_of):
    report, files = built(period, as_of)
    page, root = files["html"].decode(), html.fromstring(files["html"])
    assert proof.prove_html(page, report.as_json(), build.lookup_of(report)) == []
    assert prove_pdf(files["pdf"], page) == []
    assert root.get("lang") == "zh-CN"
    assert len(files["html"]) < LARGEST
    for element in root.xpath("//style | //*[@class='code'] | //*[@popover]"):
        element.getparent().remove(element)
    for text in (*root.itertext(), *root.xpath("//@aria-label")):
        assert not {*LATIN.findall(IN_TRACES.sub("", text))} - PROPER, text
    pdf = PdfReader(io.BytesIO(files["pdf"]))
    assert len(pdf.pages) <= 2
    assert pdf.trailer["/Root"]["/Lang"] == "zh-CN"
    assert not {*LATIN.findall("".join(each.extract_text() for each in pdf.pages))} - PROPER
    assert pdf.metadata.author == "中国海关进出口报告"


def test_the_pdf_has_the_projects_own_faces_only(built):
    _, files = built(*BUILT[0])
    fonts = {
        font.get_object()["/BaseFont"].split("+")[-1]
        for page in PdfReader(io.BytesIO(files["pdf"])).pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {re.split("-(?!SC)", name)[0] for name in fonts} == {"SourceSansPro", "NotoSansSC"}, fonts


@pytest.mark.parametrize(
    ("where", "pattern"),
    [
        ("headline box", r'(class="tiles">.*?data-fact=balance_usd_month [^>]*>)([^<]*\d[^<]*)'),
        ("sentence", r"(<li>[^<]*?<a [^>]*><data [^>]*data-fact=[^>]*>)([^<]*\d[^<]*)"),
        ("cell of a chart's data", r"(<td[^>]*><data [^>]*data-cell=monthly_trade/2025-03/balance[^>]*>)([^<]*\d[^<]*)"),
        ("month", r"(<time datetime=\"?2025-11\"?>)([^<]*\d[^<]*)"),
        ("trace", r'(popover tabindex=-1 data-trace="balance_usd_month">.*?数值<dd>)([^<]*\d[^<]*)'),
        ("label", r"( aria-label=\")([^\"]*\d[^\"]*)(?=次引用\">)"),
    ],
)
def test_a_planted_wrong_number_in_the_chinese_page_is_found(built, where, pattern):
    report, files = built(*BUILT[0])
    page = planted(files["html"].decode(), pattern, other_digit)
    assert proof.prove_html(page, report.as_json(), build.lookup_of(report)), where


def test_a_wrong_power_of_ten_is_found(built):
    """亿 for 万亿: the digits are right."""
    report, files = built(*BUILT[0])
    page = planted(files["html"].decode(), r"(<data [^>]*>\d[\d.]*)万亿", r"\1亿")
    assert proof.prove_html(page, report.as_json(), build.lookup_of(report))


def test_facts_and_downloads_are_in_chinese(built):
    _, files = built(*BUILT[0])
    facts = {fact["name"]: fact for fact in json.loads(files["facts.json"])["facts"]}
    assert facts["balance_usd_ytd"]["text"] == "1.08万亿美元"
    assert facts["balance_usd_ytd"]["label"] == "进出口差额，美元，2025年1—11月"
    (link,) = html.fromstring(files["html"]).xpath("//a[@download='partners-in-brief.csv']/@href")
    header, *rows = csv.reader(io.StringIO(unquote(link.partition(",")[2]).lstrip("\ufeff")))
    assert header[:3] == ["贸易伙伴", "出口：当月（元）", "出口：同比（%）"]
    assert float(next(row for row in rows if row[0] == "美国")[1]) == pytest.approx(239.9e9, rel=1e-3)


@pytest.mark.parametrize(("period", "as_of"), BUILT)
def test_the_workbook_is_in_chinese_but_for_names_formulas_sources_and_reasons(built, period, as_of):
    book = CalamineWorkbook.from_object(io.BytesIO(built(period, as_of)[1]["xlsx"]))
    english = {"数据": {"名称", "计算", "资料来源"}, "缺失数据": {"名称", "原因"}}
    allowed = PROPER | {"MIT", "PDF", "JSON", "GACC", "facts", "json", "step", "sha"}
    assert book.sheet_names[:3] == ["封面", "目录", "注释"]
    for name in book.sheet_names:
        rows = book.get_sheet_by_name(name).to_python()
        headers = rows[START] if name != "封面" else [""]
        for at, row in enumerate(rows):
            for header, cell in zip(headers, row, strict=True):
                if at <= START or header not in english.get(name, ()):
                    said = re.sub(r"sha256:\w+|https?://\S+|\[[xz]\]", "", str(cell))
                    assert not {*LATIN.findall(said)} - allowed, (name, at, cell)


def test_the_page_in_a_browser(browser, built, tmp_path):
    path = tmp_path / "brief.html"
    path.write_bytes(built(*BUILT[0])[1]["html"])
    for scheme in ("light", "dark"):
        page = opened(browser, path.as_uri(), color_scheme=scheme, bypass_csp=True)
        assert violations(page) == []
        assert page.evaluate("document.fonts.ready.then(() => [...document.fonts].filter(f => f.unicodeRange.includes('U+4E')).every(f => f.status == 'loaded'))")  # fmt: skip
        page.close()
    phone = opened(browser, path.as_uri(), viewport={"width": 390, "height": 740})
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    overlaps = """() => [...document.querySelectorAll('svg')].some(svg => {
        const edge = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')].some(text => {
            const box = text.getBoundingClientRect();
            return box.left < edge.left - 1 || box.right > edge.right + 12; }); })"""
    first_line = """() => { const text = document.querySelector('h1'), range = document.createRange(), tops = [];
        const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT); let said = '';
        while (walker.nextNode()) for (let i = 0; i < walker.currentNode.length; i++) {
            range.setStart(walker.currentNode, i); range.setEnd(walker.currentNode, i + 1);
            const top = range.getBoundingClientRect().top; tops.push(top);
            if (top - tops[0] < 5) said += range.toString(); }
        return said; }"""
    phone.evaluate("document.querySelector('h1').textContent = '集成电路出口额同比翻番，出口量变化不大'")
    assert phone.evaluate(first_line) == "集成电路出口额同比翻番，"
    wide = opened(browser, path.as_uri(), viewport={"width": 1200, "height": 900})
    assert not wide.evaluate(overlaps)


# --- the command ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            ["--language", "zh", "--notebook", "monthly_report"],
            "monthly_report is in English only; in other languages there is",
        ),
        (["--language", "zh", "--notebook", "profiles"], "profiles is in English only"),
        (["--language", "cn"], "there is no language 'cn'"),
    ],
)
def test_another_notebook_or_language_is_refused_in_one_line(tmp_path, asked, said):
    result = CliRunner().invoke(cli.main, ["build", "2026-07", *asked, "--out", str(tmp_path)])
    assert result.exit_code == 2
    assert said in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert not [*tmp_path.iterdir()]


def test_the_command_builds_verifies_and_lists_it(tmp_path):
    run = CliRunner().invoke(cli.main, ["build", "2026-07", "--language", "zh", "--formats", "html", "--out", str(tmp_path)])
    assert run.exit_code == 0, run.output
    folder = tmp_path / "2026-07"
    assert (folder / "monthly_brief-zh.html").exists()
    manifest = json.loads((folder / "monthly_brief-zh.manifest.json").read_text(encoding="utf-8"))
    assert manifest["parameters"] == {"period": "2026-07", "as_of": "", "language": "zh"}
    entry = next(each for each in json.loads((tmp_path / "catalog.json").read_text(encoding="utf-8"))["reports"])
    assert (entry["kind"], entry["notebook"], entry["headline"]) == ("brief", "monthly_brief-zh", manifest["headline"])
    assert manifest["headline"] in (tmp_path / "index.html").read_text(encoding="utf-8")
    again = CliRunner().invoke(cli.main, ["verify", str(folder)])
    assert again.exit_code == 0, again.output
