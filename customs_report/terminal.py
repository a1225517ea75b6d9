"""Print to the terminal, without control characters from files or sites, which could move the cursor or rename the window.

Characters that the output's encoding lacks are replaced by similar ASCII ones or escapes.
"""

from __future__ import annotations

import codecs
import io
import json
import logging
import os
import shutil
import sys
import unicodedata
from pathlib import Path
from typing import Any

import click

NAME = "customs-report"
PLAINER = {"–": "-", "—": "-", "−": "-", "·": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "×": "x", "→": "->", "←": "<-"}
logger = logging.getLogger(__name__)


def _plainer(error: UnicodeError) -> tuple[str, int]:
    """For characters that an encoding lacks: "-" for a dash, letters without their accents, escapes for all others."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(map(_ascii, error.object[error.start : error.end])), error.end


def _ascii(character: str) -> str:
    like = PLAINER.get(character) or unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return like or character.encode("unicode_escape").decode()


codecs.register_error("plainer", _plainer)


def set_up_streams() -> None:
    """Let stdout and stderr accept any text; open closed streams on /dev/null so that no other file gets their descriptors."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            _open_devnull(number)
            nowhere = Path(os.devnull).open("w" if number else "r", encoding="utf-8")  # noqa: SIM115 - until the end
            setattr(sys, name, nowhere)
        elif number and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="plainer")


def _open_devnull(number: int) -> None:
    try:
        os.fstat(number)
    except OSError:
        nowhere = os.open(os.devnull, os.O_RDWR)
        if nowhere != number:
            os.dup2(nowhere, number)
            os.close(nowhere)


def discard_unwritable_output() -> None:
    """After a broken pipe, send all further output to /dev/null."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def plain(text: str, longest: int = 0) -> str:
    """Escape line breaks and all unprintable characters; cut the text after `longest` characters (0: do not)."""
    if longest and len(text) > longest:
        text = f"{text[:longest]}..."
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def suggested_command(rest: str, *, anywhere: bool = False) -> str:
    """A command to suggest, such as `.venv/bin/customs-report check`: as this program was called, so that it can be run.

    `anywhere`: it is to be run from another folder, too.
    """
    called = Path(sys.argv[0])
    if called.name == "__main__.py":
        return f"{_as_called(Path(sys.orig_argv[0]), anywhere)} -m customs_report {rest}"
    return f"{_as_called(called, anywhere) if called.stem == NAME else NAME} {rest}"


def _as_called(program: Path, anywhere: bool) -> str:
    """How to call a program from here, or from anywhere: by its name if the shell finds it by that, else by its path."""
    if len(program.parts) == 1 and not program.exists():
        return str(program)
    found = shutil.which(program.stem)  # on Windows the name may have no ending, or one in capitals
    if found and os.path.normcase(Path(found).with_suffix("")) == os.path.normcase(program.absolute().with_suffix("")):
        return program.stem
    if anywhere:
        path = str(program.absolute())
        return f'"{path}"' if " " in path else path
    path = os.path.relpath(program) if program.absolute().is_relative_to(Path.cwd()) else str(program)
    return path if os.sep in path else f".{os.sep}{path}"


def say(text: str, *, err: bool = False) -> None:
    """Print a line, and log it."""
    click.echo(plain(text), sys.stderr if err else sys.stdout)  # named, else click writes UTF-8 where ASCII is asked for
    logger.log(logging.WARNING if err else logging.INFO, "%s", text)


def say_json(content: Any) -> None:
    """Print JSON: with escapes where the encoding, or a terminal, would make something else of a character."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    unicode = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().startswith("utf")
    click.echo(text if unicode and text.replace("\n", "").isprintable() else json.dumps(content, indent=1), sys.stdout)
