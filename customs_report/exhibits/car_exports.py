"""Where do cars go, and of which drive?"""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report.display import Exhibit, Table, Words
from customs_report.display.tables import Kind
from customs_report.english.grammar import name_of, the_partner
from customs_report.exhibits.goods_in_detail import SHOWN, WORLD, missing_in_words, notes_of, traded_table
from customs_report.exhibits.selection import present
from customs_report.facts import Cell, Runs, say
from customs_report.messages import message
from customs_report.names import Name
from customs_report.report import Report, using


def cars(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Where do cars go, and of which drive?"""
    return Exhibit.of(using(report, frames, helpers.car_exports), _cars_words, _regions_table, _drives_table)


def _cars_words(report: Report) -> Words:
    frame = report.frame(helpers.car_exports)
    if frame.empty:
        return missing_in_words(frame, "cars")
    every = _of_drive(frame, "all")
    regions = every[(every["kind"] == "region") & (every.index != WORLD)].dropna(subset=["change"])
    world = _car(frame, WORLD, "growth")
    moved = str(regions["change"].abs().idxmax()) if len(regions) else ""
    largest_ = str(every.index[1])
    said = present(
        cars_moved(Name(moved, every.at[moved, "name"], ""), _car(frame, moved, "growth")) if moved else None,
        largest_market(Name(largest_, every.at[largest_, "name"], ""), _car(frame, largest_, "share")),
    )
    claim = cars_grew(world if world.value == world.value else None)
    return Words(claim, said, notes=(port_of_entry(), *notes_of(report, frame, ["8703"])[-1:]))


def _car(frame: pd.DataFrame, destination: str, column: str) -> Cell:
    return Cell("car_exports", f"{destination} all", column, float(frame.at[(destination, "all"), column]))


def _of_drive(frame: pd.DataFrame, drive: str) -> pd.DataFrame:
    found = frame.xs(drive, level="drive").sort_values("value", ascending=False, kind="stable")
    found.attrs = dict(frame.attrs)
    return found


@message
def cars_grew(growth: Cell | None) -> Runs:
    if not growth:
        return ("Exports of cars by region",)
    way = "rose" if growth.value > 0 else "fell"
    return say("Exports of cars {way} {growth:percent_size}%", way=way, growth=growth)


@message
def cars_moved(region: Name, growth: Cell) -> Runs:
    way = "up" if growth.value > 0 else "down"
    return say("{region} changed most, {way} {growth:percent_size}%.", region=the_partner(region), way=way, growth=growth)


@message
def largest_market(region: Name, share: Cell) -> Runs:
    return say(
        "The largest market is {region} with {share:percent_size}% of the value.", region=the_partner(region), share=share
    )


@message
def port_of_entry() -> Runs:
    return (
        "A destination is often a port of entry (Belgium, Slovenia) or a place of re-export (Kyrgyzstan, the United Arab "
        "Emirates): a region’s figure is not its demand.",
    )


def _regions_table(report: Report) -> Table | None:
    return _cars_table(report, "all", "cars-by-destination", "Cars by region and country; change on a year earlier")


def _drives_table(report: Report) -> Table | None:
    caption = "Battery-electric cars by region and country; change on a year earlier"
    return _cars_table(report, "battery-electric", "battery-electric-cars", caption)


def _cars_table(report: Report, drive: str, name: str, caption: str) -> Table | None:
    whole = report.frame(helpers.car_exports)
    if whole.empty or drive not in whole.index.get_level_values("drive"):
        return None
    frame = _of_drive(whole, drive)
    regions = frame[frame["kind"] == "region"]
    shown = pd.concat([regions, frame[frame["kind"] == "country"].head(SHOWN)])
    shown.index = [f"{destination} {drive}" for destination in shown.index]
    shown.attrs = dict(whole.attrs)

    def kind(row: str) -> Kind:
        return "aggregate" if shown.at[row, "kind"] == "region" else ""

    def label(row: str) -> Runs:
        return name_of(row.split()[0], shown.at[row, "name"])

    return traded_table(report, name, caption, "Destination", "car_exports", shown, label, len(shown), kind)
