"""A notebook's parameters, checked by name and type: papermill accepts misspelt and wrongly typed ones."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from customs_report.errors import InputError


def declared(notebook: Path) -> dict[str, str]:
    """The parameters of a notebook: name -> type, from the annotated literals of its `parameters` cell."""
    cells = json.loads(notebook.read_bytes())["cells"]
    source = next(("".join(cell["source"]) for cell in cells if "parameters" in cell["metadata"].get("tags", ())), "")
    return {
        node.target.id: ast.unparse(node.annotation)
        for node in ast.parse(source).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


def checked(notebook: Path, given: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
    """Values given as text in the types that the notebook declares; raises InputError with the nearest name."""
    known = declared(notebook)
    values = {}
    for name, text in given:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.0)
            raise InputError(f"{notebook.stem} has no parameter {name!r}; nearest: {near[0] if near else 'none'}")
        values[name] = _typed(name, text, known[name])
    return values


def _typed(name: str, text: str, kind: str) -> Any:
    if kind == "str":
        return text
    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        value = text
    if type(value).__name__ != kind and not (kind == "float" and isinstance(value, int)):
        raise InputError(f"parameter {name} is {kind}, not {text!r}")
    return value
