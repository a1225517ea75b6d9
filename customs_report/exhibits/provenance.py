"""Where a number comes from, in words: what it is, its value in full, formula, inputs, sources, stage and release day.

Of a fact everything is declared where it is made (`Fact.label`, `origin`, `sources`) and only written down here; of a number
that is a cell of a helper's table the helper is named, and what its table is made from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import helpers
from customs_report.calculations.detail import detail_origins
from customs_report.calculations.levels import exclude_lookahead, source_of
from customs_report.display import Trace
from customs_report.english.grammar import opened
from customs_report.facts import plain, readable
from customs_report.numbers import in_full, period_text, write
from customs_report.provenance import Figure, Source
from customs_report.report import Report
from customs_report.schema import DETAIL
from customs_report.tables import Tables, cached

# The helpers whose tables stand behind charts, and what they are made from.
HELPERS = {
    "adjusted_series": ("totals",),
    "backtest_errors": ("totals",),
    "cover_ratio": ("totals",),
    "cumulative_balance": ("totals",),
    "exchange_rates": ("totals", "commodities"),
    "mirror_trade": ("partners", "commodities", "mirror"),
    "model_news": ("totals",),
    "month_revisions": ("totals",),
    "monthly_trade": ("totals",),
    "partner_growth": ("partners",),
    "partner_shares": ("partners", "totals"),
    "rolling_year": ("totals",),
    "thirteen_months": ("totals",),
}
OF_SUBJECT = {  # of profiles: `partner_months.USA`
    "commodity_months": ("commodities", "totals"),
    **dict.fromkeys(("car_exports",), ("detail",)),
    "commodity_partners": ("detail",),
    "diversion": ("detail",),
    "diversion_by_year": ("detail",),
    "goods_by_section": ("detail", "totals"),
    "goods_months": ("detail",),
    "listed_goods": ("detail",),
    "new_goods": ("detail",),
    "sole_sources": ("detail",),
    "unit_value_indices": ("commodities", "totals"),
    "partner_goods": ("detail",),
    "partner_months": ("partners", "totals"),
}

BASES = {
    "printed": "as printed",
    "usual day": "usual day",
    "retrieved": "as retrieved",
}
ORIGIN = ["source", "stage", "released", "released_basis"]
MOST = 3  # sources named one by one


def traces(report: Report, names: Iterable[str] | None = None) -> tuple[Trace, ...]:
    """Where does each number come from: of the facts named, else of all cited and of the helpers' tables shown so far?"""
    shown = (name for name in report.shown if name.partition(".")[0] in {*HELPERS, *OF_SUBJECT})
    return tuple(trace(report, name) for name in ((*report.facts.cited, *shown) if names is None else names))


def trace(report: Report, name: str) -> Trace:
    """Where does a fact of the report, or a helper's table, come from? Raises KeyError for a name that is neither."""
    if name.partition(".")[0] in {*HELPERS, *OF_SUBJECT}:
        return _of_helper(report.tables, report.period, name)
    fact = report.facts.by_name[name]
    items = {"Value": in_full(fact.value, fact.unit), "Formula": readable(fact.how)}
    if fact.origin.inputs:
        items["Inputs"] = "; ".join(_input(role, given) for role, given in fact.origin.inputs.items())
    items["Source"] = _named_sources(report.tables, fact.sources)
    items["Stage"] = fact.stage
    if released := _released(fact.sources):
        items["Released"] = released
    return Trace(name, plain(opened((str(fact.label),))), items, fact.shared)


def _input(role: str, given: Figure | tuple[Figure, ...]) -> str:
    """An input by what it is to the formula: "exports: $330.0 billion", "months: 215 values"."""
    words = role.replace("_", " ")
    if isinstance(given, tuple):
        if len(given) != 1:
            return f"{words}: {len(given)} values"
        given = given[0]
    return f"{words}: {write(given.value, given.unit, step=given.step)}"


@cached
def _of_helper(tables: Tables, period: str, name: str) -> Trace:
    """A table is described by the question that its helper answers, by its call, and by all that it may be made from."""
    known, (helper, *subject) = exclude_lookahead(tables, period), name.split(".")
    origins = [origin for table in (HELPERS | OF_SUBJECT)[helper] for origin in _origins(known, table) if origin[0] <= period]
    sources = tuple(dict.fromkeys(source for _, source, _ in origins))
    given = ", ".join(f'"{text}"' for text in (period, *subject))
    items = {
        "Made by": f"helpers.{helper}(tables, {given})",
        "Source": _named_sources(known, sources),
        "Stage": ", ".join(dict.fromkeys(stage for _, _, stage in origins)),
        "Released": _released(sources),
    }
    question = getattr(helpers, helper).__doc__.split("?")[0] + "?"
    return Trace(name, question, items)


@cached
def _origins(tables: Tables, table: str) -> tuple[tuple[str, Source, str], ...]:
    """Period, source and stage of a table's rows, each once, in its order: few, where the rows are many."""
    if table == DETAIL.name:
        return detail_origins(tables)
    rows = getattr(tables, table)[["period", *ORIGIN]].drop_duplicates()
    return tuple((row.period, source_of(row), row.stage) for row in rows.itertuples())


@cached
def _named_sources(tables: Tables, sources: tuple[Source, ...]) -> str:
    """Publisher and table of each source; of many the first, the last and how many."""
    names = list(dict.fromkeys(name for source in sources for name in _named(tables, source.names)))
    if len(names) <= MOST:
        return "; ".join(names)
    return f"{names[0]}; …; {names[-1]} ({len(names)} sources in all)"


@cached
def _named(tables: Tables, ids: str) -> tuple[str, ...]:
    """A source's publisher and table; what the table holds stands in the report's own list of sources."""
    names = (_source_names(tables).get(source, source) for source in ids.split("; "))
    return tuple(re.sub(r"(table \(\d+\)),.*", r"\1", name) for name in names)


@lru_cache(maxsize=4096)
def _released(sources: tuple[Source, ...]) -> str:
    """The release days, and how they are known."""
    found = [source for source in sources if source.released]
    days = sorted({source.released for source in found})
    if not days:
        return ""
    bases = dict.fromkeys(BASES.get(source.basis, source.basis) for source in found)
    first, last = period_text(days[0]), period_text(days[-1])
    written = " and ".join(map(period_text, days)) if len(days) <= 2 else f"{len(days)} days from {first} to {last}"
    return f"{written} ({'; '.join(bases)})"


@cached
def _source_names(tables: Tables) -> dict[str, str]:
    known = tables.sources
    return dict(zip(known["source"], known["publisher"] + ", " + known["what"], strict=True))
