"""A report's PDF is its own archive: PDF/A-3 with what proves it, and whoever changes a number in it is found out."""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pypdf
import pytest
from click.testing import CliRunner
from pypdf.annotations import FreeText
from pypdf.generic import ArrayObject, ByteStringObject, ContentStream, DecodedStreamObject, DictionaryObject, NameObject

from customs_report import cli, formulas
from customs_report.errors import InputError
from customs_report.publish import build, derivations, pdf_reader, verify_pdf
from customs_report.publish.attachments import FACTS, HASHES, NOTEBOOK, PROOF, TABLES
from customs_report.publish.exporters import ReportPDFExporter

PARAMETERS = {"period": "2025-11", "as_of": ""}


@pytest.fixture(scope="module")
def brief() -> dict[str, Any]:
    """The brief: its PDF, the report, and what a build made it of."""
    executed, report = build.run("monthly_brief", PARAMETERS)
    made = build.render(executed, report, "monthly_brief", PARAMETERS, ("pdf",), inputs={"data": "0" * 64})
    return {"pdf": made["pdf"], "report": report, "executed": executed, "facts": made["facts.json"]}


@pytest.fixture(scope="module")
def read(brief) -> dict[str, Any]:
    return pdf_reader.read(brief["pdf"])


def wrong(read_or_pdf: dict | bytes) -> list[str]:
    """What verify finds, in lines."""
    read = pdf_reader.respond(read_or_pdf) if isinstance(read_or_pdf, bytes) else read_or_pdf
    return [*map(str, verify_pdf.proved(read, "a.pdf").wrong)]


# --- the file alone -------------------------------------------------------------------------------------------------------


def verified(path: Path) -> subprocess.CompletedProcess:
    """`verify` in the file's folder, by a process that finds neither data nor notebooks."""
    code = "import sys; from customs_report.cli import main; sys.argv[0] = 'customs-report'; main()"
    nowhere = {"CUSTOMS_REPORT_DATA": str(path.parent / "nowhere"), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-c", code, "verify", path.name]
    return subprocess.run(command, cwd=path.parent, env=nowhere, capture_output=True, text=True)


def test_a_pdf_alone_in_an_empty_folder_is_proved_and_says_what_data_would_prove(brief, tmp_path):
    (tmp_path / "monthly_brief.pdf").write_bytes(brief["pdf"])
    made = verified(tmp_path / "monthly_brief.pdf")
    assert (made.returncode, made.stderr) == (0, "")
    first, *lines = made.stdout.splitlines()
    assert first == "monthly_brief.pdf: proved from its attachments"
    numbers = re.search(
        r"numbers: (\d+) printed, .* (\d+) of them follow from (\d+) published figures, by (\d+) formulas", made.stdout
    )
    printed, follow, published, evaluated = map(int, numbers.groups())
    assert 200 < printed < 400
    assert 100 < follow < printed
    assert min(published, evaluated) > follow
    assert f"data as known on {brief['report'].as_of} (sha256:{'0' * 64})" in made.stdout
    assert any(
        re.fullmatch(r" +GACC, preliminary release, table \(5\), released .*8 December 2025 \(as printed\): \d+ figures", line)
        for line in lines
    )
    assert lines[-1] == "  drawings and fonts are not compared"
    assert not [*tmp_path.glob("nowhere")]


def test_no_number_is_proved_with_nothing_loaded_that_reads_data():
    code = "import sys; from customs_report.publish import verify_pdf; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"pandas", "matplotlib", "helpers", "typst", "pypdf", "customs_report.loading"} & {*loaded}


@pytest.mark.deep  # their text is compared with the page's in test_proof.py
@pytest.mark.parametrize("period", ["2025-11", "2026-07", "2025-02", "2009-02", "2008-01"])
def test_every_report_is_proved(rendered, period):
    assert wrong(rendered(period).pdf) == []


# --- PDF/A-3 --------------------------------------------------------------------------------------------------------------


def test_it_is_an_archive_by_its_standards_with_each_file_as_data_or_source(brief):
    reader = pypdf.PdfReader(io.BytesIO(brief["pdf"]))
    assert not reader.is_encrypted
    catalog = reader.trailer["/Root"]
    metadata = catalog["/Metadata"].get_data().decode()
    assert [*re.findall(r"<pdf(?:a|ua)id:(?:part|conformance)>(\w+)<", metadata)] == ["3", "A", "1"]
    files = [each.get_object() for each in catalog["/AF"]]
    named = catalog["/Names"]["/EmbeddedFiles"]["/Names"]
    assert (
        {str(name) for name in named[::2]} == {str(file["/UF"]) for file in files} == {FACTS, TABLES, NOTEBOOK, PROOF, HASHES}
    )
    assert {file["/UF"]: file["/AFRelationship"] for file in files} == {
        FACTS: "/Data", TABLES: "/Data", NOTEBOOK: "/Source", PROOF: "/Supplement", HASHES: "/Supplement",
    }  # fmt: skip
    day = brief["report"].as_of.replace("-", "")
    for file in files:
        stream = file["/EF"]["/F"].get_object()
        assert stream["/Params"]["/ModDate"] == f"D:{day}000000Z"
        assert stream["/Subtype"] in ("/application/json", "/application/x-ipynb+json", "/text/plain")
        assert file["/Desc"]
    assert all(font.get_object()["/ToUnicode"] for page in reader.pages for font in page["/Resources"]["/Font"].values())


def test_what_is_attached_is_the_report_as_data(brief, read):
    files = {name: content.encode("latin-1") for name, content in read["attachments"].items()}
    lines = files[HASHES].decode().splitlines()
    assert lines == [f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in (FACTS, TABLES, NOTEBOOK, PROOF)]
    facts, whole = json.loads(files[FACTS]), json.loads(brief["facts"])
    assert {**facts, "facts": []} == {**whole, "facts": []}
    assert 100 < len(facts["facts"]) < len(whole["facts"])
    assert all(fact in whole["facts"] for fact in facts["facts"])
    tables = {table["name"]: table for table in json.loads(files[TABLES])}
    chart = tables["monthly-trade-exports-imports"]
    assert chart["rows"][-1][0] == "2025-11-01"
    assert 330e9 in chart["rows"][-1]
    notebook = nbformat.reads(files[NOTEBOOK].decode(), 4)
    nbformat.validate(notebook)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    assert "papermill" not in files[NOTEBOOK].decode()
    assert "2025-11" in next(cell.source for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", ()))


# --- edited with a PDF editor ---------------------------------------------------------------------------------------------


class Editor:
    """Somebody with a PDF editor."""

    def __init__(self, pdf: bytes) -> None:
        self.writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))

    @property
    def pdf(self) -> bytes:
        self.writer.write(out := io.BytesIO())
        return out.getvalue()

    def retype(self, old: str, new: str, number: int = 0) -> Editor:
        """Print other letters of the page's own fonts in place of the first such text."""
        page = self.writer.pages[number]
        codes = {name: _codes(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
        stream = ContentStream(page.get_contents(), self.writer)
        font, changed = "", 0
        for place, (operands, operator) in enumerate(stream.operations):
            if operator == b"Tf":
                font = operands[0]
            elif operator in (b"Tj", b"TJ") and not changed:
                parts = operands[0] if operator == b"TJ" else operands
                raw = b"".join(part.original_bytes for part in parts if hasattr(part, "original_bytes"))
                letters = {code: letter for letter, code in codes[font].items()}
                text = "".join(letters.get(raw[at : at + 2], "?") for at in range(0, len(raw), 2)).replace("\u00a0", " ")
                if text == old or (len(old) > 1 and old in text):  # letters of a chart stand alone
                    text, changed = text.replace(old, new, 1), 1
                    typed = b"".join(codes[font].get(letter, codes[font].get("\u00a0", b"")) for letter in text)
                    stream.operations[place] = ([ByteStringObject(typed)], b"Tj")
        assert changed, f"{old!r} is printed nowhere"
        page.replace_contents(stream)
        return self

    def stamp(self, content: bytes) -> Editor:
        """Draw on top of the first page."""
        page = self.writer.pages[0]
        stream = DecodedStreamObject()
        stream.set_data(page.get_contents().get_data() + b"\n" + content)
        page[NameObject("/Contents")] = self.writer._add_object(stream)
        return self

    def replace(self, name: str, content: bytes) -> Editor:
        """Swap the content of an attachment."""
        for file in self.writer.root_object["/AF"]:
            if file.get_object()["/UF"] == name:
                file.get_object()["/EF"]["/F"].get_object().set_data(content)
        return self

    def tagged(self) -> Iterator[DictionaryObject]:
        """The nodes of the structure tree."""
        waiting = [self.writer.root_object["/StructTreeRoot"]]
        while waiting:
            node = waiting.pop(0).get_object()
            if isinstance(node, DictionaryObject):
                yield node
                waiting += [*(node["/K"] if isinstance(node.get("/K"), ArrayObject) else [node["/K"]] if "/K" in node else [])]


def _codes(font: DictionaryObject) -> dict[str, bytes]:
    """Letter -> code, of a font in which each letter has one."""
    pairs = re.findall(r"<([0-9A-F]{4})> <([0-9A-F]{4})>", font["/ToUnicode"].get_object().get_data().decode())
    return {chr(int(letter, 16)): bytes.fromhex(code) for code, letter in pairs if code != "0000"}


def test_a_pdf_that_an_editor_has_only_saved_is_still_proved(brief):
    assert wrong(Editor(brief["pdf"]).pdf) == []


def bookmarked(editor: Editor) -> None:
    entry = editor.writer.root_object["/Outlines"]["/First"].get_object()
    entry[NameObject("/Title")] = pypdf.generic.TextStringObject("Surplus of $999 billion")


def described(editor: Editor) -> None:
    node = next(node for node in editor.tagged() if "/Alt" in node)
    node[NameObject("/Alt")] = pypdf.generic.TextStringObject(node["/Alt"].replace("14.7", "74.7"))


def annotated(editor: Editor) -> None:
    editor.writer.add_annotation(0, FreeText(text="$999 billion", rect=(50, 550, 200, 650)))


def pictured(editor: Editor) -> None:
    picture = DecodedStreamObject()
    picture.update({NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image")})
    resources = editor.writer.pages[0]["/Resources"]
    resources[NameObject("/XObject")] = DictionaryObject({NameObject("/Im0"): editor.writer._add_object(picture)})
    editor.stamp(b"q 100 0 0 20 50 700 cm /Im0 Do Q")


def twice(editor: Editor) -> None:
    """A cell of a table is read again."""
    row = next(node for node in editor.tagged() if node.get("/S") == "/TR")
    row["/K"].append(row["/K"][-1])


def typed(font: bytes, code: str, marked: str = "") -> Callable[[Editor], object]:
    """A text on top of the page: loose, or marked as furniture."""
    begin, end = (f"/{marked} BMC ".encode(), b" EMC") if marked else (b"", b"")
    return lambda editor: editor.stamp(begin + b"BT /" + font + b" 20 Tf 50 700 Td <" + code.encode() + b"> Tj ET" + end)


RETYPED = [  # page, what is printed, what somebody prints instead, what is found
    (0, "first time", "third time", r"page 1: '.*for the third time.*', expected '.*for the first time.*'"),
    (0, "+12.9%", "−12.9%", r"page 1: '.*−12.9% on a year.*', expected '.*\+12.9% on a year.*'"),
    (0, "$220.1", "$202.1", r"page 1: '.*\$202.1 billion.*', expected '.*\$220.1 billion.*'"),
    (0, "7", "9", r"letters in a chart on page 1: '.*European Union \+14.9%.*', expected '.*European Union \+14.7%.*'"),
    (1, "412.4", "214.4", r"page 2: '.*214.4.*', expected '.*412.4.*'"),
    (1, "Page 2 of 2", "Page 2 of 4", r"page 2, outside of its text: .*Page 2 of 4.*"),
]


def test_what_somebody_types_over_is_found_each_by_itself(brief):
    editor = Editor(brief["pdf"])
    for page, old, new, _ in RETYPED:
        editor.retype(old, new, page)
    lines = wrong(editor.pdf)
    assert len(lines) == len(RETYPED), lines
    for *_, found in RETYPED:
        assert sum(bool(re.fullmatch(found, line)) for line in lines) == 1, (found, lines)


DONE = {  # by an editor -> what is found
    described: r"description of a chart on page 1: .*74\.7.*, expected .*14\.7.*",
    bookmarked: r"bookmark: 'Surplus of \$999 billion', expected 'a heading of the report'",
    annotated: r"the file: 'page 1 has an annotation \(FreeText\)', expected 'none in a report'",
    pictured: r"page 1: 'a picture, or letters not filled', expected 'text and drawings'",
    typed(b"f0", "00190014"): r"page 1, outside of its text: '.*12.*', expected 'its title and number'",
    typed(b"f0", "00190014", "Artifact"): r"page 1, outside of its text: '.*12.*', expected 'its title and number'",
    twice: r"the file: 'page 2 is read twice in one place', expected 'none in a report'",
}


def test_what_an_editor_adds_is_found(brief):
    editor = Editor(brief["pdf"])
    for edit in DONE:
        edit(editor)
    lines = wrong(editor.pdf)
    for found in DONE.values():
        assert any(re.fullmatch(found, line) for line in lines), (found, lines)


def test_a_swapped_attachment_is_found_and_named(brief, tmp_path):
    (tmp_path / "a.pdf").write_bytes(Editor(brief["pdf"]).replace(NOTEBOOK, b"{}").pdf)
    made = CliRunner().invoke(cli.main, ["verify", str(tmp_path / "a.pdf")])
    assert made.exit_code == 1
    assert re.search(
        r"a\.pdf: attachment notebook\.ipynb: 'sha256 44136fa355b3678a…', expected '\w+…: it was changed'\n$", made.stderr
    )
    assert made.stderr.count("\n") == 1


# --- forged: text, attachments and hashes together ------------------------------------------------------------------------


class Forger:
    """Somebody who changes the attachments as well, and their hashes."""

    def __init__(self, read: dict[str, Any]) -> None:
        self.read = {**read, "attachments": {**read["attachments"]}, "text": [[*entry] for entry in read["text"]]}
        self.proof, self.facts, self.tables = (json.loads(self._file(name)) for name in (PROOF, FACTS, TABLES))

    def _file(self, name: str) -> str:
        return self.read["attachments"][name].encode("latin-1").decode()

    def figure(self, name: str) -> dict[str, Any]:
        return self.proof["figures"][self.proof["facts"][name]]

    def retype(self, old: str, new: str) -> None:
        for entry in self.read["text"]:
            entry[2:] = [text.replace(old, new) for text in entry[2:]]

    def found(self) -> list[str]:
        """What verify finds, with attachments written anew and hashes that fit."""
        files = {PROOF: self.proof, FACTS: self.facts, TABLES: self.tables}
        contents = {name: json.dumps(content).encode() for name, content in files.items()}
        contents[NOTEBOOK] = self._file(NOTEBOOK).encode()
        hashes = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in contents.items())
        contents[HASHES] = hashes.encode()
        self.read["attachments"] = {name: content.decode("latin-1") for name, content in contents.items()}
        return wrong(self.read)

    def set(self, name: str, value: float, text: str) -> None:
        """A fact with another value, in the proof, in facts.json and in all tables."""
        old = self.figure(name)["value"]
        self.figure(name)["value"] = value
        fact = next(fact for fact in self.facts["facts"] if fact["name"] == name)
        fact |= {"value": value, "text": text}
        for table in self.tables:
            table["rows"] = [[value if cell == old else cell for cell in row] for row in table["rows"]]


def test_nothing_changed_is_nothing_found(read):
    assert Forger(read).found() == []


def test_a_computed_number_forged_everywhere_contradicts_its_formula(read):
    forger = Forger(read)
    forger.set("balance_usd_month", 199.9e9, "$199.9 billion")
    forger.retype("109.9", "199.9")
    assert (
        "the balance of trade, in dollars, November 2025, exports - imports: '$199.9 billion', expected '$109.9 billion'"
        in forger.found()
    )


def test_a_published_number_forged_everywhere_contradicts_what_was_computed_from_it(read):
    forger = Forger(read)
    forger.set("exports_usd_month", 390e9, "$390.0 billion")
    forger.retype("330.0", "390.0")
    found = forger.found()
    assert any(line.startswith("the balance of trade, in dollars, November 2025, exports - imports: ") for line in found), found
    assert any(line.startswith("growth of exports on a year earlier, in dollars, November 2025") for line in found), found


def test_a_number_that_is_called_a_name_is_found(read):
    forger = Forger(read)
    runs = next(
        runs for runs in forger.proof["passages"] if isinstance(runs, list) and ["fact", "balance_usd_month", "text"] in runs
    )
    runs[runs.index(["fact", "balance_usd_month", "text"])] = ["name", "surplus", "$199.9 billion"]
    forger.retype("$109.9", "$199.9")
    assert "name surplus: '$199.9 billion', expected 'no amount'" in forger.found()


def test_a_number_in_words_that_no_place_vouches_for_is_found(read):
    forger = Forger(read)
    forger.proof["passages"][1].append(", up 47.3%")
    assert any(
        line.startswith("text: ', with a month to go, up 47.3%'") or "no number without a place" in line
        for line in forger.found()
    )


def another_row(forger: Forger) -> None:
    next(table for table in forger.tables if table["name"] == "partners-in-brief")["rows"][0][1] *= 2


def another_fact(forger: Forger) -> None:
    forger.facts["facts"][0]["value"] += 1e9


def another_source(forger: Forger) -> None:
    forger.facts["facts"][0]["sources"] = ["my own"]


def another_formula(forger: Forger) -> None:
    forger.figure("balance_usd_month")["formula"] = "__import__('os').getcwd()"


def another_place(forger: Forger) -> None:
    forger.proof["passages"][1][1][1] = "no.such.fact"


def another_style(forger: Forger) -> None:
    forger.proof["passages"][1][1][2] = "no_style"


def another_release(forger: Forger) -> None:
    forger.proof["publications"].clear()


FORGED = {  # what is changed, hashes included -> what is found
    another_row: r"tables.json, partners-in-brief: 'another row', expected 'ASEAN: 412.4; .*",
    another_fact: r"facts.json, value of \S+: .*",
    another_source: r"facts.json, sources of \S+: .*my own.*",
    another_formula: r"formula of the balance of trade, in dollars, November 2025: .*expected 'arithmetic over its inputs'",
    another_place: r"fact no.such.fact: .*",
    another_style: r"fact milestone.balance_usd_ytd: 'no_style', .*no way of writing called 'no_style'.*",
    another_release: r"attachments: .unreadable content.*",
}


@pytest.mark.parametrize("change", FORGED)
def test_an_attachment_that_contradicts_another_is_found(read, change):
    change(forger := Forger(read))
    found = forger.found()
    assert any(re.fullmatch(FORGED[change], line) for line in found), found


# --- not such a PDF -------------------------------------------------------------------------------------------------------


def looping(brief_pdf: bytes) -> bytes:
    """A structure tree that contains itself."""
    editor = Editor(brief_pdf)
    root = editor.writer.root_object["/StructTreeRoot"]
    root[NameObject("/K")] = ArrayObject([root.indirect_reference, root.indirect_reference])
    return editor.pdf


def encrypted(brief_pdf: bytes) -> bytes:
    editor = Editor(brief_pdf)
    editor.writer.encrypt("", "owner")
    return editor.pdf


def bare(brief_pdf: bytes) -> bytes:
    editor = Editor(brief_pdf)
    del editor.writer.root_object["/Names"]
    return editor.pdf


REFUSED = {
    "no PDF": (lambda pdf: b"<html>", "is no PDF; give a report's folder or its PDF"),
    "no attachments": (bare, "has no attachments: it was not built as a report, or a program has dropped them"),
    "encrypted": (encrypted, "it is encrypted"),
    "cut short": (lambda pdf: pdf[: len(pdf) // 3], "it is damaged, or no PDF"),
    "a loop": (looping, "it is damaged, or no PDF"),
    "empty": (lambda pdf: b"%PDF-1.7\n", "it is damaged, or no PDF"),
    "a bomb": (lambda pdf: Editor(pdf).replace(NOTEBOOK, bytes(100_000_000)).pdf, "it is damaged, or no PDF"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_no_report_or_cannot_be_read_is_said_in_one_line(brief, tmp_path, what):
    change, said = REFUSED[what]
    (tmp_path / "a.pdf").write_bytes(change(brief["pdf"]))
    made = CliRunner().invoke(cli.main, ["verify", str(tmp_path / "a.pdf")])
    assert made.exit_code == 2
    assert made.stdout == ""
    assert made.stderr.startswith(f"customs-report: {tmp_path / 'a.pdf'}")
    assert said in made.stderr
    assert made.stderr.count("\n") == 1
    assert "Error" not in made.stderr
    assert not made.stderr.endswith(")\n")


def test_a_pdf_that_cannot_be_read_does_not_keep_the_others_from_being_verified(brief, tmp_path):
    damaged, sound = tmp_path / "a.pdf", tmp_path / "b.pdf"
    damaged.write_bytes(brief["pdf"][: len(brief["pdf"]) // 3])
    sound.write_bytes(brief["pdf"])
    made = CliRunner().invoke(cli.main, ["verify", str(damaged), str(sound)])
    assert made.exit_code == 2
    assert made.stderr == f"customs-report: {damaged}: it is damaged, or no PDF\n"
    assert f"{sound}: proved from its attachments" in made.stdout


def test_a_file_that_takes_too_long_is_given_up(brief, tmp_path, monkeypatch):
    (tmp_path / "a.pdf").write_bytes(brief["pdf"])
    monkeypatch.setattr(verify_pdf, "SECONDS", 0.01)
    made = CliRunner().invoke(cli.main, ["verify", str(tmp_path / "a.pdf")])
    assert made.exit_code == 2
    assert made.stderr.endswith("a.pdf: the file takes more than 0.01 seconds to read; no report’s PDF does\n")


def test_a_folder_and_a_file_that_are_not_there(tmp_path):
    made = CliRunner().invoke(cli.main, ["verify", str(tmp_path / "a.pdf")])
    assert made.exit_code == 2
    assert made.stderr == f"customs-report: {tmp_path / 'a.pdf'} cannot be read: No such file or directory\n"
    made = CliRunner().invoke(cli.main, ["verify", str(tmp_path / "2025-11")])
    assert made.exit_code == 2
    assert "there is no folder" in made.stderr


# --- an author's own ------------------------------------------------------------------------------------------------------


def own_notebook(folder: Path) -> Path:
    """A notebook with a table of ours, and with a text, a frame and a print of its author's."""
    sources = [
        "import pandas as pd\nfrom customs_report import exhibits\nfrom customs_report.display import exhibit\n"
        "from customs_report.report import open_report\nreport = open_report(period)",
        "exhibit(1, exhibits.balance(report))",
        "pd.DataFrame({'a': [1.5]})",
        "print(47)",
        "exhibit(2, exhibits.trade(report))",
    ]
    cells = [nbformat.v4.new_code_cell('period: str = "2012-02"', metadata={"tags": ["parameters"]})]
    cells += [nbformat.v4.new_markdown_cell("# Mine\n\nWith 7 in it"), *map(nbformat.v4.new_code_cell, sources)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / "mine.ipynb")
    return folder / "mine.ipynb"


def test_what_is_an_authors_own_is_counted_and_everything_else_proved(tmp_path):
    path, asked = str(own_notebook(tmp_path)), {"period": "2012-02"}
    executed, report = build.run(path, asked)
    pdf = build.render(executed, report, path, asked, ("pdf",))["pdf"]
    read = pdf_reader.read(pdf)
    verdict = verify_pdf.proved(read, "mine.pdf")
    assert verdict.wrong == []
    assert "not proved: 3 outputs and texts that are the author’s own" in verdict.said
    assert any(re.match(r"numbers: [1-9]\d* printed", line) for line in verdict.said)
    number = next(text for kind, _, text, _ in read["text"] if re.match(r"\s*\$[\d.]+ billion", text.replace("\u00a0", " ")))
    read["text"] = [[kind, page, text.replace(number, "$999 billion"), alt] for kind, page, text, alt in read["text"]]
    assert any("$999 billion" in line for line in wrong(read))


def test_of_a_notebook_that_was_run_elsewhere_nothing_is_proved(brief, tmp_path):
    notebook = nbformat.from_dict(brief["executed"])
    pdf, _ = ReportPDFExporter().from_notebook_node(notebook, {"metadata": {"name": "elsewhere"}})
    assert {*pdf_reader.read(pdf)["attachments"]} == {TABLES, NOTEBOOK, HASHES}
    (tmp_path / "a.pdf").write_bytes(pdf)
    made = CliRunner().invoke(cli.main, ["verify", str(tmp_path / "a.pdf")])
    assert made.exit_code == 2
    assert "nothing in it is proved: it has no facts, only" in made.stderr


# --- formulas and figures from a file -------------------------------------------------------------------------------------

CODE = [
    "__import__('os')", "(1).__class__", "sum.__call__", "[1] * 10**9", "x * 3", "sum([a for a in x for b in x])",
    "sum([sum(x) for a in x])", "9**9**9", "lambda: 1", "sum(each(x, x))", "[a for a in x]", "sum([a for a in each(x, x)])",
    "sum([a for a in x if a])", "sum(*x)", "'a'", "1 if 1 else 2", "x", "y", "f'{x}'", "sum(x)(1)", "1j", "(z := 1)", "1 / 0", "sqrt(-1)",
    "sum([a for a, b in x])", "x[0]", "x.append(1)", "sum(x, start=1)", "(" * 300, "", "1e308 * 10", "1 +" * 200 + "1", "print(1)",
]  # fmt: skip


@pytest.mark.parametrize("formula", CODE)
def test_a_formula_from_a_file_is_arithmetic_and_nothing_else(formula):
    with pytest.raises(formulas.NotArithmetic):
        formulas.recalculated(formula, {"x": [1.0, 2.0]})


def test_every_formula_of_a_report_is_arithmetic(brief):
    facts = [fact for fact in json.loads(brief["facts"])["facts"] if "formula" in fact]
    assert len({fact["formula"] for fact in facts}) > 50
    for fact in facts:
        given = {each["role"]: each.get("values", each.get("value")) for each in fact["inputs"]}
        assert formulas.recalculated(fact["formula"], given) == pytest.approx(fact["value"], rel=1e-9, abs=1e-9)


def test_facts_come_back_from_json_with_all_that_they_were_computed_from(brief):
    facts = brief["report"].facts.by_name
    content = json.loads(json.dumps(derivations.as_json(facts.values())))
    again = derivations.from_json(content)
    assert again.keys() == facts.keys()
    assert all(again[name].as_json() == fact.as_json() for name, fact in facts.items())
    deep, due = (each["balance_usd_month_yoy"].origin for each in (again, facts))
    assert [each.sources for each in deep.figures] == [each.sources for each in due.figures]
    assert deep.evaluated() == due.evaluated()


HOSTILE = [
    {"value": "1"}, {"value": True}, {"value": float("nan")}, {"label": ["a", "b", "c"]}, {"sources": -1}, {"sources": 9},
    {"inputs": {"a": 0}}, {"inputs": {"a": -1}}, {"inputs": {"a": [0.0]}}, {"inputs": [1]}, {"step": "1"}, {"formula": 1}, {"unit": None},
]  # fmt: skip


@pytest.mark.parametrize("part", HOSTILE)
def test_figures_that_are_none_are_refused(part):
    figure = {"value": 1.0, "unit": "USD", "label": ["a", "b"], "sources": 0}
    content = {"figures": [figure], "facts": {"a": 0}, "sources": [[["customs", "", "", ""]]]}
    assert derivations.from_json(content)["a"].value == 1.0
    with pytest.raises(derivations.Unreadable):
        derivations.from_json(content | {"figures": [figure | part]})


def test_nothing_is_passed_off_as_an_authors_own(read):
    """A passage that is called the author's own must begin with these words, for the reader to see."""
    forger = Forger(read)
    forger.proof["passages"][1] = {"own": True}
    forger.retype("first time", "third time")
    assert any(
        re.fullmatch("page 1: 'China’s trade surplus .* third time,.*', expected 'Author’s own'", line)
        for line in forger.found()
    )
    forger.proof["passages"] = [{"own": True}]
    with pytest.raises(InputError, match="nothing in it is proved: all that it shows is its author’s own"):
        forger.found()
