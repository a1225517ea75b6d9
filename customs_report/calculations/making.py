"""How levels become facts: one for a computed number, a handful for its growth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from customs_report.calculations.levels import FIRST_RELEASE, MIXED, Level, merged, same_publication
from customs_report.calculations.lines import CommodityLine
from customs_report.calculations.measures import growth
from customs_report.facts import UNREVISED, Fact, Facts


def add(
    facts: Facts, name: str, value: float, unit: str, how: str, *parts: Level, step: float | None = None, mark: str = ""
) -> None:
    """A fact computed from levels; its stage is theirs, `mixed` where they differ in kind from each other."""
    stages = dict.fromkeys(part.stage for part in parts)
    stage = next(iter(stages)) if len(stages) == 1 else MIXED
    facts.by_name[name] = Fact(name, value, unit, how, merged(part.sources for part in parts), stage, step, mark)


def computed_growth(now: Level, base: Level | None) -> Level | None:
    """Growth on a year earlier in percent, as the levels give it; None without a positive base."""
    if not base or base.value <= 0:
        return None
    on = ", on last year’s figure as first published" if is_unrevised(now, base) else ""
    return now._replace(
        value=growth(now.value, base.value),
        how=f"growth on a year earlier{on}",
        sources=merged([now.sources, base.sources]),
    )


def is_unrevised(now: Level, base: Level) -> bool:
    """Does growth between two levels rest on a base that customs may have revised since it was printed?

    Not where the base was printed anew, beside this year's figure or later.
    """
    return base.stage in FIRST_RELEASE or (now.stage in FIRST_RELEASE and base.stage == "revised")


def growth_to_use(now: Level | None, computed: Level | None, printed: Level | None) -> Level | None:
    """Growth as customs printed it where it belongs to the release of the level, otherwise as computed."""
    return printed if printed and (not computed or same_publication(printed.stage, now.stage)) else computed


def add_growth(
    facts: Facts, name: str, now: Level | None, base: Level | None, printed: Level | None, why: str = ""
) -> Level | None:
    """Growth as printed and as computed, and the one to use, which is returned; else a gap with its reason."""
    computed = computed_growth(now, base) if now else None
    if computed:
        mark = UNREVISED if is_unrevised(now, base) else ""
        add(facts, f"{name}_yoy_computed", computed.value, "percent", computed.how, computed, mark=mark)
    if printed:
        add(facts, f"{name}_yoy_printed", printed.value, "percent", "printed by customs", printed, step=printed.step)
    best = growth_to_use(now, computed, printed)
    if best:
        known = facts.by_name[f"{name}_yoy_{'printed' if best is printed else 'computed'}"]
        facts.by_name[f"{name}_yoy"] = replace(known, name=f"{name}_yoy")
    else:
        facts.gaps[f"{name}_yoy*"] = why or "neither printed nor a year-earlier figure held"
    return best


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
