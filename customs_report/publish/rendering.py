"""A notebook's outline as a self-contained page, or as a tagged PDF. Both are functions of the outline alone."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader
from markupsafe import Markup

from customs_report.display.markup import element, literal
from customs_report.house import House
from customs_report.palette import CHARACTERS, FONT, FULL_WIDTH, HAN, TYPEFACES
from customs_report.publish.attachments import Attachment
from customs_report.publish.compact import compact_html
from customs_report.publish.fonts import han_font, page_fonts, typst_fonts
from customs_report.publish.outlines import Outline
from customs_report.publish.typesetting import typeset

TEMPLATES = Path(__file__).parent / "templates"


def page(content: Outline) -> str:
    """The HTML of a report: no script, no request to anywhere; its typeface has the characters that it prints."""
    house = content.house
    style = {
        "light": house.light,
        "dark": house.dark,
        "fonts": FONTS,
        "style": house_style(house, _read("report_html/report.css")),
    }
    style |= {"mark": mark_of(house), "imprint": imprint_of(house)}
    made = compact_html(_filled("report_html/index.html.j2", content, style), content.language)
    han = han_font(made, house.look.families)
    latin = CHARACTERS - FULL_WIDTH if han else CHARACTERS  # quotation marks and dashes are those of the text around them
    printed = frozenset(c for c in latin if c.isascii() or c in made)
    return made.replace(FONTS, page_fonts(_font_styles(content), printed, house) + han, 1)


def house_style(house: House, style: str) -> str:
    """A style sheet in the typeface of a house, with the rules for what only a house has."""
    if not house:
        return style
    names = ",".join(f'"{name}"' for name in house.look.families)
    headings = (
        f'h1,h2,h3,.tiles strong{{font-family:"{house.heading_family}",{names},sans-serif}}\n' if house.heading_font else ""
    )
    plate = f":root{{--c-plate:{house.light['paper']}}}\n"
    return style.replace(f'"{FONT}"', names) + headings + plate + _read("report_html/house.css")


FONTS = "/* fonts */"  # where they stand in the page
LOGO_HEIGHT, LOGO_WIDTH = 40, 256  # pixels, at most
ADDRESS = re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:)]|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def with_data(page: str, block: str) -> str:
    """The page with a block of data in its head."""
    return page.replace("</head>", f"{block}</head>", 1)


def pdf(content: Outline, attached: Sequence[Attachment] = ()) -> bytes:
    """A report on its house's paper (A4) with these attachments, as PDF/UA-1 and PDF/A-3a, set by Typst."""
    house = content.house
    style = {
        "colours": house.light,
        "house": {**_for_typst(house), "beside-cover": bool(content.cover)},
        "prelude": _read("report_typst/report.typ"),
        "attached": attached,
    }
    source = _filled("report_typst/index.typ.j2", content, style)
    return typeset(source, typst_fonts(house), content.date, {file.name: file.content for file in attached})


def mark_of(house: House) -> Markup:
    """The logo of a house for a page, light and dark, or its name; nothing for the plain house."""
    if not house.logo:
        return element("strong", house.name, class_="house", data_kind="house") if house.name else Markup("")
    plate = " plate" * (house.dark_logo is None)
    height = min(LOGO_HEIGHT, LOGO_WIDTH / house.logo.ratio)
    size = {"width": round(height * house.logo.ratio), "height": round(height)}
    image = element("img", src=house.logo.uri, alt=house.logo.alt, class_=f"logo{plate}", data_kind="house", **size)
    image = Markup(image.removesuffix("</img>"))
    if not house.dark_logo:
        return image
    dark = f'<source media="screen and (prefers-color-scheme:dark)" srcset="{house.dark_logo.uri}">'
    return element("picture", Markup(dark), image)


def imprint_of(house: House) -> Markup:
    """Who publishes a page, contact, licence and disclaimer, as a list; nothing for the plain house."""
    entries = [element("dt", term) + element("dd", _linked(text)) for term, text in house.imprint]
    return element("dl", *entries, class_="imprint", data_kind="house") if entries else Markup("")


def _linked(text: str) -> Markup:
    """A text with its addresses as links."""
    return Markup(ADDRESS.sub(lambda found: _link(found[0]), escape(text)))


def _link(address: str) -> str:
    return element("a", Markup(address), href=Markup(("" if address.startswith("http") else "mailto:") + address))


def _for_typst(house: House) -> dict[str, Any]:
    """What the PDF needs of a house."""
    logo, families = house.logo, house.look.families
    content = logo and (logo.content.decode() if logo.kind == "svg" else [*logo.content])
    return {
        "name": house.name,
        "typeface": (*families, HAN),
        "headings": (house.heading_family, *families, HAN) if house.heading_font else None,
        "paper": house.paper,
        "logo": {"content": content, "kind": logo.kind, "ratio": logo.ratio, "alt": logo.alt} if logo else None,
        "imprint": [{"term": term, "text": text} for term, text in house.imprint],
    }


def _filled(template: str, content: Outline, resources: dict[str, Any]) -> str:
    return _templates().get_template(template).render(report=content, resources=resources).lstrip()


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(loader=FileSystemLoader(TEMPLATES), bytecode_cache=bytecode())
    environment.filters |= {"literal": literal, "literal_of_texts": _literal_of_texts}
    return environment


def _literal_of_texts(texts: Mapping[str, str]) -> str:
    """A Typst dictionary whose keys are any text."""
    return "(" + (", ".join(f"{literal(key)}: {literal(text)}" for key, text in texts.items()) or ":") + ")"


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
