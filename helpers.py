"""The calculations of China customs reports: each answers one question about China's trade.

    import helpers

    tables = helpers.load()  # what is known now, or on a day: load("2025-12-08")
    helpers.monthly_trade(tables).tail()

Start here: `load`, `report_facts` (every number of a month, by name), `comparison` (whatever you want side by side).
Totals: `totals`, `level`, `monthly_trade`, `trade_growth`, `thirteen_months`, `rolling_year`, `cumulative_balance`,
`adjusted_series`, `working_days`, `cover_ratio`, `exchange_rates`.
Contributions to growth: `contributions`, `balance_contributions`.
Goods by partner, from detail data: `partner_goods`, `commodity_partners`, `goods_by_section`, `goods_months`, `listed_goods`,
`car_exports`, `diversion`, `diversion_by_year`, `new_goods`, `sole_sources`, `find_goods`.
Partners: `partners`, `largest_partners`, `partner_months`, `partner_shares`, `partner_growth`, `mirror_trade`.
Commodities: `commodities`, `largest_commodities`, `commodity_months`, `quantities`, `value_split`,
`unit_value_indices`, `cleantech_exports`.
History and revisions: `month_before`, `milestones`, `revisions`, `month_revisions`, `base_revisions`.
Outlook: `outlook`, `model_news`, `backtest_errors`.

Levels are in dollars or yuan, those of partners and commodities in yuan only; growth and shares in percent, contributions in
percentage points. A period is a month such as "2025-11", or "latest", which is meant where none is given; in the index of a
frame, months are dates. Partners and commodities go by any of their names: "USA", "United States", "chips"; so do flows:
"export" or "exports". A misspelling is one line with the nearest valid value. A number that is not available raises
NotAvailable with the reason; a frame is empty then, and a warning says why.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from customs_report import frames, vintages
from customs_report.arguments import NEWEST
from customs_report.calculations import (
    adjusted,
    balances,
    calendar,
    cleantech,
    comparisons,
    cover_ratios,
    exchange_rate,
    fact_builders,
    fact_frames,
    history,
    levels,
    lines,
    mirror,
    one_month_ahead,
    outlooks,
    partitions,
    partner_standing,
    profiles,
    revision_history,
    series,
    traded_goods,
    unit_values,
)
from customs_report.calculations.comparisons import Comparison
from customs_report.calculations.revision_history import BaseRevision
from customs_report.detail import names as names_of_goods
from customs_report.errors import NoSuchName, nearest
from customs_report.facts import Facts
from customs_report.frames import CURRENCY
from customs_report.provenance import Figure
from customs_report.public import calculation
from customs_report.schema import FLOWS
from customs_report.tables import Tables


def __dir__() -> list[str]:
    """Names offered by tab completion: the public calculations only."""
    return [*__all__]


if not TYPE_CHECKING:  # else mypy would let any name pass

    def __getattr__(name: str) -> Any:
        raise NoSuchName(f"there is no helpers.{name}; nearest: {nearest(name, __all__)}")


TRADED = {  # the units of a table of goods or partners
    **dict.fromkeys(("value", "base", "month", "month_base", "change", "change_month"), CURRENCY),
    **dict.fromkeys(("growth", "growth_month", "share"), "percent"),
    **dict.fromkeys(("contribution", "contribution_month"), "percentage points"),
    **dict.fromkeys(("quantity", "quantity_base"), ""),
}


# --- start here -------------------------------------------------------------------------------------------------------


@calculation()
def load(as_of: str | date = "") -> Tables:
    """Which tables were known on a day? By default all data. A day is a date or a text: "2025-12-08", "8 Dec 2025".

    A frame for each kind of figure (`totals`, `partners`, `commodities`, ...) and reference lists; figures released after
    that day are kept only as history for earlier months. Calculations take the latest month unless one is given: the newest
    with exports, imports, partners and commodities, not one of which only the headline is known.

    Raises InputError for text that is not a date, and for a day before the first release in the data; warns for a day after
    the newest.

    >>> helpers.load("2025-12-08").as_of
    '2025-12-08'
    """
    tables = vintages.known_tables(as_of)
    if str(as_of) > tables.as_of:
        warnings.warn(f"nothing was released after {tables.as_of}; as_of {as_of} gives the same", stacklevel=3)
    return tables


@calculation()
def report_facts(tables: Tables, period: str = "latest") -> Facts:
    """Every number of a report: every fact for the period, using only figures known on the tables' day, and every gap.

    The facts cover: levels and growth of totals, ranks, records, streaks, milestones, calendar, adjusted figures, partners,
    commodities, contributions, quantity and unit value, exchange rate, mirror statistics. A gap is a fact, or a family of
    facts (`partner.*`), that is not available, with the reason.

    >>> helpers.report_facts(tables, period)["balance_usd_month_rank"].text
    '3'
    """
    return fact_builders.report_facts(tables, period)


@calculation()
def comparison(
    tables: Tables,
    period: str = "latest",
    subjects: Sequence[str] = (),
    flow: str = "exports",
    measure: str = "value",
    over: str = "month",
    currency: str = "CNY",
    since: str = "",
) -> Comparison:
    """How do partners, commodities and all trade compare, month by month up to the period?

    `subjects` are codes from `comparable`, or other names of the same; `flow`: exports, imports, balance, total; `measure`:
    value, quantity, unit_value, growth (on a year earlier, in percent), share (of all trade of the flow, in percent); `over`:
    month, ytd, 3m, 12m. Month and year to date are the facts of each month's report; longer sums of partners and commodities
    need every month in the data. Partners and commodities are in yuan only, all trade ("all") in yuan or dollars.
    The result has a frame, `values`, with codes as columns (`named`: with names), its `unit`, and `gaps`: why a subject is no
    column, such as one with a different unit from the first, or has months without a figure since its first. Raises
    InputError for an unknown name, with the nearest, and where no subject has a figure.

    >>> helpers.comparison(tables, "2025-11", ["USA", "ASEAN"], measure="growth", over="ytd").values.iloc[-1].to_dict()
    {'USA': -18.3, 'ASEAN': 14.6}
    """
    found = comparisons.comparison(tables, period, subjects, flow, measure, over, currency, since)
    for subject in [subject for subject in found.gaps if subject not in found.values]:
        frames.warn_missing(f"{period}: {found.gaps[subject]}; {subject} is left out", stacklevel=3)
    return replace(found, values=frames.by_date(found.values))


@calculation()
def comparable(tables: Tables) -> dict[str, str]:
    """What can be compared? Code -> name: all trade, the partners and the commodities in the data.

    >>> helpers.comparable(tables)["USA"], helpers.comparable(tables)["motor_vehicles"]
    ('United States', 'Motor vehicles')
    """
    return comparisons.comparable(tables)


# --- totals -----------------------------------------------------------------------------------------------------------


@calculation()
def level(tables: Tables, flow: str = "balance", currency: str = "USD", over: str = "month", period: str = "latest") -> Figure:
    """How large were exports, imports, the balance or total trade over a span that ends with the period?

    For a month, the newest stage in the data. For the year to date, the figure customs printed, at its own precision. Months
    are added only if all are revised figures, or if their sum rounds to the printed year to date. Customs revises earlier
    months inside its year to date, so a sum of first figures would match no published figure. Raises NotAvailable with the
    reason if a month is missing, or if the months cannot be added. The answer is a number with its label and sources: calculate
    with its `value`, or with `float(...)`.

    >>> helpers.level(tables, "balance", "USD", "month", period).value
    109900000000.0
    >>> helpers.level(tables, period=period) / 1e9
    109.9
    >>> helpers.level(tables, "balance", "USD", "ytd", period).how
    'sum of 11 months'
    """
    return levels.level(tables, flow, currency, over, period)


@calculation(
    **dict.fromkeys((*FLOWS, "balance_change"), frames.CURRENCY),
    other="percent",
)
def totals(tables: Tables, period: str = "latest", currency: str = "USD") -> pd.DataFrame:
    """How large were exports, imports, balance and total trade, and how fast did they grow, in dollars or yuan?

    Index over: the month, the year to date, three and twelve months together. Columns exports, imports, balance, total; the
    growth of exports, imports and total on a year earlier in percent (`exports_growth`), the change of the balance
    (`balance_change`). Growth is customs' own where it was published with the level, otherwise computed. NaN: not available;
    `report_facts(...).gaps` records the reason.

    >>> helpers.totals(tables, period).loc["month", ["exports", "exports_growth", "balance"]].round(1).to_dict()
    {'exports': 330000000000.0, 'exports_growth': 5.8, 'balance': 109900000000.0}
    """
    return fact_frames.totals(tables, period, currency)


@calculation(other="dollars", record="")
def monthly_trade(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """How did trade change month by month?

    Index period; columns exports, imports, balance in dollars; record: True if the surplus was the largest so far.

    >>> helpers.monthly_trade(tables, period).iloc[-1].to_dict()
    {'exports': 330000000000.0, 'imports': 220100000000.0, 'balance': 109900000000.0, 'record': False}
    """
    return series.monthly_trade(tables, period)


@calculation(other="percent")
def trade_growth(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """How fast do exports and imports grow? Index period; growth of the month and of the last three months, percent.

    Growth is on a year earlier.

    >>> helpers.trade_growth(tables, period).iloc[-1].round(1).to_dict()
    {'exports_month': 5.8, 'imports_month': 2.6, 'exports_3m': 4.2, 'imports_3m': 4.2}
    """
    return series.trade_growth(tables, period)


@calculation(other="dollars", exports_yoy="percent", imports_yoy="percent")
def thirteen_months(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """How do the last thirteen months compare? Index period; exports, imports, balance in dollars, growth of both in percent.

    Columns exports, imports, balance, exports_yoy, imports_yoy; NaN where not available. Growth is the printed rate if
    published at the same stage as the level; otherwise computed from two levels of one stage; otherwise the rate printed at
    another.

    >>> helpers.thirteen_months(tables, period).iloc[-1].round(1).to_dict()
    {'exports': 330000000000.0, 'imports': 220100000000.0, 'balance': 109900000000.0, 'exports_yoy': 5.8, 'imports_yoy': 2.6}
    """
    return history.thirteen_months(tables, period)


@calculation(other="dollars")
def rolling_year(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """How large were exports, imports and the balance over the twelve months that end with each month?

    Index period, from the twelfth month of the series; columns exports, imports, balance in dollars. For earlier months,
    a sum not available on that day is filled with the one customs showed later.

    >>> helpers.rolling_year(tables, period).at[period, "balance"].item()
    1173300000000.0
    """
    return history.rolling_year(tables, period)


@calculation(other="dollars")
def cumulative_balance(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """How does the year compare with every earlier one? Index month 1-12, one column per year: balance to date in dollars.

    >>> helpers.cumulative_balance(tables, period).loc[11, "2024":].to_dict()
    {'2024': 887400000000.0, '2025': 1068200000000.0}
    """
    return series.cumulative_balance(tables, period)


@calculation(other="dollars")
def adjusted_series(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """What are exports and imports after adjustment for season and holidays?

    Index period, from the first month of the series; for each flow, in dollars rounded to 0.1 billion: the estimate now
    (`exports`), its 90 % band (`exports_low`, `exports_high`), and the estimate made when the month was the newest
    (`exports_first`, from the fourth year on). Empty if the series is too short. NaN for a month without a figure.
    The model is our own, not customs'. First estimates use the figures of today, so they differ from today's estimates only
    because later months have been added, not because customs revised.

    >>> helpers.adjusted_series(tables, period)["exports"].tail(2).to_list()
    [300200000000.0, 313900000000.0]
    """
    return adjusted.adjusted_series(tables, period)


@calculation()
def working_days(period: str = "latest") -> int:
    """How many days of a month does China work, by our convention?

    Mondays to Fridays less public holidays, with the days at weekends that are worked instead, as the package
    chinesecalendar lists them. Raises NotAvailable outside its years: the State Council announces holidays a year at a time.

    >>> helpers.working_days("2025-10"), helpers.working_days(period)
    (18, 20)
    """
    return calendar.working_days(period)


@calculation(other="ratio")
def cover_ratio(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """How many times its imports were China's exports? Index period; ratio: from the sums of the twelve months ending with it.

    >>> helpers.cover_ratio(tables, period)["ratio"].iloc[-1].round(2).item()
    1.46
    """
    return cover_ratios.cover_ratio(tables, period)


@calculation(other="yuan per dollar", crude_oil_yoy="percent", exports_gap="percentage points", imports_gap="percentage points")
def exchange_rates(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """How did the exchange rate, and the gap between growth in yuan and in dollars, change month by month?

    Index period, from the first month with crude-oil figures. Columns: crude_oil and first_prints in yuan per dollar,
    crude_oil_yoy in percent, exports_gap and imports_gap in percentage points; NaN where a figure is not available in both
    currencies at the same stage.

    >>> helpers.exchange_rates(tables, period)["crude_oil"].loc[period].round(4).item()
    7.0977
    """
    return exchange_rate.exchange_rates(tables, period)


# --- contributions to growth ------------------------------------------------------------------------------------------


@calculation(name="", parent="", level="", value="yuan", base="yuan", contribution="percentage points", share="percent")
def contributions(
    tables: Tables,
    period: str = "latest",
    by: str = "partner",
    flow: str = "exports",
    over: str = "ytd",
    base: str = "implied",
) -> pd.DataFrame:
    """Which partners, or which commodities, made exports or imports grow, over the month or the year to date?

    Index part; columns name, parent, level, value and base (yuan), contribution (percentage points: those of level 1 sum to the
    growth of the whole), share (percent of the whole). By group: ASEAN, the EU, Africa, Latin America and the large partners,
    and `rest_of_WORLD`. By partner: ASEAN, the EU and every other partner in the data, and
    `rest_of_ASIA` etc.: a continent's trade less that of its partners listed. By commodity: farm products, machinery, every
    line outside them (level 1), and the lines within the two (level 2, with their `parent`). `remainder` completes the sum.
    Base "implied": for the year to date, the restated figure, or the one implied by printed growth; failing both, last year's
    figure. Base "printed": always last year's figure.

    >>> helpers.contributions(tables, period, by="partner")["contribution"].round(1).nlargest(2).to_dict()
    {'ASEAN': 2.4, 'EU27': 1.3}
    >>> helpers.contributions(tables, period, by="commodity", flow="imports")["contribution"].idxmax()
    'mechanical_and_electrical_products'
    """
    return partitions.contribution_frame(tables, period, by, flow, over, base)


@calculation(value="yuan", base="yuan", contribution="yuan")
def balance_contributions(tables: Tables, period: str = "latest", over: str = "ytd") -> pd.DataFrame:
    """With whom did the balance of trade widen or shrink, over the month or the year to date?

    Index as in `contributions`; columns value and base (bilateral balance now and a year earlier, yuan) and
    contribution (yuan; they sum to the change in the whole balance). For the year to date, year-earlier figures are those
    implied by printed growth; for a month, last year's figure as printed.

    >>> helpers.balance_contributions(tables, period, "ytd")["contribution"].idxmin()
    'USA'
    """
    return balances.balance_contributions(tables, period, over)


# --- partners ---------------------------------------------------------------------------------------------------------


@calculation(
    **dict.fromkeys(FLOWS, "yuan"),
    **dict.fromkeys(("exports_contribution", "imports_contribution"), "percentage points"),
    name="",
    rank="",
    other="percent",
)
def partners(tables: Tables, period: str = "latest", over: str = "ytd") -> pd.DataFrame:
    """How much does China trade with each partner, over the month or the year to date, and how fast does it grow?

    Index partner, the largest first: countries, groups and continents, which overlap. Columns name; exports, imports, total,
    balance in yuan only; growth of the first three on a year earlier in percent (`exports_growth`); points that exports and
    imports added to all growth (`exports_contribution`); the share of total trade in percent and the rank, counting ASEAN and
    the EU as one partner each. NaN: not available.

    >>> helpers.partners(tables, period).loc["USA", ["name", "exports_growth", "rank"]].to_dict()
    {'name': 'United States', 'exports_growth': -18.3, 'rank': 3.0}
    >>> helpers.partners(tables, period, "month").loc["USA", ["exports_growth", "exports_contribution"]].round(1).to_dict()
    {'exports_growth': -28.7, 'exports_contribution': -4.3}
    """
    return fact_frames.partners(tables, period, over)


@calculation()
def largest_partners(tables: Tables, period: str = "latest", count: int = 15) -> list[str]:
    """Who are the largest partners, year to date, by total trade? ASEAN and the EU count as one partner each.

    >>> helpers.largest_partners(tables, period, count=5)
    ['ASEAN', 'EU27', 'USA', 'HKG', 'KOR']
    """
    return lines.largest_partners(tables, period, count)


@calculation(lines.months_of_partner, exports="yuan", imports="yuan", balance="yuan", other="percent")
def partner_months(tables: Tables, period: str = "latest", partner: str = "") -> pd.DataFrame:
    """How did trade with a partner change month by month?

    Index period, from the first month in the data; levels in yuan only, the rest in percent. Columns: exports, imports,
    balance; share of total trade, growth of trade with the partner and of all trade (`all`), each over three months, because
    single months are noisy. NaN where a month is not in the data.

    >>> helpers.partner_months(tables, period, "USA")[["share", "growth"]].iloc[-1].round(1).to_dict()
    {'share': 8.2, 'growth': -25.2}
    """
    return profiles.partner_months(tables, period, partner)


@calculation(other="percent")
def partner_shares(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """Where do exports go? Index period, one column per partner or group: percent of exports, over three months.

    Three months together, because single months are noisy; NaN where one of them is not in the data.

    >>> helpers.partner_shares(tables, period)["USA"].iloc[[0, -1]].round(1).to_list()
    [13.6, 10.7]
    """
    return partner_standing.partner_shares(tables, period)


@calculation(other="percent")
def partner_growth(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """How did exports to the largest partners grow? Index period, newest first; one column per partner, the largest first.

    Growth of the year to date in percent as customs printed it, for the last 18 months; NaN where it is not printed.

    >>> helpers.partner_growth(tables, period)[["ASEAN", "USA"]].iloc[0].to_dict()
    {'ASEAN': 14.6, 'USA': -18.3}
    """
    return partner_standing.partner_growth(tables, period)


@calculation(**TRADED, name="", name_zh="", unit="")
def partner_goods(
    tables: Tables, period: str = NEWEST, partner: str = "", flow: str = "exports", digits: int = 4, within: str = ""
) -> pd.DataFrame:
    """Which goods does China sell to a partner (flow "exports") or buy from it ("imports"), and which changed most?

    Index code, the largest first: two, four, six or eight `digits`, those `within` a code, such as "85". Columns: name,
    name_zh; value of the year to date and base, the same a year earlier; month and month_base; change, growth in percent,
    contribution in points of the growth of all goods shown and share in percent, of the month with `_month`. `.attrs` have the
    currency and `over`: "month" where the year to date is not complete. Groups are the sum of their members, "WORLD" is all
    partners. Without a period, the newest month of the detail data. NaN: not available a year earlier.

    >>> helpers.partner_goods(tables, "2025-09", "Viet Nam")["value"].to_dict()
    {'8541': 205588433.0, '3818': 154382454.0}
    """
    return traded_goods.as_frame(traded_goods.partner_goods(tables, period, partner, flow.removesuffix("s"), digits, within))


@calculation(value=CURRENCY, base=CURRENCY, name="", what="")
def new_goods(tables: Tables, period: str = NEWEST, partner: str = "", flow: str = "exports") -> pd.DataFrame:
    """Which goods were not traded with a partner a year earlier, and which are not traded any more (extensive margin)?

    Index code (six digits), the largest first. Columns: name; what ("new" or "vanished"); value now and base a year earlier.

    >>> helpers.new_goods(tables, "2025-09", "Viet Nam")["what"].to_list()
    []
    """
    found = traded_goods.new_goods(tables, period, partner, flow.removesuffix("s"))
    return traded_goods.as_frame(found, "no good is new or vanished")


@calculation(**dict.fromkeys(("now", "base", "others", "others_base", "diverted"), CURRENCY), name="")
def diversion(tables: Tables, period: str = NEWEST, partner: str = "USA") -> pd.DataFrame:
    """Which goods went elsewhere when exports to a partner fell?

    Index code (eight digits, six where no more are available), the largest first. Of a good whose exports to the partner fell
    and whose exports to all others rose, `diverted` is the smaller of the two. Columns: name; now and base of the partner,
    others and others_base. `.attrs["whole"]`: fall, diverted, share of the fall in percent, and the percentile of that share
    among the other partners with 50 goods in either year, each taken as if it had been the shock.

    >>> round(helpers.diversion(tables, "2025-09", "Brazil").attrs["whole"]["share"], 1).item()
    0.2
    """
    return traded_goods.as_frame(traded_goods.diversion(tables, period, partner), "no good went elsewhere")


@calculation(fall=CURRENCY, diverted=CURRENCY, share="percent", percentile="percent", partners="partners")
def diversion_by_year(tables: Tables, period: str = NEWEST, partner: str = "USA") -> pd.DataFrame:
    """Was as much diverted in other years? The result of `diversion` for the year to date of each year since 2018.

    Index year. Columns: fall, diverted, share in percent, partners compared with, percentile.

    >>> list(helpers.diversion_by_year(tables, "2025-09", "USA").index[-2:])
    [2024, 2025]
    """
    return traded_goods.as_frame(traded_goods.diversion_by_year(tables, period, partner))


@calculation(**TRADED, name="", name_zh="", unit="")
def listed_goods(
    tables: Tables, period: str = NEWEST, partner: str = "EU27", flow: str = "exports", goods: str = "green_goods"
) -> pd.DataFrame:
    """How did trade with a partner in the goods of a list change? Index and columns as `partner_goods`.

    `goods` is a list of reference/code_lists.csv: green_goods (APEC), high_technology (after Eurostat), cars_battery_electric,
    solar, lithium_ion_batteries, ...; each entry names its source.

    >>> helpers.listed_goods(tables, "2025-09", "EU27", goods="solar").index.to_list()
    ['854143', '854142']
    """
    return traded_goods.as_frame(traded_goods.listed_goods(tables, period, partner, flow.removesuffix("s"), goods))


@calculation(other="dollars", rate="yuan per dollar", gap_percent="percent")
def mirror_trade(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """How far apart are Chinese and US figures of the same trade, month by month?

    Index period, from the first month of Chinese figures. Columns: china and united_states in dollars, rate in yuan per
    dollar, gap (United States less China) in dollars and gap_percent of China's figure; NaN where a part is not in the data.

    >>> helpers.mirror_trade(tables, period).columns.to_list()
    ['china', 'united_states', 'rate', 'gap', 'gap_percent']
    """
    return mirror.mirror_trade(tables, period)


# --- commodities ------------------------------------------------------------------------------------------------------


@calculation(value="yuan", contribution="percentage points", name="", unit="", quantity="", unit_value="", other="percent")
def commodities(tables: Tables, period: str = "latest", flow: str = "exports", over: str = "ytd") -> pd.DataFrame:
    """How much of each commodity was exported or imported, over the month or the year to date, and how fast did it grow?

    Index commodity, the largest first: lines and aggregates of the table, which overlap. Columns name; value in yuan only;
    quantity in `unit`, unit_value in yuan per unit; growth of the three on a year earlier in percent (`value_growth`); points
    that the value added to the growth of the flow (contribution); the share of the flow in percent. NaN: not available, or a
    line without quantity.

    >>> helpers.commodities(tables, period).loc["motor_vehicles", ["quantity", "unit"]].to_dict()
    {'quantity': 7330899.0, 'unit': 'units'}
    """
    return fact_frames.commodities(tables, period, flow.removesuffix("s"), over)


@calculation()
def largest_commodities(tables: Tables, period: str = "latest", flow: str = "exports", count: int = 12) -> list[str]:
    """Which commodity lines that do not overlap are the largest, year to date? Empty if fewer than `count` are in the data.

    >>> helpers.largest_commodities(tables, period, "import")[:3]
    ['integrated_circuits', 'crude_oil', 'iron_ore']
    """
    return lines.largest_commodities(tables, period, flow.removesuffix("s"), count)


@calculation(
    lines.months_of_commodity,
    **dict.fromkeys(("value", "quantity_effect", "unit_value_effect"), "yuan"),
    **dict.fromkeys(("share", "growth", "all"), "percent"),
)
def commodity_months(tables: Tables, period: str = "latest", flow: str = "exports", commodity: str = "") -> pd.DataFrame:
    """How did trade in a commodity change month by month?

    Index period, from the first month in the data; values in yuan only, the rest in percent. Columns: value, quantity (in the
    unit of the newest month that has one), unit_value; what quantity and what unit value added to the value of the same month a
    year earlier (Bennet); share of the flow, growth of the commodity and of the flow (`all`), each over three months. NaN where
    a month is not in the data or no quantity is counted.

    >>> helpers.commodity_months(tables, period, "export", "motor_vehicles").at[period, "quantity"].item()
    818359.0
    """
    return profiles.commodity_months(tables, period, flow.removesuffix("s"), commodity)


@calculation(**TRADED, unit_value="", name="", unit="", outlier="")
def commodity_partners(tables: Tables, period: str = NEWEST, flow: str = "exports", commodity: str = "") -> pd.DataFrame:
    """With which partners is a good traded, and which changed most?

    `commodity` is a code of two to eight digits ("8703"), or a line of customs' list that is headings of the Harmonized System.
    Index partner (countries, which do not overlap), the largest first. Columns as `partner_goods`, and quantity,
    quantity_base, unit, unit_value (value by quantity) with `outlier`: it is more than five times the median of all partners,
    or less than a fifth.

    >>> helpers.commodity_partners(tables, "2024-09", "exports", "8703").index[0]
    'RUS'
    """
    return traded_goods.as_frame(traded_goods.commodity_partners(tables, period, flow.removesuffix("s"), commodity))


@calculation(**TRADED, name="")
def goods_by_section(tables: Tables, period: str = NEWEST, flow: str = "exports") -> pd.DataFrame:
    """How do sections and chapters of the Harmonized System add up, and to how much of the published total?

    Index section (I to XXII) with its chapters below it, then "sum", "published" (customs' total in the same currency) and
    "gap". Columns: name, value and base of the year to date, month and month_base, change, growth, contribution in points;
    covered, the sum's share of the published total in percent.

    >>> helpers.goods_by_section(tables, "2024-09").index[-3:].to_list()
    ['sum', 'published', 'gap']
    """
    return traded_goods.as_frame(traded_goods.goods_by_section(tables, period, flow.removesuffix("s")))


@calculation(**TRADED, name="", kind="")
def car_exports(tables: Tables, period: str = NEWEST) -> pd.DataFrame:
    """Where do cars go, by region and country, and of which drive?

    Index destination (WORLD, regions, countries) and drive ("all", "battery-electric", "plug-in hybrid", ...), where codes say
    it. Columns: name, kind ("region" or "country"), value and base of the year to date, month, change, growth, share of the
    world's in percent. A destination is often a port of entry or a place of re-export.

    >>> helpers.car_exports(tables, "2024-09").loc[("WORLD", "all"), "growth"].round(1).item()
    23.3
    """
    return traded_goods.as_frame(traded_goods.car_exports(tables, period))


@calculation(value=CURRENCY, quantity="", unit="")
def goods_months(
    tables: Tables, period: str = NEWEST, flow: str = "exports", commodity: str = "", partner: str = "WORLD"
) -> pd.DataFrame:
    """How did trade in a good change month by month, with all partners or with one? Index period.

    `commodity` as in `commodity_partners`. Columns: value, quantity (NaN where units differ), unit. Months without figures are
    left out.

    >>> helpers.goods_months(tables, "2024-09", "exports", "8703")["value"].iloc[-1].item()
    8475472865.0
    """
    return traded_goods.as_frame(traded_goods.goods_months(tables, period, flow.removesuffix("s"), commodity, partner))


@calculation(value=CURRENCY, whole=CURRENCY, share="percent", name="", partner="", source="")
def sole_sources(tables: Tables, period: str = NEWEST, flow: str = "imports") -> pd.DataFrame:
    """Which goods come from one partner (or go to one), to nine tenths or more? Index code (six digits), the largest first.

    Columns: name, partner and source (its name), value from it, whole, share in percent.

    >>> helpers.sole_sources(tables, "2024-09", "exports").empty
    True
    """
    found = traded_goods.sole_sources(tables, period, flow.removesuffix("s"))
    return traded_goods.as_frame(found, "no good has one source alone")


@calculation(name="")
def find_goods(tables: Tables, words: str = "", count: int = 30) -> pd.DataFrame:
    """Which codes have these words in their name, in English or Chinese, or begin with these digits? Index code; name.

    >>> helpers.find_goods(tables, "8703").index[:2].to_list()
    ['8703', '870310']
    """
    frame = pd.DataFrame(names_of_goods.search(tables, words, count), columns=["code", "name"]).set_index("code")
    frame.attrs["why"] = ""  # none is an answer
    return frame


@calculation(
    name="",
    unit="",
    **{f"{measure}_{over}": "" for measure in ("quantity", "unit_value") for over in ("month", "ytd")},
    **dict.fromkeys(("value_month", "value_ytd"), "yuan"),
    **dict.fromkeys(("barrels_a_day_month", "barrels_a_day_ytd"), "barrels a day"),
    other="percent",
)
def quantities(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """How much oil, ore, soya, chips and cars went in and out, and did quantity move as value did?

    Index flow ("import", "export") and commodity. Columns name; unit of the quantity; for the month and the year to date
    quantity_month in that unit, value_month in yuan, unit_value_month in yuan per unit, each with its growth on a year earlier
    in percent (`quantity_month_growth`); of crude oil barrels_a_day_month, at 7.33 barrels a tonne. NaN: not available.

    >>> oil = helpers.quantities(tables, period).loc[("import", "crude_oil")]
    >>> oil[["quantity_month", "barrels_a_day_month"]].astype(float).round(-5).to_list()
    [50900000.0, 12400000.0]
    """
    return fact_frames.quantities(tables, period)


@calculation(value="yuan", value_base="yuan", change="yuan", quantity_effect="yuan", unit_value_effect="yuan")
def value_split(tables: Tables, period: str = "latest", flow: str = "exports") -> pd.DataFrame:
    """Which lines changed the value of exports or imports, through quantity or through unit value?

    Index commodity, the largest first; year to date: value, value_base, change, quantity_effect, unit_value_effect in yuan,
    quantity and quantity_base in `unit`. Only disjoint lines that can be compared: the rows can be added.

    >>> helpers.value_split(tables, period, "import").index[:3].to_list()
    ['integrated_circuits', 'crude_oil', 'iron_ore']
    """
    return unit_values.value_split(tables, period, flow.removesuffix("s"))


@calculation(lines="lines", other="percent")
def unit_value_indices(tables: Tables, period: str = "latest", flow: str = "exports") -> pd.DataFrame:
    """How did quantity and unit value of exports or imports change on a year earlier, month by month, with and without chips?

    Index period. Columns: quantity and unit_value, growth of the month in percent, as Fisher indices over the disjoint lines
    with a quantity in the same unit in both years; quantity_without_chips and unit_value_without_chips; how many lines are
    compared, and coverage, their share of the flow in percent. NaN in January and February, which customs publishes together.

    >>> helpers.unit_value_indices(tables, "2026-07").iloc[-1][["quantity", "unit_value"]].astype(float).round(1).to_list()
    [5.9, 28.6]
    """
    return unit_values.unit_value_indices(tables, period, flow.removesuffix("s"))


@calculation(value="dollars", base="dollars", other="percent")
def cleantech_exports(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """How did exports of clean technologies grow, year to date, by technology and destination?

    Index technology and destination, only where every month is in the data and was public on the tables' day. Columns: value
    and base (the same months a year earlier) in dollars, growth in percent, share and share_before (percent of that
    technology's exports to the world, now and a year earlier); NaN where a month of last year is not in the data. Compiled by
    Ember.

    >>> vehicles = helpers.cleantech_exports(tables, period).loc["electric_and_hybrid_vehicles"]
    >>> vehicles.loc[["AFRICA", "ASEAN"], "growth"].round(1).to_dict()
    {'AFRICA': 180.1, 'ASEAN': 77.5}
    """
    return cleantech.cleantech_exports(tables, period)


# --- history and revisions --------------------------------------------------------------------------------------------


@calculation()
def month_before(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """What has changed since the report of the month before, compiled from the same day's data?

    Index: the name of a fact (`exports_usd_month_yoy`); columns now, before, change. A fact that either month lacks is left
    out.

    >>> helpers.month_before(tables, period).loc["exports_usd_month_yoy"].round(1).to_dict()
    {'now': 5.8, 'before': -1.3, 'change': 7.1}
    """
    return fact_frames.changes_since_month_before(tables, period)


@calculation(value="dollars", months_ago="months")
def milestones(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """When did the surplus first pass each round number?

    One row per milestone, index such as "12m-1" (the span and how many steps); columns over (month, ytd, 12m), value in
    dollars, first (the month in which it was passed), months_ago. A milestone is left out if the sum for the
    preceding month is unknown, since the month of passing is then unknown too.

    >>> helpers.milestones(tables, period).query("over == 'ytd'")["first"].to_dict()
    {'ytd-1': '2025-11'}
    """
    return history.milestones(tables, period)


@calculation()
def revisions(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """What was each figure of a month when first published, and what is it now?

    One row per figure that was released again, by its fact's name (`exports_usd_month`); columns first, first_released, now,
    now_released, change; levels in dollars or yuan. Uses only releases up to the tables' day.

    >>> helpers.revisions(tables, period).at["balance_usd_month", "change"].item()
    -1780000000.0
    """
    return revision_history.revisions(tables, period)


@calculation(other="percent")
def month_revisions(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """By how much was each month's first estimate revised, by the time of the next year's growth, and up to now?

    Index month revised; columns exports_next_year, exports_now, imports_next_year, imports_now: change of the dollar figure in
    percent. February stands for January and February together. Only first estimates that are precise enough to show it.

    >>> helpers.month_revisions(tables, period)["exports_next_year"].min().item()
    -4.19
    """
    return revision_history.month_revisions(tables, period)


@calculation()
def base_revisions(tables: Tables, period: str = "latest") -> dict[tuple[str, str, str], BaseRevision]:
    """By how much did customs revise a year's figures (a) before comparing the next year with them, (b) afterwards?

    Keys: year revised; flow and currency (`exports_usd`); leg, "" for (a), from the first figure to the base implied by printed
    growth, and "_since" for (b), from that base to the figure now. Dollars: the months added together, as the press rounds
    totals of the year; yuan: the year to date. Only months for which both flows are in the data, precisely enough to show a
    revision.

    >>> sorted(helpers.base_revisions(tables, period))[0]
    ('2018', 'exports_usd', '_since')
    """
    return revision_history.base_revisions(tables, period)


# --- outlook ----------------------------------------------------------------------------------------------------------


@calculation(forecast="dollars", low90="dollars", low50="dollars", high50="dollars", high90="dollars")
def outlook(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """What will the year's exports, imports and balance be, as seen from the month, by each method?

    Index method (model, naive, average), flow; columns forecast, low90, low50, high50, high90 in dollars. Empty if the year
    is complete or too early, or if a month is not in the data. Method: `outlook_model`.

    >>> (helpers.outlook(tables, period).loc[("naive", "balance"), "forecast"] / 1e9).round(1).item()
    1173.3
    """
    return outlooks.outlook(tables, period)


@calculation(surprise_sd="standard deviations", rank="rank", months="months", other="dollars")
def model_news(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """What had the outlook's model expected of the month, on revised figures, and what came?

    Index level (`exports_usd_month`; in February `..._ytd`, January and February together); expected, actual, surprise in
    dollars; surprise_sd in standard deviations; its rank by size among so many months since 2012; in dollars what the month
    changes in the model's year (year_change): from_month, the surprise, and from_rest, the months that remain.

    >>> helpers.model_news(tables, period).loc["balance_usd_month", ["expected", "actual"]].round(-8).to_list()
    [89900000000.0, 109900000000.0]
    """
    return one_month_ahead.model_news(tables, period)


@calculation()
def backtest_errors(tables: Tables, period: str = "latest") -> pd.DataFrame:
    """How far off were outlooks in the years before the report's, by the month they were made in?

    A pseudo-real-time test on revised data. Index month (1-11); for each flow and method the mean absolute error
    (`exports_model`: percent of the year's exports; `balance_model`: dollars) and the share of years in which the outcome fell
    inside its interval (`exports_model_in50`, `..._in90`, percent). Empty before 2013.

    >>> helpers.backtest_errors(tables, period)["exports_model"].round(1).to_dict()[11]
    0.3
    """
    return outlooks.backtest_errors(tables, period)


__all__ = [
    "adjusted_series",
    "backtest_errors",
    "balance_contributions",
    "base_revisions",
    "car_exports",
    "cleantech_exports",
    "commodities",
    "commodity_months",
    "commodity_partners",
    "comparable",
    "comparison",
    "contributions",
    "cover_ratio",
    "cumulative_balance",
    "diversion",
    "diversion_by_year",
    "exchange_rates",
    "find_goods",
    "goods_by_section",
    "goods_months",
    "largest_commodities",
    "largest_partners",
    "level",
    "listed_goods",
    "load",
    "milestones",
    "mirror_trade",
    "model_news",
    "month_before",
    "month_revisions",
    "monthly_trade",
    "new_goods",
    "outlook",
    "partner_goods",
    "partner_growth",
    "partner_months",
    "partner_shares",
    "partners",
    "quantities",
    "report_facts",
    "revisions",
    "rolling_year",
    "sole_sources",
    "thirteen_months",
    "totals",
    "trade_growth",
    "unit_value_indices",
    "value_split",
    "working_days",
]
