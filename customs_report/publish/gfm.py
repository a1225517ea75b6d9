"""GitHub's Markdown as HTML: CommonMark with tables, task lists, alerts, footnotes and bare addresses as links.

Formulas stay as they are written: a dollar is money here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from hashlib import sha256

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

SECTION = "section-"  # the beginning of a heading's id
DASHES = (("---", "—"), ("--", "–"), ("...", "…"))


def html(source: str, *, smart: bool = False, taken: set[str] | None = None) -> str:
    """Markdown as HTML; `smart`: with typographic quotes and dashes; `taken`: ids of headings, to which its own are added."""
    reader, taken = _reader(smart), set() if taken is None else taken
    env = {"docId": sha256(source.encode()).hexdigest()[:8]}  # several cells have a note 1
    tokens = reader.parse(source, env)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following:
            token.attrSet("id", SECTION + _unused(_slug(following.children or ()), taken))
        for child in token.children or ():
            if child.type == "link_open" and str(child.attrGet("href")).startswith("#"):
                child.attrSet("href", f"#{SECTION}{str(child.attrGet('href'))[1:]}")
            elif child.type == "text" and smart:
                for written, dash in DASHES:
                    child.content = child.content.replace(written, dash)
    return reader.renderer.render(tokens, reader.options, env)


@cache
def _reader(smart: bool) -> MarkdownIt:
    options = {"linkify": False, "strikethrough_single_tilde": False, "typographer": smart}
    reader = MarkdownIt("gfm-like2", options).use(footnote_plugin, inline=False).use(gfm_autolink_plugin)
    reader.enable("smartquotes" if smart else [])
    reader.renderer.rules["softbreak"] = lambda *_: " "  # type: ignore[attr-defined]
    return reader


def _slug(heading: Sequence[Token]) -> str:
    """The id that GitHub gives a heading."""
    said = "".join(" " if token.type == "softbreak" else token.content for token in heading if token.type != "html_inline")
    return re.sub(r"[^\w\- ]", "", said.lower()).strip().replace(" ", "-") or "section"


def _unused(slug: str, taken: set[str]) -> str:
    number, new = 0, slug
    while new in taken:
        number += 1
        new = f"{slug}-{number}"
    taken.add(new)
    return new
