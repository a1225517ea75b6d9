"""The colours of a house: those that it gives are checked, the others of the palette are derived from them.

Light and dark are each a whole palette. What a house does not give keeps its relation to what it does: the dark form, the pale
form, the panel on the paper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from customs_report.house.colour_space import contrast, difference, from_oklch, mixed, nearest, oklch
from customs_report.palette import DARK, LIGHT

TEXT = 4.5  # contrast with what is behind it (WCAG 2, level AA); bars and lines have as much, since words have their colours
INK = 8.0  # of the text of a report, which stands on tinted cells, too
APART = 0.08  # between the colours that tell series apart; in the standard palette 0.088 at least
PAPERS = {"light": (0.93, 1.0), "dark": (0.0, 0.28)}  # lightness of the paper
DEEPEST = 0.39  # the share of a colour in the darkest cell of the archive's calendar
SERIES = ("accent", "exports", "imports", "balance")
COLOURED = (*SERIES, "fall")
ON_WHICH = ("paper", "ink")  # what the others are checked against
GIVEN = (*ON_WHICH, *COLOURED, "muted")  # what a house may give
ON_PAPER = ("panel", "grid", "pale")
NEUTRAL, TINT = 0.03, 0.04  # chroma of a grey, and the most that a derived grey gets

Palette = Mapping[str, str]


class Refused(NamedTuple):
    """A colour that a house gives and that cannot be used: why, and the nearest that can."""

    name: str
    scheme: str
    why: str
    nearest: str | None


def palettes(light: Palette, dark: Palette) -> tuple[dict[str, str], dict[str, str]] | Refused:
    """The whole light and dark palettes of a house that gives these colours, by the palette's names; or the first refused."""
    if isinstance(lights := _palette("light", light, LIGHT, light), Refused):
        return lights
    derived = {name: _transferred(colour, LIGHT[name], DARK[name]) for name, colour in lights.items()}
    darks = _palette("dark", dark, derived, {**light, **dark})
    return darks if isinstance(darks, Refused) else (lights, darks)


def _palette(scheme: str, given: Palette, usual: Palette, chosen: Palette) -> dict[str, str] | Refused:
    """One palette; what is not given is near `usual`, and what was chosen in any scheme comes first."""
    found: dict[str, str] = {}
    rest = sorted((*COLOURED, "muted"), key=lambda name: (name not in given, name not in chosen))
    for name in (*ON_WHICH, *rest):
        colour = given.get(name, usual[name])
        passes = _test(scheme, name, found)
        if not passes(colour):
            better = nearest(colour, passes)
            if name in given or better is None:
                return Refused(name, scheme, _why(scheme, name, colour, found), better)
            colour = better
        found[name] = colour
        if name == "paper":
            standard = LIGHT if scheme == "light" else DARK
            found |= {of: _transferred(colour, standard["paper"], standard[of], shifted=True) for of in ON_PAPER}
    standard = LIGHT if scheme == "light" else DARK
    for name in COLOURED:
        pale = _transferred(found[name], standard[name], standard[f"pale-{name}"])
        found[f"pale-{name}"] = nearest(pale, lambda shade: contrast(shade, found["ink"]) >= TEXT) or found["paper"]
    return {name: found[name] for name in LIGHT}


def _test(scheme: str, name: str, found: Palette) -> Callable[[str], bool]:
    return lambda colour: not _why(scheme, name, colour, found)


def _why(scheme: str, name: str, colour: str, found: Palette) -> str:
    """Why a colour cannot be used beside those found before; "" if it can."""
    if name == "paper":
        least, most = PAPERS[scheme]
        fits = least <= oklch(colour)[0] <= most
        return "" if fits else "is too dark to print on" if scheme == "light" else "is too light for a dark page"
    needed = INK if name == "ink" else TEXT
    for behind in ("paper", "panel"):
        if (ratio := contrast(colour, found[behind])) < needed:
            return f"has a contrast of {ratio:.2f} with the {behind} {found[behind]}, and text needs {needed}"
    if name in ("accent", "balance") and contrast(found["ink"], mixed(colour, DEEPEST, found["paper"])) < TEXT:
        return f"hides the text {found['ink']} on cells in a tint of it"
    for other in SERIES:
        if name in SERIES and other in found and difference(colour, found[other]) < APART:
            return f"is hard to distinguish from {other} {found[other]}"
    return ""


def _transferred(colour: str, usual: str, other: str, shifted: bool = False) -> str:
    """What is to this colour as `other` is to `usual`: its hue, as light as `other`, or `shifted` in lightness by as much."""
    if colour == usual:
        return other
    (lightness, chroma, hue), (from_light, from_chroma, _), (to_light, to_chroma, _) = map(oklch, (colour, usual, other))
    lightness = min(max(to_light + lightness - from_light, 0.0), 1.0) if shifted else to_light
    chroma = min(chroma, TINT) if from_chroma < NEUTRAL else chroma * to_chroma / from_chroma
    return from_oklch(lightness, chroma, hue)
