"""The notebook that is asked for, and its parameters, checked by name and type: papermill accepts misspelt ones."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from customs_report import languages
from customs_report.errors import InputError, nearest_or_all
from customs_report.publish import inputs

FIRST, GEAR = 'period: str = "2025-11"', "JupyterLab: the gear at the right"
HOW = f"tag its first code cell `parameters` ({GEAR}) and let it say {FIRST}"


def asked(notebook: str) -> str:
    """The notebook that a user names: its name in `notebooks/`, or the path of anybody's. InputError where there is none."""
    if notebook in inputs.NO_REPORT:
        raise InputError(f"{notebook} is no report but a notebook to work in: open it in JupyterLab with `make lab`")
    path = Path(notebook).expanduser().absolute()
    is_path = notebook.endswith(inputs.ENDING) or len(Path(notebook).parts) > 1
    folder = path.parent if is_path else inputs.NOTEBOOKS
    names = sorted(each.stem for each in folder.glob(f"*{inputs.ENDING}") if each.stem not in inputs.NO_REPORT)
    if (name := path.name.removesuffix(inputs.ENDING)) not in names:
        if is_path and not folder.is_dir():
            raise InputError(f"there is no notebook {notebook!r}: there is no folder {folder}")
        raise InputError(f"there is no notebook {notebook!r}; {nearest_or_all(name, names)}")
    if folder.resolve() == inputs.NOTEBOOKS.resolve():
        return name
    found = str(folder / f"{name}{inputs.ENDING}")
    taken, ours = inputs.notebook_name(found), {each.stem.lower() for each in inputs.NOTEBOOKS.glob(f"*{inputs.ENDING}")}
    if taken.lower() in {"index", *ours}:  # most systems do not tell capitals apart
        raise InputError(f"{notebook}: its files would be called {taken}, like others of the project; give it another name")
    return found


def declared(notebook: Path) -> dict[str, str]:
    """The parameters of a notebook: name -> type, from the literals of its `parameters` cell, annotated or not."""
    try:
        content = json.loads(notebook.read_bytes())
        language = content["metadata"].get("kernelspec", {}).get("language", "python")
        tagged = [cell for cell in content["cells"] if "parameters" in cell["metadata"].get("tags", ())]
        written = [cell for cell in content["cells"] if "".join(cell["source"]).strip()]
        statements = ast.parse("".join(tagged[0]["source"]) if tagged else "").body
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError) as error:
        raise InputError(f"{notebook.name} is no notebook whose parameters can be read: {error}") from error
    if language != "python":
        raise InputError(f"{notebook.name} is in {language}; reports are made of notebooks in Python")
    if not written:
        raise InputError(f"{notebook.name} is empty: in its first cell write {FIRST}, and tag it `parameters` ({GEAR})")
    found = {}
    for node in statements:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = ast.unparse(node.annotation)
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            found |= {name.id: type(node.value.value).__name__ for name in node.targets if isinstance(name, ast.Name)}
    return found


def refuse_undeclared(notebook: Path, as_of: str) -> None:
    """InputError for a notebook that could not know its period or its day: its report would be of another."""
    known = declared(notebook)
    if "period" not in known:
        raise InputError(f"{notebook.name} has no parameter `period`: {HOW}")
    if as_of and "as_of" not in known:
        raise InputError(f'{notebook.name} has no parameter `as_of` for --as-of: beside its period it may say as_of: str = ""')


def refuse_language(notebook: str, code: str) -> None:
    """InputError for a language that there is not, and for a notebook that is not written in it."""
    languages.language(code)
    if notebook == "profiles" or "language" not in declared(inputs.notebook_path(notebook)):
        here = sorted(path.stem for path in inputs.NOTEBOOKS.glob(f"*{inputs.ENDING}") if "language" in declared(path))
        raise InputError(f"{notebook} is in English only; in other languages there is {', '.join(here)}")


def checked(notebook: Path, given: Iterable[tuple[str, str]]) -> Mapping[str, Any]:
    """Values given as text in the types that the notebook declares; raises InputError with the nearest name."""
    known = declared(notebook)
    values = {}
    for name, text in given:
        if name not in known:
            raise InputError(f"{notebook.stem} has no parameter {name!r}; {nearest_or_all(name, known)}")
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
