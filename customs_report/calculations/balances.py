"""Who makes the surplus: what each partner adds to the change of the balance, and net trade in chips and in energy."""

from __future__ import annotations

import pandas as pd

from customs_report.calculations.contributions import (
    Part,
    Partition,
    closed,
    commodity_part,
    partner_part,
    partner_parts,
    whole_part,
)
from customs_report.calculations.levels import merged, own
from customs_report.calculations.lines import commodity_line, lines_index
from customs_report.calculations.making import add
from customs_report.coverage import why_not_held
from customs_report.facts import IMPLIED, UNREVISED, Fact, Facts, Gap
from customs_report.tables import Tables, ranked_partners

FLOWS = ("exports", "imports")
NET = {  # what is counted on each side; other forms of energy are not in the table of main commodities
    "integrated_circuits": {"export": ["integrated_circuits"], "import": ["integrated_circuits"]},
    "energy": {"export": ["refined_petroleum"], "import": ["coal", "crude_oil", "refined_petroleum", "natural_gas"]},
}


def balance_contributions(tables: Tables, period: str, over: str) -> pd.DataFrame:
    """With whom did the balance of trade widen or shrink, over the month or the year to date?

    Index as in `partner_contributions`; columns value and base (bilateral balance now and a year earlier, yuan) and
    contribution (yuan, their sum is the change of the whole balance). The year-earlier figures are the ones that printed growth
    implies, of a month last year's print.
    Raises Gap with the reason where they are not held.

    >>> helpers.balance_contributions(tables, period, "ytd")["contribution"].idxmin()
    'USA'
    """
    parts = _balances(own(tables, period), period, over).parts
    rows = {part.code: (part.value, part.base, part.value - part.base) for part in parts}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "base", "contribution"]).rename_axis("part")


def _balances(tables: Tables, period: str, over: str) -> Partition:
    whole = _less(*(whole_part(tables, flow, over, period) for flow in FLOWS))
    return closed(whole, partner_parts(tables, period, over, whole, lambda code: _bilateral(tables, code, over, period)))


def _bilateral(tables: Tables, code: str, over: str, period: str) -> Part | None:
    """The balance with a partner, now and a year earlier; None where a flow of either is not held."""
    parts = [partner_part(tables, code, flow, over, period) for flow in FLOWS]
    return _less(*parts) if all(parts) else None


def _less(exports: Part, imports: Part) -> Part:
    """The balance of exports and imports, now and a year earlier."""
    sources = merged([exports.sources, imports.sources])
    return exports._replace(value=exports.value - imports.value, base=exports.base - imports.base, sources=sources)


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
                how = f"change of the bilateral balance on a year earlier, on {part.how}"
                mark = IMPLIED if over == "ytd" else UNREVISED
                facts.by_name[name] = Fact(name, part.value - part.base, "CNY", how, part.sources, part.stage, mark=mark)
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
