"""Detail data, where they are held: which goods a partner trades, and with whom a commodity is traded."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from customs_report.calculations.levels import exclude_lookahead
from customs_report.periods import shift, year_to_date
from customs_report.tables import Tables, in_order

HEADINGS = {  # lines of customs' list that are headings of the Harmonized System, and nothing else
    "coal": ("2701", "2702"), "copper_ore": ("2603",), "crude_oil": ("2709",), "integrated_circuits": ("8542",),
    "iron_ore": ("2601",), "lithium_ion_batteries": ("850760",), "soya_beans": ("1201",),
}  # fmt: skip
CURRENCIES = ("CNY", "USD")  # the first that is held
COLUMNS = ["flow", "code", "currency", "value", "base", "change"]


def partner_goods(tables: Tables, period: str, partner: str) -> pd.DataFrame:
    """Which goods does China trade with a partner, and which changed most? Index such as "export-85", the largest first."""
    rows = _year(tables, period, lambda rows: (rows["partner"] == partner) & (rows["commodity"] != ""), "commodity")
    if not rows.empty:
        by_length = rows.groupby(rows["code"].str.len())["value"].sum().round()
        rows = rows[rows["code"].str.len() == by_length.idxmax()]  # the shortest of those that cover the same
    return rows


def commodity_partners(tables: Tables, period: str, flow: str, slug: str) -> pd.DataFrame:
    """With which partners is a commodity traded, and which changed most? Index such as "import-RUS", the largest first."""
    countries = set(tables.partner_list.loc[tables.partner_list["type"] == "country", "partner"])
    headings = HEADINGS.get(slug, ())

    def wanted(rows: pd.DataFrame) -> pd.Series:
        return (rows["flow"] == flow) & rows["commodity"].isin(headings) & rows["partner"].isin(countries)

    return _year(tables, period, wanted, "partner")


def _year(tables: Tables, period: str, wanted: Callable[[pd.DataFrame], pd.Series], by: str) -> pd.DataFrame:
    """The year to date of the wanted rows: as printed, else the sum of the months if all are held."""
    rows = exclude_lookahead(tables, period).details
    rows = rows[(rows["regime"] == "") & (rows["province"] == "") & rows["period"].isin(_months(period))]
    rows = rows[wanted(rows)]
    for currency in CURRENCIES if len(rows) else ():
        known = in_order(rows[rows["currency"] == currency])
        now, base = (_sums(known, p, by) for p in (period, shift(period, -12)))
        if not now.empty:
            frame = pd.DataFrame({"value": now, "base": base.reindex(now.index)}).sort_values("value", ascending=False)
            frame = frame.assign(change=frame["value"] - frame["base"], currency=currency).reset_index(names=["flow", "code"])
            return frame.set_index(frame["flow"] + "-" + frame["code"])[COLUMNS]
    return pd.DataFrame(columns=COLUMNS)


def _months(period: str) -> list[str]:
    return year_to_date(period) + year_to_date(shift(period, -12))


def _sums(rows: pd.DataFrame, period: str, by: str) -> pd.Series:
    """Index flow and code; a heading's several codes of one partner are added."""
    key = ["flow", "commodity", "partner"]
    rows = rows.drop_duplicates([*key, "kind", "period"], keep="last")
    printed = rows[(rows["kind"] == "ytd") & (rows["period"] == period)].groupby(key)["value"].sum()
    months = (
        rows[(rows["kind"] == "month") & rows["period"].isin(year_to_date(period))].groupby(key)["value"].agg(["sum", "size"])
    )
    summed = months.loc[months["size"] == len(year_to_date(period)), "sum"]
    every = printed.combine_first(summed)
    return every.groupby(["flow", by]).sum()
