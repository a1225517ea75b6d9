"""Customs' figures in every layout they arrive in. A file is recognised by its content, never by its name."""

from __future__ import annotations

from customs_report.errors import Refused
from customs_report.readers import chinese, comtrade, eastmoney, english_bulletin, english_preliminary, query
from customs_report.readers.documents import Page, open_document
from customs_report.readers.reading import Label, Names, Reading
from customs_report.tables import Tables

LAYOUTS = (english_bulletin, english_preliminary, chinese, query, comtrade, eastmoney)

__all__ = ["Label", "Names", "Reading", "read"]


def read(content: bytes, tables: Tables, *, flow: str = "") -> list[Reading]:
    """What figures does a file hold? The readings of its layout; Refused, in one line, where none of them fits.

    `flow` (export, import) is for files that do not say which they are: those of the query platform.
    """
    document = open_document(content)
    for layout in LAYOUTS:
        if layout.recognises(document):
            return layout.read(document, Names.of(tables, flow))
    if isinstance(document, Page):
        titled = f" titled {document.title[:60]!r}" if document.title else ""
        raise Refused(
            f"the file is a web page{titled} and none of customs’ tables: the download failed, whatever the file’s name"
        )
    raise Refused("the file is in none of the layouts that customs or its copies publish")
