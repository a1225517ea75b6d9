"""A report as a mail that nobody has sent: headline, key figures, main points, three charts, what to watch.

A draft (`X-Unsent`) without sender and recipients, as HTML and as text of 72 columns. It loads nothing: the charts are PNGs
inside it, since mail programs show no SVG, and their alt texts tell the numbers. All looks are inline; the one style sheet,
which some programs drop, is for dark screens. Tables in conditional comments are for Outlook. It is written in the standard
colours and typeface; a house's take their place at the end (`finished`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from html import escape as escaped
from textwrap import wrap
from typing import cast
from unicodedata import east_asian_width

from lxml import html as parser
from markupsafe import Markup, escape

from customs_report.display.charts import least_width, width_of
from customs_report.display.markup import element, literal
from customs_report.display.tables import MONTH
from customs_report.house import PLAIN, House
from customs_report.palette import FONT, LIGHT, printable
from customs_report.publish.extracts import ChartData, Front, Piece, Points, ShownExhibit, pieces
from customs_report.publish.fonts import typst_fonts
from customs_report.publish.house_pictures import logo_pictures
from customs_report.publish.outlines import Outline
from customs_report.publish.typesetting import pictures

WORDS = {  # the fixed words of a mail; all others are the report's
    "incomplete": "This report is incomplete:",
    "no points": "This report has no list of main points; what it shows is in its page.",
    "own": "What its author shows beside the report’s own exhibits is in its page.",
    "more": "Each number is a fact of the report; its page, PDF and workbook have formula and sources of each, and the rest.",
}
CHARTS = 3
FLOWS = {"export", "import"}
NAME = re.compile(r'data-(?:key|fact|cell)="([^"]+)"')
WIDTH, GUTTER = 576, 12  # CSS pixels: of the text on a wide screen, between what stands side by side
PHONE = 320 - 2 * GUTTER  # of the text on a narrow one
SCALE = 1.75  # CSS pixels a point of a chart
DENSITY = 72 * SCALE * 2  # pixels an inch: two for each CSS pixel
COLUMNS = 72  # of the text
MOST_ROWS = 12  # of a chart's data in its alt text
LOGO, LOGO_HEIGHT, LOGO_WIDTH = "logo.png", 32, 144  # its name, and CSS pixels at most: it stands beside a line on a phone
FACE = f"font-family:'{FONT}',Arial,Helvetica,sans-serif;"
STYLES = {
    "h1": f"{FACE}margin:0 0 8px;font-size:26px;line-height:32px;font-weight:bold;color:{LIGHT['ink']}",
    "h2": f"{FACE}margin:16px 0 8px;padding:8px 0 0;border-top:2px solid {LIGHT['ink']};font-size:20px;line-height:26px;"
    f"font-weight:bold;color:{LIGHT['ink']}",
    "h3": f"{FACE}margin:0 0 4px;font-size:16px;line-height:20px;font-weight:bold;color:{LIGHT['ink']}",
    "text": f"{FACE}margin:0 0 16px;font-size:17px;line-height:25px;color:{LIGHT['ink']}",
    "item": f"{FACE}margin:0 0 8px;font-size:16px;line-height:23px;color:{LIGHT['ink']}",
    "small": f"{FACE}margin:0 0 4px;font-size:14px;line-height:19px;color:{LIGHT['muted']}",
    "imprint": f"{FACE}margin:0 0 4px;font-size:12px;line-height:16px;color:{LIGHT['muted']}",
    "label": f"{FACE}margin:0;font-size:14px;line-height:19px;color:{LIGHT['muted']}",
    "figure": f"{FACE}margin:0;font-size:22px;line-height:28px;font-weight:bold;color:{LIGHT['ink']}",
    "line": f"{FACE}margin:0;font-size:14px;line-height:19px;color:{LIGHT['ink']}",
    "alt": f"{FACE}display:block;width:100%;height:auto;border:0;font-size:14px;line-height:19px;color:{LIGHT['ink']};"
    f"background:{LIGHT['paper']}",
}
MUTED = ("small", "label", "imprint")
UNDERLINES = {"h1": "=", "h2": "-"}  # of the text
INDENTS = {"line": ("  ", "  "), "alt": ("  ", "  "), "item": ("- ", "  ")}
CLOSE = {("label", "figure"), ("figure", "line"), ("line", "line"), ("item", "item"), ("small", "small"), ("h3", "alt"),
         ("imprint", "imprint")}  # fmt: skip
FOR_PROOF = re.compile(r"</?span\b[^>]*>| data-(?:block|copy|own|kind)(?:=\"[^\"]*\")?| id=\"headline\"")
PICTURE = re.compile(r'<p data-block="alt" data-picture="([^"]+)" data-width="(\d+)">(.*?)</p>', re.S)
Chosen = Sequence[tuple[ShownExhibit, Sequence[ChartData]]]


def report_mail(content: Outline, proved: str) -> bytes:
    """The mail with a report's `mail_page`, the same bytes every time: dated on its day, its id made of its content."""
    page, text = finished(proved, content.house), _text(proved)
    charts = _charts(_chosen(content, pieces(content)))
    images = {LOGO: logo_pictures(content.house)[0]} if content.house.logo else {}
    images |= zip(_names(charts), _pictures(charts, content.house), strict=True)
    digest = sha256(b"\0".join([page.encode(), text.encode(), *images.values()])).hexdigest()
    mail = EmailMessage(SMTP)
    mail["Subject"] = " ".join(printable(content.headline).split())
    mail["Date"] = format_datetime(datetime.combine(content.date, time(), UTC))
    mail["Message-ID"] = f"<{digest[:32]}@customs-reports.invalid>"
    mail["X-Unsent"] = "1"
    if content.keywords:
        mail["Keywords"] = ", ".join(content.keywords)
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(page, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = content.language.tag
    *_, shown = cast("Iterator[EmailMessage]", mail.iter_parts())
    for name, picture in images.items():
        shown.add_related(picture, "image", "png", cid=f"<{name}>", filename=name, disposition="inline")
    for number, part in enumerate(each for each in mail.walk() if each.is_multipart()):
        part.set_boundary(f"=_{digest[32:]}_{number}")
    return mail.as_bytes()


def finished(page: str, house: House = PLAIN) -> str:
    """The HTML as it is sent: `mail_page` with the pictures and the branding of a house, without what only the proof needs."""
    head, end, body = FOR_PROOF.sub("", PICTURE.sub(_picture, page)).partition("</head>")
    names = f"'{house.font_name}','{FONT}'" if house.font_name else f"'{FONT}'"
    return head + end + house.recoloured(body).replace(escaped(f"'{FONT}'"), escaped(names))


def _picture(found: re.Match[str]) -> str:
    name, width, alt = found.groups()
    style = f"{STYLES['alt']};max-width:{width}px"
    return element("img", src=f"cid:{name}", width=width, alt=Markup(alt).striptags(), style=style).removesuffix("</img>")


# --- what is chosen -------------------------------------------------------------------------------------------------------


def _chosen(content: Outline, parts: Iterable[Piece]) -> Chosen:
    """Three charts that a phone can show: two of the first exhibit, the chart behind the headline, and one of each other."""
    parts = [*parts]
    exhibits = [piece for piece in parts if isinstance(piece, ShownExhibit) and piece.charts]
    fitting = [
        [chart for chart in each.charts if least_width(chart.data["svg"], content.house.look) <= PHONE] for each in exhibits
    ]
    if not any(fitting):
        fitting = [[*each.charts] for each in exhibits]
    headline = next((piece.headline for piece in parts if isinstance(piece, Front)), Markup(""))
    about = _subjects(headline) | {
        flow for flow in FLOWS if content.language.word(f"{flow}s").removesuffix("s") in headline.lower()
    }
    ranked = [(each, _ranked(charts, about)) for each, charts in zip(exhibits, fitting, strict=True) if charts]
    lead = max(range(len(ranked)), key=lambda at: len(_subjects_of(ranked[at][1][0]) & about), default=0)
    counts: Counter[int] = Counter()
    again = [place for place, (_, charts) in enumerate(ranked) for _ in charts]
    for at in (0, *[lead] * (lead > 0), 0, *range(1, len(ranked)), *again):
        counts[at] += counts.total() < CHARTS and at < len(ranked) and counts[at] < len(ranked[at][1])
    return [(each, charts[: counts[at]]) for at, (each, charts) in enumerate(ranked) if counts[at]]


def _ranked(charts: Sequence[ChartData], about: set[str]) -> list[ChartData]:
    """First the one that has most to do with these subjects, then those of another flow."""
    shared = {id(chart): len(_subjects_of(chart) & about) for chart in charts}
    first = max(charts, key=lambda chart: shared[id(chart)])
    flows = _subjects_of(first) & FLOWS
    others = [chart for chart in charts if chart is not first]
    return [first, *sorted(others, key=lambda chart: (_subjects_of(chart) & FLOWS == flows, -shared[id(chart)]))]


def _subjects_of(chart: ChartData) -> set[str]:
    return _subjects(Markup("").join(cell for row in chart.grid.rows for cell in row.cells))


def _subjects(text: Markup) -> set[str]:
    """What the names in a text are about: flows, goods, partners."""
    words = {word.removesuffix("s") for name in NAME.findall(text) for word in re.split(r"[._/]", name)}
    return words - {"usd", "cny", "month", "ytd", "yoy"}


def _notes(exhibit: ShownExhibit, charts: Sequence[ChartData]) -> Iterator[Markup]:
    """The notes of an exhibit without those that name rows of other charts alone."""
    rows = [{row.cells[0].striptags() for row in chart.grid.rows} for chart in exhibit.charts]
    shown = set().union(*(names for chart, names in zip(exhibit.charts, rows, strict=True) if chart in charts))
    others = set().union(*rows) - shown

    def names(note: Markup, rows: Iterable[str]) -> bool:
        return any(row.lower() in note.striptags().lower() for row in rows)

    return (note for note in exhibit.notes if names(note, shown) or not names(note, others))


def _charts(chosen: Chosen) -> list[ChartData]:
    return [chart for _, charts in chosen for chart in charts]


def _alt(chart: ChartData) -> Markup:
    """What a chart shows, and of bars each number: the columns, then row by row."""
    columns, rows = chart.grid.data["columns"], chart.grid.rows
    if columns[0]["unit"] == MONTH or len(rows) > MOST_ROWS:
        return chart.alt
    listed = [_listed(row.cells) for row in (*chart.grid.head[-1:], *rows) if len(row.cells) == len(columns)]
    return Markup(" ").join([chart.alt, *listed])


def _listed(cells: Sequence[Markup]) -> Markup:
    return Markup("{}: {}.").format(cells[0], Markup(", ").join(cells[1:]))


def _names(charts: Sequence[ChartData]) -> list[str]:
    return [f"chart-{number}.png" for number, _ in enumerate(charts, 1)]


def _pictures(charts: Sequence[ChartData], house: House) -> list[bytes]:
    """The drawings on light paper."""
    drawings = [f'#page(width: {width_of(svg)}pt, height: auto)[#image(bytes({literal(svg)}), format: "svg")]'
                for svg in (chart.data["svg"] for chart in charts)]  # fmt: skip
    paper, families = literal(house.light["paper"]), literal(house.look.families)
    setting = f"#set page(margin: 0pt, fill: rgb({paper}))\n#set text(font: {families})\n"
    return pictures(setting + "\n".join(drawings), typst_fonts(house), DENSITY) if charts else []


# --- the HTML -------------------------------------------------------------------------------------------------------------


def mail_page(content: Outline) -> str:
    """The HTML with every number naming its fact, as `proof.prove_html` reads it, and the alt texts as text."""
    parts = [*pieces(content)]
    front = next((piece for piece in parts if isinstance(piece, Front)), None)
    title = (
        element("title", content.headline, data_copy="headline") if front else element("title", content.headline, data_own=True)
    )
    head = Markup(
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark">'
    )
    body = Markup("").join([*_opening(content, front), *_body(content, parts), _imprint(content.house)])
    return (
        f'<!DOCTYPE html>\n<html lang="{content.language.tag}"><head>{head}{title}'
        f"<style>{_dark_style(content.house)}</style></head>\n"
        f'<body class="paper" style="margin:0;padding:0;background:{LIGHT["paper"]}">\n'
        f'<table role="presentation" class="paper" width="100%" cellpadding="0" cellspacing="0" border="0" '
        f'style="background:{LIGHT["paper"]}"><tr><td align="center" style="padding:16px {GUTTER}px">\n'
        f"{_for_outlook(f'<table role=presentation width={WIDTH}><tr><td>')}"
        f'<div role="main" style="max-width:{WIDTH}px;margin:0 auto;text-align:left">\n{body}</div>\n'
        f"{_for_outlook('</td></tr></table>')}</td></tr></table>\n</body></html>\n"
    )


def _dark_style(house: House) -> str:
    paper, ink, muted = (house.dark[name] for name in ("paper", "ink", "muted"))
    return (
        ":root{color-scheme:light dark}@media (prefers-color-scheme:dark){"
        f".paper{{background:{paper}!important}}.ink{{color:{ink}!important;border-color:{ink}!important}}"
        f".muted{{color:{muted}!important}}}}"
    )


def _word(content: Outline, key: str) -> Markup:
    """One of the fixed words in the language of the report."""
    return Markup(escape(content.language.word(WORDS[key])))


def _opening(content: Outline, front: Front | None) -> Iterator[Markup]:
    if content.incomplete:
        yield _block(
            "text",
            Markup(" ").join(map(escape, [content.language.word(WORDS["incomplete"]), *content.incomplete])),
            data_kind="failure",
        )
    if not front:
        yield _beside_mark(Markup(""), content.house)
        yield _block("h1", escape(printable(content.headline)), "h1", id="headline", data_own=True)
        return
    yield _beside_mark(_block("small", front.kicker), content.house)
    yield _block("h1", front.headline, "h1", id="headline")
    yield _block("text", front.standfirst)
    tiles = [Markup("").join(map(_block, ["label", "figure", *["line"] * len(tile)], tile)) for tile in front.tiles]
    yield _side_by_side([(tile, WIDTH // 3) for tile in tiles])
    yield from (_block("small", remark) for remark in front.remarks)


def _beside_mark(block: Markup, house: House) -> Markup:
    """A block with the logo of a house on light paper beside it, or its name."""
    if not house.name and not house.logo:
        return block
    mark = _block("label", escape(house.name), data_kind="house")
    if logo := house.logo:
        height = min(LOGO_HEIGHT, LOGO_WIDTH / logo.ratio)
        size = {"width": round(height * logo.ratio), "height": round(height)}
        style = f"{STYLES['label']};padding:4px;border:0;background:{LIGHT['paper']}"
        image = element("img", src=f"cid:{LOGO}", alt=logo.alt, style=style, data_kind="house", **size)
        mark = Markup(image.removesuffix("</img>"))
    cells = element("td", block, valign="middle") + element("td", mark, align="right", style=f"padding:0 0 8px {GUTTER}px")
    attributes = {"role": "presentation", "width": "100%", "cellpadding": "0", "cellspacing": "0", "border": "0"}
    return element("table", element("tr", cells), **attributes)


def _imprint(house: House) -> Markup:
    """Who publishes it, contact, licence and disclaimer; nothing for the plain house."""
    texts = [_block("imprint", escape(f"{term}: {text}"), data_kind="house") for term, text in house.imprint]
    return (
        element("div", *texts, style=f"margin:16px 0 0;padding:8px 0 0;border-top:1px solid {LIGHT['grid']}")
        if texts
        else Markup("")
    )


def _body(content: Outline, parts: Sequence[Piece]) -> Iterator[Markup]:
    """Main points, charts, what to watch: the first two lists of points, the charts between them."""
    lists, chosen = [piece for piece in parts if isinstance(piece, Points)][:2], _chosen(content, parts)
    if not lists:
        yield _block("text", _word(content, "no points"))
    yield from (_list(points) for points in lists[:1])
    names = iter(_names(_charts(chosen)))
    for exhibit, charts in chosen:
        yield _block("h2", exhibit.claim, "h2")
        shown = []
        for chart in charts:
            width = round(width_of(chart.data["svg"]) * SCALE)
            picture = element("p", _alt(chart), data_block="alt", data_picture=next(names), data_width=min(width, WIDTH))
            narrow = 2 * width <= WIDTH
            shown.append((_block("h3", chart.title, "h3") + picture, WIDTH // 2 if narrow else WIDTH))
        yield _side_by_side(shown)
        yield from (
            _block("small", text)
            for text in dict.fromkeys([*(chart.source for chart in charts), *_notes(exhibit, charts)])
            if text
        )
    yield from (_list(points) for points in lists[1:])
    yield from (_block("small", _word(content, key)) for key in ("own", "more") if key == "more" or content.own)


def _list(points: Points) -> Markup:
    items = Markup("").join(_block("item", item, "li") for item in points.items)
    listed = element("ul", items, style="margin:0 0 8px;padding:0 0 0 20px")
    return _block("h2", points.heading, "h2") + listed + Markup("").join(_block("small", sign) for sign in points.signs)


def _side_by_side(blocks: Sequence[tuple[Markup, int]]) -> Markup:
    """Blocks of these widths beside each other where there is room: Outlook, which cannot do that, gets a table."""
    shown = [
        _for_outlook(f"<td width={width} valign=top>")
        + element("div", block, style=f"display:inline-block;vertical-align:top;width:100%;max-width:{width}px;"
                  f"box-sizing:border-box;padding:0 {GUTTER}px {GUTTER}px 0")
        + _for_outlook("</td>")
        for block, width in blocks
    ]  # fmt: skip
    rows = [shown] if sum(width for _, width in blocks) <= WIDTH else [[block] for block in shown]
    inner = Markup("").join(
        _for_outlook("<table role=presentation><tr>") + Markup("").join(row) + _for_outlook("</tr></table>") for row in rows
    )
    return element("div", Markup(inner), style="font-size:0")


def _for_outlook(markup: str) -> Markup:
    return Markup(f"<!--[if mso]>{markup}<![endif]-->")


def _block(style: str, text: Markup, tag: str = "p", **attributes: str | bool) -> Markup:
    return element(tag, text, class_="muted" if style in MUTED else "ink", style=STYLES[style], data_block=style, **attributes)


# --- the text -------------------------------------------------------------------------------------------------------------


def _text(page: str) -> str:
    """The same for a terminal, block by block: 72 columns, headings underlined, points with dashes."""
    lines: list[str] = []
    before = ""
    for block in parser.fromstring(page).xpath("//*[@data-block]"):
        kind, said = block.get("data-block"), block.text_content()
        if lines and (before, kind) not in CLOSE:
            lines.append("")
        start, indent = INDENTS.get(kind, ("", ""))
        most = COLUMNS * len(said) // _columns(said) if said else COLUMNS
        found = wrap(said, most, initial_indent=start, subsequent_indent=indent, break_on_hyphens=False)
        lines += found
        lines += [UNDERLINES[kind] * max(map(_columns, found))] if kind in UNDERLINES else []
        before = kind
    return "\n".join(lines) + "\n"


def _columns(text: str) -> int:
    """How wide a text is in a terminal: Chinese characters take two columns."""
    return sum(1 + (east_asian_width(letter) in "WF") for letter in text)
