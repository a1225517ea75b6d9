"""What season, calendar and noise do to a month: three months beside one, working days, Lunar New Year, the adjusted line.

A change of the adjusted line is mentioned only where three methods agree on its sign and it exceeds their spread and its mean
revision, and never in a claim.
"""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.adjusted import OUTLIERS, SHIFTS
from customs_report.calculations.levels import first_month
from customs_report.calculations.lunar import new_year
from customs_report.calculations.momentum import confirmed
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import BILLION, canvas, label_ends, label_years
from customs_report.english.grammar import (
    both_changed,
    changed,
    dated,
    days_more_or_fewer,
    direction,
    listed,
    month_of,
    name_of,
    not_held,
    opened,
    semicolons,
    verb,
)
from customs_report.exhibits.distortions import distortion_notes
from customs_report.exhibits.selection import number, present
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Fact, Facts, Mark, NotAvailable, Runs, say, shows_zero
from customs_report.measures import movement
from customs_report.messages import Message, message
from customs_report.periods import shift
from customs_report.report import Report, using
from customs_report.rows import cell

FLOWS = ("exports", "imports")
SPREAD = "spread"
METHODS = {"": "our model", "_seats": "SEATS", "_x11": "X-11", "_spread": SPREAD}  # endings of facts' names
PROGRAM = "X-13"


def season_and_calendar(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How do exports and imports go without season and holidays, over the last four years?"""
    return Exhibit.of(using(report, frames, helpers.adjusted_series), _words, _chart, _methods_table)


def _words(report: Report) -> Words:
    """What a single month can say, and what the calendar made of it."""
    report.require("totals")
    facts = report.facts
    together = _together(report)
    if together:
        claim, month = two_months_together(*together), _month_alone(report)
    elif growth := facts.get("exports_usd_month_yoy"):
        claim, month = exports_beside(growth, facts.get("exports_usd_3m_yoy"), report.period), _imports(report)
    else:
        claim, month = _no_growth(report), None
    return Words(
        claim, present(month, working_days_in_words(report), _line(report), _three_months(report)), notes=_notes(report)
    )


def _no_growth(report: Report) -> Message:
    first = first_month(report.tables)
    if report.period < shift(first, 12):
        return too_early(first)
    return no_growth_of_exports(report.facts.gap("exports_usd_month"))


@message
def too_early(first: str) -> Runs:
    return say("Too early for a growth rate: the series begins with {first}", first=first)


@message
def no_growth_of_exports(why: NotAvailable) -> Runs:
    return not_held("Growth of exports", why)


def _together(report: Report) -> list[Fact]:
    """The growth of exports and imports in January and February together, in the reports of which it is the lead."""
    name = {"01": "calendar.{}_usd_january_february_yoy", "02": "{}_usd_ytd_yoy"}.get(report.period[5:])
    growth = [report.facts.get(name.format(flow)) for flow in FLOWS] if name else []
    return growth if all(growth) else []


@message
def two_months_together(exports: Fact, imports: Fact) -> Runs:
    template = "January and February together: exports {exports}, imports {imports}"
    return say(template, exports=direction(exports), imports=direction(imports))


@message
def exports_beside(growth: Fact, over_three_months: Fact | None, month: str) -> Runs:
    if over_three_months and movement(growth.value) != movement(over_three_months.value):
        return say(
            "Exports: {now} in {month}, {calmer} over three months",
            now=direction(growth), month=month, calmer=direction(over_three_months),
        )  # fmt: skip
    return _beside("Exports", growth, over_three_months, say(" in {month}", month=month))


@message
def imports_beside(growth: Fact, over_three_months: Fact | None) -> Runs:
    rest = ", on a year earlier." if over_three_months else " on a year earlier."
    return (*_beside("Imports", growth, over_three_months, (" in the month",)), rest)


def _beside(flow: str, one: Fact, three: Fact | None, when: Runs) -> Runs:
    """ "Exports rose 23.9% in July 2026 and 18.0% over three months": a month beside three."""
    start = (f"{flow} ", *changed(one), *when)
    if three is None:
        return start
    verbs = [verb(fact.value) for fact in (one, three)]
    if verbs[0] == verbs[1]:
        rest: Runs = (" or",) if verbs[0] == "did not change" else say(" and {three:size}", three=three)
    else:
        opposed = one.value * three.value < 0 and "did not change" not in verbs
        rest = (" but " if opposed else " and ", *changed(three))
    return (*start, *rest, " over three months")


def _imports(report: Report) -> Message | None:
    growth, calmer = (report.facts.get(f"imports_usd_{over}_yoy") for over in ("month", "3m"))
    return imports_beside(growth, calmer) if growth else None


def _month_alone(report: Report) -> Message | None:
    facts = report.facts
    month, calmer = ([facts.get(f"{flow}_usd_{over}_yoy") for flow in FLOWS] for over in ("month", "3m"))
    parts = present(
        in_month_alone(*month, report.period) if all(month) else None, in_three_months(*calmer) if all(calmer) else None
    )
    return month_and_three([*parts]) if parts else None


@message
def in_month_alone(exports: Fact, imports: Fact, month: str) -> Runs:
    moved = both_changed("exports", exports, "imports", imports)
    return say("in {month} alone {moved}", month=month_of(month), moved=moved)


@message
def in_three_months(exports: Fact, imports: Fact) -> Runs:
    return say("over three months {moved}", moved=both_changed("exports", exports, "imports", imports))


@message
def month_and_three(parts: list[Runs]) -> Runs:
    return (*opened(semicolons(parts)), ".")


def working_days_in_words(report: Report) -> Message | None:
    """Working days and growth per working day; where the Lunar New Year lies, in the months that it reaches."""
    facts, month = report.facts, report.period
    days, change = (facts.get(f"calendar.working_days_month{part}") for part in ("", "_change"))
    known = (days, change) if days and change else (None, None)
    if month[5:] in ("01", "02", "03"):
        return new_year_and_days(new_year(int(month[:4])).isoformat(), facts["calendar.lunar_new_year_shift"], month, *known)
    if not all(known):
        return None
    growth = [facts.get(f"{flow}_usd_month_per_working_day_yoy") for flow in FLOWS]
    changes = growth if all(growth) and not shows_zero(change) else (None, None)
    return working_days(month, *known, *changes)


@message
def new_year_and_days(day: str, later_by: Fact, month: str, days: Fact | None, change: Fact | None) -> Runs:
    """When Lunar New Year was, and where they are known the working days of the month."""
    return say(
        "Lunar New Year fell on {day}, {by:size} {way} than a year before{rest}.",
        day=day, by=later_by, way="later" if later_by.value > 0 else "earlier",
        rest=("; by our convention ", *_had(month, days, change)) if days and change else (),
    )  # fmt: skip


@message
def working_days(month: str, days: Fact, change: Fact, exports: Fact | None, imports: Fact | None) -> Runs:
    """The working days of the month, and growth per working day where their number changed."""
    moved = ("; per day ", *both_changed("exports", exports, "imports", imports)) if exports and imports else ()
    return say("By our convention {had}{moved}.", had=_had(month, days, change), moved=moved)


def _had(month: str, days: Fact, change: Fact) -> Runs:
    than = ("as many as a year earlier",) if shows_zero(change) else days_more_or_fewer(change)
    return say("{month} had {days:number} working days, {than}", month=month_of(month), days=days, than=than)


def _line(report: Report) -> Message:
    """The adjusted figures of the month with their bands, and their changes where these are larger than mean revisions."""
    facts, before = report.facts, shift(report.period, -1)
    flows = [flow for flow in FLOWS if f"adjusted.{flow}_usd_month" in facts]
    if not flows:
        return no_adjusted_figure(report.period, facts.gap(f"adjusted.{FLOWS[0]}_usd_month"))
    compared = [flow for flow in flows if tells_change(facts, flow)]
    return adjusted_line(
        [
            adjusted_flow(
                flow,
                facts[name := f"adjusted.{flow}_usd_month"],
                *((facts[f"{name}_low"], facts[f"{name}_high"]) if f"{name}_low" in facts else (None, None)),
                facts[f"momentum.{flow}_usd_month"] if flow in compared else None,
                before if compared[:1] == [flow] else "",
            )
            for flow in flows
        ],
        apart=bool(compared),
    )


@message
def no_adjusted_figure(month: str, why: NotAvailable) -> Runs:
    return say("No adjusted figure for {month}: {why}.", month=month_of(month), why=dated(why.why))


@message
def adjusted_flow(flow: str, level: Fact, low: Fact | None, high: Fact | None, change: Fact | None, month_before: str) -> Runs:
    """A flow with its band and its change on the month before, named the first time."""
    band = say(" ({low:bn} to {high:bn})", low=low, high=high) if low and high else ()
    than = say(" than in {month}", month=month_of(month_before)) if month_before else ()
    way = "more" if change and change.value > 0 else "less"
    return say(
        "{flow} {level}{band}{change}",
        flow=flow, level=level, band=band,
        change=say(", {change:size} {way}{than}", change=change, way=way, than=than) if change else (),
    )  # fmt: skip


@message
def adjusted_line(flows: list[Runs], apart: bool) -> Runs:
    """`apart` where the first flow has a change of its own."""
    start = ("Adjusted by our own model: ", *flows[0])
    return (*start, *(("; " if apart else " and ", *flows[1]) if flows[1:] else ()), ".")


def tells_change(facts: Facts, flow: str) -> bool:
    """Is the month's change of the adjusted line worth a word? Only where X-13 confirms it, and revisions are smaller."""
    change, name = f"momentum.{flow}_usd_month", f"adjusted.{flow}_usd"
    revisions = [facts.get(f"{name}{what}") for what in ("_mean_revision", "_month_mom_mean_revision")]
    if not confirmed(facts, flow, "month") or not all(revisions) or shows_zero(facts[change]):
        return False
    return abs(facts[change].value) > max(revision.value for revision in revisions)


def _three_months(report: Report) -> Message | None:
    """Growth of the adjusted three months on the three before, of the flows for which X-13 confirms it."""
    facts = report.facts
    found = [facts[f"momentum.{flow}_usd_3m"] if confirmed(facts, flow, "3m") else None for flow in FLOWS]
    return three_months_on_three(*found) if any(found) else None


@message
def three_months_on_three(exports: Fact | None, imports: Fact | None) -> Runs:
    """Not annualised."""
    alone = exports or imports
    if exports and imports:
        moved = both_changed("adjusted exports", exports, "imports", imports)
    elif alone:
        moved = (f"adjusted {'exports' if exports else 'imports'} ", *changed(alone))
    return say("Over three months {moved} on the three months before.", moved=moved)


def _revisions(report: Report) -> Message | None:
    """How far first estimates were off, and what was first estimated for the month a year ago."""
    facts, name = report.facts, "adjusted.{}_usd_{}".format
    flows = [flow for flow in FLOWS if name(flow, "mean_revision") in facts]
    if not flows:
        return None
    means = [first_estimates(flow, facts[name(flow, "mean_revision")], flow == flows[0]) for flow in flows]
    if any(name(flow, "year_ago") not in facts for flow in flows):
        return estimates_revised(means)
    then, now = ([number(facts[name(flow, part)]) for flow in flows] for part in ("year_ago_first", "year_ago"))
    return estimates_of_a_year_ago(means, shift(report.period, -12), then, now)


@message
def first_estimates(flow: str, revision: Fact, first: bool) -> Runs:
    return say("of {flow}{are} by {revision}", flow=flow, are=" have been revised" if first else "", revision=revision)


@message
def estimates_revised(means: list[Runs]) -> Runs:
    return (*_estimates(means), ".")


@message
def estimates_of_a_year_ago(means: list[Runs], month: str, then: list[Runs], now: list[Runs]) -> Runs:
    return say(
        "{start}. The estimates of {month} went from {then} to {now}.",
        start=_estimates(means), month=month, then=listed(then), now=listed(now),
    )  # fmt: skip


def _estimates(means: list[Runs]) -> Runs:
    first, *second = means
    return ("First adjusted estimates ", *first, " on average", *(run for part in second for run in (", those ", *part)))


def _notes(report: Report) -> tuple[Message, ...]:
    facts = report.facts
    days = "calendar.working_days_month"
    notes = (our_working_days() if days in facts else no_working_days(facts.gap(days)), *distortion_notes(report))
    if not any(f"adjusted.{flow}_usd_month" in facts for flow in FLOWS):
        return notes
    notes = (*notes, *present(_spreads(report), _revisions(report)))
    outliers, shifts = ([period_in_list(p) for p in known if p <= report.period] for known in (OUTLIERS, SHIFTS))
    banded = any(f"adjusted.{flow}_usd_month_low" in facts for flow in FLOWS)
    return (*notes, our_model(outliers, shifts, banded))


@message
def our_working_days() -> Runs:
    return (
        "Working days are our convention, not customs’: weekdays less public holidays, with the days at weekends that are "
        "worked instead.",
    )


@message
def no_working_days(why: NotAvailable) -> Runs:
    return ("No averages per working day: ", *dated(why.why), ".")


@message
def period_in_list(period: str) -> Runs:
    return say("{period}", period=period)


@message
def our_model(outliers: list[Runs], shifts: list[Runs], banded: bool) -> Runs:
    band = "Around first estimates, the range in brackets has covered the later one in nine of ten months. " if banded else ""
    return say(
        "The adjusted line is our own: a structural time-series model of logarithms, with effects estimated from the months up "
        "to this one. Lunar New Year moves exports in the two weeks before it and, from its third day on, for three weeks; "
        "imports on its first six days. {outliers}{shifts}{band}First estimates are "
        "recomputed from current figures: their revision is what later months taught, not what customs revised.",
        band=band,
        outliers=(*listed(outliers), " is left out as an outlier. ") if outliers else (),
        shifts=("The steps of the level in ", *listed(shifts), " stay in the line. ") if shifts else (),
    )  # fmt: skip


def _spreads(report: Report) -> Message:
    facts, name = report.facts, "momentum.{}_usd_month_spread".format
    if any(name(flow) not in facts for flow in FLOWS):
        return no_spread(facts.gap(name(FLOWS[0])))
    return spreads(*(facts[name(flow)] for flow in FLOWS), all(confirmed(facts, flow, "month") for flow in FLOWS))


@message
def no_spread(why: NotAvailable) -> Runs:
    before, program, after = why.why.partition(PROGRAM)
    reason = (*dated(before), *(name_of("x13", program) if program else ()), *dated(after))
    return ("No change of the adjusted line is confirmed by other methods: ", *reason, ".")


@message
def spreads(exports: Fact, imports: Fact, both: bool) -> Runs:
    """`both` where the change of either flow is confirmed."""
    return say(
        "Three methods put the change on the month {exports} apart for exports and {imports} for imports. That spread shows "
        "what the choice of a method does and is no band of error{rest}.",
        exports=exports, imports=imports,
        rest=() if both else ". A change smaller than the spread, or whose sign is disputed, is not in the text",
    )  # fmt: skip


def _methods_table(report: Report) -> Table | None:
    """The changes by each method, and their spread."""
    facts, rows = report.facts, []
    for flow in FLOWS:
        name = f"momentum.{flow}_usd_"
        if f"{name}month_spread" not in facts:
            return None
        for ending, label in METHODS.items():
            fields = [f"{name}{over}{ending}" for over in ("month", "3m")]
            style = "percent" if label == SPREAD else "signed_percent"
            cells = tuple((facts.cite(field, style),) for field in fields)
            rows.append(Row((f"{flow.capitalize()}, ", *name_of(ending, label)), cells, values=tuple(map(facts.value, fields))))
    return Table(
        "momentum",
        "Growth without season and holidays by three methods, percent, and their spread, percentage points",
        (Column("Method"), Column("On the month", align="right"), Column("On three months", align="right")),
        tuple(rows),
    )


def _chart(report: Report) -> Chart | None:
    flows = {"exports": (palette.EXPORTS, palette.PALE_EXPORTS), "imports": (palette.IMPORTS, palette.PALE_IMPORTS)}
    if any(f"adjusted.{flow}_usd_month" not in report.facts for flow in flows):
        return None
    adjusted = report.frame(helpers.adjusted_series).iloc[-49:]
    printed = report.frame(helpers.monthly_trade).loc[adjusted.index]
    figure, axes = canvas(height=1.95, right=0.89)
    months, ends = range(len(adjusted)), []
    for flow, (colour, pale) in flows.items():
        line, low, high = (adjusted[column] / BILLION for column in (flow, f"{flow}_low", f"{flow}_high"))
        axes.plot(months, printed[flow] / BILLION, color=pale, lw=1.1)
        axes.fill_between(months, low, high, color=colour, alpha=0.22, lw=0)
        axes.plot(months, line, color=colour, lw=1.6)
        ends.append((flow.capitalize(), line.iloc[-1], colour))
    label_years(axes, list(adjusted.index))
    axes.set_xlim(-0.5, len(adjusted) - 0.5)
    label_ends(axes, len(adjusted) - 1, ends)
    newest = (report.facts[f"adjusted.{flow}_usd_month"] for flow in FLOWS)
    alt = report.write(pairs_of_lines(adjusted.index[0], report.period, *newest))
    return Chart(
        figure,
        alt,
        _adjusted_data(adjusted, printed),
        (*source_line(report, "adjusted.exports_usd_month"), *report.write(our_adjustment())),
        title=("Exports and imports, adjusted with its band (strong) and unadjusted (pale), billion dollars a month",),
    )


@message
def our_adjustment() -> Runs:
    return (" Adjustment: our own.",)


@message
def pairs_of_lines(first: str, last: str, exports: Fact, imports: Fact) -> Runs:
    return say(
        "Two pairs of lines from {first} to {last}: pale the months as customs shows them, strong the adjusted ones within "
        "their band. Adjusted exports end at {exports}, imports at {imports}.",
        first=first, last=last, exports=exports, imports=imports,
    )  # fmt: skip


def _adjusted_data(adjusted: pd.DataFrame, printed: pd.DataFrame) -> Table:
    """The lines month by month, newest first: customs' figure, the adjusted one, its band."""
    rows = []
    for period in adjusted.index[::-1]:
        places = [
            (table, column, frame.at[period, column])
            for flow in ("exports", "imports")
            for table, frame, columns in (
                ("monthly_trade", printed, [flow]),
                ("adjusted_series", adjusted, [flow, f"{flow}_low", f"{flow}_high"]),
            )
            for column in columns
        ]
        cells = tuple(None if pd.isna(v) else cell(table, period, column, v, "bn", "USD") for table, column, v in places)
        rows.append(Row((Mark.of(period),), cells, values=tuple(None if pd.isna(v) else v for *_, v in places)))
    headers = ("Customs", "Adjusted", "Band from", "to")
    return Table(
        "adjusted-exports-and-imports",
        "Exports and imports, as customs shows them and adjusted, billion dollars",
        (Column("Month"), *(Column(header, align="right") for header in headers * 2)),
        tuple(rows),
        group_headers=(("", 1), ("Exports", 4), ("Imports", 4)),
    )
