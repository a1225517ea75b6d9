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
from dataclasses import asdict, dataclass, replace
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

import pandas as pd

import helpers
from customs_report import exhibits, kept, log
from customs_report.display import DATA
from customs_report.errors import InputError, Violation
from customs_report.frames import by_month
from customs_report.house import PLAIN, House, from_project, load, using_look
from customs_report.publish import attachments, author_output, dataset, exhibit_files, proof, rendering
from customs_report.publish import notebook as notebooks
from customs_report.publish.cells import Cell, Complete
from customs_report.publish.house_pictures import logo_pictures
from customs_report.publish.inputs import PROVED, Inputs, notebook_name, notebook_path, subject
from customs_report.publish.manifest import DEFAULT_FORMATS, FORMATS, Manifest, sha256
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


def make(
    notebook: str, parameters: Mapping[str, Any], formats: Sequence[str], inputs: Mapping[str, str], house_file: str = ""
) -> Made:
    """The files of a report that is requested as made of these inputs, with the branding of a house.

    Raises InputError if data, code or notebook differ from those requested, or change during the build, and for parameters that
    data or notebook do not know; Violation if a number of the page is not the fact it names.
    """
    house = load(house_file)
    with ONE, using_look(house.look):
        _refuse_others(inputs, notebook, parameters, house_file)
        logo_pictures(house)
        with log.timed(logger, f"ran {notebook} of {parameters.get('period')}"):
            executed, report = run(notebook, parameters, partial(_start_pictures, house) if "zip" in formats else None)
        logger.info("%s is of %s, as known on %s", notebook, report.period, report.as_of)
        day = executed["metadata"].pop(KNOWN_ON, report.as_of)
        known = {"as_of": day, "data": inputs["data"]} if day else {"built_for": report.as_of}
        executed["metadata"]["customs_report"] = {"period": report.period, **known}
        content = outline_of(executed, report, notebook, house)
        contents = render(executed, report, notebook, parameters, formats, content, inputs)
        _refuse_others(inputs, notebook, parameters, house_file)
    return Made(contents, _manifest(contents, inputs, executed, content, parameters, notebook, house_file))


def _refuse_others(inputs: Mapping[str, str], notebook: str, parameters: Mapping[str, Any], house_file: str) -> None:
    here = {**Inputs().of(notebook, parameters, house_file), "loaded code": CODE}
    if other := [name for name, digest in here.items() if inputs.get(name.removeprefix("loaded ")) != digest]:
        raise InputError(
            f"{notebook} of {parameters.get('period')}: {', '.join(other)} on {platform.node()} (process {os.getpid()}) "
            "differ from those requested, or changed during the build; build again"
        )


def _start_pictures(house: House, cell: Cell) -> None:
    for output in cell["outputs"]:
        about = output.get("metadata", {}).get("customs_report", {})
        exhibit_files.start_pictures(about.get("heading", ""), output.get("data", {}).get(DATA, {}).get("tables", ()), house)


def run(notebook: str, parameters: Mapping[str, Any], complete: Complete | None = None) -> tuple[Notebook, Report]:
    """Run a notebook in this process; returns it with its outputs, and the report its cells worked with.

    Anybody's notebook runs in its own folder, as in JupyterLab, gets those parameters that it has, and need not open a report.
    `complete`: see `cells.run`.
    """
    path = notebook_path(notebook)
    if notebook in PROVED:
        asked = notebooks.parameterized(notebooks.read(path), parameters)
        with kept.keeping(CODE):
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


def outline_of(executed: Notebook, report: Report, notebook: str, house: House = PLAIN) -> Outline:
    """The notebook's outline, with the branding of a house.

    In a notebook that is not the project's, everything that cannot be proved is the author's own.

    Raises Violation if a notebook of the project shows something that cannot be proved.
    """
    path = notebook_path(notebook)
    if notebook not in PROVED:
        content = outline(executed, path.stem.replace("_", " "), path.parent, house=house)
        if content.empty:
            raise InputError(f"{path.name} shows nothing: no cell has a text, or an output that a page can show")
        facts, find = report.facts.as_json(notebook_name(notebook)), lookup_of(report)
        parts = tuple(part if _proved(part, facts, find) else author_output.taken(part) for part in content.parts)
        return replace(content, parts=parts)
    content = outline(executed, proved=True, house=house)
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
    formats: Sequence[str] = DEFAULT_FORMATS,
    content: Outline | None = None,
    inputs: Mapping[str, str] | None = None,
) -> dict[str, bytes]:
    """The files of a report by ending: facts, the formats and the executed notebook. The page's numbers are proved."""
    content = content or outline_of(executed, report, notebook)
    facts = report.as_json(notebook_name(notebook), dict(parameters))
    find = lookup_of(report)
    with log.timed(logger, "made the page"):
        page = rendering.page(content)
    publications = partial(exhibits.publications, report.tables)
    attached = partial(
        attachments.of_report, executed, content, page, facts, report.facts.by_name, find, publications, inputs or {}
    )
    with ThreadPoolExecutor(2) as beside:  # Typst, in processes of its own
        pdf = beside.submit(_pdf, content, attached()) if "pdf" in formats else None
        pictures = beside.submit(_zip, content) if "zip" in formats else None
        with log.timed(logger, "proved each number of the page"):
            findings = [*proof.prove_html(page, facts, find), *proof.prove_facts(facts, report.facts.cited)]
        contents: dict[str, bytes] = {"facts.json": as_text(facts, "facts", "gaps").encode()}
        for ending, made, found in _to_share(content, formats, facts, find):
            contents[ending] = made
            findings += found
        if findings:
            raise Violation(f"{report.title}: a number could not be proved: {findings[0]}")
        if "xlsx" in formats:
            with log.timed(logger, "made the workbook"):
                contents["xlsx"] = report_workbook(content, facts)
        contents["ipynb"] = as_text(executed, "cells").encode()
        if pdf:
            contents["pdf"] = pdf.result()
        if pictures:
            contents["zip"] = pictures.result()
    contents |= _described(content, report, facts, page, contents, formats)
    return {ending: contents[ending] for ending in ENDINGS if ending in contents}


def _described(
    content: Outline,
    report: Report,
    facts: dict[str, Any],
    page: str,
    contents: Mapping[str, bytes],
    formats: Sequence[str],
) -> dict[str, bytes]:
    """The page with what the report is as JSON-LD, and the same as a file.

    The page names size and hash of the files made before it, the file those of the page, too. The executed notebook has
    neither: it says how long its cells took, and is never the same.
    """
    name = notebook_name(facts["report"]["notebook"]) + subject(facts["report"]["parameters"])
    endings = [ending for ending in ENDINGS if ending in {*formats, *contents}]
    known = {ending: each for ending, each in contents.items() if ending != "ipynb"}
    said = dataset.of_report(content, report, facts, exhibits.sources_behind(report), dataset.downloads(name, endings, known))
    if findings := proof.prove_dataset(said, facts):
        raise Violation(f"{report.title}: a number could not be proved: {findings[0]}")
    shown = (rendering.with_data(page, dataset.in_page(said)) if said else page).encode()
    made = {"html": shown, **({"jsonld": dataset.as_file(dataset.with_page(said, shown))} if said else {})}
    return {ending: content for ending, content in made.items() if ending in formats}


def _to_share(
    content: Outline, formats: Sequence[str], facts: dict, find: proof.Lookup
) -> Iterator[tuple[str, bytes, list[proof.Finding]]]:
    """The formats that only some ask for: ending, file, what in it could not be proved."""
    if not {"eml", "pptx"} & {*formats}:
        return
    from customs_report.publish import shared_proof

    if "eml" in formats:
        from customs_report.publish.mail import mail_page, report_mail

        with log.timed(logger, "made the mail"):
            page = mail_page(content)
            made = report_mail(content, page)
            yield "eml", made, [*proof.prove_html(page, facts, find), *shared_proof.prove_mail(made, page)]
    if "pptx" in formats:
        from customs_report.publish.presentation import report_slides
        from customs_report.publish.slides import slides, slides_page

        with log.timed(logger, "made the slides"):
            deck = slides(content, facts)
            made, page = report_slides(content, deck), slides_page(deck, content.language.tag)
            yield "pptx", made, [*proof.prove_html(page, facts, find), *shared_proof.prove_slides(made, page, facts, find)]


def _pdf(content: Outline, attached: Sequence[attachments.Attachment]) -> bytes:
    with log.timed(logger, "made the PDF"):
        try:
            return rendering.pdf(content, attached)
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
    house_file: str,
) -> Manifest:
    """A set's manifest: what it is, its inputs, and how long each cell took (`seconds`, by the cell's id).

    `own` is the number of author-made outputs and texts, `notebook` the path of a notebook outside `notebooks/`, `house` the
    path of the house's file.
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
        **({"citation": asdict(content.citation)} if content.citation else {}),
        "parameters": dict(parameters),
        "complete": not content.incomplete,
        "incomplete": list(content.incomplete),
        **({"warnings": list(content.warnings)} if content.warnings else {}),
        "own": sum(part.own for part in content.parts),
        **({"notebook": notebook} if notebook_name(notebook) != notebook else {}),
        **({"house": from_project(house_file)} if house_file else {}),
        "exhibits": [{"id": e.id.removesuffix("-claim"), "label": e.label, "heading": e.heading} for e in exhibits],
        "files": {ending: sha256(content) for ending, content in contents.items()},
        "inputs": dict(inputs),
        "versions": dict(_versions()),
        "seconds": seconds,
    }
