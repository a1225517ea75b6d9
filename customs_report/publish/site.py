"""Publish an archive: copy exactly the files that were looked at, then write the archive's pages at their new place.

A report's page gets its links to the archive here: alone, in a mail, it has none that leads nowhere.

Every file appears whole; of each set the manifest comes last, of the site the index and the catalogue. What is published
already and no longer stands among the reports is kept, since its addresses are permanent, and named. What somebody else has
put there is never replaced, and no link followed, neither there nor among the reports (`archive_files.py`).

This proves that files are consistent, each what its manifest says; that the numbers are right is proved by `verify`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from customs_report.errors import InputError
from customs_report.files import is_link, locked, read
from customs_report.house import PLAIN, House
from customs_report.palette import printable
from customs_report.publish import archive, archive_files, dataset, llms_txt, pages, revisions
from customs_report.publish import catalogue as catalogues
from customs_report.publish.archive_files import ArchiveFiles
from customs_report.publish.links import with_archive_links, without_archive_links
from customs_report.publish.manifest import BUILT, INCOMPLETE, as_bytes, sha256
from customs_report.publish.report_files import FOLDER, MANIFEST, PREVIEW, Damaged, ReportFiles, find_folders, find_reports
from customs_report.publish.revisions import Revision
from customs_report.publish.social_preview import preview_image

THEIRS = re.compile(
    "|".join([r"\..*|CNAME|latest", *map(re.escape, archive_files.OPTIONAL)])
)  # what may stand in a place without an archive: of git, of who serves the site
HOST = re.compile(r"[\w-]+(\.[\w-]+)*\.?|[0-9a-f:.]+")  # the second: an IPv6 address
UNSAFE = re.compile(r"[\s<>\"'`{}|^\\]|/\.{1,2}(/|$)")  # in an address
FEED_LENGTH = 24
CHANGED = "its manifest was changed since it was published"
NEVER = "1970-01-01"  # when a feed without entries changed
SITE, ABOUT = "China customs reports", "Reports on China’s foreign trade from the customs’ own figures"


@dataclass(frozen=True)
class PublishResult:
    """What became of each set, by id: copied, already there, kept although no longer among the reports; refused, with why.

    `damaged` names what is not whole at the site although nothing of it was copied, `remarks` says which files were somebody
    else's and stay, and which of ours had been changed.
    """

    copied: tuple[str, ...]
    unchanged: tuple[str, ...]
    kept: tuple[str, ...]
    refused: Mapping[str, str]
    damaged: Mapping[str, str]
    remarks: tuple[str, ...]


def publish(reports: Path, site: Path, url: str = "", *, allow_incomplete: bool = False, house: House = PLAIN) -> PublishResult:
    """Copy the complete sets of a folder of reports to a site, and bring the site's archive up to date.

    The archive has the branding of a `house`. `url` is the address of the site: feed, sitemap and previews need it; without it
    the address given last is kept. Raises InputError for an address or a place that cannot be, where something stands that is
    not ours and would be replaced, and where the site cannot be written.
    """
    url = _address(url) if url else ""
    reports, site = reports.resolve(), site.absolute()  # a link at its end is refused, not followed
    _refuse_place(reports, site)
    copied: list[str] = []
    unchanged: list[str] = []
    fit, refused = _fit(reports, site, allow_incomplete)
    try:
        with locked(site):
            own, before = ArchiveFiles(site), catalogues.read(site)
            if not url and (said := before.get("url")):
                url = _address(str(said))
            _refuse_foreign(own, fit, url)
            history = revisions.read(site)
            for found in fit:
                try:
                    (copied if _copy(found, own, url, history) else unchanged).append(found.id)
                except Damaged as damage:
                    refused[found.id] = str(damage)
            now = catalogues.make_catalogue(site, before, own.put, url=url, fresh=True, house=house)
            archive.write(own, now, house, partial(announcements, own, history, house), published=True)
    except OSError as error:
        raise InputError(f"{site} cannot be written: {error.strerror or error}") from error
    here = {found.id for found in find_reports(reports)}
    there = [found.id for found in find_reports(site)]
    kept = tuple(name for name in there if name not in here)
    damaged = {name: CHANGED for name in there if own.state(name + MANIFEST) == archive_files.CHANGED}
    damaged |= {entry["id"]: entry["why"][0] for entry in now["reports"] if entry["state"] == catalogues.DAMAGED}
    remarks = [f"{name} is somebody else’s, and kept" for name in own.left]
    remarks += [f"{name} had been changed since it was published; it was restored" for name in own.changed]
    return PublishResult(tuple(copied), tuple(unchanged), kept, refused, damaged, tuple(remarks))


def _fit(reports: Path, site: Path, allow_incomplete: bool) -> tuple[list[ReportFiles], dict[str, str]]:
    """The sets to publish, and why others, or folders, are not; what files hold is looked at when they are copied."""
    refused = {path.name: why for path, why in find_folders(reports) if why}
    taken = {found.id.lower(): found.id for found in find_reports(site)}  # file systems may ignore case
    fit = []
    for found in find_reports(reports):
        if why := _unfit(found, allow_incomplete):
            refused[found.id] = why
        elif (same := taken.setdefault(found.id.lower(), found.id)) != found.id:
            refused[found.id] = f"its name differs from {same} only in case"
        else:
            fit.append(found)
    return fit, refused


def _unfit(found: ReportFiles, allow_incomplete: bool) -> str:
    """Why a set is not published, "" if it is."""
    try:
        if found.place.name == INCOMPLETE:
            return "incomplete, so it stays in incomplete/"
        if not found.manifest["complete"] and not allow_incomplete:
            return f"incomplete: {found.manifest['incomplete'][0]}"
    except Damaged as damage:
        return str(damage)
    return ""


def _refuse_foreign(own: ArchiveFiles, sets: Sequence[ReportFiles], url: str) -> None:
    """Raises InputError where something would be replaced that is not ours, before anything is written."""
    for path, why in find_folders(own.root):
        if why:
            raise InputError(f"{path} cannot be written: {why}; nothing was published")
    names = [*archive_files.ALWAYS, *(archive_files.ANNOUNCED if url else (revisions.FILE,))]
    for found in sets:
        names += [f"{found.id}.{ending}" for ending in (*found.manifest["files"], MANIFEST[1:])]
    for found in (*sets, *find_reports(own.root)):
        picture = [PREVIEW] if url and catalogues.kind_of(found) != catalogues.PROFILE else []
        names += [found.id + ending for ending in (f".{catalogues.FACTS}", *picture)]
    folders = {*(found.folder for found in sets), *(path.name for path, _ in find_folders(own.root))}
    own.refuse_foreign([*names, *(f"{folder}/{archive_files.INDEX}" for folder in sorted(folders))])


def _copy(found: ReportFiles, own: ArchiveFiles, url: str, history: list[Revision]) -> bool:
    """Copy the bytes whose hashes were compared, the manifest last; returns whether anything changed.

    Of a report that says something else than the one published before, the history of revisions is written first.
    """
    contents = found.contents()
    facts = found.facts(contents)
    catalogues.shown_facts(facts)
    manifest = _link(found, contents, url)
    there = ReportFiles(own.root / found.folder, found.folder, found.notebook)
    if _is_announced(catalogues.kind_of(found)) and (revised := _revision(found, there, facts)):
        history[:] = revisions.with_revision(history, revised)
        own.put(revisions.FILE, revisions.as_bytes(history))
    before = _files(there)
    changed = [own.put(f"{found.id}.{ending}", content) for ending, content in contents.items()]
    changed.append(own.put(found.id + MANIFEST, manifest))
    for ending in before - {*contents}:
        own.remove(f"{found.id}.{ending}")
    return any(changed)


def _revision(found: ReportFiles, there: ReportFiles, facts: Mapping[str, Any]) -> Revision | None:
    """How a report differs from the one that was published before; None where there was none, or it is damaged."""
    try:
        before = there.facts({"facts.json": there.content("facts.json")})
        return revisions.revision(found, (there.manifest["headline"], found.manifest["headline"]), before, facts)
    except Damaged:
        return None


def _link(found: ReportFiles, contents: dict[str, bytes], url: str) -> bytes:
    """Give the page its links to the archive; returns the manifest, which then names both hashes of the page."""
    page = contents.get("html", b"").decode(errors="surrogateescape")
    if (built := without_archive_links(page)) != page and BUILT not in found.manifest:
        raise Damaged("its page has links to an archive, though it was not published")
    linked = with_archive_links(page, found.folder, url, _preview(found, url))
    if linked == page:
        return found.written
    built_page = built.encode(errors="surrogateescape")
    originals = {"html": built_page}
    contents["html"] = linked.encode(errors="surrogateescape")
    if "jsonld" in contents:
        contents["jsonld"], originals["jsonld"] = _described(found, contents, built_page, url)
    files = {**found.manifest["files"], **{ending: sha256(contents[ending]) for ending in originals}}
    return as_bytes({**found.manifest, "files": files, BUILT: {ending: sha256(made) for ending, made in originals.items()}})


def _described(found: ReportFiles, contents: Mapping[str, bytes], page: bytes, url: str) -> tuple[bytes, bytes]:
    """The set's JSON-LD as published and as built: each names its own page, and only the published one addresses."""
    try:
        said = dataset.unlocated(json.loads(contents["jsonld"]))
        here = dataset.located(dataset.with_page(said, contents["html"]), found.folder, url)
        return dataset.as_file(here), dataset.as_file(dataset.with_page(said, page))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Damaged("its JSON-LD cannot be read") from error


def _preview(found: ReportFiles, url: str) -> str:
    """The tags by which a link to a report's page is shown elsewhere: headline and picture; none without an address."""
    about = found.manifest
    state = catalogues.COMPLETE if about["complete"] else INCOMPLETE
    entry = {"folder": found.folder, "notebook": found.notebook, "kind": catalogues.kind_of(found), "state": state}
    given: dict[str, Any] = {
        "title": printable(about["title"]),
        "description": printable(about["headline"]),
        "picture": catalogues.preview_picture(entry),
    }
    return pages.rendered("preview.html.j2", url=url, path=f"{found.id}.html", **given).decode() if url else ""


def _files(found: ReportFiles) -> set[str]:
    """The endings of the files that a set's manifest names; none where it cannot be read."""
    try:
        return {*found.manifest["files"]}
    except Damaged:
        return set()


def _refuse_place(reports: Path, site: Path) -> None:
    if not reports.is_dir():
        raise InputError(f"there is no folder {reports}")
    if is_link(site):
        raise InputError(f"{site} is a link; name the folder itself: {site.resolve()}")
    place = site.resolve()
    if place == reports or reports in place.parents or place in reports.parents:
        raise InputError(f"{site} and the reports in {reports} must not contain one another; name a separate folder")
    if site.exists() and not site.is_dir():
        raise InputError(f"{site} is a file, not a folder")
    archive.refuse_foreign(site)
    if site.is_dir() and not ArchiveFiles(site).begun:
        strange = sorted(
            path.name for path in site.iterdir() if not (THEIRS.fullmatch(path.name) or FOLDER.fullmatch(path.name))
        )
        if strange:
            raise InputError(f"{site} holds {strange[0]} and no archive of ours; name a folder of its own")


def _address(url: str) -> str:
    """The address as a prefix of paths, with a slash at its end."""
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and HOST.fullmatch(parts.hostname or "") and parts.port != 0
    except ValueError:
        sound = False
    if not sound or "?" in url or "#" in url or "@" in parts.netloc or UNSAFE.search(url) or not url.isprintable():
        raise InputError(f"{url!r} is not the address of a site; write it like https://example.org/trade/")
    return urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/") + "/", "", ""))


# --- what needs addresses -------------------------------------------------------------------------------------------------


def announcements(
    own: ArchiveFiles, history: Sequence[Revision], house: House, catalogue: Mapping[str, Any]
) -> Iterator[tuple[str, bytes]]:
    """What is written besides the pages: llms.txt and the history of revisions.

    With an address also feed, sitemap and pictures of previews, and at a host's root robots.txt.
    """
    yield llms_txt.NAME, llms_txt.llms_txt(catalogue)
    if history:
        yield revisions.FILE, revisions.as_bytes(history)
    if not (url := catalogue["url"]):
        return
    entries = catalogues.complete_entries(catalogue)
    recent = _feed(entries, history)
    yield "feed.xml", pages.rendered("feed.xml.j2", url=url, entries=recent, updated=recent[0]["day"] if recent else NEVER)
    yield "sitemap.xml", pages.rendered("sitemap.xml.j2", url=url, entries=entries)
    if urlsplit(url).path == "/":
        yield "robots.txt", f"User-agent: *\nAllow: /\nSitemap: {url}sitemap.xml\n".encode()
    drawing = catalogues.code("publish/social_preview.py", "palette.py")
    own_pictures = {catalogues.preview_picture(entry): (entry["headline"], entry["title"]) for entry in entries}
    for name, texts in {**own_pictures, catalogues.preview_picture(None): (ABOUT, SITE)}.items():
        key = catalogues.fingerprint(*texts, drawing, house.digest)
        stands = own.state(name) == archive_files.OWN and read(own.root / name)
        if stands and key.encode() in stands[:512]:  # drawing takes its time
            own.keep(name, sha256(stands))
        else:
            yield name, preview_image(*texts, key, house)


def _is_announced(kind: str) -> bool:
    """Has a report an entry of the feed? A release is announced once, by its reference."""
    return kind not in (catalogues.PROFILE, catalogues.BRIEF)


def _feed(entries: Sequence[catalogues.Entry], history: Sequence[Revision]) -> list[dict[str, str]]:
    """The entries of the feed, the newest first: each report as it was first published, and each revision of one."""
    announced = {entry["id"]: entry for entry in entries if _is_announced(entry["kind"])}
    first = {said["report"]: said["headline"][0] for said in reversed(history)}
    found = [
        {
            **_linked(entry), "fragment": entry["notebook"], "day": entry["released"], "summary": entry["title"],
            "title": first.get(name, entry["headline"]), "term": entry["kind"], "label": catalogues.KINDS[entry["kind"]],
        }
        for name, entry in announced.items()
    ]  # fmt: skip
    found += [
        {
            **_linked(announced[said["report"]]), "fragment": f"revision-{said['id']}", "day": said["known_on"][1],
            "title": revisions.title(said), "summary": revisions.summary(said), "term": "revision", "label": "Revision",
        }
        for said in reversed(history)
        if said["report"] in announced
    ]  # fmt: skip
    return sorted(found, key=lambda entry: entry["day"], reverse=True)[:FEED_LENGTH]


def _linked(entry: catalogues.Entry) -> dict[str, str]:
    return {"page": entry["page"], "to": entry["files"]["html"]["path"] if "html" in entry["files"] else entry["page"]}
