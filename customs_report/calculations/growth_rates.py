"""Growth on a year earlier: as printed, as computed, and the one to use."""

from __future__ import annotations

from dataclasses import replace

from customs_report.calculations.levels import FIRST_RELEASE, GROWTH, RATE, same_publication
from customs_report.facts import UNREVISED, Facts
from customs_report.provenance import Figure, calculate


def computed_growth(now: Figure | None, base: Figure | None) -> Figure | None:
    """Growth on a year earlier in percent, as the levels give it; None without a positive base."""
    if not now or not base or base.value <= 0:
        return None
    unrevised = is_unrevised(now, base)
    how = "growth on a year earlier" + (", on last year’s figure as first published" if unrevised else "")
    return calculate(
        RATE, "percent", now.label.of(f"{GROWTH}, as computed"), {"level": now, "year_earlier": base}, how=how, stage=now.stage,
        mark=UNREVISED if unrevised else "",
    )  # fmt: skip


def is_unrevised(now: Figure, base: Figure) -> bool:
    """Does growth between two levels rest on a base that customs may have revised since it was printed?

    Not where the base was printed again, beside this year's figure or later.
    """
    return base.stage in FIRST_RELEASE or (now.stage in FIRST_RELEASE and base.stage == "revised")


def growth_to_use(now: Figure | None, computed: Figure | None, printed: Figure | None) -> Figure | None:
    """Growth as customs printed it where it belongs to the release of the level, otherwise as computed."""
    return printed if printed and (not now or not computed or same_publication(printed.stage, now.stage)) else computed


def add_growth(
    facts: Facts, name: str, now: Figure | None, base: Figure | None, printed: Figure | None, why: str = ""
) -> Figure | None:
    """Growth as printed and as computed, and the one to use, which is returned; else a gap with its reason."""
    computed = computed_growth(now, base)
    if computed:
        facts.add(f"{name}_yoy_computed", computed)
    if printed:
        facts.add(f"{name}_yoy_printed", printed, origin=replace(printed.origin, how="printed by customs"))
    best = growth_to_use(now, computed, printed)
    if best:
        known = facts[f"{name}_yoy_{'printed' if best is printed else 'computed'}"]
        facts.add(f"{name}_yoy", known, label=(now or best).label.of(GROWTH) if now else known.label)
    else:
        facts.gaps[f"{name}_yoy*"] = why or "neither customs’ growth nor a year-earlier figure is available"
    return best
