"""Quantity and unit value: how much of a change in value is more goods, and how much a higher value per unit.

Unit value is value divided by quantity. It is no price: it moves with the mix of goods within a line as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from typing import NamedTuple

import pandas as pd

from customs_report.calculations.changes import CHANGE
from customs_report.calculations.levels import exclude_lookahead, find_level
from customs_report.calculations.lines import (
    NAN,
    CommodityLine,
    commodity_figure,
    commodity_line,
    commodity_lines,
    disjoint_lines,
)
from customs_report.facts import Facts, complete
from customs_report.measures import implied_base
from customs_report.names import goods, where
from customs_report.periods import shift
from customs_report.provenance import Figure, Label
from customs_report.tables import Tables, cached_rows

HIGH_TECH = "hi_tech_products"
CHIPS = "integrated_circuits"
NEW_ENERGY = ("electric_passenger_vehicles", "lithium_ion_batteries", "solar_cells")
CARS = ("passenger_cars", "battery_electric_cars", "plug_in_hybrid_cars", "hybrid_cars", "commercial_vehicles")
SHIPS = ("bulk_carriers", "container_ships", "tankers")
COMPARED = "compared_lines"  # all disjoint lines of a flow that can be split
IMPORT_GROUPS = {  # lines that can be added
    "energy": ("crude_oil", "natural_gas", "coal", "refined_petroleum"),
    "ores": ("iron_ore", "copper_ore"),
    "farm_goods": ("grain", "meat", "fruit_and_nuts", "edible_vegetable_oil"),
    "chips": (CHIPS, "diodes_and_semiconductors"),
}


class Pair(NamedTuple):
    """A line and the same line a year earlier, both with a quantity in the same unit."""

    now: CommodityLine
    base: CommodityLine

    @property
    def figures(self) -> tuple[float, float, float, float]:
        return self.now.value, self.now.quantity, self.base.value, self.base.quantity


class Fisher(NamedTuple):
    """Ratios to the base period; `value` is exactly `quantity` times `unit_value`.

    >>> fisher([(120.0, 10.0, 100.0, 10.0)]).unit_value
    1.2
    """

    value: float
    quantity: float
    unit_value: float


def bennet(value_now: float, quantity_now: float, value_base: float, quantity_base: float) -> tuple[float, float]:
    """How much of a change in value is quantity, how much unit value? Two effects that add up to the change.

    Each is weighted with the mean of both periods (Bennet 1920), so that neither period is preferred. Quantities must be
    above zero.

    >>> bennet(value_now=330, quantity_now=11, value_base=200, quantity_base=10)
    (25.0, 105.0)
    """
    if not (quantity_now > 0 and quantity_base > 0):
        raise ValueError("a unit value needs a quantity above zero in both periods")
    unit_now, unit_base = value_now / quantity_now, value_base / quantity_base
    quantity_effect = (quantity_now - quantity_base) * (unit_now + unit_base) / 2
    return quantity_effect, (value_now - value_base) - quantity_effect


def fisher(lines: Iterable[tuple[float, float, float, float]]) -> Fisher:
    """How did quantity and unit value of several lines change together? Fisher's ideal indices.

    `lines`: value and quantity now, value and quantity of the base period; all above zero. Each index is the geometric mean
    of the one with the base's weights (Laspeyres) and the one with today's (Paasche).

    >>> [round(index, 3) for index in fisher([(120, 10, 100, 10), (90, 30, 60, 20)])]
    [1.312, 1.177, 1.115]
    """
    lines = list(lines)
    if not lines or any(not figure > 0 for line in lines for figure in line):
        raise ValueError("an index needs lines, with values and quantities above zero in both periods")
    now, base = sum(line[0] for line in lines), sum(line[2] for line in lines)
    now_at_base = sum(v0 * q1 / q0 for _, q1, v0, q0 in lines)  # today's quantities at the base's unit values
    base_at_now = sum(v1 * q0 / q1 for v1, q1, _, q0 in lines)
    return Fisher(now / base, sqrt(now_at_base / base * now / base_at_now), sqrt(base_at_now / base * now / now_at_base))


@cached_rows
def _pairs(tables: Tables, flow: str, period: str, over: str = "ytd") -> dict[str, Pair]:
    """The year to date (or month) of each line beside that of a year earlier: as customs restated it, else as printed then.

    Only lines with a quantity in the same unit in both years.
    """
    found = {}
    for slug in tables.commodity_list.loc[tables.commodity_list["flow"] == flow, "commodity"]:
        now, base = (commodity_line(tables, flow, slug, over, p) for p in (period, shift(period, -12)))
        if now and base and now.quantity > 0 and base.quantity > 0 and now.unit == base.unit:
            found[slug] = Pair(now, base)
    return found


def comparable_lines(tables: Tables, flow: str, period: str) -> dict[str, Pair]:
    """Which disjoint lines of a flow have quantity and unit value in both years? slug -> Pair, the largest first.

    >>> list(comparable_lines(tables, "import", period))[:3]
    ['integrated_circuits', 'crude_oil', 'iron_ore']
    """
    return _disjoint_pairs(exclude_lookahead(tables, period), flow, period)


def _disjoint_pairs(tables: Tables, flow: str, period: str, over: str = "ytd") -> dict[str, Pair]:
    """The pairs of lines that can be added, the largest first."""
    pairs = _pairs(tables, flow, period, over)
    lines = {slug: pairs[slug] for slug in disjoint_lines(tables, flow) if slug in pairs} if pairs else {}
    return dict(sorted(lines.items(), key=lambda item: -item[1].now.value))


def value_split(tables: Tables, period: str, flow: str) -> pd.DataFrame:
    """Which lines changed the value of exports or imports, through quantity or through unit value?"""
    rows = {}
    for slug, both in comparable_lines(tables, flow, period).items():
        value, quantity, value_base, quantity_base = both.figures
        rows[slug] = (value, value_base, value - value_base, *bennet(*both.figures), quantity, quantity_base, both.now.unit)
    columns = ["value", "value_base", "change", "quantity_effect", "unit_value_effect", "quantity", "quantity_base", "unit"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("commodity")


INDEX = ("quantity", "unit_value")
WITHOUT = "_without_chips"


def unit_value_indices(tables: Tables, period: str, flow: str) -> pd.DataFrame:
    """How did quantity and unit value change on a year earlier, month by month, with and without chips?"""
    tables, rows = exclude_lookahead(tables, period), {}
    for month in sorted({month for side, _, over, month in commodity_lines(tables) if (side, over) == (flow, "ytd")}):
        lines = _monthly_pairs(tables, flow, month) if month <= period else {}
        if len(lines) > 1:
            total = find_level(tables, f"{flow}s", "CNY", "month", month)
            value = sum(both.now.value for both in lines.values())
            every = fisher(both.figures for both in lines.values())
            others = [both.figures for slug, both in lines.items() if slug != CHIPS]
            without = fisher(others) if others and CHIPS in lines else Fisher(*[NAN] * 3)
            growth = [(ratio - 1) * 100 for index in (every, without) for ratio in index[1:]]
            rows[month] = (*growth, len(lines), value / total.value * 100 if isinstance(total, Figure) else NAN)
    columns = [*INDEX, *(f"{measure}{WITHOUT}" for measure in INDEX), "lines", "coverage"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    months = pd.period_range(frame.index[0], frame.index[-1], freq="M").astype(str) if rows else []
    return frame.reindex(months).rename_axis("period")


def _monthly_pairs(tables: Tables, flow: str, month: str) -> dict[str, Pair]:
    """The pairs of a month; none in January and February, which customs publishes together and the New Year parts."""
    return {} if month[5:] in ("01", "02") else _disjoint_pairs(tables, flow, month, "month")


def high_tech_fields(tables: Tables, period: str) -> list[str]:
    """Which fields of high-tech exports does the bulletin of a month print? The largest first, by year to date, else month.

    >>> high_tech_fields(tables, period)[:2]
    ['hi_tech_computers_and_telecommunications', 'hi_tech_electronics']
    """
    lines = tables.commodity_list
    fields = lines.loc[(lines["flow"] == "export") & (lines["parent"] == HIGH_TECH), "commodity"]
    values = {slug: _value(exclude_lookahead(tables, period), slug, period) for slug in fields}
    return sorted((slug for slug, value in values.items() if value), key=values.__getitem__, reverse=True)


def _value(tables: Tables, slug: str, period: str) -> float:
    found = (commodity_line(tables, "export", slug, over, period) for over in ("ytd", "month"))
    return next((line.value for line in found if line), 0.0)


def compared_over(facts: Facts, flow: str, slugs: Iterable[str]) -> str | None:
    """Over which span has each of these lines a growth rate: the year to date, else the month? None where over neither.

    >>> compared_over(report.facts, "export", ["ships", "motor_vehicles"])
    'ytd'
    """
    name = f"commodity.{flow}.{{}}.value_cny_{{}}_yoy"
    slugs = list(slugs)
    return next((over for over in ("ytd", "month") if all(name.format(slug, over) in facts for slug in slugs)), None)


def added_most(facts: Facts, flow: str, slugs: Iterable[str], over: str) -> str:
    """Which of these lines, each with a level and a growth rate over the span, rose most in yuan on a year earlier?

    >>> added_most(report.facts, "export", ["ships", "motor_vehicles"], "ytd")
    'motor_vehicles'
    """
    name = f"commodity.{flow}.{{}}.value_cny_{over}".format

    def change(slug: str) -> float:
        now = facts[name(slug)].value
        return now - implied_base(now, facts[f"{name(slug)}_yoy"].value)

    return max(slugs, key=change)


# --- facts --------------------------------------------------------------------------------------------------------------


def unit_value_facts(facts: Facts, tables: Tables) -> None:
    """Adds the split of every line, the sums of groups of imports, and the indices of each flow (`fisher.*`)."""
    for flow in ("export", "import"):
        pairs = _pairs(tables, flow, facts.period)
        span = where("ytd", facts.period, "CNY")
        for slug in pairs:
            label = Label(goods(tables, flow, slug), span)
            _split_facts(facts, tables, f"commodity.{flow}.{slug}.value_cny_ytd", flow, [slug], label)
        why = "needs a quantity in the same unit in both years"
        if not pairs:
            why = "no quantities for both years"
        facts.gaps[f"commodity.{flow}.*_effect"] = why
        lines = comparable_lines(tables, flow, facts.period)
        if len(lines) > 1:
            label = Label(f"{flow}s of {len(lines)} comparable lines", span)
            _split_facts(facts, tables, f"commodity_group.{flow}.{COMPARED}.value_cny_ytd", flow, [*lines], label)
            _index_facts(facts, tables, flow, "ytd", {"": [*lines], "_without_largest": [*lines][1:]})
        else:
            facts.gaps[f"fisher.{flow}.*"] = facts.gaps[f"commodity_group.{flow}.{COMPARED}.*"] = why
        monthly = [*_monthly_pairs(tables, flow, facts.period)]
        if len(monthly) > 1:
            others = [slug for slug in monthly if slug != CHIPS]
            _index_facts(facts, tables, flow, "month", {"": monthly} | ({WITHOUT: others} if others != monthly else {}))
        else:
            facts.gaps[f"fisher.{flow}.*_month*"] = MONTHS_TOGETHER if facts.period[5:] in ("01", "02") else why
    pairs = _pairs(tables, "import", facts.period)
    for group, slugs in IMPORT_GROUPS.items():
        if set(slugs) <= set(pairs):
            label = Label(f"imports of {group.replace('_', ' ')}", where("ytd", facts.period, "CNY"))
            _split_facts(facts, tables, f"commodity_group.import.{group}.value_cny_ytd", "import", slugs, label)
        else:
            facts.gaps[f"commodity_group.import.{group}.*"] = "not every line of the group is available in both years"


def _split_facts(facts: Facts, tables: Tables, name: str, flow: str, slugs: Sequence[str], label: Label) -> None:
    """Value, change and its two effects, of a line or summed over lines that can be added."""
    lines = _figures(tables, flow, slugs, facts.period)
    inputs, stage = _inputs(lines), lines[0][0].stage
    step = max(figure.step for line in lines for figure in line if figure.step)
    for suffix, formula, how, pattern in (
        ("_change", "sum(values) - sum(values_a_year_earlier)", "change on a year earlier", CHANGE),
        (
            "_quantity_effect",
            f"sum([{QUANTITY_EFFECT} {EACH}])",
            "change of quantity x mean unit value of both years (Bennet)",
            "effect of quantity on {}",
        ),
        (
            "_unit_value_effect",
            f"sum(values) - sum(values_a_year_earlier) - sum([{QUANTITY_EFFECT} {EACH}])",
            "change of unit value x mean quantity of both years (Bennet)",
            "effect of unit value on {}",
        ),
    ):
        facts.calculate(name + suffix, formula, "CNY", label.of(pattern), inputs, how=how, stage=stage, step=step)
    if len(slugs) > 1:
        facts.calculate(
            name, "sum(values)", "CNY", label, {"values": inputs["values"]}, how=f"sum of {len(slugs)} lines", stage=stage,
            step=step,
        )  # fmt: skip


MONTHS_TOGETHER = "customs publishes quantities of January and February together"
QUANTITY_EFFECT = "(q1 - q0) * (v1 / q1 + v0 / q0) / 2"
EACH = "for v1, q1, v0, q0 in each(values, quantities, values_a_year_earlier, quantities_a_year_earlier)"
AT_BASE, AT_NOW = f"sum([v0 * q1 / q0 {EACH}])", f"sum([v1 * q0 / q1 {EACH}])"  # quantities at the other year's unit values
FISHER = {  # change in percent; the geometric mean of the index with the base's weights and the one with today's
    "value": "(sum(values) / sum(values_a_year_earlier) - 1) * 100",
    "quantity": f"(sqrt({AT_BASE} / sum(values_a_year_earlier) * sum(values) / {AT_NOW}) - 1) * 100",
    "unit_value": f"(sqrt({AT_NOW} / sum(values_a_year_earlier) * sum(values) / {AT_BASE}) - 1) * 100",
}


def _figures(tables: Tables, flow: str, slugs: Sequence[str], period: str, over: str = "ytd") -> list[tuple[Figure, ...]]:
    """Value and quantity of each line, now and a year earlier."""
    every = [(measure, p) for p in (period, shift(period, -12)) for measure in ("value", "quantity")]
    return [tuple(complete(commodity_figure(tables, flow, slug, measure, over, p) for measure, p in every)) for slug in slugs]


def _inputs(lines: Sequence[tuple[Figure, ...]]) -> dict[str, tuple[Figure, ...]]:
    roles = ("values", "quantities", "values_a_year_earlier", "quantities_a_year_earlier")
    return dict(zip(roles, zip(*lines, strict=True), strict=True))


def _index_facts(facts: Facts, tables: Tables, flow: str, over: str, sets: Mapping[str, Sequence[str]]) -> None:
    """The indices over all comparable lines, and once without some of them; change in percent, share of trade.

    `sets`: the lines counted, by how the names of their facts end.
    """
    total, span = facts.by_name.get(f"{flow}s_cny_{over}"), where(over, facts.period)
    every = "" if over == "ytd" else f"_{over}"
    for suffix, counted in sets.items():
        lines = _figures(tables, flow, counted, facts.period, over)
        inputs, stage = _inputs(lines), lines[0][0].stage
        which = f"over {len(counted)} disjoint lines with the same unit in both years"
        compared = f"{flow}s of {len(counted)} comparable lines"
        for measure, formula in FISHER.items():
            words = measure.replace("_", " ")
            how = f"change of value {which}" if measure == "value" else f"Fisher index of {words} {which}"
            facts.calculate(
                f"fisher.{flow}.{measure}_cny_{over}{suffix}", formula, "percent",
                Label(f"change in {words} of {compared}", span), inputs, how=how, stage=stage,
            )  # fmt: skip
        facts.calculate(
            f"fisher.{flow}.lines{every}{suffix}", "count(values)", "lines",
            Label(f"number of {flow} lines compared{suffix.replace('_', ' ')}", span), {"values": inputs["values"]},
            how=f"lines compared, {which}", stage=stage,
        )  # fmt: skip
        if total:
            facts.calculate(
                f"fisher.{flow}.coverage{every}{suffix}", "sum(values) / total * 100", "percent",
                Label(f"share of {compared} in all {flow}s", span), {"values": inputs["values"], "total": total},
                how=f"share of all {flow}s, {which}", stage=stage,
            )  # fmt: skip
        else:
            spans = {"ytd": "year to date", "month": "the month"}
            why = facts.why_missing(f"{flow}s_cny_{over}")
            facts.gaps[f"fisher.{flow}.coverage{every}*"] = f"{flow}s in yuan, {spans[over]}: {why}"
