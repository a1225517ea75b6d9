"""The change of the balance and of total trade on a year earlier, on the same base as the growth of their parts.

Customs prints growth on figures that it has revised since it first printed them. So the change of a whole is the sum of the
changes that the growth of exports and of imports implies, never a difference of two levels of other vintages.
"""

from __future__ import annotations

from dataclasses import replace
from math import floor, log10
from typing import NamedTuple

from customs_report.calculations.growth_rates import is_unrevised
from customs_report.facts import IMPLIED, UNREVISED, Facts
from customs_report.numbers import write
from customs_report.provenance import Figure, Label, calculate

CHANGE, BASE = "change in {} on a year earlier", "{} a year earlier"


class Change(NamedTuple):
    """The change of a figure in its currency; `base` is the year-earlier figure that it implies.

    `band` is what the rounding behind it leaves open, either way.
    """

    figure: Figure
    base: Figure
    band: float

    @property
    def step(self) -> float:
        """The power of ten that the band allows it to be written with."""
        return power_of_ten(self.band)


def power_of_ten(band: float) -> float:
    return 10.0 ** floor(log10(band)) if band else 1.0


def flow_change(now: Figure | None, before: Figure | None, rate: Figure | None, printed: Figure | None) -> Change | None:
    """By how much did exports or imports change, with this growth in percent? None without a level to weigh it with.

    With printed growth g the change of a level E is E g / (1 + g); where the level itself is not held, the year-earlier
    level B gives B g. Growth that is not `printed` is computed from the two levels, and so is the change.
    """
    level = now or before
    if rate is None or level is None:
        return None
    label, base = level.label.of(CHANGE), level.label.of(BASE)
    if rate is not printed:
        if not now or not before:
            return None
        mark = UNREVISED if is_unrevised(now, before) else ""
        inputs, how = {"level": now, "year_earlier": before}, "level − level a year earlier"
        change = calculate("level - year_earlier", level.unit, label, inputs, how=how, stage=now.stage, mark=mark)
        return Change(change, before, (now.rounding + before.rounding) / 2)
    g, half, how = rate.value / 100, rate.rounding / 200, "level × growth / (1 + growth), as printed"
    formula = "level * growth / (100 + growth)" if now else "year_earlier * growth / 100"
    inputs = {"level" if now else "year_earlier": level, "growth": rate}
    change = calculate(formula, level.unit, label, inputs, how=how, stage=rate.stage, mark=IMPLIED)
    if not now:
        return Change(change, level, level.value * half + level.rounding / 2 * abs(g))
    implied = calculate("level / (1 + growth / 100)", level.unit, base, inputs, stage=rate.stage, mark=IMPLIED)
    return Change(change, implied, now.value * half / (1 + g) ** 2 + now.rounding / 2 * abs(g) / (1 + g))


def change_of_whole(exports: Change | None, imports: Change | None, flow: str, label: Label) -> Change | None:
    """The change of the balance or of total trade that the changes of exports and imports give."""
    if not exports or not imports:
        return None
    both = {"exports": exports.figure, "imports": imports.figure}
    marks = {figure.mark for figure in both.values()}
    mark = next((mark for mark in (IMPLIED, UNREVISED) if mark in marks), "")
    sign, word = ("-", "−") if flow == "balance" else ("+", "+")
    each = both["exports" if both["exports"].mark == IMPLIED else "imports"].how
    how, unit, stage = f"change of exports {word} change of imports, each {each}", both["exports"].unit, both["exports"].stage
    changes = {f"change_of_{name}": figure for name, figure in both.items()}
    formula = f"change_of_exports {sign} change_of_imports"
    change = calculate(formula, unit, label.of(CHANGE), changes, how=how, stage=stage, mark=mark)
    bases = {"exports": exports.base, "imports": imports.base}
    base = calculate(f"exports {sign} imports", unit, label.of(BASE), bases, stage=stage)
    return Change(change, base, exports.band + imports.band)


def add_change(facts: Facts, name: str, change: Change | None, why: str = "") -> None:
    """Adds the change of a balance, `<name>_change`, written no finer than its band; a gap where there is none."""
    if not change:
        facts.gaps[f"{name}_change"] = why or "growth of exports and imports is not available"
        return
    figure = change.figure
    band = write(change.band, figure.unit, step=change.step)
    origin = replace(figure.origin, how=f"{figure.how}; rounding leaves ±{band}")
    facts.add(f"{name}_change", figure, origin=origin, step=change.step)
