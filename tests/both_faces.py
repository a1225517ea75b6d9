"""Compares a report's PDF with its page."""

from __future__ import annotations

from customs_report.publish import pdf_reader
from customs_report.publish.findings import Finding
from customs_report.publish.passages import passages
from customs_report.publish.pdf_text import differences, expected


def prove_pdf(pdf: bytes, page: str) -> list[Finding]:
    """Where does the PDF say something else than the page? Headings, sentences, table cells and notes in order, charts."""
    return differences([*expected(passages(page, shown=True), "".join)], pdf_reader.read(pdf))
