"""The balance of the year, as the model sees it."""

from __future__ import annotations

import helpers
from customs_report import palette
from customs_report.display import Chart, Column, Row, Table
from customs_report.drawing.axes import BILLION, canvas, drawn
from customs_report.drawing.data import cell, source_line
from customs_report.facts import Cite, Mark
from customs_report.report import Report


@drawn
def outlook(report: Report) -> Chart | None:
    """What may the year's balance be, beside the balances of the years before?"""
    facts, name = report.facts, "outlook.balance_usd_year"
    if name not in facts:
        return None
    year = report.period[:4]
    sums = helpers.cumulative_balance(report.tables, report.period).loc[12].dropna().drop(year, errors="ignore").iloc[-9:]
    figure, axes = canvas(height=1.6)
    axes.bar(range(len(sums)), sums / BILLION, width=0.6, color=palette.PALE)
    value = {bound: facts[f"{name}{bound}"].value / BILLION for bound in ("", "_low50", "_high50", "_low90", "_high90")}
    axes.bar([len(sums)], [value[""]], width=0.6, color=palette.PALE_ACCENT, edgecolor=palette.ACCENT, lw=0.8)
    axes.vlines([len(sums)], value["_low90"], value["_high90"], color=palette.ACCENT, lw=1.2)
    axes.vlines([len(sums)], value["_low50"], value["_high50"], color=palette.ACCENT, lw=4.5)
    axes.set_xticks(range(len(sums) + 1), [*sums.index, year])
    axes.margins(y=0.12)
    alt = facts.say(
        "Bars show the balance of each year from {@first}; the last is the outlook for {@year}, {outlook.balance_usd_year}, "
        "with a thick line for its fifty per cent interval and a thin one for its ninety per cent interval.",
        first=sums.index[0],
        year=year,
    )
    rows = [Row((Mark.of(y),), (cell("cumulative_balance", "12", y, v, "bn", "USD"),), values=(v,)) for y, v in sums.items()]
    rows.append(Row((Mark.of(year), ", outlook"), ((Cite.of(facts[name], "bn"),),), values=(facts[name].value,)))
    data = Table(
        "outlook-balance",
        "Balance of trade by year, billion dollars",
        (Column("Year"), Column("Balance", align="right")),
        tuple(rows),
    )
    title = ("Balance of trade by year and outlook, billion dollars; thick line: half of all cases, thin line: nine in ten",)
    return Chart(figure, alt, data, source_line(report, "balance_usd_month", history=True), recent=True, title=title)
