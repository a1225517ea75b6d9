"""What moved the value of goods: quantity or unit value."""

from __future__ import annotations

from matplotlib.lines import Line2D
from matplotlib.patches import Patch

import helpers
from customs_report import palette, prose
from customs_report.display import Chart
from customs_report.drawing.axes import BILLION, canvas, drawn, label_rows, legend
from customs_report.drawing.data import fact_table, source_line
from customs_report.report import Report


@drawn
def export_split(report: Report) -> Chart | None:
    """Which export lines changed most, through quantity or through unit value?"""
    if "fisher.export.*" in report.facts.gaps:
        return None
    frame = helpers.value_split(report.tables, report.period, "export")
    lines = frame["change"].abs().sort_values(ascending=False).index[:12]
    labels = {f"commodity.export.{slug}": prose.commodity_name(report, "export", slug) for slug in lines}
    return _split(report, labels, "export", "the export lines that changed most", palette.EXPORTS, palette.PALE_EXPORTS)


@drawn
def import_split(report: Report) -> Chart | None:
    """What changed imports of energy, ores, farm goods and chips: quantity or unit value?"""
    labels = {f"commodity_group.import.{group}": prose.group_name(group) for group in helpers.IMPORT_GROUPS}
    labels = {name: label for name, label in labels.items() if f"{name}.value_cny_ytd_change" in report.facts}
    if not labels:
        return None
    return _split(report, labels, "import", "groups of imports", palette.IMPORTS, palette.PALE_IMPORTS)


def _split(report: Report, labels: dict[str, str], flow: str, what: str, dark: str, pale: str) -> Chart:
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
        name=prose.name_of(first, labels[first]),
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


@drawn
def cars_batteries_ships(report: Report) -> Chart | None:
    """How did exports of electric vehicles, batteries, solar cells, cars and ships grow, in value and in quantity?

    Growth of the year to date, else of the month: lines that the bulletin prints.
    """
    facts, of = report.facts, "commodity.export.{}.{}_{}_yoy"
    slugs = (*helpers.NEW_ENERGY, "motor_vehicles", "passenger_cars", "ships")
    labels = {s: prose.commodity_name(report, "export", s) for s in slugs if prose.bulletin_line_held(facts, s)}
    held, over = list(labels), helpers.compared_over(facts, "export", list(labels))
    if not over or not set(held) & set(helpers.NEW_ENERGY):
        return None
    measures = {"value_cny": ("Value", palette.EXPORTS), "quantity": ("Quantity", palette.PALE_EXPORTS)}
    figure, axes = canvas(height=0.6 + 0.24 * len(held), left=0.33, top=0.22)
    for offset, (measure, (_, colour)) in zip((-0.2, 0.2), measures.items(), strict=True):
        rates = [facts.value(of.format(slug, measure, over)) or 0 for slug in held]
        axes.barh([row + offset for row in range(len(held))], rates, height=0.38, color=colour)
    label_rows(axes, list(labels.values()))
    axes.axvline(0, color=palette.INK, lw=0.8)
    axes.margins(x=0.05)
    legend(figure, [Patch(color=colour) for _, colour in measures.values()], [word for word, _ in measures.values()])
    value = of.format("{}", "value_cny", over)
    up = max(held, key=lambda slug: facts[value.format(slug)].value)
    down = min(held, key=lambda slug: facts[value.format(slug)].value)
    alt = facts.say(
        "Bars of growth on a year earlier. In value {@up} stand at {" + value.format(up) + ":signed}, {@down} at "
        "{" + value.format(down) + ":signed}.",
        up=prose.name_of(up, labels[up]),
        down=prose.name_of(down, labels[down]),
    )
    columns = [(word, of.format("{}", measure, over), "signed_percent") for measure, (word, _) in measures.items()]
    span = "year to date" if over == "ytd" else "the month"
    title = f"Exports, value and quantity, {span}, change on a year earlier in percent"
    data = fact_table(report, "cars-batteries-ships-growth", title, held, list(labels.values()), columns)
    return Chart(figure, alt, data, source_line(report, value.format(held[0])), title=(title,))
