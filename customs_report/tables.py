"""The tidy tables: schema, loading, coverage, checks - and `as_of`, the one and only vintage filter.

One row is one printed figure (totals) or one printed line (partners, commodities), in dollars or yuan, with the stage it
belongs to, the day it was released, how that day is known, and the source. `data/README.md` is the codebook.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, wraps
from math import inf, nan
from pathlib import Path

import pandas as pd

from customs_report import store
from customs_report.codebook import DATA, KEYS, REFERENCE
from customs_report.errors import Refused, Violation
from customs_report.periods import shift, span

STAGES = {"preliminary": 0, "bulletin": 1, "restated": 2, "revised": 3}
FLOWS = ("exports", "imports", "balance", "total")
CONTINENTS = ("AFRICA", "ASIA", "EUROPE", "LATAM", "NAMERICA", "OCEANIA")
BOUNDS = ("low90", "low50", "high50", "high90")
PRINT = ["step", "stage", "released", "released_basis", "source"]
COLUMNS = {  # that a file must have
    "totals.csv": (*KEYS["totals"], "value", *PRINT),
    "partners.csv": (*KEYS["partners"], "exports", "imports", "exports_yoy", "imports_yoy", "total_yoy", *PRINT),
    "commodities.csv": (*KEYS["commodities"], "value", "value_yoy", "quantity", "unit", "quantity_yoy", "table", *PRINT),
    "details.csv": (*KEYS["details"], "value", "value_yoy", "quantity", "unit", "quantity_2", "unit_2", *PRINT),
    "mirror.csv": (*KEYS["mirror"], "value", *PRINT),
    "reference/partners.csv": ("partner", "name", "type", "continent"),
    "reference/un_areas.csv": ("un_code", "partner"),
    "reference/groups.csv": ("group", "members", "ranked"),
    "reference/provinces.csv": ("province", "name", "name_zh"),
    "reference/commodities.csv": ("flow", "commodity", "name", "list", "parent", "aggregate"),
    "reference/units.csv": ("unit", "labels", "base_unit", "factor"),
    "reference/regimes.csv": ("regime", "name", "name_zh"),
    "reference/spellings.csv": ("list", "flow", "code", "spelling"),
    "reference/misprints.csv": ("source", "commodity", "printed", "means"),
    "reference/sources.csv": ("source", "publisher", "what"),
    "release_dates.csv": ("period", "released"),
    "coverage.csv": ("table", "key", "flow", "kind", "currency", "measure", "from", "to", "status", "reason"),
    "source_errors.csv": ("table", "period", "kind", "flow", "currency", "key", "column", "printed"),
    "outlook/backtest.csv": ("year", "month", "method", "flow", "forecast", *BOUNDS, "spread", "actual"),
    "outlook/parameters.csv": ("year", "series", "parameter", "value"),
    "outlook/method.csv": ("item", "entry"),
}


@dataclass(frozen=True, eq=False)
class Tables:
    """The tables of the data folder, as known on `as_of`, with their reference lists.

    `totals`, `partners`, `commodities`, `details`: one row a printed figure or line; after `as_of` with the columns `late`
    (released only after that day; history, nothing earlier is held) and, in totals, the identities filled in (`how`).
    `mirror`: trade with China as its partners report it.
    """

    totals: pd.DataFrame
    partners: pd.DataFrame
    commodities: pd.DataFrame
    details: pd.DataFrame
    mirror: pd.DataFrame
    partner_list: pd.DataFrame
    un_areas: pd.DataFrame
    groups: pd.DataFrame
    provinces: pd.DataFrame
    commodity_list: pd.DataFrame
    units: pd.DataFrame
    regimes: pd.DataFrame
    spellings: pd.DataFrame
    misprints: pd.DataFrame
    sources: pd.DataFrame
    releases: pd.DataFrame
    coverage: pd.DataFrame
    source_errors: pd.DataFrame
    backtest: pd.DataFrame
    outlook_parameters: pd.DataFrame
    backtest_method: pd.DataFrame
    as_of: str = ""

    @property
    def newest_release(self) -> str:
        """The newest release date held: what "today" is for a report."""
        return max(table["released"].max() for table in (self.totals, self.partners, self.commodities))


def remembered(function: Callable) -> Callable:
    """Remembers what a function finds in tables, its first argument, as long as they are at hand.

    A frame is handed out as a copy that costs nothing: what is done to it stays with whom it was given to.
    """

    @wraps(function)
    def found(tables: Tables, *asked, **named):
        memory, key = vars(tables).setdefault("_memory", {}), (function, asked, *named.items())
        if key not in memory:
            memory[key] = function(tables, *asked, **named)
        known = memory[key]
        return known.copy(deep=False) if isinstance(known, pd.DataFrame) else known

    return found


# --- loading ------------------------------------------------------------------------------------------------------------


def load(folder: Path | str | None = None) -> Tables:
    """What does the data folder hold? All tables, validated against their schemas and the accounting identities.

    Cached in the process by the content of the folder. Raises Refused where there is no such folder or file, Violation
    (file, row, figure) where a row breaks the schema or an identity. Holes do not stop loading: see `holes`.
    """
    folder = Path(folder or DATA)
    names = [f"{name}.csv" for name in KEYS] + list(REFERENCE.values())
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise Refused(f"no data file {missing[0]} in {folder}")
    with store.reading(folder):
        digest = hashlib.sha256(b"".join((folder / name).read_bytes() for name in names)).hexdigest()
        return _load(folder, digest)


@lru_cache(maxsize=4)
def _load(folder: Path, digest: str) -> Tables:
    return _in_base_units(prove(printed(folder)))


def prove(printed: Tables) -> Tables:
    """Do printed figures keep their schema and the identities? Returns them corrected, raises Violation at the first fault."""
    for name, found in _failures(printed, SCHEMA_CHECKS):
        raise Violation(f"{name}: {found}")
    tables = corrected(printed)
    for name, found in _failures(tables, IDENTITY_CHECKS):
        raise Violation(f"{name}: {found}")
    return tables


def printed(folder: Path) -> Tables:
    """The files as they are: text columns as text, numbers as floats, nothing filled in."""
    numbers = ["value", "step", "exports", "imports", "exports_yoy", "imports_yoy", "total_yoy", "value_yoy", "quantity",
               "quantity_yoy", "quantity_2", "factor", "aggregate", "ranked", "order",
               "year", "month", "forecast", *BOUNDS, "spread", "actual"]  # fmt: skip
    frames = {}
    for name, file in {**{name: f"{name}.csv" for name in KEYS}, **REFERENCE}.items():
        frame = _read(folder, file)
        for column in frame.columns.intersection(numbers):
            blank = frame[column] == ""
            numeric = pd.to_numeric(frame[column].where(~blank), errors="coerce").replace([inf, -inf], nan)
            wrong = numeric.isna() & ~blank
            if wrong.any():
                row = wrong.idxmax()
                raise Violation(f"{file}, row {row + 2}: {column} {frame.at[row, column]!r} is not a number")
            frame[column] = numeric.astype(float)
        frames[name] = frame
    return Tables(**frames)


def _read(folder: Path, file: str) -> pd.DataFrame:
    """A file as text; Refused where there is none, Violation where it is no table or lacks a column."""
    try:
        frame = pd.read_csv(folder / file, dtype=str, keep_default_na=False)
    except OSError as error:
        raise Refused(f"no data file {file} in {folder}") from error
    except ValueError as error:  # empty, not UTF-8, an open quotation mark, too many fields in a row
        raise Violation(f"{file} is not a table in UTF-8: {str(error).strip()}") from error
    if not isinstance(frame.index, pd.RangeIndex):
        raise Violation(f"{file}, row 2: more fields than the header has")
    if missing := [column for column in COLUMNS[file] if column not in frame.columns]:
        raise Violation(f"{file}, header: no column {missing[0]}")
    return frame


def corrected(tables: Tables) -> Tables:
    """The tables without the figures that source_errors.csv names: a known error at the source is a gap, not a number."""
    tables = replace(tables, totals=tables.totals.copy(), commodities=tables.commodities.copy())
    for error in tables.source_errors.itertuples():
        rows = getattr(tables, error.table)
        rows.loc[_error_rows(rows, error), error.column] = float("nan")
    return replace(tables, totals=tables.totals.dropna(subset="value"))


def _error_rows(rows: pd.DataFrame, error) -> pd.Series:
    hit = rows[error.column] == float(error.printed)
    for column in ("period", "kind", "flow", "currency"):
        hit &= rows[column] == getattr(error, column)
    return hit & (rows["commodity"] == error.key) if error.table == "commodities" else hit


def _in_base_units(tables: Tables) -> Tables:
    """Quantities in tonnes or units instead of the printed "10,000 tonnes"."""
    units = tables.units.set_index("unit")
    goods = tables.commodities.assign(printed_unit=tables.commodities["unit"])
    goods["quantity"] = (goods["quantity"] * goods["unit"].map(units["factor"]).astype(float)).round(3)
    goods["unit"] = goods["unit"].map(units["base_unit"]).fillna("")
    return replace(tables, commodities=goods)


# --- vintages -----------------------------------------------------------------------------------------------------------


def as_of(tables: Tables, date: str = "") -> Tables:
    """What was known on a day? For each figure the stages released by then; later ones only as history.

    Every stage released on or before `date` is kept, so that a first print can stand beside a revision; of one stage
    printed twice the later release counts. Where nothing of
    a figure had been released by then, its earliest later stage is kept and marked `late`: it serves as history and never
    for a report's own period (`helpers.report_facts` sees to that). Totals gain the rows that the identities give within
    one stage (exports - imports = balance, and so on), marked in `how`. Without a date: everything held.
    """
    date = date or tables.newest_release
    return replace(
        tables,
        totals=_known(tables.totals, KEYS["totals"], date, fill=_with_identities),
        partners=_known(tables.partners, KEYS["partners"], date),
        commodities=_known(tables.commodities, KEYS["commodities"], date, fill=_one_list),
        details=_known(tables.details, KEYS["details"], date),
        mirror=_known(tables.mirror, KEYS["mirror"], date),
        as_of=date,
    )


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows from the oldest vintage to the newest: by stage, within a stage by release day."""
    return rows.assign(order=rows["stage"].map(STAGES)).sort_values(["order", "released"], kind="stable").drop(columns="order")


def _known(rows: pd.DataFrame, key: list[str], date: str, fill: Callable = lambda rows: rows) -> pd.DataFrame:
    """What was released by the day, and the earliest later figure of what was not; `fill` completes each within itself."""
    late = rows["released"] > date
    known = fill(rows[~late]).assign(late=False)
    if not late.any():
        return known
    later = fill(rows[late].sort_values("released", kind="stable").drop_duplicates([*key, "stage"], keep="first"))
    later = later.sort_values("released", kind="stable").drop_duplicates(key, keep="first").assign(late=True)
    held_by_then = pd.MultiIndex.from_frame(known[key])
    return pd.concat([known, later[~pd.MultiIndex.from_frame(later[key]).isin(held_by_then)]], ignore_index=True)


def _one_list(goods: pd.DataFrame) -> pd.DataFrame:
    """A commodity printed in both lists once: the flash table's line, else the bulletin's; they are never added."""
    key = [*KEYS["commodities"], "stage"]
    flash = pd.MultiIndex.from_frame(goods.loc[goods["table"] == "flash", KEYS["commodities"]])
    twice = (goods["table"] == "bulletin") & pd.MultiIndex.from_frame(goods[KEYS["commodities"]]).isin(flash)
    return goods[~twice].drop_duplicates([*key, "released"])


IDENTITIES = (  # what, from which two, with which sign of the second
    ("balance", "exports", "imports", -1),
    ("imports", "exports", "balance", -1),
    ("exports", "imports", "balance", +1),
    ("total", "exports", "imports", +1),
)


def _with_identities(totals: pd.DataFrame) -> pd.DataFrame:
    """Totals with what follows from two figures of the same stage; a printed figure is never replaced."""
    totals = totals.assign(how="printed")
    levels = totals[totals["measure"] == "level"]
    derived = []
    for rows in _grouped(in_order(levels), ["period", "kind", "currency", "stage"]):
        have = {row.flow: row for row in rows}
        for flow, first, second, sign in IDENTITIES:
            if flow in have or first not in have or second not in have:
                continue
            a, b = have[first], have[second]
            newer = a if a.released >= b.released else b
            have[flow] = a._replace(
                flow=flow,
                value=round(a.value + sign * b.value, 2),
                step=max(a.step, b.step),
                released=newer.released,
                released_basis=newer.released_basis,
                source=a.source if a.source == b.source else f"{a.source}; {b.source}",
                how=f"{first} {'+' if sign > 0 else '-'} {second}",
            )
            derived.append(have[flow])
    return pd.concat([totals, pd.DataFrame(derived, columns=totals.columns)], ignore_index=True)


def _grouped(rows: pd.DataFrame, by: list[str]) -> list[list]:
    groups: dict[tuple, list] = {}
    for row in rows.itertuples(index=False):
        groups.setdefault(tuple(getattr(row, column) for column in by), []).append(row)
    return list(groups.values())


# --- coverage -----------------------------------------------------------------------------------------------------------

COVERAGE = ["table", "key", "flow", "kind", "currency", "measure"]


def held(tables: Tables) -> pd.DataFrame:
    """Which figures do the tables hold? One row a figure and period, any stage: the columns of COVERAGE and `period`."""
    frames = [
        tables.totals.assign(table="totals", key=""),
        tables.partners.assign(table="partners", key=tables.partners["partner"], flow="", measure="line"),
        tables.commodities.assign(table="commodities", key=tables.commodities["commodity"], measure="line"),
    ]
    return pd.concat([frame[[*COVERAGE, "period"]] for frame in frames]).drop_duplicates(ignore_index=True)


def declared(tables: Tables) -> pd.DataFrame:
    """Which figures does data/coverage.csv say are held? One row a figure and period."""
    runs = tables.coverage[tables.coverage["status"] == "held"]
    return pd.DataFrame(
        [(*row[:6], period) for row in runs[[*COVERAGE, "from", "to"]].itertuples(index=False) for period in span(*row[6:])],
        columns=[*COVERAGE, "period"],
    )


def holes(tables: Tables) -> pd.DataFrame:
    """Which declared figures are missing? Rows as `declared`; empty when the data keep what they promise."""
    both = declared(tables).merge(held(tables), how="left", indicator=True)
    return both.loc[both["_merge"] == "left_only", [*COVERAGE, "period"]].reset_index(drop=True)


def why_not_held(tables: Tables, table: str, period: str, **where: str) -> str:
    """Why does a table not hold a figure of a period? The declared reason, or where its coverage begins and ends.

    `where` narrows it down by the columns of coverage.csv: key, flow, kind, currency, measure.
    """
    rows = _coverage_rows(tables, table=table, **where)
    runs = [row for row in rows if row["status"] == "held"]
    what = _noun(table, where)
    if not runs:
        return f"no {what} is held"
    first, last = min(row["from"] for row in runs), max(row["to"] for row in runs)
    if period < first:
        return f"no {what} held before {first}"
    if period > last:
        return f"no {what} held after {last}"
    reasons = (row["reason"] for row in rows if row["status"] == "hole" and row["from"] <= period <= row["to"])
    return next(reasons, f"{what} of {period} is missing")


@remembered
def _coverage_rows(tables: Tables, **where: str) -> list[dict[str, str]]:
    """The rows of coverage.csv with these values, remembered: a month without partners asks for dozens of them."""
    rows = tables.coverage
    for column, value in where.items():
        rows = rows[rows[column] == value]
    return rows.to_dict("records")


def _noun(table: str, where: dict[str, str]) -> str:
    """What is asked for, as a reader would call it: "dollar exports", "table of partners", "line for USA"."""
    if "key" in where:
        return f"line for {where['key']}"
    if table == "totals":
        over = " of the year to date" if where.get("kind") == "ytd" else ""
        currency = {"USD": "dollar", "CNY": "yuan"}.get(where.get("currency", ""), "printed")
        return f"{currency} {where.get('flow', 'totals')}{over}"
    return "table of partners" if table == "partners" else f"table of {where.get('flow', 'main')} commodities"


HOLE_REASONS = {
    "totals": "no first print with this figure was found and no later stage is held",
    "partners": "line not transcribed for this month",
    "commodities": "line not transcribed for this month",
}
NO_JANUARY = "customs prints January with February, and the table of this month is not held"


def coverage_of(tables: Tables) -> pd.DataFrame:
    """What should data/coverage.csv say? The runs of months held for each figure and the holes between them."""
    rows = []
    for key, group in held(tables).groupby(COVERAGE, sort=True):
        periods = sorted(group["period"])
        run = [periods[0]]
        for period in [*periods[1:], None]:
            if period and period == shift(run[-1], 1):
                run.append(period)
                continue
            rows.append((*key, run[0], run[-1], "held", ""))
            if period:
                gap = span(shift(run[-1], 1), shift(period, -1))
                january = key[0] == "commodities" and {p[5:] for p in gap} <= {"01", "02"}
                rows.append((*key, gap[0], gap[-1], "hole", NO_JANUARY if january else HOLE_REASONS[key[0]]))
                run = [period]
    return pd.DataFrame(rows, columns=[*COVERAGE, "from", "to", "status", "reason"])


# --- checks -------------------------------------------------------------------------------------------------------------

Check = tuple[str, str, Callable[[Tables], tuple[int, list[str]]]]


def check(folder: Path | str | None = None) -> pd.DataFrame:
    """Do the data keep their promises? One row a check: check, table, checked, violations, where (the first of them).

    Where a schema is broken, the identities and coverage are not tested: their rows are missing.
    """
    as_printed = printed(Path(folder or DATA))
    rows = []

    def run(checks: list[Check], tables: Tables) -> None:
        for name, table, test in checks:
            checked, found = test(tables)
            rows.append((name, table, checked, len(found), "; ".join(found[:3])))

    run(SCHEMA_CHECKS, as_printed)
    if not any(row[3] for row in rows):
        run(IDENTITY_CHECKS + COVERAGE_CHECKS, corrected(as_printed))
    return pd.DataFrame(rows, columns=["check", "table", "checked", "violations", "where"])


def _failures(tables: Tables, checks: list[Check]) -> Iterator[tuple[str, str]]:
    for name, _, test in checks:
        yield from ((name, found) for found in test(tables)[1])


def _schema(table: str) -> Callable[[Tables], tuple[int, list[str]]]:
    def test(tables: Tables) -> tuple[int, list[str]]:
        import pandera.pandas as pa

        rows = getattr(tables, table)
        try:
            _schemas(tables)[table].validate(rows, lazy=True)
        except pa.errors.SchemaErrors as error:
            cases = error.failure_cases
            return len(rows), [
                f"{table}.csv, {'row ' + str(int(case.index) + 2) if pd.notna(case.index) else 'header'}: "
                f"{case.column} {case.failure_case!r} fails {case.check}"
                for case in cases.itertuples(index=False)
            ]
        return len(rows), []

    return test


def _schemas(tables: Tables) -> dict:
    """The pandera schema of each table: columns, types, values allowed, keys unique within a stage."""
    import pandera.pandas as pa

    def text(*allowed: str, pattern: str = "") -> pa.Column:
        checks = [pa.Check.isin(allowed)] if allowed else []
        return pa.Column(str, checks + ([pa.Check.str_matches(pattern)] if pattern else []))

    def number(*, above: float | None = None, empty: bool = False) -> pa.Column:
        return pa.Column(float, [] if above is None else [pa.Check.gt(above)], nullable=empty)

    common = {
        "period": text(pattern=r"^(19|20)\d\d-(0[1-9]|1[0-2])$"),
        "kind": text("month", "ytd"),
        "currency": text("USD", "CNY"),
        "step": number(above=0),
        "stage": text(*STAGES),
        "released": text(pattern=r"^20\d\d-(0[1-9]|1[0-2])-([0-2]\d|3[01])$"),
        "released_basis": text("printed", "usual day", "retrieved"),
        "source": text(*tables.sources["source"]),
    }
    growth = {column: number(above=-100, empty=True) for column in ("exports_yoy", "imports_yoy", "total_yoy")}
    own = {
        "totals": {"flow": text(*FLOWS), "measure": text("level", "yoy"), "value": number()},
        "partners": {
            "partner": text(*tables.partner_list["partner"]),
            "exports": number(above=0, empty=True),
            "imports": number(above=0, empty=True),
            **growth,
        },
        "commodities": {
            "flow": text("export", "import"),
            "commodity": text(*tables.commodity_list["commodity"]),
            "value": number(above=0),
            "value_yoy": number(above=-100.1, empty=True),
            "quantity": number(above=0, empty=True),
            "quantity_yoy": number(above=-100.1, empty=True),
            "unit": text("", *tables.units["unit"]),
            "table": text("flash", "bulletin"),
        },
        "details": {
            "flow": text("export", "import"),
            "commodity": text(pattern=r"^(\d{2}|\d{4}|\d{6}|\d{8}|)$"),
            "partner": text("", *tables.partner_list["partner"]),
            "regime": text("", *tables.regimes["regime"]),
            "province": text("", *tables.provinces["province"]),
            "value": number(above=0),
            "value_yoy": number(above=-100.1, empty=True),
            "quantity": number(above=0, empty=True),
            "unit": text("", *tables.units["unit"]),
            "quantity_2": number(above=0, empty=True),
            "unit_2": text("", *tables.units["unit"]),
        },
        "mirror": {
            "reporter": text(*tables.partner_list["partner"]),
            "flow": text("exports", "imports"),
            "value": number(above=0),
        },
    }
    unique = {name: [*key, "stage", "released"] for name, key in KEYS.items()}
    unique["commodities"].append("table")
    return {name: pa.DataFrameSchema({**common, **own[name]}, strict=True, unique=unique[name]) for name in KEYS}


def _released(table: str) -> Callable[[Tables], tuple[int, list[str]]]:
    """A figure is public only after its month, on a day that the calendar has."""

    def test(tables: Tables) -> tuple[int, list[str]]:
        rows = _numbered(getattr(tables, table))
        day = pd.to_datetime(rows["released"], errors="coerce", format="%Y-%m-%d")
        month = pd.to_datetime(rows["period"], errors="coerce", format="%Y-%m")
        too_early = ~(day > month + pd.offsets.MonthEnd(0))
        return _compare(rows, too_early, f"{table}.csv", lambda r: f"{_where(r)} cannot have been public on {r.released}")

    return test


def _coverage_schema(tables: Tables) -> tuple[int, list[str]]:
    rows, month = _numbered(tables.coverage), r"(19|20)\d\d-(0[1-9]|1[0-2])"
    right = rows["table"].isin(KEYS) & rows["status"].isin(["held", "hole"]) & (rows["from"] <= rows["to"])
    right &= rows["from"].str.fullmatch(month) & rows["to"].str.fullmatch(month)
    return _compare(
        rows, ~right, "coverage.csv", lambda r: f"{r.table} {r.status} {rows.at[r.Index, 'from']} to {r.to} is no run of months"
    )


def _positive(tables: Tables) -> tuple[int, list[str]]:
    rows = _numbered(tables.totals)
    negative = (rows["measure"] == "level") & (rows["flow"] != "balance") & (rows["value"] <= 0)
    return _compare(rows, negative, "totals.csv", lambda r: f"{_where(r)} {r.value:.0f} is not above zero")


def _compare(rows: pd.DataFrame, wrong: pd.Series, file: str, what: Callable) -> tuple[int, list[str]]:
    """How many rows were compared, and for each wrong one its file, row and figure."""
    return len(rows), [f"{file}, row {row.row}: {what(row)}" for row in rows[wrong].itertuples()]


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the number of their line in the file."""
    return rows.assign(row=rows.index + 2)


def _where(row) -> str:
    parts = (getattr(row, column, "") for column in ("period", "kind", "flow", "partner", "commodity", "currency", "stage"))
    return " ".join(part for part in parts if part)


def _totals_identity(total: str, sign: int) -> Callable[[Tables], tuple[int, list[str]]]:
    def test(tables: Tables) -> tuple[int, list[str]]:
        levels = _numbered(tables.totals[tables.totals["measure"] == "level"])
        key = ["period", "kind", "currency", "stage"]
        e, i, t = (levels[levels["flow"] == flow] for flow in ("exports", "imports", total))
        rows = t.merge(e, on=key, suffixes=("", "_e")).merge(i, on=key, suffixes=("", "_i"))
        gap = (rows["value_e"] + sign * rows["value_i"] - rows["value"]).abs()
        return _compare(
            rows,
            gap > rows["step"] + rows["step_e"] + rows["step_i"],
            "totals.csv",
            lambda r: f"{_where(r)} {r.value:.0f} is not {r.value_e:.0f} {'+' if sign > 0 else '-'} {r.value_i:.0f}",
        )

    return test


def _values(tables: Tables, table: str) -> pd.DataFrame:
    """The levels of a table in one long form: key columns, stage, value, step, row."""
    if table == "totals":
        rows = tables.totals[(tables.totals["measure"] == "level") & tables.totals["flow"].isin(["exports", "imports"])]
        return _numbered(rows)
    if table == "commodities":
        return _numbered(tables.commodities)
    partners = _numbered(tables.partners)
    return pd.concat([partners.assign(flow=flow, value=partners[flow]) for flow in ("exports", "imports")])


def _month_within_year(table: str, january: bool) -> Callable[[Tables], tuple[int, list[str]]]:
    key = ["period", "flow", "partner", "commodity", "currency", "table", "stage"]

    def test(tables: Tables) -> tuple[int, list[str]]:
        rows = _values(tables, table)
        on = [c for c in key if c in rows.columns]
        both = rows[rows["kind"] == "month"].merge(rows[rows["kind"] == "ytd"], on=on, suffixes=("", "_ytd"))
        first = both["period"].str.endswith("-01")
        both = both[first] if january else both[~first]
        excess = both["value"] - both["value_ytd"]
        slack = both["step"] + both["step_ytd"]
        return _compare(
            both,
            excess.abs() > slack if january else excess > slack,
            f"{table}.csv",
            lambda r: f"{_where(r)} {r.value:.0f} against {r.value_ytd:.0f} in the year to date",
        )

    return test


VINTAGE = ["period", "kind", "currency", "stage"]  # figures of one print: only these are held against each other


def _newest(rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Of what one stage printed twice, the later release."""
    return rows.sort_values("released", kind="stable").drop_duplicates([*key, "stage"], keep="last")


def _regions(tables: Tables) -> tuple[int, list[str]]:
    """Continents and the total: equal but for what customs assigns to no country, at most one per mille."""
    partners = _newest(tables.partners[tables.partners["partner"].isin(CONTINENTS)], KEYS["partners"])
    complete = partners.groupby(VINTAGE)["partner"].transform("size") == len(CONTINENTS)
    sums = partners[complete].groupby(VINTAGE)[["exports", "imports"]].sum().stack().rename("regions")
    sums.index.names = [*VINTAGE, "flow"]
    rows = _levels_of_totals(tables).merge(sums.reset_index(), on=[*VINTAGE, "flow"])
    return _compare(
        rows,
        (rows["regions"] - rows["value"]).abs() > 0.001 * rows["value"],
        "totals.csv",
        lambda r: f"{_where(r)} {r.value:.0f}, but the regions sum to {r.regions:.0f}",
    )


def _levels_of_totals(tables: Tables) -> pd.DataFrame:
    rows = _numbered(tables.totals)
    return _newest(rows[rows["measure"] == "level"], KEYS["totals"])


def members_of(tables: Tables, group: str) -> list[str]:
    """The codes of a group's members; empty where customs prints no list (Belt and Road)."""
    return tables.groups.set_index("group").at[group, "members"].split()


def _members_within_group(tables: Tables) -> tuple[int, list[str]]:
    rows = _newest(_values(tables, "partners"), [*KEYS["partners"], "flow"])
    checked, found = 0, []
    for group in tables.groups["group"]:
        inside = rows[rows["partner"].isin(members_of(tables, group))]
        sums = inside.groupby([*VINTAGE, "flow"])["value"].sum().rename("members")
        both = rows[rows["partner"] == group].merge(sums.reset_index(), on=[*VINTAGE, "flow"])
        # customs counts Timor-Leste in ASEAN only from the end of 2025; half a per cent covers such a change
        n, wrong = _compare(
            both,
            both["members"] > 1.005 * both["value"],
            "partners.csv",
            lambda r: f"{_where(r)} {r.value:.0f} is less than its members' {r.members:.0f}",
        )
        checked, found = checked + n, found + wrong
    return checked, found


@remembered
def ranked_partners(tables: Tables) -> frozenset[str]:
    """Who takes part in customs' ranking: countries and the groups that count as one partner, their members left out."""
    groups = tables.groups[tables.groups["ranked"] == 1]
    members = set(" ".join(groups["members"]).split())
    countries = tables.partner_list.loc[tables.partner_list["type"] == "country", "partner"]
    return frozenset(groups["group"]) | (frozenset(countries) - members)


def _ranked_within_total(tables: Tables) -> tuple[int, list[str]]:
    """No member is counted beside its group: all ranked partners together never exceed the total."""
    rows = _newest(_values(tables, "partners"), [*KEYS["partners"], "flow"])
    rows = rows[rows["partner"].isin(ranked_partners(tables))]
    sums = rows.groupby([*VINTAGE, "flow"])["value"].sum().rename("ranked").reset_index()
    both = _levels_of_totals(tables).merge(sums, on=[*VINTAGE, "flow"])
    return _compare(
        both,
        both["ranked"] > both["value"],
        "totals.csv",
        lambda r: f"{_where(r)} {r.value:.0f} is less than the ranked partners' {r.ranked:.0f}",
    )


def _parts_within_aggregate(tables: Tables) -> tuple[int, list[str]]:
    """The lines of one list below an aggregate never exceed it, within half a per cent of restatement."""
    goods = _newest(_numbered(tables.commodities), [*KEYS["commodities"], "table"])
    parents = tables.commodity_list.set_index(["flow", "commodity"])["parent"]
    parent = parents.reindex(pd.MultiIndex.from_frame(goods[["flow", "commodity"]])).to_numpy()
    key = ["period", "kind", "flow", "currency", "stage", "table"]
    sums = goods.assign(commodity=parent)[parent != ""].groupby([*key, "commodity"])["value"].sum().rename("parts")
    both = goods.merge(sums.reset_index(), on=[*key, "commodity"])
    return _compare(
        both,
        both["parts"] > 1.005 * both["value"],
        "commodities.csv",
        lambda r: f"{_where(r)} {r.value:.0f} is less than its parts' {r.parts:.0f}",
    )


def _printed_growth(tables: Tables) -> tuple[int, list[str]]:
    """Printed growth of commodities against growth on the restated base, within 0.2 points (0.5 % of the base)."""
    goods = _newest(_numbered(tables.commodities), [*KEYS["commodities"], "table"])
    goods = goods[(goods["kind"] == "ytd") & (goods["currency"] == "CNY") & (goods["table"] == "flash")]
    now = goods[(goods["stage"] == "preliminary") & goods["value_yoy"].notna()]
    base = goods[goods["stage"] == "restated"].assign(period=lambda rows: rows["period"].map(lambda p: shift(p, 12)))
    both = now.merge(base, on=["period", "flow", "commodity"], suffixes=("", "_base"))
    growth = (both["value"] / both["value_base"] - 1) * 100
    return _compare(
        both.assign(growth=growth),
        (growth - both["value_yoy"]).abs() > 0.1 + 0.002 * growth.abs() + 100 * both["step_base"] / both["value_base"],
        "commodities.csv",
        lambda r: f"{_where(r)} grew by {r.growth:.1f} % on the restated base, printed {r.value_yoy:.1f} %",
    )


def _source_errors(tables: Tables) -> tuple[int, list[str]]:
    """Every known error at the source is where the list says; one that is gone was revised and leaves the list."""
    return len(tables.source_errors), [
        f"source_errors.csv, row {error.Index + 2}: {error.period} {error.flow} {error.key} is not {error.printed}"
        for error in tables.source_errors.itertuples()
        if not _error_rows(getattr(tables, error.table), error).any()
    ]


def _coverage_holes(tables: Tables) -> tuple[int, list[str]]:
    missing = holes(tables)
    return len(declared(tables)), [
        f"coverage.csv: {' '.join(v for v in row[:6] if v)} {row.period} is declared but missing"
        for row in missing.itertuples(index=False)
    ]


def _coverage_undeclared(tables: Tables) -> tuple[int, list[str]]:
    rows = held(tables)
    both = rows.merge(declared(tables), how="left", indicator=True)
    extra = both[both["_merge"] == "left_only"]
    return len(rows), [
        f"{row.table}.csv: {' '.join(v for v in row[:6] if v)} {row.period} is not declared in coverage.csv"
        for row in extra.itertuples(index=False)
    ]


SCHEMA_CHECKS: list[Check] = [  # of the figures as printed; the other checks leave known errors at the source out
    *[(f"schema of {table}.csv", table, _schema(table)) for table in KEYS],
    ("schema of coverage.csv", "all", _coverage_schema),
    *[(f"public only after the month, {table}", table, _released(table)) for table in KEYS],
    ("exports, imports and total above zero", "totals", _positive),
    ("known errors at the source are in place", "all", _source_errors),
]
IDENTITY_CHECKS: list[Check] = [
    ("exports - imports = balance", "totals", _totals_identity("balance", -1)),
    ("exports + imports = total", "totals", _totals_identity("total", +1)),
    *[
        (f"month <= year to date, {table}", table, _month_within_year(table, january=False))
        for table in ("totals", "partners", "commodities")
    ],
    *[(f"January = year to date, {table}", table, _month_within_year(table, january=True)) for table in ("totals", "partners")],
    ("regions sum to the total", "partners", _regions),
    ("members within their group", "partners", _members_within_group),
    ("no member beside its group in the ranking", "partners", _ranked_within_total),
    ("parts within their aggregate", "commodities", _parts_within_aggregate),
    ("printed growth = growth on the restated base", "commodities", _printed_growth),
]
COVERAGE_CHECKS: list[Check] = [
    ("declared coverage is held", "all", _coverage_holes),
    ("what is held is declared", "all", _coverage_undeclared),
]
