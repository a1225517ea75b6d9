"""Goods by partner and partners by good, wherever detail data have them; named as missing where not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

import helpers
from customs_report.calculations.detail import codes, detail_origins
from customs_report.calculations.traded_goods import codes_of
from customs_report.display import Column, Exhibit, Row, Table, Words
from customs_report.display.tables import Kind
from customs_report.english.grammar import capital, dated, name_of, opened, the_partner
from customs_report.exhibits.selection import partner, present
from customs_report.facts import Cell, Cite, Mark, NotAvailable, Runs, say
from customs_report.messages import Message, message
from customs_report.names import Name, in_sentence
from customs_report.numbers import CURRENCY_WORDS, ORDINALS, WORDS
from customs_report.report import Report, using

SHOWN = 15  # rows of a table
MILLIONS = 5e9  # below this the largest is written in millions
YEARS_OF_SHOCK = (2018, 2019, 2025)  # of tariffs between China and the United States
LISTS = ("green_goods", "high_technology")
GOODS_LISTS = {"green_goods": "environmental goods (APEC’s list)", "high_technology": "high technology (after Eurostat)"}


# --- tables of goods and partners ----------------------------------------------------------------------------------------


def traded_table(
    report: Report, name: str, caption: str, first: str, table: str, frame: pd.DataFrame, label: Callable[[str], Runs],
    rows: int = SHOWN, kinds: Callable[[str], Kind] = lambda code: "",
) -> Table | None:  # fmt: skip
    """A row for each code or partner, the largest first: year to date, change, growth, points; the month and its growth."""
    if frame.empty:
        return None
    shown, unit = frame.head(rows), frame.attrs.get("currency", "USD")
    small = shown["value"].max() < MILLIONS
    amount, size = ("million", "million") if small else ("bn", "billion")
    columns = [("value", amount, "Value"), ("change", f"signed_{amount}", "Change"), ("growth", "signed_percent", "Growth %")]
    columns += [("contribution", "signed_percent", "Points")] if "contribution" in shown else []
    spans = [("Year to date", columns)]
    if frame.attrs.get("over") == "ytd" and shown["month"].notna().any():
        spans.append(("Month", [("month", amount, "Value"), ("growth_month", "signed_percent", "Growth %")]))
    else:
        spans = [("Month", columns)]
    fields = [field for _, fields in spans for field in fields if field[0] in shown]
    made = [
        Row(label(str(code)), tuple(_cell(table, str(code), column, row[column], style, unit) for column, style, _ in fields),
            kind=kinds(str(code)), values=tuple(row[column] for column, *_ in fields))
        for code, row in shown.iterrows()
    ]  # fmt: skip
    groups = [(over, sum(field[0] in shown for field in fields)) for over, fields in spans]
    headers = (Column(first), *(Column(header, align="right") for *_, header in fields))
    said = f"{caption}, {size} {CURRENCY_WORDS[unit]}"
    return Table(name, said, headers, tuple(made), group_headers=(("", 1), *groups))


def _cell(table: str, row: str, column: str, value: float, style: str, unit: str) -> Runs | None:
    return None if pd.isna(value) else (Cite.cell(table, row, column, float(value), style, unit),)


def _of(frame: pd.DataFrame, table: str, row: str, column: str) -> Cell:
    return Cell(table, row, column, float(frame.at[row, column]), frame.attrs.get("currency", ""))


# --- words ----------------------------------------------------------------------------------------------------------------


@message
def not_in_detail(what: str) -> Runs:
    return (f"{WHAT[what]}: not available",)


@message
def reason(why: NotAvailable) -> Runs:
    return (*opened(dated(why.why)), ".")


@message
def some_goods() -> Runs:
    return ("Only some goods are in the detail data: sums, shares and points are of these.",)


@message
def from_sources(sources: list[str]) -> Runs:
    """Who published the figures that an exhibit rests on, and who compiled them."""
    return name_of("sources", f"Source: {'; '.join(sources)}.")


def notes_of(report: Report, frame: pd.DataFrame, prefixes: Iterable[str]) -> tuple[Message, ...]:
    """Whether the detail data have some goods only, and the sources of these."""
    origins = detail_origins(report.tables, codes(sorted({*prefixes})))
    first, last = f"{int(report.period[:4]) - 1}-01", report.period
    used = dict.fromkeys(source.names for month, source, _ in origins if first <= month <= last)
    known, said = report.tables.sources.set_index("source"), []
    for name in (name for name in used if name in known.index):
        licence = f" ({known.at[name, 'licence']})" if known.at[name, "licence"] else ""
        said.append(f"{known.at[name, 'publisher']}, {known.at[name, 'what']}{licence}")
    return present(some_goods() if frame.attrs.get("in_part") else None, from_sources(said) if said else None)


def chapters_in(frame: pd.DataFrame) -> set[str]:
    return {str(code)[:2] for code in frame.index if str(code)[:2].isdigit()}


@message
def largest(name: Name, value: Cell) -> Runs:
    style, size = ("million", "million") if abs(value.value) < MILLIONS else ("bn", "billion")
    template = f"The largest is {{name}} with {{value:{style}}} {size} {{currency}}."
    return say(template, name=the_partner(name), value=value, currency=CURRENCY_WORDS[value.unit])


@message
def changed_most(name: Name, change: Cell) -> Runs:
    style, size = ("signed_million", "million") if abs(change.value) < MILLIONS else ("signed_bn", "billion")
    template = f"The one that moved most is {{name}} with {{change:{style}}} {size} {{currency}} on a year earlier."
    return say(template, name=the_partner(name), change=change, currency=CURRENCY_WORDS[change.unit])


WHAT = {
    "goods": "Goods", "partners": "Partners", "sections": "Goods by section", "drivers": "Goods behind the growth of exports",
    "cars": "Cars by destination", "eu": "Green and high-technology goods to the EU",
    "diversion": "What replaced the US market",
    "new": "New and vanished goods", "parts": "Parts", "sources": "Goods from one source",
}  # fmt: skip


def _missing(frame: pd.DataFrame, what: str) -> Words:
    """What is missing, and why."""
    why = NotAvailable("detail", frame.attrs.get("why") or "not in the detail data")
    return Words(not_in_detail(what), (reason(why),))


def most_of(table: str, frame: pd.DataFrame, name: Callable[[str], Name]) -> tuple[Message, ...]:
    """The largest row, and the one that changed most."""
    first, changes = str(frame.index[0]), frame["change"].abs()
    moved = str(changes.idxmax()) if changes.notna().any() else ""
    return present(
        largest(name(first), _of(frame, table, first, "value")),
        changed_most(name(moved), _of(frame, table, moved, "change")) if moved else None,
    )


def good_in(frame: pd.DataFrame) -> Callable[[str], Name]:
    """The good of a row, for a message: its name and code."""
    return lambda code: Name(code, f"{in_sentence(frame.at[code, 'name'])} (HS {code})", frame.at[code, "name_zh"])


def label_in(frame: pd.DataFrame) -> Callable[[str], Runs]:
    """The first cell of a row: the code, then its name."""
    return lambda code: name_of(code, f"{code} {frame.at[code, 'name']}")


# --- of a partner, of a good ----------------------------------------------------------------------------------------------


def goods_of(report: Report, claim: Message, code: str, frames: Iterable[pd.DataFrame]) -> Exhibit:
    """Which goods are traded with a partner: exports to it, and imports from it?"""
    given = using(report, frames, helpers.partner_goods, partner=code)
    return Exhibit.of(
        given,
        lambda report: _goods_words(report, claim, code),
        lambda report: _goods_table(report, code, "exports"),
        lambda report: _goods_table(report, code, "imports"),
    )


def _goods_frame(report: Report, code: str, flow: str) -> pd.DataFrame:
    return report.frame(helpers.partner_goods, partner=code, flow=flow)


def _goods_words(report: Report, claim: Message, code: str) -> Words:
    frames = {flow: _goods_frame(report, code, flow) for flow in ("exports", "imports")}
    there = {flow: frame for flow, frame in frames.items() if not frame.empty}
    if not there:
        return _missing(frames["exports"], "goods")
    flow, frame = next(iter(there.items()))
    said = most_of(f"partner_goods.{code}.{flow.removesuffix('s')}", frame, good_in(frame))
    return Words(claim, said, notes=notes_of(report, frame, chapters_in(frame)))


def _goods_table(report: Report, code: str, flow: str) -> Table | None:
    frame, of = _goods_frame(report, code, flow), flow.removesuffix("s")
    caption = f"{flow.capitalize()} by heading of the Harmonized System; change on a year earlier"
    return traded_table(report, f"goods-{flow}", caption, "Heading", f"partner_goods.{code}.{of}", frame, label_in(frame))


def partners_of(report: Report, claim: Message, flow: str, code: str, frames: Iterable[pd.DataFrame]) -> Exhibit:
    """With whom is a good traded, by a code or a line of customs' list?"""
    given = using(report, frames, helpers.commodity_partners, flow=flow, commodity=code)
    return Exhibit.of(
        given,
        lambda report: _partners_words(report, claim, flow, code),
        lambda report: _partners_table(report, flow, code),
    )


def _partners_words(report: Report, claim: Message, flow: str, code: str) -> Words:
    frame = report.frame(helpers.commodity_partners, flow=flow, commodity=code)
    if frame.empty:
        return _missing(frame, "partners")
    table = f"commodity_partners.{flow.removesuffix('s')}.{code}"
    said = most_of(table, frame, lambda row: partner(report, row))
    return Words(claim, said, notes=notes_of(report, frame, codes_of(code)))


def _partners_table(report: Report, flow: str, code: str) -> Table | None:
    frame = report.frame(helpers.commodity_partners, flow=flow, commodity=code)
    table = f"commodity_partners.{flow.removesuffix('s')}.{code}"
    return traded_table(
        report, "partners-of-good", "By partner; change on a year earlier", "Partner", table, frame,
        lambda row: name_of(row, frame.at[row, "name"]),
    )  # fmt: skip


# --- all trade ------------------------------------------------------------------------------------------------------------


def sections(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How do sections and chapters add up, and how much of the published total do the detail data have?"""
    return Exhibit.of(
        using(report, frames, helpers.goods_by_section), _sections_words, _exports_by_section, _imports_by_section
    )


def _sections_words(report: Report) -> Words:
    exports = report.frame(helpers.goods_by_section, flow="exports")
    if exports.empty:
        return _missing(exports, "sections")
    covered = exports.at["sum", "covered"]
    claim = by_section(Cell("goods_by_section.export", "sum", "covered", covered) if covered == covered else None)
    return Words(claim, notes=(sections_note(), *notes_of(report, exports, chapters_in(exports))))


@message
def by_section(covered: Cell | None) -> Runs:
    return say("Detail data have {covered:percent_size}% of exports", covered=covered) if covered else ("Exports by section",)


@message
def sections_note() -> Runs:
    return (
        "Sections are sums of their chapters, as far as the detail data have them in every month of the span. The published "
        "total is customs’ own in the same currency; what is not in the detail data is the difference.",
    )


def _exports_by_section(report: Report) -> Table | None:
    return _section_table(report, "exports")


def _imports_by_section(report: Report) -> Table | None:
    return _section_table(report, "imports")


def _section_table(report: Report, flow: str) -> Table | None:
    frame = report.frame(helpers.goods_by_section, flow=flow)
    sections = set(report.tables.hs_sections["section"])

    def label(code: str) -> Runs:
        name = frame.at[code, "name"]
        return name_of(code, f"{code} {name}" if code in sections else name)

    def kind(code: str) -> Kind:
        return "" if code in sections else "total"

    shown = frame[[code in sections or not code.isdigit() for code in frame.index]]
    shown.attrs = dict(frame.attrs)
    caption, table = f"{flow.capitalize()} by section; change on a year earlier", f"goods_by_section.{flow[:-1]}"
    return traded_table(report, f"sections-{flow}", caption, "Section", table, shown, label, len(shown), kind)


def drivers(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which headings added most to the growth of exports, and took most away?"""
    return Exhibit.of(using(report, frames, helpers.partner_goods, partner=WORLD), _drivers_words, _drivers_table)


WORLD = "WORLD"


def _drivers_frame(report: Report) -> pd.DataFrame:
    frame = _goods_frame(report, WORLD, "exports")
    if frame.empty or frame["change"].isna().all():
        return frame.iloc[:0]
    ordered = frame.dropna(subset=["contribution"]).sort_values("contribution", ascending=False)
    half = SHOWN // 2
    return ordered if len(ordered) <= SHOWN else pd.concat([ordered.head(half), ordered.tail(half)])


def _drivers_words(report: Report) -> Words:
    frame, whole = _drivers_frame(report), _goods_frame(report, WORLD, "exports")
    if frame.empty:
        return _missing(whole, "drivers")
    table, first, last = "partner_goods.WORLD.export", str(frame.index[0]), str(frame.index[-1])
    named = good_in(frame)
    said = present(added_most(named(first), _of(frame, table, first, "contribution"))
                   if frame.at[first, "contribution"] > 0 else None,
                   took_most(named(last), _of(frame, table, last, "contribution"))
                   if frame.at[last, "contribution"] < 0 else None)  # fmt: skip
    return Words(goods_behind_growth(), said, notes=(points_note(), *notes_of(report, whole, chapters_in(whole))))


@message
def goods_behind_growth() -> Runs:
    return ("Which goods moved exports",)


@message
def added_most(name: Name, points: Cell) -> Runs:
    return say("{name} added most, {points:percent_size} points.", name=capital(the_partner(name)), points=points)


@message
def took_most(name: Name, points: Cell) -> Runs:
    return say("{name} took most away, {points:percent_size} points.", name=capital(the_partner(name)), points=points)


@message
def points_note() -> Runs:
    return ("Points are of the growth of all goods in the detail data that have figures a year earlier; they sum to it.",)


def _drivers_table(report: Report) -> Table | None:
    frame = _drivers_frame(report)
    caption = "Headings that added most to the growth of exports, and took most away"
    return traded_table(report, "drivers", caption, "Heading", "partner_goods.WORLD.export", frame, label_in(frame))


# --- cars -----------------------------------------------------------------------------------------------------------------


def cars(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Where do cars go, and of which drive?"""
    return Exhibit.of(using(report, frames, helpers.car_exports), _cars_words, _regions_table, _drives_table)


def _cars_words(report: Report) -> Words:
    frame = report.frame(helpers.car_exports)
    if frame.empty:
        return _missing(frame, "cars")
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


# --- the European Union ---------------------------------------------------------------------------------------------------


def green_goods_to_eu(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How did exports of green and of high-technology goods to the European Union change?"""
    given = using(report, frames, helpers.listed_goods, partner="EU27", flow="exports")
    return Exhibit.of(given, _eu_words, _green_table, _high_technology_table)


def _listed(report: Report, goods: str) -> pd.DataFrame:
    return report.frame(helpers.listed_goods, partner="EU27", flow="exports", goods=goods)


def _eu_words(report: Report) -> Words:
    frames = {goods: _listed(report, goods) for goods in LISTS}
    there = {goods: frame for goods, frame in frames.items() if not frame.empty}
    if not there:
        return _missing(frames[LISTS[0]], "eu")
    goods, frame = next(iter(there.items()))
    said = most_of(f"listed_goods.export.EU27.{goods}".replace(".export.EU27", ".EU27.export"), frame, good_in(frame))
    return Words(eu_buys(), said, notes=(lists_note(), *notes_of(report, frame, chapters_in(frame))))


@message
def eu_buys() -> Runs:
    return ("Green and high-technology goods to the European Union",)


@message
def lists_note() -> Runs:
    return (
        "Green goods are APEC’s list of environmental goods, whole subheadings of six digits. High technology follows "
        "Eurostat’s definition by industry; it is not customs’ own list of high-tech products.",
    )


def _green_table(report: Report) -> Table | None:
    return _list_table(report, "green_goods")


def _high_technology_table(report: Report) -> Table | None:
    return _list_table(report, "high_technology")


def _list_table(report: Report, goods: str) -> Table | None:
    frame = _listed(report, goods)
    caption = f"Exports to the European Union of {GOODS_LISTS[goods]}; change on a year earlier"
    return traded_table(report, goods.replace("_", "-"), caption, "Subheading", f"listed_goods.EU27.export.{goods}", frame,
                        label_in(frame))  # fmt: skip


# --- what replaced a market ------------------------------------------------------------------------------------------------


def diverted(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which goods went elsewhere when exports to the United States fell, and is that unusual?"""
    given = using(report, frames, helpers.diversion, helpers.diversion_by_year, partner="USA")
    return Exhibit.of(given, _diverted_words, _diverted_table, _years_table)


def _diverted_words(report: Report) -> Words:
    frame, years = (report.frame(helper, partner="USA") for helper in (helpers.diversion, helpers.diversion_by_year))
    year = report.period[:4]
    if years.empty or int(year) not in years.index:
        return _missing(frame, "diversion")
    mine = {column: Cell("diversion_by_year.USA", year, column, float(years.at[int(year), column])) for column in years}
    if not mine["fall"].value > 0:
        return Words(nothing_fell(), notes=(diversion_rule(),))
    others = years.drop(index=[y for y in (*YEARS_OF_SHOCK, int(year)) if y in years.index])["share"].dropna()
    said = present(
        among_partners(mine["percentile"], mine["partners"]) if mine["percentile"].value == mine["percentile"].value else None,
        among_years(int((others >= mine["share"].value).sum()) + 1, len(others) + 1) if len(others) > 1 else None,
    )
    where = chapters_in(report.frame(helpers.partner_goods, partner="USA", flow="exports"))
    return Words(went_elsewhere(mine["share"]), said, notes=(diversion_rule(), *notes_of(report, years, where)))


@message
def nothing_fell() -> Runs:
    return ("No good in the detail data fell in exports to the US",)


@message
def went_elsewhere(share: Cell) -> Runs:
    return say("Of goods sold less to the US, {share:percent_size}% went elsewhere", share=share)


@message
def among_partners(percentile: Cell, partners: Cell) -> Runs:
    return say(
        "If each of {partners:number} other partners had been the shock, {percentile:percent_size}% of them would show less.",
        partners=partners, percentile=percentile,
    )  # fmt: skip


@message
def among_years(place: int, of: int) -> Runs:
    return say("Among {of} years without new tariffs it would be {place}.", of=WORDS[of], place=ORDINALS[place])


@message
def diversion_rule() -> Runs:
    return (
        "Of a good whose exports to the United States fell and whose exports to all others rose, the smaller of the two counts "
        "as gone elsewhere. That is no proof of cause: the same is shown for every other partner and for other years.",
    )


def _diverted_table(report: Report) -> Table | None:
    frame = report.frame(helpers.diversion, partner="USA")
    if frame.empty:
        return None
    shown, unit = frame.head(SHOWN), frame.attrs["currency"]
    columns = {"base": "US a year earlier", "now": "US now", "others_base": "Others a year earlier", "others": "Others now",
               "diverted": "Gone elsewhere"}  # fmt: skip
    rows = tuple(
        Row(name_of(str(code), f"{code} {row['name']}"),
            tuple(_cell("diversion.USA", str(code), column, row[column], "million", unit) for column in columns),
            values=tuple(row[column] for column in columns))
        for code, row in shown.iterrows()
    )  # fmt: skip
    headers = (Column("Code"), *(Column(header, align="right") for header in columns.values()))
    return Table("diversion", f"Exports, year to date, million {CURRENCY_WORDS[unit]}", headers, rows)


def _years_table(report: Report) -> Table | None:
    frame = report.frame(helpers.diversion_by_year, partner="USA")
    if len(frame) < 2:
        return None
    columns = {"fall": ("million", "Fall"), "diverted": ("million", "Gone elsewhere"), "share": ("percent", "Share %"),
               "percentile": ("percent", "Percentile among partners")}  # fmt: skip
    rows = tuple(
        Row((Mark("period", str(year), str(year)),),
            tuple(_cell("diversion_by_year.USA", str(year), column, row[column], style, "")
                  for column, (style, _) in columns.items()),
            values=tuple(row[column] for column in columns))
        for year, row in frame.iterrows()
    )  # fmt: skip
    headers = (Column("Year"), *(Column(header, align="right") for _, header in columns.values()))
    caption = f"The same span of each year, exports to the United States, million {CURRENCY_WORDS[frame.attrs['currency']]}"
    return Table("diversion-by-year", caption, headers, rows)


# --- new goods, narrow supply ------------------------------------------------------------------------------------------------


def new_and_vanished(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which goods are sold to the United States that were not a year earlier, and which no more?"""
    return Exhibit.of(using(report, frames, helpers.new_goods, partner="USA", flow="exports"), _new_words, _new_table)


def _new_frame(report: Report) -> pd.DataFrame:
    return report.frame(helpers.new_goods, partner="USA", flow="exports")


def _new_words(report: Report) -> Words:
    frame = _new_frame(report)
    if frame.empty:
        return _missing(frame, "new")
    return Words(new_in_us(), notes=(extensive_margin(), *notes_of(report, frame, chapters_in(frame))))


@message
def new_in_us() -> Runs:
    return ("Goods new or gone in exports to the US",)


@message
def extensive_margin() -> Runs:
    return ("Subheadings of six digits with figures in one of the two spans only.",)


def _new_table(report: Report) -> Table | None:
    frame = _new_frame(report)
    if frame.empty:
        return None
    unit, rows = frame.attrs["currency"], []
    for code, row in frame.head(SHOWN).iterrows():
        cells = tuple(
            _cell("new_goods.USA.export", str(code), column, row[column], "million", unit) for column in ("base", "value")
        )
        rows.append(
            Row(name_of(str(code), f"{code} {row['name']}"), cells, note=row["what"], values=(row["base"], row["value"]))
        )
    headers = (Column("Subheading"), Column("A year earlier", align="right"), Column("Now", align="right"))
    return Table(
        "new-goods", f"Exports to the United States, year to date, million {CURRENCY_WORDS[unit]}", headers, tuple(rows)
    )


def narrow_supply(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which imports come from one partner alone, or nearly?"""
    return Exhibit.of(using(report, frames, helpers.sole_sources, flow="imports"), _sources_words, _sources_table)


def _sources_words(report: Report) -> Words:
    frame = report.frame(helpers.sole_sources, flow="imports")
    if frame.empty:
        return _missing(frame, "sources")
    return Words(from_one_source(), notes=(sources_rule(), *notes_of(report, frame, chapters_in(frame))))


@message
def from_one_source() -> Runs:
    return ("Imports that come from one partner",)


@message
def sources_rule() -> Runs:
    return ("Subheadings of six digits of which nine tenths or more come from one partner, the largest first.",)


def _sources_table(report: Report) -> Table | None:
    frame = report.frame(helpers.sole_sources, flow="imports")
    if frame.empty:
        return None
    unit, table, rows = frame.attrs["currency"], "sole_sources.import", []
    for code, row in frame.head(SHOWN).iterrows():
        columns = (("whole", "million", unit), ("share", "percent", ""))
        cells = tuple(_cell(table, str(code), column, row[column], style, of) for column, style, of in columns)
        label = name_of(str(code), f"{code} {row['name']}")
        rows.append(Row(label, cells, note=f"from {row['source']}", values=(row["whole"], row["share"])))
    headers = (Column("Subheading"), Column("Imports", align="right"), Column("Share %", align="right"))
    return Table("sole-sources", f"Year to date, million {CURRENCY_WORDS[unit]}", headers, tuple(rows))
