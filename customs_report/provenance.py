"""Where a figure comes from: its label, the publications behind it, and the formula that computed it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import lru_cache
from hashlib import blake2s
from types import CodeType
from typing import Any, NamedTuple

from customs_report import measures
from customs_report.numbers import write
from customs_report.summaries import Lines, Summary

SHOWN = 3  # sources listed in a figure's summary
MIXED = "mixed"  # the stage of a figure whose inputs were not published at one
FUNCTIONS: dict[str, Callable[..., Any]] = {  # what a formula may call beside + - * / and brackets
    "round": round,
    "sum": lambda values: sum(values),
    "sqrt": math.sqrt,
    "count": len,
    "each": zip,
    "size": abs,
    "largest": max,
    "smallest": min,
    "mean": lambda values: sum(values) / len(values),
    "rank": measures.rank,
    "rank_low": lambda values, value: measures.rank([-v for v in values], -value),
    "months_since_larger": measures.months_since_larger,
    "months_in_a_row": measures.streak,
    "milestone": measures.milestone,
}


class Source(NamedTuple):
    """One publication of a figure: source, stage, release day, and how we know that day."""

    names: str
    stage: str = ""
    released: str = ""
    basis: str = ""

    def __str__(self) -> str:
        return f"{self.names}, {self.stage}, released {self.released} ({self.basis})" if self.released else self.names


class Label(NamedTuple):
    """What a figure is, in words that fit into a sentence: `what`, then its scope (currency, span)."""

    what: str
    where: str = ""

    def of(self, pattern: str) -> Label:
        """The label of a figure made from this one: `growth of {} on a year earlier`."""
        return Label(pattern.format(self.what), self.where)

    def __str__(self) -> str:
        return f"{self.what}, {self.where}" if self.where else self.what


@dataclass(frozen=True, slots=True)
class Origin:
    """How a value was obtained: printed, or computed from named inputs.

    `how` describes it in words or as a formula. `formula` is the expression that was evaluated. It is empty if the figure was
    published, taken from the calendar or modelled; `model` is then a hash of the model's data.
    """

    how: str
    formula: str = ""
    inputs: Inputs = field(default_factory=dict)
    model: str = ""

    @property
    def figures(self) -> Iterator[Figure]:
        """All input figures, with series flattened."""
        for given in self.inputs.values():
            yield from given if isinstance(given, tuple) else (given,)

    def inputs_as_json(self) -> list[dict[str, Any]]:
        """The inputs as written in facts.json, enough to evaluate the formula again."""
        return [
            {"role": role, "values": [figure.value for figure in given]}
            if isinstance(given, tuple)
            else {"role": role, "label": str(given.label), "value": given.value, "unit": given.unit}
            for role, given in self.inputs.items()
        ]

    def evaluated(self) -> float:
        """Recompute the value from its inputs."""
        return evaluate(self.formula, self.inputs)


PRINTED = Origin("printed")
OWN = Origin("as the notebook's author has it")


@dataclass(frozen=True, slots=True, repr=False)
class Figure(Summary):
    """A value in its own unit (dollars, yuan, percent, tonnes), never in billions, with its sources and formula.

    `step` is the published rounding, in the same unit; the figure is never shown with more precision. `mark` is a footnote
    sign. `released` is the day its last input was public.

    >>> figure = helpers.level(tables, "balance", "USD", "month", period)
    >>> figure.stage, figure.how, str(figure.label)
    ('revised', 'exports - imports', 'the balance of trade, in dollars, November 2025')
    """

    value: float
    unit: str
    label: Label
    origin: Origin = PRINTED
    sources: tuple[Source, ...] = ()
    stage: str = ""
    step: float | None = None
    mark: str = ""
    released: str = ""

    def __reduce__(self) -> tuple[type, tuple]:
        """As arguments, which are unpickled twice as fast as attributes."""
        return type(self), tuple(getattr(self, part.name) for part in fields(self))

    @property
    def how(self) -> str:
        return self.origin.how

    def summary(self) -> tuple[str, Lines]:
        """Its value in words, and where it comes from."""
        sources = [*map(str, self.sources[:SHOWN])] + [f"and {len(self.sources) - SHOWN} more"] * (len(self.sources) > SHOWN)
        lines = [
            ("value", f"{self.value} {self.unit}"),
            ("how", self.how),
            ("stage", self.stage),
            ("sources", "; ".join(sources)),
        ]
        title = f"{str(self.label)[:1].upper()}{str(self.label)[1:]}: {write(self.value, self.unit, step=self.step)}"
        return title, [line for line in lines if line[1]]

    def __float__(self) -> float:
        return float(self.value)

    def __truediv__(self, other: float | Figure) -> float:
        return self.value / float(other)

    def __sub__(self, other: float | Figure) -> float:
        return self.value - float(other)

    @property
    def rounding(self) -> float:
        """The step, or 0.0 if none."""
        return self.step or 0.0


Inputs = Mapping[str, Figure | tuple[Figure, ...]]


@lru_cache(maxsize=4096)
def key_of(parts: tuple[str, ...]) -> str:
    """A short hash of these strings."""
    return blake2s("\0".join(parts).encode(), digest_size=8).hexdigest()


def combined(sources: Iterable[tuple[Source, ...]]) -> tuple[Source, ...]:
    """Several lists of sources as one, each named once."""
    return tuple(dict.fromkeys(source for group in sources for source in group))


def stage_of(figures: Iterable[Figure]) -> str:
    """The stage that figures share, else `mixed`."""
    stages = {figure.stage for figure in figures}
    return stages.pop() if len(stages) == 1 else MIXED


def calculate(
    formula: str,
    unit: str,
    label: Label,
    inputs: Inputs,
    *,
    how: str = "",
    like: Figure | None = None,
    stage: str = "",
    sources: tuple[Source, ...] | None = None,
    step: float | None = None,
    mark: str = "",
) -> Figure:
    """Compute a figure; the formula shown is the formula evaluated.

    `inputs` are figures, or tuples of figures, by their names in the formula. `how` describes the formula where it is not
    obvious. Stage and sources come from the arguments, else from `like`, else from the inputs.
    """
    origin = Origin(how or formula, formula, inputs)
    figures = [*origin.figures]
    if like:
        stage, sources = stage or like.stage, like.sources if sources is None else sources
    known = combined(figure.sources for figure in figures) if sources is None else sources
    released = max((figure.released for figure in figures), default="")
    return Figure(evaluate(formula, inputs), unit, label, origin, known, stage or stage_of(figures), step, mark, released)


def column_figures(values: Iterable[float], unit: str, label: Label) -> tuple[Figure, ...]:
    """The cells of a frame's column as the inputs of a formula."""
    return tuple(Figure(float(value), unit, label) for value in values)


def modelled(
    value: float,
    unit: str,
    label: Label,
    how: str,
    data: Iterable[Figure],
    *,
    step: float | None = None,
    sources: tuple[Source, ...] = (),
) -> Figure:
    """A figure computed by a model, identified by a hash of the model's data."""
    data = [*data]
    origin = Origin(how, model=key_of(tuple(repr(figure.value) for figure in data)))
    return Figure(
        value, unit, label, origin, combined([*(figure.sources for figure in data), sources]), stage_of(data), step,
        released=max((figure.released for figure in data), default=""),
    )  # fmt: skip


def evaluate(formula: str, inputs: Inputs) -> float:
    """The value of a formula over its inputs."""
    values = {
        name: [figure.value for figure in given] if isinstance(given, tuple) else given.value for name, given in inputs.items()
    }
    return evaluated(formula, values)


def evaluated(formula: str, values: Mapping[str, float | list[float]]) -> float:
    """The value of a formula over plain numbers. Safe to `eval`: formulas are in our code, never read from a file."""
    return eval(_compiled(formula), {"__builtins__": {}, **FUNCTIONS, **values})


@lru_cache(maxsize=1024)
def _compiled(formula: str) -> CodeType:
    return compile(formula, "<formula>", "eval")
