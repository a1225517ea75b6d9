"""One function for each chart: the report's tables and facts in, a chart with its alt text and its data out."""

from customs_report.charts.calendar import calendar
from customs_report.charts.comparison import comparison
from customs_report.charts.contributions import contributions_by_commodity, contributions_by_partner
from customs_report.charts.cover_ratio import cover_ratio
from customs_report.charts.exchange_rate import dollars_and_yuan
from customs_report.charts.mirror import mirror
from customs_report.charts.outlook import outlook
from customs_report.charts.partner_standing import partner_growth, partner_shares
from customs_report.charts.partners import partners, surplus
from customs_report.charts.profiles import commodity_months, commodity_split, growth_against_all, partner_months, share
from customs_report.charts.totals import balance, history, trade, year_to_date
from customs_report.charts.unit_values import cars_batteries_ships, export_split, import_split

__all__ = [
    "balance",
    "calendar",
    "cars_batteries_ships",
    "commodity_months",
    "commodity_split",
    "comparison",
    "contributions_by_commodity",
    "contributions_by_partner",
    "cover_ratio",
    "dollars_and_yuan",
    "export_split",
    "growth_against_all",
    "history",
    "import_split",
    "mirror",
    "outlook",
    "partner_growth",
    "partner_months",
    "partner_shares",
    "partners",
    "share",
    "surplus",
    "trade",
    "year_to_date",
]
