"""A notebook read, given its parameters and run, with the metadata that papermill writes, without importing papermill.

Papermill, nbconvert and nbformat take longer to import than a report to make. A test compares the notebook with papermill's.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from uuid import uuid4

from customs_report.errors import InputError
from customs_report.publish import cells
from customs_report.publish.cells import Cell

Notebook = dict[str, Any]  # as nbformat has it: cells, metadata
FORMAT = (4, 5)  # whose cells have ids


def read(path: Path) -> Notebook:
    """A notebook's file, each text in one piece."""
    notebook = json.loads(path.read_bytes())
    if (notebook["nbformat"], notebook["nbformat_minor"]) != FORMAT:
        import nbformat

        notebook = nbformat.v4.upgrade(nbformat.read(path, as_version=4))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def parameterized(notebook: Notebook, parameters: Mapping[str, Any]) -> Notebook:
    """The notebook with a cell that sets parameters, after the one tagged `parameters` or first.

    Raises InputError for a name that would be another piece of code: names may come from a manifest.
    """
    if wrong := [name for name in parameters if not name.isidentifier()]:
        raise InputError(f"{wrong[0]!r} cannot be the name of a parameter")
    assigned = "".join(f"{name} = {_literal(value)}\n" for name, value in parameters.items())
    injected: Cell = {
        "id": uuid4().hex[:8],
        "cell_type": "code",
        "metadata": {"tags": ["injected-parameters"]},
        "execution_count": None,
        "source": f"# Parameters\n{assigned}",
        "outputs": [],
    }
    kept = [cell for cell in notebook["cells"] if "injected-parameters" not in _tags(cell)]  # of a run before
    place = next((place for place, cell in enumerate(kept, 1) if "parameters" in _tags(cell)), 0)
    about = {
        "default_parameters": {},
        "parameters": dict(parameters),
        "environment_variables": {},
        "version": version("papermill"),
    }
    metadata = {**notebook["metadata"], "papermill": about}
    return {**notebook, "cells": [*kept[:place], injected, *kept[place:]], "metadata": metadata}


def run(notebook: Notebook, complete: cells.Complete | None = None, *, matplotlib: bool = True) -> dict[str, Any]:
    """Run the cells, which get their outputs and how long they took; returns the notebook's variables.

    `complete`, `matplotlib`: see `cells.run`.
    """
    for cell in notebook["cells"]:
        cell["metadata"].setdefault("tags", [])
        cell["metadata"]["papermill"] = {**_times(None), "exception": None, "status": "completed"}
    start = datetime.now(UTC)
    variables = cells.run(notebook["cells"], _timed, complete, matplotlib=matplotlib)
    notebook["metadata"]["papermill"] |= {**_times(start), "exception": None}
    return variables


@contextmanager
def _timed(cell: Cell, index: int) -> Iterator[None]:
    start = datetime.now(UTC)
    yield
    cell["metadata"]["papermill"] |= {**_times(start), "exception": False}


def _times(start: datetime | None) -> dict[str, Any]:
    """From a start until now, in the words of papermill; without one the cell did not run."""
    if start is None:
        return dict.fromkeys(("start_time", "end_time", "duration"))
    end = datetime.now(UTC)
    return {"start_time": start.isoformat(), "end_time": end.isoformat(), "duration": (end - start).total_seconds()}


def _tags(cell: Cell) -> list[str]:
    return cell["metadata"].get("tags", [])


def _literal(value: Any) -> str:
    """A parameter in Python, as papermill writes it."""
    if not isinstance(value, str):
        return f"float('{value}')" if value in (float("inf"), float("-inf")) else repr(value)
    escaped = value.encode("unicode_escape").decode().replace('"', r"\"")
    return f'"{escaped}"'
