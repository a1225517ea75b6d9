"""News of the month: what the outlook's model expected, what came, how unusual that is, and what it changes in the year."""

from __future__ import annotations

import pandas as pd

import helpers
from customs_report.calculations.one_month_ahead import span_of
from customs_report.display import Column, Exhibit, Row, Table, Words
from customs_report.english.grammar import month_of, not_held
from customs_report.exhibits.selection import present
from customs_report.facts import Fact, NotAvailable, Runs, say
from customs_report.messages import Message, message
from customs_report.report import Report, using
from customs_report.rows import NOT_PRINTED, cell

FLOWS = ("exports", "imports", "balance")
UNUSUAL = 1.0  # standard deviations
RANKED_AFTER = 60  # months with a surprise


def model_news(report: Report, *frames: pd.DataFrame) -> Exhibit:
    """What did the model expect of this month, and what came?"""
    return Exhibit.of(using(report, frames, helpers.model_news), _words, _table)


def _words(report: Report) -> Words:
    facts, over = report.facts, span_of(report.period)
    name = f"news.exports_usd_{over}"
    if f"{name}_surprise" not in facts:
        return Words(no_expectation(facts.gap(f"{name}_surprise")))
    period = report.period if over == "month" else f"{report.period[:4]}-01/{report.period}"
    months, surprise = facts[f"{name}_months"], facts[f"{name}_surprise"]
    ranked = months.value >= RANKED_AFTER
    sizes = [facts[f"news.{flow}_usd_{over}_surprise_sd"] for flow in FLOWS[:2]]
    return Words(
        beside_expectation(period, surprise, sizes[0]),
        present(
            how_unusual(
                facts[f"{name}_expected"],
                facts[f"{name}_surprise"],
                sizes[0],
                facts[f"{name}_rank"] if ranked else None,
                months,
            ),
            of_imports(facts[f"news.imports_usd_{over}_surprise"], sizes[1]),
            _year(report, f"news.balance_usd_{over}"),
        ),
        notes=(how_expected(),),
    )


def _year(report: Report, name: str) -> Message | None:
    parts = [report.facts.get(f"{name}_{part}") for part in ("year_change", "from_month", "from_rest")]
    return changes_of_year(report.period[:4], report.period, *parts) if all(parts) else None


@message
def no_expectation(why: NotAvailable) -> Runs:
    return not_held("The model’s expectation", why)


@message
def beside_expectation(month: str, surprise: Fact, size: Fact) -> Runs:
    if abs(size.value) < UNUSUAL:
        return say("Exports of {month} were within the model’s usual error", month=month)
    template = "Exports of {month} were {surprise:size} {way} the model expected"
    return say(template, month=month, surprise=surprise, way=_way(surprise))


@message
def how_unusual(expected: Fact, surprise: Fact, size: Fact, rank: Fact | None, months: Fact) -> Runs:
    """`rank` where there are months enough."""
    ranks = say(", the {rank:largest} of {months} since {since}", rank=rank, months=months, since="2012") if rank else ()
    return say(
        "{on} figures, our model expected exports of {expected}; they were {surprise:size} "
        "{way}, a surprise of {size:size}{ranks}.",
        on="On revised" if expected.stage == "revised" else "On first and revised", expected=expected, surprise=surprise,
        way="more" if surprise.value > 0 else "less", size=size, ranks=ranks,
    )  # fmt: skip


@message
def of_imports(surprise: Fact, size: Fact) -> Runs:
    return say("Imports were {surprise:size} {way} expected, {size:size}.", surprise=surprise, way=_way(surprise), size=size)


@message
def changes_of_year(year: str, month: str, change: Fact, of_month: Fact, of_rest: Fact) -> Runs:
    return say(
        "With {month} the model {moves} its balance of {year} by {change:size}: {of_month} from the news itself, {of_rest} "
        "from the months that remain.",
        moves="raises" if change.value > 0 else "lowers",
        month=month_of(month), year=year, change=change, of_month=of_month, of_rest=of_rest,
    )  # fmt: skip


@message
def how_expected() -> Runs:
    return (
        "The model is that of the outlook, its parameters estimated before the year. The expectation rests on earlier months "
        "in the vintage of this report, most of them revised since. January and February count as one month.",
    )


def _way(surprise: Fact) -> str:
    return "more than" if surprise.value > 0 else "less than"


def _table(report: Report) -> Table | None:
    facts, over = report.facts, span_of(report.period)
    if f"news.exports_usd_{over}_surprise" not in facts:
        return None
    frame, money = report.frame(helpers.model_news), ("signed_bn", "USD")
    columns = {
        "expected": ("bn", "USD"),
        "actual": ("bn", "USD"),
        "surprise": money,
        "surprise_sd": ("signed_unit_value", "standard deviations"),
        "rank": ("rank", ""),
    }
    columns |= dict.fromkeys(("from_month", "from_rest", "year_change"), money) if _has_rest(report) else {}
    rows, ranked = [], facts[f"news.exports_usd_{over}_months"].value >= RANKED_AFTER
    for flow, (level, row) in zip(FLOWS, frame.iterrows(), strict=True):
        cells = tuple(
            NOT_PRINTED if column == "rank" and not ranked else cell("model_news", str(level), column, row[column], *how)
            for column, how in columns.items()
        )
        rows.append(Row((flow.capitalize(),), cells, values=tuple(row[[*columns]])))
    headers = ["Expected", "Came", "Surprise", "Deviations", "Rank", "This month", "Later months", "Year"][: len(columns)]
    groups = [("", 1), ("The month", 5), ("Change of the model’s year", 3)][: 2 + _has_rest(report)]
    return Table(
        "model-news",
        "What the model expected and what came, billion dollars; surprises also in standard deviations"
        + (" and ranked by size" if ranked else ""),
        (Column("Flow"), *(Column(header, align="right") for header in headers)),
        tuple(rows),
        group_headers=tuple(groups),
    )


def _has_rest(report: Report) -> bool:
    return not report.period.endswith("-12")
