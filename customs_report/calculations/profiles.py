"""One partner or one commodity by itself: month by month, its places, records, base and revisions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import floor, log10

import pandas as pd

from customs_report.calculations.breaks import broken
from customs_report.calculations.changes import CHANGE
from customs_report.calculations.fact_builders import growth_streak, month_facts
from customs_report.calculations.growth_rates import computed_growth
from customs_report.calculations.levels import GROWTH_STEP, RATE, as_printed, exclude_lookahead, find_level
from customs_report.calculations.lines import (
    CommodityLine,
    commodity_figure,
    commodity_line,
    commodity_lines,
    disjoint_lines,
    partner_figure,
    partner_line,
    partner_lines,
    printed_commodity_growth,
    printed_partner_growth,
)
from customs_report.calculations.partitions import (
    commodity_part,
    contribution_facts,
    contribution_figure,
    partner_part,
    whole_part,
)
from customs_report.calculations.partner_standing import partner_standing_facts
from customs_report.calculations.traded_goods import commodity_partners, partner_goods
from customs_report.calculations.unit_values import bennet, unit_value_facts
from customs_report.coverage import why_unavailable
from customs_report.facts import Facts, NotAvailable, complete
from customs_report.measures import RANK_STEP, growth
from customs_report.names import goods, where
from customs_report.numbers import period_text
from customs_report.periods import shift, span, trailing
from customs_report.provenance import Figure, Label, calculate
from customs_report.schema import STAGES
from customs_report.tables import Tables

NAN = float("nan")
PARTNER_COLUMNS = ["exports", "imports", "balance", "share", "growth", "all"]
COMMODITY_COLUMNS = ["value", "quantity", "unit_value", "quantity_effect", "unit_value_effect", "share", "growth", "all"]


def partner_months(tables: Tables, period: str, code: str) -> pd.DataFrame:
    """How did trade with a partner change month by month?"""
    tables = exclude_lookahead(tables, period)
    held = [p for key, kind, p in partner_lines(tables) if key == code and kind == "month" and p <= period]
    rows = {}
    for p in span(min(held), period) if held else ():
        line = partner_line(tables, code, "month", p)
        exports, imports = (line.exports, line.imports) if line else (NAN, NAN)
        rows[p] = {"exports": exports, "imports": imports, "balance": exports - imports}
    traded = {p: row["exports"] + row["imports"] for p, row in rows.items()}
    whole = _with_whole(tables, rows, traded, "total", PARTNER_COLUMNS)
    crosses = [bool(broken(tables, "partners", code, "total", shift(p, -14), p)) for p in whole.index]
    whole.loc[crosses, "growth"] = NAN
    return whole


def commodity_months(tables: Tables, period: str, flow: str, slug: str) -> pd.DataFrame:
    """How did trade in a commodity change month by month? From the first month held; values in yuan, the rest in percent."""
    tables = exclude_lookahead(tables, period)
    held = [p for f, s, _, p in commodity_lines(tables) if (f, s) == (flow, slug) and p <= period]
    months = span(min(held), period) if held else []
    lines = {p: line for p in months if (line := commodity_line(tables, flow, slug, "month", p))}
    unit = next((lines[p].unit for p in reversed(lines) if lines[p].quantity > 0), "")
    rows = {}
    for p in months[months.index(min(lines)) :] if lines else ():
        value, quantity = _figures(lines.get(p), unit)
        base = _figures(lines.get(shift(p, -12)), unit)
        effects = bennet(value, quantity, *base) if quantity > 0 and base[1] > 0 else (NAN, NAN)
        rows[p] = {"value": value, "quantity": quantity, "unit_value": value / quantity if quantity > 0 else NAN}
        rows[p] |= {"quantity_effect": effects[0], "unit_value_effect": effects[1]}
    whole = _with_whole(tables, rows, {p: row["value"] for p, row in rows.items()}, f"{flow}s", COMMODITY_COLUMNS)
    crosses = [bool(broken(tables, "commodities", slug, flow, shift(p, -14), p)) for p in whole.index]
    whole.loc[crosses, ["growth", "quantity_effect", "unit_value_effect"]] = NAN
    return whole


def _figures(line: CommodityLine | None, unit: str) -> tuple[float, float]:
    """Value, and quantity where it is counted in the unit."""
    return (line.value, line.quantity if line.unit == unit else NAN) if line else (NAN, NAN)


def _with_whole(
    tables: Tables, rows: dict[str, dict[str, float]], part: Mapping[str, float], flow: str, columns: list[str]
) -> pd.DataFrame:
    """The rows with share of a flow, growth of the part and of the flow, over three months that end with each."""

    def of_flow(p: str) -> float:
        found = find_level(tables, flow, "CNY", "month", p)
        return found.value if isinstance(found, Figure) else NAN

    for p, row in rows.items():
        months = trailing(p, 3)
        before = [shift(q, -12) for q in months]
        mine, base = (sum(part.get(q, NAN) for q in each) for each in (months, before))
        whole, whole_base = (sum(map(of_flow, each)) for each in (months, before))
        row["share"] = mine / whole * 100
        row["growth"] = growth(mine, base) if base > 0 else NAN
        row["all"] = growth(whole, whole_base) if whole_base > 0 else NAN
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns, dtype=float).rename_axis("period")


# --- facts --------------------------------------------------------------------------------------------------------------


def shared_facts(tables: Tables, period: str) -> Facts:
    """What do the profiles of a month have in common? Levels, growth, contributions, places, splits: no series, no model."""
    tables = exclude_lookahead(tables, period)
    facts = month_facts(tables, period)
    contribution_facts(facts, tables)
    partner_standing_facts(facts, tables)
    unit_value_facts(facts, tables)
    return facts


def partner_profile_facts(facts: Facts, tables: Tables, code: str) -> None:
    """Of a partner `share_ytd_change`; of its exports and imports `_cny_month_rank`, `_rank_of`, `_cny_ytd_yoy_before`,
    `_cny_ytd_base_revision`: by how much printed growth lowered or raised the base since it was printed.
    """
    tables, before = exclude_lookahead(tables, facts.period), shift(facts.period, -12)
    key = f"partner.{code}."
    try:
        partner_goods(tables, facts.period, code, "export")
    except NotAvailable as gap:
        facts.gaps[f"{key}goods"] = gap.why
    traded = [partner_figure(tables, code, "total", "ytd", p) for p in (facts.period, before)]
    why = broken(tables, "partners", code, "total", before, facts.period)
    _share_change(facts, tables, f"{key}share_ytd_change", "total", traded, why)
    months = sorted(p for k, kind, p in partner_lines(tables) if k == code and kind == "month" and p <= facts.period)
    for flow in ("exports", "imports"):
        levels = {
            p: figure
            for p in months
            if (figure := partner_figure(tables, code, flow, "month", p))
            and figure.value > 0
            and not broken(tables, "partners", code, flow, p, facts.period)
        }
        _ranked(facts, f"{key}{flow}_cny_month", levels)
        _growth_before(facts, f"{key}{flow}_cny_ytd", printed_partner_growth(tables, code, flow, "ytd", before))
        part, first = partner_part(tables, code, flow, "ytd", facts.period), partner_figure(tables, code, flow, "ytd", before)
        printed = printed_partner_growth(tables, code, flow, "ytd", facts.period)
        crosses = broken(tables, "partners", code, flow, before, facts.period)
        if part and first and first.value > 0 and printed and not crosses:
            name, label = f"{key}{flow}_cny_ytd_base_revision", first.label.of("revision of {} before growth was printed on it")
            how = "base that printed growth implies against the figure printed a year earlier"
            facts.calculate(
                name, "(base / first_print - 1) * 100", "percent", label, {"base": part.before, "first_print": first}, how=how
            )
            how = "the most that the rounding of printed growth leaves open"
            facts.calculate(
                f"{name}_rounding", "5 / (100 + growth)", "percent", label.of("rounding of the {}"), {"growth": printed},
                how=how,
            )  # fmt: skip


def commodity_profile_facts(facts: Facts, tables: Tables, flow: str, slug: str) -> None:
    """Of a commodity `share_ytd_change`, its place `rank_ytd` and `rank_ytd_of`, `value_cny_ytd_contribution`, `_yoy_before`
    and `_base_revision`; of value, quantity and unit value `_month_rank`, `_rank_of`.

    Months that lie in a row up to the period with a growth rate: `streak.commodity.<flow>.<slug>.value_cny_month_rising`.
    """
    tables, before = exclude_lookahead(tables, facts.period), shift(facts.period, -12)
    key, index = f"commodity.{flow}.{slug}.", commodity_lines(tables)
    why = broken(tables, "commodities", slug, flow, before, facts.period)
    traded = [commodity_figure(tables, flow, slug, "value", "ytd", p) for p in (facts.period, before)]
    _share_change(facts, tables, f"{key}share_ytd_change", f"{flow}s", traded, why)
    try:
        commodity_partners(tables, facts.period, flow, slug)
    except NotAvailable as gap:
        facts.gaps[f"{key}partners"] = gap.why
    _place(facts, tables, flow, slug)
    _contribution(facts, tables, flow, slug)
    months = sorted({p for f, s, _, p in index if (f, s) == (flow, slug) and p <= facts.period})
    months = [p for p in months if not broken(tables, "commodities", slug, flow, p, facts.period)]
    found = {p: line for p in months if (line := commodity_line(tables, flow, slug, "month", p))}
    unit = found[facts.period].unit if facts.period in found else ""
    counted = [p for p, line in found.items() if line.quantity > 0 and line.unit == unit]
    for measure, over in (("value", [*found]), ("quantity", counted), ("unit_value", counted)):
        figures = {p: figure for p in over if (figure := commodity_figure(tables, flow, slug, measure, "month", p))}
        _ranked(facts, f"{key}{measure}_cny_month" if measure == "value" else f"{key}{measure}_month", figures)
        if measure == "value":
            _streaks(facts, f"{key}value_cny_month", figures)
    _growth_before(facts, f"{key}value_cny_ytd", _growth_then(tables, flow, slug, before))
    _restated(facts, tables, flow, slug)


def _share_change(facts: Facts, tables: Tables, name: str, flow: str, parts: Sequence[Figure | None], why: str) -> None:
    """How the share of all trade or of a flow changed within a year; `parts` are this year's part and last year's.

    `why` names the break of the series between the two years, if there is one.
    """
    wholes = complete(find_level(tables, flow, "CNY", "ytd", p) for p in (facts.period, shift(facts.period, -12)))
    held = complete(parts)
    if why or not wholes or not held or not min(part.value for part in held) > 0:
        facts.gaps[name] = why or "not available in both years"
        return
    now, before = (
        calculate(
            "part / whole * 100", "percent", part.label.of(f"share of {{}} in all {flow}"), {"part": part, "whole": whole}
        )
        for part, whole in zip(held, wholes, strict=True)
    )
    facts.calculate(
        name, "share - a_year_earlier", "percentage points", now.label.of(CHANGE), {"share": now, "a_year_earlier": before},
        how="share less that of a year earlier",
    )  # fmt: skip


def _place(facts: Facts, tables: Tables, flow: str, slug: str) -> None:
    name, index, lines = f"commodity.{flow}.{slug}.rank_ytd", commodity_lines(tables), disjoint_lines(tables, flow)
    held = [s for s in lines if (flow, s, "ytd", facts.period) in index]
    if slug in held:
        every = {s: line for s in held if (line := commodity_figure(tables, flow, s, "value", "ytd", facts.period))}
        mine, among = every[slug], tuple(every.values())
        how, label = "place by value among the non-overlapping lines", mine.label.of("rank of {} among the lines")
        facts.calculate(name, "rank(lines, line, 1)", "rank", label, {"lines": among, "line": mine}, how=how)
        how, label = "number of non-overlapping lines", mine.label.of("number of lines that {} is ranked among")
        facts.calculate(f"{name}_of", "count(lines)", "lines", label, {"lines": among}, how=how)
    elif slug in lines:
        facts.gaps[f"{name}*"] = why_unavailable(tables, "commodities", facts.period, flow=flow, key=slug, kind="ytd")
    else:
        facts.gaps[f"{name}*"] = "an aggregate or a part of another line has no place among the lines"


def _contribution(facts: Facts, tables: Tables, flow: str, slug: str) -> None:
    name, part = f"commodity.{flow}.{slug}.value_cny_ytd_contribution", commodity_part(tables, flow, slug, "ytd", facts.period)
    try:
        whole = whole_part(tables, f"{flow}s", "ytd", facts.period)
    except NotAvailable as gap:
        facts.gaps[name] = gap.why
        return
    if not part:
        facts.gaps[name] = "the line is not available in both years"
        return
    facts.add(name, contribution_figure(part, whole, f"contribution to growth, on {part.basis}"))


def _streaks(facts: Facts, name: str, months: Mapping[str, Figure]) -> None:
    """Months in a row up to the period above, or below, the same month a year earlier; none where a month is not held."""
    rates: list[Figure] = []
    p = facts.period
    while p in months and shift(p, -12) in months:
        now, base = months[p], months[shift(p, -12)]
        rates.insert(0, calculate(RATE, "percent", now.label, {"level": now, "year_earlier": base}, like=now))
        p = shift(p, -1)
    growth_streak(facts, name, rates)


def _growth_then(tables: Tables, flow: str, slug: str, before: str) -> Figure | None:
    """Growth a year earlier: as printed, else as the figures give it."""
    printed = printed_commodity_growth(tables, flow, slug, "value", "ytd", before)
    then, base = (commodity_figure(tables, flow, slug, "value", "ytd", p) for p in (before, shift(before, -12)))
    return printed or computed_growth(then, base)


def _growth_before(facts: Facts, name: str, rate: Figure | None) -> None:
    if rate:
        origin = replace(rate.origin, how="growth a year earlier")
        facts.add(f"{name}_yoy_before", rate, origin=origin, step=GROWTH_STEP, mark="")
    else:
        facts.gaps[f"{name}_yoy_before"] = "neither customs’ growth a year earlier nor both figures are available"


def _restated(facts: Facts, tables: Tables, flow: str, slug: str) -> None:
    """By how much customs restated last year's figure since it first printed it."""
    rows, before = tables.commodities, shift(facts.period, -12)
    mine = (rows["flow"] == flow) & (rows["commodity"] == slug) & (rows["kind"] == "ytd") & (rows["currency"] == "CNY")
    stages = {row.stage: row for row in rows[mine & (rows["period"] == before)].itertuples(index=False)}
    order, name = sorted(stages, key=STAGES.__getitem__), f"commodity.{flow}.{slug}.value_cny_ytd_base_revision"
    if len(order) < 2 or STAGES[order[-1]] < STAGES["restated"]:
        facts.gaps[f"{name}*"] = "last year’s figure is not available both as first published and as restated"
        return
    label = Label(goods(tables, flow, slug), where("ytd", before, "CNY"))
    first, last = (as_printed(stages[stage], stages[stage].value, "CNY", label) for stage in (order[0], order[-1]))
    how = "last year’s figure as restated against its first print"
    revised = label.of("revision of {}")
    facts.calculate(
        name, "(restated / first_print - 1) * 100", "percent", revised, {"restated": last, "first_print": first}, how=how
    )
    how, rounding = "the most that the rounding of the first print leaves open", replace(first, value=first.rounding)
    facts.calculate(
        f"{name}_rounding", "rounding / 2 / first_print * 100", "percent", revised.of("rounding of the {}"),
        {"rounding": rounding, "first_print": first}, how=how,
    )  # fmt: skip


def _ranked(facts: Facts, name: str, levels: Mapping[str, Figure]) -> None:
    """The month's place among all months held, 1 = largest, and how many they are; equal as a reader sees them."""
    mine = levels.get(facts.period)
    if not mine:
        facts.gaps[f"{name}_rank*"] = "the month is not available"
        return
    every, first = tuple(levels.values()), period_text(min(levels))
    digits = min(RANK_STEP, 10 ** (floor(log10(mine.value)) - 3))  # four of them
    how, label = f"place among the months since {first}, in four digits", mine.label.of("rank of {} among all months")
    facts.calculate(
        f"{name}_rank", f"rank(months, month, {digits!r})", "rank", label, {"months": every, "month": mine}, how=how
    )
    how, label = f"months since {first}", mine.label.of("number of months that {} is ranked among")
    facts.calculate(f"{name}_rank_of", "count(months)", "months", label, {"months": every}, how=how)
