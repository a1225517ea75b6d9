"""Plausibility checks of new figures against the stored data, before anything is written.

A table whose magnitude does not fit its stated currency or unit is rejected as a whole. Listed for review are single figures
that differ from the stored ones by more than customs usually revises, figures that are implausibly large or small, printed
growth that does not match the levels, and lines that the previous tables have and this one lacks.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from customs_report.periods import distance, shift
from customs_report.readers import Reading
from customs_report.schema import KEYS
from customs_report.tables import Tables, in_order

USUAL_REVISION = {"totals": 0.05, "partners": 0.10, "commodities": 0.10}  # share of the figure
LINE_FACTOR = 8.0  # a figure this many times larger or smaller than in nearby months probably has a wrong unit
TABLE_FACTOR = 2.5  # the same for a whole table, by the median of its lines
NEARBY = 24  # months
YUAN_PER_DOLLAR = 7.0  # rough; only used to recognise amounts in the wrong currency
LEVELS = {  # columns of amounts -> column of their printed growth
    "totals": {"value": "yoy"},
    "partners": {"exports": "exports_yoy", "imports": "imports_yoy"},
    "commodities": {"value": "value_yoy", "quantity": "quantity_yoy"},
}
QUANTITIES = {"quantity"}


def unit_error(tables: Tables, reading: Reading) -> str:
    """Why the amounts of a table cannot be in its stated currency and unit; empty if they can."""
    yuan = reading.currency == "CNY"
    new = _levels(tables, reading.rows.assign(released=""), reading.table)
    new = new[~new["figure"].isin(QUANTITIES)]
    stored = _levels(tables, _stored_nearby(tables, reading.table, reading.rows), reading.table)
    for same_currency, usual in ((True, 1.0), (False, YUAN_PER_DOLLAR if yuan else 1 / YUAN_PER_DOLLAR)):
        amounts = _with_nearby_median(new, stored, reading.table, same_currency)
        if len(amounts) < 3:
            continue
        ratio = float((amounts["level"] / amounts["nearby"]).median() / usual)
        if 1 / TABLE_FACTOR < ratio < TABLE_FACTOR:
            return ""
        swapped = ratio * YUAN_PER_DOLLAR if yuan else ratio / YUAN_PER_DOLLAR
        other_currency = 1 / TABLE_FACTOR < swapped < TABLE_FACTOR
        hint = f"they look like {'dollars' if yuan else 'yuan'}" if other_currency else "is the unit right?"
        currency = "yuan" if yuan else "dollars"
        return f"{reading.layout}: the numbers are {ratio:.3g} times the stored figures of these lines in {currency}; {hint}"
    return ""


def warnings(tables: Tables, reading: Reading, new_rows: pd.DataFrame) -> tuple[str, ...]:
    """One line for each implausible figure in the new rows of a reading."""
    table = reading.table
    new, stored = (_levels(tables, rows, table) for rows in (new_rows, in_order(_stored_nearby(tables, table, new_rows))))
    newest = stored.drop_duplicates([*KEYS[table], "figure"], keep="last")
    return (
        *_large_revisions(new, newest, table),
        *_implausible_levels(new, stored, table),
        *_inconsistent_growth(new, newest, table),
        *_missing_lines(tables, reading),
    )


def _stored_nearby(tables: Tables, table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The stored rows of the same lines, within two years of the given rows."""
    stored = getattr(tables, table)
    stored = stored[stored["period"].between(shift(rows["period"].min(), -NEARBY), shift(rows["period"].max(), NEARBY))]
    for line in {"partner", "commodity"} & {*KEYS[table]}:
        stored = stored[stored[line].isin(rows[line])]
    return stored


def _levels(tables: Tables, rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """The amounts of a table in long form: its key, `figure`, `level` (quantities in the base unit), `growth`."""
    if table == "totals":  # growth has rows of its own
        key = ["period", "kind", "flow", "currency", "stage", "released"]
        growth = rows[rows["measure"] == "yoy"].drop_duplicates(key).set_index(key)["value"]
        rows = rows[(rows["measure"] == "level") & (rows["flow"] != "balance")]
        rows = rows.assign(yoy=growth.reindex(pd.MultiIndex.from_frame(rows[key])).to_numpy())
    line, long = rows[[*KEYS[table], "stage", "released", "step"]], []
    for figure, growth in LEVELS[table].items():
        level = rows[figure]
        if figure in QUANTITIES:
            level = level * rows["unit"].map(tables.units.set_index("unit")["factor"]).astype(float)
        printed = rows[growth] if growth in rows else float("nan")
        present = level.notna()
        long.append(line.assign(figure=figure, level=level, growth=printed)[present])
    return pd.concat(long)


def _large_revisions(new: pd.DataFrame, newest: pd.DataFrame, table: str) -> tuple[str, ...]:
    """New figures that differ from the newest stored vintage by more than customs usually revises."""
    both = new.merge(newest, on=[*KEYS[table], "figure"], suffixes=("", "_stored"))
    rounding = (both["step"] + both["step_stored"]).where(~both["figure"].isin(QUANTITIES), 0.0)
    large = (both["level"] - both["level_stored"]).abs() > USUAL_REVISION[table] * both["level_stored"].abs() + rounding
    cases = [
        f"{_line(row)} {row.level:,.0f}, stored {row.level_stored:,.0f} ({row.stage_stored}, {row.released_stored})"
        for row in both[large].itertuples()
    ]
    return _first_cases(cases, "differs from the stored figure by more than the usual revision")


def _with_nearby_median(new: pd.DataFrame, stored: pd.DataFrame, table: str, same_currency: bool) -> pd.DataFrame:
    """Amounts with a column `nearby`: the median of the same line's stored amounts within two years.

    `same_currency`: use stored amounts in the currency of the new ones, otherwise those in the other currency.
    """
    key = [*(column for column in KEYS[table] if column not in ("period", "currency")), "figure"]
    new = new.reset_index(drop=True)
    pairs = new.assign(row=new.index).merge(stored, on=key, suffixes=("", "_stored"))
    pairs = pairs[(pairs["currency"] == pairs["currency_stored"]) == same_currency]
    months = (_month_numbers(pairs["period"]) - _month_numbers(pairs["period_stored"])).abs()
    # a year to date grows from month to month: compare it only with the same months of other years
    comparable = (pairs["kind"] == "month") | (months % 12 == 0)
    pairs = pairs[comparable & (months <= NEARBY) & ((months > 0) | (not same_currency))]
    return new.join(pairs.groupby("row")["level_stored"].median().rename("nearby"), how="inner")


def _month_numbers(periods: pd.Series) -> pd.Series:
    """Periods as integers, one more for each month."""
    return periods.map({period: distance("2000-01", period) for period in periods.unique()}).astype(int)


def _implausible_levels(new: pd.DataFrame, stored: pd.DataFrame, table: str) -> tuple[str, ...]:
    """New amounts that are many times larger or smaller than the same line in nearby months."""
    amounts = _with_nearby_median(new, stored, table, same_currency=True)
    ratio = amounts["level"] / amounts["nearby"]
    implausible = amounts[(ratio > LINE_FACTOR) | (ratio < 1 / LINE_FACTOR)]
    cases = [f"{_line(row)} {row.level:,.0f}, against {row.nearby:,.0f} in nearby months" for row in implausible.itertuples()]
    return _first_cases(cases, "implausibly large or small; is the unit right?")


def _inconsistent_growth(new: pd.DataFrame, newest: pd.DataFrame, table: str) -> tuple[str, ...]:
    """Printed growth that differs from the growth computed on the stored base by more than 5 points plus a twentieth of it."""
    later = {period: shift(period, 12) for period in newest["period"].unique()}
    base = newest.assign(period=newest["period"].map(later).astype("str"))
    both = new.dropna(subset="growth").merge(base, on=[*KEYS[table], "figure"], suffixes=("", "_base"))
    both = both[both["level_base"] > 0]
    computed = (both["level"] / both["level_base"] - 1) * 100
    inconsistent = both.assign(computed=computed)[(computed - both["growth"]).abs() > 5 + 0.05 * computed.abs()]
    cases = [
        f"{_line(row)}: growth of {row.growth:.1f} % printed, {row.computed:.1f} % computed on the stored base"
        for row in inconsistent.itertuples()
    ]
    return _first_cases(cases, "printed growth does not match the levels")


LINES = {"partners": ("partner", ("exports", "imports")), "commodities": ("commodity", ("value", "quantity"))}


def _missing_lines(tables: Tables, reading: Reading) -> tuple[str, ...]:
    """Lines and figures that the previous month's table has, in either currency, and this one lacks.

    The bulletin omits partners and goods without trade in a month, so only those present in all of the previous three months
    count as missing from a bulletin.
    """
    if reading.table not in LINES:
        return ()
    column, figures = LINES[reading.table]
    new = reading.rows[reading.rows["period"] == reading.period]
    stored = getattr(tables, reading.table)
    stored = stored[stored["stage"].isin(new["stage"]) & (stored["period"] < reading.period)]
    stored = stored[stored["period"] >= shift(reading.period, -3)]
    for same in ("flow", "table"):
        stored = stored[stored[same].isin(new[same])] if same in new else stored
    months = sorted(stored["period"].unique())[-1 if new["stage"].iloc[0] == "preliminary" else -3 :]
    if not months:
        return ()
    known = set.intersection(*(_lines(stored[stored["period"] == month], column, figures) for month in months))
    missing = known - _lines(new, column, figures)
    lines = sorted({line for line, _ in missing} - set(new[column]))
    cells = sorted(f"{figure} of {line}" for line, figure in missing if line not in lines)
    what = "the month before has" if len(months) == 1 else f"the {len(months)} months before have"
    found = [f"line for {_first_names(lines)}"] if lines else []
    found += [_first_names(cells)] if cells else []
    return tuple(f"{reading.layout}: no {each}, which {what}" for each in found)


def _first_names(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _lines(rows: pd.DataFrame, column: str, figures: tuple[str, ...]) -> set[tuple[str, str]]:
    """The (line, column) pairs that have a figure."""
    return {(line, figure) for figure in figures for line in rows.loc[rows[figure].notna(), column]}


def _first_cases(found: list[str], what: str) -> tuple[str, ...]:
    """The first three cases, one line each, and the number of the others."""
    more = (f"... and {len(found) - 3} more",) if len(found) > 3 else ()
    return tuple(f"{case}: {what}" for case in found[:3]) + more


def _line(row: Any) -> str:
    columns = ("period", "kind", "flow", "partner", "commodity", "currency", "figure")
    return " ".join(text for column in columns if (text := getattr(row, column, "")) and text != "value")
