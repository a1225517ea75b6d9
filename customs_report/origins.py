"""Where a figure comes from, in words: its value in full, formula, inputs, sources, stage and release days."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from customs_report.languages import Language, language
from customs_report.provenance import Figure, Source

BASES = {
    "printed": "as printed",
    "usual day": "usual day",
    "retrieved": "as retrieved",
}
MOST = 3  # sources named one by one


def origin_in_words(lang: Language, figure: Figure, named: Callable[[tuple[Source, ...]], str]) -> dict[str, str]:
    """The parts of its trace; `named` says what sources are called."""
    items = {"Value": lang.in_full(figure.value, figure.unit), "Formula": lang.formula(figure.how)}
    if figure.origin.inputs:
        items["Inputs"] = lang.word("; ").join(_input(lang, role, given) for role, given in figure.origin.inputs.items())
    items["Source"] = named(figure.sources)
    items["Stage"] = lang.stage(figure.stage)
    if released := release_days(lang.code, figure.sources):
        items["Released"] = released
    return items


def _input(lang: Language, role: str, given: Figure | tuple[Figure, ...]) -> str:
    """An input by what it is to the formula: "exports: $330.0 billion", "months: 215 values"."""
    if isinstance(given, tuple):
        if len(given) != 1:
            return f"{lang.role(role)}{lang.word(': ')}{lang.values(len(given))}"
        given = given[0]
    return f"{lang.role(role)}{lang.word(': ')}{lang.write(given.value, given.unit, step=given.step)}"


def named_sources(lang: Language, sources: tuple[Source, ...], publications: Callable[[str], Iterable[str]]) -> str:
    """Publisher and table of each source; of many the first, the last and how many."""
    names = list(dict.fromkeys(name for source in sources for name in publications(source.names)))
    if len(names) <= MOST:
        return lang.word("; ").join(map(lang.source, names))
    return lang.of_many_sources(lang.source(names[0]), lang.source(names[-1]), len(names))


@lru_cache(maxsize=4096)
def release_days(code: str, sources: tuple[Source, ...]) -> str:
    """The release days, and how they are known, in the language of a code."""
    found = [source for source in sources if source.released]
    days = sorted({source.released for source in found})
    if not days:
        return ""
    lang = language(code)
    return lang.released(days, [*dict.fromkeys(lang.word(BASES.get(source.basis, source.basis)) for source in found)])
