"""What the terminal is given: no control character of a file or a site, which could move the cursor or rename the window."""

from __future__ import annotations

import logging

import click

said = logging.getLogger(__name__)


def plain(text: str, longest: int = 0) -> str:
    """The text without line breaks, control characters and what no terminal can write; cut after `longest` characters."""
    if longest and len(text) > longest:
        text = f"{text[:longest]}..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def say(text: str, *, err: bool = False) -> None:
    """Print a line, and log it."""
    click.echo(plain(text), err=err)
    said.log(logging.WARNING if err else logging.INFO, "%s", text)
