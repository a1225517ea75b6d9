"""HTML as Typst, for the PDF: Markdown cells, and what a notebook's author shows.

Text is escaped, so nothing in it is read as Typst's markup. A character that the PDF's fonts do not have becomes U+XXXX.
"""

from __future__ import annotations

import re
import struct
from base64 import b64decode
from collections.abc import Sequence
from io import BytesIO
from typing import TypeAlias

from lxml import etree
from lxml import html as parser

from customs_report.display.markup import literal
from customs_report.palette import mono_characters, printable
from customs_report.publish.gfm import SECTION

Node: TypeAlias = parser.HtmlElement
SVG_NAME = "http://www.w3.org/2000/svg"
SPECIAL = re.compile(r"""[\\`*_#$<>@\[\]~"'+=/.-]""")  # what Typst might read as markup
SPACE = re.compile(r"[ \t\n\r\f]+")
ALIGNED = re.compile(r"text-align:\s*(left|right|center)")
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
BLOCKS = {*HEADINGS, "address", "article", "aside", "blockquote", "center", "dd", "details", "div", "dl", "dt", "fieldset"}
BLOCKS |= {"figcaption", "figure", "footer", "header", "hr", "li", "ol", "p", "pre", "section", "summary", "table", "ul"}
FUNCTIONS = {"b": "strong", "strong": "strong", "em": "emph", "i": "emph", "u": "underline", "ins": "underline", "s": "strike"}
FUNCTIONS |= {"del": "strike", "strike": "strike", "mark": "highlight", "sup": "super", "sub": "sub"}
CODE = {"code", "tt", "samp", "var"}
NUMBERINGS = {kind: f"{kind}." for kind in "aAiI"}


def html_as_typst(page: str) -> str:
    """A piece of HTML as Typst, block by block; the picture of an `img` is in its address."""
    root = parser.fragment_fromstring(page, create_parent="div")
    etree.strip_elements(root, etree.Comment, "style", with_tail=False)
    return "".join(f"{block}\n\n" for block in _blocks(root))


def _blocks(node: Node) -> list[str]:
    """The blocks in an element; text between them is a paragraph."""
    made: list[str] = []
    line = _text(node.text)
    for child in node:
        if child.tag in BLOCKS or any(inner.tag in BLOCKS for inner in child.iterdescendants()):
            made += [line.strip(), *_block(child)]
            line = ""
        else:
            line += _inline(child)
        line += _text(child.tail)
    return [block for block in (*made, line.strip()) if block]


def _block(node: Node) -> list[str]:
    if node.tag in HEADINGS:
        title, name = _line(node).strip(), node.get("id", "").removeprefix(SECTION)
        return [f"{'=' * int(node.tag[1])} {title}" + f"\n#label({literal(name)})" * bool(name)] if title else []
    if node.tag in ("ul", "ol"):
        return _list(node)
    if node.tag == "pre":
        return [f"#raw({literal(_in_mono(node.text_content().strip(chr(10))))}, block: true)"]
    if node.tag == "table":
        return _table(node)
    if node.tag == "hr":
        return ["#horizontalrule"]
    inside = _blocks(node)
    if node.tag == "blockquote":
        return [f"#quote(block: true){_content(inside)}"] if inside else []
    return [f"#strong{_content(inside)}"] if node.tag == "dt" and inside else inside


def _list(node: Node) -> list[str]:
    tight = all(item.find("p") is None for item in node)
    items = [_content(_blocks(item), "\n" if tight else "\n\n") for item in node]
    given = [f"tight: {literal(tight)}"]
    if node.tag == "ol":
        given += [f"numbering: {literal(NUMBERINGS.get(node.get('type', ''), '1.'))}", f"start: {_whole(node.get('start'), 0)}"]
    return [f"#{'enum' if node.tag == 'ol' else 'list'}({', '.join([*given, *items])})"] if items else []


def _content(blocks: Sequence[str], between: str = "\n\n") -> str:
    return (
        f"[\n{between.join(blocks)}\n]" if len(blocks) > 1 or (blocks and blocks[0].startswith("=")) else f"[{''.join(blocks)}]"
    )


# --- within a line --------------------------------------------------------------------------------------------------------


def _line(node: Node) -> str:
    return _text(node.text) + "".join(_inline(child) + _text(child.tail) for child in node)


def _inline(node: Node) -> str:
    if node.tag == "br":
        return "#linebreak();"
    if node.tag == "img":
        return _picture(node.get("src", ""), node.get("alt", ""), node.get("width"))
    if node.tag == "input":
        return _text(("[x] " if "checked" in node.attrib else "[ ] ") if node.get("type") == "checkbox" else "")
    if node.tag in CODE:
        return f"#raw({literal(_in_mono(node.text_content()))});"
    inside, address = _line(node), node.get("href", "")
    if node.tag == "q":
        return f"“{inside}”"
    if node.tag == "a" and address:
        if "footnote-backref" in node.classes:
            return ""
        to = f"inner-link({literal(address.removeprefix('#').removeprefix(SECTION))})"
        return f"#{to if address.startswith('#') else f'link({literal(address)})'}[{inside}];"
    return f"#{FUNCTIONS[node.tag]}[{inside}];" if node.tag in FUNCTIONS else inside


def _text(text: str | None) -> str:
    return SPECIAL.sub(r"\\\g<0>", SPACE.sub(" ", printable(text or "")))


def _in_mono(text: str) -> str:
    """The text as letters of the same width can show it."""
    return "".join(c if c in mono_characters() or c.isspace() else f"U+{ord(c):04X}" for c in text)


# --- tables ---------------------------------------------------------------------------------------------------------------

Cell: TypeAlias = tuple[Node, int, int]  # and how many columns and rows it takes


def _table(node: Node) -> list[str]:
    head, rows, foot = node.xpath("./thead/tr"), node.xpath("./tr | ./tbody/tr"), node.xpath("./tfoot/tr")
    if not head and rows and {cell.tag for cell in rows[0]} == {"th"}:
        head, rows = rows[:1], rows[1:]
    sections = [_cells(part) for part in (head, rows, foot)]
    width = max((taken + sum(cell[1] for cell in cells) for part in sections for taken, cells in part), default=0)
    if not width:
        return []
    header, body, footer = ("".join(_row(cells, width - taken) for taken, cells in part) for part in sections)
    first = [_aligned(cell) or "auto" for _, cells in sections[1][:1] for cell, across, _ in cells for _ in range(across)]
    made = f"columns: {width}, align: ({''.join(f'{align}, ' for align in first) or 'auto,'}),"
    made += f"\n  table.header({header}\n  ), table.hline()," if header else ""
    made += body + (f"\n  table.hline(), table.footer({footer}\n  )," if footer else "")
    caption = next((_content(_blocks(caption)) for caption in node.findall("./caption")), "none")
    return [f"#figure(table({made}\n), caption: {caption}, kind: table)"]


def _cells(rows: Sequence[Node]) -> list[tuple[int, list[Cell]]]:
    """Of each row its cells, and how many columns are taken by cells of rows above."""
    made: list[tuple[int, list[Cell]]] = []
    for place, row in enumerate(rows):
        taken = sum(across for at, (_, above) in enumerate(made) for _, across, down in above if at + down > place)
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        spans = [(_whole(cell.get("colspan")), min(_whole(cell.get("rowspan")), len(rows) - place)) for cell in cells]
        made.append((taken, [(cell, *span) for cell, span in zip(cells, spans, strict=True)]))
    return made


def _row(cells: Sequence[Cell], width: int) -> str:
    empty = width - sum(across for _, across, _ in cells)
    return "\n  " + " ".join(f"{cell}," for cell in [*(_cell(*cell) for cell in cells), *["[]"] * empty])


def _cell(cell: Node, across: int, down: int) -> str:
    blocks = _blocks(cell)
    if cell.tag == "th" and (cell.getparent().getparent().tag == "thead" or not cell.getparent().findall("td")):
        blocks = [f"#strong{_content(blocks)}"]
    given = {"align": _aligned(cell), "colspan": across if across > 1 else "", "rowspan": down if down > 1 else ""}
    said = ", ".join(f"{name}: {value}" for name, value in given.items() if value)
    return f"table.cell({said}){_content(blocks)}" if said else _content(blocks)


def _aligned(cell: Node) -> str:
    found = ALIGNED.search(f"text-align: {cell.get('align', '')}; {cell.get('style', '')}")
    return found[1] if found else ""


def _whole(text: str | None, least: int = 1) -> int:
    return min(max(least, int(text)), 1000) if text and text.isdecimal() else 1


# --- pictures -------------------------------------------------------------------------------------------------------------


def _picture(address: str, alt: str, width: str | None) -> str:
    """A picture in its own size, or as wide as the text; bitmaps are wrapped in SVG because Typst reads no Base64."""
    kind, _, content = address.removeprefix("data:").partition(";base64,")
    raw = b64decode(content)
    if kind == "image/svg+xml":
        svg, wide = raw.decode(errors="replace"), "auto"
    else:
        across, down = _size(raw)
        wide = f"{(float(width) if width and width.isdigit() else across) * 0.75}pt"
        svg = (
            f'<svg xmlns="{SVG_NAME}" xmlns:xlink="http://www.w3.org/1999/xlink" width="{across}" height="{down}">'
            f'<image width="{across}" height="{down}" xlink:href="{address}"/></svg>'
        )
    return f"#own-picture({literal(svg)}, {wide}, {literal(printable(alt))});"


def _size(picture: bytes) -> tuple[int, int]:
    if picture.startswith(b"\x89PNG"):
        return struct.unpack(">II", picture[16:24])
    from PIL import Image

    return Image.open(BytesIO(picture)).size
