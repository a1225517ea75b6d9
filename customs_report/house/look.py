"""How charts and numbers look while a report is made: typeface and marks, the same in every process that draws for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from customs_report.numbers import Marks, written_with
from customs_report.palette import FONT, X_HEIGHT


class Look(NamedTuple):
    """The name of a typeface, its x-height, its files (none: the standard typeface's), and the marks within numbers."""

    family: str = FONT
    x_height: float = X_HEIGHT
    files: tuple[str, ...] = ()
    marks: Marks = Marks()

    @property
    def families(self) -> tuple[str, ...]:
        """The typeface, and the standard one for characters that it lacks."""
        return tuple(dict.fromkeys((self.family, FONT)))


_current = Look()


def current_look() -> Look:
    """The look in force in this process."""
    return _current


@contextmanager
def using_look(look: Look) -> Iterator[None]:
    """Within this context, charts are drawn and numbers written in this look."""
    global _current
    before, _current = _current, look
    try:
        with written_with(look.marks):
            yield
    finally:
        _current = before
