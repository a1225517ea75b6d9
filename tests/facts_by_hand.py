"""Facts made for tests, with a source and a label of their own."""

from __future__ import annotations

from typing import Any

from customs_report.facts import Fact
from customs_report.provenance import Label, Origin, Source

CUSTOMS = Source("gacc-bulletin-2", "bulletin", "2025-12-08", "printed")


def fact(
    name: str, value: float, unit: str, *, how: str = "printed", stage: str = "bulletin", step: float | None = None, **more: Any
) -> Fact:
    """A fact of this name, by default from customs' bulletin."""
    known = {"label": Label(name), "origin": Origin(how), "sources": (CUSTOMS,), **more}
    return Fact(value, unit, stage=stage, step=step, name=name, **known)
