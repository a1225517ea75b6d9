"""Which witness each figure has: what else is held that must agree with it, and how closely.

The declaration comes first; the checks are run from it (`rules.py` has the arithmetic). A witness is always another figure
that was printed - the other side of an identity, printed growth, another stage, the other currency, the sum of the partners,
the unit value, the months around - never a hash, a count or a sum taken from the same file. Limits were fixed on the figures
to 2025-12.

What no witness sees: a few per cent in a figure that neither an identity nor printed growth reaches (dollar months before 2018,
the details, the mirror), near-equal months or lines exchanged, the sign of a consensus, detail without a sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from customs_report.checks import rules
from customs_report.checks.rules import Rule

IDENTITY, GROWTH, STAGE, CURRENCY, SUM, UNIT_VALUE, NEIGHBOURS = (
    "identity", "printed growth", "other stage", "other currency", "partner sum", "unit value", "neighbours",
)  # fmt: skip
STRONG = (IDENTITY, GROWTH)  # witnesses to a few per cent; the others see what is out of size


@dataclass(frozen=True)
class Witness:
    """A rule that holds figures of a table against others: its name, its sort, and what it does.

    `floor` is how far a figure may be from what its witness gives in any line, `times` how many times the usual distance of
    its own line, up to `most`; a share, or percentage `points`.
    """

    name: str
    sort: str
    table: str
    rule: Rule
    says: str
    floor: float
    times: float
    points: bool = False
    most: float = inf

    @property
    def exact(self) -> bool:
        """Nothing but rounding may stand between the two: no exception can be accepted, and loading stops as well."""
        return self.times == 0


TWO, FLOWS = "exports and imports give", "growth of exports and imports gives"
YEARS, LAST_YEAR, OTHER = "the years to date give", "last year's figure and printed growth give", "the other currency gives"
BULLETIN = "the bulletin says"
DATED = ("totals", "partners", "commodities", "details", "mirror", "cleantech")  # tables whose figures have stages

# fmt: off
WITNESSES = (
    Witness("exports - imports = balance", IDENTITY, "totals", rules.both_flows("balance", -1), TWO, 0, 0),
    Witness("exports + imports = total", IDENTITY, "totals", rules.both_flows("total", +1), TWO, 0, 0),
    *[Witness(f"January = year to date, {table}", IDENTITY, table, rules.january(table), "the year to date says", 0, 0)
      for table in ("totals", "partners", "commodities")],
    Witness("printed growth = growth on the restated base", GROWTH, "commodities", rules.restated_growth,
            "the restated figures give", 0, 0, points=True),
    Witness("growth of total trade, totals", IDENTITY, "totals", rules.growth_of_totals, FLOWS, 0.2, 6, points=True),
    Witness("growth of total trade, partners", IDENTITY, "partners", rules.growth_of_partners, FLOWS, 0.2, 6, points=True),
    Witness("year to date and month, totals", IDENTITY, "totals", rules.year_to_date("totals"), YEARS, 0.03, 8),
    *[Witness(f"year to date and month, {table}", IDENTITY, table, rules.year_to_date(table), YEARS, floor, times, most=0.2)
      for table, floor, times in (("partners", 0.04, 7), ("commodities", 0.035, 8))],
    Witness("year to date and month, quantities", IDENTITY, "commodities", rules.year_to_date("commodities", quantities=True),
            YEARS, 0.45, 8),
    *[Witness(f"preliminary release and bulletin, {table}", IDENTITY, table, rules.one_release(table), BULLETIN, 0.005, 6)
      for table in ("totals", "partners")],
    Witness("preliminary release and bulletin, growth", IDENTITY, "totals", rules.one_growth, BULLETIN, 0.15, 6, points=True),
    Witness("both lists", IDENTITY, "commodities", rules.both_lists, BULLETIN, 0.02, 6),
    Witness("printed growth, totals", GROWTH, "totals", rules.printed_growth_of_totals, LAST_YEAR, 0.035, 6),
    Witness("printed growth, partners", GROWTH, "partners", rules.printed_growth("partners"), LAST_YEAR, 0.025, 6),
    Witness("printed growth, commodities", GROWTH, "commodities", rules.printed_growth("commodities", ("ytd",)),
            LAST_YEAR, 0.035, 6),
    Witness("printed growth, months of commodities", GROWTH, "commodities", rules.printed_growth("commodities", ("month",)),
            LAST_YEAR, 0.06, 6),
    Witness("printed growth, quantities", GROWTH, "commodities", rules.printed_growth("commodities", quantities=True),
            LAST_YEAR, 0.2, 6),
    Witness("balance by printed growth", GROWTH, "totals", rules.balance_by_growth, LAST_YEAR, 0.03, 6),
    Witness("stages of the balance", STAGE, "totals", rules.balance_of_stages, TWO, 0.04, 6),
    *[Witness(f"stages, {table}", STAGE, table, rules.stages(table), "the print before says", 0.1, 6) for table in DATED],
    Witness("restated figures", STAGE, "commodities", rules.restated, "the year before printed", 0.05, 8),
    Witness("one exchange rate, totals", CURRENCY, "totals", rules.one_rate_of_totals, OTHER, 0.03, 6),
    Witness("one exchange rate, growth", CURRENCY, "totals", rules.one_rate_of_growth, OTHER, 0.3, 6, points=True),
    *[Witness(f"one exchange rate, {table}", CURRENCY, table, rules.one_rate_of_lines(table), OTHER, 0.02, 6)
      for table in ("partners", "commodities", "details")],
    *[Witness(f"one quantity in both currencies, {table}", IDENTITY, table, rules.one_quantity(table), OTHER, 0.02, 6)
      for table in ("commodities", "details")],
    Witness("regions sum to the total", SUM, "partners, totals", rules.continents, "the continents sum to", 0.001, 0),
    *[Witness(f"unit value, {table}", UNIT_VALUE, table, rules.unit_values(table), "the usual unit value gives", 0.4, 6)
      for table in ("commodities", "details")],
    *[Witness(f"months around, {table}", NEIGHBOURS, table, rules.neighbours(table), "the months around give", 0.55, 8)
      for table in DATED],
    Witness("exports against imports", NEIGHBOURS, "totals", rules.exports_against_imports, "imports give", 0.3, 8),
)
# fmt: on
