"""Turn the rows of a table with known columns, in any language, into rows of the data, after checking them against each other.

Checks: exports and imports add up, growth matches the levels, a month does not exceed its year to date. Customs prints a dash
for no figure (in a line without a unit also an empty cell); any other empty cell means that a figure was lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from customs_report.errors import InputError
from customs_report.periods import is_january, shift
from customs_report.readers.documents import Grid, clean
from customs_report.readers.reading import (
    NUMBER,
    Head,
    Names,
    Reading,
    close,
    currencies,
    currency_and_factor,
    decimals,
    find_period,
    number,
    parse_period,
    require,
    step_of,
    word,
)

PUBLICATIONS = {"preliminary": ("gacc-flash", "preliminary release"), "bulletin": ("gacc-bulletin", "monthly bulletin")}
WHAT = {  # stage, number of the table -> what it is
    ("preliminary", 1): "totals",
    ("preliminary", 4): "by country",
    ("preliminary", 5): "major exports by quantity and value",
    ("preliminary", 6): "major imports by quantity and value",
    ("bulletin", 1): "totals by month",
    ("bulletin", 2): "imports and exports by country (region)",
    ("bulletin", 5): "imports and exports by customs regime",
    ("bulletin", 13): "major export commodities in quantity and value",
    ("bulletin", 14): "major import commodities in quantity and value",
}
FLOWS = ("total", "exports", "imports")
BLOCKS = ("month", "ytd", "before", "month_yoy", "yoy")
Changed = tuple[float | None, float | None]  # a value and its change on a year before, in percent
Column = tuple[str, str]  # totals: measure, kind; by country: flow, month | ytd | yoy; commodities: block, quantity | value


def heading(titles: Sequence[str], unit: str, stage: str, table: int, released: str = "") -> Head:
    """Read period, currency and unit from a table's titles and unit row. Raises InputError if they contradict each other."""
    titles = list(dict.fromkeys(filter(None, map(clean, titles))))
    periods = {found for title in titles if (found := find_period(title))}
    if len(periods) > 1:
        raise InputError(f"the page is titled {titles[0][:90]!r}, its table {titles[1][:90]!r}; the months differ")
    period, first = periods.pop() if periods else parse_period(" ".join(titles))
    if len(set().union(*map(currencies, titles))) > 1:
        raise InputError(f"the page is titled {titles[0][-40:]!r}, its table {titles[-1][-40:]!r}; the currencies differ")
    return head_of((period, first), *currency_and_factor(" ".join(titles), unit), unit, stage, table, released)


def head_of(
    span: tuple[str, int], currency: str, factor: float, unit: str, stage: str, table: int, released: str
) -> Head:  # fmt: skip
    """The heading of a table whose period, first month, currency and factor are known."""
    source, publication = PUBLICATIONS[stage]
    layout = f"{publication}, table ({table}), {WHAT[stage, table]}, in {'dollars' if currency == 'USD' else 'yuan'}"
    key = f"{source}-{table}" + ("-usd" if currency == "USD" else "")
    return Head(*span, currency, factor, layout, key, released, unit, stage)


def _figure(text: str, where: str, *, may_lack: bool = False) -> float | None:
    """A printed figure, None for a dash. Raises InputError for an empty cell unless `may_lack`."""
    if not clean(text) and not may_lack:
        raise InputError(f"{where}: the cell is empty, where customs prints a figure or a dash")
    return number(text, where)


# --- totals -------------------------------------------------------------------------------------------------------------


def totals(head: Head, columns: Sequence[Column], lines: Mapping[str, Sequence[str]], names: Names) -> Reading:
    """Read a table of totals: `columns` are (level | yoy | other, month | ytd), `lines` the cells of each flow."""
    if len(set(columns)) != len(columns) or (("level", "ytd") not in columns and head.month > 1):
        raise InputError("the table of totals has other columns than month, year to date and their growth")
    if missing := {"total", "exports", "imports", "balance"} - set(lines):
        raise InputError(f"the table of totals has no line for {', '.join(sorted(missing))}")
    out = []
    figures = {
        column: {
            flow: _figure(cells[x], f"{flow}, {' '.join(column)}", may_lack=flow == "balance" and column[0] != "level")
            for flow, cells in lines.items()
        }
        for x, column in enumerate(columns)
    }
    steps = {column: 10.0 ** -decimals([cells[x] for cells in lines.values()]) for x, column in enumerate(columns)}
    for (measure, kind), values in figures.items():
        if measure == "level":
            require(None not in values.values(), f"totals, {kind}", "a figure is missing")
            _check_sums(values, steps[measure, kind], f"totals, {kind}")
        else:
            _check_growth(values, f"totals, {measure} {kind}")
    for flow in FLOWS:
        month, year = (figures.get(("level", kind), {}).get(flow) for kind in ("month", "ytd"))
        if month is not None and year is not None:
            require(month <= year + steps["level", "ytd"], flow, "the month exceeds the year to date")
    for x, (measure, kind) in enumerate(columns):
        if measure == "other":
            continue
        level = measure == "level"
        step = step_of([cells[x] for cells in lines.values()], head.factor) if level else 0.1
        out += [
            {
                "period": head.period, "kind": kind, "flow": flow, "measure": measure, "step": step,
                "value": round(value * head.factor, 2) if level else value,
            }
            for flow, value in figures[measure, kind].items()
            if value is not None and not (flow == "balance" and not level)
        ]  # fmt: skip
    if head.month == 1:
        out += [{**row, "kind": "ytd"} for row in out if (row["measure"], "ytd") not in columns]
    return head.reading("totals", out, names)


def _check_sums(values: Mapping[str, float | None], step: float, where: str) -> None:
    """Check that exports and imports give the total and the balance, within rounding."""
    exports, imports = values.get("exports") or 0, values.get("imports") or 0
    for flow, sign in (("total", 1), ("balance", -1)):
        if (printed := values.get(flow)) is not None:
            fits = close(printed, exports + sign * imports, 1.6 * step)
            require(fits, where, f"exports and imports do not give the {flow}")


def _check_growth(values: Mapping[str, float | None], where: str) -> None:
    """Check that growth of the total lies between that of exports and imports, within rounding."""
    total, exports, imports = map(values.get, FLOWS)
    if total is not None and exports is not None and imports is not None:
        within = min(exports, imports) - 0.11 <= total <= max(exports, imports) + 0.11
        require(within, where, "growth of the total lies outside its parts’")


def check_months(months: dict[str, dict], kinds: list[str], step: float) -> None:
    """Check that exports and imports give total and balance, and that years to date are the sums of months."""
    for period, figures in months.items():
        for kind in kinds:
            exports, imports = figures[kind, "exports"], figures[kind, "imports"]
            adds = close(figures[kind, "total"], exports + imports, 1.6 * step)
            adds &= close(figures[kind, "balance"], exports - imports, 1.6 * step)
            require(adds, period, f"exports and imports of the {kind} do not give total and balance")
        if len(kinds) < 2:
            continue
        before = months.get(f"{period[:5]}{int(period[5:]) - 1:02d}")
        for flow in ("exports", "imports"):
            month, year = figures["month", flow], figures["ytd", flow]
            require(month <= year + step, period, f"{flow} of the month exceed the year to date")
            if is_january(period):
                require(close(month, year, step), period, f"{flow} of January are not the year to date")
            elif before:  # customs restates earlier months inside the year to date
                grown = year - before["ytd", flow]
                require(close(grown, month, 0.1 * month), period, f"the year to date of {flow} does not grow by the month")


# --- by country ---------------------------------------------------------------------------------------------------------


def by_country(
    head: Head, columns: Sequence[Column], rows: Grid, total: str, names: Names,
    figure: Callable[[str, str], float | None] = _figure, lost: Sequence[str] = (),
) -> list[Reading]:  # fmt: skip
    """Read a table by country: the line of the total, whose label matches `total`, and those of the partners.

    `figure` reads a cell; `lost` lists the cells whose figure the page does not show, each by its place.
    """
    kinds = [kind for kind in ("month", "ytd") if ("total", kind) in columns]
    expected = [*((flow, kind) for flow in FLOWS for kind in kinds), *((flow, "yoy") for flow in FLOWS)]
    if not kinds or list(columns) != expected:
        raise InputError(
            "the table by country has other columns than trade, exports and imports of the month and the year to date"
        )
    lines = []
    for row in rows:
        label = clean(row[0])
        figures = {key: figure(row[1 + x], f"{label}, {' '.join(key)}") for x, key in enumerate(columns)}
        if any(value is not None for value in figures.values()):  # the bulletin names partners without trade too
            hidden = [(flow, span) for flow, span in columns if f"{label}, {flow} {span}" in lost]
            require(all(flow == "total" and span != "yoy" for flow, span in hidden), label, "the page shows no figure")
            figures |= {key: sum(figures[flow, key[1]] or 0 for flow in ("exports", "imports")) for key in hidden}
            _check_partner(label, figures, kinds, 10.0 ** -decimals([row[1 + columns.index(("total", kinds[-1]))]]))
            lines.append((label, figures))
    if not lines or not re.fullmatch(total, word(lines[0][0])):
        raise InputError("the table by country does not begin with the line of the total")
    codes = names.partners([label for label, _ in lines[1:]])
    step = step_of([row[1 + columns.index(("total", kind))] for row in rows for kind in kinds], head.factor)
    if head.stage == "bulletin":
        check_continents(lines, codes, names, [key for key in columns if key[1] != "yoy"], step / head.factor)
    partners, all_trade = [], []
    for (label, figures), code in zip(lines, ["", *codes], strict=True):
        for kind in ("month", "ytd") if head.month == 1 else kinds:
            span = kind if kind in kinds else kinds[0]  # in January the month is the year to date
            shown = {f: figures[f, span] for f in FLOWS if f"{label}, {f} {span}" not in lost}
            levels = {f: round((value or 0) * head.factor, 2) or None for f, value in shown.items()}
            growth = {f"{flow}_yoy": figures[flow, "yoy"] if kind == "ytd" else None for flow in FLOWS}
            line = {"period": head.period, "kind": kind, "step": step}
            if not code:
                printed = [(f, "level", value, step) for f, value in levels.items()]
                printed += [(f, "yoy", growth[f"{f}_yoy"], 0.1) for f in FLOWS]
                all_trade += [
                    {**line, "flow": f, "measure": m, "value": v, "step": s} for f, m, v, s in printed if v is not None
                ]
            elif levels["exports"] or levels["imports"]:
                partners.append({**line, "partner": code, "exports": levels["exports"], "imports": levels["imports"], **growth})
    return [head.reading("totals", all_trade, names), head.reading("partners", partners, names)]


def _check_partner(label: str, figures: Mapping[Column, float | None], kinds: Sequence[str], step: float) -> None:
    """Check that exports and imports give the total, now and a year before, and that no month exceeds the year to date."""
    for kind in kinds:
        levels = {flow: figures[flow, kind] for flow in FLOWS}
        require(levels["total"] is not None or not any(levels.values()), label, "no figure of trade")
        _check_sums(levels, step, label)
    if len(kinds) == 2:
        for flow in FLOWS:
            month, year = figures[flow, "month"] or 0, figures[flow, "ytd"] or 0
            require(month <= year + step, label, f"{flow} of the month exceed the year to date")
    total, *parts = ((figures[flow, kinds[-1]], figures[flow, "yoy"]) for flow in FLOWS)
    check_changes(label, (total, *parts))
    check_base(label, total, parts, step)


def check_base(label: str, total: Changed, parts: list[Changed], step: float = 1.0) -> None:
    """Check that the parts also gave the total a year before (computed from growth; no growth means no trade then)."""
    if any(change is not None and change <= -100 for _, change in (total, *parts)):
        return  # the base of a value that fell to zero is unknown
    changed = [(value or 0, change) for value, change in (total, *parts) if change is not None]
    if total[1] is None:
        require(not changed, label, "changes of the parts without one of the total")
        return
    (base, slack), *rest = (base_of(value, change, step) for value, change in changed)
    adds = close(base, sum(base for base, _ in rest), slack + sum(slack for _, slack in rest))
    require(adds, label, "the change of the total is not that of its parts")


def base_of(value: float, change: float, step: float = 1.0) -> tuple[float, float]:
    """The value a year before, and its uncertainty from rounding."""
    factor = 1 + change / 100
    return value / factor, 0.0005 * value / factor**2 + 0.5 * step / factor


def check_changes(label: str, pairs: Iterable[Changed]) -> None:
    """Check that a missing value has no growth, unless it fell to zero (-100 %)."""
    for value, change in pairs:
        require(change is None or value is not None or change == -100, label, "a change without a figure")


def check_continents(lines: list, codes: list[str], names: Names, columns: list, step: float) -> None:
    """Check that the lines of each continent give the continent, and that continents and other lines give the total."""
    heads: dict[str, dict] = {"": lines[0][1]}
    blocks: dict[str, list] = {"": []}
    block: str | None = ""
    for (label, figures), code in zip(lines[1:], codes, strict=True):
        kind = names.partner_type(code)
        if kind.endswith("group"):
            block = None  # groups stand at the end and overlap the continents
        elif block is None:
            require(kind not in ("country", "continent", "residual"), label, "is among the groups at the end")
        elif kind == "continent":
            block, heads[code], blocks[code] = code, figures, []
            blocks[""].append(figures)
        else:
            block = "" if names.outside_continents(code) else block
            blocks[block].append(figures)
    if missing := sorted(names.continents - set(heads)):
        raise InputError(f"the table by country lacks {', '.join(missing)}")
    for block, parts in blocks.items():
        for flow, span in columns:
            total, *rest = (part[flow, span] for part in (heads[block], *parts))
            whole = flow != "total" or None not in (total, *rest)  # a total may be lost, or be none
            adds = not whole or close(total or 0, sum(value or 0 for value in rest), 0.5 * step * (len(rest) + 1))
            require(adds, block or "TOTAL", f"its lines do not add up to the {flow} of the {span}")


# --- commodities --------------------------------------------------------------------------------------------------------


def commodities(head: Head, flow: str, columns: Sequence[Column], rows: Grid, names: Names) -> Reading:
    """Read a table of commodities: label, unit, then `columns` of (block, quantity | value).

    Blocks are month, ytd, before (the year to date a year earlier), month_yoy, yoy (growth of the year to date), in this order.
    """
    rows, unitless = aligned(rows, names)
    blocks = [block for block in BLOCKS if (block, "value") in columns]
    if list(columns) != [(block, what) for block in blocks for what in ("quantity", "value")]:
        raise InputError("the table of commodities has other columns than quantity and value of its months")
    main = "ytd" if "ytd" in blocks else "month"
    place = {key: 2 + x for x, key in enumerate(columns)}
    step = step_of([row[place[main, "value"]] for row in rows], head.factor)
    out, same, left_out = [], 0, 0
    for row in rows:
        label = clean(row[0])
        if not word(label) and not any(clean(cell) for cell in row[1:]):
            continue  # "Of which:"
        bare = not word(row[1]) and not unitless
        figures = {
            key: _figure(row[x], f"{label}, {key[1]} {key[0]}", may_lack=bare and key[1] == "quantity")
            for key, x in place.items()
        }
        if all(figures[block, what] is None for block in blocks if "yoy" not in block for what in ("quantity", "value")):
            check_changes(label, [(None, change) for (block, _), change in figures.items() if "yoy" in block])
            continue
        require(names.knows("commodities", flow, label) or not names.is_unit(label), label, "is a unit, not a commodity")
        slug = names.commodity(flow, label)
        unit = "" if bare or unitless else names.unit(row[1], source=head.source, flow=flow, commodity=slug)
        quantities = any(figures[block, "quantity"] is not None for block in blocks)
        require(not (bare and quantities), label, "quantities without a unit")
        require(bare or unitless or quantities or head.stage == "bulletin", label, "a unit without quantities")
        require(names.same_measure(unit, flow, slug), label, f"the quantity unit {clean(row[1])!r} does not measure it")
        _check_line(label, figures, {what: 10.0 ** -decimals([row[place[main, what]]]) for what in ("value", "quantity")})
        if unitless and quantities:
            left_out += 1
            figures |= {key: None for key in figures if key[1] == "quantity"}
        same += all(figures.get(("month", what)) == figures.get(("ytd", what)) for what in ("quantity", "value"))
        for block, period, kind, growth in (
            ("month", head.period, "month", "month_yoy"),
            ("ytd", head.period, "ytd", "yoy"),
            ("before", shift(head.period, -12), "ytd", ""),
        ):
            value, quantity = (figures.get((block, what)) for what in ("value", "quantity"))
            if value:
                out.append({
                    "period": period, "kind": kind, "stage": "restated" if block == "before" else head.stage, "flow": flow,
                    "commodity": slug, "table": "flash" if head.stage == "preliminary" else "bulletin",
                    "value": round(value * head.factor, 2), "quantity": quantity or None, "unit": unit if quantity else "",
                    "step": step, **{f"{what}_yoy": figures.get((growth, what)) for what in ("value", "quantity")},
                })  # fmt: skip
    if head.month == 1:
        lacking = [row for row in out if "ytd" not in blocks]  # in January the month is the year to date
        out += [{**row, "kind": "ytd", "value_yoy": None, "quantity_yoy": None} for row in lacking]
    warnings: tuple[str, ...] = (without_units(left_out),) if left_out else ()
    skipped = {"month", "ytd"} <= set(blocks) and head.month == 2 and 2 * same > len(rows)
    if skipped:
        require(same == len(rows), "the month", "it repeats January and February together, but not in every line")
        out = [row for row in out if row["kind"] != "month"]
        warnings += ("the month’s block repeats January and February together; only the year to date is read",)
    return head.reading("commodities", out, names, warnings, figures=left_out, blocks=int(skipped))


def aligned(rows: Grid, names: Names) -> tuple[Grid, bool]:
    """Returns the rows, and whether none has a unit; rows that lack the cell of the unit are shifted into place.

    Customs has published such a page: figures begin in the column of units, and each line ends in an empty cell.
    """
    lines = [row for row in rows if any(clean(cell) for cell in row[1:])]
    if not any(clean(row[1]) for row in lines):
        return rows, bool(lines)
    shifted = any(NUMBER.fullmatch(clean(row[1])) for row in lines) and not any(clean(row[-1]) for row in lines)
    if not shifted or any(names.is_unit(row[1]) for row in lines):
        return rows, False
    return [[row[0], "", *row[1:-1]] for row in rows], True


def without_units(lines: int) -> str:
    return f"the column of quantity units is missing: the quantities of {lines} lines are left out"


def _check_line(label: str, figures: Mapping[Column, float | None], steps: Mapping[str, float]) -> None:
    """Check that growth matches the levels, the month is within the year to date, and their unit values are similar."""
    for what, step in steps.items():
        now, before, growth, month = (figures.get((block, what)) for block in ("ytd", "before", "yoy", "month"))
        if ("before", what) in figures:
            require(growth is None or before is not None, label, f"growth of {what} without the year before")
            if now and before:
                require(growth is not None, label, f"no growth of {what}")
                slack = 0.11 + 100 * step * (1 + now / before) / before
                require(
                    close((now / before - 1) * 100, growth or 0.0, slack), label, f"growth of {what} is not that of its figures"
                )
        if month is not None and ("ytd", what) in figures:
            require(now is not None and month <= now + step, label, f"{what} of the month exceeds the year to date")
    quantity, value, year_quantity, year_value = (
        figures.get((block, what)) or 0 for block in ("month", "ytd") for what in ("quantity", "value")
    )
    if year_quantity and year_value and min(quantity, value / steps["value"]) >= 10:
        goes = 1 / 30 < value / quantity / (year_value / year_quantity) < 30 and year_value < 600 * value
        require(goes, label, "value and quantity of the month do not go with those of the year to date")
