"""The words of each exhibit: a claim as heading, two to four sentences, notes. No cause that the data do not hold."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import schema
from customs_report.display import Words
from customs_report.english.grammar import (
    EDGED,
    also,
    both_changed,
    changed,
    commodity_name,
    dated,
    has_history,
    held,
    in_sentence,
    is_february,
    listed,
    name_of,
    not_held,
    opened,
    partner_name,
    said,
    shows_zero,
    since,
    the,
    to_date,
    why_no_lines,
)
from customs_report.facts import Mark, Place, Runs
from customs_report.periods import shift
from customs_report.report import Report


def balance(report: Report) -> Words:
    """Exhibit: the balance of trade, month by month."""
    report.require("totals")
    facts, period = report.facts, report.period
    value = facts.value("balance_usd_month")
    if value is None:
        return not_held("The balance of trade in dollars", facts.why_missing("balance_usd_month"))
    frame = helpers.monthly_trade(report.tables, period)
    noun = "surplus" if value >= 0 else "deficit"
    marks = {"month": period, "since": since(report)}
    if value < 0 and has_history(facts):
        claim = facts.say(
            "The deficit of {balance_usd_month:size} in {@month} is the {balance_usd_month_rank_low:largest} of any month "
            "since {@since}",
            **marks,
        )
    elif has_history(facts) and facts.value("balance_usd_month_rank") <= 10:
        claim = facts.say(
            "The surplus of {balance_usd_month} in {@month} is the {balance_usd_month_rank:largest} of any month "
            "since {@since}",
            **marks,
        )
    else:
        claim = facts.say("The {@noun} was {balance_usd_month:size} in {@month}", noun=(noun,), **marks)
    year, before = None, shift(period, -12)
    if "balance_usd_month_change" in facts:
        year = facts.say(
            "A year earlier the {@noun} was {@before}; the balance is now {balance_usd_month_change:size} {@way}.",
            noun=(_balance_noun(frame, before),),
            before=_place(frame, "monthly_trade", before, "balance"),
            way=("higher" if facts["balance_usd_month_change"].value >= 0 else "lower",),
        )
    return Words(
        claim,
        held(
            _larger_months(report, frame) if noun == "surplus" else None,
            year,
            _run_of_months(report),
            _twelve_months(report),
        ),
        notes=held(_rank_note(report)),
    )


def _place(frame: pd.DataFrame, table: str, row: str, column: str) -> Runs:
    """A cell of a helper's table as dollars in a sentence."""
    value = frame.at[row, column]
    return (Place.of(table, row, column, value, "usd_size"),)


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
    return ("Only ", *listed(items), " brought more.")


def _run_of_months(report: Report) -> Runs | None:
    facts = report.facts
    if (facts.value("streak.balance_usd_month_above_100bn") or 0) >= 2:
        return facts.say(
            "It is the {streak.balance_usd_month_above_100bn:ordinal} month in a row above a hundred billion dollars."
        )
    if facts.value("streak.balance_usd_month_surplus") == facts.value("balance_usd_month_rank_of"):
        return facts.say("Every month since {@first} brought a surplus.", first=helpers.first_month(report.tables))
    if (facts.value("streak.balance_usd_month_surplus") or 0) >= 2:
        return facts.say("The last {streak.balance_usd_month_surplus:count} months all brought a surplus.")
    return None


def _twelve_months(report: Report) -> Runs | None:
    if report.facts.value("balance_usd_12m_rank") == 1 and has_history(report.facts):
        return report.facts.say(
            "Over twelve months the surplus adds up to {balance_usd_12m}, the largest such sum since {@since}.",
            since=since(report),
        )
    return said(report.facts, "Over twelve months the surplus adds up to {balance_usd_12m}.")


def _rank_note(report: Report) -> Runs | None:
    if not has_history(report.facts):
        return None
    return report.facts.say(
        "Ranked among {balance_usd_month_rank_of} since {@first}, in dollars rounded to a tenth of a "
        "billion; equal months share the better rank.",
        first=helpers.first_month(report.tables),
    )


def trade(report: Report) -> Words:
    """Exhibit: exports and imports."""
    report.require("totals")
    facts, over = report.facts, "ytd" if is_february(report) else "month"
    names = [f"{flow}_usd_{over}_yoy" for flow in ("exports", "imports")]
    if not all(name in facts for name in names):
        levels = said(
            facts, "Exports were {exports_usd_month} and imports {imports_usd_month} in {@month}", month=report.period
        )
        if not levels:
            return not_held("Exports and imports in dollars", facts.why_missing("exports_usd_month"))
        return Words(
            levels,
            (
                facts.say(
                    "A year earlier lies before the first month held, {@first}, so there is no growth rate yet.",
                    first=helpers.first_month(report.tables),
                ),
            ),
        )
    when = to_date(report) if over == "ytd" else report.period
    claim = facts.say(
        "{@moved} in {@when}", moved=opened(both_changed(facts, "exports", names[0], "imports", names[1])), when=when
    )
    levels = said(
        facts,
        "China sold goods for {exports_usd_"
        + over
        + "} and bought goods for {imports_usd_"
        + over
        + "}; total trade came to {total_usd_"
        + over
        + "}.",
        "The levels in dollars are not held.",
    )
    calmer = (
        facts.say(
            "Months are noisy: over three months together {@moved} on the same months of the year before.",
            moved=both_changed(facts, "exports", "exports_usd_3m_yoy", "imports", "imports_usd_3m_yoy"),
        )
        if {"exports_usd_3m_yoy", "imports_usd_3m_yoy"} <= set(facts)
        else None
    )
    return Words(claim, held(levels, calmer, _growth_streak(report)), notes=held(_printed_note(report)))


def _growth_streak(report: Report) -> Runs | None:
    facts = report.facts
    for flow, word in (("exports", "rising"), ("exports", "falling"), ("imports", "falling"), ("imports", "rising")):
        name = f"streak.{flow}_usd_month_{word}"
        if (facts.value(name) or 0) >= 3:
            verb = {"rising": "risen", "falling": "fallen"}[word]
            return facts.say(
                "{@flow} have {@verb} on a year earlier in each of the last {" + name + ":count} months.",
                flow=(flow.capitalize(),),
                verb=(verb,),
            )
    return None


def _printed_note(report: Report) -> Runs | None:
    """Where customs printed another growth rate than the levels give, and why."""
    facts, parts = report.facts, []
    for flow in ("exports", "imports"):
        for over, when in (("month", "of the month"), ("ytd", "since January")):
            name = f"{flow}_usd_{over}_yoy"
            printed, computed = (facts.value(f"{name}_{how}") for how in ("printed", "computed"))
            if printed is not None and computed is not None and abs(printed - computed) > 0.1:
                parts.append(
                    facts.say(
                        "{@flow} {@when} {" + name + "_printed:signed} ({" + name + "_computed:signed})",
                        flow=(flow,),
                        when=(when,),
                    )
                )
    if not parts:
        return None
    return (
        "Growth as first printed, in brackets that of the levels held: ",
        *listed(parts),
        ". Customs revises the base year, and the levels since.",
    )


def year_to_date(report: Report) -> Words:
    """Exhibit: the year to date against every earlier year."""
    report.require("totals")
    facts, span = report.facts, to_date(report)
    if "balance_usd_ytd" not in facts:
        return not_held("The year to date in dollars", facts.why_missing("balance_usd_ytd"))
    noun = "surplus" if facts.value("balance_usd_ytd") >= 0 else "deficit"
    place = facts.value("balance_usd_ytd_rank")
    january = report.period.endswith("-01")
    if january:
        claim = facts.say("The year begins with a {@noun} of {balance_usd_ytd:size}", noun=(noun,))
    elif place == 1 and has_history(facts):
        claim = facts.say(
            "The year’s surplus of {balance_usd_ytd} is ahead of every earlier year since {@since}",
            since=since(report, "balance_usd_ytd"),
        )
    elif place and noun == "surplus" and has_history(facts):
        claim = facts.say(
            "The year’s surplus of {balance_usd_ytd} is the {balance_usd_ytd_rank:largest} for these months since {@since}",
            since=since(report),
        )
    else:
        claim = facts.say("The year’s {@noun} stands at {balance_usd_ytd:size}", noun=(noun,))
    change = said(
        facts,
        "The {@noun} {@so_far}is {balance_usd_ytd_yoy:size} {@size} than a year earlier.",
        "A year earlier the balance was {balance_usd_ytd_change:size} {@other}.",
        noun=(noun,),
        so_far=("" if january else "since January ",),
        size=("larger" if (facts.value("balance_usd_ytd_yoy") or 0) >= 0 else "smaller",),
        other=("lower" if (facts.value("balance_usd_ytd_change") or 0) >= 0 else "higher",),
    )
    told = [name for name in ("balance_usd_ytd_yoy", "balance_usd_ytd_change") if name in facts]
    if told and shows_zero(facts, told[0]):
        change = ("A year earlier the balance was about the same.",)
    flows = []
    for currency, unit in (("usd", "dollars"), ("cny", "yuan")):
        names = [f"{flow}_{currency}_ytd_yoy" for flow in ("exports", "imports")]
        if all(name in facts for name in names):
            moved = both_changed(facts, "exports", names[0], "imports", names[1])
            template = "In {@unit}, {@moved} in {@span}." if not flows else "{@moved} in {@unit}."
            flows.append(facts.say(template, unit=(unit,), span=span, moved=opened(moved) if flows else moved))
    milestone = said(facts, "Never before in the series had the sum of a year passed {milestone.balance_usd_ytd}.")
    return Words(claim, held(milestone, change, *flows))


def partners(report: Report) -> Words:
    """Exhibit: the largest trading partners."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return not_held("Partners", facts.gaps["partner.*"])
    report.require("partners")
    sure = helpers.ranked(report.tables, report.period)
    names, span = [name_of(code, the(partner_name(report, code))) for code in sure[:3]], to_date(report)
    claim = (*listed(names), " are the largest partners, in this order") if len(names) > 1 else ("The largest partners held",)
    usa = said(
        facts,
        "Exports to the United States {@e} in {@span}, imports from there {@i}; the country took {@share} of total trade.",
        e=changed(facts, "partner.USA.exports_cny_ytd_yoy"),
        i=also(facts, "partner.USA.imports_cny_ytd_yoy", "partner.USA.exports_cny_ytd_yoy"),
        span=span,
        share=facts.say("{partner.USA.share_ytd}"),
    )
    gains = [
        code
        for code in ("ASEAN", "EU27", "AFRICA", "LATAM")
        if (facts.value(f"partner.{code}.exports_cny_ytd_yoy") or 0) > EDGED
    ]
    rising = None
    if gains:
        items = [
            (
                *name_of(code, the(partner_name(report, code))),
                *facts.say(" (by {partner." + code + ".exports_cny_ytd_yoy:size})"),
            )
            for code in gains
        ]
        rising = ("Exports rose to ", *listed(items), ".")
    run = None
    for way, word in (("falling", "below"), ("rising", "above")):
        streak = f"streak.partner.USA.exports_cny_month_{way}"
        if (facts.value(streak) or 0) >= 2:
            run = facts.say(
                "It was the {" + streak + ":ordinal} month in a row in which exports to the United States were {@word} a year "
                "earlier.",
                word=(word,),
            )
    return Words(claim, held(usa, run, rising), notes=held(_ranking_note(report)))


def _ranking_note(report: Report) -> Runs:
    return (
        "In yuan, year to date. As customs ranks: ASEAN and the European Union are one partner each, their members left out. "
        "A rank is given only as far as no partner missing from the table could be larger.",
    )


def regions(report: Report) -> Words:
    """Exhibit: the regions of the world."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return not_held("Regions", facts.gaps["partner.*"])
    report.require("partners")
    growth = {code: facts.value(f"partner.{code}.exports_cny_ytd_contribution") for code in schema.CONTINENTS}
    growth = {code: value for code, value in growth.items() if value is not None}
    if not growth:
        return Words(("Trade by region",), ())
    up, down = max(growth, key=growth.get), min(growth, key=growth.get)
    say, took_away = facts.say, round(growth[down], 1) < 0
    alone = sum(round(value, 1) < 0 for value in growth.values()) == 1
    claim = say(
        "{@up} added most to the growth of exports"
        + (", only {@down} took away" if alone else ", {@down} took most away" if took_away else ""),
        up=name_of(up, partner_name(report, up)),
        down=name_of(down, partner_name(report, down)),
    )
    first = say(
        "Exports {@moved} in {@span}: {@up} contributed {partner."
        + up
        + ".exports_cny_ytd_contribution:signed}"
        + (", {@down} {partner." + down + ".exports_cny_ytd_contribution:signed}." if took_away else "."),
        moved=changed(facts, "exports_cny_ytd_yoy"),
        span=to_date(report),
        up=name_of(up, partner_name(report, up)),
        down=name_of(down, partner_name(report, down)),
    )
    share = said(
        facts,
        "Asia takes {partner.ASIA.share_ytd} of total trade, Europe {partner.EUROPE.share_ytd}, North "
        "America {partner.NAMERICA.share_ytd}.",
    )
    return Words(
        claim,
        held(first, share),
        notes=(
            (
                "Regions are continents as customs draws them; Mexico belongs to Latin America. Contributions rest "
                "on the base that printed growth implies.",
            ),
        ),
    )


def exports_by_commodity(report: Report) -> Words:
    """Exhibit: the dozen largest export lines."""
    return _commodities(report, "export")


def imports_by_commodity(report: Report) -> Words:
    """Exhibit: the dozen largest import lines."""
    return _commodities(report, "import")


def _commodities(report: Report, flow: str) -> Words:
    facts = report.facts
    if f"commodity.{flow}.*" not in facts.gaps:
        report.require("commodities")
    if why := why_no_lines(report, flow):
        return not_held(f"{flow.capitalize()} commodities", why)
    slugs = helpers.largest_commodities(report.tables, report.period, flow)
    span, names = (
        to_date(report),
        {slug: name_of(slug, in_sentence(commodity_name(report, flow, slug))) for slug in slugs},
    )
    level = "The largest line is {@what} with {commodity." + f"{flow}.{slugs[0]}.value_cny_ytd" + "}"
    share = ", {commodity." + f"{flow}.{slugs[0]}.share_ytd" + "} of all {@flow}."
    largest = said(facts, level + share, level + ".", what=names[slugs[0]], flow=(f"{flow}s",))
    growth = f"commodity.{flow}.{{}}.value_cny_ytd_yoy"
    moves = {slug: facts[growth.format(slug)].value for slug in slugs if growth.format(slug) in facts}
    if not moves:
        why = (f"Growth of the {flow} lines: ", *dated(facts.why_missing(growth.format(slugs[0]))), ".")
        return Words(("The largest ", flow, " lines of the year so far"), held(largest, why), notes=(COMMODITY_NOTE,))
    up, down = max(moves, key=moves.get), min(moves, key=moves.get)
    split = moves[down] < 0 < moves[up]
    claim = ("Among the largest ", flow, " lines, ", *names[up], " rose most" if moves[up] > 0 else " fell least")
    first = facts.say(
        "In {@span}, {@flow} of {@up} {@rise} in value" + (" and those of {@down} {@fall}." if split else "."),
        span=span,
        flow=(f"{flow}s",),
        up=names[up],
        rise=changed(facts, growth.format(up)),
        down=names[down],
        fall=changed(facts, growth.format(down)),
    )
    return Words(
        (*claim, ", ", *names[down], " fell most") if split else claim,
        held(first, largest, _quantity_or_price(report, flow)),
        notes=(COMMODITY_NOTE,),
    )


COMMODITY_NOTE: Runs = (
    "Lines without an asterisk can be added: none is part of another. Lines marked * are aggregates, "
    "which overlap them and each "
    "other. In yuan; growth as printed or on the base that customs restated.",
)


def _quantity_or_price(report: Report, flow: str) -> Runs | None:
    """Did more goods move, or dearer ones? For motor vehicles sold and crude oil bought."""
    what, slug = ("Motor vehicles", "motor_vehicles") if flow == "export" else ("Crude oil", "crude_oil")
    names = [f"commodity.{flow}.{slug}.{measure}_ytd_yoy" for measure in ("quantity", "unit_value")]
    if not set(names) <= set(report.facts):
        return None
    quantity, unit = (changed(report.facts, name) for name in names)
    return report.facts.say(
        "{@what} {@quantity} in quantity, while unit value {@unit}.", what=(what,), quantity=quantity, unit=unit
    )


def key_figures(report: Report) -> Words:
    """Exhibit: the one-page table."""
    facts = report.facts
    claim = facts.say("Key figures of {@month}", month=report.period)
    first = (
        "Growth is customs’ own where it was published with the level, otherwise computed from levels. The balance and total "
        "trade change by what the growth of exports and imports implies.",
    )
    balances = [f"balance_{currency}_{over}" for currency in ("usd", "cny") for over in ("month", "ytd", "3m", "12m")]
    changes = any(f"{name}_change" in facts and f"{name}_yoy" not in facts for name in balances)
    notes = (
        (
            "The change of the balance stands in billions (bn) where a growth rate would mislead: where a balance is negative "
            "or small against total trade, or total trade is not held.",
        )
        if changes
        else None,
    )
    return Words(claim, (first,), notes=held(*notes))
