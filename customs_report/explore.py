"""The interactive controls of the notebook `explore`: choose series, see chart and table, copy the code, save the data.

Each choice corresponds to a call of `exhibits.compare`, which also works without the controls.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache

import ipywidgets as widgets
from markupsafe import Markup

import helpers
from customs_report import exhibits
from customs_report.calculations.comparisons import ALL_TRADE, MEASURES
from customs_report.calculations.levels import CURRENCIES, SPANS
from customs_report.display import Chart
from customs_report.display.markup import element
from customs_report.errors import InputError
from customs_report.lookup import fold
from customs_report.publish.workbook import workbook_of_table
from customs_report.report import Report, open_report
from customs_report.schema import FLOWS
from customs_report.tables import Tables
from customs_report.vintages import known_tables, reportable_months

NOW, FIRST = "as known now", "the first month available"
LABELS = {
    "month": "each month", "ytd": "since January", "3m": "three months together", "12m": "twelve months together",
    "total": "exports and imports", "unit_value": "unit value", "growth": "growth on a year earlier",
    "share": "share of all trade", "CNY": "yuan", "USD": "dollars",
}  # fmt: skip
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TITLES = {"over": "Span", "period": "Until", "as_of": "Vintage"}

open_once = lru_cache(maxsize=8)(open_report)


@dataclass(frozen=True)
class Choice:
    """The arguments of `open_report` and of `exhibits.compare` for the chart shown."""

    period: str
    as_of: str
    subjects: tuple[str, ...]
    flow: str = "exports"
    measure: str = "value"
    over: str = "month"
    currency: str = "CNY"
    since: str = ""

    @property
    def code(self) -> str:
        """The code that makes the same chart, without arguments that have their default value."""
        usual = {field.name: field.default for field in fields(self)}
        opened = ", ".join(f'"{day}"' for day in (self.period, self.as_of) if day)
        subjects = ", ".join(f'"{subject}"' for subject in self.subjects)
        given = "".join(
            f', {name}="{value}"' for name, value in vars(self).items() if name not in NAMED and value != usual[name]
        )
        return f"report = open_report({opened})\nexhibits.compare(report, [{subjects}]{given})"

    def chart(self) -> Chart:
        """Make the chart. Raises InputError, in one line, if it is not available."""
        given = {name: value for name, value in vars(self).items() if name not in NAMED}
        return exhibits.compare(open_once(self.period, self.as_of), self.subjects, **given)


NAMED = ("period", "as_of", "subjects")


class Controls(widgets.VBox):
    """Controls to compare partners and commodities over a span of time, as known on a day.

    `fields` has a control for each argument, `choice` their values. When one changes, the chart, its data (with links to save
    them as CSV or XLSX) and the code are shown, or in one line why the chart is not available.
    """

    def __init__(self, report: Report) -> None:
        self.fields = _controls(report)
        self.shown = widgets.HTML()
        self.code = widgets.Textarea(rows=2, layout=widgets.Layout(width="100%"))
        for control in self.fields.values():
            control.observe(self._show, "value")
        lists, rest = list(self.fields.values())[:2], list(self.fields.values())[2:]
        self.search = widgets.Text(placeholder="Search partners and commodities", continuous_update=True)
        self.all_options = {field: field.options for field in lists}
        self.search.observe(self._filter, "value")
        label = widgets.Label("The cell that makes this chart, to copy:")
        super().__init__([self.search, widgets.HBox([*lists, widgets.VBox(rest)]), self.shown, label, self.code])
        self._show()

    @property
    def choice(self) -> Choice:
        chosen = {name: control.value for name, control in self.fields.items()}
        return Choice(subjects=(*chosen.pop("partners"), *chosen.pop("commodities")), **chosen)

    def _filter(self, change: object = None) -> None:
        """Show in the lists what is chosen and what has the text of the search in its name or code."""
        wanted = fold(self.search.value)
        for field, options in self.all_options.items():
            chosen = field.value
            field.unobserve(self._show, "value")  # a list with other options forgets what is chosen
            field.options = [(name, code) for name, code in options if code in chosen or wanted in fold(name + code)]
            field.value = chosen
            field.observe(self._show, "value")

    def _show(self, change: object = None) -> None:
        self.code.value = self.choice.code
        try:
            chart = self.choice.chart()
            made = chart.html("live-", "The data, as a table and as CSV") + _as_workbook(chart)
        except InputError as refused:
            made = element("p", str(refused), role="alert")
        self.shown.value = element("div", made, class_="jp-RenderedHTMLCommon")


def _as_workbook(chart: Chart) -> Markup:
    """A link to save the data as a workbook."""
    address = f"data:{XLSX};base64,{b64encode(workbook_of_table(chart.tidy)).decode()}"
    return element("p", element("a", "Download as XLSX", href=address, download=f"{chart.data.name}.xlsx"))


def _controls(report: Report) -> dict[str, widgets.Widget]:
    tables, months = report.tables, reportable_months(known_tables())
    names = helpers.comparable(tables)
    commodities = {code for code in names if code in set(tables.commodity_list["commodity"])}
    return {
        "partners": _several("Partners", names, names.keys() - commodities, helpers.largest_partners(tables, report.period, 3)),
        "commodities": _several("Commodities", names, commodities, ()),
        "flow": _one("flow", FLOWS),
        "measure": _one("measure", MEASURES),
        "over": _one("over", SPANS),
        "currency": _one("currency", reversed(CURRENCIES)),
        "since": _one("since", ["", *months], {"": FIRST}),
        "period": _one("period", reversed(months), start=report.period),
        "as_of": _one("as_of", ["", *_days(tables, report.asked_as_of)], {"": NOW}, start=report.asked_as_of),
    }


def _several(title: str, names: dict[str, str], codes: Iterable[str], start: Iterable[str]) -> widgets.SelectMultiple:
    options = sorted(((names[code], code) for code in codes), key=lambda option: (option[1] != ALL_TRADE, option))
    style = {"description_width": "initial"}
    return widgets.SelectMultiple(options=options, value=tuple(start), description=title, rows=12, style=style)


def _one(name: str, values: Iterable[str], labels: dict[str, str] = LABELS, start: str | None = None) -> widgets.Dropdown:
    options = [(labels.get(value, value), value) for value in values]
    return widgets.Dropdown(
        options=options, value=options[0][1] if start is None else start, description=TITLES.get(name, name.capitalize())
    )


def _days(tables: Tables, asked: str) -> list[str]:
    """All release days and the report's own day, newest first."""
    dated = (tables.totals, tables.partners, tables.commodities)
    return sorted({asked, *(day for table in dated for day in table["released"])} - {""}, reverse=True)
