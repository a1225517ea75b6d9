"""The exhibits of a partner's profile."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report.display import Chart, Column, Exhibit, Table, Tile, Words
from customs_report.english.grammar import listed, opened, revised, the_partner
from customs_report.exhibits.fact_tables import key_facts_table
from customs_report.exhibits.front_page import cited_in_front
from customs_report.exhibits.goods_in_detail import goods_of
from customs_report.exhibits.profiles import (
    against_a_year_earlier,
    against_all,
    base,
    base_revision,
    contribution_points,
    fact,
    growth,
    headline,
    kicker,
    level,
    lines_chart,
    month_news,
    monthly_streak,
    moved,
    record_months,
    share,
    share_sentence,
    size_claim,
    sources,
    subject,
    tile,
    traces,
    trade,
    watch_words,
)
from customs_report.exhibits.selection import named, partner, present
from customs_report.facts import Fact, Runs, say
from customs_report.messages import Message, message
from customs_report.names import Name, partner_name
from customs_report.profile import Profile
from customs_report.report import using
from customs_report.rows import Field, Subject, fact_row, subject_table

__all__ = [
    "goods",
    "growth",
    "headline",
    "key_facts",
    "kicker",
    "main_points",
    "members",
    "months",
    "share",
    "size",
    "sources",
    "standfirst",
    "tiles",
    "traces",
    "watch",
]
FLOWS = ("exports", "imports")


def standfirst(report: Profile) -> tuple[Runs, ...]:
    """How large trade with the partner is, and its balance."""
    balance = fact(report, "balance_cny_ytd")
    return tuple(map(report.write, present(level(report), balance_was(balance) if balance else None)))


@message
def balance_was(balance: Fact) -> Runs:
    kind = "surplus" if balance.value > 0 else "deficit"
    return say("China’s {kind} was {balance:size}.", kind=kind, balance=balance)


def tiles(report: Profile) -> tuple[Tile, ...]:
    """Exports to the partner, imports from there, and the balance."""
    flows = {"exports": "export", "imports": "import", "balance": "balance"}
    return tuple(
        tile(report, tile_label(trade(report, flow)), f"{name}_cny").written(report.write) for name, flow in flows.items()
    )


@message
def tile_label(trade: Runs) -> Runs:
    return opened(trade)


def main_points(report: Profile) -> tuple[Runs, ...]:
    """What the month had of its own, growth against all trade, the share, what it added to growth."""
    points = (
        *month_news(report, {flow: f"{flow}_cny" for flow in FLOWS}),
        against_all(report),
        share_sentence(report),
        *contribution_points(report),
    )
    return tuple(map(report.write, present(*points)))


def size(report: Profile) -> Exhibit:
    """How large is trade with the partner?"""
    return Exhibit.of(report, _size_words, _size_table)


def _size_words(report: Profile) -> Words:
    """Levels and growth of each flow."""
    gained = fact(report, "rank_ytd_change")
    return Words(size_claim(report), present(level(report), places_gained(gained) if gained else None))


@message
def places_gained(places: Fact) -> Runs:
    if not places.value:
        return ("Its place among the partners is that of a year earlier.",)
    way = "gained" if places.value > 0 else "lost"
    return say("It has {way} {places:size} among the partners in a year.", way=way, places=places)


def _size_table(report: Profile) -> Table:
    """A partner's exports, imports, total and balance: month and year to date."""
    key, rows = report.key, []
    for flow in ("exports", "imports", "total", "balance"):
        end = ("change", "signed_bn") if flow == "balance" else ("yoy", "signed_percent")
        fields = [
            (f"{key}{flow}_cny_{over}{suffix}", style)
            for over in ("month", "ytd")
            for suffix, style in (("", "bn"), (f"_{end[0]}", end[1]))
        ]
        rows.append(fact_row(report.facts, (flow.capitalize(),), fields))
    headers = ("Month", "Change", "Year to date", "Change")
    columns = (Column("Flow"), *(Column(header, align="right") for header in headers))
    return Table(
        "partner-size", "Billion yuan; change on a year earlier in percent, of the balance in billions", columns, tuple(rows)
    )


def months(report: Profile, *frames: pd.DataFrame) -> Exhibit:
    """How did exports, imports and balance with the partner change?"""
    return Exhibit.of(using(report, frames, helpers.partner_months), _months_words, _months_chart)


def _months_words(report: Profile) -> Words:
    """Exports, imports and balance month by month."""
    flows, growth = [fact(report, f"{flow}_cny_month") for flow in FLOWS], moved(report, "month")
    levels = flows_of_month(subject(report), *flows, report.period) if all(flows) else None
    return Words(flows_by_month(subject(report)), present(levels, against_a_year_earlier(growth) if growth else None))


@message
def flows_by_month(partner: Name) -> Runs:
    return say("Exports to {partner} and imports from there, month by month", partner=the_partner(partner))


@message
def flows_of_month(partner: Name, exports: Fact, imports: Fact, month: str) -> Runs:
    return say(
        "In {month}, exports to {partner} were {exports} and imports {imports}.",
        month=month, partner=the_partner(partner), exports=exports, imports=imports,
    )  # fmt: skip


def _months_chart(report: Profile) -> Chart | None:
    labels = {"exports": "Exports", "imports": "Imports", "balance": "Balance"}
    return lines_chart(report, labels, "bn", "Exports, imports and balance, billion yuan a month")


def watch(report: Profile) -> Exhibit:
    """What should a reader know before drawing a conclusion?"""
    return Exhibit.of(report, _watch_words)


def _watch_words(report: Profile) -> Words:
    return watch_words(report, _watched(report))


def goods(report: Profile, *frames: pd.DataFrame) -> Exhibit:
    """Which goods are traded with the partner?"""
    return goods_of(report, goods_traded(subject(report)), some_goods_traded(subject(report)), report.code, frames)


@message
def goods_traded(partner: Name) -> Runs:
    return say("Goods traded with {partner}", partner=the_partner(partner))


@message
def some_goods_traded(partner: Name) -> Runs:
    return say("Some of the goods traded with {partner}", partner=the_partner(partner))


def members(report: Profile) -> Exhibit:
    """Who are the members of the group?"""
    return Exhibit.of(report, _members_words, _members_table)


def _members_words(report: Profile) -> Words:
    """The members of a group."""
    largest = [named("partner", partner(report, code)) for code in _by_size(report)[:3]]
    return Words(members_held(subject(report)), (largest_members(largest),), notes=(as_customs_lists_them(),))


def _by_size(report: Profile) -> list[str]:
    """The members of a group that have figures, the largest first."""
    return sorted(report.members, key=lambda code: -report.facts[f"partner.{code}.total_cny_ytd"].value)


@message
def members_held(group: Name) -> Runs:
    return say("The members of {group}", group=the_partner(group))


@message
def largest_members(names: list[Runs]) -> Runs:
    return say("The largest are {names}." if len(names) > 1 else "Only {names} is available.", names=listed(names))


@message
def as_customs_lists_them() -> Runs:
    return ("Members as customs lists them, as far as their lines are available.",)


def _members_table(report: Profile) -> Table | None:
    """The members of a group that have figures, the largest first."""
    fields: list[Field] = [
        ("Share %", "partner.{}.share_ytd", "percent"),
        ("Exports", "partner.{}.exports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.exports_cny_ytd_yoy", "signed_percent"),
        ("Imports", "partner.{}.imports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.imports_cny_ytd_yoy", "signed_percent"),
        ("Balance", "partner.{}.balance_cny_ytd", "bn"),
    ]
    rows: list[Subject] = [(code, partner_name(report.tables, code), "") for code in _by_size(report)]
    return (
        subject_table(
            report.facts, "members", "Members, year to date, billion yuan", "Member", rows, fields, "partner_profile-{}".format
        )
        if rows
        else None
    )


def key_facts(report: Profile) -> Table:
    """Where does each figure of page one come from?"""
    return key_facts_table(report, key_fact_names(report))


def key_fact_names(report: Profile) -> tuple[str, ...]:
    """The names of the facts on page one."""
    return cited_in_front(headline(report), standfirst(report), tiles(report), main_points(report))


def _watched(report: Profile) -> tuple[Message, ...]:
    found: list[Message | None] = [*record_months(report, {flow: f"{flow}_cny" for flow in FLOWS})]
    for flow in FLOWS:
        revision = base_revision(report, f"{flow}_cny")
        found += [
            monthly_streak(report, f"{flow}_cny", flow),
            base(report, f"{flow}_cny", flow),
            flow_revised(flow, revision) if revision else None,
        ]
    return present(*found)


@message
def flow_revised(flow: str, change: Fact) -> Runs:
    return say(
        "The growth published now implies that customs has {moved} last year’s {flow} by {change:size}.",
        moved=revised(change), flow=flow, change=change,
    )  # fmt: skip
