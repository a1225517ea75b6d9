"""Contributions to growth: which partners and which goods made trade grow, in percentage points."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from customs_report import palette
from customs_report.calculations.contributions import leading_parts
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import label_bars, label_rows, panel_head, side_by_side, with_report_style
from customs_report.drawing.source_lines import source_line
from customs_report.english.grammar import (
    capital,
    changed,
    first_possible,
    in_sentence,
    listed,
    name_of,
    not_held,
    of_month,
    part_name,
    present,
    shows_zero,
    the,
    to_date,
)
from customs_report.facts import Runs
from customs_report.numbers import write
from customs_report.report import Report

CLOSE = 0.2  # percentage points: contributions that are nearer have no order
WRITTEN = 0.05  # percentage points: less is written as nothing
PARTNER_NOTE: Runs = (
    "ASEAN, the European Union and each other partner held stand once; “rest of” is what a continent trades beyond them. "
    "Since January the base is the one that printed growth implies; for the month alone it is last year’s print. What "
    "belongs to no country closes the sum.",
)
COMMODITY_NOTE = (
    "The lines of the table, each once; mechanical and electrical products and farm products are split into theirs, high-tech "
    "products overlap and take no part. What is in no line, overlaps and rounding hold {@shares}. The base is the restated "
    "figure, else the one that printed growth implies, else last year’s print."
)


def contributions_by_partner(report: Report) -> Exhibit:
    """Which partners made exports and imports grow, since January and in the month alone?"""
    return Exhibit.of(report, _partner_words, _partner_chart)


def _partner_words(report: Report) -> Words:
    """Contributions to growth by partner."""
    report.require("partners")
    return _words(report, "partner", ("exports", "imports"), PARTNER_NOTE)


def contributions_by_commodity(report: Report) -> Exhibit:
    """Which goods made exports and imports grow, since January and in the month alone?"""
    return Exhibit.of(report, _commodity_words, _commodity_chart)


def _commodity_words(report: Report) -> Words:
    """Contributions to growth by commodity."""
    report.require("commodities")
    shares = [
        (*report.facts.say("{" + name + "}"), f" of {flow}s")
        for flow in ("export", "import")
        if (name := f"contribution.commodity.{flow}_cny_ytd.remainder_share") in report.facts
    ]
    return _words(report, "commodity", ("export", "import"), report.facts.say(COMMODITY_NOTE, shares=listed(shares)))


def _words(report: Report, kind: str, flows: tuple[str, str], note: Runs) -> Words:
    facts = report.facts
    shown = [flow for flow in flows if leading_parts(report.tables, report.period, kind, flow)]
    if not shown:
        return not_held(f"Contributions to growth by {kind}", facts.gaps[f"contribution.{kind}.{flows[0]}_cny_ytd.*"])
    last = None if report.period.endswith("-01") else _in_the_month(report, kind, shown[0])
    if len(shown) == 1:
        other = _plural(next(flow for flow in flows if flow not in shown))
        last = (f"Contributions to {other} cannot be had: the lines of a year earlier are not held.",)
    since_january = [_since_january(report, kind, flow, first=flow == shown[0]) for flow in shown]
    sentences = present(*since_january, _whole_and_rest(report, kind, shown), last)
    return Words(_claim(report, kind, shown[0]), sentences, notes=(note,))


def _plural(flow: str) -> str:
    return f"{flow.rstrip('s')}s"


def _claim(report: Report, kind: str, flow: str) -> Runs:
    """Which named part moved the flow most, in the direction it went."""
    facts, family = report.facts, f"contribution.{kind}.{flow}_cny_ytd"
    growth = facts[f"{_plural(flow)}_cny_ytd_yoy"]
    named = [c for c in leading_parts(report.tables, report.period, kind, flow) if not c.startswith(("rest_of_", "other_"))]
    code = named[0] if growth.value >= 0 else named[-1]
    points = facts[f"{family}.{code}"]
    if shows_zero(facts, growth.name) or points.value * growth.value <= 0:
        return (f"Gains and losses of {_plural(flow)} balanced",)
    name, flows = _name(report, kind, flow, code), (_plural(flow),)
    rivals = [c for c in named if c != code and abs(facts[f"{family}.{c}"].value - points.value) < CLOSE]
    if rivals:
        both = listed((_name(report, kind, flow, code), *(_name(report, kind, flow, c) for c in rivals)))
        way = "added most to the growth of" if growth.value > 0 else "took most off"
        return (*capital(both), f" {way} {_plural(flow)}")
    if kind == "commodity":
        way = "added most to the growth of" if growth.value > 0 else "took most off"
        template = "Of the lines with a name of their own, {@name} {@way} {@flow}: {" + points.name + ":size}"
        return facts.say(template, name=name, way=(way,), flow=flows)
    if growth.value > 0:
        template = "{@name} brought {" + points.name + "} of the {" + growth.name + "} growth of {@flow} in yuan"
    else:
        template = "{@name} took {" + points.name + ":size} off {@flow}, which fell by {" + growth.name + ":size} in yuan"
    return facts.say(template, name=capital(name), flow=flows)


def _since_january(report: Report, kind: str, flow: str, first: bool) -> Runs | None:
    """How the flow went since January, who added most and who took most away."""
    grew = changed(report.facts, f"{_plural(flow)}_cny_ytd_yoy")
    parts = _gains_and_losses(report, kind, flow, "ytd", (2, 2) if kind == "partner" else (2, 1))
    if not parts:
        return None
    if not first:
        return report.facts.say("{@flow} {@grew}: {@parts}.", flow=(_plural(flow).capitalize(),), grew=grew, parts=parts)
    return report.facts.say(
        "In {@span}, {@flow} {@grew} in yuan: in percentage points, {@parts}.",
        span=to_date(report), flow=(_plural(flow),), grew=grew, parts=parts,
    )  # fmt: skip


def _whole_and_rest(report: Report, kind: str, shown: list[str]) -> Runs | None:
    """The two aggregates as a whole, and what no part holds, where it is among the three largest contributions."""
    whole, rest = _aggregates(report, shown[0]) if kind == "commodity" else None, _remainders(report, kind, shown)
    if whole and rest:
        return (*whole, "; what no line of the table names contributed ", *rest, ".")
    if rest:
        return ("What no line of the table names contributed ", *rest, ".")
    return (*whole, ".") if whole else None


def _remainders(report: Report, kind: str, shown: list[str]) -> Runs:
    """ "+1.6 to exports and +8.5 to imports"."""
    remainders = []
    for flow in shown:
        family = f"contribution.{kind}.{flow}_cny_ytd"
        rest = report.facts.value(f"{family}.remainder") or 0.0
        parts = leading_parts(report.tables, report.period, kind, flow)
        larger = [code for code in parts if abs(report.facts[f"{family}.{code}"].value) > abs(rest)]
        if len(larger) < 3 and abs(rest) >= WRITTEN:
            name = f"{family}.remainder:signed_percent"
            remainders.append(report.facts.say("{" + name + "} to {@flow}", flow=(_plural(flow),)))
    return listed(remainders)


def _aggregates(report: Report, flow: str) -> Runs | None:
    """The two aggregates as a whole."""
    name = f"contribution.commodity.{flow}_cny_ytd.{{}}:signed_percent".format
    return first_possible(
        report.facts,
        "Mechanical and electrical products as a whole contributed {" + name("mechanical_and_electrical_products")
        + "} to {@flow}, farm products {" + name("agricultural_products") + "}",
        flow=(_plural(flow),),
    )  # fmt: skip


def _in_the_month(report: Report, kind: str, flow: str) -> Runs | None:
    """The month alone: the largest gain and the largest loss."""
    growth = f"{_plural(flow)}_cny_month_yoy"
    parts = _gains_and_losses(report, kind, flow, "month", (1, 1)) if growth in report.facts else ()
    if not parts:
        return None
    printed, computed = (report.facts.by_name.get(f"{growth}_{kind}") for kind in ("printed", "computed"))
    return report.facts.say(
        "In {@month} alone {@flow} {@grew}{@sum}: {@parts}.",
        month=of_month(report), flow=(_plural(flow),), grew=changed(report.facts, growth), parts=parts,
        sum=report.facts.say(" (all parts together {" + computed.name + ":signed})")
        if printed and computed and computed.text != printed.text else (),
    )  # fmt: skip


def _gains_and_losses(report: Report, kind: str, flow: str, over: str, counts: tuple[int, int]) -> Runs:
    """ "the largest gains were A (+2.4) and B (+1.3), the largest losses C (−2.7) and D (−0.4)"; of a fall losses first."""
    family = f"contribution.{kind}.{flow}_cny_{over}"
    sides = list(zip(("gain", "loss"), _ups_and_downs(report, kind, flow, over), strict=True))
    if report.facts[f"{_plural(flow)}_cny_{over}_yoy"].value < 0:
        sides.reverse()
    runs: Runs = ()
    for (word, codes), count in zip(sides, counts, strict=True):
        parts = _with_points(report, kind, flow, family, codes[:count])
        if parts:
            several = len(parts) > 1 or _close(report, family, codes, count)
            word = {"gain": "gains", "loss": "losses"}[word] if several else word
            among = "among " if _close(report, family, codes, count) else ""
            verb = ("were " if len(parts) > 1 else "was ") if not runs else ""
            runs += (", " * bool(runs) + f"{among}the largest {word} {verb}", *listed(parts))
    return runs


def _close(report: Report, family: str, codes: list[str], count: int) -> bool:
    """Is the first part that is left out too near to the last one shown to be called smaller?"""
    if len(codes) <= count:
        return False
    last, following = (abs(report.facts[f"{family}.{code}"].value) for code in codes[count - 1 : count + 1])
    return last - following < CLOSE


def _ups_and_downs(report: Report, kind: str, flow: str, over: str) -> tuple[list[str], list[str]]:
    """The leading parts of the year to date that added or took away enough to be written, the largest first."""
    facts, family = report.facts, f"contribution.{kind}.{flow}_cny_{over}"
    parts = leading_parts(report.tables, report.period, kind, flow)
    values = {code: facts[f"{family}.{code}"].value for code in parts if f"{family}.{code}" in facts}
    order = sorted(values, key=values.__getitem__, reverse=True)
    return [c for c in order if values[c] >= WRITTEN], [c for c in reversed(order) if values[c] <= -WRITTEN]


def _with_points(report: Report, kind: str, flow: str, family: str, codes: list[str]) -> list[Runs]:
    """ "ASEAN (+2.4)" for each part."""
    return [
        (*_name(report, kind, flow, code), *report.facts.say(" ({" + f"{family}.{code}" + ":signed_percent})"))
        for code in codes
    ]


def _name(report: Report, kind: str, flow: str, code: str) -> Runs:
    """A part's name inside a sentence."""
    text = part_name(report, kind, flow, code)
    return name_of(code, the(text) if kind == "partner" and not code.startswith("rest_of_") else in_sentence(text))


@with_report_style
def _partner_chart(report: Report) -> Chart | None:
    return _chart(report, "partner", ("exports", "imports"), row=0.17)


@with_report_style
def _commodity_chart(report: Report) -> Chart | None:
    return _chart(report, "commodity", ("export", "import"), row=0.265)


def _chart(report: Report, kind: str, flows: Sequence[str], row: float) -> Chart | None:
    """A panel for each flow: bars for the year to date, a diamond for the month, what has no name in grey at the bottom."""
    facts, name = report.facts, f"contribution.{kind}.{{}}_cny_{{}}.{{}}".format
    shown: dict[str, list[str]] = {}
    for flow in flows:
        parts = leading_parts(report.tables, report.period, kind, flow)
        grey = [code for code in ("others", "remainder") if parts and name(flow, "ytd", code) in facts]
        shown |= {flow: parts + grey} if parts else {}
    if not shown:
        return None
    rows, alts, diamonds = [], [], False
    figure, panels = side_by_side(len(shown), 0.5 + row * max(map(len, shown.values())), label=1.5)
    for axes, (flow, parts) in zip(panels, shown.items(), strict=True):
        word, colour = (flow.rstrip("s") + "s", palette.EXPORTS if flow.startswith("export") else palette.IMPORTS)
        names = [part_name(report, kind, flow, code) for code in parts]
        values = [facts[name(flow, "ytd", code)].value for code in parts]
        months = [facts.value(name(flow, "month", code)) for code in parts]
        if report.period.endswith("-01"):
            months = [None] * len(parts)  # the month is the year to date
        unnamed = [code in ("others", "remainder") for code in parts]
        axes.barh(range(len(parts)), values, height=0.66, color=[palette.PALE if grey else colour for grey in unnamed])
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
                name_of(code, text),
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
                + name(flow, "ytd", last := parts[len(parts) - 1 - sum(unnamed)]) + ":signed_percent}. ",
                flow=(word.capitalize(),),
                first=name_of(parts[0], names[0]),
                last=name_of(last, part_name(report, kind, flow, last)),
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
