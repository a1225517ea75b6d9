"""One function for each table of a report: rows and columns of facts, none of them typed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

import pandas as pd

import helpers
from customs_report import prose
from customs_report.display import Column, Row, Table
from customs_report.fact_check import FactCheck
from customs_report.facts import CURRENCY_WORDS, MONTHS, Facts, Mark, Place, Runs
from customs_report.profile import KINDS, Profile
from customs_report.prose.fact_check import says
from customs_report.prose.profiles import heading
from customs_report.report import Report
from customs_report.schema import CONTINENTS, FLOWS

Field = tuple[str, str, str]  # header, name of the fact with {} for the row's code, style
NOT_PRINTED: Runs = ("–",)


def _may_lack(name: str) -> bool:
    """Is this a figure that need not exist: a printed growth rate, an uncertain rank, a quantity of a line without one?"""
    return (
        name.endswith(("_yoy_printed", "_change_printed", "_change_computed", ".rank_ytd", ".place_ytd", ".rank_ytd_change"))
        or ".quantity_" in name
        or ".unit_value_" in name
    )


def partners(report: Report) -> Table | None:
    """The largest partners, year to date: rank, trade, share, growth, balance."""
    if "partner.*" in report.facts.gaps:
        return None
    fields: list[Field] = [
        ("Rank", "partner.{}.rank_ytd", "rank"),
        ("Trade", "partner.{}.total_cny_ytd", "bn"),
        ("Share %", "partner.{}.share_ytd", "percent"),
        ("Growth %", "partner.{}.total_cny_ytd_yoy", "signed_percent"),
        ("Exports", "partner.{}.exports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.exports_cny_ytd_yoy", "signed_percent"),
        ("Imports", "partner.{}.imports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.imports_cny_ytd_yoy", "signed_percent"),
        ("Balance", "partner.{}.balance_cny_ytd", "bn"),
    ]
    codes = helpers.largest_partners(report.tables, report.period)
    rows = [(code, prose.partner_name(report, code), "") for code in codes]
    return _table(report.facts, "partners", "Largest partners, year to date, billion yuan", "Partner", rows, fields)


def regions(report: Report) -> Table | None:
    """Continents, then the groups that overlap them, year to date."""
    if "partner.*" in report.facts.gaps:
        return None
    fields: list[Field] = [
        ("Share %", "partner.{}.share_ytd", "percent"),
        ("Exports", "partner.{}.exports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.exports_cny_ytd_yoy", "signed_percent"),
        ("Points", "partner.{}.exports_cny_ytd_contribution", "signed_percent"),
        ("Imports", "partner.{}.imports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.imports_cny_ytd_yoy", "signed_percent"),
        ("Points", "partner.{}.imports_cny_ytd_contribution", "signed_percent"),
        ("Balance", "partner.{}.balance_cny_ytd", "bn"),
    ]
    trade = {code: report.facts.value(f"partner.{code}.total_cny_ytd") or 0 for code in CONTINENTS}
    rows = [(code, prose.partner_name(report, code), "") for code in sorted(CONTINENTS, key=trade.get, reverse=True)]
    rows += [
        (code, f"{prose.partner_name(report, code)} *", "aggregate")
        for code in ("APEC", "RCEP", "BRI")
        if f"partner.{code}.total_cny_ytd" in report.facts
    ]
    return _table(
        report.facts, "regions", "Regions, year to date, billion yuan (* overlaps the others)", "Region", rows, fields
    )


def exports_by_commodity(report: Report) -> Table | None:
    """The aggregates of exports, then the dozen largest lines that can be added."""
    return _commodities(report, "export")


def imports_by_commodity(report: Report) -> Table | None:
    """The aggregates of imports, then the dozen largest lines that can be added."""
    return _commodities(report, "import")


def _commodities(report: Report, flow: str) -> Table | None:
    slugs = helpers.largest_commodities(report.tables, report.period, flow)
    if not slugs:
        return None
    name = f"commodity.{flow}.{{}}."
    fields: list[Field] = [
        ("Month", name + "value_cny_month", "bn"),
        ("Year to date", name + "value_cny_ytd", "bn"),
        ("Share %", name + "share_ytd", "percent"),
        ("Value %", name + "value_cny_ytd_yoy", "signed_percent"),
        ("Quantity %", name + "quantity_ytd_yoy", "signed_percent"),
        ("Unit value %", name + "unit_value_ytd_yoy", "signed_percent"),
    ]
    rows = [
        (slug, f"{prose.commodity_name(report, flow, slug)} *", "aggregate")
        for slug in helpers.aggregates(report.tables, flow)
        if name.format(slug) + "value_cny_ytd" in report.facts
    ]
    rows += [(slug, prose.commodity_name(report, flow, slug), "") for slug in slugs]
    caption = f"Largest {flow} lines, billion yuan, growth of the year to date (* aggregates, which overlap the lines)"
    return _table(report.facts, f"{flow}-commodities", caption, "Commodity", rows, fields)


def key_figures(report: Report) -> Table:
    """The one-page table: each flow for month, year to date, three and twelve months, in the currencies held."""
    facts, rows = report.facts, []
    spans = {
        "month": (Mark.of(report.period),),
        "ytd": ("Year to date",),
        "3m": ("Three months",),
        "12m": ("Twelve months",),
    }
    held = {name.split("_")[1] for name in facts.by_name if re.fullmatch(r"(exports|imports|balance|total)_[a-z]+_\w+", name)}
    currencies = [code for code in CURRENCY_NAMES if code in held]
    if report.period.endswith("-01"):
        spans["month"] += (", which is the year to date",)
        del spans["ytd"]
    for over, label in spans.items():
        if not any(
            f"{flow}_{currency}_{over}{part}" in facts for flow in FLOWS for currency in currencies for part in ("", "_yoy")
        ):
            continue
        rows.append(Row(label, (None,) * 4 * len(currencies), kind="heading"))
        for flow in FLOWS:
            names = [f"{flow}_{currency}_{over}" for currency in currencies]
            fields = [
                (name + suffix, style)
                for name in names
                for suffix, style in (
                    ("", "bn"),
                    ("_yoy", "signed_percent"),
                    ("_yoy_printed", "signed_percent"),
                    ("_yoy_computed", "signed_percent"),
                )
            ]
            if flow == "balance":  # its change in billions where a growth rate would mislead
                instead = [name for name in names if f"{name}_yoy" not in facts and f"{name}_change" in facts]
                fields = [
                    (f.replace("_yoy", "_change"), "signed_bn") if "_yoy" in f and f.split("_yoy")[0] in instead else (f, s)
                    for f, s in fields
                ]
            rows.append(_row(facts, (flow.capitalize() if flow != "total" else "Total trade",), fields))
    headers = ("Level", "Growth", "Printed", "Computed")
    return Table(
        "key-figures",
        "Key figures: levels in billions, growth on a year earlier in percent",
        (Column("Flow"), *(Column(header, align="right") for header in headers * len(currencies))),
        tuple(rows),
        group_headers=(("", 1), *((CURRENCY_NAMES[code].capitalize(), 4) for code in currencies)),
    )


def revisions(report: Report) -> Table | None:
    """Each figure of the month that customs released anew: as first published, as known now."""
    frame, facts, rows = helpers.revisions(report.tables, report.period), report.facts, []
    for name, row in frame.iterrows():
        flow, currency, over = name.split("_")
        subject = "Total trade" if flow == "total" else flow.capitalize()
        label = f"{subject}, {SPAN_NAMES[over]}, {CURRENCY_NAMES[currency]}"
        cells = (
            (facts.cite(f"revision.{name}_first", "bn"),),
            (Mark.of(row["first_released"]),),
            (facts.cite(name, "bn"),),
            (Mark.of(row["now_released"]),),
            (facts.cite(f"revision.{name}_change", "signed_bn"),),
        )
        rows.append(Row((label,), cells, values=(row["first"], None, row["now"], None, row["change"])))
    headers = ("First published", "On", "Now", "Released", "Change")
    columns = (Column("Figure"), *(Column(header, align="right") for header in headers))
    return Table("revisions", "As published then, as known now, billions", columns, tuple(rows)) if rows else None


def base_revisions(report: Report) -> Table | None:
    """How each year's figures were revised on the way to the base of the next year's printed growth, and since then."""
    facts, rows = report.facts, []
    for year in sorted({year for year, _, _ in helpers.base_revisions(report.tables, report.period)}, reverse=True):
        cells, values = [], []
        for currency, leg in (("usd", ""), ("usd", "_since"), ("cny", "")):
            exports, imports = (f"base_revision.{flow}_{currency}_{year}{leg}" for flow in ("exports", "imports"))
            known = exports in facts
            cells.append((facts.cite(f"{exports}_months", "number"),) if known else NOT_PRINTED)
            cells += [
                (facts.cite(name, "signed_percent"), " ± ", facts.cite(f"{name}_rounding", "percent")) if known else NOT_PRINTED
                for name in (exports, imports)
            ]
            values += [facts.value(name) for name in (f"{exports}_months", exports, imports)]
        rows.append(Row((Mark.of(year),), tuple(cells), values=tuple(values)))
    columns = (Column("Year revised"), *(Column(header, align="right") for header in ("Months", "Exports %", "Imports %") * 3))
    groups = (("", 1), ("Dollars, first print to base", 3), ("Dollars, base to now", 3), ("Yuan, first print to base", 3))
    caption = "Revised before customs printed the next year’s growth, and since, percent ± rounding (– not held)"
    return Table("base-revisions", caption, columns, tuple(rows), group_headers=groups) if rows else None


def outlook(report: Report) -> Table | None:
    """The outlook of each flow with its intervals, what each method says, and how far each was off."""
    facts = report.facts
    if "outlook.balance_usd_year" not in facts:
        return None
    fields = [("", "bn"), ("_low50", "bn"), ("_high50", "bn"), ("_low90", "bn"), ("_high90", "bn")]
    fields += [(f"_{method}", "bn") for method in ("model", "naive", "average")]
    rows = [
        _row(facts, (flow.capitalize(),), [(f"outlook.{flow}_usd_year{suffix}", style) for suffix, style in fields])
        for flow in ("exports", "imports", "balance")
    ]
    headers = ("Shown", "Low", "High", "Low", "High", "Model", "Last year", "Average")
    groups = (("", 1), ("Outlook", 1), ("Half of all cases", 2), ("Nine in ten", 2), ("By method", 3))
    columns = (Column("Year, billion dollars"), *(Column(header, align="right") for header in headers))
    return Table("outlook", "Outlook for the year, billion dollars", columns, tuple(rows), group_headers=groups)


def outlook_record(report: Report) -> Table | None:
    """How far off outlooks were in earlier years, by the month they were made in, and how often their intervals held."""
    if "outlook.backtest_years" not in report.facts:
        return None
    frame, method = helpers.backtest_errors(report.tables, report.period), helpers.outlook_method(report.tables, report.period)
    columns = [f"{flow}_{method}{what}" for flow in ("exports", "imports", "balance") for what in ("", "_in50", "_in90")]
    rows = []
    for month, row in frame.iterrows():
        cells = tuple(
            (
                Place.of(
                    "backtest_errors",
                    str(int(month)),
                    column,
                    row[column],
                    *(("bn", "USD") if column == f"balance_{method}" else ("percent",)),
                ),
            )
            for column in columns
        )
        rows.append(Row((Mark("month", str(int(month)), MONTHS[int(month) - 1]),), cells, values=tuple(row[columns])))
    headers = ("Error %", "Half %", "Nine in ten %") * 2 + ("Error, bn", "Half %", "Nine in ten %")
    groups = (("", 1), ("Exports", 3), ("Imports", 3), ("Balance", 3))
    caption = (
        "Pseudo-real-time, revised data: mean absolute error of the year as seen from each month, and the share of years "
        "that the intervals held"
    )
    return Table(
        "outlook-record",
        caption,
        (Column("Seen from"), *(Column(h, align="right") for h in headers)),
        tuple(rows),
        group_headers=groups,
    )


def previous(report: Report) -> Table | None:
    """What the report of the month before said, what this one says, and the difference."""
    facts, rows = report.facts, []
    for name in helpers.compared(report.period):
        if f"previous.{name}_change" not in facts:
            continue
        level = facts[name].unit != "percent"
        style, change = ("bn", "signed_bn") if level else ("signed_percent", "signed_percent")
        style = "percent" if "share" in name else style  # a share is no change
        names = [f"previous.{name}", name, f"previous.{name}_change"]
        cells = tuple((facts.cite(n, s),) for n, s in zip(names, (style, style, change), strict=True))
        rows.append(Row(prose.fact_label(report, name), cells, values=tuple(facts.value(n) for n in names)))
    columns = (Column("Figure"), *(Column(header, align="right") for header in ("Month before", "Now", "Change")))
    return (
        Table("previous", "The month before and now: percent and points, levels in billions", columns, tuple(rows))
        if rows
        else None
    )


def thirteen_months(report: Report) -> Table | None:
    """The last thirteen months: exports, imports, balance, growth."""
    if "exports_usd_month" not in report.facts:
        return None
    frame, rows = helpers.thirteen_months(report.tables, report.period), []
    styles = {
        "exports": ("bn", "USD"),
        "imports": ("bn", "USD"),
        "balance": ("bn", "USD"),
        "exports_yoy": ("signed_percent",),
        "imports_yoy": ("signed_percent",),
    }
    for month, row in frame.iloc[::-1].iterrows():
        cells = tuple(
            None if pd.isna(row[column]) else (Place.of("thirteen_months", month, column, row[column], *style),)
            for column, style in styles.items()
        )
        rows.append(Row((Mark.of(month),), cells, values=tuple(None if pd.isna(v) else v for v in row[list(styles)])))
    headers = ("Exports", "Imports", "Balance", "Exports, growth %", "Imports, growth %")
    caption = "The last thirteen months, billion dollars and growth on a year earlier"
    return Table("thirteen-months", caption, (Column("Month"), *(Column(h, align="right") for h in headers)), tuple(rows))


def key_facts(report: Report, names: Iterable[str] = ()) -> Table:
    """The figures of page one and of the main points, under each source those that come from there.

    `names` of facts, in their order; by default those of the monthly report.
    """
    kept: dict[tuple[str, ...], list[Row]] = {}
    headings: dict[tuple[str, ...], Row] = {}
    for name in names or prose.key_facts(report):
        trace = prose.trace(report, report.facts.by_name, name)
        parts = [part for part in ("Source", "Stage", "Released") if part in trace.items]
        origin = tuple(trace.items[part] for part in parts)
        commas = [[", "] * bool(i) + list(trace.mark(part)) for i, part in enumerate(parts)]
        headings.setdefault(origin, Row(tuple(run for runs in commas for run in runs), (None, None), kind="heading"))
        cells = ((report.facts.cite(name),), trace.mark("Formula"))
        row = Row(trace.mark("what"), cells, note=(Mark("name", name, name),), values=(report.facts.value(name), None))
        kept.setdefault(origin, []).append(row)
    caption = "Page one and main points: where each figure comes from"
    columns = (Column("Figure"), Column("Value"), Column("Formula", align="left"))
    return Table("key-facts", caption, columns, tuple(row for origin in kept for row in (headings[origin], *kept[origin])))


def verdicts(check: FactCheck) -> Table:
    """Each claim of an article with what is printed and both verdicts."""
    rows = []
    for then, now in zip(check.then, check.now, strict=True):
        printed = f"{then.claim.id}.printed"
        number = (check.facts.cite(printed, "exact"),) if printed in check.facts else NOT_PRINTED
        verdicts = (then,) if check.one_vintage else (then, now)
        rows.append(Row(says(then.claim), (number, *((judgement.shown,) for judgement in verdicts))))
    known = (check.article.published,) if check.one_vintage else (check.article.published, check.as_of)
    days = [("Known on ", Mark.of(day)) for day in known]
    columns = (Column("Claim"), Column("Printed", align="right"), *(Column(day, align="left") for day in days))
    return Table("verdicts", "Claims and verdicts", columns, tuple(rows))


def surplus(report: Report) -> Table | None:
    """Balances with the partners that matter most to it, and net trade in chips and in energy."""
    codes, facts = helpers.largest_balances(report.tables, report.period), report.facts
    if not codes:
        return None
    names = {
        code: (
            f"partner.{code}.balance_cny_month",
            f"partner.{code}.balance_cny_ytd",
            f"balance_contribution.partner.{code}_cny_ytd",
        )
        for code in codes
    }
    rows = [
        _row(
            facts, ("All partners",), _balance_fields("balance_cny_month", "balance_cny_ytd", "balance_cny_ytd_change"), "total"
        )
    ]
    rows += [_of_subject(facts, code, prose.partner_name(report, code), _balance_fields(*names[code])) for code in codes]
    rows.append(Row(("Net trade",), (None,) * 3, kind="heading"))
    for subject, label in prose.SUBJECTS.items():
        net = f"net.{subject}_cny_"
        rows.append(_row(facts, (label.capitalize(),), _balance_fields(f"{net}month", f"{net}ytd", f"{net}ytd_change")))
    headers = ("Month", "Year to date", "Change")
    columns = (Column("Balance with"), *(Column(header, align="right") for header in headers))
    return Table("surplus", "Balances, billion yuan; change of the year to date on a year earlier", columns, tuple(rows))


def _balance_fields(month: str, ytd: str, change: str) -> list[tuple[str, str]]:
    return [(month, "bn"), (ytd, "bn"), (change, "signed_bn")]


def partner_standing(report: Report) -> Table | None:
    """Ranks and shares now, and how they changed within a year."""
    if "partner.*" in report.facts.gaps:
        return None
    fields: list[Field] = [
        ("Place", "partner.{}.place_ytd", "rank"),
        ("Places gained", "partner.{}.rank_ytd_change", "signed_number"),
        ("Share of trade %", "partner.{}.share_ytd", "percent"),
        ("Share of exports %", "partner.{}.exports_share_ytd", "percent"),
        ("Change, points", "partner.{}.exports_share_ytd_change", "signed_percent"),
    ]
    largest = helpers.largest_partners(report.tables, report.period, 10)
    groups = report.tables.groups.set_index("group")["type"]
    rows = [(code, prose.partner_name(report, code), "") for code in largest]
    rows += [
        (code, prose.partner_name(report, code) + " *" * (groups[code] == "overlapping group"), "aggregate")
        for code in helpers.SHARES
        if code not in largest and f"partner.{code}.exports_share_ytd" in report.facts
    ]
    caption = "Places among the partners held and shares, year to date, against a year earlier (* overlaps the others)"
    return _table(report.facts, "partner-standing", caption, "Partner", rows, fields)


SPAN_NAMES = {"month": "month", "ytd": "year to date"}
CURRENCY_NAMES = {"usd": "dollars", "cny": "yuan"}


def _table(facts: Facts, name: str, caption: str, label: str, rows: list[tuple[str, str, str]], fields: list[Field]) -> Table:
    return Table(
        name,
        caption,
        (Column(label), *(Column(header, align="right", of=_whose(name, header, fields)) for header, name, _ in fields)),
        tuple(
            _of_subject(facts, code, text, [(of.format(code), style) for _, of, style in fields], kind)
            for code, text, kind in rows
        ),
    )


def _of_subject(facts: Facts, code: str, name: str, fields: list[tuple[str, str]], kind: str = "") -> Row:
    """A row of facts of a partner or commodity, with the name of its profile; of anything else without."""
    family, *subject = fields[0][0].split(".")[:-1]
    profile = "-".join([f"{family}_profile", *subject]) if family in KINDS.values() else ""
    return replace(_row(facts, prose.name_of(code, name), fields, kind), profile=profile)


def _whose(name: str, header: str, fields: list[Field]) -> str:
    """The header of the column that one of several "Growth %" belongs to: whose fact's name its own begins with."""
    if [each for each, _, _ in fields].count(header) == 1:
        return ""
    return max(((of, each) for each, of, _ in fields if name.startswith(f"{of}_")), default=("", ""))[1]


def _row(facts: Facts, label: Runs, fields: list[tuple[str, str]], kind: str = "") -> Row:
    """A row of facts; a gap stays an empty cell that says so, a dash stands where customs prints no such figure."""
    cells = tuple(
        (facts.cite(name, style), *[" bn"] * (style == "signed_bn"))
        if name in facts
        else NOT_PRINTED
        if _may_lack(name)
        else None
        for name, style in fields
    )
    return Row(label, cells, kind=kind, values=tuple(facts.value(name) for name, _ in fields))


# --- quantity and unit value --------------------------------------------------------------------------------------------

SPLIT: list[Field] = [
    ("Value", "{}.value_cny_ytd", "bn"),
    ("Change", "{}.value_cny_ytd_change", "signed_bn"),
    ("by quantity", "{}.value_cny_ytd_quantity_effect", "signed_bn"),
    ("by unit value", "{}.value_cny_ytd_unit_value_effect", "signed_bn"),
    ("Quantity %", "{}.quantity_ytd_yoy", "signed_percent"),
    ("Unit value %", "{}.unit_value_ytd_yoy", "signed_percent"),
]
SPLIT_CAPTION = "year to date, billion yuan; change on a year earlier, and growth in percent"


def export_split(report: Report) -> Table | None:
    """Every export line that can be split into quantity and unit value, the largest first, and their sum."""
    lines = helpers.comparable_lines(report.tables, "export", report.period)
    if "fisher.export.*" in report.facts.gaps:
        return None
    rows = [(f"commodity.export.{slug}", prose.commodity_name(report, "export", slug), "") for slug in lines]
    rows.append((f"commodity_group.export.{helpers.COMPARED}", "All lines compared", "total"))
    return _table(report.facts, "export-split", f"Exports by line, {SPLIT_CAPTION}", "Line", rows, SPLIT)


def import_split(report: Report) -> Table | None:
    """Energy, ores, farm goods and chips with their lines, and all import lines that can be split."""
    if "fisher.import.*" in report.facts.gaps:
        return None
    rows = []
    for group, slugs in helpers.IMPORT_GROUPS.items():
        rows.append((f"commodity_group.import.{group}", prose.group_name(group), "aggregate"))
        for slug in slugs:
            rows.append((f"commodity.import.{slug}", prose.commodity_name(report, "import", slug), ""))
            rows += [
                (f"commodity.import.{part}", f"of which {prose.commodity_name(report, 'import', part).lower()}", "")
                for part in PARTS_SHOWN.get(slug, ())
            ]
    rows.append((f"commodity_group.import.{helpers.COMPARED}", "All lines compared", "total"))
    return _table(report.facts, "import-split", f"Imports by group and line, {SPLIT_CAPTION}", "Group, line", rows, SPLIT)


PARTS_SHOWN = {"grain": ("soya_beans",)}


def quantity_indices(report: Report) -> Table | None:
    """The indices of quantity and unit value of each flow, over all lines that can be compared and without the largest."""
    facts, rows = report.facts, []
    for flow in ("export", "import"):
        lines = list(helpers.comparable_lines(report.tables, flow, report.period))
        if f"fisher.{flow}.*" in facts.gaps:
            continue
        without = (f"{flow.capitalize()}s without ", *prose.name_of(lines[0], _lower(report, flow, lines[0])))
        for suffix, label in (("", (f"{flow.capitalize()}s",)), ("_without_largest", without)):
            fields = [
                (f"fisher.{flow}.lines{suffix}", "number"),
                (f"fisher.{flow}.coverage{suffix}", "percent"),
                *((f"fisher.{flow}.{measure}_cny_ytd{suffix}", "signed_percent") for measure in helpers.Fisher._fields),
            ]
            rows.append(_row(facts, label, fields))
    headers = ("Lines", "Share of flow %", "Value %", "Quantity %", "Unit value %")
    columns = (Column("Lines that can be compared"), *(Column(header, align="right") for header in headers))
    caption = "Quantity and unit value over lines (Fisher), year to date, change on a year earlier"
    return Table("quantity-indices", caption, columns, tuple(rows)) if rows else None


def _lower(report: Report, flow: str, slug: str) -> str:
    return prose.in_sentence(prose.commodity_name(report, flow, slug))


def high_tech(report: Report) -> Table | None:
    """High-tech exports by field: month and year to date, growth, share of all exports."""
    fields = helpers.high_tech_fields(report.tables, report.period)
    if not fields:
        return None
    rows = [(slug, prose.short_field(report, slug), "") for slug in fields]
    rows.append((helpers.HIGH_TECH, "All high-tech products", "total"))
    return _bulletin(report, "high-tech", "High-tech exports by field, billion yuan", "Field", rows, quantities=False)


def cars_batteries_ships(report: Report) -> Table | None:
    """Electric vehicles, batteries, solar cells; cars by kind; ships by kind."""
    if not any(prose.bulletin_line_held(report.facts, slug) for slug in helpers.NEW_ENERGY):
        return None
    groups = {"": helpers.NEW_ENERGY, "motor_vehicles": helpers.CARS, "ships": helpers.SHIPS}
    rows = [
        (slug, prose.commodity_name(report, "export", slug), "aggregate" if slug == whole else "")
        for whole, slugs in groups.items()
        for slug in (*((whole,) if whole else ()), *slugs)
        if prose.bulletin_line_held(report.facts, slug)
    ]
    caption = "Vehicles, batteries, solar cells and ships: exports, billion yuan; lines overlap"
    return _bulletin(report, "cars-batteries-ships", caption, "Line", rows, quantities=True)


def _bulletin(report: Report, name: str, caption: str, label: str, rows: list[tuple[str, str, str]], quantities: bool) -> Table:
    """Lines of the monthly bulletin: the month and the year to date, each with its growth."""
    of, facts = "commodity.export.{}.", report.facts
    headers, fields = [], []
    for over in ("month", "ytd"):
        columns = [("Value", f"value_cny_{over}", "bn"), ("Value %", f"value_cny_{over}_yoy", "signed_percent")]
        if quantities:
            columns += [(f"{what} %", f"{what.lower().replace(' ', '_')}_{over}_yoy", "signed_percent") for what in MEASURES]
        elif over == "ytd":
            columns += [("Share %", "share_ytd", "percent")]
        headers += [header for header, _, _ in columns]
        fields += [(of + measure, style) for _, measure, style in columns]
    return Table(
        name,
        f"{caption}, growth in percent",
        (Column(label), *(Column(header, align="right") for header in headers)),
        tuple(
            _of_subject(facts, code, text, [(field.format(code), style) for field, style in fields], kind)
            for code, text, kind in rows
        ),
        group_headers=(("", 1), ("Month", 4 if quantities else 2), ("Year to date", 4 if quantities else 3)),
    )


MEASURES = ("Quantity", "Unit value")


# --- the mirror ---------------------------------------------------------------------------------------------------------


def mirror(report: Report) -> Table | None:
    """The newest months that China and the United States both count, and the sum of all matched months."""
    frame = helpers.mirror_trade(report.tables, report.period)
    matched = frame[frame["gap"].notna()]
    if matched.empty:
        return None
    rows = [
        Row(
            (Mark.of(period),),
            tuple((Place.of("mirror_trade", period, c, matched.at[period, c], *style),) for c, style in MIRROR_COLUMNS.items()),
            values=tuple(matched.loc[period, list(MIRROR_COLUMNS)]),
        )
        for period in matched.index[::-1][:MONTHS_SHOWN]
    ]
    sums = [(f"mirror.{name}_sum", style) for name, style in SUMS.items()]
    total = _row(report.facts, ("All matched months",), sums, kind="total")
    rows.append(replace(total, cells=(*total.cells, NOT_PRINTED), values=(*total.values, None)))
    headers = ("China", "United States", "Gap", "Gap %", "Yuan per dollar")
    caption = "Exports to the United States as China and as the United States count them, billion dollars"
    return Table("mirror", caption, (Column("Month"), *(Column(header, align="right") for header in headers)), tuple(rows))


MONTHS_SHOWN = 6
MIRROR_COLUMNS = {
    "china": ("bn", "USD"),
    "united_states": ("bn", "USD"),
    "gap": ("signed_bn", "USD"),
    "gap_percent": ("signed_percent",),
    "rate": ("exchange_rate",),
}
SUMS = {"exports_china_usd": "bn", "imports_us_usd": "bn", "gap_usd": "signed_bn", "gap_percent": "signed_percent"}


# --- profiles -----------------------------------------------------------------------------------------------------------


def partner_size(report: Profile) -> Table:
    """A partner's exports, imports, total and balance: month and year to date."""
    key, rows = report.key, []
    for flow in ("exports", "imports", "total", "balance"):
        end = ("change", "signed_bn") if flow == "balance" else ("yoy", "signed_percent")
        fields = [
            (f"{key}{flow}_cny_{over}{suffix}", style)
            for over in ("month", "ytd")
            for suffix, style in (("", "bn"), (f"_{end[0]}", end[1]))
        ]
        rows.append(_row(report.facts, (flow.capitalize(),), fields))
    headers = ("Month", "Change", "Year to date", "Change")
    columns = (Column("Flow"), *(Column(header, align="right") for header in headers))
    return Table(
        "partner-size", "Billion yuan; change on a year earlier in percent, of the balance in billions", columns, tuple(rows)
    )


def partner_members(report: Profile) -> Table | None:
    """The members of a group that are held, the largest first."""
    fields: list[Field] = [
        ("Share %", "partner.{}.share_ytd", "percent"),
        ("Exports", "partner.{}.exports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.exports_cny_ytd_yoy", "signed_percent"),
        ("Imports", "partner.{}.imports_cny_ytd", "bn"),
        ("Growth %", "partner.{}.imports_cny_ytd_yoy", "signed_percent"),
        ("Balance", "partner.{}.balance_cny_ytd", "bn"),
    ]
    size = {code: report.facts[f"partner.{code}.total_cny_ytd"].value for code in report.members}
    rows = [(code, prose.partner_name(report, code), "") for code in sorted(size, key=size.get, reverse=True)]
    return _table(report.facts, "members", "Members, year to date, billion yuan", "Member", rows, fields) if rows else None


def commodity_size(report: Profile) -> Table:
    """A commodity's value, quantity and unit value: month and year to date."""
    key, rows = report.key, []
    styles = {"value_cny": ("Value, billion yuan", "bn")}
    if report.unit:
        counted = report.unit.removesuffix("s")
        styles |= {
            "quantity": (f"Quantity, {report.unit}", "number"),
            "unit_value": (f"Unit value, yuan per {counted}", "unit_value"),
        }
    for measure, (label, style) in styles.items():
        fields = [
            (f"{key}{measure}_{over}{suffix}", how)
            for over in ("month", "ytd")
            for suffix, how in (("", style), ("_yoy", "signed_percent"))
        ]
        rows.append(_row(report.facts, (label,), fields))
    columns = (
        Column("Measure"),
        *(Column(header, align="right") for header in ("Month", "Change %", "Year to date", "Change %")),
    )
    return Table("commodity-size", "Month and year to date; change on a year earlier in percent", columns, tuple(rows))


def commodity_parts(report: Profile) -> Table | None:
    """The lines that customs prints within this one, the largest first."""
    name, over = f"commodity.{report.flow}.{{}}.", report.over
    fields: list[Field] = [
        ("Value", f"{name}value_cny_{over}", "bn"),
        ("Value %", f"{name}value_cny_{over}_yoy", "signed_percent"),
        ("Quantity %", f"{name}quantity_{over}_yoy", "signed_percent"),
        ("Unit value %", f"{name}unit_value_{over}_yoy", "signed_percent"),
    ]
    size = {slug: report.facts.value(name.format(slug) + f"value_cny_{over}") or 0 for slug in report.members}
    rows = [(slug, prose.commodity_name(report, report.flow, slug), "") for slug in sorted(size, key=size.get, reverse=True)]
    caption = f"Lines within, {SPAN_NAMES[over]}, billion yuan; growth in percent"
    return _table(report.facts, "parts", caption, "Line", rows, fields) if rows else None


def details(report: Profile) -> Table | None:
    """What is traded with a partner, or with whom a commodity is, the largest first: the year to date and its change."""
    frame, rows = report.details.head(LARGEST), []
    for key, row in frame.iterrows():
        code, unit = row["code"], row["currency"]
        label = prose.partner_name(report, code) if report.flow else f"{row['flow'].capitalize()}s, {heading(report, code)}"
        cells = [
            None if pd.isna(row[column]) else (Place.of(report.detail_table, str(key), column, row[column], style, unit),)
            for column, style in (("value", "bn"), ("change", "signed_bn"))
        ]
        profile = f"partner_profile-{code}" if report.flow else ""
        rows.append(Row(prose.name_of(code, label), tuple(cells), values=(row["value"], row["change"]), profile=profile))
    if not rows:
        return None
    currency = CURRENCY_WORDS[frame["currency"].iloc[0]]
    columns = (Column("Partner" if report.flow else "Goods"), Column("Value", align="right"), Column("Change", align="right"))
    return Table("details", f"Year to date and change on a year earlier, billion {currency}", columns, tuple(rows))


LARGEST = 15
