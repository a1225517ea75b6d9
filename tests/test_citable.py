"""What a report says of itself to machines and to those who cite it, read back with libraries that had no part in it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import nbformat
import pandas as pd
import pypdfium2
import pytest
import yaml
from browsing import opened
from frictionless import Package, system
from lxml import html as parser
from pyld import jsonld
from python_calamine import CalamineWorkbook
from sets import SCRIPT, facts_of, put_set

from customs_report import __version__
from customs_report.display import Column, Row, Table
from customs_report.display.spreadsheets import DECIMALS, csv_safe
from customs_report.facts import Mark
from customs_report.publish import archive, dataset, manifest, proof, report_files, site
from customs_report.publish.author_data import tables_of
from customs_report.publish.build import lookup_of
from customs_report.publish.citation import Citation
from customs_report.publish.exhibit_files import exhibits_zip
from customs_report.publish.links import with_archive_links, without_archive_links
from customs_report.publish.outlines import Outline, outline

ROOT = Path(__file__).parents[1]
PERIOD, DAY = "2025-11", "2025-12-08"
NAME = "monthly_report"
URL = "https://example.org/trade/"
SCHEMA = "http://schema.org/"
CONTEXT = json.loads((ROOT / "tests/fixtures/schema_org_context.jsonld").read_text())
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.S)


@pytest.fixture(scope="module")
def report(rendered):
    return rendered(PERIOD, DAY)


@pytest.fixture(scope="module")
def told(report) -> Outline:
    return outline(nbformat.reads(report.files["ipynb"].decode(), 4))


@pytest.fixture(scope="module")
def unpacked(report, tmp_path_factory) -> Path:
    """The ZIP alone in an empty folder."""
    folder = tmp_path_factory.mktemp("unpacked")
    zipfile.ZipFile(io.BytesIO(report.files["zip"])).extractall(folder)
    return folder


@pytest.fixture
def published(report, told, tmp_path) -> Path:
    """A folder of reports with the set in its place."""
    place = tmp_path / "reports" / f"{PERIOD}@{DAY}"
    files = {ending: manifest.sha256(content) for ending, content in report.files.items()}
    about = {"title": told.title, "headline": told.headline, "parameters": {"period": PERIOD, "as_of": DAY}, "complete": True}
    about |= {"incomplete": [], "inputs": {}, "exhibits": [], "citation": vars(told.citation), "files": files}
    manifest.put(place, NAME, report.files, about)
    return tmp_path / "reports"


def block(page: str) -> dict:
    (found,) = BLOCK.findall(page)
    return json.loads(found)


def read(folder: Path) -> dict[str, list[dict]]:
    """The rows of each CSV of a data package, which has to be right about them, by name."""
    with system.use_context(trusted=True):
        package = Package(str(folder / "datapackage.json"))
        checked = package.validate()
        assert checked.valid, checked.flatten(["title", "message"])
        return {resource.name: [row.to_dict() for row in resource.read_rows()] for resource in package.resources}


def cell(value: str | float | None, kind: str) -> object:
    """A value of a table's data as the type that its description names."""
    if value in (None, ""):
        return None
    if kind == "date":
        return date.fromisoformat(value)
    if kind == "datetime":
        return datetime.fromisoformat(value)
    return round(value, DECIMALS) if isinstance(value, float) else csv_safe(value)


def frame_of(table: dict, kinds: list[str]) -> pd.DataFrame:
    rows = [[cell(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in table["rows"]]
    return pd.DataFrame(rows, columns=[csv_safe(column["header"]) for column in table["columns"]], dtype=object)


def frame_read(rows: list[dict], like: pd.DataFrame, kinds: list[str]) -> pd.DataFrame:
    read = pd.DataFrame(rows, columns=like.columns, dtype=object)
    for column, kind in zip(read, kinds, strict=True):
        if kind == "number":
            read[column] = [None if value is None else float(value) for value in read[column]]
    return read.astype(object).where(read.notna(), None)


# --- the CSVs and their description -----------------------------------------------------------------------------------------


def test_each_csv_read_by_its_description_is_the_frame_of_its_exhibit(unpacked, told):
    fields = {each["name"]: each["schema"]["fields"] for each in described_in(unpacked)["resources"]}
    found = read(unpacked)
    assert {f"{name}.csv" for name in found} == {path.name for path in unpacked.glob("*.csv")}
    assert len(found) == len(told.tables) > 30
    for (name, rows), shown in zip(found.items(), told.tables, strict=True):
        kinds = [field["type"] for field in fields[name]]
        wanted = frame_of(shown.table, kinds)
        pd.testing.assert_frame_equal(frame_read(rows, wanted, kinds), wanted, check_dtype=False, obj=name)


def described_in(folder: Path) -> dict:
    return json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))


def test_every_column_has_a_title_a_meaning_and_a_number_its_unit(unpacked, told):
    for resource, shown in zip(described_in(unpacked)["resources"], told.tables, strict=True):
        for field, column in zip(resource["schema"]["fields"], shown.table["columns"], strict=True):
            assert field["title"], (resource["name"], field)
            assert len(field["description"]) > len(field["title"]), (resource["name"], field)
            if field["type"] == "number" and "unit" not in field:
                assert re.search("rank|place", field["title"], re.I) or "next column" in field["description"], field
            assert field.get("unit", "") in ("", column["unit"])


def test_the_words_of_the_trade_mean_what_glossary_and_codebook_say(unpacked):
    meant = {
        (resource["name"], field["title"]): field["description"]
        for resource in described_in(unpacked)["resources"]
        for field in resource["schema"]["fields"]
    }
    balance = meant["exhibit-02-balance-by-month", "Balance"]
    assert "Exports less imports; a surplus where positive" in balance
    assert "Balance of trade by month" in balance
    assert "last known destination (f.o.b.)" in meant["exhibit-04-exports-and-imports", "Exports"]
    assert "same months, of the year before" in meant["exhibit-01-key-figures", "Dollars: Growth"]


def test_formulas_gaps_days_and_signs_of_strangers_come_back(tmp_path):
    rows = [Row("=1+1", ("−1.5", None)), Row((Mark.of("2025-11"),), ("é", (Mark.of("2025-12-08"),)))]
    table = Table("hostile", "@caption", (Column("+Name"), Column('a,b"c'), Column("On")), rows)
    output, metadata = table.shown()._repr_mimebundle_()
    frame = tables_of(
        pd.DataFrame({"at": pd.to_datetime(["2025-11-01 12:30", None]), "x": [float("inf"), 0.1], "-": ["=a", ""]})
    )
    cells = [
        nbformat.v4.new_output("display_data", output, metadata=metadata),
        nbformat.v4.new_output("display_data", {"text/html": "<p>a</p>", "application/vnd.customs-report.data+json": frame}),
    ]
    content = outline(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("show()", outputs=cells)]))
    zipfile.ZipFile(io.BytesIO(exhibits_zip(content))).extractall(tmp_path)
    first, second = read(tmp_path).values()
    assert [list(row.values()) for row in first] == [["2025-11-01", "é", date(2025, 12, 8)], ["'=1+1", "-1.5", None]]
    assert [list(row.values()) for row in second] == [
        [datetime(2025, 11, 1, 12, 30), None, "'=a"],
        [None, Decimal("0.1"), None],
    ]
    assert "licenses" not in described_in(tmp_path)  # what an author made is not customs'


def test_a_changed_csv_does_not_fit_its_description(unpacked, tmp_path):
    """Hash and size are in the description, so a reader notices."""
    name = "exhibit-02-balance-by-month.csv"
    (tmp_path / name).write_text((unpacked / name).read_text().replace("19400000000", "19400000001"))
    package = described_in(unpacked)
    package["resources"] = [each for each in package["resources"] if each["path"] == name]
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    with system.use_context(trusted=True):
        assert "hash-count" in str(Package(str(tmp_path / "datapackage.json")).validate().flatten(["type"]))


def test_the_facts_of_an_archive_read_by_its_description_are_those_of_its_reports(tmp_path):
    strange = facts_of("2026-06")
    strange["facts"][0]["text"] = "=1+1 é"
    put_set(tmp_path, "2026-06", facts=strange)
    put_set(tmp_path, "2025-11", "2025-12-08")
    archive.update(tmp_path)
    found = read(tmp_path)
    wanted = {
        f"{period}{day and '@'}{day}": facts_of(period, day) for period, day in (("2026-06", ""), ("2025-11", "2025-12-08"))
    }
    assert len(found["facts"]) == sum(len(facts["facts"]) for facts in wanted.values())
    for folder, facts in wanted.items():
        rows = found[f"{folder.replace('@', '-')}-monthly_report"]
        assert [(row["name"], float(row["value"])) for row in rows] == [
            (fact["name"], fact["value"]) for fact in facts["facts"]
        ]
        assert {row["report"] for row in rows} == {f"{folder}/monthly_report"}
    assert any(row["text"] == "'=1+1 é" for row in found["facts"])
    assert all(field.get("description") for each in described_in(tmp_path)["resources"] for field in each["schema"]["fields"])


# --- JSON-LD ----------------------------------------------------------------------------------------------------------------


def expanded(said: dict | list) -> list[dict]:
    """As an independent library understands it, with schema.org's context as far as it says more than the vocabulary."""

    def loader(address: str, options: dict) -> dict:
        assert address.rstrip("/") == "https://schema.org"
        return {"document": CONTEXT, "documentUrl": address, "contextUrl": None, "contentType": "application/ld+json"}

    return jsonld.expand(said, {"documentLoader": loader})


def value(node: dict, name: str) -> object:
    (found,) = node[SCHEMA + name]
    return found.get("@value", found.get("@id"))


def test_the_json_ld_expands_and_its_variables_are_facts(report):
    facts = {fact["name"]: fact for fact in json.loads(report.files["facts.json"])["facts"]}
    said = block(report.page)
    (node,) = expanded(said)
    assert node["@type"] == [SCHEMA + "Dataset"]
    assert {key for key in said if not key.startswith("@")} == {key.removeprefix(SCHEMA) for key in node if key != "@type"}
    measured = {value(each, "propertyID"): each for each in node[SCHEMA + "variableMeasured"]}
    assert len(measured) > 15
    assert {"balance_usd_month", "exports_usd_month", "imports_cny_ytd_yoy"} <= measured.keys()
    for name, each in measured.items():
        assert (value(each, "value"), value(each, "name")) == (facts[name]["value"], facts[name]["label"])
        assert (SCHEMA + "unitCode" in each) is (facts[name]["unit"] in dataset.CODES)
    units = {value(measured[name], "unitText") for name in ("balance_usd_month", "imports_cny_ytd_yoy")}
    assert units == {"dollars", "percent"}


def test_it_says_what_is_true_of_the_report_and_no_more(report):
    (node,) = expanded(block(report.page))
    data = parser.fromstring(report.page).xpath("string(//meta[@name='report-data']/@content)")
    wanted = {
        "identifier": data,
        "version": f"as known on {DAY}",
        "temporalCoverage": f"2008-01/{PERIOD}",
        "datePublished": DAY,
        "dateModified": DAY,
        "inLanguage": "en",
    }
    assert {name: value(node, name) for name in wanted} == wanted
    assert 50 <= len(value(node, "description")) <= 5000  # as Google asks
    assert SCHEMA + "license" not in node  # the figures are customs' own
    assert "no licence" in value(node, "copyrightNotice")
    assert "General Administration of Customs of China" in [value(each, "name") for each in node[SCHEMA + "creator"]]
    assert {value(each, "name") for each in node[SCHEMA + "isBasedOn"]} >= {"GACC", "GACC in the press"}
    assert SCHEMA + "url" not in node
    assert "contentUrl" not in report.page


def test_ember_s_figures_are_named_with_their_licence_where_they_are_shown(rendered):
    licensed = [each for each in block(rendered(PERIOD).page)["isBasedOn"] if "license" in each]
    assert [each["license"]["name"] for each in licensed] == ["CC BY 4.0"] * len(licensed)
    assert licensed
    assert all(each["name"].startswith("Ember") for each in licensed)


def test_files_are_named_with_size_and_hash_as_far_as_they_can_be(report):
    in_page, in_file = block(report.page), json.loads(report.files["jsonld"])
    for said, unknown in ((in_page, {"html", "jsonld", "ipynb"}), (in_file, {"jsonld", "ipynb"})):
        files = {each["name"].removeprefix(f"{NAME}."): each for each in said["distribution"]}
        assert files.keys() == report.files.keys()
        assert {ending for ending, file in files.items() if "sha256" not in file} == unknown
        for ending in files.keys() - unknown:
            content = report.files[ending]
            assert (files[ending]["sha256"], files[ending]["contentSize"]) == (manifest.sha256(content), f"{len(content)} B")
            assert files[ending]["encodingFormat"] == dataset.MEDIA[ending]
    assert {**in_page, "distribution": 0} == {**in_file, "distribution": 0}


def test_the_block_is_small_and_the_page_within_its_budget(report):
    assert len(BLOCK.search(report.page)[0].encode()) <= 10_000
    assert len(report.page.encode()) < 1.5e6


def test_a_wrong_value_stops_the_build(report):
    facts, said = json.loads(report.files["facts.json"]), block(report.page)
    assert proof.prove_dataset(said, facts) == []
    said["variableMeasured"][3]["value"] = 1
    (finding,) = proof.prove_dataset(said, facts)
    assert said["variableMeasured"][3]["propertyID"] in finding.where


def test_a_browser_reads_the_block_and_runs_nothing(browser, report, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(report.page, encoding="utf-8")
    page = opened(browser, "about:blank")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    policy = page.get_attribute("meta[http-equiv=Content-Security-Policy]", "content")
    assert policy.startswith("default-src 'none';")
    assert "script-src" not in policy
    found = page.eval_on_selector_all("script", "all => all.map(one => [one.type, one.textContent])")
    assert [kind for kind, _ in found] == ["application/ld+json"]
    assert json.loads(found[0][1]) == block(report.page)
    assert said == []


def test_no_headline_ends_the_block():
    text = dataset.in_page({"name": SCRIPT})
    (element,) = parser.fragments_fromstring(text)
    assert json.loads(element.text) == {"name": SCRIPT}


# --- published --------------------------------------------------------------------------------------------------------------


def test_only_published_with_an_address_it_has_addresses_and_the_hash_of_the_page_there(published, report, tmp_path):
    where, folder = tmp_path / "site", f"{URL}{PERIOD}@{DAY}/"
    for url in ("", URL):
        site.publish(published, where, url)
        (found,) = report_files.find_reports(where)
        contents = found.contents()
        said = json.loads(contents["jsonld"])
        files = {each["name"]: each for each in said["distribution"]}
        assert files[f"{NAME}.html"]["sha256"] == manifest.sha256(contents["html"])
        assert files[f"{NAME}.html"]["contentSize"] == f"{len(contents['html'])} B"
        assert [name in said for name in ("url", "includedInDataCatalog")] == [bool(url)] * 2
        if url:
            assert {name: each["contentUrl"] for name, each in files.items()} == {name: folder + name for name in files}
            assert said["url"] == block(contents["html"].decode())["url"] == f"{folder}{NAME}.html"
        built = {ending: manifest.sha256(report.files[ending]) for ending in ("html", "jsonld")}
        assert found.manifest[manifest.BUILT] == built
    assert without_archive_links(with_archive_links(report.page, PERIOD, URL)) == report.page


@pytest.mark.parametrize("text", ["not json", "[1,2]", '{"distribution":[{}]}', '{"distribution":3}'])
def test_a_block_that_no_build_wrote_is_left_as_it_is(text):
    page = f'<head><script type="application/ld+json">{text}</script>\n</head><span>China customs reports</span>\n'
    assert text in with_archive_links(page, PERIOD, URL)


def test_the_archive_s_pages_are_a_catalogue_and_datasets(published, report, tmp_path):
    put_set(published, "2026-06", headline=SCRIPT)  # of an earlier version: nothing says how it is cited
    site.publish(published, tmp_path / "site", URL)
    index = (tmp_path / "site" / "index.html").read_text()
    (catalogue,) = expanded(block(index))
    assert catalogue["@type"] == [SCHEMA + "DataCatalog"]
    (listed,) = catalogue[SCHEMA + "dataset"]
    assert value(listed, "url") == f"{URL}{PERIOD}@{DAY}/{NAME}.html"
    (node,) = expanded(block((tmp_path / "site" / f"{PERIOD}@{DAY}" / "index.html").read_text()))
    files = {value(each, "contentUrl"): value(each, "sha256") for each in node[SCHEMA + "distribution"]}
    pdf = f"{URL}{PERIOD}@{DAY}/{NAME}.pdf"
    assert files[pdf] == manifest.sha256(report.files["pdf"])
    facts = {fact["name"]: fact["value"] for fact in json.loads(report.files["facts.json"])["facts"]}
    measured = {value(each, "propertyID"): value(each, "value") for each in node[SCHEMA + "variableMeasured"]}
    assert measured == {name: facts[name] for name in measured}
    assert not BLOCK.findall((tmp_path / "site" / "2026-06" / "index.html").read_text())


def test_llms_txt_names_files_that_are_there(published, tmp_path):
    put_set(published, "2024-06", headline="[odd](https://elsewhere.example) \n # heading")
    for url in ("", URL):
        site.publish(published, tmp_path / "site", url)
        text = (tmp_path / "site" / "llms.txt").read_text()
        assert text.startswith("# China customs reports\n\n> ")
        assert re.findall("^#.*", text, re.M) == [
            "# China customs reports",
            "## Newest report",
            "## Data",
            "## Earlier reports",
        ]
        items = [line for line in text.splitlines() if line.startswith("- ")]
        found = [re.fullmatch(r"- \[((?:[^\[\]\\]|\\.)*)\]\(([^()\s]+)\): .+", line) for line in items]
        assert all(found), items
        for match in found:
            assert match[2].startswith(url)
            assert (tmp_path / "site" / match[2].removeprefix(url).replace("%40", "@")).is_file()


# --- how it is cited --------------------------------------------------------------------------------------------------------


def test_page_pdf_workbook_zip_and_archive_cite_the_report_alike(report, told, unpacked, published):
    text = told.citation.text
    data = block(report.page)["identifier"]
    assert re.search(rf"as known on 8 December 2025\. Data {data[:19]}, software version {re.escape(__version__)}\.$", text)
    (cited,) = parser.fromstring(report.page).xpath("//*[@id='cite-this']")
    assert " ".join(cited.text_content().split()) == f"Cite this {text}"
    cover = CalamineWorkbook.from_object(io.BytesIO(report.files["xlsx"])).get_sheet_by_name("Cover").to_python()
    assert [f"Cite this: {text}"] in cover
    last = [*pypdfium2.PdfDocument(report.pdf)][-1].get_textpage().get_text_bounded()
    assert "".join(text.split()) in "".join(last.split())
    archive.update(published)
    page = parser.fromstring((published / f"{PERIOD}@{DAY}" / "index.html").read_text())
    assert text in page.xpath("//p[@data-kind='citation']/text()")
    (item,) = json.loads((unpacked / "citation.csl.json").read_text())
    assert (item["title"], item["number"], item["issued"]) == (told.headline, data, {"date-parts": [[2025, 12, 8]]})
    ris = (unpacked / "citation.ris").read_bytes().decode()
    assert ris.endswith("\r\nER  - \r\n")
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in ris.split("\r\n")[:-1])
    assert rf"title = {{{{{told.headline.replace('$', chr(92) + '$')}}}}}" in (unpacked / "citation.bib").read_text()


@pytest.mark.parametrize(
    ("old", "new"),
    [("Data <span data-kind=hash>sha256:", "Data <span data-kind=hash>sha256:0"), (f">{__version__}<", ">9.9.9<"),
     ("data-copy=kicker>China customs report · November 2025", "data-copy=kicker>China customs report · November 2024")],
)  # fmt: skip
def test_a_citation_of_other_data_is_found(report, old, new):
    facts = json.loads(report.files["facts.json"])
    wrong = report.page.replace(old, new)
    assert wrong != report.page
    assert proof.prove_html(report.page, facts, lookup_of(report.report)) == []
    assert len(proof.prove_html(wrong, facts, lookup_of(report.report))) == 1


def test_any_title_can_be_cited():
    cited = Citation('100% {of} $5 & "a_b"\\~^\nER  - x', "x", "2026-08-18", "ab" * 32)
    assert r"100\% \{of\} \$5 \& " in cited.bibtex()
    assert cited.bibtex().count("{") - cited.bibtex().count(r"\{") == cited.bibtex().count("}") - cited.bibtex().count(r"\}")
    assert [line for line in cited.ris().splitlines() if line.startswith("ER")] == ["ER  - "]
    own = Citation("Mine", "x", "2026-08-18", "ab" * 32, own=True)
    assert "Customs" not in own.text + own.bibtex() + own.ris() + json.dumps(own.csl())


@pytest.mark.parametrize("said", [None, 3, {}, {"title": 1}, {"title": "a", "series": "b", "day": "soon", "data": "c"}])
def test_a_manifest_without_a_sound_citation_has_none(said):
    assert Citation.read(said) is None


# --- the project ------------------------------------------------------------------------------------------------------------


def test_the_software_can_be_cited():
    """Keys and forms as the schema of the Citation File Format 1.2 asks for them."""
    cff = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= cff.keys()
    assert (cff["cff-version"], cff["type"], cff["license"]) == ("1.2.0", "software", "MIT")
    assert str(cff["version"]) == __version__
    dated = re.search(rf"^## {re.escape(__version__)} - (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert str(cff["date-released"]) == dated[1]
    assert all(author["name"] for author in cff["authors"])
    assert all({"type", "title", "authors"} <= reference.keys() for reference in cff["references"])
