"""A profile: a report with one subject, found by code, ISO, English or Chinese name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from customs_report import tables as data
from customs_report.calculations.profiles import partner_profile_facts
from customs_report.errors import Refused
from customs_report.facts import Facts, period_text
from customs_report.report import Report, open_report
from customs_report.tables import Tables, members_of

SUBJECTS = {"partner_profile": "partner"}  # notebooks with a subject, and the parameter that names it
ALL = "all"


@dataclass(frozen=True, eq=False)
class Profile(Report):
    """A report with a subject: its kind, its code and its name in English; `members` of a group, as far as held."""

    kind: str
    code: str
    name: str
    members: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"China’s trade with {self.name} in {period_text(self.period)}"


def open_profile(kind: str, subject: str, period: str = "latest", as_of: str = "") -> Profile:
    """What is there to know of a partner in a month? Its report, with the facts of the subject and of the whole.

    Raises Refused for an unknown subject, with the nearest; for one without figures in the month; and as `open_report`.
    """
    report = _opened(data.load(), period, as_of)
    code = found(report.tables, subject)
    if f"partner.{code}.total_cny_ytd" not in report.facts:
        raise Refused(f"{code} has no figures in {report.period}: {report.facts.why_missing(f'partner.{code}.total_cny_ytd')}")
    known = report.tables.groups.set_index("group").index
    inside = members_of(report.tables, code) if code in known else []
    members = tuple(m for m in inside if f"partner.{m}.total_cny_ytd" in report.facts)
    facts = _of(report.facts, {code, *members})
    partner_profile_facts(facts, report.tables, code)
    same = {field.name: getattr(report, field.name) for field in fields(Report)}
    name = report.tables.partner_list.set_index("partner").at[code, "name"]
    return Profile(**{**same, "facts": facts}, kind=kind, code=code, name=name, members=members)


def subjects(notebook: str, period: str, as_of: str, parameters: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The parameters of each set that is asked for: the subject by its code, every partner of the month for "all"."""
    kind = SUBJECTS.get(notebook)
    if not kind:
        return [parameters]
    report = _opened(data.load(), period, as_of)
    wanted = parameters.get(kind, "")
    if wanted != ALL:
        return [{**parameters, kind: found(report.tables, wanted)}]
    return [
        {**parameters, kind: c} for c in report.tables.partner_list["partner"] if f"partner.{c}.total_cny_ytd" in report.facts
    ]


def found(tables: Tables, subject: str) -> str:
    """The code of a partner called so: case, accents and punctuation aside. Raises Refused with the nearest names."""
    names = _names(tables)
    if (key := _folded(subject)) in names:
        return names[key]
    near = dict.fromkeys(names[n] for n in get_close_matches(key, names, n=3, cutoff=0.5))
    listed = tables.partner_list.set_index("partner")["name"]
    said = ", ".join(f"{code} ({listed[code]})" for code in near) or "none; codes are like USA or ASEAN"
    raise Refused(f"there is no partner {' '.join(subject.split())!r}; nearest: {said}")


@lru_cache(maxsize=4)
def _names(tables: Tables) -> dict[str, str]:
    """Folded code or name -> code; a code goes before a name, an English name before a Chinese one."""
    names: dict[str, str] = {}
    for column in ("partner", "iso2", "name", "name_official", "name_zh"):
        for code, name in zip(tables.partner_list["partner"], tables.partner_list[column], strict=True):
            if isinstance(name, str) and (key := _folded(name)):
                names.setdefault(key, code)
    return names


def _folded(name: str) -> str:
    apart = unicodedata.normalize("NFKD", name).casefold()
    return re.sub(r"[\W_]+", "", "".join(c for c in apart if not unicodedata.combining(c)))


@lru_cache(maxsize=2)
def _opened(loaded: Tables, period: str, as_of: str) -> Report:
    """The report whose facts the profiles of a month share."""
    return open_report(period, as_of)


def _of(facts: Facts, codes: set[str]) -> Facts:
    """The facts and gaps of these partners, and those of all trade."""

    def kept(name: str) -> bool:
        parts = name.split(".")
        return len(parts) == 1 or (parts[0] != "commodity" and any(re.split("_", part)[0] in {*codes, "*"} for part in parts))

    return Facts(
        facts.period,
        facts.as_of,
        {name: fact for name, fact in facts.by_name.items() if kept(name)},
        {name: why for name, why in facts.gaps.items() if kept(name)},
    )
