"""What qualifies the news of page one: currency, calendar, base, prices, revisions; and what is not available."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pandas as pd

from customs_report.calculations.lunar import new_year
from customs_report.calculations.newsworthy import Point, is_festive
from customs_report.calculations.series import like_with_like, same_release
from customs_report.english.grammar import also, both_changed, changed, goods, listed, revised
from customs_report.exhibits.distortions import distortion_notes
from customs_report.exhibits.selection import commodity, no_lines, release_day, to_date
from customs_report.facts import Fact, Runs, say
from customs_report.measures import movement
from customs_report.messages import Message, first_possible, message
from customs_report.names import Name
from customs_report.periods import distance, is_january, shift
from customs_report.report import Report

ENOUGH_REVISED = 12  # months that say how customs revises
NEWER_WITHIN = 12  # months between a report and the newest release that are worth a word


def qualification(report: Report, headline: Message) -> Message | None:
    """The strongest doubt about the news in one sentence; what the headline says itself is none. Else three months together."""
    distorted = distortion_notes(report)
    if distorted and (not is_festive(report.period) or distorted[0].cells["over"] == "month"):
        return distorted[0]
    for doubt in doubts_in_words(report):
        if not doubt.facts & headline.facts:
            return doubt
    return first_possible(partial(three_months, report))


def three_months(report: Report) -> Message:
    """Exports and imports over three months, which are less noisy than one."""
    return over_three_months(*(report.facts[f"{flow}_usd_3m_yoy"] for flow in ("exports", "imports")))


def doubts_in_words(report: Report, but: str = "") -> list[Message]:
    """What qualifies the news, a sentence each, the strongest first; one a theme, `but` for one."""
    found: dict[str, Message] = {}
    kinds: dict[str, Callable[[Report, Point], Message | None]] = {
        "currency": _currency, "calendar": _calendar, "vintage": _vintage, "unit value": _unit_value,
    }  # fmt: skip
    for point in report.doubts:
        if point.theme not in (but, *found) and (doubt := first_possible(partial(kinds[point.theme], report, point))):
            found[point.theme] = doubt
    return [*found.values()]


@message
def over_three_months(exports: Fact, imports: Fact) -> Runs:
    return say(
        "Months are noisy: over three months exports {exports} and imports {imports}.",
        exports=changed(exports), imports=also(imports, exports),
    )  # fmt: skip


def _currency(report: Report, point: Point) -> Message | None:
    """Another sign in yuan, or a growth that the dollar flatters or understates."""
    flow, over = point.subject.rsplit("_", 1)
    when, facts = to_date(report) if over == "ytd" else report.period, report.facts
    usd, cny = like_with_like(facts, flow, over) or (None, None)
    if not usd or not cny:
        return None
    if round(usd.value, 1) * round(cny.value, 1) < 0:
        return currency_matters(when, in_both_currencies(flow, usd, cny, facts[f"{flow}_usd_{over}_yoy"]))
    return currency_flatters(flow, cny, when, flatters=cny.value < usd.value)


@message
def currency_matters(span: str, difference: Runs) -> Runs:
    return say("The currency matters: in {span}, {difference}.", span=span, difference=difference)


@message
def currency_flatters(flow: str, growth: Fact, span: str, flatters: bool) -> Runs:
    """`growth`: in yuan; that in dollars stands beside the sentence."""
    way, more = "gained" if flatters else "lost", "less" if flatters == (growth.value > 0) else "more"
    return say(
        "In yuan, which {way} against the dollar, {flow} of {span} {moved}{than}.",
        way=way, flow=flow, span=span, moved=changed(growth),
        than="" if movement(growth.value) == "unchanged" else f", {more} than in dollars",
    )  # fmt: skip


def _calendar(report: Report, point: Point) -> Message:
    month, facts, year = report.period, report.facts, int(report.period[:4])
    together = [facts.get(f"calendar.{flow}_usd_january_february_yoy") for flow in ("exports", "imports")]
    days = [new_year(of).isoformat() for of in (year, year - 1)]
    return lunar_new_year(*days, month, two_months_together(*together) if all(together) else None)


@message
def lunar_new_year(day: str, before: str, month: str, together: Runs | None) -> Runs:
    if month.endswith("-03"):
        rest: Runs = (", which shifts trade between February and March",)
    else:
        rest = together or ("; January and February are best read together",)
    return say("Lunar New Year fell on {day}, against {before} a year earlier{rest}.", day=day, before=before, rest=rest)


@message
def two_months_together(exports: Fact, imports: Fact) -> Runs:
    return say("; in January and February together {moved}", moved=both_changed("exports", exports, "imports", imports))


def _vintage(report: Report, point: Point) -> Message | None:
    facts, name = report.facts, "revision.balance_usd_month"
    if point.news == "revised":
        size = facts.get(f"{name}_size") if usual_revision(report) else None
        return balance_revised(facts[f"{name}_first"], facts[f"{name}_change"], report.period, size)
    usual = usual_revision(report)
    return first_estimates_move(usual) if usual else first_estimates()


def usual_revision(report: Report) -> Message | None:
    """How far customs has revised the balance of other months; of a few it says nothing."""
    found = [report.facts.get(f"revision.balance_usd_month_{what}") for what in ("count", "size", "mean")]
    return months_revised(*found) if all(found) and found[0].value >= ENOUGH_REVISED else None


@message
def months_revised(count: Fact, size: Fact, mean: Fact) -> Runs:
    return say(
        "over {count}, revisions have moved the first estimate of the balance by {size:size} on average, mostly {way}",
        count=count, size=size, way="up" if mean.value > 0 else "down",
    )  # fmt: skip


@message
def balance_revised(first: Fact, change: Fact, month: str, size: Fact | None) -> Runs:
    return say(
        "Customs first published a balance of {first} for {month} and has since {moved} it by {change:size}{usual}.",
        first=first, month=month, moved=revised(change), change=change,
        usual=say("; on average revisions move it by {size:size}", size=size) if size else (),
    )  # fmt: skip


@message
def first_estimates_move(usual: Runs) -> Runs:
    return ("These are first estimates; ", *usual, ".")


@message
def first_estimates() -> Runs:
    return ("These are first estimates, which customs revises later without notice.",)


def _unit_value(report: Report, point: Point) -> Message:
    flow, slug = point.news, point.subject
    quantity, unit_value = (report.facts[f"commodity.{flow}.{slug}.{what}_ytd_yoy"] for what in ("quantity", "unit_value"))
    return quantity_and_unit_value(flow, commodity(report, flow, slug), quantity, unit_value, to_date(report))


@message
def quantity_and_unit_value(flow: str, line: Name, quantity: Fact, unit_value: Fact, span: str) -> Runs:
    return say(
        "Quantity and value part ways: in {span}, {flow} of {what} {quantity} in quantity, while their unit value {unit}.",
        span=span, flow=f"{flow}s", what=goods(line), quantity=changed(quantity), unit=changed(unit_value),
    )  # fmt: skip


@message
def in_both_currencies(flow: str, usd: Fact, cny: Fact, now: Fact | None) -> Runs:
    """`now`: growth in dollars as revised, where the one that was published together with that in yuan is another."""
    another = now if now and now.value != usd.value else None
    return say(
        "{flow} {usd} in dollars{first} {joint} {cny} in yuan",
        flow=flow,
        usd=changed(usd),
        cny=also(cny, usd),
        joint="and" if round(usd.value, 1) * round(cny.value, 1) > 0 else "but",
        first=say(" as first published ({now:signed} as revised)", now=another) if another else "",
    )


# --- the remarks ----------------------------------------------------------------------------------------------------------


def remarks_of(report: Report) -> tuple[Message, ...]:
    """At most two: how final the figures are, and what is newer or not available."""
    return tuple(each for each in (_figures_are(report), _not_available(report) or _newer(report)) if each)


def _figures_are(report: Report) -> Message | None:
    facts = report.facts
    if is_january(report.period) and same_release(report.tables, report.period):
        day, level = report.tables.releases.set_index("period").at[report.period, "released"], facts.get("balance_usd_month")
        return january_with_february(day, bool(level) and level.stage == "revised")
    fact = facts.get("balance_usd_month") or facts.get("balance_cny_month")
    if not fact or fact.unit == "CNY":
        return yuan_leads() if fact else None
    if fact.stage != "preliminary":
        return revised_figures(release_day(fact.sources), "exports_cny_month" in facts)
    totals = report.tables.totals
    return first_estimates_ranked(bool((totals["late"] & (totals["period"] < report.period)).any()))


@message
def january_with_february(day: str, revised: bool) -> Runs:
    rest = "; dollar figures are its revised ones" if revised else ""
    return say("Customs published January together with February, on {day}{rest}.", day=day, rest=rest)


@message
def yuan_leads() -> Runs:
    return ("No dollar level of the month is available as first published; yuan lead.",)


@message
def revised_figures(day: str, yuan: bool) -> Runs:
    return say("Dollar figures are customs’ latest of {day}, rounded to a tenth of a billion{yuan}.", day=day,
               yuan="; yuan figures are as first published" if yuan else "")  # fmt: skip


@message
def first_estimates_ranked(later: bool) -> Runs:
    """`later` where history had to be taken from later releases."""
    rest = "; some earlier months are as customs gave them later" if later else ""
    return (f"Dollar figures are first estimates{rest}.",)


def _not_available(report: Report) -> Message | None:
    facts = report.facts
    if not {"exports_usd_month", "exports_cny_month"} & set(facts):
        return not_available(report.period, ["levels", "partners", "commodities"])
    gaps = {
        "partners": "partner.*" in facts.gaps,
        "export_commodities": bool(no_lines(report, "export")),
        "import_commodities": bool(no_lines(report, "import")),
        "yuan": not {"exports_cny_month", "exports_cny_ytd"} & set(facts),
    }
    if gaps["export_commodities"] and any(name.startswith("commodity.export.") for name in facts):
        gaps |= {"some_export_commodities": True, "export_commodities": False}
    if gaps["export_commodities"] and gaps["import_commodities"]:
        gaps = {**gaps, "commodities": True, "export_commodities": False, "import_commodities": False}
    missing = [what for what, lacks in gaps.items() if lacks]
    return not_available(report.period, missing) if missing else None


@message
def not_available(month: str, what: list[str]) -> Runs:
    names = {
        "levels": "the month’s own levels of exports and imports", "partners": "partners", "commodities": "commodities",
        "export_commodities": "export commodities", "some_export_commodities": "most export commodities",
        "import_commodities": "import commodities", "yuan": "totals in yuan",
    }  # fmt: skip
    return say("Not available for {month}: {what}.", month=month, what=listed((names[each],) for each in what))


def _newer(report: Report) -> Message | None:
    """Which newer release was out on the day of the report."""
    newest = newest_release(report)
    if newest is None or distance(report.period, newest["period"]) > NEWER_WITHIN:
        return None
    return newer_release(newest["period"], newest["released"])


def newest_release(report: Report) -> pd.Series | None:
    """The newest release of a later month that was out on the day of the report; February comes out with January."""
    releases, after = report.tables.releases, shift(report.period, 1) if is_january(report.period) else report.period
    newer = releases[(releases["released"] <= report.as_of) & (releases["period"] > after)]
    return None if newer.empty else newer.loc[newer["period"].idxmax()]


@message
def newer_release(month: str, day: str) -> Runs:
    return say("A newer release is out: {month}, on {day}.", month=month, day=day)
