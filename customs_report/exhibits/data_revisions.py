"""Revisions: as first published, as known now; what printed growth says of the base it rests on."""

from __future__ import annotations

import re

import helpers
from customs_report.display import Column, Exhibit, Row, Table, Words
from customs_report.english.grammar import listed, shows_zero
from customs_report.exhibits.selection import present, release_day, to_date
from customs_report.facts import Facts, Mark, Runs
from customs_report.numbers import CURRENCY_WORDS
from customs_report.report import Report
from customs_report.rows import NOT_PRINTED


def revised_figures(report: Report) -> Exhibit:
    """How did customs revise the figures of the month, and those of earlier years?"""
    return Exhibit.of(report, _words, _table, _base_table)


def _words(report: Report) -> Words:
    """As published then, as known now; of the month, else of the year to date."""
    facts = report.facts
    over = next((over for over in ("month", "ytd") if f"revision.balance_usd_{over}_change" in facts), None)
    if over is None:
        why: Runs | None = None
        first = facts.by_name.get("balance_usd_month")
        if first and first.stage == "preliminary":
            claim = facts.say("The dollar figures of {@month} are those first published", month=report.period)
            why = facts.say("Up to {@day} no later figure is held; customs revises without notice.", day=report.as_of)
        else:
            claim = facts.say("No first print of {@month} in dollars is held beside a later figure", month=report.period)
            if first:
                why = facts.say("The figures are those that customs showed on {@day}.", day=release_day(first.sources))
        return Words(claim, present(why, _mean_revision(report), *_of_bases(report)), notes=_base_note(report))
    name, when = f"balance_usd_{over}", report.period if over == "month" else to_date(report)
    if facts[f"revision.{name}_first"].text == facts[name].text:
        claim = facts.say(f"The balance of {{@when}} stands at {{{name}:size}}, as first published", when=when)
    else:
        then = f"First published as {{revision.{name}_first:size}}, the balance of {{@when}} now stands at {{{name}:size}}"
        claim = facts.say(then, when=when)
    names = {flow: f"revision.{flow}_usd_{over}_change" for flow in ("exports", "imports")}
    names = {flow: name for flow, name in names.items() if name in facts and not shows_zero(facts[name])}
    sentence = facts.say("Customs has since {@moved}.", moved=_moved(facts, names)) if names else None
    return Words(
        claim, present(sentence, _mean_revision(report), *_of_bases(report)), notes=(REVISION_NOTE, *_base_note(report))
    )


REVISION_NOTE: Runs = (
    "Customs revises without notice and prints no reasons. The first print is the press figure of the first release, rounded "
    "as the press rounded it.",
)


def _mean_revision(report: Report) -> Runs | None:
    mean = report.facts.value("revision.balance_usd_month_mean")
    if mean is None:
        return None
    return report.facts.say(
        "Across {revision.balance_usd_month_count} held in both forms, revisions have {@way} the monthly balance by "
        "{revision.balance_usd_month_mean:size} on average.",
        way=("lowered" if mean < 0 else "raised",),
    )


BASE_NOTE: Runs = (
    "The base is the level divided by one plus the growth printed beside it; ± is the most that the rounding of prints leaves "
    "open. In dollars it is the months that tell of it, in yuan the year to date.",
)


def _base_note(report: Report) -> tuple[Runs, ...]:
    return () if "base_revision.*" in report.facts.gaps else (BASE_NOTE,)


def _of_bases(report: Report) -> tuple[Runs, ...]:
    """What growth printed this year says of last year's figures, and the largest such revision; none within its rounding."""
    facts, year = report.facts, report.period[:4]
    last, beyond = str(int(year) - 1), _beyond_rounding(facts)
    currency = next((c for c in CURRENCIES if f"base_revision.exports_{c}_{last}" in facts), None)
    if not currency:
        return ()
    flows = [flow for flow in ("exports", "imports") if f"{flow}_{currency}_{last}" in beyond]
    marks: dict[str, str | Runs] = {"year": year, "last": last, "in": (CURRENCIES[currency],)}
    if not flows:
        return (facts.say("Growth printed in {@year} implies no revision of {@last} beyond its own rounding.", **marks),)
    moved = _moved(facts, {flow: f"base_revision.{flow}_{currency}_{last}" for flow in flows}, last)
    summary = facts.say(
        "By the growth printed in {@year}, customs had {@moved} since the first print, in {@in} ({base_revision."
        f"exports_{currency}_{last}_months}} that can be compared).",
        moved=moved,
        **marks,
    )
    return (summary, *_largest(facts, beyond, last))


def _largest(facts: Facts, beyond: list[str], last: str) -> tuple[Runs, ...]:
    """The largest revision of the table, unless it is the one already given for last year."""
    if not beyond:
        return ()
    key = max(beyond, key=lambda key: abs(facts[f"base_revision.{key}"].value))
    flow, currency, year, *since = key.split("_")
    if year == last and not since:
        return ()
    return (
        facts.say(
            "The largest revision in the table {@way} the {@flow} of {@year} by {base_revision." + key + ":size} in {@in}, "
            "{@leg} ({base_revision." + key + "_months} that can be compared).",
            way=(_way(facts[f"base_revision.{key}"].value),),
            flow=(flow,),
            year=year,
            leg=(
                "since customs compared the next year with them"
                if since
                else "before customs compared the next year with them",
            ),
            **{"in": (CURRENCIES[currency],)},
        ),
    )


SPANS = {"month": "month", "ytd": "year to date"}
CURRENCIES = {code.lower(): word for code, word in CURRENCY_WORDS.items()}


def _beyond_rounding(facts: Facts) -> list[str]:
    """The revisions that are larger than what rounding leaves open: `exports_usd_2024`, `imports_usd_2023_since`."""
    names = (re.fullmatch(r"base_revision\.((?:exports|imports)_(?:usd|cny)_\d{4}(?:_since)?)", name) for name in facts)
    keys = [found[1] for found in names if found]
    return [k for k in keys if abs(facts[f"base_revision.{k}"].value) > facts[f"base_revision.{k}_rounding"].value]


def _moved(facts: Facts, names: dict[str, str], year: str = "") -> Runs:
    """ "lowered 2024's exports by 0.2% and imports by 0.3%", the verb once where it is the same."""
    parts, before, of = [], "", (Mark.of(year), "’s ") if year else ()
    for flow, name in names.items():
        way = _way(facts[name].value)
        verb = "" if way == before else f"{way} "
        parts.append(facts.say("{@verb}{@of}{@flow} by {" + name + ":size}", verb=(verb,), of=of, flow=(flow,)))
        before, of = way, ()
    return listed(parts)


def _way(change: float) -> str:
    return "lowered" if change < 0 else "raised"


def _table(report: Report) -> Table | None:
    """Each figure of the month that customs released anew: as first published, as known now."""
    frame, facts, rows = helpers.revisions(report.tables, report.period), report.facts, []
    for name, row in frame.iterrows():
        flow, currency, over = name.split("_")
        subject = "Total trade" if flow == "total" else flow.capitalize()
        label = f"{subject}, {SPANS[over]}, {CURRENCIES[currency]}"
        cells = (
            (facts.cite(f"revision.{name}_first", "bn"),),
            (Mark.of(row["first_released"]),),
            (facts.cite(name, "bn"),),
            (Mark.of(row["now_released"]),),
            (facts.cite(f"revision.{name}_change", "signed_bn"),),
        )
        rows.append(Row((label,), cells, values=(row["first"], None, row["now"], None, row["change"])))
    headers = ("First published", "On", "Now", "Released", "Change")
    columns = (Column("Figure"), *(Column(header, align="right") for header in headers))
    return Table("revisions", "As published then, as known now, billions", columns, tuple(rows)) if rows else None


def _base_table(report: Report) -> Table | None:
    """How each year's figures were revised on the way to the base of the next year's printed growth, and since then."""
    facts, rows = report.facts, []
    for year in sorted({year for year, _, _ in helpers.base_revisions(report.tables, report.period)}, reverse=True):
        cells, values = [], []
        for currency, leg in (("usd", ""), ("usd", "_since"), ("cny", "")):
            exports, imports = (f"base_revision.{flow}_{currency}_{year}{leg}" for flow in ("exports", "imports"))
            known = exports in facts
            cells.append((facts.cite(f"{exports}_months", "number"),) if known else NOT_PRINTED)
            cells += [
                (facts.cite(name, "signed_percent"), " ± ", facts.cite(f"{name}_rounding", "percent")) if known else NOT_PRINTED
                for name in (exports, imports)
            ]
            values += [facts.value(name) for name in (f"{exports}_months", exports, imports)]
        rows.append(Row((Mark.of(year),), tuple(cells), values=tuple(values)))
    columns = (Column("Year revised"), *(Column(header, align="right") for header in ("Months", "Exports %", "Imports %") * 3))
    groups = (("", 1), ("Dollars, first print to base", 3), ("Dollars, base to now", 3), ("Yuan, first print to base", 3))
    caption = "Revised before customs printed the next year’s growth, and since, percent ± rounding (– not held)"
    return Table("base-revisions", caption, columns, tuple(rows), group_headers=groups) if rows else None
