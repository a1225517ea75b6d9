"""A profile: a report with one subject, a partner or a commodity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

import helpers
from customs_report import loading, schema
from customs_report.arguments import is_code
from customs_report.calculations.profiles import commodity_profile_facts, partner_profile_facts, shared_facts
from customs_report.detail.names import name_of_code
from customs_report.errors import InputError
from customs_report.facts import Facts
from customs_report.frames import silently
from customs_report.lookup import FLOWS, find, find_flow, find_in, fold
from customs_report.names import in_sentence
from customs_report.numbers import Marks, marks, period_text
from customs_report.report import Report, open_report
from customs_report.tables import Tables, members_of

KINDS = {
    "partner_profile": "partner",
    "commodity_profile": "commodity",
}  # notebooks with a subject: the parameter that names it
BY_CODE = "commodity_profile_by_code"  # the notebook of a commodity that is a code of the Harmonized System
PROFILES = "profiles"  # what stands for both notebooks, with all subjects
ALL = "all"


@dataclass(frozen=True, eq=False, repr=False)
class Profile(Report):
    """A report with a subject: its kind, code and name in English; of a commodity its flow.

    `members`: the members of a group, or the lines within a commodity, that have figures.
    """

    kind: str
    code: str
    name: str
    flow: str
    members: tuple[str, ...]

    @property
    def title(self) -> str:
        what = f"{self.flow}s of {self.name}" if self.flow else f"trade with {self.name}"
        return f"China’s {what} in {period_text(self.period)}"

    @property
    def subject(self) -> str:
        """The subject in the names of facts and tables: USA, export.motor_vehicles."""
        return f"{self.flow}.{self.code}" if self.flow else self.code

    @property
    def key(self) -> str:
        """The beginning of the names of its facts."""
        return f"{self.kind}.{self.subject}."

    @property
    def measure(self) -> str:
        """The measure of its size, in the names of facts before the span."""
        return "value_cny" if self.flow else "total_cny"

    @property
    def over(self) -> str:
        """The span of its size: the year to date, or the month if only that is printed."""
        return next(over for over in ("ytd", "month") if f"{self.key}{self.measure}_{over}" in self.facts)

    @property
    def unit(self) -> str:
        """The unit in which a commodity is counted; empty where it is not."""
        names = (f"{self.key}quantity_{over}" for over in ("month", "ytd"))
        return next((self.facts[name].unit for name in names if name in self.facts), "")

    @property
    def table(self) -> str:
        """The helper's table that its charts draw, by its name in proofs and traces."""
        return f"{self.kind}_months.{self.subject}"

    @property
    def stages(self) -> list[str]:
        """The stages of publication that its rows come from, the first print first."""
        rows, key = (self.tables.commodities, "commodity") if self.flow else (self.tables.partners, "partner")
        mine = (rows[key] == self.code) & (rows["period"] <= self.period)
        if self.flow:
            mine &= rows["flow"] == self.flow
        return sorted(rows.loc[mine, "stage"].unique(), key=schema.STAGES.__getitem__)

    @cached_property
    def months(self) -> pd.DataFrame:
        subject = {"flow": f"{self.flow}s", "commodity": self.code} if self.flow else {"partner": self.code}
        return self.frame(getattr(helpers, f"{self.kind}_months"), **subject)


@dataclass(frozen=True, eq=False, repr=False)
class CodeProfile(Report):
    """A report with one subject, a code of the Harmonized System, from detail data: its name in English, and its flow."""

    code: str
    name: str
    flow: str

    @property
    def title(self) -> str:
        return f"China’s {self.flow}s of {in_sentence(self.name)} (HS {self.code}) in {period_text(self.period)}"


def open_code_profile(code: str, period: str = "latest", as_of: str = "", flow: str = "export") -> CodeProfile:
    """The profile of a code of two to eight digits; InputError where the detail data do not have it in the month."""
    report, flow = open_report(period, as_of, lambda tables, period: Facts(period, tables.as_of)), find_flow(flow)
    found = silently(helpers.commodity_partners, report.tables, report.period, flow, code)
    if found.empty:
        raise InputError(f"{code} has no {flow}s in {report.period}: {found.attrs.get('why', 'not in the detail data')}")
    same = {field.name: getattr(report, field.name) for field in fields(Report)}
    return CodeProfile(**{**same, "shown": {}}, code=code, name=name_of_code(report.tables, code), flow=flow)


def open_profile(kind: str, subject: str, period: str = "latest", as_of: str = "", flow: str = "") -> Profile:
    """The profile of a partner, or of a commodity of a flow, in a month: its facts and those of all trade.

    Raises InputError for an unknown subject (naming the nearest), for one without figures in the month, and as `open_report`.
    """
    report = _shared_report(loading.load(), period, as_of, marks())
    flow = find_flow(flow) if kind == "commodity" else ""
    code = find(report.tables, kind, subject, flow)
    if (code, flow) not in _available(report, kind):
        raise InputError(f"{subject} has no figures in {report.period}: {_why_none(report, kind, code, flow)}")
    if kind == "partner":
        names, inside = report.tables.partner_list.set_index("partner"), _members(report, code)
    else:
        lines = report.tables.commodity_list.query("flow == @flow").set_index("commodity")
        names, inside = lines, [slug for slug in lines.index if lines.at[slug, "parent"] == code]
    members = tuple(member for member in inside if (member, flow) in _available(report, kind))
    facts = _facts_of(report.facts, kind, flow, {code, *members})
    if kind == "partner":
        partner_profile_facts(facts, report.tables, code)
    else:
        commodity_profile_facts(facts, report.tables, flow, code)
    same = {field.name: getattr(report, field.name) for field in fields(Report)}
    return Profile(
        **{**same, "facts": facts, "shown": {}}, kind=kind, code=code, name=names.at[code, "name"], flow=flow, members=members
    )


def profiles_to_build(notebook: str, period: str, as_of: str, given: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Notebook and parameters of each profile to build; `profiles` means all partners and commodities that have figures."""
    if notebook == "commodity_profile" and is_code(given.get("commodity", "")):
        return [(BY_CODE, each) for each in _flows_of_code(period, as_of, given)]
    if notebook != PROFILES:
        return [(notebook, each) for each in subjects(notebook, period, as_of, given)]
    if given:
        raise InputError(f"all profiles take no {next(iter(given))}; name one notebook: {' or '.join(KINDS)}")
    return [(name, each) for name, kind in KINDS.items() for each in subjects(name, period, as_of, {kind: ALL})]


def _flows_of_code(period: str, as_of: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parameters of the profiles of a code: of the flow that is given, or of each that has figures."""
    flow = given.get("flow", ALL)
    found, refused = [], []
    for each in FLOWS if fold(flow) in ("", ALL) else [find_flow(flow)]:
        try:
            open_code_profile(given["commodity"], period, as_of, each)
            found.append({**given, "flow": each})
        except InputError as error:
            refused.append(error)
    if not found:
        raise refused[0]
    return found


def subjects(notebook: str, period: str, as_of: str, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parameters of each profile to build, with the code of its subject: one, or all that have figures in the month.

    If the flow of a commodity is not given, or is `all`, it means each flow that has figures.
    """
    kind = KINDS[notebook]
    wanted = given.get(kind)
    if not wanted:
        raise InputError(f"{notebook} needs a {kind}: -p {kind} NAME, or -p {kind} all")
    flow = given.get("flow", ALL)
    flows = [""] if kind == "partner" else FLOWS if fold(flow) in ("", ALL) else [find_flow(flow)]
    report = _shared_report(loading.load(), period, as_of, marks())
    chosen = [(code, of) for code, of in _available(report, kind) if of in flows]
    if fold(wanted) != ALL:
        named = find_in(report.tables, kind, wanted, flows)
        chosen = [each for each in chosen if each in named]
        if not chosen:
            code, of = named[0]
            raise InputError(f"{wanted} has no figures in {report.period}: {_why_none(report, kind, code, of)}")
    return [{**given, kind: code, **({"flow": of} if of else {})} for code, of in chosen]


@lru_cache(maxsize=2)
def _shared_report(loaded: Tables, period: str, as_of: str, marks: Marks) -> Report:
    """The report whose facts the profiles of a month share; its formulas in words have numbers with these marks."""
    return open_report(period, as_of, shared_facts)


def _available(report: Report, kind: str) -> dict[tuple[str, str], None]:
    """Code and flow of what has figures in the month, in the order of the reference list."""
    facts = report.facts
    if kind == "partner":
        return {(code, ""): None for code in report.tables.partner_list["partner"] if f"partner.{code}.total_cny_ytd" in facts}
    lines = zip(report.tables.commodity_list["commodity"], report.tables.commodity_list["flow"], strict=True)
    values = ("value_cny_ytd", "value_cny_month")
    return {(slug, flow): None for slug, flow in lines if any(f"commodity.{flow}.{slug}.{v}" in facts for v in values)}


def _why_none(report: Report, kind: str, code: str, flow: str) -> str:
    name = f"partner.{code}.total_cny_ytd" if kind == "partner" else f"commodity.{flow}.{code}.value_cny_ytd"
    why = report.facts.why_missing(name)
    return f"no {flow} line for it" if why.startswith("no such fact") else why


def _members(report: Report, code: str) -> list[str]:
    groups = report.tables.groups
    return members_of(report.tables, code) if code in set(groups["group"]) else []


def _facts_of(facts: Facts, kind: str, flow: str, codes: set[str]) -> Facts:
    """The facts and gaps of these partners or lines, and those of all trade."""

    def kept(name: str) -> bool:
        parts = name.split(".")
        if len(parts) == 1:
            return True
        if kind == "commodity":
            return parts[:2] == [kind, flow] and ("*" in parts[2] or parts[2] in codes)
        return parts[0] != "commodity" and any(part.split("_")[0] in {*codes, "*"} for part in parts)

    return Facts(
        facts.period, facts.as_of, {name: fact for name, fact in facts.by_name.items() if kept(name)},
        {name: why for name, why in facts.gaps.items() if kept(name)},
    )  # fmt: skip
