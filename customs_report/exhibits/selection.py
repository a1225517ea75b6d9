"""What exhibits ask of a report before they choose what to say, and the messages that several of them share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

import helpers
from customs_report import names
from customs_report.calculations.levels import FIRST_RELEASE, first_month
from customs_report.english.grammar import goods, the_partner, up_or_down
from customs_report.facts import UNREVISED, Fact, Facts, NotAvailable, Runs, say
from customs_report.messages import Message, message
from customs_report.names import Name
from customs_report.periods import is_january, shift
from customs_report.provenance import Source
from customs_report.report import Report

Sentence = TypeVar("Sentence")
RANKED_AFTER = 60  # months of history before a rank is mentioned
SURE_LEAD = 2e9  # of a first estimate over the next: revisions of such a size have changed places


def present(*sentences: Sentence | None) -> tuple[Sentence, ...]:
    """Those of the sentences that there are: one whose facts are missing is None."""
    return tuple(sentence for sentence in sentences if sentence)


def marked(report: Report, kicker: Message) -> Runs:
    """The line above the headline, which every page repeats, with a mark where some of the detail data are made up."""
    made_up = any(part.synthetic for part in report.tables.detail.parts)
    return report.write(synthetic(kicker) if made_up else kicker)


@message
def synthetic(kicker: Runs) -> Runs:
    return ("SYNTHETIC DETAIL DATA · ", *kicker)


def to_date(report: Report) -> str:
    """The span of the year to date: "2025-01/2025-11", or the month itself in January."""
    return report.period if is_january(report.period) else f"{report.period[:4]}-01/{report.period}"


def is_february(report: Report) -> bool:
    """A February report leads with January and February together: Lunar New Year moves between them."""
    return report.period.endswith("-02")


def has_history(facts: Facts) -> bool:
    """Is the series long enough for a rank to be news? After five years."""
    return (facts.value("balance_usd_month_rank_of") or 0) > RANKED_AFTER


def release_day(sources: Iterable[Source]) -> str:
    """The day on which the last of the prints behind a figure was released."""
    return max(source.released for source in sources)


def partner(report: Report, code: str) -> Name:
    """A partner or group, for a message that mentions it."""
    return names.partner(report.tables, code)


def commodity(report: Report, flow: str, slug: str) -> Name:
    """A commodity line of exports or imports (`export`, `import`), for a message that mentions it."""
    return names.commodity(report.tables, flow, slug)


def no_lines(report: Report, flow: str) -> NotAvailable | None:
    """Why the largest commodity lines of exports or imports cannot be shown, or None where they can."""
    family = f"commodity.{flow}.*"
    if family in report.facts.gaps:
        return report.facts.gap(family)
    if not helpers.largest_commodities(report.tables, report.period, flow):
        return NotAvailable(family, f"no table for {report.period}")
    return None


def claim_since(report: Report) -> Message:
    """Since when ranks count, for a claim; `rank_of_first_estimate` is the note that goes with it."""
    return first_year(first_month(report.tables)[:4], unsure=False)


def since(report: Report, name: str = "balance_usd_month") -> Message:
    """Since when ranks count; of a first estimate that later revisions could move to another place, that it is one."""
    return first_year(first_month(report.tables)[:4], _unsure(report, name))


def rank_note(report: Report, name: str) -> Message | None:
    """The note on a rank that a revision could change."""
    return rank_of_first_estimate() if _unsure(report, name) else None


def _unsure(report: Report, name: str) -> bool:
    fact, lead = report.facts.get(name), report.facts.value(f"{name}_rank_lead")
    return bool(fact) and fact.stage in FIRST_RELEASE and (lead is None or lead < SURE_LEAD)


def streak(facts: Facts, series: str, least: int = 3) -> tuple[Fact, str] | None:
    """For how many months in a row has a monthly series been above a year earlier ("rising"), or below it ("falling")?

    None for fewer than `least`.
    """
    found = ((facts.get(f"streak.{series}_{way}"), way) for way in ("rising", "falling"))
    return next(((months, way) for months, way in found if months and months.value >= least), None)


@message
def named(kind: str, name: Name) -> Runs:
    """A partner or commodity inside a sentence."""
    return the_partner(name) if kind == "partner" else goods(name)


@message
def number(fact: Fact, style: str = "text") -> Runs:
    return say(f"{{fact:{style}}}", fact=fact)


@message
def no_number() -> Runs:
    return ("n/a",)


@message
def only_span(span: str) -> Runs:
    return say("{span}", span=span)


@message
def on_a_year_earlier(change: Fact) -> Runs:
    moved = say("{change:signed}", change=change) if change.unit == "percent" else up_or_down(change)
    return (*moved, " on a year earlier")


@message
def rank_of_first_estimate() -> Runs:
    return ("The rank is that of a first estimate: a revision could change it.",)


@message
def first_year(year: str, unsure: bool) -> Runs:
    return say("{year}, on first estimates" if unsure else "{year}", year=year)


def on_the_month(report: Report, names: Iterable[str]) -> tuple[Message, ...]:
    """Notes on growth of the month, these facts: what a dash means, and on what it rests."""
    if is_january(report.period):
        return ()
    found = [report.facts.get(name) for name in names]
    return present(
        dashes(shift(report.period, -12)) if not all(found) else None,
        month_on_first_figures() if any(fact and fact.mark == UNREVISED for fact in found) else None,
    )


@message
def dashes(month: str) -> Runs:
    return say(
        "A dash: not available. Points of the month, and growth that customs does not publish, need the same line of {month}.",
        month=month,
    )


@message
def month_on_first_figures() -> Runs:
    return ("Growth and points of the month rest on last year’s figures as first published, which customs may have revised.",)
