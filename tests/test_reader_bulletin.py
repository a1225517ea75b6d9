"""The monthly bulletin of customs' English site: every layout, known irregularities, damaged pages.

Fixtures: the tables of regimes are customs' own pages; the others hold published figures, or figures near them (the lines
"Oth. ... nes" and the Philippines and the Czech Republic take what a small table leaves out).
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from customs_report import loading, schema
from customs_report import tables as data
from customs_report.errors import InputError
from customs_report.periods import span
from customs_report.readers import read
from customs_report.readers.reading import find_period

FIXTURES = Path(__file__).parent / "fixtures"
EXPORTS, IMPORTS, PARTNERS, TOTALS = "exports_2025-06", "imports_2026-07", "partners_2026-06", "totals_2026-02"
REGIMES, NO_UNIT = "regimes_2026-02", "regimes_2019-02"
ALL = (EXPORTS, IMPORTS, PARTNERS, TOTALS, REGIMES, NO_UNIT)


@pytest.fixture(scope="module")
def tables() -> data.Tables:
    return loading.read_printed(schema.DATA)


def text(name: str) -> str:
    return (FIXTURES / f"bulletin_{name}.html").read_text(encoding="utf-8")


def edited(name: str, *changes: tuple[str, str]) -> bytes:
    """A fixture with replacements, each of which must occur."""
    page = text(name)
    for old, new in changes:
        assert old in page, old
        page = page.replace(old, new)
    return page.encode()


def rows_of(content: bytes, tables: data.Tables, table: str = ""):
    return next(reading.rows for reading in read(content, tables) if not table or reading.table == table)


def line(rows, **where):
    for column, value in where.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1, where
    return rows.iloc[0]


# --- what the pages say -------------------------------------------------------------------------------------------------


def test_regimes(tables):
    (reading,) = read(text(REGIMES).encode(), tables)
    assert (reading.table, reading.period, reading.currency, reading.released) == ("detail", "2026-02", "USD", "2026-03-18")
    assert reading.source == "gacc-bulletin-5-usd"
    assert reading.warnings == ()
    assert reading.layout == "monthly bulletin, table (5), imports and exports by customs regime, in dollars"
    ordinary = line(reading.rows, regime="10", kind="month", flow="export")
    assert (ordinary["value"], ordinary["value_yoy"], ordinary["stage"]) == (196_882_017_000, 45.5, "bulletin")
    assert line(reading.rows, regime="10", kind="ytd", flow="import")["value"] == 251_068_641_000
    assert line(reading.rows, regime="34", kind="ytd", flow="export")["value_yoy"] == 50.7
    assert reading.rows[(reading.rows["regime"] == "22") & (reading.rows["flow"] == "import")].empty  # a dash
    exports = reading.rows.query("kind == 'month' and flow == 'export'")["value"].sum()
    assert exports == pytest.approx(299_877_987_000, abs=8_000)
    assert set(reading.rows.columns) >= set(schema.DETAIL.key)


def test_regimes_of_a_page_without_a_unit(tables):
    (reading,) = read(text(NO_UNIT).encode(), tables)
    assert (reading.period, reading.currency, reading.released) == ("2019-02", "USD", "2019-03-23")
    assert reading.warnings == ("the page names no unit; by the size of the numbers: 1,000 dollars",)
    assert line(reading.rows, regime="31", kind="month", flow="import")["value"] == 1_168_000
    donation = line(reading.rows, regime="12", kind="month", flow="export")  # no growth: nothing was donated a year before
    assert donation["value"] == 55_000
    assert donation["value_yoy"] != donation["value_yoy"]


def test_totals_by_month(tables):
    (reading,) = read(text(TOTALS).encode(), tables)
    assert (reading.table, reading.source, reading.period) == ("totals", "gacc-bulletin-1-usd", "2026-02")
    assert set(reading.rows["period"]) == {*span("2025-01", "2026-02")}
    newest = line(reading.rows, period="2026-02", kind="ytd", flow="balance")
    assert (newest["value"], newest["step"], newest["stage"]) == (213_618e6, 1e6, "bulletin")
    assert line(reading.rows, period="2025-11", kind="month", flow="exports")["stage"] == "restated"


@pytest.mark.parametrize("group", ["Accumulative", "Cumulative", "1 to Month", "Year to Date"])
def test_totals_by_month_under_other_headings_and_in_blocks_of_years(tables, group):
    blocks = '<tr><td colspan="9">2026</td></tr>\n<tr><td><span>2026.01'
    content = edited(TOTALS, ("1 to Month Accumulative", group), ("<tr><td><span>2026.01", blocks))
    assert rows_of(content, tables).equals(rows_of(text(TOTALS).encode(), tables))


def test_partners(tables):
    totals, partners = read(text(PARTNERS).encode(), tables)
    assert totals.source == partners.source == "gacc-bulletin-2-usd"
    assert partners.unknown == ()
    usa = line(partners.rows, partner="USA", kind="ytd")
    assert (usa["exports"], usa["imports"]) == (215_919_781_000, 73_226_289_000)
    assert (usa["exports_yoy"], usa["imports_yoy"], usa["total_yoy"]) == (0.2, -0.8, 0.0)
    month = line(partners.rows, partner="USA", kind="month")
    assert month["exports"] == 43_463_832_000
    assert month["exports_yoy"] != month["exports_yoy"]
    held = {"ASIA", "LATAM", "ASEAN", "EU27", "APEC", "RCEP", "BRI", "ZZZ", "ZOC", "BHR", "PRK", "KOR", "TWN", "HKG"}
    assert held <= set(partners.rows["partner"])
    assert "ATA" not in set(partners.rows["partner"])  # Antarctica: dashes only
    assert line(totals.rows, kind="ytd", flow="exports", measure="yoy")["value"] == 17.5
    # Excel's ############ hides the year to date of both flows together; the parts are there
    assert totals.rows.query("kind == 'ytd' and flow == 'total' and measure == 'level'").empty
    assert partners.warnings == ("TOTAL, total ytd and 4 more: the page shows no figure there",)


def test_a_name_that_two_countries_share_is_the_one_not_named_otherwise(tables):
    partners = rows_of(text(PARTNERS).encode(), tables, "partners")
    assert line(partners, partner="COG", kind="month")["exports"] == 118_902_000  # "Congo", beside "Congo, DR"
    alone = edited(PARTNERS, ("Congo, DR", "Niger Delta"))
    readings = read(alone, tables)
    assert {label.code for label in readings[1].unknown} == {"unlisted_congo", "unlisted_nigerdelta"}


def test_exports_in_yuan_equal_what_is_held(tables):
    (reading,) = read(text(EXPORTS).encode(), tables)
    assert (reading.source, reading.currency, reading.unit) == ("gacc-bulletin-13", "CNY", "Unit:RMB￥10,000")
    held = tables.commodities.query("table == 'bulletin' and period == '2025-06'")
    key, columns = ["kind", "commodity"], ["value", "value_yoy", "quantity", "unit", "quantity_yoy", "step"]
    both = reading.rows.merge(held, on=key, suffixes=("", "_held"))
    assert len(both) == 24
    for column in columns:
        assert ((both[column] == both[f"{column}_held"]) | (both[column].isna() & both[f"{column}_held"].isna())).all(), column


def test_commodities_keep_what_is_in_no_list_and_what_the_page_lost(tables):
    (reading,) = read(text(EXPORTS).encode(), tables)
    assert [(label.name, label.code) for label in reading.unknown] == [
        ("Umbrellas and sun umbrellas", "unlisted_umbrellasandsunumbrellas")
    ]
    umbrellas = line(reading.rows, commodity="unlisted_umbrellasandsunumbrellas", kind="month")
    assert (umbrellas["value"], umbrellas["quantity"], umbrellas["unit"]) == (1_312_750_000, 7_714, "10,000 units")
    assert reading.warnings[0].startswith("New trio")
    assert "new_three_products" not in set(reading.rows["commodity"])
    assert line(reading.rows, commodity="footwear", kind="ytd")["unit"] == "100 million pairs"


def test_imports_in_dollars_with_an_empty_first_column(tables):
    (reading,) = read(text(IMPORTS).encode(), tables)
    assert (reading.source, reading.currency) == ("gacc-bulletin-14-usd", "USD")
    iron = line(reading.rows, commodity="iron_ore", kind="month")
    assert (iron["value"], iron["quantity"], iron["unit"]) == (10_876_327_000, 10_809, "10,000 tonnes")
    assert line(reading.rows, commodity="copper_ore", kind="month")["value"] > 0  # 'Copper ores, with an apostrophe
    assert line(reading.rows, commodity="integrated_circuits", kind="month")["unit"] == "100 million pieces"
    assert reading.unknown == ()


@pytest.mark.parametrize(
    ("unit", "of", "meaning"),
    [("N", "Passenger cars", "vehicles"), ("N", "Ships", "ships"), ("10000N", "Motor vehicles", "10,000 vehicles")],
)
def test_a_plain_count_is_of_what_the_commodity_is(tables, unit, of, meaning):
    rows = rows_of(text(EXPORTS).encode(), tables)
    assert meaning in set(rows[rows["commodity"] == of.lower().replace(" ", "_")]["unit"])


def test_integrated_circuits_in_millions_are_the_same_quantity(tables):
    page = re.sub(
        r"(Electronic integrated circuits.*?)100MN(.*?)318(.*?)1,678", r"\g<1>MN\g<2>31,800\g<3>167,800", text(EXPORTS)
    )
    circuits = line(rows_of(page.encode(), tables), commodity="integrated_circuits", kind="month")
    assert (circuits["quantity"], circuits["unit"]) == (31_800, "million pieces")


# --- layouts that vary --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    [
        "（5）Imports and Exports by Customs Regime，2.2026",
        "(5) Imports and Exports by Customs Regime, 2. 2026",
        "5Imports and Exports by Customs Regime2.2026",
        "(5)Imports and Exports by Customs Regime,1-2.2026",
    ],
)
def test_titles_as_customs_punctuates_them(tables, title):
    content = edited(REGIMES, ("(5)Imports and Exports by Customs Regime,2.2026", title))
    assert rows_of(content, tables).equals(rows_of(text(REGIMES).encode(), tables))


@pytest.mark.parametrize(
    ("title", "period"),
    [
        ("Regime, 10.2019", "2019-10"),
        ("Regime, 11. 2019", "2019-11"),
        ("Value,1-6.2025", "2025-06"),
        ("（13）…,1-12.2024", "2024-12"),
    ],
)
def test_months_of_titles(title, period):
    assert find_period(title)[0] == period


def january(name: str, before: str, columns: list[int], *changes: tuple[str, str]) -> bytes:
    """A fixture as January's page has it: without the year to date, whose cells stand at these places."""
    head, *rows = edited(name, *changes).decode().split("<tr>")
    kept = []
    for row in rows:
        cells = re.findall(r"<td.*?</td>", row)
        full = len(cells) == before
        kept.append("".join(cell for x, cell in enumerate(cells) if not (full and x in columns)) + "</tr>\n")
    return (head + "".join(f"<tr>{row}" for row in kept) + "</tbody></table></div></body></html>").encode()


def test_january_of_commodities_has_no_year_to_date(tables):
    content = january(
        EXPORTS, 8, [4, 5],
        (",1-6.2025", ",1.2024"), ('<td colspan="2"><span>1to6</span></td>', ""), ("<span>6</span>", "<span>1</span>"),
        ("<tr>" + "<td><span>Quantity</span></td><td><span>Value</span></td>" * 3, "<tr>" + "<td><span>Quantity</span></td><td><span>Value</span></td>" * 2),
        ('colspan="8"', 'colspan="6"'),
    )  # fmt: skip
    rows = rows_of(content, tables)
    assert set(rows["kind"]) == {"month"}
    assert line(rows, commodity="ships")["value_yoy"] == 25.3


def test_january_of_partners_is_the_year_to_date(tables):
    content = january(
        PARTNERS, 10, [2, 4, 6],
        (",6.2026", ",1.2023"), ('colspan="2"', 'colspan="1"'), ("<td><span>1to6</span></td>", ""),
        ("<span>6</span>", "<span>1</span>"), ('colspan="10"', 'colspan="7"'),
    )  # fmt: skip
    content = re.sub(rb"(?<=<span>)-?\d+\.\d(?=</span>)", b"-", content)  # growth is that of six months
    without = replace(tables, totals=tables.totals.iloc[:0])
    totals, partners = read(content, without)
    month, year = (line(partners.rows, partner="USA", kind=kind) for kind in ("month", "ytd"))
    assert month["exports"] == year["exports"] == 43_463_832_000
    assert set(totals.rows["kind"]) == {"month", "ytd"}


def test_january_and_february_printed_together(tables):
    page = edited(EXPORTS, (",1-6.2025", ",1-2.2020"), ("<span>1to6</span>", "<span>1 to 2</span>")).decode()
    page = page.replace('<td colspan="2"><span>6</span></td>', "").replace('colspan="8"', 'colspan="6"')
    page = page.replace("<td><span>Quantity</span></td><td><span>Value</span></td>", "", 1)
    rows = page.split("<tr>")
    for y, row in enumerate(rows):
        cells = re.findall(r"<td.*?</td>", row)
        if len(cells) == 8:
            rows[y] = "".join(cells[:2] + cells[4:]) + "</tr>\n"
    rows[-1] = rows[-1] if "</table>" in rows[-1] else rows[-1] + "</tbody></table></div></body></html>"
    read_rows = rows_of("<tr>".join(rows).encode(), tables)
    assert set(read_rows["kind"]) == {"ytd"}
    assert line(read_rows, commodity="ships")["value_yoy"] == 25.3


@pytest.mark.parametrize("name", [REGIMES, PARTNERS, IMPORTS, EXPORTS])
def test_a_missing_unit_is_told_by_the_size_of_what_is_held(tables, name):
    page = re.sub(r"<tr>[^\n]*Unit: ?(US|RMB)[^\n]*</tr>\n", "", text(name))
    readings, stated = read(page.encode(), tables), read(text(name).encode(), tables)
    assert all(a.rows.equals(b.rows) for a, b in zip(readings, stated, strict=True))
    assert readings[0].warnings[0].startswith("the page names no unit")


def test_a_missing_unit_that_nothing_tells_is_refused(tables):
    nothing = replace(tables, totals=tables.totals.iloc[:0])
    with pytest.raises(InputError, match="names no unit of its amounts"):
        read(text(NO_UNIT).encode(), nothing)


def test_other_tables_of_the_bulletin_are_named(tables):
    content = edited(REGIMES, ("Imports and Exports by Customs Regime", "Imports and Exports by HS Section and Division"))
    with pytest.raises(InputError, match=r"HS Section.*not among the bulletin’s tables that are read"):
        read(content, tables)


# --- damage -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "printed", "swapped"),
    [
        (REGIMES, "Unit:US$1,000", "Unit:RMB￥10,000"),
        (PARTNERS, "Unit:US$1,000", "Unit:RMB￥10,000"),
        (IMPORTS, "Unit: US$1,000", "Unit:RMB￥10,000"),
        (EXPORTS, "Unit:RMB￥10,000", "Unit:US$1,000"),
        (EXPORTS, "Unit:RMB￥10,000", "Unit:RMB￥1,000"),
        (TOTALS, "Unit:US$1,000,000", "Unit:US$1,000"),
    ],
)
def test_a_swapped_unit_is_refused(tables, name, printed, swapped):
    with pytest.raises(InputError, match="do not have the size of the stored figures"):
        read(edited(name, (printed, swapped)), tables)


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        (TOTALS, ("Unit:US$1,000,000", "Unit:RMB￥100 Million"), "the title says USD"),
        (REGIMES, ("Unit:US$1,000", "Unit: carats"), "no single currency"),
        (REGIMES, (">Exports<", ">Trade<"), "other columns"),
        (REGIMES, (">1to2<", ">1to3<"), "other columns"),
        (REGIMES, ("Regime,2.2026</span>", "Regime,3.2026</span>"), "months differ"),
        (REGIMES, ("Border Trade", "Bordr Trade"), "not in reference/regimes.csv; nearest: 19"),
        (REGIMES, (">TOTAL<", ">Total of ships<"), "does not begin with the line TOTAL"),
        (REGIMES, ("5,886,049", "5,866,049"), "do not add up to exports of the ytd"),
        (REGIMES, (">45.5<", ">54.5<"), "the change of the total"),
        (REGIMES, (">39.6<", ">-<"), "changes of the parts without one of the total"),
        (PARTNERS, (">Europe:<", ">Germany<"), "lacks EUROPE"),
        (PARTNERS, ("<span>Exports</span>", "<span>Imports</span>"), "other columns"),
        (PARTNERS, ("colspan=\"2\"><span>Total", "colspan=\"4\"><span>Total"), "header"),
        (PARTNERS, ("43,463,832", "34,463,832"), "do not give the total"),
        (PARTNERS, (">Percentage Change<", ">Change<"), "unknown column"),
        (PARTNERS, (">ASEAN<", ">Fiji<"), "add up"),
        (PARTNERS, (">EU<", ">Fiji<"), "among the groups"),
        (EXPORTS, (">1to6<", ">1to7<"), "unknown block"),
        (EXPORTS, (">Quantity Unit<", ">Quantity<"), "other columns"),
        (EXPORTS, ("&nbsp;Ships<", "&nbsp;<"), "no name"),
        (EXPORTS, (">T<", ">N<"), "does not measure it"),
        (EXPORTS, (">T<", ">Furlong<"), "not in reference/units.csv"),
        (EXPORTS, (">Commodity<", ">Item<"), "no header"),
        (EXPORTS, ("<span>-25.1</span>", "<span></span>"), "the cell is empty"),
        (EXPORTS, ("<span>459&nbsp;</span>", "<span></span>"), "a quantity is missing"),
        (EXPORTS, ("<span>Vehicle tyres", "<span>Note: tyres</span></td></tr><tr><td><span>Vehicle tyres"), "below the notes"),
        (EXPORTS, ("Passenger cars", "Hybrid buses (10+ seats)"), "twice"),
        (TOTALS, (">2025.05<", ">2025.06<"), "twice"),
        (TOTALS, (">2025.05<", ">May<"), "is no month"),
        (TOTALS, (">2026.02<", ">2026.03<"), "newest month of its table 2026-03"),
        (TOTALS, (">Balance<", ">Surplus<"), "unknown column"),
        (TOTALS, ("656,578&nbsp;</span>", "665,578&nbsp;</span>"), "do not give total and balance"),
    ],
)  # fmt: skip
def test_damage_is_refused_with_its_reason(tables, name, change, why):
    with pytest.raises(InputError, match=why) as refusal:
        read(edited(name, change), tables)
    assert "\n" not in str(refusal.value)


def test_a_month_restated_within_the_table_is_no_shift(tables):
    page = text(TOTALS)
    rows = re.findall(r"<tr><td><span>2025\.\d\d</span>.*?</tr>", page)
    moved = page.replace(rows[4], rows[4].replace("2025.05", "2025.04")).replace(rows[3], rows[3].replace("2025.04", "2025.05"))
    with pytest.raises(InputError, match=r"does not grow by the month|is there twice"):
        read(moved.encode(), tables)


def test_the_column_of_units_is_missing(tables):
    """Every row is shifted alike: values are read as with units, quantities are left out and counted."""
    (usual,) = read(text(EXPORTS).encode(), tables)
    page = re.sub(r"(?s)<tr>.*?</tr>", lambda row: _without_unit(row[0]), text(EXPORTS))
    (reading,) = read(page.encode(), tables)
    columns = ["period", "kind", "flow", "commodity", "value", "value_yoy"]
    pd.testing.assert_frame_equal(reading.rows[columns], usual.rows[columns])
    assert reading.rows["quantity"].isna().all()
    assert reading.left_out["figures"] > 5
    assert "the column of quantity units is missing" in reading.warnings[-1]


def _without_unit(row: str) -> str:
    cells = re.findall(r"(?s)<td.*?</td>", row)
    if len(cells) < 8 or "Quantity" in row:
        return row
    return "<tr>" + "".join([cells[0], *cells[2:], "<td></td>"]) + "</tr>"


@pytest.mark.parametrize("name", ALL)
def test_a_cut_page_is_refused(tables, name):
    content = text(name).encode()
    for share in (0.3, 0.6, 0.9, 0.99):
        with pytest.raises(InputError):
            read(content[: int(len(content) * share)], tables)


@pytest.mark.parametrize("name", ALL)
def test_a_dropped_cell_is_refused(tables, name):
    page = text(name)
    rows = [row for row in re.findall(r"<tr>.*?</tr>", page) if len(re.findall("<td", row)) > 3 and re.search(r"\d", row)]
    for row in rows[2::4]:
        cells = re.findall(r"<td.*?</td>", row)
        for x in (1, len(cells) - 1):
            damaged = page.replace(row, "<tr>" + "".join(cells[:x] + cells[x + 1 :]) + "</tr>")
            with pytest.raises(InputError):
                read(damaged.encode(), tables)


@pytest.mark.parametrize("name", ALL)
def test_a_row_shifted_to_the_right_is_refused(tables, name):
    page = text(name)
    rows = [row for row in re.findall(r"<tr>.*?</tr>", page) if len(re.findall(r"\d[\d,]*&nbsp;", row)) > 3]
    for row in rows[::4]:
        cells = re.findall(r"<td.*?</td>", row)
        damaged = page.replace(row, "<tr>" + "".join([cells[0], "<td></td>", *cells[1:-1]]) + "</tr>")
        with pytest.raises(InputError):
            read(damaged.encode(), tables)


@pytest.mark.parametrize("name", [PARTNERS, REGIMES, NO_UNIT, EXPORTS])
def test_figures_one_line_below_their_labels_are_refused(tables, name):
    page = text(name)
    rows = [row for row in re.findall(r"<tr>.*?</tr>", page) if len(re.findall(r"\d[\d,]*&nbsp;", row)) > 3]
    labels = [re.match(r"<tr>(<td.*?</td>)", row)[1] for row in rows]
    for row, label, other in zip(rows, labels, [labels[-1], *labels[:-1]], strict=True):
        page = page.replace(row, row.replace(label, other.replace("<td", "<td data-moved", 1)), 1)
    with pytest.raises(InputError):
        read(page.encode(), tables)


@pytest.mark.parametrize("name", [PARTNERS, REGIMES, NO_UNIT])
def test_a_dropped_line_is_refused(tables, name):
    page = text(name)
    rows = [row for row in re.findall(r"<tr>.*?</tr>\n", page) if len(re.findall(r"\d[\d,]*&nbsp;", row)) > 3]
    for row in rows[1:-5:3]:
        with pytest.raises(InputError):
            read(page.replace(row, "").encode(), tables)
