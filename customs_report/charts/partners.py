"""Trade and balances with the largest partners."""

from __future__ import annotations

import helpers
from customs_report import palette, prose
from customs_report.display import Chart
from customs_report.drawing.axes import BILLION, canvas, coloured_words, drawn, label_bars, label_rows, panel_head, side_by_side
from customs_report.drawing.data import fact_table, source_line
from customs_report.report import Report


@drawn
def partners(report: Report) -> Chart | None:
    """Who are the largest partners, and does China sell them more than it buys?"""
    if "partner.*" in report.facts.gaps:
        return None
    codes = [
        c for c in helpers.largest_partners(report.tables, report.period) if f"partner.{c}.exports_cny_ytd" in report.facts
    ]
    names = [prose.partner_name(report, code) for code in codes]
    figure, axes = canvas(height=2.5, left=0.185, top=0.22)
    coloured_words(axes, {"Exports": palette.EXPORTS, "Imports": palette.IMPORTS})
    for flow, colour, offset in (("exports", palette.EXPORTS, -0.2), ("imports", palette.IMPORTS, 0.2)):
        values = [report.facts[f"partner.{code}.{flow}_cny_ytd"].value / BILLION for code in codes]
        axes.barh([i + offset for i in range(len(codes))], values, height=0.38, color=colour)
    label_rows(axes, names)
    alt = report.facts.say(
        "Pairs of bars for the largest partners, exports above imports. The longest pair is {@name}: exports {partner."
        + codes[0]
        + ".exports_cny_ytd}, "
        "imports {partner." + codes[0] + ".imports_cny_ytd}.",
        name=prose.name_of(codes[0], names[0]),
    )
    data = fact_table(
        report,
        "largest-partners",
        "Largest partners, year to date, billion yuan",
        codes,
        names,
        [("Exports", "partner.{}.exports_cny_ytd", "bn"), ("Imports", "partner.{}.imports_cny_ytd", "bn")],
    )
    return Chart(
        figure, alt, data, source_line(report, f"partner.{codes[0]}.exports_cny_ytd"), title=("Year to date, billion yuan",)
    )


@drawn
def surplus(report: Report) -> Chart | None:
    """With whom does China run surpluses and deficits, and how did they change in a year?"""
    facts, name, change = report.facts, "partner.{}.balance_cny_ytd", "balance_contribution.partner.{}_cny_ytd"
    codes = helpers.largest_balances(report.tables, report.period)
    if not codes:
        return None
    names = [prose.partner_name(report, code) for code in codes]
    values = [facts[name.format(code)].value / BILLION for code in codes]
    changes = [facts.value(change.format(code)) for code in codes]
    known = all(value is not None for value in changes)
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
        top=prose.name_of(codes[0], names[0]),
        low=prose.name_of(codes[-1], names[-1]),
    )
    data = fact_table(report, "bilateral-balances", "Balance with partners, billion yuan", codes, names, columns)
    return Chart(
        figure, alt, data, source_line(report, name.format(codes[0])), title=("Balance of trade since January, billion yuan",)
    )
