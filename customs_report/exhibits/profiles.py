"""What both kinds of profile share: the subject in a sentence, growth and share, records, base and revisions."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

import pandas as pd
from matplotlib.axes import Axes

from customs_report import palette
from customs_report.calculations.details import HEADINGS
from customs_report.display import Chart, Column, Row, Table, Trace, Words
from customs_report.drawing.axes import (
    BILLION,
    canvas,
    draw_line,
    fine_ticks,
    label_ends,
    label_years,
    mark_zero,
    with_report_style,
)
from customs_report.drawing.source_lines import as_known
from customs_report.english.grammar import (
    commodity_name,
    dated,
    first_possible,
    in_sentence,
    listed,
    name_of,
    opened,
    partner_name,
    the,
)
from customs_report.exhibits.method_notes import publishers
from customs_report.exhibits.provenance import traces as traces_of
from customs_report.exhibits.selection import present, to_date
from customs_report.facts import Cite, Mark, Runs, plain
from customs_report.numbers import CURRENCY_WORDS, period_text
from customs_report.profile import Profile
from customs_report.rows import cell, frame_table

RECORD = 3  # a month among so many largest is news
UNUSUAL = 10  # percent: growth a year earlier that makes a base high or low
LEAST = 12  # months: a rank among fewer says little


def who(report: Profile) -> Runs:
    """The subject inside a sentence: "the United States", "motor vehicles"."""
    return name_of(report.subject, in_sentence(report.name) if report.flow else the(report.name))


def when(report: Profile) -> Runs:
    """The span of the profile: the year to date, or the month where only that is printed."""
    return (Mark.of(to_date(report) if report.over == "ytd" else report.period),)


def say(report: Profile, *templates: str, **marks: str | Runs) -> Runs | None:
    """The first sentence whose facts are available.

    `~` stands for the subject's facts, `^` for the span; `{@who}` for its name, `{@span}` and `{@month}` for the time.
    """
    known = [template.replace("~", report.key).replace("^", report.over) for template in templates]
    return first_possible(report.facts, *known, who=who(report), span=when(report), month=report.period, **marks)


def title(report: Profile, *templates: str, **marks: str | Runs) -> Runs:
    """As `say`, where the last of the templates can always be said."""
    found = say(report, *templates, **marks)
    assert found, templates
    return found


def value(report: Profile, name: str) -> float | None:
    """The number of one of the subject's facts; `^` stands for the span."""
    return report.facts.value(report.key + name.replace("^", report.over))


def way(change: float, up: str = "more", down: str = "less") -> Runs:
    return (up if change > 0 else down,)


def share_sentence(report: Profile, whole: str) -> Runs | None:
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


def record_months(report: Profile, measures: Mapping[str, str]) -> tuple[Runs, ...]:
    """A month among the largest or the smallest, in one sentence for all that are counted over the same months."""
    by_count: dict[float, list[Runs]] = {}
    for name, what in measures.items():
        place, among = value(report, f"{name}_rank"), value(report, f"{name}_rank_of") or 0
        if among >= LEAST and place and (place <= RECORD or place == among):
            of = report.facts.say(f"{{{report.key}{name}_rank:largest}}") if place <= RECORD else ("smallest",)
            by_count.setdefault(among, []).append((f"{what} {'the' if by_count.get(among) else 'was the'} ", *of))
    found = []
    for among, parts in by_count.items():
        name = next(name for name in measures if value(report, f"{name}_rank_of") == among)
        template = f"In {{@month}} {{@parts}} of the {{~{name}_rank_of}} held since {{@first}}."
        found.append(say(report, template, parts=listed(parts), first=report.months.index[0]))
    return present(*found)


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


def vintage_sentence(report: Profile) -> Runs:
    """Whether the figures are first prints, which customs may revise without notice."""
    fact = report.facts[f"{report.key}{report.measure}_{report.over}"]
    return (f"The figures of the month are at the stage “{fact.stage}”; customs revises without notice.",)


def heading(report: Profile, code: str) -> str:
    """A code of the Harmonized System, with its name where it is a line of customs' list."""
    slug = next((slug for slug, codes in HEADINGS.items() if codes == (code,)), "")
    names = [commodity_name(report, flow, slug) for flow in ("import", "export")]
    known = next((name for name in names if name != slug), "")
    return f"HS {code}" + (f" ({in_sentence(known)})" if slug and known else "")


def details_words(report: Profile, claim: Runs, name: str, no: str) -> Words:
    """The largest line of the detail data and the one that moved most; else what is missing, and why."""
    frame = report.details
    if frame.empty:
        return Words((f"{no}: not held",), ((*opened(dated(report.facts.gaps[report.key + name])), "."),))
    moved = frame["change"].abs()
    sentences = [("The largest is ", *_of_detail(report, frame.index[0], "value"), ".")]
    if moved.notna().any():
        sentences.append(("The one that moved most is ", *_of_detail(report, moved.idxmax(), "change"), " on a year earlier."))
    return Words(claim, tuple(sentences), notes=(("As far as detail data are held: the rest of trade may lie elsewhere.",),))


def _of_detail(report: Profile, key: str, column: str) -> Runs:
    row = report.details.loc[key]
    label = the(partner_name(report, row["code"])) if report.flow else f"{row['flow']}s of {heading(report, row['code'])}"
    style, unit = "bn" if column == "value" else "signed_bn", row["currency"]
    number = Cite.cell(report.detail_table, key, column, row[column], style, unit)
    return (*name_of(row["code"], label), " with ", number, f" billion {CURRENCY_WORDS[unit]}")


def sources(report: Profile) -> tuple[tuple[Runs, Runs], ...]:
    """Publisher, stage and release day of what the profile rests on."""
    whole = f"{report.flow}s_cny_ytd" if report.flow else "total_cny_ytd"
    items = ((report.kind, f"{report.key}{report.measure}_{report.over}"), ("the whole", whole))
    return tuple((opened((what,)), publishers(report, [report.facts[name]])) for what, name in items if name in report.facts)


def traces(report: Profile) -> tuple[Trace, ...]:
    """Where does each number of the profile come from: of the facts cited so far, and of the table behind its charts?"""
    return traces_of(report, [*report.facts.cited, report.table, *([] if report.details.empty else [report.detail_table])])


def details_table(report: Profile) -> Table | None:
    """What is traded with a partner, or with whom a commodity is, the largest first: the year to date and its change."""
    frame, rows = report.details.head(LARGEST), []
    for key, row in frame.iterrows():
        code, unit = row["code"], row["currency"]
        label = partner_name(report, code) if report.flow else f"{row['flow'].capitalize()}s, {heading(report, code)}"
        cells = [
            None if pd.isna(row[column]) else (Cite.cell(report.detail_table, str(key), column, row[column], style, unit),)
            for column, style in (("value", "bn"), ("change", "signed_bn"))
        ]
        profile = f"partner_profile-{code}" if report.flow else ""
        rows.append(Row(name_of(code, label), tuple(cells), values=(row["value"], row["change"]), profile=profile))
    if not rows:
        return None
    currency = CURRENCY_WORDS[frame["currency"].iloc[0]]
    columns = (Column("Partner" if report.flow else "Goods"), Column("Value", align="right"), Column("Change", align="right"))
    return Table("details", f"Year to date and change on a year earlier, billion {currency}", columns, tuple(rows))


LARGEST = 15
COLOURS = {"exports": palette.EXPORTS, "imports": palette.IMPORTS, "balance": palette.ACCENT, "all": palette.MUTED}
OF_FLOW = {  # of the subject itself, dark and pale: a commodity has its flow's colours, a partner's trade is of both flows
    "export": (palette.EXPORTS, palette.PALE_EXPORTS), "import": (palette.IMPORTS, palette.PALE_IMPORTS),
    "": (palette.INK, palette.MUTED),
}  # fmt: skip
WIDEST = 13  # letters beside a line's end
PANEL_TOP, PANEL_FOOT = 0.3, 0.26  # inches above and beneath a small panel
MANY_MONTHS = 40  # months from which on years stand under a line


@with_report_style
def growth_chart(report: Profile) -> Chart | None:
    """Did trade with the partner, or of the commodity, grow faster than the whole that it is part of?"""
    labels = {"growth": report.kind.capitalize(), "all": f"All {report.flow}s" if report.flow else "All trade"}
    what = f"{report.flow.capitalize()}s" if report.flow else "Trade"
    return lines_chart(report, labels, "signed_percent", f"{what} over three months, change on a year earlier in percent")


def _beside_a_line(report: Profile) -> str:
    """The subject's name where it fits beside a line, in two rows at most; else what it is."""
    rows = wrap(report.name[0].upper() + report.name[1:], WIDEST)
    return "\n".join(rows) if len(rows) <= 2 and max(map(len, rows)) <= WIDEST else report.kind.capitalize()


@with_report_style
def share_chart(report: Profile) -> Chart | None:
    """Which share of China's trade is with the partner, which share of a flow is the commodity?"""
    whole = f"{report.flow}s" if report.flow else "trade"
    return lines_chart(report, {"share": "Share"}, "percent", f"Share of China’s {whole} over three months, percent")


def lines_chart(report: Profile, labels: Mapping[str, str], style: str, title: str) -> Chart | None:
    frame = months_available(report, list(labels))
    if len(frame) < 2:
        return None
    scale, unit = (BILLION, "CNY") if style == "bn" else (1, "")
    figure, axes = canvas(right=0.88)
    ends = []
    for column, label in labels.items():
        values = (frame[column] / scale).to_list()
        colour = COLOURS.get(column) or OF_FLOW[report.flow][0]
        draw_line(axes, values, colour)
        ends.append((_beside_a_line(report) if column == "growth" else label, values[-1], colour))
    low, high = axes.get_ylim()
    if low < 0 < high:
        mark_zero(axes)
    if style != "bn":
        fine_ticks(axes, high - low)
    label_months(axes, list(frame.index), 7)
    axes.set_xlim(-0.5, len(frame) - 0.5)
    label_ends(axes, len(frame) - 1, ends)
    last, column = frame.index[-1], next(iter(labels))
    alt = report.facts.say("Lines from {@first} to {@last}.", first=frame.index[0], last=last)
    if frame.at[last, column] == frame.at[last, column]:
        words = " billion yuan." if style == "bn" else " percent."
        alt += (f" {labels[column]}: the line ends at ", *cell(report.table, last, column, frame.at[last, column], style, unit))
        alt += (words,)
    name = f"{report.kind}-{'-'.join(labels)}"
    data = frame_table(name, title, report.table, frame.iloc[::-1], list(labels.values()), style, units=unit)
    return Chart(figure, alt, data, source_of(report), recent=True, title=(title,))


def months_available(report: Profile, columns: list[str]) -> pd.DataFrame:
    """The months from the first with a figure to the last: one between them without a figure keeps its place."""
    rows = report.months[columns]
    filled = rows.index[rows.notna().any(axis=1)]
    return rows.loc[filled[0] : filled[-1]] if len(filled) else rows.iloc[:0]


def source_of(report: Profile) -> Runs:
    stages = plain(listed([(stage,) for stage in report.stages]))
    return as_known(report, f"General Administration of Customs of China, {stages} figures")


def label_months(axes: Axes, periods: list[str], most: int) -> None:
    """So many months under the line or the bars, the last of them always; years where the series is long."""
    if len(periods) > MANY_MONTHS:
        label_years(axes, periods)
        return
    shown = list(range(len(periods) - 1, -1, -max(1, -(-len(periods) // most))))
    axes.set_xticks(shown, [f"{period_text(periods[i])[:3]} {periods[i][:4]}" for i in shown])
    if most == 2:  # in a small panel there is no room beyond the last month
        axes.get_xticklabels()[0].set_horizontalalignment("right")
