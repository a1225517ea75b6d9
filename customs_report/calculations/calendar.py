"""What the calendar does to a month: working days, where the Lunar New Year lies, January and February together."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from customs_report.calculations.changes import CHANGE
from customs_report.calculations.growth_rates import add_growth
from customs_report.calculations.levels import find_level, newest_stage, printed_figures
from customs_report.calculations.lunar import new_year
from customs_report.calculations.series import same_release
from customs_report.facts import Facts, NotAvailable, or_none
from customs_report.names import where
from customs_report.periods import is_january, shift
from customs_report.provenance import Figure, Label, Origin, Source, calculate
from customs_report.tables import Tables

STAGE = "calendar"  # of a fact that rests on no printed figure
SOURCE = "chinesecalendar, the public holidays of China"
CONVENTION = "working days by our convention: weekdays less public holidays, with the days worked instead"


def working_days(period: str) -> int:
    """How many days of a month does China work, by our convention?"""
    import chinese_calendar

    year, month = int(period[:4]), int(period[5:])
    first, last = (pick(chinese_calendar.holidays).year for pick in (min, max))
    if not first <= year <= last:
        raise NotAvailable("calendar.working_days", f"working days are known for {first} to {last} only")
    return len(chinese_calendar.get_workdays(date(year, month, 1), date(year, month, monthrange(year, month)[1])))


def calendar_facts(facts: Facts, tables: Tables) -> None:
    """Adds working days and averages per working day, the Lunar New Year's move, and January with February in January."""
    _working_day_facts(facts, tables)
    year = int(facts.period[:4])
    days = (new_year(year).replace(year=year - 1) - new_year(year - 1)).days  # always before the end of February
    how = "days by which the Lunar New Year lies later in the calendar than a year earlier, negative: earlier"
    label = Label("move of the Lunar New Year in the calendar", facts.period[:4])
    facts.add("calendar.lunar_new_year_shift", Figure(days, "days", label, Origin(how), (Source("Chinese calendar"),), STAGE))
    if is_january(facts.period):
        _two_month_facts(facts, tables)


def _working_day_facts(facts: Facts, tables: Tables) -> None:
    period, year_earlier = facts.period, shift(facts.period, -12)
    try:
        days = {p: working_days(p) for p in (period, year_earlier)}
    except NotAvailable as gap:
        facts.gaps["calendar.working_days*"] = gap.why
        for flow in ("exports", "imports"):
            facts.gaps[f"{flow}_usd_month_per_working_day*"] = gap.why
        return
    now, before = (_working_days(p, count) for p, count in days.items())
    facts.add("calendar.working_days_month", now)
    facts.add("calendar.working_days_month_before", before, origin=Origin(f"a year earlier, {CONVENTION}"))
    how = f"change on a year earlier, {CONVENTION}"
    facts.calculate(
        "calendar.working_days_month_change", "days - a_year_earlier", "days", now.label.of(CHANGE),
        {"days": now, "a_year_earlier": before}, how=how,
    )  # fmt: skip
    _next_working_days(facts)
    for flow in ("exports", "imports"):
        name, found = f"{flow}_usd_month_per_working_day", {}
        for p, count in zip(days, (now, before), strict=True):
            level = find_level(tables, flow, "USD", "month", p)
            if isinstance(level, Figure):
                found[p] = calculate(
                    "month / days", "USD", level.label.of("{} per working day"), {"month": level, "days": count},
                    how=f"{flow} / {CONVENTION}", stage=level.stage, step=level.step,
                )  # fmt: skip
            elif p == period:
                facts.gaps[f"{name}*"] = level.why
        if period not in found:
            continue
        facts.add(name, found[period])
        add_growth(facts, name, found[period], found.get(year_earlier), None)


def _next_working_days(facts: Facts) -> None:
    """Working days of the month to come, and how many more than a year earlier; none where the holidays are not known yet."""
    coming = shift(facts.period, 1)
    try:
        now, before = (_working_days(p, working_days(p)) for p in (coming, shift(coming, -12)))
    except NotAvailable as gap:
        facts.gaps["calendar.working_days_next*"] = gap.why
        return
    facts.add("calendar.working_days_next", now)
    facts.calculate(
        "calendar.working_days_next_change", "days - a_year_earlier", "days", now.label.of(CHANGE),
        {"days": now, "a_year_earlier": before}, how=f"change on a year earlier, {CONVENTION}",
    )  # fmt: skip


def _working_days(period: str, count: int) -> Figure:
    return Figure(count, "days", Label("working days", where("month", period)), Origin(CONVENTION), (Source(SOURCE),), STAGE)


def _two_month_facts(facts: Facts, tables: Tables) -> None:
    """January and February together, where customs published them on one day: what February's report calls the year so far."""
    names = [f"calendar.{flow}_usd_january_february" for flow in ("exports", "imports")]
    if not same_release(tables, facts.period):
        facts.gaps["calendar.*_january_february*"] = "February was published later"
        return
    february = shift(facts.period, 1)
    for flow, name in zip(("exports", "imports"), names, strict=True):
        now, base = (find_level(tables, flow, "USD", "ytd", p) for p in (february, shift(february, -12)))
        prints = printed_figures(tables, flow, "USD", "ytd", february, "yoy")
        if isinstance(now, NotAvailable):
            facts.gaps[name] = now.why
        else:
            facts.add(name, now)
        add_growth(facts, name, or_none(now), or_none(base), newest_stage(prints) if prints else None)
