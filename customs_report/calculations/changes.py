"""The change of the balance and of total trade on a year earlier, on the same base as the growth of their parts.

Customs prints growth on figures that it has revised since it first printed them. So the change of a whole is the sum of the
changes that the growth of exports and of imports implies, never a difference of two levels of other vintages.
"""

from __future__ import annotations

from math import floor, log10
from typing import NamedTuple

from customs_report.calculations.levels import Level, merged
from customs_report.calculations.making import is_unrevised
from customs_report.facts import IMPLIED, UNREVISED, Fact, Facts, write


class Change(NamedTuple):
    """The change of a figure in its currency; `base` is the year-earlier figure that it implies.

    `band` is what the rounding behind it leaves open, either way; `mark` the footnote sign of what it rests on.
    """

    value: float
    base: float
    band: float
    how: str
    stage: str
    sources: tuple[str, ...]
    mark: str = ""

    @property
    def step(self) -> float:
        """The power of ten that the band allows it to be written with."""
        return power_of_ten(self.band)


def power_of_ten(band: float) -> float:
    return 10.0 ** floor(log10(band)) if band else 1.0


def flow_change(now: Level | None, before: Level | None, rate: Level | None, printed: Level | None) -> Change | None:
    """By how much did exports or imports change, with this growth in percent? None without a level to weigh it with.

    With printed growth g the change of a level E is E g / (1 + g); where the level itself is not held, the year-earlier
    level B gives B g. Growth that is not `printed` is computed from the two levels, and so is the change.
    """
    if rate is None or not (now or before):
        return None
    g, half = rate.value / 100, rate.step / 200
    if rate is not printed:
        mark = UNREVISED if is_unrevised(now, before) else ""
        sources, band = merged([now.sources, before.sources]), (now.step + before.step) / 2
        return Change(now.value - before.value, before.value, band, "level − level a year earlier", now.stage, sources, mark)
    if now:
        base, change = now.value / (1 + g), now.value * g / (1 + g)
        band = now.value * half / (1 + g) ** 2 + now.step / 2 * abs(g) / (1 + g)
    else:
        base, change, band = before.value, before.value * g, before.value * half + before.step / 2 * abs(g)
    sources = merged([(now or before).sources, rate.sources])
    return Change(change, base, band, "level × growth / (1 + growth), as printed", rate.stage, sources, IMPLIED)


def together(exports: Change | None, imports: Change | None, flow: str) -> Change | None:
    """The change of the balance or of total trade that the changes of exports and imports give."""
    if not exports or not imports:
        return None
    sign, word = (-1, "−") if flow == "balance" else (+1, "+")
    marks = {exports.mark, imports.mark}
    return Change(
        exports.value + sign * imports.value,
        exports.base + sign * imports.base,
        exports.band + imports.band,
        f"change of exports {word} change of imports, each {(exports if exports.mark == IMPLIED else imports).how}",
        exports.stage,
        merged([exports.sources, imports.sources]),
        next((mark for mark in (IMPLIED, UNREVISED) if mark in marks), ""),
    )


def change_facts(facts: Facts, name: str, unit: str, change: Change | None, why: str = "") -> None:
    """Adds the change of a balance, `<name>_change`, written no finer than its band; a gap where there is none."""
    if not change:
        facts.gaps[f"{name}_change"] = why or "growth of exports and imports is not available"
        return
    band = write(change.band, unit, step=change.step)
    how = f"{change.how}; rounding leaves ±{band}"
    facts.by_name[f"{name}_change"] = Fact(
        f"{name}_change", change.value, unit, how, change.sources, change.stage, change.step, change.mark
    )
