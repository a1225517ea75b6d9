"""The mirror: exports to the United States as China counts them, beside imports from China as the United States do.

Only months that both sides and the rate are held for are compared. China prints partners in yuan; they are converted at
customs' own rate of the same month (see `exchange_rate`).
"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from customs_report.calculations.exchange_rate import customs_rate
from customs_report.calculations.levels import as_printed, exclude_lookahead
from customs_report.calculations.lines import partner_figure, partner_lines
from customs_report.coverage import why_unavailable
from customs_report.facts import Facts, NotAvailable, complete, or_none
from customs_report.names import where
from customs_report.numbers import period_text
from customs_report.periods import span
from customs_report.provenance import Figure, Label, calculate, combined
from customs_report.tables import Tables, cached, in_order, records


def mirror_trade(tables: Tables, period: str) -> pd.DataFrame:
    """How far apart are Chinese and US figures of the same trade, month by month?"""
    rows = {}
    for p, (china, rate, us) in _parts(exclude_lookahead(tables, period), period).items():
        exports = china.value / rate.value if china and rate else None
        gap = us.value - exports if us and exports else None
        percent = gap / exports * 100 if exports and gap is not None else None
        rows[p] = (exports, us and us.value, rate and rate.value, gap, percent)
    columns = ["china", "united_states", "rate", "gap", "gap_percent"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float).rename_axis("period")


Parts = tuple[Figure | None, Figure | None, Figure | None]


def _parts(tables: Tables, period: str) -> dict[str, Parts]:
    """China's exports in yuan, the rate, and US imports of each month up to the period; None where not held."""
    first = min((p for code, kind, p in partner_lines(tables) if code == "USA" and kind == "month"), default=None)
    found: dict[str, Parts] = {}
    for p in span(first, period) if first else []:
        china, rate = partner_figure(tables, "USA", "exports", "month", p), customs_rate(tables, p)
        found[p] = (china, or_none(rate), _us_imports(tables).get(p))
    return found


@cached
def _us_imports(tables: Tables) -> dict[str, Figure]:
    """US imports from China by month, only those public on the tables' day: none of these figures is needed as history."""
    rows = tables.mirror
    rows = in_order(rows[(rows["reporter"] == "USA") & (rows["flow"] == "imports") & ~rows["late"]])
    label = "imports from China as the United States count them"
    return {
        row.period: as_printed(row, row.value, "USD", Label(label, where("month", row.period, "USD"))) for row in records(rows)
    }


def newest_common_month(frame: pd.DataFrame) -> str | None:
    """The last month of `mirror_trade` that both sides are held for.

    >>> newest_common_month(mirror_trade(tables, period))
    '2025-11'
    """
    matched = frame.index[frame["gap"].notna()]
    return matched[-1] if len(matched) else None


def mixed_vintages(tables: Tables, period: str) -> list[str]:
    """Which compared months does the US side show as of another day than most? They may lack, or have, later revisions.

    >>> mixed_vintages(tables, period)
    ['2024-02', '2024-04', '2024-08', '2024-12']
    """
    frame = mirror_trade(tables, period)
    rows = tables.mirror[(tables.mirror["reporter"] == "USA") & (tables.mirror["flow"] == "imports")]
    rows = in_order(rows[rows["period"].isin(frame.index[frame["gap"].notna()])]).drop_duplicates("period", keep="last")
    usual = rows["source"].mode()
    return sorted(rows.loc[rows["source"] != usual.iloc[0], "period"]) if len(usual) else []


# --- facts --------------------------------------------------------------------------------------------------------------


def mirror_facts(facts: Facts, tables: Tables) -> None:
    """Adds both sides and the gap, of the newest common month (`..._month`) and of all matched months (`..._sum`)."""
    matched = {p: held for p, parts in _parts(tables, facts.period).items() if (held := complete(parts))}
    if not matched:
        facts.gaps["mirror.*"] = _why_unmatched(tables, facts.period)
        return
    newest = max(matched)
    rate = matched[newest][1]
    facts.add("mirror.rate_month", rate, origin=replace(rate.origin, how=f"{rate.how}, {period_text(newest)}"), step=None)
    for over, months in (("month", [newest]), ("sum", list(matched))):
        what = period_text(newest) if over == "month" else f"sum of {len(matched)} matched months"
        china, us = _both_sides(matched, months, what)
        gap = calculate(
            "imports - exports", "USD", Label("gap between the two sides of trade with the United States", what),
            {"imports": us, "exports": china}, how=f"United States less China, {what}",
        )  # fmt: skip
        percent = calculate(
            "gap / exports * 100", "percent", gap.label.of("{}, as a share of China’s figure"), {"gap": gap, "exports": china},
            how=f"gap as a share of China's figure, {what}",
        )  # fmt: skip
        for name, figure in (("exports_china_usd", china), ("imports_us_usd", us), ("gap_usd", gap)):
            facts.add(f"mirror.{name}_{over}", figure, step=1e6)
        facts.add(f"mirror.gap_percent_{over}", percent)
    every = tuple(parts[0] for parts in matched.values())
    label = Label("months counted by both sides", where("month", facts.period))
    count = calculate("count(months)", "months", label, {"months": every}, how="months counted by both sides, with a rate")
    facts.add("mirror.months", count, sources=combined(part.sources for parts in matched.values() for part in parts))


def _both_sides(matched: dict[str, list[Figure]], months: list[str], what: str) -> tuple[Figure, Figure]:
    """Exports as China counts them, in dollars, and imports as the United States do, each summed over the months."""
    rows = [matched[month] for month in months]
    converted = tuple(calculate("yuan / rate", "USD", china.label, {"yuan": china, "rate": rate}) for china, rate, _ in rows)
    counted = "exports to the United States as China counts them"
    us = "imports from China as the United States count them"
    by_china, by_us = f"{counted}, at the rate of crude oil, {what}", f"{us}, {what}"
    return (
        calculate("sum(months)", "USD", Label(counted, what), {"months": converted}, how=by_china),
        calculate("sum(months)", "USD", Label(us, what), {"months": tuple(imports for *_, imports in rows)}, how=by_us),
    )


def _why_unmatched(tables: Tables, period: str) -> str:
    if not _parts(tables, period):
        why = why_unavailable(tables, "partners", period, key="USA", kind="month")
        return why.replace("line for USA", "figures for the United States")
    rate = customs_rate(tables, period)
    return rate.why if isinstance(rate, NotAvailable) else f"no month of both sides was public by {tables.as_of}"
