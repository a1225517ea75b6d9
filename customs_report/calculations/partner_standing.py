"""Partners compared: ranks and shares, now and a year earlier, growth month by month."""

from __future__ import annotations

import pandas as pd

from customs_report.calculations.breaks import broken
from customs_report.calculations.changes import CHANGE
from customs_report.calculations.levels import exclude_lookahead, find_level
from customs_report.calculations.lines import largest_partners, partner_figure, partner_line, partner_lines
from customs_report.facts import Facts, complete
from customs_report.names import partner_name, the, where
from customs_report.periods import shift, span, trailing
from customs_report.provenance import Figure, Label, calculate, stage_of
from customs_report.tables import Tables, ranked_partners

SHARES = ("ASEAN", "EU27", "USA", "HKG", "AFRICA", "LATAM", "RCEP", "BRI")  # the last two overlap the others
MONTHS, COLUMNS = 18, 10  # of the heat map


def partner_shares(tables: Tables, period: str) -> pd.DataFrame:
    """Where do exports go? Index period, one column per partner or group: percent of exports, over three months."""
    tables = exclude_lookahead(tables, period)
    months = _months(tables, period)
    rows = {p: {code: _export_share(tables, code, trailing(p, 3)) for code in SHARES} for p in months[2:]}
    return pd.DataFrame.from_dict(rows, orient="index", columns=list(SHARES), dtype=float).rename_axis("period")


def partner_growth(tables: Tables, period: str) -> pd.DataFrame:
    """How did exports to the largest partners grow? Index period, newest first; one column per partner, the largest first."""
    tables = exclude_lookahead(tables, period)
    months, codes = _months(tables, period)[-MONTHS:], largest_partners(tables, period, COLUMNS)
    rows = {
        p: [line.exports_yoy if (line := partner_line(tables, code, "ytd", p)) else float("nan") for code in codes]
        for p in reversed(months)
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=codes, dtype=float).rename_axis("period")


def _months(tables: Tables, period: str) -> list[str]:
    """The months up to the period for which partners are held."""
    held = [p for _, _, p in partner_lines(tables) if p <= period]
    return span(min(held), period) if held and max(held) == period else []


def _export_share(tables: Tables, code: str, months: list[str]) -> float:
    lines = complete(partner_line(tables, code, "month", p) for p in months)
    totals = complete(find_level(tables, "exports", "CNY", "month", p) for p in months)
    if not lines or not totals:
        return float("nan")
    return sum(line.exports for line in lines) / sum(total.value for total in totals) * 100


def partner_standing_facts(facts: Facts, tables: Tables) -> None:
    """`partner.<CODE>.place_ytd`, `rank_ytd_change` and `exports_share_ytd`."""
    if not any(p == facts.period for _, _, p in partner_lines(tables)):
        return
    _rank_changes(facts, tables)
    _export_shares(facts, tables)


def _rank_changes(facts: Facts, tables: Tables) -> None:
    """Places by total trade among the partners listed in both years: a change is one among the same partners."""
    periods = (facts.period, shift(facts.period, -12))
    found = {
        code: complete(partner_figure(tables, code, "total", "ytd", p) for p in periods)
        for code in sorted(ranked_partners(tables))
    }
    pairs = {code: pair for code, pair in found.items() if pair}
    why = "not available in both years" if pairs else "no table of partners a year earlier"
    facts.gaps["partner.*.place_ytd"] = facts.gaps["partner.*.rank_ytd_change"] = why
    among = f"among {len(pairs)} partners listed in both years, by total trade"
    for code, pair in pairs.items():
        name = the(partner_name(tables, code))
        now, before = (
            calculate(
                "rank(partners, partner, 1)", "rank", Label(f"place of {name} among partners", where("ytd", p)),
                {"partners": every, "partner": mine}, how=f"place {among}", like=mine,
            )
            for p, every, mine in zip(periods, zip(*pairs.values(), strict=True), pair, strict=True)
        )  # fmt: skip
        facts.add(f"partner.{code}.place_ytd", now)
        facts.calculate(
            f"partner.{code}.rank_ytd_change", "place_a_year_earlier - place", "places",
            Label(f"places gained by {name}", where("ytd", facts.period)), {"place_a_year_earlier": before, "place": now},
            how=f"places gained {among}", stage=stage_of(pair),
        )  # fmt: skip


def _export_shares(facts: Facts, tables: Tables) -> None:
    for code in sorted({*SHARES, *largest_partners(tables, facts.period)}):
        name, shares = f"partner.{code}.exports_share_ytd", []
        for p in (facts.period, shift(facts.period, -12)):
            mine, total = partner_figure(tables, code, "exports", "ytd", p), find_level(tables, "exports", "CNY", "ytd", p)
            if broken(tables, "partners", code, "exports", p, facts.period):
                facts.gaps[f"{name}_change"] = broken(tables, "partners", code, "exports", p, facts.period)
                break
            if not mine or not mine.value > 0 or not isinstance(total, Figure):
                break
            label = Label(f"share of {the(partner_name(tables, code))} in exports", where("ytd", p))
            both, how = {"exports": mine, "all_exports": total}, "share of all exports"
            shares.append(calculate("exports / all_exports * 100", "percent", label, both, how=how))
        if shares:
            facts.add(name, shares[0])
        if len(shares) == 2:
            facts.calculate(
                f"{name}_change", "share - a_year_earlier", "percentage points", shares[0].label.of(CHANGE),
                {"share": shares[0], "a_year_earlier": shares[1]}, how="share − share a year earlier",
            )  # fmt: skip
