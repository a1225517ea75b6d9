"""Who makes the surplus: what each partner adds to the change of the balance, and net trade in chips and in energy."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from customs_report.calculations.changes import BASE, CHANGE
from customs_report.calculations.levels import exclude_lookahead
from customs_report.calculations.lines import commodity_figure, partner_lines
from customs_report.calculations.partitions import (
    Part,
    Partition,
    commodity_part,
    partner_part,
    partner_parts,
    whole_part,
    with_remainder,
)
from customs_report.coverage import why_unavailable
from customs_report.facts import IMPLIED, UNREVISED, Facts, NotAvailable
from customs_report.names import partner_label, total_label, where
from customs_report.provenance import Figure, Label, calculate
from customs_report.tables import Tables, ranked_partners

FLOWS = ("exports", "imports")
NET = {  # what is counted on each side; other forms of energy are not in the table of main commodities
    "integrated_circuits": {"export": ["integrated_circuits"], "import": ["integrated_circuits"]},
    "energy": {"export": ["refined_petroleum"], "import": ["coal", "crude_oil", "refined_petroleum", "natural_gas"]},
}


def balance_contributions(tables: Tables, period: str, over: str) -> pd.DataFrame:
    """With whom did the balance of trade widen or shrink, over the month or the year to date?"""
    parts = _balances(exclude_lookahead(tables, period), period, over).parts
    rows = {part.code: (part.value, part.base, part.value - part.base) for part in parts}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "base", "contribution"]).rename_axis("part")


def _balances(tables: Tables, period: str, over: str) -> Partition:
    label = total_label("balance", "CNY", over, period)
    exports, imports = (whole_part(tables, flow, over, period) for flow in FLOWS)
    whole = _less(exports, imports, label)
    parts = partner_parts(tables, period, over, whole, lambda code: _bilateral(tables, code, over, period))
    return with_remainder(whole, parts, "partners")


def _bilateral(tables: Tables, code: str, over: str, period: str) -> Part | None:
    """The balance with a partner, now and a year earlier; None where a flow of either is not held."""
    exports, imports = (partner_part(tables, code, flow, over, period) for flow in FLOWS)
    return _less(exports, imports, partner_label(tables, code, "balance", over, period)) if exports and imports else None


def _less(exports: Part, imports: Part, label: Label) -> Part:
    """The balance of exports and imports, now and a year earlier."""

    def balance(of: Label, one: Figure, other: Figure) -> Figure:
        return calculate("exports - imports", "CNY", of, {"exports": one, "imports": other}, stage=exports.now.stage)

    now, before = balance(label, exports.now, imports.now), balance(label.of(BASE), exports.before, imports.before)
    return exports._replace(now=now, before=before)


def largest_balances(tables: Tables, period: str, count: int = 10) -> list[str]:
    """With whom are the balances of the year to date largest? Codes, from the largest surplus to the largest deficit.

    >>> largest_balances(tables, period, count=4)
    ['HKG', 'EU27', 'USA', 'ASEAN']
    """
    tables = exclude_lookahead(tables, period)
    taking_part = ranked_partners(tables)
    balances = {
        code: row.exports - row.imports
        for (code, kind, p), row in partner_lines(tables).items()
        if kind == "ytd" and p == period and code in taking_part and row.exports - row.imports == row.exports - row.imports
    }
    largest = sorted(balances, key=lambda code: -abs(balances[code]))[:count]
    return sorted(largest, key=lambda code: -balances[code])


def balance_facts(facts: Facts, tables: Tables) -> None:
    """`balance_contribution.partner.<part>_cny_ytd`, `net.integrated_circuits_cny_ytd`, `net.energy_cny_ytd`; `_month` too."""
    for over in ("ytd", "month"):
        try:
            partition = _balances(tables, facts.period, over)
        except NotAvailable as gap:
            facts.gaps[f"balance_contribution.partner.*_cny_{over}"] = gap.why
        else:
            for part in partition.parts:
                facts.calculate(
                    f"balance_contribution.partner.{part.code}_cny_{over}", "balance - year_earlier", "CNY",
                    part.now.label.of(CHANGE), {"balance": part.now, "year_earlier": part.before}, stage=part.now.stage,
                    how=f"change of the bilateral balance on a year earlier, on {part.basis}",
                    mark=IMPLIED if over == "ytd" else UNREVISED,
                )  # fmt: skip
        for subject in NET:
            _net_trade(facts, tables, subject, over)


def _signed(roles: Iterable[str]) -> str:
    """The formula that adds exports and takes imports away."""
    return " ".join(f"{'-' if 'imports' in role else '+'} {role}" for role in roles).removeprefix("+ ")


def _net_trade(facts: Facts, tables: Tables, subject: str, over: str) -> None:
    """Exports less imports of a subject, and the change on a year earlier."""
    name, period = f"net.{subject}_cny_{over}", facts.period
    lines: dict[str, Figure] = {}
    parts: dict[str, Part | None] = {}
    for flow, slugs in NET[subject].items():
        for slug in slugs:
            line = commodity_figure(tables, flow, slug, "value", over, period)
            if not line:
                facts.gaps[f"{name}*"] = why_unavailable(tables, "commodities", period, flow=flow, key=slug, kind=over)
                return
            lines[f"{flow}s_of_{slug}"] = line
            parts[f"{flow}s_of_{slug}"] = commodity_part(tables, flow, slug, over, period)
    how = " − ".join(f"{flow}s of {', '.join(slugs)}" for flow, slugs in NET[subject].items()).replace("_", " ")
    label = Label(f"net exports of {subject.replace('_', ' ')}", where(over, period, "CNY"))
    facts.calculate(name, _signed(lines), "CNY", label, lines, how=how)
    if held := {role: part for role, part in parts.items() if part}:
        changes = {
            f"change_of_{role}": calculate(
                "value - base", "CNY", part.now.label.of(CHANGE), {"value": part.now, "base": part.before}, stage=part.now.stage
            )
            for role, part in held.items()
        }
    if len(held) == len(parts):
        how = f"change on a year earlier of {how}"
        facts.calculate(f"{name}_change", _signed(changes), "CNY", label.of(CHANGE), changes, how=how)
    else:
        facts.gaps[f"{name}_change"] = "not every line has a year-earlier figure or customs’ growth"
