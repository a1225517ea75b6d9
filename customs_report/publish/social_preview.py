"""The picture that a link to a report shows elsewhere: its headline."""

from __future__ import annotations

import io
from textwrap import wrap
from typing import TYPE_CHECKING

from customs_report import palette

if TYPE_CHECKING:
    from matplotlib.patches import Rectangle

SIZE, DPI = (12.0, 6.3), 100  # what previews are cut to: 1200 x 630
SIZES = ((58, 30), (46, 38), (36, 49))  # points of the headline, and how many letters fit in a line


def preview_image(headline: str, title: str, key: str) -> bytes:
    """A PNG with a headline and the report's title; `key`, which says what it was made of, stands in it as a comment."""
    from matplotlib import rc_context, rcdefaults, rcParams
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context():
        rcdefaults()  # not what the user has configured
        rcParams.update({"font.family": palette.use_font(), "text.parse_math": False})
        figure = Figure(SIZE, DPI, facecolor=palette.PAPER)
        FigureCanvasAgg(figure)
        figure.add_artist(_bar(0.06, 0.86, 0.88, 0.012))
        points, lines = next(
            ((points, lines) for points, width in SIZES if len(lines := wrap(palette.printable(headline), width)) <= 5),
            (SIZES[-1][0], wrap(palette.printable(headline), SIZES[-1][1], max_lines=6, placeholder=" …")),
        )
        figure.text(0.06, 0.79, "\n".join(lines), size=points, weight="semibold", color=palette.INK, va="top", linespacing=1.15)
        figure.text(0.06, 0.09, palette.printable(title), size=21, color=palette.MUTED)
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None, "Comment": key})
    return out.getvalue()


def _bar(x: float, y: float, width: float, height: float) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), width, height, color=palette.ACCENT)
