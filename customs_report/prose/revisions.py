"""The words on revisions: as published then, as known now; what printed growth tells of the base it rests on."""

from __future__ import annotations

import re

from customs_report.display import Words
from customs_report.english.grammar import held, listed, release_day, shows_zero, to_date
from customs_report.facts import CURRENCY_WORDS, Facts, Mark, Runs
from customs_report.report import Report


def revisions(report: Report) -> Words:
    """Exhibit: as published then, as known now; of the month, else of the year to date."""
    facts = report.facts
    over = next((over for over in ("month", "ytd") if f"revision.balance_usd_{over}_change" in facts), None)
    if over is None:
        first = facts.by_name.get("balance_usd_month")
        if first and first.stage == "preliminary":
            claim = facts.say("The dollar figures of {@month} are those first published", month=report.period)
            why = facts.say("Up to {@day} no later figure is held; customs revises without notice.", day=report.as_of)
        else:
            claim = facts.say("No first print of {@month} in dollars is held beside a later figure", month=report.period)
            why = first and facts.say("The figures are those that customs showed on {@day}.", day=release_day(first.sources))
        return Words(claim, held(why, _mean_revision(report), *_of_bases(report)), notes=_base_note(report))
    name, when = f"balance_usd_{over}", report.period if over == "month" else to_date(report)
    if facts[f"revision.{name}_first"].text == facts[name].text:
        claim = facts.say(f"The balance of {{@when}} stands at {{{name}:size}}, as first published", when=when)
    else:
        first = f"First published as {{revision.{name}_first:size}}, the balance of {{@when}} now stands at {{{name}:size}}"
        claim = facts.say(first, when=when)
    names = {flow: f"revision.{flow}_usd_{over}_change" for flow in ("exports", "imports")}
    names = {flow: name for flow, name in names.items() if name in facts and not shows_zero(facts, name)}
    sentence = facts.say("Customs has since {@moved}.", moved=_moved(facts, names)) if names else None
    return Words(claim, held(sentence, _mean_revision(report), *_of_bases(report)), notes=(REVISION_NOTE, *_base_note(report)))


REVISION_NOTE: Runs = (
    "Customs revises without notice and prints no reasons. The first print is the press figure of the first release, rounded "
    "as the press rounded it.",
)


def _mean_revision(report: Report) -> Runs | None:
    mean = report.facts.value("revision.balance_usd_month_mean")
    if mean is None:
        return None
    return report.facts.say(
        "Across {revision.balance_usd_month_count} held in both forms, revisions have {@way} the monthly balance by "
        "{revision.balance_usd_month_mean:size} on average.",
        way=("lowered" if mean < 0 else "raised",),
    )


BASE_NOTE: Runs = (
    "The base is the level divided by one plus the growth printed beside it; ± is the most that the rounding of prints leaves "
    "open. In dollars it is the months that tell of it, in yuan the year to date.",
)


def _base_note(report: Report) -> tuple[Runs, ...]:
    return () if "base_revision.*" in report.facts.gaps else (BASE_NOTE,)


def _of_bases(report: Report) -> tuple[Runs, ...]:
    """What growth printed this year says of last year's figures, and the largest such revision; none within its rounding."""
    facts, year = report.facts, report.period[:4]
    last, beyond = str(int(year) - 1), _beyond_rounding(facts)
    currency = next((c for c in CURRENCIES if f"base_revision.exports_{c}_{last}" in facts), None)
    if not currency:
        return ()
    flows = [flow for flow in ("exports", "imports") if f"{flow}_{currency}_{last}" in beyond]
    marks = {"year": year, "last": last, "in": (CURRENCIES[currency],)}
    if not flows:
        return (facts.say("Growth printed in {@year} implies no revision of {@last} beyond its own rounding.", **marks),)
    moved = _moved(facts, {flow: f"base_revision.{flow}_{currency}_{last}" for flow in flows}, last)
    told = facts.say(
        "By the growth printed in {@year}, customs had {@moved} since the first print, in {@in} ({base_revision."
        f"exports_{currency}_{last}_months}} that can be compared).",
        moved=moved,
        **marks,
    )
    return (told, *_largest(facts, beyond, last))


def _largest(facts: Facts, beyond: list[str], last: str) -> tuple[Runs, ...]:
    """The largest revision of the table, where it is not the one told of last year."""
    if not beyond:
        return ()
    key = max(beyond, key=lambda key: abs(facts[f"base_revision.{key}"].value))
    flow, currency, year, *since = key.split("_")
    if year == last and not since:
        return ()
    return (
        facts.say(
            "The largest revision in the table {@way} the {@flow} of {@year} by {base_revision." + key + ":size} in {@in}, "
            "{@leg} ({base_revision." + key + "_months} that can be compared).",
            way=(_way(facts[f"base_revision.{key}"].value),),
            flow=(flow,),
            year=year,
            leg=(
                "since customs compared the next year with them"
                if since
                else "before customs compared the next year with them",
            ),
            **{"in": (CURRENCIES[currency],)},
        ),
    )


CURRENCIES = {code.lower(): word for code, word in CURRENCY_WORDS.items()}


def _beyond_rounding(facts: Facts) -> list[str]:
    """The revisions that are larger than what rounding leaves open: `exports_usd_2024`, `imports_usd_2023_since`."""
    names = (re.fullmatch(r"base_revision\.((?:exports|imports)_(?:usd|cny)_\d{4}(?:_since)?)", name) for name in facts)
    keys = [found[1] for found in names if found]
    return [k for k in keys if abs(facts[f"base_revision.{k}"].value) > facts[f"base_revision.{k}_rounding"].value]


def _moved(facts: Facts, names: dict[str, str], year: str = "") -> Runs:
    """ "lowered 2024's exports by 0.2% and imports by 0.3%", the verb once where it is the same."""
    parts, before, of = [], "", (Mark.of(year), "’s ") if year else ()
    for flow, name in names.items():
        way = _way(facts[name].value)
        verb = "" if way == before else f"{way} "
        parts.append(facts.say("{@verb}{@of}{@flow} by {" + name + ":size}", verb=(verb,), of=of, flow=(flow,)))
        before, of = way, ()
    return listed(parts)


def _way(change: float) -> str:
    return "lowered" if change < 0 else "raised"
