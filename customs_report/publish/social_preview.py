"""The picture that a link to a report shows elsewhere: its headline."""

from __future__ import annotations

import io
from textwrap import wrap
from typing import TYPE_CHECKING

from customs_report import palette
from customs_report.house import PLAIN, House
from customs_report.publish.house_pictures import logo_pictures

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.patches import Rectangle

SIZE, DPI = (12.0, 6.3), 100  # what previews are cut to: 1200 x 630
LOGO_HEIGHT, LOGO_WIDTH = 0.085, 0.3  # at most, as shares of the picture
SIZES = ((58, 30), (46, 38), (36, 49))  # points of the headline, and how many letters fit in a line


def preview_image(headline: str, title: str, key: str, house: House = PLAIN) -> bytes:
    """A PNG with a headline and the report's title; `key`, which says what it was made of, stands in it as a comment.

    A house's logo stands at its lower right.
    """
    from matplotlib import rc_context, rcdefaults, rcParams
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    with rc_context():
        rcdefaults()  # not what the user has configured
        rcParams.update({"font.family": palette.use_fonts(house.look.families, house.look.files), "text.parse_math": False})
        figure = Figure(SIZE, DPI, facecolor=house.light["paper"])
        FigureCanvasAgg(figure)
        figure.add_artist(_bar(0.06, 0.86, 0.88, 0.012, house.light["accent"]))
        points, lines = next(
            ((points, lines) for points, width in SIZES if len(lines := wrap(palette.printable(headline), width)) <= 5),
            (SIZES[-1][0], wrap(palette.printable(headline), SIZES[-1][1], max_lines=6, placeholder=" …")),
        )
        figure.text(
            0.06, 0.79, "\n".join(lines), size=points, weight="semibold", color=house.light["ink"], va="top", linespacing=1.15
        )
        figure.text(0.06, 0.09, palette.printable(title), size=21, color=house.light["muted"])
        if house.logo:
            _add_logo(figure, house)
        out = io.BytesIO()
        figure.savefig(out, format="png", metadata={"Software": None, "Comment": key})
    return out.getvalue()


def _bar(x: float, y: float, width: float, height: float, colour: str) -> Rectangle:
    from matplotlib.patches import Rectangle

    return Rectangle((x, y), width, height, color=colour)


def _add_logo(figure: Figure, house: House) -> None:
    """The logo at the lower right, at most a twelfth of the picture high and a third of it wide."""
    from matplotlib.image import imread

    picture = imread(io.BytesIO(logo_pictures(house)[0]), format="png")
    ratio = picture.shape[1] / picture.shape[0] * SIZE[1] / SIZE[0]  # as shares of the figure
    height = min(LOGO_HEIGHT, LOGO_WIDTH / ratio)
    axes = figure.add_axes((0.94 - height * ratio, 0.075, height * ratio, height))
    axes.imshow(picture, aspect="auto")
    axes.set_axis_off()
