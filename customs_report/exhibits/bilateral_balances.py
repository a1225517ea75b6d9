"""Balances with partners, and net trade in chips and in energy."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.balances import NET, largest_balances
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import BILLION, draw_bars, flat_canvas, label_bars, label_rows
from customs_report.english.grammar import capital, listed, name_of, not_held, the_partner
from customs_report.exhibits.selection import partner, present, to_date
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Fact, NotAvailable, Runs, say, shows_zero
from customs_report.messages import Message, message
from customs_report.names import Name, partner_name
from customs_report.report import Report, using
from customs_report.rows import fact_row, fact_table, subject_row

BALANCE, CHANGE = "partner.{}.balance_cny_ytd", "balance_contribution.partner.{}_cny_ytd"
SUBJECTS = {"integrated_circuits": "chips", "energy": "energy"}


def surplus(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """With whom does China run surpluses and deficits, and how did they change in a year?"""
    given = using(report, frames, helpers.balance_contributions, over="ytd")
    return Exhibit.of(given, _words, _balance_chart, _change_chart, _table, columns=2)


def _words(report: Report) -> Words:
    """With whom the balance of the year so far was made, and with whom it changed."""
    facts, codes = report.facts, largest_balances(report.tables, report.period)
    if not codes:
        return Words(balances_not_held(facts.gap("partner.ASEAN.balance_cny_ytd")))
    report.require("partners")
    return Words(
        _claim(report, codes),
        present(_levels(report, codes), _change(report), *_net(report)),
        notes=(balances_note(), what_is_counted()),
    )


@message
def balances_not_held(why: NotAvailable) -> Runs:
    return not_held("Who makes the surplus", why)


@message
def balances_note() -> Runs:
    return ("Changes with partners rest on the growth that customs published (†), those of goods on restated figures.",)


@message
def what_is_counted() -> Runs:
    return (
        "Imports are counted by country of origin, exports by last known "
        "destination: goods that pass through Hong Kong blur its balance. Energy is coal, crude oil, refined products and "
        "natural gas; of its exports only refined products are in the table.",
    )


def _claim(report: Report, codes: list[str]) -> Message:
    ups, downs = _movers(report)
    change = report.facts.get("balance_cny_ytd_change")
    if change is None or not ups or not downs:
        return largest_balances_with(partner(report, codes[0]), partner(report, codes[-1]))
    return moved_balance_most(change, partner(report, ups[0]), partner(report, downs[0]))


@message
def largest_balances_with(surplus: Name, deficit: Name) -> Runs:
    return ("The largest surplus is with ", *the_partner(surplus), ", the largest deficit with ", *the_partner(deficit))


@message
def moved_balance_most(change: Fact, up: Name, down: Name) -> Runs:
    raised, lowered = (up, "raised"), (down, "lowered")
    (first, one), (second, other) = (raised, lowered) if change.value >= 0 else (lowered, raised)
    return (*capital(the_partner(first)), f" {one} the balance most, ", *the_partner(second), f" {other} it most")


def _levels(report: Report, codes: list[str]) -> Message | None:
    """The balance as a whole, the largest surplus and the largest deficit."""
    facts, (top, low) = report.facts, (codes[0], codes[-1])
    balance, surplus, deficit = (facts.get(name) for name in ("balance_cny_ytd", *map(BALANCE.format, (top, low))))
    if not balance:
        return None
    lowest = (partner(report, low), deficit) if deficit.value < 0 else (None, None)
    return balance_and_largest(balance, to_date(report), partner(report, top), surplus, *lowest)


@message
def balance_and_largest(balance: Fact, span: str, top: Name, surplus: Fact, low: Name | None, deficit: Fact | None) -> Runs:
    rest: Runs = ()
    if low and deficit:
        rest = say(", the largest deficit, {deficit:size}, with {low}", deficit=deficit, low=the_partner(low))
    return say(
        "In {span} the balance was {balance}; the largest surplus, {surplus}, was with {top}{rest}.",
        span=span, balance=balance, surplus=surplus, top=the_partner(top), rest=rest,
    )  # fmt: skip


def _change(report: Report) -> Message | None:
    """How the balance changed, and with whom most."""
    facts, name = report.facts, "balance_contribution.partner.{}_cny_ytd".format
    change = facts.get("balance_cny_ytd_change")
    if change is None or shows_zero(change):
        return None
    ups, downs = _movers(report)
    with_it, against = (ups, downs) if change.value > 0 else (downs, ups)
    parts = ([change_with(partner(report, code), facts[name(code)]) for code in codes] for codes in (with_it[:2], against[:1]))
    return balance_changed_with(change, *parts)


@message
def change_with(partner: Name, change: Fact) -> Runs:
    return say("{who} ({change:signed_bn})", who=the_partner(partner), change=change)


@message
def balance_changed_with(change: Fact, with_it: list[Runs], against: list[Runs]) -> Runs:
    way, other = ("rose", "fell") if change.value > 0 else ("fell", "rose")
    return say(
        "On a year earlier it {way} {change:size}{most}{rest}.",
        way=way, change=change, most=say(", most with {whom}", whom=listed(with_it)) if with_it else (),
        rest=say("; it {other} most with {whom}", other=other, whom=listed(against)) if against else (),
    )  # fmt: skip


def moved_balance_with_the_whole(report: Report) -> tuple[str, bool] | None:
    """The partner with whom the balance since January changed most the way it changed as a whole, and whether it rose."""
    change = report.facts.get("balance_cny_ytd_change")
    if change is None or shows_zero(change):
        return None
    ups, downs = _movers(report)
    found = ups if change.value > 0 else downs
    return (found[0], change.value > 0) if found else None


def _movers(report: Report) -> tuple[list[str], list[str]]:
    """The partners with whom the balance rose and fell, the largest change first."""
    facts, name = report.facts, "balance_contribution.partner.{}_cny_ytd".format
    codes = [code for code in largest_balances(report.tables, report.period, 99) if name(code) in facts]
    order = sorted(codes, key=lambda code: facts[name(code)].value, reverse=True)
    return [c for c in order if facts[name(c)].value > 0], [c for c in reversed(order) if facts[name(c)].value < 0]


def _net(report: Report) -> list[Message]:
    """Net trade in each subject and how it changed."""
    facts, found, before = report.facts, list[Message](), None
    for subject in NET:
        net, change = (facts.get(f"net.{subject}_cny_ytd{part}") for part in ("", "_change"))
        if net:
            written = change if change and not shows_zero(change) else None
            found.append(net_trade(subject, net, written, again=before is not None and (net.value < 0) == before))
            before = net.value < 0
    return found


@message
def net_trade(subject: str, net: Fact, change: Fact | None, again: bool) -> Runs:
    """`again` after a sentence of the same flow."""
    flow = "Net imports" if net.value < 0 else "Net exports"
    rest: Runs = ()
    if change:
        more = "more" if (change.value < 0) == (net.value < 0) else "less"
        rest = say(", {change:size} {more} than a year earlier", change=change, more=more)
    return say(
        "{flow} of {what} came to {net:size}{rest}.",
        flow="Those" if again else flow, what=SUBJECTS[subject], net=net, rest=rest,
    )  # fmt: skip


def _balance_chart(report: Report) -> Chart | None:
    """Balances of the year to date, in pale a year earlier."""
    facts, codes = report.facts, largest_balances(report.tables, report.period)
    if not codes:
        return None
    values = [facts[BALANCE.format(code)].value / BILLION for code in codes]
    before = [value - by for value, by in zip(values, _changes(report, codes), strict=False)]
    of_data = "Balance since January, billion yuan"
    title = of_data + (", a year earlier in pale" if before else "")
    figure, axes = flat_canvas(0.24 + 0.19 * len(codes), label=1.15, bottom=0.2)
    offset = 0.19 if before else 0.0
    draw_bars(axes, [i - offset for i in range(len(codes))], values, 0.38 if before else 0.6, palette.BALANCE, flat=True)
    if before:
        draw_bars(axes, [i + offset for i in range(len(codes))], before, 0.38, palette.PALE_BALANCE, flat=True)
    ends = ((partner(report, code), facts[BALANCE.format(code)]) for code in (codes[0], codes[-1]))
    alt = report.write(bars_of_balances(*(each for end in ends for each in end)))
    names = [partner_name(report.tables, code) for code in codes]
    label_rows(axes, names)
    label_bars(axes, values, before or [0.0] * len(codes), "number", offset)
    data = fact_table(report, "bilateral-balances", of_data, codes, names, [("Balance", BALANCE, "bn")])
    return Chart(figure, alt, data, source_line(report, BALANCE.format(codes[0])), title=(title,))


def _change_chart(report: Report) -> Chart | None:
    """Their changes on a year earlier, where all are known."""
    facts, codes = report.facts, largest_balances(report.tables, report.period)
    values = _changes(report, codes)
    if not values:
        return None
    title = "Change on a year earlier, billion yuan"
    figure, axes = flat_canvas(0.24 + 0.19 * len(codes), label=1.15, bottom=0.2)
    draw_bars(axes, range(len(codes)), values, 0.6, palette.MUTED, flat=True)
    names = [partner_name(report.tables, code) for code in codes]
    label_rows(axes, names)
    label_bars(axes, values, values, "signed_number")
    most = max(codes, key=lambda code: abs(facts[CHANGE.format(code)].value))
    data = fact_table(report, "bilateral-changes", title, codes, names, [("Change", CHANGE, "signed_bn")])
    alt = report.write(bars_of_changes(partner(report, most), facts[CHANGE.format(most)]))
    return Chart(figure, alt, data, source_line(report, CHANGE.format(codes[0])), title=(title,))


def _changes(report: Report, codes: list[str]) -> list[float]:
    """In billions; none where one is missing."""
    found = [report.facts.get(CHANGE.format(code)) for code in codes]
    return [fact.value / BILLION for fact in found] if all(found) else []


def _table(report: Report) -> Table | None:
    """Balances with the partners that matter most to it, and net trade in chips and in energy."""
    codes, facts = largest_balances(report.tables, report.period), report.facts
    if not codes:
        return None
    names = {
        code: (
            f"partner.{code}.balance_cny_month",
            f"partner.{code}.balance_cny_ytd",
            f"balance_contribution.partner.{code}_cny_ytd",
        )
        for code in codes
    }
    rows = [
        fact_row(
            facts, ("All partners",), _balance_fields("balance_cny_month", "balance_cny_ytd", "balance_cny_ytd_change"), "total"
        )
    ]
    rows += [
        subject_row(
            facts, code, partner_name(report.tables, code), _balance_fields(*names[code]), profile=f"partner_profile-{code}"
        )
        for code in codes
    ]
    rows.append(Row(("Net trade",), (None,) * 3, kind="heading"))
    for subject, label in SUBJECTS.items():
        net = f"net.{subject}_cny_"
        rows.append(fact_row(facts, (label.capitalize(),), _balance_fields(f"{net}month", f"{net}ytd", f"{net}ytd_change")))
    headers = ("Month", "Year to date", "Change")
    columns = (Column("Balance with"), *(Column(header, align="right") for header in headers))
    return Table("surplus", "Balances, billion yuan; change of the year to date on a year earlier", columns, tuple(rows))


def _balance_fields(month: str, ytd: str, change: str) -> list[tuple[str, str]]:
    return [(month, "bn"), (ytd, "bn"), (change, "signed_bn")]


@message
def bars_of_changes(most: Name, change: Fact) -> Runs:
    return say(
        "Bars of the changes of these balances on a year earlier; that with {most} moved most, by {change}.",
        most=name_of(most.code, most.english), change=change,
    )  # fmt: skip


@message
def bars_of_balances(top: Name, highest: Fact, low: Name, lowest: Fact) -> Runs:
    return say(
        "Bars of the balance with each partner, the largest surplus on top: {top} with {highest}; the lowest is {low} with "
        "{lowest}.",
        top=name_of(top.code, top.english), highest=highest, low=name_of(low.code, low.english), lowest=lowest,
    )  # fmt: skip
