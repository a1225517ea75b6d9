"""The set of files that a report is, in its folder: put there whole or not at all, and told whole from damaged.

The manifest, written last, names each file with its hash and everything the set was made of. Only a set that matches its
manifest counts.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from customs_report.publish.exporters import Outline

VERSIONS = ("matplotlib", "nbconvert", "pandas", "papermill", "typst")

Manifest = dict[str, Any]


def manifest_of(
    contents: Mapping[str, bytes],
    inputs: Mapping[str, str],
    executed: NotebookNode,
    told: Outline,
    parameters: Mapping[str, Any],
) -> Manifest:
    """What a set is, what it was made of, and how long each cell took (`seconds`, by the cell's id)."""
    seconds = {
        cell.id: round(duration, 3)
        for cell in executed.cells
        if (duration := cell.metadata.get("papermill", {}).get("duration")) is not None
    }
    exhibits = [entry for entry in told.contents if entry.label]
    return {
        "title": told.title,
        "headline": told.headline,
        "parameters": dict(parameters),
        "complete": not told.incomplete,
        "incomplete": list(told.incomplete),
        "exhibits": [{"id": e.id.removesuffix("-claim"), "label": e.label, "heading": e.heading} for e in exhibits],
        "files": {ending: sha256(content) for ending, content in contents.items()},
        "inputs": dict(inputs),
        "versions": {"python": sys.version.split()[0], **{name: version(name) for name in VERSIONS}},
        "seconds": seconds,
    }


def read(folder: Path, name: str) -> Manifest | None:
    """The manifest of a whole set: None where there is none or a file does not match it."""
    try:
        manifest = json.loads((folder / f"{name}.manifest.json").read_bytes())
        if all(sha256((folder / f"{name}.{ending}").read_bytes()) == digest for ending, digest in manifest["files"].items()):
            return manifest
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return None


def put(folder: Path, name: str, contents: Mapping[str, bytes], manifest: Manifest) -> tuple[Path, ...]:
    """Write all files beside their places, then move each in one step, the manifest last; returns the files but for it."""
    folder.mkdir(parents=True, exist_ok=True)
    last = {"manifest.json": (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()}
    with tempfile.TemporaryDirectory(prefix=".building-", dir=folder) as staged:
        for ending, content in {**contents, **last}.items():
            (Path(staged) / ending).write_bytes(content)
        for ending in {**contents, **last}:
            (Path(staged) / ending).replace(folder / f"{name}.{ending}")
    return tuple(folder / f"{name}.{ending}" for ending in contents)


def sha256(content: bytes) -> str:
    """The hash by which files and inputs are told apart."""
    return hashlib.sha256(content).hexdigest()
