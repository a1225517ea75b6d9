"""Exports an author's data frame in full to workbook and ZIP; page and PDF show pandas' shortened view."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isfinite
from textwrap import shorten
from typing import Any

from customs_report.display import DATA
from customs_report.display.spreadsheets import with_distinct_headers
from customs_report.display.tables import DAY, MONTH

TIME = "time"  # the unit of a day with its time
MIDNIGHT = " 00:00:00"
LONGEST_TITLE = 80
MONTHLY = (MONTH, "period")  # what a column of months is called
LARGEST = 200_000  # cells; a larger frame is not exported
SOURCE = "Author’s own: made in the notebook, not proved by the report."


def register(formatters: dict[str, Any]) -> None:
    """Register formatters so that DataFrame, Series and Styler also emit our data format."""
    from IPython.core.formatters import JSONFormatter

    formatter = JSONFormatter(format_type=DATA)
    formatter.print_method = "_repr_no_object_has_"
    formatter.for_type_by_name("pandas", "DataFrame", tables_of)
    formatter.for_type_by_name("pandas", "Series", lambda series: tables_of(series.to_frame()))
    formatter.for_type_by_name("pandas.io.formats.style", "Styler", lambda styler: tables_of(styler.data))
    formatters[DATA] = formatter


def tables_of(frame: Any) -> dict[str, list] | None:
    """A frame as `display.Shown.data`: index columns first, omitting an unnamed RangeIndex."""
    if not 0 < frame.size <= LARGEST:
        return None
    counted = type(frame.index).__name__ == "RangeIndex" and frame.index.name is None
    levels = [] if counted else [(name or "Row", frame.index.get_level_values(i)) for i, name in enumerate(frame.index.names)]
    columns = levels + [(_header(name), frame.iloc[:, i]) for i, name in enumerate(frame.columns)]
    made = [_column(f"{header}", values) for header, values in columns]
    rows = zip(*(values for _, values in made), strict=True)
    headers = with_distinct_headers(
        [{"header": f"{header}", "unit": unit} for (header, _), (unit, _) in zip(columns, made, strict=True)]
    )
    table = {
        "name": "own",
        "caption": shorten(", ".join(column["header"] for column in headers), LONGEST_TITLE, placeholder=" …"),
        "columns": headers,
        "rows": [list(row) for row in rows],
        "source": SOURCE,
    }
    return {"tables": [table], "notes": []}


def _header(name: Any) -> str:
    return " ".join(str(part) for part in name) if isinstance(name, tuple) else str(name)


def are_months(name: str, days: Iterable[str]) -> bool:
    """Do the days of a column, "2025-11-01", stand for months? All are first days, of several months or named as months."""
    known = {*days}
    return all(day.endswith("-01") for day in known) and (len(known) > 1 or name.casefold() in MONTHLY)


def _column(name: str, values: Any) -> tuple[str, list[str | float | None]]:
    """The values of a column and their unit, by which a spreadsheet knows dates; "" of anything else."""
    import pandas as pd

    dates = pd.Series(values.array)
    if isinstance(dates.dtype, pd.PeriodDtype):
        dates = dates.dt.to_timestamp()
    elif pd.api.types.infer_dtype(dates, skipna=True) in ("date", "datetime"):
        dates = pd.to_datetime(dates, errors="coerce")
    if not pd.api.types.is_datetime64_dtype(dates) or dates.isna().all():
        return "", [_value(value) for value in values]
    texts = [None if pd.isna(day) else str(day) for day in dates]
    if any(text and not text.endswith(MIDNIGHT) for text in texts):
        return TIME, [text and text[:19] for text in texts]
    days = [text and text.removesuffix(MIDNIGHT) for text in texts]
    return MONTH if are_months(name, filter(None, days)) else DAY, [*days]


def _value(value: Any) -> str | float | None:
    import pandas as pd

    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if pd.api.types.is_number(value) and not isinstance(value, (bool, complex)) and isfinite(value):
        return float(value)
    return None if value in (inf, -inf) else str(value)
