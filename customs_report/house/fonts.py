"""A house's font, fitted: cut to its weights, named by us, and as wide as the standard typeface, so that charts and tables fit.

Fitting changes one number of the file, the units of its em: letters of a wide font are printed smaller.
"""

from __future__ import annotations

import io
import logging
from functools import lru_cache
from typing import TYPE_CHECKING

from customs_report.errors import InputError
from customs_report.palette import CHARACTERS, TYPEFACES, font_files

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont

SAMPLE = "Exports of machinery rose 12,345.6% to $109.9 billion in November, the third-largest month since 2008"
NEEDED = frozenset(c for c in CHARACTERS if c.isascii() or (c.isalpha() and ord(c) < 0x100)) | frozenset("−–‘’“”…·±°§†‡")
LARGEST = 4_000_000  # bytes of a font file
ITALIC = "italic"
NAMES = {1: "{family}", 2: "{style}", 3: "{family} {style}", 4: "{family} {style}", 6: "{code}", 16: "{family}", 17: "{style}"}


def style_of(weight: int, style: str) -> str:
    """Which of the standard typeface's styles a file of this weight and style stands for."""
    return "It" if style == ITALIC else "Semibold" if weight >= 550 else "Regular"


def check(files: dict[str, tuple[str, bytes]], family: str) -> None:
    """Raises InputError for files that are no fonts, or lack letters that every report prints.

    `files` has each file's name and content by style.
    """
    for file in files.values():
        _opened(*file)
    if "Regular" not in files:
        raise InputError(f"{family} has no file of normal weight and style, only {', '.join(files)}")


def fitted(files: dict[str, tuple[str, bytes]], family: str) -> tuple[dict[str, bytes], float]:
    """The font files of a family by style, fitted, and the height of its x in its size.

    `files` are those that `check` has looked at. A variable font gives every weight that has no file of its own.
    """
    fonts = {style: _opened(*file) for style, file in files.items()}
    if "fvar" in fonts["Regular"]:
        for style in ("Semibold", "Regular"):
            fonts.setdefault(style, _opened(*files["Regular"]))
    for style, font in fonts.items():
        if "fvar" in font:
            fonts[style] = _of_weight(font, TYPEFACES[style][0])
    scale = min(1.0, _width(_standard()) / _width(fonts["Regular"]))
    x_height = getattr(fonts["Regular"]["OS/2"], "sxHeight", 0) / fonts["Regular"]["head"].unitsPerEm or 0.5
    return {style: _saved(font, family, style, scale) for style, font in fonts.items()}, round(x_height * scale, 3)


def lacking(file: bytes) -> frozenset[str]:
    """The characters that reports print and a font does not have; they are set in the standard typeface."""
    from fontTools.ttLib import TTFont

    return CHARACTERS - frozenset(map(chr, TTFont(io.BytesIO(file), lazy=True).getBestCmap()))


def _opened(name: str, content: bytes) -> TTFont:
    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.ERROR)  # odd time stamps and the like
    if len(content) > LARGEST:
        raise InputError(f"{name} has {len(content):,} bytes; a font file may have {LARGEST:,}")
    try:
        font = TTFont(io.BytesIO(content), recalcTimestamp=False)
        known = frozenset(map(chr, font.getBestCmap() or ()))
        for table in ("head", "hmtx", "name", "OS/2", "glyf" if "glyf" in font else "CFF "):
            font[table]
    except Exception as error:  # of any type: the file is anybody's
        raise InputError(f"{name} is not a TrueType or OpenType font that can be read ({type(error).__name__})") from None
    if font.flavor:
        raise InputError(f"{name} is compressed for the web ({font.flavor.upper()}); give the TTF or OTF file")
    if missing := sorted(NEEDED - known):
        raise InputError(f"{name} lacks characters that reports print: {' '.join(missing[:12])}{' …' * (len(missing) > 12)}")
    return font


def _of_weight(font: TTFont, weight: int) -> TTFont:
    """A variable font at one weight, everything else as it is by default."""
    from fontTools.varLib.instancer import instantiateVariableFont

    places = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
    for axis in font["fvar"].axes:
        if axis.axisTag == "wght":
            places["wght"] = min(max(weight, axis.minValue), axis.maxValue)
    return instantiateVariableFont(font, places, inplace=True)


@lru_cache(maxsize=1)
def _standard() -> TTFont:
    from fontTools.ttLib import TTFont

    return TTFont(font_files()["Regular"], lazy=True)


def _width(font: TTFont) -> float:
    """The width of a line of a report, in its size."""
    names, widths = font.getBestCmap(), font["hmtx"]
    return sum(widths[names[ord(c)]][0] for c in SAMPLE) / font["head"].unitsPerEm


def _saved(font: TTFont, family: str, style: str, scale: float) -> bytes:
    """The file under our names, with the weight that the style stands for."""
    weight, slant = TYPEFACES[style]
    font["head"].unitsPerEm = units = min(16384, round(font["head"].unitsPerEm / scale))
    if "CFF " in font:
        font["CFF "].cff.topDictIndex[0].FontMatrix = [1 / units, 0, 0, 1 / units, 0, 0]
    font["name"].names = []
    for number, text in NAMES.items():
        said = text.format(family=family, style=style, code=f"{family}-{style}".replace(" ", ""))
        font["name"].setName(said, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].usWidthClass = 5
    italic, regular = slant == ITALIC, style == "Regular"
    font["OS/2"].fsSelection = (font["OS/2"].fsSelection & ~0b1100001) | italic | regular << 6
    font["head"].macStyle = italic << 1
    for table in ("DSIG", "STAT", "fpgm", "prep", "cvt ", "hdmx", "VDMX", "LTSH", "gasp"):
        if table in font and not (table in ("fpgm", "prep", "cvt ") and "CFF " in font):
            del font[table]
    if "glyf" in font:
        _unhint(font)
    out = io.BytesIO()
    font.save(out, reorderTables=False)
    return out.getvalue()


def _unhint(font: TTFont) -> None:
    """Remove the instructions for coarse screens, which refer to the tables that are gone."""
    for glyph in map(font["glyf"].__getitem__, font.getGlyphOrder()):
        glyph.removeHinting()
