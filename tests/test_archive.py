"""The archive lists the reports that are on disk, and every number in it is a fact of the report it names."""

from __future__ import annotations

import csv
import json
import re
import shutil
from base64 import b64encode
from hashlib import sha256
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as parser
from sets import SCRIPT, facts_of, put_set

from customs_report.errors import InputError
from customs_report.numbers import write
from customs_report.palette import printable
from customs_report.periods import trailing
from customs_report.publish import archive, catalogue, inputs, manifest
from customs_report.publish.pages import archive_pages
from customs_report.release_calendar import next_release


def read(reports: Path) -> dict:
    return json.loads((reports / "catalog.json").read_bytes())


def states(reports: Path) -> dict[str, str]:
    return {entry["id"]: entry["state"] for entry in read(reports)["reports"]}


def page(path: Path) -> parser.HtmlElement:
    return parser.fromstring(path.read_text(encoding="utf-8"))


@pytest.fixture
def reports(tmp_path) -> Path:
    """Reports of every kind and state, and files that are no reports."""
    for period in trailing("2026-07", 30):
        put_set(
            tmp_path,
            period,
            balance=-31.5 if period == "2026-02" else 60 + int(period[5:]),
            rank=1 if period == "2026-06" else 3,
        )
    put_set(tmp_path, "2025-11", "2025-12-08", headline="As it was known then")
    put_set(tmp_path, "2025-11", notebook="fact_check", headline="Of all claims, most hold")
    put_set(tmp_path, "2026-07", notebook="partner_profile-USA", headline="One partner")
    put_set(tmp_path, "2024-01", incomplete=["Exhibit 4 (trade) could not be made"], aside=True)
    put_set(tmp_path, "2012-02", incomplete=["Exhibit 5 could not be made"])
    (put_set(tmp_path, "2011-02") / "monthly_report.pdf").write_text("changed")
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "monthly_report.manifest.json").write_text("{}")
    (tmp_path / "2010-01").mkdir()
    archive.update(tmp_path)
    return tmp_path


# --- the catalogue --------------------------------------------------------------------------------------------------------


def test_the_catalogue_names_each_set_with_its_state_and_the_newest_first(reports):
    said = states(reports)
    assert len(said) == 30 + 6
    assert {name: state for name, state in said.items() if state != "complete"} == {
        "2024-01/incomplete/monthly_report": "incomplete", "2012-02/monthly_report": "incomplete",
        "2011-02/monthly_report": "damaged",
    }  # fmt: skip
    periods = [entry["period"] for entry in read(reports)["reports"]]
    assert periods == sorted(periods, reverse=True)
    assert read(reports)["newest"] == "2026-07/monthly_report"
    kinds = {entry["id"]: entry["kind"] for entry in read(reports)["reports"]}
    assert kinds["2025-11@2025-12-08/monthly_report"] == "vintage"
    assert kinds["2026-07/partner_profile-USA"] == "profile"


def test_paths_sizes_and_hashes_are_those_of_the_files(reports):
    for entry in read(reports)["reports"]:
        for file in entry.get("files", {}).values():
            content = (reports / file["path"]).read_bytes()
            assert (len(content), manifest.sha256(content)) == (file["bytes"], file["sha256"])


SET = st.tuples(
    st.sampled_from(["2025-10", "2025-11", "2025-12"]),
    st.sampled_from(["", "2026-01-20"]),
    st.sampled_from(["monthly_report", "fact_check"]),
    st.sampled_from(["complete", "incomplete", "aside", "changed", "missing", "cut short", "moved", "hostile"]),
)


def place(reports: Path, period: str, day: str, notebook: str, fate: str) -> tuple[str, str]:
    """Write a set of files in some state; returns its id and the state that the catalogue must give."""
    why = ["Exhibit 4 could not be made"] if fate in ("incomplete", "aside") else []
    facts = facts_of("2001-01") if fate == "moved" else None
    where = put_set(reports, period, day, notebook=notebook, incomplete=why, aside=fate == "aside", facts=facts)
    about = where / f"{notebook}.manifest.json"
    if fate == "changed":
        (where / f"{notebook}.html").write_text("another page, of another length")
    elif fate == "missing":
        (where / f"{notebook}.pdf").unlink()
    elif fate == "cut short":
        about.write_bytes(about.read_bytes()[:40])
    elif fate == "hostile":
        said = json.loads(about.read_bytes())
        about.write_text(json.dumps({**said, "files": {**said["files"], "x/../../../secret": "0"}}))
    name = "/".join([where.relative_to(reports).as_posix(), notebook])
    return name, {"complete": "complete", "incomplete": "incomplete", "aside": "incomplete"}.get(fate, "damaged")


@given(first=st.lists(SET, max_size=4), then=st.lists(SET, max_size=3), gone=st.booleans())
def test_the_catalogue_is_what_is_on_disk_however_it_came_there(first, then, gone):
    with TemporaryDirectory() as folder:
        reports, expected = Path(folder), {}
        for sets in (first, then):
            if gone and sets is then:
                for path in reports.glob("2025-10*"):
                    shutil.rmtree(path)
                expected = {name: state for name, state in expected.items() if not name.startswith("2025-10")}
            expected |= dict(place(reports, *one) for one in sets)
            archive.update(reports)
            assert states(reports) == expected
            listed = {item.get("data-of") for item in page(reports / "index.html").iterfind(".//li[@data-of]")}
            assert listed == {*expected}
        little_by_little = (reports / "catalog.json").read_bytes(), (reports / "facts.csv").read_bytes()
        archive.update(reports, fresh=True)
        assert ((reports / "catalog.json").read_bytes(), (reports / "facts.csv").read_bytes()) == little_by_little


def test_nothing_is_written_while_nothing_changed_and_the_same_bytes_when_asked(reports):
    def written() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in reports.rglob("*") if path.is_file()}

    before = written()
    assert not archive.update(reports)
    assert not archive.update(reports, fresh=True)
    assert written() == before


def test_a_file_changed_to_the_same_length_is_found_when_every_file_is_read(reports):
    path = reports / "2026-07" / "monthly_report.html"
    path.write_text(path.read_text()[::-1])
    archive.update(reports, fresh=True)
    assert states(reports)["2026-07/monthly_report"] == "damaged"
    assert read(reports)["newest"] == "2026-06/monthly_report"
    assert "../2026-06/monthly_report.html" in (reports / "latest" / "index.html").read_text()


def test_a_month_of_which_only_the_headline_is_held_is_not_the_newest(reports):
    facts = facts_of("2026-08")
    facts["facts"] = [fact for fact in facts["facts"] if not fact["name"].startswith(("partner.", "commodity."))]
    put_set(reports, "2026-08", facts=facts)
    archive.update(reports)
    assert states(reports)["2026-08/monthly_report"] == "complete"
    assert read(reports)["newest"] == "2026-07/monthly_report"


@pytest.mark.parametrize("damage", [b"", b"[]", b'{"schema": 1}', b'{"schema": 1, "reports": [{}]}', b"\xff\xfe"])
def test_a_damaged_catalogue_is_written_anew(reports, damage):
    before = (reports / "catalog.json").read_bytes()
    (reports / "catalog.json").write_bytes(damage)
    archive.update(reports)
    assert (reports / "catalog.json").read_bytes() == before


def test_an_empty_folder_has_an_index_that_says_so(tmp_path):
    archive.update(tmp_path)
    assert "No report stands here yet" in (tmp_path / "index.html").read_text()
    assert "refresh" not in (tmp_path / "latest" / "index.html").read_text()


def test_a_disk_that_fills_up_leaves_the_archive_as_it_was(reports, monkeypatch):
    before = (reports / "index.html").read_bytes()
    put_set(reports, "2026-08")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(InputError, match="No space left"):
        archive.update(reports)
    monkeypatch.undo()
    assert (reports / "index.html").read_bytes() == before
    assert archive.update(reports)
    assert "2026-08/monthly_report.html" in (reports / "index.html").read_text()


# --- the facts ------------------------------------------------------------------------------------------------------------


def test_all_facts_of_all_complete_reports_but_profiles_stand_in_one_csv(reports):
    with (reports / "facts.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    expected = {
        (entry["id"], fact["name"]): fact["value"]
        for entry in read(reports)["reports"]
        if entry["state"] == "complete" and entry["kind"] != "profile"
        for fact in json.loads((reports / entry["files"]["facts.json"]["path"]).read_bytes())["facts"]
    }
    assert {(row["report"], row["name"]): float(row["value"]) for row in rows} == expected
    assert len(rows) == len(expected)


def test_no_cell_of_the_csv_is_a_formula(tmp_path):
    facts = facts_of(
        "2025-11", **{'=HYPERLINK("http://x","y")': 1.0, "+1": 2.0, "@SUM(A1)": 3.0, "a\r\n=1+1": 4.0, "\t=1": 5.0}
    )
    facts["facts"][0] |= {"unit": "-1+1", "stage": "\n=1", "text": "@x"}
    facts["facts"][1]["text"] = "−3.2%"
    put_set(tmp_path, "2025-11", facts=facts)
    archive.update(tmp_path)
    with (tmp_path / "facts.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(facts["facts"])
    texts = [text for row in rows for name, text in row.items() if name != "value"]
    starts = [text for text in texts if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
    assert starts == ["-3.2%", "-3.24", "+1"]  # numbers
    assert (tmp_path / "facts.csv").read_bytes().isascii()
    assert all(re.fullmatch(r"-?[\d.e+-]+", row["value"]) for row in rows)


@pytest.mark.parametrize("value", ["=1+1", True, None, float("nan"), [1]])
def test_a_fact_whose_value_is_no_number_damages_its_set(tmp_path, value):
    facts = facts_of("2025-11")
    facts["facts"][0]["value"] = value
    put_set(tmp_path, "2025-11", facts=facts)
    archive.update(tmp_path)
    assert states(tmp_path) == {"2025-11/monthly_report": "damaged"}


# --- the pages ------------------------------------------------------------------------------------------------------------

DECLARED = "ancestor-or-self::*[@data-fact or @data-copy or @data-kind or self::style or self::script]"


def test_every_number_of_every_page_is_a_fact_of_the_report_it_names(reports):
    entries = {entry["id"]: entry for entry in read(reports)["reports"]}
    proved = 0
    for path in [reports / "index.html", *reports.glob("2*/index.html"), reports / "latest" / "index.html"]:
        root = page(path)
        for element in root.xpath("//*[@data-fact and @data-as]"):
            entry = entries[element.get("data-report")]
            facts = json.loads((reports / entry["files"]["facts.json"]["path"]).read_bytes())["facts"]
            fact = next(fact for fact in facts if fact["name"] == element.get("data-fact"))
            assert element.text_content() == printable(write(fact["value"], fact["unit"], element.get("data-as"), fact["step"]))
            proved += 1
        for element in root.xpath("//*[@data-copy]"):
            entry = entries[element.get("data-report")]
            copied = entry["exhibits"][0] if element.get("data-copy") == "exhibit" else entry
            assert element.text_content().endswith(copied["heading" if copied is not entry else element.get("data-copy")])
        stray = [text for text in root.xpath(f"//body//text()[not({DECLARED})]") if re.search(r"\d", text)]
        stray += [text for text in root.xpath("//body//@alt | //body//@aria-label | //body//@title") if re.search(r"\d", text)]
        assert stray == []
    assert proved > 100


def test_the_chart_draws_the_facts_it_names(reports):
    bars = page(reports / "index.html").xpath("//*[local-name()='rect']")
    values = {}
    for bar in bars:
        facts = json.loads((reports / f"{bar.get('data-report')}.facts.json").read_bytes())["facts"]
        value = next(fact["value"] for fact in facts if fact["name"] == bar.get("data-fact"))
        values[bar.get("data-report")] = value
        assert (bar.get("class") == "deficit") == (value < 0)
    assert len(values) == 30
    heights = [float(bar.get("height")) / abs(value) for bar, value in zip(bars, values.values(), strict=True)]
    assert max(heights) == pytest.approx(min(heights), rel=0.01)
    assert [bar.get("class") for bar in bars][-1] == "newest"


def test_a_chart_needs_six_months(tmp_path):
    for period in trailing("2026-07", 5):
        put_set(tmp_path, period)
    archive.update(tmp_path)
    assert not page(tmp_path / "index.html").xpath("//figure")
    put_set(tmp_path, "2026-02")
    archive.update(tmp_path)
    assert len(page(tmp_path / "index.html").xpath("//figure//*[local-name()='rect']")) == 6


def test_the_calendar_shows_each_month_with_its_sign_record_and_state(reports):
    root = page(reports / "index.html")
    cells = {link.get("href").split("/")[0]: link.getparent().get("class") for link in root.xpath("//td/a")}
    assert "deficit" in cells["2026-02"]
    assert "record" in cells["2026-06"]
    assert "record" in cells["2026-02"]  # the largest deficit
    assert "record" not in cells["2026-07"]
    assert cells["2012-02"] == cells["2011-02"] == "unsound"
    assert root.xpath("//table//tr/th[@scope='row']//text()") == ["2026", "2025", "2024", "2012", "2011"]
    assert root.xpath("count(//td[contains(@class, 'unbuilt')])") == 4 * 12 + 8 - len(cells)  # to August 2026
    (rest,) = root.xpath("//p[@class='source'][contains(., 'No monthly report as known now is built of')]")
    assert "of 2013 to 2023, 2008 to 2010. To build" in " ".join(rest.text_content().split())
    assert rest.getnext().text_content() == "customs-report build 2023"


def test_the_brief_is_a_report_of_its_month_beside_the_reference(reports):
    put_set(reports, "2026-07", notebook="monthly_brief", headline="In short")
    put_set(reports, "2025-11", "2025-12-08", notebook="monthly_brief")
    archive.update(reports)
    kinds = {entry["id"]: entry["kind"] for entry in read(reports)["reports"]}
    assert kinds["2026-07/monthly_brief"] == kinds["2025-11@2025-12-08/monthly_brief"] == "brief"
    assert read(reports)["newest"] == "2026-07/monthly_report"
    index, month = page(reports / "index.html"), page(reports / "2026-07" / "index.html")
    assert index.xpath("//h1/a/@href") == ["2026-07/monthly_brief.html"]
    assert index.xpath("//p[@class='actions']/a/@href")[:2] == ["2026-07/monthly_brief.html", "2026-07/monthly_report.html"]
    assert index.xpath("//a[@class='button']/text()") == ["Read the brief, two pages"]
    assert month.xpath("//a[@class='button']/text()") == ["Read the report", "Read the brief"]
    assert "In short" in month.xpath("//h2//text()")
    assert "monthly_brief" not in (reports / "facts.csv").read_text()  # the same facts as in the report of the month


def test_a_chinese_brief_says_so_in_english_and_brings_its_characters(reports):
    index = (reports / "index.html").read_text(encoding="utf-8")
    assert 'font-family:"Noto Sans SC"' not in index
    put_set(reports, "2026-07", notebook="monthly_brief-zh", headline="出口翻番", language="zh")
    archive.update(reports)
    for path in ("index.html", "2026-07/index.html"):
        text = (reports / path).read_text(encoding="utf-8")
        assert 'font-family:"Noto Sans SC"' in text
        (shown,) = page(reports / path).xpath("//*[@data-copy='headline'][@data-report='2026-07/monthly_brief-zh']")
        assert (shown.get("lang"), shown.text) == ("zh-CN", "出口翻番")
        (policy,) = re.findall(r"style-src '(sha256-[^']+)'", unescape(text))
        (style,) = re.findall(r"<style>(.*?)</style>", text, re.S)
        assert policy == f"sha256-{b64encode(sha256(style.encode()).digest()).decode()}"
    (row,) = page(reports / "index.html").xpath("//li[@data-of='2026-07/monthly_brief-zh']/p[@class='kicker']")
    assert "Brief in Chinese" in row.text_content()


def test_without_a_brief_the_report_is_the_first_link(reports):
    index = page(reports / "index.html")
    assert index.xpath("//h1/a/@href") == index.xpath("//a[@class='button']/@href") == ["2026-07/monthly_report.html"]
    assert index.xpath("//a[@class='button']/text()") == ["Read the report"]


def test_a_report_as_known_on_a_day_is_not_said_to_be_missing(tmp_path):
    put_set(tmp_path, "2025-11", "2025-12-08")
    archive.update(tmp_path)
    said = " ".join(page(tmp_path / "index.html").text_content().split())
    assert "As known on 8 December 2025" in said
    assert "No monthly report as known now is built of 2008 to 2026." in said


def test_a_report_has_a_page_with_its_files_and_a_link_to_each_exhibit(reports):
    text = (reports / "2025-11" / "index.html").read_text()
    assert 'href="../2025-11/monthly_report.html#exhibit-1"' in text
    assert read(reports)["reports"][0]["files"]["pdf"]["sha256"] in (reports / "2026-07" / "index.html").read_text()
    assert "Of all claims, most hold" in text
    assert "Exhibit 5 could not be made" in (reports / "2012-02" / "index.html").read_text()
    assert "does not match its manifest" in (reports / "2011-02" / "index.html").read_text()


def test_profiles_of_a_month_are_one_entry_and_stand_on_its_page(reports):
    for name in ("partner_profile-VNM", "commodity_profile-export-3d_printers", "commodity_profile-import-crude_oil"):
        put_set(reports, "2026-07", notebook=name, headline=f"All about {name}")
    (put_set(reports, "2026-07", notebook="partner_profile-RUS") / "partner_profile-RUS.pdf").write_text("changed")
    archive.update(reports)
    index = page(reports / "index.html")
    ids = [item.get("data-of") for item in index.iterfind(".//li[@data-of]")]
    assert ids[:2] == ["2026-07/monthly_report", "2026-07/profiles"]
    listed = {entry["id"]: entry for entry in json.loads(index.xpath("//script[@id='catalogue']")[0].text)}
    assert listed["2026-07/profiles"]["kind"] == "profile"
    assert {"VNM", "3d", "printers", "crude"} <= set(listed["2026-07/profiles"]["words"].split())
    assert "All about" not in (reports / "index.html").read_text()
    (item,) = index.xpath("//li[@data-of='2026-07/profiles']")
    assert " ".join(item.text_content().split()).endswith("Partners: 3Exports by commodity: 1Imports by commodity: 1")
    assert "1 not published" in item.text_content()
    month = page(reports / "2026-07" / "index.html")
    (own,) = month.xpath("//li[@id='commodity_profile-export-3d_printers']")
    assert own.xpath("a/@href") == ["../2026-07/commodity_profile-export-3d_printers.html"]
    assert "damaged" in month.xpath("//li[@id='partner_profile-RUS']")[0].text_content()


def test_a_link_to_a_profile_that_is_not_built_leads_to_how_it_is(reports):
    month = page(reports / "2025-11" / "index.html")
    assert month.xpath("//span[@id='partner_profile-USA']/ancestor::section//*[@id='profiles']")
    assert "build 2025-11 --notebook profiles" in month.text_content()
    then = page(reports / "2025-11@2025-12-08" / "index.html").text_content()
    assert "build 2025-11 --as-of 2025-12-08 --notebook profiles" in then
    for path in reports.glob("2*/index.html"):
        ids = page(path).xpath("//@id")
        assert len(ids) == len(set(ids))


def test_a_folder_of_profiles_alone_has_a_page(tmp_path):
    put_set(tmp_path, "2025-11", notebook="partner_profile-USA", headline="One partner")
    archive.update(tmp_path)
    root = page(tmp_path / "2025-11" / "index.html")
    assert [heading.text_content() for heading in root.xpath("//h1 | //h2")] == [
        "Profiles of partners and commodities", "Partners",
    ]  # fmt: skip


def test_the_page_of_a_report_goes_with_it(reports):
    for path in (reports / "2026-07").glob("*report*"):
        path.unlink()
    for path in (reports / "2026-07").glob("partner*"):
        path.unlink()
    (reports / "2010-01" / "index.html").write_text("somebody else’s")
    archive.update(reports)
    assert not (reports / "2026-07" / "index.html").exists()
    assert (reports / "2010-01" / "index.html").exists()


def test_the_newest_page_leads_there_without_a_script(reports):
    root = page(reports / "latest" / "index.html")
    assert root.xpath("//meta[@http-equiv='refresh']/@content") == ["0; url=../2026-07/monthly_report.html"]
    assert "../2026-07/monthly_report.html" in root.xpath("//a/@href")


def test_every_link_of_the_archive_leads_to_a_file(reports):
    for path in [reports / "index.html", *reports.glob("2*/index.html"), reports / "latest" / "index.html"]:
        links = [unquote(link.partition("#")[0]) for link in page(path).xpath("//a/@href")]
        assert len(links) > 3
        assert [link for link in links if link and not (path.parent / link).is_file()] == []


def test_the_catalogue_in_the_index_cannot_end_its_element(tmp_path):
    put_set(tmp_path, "2025-11", headline=SCRIPT)
    archive.update(tmp_path)
    root = page(tmp_path / "index.html")
    assert [script.get("type") for script in root.xpath("//script")] == ["application/ld+json", "application/json", None]
    listed = json.loads(root.xpath("//script[@id='catalogue']")[0].text)
    assert SCRIPT in listed[0]["words"]
    assert root.xpath("//h1")[0].text_content() == SCRIPT


def test_every_key_of_the_catalogue_is_documented(reports):
    said, text = read(reports), (inputs.ROOT / "docs" / "archive.md").read_text()
    keys = {*said, *said["next_release"], *said["months"], *(key for entry in said["reports"] for key in entry)}
    keys |= {
        key
        for entry in said["reports"]
        for key in (*entry.get("count", ()), *(k for f in entry.get("files", {}).values() for k in f))
    }
    assert not {key for key in keys if f"`{key}`" not in text}
    assert not {column for column in catalogue.ROWS.names if f"`{column}`" not in text}


def test_expected_after_the_newest_release_held(reports):
    newest = max(catalogue.releases())
    assert read(reports)["next_release"]["period"] == next_release(newest, {})[0]
    said = page(reports / "index.html").xpath("string(//*[@class='next'])")
    assert "expected about" in said
    assert said.startswith("August 2026 is out, with headline figures only.")
    put_set(reports, "2026-08")
    archive.update(reports)
    catalogued = read(reports) | {"newest": "2026-08/monthly_report"}
    index = dict(archive_pages(catalogued))["index.html"]
    assert parser.fromstring(index).xpath("string(//*[@class='next'])").startswith("Next release")


def test_a_hash_of_code_names_a_file_that_is_gone():
    assert catalogue.code("publish/social_preview.py") != catalogue.code("palette.py")
    with pytest.raises(ValueError, match="gone"):
        catalogue.code("palette.py", "publish/gone.py")
