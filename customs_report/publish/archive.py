"""The archive of a folder of reports: brought up to date, one at a time, and only where something changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from customs_report.errors import InputError
from customs_report.publish import catalogue as catalogues
from customs_report.publish.files import STAGED, alone, put
from customs_report.publish.report_files import FOLDER

More = Callable[[Mapping[str, Any]], Iterable[tuple[str, bytes]]]


def update(reports: Path, *, url: str = "", fresh: bool = False, more: More = lambda catalogue: ()) -> bool:
    """Bring the archive of a folder of reports up to date; returns whether anything changed.

    With `fresh` every file's checksum is verified, else only those of sets whose manifest or sizes changed. `more` returns
    further files, written before the pages. Raises InputError where the folder cannot be written.
    """
    try:
        with alone(reports):
            before = catalogues.read(reports)
            now = catalogues.make_catalogue(reports, before, url=url, fresh=fresh)
            if not fresh and before.get("made_of") == now["made_of"] and (reports / "index.html").is_file():
                return False
            from customs_report.publish.pages import archive_pages  # heavy, and not needed while nothing changed

            put(reports / catalogues.FACTS, catalogues.all_facts(reports, catalogues.published(now)))
            _sweep(reports, now)
            changed = [put(reports / name, content) for name, content in (*more(now), *archive_pages(now))]
            return put(reports / "catalog.json", catalogues.as_bytes(now)) or any(changed)  # last: what it names stands
    except OSError as error:
        raise InputError(f"the archive in {reports} cannot be written: {error.strerror or error}") from error


def _sweep(reports: Path, catalogue: Mapping[str, Any]) -> None:
    """Remove the pages of reports that no longer exist, and files that a killed run left half written."""
    ours = [reports, reports / "latest", *(folder for folder in reports.glob("*") if FOLDER.fullmatch(folder.name))]
    for staged in (path for folder in ours for path in folder.glob(f".*{STAGED}")):
        staged.unlink()
    standing = {entry["folder"] for entry in catalogue["reports"]}
    for page in reports.glob("*/index.html"):
        if FOLDER.fullmatch(page.parent.name) and page.parent.name not in standing and is_own(page):
            page.unlink()


def refuse_foreign(folder: Path) -> None:
    """Raises InputError where a folder's index is somebody else's: the archive would replace it."""
    index = folder / "index.html"
    if index.is_file() and not is_own(index):
        raise InputError(f"{index} is no index of ours; name a folder of its own")


def is_own(page: Path) -> bool:
    """Is a page one of the archive's, and not somebody else's?"""
    return catalogues.GENERATOR.encode() in page.read_bytes()[:4096]
