"""Find partners and commodities by any name: code, ISO code, English or Chinese, as customs or as people call them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cache

import pandas as pd

from customs_report.common_names import COMMODITIES, OFFERED, PARTNERS
from customs_report.errors import InputError, unknown
from customs_report.names import commodity_name, in_sentence, partner_name, the
from customs_report.tables import Tables, cached

FLOWS = ("export", "import")
EXAMPLES = {"partner": "USA, ASEAN", "commodity": "motor_vehicles, chips"}
AS_LISTED = {"aluminum": "aluminium", "tire": "tyre", "fertiliser": "fertilizer", "st": "saint"}
IN_MANY_NAMES = {  # words that say little about what is meant
    *("and", "of", "country", "island", "new", "other", "part", "product", "republic", "saint", "similar", "united"),
    *("central", "east", "middle", "north", "south", "west"),
}
SIMILAR = 0.75  # a name less like a given one is not suggested
CODE = 3  # letters of a partner's code
SHOWN = 3  # names that a refusal suggests at most
Place = tuple[str, str]  # where to look: partner or commodity, and of commodities the flow


def find_flow(flow: str) -> str:
    """Normalise a flow to `export` or `import`; raises InputError with the nearest value."""
    key = fold(flow).removesuffix("s")
    if key not in FLOWS:
        raise unknown("flow", " ".join(str(flow).split()), FLOWS)
    return key


def find(tables: Tables, kind: str, subject: object, flow: str = "") -> str:
    """The code of a partner or commodity, by any of its names. Raises InputError with the nearest names."""
    return find_in(tables, kind, subject, [flow])[0][0]


def find_in(tables: Tables, kind: str, subject: object, flows: Sequence[str]) -> list[tuple[str, str]]:
    """(code, flow) for each of the flows in which something has this name. Raises InputError with the nearest names."""
    if known := find_all(tables, kind, subject, flows):
        return known
    if len(flows) == 1 and flows[0] in FLOWS and not _meant(tables, subject, [(kind, flows[0])]):
        (other,) = {*FLOWS} - {*flows}
        if elsewhere := find_all(tables, kind, subject, [other]):
            raise InputError(in_other_flow(tables, other, elsewhere[0][0]))
        if _meant(tables, subject, [(kind, other)]):
            raise InputError(f"{refusal(tables, subject, [(kind, other)])}; there are {other}s only: flow='{other}s'")
    raise refusal(tables, subject, [(kind, flow) for flow in flows])


def find_all(tables: Tables, kind: str, subject: object, flows: Sequence[str]) -> list[tuple[str, str]]:
    """As `find_in`, but returns an empty list if nothing has this name, or several things have."""
    return [(codes[0], flow) for flow in flows if len(codes := _named(tables, (kind, flow), subject)) == 1]


def is_name(tables: Tables, kind: str, name: object) -> bool:
    """Is it a name of something, or of several things, in any flow?"""
    places = [(kind, flow) for flow in (FLOWS if kind == "commodity" else ("",))]
    return isinstance(name, str) and bool(_meant(tables, name, places))


def in_other_flow(tables: Tables, flow: str, slug: str) -> str:
    """Why a commodity has no figures: it is traded in this flow (`export`, `import`), another one was asked for."""
    (asked,) = {*FLOWS} - {flow}
    name = in_sentence(commodity_name(tables, flow, slug))
    return f"no {asked}s of {name} are available; there are {flow}s: flow='{flow}s'"


def no_line(tables: Tables, code: str) -> str:
    """Why a partner has no figures in any month."""
    return f"customs' monthly table of partners has no line for {the(partner_name(tables, code))}"


def refusal(tables: Tables, subject: object, places: Sequence[Place]) -> InputError:
    """The error for a name that is in none of the places, or that several things have: which these are, or the nearest."""
    kind = " or ".join(dict.fromkeys(kind for kind, _ in places))
    if isinstance(subject, list | tuple | set):
        return InputError(f"one {kind} is needed, not {len(subject)}; several: helpers.comparison(tables, subjects=[...])")
    said = f"{' '.join(subject.split())!r}" if isinstance(subject, str) else repr(subject)
    names = {code: called for place in places for code, called in _called(tables, *place).items()}
    meant = _meant(tables, subject, places)
    listed = [f"{code} ({names[code]})" for code in [*dict.fromkeys(meant or _near(tables, subject, places))][:SHOWN]]
    if len({*meant}) > 1:
        return InputError(f"{said} may be one of several; name one: {', '.join(listed)}")
    among = f" among {places[0][1]}s" if kind == "commodity" and len(places) == 1 else ""
    near = ", ".join(listed) or f"none; names are like {', '.join(EXAMPLES[kind] for kind in dict(places))}"
    return InputError(f"there is no {kind} {said}{among}; nearest: {near}")


def _meant(tables: Tables, subject: object, places: Sequence[Place]) -> list[str]:
    """What may be meant by a name of several things, of a part of one, or of more than one."""
    found = [_named(tables, place, subject) or _offered().get(fold_words(subject), ()) for place in places]
    return [code for place, codes in zip(places, found, strict=True) for code in codes if code in _called(tables, *place)]


@cache
def _offered() -> dict[str, tuple[str, ...]]:
    """Folded name -> codes, of the names in OFFERED."""
    return _folded((name, code) for names, codes in OFFERED.items() for name in names.split("; ") for code in codes.split())


def _near(tables: Tables, subject: object, places: Sequence[Place]) -> list[str]:
    """What has all words of a name in its own and what is called most alike; else what has one of its words."""
    if not isinstance(subject, str):
        return []
    words, key = {*_words(subject)} - IN_MANY_NAMES, fold_words(subject)
    names = [each for place in places for level in _levels(tables, *place) for each in level]
    whole = [code for name, code in names if words and words <= {*_words(name)}]
    folded = _folded(names)
    if len(key) > CODE:
        alike = get_close_matches(key, [name for name in folded if len(name) > CODE], n=1, cutoff=SIMILAR)
    else:  # a code with its letters in another order
        alike = sorted((name for name in folded if name != key and sorted(name) == sorted(key)), reverse=True)[:1]
    whole += [code for name in alike for code in folded[name]]
    return whole or [code for name, code in names if words & {*_words(name)}]


def _named(tables: Tables, place: Place, subject: object) -> tuple[str, ...]:
    """The codes of what has a name: none, one, or several."""
    key = fold_words(subject) if isinstance(subject, str) else ""
    return _names(tables, *place).get(key) or _spellings(tables, *place).get(key, ())


@cached
def _names(tables: Tables, kind: str, flow: str) -> dict[str, tuple[str, ...]]:
    """Folded name -> codes. What people mean by a name comes before what customs does: "Korea" is the South."""
    names: dict[str, tuple[str, ...]] = {}
    for level in _levels(tables, kind, flow):
        names = _folded(level) | names
    return names


@cached
def _levels(tables: Tables, kind: str, flow: str) -> list[list[tuple[str, str]]]:
    """(name, code) by kind of name, those that take precedence first: codes, English names, common ones, those of customs."""
    rows, common = _rows(tables, kind, flow), PARTNERS if kind == "partner" else COMMODITIES
    codes = [(code, code) for code in rows[kind]]
    listed = (zip(rows[column], rows[kind], strict=True) for column in ("name", "name_official", "name_zh"))
    english, official, chinese = map(_split, listed)
    spoken = [(name, code) for name, code in _split((names, code) for code, names in common.items()) if (code, code) in codes]
    iso = [*zip(rows["iso2"], rows[kind], strict=True)] if kind == "partner" else []
    return [codes, iso, english, spoken, [each for each in (*official, *chinese) if fold_words(each[0]) not in _offered()]]


@cached
def _spellings(tables: Tables, kind: str, flow: str) -> dict[str, tuple[str, ...]]:
    """Folded name -> codes, of the other spellings in customs' files."""
    rows = tables.spellings
    rows = rows[(rows["list"] == {"partner": "partners", "commodity": "commodities"}[kind]) & (rows["flow"] == flow)]
    return _folded(zip(rows["spelling"], rows["code"], strict=True))


@cached
def _called(tables: Tables, kind: str, flow: str) -> dict[str, str]:
    """Code -> English name."""
    rows = _rows(tables, kind, flow)
    return dict(zip(rows[kind], rows["name"], strict=True))


def _rows(tables: Tables, kind: str, flow: str) -> pd.DataFrame:
    lines = tables.commodity_list
    return tables.partner_list if kind == "partner" else lines[lines["flow"] == flow]


def _split(named: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, code) for names, code in named for name in names.split("; ")]


def _folded(named: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """Folded name -> the codes that have it."""
    found: dict[str, tuple[str, ...]] = {}
    for name, code in named:
        if (key := fold_words(name)) and code not in found.get(key, ()):
            found[key] = (*found.get(key, ()), code)
    return found


def fold_words(name: object) -> str:
    """The name as `fold` has it, also without "the", plural and American spelling.

    >>> fold_words("The Netherlands") == fold_words("netherland"), fold_words("Soy-beans"), fold_words("Aluminum")
    (True, 'soybean', 'aluminium')
    """
    return "".join(_words(name))


def _words(name: object) -> list[str]:
    found = re.findall(r"[^\W_]+", _plain(str(name).replace("&", " and ")))
    return [AS_LISTED.get(word, word) for word in map(_singular, found) if word != "the"]


def _singular(word: str) -> str:
    if len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("ses", "xes", "ches", "shes")) else word.removesuffix("s")


def fold(name: object) -> str:
    """The name without case, accents and punctuation."""
    return re.sub(r"[\W_]+", "", _plain(str(name)))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in apart if not unicodedata.combining(c))
