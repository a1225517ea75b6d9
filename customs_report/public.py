"""Makes a function a public calculation of `helpers`: arguments by any of their names, frames that say how they were made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import pandas as pd

from customs_report import frames, lookup, names
from customs_report.arguments import is_code, resolved, signature
from customs_report.facts import NotAvailable

OF_ALL_TRADE = "all"  # a column of the months of a partner or commodity
Given = Mapping[str, Any]  # the arguments of a call
Months = Callable[[Given], list[str]]

P = ParamSpec("P")
R = TypeVar("R")


def calculation(months: Months | None = None, /, **units: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorator: accepts any name of a partner, commodity, flow, span or currency, and "latest" as the period.

    A frame that it returns has dates for months. Its `.attrs` record the call that made it (`helper`, `arguments`), the day on
    which its figures were known (`as_of`) and the `units` of its columns; `other` applies to columns not listed. If the figures
    are not available the frame is empty, and a warning states the reason: the frame's `.attrs["why"]`, if there is one; none if
    that is "". `months` returns the months with figures of a partner or commodity, for the warning.
    """

    def decorated(function: Callable[P, R]) -> Callable[P, R]:
        gives_frame = signature(function).return_annotation == "pd.DataFrame"

        @wraps(function)
        def asked(*args: P.args, **kwargs: P.kwargs) -> R:
            given = resolved(function, *args, **kwargs)
            try:
                made = cast(Any, function)(**given)
            except NotAvailable as gap:
                if not gives_frame:
                    raise
                made = pd.DataFrame(columns=[column for column in units if column != "other"], dtype=float)
                made.attrs["why"] = gap.why
            if not gives_frame:
                return made
            if what := _missing(made, function.__name__, given, months):
                of = f"{given['period']}: " if "period" in given else ""
                frames.warn_missing(of + what, stacklevel=2)
            call = frames.Call(function.__name__, given, given.pop("tables").as_of)
            return cast(R, frames.describe(made, call, units))

        return asked

    return decorated


def _missing(made: pd.DataFrame, name: str, given: Given, months: Months | None) -> str:
    """What a frame lacks: all figures, those of some goods, of its month, or of most months; "" if nothing."""
    if made.empty:
        why = made.attrs["why"] if "why" in made.attrs else _why_none(name, given, months)
        return f"{why}; the frame is empty" if why else ""
    if made.attrs.get("in_part"):
        return f"{_subject(name, given)}: the detail data have some goods only: sums, shares and points are of these"
    if made.index.name != "period":
        return ""
    there = made.drop(columns=OF_ALL_TRADE, errors="ignore").notna().any(axis=1)
    if "period" in given and not there.get(given["period"], False):
        return _why_none(name, given, months)
    known = int(there.sum())
    if 2 * known < len(made):
        return f"{known} of {len(made)} months have figures; helpers.comparison(...).gaps says why the others have none"
    return ""


def _subject(name: str, given: Given) -> str:
    """What a calculation is of: "partner goods for Kenya"."""
    asked = name.replace("_", " ")
    if is_code(given.get("commodity")):
        return f"{asked} for {given['commodity']}"
    if "commodity" in given:
        return f"{asked} for {names.goods(given['tables'], given['flow'].removesuffix('s'), given['commodity'])}"
    return f"{asked} for {names.the(names.partner_name(given['tables'], given['partner']))}" if "partner" in given else asked


def _why_none(name: str, given: Given, months: Months | None) -> str:
    """Why a frame has no figures of its month; for months of a partner or commodity also which months there are."""
    none, known = f"no figures of {_subject(name, given)} are available", months(given) if months else []
    if months and not known and "partner" in given:
        return lookup.no_line(given["tables"], given["partner"])
    if before := [month for month in known if month <= given["period"]]:
        return f"{none}; the newest are of {max(before)}"
    return f"{none}; they begin in {min(known)}" if known else none
