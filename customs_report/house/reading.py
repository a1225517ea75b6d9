"""Reads a `house.yml`, in the form of brand.yml (https://posit-dev.github.io/brand-yml/) as far as it goes.

What that form lacks stands under `defaults: customs-report:`, where it has room for each tool. Nothing is loaded from the web
or from outside of the file's folder.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from customs_report.errors import InputError, nearest_or_all
from customs_report.house import Font, House
from customs_report.house.colours import Refused, palettes
from customs_report.house.fonts import check, style_of
from customs_report.house.logos import Logo, logo
from customs_report.numbers import Marks
from customs_report.palette import CHARACTERS

OURS = "customs-report"
LARGEST, LARGEST_FILE = 100_000, 8_000_000  # bytes of the file, of one that it names
THEME = {"foreground": "ink", "background": "paper", "primary": "accent", "secondary": "muted"}  # what they are to our palette
OTHER_COLOURS = ("tertiary", "success", "info", "warning", "danger", "light", "dark")
COLOURS = ("accent", "exports", "imports", "balance", "fall", "muted")  # under our own key
SIZES = ("large", "medium", "small")  # of a logo, the first that is there is used
OTHER_LETTERS = ("monospace", "monospace-inline", "monospace-block", "link")
LOOKS = ("size", "weight", "style", "line-height", "color", "background-color", "decoration")  # of letters
SOURCES = ("file", "google", "bunny", "system")  # of a font
PAPERS = ("a4", "us-letter", "us-legal", "a3")
DECIMALS = {"point": ".", ".": ".", "comma": ",", ",": ","}
GROUPINGS = {**DECIMALS, "space": "\u202f", " ": "\u202f", "\u202f": "\u202f", "\u00a0": "\u202f", "apostrophe": "’", "'": "’"}
GROUPINGS |= {"’": "’", "none": "", "": ""}
WEIGHTS = {"thin": 100, "extra-light": 200, "light": 300, "normal": 400, "regular": 400, "medium": 500, "semi-bold": 600}
WEIGHTS |= {"bold": 700, "extra-bold": 800, "black": 900}
LENGTHS = {"meta.name": 120, "contact": 300, "licence": 1_000, "disclaimer": 3_000}  # most characters of a text
PACKAGE = "package:"
COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})", re.I)


def read(path: Path) -> House:
    """The house that a file describes."""
    file = _File(path)
    top = file.section("", file.content, ("meta", "logo", "color", "typography", "defaults"))
    meta = file.section("meta", top.get("meta"), ("name", "link"), closed=False)
    ours = _ours(file, top)
    full, short = _names(file, meta.get("name"))
    light_logo, dark_logo = _logos(file, top.get("logo"), full)
    light, dark = _colours(file, top.get("color"), ours.get("colors"))
    name, font, heading_font = _fonts(file, top.get("typography"))
    texts = {key: file.text(f"defaults.{OURS}.{key}", ours.get(key, ""), LENGTHS[key]) for key in LENGTHS if key in ours}
    return House(
        name=full, short_name=short, link=_link(file, meta.get("link")), logo=light_logo, dark_logo=dark_logo,
        light=light, dark=dark, font=font, font_name=name, heading_font=heading_font,
        paper=_one_of(file, f"defaults.{OURS}.paper", ours.get("paper", "a4"), PAPERS), marks=_marks(file, ours.get("numbers")),
        digest=file.digest, unused=tuple(file.unused), **texts,
    )  # fmt: skip


class _File:
    """The file: its content, what it names, and the keys that are not used."""

    def __init__(self, path: Path) -> None:
        self.path, self.unused = path, list[str]()
        raw = self._bytes(path, path.name, LARGEST)
        self._hash = hashlib.sha256(raw)
        self.content = _content(path.name, raw)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    def wrong(self, where: str, why: str) -> InputError:
        """The error for something in the file."""
        return InputError(f"{self.path.name}: {where} {why}".replace(":  ", ": "))

    def section(
        self, where: str, content: Any, known: Iterable[str], unused: Iterable[str] = (), *, closed: bool = True
    ) -> dict[str, Any]:
        """The keys of a mapping that are known; raises InputError for a misspelt one, which `closed` says that any other is."""
        if content in (None, ""):
            return {}
        if not isinstance(content, Mapping):
            raise self.wrong(where, f"is {_shown(content)}, and should have keys of its own")
        known, ignored = [*known], [*unused]
        for key in content:
            name = f"{where}.{key}".lstrip(".")
            if key not in (*known, *ignored):
                if closed or get_close_matches(key, known, n=1, cutoff=0.75):
                    raise self.wrong("", f"there is no key {name!r}; {nearest_or_all(key, [*known, *ignored])}")
                self.unused.append(name)
            elif key in ignored:
                self.unused.append(name)
        return {key: content[key] for key in known if key in content}

    def text(self, where: str, content: Any, most: int = 200) -> str:
        """A text in one paragraph; raises InputError for one that is long or cannot be printed."""
        if not isinstance(content, str):
            raise self.wrong(where, f"is {_shown(content)}, not a text")
        text = " ".join(content.split())
        if len(text) > most:
            raise self.wrong(where, f"has {len(text):,} characters; at most {most:,} have room")
        if strange := sorted({*text} - CHARACTERS):
            raise self.wrong(where, f"has characters that reports cannot print: {' '.join(map(ascii, strange[:5]))}")
        return text

    def file(self, where: str, name: str) -> bytes:
        """The content of a file that is named, which becomes a part of the hash."""
        raw = self._bytes(self._place(where, name), f"{self.path.name}: {where}, {name},", LARGEST_FILE)
        self._hash.update(hashlib.sha256(raw).digest())
        return raw

    def _place(self, where: str, name: str) -> Path:
        """Where a named file lies: beside `house.yml` or below, or in an installed package (`package:matplotlib/...`)."""
        if re.match(r"[a-z]+://", name, re.I):
            raise self.wrong(where, f"is {name}: a report loads nothing from the web; save it beside {self.path.name}")
        folder, rest = self.path.parent, name
        if name.startswith(PACKAGE):
            package, _, rest = name.removeprefix(PACKAGE).partition("/")
            found = find_spec(package) if package.isidentifier() else None
            if not found or not found.origin:
                raise self.wrong(where, f"names the package {package!r}, which is not installed")
            folder = Path(found.origin).parent
        try:
            place = (folder / rest).resolve()
            inside = place.is_relative_to(folder.resolve())
        except (OSError, ValueError, RuntimeError):
            inside = False
        if not inside or "\\" in rest:
            raise self.wrong(where, f"is {name}, which lies outside of the folder of {self.path.name}")
        return place

    @staticmethod
    def _bytes(path: Path, name: str, most: int) -> bytes:
        try:
            if not path.is_file():
                raise InputError(f"{name} is not a file" if path.exists() else f"{name} does not exist")
            if (size := path.stat().st_size) > most:
                raise InputError(f"{name} has {size:,} bytes; it may have {most:,}")
            return path.read_bytes()
        except OSError as error:
            raise InputError(f"{name} cannot be read: {error.strerror}") from None


def _content(name: str, raw: bytes) -> Any:
    """The file's mapping, each value as the text that stands there."""
    import yaml

    try:
        text = raw.decode()
        composed = yaml.compose(text, yaml.BaseLoader)  # first: it soon refuses what is nested too deep
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, yaml.BaseLoader)):
            raise InputError(f"{name} repeats a part with `*`; write it out")
        _refuse_repeated(name, composed)
        return yaml.load(text, yaml.BaseLoader)  # it makes nothing but texts, lists and mappings
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{name} is not YAML: {' '.join(str(error).split())[:160]}") from None


def _refuse_repeated(name: str, node: Any) -> None:
    """Raises InputError where a key stands twice in one mapping: one of them would be lost."""
    children = getattr(node, "value", None)
    if not isinstance(children, list):
        return
    keys: set[str] = set()
    for child in children:
        if isinstance(child, tuple):
            key = str(child[0].value)
            if key in keys:
                raise InputError(f"{name}, line {child[0].start_mark.line + 1}: the key {key!r} stands twice")
            keys.add(key)
        _refuse_repeated(name, child[1] if isinstance(child, tuple) else child)


def _shown(content: Any) -> str:
    return "empty" if content in (None, "") else repr(content) if isinstance(content, str) else f"a {type(content).__name__}"


def _one_of(file: _File, where: str, content: Any, known: Iterable[str]) -> str:
    if not isinstance(content, str) or content not in (known := [*known]):
        raise file.wrong(where, f"is {_shown(content)}; {nearest_or_all(str(content), known)}")
    return content


# --- meta and our own key ---------------------------------------------------------------------------------------------------


def _names(file: _File, content: Any) -> tuple[str, str]:
    """The organisation's name, and the short one."""
    if isinstance(content, str) or content is None:
        full = file.text("meta.name", content or "", LENGTHS["meta.name"])
        return full, full
    parts = file.section("meta.name", content, ("full", "short"))
    names = {key: file.text(f"meta.name.{key}", text, LENGTHS["meta.name"]) for key, text in parts.items()}
    full = names.get("full") or names.get("short", "")
    return full, names.get("short") or full


def _link(file: _File, content: Any) -> str:
    """The address of the organisation's site."""
    if isinstance(content, Mapping):
        content = file.section("meta.link", content, ("home",), closed=False).get("home")
    address = file.text("meta.link", content or "")
    if address and not re.fullmatch(r"https?://[^\s<>\"'\\]+", address):
        raise file.wrong("meta.link", f"is {address!r}; an address begins with https://")
    return address


def _ours(file: _File, top: Mapping[str, Any]) -> dict[str, Any]:
    """What stands under our own key."""
    defaults = file.section("defaults", top.get("defaults"), (OURS,), closed=False)
    keys = ("contact", "disclaimer", "licence", "paper", "numbers", "colors")
    return file.section(f"defaults.{OURS}", defaults.get(OURS), keys)


def _marks(file: _File, content: Any) -> Marks:
    """The marks within numbers."""
    where, usual = f"defaults.{OURS}.numbers", Marks()
    parts = file.section(where, content, ("decimal", "grouping"))
    decimal = DECIMALS[_one_of(file, f"{where}.decimal", parts.get("decimal", usual.decimal), DECIMALS)]
    default = "space" if decimal == "," else usual.grouping
    grouping = GROUPINGS[_one_of(file, f"{where}.grouping", parts.get("grouping", default), GROUPINGS)]
    if decimal == grouping:
        raise file.wrong(where, f"has {decimal!r} both before the decimals and between groups of digits")
    return Marks(decimal, grouping)


# --- the logo ---------------------------------------------------------------------------------------------------------------


def _logos(file: _File, content: Any, name: str) -> tuple[Logo | None, Logo | None]:
    """The logo for light and for dark paper; without one for dark, the light one stands on a light plate there."""
    if content in (None, ""):
        return None, None
    if isinstance(content, str) or (isinstance(content, Mapping) and "path" in content):
        content = {"large": content}
    parts = file.section("logo", content, ("images", *SIZES))
    images = file.section("logo.images", parts.get("images"), parts.get("images") or ())
    size = next((size for size in SIZES if size in parts), None)
    file.unused += [f"logo.{other}" for other in SIZES if other in parts and other != size]
    if size is None:
        return None, None
    where, chosen = f"logo.{size}", parts[size]
    schemes = {"light": chosen}
    if isinstance(chosen, Mapping) and "path" not in chosen:
        schemes = file.section(where, chosen, ("light", "dark"))
        if "light" not in schemes:
            raise file.wrong(where, "has no light form, which page and PDF begin with")
    found = {scheme: _logo(file, where, each, images, name) for scheme, each in schemes.items()}
    return found["light"], found.get("dark")


def _logo(file: _File, where: str, content: Any, images: Mapping[str, Any], name: str) -> Logo:
    if isinstance(content, str) and content in images:
        where, content = f"logo.images.{content}", images[content]
    parts = {"path": content} if isinstance(content, str) else file.section(where, content, ("path", "alt"))
    path = parts.get("path")
    if not isinstance(path, str) or not path:
        raise file.wrong(where, f"is {_shown(path)}, not the path of a picture")
    alt = file.text(f"{where}.alt", parts.get("alt", "")) or (f"Logo of {name}" if name else "Logo")
    return logo(f"{file.path.name}: {where}, {path},", file.file(where, path), alt)


# --- colours ----------------------------------------------------------------------------------------------------------------


def _colours(file: _File, content: Any, ours: Any) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The light and the dark palette."""
    theme = file.section("color", content, ("palette", *THEME, *OTHER_COLOURS))
    named = {**file.section("color.palette", theme.get("palette"), theme.get("palette") or ())}
    named |= {key: value for key, value in theme.items() if key != "palette"}
    file.unused += [f"color.{key}" for key in theme if key in OTHER_COLOURS]
    where = f"defaults.{OURS}.colors"
    wanted = {THEME[key]: (f"color.{key}", theme[key]) for key in THEME if key in theme}
    wanted |= {key: (f"{where}.{key}", value) for key, value in file.section(where, ours, COLOURS).items()}
    given: dict[str, dict[str, str]] = {"light": {}, "dark": {}}
    for name, (key, value) in wanted.items():
        for scheme, colour in _of_schemes(file, key, value, named).items():
            given[scheme][name] = colour
    found = palettes(given["light"], given["dark"])
    if isinstance(found, Refused):
        key = wanted.get(found.name, (found.name,))[0]
        colour = given[found.scheme].get(found.name, "")
        better = (
            f"the nearest that passes is {found.nearest}" if found.nearest else "no other of the house's colours leaves room"
        )
        raise file.wrong(f"{key}{f', {colour},' * bool(colour)}", f"{found.why} on a {found.scheme} page; {better}")
    return found


def _of_schemes(file: _File, where: str, value: Any, named: Mapping[str, Any], via: tuple[str, ...] = ()) -> dict[str, str]:
    """A colour as `#rrggbb`, or one for `light` and one for `dark`; a name stands for the colour that has it."""
    if isinstance(value, Mapping):
        schemes = file.section(where, value, ("light", "dark"))
        return {
            scheme: resolved
            for scheme, each in schemes.items()
            if (found := _of_schemes(file, f"{where}.{scheme}", each, named, via))
            and (resolved := found.get(scheme) or found.get("light"))
        }
    if isinstance(value, str) and value in named and value not in via:
        return _of_schemes(file, where, named[value], named, (*via, value))
    if isinstance(value, str) and COLOUR.fullmatch(value):
        digits = value[1:].lower()
        return {"light": "#" + (digits if len(digits) == 6 else "".join(digit * 2 for digit in digits))}
    if value in via:
        raise file.wrong(where, f"goes in a circle: {' → '.join((*via, str(value)))}")
    hint = (
        'a colour stands in quotes, such as "#b3261e"'
        if not value
        else f"write #rrggbb, or a name: {', '.join(named) or 'none'}"
    )
    raise file.wrong(where, f"is {_shown(value)}, no colour; {hint}")


# --- fonts ------------------------------------------------------------------------------------------------------------------


def _fonts(file: _File, content: Any) -> tuple[str, Font, Font]:
    """The name and the files of the text's font, and the files of the headings' if it is another."""
    parts = file.section("typography", content, ("fonts", "base", "headings"), OTHER_LETTERS)
    known: dict[str, Font] = {}
    listed = parts.get("fonts") or []
    if not isinstance(listed, list):
        raise file.wrong("typography.fonts", "is no list of fonts")
    families = [_family(file, f"typography.fonts[{place}]", font, known) for place, font in enumerate(listed, 1)]
    base, headings = (_letters(file, key, parts.get(key), families) for key in ("base", "headings"))
    for key, family in (("base", base), ("headings", headings)):
        if family and family not in known:
            file.unused.append(f"typography.{key} ({family} has no file here)")
    own = headings in known and headings != base
    return base, known.get(base, ()), known[headings] if own else ()


def _letters(file: _File, key: str, content: Any, families: list[str]) -> str:
    """The family that letters of a kind have."""
    where = f"typography.{key}"
    parts = {"family": content} if isinstance(content, str) else file.section(where, content, ("family",), LOOKS)
    family = file.text(f"{where}.family", parts.get("family", "") or "")
    near = get_close_matches(family, families, n=1, cutoff=0.75)
    if family not in families and near:
        raise file.wrong(f"{where}.family", f"is {family!r}, which typography.fonts does not have; nearest: {near[0]}")
    return family


def _family(file: _File, where: str, content: Any, known: dict[str, Font]) -> str:
    """A family's name; its files are added to `known`, if it has any."""
    parts = file.section(where, content, ("family", "source", "files"), ("weight", "style", "display"))
    family = file.text(f"{where}.family", parts.get("family", ""))
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 -]{0,40}", family):
        raise file.wrong(f"{where}.family", f"is {family!r}; a name of letters, digits and spaces is needed")
    if _one_of(file, f"{where}.source", parts.get("source", "file"), SOURCES) != "file":
        return family
    listed = parts.get("files")
    if not isinstance(listed, list) or not listed:
        raise file.wrong(f"{where}.files", "is no list of font files")
    files: dict[str, tuple[str, bytes]] = {}
    for place, each in enumerate(listed, 1):
        of = f"{where}.files[{place}]"
        said = {"path": each} if isinstance(each, str) else file.section(of, each, ("path", "weight", "style"))
        path = file.text(of, said.get("path", ""), 500)
        style = style_of(
            _weight(file, of, said.get("weight", "400")), _one_of(file, of, said.get("style", "normal"), ("normal", "italic"))
        )
        if style not in files:
            files[style] = (f"{file.path.name}: {of}, {path},", file.file(of, path))
    check(files, f"{file.path.name}: {family}")
    known[family] = tuple(files.items())
    return family


def _weight(file: _File, where: str, content: Any) -> int:
    """A weight in figures; of a range, such as 200..900, the normal one."""
    text = str(content)
    if re.fullmatch(r"\d+\.\.\d+", text):
        return WEIGHTS["normal"]
    if text.isdigit() and 1 <= int(text) <= 1000:
        return int(text)
    return WEIGHTS[_one_of(file, f"{where}, weight,", content, WEIGHTS)]
