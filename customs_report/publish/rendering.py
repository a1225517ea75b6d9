"""A notebook's outline as a self-contained page, or as a tagged PDF. Both are functions of the outline alone."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader

from customs_report.display.markup import literal
from customs_report.palette import CHARACTERS, DARK, FONT, LIGHT, TYPEFACES
from customs_report.publish.compact import compact_html
from customs_report.publish.fonts import page_fonts, typst_fonts
from customs_report.publish.outlines import Outline
from customs_report.publish.typesetting import typeset

TEMPLATES = Path(__file__).parent / "templates"


def page(content: Outline) -> str:
    """The HTML of a report: no script, no request to anywhere; its typeface has the characters that it prints."""
    style = {"light": LIGHT, "dark": DARK, "fonts": FONTS, "style": _read("report_html/report.css")}
    made = compact_html(_filled("report_html/index.html.j2", content, style))
    printed = frozenset(c for c in CHARACTERS if c.isascii() or c in made)
    return made.replace(FONTS, page_fonts(_font_styles(content), printed), 1)


FONTS = "/* fonts */"  # where they stand in the page


def pdf(content: Outline) -> bytes:
    """A report on A4, tagged as PDF/UA-1, set by Typst."""
    style = {"colours": LIGHT, "typeface": FONT, "prelude": _read("report_typst/report.typ")}
    return typeset(_filled("report_typst/index.typ.j2", content, style), typst_fonts(), content.date)


def _filled(template: str, content: Outline, resources: dict[str, Any]) -> str:
    return _templates().get_template(template).render(report=content, resources=resources).lstrip()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), bytecode_cache=bytecode())
    environment.filters["literal"] = literal
    return environment


def bytecode() -> BytecodeCache | None:
    """Keeps compiled templates beside these, as Python does with modules; None where it may not write them."""
    folder = TEMPLATES / "__pycache__"
    if sys.dont_write_bytecode or not os.access(TEMPLATES, os.W_OK):
        return None
    folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder))


@lru_cache
def _read(name: str) -> str:
    return (TEMPLATES / name).read_text(encoding="utf-8")


def _font_styles(content: Outline) -> tuple[str, ...]:
    """The font files that the page needs: italics only where it has any, since each weighs 45 kB."""
    slanted = any("<em" in part.html or "<i>" in part.html or "italic" in part.html for part in content.parts)
    return tuple(style for style in TYPEFACES if style != "It" or slanted)
