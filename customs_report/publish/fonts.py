"""The one typeface, for the page (a subset inside it) and for Typst (a folder of its own): never the machine's fonts.

Typst gets one with letters of the same width as well, for what a notebook's author prints.
"""

from __future__ import annotations

import shutil
from base64 import b64encode
from functools import lru_cache
from pathlib import Path

from customs_report import scratch
from customs_report.palette import CHARACTERS, FONT, TYPEFACES, font_files, mono_file


@lru_cache(maxsize=32)
def page_fonts(typefaces: tuple[str, ...] = tuple(TYPEFACES), characters: frozenset[str] = CHARACTERS) -> str:
    """The CSS that embeds the typeface, cut down to some characters: by default those a report can print.

    Uncompressed: a WOFF's bytes depend on the machine's zlib, and a report must not.
    """
    rules = []
    for name in typefaces:
        weight, style = TYPEFACES[name]
        data = b64encode(_subset(font_files()[name], characters)).decode()
        rules.append(
            f'@font-face{{font-family:"{FONT}";font-weight:{weight};font-style:{style};'
            f'src:url(data:font/ttf;base64,{data}) format("truetype")}}'
        )
    return "\n".join(rules)


def _subset(path: Path, characters: frozenset[str]) -> bytes:
    import uharfbuzz

    kept = uharfbuzz.SubsetInput()
    kept.flags = uharfbuzz.SubsetFlags.NO_HINTING
    kept.unicode_set.set(map(ord, characters))
    kept.layout_feature_tag_set.set(int.from_bytes(tag, "big") for tag in (b"kern", b"mark", b"ccmp", b"locl"))
    return uharfbuzz.subset(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(path)), kept).blob.data


@lru_cache(maxsize=1)
def typst_fonts() -> Path:
    """The folder of what Typst may set type with. Of the wheel's own folder it would pick now a TTF, now an OTF."""
    folder = scratch.make_folder()
    for path in (*font_files().values(), mono_file()):
        shutil.copy(path, folder)
    return folder
