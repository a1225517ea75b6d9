"""Links from a report's page to its archive, and what a preview of it shows: added only on publishing.

In a mailed page the links would be dead; the address of a preview's picture is known only then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from urllib.parse import quote

from customs_report.publish.dataset import Dataset, in_page, located, unlocated

HEAD = '<meta name="color-scheme" content="light dark">\n'  # in the page, what the preview's tags follow
MASTHEAD, FOOTER = "<span>China customs reports</span>\n", "<footer>"  # and what links follow
PROFILE = re.compile(r'<a data-profile="([^"]+)"')  # a row that names a partner or a commodity
DATASET = re.compile(r'<script type="application/ld\+json">(.*?)</script>\n', re.S)
OPEN, CLOSE = "<!--archive-->", "<!--/archive-->\n"
ADDED = re.compile(rf'{OPEN}(?s:.*?){CLOSE}|<span class="archive">.*?</span>\n|(?<=") href="[^"]*" class="profile"')


def with_archive_links(page: str, folder: str, url: str = "", preview: str = "") -> str:
    """A report's page with links to the archive, absolute if `url` is given, and the tags of its preview in its head."""
    page, here = without_archive_links(page), f"{url}{quote(folder)}/" if url else ""
    latest = f"{url or '../'}latest/index.html"
    month = f'<a href="{here}index.html">'
    head = f'{month}All of this month</a> <a href="{latest}">The newest report</a>'
    foot = f"{month}All files of this report</a>: a workbook of its tables and facts, its charts as SVG and PNG. "
    for place, links in ((MASTHEAD, head), (FOOTER, foot)):
        page = page.replace(place, f'{place}<span class="archive">{links}</span>\n', 1)
    if preview:
        page = page.replace(HEAD, f"{HEAD}{OPEN}\n{preview}{CLOSE}", 1)
    page = _with_dataset(page, partial(located, folder=folder, site=url))
    return PROFILE.sub(rf'\g<0> href="{here}index.html#\1" class="profile"', page)


def _with_dataset(page: str, change: Callable[[Dataset], Dataset]) -> str:
    """The page with its JSON-LD changed, if it has any."""
    found = DATASET.search(page)
    try:
        return page.replace(found[0], in_page(change(json.loads(found[1]))), 1) if found else page
    except (ValueError, LookupError, TypeError, AttributeError):  # not as a build writes it
        return page


def without_archive_links(page: str) -> str:
    """The page as it was built."""
    return ADDED.sub("", _with_dataset(page, unlocated))
