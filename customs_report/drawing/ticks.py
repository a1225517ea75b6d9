"""Tick labels as plain texts and the grid lines of an axis as one path: matplotlib makes five artists for each tick.

That takes a third of a chart's time, for marks that look the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import nan
from typing import TYPE_CHECKING, Any

from customs_report.numbers import grouped

if TYPE_CHECKING:
    from matplotlib.axis import Axis
    from matplotlib.text import Text

PAD = 3.5  # points between an axis and its labels
MOST_DECIMALS = 6
CLOSE = 1e-9  # as a share of the axis: a tick so close to its end is on it


def fix_ticks(axis: Axis, places: Sequence[float], labels: Sequence[str]) -> None:
    """Ticks at these places."""
    from matplotlib.ticker import FixedFormatter, FixedLocator

    axis.set_major_locator(FixedLocator(places))
    axis.set_major_formatter(FixedFormatter(labels))


def numbers(places: Sequence[float]) -> list[str]:
    """These places as numbers, all with as many decimals as the finest of them needs."""
    margin = CLOSE * (max(places, default=0) - min(places, default=0))
    fitting = (d for d in range(MOST_DECIMALS) if all(abs(place - round(place, d)) <= margin for place in places))
    decimals = next(fitting, MOST_DECIMALS)
    return [grouped(Decimal(f"{round(place, decimals) + 0.0:.{decimals}f}")).replace("-", "−") for place in places]


def draw_label(axis: Axis, place: float, label: str, **style: Any) -> Text:
    """A label at a place of an axis, in the axis's style or in this."""
    axes, known = axis.axes, axis.get_tick_params()
    flat = axis is axes.xaxis
    transform, va, ha = (axes.get_xaxis_text1_transform if flat else axes.get_yaxis_text1_transform)(PAD)
    look = {"va": va, "ha": ha, "size": known["labelsize"], "color": known["labelcolor"], **style}
    x, y = (place, 0.0) if flat else (0.0, place)
    return axes.figure.text(x, y, label, transform=transform, **look)


def draw_ticks(axis: Axis) -> None:
    """The axis's grid lines and labels, in place of matplotlib's."""
    from matplotlib.lines import Line2D
    from matplotlib.ticker import FixedFormatter

    axes, style, (low, high) = axis.axes, axis.get_tick_params(), sorted(axis.get_view_interval())
    flat, margin, places = axis is axes.xaxis, CLOSE * (high - low), axis.get_majorticklocs().tolist()
    chosen = axis.get_major_formatter()
    labels = chosen.format_ticks(places) if isinstance(chosen, FixedFormatter) else numbers(places)
    shown = [each for each in zip(places, labels, strict=True) if low - margin <= each[0] <= high + margin]
    if style["gridOn"]:
        along, across = [at for place, _ in shown for at in (place, place, nan)], [0, 1, nan] * len(shown)
        look = {name.removeprefix("grid_"): value for name, value in style.items() if name.startswith("grid_")}
        transform = axes.get_xaxis_transform() if flat else axes.get_yaxis_transform()
        line = Line2D(*((along, across) if flat else (across, along)), transform=transform, zorder=axis.get_zorder(), **look)
        axes.add_artist(line)
    if style["labelbottom" if flat else "labelleft"]:
        drawn = [draw_label(axis, place, label) for place, label in shown]
        if flat and drawn and drawn[-1].get_window_extent().x1 > axes.figure.bbox.x1:
            drawn[-1].remove()  # it would leave the drawing
    axis.set_visible(False)
