"""Fetching new releases: customs' open English site, EastMoney's copy of the totals, UN Comtrade.

Polite: one request at a time with a pause between them, a user agent that says who asks, retries with back-off, and customs'
pages, which never change once published, are kept. A refusal of the site is one line, and nothing was changed.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import requests
from lxml import html
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from customs_report.errors import Refused

SITE = "http://english.customs.gov.cn"
EASTMONEY = (
    "https://datacenter-web.eastmoney.com/api/data/v1/get?reportName=RPT_ECONOMY_CUSTOMS&columns=ALL"
    "&pageNumber=1&pageSize=500&sortColumns=REPORT_DATE&sortTypes=-1"
)
COMTRADE = "https://comtradeapi.un.org/public/v1/preview/C/M/HS?reporterCode=156&period={period}&cmdCode=TOTAL"
WANTED = ("(1)", "(4)", "(5)", "(6)")  # of the preliminary release: totals, partners, export and import commodities
AGENT = "china-customs-reports (monthly report; one request at a time)"
TIMEOUT = (10, 60)  # seconds to connect, to answer


class Link(NamedTuple):
    """A published table: its title, the month it is of, its address; customs' own pages are frozen once published."""

    title: str
    period: str
    address: str
    frozen: bool = True


@dataclass
class Client:
    """Downloads politely; keeps what never changes in `cache`."""

    cache: Path = field(
        default_factory=lambda: Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "china-customs-reports"
    )
    pause: float = 1.0
    retries: int = 3
    back_off: float = 2.0
    _last: float = 0.0

    def __post_init__(self) -> None:
        retry = Retry(
            self.retries,
            backoff_factor=self.back_off,
            status_forcelist=(429, 500, 502, 503, 504),
            raise_on_status=False,
            redirect=0,
        )
        self.session = requests.Session()
        self.session.headers["User-Agent"] = AGENT
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, HTTPAdapter(max_retries=retry))

    def get(self, address: str, *, frozen: bool = False) -> bytes:
        """The content of an address; `frozen`: a page that never changes once published, asked for once."""
        kept = self.cache / hashlib.sha256(address.encode()).hexdigest()
        if frozen and kept.is_file():
            return kept.read_bytes()
        content = self._download(address)
        if frozen:
            self.cache.mkdir(parents=True, exist_ok=True)
            part = kept.with_suffix(f".{os.getpid()}")
            part.write_bytes(content)
            part.replace(kept)
        return content

    def forget(self, address: str) -> None:
        """Ask for an address again next time: what was kept could not be used."""
        (self.cache / hashlib.sha256(address.encode()).hexdigest()).unlink(missing_ok=True)

    def _download(self, address: str) -> bytes:
        time.sleep(max(0.0, self._last + self.pause - time.monotonic()))
        try:
            answer = self.session.get(address, timeout=TIMEOUT, allow_redirects=False)
        except requests.exceptions.SSLError as error:
            raise Refused(f"{address}: the site's certificate is not valid ({_reason(error)})") from None
        except requests.exceptions.Timeout:
            raise Refused(f"{address}: no answer within {TIMEOUT[1]} seconds; try again later") from None
        except requests.exceptions.RequestException as error:
            raise Refused(f"{address}: the connection failed or broke off ({_reason(error)}); try again later") from None
        finally:
            self._last = time.monotonic()
        return _checked(address, answer)


def _checked(address: str, answer: requests.Response) -> bytes:
    """The content, unless it is a refusal in disguise: a challenge, a redirect, an empty or a half page."""
    if answer.status_code == 412:
        raise Refused(
            f"{address}: the site answers with a script challenge (HTTP 412); download the page in a browser and use add"
        )
    if answer.is_redirect:
        raise Refused(f"{address}: the site redirects to {answer.headers['Location']}, which is not followed")
    if answer.status_code != 200:
        raise Refused(f"{address}: the site answers HTTP {answer.status_code} {answer.reason or ''}".rstrip())
    if not answer.content.strip():
        raise Refused(f"{address}: the page is empty; try again later")
    text = answer.content.lower()
    if b"<html" in text and b"</html>" not in text[-2000:]:
        raise Refused(f"{address}: the page breaks off in the middle; try again later")
    return answer.content


def _reason(error: Exception) -> str:
    while error.args and isinstance(error.args[0], Exception):
        error = error.args[0]
    return str(getattr(error, "reason", None) or error).split("\n")[0][:120]


def index_address(site: str, year: int, *, current: bool) -> str:
    """Where customs lists the preliminary releases of a year."""
    return f"{site}/statics/report/preliminary{'' if current else year}.html"


def read_index(content: bytes, year: int, base: str) -> list[Link]:
    """The tables that the index of a year links to; a month not yet published is no link."""
    rows = html.fromstring(content).xpath("//table//tr[td]")
    if not rows:
        raise Refused(f"{base}: the index of {year} has no table of releases; has the site changed?")
    return [link for row in rows for link in _links(row, year, base)]


def _links(row: html.HtmlElement, year: int, base: str) -> Iterator[Link]:
    title, months = row.xpath("./td")[:2]
    for number, cell in enumerate(months.xpath("./*[self::a or self::span]"), start=1):
        address = cell.get("href")
        if address:
            yield Link(
                " ".join(title.text_content().split()), f"{year}-{number:02d}", urljoin(base, address.replace("\\", "/"))
            )


def wanted(links: list[Link], period: str = "", after: str = "") -> list[Link]:
    """The links of the tables that the data hold, of one month or of all later than one, oldest first."""
    chosen = [
        link for link in links if link.title.startswith(WANTED) and (link.period == period if period else link.period > after)
    ]
    return sorted(chosen, key=lambda link: (link.period, link.title))


def same_site(address: str, site: str) -> bool:
    """Does an index link stay on the site it was found on?"""
    return urlsplit(address).hostname == urlsplit(site).hostname


def new_releases(client: Client, site: str, period: str = "", after: str = "", today: str = "") -> list[Link]:
    """Which tables has customs published of a month, or since the newest one held? Asks the index of each year once."""
    first = int((period or after)[:4])
    newest = int((period or today)[:4])
    links: list[Link] = []
    for year in range(first, newest + 1):
        address = index_address(site, year, current=year == int(today[:4]))
        links += read_index(client.get(address), year, address)
    chosen = wanted(links, period, after)
    if foreign := [link for link in chosen if not same_site(link.address, site)]:
        raise Refused(f"the index links to another site, which is not asked: {foreign[0].address}")
    if period and not chosen:
        known = sorted({link.period for link in links})
        raise Refused(
            f"customs’ index has no tables of {period}; it has {known[0]} to {known[-1]}"
            if known
            else f"customs’ index has no tables of {period}"
        )
    return chosen


def pages(client: Client, source: str, site: str, period: str, after: str, today: str) -> list[Link]:
    """What is there to fetch from a source: of one period, or all after another? Only customs' own site has an index."""
    if source == "gacc":
        return new_releases(client, site or SITE, period, after, today)
    if source == "comtrade" and not period:
        raise Refused(f"UN Comtrade is asked by the month, and lags a year or more; name one, such as {after}")
    address = (COMTRADE if source == "comtrade" else EASTMONEY).format(period=period.replace("-", ""))
    if site:
        address = urljoin(site, urlsplit(address)._replace(scheme="", netloc="").geturl())
    return [Link({"comtrade": "UN Comtrade", "eastmoney": "EastMoney"}[source], period, address, frozen=False)]
