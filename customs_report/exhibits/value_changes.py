"""What changed the value of trade: quantity or unit value.

It is "unit value" throughout, never a price: the mix of goods within a line changes too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.unit_values import COMPARED, IMPORT_GROUPS, WITHOUT, Fisher, comparable_lines
from customs_report.display import Chart, Column, Exhibit, Table, Words
from customs_report.drawing.axes import (
    BILLION,
    PHONE,
    canvas,
    draw_bars,
    draw_line,
    flat_canvas,
    label_ends,
    label_months,
    label_rows,
    legend,
    mark_zero_within,
)
from customs_report.english.grammar import (
    both_changed,
    capital,
    direction,
    goods,
    not_held,
)
from customs_report.exhibits.selection import commodity, to_date
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Fact, NotAvailable, Runs, plain, say
from customs_report.messages import Message, message
from customs_report.names import Name, commodity_name
from customs_report.report import Report, using
from customs_report.rows import Field, Subject, fact_row, fact_table, frame_table, subject_table

GROUP_NAMES = {
    "energy": "energy",
    "ores": "iron and copper ore",
    "farm_goods": "farm goods",
    "chips": "chips and other semiconductors",
}


def export_split(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Which export lines changed most, through quantity or through unit value?"""
    given = using(report, frames, helpers.value_split, helpers.unit_value_indices, flow="exports")
    return Exhibit.of(given, _export_words, _export_chart, _export_months, _export_table)


def import_split(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """What changed imports of energy, ores, farm goods and chips: quantity or unit value?"""
    given = using(report, frames, helpers.value_split, helpers.unit_value_indices, flow="imports")
    return Exhibit.of(given, _import_words, _import_chart, _import_months, _import_table, _index_table)


def _export_words(report: Report) -> Words:
    """Did more goods leave, or goods of a higher unit value?"""
    frame = _frame(report, "export")
    if frame is None:
        return Words(no_split("export", report.facts.gap("fisher.export.*")))
    most = frame["change"].abs().idxmax()
    other_way = frame["change"][frame["change"] * frame.at[most, "change"] < 0].abs()
    lines = [most, other_way.idxmax()] if len(other_way) else [most]
    changes = [(commodity(report, "export", slug), *_effects(report, f"commodity.export.{slug}")) for slug in lines]
    return _words(report, "export", changes, frame)


def _import_words(report: Report) -> Words:
    """Energy, ores, farm goods and chips: more of them, or of a higher unit value?"""
    frame, facts, name = _frame(report, "import"), report.facts, "commodity_group.import.{}".format
    if frame is None:
        return Words(no_split("import", facts.gap("fisher.import.*")))
    groups = [group for group in IMPORT_GROUPS if f"{name(group)}.value_cny_ytd_change" in facts]
    changes = [(group, *_effects(report, name(group))) for group in groups]
    changes.sort(key=lambda change: -abs(change[1].value))
    return _words(report, "import", changes[:2], frame)


Change = tuple[Name | str, Fact, Fact, Fact]  # a line or a group, its change, the effects of quantity and unit value


def _words(report: Report, flow: str, changes: Sequence[Change], frame: pd.DataFrame) -> Words:
    """Quantity and unit value of the goods compared as the claim, without chips, too; then the lines that changed most."""
    spans, largest = (to_date(report), ""), commodity(report, flow, frame.index[0])
    every, without = (_indices(report, flow, suffix) for suffix in ("", "_without_largest"))
    lines, coverage = (report.facts.get(f"fisher.{flow}.{what}") for what in ("lines", "coverage"))
    return Words(
        in_goods_compared(flow, coverage, *every) if coverage else in_lines_compared(flow, lines, *every),
        (
            without_largest(largest, *without),
            *_month_alone(report, flow),
            *(value_moved(flow, *change, span) for change, span in zip(changes, spans, strict=False)),
        ),
        notes=(note_on_split(), note_on_indices()),
    )


def _month_alone(report: Report, flow: str) -> Iterator[Message]:
    """Quantity and unit value in the month, without chips, too; nothing where they are not available."""
    growth = _growth_in_month(report, flow)
    if len(growth) == 4:
        yield in_the_month(report.period, growth)


def _growth_in_month(report: Report, flow: str) -> list[Fact]:
    """Growth of quantity and of unit value in the month, then without chips; those that are available."""
    names = (f"fisher.{flow}.{measure}_cny_month{end}" for end in ("", WITHOUT) for measure in LINES)
    return [report.facts[name] for name in names if name in report.facts]


def _effects(report: Report, name: str) -> tuple[Fact, Fact, Fact]:
    """The change of a value, and what quantity and unit value added to it."""
    change, quantity, unit_value = (
        report.facts[f"{name}.value_cny_ytd_{part}"] for part in ("change", "quantity_effect", "unit_value_effect")
    )
    return change, quantity, unit_value


def _group_name(group: str) -> str:
    """A group of imports as the beginning of a row."""
    return GROUP_NAMES[group][0].upper() + GROUP_NAMES[group][1:]


def _of(subject: Name | str, start: bool = False) -> Runs:
    """A line or a group of imports inside a sentence, or at its start."""
    if isinstance(subject, Name):
        return capital(goods(subject)) if start else goods(subject)
    return (_group_name(subject) if start else GROUP_NAMES[subject],)


def _frame(report: Report, flow: str) -> pd.DataFrame | None:
    """The split of the flow's lines, or None where there is none."""
    if f"fisher.{flow}.*" in report.facts.gaps:
        return None
    report.require("commodities")
    return report.frame(helpers.value_split, flow=f"{flow}s")


@message
def no_split(flow: str, why: NotAvailable) -> Runs:
    return not_held(f"Quantity and unit value of {flow}s", why)


@message
def note_on_split() -> Runs:
    return (
        "Unit value is value divided by quantity: it moves with prices and with the mix of goods. The split of a line (Bennet) "
        "weights both years alike and sums to the change in value. The base is the figure that customs restated, else the "
        "one published a year earlier.",
    )


@message
def note_on_indices() -> Runs:
    return (
        "The indices (Fisher) multiply to the change in value. They cover lines that are no part of each other and have a "
        "quantity in the same unit in both years; the rest of trade may have moved otherwise.",
    )


@message
def in_goods_compared(flow: str, coverage: Fact, quantity: Fact, unit_value: Fact) -> Runs:
    return say(
        "Goods worth {coverage} of {flow}s: {moved}", coverage=coverage, flow=flow, moved=_up_and_down(quantity, unit_value)
    )


@message
def in_lines_compared(flow: str, lines: Fact, quantity: Fact, unit_value: Fact) -> Runs:
    moved = _up_and_down(quantity, unit_value)
    return say("{lines:number} lines of {flow}s: {moved}", lines=lines, flow=flow, moved=moved)


def _up_and_down(quantity: Fact, unit_value: Fact) -> Runs:
    return say("quantity {quantity}, unit value {unit_value}", quantity=direction(quantity), unit_value=direction(unit_value))


@message
def value_moved(flow: str, subject: Name | str, change: Fact, quantity: Fact, unit_value: Fact, span: str) -> Runs:
    """How much of a change in value came through quantity and through unit value; without a span of another line, too."""
    ways = ["added" if effect.value > 0 else "took away" for effect in (quantity, unit_value)]
    return say(
        "{start} of {goods} {moved} {change:size}: quantity {way} {quantity:size} and unit value {also}"
        "{unit:size}.",
        start=say("In {span} {flow}s", span=span, flow=flow) if span else "Those", goods=_of(subject),
        moved="rose" if change.value > 0 else "fell", change=change,
        way=ways[0], quantity=quantity, also="" if ways[0] == ways[1] else f"{ways[1]} ", unit=unit_value,
    )  # fmt: skip


def _indices(report: Report, flow: str, suffix: str) -> list[Fact]:
    """The change of quantity and of unit value over all lines compared, or without the largest of them."""
    return [report.facts[f"fisher.{flow}.{measure}_cny_ytd{suffix}"] for measure in ("quantity", "unit_value")]


@message
def in_the_month(month: str, growth: list[Fact]) -> Runs:
    every, without = (both_changed("quantity", one, "unit value", two) for one, two in (growth[:2], growth[2:]))
    return say("In {month} alone {every}; without chips {without}.", month=month, every=every, without=without)


@message
def without_largest(line: Name, quantity: Fact, unit_value: Fact) -> Runs:
    moved = both_changed("quantity", quantity, "unit value", unit_value)
    return say("The largest line among these goods is {line}; without it {moved}.", line=goods(line), moved=moved)


def _export_chart(report: Report) -> Chart | None:
    if "fisher.export.*" in report.facts.gaps:
        return None
    frame = report.frame(helpers.value_split, flow="exports")
    lines = frame["change"].abs().sort_values(ascending=False).index[:12]
    subjects: dict[str, Name | str] = {f"commodity.export.{slug}": commodity(report, "export", slug) for slug in lines}
    return _chart(report, subjects, "export", "the export lines that changed most", palette.EXPORTS, palette.PALE_EXPORTS)


def _import_chart(report: Report) -> Chart | None:
    groups = {f"commodity_group.import.{group}": group for group in IMPORT_GROUPS}
    subjects: dict[str, Name | str] = {
        name: group for name, group in groups.items() if f"{name}.value_cny_ytd_change" in report.facts
    }
    if not subjects:
        return None
    return _chart(report, subjects, "import", "groups of imports", palette.IMPORTS, palette.PALE_IMPORTS)


def _chart(report: Report, subjects: dict[str, Name | str], flow: str, what: str, dark: str, pale: str) -> Chart:
    """Pairs of bars: what quantity and what unit value added to each; a diamond marks their sum."""
    facts, names = report.facts, list(subjects)
    labels = [plain(_of(subject, start=True)) for subject in subjects.values()]
    parts = {
        part: [facts[f"{name}.value_cny_ytd_{part}"].value / BILLION for name in names]
        for part in ("quantity_effect", "unit_value_effect", "change")
    }
    figure, axes = flat_canvas(0.55 + 0.17 * max(len(names), 5), label=1.95, width=PHONE, top=0.22, bottom=0.26)
    for part, colour, offset in (("quantity_effect", dark, -0.2), ("unit_value_effect", pale, 0.2)):
        draw_bars(axes, [i + offset for i in range(len(names))], parts[part], 0.38, colour, flat=True)
    axes.plot(parts["change"], range(len(names)), ls="", marker="D", ms=3.4, color=palette.INK)
    label_rows(axes, labels)
    axes.axvline(0, color=palette.INK, lw=0.8)
    axes.margins(x=0.05)
    change = {"ls": "", "marker": "D", "ms": 3.4, "color": palette.INK}
    legend(figure, [dark, pale, change], ["Quantity", "Unit value", "Change in value"])
    first = names[0]
    alt = report.write(pairs_of_bars(subjects[first], *_effects(report, first)[1:]))
    data = fact_table(
        report,
        f"{flow}-split-data",
        f"Change in the value of {what}, billion yuan",
        names,
        labels,
        [
            ("Quantity", "{}.value_cny_ytd_quantity_effect", "signed_bn"),
            ("Unit value", "{}.value_cny_ytd_unit_value_effect", "signed_bn"),
            ("Change", "{}.value_cny_ytd_change", "signed_bn"),
        ],
    )
    source = source_line(report, f"{first}.value_cny_ytd_change")
    return Chart(figure, alt, data, source, title=(f"Change in the value of {what}, year to date, billion yuan",))


LINES = {"quantity": "Quantity", "unit_value": "Unit value"}


def _export_months(report: Report) -> Chart | None:
    return _months_chart(report, "export", palette.EXPORTS)


def _import_months(report: Report) -> Chart | None:
    return _months_chart(report, "import", palette.IMPORTS)


def _months_chart(report: Report, flow: str, colour: str) -> Chart | None:
    """Growth of quantity and unit value, month by month; broken lines leave out chips."""
    newest = f"fisher.{flow}.quantity_cny_month"
    frame = report.frame(helpers.unit_value_indices, flow=f"{flow}s")
    if newest not in report.facts or len(frame) < 2:
        return None
    figure, axes = canvas(1.35, right=0.85)
    ends = []
    for end, style in (("", "-"), (WITHOUT, "--")):
        for measure, tone in zip(LINES, (colour, palette.INK), strict=True):
            values = frame[f"{measure}{end}"].to_list()
            draw_line(axes, values, tone, ls=style)
            ends.append(("without chips" if end else LINES[measure], values[-1], tone))
    mark_zero_within(axes)
    label_months(axes, list(frame.index), 7)
    axes.set_xlim(-0.5, len(frame) - 0.5)
    label_ends(axes, len(frame) - 1, ends)
    columns = [f"{measure}{end}" for end in ("", WITHOUT) for measure in LINES]
    headers = [*LINES.values(), *(f"{header}, without chips" for header in LINES.values())]
    caption = f"Quantity and unit value of {flow}s, change on a year earlier, percent"
    data = frame_table(
        f"{flow}-quantity-unit-value", caption, f"unit_value_indices.{flow}", frame[columns].iloc[::-1], headers,
        "signed_percent",
    )  # fmt: skip
    alt = report.write(lines_of_indices(frame.index[0], report.period, *_growth_in_month(report, flow)[:2]))
    title = report.write(title_of_indices(flow, report.period, report.facts.get(f"fisher.{flow}.coverage_month")))
    return Chart(figure, alt, data, source_line(report, newest, history=True), title=title)


@message
def title_of_indices(flow: str, month: str, coverage: Fact | None) -> Runs:
    which: Runs = (f"comparable {flow}s",)
    if coverage:
        which = say("goods worth {coverage} of {flow}s in {month}", coverage=coverage, flow=flow, month=month)
    return say("Quantity and unit value of {which}, change on a year earlier, percent", which=which)


@message
def lines_of_indices(first: str, last: str, quantity: Fact, unit_value: Fact) -> Runs:
    return say(
        "Lines from {first} to {last}, with and without chips, none in January and February. They end with quantity "
        "{quantity:signed}, unit value {unit_value:signed}.",
        first=first, last=last, quantity=quantity, unit_value=unit_value,
    )  # fmt: skip


@message
def pairs_of_bars(subject: Name | str, quantity: Fact, unit_value: Fact) -> Runs:
    return say(
        "Pairs of bars, what quantity and what unit value added, with a mark at their sum. The first is {goods}: quantity "
        "{quantity:signed}, unit value {unit_value:signed}.",
        goods=_of(subject, start=True), quantity=quantity, unit_value=unit_value,
    )  # fmt: skip


SPLIT: list[Field] = [
    ("Value", "{}.value_cny_ytd", "bn"),
    ("Change", "{}.value_cny_ytd_change", "signed_bn"),
    ("by quantity", "{}.value_cny_ytd_quantity_effect", "signed_bn"),
    ("by unit value", "{}.value_cny_ytd_unit_value_effect", "signed_bn"),
    ("Quantity %", "{}.quantity_ytd_yoy", "signed_percent"),
    ("Unit value %", "{}.unit_value_ytd_yoy", "signed_percent"),
]
SPLIT_CAPTION = "year to date, billion yuan; change on a year earlier, and growth in percent"


def _export_table(report: Report) -> Table | None:
    """Every export line that can be split into quantity and unit value, the largest first, and their sum."""
    lines = comparable_lines(report.tables, "export", report.period)
    if "fisher.export.*" in report.facts.gaps:
        return None
    rows: list[Subject] = [(f"commodity.export.{slug}", commodity_name(report.tables, "export", slug), "") for slug in lines]
    rows.append((f"commodity_group.export.{COMPARED}", "All lines compared", "total"))
    caption, profiles = f"Exports by line, {SPLIT_CAPTION}", _profiles("export", lines)
    return subject_table(report.facts, "export-split", caption, "Line", rows, SPLIT, profiles)


def _import_table(report: Report) -> Table | None:
    """Energy, ores, farm goods and chips with their lines, and all import lines that can be split."""
    if "fisher.import.*" in report.facts.gaps:
        return None
    rows: list[Subject] = []
    for group, slugs in IMPORT_GROUPS.items():
        rows.append((f"commodity_group.import.{group}", _group_name(group), "aggregate"))
        for slug in slugs:
            rows.append((f"commodity.import.{slug}", commodity_name(report.tables, "import", slug), ""))
            rows += [
                (f"commodity.import.{part}", f"of which {commodity_name(report.tables, 'import', part).lower()}", "")
                for part in PARTS_SHOWN.get(slug, ())
            ]
    rows.append((f"commodity_group.import.{COMPARED}", "All lines compared", "total"))
    caption = f"Imports by group and line, {SPLIT_CAPTION}"
    profiles = _profiles("import", [*chain(*IMPORT_GROUPS.values(), *PARTS_SHOWN.values())])
    return subject_table(report.facts, "import-split", caption, "Group, line", rows, SPLIT, profiles)


def _profiles(flow: str, slugs: Iterable[str]) -> Callable[[str], str]:
    """A function from the code of a row to the name of its profile; a group has none."""
    names = {f"commodity.{flow}.{slug}": f"commodity_profile-{flow}-{slug}" for slug in slugs}
    return lambda code: names.get(code, "")


PARTS_SHOWN = {"grain": ("soya_beans",)}


def _index_table(report: Report) -> Table | None:
    """The indices of quantity and unit value of each flow, over all lines that can be compared and without the largest."""
    facts, rows = report.facts, []
    for flow in ("export", "import"):
        lines = list(comparable_lines(report.tables, flow, report.period))
        if f"fisher.{flow}.*" in facts.gaps:
            continue
        without = (f"{flow.capitalize()}s without ", *goods(commodity(report, flow, lines[0])))
        for suffix, label in (("", (f"{flow.capitalize()}s",)), ("_without_largest", without)):
            fields = [
                (f"fisher.{flow}.lines{suffix}", "number"),
                (f"fisher.{flow}.coverage{suffix}", "percent"),
                *((f"fisher.{flow}.{measure}_cny_ytd{suffix}", "signed_percent") for measure in Fisher._fields),
            ]
            rows.append(fact_row(facts, label, fields))
    headers = ("Lines", "Share of flow %", "Value %", "Quantity %", "Unit value %")
    columns = (Column("Lines that can be compared"), *(Column(header, align="right") for header in headers))
    caption = "Quantity and unit value over lines (indices), year to date, change on a year earlier"
    return Table("quantity-indices", caption, columns, tuple(rows)) if rows else None
