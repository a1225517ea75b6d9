"""Ranks and shares of partners, growth of exports by partner month by month."""

from __future__ import annotations

from functools import partial
from itertools import chain

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.partner_standing import SHARES
from customs_report.chart_answers import FromTop, Months
from customs_report.display import Chart, Exhibit, Table, Words
from customs_report.drawing.axes import Heat, bare, colour_bottom, draw_heat, label_years
from customs_report.drawing.drawings import Drawing
from customs_report.english.grammar import (
    capital,
    listed,
    name_of,
    not_held,
    possessive,
    the_partner,
)
from customs_report.exhibits.selection import partner, present, to_date
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Cell, Fact, NotAvailable, Runs, say, shows_zero
from customs_report.messages import Message, message
from customs_report.names import Name, partner_name
from customs_report.numbers import period_text
from customs_report.periods import shift
from customs_report.report import Report, using
from customs_report.rows import Field, Subject, frame_table, subject_table

NOTEWORTHY = 0.5  # percentage points of all exports: a gain or loss from here on is worth a sentence
DESTINATIONS = ("ASEAN", "EU27", "AFRICA", "LATAM", "HKG")  # none of them overlaps another


@message
def note_on_shares(first: str | None, last: str) -> Runs:
    """`first` and `last`: the months with which the charts begin and end."""
    ends = say(" Lines: shares over three months, from {first} to {last}.", first=first, last=last) if first else ()
    return say(
        "Shares are of exports in yuan.{ends} Groups with § overlap the others and begin later. Places are those among the "
        "partners available in both years.",
        ends=ends,
    )  # fmt: skip


def partner_places(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """Where did exports go over time, and which partners gained or lost places?"""
    charts = (partial(_share_chart, code) for code in SHARES)
    given = using(report, frames, helpers.partner_shares)
    return Exhibit.of(given, _standing_words, *charts, _standing_table, columns=4)


def _standing_words(report: Report) -> Words:
    """Who takes which share of exports, who gained places."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return Words(places_not_held(facts.gap("partner.*")))
    report.require("partners")
    elsewhere = _shift(report)
    leading = (elsewhere, no_proof()) if elsewhere else (_shares(report),)
    return Words(
        _claim(report), present(*leading, _places(report)), notes=(note_on_shares(_first_share(report), report.period),)
    )


def _first_share(report: Report) -> str | None:
    """The month with which the charts begin."""
    frame = report.frame(helpers.partner_shares)
    return None if frame.empty else frame.index[0]


@message
def places_not_held(why: NotAvailable) -> Runs:
    return not_held("Places and shares of partners", why)


@message
def no_proof() -> Runs:
    return ("The tables do not show whether the same goods went elsewhere.",)


def _claim(report: Report) -> Message:
    code = _share_that_moved(report)
    if not code:
        return places_and_shares()
    change = report.facts[SHARE_CHANGE(code)]
    return shares_hardly_moved() if shows_zero(change) else share_moved(partner(report, code), change)


@message
def places_and_shares() -> Runs:
    return ("Places and shares of the largest partners",)


@message
def shares_hardly_moved() -> Runs:
    return ("The shares of the large partners in exports hardly changed",)


@message
def share_moved(partner: Name, change: Fact) -> Runs:
    return say(
        "{who} share of exports {moved} {change:size}",
        who=capital(possessive(partner)), moved="rose" if change.value > 0 else "fell", change=change,
    )  # fmt: skip


SHARE_CHANGE = "partner.{}.exports_share_ytd_change".format


def _share_that_moved(report: Report) -> str | None:
    """The partner whose share of exports moved most within a year, of those that do not overlap."""
    moves = {
        code: abs(report.facts[name].value) for code in ("USA", *DESTINATIONS) if (name := SHARE_CHANGE(code)) in report.facts
    }
    return max(moves, key=moves.__getitem__, default=None)


def _shift(report: Report) -> Message | None:
    """Exports that fell to the United States while they rose to others."""
    points = {code: report.facts.get(f"partner.{code}.exports_cny_ytd_contribution") for code in ("USA", *DESTINATIONS)}
    lost = points.pop("USA")
    gains = {code: fact for code, fact in points.items() if fact and fact.value >= NOTEWORTHY}
    if lost is None or lost.value > -NOTEWORTHY or not gains:
        return None
    most = sorted(gains, key=lambda code: -gains[code].value)[:4]
    return went_elsewhere(lost, [share_of_growth(partner(report, code), gains[code]) for code in most], to_date(report))


@message
def share_of_growth(partner: Name, points: Fact) -> Runs:
    return say("{who} ({points:signed_percent})", who=the_partner(partner), points=points)


@message
def went_elsewhere(lost: Fact, gains: list[Runs], span: str) -> Runs:
    return say(
        "In {span}, exports to the United States took {lost:size} off growth, while {gainers} added to it.",
        span=span, lost=lost, gainers=listed(gains),
    )  # fmt: skip


def _shares(report: Report) -> Message | None:
    """Who takes how much of exports."""
    shares = [report.facts.get(f"partner.{code}.exports_share_ytd") for code in ("ASEAN", "EU27", "USA")]
    return shares_of_exports(*shares, to_date(report)) if all(shares) else None


@message
def shares_of_exports(asean: Fact, eu: Fact, usa: Fact, span: str) -> Runs:
    return say(
        "In {span}, {asean} of exports went to ASEAN, {eu} to the European Union and {usa} to the United States.",
        span=span, asean=asean, eu=eu, usa=usa,
    )  # fmt: skip


def _places(report: Report) -> Message | None:
    """Who changed places among the largest partners."""
    both_years = [helpers.largest_partners(report.tables, period) for period in (report.period, shift(report.period, -12))]
    changes = {code: report.facts.get(f"partner.{code}.rank_ytd_change") for code in dict.fromkeys(chain(*both_years))}
    known = {code: change for code, change in changes.items() if change}
    moved = sorted((code for code in known if known[code].value), key=lambda code: -known[code].value)
    if not moved:
        return same_order() if known else None
    ends = ((moved[0], True), (moved[-1], False))
    movers = [(code, known[code]) for code, gained in ends if (known[code].value > 0) == gained]
    return changed_places([changed_place(partner(report, code), change) for code, change in movers])


@message
def same_order() -> Runs:
    return ("The largest partners rank as they did a year earlier.",)


@message
def changed_place(partner: Name, places: Fact) -> Runs:
    verb = "gained" if places.value > 0 else "lost"
    return say("{who} {verb} {places:size}", who=the_partner(partner), verb=verb, places=places)


@message
def changed_places(movers: list[Runs]) -> Runs:
    return (*capital(listed(movers)), " among the largest partners.")


def _share_chart(code: str, report: Report) -> Chart | None:
    """The share of a partner or group, on a scale as long as that of the others."""
    frame = report.frame(helpers.partner_shares)
    frame = frame.loc[:, (frame.notna().sum() > 1) & frame.tail(1).notna().all()]  # those that the newest month has, too
    if code not in frame:
        return None
    width, height = palette.CHART_WIDTH / 4 - 0.12, 1.0
    figure = Drawing(width, height)
    axes = figure.add_axes((0.03, 0.24 / height, 0.94, 1 - 0.28 / height))
    values, colour = frame[code].to_list(), palette.INK if code == _share_that_moved(report) else palette.EXPORTS
    axes.plot(range(len(values)), values, color=colour, lw=1.5)
    middle, reach = (frame[code].max() + frame[code].min()) / 2, max(frame.max() - frame.min()) * 1.3
    axes.set_ylim(middle - reach / 2, middle + reach / 2)
    axes.set_xlim(-1, len(values) + 1)
    bare(axes, size=8)
    colour_bottom(axes)
    axes.set_yticks([])
    label_years(axes, list(frame.index))
    first, last = frame.index.get_loc(frame[code].first_valid_index()), len(values) - 1
    axes.plot([first, last], [values[first], values[last]], ls="", marker="o", ms=3, color=colour)
    overlaps = report.tables.groups.set_index("group")["type"].get(code) == "overlapping group"
    ends = [Cell("partner_shares", frame.index[place], code, values[place]) for place in (first, last)]
    return Chart(
        figure,
        report.write(line_of_share(partner(report, code), *ends, frame.index[first], report.period)),
        frame_table(
            f"partner-shares-{code.lower()}",
            f"Exports to {partner_name(report.tables, code)}, share in percent",
            "partner_shares",
            frame.loc[::-1, [code]],
            ["Share"],
            "percent",
        ),
        source_line(report, "partner.ASEAN.exports_cny_month"),
        title=report.write(share_of_partner(partner(report, code), *ends, overlaps)),
        rows=Months(first=frame.index[0]),
    )


@message
def share_of_partner(partner: Name, first: Cell, last: Cell, overlaps: bool) -> Runs:
    name, star = name_of(partner.code, partner.english), "§" if overlaps else ""
    return say("{name}{star} {first:percent} → {last:percent}%", name=name, star=star, first=first, last=last)


@message
def line_of_share(partner: Name, first: Cell, last: Cell, start: str, end: str) -> Runs:
    return say(
        "A line of the share of exports to {name}: {first:percent} percent in the three months to {start}, {last:percent} "
        "percent in those to {end}.",
        name=the_partner(partner), first=first, last=last, start=start, end=end,
    )  # fmt: skip


def _standing_table(report: Report) -> Table | None:
    """Ranks and shares now, and how they changed within a year."""
    if "partner.*" in report.facts.gaps:
        return None
    fields: list[Field] = [
        ("Place", "partner.{}.place_ytd", "rank"),
        ("Places gained", "partner.{}.rank_ytd_change", "signed_number"),
        ("Share of trade %", "partner.{}.share_ytd", "percent"),
        ("Share of exports %", "partner.{}.exports_share_ytd", "percent"),
        ("Change, points", "partner.{}.exports_share_ytd_change", "signed_percent"),
    ]
    largest = helpers.largest_partners(report.tables, report.period, 10)
    groups = report.tables.groups.set_index("group")["type"]
    rows: list[Subject] = [(code, partner_name(report.tables, code), "") for code in largest]
    rows += [
        (code, partner_name(report.tables, code) + " §" * (groups[code] == "overlapping group"), "aggregate")
        for code in SHARES
        if code not in largest and f"partner.{code}.exports_share_ytd" in report.facts
    ]
    caption = "Places among the partners listed and shares, year to date, against a year earlier (§ overlaps the others)"
    return subject_table(report.facts, "partner-standing", caption, "Partner", rows, fields, "partner_profile-{}".format)


def partner_growth(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How did exports to each of the largest partners grow, as customs printed it month after month?"""
    return Exhibit.of(using(report, frames, helpers.partner_growth), _growth_words, _growth_chart)


def _growth_words(report: Report) -> Words:
    """Printed growth of exports, month by month."""
    facts = report.facts
    if "partner.*" in facts.gaps:
        return Words(growth_of_partners_not_held(facts.gap("partner.*")))
    report.require("partners")
    frame = report.frame(helpers.partner_growth)
    newest = frame.iloc[0].dropna()
    ends = [partner(report, code) for code in (newest.idxmin(), newest.idxmax())]
    printed = [facts.get(f"partner.{end.code}.exports_cny_ytd_yoy_printed") for end in ends]
    return Words(
        exports_below(ends[0], int((newest.round(1) < 0).sum())),
        present(
            growth_ranged(to_date(report), *ends, *printed) if all(printed) else None,
            grid_runs(frame.index[-1], frame.index[0]) if len(frame) > 1 else None,
        ),
        notes=(as_printed(),),
    )


@message
def growth_of_partners_not_held(why: NotAvailable) -> Runs:
    return not_held("Growth of exports by partner", why)


@message
def exports_below(least: Name, partners: int) -> Runs:
    """To how many of the largest partners exports are below a year earlier."""
    if not partners:
        return ("Since January, exports to all of the largest partners have grown",)
    if partners == 1:
        return ("Among large partners, exports since January fell only to ", *the_partner(least))
    return ("Among large partners, exports since January fell most to ", *the_partner(least))


@message
def growth_ranged(span: str, low: Name, high: Name, least: Fact, most: Fact) -> Runs:
    return say(
        "In {span}, growth ranged from {least:signed} ({low}) to {most:signed} ({high}).",
        span=span, least=least, low=the_partner(low), most=most, high=the_partner(high),
    )  # fmt: skip


@message
def grid_runs(first: str, last: str) -> Runs:
    return say("The grid runs from {first} to {last}, the newest month on top.", first=first, last=last)


@message
def as_printed() -> Runs:
    return ("Growth of the year to date as customs published it with each month, never recomputed.",)


HEAT: Heat = (  # growth in percent
    (20, palette.EXPORTS, palette.PAPER),
    (5, palette.PALE_EXPORTS, palette.INK),
    (-5, palette.PANEL, palette.INK),
    (-20, palette.PALE_FALL, palette.INK),
    (-101, palette.FALL, palette.PAPER),
)


def _growth_chart(report: Report) -> Chart | None:
    frame = report.frame(helpers.partner_growth)
    if frame.empty:
        return None
    names = [partner_name(report.tables, code) for code in frame]
    head, height = 0.85, 0.87 + 0.14 * len(frame)
    figure = Drawing(palette.CHART_WIDTH, height)
    axes = figure.add_axes((0.105, 0.02 / height, 0.835, 1 - (head + 0.02) / height))
    months = [f"{period_text(period)[:3]} {period[:4]}" for period in frame.index]
    draw_heat(axes, frame.to_numpy().tolist(), months, HEAT)
    for x, text in enumerate(names):
        axes.text(x - 0.15, -0.85, text, size=8, color=palette.INK, rotation=45, ha="left", va="bottom", rotation_mode="anchor")
    first = frame.columns[0]
    alt = report.write(grid_of_growth(partner(report, first), Cell("partner_growth", report.period, first, frame.iat[0, 0])))
    data = frame_table(
        "partner-growth",
        "Growth of exports since January as customs published it, percent",
        "partner_growth",
        frame,
        names,
        "signed_percent",
        first="To",
    )
    return Chart(
        figure,
        alt,
        data,
        source_line(report, f"partner.{first}.exports_cny_ytd"),
        title=("Exports since January, change on a year earlier in percent, as published",),
        rows=FromTop(),
    )


@message
def grid_of_growth(partner: Name, growth: Cell) -> Runs:
    return say(
        "A grid of months and partners, the newest month on top; blue for growth, brown for decline. Exports to {name} show "
        "{growth:signed_percent} percent.",
        name=name_of(partner.code, partner.english), growth=growth,
    )  # fmt: skip
