"""Names of goods by code: customs' own eight-digit names from the downloads, the Harmonized System's for the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from customs_report.detail.store import Store
from customs_report.errors import InputError
from customs_report.tables import Tables, cached

NAMES = "names.json"  # in the store: code -> [English, Chinese]
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
    printed, listed = _printed(tables.detail), _listed(tables)

    def name(code: str) -> str:
        for length in range(len(code), 1, -2) if language == ENGLISH else (len(code),):
            part = code[:length]
            if part in printed and printed[part][language]:
                return printed[part][language]
            if part in listed and listed[part][language]:
                return listed[part][language]
        return code if language == ENGLISH else ""

    return [name(code) for code in codes]


def search(tables: Tables, words: str, most: int = 30) -> list[tuple[str, str]]:
    """Codes whose name has all of these words, or that begin with the digits given: code and name, headings first."""
    text = words.strip()
    listed, printed = _listed(tables), _printed(tables.detail)
    known = {code: (*listed.get(code, ()), *printed.get(code, ())) for code in {**listed, **printed}}
    if text.isdigit():
        found: Iterable[str] = (code for code in known if code.startswith(text))
    else:
        wanted = [part for part in re.split(r"\W+", text.lower()) if part]
        found = (code for code, both in known.items() if all(part in " ".join(both).lower() for part in wanted))
    codes = sorted(found, key=lambda code: (len(code), code))[:most]
    return [*zip(codes, names_of_codes(tables, codes), strict=True)]
