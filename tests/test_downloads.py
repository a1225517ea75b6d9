"""The workbook and the ZIP of a report: the numbers of its tables, laid out as official statistics require, no formulas."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
import warnings
import zipfile
from codecs import BOM_UTF8
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import nbformat
import pytest
from facts_by_hand import fact
from PIL import Image
from python_calamine import CalamineWorkbook
from sets import contradicts

from customs_report.display import Column, Row, Table, notes_list
from customs_report.display.spreadsheets import number_code
from customs_report.facts import Cite, Mark
from customs_report.publish.exhibit_files import exhibits_zip
from customs_report.publish.outlines import Outline, outline
from customs_report.publish.workbook import LONGEST, MISSING, NOTHING, START, report_workbook

PERIOD, DAY = "2025-11", "2025-12-08"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PNG = b"\x89PNG\r\n\x1a\n"
BLANK = {"facts": [], "gaps": []}


@pytest.fixture(scope="module")
def files(rendered) -> dict[str, bytes]:
    return rendered(PERIOD, DAY).files


@pytest.fixture(scope="module")
def told(files) -> Outline:
    return outline(nbformat.reads(files["ipynb"].decode(), 4))


@pytest.fixture(scope="module")
def book(files) -> dict[str, list[list]]:
    return sheets(files["xlsx"])


def sheets(content: bytes) -> dict[str, list[list]]:
    """The rows of each sheet, read with another library than the one that wrote them."""
    read = CalamineWorkbook.from_object(io.BytesIO(content))
    return {name: read.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in read.sheet_names}


def parts(content: bytes) -> dict[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    return {name: archive.read(name) for name in archive.namelist()}


def as_written(value, unit: str | None = "") -> float | str | date:
    """A workbook keeps 16 digits of a number, and of a month or a day a date."""
    if unit in ("month", "date") and value and value[0].isdigit():
        return date.fromisoformat(value)
    return MISSING if value is None else pytest.approx(value, rel=1e-15) if isinstance(value, float) else value or NOTHING


def shown(*items) -> Outline:
    """The output of an exporter for a notebook whose cells show these."""
    outputs = []
    for item in items:
        data, metadata = item._repr_mimebundle_()
        outputs.append(nbformat.v4.new_output("display_data", data, metadata=metadata))
    return outline(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("show()", outputs=outputs)]))


# --- the numbers ----------------------------------------------------------------------------------------------------------


def test_every_table_of_the_report_is_in_the_workbook_with_its_values(told, book):
    assert len(told.tables) > 30
    for each in told.tables:
        rows, units = book[each.label], [column["unit"] for column in each.table["columns"]]
        assert rows[START] == [column["header"] for column in each.table["columns"]], each.label
        assert len(rows) == START + 1 + len(each.table["rows"])
        for read, row in zip(rows[START + 1 :], each.table["rows"], strict=True):
            assert read == [*map(as_written, row, units)], each.label


def test_every_table_has_a_title_and_the_charts_of_an_exhibit_one_source(outlined):
    content, _, _ = outlined("monthly_brief", "2026-07")
    titles = [each.table["caption"] for each in content.tables]
    assert all(titles)
    assert len({*titles}) == len(titles)
    assert not any("billion" in title for title in titles)  # its numbers are in full
    for exhibit in {each.exhibit for each in content.tables}:
        assert len({each.table["source"] for each in content.tables if each.exhibit == exhibit and "svg" in each.table}) <= 1


@pytest.mark.parametrize(
    ("code", "sections"),
    [
        ("0.0", "[>=0.05]0.0;[<=-0.05]-0.0;0.0"),
        ("#,##0", "[>=0.5]#,##0;[<=-0.5]-#,##0;#,##0"),
        ('#,##0.0,,," bn"', '[>=50000000]#,##0.0,,," bn";[<=-50000000]-#,##0.0,,," bn";#,##0.0,,," bn"'),
    ],
)
def test_what_rounds_to_zero_has_no_minus(code, sections):
    assert number_code(code) == sections


def test_golden_figures_stand_in_the_unit_that_the_header_names(book):
    header, *rows = book["Exhibit 2"][START:]
    assert header == ["Month", "Balance (dollars)"]
    assert rows[0][0] == date(2008, 1, 1)
    assert [rows[-1][0], round(rows[-1][1], -8)] == [date(2025, 11, 1), 111.7e9]
    header, *rows = book["Exhibit 1"][START:]
    assert header[:4] == ["Group", "Flow", "Dollars: Level (dollars)", "Dollars: Growth (percent)"]
    told = [row for row in rows if isinstance(row[2], float | int)]
    assert ["November 2025", "Exports", 330.3e9, 5.9] in [[*row[:2], round(row[2], -8), row[3]] for row in told]


def test_every_fact_is_in_the_workbook(rendered, book):
    facts = rendered(PERIOD, DAY).report.facts.as_json()
    header, *rows = book["Facts"][START:]
    assert header[:3] == ["Name", "Value", "Unit"]
    for row, known in zip(rows, facts["facts"], strict=True):
        assert row[:2] == [known["name"], as_written(float(known["value"]))]
    by_name = {row[0]: row for row in rows}
    assert by_name["exports_usd_month"][2:4] == ["dollars", "$330.3 billion"]
    assert all(len(row) == len(header) and all(cell != "" for cell in row) for row in rows)
    assert [row[0] for row in book["Gaps"][START + 1 :]] == [gap["name"] for gap in facts["gaps"]] or not facts["gaps"]


def test_every_number_has_a_unit(told):
    """The unit, in the header or in the next column; a rank has none."""
    for each in told.tables:
        for at, column in enumerate(each.table["columns"]):
            if any(isinstance(row[at], float) for row in each.table["rows"]):
                named = column["unit"] or column["unit"] is None
                assert named or re.search("rank|place", column["header"], re.I), (each.label, column)


def test_a_header_has_one_unit_and_each_group_once(told):
    assert not [header for each in told.tables for header in each.table["columns"] if contradicts(header["header"])]


def test_headers_of_the_exchange_rate_name_what_stands_beneath_them(told):
    tables = [each.table for each in told.tables if each.table["name"] in ("dollars-and-yuan", "growth-in-yuan-and-dollars")]
    units = {column["header"].split(" (")[0]: column["unit"] for table in tables for column in table["columns"]}
    assert units["Crude oil"] == units["Totals"] == "yuan per dollar"
    assert units["Change"] == "percent"
    assert units["Exports"] == units["Imports"] == "percentage points"


def test_what_belongs_to_another_column_or_stands_between_rows_is_said(told):
    tables = {each.table["name"]: each.table for each in told.tables}
    headers = [column["header"] for column in tables["partners"]["columns"]]
    assert headers[1:4] == ["Month: Rank", "Month: Trade (yuan)", "Month: Growth (percent)"]
    assert headers[6] == "Year to date: Trade (yuan)"
    assert "Year to date" in {row[0] for row in tables["key-figures"]["rows"]}


# --- the layout -----------------------------------------------------------------------------------------------------------


def test_the_contents_name_and_link_every_sheet(files, book):
    names = list(book)
    assert names[:3] == ["Cover", "Contents", "Notes"]
    assert names[-2:] == ["Facts", "Gaps"]
    assert [row[0] for row in book["Contents"][START + 1 :]] == [name for name in names if name != "Contents"]
    xml = ElementTree.fromstring(parts(files["xlsx"])["xl/worksheets/sheet2.xml"])
    assert {link.get("location") for link in xml.iter(f"{MAIN}hyperlink")} == {f"'{n}'!A1" for n in names if n != "Contents"}


def test_one_marked_table_a_sheet_at_the_same_place_nothing_merged_hidden_or_empty(files, book):
    content = parts(files["xlsx"])
    marked = {name: ElementTree.fromstring(xml) for name, xml in content.items() if name.startswith("xl/tables/")}
    assert len(marked) == len(book) - 1
    assert len({table.get("name") for table in marked.values()}) == len(marked)
    assert all(table.get("ref").startswith(f"A{START + 1}:") for table in marked.values())
    assert not any(table.findall(f"{MAIN}autoFilter") for table in marked.values())
    for name, xml in content.items():
        if name.startswith("xl/worksheets/sheet"):
            assert xml.count(b"<tablePart ") == (name != "xl/worksheets/sheet1.xml"), name
            for unwanted in (b"<f>", b"<f ", b"mergeCell", b"hidden="):
                assert unwanted not in xml, (name, unwanted)
    assert b'state="hidden"' not in content["xl/workbook.xml"]
    for name, rows in book.items():
        assert all(row[0] for row in rows), name
        assert all(cell != "" for row in rows[START:] for cell in row) or name == "Cover", name


def test_every_note_that_a_sheet_names_is_on_the_sheet_of_notes(book):
    notes = {row[0] for row in book["Notes"][START + 1 :]}
    assert {MISSING, NOTHING, "[note 1]"} <= notes
    named = {note for rows in book.values() for note in re.findall(r"\[note \d+\]", str(rows[3][0]))}
    assert named
    assert named <= notes
    assert len(notes) == len(book["Notes"]) - START - 1


def test_the_cover_says_what_it_is(told):
    content = report_workbook(replace(told, made_of={"period": PERIOD, "as_of": DAY, "data": "0" * 64}), BLANK)
    cover = "\n".join(row[0] for row in sheets(content)["Cover"])
    for text in ("November 2025", "As known on: 8 December 2025", "Source: General Administration", "Licence:", "Contact:"):
        assert text in cover, text
    core = parts(content)["docProps/core.xml"].decode()
    assert "<dc:title>China customs report · November 2025" in core
    assert core.count("2025-12-08T00:00:00Z") == 2  # created, modified: the report's day


# --- hostile input --------------------------------------------------------------------------------------------------------

HOSTILE = ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "{=1}", "https://example.org", "mailto:a@b", "internal:'X'!A1"]
HOSTILE += ["a\x00\x07\x0bb", "\ufffe\udc80", "_x0041_", "中国", "<f>1</f>", "x" * 70_000, "", "1e5", "TRUE"]


def hostile() -> Table:
    """Texts like formulas and links in labels, headers, cells, notes and captions; numbers of all kinds."""
    exports = Cite.of(fact("exports_usd_month", 330.0e9, "USD", step=1e8), "bn")
    place = Cite.cell("t", "r", "c", -1.5, "signed_percent")
    rows = [Row((text,), ((exports,), (text,), (place,), None), note=(text,)) for text in HOSTILE]
    rows.append(Row(("number",), ((exports,), ("a",), (exports,), None), values=(-1e300, None, 1e-300, float("nan"))))
    columns = [Column("Name"), *(Column(text) for text in ("=1+1", "=1+1", "x" * 400, "@a"))]
    return Table("../=hostile", "=1+1", columns, [Row(("=2",), kind="heading"), *rows])


def test_hostile_text_stays_text_and_the_workbook_whole():
    told = shown(hostile(), notes_list([("=1", "=2" * 40_000)]))
    facts = [
        {"name": t, "value": 1.0, "unit": t, "text": t, "how": t, "sources": [t], "stage": t, "step": None} for t in HOSTILE
    ]
    content = report_workbook(told, {"facts": facts, "gaps": [{"name": t, "why": t} for t in HOSTILE]})
    book = sheets(content)
    for name, xml in parts(content).items():
        ElementTree.fromstring(xml)
        assert b"<f>" not in xml or not name.startswith("xl/worksheets"), name
        assert b"example.org" not in xml or name == "xl/sharedStrings.xml", name  # no link leads out
    header, *rows = book["Table 1"][START:]
    assert [row[1] for row in rows][:4] == HOSTILE[:4]
    assert [row[0] for row in rows] == ["=2"] * len(rows)
    assert len(header) == len({text.casefold() for text in header}) == 8
    assert max(len(str(cell)) for rows in book.values() for row in rows for cell in row) == LONGEST
    assert max(map(len, header)) <= 255
    assert rows[-1][2] == -1e300
    assert rows[-1][4:7] == [1e-300, "dollars", MISSING]  # a NaN is a gap


def test_a_report_without_a_table_or_a_fact_has_a_workbook():
    book = sheets(report_workbook(shown(), BLANK))
    assert list(book) == ["Cover", "Contents", "Notes", "Facts", "Gaps"]
    assert book["Gaps"][START + 1 :] == [[NOTHING, NOTHING]]
    assert zipfile.ZipFile(io.BytesIO(exhibits_zip(shown()))).namelist() == []


# --- the ZIP --------------------------------------------------------------------------------------------------------------


def test_the_zip_holds_every_table_as_csv_and_every_chart_as_svg_and_png(files, told):
    content = parts(files["zip"])
    charts = [each for each in told.tables if "svg" in each.table]
    assert len(charts) >= 15
    pictures = {each.exhibit if "charts_in_row" in each.table else each.label for each in charts}
    for ending, wanted in ((".csv", told.tables), (".svg", charts), (".png", pictures)):
        assert sum(name.endswith(ending) for name in content) == len(wanted), ending
    assert len(pictures) < len(charts)
    assert {"exhibit-11-partner-shares.png", "exhibit-11a-partner-shares-asean.svg"} <= content.keys()
    assert "exhibit-02-balance-by-month.csv" in content

    rows = list(csv.reader(io.StringIO(content["exhibit-02-balance-by-month.csv"].decode())))
    assert rows[0] == ["Month", "Balance (dollars)"]
    assert (rows[1][0], rows[-1][0]) == ("2008-01-01", "2025-11-01")
    for name, file in content.items():
        if name.endswith(".svg"):
            drawing = ElementTree.fromstring(file)
            assert drawing[0].tag.endswith("title")
            assert drawing[1].text, name
        elif name.endswith(".png"):
            assert file.startswith(PNG)
            assert int.from_bytes(file[16:20], "big") >= 2400, name  # pixels wide
            picture = Image.open(io.BytesIO(file)).convert("L")
            above_source = picture.crop((0, 0, picture.width, picture.height * 4 // 5))
            assert above_source.point(lambda shade: 255 - shade).getbbox()[2] > 0.85 * picture.width, f"{name} is half empty"
    assert {info.date_time[:3] for info in zipfile.ZipFile(io.BytesIO(files["zip"])).infolist()} == {(2025, 12, 8)}


def test_a_spreadsheet_reads_every_letter_and_every_minus_of_a_csv(files):
    content = {name: file for name, file in parts(files["zip"]).items() if name.endswith(".csv")}
    assert any(b",-" in file for file in content.values())
    for name, file in content.items():
        assert "−" not in file.decode(), name
        assert file.startswith(BOM_UTF8) is not file.isascii(), name


def test_months_are_dates_and_the_oldest_comes_first_within_its_group():
    months = [Mark.of(period) for period in ("2025-11", "2025-10", "2025-09")]
    rows = [Row("Exports", kind="heading"), *(Row((month,), ("−1",)) for month in months), Row("All", ("2",))]
    rows += [Row("Imports", kind="heading"), Row((months[0],), ((Mark.of("2025-12-08"),),)), Row((months[1],), (None,))]
    table = Table("months", "Months", (Column("Month"), Column("On")), rows)
    assert table.csv.splitlines() == [
        "Group,Month,On",
        "Exports,2025-09-01,-1",
        "Exports,2025-10-01,-1",
        "Exports,2025-11-01,-1",
        "Exports,All,2",
        "Imports,2025-10-01,",
        "Imports,2025-11-01,2025-12-08",
    ]
    read = sheets(report_workbook(shown(table), BLANK))["Table 1"][START + 1 :]
    assert [row[1] for row in read] == [
        *(date(2025, month, 1) for month in (9, 10, 11)),
        "All",
        *(date(2025, m, 1) for m in (10, 11)),
    ]
    assert read[-1][2] == date(2025, 12, 8)


def test_the_names_in_the_zip_leave_no_folder():
    names = zipfile.ZipFile(io.BytesIO(exhibits_zip(shown(hostile())))).namelist()
    assert names == ["table-01-hostile.csv", "datapackage.json"]


def test_the_same_bytes_again_and_stored(rendered, files, told):
    facts = rendered(PERIOD, DAY).report.facts.as_json("monthly_report", {"period": PERIOD, "as_of": DAY})
    assert report_workbook(told, facts) == report_workbook(told, facts) == files["xlsx"]
    assert exhibits_zip(told) == files["zip"]
    for ending in ("xlsx", "zip"):
        infos = zipfile.ZipFile(io.BytesIO(files[ending])).infolist()
        assert {info.compress_type for info in infos} == {zipfile.ZIP_STORED}


# --- a spreadsheet program ------------------------------------------------------------------------------------------------


def test_libreoffice_opens_the_workbook(files, book, tmp_path):
    office = shutil.which("soffice") if shutil.which("localc") else None  # an office without spreadsheets reads none
    if office is None:
        warnings.warn("NO LIBREOFFICE FOUND: the workbook is read by calamine alone", stacklevel=1)
        pytest.skip("NO LIBREOFFICE FOUND")
    (tmp_path / "report.xlsx").write_bytes(files["xlsx"])
    every = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", every, "--outdir", str(tmp_path), str(tmp_path / "report.xlsx")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=170)
    assert run.returncode == 0, run.stderr
    said = [line for line in run.stderr.splitlines() if "javaldx" not in line]  # that no Java is there
    assert said == []
    for name, rows in book.items():
        with (tmp_path / f"report-{name}.csv").open(encoding="utf-8", newline="") as file:
            read = list(csv.reader(file))
        assert len(read) == len(rows), name
        if name != "Cover":
            assert read[START] == [str(cell) for cell in rows[START]], name


def test_a_member_names_its_whole_so_that_nobody_adds_both(told):
    (table,) = (each.table for each in told.tables if each.table["name"] == "partners-exports")
    note = {row[0]: row[-1] for row in table["rows"]}
    assert table["columns"][-1]["header"] == "Note"
    assert note["Viet Nam" if "Viet Nam" in note else "Vietnam"] == "part of ASEAN"
    assert note["ASEAN"] == note["United States"] == ""
