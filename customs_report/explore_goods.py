"""The search for goods in the notebook `explore`: find a good by word or code, choose partners, see both.

What is shown is a call of `helpers.commodity_partners`, which also works without the controls.
"""

from __future__ import annotations

import ipywidgets as widgets
import pandas as pd
from markupsafe import Markup

import helpers
from customs_report.display.markup import element
from customs_report.errors import InputError
from customs_report.facts import NotAvailable
from customs_report.frames import silently
from customs_report.numbers import CURRENCY_WORDS, period_text, write
from customs_report.tables import Tables

MOST, FIRST = 200, 12  # matches in the list; of these the first that has figures is shown
ALL = "all partners"


class Goods(widgets.VBox):
    """A search for goods by word or code, lists of matches and partners, and the partners of the good that is chosen."""

    def __init__(self, tables: Tables, words: str = "solar", flow: str = "exports") -> None:
        self.tables = tables
        self.search = widgets.Text(value=words, placeholder="a word or a code: solar, 8703", continuous_update=False)
        self.flow = widgets.Dropdown(options=["exports", "imports"], value=flow, description="Flow")
        self.goods = widgets.Select(rows=10, description="Goods", layout=widgets.Layout(width="60%"))
        self.partners = widgets.SelectMultiple(rows=10, description="Trade with")
        self.shown = widgets.HTML()
        self.code = widgets.Textarea(rows=2, layout=widgets.Layout(width="100%"))
        self.search.observe(self._find, "value")
        for control in (self.flow, self.goods):
            control.observe(self._choose, "value")
        self.partners.observe(self._show, "value")
        label = widgets.Label("The cell that makes this table, to copy:")
        lists = widgets.HBox([self.goods, self.partners])
        super().__init__([widgets.HBox([self.search, self.flow]), lists, self.shown, label, self.code])
        self._find()

    def _find(self, change: object = None) -> None:
        """List the goods with these words, and show the first that the detail data have."""
        found = helpers.find_goods(self.tables, self.search.value, MOST)
        self.goods.options = [(f"{code} {name}"[:90], code) for code, name in found["name"].items()]
        self.goods.value = next(filter(self._has_figures, found.index[:FIRST]), found.index[0] if len(found) else None)
        self._choose()

    def _has_figures(self, code: str) -> bool:
        return not silently(helpers.commodity_partners, self.tables, flow=self.flow.value, commodity=code).empty

    def _choose(self, change: object = None) -> None:
        """Make the table of the good, and list its partners."""
        self.frame = pd.DataFrame()
        self.why = "no goods have these words in their name"
        if self.goods.value:
            try:
                self.frame = silently(helpers.commodity_partners, self.tables, flow=self.flow.value, commodity=self.goods.value)
                self.why = self.frame.attrs.get("why", "not in the detail data")
            except (InputError, NotAvailable) as refused:
                self.why = str(refused)
        names = [(name, code) for code, name in self.frame["name"].items()] if len(self.frame) else []
        self.partners.options = [(ALL, ""), *names]
        self.partners.value = ("",)
        self._show()

    def _show(self, change: object = None) -> None:
        call = f'helpers.commodity_partners(tables, flow="{self.flow.value}", commodity="{self.goods.value}")'
        chosen = [code for code in self.partners.value if code]
        self.code.value = f"{call}.loc[{chosen}]" if chosen else call
        if self.frame.empty:
            self.shown.value = element("p", self.why, role="alert")
            return
        shown = self.frame.loc[chosen] if chosen else self.frame.head(15)
        currency, period = CURRENCY_WORDS[self.frame.attrs["currency"]], self.frame.attrs["arguments"]["period"]
        span = "since January" if self.frame.attrs["over"] == "ytd" else "in the month"
        table = pd.DataFrame({
            "Partner": shown["name"],
            f"Million {currency}": [write(value, "", "million") for value in shown["value"]],
            "Growth %": ["–" if pd.isna(rate) else write(rate, "", "signed_percent") for rate in shown["growth"]],
            "Share %": [write(share, "", "percent") for share in shown["share"]],
        })  # fmt: skip
        title = element("p", f"{self.goods.label}: {self.flow.value} {span}, {period_text(period)}")
        self.shown.value = title + element("div", Markup(table.to_html(index=False)), class_="jp-RenderedHTMLCommon")
