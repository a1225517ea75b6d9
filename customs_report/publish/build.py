"""Build a report: run the notebook, render both faces, prove the numbers, and put the set in place - whole or not at all.

A set counts as published when its manifest, written last, names each file with its hash. An incomplete report goes to a folder
of its own and never replaces a complete one.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat

import helpers
from customs_report import prose
from customs_report import tables as data
from customs_report.errors import Refused, Violation
from customs_report.publish import manifest, proof
from customs_report.publish.exporters import ReportHTMLExporter, ReportPDFExporter, outline
from customs_report.report import Report

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
REPORTS = ROOT / "reports"
FORMATS = ("html", "pdf")
DATA = ("*.csv", "reference/*.csv")  # what every notebook reads
DATA_OF = {"fact_check": (*DATA, "claims/*.yml")}


@dataclass(frozen=True)
class Built:
    """What became of a report: its files, whether they were there already, and what could not be made."""

    folder: Path
    files: tuple[Path, ...]
    unchanged: bool = False
    incomplete: tuple[str, ...] = ()


def build(
    period: str,
    as_of: str = "",
    *,
    notebook: str = "monthly_report",
    parameters: Mapping[str, Any] | None = None,
    formats: Sequence[str] = FORMATS,
    out: Path = REPORTS,
    allow_incomplete: bool = False,
    force: bool = False,
) -> Built:
    """Build the report of a period (as known on a day) into its folder below `out`.

    Raises Refused for parameters that the data or the notebook do not know and for a folder that cannot be written, Violation
    where a number of the page is not the fact it names. Files that match their manifest and its inputs are left alone.
    """
    folder = out / (f"{period}@{as_of}" if as_of else period)
    parameters = {"period": period, "as_of": as_of, **(parameters or {})}
    inputs = _inputs(notebook, parameters)
    if not force and (files := _published(folder, notebook, inputs, formats)):
        return Built(folder, files, unchanged=True)
    executed, report = run(notebook, parameters)
    told = outline(executed)
    incomplete = told.incomplete
    contents = render(executed, report, notebook, parameters, formats)
    about = manifest.manifest_of(contents, inputs, executed, told, parameters)
    target = folder / "incomplete" if incomplete and not allow_incomplete else folder
    try:
        files = manifest.put(target, notebook, contents, about)
        if not incomplete:
            shutil.rmtree(folder / "incomplete", ignore_errors=True)
    except OSError as error:
        raise Refused(f"{target} cannot be written: {error.strerror or error}") from error
    return Built(target, files, incomplete=incomplete)


def run(notebook: str, parameters: Mapping[str, Any]) -> tuple[nbformat.NotebookNode, Report]:
    """Run a notebook in this process; returns it with its outputs, and the report its cells worked with."""
    import papermill

    namespace: dict[str, Any] = {}
    executed = papermill.execute_notebook(
        str(NOTEBOOKS / f"{notebook}.ipynb"), None, parameters=dict(parameters), engine_name="in_process",
        progress_bar=False, namespace=namespace,
    )  # fmt: skip
    return executed, namespace["report"]


def render(
    executed: nbformat.NotebookNode,
    report: Report,
    notebook: str,
    parameters: Mapping[str, Any],
    formats: Sequence[str] = FORMATS,
) -> dict[str, bytes]:
    """The files of a report by ending: facts, page, PDF and the executed notebook. The page's numbers are proved."""
    facts = report.facts.as_json(notebook, dict(parameters))
    contents = {"facts.json": (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode()}
    page, _ = ReportHTMLExporter().from_notebook_node(executed)
    if findings := proof.prove_html(page, facts, lookup(report)):
        raise Violation(f"{report.title}: a number could not be proved: {findings[0]}")
    if "html" in formats:
        contents["html"] = page.encode()
    if "pdf" in formats:
        contents["pdf"] = ReportPDFExporter().from_notebook_node(executed)[0]
    contents["ipynb"] = nbformat.writes(executed).encode()
    return contents


def lookup(report: Report) -> proof.Lookup:
    """Finds what a place names: a cell, whose TABLE is the helper that makes the table of the report's period, or a trace."""

    @lru_cache
    def table(name: str):
        return getattr(helpers, name)(report.tables, report.period)

    def cell(name: str, row: str, column: str) -> float:
        frame = table(name)
        return frame.at[row if row in frame.index else int(row), column]

    return proof.Lookup(cell, lambda facts, name: prose.trace(report, facts, name))


# --- what a report was made of ------------------------------------------------------------------------------------------


def _inputs(notebook: str, parameters: Mapping[str, Any]) -> dict[str, str]:
    """The hash of everything a report depends on."""
    return {
        "data": _hash_files(str(data.DATA), DATA_OF.get(notebook, DATA)),
        "code": _hash_files(str(ROOT), ("helpers.py", "customs_report/**/*.py", "customs_report/publish/templates/**/*.*")),
        "lock": _hash_files(str(ROOT), ("requirements.txt",)),
        "notebook": _hash_files(str(NOTEBOOKS), (f"{notebook}.ipynb",)),
        "parameters": hashlib.sha256(json.dumps(parameters, sort_keys=True).encode() + _files_named(parameters)).hexdigest(),
    }


def _files_named(parameters: Mapping[str, Any]) -> bytes:
    """The content of the files that parameters name, such as claims outside the data."""
    paths = [Path(value) for value in parameters.values() if isinstance(value, str) and value]
    return b"\0".join(path.read_bytes() for path in paths if path.is_file())


def _hash_files(folder: str, patterns: tuple[str, ...]) -> str:
    """One hash of the names and contents of all files that match."""
    digest = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in Path(folder).glob(pattern) if path.is_file()}):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


# --- the folder ---------------------------------------------------------------------------------------------------------


def _published(folder: Path, notebook: str, inputs: dict[str, str], formats: Sequence[str]) -> tuple[Path, ...]:
    """The files of a complete set made of the same inputs, or nothing."""
    made = manifest.read(folder, notebook)
    if not made or not made["complete"] or made["inputs"] != inputs or not {*formats} <= {*made["files"]}:
        return ()
    return tuple(folder / f"{notebook}.{ending}" for ending in made["files"])
