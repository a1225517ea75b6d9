"""Synthetic detail of China's trade, by eight-digit code and partner, drawn in DuckDB from distributions.json.

`python benchmarks/synthetic.py FOLDER --rows 1000000 --files` writes downloads of customs' query platform, `--parquet` the
rows of a store. Nothing in it is a figure of customs: every name carries the word "synthetic", codes and sizes are drawn.

A *cell* is a code with a partner (and a regime). Its level is the sum of effects of its code, its partner and its own; from
month to month it moves with a slow cycle, a trend, a season and noise, cycle and noise smaller for larger cells. In a month
those cells show that score most: level, a habit of the cell and noise, so that large cells show every month and small ones now
and then. Every draw is a hash of the cell, the month and the seed: the same seed gives the same rows with one version of
DuckDB, in any order of months. Only one month of a flow is in memory, and the levels of the cells that may show. With few rows
there are fewer codes, not thinner ones.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections.abc import Iterator
from math import cos, log, pi
from pathlib import Path
from statistics import NormalDist, fmean, linear_regression

import duckdb

HERE = Path(__file__).parent
REFERENCE = HERE.parent / "data" / "reference"
MEASURED = json.loads((HERE / "distributions.json").read_text(encoding="utf-8"))
FLOWS = ("export", "import")
LAST, A_MONTH, FEWEST, SHARE_OF_EXPORTS = "2026-07", 500_000, 24, 2 / 3
TARIFF = 8_900  # codes of the tariff; the month measured has those that one partner bought
OWN = 1.8  # the sd of a cell's own effect: above the 1.3 measured between solar goods, which are much alike
LARGEST = 23.0  # the log value that no cell passes, 10 billion dollars
TAPER, TAPERED = 17.0, 0.8  # above, log values spread less: as in the month measured
HABIT = 1.0  # the sd of a cell's habit of showing whatever its size, set so that months a year by size are as measured
CONCENTRATION = 1.15  # of partners: the noise of cells and the taper level their shares
GROWTH, TREND, SEASON = 0.05, 0.04, 0.12  # a year: of all, the sd of codes; the amplitude of codes within a year
CYCLE = (48, 120)  # months that a cell's slow cycle takes
COLUMNS = (
    "数据年月", "贸易伙伴编码", "贸易伙伴名称", "商品编码", "商品名称",
    "第一数量", "第一计量单位", "第二数量", "第二计量单位", "美元",
)  # fmt: skip
HEADER = "".join(f'"{column}",' for column in COLUMNS) + "\n"


def months(rows: int) -> list[str]:
    """The months for so many rows of both flows: about 500,000 a month, never fewer than 24 months, the last 2026-07."""
    last = int(LAST[:4]) * 12 + int(LAST[5:]) - 1
    count = max(FEWEST, round(rows / A_MONTH))
    return [f"{month // 12}-{month % 12 + 1:02d}" for month in range(last - count + 1, last + 1)]


def plan(rows: int) -> Iterator[tuple[str, str, int]]:
    """Month, flow and its rows, in order; together they miss `rows` by less than one a month and flow."""
    periods = months(rows)
    exports = round(rows / len(periods) * SHARE_OF_EXPORTS)
    for period in periods:
        yield period, "export", exports
        yield period, "import", round(rows / len(periods)) - exports


# --- what is fixed --------------------------------------------------------------------------------------------------------


def _goods() -> list[tuple[int, str, float, str, str]]:
    """Number, code, mean log value, and units of each code; units are dealt out in turn, as often as the chapter has them."""
    goods = MEASURED["goods"]
    mean, scale = goods["log_value"][0], TARIFF / goods["codes"]
    known = NormalDist()
    share = goods["codes"] / TARIFF
    absent = known.pdf(known.inv_cdf(1 - share)) / share * goods["log_value"][1]  # codes seen are the larger ones
    result: list[tuple[int, str, float, str, str]] = []
    turn: dict[str, int] = {}
    for heading, count in goods["headings"].items():
        chapter = goods["chapters"][heading[:2]]
        weight = chapter["codes"] / (chapter["codes"] + 5)
        level = mean - absent + weight * (chapter["log_value"][0] - mean)
        deck = [pair.split("|") for pair, many in chapter["units"].items() for _ in range(many)]
        for place in range(max(1, round(count * scale))):
            turn[heading[:2]] = card = turn.get(heading[:2], -7) + 7
            unit, second = deck[(card + card // len(deck)) % len(deck)]
            code = f"{heading}{10 + place // 3}{('10', '20', '90')[place % 3]}"
            result.append((len(result), code, level, unit, second))
    return result


def _partners() -> list[tuple[int, str, str, str, str, str, float, float]]:
    """Number, our code, customs' code, its first and last month, Chinese name, and the log share in each flow."""
    with (REFERENCE / "partners.csv").open(encoding="utf-8") as file:
        names = {row["partner"]: row["name_zh"].split(";")[0].strip() for row in csv.DictReader(file)}
    shares = MEASURED["partners"]
    numbers = {name: number for number, name in enumerate(sorted(shares["export"] | shares["import"]))}
    with (REFERENCE / "partner_codes.csv").open(encoding="utf-8") as file:
        return [
            (
                numbers[name], name, row["gacc_code"], row["valid_from"] or "0000-00", row["valid_to"] or "9999-99",
                names[name], shares["export"].get(name, -99.0), shares["import"].get(name, -99.0),
            )
            for row in csv.DictReader(file)
            if (name := row["partner"]) in numbers
        ]  # fmt: skip


def _prices() -> list[tuple[str, float, float, float, float]]:
    """Unit, then log dollars a unit: mean, the sd of codes, of partners within a code, of a month."""
    found = MEASURED["quantities"]
    result = []
    for kind in ("unit", "unit_2"):
        pairs = {pair for chapter in MEASURED["goods"]["chapters"].values() for pair in chapter["units"]}
        for name in sorted({name for pair in pairs for name in pair.split("|")} - {""}):
            mean, sd, _ = found[kind].get(name, found[f"{kind}_all"])
            of = "kg" if name == "kilograms" else "items"
            between, month = found[f"price_sd_between_partners_{of}"], found[f"price_sd_of_month_{of}"]
            result.append((f"{kind}:{name}", mean, max(sd**2 - between**2, 0.25) ** 0.5, between, month))
    return result


def _chinese_units() -> list[tuple[str, str]]:
    with (REFERENCE / "units.csv").open(encoding="utf-8") as file:
        return [
            (row["unit"], next(label for label in map(str.strip, row["labels"].split(";")) if ord(label[0]) > 0x2E80))
            for row in csv.DictReader(file)
            if any(ord(label.strip()[0]) > 0x2E80 for label in row["labels"].split(";"))
        ]


def _noise() -> tuple[float, float, float]:
    """The sd of a month is exp(a + b * level); and the cycle's amplitude as a multiple of it, from the sd of yearly changes."""
    found = MEASURED["cells"]
    by_size = [(log(10) * (float(size[2:]) + 0.5), log(sd)) for size, sd in found["sd_of_month_by_size"].items()]
    slope, start = linear_regression(*zip(*by_size, strict=True))
    change = found["sd_of_change"]
    turning = fmean(1 - cos(24 * pi / length) for length in range(CYCLE[0], CYCLE[1]))
    amplitude = ((change["12"] ** 2 - change["1"] ** 2) / turning) ** 0.5
    return start, slope, amplitude / (change["1"] / 2**0.5)


def _fill(con: duckdb.DuckDBPyConnection, name: str, columns: str, rows: list[tuple]) -> None:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name} ({columns})")
    values = [list(column) for column in zip(*rows, strict=True)]
    con.execute(f"INSERT INTO {name} SELECT {', '.join(['unnest(?)'] * len(values))}", values)


def _known(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    return bool(con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [name]).fetchone())


def _prepare(con: duckdb.DuckDBPyConnection) -> None:
    """The small tables and the two ways to draw, once a connection."""
    if _known(con, "synthetic_goods"):
        return
    con.execute("CREATE OR REPLACE TEMP MACRO synthetic_even(h) AS ((h & 4294967295) + 0.5) / 4294967296.0")
    con.execute(
        "CREATE OR REPLACE TEMP MACRO synthetic_normal(h) AS"
        " sqrt(-2 * ln(((h & 4294967295) + 0.5) / 4294967296.0)) * cos(2 * pi() * (h >> 32) / 4294967296.0)"
    )
    _fill(
        con, "synthetic_partners",
        "partner_id INTEGER, partner VARCHAR, partner_code VARCHAR, first VARCHAR, last VARCHAR, name VARCHAR, "
        "export DOUBLE, import DOUBLE",
        _partners(),
    )  # fmt: skip
    regimes = [("", 0.0, 0.0)] + [
        (name, log(share["value"]) / 2, log(share["value"])) for name, share in MEASURED["regimes"]["shares"].items()
    ]
    _fill(con, "synthetic_regimes", "regime VARCHAR, size DOUBLE, share DOUBLE", regimes)
    _fill(con, "synthetic_prices", "unit VARCHAR, mean DOUBLE, codes DOUBLE, partners DOUBLE, month DOUBLE", _prices())
    _fill(con, "synthetic_units", "unit VARCHAR, label VARCHAR", _chinese_units())
    columns = "code_id INTEGER, commodity VARCHAR, level DOUBLE, unit VARCHAR, unit_2 VARCHAR"
    _fill(con, "synthetic_tariff", columns, _goods())
    con.execute("""
        CREATE OR REPLACE TEMP TABLE synthetic_goods AS
        SELECT g.*, p.mean + p.codes * synthetic_normal(hash(commodity, 'price')) AS price, p.partners, p.month,
            p_2.mean + p_2.codes * synthetic_normal(hash(commodity, 'price_2')) AS price_2,
            p_2.partners AS partners_2, p_2.month AS month_2
        FROM synthetic_tariff g
        JOIN synthetic_prices p ON p.unit = 'unit:' || g.unit LEFT JOIN synthetic_prices p_2 ON p_2.unit = 'unit_2:' || g.unit_2
    """)


def _cells(con: duckdb.DuckDBPyConnection, flow: str, rows: int, regimes: bool, seed: int) -> str:
    """The table of the cells that may show in a month of so many rows, made once a connection."""
    name = f"synthetic_cells_{flow}_{rows}_{int(regimes)}_{seed}"
    if _known(con, name):
        return name
    several = MEASURED["regimes"]["mean_a_code"] if regimes else 1
    usual = A_MONTH * several * (SHARE_OF_EXPORTS if flow == "export" else 1 - SHARE_OF_EXPORTS)
    sd = max(MEASURED["goods"]["log_value"][1] ** 2 - OWN**2 - 0.5, 1) ** 0.5
    us, size = MEASURED["partners"]["export"]["USA"], 0.0 if flow == "export" else -0.3
    level = "base + CASE WHEN regime = '' THEN 0 ELSE 1.5 * synthetic_normal(hash(id, 'regime')) END"
    drawn = f"""
        WITH goods AS (
            SELECT *, level + {sd} * synthetic_normal(hash(commodity, '{flow}', 'size', {seed})) + {size} AS own
            FROM synthetic_goods
            ORDER BY hash(commodity, 'kept', {seed}) LIMIT {max(20, round(TARIFF * min(1, rows / usual)))}
        ), sides AS (
            SELECT DISTINCT partner_id, partner, {CONCENTRATION} * ({flow} - {us}) AS own
            FROM synthetic_partners WHERE {flow} > -99
        ),
        ways AS (SELECT regime, size FROM synthetic_regimes WHERE (regime <> '') = {regimes}),
        drawn AS (
            SELECT hash(commodity, partner, regime, '{flow}', {seed}) AS id, code_id, partner_id, regime,
                goods.own + sides.own + size
                    + {OWN} * synthetic_normal(hash(commodity, partner, '{flow}', 'own', {seed})) AS base
            FROM goods, sides, ways
        )
        SELECT id, code_id, partner_id, regime,
            least({level}, {TAPER} + {TAPERED} * ({level} - {TAPER}))::FLOAT AS level,
            ({level} + {HABIT} * synthetic_normal(hash(id, 'habit')))::FLOAT AS score
        FROM drawn
    """
    ((total,),) = con.execute(f"SELECT count(*) FROM ({drawn})").fetchall()
    kept = max(0.0, 1 - 3 * rows / total)
    ((least,),) = con.execute(f"SELECT quantile_cont(score, {kept}) FROM ({drawn}) WHERE id % 16 = 0").fetchall()
    con.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM ({drawn}) WHERE score >= {least}")
    return name


# --- a month --------------------------------------------------------------------------------------------------------------


def month(
    connection: duckdb.DuckDBPyConnection, period: str, flow: str, rows: int, *, regimes: bool = False, seed: int = 1
) -> str:
    """Draws a month of a flow into the temporary table `synthetic` and returns its name.

    Ask for the same number of rows in every month of a flow: cells persist only then. `regimes` splits cells by regime.
    """
    _prepare(connection)
    cells, found = _cells(connection, flow, rows, regimes, seed), MEASURED["quantities"]
    t = int(period[:4]) * 12 + int(period[5:]) - 1
    start, slope, cycle = _noise()
    scale = MEASURED["cells"]["noise"]
    years = (t - 2018 * 12) / 12
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE synthetic AS
        WITH moved AS (
            SELECT id, code_id, partner_id, regime, level, score, least(1.8, exp({start} + {slope} * level)) AS noise,
                {cycle} * least(1.2, exp({start} + {slope} * level)) * sin(2 * pi() * (
                    {t} / ({CYCLE[0]} + {CYCLE[1] - CYCLE[0]} * ((id >> 8) & 65535) / 65536.0) + ((id >> 24) & 65535) / 65536.0
                )) AS cycle,
                synthetic_even(hash(id, {t}, 'shows')) AS chance
            FROM {cells}
            WHERE partner_id IN (SELECT partner_id FROM synthetic_partners WHERE '{period}' BETWEEN first AND last)
        ), shown AS (
            SELECT *, hash(id, {t}) AS h FROM moved
            ORDER BY score + cycle + {scale} * ln(chance / (1 - chance)) DESC, id LIMIT {rows}
        ), valued AS (
            SELECT shown.*, g.*, p.partner, p.partner_code, greatest(1, round(exp(least({LARGEST},
                shown.level + cycle + noise * synthetic_normal(h)
                + {years} * ({log(1 + GROWTH)} + {TREND} * synthetic_normal(hash(commodity, 'trend')))
                + {SEASON} * sin(2 * pi() * ({t % 12} / 12.0 + synthetic_even(hash(commodity, 'season'))))
            )))) AS dollars
            FROM shown
            JOIN synthetic_goods g USING (code_id)
            JOIN synthetic_partners p ON p.partner_id = shown.partner_id AND '{period}' BETWEEN p.first AND p.last
        )
        SELECT '{period}' AS period, '{flow}' AS flow, commodity, partner, partner_code, regime, '' AS province,
            'USD' AS currency, dollars::BIGINT AS value,
            CASE WHEN synthetic_even(hash(h, 'none')) < {found["quantity_zero"]} THEN 0.0 ELSE greatest(1, round(dollars / exp(
                price + partners * synthetic_normal(hash(id, 'price')) + month * synthetic_normal(hash(h, 'price'))
            ))) END::DOUBLE AS quantity, unit,
            CASE WHEN unit_2 = '' THEN NULL WHEN synthetic_even(hash(h, 'none_2')) < {found["quantity_2_zero"]} THEN 0.0
            ELSE greatest(1, round(dollars / exp(
                price_2 + partners_2 * synthetic_normal(hash(id, 'price_2')) + month_2 * synthetic_normal(hash(h, 'price_2'))
            ))) END::DOUBLE AS quantity_2, unit_2
        FROM valued
    """)
    return "synthetic"


def csv_files(folder: Path, rows: int, rows_a_file: int = 10_000, *, seed: int = 1) -> list[Path]:
    """Downloads as customs' query platform saves them, each of one month and flow, by code and partner, in order of codes.

    A file holds fewer than `rows_a_file` rows: one of exactly 10,000 has been cut by the platform.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with duckdb.connect() as con:
        for period, flow, count in plan(rows):
            month(con, period, flow, count, seed=seed)
            files = -(-count // (rows_a_file - 1))
            texts = con.execute(f"""
                WITH lines AS (
                    SELECT s.commodity, s.partner_code,
                        ntile({files}) OVER (ORDER BY s.commodity, s.partner_code) AS part,
                        concat('"{period.replace("-", "")}","', s.partner_code, '","', p.name,
                            '","', s.commodity, '","synthetic ', s.commodity,
                            '","', s.quantity::BIGINT, '","', u.label,
                            '","', coalesce(s.quantity_2, 0)::BIGINT, '","', coalesce(u_2.label, '?'),
                            '","', format('{{:,}}', s.value), '",\n') AS line
                    FROM synthetic s JOIN synthetic_partners p USING (partner_code)
                    JOIN synthetic_units u ON u.unit = s.unit LEFT JOIN synthetic_units u_2 ON u_2.unit = s.unit_2
                )
                SELECT part, string_agg(line, '' ORDER BY commodity, partner_code) FROM lines GROUP BY part ORDER BY part
            """).fetchall()
            for part, text in texts:
                written.append(folder / f"synthetic_{flow}_{period}_{part:02d}.csv")
                written[-1].write_bytes((HEADER + text).encode("gb18030"))
    return written


def parquet_files(folder: Path, rows: int, *, regimes: bool = False, seed: int = 1) -> list[Path]:
    """The rows as a store holds them, a file a month and flow, by code; released on the 18th of the next month."""
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    with duckdb.connect() as con:
        for period, flow, count in plan(rows):
            month(con, period, flow, count, regimes=regimes, seed=seed)
            t = int(period[:4]) * 12 + int(period[5:])
            released = f"{t // 12}-{t % 12 + 1:02d}-18"
            written.append(folder / f"synthetic_{flow}_{period}.parquet")
            con.execute(f"""
                COPY (
                    SELECT period, 'month' AS kind, flow, commodity, partner, regime, province, currency, value,
                        NULL::DOUBLE AS value_yoy, quantity, unit, quantity_2, unit_2, 1 AS step, 'revised' AS stage,
                        '{released}' AS released, 'usual day' AS released_basis, 'synthetic' AS source,
                        '9999-12-31' AS superseded, true AS is_first,
                        'commodity partner{" regime" if regimes else ""}' AS shape
                    FROM synthetic ORDER BY commodity, partner, regime
                ) TO '{written[-1]}' (FORMAT parquet, COMPRESSION zstd)
            """)
    return written


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="write synthetic detail of China's trade")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--regimes", action="store_true", help="split the Parquet rows by regime")
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--files", action="store_true", help="CSV in the layout of customs' query platform")
    kind.add_argument("--parquet", action="store_true", help="Parquet with the columns of a store")
    given = parser.parse_args()
    begun = time.perf_counter()
    if given.files:
        made = csv_files(given.folder, given.rows, seed=given.seed)
    else:
        made = parquet_files(given.folder, given.rows, regimes=given.regimes, seed=given.seed)
    size = sum(path.stat().st_size for path in made) / 1e6
    print(f"{len(made)} synthetic files, {size:,.0f} MB, {time.perf_counter() - begun:.1f} s")
