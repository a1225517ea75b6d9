"""The balance of trade by month and since January."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.levels import first_month
from customs_report.chart_answers import Along
from customs_report.display import Chart, Exhibit, Words
from customs_report.drawing.axes import (
    BILLION,
    canvas,
    corner_note,
    draw_bars,
    label_newest_ends,
    label_years,
    mark_zero,
    place_ticks,
)
from customs_report.english.grammar import (
    both_changed,
    listed,
    month_of,
    not_held,
    surplus_or_deficit,
    verb,
)
from customs_report.exhibits.exports_and_imports import monthly_data
from customs_report.exhibits.selection import claim_since, has_history, present, rank_note, since, to_date
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import IMPLIED, Cell, Fact, Mark, NotAvailable, Runs, say, shows_zero
from customs_report.measures import RANK_STEP
from customs_report.messages import Message, message
from customs_report.numbers import CURRENCY_WORDS, MONTHS
from customs_report.periods import is_january, shift
from customs_report.report import Report, using
from customs_report.rows import frame_table


def balance(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How large was the surplus, month by month?"""
    return Exhibit.of(using(report, frames, helpers.monthly_trade), _balance_words, _balance_chart)


def _balance_words(report: Report) -> Words:
    """The balance of trade, month by month."""
    report.require("totals")
    facts = report.facts
    balance = facts.get("balance_usd_month")
    if balance is None:
        return Words(balance_not_held(facts.gap("balance_usd_month")))
    frame = report.frame(helpers.monthly_trade)
    return Words(
        _balance_claim(report, balance),
        present(
            _larger_months(report, frame) if balance.value >= 0 else None,
            _year_earlier(report, frame),
            _run_of_months(report),
            _twelve_months(report),
        ),
        notes=present(_rank_note(report), rank_note(report, "balance_usd_month") if has_history(facts) else None),
    )


def _balance_claim(report: Report, balance: Fact) -> Message:
    """The balance, with its place where that is news."""
    facts, month = report.facts, report.period
    if balance.value < 0 and has_history(facts):
        return balance_ranked(balance, month, facts["balance_usd_month_rank_low"], claim_since(report))
    if has_history(facts) and facts["balance_usd_month_rank"].value <= 10:
        return balance_ranked(balance, month, facts["balance_usd_month_rank"], claim_since(report))
    return balance_was(balance, month)


@message
def balance_not_held(why: NotAvailable) -> Runs:
    return not_held("Balance in dollars", why)


@message
def balance_ranked(balance: Fact, month: str, rank: Fact, since: Runs) -> Runs:
    return say(
        "{month}’s {noun}, {balance:size}, is the {rank:largest} in data since {since}",
        month=month_of(month), noun=surplus_or_deficit(balance), balance=balance, rank=rank, since=since,
    )  # fmt: skip


@message
def balance_was(balance: Fact, month: str) -> Runs:
    return say("The {noun} was {balance:size} in {month}", noun=surplus_or_deficit(balance), balance=balance, month=month)


def _year_earlier(report: Report, frame: pd.DataFrame) -> Message | None:
    change = report.facts.get("balance_usd_month_change")
    if not change:
        return None
    return balance_a_year_earlier(change, None if change.mark == IMPLIED else _month_of(frame, shift(report.period, -12)))


@message
def balance_a_year_earlier(change: Fact, before: Cell | None) -> Runs:
    """Without the balance `before` where the change is implied by growth, which rests on other figures."""
    when = say(", when the {noun} was {before:usd_size}", noun=surplus_or_deficit(before), before=before) if before else ()
    way = "up" if change.value >= 0 else "down"
    return say("The balance was {way} {change:size} on a year earlier{when}.", way=way, change=change, when=when)


def _month_of(frame: pd.DataFrame, period: str) -> Cell:
    """The balance of a month of the series."""
    return Cell("monthly_trade", period, "balance", float(frame.at[period, "balance"]))


def _larger_months(report: Report, frame: pd.DataFrame) -> Message | None:
    """Which months had a larger surplus, where they are few."""
    rounded = (frame["balance"] / RANK_STEP).round()
    larger = frame.index[rounded > rounded.loc[report.period]]
    if not has_history(report.facts) or not 0 < len(larger) <= 3:
        return None
    return only_months_above([_month_of(frame, period) for period in larger])


@message
def only_months_above(months: list[Cell]) -> Runs:
    return say("Only {months} brought more.", months=listed(say("{p} ({b:usd_size})", p=each.row, b=each) for each in months))


def _run_of_months(report: Report) -> Message | None:
    facts = report.facts
    above, surplus = facts.get("streak.balance_usd_month_above_100bn"), facts.get("streak.balance_usd_month_surplus")
    if above and above.value >= 2:
        return in_a_row_above(above)
    if facts.value("streak.balance_usd_month_surplus") == facts.value("balance_usd_month_rank_of"):
        return always_a_surplus(first_month(report.tables))
    return months_of_surplus(surplus) if surplus and surplus.value >= 2 else None


@message
def in_a_row_above(months: Fact) -> Runs:
    return say("It exceeded a hundred billion dollars for the {months:ordinal} straight month.", months=months)


@message
def always_a_surplus(first: str) -> Runs:
    return say("Every month since {first} brought a surplus.", first=first)


@message
def months_of_surplus(months: Fact) -> Runs:
    return say("It was the {months:ordinal} straight monthly surplus.", months=months)


def _twelve_months(report: Report) -> Message | None:
    facts = report.facts
    largest = facts.value("balance_usd_12m_rank") == 1 and has_history(facts)
    balance = facts.get("balance_usd_12m")
    return sum_of_twelve_months(balance, since(report) if largest else None) if balance else None


@message
def sum_of_twelve_months(balance: Fact, largest_since: Runs | None) -> Runs:
    place = say(", the largest such sum in data since {since}", since=largest_since) if largest_since else ()
    return say("Over twelve months the surplus is {balance}{place}.", balance=balance, place=place)


def _rank_note(report: Report) -> Message | None:
    facts = report.facts
    return ranked_among(facts["balance_usd_month_rank_of"], first_month(report.tables)) if has_history(facts) else None


@message
def ranked_among(months: Fact, first: str) -> Runs:
    return say(
        "Ranked among {months} since {first}, in dollars to a tenth of a billion; equal months share the better rank.",
        months=months, first=first,
    )  # fmt: skip


def _balance_chart(report: Report) -> Chart | None:
    """Records are marked, deficits stand below the line."""
    if "balance_usd_month" not in report.facts:
        return None
    frame = report.frame(helpers.monthly_trade)
    values = (frame["balance"] / BILLION).to_list()
    colours = [palette.PALE_BALANCE] * (len(values) - 1) + [palette.ACCENT]
    figure, axes = canvas()
    draw_bars(axes, range(len(values)), values, 0.86, colours)
    records = [i for i, new in enumerate(frame["record"]) if new and i >= 12]  # in the first year every month can be one
    if records:
        axes.plot(records, [values[i] + 4 for i in records], ls="", marker="v", ms=3.2, color=palette.INK)
        corner_note(axes, "▼ record surplus at the time", palette.INK)
    mark_zero(axes)
    label_years(axes, list(frame.index))
    axes.set_xlim(-1, len(values) + 0.5)
    top = frame["balance"].idxmax()
    highest = Cell("monthly_trade", top, "balance", frame.at[top, "balance"])
    last = report.facts["balance_usd_month"]
    alt = report.write(bars_of_months(frame.index[0], report.period, last, top, highest, records=bool(records)))
    return Chart(
        figure,
        alt,
        monthly_data("balance-by-month", "Balance of trade by month", frame[["balance"]]),
        source_line(report, "balance_usd_month", history=True),
        title=("Balance of trade, billion dollars a month",),
    )


@message
def bars_of_months(first: str, last: str, balance: Fact, top: str, highest: Cell, records: bool) -> Runs:
    return say(
        "Bars show the balance of each month from {first} to {last}. The last is {balance}; the highest, {top}, "
        "is {highest:usd_signed}.{rest}",
        first=first, last=last, balance=balance, top=top, highest=highest,
        rest=" Triangles mark months that set a record." if records else "",
    )  # fmt: skip


def year_to_date(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """How does the surplus of the year grow, against every earlier year?"""
    return Exhibit.of(using(report, frames, helpers.cumulative_balance), _year_to_date_words, _year_to_date_chart)


def _year_to_date_words(report: Report) -> Words:
    """The year to date against every earlier year."""
    report.require("totals")
    facts = report.facts
    if "balance_usd_ytd" not in facts:
        return Words(year_not_held(facts.gap("balance_usd_ytd")))
    milestone = facts.get("milestone.balance_usd_ytd")
    return Words(
        _year_claim(report),
        present(never_before(milestone) if milestone else None, _change_of_year(report), *_flows_of_year(report)),
        notes=present(rank_note(report, "balance_usd_ytd") if has_history(facts) and not is_january(report.period) else None),
    )


def _year_claim(report: Report) -> Message:
    facts = report.facts
    balance, rank = facts["balance_usd_ytd"], facts.get("balance_usd_ytd_rank")
    if is_january(report.period):
        return year_begins(balance)
    if rank and rank.value == 1 and has_history(facts):
        return ahead_of_every_year(balance, report.period, claim_since(report))
    if rank and balance.value >= 0 and has_history(facts):
        return year_ranked(balance, rank, report.period, claim_since(report))
    return year_stands_at(balance)


@message
def year_not_held(why: NotAvailable) -> Runs:
    return not_held("Year to date in dollars", why)


@message
def year_begins(balance: Fact) -> Runs:
    return say("The year begins with a {noun} of {balance:size}", noun=surplus_or_deficit(balance), balance=balance)


@message
def ahead_of_every_year(balance: Fact, month: str, since: Runs) -> Runs:
    template = "January–{month} surplus of {balance} is the largest in data since {since}"
    return say(template, month=month_of(month), balance=balance, since=since)


@message
def year_ranked(balance: Fact, rank: Fact, month: str, since: Runs) -> Runs:
    template = "January–{month} surplus of {balance} is the {rank:largest} in data since {since}"
    return say(template, month=month_of(month), balance=balance, rank=rank, since=since)


@message
def year_stands_at(balance: Fact) -> Runs:
    return say("Since January, the {noun} comes to {balance:size}", noun=surplus_or_deficit(balance), balance=balance)


@message
def never_before(milestone: Fact) -> Runs:
    return say("The surplus of a year had never passed {milestone} before.", milestone=milestone)


def _change_of_year(report: Report) -> Message | None:
    """The change of the balance since January on a year earlier: in percent, else in dollars."""
    growth, change = (report.facts.get(f"balance_usd_ytd_{how}") for how in ("yoy", "change"))
    changes = growth or change
    if changes and shows_zero(changes):
        return about_the_same()
    if growth:
        return year_grew(growth, report.facts["balance_usd_ytd"], is_january(report.period))
    return year_changed(change) if change else None


@message
def about_the_same() -> Runs:
    return ("A year earlier the balance was about the same.",)


@message
def year_grew(growth: Fact, balance: Fact, january: bool) -> Runs:
    return say(
        "The {noun} {so_far}is {growth:size} {size} than a year earlier.",
        noun=surplus_or_deficit(balance), so_far="" if january else "since January ", growth=growth,
        size="larger" if growth.value >= 0 else "smaller",
    )  # fmt: skip


@message
def year_changed(change: Fact) -> Runs:
    way = "lower" if change.value >= 0 else "higher"
    return say("A year earlier the balance was {change:size} {way}.", change=change, way=way)


def _flows_of_year(report: Report) -> list[Message]:
    """Exports and imports since January, in each currency in which growth is held."""
    found: list[Message] = []
    for currency in ("usd", "cny"):
        growth = [report.facts.get(f"{flow}_{currency}_ytd_yoy") for flow in ("exports", "imports")]
        if all(growth):
            balance = report.facts.get(f"balance_{currency}_ytd_yoy")
            beside = balance if found and balance and not shows_zero(balance) else None
            found.append(flows_since_january(*growth, currency, "" if found else to_date(report), beside))
    return found


@message
def flows_since_january(exports: Fact, imports: Fact, currency: str, span: str, balance: Fact | None) -> Runs:
    """With its span, or in the other currency, with growth of the `balance`, after a sentence that has it."""
    moved, unit = both_changed("exports", exports, "imports", imports), CURRENCY_WORDS[currency.upper()]
    if not span:
        size = say("; the surplus {way} {balance:size}", way=verb(balance.value), balance=balance) if balance else ()
        return say("In {unit}, {moved}{size}.", unit=unit, moved=moved, size=size)
    return say("In {unit}, {moved} in {span}.", unit=unit, moved=moved, span=span)


def _year_to_date_chart(report: Report) -> Chart | None:
    if "balance_usd_ytd" not in report.facts:
        return None
    frame = report.frame(helpers.cumulative_balance)
    this, before = report.period[:4], str(int(report.period[:4]) - 1)
    figure, axes = canvas(height=1.6, right=0.93)
    ends = []
    for year in frame:
        values = (frame[year].dropna() / BILLION).to_list()
        months = list(frame[year].dropna().index)
        colour, width = (palette.ACCENT, 2.2) if year == this else (palette.INK, 1.2) if year == before else (palette.PALE, 0.9)
        axes.plot(months, values, color=colour, lw=width, zorder=3 if year in (this, before) else 2)
        if year == this:
            axes.plot([months[-1]], [values[-1]], marker="o", ms=4, color=colour, zorder=4)
            falls = len(values) < 2 or values[-1] < values[-2]  # its own line would run through a label at the left
            axes.annotate(
                year,
                (months[-1], values[-1]),
                (4 if months[-1] == 12 or falls else -3, 6 if months[-1] < 12 else 0),
                textcoords="offset points",
                ha="left" if months[-1] == 12 or falls else "right",
                va="center" if months[-1] == 12 else "bottom",
                color=colour,
                weight="semibold",
            )
        elif months[-1] == 12:
            ends.append((year, values[-1], palette.INK if year == before else palette.MUTED))
    mark_zero(axes)
    axes.margins(y=0.13)
    axes.set_xlim(0.9, 12.1)
    place_ticks(axes, "x", range(1, 13), ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
    label_newest_ends(axes, 12, ends)
    alt = report.write(line_a_year(next(iter(frame)), report.period, report.facts["balance_usd_ytd"]))
    data = frame_table(
        "balance-year-to-date",
        "Balance of trade since January, billion dollars",
        "cumulative_balance",
        frame.dropna(how="all"),
        [(Mark.of(year),) for year in frame],
        "bn",
        label=lambda month: Mark("month", month, MONTHS[int(month) - 1]),
        units="USD",
    )
    return Chart(
        figure,
        alt,
        data,
        source_line(report, "balance_usd_ytd", history=True),
        rows=Along(range(1, len(data.rows) + 1)),
        title=("Balance of trade since January, billion dollars",),
    )


@message
def line_a_year(first: str, month: str, balance: Fact) -> Runs:
    return say(
        "A line for each year since {first}, January to December. This year’s line ends in {month} at {balance}.",
        first=first, month=month, balance=balance,
    )  # fmt: skip
