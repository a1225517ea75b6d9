"""Where a number comes from, in words: what it is, its value in full, formula, inputs, sources, stage and release day.

Of a fact everything is declared where it is made (`Fact.label`, `origin`, `sources`) and only written down here; of a number
that is a cell of a helper's table the helper is named, and what its table is made from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

import helpers
from customs_report import origins
from customs_report.calculations.detail import detail_origins
from customs_report.calculations.levels import exclude_lookahead, source_of
from customs_report.display import Trace
from customs_report.languages import language
from customs_report.provenance import Source
from customs_report.report import Report
from customs_report.schema import DETAIL
from customs_report.tables import Tables, cached

# The helpers whose tables stand behind charts, and what they are made from.
MADE_FROM = {
    "adjusted_series": ("totals",),
    "backtest_errors": ("totals",),
    "car_exports": ("detail",),
    "commodity_months": ("commodities", "totals"),
    "commodity_partners": ("detail",),
    "cover_ratio": ("totals",),
    "cumulative_balance": ("totals",),
    "diversion": ("detail",),
    "diversion_by_year": ("detail",),
    "exchange_rates": ("totals", "commodities"),
    "goods_by_section": ("detail", "totals"),
    "goods_months": ("detail",),
    "listed_goods": ("detail",),
    "mirror_trade": ("partners", "commodities", "mirror"),
    "model_news": ("totals",),
    "month_revisions": ("totals",),
    "monthly_trade": ("totals",),
    "new_goods": ("detail",),
    "partner_goods": ("detail",),
    "partner_growth": ("partners",),
    "partner_months": ("partners", "totals"),
    "partner_shares": ("partners", "totals"),
    "rolling_year": ("totals",),
    "sole_sources": ("detail",),
    "thirteen_months": ("totals",),
    "trade_growth": ("totals",),
    "unit_value_indices": ("commodities", "totals"),
}

ORIGIN = ["source", "stage", "released", "released_basis"]


def traces(report: Report, names: Iterable[str] | None = None) -> tuple[Trace, ...]:
    """Where does each number come from: of the facts named, else of all cited and of the helpers' tables shown so far?"""
    shown = (name for name in report.shown if name.partition(".")[0] in MADE_FROM)
    return tuple(trace(report, name) for name in ((*report.facts.cited, *shown) if names is None else names))


def sources_behind(report: Report) -> tuple[str, ...]:
    """Which sources stand behind the facts cited and the helpers' tables shown so far?"""
    cited = (source for name in report.facts.cited if name in report.facts for source in report.facts[name].sources)
    helpers_shown = dict.fromkeys(name.partition(".")[0] for name in report.shown)
    known = (helper for helper in helpers_shown if helper in MADE_FROM)
    shown = (source for helper in known for _, source, _ in _origins_of(report.tables, report.period, helper))
    return tuple(dict.fromkeys(source for found in (*cited, *shown) for source in found.names.split("; ")))


def trace(report: Report, name: str) -> Trace:
    """Where does a fact of the report, or a helper's table, come from? Raises KeyError for a name that is neither."""
    if name.partition(".")[0] in MADE_FROM:
        return _of_helper(report.tables, report.period, name, report.language)
    fact, lang = report.facts.by_name[name], report.lang
    items = origins.origin_in_words(lang, fact, partial(_named_sources, report.tables, lang.code))
    return Trace(name, lang.label(report.tables, fact, report.period), items, fact.shared, lang.code)


@cached
def _of_helper(tables: Tables, period: str, name: str, code: str) -> Trace:
    """A table is described by the question that its helper answers, by its call, and by all that it may be made from."""
    lang, (helper, *subject) = language(code), name.split(".")
    rows = _origins_of(tables, period, helper)
    sources = tuple(dict.fromkeys(source for _, source, _ in rows))
    given = ", ".join(f'"{text}"' for text in (period, *subject))
    items = {
        "Made by": f"helpers.{helper}(tables, {given})",
        "Source": _named_sources(tables, code, sources),
        "Stage": lang.word(", ").join(map(lang.stage, dict.fromkeys(stage for _, _, stage in rows))),
        "Released": origins.release_days(code, sources),
    }
    return Trace(name, lang.question(getattr(helpers, helper)), items, language=code)


def _origins_of(tables: Tables, period: str, helper: str) -> list[tuple[str, Source, str]]:
    """Period, source and stage of the rows that a helper's table of a period may be made from."""
    known = exclude_lookahead(tables, period)
    return [origin for table in MADE_FROM[helper] for origin in _origins(known, table) if origin[0] <= period]


@cached
def _origins(tables: Tables, table: str) -> tuple[tuple[str, Source, str], ...]:
    """Period, source and stage of a table's rows, each once, in its order: few, where the rows are many."""
    if table == DETAIL.name:
        return detail_origins(tables)
    rows = getattr(tables, table)[["period", *ORIGIN]].drop_duplicates()
    return tuple((row.period, source_of(row), row.stage) for row in rows.itertuples())


@cached
def _named_sources(tables: Tables, code: str, sources: tuple[Source, ...]) -> str:
    return origins.named_sources(language(code), sources, partial(publications, tables))


@cached
def publications(tables: Tables, ids: str) -> tuple[str, ...]:
    """Publisher and table of each source among these ids; what the table holds stands in the report's own list of sources."""
    names = (_source_names(tables).get(source, source) for source in ids.split("; "))
    return tuple(re.sub(r"(table \(\d+\)),.*", r"\1", name) for name in names)


@cached
def _source_names(tables: Tables) -> dict[str, str]:
    known = tables.sources
    return dict(zip(known["source"], known["publisher"] + ", " + known["what"], strict=True))
