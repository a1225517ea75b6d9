"""Words, charts, tables and traces use the same cells: a figure changed in the data changes in all of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from customs_report import exhibits
from customs_report import tables as data
from customs_report.calculations.fact_builders import report_facts
from customs_report.display import exhibit
from customs_report.report import Report

PERIOD = "2025-11"
CHANGED = [  # table, column, the row; an exhibit that shows it; the fact whose trace names it
    (
        "partners", "exports", {"partner": "USA", "kind": "ytd", "currency": "CNY"},
        exhibits.contributions_by_partner, "contribution.partner.exports_cny_ytd.USA",
    ),
    (
        "partners", "imports", {"partner": "ASEAN", "kind": "ytd", "currency": "CNY"},
        exhibits.partners, "partner.ASEAN.balance_cny_ytd",
    ),
    (
        "totals", "value", {"flow": "exports", "kind": "month", "currency": "USD", "measure": "level", "stage": "revised"},
        exhibits.balance, "balance_usd_month",
    ),
]  # fmt: skip


def changed(report: Report, tables: data.Tables) -> Report:
    """The same report from other tables."""
    known = data.as_of(tables)
    return replace(report, tables=known, facts=report_facts(known, report.period))


@pytest.mark.parametrize(("table", "column", "where", "shows", "name"), CHANGED, ids=[name for *_, name in CHANGED])
def test_a_changed_cell_changes_words_chart_and_trace_alike(reported, loaded, table, column, where, shows, name):
    rows = getattr(loaded, table).copy()
    chosen = rows["period"] == PERIOD
    for key, value in where.items():
        chosen &= rows[key] == value
    assert chosen.sum() == 1
    rows.loc[chosen, column] *= 1.3
    before = changed(reported(PERIOD), loaded)
    after = changed(reported(PERIOD), replace(loaded, **{table: rows}))
    fact = after.facts[name]
    assert fact.value != before.facts[name].value
    assert fact.origin.evaluated() == fact.value
    one, other = (shows(report) for report in (before, after))
    assert [body.text for body in one.bodies] != [body.text for body in other.bodies]
    for report, shown in ((before, exhibit(1, one)), (after, exhibit(1, other))):
        page = str(shown.html)
        assert f"data-fact={name} " in page
        for style in {part.split(" ")[0].split(">")[0] for part in page.split(f"data-fact={name} data-as=")[1:]}:
            assert report.facts.cite(name, style).text in page
    traces = [exhibits.trace(report, name).items for report in (before, after)]
    assert traces[0]["Value"] != traces[1]["Value"]
    assert traces[0]["Inputs"] != traces[1]["Inputs"]
