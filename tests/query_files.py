"""Downloads of customs' query platform, as tests make them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from customs_report.readers.query import COLUMNS

ROW = {  # a row with every column that the platform has
    "period": "202401",
    "partner": "502",
    "partner_name": "美国",
    "commodity": "85171300",
    "commodity_name": "智能手机",
    "regime": "10",
    "regime_name": "一般贸易",
    "province": "44",
    "province_name": "广东省",
    "quantity": "5",
    "unit": "台",
    "quantity_2": "7",
    "unit_2": "千克",
    "USD": "1,234",
}
BY_PARTNER = (
    "period",
    "partner",
    "partner_name",
    "commodity",
    "commodity_name",
    "quantity",
    "unit",
    "quantity_2",
    "unit_2",
    "USD",
)


def download(
    rows: Iterable[dict[str, str]],
    columns: Sequence[str] = BY_PARTNER,
    *,
    english: bool = False,
    end: str = ",\n",
    quote: str = '"',
) -> str:
    """The text of a download; a row says what differs from `ROW`. Every cell is quoted, every line ends with a comma."""
    lines = [[COLUMNS[what][english] for what in columns]]
    lines += [[{**ROW, "CNY": row.get("USD", ROW["USD"]), **row}[what] for what in columns] for row in rows]
    return "".join(f"{quote}{f'{quote},{quote}'.join(cells)}{quote}{end}" for cells in lines)


def goods(values: Sequence[int], **common: str) -> list[dict[str, str]]:
    """Rows of as many goods as there are amounts."""
    return [
        {"commodity": f"{85000000 + number}", "commodity_name": f"良品 {number}", "USD": f"{value:,}", **common}
        for number, value in enumerate(values)
    ]
