"""Which partners and goods made trade grow."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import helpers
from customs_report import palette, prose
from customs_report.display import Chart, Column, Row, Table
from customs_report.drawing.axes import drawn, label_bars, label_rows, panel_head, side_by_side
from customs_report.drawing.data import source_line
from customs_report.facts import write
from customs_report.report import Report


@drawn
def contributions_by_partner(report: Report) -> Chart | None:
    """Which partners made exports and imports grow, since January and in the month alone?"""
    return _contributions(report, "partner", ("exports", "imports"), row=0.17)


@drawn
def contributions_by_commodity(report: Report) -> Chart | None:
    """Which goods made exports and imports grow, since January and in the month alone?"""
    return _contributions(report, "commodity", ("export", "import"), row=0.265)


def _contributions(report: Report, kind: str, flows: Sequence[str], row: float) -> Chart | None:
    """A panel for each flow: bars for the year to date, a diamond for the month, what has no name in grey at the bottom."""
    facts, name = report.facts, f"contribution.{kind}.{{}}_cny_{{}}.{{}}".format
    shown = {}
    for flow in flows:
        parts = helpers.leading_parts(report.tables, report.period, kind, flow)
        grey = [code for code in ("others", "remainder") if parts and name(flow, "ytd", code) in facts]
        shown |= {flow: parts + grey} if parts else {}
    if not shown:
        return None
    rows, alts, diamonds = [], [], False
    figure, panels = side_by_side(len(shown), 0.5 + row * max(map(len, shown.values())), label=1.5)
    for axes, (flow, parts) in zip(panels, shown.items(), strict=True):
        word, colour = (flow.rstrip("s") + "s", palette.EXPORTS if flow.startswith("export") else palette.IMPORTS)
        names = [prose.part_name(report, kind, flow, code) for code in parts]
        values = [facts[name(flow, "ytd", code)].value for code in parts]
        months = [facts.value(name(flow, "month", code)) for code in parts]
        if report.period.endswith("-01"):
            months = [None] * len(parts)  # the month is the year to date
        grey = [code in ("others", "remainder") for code in parts]
        axes.barh(range(len(parts)), values, height=0.66, color=[palette.PALE if g else colour for g in grey])
        diamonds |= any(month is not None for month in months)
        marks = [(month, place) for place, month in enumerate(months) if month is not None]
        axes.plot(*(zip(*marks, strict=True) if marks else ((), ())), ls="", marker="D", ms=3, color=palette.INK)
        label_rows(axes, [fill(text, 25) for text in names])
        label_bars(axes, values, [month or 0.0 for month in months], "signed_percent")
        growth = facts[f"{word}_cny_ytd_yoy"]
        panel_head(axes, f"{word.capitalize()} {write(growth.value, growth.unit, 'signed')}", colour)
        rows.append(Row((word.capitalize(),), (None, None), kind="heading"))
        rows += [
            Row(
                prose.name_of(code, text),
                tuple(
                    (facts.cite(of, "signed_percent"),) if (of := name(flow, over, code)) in facts else None
                    for over in ("ytd", "month")
                ),
                values=tuple(facts.value(name(flow, over, code)) for over in ("ytd", "month")),
            )
            for code, text in zip(parts, names, strict=True)
        ]
        alts.append(
            facts.say(
                "{@flow}: {@first} on top with {" + name(flow, "ytd", parts[0]) + ":signed_percent}, {@last} last with {"
                + name(flow, "ytd", last := parts[len(parts) - 1 - sum(grey)]) + ":signed_percent}. ",
                flow=(word.capitalize(),),
                first=prose.name_of(parts[0], names[0]),
                last=prose.name_of(last, prose.part_name(report, kind, flow, last)),
            )
        )  # fmt: skip
    flow = next(iter(shown))
    return Chart(
        figure,
        ("Bars of contributions to growth since January, in percentage points. ", *(run for alt in alts for run in alt)),
        Table(
            f"contributions-by-{kind}",
            "Contributions to growth, percentage points",
            (Column("Part"), Column("Year to date", align="right"), Column("Month", align="right")),
            tuple(rows),
        ),
        source_line(report, name(flow, "ytd", shown[flow][0])),
        title=("Contributions to growth since January, in points: bars and numbers" + "; ◆ the month alone" * diamonds,),
    )
