"""Exports of clean technologies by destination, in dollars, as Ember compiles them from customs' eight-digit codes.

Ember's data are under CC BY 4.0: whoever shows a figure of this module names Ember. The figures say what crossed the border, by
whatever maker, and nothing of sales; destinations are as Ember draws them. Of the reports only the fact check uses them.
"""

from __future__ import annotations

import pandas as pd

from customs_report.calculations.levels import merged, source_of
from customs_report.facts import Fact, Facts
from customs_report.periods import shift, year_to_date
from customs_report.schema import KEYS
from customs_report.tables import Tables, in_order, remembered

BY = ["technology", "destination"]
WORLD = "WORLD"


def cleantech_exports(tables: Tables, period: str) -> pd.DataFrame:
    """How did exports of clean technologies grow, year to date, by technology and destination?

    Index technology and destination, as far as every month is held and was public by the day of the tables. Columns: value and
    base (the same months a year earlier) in dollars, growth in percent, share and share_before (percent of that technology's
    exports to the world, now and a year earlier); NaN where a month of last year is not held. Compiled by Ember.

    >>> vehicles = helpers.cleantech_exports(tables, period).loc["electric_and_hybrid_vehicles"]
    >>> vehicles.loc[["AFRICA", "ASEAN"], "growth"].round(1).to_dict()
    {'AFRICA': 180.1, 'ASEAN': 77.5}
    """
    now, base = (_sums(tables, p) for p in (period, shift(period, -12)))
    frame = pd.DataFrame({"value": now, "base": base.reindex(now.index)})
    frame["growth"] = (frame["value"] / frame["base"].where(frame["base"] > 0) - 1) * 100
    for column, of in (("share", "value"), ("share_before", "base")):
        world = frame[of][frame.index.get_level_values("destination") == WORLD].droplevel("destination")
        frame[column] = frame[of] / frame.index.get_level_values("technology").map(world).astype(float) * 100
    return frame


@remembered
def _known(tables: Tables) -> pd.DataFrame:
    """The newest vintage of each month that was public by the day of the tables; a later one is no history here."""
    rows = tables.cleantech
    rows = in_order(rows[(rows["currency"] == "USD") & ~rows["late"]])
    return rows.drop_duplicates(KEYS["cleantech"], keep="last")


def _months(tables: Tables, period: str) -> pd.DataFrame:
    rows = _known(tables)
    return rows[rows["period"].isin(year_to_date(period))]


def _sums(tables: Tables, period: str) -> pd.Series:
    """The year to date of each technology and destination of which all months are held."""
    found = _months(tables, period).groupby(BY)["value"].agg(["sum", "size"])
    return found.loc[found["size"] == len(year_to_date(period)), "sum"]


# --- facts --------------------------------------------------------------------------------------------------------------


def cleantech_facts(facts: Facts, tables: Tables) -> None:
    """Adds `cleantech.<technology>.<destination>.value_usd_ytd`, `..._yoy`, `share_ytd`, `..._before` and `..._change`."""
    frame = cleantech_exports(tables, facts.period)
    if frame.empty:
        facts.gaps["cleantech.*"] = _why_not_held(tables)
        return
    months = len(year_to_date(facts.period))
    used = pd.concat([_months(tables, p) for p in (facts.period, shift(facts.period, -12))])
    origins = {key: tuple(dict.fromkeys(map(source_of, rows.itertuples()))) for key, rows in used.groupby(BY)}
    step, stage = used.groupby(BY)["step"].max(), used.groupby(BY)["stage"].last()
    of_world = "share of all exports of that technology"
    for key, row in frame.iterrows():
        for name, value, unit, how in (
            ("value_usd_ytd", row["value"], "USD", f"sum of {months} months"),
            ("value_usd_ytd_yoy", row["growth"], "percent", "growth on a year earlier"),
            ("share_ytd", row["share"], "percent", of_world),
            ("share_ytd_before", row["share_before"], "percent", f"{of_world} a year earlier"),
            ("share_ytd_change", row["share"] - row["share_before"], "percentage points", f"change of the {of_world}"),
        ):
            if pd.notna(value):
                full = f"cleantech.{'.'.join(key)}.{name}"
                finest = float(step[key]) if unit == "USD" else None
                sources = merged([origins[key], origins[key[0], WORLD]]) if name.startswith("share") else origins[key]
                made = f"{how}, compiled by Ember from customs’ codes"
                facts.by_name[full] = Fact(full, float(value), unit, made, sources, stage[key], finest)


def _why_not_held(tables: Tables) -> str:
    held, known = tables.cleantech["period"], _known(tables)["period"]
    if held.empty:
        return "no exports of clean technologies are held"
    if known.empty:
        return f"compiled by Ember; nothing of it was public by {tables.as_of}"
    return f"compiled by Ember; held from {known.min()} to {known.max()}"
