"""What the calendar does to a month: working days, where the Lunar New Year lies, January and February together."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from customs_report.calculations.levels import Level, find_level, newest_stage, printed_figures
from customs_report.calculations.lunar import new_year
from customs_report.calculations.making import add_growth
from customs_report.calculations.series import same_release
from customs_report.facts import Fact, Facts, Gap
from customs_report.periods import shift
from customs_report.tables import Tables

STAGE = "calendar"  # of a fact that rests on no printed figure
SOURCE = "chinesecalendar, the public holidays of China"
CONVENTION = "working days by our convention: weekdays less public holidays, with the days worked instead"


def working_days(period: str) -> int:
    """How many days of a month does China work, by our convention?

    Mondays to Fridays less public holidays, with the days at weekends that are worked instead, as the package
    chinesecalendar lists them. Raises Gap outside its years: the State Council announces holidays a year at a time.

    >>> helpers.working_days("2025-10"), helpers.working_days(period)
    (18, 20)
    """
    import chinese_calendar

    year, month = int(period[:4]), int(period[5:])
    first, last = (pick(chinese_calendar.holidays).year for pick in (min, max))
    if not first <= year <= last:
        raise Gap("calendar.working_days", f"working days are known for {first} to {last} only")
    return len(chinese_calendar.get_workdays(date(year, month, 1), date(year, month, monthrange(year, month)[1])))


def calendar_facts(facts: Facts, tables: Tables) -> None:
    """Adds working days and averages per working day, the Lunar New Year's move, and January with February in January."""
    _working_day_facts(facts, tables)
    year = int(facts.period[:4])
    days = (new_year(year).replace(year=year - 1) - new_year(year - 1)).days  # always before the end of February
    how = "days by which the Lunar New Year lies later in the calendar than a year earlier, negative: earlier"
    _add(facts, "calendar.lunar_new_year_shift", days, how, "Chinese calendar")
    if facts.period.endswith("-01"):
        _two_month_facts(facts, tables)


def _working_day_facts(facts: Facts, tables: Tables) -> None:
    period, year_earlier = facts.period, shift(facts.period, -12)
    try:
        days = {p: working_days(p) for p in (period, year_earlier)}
    except Gap as gap:
        facts.gaps["calendar.working_days*"] = gap.why
        for flow in ("exports", "imports"):
            facts.gaps[f"{flow}_usd_month_per_working_day*"] = gap.why
        return
    _add(facts, "calendar.working_days_month", days[period], CONVENTION, SOURCE)
    _add(facts, "calendar.working_days_month_before", days[year_earlier], f"a year earlier, {CONVENTION}", SOURCE)
    change = days[period] - days[year_earlier]
    _add(facts, "calendar.working_days_month_change", change, f"change on a year earlier, {CONVENTION}", SOURCE)
    for flow in ("exports", "imports"):
        name, found = f"{flow}_usd_month_per_working_day", {}
        for p, count in days.items():
            level = find_level(tables, flow, "USD", "month", p)
            if isinstance(level, Level):
                found[p] = level._replace(value=level.value / count, how=f"{flow} / {CONVENTION}")
        if period not in found:
            facts.gaps[f"{name}*"] = find_level(tables, flow, "USD", "month", period).why
            continue
        mine = found[period]
        facts.by_name[name] = Fact(name, mine.value, "USD", mine.how, (*mine.sources, SOURCE), mine.stage, mine.step)
        add_growth(facts, name, mine, found.get(year_earlier), None)


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
        if isinstance(now, Gap):
            facts.gaps[name] = now.why
        else:
            facts.by_name[name] = Fact(name, now.value, "USD", now.how, now.sources, now.stage, now.step)
        held = [None if isinstance(found, Gap) else found for found in (now, base)]
        add_growth(facts, name, *held, newest_stage(prints) if prints else None)


def _add(facts: Facts, name: str, days: int, how: str, source: str) -> None:
    facts.by_name[name] = Fact(name, days, "days", how, (source,), STAGE)
