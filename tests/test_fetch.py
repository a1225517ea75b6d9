"""Asking customs' site: polite, patient, and every refusal of the site is one line."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from customs_report import fetch, loading, schema
from customs_report.errors import Refused
from tests import pages

PAGE = b"<html><body><p>a page</p></body></html>"
INDEX = b"""<html><body><table><thead><tr><th>Title</th><th>Month</th></tr></thead><tbody>
<tr><td>(1) China's Total Export &amp; Import Values (in USD)</td><td><span>Jan.</span><a href=/Statics/a.html> Feb.</a><a href=/Statics/b.html> Mar.</a></br><span>Apr.</span></td></tr>
<tr><td>(2) China's Total Export &amp; Import Values by Trade Mode (in USD)</td><td><span>Jan.</span><a href=/Statics/c.html> Feb.</a></td></tr>
<tr><td>(4) China's Total Export &amp; Import Values by Country/Region (in CNY)</td><td><span>Jan.</span><a href=\\Statics\\d.html> Feb.</a></td></tr>
</tbody></table></body></html>"""


class Site(BaseHTTPRequestHandler):
    """A site that answers each path in its own bad way, and remembers what it was asked."""

    asked: ClassVar[list[tuple[str, str]]] = []
    pages: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["User-Agent"]))
        times = sum(path == self.path for path, _ in self.asked)
        status, body, headers = 200, PAGE, {}
        if self.path == "/challenge":
            status, body = 412, b"<script>challenge()</script>"
        elif self.path == "/empty":
            body = b"  \n"
        elif self.path == "/half":
            body = b"<html><body><table><tr><td>1,0"
        elif self.path == "/redirect":
            status, headers = 302, {"Location": "http://elsewhere.example/"}
        elif self.path == "/missing":
            status = 404
        elif self.path == "/busy":
            status = 503 if times < 3 else 200
        elif self.path == "/always-busy":
            status = 503
        elif self.path == "/breaks-off":
            headers = {"Content-Length": "5000"}
        elif self.path == "/slow":
            threading.Event().wait(1.5)
        elif self.path in self.pages:
            body = self.pages[self.path]
        elif "preliminary" in self.path:
            body = INDEX
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        """Quiet."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads = True
    Site.asked.clear()
    Site.pages.clear()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(tmp_path: Path) -> fetch.Client:
    return fetch.Client(cache=tmp_path / "cache", pause=0.0, retries=2, back_off=0.01)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/challenge", r"script challenge \(HTTP 412\); download the page in a browser and use add"),
        ("/empty", "the page is empty"),
        ("/half", "the page breaks off in the middle"),
        ("/redirect", "redirects to http://elsewhere.example/, which is not followed"),
        ("/missing", "HTTP 404"),
        ("/always-busy", "HTTP 503"),
        ("/breaks-off", "broke off"),
    ],
)
def test_each_refusal_of_the_site_is_one_line(site, client, path, said):
    with pytest.raises(Refused, match=said) as refusal:
        client.get(site + path)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).startswith(site + path)


def test_a_site_that_does_not_answer_is_given_up(site, client, monkeypatch):
    monkeypatch.setattr(fetch, "TIMEOUT", (0.3, 0.3))
    with pytest.raises(Refused, match=r"no answer|broke off"):
        fetch.Client(cache=client.cache, pause=0, retries=0).get(site + "/slow")


def test_nobody_at_the_address_is_one_line(client):
    with pytest.raises(Refused, match="the connection failed"):
        client.get("http://127.0.0.1:9/")


def test_a_wrong_certificate_is_one_line(tmp_path, client):
    subject = ["-subj", "/CN=somebody-else", "-days", "1", "-nodes", "-newkey", "rsa:2048"]
    files = [str(tmp_path / "key.pem"), str(tmp_path / "cert.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", *subject, "-keyout", files[0], "-out", files[1]], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files[1], files[0])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with pytest.raises(Refused, match="the site's certificate is not valid"):
        fetch.Client(cache=client.cache, pause=0, retries=0).get(f"https://127.0.0.1:{server.server_port}/")
    server.shutdown()
    server.server_close()


def test_a_busy_site_is_asked_again_and_told_who_asks(site, client):
    assert client.get(site + "/busy") == PAGE
    assert [path for path, _ in Site.asked] == ["/busy"] * 3
    assert {agent for _, agent in Site.asked} == {fetch.AGENT}


def test_a_page_that_never_changes_is_asked_for_once(site, client):
    assert client.get(site + "/page", frozen=True) == client.get(site + "/page", frozen=True) == PAGE
    assert len(Site.asked) == 1
    client.forget(site + "/page")
    client.get(site + "/page", frozen=True)
    assert len(Site.asked) == 2


def test_a_refused_page_is_not_kept(site, client):
    for _ in range(2):
        with pytest.raises(Refused):
            client.get(site + "/half", frozen=True)
    assert len(Site.asked) == 2


def test_the_index_gives_what_is_new_of_the_tables_held(site, client):
    links = fetch.new_releases(client, site, after="2026-01", today="2026-04-10")
    assert [(link.period, link.title[:3]) for link in links] == [("2026-02", "(1)"), ("2026-02", "(4)"), ("2026-03", "(1)")]
    assert links[1].address == f"{site}/Statics/d.html"
    assert fetch.new_releases(client, site, period="2026-03", today="2026-04-10") == [links[2]]


def test_a_month_the_index_does_not_have_is_named_with_those_it_has(site, client):
    with pytest.raises(Refused, match="no tables of 2026-04; it has 2026-02 to 2026-03"):
        fetch.new_releases(client, site, period="2026-04", today="2026-05-10")


def test_an_index_without_a_table_asks_whether_the_site_changed():
    with pytest.raises(Refused, match="has the site changed"):
        fetch.read_index(PAGE, 2026, "http://site/")


# --- the command ----------------------------------------------------------------------------------------------------------


def run(*arguments: str, folder: Path, cache: Path) -> subprocess.CompletedProcess:
    environment = os.environ | {"CUSTOMS_REPORT_DATA": str(folder), "XDG_CACHE_HOME": str(cache)}
    command = [sys.executable, "-m", "customs_report", "fetch", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def published(titles: dict[str, str]) -> bytes:
    """An index whose August cell links to a page for each title."""
    cells = {
        title: f"<td><span>Jan.</span>{'<span>x</span>' * 6}<a href=/Statics/{name}>Aug.</a></td>"
        for title, name in titles.items()
    }
    return f"<html><body><table>{''.join(f'<tr><td>{t}</td>{c}</tr>' for t, c in cells.items())}</table></body></html>".encode()


def test_fetch_adds_what_is_new_and_asks_for_nothing_twice(site, data_copy, tmp_path):
    files = pages.next_month(loading.printed(schema.DATA))
    Site.pages |= {f"/Statics/{name}": content for name, content in files.items()}
    Site.pages["/statics/report/preliminary.html"] = published({
        "(1) China's Total Export &amp; Import Values (in USD)": "totals.html",
        "(4) China's Total Export &amp; Import Values by Country/Region (in CNY)": "partners.html",
    })  # fmt: skip
    done = run("--site", site, folder=data_copy, cache=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "partners.csv, 2026-08" in done.stdout
    assert "2026-08" in set(loading.load(data_copy).partners["period"])
    again = run("2026-08", "--site", site, folder=data_copy, cache=tmp_path)
    assert again.stdout.count("nothing new") == 2
    asked = [path for path, _ in Site.asked]
    assert [asked.count(f"/Statics/{name}") for name in ("totals.html", "partners.html")] == [1, 1]


def test_a_refusal_of_the_site_ends_in_one_line_and_unchanged_data(site, data_copy, tmp_path):
    before = {path.name: path.read_bytes() for path in data_copy.glob("*.csv")}
    Site.pages["/statics/report/preliminary.html"] = published(
        {"(4) China's Total Export &amp; Import Values by Country/Region (in CNY)": "gone"}
    )
    Site.pages["/Statics/gone"] = b"<html><body>half"
    done = run("--site", site, folder=data_copy, cache=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.strip().splitlines()
    assert "breaks off in the middle" in line
    assert "nothing was changed" in line
    assert {path.name: path.read_bytes() for path in data_copy.glob("*.csv")} == before


def test_fetch_wants_a_period_that_is_one(site, data_copy, tmp_path):
    done = run("2026-13", "--site", site, folder=data_copy, cache=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "write it like 2026-07" in done.stderr
    done = run("--source", "comtrade", "--site", site, folder=data_copy, cache=tmp_path)
    assert done.returncode == 2
    assert "asked by the month" in done.stderr
