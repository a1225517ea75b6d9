"""Who makes the surplus: what each partner adds to the change of the balance, and net trade in chips and in energy."""

from __future__ import annotations

import pandas as pd

from customs_report.calculations.breaks import broken
from customs_report.calculations.contributions import LAST_YEAR, Part, Partition, closed, commodity_part, partner_parts
from customs_report.calculations.levels import find_level, own, source_of
from customs_report.calculations.lines import commodity_line, lines_index, partner_line
from customs_report.calculations.making import add
from customs_report.coverage import why_not_held
from customs_report.facts import UNREVISED, Fact, Facts, Gap
from customs_report.periods import shift
from customs_report.tables import Tables, ranked_partners

NET = {  # what is counted on each side; other forms of energy are not in the table of main commodities
    "integrated_circuits": {"export": ["integrated_circuits"], "import": ["integrated_circuits"]},
    "energy": {"export": ["refined_petroleum"], "import": ["coal", "crude_oil", "refined_petroleum", "natural_gas"]},
}


def balance_contributions(tables: Tables, period: str, over: str) -> pd.DataFrame:
    """With whom did the balance of trade widen or shrink, over the month or the year to date?

    Index as in `partner_contributions`; columns value and base (bilateral balance now and a year earlier, yuan) and
    contribution (yuan, their sum is the change of the whole balance). The year-earlier figures are last year's print.
    Raises Gap with the reason where they are not held.

    >>> helpers.balance_contributions(tables, period, "ytd")["contribution"].idxmin()
    'USA'
    """
    parts = _balances(own(tables, period), period, over).parts
    rows = {part.code: (part.value, part.base, part.value - part.base) for part in parts}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "base", "contribution"]).rename_axis("part")


def _balances(tables: Tables, period: str, over: str) -> Partition:
    parts = partner_parts(tables, period, over, lambda code: _bilateral(tables, code, over, period))
    now, base = (find_level(tables, "balance", "CNY", over, p) for p in (period, shift(period, -12)))
    for found in (now, base):
        if isinstance(found, Gap):
            raise Gap("balance_contribution", found.why)
    whole = Part("total", "", now.value, base.value, LAST_YEAR, now.stage, now.sources + base.sources)
    return closed(whole, parts)


def _bilateral(tables: Tables, code: str, over: str, period: str) -> Part | None:
    """The balance with a partner, now and a year earlier; None where a flow of either is not held."""
    rows = [partner_line(tables, code, over, p) for p in (period, shift(period, -12))]
    if not all(rows):
        return None
    value, base = (row.exports - row.imports for row in rows)
    if pd.isna(value) or pd.isna(base) or broken(tables, "partners", code, "balance", shift(period, -12), period):
        return None
    return Part(code, "", value, base, LAST_YEAR, rows[0].stage, tuple(map(source_of, rows)))


def largest_balances(tables: Tables, period: str, count: int = 10) -> list[str]:
    """With whom are the balances of the year to date largest? Codes, from the largest surplus to the largest deficit.

    >>> helpers.largest_balances(tables, period, count=4)
    ['HKG', 'EU27', 'USA', 'ASEAN']
    """
    tables = own(tables, period)
    taking_part = ranked_partners(tables)
    balances = {
        code: row.exports - row.imports
        for (code, kind, p), row in lines_index(tables, "partners").items()
        if kind == "ytd" and p == period and code in taking_part and row.exports - row.imports == row.exports - row.imports
    }
    largest = sorted(balances, key=lambda code: -abs(balances[code]))[:count]
    return sorted(largest, key=lambda code: -balances[code])


def balance_facts(facts: Facts, tables: Tables) -> None:
    """`balance_contribution.partner.<part>_cny_ytd`, `net.integrated_circuits_cny_ytd`, `net.energy_cny_ytd`; `_month` too."""
    for over in ("ytd", "month"):
        try:
            partition = _balances(tables, facts.period, over)
        except Gap as gap:
            facts.gaps[f"balance_contribution.partner.*_cny_{over}"] = gap.why
        else:
            for part in partition.parts:
                name = f"balance_contribution.partner.{part.code}_cny_{over}"
                how = "change of the bilateral balance on a year earlier, on last year’s print"
                facts.by_name[name] = Fact(name, part.value - part.base, "CNY", how, part.sources, part.stage, mark=UNREVISED)
        for subject in NET:
            _net_trade(facts, tables, subject, over)


def _net_trade(facts: Facts, tables: Tables, subject: str, over: str) -> None:
    """Exports less imports of a subject, and the change on a year earlier."""
    name, period = f"net.{subject}_cny_{over}", facts.period
    lines, parts = [], []
    for flow, slugs in NET[subject].items():
        for slug in slugs:
            line = commodity_line(tables, flow, slug, over, period)
            if not line:
                facts.gaps[f"{name}*"] = why_not_held(tables, "commodities", period, flow=flow, key=slug, kind=over)
                return
            lines.append((line, 1 if flow == "export" else -1))
            parts.append((commodity_part(tables, flow, slug, over, period), lines[-1][1]))
    how = " − ".join(f"{flow}s of {', '.join(slugs)}" for flow, slugs in NET[subject].items()).replace("_", " ")
    add(facts, name, sum(line.value * sign for line, sign in lines), "CNY", how, *(line for line, _ in lines))
    if all(part for part, _ in parts):
        change = sum((part.value - part.base) * sign for part, sign in parts)
        add(facts, f"{name}_change", change, "CNY", f"change on a year earlier of {how}", *(part for part, _ in parts))
    else:
        facts.gaps[f"{name}_change"] = "neither a year-earlier figure nor printed growth is held of every line"
