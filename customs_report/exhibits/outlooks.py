"""The outlook for the year: what it may end with, by which method, and how good such outlooks were."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report import palette
from customs_report.calculations.newsworthy import is_festive
from customs_report.calculations.outlooks import MIN_YEARS, outlook_method
from customs_report.chart_answers import Along
from customs_report.display import Chart, Column, Exhibit, Row, Table, Words
from customs_report.drawing.axes import BILLION, canvas, draw_bars, place_ticks
from customs_report.english.grammar import not_held, surplus_or_deficit
from customs_report.exhibits.selection import present
from customs_report.exhibits.source_lines import source_line
from customs_report.facts import Cite, Fact, Mark, NotAvailable, Runs, say
from customs_report.messages import first_possible, message
from customs_report.numbers import MONTHS
from customs_report.report import Report, using
from customs_report.rows import cell, fact_row

RANGES = {percent: Mark("name", f"range{percent}", f"{percent}% range") for percent in ("50", "90")}


def year_outlook(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """What may the year's balance be, beside the balances of the years before?"""
    return Exhibit.of(using(report, frames, helpers.outlook, helpers.backtest_errors), _words, _chart, _table, _record_table)


def _words(report: Report) -> Words:
    """The year's exports, imports and balance, with intervals, and the record of such outlooks."""
    facts, name = report.facts, "outlook.balance_usd_year"
    if name not in facts:
        return Words(no_outlook(facts.gap(name)))
    low, high = facts[f"{name}_low90"], facts[f"{name}_high90"]
    watched = [beside_what_to_watch()] if "carry_over.exports_usd_year" in facts and not is_festive(report.period) else []
    method, years = outlook_method(report.tables, report.period), facts.get("outlook.backtest_years")
    return Words(
        year_may_end(report.period[:4], facts[name], either=low.value < 0 < high.value),
        present(
            nine_in_ten(low, high),
            first_possible(
                lambda: flows_would_come_to(
                    *(facts[f"outlook.{flow}_usd_year{what}"] for flow in ("exports", "imports") for what in ("", "_yoy")),
                    method,
                )
            ),
            first_possible(
                lambda: outlooks_missed(
                    facts["outlook.backtest_years"], *(facts[f"outlook.{flow}_usd_year_mae"] for flow in ("exports", "balance"))
                )
            ),
        ),
        notes=(how_outlooks_are_made(judged=bool(years) and years.value >= MIN_YEARS), *watched),
    )


@message
def no_outlook(why: NotAvailable) -> Runs:
    return not_held("Outlook", why)


@message
def year_may_end(year: str, balance: Fact, either: bool) -> Runs:
    """`either` where the interval holds surpluses and deficits."""
    noun = surplus_or_deficit(balance)
    other = f", or a {'deficit' if noun == 'surplus' else 'surplus'}" if either else ""
    return say("{year} may bring a {noun} of about {balance:size}{other}", year=year, noun=noun, balance=balance, other=other)


@message
def nine_in_ten(low: Fact, high: Fact) -> Runs:
    return say("The {range} of the balance is {low} to {high}.", range=(RANGES["90"],), low=low, high=high)


@message
def beside_what_to_watch() -> Runs:
    return ("What to watch keeps the month’s adjusted level to the end of the year, so its growth of the year is another one.",)


@message
def flows_would_come_to(exports: Fact, exports_growth: Fact, imports: Fact, imports_growth: Fact, method: str) -> Runs:
    return say(
        "Exports would reach {exports} ({exports_growth:signed}) and imports {imports} ({imports_growth:signed}), by {method}.",
        exports=exports, exports_growth=exports_growth, imports=imports, imports_growth=imports_growth,
        method={
            "model": "the model", "naive": "last year’s months", "average": "the average of model and last year’s months",
        }[method],
    )  # fmt: skip


@message
def outlooks_missed(years: Fact, exports: Fact, balance: Fact) -> Runs:
    return say(
        "In the {years} before, outlooks made at this point missed the year’s exports by {exports} on average, the balance by "
        "{balance}.",
        years=years, exports=exports, balance=balance,
    )  # fmt: skip


@message
def how_outlooks_are_made(judged: bool) -> Runs:
    return say(
        "A computation from past months, not a view of policy. The model is a seasonal ARIMA with Lunar New Year, its "
        "parameters estimated before the year. Last year’s months are the year so far plus the rest of last year’s sum; "
        "the average is that of the two. {shown} Exports and imports are simulated together.",
        shown="The one with the smallest past error at this month is shown." if judged
        else "The average is shown, as too few earlier years are available to judge them by.",
    )  # fmt: skip


def _chart(report: Report) -> Chart | None:
    facts, name = report.facts, "outlook.balance_usd_year"
    if name not in facts:
        return None
    year = report.period[:4]
    sums = report.frame(helpers.cumulative_balance).loc[12].dropna().drop(year, errors="ignore").iloc[-9:]
    figure, axes = canvas(height=1.6)
    draw_bars(axes, range(len(sums)), sums / BILLION, 0.6, palette.PALE)
    value = {bound: facts[f"{name}{bound}"].value / BILLION for bound in ("", "_low50", "_high50", "_low90", "_high90")}
    axes.bar([len(sums)], [value[""]], width=0.6, color=palette.PALE_ACCENT, edgecolor=palette.ACCENT, lw=0.8)
    axes.vlines([len(sums)], value["_low90"], value["_high90"], color=palette.ACCENT, lw=1.2)
    axes.vlines([len(sums)], value["_low50"], value["_high50"], color=palette.ACCENT, lw=4.5)
    place_ticks(axes, "x", range(len(sums) + 1), [*sums.index, year])
    axes.margins(y=0.12)
    alt = report.write(bars_of_years(sums.index[0], year, facts[name]))
    rows = [Row((Mark.of(y),), (cell("cumulative_balance", "12", y, v, "bn", "USD"),), values=(v,)) for y, v in sums.items()]
    rows.append(Row((Mark.of(year), ", outlook"), ((Cite.of(facts[name], "bn"),),), values=(facts[name].value,)))
    data = Table(
        "outlook-balance",
        "Balance of trade by year, billion dollars",
        (Column("Year"), Column("Balance", align="right")),
        tuple(rows),
    )
    title = (
        "Balance of trade by year and outlook, billion dollars; thick line: ", RANGES["50"], ", thin line: ", RANGES["90"],
    )  # fmt: skip
    source = source_line(report, "balance_usd_month", history=True)
    return Chart(figure, alt, data, source, rows=Along(range(len(rows))), title=title)


@message
def bars_of_years(first: str, year: str, balance: Fact) -> Runs:
    return say(
        "Bars show the balance of each year from {first}; the last is the outlook for {year}, {balance}, with a thick line for "
        "its {half} and a thin one for its {most}.",
        first=first, year=year, balance=balance, half=(RANGES["50"],), most=(RANGES["90"],),
    )  # fmt: skip


def _table(report: Report) -> Table | None:
    """The outlook of each flow with its intervals, what each method says, and how far each was off."""
    facts = report.facts
    if "outlook.balance_usd_year" not in facts:
        return None
    fields = [("", "bn"), ("_low50", "bn"), ("_high50", "bn"), ("_low90", "bn"), ("_high90", "bn")]
    fields += [(f"_{method}", "bn") for method in ("model", "naive", "average")]
    rows = [
        fact_row(facts, (flow.capitalize(),), [(f"outlook.{flow}_usd_year{suffix}", style) for suffix, style in fields])
        for flow in ("exports", "imports", "balance")
    ]
    headers = ("Shown", "Low", "High", "Low", "High", "Model", "Last year", "Average")
    groups = (("", 1), ("Outlook", 1), ((RANGES["50"],), 2), ((RANGES["90"],), 2), ("By method", 3))
    columns = (Column("Year, billion dollars"), *(Column(header, align="right") for header in headers))
    return Table("outlook", "Outlook for the year, billion dollars", columns, tuple(rows), group_headers=groups)


def _record_table(report: Report) -> Table | None:
    """How far off outlooks were in earlier years, by the month they were made in, and how often their intervals held."""
    if "outlook.backtest_years" not in report.facts:
        return None
    frame, method = report.frame(helpers.backtest_errors), outlook_method(report.tables, report.period)
    columns = [f"{flow}_{method}{what}" for flow in ("exports", "imports", "balance") for what in ("", "_in50", "_in90")]
    rows = []
    for month, row in frame.iterrows():
        cells = tuple(
            (
                Cite.cell(
                    "backtest_errors",
                    str(int(month)),
                    column,
                    row[column],
                    *(("bn", "USD") if column == f"balance_{method}" else ("percent",)),
                ),
            )
            for column in columns
        )
        rows.append(Row((Mark("month", str(int(month)), MONTHS[int(month) - 1]),), cells, values=tuple(row[columns])))
    inside = ((RANGES["50"],), (RANGES["90"],))
    headers = ("Error %", *inside, "Error %", *inside, "Error, bn", *inside)
    groups = (("", 1), ("Exports", 3), ("Imports", 3), ("Balance", 3))
    caption = (
        "Outlooks recomputed on revised data: mean absolute error by month of the year, and the percentage of years within "
        "each range"
    )
    return Table(
        "outlook-record",
        caption,
        (Column("Seen from"), *(Column(h, align="right") for h in headers)),
        tuple(rows),
        group_headers=groups,
    )
