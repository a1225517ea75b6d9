"""Converts other notebook output (frames, figures, prints, HTML) for page and PDF and labels it "Author's own".

The result is balanced HTML without scripts, external requests or proof attributes; unsupported media are replaced by a note.
The Typst for the PDF is made from that HTML.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as parser
from lxml.html import builder
from markupsafe import Markup

from customs_report.display.charts import LARGEST
from customs_report.display.markup import element, literal
from customs_report.numbers import period_text
from customs_report.palette import MONO
from customs_report.publish import gfm
from customs_report.publish.author_data import are_months
from customs_report.publish.passages import LABEL
from customs_report.publish.typst_text import HEADINGS, SVG_NAME

PICTURES = ("image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp")
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")  # colours, links of a terminal
OVERWRITTEN = re.compile(r"[^\n]*\r(?=[^\r\n])")  # earlier states of a progress bar
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
METADATA = re.compile(r"<metadata>.*?</metadata>", re.S)  # has the time of drawing
VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
OURS = 'data-kind="chart"'
FITTED = re.compile(r' (?:style|class|preserveAspectRatio)="[^"]*"')  # how our page fits a drawing to the screen
SVG = re.compile(r"<svg\b.*?</svg>", re.S | re.I)
NUMBER = re.compile(r"[-+−–$¥€]{0,2}\s?[\d.,\s]*\d(e[-+]?\d+)?\s?%?")
STYLER_ID = re.compile(r"T_\w+")
FIRST_DAY = re.compile(r"(\d{4}-\d\d)-01( 00:00:00)?")
BLANK = {"", "...", "NaN", "nan", "NaT", "None", "<NA>", "inf", "-inf", "-", "–", "—"}  # in a column of numbers
STYLER = re.compile(r'<table id="(T_\w+)"')
GONE = ("script", "meta", "link", "base", "title", "head", "template", "noscript")
UNSHOWN = {"audio", "video", "iframe", "object", "embed", "canvas"}
ACTIVE = re.compile(r"on|data-|popover|interestfor|autofocus|srcset|form|http-equiv")  # beginnings of attributes
NOWHERE = ("javascript:", "#f-", "#o-")  # a script, and the trace of a number that is proved
PLAIN = {"form": "div", "button": "span", "main": "div", "nav": "div", "html": "div", "body": "div"}
OPENING = r"[\s\[({]*(?:array\()?[\s\[(]*(?:'\w+': )?[\s\[(]*"
NAMES_OF_DRAWINGS = re.compile(  # what matplotlib's functions return, alone or in lists, arrays, tuples and dicts
    rf"{OPENING}<(?:(?:matplotlib|mpl_toolkits|seaborn)\.|\w*Axes|\w+Container object|Figure size)"
    r"|[\s\[]*Text\(|\(array\(.*<\w+Container object",
    re.S,
)
SHOWN = re.compile(r'<img [^>]*?src="data:image/([\w+]+);base64,([^"]+)"')
WARNED = re.compile(r"^.+?:\d+: MissingFigures: (.*)\n(?: {2}.*(?:\n|$))?", re.M)  # the place is in the notebook
MISSING = "missing"  # the class of what stands for a picture that is not there


def html_of(output: Mapping[str, Any], about: str, folder: Path | None = None) -> str:
    """HTML for an output not made by `display`; `about` is the fallback alt text."""
    if output["output_type"] == "stream":
        warned = output["name"] == "stderr"
        return _text(WARNED.sub(r"\1\n", _joined(output["text"])) if warned else output["text"], "stderr" if warned else "")
    data, metadata = output["data"], output.get("metadata", {})
    if "text/html" in data and (shown := cleaned(_joined(data["text/html"]), about, folder)):
        return shown
    if "text/markdown" in data:
        return markdown(_joined(data["text/markdown"]), about, folder, headings=False)
    for kind in PICTURES:
        if kind in data:
            size = metadata.get(kind) or {}
            return _picture(_address(kind, _joined(data[kind])), metadata.get("alt") or about, size.get("width"))
    if "application/json" in data:
        return _text(json.dumps(data["application/json"], indent=2, ensure_ascii=False))
    if text := _joined(data.get("text/latex") or data.get("text/plain") or ""):
        return _text(text)
    return element("p", f"[{', '.join(data) or 'nothing'}: page and PDF cannot show it; it is in the notebook]")


def is_picture(output: Mapping[str, Any]) -> bool:
    """Is it a picture and nothing else, such as a figure?"""
    data = output.get("data", {})
    return "text/html" not in data and any(kind in data for kind in PICTURES)


def names_drawing(output: Mapping[str, Any]) -> bool:
    """Is it only the name of a drawing, such as `<Axes: >`, which pandas and matplotlib return?"""
    data = output.get("data", {})
    return {*data} == {"text/plain"} and bool(NAMES_OF_DRAWINGS.match(_joined(data["text/plain"])))


def pictures(shown: str) -> list[tuple[str, bytes]]:
    """The pictures in HTML as returned by `html_of`: the ending of a file's name, and its content."""
    return [(kind.removesuffix("+xml"), b64decode(content)) for kind, content in SHOWN.findall(shown)]


def marked(shown: str) -> str:
    """The HTML in an element labelled "Author's own", which the proof skips."""
    label = element("p", LABEL, class_="label")
    return f'<div class="own" data-own role="group" aria-label="{LABEL}" tabindex="0">{label}{shown}</div>'


def taken(part: Any, typst: str = "") -> Any:
    """Mark a part as the author's own: either foreign output with its Typst, or our exhibit made from an edited frame."""
    if typst:
        return replace(part, html=marked(part.html), typst=typst_marked(typst))
    entries = tuple(replace(entry, own=True) for entry in part.entries)
    shown = marked(cleaned(part.html, "Chart", headings=True))
    return replace(part, html=shown, typst=typst_marked(part.typst), entries=entries, own=1)


def markdown(source: str, about: str, folder: Path | None = None, *, headings: bool = True, attachments: Any = None) -> str:
    """Markdown as JupyterLab reads it, with raw HTML and pictures; formulas stay as they are written."""
    return cleaned(gfm.html(source), about, folder, headings=headings, attachments=attachments or {})


def cleaned(
    text: str, about: str, folder: Path | None = None, *, headings: bool = False, attachments: Mapping[str, Any] | None = None
) -> str:
    """Sanitised HTML, or "" if nothing is visible."""
    text = _steady(text)
    text = SVG.sub(lambda svg: _picture(_address("image/svg+xml", svg[0]), about), CONTROL.sub("", text))
    root = parser.fragment_fromstring(text, create_parent="div")
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, *GONE, with_tail=False)
    for style in root.xpath(".//style[@scoped]"):  # of pandas, for its frames: in a page it would be for all tables
        style.drop_tree()
    for node in list(root.iter("*")):
        for name in [name for name in node.attrib if ACTIVE.match(name)]:
            del node.attrib[name]
        if node.get("href", "").strip().lower().startswith(NOWHERE):
            del node.attrib["href"]
        if node.tag in UNSHOWN:
            _replace(node, element("span", f"[{node.tag}: page and PDF cannot show it; it is in the notebook]"))
        elif node.tag == "img":
            _embed(node, about, folder, attachments or {})
        elif node.tag in HEADINGS and not headings:
            node.tag = "p"
            node.set("class", "heading")
        elif node.tag in PLAIN:
            node.tag = PLAIN[node.tag]
        elif node.tag == "table":
            node.attrib.pop("border", None)
            if "dataframe" in node.classes or STYLER_ID.fullmatch(node.get("id", "")):
                _like_ours(node)
            else:
                _align(node)
    seen = root.text_content().strip() if root.find(".//style") is None else _without_style(root)
    if not seen and root.find(".//img") is None:
        return ""
    return (root.text or "") + "".join(etree.tostring(child, encoding="unicode", method="html") for child in root)


def _steady(text: str) -> str:
    """Replace the random ids of a Styler, so that the same frame produces the same page."""
    for name in dict.fromkeys(STYLER.findall(text)):
        text = text.replace(name, f"T_{sha256(text.replace(name, '').encode()).hexdigest()[:8]}")
    return text


def _without_style(root: parser.HtmlElement) -> str:
    return "".join(text for text in root.xpath(".//text()[not(ancestor::style)]")).strip()


def _like_ours(table: parser.HtmlElement) -> None:
    """A frame as one of our tables: one row of headers, months by name, texts at the left and numbers at the right."""
    head, rows = table.xpath("./thead/tr"), table.xpath("./tbody/tr")
    for row in head:
        row.attrib.pop("style", None)
    if len(head) > 1 and (names := _names_of_index(head[-1], rows)):
        head.pop().drop_tree()
        above = head[-1][: len(names)]
        if of_columns := " ".join(filter(None, map(_said, above))):  # stands above the columns
            group = builder.TR(*(builder.TD() for _ in names), builder.TH(of_columns, colspan=f"{len(head[-1]) - len(names)}"))
            head[-1].addprevious(group)
            head.insert(-1, group)
        for cell, name in zip(above, names, strict=True):
            cell.text = name
    for place, row in enumerate(rows):  # no cell spans rows: those beneath would be shifted
        for at, cell in enumerate(row):
            for other in rows[place + 1 : place + int(cell.attrib.pop("rowspan", 1))]:
                other.insert(at, parser.Element("td"))
    if head and rows and {len(row) for row in rows} == {len(head[-1])}:
        for header, *cells in zip(head[-1], *rows, strict=True):
            _lay_out(header, cells)
    for row in head[:-1]:
        row.set("class", "groups")
        for cell in row:
            cell.set("align", "center")
    _without_empty_headers(table)


def _names_of_index(last: parser.HtmlElement, rows: Sequence[parser.HtmlElement]) -> list[str]:
    """The names of a frame's index where they have a row of headers to themselves."""
    width = sum(cell.tag == "th" for cell in rows[0]) if rows else 0
    names = [_said(cell) for cell in last]
    return names[:width] if any(names[:width]) and not any(names[width:]) else []


def _lay_out(header: parser.HtmlElement, cells: Sequence[parser.HtmlElement]) -> None:
    """A column of a frame."""
    said = [text for cell in cells if (text := _said(cell)) not in BLANK]
    days = [FIRST_DAY.fullmatch(text) for text in said]
    if said and all(days) and are_months(_said(header), [text[:10] for text in said]):
        for cell in cells:
            if (day := FIRST_DAY.fullmatch(_said(cell))) and not len(cell):
                cell.text = period_text(day[1])
    number = cells[0].tag == "td" and all(map(NUMBER.fullmatch, said))
    for cell in (header, *cells):
        cell.set("align", "right" if number else "left")
        if not number:
            cell.classes.add("left")


def _said(cell: parser.HtmlElement) -> str:
    return cell.text_content().strip()


def _align(table: parser.HtmlElement) -> None:
    """Right-align numeric cells, and headers that are styled so."""
    for cell in table.iter("td", "th"):
        at_right = "text-align: right" in (cell.getparent().get("style") or "")
        if at_right if cell.tag == "th" else NUMBER.fullmatch(_said(cell)):
            cell.set("align", "right")
    _without_empty_headers(table)


def _without_empty_headers(table: parser.HtmlElement) -> None:
    """Make a header that heads nothing a plain cell."""
    for cell in table.iter("th"):
        if not _said(cell):
            cell.tag = "td"


def _embed(image: parser.HtmlElement, about: str, folder: Path | None, attachments: Mapping[str, Any]) -> None:
    """Embed a picture; remote ones become links, as the page loads nothing."""
    source, said = image.get("src", ""), image.get("alt") or about
    image.set("alt", said)
    if source.startswith("data:image/"):
        return
    if source.startswith("attachment:") and (kinds := attachments.get(source.removeprefix("attachment:"))):
        kind, content = next(iter(kinds.items()))
        image.set("src", _address(kind, _joined(content)))
    elif re.match(r"https?:", source):
        _replace(image, element("a", said if image.get("alt") else source, href=source))
    elif folder and (path := folder / source).is_file() and path.suffix.lower() in KINDS:
        image.set("src", f"data:{KINDS[path.suffix.lower()]};base64,{b64encode(path.read_bytes()).decode()}")
    else:
        _replace(image, element("span", f"[{said}: no picture {source[:80]}]", class_=MISSING))


KINDS = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp"}
KINDS[".svg"] = "image/svg+xml"


def _replace(node: parser.HtmlElement, by: str) -> None:
    new = parser.fragment_fromstring(by)
    new.tail = node.tail
    node.getparent().replace(node, new)


def _sized(svg: str) -> str:
    """A drawing with a size of its own: our charts have none, since the page fits them to the screen."""
    opening, rest = svg[: svg.find(">")], svg[svg.find(">") :]
    box = VIEW_BOX.search(opening)
    if not box or OURS not in opening:
        return svg
    width, height = (float(side) * LARGEST for side in box.groups())
    return f'{FITTED.sub("", opening)} width="{width:.0f}" height="{height:.0f}"{rest}'


def _address(kind: str, content: str) -> str:
    """A picture in an output as a data URL."""
    if kind == "image/svg+xml":
        svg = METADATA.sub("", content[max(0, content.find("<svg")) :])
        if "xmlns=" not in svg[: svg.find(">")]:
            svg = svg.replace("<svg", f'<svg xmlns="{SVG_NAME}"', 1)
        content = b64encode(_sized(svg).encode()).decode()
    return f"data:{kind};base64,{''.join(content.split())}"


def _picture(address: str, alt: str, width: Any = None) -> str:
    return f'<img src="{address}" alt="{Markup.escape(alt)}"' + (f' width="{int(width)}">' if width else ">")


def _text(text: str, kind: str = "") -> str:
    """Text as a terminal would show it: progress bars overwritten, colours removed."""
    text = OVERWRITTEN.sub("", ESCAPES.sub("", _joined(text))).rstrip("\n")
    return element("pre", CONTROL.sub("", text), class_=kind or None) if text.strip() else ""


def _joined(text: str | Sequence[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def typst_marked(shown: str) -> str:
    """The Typst in a block labelled "Author's own"."""
    return f"#own({literal(LABEL)}, {literal(MONO)})[\n{shown}\n]"
