"""What must three questions to a detail store cost? SQL by hand over its Parquet files, and plain pandas over customs' files.

`python benchmarks/floor.py 'STORE/**/*.parquet' --period 2026-07` prints the medians of five runs of the SQL; `--csv FOLDER`
adds one run of pandas, with all files read anew as a user without a store would, and whether both agree. No code of the
product is used. The rows are those of an `as_of` day: released by then and not superseded; days are text, and '9999' is after
every release and before the end of what stands ('9999-12-31').

All tables have the value of the month and of the year to date, the same of a year earlier (`_base`), and the contribution of
each line to the growth of its flow's total in points (`_points`).
"""

from __future__ import annotations

import argparse
import csv
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pandas as pd

CODES = Path(__file__).parent.parent / "data" / "reference" / "partner_codes.csv"
RUNS, LARGEST, FEWEST_CODES = 5, 20, 50
VALUES = ["month", "month_base", "ytd", "ytd_base"]


class Diversion(NamedTuple):
    """The share of a partner's losses that others took over; the percentage of the other partners with a lower share; goods."""

    share: float
    percentile: float
    partners: int
    goods: pd.DataFrame


def spans(period: str) -> tuple[list[str], list[str]]:
    """The months of the year to date, and those of the year before."""
    year, last = int(period[:4]), int(period[5:])
    now, base = ([f"{each}-{month:02d}" for month in range(1, last + 1)] for each in (year, year - 1))
    return now, base


def quoted(values: Iterable[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


# --- SQL ------------------------------------------------------------------------------------------------------------------


def _sums(period: str) -> str:
    now, base = spans(period)
    return f"""
        sum(value) FILTER (period = '{now[-1]}') AS month, sum(value) FILTER (period = '{base[-1]}') AS month_base,
        sum(value) FILTER (period >= '{now[0]}') AS ytd, sum(value) FILTER (period <= '{base[-1]}') AS ytd_base"""


def _rows(files: str, period: str, as_of: str, where: str) -> str:
    now, base = spans(period)
    return f"""read_parquet('{files}') WHERE period IN ({quoted([*base, *now])}) AND {where}
        AND kind = 'month' AND released <= '{as_of}' AND superseded > '{as_of}'"""


def _points(over: str) -> str:
    """The values as numbers, 0 where there are none, and their points of the totals that `over` divides rows by."""
    values = ", ".join(f"coalesce({value}, 0)::DOUBLE AS {value}" for value in VALUES)
    points = ", ".join(
        f"100 * (coalesce({span}, 0) - coalesce({span}_base, 0)) / sum({span}_base) OVER (PARTITION BY {over})::DOUBLE"
        f" AS {span}_points"
        for span in ("month", "ytd")
    )
    return f"{values}, {points}"


def partner_section(con: duckdb.DuckDBPyConnection, files: str, period: str, partner: str, as_of: str = "9999") -> pd.DataFrame:
    """The goods of a partner in both flows at 2, 4, 6 and 8 digits: flow, digits, commodity, values and points."""
    four = ", ".join(f"sum({value}) AS {value}" for value in VALUES)
    return con.execute(f"""
        WITH eight AS (
            SELECT flow, commodity, {_sums(period)} FROM {_rows(files, period, as_of, f"partner = '{partner}'")} GROUP BY ALL
        ), six AS (SELECT flow, left(commodity, 6) AS commodity, {four} FROM eight GROUP BY ALL),
        four AS (SELECT flow, left(commodity, 4) AS commodity, {four} FROM six GROUP BY ALL),
        two AS (SELECT flow, left(commodity, 2) AS commodity, {four} FROM four GROUP BY ALL),
        lines AS (FROM eight UNION ALL FROM six UNION ALL FROM four UNION ALL FROM two)
        SELECT flow, length(commodity)::INTEGER AS digits, commodity, {_points("flow, length(commodity)")} FROM lines
    """).df()


def commodity_section(con: duckdb.DuckDBPyConnection, files: str, period: str, code: str, as_of: str = "9999") -> pd.DataFrame:
    """The partners of a good, a code or the beginning of one, in both flows: flow, partner, values and points."""
    after = f"{code[:-1]}{chr(ord(code[-1]) + 1)}"
    where = f"commodity = '{code}'" if len(code) == 8 else f"commodity >= '{code}' AND commodity < '{after}'"
    return con.execute(f"""
        WITH lines AS (SELECT flow, partner, {_sums(period)} FROM {_rows(files, period, as_of, where)} GROUP BY ALL)
        SELECT flow, partner, {_points("flow")} FROM lines
    """).df()


def diversion(con: duckdb.DuckDBPyConnection, files: str, period: str, partner: str, as_of: str = "9999") -> Diversion:
    """What others took over of what a partner lost: exports by eight-digit code, year to date against a year earlier.

    Diverted is greatest(0, least(base - now, others_now - others_base)), the share is that over the sum of greatest(0, base -
    now). Partners to compare with have at least 50 codes in the two spans and lost something.
    """
    now, _ = spans(period)
    lines = con.execute(f"""
        WITH cells AS (
            SELECT commodity, partner, sum(CASE WHEN period >= '{now[0]}' THEN value ELSE 0 END::DOUBLE) AS now,
                sum(CASE WHEN period < '{now[0]}' THEN value ELSE 0 END::DOUBLE) AS base
            FROM {_rows(files, period, as_of, "flow = 'export'")} GROUP BY ALL
        ), beside AS (
            SELECT *, sum(now - base) OVER (PARTITION BY commodity) - (now - base) AS others FROM cells
        ), moved AS MATERIALIZED (
            SELECT commodity, partner, now, base, greatest(0, base - now) AS lost,
                greatest(0, least(base - now, others)) AS diverted
            FROM beside
        )
        SELECT 0 AS part, partner, sum(diverted) / nullif(sum(lost), 0) AS share, NULL AS commodity, NULL AS base, NULL AS now,
            NULL AS diverted
        FROM moved GROUP BY partner HAVING (count(*) >= {FEWEST_CODES} AND share IS NOT NULL) OR partner = '{partner}'
        UNION ALL
        (SELECT 1, partner, NULL, commodity, base, now, diverted FROM moved WHERE partner = '{partner}' AND diverted > 0
        ORDER BY diverted DESC, commodity LIMIT {LARGEST})
    """).df()
    shares = lines.loc[lines["part"].eq(0)].set_index("partner")["share"]
    goods = lines.loc[lines["part"].eq(1)]
    return _compared(shares, partner, goods.sort_values(["diverted", "commodity"], ascending=[False, True]))


def _compared(shares: pd.Series, partner: str, goods: pd.DataFrame) -> Diversion:
    own = float(shares.get(partner, np.nan))
    others = shares.drop(partner, errors="ignore").dropna()
    percentile = 100 * float(others.lt(own).mean()) if len(others) and own == own else np.nan
    return Diversion(own, percentile, len(others), goods[["commodity", "base", "now", "diverted"]].reset_index(drop=True))


# --- pandas ---------------------------------------------------------------------------------------------------------------


def read(files: Iterable[Path]) -> pd.DataFrame:
    """All of customs' files as one table: period, flow (by the file's name), commodity, partner, value."""
    with CODES.open(encoding="utf-8") as file:
        named = {row["gacc_code"]: row["partner"] for row in csv.DictReader(file)}
    frames = []
    for path in files:
        frame = pd.read_csv(
            path, encoding="gb18030", thousands=",", usecols=["数据年月", "贸易伙伴编码", "商品编码", "美元"],
            dtype={"数据年月": str, "贸易伙伴编码": str, "商品编码": str},
        )  # fmt: skip
        frame["flow"] = "export" if re.search("export", path.name) else "import"
        frames.append(frame)
    rows = pd.concat(frames, ignore_index=True)
    rows.columns = ["period", "partner", "commodity", "value", "flow"]
    rows["period"] = rows["period"].str[:4] + "-" + rows["period"].str[4:]
    rows["partner"] = rows["partner"].map(named)
    return rows


def _wide(rows: pd.DataFrame, period: str, keys: list[str]) -> pd.DataFrame:
    now, base = spans(period)
    rows = rows.loc[rows["period"].isin([*now, *base])]
    parts = {"month": now[-1:], "month_base": base[-1:], "ytd": now, "ytd_base": base}
    for name, wanted in parts.items():
        rows = rows.assign(**{name: rows["value"].where(rows["period"].isin(wanted), 0).astype(float)})
    return rows.groupby(keys, as_index=False)[VALUES].sum()


def _with_points(lines: pd.DataFrame, over: list[str]) -> pd.DataFrame:
    for span in ("month", "ytd"):
        total = lines.groupby(over)[f"{span}_base"].transform("sum")
        lines[f"{span}_points"] = (100 * (lines[span] - lines[f"{span}_base"]) / total).replace([np.inf, -np.inf], np.nan)
    return lines


def partner_section_pandas(files: Iterable[Path], period: str, partner: str) -> pd.DataFrame:
    rows = read(files)
    rows = rows.loc[rows["partner"].eq(partner)]
    frames = [
        _wide(rows.assign(commodity=rows["commodity"].str[:digits], digits=digits), period, ["flow", "digits", "commodity"])
        for digits in (2, 4, 6, 8)
    ]
    return _with_points(pd.concat(frames, ignore_index=True), ["flow", "digits"])


def commodity_section_pandas(files: Iterable[Path], period: str, code: str) -> pd.DataFrame:
    rows = read(files)
    return _with_points(_wide(rows.loc[rows["commodity"].str.startswith(code)], period, ["flow", "partner"]), ["flow"])


def diversion_pandas(files: Iterable[Path], period: str, partner: str) -> Diversion:
    rows = read(files)
    cells = _wide(rows.loc[rows["flow"].eq("export")], period, ["commodity", "partner"])
    cells = cells.rename(columns={"ytd": "now", "ytd_base": "base"})
    totals = cells.groupby("commodity")[["now", "base"]].transform("sum")
    others = (totals["now"] - cells["now"]) - (totals["base"] - cells["base"])
    change = cells["base"] - cells["now"]
    cells["lost"], cells["diverted"] = change.clip(lower=0), np.minimum(change, others).clip(lower=0)
    by_partner = cells.groupby("partner").agg(lost=("lost", "sum"), diverted=("diverted", "sum"), codes=("lost", "size"))
    shares = by_partner["diverted"] / by_partner["lost"].where(by_partner["lost"].gt(0))
    shares = shares[by_partner["codes"].ge(FEWEST_CODES) | by_partner.index.isin([partner])]
    goods = cells.loc[cells["partner"].eq(partner) & cells["diverted"].gt(0)]
    goods = goods.sort_values(["diverted", "commodity"], ascending=[False, True]).head(LARGEST)
    return _compared(shares, partner, goods)


# --- command --------------------------------------------------------------------------------------------------------------


def agree(one: Any, two: Any) -> bool:
    """Whether two answers are equal but for the order of lines and the last digits."""
    if isinstance(one, Diversion) and isinstance(two, Diversion):
        numbers = np.allclose(one[:3], two[:3], rtol=1e-9, equal_nan=True)
        return bool(numbers) and agree(one.goods, two.goods)
    keys = [name for name in ("flow", "digits", "commodity", "partner") if name in one]
    one, two = (frame.sort_values(keys).reset_index(drop=True) for frame in (one, two))
    if len(one) != len(two) or not all(one[key].astype(str).equals(two[key].astype(str)) for key in keys):
        return False
    rest = [name for name in one if name not in keys]
    return bool(np.allclose(one[rest].astype(float), two[rest].astype(float), rtol=1e-9, equal_nan=True))


def timed(question: Callable[[], Any], runs: int) -> tuple[float, Any]:
    """The median of the seconds, and the last answer."""
    seconds = []
    for _ in range(runs):
        start = time.perf_counter()
        answer = question()
        seconds.append(time.perf_counter() - start)
    return median(seconds), answer


def main() -> None:
    parser = argparse.ArgumentParser(description="medians of five of three questions over Parquet files")
    parser.add_argument("pattern")
    parser.add_argument("--period", default="2026-07")
    parser.add_argument("--partner", default="USA")
    parser.add_argument("--commodity", default="8541")
    parser.add_argument("--as-of", default="9999")
    parser.add_argument("--csv", type=Path, help="a folder of customs' files with the same rows: ask pandas, too, and compare")
    given = parser.parse_args()
    con = duckdb.connect()
    files = sorted(given.csv.glob("*.csv")) if given.csv else []
    for sql, plain, what in (
        (partner_section, partner_section_pandas, given.partner),
        (commodity_section, commodity_section_pandas, given.commodity),
        (diversion, diversion_pandas, given.partner),
    ):
        floor, answer = timed(lambda: sql(con, given.pattern, given.period, what, given.as_of), RUNS)  # noqa: B023
        lines = len(answer.goods if isinstance(answer, Diversion) else answer)
        line = f"{sql.__name__:18} {what:9} {1000 * floor:8.1f} ms {lines:7,} lines"
        if files:
            slow, other = timed(lambda: plain(files, given.period, what), 1)  # noqa: B023
            line += f"   pandas {slow:6.2f} s   {'equal' if agree(answer, other) else 'DIFFERENT'}"
        if isinstance(answer, Diversion):
            line += f"   share {answer.share:.3f}, percentile {answer.percentile:.1f} of {answer.partners} others"
        print(line)


if __name__ == "__main__":
    main()
