"""A house's logo: a PNG or an SVG file, refused where it could do anything but be looked at."""

from __future__ import annotations

import re
import struct
import zlib
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from customs_report.errors import InputError

LARGEST = 200_000  # bytes of a file: it stands in every page
MOST_PIXELS = 4_000  # across or down
PNG = b"\x89PNG\r\n\x1a\n"
SVG, XHTML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml"
MOST_ELEMENTS, MOST_COPIES = 5_000, 20  # of an SVG; copies of copies multiply
ELEMENTS = {  # that only draw
    *("svg", "g", "defs", "symbol", "use", "title", "desc", "metadata", "style", "image"),
    *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    *("linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "marker"),
}
REFERENCE = re.compile(r"url\(\s*['\"]?(?!['\"\s]*#)|@|\\", re.I)  # in a style, to something outside of the file
PICTURE = re.compile(r"data:image/(?:png|jpeg);base64,")
MEASURE = re.compile(r"\s*(\d+(?:\.\d+)?)(?:px|pt|mm|cm|in)?\s*")
TYPES = {"png": "image/png", "svg": "image/svg+xml"}


@dataclass(frozen=True)
class Logo:
    """A picture with its alternative text; `kind` is `png` or `svg`, `ratio` its width in its heights."""

    content: bytes
    kind: str
    ratio: float
    alt: str

    @property
    def uri(self) -> str:
        """Its address within a page."""
        return f"data:{TYPES[self.kind]};base64,{b64encode(self.content).decode()}"


def logo(name: str, content: bytes, alt: str) -> Logo:
    """The logo in a file of this name; raises InputError for what is too large, damaged, no picture, or more than a picture."""
    if len(content) > LARGEST:
        raise InputError(f"{name} has {len(content):,} bytes; a logo may have {LARGEST:,}")
    if content.startswith(PNG):
        return Logo(content, "png", _ratio(name, *_size(name, content)), alt)
    if re.match(rb"(?:\xef\xbb\xbf)?\s*<", content):
        return Logo(content, "svg", _checked_svg(name, content), alt)
    raise InputError(f"{name} is no picture that can be used; give a PNG or an SVG file")


def _ratio(name: str, width: float, height: float) -> float:
    if not 0 < width <= 20 * height <= 400 * width:
        raise InputError(
            f"{name} is {width:g} by {height:g}; a logo is at most twenty times as wide as high, or as high as wide"
        )
    return round(width / height, 4)


def _size(name: str, content: bytes) -> tuple[int, int]:
    """Width and height of a PNG; every checksum in it must be right, and its picture complete."""
    at, width, height, packed, ended = len(PNG), 0, 0, b"", False
    try:
        while not ended:
            length, kind = struct.unpack_from(">I4s", content, at)
            body = content[at + 8 : at + 8 + length]
            if struct.unpack_from(">I", content, at + 8 + length)[0] != zlib.crc32(kind + body):
                raise ValueError("a checksum is wrong")
            if kind == b"IHDR":
                width, height, depth, colours, *_, interlaced = struct.unpack(">IIBBBBB", body)
                if max(width, height) > MOST_PIXELS:
                    raise InputError(f"{name} is {width:,} by {height:,} pixels; a logo may have {MOST_PIXELS:,} either way")
                samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colours]
                needed = 0 if interlaced else height * (1 + (width * samples * depth + 7) // 8)
            elif kind == b"IDAT":
                packed += body
            at, ended = at + 12 + length, kind == b"IEND"
        unpacker = zlib.decompressobj()
        if not packed or len(unpacker.decompress(packed, 100_000_000)) < needed:
            raise ValueError("it is cut short")
    except (ValueError, KeyError, struct.error, zlib.error, UnboundLocalError) as error:
        raise InputError(f"{name} is a damaged PNG ({error})") from None
    return width, height


def _checked_svg(name: str, content: bytes) -> float:
    """The proportions of an SVG, if it does nothing but draw."""
    from lxml import etree

    if re.search(rb"<!(?:DOCTYPE|ENTITY)", content, re.I):
        raise InputError(f"{name} declares a document type; save it without one")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"{name} is no SVG that can be read: {' '.join(str(error).split())[:120]}") from None
    if root.tag != f"{{{SVG}}}svg":
        raise InputError(f"{name} is no SVG: its root is <{etree.QName(root).localname}>")
    if len([*root.iter()]) > MOST_ELEMENTS or len([*root.iter(f"{{{SVG}}}use")]) > MOST_COPIES:
        raise InputError(f"{name} has more than {MOST_ELEMENTS:,} elements or {MOST_COPIES} copies of parts; simplify it")
    for each in root.iter():
        if each.tag is etree.PI:
            raise InputError(f"{name} has a processing instruction, <?{each.target}?>; save it without")
        if isinstance(each.tag, str) and each.tag.startswith(
            (f"{{{SVG}}}", f"{{{XHTML}}}")
        ):  # other editors' notes draw nothing
            _refuse(name, each, etree.QName(each).localname)
    box = [float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", root.get("viewBox", ""))]
    sides = [found and float(found[1]) for side in ("width", "height") if (found := MEASURE.fullmatch(root.get(side, "")))]
    if len(box) != 4 and len(sides) != 2:
        raise InputError(f"{name} does not say how large it is: its <svg> needs a viewBox")
    width, height = box[2:] if len(box) == 4 else sides
    return _ratio(name, width, height)


def _refuse(name: str, element: Any, tag: str) -> None:
    """Raises InputError for an element that runs, moves, loads or depends on the reader's fonts."""
    if tag in ("text", "tspan", "textPath"):
        raise InputError(f"{name} has text, which another machine sets in another font; convert it to paths")
    if tag not in ELEMENTS:
        raise InputError(f"{name} has <{tag}>; a logo is drawn of shapes only")
    if tag == "style" and REFERENCE.search(element.text or ""):
        raise InputError(f"{name} loads something from elsewhere in its <style>")
    for attribute, value in element.attrib.items():
        key = attribute.rpartition("}")[2].lower()
        if key.startswith("on"):
            raise InputError(f"{name} has a script: {key}")
        inside = value.startswith("#") or (tag == "image" and PICTURE.match(value))
        if not inside and (key in ("href", "src") or REFERENCE.search(value)):
            raise InputError(f"{name} loads something from elsewhere: {value[:60]}")
