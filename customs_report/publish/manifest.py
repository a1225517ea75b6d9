"""The set of files that a report is, in its folder: put there whole or not at all, and known whole or damaged.

The manifest, written last, names each file with its hash and everything the set was made of. Only a set that matches its
manifest counts.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from customs_report.files import LOCK, locked
from customs_report.files import read as read_file

DEFAULT_FORMATS = ("html", "pdf", "xlsx", "zip", "jsonld")
FORMATS = (*DEFAULT_FORMATS, "eml", "pptx")  # what a user may ask for; the rest of a set is always made
INCOMPLETE = "incomplete"  # the folder of what could not be made in full, inside the report's own
BUILT = "as built"  # in the manifest of a published set, the hash of its page without the links to the archive
STAGED = ".building-"

Manifest = dict[str, Any]


def read_manifest(folder: Path, name: str) -> Manifest | None:
    """The manifest, without checking the files against it; None if there is none."""
    try:
        manifest = json.loads(read_file(folder / f"{name}.manifest.json"))
        sound = {"files", "inputs", "parameters", "complete"} <= manifest.keys()
        return manifest if sound and not {*"/\\"} & {*"".join(manifest["files"])} else None
    except (OSError, ValueError, AttributeError, TypeError, RecursionError):
        return None


def as_bytes(manifest: Mapping[str, Any]) -> bytes:
    """A manifest as written to its file."""
    return (json.dumps(manifest, indent=1, ensure_ascii=False) + "\n").encode()


def damaged(folder: Path, name: str, manifest: Manifest) -> list[str]:
    """The names of files that are missing or do not match the manifest."""
    return [f"{name}.{ending}" for ending, digest in manifest["files"].items() if _hash(folder / f"{name}.{ending}") != digest]


def read(folder: Path, name: str) -> Manifest | None:
    """The manifest of a whole set: None where there is none or a file does not match it."""
    manifest = read_manifest(folder, name)
    return manifest if manifest and not damaged(folder, name, manifest) else None


def up_to_date(folder: Path, name: str, inputs: Mapping[str, str], formats: Iterable[str]) -> tuple[Path, ...]:
    """The files of a complete set that was made of the same inputs and has these formats, or nothing."""
    manifest = read_manifest(folder, name)
    if not manifest or not manifest["complete"] or manifest["inputs"] != inputs or not {*formats} <= manifest["files"].keys():
        return ()
    return () if damaged(folder, name, manifest) else tuple(folder / f"{name}.{ending}" for ending in manifest["files"])


def put(folder: Path, name: str, contents: Mapping[str, bytes], manifest: Manifest) -> tuple[Path, ...]:
    """Write all files beside their places, then move each in one step, the manifest last; returns the files but for it.

    A format that the set before had and this one has not is taken away: what stands together belongs together.
    """
    last = {"manifest.json": as_bytes(manifest)}
    with locked(folder):
        before = read_manifest(folder, name) or {"files": {}}
        _sweep(folder)
        with tempfile.TemporaryDirectory(prefix=STAGED, dir=folder) as staged:
            for ending, content in {**contents, **last}.items():
                (Path(staged) / ending).write_bytes(content)
            gone = {*before["files"], *FORMATS} - contents.keys()
            try:
                _move(Path(staged), folder, name, (*contents, *last), gone)
            except KeyboardInterrupt:  # what is begun is finished: the set before stands no more
                _move(Path(staged), folder, name, (*contents, *last), gone)
                raise
    return tuple(folder / f"{name}.{ending}" for ending in contents)


def _move(staged: Path, folder: Path, name: str, endings: Iterable[str], gone: Iterable[str]) -> None:
    """Remove the files no longer needed and move the staged ones into place."""
    for ending in gone:
        (folder / f"{name}.{ending}").unlink(missing_ok=True)
    for ending in endings:
        if (staged / ending).exists():
            (staged / ending).replace(folder / f"{name}.{ending}")


def clear(folder: Path, name: str) -> None:
    """Take away the set that could not be made in full, after one that could."""
    aside = folder / INCOMPLETE
    if aside.is_dir():
        with locked(aside):
            for path in aside.glob(f"{name}.*"):
                path.unlink()
            _sweep(aside)
        with suppress(OSError):  # other sets stand there
            aside.rmdir()


def sweep(folder: Path) -> None:
    """Take away what a killed run has left in a report's folder."""
    for place in (folder, folder / INCOMPLETE):
        if (place / LOCK).exists() or any(place.glob(f"{STAGED}*")):
            with locked(place):
                _sweep(place)


def _sweep(place: Path) -> None:
    for path in place.glob(f"{STAGED}*"):
        shutil.rmtree(path)


def sha256(content: bytes) -> str:
    """The hash by which files are compared."""
    return hashlib.sha256(content).hexdigest()


def _hash(path: Path) -> str:
    try:
        return sha256(read_file(path))
    except OSError:
        return ""
