"""The exhibits of the monthly report: one function each, from the report to its words, charts and tables.

The pieces around the exhibits stand here too: front page, main points, sources, method, glossary, and where numbers come from.
Profiles and fact checks have modules of their own: `partner_profiles`, `commodity_profiles`, `fact_checks`.
"""

from customs_report.exhibits.balance_of_trade import balance, year_to_date
from customs_report.exhibits.bilateral_balances import surplus
from customs_report.exhibits.brief import compared_and_sure, goods_in_brief, partners_in_brief, recent_months
from customs_report.exhibits.clean_technology import clean_technology
from customs_report.exhibits.comparisons import compare
from customs_report.exhibits.cover_ratios import exports_over_imports
from customs_report.exhibits.currency_effects import dollars_and_yuan
from customs_report.exhibits.data_revisions import revised_figures
from customs_report.exhibits.expected_and_actual import model_news
from customs_report.exhibits.exports_and_imports import key_figures, thirteen_months, trade
from customs_report.exhibits.front_page import headline, kicker, remarks, standfirst, tiles
from customs_report.exhibits.growth_by_part import contributions_by_commodity, contributions_by_partner
from customs_report.exhibits.growth_drivers import drivers
from customs_report.exhibits.industries import cars_batteries_ships, high_tech
from customs_report.exhibits.main_commodities import exports_by_commodity, imports_by_commodity
from customs_report.exhibits.method_notes import glossary, method, sources, vintage
from customs_report.exhibits.mirror_statistics import mirror_gap
from customs_report.exhibits.news_points import key_fact_names, key_facts, main_points
from customs_report.exhibits.outlooks import year_outlook
from customs_report.exhibits.partner_map import partner_map
from customs_report.exhibits.partner_ranks import partner_growth, partner_places
from customs_report.exhibits.previous_month import since_month_before
from customs_report.exhibits.provenance import publications, sources_behind, trace, traces
from customs_report.exhibits.quantities import quantities
from customs_report.exhibits.records import surplus_records
from customs_report.exhibits.seasonality import season_and_calendar
from customs_report.exhibits.trading_partners import partners, regions
from customs_report.exhibits.value_changes import export_split, import_split
from customs_report.exhibits.watch import what_to_watch

__all__ = [
    "balance",
    "cars_batteries_ships",
    "clean_technology",
    "compare",
    "compared_and_sure",
    "contributions_by_commodity",
    "contributions_by_partner",
    "dollars_and_yuan",
    "drivers",
    "export_split",
    "exports_by_commodity",
    "exports_over_imports",
    "glossary",
    "goods_in_brief",
    "headline",
    "high_tech",
    "import_split",
    "imports_by_commodity",
    "key_fact_names",
    "key_facts",
    "key_figures",
    "kicker",
    "main_points",
    "method",
    "mirror_gap",
    "model_news",
    "partner_growth",
    "partner_map",
    "partner_places",
    "partners",
    "partners_in_brief",
    "publications",
    "quantities",
    "recent_months",
    "regions",
    "remarks",
    "revised_figures",
    "season_and_calendar",
    "since_month_before",
    "sources",
    "sources_behind",
    "standfirst",
    "surplus",
    "surplus_records",
    "thirteen_months",
    "tiles",
    "trace",
    "traces",
    "trade",
    "vintage",
    "what_to_watch",
    "year_outlook",
    "year_to_date",
]
