"""Checks of the detail data, in SQL: what adding makes sure of, proved again from the files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from customs_report.checks.findings import Cell, Finding
from customs_report.detail.connection import connect, listed, quoted
from customs_report.detail.vintages import KEY, NEVER
from customs_report.tables import Tables

RATE = (5.5, 8.0)  # yuan per dollar, in every month since 2008
LARGE = 1e7  # in either currency: unit values of less vary too much
TIMES = 5.0  # a quantity in another unit is further from the months around
FEWEST_MONTHS = 3


def whole_files(tables: Tables) -> Iterator[Finding]:
    """Every file that the index names is there, with the content that it had when it was added."""
    store = tables.detail
    for part in store.parts:
        content = store.place.read(part.file)
        if content is None or hashlib.sha256(content).hexdigest() != part.digest:
            says = "is missing" if content is None else "is not the file that was added"
            yield Finding("the detail data are whole", (Cell(f"detail/{part.file}", 0),), says)


def in_lists(tables: Tables) -> Iterator[Finding]:
    """Codes of partners, regimes, provinces and units are in the reference lists, amounts are above zero, days in order."""
    lists = {
        "partner": tables.partner_list["partner"],
        "regime": tables.regimes["regime"],
        "province": tables.provinces["province"],
        "unit": tables.units["unit"],
        "unit_2": tables.units["unit"],
        "source": tables.sources["source"],
    }
    rules = {f"{column} is in no list": f"{column} <> '' AND {column} NOT IN {listed(sorted(set(known)))}"
             for column, known in lists.items()}  # fmt: skip
    rules |= {
        "an amount is not above zero": "NOT value > 0",
        "a month is not over on its release day": "substr(released, 1, 7) < period",
        "a code has no two, four, six or eight digits": "NOT regexp_full_match(commodity, '([0-9]{2}){0,4}')",
        "a row was superseded before it was released": f"superseded < released AND superseded <> {quoted(NEVER)}",
    }
    for says, rule in rules.items():
        yield from _rows(tables, "the detail data fit the lists", rule, says)


def once(tables: Tables) -> Iterator[Finding]:
    """A figure counts once on any day: no two rows of it that are not superseded."""
    key = ", ".join(KEY)
    sql = (
        f"SELECT {key}, count(*) AS n FROM {_source(tables)} WHERE superseded = {quoted(NEVER)} GROUP BY {key} "
        "HAVING count(*) > 1 LIMIT 20"
    )
    for row in _answer(tables, sql):
        yield Finding("a detail figure counts once", (_cell(row),), f"counts {row[-1]} times")


def one_rate(tables: Tables) -> Iterator[Finding]:
    """Lines in both currencies imply about one exchange rate."""
    line = ", ".join(name for name in KEY if name not in ("currency", "period"))
    sql = (
        f"WITH pairs AS (SELECT period, {line}, max(CASE WHEN currency = 'CNY' THEN value END) AS cny, "
        f"max(CASE WHEN currency = 'USD' THEN value END) AS usd FROM {_source(tables)} "
        f"WHERE superseded = {quoted(NEVER)} GROUP BY period, {line}), "
        "rates AS (SELECT *, cny / usd AS rate FROM pairs WHERE cny > 1e6 AND usd > 1e6) "
        f"SELECT period, kind, flow, commodity, partner, regime, province, rate FROM rates "
        f"WHERE NOT rate BETWEEN {RATE[0]} AND {RATE[1]} LIMIT 20"
    )
    for row in _answer(tables, sql):
        yield Finding("one exchange rate, detail", (_cell(row),), f"implies {row[-1]:.2f} yuan per dollar")


def unit_values(tables: Tables) -> Iterator[Finding]:
    """The unit value of a good in a month is near that of the months around it, in one unit."""
    good = "flow, shape, currency, commodity, unit"
    near = (
        f"OVER (PARTITION BY {good} ORDER BY CAST(period || '-01' AS DATE) "
        "RANGE BETWEEN INTERVAL 12 MONTH PRECEDING AND INTERVAL 12 MONTH FOLLOWING)"
    )
    sql = (
        f"WITH months AS (SELECT {good}, period, sum(value) / sum(quantity) AS price FROM {_source(tables)} "
        f"WHERE superseded = {quoted(NEVER)} AND kind = 'month' GROUP BY {good}, period "
        f"HAVING count(*) = count(quantity) AND sum(quantity) > 0 AND sum(value) > {LARGE}), "
        f"around AS (SELECT *, median(price) {near} AS usual, count(*) {near} AS n FROM months) "
        f"SELECT period, flow, shape, currency, commodity, price / usual AS times FROM around "
        f"WHERE n >= {FEWEST_MONTHS} AND NOT price / usual BETWEEN {1 / TIMES!r} AND {TIMES!r} LIMIT 20"
    )
    for row in _answer(tables, sql):
        says = f"has a unit value that is {row[-1]:.2g} times that of the months around"
        yield Finding("unit value, detail", (_cell(row, "quantity"),), says)


def _rows(tables: Tables, check: str, rule: str, says: str) -> Iterator[Finding]:
    for row in _answer(tables, f"SELECT {', '.join(KEY)}, value FROM {_source(tables)} WHERE {rule} LIMIT 5"):
        yield Finding(check, (_cell(row),), says)


def _cell(row: tuple, column: str = "value") -> Cell:
    return Cell("detail/", 0, column, " ".join(str(part) for part in row[:-1] if part), str(row[-1]))


def _source(tables: Tables) -> str:
    return f"read_parquet({tables.detail.paths()}, union_by_name=true)"


def _answer(tables: Tables, sql: str) -> list[tuple]:
    import duckdb

    if not tables.detail.parts:
        return []
    try:
        return connect(tables.detail).execute(sql).fetchall()
    except (duckdb.IOException, duckdb.InvalidInputException):  # a file that is damaged or missing: `whole_files` names it
        return []
