"""One partner or one commodity by itself: month by month, its places, records, base and revisions."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor, log10

import pandas as pd

from customs_report.calculations.breaks import broken
from customs_report.calculations.contributions import commodity_part, contribution_facts, partner_part, whole_part
from customs_report.calculations.details import HEADINGS, commodity_partners, partner_goods
from customs_report.calculations.levels import Level, find_level, own, source_of
from customs_report.calculations.lines import (
    CommodityLine,
    commodity_line,
    disjoint_lines,
    lines_index,
    partner_line,
)
from customs_report.calculations.making import add
from customs_report.calculations.measures import RANK_STEP, contribution, growth, rank, streak
from customs_report.calculations.partner_standing import partner_standing_facts
from customs_report.calculations.report_facts import month_facts
from customs_report.calculations.unit_values import bennet, unit_value_facts
from customs_report.coverage import why_not_held
from customs_report.facts import Facts, Gap
from customs_report.periods import shift, span, trailing
from customs_report.schema import STAGES
from customs_report.tables import Tables

NAN = float("nan")
PARTNER_COLUMNS = ["exports", "imports", "balance", "share", "growth", "all"]
COMMODITY_COLUMNS = ["value", "quantity", "unit_value", "quantity_effect", "unit_value_effect", "share", "growth", "all"]


def partner_months(tables: Tables, period: str, code: str) -> pd.DataFrame:
    """How did trade with a partner go, month by month? Index period, from the first month held; levels in yuan, else percent.

    Columns: exports, imports, balance; share of total trade, growth of trade with the partner and of all trade (`all`),
    each over three months, because single months are noisy. NaN where a month is not held.

    >>> helpers.partner_months(tables, period, "USA").loc[period, ["share", "growth"]].round(1).to_dict()
    {'share': 8.2, 'growth': -25.2}
    """
    tables = own(tables, period)
    held = [p for key, kind, p in lines_index(tables, "partners") if key == code and kind == "month" and p <= period]
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
    """How did a commodity go, month by month? Index period, from the first month held; values in yuan, else percent.

    Columns: value, quantity (in the unit of the newest month that has one), unit_value; what quantity and what unit value
    added to the value of the same month a year earlier (Bennet); share of the flow, growth of the commodity and of the flow
    (`all`), each over three months. NaN where a month is not held or no quantity is counted.

    >>> helpers.commodity_months(tables, period, "export", "motor_vehicles").at[period, "quantity"].item()
    818359.0
    """
    tables = own(tables, period)
    held = [p for f, s, _, p in lines_index(tables, "commodities") if (f, s) == (flow, slug) and p <= period]
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
        return found.value if isinstance(found, Level) else NAN

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
    tables = own(tables, period)
    facts = month_facts(tables, period)
    contribution_facts(facts, tables)
    partner_standing_facts(facts, tables)
    unit_value_facts(facts, tables)
    return facts


def partner_profile_facts(facts: Facts, tables: Tables, code: str) -> None:
    """Of a partner `share_ytd_change`; of its exports and imports `_cny_month_rank`, `_rank_of`, `_cny_ytd_yoy_before`,
    `_cny_ytd_base_revision`: by how much printed growth lowered or raised the base since it was printed.
    """
    tables, before = own(tables, facts.period), shift(facts.period, -12)
    key, now, earlier = f"partner.{code}.", *(partner_line(tables, code, "ytd", p) for p in (facts.period, before))
    if partner_goods(tables, facts.period, code).empty:
        facts.gaps[f"{key}goods"] = f"no detail by commodity is held for January to {facts.period}"
    traded = [_level(line, line.exports + line.imports) for line in (now, earlier) if line]
    why = broken(tables, "partners", code, "total", before, facts.period)
    _share_change(facts, tables, f"{key}share_ytd_change", "total", traded, why)
    lines = {p: partner_line(tables, code, "month", p) for k, kind, p in lines_index(tables, "partners") if k == code}
    for flow in ("exports", "imports"):
        levels = {
            p: _level(line, value)
            for p, line in sorted(lines.items())
            if line and (value := getattr(line, flow)) > 0 and not broken(tables, "partners", code, flow, p, facts.period)
        }
        _ranked(facts, f"{key}{flow}_cny_month", levels)
        _yoy_before(facts, f"{key}{flow}_cny_ytd", getattr(earlier, f"{flow}_yoy", NAN), earlier)
        part = partner_part(tables, code, flow, "ytd", facts.period)
        printed = getattr(now, f"{flow}_yoy", NAN)
        crosses = broken(tables, "partners", code, flow, before, facts.period)
        if part and earlier and getattr(earlier, flow) > 0 and printed == printed and not crosses:
            first, name = getattr(earlier, flow), f"{key}{flow}_cny_ytd_base_revision"
            how = "base that printed growth implies against the figure printed a year earlier"
            add(facts, name, growth(part.base, first), "percent", how, _level(now, part.base), _level(earlier, first))
            how = "the most that the rounding of printed growth leaves open"
            add(facts, f"{name}_rounding", 5 / (100 + printed), "percent", how, _level(now, printed))


def commodity_profile_facts(facts: Facts, tables: Tables, flow: str, slug: str) -> None:
    """Of a commodity `share_ytd_change`, its place `rank_ytd` and `rank_ytd_of`, `value_cny_ytd_contribution`, `_yoy_before`
    and `_base_revision`; of value, quantity and unit value `_month_rank`, `_rank_of`.

    Months that lie in a row up to the period with a growth rate: `streak.commodity.<flow>.<slug>.value_cny_month_rising`.
    """
    tables, before = own(tables, facts.period), shift(facts.period, -12)
    key, index = f"commodity.{flow}.{slug}.", lines_index(tables, "commodities")
    now, earlier = (commodity_line(tables, flow, slug, "ytd", p) for p in (facts.period, before))
    why = broken(tables, "commodities", slug, flow, before, facts.period)
    traded = [_of_line(line) for line in (now, earlier) if line]
    _share_change(facts, tables, f"{key}share_ytd_change", f"{flow}s", traded, why)
    if commodity_partners(tables, facts.period, flow, slug).empty:
        why = f"no detail by partner is held for January to {facts.period}"
        facts.gaps[f"{key}partners"] = why if slug in HEADINGS else "the line is no heading of the Harmonized System"
    _place(facts, tables, flow, slug)
    _contribution(facts, tables, flow, slug)
    months = sorted({p for f, s, _, p in index if (f, s) == (flow, slug) and p <= facts.period})
    months = [p for p in months if not broken(tables, "commodities", slug, flow, p, facts.period)]
    lines = {p: line for p in months if (line := commodity_line(tables, flow, slug, "month", p))}
    _ranked(facts, f"{key}value_cny_month", {p: _of_line(line) for p, line in lines.items()})
    unit = lines[facts.period].unit if facts.period in lines else ""
    counted = {p: line for p, line in lines.items() if line.quantity > 0 and line.unit == unit}
    _ranked(facts, f"{key}quantity_month", {p: _of_line(line)._replace(value=line.quantity) for p, line in counted.items()})
    unit_values = {p: _of_line(line)._replace(value=line.value / line.quantity) for p, line in counted.items()}
    _ranked(facts, f"{key}unit_value_month", unit_values)
    _streaks(facts, f"{key}value_cny_month", lines)
    _yoy_before(facts, f"{key}value_cny_ytd", *_growth_then(tables, flow, slug, before))
    _restated(facts, tables, flow, slug)


def _share_change(facts: Facts, tables: Tables, name: str, flow: str, parts: list[Level], why: str) -> None:
    """How the share of all trade or of a flow changed within a year; `parts` are this year's part and last year's.

    `why` names the break of the series between the two years, if there is one.
    """
    if why:
        facts.gaps[name] = why
        return
    wholes = [find_level(tables, flow, "CNY", "ytd", p) for p in (facts.period, shift(facts.period, -12))]
    if len(parts) < 2 or not all(isinstance(whole, Level) for whole in wholes) or not min(part.value for part in parts) > 0:
        facts.gaps[name] = "not held in both years"
        return
    now, before = (part.value / whole.value * 100 for part, whole in zip(parts, wholes, strict=True))
    add(facts, name, now - before, "percentage points", "share less that of a year earlier", *parts, *wholes)


def _place(facts: Facts, tables: Tables, flow: str, slug: str) -> None:
    name, index, lines = f"commodity.{flow}.{slug}.rank_ytd", lines_index(tables, "commodities"), disjoint_lines(tables, flow)
    held = {s: row for s in lines if (row := index.get((flow, s, "ytd", facts.period)))}
    if slug in held:
        levels = [_level(row, row.value) for row in held.values()]
        how, place = "place by value among the lines that can be added up", rank([x.value for x in levels], held[slug].value, 1)
        add(facts, name, place, "rank", how, *levels)
        add(facts, f"{name}_of", len(levels), "lines", "number of lines that can be added up", *levels)
    elif slug in lines:
        facts.gaps[f"{name}*"] = why_not_held(tables, "commodities", facts.period, flow=flow, key=slug, kind="ytd")
    else:
        facts.gaps[f"{name}*"] = "an aggregate or a part of another line has no place among the lines"


def _contribution(facts: Facts, tables: Tables, flow: str, slug: str) -> None:
    name, part = f"commodity.{flow}.{slug}.value_cny_ytd_contribution", commodity_part(tables, flow, slug, "ytd", facts.period)
    try:
        whole = whole_part(tables, f"{flow}s", "ytd", facts.period)
    except Gap as gap:
        facts.gaps[name] = gap.why
        return
    if not part:
        facts.gaps[name] = "the line is not held in both years"
        return
    how = f"contribution to growth, on {part.how}"
    levels = [Level(each.value, 1, each.stage, each.how, each.sources) for each in (part, whole)]
    add(facts, name, contribution(part.value, part.base, whole.base), "percentage points", how, *levels)


def _streaks(facts: Facts, name: str, lines: Mapping[str, CommodityLine]) -> None:
    """Months in a row up to the period above, or below, the same month a year earlier; none where a month is not held."""
    rates, p = [], facts.period
    while p in lines and shift(p, -12) in lines:
        rates.insert(0, growth(lines[p].value, lines[shift(p, -12)].value))
        p = shift(p, -1)
    for way, test in (("rising", lambda v: v > 0), ("falling", lambda v: v < 0)):
        if rates:
            how = "months in a row up to the period, against a year earlier"
            add(facts, f"streak.{name}_{way}", streak(map(test, rates)), "months", how, _of_line(lines[facts.period]))


def _growth_then(tables: Tables, flow: str, slug: str, before: str) -> tuple[float, CommodityLine | None]:
    """Growth a year earlier: as printed, else as the figures give it."""
    then, base = (commodity_line(tables, flow, slug, "ytd", p) for p in (before, shift(before, -12)))
    printed = then.value_yoy if then else NAN
    return (printed if printed == printed or not then or not base else growth(then.value, base.value)), then


def _yoy_before(facts: Facts, name: str, rate: float, line) -> None:
    if rate == rate:
        add(facts, f"{name}_yoy_before", rate, "percent", "growth a year earlier", _level_of(line), step=0.1)
    else:
        facts.gaps[f"{name}_yoy_before"] = "growth a year earlier is neither printed nor are both figures held"


def _restated(facts: Facts, tables: Tables, flow: str, slug: str) -> None:
    """By how much customs restated last year's figure since it first printed it."""
    rows, before = tables.commodities, shift(facts.period, -12)
    mine = (rows["flow"] == flow) & (rows["commodity"] == slug) & (rows["kind"] == "ytd") & (rows["currency"] == "CNY")
    stages = {row.stage: row for row in rows[mine & (rows["period"] == before)].itertuples(index=False)}
    order, name = sorted(stages, key=STAGES.__getitem__), f"commodity.{flow}.{slug}.value_cny_ytd_base_revision"
    if len(order) < 2 or STAGES[order[-1]] < STAGES["restated"]:
        facts.gaps[f"{name}*"] = "last year’s figure is not held both as first printed and as restated"
        return
    first, last = (_level(stages[stage], stages[stage].value) for stage in (order[0], order[-1]))
    how = "last year’s figure as restated against its first print"
    add(facts, name, growth(last.value, first.value), "percent", how, last, first)
    how = "the most that the rounding of the first print leaves open"
    add(facts, f"{name}_rounding", first.step / 2 / first.value * 100, "percent", how, first)


def _ranked(facts: Facts, name: str, levels: Mapping[str, Level]) -> None:
    """The month's place among all months held, 1 = largest, and how many they are; equal as a reader sees them."""
    if facts.period not in levels:
        facts.gaps[f"{name}_rank*"] = "the month is not held"
        return
    every, mine, first = list(levels.values()), levels[facts.period], min(levels)
    digits = 10 ** (floor(log10(mine.value)) - 3)  # four of them
    place = rank([level.value for level in every], mine.value, min(RANK_STEP, digits))
    add(facts, f"{name}_rank", place, "rank", f"place among the months held since {first}, in four digits", *every)
    add(facts, f"{name}_rank_of", len(every), "months", f"months held since {first}", *every)


def _level(line, value: float) -> Level:
    """A figure of a row of the tables."""
    return Level(value, line.step, line.stage, "printed", (source_of(line),))


def _of_line(line: CommodityLine) -> Level:
    return Level(line.value, line.step, line.stage, line.how, line.sources)


def _level_of(line) -> Level:
    return _of_line(line) if isinstance(line, CommodityLine) else _level(line, NAN)
