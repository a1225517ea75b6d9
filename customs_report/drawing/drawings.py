"""A recorded list of matplotlib calls, replayable in any process with identical output.

Recording needs no matplotlib, which is slow to import.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, cast
from warnings import catch_warnings, simplefilter

from customs_report import palette
from customs_report.drawing.ticks import draw_ticks
from customs_report.house.look import Look, current_look, using_look

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")
Call = tuple[str | Callable[..., Any], int | None, tuple, dict[str, Any]]  # method or step, number of the axes (None: figure)


@dataclass(eq=False)
class Drawing:
    """The size of a figure in inches, the calls that draw on it, in order, and the look they are drawn in."""

    width: float
    height: float
    calls: list[Call] = field(default_factory=list)
    panels: int = 0
    look: Look = field(default_factory=current_look)

    @property
    def has_flat_bars(self) -> bool:
        """Does it have horizontal bars?"""
        return any(call == "barh" or named.get("flat") for call, _, _, named in self.calls)

    def add_axes(self, box: tuple[float, float, float, float]) -> Axes:
        """Axes in a box; calls are recorded, so all return None."""
        self.calls.append(("add_axes", None, (box,), {"facecolor": "none"}))
        self.panels += 1
        return cast("Axes", _Panel(self, self.panels - 1))

    def figure(self) -> Figure:
        """The figure, drawn with the reports' typeface whatever the user has configured."""
        with _settings({}, self.look):
            return self.draw()

    def draw(self) -> Figure:
        """The figure, under the settings that hold."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(self.width, self.height), facecolor="none")
        for call, place, given, named in self.calls:
            owner = figure if place is None else figure.axes[place]
            (getattr(owner, call) if isinstance(call, str) else partial(call, owner))(*given, **named)
        for axes in figure.axes:
            if axes.axison:
                draw_ticks(axes.xaxis)
                draw_ticks(axes.yaxis)
            for mark in (*axes.lines, *axes.patches, *axes.collections):
                if _stands_within(mark, axes):
                    mark.set_clip_on(False)
        return figure


def _stands_within(mark: Any, axes: Axes) -> bool:
    """Does a line, a patch or a collection stay within its axes? Clipping makes pictures slow to draw, and pages larger."""
    from numpy import isfinite

    if hasattr(mark, "get_datalim"):  # a collection
        corners = axes.transData.transform(mark.get_datalim(axes.transData).get_points())
    else:
        corners = mark.get_transform().transform(mark.get_path().vertices)
    places = corners[isfinite(corners).all(axis=1)]
    box = axes.bbox.padded(1)
    return bool(len(places)) and bool((places >= box.min).all() and (places <= box.max).all())


class _Panel:
    """Axes of a drawing: records each method call."""

    def __init__(self, drawing: Drawing, place: int) -> None:
        self._drawing, self._place = drawing, place

    def __getattr__(self, name: str) -> Callable[..., None]:
        if name.startswith("get_"):
            raise AttributeError(f"{name}: axes are drawn later; read from axes inside a function under @step")

        def noted(*given: Any, **named: Any) -> None:
            self._drawing.calls.append((name, self._place, _plain(given), _plain(named)))

        return noted


def step(draw: Callable[Concatenate[Any, P], None]) -> Callable[Concatenate[Any, P], None]:
    """Decorator: on a `Drawing` or its axes, record the call for later; on real axes, run it now."""

    @wraps(draw)
    def noted(owner: Any, *given: P.args, **named: P.kwargs) -> None:
        if isinstance(owner, Drawing):
            owner.calls.append((noted, None, _plain(given), _plain(named)))
        elif isinstance(owner, _Panel):
            owner._drawing.calls.append((noted, owner._place, _plain(given), _plain(named)))
        else:
            draw(owner, *given, **named)

    return noted


def _plain(value: Any) -> Any:
    """A value without pandas and NumPy types, which the other process would have to import."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, list | tuple):
        return type(value)(map(_plain, value))
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, Mapping) else value


@contextmanager
def _settings(settings: Any, look: Look | None) -> Iterator[None]:
    """Apply these rcParams; for our own drawings start from the defaults and the look's typeface, and silence warnings."""
    from matplotlib import rc_context, rcdefaults, rcParams, rcParamsDefault

    with rc_context(), catch_warnings(), using_look(look or current_look()):
        if look:
            simplefilter("ignore")
            if rcParams != rcParamsDefault:
                rcdefaults()  # slower than the comparison
            rcParams.update(
                {"font.family": palette.use_fonts(look.families, look.files), "font.size": 9, "axes.unicode_minus": True}
            )
        rcParams.update(settings)
        yield


def svg(drawing: Drawing | Figure, name: str) -> str:
    """The drawing as SVG: the same bytes every time, without dates, in the light colours, text kept as text."""
    out, nothing = io.StringIO(), dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with _settings({"svg.fonttype": "none", "svg.hashsalt": name}, drawing.look if isinstance(drawing, Drawing) else None):
        figure = drawing.draw() if isinstance(drawing, Drawing) else drawing
        figure.savefig(out, format="svg", transparent=True, metadata=nothing)
        panels = _panels(figure)
    written = out.getvalue()
    svg = re.sub(r"<(metadata|style)\b.*?</\1>", "", written[written.index("<svg") :], flags=re.S)
    svg = svg.replace(f", '{palette.HAN}'", "")  # the page says where Chinese characters are from
    used = set(re.findall(r'(?:href="|url\()#([^")]+)', svg))
    svg = re.sub(r' transform="rotate\(-?0 [^"]+"|<g/>', "", svg)
    svg = re.sub(r' id="([^"]+)"', lambda found: found[0] if found[1] in used else "", svg)
    svg = re.sub(r"<[^>]+>", lambda tag: re.sub(r"(\.\d\d)\d+", r"\1", re.sub(r"\s+", " ", tag[0])), svg)
    svg = re.sub(r'(?<= d=")[^"]+', lambda path: _short_path(path[0]), svg)
    svg = re.sub(r"(?<=>)[^<]+(?=</text>)", lambda text: palette.printable(text[0]), re.sub(r">\s+<", "><", svg))
    return svg.strip().replace("<svg ", f'<svg stroke-linejoin="round" stroke-linecap="butt" data-panels="{panels}" ', 1)


def _panels(figure: Figure) -> str:
    """Where the panels lie, for what answers in a page: left, top, width, height as shares of the figure; ends of both axes."""
    boxes = []
    for axes in figure.axes:
        box = axes.get_position()
        ends = (*axes.get_xlim(), *axes.get_ylim())
        boxes.append(" ".join(f"{n:.4g}" for n in (box.x0, 1 - box.y1, box.width, box.height, *ends)))
    return ";".join(boxes)


def _short_path(path: str) -> str:
    """A path with the commands for horizontal and vertical lines and without needless spaces."""
    short, x, y = "", "", ""
    for command, points in re.findall(r"([A-Za-z])([^A-Za-z]*)", path):
        numbers = points.split()
        if command == "L" and numbers[1] == y:
            short += f"H{numbers[0]}"
        elif command == "L" and numbers[0] == x:
            short += f"V{numbers[1]}"
        else:
            short += command + " ".join(numbers)
        x, y = numbers[-2:] or (x, y)
    return short
