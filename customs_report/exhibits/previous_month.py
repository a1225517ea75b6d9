"""What changed since the report of the month before."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report.calculations.previous import compared
from customs_report.display import Column, Exhibit, Row, Table, Words
from customs_report.english.grammar import changed, not_held, opened
from customs_report.exhibits.selection import present
from customs_report.facts import Fact, Mark, NotAvailable, Runs, plain, say, shows_zero
from customs_report.messages import Message, message
from customs_report.numbers import period_text
from customs_report.periods import shift
from customs_report.report import Report, using


def since_month_before(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """What has changed since the report of the month before?"""
    return Exhibit.of(using(report, frames, helpers.month_before), _words, _table)


def _words(report: Report) -> Words:
    """What changed since the report of the month before."""
    facts = report.facts
    if "previous.*" in facts.gaps:
        return Words(month_before_not_held(facts.gap("previous.*")))
    festive = report.period[5:] in ("01", "02", "03")  # Lunar New Year moves between these months: a turn is no news
    claim = (None if festive else _turn(report)) or compared_with(shift(report.period, -1))
    return Words(claim, present(_rates(report, "month"), _rates(report, "ytd"), _america(report)), notes=(same_day_note(),))


@message
def month_before_not_held(why: NotAvailable) -> Runs:
    return not_held("Since the month before", why)


@message
def compared_with(month: str) -> Runs:
    return say("Compared with {month}", month=month)


@message
def same_day_note() -> Runs:
    return ("Both columns use the data known on the day of this report; the first ends a month earlier.",)


def _turn(report: Report) -> Message | None:
    """The flow whose growth in dollars changed most since the month before."""
    facts = report.facts
    names = {flow: f"{flow}_usd_month_yoy" for flow in ("exports", "imports")}
    changes = {flow: change.value for flow, name in names.items() if (change := facts.get(f"previous.{name}_change"))}
    if not changes:
        return None
    flow = max(changes, key=lambda each: abs(changes[each]))
    before, now = facts[f"previous.{names[flow]}"], facts[names[flow]]
    turned = round(before.value, 1) * round(now.value, 1) < 0
    return flow_turned(flow, before, now) if turned else growth_went(flow, before, now)


@message
def flow_turned(flow: str, before: Fact, now: Fact) -> Runs:
    return say(
        "{flow} {now}, after they {before} the month before",
        flow=flow.capitalize(), now=changed(now), before=changed(before),
    )  # fmt: skip


@message
def growth_went(flow: str, before: Fact, now: Fact) -> Runs:
    what, way, style = f"{flow.removesuffix('s').capitalize()} growth", "went", "signed"  # where one of them is nothing
    if min(now.value, before.value) >= 0:
        way, style = "sped up" if now.value > before.value else "slowed", "size"
    elif max(round(now.value, 1), round(before.value, 1)) < 0:
        what, way, style = f"The fall of {flow}", "eased" if now.value > before.value else "deepened", "size"
    return say(f"{what} {way} to {{now:{style}}} from {{before:{style}}}", now=now, before=before)


def _rates(report: Report, over: str) -> Message | None:
    facts = report.facts
    names = [f"{flow}_usd_{over}_yoy" for flow in ("exports", "imports")]
    rates = [facts.get(name) for each in names for name in (f"previous.{each}", each)]
    return rates_then_and_now(over, *rates) if all(rates) else None


@message
def rates_then_and_now(over: str, exports_then: Fact, exports_now: Fact, imports_then: Fact, imports_now: Fact) -> Runs:
    return say(
        "{what}: exports {a:signed} then, {b:signed} now; imports {c:signed} then, {d:signed} now.",
        what="Growth of the month in dollars" if over == "month" else "Since January",
        a=exports_then, b=exports_now, c=imports_then, d=imports_now,
    )  # fmt: skip


def _america(report: Report) -> Message | None:
    facts, name = report.facts, "partner.USA.exports_cny_ytd_yoy"
    change = facts.get(f"previous.{name}_change")
    if change is None or shows_zero(change):
        return None
    now, before = facts[name], facts[f"previous.{name}"]
    return fall_to_usa(before, now) if now.value < 0 and before.value < 0 else exports_to_usa(now)


@message
def fall_to_usa(before: Fact, now: Fact) -> Runs:
    return say(
        "The fall of exports to the United States since January {way} to {now:size} from {before:size}.",
        way="deepened" if now.value < before.value else "eased", before=before, now=now,
    )  # fmt: skip


@message
def exports_to_usa(growth: Fact) -> Runs:
    return say("Exports to the United States since January {moved}.", moved=changed(growth))


def _table(report: Report) -> Table | None:
    """The figures of the month before, those of this month, and the difference."""
    facts, rows = report.facts, []
    for name in compared(report.period):
        if f"previous.{name}_change" not in facts:
            continue
        level = facts[name].unit != "percent"
        style, change = ("bn", "signed_bn") if level else ("signed_percent", "signed_percent")
        style = "percent" if "share" in name else style  # a share is no change
        names = [f"previous.{name}", name, f"previous.{name}_change"]
        cells = tuple((facts.cite(n, s),) for n, s in zip(names, (style, style, change), strict=True))
        rows.append(Row(_label(facts[name], report.period), cells, values=tuple(facts.value(n) for n in names)))
    columns = (Column("Figure"), *(Column(header, align="right") for header in ("Month before", "Now", "Change")))
    caption = "The month before and this month: percent, changes in points, levels in billions"
    return Table("previous", caption, columns, tuple(rows)) if rows else None


def _label(fact: Fact, month: str) -> Runs:
    """What a fact is, as the label of a table row; two months are in it, so it names none."""
    year, text = f"{month[:4]}-01/{month}", str(fact.label)
    text = text.replace(period_text(year), "since January").removesuffix(f", {period_text(month)}")
    return (Mark("name", fact.name, plain(opened((text.removesuffix(f" to {period_text(month)}"),)))),)
