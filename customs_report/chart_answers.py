"""Which part of a chart answers with which row of its data: a reader points at a mark and sees the row, without a script.

The page lays the rows of the folded data table over the drawing, each where its mark stands, and shows the one that is pointed
at, tapped or focused. So a number stands in the page once, as a cell of the table, and is proved there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from customs_report.facts import Mark, Runs
from customs_report.periods import distance

Text = str | Runs
STOPS = 40  # rows of a chart that the keyboard reaches


class Panel(NamedTuple):
    """Axes in a drawing, as shares of its width and height, and the ends of their scales."""

    left: float
    top: float
    width: float
    height: float
    x0: float
    x1: float
    y0: float
    y1: float


class Answer(NamedTuple):
    """Where a row answers, in percent of the drawing: the left, top, width and height of its field."""

    left: float
    top: float
    width: float
    height: float

    @property
    def at_right(self) -> bool:
        """Is it in the right half? Then its words open leftwards."""
        return self.left + self.width / 2 > 50

    def style(self, shared: Answer | None = None) -> str:
        """As variables for the style sheet: what it does not share with another answer."""
        values = zip(self._fields, self, shared or (None,) * 4, strict=True)
        return ";".join(f"--{name[0]}:{value:.4g}%" for name, value, other in values if value != other)


class Months(NamedTuple):
    """Rows of months stand along the x axis of all panels; `first` is the month at its zero, by default the first row's."""

    first: str = ""


class Along(NamedTuple):
    """Rows stand at these places along the x axis of all panels."""

    places: Sequence[float]


class FromTop(NamedTuple):
    """Rows stand from top to bottom, in a panel for each heading or across all; those of horizontal bars always do."""


class Boxes(NamedTuple):
    """Rows stand anywhere: left, top, width and height of each, as shares of the drawing."""

    boxes: Sequence[Sequence[float]]


BY_MONTH = Months()
Standing = Months | Along | FromTop | Boxes  # where the rows of a chart's data stand in its drawing


def panels_of(svg: str) -> list[Panel]:
    """The panels that a drawing names (`data-panels`)."""
    found = re.search(r'data-panels="([^"]*)"', svg)
    return [Panel(*map(float, box.split())) for box in found[1].split(";")] if found and found[1] else []


def answers_of(svg: str, labels: Sequence[Text], headings: Sequence[bool], rows: Standing) -> list[Answer | None]:
    """Where each row of a chart's data answers; None for headings, and for all where rows and drawing do not fit."""
    panels, months = panels_of(svg), [_month(label) for label in labels]
    match rows:
        case Boxes(boxes):
            return [Answer(*(100 * share for share in box)) for box in boxes]
        case FromTop() if panels:
            return _from_top(panels, headings)
        case Along(places) if panels and labels:
            return _along_x(panels, places)
        case Months(first) if panels and labels and all(months):
            return _along_x(panels, [distance(first or min(months), month) for month in months])
    return [None] * len(labels)


def _month(label: Text) -> str:
    match label:
        case (Mark(kind="period", key=key),) if len(key) == len("2025-11"):
            return key
    return ""


def _along_x(panels: list[Panel], places: Sequence[float]) -> list[Answer | None]:
    panel = panels[0]
    if not all(panel.x0 <= place <= panel.x1 for place in places) or len({(p.left, p.x0, p.x1) for p in panels}) > 1:
        return [None] * len(places)
    step = panel.width / (panel.x1 - panel.x0)
    top, bottom = min(p.top for p in panels), max(p.top + p.height for p in panels)
    ends = [[min(max(place + half, panel.x0), panel.x1) for half in (-0.5, 0.5)] for place in places]
    fields = [(panel.left + (left - panel.x0) * step, (right - left) * step) for left, right in ends]
    return [Answer(100 * left, 100 * top, 100 * width, 100 * (bottom - top)) for left, width in fields]


def _from_top(panels: list[Panel], headings: Sequence[bool]) -> list[Answer | None]:
    grouped = any(headings)
    left, right = min(p.left for p in panels), max(p.left + p.width for p in panels)
    found: list[Answer | None] = []
    group, place = -1 if grouped else 0, 0
    for heading in headings:
        if heading:
            group, place = group + 1, 0
            found.append(None)
            continue
        if group >= len(panels):
            return [None] * len(headings)
        panel = panels[group]
        step = panel.height / abs(panel.y1 - panel.y0)
        box = (panel.left, panel.width) if grouped else (left, right - left)
        top = panel.top + (place - 0.5 - min(panel.y0, panel.y1)) * step
        found.append(Answer(100 * box[0], 100 * top, 100 * box[1], 100 * step))
        place += 1
    return found


def stops(values: Sequence[Sequence[float | None]], answering: Sequence[bool]) -> set[int]:
    """Which rows the keyboard reaches: the ends, the highest and lowest of each column, and the newest ones, at most forty."""
    places = [place for place, answers_here in enumerate(answering) if answers_here]
    if len(places) <= STOPS:
        return {*places}
    chosen = {places[0], places[-1]}
    for column in range(max(map(len, values), default=0)):
        known = [(v, p) for p in places if column < len(values[p]) and (v := values[p][column]) is not None and v == v]
        if known and len(chosen) < STOPS - 2:
            chosen |= {max(known)[1], min(known)[1]}
    newest = [place for place in reversed(places) if place not in chosen]
    return chosen | {*newest[: STOPS - len(chosen)]}
