"""Exports of clean technologies by destination, in dollars, as Ember compiles them from customs' eight-digit codes.

Ember's data are under CC BY 4.0: whoever shows a figure of this module names Ember. The figures say what crossed the border, by
whatever maker, and nothing of sales; destinations are as Ember draws them.
"""

from __future__ import annotations

from collections.abc import Container

import pandas as pd

from customs_report.calculations.changes import CHANGE
from customs_report.calculations.levels import GROWTH, RATE, as_printed
from customs_report.coverage import first_month_of
from customs_report.facts import Facts
from customs_report.names import partner_name, the, where
from customs_report.periods import shift, year_to_date
from customs_report.provenance import Figure, Label, calculate
from customs_report.schema import KEYS
from customs_report.tables import Tables, cached, in_order

BY = ["technology", "destination"]
WORLD = "WORLD"
BY_REGION = (WORLD, "EUROPE", "EU27", "ASEAN", "LATAM", "AFRICA")  # what a report shows; a fact check rests on all destinations


def cleantech_exports(tables: Tables, period: str) -> pd.DataFrame:
    """How did exports of clean technologies grow, year to date, by technology and destination?"""
    now, base = (_sums(tables, p) for p in (period, shift(period, -12)))
    frame = pd.DataFrame({"value": now, "base": base.reindex(now.index)})
    frame["growth"] = (frame["value"] / frame["base"].where(frame["base"] > 0) - 1) * 100
    for column, of in (("share", "value"), ("share_before", "base")):
        world = frame[of][frame.index.get_level_values("destination") == WORLD].droplevel("destination")
        frame[column] = frame[of] / frame.index.get_level_values("technology").map(world).astype(float) * 100
    return frame


@cached
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


def cleantech_facts(facts: Facts, tables: Tables, destinations: Container[str] | None = None) -> None:
    """Adds `cleantech.<technology>.<destination>.value_usd_ytd`, `..._yoy`, `share_ytd`, `..._before` and `..._change`."""
    frame = cleantech_exports(tables, facts.period)
    if destinations:
        frame = frame[[where in destinations for _, where in frame.index]]
    if frame.empty:
        facts.gaps["cleantech.*"] = _why_not_available(tables, facts.period)
        return
    sums = {p: _figures(tables, p, {*frame.index}) for p in (facts.period, shift(facts.period, -12))}
    shares: dict[tuple[str, str, str], Figure] = {}
    for key in frame.index:
        name = f"cleantech.{'.'.join(key)}"
        now, base = sums[facts.period][key], sums[shift(facts.period, -12)].get(key)
        facts.add(f"{name}.value_usd_ytd", now)
        if base and base.value > 0:
            facts.calculate(
                f"{name}.value_usd_ytd_yoy", RATE, "percent", now.label.of(GROWTH), {"level": now, "year_earlier": base},
                stage=now.stage, how=f"growth on a year earlier{BY_EMBER}",
            )  # fmt: skip
        for suffix, of in zip(("", "_before"), sums.values(), strict=True):
            mine, world = of.get(key), of.get((key[0], WORLD))
            if mine and world and world.value > 0:
                what = f"share of {the(_destination(tables, key[1]))} in exports of {_technology(key[0])} (Ember)"
                label = Label(what, mine.label.where)
                of_world = "share of all exports of that technology" + (" a year earlier" if suffix else "") + BY_EMBER
                share = calculate(
                    "exports / all_exports * 100", "percent", label, {"exports": mine, "all_exports": world}, how=of_world,
                    stage=now.stage,
                )  # fmt: skip
                shares[(*key, suffix)] = facts.add(f"{name}.share_ytd{suffix}", share)
        if (*key, "") in shares and (*key, "_before") in shares:
            share, before = shares[(*key, "")], shares[(*key, "_before")]
            facts.calculate(
                f"{name}.share_ytd_change", "share - a_year_earlier", "percentage points", share.label.of(CHANGE),
                {"share": share, "a_year_earlier": before}, stage=now.stage,
                how=f"change of the share of all exports of that technology{BY_EMBER}",
            )  # fmt: skip


BY_EMBER = ", compiled by Ember from customs’ codes"
TECHNOLOGIES = {"all": "clean technologies", "solar": "solar power equipment", "wind": "wind power equipment"}
TECHNOLOGIES |= {"grid": "grid equipment", "heating_and_cooling": "heating and cooling equipment"}


def _technology(code: str) -> str:
    return TECHNOLOGIES.get(code, code.replace("_", " "))


def _destination(tables: Tables, code: str) -> str:
    return "the world" if code == WORLD else partner_name(tables, code)


def _figures(tables: Tables, period: str, wanted: Container[tuple[str, str]]) -> dict[tuple[str, str], Figure]:
    """The year to date of the technologies and destinations wanted of which all months are held, as figures."""
    months, found = len(year_to_date(period)), {}
    for key, rows in _months(tables, period).groupby(BY):
        if key in wanted and len(rows) == months:
            what = f"exports of {_technology(key[0])} to {the(_destination(tables, key[1]))} (Ember)"
            parts = tuple(
                as_printed(row, row.value, "USD", Label(what, where("month", row.period, "USD"))) for row in rows.itertuples()
            )
            found[key] = calculate(
                "sum(months)", "USD", Label(what, where("ytd", period, "USD")), {"months": parts},
                how=f"sum of {months} months{BY_EMBER}", stage=parts[-1].stage, step=float(max(rows["step"])),
            )  # fmt: skip
    return found


def _why_not_available(tables: Tables, period: str) -> str:
    known = _known(tables)["period"]
    if (known <= period).any():
        return "some months of the year so far are missing"
    first = first_month_of(tables, table="cleantech")
    return f"no figures before {first}" if first and period < first else f"not public by {tables.as_of}"
