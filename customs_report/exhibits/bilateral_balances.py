"""Balances with partners, and net trade in chips and in energy."""

from __future__ import annotations

from customs_report import palette
from customs_report.calculations.balances import NET, largest_balances
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import (
    BILLION,
    label_bars,
    label_rows,
    panel_head,
    side_by_side,
    with_report_style,
)
from customs_report.drawing.source_lines import source_line
from customs_report.english.grammar import (
    capital,
    listed,
    name_of,
    partner_in_sentence,
    partner_name,
    present,
    shows_zero,
    to_date,
    words_not_held,
)
from customs_report.facts import Runs
from customs_report.report import Report
from customs_report.rows import fact_row, fact_table, subject_row

SUBJECTS = {"integrated_circuits": "integrated circuits", "energy": "energy"}
NOTE: Runs = (
    "Changes compare with last year’s print. Imports are counted by country of origin, exports by last known destination: "
    "goods that pass through Hong Kong blur its balance. Energy is coal, crude oil, refined products and natural gas; of its "
    "exports only refined products are in the table.",
)


def surplus(report: Report) -> Exhibit:
    """With whom does China run surpluses and deficits, and how did they change in a year?"""
    return Exhibit.of(report, _words, _chart, _table)


def _words(report: Report) -> Words:
    """With whom the balance of the year so far was made, and with whom it changed."""
    facts, codes = report.facts, largest_balances(report.tables, report.period)
    if not codes:
        return words_not_held("Who makes the surplus", facts.why_missing("partner.ASEAN.balance_cny_ytd"))
    report.require("partners")
    sentences = present(_levels(report, codes), _change(report))
    for subject in NET:
        sentences = present(*sentences, _net(report, subject, sentences[-1] if sentences else ()))
    return Words(_claim(report, codes), sentences, notes=(NOTE,))


def _claim(report: Report, codes: list[str]) -> Runs:
    ups, downs = _movers(report)
    change = report.facts.value("balance_cny_ytd_change")
    if change is None or not ups or not downs:
        return (
            "The largest surplus is with ",
            *partner_in_sentence(report, codes[0]),
            ", the largest deficit with ",
            *partner_in_sentence(report, codes[-1]),
        )
    first, second = (ups, downs) if change >= 0 else (downs, ups)
    one, other = ("raised", "lowered") if change >= 0 else ("lowered", "raised")
    return (
        *capital(partner_in_sentence(report, first[0])),
        f" {one} the balance most, ",
        *partner_in_sentence(report, second[0]),
        f" {other} it most",
    )


def _levels(report: Report, codes: list[str]) -> Runs | None:
    """The balance as a whole, the largest surplus and the largest deficit."""
    facts, name = report.facts, "partner.{}.balance_cny_ytd".format
    if "balance_cny_ytd" not in facts:
        return None
    top, low = codes[0], codes[-1]
    deficit = ", the largest deficit, {" + name(low) + ":size}, with {@low}" if facts[name(low)].value < 0 else ""
    return facts.say(
        "In {@span} the balance came to {balance_cny_ytd}; the largest surplus, {" + name(top) + "}, was with {@top}"
        + deficit + ".",
        span=to_date(report), top=partner_in_sentence(report, top), low=partner_in_sentence(report, low),
    )  # fmt: skip


def _change(report: Report) -> Runs | None:
    """How the balance changed, and with whom most."""
    facts, name = report.facts, "balance_contribution.partner.{}_cny_ytd".format
    if "balance_cny_ytd_change" not in facts or shows_zero(facts["balance_cny_ytd_change"]):
        return None
    ups, downs = _movers(report)
    movers = [
        (*partner_in_sentence(report, code), *facts.say(" ({" + name(code) + ":signed_bn})")) for code in (*ups[:2], *downs[:2])
    ]
    whom = "; the largest changes, in billions, were with {@movers}." if movers else "."
    return facts.say(
        "A year earlier it was {balance_cny_ytd_change:size} {@other}" + whom,
        other=("lower" if facts["balance_cny_ytd_change"].value >= 0 else "higher",), movers=listed(movers),
    )  # fmt: skip


def _movers(report: Report) -> tuple[list[str], list[str]]:
    """The partners with whom the balance rose and fell, the largest change first."""
    facts, name = report.facts, "balance_contribution.partner.{}_cny_ytd".format
    codes = [code for code in largest_balances(report.tables, report.period, 99) if name(code) in facts]
    order = sorted(codes, key=lambda code: facts[name(code)].value, reverse=True)
    return [c for c in order if facts[name(c)].value > 0], [c for c in reversed(order) if facts[name(c)].value < 0]


def _net(report: Report, subject: str, before: Runs) -> Runs | None:
    """Net trade in a subject and how it changed; "those of" after a sentence of the same flow."""
    facts, name = report.facts, f"net.{subject}_cny_ytd"
    if name not in facts:
        return None
    imports, more = facts[name].value < 0, ""
    flow = "Net imports" if imports else "Net exports"
    template = "{@flow} of {@what} came to {" + name + ":size}"
    if f"{name}_change" in facts and not shows_zero(facts[f"{name}_change"]):
        template += ", {" + name + "_change:size} {@more} than a year earlier"
        more = "more" if (facts[f"{name}_change"].value < 0) == imports else "less"
    again = bool(before) and before[0] == flow
    return facts.say(template + ".", flow=("Those" if again else flow,), what=(SUBJECTS[subject],), more=(more,))


@with_report_style
def _chart(report: Report) -> Chart | None:
    facts, name, change = report.facts, "partner.{}.balance_cny_ytd", "balance_contribution.partner.{}_cny_ytd"
    codes = largest_balances(report.tables, report.period)
    if not codes:
        return None
    names = [partner_name(report, code) for code in codes]
    values = [facts[name.format(code)].value / BILLION for code in codes]
    changes = [facts[change.format(code)].value for code in codes if change.format(code) in facts]
    known = len(changes) == len(codes)
    figure, panels = side_by_side(1 + known, 0.5 + 0.19 * len(codes), label=1.15, shared=True)
    offset = 0.19 if known else 0.0
    colours = [palette.ACCENT if value >= 0 else palette.DEFICIT for value in values]
    panels[0].barh([i - offset for i in range(len(codes))], values, height=0.38 if known else 0.6, color=colours)
    label_rows(panels[0], names)
    before = [0.0] * len(codes)
    columns = [("Balance", name, "bn")]
    if known:
        moved = [value / BILLION for value in changes]
        before = [value - by for value, by in zip(values, moved, strict=True)]
        pale = [palette.PALE_ACCENT if value >= 0 else palette.PALE_DEFICIT for value in before]
        panels[0].barh([i + offset for i in range(len(codes))], before, height=0.38, color=pale)
        panels[1].barh(range(len(codes)), moved, height=0.6, color=palette.MUTED)
        label_rows(panels[1], [""] * len(codes))
        label_bars(panels[1], moved, moved, "signed_number")
        panel_head(panels[1], "Change on a year earlier", palette.MUTED)
        columns.append(("Change", change, "signed_bn"))
    label_bars(panels[0], values, before, "number", offset)
    panel_head(panels[0], "Balance, a year earlier in pale" if known else "Balance", palette.INK)
    alt = facts.say(
        "Bars of the balance with each partner, the largest surplus on top: {@top} with {" + name.format(codes[0]) + "}; the "
        "lowest is {@low} with {" + name.format(codes[-1]) + "}.",
        top=name_of(codes[0], names[0]),
        low=name_of(codes[-1], names[-1]),
    )
    data = fact_table(report, "bilateral-balances", "Balance with partners, billion yuan", codes, names, columns)
    return Chart(
        figure, alt, data, source_line(report, name.format(codes[0])), title=("Balance of trade since January, billion yuan",)
    )


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
    rows += [subject_row(facts, code, partner_name(report, code), _balance_fields(*names[code])) for code in codes]
    rows.append(Row(("Net trade",), (None,) * 3, kind="heading"))
    for subject, label in SUBJECTS.items():
        net = f"net.{subject}_cny_"
        rows.append(fact_row(facts, (label.capitalize(),), _balance_fields(f"{net}month", f"{net}ytd", f"{net}ytd_change")))
    headers = ("Month", "Year to date", "Change")
    columns = (Column("Balance with"), *(Column(header, align="right") for header in headers))
    return Table("surplus", "Balances, billion yuan; change of the year to date on a year earlier", columns, tuple(rows))


def _balance_fields(month: str, ytd: str, change: str) -> list[tuple[str, str]]:
    return [(month, "bn"), (ytd, "bn"), (change, "signed_bn")]
