"""What does customs' detail look like? Measures real files and writes distributions.json, which synthetic.py draws from.

`python benchmarks/distributions.py FOLDER` reads, anywhere below the folder: a month of exports to the United States by
eight-digit code and regime (the query platform's layout), exports of solar goods and of cars by destination and month, battery-
electric cars with number and weight, and the printed months by partner. What each measures:

*The month by code*: how many codes each heading has, the size of codes by chapter, units of codes, values of a unit, regimes.
*The months by destination*: how much of a size is the cell's own, how it moves from month to month and year to year, and how
the chance that a cell shows in a month grows with its size. *The printed months*: the weights of partners, continued by a
rank-size law with the order of the destinations of cars. Logarithms are natural; values are dollars.
"""

from __future__ import annotations

import argparse
import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
REFERENCE = HERE.parent / "data" / "reference"
RESULT = HERE / "distributions.json"
MONTH, SOLAR, CARS = "export_hs8_regime_usd.csv", "solar_exports_hs8_by_destination.csv.gz", "cars_8703_by_destination.csv.gz"
ELECTRIC, PRINTED = "ev_87038000_by_destination.csv.gz", "partners_printed.csv"
COLUMNS = [
    "period", "partner", "name", "code", "goods", "regime", "regime_name", "quantity", "unit", "quantity_2", "unit_2", "value",
]  # fmt: skip
NONE = ("—", "-", "?", "")
CELL = ["code", "partner"]
RESIDUAL = 5  # fewer codes than that measure no unit


def units() -> dict[str, str]:
    """Our name of each unit by the labels that customs prints; the first of several wins, as for "Number of item"."""
    known: dict[str, str] = {}
    with (REFERENCE / "units.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            for label in row["labels"].split(";"):
                known.setdefault(label.strip().casefold(), row["unit"])
    return known | {"number of item": "units", "in hundreds": "hundreds", "in thousands": "thousands"}


def text_of(path: Path) -> str:
    """The text of a download: GB18030 as customs writes it, or UTF-8 if it was saved again; damaged characters are replaced."""
    raw = path.read_bytes()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def month_by_code(path: Path) -> pd.DataFrame:
    """The rows of the month by code and regime with our units; 0 dollars and unknown units stay in."""
    rows = [line[: len(COLUMNS)] for line in csv.reader(text_of(path).splitlines()) if len(line) > len(COLUMNS)][1:]
    frame, known = pd.DataFrame(rows, columns=COLUMNS), units()
    for column in ("value", "quantity", "quantity_2"):
        frame[column] = pd.to_numeric(frame[column].str.replace(",", ""), errors="coerce")
    for column in ("unit", "unit_2"):
        frame[column] = frame[column].map(lambda label: "" if label in NONE else known.get(label.casefold(), label))
    return frame


def months_by_partner(solar: Path, cars: Path) -> pd.DataFrame:
    """The months of solar goods and cars as code, partner, year, month, value."""
    columns = {"hs_code": "code", "hs": "code", "partner_gacc_code": "partner", "value_usd": "value"}
    frames = [pd.read_csv(path, dtype={"hs_code": str, "hs": str, "partner_gacc_code": str}) for path in (solar, cars)]
    frame = pd.concat([one.rename(columns=columns)[["period", "code", "partner", "value"]] for one in frames])
    frame = frame.loc[frame["value"].gt(0)].groupby(["period", *CELL], as_index=False)["value"].sum()
    frame["log"] = np.log(frame["value"])
    frame["t"] = frame["period"].str[:4].astype(int) * 12 + frame["period"].str[5:].astype(int) - 1
    return frame


def spread(values: pd.Series) -> list[float]:
    return [round(float(values.mean()), 3), round(float(values.std(ddof=0)), 3), len(values)]


# --- one month by code ----------------------------------------------------------------------------------------------------


def goods(rows: pd.DataFrame) -> dict[str, Any]:
    """Codes per heading; by chapter the size of its codes and the units, a pair of them a code."""
    codes = rows.groupby("code").agg(value=("value", "sum"), unit=("unit", "first"), unit_2=("unit_2", "first"))
    codes = codes.loc[codes["value"].gt(0)].assign(log=lambda frame: np.log(frame["value"]))
    chapters = {
        chapter: {
            "codes": len(own),
            "log_value": spread(own["log"])[:2],
            "units": {"|".join(pair): int(count) for pair, count in own.groupby(["unit", "unit_2"]).size().items()},
        }
        for chapter, own in codes.groupby(codes.index.str[:2])
    }
    return {
        "codes": len(codes),
        "log_value": spread(codes["log"]),
        "headings": codes.groupby(codes.index.str[:4]).size().to_dict(),
        "chapters": chapters,
    }


def quantities(rows: pd.DataFrame) -> dict[str, Any]:
    """Log dollars a unit over the codes that count in it, first and second unit; shares of rows with no quantity."""
    total = rows.groupby(["code", "unit", "unit_2"], as_index=False)[["value", "quantity", "quantity_2"]].sum()
    result: dict[str, Any] = {}
    for own, unit in (("quantity", "unit"), ("quantity_2", "unit_2")):
        held = total.loc[total[own].gt(0) & total["value"].gt(0) & total[unit].ne("")]
        prices = np.log(held["value"] / held[own])
        result[unit] = {name: spread(group) for name, group in prices.groupby(held[unit]) if len(group) >= RESIDUAL}
        result[f"{unit}_all"] = spread(prices)
        counted = rows.loc[rows[unit].ne("")]
        result[f"{own}_zero"] = round(float(counted[own].eq(0).mean()), 5)
        result[f"{own}_missing"] = round(float(rows[unit].eq("").mean()), 5)
    both = rows.loc[rows["quantity"].gt(0) & rows["value"].gt(0)]
    price = np.log(both["value"] / both["quantity"])
    within = price - price.groupby(both["code"]).transform("mean")
    several = both.groupby("code")["code"].transform("size") > 1
    result["price_sd_within_code_by_regime"] = round(float(within[several].std(ddof=0)), 3)
    return result


def regimes(rows: pd.DataFrame) -> dict[str, Any]:
    """Shares of rows and of value by regime, and how many regimes a code has."""
    value = rows.groupby("regime")["value"].sum() / rows["value"].sum()
    each = rows.groupby("code").size()
    return {
        "shares": {
            name: {"rows": round(len(group) / len(rows), 5), "value": float(f"{value[name]:.3g}")}
            for name, group in rows.groupby("regime")
        },
        "mean_a_code": round(float(each.mean()), 3),
        "codes_with": each.value_counts().sort_index().rename(str).to_dict(),
        "log_value_of_rows": spread(np.log(rows.loc[rows["value"].gt(0), "value"])),
    }


# --- months by destination ------------------------------------------------------------------------------------------------


def moves(frame: pd.DataFrame) -> dict[str, Any]:
    """The sd of the change of a cell's log value over some months, and of a month's, by the size of the cell."""
    held = frame.set_index([*CELL, "t"])["log"]
    wide = held.unstack("t")
    result: dict[str, Any] = {"sd_of_change": {}, "sd_of_month_by_size": {}}
    full = wide.loc[wide.notna().sum(axis=1).ge(18)]
    for lag in (1, 2, 3, 6, 12, 24, 36):
        result["sd_of_change"][str(lag)] = spread((full - full.shift(lag, axis=1)).stack().dropna())[1]
    change = (wide - wide.shift(1, axis=1)).stack().dropna()
    size = ((wide + wide.shift(1, axis=1)) / 2).stack().reindex(change.index)
    band = np.floor(size / np.log(10)).clip(2, 8).astype(int)
    result["sd_of_month_by_size"] = {f"1e{name}": round(float(own.std() / 2**0.5), 3) for name, own in change.groupby(band)}
    return result


def presence(frame: pd.DataFrame) -> dict[str, Any]:
    """In how many months of a year cells show, how many of them show a year later, and the chance to show by size.

    `noise` is the scale of a logistic noise on the log size that must pass a threshold: the slope of the log odds of showing
    on the size of the cell, by the year before, so that the size is not that of the months that are to be explained.
    """
    frame = frame.assign(year=frame["t"] // 12)
    complete = frame.groupby(["code", "year"])["t"].transform("nunique").eq(12)
    years = frame.loc[complete].groupby([*CELL, "year"], as_index=False).agg(months=("t", "nunique"), log=("log", "mean"))
    counts = years["months"].value_counts(normalize=True).sort_index().round(4)
    here = frame.set_index([*CELL, "t"]).index
    last = frame.groupby("code")["t"].transform("max")
    could = frame.loc[frame["t"] + 12 <= last]
    later = pd.MultiIndex.from_frame(could[[*CELL, "t"]].assign(t=could["t"] + 12)).isin(here)
    nexts = years.assign(year=years["year"] - 1)[[*CELL, "year", "months"]].rename(columns={"months": "after"})
    both = years.merge(nexts, on=[*CELL, "year"], how="left")
    known = years[["code", "year"]].drop_duplicates()
    both = both.merge(known.assign(year=known["year"] - 1), on=["code", "year"]).fillna({"after": 0})
    band = np.floor(both["log"] / np.log(10)).astype(int)
    odds = both.groupby(band).agg(months=("after", "sum"), cells=("after", "size"), size=("log", "mean"))
    odds["share"] = (odds["months"] + 1) / (12 * odds["cells"] + 2)
    odds = odds.loc[odds["share"].lt(0.995)]
    slope = np.polyfit(odds["size"], np.log(odds["share"] / (1 - odds["share"])), 1, w=np.sqrt(odds["cells"]))[0]
    return {
        "months_of_a_year": {str(name): float(share) for name, share in counts.items()},
        "mean_months": round(float(years["months"].mean()), 2),
        "again_a_year_later": round(float(later.mean()), 4),
        "months_next_year_by_size": {f"1e{name}": round(12 * float(row["share"]), 2) for name, row in odds.iterrows()},
        "noise": round(float(1 / slope), 3),
    }


def own_of_cell(frame: pd.DataFrame) -> dict[str, float]:
    """The sd of a cell's mean log value over partners within a code: of all, and of what the partner's other codes leave."""
    level = frame.groupby(CELL)["log"].agg(["mean", "size"]).query("size >= 6")["mean"].unstack("code")
    level = level[[code for code in level if level[code].count() > 50]]
    within = level - level.mean()
    left = within.sub(within.mean(axis=1), axis=0).loc[within.notna().sum(axis=1).ge(2)]
    count = left.notna().sum(axis=1)
    corrected = left.mul(np.sqrt(count / (count - 1)), axis=0)  # the mean of a few codes takes its part of their spread along
    return {"sd_within_code": round(float(within.stack().std()), 3), "sd_own": round(float(corrected.stack().std()), 3)}


def price_moves(solar: Path, electric: Path) -> dict[str, float]:
    """The sd of log dollars a unit: between partners of a code, and from month to month of a cell."""
    one = pd.read_csv(solar, dtype={"hs_code": str}).rename(columns={"hs_code": "code"})
    names = {"hs": "code", "partner_gacc_code": "partner", "weight_kg": "quantity_kg"}
    two = pd.read_csv(electric, dtype=str).rename(columns=names)
    columns = ["period", *CELL, "value_usd", "quantity_items", "quantity_kg"]
    frame = pd.concat([one[columns], two[columns]])
    frame[columns[3:]] = frame[columns[3:]].astype(float)
    result = {"share_of_zero_values": round(float(frame["value_usd"].eq(0).mean()), 6)}
    for name, of in (("items", frame["quantity_items"]), ("kg", frame["quantity_kg"])):
        result[f"share_of_zero_{name}"] = round(float(of.eq(0).mean()), 5)
        price = np.log(frame["value_usd"].where(frame["value_usd"].gt(0)) / of.where(of.gt(0)))
        price = price - price.groupby([frame["code"], frame["period"]]).transform("median")
        cell = price.groupby([frame["code"], frame["partner"]])
        result[f"price_sd_between_partners_{name}"] = round(float(cell.mean().std()), 3)
        result[f"price_sd_of_month_{name}"] = round(float((price - cell.transform("mean")).std()), 3)
    return result


# --- partners -------------------------------------------------------------------------------------------------------------


def partners(printed: Path, cars: Path) -> dict[str, Any]:
    """Log shares of partners by flow, the largest first: as printed, then falling by half the slope of cars a rank.

    Half, because one kind of goods is more concentrated than all goods are: with the whole slope the smallest partners would
    trade for less than a dollar a code.
    """
    frame = pd.read_csv(printed)
    codes = pd.read_csv(REFERENCE / "partner_codes.csv", dtype=str)
    codes = codes.loc[~codes["partner"].str.match("GACC") & codes["continent"].notna()]
    named = codes.set_index("gacc_code")["partner"]
    ordered = pd.read_csv(cars, dtype={"partner_gacc_code": str})
    ordered = ordered.groupby(ordered["partner_gacc_code"].map(named))["value_usd"].sum().sort_values(ascending=False)
    everyone = list(dict.fromkeys([*ordered.index, *codes["partner"]]))
    frame = frame.loc[frame["kind"].eq("country") & frame["partner"].isin(everyone)]
    law = np.log(ordered / ordered.sum())
    slope = float(np.polyfit(np.arange(len(law)), law, 1)[0])
    result: dict[str, Any] = {"cars_log_share_a_rank": round(slope, 4)}
    for flow in ("export", "import"):
        mean = frame.groupby("partner")[f"{flow}_month"].mean()
        shares = np.log(mean[mean > 0] / mean.sum()).sort_values(ascending=False)
        rest = [name for name in everyone if name not in shares and not (flow == "export" and name == "CHN")]
        tail = {name: float(shares.iloc[-1]) + slope / 2 * place for place, name in enumerate(rest, 1)}
        result[flow] = {name: round(float(share), 2) for name, share in [*shares.items(), *tail.items()]}
        result[f"{flow}_printed"] = len(shares)
    return result


def measured(folder: Path) -> dict[str, Any]:
    """Everything from the files below the folder."""
    path = {name: next(folder.rglob(name)) for name in (MONTH, SOLAR, CARS, ELECTRIC, PRINTED)}
    rows, months = month_by_code(path[MONTH]), months_by_partner(path[SOLAR], path[CARS])
    return {
        "sources": {name: int(len(rows) if name == MONTH else len(pd.read_csv(file))) for name, file in path.items()},
        "goods": goods(rows),
        "quantities": quantities(rows) | price_moves(path[SOLAR], path[ELECTRIC]),
        "regimes": regimes(rows),
        "cells": own_of_cell(months) | moves(months) | presence(months),
        "partners": partners(path[PRINTED], path[CARS]),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="measure real files and write benchmarks/distributions.json")
    parser.add_argument("folder", type=Path)
    found = json.dumps(measured(parser.parse_args().folder), ensure_ascii=False, separators=(",", ":"))
    RESULT.write_text(found.replace('},"', '},\n"') + "\n", encoding="utf-8")
    print(f"{RESULT}: {RESULT.stat().st_size:,} bytes")
