"""Texts with their true verdicts, as `tests/fixtures/texts/README.md` describes them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "fixtures" / "texts"
KNOWN = "2026-09-30"  # the day of the verdicts `now`


@dataclass(frozen=True, eq=False)
class Truth:
    """A text, the day it was published, and its sentences with their claims (as in the file, all values as text).

    `text` is on one line, `text_as_written` as in its file.
    """

    name: str
    text: str
    text_as_written: str
    date: str
    kind: str
    held_out: bool
    sentences: tuple[dict[str, Any], ...]

    @property
    def number(self) -> int:
        return int(self.name.partition("-")[0])

    @property
    def claims(self) -> list[dict[str, Any]]:
        return [claim for sentence in self.sentences for claim in sentence["claims"]]


def read(path: Path) -> Truth:
    """The truth in a YAML file, and the text beside it, on one line."""
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    written = path.with_suffix(".txt").read_text(encoding="utf-8")
    text = " ".join(written.split())
    held_out = content.get("held_out") == "true"
    return Truth(path.stem, text, written, content["date"], content["kind"], held_out, tuple(content["sentences"]))


def all_truths() -> list[Truth]:
    return [read(path) for path in sorted(FOLDER.glob("*.yml"))]


def conditions(claim: dict[str, Any]) -> dict[str, list[str]]:
    """The conditions of a claim by the period that they are about."""
    lines = claim["fact"] if isinstance(claim["fact"], list) else [claim["fact"]]
    found: dict[str, list[str]] = {}
    for line in lines:
        period, _, test = line.partition(": ")
        found.setdefault(period, []).append(test)
    return found
