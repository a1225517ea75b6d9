"""Goods by partner and partners by good, wherever detail data have them; named as missing where not."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pandas as pd

import helpers
from customs_report.calculations.detail import codes, detail_origins
from customs_report.calculations.traded_goods import codes_of
from customs_report.display import Column, Exhibit, Row, Table, Words
from customs_report.display.tables import Kind
from customs_report.english.grammar import capital, dated, name_of, the_partner
from customs_report.exhibits.detail_coverage import (
    WHAT,
    covered,
    good_in,
    held,
    not_told,
    too_little,
    without_points,
)
from customs_report.exhibits.selection import partner, present
from customs_report.facts import Cell, Cite, NotAvailable, Runs, say
from customs_report.messages import Message, message
from customs_report.names import Name
from customs_report.numbers import CURRENCY_WORDS
from customs_report.report import Report, using

SHOWN = 15  # rows of a table
MILLIONS = 5e9  # below this the largest is written in millions
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


def plain_table(
    name: str,
    caption: str,
    first: str,
    table: str,
    frame: pd.DataFrame,
    columns: Iterable[tuple[str, str, str]],
    label: Callable[[str], Runs],
    note: Callable[[str], str] = lambda row: "",
) -> Table | None:
    """A row for each of the frame, in its order; of each column its name, how it is written and its header."""
    if frame.empty:
        return None
    columns, unit = tuple(columns), frame.attrs["currency"]
    rows = tuple(
        Row(label(str(key)),
            tuple(_cell(table, str(key), column, row[column], style, "" if style == "percent" else unit)
                  for column, style, _ in columns),
            note=note(str(key)), values=tuple(row[column] for column, *_ in columns))
        for key, row in frame.head(SHOWN).iterrows()
    )  # fmt: skip
    headers = (Column(first), *(Column(header, align="right") for *_, header in columns))
    return Table(name, f"{caption}, million {CURRENCY_WORDS[unit]}", headers, rows)


def _cell(table: str, row: str, column: str, value: float, style: str, unit: str) -> Runs | None:
    """Empty where there is no value."""
    return None if pd.isna(value) else (Cite.cell(table, row, column, float(value), style, unit),)


def cell_of(frame: pd.DataFrame, table: str, row: str, column: str) -> Cell:
    return Cell(table, row, column, float(frame.at[row, column]), frame.attrs.get("currency", ""))


# --- words ----------------------------------------------------------------------------------------------------------------


@message
def not_in_detail(what: str, why: NotAvailable) -> Runs:
    return (f"{WHAT[what]}: ", *dated(why.why))


@message
def some_goods() -> Runs:
    return ("Only some goods are in the detail data; all that is shown is of these.",)


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


def missing_in_words(frame: pd.DataFrame, what: str) -> Words:
    """What is missing, and why."""
    return Words(not_in_detail(what, NotAvailable("detail", frame.attrs.get("why") or "not in the detail data")))


def most_of(table: str, frame: pd.DataFrame, name: Callable[[str], Name]) -> tuple[Message, ...]:
    """The largest row, and the one that changed most."""
    first, changes = str(frame.index[0]), frame["change"].abs()
    moved = str(changes.idxmax()) if changes.notna().any() else ""
    return present(
        largest(name(first), cell_of(frame, table, first, "value")),
        changed_most(name(moved), cell_of(frame, table, moved, "change")) if moved else None,
    )


def label_in(frame: pd.DataFrame) -> Callable[[str], Runs]:
    """The first cell of a row: the code, then its name."""
    return lambda code: name_of(code, f"{code} {frame.at[code, 'name']}")


# --- of a partner, of a good ----------------------------------------------------------------------------------------------


def goods_of(report: Report, claim: Message, some: Message, code: str, frames: Iterable[pd.DataFrame]) -> Exhibit:
    """Which goods are traded with a partner: exports to it, and imports from it? `some`: the claim where few are known."""
    given = using(report, frames, helpers.partner_goods, partner=code)
    return Exhibit.of(
        given,
        lambda report: _goods_words(report, claim, some, code),
        lambda report: _goods_table(report, code, "exports"),
        lambda report: _goods_table(report, code, "imports"),
    )


def _goods_frame(report: Report, code: str, flow: str) -> pd.DataFrame:
    return report.frame(helpers.partner_goods, partner=code, flow=flow)


def _goods_words(report: Report, claim: Message, some: Message, code: str) -> Words:
    frames = {flow: _goods_frame(report, code, flow) for flow in ("exports", "imports")}
    there = {flow: frame for flow, frame in frames.items() if not frame.empty}
    if not there:
        return missing_in_words(frames["exports"], "goods")
    flow, frame = next(iter(there.items()))
    notes = notes_of(report, frame, chapters_in(frame))
    if parts := [held(report, flow, code) for flow, frame in there.items() if too_little(report, flow, frame, code)]:
        return Words(some, tuple(parts), notes=notes)
    return Words(claim, most_of(f"partner_goods.{code}.{flow.removesuffix('s')}", frame, good_in(frame)), notes=notes)


def _goods_table(report: Report, code: str, flow: str) -> Table | None:
    frame, of = _goods_frame(report, code, flow), flow.removesuffix("s")
    if not frame.empty and too_little(report, flow, frame, code):
        frame = without_points(frame)
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
        return missing_in_words(frame, "partners")
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
    frames = {flow: report.frame(helpers.goods_by_section, flow=flow) for flow in ("exports", "imports")}
    there = {flow: frame for flow, frame in frames.items() if not frame.empty}
    if not there:
        return missing_in_words(frames["exports"], "sections")
    first, frame = next(iter(there.items()))
    parts = tuple(held(report, flow) for flow, frame in there.items() if too_little(report, flow, frame))
    notes = (sections_note(), *notes_of(report, frame, set().union(*map(chapters_in, there.values()))))
    return Words(by_section(first, covered(report, first)), parts, notes=notes)


@message
def by_section(flow: str, share: Cell | None) -> Runs:
    if not share:
        return (f"{flow.capitalize()} by section",)
    return say("Detail data have {share:percent_size}% of {flow}", share=share, flow=flow)


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
    if not shown.empty and too_little(report, flow, frame):
        shown = without_points(shown)
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
        return missing_in_words(whole, "drivers")
    if too_little(report, "exports", whole):
        return Words(not_told(report, "drivers", "exports"))
    table, first, last = "partner_goods.WORLD.export", str(frame.index[0]), str(frame.index[-1])
    named = good_in(frame)
    said = present(added_most(named(first), cell_of(frame, table, first, "contribution"))
                   if frame.at[first, "contribution"] > 0 else None,
                   took_most(named(last), cell_of(frame, table, last, "contribution"))
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
    if frame.empty or too_little(report, "exports", frame):
        return None
    caption = "Headings that added most to the growth of exports, and took most away"
    return traded_table(report, "drivers", caption, "Heading", "partner_goods.WORLD.export", frame, label_in(frame))


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
        return missing_in_words(frames[LISTS[0]], "eu")
    goods, frame = next(iter(there.items()))
    in_part, notes = too_little(report, "exports", frame, "EU27"), notes_of(report, frame, chapters_in(frame))
    said = (
        (held(report, "exports", "EU27"),) if in_part else most_of(f"listed_goods.EU27.export.{goods}", frame, good_in(frame))
    )
    return Words(eu_buys(in_part), said, notes=(lists_note(), *notes))


@message
def eu_buys(in_part: bool) -> Runs:
    goods = "green and high-technology goods to the European Union"
    return (f"Some {goods}" if in_part else goods.capitalize().replace("european union", "European Union"),)


@message
def lists_note() -> Runs:
    return (
        "Green goods are APEC’s list of environmental goods, whole subheadings of six digits. High technology follows "
        "Eurostat’s definition by industry; it is not customs’ own list of high-tech products.",
    )


def _green_table(report: Report) -> Table | None:
    return _list_table(report, "green_goods")


def _high_technology_table(report: Report) -> Table | None:
    same = _listed(report, "high_technology").index.equals(_listed(report, "green_goods").index)
    return None if same else _list_table(report, "high_technology")


def _list_table(report: Report, goods: str) -> Table | None:
    frame = _listed(report, goods)
    if not frame.empty and too_little(report, "exports", frame, "EU27"):
        frame = without_points(frame)
    caption = f"Exports to the European Union of {GOODS_LISTS[goods]}; change on a year earlier"
    return traded_table(report, goods.replace("_", "-"), caption, "Subheading", f"listed_goods.EU27.export.{goods}", frame,
                        label_in(frame))  # fmt: skip
