"""Any partners and commodities side by side: the chart behind the controls of the notebook `explore`."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

import helpers
from customs_report import palette
from customs_report.arguments import resolved
from customs_report.calculations.comparisons import Comparison
from customs_report.display import Chart
from customs_report.drawing.axes import BILLION, canvas, draw_line, label_ends, label_years, mark_zero_within, scale
from customs_report.english.grammar import dated
from customs_report.exhibits.source_lines import as_known
from customs_report.facts import Mark, Runs, say
from customs_report.frames import by_month, silently
from customs_report.messages import message
from customs_report.numbers import unit_in_words
from customs_report.report import Report
from customs_report.rows import frame_table

COLOURS = (palette.EXPORTS, palette.FALL, palette.IMPORTS, palette.BALANCE, palette.INK, palette.MUTED)
SPANS = {"month": "by month", "ytd": "since January", "3m": "over three months", "12m": "over twelve months"}


def compare(
    report: Report,
    subjects: Sequence[str],
    flow: str = "exports",
    measure: str = "value",
    over: str = "month",
    currency: str = "CNY",
    since: str = "",
) -> Chart:
    """How do partners, commodities and all trade compare, month by month up to the report's period?

    Arguments as in `helpers.comparison`. Raises InputError where none of the subjects has a figure.
    """
    asked = (report.tables, report.period, subjects, flow, measure, over, currency, since)
    given = resolved(helpers.comparison, *asked)
    found, flow, measure, over = silently(helpers.comparison, **given), given["flow"], given["measure"], given["over"]
    names, frame = helpers.comparable(report.tables), by_month(found.values)
    missing = "; ".join(f"{names[subject]}: {why}" for subject, why in found.gaps.items())
    what = f"{flow.capitalize()}, " + ("change on a year earlier" if measure == "growth" else measure.replace("_", " "))
    size, word = scale(0 if found.unit == "percent" else found.values.abs().max().max())
    figure, axes = canvas(height=2.6, left=0.085, right=0.77)
    ends = []
    for (subject, column), colour in zip(frame.items(), COLOURS, strict=False):
        values = (column / size).to_list()
        draw_line(axes, values, colour, names[subject])
        newest = [value for value in values if value == value][-1:]  # of a subject without the last month, too
        ends += [(fill(names[subject], 26), value, colour) for value in newest]
    mark_zero_within(axes)
    label_years(axes, list(frame.index))
    axes.set_xlim(-0.5, len(frame) - 0.5)
    label_ends(axes, len(frame) - 1, ends)
    shown = Mark("name", "", ", ".join(names[subject] for subject in frame))
    alt = report.write(lines_of(frame.index[0], frame.index[-1], shown))
    style = _style(found, measure, size)
    unit = unit_in_words(found.unit)
    caption = f"{what}, {'billion ' if style == 'bn' else ''}{unit}, {SPANS[over]}"
    headers = [names[subject] for subject in frame]
    data = frame_table("comparison", caption, "", frame.iloc[::-1], headers, style, units=found.unit)
    source = as_known(report)
    source += (" Not shown: ", *dated(missing), ".") if missing else ()
    return Chart(figure, alt, data, source, (f"{what}, {word}{unit}, {SPANS[over]}",))


@message
def lines_of(first: str, last: str, names: Mark) -> Runs:
    return say("Lines from {first} to {last}: {names}.", first=first, last=last, names=(names,))


def _style(found: Comparison, measure: str, size: float) -> str:
    """How the table writes the numbers."""
    if found.unit == "percent":
        return "signed_percent" if measure == "growth" else "percent"
    if size == BILLION:
        return "bn"
    return "exchange_rate" if found.values.abs().max().max() < 100 else "number"
