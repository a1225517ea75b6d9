"""Exports and imports: the key figures, their growth, the last thirteen months."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.levels import NOT_ADDED, first_month
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import (
    BILLION,
    canvas,
    label_ends,
    label_years,
)
from customs_report.english.grammar import both_changed, listed, not_held, opened
from customs_report.exhibits.selection import is_february, present, streak, to_date
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Cite, Fact, Mark, NotAvailable, Runs, say
from customs_report.measures import RANK_STEP
from customs_report.messages import Message, first_possible, message
from customs_report.periods import is_january
from customs_report.report import Report, using
from customs_report.rows import fact_row, frame_table
from customs_report.schema import FLOWS


def key_figures(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How large were exports, imports and the balance, and how did they grow: the table of one page?"""
    return Exhibit.of(using(report, frames, helpers.totals), _key_figures_words, _key_figures_table)


def _key_figures_words(report: Report) -> Words:
    """The one-page table."""
    facts = report.facts
    balances = [f"balance_{currency}_{over}" for currency in ("usd", "cny") for over in ("month", "ytd", "3m", "12m")]
    changes = any(f"{name}_change" in facts and f"{name}_yoy" not in facts for name in balances)
    notes = [change_in_billions()] if changes else []
    notes += [months_not_added()] if any(facts.gaps.get(name) == NOT_ADDED for name in balances) else []
    return Words(key_figures_of(report.period), (growth_of_key_figures(),), notes=tuple(notes))


@message
def key_figures_of(month: str) -> Runs:
    return say("Key figures of {month}", month=month)


@message
def growth_of_key_figures() -> Runs:
    return (
        "Growth is customs’ own where it was published with the level, otherwise computed from levels. The balance and total "
        "trade change by what the growth of exports and imports implies.",
    )


@message
def change_in_billions() -> Runs:
    return (
        "The change of the balance is in billions (bn) where a growth rate would mislead: the balance is negative or small "
        "against total trade, or total trade is not available.",
    )


@message
def months_not_added() -> Runs:
    return (
        "Not available (n/a): the sum is not in the data on this day, and first estimates of months are not added up, because "
        "customs revises them.",
    )


def _key_figures_table(report: Report) -> Table:
    """The one-page table: each flow for month, year to date, three and twelve months, in dollars and yuan where available."""
    facts, rows = report.facts, []
    spans: dict[str, Runs] = {
        "month": (Mark.of(report.period),),
        "ytd": ("Year to date",),
        "3m": ("Three months",),
        "12m": ("Twelve months",),
    }
    currencies = [
        code
        for code in CURRENCY_NAMES
        if any(f"{flow}_{code}_{over}{growth}" in facts for flow in FLOWS for over in spans for growth in ("", "_yoy"))
    ]
    if is_january(report.period):
        spans["month"] += (", which is the year to date",)
        del spans["ytd"]
    for over, label in spans.items():
        if not any(
            f"{flow}_{currency}_{over}{part}" in facts for flow in FLOWS for currency in currencies for part in ("", "_yoy")
        ):
            continue
        rows.append(Row(label, (None,) * 4 * len(currencies), kind="heading"))
        for flow in FLOWS:
            names = [f"{flow}_{currency}_{over}" for currency in currencies]
            fields = [
                (name + suffix, style)
                for name in names
                for suffix, style in (
                    ("", "bn"),
                    ("_yoy", "signed_percent"),
                    ("_yoy_printed", "signed_percent"),
                    ("_yoy_computed", "signed_percent"),
                )
            ]
            if flow == "balance":  # its change in billions where a growth rate would mislead
                instead = [name for name in names if f"{name}_yoy" not in facts and f"{name}_change" in facts]
                fields = [
                    (f.replace("_yoy", "_change"), "signed_bn") if "_yoy" in f and f.split("_yoy")[0] in instead else (f, s)
                    for f, s in fields
                ]
            rows.append(fact_row(facts, (flow.capitalize() if flow != "total" else "Total trade",), fields))
    headers = ("Level", "Growth", "Customs", "Computed")
    return Table(
        "key-figures",
        "Key figures: levels in billions, growth on a year earlier in percent",
        (Column("Flow"), *(Column(header, align="right") for header in headers * len(currencies))),
        tuple(rows),
        group_headers=(("", 1), *((CURRENCY_NAMES[code].capitalize(), 4) for code in currencies)),
    )


CURRENCY_NAMES = {"usd": "dollars", "cny": "yuan"}


def trade(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How did exports and imports change month by month over the last ten years?"""
    return Exhibit.of(using(report, frames, helpers.monthly_trade), _trade_words, _trade_chart)


def _trade_words(report: Report) -> Words:
    """Exports and imports."""
    report.require("totals")
    facts, over = report.facts, "ytd" if is_february(report) else "month"
    growth = [facts.get(f"{flow}_usd_{over}_yoy") for flow in ("exports", "imports")]
    if not all(growth):
        levels = [facts.get(f"{flow}_usd_month") for flow in ("exports", "imports")]
        if not all(levels):
            return Words(trade_not_held(facts.gap("exports_usd_month")))
        return Words(trade_levels(*levels, report.period), (no_growth_yet(first_month(report.tables)),))
    calmer = [facts.get(f"{flow}_usd_3m_yoy") for flow in ("exports", "imports")]
    return Words(
        trade_moved(*growth, to_date(report) if over == "ytd" else report.period),
        present(
            first_possible(
                lambda: sold_and_bought(*(facts[f"{flow}_usd_{over}"] for flow in ("exports", "imports", "total"))),
                lambda: no_levels(),
            ),
            over_three_months(*calmer) if all(calmer) else None,
            _growth_streak(report),
        ),
        notes=present(_printed_note(report)),
    )


@message
def trade_not_held(why: NotAvailable) -> Runs:
    return not_held("Exports and imports in dollars", why)


@message
def trade_levels(exports: Fact, imports: Fact, month: str) -> Runs:
    return say("Exports were {exports} and imports {imports} in {month}", exports=exports, imports=imports, month=month)


@message
def no_growth_yet(first: str) -> Runs:
    return say("The series begins with {first}, so there is no growth rate yet.", first=first)


@message
def trade_moved(exports: Fact, imports: Fact, span: str) -> Runs:
    return say("{moved} in {span}", moved=opened(both_changed("exports", exports, "imports", imports)), span=span)


@message
def sold_and_bought(exports: Fact, imports: Fact, total: Fact) -> Runs:
    template = "China sold goods for {exports} and bought goods for {imports}; total trade was {total}."
    return say(template, exports=exports, imports=imports, total=total)


@message
def no_levels() -> Runs:
    return ("The levels in dollars are not yet available.",)


@message
def over_three_months(exports: Fact, imports: Fact) -> Runs:
    return say(
        "Over three months, which are less noisy, {moved} on a year earlier.",
        moved=both_changed("exports", exports, "imports", imports),
    )


def _growth_streak(report: Report) -> Message | None:
    for flow in ("exports", "imports"):
        if found := streak(report.facts, f"{flow}_usd_month"):
            return moved_in_each(flow, *found)
    return None


@message
def moved_in_each(flow: str, months: Fact, way: str) -> Runs:
    return say(
        "{flow} have {moved} on a year earlier in each of the last {months:count} months.",
        flow=flow.capitalize(), moved={"rising": "risen", "falling": "fallen"}[way], months=months,
    )  # fmt: skip


def _printed_note(report: Report) -> Message | None:
    """Where customs printed another growth rate than the levels give, and why."""
    rates = []
    for flow in ("exports", "imports"):
        for over in ("month", "ytd"):
            printed, computed = (report.facts.get(f"{flow}_usd_{over}_yoy_{how}") for how in ("printed", "computed"))
            if printed and computed and abs(printed.value - computed.value) > 0.1:
                rates.append(printed_and_computed(flow, over, printed, computed))
    return printed_otherwise(rates) if rates else None


@message
def printed_and_computed(flow: str, over: str, printed: Fact, computed: Fact) -> Runs:
    when = {"month": "of the month", "ytd": "since January"}[over]
    template = "{flow} {when} {printed:signed} ({computed:signed})"
    return say(template, flow=flow, when=when, printed=printed, computed=computed)


@message
def printed_otherwise(rates: list[Runs]) -> Runs:
    return (
        "Growth first published (and from current levels): ",
        *listed(rates),
        ". Customs revises the base year, and the levels since.",
    )


def _trade_chart(report: Report) -> Chart | None:
    if "exports_usd_month" not in report.facts:
        return None
    frame = report.frame(helpers.monthly_trade)[["exports", "imports"]].iloc[-121:]
    figure, axes = canvas(right=0.89)
    ends = []
    for flow, colour in (("exports", palette.EXPORTS), ("imports", palette.IMPORTS)):
        values = (frame[flow] / BILLION).to_list()
        axes.plot(range(len(values)), values, color=colour, lw=1.5)
        axes.plot([len(values) - 1], [values[-1]], marker="o", ms=3.5, color=colour)
        ends.append((flow.capitalize(), values[-1], colour))
    axes.set_ylim(bottom=0)
    label_years(axes, list(frame.index))
    axes.set_xlim(-0.5, len(frame) - 0.5)
    label_ends(axes, len(frame) - 1, ends)
    newest = (report.facts[f"{flow}_usd_month"] for flow in ("exports", "imports"))
    alt = report.write(lines_of_flows(frame.index[0], report.period, *newest))
    return Chart(
        figure,
        alt,
        monthly_data("exports-and-imports", "Exports and imports by month", frame),
        source_line(report, "exports_usd_month", history=True),
        title=("Exports and imports, billion dollars a month",),
    )


@message
def lines_of_flows(first: str, last: str, exports: Fact, imports: Fact) -> Runs:
    template = "Two lines from {first} to {last}. Exports end at {exports}, imports at {imports}."
    return say(template, first=first, last=last, exports=exports, imports=imports)


def monthly_data(name: str, caption: str, frame: pd.DataFrame) -> Table:
    """The data of a chart of months, newest first, in billions of dollars."""
    headers = [column.capitalize() for column in frame]
    return frame_table(name, f"{caption}, billion dollars", "monthly_trade", frame.iloc[::-1], headers, "bn", units="USD")


def thirteen_months(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """What were exports, imports and the balance in each of the last thirteen months?"""
    return Exhibit.of(using(report, frames, helpers.thirteen_months), _thirteen_months_words, _thirteen_months_table)


def _thirteen_months_words(report: Report) -> Words:
    """The last thirteen months side by side."""
    report.require("totals")
    if "exports_usd_month" not in report.facts:
        return Words(thirteen_months_not_held(report.facts.gap("exports_usd_month")))
    frame = report.frame(helpers.thirteen_months)
    apart = (frame["exports"] - frame["imports"] - frame["balance"]).abs() > 2 * RANK_STEP
    return Words(side_by_side(), notes=(mixed_stages(),) if apart.any() else ())


@message
def thirteen_months_not_held(why: NotAvailable) -> Runs:
    return not_held("Thirteen months in dollars", why)


@message
def side_by_side() -> Runs:
    return ("The last thirteen months side by side",)


@message
def mixed_stages() -> Runs:
    return ("Where the balance is not exports less imports, the three come from different releases.",)


def _thirteen_months_table(report: Report) -> Table | None:
    """The last thirteen months: exports, imports, balance, growth."""
    if "exports_usd_month" not in report.facts:
        return None
    frame, rows = report.frame(helpers.thirteen_months), []
    styles = {
        "exports": ("bn", "USD"),
        "imports": ("bn", "USD"),
        "balance": ("bn", "USD"),
        "exports_yoy": ("signed_percent",),
        "imports_yoy": ("signed_percent",),
    }
    for month, row in frame.iloc[::-1].iterrows():
        cells = tuple(
            None if pd.isna(row[column]) else (Cite.cell("thirteen_months", month, column, row[column], *style),)
            for column, style in styles.items()
        )
        rows.append(Row((Mark.of(month),), cells, values=tuple(None if pd.isna(v) else v for v in row[list(styles)])))
    headers = ("Exports", "Imports", "Balance", "Exports, growth %", "Imports, growth %")
    caption = "The last thirteen months, billion dollars and growth on a year earlier"
    return Table("thirteen-months", caption, (Column("Month"), *(Column(h, align="right") for h in headers)), tuple(rows))
