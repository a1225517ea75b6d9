"""The front page: headline, standfirst, the headline box, and what a reader must know before the first number."""

from __future__ import annotations

from customs_report.calculations.series import like_with_like, same_release
from customs_report.display import Tile
from customs_report.english.grammar import (
    also,
    both_changed,
    changed,
    dated,
    first_possible,
    has_history,
    is_february,
    of_month,
    opened,
    present,
    release_day,
    semicolons,
    shows_zero,
    since,
    to_date,
    verb,
    why_no_lines,
)
from customs_report.exhibits.distortions import distortion_notes
from customs_report.facts import Cite, Facts, Mark, Runs
from customs_report.periods import distance, shift
from customs_report.report import Report

NEWER_WITHIN = 12  # months between a report and the newest release that are worth a word
NOTEWORTHY_SPREAD = 2.0  # points between growth in yuan and in dollars that page one must mention


def kicker(report: Report) -> Runs:
    """The line above the headline: period and vintage."""
    return report.facts.say("China customs report · {@period} · as known on {@day}", period=report.period, day=report.as_of)


def headline(report: Report) -> Runs:
    """The one sentence a reader takes away: the news that leads the main points, as a headline."""
    facts, lead = report.facts, report.points[0] if report.points else None
    over = "ytd" if is_february(report) else "month"
    back = facts.value("balance_usd_month_largest_in") or 0
    marks: dict[str, str | Runs] = {
        "month": report.period,
        "since": since(report),
        "span": to_date(report),
        "of_month": of_month(report),
    }
    marks["peer"] = shift(report.period, -int(back))
    templates = _headlines(report, lead.news, int(back)) if lead else ()
    return first_possible(facts, *templates, **marks) or _movement(report, over)


def _headlines(report: Report, news: str, back: int) -> tuple[str, ...]:
    """The headline of a piece of news, the fullest form first; none where what moved is the news."""
    facts = report.facts
    month = "China’s trade surplus of {balance_usd_month} in {@month} is the "
    high = (facts.value("balance_usd_month_rank") or 99) <= 3
    ranked = (month + "{balance_usd_month_rank:largest} since {@since}",) if high else ()
    since_peer = (month + "largest since {@peer}",) if back >= 12 else ()
    deficit = "China runs a trade deficit of {balance_usd_month:size} in {@month}"
    if is_february(report):
        deficit = "China runs a trade deficit of {balance_usd_ytd:size} in {@span}"
        if (facts.value("balance_usd_month") or 0) < 0:
            deficit += ", of {balance_usd_month:size} in {@of_month} alone"
    elif has_history(facts):
        deficit += ", the {balance_usd_month_rank_low:largest} of any month since {@since}"
    first = ", a first in the series since {@since}"
    return {
        "milestone_ytd": ("China’s trade surplus for the year passes {milestone.balance_usd_ytd}" + first,),
        "milestone_12m": ("China’s trade surplus over twelve months passes {milestone.balance_usd_12m}" + first,),
        "milestone_month": ("China’s trade surplus of a month passes {milestone.balance_usd_month}" + first,),
        "deficit": (deficit,),
        "record": (month + "largest of any month since {@since}",),
        "rank": (*ranked, *since_peer),
        "year": (
            "China’s trade surplus of {balance_usd_ytd} in {@span} is the {balance_usd_ytd_rank:largest} for these months "
            "since {@since}",
        ),
    }.get(news, ())


def _movement(report: Report, over: str) -> Runs:
    """Exports and imports against a year earlier, in dollars where they can be had, else in yuan; else a level."""
    facts, when = report.facts, report.period if over == "month" else to_date(report)
    for currency, unit in (("usd", "dollars"), ("cny", "yuan")):
        names = [f"{flow}_{currency}_{over}_yoy" for flow in ("exports", "imports")]
        if all(name in facts for name in names):
            moved = both_changed(facts, "exports", names[0], "imports", names[1])
            return facts.say("China’s {@moved} in {@when}, in {@unit}", moved=moved, when=when, unit=(unit,))
    levels = ("balance_usd", "exports_usd", "exports_cny", "total_cny")
    nouns = ("trade surplus is", "exports are", "exports are", "foreign trade is")
    templates = [f"China’s {noun} {{{name}_{over}}} in {{@when}}" for name, noun in zip(levels, nouns, strict=True)]
    return first_possible(facts, *templates, when=when) or facts.say("China’s foreign trade in {@when}", when=when)


def standfirst(report: Report) -> tuple[Runs, ...]:
    """Two or three sentences under the headline: the balance and its place, exports and imports, the year to date."""
    facts = report.facts
    marks: dict[str, str | Runs] = {"month": of_month(report), "span": to_date(report), "since": since(report)}
    cited = {run.name for run in headline(report) if isinstance(run, Cite)}
    again = "balance_usd_month" in cited and not is_february(report)
    month, flows = _beyond_the_headline(report) if again else balance_sentence(report), None
    over = "ytd" if is_february(report) else "month"
    growth = [f"{flow}_usd_{over}_yoy" for flow in ("exports", "imports")]
    if set(growth) <= set(facts):
        verbs = [verb(facts[name].value) for name in growth]
        exports = "stood at" if verbs[0] == "did not change" else "{@e} on a year earlier to"
        imports = "stood at" if verbs[1] == "did not change" else "{@i} to"
        joint = f" and imports by {{{growth[1]}:size}} to" if verbs[0] == verbs[1] else f", while imports {imports}"
        flows = first_possible(
            facts,
            f"Exports {exports} {{exports_usd_{over}}}{joint} {{imports_usd_{over}}}.",
            "{@both} on a year earlier; customs’ dollar levels are not held.",
            e=changed(facts, growth[0]),
            i=changed(facts, growth[1]),
            both=opened(both_changed(facts, "exports", growth[0], "imports", growth[1])),
        )
    flows = flows or first_possible(
        facts,
        "Exports were {exports_usd_month}, imports {imports_usd_month}.",
        "In yuan, exports were {exports_cny_month} and imports {imports_cny_month}; the dollar levels are "
        "not held as first published.",
        "In yuan, exports of {@span} were {exports_cny_ytd} and imports {imports_cny_ytd}.",
        **marks,
    )
    year = None
    if not report.period.endswith("-01"):
        surplus = (facts.value("balance_usd_ytd") or 0) >= 0
        sum_of_year = "In {@span} the {@subject} adds up to {balance_usd_ytd:size}"
        ranked = sum_of_year + ", the {balance_usd_ytd_rank:largest} for these months since {@since}."
        year = first_possible(
            facts,
            ranked if surplus and has_history(facts) else sum_of_year + ".",
            sum_of_year + ".",
            "In {@span} the surplus adds up to {balance_cny_ytd:size}.",
            subject=("surplus" if surplus else "deficit",),
            **marks,
        )
        if "balance_usd_ytd" in cited and is_february(report):
            year = change_sentence(facts, "ytd", "The balance of the two months")
    parts = (year, flows, month) if is_february(report) else (month, flows, year)
    return present(*parts)


def _beyond_the_headline(report: Report) -> Runs | None:
    """What the headline does not say of the balance: since when it is the largest, and the change."""
    facts, back = report.facts, report.facts.value("balance_usd_month_largest_in")
    if back and back >= 3 and (facts.value("balance_usd_month_rank") or 99) <= 3 and has_history(facts):
        start = facts.say("It is the largest since {@peer}; the balance", peer=shift(report.period, -int(back)))
    else:
        start = ("The balance",)
    return change_sentence(facts, "month", start)


def change_sentence(facts: Facts, over: str, subject: str | Runs) -> Runs | None:
    """By how much a balance is higher or lower than a year earlier."""
    name = f"balance_usd_{over}_change"
    if name not in facts or shows_zero(facts, name):
        return None
    return facts.say(
        "{@subject} is {" + name + ":size} {@way} than a year earlier.",
        subject=(subject,) if isinstance(subject, str) else subject,
        way=("higher" if facts[name].value >= 0 else "lower",),
    )


def balance_sentence(report: Report) -> Runs | None:
    facts = report.facts
    value = facts.value("balance_usd_month")
    if value is None:
        return first_possible(facts, "{@month}’s surplus was {balance_cny_month:size}.", month=of_month(report))
    if value < 0:
        return first_possible(
            facts,
            ("{@month} alone" if is_february(report) else "{@month}")
            + " brought a deficit of {balance_usd_month:size}"
            + (", the {balance_usd_month_rank_low:largest} of any month since {@since}." if has_history(facts) else "."),
            month=of_month(report),
            since=since(report),
        )
    back = facts.value("balance_usd_month_largest_in")
    peer = shift(report.period, -int(back)) if back else report.period
    place = facts.value("balance_usd_month_rank")
    if not has_history(facts):
        template = "{@month}’s surplus was {balance_usd_month}."
    elif back is None:
        template = "{@month}’s surplus of {balance_usd_month} is the largest of any month since {@since}."
    elif (place or 0) <= 10 and back >= 3:
        template = (
            "{@month}’s surplus of {balance_usd_month} is the {balance_usd_month_rank:largest} of any month since {@since} "
            "and the largest since {@peer}."
        )
    elif (place or 0) <= 10:
        template = (
            "{@month}’s surplus of {balance_usd_month} is the {balance_usd_month_rank:largest} of any month since {@since}."
        )
    elif back >= 3:
        template = "{@month}’s surplus of {balance_usd_month} is the largest since {@peer}."
    else:
        template = "{@month}’s surplus was {balance_usd_month}."
    return first_possible(facts, template, month=of_month(report), since=since(report), peer=peer)


def tiles(report: Report) -> tuple[Tile, ...]:
    """The headline box: balance, exports, imports; the month (in February January and February), dollars and yuan."""
    first, second = ("ytd", "month") if is_february(report) else ("month", "ytd")
    when = {"month": report.period, "ytd": to_date(report)}
    box = []
    for flow, label in (("balance", "Balance of trade"), ("exports", "Exports"), ("imports", "Imports")):
        lead = f"{flow}_usd_{first}"
        figure = first_possible(report.facts, "{" + lead + "}")
        period: Runs = (Mark.of(when[first]),)
        lines = [period, _growth_line(report.facts, lead)]
        if not figure:
            figure = first_possible(report.facts, "{" + lead + "_yoy:signed}")
            rest = " on a year earlier; the dollar level is not held" if figure else ": dollars not held as first published"
            lines = [(*period, rest)]
        lines += [_place_line(report, flow)] if first == "month" else []
        lines += [_tile_line(report.facts, f"{flow}_cny_{first}")]
        if when[first] != when[second]:
            start: Runs = ("Year to date: ",) if second == "ytd" else (*of_month(report), " alone: ")
            lines += [_tile_line(report.facts, f"{flow}_{currency}_{second}", start) for currency in ("usd", "cny")]
        box.append(Tile(label, figure or ("not held",), tuple(line for line in lines if line)))
    return tuple(box)


def _growth_line(facts: Facts, name: str) -> Runs | None:
    return first_possible(
        facts, "{" + name + "_yoy:signed} on a year earlier", "{" + name + "_change:signed} on a year earlier"
    )


def _place_line(report: Report, flow: str) -> Runs | None:
    name, facts = f"{flow}_usd_month", report.facts
    if not has_history(facts):
        return None
    if (facts.value(name) or 0) < 0:
        return first_possible(facts, "{" + name + "_rank_low:largest} deficit since {@since}", since=since(report, name))
    if (facts.value(f"{name}_rank") or 99) <= 10:
        return first_possible(facts, "{" + name + "_rank:largest} month since {@since}", since=since(report, name))
    return None


def _tile_line(facts: Facts, name: str, start: Runs = ()) -> Runs | None:
    """A level with its growth, or its change, in brackets."""
    level = "{@start}{" + name + "}"
    return first_possible(
        facts, level + " ({" + name + "_yoy:signed})", level + " ({" + name + "_change:signed})", level, start=start
    )


def remarks(report: Report) -> tuple[Runs, ...]:
    """What a reader must know before the first number: calendar, vintage, currency, what is not covered."""
    facts = report.facts
    found = [_calendar_remark(report), _vintage_remark(report), *_currency_remarks(report), *_newer_remark(report)]
    found += distortion_notes(report)
    missing = {
        "Partners and regions": facts.gaps.get("partner.*"),
        "Export commodities": why_no_lines(report, "export"),
        "Import commodities": why_no_lines(report, "import"),
    }
    found += [(f"{what}: ", *dated(why), ".") for what, why in missing.items() if why]
    yuan = [name for name in ("exports_cny_month", "exports_cny_ytd") if name in facts]
    if not yuan and "exports_cny_month" in facts.gaps:
        found.append(("Yuan totals: ", *dated(facts.gaps["exports_cny_month"]), "."))
    return present(*found)


def _calendar_remark(report: Report) -> Runs | None:
    if report.period.endswith("-01") and same_release(report.tables, report.period):
        day = report.tables.releases.set_index("period").at[report.period, "released"]
        return report.facts.say("Customs published January together with February, on {@day}.", day=day)
    if is_february(report):
        return (
            "January and February are best read together, because Lunar New Year moves between them; the single "
            "month stands second.",
        )
    return None


def _vintage_remark(report: Report) -> Runs | None:
    facts = report.facts
    fact = facts.by_name.get("balance_usd_month") or facts.by_name.get("balance_cny_month")
    if not fact or fact.unit == "CNY":
        return ("No dollar level of the month is held as first published; yuan lead.",) if fact else None
    if fact.stage == "preliminary":
        totals = report.tables.totals
        later = totals.loc[totals["late"] & (totals["period"] < report.period), "released"]
        ranked = ", ranked against a history that is held in part only as customs showed it on {@later}"
        return first_possible(
            facts,
            "The month’s dollar figures are first prints; across {revision.balance_usd_month_count} held in both forms, "
            "customs has since {@moved} the monthly balance by {revision.balance_usd_month_mean:size} on average.",
            "The month’s dollar figures are first prints" + (ranked if len(later) else "") + ".",
            later=later.max() if len(later) else "",
            moved=("lowered" if (facts.value("revision.balance_usd_month_mean") or 0) < 0 else "raised",),
        )
    return facts.say(
        "Dollar figures are customs’ revised ones, rounded to a tenth of a billion, as shown on {@day}.",
        day=release_day(fact.sources),
    )


def _currency_remarks(report: Report) -> list[Runs]:
    """Where growth differs in sign or by more than two points between dollars and yuan, as far as no main point says so."""
    spans = {"month": report.period} if report.period.endswith("-01") else {"month": report.period, "ytd": to_date(report)}
    among_the_points = {point.subject for point in report.points if point.theme == "currency"}
    found: list[Runs] = []
    for over, when in spans.items():
        apart = [flow for flow in ("exports", "imports", "balance") if f"{flow}_{over}" not in among_the_points]
        if differences := [one for flow in apart if (one := in_both_currencies(report.facts, flow, over))]:
            start = "They differ in {@when} too" if found else "Dollars and yuan differ in {@when}"
            more = (" ", *opened(differences[2]), ".") if differences[2:] else ()
            found.append(report.facts.say(start + ": {@list}.{@more}", when=when, list=semicolons(differences[:2]), more=more))
    return found


def in_both_currencies(facts: Facts, flow: str, over: str) -> Runs | None:
    pair = like_with_like(facts, flow, over)
    if pair is None:
        return None
    names, (usd, cny) = [fact.name for fact in pair], (fact.value for fact in pair)
    gap = cny - usd
    enough = float("inf") if flow == "balance" else NOTEWORTHY_SPREAD  # a balance has its own scale: its sign alone counts
    if abs(gap) <= enough and round(usd, 1) * round(cny, 1) >= 0:
        return None
    return facts.say(
        "{@flow} {@usd} in dollars {@and_or_but} {@cny} in yuan{@first}",
        first=(", as first published",) if usd != facts.value(f"{flow}_usd_{over}_yoy") else (),
        and_or_but=("and" if round(usd, 1) * round(cny, 1) > 0 else "but",),
        flow=("the surplus" if flow == "balance" else flow,),
        usd=changed(facts, names[0]),
        cny=also(facts, names[1], names[0]),
    )


def _newer_remark(report: Report) -> list[Runs]:
    """What of the month is not available yet, and which newer release was out on the day of the report."""
    facts, found = report.facts, list[Runs]()
    if "exports_usd_month" not in facts and "exports_cny_month" not in facts:
        found.append(("Of this month only the headline is available: exports, imports, partners and commodities are not yet.",))
    releases = report.tables.releases
    newer = releases[(releases["released"] <= report.as_of) & (releases["period"] > report.period)]
    if len(newer) and distance(report.period, newer["period"].max()) <= NEWER_WITHIN:
        newest = newer.loc[newer["period"].idxmax()]
        together = facts.period.endswith("-01") and newest["period"] == shift(facts.period, 1)
        if not together:
            found.append(
                facts.say("A newer release is out: {@month}, on {@day}.", month=newest["period"], day=newest["released"])
            )
    return found
