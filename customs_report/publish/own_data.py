"""Exports an author's data frame in full to workbook and ZIP; page and PDF show pandas' shortened view."""

from __future__ import annotations

from math import isfinite
from typing import Any

from customs_report.display import DATA, with_distinct_headers

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
    rows = zip(*([_value(value) for value in values] for _, values in columns), strict=True)
    headers = [{"header": f"{header}", "unit": ""} for header, _ in columns]
    table = {
        "name": "own",
        "caption": "",
        "columns": with_distinct_headers(headers),
        "rows": [list(row) for row in rows],
        "source": SOURCE,
    }
    return {"tables": [table], "notes": []}


def _header(name: Any) -> str:
    return " ".join(str(part) for part in name) if isinstance(name, tuple) else str(name)


def _value(value: Any) -> str | float | None:
    import pandas as pd

    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    if pd.api.types.is_number(value) and not isinstance(value, (bool, complex)) and isfinite(value):
        return float(value)
    return str(value).removesuffix(" 00:00:00")
