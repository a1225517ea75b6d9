"""Figures that are listed in the order of what they are about: exports and imports grew by 5.9% and 1.9%."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from customs_report.texts import lexicon as words
from customs_report.texts.tags import GOOD, PARTNER, SPAN, Tag, Tagged

LISTED = (words.FLOW, GOOD, PARTNER, SPAN, words.CURRENCY)
Counts = Callable[[Tag], object]  # which tags are listed, and by what they are of one kind


def lists(sentence: Tagged, kind_of: Counts) -> Iterator[list[int]]:
    """Runs of at least two tags of a kind, joined by commas and at last by "and"."""
    run: list[int] = []
    joined = ""
    for i, tag in enumerate(sentence.tags):
        if not kind_of(tag):
            continue
        last = sentence.tags[run[-1]] if run else tag
        between = sentence.between(last, tag).strip() if run else ""
        if run and (kind_of(last) != kind_of(tag) or between not in (",", "and", ", and", "or", "and by", "and to", "and the")):
            if "and" in joined:
                yield run
            run, between = [], ""
        run.append(i)
        joined = between
    if "and" in joined:
        yield run


def paired(sentence: Tagged, before: Sequence[Tag]) -> tuple[dict[int, list[Tag]], set[int]]:
    """For each figure of a list what it is about; and the figures of lists that have as many of nothing before them.

    `before` are the tags of the sentence before, which a list without any subject of its own follows.
    """
    pairs: dict[int, list[Tag]] = {}
    unpaired: set[int] = set()
    alone = not any(tag.kind in LISTED[:3] for tag in sentence.tags)
    for figures in lists(sentence, lambda tag: tag.value.kind if tag.counts else ""):
        for kind in LISTED:
            named = _named(sentence, kind, figures)
            unsaid = not any(tag.kind == kind for tag in sentence.tags)
            if not named and (alone or (unsaid and "respectively" in sentence.text)):
                named = _distinct([tag for tag in before if tag.kind == kind], len(figures))
            for figure, about in zip(figures, named, strict=False):
                pairs.setdefault(figure, []).append(about)
        unpaired |= {figure for figure in figures if figure not in pairs}
    return pairs, unpaired


def _named(sentence: Tagged, kind: str, figures: list[int]) -> list[Tag]:
    """The last list of this kind before the figures, of currencies also behind; otherwise all of the kind that stand before."""
    runs = [run for run in lists(sentence, lambda tag: tag.kind == kind) if len(run) == len(figures)]
    if kind != words.CURRENCY:
        runs = [run for run in runs if run[-1] < figures[0]]
    if runs:
        return [sentence.tags[i] for i in runs[-1]]
    return _distinct([tag for tag in sentence.tags[: figures[0]] if tag.kind == kind], len(figures))


def _distinct(tags: list[Tag], count: int) -> list[Tag]:
    return tags if len(tags) == count == len({str(tag.value) for tag in tags}) else []
