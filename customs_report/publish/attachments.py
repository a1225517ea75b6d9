"""What a PDF carries, so that the file alone can be read by a program and proved: facts, tables, notebook, proof, hashes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from customs_report.numbers import STANDARD, marks
from customs_report.publish import derivations
from customs_report.publish.manifest import sha256
from customs_report.publish.passages import passages, places_of
from customs_report.strip import stripped

if TYPE_CHECKING:
    from customs_report.facts import Fact
    from customs_report.publish.outlines import Exhibited, Outline
    from customs_report.publish.proof import Lookup

FACTS, TABLES, NOTEBOOK, PROOF, HASHES = "facts.json", "tables.json", "notebook.ipynb", "proof.json", "SHA256SUMS"
INJECTED = "injected-parameters"


class Attachment(NamedTuple):
    """A file in a PDF; `relationship` as PDF/A-3 has it."""

    name: str
    content: str
    mime: str
    relationship: str
    description: str


def of_notebook(notebook: Mapping[str, Any], content: Outline) -> list[Attachment]:
    """What any notebook's PDF can carry: its tables and its source, with their hashes."""
    return _with_hashes([*_tables(content), _source(notebook)])


def _marks() -> dict[str, Any]:
    """The marks within numbers, where they are not those of most reports."""
    return {} if marks() == STANDARD else {"marks": marks()}


def of_report(
    notebook: Mapping[str, Any],
    content: Outline,
    page: str,
    facts: Mapping[str, Any],
    known: Mapping[str, Fact],
    find: Lookup,
    publications: Callable[[str], Iterable[str]],
    inputs: Mapping[str, str],
) -> list[Attachment]:
    """What a built report's PDF carries: what proves the numbers that it has in common with its page.

    `facts` is the content of facts.json, `known` the facts themselves; `find` looks up the cells of helpers' tables and where
    these come from, `publications` what the sources of an id are called; `inputs` has the hash of each thing the report is
    made of.
    """
    said = passages(page)
    places = [*dict.fromkeys((kind, key) for kind, key, _ in places_of(said))]
    printed = {key.partition("/")[0] for kind, key in places if kind in ("fact", "trace")}
    cells = {key: find.cell(*key.split("/")) for kind, key in places if kind == "cell"}
    derived = derivations.as_json(known[name] for name in known if name in printed)
    names = dict.fromkeys(source[0] for group in derived["sources"] for source in group)
    proof = {
        "report": {**facts["report"], "title": content.title, "headline": content.headline, **_marks()},
        "inputs": dict(inputs),
        "passages": said,
        "cells": cells,
        "helpers": {name: dict(find.trace(name).items) for name in dict.fromkeys(place.split("/")[0] for place in cells)},
        "publications": {ids: [*publications(ids)] for ids in names},
        **derived,
    }
    shown = {**facts, "facts": [fact for fact in facts["facts"] if fact["name"] in printed]}
    return _with_hashes(
        [
            Attachment(
                FACTS, _json(shown), "application/json", "data", "The facts that the report prints, with formula and sources"
            ),
            *_tables(content),
            _source(notebook),
            Attachment(PROOF, _json(proof), "application/json", "supplement", "Where each printed number comes from"),
        ]
    )


def _tables(content: Outline) -> list[Attachment]:
    tables = [_as_data(each) for each in content.tables]
    said = "Every table and the data of every chart, in full"
    return [Attachment(TABLES, _json(tables), "application/json", "data", said)] if tables else []


def _as_data(each: Exhibited) -> dict[str, Any]:
    named = {"exhibit": each.label, "heading": each.heading}
    return named | {name: each.table[name] for name in ("name", "caption", "columns", "rows")}


def _source(notebook: Mapping[str, Any]) -> Attachment:
    """The notebook without outputs and without what differs from run to run."""
    about = {name: value for name, value in notebook["metadata"].items() if name != "papermill"}
    cells = [{name: value for name, value in cell.items() if name != "outputs"} for cell in notebook["cells"]]
    for cell in cells:
        if INJECTED in cell["metadata"].get("tags", ()):
            cell["id"] = INJECTED
    source = json.dumps({**notebook, "cells": cells, "metadata": about}).encode()
    said = "The notebook that the report was made by, without its outputs"
    return Attachment(NOTEBOOK, stripped(source).decode(), "application/x-ipynb+json", "source", said)


def _with_hashes(files: list[Attachment]) -> list[Attachment]:
    """The files with the list that `sha256sum --check` reads."""
    lines = "".join(f"{sha256(file.content.encode())}  {file.name}\n" for file in files)
    return [*files, Attachment(HASHES, lines, "text/plain", "supplement", "The hash of each other attachment")]


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
