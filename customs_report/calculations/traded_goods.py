"""Answers from the detail data: goods of a partner, partners of a good, what was diverted, what is new, where supply is narrow.

Every table compares the year to date (and the month) with a year earlier; a sum over a table is that of the detail data, which
may be a part of trade only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from customs_report.calculations.detail import (
    LEVELS,
    SUMS,
    asked,
    change_columns,
    codes,
    countries,
    span_of,
    sums,
)
from customs_report.calculations.levels import find_level
from customs_report.detail.names import CHINESE, HEADINGS, name_of_code, names_of_codes
from customs_report.detail.query import listed, query, quoted
from customs_report.errors import InputError
from customs_report.facts import NotAvailable
from customs_report.names import partner_name
from customs_report.provenance import Figure
from customs_report.tables import Tables, cached

GROWN = ("change", "growth", "contribution", "share", "change_month", "growth_month", "contribution_month")
GOODS = ("name", "name_zh", *SUMS, *GROWN)
PARTNERS = ("name", *SUMS, *GROWN, "quantity", "quantity_base", "unit", "unit_value", "outlier")
OUTLIER = 5.0  # a unit value this many times the median of all partners, or a fifth of it
FEWEST_CODES = 50  # sold to a partner in either year, for a place among partners; as many as to the one asked for, if fewer
REGIONS = ("ASEAN", "EU27", "AFRICA", "LATAM", "NAMERICA", "OCEANIA", "EUROPE", "ASIA")  # the first that a country is in
DRIVES = {
    "cars_battery_electric": "battery-electric",
    "cars_plug_in_hybrid": "plug-in hybrid",
    "cars_other_hybrid": "other hybrids",
    "cars_combustion": "combustion engine",
    "cars_other": "others",
}
CARS = "8703"
WORLD = "WORLD"
OUTSIDE = {"WORLD": "World", "ASIA": "Asia outside ASEAN", "EUROPE": "Europe outside the EU"}
NO_HEADING = "the line is no heading of the Harmonized System"


class Traded(NamedTuple):
    """A table of goods or partners, in which currency and over which span ("ytd", or "month" where no more is available)."""

    frame: pd.DataFrame
    currency: str
    over: str
    in_part: bool = False  # of some goods only: shares and points are of these


class Diverted(NamedTuple):
    """The goods that went elsewhere, and the result as a whole."""

    frame: pd.DataFrame
    whole: dict[str, float]
    currency: str
    over: str
    in_part: bool = False


@cached
def partner_goods(tables: Tables, period: str, partner: str, flow: str, digits: int = 4, within: str = "") -> Traded:
    """Which goods does China trade with a partner? Index code, the largest first; and the currency."""
    if str(digits) not in map(str, LEVELS):
        raise InputError(f"digits are one of {', '.join(map(str, LEVELS))}, not {digits!r}")
    digits = int(digits)
    by, where = () if partner == WORLD else ("partner",), countries(tables, partner)
    found = sums(tables, period, flow, "commodity", where, by, digits, [within[:2]] if within else ())
    rows = found.rows[found.rows["code"].str.startswith(within)] if within else found.rows
    rows = rows.assign(code=[code[:digits] for code in rows["code"].tolist()])
    frame = _goods(tables, _together(rows))
    if found.in_part:
        finer = frozenset(rows["code"][found.rows["code"].reindex(rows.index).str.len() > digits])
        named = zip(frame.index.tolist(), frame["name"].tolist(), strict=True)
        frame["name"] = [f"{name} (in part)" if code in finer and code[:2] in found.in_part else name for code, name in named]
    return Traded(frame, found.currency, found.span.over, bool(found.in_part))


def commodity_partners(tables: Tables, period: str, flow: str, commodity: str) -> Traded:
    """With which partners is a good traded, by a code or by a line that is headings? Index partner, the largest first."""
    prefixes = codes_of(commodity)
    if not prefixes:
        raise NotAvailable("detail", NO_HEADING)
    return _partners_of(tables, period, flow, prefixes)


@cached
def _partners_of(tables: Tables, period: str, flow: str, prefixes: tuple[str, ...]) -> Traded:
    found = sums(
        tables, period, flow, "partner", codes(prefixes), digits=max(map(len, prefixes)),
        chapters=sorted({code[:2] for code in prefixes}), quantities=True,
    )  # fmt: skip
    frame = change_columns(_together(found.rows[~found.rows["code"].isin(tables.groups["group"])]))
    frame.insert(0, "name", [partner_name(tables, code) for code in frame.index])
    frame["unit_value"] = frame["value"] / frame["quantity"]
    usual = frame["unit_value"].median()
    frame["outlier"] = ~(frame["unit_value"] / usual).between(1 / OUTLIER, OUTLIER) & frame["unit_value"].notna()
    return Traded(frame[list(PARTNERS)].rename_axis("partner"), found.currency, found.span.over, False)


def codes_of(commodity: str) -> tuple[str, ...]:
    """The codes of a commodity: itself, or the headings that a line of customs' list is."""
    return (commodity,) if commodity.isdigit() else HEADINGS.get(commodity, ())


def _together(found: pd.DataFrame) -> pd.DataFrame:
    """One row a code, summed over the chapters it was found in; the largest first. A missing part leaves the sum missing."""
    number, codes_ = pd.factorize(found["code"], sort=True)

    def total(column: str) -> np.ndarray:
        return np.bincount(number, np.nan_to_num(found[column].to_numpy(float)), len(codes_))

    every = pd.DataFrame({name: total(name) for name in SUMS}, index=pd.Index(codes_, name="code"))
    lacking = np.bincount(number, found["base"].isna(), len(codes_)) > 0
    if "quantity" in found:
        of_one = _units(found, number, len(codes_))
        every = every.assign(quantity=total("quantity"), quantity_base=total("quantity_base"), unit=of_one)
        every.loc[every["unit"] == "", ["quantity", "quantity_base"]] = float("nan")
        every.loc[lacking, "quantity_base"] = float("nan")
    every.loc[lacking, ["base", "month_base"]] = float("nan")
    every = every[(every[list(SUMS)] > 0).any(axis=1)]
    return every.sort_values("value", ascending=False, kind="stable")


def _units(found: pd.DataFrame, number: np.ndarray, count: int) -> list[str]:
    """The unit of each code; empty where it is counted in several, or not at all."""
    unit, units = pd.factorize(found["unit"])
    counted = ((found["unit"] != "") & (found["quantity"] > 0)).to_numpy()
    first, last = np.full(count, len(units)), np.full(count, -1)
    np.minimum.at(first, number[counted], unit[counted])
    np.maximum.at(last, number[counted], unit[counted])
    known = units.tolist()
    return [known[one] if one == other else "" for one, other in zip(first.tolist(), last.tolist(), strict=True)]


def _goods(tables: Tables, found: pd.DataFrame) -> pd.DataFrame:
    """The goods with their names and how they changed."""
    codes_, frame = found.index.tolist(), change_columns(found)
    named = {"name": names_of_codes(tables, codes_), "name_zh": names_of_codes(tables, codes_, CHINESE)}
    return pd.DataFrame({**named, **{name: frame[name] for name in GOODS[2:]}}, index=frame.index.rename("code"))


@cached
def goods_by_section(tables: Tables, period: str, flow: str) -> Traded:
    """How do the sections and chapters add up, and to how much of the published total? Index section or chapter, then all."""
    found = sums(tables, period, flow, "substr(commodity, 1, 2)", by=())
    chapters, currency, rows = _together(found.rows), found.currency, []
    for section in tables.hs_sections.itertuples(index=False):
        mine = chapters[(chapters.index >= section.first_chapter) & (chapters.index <= section.last_chapter)].sort_index()
        if mine.empty:
            continue
        in_part = " (in part)" if found.in_part & {*mine.index} else ""
        rows.append(
            {"code": section.section, "name": section.name + in_part, **mine[list(SUMS)].sum(min_count=len(mine)).to_dict()}
        )
        part = {code: " (in part)" if code in found.in_part else "" for code in mine.index}
        rows += [
            {"code": code, "name": name_of_code(tables, code) + part[code], **row} for code, row in mine[list(SUMS)].iterrows()
        ]
    whole = chapters[list(SUMS)].sum(min_count=len(chapters))
    rows.append({"code": "sum", "name": "All detail data", **whole.to_dict()})
    level = {column: find_level(tables, f"{flow}s", currency, over, period)
             for column, over in (("value", found.span.over), ("month", "month"))}  # fmt: skip
    published = {column: figure.value if isinstance(figure, Figure) else float("nan") for column, figure in level.items()}
    rows.append({"code": "published", "name": "As published", **published})
    gap = {column: published[column] - whole[column] for column in published}
    rows.append({"code": "gap", "name": "Not in the detail data", **gap})
    frame = pd.DataFrame(rows).set_index("code")
    frame["change"] = frame["value"] - frame["base"]
    frame["growth"] = (frame["value"] / frame["base"].where(frame["base"] > 0) - 1) * 100
    frame["contribution"] = frame["change"] / whole["base"] * 100
    frame["covered"] = float("nan")
    frame.loc["sum", "covered"] = whole["value"] / published["value"] * 100
    return Traded(frame, currency, found.span.over, bool(found.in_part))


@cached
def car_exports(tables: Tables, period: str) -> Traded:
    """Where do cars go, and of which drive? Index region or country, and drive ("all" is every car)."""
    found = sums(tables, period, "export", "partner", codes([CARS]), digits=4, chapters=["87"])
    every = _together(found.rows)
    frames = [every[list(SUMS)].assign(drive="all")]
    for name, drive in DRIVES.items():
        listed = tuple(tables.code_lists.loc[tables.code_lists["list"] == name, "code"])
        try:
            part = sums(tables, period, "export", "partner", codes(listed), digits=6, chapters=["87"])
        except NotAvailable:
            continue
        if not part.rows.empty and part.span == found.span:
            frames.append(_together(part.rows)[list(SUMS)].assign(drive=drive))
    countries_ = pd.concat(frames).reset_index(names="partner")
    countries_["region"] = countries_["partner"].map(region_of(tables, period)).fillna("")
    regions = countries_.groupby(["region", "drive"])[list(SUMS)].agg(lambda column: column.sum(min_count=len(column)))
    world = countries_.groupby("drive")[list(SUMS)].agg(lambda column: column.sum(min_count=len(column)))
    rows = pd.concat(
        [
            world.assign(destination="WORLD").reset_index(),
            regions.reset_index().rename(columns={"region": "destination"}).query("destination != ''"),
            countries_.rename(columns={"partner": "destination"}).drop(columns="region"),
        ]
    )
    rows["growth"] = (rows["value"] / rows["base"].where(rows["base"] > 0) - 1) * 100
    rows["change"] = rows["value"] - rows["base"]
    rows["share"] = rows["value"] / rows["drive"].map(world["value"]) * 100
    rows["kind"] = ["region" if code in {*REGIONS, "WORLD"} else "country" for code in rows["destination"]]
    rows["name"] = [OUTSIDE.get(code) or partner_name(tables, code) for code in rows["destination"]]
    rows = rows.sort_values(["drive", "value"], ascending=[True, False], kind="stable")
    frame = rows.set_index(["destination", "drive"])[["name", "kind", *SUMS, "change", "growth", "share"]]
    return Traded(frame, found.currency, found.span.over)


@cached
def region_of(tables: Tables, period: str) -> dict[str, str]:
    """The region of each country: ASEAN or the EU, else its continent."""
    from customs_report.calculations.lines import continent_of

    found = dict(continent_of(tables, period))
    for group in ("ASEAN", "EU27"):
        found |= dict.fromkeys(tables.groups.set_index("group").at[group, "members"].split(), group)
    return found


@cached
def listed_goods(tables: Tables, period: str, partner: str, flow: str, name: str) -> Traded:
    """How did trade in the goods of a list change, with a partner? Index code as in the list, the largest first."""
    entries = tables.code_lists[tables.code_lists["list"] == name]
    known = entries[(entries["valid_to"] == "") | (entries["valid_to"] >= span_of(period).base[0])]
    length = int(known["code"].str.len().max())
    where = f"{countries(tables, partner)} AND {codes(known['code'])}"
    chapters = sorted({code[:2] for code in known["code"]})
    found = sums(tables, period, flow, f"substr(commodity, 1, {length})", where, digits=length, chapters=chapters)
    frame = _goods(tables, _together(found.rows))
    own = known.drop_duplicates("code", keep="last").set_index("code")["name"]
    frame["name"] = [own.get(code, name) for code, name in frame["name"].items()]
    return Traded(frame, found.currency, found.span.over, bool(found.in_part))


# --- what replaced a market -------------------------------------------------------------------------------------------------


@cached
def diversion(tables: Tables, period: str, partner: str) -> Diverted:
    """Which goods went elsewhere when exports to a partner fell? Index code; the result as a whole; the currency.

    Of a good whose exports to the partner fell and whose exports to all others rose, the smaller of the two is diverted.
    """
    how = asked(tables, period, "export", digits=6)
    code = "commodity" if how.digits == 8 else "substr(commodity, 1, 6)"
    of = countries(tables, partner)
    asked_for = (
        "partner" if of == f"partner IN ({quoted(partner)})" else f"CASE WHEN {of} THEN {quoted(partner)} ELSE partner END"
    )
    span = how.span
    ytd = f"period >= {quoted(span.now[0])}"
    compared = f"substr(commodity, 1, 2) IN {listed(sorted(how.compared))}" if how.compared < how.ways.keys() else "true"
    cells = (
        f"SELECT {asked_for} AS partner, {code} AS code, "
        f"CAST(sum(CASE WHEN {ytd} THEN value ELSE 0 END) AS DOUBLE) AS now, "
        f"CAST(sum(CASE WHEN {ytd} THEN 0 ELSE value END) AS DOUBLE) AS base "
        f"FROM detail WHERE {how.where} AND {compared} AND partner <> '' GROUP BY 1, 2"
    )
    known = " WHERE now + others > 0 AND base + others_base > 0" if how.in_part else ""  # by anybody, in both years
    lost = (
        f"WITH cells AS ({cells}), beside AS (SELECT partner, code, now, base, "
        "sum(now) OVER (PARTITION BY code) - now AS others, "
        "sum(base) OVER (PARTITION BY code) - base AS others_base FROM cells), "
        "moved AS (SELECT partner, code, now, base, others, others_base, greatest(0, base - now) AS fall, "
        f"greatest(0, least(base - now, others - others_base)) AS diverted FROM beside{known}) "
    )
    given = {"first": span.base[0], "last": period, "flow": "export"}
    found = query(
        tables, period,
        f"{lost} SELECT partner, '' AS code, sum(fall) AS now, count(*) AS base, "
        "0 AS others, 0 AS others_base, sum(diverted) AS diverted FROM moved GROUP BY partner UNION ALL "
        "SELECT partner, code, now, base, others, others_base, diverted FROM moved "
        f"WHERE partner = {quoted(partner)} AND diverted > 0", **given,
    )  # fmt: skip
    by_partner = found[found["code"] == ""].rename(columns={"now": "fall", "base": "codes"})
    if not (by_partner["partner"] == partner).any():
        raise NotAvailable("detail", "no exports to this partner in the detail data, now and a year earlier")
    goods = found[found["code"] != ""].drop(columns="partner").sort_values(["diverted", "code"], ascending=[False, True])
    goods.insert(1, "name", names_of_codes(tables, goods["code"]))
    return Diverted(goods.set_index("code"), _place(by_partner, partner), how.currency, span.over, bool(how.in_part))


def _place(by_partner: pd.DataFrame, partner: str) -> dict[str, float]:
    """The share of the fall that went elsewhere, and its place among all partners taken as if each had been the shock."""
    whole = by_partner.set_index("partner")
    fewest = min(FEWEST_CODES, whole.at[partner, "codes"])
    whole["share"] = whole["diverted"] / whole["fall"].where(whole["fall"] > 0) * 100
    mine = whole.loc[partner]
    others = whole[(whole["codes"] >= fewest) & whole["share"].notna()].drop(partner, errors="ignore")
    below = (others["share"] < mine["share"]).mean() * 100 if len(others) and pd.notna(mine["share"]) else float("nan")
    return {
        "fall": mine["fall"],
        "diverted": mine["diverted"],
        "share": mine["share"],
        "partners": float(len(others)),
        "percentile": below,
    }


@cached
def diversion_by_year(tables: Tables, period: str, partner: str, first: int = 2018) -> Traded:
    """The same of each year: the year to date up to the month of the period. Index year; only years with figures."""
    rows, found = {}, None
    for year in range(first, int(period[:4]) + 1):
        try:
            found = diversion(tables, f"{year}-{period[5:]}", partner)
        except NotAvailable:
            continue
        rows[year] = found.whole
    if not found:
        raise NotAvailable("detail", "no exports to this partner in the detail data, now and a year earlier")
    frame = pd.DataFrame.from_dict(rows, orient="index").rename_axis("year")
    return Traded(frame, found.currency, found.over, found.in_part)


# --- new goods, narrow supply -------------------------------------------------------------------------------------------------


@cached
def new_goods(tables: Tables, period: str, partner: str, flow: str) -> Traded:
    """Which goods were not traded with a partner a year earlier, and which are not any more? Index code."""
    found = partner_goods(tables, period, partner, flow, digits=6)
    frame = found.frame.dropna(subset=["base"])
    moved = frame[(frame["value"] == 0) | (frame["base"] == 0)]
    moved = moved.assign(what=moved["base"].map(lambda base: "new" if base == 0 else "vanished"))
    size = moved[["value", "base"]].max(axis=1)
    frame = moved.loc[size.sort_values(ascending=False).index, ["name", "what", "value", "base"]]
    return Traded(frame, found.currency, found.over, found.in_part)


@cached
def sole_sources(tables: Tables, period: str, flow: str = "import", share: float = 90.0) -> Traded:
    """Which goods come from one partner alone, or nearly? Index code, the largest first."""
    how = asked(tables, period, flow, digits=6)
    ytd = f"period >= {quoted(how.span.now[0])}"
    found = query(
        tables, period,
        "WITH cells AS (SELECT substr(commodity, 1, 6) AS code, partner, "
        f"CAST(sum(CASE WHEN {ytd} THEN value ELSE 0 END) AS DOUBLE) AS value "
        f"FROM detail WHERE {how.where} AND partner <> '' GROUP BY 1, 2), "
        "ranked AS (SELECT code, partner, value, sum(value) OVER (PARTITION BY code) AS whole, "
        "row_number() OVER (PARTITION BY code ORDER BY value DESC, partner) AS place FROM cells) "
        f"SELECT code, partner, value, whole, value / nullif(whole, 0) * 100 AS share FROM ranked "
        f"WHERE place = 1 AND value >= {share / 100!r} * whole AND whole > 0 ORDER BY whole DESC, code",
        first=how.span.now[0], last=period, flow=flow,
    )  # fmt: skip
    found.insert(1, "name", names_of_codes(tables, found["code"]))
    found.insert(3, "source", [partner_name(tables, code) for code in found["partner"]])
    return Traded(found.set_index("code"), how.currency, how.span.over, bool(how.in_part))


@cached
def goods_months(tables: Tables, period: str, flow: str, commodity: str, partner: str) -> Traded:
    """A good month by month, with all partners or one. Index period; only months that are available."""
    prefixes = codes_of(commodity)
    if not prefixes:
        raise NotAvailable("detail", NO_HEADING)
    where, chapter = f"{codes(prefixes)} AND {countries(tables, partner)}", prefixes[0][:2]
    by = () if partner == WORLD else ("partner",)
    how = asked(tables, period, flow, where, by, max(map(len, prefixes)), sorted({code[:2] for code in prefixes}))
    found = query(
        tables, period,
        "SELECT period, CAST(sum(value) AS DOUBLE) AS value, sum(quantity) AS quantity, min(unit) AS unit, max(unit) AS most "
        f"FROM detail WHERE {where} AND shape = {quoted(how.ways[chapter].shape)} AND currency = {quoted(how.currency)} "
        "AND kind = 'month' GROUP BY period ORDER BY period",
        last=period, flow=flow,
    )  # fmt: skip
    found.loc[found["unit"] != found["most"], "quantity"] = float("nan")
    return Traded(found.drop(columns="most").set_index("period"), how.currency, "month")


def list_names(tables: Tables) -> list[str]:
    """The lists of goods that there are."""
    return [*dict.fromkeys(tables.code_lists["list"])]


def as_frame(found: Traded | Diverted, none: str = "") -> pd.DataFrame:
    """The table; its `.attrs` say currency and span, of diversion the result as a whole. `none`: what an empty one means."""
    frame = found.frame.copy(deep=False)
    frame.attrs = {"currency": found.currency, "over": found.over, "in_part": found.in_part}
    if frame.empty and none:
        frame.attrs["why"] = none
    if isinstance(found, Diverted):
        frame.attrs["whole"] = dict(found.whole)
    return frame
