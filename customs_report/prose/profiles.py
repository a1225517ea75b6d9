"""What the words of both kinds of profile share: the subject in a sentence, standing, records, base and revisions."""

from __future__ import annotations

from collections.abc import Mapping

import helpers
from customs_report.display import Trace, Words
from customs_report.english.grammar import (
    commodity_name,
    dated,
    held,
    in_sentence,
    listed,
    name_of,
    opened,
    partner_name,
    said,
    the,
    to_date,
)
from customs_report.exhibits.provenance import traces as traces_of
from customs_report.facts import CURRENCY_WORDS, Mark, Place, Runs
from customs_report.profile import Profile
from customs_report.prose.limits import source_line

RECORD = 3  # a month among so many largest is news
UNUSUAL = 10  # percent: growth a year earlier that makes a base high or low
LEAST = 12  # months: a rank among fewer says little


def who(report: Profile) -> Runs:
    """The subject inside a sentence: "the United States", "motor vehicles"."""
    return name_of(report.subject, in_sentence(report.name) if report.flow else the(report.name))


def when(report: Profile) -> Runs:
    """The span that the profile tells of: the year to date, or the month where only that is printed."""
    return (Mark.of(to_date(report) if report.over == "ytd" else report.period),)


def say(report: Profile, *templates: str, **marks: str | Runs) -> Runs | None:
    """The first sentence whose facts are held.

    `~` stands for the subject's facts, `^` for the span; `{@who}` for its name, `{@span}` and `{@month}` for the time.
    """
    known = [template.replace("~", report.key).replace("^", report.over) for template in templates]
    return said(report.facts, *known, who=who(report), span=when(report), month=report.period, **marks)


def value(report: Profile, name: str) -> float | None:
    """The number of one of the subject's facts; `^` stands for the span."""
    return report.facts.value(report.key + name.replace("^", report.over))


def way(change: float, up: str = "more", down: str = "less") -> Runs:
    return (up if change > 0 else down,)


def share_told(report: Profile, whole: str) -> Runs | None:
    """The share of the whole, and its change within a year."""
    change = value(report, "share_ytd_change")
    if change is None or round(change, 1) == 0:
        unchanged = ", as a year earlier" if change is not None else ""
        return say(report, f"{whole} is {{~share_ytd}}{unchanged}.")
    return say(
        report, f"{whole} is {{~share_ytd}}, {{~share_ytd_change:size}} {{@way}} than a year earlier.", way=way(change)
    )  # fmt: skip


def contribution(report: Profile, flow: str, name: str, subject: str) -> Runs | None:
    """What the subject added to the growth of a flow, or took off; nothing where it is next to nothing."""
    points = value(report, name)
    if points is None or not round(points, 1):
        return None
    verb, end = ("added", "to") if points > 0 else ("took", "off")
    return say(report, f"{subject} {verb} {{~{name}:size}} {end} the growth of all {flow}s.")


def streak(report: Profile, name: str, what: str) -> Runs | None:
    """For how many months in a row a monthly figure has been above, or below, a year earlier."""
    for going, word in (("rising", "above"), ("falling", "below")):
        full = f"streak.{report.key}{name}_{going}"
        if (report.facts.value(full) or 0) >= 3:
            return say(report, f"{what} have been {word} a year earlier for {{{full}}} in a row.")
    return None


def records(report: Profile, measures: Mapping[str, str]) -> tuple[Runs, ...]:
    """A month among the largest or the smallest held, in one sentence for all that are counted over the same months."""
    told: dict[float, list[Runs]] = {}
    for name, what in measures.items():
        place, among = value(report, f"{name}_rank"), value(report, f"{name}_rank_of") or 0
        if among >= LEAST and place and (place <= RECORD or place == among):
            of = report.facts.say(f"{{{report.key}{name}_rank:largest}}") if place <= RECORD else ("smallest",)
            told.setdefault(among, []).append((f"{what} {'the' if told.get(among) else 'was the'} ", *of))
    found = []
    for among, parts in told.items():
        name = next(name for name in measures if value(report, f"{name}_rank_of") == among)
        template = f"In {{@month}} {{@parts}} of the {{~{name}_rank_of}} held since {{@first}}."
        found.append(say(report, template, parts=listed(parts), first=report.months.index[0]))
    return held(*found)


def base(report: Profile, name: str, what: str) -> Runs | None:
    """A base that is high or low, because of growth a year earlier."""
    before = value(report, f"{name}_yoy_before")
    if before is None or abs(before) < UNUSUAL:
        return None
    return say(
        report, f"The base of {what} is {{@high}}: growth a year earlier was {{~{name}_yoy_before:signed}}.",
        high=way(before, "high", "low"),
    )  # fmt: skip


def revised(report: Profile, name: str, template: str) -> Runs | None:
    """By how much customs revised last year's figure; nothing within what rounding leaves open, or what shows as zero."""
    change, rounding = value(report, f"{name}_base_revision"), value(report, f"{name}_base_revision_rounding")
    if change is None or rounding is None or abs(change) <= rounding or not round(change, 1):
        return None
    return say(report, template, moved=way(change, "raised", "lowered"))


def vintage_told(report: Profile) -> Runs:
    """Whether the figures are first prints, which customs may revise without notice."""
    fact = report.facts[f"{report.key}{report.measure}_{report.over}"]
    return (f"The figures of the month are at the stage “{fact.stage}”; customs revises without notice.",)


def heading(report: Profile, code: str) -> str:
    """A code of the Harmonized System, with its name where it is a line of customs' list."""
    slug = next((slug for slug, codes in helpers.HEADINGS.items() if codes == (code,)), "")
    names = [commodity_name(report, flow, slug) for flow in ("import", "export")]
    known = next((name for name in names if name != slug), "")
    return f"HS {code}" + (f" ({in_sentence(known)})" if slug and known else "")


def detailed(report: Profile, claim: Runs, name: str, no: str) -> Words:
    """Exhibit: what the detail data say, the largest and what moved most; else what is not held, and why."""
    frame = report.details
    if frame.empty:
        return Words((f"{no}: not held",), ((*opened(dated(report.facts.gaps[report.key + name])), "."),))
    moved = frame["change"].abs()
    told = [("The largest is ", *_of_detail(report, frame.index[0], "value"), ".")]
    if moved.notna().any():
        told.append(("The one that moved most is ", *_of_detail(report, moved.idxmax(), "change"), " on a year earlier."))
    return Words(claim, tuple(told), notes=(("As far as detail data are held: the rest of trade may lie elsewhere.",),))


def _of_detail(report: Profile, key: str, column: str) -> Runs:
    row = report.details.loc[key]
    label = the(partner_name(report, row["code"])) if report.flow else f"{row['flow']}s of {heading(report, row['code'])}"
    style, unit = "bn" if column == "value" else "signed_bn", row["currency"]
    number = Place.of(report.detail_table, key, column, row[column], style, unit)
    return (*name_of(row["code"], label), " with ", number, f" billion {CURRENCY_WORDS[unit]}")


def sources(report: Profile) -> tuple[tuple[Runs, Runs], ...]:
    """Publisher, stage and release day of what the profile rests on."""
    whole = f"{report.flow}s_cny_ytd" if report.flow else "total_cny_ytd"
    items = ((report.kind, f"{report.key}{report.measure}_{report.over}"), ("the whole", whole))
    return tuple((opened((what,)), source_line(report, [report.facts[name]])) for what, name in items if name in report.facts)


def traces(report: Profile) -> tuple[Trace, ...]:
    """Where does each number of the profile come from: of the facts cited so far, and of the table behind its charts?"""
    return traces_of(report, [*report.facts.cited, report.table, *([] if report.details.empty else [report.detail_table])])
