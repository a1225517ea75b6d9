"""Shared parts of charts: figure, axes, labels, legends.

Fixed margins, so that charts share one scale on the page. Colours mean one thing everywhere: see `palette`. A function under
`@step` is called when the chart is drawn: only there can you read from the axes, e.g. their limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from customs_report import palette
from customs_report.drawing.drawings import Drawing, step
from customs_report.drawing.ticks import draw_label, fix_ticks
from customs_report.house.look import current_look
from customs_report.numbers import period_text, write
from customs_report.periods import is_january

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import PathPatch
    from matplotlib.ticker import MaxNLocator

KeyMark = str | dict[str, Any]  # in a legend: a patch of a colour, or the arguments of a Line2D
LABEL_LINE = 0.14  # inches, the height of a line of a label
HEIGHT = 1.6  # inches; the width is the page's, palette.CHART_WIDTH
HALF = palette.CHART_WIDTH / 2 - 0.08  # inches: two charts stand side by side
PHONE = 4.2  # inches: the widest that a phone shows with letters large enough
BILLION = 1e9
STEPS = (1, 2, 2.5, 5, 10)  # of gridlines
SCALES = ((BILLION, "billion "), (1e6, "million "), (1e3, "thousand "), (1, ""))
MANY_MONTHS = 40  # with more months, the axis shows years
KEY = {
    "frameon": False,
    "fontsize": 8.5,
    "labelcolor": palette.INK,
    "handlelength": 1.0,
    "handletextpad": 0.4,
    "columnspacing": 1.0,
    "borderpad": 0.1,
}


@step
def bare(axes: Axes, size: float = 9) -> None:
    """No box, no tick marks, quiet labels."""
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=size, labelcolor=palette.MUTED)
    axes.set_axisbelow(True)


@step
def gridded(axes: Axes, ticks: int = 5, size: float = 9) -> None:
    """A bare panel with a light grid and numbers at its left."""
    bare(axes, size)
    axes.grid(axis="y", color=palette.GRID, lw=0.7)
    axes.yaxis.set_major_locator(_ticks(ticks))


def canvas(height: float = HEIGHT, left: float = 0.07, right: float = 0.985, top: float = 0.08) -> tuple[Drawing, Axes]:
    """An empty chart: light grid, no box; margins above and below in inches, so that bars of all charts align."""
    figure = Drawing(palette.CHART_WIDTH, height)
    axes = figure.add_axes((left, 0.26 / height, right - left, 1 - (0.26 + top) / height))
    gridded(axes)
    colour_bottom(axes)
    return figure, axes


def small_canvas(grouping: bool = True) -> tuple[Drawing, Axes]:
    """An empty chart of a third of the page's width: names above, a few grid lines, years below, numbers at the right."""
    width, height = 2.15, 1.02
    look = current_look()
    figure = Drawing(width, height, look=look if grouping else look._replace(marks=look.marks._replace(grouping="")))
    axes = figure.add_axes((0.32 / width, 0.22 / height, 1 - 0.68 / width, 1 - 0.42 / height))
    gridded(axes, ticks=4, size=8)
    hide_bottom(axes)
    return figure, axes


def flat_canvas(
    height: float, label: float, width: float = HALF, top: float = 0.02, bottom: float = 0.02
) -> tuple[Drawing, Axes]:
    """An empty chart for horizontal bars, narrow enough for a phone, with `label` inches for their names."""
    figure = Drawing(width, height)
    axes = figure.add_axes((label / width, bottom / height, 1 - (label + 0.05) / width, 1 - (top + bottom) / height))
    bare(axes, size=8.5)
    return figure, axes


@step
def label_rows(axes: Axes, names: Sequence[str]) -> None:
    """Horizontal bars: names on the left, values along the bottom, the first row on top."""
    place_ticks(axes, "y", range(len(names)), names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", labelcolor=palette.INK)
    axes.grid(visible=False, axis="y")
    axes.grid(axis="x", color=palette.GRID, lw=0.7)
    axes.spines["bottom"].set_visible(False)
    axes.xaxis.set_major_locator(_ticks(6))


@step
def place_ticks(axes: Axes, side: Literal["x", "y"], places: Sequence[float], labels: Sequence[str]) -> None:
    """Ticks at these places of the x or y axis."""
    fix_ticks(axes.xaxis if side == "x" else axes.yaxis, places, labels)


@step
def coloured_words(axes: Axes, colours: dict[str, str], apart: float = 0.1, size: float = 9) -> None:
    """Coloured words for charts without room for direct labels; at the left, where a narrow screen starts."""
    figure = _whole_figure(axes)
    for place, (text, colour) in enumerate(colours.items()):
        figure.text(
            axes.get_position().x0 + place * apart,
            1 - 0.1 / figure.get_figheight(),
            text,
            color=colour,
            weight="semibold",
            size=size,
            va="center",
        )


@step
def legend(figure: Figure, marks: list[KeyMark], labels: list[str]) -> None:
    """A legend in one line at the top right."""
    figure.legend([*map(_in_key, marks)], labels, ncols=len(labels), loc="upper right", bbox_to_anchor=(0.99, 1.0), **KEY)


def _in_key(mark: KeyMark) -> Any:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    return Patch(color=mark) if isinstance(mark, str) else Line2D([], [], **mark)


@step
def label_bars(axes: Axes, values: Sequence[float], beside: Sequence[float], style: str, offset: float = 0.0) -> None:
    """Write each bar's value past the longer bar of its row; draw the zero line."""
    axes.axvline(0, color=palette.INK, lw=0.8)
    axes.margins(x=0.23)
    for place, (value, other) in enumerate(zip(values, beside, strict=True)):
        up = value >= 0
        axes.annotate(
            write(value, "", style),
            (max(value, other, 0) if up else min(value, other, 0), place - offset),
            (4 if up else -4, 0),
            textcoords="offset points",
            ha="left" if up else "right",
            va="center_baseline",
            size=8.5,
            color=palette.INK,
        )
    axes.xaxis.set_major_locator(_ticks(5))


@step
def numbers_at_right(axes: Axes, values: Sequence[float], style: str, colour: str) -> None:
    """Write each bar's value in a column at the right, where a mark of something else stands beside the bars."""
    axes.axvline(0, color=palette.INK, lw=0.8)
    axes.margins(x=0.05)
    low, high = axes.get_xlim()
    axes.set_xlim(low, high + 0.2 * (high - low))
    for place, value in enumerate(values):
        axes.annotate(
            write(value, "", style), (1, place), xycoords=("axes fraction", "data"), ha="right", va="center_baseline", size=8.5,
            color=colour,
        )  # fmt: skip
    axes.xaxis.set_major_locator(_ticks(5))


@step
def label_years(axes: Axes, periods: list[str]) -> None:
    """Years under the months, at most about ten of them."""
    januaries = [i for i, period in enumerate(periods) if is_january(period)]
    every = max(1, round(len(januaries) / 9))
    shown = januaries[(len(januaries) - 1) % every :: every] or [0]
    place_ticks(axes, "x", shown, [periods[i][:4] for i in shown])


@step
def label_months(axes: Axes, periods: list[str], most: int) -> None:
    """At most `most` month labels, always including the last, inside the drawing; years if the series is long.

    Once the limits are set.
    """
    if len(periods) > MANY_MONTHS:
        label_years(axes, periods)
        return
    shown = list(range(len(periods) - 1, -1, -max(1, -(-len(periods) // most))))
    labels = [f"{period_text(periods[i])[:3]} {periods[i][:4]}" for i in shown]
    if most == 2 or _overhangs(axes, shown[0], labels[0]):  # a small panel has no room beyond the last month
        place_ticks(axes, "x", shown[1:], labels[1:])
        draw_label(axes.xaxis, shown[0], labels[0], ha="right")
    else:
        place_ticks(axes, "x", shown, labels)


def _overhangs(axes: Axes, place: float, label: str) -> bool:
    """Would a label centred at a place of the x axis leave the drawing at the right?"""
    text = axes.figure.text(0, 0, label, size=axes.xaxis.get_tick_params()["labelsize"])
    width = text.get_window_extent().width
    text.remove()
    return bool(axes.transData.transform((place, 0))[0] + width / 2 > axes.figure.bbox.x1)


@step
def mark_zero(axes: Axes) -> None:
    """Draw the zero line and hide the bottom spine."""
    axes.axhline(0, color=palette.INK, lw=0.8)
    hide_bottom(axes)


@step
def mark_zero_within(axes: Axes) -> None:
    """Draw the zero line and hide the bottom spine, only if values lie on both sides of zero."""
    low, high = axes.get_ylim()
    if low < 0 < high:
        mark_zero(axes)


@step
def hide_bottom(axes: Axes) -> None:
    """Hide the bottom spine."""
    axes.spines["bottom"].set_visible(False)


@step
def colour_bottom(axes: Axes) -> None:
    """Colour the bottom spine grey."""
    axes.spines["bottom"].set_color(palette.MUTED)


@step
def corner_note(axes: Axes, text: str, colour: str) -> None:
    """What a mark in the chart means, at its top left."""
    axes.annotate(text, (0.004, 0.97), xycoords="axes fraction", va="top", color=colour, size=8.5)


def _ticks(most: int) -> MaxNLocator:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(most, steps=STEPS)


def scale(largest: float) -> tuple[float, str]:
    """Divisor and word ("billion") for an axis with this maximum."""
    return next((size, word) for size, word in SCALES if largest >= size * 2 or size == 1)


def _whole_figure(axes: Axes) -> Figure:
    """The figure of these axes; we never use subfigures."""
    figure = axes.get_figure(root=True)
    assert figure
    return figure


def _label_line(axes: Axes) -> float:
    """The height of a line of a label, in data units."""
    low, high = axes.get_ylim()
    return LABEL_LINE * (high - low) / (axes.get_position().height * _whole_figure(axes).get_figheight())


@step
def draw_line(axes: Axes, values: Sequence[float], colour: str, label: str = "", ls: str = "-") -> None:
    """A line that breaks where a month has no figure; an isolated month is drawn as a dot."""
    filled = [False, *(value == value for value in values), False]
    alone = [i for i in range(len(values)) if filled[i : i + 3] == [False, True, False]]
    axes.plot(range(len(values)), values, color=colour, lw=1.5, ls=ls, label=label, marker="o", ms=2.5, markevery=alone)


@step
def label_ends(axes: Axes, at: float, ends: list[tuple[str, float, str]], size: float = 9) -> None:
    """Direct labels at the right end of lines instead of a legend; a label is moved up if it would overlap the one below.

    Call after setting limits; a line whose last value is NaN gets no label.
    """
    line, floor = _label_line(axes), float("-inf")
    for text, value, colour in sorted((end for end in ends if end[1] == end[1]), key=lambda end: end[1]):
        half = line * (text.count("\n") + 1) / 2
        middle = max(value, floor + half)
        floor = middle + half
        axes.annotate(
            text,
            (at, middle),
            (6, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            annotation_clip=False,
            size=size,
        )


@step
def label_newest_ends(axes: Axes, at: float, ends: list[tuple[str, float, str]]) -> None:
    """As `label_ends`, but where labels would overlap, only those later in `ends` are kept."""
    kept: list[tuple[str, float, str]] = []
    for label in reversed(ends):
        if all(abs(label[1] - other[1]) >= _label_line(axes) for other in kept):
            kept.append(label)
    label_ends(axes, at, kept)


@step
def draw_bars(
    axes: Axes,
    places: Sequence[float],
    values: Sequence[float],
    width: float,
    colour: str | Sequence[str],
    start: Sequence[float] = (),
    flat: bool = False,
) -> None:
    """Bars of a colour as one path, much quicker than `axes.bar`; `flat`: as `axes.barh`. A value that is NaN has no bar."""
    colours = [colour] * len(values) if isinstance(colour, str) else colour
    bars: dict[str, list[tuple[float, float, float, float]]] = {}
    for place, value, first, own in zip(places, values, start or [0.0] * len(values), colours, strict=True):
        if value == value:
            bars.setdefault(own, []).append((place - width / 2, first, place + width / 2, first + value))
    for own, boxes in bars.items():
        patch = _filled(
            [(left, low, right, high) if not flat else (low, left, high, right) for left, low, right, high in boxes], own
        )
        (patch.sticky_edges.x if flat else patch.sticky_edges.y).extend(low for _, low, _, _ in boxes)
        axes.add_artist(patch)
        axes.update_datalim(patch.get_path().vertices)
    axes.autoscale_view()


Heat = Sequence[tuple[float, str, str]]  # from which value on, falling: the colour of a cell and that of its number


def draw_heat(axes: Axes, rows: Sequence[Sequence[float]], names: Sequence[str], heat: Heat) -> None:
    """A grid of numbers, each cell in the colour of its value: named rows from the top; NaN leaves a cell empty."""
    axes.set_xlim(-0.5, len(rows[0]) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_axis_off()
    fields: dict[str, list[tuple[int, int]]] = {}
    for y, (name, values) in enumerate(zip(names, rows, strict=True)):
        axes.text(-0.6, y, name, size=8, color=palette.MUTED, ha="right", va="center_baseline")
        for x, value in enumerate(values):
            if value == value:
                colour, ink = next((colour, ink) for least, colour, ink in heat if value >= least)
                fields.setdefault(colour, []).append((x, y))
                axes.text(x, y, write(value, "", "percent"), size=8, color=ink, ha="center", va="center_baseline")
    for colour, filled in fields.items():
        _fill_fields(axes, filled, colour)


@step
def _fill_fields(axes: Axes, fields: list[tuple[int, int]], colour: str) -> None:
    """Fill grid cells, given as (column, row), as a single path."""
    axes.add_artist(_filled([(x - 0.485, y - 0.475, x + 0.485, y + 0.475) for x, y in fields], colour))


@step
def draw_circles(axes: Axes, centres: Sequence[tuple[float, float]], radii: Sequence[float], colours: Sequence[str]) -> None:
    """Circles in the units of the axes."""
    from matplotlib.patches import Circle

    for centre, radius, colour in zip(centres, radii, colours, strict=True):
        axes.add_artist(Circle(centre, radius, facecolor=colour, edgecolor=palette.MUTED, lw=0.5))


def _filled(boxes: Iterable[tuple[float, float, float, float]], colour: str) -> PathPatch:
    """Boxes (left, bottom, right, top) as one path without an outline."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    paths = [Path([(x, y), (end, y), (end, top), (x, top)], closed=False) for x, y, end, top in boxes]
    return PathPatch(Path.make_compound_path(*paths), facecolor=colour, lw=0)
