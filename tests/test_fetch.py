"""Downloading from customs' site: pauses, retries, limits, and one line for each error."""

from __future__ import annotations

import gzip
import os
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import repeat
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs_report import fetch, loading, schema
from customs_report.cli import main
from customs_report.errors import InputError
from tests import pages

PAGE = b"<html><body><p>a page</p></body></html>"
INDEX = b"""<html><body><table><thead><tr><th>Title</th><th>Month</th></tr></thead><tbody>
<tr><td>(1) China's Total Export &amp; Import Values (in USD)</td><td><span>Jan.</span><a href=/Statics/a.html> Feb.</a><a href=/Statics/b.html> Mar.</a></br><span>Apr.</span></td></tr>
<tr><td>(2) China's Total Export &amp; Import Values by Trade Mode (in USD)</td><td><span>Jan.</span><a href=/Statics/c.html> Feb.</a></td></tr>
<tr><td>(4) China's Total Export &amp; Import Values by Country/Region (in CNY)</td><td><span>Jan.</span><a href=\\Statics\\d.html> Feb.</a></td></tr>
</tbody></table></body></html>"""


OK = b"HTTP/1.1 200 OK\r\n"


def dripped(before: bytes, drop: bytes) -> Iterator[bytes]:
    yield before
    for _ in range(100):
        time.sleep(0.1)
        yield drop


def bomb() -> Iterator[bytes]:
    """20 MB in 20 kB."""
    yield OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(bytes(20_000_000))


ENDLESS = {  # answers that never end, or are much larger than they come
    "/drip": lambda: dripped(OK + b"Content-Length: 100000\r\n\r\n", b"x"),
    "/drip-headers": lambda: dripped(OK, b"X-Header: a\r\n"),
    "/infinite": lambda: (OK + b"\r\n", *repeat(b"x" * 100_000, 1000)),
    "/bomb": bomb,
}
HOSTILE = {  # whole answers, to a request for the index or for a page
    "redirect without a location": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
    "redirect to a file": b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
    "redirect in colours": b"HTTP/1.1 302 Found\r\nLocation: /\x1b[31m\x9b2J\x07\r\nContent-Length: 0\r\n\r\n",
    "a reason in colours": b"HTTP/1.1 404 \x1b]0;owned\x07\r\nContent-Length: 0\r\n\r\n",
    "wrong encoding": OK + b"Content-Encoding: gzip\r\nContent-Length: 8\r\n\r\nnonsense",
    "many encodings": OK + b"Content-Encoding: gzip, gzip, gzip\r\nContent-Length: 8\r\n\r\nnonsense",
    "unknown encoding": OK + b"Content-Encoding: own\r\nContent-Length: 8\r\n\r\nnonsense",
    "longer than it is": OK + b"Content-Length: 99999\r\n\r\n<html></html>",
    "negative length": OK + b"Content-Length: -1\r\n\r\n<html></html>",
    "no length": OK + b"Content-Length: many\r\n\r\n<html></html>",
    "bad chunk": OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nabc",
    "another protocol": b"SSH-2.0-OpenSSH\r\n",
    "no protocol": b"<html>",
    "huge header": OK + b"X: " + b"a" * 200_000 + b"\r\n\r\n",
    "many headers": OK + b"".join(b"X%d: a\r\n" % n for n in range(1000)) + b"\r\n",
    "nothing": b"",
    "status 999": b"HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n",
    "no answer to the question": b"HTTP/1.1 204 No Content\r\n\r\n",
}
PAGES = {  # which say nothing, as the index or as a page
    "comment": b"<!-- -->",
    "zeros": bytes(1000),
    "noise": bytes(range(256)) * 20,
    "one cell": b"<html><body><table><tr><td>only</td></tr></table></body></html>",
    "no cell": b"<html><body><table><tr></tr></table></body></html>",
    "other letters": b"<html><body><table><tr><td>\xff\xfe(1)\xe9</td><td><a href='\xff\xfe'>x</a></td></tr></table></body></html>",
    "unknown letters": b"<html><head><meta charset='klingon'></head><body><table><tr><td>(1)</td><td>b</td></tr></table></body></html>",
    "wide letters": "<html><body><table><tr><td>(1)</td><td>b</td></tr></table></body></html>".encode("utf-16"),
    "deep": b"<html><body>" + b"<div>" * 20_000 + b"<table><tr><td>(1)</td><td>b</td></tr></table></body></html>",
    "declared": b"<?xml version='1.0' encoding='own'?><html><body></body></html>",
    "entities": b"<html><body><table><tr><td>&#0;&#x110000;&#xd800;</td><td>&#27;</td></tr></table></body></html>",
}


class Site(BaseHTTPRequestHandler):
    """A site that answers each path with another error, and records the requests."""

    asked: ClassVar[list[tuple[str, str]]] = []
    pages: ClassVar[dict[str, bytes]] = {}
    whole: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        self.asked.append((self.path, self.headers["User-Agent"]))
        if self.path in self.whole:
            self.close_connection = True
            self.wfile.write(self.whole[self.path])
            return
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
        elif self.path.startswith("/wait-"):
            status, headers = 429, {"Retry-After": self.path.removeprefix("/wait-").replace("%20", " ")}
        elif self.path in ENDLESS:
            self.close_connection = True
            with suppress(OSError):
                for part in ENDLESS[self.path]():
                    self.wfile.write(part)
            return
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
    Site.whole.clear()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def client(tmp_path: Path) -> fetch.Client:
    return fetch.Client(cache=tmp_path / "cache", pause=0.0, retries=2, back_off=0.01)


def plain(text: str) -> bool:
    return all(c.isprintable() or c == "\n" for c in text)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/challenge", r"script challenge \(HTTP 412\); download the page in a browser and use add"),
        ("/empty", "the page is empty"),
        ("/half", "the page is truncated"),
        ("/redirect", "redirects to http://elsewhere.example/, which is not followed"),
        ("/missing", "HTTP 404"),
        ("/always-busy", "HTTP 503"),
        ("/breaks-off", "the connection failed"),
    ],
)
def test_each_refusal_of_the_site_is_one_line(site, client, path, said):
    with pytest.raises(InputError, match=said) as refusal:
        client.get(site + path)
    assert "\n" not in str(refusal.value)
    assert str(refusal.value).startswith(site + path)


def test_a_site_that_does_not_answer_is_given_up(site, client, monkeypatch):
    monkeypatch.setattr(fetch, "TIMEOUT", (0.3, 0.3))
    with pytest.raises(InputError, match=r"no response|the connection failed"):
        fetch.Client(cache=client.cache, pause=0, retries=0).get(site + "/slow")


def test_nobody_at_the_address_is_one_line(client):
    with pytest.raises(InputError, match="the connection failed"):
        client.get("http://127.0.0.1:9/")


def test_a_site_that_cannot_be_reached_is_said_once_and_in_full(client):
    told: list[str] = []
    client.on_wait, client.retries, client.back_off = told.append, 2, 1.0
    refused = r"the connection failed \(Failed to establish a new connection: \[Errno \d+\] [\w ]+ refused\); try again later$"
    with pytest.raises(InputError, match=refused):
        client.get("http://127.0.0.1:9/")
    assert told == []
    assert fetch._reason(Exception("words " * 100)).endswith("words …")


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
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    with pytest.raises(InputError, match="the site's certificate is not valid"):
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
        with pytest.raises(InputError):
            client.get(site + "/half", frozen=True)
    assert len(Site.asked) == 2


def test_the_index_gives_what_is_new_of_the_tables_held(site, client):
    links = fetch.new_releases(client, site, after="2026-01", today="2026-04-10")
    assert [(link.period, link.title[:3]) for link in links] == [("2026-02", "(1)"), ("2026-02", "(4)"), ("2026-03", "(1)")]
    assert links[1].address == f"{site}/Statics/d.html"
    assert fetch.new_releases(client, site, period="2026-03", today="2026-04-10") == [links[2]]


def test_a_month_the_index_does_not_have_is_named_with_those_it_has(site, client):
    with pytest.raises(InputError, match="no tables of 2026-04; it has 2026-02 to 2026-03"):
        fetch.new_releases(client, site, period="2026-04", today="2026-05-10")


def test_an_index_without_a_table_asks_whether_the_site_changed():
    with pytest.raises(InputError, match="has the site changed"):
        fetch.read_index(PAGE, 2026, "http://site/")


# --- a budget -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "said"),
    [("/drip", "seconds"), ("/drip-headers", "seconds"), ("/infinite", "bytes"), ("/bomb", "bytes")],
)
def test_no_page_takes_more_than_the_budget(site, client, path, said):
    client.budget = fetch.Budget(seconds=1, size=3_000_000)
    began = time.monotonic()
    with pytest.raises(fetch.BudgetExceeded, match=f"the {said} of one call are used up"):
        client.get(site + path)
    assert time.monotonic() - began < 3


def test_a_page_that_drips_is_given_up_and_the_next_asked(site, client, monkeypatch):
    monkeypatch.setattr(fetch, "LONGEST_ANSWER", 0.5)
    with pytest.raises(InputError, match="no complete response within"):
        client.get(site + "/drip")
    assert client.get(site + "/page") == PAGE


def test_all_pages_share_one_budget(site, client):
    client.budget = fetch.Budget(size=3 * len(PAGE) + 1, files=5, retries=3)
    for _ in range(3):
        client.get(site + "/page")
    with pytest.raises(fetch.BudgetExceeded, match="bytes"):
        client.get(site + "/page")
    client.budget.size = 10_000
    with pytest.raises(InputError, match="HTTP 503"):
        client.get(site + "/always-busy")
    with pytest.raises(fetch.BudgetExceeded, match="files"):
        client.get(site + "/page")
    client.budget.files = 9
    with pytest.raises(fetch.BudgetExceeded, match="attempts"):
        client.get(site + "/always-busy")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("86400", "asks to wait 86,400 seconds"),
        ("99999999999", "asks to wait"),
        ("Fri, 31 Dec 2100 00:00:00 GMT", "asks to wait"),
    ],
)
def test_a_site_that_asks_for_a_long_pause_is_left_alone(site, client, asked, said):
    with pytest.raises(InputError, match=f"HTTP 429.*{said}"):
        client.get(f"{site}/wait-{asked}")
    assert len(Site.asked) == 1


def test_a_short_pause_is_kept_and_said(site, client):
    told = []
    client.on_wait, client.retries = told.append, 1
    began = time.monotonic()
    with pytest.raises(InputError, match="HTTP 429"):
        client.get(f"{site}/wait-1")
    assert time.monotonic() - began >= 1
    assert told == [f"{site}/wait-1: the site answers HTTP 429 Too Many Requests; retrying in 1 seconds"]


@pytest.mark.parametrize("asked", ["soon", "-1", "1e9", "", "Fri, 31 Dec 1999 00:00:00 GMT"])
def test_a_pause_that_is_none_is_not_kept(site, client, asked):
    with pytest.raises(InputError, match="HTTP 429"):
        client.get(f"{site}/wait-{asked}")


@pytest.mark.parametrize("name", HOSTILE)
def test_no_answer_is_more_than_one_plain_line(site, client, name):
    Site.whole["/x"] = HOSTILE[name]
    try:
        assert len(client.get(site + "/x")) < 20  # as it came
    except InputError as refusal:
        said = str(refusal)
        assert plain(said)
        assert "\n" not in said
        assert len(said) < 500


@pytest.mark.parametrize("name", PAGES)
def test_no_index_is_more_than_a_refusal(name):
    with suppress(InputError):
        assert fetch.select_links(fetch.read_index(PAGES[name], 2026, "http://site/"), after="2020-01") == []


@given(
    st.lists(
        st.sampled_from(
            [
                *b"<>/\x00\xff&=';\\x1b[",
                *(
                    f"<{tag}>"
                    for tag in (
                        "table",
                        "tr",
                        "td",
                        "a href=//[",
                        "/td",
                        "/table",
                        "a href=x",
                        "span",
                        "/a",
                        "script",
                        "!--",
                        "select",
                        "svg",
                    )
                ),
            ]
        ),
        max_size=60,
    )
)
def test_whatever_the_index_is_made_of(parts):
    content = b"".join(part.encode() if isinstance(part, str) else bytes([part]) for part in parts)
    with suppress(InputError):
        fetch.new_releases(Held(content), "http://site", after="2026-01", today="2026-04-10")


class Held:
    """A client whose every page is the same."""

    def __init__(self, content: bytes) -> None:
        self.content, self.budget = content, fetch.Budget()

    def get(self, address: str, **_) -> bytes:
        return self.content


def rows(*of: tuple[str, str]) -> bytes:
    return f"<html><body><table>{''.join(f'<tr><td>{title}</td><td>{cells}</td></tr>' for title, cells in of)}</table></body></html>".encode()


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (rows(("(1) t", "".join(f"<a href=/{n}>x</a>" for n in range(2000)))), "more than 1,000 links"),
        (
            rows(*((f"(1) t{n}", f"<span/><span/><a href=/{n}>x</a>") for n in range(300))),
            "lists 300 tables of 2026-03, more than 20",
        ),
        (rows(("(1) t", "<span/>" * 3 + "<a href=/x>x</a>")), "tables of 2026-04, which is not over on 2026-04-10"),
        (rows(("(1) t", "<span/>" * 12 + "<a href=/x>x</a>")), "tables of 2026-13"),
    ],
)
def test_an_index_that_cannot_be_is_refused(index, said):
    with pytest.raises(InputError, match=said):
        fetch.new_releases(Held(index), "http://site", after="2026-01", today="2026-04-10")


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.2/x", "http://127.0.0.1:1/x", "http://user@127.0.0.1:8000/x", "http://127.0.0.1:8000@elsewhere/x",
        "http://[::1", "http://127.0.0.1:99999/x", "file:///etc/passwd", "file://127.0.0.1:8000/etc/passwd", "javascript:alert(1)",
        "//127.0.0.2/x", "\\\\127.0.0.2\\x", "ftp://127.0.0.1:8000/x",
    ],
)  # fmt: skip
def test_a_link_to_another_site_is_not_asked(address):
    index = rows(("(1) t", f"<span/><a href='{address}'>x</a>"))
    with pytest.raises(InputError, match="links to another site"):
        fetch.new_releases(Held(index), "http://127.0.0.1:8000", after="2026-01", today="2026-04-10")


def test_the_same_site_may_be_asked_safely():
    assert fetch.same_site("https://site/x", "http://site")
    assert fetch.same_site("http://SITE:80/x", "http://site")
    assert not fetch.same_site("http://site:8080/x", "http://site")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2025-13", "is not a month"), ("2025-1", "is not a month"), ("٢٠٢٥-01", "is not a month"), ("\x1b[31m", r"\\x1b"),
        ("2026-04", "is not over yet; the last month that can be published is 2026-03"), ("9999-12", "not over"),
        ("1999-12", "before the data, which begin with 2000-01"), ("0000-01", "is not a month"),
    ],
)  # fmt: skip
def test_a_month_that_cannot_be_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        fetch.check_month(text, "2000-01", "2026-04-10")


def test_a_month_that_can_be_is_asked_for():
    assert fetch.check_month("2025-12", "2000-01", "2026-01-05") == "2025-12"


@pytest.mark.parametrize(
    "address", ["http://[::1", "nowhere", "http://a..b/", "http://" + "a" * 300 + ".b/", "http://127.0.0.1:99999/"]
)
def test_an_address_that_is_none_is_one_line(client, address):
    client.retries = 0
    with pytest.raises(InputError):
        client.get(address)


def test_a_cache_that_cannot_be_written_costs_time_only(site, client, tmp_path):
    (tmp_path / "file").write_text("")
    client.cache = tmp_path / "file" / "cache"
    assert client.get(site + "/page", frozen=True) == PAGE
    client.forget(site + "/page")


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
    files = pages.next_month(loading.read_printed(schema.DATA))
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
    assert "is truncated" in line
    assert "nothing was changed" in line
    assert {path.name: path.read_bytes() for path in data_copy.glob("*.csv")} == before


def test_fetch_wants_a_period_that_is_one(site, data_copy, tmp_path):
    done = run("2026-13", "--site", site, folder=data_copy, cache=tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "'2026-13' is not a month; write it like 20" in done.stderr
    done = run("--source", "comtrade", "--site", site, folder=data_copy, cache=tmp_path)
    assert done.returncode == 2
    assert "queried by month" in done.stderr


def test_nothing_from_outside_commands_the_terminal(site, data_copy, tmp_path):
    Site.pages["/statics/report/preliminary.html"] = published(
        {"(1) \x1b[31m\x1b]0;owned\x07 &#27;[2J &#x9b;2J &#x202e;title": "x", "(4) t": "y"}
    )
    Site.whole["/Statics/y"] = HOSTILE["a reason in colours"]
    done = run("--site", site, folder=data_copy, cache=tmp_path)
    assert done.returncode == 2
    assert plain(done.stdout + done.stderr)
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("name", [*HOSTILE, *PAGES])
def test_no_page_ends_in_an_internal_error(site, data_copy, tmp_path, name, monkeypatch, capsys):
    monkeypatch.setattr(schema, "DATA", data_copy)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    Site.pages["/statics/report/preliminary.html"] = published({"(1) t": "x"})
    (Site.whole if name in HOSTILE else Site.pages)["/Statics/x"] = (HOSTILE | PAGES)[name]
    monkeypatch.setattr(fetch, "Client", partial(fetch.Client, pause=0, retries=1, back_off=0))
    with pytest.raises(SystemExit) as ended:
        main(["fetch", "--site", site])
    assert ended.value.code == 2
    told = capsys.readouterr()
    assert plain(told.err)
    assert "nothing was changed" in told.err
