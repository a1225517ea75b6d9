"""Where the rows of a chart's data are laid over the drawing."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs_report import exhibits
from customs_report.chart_answers import STOPS, Months, answers_of, stops
from customs_report.display import Chart
from customs_report.facts import Mark
from customs_report.publish.inputs import NOTEBOOKS

SHOWN = re.findall(r"exhibits\.(\w+)\(report\b", (NOTEBOOKS / "monthly_report.ipynb").read_text(encoding="utf-8"))


@pytest.mark.parametrize("period", ["2025-11", "2026-07", "2012-02"])
def test_the_rows_of_every_chart_lie_inside_its_drawing_side_by_side(reported, period):
    report, answering = reported(period), 0
    for name in dict.fromkeys(SHOWN):
        exhibit = getattr(exhibits, name)(report)
        for chart in (body for body in getattr(exhibit, "bodies", ()) if isinstance(body, Chart)):
            fields = [field for field in chart._answers() if field]
            assert fields, name
            answering += 1
            for field in fields:
                assert field.left >= -1, name
                assert field.left + field.width <= 101, name
                assert field.top >= -1, name
                assert field.top + field.height <= 101, name
            corners = [(round(field.left, 3), round(field.top, 3)) for field in fields]
            assert len({*corners}) == len(corners), name
    assert answering > (2 if period == "2012-02" else 10)


def test_a_row_of_a_month_lies_where_the_month_is_drawn():
    svg = '<svg data-panels="0.1 0.2 0.8 0.6 -0.5 11.5 0 9">'
    labels = [(Mark("period", f"2025-{month:02d}", ""),) for month in range(12, 0, -1)]
    fields = answers_of(svg, labels, [False] * 12, Months())
    assert fields[-1][:2] == pytest.approx((10, 20))  # January at the left end, and all as wide as a twelfth of the panel
    assert fields[0].left + fields[0].width == pytest.approx(90)
    later = answers_of(svg, labels, [False] * 12, Months(first="2024-01"))
    assert later == [None] * 12  # twelve months would stand beyond the axis


@given(st.lists(st.tuples(st.floats(-9, 9)), max_size=300))
def test_the_keyboard_reaches_at_most_forty_rows_the_ends_and_the_extremes_among_them(values):
    reached = stops(values, [True] * len(values))
    assert len(reached) <= STOPS
    if values:
        assert {0, len(values) - 1} <= reached
        column = [value for (value,) in values]
        assert max(column) in {column[place] for place in reached}
        assert min(column) in {column[place] for place in reached}
