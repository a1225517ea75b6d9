"""The partners and goods that a sentence names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from customs_report.common_names import OFFERED
from customs_report.lookup import find_all, fold_words
from customs_report.tables import Tables, cached
from customs_report.texts.lexicon import EXTRA_PARTNERS, NOT_GOODS, NOT_PARTNERS
from customs_report.texts.times import MONTH

CAPITALS = re.compile(rf"\b{MONTH}")
SHORT_NAMES = re.compile(r"\b(?:US|EU|UK|UAE|ASEAN|USD|CNY|RMB|GDP|PMI|CPI|PPI|YTD|H[12]|Q[1-4])\b")
SHORT = {"IC", "ICs"}
LONGEST_NAME = 5  # words
WORD = re.compile(r"China(?=-[A-Z])|Sino(?=-)|[A-Z][A-Za-z.]*(?=-(?:bound|China)\b)|[A-Za-z][A-Za-z.\-]*[A-Za-z.]|[A-Za-z]")


@dataclass(frozen=True)
class Partner:
    start: int
    end: int
    code: str


@dataclass(frozen=True)
class Good:
    """What a good may be: the lines of exports and of imports that have its name."""

    start: int
    end: int
    exports: tuple[str, ...]
    imports: tuple[str, ...]
    ordinary: bool = False  # an ordinary word, that names a good only beside "exports" or "imports"

    def lines(self, flow: str) -> tuple[str, ...]:
        return self.exports if flow == "exports" else self.imports if flow == "imports" else ()


@cache
def _offered() -> dict[str, tuple[str, ...]]:
    return {fold_words(name): tuple(codes.split()) for names, codes in OFFERED.items() for name in names.split("; ")}


def names(text: str, tables: Tables) -> Iterator[Partner | Good]:
    """Every run of words that is a name, the longest first at each place."""
    words = list(WORD.finditer(text))
    for i, first in enumerate(words):
        for last in reversed(words[i : i + LONGEST_NAME]):
            said = text[first.start() : last.end()].rstrip(".")
            if "\n" in said or len(said) < 2:
                continue
            if found := _named(tables, said):
                code, exports, imports = found
                end = first.start() + len(said)
                yield (
                    Partner(first.start(), end, code)
                    if code
                    else Good(first.start(), end, exports, imports, fold_words(said) in _ordinary())
                )
                break


@cache
def _ordinary() -> set[str]:
    return {fold_words(word) for word in NOT_GOODS}


def in_plain_case(text: str, tables: Tables) -> str:
    """A headline in capitals as it would be written otherwise: small letters but for months, partners and short names."""
    few = len(text.split()) < 3 and not text.replace(" ", "").isalpha()  # "GDP +5%"; "IRON ORE" is a headline
    if not text.isupper() or few or SHORT_NAMES.fullmatch(text):
        return text
    title = text.title()
    kept = [found.span() for found in CAPITALS.finditer(title)]
    kept += [(name.start, name.end) for name in names(title, tables) if isinstance(name, Partner)]
    letters = list(text.lower())
    for start, end in kept:
        letters[start:end] = title[start:end]
    for found in SHORT_NAMES.finditer(text):
        letters[found.start() : found.end()] = found[0]
    return "".join(letters)


@cached
def _known(tables: Tables) -> dict[str, tuple[str, tuple[str, ...], tuple[str, ...]] | None]:
    """What was looked up before."""
    return {}


def _named(tables: Tables, said: str) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    known = _known(tables)
    if said not in known:
        known[said] = _look_up(tables, said)
    return known[said]


def _look_up(tables: Tables, said: str) -> tuple[str, tuple[str, ...], tuple[str, ...]] | None:
    """A partner's code, or the lines of a good in either flow. Partners have capitals; a code of three letters is no name."""
    lower = said.lower()
    if said[0].isupper():
        if (code := EXTRA_PARTNERS.get(lower)) and (len(said) > 2 or said.isupper()):
            return code, (), ()
        whole = len(fold_words(said)) > 3 and not (said.isupper() and len(said) == 3)
        if whole and lower not in NOT_PARTNERS and (found := find_all(tables, "partner", said, [""])):
            return found[0][0], (), ()
    key = fold_words(said)
    if said in SHORT:
        key = said = "integrated circuit"
    if len(key) < 3 or said[:3].isupper() or lower.startswith("the "):
        return None
    lines: dict[str, tuple[str, ...]] = {}
    for flow in ("export", "import"):
        one = [code for code, _ in find_all(tables, "commodity", said, [flow])]
        lines[flow] = tuple(one) or tuple(
            code for code in _offered().get(key, ()) if find_all(tables, "commodity", code, [flow])
        )  # fmt: skip
    return ("", lines["export"], lines["import"]) if any(lines.values()) else None
