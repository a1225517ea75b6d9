"""Errors of one line for users: the command turns them into exit codes, a notebook shows them without a traceback."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from difflib import get_close_matches

MOST, FEW = 30, 5  # names in a message; so few that all stand beside the nearest


class CustomsReportError(Exception):
    """An error whose message says it all."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback; `%xmode Verbose` brings the traceback back."""
        shell = sys.modules["IPython"].get_ipython()
        if shell and shell.InteractiveTB.mode == "Verbose":
            return shell.InteractiveTB.structured_traceback(type(self), self, self.__traceback__)
        return [f"{type(self).__name__}: {' '.join(str(self).split())}"]


class InputError(CustomsReportError, ValueError):
    """Wrong arguments or input that cannot be read; nothing was changed (exit code 2)."""


class NoSuchName(InputError, AttributeError):
    """A misspelt name of a module's: `hasattr` is False, and a notebook shows one line."""


class MissingFigures(UserWarning):
    """The figures that a frame would have are not available; the frame is empty."""


def unknown(what: str, name: object, known: Iterable[str]) -> InputError:
    """The error for a name that is not among the known ones."""
    return InputError(f"there is no {what} {name!r}; {nearest_or_all(str(name), known)}")


def nearest_or_all(name: str, known: Iterable[str]) -> str:
    """The known name that is most like the given one; all known names where none is like it, or where they are few."""
    names = [*known]
    near = [f"nearest: {match}" for match in get_close_matches(name, names, n=1)]
    listed = f"all: {', '.join(names[:MOST])}{', …' if len(names) > MOST else ''}"
    return "; ".join([*near, *([listed] if not near or 1 < len(names) <= FEW else [])]) if names else "there are none"


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most similar to a given one; "none" if none is similar."""
    return next(iter(get_close_matches(name, [*known], n=1, cutoff=0.4)), "none")


class Violation(CustomsReportError, ValueError):
    """Data that break their schema or an accounting identity: no result of theirs is to be trusted (exit code 1)."""


class MissingData(CustomsReportError, LookupError):
    """A figure that data/coverage.csv declares as available is missing; a report that needs it is incomplete."""
