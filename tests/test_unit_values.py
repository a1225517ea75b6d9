"""Quantity and unit value: effects that add up, indices that multiply, only comparable lines."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import helpers
from customs_report import schema
from customs_report import tables as data
from customs_report.calculations.lines import disjoint_lines
from customs_report.calculations.unit_values import (
    CHIPS,
    COMPARED,
    HIGH_TECH,
    IMPORT_GROUPS,
    Fisher,
    bennet,
    comparable_lines,
    compared_over,
    fisher,
    high_tech_fields,
)
from customs_report.facts import Facts
from customs_report.periods import shift

AMOUNT = st.floats(1, 1e13)
LINE = st.tuples(AMOUNT, AMOUNT, AMOUNT, AMOUNT)


@given(LINE)
def test_the_two_effects_add_up_to_the_change(line):
    value, quantity, value_base, quantity_base = line
    effects = bennet(*line)
    by_hand = (value / quantity - value_base / quantity_base) * (quantity + quantity_base) / 2
    assert sum(effects) == pytest.approx(value - value_base, abs=1e-9 * max(map(abs, effects)))
    assert effects[1] == pytest.approx(by_hand, rel=1e-6, abs=1e-9 * max(value, value_base, *map(abs, effects)))


@given(LINE)
def test_neither_year_is_preferred(line):
    value, quantity, value_base, quantity_base = line
    there, back = bennet(*line), bennet(value_base, quantity_base, value, quantity)
    for one, other in zip(there, back, strict=True):
        assert one == pytest.approx(-other, abs=1e-9 * max(value, value_base, *map(abs, there)))


def test_an_effect_is_what_it_says():
    assert bennet(20, 4, 10, 2) == (10, 0)  # twice as much at the same unit value
    assert bennet(20, 2, 10, 2) == (0, 10)  # as much at twice the unit value


@given(st.lists(LINE, min_size=1, max_size=30))
def test_the_indices_multiply_to_the_change_in_value(lines):
    index = fisher(lines)
    assert index.quantity * index.unit_value == pytest.approx(index.value, rel=1e-9)
    assert index.value == pytest.approx(sum(line[0] for line in lines) / sum(line[2] for line in lines))
    quantities, units = ([n / b for n, b in pairs] for pairs in ([(q, q0) for _, q, _, q0 in lines], [(v / q, v0 / q0) for v, q, v0, q0 in lines]))  # fmt: skip
    assert min(quantities) * (1 - 1e-9) <= index.quantity <= max(quantities) * (1 + 1e-9)
    assert min(units) * (1 - 1e-9) <= index.unit_value <= max(units) * (1 + 1e-9)


@given(st.lists(LINE, min_size=1, max_size=10), st.floats(0.01, 100))
def test_the_unit_of_a_quantity_does_not_matter(lines, factor):
    other = [(v, q * factor, v0, q0 * factor) for v, q, v0, q0 in lines]
    assert fisher(other).quantity == pytest.approx(fisher(lines).quantity, rel=1e-9)


@pytest.mark.parametrize("line", [(1, 0, 1, 1), (1, 1, 1, 0), (1, math.nan, 1, 1), (1, -1, 1, 1)])
def test_no_unit_value_without_a_quantity(line):
    with pytest.raises(ValueError, match="quantit"):
        bennet(*line)
    with pytest.raises(ValueError, match="quantit"):
        fisher([line])


def test_no_index_of_nothing():
    with pytest.raises(ValueError, match="needs lines"):
        fisher([])


def read_lines(kind: str, table: str = "flash") -> Iterator[dict[str, str]]:
    """The lines of a table, newest stage last, read without the code under test."""
    with (schema.DATA / "commodities.csv").open(encoding="utf-8") as file:
        rows = [r for r in csv.DictReader(file) if r["kind"] == kind and r["currency"] == "CNY" and r["table"] == table]
    yield from sorted(rows, key=lambda r: schema.STAGES[r["stage"]])


def since(printed: dict, flow: str, slug: str, period: str) -> dict[str, Any]:
    """A month as the difference of two years to date."""
    later, earlier = printed[flow, slug, period], printed.get((flow, slug, shift(period, -1)))
    if not earlier or not later["quantity"]:
        return {}
    return {"unit": later["unit"]} | {part: float(later[part]) - float(earlier[part] or 0) for part in ("value", "quantity")}


@pytest.fixture(scope="module")
def printed() -> dict[tuple[str, str, str], dict[str, str]]:
    """The year-to-date lines."""
    return {(r["flow"], r["commodity"], r["period"]): r for r in read_lines("ytd")}


@pytest.mark.parametrize("period", ["2025-11", "2026-07"])
def test_crude_oil_splits_as_by_hand(now, printed, period):
    this, last = (printed["import", "crude_oil", p] for p in (period, shift(period, -12)))
    assert last["stage"] == "restated"
    v, q, v0, q0 = (float(row[column]) for row in (this, last) for column in ("value", "quantity"))
    assert this["unit"] == last["unit"] == "10,000 tonnes"
    facts = helpers.report_facts(now, period)
    name = "commodity.import.crude_oil.value_cny_ytd"
    assert facts[f"{name}_change"].value == pytest.approx(v - v0)
    assert facts[f"{name}_quantity_effect"].value == pytest.approx((q - q0) * (v / q + v0 / q0) / 2)
    assert facts[f"{name}_unit_value_effect"].value == pytest.approx((v / q - v0 / q0) * (q + q0) / 2)
    assert facts[f"{name}_change"].stage == this["stage"]


@pytest.mark.parametrize("period", ["2024-11", "2025-11", "2026-03", "2026-07"])
@pytest.mark.parametrize("flow", ["export", "import"])
def test_only_disjoint_lines_with_one_unit_are_compared(now, period, flow):
    lines, parents = (
        comparable_lines(now, flow, period),
        now.commodity_list[now.commodity_list["flow"] == flow].set_index("commodity")["parent"],
    )
    assert not {parents[slug] for slug in lines} & set(lines)
    assert set(lines) <= set(disjoint_lines(now, flow))
    assert not {"soya_beans", "medical_and_pharmaceutical_products" if period < "2026" else "chinese_medicines"} & set(lines)
    for now_, base in lines.values():
        assert now_.unit == base.unit != ""
    facts = helpers.report_facts(now, period)
    if not lines:
        assert facts.why_missing(f"fisher.{flow}.quantity_cny_ytd") == "no quantities for both years"
        return
    split = helpers.value_split(now, period, flow)
    assert list(split["value"]) == sorted(split["value"], reverse=True)
    for suffix, kept in (("", split), ("_without_largest", split.iloc[1:])):
        value, quantity, unit = (facts[f"fisher.{flow}.{m}_cny_ytd{suffix}"].value / 100 + 1 for m in Fisher._fields)
        assert quantity * unit == pytest.approx(value, rel=1e-12)
        assert value == pytest.approx(kept["value"].sum() / kept["value_base"].sum())
        share = facts[f"fisher.{flow}.coverage{suffix}"].value
        assert share == pytest.approx(kept["value"].sum() / facts[f"{flow}s_cny_ytd"].value * 100)
        assert 0 < share < 100
    both = split["quantity_effect"] + split["unit_value_effect"]
    assert both.sum() == pytest.approx(split["change"].sum())
    total = f"commodity_group.{flow}.{COMPARED}.value_cny_ytd"
    assert facts[f"{total}_change"].value == pytest.approx(split["change"].sum())


def test_a_line_whose_unit_changed_is_left_out(loaded):
    goods = loaded.commodities.copy()
    steel = (goods["commodity"] == "steel_products") & (goods["flow"] == "export") & (goods["period"] == "2024-11")
    goods.loc[steel, "unit"] = "units"
    changed = data.as_of(replace(loaded, commodities=goods))
    assert "steel_products" in comparable_lines(data.as_of(loaded), "export", "2025-11")
    assert "steel_products" not in comparable_lines(changed, "export", "2025-11")
    facts = helpers.report_facts(changed, "2025-11")
    assert "same unit" in facts.why_missing("commodity.export.steel_products.value_cny_ytd_quantity_effect")


@pytest.mark.parametrize("flow", ["export", "import"])
def test_indices_by_month_are_those_of_the_printed_lines(now, printed, flow):
    months = {(r["flow"], r["commodity"], r["period"]): r for r in read_lines("month")}
    printed = {key: months.get(key) or since(printed, *key) for key in printed}
    frame = helpers.unit_value_indices(now, "2026-07", flow)
    for period in ("2026-05", "2026-07"):
        lines = {}
        for slug in disjoint_lines(now, flow):
            both = [printed.get((flow, slug, p)) for p in (period, shift(period, -12))]
            if all(row and row["quantity"] for row in both) and both[0]["unit"] == both[1]["unit"]:
                lines[slug] = [float(row[column]) for row in both for column in ("value", "quantity")]
        shown = frame.loc[period].iloc[0]
        assert shown["lines"] == len(lines) > 10
        for end, kept in (("", lines), ("_without_chips", {slug: lines[slug] for slug in lines if slug != CHIPS})):
            v, q, v0, q0 = np.array([*kept.values()]).T
            quantity = np.sqrt((v0 * q / q0).sum() / v0.sum() * v.sum() / (v * q0 / q).sum())
            assert shown[f"quantity{end}"] == pytest.approx((quantity - 1) * 100)
            assert shown[f"unit_value{end}"] == pytest.approx((v.sum() / v0.sum() / quantity - 1) * 100)
            facts = helpers.report_facts(now, period)
            for measure in ("quantity", "unit_value"):
                assert facts[f"fisher.{flow}.{measure}_cny_month{end}"].value == pytest.approx(shown[f"{measure}{end}"])


def test_january_and_february_have_no_indices_of_their_own(now):
    frame = helpers.unit_value_indices(now, "2026-07", "imports")
    parted = frame.index.month <= 2
    assert frame[parted].isna().all(axis=None)
    assert frame[~parted].notna().all(axis=None)
    why = helpers.report_facts(now, "2026-02").why_missing("fisher.import.quantity_cny_month")
    assert "January and February together" in why


def test_an_older_report_knows_no_later_index(loaded):
    then = helpers.unit_value_indices(data.as_of(loaded, "2026-04-20"), "2026-03")
    assert then.index[-1].strftime("%Y-%m") == "2026-03"
    assert helpers.unit_value_indices(data.as_of(loaded), "2025-11").index.max() <= pd.Timestamp("2025-11-01")


def test_groups_of_imports_are_the_sums_of_their_lines(now):
    facts = helpers.report_facts(now, "2026-07")
    for group, slugs in IMPORT_GROUPS.items():
        assert set(slugs) <= set(disjoint_lines(now, "import"))
        for part in ("", "_change", "_quantity_effect", "_unit_value_effect"):
            total = sum(facts[f"commodity.import.{slug}.value_cny_ytd{part}"].value for slug in slugs)
            assert facts[f"commodity_group.import.{group}.value_cny_ytd{part}"].value == pytest.approx(total)


def test_high_tech_fields_add_up_to_the_whole(now):
    facts = helpers.report_facts(now, "2026-07")
    fields = high_tech_fields(now, "2026-07")
    values = [facts[f"commodity.export.{slug}.value_cny_ytd"].value for slug in fields]
    assert len(fields) == 9
    assert values == sorted(values, reverse=True)
    assert sum(values) == pytest.approx(facts[f"commodity.export.{HIGH_TECH}.value_cny_ytd"].value, rel=0.001)


def test_a_later_print_of_the_own_month_is_not_known(then):
    assert high_tech_fields(then, "2025-11") == []
    assert comparable_lines(then, "export", "2025-12") == {}


def test_growth_is_compared_over_one_span():
    facts = Facts("2025-02", "2025-03-07", by_name={f"commodity.export.{s}.value_cny_month_yoy": None for s in ("a", "b")})
    facts.by_name["commodity.export.a.value_cny_ytd_yoy"] = None
    assert compared_over(facts, "export", ["a"]) == "ytd"
    assert compared_over(facts, "export", ["a", "b"]) == "month"
    assert compared_over(facts, "export", ["a", "c"]) is None
