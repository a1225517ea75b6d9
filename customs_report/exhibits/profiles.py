"""What both kinds of profile share: the subject in a sentence, growth and share, records, base and revisions."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.newsworthy import is_festive
from customs_report.display import Chart, Exhibit, Tile, Trace, Words
from customs_report.drawing.axes import (
    BILLION,
    canvas,
    draw_line,
    label_ends,
    label_months,
    mark_zero_within,
)
from customs_report.english.grammar import (
    both_changed,
    changed,
    goods,
    listed,
    more_or_less,
    opened,
    the_partner,
)
from customs_report.exhibits.method_notes import publishers, term, written
from customs_report.exhibits.provenance import traces as traces_of
from customs_report.exhibits.selection import (
    commodity,
    marked,
    named,
    no_number,
    number,
    on_a_year_earlier,
    only_span,
    partner,
    present,
    streak,
    to_date,
)
from customs_report.exhibits.source_lines import as_known
from customs_report.facts import Cell, Fact, Runs, say
from customs_report.messages import Message, message
from customs_report.names import Name
from customs_report.periods import distance
from customs_report.profile import Profile
from customs_report.report import using
from customs_report.rows import frame_table

RECORD = 3  # a month among so many largest is news
UNUSUAL = 10  # percent: growth a year earlier that makes a base high or low
LEAST = 12  # months: a rank among fewer says little
MONTHS = (helpers.partner_months, helpers.commodity_months)


def subject(report: Profile) -> Name:
    """The subject, for a message that mentions it."""
    return commodity(report, report.flow, report.code) if report.flow else partner(report, report.code)


def span_of(report: Profile) -> str:
    """The span of the profile: the year to date, or the month where only that is printed."""
    return to_date(report) if report.over == "ytd" else report.period


def fact(report: Profile, name: str) -> Fact | None:
    """One of the subject's facts, or None where it is a gap."""
    return report.facts.get(report.key + name)


def trade(report: Profile, flow: str = "") -> Message:
    """Trade in the commodity or, of one flow or of both, with the partner."""
    return trade_of(report.kind, subject(report), flow or report.flow)


@message
def trade_of(kind: str, subject: Name, flow: str) -> Runs:
    """ "exports of motor vehicles", "trade with Japan", "imports from Japan"."""
    if kind == "commodity":
        return say("{flow}s of {goods}", flow=flow, goods=goods(subject))
    start = {"export": "exports to", "import": "imports from", "balance": "balance with", "": "trade with"}[flow]
    return say("{start} {partner}", start=start, partner=the_partner(subject))


def _whole(flow: str, trade: str) -> str:
    return f"all {flow}s" if flow else trade


# --- page one -------------------------------------------------------------------------------------------------------------


def kicker(report: Profile) -> Runs:
    """The line above the headline: period and vintage."""
    return marked(report, profile_of(report.kind, report.period, report.as_of))


@message
def profile_of(kind: str, month: str, day: str) -> Runs:
    return say("{kind} profile · {month} · as known on {day}", kind=kind.capitalize(), month=month, day=day)


def headline(report: Profile) -> Runs:
    """Exports and imports, or value and quantity where it is counted, against a year earlier; in the month, if available."""
    over = leading_span(report)
    return report.write(trade_moved(trade(report), moved(report, over), report.period if over == "month" else span_of(report)))


def leading_span(report: Profile) -> str:
    """The month where its growth is available, but not in January and February; else the span of the profile."""
    names = ["value_cny"] if report.flow else ["exports_cny", "imports_cny"]
    grown = all(fact(report, f"{name}_month_yoy") for name in names)
    return "month" if grown and not is_festive(report.period) else report.over


@message
def trade_moved(trade: Runs, moved: Runs | None, span: str) -> Runs:
    return say("China’s {trade}{moved} in {span}", trade=trade, moved=(": ", *moved) if moved else (), span=span)


def moved(report: Profile, over: str) -> Message | None:
    """How exports and imports went, or value and quantity, the value alone where no quantity is counted."""
    names = (
        {"value": "value_cny", "quantity": "quantity"} if report.flow else {"exports": "exports_cny", "imports": "imports_cny"}
    )
    one, two = (fact(report, f"{name}_{over}_yoy") for name in names.values())
    return both_moved(*names, one, two) if one and (two or report.flow) else None


@message
def both_moved(first: str, second: str, one: Fact, two: Fact | None) -> Runs:
    return both_changed(first, one, second, two) if two else (f"{first} ", *changed(one))


def level(report: Profile) -> Message | None:
    """The value of trade over the span, its share and, of a partner, its place."""
    value = fact(report, f"{report.measure}_{report.over}")
    rank = None if report.flow else fact(report, "rank_ytd")
    share = fact(report, "share_ytd")
    return trade_came_to(trade(report), span_of(report), value, share, rank, report.flow) if value else None


@message
def trade_came_to(trade: Runs, span: str, value: Fact, share: Fact | None, rank: Fact | None, flow: str) -> Runs:
    return say(
        "In {span}, {trade} came to {value}{share}{rank}.",
        span=span, trade=trade, value=value,
        share=say(", {share} of {whole}", share=share, whole=_whole(flow, "China’s total")) if share else (),
        rank=say("; it is the {rank:largest} partner", rank=rank) if rank else (),
    )  # fmt: skip


def tile(report: Profile, label: Message, name: str, style: str = "text") -> Tile:
    """A figure of the headline box, with its change: of the month, then since January; or of the one span that there is."""
    over = leading_span(report)
    figure, growth, change = (fact(report, f"{name}_{over}{what}") for what in ("", "_yoy", "_change"))
    year, year_growth = (fact(report, f"{name}_ytd{what}") for what in ("", "_yoy")) if over == "month" else (None, None)
    return Tile(
        label,
        number(figure, style) if figure else no_number(),
        present(
            only_span(report.period if over == "month" else span_of(report)),
            on_a_year_earlier(growth or change) if growth or change else None,
            since_january(year, year_growth, style) if year else None,
        ),
    )


@message
def since_january(level: Fact, growth: Fact | None, style: str) -> Runs:
    rest = say(" ({growth:signed})", growth=growth) if growth else ()
    return say(f"Since January: {{level:{style}}}{{rest}}", level=level, rest=rest)


def size_claim(report: Profile) -> Message:
    return share_of_total(trade(report), fact(report, "share_ytd"), report.flow)


@message
def share_of_total(trade: Runs, share: Fact | None, flow: str) -> Runs:
    if share is None:
        return opened(trade)
    verb, whole = "are" if flow else "is", _whole(flow, "China’s total")
    return say("{trade} {verb} {share} of {whole}", trade=opened(trade), verb=verb, share=share, whole=whole)


@message
def against_a_year_earlier(moved: Runs) -> Runs:
    return say("Against a year earlier, {moved}.", moved=moved)


# --- growth and share -----------------------------------------------------------------------------------------------------


def growth(report: Profile, *frames: pd.DataFrame) -> Exhibit:
    """Did trade with the partner, or of the commodity, grow faster than the whole that it is part of?"""
    return Exhibit.of(using(report, frames, *MONTHS), _growth_words, growth_chart)


def _growth_words(report: Profile) -> Words:
    """Growth against that of the whole, and what it added to that."""
    return Words(growth_of(trade(report), report.flow), present(against_all(report), *contribution_points(report)))


@message
def growth_of(trade: Runs, flow: str) -> Runs:
    return say("Growth of {trade} against {whole}", trade=trade, whole=_whole(flow, "that of all trade"))


def against_all(report: Profile) -> Message | None:
    mine = fact(report, f"{report.measure}_{report.over}_yoy")
    whole = report.facts.get(f"{report.flow}s_cny_{report.over}_yoy" if report.flow else f"total_cny_{report.over}_yoy")
    return trade_and_all(trade(report), mine, whole, span_of(report), report.flow) if mine and whole else None


@message
def trade_and_all(trade: Runs, growth: Fact, all_growth: Fact, span: str, flow: str) -> Runs:
    return say(
        "In {span}, {trade} {moved} in yuan; {whole} {all_moved}.",
        span=span, trade=trade, moved=changed(growth),
        whole=_whole(flow, "all of China’s trade"), all_moved=changed(all_growth),
    )  # fmt: skip


def contribution_points(report: Profile) -> tuple[Message, ...]:
    """What the subject added to the growth of each flow, or took off; nothing where it is next to nothing."""
    names = {report.flow: "value_cny"} if report.flow else {"export": "exports_cny", "import": "imports_cny"}
    points = {flow: fact(report, f"{name}_ytd_contribution") for flow, name in names.items()}
    return tuple(
        contribution(trade(report, flow), value, flow) for flow, value in points.items() if value and round(value.value, 1)
    )


@message
def contribution(trade: Runs, points: Fact, flow: str) -> Runs:
    verb, end = ("added", "to") if points.value > 0 else ("took", "off")
    return say(
        "{trade} {verb} {points:size} {end} the growth of all {flow}s.",
        trade=opened(trade), verb=verb, points=points, end=end, flow=flow,
    )  # fmt: skip


def share(report: Profile, *frames: pd.DataFrame) -> Exhibit:
    """Which share of China's trade is with the partner, which share of a flow is the commodity?"""
    return Exhibit.of(using(report, frames, *MONTHS), _share_words, share_chart)


def _share_words(report: Profile) -> Words:
    """The share of the whole."""
    return Words(share_in(named(report.kind, subject(report)), report.flow), present(share_sentence(report)))


@message
def share_in(subject: Runs, flow: str) -> Runs:
    return say("The share of {subject} in China’s {whole}", subject=subject, whole=f"{flow}s" if flow else "trade")


def share_sentence(report: Profile) -> Message | None:
    """The share of the whole, and its change within a year."""
    part = fact(report, "share_ytd")
    whole = share_in(named(report.kind, subject(report)), report.flow)
    return share_is(whole, part, fact(report, "share_ytd_change")) if part else None


@message
def share_is(whole: Runs, share: Fact, change: Fact | None) -> Runs:
    rest: Runs = ()
    if change:
        rest = say(", {change:size} {way} than a year earlier", change=change, way=more_or_less(change))
        rest = rest if round(change.value, 1) else (", as a year earlier",)
    return say("{whole} is {share}{rest}.", whole=whole, share=share, rest=rest)


# --- what to watch --------------------------------------------------------------------------------------------------------


def watch_words(report: Profile, watched: tuple[Message, ...]) -> Words:
    """What a reader should know before drawing a conclusion; only what the data say."""
    stage = report.facts[f"{report.key}{report.measure}_{report.over}"].stage
    return Words(what_to_watch(), (*watched, at_stage(stage)))


@message
def what_to_watch() -> Runs:
    return ("What to watch",)


@message
def at_stage(stage: str) -> Runs:
    """Whether the figures are first prints, which customs may revise without notice."""
    return say("The figures of the month are {stage}; customs revises without notice.", stage=stage)


def monthly_streak(report: Profile, name: str, what: str) -> Message | None:
    """For how many months in a row a monthly figure has been above, or below, a year earlier."""
    found = streak(report.facts, f"{report.key}{name}_month")
    return months_in_a_row(what, *found) if found else None


def month_news(report: Profile, measures: Mapping[str, str]) -> tuple[Message, ...]:
    """A record of the month, or else for how many months something has risen or fallen: at most one sentence."""
    streaks = (
        monthly_streak(report, name, f"{what}s" if what == "value" else what.replace("_", " "))
        for what, name in measures.items()
    )
    return present(*record_months(report, measures), *streaks)[:1]


@message
def months_in_a_row(what: str, months: Fact, way: str) -> Runs:
    where = {"rising": "above", "falling": "below"}[way]
    return say("Monthly {what} have been {where} a year earlier for {months} running.", what=what, where=where, months=months)


def record_months(report: Profile, measures: Mapping[str, str]) -> tuple[Message, ...]:
    """A month among the largest or the smallest, in one sentence for all that are counted over the same months."""
    found: dict[float, tuple[Fact, list[Message]]] = {}
    for measure, name in measures.items():
        place, among = (fact(report, f"{name}_month_{what}") for what in ("rank", "rank_of"))
        if place and among and among.value >= LEAST and (place.value <= RECORD or place.value == among.value):
            _, parts = found.setdefault(among.value, (among, []))
            parts.append(record_of(measure, place if place.value <= RECORD else None, first=not parts))
    first = report.months.index[0]
    every = distance(first, report.period) + 1
    return tuple(records_of(report.period, parts, among, first, among.value < every) for among, parts in found.values())


@message
def record_of(measure: str, place: Fact | None, first: bool) -> Runs:
    """Without a place it is the smallest."""
    what = f"the value of {measure}" if measure in ("exports", "imports") else f"the {measure.replace('_', ' ')}"
    of = say("{place:largest}", place=place) if place else ("smallest",)
    return say("{what} {was}the {of}", what=what, was="was " if first else "", of=of)


@message
def records_of(month: str, parts: list[Runs], among: Fact, first: str, gaps: bool) -> Runs:
    """`gaps`: months without figures, which are not counted."""
    template = "In {month} {parts} of the {among}" + (" with figures" if gaps else "") + " since {first}."
    return say(template, month=month, parts=listed(parts), among=among, first=first)


def base(report: Profile, name: str, what: str) -> Message | None:
    """A base that is high or low, because of growth a year earlier."""
    before = fact(report, f"{name}_ytd_yoy_before")
    return unusual_base(what, before) if before and abs(before.value) >= UNUSUAL else None


@message
def unusual_base(what: str, before: Fact) -> Runs:
    high = "high" if before.value > 0 else "low"
    template = "The base of {what} is {high}: growth a year earlier was {before:signed}."
    return say(template, what=what, high=high, before=before)


def base_revision(report: Profile, name: str) -> Fact | None:
    """By how much customs revised last year's figure; None within what rounding leaves open, or what shows as zero."""
    change, rounding = (fact(report, f"{name}_ytd_base_revision{what}") for what in ("", "_rounding"))
    known = change and rounding and abs(change.value) > rounding.value and round(change.value, 1)
    return change if known else None


# --- sources -------------------------------------------------------------------------------------------------------------


def sources(report: Profile) -> tuple[tuple[Runs, Runs], ...]:
    """Publisher, stage and release day of what the profile rests on."""
    whole = f"{report.flow}s_cny_ytd" if report.flow else "total_cny_ytd"
    names = {report.kind: f"{report.key}{report.measure}_{report.over}", "the_whole": whole}
    found = {of: report.facts[name] for of, name in names.items() if name in report.facts}
    return written(report, [(term(of), publishers(report, [each])) for of, each in found.items()])


def traces(report: Profile) -> tuple[Trace, ...]:
    """Where does each number of the profile come from: of the facts cited so far, and of the table behind its charts?"""
    return traces_of(report)


COLOURS = {"exports": palette.EXPORTS, "imports": palette.IMPORTS, "balance": palette.BALANCE, "all": palette.MUTED}
OF_FLOW = {  # of the subject itself, dark and pale: a commodity has its flow's colours, a partner's trade is of both flows
    "export": (palette.EXPORTS, palette.PALE_EXPORTS), "import": (palette.IMPORTS, palette.PALE_IMPORTS),
    "": (palette.INK, palette.MUTED),
}  # fmt: skip
WIDEST = 13  # letters beside a line's end
PANEL_TOP, PANEL_FOOT = 0.3, 0.26  # inches above and beneath a small panel


def growth_chart(report: Profile) -> Chart | None:
    """Did trade with the partner, or of the commodity, grow faster than the whole that it is part of?"""
    labels = {"growth": report.kind.capitalize(), "all": f"All {report.flow}s" if report.flow else "All trade"}
    what = f"{report.flow.capitalize()}s" if report.flow else "Trade"
    return lines_chart(report, labels, "signed_percent", f"{what} over three months, change on a year earlier in percent")


def _beside_a_line(report: Profile) -> str:
    """The subject's name where it fits beside a line, in two rows at most; else what it is."""
    rows = wrap(report.name[0].upper() + report.name[1:], WIDEST)
    return "\n".join(rows) if len(rows) <= 2 and max(map(len, rows)) <= WIDEST else report.kind.capitalize()


def share_chart(report: Profile) -> Chart | None:
    """Which share of China's trade is with the partner, which share of a flow is the commodity?"""
    whole = f"{report.flow}s" if report.flow else "trade"
    return lines_chart(report, {"share": "Share"}, "percent", f"Share of China’s {whole} over three months, percent")


def lines_chart(report: Profile, labels: Mapping[str, str], style: str, title: str) -> Chart | None:
    frame = months_available(report, list(labels))
    if len(frame) < 2:
        return None
    scale, unit = (BILLION, "CNY") if style == "bn" else (1, "")
    figure, axes = canvas(right=0.88)
    ends = []
    for column, label in labels.items():
        values = (frame[column] / scale).to_list()
        colour = COLOURS.get(column) or OF_FLOW[report.flow][0]
        draw_line(axes, values, colour)
        ends.append((_beside_a_line(report) if column == "growth" else label, values[-1], colour))
    mark_zero_within(axes)
    label_months(axes, list(frame.index), 7)
    axes.set_xlim(-0.5, len(frame) - 0.5)
    label_ends(axes, len(frame) - 1, ends)
    column, last = next(iter(labels)), frame.index[-1]
    value = frame.at[last, column]
    end = Cell(report.table, last, column, value, unit) if value == value else None
    alt = report.write(lines_from(frame.index[0], last, labels[column].lower(), end, style))
    name = f"{report.kind}-{'-'.join(labels)}"
    data = frame_table(name, title, report.table, frame.iloc[::-1], list(labels.values()), style, units=unit)
    return Chart(figure, alt, data, source_of(report), title=(title,))


@message
def lines_from(first: str, last: str, what: str, end: Cell | None, style: str) -> Runs:
    """With the end of the first of the lines, by what it is or else as the value."""
    start = f"{what.capitalize()}: the line" if what else "The value"
    unit = "billion yuan" if style == "bn" else "percent"
    rest = say(f" {{start}} ends at {{end:{style}}} {{unit}}.", start=start, end=end, unit=unit) if end else ()
    return say("Lines from {first} to {last}.{rest}", first=first, last=last, rest=rest)


def months_available(report: Profile, columns: list[str]) -> pd.DataFrame:
    """The months from the first with a figure to the last: one between them without a figure keeps its place."""
    rows = report.months[columns]
    filled = rows.index[rows.notna().any(axis=1)]
    return rows.loc[filled[0] : filled[-1]] if len(filled) else rows.iloc[:0]


def source_of(report: Profile) -> Runs:
    return as_known(report, stages=report.stages)
