"""How well does `check-text` read? Its verdicts against the true ones of `tests/fixtures/texts/`, matched by place.

`python tests/text_score.py` prints the score of the first thirty texts and of those added later, open and held out, by day of the
text and by now. It prints totals only; `--misses NAME` lists what was read otherwise in one text, unless it is held out.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from truths import Truth, all_truths

Place = tuple[int, int]  # from and to, in the text on one line


@dataclass(frozen=True)
class Verdict:
    """What the checker says of the figure at a place: on the day of the text, and now."""

    place: Place
    then: str
    now: str


@dataclass(frozen=True)
class Score:
    """Of the sentences with a figure of trade, how many got a verdict; of the verdicts, how many are the true ones."""

    sentences: int = 0
    reached: int = 0
    verdicts: int = 0
    right: int = 0
    right_now: int = 0

    @property
    def recall(self) -> float:
        return self.reached / self.sentences if self.sentences else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.verdicts if self.verdicts else 1.0

    @property
    def precision_now(self) -> float:
        return self.right_now / self.verdicts if self.verdicts else 1.0

    def __add__(self, other: Score) -> Score:
        return Score(*(a + b for a, b in zip(vars(self).values(), vars(other).values(), strict=True)))

    def __str__(self) -> str:
        return (
            f"recall of sentences {self.recall:.3f} ({self.reached}/{self.sentences}), "
            f"precision of verdicts {self.precision:.3f} ({self.right}/{self.verdicts}), "
            f"now {self.precision_now:.3f} ({self.right_now}/{self.verdicts})"
        )


def score(truth: Truth, found: Iterable[Verdict]) -> Score:
    found = list(found)
    sentences = [(place, claims) for place, claims in _places(truth) if any(map(_is_trade_figure, claims.values()))]
    reached = sum(any(_overlap(place, verdict.place) for verdict in found) for place, _ in sentences)
    claims = [_claim_at(truth, verdict.place) for verdict in found]
    right = sum(claim is not None and claim["verdict"] == v.then for claim, v in zip(claims, found, strict=True))
    right_now = sum(claim is not None and _now(claim) == v.now for claim, v in zip(claims, found, strict=True))
    return Score(len(sentences), reached, len(found), right, right_now)


def _is_trade_figure(claim: dict[str, Any]) -> bool:
    return claim["is_trade"] == "true" and claim.get("figure") != "false"


def _now(claim: dict[str, Any]) -> str:
    return claim.get("now", claim["verdict"])


def _places(truth: Truth) -> list[tuple[Place, dict[Place, dict[str, Any]]]]:
    """Where each sentence stands, and in it the quote of each claim."""
    found, end = [], 0
    for sentence in truth.sentences:
        start = truth.text.index(sentence["text"], end)
        end = start + len(sentence["text"])
        quotes = {}
        for claim in sentence["claims"]:
            begin = start + sentence["text"].index(claim["quote"])
            quotes[begin, begin + len(claim["quote"])] = claim
        found.append(((start, end), quotes))
    return found


def _overlap(one: Place, two: Place) -> int:
    return max(0, min(one[1], two[1]) - max(one[0], two[0]))


def _claim_at(truth: Truth, place: Place) -> dict[str, Any] | None:
    """The claim whose quote shares most with the place."""
    shared = [(_overlap(quote, place), claim) for _, claims in _places(truth) for quote, claim in claims.items()]
    size, claim = max(shared, key=lambda each: each[0], default=(0, None))
    return claim if size else None


def verdicts_of(truth: Truth) -> list[Verdict]:
    from customs_report.texts import check_text

    return [
        Verdict((finding.start, finding.end), finding.then, finding.now)
        for finding in check_text(truth.text_as_written, truth.date).findings
        if finding.then
    ]


def print_score(read: Callable[[Truth], list[Verdict]] = verdicts_of) -> None:
    scores = {truth: score(truth, read(truth)) for truth in all_truths()}
    sets = {"first thirty": range(1, 31), "later": range(31, 51), "from 51 on": range(51, 1000), "all": range(1, 1000)}
    for name, numbers in sets.items():
        for kind, held_out in (("open", (False,)), ("held out", (True,)), ("all", (False, True))):
            chosen = [each for truth, each in scores.items() if truth.number in numbers and truth.held_out in held_out]
            print(f"{name}, {kind} ({len(chosen)} texts): {sum(chosen, Score())}")


def print_misses(name: str, read: Callable[[Truth], list[Verdict]] = verdicts_of) -> None:
    truth = next(truth for truth in all_truths() if truth.name.startswith(name))
    if truth.held_out:
        sys.exit(f"{truth.name} is held out")
    found = read(truth)
    for verdict in found:
        claim = _claim_at(truth, verdict.place)
        if claim is None or (claim["verdict"], _now(claim)) != (verdict.then, verdict.now):
            said = truth.text[slice(*verdict.place)]
            true = f"{claim['verdict']} / {_now(claim)} ({claim['fact']})" if claim else "no claim"
            print(f"WRONG {said!r}: {verdict.then} / {verdict.now}, true: {true}")
    for _, claims in _places(truth):
        for place, claim in claims.items():
            if not any(_overlap(place, verdict.place) for verdict in found) and claim["is_trade"] == "true":
                print(f"MISSED {claim['quote']!r}: {claim['verdict']} ({claim['fact']})")
    print(score(truth, found))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--misses"]:
        print_misses(sys.argv[2])
    else:
        print_score()
