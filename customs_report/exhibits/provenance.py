"""Where a number comes from, in words: what it is, its value in full, formula, inputs, sources, stage and release day.

A function of the facts (and of the reference lists, for names), so that the proof can write the same text again; for a
number that is a cell of a helper's table, of the helper and of what its table is made from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import helpers
from customs_report.display import Trace
from customs_report.english.grammar import commodity_name, opened, partner_name
from customs_report.english.labels import label
from customs_report.facts import CURRENCY_WORDS, Fact, in_full, plain, readable
from customs_report.report import Report
from customs_report.tables import Tables, remembered

# What the parts of a fact's name say; other parts are words already.
PARTS = {
    **{code.lower(): f"in {word}" for code, word in CURRENCY_WORDS.items()},
    "month": "month",
    "ytd": "year to date",
    "3m": "three months",
    "12m": "twelve months",
    "yoy": "growth on a year earlier",
    "printed": "as printed",
    "computed": "as computed",
    "change": "change",
    "contribution": "contribution to growth",
    "rank": "rank",
}

# Formula, name of the fact, names of its inputs: the facts that stand behind a fact, where they are facts.
INPUTS = tuple(
    (re.compile(formula), re.compile(of), inputs)
    for formula, of, inputs in (
        (r"exports [-+] imports", r"(.*?)(?:balance|total)_(.*)", (r"\1exports_\2", r"\1imports_\2")),
        (r"exports / imports", r"cover\.(usd_12m)", (r"exports_\1", r"imports_\1")),
        (r"value / quantity", r"(.*)\.unit_value_(.*)", (r"\1.value_cny_\2", r"\1.quantity_\2")),
        (r"share of all", r"(.*\.(export|import)\..*)\.share_(.*)", (r"\1.value_cny_\3", r"\2s_cny_\3")),
        (r"share of total trade", r"(.*)\.share_(.*)", (r"\1.total_cny_\2", r"total_cny_\2")),
        (r"now less first print", r"revision\.(.*)_change", (r"\1", r"revision.\1_first")),
        (r"less the same of the month before", r"previous\.(.*)_change", (r"\1", r"previous.\1")),
        (r"contribution", r"(.*)_contribution", (r"\1", r"\1_yoy")),
        (r"growth|change|place", r"(.*?)_(?:yoy|change|rank).*", (r"\1",)),
        (r"round number", r"milestone\.(.*)", (r"\1",)),
    )
)

# The helpers whose tables stand behind charts, and what they are made from.
HELPERS = {
    "adjusted_series": ("totals",),
    "backtest_errors": ("totals",),
    "cover_ratio": ("totals",),
    "cumulative_balance": ("totals",),
    "exchange_rates": ("totals", "commodities"),
    "mirror_trade": ("partners", "commodities", "mirror"),
    "monthly_trade": ("totals",),
    "partner_growth": ("partners",),
    "partner_shares": ("partners", "totals"),
    "rolling_year": ("totals",),
    "thirteen_months": ("totals",),
}
OF_SUBJECT = {  # of profiles: `partner_months.USA`
    "commodity_months": ("commodities", "totals"),
    "commodity_partners": ("details",),
    "partner_goods": ("details",),
    "partner_months": ("partners", "totals"),
}

BASES = {
    "printed": "as printed",
    "usual day": "the usual day of the stage",
    "retrieved": "as shown that day",
}
ORIGIN = ["source", "stage", "released", "released_basis"]
MOST = 3  # sources named one by one


def traces(report: Report, names: Iterable[str] | None = None) -> tuple[Trace, ...]:
    """Where does each number come from: of the facts named, else of all cited so far and of the tables behind charts?"""
    named = (*report.facts.cited, *HELPERS) if names is None else names
    return tuple(trace(report, report.facts.by_name, name) for name in named)


def trace(report: Report, facts: Mapping[str, Fact], name: str) -> Trace:
    """Where does one of the facts, or a helper's table, come from? Raises KeyError for a name that is neither.

    Of facts only those given count; `report` names their sources, and has the tables.
    """
    if name.partition(".")[0] in {*HELPERS, *OF_SUBJECT}:
        return _of_helper(report.tables, report.period, name)
    fact = facts[name]
    items = {"Value": in_full(fact.value, fact.unit), "Formula": readable(fact.how)}
    if inputs := "; ".join(f"{_role(key, name)} {facts[key].text}" for key in _inputs(facts, fact)):
        items["Inputs"] = inputs
    items["Source"] = _sources(report.tables, fact.sources)
    items["Stage"] = fact.stage
    if released := _released(fact.sources):
        items["Released"] = released
    return Trace(name, plain(opened((_what(report, name),))), items, fact.origin)


@remembered
def _of_helper(tables: Tables, period: str, name: str) -> Trace:
    """A table is told by the question that its helper answers, by its call, and by all that it may be made from."""
    known, (helper, *subject) = helpers.own(tables, period), name.split(".")
    origins = [origin for table in (HELPERS | OF_SUBJECT)[helper] for origin in _origins(known, table) if origin[0] <= period]
    sources = tuple(dict.fromkeys(source for _, source, _ in origins))
    given = ", ".join(f'"{text}"' for text in (period, *subject))
    items = {
        "Made by": f"helpers.{helper}(tables, {given})",
        "Source": _sources(known, sources),
        "Stage": ", ".join(dict.fromkeys(stage for _, _, stage in origins)),
        "Released": _released(sources),
    }
    question = getattr(helpers, helper).__doc__.split("?")[0] + "?"
    return Trace(name, question, items)


@remembered
def _origins(tables: Tables, table: str) -> tuple[tuple[str, str, str], ...]:
    """Period, source and stage of a table's rows, each once, in its order: few, where the rows are many."""
    rows = getattr(tables, table)[["period", *ORIGIN]].drop_duplicates()
    return tuple((row.period, helpers.source_of(row), row.stage) for row in rows.itertuples())


def _what(report: Report, name: str) -> str:
    """What a fact is; a name of no common form is read out part by part."""
    known, parts, said = label(report, name), iter(name.split(".")), []
    if known != name:
        return known
    for part in parts:
        if part == "partner":
            said.append(partner_name(report, next(parts)))
        elif part == "commodity":
            flow, slug = next(parts), next(parts)
            said.append(f"{commodity_name(report, flow, slug)}, {flow}s")
        else:
            said.append(_in_words(part))
    return ": ".join(said)


def _in_words(part: str) -> str:
    """ "exports_cny_ytd_yoy": "exports, in yuan, year to date, growth on a year earlier"."""
    said: list[str] = []
    joins = False
    for word in part.split("_"):
        known = word in PARTS
        if said and joins and not known:
            said[-1] += f" {word}"
        else:
            said.append(PARTS.get(word, word))
        joins = not known
    return ", ".join(said)


def _inputs(facts: Mapping[str, Fact], fact: Fact) -> Iterator[str]:
    for formula, of, inputs in INPUTS:
        if formula.match(fact.how) and (match := of.fullmatch(fact.name)):
            yield from (name for name in map(match.expand, inputs) if name in facts)
            return


def _role(name: str, of: str) -> str:
    """What an input is beside the fact that it stands behind."""
    if name.endswith("_first"):
        return "first print"
    if name.startswith("previous."):
        return "month before"
    if name.endswith("_yoy"):
        return "growth"
    flow = name.split(".")[-1].split("_")[0]
    return f"all {flow}".replace("all total", "all trade") if of.count(".") > 1 and "." not in name else flow


@remembered
def _sources(tables: Tables, sources: tuple[str, ...]) -> str:
    """Publisher and table of each source; of many the first, the last and how many."""
    names = list(dict.fromkeys(_named(tables, _parted(source)[0]) for source in sources))
    if len(names) <= MOST:
        return "; ".join(names)
    return f"{names[0]}; …; {names[-1]} ({len(names)} sources in all)"


@remembered
def _named(tables: Tables, ids: str) -> str:
    """A source's publisher and table; what the table holds stands in the report's own list of sources."""
    names = (_source_names(tables).get(source, source) for source in ids.split("; "))
    return "; ".join(re.sub(r"(table \(\d+\)),.*", r"\1", name) for name in names)


@lru_cache(maxsize=4096)
def _released(sources: tuple[str, ...]) -> str:
    """The release days, and how they are known."""
    found = [(day, basis) for _, day, basis in map(_parted, sources) if day]
    days, bases = sorted({day for day, _ in found}), dict.fromkeys(BASES.get(basis, basis) for _, basis in found)
    if not days:
        return ""
    written = " and ".join(days) if len(days) <= 2 else f"{len(days)} days from {days[0]} to {days[-1]}"
    return readable(f"{written} ({'; '.join(bases)})")


@lru_cache(maxsize=4096)
def _parted(source: str) -> tuple[str, str, str]:
    """A fact's source as its names, release day and how the day is known; what is no release has no day."""
    match = re.fullmatch(r"(.*), [^,]+, released (\S+) \((.*)\)", source)
    return match.groups() if match else (source, "", "")


@remembered
def _source_names(tables: Tables) -> dict[str, str]:
    known = tables.sources
    return dict(zip(known["source"], known["publisher"] + ", " + known["what"], strict=True))
