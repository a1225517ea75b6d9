"""Contributions to growth: which partners and which goods made trade grow, in percentage points."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from textwrap import fill

import pandas as pd

import helpers
from customs_report import names, palette
from customs_report.calculations.partitions import CLOSE, REMAINDER, SHOWN_POINTS, leading_parts, leaves
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import draw_bars, flat_canvas, label_rows, numbers_at_right
from customs_report.english.grammar import (
    capital,
    changed,
    goods,
    in_sentence,
    listed,
    month_of,
    name_of,
    not_held,
    short_name,
    the_partner,
)
from customs_report.exhibits.selection import present, to_date
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Fact, NotAvailable, Runs, say, shows_zero
from customs_report.frames import call_of, silently
from customs_report.messages import Message, message
from customs_report.names import Name, part_name
from customs_report.periods import is_january
from customs_report.report import Report, using


def contributions_by_partner(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which partners made exports and imports grow, since January and in the month alone?"""
    charts = (partial(_chart, "partner", flow, 0.17) for flow in ("exports", "imports"))
    given = using(report, frames, helpers.contributions, by="partner", over="ytd")
    return Exhibit.of(given, _partner_words, *charts, columns=2)


def _partner_words(report: Report) -> Words:
    """Contributions to growth by partner."""
    report.require("partners")
    return _words(report, "partner", ("exports", "imports"), note_on_partners(_bases(report)))


@message
def note_on_partners(bases: list[str]) -> Runs:
    texts = {
        "implied": "Since January the base is the one that published growth implies; for the month alone it is last year’s.",
        "printed": "The base is last year’s figure as published, not the one that published growth implies.",
    }
    return (
        "ASEAN, the European Union and each other partner listed stand once; “rest of” is what a continent trades beyond them. "
        f"{_of_both(bases, texts)} What belongs to no country closes the sum.",
    )


def contributions_by_commodity(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which goods made exports and imports grow, since January and in the month alone?"""
    charts = (partial(_chart, "commodity", flow, 0.265) for flow in ("export", "import"))
    given = using(report, frames, helpers.contributions, by="commodity", over="ytd")
    return Exhibit.of(given, _commodity_words, *charts, columns=2)


def _commodity_words(report: Report) -> Words:
    """Contributions to growth by commodity."""
    report.require("commodities")
    shares = [
        share_of(share, flow)
        for flow in ("export", "import")
        if (share := report.facts.get(f"contribution.commodity.{flow}_cny_ytd.remainder_share"))
    ]
    return _words(report, "commodity", ("export", "import"), note_on_commodities(shares, _bases(report)))


@message
def share_of(share: Fact, flow: str) -> Runs:
    return say("{share} of {flow}", share=share, flow=_plural(flow))


@message
def note_on_commodities(shares: list[Runs], bases: list[str]) -> Runs:
    texts = {
        "implied": "The base is the restated figure, else what published growth implies, else last year’s first estimate.",
        "printed": "The base is last year’s figure, restated or as published, not the one that published growth implies.",
    }
    return say(
        "The lines of the table, each once; mechanical and electrical products and farm products are split into theirs, "
        "high-tech products overlap and take no part. What is in no line, overlaps and rounding make up {shares}. {base}",
        shares=listed(shares),
        base=_of_both(bases, texts),
    )


def _words(report: Report, kind: str, flows: tuple[str, str], note: Message) -> Words:
    shown = [flow for flow in flows if _leading(report, kind, flow)]
    if not shown:
        return Words(contributions_not_held(kind, report.facts.gap(f"contribution.{kind}.{flows[0]}_cny_ytd.*")))
    last = None if is_january(report.period) else _in_the_month(report, kind, shown[0])
    if len(shown) == 1:
        last = no_contributions_to(next(flow for flow in flows if flow not in shown))
    notes = (note, *_on_another_base(report, kind, flows), *_without_month(report, kind, shown))
    by_flow = [_since_january(report, kind, flow, first=flow == shown[0]) for flow in shown]
    sentences = present(*by_flow, _whole_and_rest(report, kind, shown), last)
    return Words(_claim(report, kind, shown[0]), sentences, notes=notes)


def _without_month(report: Report, kind: str, flows: Sequence[str]) -> list[Message]:
    """That some parts have no mark of the month, where others have."""
    names = [f"contribution.{kind}.{flow}_cny_month.{code}" for flow in flows for code in _leading(report, kind, flow)]
    marked = [name in report.facts for name in names]
    return [no_mark_of_the_month()] if any(marked) and not all(marked) and not is_january(report.period) else []


@message
def no_mark_of_the_month() -> Runs:
    return ("Without ◆: the month’s figure is not available, or too uncertain.",)


@message
def contributions_not_held(kind: str, why: NotAvailable) -> Runs:
    return not_held(f"Growth by {kind}", why)


@message
def no_contributions_to(flow: str) -> Runs:
    return (f"Contributions to {_plural(flow)} need the lines of a year earlier, which are not available.",)


def _bases(report: Report) -> list[str]:
    """What growth of exports and of imports is counted from in the frames that the notebook has."""
    given = {call.arguments["flow"]: call.arguments["base"] for call in map(call_of, report.given)}
    return [given.get(flow, "implied") for flow in ("exports", "imports")]


def _of_both(bases: list[str], texts: dict[str, str]) -> str:
    """A note on the base of both flows, or on each where they differ."""
    if len({*bases}) == 1:
        return texts[bases[0]]
    exports, imports = (texts[base][0].lower() + texts[base][1:] for base in bases)
    return f"Exports: {exports} Imports: {imports}"


def _on_another_base(report: Report, kind: str, flows: Sequence[str]) -> list[Message]:
    """What the base of a notebook's frame changes: which parts it has no figure of, or nothing."""
    found: list[Message] = []
    for flow in (flow for flow, base in zip(flows, _bases(report), strict=True) if base != "implied"):
        frame = report.frame(helpers.contributions, by=kind, flow=_plural(flow), over="ytd")
        usual = silently(helpers.contributions, report.tables, report.period, by=kind, flow=_plural(flow))
        if frame.empty:
            continue
        if lost := [_part(report, kind, flow, code) for code in usual.index.difference(frame.index)]:
            found.append(no_comparable_base(flow, lost))
        shown = [*_leading(report, kind, flow)]
        if not lost and frame.loc[shown, "contribution"].round(1).equals(usual.loc[shown, "contribution"].round(1)):
            found.append(bases_agree(flow))
    return found


@message
def no_comparable_base(flow: str, parts: list[Runs]) -> Runs:
    return (
        f"{_plural(flow).capitalize()}: customs has revised last year’s figures of ", *listed(parts),
        " too much, or changed their series, to compute growth on them; on this base they are within the rest.",
    )  # fmt: skip


@message
def bases_agree(flow: str) -> Runs:
    return (f"{_plural(flow).capitalize()}: to the decimal shown, both bases give the same contributions of these parts.",)


def _leading(report: Report, kind: str, flow: str) -> list[str]:
    """The parts that contributed most since January; none where contributions are not available."""
    return leading_parts(report.frame(helpers.contributions, by=kind, flow=_plural(flow), over="ytd"))


def _plural(flow: str) -> str:
    return f"{flow.rstrip('s')}s"


def _claim(report: Report, kind: str, flow: str) -> Message:
    """Which named part moved the flow most, in the direction it went."""
    facts, family = report.facts, f"contribution.{kind}.{flow}_cny_ytd"
    growth = facts[f"{_plural(flow)}_cny_ytd_yoy"]
    named = [c for c in _leading(report, kind, flow) if not c.startswith(("rest_of_", "other_"))]
    code = named[0] if growth.value >= 0 else named[-1]
    points = facts[f"{family}.{code}"]
    if shows_zero(growth) or points.value * growth.value <= 0:
        return gains_balance_losses(flow)
    rivals = [c for c in named if c != code and abs(facts[f"{family}.{c}"].value - points.value) < CLOSE]
    if rivals:
        return parts_moved(flow, growth, [_short(report, kind, flow, c) for c in (code, *rivals)])
    part = _short(report, kind, flow, code)
    return line_moved_most(flow, growth, part) if kind == "commodity" else partner_moved_most(flow, growth, part, points)


@message
def gains_balance_losses(flow: str) -> Runs:
    return (f"Gains and losses of {_plural(flow)} balanced",)


@message
def parts_moved(flow: str, growth: Fact, parts: list[Runs]) -> Runs:
    return say("{parts} {moved}", parts=capital(listed(parts)), moved=_moved_most(flow, growth))


@message
def line_moved_most(flow: str, growth: Fact, part: Runs) -> Runs:
    return say("Of named products, {part} {moved}", part=part, moved=_moved_most(flow, growth))


@message
def partner_moved_most(flow: str, growth: Fact, part: Runs, points: Fact) -> Runs:
    template = "{part} took {points:size} off {flow}s, which fell {growth:size}"
    if growth.value > 0:
        template = "{part} added {points:percent} of the {growth:percent} points of {flow} growth"
    return say(template, part=capital(part), points=points, flow=flow.removesuffix("s"), growth=growth)


def _moved_most(flow: str, growth: Fact) -> str:
    return f"added most to {flow.removesuffix('s')} growth" if growth.value > 0 else f"took most off {_plural(flow)}"


def _since_january(report: Report, kind: str, flow: str, first: bool) -> Message | None:
    """How the flow went since January, who added most and who took most away."""
    growth = report.facts[f"{_plural(flow)}_cny_ytd_yoy"]
    sides = _gains_and_losses(report, kind, flow, "ytd", (2, 2) if kind == "partner" else (2, 1))
    return contributions_since_january(flow, growth, sides, to_date(report) if first else "") if sides else None


@message
def contributions_since_january(flow: str, growth: Fact, sides: list[Runs], span: str) -> Runs:
    """With its span, or of the other flow after a sentence that has it."""
    flows, parts = _plural(flow), _sides(sides)
    if not span:
        return say("{flow} {grew}: {parts}.", flow=flows.capitalize(), grew=changed(growth), parts=parts)
    return say(
        "In {span}, {flow} {grew} in yuan. In percentage points, {parts}.",
        span=span, flow=flows, grew=changed(growth), parts=parts,
    )  # fmt: skip


def _sides(sides: list[Runs]) -> Runs:
    """ "the largest gains were A (+2.4) and B (+1.3), the largest losses C (−2.7) and D (−0.4)"."""
    return tuple(run for i, side in enumerate(sides) for run in ((", ",) if i else ()) + side)


def _whole_and_rest(report: Report, kind: str, shown: list[str]) -> Message | None:
    """The two aggregates as a whole, and what no part holds, where it is among the three largest contributions."""
    aggregates = ("mechanical_and_electrical_products", "agricultural_products")
    family = f"contribution.commodity.{shown[0]}_cny_ytd."
    whole = [report.facts.get(family + name) for name in aggregates] if kind == "commodity" else [None]
    rest = _remainders(report, kind, shown)
    if all(whole):
        return whole_and_rest(shown[0], *whole, rest)
    return what_no_line_names(rest) if rest else None


@message
def whole_and_rest(flow: str, machines: Fact, farm_goods: Fact, rest: list[Runs]) -> Runs:
    return say(
        "Mechanical and electrical products as a whole contributed {machines:signed_percent} to {flow}, farm products "
        "{farm_goods:signed_percent}{rest}.",
        machines=machines, flow=_plural(flow), farm_goods=farm_goods,
        rest=("; what no line of the table names contributed ", *listed(rest)) if rest else (),
    )  # fmt: skip


@message
def what_no_line_names(rest: list[Runs]) -> Runs:
    return ("What no line of the table names contributed ", *listed(rest), ".")


def _remainders(report: Report, kind: str, shown: list[str]) -> list[Message]:
    remainders = []
    for flow in shown:
        family = f"contribution.{kind}.{flow}_cny_ytd"
        rest = report.facts.get(f"{family}.remainder")
        if rest is None or abs(rest.value) < SHOWN_POINTS:
            continue
        parts = _leading(report, kind, flow)
        larger = [code for code in parts if abs(report.facts[f"{family}.{code}"].value) > abs(rest.value)]
        if len(larger) < 3:
            remainders.append(remainder(flow, rest))
    return remainders


@message
def remainder(flow: str, points: Fact) -> Runs:
    return say("{points:signed_percent} to {flow}", points=points, flow=_plural(flow))


def _in_the_month(report: Report, kind: str, flow: str) -> Message | None:
    """The month alone: the largest gain and the largest loss."""
    name, facts = f"{_plural(flow)}_cny_month_yoy", report.facts
    growth, printed, computed = facts.get(name), facts.get(f"{name}_printed"), facts.get(f"{name}_computed")
    sides = _gains_and_losses(report, kind, flow, "month", (1, 1)) if growth else []
    if not sides:
        return None
    apart = printed and computed and computed.text != printed.text
    return contributions_in_the_month(flow, growth, sides, report.period, computed if apart else None)


@message
def contributions_in_the_month(flow: str, growth: Fact, sides: list[Runs], month: str, together: Fact | None) -> Runs:
    return say(
        "In {month} alone {flow} {grew}{together}: {parts}.",
        month=month_of(month), flow=_plural(flow), grew=changed(growth), parts=_sides(sides),
        together=say(" (all parts together {sum:signed})", sum=together) if together else (),
    )  # fmt: skip


def _gains_and_losses(report: Report, kind: str, flow: str, over: str, counts: tuple[int, int]) -> list[Message]:
    """The largest gains and the largest losses; of a fall losses first."""
    facts, family = report.facts, f"contribution.{kind}.{flow}_cny_{over}"
    sides = list(zip(("gain", "loss"), _ups_and_downs(report, kind, flow, over), strict=True))
    if facts[f"{_plural(flow)}_cny_{over}_yoy"].value < 0:
        sides.reverse()
    found: list[Message] = []
    for (what, codes), count in zip(sides, counts, strict=True):
        parts = [part_with_points(_part(report, kind, flow, code), facts[f"{family}.{code}"]) for code in codes[:count]]
        if parts:
            found.append(largest(what, parts, _close(report, family, codes, count), first=not found))
    return found


@message
def part_with_points(part: Runs, points: Fact) -> Runs:
    return say("{part} ({points:signed_percent})", part=part, points=points)


@message
def largest(what: str, parts: list[Runs], close: bool, first: bool) -> Runs:
    """The largest gains or losses; `close` if one that is left out is hardly smaller."""
    several = {"gain": "gains", "loss": "losses"}[what] if len(parts) > 1 or close else what
    verb = ("were " if len(parts) > 1 else "was ") if first else ""
    return (f"{'among ' if close else ''}the largest {several} {verb}", *listed(parts))


def _close(report: Report, family: str, codes: list[str], count: int) -> bool:
    """Is the first part that is left out too near to the last one shown to be called smaller?"""
    if len(codes) <= count:
        return False
    last, following = (abs(report.facts[f"{family}.{code}"].value) for code in codes[count - 1 : count + 1])
    return last - following < CLOSE


def _ups_and_downs(report: Report, kind: str, flow: str, over: str) -> tuple[list[str], list[str]]:
    """Which parts added or took away enough to be written, the largest first? Of the month all, of the year the leading."""
    facts, family = report.facts, f"contribution.{kind}.{flow}_cny_{over}"
    parts = _leading(report, kind, flow)
    if over == "month":
        frame = report.frame(helpers.contributions, by=kind, flow=_plural(flow), over=over)
        parts = [code for code in leaves(frame) if code != REMAINDER]
    values = {code: facts[f"{family}.{code}"].value for code in parts if f"{family}.{code}" in facts}
    order = sorted(values, key=values.__getitem__, reverse=True)
    return [c for c in order if values[c] >= SHOWN_POINTS], [c for c in reversed(order) if values[c] <= -SHOWN_POINTS]


def _part(report: Report, kind: str, flow: str, code: str, start: bool = False) -> Message:
    """A part of trade, as a message."""
    return part_of_trade(*named_part(report, kind, flow, code), start)


def _short(report: Report, kind: str, flow: str, code: str) -> Message:
    """A part of trade in a claim."""
    return part_in_short(*named_part(report, kind, flow, code))


@message
def part_in_short(kind: str, name: Name, whole: str) -> Runs:
    """A part by the word that readers use, inside a sentence."""
    return goods(name) if kind == "commodity" else the_partner(name)


def named_part(report: Report, kind: str, flow: str, code: str) -> tuple[str, Name, str]:
    """A partner or line; the rest of a continent, the other lines of an aggregate."""
    return names.named_part(report.tables, kind, flow, code)


@message
def part_of_trade(kind: str, name: Name, whole: str, start: bool) -> Runs:
    """A part inside a sentence, or at its start; of a `whole` the rest, or the others."""
    code = {"rest": "rest_of_", "others": "other_"}.get(whole, "") + name.code
    if start or whole:
        text = short_name(kind, name, whole)
        return name_of(code, text if start else in_sentence(text))
    return goods(name) if kind == "commodity" else the_partner(name)


def _chart(kind: str, flow: str, row: float, report: Report) -> Chart | None:
    """Bars for the year to date, a diamond for the month, what has no name in grey at the bottom."""
    facts, name = report.facts, f"contribution.{kind}.{flow}_cny_{{}}.{{}}".format
    leading = _leading(report, kind, flow)
    if not leading:
        return None
    grey = [code for code in ("others", "remainder") if name("ytd", code) in facts]
    parts, word = leading + grey, _plural(flow)
    called = [(part_name if code in grey else short_name)(*named_part(report, kind, flow, code)) for code in parts]
    values = [facts[name("ytd", code)].value for code in parts]
    same = is_january(report.period)  # its month is the year to date
    months = [] if same else [facts.value(name("month", code)) for code in parts]
    marks = [(month, place) for place, month in enumerate(months) if month is not None]
    colour = palette.EXPORTS if word == "exports" else palette.IMPORTS
    figure, axes = flat_canvas(0.24 + row * len(parts), label=1.5, bottom=0.2)
    draw_bars(axes, range(len(parts)), values, 0.66, [colour] * len(leading) + [palette.PALE] * len(grey), flat=True)
    axes.plot(*(zip(*marks, strict=True) if marks else ((), ())), ls="", marker="D", ms=3, color=palette.INK)
    label_rows(axes, [fill(text, 25) for text in called])
    numbers_at_right(axes, values, "signed_percent", colour)
    rows = []
    for code, text in zip(parts, called, strict=True):
        names = [name(over, code) for over in ("ytd", "month")]
        cells = tuple((facts.cite(of, "signed_percent"),) if of in facts else None for of in names)
        rows.append(Row(name_of(code, text), cells, values=tuple(facts.value(of) for of in names)))
    ends = ((_part(report, kind, flow, code, start=True), facts[name("ytd", code)]) for code in (leading[0], leading[-1]))
    title = report.write(title_of_contributions(word, facts[f"{word}_cny_ytd_yoy"], bool(marks)))
    columns = (Column("Part"), Column("Year to date", align="right"), Column("Month", align="right"))
    return Chart(
        figure,
        report.write(bars_of_contributions(flow, *(each for end in ends for each in end))),
        Table(f"contributions-by-{kind}-{word}", f"Contributions to growth of {word}, percentage points", columns, tuple(rows)),
        source_line(report, name("ytd", leading[0])),
        title=title,
    )


@message
def title_of_contributions(flow: str, growth: Fact, month: bool) -> Runs:
    return say(
        "{flow} {growth:signed} since January: points{month}",
        flow=flow.capitalize(), growth=growth, month="; ◆ the month" if month else "",
    )  # fmt: skip


@message
def bars_of_contributions(flow: str, top: Runs, most: Fact, last: Runs, least: Fact) -> Runs:
    return say(
        "Bars of contributions to growth of {flow} since January, in percentage points: {top} on top with "
        "{most:signed_percent}, {last} last with {least:signed_percent}.",
        flow=_plural(flow), top=top, most=most, last=last, least=least,
    )  # fmt: skip
