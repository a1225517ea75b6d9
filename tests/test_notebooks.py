"""The notebooks: short, without outputs, no number typed into their text, exhibits in order."""

from __future__ import annotations

import ast
import itertools
import os
import re
import subprocess
import sys
from uuid import uuid4

import nbformat
import pytest
from tracked import NOTEBOOKS, committed

from customs_report.errors import InputError
from customs_report.publish import inputs
from customs_report.publish.parameters import checked, declared

MONTHLY = inputs.NOTEBOOKS / "monthly_report.ipynb"
MOST = 31  # exhibits of the reference; the brief has four


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_short_and_committed_without_outputs(path):
    cells = nbformat.reads(committed(path), 4).cells
    exhibits = [cell for cell in cells if cell.id.startswith("exhibit")]
    frames = [cell for cell in cells if cell.id.startswith("frame") and cell.metadata.tags == ["lab-only"]]
    assert len(cells) - len(exhibits) - len(frames) <= 26  # an exhibit and, for the lab, its frame; little around them
    assert len(exhibits) <= MOST, (
        f"{path.name} has {len(exhibits)} exhibits, at most {MOST}: replace one, or raise MOST and say why"
    )
    assert len({cell.id for cell in cells}) == len(cells)
    for cell in cells:
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None
            assert len(cell.source.splitlines()) <= 10


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_number_stands_in_the_prose(path):
    for cell in nbformat.read(path, 4).cells:
        if cell.cell_type == "markdown":
            assert not re.search(r"\d", cell.source), cell.source


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_one_cell_holds_the_parameters_as_annotated_literals(path):
    tagged = [cell for cell in nbformat.read(path, 4).cells if "parameters" in cell.metadata.get("tags", ())]
    assert len(tagged) == 1
    statements = ast.parse(tagged[0].source).body
    assert all(isinstance(s, ast.AnnAssign) and isinstance(s.value, ast.Constant) for s in statements)


def test_every_exhibit_keeps_a_number_of_its_own():
    """Readers cite them: a new exhibit takes the next number, wherever it stands."""
    sources = [cell.source for cell in nbformat.read(MONTHLY, 4).cells if cell.id.startswith("exhibit")]
    numbers = [int(re.search(r"^exhibit\(\s*(\d+),", source, re.M)[1]) for source in sources]
    assert sorted(numbers) == list(range(1, len(sources) + 1))


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem != "template"], ids=lambda path: path.stem)
def test_an_exhibit_with_numbers_of_helpers_is_calculated_in_its_cell_and_shown_below(path):
    cells = nbformat.read(path, 4).cells
    for cell, following in itertools.pairwise(cells):
        if calculated := re.findall(r"^(\w+) = helpers\.(?!load\()", cell.source, re.M):
            assert all(re.search(rf"exhibits\.\w+\(report.*\b{name}\b", cell.source) for name in calculated), cell.id
            assert following.id.startswith("frame-") or path.stem == "explore", cell.id


def test_a_notebook_of_ones_own_beside_ours_is_not_held_against_us():
    """Neither by these tests nor by `make lint`."""
    own = inputs.NOTEBOOKS / f"own-{uuid4().hex}.ipynb"
    own.write_text("{}")
    try:
        run = {"cwd": inputs.ROOT, "capture_output": True, "text": True}
        assert own.name not in subprocess.run([sys.executable, "-c", "import tracked; print(tracked.NOTEBOOKS)"],
                                              **run, env={**os.environ, "PYTHONPATH": "tests:."}).stdout  # fmt: skip
        commands = subprocess.run(["make", "-n", "lint"], **run).stdout
        excluded, (strip,) = re.findall("ruff .*", commands), re.findall(".*nbstripout.*", commands)
        assert [own.name in line for line in (*excluded, strip)] == [True, True, False]
        assert "monthly_report.ipynb" in strip
    finally:
        own.unlink()


def test_parameters_are_checked_by_name_and_type(tmp_path):
    assert declared(MONTHLY) == {"period": "str", "as_of": "str"}
    assert checked(MONTHLY, [("period", "2025-11")]) == {"period": "2025-11"}
    with pytest.raises(InputError, match="no parameter 'peroid'; nearest: period"):
        checked(MONTHLY, [("peroid", "2025-11")])
    typed = tmp_path / "typed.ipynb"
    cell = nbformat.v4.new_code_cell("count: int = 3", metadata={"tags": ["parameters"]})
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), typed)
    assert checked(typed, [("count", "4")]) == {"count": 4}
    with pytest.raises(InputError, match="parameter count is int, not 'four'"):
        checked(typed, [("count", "four")])
