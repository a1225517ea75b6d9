"""Publish an archive: copy exactly the files that were looked at, then write the archive's pages at their new place.

A report's page gets its links to the archive here: alone, in a mail, it has none that leads nowhere.

Every file appears whole; of each set the manifest comes last, of the site the index. What is published already and no longer
stands among the reports is kept, since its addresses are permanent, and named.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from customs_report.errors import InputError
from customs_report.publish import archive, pages
from customs_report.publish import catalogue as catalogues
from customs_report.publish.files import alone, put
from customs_report.publish.links import with_archive_links, without_archive_links
from customs_report.publish.manifest import BUILT, INCOMPLETE, as_bytes, sha256
from customs_report.publish.report_files import FOLDER, MANIFEST, Damaged, ReportFiles, find_reports
from customs_report.publish.social_preview import preview_image

OURS = re.compile(r"\..*|CNAME|latest|facts\.csv|catalog\.json|feed\.xml|sitemap\.xml|robots\.txt")  # or of who serves the site
FEED_LENGTH = 24
NEVER = "1970-01-01"  # when a feed without entries changed


@dataclass(frozen=True)
class Published:
    """What became of each set, by id: copied, already there, kept although no longer among the reports; refused, with why."""

    copied: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]
    refused: Mapping[str, str]


def publish(reports: Path, site: Path, url: str = "", *, allow_incomplete: bool = False) -> Published:
    """Copy the complete sets of a folder of reports to a site, and bring the site's archive up to date.

    `url` is the address of the site: feed, sitemap and previews need it; without it the address given last is kept. Raises
    InputError for an address or a place that cannot be, and where the site cannot be written.
    """
    reports, site = reports.resolve(), site.resolve()
    url = _address(url) if url else catalogues.read(site).get("url", "")
    _refuse_place(reports, site)
    copied: list[str] = []
    unchanged: list[str] = []
    refused: dict[str, str] = {}
    sets = list(find_reports(reports))
    try:
        with alone(site):
            for found in sets:
                if why := _unfit(found, allow_incomplete):
                    refused[found.id] = why
                    continue
                try:
                    (copied if _copy(found, site, url) else unchanged).append(found.id)
                except Damaged as damage:
                    refused[found.id] = str(damage)
        archive.update(site, url=url, fresh=True, more=partial(announcements, site))
    except OSError as error:
        raise InputError(f"{site} cannot be written: {error.strerror or error}") from error
    here = {found.id for found in sets}
    kept = tuple(found.id for found in find_reports(site) if found.id not in here)
    return Published(tuple(copied), tuple(unchanged), kept, refused)


def _unfit(found: ReportFiles, allow_incomplete: bool) -> str:
    """Why a set is not published, "" if it is; what its files hold is looked at when they are copied."""
    try:
        if found.place.name == INCOMPLETE:
            return "incomplete, and kept aside for the maintainer"
        if not found.manifest["complete"] and not allow_incomplete:
            return f"incomplete: {found.manifest['incomplete'][0]}"
    except Damaged as damage:
        return str(damage)
    return ""


def _copy(found: ReportFiles, site: Path, url: str) -> bool:
    """Copy the bytes whose hashes were compared, the manifest last; returns whether anything changed."""
    contents = found.contents()
    found.facts(contents)
    manifest = _link(found, contents, url)
    target = ReportFiles(site / found.folder, found.folder, found.notebook)
    before = _files(target)
    changed = [put(target.path(ending), content) for ending, content in contents.items()]
    changed.append(put(target.place / (found.notebook + MANIFEST), manifest))
    for ending in before - {*contents}:
        target.path(ending).unlink(missing_ok=True)
    return any(changed)


def _link(found: ReportFiles, contents: dict[str, bytes], url: str) -> bytes:
    """Give the page its links to the archive; returns the manifest, which then names both hashes of the page."""
    page = contents.get("html", b"").decode()
    linked = with_archive_links(page, found.folder, url)
    if linked == page:
        return found.written
    contents["html"] = linked.encode()
    built = sha256(without_archive_links(linked).encode())
    files = {**found.manifest["files"], "html": sha256(contents["html"])}
    return as_bytes({**found.manifest, "files": files, BUILT: {"html": built}})


def _files(found: ReportFiles) -> set[str]:
    """The endings of the files that a set's manifest names; none where it cannot be read."""
    try:
        return {*found.manifest["files"]}
    except Damaged:
        return set()


def _refuse_place(reports: Path, site: Path) -> None:
    if not reports.is_dir():
        raise InputError(f"there is no folder {reports}")
    if site == reports or reports in site.parents or site in reports.parents:
        raise InputError(f"{site} and the reports in {reports} lie in one another; name a folder of its own")
    if site.exists() and not site.is_dir():
        raise InputError(f"{site} is a file, not a folder")
    archive.refuse_foreign(site)
    if site.is_dir() and not (site / "index.html").is_file():  # new, empty, or a first time that was cut short
        strange = sorted(path.name for path in site.iterdir() if not (OURS.fullmatch(path.name) or FOLDER.fullmatch(path.name)))
        if strange:
            raise InputError(f"{site} holds {strange[0]} and no archive of ours; name a folder of its own")


def _address(url: str) -> str:
    """The address as a prefix of paths, with a slash at its end."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        sound = False
    if not sound or parts.query or parts.fragment or parts.username or any(c.isspace() or c in "<>\"'" for c in url):
        raise InputError(f"{url!r} is not the address of a site; write it like https://example.org/trade/")
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/", "", ""))


# --- what needs addresses -------------------------------------------------------------------------------------------------


def announcements(site: Path, catalogue: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The feed, the sitemap, at the root of a host robots.txt, and the pictures of previews; nothing without an address."""
    if not (url := catalogue["url"]):
        return
    entries = catalogues.published(catalogue)
    reports = [entry for entry in entries if entry["kind"] != catalogues.PROFILE]
    announced = [entry for entry in reports if entry["kind"] != catalogues.BRIEF]  # a release is announced once
    recent = sorted(announced, key=lambda entry: entry["released"], reverse=True)[:FEED_LENGTH]
    updated = recent[0]["released"] if recent else NEVER
    yield "feed.xml", pages.rendered("feed.xml.j2", url=url, entries=recent, updated=updated)
    yield "sitemap.xml", pages.rendered("sitemap.xml.j2", url=url, entries=entries)
    if urlsplit(url).path == "/":
        yield "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {url}sitemap.xml\n".encode()
    drawing = catalogues.code("publish/social_preview.py", "palette.py")
    for entry in reports:
        name = f"{entry['folder']}/{entry['notebook']}.card.png"
        key = catalogues.fingerprint(entry["headline"], entry["title"], drawing)
        if not (site / name).is_file() or key.encode() not in (site / name).read_bytes()[:512]:  # drawing takes its time
            yield name, preview_image(entry["headline"], entry["title"], key)
