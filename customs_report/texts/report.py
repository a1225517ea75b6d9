"""A checked text for readers: lines for the terminal and the form of `explore`, rows for JSON."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from customs_report.claims import Judgement
from customs_report.numbers import period_text
from customs_report.texts.checking import CheckedText, Finding

NOT_UNDERSTOOD = "not understood"


def understood(checked: CheckedText) -> list[Finding]:
    return [finding for finding in checked.findings if finding.then]


def rest(checked: CheckedText) -> list[Finding]:
    """The figures that were not understood."""
    return [finding for finding in checked.findings if not finding.then]


def summary(checked: CheckedText) -> str:
    """How many figures there are, and how many of each verdict on the day of the text."""
    counts = Counter(finding.then or NOT_UNDERSTOOD for finding in checked.findings)
    listed = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
    return f"{len(checked.findings)} figures: {listed}" if listed else "no figure was found in the text"


def arithmetic(judgement: Judgement | None) -> str:
    """The figures behind a verdict, and the day of their sources."""
    if not judgement:
        return ""
    days = sorted({source.released for number in judgement.numbers for source in number.sources if source.released})
    released = f" Released {period_text(days[-1])}." if days else ""
    return f"{judgement.as_json()['why']}{released}"


def lines(checked: CheckedText, width: int = 80) -> Iterator[str]:
    """The check as text: each sentence, what its figures were understood as, the verdicts and the arithmetic."""
    days = f"as known on {period_text(checked.published)}", "now"
    yield from textwrap.wrap(summary(checked), width)
    for sentence, group in groupby(understood(checked), key=lambda finding: finding.sentence):
        yield ""
        yield from textwrap.wrap(sentence.text, width)
        for finding in group:
            yield from _wrapped(f"“{finding.quote}”: {finding.understood or finding.about}", width, "  ")
            same = finding.then == finding.now
            yield from _wrapped(finding.then if same else f"{days[0]}: {finding.then}; {days[1]}: {finding.now}", width, "    ")
            then, now = arithmetic(finding.judged_then), arithmetic(finding.judged_now)
            yield from _wrapped(then or finding.why, width, "    ")
            if now and now != then:
                yield from _wrapped(f"Now: {now}", width, "    ")
    if missed := rest(checked):
        yield ""
        yield "Not understood:"
        for finding in missed:
            said = textwrap.shorten(finding.sentence.text, 160, placeholder=" ...")
            yield from _wrapped(f"“{finding.quote}” in “{said}”: {finding.why}", width, "  ")


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent + "  ")


def rows(checked: CheckedText) -> list[dict[str, Any]]:
    """One row for each figure, as the command prints them with --json."""
    return [
        {
            "sentence": finding.sentence.text,
            "quote": finding.quote,
            "understood_as": finding.understood or finding.about,
            "verdict": finding.then or NOT_UNDERSTOOD,
            "verdict_now": finding.now or NOT_UNDERSTOOD,
            "why": finding.why,
            "then": finding.judged_then.as_json() if finding.judged_then else None,
            "now": finding.judged_now.as_json() if finding.judged_now else None,
        }
        for finding in checked.findings
    ]
