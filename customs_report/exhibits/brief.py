"""The two-page brief: six small charts of three years, partners and goods of the month, how sure it all is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import pandas as pd

import helpers
from customs_report import frames, palette
from customs_report.calculations.newsworthy import AGGREGATES, is_festive
from customs_report.calculations.partitions import GROUPED
from customs_report.chart_answers import Months
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import (
    BILLION,
    coloured_words,
    draw_line,
    label_ends,
    label_years,
    mark_zero_within,
    small_canvas,
)
from customs_report.english.grammar import capital, dated, listed, name_of, short_name, the_partner
from customs_report.exhibits.bilateral_balances import moved_balance_with_the_whole
from customs_report.exhibits.front_page import front
from customs_report.exhibits.growth_by_part import named_part, part_in_short
from customs_report.exhibits.growth_drivers import Driver, find_drivers, span_of_drivers
from customs_report.exhibits.qualifications import doubts_in_words, three_months, usual_revision
from customs_report.exhibits.seasonality import working_days_in_words
from customs_report.exhibits.selection import no_lines, partner, present
from customs_report.exhibits.source_lines import as_known
from customs_report.facts import Cell, Fact, NotAvailable, Runs, say
from customs_report.languages import Language
from customs_report.messages import Message, first_possible, message
from customs_report.names import Name
from customs_report.periods import is_january, shift, span
from customs_report.report import Report
from customs_report.rows import NOT_PRINTED, frame_table

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHOWN, MONTHS = 6, 37  # charts, and the months that each shows
AT_END = {"usd_signed": "bn"}  # how a number at the end of a line is written, where not as in the table
CAPTION = "billion yuan; growth on a year earlier in percent; points: percentage points added to growth of the whole"
PARTNERS, GOODS = 10, 5  # rows; of goods as many of exports and of imports


# --- six small charts -----------------------------------------------------------------------------------------------------


def recent_months(report: Report) -> Exhibit:
    """How did trade, and what moved it this month, develop over the last three years?"""
    makers = (partial(_chart_at, place) for place in range(SHOWN))
    return Exhibit.of(report, _recent_words, *makers, columns=3)


def _recent_words(report: Report) -> Words:
    return Words(three_years(report.period), notes=(note_on_charts(),) if _main_drivers(report) else ())


@message
def note_on_charts() -> Runs:
    return ("Charts of partners and goods begin where their data do; months without data are left open.",)


@message
def three_years(month: str) -> Runs:
    return say("Three years to {month}", month=month)


def _chart_at(place: int, report: Report) -> Chart | None:
    charts = _charts(report)
    return charts[place] if place < len(charts) else None


@lru_cache(maxsize=4)
def _charts(report: Report) -> tuple[Chart, ...]:
    """The first six for which there are data."""
    found: list[Chart] = []
    for make in _choices(report):
        if len(found) < SHOWN and (chart := make()):
            found.append(chart)
    return tuple(found)


def _choices(report: Report) -> Iterator[Callable[[], Chart | None]]:
    trade = {"exports": palette.EXPORTS, "imports": palette.IMPORTS}
    series = partial(_chart, report)
    yield lambda: series(helpers.monthly_trade, title_of("monthly"), {"balance": palette.BALANCE}, BILLION, "usd_signed")
    yield lambda: series(helpers.monthly_trade, title_of("flows"), trade, BILLION, "usd_signed")
    yield lambda: series(helpers.adjusted_series, title_of("adjusted"), trade, BILLION, "usd_signed")
    for driver in _main_drivers(report):
        yield partial(_chart_of_driver, report, driver)
    growth = {f"{flow}_3m": colour for flow, colour in trade.items()}
    yield lambda: series(helpers.trade_growth, title_of("growth"), growth, 1, "signed_percent")
    yield lambda: series(helpers.rolling_year, title_of("twelve"), {"balance": palette.BALANCE}, BILLION, "usd_signed")
    yield lambda: series(helpers.cover_ratio, title_of("ratio"), {"ratio": palette.INK}, 1, "unit_value")


TITLES = {
    "monthly": "Balance, billion dollars",
    "flows": "Exports and imports, billion dollars",
    "growth": "Three months on a year earlier, percent",
    "adjusted": "Seasonally adjusted, billion dollars",
    "twelve": "Balance over twelve months, billion dollars",
    "ratio": "Exports over imports, twelve months",
}


@message
def title_of(chart: str) -> Runs:
    return (TITLES[chart],)


def _main_drivers(report: Report) -> list[Driver]:
    """The partner and the good that moved exports most, and the good that moved imports most."""
    over = span_of_drivers(report)
    sides = (("exports", "group"), ("exports", "commodity"), ("imports", "commodity"))
    found = []
    for flow, kind in sides if over else ():
        named = [each for each in find_drivers(report, flow, kind, over) if each.growth]
        found += [max(named, key=lambda each: abs(each.points.value))] if named else []
    return found


def _chart_of_driver(report: Report, driver: Driver) -> Chart | None:
    colour = palette.EXPORTS if driver.flow == "exports" else palette.IMPORTS
    title = flow_of_part(driver.flow, part_in_short(*_named(report, driver)), driver.kind)
    if driver.kind == "group":
        return _chart(report, helpers.partner_months, title, {driver.flow: colour}, BILLION, "bn", partner=driver.code)
    return _chart(
        report, helpers.commodity_months, title, {"value": colour}, BILLION, "bn", flow=driver.flow, commodity=driver.code
    )


def _named(report: Report, driver: Driver) -> tuple[str, Name, str]:
    return named_part(report, driver.kind, driver.flow.removesuffix("s"), driver.code)


@message
def flow_of_part(flow: str, part: Runs, kind: str) -> Runs:
    joint = "of" if kind == "commodity" else "to" if flow == "exports" else "from"
    return say("{flow} {joint} {part}, billion yuan", flow=flow.capitalize(), joint=joint, part=part)


def _chart(
    report: Report,
    helper: Callable[..., pd.DataFrame],
    title: Message,
    columns: dict[str, str],
    scale: float,
    style: str,
    **of: str,
) -> Chart | None:
    """Lines of some columns of a helper's frame over the last months, the newest value beside each."""
    frame = report.frame(helper, **of)
    if frame.empty or not {*columns} <= {*frame.columns}:
        return None
    months = span(shift(report.period, 1 - MONTHS), report.period)
    shown = frame[[*columns]].reindex(months).dropna(how="all")
    if len(shown) < 2 or shown.index[-1] != report.period:
        return None
    figure, axes = small_canvas(report.lang.grouping)
    _draw(report.lang, axes, shown, columns, scale, style, months)
    name = frames.name_of(helper.__name__, of)
    heads = [report.word(column.split("_")[0].capitalize()) for column in columns]
    unit = "CNY" if of else ""
    file = "-".join([name, *columns] if len(columns) > 1 else [name])  # two charts are of one helper: names are ids in the page
    file = file.replace(".", "-").replace("_", "-")
    table = frame_table(file, "", name, shown, heads, style, first=report.word("Month"), units=unit, language=report.language)
    newest = [Cell(name, report.period, column, float(shown[column].iloc[-1]), unit) for column in columns]
    alt = report.write(line_of_months(title, report.period, [number_of(cell, style) for cell in newest]))
    return Chart(figure, alt, table, as_known(report), title=report.write(title), rows=Months(first=months[0]))


@message
def number_of(cell: Cell, style: str) -> Runs:
    return say(f"{{cell:{style}}}", cell=cell)


@message
def line_of_months(title: Runs, month: str, newest: list[Runs]) -> Runs:
    return say("{title}, by month; {month}: {newest}.", title=title, month=month, newest=listed(newest))


def _draw(
    lang: Language,
    axes: Axes,
    shown: pd.DataFrame,
    columns: dict[str, str],
    scale: float,
    style: str,
    months: list[str],
) -> None:
    ends, scale = [], lang.large if scale == BILLION else scale
    for column, colour in columns.items():
        values = (shown[column].reindex(months) / scale).tolist()
        draw_line(axes, values, colour)
        axes.plot([len(values) - 1], [values[-1]], marker="o", ms=3, color=colour)
        ends.append((lang.write(float(shown[column].iloc[-1]), "", AT_END.get(style, style)), values[-1], colour))
    mark_zero_within(axes)
    label_years(axes, months)
    label_ends(axes, len(months) - 1, ends, size=8)
    if len(columns) > 1:
        words = {lang.word(column.split("_")[0]): colour for column, colour in columns.items()}
        coloured_words(axes, words, apart=0.26, size=8)


# --- partners and goods ---------------------------------------------------------------------------------------------------


def partners_in_brief(report: Report) -> Exhibit:
    """How did trade with each partner change in the month, and since January?"""
    return Exhibit.of(report, _partner_words, _partner_table)


def _spans(report: Report) -> tuple[str, ...]:
    return ("ytd",) if is_january(report.period) else ("month", "ytd")


def _partner_words(report: Report) -> Words:
    if "partner.*" in report.facts.gaps:
        return Words(not_available_in_brief("partners", report.facts.gap("partner.*")))
    another = _another(report)
    last = listed_for_balance(partner(report, another[0]), another[1]) if another else None
    return Words(
        partners_of_month(report.period),
        notes=present(note_on_order(report.period), last, note_on_brief()),
    )


def _usual(report: Report) -> list[str]:
    """The partners that customs’ first release names, the largest first."""
    facts = report.facts
    held = [code for code in GROUPED if f"partner.{code}.total_cny_ytd" in facts]
    return sorted(held, key=lambda code: -facts[f"partner.{code}.total_cny_ytd"].value)[:PARTNERS]


def _another(report: Report) -> tuple[str, bool] | None:
    """The partner that moved the balance since January most, the way it went as a whole, where it is none of the usual ones."""
    found = moved_balance_with_the_whole(report)
    return None if not found or found[0] in _usual(report) else found


@message
def not_available_in_brief(what: str, why: NotAvailable) -> Runs:
    return (f"{what.capitalize()}: ", *dated(why.why))


@message
def partners_of_month(month: str) -> Runs:
    return say("Partners in {month}" + (" and since January" if not is_january(month) else ""), month=month)


@message
def note_on_order(month: str) -> Runs:
    return (f"In order of trade {'in January' if is_january(month) else 'since January'}.",)


@message
def listed_for_balance(partner: Name, rose: bool) -> Runs:
    return say(
        "{partner} is listed as it {moved} the balance since January most.",
        partner=capital(the_partner(partner)), moved="raised" if rose else "lowered",
    )  # fmt: skip


@message
def note_on_brief() -> Runs:
    return ("The whole is all exports or imports. A dash: not available, or too uncertain.",)


def _partner_table(report: Report) -> Table | None:
    another = _another(report)
    shown = [*_usual(report)[:-1], another[0]] if another else _usual(report)
    fields = [
        field
        for flow in ("exports", "imports")
        for over in _spans(report)
        for field in _fields(
            f"partner.{{}}.{flow}_cny_{over}", f"contribution.group.{flow}_cny_{over}.{{}}", over == _spans(report)[0]
        )
    ]
    rows = [_row(report, report.write(partner_in_table(partner(report, code))), code, fields) for code in shown]
    return _side_by_side(report, "partners-in-brief", "Partner", rows, ("Exports", "Imports")) if rows else None


@message
def partner_in_table(partner: Name) -> Runs:
    return name_of(partner.code, partner.english)


def _fields(name: str, points: str, leads: bool) -> list[tuple[str, str]]:
    """Growth, of the month with its value and its points."""
    growth = (f"{name}_yoy", "signed_percent")
    return [(name, "bn"), growth, (points, "signed_percent")] if leads else [growth]


def _row(report: Report, label: Runs, code: str, fields: list[tuple[str, str]]) -> Row:
    facts, names = report.facts, [(of.format(code), style) for of, style in fields]
    cells = tuple((report.cite(name, style),) if name in facts else NOT_PRINTED for name, style in names)
    return Row(label, cells, values=tuple(facts.value(name) for name, _ in names))


def _side_by_side(report: Report, name: str, first: str, rows: list[Row], halves: tuple[str, ...]) -> Table:
    heads = [("Month", "bn"), ("Growth", "%"), ("Points", "pp")]
    heads += [] if is_january(report.period) else [("Growth since January", "%")]
    columns = [_column(report, head, unit, half) for half in halves for head, unit in heads]
    groups = tuple((half, len(columns) // len(halves)) for half in halves)
    return _table(report, name, "partners", first, columns, rows, groups)


def _column(report: Report, head: str, unit: str, half: str) -> Column:
    return Column(report.word(head), report.word(unit), align="right", of=report.word(half))


def _table(
    report: Report, name: str, of: str, first: str, columns: list[Column], rows: list[Row], groups: tuple[tuple[str, int], ...]
) -> Table:
    caption, start = report.write(units_of_table(of)), Column(report.word(first))
    headers = [(report.word(text), width) for text, width in groups]
    return Table(name, caption, (start, *columns), rows, group_headers=(("", 1), *headers), language=report.language)


def goods_in_brief(report: Report) -> Exhibit:
    """Which goods moved exports and imports most, and was it their quantity or their price?"""
    return Exhibit.of(report, _goods_words, _goods_table)


def _goods_words(report: Report) -> Words:
    if not _goods(report, "exports") and not _goods(report, "imports"):
        gap = no_lines(report, "export") or report.facts.gap("contribution.commodity.export_cny_ytd.*")
        return Words(not_available_in_brief("goods", gap))
    return Words(goods_of_month(report.period), notes=(note_on_brief(),))


@message
def goods_of_month(month: str) -> Runs:
    return say("Named goods that moved trade most in {month}", month=month)


def _goods(report: Report, flow: str) -> list[str]:
    """The goods with a name and a growth of their own that moved a flow most."""
    facts, over, side = report.facts, span_of_drivers(report), flow.removesuffix("s")
    family = f"contribution.commodity.{side}_cny_{over}."
    points = {name.removeprefix(family): abs(fact.value) for name, fact in facts.items() if over and name.startswith(family)}
    known = [slug for slug in points if f"commodity.{side}.{slug}.value_cny_{over}_yoy" in facts and slug not in AGGREGATES]
    return sorted(known, key=lambda slug: -points[slug])[:GOODS]


def _goods_table(report: Report) -> Table | None:
    rows: list[Row] = []
    for flow in ("exports", "imports"):
        side, goods = flow.removesuffix("s"), _goods(report, flow)
        if goods:
            rows.append(Row((report.word(flow.capitalize()),), (None,) * len(_goods_columns(report)), kind="heading"))
        for slug in goods:
            name = f"commodity.{side}.{slug}"
            fields = [
                field
                for over in _spans(report)
                for field in (
                    *_fields(
                        f"{name}.value_cny_{over}",
                        f"contribution.commodity.{side}_cny_{over}.{slug}",
                        over == _spans(report)[0],
                    ),
                    (f"{name}.quantity_{over}_yoy", "signed_percent"),
                )
            ]
            label = report.write(good_in_table(*named_part(report, "commodity", side, slug)))
            rows.append(_row(report, label, slug, fields))
    halves = (("Month", 4), ("Since January", 2))[: 1 if is_january(report.period) else 2]
    return _table(report, "goods-in-brief", "goods", "Good", _goods_columns(report), rows, halves) if rows else None


@message
def units_of_table(of: str) -> Runs:
    """The caption of the table of partners, or of goods."""
    return (f"{of.capitalize()}: {CAPTION}",)


@message
def good_in_table(kind: str, name: Name, whole: str) -> Runs:
    return name_of(name.code, short_name(kind, name, whole))


def _goods_columns(report: Report) -> list[Column]:
    month = [("Value", "bn", "Month"), ("Growth", "%", "Month"), ("Points", "pp", "Month"), ("Quantity", "%", "Month")]
    year = [("Growth", "%", "Since January"), ("Quantity", "%", "Since January")] if not is_january(report.period) else []
    return [_column(report, *each) for each in (*month, *year)]


# --- how sure -------------------------------------------------------------------------------------------------------------


def compared_and_sure(report: Report) -> tuple[Runs, ...]:
    """What forecasters had expected, what three months say, what qualifies the figures, how far parts sum to the whole."""
    parts = first_possible(partial(_parts_and_whole, report))
    said = front(report).standfirst
    expected = first_possible(partial(_expected, report))
    days = None if is_festive(report.period) or report.period.endswith("-03") else working_days_in_words(report)
    calm = first_possible(partial(three_months, report))
    doubts = [doubt for doubt in doubts_in_words(report, but="unit value") if doubt not in said]
    themes = {point.theme for point in report.doubts}
    usual = usual_revision(report) if "vintage" not in themes else None
    revisions = revisions_in_words(usual) if usual else None
    found = [each for each in present(expected, calm, days, *doubts, revisions, parts) if each not in said]
    return tuple(map(report.write, found or [customs_revises()]))


@message
def revisions_in_words(usual: Runs) -> Runs:
    return (*capital(usual), ".")


def _expected(report: Report) -> Message:
    names = ("exports_usd_month_yoy", "imports_usd_month_yoy", "balance_usd_month")
    return forecasts(*(report.facts[f"{what}.{name}"] for what in ("consensus", "first_print") for name in names))


@message
def forecasts(
    exports: Fact, imports: Fact, balance: Fact, first_exports: Fact, first_imports: Fact, first_balance: Fact
) -> Runs:
    """What forecasters expected, and what customs first published."""
    return say(
        "Forecasters’ consensus was {exports:signed} for exports, {imports:signed} for imports and {balance} for the balance; "
        "customs first published {first_exports:signed}, {first_imports:signed} and {first_balance}.",
        exports=exports, imports=imports, balance=balance,
        first_exports=first_exports, first_imports=first_imports, first_balance=first_balance,
    )  # fmt: skip


def _parts_and_whole(report: Report) -> Message | None:
    """What the points of the month add up to, where customs published other growth."""
    if span_of_drivers(report) != "month":
        return None
    apart = []
    for flow in ("exports", "imports"):
        computed, printed = (report.facts.get(f"{flow}_cny_month_yoy_{of}") for of in ("computed", "printed"))
        if computed and printed and computed.text != printed.text:
            apart.append(parts_of_flow(flow, computed, printed))
    return sums_of_parts(apart) if apart else None


@message
def parts_of_flow(flow: str, computed: Fact, printed: Fact) -> Runs:
    return say("{computed} for {flow} (customs: {printed})", flow=flow, computed=computed, printed=printed)


@message
def sums_of_parts(flows: list[Runs]) -> Runs:
    return say("Points add up to {flows}, on last year’s first estimates.", flows=listed(flows))


@message
def customs_revises() -> Runs:
    return (
        "Customs revises earlier months without notice; every number here says whether it is a first or a revised figure, "
        "and when it was released.",
    )
