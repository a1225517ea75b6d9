"""Revisions: as first published, as known now; what printed growth says of the base it rests on."""

from __future__ import annotations

from functools import partial
from itertools import product
from typing import NamedTuple

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.revision_history import ROUNDING
from customs_report.chart_answers import FromTop
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import Heat, draw_heat
from customs_report.drawing.drawings import Drawing
from customs_report.english.grammar import listed, revised, surplus_or_deficit
from customs_report.exhibits.qualifications import ENOUGH_REVISED
from customs_report.exhibits.selection import present, to_date
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Cell, Fact, Facts, Mark, Runs, say, shows_zero
from customs_report.messages import Message, message
from customs_report.numbers import CURRENCY_WORDS, MONTHS
from customs_report.report import Report, using
from customs_report.rows import NOT_PRINTED, cell
from customs_report.schema import FLOWS


def revised_figures(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How did customs revise the figures of the month, and those of earlier years?"""
    grids = [partial(_grid, flow) for flow in FLOWS[:2]]
    given = using(report, frames, helpers.revisions, helpers.month_revisions)
    return Exhibit.of(given, _words, *grids, _table, _base_table, columns=2)


def _words(report: Report) -> Words:
    """As first published and as known now: for the month, else for the year to date."""
    facts = report.facts
    rest = present(_mean_revision(report), *_of_bases(report))
    notes = () if "base_revision.*" in facts.gaps else (note_on_bases(), note_on_grids())
    over = next((over for over in ("month", "ytd") if f"revision.balance_usd_{over}_change" in facts), None)
    if over is None:
        claim, why = _one_print(report)
        return Words(claim, present(why, *rest), notes=notes)
    first, now = facts[f"revision.balance_usd_{over}_first"], facts[f"balance_usd_{over}"]
    changes = [_unless_zero(facts.get(f"revision.{flow}_usd_{over}_change")) for flow in ("exports", "imports")]
    return Words(
        balance_then_and_now(first, now, report.period if over == "month" else to_date(report)),
        present(flows_revised(*changes) if any(changes) else None, *rest),
        notes=(note_on_revisions(), *notes),
    )


def _one_print(report: Report) -> tuple[Message, Message | None]:
    """The claim where first print and later figure are not both held, and which of them is."""
    held = report.facts.get("balance_usd_month")
    if held and held.stage == "preliminary":
        return first_prints(report.period), nothing_later(report.as_of)
    return no_first_print(report.period), None


def _unless_zero(change: Fact | None) -> Fact | None:
    return change if change and not shows_zero(change) else None


@message
def first_prints(month: str) -> Runs:
    return say("The dollar figures of {month} are those first published", month=month)


@message
def nothing_later(day: str) -> Runs:
    return say("No later figure is available up to {day}; customs revises without notice.", day=day)


@message
def no_first_print(month: str) -> Runs:
    return say("Revisions in dollars: no first estimate of {month} is available", month=month)


@message
def balance_then_and_now(first: Fact, now: Fact, span: str) -> Runs:
    if abs(now.value - first.value) <= ROUNDING:
        if first.text == now.text:
            return say("{span}’s {noun} of {now:size} has not been revised", span=span, noun=surplus_or_deficit(now), now=now)
        template = "{span}’s {noun} has hardly been revised: {now:size}, first {first:size}"
        return say(template, span=span, noun=surplus_or_deficit(now), now=now, first=first)
    if first.value * now.value < 0:
        return say("{span}’s balance was revised to {now} from {first}", span=span, now=now, first=first)
    template = "{span}’s {noun} was revised to {now:size} from {first:size}"
    return say(template, span=span, noun=surplus_or_deficit(now), now=now, first=first)


@message
def flows_revised(exports: Fact | None, imports: Fact | None) -> Runs:
    return say("Customs has since {moved}.", moved=_moved(exports, imports))


@message
def note_on_revisions() -> Runs:
    return (
        "Customs revises without notice and gives no reasons. The first estimate is the press figure of the first release, "
        "rounded as the press rounded it.",
    )


@message
def note_on_bases() -> Runs:
    return (
        "The base is the level divided by one plus the growth published with it; ± is the most that rounding leaves open. "
        "In dollars the months are compared, in yuan the year to date.",
    )


@message
def note_on_grids() -> Runs:
    return (
        "Each cell of the grids: the change from a month’s first figure to the latest that is published or implied by growth; "
        "February includes January.",
    )


def _mean_revision(report: Report) -> Message | None:
    count, mean = (report.facts.get(f"revision.balance_usd_month_{what}") for what in ("count", "mean"))
    return mean_revision(count, mean) if mean and count.value >= ENOUGH_REVISED else None


@message
def mean_revision(count: Fact, mean: Fact) -> Runs:
    return say(
        "Across {count} with a first and a later figure, revisions have {moved} the monthly balance by {mean:size} on average.",
        count=count, moved=revised(mean), mean=mean,
    )  # fmt: skip


class _Base(NamedTuple):
    """A year's exports or imports on the way to the base of printed growth, or from it."""

    flow: str
    currency: str
    year: str
    leg: str

    @property
    def name(self) -> str:
        return f"base_revision.{self.flow}_{self.currency}_{self.year}{self.leg}"

    def beyond_rounding(self, facts: Facts) -> bool:
        """Is the revision larger than what rounding leaves open?"""
        return self.name in facts and abs(facts[self.name].value) > facts[f"{self.name}_rounding"].value


def _years(report: Report) -> list[str]:
    return sorted({year for year, _, _ in helpers.base_revisions(report.tables, report.period)})


def _of_bases(report: Report) -> tuple[Message, ...]:
    """What growth printed this year says of last year's figures, and the largest such revision; none within its rounding."""
    facts, last = report.facts, str(int(report.period[:4]) - 1)
    by_currency = {currency: [_Base(flow, currency, last, "") for flow in ("exports", "imports")] for currency in CURRENCIES}
    currency = next((currency for currency, bases in by_currency.items() if bases[0].name in facts), None)
    if not currency:
        return ()
    changes = [facts[base.name] if base.beyond_rounding(facts) else None for base in by_currency[currency]]
    if not any(changes):
        return (none_beyond_rounding(report.period[:4], last),)
    months = facts[f"{by_currency[currency][0].name}_months"]
    largest = _largest(report)
    beside = largest if largest and (largest.year, largest.leg) != (last, "") else None  # not said already
    return present(
        bases_revised(report.period[:4], last, *changes, currency, months),
        largest_revision(*beside, facts[beside.name], facts[f"{beside.name}_months"]) if beside else None,
    )


def _largest(report: Report) -> _Base | None:
    """The largest revision of the table beyond rounding."""
    facts = report.facts
    bases = [_Base(*parts) for parts in product(("exports", "imports"), CURRENCIES, _years(report), ("", "_since"))]
    known = (base for base in bases if base.beyond_rounding(facts))
    return max(known, key=lambda base: abs(facts[base.name].value), default=None)


@message
def none_beyond_rounding(year: str, last: str) -> Runs:
    return say("Growth published in {year} implies no revision of {last} beyond its own rounding.", year=year, last=last)


@message
def bases_revised(year: str, last: str, exports: Fact | None, imports: Fact | None, currency: str, months: Fact) -> Runs:
    return say(
        "Growth published in {year} implies that customs had {moved} since the first estimate, in {unit} ({months} can be "
        "compared).",
        year=year, moved=_moved(exports, imports, last), unit=CURRENCIES[currency], months=months,
    )  # fmt: skip


@message
def largest_revision(flow: str, currency: str, year: str, leg: str, change: Fact, months: Fact) -> Runs:
    return say(
        "The largest revision in the table {moved} {what} by {change:size} in {unit}, {when}.",
        moved=revised(change), change=change, unit=CURRENCIES[currency],
        what=say("{flow} of one month of {year}" if months.value == 1 else "{flow} of {months} of {year}",
                 flow=flow, year=year, months=months),
        when="after customs had published growth on them" if leg else "before customs published growth on them",
    )  # fmt: skip


def _moved(exports: Fact | None, imports: Fact | None, year: str = "") -> Runs:
    """ "lowered 2024's exports by 0.2% and imports by 0.3%", the verb once where it is the same."""
    parts, before, of = [], "", say("{year}’s ", year=year) if year else ()
    for flow, change in (("exports", exports), ("imports", imports)):
        if change:
            way = revised(change)
            verb = "" if way == before else f"{way} "
            parts.append(say("{verb}{of}{flow} by {change:size}", verb=verb, of=of, flow=flow, change=change))
            before, of = way, ()
    return listed(parts)


NAMES = [name[:3] for name in MONTHS]
HEAT: Heat = (  # revisions in percent
    (0.5, palette.EXPORTS, palette.PAPER),
    (0.1, palette.PALE_EXPORTS, palette.INK),
    (-0.1, palette.PANEL, palette.INK),
    (-0.5, palette.PALE_FALL, palette.INK),
    (-100, palette.FALL, palette.PAPER),
)


def _grid(flow: str, report: Report) -> Chart | None:
    """A cell for each month, a row for each year: by how much the first estimate was revised."""
    frame = report.frame(helpers.month_revisions)
    found = {month: _revision(flow, row) for month, row in frame.iterrows()}
    years = sorted({month[:4] for month, (_, value) in found.items() if value == value}, reverse=True)
    if len(years) < 2:
        return None
    width, height, head = palette.CHART_WIDTH / 2 - 0.08, 0.155 * len(years) + 0.2, 0.18
    figure = Drawing(width, height)
    axes = figure.add_axes((0.36 / width, 0.02 / height, 1 - 0.38 / width, 1 - head / height))
    by_year = [[found.get(f"{year}-{month:02d}", ("", float("nan"))) for month in range(1, 13)] for year in years]
    draw_heat(axes, [[value for _, value in row] for row in by_year], years, HEAT)
    for x, name in enumerate(NAMES):
        axes.text(x, -0.6, name, size=8, color=palette.MUTED, ha="center", va="bottom")
    largest = max((month for month, (_, value) in found.items() if value == value), key=lambda month: abs(found[month][1]))
    column, value = found[largest]
    title = (f"{flow.capitalize()}: months revised since the first estimate, percent",)
    rows = []
    for year, row in zip(years, by_year, strict=True):
        cells = tuple(_cell(f"{year}-{month:02d}", *each) for month, each in enumerate(row, 1))
        rows.append(Row((Mark.of(year),), cells, values=tuple(value for _, value in row)))
    return Chart(
        figure,
        report.write(grid_of_revisions(flow, largest, Cell("month_revisions", largest, column, value))),
        Table(f"revised-{flow}", title, (Column("Year"), *(Column(name, align="right") for name in NAMES)), rows),
        source_line(report, "balance_usd_month", history=True),
        title=title,
        rows=FromTop(),
    )


def _revision(flow: str, row: pd.Series) -> tuple[str, float]:
    """A month's newest revision, up to now or else to the next year's growth: the column that has it, and its value."""
    column = f"{flow}_now" if pd.notna(row[f"{flow}_now"]) else f"{flow}_next_year"
    return column, row[column]


def _cell(month: str, column: str, value: float) -> Runs | None:
    return cell("month_revisions", month, column, value, "signed_percent") if value == value else None


@message
def grid_of_revisions(flow: str, month: str, revision: Cell) -> Runs:
    return say(
        "A grid of years and months, the newest year on top; blue where {flow} were raised, brown where they were lowered. "
        "{month} was revised most, by {revision:signed_percent} percent.",
        flow=flow, month=month, revision=revision,
    )  # fmt: skip


SPANS = {"month": "month", "ytd": "year to date"}
CURRENCIES = {code.lower(): word for code, word in CURRENCY_WORDS.items()}


def _table(report: Report) -> Table | None:
    """Each figure of the month that customs released again: as first published, as known now."""
    frame, facts, rows = report.frame(helpers.revisions), report.facts, []
    for currency, over, flow in product(CURRENCIES, SPANS, FLOWS):
        name = f"{flow}_{currency}_{over}"
        if name not in frame.index:
            continue
        row = frame.loc[name]
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
    for year in reversed(_years(report)):
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
    groups = (("", 1), ("Dollars, first estimate to base", 3), ("Dollars, base to now", 3), ("Yuan, first estimate to base", 3))
    caption = "Revised before customs published the next year’s growth, and since, percent ± rounding (– not available)"
    return Table("base-revisions", caption, columns, tuple(rows), group_headers=groups) if rows else None
