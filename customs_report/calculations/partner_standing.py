"""How partners stand to each other: ranks and shares against a year earlier, growth month by month, concentration."""

from __future__ import annotations

import pandas as pd

from customs_report.calculations.breaks import broken
from customs_report.calculations.levels import Level, find_level, own, source_of
from customs_report.calculations.lines import largest_partners, lines_index, partner_line
from customs_report.calculations.making import add
from customs_report.calculations.measures import rank
from customs_report.coverage import why_not_held
from customs_report.facts import Facts
from customs_report.periods import shift, span, trailing
from customs_report.tables import Tables, ranked_partners

SHARES = ("ASEAN", "EU27", "USA", "HKG", "AFRICA", "LATAM", "RCEP", "BRI")  # the last two overlap the others
MONTHS, COLUMNS = 31, 12  # of the heat map


def partner_shares(tables: Tables, period: str) -> pd.DataFrame:
    """Where do exports go? Index period, a column a partner or group: percent of exports, over three months.

    Three months together, because single months are noisy; NaN where one of them is not held.

    >>> helpers.partner_shares(tables, period)["USA"].iloc[[0, -1]].round(1).to_dict()
    {'2024-03': 13.6, '2025-11': 10.7}
    """
    tables = own(tables, period)
    months = _months(tables, period)
    rows = {p: {code: _export_share(tables, code, trailing(p, 3)) for code in SHARES} for p in months[2:]}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(SHARES), dtype=float).rename_axis("period")


def partner_growth(tables: Tables, period: str) -> pd.DataFrame:
    """How did exports to the largest partners grow? Index period, newest first, a column a partner, the largest first.

    Growth of the year to date in percent as customs printed it, for the last 31 months; NaN where it is not printed.

    >>> helpers.partner_growth(tables, period).loc[period, ["ASEAN", "USA"]].to_dict()
    {'ASEAN': 14.6, 'USA': -18.3}
    """
    tables = own(tables, period)
    months, codes = _months(tables, period)[-MONTHS:], largest_partners(tables, period, COLUMNS)
    rows = {
        p: [line.exports_yoy if (line := partner_line(tables, code, "ytd", p)) else float("nan") for code in codes]
        for p in reversed(months)
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=codes, dtype=float).rename_axis("period")


def _months(tables: Tables, period: str) -> list[str]:
    """The months up to the period for which partners are held."""
    held = [p for _, _, p in lines_index(tables, "partners") if p <= period]
    return span(min(held), period) if held and max(held) == period else []


def _export_share(tables: Tables, code: str, months: list[str]) -> float:
    lines = [partner_line(tables, code, "month", p) for p in months]
    totals = [find_level(tables, "exports", "CNY", "month", p) for p in months]
    if not all(lines) or not all(isinstance(total, Level) for total in totals):
        return float("nan")
    return sum(line.exports for line in lines) / sum(total.value for total in totals) * 100


def concentration(shares: list[float]) -> tuple[float, float]:
    """How concentrated is trade on few partners? The Herfindahl index in points, zero to ten thousand, as a range.

    From the shares in percent of the partners held: what is missing counts as nothing (low) or as one partner (high).

    >>> helpers.concentration([50.0, 30.0])
    (3400.0, 3800.0)
    """
    low = sum(share**2 for share in shares)
    return low, low + max(0.0, 100 - sum(shares)) ** 2


def partner_standing_facts(facts: Facts, tables: Tables) -> None:
    """`partner.<CODE>.place_ytd`, `rank_ytd_change` and `exports_share_ytd`, `hhi.partners_low` and `_high`."""
    if not any(p == facts.period for _, _, p in lines_index(tables, "partners")):
        facts.gaps["hhi.*"] = why_not_held(tables, "partners", facts.period)
        return
    _rank_changes(facts, tables)
    _export_shares(facts, tables)
    _concentration_facts(facts, tables)


def _rank_changes(facts: Facts, tables: Tables) -> None:
    """Places by total trade among the partners held in both years: a change is one among the same partners."""
    index, periods = lines_index(tables, "partners"), (facts.period, shift(facts.period, -12))
    codes = [code for code in sorted(ranked_partners(tables)) if all((code, "ytd", p) in index for p in periods)]
    why = "not held in both years" if codes else "no table of partners a year earlier is held"
    facts.gaps["partner.*.place_ytd"] = facts.gaps["partner.*.rank_ytd_change"] = why
    levels = {p: {code: _level(tables, code, p) for code in codes} for p in periods}
    now, before = ({c: rank([part.value for part in of.values()], of[c].value, 1) for c in codes} for of in levels.values())
    among = f"among {len(codes)} partners held in both years, by total trade"
    for code in codes:
        lines = [levels[p][code] for p in periods]
        add(facts, f"partner.{code}.place_ytd", now[code], "rank", f"place {among}", lines[0])
        add(facts, f"partner.{code}.rank_ytd_change", before[code] - now[code], "places", f"places gained {among}", *lines)


def _level(tables: Tables, code: str, period: str) -> Level:
    line = partner_line(tables, code, "ytd", period)
    return Level(line.exports + line.imports, line.step, line.stage, "exports + imports", (source_of(line),))


def _export_shares(facts: Facts, tables: Tables) -> None:
    for code in sorted({*SHARES, *largest_partners(tables, facts.period)}):
        name, shares, parts = f"partner.{code}.exports_share_ytd", [], []
        for p in (facts.period, shift(facts.period, -12)):
            line, total = partner_line(tables, code, "ytd", p), find_level(tables, "exports", "CNY", "ytd", p)
            if broken(tables, "partners", code, "exports", p, facts.period):
                facts.gaps[f"{name}_change"] = broken(tables, "partners", code, "exports", p, facts.period)
                break
            if line and line.exports > 0 and isinstance(total, Level):
                shares.append(line.exports / total.value * 100)
                parts += [_level(tables, code, p), total]
            else:
                break
        if shares:
            add(facts, name, shares[0], "percent", "share of all exports", *parts[:2])
        if len(shares) == 2:
            add(facts, f"{name}_change", shares[0] - shares[1], "percentage points", "share − share a year earlier", *parts)


def _concentration_facts(facts: Facts, tables: Tables) -> None:
    """Over the partners held in every month, so that the index of two years counts the same partners."""
    index, months = lines_index(tables, "partners"), _months(tables, facts.period)
    codes = [c for c in sorted(ranked_partners(tables)) if all((c, "ytd", p) in index for p in months)]
    found: list[tuple[tuple[float, float], list[Level]]] = []
    for p in (facts.period, shift(facts.period, -12)):
        world, lines = find_level(tables, "total", "CNY", "ytd", p), [partner_line(tables, code, "ytd", p) for code in codes]
        if not isinstance(world, Level) or not lines or not all(lines):
            break
        levels = [_level(tables, code, p) for code in codes]
        found.append((concentration([part.value / world.value * 100 for part in levels]), [world, *levels]))
    if not found:
        facts.gaps["hhi.*"] = "no yuan total or no partner is held in every month"
        return
    for place, (bound, rest) in enumerate((("low", "nothing"), ("high", "one partner"))):
        name = f"hhi.partners_{bound}"
        how = f"sum of squared shares in percent of {len(codes)} partners held in every month, the rest as {rest}"
        add(facts, name, found[0][0][place], "points", how, *found[0][1])
        if len(found) == 2:
            change = found[0][0][place] - found[1][0][place]
            add(facts, f"{name}_change", change, "points", f"change on a year earlier: {how}", *found[0][1], *found[1][1])
