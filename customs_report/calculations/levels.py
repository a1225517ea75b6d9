"""Levels: exports, imports, balance and total trade over a span, of the newest stage that a report may use.

Spans: `month`, `ytd` (January to the month), `3m` and `12m` (trailing sums that end with the month).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

from customs_report.coverage import why_unavailable
from customs_report.facts import NotAvailable
from customs_report.names import total_label
from customs_report.numbers import period_text
from customs_report.periods import distance, is_january, shift, span, trailing, year_to_date
from customs_report.provenance import PRINTED, Figure, Label, Source, calculate
from customs_report.schema import KEYS, STAGES
from customs_report.tables import PrintedRow, Tables, cached, in_order, records

CURRENCIES = ("USD", "CNY")
SPANS: dict[str, Callable[[str], list[str]]] = {
    "month": lambda period: [period],
    "ytd": year_to_date,
    "3m": lambda period: trailing(period, 3),
    "12m": lambda period: trailing(period, 12),
}
FIRST_RELEASE = ("preliminary", "bulletin")  # one publication: the bulletin prints the first figures with more digits
REVISIONS = ("restated", "revised")
GROWTH, PRINTED_GROWTH = "growth of {} on a year earlier", "growth of {} on a year earlier, as printed"
RATE = "(level / year_earlier - 1) * 100"
GROWTH_STEP = 0.1  # percent: what customs prints


@lru_cache(maxsize=4)
def exclude_lookahead(tables: Tables, period: str) -> Tables:
    """Which figures may a report of this period use? Late figures only as history: none of its own period or a later one.

    Takes and returns tables as `as_of` returns them; cached, so that results cached in the tables are found again.

    >>> exclude_lookahead(tables, period).totals["period"].min()
    '2008-01'
    """
    frames = {}
    for name in KEYS:
        rows = getattr(tables, name)
        excluded = rows["late"] & (rows["period"] >= period)
        if excluded.any():
            frames[name] = rows[~excluded]
    if len(tables.later):
        frames["later"] = tables.later[tables.later["period"] < period]
    before = tables.history_before
    if tables.detail_day and any(part.newest > tables.detail_day and part.last >= period for part in tables.detail.parts):
        before = period
    return replace(tables, **frames, history_before=before) if frames or before != tables.history_before else tables


def level(tables: Tables, flow: str, currency: str, over: str, period: str) -> Figure:
    """How large were exports, imports, the balance or total trade over a span that ends with the period?"""
    found = find_level(tables, flow, currency, over, period)
    if isinstance(found, NotAvailable):
        raise found
    return found


@cached
def find_level(tables: Tables, flow: str, currency: str, over: str, period: str) -> Figure | NotAvailable:
    """As `level`, but NotAvailable is returned instead of raised; cached with the tables.

    >>> find_level(tables, "exports", "USD", "month", "2007-12")
    not available: exports, in dollars, December 2007: no dollar export figures before 2008-01
    """
    months = SPANS[over](period)
    if over == "month" or len(months) == 1:
        figures = printed_figures(tables, flow, currency, "month", period) or (
            printed_figures(tables, flow, currency, "ytd", period) if len(months) == 1 and is_january(period) else {}
        )
        return newest_stage(figures) if figures else _gap(tables, flow, currency, over, period)
    printed = printed_figures(tables, flow, currency, "ytd", period) if over == "ytd" else {}
    sums = {stage: found for stage in REVISIONS if (found := _sum(tables, flow, currency, over, months, (stage,)))}
    stages = sorted({*printed, *sums}, key=STAGES.__getitem__, reverse=True)
    if stages and stages[0] in sums:
        return _print_or_sum(printed.get(stages[0]), sums[stages[0]])
    if stages:
        return _confirmed(printed[stages[0]], _sum(tables, flow, currency, over, months, FIRST_RELEASE))
    if missing := [month for month in months if not printed_figures(tables, flow, currency, "month", month)]:
        return _gap(tables, flow, currency, over, missing[0], period)
    return NotAvailable(str(total_label(flow, currency, over, period)), NOT_ADDED)


NOT_ADDED = "customs’ own sum is not available"  # and first estimates of months are not added: customs revises them


def _print_or_sum(printed: Figure | None, summed: Figure) -> Figure:
    """The printed year to date of a revised stage if it is as precise as the sum of months or contradicts it, else the sum."""
    if printed and (printed.rounding <= summed.rounding or abs(printed.value - summed.value) > printed.rounding):
        return printed
    return summed


def _confirmed(printed: Figure, summed: Figure | None) -> Figure:
    """The sum of first prints if it is more precise than the printed year to date and rounds to it, else the print."""
    if not summed or summed.rounding >= printed.rounding or abs(summed.value - printed.value) > printed.rounding / 2:
        return printed
    origin = replace(summed.origin, how=f"{summed.how}, confirmed by the printed year to date")
    return replace(summed, origin=origin, stage=printed.stage, sources=summed.sources + printed.sources)


def _sum(tables: Tables, flow: str, currency: str, over: str, months: list[str], stages: tuple[str, ...]) -> Figure | None:
    """The sum of months, each in the newest of these stages; January and February may be printed as one figure."""
    parts, i = [], 0
    while i < len(months):
        part = _of_stages(printed_figures(tables, flow, currency, "month", months[i]), stages)
        pair = is_january(months[i]) and i + 1 < len(months)
        if pair and not (part and _of_stages(printed_figures(tables, flow, currency, "month", months[i + 1]), stages)):
            part, i = _of_stages(printed_figures(tables, flow, currency, "ytd", months[i + 1]), stages), i + 1
        if not part:
            return None
        parts.append(part)
        i += 1
    return calculate(
        "round(sum(months), 2)", currency, total_label(flow, currency, over, months[-1]), {"months": tuple(parts)},
        how=f"sum of {len(months)} months", stage=stages[-1], step=max(part.rounding for part in parts),
    )  # fmt: skip


def _of_stages(figures: dict[str, Figure], stages: tuple[str, ...]) -> Figure | None:
    found = {stage: figures[stage] for stage in stages if stage in figures}
    return newest_stage(found) if found else None


def same_publication(first: str, second: str) -> bool:
    """Do two stages belong together? A preliminary release and its bulletin are one publication.

    >>> same_publication("preliminary", "bulletin"), same_publication("bulletin", "revised")
    (True, False)
    """
    return first == second or {first, second} <= {*FIRST_RELEASE}


def newest_stage(figures: dict[str, Figure]) -> Figure:
    """The newest stage of a figure.

    >>> newest_stage(printed_figures(tables, "exports", "USD", "month", period)).stage
    'revised'
    """
    return figures[max(figures, key=STAGES.__getitem__)]


def printed_figures(
    tables: Tables, flow: str, currency: str, kind: str, period: str, measure: str = "level"
) -> dict[str, Figure]:
    """What did customs print of a month or year to date, at each stage? `measure`: level, or yoy for printed growth.

    >>> list(printed_figures(tables, "exports", "USD", "month", period))
    ['preliminary', 'revised']
    """
    return _totals_index(tables).get((flow, currency, kind, measure, period), {})


def printed_growth(tables: Tables, flow: str, currency: str, over: str, period: str) -> Figure | None:
    """Growth as customs printed it, newest stage; January's month is its year to date, whichever of them is printed."""
    january = is_january(period) and over in ("month", "ytd")
    prints: dict[str, Figure] = {}
    for kind in ("ytd", "month") if january else (over,):
        prints |= printed_figures(tables, flow, currency, kind, period, "yoy")
    return newest_stage(prints) if prints else None


@cached
def _totals_index(tables: Tables) -> dict[tuple, dict[str, Figure]]:
    """The figures of each stage by flow, currency, kind, measure and period; those that identities give are calculated last."""
    index: dict[tuple, dict[str, Figure]] = {}
    derived = []
    for row in records(in_order(tables.totals)):
        where = index.setdefault((row.flow, row.currency, row.kind, row.measure, row.period), {})
        if row.how == "printed":
            label = total_label(row.flow, row.currency, row.kind, row.period)
            unit = row.currency if row.measure == "level" else "percent"
            where[row.stage] = as_printed(row, row.value, unit, label if row.measure == "level" else label.of(PRINTED_GROWTH))
        else:
            where.pop(row.stage, None)
            derived.append(row)
    for row in derived:
        first, _, second = row.how.split()
        inputs = {flow: index[flow, row.currency, row.kind, row.measure, row.period][row.stage] for flow in (first, second)}
        index[row.flow, row.currency, row.kind, row.measure, row.period][row.stage] = calculate(
            f"round({row.how}, 2)", row.currency, total_label(row.flow, row.currency, row.kind, row.period), inputs,
            how=row.how, step=row.step, sources=(source_of(row),),
        )  # fmt: skip
    return index


def as_printed(row: PrintedRow, value: float, unit: str, label: Label, step: float | None = None) -> Figure:
    """A figure as customs printed it in a row of a table."""
    step = step or (GROWTH_STEP if unit == "percent" else row.step)
    return Figure(value, unit, label, PRINTED, (source_of(row),), row.stage, step, released=row.released)


def months_between(earlier: str, later: str, label: Label, how: str) -> Figure:
    """How many months lie between two periods, as a figure."""
    first, last = (Figure(distance("0001-01", month), "month", Label(period_text(month))) for month in (earlier, later))
    return calculate("month - earlier_month", "months", label, {"month": last, "earlier_month": first}, how=how)


def source_of(row: PrintedRow) -> Source:
    """Where a printed row comes from: source, stage, release day and how that day is known.

    >>> str(source_of(next(tables.partners.query("period == '2025-11' and partner == 'VNM'").itertuples())))
    'gacc-bulletin-2, bulletin, released 2025-12-08 (printed)'
    """
    return Source(row.source, row.stage, row.released, row.released_basis)


def _gap(tables: Tables, flow: str, currency: str, over: str, period: str, end: str = "") -> NotAvailable:
    """Why a level that ends with a month, by default this one, is not available: because this one is missing."""
    why = why_unavailable(tables, "totals", period, flow=flow, currency=currency, kind="month", measure="level")
    if flow in ("balance", "total"):  # derived nearly everywhere: what is missing is one of its parts
        why = why_unavailable(tables, "totals", period, flow="imports", currency=currency, kind="month", measure="level")
        why = why.replace("import figures", {"total": "trade"}.get(flow, flow) + " figures")
    if f"figures for {period}" in why:
        why = f"not available as published by {tables.as_of}"
    return NotAvailable(str(total_label(flow, currency, over, end or period)), why)


@cached
def first_month(tables: Tables) -> str:
    """The first month of the dollar series.

    >>> first_month(tables)
    '2008-01'
    """
    return tables.totals.loc[tables.totals["currency"] == "USD", "period"].min()


def approximate_level(tables: Tables, flow: str, currency: str, over: str, period: str) -> Figure | None:
    """An approximate level: as `find_level`, else the sum of the months in their newest stages. Never shown by itself."""
    found = find_level(tables, flow, currency, over, period)
    return found if isinstance(found, Figure) else _sum(tables, flow, currency, over, SPANS[over](period), tuple(STAGES))


@cached
def span_series(tables: Tables, flow: str, over: str, period: str) -> dict[str, Figure]:
    """The dollar levels of a span ending with each month up to the period: month -> Figure.

    Before the period itself, a sum that was not available on the day counts as customs showed its months later: it serves as
    history, as a month does of which nothing earlier is held.

    >>> round(span_series(tables, "balance", "ytd", period)["2024-11"].value / 1e9, 1)
    887.4
    """
    history = _history(tables)
    found: dict[str, Figure] = {}
    for p in span(first_month(tables), period):
        level = find_level(tables, flow, "USD", over, p)
        if isinstance(level, NotAvailable) and p < period and len(tables.later):
            level = find_level(history, flow, "USD", over, p)
        if isinstance(level, Figure):
            found[p] = level
    return found


@cached
def _history(tables: Tables) -> Tables:
    return replace(tables, totals=tables.later)


def dollar_series(tables: Tables, flow: str, period: str) -> dict[str, Figure]:
    """The monthly dollar figures of a flow up to the period: month -> Figure.

    >>> dollar_series(tables, "balance", period)["2008-01"].value
    19400000000.0
    """
    months = span(first_month(tables), period)
    return {p: found for p in months if isinstance(found := find_level(tables, flow, "USD", "month", p), Figure)}


def dollar_growth(tables: Tables, flow: str, period: str) -> list[Figure]:
    """The growth of monthly exports or imports in dollars on a year earlier, in percent, months in a row up to the period.

    >>> round(dollar_growth(tables, "exports", period)[-1].value, 1)
    5.8
    """
    series = dollar_series(tables, flow, period)
    rates: list[Figure] = []
    for p in span(first_month(tables), period):
        now, base = series.get(p), series.get(shift(p, -12))
        if now and base:
            rates.append(calculate(RATE, "percent", now.label, {"level": now, "year_earlier": base}, like=now))
        else:
            rates = []
    return rates
