"""Writes slides (`slides.py`) as a presentation that can be edited: native charts and tables, a theme, notes.

A house changes the theme, and with it the colours of all charts. All files in it, the workbooks behind the charts as well, are
dated on the report's day and stored, so that it is the same bytes everywhere.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from typing import Any
from xml.sax.saxutils import quoteattr
from zipfile import ZipFile

from markupsafe import Markup
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_AXIS_CROSSES,
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)  # fmt: skip
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml import parse_xml
from pptx.util import Inches, Pt

from customs_report.display.spreadsheets import number_code
from customs_report.house import House, Logo
from customs_report.languages import Language
from customs_report.numbers import MINUS
from customs_report.palette import (
    ACCENT,
    BALANCE,
    EXPORTS,
    FALL,
    FONT,
    IMPORTS,
    INK,
    MUTED,
    PALE,
    PALE_BALANCE,
    PALE_EXPORTS,
    PALE_IMPORTS,
    PANEL,
    PAPER,
    printable,
)  # fmt: skip
from customs_report.publish.exhibit_files import EARLIEST, zipped
from customs_report.publish.extracts import Grid
from customs_report.publish.house_pictures import logo_pictures
from customs_report.publish.outlines import Outline
from customs_report.publish.slides import LETTERS, MONEY, MOST_BARS, MOST_LINES, Plot, Slide, bars_of, columns_of

WIDE, HIGH = 13.333, 7.5  # inches: 16:9
LEFT, TOP, BODY, FOOT = 0.6, 0.55, 1.6, 6.95  # where text, titles, bodies and footers begin
MOST_DATES, FEW_BARS, MANY_BARS = 8, 10, 16  # along an axis: of dates, with letters of full size, with small ones
LONG_TITLE = 85  # letters
GRID = {1: (1, 1), 2: (2, 1), 3: (3, 1), 4: (2, 2), 5: (3, 2), 6: (3, 2), 7: (4, 2), 8: (4, 2)}  # charts in a row, rows
COLOURS = {"exports": "ACCENT_1", "imports": "ACCENT_2", "balance": "ACCENT_3"}  # of the theme, by what a series is called
PALER = {"ACCENT_1": PALE_EXPORTS, "ACCENT_2": PALE_IMPORTS, "ACCENT_3": PALE_BALANCE}
OTHER_COLOURS = ("ACCENT_1", "ACCENT_2", "ACCENT_3", "ACCENT_5", "ACCENT_4", "ACCENT_6", "DARK_1", "ACCENT_6")
FORMATS = {"percent": '0.0"%"', "ratio": "0.00", "yuan per dollar": "0.00"}  # of numbers, by their unit
OTHER = "#,##0.0"
SCALES = ((1e9, "#,##0.0,,,", " bn"), (1e6, "#,##0.0,,", " m"), (0, "#,##0", ""))  # of money, by its largest value
CREATED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")
NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
LAYOUTS = (0, 1, 5)  # of the template: title slide, title and content, title alone
KINDS = {"CENTER_TITLE": "title", "TITLE": "title", "SUBTITLE": "body", "BODY": "body", "OBJECT": "body", "FOOTER": "footer",
         "SLIDE_NUMBER": "number"}  # fmt: skip
ACCENT_LINE = (  # above each title, as in the PDF
    f'<p:sp {NAMESPACES}><p:nvSpPr><p:cNvPr id="99" name="Accent"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
    "<p:spPr><a:xfrm>"
    f'<a:off x="{int((LEFT + 0.1) * 914400)}" y="{int(0.4 * 914400)}"/><a:ext cx="548640" cy="50800"/></a:xfrm>'
    '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:schemeClr val="accent4"/></a:solidFill></p:spPr></p:sp>'
)
SLIDE_NUMBER = (
    f'<a:fld {NAMESPACES} id="{{00000000-0000-0000-0000-000000000001}}" type="slidenum"><a:rPr/><a:t>‹#›</a:t></a:fld>'
)
LOGO_HIGH, LOGO_WIDE = 0.7, 3.5  # inches at most
OPENING = {"title": (LEFT, 1.5, WIDE - 2 * LEFT, 2.0), "body": (LEFT, 3.7, WIDE - 2 * LEFT, 2.4)}


def report_slides(content: Outline, deck: Sequence[Slide]) -> bytes:
    """The PPTX of a report and its `slides`, the same bytes every time, dated on the report's day."""
    return _stable(_written(content, deck), content.date)


def _written(content: Outline, deck: Sequence[Slide]) -> Any:
    show = Presentation()
    show.slide_width, show.slide_height = Inches(WIDE), Inches(HIGH)
    _style(show, content.house)
    about, day = show.core_properties, datetime.combine(max(content.date, EARLIEST), time())
    about.title, about.subject, about.keywords = map(printable, (content.title, content.headline, ", ".join(content.keywords)))
    about.author = about.last_modified_by = content.house.name or content.language.word("China customs reports")
    about.created = about.modified = day
    about.language, about.revision = content.language.tag, 1
    for slide in deck:
        _Writer(show, slide, content).write()
    return show


def _face(house: House) -> str:
    """The typeface that a reader may have: no fitted one."""
    return house.font_name or FONT


def _style(show: Any, house: House) -> None:
    """Colours and typeface as the theme, so that another theme changes them; layouts of 16:9, those used alone."""
    theme: Any = show.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    colours = {"dk1": INK, "lt1": PAPER, "dk2": MUTED, "lt2": PANEL, "accent1": EXPORTS, "accent2": IMPORTS, "accent3": BALANCE,
               "accent4": ACCENT, "accent5": FALL, "accent6": MUTED, "hlink": EXPORTS, "folHlink": BALANCE}  # fmt: skip
    ours = {name: house.recoloured(colour)[1:] for name, colour in colours.items()}
    scheme = "".join(f'<a:{name}><a:srgbClr val="{colour}"/></a:{name}>' for name, colour in ours.items())
    xml = re.sub(r"(<a:clrScheme [^>]*>).*?(</a:clrScheme>)", rf"\g<1>{scheme}\2", theme.blob.decode(), flags=re.S)
    theme._blob = re.sub(r'<a:latin typeface="[^"]*"/>', f'<a:latin typeface="{_face(house)}"/>', xml).encode()
    kept = [show.slide_layouts[at] for at in LAYOUTS]
    for layout in [*show.slide_layouts]:
        if layout not in kept:
            show.slide_layouts.remove(layout)
    boxes = {"title": (LEFT, TOP, WIDE - 2 * LEFT, BODY - TOP - 0.1), "body": (LEFT, BODY, WIDE - 2 * LEFT, FOOT - BODY - 0.2)}
    boxes |= {"footer": (LEFT, FOOT, 9, 0.3), "number": (WIDE - LEFT - 1, FOOT, 1, 0.3)}
    for sheet in (show.slide_master, *kept):
        opening = sheet == kept[0]
        for shape in [*sheet.placeholders]:
            kind = KINDS.get(shape.placeholder_format.type.name, "")
            if not kind:
                shape._element.getparent().remove(shape._element)
                continue
            box = OPENING[kind] if opening and kind in OPENING else boxes[kind]
            shape.left, shape.top, shape.width, shape.height = map(Inches, box)
            shape.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM if opening and kind == "title" else MSO_ANCHOR.TOP
    show.slide_master._element.cSld.spTree.insert(2, parse_xml(ACCENT_LINE))  # behind all others


class _Writer:
    """Writes a slide: title, body, small text, footer, notes, in the order in which they are read."""

    def __init__(self, show: Any, slide: Slide, content: Outline) -> None:
        layout = 0 if slide.opening else 1 if slide.paragraphs else 2
        self.slide = show.slides.add_slide(show.slide_layouts[layout])
        self.of, self.house, self.language = slide, content.house, content.language

    def write(self) -> None:
        slide = self.of
        title: Any = self.slide.shapes.title
        size = 40 if slide.opening else 28 if len(slide.title.striptags()) < LONG_TITLE else 20
        self._text(title, [slide.title], size, bold=True)
        if slide.paragraphs:
            letters = sum(80 + len(text.striptags()) for text in slide.paragraphs)
            size = 20 if slide.opening or letters < 1100 else 18 if letters < 1400 else 14
            self._text(self.slide.placeholders[1], slide.paragraphs, size, apart=8)
        small = [text.striptags() for text in slide.small]
        room = 0.22 * sum(1 + len(text) // 150 for text in small) + 0.1 * bool(small)
        bottom = FOOT - 0.1 - room
        for plot, box in zip(slide.plots, _boxes(len(slide.plots), bottom), strict=True):
            names = 0 if plot.form == "lines" else len(plot.labels)
            self._chart(plot, box, 8 if names > MANY_BARS else 10 if names > FEW_BARS or len(slide.plots) > 2 else 12)
        if slide.table:
            self._table(slide.table, bottom)
        if small:
            self._small(slide.small, bottom + 0.05, room)
        if not slide.opening:
            self._footer(slide.footer.striptags())
        elif self.house.logo:
            self._logo(self.house.logo)
        if slide.notes:
            notes: Any = self.slide.notes_slide.notes_text_frame
            notes.text = "\n\n".join(slide.notes)

    def _logo(self, logo: Logo) -> None:
        """In the upper right corner."""
        high = min(LOGO_HIGH, LOGO_WIDE / logo.ratio)
        wide = high * logo.ratio
        box = map(Inches, (WIDE - LEFT - wide, TOP, wide, high))
        picture: Any = self.slide.shapes.add_picture(io.BytesIO(logo_pictures(self.house)[0]), *box)
        picture.name = "Logo"
        picture._element.nvPicPr.cNvPr.set("descr", logo.alt)

    def _text(self, shape: Any, texts: Sequence[Markup], size: float, bold: bool = False, apart: float = 0) -> None:
        frame = shape.text_frame
        for at, text in enumerate(texts):
            paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
            paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, Pt(apart)
            run = paragraph.add_run()
            run.text, run.font.size, run.font.bold = text.striptags(), Pt(size), bold
            run.font.color.theme_color = MSO_THEME_COLOR.TEXT_1
            run._r.get_or_add_rPr().set("lang", self.language.tag)

    def _small(self, texts: Sequence[Markup], top: float, height: float) -> None:
        box = self.slide.shapes.add_textbox(Inches(LEFT), Inches(top), Inches(WIDE - 2 * LEFT), Inches(height))
        box.name, box.text_frame.word_wrap = "Notes", True
        self._text(box, texts, 11)
        for paragraph in box.text_frame.paragraphs:
            paragraph.runs[0].font.color.theme_color = MSO_THEME_COLOR.TEXT_2

    def _footer(self, footer: str) -> None:
        """The layout's footer and number, which a new slide lacks."""
        layout: Any = self.slide.slide_layout
        for place in [*layout.placeholders]:
            kind = KINDS[place.placeholder_format.type.name]
            if kind in ("footer", "number") and (footer or kind == "number"):
                self.slide.shapes.clone_placeholder(place)
                shape: Any = self.slide.shapes[-1]
                paragraph = shape.text_frame.paragraphs[0]
                if kind == "footer":
                    paragraph.text, paragraph.alignment = footer, PP_ALIGN.LEFT
                else:
                    paragraph._p.append(parse_xml(SLIDE_NUMBER))
                paragraph.font.size = Pt(10)

    def _table(self, grid: Grid, bottom: float) -> None:
        rows, columns, wide = (*grid.head, *grid.rows), columns_of(grid), WIDE - 2 * LEFT
        tiles = not grid.data
        height = 0.5 if tiles else min(0.36, (bottom - BODY) / (MOST_LINES + 1))
        size = 16 if tiles else 13 if columns <= 7 else 11 if columns <= 9 else 9
        frame = self.slide.shapes.add_table(len(rows), columns, *map(Inches, (LEFT, BODY, wide, height * len(rows))))
        self._describe(frame, grid.caption)
        table = frame.table
        longest = max(len(row.cells[0].striptags()) for row in rows if row.spans[0] == 1)
        first = wide / columns if tiles else min(LETTERS, max(14, longest)) * size / 120 + 0.2
        for at in range(columns):
            table.columns[at].width = Inches(first if at == 0 else (wide - first) / (columns - 1))
        for at, row in enumerate(rows):
            table.rows[at].height = Inches(height)
            place = 0
            for text, span in zip(row.cells, row.spans, strict=True):
                cell = table.cell(at, place)
                if span > 1:
                    cell.merge(table.cell(at, place + span - 1))
                head = at < len(grid.head)
                figure = tiles and at == len(grid.head)
                self._text(cell, [text], 24 if figure else size, bold=head or figure or row.kind in ("heading", "total"))
                cell.margin_top = cell.margin_bottom = Pt(2)
                cell.vertical_anchor = MSO_ANCHOR.MIDDLE
                paragraph = cell.text_frame.paragraphs[0]
                if place and not tiles:
                    paragraph.alignment = PP_ALIGN.CENTER if span > 1 else PP_ALIGN.RIGHT
                if head:
                    cell.fill.solid()
                    cell.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
                    paragraph.runs[0].font.color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
                place += span
        table.first_row, table.horz_banding = True, not tiles

    def _chart(self, plot: Plot, box: tuple[float, float, float, float], size: int) -> None:
        form = _number_format(plot, self.language)
        data = CategoryChartData(number_format=f"{form};{MINUS}{form}")
        data.categories = plot.dates or [label.striptags() for label in plot.labels]
        for each in plot.series:
            values = [value if value is None else value / plot.scale for value in each.values]
            data.add_series(each.header.striptags(), values)
        kinds = {"lines": "LINE_MARKERS", "columns": "COLUMN_CLUSTERED", "bars": "BAR_CLUSTERED"}
        shapes: Any = self.slide.shapes
        frame = shapes.add_chart(XL_CHART_TYPE[kinds[plot.form]], *map(Inches, box), data)
        self._describe(frame, plot.title, plot.alt)
        chart = frame.chart
        chart.font.size, chart.font.name = Pt(size), _face(self.house)
        chart.has_title = True
        self._text(chart.chart_title, [plot.title], size + 1, bold=True)
        chart.chart_title.include_in_layout = False
        _Chart(chart, plot, form, self.house, self.language).style(size)

    def _describe(self, frame: Any, title: Markup, alt: Markup | None = None) -> None:
        frame.name = title.striptags()
        frame._element.nvGraphicFramePr.cNvPr.set("descr", (alt or title).striptags())


class _Chart:
    """Styles a chart: colours of the theme, axes, legend, a number at each bar or at the end of each line."""

    def __init__(self, chart: Any, plot: Plot, form: str, house: House, lang: Language) -> None:
        self.chart, self.plot, self.form, self.house, self.lang = chart, plot, form, house, lang
        self.code = _signed(plot, form)

    def style(self, size: int) -> None:
        chart, plot = self.chart, self.plot
        chart.has_legend = len(plot.series) > 1
        if chart.has_legend:
            chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        values, names = chart.value_axis, chart.category_axis
        names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        names.major_tick_mark = values.major_tick_mark = XL_TICK_MARK.NONE
        names.format.line.color.theme_color = MSO_THEME_COLOR.TEXT_2
        values.format.line.fill.background()
        values.tick_labels.number_format = _signed(plot, re.sub(r"\.0(?!0)", "", self.form))
        values.tick_labels.number_format_is_linked = False
        if values.has_major_gridlines:
            values.major_gridlines.format.line.color.theme_color = MSO_THEME_COLOR.BACKGROUND_2
            values.major_gridlines.format.line.width = Pt(0.75)
        if plot.form == "lines":
            self._lines()
        else:
            self._bars(values, names, size)
        if plot.dates:
            self._dates(names)

    def _lines(self) -> None:
        few = len(self.plot.series) <= 4
        for at, (line, each) in enumerate(zip(self.chart.plots[0].series, self.plot.series, strict=True)):
            line.smooth, line.format.line.width = False, Pt(2 if few or at == len(self.plot.series) - 1 else 1)
            self._colour(line.format.line.color, at)
            held = [place for place, value in enumerate(each.values) if value is not None]
            alone = any(place - 1 not in held and place + 1 not in held for place in held)
            line.marker.style = XL_MARKER_STYLE.CIRCLE if alone else XL_MARKER_STYLE.NONE
            if alone:
                line.marker.size = 5
                line.marker.format.fill.solid()
                self._colour(line.marker.format.fill.fore_color, at)
                line.marker.format.line.fill.background()
            if few or at == len(self.plot.series) - 1:
                label = line.points[held[-1]].data_label
                label.position = XL_LABEL_POSITION.ABOVE
                (position,) = label._dLbl.xpath("c:dLblPos")
                position.addprevious(parse_xml(f"<c:numFmt {NAMESPACES} formatCode={quoteattr(self.code)} sourceLinked='0'/>"))

    def _bars(self, values: Any, names: Any, size: int) -> None:
        bars = self.chart.plots[0]
        bars.gap_width, bars.overlap = 45, 0
        for at, each in enumerate(bars.series):
            each.invert_if_negative = False
            each.format.fill.solid()
            self._colour(each.format.fill.fore_color, at)
        if self.plot.form == "bars":
            names.reverse_order, names.crosses = True, XL_AXIS_CROSSES.MAXIMUM  # the first row on top, the scale below
        (offset,) = names._element.xpath("c:lblOffset")
        offset.addnext(parse_xml(f'<c:tickLblSkip {NAMESPACES} val="1"/>'))  # no name is left out
        if bars_of(self.plot) <= MOST_BARS:
            bars.has_data_labels = True
            bars.data_labels.show_value, bars.data_labels.font.size = True, Pt(size)
            bars.data_labels.number_format, bars.data_labels.number_format_is_linked = self.code, False
            values.visible, values.has_major_gridlines = False, False
            numbers = [value for each in self.plot.series for value in each.values if value is not None]
            if min(numbers) < 0:  # room for its number beside the names
                room = 0.35 if self.plot.series[0].unit in MONEY else 0.15
                values.minimum_scale = min(numbers) - room * (max(0, *numbers) - min(numbers))

    def _dates(self, names: Any) -> None:
        dates = self.plot.dates
        months = (dates[-1].year - dates[0].year) * 12 + dates[-1].month - dates[0].month
        by_year = months > 60 and dates[0].month == 1
        names.tick_labels.number_format = self.lang.date_formats["year" if by_year else "month"]
        names.tick_labels.number_format_is_linked = False
        step = -(-months // (12 * MOST_DATES)) * 12 if months > 24 else max(1, months // 3)
        (base,) = names._element.xpath("c:baseTimeUnit")
        base.set("val", "months")
        for xml in (f'<c:majorTimeUnit {NAMESPACES} val="months"/>', f'<c:majorUnit {NAMESPACES} val="{step}"/>'):
            base.addnext(parse_xml(xml))

    def _colour(self, colour: Any, at: int) -> None:
        """By the series' name, else by the chart's: the first of a name in full, the second pale, more in grey."""
        names = [self._named(each.header.striptags()) for each in self.plot.series]
        whole = self._named(self.plot.title.striptags()) or "ACCENT_1"
        if self.plot.many:
            names = ["ACCENT_6"] * (len(names) - 1) + ["ACCENT_4"]
        elif not any(names):
            names = [whole] * len(names) if len(names) <= 2 else [*OTHER_COLOURS]
        name = names[at] or whole
        before = names[:at].count(name) + self.plot.many * (name == "ACCENT_6")
        if before:
            paler = self.house.recoloured(PALER.get(name, PALE) if before == 1 else PALE)
            colour.rgb = RGBColor.from_string(paler[1:].upper())
        else:
            colour.theme_color = getattr(MSO_THEME_COLOR, name)

    def _named(self, text: str) -> str:
        found = [colour for word, colour in COLOURS.items() if self.lang.word(word).removesuffix("s") in text.lower()]
        return found[0] if len(found) == 1 else ""


def _number_format(plot: Plot, lang: Language) -> str:
    """How a chart writes its numbers without their signs."""
    unit = plot.series[0].unit
    if unit not in MONEY:
        return FORMATS.get(unit, OTHER)
    if not lang.by_thousands:  # as the page writes them, in the unit of the title
        return "0.0" if any("." in cell.striptags() for each in plot.series for cell in each.cells) else "0"
    largest = max(abs(value) for each in plot.series for value in each.values if value is not None)
    code, word = next((code, word) for least, code, word in SCALES if largest >= least)
    return code + (f'"{lang.word(word)}"' if word else "")


def _signed(plot: Plot, form: str) -> str:
    """With a true minus, and of percentage points a plus."""
    return number_code(form, "+" * (plot.series[0].unit == "percentage points"), MINUS)


def _boxes(count: int, bottom: float) -> list[tuple[float, float, float, float]]:
    """Left, top, width and height of so many charts."""
    if not count:
        return []
    across, down = GRID[count]
    wide, high = (WIDE - 2 * LEFT) / across, (bottom - BODY) / down
    return [(LEFT + at % across * wide, BODY + at // across * high, wide - 0.1, high - 0.05) for at in range(count)]


def _stable(show: Any, day: date) -> bytes:
    """The file with the same bytes everywhere: it and the workbooks behind the charts dated on a day, and stored."""
    out = io.BytesIO()
    show.save(out)
    return zipped({name: _dated(name, content, day) for name, content in _files(out.getvalue())}, day)


def _dated(name: str, content: bytes, day: date) -> bytes:
    if not name.endswith(".xlsx"):
        return content
    stamp = rf"\g<1>{max(day, EARLIEST).isoformat()}T00:00:00Z".encode()
    inner = {of: CREATED.sub(stamp, part) if of == "docProps/core.xml" else part for of, part in _files(content)}
    return zipped(inner, day)


def _files(archive: bytes) -> Iterator[tuple[str, bytes]]:
    with ZipFile(io.BytesIO(archive)) as found:
        yield from ((name, found.read(name)) for name in found.namelist())
