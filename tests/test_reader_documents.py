"""Opening files: encodings, one table in several file formats, limits of size and time."""

from __future__ import annotations

import gzip
import io
import os
import threading
import time
import zipfile

import psutil
import pytest
import xlsxwriter

from customs_report import readers, sandbox
from customs_report.errors import InputError
from customs_report.readers import documents, parser
from customs_report.readers.documents import Page, open_document
from customs_report.readers.reading import Names

QUERY = '"数据年月","贸易伙伴编码","贸易伙伴名称","商品编码","商品名称","第一数量","第一计量单位","人民币",\n"202301","402","阿根廷","12019019","转基因黄大豆","1296592160","千克","5,917,063,944",\n'
ROWS = [line.rstrip(",").strip('"').split('","') for line in QUERY.splitlines()]


def page(table: str, title: str = "Import values by country", head: str = "") -> bytes:
    return f"<html><head>{head}<title>{title}</title></head><body><table>{table}</table></body></html>".encode()


def workbook(*sheets: list[list], **options) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, **options}) as book:
        for rows in sheets:
            sheet = book.add_worksheet()
            for y, row in enumerate(rows):
                sheet.write_row(y, 0, row)
    return stream.getvalue()


def separated(separator: str, *, last: bool = True) -> str:
    rows = [[cell.replace(",", "") for cell in row] if separator == "," else row for row in ROWS]
    return "".join(separator.join(row) + separator * last + "\n" for row in rows)


# --- containers and encodings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        QUERY.encode("gb18030"),
        QUERY.encode("utf-16"),
        QUERY.replace(",", ";").replace("5;917;063;944", "5,917,063,944").encode(),
        separated(";").encode("utf-8-sig"),
        separated(";", last=False).encode("gb18030"),
        separated("\t", last=False).encode("utf-16"),
        "\ufeff".encode("utf-16-be") + separated("\t").encode("utf-16-be"),
        ("sep=;\r\n" + separated(";")).encode(),
        separated(",").encode(),
        workbook(ROWS),
        workbook([[], *ROWS], []),
        workbook([ROWS[0], [202301, 402, ROWS[1][2], 12019019, ROWS[1][4], 1296592160, "千克", 5917063944]]),
    ],
    ids=["gb18030", "utf-16", "semicolons, quoted", "semicolons", "semicolons, gb18030", "unicode text", "big-endian", "sep=;", "commas", "xlsx", "xlsx, second sheet empty", "xlsx of numbers"],
)  # fmt: skip
def test_one_download_in_another_container_gives_the_same_rows(loaded, content):
    (usual,) = readers.read(QUERY.encode(), loaded, flow="import")
    (reading,) = readers.read(content, loaded, flow="import")
    assert reading.rows.equals(usual.rows)
    assert reading.rows["value"].tolist() == [5917063944]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (gzip.compress(QUERY.encode()), "compressed \\(gzip\\); unpack it"),
        (gzip.compress(bytes(10**7)), "compressed \\(gzip\\)"),
        (b"%PDF-1.7\n", "is a PDF"),
        (b"\x89PNG\r\n", "is a picture"),
        (QUERY.encode() + QUERY.encode(), "row 3 is a header again: two downloads in one file"),
        (workbook([*ROWS, *ROWS]), "row 3 is a header again"),
        (workbook(ROWS, ROWS), "several sheets of the workbook hold a download"),
        (workbook([["a", "b"], [1, 2]]), "no title of customs’ tables, nor one table"),
        (page("<tr><td>1</td></tr>") * 2, "two pages in one file"),
        (b'{"a": 1}{"a": 1}', "two downloads in one file"),
        ("name;Côte d'Ivoire\n1;2\n".encode("cp1252"), "no text in UTF-8 or GB18030"),
        (QUERY.encode()[:90] + b"\xff\xfe\xfd\xfc" + QUERY.encode()[94:], "no text in UTF-8 or GB18030"),
        (page("<tr><td>Côte</td></tr>").decode().encode("cp1252"), "no text in UTF-8 or GB18030"),
        (b"\xff\xfea", "no text in UTF-16"),
        (b"\xff\xfe", "is empty"),
        (b"", "is empty"),
        (b"a,b\n1,2\n", "the columns \\('a', 'b'\\) are none of those"),
    ],
)  # fmt: skip
def test_the_reason_of_a_refusal_is_the_true_one(loaded, content, why):
    with pytest.raises(InputError, match=why) as refusal:
        readers.read(content, loaded, flow="import")
    assert "\n" not in str(refusal.value)


def test_a_page_may_declare_another_encoding():
    head = '<meta charset="windows-1252">'
    content = page("<tr><td>1\u00a0</td></tr>", "Côte", head).decode().encode("cp1252")
    assert open_document(content).title == "Côte"


def test_a_zip_archive_is_no_workbook():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("query.csv", QUERY)
    with pytest.raises(InputError, match="ZIP archive and no workbook; unpack it"):
        open_document(stream.getvalue())


# --- bounds -------------------------------------------------------------------------------------------------------------

HEADING = "<tr>" + "<td>1</td>" * 12 + "</tr>"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (page("<tr><td colspan=1000 rowspan=1000></td></tr>" * 1000), "more than 500,000 cells"),
        (page(f"<tr><td colspan=1000>{'x' * 10_000}</td></tr>" * 3), "more than 20,000,000 characters"),
        (page("<tr></tr>" * 60_000), "more than 50,000 rows"),
        (page("<tr><td>1</td></tr>") + bytes(2**26), "more than 64 MB"),
        (b"a,b\n" + b"," * 6_000_000 + b"\n", "more than 5,000,000 fields"),
        (b"[" + b"{}," * 6_000_000 + b"{}]", "more than 5,000,000 fields"),
        (b"[" * 100_000, "breaks off or is damaged"),
        (b'{"a": ' + b"9" * 5000 + b"}", "breaks off or is damaged"),
        (b"a,b\n" + b"x" * 120_000 + b",1\n", "no table: a field has more than 100,000 characters"),
    ],
    ids=["spans", "repeated text", "rows", "bytes", "fields", "records", "deep", "long number", "long field"],
)
def test_what_no_table_of_customs_needs_is_refused_at_once(content, why):
    begun = time.monotonic()
    with pytest.raises(InputError, match=why):
        open_document(content)
    assert time.monotonic() - begun < 10


def test_ragged_tables_take_time_by_their_size_alone():
    begun = time.monotonic()
    document = open_document(page(HEADING + ("<tr>" + "<td>1</td>" * 5 + "</tr>") * 20_000))
    assert {len(row) for row in document.grids[0]} == {12, 5}
    assert time.monotonic() - begun < 10


def test_spans_that_are_no_numbers_are_one():
    document = open_document(
        page("<tr><td colspan='²'>a</td><td colspan=0>b</td><td rowspan='-1'>c</td><td colspan=2>d</td></tr>")
    )
    assert document.grids == ([["a", "b", "c", "d", "d"]],)


def test_a_workbook_far_larger_than_it_looks():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet().write(1_048_575, 16_383, 1)
        book.worksheets()[0].write(0, 0, 1)
    with pytest.raises(InputError):
        open_document(stream.getvalue())
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([["a"]]))) as whole, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in whole.namelist():
            archive.writestr(name, whole.read(name))
        archive.writestr("xl/media/nothing", bytes(500_000_000))
    with pytest.raises(InputError, match="bytes unpacked"):
        open_document(bomb.getvalue())


@pytest.fixture
def hungry(monkeypatch, tmp_path):
    """A program that never answers in place of the parser."""

    def take(program: str, **limits) -> sandbox.Parser:
        (tmp_path / "readers").mkdir()
        (tmp_path / "readers" / "parser.py").write_text(program)
        monkeypatch.setattr(sandbox, "__file__", str(tmp_path / "sandbox.py"))
        monkeypatch.setattr(sandbox, "_parser", None)
        for name, value in limits.items():
            monkeypatch.setattr(sandbox, name, value)

    yield take
    sandbox._parser and sandbox._parser.end()


@pytest.mark.parametrize(
    ("program", "limits", "why"),
    [
        ("while True: pass", {"SECONDS": 0.3}, "takes more than 0.3 seconds"),
        ("import time; time.sleep(60)", {"WALL_CLOCK": 0.3}, "takes more than"),
        ("import time; x = bytearray(10**8); x[::4096] = bytes(len(x[::4096])); time.sleep(60)", {"MEMORY": 5 * 10**7}, "more than 47 MB of memory"),
        ("raise SystemExit(1)", {}, "damaged"),
        ("import sys; sys.stdout.buffer.write(bytes([255]) * 8); sys.stdout.flush(); import time; time.sleep(60)", {}, "damaged"),
    ],
    ids=["processor", "clock", "memory", "crash", "endless answer"],
)  # fmt: skip
def test_a_parser_that_never_ends_is_ended(hungry, program, limits, why):
    hungry(program, **limits)
    begun = time.monotonic()
    with pytest.raises(InputError, match=why):
        open_document(page(HEADING))
    assert time.monotonic() - begun < 10
    assert not psutil.pid_exists(sandbox._parser._process.pid)


def test_one_process_serves_many_files_and_is_followed_by_another():
    assert isinstance(open_document(page(HEADING)), Page)
    first = sandbox._parser
    open_document(page(HEADING))
    assert sandbox._parser is first
    with pytest.raises(InputError, match="damaged or breaks off"):
        open_document(b"PK\x03\x04" + bytes(100))
    assert isinstance(open_document(page(HEADING)), Page)
    assert sandbox._parser is not first


def test_the_parser_ends_itself_when_its_parent_is_gone():
    """The parser ends itself after its time limit, even if the main process is gone."""
    assert 0 < parser.SECONDS <= sandbox.WALL_CLOCK
    process = sandbox.Parser()._process
    process.stdin.close()
    assert process.wait(10) == 0


# --- what is no regular file --------------------------------------------------------------------------------------------


def test_what_is_no_regular_file_is_refused(tmp_path, monkeypatch):
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(InputError, match="is a pipe, not a file"):
            documents.content_of(tmp_path / "pipe")
        with pytest.raises(InputError, match="is a device, not a file"):
            documents.content_of(documents.Path("/dev/zero"))
    with pytest.raises(InputError, match="is a folder, not a file"):
        documents.content_of(tmp_path)
    with pytest.raises(InputError, match="No such file"):
        documents.content_of(tmp_path / "none")
    monkeypatch.setattr(documents, "MOST_BYTES", 10)
    (tmp_path / "large").write_bytes(bytes(11))
    with pytest.raises(InputError, match="more than"):
        documents.content_of(tmp_path / "large")


def test_threads_share_the_parser():
    found: list = []
    threads = [threading.Thread(target=lambda i=i: found.append(open_document(page(HEADING, f"t{i}")).title)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [f"t{i}" for i in range(8)]


def test_long_texts_are_neither_compared_nor_printed_whole(loaded):
    begun = time.monotonic()
    header = ",".join(["数据年月"] * 100_000) + ",美元\n"
    for content in (
        QUERY.replace("商品名称", "商" * 10**6).encode(),
        QUERY.replace("千克", "千" * 10**6).encode(),
        QUERY.replace("202301", "2" * 10**6).encode(),
        (header + header.replace("数据年月", "1")).encode(),
    ):
        with pytest.raises(InputError) as refusal:
            readers.read(content, loaded, flow="import")
        assert len(str(refusal.value)) < 600
    assert time.monotonic() - begun < 10


def test_control_characters_of_a_label_are_not_kept(loaded):
    names = Names.of(loaded)
    names.partner("Rur\x1b[31mi\u202etania")
    assert [label.name for label in names.unknown.values()] == ["Rur[31mitania"]
