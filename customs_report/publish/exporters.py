"""nbconvert exporters of an executed notebook: `jupyter nbconvert --to report_html` or `report_pdf`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import Unicode

from customs_report.publish import attachments
from customs_report.publish.outlines import Outline, outline
from customs_report.publish.rendering import page, pdf


class ReportHTMLExporter(Exporter):
    """A self-contained page."""

    export_from_notebook = "Report (HTML)"
    output_mimetype = "text/html"
    file_extension = Unicode(".html")

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw: Any) -> tuple[Any, dict]:
        resources = self._init_resources(resources)
        return page(_outline(nb, resources)), resources


class ReportPDFExporter(Exporter):
    """A tagged PDF on A4; what it shows is not proved."""

    export_from_notebook = "Report (PDF)"
    output_mimetype = "application/pdf"
    file_extension = Unicode(".pdf")

    def from_notebook_node(self, nb: NotebookNode, resources: dict | None = None, **kw: Any) -> tuple[Any, dict]:
        resources = self._init_resources(resources)
        content = _outline(nb, resources)
        return pdf(content, attachments.of_notebook(nb, content)), resources


def _outline(nb: NotebookNode, resources: dict) -> Outline:
    """The outline of an executed notebook; its numbers are not proved, which only a build does."""
    about = resources["metadata"]
    return outline(nb, about["name"].replace("_", " "), Path(about.get("path") or "."))
