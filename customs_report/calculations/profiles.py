"""One partner by itself: month by month, and its places."""

from __future__ import annotations

import pandas as pd

from customs_report.calculations.levels import Level, find_level, own, source_of
from customs_report.calculations.lines import lines_index, partner_line
from customs_report.calculations.making import add
from customs_report.calculations.measures import growth, rank
from customs_report.facts import Facts
from customs_report.periods import shift, span, trailing
from customs_report.tables import Tables

RANK_STEP = 1e8  # yuan: months are ranked as a reader sees them, to a tenth of a billion
NAN = float("nan")


def partner_months(tables: Tables, period: str, code: str) -> pd.DataFrame:
    """How did trade with a partner go, month by month? Index period, from the first month held; levels in yuan, else percent.

    Columns: exports, imports, balance; share of total trade, growth of trade with the partner and of all trade (`world`),
    each over three months, because single months are noisy. NaN where a month is not held.
    """
    tables = own(tables, period)
    held = [p for key, kind, p in lines_index(tables, "partners") if key == code and kind == "month" and p <= period]
    rows = {}
    for p in span(min(held), period) if held else ():
        line, before = partner_line(tables, code, "month", p), [shift(q, -12) for q in trailing(p, 3)]
        now, base = _traded(tables, code, trailing(p, 3)), _traded(tables, code, before)
        world, world_base = _world(tables, trailing(p, 3)), _world(tables, before)
        rows[p] = {
            "exports": line.exports if line else NAN,
            "imports": line.imports if line else NAN,
            "balance": line.exports - line.imports if line else NAN,
            "share": now / world * 100,
            "growth": growth(now, base) if base > 0 else NAN,
            "world": growth(world, world_base) if world_base > 0 else NAN,
        }
    columns = ["exports", "imports", "balance", "share", "growth", "world"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float).rename_axis("period")


def _traded(tables: Tables, code: str, months: list[str]) -> float:
    lines = [partner_line(tables, code, "month", p) for p in months]
    return sum(line.exports + line.imports for line in lines) if all(lines) else NAN


def _world(tables: Tables, months: list[str]) -> float:
    totals = [find_level(tables, "total", "CNY", "month", p) for p in months]
    return sum(total.value for total in totals) if all(isinstance(total, Level) for total in totals) else NAN


def partner_profile_facts(facts: Facts, tables: Tables, code: str) -> None:
    """Of a partner: `share_ytd_change`; `exports_cny_month_rank`, `_rank_of`; `exports_cny_ytd_yoy_before`; imports alike."""
    tables, before = own(tables, facts.period), shift(facts.period, -12)
    key, shares, parts = f"partner.{code}.", [], []
    for p in (facts.period, before):
        line, world = partner_line(tables, code, "ytd", p), find_level(tables, "total", "CNY", "ytd", p)
        if line and line.exports + line.imports > 0 and isinstance(world, Level):
            shares.append((line.exports + line.imports) / world.value * 100)
            parts += [_level(line, line.exports + line.imports), world]
    if len(shares) == 2:
        how = "share of total trade less that of a year earlier"
        add(facts, f"{key}share_ytd_change", shares[0] - shares[1], "percentage points", how, *parts)
    earlier = partner_line(tables, code, "ytd", before)
    lines = {p: partner_line(tables, code, "month", p) for k, kind, p in lines_index(tables, "partners") if k == code}
    for flow in ("exports", "imports"):
        printed = getattr(earlier, f"{flow}_yoy") if earlier else NAN
        if printed == printed:
            how = "printed by customs a year earlier"
            add(facts, f"{key}{flow}_cny_ytd_yoy_before", printed, "percent", how, _level(earlier, printed), step=0.1)
        levels = {p: _level(line, value) for p, line in lines.items() if line and (value := getattr(line, flow)) > 0}
        _ranked(facts, f"{key}{flow}_cny_month", levels)


def _ranked(facts: Facts, name: str, levels: dict[str, Level]) -> None:
    """The month's place among all months held, 1 = largest, and how many they are."""
    if facts.period not in levels:
        facts.gaps[f"{name}_rank*"] = "the month is not held"
        return
    every = list(levels.values())
    place = rank([level.value for level in every], levels[facts.period].value, RANK_STEP)
    add(facts, f"{name}_rank", place, "rank", f"place among the months held since {min(levels)}", *every)
    add(facts, f"{name}_rank_of", len(every), "months", f"months held since {min(levels)}", *every)


def _level(line, value: float) -> Level:
    return Level(value, line.step, line.stage, "printed", (source_of(line),))
