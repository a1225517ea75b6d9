"""The frames of helpers: which call made a frame, and which fact each cell holds.

A frame's `.attrs` record the call that made it (`helper`, `arguments`, `as_of`) and the `units` of its columns. pandas copies
`.attrs` to derived frames, so they prove nothing: the frame is compared with a fresh call. If equal it is proved; otherwise it
counts as the author's own. Months are dates, for plotting, and text such as "2025-11" inside the package.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from math import isclose
from typing import Any, NamedTuple, TypeVar

import pandas as pd

from customs_report.errors import InputError, MissingFigures
from customs_report.numbers import CURRENCY_WORDS

R = TypeVar("R")

ROW, PERIOD, LAST, EACH = "row", "period", "last", "*"
OWN_ATTRS = ("currency", "over", "in_part", "whole", "why")  # what a calculation says of its frame
CURRENCY = "currency"  # the unit of a column in the currency that was asked for

TRADE = ("exports", "imports", "balance")
FLOWS = ("exports", "imports", "total")
GROWTH = (("", ""), ("_growth", "_yoy"))  # how a column ends, and the name of its fact
MONTH = {flow: f"{flow}_usd_month" for flow in TRADE}
PARTNER = {  # columns of a partner's row: the end of the fact's name
    **{f"{flow}{column}": f"{flow}_cny_{{over}}{name}" for flow in FLOWS for column, name in GROWTH},
    **{f"{flow}_contribution": f"{flow}_cny_{{over}}_contribution" for flow in FLOWS[:2]},
    "balance": "balance_cny_{over}",
    "share": "share_{over}",
    "rank": "rank_{over}",
}
COMMODITY = {
    "value": "value_cny_{over}",
    "value_growth": "value_cny_{over}_yoy",
    "contribution": "value_cny_{over}_contribution",
    "quantity": "quantity_{over}",
    "quantity_growth": "quantity_{over}_yoy",
    "unit_value": "unit_value_{over}",
    "unit_value_growth": "unit_value_{over}_yoy",
    "share": "share_{over}",
}
QUANTITIES = {
    f"{measure}_{over}{column}": f"commodity.{{row[0]}}.{{row[1]}}.{name}_{over}{end}"
    for over in ("month", "ytd")
    for measure, name in (("quantity", "quantity"), ("value", "value_cny"), ("unit_value", "unit_value"))
    for column, end in GROWTH
} | {f"barrels_a_day_{over}": f"commodity.{{row[0]}}.{{row[1]}}.barrels_a_day_{over}" for over in ("month", "ytd")}
TOTALS = {
    **{f"{flow}{column}": f"{flow}_{{currency}}_{{row}}{name}" for flow in FLOWS for column, name in GROWTH},
    "balance": "balance_{currency}_{row}",
    "balance_change": "balance_{currency}_{row}_change",
}
SPLIT = ("change", "quantity_effect", "unit_value_effect")
ADJUSTED = {f"{flow}{end}": f"adjusted.{flow}_usd_month{end}" for flow in TRADE[:2] for end in ("", "_low", "_high")}
MIRROR = {
    "china": "exports_china_usd",
    "united_states": "imports_us_usd",
    "rate": "rate",
    "gap": "gap_usd",
    "gap_percent": "gap_percent",
}
RATES = {
    "crude_oil": "rate.crude_oil_month",
    "crude_oil_yoy": "rate.crude_oil_month_yoy",
    **{f"{flow}_gap": f"growth_gap.{flow}_month" for flow in TRADE[:2]},
}
CLEAN = {
    column: f"cleantech.{{row[0]}}.{{row[1]}}.{name}"
    for column, name in {
        "value": "value_usd_ytd",
        "growth": "value_usd_ytd_yoy",
        "share": "share_ytd",
        "share_before": "share_ytd_before",
    }.items()
}
NEWS = {"actual": "{row}"} | {
    name: f"news.{{row}}_{name}"
    for name in ("expected", "surprise", "surprise_sd", "rank", "months", "year_change", "from_month", "from_rest")
}
INDICES = {
    f"{measure}{end}": f"fisher.{{side}}.{measure}_cny_month{end}"
    for measure in ("quantity", "unit_value")
    for end in ("", "_without_chips")
}
INDICES |= {measure: f"fisher.{{side}}.{measure}_month" for measure in ("lines", "coverage")}
REVISED = {"first": "revision.{row}_first", "change": "revision.{row}_change"}
# For each helper: which rows hold facts - every row, the row of the report's month, or the last complete one - and the names of
# these facts by column, or one for each column.
CELLS: dict[str, tuple[str, Mapping[str, str]]] = {
    "adjusted_series": (PERIOD, ADJUSTED),
    "balance_contributions": (ROW, {"contribution": "balance_contribution.partner.{row}_cny_{over}"}),
    "cleantech_exports": (ROW, CLEAN),
    "commodities": (ROW, {column: f"commodity.{{side}}.{{row}}.{name}" for column, name in COMMODITY.items()}),
    "commodity_months": (PERIOD, {"value": "commodity.{side}.{commodity}.value_cny_month"}),
    "contributions": (ROW, {"contribution": "contribution.{by}.{side}_cny_{over}.{row}"}),
    "cover_ratio": (PERIOD, {"ratio": "cover.usd_12m"}),
    "cumulative_balance": (PERIOD, {"{year}": "balance_usd_ytd"}),
    "exchange_rates": (PERIOD, RATES),
    "mirror_trade": (LAST, {column: f"mirror.{name}_month" for column, name in MIRROR.items()}),
    "model_news": (ROW, NEWS),
    "month_before": (ROW, {"now": "{row}", "before": "previous.{row}", "change": "previous.{row}_change"}),
    "monthly_trade": (PERIOD, MONTH),
    "outlook": (ROW, {"forecast": "outlook.{row[1]}_usd_year_{row[0]}"}),
    "partner_growth": (PERIOD, {EACH: "partner.{column}.exports_cny_ytd_yoy_printed"}),
    "partner_months": (PERIOD, {flow: f"partner.{{partner}}.{flow}_cny_month" for flow in TRADE}),
    "partners": (ROW, {column: f"partner.{{row}}.{name}" for column, name in PARTNER.items()}),
    "quantities": (ROW, QUANTITIES),
    "revisions": (ROW, REVISED),
    "rolling_year": (PERIOD, {flow: f"{flow}_usd_12m" for flow in TRADE}),
    "thirteen_months": (PERIOD, MONTH | {f"{flow}_yoy": f"{flow}_usd_month_yoy" for flow in TRADE[:2]}),
    "totals": (ROW, TOTALS),
    "unit_value_indices": (PERIOD, INDICES),
    "value_split": (ROW, {column: f"commodity.{{side}}.{{row}}.value_cny_ytd_{column}" for column in SPLIT}),
}
SUBJECTS = ("partner", "commodity")  # arguments that name what a frame is of
NAMED = {
    "flow": "",
    "partner": "",
    "commodity": "",
    "goods": "",
    "digits": 4,
    "within": "",
}  # what its name says; last ones left out if they are this


def name_of(helper: str, arguments: Mapping[str, Any]) -> str:
    """The name of a helper's table in proofs and traces, such as `partner_months.USA` or `commodity_months.export.ships`."""
    given = [(name, value) for name, value in arguments.items() if name in NAMED]
    while given and given[-1][1] == NAMED[given[-1][0]]:
        given.pop()
    return ".".join([helper, *(value.removesuffix("s") if name == "flow" else str(value) for name, value in given)])


class Flat(dict):
    """A dictionary of plain values, quickly copied: pandas makes a deep copy of `.attrs` with nearly every operation."""

    def __deepcopy__(self, memo: dict) -> Flat:
        return Flat(self)


class Call(NamedTuple):
    """The call that made a frame."""

    helper: str
    arguments: dict[str, Any]
    as_of: str

    @property
    def period(self) -> str:
        return self.arguments["period"]


_silent = ContextVar("_silent", default=False)
warned: set[str] = set()  # what `warn_missing` has said; a new notebook clears it


def silently(helper: Callable[..., R], *given: Any, **named: Any) -> R:
    """Call a helper without its MissingFigures warning; the report states the gap itself."""
    before = _silent.set(True)
    try:
        return helper(*given, **named)
    finally:
        _silent.reset(before)


def warn_missing(said: str, stacklevel: int) -> None:
    """Warn that a frame is empty, once for each reason: the filter "once" forgets whenever another filter is set."""
    if not _silent.get() and said not in warned:
        warned.add(said)
        warnings.warn(said, MissingFigures, stacklevel=stacklevel + 1)


def describe(frame: pd.DataFrame, call: Call, units: Mapping[str, str]) -> pd.DataFrame:
    """The frame with months as dates; `.attrs` holds the call and the units of the columns.

    `units["other"]` applies to columns not listed.
    """
    own = {name: frame.attrs[name] for name in OWN_ATTRS if name in frame.attrs}
    frame, currency = by_date(frame), CURRENCY_WORDS.get(own.get("currency") or call.arguments.get("currency", ""), "")
    of = {str(column): units.get(str(column), units.get("other", "")) for column in frame.columns}
    units = {column: currency if unit == CURRENCY else unit for column, unit in of.items()}
    said = {**call._asdict(), "arguments": Flat(call.arguments), "units": Flat(units)}
    frame.attrs = own | said
    return frame


def call_of(frame: object) -> Call:
    """Which call made a frame? Raises InputError if its `.attrs` do not record it."""
    attrs = frame.attrs if isinstance(frame, pd.DataFrame) else {}
    if not {"helper", "arguments", "as_of"} <= attrs.keys():
        raise InputError("an exhibit takes frames that helpers return; this one does not say which call made it (`.attrs`)")
    return Call(attrs["helper"], attrs["arguments"], attrs["as_of"])


def by_date(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its months as dates, the first day of each."""
    is_text = frame.index.name == "period" and not isinstance(frame.index, pd.DatetimeIndex)
    return _reindexed(frame, pd.to_datetime(frame.index.astype(str))) if is_text else frame


def by_month(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its months as text: "2025-11"."""
    return _reindexed(frame, frame.index.strftime("%Y-%m")) if isinstance(frame.index, pd.DatetimeIndex) else frame


def _reindexed(frame: pd.DataFrame, months: pd.Index) -> pd.DataFrame:
    frame = frame.copy(deep=False)
    frame.index = months.rename("period")
    return frame


def in_order_of(as_made: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with its rows in the order of the one that its call returns; InputError where rows or columns differ."""
    if as_made.index.equals(frame.index) and as_made.columns.equals(frame.columns):
        return frame
    for axis, wanted, found in (("row", as_made.index, frame.index), ("column", as_made.columns, frame.columns)):
        if len(wanted) != len(found) or len(wanted.symmetric_difference(found)):
            lacking = [*wanted.difference(found)]
            said = f"lacks {axis} {lacking[0]}" if lacking else f"has {axis}s of its own"
            helper = call_of(frame).helper
            raise InputError(
                f"the frame of helpers.{helper} {said}; an exhibit needs every row and column and chooses what it "
                "shows; to show fewer, plot the frame"
            )
    return frame.loc[as_made.index, [*as_made.columns]]


def fact_cells(frame: pd.DataFrame) -> Iterator[tuple[str, Any]]:
    """Yield (fact name, value) for each cell that holds a fact."""
    call = call_of(frame)
    rows, columns = CELLS.get(call.helper, (ROW, {}))
    frame, given = by_month(frame), _in_names(call)
    for row in _rows(frame, rows, call.period):
        for column, name in columns.items():
            for each in frame.columns.intersection([column.format(**given)]) if column != EACH else frame.columns:
                yield name.format(row=row, column=each, **given), frame.at[row, each]


def _rows(frame: pd.DataFrame, which: str, period: str) -> pd.Index:
    if which == ROW:
        return frame.index
    return frame.dropna().index[-1:] if which == LAST else frame.index.intersection([period, int(period[5:])])


def _in_names(call: Call) -> dict[str, str]:
    """The call's arguments, spelt as in fact names."""
    given = {"currency": "", "over": "ytd", "flow": "", "by": "", **call.arguments}
    side = given["flow"] if given["by"] in ("group", "partner") else given["flow"].removesuffix("s")
    return {**given, "currency": given["currency"].lower(), "side": side, "year": call.period[:4]}


def differ(cell: Any, other: Any, rounding: float = 0.0) -> bool:
    """Are two cells different numbers, or is one of them missing?"""
    missing, none = pd.isna(cell), pd.isna(other)
    return bool(missing != none or (not missing and not isclose(cell, other, rel_tol=1e-9, abs_tol=max(rounding / 2, 1e-9))))
