"""What to watch: carry-over, the base of next month, its working days and holidays, the next release."""

from __future__ import annotations

from functools import partial

from customs_report.calculations.lunar import new_year
from customs_report.calculations.newsworthy import is_festive
from customs_report.calculations.series import same_release
from customs_report.english.grammar import also, changed, days_more_or_fewer, month_of, up_or_down
from customs_report.exhibits.method_notes import next_release_of
from customs_report.exhibits.qualifications import newest_release
from customs_report.exhibits.selection import present
from customs_report.facts import Fact, Runs, say
from customs_report.messages import Message, first_possible, message
from customs_report.periods import is_january, shift
from customs_report.report import Report


def what_to_watch(report: Report) -> tuple[Runs, ...]:
    """What moves the next releases; of a month after which others have come out, what was to be watched then."""
    carried = (partial(_carry_over, report, flow) for flow in ("exports", "imports"))
    if is_january(report.period) and same_release(report.tables, report.period):
        return (report.write(february_is_out()),)
    found = present(*map(first_possible, (*carried, partial(_base, report), partial(_calendar, report))))
    past = newest_release(report) is not None
    release = None if past else first_possible(partial(_release, report))
    return tuple(map(report.write, present(seen_then(report.period) if past and found else None, *found, release)))


@message
def february_is_out() -> Runs:
    return ("February came out on the same day: its report says what to watch.",)


@message
def seen_then(month: str) -> Runs:
    return say("Written from the figures of {month}; later months have come out since.", month=month)


def _carry_over(report: Report, flow: str) -> Message | None:
    facts, period = report.facts, report.period
    if is_festive(period):  # the adjusted level of such a month may still hold a part of the holiday
        return None
    last = -(-int(period[5:]) // 3) * 3
    quarter = "" if period.endswith(f"-{last:02d}") else f"{period[:4]}-{last - 2:02d}/{period[:4]}-{last:02d}"
    year = facts[f"carry_over.{flow}_usd_year"]
    if period.endswith("-12"):
        return None
    return carry_over(flow, facts[f"carry_over.{flow}_usd_quarter"] if quarter else None, quarter, year, period)


@message
def carry_over(flow: str, growth: Fact | None, quarter: str, growth_of_year: Fact, month: str) -> Runs:
    """Growth of the quarter under way and of the year; at the end of a quarter, without a `quarter`, of the year alone."""
    in_quarter = say("{growth} in {quarter} and ", growth=up_or_down(growth), quarter=quarter) if growth else ()
    if flow == "imports":
        template = "Imports would be {in_quarter}{growth_of_year} in {year}: arithmetic, not a forecast."
    else:
        template = "Should exports stay at {month}’s seasonally adjusted level, they would be {in_quarter}{growth_of_year} "
        template += "in {year}, in dollars."
    return say(
        template, month=month_of(month), in_quarter=in_quarter, year=month[:4], growth_of_year=up_or_down(growth_of_year),
    )  # fmt: skip


def _base(report: Report) -> Message | None:
    facts, coming = report.facts, shift(report.period, 1)
    growth = [facts[f"base.{flow}_usd_next_yoy"] for flow in ("exports", "imports")]
    return base_of_next_month(coming, shift(coming, -12), *growth)


@message
def base_of_next_month(month: str, base: str, exports: Fact, imports: Fact) -> Runs:
    return say(
        "{month} will be compared with {base}, when exports {exports} and imports {imports}.",
        month=month, base=base, exports=changed(exports), imports=also(imports, exports),
    )  # fmt: skip


def _calendar(report: Report) -> Message | None:
    coming, facts = shift(report.period, 1), report.facts
    year = int(coming[:4])
    if coming[5:] in ("01", "02") and new_year(year).isoformat()[:7] >= coming:
        return coming_new_year(new_year(year).isoformat(), new_year(year - 1).isoformat())
    return coming_working_days(coming, facts["calendar.working_days_next"], facts["calendar.working_days_next_change"])


@message
def coming_new_year(day: str, before: str) -> Runs:
    return say("Lunar New Year falls on {day}, against {before} a year earlier.", day=day, before=before)


@message
def coming_working_days(month: str, days: Fact, change: Fact) -> Runs:
    than = days_more_or_fewer(change) if change.value else ("as many as a year earlier",)
    return say("{month} has {days:number} working days, {than}.", month=month, days=days, than=than)


def _release(report: Report) -> Message | None:
    found = next_release_of(report)
    return coming_release(*found) if found else None


@message
def coming_release(month: str, day: str) -> Runs:
    return say("The figures of {month} are due about {day}.", month=month, day=day)
