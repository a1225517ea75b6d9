"""The cross-checks of each table: with which other published figures a figure must agree, and how closely.

`CROSS_CHECKS` declares them; the arithmetic is in `rules.py`. A figure is always compared with other published figures: the
other side of an accounting identity, printed growth, another stage, the other currency, the sum of the partners, the unit
value, nearby months; never with a hash, a count or a sum from the same file. The tolerances were set on the data to 2025-12.

Not detected: errors of a few per cent in figures without an identity or printed growth (dollar months before 2018, mirror
data), two nearly equal months or lines exchanged, the sign of a consensus forecast. Detail data have checks of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

from customs_report.checks import rules
from customs_report.checks.rules import Rule

IDENTITY, GROWTH, STAGE, CURRENCY, SUM, UNIT_VALUE, NEIGHBOURS = (
    "identity", "printed growth", "other stage", "other currency", "partner sum", "unit value", "neighbours",
)  # fmt: skip
STRONG = (IDENTITY, GROWTH)  # detect errors of a few per cent; the others only figures that are implausibly large or small


@dataclass(frozen=True)
class CrossCheck:
    """A rule that compares figures of a table with others, and its tolerance.

    A deviation is tolerated up to `floor`, or up to `times` the usual deviation of its line (at most `most`), whichever is
    larger; as a share of the figure, or in percentage points if `points`.
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
        """Only rounding is tolerated: no exception can be accepted, and loading fails, too."""
        return self.times == 0


TWO, FLOWS = "exports and imports give", "growth of exports and imports gives"
YEARS, LAST_YEAR, OTHER = "the years to date give", "last year's figure and printed growth give", "the other currency gives"
BULLETIN = "the bulletin says"
DATED = ("totals", "partners", "commodities", "mirror", "cleantech")  # tables whose figures have stages

# fmt: off
CROSS_CHECKS = (
    CrossCheck("exports - imports = balance", IDENTITY, "totals", rules.both_flows("balance", -1), TWO, 0, 0),
    CrossCheck("exports + imports = total", IDENTITY, "totals", rules.both_flows("total", +1), TWO, 0, 0),
    *[CrossCheck(f"January = year to date, {table}", IDENTITY, table, rules.january(table), "the year to date says", 0, 0)
      for table in ("totals", "partners", "commodities")],
    CrossCheck("printed growth = growth on the restated base", GROWTH, "commodities", rules.restated_growth,
               "the restated figures give", 0, 0, points=True),
    CrossCheck("growth of total trade, totals", IDENTITY, "totals", rules.growth_of_totals, FLOWS, 0.2, 6, points=True),
    CrossCheck("growth of total trade, partners", IDENTITY, "partners", rules.growth_of_partners, FLOWS, 0.2, 6, points=True),
    CrossCheck("year to date and month, totals", IDENTITY, "totals", rules.year_to_date("totals"), YEARS, 0.03, 8),
    *[CrossCheck(f"year to date and month, {table}", IDENTITY, table, rules.year_to_date(table), YEARS, floor, times, most=0.2)
      for table, floor, times in (("partners", 0.04, 7), ("commodities", 0.035, 8))],
    CrossCheck("year to date and month, quantities", IDENTITY, "commodities",
               rules.year_to_date("commodities", quantities=True), YEARS, 0.45, 8),
    *[CrossCheck(f"preliminary release and bulletin, {table}", IDENTITY, table, rules.one_release(table), BULLETIN, 0.005, 6)
      for table in ("totals", "partners")],
    CrossCheck("preliminary release and bulletin, growth", IDENTITY, "totals", rules.one_growth, BULLETIN, 0.15, 6,
               points=True),
    CrossCheck("both lists", IDENTITY, "commodities", rules.both_lists, BULLETIN, 0.02, 6),
    CrossCheck("printed growth, totals", GROWTH, "totals", rules.printed_growth_of_totals, LAST_YEAR, 0.035, 6),
    CrossCheck("printed growth, partners", GROWTH, "partners", rules.printed_growth("partners"), LAST_YEAR, 0.025, 6),
    CrossCheck("printed growth, commodities", GROWTH, "commodities", rules.printed_growth("commodities", ("ytd",)),
               LAST_YEAR, 0.035, 6),
    CrossCheck("printed growth, months of commodities", GROWTH, "commodities", rules.printed_growth("commodities", ("month",)),
               LAST_YEAR, 0.06, 6),
    CrossCheck("printed growth, quantities", GROWTH, "commodities", rules.printed_growth("commodities", quantities=True),
               LAST_YEAR, 0.2, 6),
    CrossCheck("balance by printed growth", GROWTH, "totals", rules.balance_by_growth, LAST_YEAR, 0.03, 6),
    CrossCheck("stages of the balance", STAGE, "totals", rules.balance_of_stages, TWO, 0.04, 6),
    *[CrossCheck(f"stages, {table}", STAGE, table, rules.all_vintages(table), "the vintage before says", 0.1, 6)
      for table in DATED],
    CrossCheck("restated figures", STAGE, "commodities", rules.restated, "the year before printed", 0.05, 8),
    CrossCheck("one exchange rate, totals", CURRENCY, "totals", rules.one_rate_of_totals, OTHER, 0.03, 6),
    CrossCheck("one exchange rate, growth", CURRENCY, "totals", rules.one_rate_of_growth, OTHER, 0.3, 6, points=True),
    *[CrossCheck(f"one exchange rate, {table}", CURRENCY, table, rules.one_rate_of_lines(table), OTHER, 0.02, 6)
      for table in ("partners", "commodities")],
    CrossCheck("one quantity in both currencies, commodities", IDENTITY, "commodities", rules.one_quantity("commodities"),
               OTHER, 0.02, 6),
    CrossCheck("regions sum to the total", SUM, "partners, totals", rules.continents, "the continents sum to", 0.001, 0),
    CrossCheck("unit value, commodities", UNIT_VALUE, "commodities", rules.unit_value("commodities"),
               "the usual unit value gives", 0.4, 6),
    *[CrossCheck(f"months around, {table}", NEIGHBOURS, table, rules.neighbours(table), "the months around give", 0.55, 8)
      for table in DATED],
    CrossCheck("exports against imports", NEIGHBOURS, "totals", rules.exports_against_imports, "imports give", 0.3, 8),
)
# fmt: on
