"""The front page: headline, the sentence that qualifies it, the headline box, how final the figures are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from customs_report.display import Tile
from customs_report.english.grammar import month_of, up_or_down
from customs_report.exhibits.headlines import FLOWS, choose_headline
from customs_report.exhibits.qualifications import qualification, remarks_of
from customs_report.exhibits.selection import (
    is_february,
    marked,
    no_number,
    number,
    on_a_year_earlier,
    only_span,
    present,
    to_date,
)
from customs_report.facts import Cite, Fact, Facts, Runs, say
from customs_report.messages import Message, message
from customs_report.report import Report


@dataclass(frozen=True)
class Front:
    """The front of a report, as messages."""

    kicker: Message
    headline: Message
    standfirst: tuple[Message, ...]
    tiles: tuple[Tile, ...]
    remarks: tuple[Message, ...]


@lru_cache(maxsize=8)
def front(report: Report) -> Front:
    """What does page one say? Chosen once a report."""
    head = choose_headline(report)
    kicker = period_and_vintage(report.period, report.as_of)
    return Front(kicker, head, present(qualification(report, head)), _tiles(report), remarks_of(report))


def kicker(report: Report) -> Runs:
    """The line above the headline: period and vintage."""
    return marked(report, front(report).kicker)


def headline(report: Report) -> Runs:
    """The one sentence a reader takes away: the rarest true thing about the month."""
    return report.write(front(report).headline)


def standfirst(report: Report) -> tuple[Runs, ...]:
    """The sentence under the headline that qualifies it: currency, calendar, base, price, revision."""
    return tuple(map(report.write, front(report).standfirst))


def tiles(report: Report) -> tuple[Tile, ...]:
    """The headline box: balance, exports, imports; the month (in February January and February), dollars and yuan."""
    return tuple(tile.written(report.write) for tile in front(report).tiles)


def remarks(report: Report) -> tuple[Runs, ...]:
    """What a reader must know before the first number, in two lines: vintage, and what is not available."""
    return tuple(map(report.write, front(report).remarks))


@message
def period_and_vintage(period: str, day: str) -> Runs:
    return say("China customs report · {period} · as known on {day}", period=period, day=day)


# --- the headline box -----------------------------------------------------------------------------------------------------


def _tiles(report: Report) -> tuple[Tile, ...]:
    facts, when = report.facts, {"month": report.period, "ytd": to_date(report)}
    first, second = ("ytd", "month") if is_february(report) else ("month", "ytd")
    box = []
    for flow in ("balance", *FLOWS):
        lead = f"{flow}_usd_{first}"
        growth, change = facts.get(f"{lead}_yoy"), facts.get(f"{lead}_change")
        if lead in facts:
            figure = number(facts[lead])
            lines = [only_span(when[first]), on_a_year_earlier(growth or change) if growth or change else None]
        else:
            implied = facts.get(f"{lead}_implied")
            figure = number(growth, "signed") if growth else no_number()
            lines = [no_level(when[first], bool(growth), implied)]
        lines += [_level(facts, f"{flow}_cny_{first}")]
        if when[first] != when[second]:
            lines += [_level(facts, f"{flow}_{currency}_{second}", when[second]) for currency in ("usd", "cny")]
        box.append(Tile(flow_of_tile(flow), figure, present(*lines)))
    return tuple(box)


def _level(facts: Facts, name: str, span: str = "") -> Message | None:
    """A level with its growth, or its change."""
    change = facts.get(f"{name}_yoy") or facts.get(f"{name}_change")
    return level_and_change(facts[name], change, span) if name in facts else None


@message
def flow_of_tile(flow: str) -> Runs:
    return ("Balance of trade" if flow == "balance" else flow.capitalize(),)


@message
def no_level(span: str, growth: bool, implied: Fact | None) -> Runs:
    rest: Runs = (" on a year earlier; the level is not available",) if growth else (": dollars not available",)
    if growth and implied:
        rest = say(" on a year earlier, which implies about {implied}", implied=implied)
    return say("{span}{rest}", span=span, rest=rest)


@message
def level_and_change(level: Fact, change: Fact | None, span: str) -> Runs:
    """Beside the figure of the tile, or of another span."""
    start = ("Year to date: ",) if "/" in span else say("{month} alone: ", month=month_of(span)) if span else ()
    by: Runs = ()
    if change:
        by = say(" ({by:signed})", by=change) if change.unit == "percent" else (", ", *up_or_down(change), " on a year earlier")
    return say("{start}{level}{change}", start=start, level=level, change=by)


def cited_in_front(headline: Runs, standfirst: Iterable[Runs], tiles: Iterable[Tile], rest: Iterable[Runs]) -> tuple[str, ...]:
    """The names of the facts on page one, in the order in which they are cited."""
    box = [text for tile in tiles for text in (tile.figure, *tile.lines) if not isinstance(text, str)]
    texts = (headline, *standfirst, *box, *rest)
    return tuple(dict.fromkeys(run.name for runs in texts for run in runs if isinstance(run, Cite)))
