"""Facts into sentences. A sentence whose fact is a gap is left out; an exhibit whose table is not held says so.

Ranks are "since 2008" (the first month of the series), never "ever". Digits never stand in a template: numbers are facts.
"""

from customs_report.prose.calendar import calendar
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
from customs_report.prose.grammar import both_changed, changed, commodity_name, in_sentence, listed, name_of, partner_name, verb
from customs_report.prose.limits import sources, vintage

__all__ = [
    "balance",
    "both_changed",
    "calendar",
    "changed",
    "commodity_name",
    "exports_by_commodity",
    "headline",
    "imports_by_commodity",
    "in_sentence",
    "key_figures",
    "kicker",
    "listed",
    "name_of",
    "partner_name",
    "partners",
    "regions",
    "remarks",
    "revisions",
    "sources",
    "standfirst",
    "tiles",
    "trade",
    "verb",
    "vintage",
    "year_to_date",
]
