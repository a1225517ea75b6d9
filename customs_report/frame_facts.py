"""The facts of a report as the frames of a notebook have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

import helpers
from customs_report import frames
from customs_report.calculations.contributions import add_others, contribution_figures, leading_parts
from customs_report.facts import Fact, Facts
from customs_report.provenance import OWN, Figure, Label, evaluate
from customs_report.tables import Tables


def facts_of_frames(facts: Facts, tables: Tables, given: Iterable[pd.DataFrame]) -> tuple[Facts, bool]:
    """The facts with the cells of these frames, and whether one of the frames was changed by its author.

    A frame of a call with another base brings facts of that base, under names of their own (`...:printed`), which the report
    gets, too. Cells that an author changed are the author's own. What was computed from either is computed anew.
    """
    found, own = facts, False
    for frame in given:
        call = frames.call_of(frame)
        as_made = frames.silently(getattr(helpers, call.helper), tables, **call.arguments)
        if not as_made.equals(frame):
            found, own = _changed(found, frame, as_made), True
        elif call.arguments.get("base", "implied") != "implied":
            found = _on_another_base(facts, found, tables, frame)
    return found, own


def _changed(facts: Facts, frame: pd.DataFrame, as_made: pd.DataFrame) -> Facts:
    """The facts with what the author wrote into the frame."""
    before = dict(frames.cells(as_made))
    cells = {name: cell for name, cell in frames.cells(frame) if name in facts and frames.differ(cell, before.get(name, cell))}
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
    """The facts of contributions on the base that the call names, which the report has from now on as well."""
    arguments = frames.call_of(frame).arguments
    base = arguments["base"]
    side = {"flow": arguments["flow"] if arguments["by"] == "partner" else arguments["flow"].removesuffix("s")}
    found = replace(facts, by_name=dict(facts.by_name))
    for name, figure in contribution_figures(tables, **{**arguments, **side}).items():
        found.add(name, figure)
    _add_others(found, frame)
    for name, fact in found.by_name.items():
        if fact is not facts.get(name):
            found.by_name[name] = report.add(f"{name}:{base}", fact)
    return found


def _add_others(facts: Facts, frame: pd.DataFrame) -> None:
    """Of contributions: the sum of the parts that are not the leading ones, anew for the parts that lead in this frame."""
    if frames.call_of(frame).helper != "contributions" or frame.empty:
        return
    family = next(name.rpartition(".")[0] for name, _ in frames.cells(frame))
    if f"{family}.others" in facts:
        add_others(facts, family, facts[f"{family}.others"].label, frame, leading_parts(frame))


def _renewed(facts: Mapping[str, Fact], changed: Mapping[str, Fact]) -> dict[str, Fact]:
    """The facts with those changed, and with what is computed from them: a formula's input is known by its label."""
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
