"""Print to the terminal, without control characters from files or sites, which could move the cursor or rename the window."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from pathlib import Path

import click

NAME = "customs-report"
logger = logging.getLogger(__name__)


def plain(text: str, longest: int = 0) -> str:
    """Escape line breaks and all unprintable characters; cut the text after `longest` characters (0: do not)."""
    if longest and len(text) > longest:
        text = f"{text[:longest]}..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def command(rest: str) -> str:
    """A command to suggest, such as `.venv/bin/customs-report check`: as this program was called, so that it can be run."""
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"python -m customs_report {rest}"
    if called.stem != NAME or shutil.which(NAME) == str(called.absolute()):
        return f"{NAME} {rest}"
    path = os.path.relpath(called) if called.absolute().is_relative_to(Path.cwd()) else str(called)
    return f"{path if os.sep in path else f'.{os.sep}{path}'} {rest}"


def say(text: str, *, err: bool = False) -> None:
    """Print a line, and log it."""
    click.echo(plain(text), err=err)
    logger.log(logging.WARNING if err else logging.INFO, "%s", text)
