"""The exhibits of the monthly report: one function each, from the report to its words, charts and tables.

The pieces around the exhibits stand here too: front page, main points, sources, method, glossary, and where numbers come from.
Profiles and fact checks have modules of their own: `partner_profiles`, `commodity_profiles`, `fact_checks`.
"""

from customs_report.exhibits.balance_of_trade import balance, year_to_date
from customs_report.exhibits.bilateral_balances import surplus
from customs_report.exhibits.comparisons import comparison
from customs_report.exhibits.contributions import contributions_by_commodity, contributions_by_partner
from customs_report.exhibits.cover_ratios import cover_ratio
from customs_report.exhibits.currencies import dollars_and_yuan
from customs_report.exhibits.exports_and_imports import key_figures, thirteen_months, trade
from customs_report.exhibits.front_page import headline, kicker, remarks, standfirst, tiles
from customs_report.exhibits.industries import cars_batteries_ships, high_tech
from customs_report.exhibits.main_commodities import exports_by_commodity, imports_by_commodity
from customs_report.exhibits.method_notes import glossary, method, sources, vintage
from customs_report.exhibits.mirror_statistics import mirror
from customs_report.exhibits.month_before import previous
from customs_report.exhibits.news import key_fact_names, key_facts, main_points, summary
from customs_report.exhibits.partner_ranks import partner_growth, partner_standing
from customs_report.exhibits.provenance import trace, traces
from customs_report.exhibits.records import history
from customs_report.exhibits.seasonality import calendar
from customs_report.exhibits.trading_partners import partners, regions
from customs_report.exhibits.value_changes import export_split, import_split
from customs_report.exhibits.vintages import revisions
from customs_report.exhibits.year_ahead import outlook

__all__ = [
    "balance",
    "calendar",
    "cars_batteries_ships",
    "comparison",
    "contributions_by_commodity",
    "contributions_by_partner",
    "cover_ratio",
    "dollars_and_yuan",
    "export_split",
    "exports_by_commodity",
    "glossary",
    "headline",
    "high_tech",
    "history",
    "import_split",
    "imports_by_commodity",
    "key_fact_names",
    "key_facts",
    "key_figures",
    "kicker",
    "main_points",
    "method",
    "mirror",
    "outlook",
    "partner_growth",
    "partner_standing",
    "partners",
    "previous",
    "regions",
    "remarks",
    "revisions",
    "sources",
    "standfirst",
    "summary",
    "surplus",
    "thirteen_months",
    "tiles",
    "trace",
    "traces",
    "trade",
    "vintage",
    "year_to_date",
]
