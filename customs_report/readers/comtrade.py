"""UN Comtrade's answers (v1, JSON or CSV): China's own figures by month, as reported to the United Nations.

Only rows over all second partners, modes of transport and customs procedures count, so that nothing is counted twice.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from customs_report.errors import InputError
from customs_report.readers.documents import Data, Document, Records, clean
from customs_report.readers.reading import NUMBER, Names, Reading, close, frame, number, require, why_rounded, word

NEEDED = ("freqCode", "period", "reporterCode", "flowCode", "partnerCode", "partner2Code", "cmdCode", "customsCode", "motCode",
          "primaryValue")  # fmt: skip
TOGETHER = (("qty", "isQtyEstimated", "qtyUnitCode", "qtyUnitAbbr"), ("netWgt", "isNetWgtEstimated"))
OTHERS = ("typeCode", "refPeriodId", "refYear", "refMonth", "classificationCode", "reporterDesc", "partnerISO", "partnerDesc",
          "cifvalue", "fobvalue")  # fmt: skip
CHINA, WORLD, ALL_GOODS = "156", "0", "TOTAL"
WHOLE = {"partner2Code": "0", "motCode": "0", "customsCode": "C00"}
CODES = {"partnerCode": "[0-9]{1,3}", "partner2Code": "[0-9]{1,3}", "motCode": "0|[0-9]{4}", "customsCode": "C[0-9]{2}"}
FLOWS = {"X": "export", "M": "import"}
PARTS_OF_FLOWS = {"DX", "FM", "MIP", "MOP", "RM", "RX", "XIP", "XOP"}  # re-exports, processing and the like: within the flows
SPECIAL = r"[0-9]{4}[A-Z]{2}"  # goods that are in no heading: 9999AA
PREVIEW = 500  # records of an answer without a key
UNITS = {  # the UN's numbers of units; their names come only with the descriptions
    "2": "m²", "3": "1000 kWh", "4": "m", "5": "u", "6": "2u", "7": "l", "8": "kg", "9": "1000u", "12": "m³",
    "13": "carat",
}  # fmt: skip
COLUMNS = {word(name): name for name in (*NEEDED, *OTHERS, *(name for names in TOGETHER for name in names))}
ESTIMATED = {"true": True, "1": True, "false": False, "0": False}
NO_UNIT = {"", "N/A", "no unit"}


def recognises(document: Document) -> bool:
    """Is it a response of UN Comtrade, its list of records, or a table of them (in any client library's column names)?"""
    if isinstance(document, Records):
        return _has_our_columns(document.header)
    if not isinstance(document, Data):
        return False
    if isinstance(document.value, list):
        return bool(document.value) and isinstance(document.value[0], dict) and _has_our_columns(document.value[0])
    if not isinstance(document.value, dict) or "result" in document.value:
        return False
    return isinstance(document.value.get("data"), list) or "statusCode" in document.value


def _has_our_columns(names: Iterable[str]) -> bool:
    found = {COLUMNS.get(word(name)) for name in names}
    return {"reporterCode", "primaryValue"} <= found or {"refPeriodId", "cmdCode"} <= found


def read(document: Records | Data, names: Names) -> list[Reading]:
    records, warnings = _records(document)
    skipped: Counter[str] = Counter()
    monthly = _monthly_records(records, warnings, skipped)
    _check_partners(monthly)
    readings = []
    for table, make in (("totals", _totals), ("partners", _partners), ("detail", _details)):
        if rows := make(monthly, names, warnings, skipped):
            last = max(row["period"] for row in rows)
            readings.append((table, last, rows))
    if not readings:
        raise InputError("the answer of UN Comtrade holds no amounts above zero")
    return [
        Reading(
            f"UN Comtrade, {table}, in dollars", "comtrade", table, last, "USD", "dollars",
            frame(table, [{**row, "kind": "month", "currency": "USD", "step": 1.0, "stage": "revised"} for row in rows]),
            warnings=tuple(warnings) if i == 0 else (), unknown=tuple(names.unknown.values()) if i == 0 else (),
            left_out=skipped if i == 0 else {},
        )
        for i, (table, last, rows) in enumerate(readings)
    ]  # fmt: skip


def _records(document: Records | Data) -> tuple[list[dict[str, str]], list[str]]:
    """The records as text by column. Raises InputError if the response is an error or lacks a column."""
    if isinstance(document, Records):
        given = [dict(zip(document.header, row, strict=True)) for row in document.rows]
    elif isinstance(document.value, list):
        given = document.value
        if not all(isinstance(record, dict) for record in given):
            raise InputError("the list of UN Comtrade’s records holds something else")
    else:
        given = document.value.get("data")
        if message := document.value.get("message") or document.value.get("error"):
            raise InputError(
                f"UN Comtrade answered {document.value.get('statusCode', 'with an error')}: {clean(str(message))[:160]}"
            )
        if not isinstance(given, list) or not all(isinstance(record, dict) for record in given):
            raise InputError("UN Comtrade’s answer has no list of records")
    if not given:
        raise InputError("UN Comtrade’s answer has no records; China’s months reach it late")
    given = [_spelled(record, i) for i, record in enumerate(given)]
    for i, record in enumerate(given):
        if missing := next((name for name in NEEDED if name not in record), ""):
            raise InputError(f"record {i + 1} has no {missing}; without it rows would be counted twice")
        if record.keys() != given[0].keys():
            raise InputError(f"record {i + 1} has other columns than the first")
    for columns in TOGETHER:  # a quantity needs its unit and the flag for estimates
        if {*columns} & given[0].keys() and (missing := next((name for name in columns if name not in given[0]), "")):
            raise InputError(f"the records have no {missing}; {', '.join(columns)} are read together or not at all")
    count = document.value.get("count") if isinstance(document, Data) and isinstance(document.value, dict) else None
    warnings = [f"exactly {PREVIEW} records, the most a preview gives: there may be more"] if len(given) == PREVIEW else []
    if isinstance(count, int) and count > len(given):
        warnings.append(f"the answer holds {len(given)} of {count} records")
    return [{name: _text(value) for name, value in record.items()} for record in given], warnings


def _spelled(record: dict[str, Any], i: int) -> dict[str, Any]:
    """The record with UN Comtrade's own column names."""
    spelled = {COLUMNS.get(word(name), name): value for name, value in record.items()}
    if len(spelled) < len(record):
        raise InputError(f"record {i + 1} has a column twice")
    return spelled


def _text(value: Any) -> str:
    """A value as in CSV: null as empty text, 0.0 as 0, no exponent."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6f}".rstrip("0").rstrip(".")
    return str(value).strip()


def _monthly_records(records: list[dict[str, str]], warnings: list[str], skipped: Counter[str]) -> list[dict[str, Any]]:
    """China's monthly records over all other dimensions, each with its month; breakdowns are counted as skipped."""
    monthly: list[dict[str, Any]] = []
    left_out: Counter[str] = Counter()
    for i, record in enumerate(records):
        where = f"record {i + 1}"
        if record["reporterCode"] != CHINA:
            raise InputError(f"{where}: the reporter is {_named(record, 'reporter')}, not China ({CHINA})")
        if record["freqCode"] != "M":
            raise InputError(f"{where}: the frequency is {record['freqCode']!r}; only monthly records (M) are read")
        if record.get("typeCode", "C") != "C":
            raise InputError(f"{where}: the type is {record['typeCode']!r}; only goods (C) are read")
        if not re.fullmatch(r"HS?\d*|", record.get("classificationCode", "")):
            raise InputError(f"{where}: the classification is {record['classificationCode']!r}; only HS is read")
        if record["flowCode"] not in {*FLOWS, *PARTS_OF_FLOWS}:
            raise InputError(f"{where}: the flow {record['flowCode']!r} is none that UN Comtrade uses; X and M are read")
        if wrong := next((name for name, code in CODES.items() if not re.fullmatch(code, record[name])), ""):
            raise InputError(f"{where}: {record[wrong]!r} is no {wrong} of UN Comtrade{why_rounded(record[wrong])}")
        if record["flowCode"] not in FLOWS:
            left_out[f"of flow {record['flowCode'] or 'unknown'}"] += 1
        elif other := next((name for name, whole in WHOLE.items() if record[name] != whole), ""):
            left_out[f"with a {other} of its own"] += 1
        elif not re.fullmatch(rf"([0-9]{{2}}){{1,3}}|{ALL_GOODS}", record["cmdCode"]):
            if not re.fullmatch(SPECIAL, record["cmdCode"]):
                lost = "; a spreadsheet has dropped its leading zero" if record["cmdCode"].isdigit() else ""
                raise InputError(f"{where}: {record['cmdCode']!r} is not an HS code of 2, 4 or 6 digits{lost}")
            left_out[f"of commodity {record['cmdCode']!r}"] += 1
        else:
            monthly.append({**record, "month": _month(record, where), "value": _value(record, where)})
    warnings += [f"records {what}: {n} left out" for what, n in left_out.items()]
    skipped["rows"] += left_out.total()
    if not monthly:
        raise InputError("UN Comtrade’s answer has no record of exports or imports over all modes and procedures")
    return monthly


def _named(record: dict[str, str], what: str) -> str:
    return " ".join(filter(None, (record[f"{what}Code"], record.get(f"{what}Desc", ""))))


def _month(record: dict[str, str], where: str) -> str:
    """The month, checked against up to three columns: 202205, 20220501, 2022 with 5."""
    period = record["period"]
    if not re.fullmatch(r"(19|20)[0-9]{2}(0[1-9]|1[0-2])", period):
        raise InputError(f"{where}: {period!r} is not a month such as 202205{why_rounded(period)}")
    require(record.get("refPeriodId", "") in ("", f"{period}01"), where, f"refPeriodId is not of {period}")
    require(record.get("refYear", "") in ("", period[:4]), where, f"refYear is not of {period}")
    require(record.get("refMonth", "").lstrip("0") in ("", period[4:].lstrip("0")), where, f"refMonth is not of {period}")
    return f"{period[:4]}-{period[4:]}"


def _value(record: dict[str, str], where: str) -> float:
    """The amount (imports c.i.f., exports f.o.b.), checked against the column of that basis."""
    value = number(record["primaryValue"], f"{where}, primaryValue")
    if value is None or value < 0:
        raise InputError(f"{where}: primaryValue {record['primaryValue']!r} is no amount")
    basis = "cifvalue" if record["flowCode"] == "M" else "fobvalue"
    repeated = number(record.get(basis, ""), f"{where}, {basis}")
    require(repeated is None or close(repeated, value, 1), where, f"primaryValue is not its {basis}")
    return round(value, 2)


def _check_partners(records: list[dict[str, Any]]) -> None:
    """Check that all partners together do not exceed the world."""
    world: dict[tuple, float] = {}
    partners: dict[tuple, float] = defaultdict(float)
    for record in records:
        key = (record["month"], record["flowCode"], record["cmdCode"])
        if record["partnerCode"] == WORLD:
            world[key] = record["value"]
        else:
            partners[key] += record["value"]
    for key, value in world.items():
        require(partners[key] <= 1.0001 * value + 1, " ".join(key), "the partners together exceed the world")


def _totals(records: list[dict], names: Names, warnings: list[str], skipped: Counter) -> list[dict]:
    return [
        {"period": r["month"], "flow": f"{FLOWS[r['flowCode']]}s", "measure": "level", "value": r["value"]}
        for r in records
        if r["partnerCode"] == WORLD and r["cmdCode"] == ALL_GOODS and r["value"] > 0
    ]


def _partners(records: list[dict], names: Names, warnings: list[str], skipped: Counter) -> list[dict]:
    """One row for each partner and month, with exports and imports."""
    rows: dict[tuple[str, str], dict] = {}
    for r in records:
        if r["partnerCode"] == WORLD or r["cmdCode"] != ALL_GOODS or r["value"] == 0:
            continue
        partner = _partner(r, names)
        empty = dict.fromkeys(("exports", "imports", "exports_yoy", "imports_yoy", "total_yoy"))
        row = rows.setdefault((r["month"], partner), {"period": r["month"], "partner": partner, **empty})
        flow = f"{FLOWS[r['flowCode']]}s"
        if row[flow] is not None:
            raise InputError(f"UN Comtrade’s answer names {flow} of {r['month']} with {_named(r, 'partner')} twice")
        row[flow] = r["value"]
    return list(rows.values())


def _partner(record: dict[str, str], names: Names) -> str:
    return names.partner_of_un_code(record["partnerCode"], record.get("partnerISO", ""), record.get("partnerDesc", ""))


def _details(records: list[dict], names: Names, warnings: list[str], skipped: Counter) -> list[dict]:
    rows, left_out = [], Counter[str]()
    for r in records:
        if r["cmdCode"] == ALL_GOODS or r["value"] == 0:
            continue
        shifted = bool(NUMBER.fullmatch(r.get("qtyUnitAbbr", "")))
        require(not shifted, f"{r['cmdCode']} of {r['month']}", "the unit of its quantity is a number")
        printed = r.get("qtyUnitAbbr") or UNITS.get(r.get("qtyUnitCode", ""), "")
        quantity, unit = _quantity(r, "qty", "isQtyEstimated", printed, names, left_out)
        weight, kilograms = _quantity(r, "netWgt", "isNetWgtEstimated", "kg", names, left_out)
        second = kilograms != unit
        rows.append({
            "period": r["month"], "flow": FLOWS[r["flowCode"]], "commodity": r["cmdCode"],
            "partner": "" if r["partnerCode"] == WORLD else _partner(r, names), "regime": "", "province": "",
            "value": r["value"], "value_yoy": None, "quantity": quantity, "unit": unit,
            "quantity_2": weight if second else None, "unit_2": kilograms if second else "",
        })  # fmt: skip
    warnings += [f"quantities {why}: {n} left out" for why, n in left_out.items()]
    skipped["figures"] += left_out.total()
    return rows


def _quantity(
    record: dict[str, str], column: str, mark: str, unit: str, names: Names, left_out: Counter
) -> tuple[float | None, str]:
    """A quantity and its unit; neither if the UN estimated it or names no unit (counted as left out)."""
    value = number(record.get(column, ""), f"{record['cmdCode']} of {record['month']}, {column}")
    if not value:
        return None, ""
    if record.get(mark, "").lower() not in ESTIMATED:
        raise InputError(
            f"{record['cmdCode']} of {record['month']}, {mark}: {record.get(mark, '')!r} is neither true nor false"
        )
    if ESTIMATED[record[mark].lower()]:
        left_out["that the UN has estimated"] += 1
        return None, ""
    if unit in NO_UNIT:
        left_out["without a unit"] += 1
        return None, ""
    return value, names.unit(unit)
