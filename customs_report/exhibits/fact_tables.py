"""The table of the figures on page one, each with its source."""

from __future__ import annotations

from collections.abc import Iterable

from customs_report.display import Column, Row, Table
from customs_report.exhibits.provenance import trace
from customs_report.facts import Mark
from customs_report.report import Report


def key_facts_table(report: Report, names: Iterable[str]) -> Table:
    """The facts named, in their order, under each source those that come from there."""
    rows: dict[tuple[str, ...], list[Row]] = {}
    headings: dict[tuple[str, ...], Row] = {}
    for name in names:
        origin_of = trace(report, name)
        parts = [part for part in ("Source", "Stage", "Released") if part in origin_of.items]
        origin = tuple(origin_of.items[part] for part in parts)
        commas = [[", "] * bool(i) + list(origin_of.mark(part)) for i, part in enumerate(parts)]
        headings.setdefault(origin, Row(tuple(run for runs in commas for run in runs), (None, None), kind="heading"))
        cells = ((report.facts.cite(name),), origin_of.mark("Formula"))
        row = Row(origin_of.mark("what"), cells, note=(Mark("name", name, name),), values=(report.facts.value(name), None))
        rows.setdefault(origin, []).append(row)
    caption = "Page one and main points: where each figure comes from"
    columns = (Column("Figure"), Column("Value"), Column("Formula", align="left"))
    return Table("key-facts", caption, columns, tuple(row for origin in rows for row in (headings[origin], *rows[origin])))
