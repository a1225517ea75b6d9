"""The log of a run: on stderr with --verbose, in a file with --log-file, otherwise none."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from customs_report.errors import InputError

PACKAGE = logging.getLogger("customs_report")
PRINTED = "customs_report.terminal"  # the logger of lines that are printed anyway, among them errors
PACKAGE.addHandler(logging.NullHandler())  # without it, Python itself would print errors

Choice = tuple[bool, Path | None]
_chosen: Choice = (False, None)


class _Lines(logging.Formatter):
    """Escapes control characters from files and sites, so that each record is one line, and each line of a traceback."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        from customs_report.terminal import plain  # a report needs no terminal

        record.message = plain(record.message)
        return super().formatMessage(record)

    def formatException(self, error: Any) -> str:
        from customs_report.terminal import plain

        return "\n".join(map(plain, super().formatException(error).splitlines()))


def set_up(verbose: bool, file: Path | None) -> None:
    """Log to stderr and to a file, replacing any earlier set-up. Raises InputError if the file cannot be written."""
    global _chosen
    tear_down()
    try:
        to_file = logging.FileHandler(file, encoding="utf-8", errors="backslashreplace") if file else None
    except OSError as error:
        raise InputError(f"the log file {file} cannot be written: {error.strerror or error}") from None
    if to_file:
        to_file.setFormatter(_Lines("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s"))
        PACKAGE.addHandler(to_file)
    if verbose:
        to_terminal = logging.StreamHandler(sys.stderr)
        to_terminal.setFormatter(_Lines("%(message)s"))
        to_terminal.addFilter(lambda record: record.name != PRINTED and record.levelno < logging.ERROR)  # printed already
        PACKAGE.addHandler(to_terminal)
    logging.raiseExceptions = False  # a full disk is no reason to stop
    if verbose or file:
        PACKAGE.setLevel(logging.INFO)
    _chosen = verbose, file


def tear_down() -> None:
    """Stop logging and close the log file."""
    global _chosen
    for handler in [handler for handler in PACKAGE.handlers if not isinstance(handler, logging.NullHandler)]:
        PACKAGE.removeHandler(handler)
        handler.close()
    PACKAGE.setLevel(logging.NOTSET)
    _chosen = False, None


def chosen() -> Choice:
    """The arguments of the last `set_up`, for worker processes to set up the same."""
    return _chosen


@contextmanager
def timed(logger: logging.Logger, what: str) -> Iterator[None]:
    """Log how long a step took, when it is done."""
    begun = time.perf_counter()
    yield
    logger.info("%s: %.2f s", what, time.perf_counter() - begun)
