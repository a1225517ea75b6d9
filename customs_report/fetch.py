"""Download new releases from customs' open English site, EastMoney's copy of the totals, or UN Comtrade.

Requests are polite: one at a time with a pause in between, an honest user agent, retries with back-off; customs' pages, which
never change once published, are cached. A budget of seconds, bytes, files and retries limits each call. If a site refuses,
the error is one line and nothing is changed.
"""

from __future__ import annotations

import hashlib
import logging
import math
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from textwrap import shorten
from threading import Thread
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from lxml import etree, html
from urllib3.exceptions import HTTPError

from customs_report import log
from customs_report.errors import InputError
from customs_report.files import locked, put
from customs_report.periods import parse_month
from customs_report.terminal import plain

logger = logging.getLogger(__name__)

SITE = "http://english.customs.gov.cn"
EASTMONEY = (
    "https://datacenter-web.eastmoney.com/api/data/v1/get?reportName=RPT_ECONOMY_CUSTOMS&columns=ALL"
    "&pageNumber=1&pageSize=500&sortColumns=REPORT_DATE&sortTypes=-1"
)
COMTRADE = "https://comtradeapi.un.org/public/v1/preview/C/M/HS?reporterCode=156&period={period}&cmdCode=TOTAL"
WANTED = ("(1)", "(4)", "(5)", "(6)")  # of the preliminary release: totals, partners, export and import commodities
AGENT = "china-customs-reports (monthly report; one request at a time)"
TIMEOUT = (10, 60)  # seconds to connect, to answer


BUSY = (413, 429, 500, 502, 503, 504)  # HTTP status codes after which a request is retried
LONGEST_ANSWER = 90  # seconds for one page
LONGEST_WAIT = 60  # seconds; if a site asks for a longer wait, the call fails
LONGEST_REASON = 180  # characters
MOST_LINKS = 1000  # of the index of a year: customs' own has 18 tables of 12 months
MOST_TABLES = 20  # of a month: customs' own has four, each in two currencies at most


class Link(NamedTuple):
    """A published table: title, month, address. `frozen`: the page never changes once published, as customs' own do."""

    title: str
    period: str
    address: str
    frozen: bool = True


class Response(NamedTuple):
    """A site's response, its content decompressed."""

    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes


class BudgetExceeded(InputError):
    """The budget of a call is used up; no further page is requested."""


class TemporaryFailure(InputError):
    """A request failed for now; a retry after `wait` seconds may succeed."""

    def __init__(self, why: str, wait: float = 0) -> None:
        super().__init__(why)
        self.wait = wait


@dataclass
class Budget:
    """The limits of one call, for all its pages together; `seconds` counts waiting and downloading."""

    seconds: float = 600
    size: int = 100_000_000  # bytes, after decompression
    files: int = 250
    retries: int = 10

    def spend(self, what: str, amount: float, whose: str) -> None:
        """Take an amount from the budget; raises BudgetExceeded if not that much is left. `whose`: named in the message."""
        left = getattr(self, what) - amount
        setattr(self, what, max(left, 0))
        if left < 0:
            raise BudgetExceeded(f"{whose}: the {WHAT[what]} of one call are used up; run it again for the rest")


WHAT = {"seconds": "seconds", "size": "bytes", "files": "files", "retries": "attempts"}


@dataclass
class Client:
    """Downloads politely and within a budget; caches frozen pages; calls `on_wait` with a message before a long wait."""

    cache: Path = field(
        default_factory=lambda: Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "china-customs-reports"
    )
    pause: float = 1.0
    retries: int = 3  # of one page
    back_off: float = 2.0
    budget: Budget = field(default_factory=Budget)
    on_wait: Callable[[str], None] = lambda text: None
    _last: float = 0.0

    def __post_init__(self) -> None:
        self.session = requests.Session()
        self.session.headers["User-Agent"] = AGENT

    def get(self, address: str, *, frozen: bool = False) -> bytes:
        """The content of an address. `frozen`: the page never changes, so it is cached."""
        cached = self._cache_file(address)
        if frozen and cached.is_file():
            logger.info("%s: cached in %s", printable(address), cached)
            return cached.read_bytes()
        self.budget.spend("files", 1, printable(address))
        with log.timed(logger, f"downloaded {printable(address)}"):
            content = self._download(address)
        if frozen:
            with suppress(OSError), locked(self.cache):  # a cache that cannot be written costs time only
                put(cached, content)
        return content

    def forget(self, address: str) -> None:
        """Remove an address from the cache, since its content could not be used."""
        with suppress(OSError):
            self._cache_file(address).unlink()

    def _cache_file(self, address: str) -> Path:
        return self.cache / hashlib.sha256(address.encode(errors="surrogatepass")).hexdigest()

    def _download(self, address: str) -> bytes:
        """The content, with retries if the site is busy or the connection fails."""
        for attempt in range(self.retries):
            try:
                return self._attempt(address)
            except TemporaryFailure as failure:
                self.budget.spend("retries", 1, str(failure))
                wait = max(failure.wait, min(self.back_off * 2**attempt, LONGEST_WAIT))
                say = self.on_wait if failure.wait >= 1 else logger.info  # what fails for good is said once, at the end
                say(f"{failure}; retrying in {wait:.0f} seconds")
                self._wait(wait, address)
        return self._attempt(address)

    def _attempt(self, address: str) -> bytes:
        self._wait(self._last + self.pause - time.monotonic(), address)
        answer = self._answer(address)
        if answer.status not in BUSY:
            return _checked(address, answer)
        wait, failure = _retry_after(answer.headers.get("Retry-After", "")), _http(address, answer)
        if wait > LONGEST_WAIT:
            raise InputError(f"{failure} and asks to wait {wait:,} seconds; the longest wait is {LONGEST_WAIT} seconds")
        raise TemporaryFailure(failure, wait)

    def _wait(self, seconds: float, address: str) -> None:
        seconds = max(seconds, 0.0)
        self.budget.spend("seconds", seconds, printable(address))
        time.sleep(seconds)

    def _answer(self, address: str) -> Response:
        """Request once, in a thread that is abandoned when it takes too long: a site may send a byte a second for ever."""
        answers: SimpleQueue[Response | BaseException] = SimpleQueue()
        began = time.monotonic()
        Thread(target=lambda: answers.put(self._asked(address)), daemon=True).start()
        try:
            answer = answers.get(timeout=min(self.budget.seconds, LONGEST_ANSWER))
        except Empty:
            answer = InputError(f"{printable(address)}: no complete response within {LONGEST_ANSWER} seconds; try again later")
        self._last = time.monotonic()
        self.budget.spend("seconds", self._last - began, printable(address))
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _asked(self, address: str) -> Response | BaseException:
        try:
            with self.session.get(address, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
                if "," in answer.headers.get("Content-Encoding", ""):
                    return InputError(
                        f"{printable(address)}: the page is compressed several times over, which is not supported"
                    )
                content = bytearray()
                for part in answer.iter_content(2**16):
                    self.budget.spend("size", len(part), printable(address))
                    content += part
                return Response(answer.status_code, answer.reason or "", answer.headers, bytes(content))
        except requests.exceptions.SSLError as error:
            return InputError(f"{printable(address)}: the site's certificate is not valid ({_reason(error)})")
        except requests.exceptions.Timeout:
            return TemporaryFailure(f"{printable(address)}: no response within {TIMEOUT[1]} seconds; try again later")
        except (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError) as error:
            return TemporaryFailure(f"{printable(address)}: the connection failed ({_reason(error)}); try again later")
        except requests.exceptions.ContentDecodingError:
            return InputError(f"{printable(address)}: the page is not compressed as the site says")
        except (requests.exceptions.RequestException, HTTPError, ValueError) as error:  # InputError is one
            return (
                error
                if isinstance(error, InputError)
                else InputError(f"{printable(address)}: cannot be requested ({_reason(error)})")
            )
        except BaseException as error:
            return error


def printable(text: str) -> str:
    """A text from a site in one line of printable characters, shortened, for use in a message."""
    return plain(" ".join(text.split()), longest=200)


def _http(address: str, answer: Response) -> str:
    return f"{printable(address)}: the site answers HTTP {answer.status} {printable(answer.reason)}".rstrip()


def _retry_after(text: str) -> int:
    """The seconds to wait according to a Retry-After header (seconds or a date); 0 without one."""
    if re.fullmatch(r"[0-9]{1,12}", text.strip()):
        return int(text)
    try:
        return max(0, math.ceil(parsedate_to_datetime(text).timestamp() - time.time()))
    except (ValueError, TypeError, OverflowError):
        return 0


def _checked(address: str, answer: Response) -> bytes:
    """The content of a response. Raises InputError for a script challenge, a redirect, an error, an empty or truncated page."""
    address = printable(address)
    if answer.status == 412:
        raise InputError(
            f"{address}: the site answers with a script challenge (HTTP 412); download the page in a browser and use add"
        )
    if 300 <= answer.status < 400 and "Location" in answer.headers:
        raise InputError(f"{address}: the site redirects to {printable(answer.headers['Location'])}, which is not followed")
    if answer.status != 200:
        raise InputError(_http(address, answer))
    if not answer.content.strip():
        raise InputError(f"{address}: the page is empty; try again later")
    text = answer.content.lower()
    if b"<html" in text and b"</html>" not in text[-2000:]:
        raise InputError(f"{address}: the page is truncated; try again later")
    return answer.content


def _reason(error: Exception) -> str:
    while error.args and isinstance(error.args[0], Exception):
        error = error.args[0]
    said = str(getattr(error, "reason", None) or error).split("\n")[0]
    return printable(shorten(re.sub(r"^HTTPS?Connection\w*\(.*?\): ", "", said), LONGEST_REASON, placeholder=" …"))


def index_address(site: str, year: int, *, current: bool) -> str:
    """The address of customs' index of the preliminary releases of a year."""
    return f"{site}/statics/report/preliminary{'' if current else year}.html"


def read_index(content: bytes, year: int, base: str) -> list[Link]:
    """The links to tables in the index of a year. Raises InputError if the page has no such table."""
    try:
        rows = html.fromstring(content).xpath("//table//tr[count(td) > 1]")
    except (etree.LxmlError, ValueError, LookupError):  # nothing in it, or in no encoding
        rows = []
    links = list(islice((link for row in rows for link in _links(row, year, base)), MOST_LINKS + 1))
    if not rows or len(links) > MOST_LINKS:
        found = "no table of releases" if not rows else f"more than {MOST_LINKS:,} links"
        raise InputError(f"{base}: the index of {year} has {found}; has the site changed?")
    return links


def _links(row: html.HtmlElement, year: int, base: str) -> Iterator[Link]:
    title, months = row.xpath("./td[position() < 3]")
    for number, cell in enumerate(months.xpath("./*[self::a or self::span]"), start=1):
        address = cell.get("href")
        if address:
            yield Link(printable(title.text_content()), f"{year}-{number:02d}", _joined(base, address.replace("\\", "/")))


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:  # not a valid address; same_site rejects it
        return address


def select_links(links: list[Link], period: str = "", after: str = "") -> list[Link]:
    """The links to the tables used here, of one month or of all months after one, oldest first."""
    chosen = [
        link for link in links if link.title.startswith(WANTED) and (link.period == period if period else link.period > after)
    ]
    return sorted(chosen, key=lambda link: (link.period, link.title))


def same_site(address: str, site: str) -> bool:
    """Is an address on the given site? Another port is another site; an address with a user name is on none."""
    return _host_and_port(address) is not None and _host_and_port(address) == _host_and_port(site)


def _host_and_port(address: str) -> tuple[str, int] | None:
    """Host and port of an address (443 counts as 80); None if it is not an http(s) address or has a user name."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.hostname, 80 if port in (None, 80, 443) else port


def new_releases(client: Client, site: str, period: str = "", after: str = "", today: str = "") -> list[Link]:
    """Which tables has customs published of a month, or since the month `after`? Downloads the index of each year."""
    first = int((period or after)[:4])
    newest = int((period or today)[:4])
    links: list[Link] = []
    for year in range(first, newest + 1):
        address = index_address(site, year, current=year == int(today[:4]))
        links += read_index(client.get(address), year, address)
    chosen = select_links(links, period, after)
    if foreign := [link for link in chosen if not same_site(link.address, site)]:
        raise InputError(f"the index links to another site, which is not followed: {printable(foreign[0].address)}")
    if early := [link for link in chosen if link.period >= today[:7]]:
        raise InputError(f"the index links to tables of {early[0].period}, which is not over on {today}; has the site changed?")
    crowded, most = max(Counter(link.period for link in chosen).items(), key=lambda found: found[1], default=("", 0))
    if most > MOST_TABLES:
        raise InputError(f"the index lists {most} tables of {crowded}, more than {MOST_TABLES}; has the site changed?")
    if len(chosen) > client.budget.files:
        raise InputError(
            f"the index lists {len(chosen)} tables to fetch, more than the {client.budget.files} of one call; name a month"
        )
    if period and not chosen:
        known = sorted({link.period for link in links})
        raise InputError(
            f"customs’ index has no tables of {period}; it has {known[0]} to {known[-1]}"
            if known
            else f"customs’ index has no tables of {period}"
        )
    return chosen


def check_month(text: str, first: str, today: str) -> str:
    """Returns the month; raises InputError if it is not a month, not over yet, or before the first month of the data."""
    last = (date.fromisoformat(today).replace(day=1) - timedelta(days=1)).isoformat()[:7]
    month = parse_month(text)
    if not month:
        raise InputError(f"{text[:40]!r} is not a month; write it like {last}")
    if month > last:
        raise InputError(f"{month} is not over yet; the last month that can be published is {last}")
    if month < first:
        raise InputError(f"{month} is before the data, which begin with {first}")
    return month


def find_links(client: Client, source: str, site: str, period: str, after: str, today: str) -> list[Link]:
    """Which pages does a source have for one period, or since the period `after`? Only customs' own site has an index."""
    if source == "gacc":
        return new_releases(client, site or SITE, period, after, today)
    if source == "comtrade" and not period:
        raise InputError(f"UN Comtrade is queried by month, and lags a year or more; name one, such as {after}")
    address = (COMTRADE if source == "comtrade" else EASTMONEY).format(period=period.replace("-", ""))
    if site:
        address = urljoin(site, urlsplit(address)._replace(scheme="", netloc="").geturl())
    return [Link({"comtrade": "UN Comtrade", "eastmoney": "EastMoney"}[source], period, address, frozen=False)]


def download(client: Client, links: list[Link]) -> Iterator[tuple[Link, bytes | InputError]]:
    """Download each page: yields its content, or the error; stops once the budget is used up."""
    for link in links:
        try:
            yield link, client.get(link.address, frozen=link.frozen)
        except InputError as refusal:
            yield link, refusal
            if isinstance(refusal, BudgetExceeded):
                return
