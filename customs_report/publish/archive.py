"""The archive of a folder of reports: brought up to date, one at a time, and only where something changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from customs_report.errors import InputError
from customs_report.files import STAGED, Content, locked
from customs_report.house import House, chosen, load
from customs_report.publish import archive_files
from customs_report.publish import catalogue as catalogues
from customs_report.publish.archive_files import ArchiveFiles
from customs_report.publish.manifest import sha256
from customs_report.publish.report_files import MANIFEST, Damaged, find_folders, find_reports

More = Callable[[Mapping[str, Any]], Iterable[tuple[str, Content]]]


def update(reports: Path, *, fresh: bool = False, house: House | None = None) -> bool:
    """Bring the archive of a folder of reports up to date; returns whether anything changed.

    With `fresh` every file's checksum is verified, else only those of sets whose manifest or sizes changed. The archive has
    the branding of a `house`, by default of the one that is chosen. Raises InputError where the folder cannot be written, or a
    file that is not the archive's would have to be replaced.
    """
    house = load(chosen()) if house is None else house
    try:
        with locked(reports):
            own, before = ArchiveFiles(reports), catalogues.read(reports)
            now = catalogues.make_catalogue(reports, before, own.put, fresh=fresh, house=house)
            stands = (reports / archive_files.INDEX).is_file() and (reports / archive_files.FILES).is_file()
            if not fresh and stands and before.get("made_of") == now["made_of"]:
                return False
            return write(own, now, house)
    except OSError as error:
        raise InputError(f"the archive in {reports} cannot be written: {error.strerror or error}") from error


def write(
    own: ArchiveFiles, catalogue: Mapping[str, Any], house: House, more: More = lambda catalogue: (), *, published: bool = False
) -> bool:
    """Write the files of an archive: the CSV of all facts, what `more` returns, the pages, the catalogue, the manifest.

    Of a published archive a report's manifest is changed by nobody but `publish`; the archive's manifest keeps its hash.
    """
    from customs_report.publish.pages import archive_pages  # heavy, and not needed while nothing changed

    folders = {entry["folder"] for entry in catalogue["reports"]}
    for folder in (own.root, own.root / "latest", *(own.root / name for name in folders)):
        for staged in folder.glob(f".*{STAGED}"):  # of a run that was killed
            staged.unlink()
    facts = catalogues.all_facts(own.root, catalogues.complete_entries(catalogue))
    pages = (*more(catalogue), *archive_pages(catalogue, house))
    tables: tuple[tuple[str, Content], ...] = (
        (catalogues.FACTS, facts),
        (catalogues.DESCRIPTION, catalogues.data_package(catalogue)),
    )
    changed = [own.put(name, content) for name, content in (*tables, *pages)]
    for found in find_reports(own.root):
        with suppress(Damaged):
            if not published or own.state(found.id + MANIFEST) != archive_files.CHANGED:
                own.keep(found.id + MANIFEST, sha256(found.written))
    for entry in catalogue["reports"]:
        if file := entry.get("files", {}).get(catalogues.FACTS):
            own.keep(file["path"], file["sha256"])
    own.sweep(folders)
    changed.append(own.put("catalog.json", catalogues.as_bytes(catalogue)))  # last: what it names stands
    return own.finish() or any(changed)


def refuse_foreign(folder: Path) -> None:
    """Raises InputError where something that is not ours stands where the archive goes."""
    ArchiveFiles(folder).refuse_foreign(archive_files.ALWAYS)


def check(root: Path) -> list[str]:
    """What in an archive is not as its manifests say, a line each. InputError where there is no archive with a manifest."""
    if not (files := archive_files.listed(root)):
        raise InputError(f"{root} holds no archive with a manifest ({archive_files.FILES})")
    wrong = [*archive_files.wrong(root), *(f"{path.name}: {why}" for path, why in find_folders(root) if why)]
    for found in find_reports(root):
        if found.id + MANIFEST not in files:
            wrong.append(f"{found.id}{MANIFEST} is not listed in any manifest")
        try:
            found.facts(found.contents())
        except Damaged as damage:
            wrong.append(f"{found.id}: {damage}")
    return wrong
