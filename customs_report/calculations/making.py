"""How levels become facts: one for a computed number, a handful for its growth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from customs_report.calculations.levels import MIXED, Level, merged
from customs_report.calculations.lines import CommodityLine
from customs_report.calculations.measures import growth
from customs_report.facts import Fact, Facts


def add(facts: Facts, name: str, value: float, unit: str, how: str, *parts: Level, step: float | None = None) -> None:
    """A fact computed from levels; its stage is theirs, `mixed` where they differ in kind from each other."""
    stages = dict.fromkeys(part.stage for part in parts)
    stage = next(iter(stages)) if len(stages) == 1 else MIXED
    facts.by_name[name] = Fact(name, value, unit, how, merged(part.sources for part in parts), stage, step)


def add_growth(facts: Facts, name: str, now: Level | None, base: Level | None, printed: Level | None) -> None:
    """Growth as printed and as computed, and the one to use: printed where it belongs to the level's stage."""
    computed = None
    if now and base and base.value > 0:
        mixed = "" if now.stage == base.stage else f", {base.stage} base"
        computed = now._replace(value=growth(now.value, base.value), how=f"growth on a year earlier{mixed}")
        add(facts, f"{name}_yoy_computed", computed.value, "percent", computed.how, computed, base)
        facts.by_name[f"{name}_yoy_computed"] = replace(facts.by_name[f"{name}_yoy_computed"], stage=now.stage)
    if printed:
        add(facts, f"{name}_yoy_printed", printed.value, "percent", "printed by customs", printed, step=printed.step)
    use_print = printed and (not computed or printed.stage == now.stage or now.stage == MIXED)
    best = f"{name}_yoy_{'printed' if use_print else 'computed'}"
    if best in facts.by_name:
        facts.by_name[f"{name}_yoy"] = replace(facts.by_name[best], name=f"{name}_yoy")
    else:
        facts.gaps[f"{name}_yoy*"] = "neither printed nor a year-earlier figure held"


def merged_fact(
    facts: Facts,
    name: str,
    value: float,
    unit: str,
    how: str,
    parts: Sequence[Level | CommodityLine | Fact],
    step: float | None = None,
) -> None:
    """A fact computed from figures of this year and of the last; its stage is that of the first of them, as with growth."""
    facts.by_name[name] = Fact(name, value, unit, how, merged(part.sources for part in parts), parts[0].stage, step)
