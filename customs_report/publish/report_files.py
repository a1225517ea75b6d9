"""The sets of files in a folder of reports, and whether each matches its manifest.

Nothing is trusted: a folder may hold other files, links, pipes; a manifest may be cut short, forged or from another folder.
"""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from customs_report.files import is_link, read
from customs_report.publish.manifest import INCOMPLETE, sha256

MONTH = r"[0-9]{4}-(?:0[1-9]|1[0-2])"
DATE = re.compile(rf"{MONTH}-(?:0[1-9]|[12][0-9]|3[01])")
FOLDER = re.compile(rf"({MONTH})(?:@({DATE.pattern}))?")
NOTEBOOK = re.compile(r"[A-Za-z0-9][\w-]*")
ENDING = re.compile(r"[a-z0-9]+(\.[a-z0-9]+)*")
MANIFEST = ".manifest.json"
PREVIEW = ".card.png"  # the picture of a published report's preview
OF_THE_ARCHIVE = ("manifest.json", "facts.csv", PREVIEW[1:])  # endings that no manifest may name
LARGEST = 1e18  # of any number in a fact
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)  # what JSON that is forged may raise


class Damaged(ValueError):
    """A set that does not match its manifest, with the difference."""


@dataclass(frozen=True)
class ReportFiles:
    """A set in its place: `place` holds its files, `folder` is the name of the report's folder (`2025-11@2025-12-08`)."""

    place: Path
    folder: str
    notebook: str

    @property
    def id(self) -> str:
        """Folder and notebook, with `incomplete/` between them if the set is there."""
        return "/".join([self.folder, *[INCOMPLETE] * (self.place.name == INCOMPLETE), self.notebook])

    @property
    def period(self) -> str:
        return self.folder.partition("@")[0]

    @property
    def day(self) -> str:
        """The day as of which the report was asked for; empty for "as known now"."""
        return self.folder.partition("@")[2]

    def path(self, ending: str) -> Path:
        return self.place / f"{self.notebook}.{ending}"

    @cached_property
    def written(self) -> bytes:
        """The manifest, read from its file; raises Damaged."""
        return _content(self.place / (self.notebook + MANIFEST))

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest, its shape checked; raises Damaged."""
        try:
            manifest = json.loads(self.written)
            files, exhibits = manifest["files"], manifest["exhibits"]
            texts = [manifest["title"], manifest["headline"], *manifest["incomplete"], *files.values()]
            texts += [exhibit[key] for exhibit in exhibits for key in ("id", "label", "heading")]
            sound = all(isinstance(text, str) for text in texts) and isinstance(manifest["complete"], bool)
            sound = sound and all(map(ENDING.fullmatch, files)) and "facts.json" in files and not {*OF_THE_ARCHIVE} & {*files}
            sound = sound and manifest["complete"] is not bool(manifest["incomplete"])
        except UNREADABLE as error:
            raise Damaged("its manifest cannot be read") from error
        if not sound:
            raise Damaged("its manifest is not valid")
        return manifest

    def sizes(self) -> dict[str, int]:
        """Bytes of each file that the manifest names, by ending; raises Damaged where one is missing."""
        sizes = {}
        for ending in self.manifest["files"]:
            path = self.path(ending)
            try:
                found = path.lstat()
            except OSError as error:
                raise Damaged(f"{path.name} is missing") from error
            if not stat.S_ISREG(found.st_mode):
                raise Damaged(f"{path.name} is no regular file")
            sizes[ending] = found.st_size
        return sizes

    def contents(self) -> dict[str, bytes]:
        """The files that the manifest names, by ending, each with the hash that it names; raises Damaged."""
        return {ending: self.content(ending) for ending in self.manifest["files"]}

    def content(self, ending: str) -> bytes:
        """One of the files that the manifest names; raises Damaged where it is not what the manifest says."""
        content = _content(self.path(ending))
        if sha256(content) != self.manifest["files"][ending]:
            raise Damaged(f"{self.path(ending).name} does not match its manifest")
        return content

    def facts(self, contents: Mapping[str, bytes]) -> dict[str, Any]:
        """The content of facts.json, which must be of this folder's period and day; raises Damaged."""
        try:
            facts = json.loads(contents["facts.json"])
            report = facts["report"]
            own = (report["period"], report["parameters"].get("as_of", "")) == (self.period, self.day)
            sound = DATE.fullmatch(report["as_of"]) and isinstance(facts["gaps"], list) and all(map(_is_fact, facts["facts"]))
        except UNREADABLE as error:
            raise Damaged("its facts cannot be read") from error
        if not sound:
            raise Damaged("its facts.json is not valid")
        if not own:
            raise Damaged("its facts.json belongs to another period or day")
        return facts


def _content(path: Path) -> bytes:
    try:
        return read(path)
    except FileNotFoundError as error:
        raise Damaged(f"{path.name} is missing") from error
    except OSError as error:
        raise Damaged(f"{path.name} cannot be read: {error.strerror or error}") from error


def _is_fact(fact: Mapping[str, Any]) -> bool:
    numbers = [fact["value"]] if fact["step"] is None else [fact["value"], fact["step"]]
    return (
        all(isinstance(fact[key], str) for key in ("name", "unit", "text", "stage"))
        and all(type(number) in (int, float) and abs(number) < LARGEST for number in numbers)
        and (fact["step"] is None or fact["step"] > 0)
    )


def find_folders(reports: Path) -> Iterator[tuple[Path, str]]:
    """Each entry of a folder that is called as a report's folder is, and why it cannot be looked into, "" where it can."""
    for path in sorted(reports.iterdir() if reports.is_dir() else ()):
        if FOLDER.fullmatch(path.name):
            yield path, _closed(path)


def _closed(path: Path) -> str:
    if is_link(path):
        return "it is a link"
    if not path.is_dir():
        return "it is no folder"
    try:
        next(path.iterdir(), None)
    except OSError as error:
        return f"it cannot be read: {error.strerror or error}"
    return ""


def find_reports(reports: Path) -> Iterator[ReportFiles]:
    """Which sets are in a folder of reports? Each one with a manifest, whatever its state, in the order of their names."""
    for folder in (path for path, why in find_folders(reports) if not why):
        for place in (folder, folder / INCOMPLETE):
            for path in sorted(() if is_link(place) else place.glob(f"*{MANIFEST}")):
                name = path.name.removesuffix(MANIFEST)
                if NOTEBOOK.fullmatch(name) and name.lower() != "index":  # whose page would be the folder's
                    yield ReportFiles(place, folder.name, name)
