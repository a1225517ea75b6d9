"""A fact check in sentences: how many claims hold, which, and why."""

from __future__ import annotations

from customs_report.claims import Claim, Judgement
from customs_report.display import Column, Exhibit, Row, Table, Tile, Words
from customs_report.english.grammar import listed
from customs_report.exhibits import method_notes
from customs_report.exhibits.selection import present
from customs_report.fact_check import GROUPS, FactCheck, grouped
from customs_report.facts import Facts, Mark, Runs, plain
from customs_report.rows import NOT_PRINTED

NAMES = {
    "reproduced": "reproduced",
    "revised": "revised since",
    "one_currency": "true in one currency only",
    "contradicted": "contradicted",
    "not_testable": "not testable",
}


def kicker(check: FactCheck) -> Runs:
    """The line above the headline: what is checked, and how recent the knowledge is."""
    return check.facts.say(
        "China customs report · claims of an article of {@published} · as known on {@day}",
        published=check.article.published, day=check.as_of,
    )  # fmt: skip


def headline(check: FactCheck) -> Runs:
    """How did the claims fare against what was known when they were published?"""
    noun = "claim" if len(check.article.claims) == 1 else "claims"
    return ("Of ", *_count(check.facts, "claims"), f" {noun}: ", *_counts(check.facts, "then"))


def standfirst(check: FactCheck) -> tuple[Runs, ...]:
    """Which article, judged on which day, and what has changed since."""
    facts = check.facts
    first: Runs = (
        "The article “", Mark("quote", check.article.name, check.article.title), "” of ", Mark.of(check.article.published),
        " is checked against what customs had published by that day.",
    )  # fmt: skip
    if check.one_vintage:
        return (first,)
    if not facts.value("count.changed"):
        return first, facts.say("As known on {@day}, every verdict is the same.", day=check.as_of)
    moved = "has" if facts.value("count.changed") == 1 else "have"
    return first, (
        *facts.say("As known on {@day}, {count.changed:count} ", day=check.as_of),
        f"{'verdict' if moved == 'has' else 'verdicts'} {moved} changed: ",
        *_counts(facts, "now"),
        ".",
    )


def _counts(facts: Facts, when: str) -> Runs:
    """ "15 reproduced, two contradicted and two not testable"."""
    groups = [group for group in NAMES if facts.value(f"count.{when}.{group}")]
    return listed((*_count(facts, f"{when}.{group}"), f" {NAMES[group]}") for group in groups)


def _count(facts: Facts, name: str) -> Runs:
    return (facts.cite(f"count.{name}", "count"),)


def tiles(check: FactCheck) -> tuple[Tile, ...]:
    """One box a verdict that the data allow: how many claims then, how many now."""
    day: Runs = ("as known on ", Mark.of(check.article.published))
    return tuple(
        Tile(
            NAMES[group].capitalize(),
            (check.facts.cite(f"count.then.{group}", "number"),),
            (day,) if check.one_vintage else (day, _counted_now(check.facts, group)),
        )
        for group in ("reproduced", "one_currency", "contradicted")
    )


def _counted_now(facts: Facts, group: str) -> Runs:
    revised = ", {count.now.revised:number} revised since" if group == "reproduced" and facts.value("count.now.revised") else ""
    return facts.say("now {count.now." + group + ":number}" + revised)


def verdicts(check: FactCheck) -> Exhibit:
    """What is the verdict on each claim, then and now?"""
    return Exhibit.of(check, _verdicts_words, _verdicts_table)


def _verdicts_words(check: FactCheck) -> Words:
    """The table's heading and what to know when reading it."""
    if check.one_vintage:
        day = Mark.of(check.article.published)
        return Words(
            ("Each claim is judged by what was public on ", day),
            (("Nothing newer was used.",),),
        )
    facts = check.facts
    count = facts.value("count.changed")
    claim: Runs = ("No verdict has changed since publication",)
    if count:
        claim = ("Since publication ", *_count(facts, "changed"), f" verdict{' has' if count == 1 else 's have'} changed")
    changed = [then.claim for then, now in zip(check.then, check.now, strict=True) if then.verdict != now.verdict]
    names = listed((Mark("quote", c.id, c.says),) for c in changed)
    return Words(
        claim,
        present(
            ("Each claim is judged twice: by what was public on the day of the article, and by what is known now.",),
            ("Judged otherwise now: ", *names, ".") if changed else None,
        ),
    )


def entries(check: FactCheck, *groups: str) -> tuple[tuple[Runs, list[Runs]], ...]:
    """The claims under a heading: what the article says; what the data say of it, then and now, and the likely reason."""
    if unknown := {*groups} - {*GROUPS}:
        raise ValueError(f"there is no group {min(unknown)!r}")
    return tuple((says(then.claim), _lines(check, then, now)) for then, now in grouped(check, groups)) or (
        (("None",), [("No claim of the article stands here.",)]),
    )


def sources(check: FactCheck) -> tuple[tuple[Runs, Runs], ...]:
    """Where the figures come from: those of the article's day, where they differ, before those known now."""
    known = method_notes.sources(check.known)
    then = [item for item in (method_notes.sources(check.published) if check.published else ()) if item not in known]
    day = Mark.of(check.article.published)
    return (*(((*term, ", known on ", day), text) for term, text in then), *known, *_ember(check))


def _ember(check: FactCheck) -> tuple[tuple[Runs, Runs], ...]:
    """Who compiled the exports of clean technologies, where a verdict rests on them."""
    used = [check.facts[name] for name in check.facts if ".cleantech." in name]
    if not used:
        return ()
    licence: Runs = (" Licence: ", Mark("note", "licence", "CC BY 4.0"), ".")
    return ((("Clean technologies",), (*method_notes.publishers(check, used), *licence)),)


def says(claim: Claim) -> Runs:
    """A claim in the words of its file."""
    return (Mark("quote", claim.id, claim.says[0].upper() + claim.says[1:]),)


def _lines(check: FactCheck, then: Judgement, now: Judgement) -> list[Runs]:
    claim, ((why, reason), (why_now, reason_now)) = then.claim, (check.cited("then", then), check.cited("now", now))
    lines: list[Runs] = []
    if claim.printed is not None:
        lines.append(("Printed: ", check.facts.cite(f"{claim.id}.printed", "exact"), "."))
    if claim.reading:
        lines.append(("Read as: ", Mark("quote", claim.id, claim.reading), "."))
    if not claim.test:
        lines.append((f"{then.shown.capitalize()}: ", *why, "."))
    elif check.one_vintage:
        lines.append((f"{then.shown.capitalize()}. ", *why))
    elif (then.verdict, plain(then.why)) == (now.verdict, plain(now.why)):
        lines.append((f"{then.shown.capitalize()}, then and now. ", *why))
    else:
        lines.append(("As known on ", Mark.of(then.as_of), f": {then.shown}. ", *why))
        lines.append(("As known on ", Mark.of(now.as_of), f": {now.shown}. ", *why_now))
    if reason or reason_now:
        lines.append(reason or reason_now)
    return lines


def _verdicts_table(check: FactCheck) -> Table:
    """Each claim of an article with what is printed and both verdicts."""
    rows = []
    for then, now in zip(check.then, check.now, strict=True):
        printed = f"{then.claim.id}.printed"
        number = (check.facts.cite(printed, "exact"),) if printed in check.facts else NOT_PRINTED
        verdicts = (then,) if check.one_vintage else (then, now)
        rows.append(Row(says(then.claim), (number, *((judgement.shown,) for judgement in verdicts))))
    known = (check.article.published,) if check.one_vintage else (check.article.published, check.as_of)
    days = [("Known on ", Mark.of(day)) for day in known]
    columns = (Column("Claim"), Column("Printed", align="right"), *(Column(day, align="left") for day in days))
    return Table("verdicts", "Claims and verdicts", columns, tuple(rows))
