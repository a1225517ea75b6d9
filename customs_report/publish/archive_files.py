"""Tracks which files the archive wrote, by its manifest. Other files are never replaced and links never followed.

`archive.manifest.json` names each file with its hash; where reports are built, their manifests, which name the rest. It shows
whether anything was changed. A journal says what is being written, so that the next run after an interrupted one knows which
files the archive wrote.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath

from customs_report.errors import InputError
from customs_report.files import Content, is_link, put, read
from customs_report.publish.manifest import sha256
from customs_report.publish.report_files import MANIFEST, PREVIEW, UNREADABLE, Damaged, ReportFiles, find_reports

FILES, JOURNAL = "archive.manifest.json", ".archive.journal"
SCHEMA = 1
INDEX = "index.html"
GENERATOR = '<meta name="generator" content="China customs reports">'  # by it a page of the archive is known
ALWAYS = (INDEX, "latest/index.html", "catalog.json", "facts.csv", "datapackage.json", FILES)
ANNOUNCED = ("feed.xml", "sitemap.xml", "revisions.json", PREVIEW[1:])  # of a published archive
OPTIONAL = ("robots.txt", "llms.txt")  # somebody else's stays, and the archive does without
ABSENT, OWN, CHANGED = "absent", "own", "changed"  # the states of a path; any other is why it is not ours


class ArchiveFiles:
    """The files of an archive, to be written by one process at a time (`files.locked`)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.changed: list[str] = []  # ours, and not as they were written: written anew
        self.left: list[str] = []  # somebody else's, where an optional one of ours would be
        self._now: dict[str, str] = {}
        self._states: dict[str, str] = {}
        self._of_reports: dict[Path, dict[str, str]] = {}
        self._writes_ahead = False

    @cached_property
    def _listed(self) -> dict[str, str]:
        """Path -> hash, as the manifest has them; of an archive without one, as they are."""
        return listed(self.root) or {name: _hash(self.root / name) for name in _of_fixed_names(self.root)}

    @cached_property
    def _known(self) -> dict[str, set[str]]:
        """Path -> the hashes that a file of the archive's may have there."""
        known = {name: {digest} for name, digest in self._listed.items()}
        if known:
            known[FILES] = {_hash(self.root / FILES)}
        for line in self._journal:
            digest, _, name = line.partition(" ")
            known.setdefault(name, set()).add(digest)
        return known

    def _hashes(self, name: str) -> set[str]:
        """The hashes that a file of ours may have at a path, by the archive's manifest or its report's."""
        path, known = self.root / name, self._known.get(name, set())
        notebook, _, ending = path.name.partition(".")
        if path.parent / notebook not in self._of_reports:
            self._of_reports[path.parent / notebook] = _of_report(ReportFiles(path.parent, path.parent.name, notebook))
        digest = self._of_reports[path.parent / notebook].get(ending)
        return known if digest is None or (known and ending == MANIFEST[1:]) else known | {digest}

    @cached_property
    def _journal(self) -> list[str]:
        try:
            return read(self.root / JOURNAL).decode().splitlines()
        except (OSError, ValueError):
            return []

    @property
    def begun(self) -> bool:
        """Was an archive written here, or begun?"""
        return bool(self._listed or self._journal)

    def state(self, name: str) -> str:
        """What stands at a path: `ABSENT`, `OWN`, `CHANGED` (ours, changed since), otherwise why it is not ours."""
        if name not in self._states:
            self._states[name] = self._state(name)
        return self._states[name]

    def _state(self, name: str) -> str:
        path = self.root / name
        if why := self._blocked(name):
            return why
        try:
            if not stat.S_ISREG(path.lstat().st_mode):
                return "is a link" if is_link(path) else "is no file"
            content = read(path)
        except FileNotFoundError:
            return ABSENT
        except OSError as error:
            return f"cannot be read: {error.strerror or error}"
        if sha256(content) in (hashes := self._hashes(name)):
            return OWN
        if path.name == INDEX and GENERATOR.encode() not in content[:4096]:
            return "is no index of ours"
        return CHANGED if hashes else "is not ours"

    def _blocked(self, name: str) -> str:
        """Why a path leads out of the archive or nowhere, "" if it does not."""
        for above in [self.root / each for each in PurePosixPath(name).parents if each.name]:
            if is_link(above):
                return f"lies behind a link, {above.name}"
            if above.exists() and not above.is_dir():
                return f"cannot be written: {above.name} is a file, not a folder"
        return ""

    def refuse_foreign(self, names: Iterable[str]) -> None:
        """Raises InputError where a file could not be written, because of what stands there or in its folder."""
        for name in names:
            if (why := self._blocked(name) or self.state(name)) not in (ABSENT, OWN, CHANGED):
                raise InputError(f"{self.root / name} {why}; it is not replaced: move it, or name a folder of its own")
            folder = (self.root / name).parent
            if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
                raise InputError(f"{folder} cannot be written: no permission")

    def put(self, name: str, content: Content) -> bool:
        """Write a file; returns whether it changed. Somebody else's is left where ours is optional, else InputError."""
        if name not in OPTIONAL:
            self.refuse_foreign([name])
        elif self.state(name) not in (ABSENT, OWN) and content != _content(self.root / name):
            self.left.append(name)
            return False
        if self.state(name) == CHANGED:
            self.changed.append(name)

        def note(digest: str) -> None:
            self._now[name] = digest
            if digest not in self._hashes(name):
                self._write_ahead(f"{digest} {name}\n")

        changed = put(self.root / name, content, note)
        self._states[name] = OWN
        return changed

    def _write_ahead(self, line: str) -> None:
        """Say in the journal what is about to be written."""
        if not self._writes_ahead:
            put(self.root / JOURNAL, "".join(f"{before}\n" for before in self._journal).encode())
            self._writes_ahead = True
        with (self.root / JOURNAL).open("a", encoding="utf-8", newline="") as file:
            file.write(line)

    def keep(self, name: str, digest: str) -> None:
        """Take a file that is there already into the manifest."""
        self._now[name] = digest

    def remove(self, name: str) -> None:
        """Remove a file of ours; anything else stays."""
        if self.state(name) in (OWN, CHANGED):
            (self.root / name).unlink(missing_ok=True)
            self._states[name] = ABSENT
        self._now.pop(name, None)

    def sweep(self, standing: Iterable[str]) -> None:
        """Remove pages of folders in which no report stands, and what the archive had at its root and has no more."""
        folders = {"latest", *standing}
        for name in sorted({*self._listed} - {*self._now}):
            folder, _, file = name.rpartition("/")
            if self.state(name) == OWN and (name in OPTIONAL or (file == INDEX and folder not in folders)):
                self.remove(name)

    def finish(self) -> bool:
        """Write the manifest; returns whether it changed. What is not written any more and still stands stays in it."""
        rest = {name: digest for name, digest in self._listed.items() if name not in self._now and name != FILES}
        rest = {name: digest for name, digest in rest.items() if self.state(name) in (OWN, CHANGED) and name not in self.left}
        files = dict(sorted({**rest, **self._now}.items()))
        content = (json.dumps({"schema": SCHEMA, "files": files}, ensure_ascii=False, indent=1) + "\n").encode()
        changed = put(self.root / FILES, content)
        (self.root / JOURNAL).unlink(missing_ok=True)
        return changed


def _of_report(found: ReportFiles) -> dict[str, str]:
    """Ending -> hash of a report's files, by its manifest, and of that; nothing where it cannot be read."""
    try:
        return {**found.manifest["files"], MANIFEST[1:]: sha256(found.written)}
    except Damaged:
        return {}


def listed(root: Path) -> dict[str, str]:
    """What an archive's manifest names, path -> hash; {} where there is none or it cannot be read."""
    try:
        said = json.loads(read(root / FILES))
        files = said["files"]
        sound = said["schema"] == SCHEMA and all(isinstance(digest, str) and _within(name) for name, digest in files.items())
    except (OSError, *UNREADABLE):
        return {}
    return dict(files) if sound else {}


def _within(name: str) -> bool:
    """Is it a path that leads nowhere out of its folder, on any system?"""
    return not any(part in ("", ".", "..") for part in name.split("/")) and not {*"\\:\0"} & {*name}


def _of_fixed_names(root: Path) -> list[str]:
    """The files of an archive that was written before archives had a manifest; none where its index is not ours."""
    if not is_page(root / INDEX):
        return []
    found = [path for pattern in (f"*/{INDEX}", "*/*.facts.csv", f"*/*{PREVIEW}") for path in root.glob(pattern)]
    names = {*ALWAYS, *ANNOUNCED, *(path.relative_to(root).as_posix() for path in found)}
    return sorted(name for name in names if _hash(root / name) and (not name.endswith(INDEX) or is_page(root / name)))


def is_page(path: Path) -> bool:
    """Is it a page of an archive, and not somebody else's?"""
    return GENERATOR.encode() in (_content(path) or b"")[:4096]


def _content(path: Path) -> bytes | None:
    try:
        return read(path)
    except OSError:
        return None


def _hash(path: Path) -> str:
    return "" if (content := _content(path)) is None else sha256(content)


def wrong(root: Path) -> Iterator[str]:
    """What in an archive is not as its manifest says: a line for each file."""
    for name, digest in listed(root).items():
        if any(is_link(root / above) for above in PurePosixPath(name).parents if above.name):
            yield f"{name} lies behind a link"
        elif (found := _hash(root / name)) != digest:
            yield f"{name} {'was changed since it was written' if found else 'is missing or cannot be read'}"


def unlisted(root: Path) -> list[str]:
    """Files of an archive that no manifest names, without hidden ones."""
    known = {FILES, *listed(root)}
    for found in find_reports(root):
        try:
            folder = found.place.relative_to(root).as_posix()
            known |= {f"{folder}/{found.notebook}.{ending}" for ending in (MANIFEST[1:], *found.manifest["files"])}
        except Damaged:
            continue
    names = (path.relative_to(root) for path in root.rglob("*") if is_link(path) or not path.is_dir())
    return sorted(
        name.as_posix() for name in names if name.as_posix() not in known and not any(p.startswith(".") for p in name.parts)
    )
