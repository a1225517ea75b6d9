"""The typefaces, standard or a house's, for the page (a subset inside it) and for Typst (a folder): never the machine's fonts.

Chinese characters are of another one, which the page has only where it prints some: there all are one family.

Typst gets one with letters of the same width as well, for what a notebook's author prints.
"""

from __future__ import annotations

import shutil
from base64 import b64encode
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from customs_report import scratch
from customs_report.house import PLAIN, House
from customs_report.house.fonts import lacking
from customs_report.palette import CHARACTERS, FONT, FULL_WIDTH, HAN, TYPEFACES, font_files, han_characters, han_file, mono_file

if TYPE_CHECKING:
    import uharfbuzz


def page_fonts(
    typefaces: tuple[str, ...] = tuple(TYPEFACES), characters: frozenset[str] = CHARACTERS, house: House = PLAIN
) -> str:
    """The CSS that embeds the typeface of a house, cut down to some characters: by default those a report can print.

    The standard typeface has those that the house's lacks. Uncompressed: a WOFF's bytes depend on the machine's zlib, and a
    report must not.
    """
    rules = []
    for family, files in ((house.family, house.text_font[0]), (house.heading_family, house.headings_font)):
        if files:
            rules += [_rule(family, name, _of_content(files[name], characters)) for name in typefaces if name in files]
            characters = characters & lacking(files["Regular"]) if family == house.family else characters
    if characters:
        rules += [_rule(FONT, name, _of_file(font_files()[name], characters)) for name in typefaces]
    return "\n".join(rules)


def han_font(page: str, families: tuple[str, ...] = (FONT,)) -> str:
    """The CSS that embeds the Chinese characters of a page beside its other typefaces; empty for a page without any.

    Of one weight: a browser thickens it. Charts are drawn with it, so that its letters need no adjusting there.
    """
    if not (printed := han_characters().intersection(page)):
        return ""
    data = b64encode(_of_file(han_file(), printed | FULL_WIDTH)).decode()
    names = ",".join(f'"{name}"' for name in (*families, HAN))
    family = f"font-family:{names},sans-serif"
    return (
        f'\n@font-face{{font-family:"{HAN}";font-weight:400;src:url(data:font/otf;base64,{data}) format("opentype")}}'
        f"\nhtml body{{{family}}}\nsvg[role=img]{{{family};font-size-adjust:none!important}}"
    )


def _rule(family: str, name: str, content: bytes) -> str:
    weight, style = TYPEFACES[name]
    return (
        f'@font-face{{font-family:"{family}";font-weight:{weight};font-style:{style};'
        f'src:url(data:font/ttf;base64,{b64encode(content).decode()}) format("truetype")}}'
    )


@lru_cache(maxsize=64)
def _of_file(path: Path, characters: frozenset[str]) -> bytes:
    import uharfbuzz

    return _subset(uharfbuzz.Blob.from_file_path(path), characters)


@lru_cache(maxsize=16)
def _of_content(content: bytes, characters: frozenset[str]) -> bytes:
    import uharfbuzz

    return _subset(uharfbuzz.Blob(content), characters)


def _subset(font: uharfbuzz.Blob, characters: frozenset[str]) -> bytes:
    import uharfbuzz

    kept = uharfbuzz.SubsetInput()
    kept.flags = uharfbuzz.SubsetFlags.NO_HINTING
    kept.unicode_set.set(map(ord, characters))
    kept.layout_feature_tag_set.set(int.from_bytes(tag, "big") for tag in (b"kern", b"mark", b"ccmp", b"locl"))
    return uharfbuzz.subset(uharfbuzz.Face(font), kept).blob.data


@lru_cache(maxsize=4)
def typst_fonts(house: House = PLAIN) -> Path:
    """The folder of what Typst may set type with. Of the wheel's own folder it would pick now a TTF, now an OTF."""
    if house is not PLAIN and not house.folder:
        return typst_fonts()
    folder = scratch.make_folder()
    for path in (*font_files().values(), han_file(), mono_file(), *(house.folder.glob("*.ttf") if house.folder else ())):
        shutil.copy(path, folder)
    return folder
