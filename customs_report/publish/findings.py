"""A finding: a number that cannot be proved."""

from __future__ import annotations

from typing import NamedTuple


class Finding(NamedTuple):
    """A number that cannot be proved: its place, what is shown, what should be."""

    where: str
    shown: str
    expected: str

    def __str__(self) -> str:
        return f"{self.where}: {self.shown!r}, expected {self.expected!r}"
