"""An organisation's branding for reports: name, logo, colours, typeface, paper and texts. By default there is none."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from customs_report import project, scratch
from customs_report.house.fonts import fitted
from customs_report.house.logos import Logo
from customs_report.house.look import Look, current_look, using_look
from customs_report.numbers import STANDARD, Marks
from customs_report.palette import DARK, FONT, LIGHT

__all__ = ["PLAIN", "House", "Logo", "Look", "chosen", "current_look", "from_project", "load", "using_look"]


FILE, ENVIRONMENT, NONE = "house.yml", "CUSTOMS_REPORT_HOUSE", "none"
HEX = re.compile(r"#[0-9a-f]{6}\b")
Font = tuple[tuple[str, tuple[str, bytes]], ...]  # style -> name and content of its file


@dataclass(frozen=True, eq=False)
class House:
    """What a `house.yml` says; `digest` is the hash of that file and of all files that it names, empty for the plain house.

    `light` and `dark` are the whole palettes by the palette's names. `unused` are the keys that reports do not use.
    """

    name: str = ""
    short_name: str = ""
    link: str = ""
    contact: str = ""
    disclaimer: str = ""
    licence: str = ""
    logo: Logo | None = None
    dark_logo: Logo | None = None
    light: Mapping[str, str] = field(default_factory=lambda: LIGHT)
    dark: Mapping[str, str] = field(default_factory=lambda: DARK)
    font: Font = ()
    font_name: str = ""
    heading_font: Font = ()
    paper: str = "a4"
    marks: Marks = STANDARD
    digest: str = ""
    unused: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.digest)

    @cached_property
    def text_font(self) -> tuple[dict[str, bytes], float]:
        """The fitted files of the text's font by style, and its x-height; none where the standard typeface is used."""
        return fitted(dict(self.font), self.family) if self.font else ({}, 0.0)

    @cached_property
    def headings_font(self) -> dict[str, bytes]:
        """The fitted files of the headings' font by style, if they have one of their own."""
        return fitted(dict(self.heading_font), self.heading_family)[0] if self.heading_font else {}

    @property
    def family(self) -> str:
        """What the fitted font is called in page, PDF and charts: it is not the same as one on a reader's machine."""
        return f"{self.font_name} fitted" if self.font else FONT

    @property
    def heading_family(self) -> str:
        return "Headings fitted" if self.heading_font else self.family

    @cached_property
    def folder(self) -> Path | None:
        """A temporary folder with the fitted font files."""
        if not self.font and not self.heading_font:
            return None
        made = scratch.make_folder()
        for name, files in (("text", self.text_font[0]), ("headings", self.headings_font)):
            for style, content in files.items():
                (made / f"{name}-{style}.ttf").write_bytes(content)
        return made

    @cached_property
    def look(self) -> Look:
        """What charts and numbers need of it."""
        if not self.font or not self.folder:
            return Look(marks=self.marks)
        return Look(self.family, self.text_font[1], tuple(map(str, sorted(self.folder.glob("text-*")))), self.marks)

    @property
    def imprint(self) -> tuple[tuple[str, str], ...]:
        """What stands at the end of everything that it publishes: terms and their texts."""
        publisher = ", ".join(filter(None, (self.name, self.link)))
        texts = {"Publisher": publisher, "Contact": self.contact, "Licence": self.licence, "Disclaimer": self.disclaimer}
        return tuple((term, text) for term, text in texts.items() if text)

    def recoloured(self, text: str) -> str:
        """A drawing or a source in the palette's colours, in those of the house (light)."""
        if self.light is LIGHT:
            return text
        ours = {colour: self.light[name] for name, colour in LIGHT.items()}
        return HEX.sub(lambda found: ours.get(found[0], found[0]), text)


PLAIN = House()
_known: dict[str, House] = {}  # by their digest: what is made for one, such as its fonts, is made once


def chosen(option: str = "") -> str:
    """The path of the house's file: the one given, else that of CUSTOMS_REPORT_HOUSE, else `house.yml` in the project's folder.

    Empty where there is none, or where `none` is given.
    """
    named = option or os.environ.get(ENVIRONMENT, "")
    if named == NONE:
        return ""
    own = project.FOLDER / FILE
    return str(Path(named).absolute()) if named else str(own) if own.is_file() else ""


def from_project(path: str) -> str:
    """A path as manifests have it: from the project's folder where it lies in it."""
    return Path(path).relative_to(project.FOLDER).as_posix() if Path(path).is_relative_to(project.FOLDER) else path


def load(path: str | Path = "") -> House:
    """The house of a file, or the plain house without one. Raises InputError in one line for whatever cannot be used."""
    if not path:
        return PLAIN
    from customs_report.house.reading import read

    house = read(Path(path))
    return _known.setdefault(house.digest, house)
