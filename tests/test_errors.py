"""Errors in a notebook, in a kernel as JupyterLab starts it: one line without the package's own frames."""

from __future__ import annotations

import re

import nbformat
import papermill
import pytest
from nbclient import NotebookClient

from customs_report.publish import inputs

REFUSED = r"InputError: '2025-13' is not a period; write it like \d{4}-\d\d or latest"
CELLS = {
    "import helpers\nfrom customs_report.report import open_report": "",
    'open_report("2025-13")': REFUSED,
    'report = open_report("2025-11", "2025-12-08")': "",
    'report.facts["balance_usd_mnth"]': "NotAvailable: balance_usd_mnth: no such fact; nearest: balance_usd_month",
    'helpers.level(report.tables, "exports", "USD", "month", "1999-01")': "InputError: 1999-01 is before the data; the first month is 2008-01",
    'helpers.level(report.tables, "exports", "USD", "3m", "2008-01")': "NotAvailable: exports, in dollars, three months to January 2008: no dollar export figures before 2008-01",
    '%xmode Verbose\nopen_report("2025-13")': rf"(?s).*check_period.*{REFUSED}",
    "%xmode Context\n1 / 0": r"(?s)-+\nZeroDivisionError +Traceback.*",
}


def shown(cell: nbformat.NotebookNode) -> str:
    """The error that a cell shows, without colours."""
    lines = (line for output in cell.outputs for line in output.get("traceback", ()))
    return re.sub(r"\x1b\[[\d;]*m", "", "\n".join(lines))


def test_a_kernel_shows_one_helpful_line_and_the_traceback_when_asked(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(inputs.ROOT))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    NotebookClient(notebook, allow_errors=True, kernel_name="python3", timeout=120).execute()
    for cell, expected in zip(notebook.cells, CELLS.values(), strict=True):
        assert re.fullmatch(expected, shown(cell)), (cell.source, shown(cell))


@pytest.mark.parametrize("engine", [None, "in_process"])
def test_papermill_says_it_too(monkeypatch, tmp_path, engine):
    monkeypatch.setenv("PYTHONPATH", str(inputs.ROOT))
    notebook, out = inputs.NOTEBOOKS / "monthly_report.ipynb", tmp_path / "out.ipynb"
    with pytest.raises(Exception, match="'2025-13' is not a period") as raised:
        papermill.execute_notebook(
            notebook, out, {"period": "2025-13"}, engine_name=engine, kernel_name="python3", progress_bar=False
        )
    assert "report.py" not in str(raised.value)


def test_what_a_notebook_shows_of_an_object_is_a_few_lines(reported):
    report = reported("2025-11", "2025-12-08")
    fact = report.facts["balance_usd_month"]
    for shown, said in (
        (report, "China’s foreign trade in November 2025, as known on 2025-12-08"),
        (report.tables, "tables.totals: "),
        (report.facts, " facts of 2025-11"),
        (fact, "The balance of trade, in dollars, November 2025: $111.7 billion"),
        (report.facts.gap("balance_usd_mnth"), "nearest: balance_usd_month"),
    ):
        assert said in repr(shown)
        assert len(repr(shown)) < 1000
    assert "2026" not in repr(report.tables)
    assert "<script" not in fact._repr_html_()
    assert "<td" in report._repr_html_()
