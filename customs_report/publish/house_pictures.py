"""The logo of a house as a PNG, for what takes no SVG: workbooks, slides, previews."""

from __future__ import annotations

from functools import lru_cache

from customs_report.display.markup import literal
from customs_report.errors import InputError
from customs_report.house import House
from customs_report.house.logos import Logo
from customs_report.publish.fonts import typst_fonts
from customs_report.publish.typesetting import pictures

PIXELS = 300  # the height of the picture


@lru_cache(maxsize=4)
def logo_pictures(house: House) -> tuple[bytes, ...]:
    """The logo as a PNG on nothing, then the one for dark paper if there is one; nothing without a logo.

    Raises InputError for a logo that cannot be drawn.
    """
    return tuple(_png(logo) for logo in (house.logo, house.dark_logo) if logo)


def _png(logo: Logo) -> bytes:
    content = literal(logo.content.decode()) if logo.kind == "svg" else literal([*logo.content])
    image = f"#image(bytes({content}), format: {literal(logo.kind)}, height: 72pt)"
    try:
        (made,) = pictures(f"#set page(width: auto, height: auto, margin: 0pt, fill: none)\n{image}", typst_fonts(), PIXELS)
    except ValueError as error:
        raise InputError(f"the house's logo cannot be drawn: {error}") from error
    return made
