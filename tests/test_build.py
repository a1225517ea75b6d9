"""Building a report: it depends on its inputs alone, is written completely or not at all, and says when it is incomplete."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import matplotlib
import nbformat
import papermill
import pytest
from depth import in_depth
from IPython.core.history import HistoryManager
from papermill.translators import PythonTranslator

from customs_report.errors import InputError, Violation
from customs_report.publish import build, inputs, manifest, many, notebook, typesetting
from customs_report.publish.fonts import typst_fonts
from customs_report.publish.typesetting import typeset

MONTHLY = inputs.NOTEBOOKS / "monthly_report.ipynb"
PERIOD = "2012-02"  # totals only: the quickest to build
ENDINGS = ("html", "pdf", "xlsx", "zip", "jsonld", "facts.json")


def contents(folder: Path) -> dict[str, bytes]:
    return {ending: (folder / f"monthly_report.{ending}").read_bytes() for ending in ENDINGS}


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> many.Built:
    return many.build_report(PERIOD, out=tmp_path_factory.mktemp("reports"))


def test_the_set_matches_its_manifest(built):
    found = manifest.read(built.folder, "monthly_report")
    assert found["complete"]
    assert set(found["files"]) == {*ENDINGS, "ipynb"}
    assert found["title"].startswith("China customs report · February 2012")
    assert found["headline"]
    assert found["exhibits"][0] == {"id": "exhibit-1", "label": "Exhibit 1", "heading": found["exhibits"][0]["heading"]}
    page = (built.folder / "monthly_report.html").read_text()
    assert all(f'id="{exhibit["id"]}"' in page for exhibit in found["exhibits"])
    assert set(found["inputs"]) == {"data", "code", "lock", "notebook", "parameters"}


def test_a_set_with_a_changed_file_is_not_published(built, tmp_path):
    copy = many.build_report(PERIOD, out=tmp_path)
    (copy.folder / "monthly_report.html").write_text("changed")
    assert manifest.read(copy.folder, "monthly_report") is None


def test_the_same_bytes_in_another_folder_on_another_day_beside_other_reports(built, tmp_path):
    (tmp_path / "2030-01").mkdir()
    (tmp_path / "2030-01" / "monthly_report.html").write_text("another report")
    script = f"""
import time
real = time.time
time.time = lambda: real() + 400 * 86400
from pathlib import Path
from customs_report.publish import many
many.build_report({PERIOD!r}, out=Path({str(tmp_path)!r}))
"""
    environment = os.environ | {"TZ": "Asia/Shanghai", "LANG": "C", "HOME": str(tmp_path), "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path, env=environment)
    assert contents(tmp_path / PERIOD) == contents(built.folder)


def test_nothing_is_done_again_while_nothing_changed(built):
    before = {path: path.stat().st_mtime_ns for path in built.folder.iterdir()}
    again = many.build_report(PERIOD, out=built.folder.parent)
    assert again.unchanged
    assert {path: path.stat().st_mtime_ns for path in built.folder.iterdir()} == before


def test_to_find_that_nothing_is_to_do_no_pandas_is_loaded(built, tmp_path):
    shutil.copytree(built.folder, tmp_path / "reports" / PERIOD)
    script = """
import sys
from customs_report.cli import main
try:
    main(sys.argv[1:])
finally:
    print("pandas" in sys.modules)
"""
    words = [sys.executable, "-c", script, "build", PERIOD, "--out", str(tmp_path / "reports")]
    printed = [subprocess.run(words, check=True, capture_output=True, text=True).stdout.splitlines() for _ in range(2)]
    assert printed[0] == [*printed[1][:-1], "True"]  # the archive of the copy is made
    assert "(up to date)" in printed[1][0]
    assert printed[1][-1] == "False"


def broken(notebook: Path, cell: str, source: str) -> None:
    """The monthly notebook with one cell replaced."""
    node = nbformat.read(MONTHLY, 4)
    next(c for c in node.cells if c.id == cell).source = source
    nbformat.write(node, notebook)


@pytest.fixture
def notebooks(tmp_path, monkeypatch) -> Path:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr(inputs, "NOTEBOOKS", folder)
    return folder


def test_a_failing_exhibit_makes_the_report_incomplete_and_replaces_nothing(built, notebooks, tmp_path):
    out = built.folder.parent
    before = contents(built.folder)
    broken(notebooks / "monthly_report.ipynb", "exhibit-04-trade", "1 / 0")
    result = many.build_report(PERIOD, out=out)
    assert result.folder == built.folder / "incomplete"
    assert result.incomplete == ("Exhibit 4 (trade) could not be made: ZeroDivisionError: division by zero",)
    assert contents(built.folder) == before
    page = (result.folder / "monthly_report.html").read_text()
    assert page.index("This report is incomplete") < page.index('id="headline"')
    assert page.count("Exhibit 4 (trade) could not be made") == 2
    assert json.loads((result.folder / "monthly_report.manifest.json").read_text())["complete"] is False


def test_a_chart_that_cannot_be_drawn_fails_in_its_own_exhibit(notebooks, tmp_path):
    source = """
from customs_report.display import Chart, Exhibit, Table, Words
from customs_report.drawing.axes import canvas
drawing, axes = canvas()
axes.bar([1], [2], hatching="none")
exhibit(4, Exhibit(Words(("A claim",)), (lambda: Chart(drawing, ("Bars.",), Table("bars", "Bars", (), ())),)))
"""
    broken(notebooks / "monthly_report.ipynb", "exhibit-04-trade", source)
    result = many.build_report(PERIOD, out=tmp_path / "out", formats=("html",))
    assert [said.split(" got ")[0] for said in result.incomplete] == [
        "Exhibit 4 (trade) could not be made: AttributeError: Rectangle.set()"
    ]
    executed = json.loads((result.folder / "monthly_report.ipynb").read_text())
    (output,) = next(cell for cell in executed["cells"] if cell["id"] == "exhibit-04-trade")["outputs"]
    assert any("axes.bar" in line or "hatching" in line for line in output["traceback"])


def test_a_hole_in_declared_coverage_makes_the_report_incomplete(data_copy, tmp_path):
    partners = data_copy / "partners.csv"
    rows = [row for row in partners.read_text().splitlines() if not row.startswith("2025-06,ytd,USA,")]
    partners.write_text("\n".join(rows) + "\n")
    run = subprocess.run(
        [sys.executable, "-m", "customs_report", "build", "2025-06", "--out", str(tmp_path), "--formats", "html"],
        capture_output=True, text=True, env=os.environ | {"CUSTOMS_REPORT_DATA": str(data_copy)},
    )  # fmt: skip
    assert run.returncode == 1
    assert "partners.csv lacks USA ytd CNY of 2025-06" in run.stderr
    assert (tmp_path / "2025-06" / "incomplete" / "monthly_report.html").exists()


def test_a_number_that_cannot_be_proved_stops_the_build(notebooks, tmp_path):
    source = "from customs_report.display import paragraph\nparagraph(('Exports rose by 12 percent.',))"
    broken(notebooks / "monthly_report.ipynb", "exhibit-04-trade", source)
    with pytest.raises(Violation, match="could not be proved"):
        many.build_report(PERIOD, out=tmp_path)
    assert not (tmp_path / PERIOD).exists()


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / PERIOD).write_text("a file where the folder should be")
    with pytest.raises(InputError, match="cannot be written"):
        many.build_report(PERIOD, out=tmp_path)


def test_a_disk_that_fills_up_loses_nothing(built, monkeypatch):
    before = contents(built.folder)

    def full(self, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(InputError, match="No space left"):
        many.build_report(PERIOD, out=built.folder.parent, force=True)
    monkeypatch.undo()
    assert contents(built.folder) == before
    assert manifest.read(built.folder, "monthly_report")
    assert not list(built.folder.glob(".building-*"))


def test_papermill_with_a_kernel_gives_the_same_bundles(tmp_path):
    out = tmp_path / "out.ipynb"
    command = [
        sys.executable,
        "-m",
        "papermill",
        "--kernel",
        "python3",
        str(inputs.NOTEBOOKS / "monthly_report.ipynb"),
        str(out),
    ]
    subprocess.run([*command, "-p", "period", PERIOD], check=True, capture_output=True)
    by_kernel = nbformat.read(out, 4)
    in_process = nbformat.from_dict(build.run("monthly_report", {"period": PERIOD, "as_of": ""})[0])
    shown = [
        [
            [(output.data, output.metadata) for output in cell.outputs if "customs_report" in output.get("metadata", {})]
            for cell in notebook.cells
            if cell.cell_type == "code"
        ]
        for notebook in (by_kernel, in_process)
    ]
    shown = [[outputs for outputs in cells if outputs] for cells in shown]
    assert shown[0] == shown[1]


def test_the_notebook_is_the_one_that_papermill_writes(tmp_path):
    parameters = {"period": PERIOD, "as_of": ""}
    papermill.execute_notebook(MONTHLY, tmp_path / "out.ipynb", parameters, engine_name="in_process", progress_bar=False)
    theirs, (ours, _) = nbformat.read(tmp_path / "out.ipynb", 4), build.run("monthly_report", parameters)
    nbformat.validate(nbformat.from_dict(ours))
    assert theirs.metadata.papermill.pop("input_path") == str(MONTHLY)
    assert theirs.metadata.papermill.pop("output_path")

    def settled(notebook: dict) -> dict:
        """A notebook without its times and without the random id of the cell that sets the parameters."""
        for about in (notebook["metadata"], *(cell["metadata"] for cell in notebook["cells"])):
            for name in ("start_time", "end_time", "duration"):
                about["papermill"][name] = about["papermill"][name] is not None
        injected = next(cell for cell in notebook["cells"] if "injected-parameters" in cell["metadata"]["tags"])
        assert re.fullmatch("[0-9a-f]{8}", injected.pop("id"))
        return json.loads(json.dumps(notebook))

    assert settled(ours) == settled(theirs)


@pytest.mark.parametrize("value", ["", 'a "quoted" \\ path', "中文 –\n", 3, -2.5, True, float("inf"), float("-inf")])
def test_a_parameter_is_written_as_papermill_writes_it(value):
    theirs = PythonTranslator.codify({"given": value})
    cells = notebook.parameterized({"cells": [], "metadata": {}}, {"given": value})["cells"]
    assert [cell["source"] for cell in cells] == [theirs]


def test_an_older_notebook_is_read_too(tmp_path):
    cell = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": ["1 + 1\n", "2"]}
    older = {"nbformat": 4, "nbformat_minor": 2, "metadata": {}, "cells": [cell]}
    (tmp_path / "older.ipynb").write_text(json.dumps(older))
    (cell,) = notebook.read(tmp_path / "older.ipynb")["cells"]
    assert cell["source"] == "1 + 1\n2"
    assert cell["id"]


def test_a_report_loads_no_library_that_it_does_not_need(tmp_path):
    script = f"""
import sys
from pathlib import Path
from customs_report.publish import many
many.build_report("2025-11", out=Path({str(tmp_path)!r}))
print(*sorted(name for name in sys.modules if "." not in name))
"""
    ran = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    loaded = set(ran.stdout.split())
    assert {"pandas", "IPython"} <= loaded
    unneeded = {"statsmodels", "scipy", "papermill", "nbconvert", "nbclient", "jupyter_client", "nbformat", "jsonschema", "bs4"}
    unneeded |= {"openpyxl", "requests", "rich", "tqdm", "pyspark", "fsspec", "sqlglot"}
    unneeded |= {"matplotlib"} if (os.cpu_count() or 1) > 1 else set()  # the process that draws loads it
    assert not unneeded & loaded


def test_no_state_leaks_from_one_report_to_the_next(notebooks):
    broken(notebooks / "monthly_report.ipynb", "exhibit-04-trade", "leaked = 1")
    build.run("monthly_report", {"period": PERIOD, "as_of": ""})
    broken(notebooks / "monthly_report.ipynb", "exhibit-04-trade", "'leaked' in globals()")
    executed, _ = build.run("monthly_report", {"period": PERIOD, "as_of": ""})
    cell = next(c for c in executed["cells"] if c["id"] == "exhibit-04-trade")
    assert cell["outputs"][0]["data"]["text/plain"] == "False"


def test_no_output_of_a_report_stays_in_memory(built):
    """IPython keeps every output in its class; a worker that builds hundreds of reports would grow."""
    assert built.files
    assert not HistoryManager.outputs


def test_what_typst_refuses_is_told(tmp_path):
    with pytest.raises(ValueError, match=r"Typst: .*unknown variable"):
        typeset("#nowhere", tmp_path, date(2025, 12, 8))


@pytest.mark.parametrize("large", [0, 10_000], ids=["a process for each", "one process"])
def test_typst_sets_one_source_after_the_other_however_large_it_has_grown(monkeypatch, large):
    monkeypatch.setattr(typesetting, "LARGE", dict.fromkeys(typesetting.LARGE, large))
    monkeypatch.setattr(typesetting, "RUNNING", {})
    source = '#set document(title: "T")\n#set text(font: "Source Sans Pro")\nOne\n#pagebreak()\nTwo'
    seen = set()
    for _ in range(4):
        assert typeset(source, typst_fonts(), date(2025, 12, 8)).startswith(b"%PDF")
        assert len(typesetting.pictures(source, typst_fonts(), 100)) == 2
        seen |= {*typesetting.RUNNING.values()}
    assert len(seen) == (2 if large else 8)
    for process in seen:
        process.kill()


def test_an_interrupted_source_leaves_no_answer_for_the_next(monkeypatch):
    def stop(answers):
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(typesetting.pickle, "load", stop)
    with pytest.raises(KeyboardInterrupt):
        typesetting.pictures("One", typst_fonts(), 100)
    assert len(typesetting.pictures("One\n#pagebreak()\nTwo", typst_fonts(), 100)) == 2


def test_what_a_user_has_configured_for_charts_changes_no_report():
    def page() -> bytes:
        ((_, made),) = many.make_all(many.orders([PERIOD], formats=("html",)))
        return made.contents["html"]

    plain = page()
    with matplotlib.rc_context({"lines.linewidth": 9, "axes.grid": True, "font.size": 30}):
        assert page() == plain
        assert matplotlib.rcParams["font.size"] == 30


def test_a_set_is_whole_after_an_interrupt_amid_its_files(tmp_path, monkeypatch):
    manifest.put(tmp_path, "report", {"html": b"old", "pdf": b"old"}, {**TINY, "files": {"html": manifest.sha256(b"old")}})
    new = {**TINY, "files": {ending: manifest.sha256(b"new") for ending in ("html", "facts.json")}}
    replace, moved = Path.replace, []

    def once(self, target):
        moved.append(target)
        if len(moved) == 2:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", once)
    with pytest.raises(KeyboardInterrupt):
        manifest.put(tmp_path, "report", {"html": b"new", "facts.json": b"new"}, new)
    assert manifest.read(tmp_path, "report") == new
    assert not (tmp_path / "report.pdf").exists()


TINY = {"inputs": {}, "parameters": {}, "complete": True}
SPREAD = ["2009-02", "2015-12", "2020-02", "2024-01"]
SPREAD += in_depth("2008-01", "2010-03", "2013-06", "2018-04", "2019-09", "2022-07", "2025-01", "2026-06")


@pytest.mark.parametrize("period", SPREAD)
def test_periods_over_the_whole_range_build_in_full(period, tmp_path):
    result = many.build_report(period, out=tmp_path)
    assert result.incomplete == ()
    assert (result.folder / "monthly_report.html").stat().st_size < 1.5e6
    # The PDF has twenty pages or so, each word and number of them tagged; its attachments are less than a fifth of it.
    assert (result.folder / "monthly_report.pdf").stat().st_size < 1.8e6
