"""Print to the terminal, without control characters from files or sites, which could move the cursor or rename the window."""

from __future__ import annotations

import logging

import click

logger = logging.getLogger(__name__)


def plain(text: str, longest: int = 0) -> str:
    """Escape line breaks and all unprintable characters; cut the text after `longest` characters (0: do not)."""
    if longest and len(text) > longest:
        text = f"{text[:longest]}..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def say(text: str, *, err: bool = False) -> None:
    """Print a line, and log it."""
    click.echo(plain(text), err=err)
    logger.log(logging.WARNING if err else logging.INFO, "%s", text)
