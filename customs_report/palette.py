"""Colours and typeface: the same colour for the same thing in every chart, table and page, light and dark.

Charts are drawn with the constants (the light colours, each hex code used once). The page maps every one of them to a CSS
variable, so that its dark mode recolours charts too; paper and PDF show the light ones.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

PAPER = "#ffffff"
INK = "#1b2027"
MUTED = "#59636f"
GRID = "#dfe3e8"
PANEL = "#f5f6f8"
ACCENT = "#b3261e"  # this month, this year
EXPORTS = "#1f5b99"
IMPORTS = "#0b7a75"
BALANCE = "#6a4c93"
FALL = "#9a5b13"  # falls, in a grid of growth
PALE = "#c2c9d2"  # context: what stands behind the emphasis
PALE_ACCENT = "#e6b3ae"
PALE_EXPORTS = "#a8c4e0"
PALE_IMPORTS = "#a2d0cc"
PALE_BALANCE = "#cfc3e0"
PALE_FALL = "#ecd2b0"

LIGHT = {
    "paper": PAPER,
    "ink": INK,
    "muted": MUTED,
    "grid": GRID,
    "panel": PANEL,
    "accent": ACCENT,
    "exports": EXPORTS,
    "imports": IMPORTS,
    "balance": BALANCE,
    "fall": FALL,
    "pale": PALE,
    "pale-accent": PALE_ACCENT,
    "pale-exports": PALE_EXPORTS,
    "pale-imports": PALE_IMPORTS,
    "pale-balance": PALE_BALANCE,
    "pale-fall": PALE_FALL,
}
DARK = {
    "paper": "#15191e",
    "ink": "#e9ecf0",
    "muted": "#a6b0bc",
    "grid": "#353d47",
    "panel": "#1d2229",
    "accent": "#ff8b7d",
    "exports": "#85b7ec",
    "imports": "#55c7bf",
    "balance": "#c3a6ee",
    "fall": "#e0a458",
    "pale": "#55606d",
    "pale-accent": "#7c3c37",
    "pale-exports": "#345578",
    "pale-imports": "#235b58",
    "pale-balance": "#524569",
    "pale-fall": "#6b4a1f",
}

FONT = "Source Sans Pro"
X_HEIGHT = 0.486  # of FONT, in its size: `font-size-adjust` gives it to a wider fallback
FALLBACK = "Arial Narrow,Arial,Liberation Sans,DejaVu Sans Condensed,sans-serif"
TYPEFACES = {"Regular": (400, "normal"), "Semibold": (600, "normal"), "It": (400, "italic")}
HAN = "Noto Sans SC"  # of Chinese characters
MONO = "DejaVu Sans Mono"  # of what a notebook's author prints, in the PDF
HAN_BLOCKS = ((0x3000, 0x303F), (0x4E00, 0x9FFF), (0xFF00, 0xFFEF))  # ideographs and their punctuation
CHART_WIDTH = 6.7  # inches: the text width of the A4 page, so that a chart's font sizes are the printed ones

# What a report can print: every character of these the typeface has, and the page embeds no others.
CHARACTERS = frozenset(
    [chr(c) for c in (*range(0x20, 0x7F), *range(0xA0, 0xAD), *range(0xAE, 0x17F))]
    + list("\u2007\u202f‒–—‘’‚“”„†‡•…‰′″‹›€−∞≈≠≤≥←↑→↓▲▼■◆✓⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉¼½¾")
)  # fmt: skip

FULL_WIDTH = frozenset("—‘’“”…")  # punctuation that Chinese shares with Latin type, where it is narrower


@lru_cache(maxsize=1)
def font_files() -> dict[str, Path]:
    """Where are the TTF files of the typeface, by style? They come with a wheel, never from the machine."""
    folder = Path(str(files("font_source_sans_pro"))) / "files"
    return {style: folder / f"SourceSansPro-{style}.ttf" for style in TYPEFACES}


@lru_cache(maxsize=1)
def han_file() -> Path:
    """Where is the OTF file of Chinese characters?"""
    return Path(str(files("pylopdf_fonts_zh_cn"))) / "NotoSansSC-Regular.otf"


@lru_cache(maxsize=1)
def han_characters() -> frozenset[str]:
    """The Chinese characters and full-width signs that it has."""
    import uharfbuzz

    held = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(han_file())).unicodes
    return frozenset(chr(c) for first, last in HAN_BLOCKS for c in range(first, last + 1) if c in held)


@lru_cache(maxsize=1)
def mono_file() -> Path:
    """Where is the TTF file of the typeface of printed text? Matplotlib carries it."""
    found = find_spec("matplotlib")  # importing it takes a third of a second
    assert found
    assert found.origin
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSansMono.ttf"


@lru_cache(maxsize=1)
def mono_characters() -> frozenset[str]:
    """The characters that it has."""
    from matplotlib.ft2font import FT2Font

    return frozenset(map(chr, FT2Font(mono_file()).get_charmap()))


@lru_cache(maxsize=8)
def use_fonts(families: tuple[str, ...] = (FONT,), others: tuple[str, ...] = ()) -> list[str]:
    """Make matplotlib know the typefaces, and other font files; returns the names of all, for `font.family`."""
    from matplotlib import font_manager

    manager = font_manager.fontManager
    for path in (*map(str, font_files().values()), *others):
        manager.addfont(path)
    manager.ttflist += [font_manager.FontEntry(fname=str(han_file()), name=HAN, weight=weight) for weight in (400, 600)]
    return [*families, HAN]


def printable(text: str) -> str:
    """The text as page and PDF can show it: white space as one kind of space, an unknown character as U+XXXX."""
    if CHARACTERS.issuperset(text):
        return text
    return "".join(c if c in CHARACTERS or c in han_characters() else " " if c.isspace() else f"U+{ord(c):04X}" for c in text)
