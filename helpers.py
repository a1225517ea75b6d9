"""The calculations of China customs reports: tidy tables in, tidy tables or facts out.

No file is read here and nothing is drawn. Every number of a report is a fact made by `report_facts`; the tables that charts
show come from `series`. Levels are in dollars or yuan, growth and shares in percent, periods are text such as "2025-11". The
rules (which vintage counts, which growth, who is ranked) stand in `data/README.md`. This module is the front of
`customs_report/calculations/`: what a notebook or a test needs, by name.
"""

from customs_report.calculations.adjusted import OUTLIERS, SHIFTS, adjusted_series
from customs_report.calculations.balances import NET, balance_contributions, largest_balances
from customs_report.calculations.breaks import broken
from customs_report.calculations.calendar import working_days
from customs_report.calculations.cleantech import cleantech_exports
from customs_report.calculations.comparison import ALL_TRADE, MEASURES, Comparison, comparable, comparison
from customs_report.calculations.contributions import commodity_contributions, leading_parts, partner_contributions
from customs_report.calculations.cover_ratio import cover_ratio
from customs_report.calculations.details import HEADINGS, commodity_partners, partner_goods
from customs_report.calculations.exchange_rate import customs_rate, exchange_rates, growth_wedge, implied_rate
from customs_report.calculations.history import milestones, rolling_year, thirteen_months
from customs_report.calculations.levels import (
    CURRENCIES,
    FIRST_RELEASE,
    SPANS,
    dollar_growth,
    dollar_series,
    find_level,
    first_month,
    level,
    newest_stage,
    own,
    printed_figures,
    same_publication,
    source_of,
    span_series,
)
from customs_report.calculations.lines import (
    CommodityLine,
    aggregates,
    commodity_figure,
    commodity_line,
    disjoint_lines,
    largest_commodities,
    largest_partners,
    lines_index,
    noisy_base,
    partner_figure,
    partner_line,
    ranked,
)
from customs_report.calculations.lunar import new_year
from customs_report.calculations.mirror import mirror_trade, mixed_vintages, newest_common_month
from customs_report.calculations.outlook import MIN_YEARS, backtest_errors, coverage_band, outlook, outlook_method
from customs_report.calculations.partner_standing import SHARES, concentration, partner_growth, partner_shares
from customs_report.calculations.points import Point, main_points
from customs_report.calculations.previous import compared
from customs_report.calculations.profiles import commodity_months, partner_months
from customs_report.calculations.report_facts import PARTNER_FLOWS, report_facts
from customs_report.calculations.revisions import base_revisions, revisions
from customs_report.calculations.series import (
    cumulative_balance,
    like_with_like,
    monthly_trade,
    same_release,
    spread,
    trade_growth,
)
from customs_report.calculations.unit_values import (
    CARS,
    COMPARED,
    HIGH_TECH,
    IMPORT_GROUPS,
    NEW_ENERGY,
    SHIPS,
    Fisher,
    added_most,
    bennet,
    comparable_lines,
    compared_over,
    fisher,
    high_tech_fields,
    value_split,
)
from customs_report.measures import (
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
from customs_report.provenance import Figure

__all__ = [
    "ALL_TRADE",
    "CARS",
    "COMPARED",
    "CURRENCIES",
    "FIRST_RELEASE",
    "HEADINGS",
    "HIGH_TECH",
    "IMPORT_GROUPS",
    "MEASURES",
    "MIN_YEARS",
    "NET",
    "NEW_ENERGY",
    "OUTLIERS",
    "PARTNER_FLOWS",
    "RANK_STEP",
    "SHARES",
    "SHIFTS",
    "SHIPS",
    "SPANS",
    "CommodityLine",
    "Comparison",
    "Figure",
    "Fisher",
    "Point",
    "added_most",
    "adjusted_series",
    "aggregates",
    "backtest_errors",
    "balance_contributions",
    "balance_has_growth",
    "base_revisions",
    "bennet",
    "broken",
    "cleantech_exports",
    "commodity_contributions",
    "commodity_figure",
    "commodity_line",
    "commodity_months",
    "commodity_partners",
    "comparable",
    "comparable_lines",
    "compared",
    "compared_over",
    "comparison",
    "concentration",
    "contribution",
    "cover_ratio",
    "coverage_band",
    "cumulative_balance",
    "customs_rate",
    "disjoint_lines",
    "dollar_growth",
    "dollar_series",
    "exchange_rates",
    "find_level",
    "first_month",
    "fisher",
    "growth",
    "growth_wedge",
    "high_tech_fields",
    "implied_base",
    "implied_rate",
    "largest_balances",
    "largest_commodities",
    "largest_partners",
    "leading_parts",
    "level",
    "like_with_like",
    "lines_index",
    "main_points",
    "milestone",
    "milestones",
    "mirror_trade",
    "mixed_vintages",
    "monthly_trade",
    "months_since_larger",
    "new_year",
    "newest_common_month",
    "newest_stage",
    "noisy_base",
    "outlook",
    "outlook_method",
    "own",
    "partner_contributions",
    "partner_figure",
    "partner_goods",
    "partner_growth",
    "partner_line",
    "partner_months",
    "partner_shares",
    "printed_figures",
    "rank",
    "ranked",
    "report_facts",
    "revisions",
    "rolling_year",
    "same_publication",
    "same_release",
    "source_of",
    "span_series",
    "spread",
    "streak",
    "thirteen_months",
    "trade_growth",
    "value_split",
    "working_days",
]
