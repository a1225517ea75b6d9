"""What qualifies the news of page one: currency, calendar, base, prices, revisions; and what is not available."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from customs_report.calculations.lunar import new_year
from customs_report.calculations.newsworthy import SPREAD, Point, is_festive
from customs_report.calculations.series import like_with_like, same_release
from customs_report.english.grammar import also, changed, goods, listed, revised
from customs_report.exhibits.distortions import distortion_notes
from customs_report.exhibits.selection import commodity, is_january, no_lines, release_day, to_date
from customs_report.facts import Fact, Facts, Runs, say
from customs_report.messages import Message, first_possible, message
from customs_report.names import Name
from customs_report.periods import distance, shift
from customs_report.report import Report

NEWER_WITHIN = 12  # months between a report and the newest release that are worth a word


def qualification(report: Report, headline: Message) -> Message | None:
    """The strongest doubt about the news in one sentence; what the headline says itself is none. Else three months together."""
    distorted = distortion_notes(report)
    if distorted and not is_festive(report.period):
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
        return currency_matters(when, in_both_currencies(flow, usd, cny, usd.value != facts.value(f"{flow}_usd_{over}_yoy")))
    wedge = facts.get(f"wedge.{flow}_{over}")
    return currency_flatters(flow, wedge, when) if wedge else None


@message
def currency_matters(span: str, difference: Runs) -> Runs:
    return say("The currency matters: in {span}, {difference}.", span=span, difference=difference)


@message
def currency_flatters(flow: str, wedge: Fact, span: str) -> Runs:
    verb, why, way = ("flatters", "rose", "lower") if wedge.value < 0 else ("understates", "fell", "higher")
    return say(
        "The dollar {verb}: as the yuan {why} against it, growth of {flow} in {span} was {wedge:size} {way} in yuan.",
        verb=verb, why=why, flow=flow, span=span, wedge=wedge, way=way,
    )  # fmt: skip


def _calendar(report: Report, point: Point) -> Message:
    return lunar_new_year(new_year(int(report.period[:4])).isoformat(), report.period)


@message
def lunar_new_year(day: str, month: str) -> Runs:
    if month.endswith("-03"):
        return say("Lunar New Year fell on {day}, which shifts trade between February and March.", day=day)
    return say("Lunar New Year fell on {day}; January and February are best read together.", day=day)


def _vintage(report: Report, point: Point) -> Message | None:
    facts, name = report.facts, "revision.balance_usd_month"
    if point.news == "revised":
        return balance_revised(facts[f"{name}_first"], facts[f"{name}_change"], report.period)
    return first_possible(
        lambda: first_estimates_move(facts[f"{name}_count"], facts[f"{name}_mean"]), lambda: first_estimates()
    )


@message
def balance_revised(first: Fact, change: Fact, month: str) -> Runs:
    return say(
        "Customs first published a balance of {first} for {month} and has since {moved} it by {change:size}.",
        first=first, month=month, moved=revised(change), change=change,
    )  # fmt: skip


@message
def first_estimates_move(count: Fact, mean: Fact) -> Runs:
    return say(
        "These are first estimates; over {count}, revisions have {moved} the monthly balance by {mean:size} on average.",
        count=count, moved=revised(mean), mean=mean,
    )  # fmt: skip


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


def currencies_apart(facts: Facts, flow: str, over: str) -> Message | None:
    """Growth in both currencies, where it has another sign or is more than two points apart."""
    pair = like_with_like(facts, flow, over)
    if pair is None:
        return None
    usd, cny = pair
    enough = float("inf") if flow == "balance" else SPREAD  # a balance has its own scale: its sign alone counts
    if abs(cny.value - usd.value) <= enough and round(usd.value, 1) * round(cny.value, 1) >= 0:
        return None
    return in_both_currencies(flow, usd, cny, usd.value != facts.value(f"{flow}_usd_{over}_yoy"))


@message
def in_both_currencies(flow: str, usd: Fact, cny: Fact, first_print: bool) -> Runs:
    return say(
        "{flow} {usd} in dollars {joint} {cny} in yuan{first}",
        flow="the surplus" if flow == "balance" else flow,
        usd=changed(usd),
        cny=also(cny, usd),
        joint="and" if round(usd.value, 1) * round(cny.value, 1) > 0 else "but",
        first=", as first published" if first_print else "",
    )


# --- the remarks ----------------------------------------------------------------------------------------------------------


def remarks_of(report: Report) -> tuple[Message, ...]:
    """At most two: how final the figures are, and what is newer or not available."""
    return tuple(each for each in (_figures_are(report), _not_available(report) or _newer(report)) if each)


def _figures_are(report: Report) -> Message | None:
    facts = report.facts
    if is_january(report) and same_release(report.tables, report.period):
        return january_with_february(report.tables.releases.set_index("period").at[report.period, "released"])
    fact = facts.get("balance_usd_month") or facts.get("balance_cny_month")
    if not fact or fact.unit == "CNY":
        return yuan_leads() if fact else None
    if fact.stage != "preliminary":
        return revised_figures(release_day(fact.sources))
    totals = report.tables.totals
    later = totals.loc[totals["late"] & (totals["period"] < report.period), "released"]
    return first_estimates_ranked(later.max() if len(later) else "")


@message
def january_with_february(day: str) -> Runs:
    return say("Customs published January together with February, on {day}.", day=day)


@message
def yuan_leads() -> Runs:
    return ("No dollar level of the month is available as first published; yuan lead.",)


@message
def revised_figures(day: str) -> Runs:
    return say("Dollar figures are customs’ revised ones, rounded to a tenth of a billion, as shown on {day}.", day=day)


@message
def first_estimates_ranked(later: str) -> Runs:
    """`later` is the day of the newest release that history had to be taken from."""
    if not later:
        return ("Dollar figures are first estimates.",)
    return say("Dollar figures are first estimates; ranks compare them partly with figures revised by {day}.", day=later)


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
    if gaps["export_commodities"] and gaps["import_commodities"]:
        gaps = {**gaps, "commodities": True, "export_commodities": False, "import_commodities": False}
    missing = [what for what, lacks in gaps.items() if lacks]
    return not_available(report.period, missing) if missing else None


@message
def not_available(month: str, what: list[str]) -> Runs:
    names = {
        "levels": "levels of exports and imports", "partners": "partners", "commodities": "commodities",
        "export_commodities": "export commodities", "import_commodities": "import commodities", "yuan": "totals in yuan",
    }  # fmt: skip
    return say("Not available for {month}: {what}.", month=month, what=listed((names[each],) for each in what))


def _newer(report: Report) -> Message | None:
    """Which newer release was out on the day of the report."""
    releases = report.tables.releases
    newer = releases[(releases["released"] <= report.as_of) & (releases["period"] > report.period)]
    if newer.empty or distance(report.period, newer["period"].max()) > NEWER_WITHIN:
        return None
    newest = newer.loc[newer["period"].idxmax()]
    together = is_january(report) and newest["period"] == shift(report.period, 1)
    return None if together else newer_release(newest["period"], newest["released"])


@message
def newer_release(month: str, day: str) -> Runs:
    return say("A newer release is out: {month}, on {day}.", month=month, day=day)
