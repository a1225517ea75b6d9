"""Why trade changed: the partners and goods that added most to the growth of exports and imports, or took most off."""

from __future__ import annotations

from functools import partial
from textwrap import fill
from typing import NamedTuple

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.partitions import BEYOND, REMAINDER, REST, driving_parts
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import draw_bars, flat_canvas, label_bars, label_rows, place_ticks
from customs_report.english.grammar import dated, short_name
from customs_report.exhibits.growth_by_part import named_part, part_of_trade
from customs_report.exhibits.selection import is_february, to_date
from customs_report.exhibits.source_lines import as_known
from customs_report.facts import Fact, NotAvailable, Runs, plain, say
from customs_report.messages import Message, message
from customs_report.names import Name
from customs_report.periods import is_january
from customs_report.report import Report, using
from customs_report.rows import NOT_PRINTED

WIDEST = 40  # letters of a label
SIDES = (("exports", "group"), ("exports", "commodity"), ("imports", "group"), ("imports", "commodity"))
UNNAMED = {("commodity", REMAINDER), ("group", f"{REST}WORLD")}  # what is left of goods and of partners
SPLIT = {"group": "by partner", "commodity": "by good"}


class Driver(NamedTuple):
    """A part of exports or imports that moved their growth: its contribution in points, and its own growth where it has one."""

    kind: str
    flow: str
    code: str
    points: Fact
    growth: Fact | None


def drivers(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which partners and goods made exports and imports grow or shrink in the month, or since January?"""
    charts = (partial(_chart, flow, kind) for flow, kind in SIDES)
    return Exhibit.of(using(report, frames, helpers.contributions), _words, *charts, columns=2)


def span_of_drivers(report: Report) -> str:
    """The month where last year's month is held (in February the year to date), else the year to date; empty without both."""
    spans = ("ytd", "month") if is_january(report.period) or is_february(report) else ("month", "ytd")
    return next((over for over in spans if any(find_drivers(report, *side, over) for side in SIDES)), "")


def find_drivers(report: Report, flow: str, kind: str, over: str) -> tuple[Driver, ...]:
    """The largest gains, then the largest losses, each from the largest on; what has no name may be among them."""
    frame = report.frame(helpers.contributions, by=kind, flow=flow, over=over)
    if frame.empty:
        return ()
    return tuple(_driver(report, flow, kind, over, code) for code in driving_parts(frame))


def _driver(report: Report, flow: str, kind: str, over: str, code: str) -> Driver:
    side = flow.removesuffix("s") if kind == "commodity" else flow
    growth = f"commodity.{side}.{code}.value_cny_{over}_yoy" if kind == "commodity" else f"partner.{code}.{flow}_cny_{over}_yoy"
    points = report.facts[f"contribution.{kind}.{side}_cny_{over}.{code}"]
    return Driver(kind, flow, code, points, report.facts.get(growth))


# --- words ----------------------------------------------------------------------------------------------------------------


def _words(report: Report) -> Words:
    """What added most and what took most away."""
    over = span_of_drivers(report)
    if not over:
        return Words(drivers_not_available(report.facts.gap("contribution.group.exports_cny_ytd.*")))
    when = report.period if over == "month" else to_date(report)
    shown = {(kind, each.code) for flow, kind in SIDES for each in find_drivers(report, flow, kind, over)}
    unnamed = sorted(kind for kind, _ in shown & UNNAMED)
    return Words(why_trade_changed(when), notes=(note_on_drivers(over), *(note_on_unnamed(kind) for kind in unnamed)))


@message
def drivers_not_available(why: NotAvailable) -> Runs:
    return ("Contributions of partners and goods: ", *dated(why.why))


@message
def why_trade_changed(when: str) -> Runs:
    return say("What moved exports and imports in {when}", when=when)


@message
def note_on_drivers(over: str) -> Runs:
    base = "as first published (*)" if over == "month" else "as published growth implies"
    return (
        "In yuan. Next to each name: growth on a year earlier; bars: percentage points added to total growth. "
        f"Last year’s figures are {base}. Customs gives no reasons.",
    )


@message
def note_on_unnamed(kind: str) -> Runs:
    said = {
        "commodity": "Unlisted goods have no line in customs’ table.",
        "group": "The rest of the world is all partners that customs’ first release does not name.",
    }
    return (said[kind],)


def driver(report: Report, each: Driver, start: bool = False) -> Message:
    """A driver inside a sentence: its name, its own growth, its points."""
    return one_driver(part_of_trade(*_named(report, each), start), each.growth, each.points)


def _named(report: Report, each: Driver) -> tuple[str, Name, str]:
    return named_part(report, each.kind, each.flow.removesuffix("s"), each.code)


@message
def part_in_chart(kind: str, name: Name, whole: str) -> Runs:
    """A part where there is little room."""
    return (short_name(kind, name, whole),)


@message
def one_driver(part: Runs, growth: Fact | None, points: Fact) -> Runs:
    own = say("{growth:signed}, ", growth=growth) if growth else ()
    return say("{part} ({own}{points:signed_percent} points)", part=part, own=own, points=points)


# --- chart ----------------------------------------------------------------------------------------------------------------


def _chart(flow: str, kind: str, report: Report) -> Chart | None:
    """A bar for each of the largest gains and losses with its points, its own growth beside the name; the rest in grey."""
    over = span_of_drivers(report)
    parts = find_drivers(report, flow, kind, over) if over else ()
    if not parts:
        return None
    rest = report.facts.get(f"contribution.{kind}.{_side(flow, kind)}_cny_{over}.{BEYOND}")
    names = [plain(report.write(part_in_chart(*_named(report, part)))) for part in parts]
    names += [report.word("Others, not shown")] if rest else []
    growth = [part.growth for part in parts] + ([None] if rest else [])
    points = [part.points for part in parts] + ([rest] if rest else [])
    colour, values = palette.EXPORTS if flow == "exports" else palette.IMPORTS, [each.value for each in points]
    figure, axes = flat_canvas(0.155 * len(values) + 0.04, label=1.95)
    draw_bars(axes, range(len(values)), values, 0.66, [colour] * len(parts) + [palette.PALE] * bool(rest), flat=True)
    label_rows(axes, [_label(report, name, own) for name, own in zip(names, growth, strict=True)])
    label_bars(axes, values, [0.0] * len(values), "signed_percent")
    place_ticks(axes, "x", [], [])
    axes.set_xlim(*_reach(report, flow, over))
    rows = [_row(report, *each) for each in zip(names, growth, points, strict=True)]
    title = (report.word(f"{flow.capitalize()} {SPLIT[kind]}"),)
    heads = [report.word(head) for head in ("Part", "Growth", "Points")]
    columns = (Column(heads[0]), Column(heads[1], "%", align="right"), Column(heads[2], align="right"))
    return Chart(
        figure,
        report.write(bars_of_drivers(flow, kind, driver(report, parts[0], start=True))),
        Table(f"drivers-{flow}-{kind}", title, columns, rows, language=report.language),
        _source(report, over),
        title=title,
    )


def _source(report: Report, over: str) -> Runs:
    """One for all the charts, which stand together: the stages of all their points."""
    shown = (part.points for side in SIDES for part in find_drivers(report, *side, over))
    return as_known(report, stages=dict.fromkeys(points.stage for points in shown))


def _side(flow: str, kind: str) -> str:
    return flow.removesuffix("s") if kind == "commodity" else flow


def _reach(report: Report, flow: str, over: str) -> tuple[float, float]:
    """The ends of the scale that the charts of a flow share, with room for the numbers beside the bars."""
    facts, sides = report.facts, [(kind, _side(flow, kind)) for of, kind in SIDES if of == flow]
    rest = [facts.value(f"contribution.{kind}.{side}_cny_{over}.{BEYOND}") or 0.0 for kind, side in sides]
    values = [each.points.value for kind, _ in sides for each in find_drivers(report, flow, kind, over)]
    low, high = min(0.0, *values, *rest), max(0.0, *values, *rest)
    room = 0.42 * (high - low)
    return (low - room * (low < 0), high + room * (high > 0))


def _label(report: Report, name: str, growth: Fact | None) -> str:
    return fill(f"{name} {report.lang.write(growth.value, growth.unit, 'signed')}{growth.mark}" if growth else name, WIDEST)


def _row(report: Report, name: str, growth: Fact | None, points: Fact) -> Row:
    cells = tuple((report.cite(cell.name, "signed_percent"),) if cell else NOT_PRINTED for cell in (growth, points))
    return Row((name,), cells, values=(growth.value if growth else None, points.value))


@message
def bars_of_drivers(flow: str, kind: str, first: Runs) -> Runs:
    return say(
        "Bars of the largest gains and losses of {flow} {split}; on top stands {first}.",
        flow=flow, split=SPLIT[kind], first=first,
    )  # fmt: skip
