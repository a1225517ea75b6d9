"""Facts with all that they were computed from, as JSON, and back: each figure stands there once, before those made from it.

So a figure has one value wherever it is an input: whoever changes it contradicts everything computed from it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from customs_report.facts import Fact
from customs_report.provenance import Figure, Label, Origin, Source

PLAIN = {"stage": str, "mark": str, "step": (int, float, type(None))}  # of a figure, left out where empty
OF_ORIGIN = {"how": str, "formula": str, "model": str}
MOST = 2_000_000  # inputs of all figures together


class Unreadable(ValueError):
    """JSON that is not a valid derivation."""


def as_json(facts: Iterable[Fact]) -> dict[str, Any]:
    """`figures`, `facts` (the place of each fact's figure by name) and `sources`, to which figures refer by place."""
    sources: dict[tuple[Source, ...], int] = {}
    places: dict[tuple, int] = {}
    known: dict[int, int] = {}  # places by the identity of figures
    figures: list[dict[str, Any]] = []
    names = {}
    for fact in facts:
        for figure in _inputs_first(fact, known):
            given = {
                role: [known[id(each)] for each in value] if isinstance(value, tuple) else known[id(value)]
                for role, value in figure.origin.inputs.items()
            }
            plain = {name: value for name in PLAIN if (value := getattr(figure, name))}
            plain |= {name: value for name in OF_ORIGIN if (value := getattr(figure.origin, name))}
            listed = sources.setdefault(figure.sources, len(sources))
            written = {
                "value": number(figure.value),
                "unit": figure.unit,
                "label": [*figure.label],
                "sources": listed,
                **plain,
            }
            same = (*map(str, written.values()), *map(str, given.items()))
            if same not in places:
                places[same] = len(figures)
                figures.append(written | ({"inputs": given} if given else {}))
            known[id(figure)] = places[same]
        names[fact.name] = known[id(fact)]
    return {"facts": names, "figures": figures, "sources": [[[*source] for source in group] for group in sources]}


def _inputs_first(fact: Figure, known: Mapping[int, int]) -> Iterator[Figure]:
    """The figures behind a fact that have no place yet, and the fact, each after its inputs."""
    waiting: list[tuple[Figure, bool]] = [(fact, False)]
    begun: set[int] = set()
    while waiting:
        figure, ready = waiting.pop()
        if ready:
            yield figure
        elif id(figure) not in known and id(figure) not in begun:
            begun.add(id(figure))
            waiting.append((figure, True))
            waiting += [(each, False) for each in figure.origin.figures]


def number(value: Any) -> float:
    """A plain finite number; raises Unreadable for anything else."""
    plain = value if type(value) in (int, float) else float(value)
    if not math.isfinite(plain):
        raise Unreadable(f"{value} is not a finite number")
    return plain


def from_json(content: Any) -> dict[str, Fact]:
    """The facts by name, with all that they were computed from; raises Unreadable. Nothing is computed."""
    try:
        sources = [tuple(Source(*map(_text, source)) for source in group) for group in content["sources"]]
        figures: list[Figure] = []
        budget = MOST
        for written in content["figures"]:
            given = {}
            for role, places in written.get("inputs", {}).items():
                several = isinstance(places, list)
                budget -= len(places) if several else 1
                if budget < 0:
                    raise Unreadable(f"more than {MOST:,} inputs")
                found = tuple(figures[_place(place)] for place in (places if several else [places]))
                given[_text(role)] = found if several else found[0]
            figures.append(_figure(written, given, sources))
        names = {_text(name): figures[_place(place)] for name, place in content["facts"].items()}
    except (AttributeError, KeyError, IndexError, TypeError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}") from error
    return {name: Fact.of(name, figure) for name, figure in names.items()}


def _figure(written: Mapping[str, Any], given: Mapping[str, Any], sources: list[tuple[Source, ...]]) -> Figure:
    said = {name: _of_kind(written[name], kind) for name, kind in (PLAIN | OF_ORIGIN).items() if name in written}
    origin = Origin(said.pop("how", ""), said.pop("formula", ""), given, said.pop("model", ""))
    label, value = Label(*map(_text, written["label"])), _of_kind(written["value"], (int, float))
    if not math.isfinite(value) or not math.isfinite(said.get("step") or 0.0):
        raise Unreadable(f"{label}: {value} is not a finite number")
    return Figure(value, _text(written["unit"]), label, origin, sources[_place(written["sources"])], **said)


def _place(place: Any) -> int:
    """An index of a list, not negative."""
    if type(place) is not int or place < 0:
        raise Unreadable(f"{place!r} is not a valid index")
    return place


def _text(value: Any) -> str:
    return _of_kind(value, str)


def _of_kind(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise Unreadable(f"{str(value)[:40]!r} is not of type {kind}")
    return value
