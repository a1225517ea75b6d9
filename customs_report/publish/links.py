"""Links from a report's page to its archive: added only on publishing, because they would be dead in a mailed page."""

from __future__ import annotations

import re
from urllib.parse import quote

MASTHEAD, FOOTER = "<span>China customs reports</span>\n", "<footer>"  # in the page, what links follow
PROFILE = re.compile(r'<a data-profile="([^"]+)"')  # a row that names a partner or a commodity
ADDED = re.compile(r'<span class="archive">.*?</span>\n|(?<=") href="[^"]*" class="profile"')


def with_archive_links(page: str, folder: str, url: str = "") -> str:
    """A report's page with links to the archive: absolute if `url` is given, otherwise relative."""
    page, here = without_archive_links(page), f"{url}{quote(folder)}/" if url else ""
    latest = f"{url or '../'}latest/index.html"
    month = f'<a href="{here}index.html">'
    head = f'{month}All of this month</a> <a href="{latest}">The newest report</a>'
    foot = f"{month}All files of this report</a>: a workbook of its tables and facts, its charts as SVG and PNG. "
    for place, links in ((MASTHEAD, head), (FOOTER, foot)):
        page = page.replace(place, f'{place}<span class="archive">{links}</span>\n', 1)
    return PROFILE.sub(rf'\g<0> href="{here}index.html#\1" class="profile"', page)


def without_archive_links(page: str) -> str:
    """The page as it was built."""
    return ADDED.sub("", page)
