"""Facts of the detail data that claims can be tested with: cars by destination and drive, goods of lists by partner."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from customs_report.calculations.changes import CHANGE
from customs_report.calculations.detail import codes, detail_origins, is_complete
from customs_report.calculations.levels import GROWTH, RATE
from customs_report.calculations.traded_goods import CARS, DRIVES, Traded, car_exports, listed_goods
from customs_report.facts import Facts, NotAvailable
from customs_report.names import partner_name, the, where
from customs_report.periods import shift
from customs_report.provenance import Figure, Label, Origin, Source
from customs_report.tables import Tables

LISTS = {"green_goods": "green goods (APEC’s list)", "high_technology": "high-technology goods (after Eurostat)"}
BUYERS = ("EU27", "ASEAN", "USA", "WORLD")
SUM = "sum of the detail data, by code and partner"
NAMES = {drive: name.removeprefix("cars_") for name, drive in DRIVES.items()} | {"all": "all"}


def detail_facts(facts: Facts, tables: Tables) -> None:
    """Adds `cars.<destination>.<drive>.value_usd_ytd`, `_yoy`, `share_ytd`, and `goods.<list>.<partner>.value_usd_ytd`, `_yoy`.

    Drives are all, battery_electric, plug_in_hybrid, other_hybrid, combustion, other; lists green_goods, high_technology. In
    yuan `cny` stands for `usd`, as the downloads have it. Gaps say why there is none.
    """
    try:
        cars = car_exports(tables, facts.period)
    except NotAvailable as gap:
        facts.gaps["cars.*"] = gap.why
    else:
        for (destination, drive), row in cars.frame.iterrows():
            what = "cars" if drive == "all" else f"cars, {drive},"
            label = f"exports of {what} to {the(row['name'])}"
            name = f"cars.{destination}.{NAMES[drive]}"
            level = _pair(facts, detail_origins(tables, codes([CARS])), name, label, row, cars)
            if level and pd.notna(row["share"]):
                share = Figure(float(row["share"]), "percent", level.label.of("share of {} in the world’s"), level.origin,
                               level.sources, level.stage, released=level.released)  # fmt: skip
                facts.add(f"{name}.share_{cars.over}", share)
    for name, partner, found in _lists(facts, tables):
        row = found.frame[["value", "base"]].sum(min_count=len(found.frame))
        entries = tables.code_lists.loc[tables.code_lists["list"] == name, "code"]
        origins = detail_origins(tables, codes(sorted(entries)))
        label = f"exports of {LISTS[name]} to {the(partner_name(tables, partner))}"
        _pair(facts, origins, f"goods.{name}.{partner}", label, row, found)


def _lists(facts: Facts, tables: Tables) -> Iterator[tuple[str, str, Traded]]:
    for name in LISTS:
        entries = tables.code_lists.loc[tables.code_lists["list"] == name, "code"]
        if not is_complete(tables, facts.period, "export", sorted({code[:2] for code in entries}), 6):
            facts.gaps[f"goods.{name}.*"] = "the detail data do not have all of these goods"
            continue
        for partner in BUYERS:
            try:
                found = listed_goods(tables, facts.period, partner, "export", name)
            except NotAvailable as gap:
                facts.gaps[f"goods.{name}.{partner}.*"] = gap.why
                continue
            if len(found.frame):
                yield name, partner, found


Origins = tuple[tuple[str, Source, str], ...]  # month, source, stage


def _pair(facts: Facts, origins: Origins, name: str, label: str, row: pd.Series, found: Traded) -> Figure | None:
    """Add the level, and its change and growth on a year earlier where that is available."""
    if found.over != "ytd" or not row["value"] > 0:
        return None
    now, base = (
        _figure(origins, float(value), label, period, found.currency)
        for value, period in ((row["value"], facts.period), (row["base"], shift(facts.period, -12)))
    )
    money = f"{name}.value_{found.currency.lower()}_ytd"
    level = facts.add(money, now)
    if row["base"] > 0:
        both = {"level": now, "year_earlier": base}
        facts.calculate(f"{money}_yoy", RATE, "percent", now.label.of(GROWTH), both, stage=now.stage)
        change = {"now": now, "a_year_earlier": base}
        facts.calculate(
            f"{money}_change", "now - a_year_earlier", found.currency, now.label.of(CHANGE), change, stage=now.stage
        )
    return level


def _figure(origins: Origins, value: float, label: str, period: str, currency: str) -> Figure:
    """A sum of rows, with the releases of its months as sources."""
    sources: dict[Source, None] = {}
    year = period[:4]
    for month, source, _ in origins:
        if month[:4] == year and month <= period:
            sources[source] = None
    stage = max((source.stage for source in sources), default="revised")
    released = max((source.released for source in sources), default="")
    return Figure(value, currency, Label(label, where("ytd", period, currency)), Origin(SUM), tuple(sources), stage, 1.0,
                  released=released)  # fmt: skip
