"""The arguments of a public calculation: any name of a partner, commodity, flow, span or currency is accepted."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from customs_report import lookup, vintages
from customs_report.calculations import detail as detail_data
from customs_report.calculations import levels, partitions, traded_goods
from customs_report.calculations.comparisons import MEASURES
from customs_report.errors import InputError, nearest, unknown
from customs_report.periods import is_latest, parse_month
from customs_report.schema import FLOWS
from customs_report.tables import Tables

NEWEST = "newest"  # the newest month of the detail data

signature = cache(inspect.signature)


def resolved(helper: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """The arguments of a call as the calculation takes them, defaults included."""
    try:
        given = signature(helper).bind(*args, **kwargs)
    except TypeError as error:
        raise InputError(_misfit(helper, kwargs, str(error))) from None
    given.apply_defaults()
    for name in given.arguments:
        if name in ("within", "words") or (
            name == "commodity" and helper.__name__ in OF_CODES and is_code(given.arguments[name])
        ):
            given.arguments[name] = str(given.arguments[name])
            continue
        if name in RESOLVED:
            given.arguments[name] = RESOLVED[name](given.arguments)
    return dict(given.arguments)


def _misfit(helper: Callable[..., Any], named: Mapping[str, Any], error: str) -> str:
    """What is wrong with the arguments of a call: an unknown name, with the nearest, or a missing argument."""
    arguments = [*signature(helper).parameters]
    said = f"the arguments of helpers.{helper.__name__} are {', '.join(arguments)}"
    for name in [name for name in named if name not in arguments]:
        near = ARGUMENTS.get(name) if ARGUMENTS.get(name) in arguments else nearest(name, arguments)
        return f"helpers.{helper.__name__} has no argument {name!r};{f' nearest: {near};' * (near != 'none')} {said}"
    return f"helpers.{helper.__name__}: {error}; {said}"


def _tables(given: Mapping[str, Any]) -> Tables:
    if not isinstance(given["tables"], Tables):
        raise InputError(f"tables are what helpers.load() returns, not {type(given['tables']).__name__}")
    return given["tables"]


def _period(given: Mapping[str, Any]) -> str:
    period = given["period"]
    if period == NEWEST:
        flow = _flow(given).removesuffix("s") if "flow" in given else "export"
        by = ("partner",) if {"partner", "commodity"} & given.keys() and given.get("partner") != "WORLD" else ()
        of_cars = traded_goods.CARS if given.keys() <= {"tables", "period"} else ""
        codes = traded_goods.codes_of(str(given.get("commodity", of_cars)))
        chapters, digits = sorted({code[:2] for code in codes}), max(map(len, codes), default=2)
        return detail_data.newest(_tables(given), flow, by, digits, chapters) or vintages.latest(_tables(given))
    try:
        if "tables" in given:
            return vintages.month_of(given["tables"], period)
        return vintages.latest(vintages.known_tables()) if is_latest(period) else vintages.month(period)
    except InputError as refused:
        subject = next((name for name in NEEDED if name in given and not given[name]), "")
        if not subject or parse_month(period):
            raise
        flow = _word("flow", given, "period") if "flow" in given else ""
        meant = {"flow": flow, subject: given["flow"]} if flow in OF_GOODS and subject == "commodity" else {subject: period}
        said = ", ".join(f"{name}={value!r}" for name, value in meant.items())
        raise InputError(f"{refused}; to leave out the period, pass the argument by name: {said}") from None


def _flow(given: Mapping[str, Any]) -> str:
    """The flow: "exports" or "imports"; "balance" and "total" too if the calculation has a `currency` argument."""
    possible, flow = FLOWS if "currency" in given else OF_GOODS, given["flow"]
    if "commodity" in given and _word("flow", given) not in possible and lookup.is_name(given["tables"], "commodity", flow):
        raise InputError(
            f"the flow comes before the commodity: {given['commodity']!r}, {flow!r}, not {flow!r}, {given['commodity']!r}"
        )
    return _one_of("flow", *possible)(given)


def _partner(given: Mapping[str, Any]) -> str:
    return lookup.find(given["tables"], "partner", _needed("partner", given))


def _commodity(given: Mapping[str, Any]) -> str:
    return lookup.find(given["tables"], "commodity", _needed("commodity", given), _flow(given).removesuffix("s"))


def _needed(name: str, given: Mapping[str, Any]) -> Any:
    if given[name] == "":
        raise InputError(f"a {name} is needed, by any of its names: {name}={NEEDED[name]!r}")
    return given[name]


def _over(given: Mapping[str, Any]) -> str:
    """A span; of partners and commodities by themselves customs publishes the month and the year to date only."""
    possible = tuple(levels.SPANS) if "currency" in given else ("month", "ytd")
    if _word("over", given) == "year":
        if "12m" in possible:
            raise InputError("over 'year' is ambiguous: use 'ytd' (since January) or '12m' (the last twelve months)")
        return "ytd"
    return _one_of("over", *possible)(given)


def _goods(given: Mapping[str, Any]) -> str:
    known = traded_goods.list_names(given["tables"])
    if given["goods"] not in known:
        raise unknown("list of goods", given["goods"], known)
    return given["goods"]


def is_code(commodity: object) -> bool:
    """Is it a code of the Harmonized System, of two to eight digits, as text or as a number?"""
    return str(commodity).isdigit() and len(str(commodity)) in detail_data.LEVELS


OF_CODES = ("commodity_partners", "goods_months")  # calculations that take a code as the commodity, too


def _count(given: Mapping[str, Any]) -> int:
    if not isinstance(given["count"], int) or given["count"] < 1:
        raise InputError(f"count must be a whole number of at least 1, not {given['count']!r}")
    return given["count"]


def _one_of(name: str, *possible: str) -> Callable[[Mapping[str, Any]], str]:
    """Resolves an argument that is one of a few words."""

    def resolve(given: Mapping[str, Any]) -> str:
        if (value := _word(name, given)) not in possible:
            raise unknown(NOUNS.get(name, name), given[name], possible)
        return value

    return resolve


def _word(name: str, given: Mapping[str, Any], written_as: str = "") -> str:
    """What was given for an argument that is one of a few words, as the calculations have it."""
    said = " ".join(str(given[written_as or name]).casefold().split())
    return WORDS[name].get(said, said)


OF_GOODS = ("exports", "imports")
NEEDED = {"partner": "Germany", "commodity": "chips", "subjects": ["Germany", "chips"]}  # for which there is no default
NOUNS = {"over": "span", "by": "breakdown by"}  # what an argument is called where its name is no noun
ARGUMENTS = {  # what people call an argument
    **dict.fromkeys(("country", "region", "group"), "partner"),
    **dict.fromkeys(("goods", "good", "product", "line"), "commodity"),
    **dict.fromkeys(("month", "date", "year"), "period"),
    **dict.fromkeys(("span", "window"), "over"),
    **dict.fromkeys(("day", "vintage"), "as_of"),
}
WORDS = {  # what people say for one of a few words
    "flow": {
        "export": "exports",
        "import": "imports",
        **dict.fromkeys(("surplus", "trade surplus", "trade balance", "balance of trade"), "balance"),
        **dict.fromkeys(("trade", "total trade"), "total"),
    },
    "currency": {
        **dict.fromkeys(("usd", "dollar", "dollars", "us dollar", "us dollars", "us$", "$"), "USD"),
        **dict.fromkeys(("cny", "yuan", "rmb", "renminbi", "¥"), "CNY"),
    },
    "over": {
        **dict.fromkeys(("monthly", "months"), "month"),
        **dict.fromkeys(("year to date", "since january"), "ytd"),
        **dict.fromkeys(("three months", "3 months", "quarter"), "3m"),
        **dict.fromkeys(("twelve months", "12 months"), "12m"),
    },
    "by": {
        "groups": "group",
        **dict.fromkeys(("partners", "country", "countries"), "partner"),
        **dict.fromkeys(("commodities", "goods", "product", "products"), "commodity"),
    },
    "measure": {"unit value": "unit_value"},
    "base": {},
}
RESOLVED: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "as_of": lambda given: vintages.day(given["as_of"]),
    "tables": _tables,
    "period": _period,
    "flow": _flow,
    "partner": _partner,
    "commodity": _commodity,
    "goods": _goods,
    "count": _count,
    "currency": _one_of("currency", *levels.CURRENCIES),
    "over": _over,
    "by": _one_of("by", *partitions.SPLITS),
    "base": _one_of("base", *partitions.BASES),
    "measure": _one_of("measure", *MEASURES),
}
