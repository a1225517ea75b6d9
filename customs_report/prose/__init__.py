"""Facts into sentences. A sentence whose fact is a gap is left out; an exhibit whose table is not held says so.

Ranks are "since 2008" (the first month of the series), never "ever". Digits never stand in a template: numbers are facts.
"""

from customs_report.english.grammar import (
    both_changed,
    changed,
    commodity_name,
    fact_label,
    in_sentence,
    listed,
    name_of,
    part_name,
    partner_name,
    verb,
)
from customs_report.exhibits.provenance import trace, traces
from customs_report.prose.calendar import calendar
from customs_report.prose.contributions import contributions_by_commodity, contributions_by_partner
from customs_report.prose.cover_ratio import cover_ratio
from customs_report.prose.exchange_rate import dollars_and_yuan
from customs_report.prose.exhibits import (
    balance,
    exports_by_commodity,
    imports_by_commodity,
    key_figures,
    partners,
    regions,
    trade,
    year_to_date,
)
from customs_report.prose.front import headline, kicker, remarks, standfirst, tiles
from customs_report.prose.history import history, previous, thirteen_months
from customs_report.prose.limits import glossary, method, sources, vintage
from customs_report.prose.mirror import mirror
from customs_report.prose.outlook import outlook
from customs_report.prose.partner_standing import partner_growth, partner_standing, share_that_moved
from customs_report.prose.points import key_facts, main_points, summary
from customs_report.prose.revisions import revisions
from customs_report.prose.surplus import SUBJECTS, surplus
from customs_report.prose.unit_values import (
    bulletin_line_held,
    cars_batteries_ships,
    export_split,
    group_name,
    high_tech,
    import_split,
    short_field,
)

__all__ = [
    "SUBJECTS",
    "balance",
    "both_changed",
    "bulletin_line_held",
    "calendar",
    "cars_batteries_ships",
    "changed",
    "commodity_name",
    "contributions_by_commodity",
    "contributions_by_partner",
    "cover_ratio",
    "dollars_and_yuan",
    "export_split",
    "exports_by_commodity",
    "fact_label",
    "glossary",
    "group_name",
    "headline",
    "high_tech",
    "history",
    "import_split",
    "imports_by_commodity",
    "in_sentence",
    "key_facts",
    "key_figures",
    "kicker",
    "listed",
    "main_points",
    "method",
    "mirror",
    "name_of",
    "outlook",
    "part_name",
    "partner_growth",
    "partner_name",
    "partner_standing",
    "partners",
    "previous",
    "regions",
    "remarks",
    "revisions",
    "share_that_moved",
    "short_field",
    "sources",
    "standfirst",
    "summary",
    "surplus",
    "thirteen_months",
    "tiles",
    "trace",
    "traces",
    "trade",
    "verb",
    "vintage",
    "year_to_date",
]
