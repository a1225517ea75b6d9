"""Publishing replaces only what is its own and follows no link, says what it refuses, and everything it wrote can be checked."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as parser
from sets import SCRIPT, facts_of, put_set

from customs_report import cli, files, project
from customs_report.errors import InputError
from customs_report.numbers import period_text, write
from customs_report.publish import (
    archive,
    archive_files,
    links,
    manifest,
    many,
    notebook,
    report_files,
    revisions,
    site,
    verify,
)

URL = "https://example.org/trade/"
ATOM, MAP = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"
SECRET = b"a secret of somebody else's"


@pytest.fixture
def reports(tmp_path) -> Path:
    reports = tmp_path / "reports"
    put_set(reports, "2026-06")
    put_set(reports, "2026-07")
    return reports


@pytest.fixture
def where(tmp_path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def outside(tmp_path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_bytes(SECRET)
    return tmp_path / "outside"


def look(folder: Path) -> dict[str, tuple]:
    """What is in a folder: of each path its kind, and its content or where it leads."""
    found = {}
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        content = str(path.readlink()) if stat.S_ISLNK(mode) else path.read_bytes() if stat.S_ISREG(mode) else None
        found[path.relative_to(folder).as_posix()] = stat.S_IFMT(mode), content
    return found


def command(*arguments: str) -> int:
    with pytest.raises(SystemExit) as leaving:
        cli.main.main([*arguments])
    return int(str(leaving.value.code))


# --- what is not ours -----------------------------------------------------------------------------------------------------

OURS = [*archive_files.ALWAYS, *archive_files.ANNOUNCED, "2026-07/index.html", "2026-07/monthly_report.card.png"]
OURS += [f"2026-07/monthly_report.{ending}" for ending in ("html", "facts.json", "manifest.json", "facts.csv")]
KINDS = ("file", "link", "dangling", "folder", "pipe", "behind a link", "behind a file")


def put_foreign(site: Path, name: str, kind: str, outside: Path) -> None:
    """Put something of somebody else's where a file of ours would go."""
    path = site / name
    above = path.parent if path.parent != site else None
    if kind.startswith("behind"):
        site.mkdir(parents=True, exist_ok=True)
        assert above
        above.symlink_to(outside) if kind == "behind a link" else above.write_bytes(SECRET)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "file":
        path.write_bytes(SECRET)
    elif kind == "folder":
        (path / "in it").mkdir(parents=True)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(outside / ("secret" if kind == "link" else "new"))


@pytest.mark.parametrize("name", OURS)
def test_what_is_somebody_elses_is_named_before_anything_is_written(reports, where, outside, name):
    for n, kind in enumerate(KINDS):
        if kind.startswith("behind") and "/" not in name:
            continue
        if kind == "pipe" and not hasattr(os, "mkfifo"):
            continue
        place = where.with_name(f"site-{n}")
        put_foreign(place, name, kind, outside)
        (place / ".git").mkdir()
        before = look(place), look(outside)
        with pytest.raises(
            InputError, match=r"is not replaced|cannot be written|is no history|holds .* and no archive of ours"
        ) as refusal:
            site.publish(reports, place, URL)
        assert str(place) in str(refusal.value)
        assert "\n" not in str(refusal.value)
        assert (look(place), look(outside)) == before, kind


@pytest.mark.parametrize("name", ["index.html", "2026-07/index.html", "latest/index.html", "2026-07/monthly_report.pdf"])
@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_nor_is_it_replaced_later(reports, where, outside, name, kind):
    site.publish(reports, where)
    (where / name).unlink()
    put_foreign(where, name, kind, outside)
    before = look(where), look(outside)
    put_set(reports, "2026-08")
    if (name, kind) == ("2026-07/monthly_report.pdf", "file"):  # of which no mark tells whether it is ours
        assert f"{name} had been changed since it was published" in site.publish(reports, where).remarks[0]
        assert (where / name).read_bytes() == (reports / name).read_bytes()
        return
    with pytest.raises(InputError, match="is not replaced"):
        site.publish(reports, where)
    assert (look(where), look(outside)) == before


def test_robots_of_somebody_else_stay_and_so_do_ours_once_changed(reports, where, outside):
    where.mkdir()
    (where / "robots.txt").write_bytes(b"User-agent: *\nDisallow: /drafts/\n")
    done = site.publish(reports, where, "https://example.org")
    assert done.remarks == ("robots.txt is somebody else’s, and kept",)
    assert b"drafts" in (where / "robots.txt").read_bytes()
    assert "robots.txt" not in archive_files.listed(where)
    (where / "robots.txt").unlink()
    assert site.publish(reports, where).remarks == ()
    ours = (where / "robots.txt").read_bytes()
    assert b"sitemap.xml" in ours
    (where / "robots.txt").write_bytes(ours + b"Crawl-delay: 10\n")
    for _ in range(2):
        assert site.publish(reports, where).remarks == ("robots.txt is somebody else’s, and kept",)
    assert b"Crawl-delay" in (where / "robots.txt").read_bytes()
    (where / "robots.txt").unlink()
    (where / "robots.txt").symlink_to(outside / "secret")
    assert site.publish(reports, where).remarks
    assert (outside / "secret").read_bytes() == SECRET
    assert (where / "robots.txt").is_symlink()


def test_ours_that_was_changed_is_written_anew_and_named(reports, where):
    site.publish(reports, where, URL)
    whole = look(where)
    for name in ("facts.csv", "feed.xml", "2026-07/monthly_report.html", "2026-07/monthly_report.card.png", "catalog.json"):
        (where / name).write_bytes((where / name).read_bytes() + b" ")
        assert site.publish(reports, where, URL).remarks == (
            f"{name} had been changed since it was published; it was restored",
        )
        assert look(where) == whole


def test_a_site_published_before_there_was_a_manifest_goes_on(reports, where):
    site.publish(reports, where, URL)
    whole = look(where)
    (where / archive_files.FILES).unlink()
    assert site.publish(reports, where).remarks == ()
    assert look(where) == whole


# --- links ----------------------------------------------------------------------------------------------------------------


def test_a_link_as_destination_is_refused_and_the_folder_it_leads_to_named(reports, where, outside):
    where.symlink_to(outside)
    with pytest.raises(InputError, match=f"is a link; name the folder itself: {re.escape(str(outside))}"):
        site.publish(reports, where)
    assert look(outside) == {"secret": (stat.S_IFREG, SECRET)}
    inner = where / "inner"  # a link further up is the user's own way to the place
    site.publish(reports, inner)
    assert (outside / "inner" / "index.html").is_file()


def test_nothing_is_written_through_links_where_temporary_files_go(reports, where, outside):
    site.publish(reports, where)
    put_set(reports, "2026-08")
    for name in (
        ".index.html.new",
        ".facts.csv.new",
        archive_files.JOURNAL,
        f".{archive_files.JOURNAL}.new",
        "latest/.index.html.new",
    ):
        (where / name).symlink_to(outside / "secret")
    os.link(outside / "secret", where / ".catalog.json.new")
    site.publish(reports, where)
    assert look(outside) == {"secret": (stat.S_IFREG, SECRET)}
    assert not [path for path in where.rglob("*") if path.is_symlink()]
    (where / ".lock").symlink_to(outside / "secret")
    with pytest.raises(InputError, match="link"):
        site.publish(reports, where)
    assert look(outside) == {"secret": (stat.S_IFREG, SECRET)}


def test_another_name_of_a_published_file_keeps_its_content(reports, where, outside):
    site.publish(reports, where)
    os.link(where / "index.html", outside / "linked")
    before = (outside / "linked").read_bytes()
    put_set(reports, "2026-08")
    site.publish(reports, where)
    assert (outside / "linked").read_bytes() == before != (where / "index.html").read_bytes()


def damage(folder: Path, kind: str, outside: Path) -> None:
    """Replace part of the report of July by something that must not be followed, or cannot be read."""
    page = folder / "2026-07" / "monthly_report.html"
    about = folder / "2026-07" / "monthly_report.manifest.json"
    if kind == "a file is a link":
        page.unlink()
        page.symlink_to(outside / "secret")
        said = json.loads(about.read_bytes())
        said["files"]["html"] = hashlib.sha256(SECRET).hexdigest()
        about.write_text(json.dumps(said))
    elif kind == "the manifest is a link":
        about.replace(outside / "manifest")
        about.symlink_to(outside / "manifest")
    elif kind in ("a file is a pipe", "the manifest is a pipe"):
        path = page if kind.startswith("a file") else about
        path.unlink()
        os.mkfifo(path)
    elif kind == "the folder is a link":
        (folder / "2026-07").rename(outside / "2026-07")
        (folder / "2026-07").symlink_to(outside / "2026-07")
    elif kind == "the folder is a file":
        (folder / "2026-07").rename(outside / "2026-07")
        (folder / "2026-07").write_text("a file")
    elif kind == "nested without end":
        about.write_text("[" * 100_000)
    elif kind == "no day":
        (path := folder / "2026-07" / "monthly_report.facts.json").write_text(
            path.read_text().replace("2026-09-08", "2026-99-99")
        )
        said = json.loads(about.read_bytes())
        said["files"]["facts.json"] = hashlib.sha256(path.read_bytes()).hexdigest()
        about.write_text(json.dumps(said))
    elif kind == "a device":
        page.unlink()
        page.symlink_to("/dev/zero")


DAMAGE = ("a file is a link", "the manifest is a link", "a file is a pipe", "the manifest is a pipe", "the folder is a link")
DAMAGE += ("the folder is a file", "nested without end", "no day", "a device")


@pytest.mark.parametrize("kind", DAMAGE)
def test_one_damaged_folder_is_named_and_the_others_are_published(reports, where, outside, monkeypatch, capsys, kind):
    damage(reports, kind, outside)
    monkeypatch.setattr(many, "REPORTS", reports)
    assert command("publish", str(where)) == 1
    said = capsys.readouterr()
    assert "2026-06/monthly_report  published" in said.out
    assert re.fullmatch(r"customs-report: 2026-07\S* is not published: .+\n", said.err)
    assert not (where / "2026-07").exists()
    assert SECRET not in b"".join(content or b"" for mode, content in look(where).values() if stat.S_ISREG(mode))
    assert archive.check(where) == []
    assert command("archive") == (0 if kind.startswith("the folder") else 1)  # no report is there


def test_a_folder_that_cannot_be_read_is_named(reports, where, monkeypatch):
    real = Path.iterdir

    def closed(self):
        if self.name == "2026-07":
            raise PermissionError(13, "Permission denied")
        return real(self)

    monkeypatch.setattr(Path, "iterdir", closed)
    done = site.publish(reports, where)
    assert done.refused == {"2026-07": "it cannot be read: Permission denied"}
    assert done.copied == ("2026-06/monthly_report",)


def test_names_that_differ_in_case_alone_are_not_written_over_one_another(reports, where):
    put_set(reports, "2026-07", notebook="Africa")
    put_set(reports, "2026-07", notebook="africa")
    done = site.publish(reports, where)
    assert done.refused == {"2026-07/africa": "its name differs from 2026-07/Africa only in case"}
    assert len(done.copied) == 3
    (reports / "2026-07" / "Africa.manifest.json").unlink()
    assert site.publish(reports, where).refused == done.refused  # the other stands there


@pytest.mark.parametrize(
    "ending", ["x/../../../../victim", "../victim", "manifest.json", "facts.csv", "card.png", "html\n", "Html"]
)
def test_a_manifest_cannot_name_files_elsewhere_or_the_archives_own(reports, where, tmp_path, ending):
    about = reports / "2026-07" / "monthly_report.manifest.json"
    said = json.loads(about.read_bytes())
    (tmp_path / "victim").write_bytes(SECRET)
    about.write_text(json.dumps({**said, "files": {**said["files"], ending: hashlib.sha256(SECRET).hexdigest()}}))
    assert list(site.publish(reports, where).refused) == ["2026-07/monthly_report"]
    assert (tmp_path / "victim").read_bytes() == SECRET
    assert verify.verify_sets([(reports / "2026-07", "monthly_report")])[0].wrong


# --- an interruption ------------------------------------------------------------------------------------------------------


class Killed(BaseException):
    """As if the process had been killed: from here on nothing changes a file."""


def test_killed_at_any_step_it_goes_on_without_taking_its_own_files_for_somebody_elses(reports, tmp_path, monkeypatch, deep):
    left = 0

    def counted(real):
        def call(*args, **kwargs):
            nonlocal left
            left -= 1
            if left < 0:
                raise Killed
            return real(*args, **kwargs)

        return call

    step, ended = 0, False
    while not ended:
        where = tmp_path / f"site-{step}"
        site.publish(reports, where)
        put_set(reports, "2026-07", balance=100.0 + step + 1)
        left = step
        with monkeypatch.context() as patched:
            for name in ("replace", "unlink", "mkdir"):
                patched.setattr(os, name, counted(getattr(os, name)))
            try:
                site.publish(reports, where)
                ended = True
            except Killed:
                pass
        (where / ".lock").unlink(missing_ok=True)
        put_set(reports, "2026-07", balance=200.0 + step)
        assert site.publish(reports, where).refused == {}
        assert archive.check(where) == []
        assert archive_files.unlisted(where) == []
        assert not [path.name for path in where.rglob(".*")]
        step += 1 if deep else 7
    assert step > 15


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
def test_a_full_disk_is_one_line_and_leaves_what_was_there(reports, where):
    site.publish(reports, where)
    index = (where / "index.html").read_bytes()
    put_set(reports, "2026-08")
    limited = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)); from pathlib import Path; "
        "from customs_report import cli; from customs_report.publish import many; many.REPORTS = Path(sys.argv[1]); "
        "cli.main.main(['publish', sys.argv[2]])"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, str(reports), str(where)], capture_output=True, text=True, cwd=project.CODE
    )
    assert (done.returncode, done.stderr) == (2, f"customs-report: {where} cannot be written: File too large\n")
    assert (where / "index.html").read_bytes() == index
    assert site.publish(reports, where).refused == {}
    assert archive.check(where) == []
    assert "2026-08/monthly_report.html" in (where / "index.html").read_text()


def test_two_at_once_both_stand(tmp_path, where):
    periods = [f"2026-{month:02}" for month in range(1, 7)]
    for period in periods:
        put_set(tmp_path / period, period)
    with ThreadPoolExecutor(3) as threads:
        assert all(done.refused == {} for done in threads.map(lambda period: site.publish(tmp_path / period, where), periods))
    assert archive.check(where) == []
    catalogued = json.loads((where / "catalog.json").read_bytes())
    assert sorted(entry["period"] for entry in catalogued["reports"]) == periods


# --- addresses ------------------------------------------------------------------------------------------------------------

BAD = [
    "https://x\n.org",
    "https://x.org/\x1b[31m",
    "https://x.org/a b",
    "https://x.org/\t",
    "javascript:alert(1)",
    "file:///etc",
]
BAD += [
    "//x.org/",
    "https://u@x.org",
    "https://:p@x.org",
    "https://@x.org/",
    "https://x.org/'",
    'https://x.org/"a',
    "https://x.org/<a>",
]
BAD += [
    "https://x.org\\@evil.org/",
    "https://x.org/`",
    "https://x.org/a?",
    "https://x.org/#",
    "https://x.org:99999/",
    "https://x..org/",
]
BAD += [
    "https://x.org/‮gro",
    "https://x.org/a/../b",
    "https://x.org/​",
    "https:///a",
    "https://x%0a.org/",
    "https://[::1/",
    " https://x.org",
]


@pytest.mark.parametrize("url", BAD)
def test_an_address_that_could_be_anything_else_is_refused(reports, where, url, capsys, monkeypatch):
    monkeypatch.setattr(many, "REPORTS", reports)
    assert command("publish", str(where), "--url", url) == 2
    said = capsys.readouterr().err
    assert "is not the address of a site; write it like https://example.org/trade/" in said
    assert said[:-1].isprintable()
    assert not where.exists()


@pytest.mark.parametrize(
    "url", ["https://例え.jp/貿易/", "http://[::1]:8080/a", "HTTPS://Example.org", "https://a-b.c_d.org/~x/(y)/"]
)
def test_addresses_in_any_script_are_fine(reports, where, url):
    site.publish(reports, where, url)
    root = etree.parse(where / "feed.xml").getroot()
    assert root.findtext(f"{ATOM}id").startswith(url[:6].lower())
    assert url.partition("://")[2].partition("/")[0] in root.findtext(f"{ATOM}id")


def test_an_address_that_somebody_wrote_into_the_catalogue_is_refused(reports, where):
    site.publish(reports, where, URL)
    path = where / "catalog.json"
    path.write_text(path.read_text().replace(f'"url": "{URL}"', '"url": "javascript:alert(1)//"'))
    with pytest.raises(InputError, match="is not the address of a site"):
        site.publish(reports, where)


# --- everything is in a manifest ------------------------------------------------------------------------------------------


def test_every_file_is_in_a_manifest_and_each_change_is_found(reports, where, capsys):
    put_set(reports, "2026-07", notebook="partner_profile-USA")
    site.publish(reports, where, URL)
    assert archive.check(where) == []
    assert archive_files.unlisted(where) == []
    assert command("archive", str(where)) == 0
    every = [path for path in sorted(where.rglob("*")) if path.is_file()]
    assert len(every) > 25
    capsys.readouterr()
    for path in every:
        name, content = path.relative_to(where).as_posix(), path.read_bytes()
        if name == archive_files.FILES:
            continue
        path.write_bytes(content + b" ")
        assert command("archive", str(where)) == 1
        assert path.name in capsys.readouterr().err, name
        path.unlink()
        assert [line for line in archive.check(where) if path.name in line or "manifest" in name]
        path.write_bytes(content)
    (where / "2026-07" / "extra.html").write_text("somebody’s")
    assert command("archive", str(where)) == 0
    assert "not listed in any manifest: 2026-07/extra.html" in capsys.readouterr().err
    assert command("verify", str(where / "2026-07")) == 1  # nothing of these was built
    (where / "facts.csv").write_text("other")
    assert command("verify", str(where)) == 1
    assert "facts.csv was changed since it was written" in capsys.readouterr().err


def test_a_set_that_somebody_added_is_in_no_manifest(reports, where):
    site.publish(reports, where)
    put_set(where, "2025-01")
    assert archive.check(where) == ["2025-01/monthly_report.manifest.json is not listed in any manifest"]


def test_a_set_that_is_damaged_there_and_gone_here_is_named(reports, where, monkeypatch, capsys):
    site.publish(reports, where)
    for path in (reports / "2026-06").iterdir():
        path.unlink()
    (where / "2026-06" / "monthly_report.pdf").write_text("changed")
    monkeypatch.setattr(many, "REPORTS", reports)
    for _ in range(2):
        assert command("publish", str(where)) == 1
        assert f"2026-06/monthly_report is damaged at {where}: monthly_report.pdf does not" in capsys.readouterr().err
    put_set(reports, "2026-06")
    assert command("publish", str(where)) == 0


def test_a_set_that_somebody_exchanged_with_its_manifest_is_named_as_long_as_it_stands(reports, where):
    site.publish(reports, where)
    for path in (reports / "2026-06").iterdir():
        path.unlink()
    put_set(where, "2026-06", balance=7.0)
    for _ in range(2):
        assert site.publish(reports, where).damaged == {"2026-06/monthly_report": site.CHANGED}
        assert "2026-06/monthly_report.manifest.json was changed since it was written" in archive.check(where)


@pytest.mark.parametrize("name", ["../outside/secret", "/etc/passwd", "a/../../outside/secret", "C:/x", "a\\..\\b", ""])
def test_a_forged_manifest_of_the_archive_names_nothing_elsewhere(reports, where, name):
    site.publish(reports, where)
    (where / archive_files.FILES).write_text(json.dumps({"schema": 1, "files": {name: hashlib.sha256(SECRET).hexdigest()}}))
    assert archive_files.listed(where) == {}
    with pytest.raises(InputError, match="no archive with a manifest"):
        archive.check(where)


def test_the_local_archive_says_what_somebody_changed(reports, monkeypatch, capsys):
    monkeypatch.setattr(many, "REPORTS", reports)
    assert command("archive") == 0
    (reports / "facts.csv").write_text("=1+1")
    assert command("archive") == 1
    assert "facts.csv was changed since it was written; it was rewritten" in capsys.readouterr().err
    put_set(reports, "2026-07", balance=5.0)  # as a build does
    assert command("archive") == 0
    (reports / "index.html").write_text("somebody else’s")
    assert command("archive") == 2
    assert (reports / "index.html").read_text() == "somebody else’s"


# --- the feed -------------------------------------------------------------------------------------------------------------


def put_known(reports: Path, known_on: str, balance: float, period: str = "2025-11", **more) -> dict:
    """A report of exports (200 above the balance) that is made of data of a day; returns its facts."""
    facts = facts_of(period, balance=balance)
    facts["report"]["as_of"] = known_on
    put_set(reports, period, facts=facts, **more)
    return {fact["name"]: fact for fact in facts["facts"]}


def feed(where: Path) -> list[dict[str, str]]:
    root = etree.parse(where / "feed.xml").getroot()
    names = ("id", "title", "updated", "published", "summary")
    return [
        {name: entry.findtext(f"{ATOM}{name}") for name in names} | {"link": entry.find(f"{ATOM}link").get("href")}
        for entry in root.iter(f"{ATOM}entry")
    ]


def test_a_revision_has_an_entry_of_its_own_with_both_figures_from_facts(tmp_path, where):
    reports = tmp_path / "reports"
    before = put_known(reports, "2025-12-08", 130.4, headline="The first headline")
    site.publish(reports, where, URL)
    (first,) = feed(where)
    now = put_known(reports, "2026-01-18", 130.0, headline="The second")
    site.publish(reports, where)
    revised, still = feed(where)
    assert still == first
    assert first["title"] == "The first headline"
    amounts = [write(facts["exports_usd_month"]["value"], "USD", "text", 1e8) for facts in (before, now)]
    assert amounts == ["$330.4 billion", "$330.0 billion"]
    assert revised["title"] == f"Revised: exports of November 2025 from {amounts[0]} to {amounts[1]}"
    assert "Balance of trade of November 2025 from $130.4 billion to $130.0 billion." in revised["summary"]
    assert f"2 of {len(now)} facts changed by more than their rounding." in revised["summary"]
    assert "As known on 18 January 2026, before on 8 December 2025." in revised["summary"]
    assert revised["updated"] == revised["published"] == "2026-01-18T00:00:00Z"  # of the data, not of the clock
    assert revised["link"] == f"{URL}2025-11/monthly_report.html"

    before_rebuild = look(where)
    assert site.publish(reports, where).copied == ()
    assert look(where) == before_rebuild
    (where / "feed.xml").unlink()
    put_known(reports, "2026-08-11", 129.0)
    put_set(reports, "2026-07")
    site.publish(reports, where)
    again, newest, same, oldest = feed(where)
    assert again["title"].startswith("Revised: exports of November 2025 from $330.0 billion to $329.0 billion")
    assert (same, oldest) == (revised, first)
    assert newest["link"].endswith("2026-07/monthly_report.html")
    assert len({entry["id"] for entry in feed(where)}) == 4
    assert archive.check(where) == []


@pytest.mark.parametrize(
    ("known_on", "balance", "headline", "title"),
    [
        ("2025-12-08", 130.4, "H", None),
        ("2025-12-08", 130.42, "H", None),  # within the rounding of 0.1 billion
        ("2025-12-08", 131.0, "H", "Corrected: exports of November 2025 from $330.4 billion to $331.0 billion"),
        ("2026-01-18", 130.42, "H", "Updated: November 2025, as known on 18 January 2026"),
        ("2025-12-08", 130.4, "Another", "New headline: Another"),
    ],
)
def test_what_counts_as_a_revision(tmp_path, where, known_on, balance, headline, title):
    reports = tmp_path / "reports"
    put_known(reports, "2025-12-08", 130.4, headline="H")
    site.publish(reports, where)
    put_known(reports, known_on, balance, headline=headline)
    site.publish(reports, where)
    assert [*map(revisions.title, revisions.read(where))] == ([title] if title else [])


def test_revisions_are_kept_while_there_is_no_address_and_briefs_have_none(tmp_path, where):
    reports = tmp_path / "reports"
    for balance in (130.4, 130.0):
        put_known(reports, "2025-12-08", balance)
        put_set(reports, "2025-11", notebook="monthly_brief", balance=balance)
        site.publish(reports, where)
    site.publish(reports, where, URL)
    assert [entry["title"][:9] for entry in feed(where)] == ["The surpl", "Corrected"]


@pytest.mark.parametrize("content", ["", "[]", '{"schema": 1, "revisions": [{}]}', '{"schema": 2}', "[" * 100_000])
def test_a_history_that_is_none_is_refused_before_anything_is_written(tmp_path, where, content):
    reports = tmp_path / "reports"
    for balance in (130.4, 130.0):
        put_known(reports, "2025-12-08", balance)
        site.publish(reports, where)
    (where / revisions.FILE).write_text(content)
    before = look(where)
    put_known(reports, "2025-12-08", 129.0)
    with pytest.raises(InputError, match="is no history of revisions; put it back as it was, or remove it"):
        site.publish(reports, where)
    assert look(where) == before


def test_pages_that_feed_and_sitemap_link_to_have_tags_and_a_picture(tmp_path, where):
    from PIL import Image

    reports = tmp_path / "reports"
    page = (
        '<!DOCTYPE html><head>\n<meta name="color-scheme" content="light dark">\n<title>T</title></head><body>A report</body>'
    )
    for n in range(2):
        put_known(reports, "2026-01-18", 130.4 - n, headline=SCRIPT, page=page)
    put_set(reports, "2026-06", notebook="partner_profile-USA", headline="One partner", page=page)
    put_set(reports, "2026-07", page=page)
    put_set(reports, "2026-07", notebook="monthly_brief", headline="In short", page=page)
    site.publish(reports, where, URL)
    put_known(reports, "2026-01-18", 131, headline=SCRIPT, page=page)
    site.publish(reports, where)
    addresses = {entry.text for entry in etree.parse(where / "sitemap.xml").iter(f"{MAP}loc")}
    addresses |= {entry["link"] for entry in feed(where)}
    addresses |= set(etree.parse(where / "feed.xml").xpath("//*[local-name()='link'][@rel='alternate']/@href"))
    assert {URL, f"{URL}2026-07/", f"{URL}2026-06/partner_profile-USA.html", f"{URL}2026-07/monthly_brief.html"} < addresses
    for address in addresses:
        path = where / address.removeprefix(URL)
        root = parser.fromstring((path / "index.html" if path.is_dir() else path).read_bytes())
        tags = {meta.get("property") or meta.get("name"): meta.get("content") for meta in root.iter("meta")}
        assert tags["og:url"] == address == root.xpath("string(//link[@rel='canonical']/@href)")
        assert all(tags[f"og:{name}"] for name in ("type", "title", "description", "image:alt"))
        assert tags["twitter:card"] == "summary_large_image"
        assert Image.open(where / tags["og:image"].removeprefix(URL)).size == (1200, 630)
    published = (where / "2025-11" / "monthly_report.html").read_text()
    assert parser.fromstring(published).xpath("string(//meta[@property='og:description']/@content)") == SCRIPT
    assert links.without_archive_links(published) == page
    assert not parser.fromstring(published).xpath("//script")


# --- what names and texts cannot do ---------------------------------------------------------------------------------------

HOSTILE = "\x1b]0;owned\x07</title><script>alert(1)</script>]]>&<img src=x onerror=alert(1)>\x9b31m‮\x00 =1+1"


def test_texts_of_a_manifest_are_texts_everywhere(tmp_path, where, monkeypatch, capsys):
    reports = tmp_path / "reports"
    page = f'{links.HEAD}{links.MASTHEAD}<a data-profile="x">y</a>{links.FOOTER}'
    folder = put_set(reports, "2026-07", notebook="africa", headline=HOSTILE, page=page)
    about = folder / "africa.manifest.json"
    said = json.loads(about.read_bytes())
    said |= {"title": HOSTILE, "exhibits": [{"id": HOSTILE, "label": HOSTILE, "heading": HOSTILE}]}
    about.write_text(json.dumps(said))
    put_set(reports, "2026-06", incomplete=[HOSTILE])
    monkeypatch.setattr(many, "REPORTS", reports)
    assert command("archive") == 1
    assert command("publish", str(where), "--url", URL, "--allow-incomplete") == 0
    printed = capsys.readouterr()
    assert (printed.out + printed.err).replace("\n", "").isprintable()
    scripts = {"index.html": 2}  # the filter, and what it filters
    for path in where.rglob("*.html"):
        root = parser.fromstring(path.read_bytes())
        data = root.xpath("//script[@type='application/ld+json']")
        assert all(json.loads(each.text) for each in data)
        assert len(root.xpath("//script")) - len(data) == scripts.get(path.relative_to(where).as_posix(), 0), path
        assert not root.xpath("//img | //*[@onerror] | //a[starts-with(@href, 'javascript')]")
        assert not {*"\x1b\x9b\x07\x00‮"} & {*path.read_text()}
    assert len(feed(where)) == 1  # the other is incomplete
    assert "2026-07/africa" in etree.parse(where / "sitemap.xml").xpath("string()")


def test_a_page_that_pretends_to_have_links_of_an_archive_is_refused(reports, where):
    put_set(reports, "2026-07", page=f'{links.MASTHEAD}<span class="archive">a text of the author’s</span>\n')
    assert site.publish(reports, where).refused == {
        "2026-07/monthly_report": "its page has links to an archive, though it was not published"
    }


@pytest.mark.parametrize(
    "fact", [{"unit": "month", "value": 1e300}, {"step": -1.0}, {"step": 0}, {"value": -77.0, "name": "balance_usd_month_rank"}]
)
def test_a_fact_that_cannot_be_written_damages_its_set_alone(reports, where, fact):
    facts = facts_of("2026-07")
    facts["facts"] = [facts["facts"][0] | fact, *(each for each in facts["facts"][1:] if each["name"] != fact.get("name"))]
    put_set(reports, "2026-07", facts=facts)
    assert list(site.publish(reports, where).refused) == ["2026-07/monthly_report"]


def test_a_manifest_cannot_make_verify_run_other_code(reports, tmp_path):
    ran = tmp_path / "ran"
    code = f"open({str(ran)!r}, 'w')\nx"
    with pytest.raises(InputError, match="cannot be the name of a parameter"):
        notebook.parameterized({"cells": [], "metadata": {}}, {code: 1})
    about = reports / "2026-07" / "monthly_report.manifest.json"
    said = json.loads(about.read_bytes()) | {"inputs": {}}
    for forged in (
        {"parameters": {"period": "2012-02", "as_of": "", code: 1}},
        {"parameters": []},
        {"parameters": {"period": "2012-02", "as_of": ""}, "notebook": "2026-07/evil.ipynb"},
        {"parameters": {"period": "2012-02", "as_of": ""}, "notebook": "../evil"},
        {"parameters": {"period": "2012-02", "as_of": ""}, "notebook": 7},
    ):
        about.write_text(json.dumps(said | forged))
        (verdict,) = verify.verify_folders([reports / "2026-07"])
        assert verdict.wrong == "its manifest cannot be read"
    assert not ran.exists()


def test_a_notebook_of_somebodys_own_is_named_once_before_it_runs(tmp_path, capsys, monkeypatch):
    from test_own_notebook import written

    path = written(tmp_path / "africa.ipynb", [("period: str = '2025-11'", "parameters"), "# A title", "print('it ran')"])
    build = [
        "build",
        "2012-02",
        "2012-03",
        "--notebook",
        str(path),
        "--formats",
        "html",
        "--jobs",
        "1",
        "--out",
        str(tmp_path / "out"),
    ]
    assert command(*build) == 0
    warning = "africa.ipynb runs as you: its code can read and change your files; build only notebooks you trust\n"
    assert capsys.readouterr().err == warning
    assert command(*build) == 0  # nothing runs
    assert capsys.readouterr().err == ""
    assert command("verify", str(tmp_path / "out" / "2012-02"), "--jobs", "1") == 0
    assert capsys.readouterr().err == warning
    wanted = many.orders(["../../x"], notebook=str(path), formats=("html",))
    wanted += many.orders(["2012-02"], notebook=str(path), formats=("html",), parameters={"partner": "/../../x"})
    assert [type(result) for result in many.build_all(wanted, out=tmp_path / "out")] == [InputError, InputError]
    assert {path.name for path in tmp_path.iterdir()} == {"africa.ipynb", "out"}


# --- files ----------------------------------------------------------------------------------------------------------------


def test_only_regular_files_are_read(tmp_path):
    (tmp_path / "file").write_bytes(SECRET)
    assert files.read(tmp_path / "file") == SECRET
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "missing", "."):
        with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
            files.read(tmp_path / name)
        assert manifest.read(tmp_path, name) is None


def test_the_documents_name_what_is_written(reports, where):
    site.publish(reports, where, "https://example.org")
    put_set(reports, "2026-07", balance=1.0)
    site.publish(reports, where)
    text = (project.CODE / "docs" / "archive.md").read_text()
    names = {path.name for path in where.iterdir() if path.is_file()}
    assert names == {*archive_files.ALWAYS, *archive_files.ANNOUNCED, *archive_files.OPTIONAL} - {"latest/index.html"}
    assert not {name for name in names if f"`{name}`" not in text}
    assert report_files.PREVIEW.lstrip(".") in names
    assert period_text("2025-11") == "November 2025"
