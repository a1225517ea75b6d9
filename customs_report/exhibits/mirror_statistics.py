"""Mirror statistics: exports to the United States as China counts them, beside what the United States count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.mirror import mixed_vintages, newest_common_month
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import BILLION, canvas, label_ends, mark_zero, with_report_style
from customs_report.drawing.source_lines import as_known
from customs_report.english.grammar import listed, semicolons, shows_zero, words_not_held
from customs_report.exhibits.selection import present
from customs_report.facts import Cite, Mark, Runs
from customs_report.periods import shift
from customs_report.report import Report
from customs_report.rows import NOT_PRINTED, fact_row, frame_table

REASONS: Runs = (
    "Usual reasons in the literature are transit through Hong Kong or third places, goods at sea between the two counts, "
    "different valuation and low-value parcels; these figures prove none of them.",
)
US_NOTE: Runs = (
    "The release days of the US figures are not held: a month counts as known from a late usual day, and shows the value that "
    "stood when the series was retrieved, revisions included.",
)


def mirror_gap(report: Report) -> Exhibit:
    """How far are China's exports to the United States from what the United States count?"""
    return Exhibit.of(report, _words, _chart, _table)


def _words(report: Report) -> Words:
    """The two sides of trade with the United States, matched months only."""
    facts, frame = report.facts, helpers.mirror_trade(report.tables, report.period)
    newest = newest_common_month(frame)
    if newest is None:
        return words_not_held(
            "Exports to the United States, as both sides count them", facts.why_missing("mirror.gap_usd_month")
        )
    way = ("less" if facts["mirror.gap_usd_month"].value < 0 else "more",)
    if shows_zero(facts["mirror.gap_usd_month"]):
        claim = facts.say("Both sides counted the same trade from China to the United States in {@month}", month=newest)
    else:
        claim = facts.say(
            "In {@month} the United States counted {mirror.gap_usd_month:size} {@way} from China than China counted",
            month=newest,
            way=way,
        )
    sides = facts.say(
        "China counted exports of {mirror.exports_china_usd_month} to the United States, which counted imports of "
        "{mirror.imports_us_usd_month}, {mirror.gap_percent_month:size} {@way}.",
        way=way,
    )
    together = None
    if facts["mirror.months"].value > 1:
        together = facts.say(
            "Over the {mirror.months} held by both sides the United States counted {mirror.gap_usd_sum:size} {@way}, "
            "{mirror.gap_percent_sum:size} of China’s figure.",
            way=("less" if facts["mirror.gap_usd_sum"].value < 0 else "more",),
        )
    rate = facts.say(
        "China’s figures are converted month by month at the rate of customs’ crude oil imports, {mirror.rate_month} in "
        "{@month}. China values exports free on board, the United States imports without freight and insurance.",
        month=newest,
    )
    return Words(claim, present(sides, together, REASONS), notes=(rate, (*US_NOTE, *_unmatched(frame), *_mixed(report))))


def _unmatched(frame: pd.DataFrame) -> Runs:
    """Which months are left out, and what they lack."""
    parts = []
    for column, what in (("united_states", "no US figure"), ("rate", "no rate"), ("china", "no figure of China’s")):
        lacking = frame.index[frame[column].isna() & (frame["rate"].notna() | (column != "china"))]
        if len(lacking):
            parts.append((f"{what} for ", *listed((Mark.of(run),) for run in runs_of(lacking))))
    return (" Left out: ", *semicolons(parts), ".") if parts else ()


def _mixed(report: Report) -> Runs:
    """Which months of the US side are of another vintage."""
    months = mixed_vintages(report.tables, report.period)
    if not months:
        return ()
    shown = listed((Mark.of(run),) for run in runs_of(months))
    return (" The US figures of ", *shown, " are of another vintage than the others: revisions may stand between them.")


def runs_of(periods: Iterable[str]) -> list[str]:
    """Months in a row as one span: 2024-02, 2026-05, 2026-06 -> 2024-02, 2026-05/2026-06."""
    found: list[list[str]] = []
    for period in periods:
        if found and period == shift(found[-1][-1], 1):
            found[-1].append(period)
        else:
            found.append([period])
    return [run[0] if len(run) == 1 else f"{run[0]}/{run[-1]}" for run in found]


@with_report_style
def _chart(report: Report) -> Chart | None:
    frame = helpers.mirror_trade(report.tables, report.period)
    newest = newest_common_month(frame)
    if newest is None:
        return None
    frame = frame.loc[:newest]
    figure, axes = canvas(height=1.75, right=0.86)
    months, ends = range(len(frame)), []
    axes.bar(months, frame["gap"] / BILLION, width=0.7, color=palette.PALE)
    sides = (("china", "China’s count", palette.EXPORTS), ("united_states", "US count", palette.ACCENT))
    for side, label, colour in sides:
        values = frame[side].where(frame["gap"].notna()) / BILLION
        axes.plot(months, values, color=colour, lw=1.5, marker="o", ms=3)
        ends.append((label, values.iloc[-1], colour))
    axes.margins(y=0.08)
    ends.append(("Gap", frame["gap"].iloc[-1] / BILLION, palette.MUTED))
    mark_zero(axes)
    axes.set_xticks(*_quarters(list(frame.index)))
    axes.set_xlim(-0.7, len(frame) - 0.3)
    label_ends(axes, len(frame) - 0.65, ends)
    alt = report.facts.say(
        "Two lines of matched months from {@first} to {@newest}, ending at {mirror.exports_china_usd_month} as China counts "
        "and {mirror.imports_us_usd_month} as the United States count. Bars show the gap, last {mirror.gap_usd_month}.",
        first=frame.index[0],
        newest=newest,
    )
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
    source = as_known(report, "General Administration of Customs of China, US Census Bureau; yuan at customs’ own rate")
    title: Runs = (
        "China’s exports to the United States as both sides count them, billion dollars a month, to ",
        Mark.of(newest),
    )
    return Chart(figure, alt, data, source, recent=True, title=title)


def _quarters(periods: list[str]) -> tuple[list[int], list[str]]:
    """Where a short series has its ticks: each January with its year, each July."""
    at = [i for i, period in enumerate(periods) if period[5:] in ("01", "07")]
    return at, ["Jul" if periods[i].endswith("07") else periods[i][:4] for i in at]


def _table(report: Report) -> Table | None:
    """The newest months that China and the United States both count, and the sum of all matched months."""
    frame = helpers.mirror_trade(report.tables, report.period)
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
