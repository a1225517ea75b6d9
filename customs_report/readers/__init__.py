"""Read customs' figures from files in any known layout, recognised by content, not by file name."""

from __future__ import annotations

from types import ModuleType

from customs_report.errors import InputError
from customs_report.readers import chinese, comtrade, eastmoney, english_bulletin, english_preliminary, query
from customs_report.readers.documents import Document, Page, Records, Sheets, as_records, check_rows, open_document
from customs_report.readers.reading import Label, Names, Reading
from customs_report.tables import Tables

LAYOUTS = (english_bulletin, english_preliminary, chinese, query, comtrade, eastmoney)

__all__ = ["Label", "Names", "Reading", "read"]


def read(content: bytes, tables: Tables, *, flow: str = "") -> list[Reading]:
    """Read the figures of a file: one reading for each table. Raises InputError if its layout is unknown or a figure is wrong.

    `flow` (export, import): for files that do not state it, which are those of the query platform.
    """
    document = open_document(content)
    layout = _layout(document)
    if not layout and isinstance(document, Sheets):
        tables_of_downloads = [records for records in as_records(document) if _layout(records)]
        if len(tables_of_downloads) > 1:
            raise InputError("several sheets of the workbook hold a download; save each as a file of its own")
        if tables_of_downloads:
            layout, document = _layout(tables_of_downloads[0]), check_rows(tables_of_downloads[0])
    if not layout:
        raise InputError(_why_unknown(document))
    return layout.read(document, Names.of(tables, flow))


def _layout(document: Document) -> ModuleType | None:
    return next((layout for layout in LAYOUTS if layout.recognises(document)), None)


def _why_unknown(document: Document) -> str:
    """Why a file that could be opened has no known layout."""
    if isinstance(document, Page):
        titled = f" titled {document.title[:60]!r}" if document.title else ""
        return f"the file is a web page{titled} and none of customs’ tables: the download failed, whatever the file’s name"
    if isinstance(document, Sheets):
        sheets = ", ".join(repr(name[:40]) for name in [*document.grids][:3])
        return f"the workbook (sheets {sheets}) has no title of customs’ tables, nor one table with the columns of a download"
    if isinstance(document, Records):
        columns = ", ".join(repr(name[:40]) for name in document.header[:5])
        return f"the columns ({columns}) are none of those that customs or its copies publish"
    return "the JSON is none of the answers of UN Comtrade or EastMoney"
