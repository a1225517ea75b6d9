"""A fact check in sentences: how many claims hold, which, and why."""

from __future__ import annotations

from customs_report.claims import VERDICTS, Claim, Judgement
from customs_report.display import Column, Exhibit, Row, Table, Tile, Words
from customs_report.english.grammar import listed, opened
from customs_report.exhibits.method_notes import Entry, publishers, selected_sources, term, written
from customs_report.exhibits.selection import present
from customs_report.fact_check import GROUPS, FactCheck, grouped
from customs_report.facts import Fact, Mark, Runs, plain, say
from customs_report.messages import Message, message
from customs_report.rows import NOT_PRINTED

NAMES = {
    "reproduced": "reproduced",
    "revised": "revised since",
    "one_currency": "true in one currency only",
    "contradicted": "contradicted",
    "not_testable": "not testable",
}
CODES = dict(
    zip(
        VERDICTS,
        ("reproduced", "rounded", "revised", "yuan_only", "dollars_only", "contradicted", "not_testable"),
        strict=True,
    )
)


def kicker(check: FactCheck) -> Runs:
    """The line above the headline: what is checked, and how recent the knowledge is."""
    return check.write(claims_of(check.article.published, check.as_of))


@message
def claims_of(published: str, day: str) -> Runs:
    template = "China customs report · claims of an article of {published} · as known on {day}"
    return say(template, published=published, day=day)


def headline(check: FactCheck) -> Runs:
    """How did the claims fare against what was known when they were published?"""
    return check.write(claims_fared(check.facts["count.claims"], _counts(check, "then")))


@message
def claims_fared(claims: Fact, counts: list[Runs]) -> Runs:
    noun = "claim" if claims.value == 1 else "claims"
    return say("Of {claims:count} {noun}: {counts}", claims=claims, noun=noun, counts=listed(counts))


def standfirst(check: FactCheck) -> tuple[Runs, ...]:
    """Which article, judged on which day, and what has changed since."""
    title = Mark("quote", check.article.name, check.article.title)
    now = None if check.one_vintage else verdicts_now(check.as_of, check.facts["count.changed"], _counts(check, "now"))
    return tuple(map(check.write, present(article_checked(title, check.article.published), now)))


@message
def article_checked(title: Mark, day: str) -> Runs:
    template = "The article “{title}” of {day} is checked against what customs had published by that day."
    return say(template, title=(title,), day=day)


@message
def verdicts_now(day: str, changed: Fact, counts: list[Runs]) -> Runs:
    if not changed.value:
        return say("As known on {day}, every verdict is the same.", day=day)
    have = "verdict has" if changed.value == 1 else "verdicts have"
    template = "As known on {day}, {changed:count} {have} changed: {counts}."
    return say(template, day=day, changed=changed, have=have, counts=listed(counts))


def _counts(check: FactCheck, when: str) -> list[Message]:
    """ "15 reproduced, two contradicted and two not testable"."""
    counts = {group: check.facts.get(f"count.{when}.{group}") for group in NAMES}
    return [counted(group, count) for group, count in counts.items() if count and count.value]


@message
def counted(group: str, count: Fact) -> Runs:
    return say("{count:count} {group}", count=count, group=NAMES[group])


def tiles(check: FactCheck) -> tuple[Tile, ...]:
    """One box a verdict that the data allow: how many claims then, how many now."""
    facts, day = check.facts, on_day(check.article.published)
    found = []
    for group in ("reproduced", "one_currency", "contradicted"):
        lines = [day]
        if not check.one_vintage:
            revised = facts["count.now.revised"] if group == "reproduced" else None
            lines.append(counted_now(facts[f"count.now.{group}"], revised if revised and revised.value else None))
        found.append(Tile(group_of_claims(group), count_of_claims(facts[f"count.then.{group}"]), tuple(lines)))
    return tuple(tile.written(check.write) for tile in found)


@message
def group_of_claims(group: str) -> Runs:
    return (NAMES[group].capitalize(),)


@message
def count_of_claims(count: Fact) -> Runs:
    return say("{count:number}", count=count)


@message
def on_day(day: str) -> Runs:
    return say("as known on {day}", day=day)


@message
def counted_now(count: Fact, revised: Fact | None) -> Runs:
    rest = say(", {revised:number} revised since", revised=revised) if revised else ()
    return say("now {count:number}{rest}", count=count, rest=rest)


def verdicts(check: FactCheck) -> Exhibit:
    """What is the verdict on each claim, then and now?"""
    return Exhibit.of(check, _verdicts_words, _verdicts_table)


def _verdicts_words(check: FactCheck) -> Words:
    """The table's heading and what to know when reading it."""
    if check.one_vintage:
        return Words(judged_by(check.article.published), (nothing_newer(),))
    changed = [then.claim for then, now in zip(check.then, check.now, strict=True) if then.verdict != now.verdict]
    otherwise = judged_otherwise([Mark("quote", claim.id, claim.says) for claim in changed]) if changed else None
    return Words(verdicts_changed(check.facts["count.changed"]), present(judged_twice(), otherwise))


@message
def judged_by(day: str) -> Runs:
    return say("Each claim is judged by what was public on {day}", day=day)


@message
def nothing_newer() -> Runs:
    return ("Nothing newer was used.",)


@message
def verdicts_changed(count: Fact) -> Runs:
    if not count.value:
        return ("No verdict has changed since publication",)
    have = "verdict has" if count.value == 1 else "verdicts have"
    return say("Since publication {count:count} {have} changed", count=count, have=have)


@message
def judged_twice() -> Runs:
    return ("Each claim is judged twice: by what was public on the day of the article, and by what is known now.",)


@message
def judged_otherwise(claims: list[Mark]) -> Runs:
    return say("Judged otherwise now: {claims}.", claims=listed((claim,) for claim in claims))


def entries(check: FactCheck, *groups: str) -> tuple[tuple[Runs, list[Runs]], ...]:
    """The claims under a heading: what the article says; what the data say of it, then and now, and the likely reason."""
    if unknown := {*groups} - {*GROUPS}:
        raise ValueError(f"there is no group {min(unknown)!r}")
    found = ((says(then.claim), [*map(check.write, _lines(check, then, now))]) for then, now in grouped(check, groups))
    return tuple(found) or ((check.write(term("none")), [check.write(no_claim())]),)


@message
def no_claim() -> Runs:
    return ("No claim of the article stands here.",)


def sources(check: FactCheck) -> tuple[tuple[Runs, Runs], ...]:
    """Where the figures come from: those of the article's day, where they differ, before those known now."""
    known = written(check, selected_sources(check.known))
    then = selected_sources(check.published) if check.published else ()
    other = [entry for entry, text in zip(then, written(check, then), strict=True) if text not in known]
    day = check.article.published
    return (*written(check, [(known_on(of, day), text) for of, text in other]), *known, *written(check, _ember(check)))


@message
def known_on(of: Runs, day: str) -> Runs:
    return say("{of}, known on {day}", of=of, day=day)


def _ember(check: FactCheck) -> tuple[Entry, ...]:
    """Who compiled the exports of clean technologies, where a verdict rests on them."""
    used = [check.facts[name] for name in check.facts if ".cleantech." in name]
    return ((term("clean_technologies"), licensed(publishers(check, used))),) if used else ()


@message
def licensed(publishers: Runs) -> Runs:
    return say("{publishers} Licence: {licence}.", publishers=publishers, licence=(Mark("note", "licence", "CC BY 4.0"),))


def says(claim: Claim) -> Runs:
    """A claim in the words of its file."""
    return (Mark("quote", claim.id, claim.says[0].upper() + claim.says[1:]),)


def _lines(check: FactCheck, then: Judgement, now: Judgement) -> tuple[Message, ...]:
    claim, ((why, reason), (why_now, reason_now)) = then.claim, (check.cited("then", then), check.cited("now", now))
    printed = printed_as(check.facts[f"{claim.id}.printed"]) if claim.printed is not None else None
    reading = read_as(Mark("quote", claim.id, claim.reading)) if claim.reading else None
    same = (then.verdict, plain(then.why)) == (now.verdict, plain(now.why))
    if not claim.test or check.one_vintage or same:
        how = "untested" if not claim.test else "once" if check.one_vintage else "twice"
        judged = [judged_so(_verdict(then), why, how)]
    else:
        judged = [judged_on(_verdict(then), why, then.as_of), judged_on(_verdict(now), why_now, now.as_of)]
    likely = reason or reason_now
    return present(printed, reading, *judged, likely_reason(likely) if likely else None)


def _verdict(judgement: Judgement) -> Message:
    return verdict(CODES[judgement.verdict], consistent_only=judgement.shown != judgement.verdict)


@message
def verdict(of: str, consistent_only: bool) -> Runs:
    words = next(words for words, code in CODES.items() if code == of)
    return (words + " (consistent only)" * consistent_only,)


@message
def printed_as(number: Fact) -> Runs:
    return say("Printed: {number:exact}.", number=number)


@message
def read_as(reading: Mark) -> Runs:
    return say("Read as: {reading}.", reading=(reading,))


@message
def judged_so(verdict: Runs, why: Runs, how: str) -> Runs:
    end = {"untested": ": {why}.", "once": ". {why}", "twice": ", then and now. {why}"}[how]
    return say("{verdict}" + end, verdict=opened(verdict), why=why)


@message
def judged_on(verdict: Runs, why: Runs, day: str) -> Runs:
    return say("As known on {day}: {verdict}. {why}", day=day, verdict=verdict, why=why)


@message
def likely_reason(words: Runs) -> Runs:
    return words


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
