"""What changed the value of trade: quantity or unit value.

It is "unit value" throughout, never a price: the mix of goods within a line changes too.
"""

from __future__ import annotations

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

import helpers
from customs_report import palette
from customs_report.calculations.unit_values import COMPARED, IMPORT_GROUPS, Fisher, comparable_lines
from customs_report.display import Chart, Column, Exhibit, Table, Words
from customs_report.drawing.axes import BILLION, canvas, label_rows, legend, with_report_style
from customs_report.drawing.source_lines import source_line
from customs_report.english.grammar import (
    both_changed,
    commodity_in_sentence,
    commodity_name,
    first_possible,
    name_of,
    opened,
    words_not_held,
)
from customs_report.exhibits.selection import present, to_date
from customs_report.facts import Runs
from customs_report.report import Report
from customs_report.rows import Field, Subject, fact_row, fact_table, subject_table

GROUP_NAMES = {
    "energy": "energy",
    "ores": "iron and copper ore",
    "farm_goods": "farm goods",
    "chips": "chips and other semiconductors",
}
SPLIT_NOTE: Runs = (
    "Unit value is value divided by quantity: it moves with prices and with the mix of goods. The split of a line (Bennet) "
    "weights both years alike and adds up to the change in value. The base is the figure that customs restated, else the one "
    "printed a year earlier.",
)
INDEX_NOTE: Runs = (
    "The indices (Fisher) multiply to the change in value. They cover lines that are no part of each other and have a quantity "
    "in the same unit in both years; the rest of trade may have moved otherwise.",
)


def export_split(report: Report) -> Exhibit:
    """Which export lines changed most, through quantity or through unit value?"""
    return Exhibit.of(report, _export_words, _export_chart, _export_table)


def import_split(report: Report) -> Exhibit:
    """What changed imports of energy, ores, farm goods and chips: quantity or unit value?"""
    return Exhibit.of(report, _import_words, _import_chart, _import_table, _index_table)


def _export_words(report: Report) -> Words:
    """Did more goods leave, or goods of a higher unit value?"""
    frame = _frame(report, "export")
    if frame is None:
        return _not_split(report, "export")
    most = frame["change"].abs().idxmax()
    other_way = frame["change"][frame["change"] * frame.at[most, "change"] < 0].abs()
    name, names = "commodity.export.{}", {slug: commodity_name(report, "export", slug) for slug in frame.index}
    claim = _claim(report, "exports", "lines", name.format(most), name_of(most, names[most]))
    sentences = [_moved(report, "exports", name.format(most), commodity_in_sentence(report, "export", most), to_date(report))]
    if len(other_way):
        other = other_way.idxmax()
        sentences.append(_moved(report, "those", name.format(other), commodity_in_sentence(report, "export", other)))
    return Words(claim, present(*sentences, *_indices(report, "export", frame)), notes=(SPLIT_NOTE, INDEX_NOTE))


def _import_words(report: Report) -> Words:
    """Energy, ores, farm goods and chips: more of them, or of a higher unit value?"""
    frame, name = _frame(report, "import"), "commodity_group.import.{}"
    if frame is None:
        return _not_split(report, "import")
    changes = {group: report.facts.value(f"{name.format(group)}.value_cny_ytd_change") for group in IMPORT_GROUPS}
    groups = sorted((g for g in changes if changes[g] is not None), key=lambda group: -abs(changes[group] or 0))
    sentences = [
        _moved(report, *start, name.format(group), (GROUP_NAMES[group],), *span)
        for group, start, span in zip(groups, (("imports",), ("those",)), ((to_date(report),), ()), strict=False)
    ]
    claim: Runs = ("Quantity and unit value of imports",)
    if groups:
        claim = _claim(report, "imports", "groups", name.format(groups[0]), opened((GROUP_NAMES[groups[0]],)))
    return Words(claim, present(*sentences, *_indices(report, "import", frame)), notes=(SPLIT_NOTE, INDEX_NOTE))


def _group_name(group: str) -> str:
    """A group of imports as the beginning of a row."""
    return GROUP_NAMES[group][0].upper() + GROUP_NAMES[group][1:]


def _frame(report: Report, flow: str) -> pd.DataFrame | None:
    """The split of the flow's lines, or None where there is none."""
    if f"fisher.{flow}.*" in report.facts.gaps:
        return None
    report.require("commodities")
    return helpers.value_split(report.tables, report.period, flow)


def _not_split(report: Report, flow: str) -> Words:
    return words_not_held(f"Quantity and unit value of {flow}s", report.facts.gaps[f"fisher.{flow}.*"])


def _claim(report: Report, flows: str, among: str, name: str, goods: Runs) -> Runs:
    """Who changed the value of a flow most, and through what."""
    change, *effects = (report.facts[f"{name}.value_cny_ytd_{part}"].value for part in ("change", *EFFECTS))
    small, large = sorted(map(abs, effects))
    through = f"mainly through {list(EFFECTS.values())[abs(effects[1]) > abs(effects[0])]}"
    if effects[0] * effects[1] > 0 and small > 0.75 * large:
        through = "through quantity and unit value alike"
    moved = "added most to" if change > 0 else "took most from"
    return (*goods, f" {moved} the value of {flows} among the {among} shown, {through}")


EFFECTS = {"quantity_effect": "quantity", "unit_value_effect": "unit value"}


def _moved(report: Report, flows: str, name: str, goods: Runs, span: str = "") -> Runs:
    """By how much did a value change, and how much of it came through quantity and through unit value?"""
    facts, full = report.facts, f"{name}.value_cny_ytd_"
    effects = [facts[full + effect] for effect in EFFECTS]
    ways = ["added" if effect.value > 0 else "took away" for effect in effects]
    parts: Runs = (f"quantity {ways[0]} ", facts.cite(effects[0].name, "size"), " and unit value ")
    parts += (f"{ways[1]} ",) if ways[0] != ways[1] else ()
    moved = facts.say("{@way} by {" + full + "change:size}", way=("rose" if facts[full + "change"].value > 0 else "fell",))
    start = facts.say("In {@span} ", span=span) if span else ()
    earlier = " on a year earlier" if span else ""
    parts += (facts.cite(effects[1].name, "size"), ".")
    return (*opened((*start, f"{flows} of ")), *goods, " ", *moved, f"{earlier}: ", *parts)


def _indices(report: Report, flow: str, frame: pd.DataFrame) -> tuple[Runs | None, Runs | None]:
    """What the indices say over all lines, with the share of trade covered, and once without the largest line."""
    facts, names = report.facts, [f"fisher.{flow}.{measure}_cny_ytd" for measure in ("quantity", "unit_value")]
    moved, without = (
        both_changed("quantity", facts[names[0] + suffix], "unit value", facts[names[1] + suffix])
        for suffix in ("", "_without_largest")
    )
    lines = "Over {fisher." + flow + ".lines:count} lines"
    every = first_possible(
        facts,
        lines + ", {fisher." + flow + ".coverage} of all {@flow}, {@moved}.",
        lines + ", {@moved}.",
        flow=(f"{flow}s",),
        moved=moved,
    )
    return every, ("Without ", *commodity_in_sentence(report, flow, frame.index[0]), ", the largest of them, ", *without, ".")


@with_report_style
def _export_chart(report: Report) -> Chart | None:
    if "fisher.export.*" in report.facts.gaps:
        return None
    frame = helpers.value_split(report.tables, report.period, "export")
    lines = frame["change"].abs().sort_values(ascending=False).index[:12]
    labels = {f"commodity.export.{slug}": commodity_name(report, "export", slug) for slug in lines}
    return _chart(report, labels, "export", "the export lines that changed most", palette.EXPORTS, palette.PALE_EXPORTS)


@with_report_style
def _import_chart(report: Report) -> Chart | None:
    labels = {f"commodity_group.import.{group}": _group_name(group) for group in IMPORT_GROUPS}
    labels = {name: label for name, label in labels.items() if f"{name}.value_cny_ytd_change" in report.facts}
    if not labels:
        return None
    return _chart(report, labels, "import", "groups of imports", palette.IMPORTS, palette.PALE_IMPORTS)


def _chart(report: Report, labels: dict[str, str], flow: str, what: str, dark: str, pale: str) -> Chart:
    """Pairs of bars: what quantity and what unit value added to each; a diamond marks their sum."""
    facts, names = report.facts, list(labels)
    parts = {
        part: [facts[f"{name}.value_cny_ytd_{part}"].value / BILLION for name in names]
        for part in ("quantity_effect", "unit_value_effect", "change")
    }
    figure, axes = canvas(height=0.55 + 0.17 * max(len(names), 5), left=0.33, top=0.22)
    for part, colour, offset in (("quantity_effect", dark, -0.2), ("unit_value_effect", pale, 0.2)):
        axes.barh([i + offset for i in range(len(names))], parts[part], height=0.38, color=colour)
    axes.plot(parts["change"], range(len(names)), ls="", marker="D", ms=3.4, color=palette.INK)
    label_rows(axes, list(labels.values()))
    axes.axvline(0, color=palette.INK, lw=0.8)
    axes.margins(x=0.05)
    marks = [Patch(color=dark), Patch(color=pale), Line2D([], [], ls="", marker="D", ms=3.4, color=palette.INK)]
    legend(figure, marks, ["Quantity", "Unit value", "Change in value"])
    first = names[0]
    alt = facts.say(
        "Pairs of bars, what quantity and what unit value added, with a mark at their sum. The first is {@name}: quantity "
        "{" + f"{first}.value_cny_ytd_quantity_effect" + ":signed}, unit value "
        "{" + f"{first}.value_cny_ytd_unit_value_effect" + ":signed}.",
        name=name_of(first, labels[first]),
    )
    data = fact_table(
        report,
        f"{flow}-split-data",
        f"Change in the value of {what}, billion yuan",
        names,
        list(labels.values()),
        [
            ("Quantity", "{}.value_cny_ytd_quantity_effect", "signed_bn"),
            ("Unit value", "{}.value_cny_ytd_unit_value_effect", "signed_bn"),
            ("Change", "{}.value_cny_ytd_change", "signed_bn"),
        ],
    )
    source = source_line(report, f"{first}.value_cny_ytd_change")
    return Chart(figure, alt, data, source, title=(f"Change in the value of {what}, year to date, billion yuan",))


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
    rows: list[Subject] = [(f"commodity.export.{slug}", commodity_name(report, "export", slug), "") for slug in lines]
    rows.append((f"commodity_group.export.{COMPARED}", "All lines compared", "total"))
    return subject_table(report.facts, "export-split", f"Exports by line, {SPLIT_CAPTION}", "Line", rows, SPLIT)


def _import_table(report: Report) -> Table | None:
    """Energy, ores, farm goods and chips with their lines, and all import lines that can be split."""
    if "fisher.import.*" in report.facts.gaps:
        return None
    rows: list[Subject] = []
    for group, slugs in IMPORT_GROUPS.items():
        rows.append((f"commodity_group.import.{group}", _group_name(group), "aggregate"))
        for slug in slugs:
            rows.append((f"commodity.import.{slug}", commodity_name(report, "import", slug), ""))
            rows += [
                (f"commodity.import.{part}", f"of which {commodity_name(report, 'import', part).lower()}", "")
                for part in PARTS_SHOWN.get(slug, ())
            ]
    rows.append((f"commodity_group.import.{COMPARED}", "All lines compared", "total"))
    return subject_table(
        report.facts, "import-split", f"Imports by group and line, {SPLIT_CAPTION}", "Group, line", rows, SPLIT
    )


PARTS_SHOWN = {"grain": ("soya_beans",)}


def _index_table(report: Report) -> Table | None:
    """The indices of quantity and unit value of each flow, over all lines that can be compared and without the largest."""
    facts, rows = report.facts, []
    for flow in ("export", "import"):
        lines = list(comparable_lines(report.tables, flow, report.period))
        if f"fisher.{flow}.*" in facts.gaps:
            continue
        without = (f"{flow.capitalize()}s without ", *commodity_in_sentence(report, flow, lines[0]))
        for suffix, label in (("", (f"{flow.capitalize()}s",)), ("_without_largest", without)):
            fields = [
                (f"fisher.{flow}.lines{suffix}", "number"),
                (f"fisher.{flow}.coverage{suffix}", "percent"),
                *((f"fisher.{flow}.{measure}_cny_ytd{suffix}", "signed_percent") for measure in Fisher._fields),
            ]
            rows.append(fact_row(facts, label, fields))
    headers = ("Lines", "Share of flow %", "Value %", "Quantity %", "Unit value %")
    columns = (Column("Lines that can be compared"), *(Column(header, align="right") for header in headers))
    caption = "Quantity and unit value over lines (Fisher), year to date, change on a year earlier"
    return Table("quantity-indices", caption, columns, tuple(rows)) if rows else None
