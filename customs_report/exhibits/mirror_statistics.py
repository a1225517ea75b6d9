"""Mirror statistics: exports to the United States as China counts them, beside what the United States count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.mirror import mixed_vintages, newest_common_month
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import BILLION, canvas, draw_bars, label_ends, mark_zero, place_ticks
from customs_report.english.grammar import listed, more_or_less, not_held, semicolons
from customs_report.exhibits.selection import present
from customs_report.exhibits.source_lines import as_known
from customs_report.facts import Cite, Fact, Mark, NotAvailable, Runs, say, shows_zero
from customs_report.messages import message
from customs_report.periods import shift
from customs_report.report import Report, using
from customs_report.rows import NOT_PRINTED, fact_row, frame_table


def mirror_gap(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How far are China's exports to the United States from what the United States count?"""
    return Exhibit.of(using(report, frames, helpers.mirror_trade), _words, _chart, _table)


def _words(report: Report) -> Words:
    """The two sides of trade with the United States, matched months only."""
    facts, frame = report.facts, report.frame(helpers.mirror_trade)
    newest = newest_common_month(frame)
    if newest is None:
        return Words(no_common_month(facts.gap("mirror.gap_usd_month")))
    china, us, gap, percent = (
        facts[f"mirror.{name}_month"] for name in ("exports_china_usd", "imports_us_usd", "gap_usd", "gap_percent")
    )
    months, rate = facts["mirror.months"], facts["mirror.rate_month"]
    together = gap_together(months, facts["mirror.gap_usd_sum"], facts["mirror.gap_percent_sum"]) if months.value > 1 else None
    others = runs_of(mixed_vintages(report.tables, report.period))
    return Words(
        gap_of_month(gap, newest),
        present(both_counts(china, us, percent, gap), together, usual_reasons()),
        notes=(rate_of_mirror(rate, newest), note_on_us(*_left_out(frame), others)),
    )


@message
def no_common_month(why: NotAvailable) -> Runs:
    return not_held("Mirror statistics", why)


@message
def gap_of_month(gap: Fact, month: str) -> Runs:
    if shows_zero(gap):
        return say("Both sides counted the same trade in {month}", month=month)
    return say(
        "The United States counted {gap:size} {way} than China in {month}",
        gap=gap, way=more_or_less(gap), month=month,
    )  # fmt: skip


@message
def both_counts(china: Fact, us: Fact, percent: Fact, gap: Fact) -> Runs:
    return say(
        "China counted exports of {china} to the United States, which counted imports of {us}: {percent:size} {way}.",
        china=china, us=us, percent=percent, way=more_or_less(gap),
    )  # fmt: skip


@message
def gap_together(months: Fact, gap: Fact, percent: Fact) -> Runs:
    return say(
        "Over the {months} that both cover, the United States counted {gap:size} {way}, {percent:size} of China’s figure.",
        months=months, gap=gap, way=more_or_less(gap), percent=percent,
    )  # fmt: skip


@message
def usual_reasons() -> Runs:
    return (
        "The usual reasons are transit through Hong Kong or third places, goods at sea, valuation and low-value parcels. These "
        "figures prove none of them.",
    )


@message
def rate_of_mirror(rate: Fact, month: str) -> Runs:
    return say(
        "China’s figures are converted month by month at the rate of customs’ crude oil imports, {rate} in {month}. China "
        "values exports free on board, the United States imports without freight and insurance.",
        rate=rate, month=month,
    )  # fmt: skip


@message
def note_on_us(no_us: list[str], no_rate: list[str], no_china: list[str], mixed: list[str]) -> Runs:
    """With the spans that are left out because a figure is lacking, and those of the US side of another vintage."""
    lacking = {"no US figure": no_us, "no rate": no_rate, "no figure of China’s": no_china}
    parts = [say("{what} for {spans}", what=what, spans=_spans(spans)) for what, spans in lacking.items() if spans]
    return say(
        "The release days of the US figures are not available: a month counts as known from a late usual day. It shows the "
        "value at the time of retrieval, revisions included.{left_out}{mixed}",
        left_out=say(" Left out: {parts}.", parts=semicolons(parts)) if parts else (),
        mixed=say(
            " The US figures of {spans} are of another vintage than the others: revisions may separate them.",
            spans=_spans(mixed),
        ) if mixed else (),
    )  # fmt: skip


def _spans(spans: list[str]) -> Runs:
    return listed((Mark.of(span),) for span in spans)


def _left_out(frame: pd.DataFrame) -> list[list[str]]:
    """The spans that lack a US figure, a rate, a figure of China's."""
    lacking = [frame[column].isna() for column in ("united_states", "rate", "china")]
    lacking[2] &= frame["rate"].notna()
    return [runs_of(frame.index[rows]) for rows in lacking]


def runs_of(periods: Iterable[str]) -> list[str]:
    """Months in a row as one span: 2024-02, 2026-05, 2026-06 -> 2024-02, 2026-05/2026-06."""
    found: list[list[str]] = []
    for period in periods:
        if found and period == shift(found[-1][-1], 1):
            found[-1].append(period)
        else:
            found.append([period])
    return [run[0] if len(run) == 1 else f"{run[0]}/{run[-1]}" for run in found]


def _chart(report: Report) -> Chart | None:
    frame = report.frame(helpers.mirror_trade)
    newest = newest_common_month(frame)
    if newest is None:
        return None
    frame = frame.loc[:newest]
    figure, axes = canvas(height=1.75, right=0.86)
    months, ends = range(len(frame)), []
    draw_bars(axes, months, frame["gap"] / BILLION, 0.7, palette.PALE)
    sides = (("china", "China", palette.EXPORTS), ("united_states", "United\nStates", palette.INK))
    for side, label, colour in sides:
        values = frame[side].where(frame["gap"].notna()) / BILLION
        axes.plot(months, values, color=colour, lw=1.5, marker="o", ms=3)
        ends.append((label, values.iloc[-1], colour))
    axes.margins(y=0.08)
    ends.append(("Gap", frame["gap"].iloc[-1] / BILLION, palette.MUTED))
    mark_zero(axes)
    place_ticks(axes, "x", *_quarters(list(frame.index)))
    axes.set_xlim(-0.7, len(frame) - 0.3)
    label_ends(axes, len(frame) - 0.65, ends)
    counts = (report.facts[f"mirror.{name}_usd_month"] for name in ("exports_china", "imports_us", "gap"))
    alt = report.write(lines_of_both_sides(frame.index[0], newest, *counts))
    styles = {
        "china": "bn",
        "united_states": "bn",
        "gap": "signed_bn",
        "gap_percent": "signed_percent",
        "rate": "exchange_rate",
    }
    headers = ("China", "United States", "Gap", "Gap %", "Yuan per dollar")
    data = frame_table(
        "mirror-months",
        "Exports to the United States as both sides count them, billion dollars",
        "mirror_trade",
        frame[frame["gap"].notna()].iloc[::-1],
        headers,
        styles,
        units=dict.fromkeys(("china", "united_states", "gap"), "USD"),
    )
    source = as_known(report, "both_sides")
    title: Runs = (
        "China’s exports to the United States as both sides count them, billion dollars a month, to ",
        Mark.of(newest),
    )
    return Chart(figure, alt, data, source, title=title)


@message
def lines_of_both_sides(first: str, newest: str, china: Fact, us: Fact, gap: Fact) -> Runs:
    return say(
        "Two lines of matched months from {first} to {newest}, ending at {china} as China counts and {us} as the United States "
        "count. Bars show the gap, last {gap}.",
        first=first, newest=newest, china=china, us=us, gap=gap,
    )  # fmt: skip


def _quarters(periods: list[str]) -> tuple[list[int], list[str]]:
    """Where a short series has its ticks: each January with its year, each July."""
    at = [i for i, period in enumerate(periods) if period[5:] in ("01", "07")]
    return at, ["Jul" if periods[i].endswith("07") else periods[i][:4] for i in at]


def _table(report: Report) -> Table | None:
    """The newest months that China and the United States both count, and the sum of all matched months."""
    frame = report.frame(helpers.mirror_trade)
    matched = frame[frame["gap"].notna()]
    if matched.empty:
        return None
    rows = [
        Row(
            (Mark.of(period),),
            tuple((Cite.cell("mirror_trade", period, c, matched.at[period, c], *style),) for c, style in COLUMNS.items()),
            values=tuple(matched.loc[period, list(COLUMNS)]),
        )
        for period in matched.index[::-1][:MONTHS_SHOWN]
    ]
    sums = [(f"mirror.{name}_sum", style) for name, style in SUMS.items()]
    total = fact_row(report.facts, ("All matched months",), sums, kind="total")
    rows.append(replace(total, cells=(*total.cells, NOT_PRINTED), values=(*total.values, None)))
    headers = ("China", "United States", "Gap", "Gap %", "Yuan per dollar")
    caption = "Exports to the United States as China and as the United States count them, billion dollars"
    return Table("mirror", caption, (Column("Month"), *(Column(header, align="right") for header in headers)), tuple(rows))


MONTHS_SHOWN = 6
COLUMNS = {
    "china": ("bn", "USD"),
    "united_states": ("bn", "USD"),
    "gap": ("signed_bn", "USD"),
    "gap_percent": ("signed_percent",),
    "rate": ("exchange_rate",),
}
SUMS = {"exports_china_usd": "bn", "imports_us_usd": "bn", "gap_usd": "signed_bn", "gap_percent": "signed_percent"}
