"""Quantities beside values: the goods whose quantity is news by itself, and crude oil in barrels a day."""

from __future__ import annotations

from datetime import date, timedelta

from customs_report.calculations.lines import commodity_figure
from customs_report.facts import Facts
from customs_report.measures import implied_base
from customs_report.names import goods, where
from customs_report.periods import shift
from customs_report.provenance import Figure, Label, Origin
from customs_report.tables import Tables

GOODS = {  # by flow, in the order of the table
    "import": ("crude_oil", "natural_gas", "coal", "iron_ore", "copper_ore", "soya_beans", "integrated_circuits"),
    "export": (
        "integrated_circuits", "mobile_phones", "motor_vehicles", "passenger_cars", "electric_passenger_vehicles",
        "lithium_ion_batteries", "solar_cells", "ships", "steel_products", "rare_earths",
    ),
}  # fmt: skip
BARRELS_A_TONNE = 7.33  # a convention: crude oils differ
BARRELS = "commodity.import.crude_oil.barrels_a_day_{}".format
APART = 10.0  # percentage points between growth of value and of quantity that are worth a sentence


def quantity_facts(facts: Facts, tables: Tables) -> None:
    """Adds imports of crude oil in barrels a day: `commodity.import.crude_oil.barrels_a_day_month` and `_ytd`."""
    barrels = Figure(BARRELS_A_TONNE, "barrels", Label("barrels of crude oil in a tonne"), Origin("convention"))
    for over in ("month", "ytd"):
        tonnes = commodity_figure(tables, "import", "crude_oil", "quantity", over, facts.period)
        if not tonnes:
            facts.gaps[BARRELS(over)] = "the quantity of crude oil is not available"
            continue
        span = where(over, facts.period)
        days = Figure(_days(over, facts.period), "days", Label("days", span), Origin("calendar"))
        inputs = {"tonnes": tonnes, "barrels_a_tonne": barrels, "days": days}
        facts.calculate(
            BARRELS(over), "tonnes * barrels_a_tonne / days", "barrels a day",
            Label(f"{goods(tables, 'import', 'crude_oil')} a day", span), inputs, stage=tonnes.stage, step=1e5,
            how="tonnes × barrels a tonne / days",
        )  # fmt: skip


def _days(over: str, period: str) -> int:
    """How many days has the month, or the year up to its end?"""
    after = date.fromisoformat(f"{shift(period, 1)}-01")
    if over == "ytd":
        return (after - timedelta(days=1)).timetuple().tm_yday
    return (after - date.fromisoformat(f"{period}-01")).days


def value_and_quantity_apart(facts: Facts, over: str) -> list[tuple[str, str]]:
    """Of which goods do growth of value and of quantity lie ten points apart or more? Flow and commodity.

    First the one whose value differs most, in yuan, from what its quantity at last year's unit value would be.

    >>> value_and_quantity_apart(report.facts, "month")[0]
    ('import', 'integrated_circuits')
    """
    effects = {}
    for flow, slugs in GOODS.items():
        for slug in slugs:
            name = f"commodity.{flow}.{slug}."
            level, value, quantity = (
                facts.value(f"{name}{what}") for what in (f"value_cny_{over}", f"value_cny_{over}_yoy", f"quantity_{over}_yoy")
            )
            if level is not None and value is not None and quantity is not None and abs(value - quantity) >= APART:
                effects[flow, slug] = abs(implied_base(level, value) * (value - quantity))
    return sorted(effects, key=effects.__getitem__, reverse=True)
