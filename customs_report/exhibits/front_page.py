"""The front page: headline, standfirst, the headline box, and what a reader must know before the first number."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from customs_report.calculations.series import like_with_like, same_release
from customs_report.display import Tile
from customs_report.english.grammar import (
    also,
    both_changed,
    changed,
    dated,
    month_of,
    opened,
    semicolons,
    shows_zero,
    verb,
)
from customs_report.exhibits.distortions import distortion_notes
from customs_report.exhibits.selection import (
    has_history,
    is_february,
    is_january,
    no_lines,
    no_number,
    number,
    on_a_year_earlier,
    only_span,
    present,
    release_day,
    since,
    to_date,
)
from customs_report.facts import Fact, Facts, NotAvailable, Runs, say
from customs_report.messages import Message, first_possible, message
from customs_report.numbers import CURRENCY_WORDS
from customs_report.periods import distance, shift
from customs_report.report import Report

NEWER_WITHIN = 12  # months between a report and the newest release that are worth a word
NOTEWORTHY_SPREAD = 2.0  # points between growth in yuan and in dollars that page one must mention
FLOWS = ("exports", "imports")


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
    head = _headline(report)
    return Front(_kicker(report.period, report.as_of), head, _standfirst(report, head), _tiles(report), _remarks(report))


def kicker(report: Report) -> Runs:
    """The line above the headline: period and vintage."""
    return report.write(front(report).kicker)


def headline(report: Report) -> Runs:
    """The one sentence a reader takes away: the news that leads the main points, as a headline."""
    return report.write(front(report).headline)


def standfirst(report: Report) -> tuple[Runs, ...]:
    """Two or three sentences under the headline: the balance and its place, exports and imports, the year to date."""
    return tuple(map(report.write, front(report).standfirst))


def tiles(report: Report) -> tuple[Tile, ...]:
    """The headline box: balance, exports, imports; the month (in February January and February), dollars and yuan."""
    return tuple(tile.written(report.write) for tile in front(report).tiles)


def remarks(report: Report) -> tuple[Runs, ...]:
    """What a reader must know before the first number: calendar, vintage, currency, what is not covered."""
    return tuple(map(report.write, front(report).remarks))


@message
def _kicker(period: str, day: str) -> Runs:
    return say("China customs report · {period} · as known on {day}", period=period, day=day)


# --- the headline ---------------------------------------------------------------------------------------------------------


def _headline(report: Report) -> Message:
    """The news that leads the main points, the fullest form first; where what moved is the news, exports and imports."""
    news = report.points[0].news if report.points else ""
    return first_possible(lambda: _of_news(report, news)) or _movement(report)


def _of_news(report: Report, news: str) -> Message | None:
    facts, period, span = report.facts, report.period, to_date(report)
    back = int(facts.value("balance_usd_month_largest_in") or 0)
    if news.startswith("milestone_"):
        over = news.removeprefix("milestone_")
        return surplus_passes(over, facts[f"milestone.balance_usd_{over}"], since(report))
    if news == "deficit" and is_february(report):
        alone = facts.get("balance_usd_month")
        return deficit_of_two_months(facts["balance_usd_ytd"], span, alone if alone and alone.value < 0 else None, period)
    if news == "deficit":
        rank = facts["balance_usd_month_rank_low"] if has_history(facts) else None
        return runs_a_deficit(facts["balance_usd_month"], period, rank, since(report))
    if news == "record":
        return record_surplus(facts["balance_usd_month"], period, since(report))
    if news == "rank" and (facts.value("balance_usd_month_rank") or 99) <= 3:
        return ranked_surplus(facts["balance_usd_month"], period, facts["balance_usd_month_rank"], since(report))
    if news == "rank" and back >= 12:
        return surplus_largest_since(facts["balance_usd_month"], period, shift(period, -back))
    if news == "year":
        return ranked_year(facts["balance_usd_ytd"], span, facts["balance_usd_ytd_rank"], since(report))
    return None


def _movement(report: Report) -> Message:
    """Exports and imports against a year earlier, in dollars where they can be had, else in yuan; else a level."""
    facts, over = report.facts, "ytd" if is_february(report) else "month"
    when = to_date(report) if over == "ytd" else report.period
    for currency in ("usd", "cny"):
        names = [f"{flow}_{currency}_{over}_yoy" for flow in FLOWS]
        if set(names) <= set(facts):
            return flows_moved(*(facts[name] for name in names), when, currency)
    for name in ("balance_usd", "exports_usd", "exports_cny", "total_cny"):
        if f"{name}_{over}" in facts:
            return level_of(name.split("_")[0], facts[f"{name}_{over}"], when)
    return foreign_trade(when)


@message
def surplus_passes(over: str, milestone: Fact, since: Runs) -> Runs:
    whose = {"ytd": "for the year", "12m": "over twelve months", "month": "of a month"}[over]
    return say(
        "China’s trade surplus {whose} passes {milestone}, a first in the series since {since}",
        whose=whose, milestone=milestone, since=since,
    )  # fmt: skip


@message
def runs_a_deficit(balance: Fact, month: str, rank: Fact | None, since: Runs) -> Runs:
    place = say(", the {rank:largest} of any month since {since}", rank=rank, since=since) if rank else ()
    return say("China runs a trade deficit of {balance:size} in {month}{place}", balance=balance, month=month, place=place)


@message
def deficit_of_two_months(balance: Fact, span: str, alone: Fact | None, month: str) -> Runs:
    rest = say(", of {alone:size} in {month} alone", alone=alone, month=month_of(month)) if alone else ()
    return say("China runs a trade deficit of {balance:size} in {span}{rest}", balance=balance, span=span, rest=rest)


@message
def record_surplus(balance: Fact, month: str, since: Runs) -> Runs:
    return say(
        "China’s trade surplus of {balance} in {month} is the largest of any month since {since}",
        balance=balance, month=month, since=since,
    )  # fmt: skip


@message
def ranked_surplus(balance: Fact, month: str, rank: Fact, since: Runs) -> Runs:
    return say(
        "China’s trade surplus of {balance} in {month} is the {rank:largest} since {since}",
        balance=balance, month=month, rank=rank, since=since,
    )  # fmt: skip


@message
def surplus_largest_since(balance: Fact, month: str, peer: str) -> Runs:
    template = "China’s trade surplus of {balance} in {month} is the largest since {peer}"
    return say(template, balance=balance, month=month, peer=peer)


@message
def ranked_year(balance: Fact, span: str, rank: Fact, since: Runs) -> Runs:
    return say(
        "China’s trade surplus of {balance} in {span} is the {rank:largest} for these months since {since}",
        balance=balance, span=span, rank=rank, since=since,
    )  # fmt: skip


@message
def flows_moved(exports: Fact, imports: Fact, span: str, currency: str) -> Runs:
    moved = both_changed("exports", exports, "imports", imports)
    return say("China’s {moved} in {span}, in {unit}", moved=moved, span=span, unit=CURRENCY_WORDS[currency.upper()])


@message
def level_of(what: str, level: Fact, span: str) -> Runs:
    nouns = {"balance": "trade surplus is", "exports": "exports are", "total": "foreign trade is"}
    return say("China’s {noun} {level} in {span}", noun=nouns[what], level=level, span=span)


@message
def foreign_trade(span: str) -> Runs:
    return say("China’s foreign trade in {span}", span=span)


# --- the standfirst -------------------------------------------------------------------------------------------------------


def _standfirst(report: Report, head: Message) -> tuple[Message, ...]:
    """The balance, exports and imports, the year; what the headline says of the balance is not repeated."""
    again = "balance_usd_month" in head.facts and not is_february(report)
    month = _beyond_the_headline(report) if again else balance_of_month(report)
    parts = (month, _flows(report), _year(report, head))
    return present(*(reversed(parts) if is_february(report) else parts))


def _beyond_the_headline(report: Report) -> Message | None:
    """What the headline leaves out about the balance: since when it is the largest, and the change."""
    facts, back = report.facts, report.facts.value("balance_usd_month_largest_in")
    if back and back >= 3 and (facts.value("balance_usd_month_rank") or 99) <= 3 and has_history(facts):
        return balance_change(facts, "month", "", shift(report.period, -int(back)))
    return balance_change(facts, "month", "")


def balance_change(facts: Facts, over: str, whose: str, peer: str = "") -> Message | None:
    """By how much a balance is higher or lower than a year earlier; `whose` as in `balance_changed`."""
    change = facts.get(f"balance_usd_{over}_change")
    return balance_changed(change, whose, peer) if change and not shows_zero(change) else None


@message
def balance_changed(change: Fact, whose: str, peer: str) -> Runs:
    """`whose`: the month, the year to date or two months; empty if just mentioned. `peer`: the last month with a larger one."""
    of = {"month": " of the month", "ytd": " since January", "two_months": " of the two months", "": ""}[whose]
    start = say("It is the largest since {peer}; the balance", peer=peer) if peer else ("The balance",)
    way = "higher" if change.value >= 0 else "lower"
    return say("{start}{of} is {change:size} {way} than a year earlier.", start=start, of=of, change=change, way=way)


def balance_of_month(report: Report) -> Message | None:
    """The balance of the month, and if newsworthy its rank and since when it is the largest."""
    facts, month = report.facts, report.period
    balance, rank = facts.get("balance_usd_month"), facts.get("balance_usd_month_rank")
    if balance is None:
        balance = facts.get("balance_cny_month")
        return surplus_of_month(balance, month) if balance else None
    if balance.value < 0:
        low = facts.get("balance_usd_month_rank_low") if has_history(facts) else None
        return deficit_of_month(balance, month, is_february(report), low, since(report))
    if not has_history(facts):
        return surplus_of_month(balance, month)
    back = facts.value("balance_usd_month_largest_in")
    if back is None:
        return surplus_of_month(balance, month, since=since(report))
    return surplus_of_month(
        balance,
        month,
        rank=rank if rank.value <= 10 else None,
        since=since(report) if rank.value <= 10 else None,
        peer=shift(month, -int(back)) if back >= 3 else "",
    )


@message
def surplus_of_month(balance: Fact, month: str, rank: Fact | None = None, since: Runs | None = None, peer: str = "") -> Runs:
    """With its place, with the last month that had a larger one, or both; with `since` but no place it is the largest."""
    places = []
    if since:
        largest = say("{rank:largest}", rank=rank) if rank else ("largest",)
        places.append(say("the {largest} of any month since {since}", largest=largest, since=since))
    if peer:
        places.append(say("the largest since {peer}", peer=peer))
    if not places:
        return say("{month}’s surplus was {balance}.", month=month_of(month), balance=balance)
    place = tuple(run for i, each in enumerate(places) for run in ((" and ",) if i else ()) + each)
    return say("{month}’s surplus of {balance} is {place}.", month=month_of(month), balance=balance, place=place)


@message
def deficit_of_month(balance: Fact, month: str, alone: bool, rank: Fact | None, since: Runs) -> Runs:
    place = say(", the {rank:largest} of any month since {since}", rank=rank, since=since) if rank else ()
    start = "{month} alone brought" if alone else "{month} brought"
    return say(start + " a deficit of {balance:size}{place}.", month=month_of(month), balance=balance, place=place)


def _flows(report: Report) -> Message | None:
    """Growth and levels of exports and imports, if held."""
    facts, over = report.facts, "ytd" if is_february(report) else "month"
    growth = [facts.get(f"{flow}_usd_{over}_yoy") for flow in FLOWS]
    levels = [facts.get(f"{flow}_usd_{over}") for flow in FLOWS]
    if all(growth):
        return flows_moved_to(*growth, *levels) if all(levels) else flows_grew(*growth)
    return first_possible(
        lambda: flows_were(facts["exports_usd_month"], facts["imports_usd_month"]),
        lambda: flows_in_yuan(facts["exports_cny_month"], facts["imports_cny_month"]),
        lambda: flows_in_yuan(facts["exports_cny_ytd"], facts["imports_cny_ytd"], to_date(report)),
    )


@message
def flows_moved_to(growth_of_exports: Fact, growth_of_imports: Fact, exports: Fact, imports: Fact) -> Runs:
    verbs = [verb(growth.value) for growth in (growth_of_exports, growth_of_imports)]
    start = "stood at" if verbs[0] == "did not change" else "{grew} on a year earlier to"
    then = "{then}" if verbs[1] == "did not change" else "{then} to"
    rest = " and imports by {growth:size} to {imports}." if verbs[0] == verbs[1] else f", while imports {then} {{imports}}."
    return say(
        f"Exports {start} {{exports}}{rest}",
        exports=exports,
        imports=imports,
        growth=growth_of_imports,
        grew=changed(growth_of_exports),
        then="stood at" if verbs[1] == "did not change" else changed(growth_of_imports),
    )


@message
def flows_grew(exports: Fact, imports: Fact) -> Runs:
    both = opened(both_changed("exports", exports, "imports", imports))
    return say("{both} on a year earlier; customs’ dollar levels are not held.", both=both)


@message
def flows_were(exports: Fact, imports: Fact) -> Runs:
    return say("Exports were {exports}, imports {imports}.", exports=exports, imports=imports)


@message
def flows_in_yuan(exports: Fact, imports: Fact, span: str = "") -> Runs:
    """For the month, if dollars are not held; or for a span."""
    if span:
        template = "In yuan, exports of {span} were {exports} and imports {imports}."
        return say(template, span=span, exports=exports, imports=imports)
    return say(
        "In yuan, exports were {exports} and imports {imports}; the dollar levels are not held as first published.",
        exports=exports, imports=imports,
    )  # fmt: skip


def _year(report: Report, head: Message) -> Message | None:
    """The sum of the year to date; after a headline that gives that of two months, its change."""
    facts = report.facts
    if is_january(report):
        return None
    if is_february(report) and "balance_usd_ytd" in head.facts:
        return balance_change(facts, "ytd", "two_months")
    balance = facts.get("balance_usd_ytd") or facts.get("balance_cny_ytd")
    if balance is None:
        return None
    rank = facts.get("balance_usd_ytd_rank") if balance.unit == "USD" and balance.value >= 0 and has_history(facts) else None
    return sum_of_year(balance, to_date(report), rank, since(report) if rank else None)


@message
def sum_of_year(balance: Fact, span: str, rank: Fact | None, since: Runs | None) -> Runs:
    noun = "surplus" if balance.value >= 0 else "deficit"
    place = say(", the {rank:largest} for these months since {since}", rank=rank, since=since) if rank and since else ()
    return say("In {span} the {noun} adds up to {balance:size}{place}.", span=span, noun=noun, balance=balance, place=place)


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
            figure = number(growth, "signed") if growth else no_number()
            lines = [no_level(when[first], bool(growth))]
        lines += [_place(report, flow)] if first == "month" else []
        lines += [_level(facts, f"{flow}_cny_{first}")]
        if when[first] != when[second]:
            lines += [_level(facts, f"{flow}_{currency}_{second}", when[second]) for currency in ("usd", "cny")]
        box.append(Tile(flow_of_tile(flow), figure, present(*lines)))
    return tuple(box)


def _place(report: Report, flow: str) -> Message | None:
    name, facts = f"{flow}_usd_month", report.facts
    if not has_history(facts):
        return None
    if (facts.value(name) or 0) < 0:
        rank = facts.get(f"{name}_rank_low")
        return place_of_tile(rank, since(report, name), deficit=True) if rank else None
    rank = facts.get(f"{name}_rank")
    return place_of_tile(rank, since(report, name), deficit=False) if rank and rank.value <= 10 else None


def _level(facts: Facts, name: str, span: str = "") -> Message | None:
    """A level with its growth, or its change."""
    change = facts.get(f"{name}_yoy") or facts.get(f"{name}_change")
    return level_and_change(facts[name], change, span) if name in facts else None


@message
def flow_of_tile(flow: str) -> Runs:
    return ("Balance of trade" if flow == "balance" else flow.capitalize(),)


@message
def no_level(span: str, growth: bool) -> Runs:
    rest = " on a year earlier; the dollar level is not held" if growth else ": dollars not held as first published"
    return say("{span}{rest}", span=span, rest=rest)


@message
def place_of_tile(rank: Fact, since: Runs, deficit: bool) -> Runs:
    return say("{rank:largest} {what} since {since}", rank=rank, what="deficit" if deficit else "month", since=since)


@message
def level_and_change(level: Fact, change: Fact | None, span: str) -> Runs:
    """Beside the figure of the tile, or of another span."""
    start = ("Year to date: ",) if "/" in span else say("{month} alone: ", month=month_of(span)) if span else ()
    return say("{start}{level}{change}", start=start, level=level, change=say(" ({by:signed})", by=change) if change else ())


# --- the remarks ----------------------------------------------------------------------------------------------------------


def _remarks(report: Report) -> tuple[Message, ...]:
    facts = report.facts
    missing = {
        "partners": facts.gap("partner.*") if "partner.*" in facts.gaps else None,
        "export": no_lines(report, "export"),
        "import": no_lines(report, "import"),
    }
    if not {"exports_cny_month", "exports_cny_ytd"} & set(facts) and "exports_cny_month" in facts.gaps:
        missing["yuan"] = facts.gap("exports_cny_month")
    return present(
        _calendar_remark(report),
        _vintage_remark(report),
        *_currency_remarks(report),
        *_newer_remark(report),
        *distortion_notes(report),
        *(not_covered(what, why) for what, why in missing.items() if why),
    )


@message
def not_covered(what: str, why: NotAvailable) -> Runs:
    names = {
        "partners": "Partners and regions", "export": "Export commodities", "import": "Import commodities",
        "yuan": "Yuan totals",
    }  # fmt: skip
    return (f"{names[what]}: ", *dated(why.why), ".")


def _calendar_remark(report: Report) -> Message | None:
    if is_january(report) and same_release(report.tables, report.period):
        return january_with_february(report.tables.releases.set_index("period").at[report.period, "released"])
    return read_together() if is_february(report) else None


@message
def january_with_february(day: str) -> Runs:
    return say("Customs published January together with February, on {day}.", day=day)


@message
def read_together() -> Runs:
    return (
        "January and February are best read together, because Lunar New Year moves between them; the single "
        "month stands second.",
    )


def _vintage_remark(report: Report) -> Message | None:
    facts = report.facts
    fact = facts.get("balance_usd_month") or facts.get("balance_cny_month")
    if not fact or fact.unit == "CNY":
        return yuan_leads() if fact else None
    if fact.stage != "preliminary":
        return revised_figures(release_day(fact.sources))
    totals = report.tables.totals
    later = totals.loc[totals["late"] & (totals["period"] < report.period), "released"]
    return first_possible(
        lambda: first_prints_move(facts["revision.balance_usd_month_count"], facts["revision.balance_usd_month_mean"]),
        lambda: first_prints(later.max() if len(later) else ""),
    )


@message
def yuan_leads() -> Runs:
    return ("No dollar level of the month is held as first published; yuan lead.",)


@message
def revised_figures(day: str) -> Runs:
    return say("Dollar figures are customs’ revised ones, rounded to a tenth of a billion, as shown on {day}.", day=day)


@message
def first_prints_move(count: Fact, mean: Fact) -> Runs:
    return say(
        "The month’s dollar figures are first prints; across {count} held in both forms, customs has since {moved} the monthly "
        "balance by {mean:size} on average.",
        count=count, moved="lowered" if mean.value < 0 else "raised", mean=mean,
    )  # fmt: skip


@message
def first_prints(later: str) -> Runs:
    """`later` is the day of the newest release that history had to be taken from."""
    ranked = say(", ranked against a history that is held in part only as customs showed it on {day}", day=later)
    return say("The month’s dollar figures are first prints{ranked}.", ranked=ranked if later else ())


def _currency_remarks(report: Report) -> list[Message]:
    """Where growth differs in sign or by more than two points between dollars and yuan, unless a main point says so."""
    spans = {"month": report.period} if is_january(report) else {"month": report.period, "ytd": to_date(report)}
    among_the_points = {point.subject for point in report.points if point.theme == "currency"}
    found: list[Message] = []
    for over, when in spans.items():
        apart = [flow for flow in ("exports", "imports", "balance") if f"{flow}_{over}" not in among_the_points]
        if differences := [one for flow in apart if (one := currencies_apart(report.facts, flow, over))]:
            found.append(currencies_differ(when, differences, again=bool(found)))
    return found


@message
def currencies_differ(span: str, differences: list[Runs], again: bool) -> Runs:
    start = "They differ in {span} too" if again else "Dollars and yuan differ in {span}"
    more = (" ", *opened(differences[2]), ".") if differences[2:] else ()
    return say(start + ": {list}.{more}", span=span, list=semicolons(differences[:2]), more=more)


def currencies_apart(facts: Facts, flow: str, over: str) -> Message | None:
    """Growth in both currencies, where it has another sign or is more than two points apart."""
    pair = like_with_like(facts, flow, over)
    if pair is None:
        return None
    usd, cny = pair
    enough = float("inf") if flow == "balance" else NOTEWORTHY_SPREAD  # a balance has its own scale: its sign alone counts
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


def _newer_remark(report: Report) -> list[Message]:
    """What of the month is not available yet, and which newer release was out on the day of the report."""
    facts, found = report.facts, []
    if not {"exports_usd_month", "exports_cny_month"} & set(facts):
        found.append(headline_only())
    releases = report.tables.releases
    newer = releases[(releases["released"] <= report.as_of) & (releases["period"] > report.period)]
    if len(newer) and distance(report.period, newer["period"].max()) <= NEWER_WITHIN:
        newest = newer.loc[newer["period"].idxmax()]
        together = is_january(report) and newest["period"] == shift(report.period, 1)
        if not together:
            found.append(newer_release(newest["period"], newest["released"]))
    return found


@message
def headline_only() -> Runs:
    return ("Of this month only the headline is available: exports, imports, partners and commodities are not yet.",)


@message
def newer_release(month: str, day: str) -> Runs:
    return say("A newer release is out: {month}, on {day}.", month=month, day=day)
