"""EastMoney's copy of customs' totals, as JSON and as the table that AKShare makes of it: exports and imports in dollars.

Neither form names the unit of its amounts, so the one that fits the stored dollar figures is used; else nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from customs_report.errors import InputError
from customs_report.periods import is_january, shift
from customs_report.readers.documents import Data, Document, Records, clean
from customs_report.readers.reading import Names, Reading, decimals, find_period, frame, number, require

COLUMNS = {  # EastMoney's column, AKShare's -> flow, kind, measure
    ("EXIT_BASE", "当月出口额-金额"): ("exports", "month", "level"),
    ("EXIT_BASE_SAME", "当月出口额-同比增长"): ("exports", "month", "yoy"),
    ("IMPORT_BASE", "当月进口额-金额"): ("imports", "month", "level"),
    ("IMPORT_BASE_SAME", "当月进口额-同比增长"): ("imports", "month", "yoy"),
    ("EXIT_ACCUMULATE", "累计出口额-金额"): ("exports", "ytd", "level"),
    ("EXIT_ACCUMULATE_SAME", "累计出口额-同比增长"): ("exports", "ytd", "yoy"),
    ("IMPORT_ACCUMULATE", "累计进口额-金额"): ("imports", "ytd", "level"),
    ("IMPORT_ACCUMULATE_SAME", "累计进口额-同比增长"): ("imports", "ytd", "yoy"),
}
MONTH = ("TIME", "月份")
UNITS: dict[float, str] = {1.0: "dollars", 1e3: "US$1,000", 1e4: "US$10,000", 1e6: "US$ million", 1e8: "US$100 million"}
FITS, NEARLY_ALL = 0.10, 0.90  # the largest deviation from the stored month, and the share of months that must be within it
RESTATED = 0.05  # the largest deviation of a year to date from its months, which later releases restate
Figures = dict[tuple[str, str, str, str], float]  # period, flow, kind, measure


def recognises(document: Document) -> bool:
    """Is it a response of EastMoney, its list of months, or a table of them?"""
    if isinstance(document, Records):
        return _has_our_columns(document.header)
    if not isinstance(document, Data):
        return False
    if isinstance(document.value, list):
        return bool(document.value) and isinstance(document.value[0], dict) and _has_our_columns(document.value[0])
    return isinstance(document.value, dict) and bool({"result", "success"} & {*document.value})


def _has_our_columns(names: Iterable[str]) -> bool:
    return bool({*names} & {*MONTH}) and any(
        name.startswith(("当月出口额", "当月进口额", "EXIT_", "IMPORT_")) for name in names
    )


def read(document: Records | Data, names: Names) -> list[Reading]:
    records = _records(document)
    texts = _texts(records)
    figures = {key: value for key, text in texts.items() if (value := number(text, " ".join(key))) is not None}
    warnings = _without_joint_months(figures)
    unit = _unit(figures, names)
    _check(figures)
    digits = {
        measure: 10.0 ** -decimals(re.sub(r"\.0+$", "", t) for key, t in texts.items() if key[3] == measure)
        for measure in ("level", "yoy")
    }
    rows = [
        {
            "period": period, "kind": kind, "flow": flow, "currency": "USD", "measure": measure, "stage": "revised",
            "value": round(value * unit, 2) if measure == "level" else value,
            "step": max(1.0, unit * digits["level"]) if measure == "level" else digits["yoy"],
        }
        for (period, flow, kind, measure), value in sorted(figures.items())
    ]  # fmt: skip
    first, last = min(figures)[0], max(figures)[0]
    layout = f"EastMoney’s copy of customs’ totals, {first if first == last else f'{first} to {last}'}, in dollars"
    return [Reading(layout, "eastmoney", "totals", last, "USD", UNITS[unit], frame("totals", rows), warnings=tuple(warnings),
                    left_out={"blocks": len(warnings)} if warnings else {})]  # fmt: skip


def _records(document: Records | Data) -> list[dict[str, Any]]:
    if isinstance(document, Records):
        return [dict(zip(document.header, row, strict=True)) for row in document.rows]
    answer = document.value
    if isinstance(answer, list):
        answer = {"result": {"data": answer}}
    if answer.get("success") is False or not isinstance(answer.get("result"), dict):
        raise InputError(f"EastMoney answered with no data: {clean(str(answer.get('message') or 'no message'))[:160]}")
    records = answer["result"].get("data")
    if not isinstance(records, list) or not records or not all(isinstance(record, dict) for record in records):
        raise InputError("EastMoney’s answer has no list of months")
    return records


def _texts(records: list[dict[str, Any]]) -> dict[tuple[str, str, str, str], str]:
    """Each figure as text, by period, flow, kind and measure.

    Raises InputError if a column is missing or a month occurs twice.
    """
    form = 0 if MONTH[0] in records[0] else 1
    texts: dict[tuple[str, str, str, str], str] = {}
    for i, record in enumerate(records):
        if missing := next((names[form] for names in (MONTH, *COLUMNS) if names[form] not in record), ""):
            raise InputError(f"month {i + 1} of the list has no {missing}")
        shown = str(record[MONTH[form]])
        period, _ = find_period(shown) or ("", 0)
        if not re.fullmatch(r"\s*\d{4}年\d\d?月份?\s*", shown) or not period:
            raise InputError(f"{clean(shown)[:40]!r} is not a month such as 2023年12月份")
        if "REPORT_DATE" in record and str(record["REPORT_DATE"])[:7] != period:
            raise InputError(f"the month is called {shown!r}, its date is {str(record['REPORT_DATE'])[:10]!r}")
        if any(key[0] == period for key in texts):
            raise InputError(f"{period} is there twice")
        texts |= {(period, *what): _text(record[names[form]]) for names, what in COLUMNS.items()}
    return texts


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{str(value)[:40]!r} is not a figure")
    return f"{value:.8f}".rstrip("0").rstrip(".")


def _without_joint_months(figures: Figures) -> list[str]:
    """Remove February figures that are January and February together; returns a warning for each."""
    joint = sorted({
        period for period, flow, kind, measure in figures
        if period.endswith("-02") and kind == "month" and measure == "level"
        and figures[period, flow, kind, measure] == figures.get((period, flow, "ytd", measure))
    })  # fmt: skip
    for key in [key for key in figures if key[0] in joint and key[2] == "month"]:
        del figures[key]
    return [f"the month of {period} is January and February together; only the year to date is read" for period in joint]


def _unit(figures: Figures, names: Names) -> float:
    """The unit of the amounts, in dollars: the only one in which nearly all figures match the stored ones."""
    both = [
        (value, stored)
        for (period, flow, kind, measure), value in figures.items()
        if (kind, measure) == ("month", "level") and (stored := names.stored_dollars.get((period, flow)))
    ]
    if not both:
        raise InputError("the file names no unit of its amounts, and none of its months is stored in dollars to infer it")
    met = {unit: sum(abs(value * unit - stored) <= FITS * stored for value, stored in both) / len(both) for unit in UNITS}
    fitting = [unit for unit, share in met.items() if share >= NEARLY_ALL]
    if len(fitting) != 1:
        raise InputError(
            f"the file names no unit of its amounts, and none fits the {len(both)} stored figures "
            f"(best: {UNITS[max(met, key=met.__getitem__)]}, {max(met.values()):.0%})"
        )
    return fitting[0]


def _check(figures: Figures) -> None:
    """Check that a year to date grows by its month and that printed growth is about that of the levels (restated since)."""
    for (period, flow, kind, measure), value in figures.items():
        where = f"{period}, {flow}"
        require(
            value > (-100 if measure == "yoy" else 0), where, f"{value:g} is no {'growth' if measure == 'yoy' else 'amount'}"
        )
        if measure == "level" and kind == "ytd":
            month = figures.get((period, flow, "month", "level"))
            before = 0.0 if is_january(period) else figures.get((shift(period, -1), flow, "ytd", "level"))
            if month is not None:
                require(month <= value * 1.001, where, "the month exceeds the year to date")
            if month is not None and before is not None:
                require(abs(before + month - value) <= RESTATED * value, where, "the year to date has not grown by the month")
        base = figures.get((shift(period, -12), flow, kind, "level"))
        growth = figures.get((period, flow, kind, "yoy"))
        if measure == "level" and base and growth is not None:
            require(
                abs((1 + growth / 100) * base - value) <= 0.10 * value,
                where,
                f"growth of {growth:g} % does not match the levels",
            )
