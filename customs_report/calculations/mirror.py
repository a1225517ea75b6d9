"""The mirror: exports to the United States as China counts them, beside imports from China as the United States do.

Only months that both sides and the rate are held for are compared. China prints partners in yuan; they are converted at
customs' own rate of the same month (see `exchange_rate`).
"""

from __future__ import annotations

import pandas as pd

from customs_report.calculations.exchange_rate import RATE, customs_rate
from customs_report.calculations.levels import Level, own, source_of
from customs_report.calculations.lines import lines_index, partner_line
from customs_report.calculations.making import add
from customs_report.coverage import why_not_held
from customs_report.facts import Facts, Gap
from customs_report.periods import span
from customs_report.tables import Tables, in_order, remembered


def mirror_trade(tables: Tables, period: str) -> pd.DataFrame:
    """How far apart are the two sides, month by month? Index period, from the first month of Chinese figures.

    Columns: china and united_states in dollars, rate in yuan per dollar, gap (United States less China) in dollars and
    gap_percent of China's figure; NaN where a part is not held.

    >>> helpers.mirror_trade(tables, period).columns.to_list()
    ['china', 'united_states', 'rate', 'gap', 'gap_percent']
    """
    rows = {}
    for p, (china, rate, us) in _parts(own(tables, period), period).items():
        exports = china.value / rate.value if china and rate else None
        gap = us.value - exports if us and exports else None
        rows[p] = (exports, us and us.value, rate and rate.value, gap, gap / exports * 100 if gap is not None else None)
    columns = ["china", "united_states", "rate", "gap", "gap_percent"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float).rename_axis("period")


Parts = tuple[Level | None, Level | None, Level | None]


def _parts(tables: Tables, period: str) -> dict[str, Parts]:
    """China's exports in yuan, the rate, and US imports of each month up to the period; None where not held."""
    first = min((p for code, kind, p in lines_index(tables, "partners") if code == "USA" and kind == "month"), default=None)
    found: dict[str, Parts] = {}
    for p in span(first, period) if first else []:
        line, rate = partner_line(tables, "USA", "month", p), customs_rate(tables, p)
        china = Level(line.exports, line.step, line.stage, "printed", (source_of(line),), line.released) if line else None
        found[p] = (china, rate if isinstance(rate, Level) else None, _us_imports(tables).get(p))
    return found


@remembered
def _us_imports(tables: Tables) -> dict[str, Level]:
    """US imports from China by month, only as far as they were public: none of these figures is needed as history."""
    rows = tables.mirror
    rows = in_order(rows[(rows["reporter"] == "USA") & (rows["flow"] == "imports") & ~rows["late"]])
    return {
        row.period: Level(row.value, row.step, row.stage, "printed", (source_of(row),), row.released)
        for row in rows.itertuples(index=False)
    }


def newest_common_month(frame: pd.DataFrame) -> str | None:
    """The last month of `mirror_trade` that both sides are held for.

    >>> helpers.newest_common_month(helpers.mirror_trade(tables, period))
    '2025-11'
    """
    matched = frame.index[frame["gap"].notna()]
    return matched[-1] if len(matched) else None


def mixed_vintages(tables: Tables, period: str) -> list[str]:
    """Which compared months does the US side show as of another day than most? They may lack, or have, later revisions.

    >>> helpers.mixed_vintages(tables, period)
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
    matched = {p: parts for p, parts in _parts(tables, facts.period).items() if all(parts)}
    if not matched:
        facts.gaps["mirror.*"] = _why_unmatched(tables, facts.period)
        return
    newest = max(matched)
    rate = matched[newest][1]
    add(facts, "mirror.rate_month", rate.value, RATE, f"{rate.how}, {newest}", rate)
    for over, months, what in (("month", [newest], newest), ("sum", list(matched), f"sum of {len(matched)} matched months")):
        both, theirs = [part for p in months for part in matched[p][:2]], [matched[p][2] for p in months]
        china = sum(matched[p][0].value / matched[p][1].value for p in months)
        us = sum(part.value for part in theirs)
        counted = "exports to the United States as China counts them, at the rate of crude oil"
        for name, value, unit, how, parts in (
            ("exports_china", china, "USD", counted, both),
            ("imports_us", us, "USD", "imports from China as the United States count them", theirs),
            ("gap", us - china, "USD", "United States less China", both + theirs),
            ("gap_percent", (us - china) / china * 100, "percent", "gap as a share of China's figure", both + theirs),
        ):
            full = f"mirror.{name}_usd_{over}" if unit == "USD" else f"mirror.{name}_{over}"
            add(facts, full, value, unit, f"{how}, {what}", *parts, step=1e6 if unit == "USD" else None)
    every = [part for parts in matched.values() for part in parts]
    add(facts, "mirror.months", len(matched), "months", "months held by both sides, with a rate", *every)


def _why_unmatched(tables: Tables, period: str) -> str:
    if not _parts(tables, period):
        why = why_not_held(tables, "partners", period, key="USA", kind="month")
        return why.replace("line for USA", "exports to the United States")
    rate = customs_rate(tables, period)
    return rate.why if isinstance(rate, Gap) else f"no month of both sides was public by {tables.as_of}"
