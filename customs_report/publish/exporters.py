"""nbconvert exporters of an executed notebook: `jupyter nbconvert --to report_html` or `report_pdf`."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Unicode

from customs_report.publish.outlines import outline
from customs_report.publish.rendering import page, pdf


class ReportHTMLExporter(Exporter):
    """A self-contained page."""

    export_from_notebook = "Report (HTML)"
    output_mimetype = "text/html"
    file_extension = Unicode(".html")

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw: Any) -> tuple[Any, dict]:
        return page(outline(nb)), self._init_resources(resources or {})


class ReportPDFExporter(Exporter):
    """A tagged PDF on A4."""

    export_from_notebook = "Report (PDF)"
    output_mimetype = "application/pdf"
    file_extension = Unicode(".pdf")

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw: Any) -> tuple[Any, dict]:
        return pdf(outline(nb)), self._init_resources(resources or {})
