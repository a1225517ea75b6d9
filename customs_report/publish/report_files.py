"""The sets of files in a folder of reports, and whether each matches its manifest.

Nothing is trusted: a folder may hold other files, a manifest may be cut short, forged or from another folder.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from customs_report.publish.manifest import INCOMPLETE, sha256

FOLDER = re.compile(r"(\d{4}-(?:0[1-9]|1[0-2]))(?:@(\d{4}-\d{2}-\d{2}))?")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
NOTEBOOK = re.compile(r"[A-Za-z0-9][\w-]*")
ENDING = re.compile(r"[a-z0-9]+(\.[a-z0-9]+)*")
MANIFEST = ".manifest.json"


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
        try:
            return (self.place / (self.notebook + MANIFEST)).read_bytes()
        except OSError as error:
            raise Damaged("its manifest cannot be read") from error

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest, its shape checked; raises Damaged."""
        try:
            manifest = json.loads(self.written)
            files, exhibits = manifest["files"], manifest["exhibits"]
            texts = [manifest["title"], manifest["headline"], *manifest["incomplete"], *files.values()]
            texts += [exhibit[key] for exhibit in exhibits for key in ("id", "label", "heading")]
            sound = all(isinstance(text, str) for text in texts) and isinstance(manifest["complete"], bool)
            sound = sound and all(map(ENDING.fullmatch, files)) and "facts.json" in files
            sound = sound and manifest["complete"] is not bool(manifest["incomplete"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged("its manifest cannot be read") from error
        if not sound:
            raise Damaged("its manifest is not one")
        return manifest

    def sizes(self) -> dict[str, int]:
        """Bytes of each file that the manifest names, by ending; raises Damaged where one is missing."""
        sizes = {}
        for ending in self.manifest["files"]:
            try:
                sizes[ending] = self.path(ending).stat().st_size
            except OSError as error:
                raise Damaged(f"{self.path(ending).name} is missing") from error
        return sizes

    def contents(self) -> dict[str, bytes]:
        """The files that the manifest names, by ending, each with the hash that it names; raises Damaged."""
        contents = {}
        for ending, digest in self.manifest["files"].items():
            try:
                contents[ending] = self.path(ending).read_bytes()
            except OSError as error:
                raise Damaged(f"{self.path(ending).name} is missing") from error
            if sha256(contents[ending]) != digest:
                raise Damaged(f"{self.path(ending).name} does not match its manifest")
        return contents

    def facts(self, contents: Mapping[str, bytes]) -> dict[str, Any]:
        """The content of facts.json, which must be of this folder's period and day; raises Damaged."""
        try:
            facts = json.loads(contents["facts.json"])
            report = facts["report"]
            own = (report["period"], report["parameters"].get("as_of", "")) == (self.period, self.day)
            sound = DATE.fullmatch(report["as_of"]) and isinstance(facts["gaps"], list) and all(map(_is_fact, facts["facts"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Damaged("its facts cannot be read") from error
        if not sound:
            raise Damaged("its facts are none")
        if not own:
            raise Damaged("it is the report of another folder")
        return facts


def _is_fact(fact: Mapping[str, Any]) -> bool:
    numbers = [fact["value"]] if fact["step"] is None else [fact["value"], fact["step"]]
    return (
        all(isinstance(fact[key], str) for key in ("name", "unit", "text", "stage"))
        and all(type(number) in (int, float) and math.isfinite(number) for number in numbers)
    )  # fmt: skip


def find_reports(reports: Path) -> Iterator[ReportFiles]:
    """Which sets are in a folder of reports? Each one with a manifest, whatever its state, in the order of their names."""
    for folder in sorted(path for path in reports.glob("*") if FOLDER.fullmatch(path.name)):
        for place in (folder, folder / INCOMPLETE):
            for path in sorted(place.glob(f"*{MANIFEST}")):
                name = path.name.removesuffix(MANIFEST)
                if NOTEBOOK.fullmatch(name):
                    yield ReportFiles(place, folder.name, name)
