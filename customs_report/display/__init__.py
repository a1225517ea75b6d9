"""Objects that a notebook cell displays (charts, tables, paragraphs, exhibits), each with HTML, Typst and data."""

from customs_report.display.charts import Chart
from customs_report.display.front import Tile, cover, notes_list, paragraph, points
from customs_report.display.markup import Text
from customs_report.display.numbered import Exhibit, Words, exhibit
from customs_report.display.shown import DATA, Later, Shown
from customs_report.display.tables import Column, Row, Table
from customs_report.display.traces import Trace, traced

__all__ = [
    "DATA", "Chart", "Column", "Exhibit", "Later", "Row", "Shown", "Table", "Text", "Tile", "Trace", "Words", "cover",
    "exhibit", "notes_list", "paragraph", "points", "traced",
]  # fmt: skip
