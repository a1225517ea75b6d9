"""The CSV of customs' query platform: any cross-classification by commodity, partner, regime and province, month by month.

Codes identify partners and goods; names are often garbled by encodings. The currency is in the name of the amount's column;
the file does not say whether it has exports or imports.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pandas as pd

from customs_report.errors import InputError
from customs_report.readers.documents import Document, Records, clean
from customs_report.readers.reading import LONGEST_NAME, NOTHING, Names, Reading, frame, nearest, why_rounded, word

COLUMNS = {  # what a column is -> how it is headed
    "period": ("数据年月", "Date of data"),
    "partner": ("贸易伙伴编码", "Trading partner code"),
    "partner_name": ("贸易伙伴名称", "Trading partner"),
    "commodity": ("商品编码", "Commodity code"),
    "commodity_name": ("商品名称", "Commodity"),
    "regime": ("贸易方式编码", "Customs Regime code"),
    "regime_name": ("贸易方式名称", "Customs Regime"),
    "province": ("注册地编码", "Locations of importers and exporters code"),
    "province_name": ("注册地名称", "Locations of importers and exporters"),
    "quantity": ("第一数量", "Quantity"),
    "unit": ("第一计量单位", "Unit"),
    "quantity_2": ("第二数量", "Supplimentary Quantity", "Supplementary Quantity"),
    "unit_2": ("第二计量单位", "Supplimentary Unit", "Supplementary Unit"),
    "CNY": ("人民币", "Renminbi Yuan"),
    "USD": ("美元", "US dollar"),
}
HEADINGS = {word(heading): (what, heading) for what, headings in COLUMNS.items() for heading in headings}
DIMENSIONS = ("commodity", "partner", "regime", "province")
MOST = 10_000  # rows of one download


def recognises(document: Document) -> bool:
    """Is it a CSV with an amount and at least one more of the platform's columns?"""
    if not isinstance(document, Records):
        return False
    known = {HEADINGS[word(name)][0] for name in document.header if word(name) in HEADINGS}
    return len(known) > 1 and bool(known & {"CNY", "USD", "quantity", "period"})


def read(document: Records, names: Names) -> list[Reading]:
    if names.flow not in ("export", "import"):
        raise InputError(
            "the query platform's files do not say whether they are exports or imports: add --flow export or --flow import"
        )
    columns, currency = columns_of(document.header)
    another = next((i for i, row in enumerate(document.rows) if word(row[0]) in HEADINGS), None)
    if another is not None:
        raise InputError(f"row {another + 2} is another header: two downloads in one file; add each by itself")
    cells = pd.DataFrame(document.rows, columns=columns)
    rows = pd.DataFrame({"period": _each(cells["period"], _period), "kind": "month", "flow": names.flow})
    rows["commodity"] = _commodities(cells)
    rows["partner"] = _partners(cells, names)
    rows["regime"] = _codes(cells, "regime", lambda code: bool(re.fullmatch(r"[0-9]{2}", code)), "a regime code of two digits")
    rows["province"] = _codes(cells, "province", names.provinces.__contains__, "a code of reference/provinces.csv")
    rows["currency"] = currency
    rows["value"] = _figures(cells[currency], r"[0-9]{1,3}(,[0-9]{3}){1,5}|[0-9]{1,16}", "amount")
    left_out: Counter[str] = Counter()
    warnings = [f"exactly {MOST:,} rows: the platform cuts its files there without a mark"] if len(rows) == MOST else []
    for n in ("", "_2"):
        warnings += _quantities(rows, cells, n, names, left_out)
    rows = rows.assign(value_yoy=None, step=1.0, stage="revised")
    if (nothing := int((rows["value"] == 0).sum())) > 0:
        left_out["rows"] += nothing
        rows = rows[rows["value"] > 0]
        warnings.append(f"rows with an amount of 0: {nothing} of {len(cells)} left out")
    first, last = rows["period"].min(), rows["period"].max()
    by = ", ".join(d for d in DIMENSIONS if d in cells) or "nothing else"
    layout = f"query platform, {names.flow}s by {by}, {first if first == last else f'{first} to {last}'}, in " + (
        "dollars" if currency == "USD" else "yuan"
    )
    return [
        Reading(
            layout, "gacc-query", "detail", last, currency, "dollars" if currency == "USD" else "yuan",
            frame("detail", rows.reset_index(drop=True)), warnings=tuple(warnings), unknown=tuple(names.unknown.values()),
            left_out=left_out,
        )
    ]  # fmt: skip


def columns_of(header: list[str]) -> tuple[list[str], str]:
    """Identify the columns and the currency. Raises InputError if a column is unknown, missing or there twice."""
    for name in header:
        if word(name) not in HEADINGS:
            near = nearest(name, HEADINGS, cutoff=0)
            raise InputError(f"the query platform has no column {name[:LONGEST_NAME]!r}; nearest: {HEADINGS[near][1]!r}")
    if len(header) > len(COLUMNS):
        raise InputError(f"the file has {len(header)} columns, the query platform's have at most {len(COLUMNS)}")
    columns = [HEADINGS[word(name)][0] for name in header]
    if twice := next((name for name, what in zip(header, columns, strict=True) if columns.count(what) > 1), ""):
        raise InputError(f"the column {twice!r} is there twice")
    currencies = [what for what in columns if what in ("CNY", "USD")]
    if len(currencies) != 1:
        raise InputError("the amount must stand in one column, 人民币 (Renminbi Yuan) or 美元 (US dollar)")
    if "period" not in columns:
        raise InputError(
            "the file has no column 数据年月 (Date of data): its months are summed; ask the platform month by month"
        )
    # quantities come only with commodities of eight digits; a name says less than its code
    together = [("quantity", "unit"), ("quantity_2", "unit_2"), *((f"{d}_name", d) for d in DIMENSIONS)]
    needed = {what for pair in together for what in pair if {*pair} & {*columns} and not what.endswith("_name")}
    if missing := sorted(needed - {*columns}):
        raise InputError(f"the file has no column {' ('.join(COLUMNS[missing[0]][:2])})")
    return columns, currencies[0]


def _each(cells: pd.Series, read_one: Callable[[str], str]) -> pd.Series:
    """Apply a function to each distinct text of the cells; an error names the row."""
    known = {}
    for text in cells.unique():
        try:
            known[text] = read_one(text)
        except InputError as error:
            raise InputError(f"row {_row(cells == text)}: {error}") from None
    return cells.map(known)


def _row(wrong: pd.Series) -> int:
    """The line number of the first marked row in the file; the header is row 1."""
    return int(wrong.to_numpy().argmax()) + 2


def _period(text: str) -> str:
    if not re.fullmatch(r"(20[0-9][0-9]|199[0-9])(0[1-9]|1[0-2])", text):
        raise InputError(f"{clean(text)[:40]!r} is not a month such as 202301{why_rounded(text)}")
    return f"{text[:4]}-{text[4:]}"


def _commodities(cells: pd.DataFrame) -> pd.Series | str:
    """HS codes as text. Raises InputError if their lengths differ, since goods would be counted twice."""
    codes = _codes(
        cells, "commodity", lambda code: bool(re.fullmatch(r"([0-9]{2}){1,4}", code)), "a code of 2, 4, 6 or 8 digits"
    )
    if isinstance(codes, pd.Series) and len(lengths := sorted(codes.str.len().unique())) > 1:
        raise InputError(f"commodity codes of {lengths[0]} and of {lengths[1]} digits in one file would count goods twice")
    return codes


def _codes(cells: pd.DataFrame, dimension: str, right: Callable[[str], bool], what: str) -> pd.Series | str:
    def code(text: str) -> str:
        if not right(text):
            lost = "; a spreadsheet has dropped its leading zero" if text.isdigit() and len(text) % 2 else why_rounded(text)
            raise InputError(f"{clean(text)[:40]!r} is not {what}{lost}")
        return text

    return _each(cells[dimension], code) if dimension in cells else ""


def _partners(cells: pd.DataFrame, names: Names) -> pd.Series | str:
    if "partner" not in cells:
        return ""
    labels = cells.get("partner_name", "")

    def partner(entry: str) -> str:
        month, code, label = entry.split(" ", 2)
        if not re.fullmatch(r"[0-9]{3}", code):
            raise InputError(f"{clean(code)[:40]!r} is not a partner code of three digits")
        return names.partner_of_code(code, label, _period(month))

    return _each(cells["period"] + " " + cells["partner"] + " " + labels, partner)


def _figures(cells: pd.Series, pattern: str, what: str) -> pd.Series:
    """Parse plain figures; customs' dashes are missing values. Raises InputError, naming row and column, for any other text."""
    texts = cells.str.strip()
    nothing = texts.isin(NOTHING)
    wrong = ~nothing & ~texts.str.fullmatch(pattern)
    if what == "amount":
        wrong |= nothing
    if wrong.any():
        text = texts[wrong].iloc[0][:40]
        raise InputError(f"row {_row(wrong)}, {what}: {text!r} is not a figure as the platform writes it{why_rounded(text)}")
    return texts.where(~nothing).str.replace(",", "").astype(float)


def _quantities(rows: pd.DataFrame, cells: pd.DataFrame, n: str, names: Names, left_out: Counter) -> list[str]:
    """Add the columns of quantity and unit to `rows`; returns a warning if second quantities have no unit."""
    if f"quantity{n}" not in cells:
        rows[f"quantity{n}"], rows[f"unit{n}"] = None, ""
        return []
    what = "second quantity" if n else "quantity"
    figures = _figures(cells[f"quantity{n}"], r"[0-9]{1,16}(\.[0-9]+)?", what)
    units = _each(cells[f"unit{n}"].str.strip(), lambda text: "" if text in NOTHING else names.unit(text))
    some = figures.fillna(0) > 0
    orphans = some & (units == "")
    lone = orphans if not n else orphans & rows["quantity"].isna()
    if lone.any():
        raise InputError(f"row {_row(lone)}: a quantity without a unit")
    rows[f"quantity{n}"] = figures.where(some & ~orphans)
    rows[f"unit{n}"] = units.where(some & ~orphans, "")
    left_out["figures"] += int(orphans.sum())
    return [f"second quantities without a unit: {orphans.sum()} left out"] if orphans.any() else []
