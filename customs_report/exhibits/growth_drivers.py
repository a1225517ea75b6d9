"""Why trade changed: the partners and goods that added most to the growth of exports and imports, or took most off."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.partitions import REMAINDER, leaves
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import bare, label_bars, label_rows, panel_head
from customs_report.drawing.drawings import Drawing
from customs_report.english.grammar import dated, listed, short_name
from customs_report.exhibits.growth_by_part import WRITTEN, named_part, part_of_trade
from customs_report.exhibits.selection import is_february, is_january, to_date
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Fact, NotAvailable, Runs, say
from customs_report.messages import Message, message
from customs_report.names import Name
from customs_report.numbers import write
from customs_report.report import Report, using

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EACH = 3  # gains, and losses
WIDEST = 40  # letters of a label
HEAD, LINE = 0.22, 0.165  # inches: the height of the heading of a panel, and of a row
COLUMNS = ((1.5, 2.95), (5.15, 6.6))  # inches: where the bars of the left and of the right panels begin and end
SIDES = (("exports", "group"), ("exports", "commodity"), ("imports", "group"), ("imports", "commodity"))
PANELS = {"group": "by partner", "commodity": "by good"}


class Driver(NamedTuple):
    """A part of exports or imports that moved their growth: its contribution in points, and its own growth where it has one."""

    kind: str
    flow: str
    code: str
    points: Fact
    growth: Fact | None


def drivers(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which partners and goods made exports and imports grow or shrink in the month, or since January?"""
    return Exhibit.of(using(report, frames, helpers.contributions), _words, _chart)


def span_of_drivers(report: Report) -> str:
    """The month where last year's month is held (in February the year to date), else the year to date; empty without both."""
    spans = ("ytd", "month") if is_january(report) or is_february(report) else ("month", "ytd")
    return next((over for over in spans if any(find_drivers(report, *side, over) for side in SIDES)), "")


def find_drivers(report: Report, flow: str, kind: str, over: str) -> tuple[Driver, ...]:
    """The largest gains, then the largest losses, each from the largest on; what has no name may be among them."""
    frame = report.frame(helpers.contributions, by=kind, flow=flow, over=over)
    if frame.empty:
        return ()
    points = frame.loc[leaves(frame), "contribution"]
    if kind == "group":
        points = points.drop(REMAINDER, errors="ignore")
    gains = points[points >= WRITTEN].nlargest(EACH)
    losses = points[points <= -WRITTEN].nsmallest(EACH)
    return tuple(_driver(report, flow, kind, over, code) for code in [*gains.index, *losses.index])


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
    return Words(why_trade_changed(when), notes=(note_on_drivers(over),))


@message
def drivers_not_available(why: NotAvailable) -> Runs:
    return ("Contributions of partners and goods: ", *dated(why.why))


@message
def why_trade_changed(when: str) -> Runs:
    return say("What moved exports and imports in {when}", when=when)


@message
def note_on_drivers(over: str) -> Runs:
    base = "last year’s month is the one first published" if over == "month" else "the base is what printed growth implies"
    return (f"In yuan; points are percentage points of the growth of all exports or imports; {base}.",)


def driver(report: Report, each: Driver, start: bool = False) -> Message:
    """A driver inside a sentence: its name, its own growth, its points."""
    return one_driver(part_of_trade(*_named(report, each), start), each.growth, each.points)


def _named(report: Report, each: Driver) -> tuple[str, Name, str]:
    return named_part(report, each.kind, each.flow.removesuffix("s"), each.code)


@message
def one_driver(part: Runs, growth: Fact | None, points: Fact) -> Runs:
    own = say("{growth:signed}, ", growth=growth) if growth else ()
    return say("{part} ({own}{points:signed_percent} points)", part=part, own=own, points=points)


# --- chart ----------------------------------------------------------------------------------------------------------------


def _chart(report: Report) -> Chart | None:
    """Four panels: exports and imports, by partner and by good; each bar with its points, its own growth beside the name."""
    over = span_of_drivers(report)
    shown = {side: parts for side in SIDES if over and (parts := find_drivers(report, *side, over))}
    if not shown:
        return None
    figure, panels = _panels([len(parts) for parts in shown.values()])
    points = {
        flow: [part.points.value for side, parts in shown.items() if side[0] == flow for part in parts] for flow, _ in shown
    }
    reach = {flow: _reach(values) for flow, values in points.items()}
    rows: list[Row] = []
    for axes, ((flow, kind), parts) in zip(panels, shown.items(), strict=True):
        colour = palette.EXPORTS if flow == "exports" else palette.IMPORTS
        names = [short_name(*_named(report, part)) for part in parts]
        labels = [_label(name, part.growth) for name, part in zip(names, parts, strict=True)]
        axes.barh(range(len(parts)), [part.points.value for part in parts], height=0.66, color=colour)
        label_rows(axes, labels)
        label_bars(axes, [part.points.value for part in parts], [0.0] * len(parts), "signed_percent")
        axes.set_xticks([])
        axes.set_xlim(*reach[flow])
        panel_head(axes, f"{flow.capitalize()} {PANELS[kind]}", colour)
        rows.append(Row((f"{flow.capitalize()} {PANELS[kind]}",), (None, None), kind="heading"))
        rows += [_row(report, name, part) for name, part in zip(names, parts, strict=True)]
    first = next(iter(shown.values()))
    return Chart(
        figure,
        report.write(bars_of_drivers([driver(report, parts[0], start=True) for parts in shown.values()])),
        Table(
            "drivers",
            "Largest gains and losses on a year earlier, in yuan",
            (Column("Part"), Column("Growth", "%", align="right"), Column("Points", align="right")),
            tuple(rows),
        ),
        source_line(report, first[0].points.name),
        title=("Growth on a year earlier beside the name; bars: points of the growth of all exports or imports, in yuan",),
    )


def _reach(values: list[float]) -> tuple[float, float]:
    """The ends of the scale that the panels of a flow share, with room for the numbers beside the bars."""
    low, high = min(0.0, *values), max(0.0, *values)
    room = 0.42 * (high - low)
    return (low - room * (low < 0), high + room * (high > 0))


def _label(name: str, growth: Fact | None) -> str:
    return fill(f"{name} {write(growth.value, growth.unit, 'signed')}" if growth else name, WIDEST)


def _row(report: Report, name: str, part: Driver) -> Row:
    cells = (part.growth, part.points)
    return Row(
        (name,),
        tuple((report.facts.cite(cell.name, "signed_percent"),) if cell else None for cell in cells),
        values=tuple(cell.value if cell else None for cell in cells),
    )


def _panels(rows: list[int]) -> tuple[Drawing, list[Axes]]:
    """Panels in two columns, those of a row as high as the larger of the two needs."""
    width, height = palette.CHART_WIDTH, sum(HEAD + LINE * max(rows[i : i + 2]) for i in range(0, len(rows), 2)) + 0.02
    figure, panels, top = Drawing(width, height), [], height
    for place, count in enumerate(rows):
        left, right = COLUMNS[place % 2]
        box = (left / width, (top - HEAD - LINE * count) / height, (right - left) / width, LINE * count / height)
        axes = figure.add_axes(box)
        bare(axes, size=8.5)
        panels.append(axes)
        if place % 2:
            top -= HEAD + LINE * max(rows[place - 1 : place + 1])
    return figure, panels


@message
def bars_of_drivers(firsts: list[Runs]) -> Runs:
    return (
        "Bars of the largest gains and losses, exports and imports, by partner and by good. On top stand ",
        *listed(firsts), ".",
    )  # fmt: skip
