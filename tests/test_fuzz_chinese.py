"""Damaged files of the Chinese site: pages and spreadsheets."""

from __future__ import annotations

import pytest

from customs_report.readers import documents, workbook
from tests import fuzzing


@pytest.mark.parametrize(("layout", "name"), fuzzing.every_file("Chinese pages", "Chinese spreadsheets"))
def test_a_damaged_file_gives_the_right_table_or_is_refused(layout, name, record_property, monkeypatch):
    # A process for each of so many spreadsheets takes minutes. These are whole files with other cells; bytes that make the
    # library panic are the matter of test_reader_chinese.py.
    monkeypatch.setattr(documents, "_sheets", lambda content: documents.Sheets(workbook.grids(content)))
    fuzzing.check(layout, name, record_property)
