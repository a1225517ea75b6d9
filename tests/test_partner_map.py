"""The map of partners: circles apart, in proportion, each answering with its country's figures."""

from __future__ import annotations

from itertools import combinations
from math import dist, pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs_report import exhibits
from customs_report.display import exhibit
from customs_report.drawing.axes import draw_circles
from customs_report.drawing.spread import spread_out
from customs_report.facts import plain
from customs_report.publish import proof
from customs_report.publish.build import lookup_of

PERIODS = [("2024-08", ""), ("2025-11", "2025-12-08"), ("2025-11", ""), ("2026-01", ""), ("2026-07", "")]


@pytest.mark.parametrize(("period", "as_of"), PERIODS)
def test_circles_are_apart_and_as_large_as_the_trade(reported, period, as_of):
    report = reported(period, as_of)
    (chart,) = exhibits.partner_map(report).bodies
    ((centres, radii, _),) = (
        given for call, _, given, _ in chart.drawing.calls if getattr(call, "__name__", "") == draw_circles.__name__
    )
    assert len(centres) >= 8
    for (one, small), (other, large) in combinations(zip(centres, radii, strict=True), 2):
        assert dist(one, other) >= small + large
    trade = [row.values[0] for row in chart.data.rows]
    per_area = [value / (pi * radius**2) for value, radius in zip(trade, radii, strict=True)]
    assert max(per_area) == pytest.approx(min(per_area))


@pytest.mark.parametrize(("period", "as_of"), PERIODS)
def test_no_label_touches_another(reported, period, as_of):
    (chart,) = exhibits.partner_map(reported(period, as_of)).bodies
    figure = chart.figure
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    edge = figure.bbox
    assert all(
        box.x0 >= edge.x0 - 1 and box.x1 <= edge.x1 + 1 and box.y0 >= edge.y0 - 1 and box.y1 <= edge.y1 + 1 for box in boxes
    )


@pytest.mark.parametrize(("period", "as_of"), PERIODS)
def test_its_numbers_are_proved_and_no_group_stands_beside_its_members(reported, period, as_of):
    report = reported(period, as_of)
    shown = exhibit(31, exhibits.partner_map(report))
    assert proof.prove_html(f"<main>{shown.html}</main>", report.facts.as_json(), lookup_of(report)) == []
    kinds = report.tables.partner_list.set_index("name")["type"]
    (chart,) = exhibits.partner_map(report).bodies
    assert {kinds[plain(row.label)] for row in chart.data.rows} == {"country"}


def test_without_partners_it_says_why(reported):
    found = exhibits.partner_map(reported("2012-02"))
    assert found.bodies == ()
    assert plain(found.words.claim) == "Map of partners: no table of partners before January 2024"


sizes = st.floats(0.05, 0.4)
spots = st.tuples(st.floats(0, 10), st.floats(0, 10))


@given(st.lists(st.tuples(spots, st.tuples(sizes, sizes)), min_size=1, max_size=12))
def test_boxes_with_room_around_them_never_overlap_nor_leave_it(boxes):
    halves = [half for _, half in boxes]
    places = spread_out([place for place, _ in boxes], halves, (10.0, 10.0))
    for (x, y), (width, height) in zip(places, halves, strict=True):
        assert width - 1e-3 <= x <= 10 - width + 1e-3
        assert height - 1e-3 <= y <= 10 - height + 1e-3
    for (one, a), (other, b) in combinations(zip(places, halves, strict=True), 2):
        assert any(abs(one[k] - other[k]) >= a[k] + b[k] - 1e-3 for k in (0, 1))
