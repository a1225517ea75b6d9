"""The calculations of China customs reports: tidy tables in, tidy tables or facts out.

No file is read here and nothing is drawn. Every number of a report is a fact made by `report_facts`; the tables that charts
show come from `series`. Levels are in dollars or yuan, growth and shares in percent, periods are text such as "2025-11". The
rules (which vintage counts, which growth, who is ranked) stand in `data/README.md`. This module is the front of
`customs_report/calculations/`: what a notebook or a test needs, by name.
"""

from customs_report.calculations.balances import NET, balance_contributions, largest_balances
from customs_report.calculations.contributions import commodity_contributions, leading_parts, partner_contributions
from customs_report.calculations.levels import (
    CURRENCIES,
    MIXED,
    MIXED_STEP,
    SPANS,
    Level,
    dollar_growth,
    dollar_series,
    find_level,
    first_month,
    level,
    merged,
    newest_stage,
    own,
    printed_figures,
    source_of,
)
from customs_report.calculations.lines import (
    CommodityLine,
    aggregates,
    commodity_line,
    disjoint_lines,
    largest_commodities,
    largest_partners,
    lines_index,
    partner_line,
    ranked,
)
from customs_report.calculations.measures import (
    RANK_STEP,
    balance_has_growth,
    contribution,
    growth,
    implied_base,
    milestone,
    months_since_larger,
    rank,
    streak,
)
from customs_report.calculations.partner_standing import SHARES, concentration, partner_growth, partner_shares
from customs_report.calculations.report_facts import PARTNER_FLOWS, report_facts
from customs_report.calculations.revisions import revisions
from customs_report.calculations.series import cumulative_balance, monthly_trade, same_release, spread, trade_growth

__all__ = [
    "CURRENCIES",
    "MIXED",
    "MIXED_STEP",
    "NET",
    "PARTNER_FLOWS",
    "RANK_STEP",
    "SHARES",
    "SPANS",
    "CommodityLine",
    "Level",
    "aggregates",
    "balance_contributions",
    "balance_has_growth",
    "commodity_contributions",
    "commodity_line",
    "concentration",
    "contribution",
    "cumulative_balance",
    "disjoint_lines",
    "dollar_growth",
    "dollar_series",
    "find_level",
    "first_month",
    "growth",
    "implied_base",
    "largest_balances",
    "largest_commodities",
    "largest_partners",
    "leading_parts",
    "level",
    "lines_index",
    "merged",
    "milestone",
    "monthly_trade",
    "months_since_larger",
    "newest_stage",
    "own",
    "partner_contributions",
    "partner_growth",
    "partner_line",
    "partner_shares",
    "printed_figures",
    "rank",
    "ranked",
    "report_facts",
    "revisions",
    "same_release",
    "source_of",
    "spread",
    "streak",
    "trade_growth",
]
