"""Names of goods by code: customs' own eight-digit names from the downloads, the Harmonized System's for the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from customs_report.common_names import COMMODITIES
from customs_report.detail.store import NAMES, Store
from customs_report.errors import InputError
from customs_report.tables import Tables, cached

ENGLISH, CHINESE = 0, 1
IN_CHINESE = re.compile("[\u4e00-\u9fff]")


def learn(store: Store, staging: Path) -> None:
    """Keep the names of goods that downloads print; a later download's replaces an earlier one's."""
    from customs_report.readers.reading import LONGEST_NAME  # no report needs the readers

    known = {code: list(both) for code, both in _printed(store).items()}
    before = json.dumps(known)
    for file in sorted(staging.glob("*.names")):
        for code, printed in json.loads(file.read_text(encoding="utf-8")):
            name = "".join(letter for letter in printed if letter.isprintable())
            if 0 < len(name) <= LONGEST_NAME and "\ufffd" not in name:
                known.setdefault(code, ["", ""])[bool(IN_CHINESE.search(name))] = name
    if json.dumps(known) != before:
        store.place.write(NAMES, json.dumps(known, ensure_ascii=False, sort_keys=True).encode())
        _read.cache_clear()


def _printed(store: Store) -> dict[str, tuple[str, str]]:
    return _read(store.address, store)


@lru_cache(maxsize=4)
def _read(address: str, store: Store) -> dict[str, tuple[str, str]]:
    content = store.place.read(NAMES)
    try:
        return {code: (both[0], both[1]) for code, both in json.loads(content or b"{}").items()}
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{store.place.path(NAMES)} is damaged; remove it: later downloads bring the names again") from error


@cached
def _listed(tables: Tables) -> dict[str, tuple[str, str]]:
    """Names of the Harmonized System, of a code used again the newest."""
    rows = tables.hs.sort_values("valid_to", key=lambda column: column.replace("", "9999"))
    return {row.code: (row.name, row.name_zh) for row in rows.itertuples(index=False)}


def name_of_code(tables: Tables, code: str) -> str:
    """The English name of a code; of one that is in no list that of the narrowest heading it is in.

    >>> name_of_code(tables, "8703")
    'Cars and other motor vehicles for the transport of persons'
    """
    return names_of_codes(tables, [code])[0]


def names_of_codes(tables: Tables, codes: Iterable[str], language: int = ENGLISH) -> list[str]:
    """The names of codes in English, or CHINESE, which few have: empty where there is none."""
    known = _known(tables)[language]
    if language == CHINESE:
        return [known.get(code, "") for code in codes]
    return [known.get(code) or known.setdefault(code, _of_heading(known, code)) for code in codes]


def _of_heading(known: dict[str, str], code: str) -> str:
    """The name of the narrowest heading that a code is in, else the code."""
    return next((known[part] for length in range(len(code) - 2, 1, -2) if (part := code[:length]) in known), code)


@cached
def _known(tables: Tables) -> tuple[dict[str, str], dict[str, str]]:
    """Every code that has a name, in English and in Chinese: as downloads print it, else as the Harmonized System has it.

    Codes that were asked for and have none are kept with the name of their heading.
    """
    every = [*_listed(tables).items(), *_printed(tables.detail).items()]
    english, chinese = ({code: both[language] for code, both in every if both[language]} for language in (ENGLISH, CHINESE))
    return english, chinese


def search(tables: Tables, words: str, most: int = 30) -> list[tuple[str, str]]:
    """Codes whose name has all of these words, or that begin with the digits given: code and name, headings first."""
    text, known = words.strip(), _listed(tables) | _printed(tables.detail)
    if text.isdigit():
        found: Iterable[str] = (code for code in known if code.startswith(text))
    else:
        wanted = [SPOKEN.get(word, word) for word in re.split(r"\W+", text.lower()) if word]
        found = [code for code in known if all(word in _said(tables)[code] for word in wanted)]
    codes = sorted(found, key=lambda code: (len(code), code))[:most]
    return [*zip(codes, names_of_codes(tables, codes), strict=True)]


@cached
def _said(tables: Tables) -> dict[str, str]:
    """What each code is called, in all words: by customs, in the lists of codes, and by people."""
    listed, printed = _listed(tables), _printed(tables.detail)
    known = {**listed, **printed}
    said = {code: " ".join((*listed.get(code, ()), *printed.get(code, ()))) for code in known}
    for row in tables.code_lists.itertuples(index=False):
        said[row.code] = f"{said.get(row.code, '')} {row.list.replace('_', ' ')} {row.name}"
    for slug, codes in HEADINGS.items():
        for code in codes:
            said[code] = f"{said.get(code, '')} {slug.replace('_', ' ')} {COMMODITIES.get(slug, '')}"
    return {code: text.lower() for code, text in said.items() if code in known}


SPOKEN = {  # what people say, and what the lists say; also words whose plural is not theirs with an s
    "batteries": "batter", "battery": "batter", "panels": "module", "panel": "module", "phones": "telephone",
    "phone": "telephone", "earths": "earth", "chip": "chips",
}  # fmt: skip
HEADINGS = {  # lines of customs' list that are headings of the Harmonized System, and nothing else
    "coal": ("2701", "2702"), "copper_ore": ("2603",), "crude_oil": ("2709",), "integrated_circuits": ("8542",),
    "iron_ore": ("2601",), "lithium_ion_batteries": ("850760",), "passenger_cars": ("8703",),
    "solar_cells": ("854142", "854143"), "soya_beans": ("1201",),
}  # fmt: skip
