"""Make a report: run the notebook, render both formats, prove the numbers. Nothing is written here; `many` puts it in place."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

import pandas as pd

import helpers
from customs_report import exhibits, log
from customs_report.display import DATA
from customs_report.errors import InputError, Violation
from customs_report.frames import by_month
from customs_report.publish import exhibit_files, own, proof, rendering
from customs_report.publish import notebook as notebooks
from customs_report.publish.cells import Cell, Complete
from customs_report.publish.inputs import PROVED, Inputs, notebook_name, notebook_path
from customs_report.publish.manifest import FORMATS, Manifest, sha256
from customs_report.publish.notebook import Notebook
from customs_report.publish.outlines import Outline, Part, outline
from customs_report.publish.parameters import declared
from customs_report.publish.workbook import report_workbook
from customs_report.report import Report, open_report
from customs_report.tables import Tables

ENDINGS = (*FORMATS, "facts.json", "ipynb")  # of the files of a set, in this order: what to open stands first
KNOWN_ON = "known_on"  # in the metadata of anybody's notebook that was run: the day of the tables that it used
PACKAGES = ("matplotlib", "nbconvert", "pandas", "papermill", "typst", "xlsxwriter")
CODE = Inputs().code  # that this process runs, whatever becomes of the files
logger = logging.getLogger(__name__)
ONE = Lock()  # a notebook has the process to itself


@dataclass(frozen=True)
class Made:
    """A report as its files by ending, with its manifest."""

    contents: Mapping[str, bytes]
    manifest: Manifest


def make(notebook: str, parameters: Mapping[str, Any], formats: Sequence[str], inputs: Mapping[str, str]) -> Made:
    """The files of a report that is asked for as made of these inputs.

    Raises InputError where data, code or notebook are others than asked for, here or since, and for parameters that data or
    notebook do not know; Violation where a number of the page is not the fact it names.
    """
    with ONE:
        _refuse_others(inputs, notebook, parameters)
        with log.timed(logger, f"ran {notebook} of {parameters.get('period')}"):
            executed, report = run(notebook, parameters, _start_pictures if "zip" in formats else None)
        logger.info("%s is of %s, as known on %s", notebook, report.period, report.as_of)
        day = executed["metadata"].pop(KNOWN_ON, report.as_of)
        known = {"as_of": day, "data": inputs["data"]} if day else {"built_for": report.as_of}
        executed["metadata"]["customs_report"] = {"period": report.period, **known}
        content = outline_of(executed, report, notebook)
        contents = render(executed, report, notebook, parameters, formats, content)
        _refuse_others(inputs, notebook, parameters)
    return Made(contents, _manifest(contents, inputs, executed, content, parameters, notebook))


def _refuse_others(inputs: Mapping[str, str], notebook: str, parameters: Mapping[str, Any]) -> None:
    here = {**Inputs().of(notebook, parameters), "loaded code": CODE}
    if other := [name for name, digest in here.items() if inputs[name.removeprefix("loaded ")] != digest]:
        raise InputError(
            f"{notebook} of {parameters.get('period')}: {', '.join(other)} on {platform.node()} (process {os.getpid()}) "
            "are others than those asked for, or changed meanwhile; build again"
        )


def _start_pictures(cell: Cell) -> None:
    for output in cell["outputs"]:
        about = output.get("metadata", {}).get("customs_report", {})
        exhibit_files.start_pictures(about.get("heading", ""), output.get("data", {}).get(DATA, {}).get("tables", ()))


def run(notebook: str, parameters: Mapping[str, Any], complete: Complete | None = None) -> tuple[Notebook, Report]:
    """Run a notebook in this process; returns it with its outputs, and the report its cells worked with.

    Anybody's notebook runs in its own folder, as in JupyterLab, gets those parameters that it has, and need not open a report.
    `complete`: see `cells.run`.
    """
    path = notebook_path(notebook)
    if notebook in PROVED:
        asked = notebooks.parameterized(notebooks.read(path), parameters)
        return asked, notebooks.run(asked, complete, matplotlib=False)["report"]
    known = declared(path)
    asked = notebooks.parameterized(
        notebooks.read(path), {name: value for name, value in parameters.items() if value or name in known}
    )
    with _at_home(path.parent):
        variables = notebooks.run(asked, complete)
    days = {each.as_of for each in variables.values() if isinstance(each, (Report, Tables))}
    asked["metadata"][KNOWN_ON] = days.pop() if len(days) == 1 else ""
    period, as_of = parameters["period"], parameters.get("as_of", "")
    opened = (each for each in variables.values() if isinstance(each, Report))
    fitting = (each for each in opened if (each.period, each.asked_as_of) == (period, as_of))
    return asked, next(fitting, None) or open_report(period, as_of)


@contextlib.contextmanager
def _at_home(folder: Path) -> Iterator[None]:
    """In the notebook's folder, whose modules can be imported."""
    before = [*sys.path]
    sys.path.insert(0, str(folder))
    try:
        with contextlib.chdir(folder):
            yield
    finally:
        sys.path[:] = before


def outline_of(executed: Notebook, report: Report, notebook: str) -> Outline:
    """The notebook's outline. In a notebook that is not the project's, everything that cannot be proved is the author's own.

    Raises Violation if a notebook of the project shows something that cannot be proved.
    """
    path = notebook_path(notebook)
    if notebook not in PROVED:
        content = outline(executed, path.stem.replace("_", " "), path.parent)
        if content.empty:
            raise InputError(f"{path.name} shows nothing: no cell has a text, or an output that a page can show")
        facts, find = report.facts.as_json(notebook_name(notebook)), lookup_of(report)
        return replace(content, parts=tuple(part if _proved(part, facts, find) else own.taken(part) for part in content.parts))
    content = outline(executed, proved=True)
    if content.own:
        raise Violation(
            f"{report.title}: a number could not be proved: {content.own[0].name} shows what is its author's own, such as a "
            "frame, an exhibit of a changed one, or a digit in a text; tag the cell `lab-only`, or build a copy of another name"
        )
    return content


def _proved(part: Part, facts: dict, find: proof.Lookup) -> bool:
    return part.own > 0 or not part.about or not proof.prove_html(f"<main>{part.html}</main>", facts, find)


def render(
    executed: Notebook,
    report: Report,
    notebook: str,
    parameters: Mapping[str, Any],
    formats: Sequence[str] = FORMATS,
    content: Outline | None = None,
) -> dict[str, bytes]:
    """The files of a report by ending: facts, the formats and the executed notebook. The page's numbers are proved."""
    content = content or outline_of(executed, report, notebook)
    facts = report.facts.as_json(notebook_name(notebook), dict(parameters))
    with ThreadPoolExecutor(2) as beside:  # Typst, in processes of its own
        pdf = beside.submit(_pdf, content) if "pdf" in formats else None
        pictures = beside.submit(_zip, content) if "zip" in formats else None
        with log.timed(logger, "made the page, each number of it proved"):
            page = rendering.page(content)
            findings = [*proof.prove_html(page, facts, lookup_of(report)), *proof.prove_facts(facts, report.facts.cited)]
        if findings:
            raise Violation(f"{report.title}: a number could not be proved: {findings[0]}")
        contents: dict[str, bytes] = {"facts.json": as_text(facts, "facts", "gaps").encode()}
        if "html" in formats:
            contents["html"] = page.encode()
        if "xlsx" in formats:
            with log.timed(logger, "made the workbook"):
                contents["xlsx"] = report_workbook(content, facts)
        contents["ipynb"] = as_text(executed, "cells").encode()
        if pdf:
            contents["pdf"] = pdf.result()
        if pictures:
            contents["zip"] = pictures.result()
    return {ending: contents[ending] for ending in ENDINGS if ending in contents}


def _pdf(content: Outline) -> bytes:
    with log.timed(logger, "made the PDF"):
        try:
            return rendering.pdf(content)
        except ValueError as error:
            if not content.own:
                raise
            raise InputError(f"{content.title}: no PDF can be made of what the author shows: {error}; see --formats") from error


def _zip(content: Outline) -> bytes:
    with log.timed(logger, "made the ZIP of tables and charts"):
        return exhibit_files.exhibits_zip(content)


def as_text(content: Mapping[str, Any], *lists: str) -> str:
    """JSON with an item of these lists a line: a fact, a cell (indented further, it would take ten times as long to write)."""
    written = json.JSONEncoder(ensure_ascii=False).encode
    listed = {name: "[\n" + ",\n".join(map(written, content[name])) + "\n]" for name in lists}
    parts = [f"{written(name)}: {listed.get(name) or written(value)}" for name, value in content.items()]
    return "{\n" + ",\n".join(parts) + "\n}\n"


def lookup_of(report: Report) -> proof.Lookup:
    """Finds what a place names: a cell, whose TABLE is the helper that makes the table of the report's period, or a trace."""

    @lru_cache
    def table(name: str) -> dict[str, dict[str | int, float]]:
        helper, *subject = name.split(".")
        frame = by_month(getattr(helpers, helper)(report.tables, report.period, *subject))
        if isinstance(frame.index, pd.MultiIndex):
            frame.index = [" ".join(map(str, key)) for key in frame.index]
        return frame.to_dict()

    def cell(name: str, row: str, column: str) -> float:
        rows = table(name)[column]
        return rows[row if row in rows else int(row)]

    return proof.Lookup(cell, lambda name: exhibits.trace(report, name))


@lru_cache(maxsize=1)
def _versions() -> tuple[tuple[str, str], ...]:
    return ("python", sys.version.split()[0]), *((name, version(name)) for name in PACKAGES)


def _manifest(
    contents: Mapping[str, bytes],
    inputs: Mapping[str, str],
    executed: Notebook,
    content: Outline,
    parameters: Mapping[str, Any],
    notebook: str,
) -> Manifest:
    """A set's manifest: what it is, its inputs, and how long each cell took (`seconds`, by the cell's id).

    `own` is the number of author-made outputs and texts, `notebook` the path of a notebook outside `notebooks/`.
    """
    seconds = {
        cell["id"]: round(duration, 3)
        for cell in executed["cells"]
        if (duration := cell["metadata"]["papermill"]["duration"]) is not None
    }
    exhibits = [entry for entry in content.contents if entry.label]
    return {
        "title": content.title,
        "headline": content.headline,
        "parameters": dict(parameters),
        "complete": not content.incomplete,
        "incomplete": list(content.incomplete),
        **({"warnings": list(content.warnings)} if content.warnings else {}),
        "own": sum(part.own for part in content.parts),
        **({"notebook": notebook} if notebook_name(notebook) != notebook else {}),
        "exhibits": [{"id": e.id.removesuffix("-claim"), "label": e.label, "heading": e.heading} for e in exhibits],
        "files": {ending: sha256(content) for ending, content in contents.items()},
        "inputs": dict(inputs),
        "versions": dict(_versions()),
        "seconds": seconds,
    }
