"""A report as a workbook: cover, contents, notes, one marked table a sheet, all facts.

Laid out as official statistics ask for it (UK Government Analysis Function, "Releasing statistics in spreadsheets"): the
first cell is the sheet's title, one table a sheet that begins at the same cell, no cell merged or empty, nothing hidden,
units in the headers, notes by number on a sheet of their own. No cell is a formula: texts are written as texts.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from zipfile import ZipFile

from customs_report.display.spreadsheets import number_code
from customs_report.display.tables import DAY, MONTH
from customs_report.house import PLAIN, House
from customs_report.languages import ENGLISH, Language, language
from customs_report.palette import printable
from customs_report.publish.author_data import TIME
from customs_report.publish.exhibit_files import EARLIEST, zipped
from customs_report.publish.house_pictures import PIXELS, logo_pictures
from customs_report.publish.outlines import Outline

Value = str | float | None
Column = tuple[str, str | None]  # header, and the unit that says how a number looks: "" of texts, None: in the next column

MISSING, NOTHING = "[x]", "[z]"
SHORTHAND = {
    MISSING: "Not available: not published by customs, not in our data, or of no meaning there. It is never a zero.",
    NOTHING: "Not applicable: there is nothing to say in this cell. No cell of a table is empty.",
}
START = 5  # the row of every table's header, counted from 0: beneath the title and four lines
FORMATS = {"dollars": "#,##0", "yuan": "#,##0", "percent": "0.0", "percentage points": "0.0", "yuan per dollar": "0.0000"}
OTHER = "#,##0.0"
DATES = (MONTH, DAY, TIME)
ISO = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?")
COUNTS = ("rank", "months", "years", "days", "places", "points", "lines", "partners")
LONGEST = 32_000  # characters of a cell
WIDEST, COVER = 60, 100  # characters of a column, of the cover's
HEIGHT, MOST_LINES = 15, 25  # points of a line, lines of a row
PAPERS = {"a4": 9, "us-letter": 1, "us-legal": 5, "a3": 8}  # as spreadsheets number them
LOGO_HEIGHT = 48  # pixels, of the cover's logo
BODY = {"font_name": "Arial", "font_size": 11}


@dataclass(frozen=True)
class Sheet:
    """A sheet with its table; `about` and `notes` are lines above it, and then a link to another sheet, if there is one.

    `name` and `link` are in English, as programs know the table; the sheet has its name in the report's language.
    """

    name: str
    title: str
    about: str
    notes: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    link: str = "Contents"


def report_workbook(content: Outline, facts: Mapping[str, Any]) -> bytes:
    """The XLSX of a report: the same bytes every time, dated on the report's day. `facts` is the content of facts.json."""
    notes, numbers = _notes(content)
    lang = content.language
    sheets = [notes, *_tables(content, numbers), _facts(facts, lang), _gaps(facts, lang)]
    about = {"title": content.title, "subject": content.headline, "keywords": ", ".join(content.keywords)}
    return _written(about, content.date, (_contents(sheets, lang), *sheets), content)


def workbook_of_table(table: Mapping[str, Any]) -> bytes:
    """The XLSX of one table or chart as data, outside a report: a sheet as in the report's workbook."""
    columns: list[Column] = [(column["header"], column["unit"]) for column in table["columns"]]
    sheet = Sheet("Table 1", table["caption"], table.get("title", ""), table.get("source", ""), columns, table["rows"], "")
    return _written({"title": table["caption"]}, EARLIEST, [sheet])


def _written(about: Mapping[str, str], day: date, sheets: Iterable[Sheet], content: Outline | None = None) -> bytes:
    """The file, with the cover of a report if it is one's."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, {**options, "default_format_properties": dict(BODY)}) as book:
        house = content.house if content else PLAIN
        lang = content.language if content else language(ENGLISH)
        known = {
            "author": house.name or lang.word("China customs reports"),
            "created": datetime.combine(max(day, EARLIEST), time()),
        }
        book.set_properties({name: printable(text) for name, text in about.items()} | known)
        writer = _Writer(book, house, lang)
        if content:
            writer.cover(content)
        for sheet in sheets:
            writer.sheet(sheet)
    with ZipFile(out) as made:
        return zipped({name: made.read(name) for name in made.namelist()}, EARLIEST)


# --- what stands on the sheets --------------------------------------------------------------------------------------------


def _notes(content: Outline) -> tuple[Sheet, dict[str, list[str]]]:
    """Shorthand and every note of the report, numbered; and the numbers of the notes of each exhibit."""
    word = content.language.word
    rows: list[tuple[str, str, str]] = [(sign, word("Shorthand"), word(said)) for sign, said in SHORTHAND.items()]
    numbers: dict[str, list[str]] = {}
    heading = ""
    for part in content.parts:
        heading = next((entry.heading for entry in part.entries[::-1] if not entry.label), heading)
        exhibit = f"Exhibit {part.about['number']}" if "number" in part.about else ""
        for term, text in part.data.get("notes", ()):
            number = word("[note {}]").format(len(rows) - len(SHORTHAND) + 1)
            of = _named(exhibit, content.language) if exhibit else word(": ").join(filter(None, (heading, term)))
            rows.append((number, of, text))
            numbers.setdefault(exhibit, []).append(number)
    for term, text in content.house.imprint:
        rows.append((word("[note {}]").format(len(rows) - len(SHORTHAND) + 1), term, text))
    about = word("Sources, method, limits and words of the report, and the notes of its exhibits.")
    columns = [(word(header), "") for header in ("Note", "About", "Text")]
    return Sheet("Notes", word("Notes"), about, word("These are all notes of the workbook."), columns, rows), numbers


def _tables(content: Outline, numbers: Mapping[str, list[str]]) -> Iterator[Sheet]:
    word = content.language.word
    for each in content.tables:
        table = each.table
        own = numbers.get(each.exhibit, [])
        notes = word("Notes: {}, on the sheet Notes.").format(word(", ").join(own)) if own else word("No notes of its own.")
        columns = [(column["header"], column["unit"]) for column in table["columns"]]
        source = table.get("source") or word("Source, formula and stage of each figure: on the sheet Facts.")
        title = word(": ").join((_named(each.label, content.language), table["caption"]))
        yield Sheet(each.label, title, each.heading, f"{source}{word(' ')}{notes}", columns, table["rows"])


def _named(label: str, lang: Language) -> str:
    """The name of a sheet or an exhibit in a language: "Exhibit 9a"."""
    kind, _, number = label.partition(" ")
    return f"{lang.word(f'{kind} ')}{number}" if number else lang.word(kind)


def _facts(facts: Mapping[str, Any], lang: Language) -> Sheet:
    word = lang.word
    columns = [(word("Name"), ""), (lang.term("Value"), None), (word("Unit"), ""), (word("As the report writes it"), "")]
    columns += [(lang.term("Formula"), ""), (lang.term("Stage"), ""), (word("Sources"), "")]
    rows = [
        (
            f["name"],
            float(f["value"]),
            lang.unit_in_words(f["unit"]),
            f["text"],
            f["how"],
            lang.stage(f["stage"]),
            "; ".join(f["sources"]),
        )
        for f in facts["facts"]
    ]
    about = word("Every fact of the report: its value in the unit itself, how it was computed, and where its inputs came from.")
    notes = word("The rounding of each value is in facts.json (step).")
    return Sheet("Facts", word("All facts of the report"), about, notes, columns, rows)


def _gaps(facts: Mapping[str, Any], lang: Language) -> Sheet:
    word = lang.word
    about = word("What could not be had for this report, and why.")
    notes = word("A name with * covers every fact that it matches.")
    rows = [(gap["name"], gap["why"]) for gap in facts["gaps"]]
    columns = [(word("Name"), ""), (word("Reason"), "")]
    return Sheet("Gaps", word("Facts that could not be had"), about, notes, columns, rows)


def _contents(sheets: Iterable[Sheet], lang: Language) -> Sheet:
    word = lang.word
    rows = [
        ("Cover", word("What this workbook is"), word("Title and headline, period, source, licence and contact.")),
        *((sheet.name, sheet.title, sheet.about) for sheet in sheets),
    ]
    columns = [(word(header), "") for header in ("Sheet", "Title", "What it says")]
    about = word("A row for each sheet of this workbook, with a link to it.")
    return Sheet("Contents", word("Contents"), about, word("No notes."), columns, rows, "Cover")


def _cover_lines(content: Outline) -> Iterator[str]:
    word, period_text = content.language.word, content.language.period_text

    def labelled(term: str, text: str) -> str:
        return word(": ").join((word(term), text))

    yield content.headline
    for why in content.incomplete:
        yield f"{word('This report is incomplete:')}{word(' ')}{why}"
    if content.made_of:
        yield labelled("Period", period_text(content.made_of["period"]))
    if "as_of" in content.made_of:
        yield labelled("As known on", period_text(content.made_of["as_of"]))
        yield labelled("Made of the data with the hash", f"sha256:{content.made_of['data']}")
    if content.citation:
        yield labelled("Cite this", content.citation.text)
    yield word(
        "Source: General Administration of Customs of the People’s Republic of China (GACC); what each figure was read from "
        "stands on the sheet Facts."
    )
    yield from (f"{term}: {text}" for term, text in content.house.imprint)
    yield word(
        "Licence: the figures are official statistics of China’s customs, to be cited as theirs; the code that made this "
        "workbook is under the MIT licence."
    )
    if not content.house.contact:
        yield word("Contact: whoever published this report.")
    yield word("Its web page, its PDF, its facts as JSON and the executed notebook lie beside this workbook.")
    yield word(
        "Numbers are given in full, in the unit named in the header of their column. A missing value is written {}, never as a "
        "zero; other shorthand stands on the sheet Notes."
    ).format(MISSING)


# --- how they are written -------------------------------------------------------------------------------------------------


class _Writer:
    """Writes sheets of one look into a workbook."""

    def __init__(self, book: Any, house: House, lang: Language) -> None:
        self.book, self.house, self.lang = book, house, lang
        coloured = {"font_color": house.light["accent"]} if house else {}
        self.title = book.add_format({"bold": True, "font_size": 16, **coloured})
        self.header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        self.number_header = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "align": "right", "bottom": 1})
        self.text = book.add_format({"text_wrap": True, "valign": "top"})
        self.line = book.add_format({"valign": "top"})  # runs over the cells beside it
        self.link = book.add_format(
            {"font_color": house.light["exports"] if house else "#0b57d0", "underline": 1, "valign": "top"}
        )
        self.dates = {
            unit: book.add_format({"num_format": lang.date_formats[unit], "align": "left", "valign": "top"}) for unit in DATES
        }
        self.numbers: dict[str, Any] = {}

    def number(self, unit: str) -> Any:
        """The format of numbers of a unit."""
        code = FORMATS.get(unit, "#,##0" if unit in COUNTS else OTHER)
        if code not in self.numbers:
            form = {"num_format": number_code(code), "align": "right", "valign": "top"}
            self.numbers[code] = self.book.add_format(form)
        return self.numbers[code]

    def cover(self, content: Outline) -> None:
        sheet = self.book.add_worksheet(_named("Cover", self.lang))
        sheet.set_column(0, 0, COVER, self.text)
        sheet.write_string(0, 0, _text(content.title), self.title)
        row = 0
        for row, line in enumerate(_cover_lines(content), 1):
            sheet.write_string(row, 0, _text(line), self.text)
            sheet.set_row(row, HEIGHT * _lines(line, COVER))
        self._link(sheet, row + 1, "Contents")
        self._logo(sheet, row + 3)
        self._for_paper(sheet)

    def _logo(self, sheet: Any, row: int) -> None:
        """The house's logo below the cover's lines, where it hides none."""
        if logo := self.house.logo:
            (picture, *_), scale = logo_pictures(self.house), LOGO_HEIGHT / PIXELS
            options = {"image_data": io.BytesIO(picture), "description": logo.alt, "x_scale": scale, "y_scale": scale}
            sheet.insert_image(row, 0, "logo.png", options)

    def sheet(self, content: Sheet) -> None:
        sheet = self.book.add_worksheet(_named(content.name, self.lang))
        sheet.write_string(0, 0, _text(content.title), self.title)
        about = self.lang.word("This sheet holds one table. {} is not available, {} not applicable.")
        sheet.write_string(1, 0, about.format(MISSING, NOTHING), self.line)
        sheet.write_string(2, 0, _text(content.about or content.title), self.line)
        sheet.write_string(3, 0, _text(content.notes), self.line)
        if content.link:
            self._link(sheet, 4, content.link)
        rows = content.rows or [[NOTHING] * len(content.columns)]  # a table without a row is none
        numeric = [any(isinstance(row[at], float) for row in rows) for at in range(len(content.columns))]
        self._mark(sheet, content, len(rows), numeric)
        widths = [_width(header, [row[at] for row in rows]) for at, (header, _) in enumerate(content.columns)]
        for at, ((_, unit), width) in enumerate(zip(content.columns, widths, strict=True)):
            sheet.set_column(at, at, width, self.number(unit or "") if numeric[at] else self.text)
        sheet.set_row(
            START, HEIGHT * max(_lines(header, width) for (header, _), width in zip(content.columns, widths, strict=True))
        )
        for place, row in enumerate(rows, START + 1):
            lines = 1
            for at, value in enumerate(row):
                if isinstance(value, float):
                    unit = content.columns[at][1]
                    sheet.write_number(place, at, value, self.number(str(row[at + 1])) if unit is None else None)
                elif value and (form := self.dates.get(content.columns[at][1] or "")) and ISO.fullmatch(value):
                    sheet.write_datetime(place, at, datetime.fromisoformat(value), form)
                elif at == 0 and content.name == "Contents":
                    self._link(sheet, place, str(value))
                else:
                    sheet.write_string(place, at, MISSING if value is None else _text(value) or NOTHING)
                    if value and len(value) > widths[at]:
                        lines = max(lines, _lines(value, widths[at]))
            if lines > 1:
                sheet.set_row(place, HEIGHT * lines)
        sheet.freeze_panes(START + 1, 1)
        sheet.repeat_rows(START)
        self._for_paper(sheet)

    def _for_paper(self, sheet: Any) -> None:
        """A page as wide as the sheet."""
        sheet.set_landscape()
        sheet.set_paper(PAPERS[self.house.paper])
        sheet.fit_to_pages(1, 0)

    def _mark(self, sheet: Any, content: Sheet, rows: int, numeric: Sequence[bool]) -> None:
        """Make the table one that a screen reader, a pivot table and pandas know by name."""
        headers = [
            {"header": _text(header), "header_format": self.number_header if number else self.header}
            for (header, _), number in zip(content.columns, numeric, strict=True)
        ]
        options = {"name": content.name.lower().replace(" ", "_"), "columns": headers, "autofilter": False}
        sheet.add_table(START, 0, START + rows, len(headers) - 1, {**options, "style": "Table Style Light 1"})

    def _link(self, sheet: Any, row: int, name: str) -> None:
        name = _named(name, self.lang)
        sheet.write_url(row, 0, f"internal:'{name}'!A1", self.link, name)


@lru_cache(maxsize=20_000)
def _text(text: str) -> str:
    """A text as a cell can hold it."""
    text = printable(text)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _lines(text: str, width: int) -> int:
    """How many lines a text takes: not every spreadsheet finds that out by itself."""
    return min(MOST_LINES, -(-len(text) // width))


def _width(header: str, values: Sequence[Value]) -> int:
    """Characters: as wide as the widest value and the longest word of the header, not wider than WIDEST."""
    lengths = [len(f"{value:,.1f}") if isinstance(value, float) else len(value or "") for value in values]
    return min(WIDEST, max(10, len(header) // 3, *map(len, header.split()), *lengths) + 2)
