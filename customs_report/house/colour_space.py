"""Colours as the eye compares them: lightness, chroma and hue (OKLCH), and contrast as WCAG 2 defines it.

Colours are written `#rrggbb`. OKLab is Björn Ottosson's (2020), also in CSS Color 4.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

Triple = tuple[float, float, float]
TURNS = tuple(sorted(range(-180, 180, 6), key=abs))  # degrees of hue to try, the nearest first
SHADES = 200  # lightnesses to try
CHROMAS = (0.08, 0.14, 0.2)  # to try where a colour is too grey to differ from others


@lru_cache(maxsize=10_000)
def oklab(colour: str) -> Triple:
    """Lightness from 0 to 1, green to red, blue to yellow."""
    r, g, b = _linear(colour)
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def oklch(colour: str) -> Triple:
    """Lightness from 0 to 1, chroma (up to about 0.3) and hue in degrees."""
    lightness, a, b = oklab(colour)
    return lightness, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


@lru_cache(maxsize=50_000)
def from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """The colour; one that a screen cannot show gets the largest chroma that it can.

    >>> from_oklch(*oklch("#1f5b99"))
    '#1f5b99'
    """
    least, most = 0.0, chroma
    if not _shown(_rgb(lightness, chroma, hue)):
        for _ in range(20):
            middle = (least + most) / 2
            least, most = (middle, most) if _shown(_rgb(lightness, middle, hue)) else (least, middle)
        chroma = least
    return "#" + "".join(f"{round(255 * _encoded(min(max(part, 0.0), 1.0))):02x}" for part in _rgb(lightness, chroma, hue))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours: from 1 to 21.

    >>> round(contrast("#000000", "#ffffff"), 2)
    21.0
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def difference(one: str, other: str) -> float:
    """How far apart two colours look: their distance in OKLab; 0.02 is just noticed."""
    return math.dist(oklab(one), oklab(other))


def mixed(colour: str, share: float, other: str) -> str:
    """So much of a colour with the rest of another, as `color-mix(in srgb, ...)` in a style sheet."""
    parts = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(255 * (share * a + (1 - share) * b)):02x}" for a, b in parts)


def nearest(colour: str, passes: Callable[[str], bool]) -> str | None:
    """The nearest colour that passes: itself, else one of its hue, lighter or darker, else one of another hue or more vivid."""
    if passes(colour):
        return colour
    lightness, chroma, hue = oklch(colour)
    shades = sorted((shade / SHADES for shade in range(SHADES + 1)), key=lambda shade: abs(shade - lightness))
    for strength in (chroma, *(more for more in CHROMAS if more > chroma)):
        found: list[str] = []
        for turn in TURNS:
            turned = (from_oklch(shade, strength, (hue + turn) % 360) for shade in shades)
            if first := next(filter(passes, turned), None):
                if not turn:
                    return first
                found.append(first)
        if found:
            return min(found, key=lambda other: difference(other, colour))
    return None


def _channels(colour: str) -> Triple:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _linear(colour: str) -> Triple:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in _channels(colour))
    return red, green, blue


def _encoded(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


@lru_cache(maxsize=10_000)
def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(lightness: float, chroma: float, hue: float) -> Triple:
    """Red, green and blue in linear light; outside 0 to 1 where a screen cannot show the colour."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _shown(rgb: Triple) -> bool:
    return all(-1e-4 <= part <= 1 + 1e-4 for part in rgb)
