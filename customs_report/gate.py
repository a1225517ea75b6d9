"""The quality gate of an addition: what in a file's figures contradicts what is held, before anything is written.

A whole table of another size than its currency and unit say is refused. Single figures that differ from what is held by more
than customs usually revises, that are out of size, whose printed growth is not theirs, and lines that went missing are shown:
somebody has to look.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from customs_report.periods import distance, shift
from customs_report.readers import Reading
from customs_report.schema import KEYS
from customs_report.tables import Tables, in_order

USUAL_REVISION = {"totals": 0.05, "partners": 0.10, "commodities": 0.10, "details": 0.10}  # share of the figure
ODD_FACTOR = 8.0  # a figure so many times its neighbours, or such a part of them, smells of a unit
ODD_TABLE = 2.5  # the same of a whole table, by the median of its lines
NEAR = 24  # months in which figures are neighbours
YUAN_PER_DOLLAR = 7.0  # only to tell the currencies apart
LEVELS = {  # the amounts of a row, and the printed growth of each
    "totals": {"value": "yoy"},
    "partners": {"exports": "exports_yoy", "imports": "imports_yoy"},
    "commodities": {"value": "value_yoy", "quantity": "quantity_yoy"},
    "details": {"value": "value_yoy", "quantity": ""},
}
QUANTITIES = {"quantity"}


def refused(tables: Tables, reading: Reading) -> str:
    """Why the numbers of a whole table cannot be in the currency or unit it names; empty where they can."""
    yuan = reading.currency == "CNY"
    own = _levels(tables, reading.rows.assign(released=""), reading.table)
    own = own[~own["figure"].isin(QUANTITIES)]
    held = _levels(tables, _held(tables, reading.table, reading.rows), reading.table)
    for same_currency, usual in ((True, 1.0), (False, YUAN_PER_DOLLAR if yuan else 1 / YUAN_PER_DOLLAR)):
        near = _near(own, held, reading.table, same_currency)
        if len(near) < 3:
            continue
        ratio = float((near["level"] / near["near"]).median() / usual)
        if 1 / ODD_TABLE < ratio < ODD_TABLE:
            return ""
        swapped = ratio * YUAN_PER_DOLLAR if yuan else ratio / YUAN_PER_DOLLAR
        looks = (
            f"they look like {'dollars' if yuan else 'yuan'}" if 1 / ODD_TABLE < swapped < ODD_TABLE else "is the unit right?"
        )
        currency = "yuan" if yuan else "dollars"
        return f"{reading.layout}: the numbers are {ratio:.3g} times what is held of these lines in {currency}; {looks}"
    return ""


def noticed(tables: Tables, reading: Reading, fresh: pd.DataFrame) -> tuple[str, ...]:
    """What somebody has to look at in the rows of a reading that are new to the tables, a line each."""
    table = reading.table
    own, held = (_levels(tables, rows, table) for rows in (fresh, in_order(_held(tables, table, fresh))))
    newest = held.drop_duplicates([*KEYS[table], "figure"], keep="last")
    return (
        *_disagreements(own, newest, table),
        *_odd_sizes(own, held, table),
        *_odd_growth(own, newest, table),
        *_missing_lines(tables, reading),
    )


def _held(tables: Tables, table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """What is held of the lines of some rows, within two years of them."""
    held = getattr(tables, table)
    held = held[held["period"].between(shift(rows["period"].min(), -NEAR), shift(rows["period"].max(), NEAR))]
    for line in {"partner", "commodity"} & {*KEYS[table]}:
        held = held[held[line].isin(rows[line])]
    return held


def _levels(tables: Tables, rows: pd.DataFrame, table: str) -> pd.DataFrame:
    """The amounts of a table in one long form: its key, `figure`, `level` (quantities in the base unit), `growth`."""
    if table == "totals":  # growth stands in rows of its own
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
        held = level.notna()
        long.append(line.assign(figure=figure, level=level, growth=printed)[held])
    return pd.concat(long)


def _disagreements(own: pd.DataFrame, newest: pd.DataFrame, table: str) -> tuple[str, ...]:
    """Where a fresh figure differs from the newest vintage held by more than customs usually revises."""
    both = own.merge(newest, on=[*KEYS[table], "figure"], suffixes=("", "_held"))
    rounding = (both["step"] + both["step_held"]).where(~both["figure"].isin(QUANTITIES), 0.0)
    wide = (both["level"] - both["level_held"]).abs() > USUAL_REVISION[table] * both["level_held"].abs() + rounding
    return _summed(
        [
            f"{_line(row)} {row.level:,.0f}, held {row.level_held:,.0f} ({row.stage_held}, released {row.released_held})"
            for row in both[wide].itertuples()
        ],
        "differs from what is held by more than the usual revision",
    )


def _near(own: pd.DataFrame, held: pd.DataFrame, table: str, same_currency: bool) -> pd.DataFrame:
    """Each amount beside `near`, the median of the same line held within two years, in its currency or in the other."""
    key = [*(column for column in KEYS[table] if column not in ("period", "currency")), "figure"]
    own = own.reset_index(drop=True)
    beside = own.assign(row=own.index).merge(held, on=key, suffixes=("", "_held"))
    beside = beside[(beside["currency"] == beside["currency_held"]) == same_currency]
    apart = (_months(beside["period"]) - _months(beside["period_held"])).abs()
    # a year to date grows with the months: it is compared with the same months of other years
    comparable = (beside["kind"] == "month") | (apart % 12 == 0)
    beside = beside[comparable & (apart <= NEAR) & ((apart > 0) | (not same_currency))]
    return own.join(beside.groupby("row")["level_held"].median().rename("near"), how="inner")


def _months(periods: pd.Series) -> pd.Series:
    """Periods as numbers, a month apart by one."""
    return periods.map({period: distance("2000-01", period) for period in periods.unique()}).astype(int)


def _odd_sizes(own: pd.DataFrame, held: pd.DataFrame, table: str) -> tuple[str, ...]:
    """Where a fresh amount is many times, or a small part of, the same line in the months around it."""
    near = _near(own, held, table, same_currency=True)
    ratio = near["level"] / near["near"]
    odd = near[(ratio > ODD_FACTOR) | (ratio < 1 / ODD_FACTOR)]
    cases = [f"{_line(row)} {row.level:,.0f} beside {row.near:,.0f} in the months around" for row in odd.itertuples()]
    return _summed(cases, "is out of size; is the unit right?")


def _odd_growth(own: pd.DataFrame, newest: pd.DataFrame, table: str) -> tuple[str, ...]:
    """Where printed growth is not that of the figures held: more than five points off, and a twentieth of itself."""
    later = {period: shift(period, 12) for period in newest["period"].unique()}
    base = newest.assign(period=newest["period"].map(later).astype("str"))
    both = own.dropna(subset="growth").merge(base, on=[*KEYS[table], "figure"], suffixes=("", "_base"))
    both = both[both["level_base"] > 0]
    computed = (both["level"] / both["level_base"] - 1) * 100
    off = both.assign(computed=computed)[(computed - both["growth"]).abs() > 5 + 0.05 * computed.abs()]
    cases = [
        f"{_line(row)} grew by {row.growth:.1f} % as printed, by {row.computed:.1f} % on what is held"
        for row in off.itertuples()
    ]
    return _summed(cases, "the printed growth is not that of the figures")


KNOWN = {"partners": ("partner", ("exports", "imports")), "commodities": ("commodity", ("value", "quantity"))}


def _missing_lines(tables: Tables, reading: Reading) -> tuple[str, ...]:
    """Lines and figures that the table of the month before had, in whatever currency, and that this one lacks.

    The bulletin leaves out partners and goods without trade in a month: of it, only what the three months before all have.
    """
    if reading.table not in KNOWN:
        return ()
    column, figures = KNOWN[reading.table]
    own = reading.rows[reading.rows["period"] == reading.period]
    held = getattr(tables, reading.table)
    held = held[held["stage"].isin(own["stage"]) & (held["period"] < reading.period)]
    held = held[held["period"] >= shift(reading.period, -3)]
    for same in ("flow", "table"):
        held = held[held[same].isin(own[same])] if same in own else held
    months = sorted(held["period"].unique())[-1 if own["stage"].iloc[0] == "preliminary" else -3 :]
    if not months:
        return ()
    known = set.intersection(*(_lines(held[held["period"] == month], column, figures) for month in months))
    missing = known - _lines(own, column, figures)
    gone = sorted({line for line, _ in missing} - set(own[column]))
    lacking = sorted(f"{figure} of {line}" for line, figure in missing if line not in gone)
    what = "the month before has" if len(months) == 1 else f"the {len(months)} months before have"
    found = [f"line for {_some(gone)}"] if gone else []
    found += [_some(lacking)] if lacking else []
    return tuple(f"{reading.layout}: no {each}, which {what}" for each in found)


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _lines(rows: pd.DataFrame, column: str, figures: tuple[str, ...]) -> set[tuple[str, str]]:
    """The lines of a table with each figure that they have."""
    return {(line, figure) for figure in figures for line in rows.loc[rows[figure].notna(), column]}


def _summed(found: list[str], what: str) -> tuple[str, ...]:
    """The first three cases in a line each, and how many more there are."""
    more = (f"... and {len(found) - 3} more",) if len(found) > 3 else ()
    return tuple(f"{case}: {what}" for case in found[:3]) + more


def _line(row: Any) -> str:
    columns = ("period", "kind", "flow", "partner", "commodity", "currency", "figure")
    return " ".join(text for column in columns if (text := getattr(row, column, "")) and text != "value")
