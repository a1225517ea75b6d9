"""Facts into sentences. A sentence whose fact is a gap is left out; an exhibit whose table is not held says so.

Ranks are "since 2008" (the first month of the series), never "ever". Digits never stand in a template: numbers are facts.
"""

from customs_report.prose.contributions import contributions_by_commodity, contributions_by_partner
from customs_report.prose.exhibits import (
    balance,
    exports_by_commodity,
    imports_by_commodity,
    key_figures,
    partners,
    regions,
    revisions,
    trade,
    year_to_date,
)
from customs_report.prose.front import headline, kicker, remarks, standfirst, tiles
from customs_report.prose.grammar import (
    both_changed,
    changed,
    commodity_name,
    in_sentence,
    listed,
    name_of,
    part_name,
    partner_name,
    verb,
)
from customs_report.prose.limits import sources, vintage
from customs_report.prose.partner_standing import partner_growth, partner_standing
from customs_report.prose.surplus import SUBJECTS, surplus

__all__ = [
    "SUBJECTS",
    "balance",
    "both_changed",
    "changed",
    "commodity_name",
    "contributions_by_commodity",
    "contributions_by_partner",
    "exports_by_commodity",
    "headline",
    "imports_by_commodity",
    "in_sentence",
    "key_figures",
    "kicker",
    "listed",
    "name_of",
    "part_name",
    "partner_growth",
    "partner_name",
    "partner_standing",
    "partners",
    "regions",
    "remarks",
    "revisions",
    "sources",
    "standfirst",
    "surplus",
    "tiles",
    "trade",
    "verb",
    "vintage",
    "year_to_date",
]
