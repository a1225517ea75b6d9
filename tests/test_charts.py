"""Charts of many kinds of months: no label is cut or repeated, keys name only what is drawn, first figures are not history."""

from __future__ import annotations

import io
import re
from itertools import pairwise

import matplotlib
import pytest
from depth import in_depth
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.ticker import MaxNLocator

from customs_report import exhibits, palette
from customs_report.display import Chart
from customs_report.drawing import beside
from customs_report.drawing.axes import STEPS, canvas, label_ends, label_months
from customs_report.drawing.ticks import numbers
from customs_report.facts import plain
from customs_report.periods import span
from customs_report.publish.inputs import NOTEBOOKS

EXHIBITS = re.findall(r"exhibit\(\d+, exhibits\.(\w+)\(", (NOTEBOOKS / "monthly_report.ipynb").read_text(encoding="utf-8"))


@pytest.mark.parametrize("period", ["2012-02", "2025-01", "2026-07", *in_depth("2008-01", "2020-02", "2024-12")])
def test_no_label_leaves_the_drawing(reported, period):
    made = {name: getattr(exhibits, name)(reported(period)).bodies for name in EXHIBITS}
    for name, figure in ((name, body.figure) for name, bodies in made.items() for body in bodies if isinstance(body, Chart)):
        figure.savefig(io.BytesIO(), format="png")
        for axes in figure.axes:
            marks = [text.get_text() for text in axes.get_yticklabels()]
            assert len({*marks}) == len(marks) - max(0, marks.count("") - 1), (period, name, marks)
            for text in (*axes.texts, *figure.texts, *axes.get_yticklabels()):
                box, tick = text.get_window_extent(), text in axes.get_yticklabels()  # a tick beyond the limits is not drawn
                assert -1 <= box.x0 <= box.x1 <= figure.bbox.x1 + 1, (period, name, text.get_text())
                assert tick or -1 <= box.y0 <= box.y1 <= figure.bbox.y1 + 1, (period, name, text.get_text())


def test_axes_that_are_drawn_later_cannot_be_asked():
    _, axes = canvas()
    with pytest.raises(AttributeError, match="get_ylim: axes are drawn later; read from axes inside a function under @step"):
        axes.get_ylim()


@pytest.mark.parametrize("room", [0.0, 0.2, 0.5, 2.0])
def test_the_last_month_is_inside_the_drawing_however_near_to_its_edge(room):
    drawing, axes = canvas()
    axes.set_xlim(-room, 12 + room)
    label_months(axes, span("2025-07", "2026-07"), 7)
    figure = drawing.figure()
    figure.savefig(io.BytesIO(), format="png")
    shown = [text for text in (*figure.texts, *figure.axes[0].get_xticklabels()) if text.get_text()]
    assert {"Jul 2026", "May 2026"} <= {text.get_text() for text in shown}
    assert max(text.get_window_extent().x1 for text in shown) <= figure.bbox.x1


@pytest.mark.parametrize("values", [(5.0, 5.0, 5.1), (0.0, 10.0), (float("nan"), 3.0, 3.0)])
def test_names_at_lines_ends_never_overlap_and_a_line_that_ended_has_none(values):
    drawing, axes = canvas()
    axes.set_ylim(0, 10)
    label_ends(axes, 1, [(f"Line {i}", value, palette.INK) for i, value in enumerate(values)])
    figure = drawing.figure()
    figure.savefig(io.BytesIO(), format="png")
    boxes = sorted((text.get_window_extent() for text in figure.axes[0].texts), key=lambda box: box.y0)
    assert len(boxes) == sum(value == value for value in values)
    assert all(below.y1 <= above.y0 + 1 for below, above in pairwise(boxes))


def test_another_process_draws_the_same_and_what_it_cannot_draw_is_drawn_here(reported):
    def drawn() -> list[str]:
        return [chart.svg for exhibit in (exhibits.balance, exhibits.trade) for chart in exhibit(reported("2025-11")).bodies]

    here = drawn()
    with matplotlib.rc_context({"lines.linewidth": 9, "axes.grid": True, "font.size": 30}):
        assert drawn() == here
        with beside.drawn_beside():
            assert drawn() == here
            beside._process().kill()
            assert drawn() == here
            (chart,) = exhibits.balance(reported("2025-11")).bodies
            assert beside.draw(chart.drawing, chart.data.name).result() == here[0]


def test_the_key_of_records_stands_where_records_are(reported):
    for period, shown in (("2012-02", False), ("2025-11", True)):
        (chart,) = exhibits.balance(reported(period)).bodies
        assert any("record" in text.get_text() for text in chart.figure.axes[0].texts) == shown
        assert ("record" in plain(chart.alt)) == shown


def test_a_history_that_ends_in_a_first_print_names_both_stages(reported):
    then, now = reported("2025-11", "2025-12-08"), reported("2025-11")
    assert "first and revised figures" in plain(exhibits.balance(then).bodies[0].source)
    assert "China, revised figures" in plain(exhibits.balance(now).bodies[0].source)
    assert "China, bulletin figures" in plain(exhibits.partners(then).bodies[0].source)


@given(st.floats(-1e4, 1e4), st.floats(0.02, 1e4), st.integers(3, 6))
def test_a_gridline_is_labelled_with_its_exact_value(low, reach, most):
    places = MaxNLocator(most, steps=STEPS).tick_values(low, low + reach).tolist()
    said = [float(label.replace("−", "-").replace(",", "")) for label in numbers(places)]
    assert said == pytest.approx(places, abs=1e-6 * (places[-1] - places[0]))
    assert len({len(label.partition(".")[2]) for label in numbers(places)}) == 1  # as many decimals each


def test_a_compared_subject_without_the_last_month_has_its_name(reported):
    report = reported("2026-07")
    chart = exhibits.compare(report, ["South Africa", "Africa"], measure="growth")
    written = {text.get_text() for text in [*chart.figure.texts, *chart.figure.axes[0].texts]}
    assert {"South Africa", "Africa"} <= written
