"""Facts into sentences: the grammar of change and rank, and the words of each exhibit.

Grammar: a change below 0.05 % "was unchanged", below 0.5 % it "edged", else it "rose" or "fell" - and is then told without
a sign. Ranks are "since 2008" (the first month of the series), never "ever". A sentence whose fact is a gap is left out
(`_said`); an exhibit whose table is not held says so in its heading. No cause is given that the data do not hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pandas as pd

import helpers
from customs_report import tables as data
from customs_report.display import Tile, Words
from customs_report.facts import Facts, Gap, Mark, Place, Runs, period_text, write
from customs_report.periods import shift
from customs_report.report import Report

UNCHANGED, EDGED = 0.05, 0.5  # percent
RANKED_AFTER = 24  # months of history before a rank is told
NOTEWORTHY_SPREAD = 2.0  # points between growth in yuan and in dollars that page one must mention


# --- grammar ------------------------------------------------------------------------------------------------------------


def verb(growth: float) -> str:
    """What a growth rate in percent says its subject did, as it is printed, to one decimal."""
    growth = round(growth, 1)
    if abs(growth) < UNCHANGED:
        return "did not change"
    if abs(growth) < EDGED:
        return "edged up" if growth > 0 else "edged down"
    return "rose" if growth > 0 else "fell"


def changed(facts: Facts, name: str) -> Runs:
    """"rose by 5.8%", "fell by 3.0%", "edged up by 0.2%", "did not change": what a growth fact says of its subject."""
    word = verb(facts[name].value)
    return (word,) if word == "did not change" else facts.say("{@word} by {" + name + ":size}", word=(word,))


def both_changed(facts: Facts, first: str, one: str, second: str, two: str) -> Runs:
    """"exports rose by 5.8% and imports by 2.6%": two subjects, the verb once where it is the same."""
    verbs = [verb(facts[name].value) for name in (one, two)]
    if verbs[0] != verbs[1]:
        return (f"{first} ", *changed(facts, one), f" and {second} ", *changed(facts, two))
    if verbs[0] == "did not change":
        return (f"neither {first} nor {second} changed",)
    return (f"{first} ", *changed(facts, one), *facts.say(" and {@second} by {" + two + ":size}", second=(second,)))


def opened(runs: Runs) -> Runs:
    """The same words as the beginning of a sentence."""
    return (runs[0][0].upper() + runs[0][1:], *runs[1:]) if isinstance(runs[0], str) else runs


def listed(items: Iterable[Runs]) -> Runs:
    """"A", "A and B", "A, B and C"."""
    items = list(items)
    runs: Runs = ()
    for i, item in enumerate(items):
        runs += ((" and " if i == len(items) - 1 else ", ") if i else "",) + item
    return tuple(run for run in runs if run)


def name_of(code: str, text: str) -> Runs:
    """A partner's or commodity's name, marked as one: a digit in it is no figure."""
    return (Mark("name", code, text),)


def dated(text: str) -> Runs:
    """A reason as `tables` gives it, with its periods and dates as a reader writes them."""
    parts = re.split(r"(\b\d{4}-\d{2}(?:-\d{2})?\b)", text)
    return tuple(Mark.of(part) if i % 2 else part for i, part in enumerate(parts) if part)


def _said(facts: Facts, *templates: str, **marks: str | Runs) -> Runs | None:
    """The first of the templates whose facts are all held, else None."""
    for template in templates:
        try:
            return facts.say(template, **marks)
        except Gap:
            continue
    return None


def _held(*sentences: Runs | None) -> tuple[Runs, ...]:
    return tuple(sentence for sentence in sentences if sentence)


def _month(period: str) -> str:
    """The month without its year, where the year is plain."""
    return period_text(period).split()[0]


def _of_month(report: Report) -> Runs:
    return (Mark("period", report.period, _month(report.period)),)


def _to_date(report: Report) -> str:
    """The span of the year to date: "2025-01/2025-11", or the month itself in January."""
    return report.period if report.period.endswith("-01") else f"{report.period[:4]}-01/{report.period}"


def _since(report: Report) -> str:
    return helpers.first_month(report.tables)[:4]


def is_february(report: Report) -> bool:
    """A February report leads with January and February together: Lunar New Year moves between them."""
    return report.period.endswith("-02")


# --- the front page -----------------------------------------------------------------------------------------------------


def kicker(report: Report) -> Runs:
    """The line above the headline: period and vintage."""
    return report.facts.say("China customs report · {@period} · as known on {@day}", period=report.period, day=report.as_of)


def headline(report: Report) -> Runs:
    """The one sentence a reader takes away: milestone, deficit, record or rank, else what moved."""
    facts, over = report.facts, "ytd" if is_february(report) else "month"
    balance, back = facts.value(f"balance_usd_{over}"), facts.value("balance_usd_month_largest_in") or 0
    place = facts.value("balance_usd_month_rank") if has_history(facts) and over == "month" else None
    marks = {"month": report.period, "since": _since(report), "span": _to_date(report), "of_month": _of_month(report)}
    marks["peer"] = shift(report.period, -int(back))
    templates: tuple[str, ...] = ()
    if "milestone.balance_usd_ytd" in facts:
        templates = ("China’s trade surplus for the year passes {milestone.balance_usd_ytd}, a first in the series since {@since}",)
    elif balance is not None and balance < 0 and over == "ytd":
        templates = ("China runs a trade deficit of {balance_usd_ytd:size} in {@span}, of {balance_usd_month:size} in {@of_month} alone",)
        templates = templates if (facts.value("balance_usd_month") or 0) < 0 else ("China runs a trade deficit of {balance_usd_ytd:size} in {@span}",)
    elif balance is not None and balance < 0:
        templates = ("China runs a trade deficit of {balance_usd_month:size} in {@month}",)
        if has_history(facts):
            templates = (templates[0] + ", the {balance_usd_month_rank_low:largest} since {@since}",)
    elif place == 1:
        templates = ("China’s trade surplus of {balance_usd_month} in {@month} is the largest of any month since {@since}",)
    elif place and place <= 3:
        templates = ("China’s trade surplus of {balance_usd_month} in {@month} is the {balance_usd_month_rank:largest} since {@since}",)
    elif place and back >= 12:
        templates = ("China’s trade surplus of {balance_usd_month} in {@month} is the largest since {@peer}",)
    return _said(facts, *templates, **marks) or _movement(report, over)


def has_history(facts: Facts) -> bool:
    """Is the series long enough for a rank to be news? After two years."""
    return (facts.value("balance_usd_month_rank_of") or 0) > RANKED_AFTER


def _movement(report: Report, over: str) -> Runs:
    """Exports and imports against a year earlier, in dollars where they can be had, else in yuan; else a level."""
    facts, when = report.facts, report.period if over == "month" else _to_date(report)
    for currency, unit in (("usd", "dollars"), ("cny", "yuan")):
        names = [f"{flow}_{currency}_{over}_yoy" for flow in ("exports", "imports")]
        if all(name in facts for name in names):
            moved = both_changed(facts, "exports", names[0], "imports", names[1])
            return facts.say("China’s {@moved} in {@when}, in {@unit}", moved=moved, when=when, unit=(unit,))
    levels = ("balance_usd", "exports_usd", "exports_cny", "total_cny")
    nouns = ("trade surplus is", "exports are", "exports are", "foreign trade is")
    templates = [f"China’s {noun} {{{name}_{over}}} in {{@when}}" for name, noun in zip(levels, nouns, strict=True)]
    return _said(facts, *templates, "China’s foreign trade in {@when}", when=when)


def standfirst(report: Report) -> tuple[Runs, ...]:
    """Two or three sentences under the headline: the balance and its place, exports and imports, the year to date."""
    facts = report.facts
    marks = {"month": _of_month(report), "span": _to_date(report), "since": _since(report)}
    month, flows = _balance_sentence(report), None
    growth = [f"{flow}_usd_month_yoy" for flow in ("exports", "imports")]
    if set(growth) <= set(facts):
        flows = _said(
            facts,
            "Exports {@e} on a year earlier to {exports_usd_month}, imports {@i} to {imports_usd_month}.",
            "{@both} on a year earlier; customs’ dollar levels of the month are not held.",
            e=changed(facts, growth[0]),
            i=changed(facts, growth[1]),
            both=opened(both_changed(facts, "exports", growth[0], "imports", growth[1])),
        )
    flows = flows or _said(
        facts,
        "Exports were {exports_usd_month}, imports {imports_usd_month}.",
        "In yuan, exports were {exports_cny_month} and imports {imports_cny_month}; the dollar levels are not held as first published.",
        "In yuan, exports of {@span} were {exports_cny_ytd} and imports {imports_cny_ytd}.",
        **marks,
    )
    year = None
    if not report.period.endswith("-01"):
        surplus = (facts.value("balance_usd_ytd") or 0) >= 0
        about = "about " if "balance_usd_ytd" in facts and facts["balance_usd_ytd"].stage == helpers.MIXED else ""
        sum_of_year = "In {@span} the {@subject} adds up to " + about + "{balance_usd_ytd:size}"
        ranked = sum_of_year + ", the {balance_usd_ytd_rank:largest} of the same months since {@since}."
        year = _said(
            facts,
            ranked if surplus and has_history(facts) else sum_of_year + ".",
            sum_of_year + ".",
            "In {@span} the surplus adds up to {balance_cny_ytd:size}.",
            subject=("surplus" if surplus else "deficit",),
            **marks,
        )
    parts = (year, month, flows) if is_february(report) else (month, flows, year)
    return _held(*parts)


def _balance_sentence(report: Report) -> Runs | None:
    facts = report.facts
    value = facts.value("balance_usd_month")
    if value is None:
        return _said(facts, "{@month}’s surplus was {balance_cny_month:size}.", month=_of_month(report))
    if value < 0:
        return _said(
            facts,
            "{@month} alone brought a deficit of {balance_usd_month:size}"
            + (", the {balance_usd_month_rank_low:largest} since {@since}." if has_history(facts) else "."),
            month=_of_month(report), since=_since(report),
        )  # fmt: skip
    back = facts.value("balance_usd_month_largest_in")
    peer = shift(report.period, -int(back)) if back else report.period
    place = facts.value("balance_usd_month_rank")
    if not has_history(facts):
        template = "{@month}’s surplus was {balance_usd_month}."
    elif back is None:
        template = "{@month}’s surplus of {balance_usd_month} is the largest of any month since {@since}."
    elif place <= 10 and back >= 3:
        template = "{@month}’s surplus of {balance_usd_month} is the {balance_usd_month_rank:largest} of any month since {@since} and the largest since {@peer}."
    elif place <= 10:
        template = "{@month}’s surplus of {balance_usd_month} is the {balance_usd_month_rank:largest} of any month since {@since}."
    elif back >= 3:
        template = "{@month}’s surplus of {balance_usd_month} is the largest since {@peer}."
    else:
        template = "{@month}’s surplus was {balance_usd_month}."
    return _said(facts, template, month=_of_month(report), since=_since(report), peer=peer)


def tiles(report: Report) -> tuple[Tile, ...]:
    """The headline box: balance, exports, imports; the month (in February January and February), dollars and yuan."""
    first, second = ("ytd", "month") if is_february(report) else ("month", "ytd")
    names = {"month": report.period, "ytd": _to_date(report)}
    box = []
    for flow, label in (("balance", "Balance of trade"), ("exports", "Exports"), ("imports", "Imports")):
        figure = _said(report.facts, "{" + f"{flow}_usd_{first}" + "}") or ("not held",)
        growth = _growth_line(report.facts, f"{flow}_usd_{first}")
        lines = [(Mark.of(names[first]), ", dollars")] if figure != ("not held",) else [(Mark.of(names[first]), ", dollars: not held as first published")]
        lines += [growth] if growth else []
        lines += [_place_line(report, flow)] if first == "month" and _place_line(report, flow) else []
        lines.append(_tile_line(report.facts, flow, "cny", first, names[first]))
        if names[first] != names[second]:
            lines += [_tile_line(report.facts, flow, currency, second, names[second]) for currency in ("usd", "cny")]
        box.append(Tile(label, figure, tuple(line for line in lines if line)))
    return tuple(box)


def _growth_line(facts: Facts, name: str) -> Runs | None:
    return _said(facts, "{" + name + "_yoy:signed} on a year earlier", "{" + name + "_change:signed} on a year earlier")


def _place_line(report: Report, flow: str) -> Runs | None:
    name, facts = f"{flow}_usd_month", report.facts
    if not has_history(facts):
        return None
    if (facts.value(name) or 0) < 0:
        return _said(facts, "{" + name + "_rank_low:largest} deficit since {@since}", since=_since(report))
    if (facts.value(f"{name}_rank") or 99) <= 10:
        return _said(facts, "{" + name + "_rank:largest} month since {@since}", since=_since(report))
    return None


def _tile_line(facts: Facts, flow: str, currency: str, over: str, when: str) -> Runs | None:
    name = f"{flow}_{currency}_{over}"
    return _said(
        facts,
        "{@when}: {" + name + "} ({" + name + "_yoy:signed})",
        "{@when}: {" + name + "} ({" + name + "_change:signed})",
        "{@when}: {" + name + "}",
        when=when,
    )


def remarks(report: Report) -> tuple[Runs, ...]:
    """What a reader must know before the first number: calendar, vintage, currency, what is not covered."""
    facts = report.facts
    found = [_calendar_remark(report), _vintage_remark(report), *_currency_remarks(report), *_newer_remark(report)]
    for what, family in (("Partners and regions", "partner.*"), ("Export commodities", "commodity.export.*"), ("Import commodities", "commodity.import.*")):
        if family in facts.gaps:
            found.append((f"{what}: ", *dated(facts.gaps[family]), "."))
    yuan = [name for name in ("exports_cny_month", "exports_cny_ytd") if name in facts]
    if not yuan and "exports_cny_month" in facts.gaps:
        found.append(("Yuan totals: ", *dated(facts.gaps["exports_cny_month"]), "."))
    return _held(*found)


def _calendar_remark(report: Report) -> Runs | None:
    if report.period.endswith("-01") and helpers.same_release(report.tables, report.period):
        day = report.tables.releases.set_index("period").at[report.period, "released"]
        return report.facts.say("Customs published January together with February, on {@day}.", day=day)
    if is_february(report):
        return ("January and February are best read together, because Lunar New Year moves between them; the single month stands second.",)
    return None


def _vintage_remark(report: Report) -> Runs | None:
    facts = report.facts
    fact = facts.by_name.get("balance_usd_month") or facts.by_name.get("balance_cny_month")
    if not fact or fact.unit == "CNY":
        return ("No dollar level of the month is held as first published; yuan lead.",) if fact else None
    if fact.stage == "preliminary":
        return _said(
            facts,
            "The month’s dollar figures are first prints; across {revision.balance_usd_month_count} held in both forms, "
            "customs has since {@moved} the monthly balance by {revision.balance_usd_month_mean:size} on average.",
            "The month’s dollar figures are first prints, ranked against a history that customs has in part revised since; "
            "later revisions were not known on {@day}.",
            day=report.as_of, moved=("lowered" if (facts.value("revision.balance_usd_month_mean") or 0) < 0 else "raised",),
        )  # fmt: skip
    return facts.say("Dollar figures are customs’ revised ones, rounded to a tenth of a billion, as shown on {@day}.", day=_release(fact.sources))


def _release(sources: tuple[str, ...]) -> str:
    return max(re.findall(r"released (\d{4}-\d{2}-\d{2})", " ".join(sources)))


def _currency_remarks(report: Report) -> list[Runs]:
    """Where growth differs in sign or by more than two points between dollars and yuan."""
    facts, found = report.facts, []
    for over, when in {"month": report.period, "ytd": _to_date(report)}.items():
        for flow in ("exports", "imports"):
            names, gap = [f"{flow}_{currency}_{over}_yoy" for currency in ("usd", "cny")], helpers.spread(facts, flow, over)
            if gap is None or (over == "ytd" and when == report.period):
                continue
            usd, cny = (round(facts[name].value, 1) for name in names)
            if abs(gap) > NOTEWORTHY_SPREAD or usd * cny < 0:
                same = verb(usd) == verb(cny) != "did not change"
                in_yuan = facts.say("by {" + names[1] + ":size}") if same else changed(facts, names[1])
                found.append(
                    facts.say(
                        "The currency matters: {@flow} of {@when} {@usd} in dollars, but {@cny} in yuan.",
                        flow=(flow,), when=when, usd=changed(facts, names[0]), cny=in_yuan,
                    )  # fmt: skip
                )
    return found


def _newer_remark(report: Report) -> list[Runs]:
    facts = report.facts
    if "exports_usd_month" in facts or "exports_cny_month" in facts:
        return []
    return [("Of this month only the headline is held: tables of exports, imports, partners and commodities are not yet.",)]


# --- exhibits -----------------------------------------------------------------------------------------------------------


def balance(report: Report) -> Words:
    """Exhibit: the balance of trade, month by month."""
    report.require("totals")
    facts, period = report.facts, report.period
    value = facts.value("balance_usd_month")
    if value is None:
        return _not_held("The balance of trade in dollars", facts.why_missing("balance_usd_month"))
    frame = helpers.monthly_trade(report.tables, period)
    noun = "surplus" if value >= 0 else "deficit"
    marks = {"month": period, "since": _since(report)}
    if value < 0 and has_history(facts):
        claim = facts.say("The deficit of {balance_usd_month:size} in {@month} is the {balance_usd_month_rank_low:largest} since {@since}", **marks)
    elif has_history(facts) and facts.value("balance_usd_month_rank") <= 10:
        claim = facts.say("The surplus of {balance_usd_month} in {@month} is the {balance_usd_month_rank:largest} since {@since}", **marks)
    else:
        claim = facts.say("The {@noun} was {balance_usd_month:size} in {@month}", noun=(noun,), **marks)
    year, before = None, shift(period, -12)
    if "balance_usd_month_change" in facts:
        year = facts.say(
            "A year earlier the {@noun} was {@before}; the balance is now {balance_usd_month_change:size} {@way}.",
            noun=(_balance_noun(frame, before),), before=_place(frame, "monthly_trade", before, "balance"),
            way=("higher" if facts["balance_usd_month_change"].value >= 0 else "lower",),
        )  # fmt: skip
    return Words(
        claim,
        _held(_larger_months(report, frame) if noun == "surplus" else None, year, _run_of_months(report), _twelve_months(report)),
        notes=_held(_rank_note(report)),
    )


def _place(frame: pd.DataFrame, table: str, row: str, column: str) -> Runs:
    """A cell of a helper's table as dollars in a sentence."""
    value = frame.at[row, column]
    return (Place(table, row, column, "usd_size", write(abs(value), "USD")),)


def _balance_noun(frame: pd.DataFrame, period: str) -> str:
    return "surplus" if frame.at[period, "balance"] >= 0 else "deficit"


def _larger_months(report: Report, frame: pd.DataFrame) -> Runs | None:
    """Which months had a larger surplus, where they are few."""
    if not has_history(report.facts):
        return None
    rounded = (frame["balance"] / helpers.RANK_STEP).round()
    larger = frame.index[rounded > rounded.loc[report.period]]
    if not 0 < len(larger) <= 3:
        return None
    items = [(Mark.of(p), " (", *_place(frame, "monthly_trade", p, "balance"), ")") for p in larger]
    return ("Only ", *listed(items), " brought more." if len(items) > 1 else " brought more.")


def _run_of_months(report: Report) -> Runs | None:
    facts = report.facts
    if (facts.value("streak.balance_usd_month_above_100bn") or 0) >= 2:
        return facts.say("It is the {streak.balance_usd_month_above_100bn:ordinal} month in a row above a hundred billion dollars.")
    if (facts.value("streak.balance_usd_month_surplus") or 0) >= 2:
        return facts.say("The last {streak.balance_usd_month_surplus:count} months all brought a surplus.")
    return None


def _twelve_months(report: Report) -> Runs | None:
    if report.facts.value("balance_usd_12m_rank") == 1 and has_history(report.facts):
        return report.facts.say("Over twelve months the surplus adds up to {balance_usd_12m}, the largest such sum since {@since}.", since=_since(report))
    return _said(report.facts, "Over twelve months the surplus adds up to {balance_usd_12m}.")


def _rank_note(report: Report) -> Runs | None:
    if "balance_usd_month_rank" not in report.facts:
        return None
    return report.facts.say(
        "Ranked among {balance_usd_month_rank_of} since {@first}, in dollars rounded to a tenth of a billion; equal months share the better rank.",
        first=helpers.first_month(report.tables),
    )


def trade(report: Report) -> Words:
    """Exhibit: exports and imports."""
    report.require("totals")
    facts, over = report.facts, "ytd" if is_february(report) else "month"
    names = [f"{flow}_usd_{over}_yoy" for flow in ("exports", "imports")]
    if not all(name in facts for name in names):
        held = _said(facts, "Exports were {exports_usd_month} and imports {imports_usd_month} in {@month}", month=report.period)
        if not held:
            return _not_held("Exports and imports in dollars", facts.why_missing("exports_usd_month"))
        return Words(held, (facts.say("A year earlier lies before the first month held, {@first}, so there is no growth rate yet.", first=helpers.first_month(report.tables)),))
    when = _to_date(report) if over == "ytd" else report.period
    claim = facts.say("{@moved} in {@when}", moved=opened(both_changed(facts, "exports", names[0], "imports", names[1])), when=when)
    levels = _said(
        facts,
        "China sold goods for {exports_usd_" + over + "} and bought for {imports_usd_" + over + "}, so that total trade came to {total_usd_" + over + "}.",
    )
    calmer = (
        facts.say(
            "Months are noisy: over three months together {@moved} on the same months of the year before.",
            moved=both_changed(facts, "exports", "exports_usd_3m_yoy", "imports", "imports_usd_3m_yoy"),
        )
        if {"exports_usd_3m_yoy", "imports_usd_3m_yoy"} <= set(facts)
        else None
    )  # fmt: skip
    return Words(claim, _held(levels, calmer, _growth_streak(report)), notes=_held(_printed_note(report)))


def _growth_streak(report: Report) -> Runs | None:
    facts = report.facts
    for flow, word in (("exports", "rising"), ("exports", "falling"), ("imports", "falling"), ("imports", "rising")):
        name = f"streak.{flow}_usd_month_{word}"
        if (facts.value(name) or 0) >= 3:
            verb = {"rising": "risen", "falling": "fallen"}[word]
            return facts.say("{@flow} have {@verb} on a year earlier in each of the last {" + name + ":count} months.", flow=(flow.capitalize(),), verb=(verb,))
    return None


def _printed_note(report: Report) -> Runs | None:
    """Where customs printed another growth rate than the levels give, and why."""
    facts, parts = report.facts, []
    for flow in ("exports", "imports"):
        for over, when in (("month", "the month"), ("ytd", "the year to date")):
            name = f"{flow}_usd_{over}_yoy"
            printed, computed = (facts.value(f"{name}_{how}") for how in ("printed", "computed"))
            if printed is not None and computed is not None and abs(printed - computed) > 0.1:
                parts.append(facts.say("{@flow} of {@when} {" + name + "_printed:signed} printed, {" + name + "_computed:signed} from the levels", flow=(flow,), when=(when,)))
    if not parts:
        return None
    return ("Growth as customs printed it first differs from growth of the levels held: ", *listed(parts), ". Customs revises the base year, and the levels since.")


def year_to_date(report: Report) -> Words:
    """Exhibit: the year to date against every earlier year."""
    report.require("totals")
    facts, span = report.facts, _to_date(report)
    if "balance_usd_ytd" not in facts:
        return _not_held("The year to date in dollars", facts.why_missing("balance_usd_ytd"))
    noun = "surplus" if facts.value("balance_usd_ytd") >= 0 else "deficit"
    place = facts.value("balance_usd_ytd_rank")
    january = report.period.endswith("-01")
    if january:
        claim = facts.say("The year begins with a {@noun} of {balance_usd_ytd:size}", noun=(noun,))
    elif place == 1 and has_history(facts):
        claim = facts.say("The year’s surplus of {balance_usd_ytd} is ahead of every year since {@since}", since=_since(report))
    elif place and noun == "surplus" and has_history(facts):
        claim = facts.say("The year’s surplus of {balance_usd_ytd} is the {balance_usd_ytd_rank:largest} for these months since {@since}", since=_since(report))
    else:
        claim = facts.say("The year’s {@noun} stands at {balance_usd_ytd:size}", noun=(noun,))
    change = _said(
        facts,
        "That is {balance_usd_ytd_yoy:size} {@more} than a year earlier.",
        "A year earlier the balance was {balance_usd_ytd_change:size} {@other}.",
        more=("more" if (facts.value("balance_usd_ytd_yoy") or 0) >= 0 else "less",),
        other=("lower" if (facts.value("balance_usd_ytd_change") or 0) >= 0 else "higher",),
    )
    flows = []
    for currency, unit in (("usd", "dollars"), ("cny", "yuan")):
        names = [f"{flow}_{currency}_ytd_yoy" for flow in ("exports", "imports")]
        if all(name in facts for name in names):
            moved = both_changed(facts, "exports", names[0], "imports", names[1])
            template = "In {@unit}, {@moved} in {@span}." if not flows else "{@moved} in {@unit}."
            flows.append(facts.say(template, unit=(unit,), span=span, moved=opened(moved) if flows else moved))
    milestone = _said(facts, "Never before in the series had the sum of a year passed {milestone.balance_usd_ytd}.")
    fact = facts["balance_usd_ytd"]
    note = ("The months come from different stages of publication; the sum is therefore written no finer than ten billion.",) if fact.stage == helpers.MIXED else None
    return Words(claim, _held(milestone, change, *flows), notes=_held(note))


def partners(report: Report) -> Words:
    """Exhibit: the largest trading partners."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return _not_held("Partners", facts.gaps["partner.*"])
    report.require("partners")
    sure = helpers.ranked(report.tables, report.period)
    names, span = [name_of(code, _the(partner_name(report, code))) for code in sure[:3]], _to_date(report)
    claim = (*listed(names), " are the largest partners, in this order") if len(names) > 1 else ("The largest partners held",)
    usa = _said(
        facts,
        "Exports to the United States {@e} in {@span}, imports from there {@i}; the country took {@share} of total trade.",
        e=changed(facts, "partner.USA.exports_cny_ytd_yoy"), i=changed(facts, "partner.USA.imports_cny_ytd_yoy"), span=span, share=facts.say("{partner.USA.share_ytd}"),
    )  # fmt: skip
    gains = [code for code in ("ASEAN", "EU27", "AFRICA", "LATAM") if (facts.value(f"partner.{code}.exports_cny_ytd_yoy") or 0) > EDGED]
    rising = None
    if gains:
        items = [(*name_of(code, _the(partner_name(report, code))), *facts.say(" (by {partner." + code + ".exports_cny_ytd_yoy:size})")) for code in gains]
        rising = ("Exports rose to ", *listed(items), ".")
    run = None
    if (facts.value("streak.partner.USA.exports_cny_month_falling") or 0) >= 2:
        run = facts.say("It was the {streak.partner.USA.exports_cny_month_falling:ordinal} month in a row in which exports to the United States were below a year earlier.")
    return Words(claim, _held(usa, run, rising), notes=_held(_ranking_note(report)))


def _the(name: str) -> str:
    return f"the {name}" if name in ("European Union", "United States", "United Kingdom", "Netherlands", "Philippines") else name


def _ranking_note(report: Report) -> Runs:
    return (
        "In yuan, year to date. As customs ranks: ASEAN and the European Union are one partner each, their members left out. "
        "A rank is given only as far as no partner missing from the table could be larger.",
    )


def regions(report: Report) -> Words:
    """Exhibit: the regions of the world."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return _not_held("Regions", facts.gaps["partner.*"])
    report.require("partners")
    growth = {code: facts.value(f"partner.{code}.exports_cny_ytd_contribution") for code in data.CONTINENTS}
    growth = {code: value for code, value in growth.items() if value is not None}
    if not growth:
        return Words(("Trade by region",), ())
    up, down = max(growth, key=growth.get), min(growth, key=growth.get)
    say = facts.say
    claim = say(
        "{@up} added most to the growth of exports" + (", {@down} took most away" if growth[down] < 0 else ""),
        up=name_of(up, partner_name(report, up)), down=name_of(down, partner_name(report, down)),
    )  # fmt: skip
    first = say(
        "Exports changed by {exports_cny_ytd_yoy:signed} in {@span}: {@up} contributed {partner." + up + ".exports_cny_ytd_contribution:signed}"
        + (", {@down} {partner." + down + ".exports_cny_ytd_contribution:signed}." if growth[down] < 0 else "."),
        span=_to_date(report), up=name_of(up, partner_name(report, up)), down=name_of(down, partner_name(report, down)),
    )  # fmt: skip
    share = _said(facts, "Asia takes {partner.ASIA.share_ytd} of total trade, Europe {partner.EUROPE.share_ytd}, North America {partner.NAMERICA.share_ytd}.")
    return Words(claim, _held(first, share), notes=(("Regions are continents as customs draws them; Mexico belongs to Latin America. Contributions rest on the base that printed growth implies.",),))


def exports_by_commodity(report: Report) -> Words:
    """Exhibit: the dozen largest export lines."""
    return _commodities(report, "export")


def imports_by_commodity(report: Report) -> Words:
    """Exhibit: the dozen largest import lines."""
    return _commodities(report, "import")


def _commodities(report: Report, flow: str) -> Words:
    facts, family = report.facts, f"commodity.{flow}.*"
    if family in facts.gaps:
        return _not_held(f"{flow.capitalize()} commodities", facts.gaps[family])
    report.require("commodities")
    slugs = helpers.largest_commodities(report.tables, report.period, flow)
    if not slugs:
        return _not_held(f"{flow.capitalize()} commodities", f"the table of {report.period} is not held")
    span, names = _to_date(report), {slug: name_of(slug, in_sentence(commodity_name(report, flow, slug))) for slug in slugs}
    level = "The largest line is {@what} with {commodity." + f"{flow}.{slugs[0]}.value_cny_ytd" + "}"
    share = ", {commodity." + f"{flow}.{slugs[0]}.share_ytd" + "} of all {@flow}."
    largest = _said(facts, level + share, level + ".", what=names[slugs[0]], flow=(f"{flow}s",))
    growth = f"commodity.{flow}.{{}}.value_cny_ytd_yoy"
    moves = {slug: facts[growth.format(slug)].value for slug in slugs if growth.format(slug) in facts}
    if not moves:
        return Words(("The largest ", flow, " lines of the year so far"), _held(largest), notes=(COMMODITY_NOTE,))
    up, down = max(moves, key=moves.get), min(moves, key=moves.get)
    split = moves[down] < 0 < moves[up]
    claim = ("Among the largest ", flow, " lines, ", *names[up], " rose most" if moves[up] > 0 else " fell least")
    first = facts.say(
        "In {@span}, {@flow} of {@up} {@rise} in value" + (" and those of {@down} {@fall}." if split else "."),
        span=span, flow=(f"{flow}s",), up=names[up], rise=changed(facts, growth.format(up)), down=names[down], fall=changed(facts, growth.format(down)),
    )  # fmt: skip
    return Words(
        (*claim, ", ", *names[down], " fell most") if split else claim,
        _held(first, largest, _quantity_or_price(report, flow)),
        notes=(COMMODITY_NOTE,),
    )


COMMODITY_NOTE: Runs = (
    "Lines without an asterisk can be added: none is part of another. Lines marked * are aggregates, which overlap them and each "
    "other. In yuan; growth as printed or on the base that customs restated.",
)


def _quantity_or_price(report: Report, flow: str) -> Runs | None:
    """Did more goods move, or dearer ones? For motor vehicles sold and crude oil bought."""
    what, slug = ("Motor vehicles", "motor_vehicles") if flow == "export" else ("Crude oil", "crude_oil")
    names = [f"commodity.{flow}.{slug}.{measure}_ytd_yoy" for measure in ("quantity", "unit_value")]
    if not set(names) <= set(report.facts):
        return None
    quantity, unit = (changed(report.facts, name) for name in names)
    return report.facts.say("{@what} {@quantity} in quantity, while unit value {@unit}.", what=(what,), quantity=quantity, unit=unit)


def key_figures(report: Report) -> Words:
    """Exhibit: the one-page table."""
    facts = report.facts
    claim = facts.say("Key figures of {@month}", month=report.period)
    first = ("Levels in billions of dollars and yuan, growth on a year earlier in percent. Growth is customs’ own where it belongs to the same stage of publication as the level, otherwise computed from the levels.",)
    note = ("A sum over months of different stages is written no finer than ten billion. The change of a balance is given in billions: a growth rate of a small or negative balance would mislead.",)
    return Words(claim, (first,), notes=(note,))


def _not_held(what: str, why: str) -> Words:
    """An exhibit whose data are not held keeps its number and says so."""
    return Words((f"{what}: ", *dated(why)), ())


# --- names --------------------------------------------------------------------------------------------------------------


def partner_name(report: Report, code: str) -> str:
    """The English name of a partner or group."""
    names = report.tables.partner_list.set_index("partner")["name"]
    return str(names.get(code, code))


def commodity_name(report: Report, flow: str, slug: str) -> str:
    """The English name of a commodity line."""
    names = report.tables.commodity_list.set_index(["flow", "commodity"])["name"]
    return str(names.get((flow, slug), slug))


def in_sentence(name: str) -> str:
    """A commodity's name inside a sentence: lower case but for abbreviations (LCD modules)."""
    return name if name[:2].isupper() else name[0].lower() + name[1:]


# --- sources and limits -------------------------------------------------------------------------------------------------


def sources(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """Where the figures come from: publisher and table, stage and release day, for each family of facts."""
    facts, items = report.facts, []
    for what, start in (
        ("Dollar totals", "exports_usd_month"),
        ("Dollar balance", "balance_usd_month"),
        ("Yuan totals", "exports_cny_month"),
        ("Partners and regions", "partner."),
        ("Export commodities", "commodity.export."),
        ("Import commodities", "commodity.import."),
    ):
        name = next((name for name in facts if name.startswith(start)), None)
        items.append(((what,), _source_line(report, name) if name else ("Not held: ", *dated(facts.why_missing(start)), ".")))
    return tuple(items)


def _source_line(report: Report, name: str) -> Runs:
    fact, known = report.facts[name], report.tables.sources.set_index("source")
    ids = dict.fromkeys(i for source in fact.sources for i in source.split(",")[0].split("; "))
    named: Runs = tuple(Mark("source", i, f"{known.at[i, 'publisher']}, {known.at[i, 'what']}") for i in ids if i in known.index)
    basis = " (the usual day; the day itself is not recorded)" if "usual day" in fact.sources[0] else ""
    return (*_semicolons([(mark,) for mark in named]), f". Stage: {fact.stage}, released ", Mark.of(_release(fact.sources)), basis, ".")


def vintage(report: Report) -> tuple[tuple[Runs, Runs], ...]:
    """Which vintage this is, and what is not covered."""
    facts = report.facts
    items = [(("As known on",), (Mark.of(report.as_of), ". For each figure the newest stage released by that day is used; a later day may show other numbers, because customs revises without notice."))]
    late = sum(int((getattr(report.tables, t)["late"] & (getattr(report.tables, t)["period"] < report.period)).sum()) for t in ("totals", "partners", "commodities"))
    if late:
        items.append((("History",), ("Months for which nothing earlier is held stand as customs showed them later. They serve as history only, never for the month reported.",)))
    totals = helpers.first_month(report.tables)
    items.append((("Ranks and records",), ("Among all months since ", Mark.of(totals), ", in dollars.")))
    missing = [(f"{what}: ", *dated(facts.gaps[family])) for what, family in NOT_COVERED if family in facts.gaps]
    missing.append(("services, quantities of trade as an index, and expectations of analysts: not part of customs’ tables",))
    items.append((("Not covered",), (*_semicolons(missing), ".")))
    return tuple(items)


NOT_COVERED = (
    ("partners", "partner.*"),
    ("export commodities", "commodity.export.*"),
    ("import commodities", "commodity.import.*"),
    ("dollar exports of the month", "exports_usd_month"),
    ("dollar imports of the month", "imports_usd_month"),
    ("yuan totals of the month", "exports_cny_month"),
    ("yuan totals of the year to date", "exports_cny_ytd"),
)


def _semicolons(items: list[Runs]) -> Runs:
    runs: Runs = ()
    for i, item in enumerate(items):
        runs += (("; ",) if i else ()) + item
    return runs
