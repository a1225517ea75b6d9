"""Publishing copies complete, unchanged sets of files, each once."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from lxml import etree
from lxml import html as parser
from sets import SCRIPT, put_set

from customs_report import cli, files
from customs_report.errors import InputError
from customs_report.publish import archive, archive_files, manifest, many, report_files, site

URL = "https://example.org/trade"
ATOM, MAP = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def reports(tmp_path) -> Path:
    reports = tmp_path / "reports"
    put_set(reports, "2025-11", "2025-12-08", headline=SCRIPT)
    put_set(reports, "2026-06")
    put_set(reports, "2026-07", headline="$1 trillion, $2 trillion: no formula")
    put_set(reports, "2012-02", incomplete=["Exhibit 5 could not be made"])
    put_set(reports, "2012-03", incomplete=["Exhibit 6 could not be made"], aside=True)
    (put_set(reports, "2011-02") / "monthly_report.pdf").write_text("changed")
    (reports / "2026-07" / "draft.txt").write_text("not part of the set")
    archive.update(reports)
    return reports


COMPLETE = ("2025-11@2025-12-08/monthly_report", "2026-06/monthly_report", "2026-07/monthly_report")


def test_exactly_the_complete_sets_are_copied_and_the_others_named(reports, tmp_path):
    done = site.publish(reports, tmp_path / "site")
    assert done.copied == COMPLETE
    assert dict(done.refused) == {
        "2011-02/monthly_report": "monthly_report.pdf does not match its manifest",
        "2012-02/monthly_report": "incomplete: Exhibit 5 could not be made",
        "2012-03/incomplete/monthly_report": "incomplete, so it stays in incomplete/",
    }
    for name in COMPLETE:
        folder, notebook = name.split("/")
        for path in (reports / folder).glob(f"{notebook}.*"):
            assert (tmp_path / "site" / folder / path.name).read_bytes() == path.read_bytes()
    assert not (tmp_path / "site" / "2026-07" / "draft.txt").exists()
    assert not (tmp_path / "site" / "2012-02").exists()
    assert not list((tmp_path / "site").rglob(".*"))
    assert (tmp_path / "site" / "index.html").is_file()


def test_incomplete_ones_only_when_allowed_and_damaged_ones_never(reports, tmp_path):
    done = site.publish(reports, tmp_path / "site", allow_incomplete=True)
    assert "2012-02/monthly_report" in done.copied
    assert set(done.refused) == {"2011-02/monthly_report", "2012-03/incomplete/monthly_report"}
    assert "incomplete" in (tmp_path / "site" / "index.html").read_text()


def test_a_second_time_nothing_changes(reports, tmp_path):
    def written() -> dict[Path, tuple[int, int]]:
        pages = (tmp_path / "site").rglob("*")
        return {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in pages if path.is_file()}

    site.publish(reports, tmp_path / "site", URL)
    before = written()
    done = site.publish(reports, tmp_path / "site")  # the address is kept
    assert (done.copied, done.unchanged) == ((), COMPLETE)
    assert written() == before


def test_what_vanished_here_is_kept_there_and_named(reports, tmp_path):
    site.publish(reports, tmp_path / "site")
    for path in (reports / "2026-06").iterdir():
        path.unlink()
    done = site.publish(reports, tmp_path / "site")
    assert done.kept == ("2026-06/monthly_report",)
    assert (tmp_path / "site" / "2026-06" / "monthly_report.html").is_file()
    assert "2026-06/monthly_report.html" in (tmp_path / "site" / "index.html").read_text()


def test_a_file_that_a_new_set_does_not_have_goes(reports, tmp_path):
    site.publish(reports, tmp_path / "site")
    (reports / "2026-07" / "monthly_report.pdf").unlink()
    put_set(reports, "2026-07", formats=("html",))
    assert site.publish(reports, tmp_path / "site").copied == ("2026-07/monthly_report",)
    assert not (tmp_path / "site" / "2026-07" / "monthly_report.pdf").exists()


@pytest.mark.parametrize("writes", range(0, 24, 4))
def test_cut_short_anywhere_nothing_is_half_and_the_next_time_completes(reports, tmp_path, monkeypatch, writes):
    class Killed(BaseException):
        pass

    put, left = files.put, writes

    def dying(path: Path, content, *before) -> bool:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return put(path, content, *before)

    where = tmp_path / "site"
    site.publish(reports, where)
    put_set(reports, "2026-07", headline="Another headline", balance=50.0)
    monkeypatch.setattr(archive_files, "put", dying)
    try:
        site.publish(reports, where, URL)
    except Killed:
        told = json.loads((where / "catalog.json").read_bytes())
        assert {entry["id"] for entry in told["reports"]} == {*COMPLETE}
    monkeypatch.undo()
    (where / "2026-07" / ".monthly_report.html.new").write_text("half of")
    site.publish(reports, where, URL)
    assert not list(where.rglob(".*"))
    told = json.loads((where / "catalog.json").read_bytes())
    assert [entry["state"] for entry in told["reports"]] == ["complete"] * 3
    assert told["reports"][0]["headline"] == "Another headline"
    assert (where / "feed.xml").is_file()
    assert archive.check(where) == []


# --- links ----------------------------------------------------------------------------------------------------------------

PAGE = (
    '<header><span>China customs reports</span>\n</header><th><a data-profile="partner_profile-USA">US</a><footer>End</footer>'
)


def test_a_published_page_links_to_the_archive_and_its_set_is_whole(tmp_path):
    reports, where = tmp_path / "reports", tmp_path / "site"
    put_set(reports, "2025-11", "2025-12-08", page=PAGE)
    for url, address in (("", ""), (URL, f"{URL}/2025-11%402025-12-08/")):
        assert site.publish(reports, where, url).copied == ("2025-11@2025-12-08/monthly_report",)
        (found,) = report_files.find_reports(where)
        page = found.contents()["html"].decode()
        for link in (
            address + "index.html",
            address + "index.html#partner_profile-USA",
            f"{URL if url else '..'}/latest/index.html",
        ):
            assert f' href="{link}"' in page
        assert found.manifest[manifest.BUILT] == {"html": manifest.sha256(PAGE.encode())}
    assert site.publish(reports, where).unchanged == ("2025-11@2025-12-08/monthly_report",)
    assert (reports / "2025-11@2025-12-08" / "monthly_report.html").read_text() == PAGE


# --- addresses ------------------------------------------------------------------------------------------------------------


def test_the_feed_is_atom_with_the_newest_first_and_dated_by_release(reports, tmp_path):
    site.publish(reports, tmp_path / "site", URL)
    feed = etree.parse(tmp_path / "site" / "feed.xml").getroot()
    assert feed.tag == f"{ATOM}feed"
    for parent in (feed, *feed.iter(f"{ATOM}entry")):
        assert all(parent.findtext(f"{ATOM}{name}") for name in ("id", "title", "updated"))
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}updated")[:10] for entry in entries] == ["2026-08-07", "2026-07-14", "2025-12-08"]
    assert entries[2].findtext(f"{ATOM}title") == SCRIPT
    assert feed.findtext(f"{ATOM}updated") == "2026-08-07T00:00:00Z"
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 3
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == f"{URL}/feed.xml"


def test_every_absolute_address_is_a_file_of_the_site(reports, tmp_path):
    site.publish(reports, tmp_path / "site", URL)
    where = tmp_path / "site"
    addresses = [element.text for element in etree.parse(where / "sitemap.xml").iter(f"{MAP}loc")]
    assert f"{URL}/2026-07/monthly_report.html" in addresses
    for path in [where / "index.html", *where.glob("2*/index.html")]:
        root = parser.fromstring(path.read_text())
        addresses += root.xpath("//meta[@property='og:url' or @property='og:image']/@content | //link[@rel='canonical']/@href")
    for address in addresses:
        path = where / address.removeprefix(f"{URL}/")
        assert (path / "index.html" if address.endswith("/") else path).is_file(), address


def test_profiles_are_in_the_sitemap_but_neither_announced_nor_drawn(reports, tmp_path):
    put_set(reports, "2026-07", notebook="partner_profile-USA", headline="One partner")
    site.publish(reports, tmp_path / "site", URL)
    assert "partner_profile-USA.html" in (tmp_path / "site" / "sitemap.xml").read_text()
    assert "One partner" not in (tmp_path / "site" / "feed.xml").read_text()
    assert len([*(tmp_path / "site").rglob("*.card.png")]) == 3


def test_robots_only_at_the_root_of_a_host(reports, tmp_path):
    site.publish(reports, tmp_path / "below", URL)
    site.publish(reports, tmp_path / "root", "https://example.org")
    assert not (tmp_path / "below" / "robots.txt").exists()
    assert "Sitemap: https://example.org/sitemap.xml" in (tmp_path / "root" / "robots.txt").read_text()


def test_a_preview_has_the_size_that_previews_have(reports, tmp_path):
    from PIL import Image

    site.publish(reports, tmp_path / "site", URL)
    cards = sorted((tmp_path / "site").rglob("*.card.png"))
    assert len(cards) == 3
    assert {Image.open(io.BytesIO(card.read_bytes())).size for card in cards} == {(1200, 630)}


def test_without_an_address_nothing_absolute_is_written(reports, tmp_path):
    site.publish(reports, tmp_path / "site")
    assert not {"feed.xml", "sitemap.xml", "robots.txt"} & {path.name for path in (tmp_path / "site").iterdir()}
    assert "og:" not in (tmp_path / "site" / "index.html").read_text()


# --- what is refused ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "ftp://example.org",
        "https://",
        "https://a b",
        "https://x/?q=1",
        "https://x/#a",
        "https://u:p@x",
        "http://[",
        'https://x/"',
    ],
)
def test_a_bad_address_is_refused_and_nothing_written(reports, tmp_path, url):
    with pytest.raises(InputError, match="is not the address of a site"):
        site.publish(reports, tmp_path / "site", url)
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize("place", ["reports", "reports/site", ".", "file", "file/site", "foreign", "full"])
def test_a_place_that_cannot_be_is_one_line_and_exit_code_two(reports, tmp_path, monkeypatch, capsys, place):
    monkeypatch.setattr(many, "REPORTS", reports)
    (tmp_path / "file").write_text("a file")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "totals.csv").write_text("1")
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "index.html").write_text("<title>Somebody else’s</title>")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(SystemExit) as leaving:
        cli.main.main(["publish", str(tmp_path / place)])
    assert leaving.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("customs-report: ")
    assert said.count("\n") == 1
    assert sorted(tmp_path.rglob("*")) == before


def test_the_command_names_what_it_did_and_leaves_with_one_where_something_was_refused(reports, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(many, "REPORTS", reports)
    with pytest.raises(SystemExit) as leaving:
        cli.main.main(["publish", str(tmp_path / "site"), "--url", URL])
    assert leaving.value.code == 1
    printed = capsys.readouterr()
    assert "2026-07/monthly_report  published" in printed.out
    assert "2012-02/monthly_report is not published: incomplete: Exhibit 5" in printed.err


def test_the_archive_command_names_what_is_damaged(reports, monkeypatch, capsys):
    monkeypatch.setattr(many, "REPORTS", reports)
    with pytest.raises(SystemExit) as leaving:
        cli.main.main(["archive"])
    assert leaving.value.code == 1
    assert "2011-02/monthly_report is damaged: monthly_report.pdf does not match its manifest" in capsys.readouterr().err
