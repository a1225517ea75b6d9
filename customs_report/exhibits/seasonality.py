"""What season, calendar and noise do to a month: three months beside one, working days, Lunar New Year, the adjusted line.

A change of the adjusted line is mentioned only where it is larger than its mean revision, and never in a claim.
"""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.adjusted import OUTLIERS, SHIFTS
from customs_report.calculations.levels import first_month
from customs_report.calculations.lunar import new_year
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import BILLION, canvas, label_ends, label_years, with_report_style
from customs_report.drawing.source_lines import source_line
from customs_report.english.grammar import (
    both_changed,
    changed,
    dated,
    listed,
    month_name,
    of_month,
    opened,
    present,
    shows_zero,
    verb,
)
from customs_report.exhibits.distortions import distortion_notes
from customs_report.facts import Facts, Mark, Runs
from customs_report.messages import Said
from customs_report.periods import shift
from customs_report.report import Report
from customs_report.rows import cell

FLOWS = ("exports", "imports")


def season_and_calendar(report: Report) -> Exhibit:
    """How do exports and imports go without season and holidays, over the last four years?"""
    return Exhibit.of(report, _words, _chart)


def _words(report: Report) -> Words:
    """What a single month can say, and what the calendar made of it."""
    report.require("totals")
    facts = report.facts
    together = _together(report)
    if together:
        claim = facts.say(
            "{@moved} in {@span} taken together",
            moved=opened(both_changed("exports", facts[together["exports"]], "imports", facts[together["imports"]])),
            span=f"{report.period[:4]}-01/{report.period[:4]}-02",
        )
        month = _month_alone(report)
    elif "exports_usd_month_yoy" in facts:
        claim = _beside(facts, "exports", (" in ", Mark.of(report.period)))
        month = _imports(report)
    else:
        claim, month = _no_growth(report), None
    return Words(claim, present(month, _days(report), _line(report), _revisions(report)), notes=_notes(report))


def _no_growth(report: Report) -> Runs:
    facts, first = report.facts, first_month(report.tables)
    if report.period < shift(first, 12):
        return ("Too early for a growth rate: the series begins with ", Mark.of(first))
    return ("Growth of exports: ", *dated(facts.why_missing("exports_usd_month")))


def _together(report: Report) -> dict[str, str] | None:
    """The growth facts of January and February together, in the reports of which they are the lead."""
    name = {"01": "calendar.{}_usd_january_february_yoy", "02": "{}_usd_ytd_yoy"}.get(report.period[5:])
    names = {flow: name.format(flow) for flow in FLOWS} if name else {}
    return names if names and set(names.values()) <= set(report.facts) else None


def _beside(facts: Facts, flow: str, when: Runs) -> Runs:
    """ "Exports rose by 23.9% in July 2026 and by 18.0% over three months": a month beside three."""
    one, three = (f"{flow}_usd_{over}_yoy" for over in ("month", "3m"))
    start = (f"{flow.capitalize()} ", *changed(facts[one]), *when)
    if three not in facts:
        return start
    verbs = [verb(facts[name].value) for name in (one, three)]
    if verbs[0] == verbs[1]:
        rest = (" or",) if verbs[0] == "did not change" else facts.say(" and by {" + three + ":size}")
    else:
        opposed = facts[one].value * facts[three].value < 0 and "did not change" not in verbs
        rest = (" but " if opposed else " and ", *changed(facts[three]))
    return (*start, *rest, " over three months")


def _imports(report: Report) -> Runs | None:
    if "imports_usd_month_yoy" not in report.facts:
        return None
    rest = ", each on the same months of the year before." if "imports_usd_3m_yoy" in report.facts else " on a year earlier."
    return (*_beside(report.facts, "imports", (" in the month",)), rest)


def _month_alone(report: Report) -> Runs | None:
    facts, parts = report.facts, []
    for over, start in (("month", "in {@month} alone "), ("3m", "over three months ")):
        names = [f"{flow}_usd_{over}_yoy" for flow in FLOWS]
        if set(names) <= set(facts):
            moved = both_changed("exports", facts[names[0]], "imports", facts[names[1]])
            parts.append(facts.say(start + "{@moved}", month=of_month(report), moved=moved))
    if not parts:
        return None
    return (*(run for i, part in enumerate(parts) for run in (("; ",) if i else ()) + (part if i else opened(part))), ".")


def _days(report: Report) -> Runs | None:
    """Working days and growth per working day; where the Lunar New Year lies, in the months that it reaches."""
    facts = report.facts
    lunar = _new_year(report) if report.period[5:] in ("01", "02", "03") else None
    count = _working_days(facts, "{@month} had" if lunar else "By our convention {@month} had", of_month(report))
    if lunar and count:
        return (*lunar, "; by our convention ", *count, ".")
    if lunar or not count:
        return (*lunar, ".") if lunar else None
    names = [f"{flow}_usd_month_per_working_day_yoy" for flow in FLOWS]
    if not set(names) <= set(facts) or shows_zero(facts["calendar.working_days_month_change"]):
        return (*count, ".")
    moved = both_changed("exports", facts[names[0]], "imports", facts[names[1]])
    return (*count, "; per working day ", *moved, ".")


def _new_year(report: Report) -> Runs:
    facts, year = report.facts, int(report.period[:4])
    way = "later" if facts["calendar.lunar_new_year_shift"].value > 0 else "earlier"
    return facts.say(
        "Lunar New Year fell on {@day}, {calendar.lunar_new_year_shift:size} {@way} than a year before",
        day=new_year(year).isoformat(),
        way=(way,),
    )


def _working_days(facts: Facts, start: str, month: Runs) -> Runs | None:
    name = "calendar.working_days_month_change"
    if name not in facts:
        return None
    few = "more" if facts[name].value > 0 else "fewer"
    rest = ", as many as a year earlier" if shows_zero(facts[name]) else ", {" + name + ":size} {@few} than a year earlier"
    return facts.say(start + " {calendar.working_days_month:number} working days" + rest, month=month, few=(few,))


def _line(report: Report) -> Runs:
    """The adjusted figures of the month with their bands, and their changes where these are larger than mean revisions."""
    facts, before = report.facts, shift(report.period, -1)
    parts: list[Runs] = []
    names = {flow: f"adjusted.{flow}_usd_month" for flow in FLOWS}
    missing = [name for name in names.values() if name not in facts]
    if len(missing) == len(FLOWS):
        return ("No adjusted figure for ", *of_month(report), ": ", *dated(facts.why_missing(missing[0])), ".")
    than: Runs = (" than in ", Mark("period", before, month_name(before)))
    for flow, name in names.items():
        if name not in facts:
            continue
        come = "" if parts else " come"
        band = f" (band {{{name}_low:bn}} to {{{name}_high:bn}})" if f"{name}_low" in facts else ""
        part = facts.say(f"{flow}{come} to {{{name}}}{band}")
        if tells_change(facts, flow):
            way = "more" if facts[f"{name}_mom"].value > 0 else "less"
            part += facts.say(", {" + name + "_mom:size} {@way}{@than}", way=(way,), than=than)
            than = ()
        parts.append(part)
    rest = (", and " if tells_change(facts, FLOWS[0]) else " and ", *parts[1]) if parts[1:] else ()
    return ("Adjusted for season and holidays by our own model, ", *parts[0], *rest, ".")


def tells_change(facts: Facts, flow: str) -> bool:
    """Is the month's change of the adjusted line worth a word? Only where it exceeds what revisions do to level and change."""
    name = f"adjusted.{flow}_usd"
    needed = [f"{name}_month_mom", f"{name}_mean_revision", f"{name}_month_mom_mean_revision"]
    if not set(needed) <= set(facts):
        return False
    change, *revisions = (facts[n].value for n in needed)
    return abs(change) > max(revisions) and not shows_zero(facts[needed[0]])


def _revisions(report: Report) -> Runs | None:
    """How far first estimates were off, and what was first estimated for the month a year ago."""
    facts, flows = report.facts, [flow for flow in FLOWS if f"adjusted.{flow}_usd_mean_revision" in report.facts]
    if not flows:
        return None
    first, *second = [
        facts.say("of {@flow}{@are} by {adjusted." + flow + "_usd_mean_revision}", flow=(flow,), are=(are,))
        for flow, are in zip(flows, (" have been revised", ""), strict=False)
    ]
    start = ("First estimates ", *first, " on average", *(run for part in second for run in (", those ", *part)))
    if any(f"adjusted.{flow}_usd_year_ago" not in facts for flow in flows):
        return (*start, ".")
    then = [facts.say("{adjusted." + flow + "_usd_year_ago_first}") for flow in flows]
    now = [facts.say("{adjusted." + flow + "_usd_year_ago}") for flow in flows]
    return facts.say(
        "{@start}; adjusted {@month}, first put at {@then}, now stands at {@now}.",
        start=start,
        month=shift(report.period, -12),
        then=listed(then),
        now=listed(now),
    )


def _notes(report: Report) -> tuple[Said, ...]:
    facts = report.facts
    if "calendar.working_days_month" in facts:
        days: Runs = (
            "Working days are our convention, not customs’: weekdays less public holidays, with the days at weekends that are "
            "worked instead, as the package chinesecalendar lists them.",
        )
    else:
        days = ("No averages per working day: ", *dated(facts.why_missing("calendar.working_days_month")), ".")
    days_and_base: tuple[Said, ...] = (days, *distortion_notes(report))
    if not any(f"adjusted.{flow}_usd_month" in facts for flow in FLOWS):
        return days_and_base
    outliers = [(Mark.of(p),) for p in OUTLIERS if p <= report.period]
    shifts = [(Mark.of(p),) for p in SHIFTS if p <= report.period]
    model: Runs = (
        "The adjusted line is our own: a structural time-series model of logarithms, with effects estimated from the months up "
        "to this one. Lunar New Year moves exports in the two weeks before it and, from its third day on, for three weeks; "
        "imports on its first six days. ",
        *((*listed(outliers), " is left out as an outlier. ") if outliers else ()),
        *(("The steps of the level in ", *listed(shifts), " stay in the line. ") if shifts else ()),
        "The band holds nine times in ten, as far as the model is right. First estimates are made from the figures as held "
        "now: their revision is what later months taught, not what customs revised.",
    )
    return *days_and_base, model


@with_report_style
def _chart(report: Report) -> Chart | None:
    flows = {"exports": (palette.EXPORTS, palette.PALE_EXPORTS), "imports": (palette.IMPORTS, palette.PALE_IMPORTS)}
    if any(f"adjusted.{flow}_usd_month" not in report.facts for flow in flows):
        return None
    adjusted = helpers.adjusted_series(report.tables, report.period).iloc[-49:]
    printed = helpers.monthly_trade(report.tables, report.period).loc[adjusted.index]
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
    alt = report.facts.say(
        "Two pairs of lines from {@first} to {@last}: pale the months as customs shows them, strong the adjusted ones within "
        "their band. Adjusted exports end at {adjusted.exports_usd_month}, imports at {adjusted.imports_usd_month}.",
        first=adjusted.index[0],
        last=report.period,
    )
    return Chart(
        figure,
        alt,
        _adjusted_data(adjusted, printed),
        (*source_line(report, "adjusted.exports_usd_month"), " Adjustment: our own."),
        recent=True,
        title=("Exports and imports, adjusted with its band (strong) and unadjusted (pale), billion dollars a month",),
    )


def _adjusted_data(adjusted: pd.DataFrame, printed: pd.DataFrame) -> Table:
    """The lines month by month, newest first: customs' figure, the adjusted one, its band, the estimate first made."""
    rows = []
    for period in adjusted.index[::-1]:
        places = [
            (table, column, frame.at[period, column])
            for flow in ("exports", "imports")
            for table, frame, columns in (
                ("monthly_trade", printed, [flow]),
                ("adjusted_series", adjusted, [flow, f"{flow}_low", f"{flow}_high", f"{flow}_first"]),
            )
            for column in columns
        ]
        cells = tuple(None if pd.isna(v) else cell(table, period, column, v, "bn", "USD") for table, column, v in places)
        rows.append(Row((Mark.of(period),), cells, values=tuple(None if pd.isna(v) else v for *_, v in places)))
    headers = ("Customs", "Adjusted", "Band from", "to", "At first")
    return Table(
        "adjusted-exports-and-imports",
        "Exports and imports, as customs shows them and adjusted, billion dollars",
        (Column("Month"), *(Column(header, align="right") for header in headers * 2)),
        tuple(rows),
        group_headers=(("", 1), ("Exports", 5), ("Imports", 5)),
    )
