"""A report's facts, updated from the frames a notebook passes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

import helpers
from customs_report import frames
from customs_report.calculations.partitions import add_others, contribution_figures, family_of, leading_parts
from customs_report.errors import InputError
from customs_report.facts import Fact, Facts, NotAvailable
from customs_report.provenance import OWN, Figure, Label, evaluate
from customs_report.tables import Tables

BASES = {"printed": "on last year’s figure as printed"}  # how the labels of facts on another base end


def facts_of_frames(facts: Facts, tables: Tables, given: Iterable[pd.DataFrame]) -> tuple[Facts, bool]:
    """The facts updated from these frames, and whether the author edited any of the frames.

    A frame computed on another base adds that base's facts (`...:printed`) to the report. A cell edited by the author becomes
    "author's own". Every fact computed from either is recomputed.
    """
    found, own = facts, False
    for frame in given:
        call = frames.call_of(frame)
        as_made = frames.silently(getattr(helpers, call.helper), tables, **call.arguments)
        if not frames.in_order_of(as_made, frame).equals(as_made):
            if call.as_of != tables.as_of:
                raise InputError(
                    f"the frame of helpers.{call.helper} is as known on {call.as_of}, the report on {tables.as_of}, and their "
                    "figures differ; make it from report.tables"
                )
            found, own = _changed(found, frame, as_made), True
        elif call.arguments.get("base", "implied") != "implied":
            found = _on_another_base(facts, found, tables, frame)
    return found, own


def _changed(facts: Facts, frame: pd.DataFrame, as_made: pd.DataFrame) -> Facts:
    """The facts, with the cells the author edited replaced."""
    before = dict(frames.fact_cells(as_made))
    cells = {
        name: cell for name, cell in frames.fact_cells(frame) if name in facts and frames.differ(cell, before.get(name, cell))
    }
    changed = {
        name: replace(facts[name], value=float(cell), origin=OWN, sources=(), stage="", mark="")
        for name, cell in cells.items()
        if cell == cell
    }
    kept = {name: fact for name, fact in facts.by_name.items() if name in changed or name not in cells}
    gaps = dict.fromkeys(cells.keys() - changed.keys(), "removed by the notebook's author")
    found = replace(facts, by_name=_renewed(kept, changed), gaps=facts.gaps | gaps)
    _add_others(found, frame)
    return found


def _on_another_base(report: Facts, facts: Facts, tables: Tables, frame: pd.DataFrame) -> Facts:
    """Contribution facts on the base named in the call; also added to the report."""
    arguments = frames.call_of(frame).arguments
    base = arguments["base"]
    found = replace(facts, by_name=dict(facts.by_name))
    try:
        figures = contribution_figures(tables, **arguments)
    except NotAvailable as gap:
        family = family_of(arguments["by"], arguments["flow"], arguments["over"])
        return replace(facts, gaps=facts.gaps | {f"{family}.*": gap.why})
    for name, figure in figures.items():
        found.add(name, figure)
    _add_others(found, frame)
    for name, fact in found.by_name.items():
        if fact is not facts.get(name):
            label = fact.label.of(f"{{}} ({BASES[base]})")
            found.by_name[name] = report.add(f"{name}:{base}", fact, label=label)
    return found


def _add_others(facts: Facts, frame: pd.DataFrame) -> None:
    """Recompute "others" (the sum of the parts that are not leading) for the parts that lead in this frame."""
    if frames.call_of(frame).helper != "contributions" or frame.empty:
        return
    family = next(name.rpartition(".")[0] for name, _ in frames.fact_cells(frame))
    if f"{family}.others" in facts:
        add_others(facts, family, facts[f"{family}.others"].label, frame, leading_parts(frame))


def _renewed(facts: Mapping[str, Fact], changed: Mapping[str, Fact]) -> dict[str, Fact]:
    """Replace changed facts and recompute what depends on them; inputs are matched by label."""
    by_label: dict[Label, Figure] = {figure.label: figure for figure in changed.values()}

    def renew(figure: Figure) -> Figure:
        if figure.label in by_label:
            return by_label[figure.label]
        inputs = {
            role: tuple(map(renew, given)) if isinstance(given, tuple) else renew(given)
            for role, given in figure.origin.inputs.items()
        }
        if inputs == figure.origin.inputs:
            return figure
        return replace(figure, origin=OWN, value=evaluate(figure.origin.formula, inputs), sources=(), mark="")

    return {name: Fact.of(name, renew(fact)) for name, fact in facts.items()}
