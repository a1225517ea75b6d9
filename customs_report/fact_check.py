"""An article's claims, judged as of its day and as known now: a report whose facts are the numbers behind the verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import helpers
from customs_report.calculations.cleantech import cleantech_facts
from customs_report.calculations.detail_facts import detail_facts
from customs_report.calculations.lines import disjoint_lines
from customs_report.claims import (
    CONTRADICTED,
    HOLDS,
    NOT_TESTABLE,
    ONLY_IN,
    REVISED,
    Article,
    Judgement,
    judge,
    printed_fact,
    read,
)
from customs_report.errors import InputError
from customs_report.facts import Cite, Fact, Facts, Runs
from customs_report.names import label_of_name
from customs_report.periods import parse_month
from customs_report.provenance import Label, Origin
from customs_report.report import Report, open_report
from customs_report.tables import Tables, ranked_partners

GROUPS = {  # what a reader counts, and the verdicts in it
    "contradicted": (CONTRADICTED,),
    "one_currency": tuple(ONLY_IN.values()),
    "revised": (REVISED,),
    "reproduced": HOLDS,
    "not_testable": (NOT_TESTABLE,),
}


@dataclass(frozen=True, eq=False, repr=False)
class FactCheck(Report):
    """A report of the article's period as known now, whose `facts` are those of the verdicts.

    `published` and `known` are the plain reports of the article's day (None where nothing of the period was public) and of now.

    A number of a verdict is named `<claim>.<then or now>.<fact>`, the printed one `<claim>.printed`, a count
    `count.<then or now>.<group>`; with one vintage there is no `now`.
    """

    article: Article
    published: Report | None
    known: Report
    then: tuple[Judgement, ...]
    now: tuple[Judgement, ...]

    @property
    def title(self) -> str:
        return f"Claims of “{self.article.title}”"

    @property
    def one_vintage(self) -> bool:
        """Is nothing newer known than on the day of the article? Then there is one verdict for each claim, not two."""
        return self.published is not None and self.published.as_of >= self.known.as_of

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """Both verdicts of each claim, in the order of the claims."""
        return tuple(judgement for pair in zip(self.then, self.now, strict=True) for judgement in pair)

    def cited(self, when: str, judgement: Judgement) -> tuple[Runs, Runs]:
        """Why a verdict is what it is, and the likely reason, the numbers under the names they have in this report."""
        prefix = f"{judgement.claim.id}.{when}"
        why, reason = (
            tuple(replace(run, name=f"{prefix}.{run.name}") if isinstance(run, Cite) else run for run in runs)
            for runs in (judgement.why, judgement.reason)
        )
        return why, reason


def open_check(source: str, period: str = "", as_of: str = "") -> FactCheck:
    """Check the claims in a file, or in `data/claims/` by name, against the data.

    Raises InputError for a file that cannot be read, a period that is not the article's, or a day before the article's.
    """
    article = read(source)
    if period and parse_month(period) != article.period:
        raise InputError(f"the claims of {article.name} are about {article.period}, not {period}")
    try:
        known = open_report(article.period, as_of, claim_facts)
    except InputError as error:
        raise InputError(f"{article.name}: {error}") from None
    if "" < known.asked_as_of < article.published:
        raise InputError(f"{article.name} was published on {article.published}; {known.asked_as_of} is earlier")
    published, facts_then = _published(article)
    lines = _lines(known.tables)

    def named(name: str) -> str:
        fact = known.facts.by_name.get(name) or facts_then.by_name.get(name)
        return str(fact.label) if fact else label_of_name(known.tables, name, known.period)

    then, now = (
        tuple(judge(claim, facts, facts_then, article.claims, named, lines) for claim in article.claims)
        for facts in (facts_then, known.facts)
    )
    facts, days = Facts(known.period, known.as_of), (known.as_of, known.asked_as_of)
    check = FactCheck(known.period, *days, known.tables, facts, known.holes, article, published, known, then, now)
    _add_facts(facts, check)
    return check


def claim_facts(tables: Tables, period: str) -> Facts:
    """The facts that a claim can be tested with: those of a report, exports of clean technologies, and of the detail data."""
    facts = helpers.report_facts(tables, period)
    cleantech_facts(facts, tables)
    detail_facts(facts, tables)
    return facts


def _lines(tables: Tables) -> frozenset[str]:
    """The partners and commodities that can be ranked against each other: none is part of another."""
    goods = (disjoint_lines(tables, flow) for flow in ("export", "import"))
    return ranked_partners(tables).union(*goods)


def _published(article: Article) -> tuple[Report | None, Facts]:
    """The report of the article's day and its facts; where nothing of the period was public by then, a gap that says so."""
    try:
        report = open_report(article.period, article.published, claim_facts)
    except InputError as error:
        return None, Facts(article.period, article.published, gaps={"*": str(error)})
    return report, report.facts


def _add_facts(facts: Facts, check: FactCheck) -> None:
    def add(*made: Fact) -> None:
        facts.by_name.update({fact.name: fact for fact in made})

    for claim in check.article.claims:
        if claim.printed is not None:
            add(replace(printed_fact(claim), name=f"{claim.id}.printed"))
    judged = {"then": check.then} if check.one_vintage else {"then": check.then, "now": check.now}
    for when, judgements in judged.items():
        for judgement in judgements:
            prefix = f"{judgement.claim.id}.{when}"
            add(*(replace(number, name=f"{prefix}.{number.name}") for number in judgement.numbers))
            if judgement.verdict == NOT_TESTABLE:
                facts.gaps[prefix] = judgement.as_json()["why"]
        verdicts = Counter(judgement.verdict for judgement in judgements)
        add(*(_count(f"{when}.{group}", sum(verdicts[v] for v in of)) for group, of in GROUPS.items()))
    changed = sum(a.verdict != b.verdict for a, b in zip(check.then, check.now, strict=True))
    add(_count("claims", len(check.article.claims)), _count("changed", changed))


def _count(name: str, value: int) -> Fact:
    return Fact(value, "claims", Label("count of claims"), Origin("count of claims"), (), "article", name=f"count.{name}")


def group_of(then: Judgement, now: Judgement) -> str:
    """Under which heading is a claim listed? Under the first of the groups that either verdict belongs to."""
    return next(group for group, verdicts in GROUPS.items() if {then.verdict, now.verdict} & {*verdicts})


def grouped(check: FactCheck, groups: Collection[str]) -> Iterable[tuple[Judgement, Judgement]]:
    """The claims under a heading, each with its two verdicts."""
    return (pair for pair in zip(check.then, check.now, strict=True) if group_of(*pair) in groups)
