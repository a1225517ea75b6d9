"""The English preliminary release: figures compared with the stored ones, variants of titles and labels, damaged pages."""

from __future__ import annotations

import re
from html import escape

import pandas as pd
import pytest

from customs_report import loading, schema
from customs_report import tables as data
from customs_report.errors import InputError
from customs_report.readers import read

YUAN = "CNY 100 Million"
COUNTRY = "China's Total Export & Import Values by Country/Region"
EXPORTS = "China's Major Exports by Quantity and Value"
IMPORTS = "China's Major Imports by Quantity and Value"
UNITS = {
    "10,000 tonnes": "10,000 Tons", "tonnes": "Ton", "100 million pairs": "10,000 Pairs", "10,000 units": "10,000 Sets",
    "100 million pieces": "100 Million PCS", "10,000 vehicles": "10,000 Autos", "ships": "Ship", "aircraft": "Craft",
    "10,000 pieces": "10,000 PCS", "10,000 cubic metres": "10,000 CBM", "units": "Set", "": "—",
}  # fmt: skip
PARTNERS = {
    "EU27": "\u00a0\u00a0European Union", "DEU": "\u00a0" * 9 + "of which: Germany", "NLD": "\u00a0" * 17 + "Netherlands",
    "USA": "\u00a0\u00a0\u00a0United States (US)", "ASEAN": "ASEAN", "VNM": "of which: Vietnam", "JPN": "Japan",
    "KOR": "R. O. Korea", "RUS": "Russian Federation", "TWN": "Taiwan, China", "GBR": "United Kingdom (UK)",
    "RCEP": "Regional Comprehensive Economic Partnership", "BRI": "Jointly build the countries along Belt and Road Routes",
}  # fmt: skip


@pytest.fixture(scope="module")
def held() -> data.Tables:
    return loading.read_printed(schema.DATA)


def page(title: str, unit: str, rows: list[list[str]], *, head: str = "", date: str = "2026/04/14", note: bool = True) -> bytes:
    """A page as the site has it: every figure ends in a no-break space, notes stand in the last row of the table."""
    wide = len(rows[0])
    lines = [f'<tr><td colspan="{wide}">{escape(text)}</td></tr>' for text in (head or title, f"Unit: {unit}")]
    lines += ["<tr>" + "".join(f"<td><span>{escape(cell)}\u00a0</span></td>" for cell in row) + "</tr>" for row in rows]
    lines += [f'<tr><td colspan="{wide}">Note: 1. ASEAN consists of eleven countries.</td></tr>'] * note
    return (
        f"<!DOCTYPE html><html><head><meta charset='UTF-8'><title>{escape(title)}</title></head><body>"
        f"<div class='atcl-ttl'>{escape(title)}</div><div class='atcl-date'>{date}</div>"
        f"<div class='atcl-cnt'><table>{''.join(lines)}</table></div></body></html>"
    ).encode()


def country_rows(held: data.Tables, period: str, kinds: tuple[str, ...] = ("month", "ytd")) -> list[list[str]]:
    """Header and lines of (4) in 100 million yuan, made of the bulletin's figures."""
    m = int(period[5:])
    words = {"month": str(m), "ytd": f"1- to-{m}"}
    flows = {"total": "Export & Import", "exports": "Export", "imports": "Import"}
    known = held.partners[held.partners["period"] == period].set_index(["partner", "kind"]).sort_index()
    totals = held.totals[(held.totals["period"] == period) & (held.totals["stage"] == "bulletin")]
    totals = totals.set_index(["measure", "kind", "flow"])["value"].sort_index()
    lines = [
        (
            "Total",
            {k: {f: totals["level", k, f] for f in ("exports", "imports")} for k in kinds},
            totals["yoy", "ytd"].to_dict(),
        )
    ]
    for code, label in PARTNERS.items():
        levels = {k: {f: known.at[(code, k), f] for f in ("exports", "imports")} for k in kinds}
        lines.append((label, levels, {f: known.at[(code, "ytd"), f"{f}_yoy"] for f in flows}))
    rows = [
        ["Import Source", *[word for word in flows.values() for _ in kinds], *[f"1-to-{m} Total Year-on-Year (±%)"] * 3],
        ["Export Destination", *[words[kind] for _ in flows for kind in kinds], *flows.values()],
    ]
    for label, levels, growth in lines:
        for kind in kinds:
            levels[kind]["total"] = levels[kind]["exports"] + levels[kind]["imports"]
        cells = [f"{levels[kind][flow] / 1e8:,.1f}" for flow in flows for kind in kinds]
        rows.append([label, *cells, *(f"{growth[flow]:.1f}" for flow in flows)])
    return rows


def commodity_rows(held: data.Tables, flow: str, period: str, *, month: bool = True) -> list[list[str]]:
    """Header and lines of (5) or (6) in 100 million yuan with one decimal; growth is that of the stored figures."""
    m, year = int(period[5:]), int(period[:4])
    goods = held.commodities[(held.commodities["table"] == "flash") & (held.commodities["currency"] == "CNY")]
    goods = goods[goods["flow"] == flow]
    labels = held.commodity_list[held.commodity_list["flow"] == flow].set_index("commodity")["name_official"]

    def block(period: str, kind: str, stage: str) -> pd.DataFrame:
        rows = goods[(goods["period"] == period) & (goods["kind"] == kind) & (goods["stage"] == stage)]
        return rows.set_index("commodity")[["quantity", "value", "unit"]]

    now, before = block(period, "ytd", "preliminary"), block(f"{year - 1}-{m:02d}", "ytd", "restated")
    blocks = [*([block(period, "month", "preliminary")] if month else []), now, before]
    words = [*([str(m)] if month else []), f"1-{m} Total", f"1-{m} Total, {year - 1}", f"1-{m} Total, Year-On-Year(%)"]
    rows = [
        ["Commodity", "Quantity Unit", *[word for word in words for _ in range(2)]],
        ["Commodity", "Quantity Unit", *["Quantity", "Value"] * len(words)],
    ]
    for code in (code for code in labels.index if all(code in block.index for block in blocks)):
        cells = [
            "-" if pd.isna(figure) else f"{figure:,.1f}"
            for block in blocks
            for figure in (block.at[code, "quantity"], block.at[code, "value"] / 1e8)
        ]
        growth = [(now.at[code, what] / before.at[code, what] - 1) * 100 for what in ("quantity", "value")]
        cells += ["-" if pd.isna(rate) else f"{rate:.1f}" for rate in growth]
        rows.append([labels[code].split("; ")[0], UNITS[now.at[code, "unit"]], *cells])
    return rows


def compared(rows: pd.DataFrame, held: pd.DataFrame, key: list[str], columns: dict[str, float]) -> int:
    """The number of rows that are in the data, too; they must agree within these steps."""
    both = rows.merge(held, on=key, suffixes=("", "_held"))
    for column, step in columns.items():
        gap = (both[column] - both[f"{column}_held"]).abs()
        assert (gap.fillna(0) <= 0.51 * step).all(), both[gap > step][[*key, column, f"{column}_held"]]
        assert (both[column].isna() == both[f"{column}_held"].isna()).all()
    return len(both)


# --- golden figures -----------------------------------------------------------------------------------------------------


def test_by_country_of_a_month(held):
    totals, partners = read(page(f"(4) {COUNTRY}, Mar 2026 (in CNY)", YUAN, country_rows(held, "2026-03")), held)
    assert (partners.layout, partners.source) == ("preliminary release, table (4), by country, in yuan", "gacc-flash-4")
    assert (partners.period, partners.currency, partners.released, partners.unknown) == ("2026-03", "CNY", "2026-04-14", ())
    columns = {"exports": 1e7, "imports": 1e7, "exports_yoy": 0.1, "imports_yoy": 0.1, "total_yoy": 0.1}
    assert compared(partners.rows, held.partners, ["period", "kind", "partner"], columns) == 2 * len(PARTNERS)
    total = totals.rows.set_index(["kind", "flow", "measure"])["value"]
    assert total["month", "exports", "level"] == 2229.70e9
    assert total["ytd", "total", "level"] == 11838.00e9
    assert (total["ytd", "total", "yoy"], total["ytd", "imports", "yoy"]) == (15.0, 19.6)


@pytest.mark.parametrize("dash", ["-", "–", "—", " - ", "－"])
@pytest.mark.parametrize("number", ["(4) ", "(3)", "（5）"])
def test_january_and_february(held, dash, number):
    """Seven columns, titles with every kind of dash, the table numbered (3) or (5) instead of (4)."""
    title = f"{number}{COUNTRY}, January{dash}February 2025 (in CNY)"
    _, partners = read(page(title, YUAN, country_rows(held, "2025-02", ("ytd",))), held)
    assert (partners.period, partners.source, set(partners.rows["kind"])) == ("2025-02", "gacc-flash-4", {"ytd"})
    assert compared(partners.rows, held.partners, ["period", "kind", "partner"], {"exports": 1e7, "imports": 1e7}) == 13


@pytest.mark.parametrize(("flow", "title"), [("export", f"(5) {EXPORTS}"), ("import", f"(6) {IMPORTS}")])
def test_commodities(held, flow, title):
    (reading,) = read(page(f"{title}, Nov 2025 (in CNY)", YUAN, commodity_rows(held, flow, "2025-11")), held)
    assert reading.source == {"export": "gacc-flash-5", "import": "gacc-flash-6"}[flow]
    assert (reading.unknown, reading.warnings) == ((), ())
    goods = held.commodities[held.commodities["table"] == "flash"]
    key = ["period", "kind", "flow", "commodity", "currency", "stage", "unit"]
    assert compared(reading.rows, goods, key, {"value": 1e7, "quantity": 0.1}) == len(reading.rows) > 90


@pytest.mark.parametrize(("flow", "title"), [("export", f"(5) {EXPORTS}"), ("import", f"(6) {IMPORTS}")])
def test_commodities_of_january_and_february(held, flow, title):
    rows = commodity_rows(held, flow, "2025-03", month=False)
    rows = [[cell.replace("1-3", "1-2") for cell in row] for row in rows]
    (reading,) = read(page(f"{title}, January-February 2025 (in CNY)", YUAN, rows), held)
    assert set(reading.rows["kind"]) == {"ytd"}
    assert set(reading.rows["period"]) == {"2025-02", "2024-02"}


def test_month_that_repeats_january_and_february(held):
    rows = commodity_rows(held, "import", "2025-03", month=False)
    rows = [[*row[:2], *(["2", "2"] if row[2].startswith("1-3") else row[2:4]), *row[2:]] for row in rows]
    rows = [[cell.replace("1-3", "1-2") for cell in row] for row in rows]
    (reading,) = read(page(f"(6) {IMPORTS}, Feb 2025 (in CNY)", YUAN, rows), held)
    assert set(reading.rows["kind"]) == {"ytd"}
    assert "repeats January and February" in reading.warnings[0]


def test_totals(held):
    rows = [
        ["Item", "3", "1-to-3", "3 Month-on-Month (±%)", "3 Year-on-Year (±%)", "1-to-3 Total Year-on-Year (±%)"],
        ["Export & Import", "41,046.4", "118,380.0", "15.2", "9.2", "15.0"],
        ["Export", "22,297.0", "68,466.7", "6.2", "-0.7", "11.9"],
        ["Import", "18,749.4", "49,913.3", "28.2", "23.8", "19.6"],
        ["Balance", "3,547.5", "18,553.4", "-", "-", "-"],
    ]
    title = "(1) China's Total Export & Import Values, Mar 2026 (in CNY)"
    (reading,) = read(page(title, YUAN, rows), held)
    figures = reading.rows.set_index(["kind", "flow", "measure"])["value"]
    assert reading.source == "gacc-flash-1"
    assert figures["month", "balance", "level"] == 354.75e9
    assert (figures["month", "imports", "yoy"], figures["ytd", "exports", "yoy"]) == (23.8, 11.9)
    assert len(figures) == 8 + 6
    for y, x, cell in ((1, 1, "41,064.4"), (3, 2, "49,931.3"), (4, 1, "3,574.5"), (1, 5, "25.0"), (2, 1, "97,022.0")):
        wrong = [list(row) for row in rows]
        wrong[y][x] = cell
        with pytest.raises(InputError, match="contradict each other"):
            read(page(title, YUAN, wrong), held)


def test_dollars(held):
    rows = country_rows(held, "2026-03")
    _, partners = read(page(f"(4) {COUNTRY}, Mar 2026 (in USD)", "USD1 Million", rows), held)
    assert (partners.currency, partners.source) == ("USD", "gacc-flash-4-usd")
    assert partners.rows["step"].unique().tolist() == [1e5]


# --- header words -------------------------------------------------------------------------------------------------------

MAY = {
    "unit": "Quantity Unit",
    "month": "5",
    "ytd": "1-5 Total",
    "before": "1-5 Total, 2025",
    "yoy": "1-5 Total, Year-On-Year(%)",
}


def of_may(held: data.Tables, **words: str) -> bytes:
    """Imports of May 2026, with other words over its columns."""
    rows = commodity_rows(held, "import", "2026-05")
    new = {MAY[what]: text for what, text in words.items()}
    rows[0] = [new.get(cell, cell) for cell in rows[0]]
    rows[1] = [new.get(cell, cell) for cell in rows[1]]
    return page(f"(6) {IMPORTS}, May 2026 (in CNY)", YUAN, rows)


@pytest.mark.parametrize(
    "words",
    [
        {"unit": "QTY Unit"}, {"unit": "Unit"}, {"unit": "Unit of quantity"}, {"month": "May"}, {"month": "May 2026"},
        {"ytd": "1-5Total"}, {"ytd": "1 to 5 Total"}, {"ytd": "Jan-May"}, {"ytd": "January to May, 2026"}, {"ytd": "1–5"},
        {"ytd": "Cumulative"}, {"before": "1-5 Total,2025"}, {"before": "1-5 Total2025"}, {"before": "Jan.-May 2025"},
        {"before": "1-5 Total of 2025"}, {"before": "Same period of last year"}, {"before": "1-5 Total last year"},
        {"yoy": "1-5 Total Year-On-Year(%)\u00a0"}, {"yoy": "1-5 Total Y-o-Y (±%)"}, {"yoy": "1 to 5 YoY"}, {"yoy": "Percentage Change"},
        {"yoy": "Compared with the same period of last year (%)"}, {"yoy": "1-5 Total growth rate over the previous year"},
    ],
)  # fmt: skip
def test_header_words_of_any_edition(held, words):
    (usual,), (reading,) = read(of_may(held), held), read(of_may(held, **words), held)
    pd.testing.assert_frame_equal(reading.rows, usual.rows)
    assert reading.warnings == ()
    beans = reading.rows[(reading.rows["commodity"] == "soya_beans") & (reading.rows["kind"] == "month")]
    assert beans[["period", "value", "quantity", "unit"]].values.tolist() == [["2026-05", 37.75e9, 1179.1, "10,000 tonnes"]]


@pytest.mark.parametrize(
    ("words", "means"),
    [
        ({"unit": "QTY Unit", "before": "1-5 Total, 2024", "yoy": "1-5 Total Year-On-Year(%)"}, "1-5 2025"),
        ({"before": "1-5 Total, 2026"}, "1-5 2025"),
        ({"before": "1-5 Total"}, "1-5 2025"),
        ({"before": "1-4 Total, 2025"}, "1-5 2025"),
        ({"ytd": "1-5 Total, 2025"}, "1-5 2026"),
        ({"yoy": "1-4 Total, Year-On-Year(%)"}, "growth of 1-5"),
        ({"ytd": "1-5 Total, 2025", "before": "1-5 Total, 2026"}, "1-5 2026, 1-5 2025"),
    ],
)
def test_a_misprinted_header_is_proved_by_growth(held, words, means):
    (usual,), (reading,) = read(of_may(held), held), read(of_may(held, **words), held)
    pd.testing.assert_frame_equal(reading.rows, usual.rows)
    (warning,) = reading.warnings
    assert re.search(rf"the growth of \d\d lines proves that it is {means}$", warning)


@pytest.mark.parametrize(
    "words",
    [{"month": "4"}, {"ytd": "1-4 Total"}, {"month": "5, 2025"}, {"month": "1-5 Total"}, {"yoy": "1-5 Total"}, {"before": "6"}, {"yoy": "5 Year-on-Year"}],
)  # fmt: skip
def test_a_header_that_nothing_proves_is_refused(held, words):
    with pytest.raises(InputError):
        read(of_may(held, **words), held)


def test_growth_that_is_not_of_the_block_proves_nothing(held):
    rows = commodity_rows(held, "import", "2026-05")
    earlier = commodity_rows(held, "import", "2025-05")
    for row, before in zip(rows[2:], earlier[2:], strict=False):
        row[6:8] = before[6:8]
    rows[0] = [cell.replace("2025", "2024") for cell in rows[0]]
    with pytest.raises(InputError, match=r"growth of .* is not that of its figures"):
        read(page(f"(6) {IMPORTS}, May 2026 (in CNY)", YUAN, rows), held)


def test_too_few_lines_prove_no_header(held):
    rows = commodity_rows(held, "import", "2026-05")[:4]
    rows[0] = [cell.replace("2025", "2024") for cell in rows[0]]
    with pytest.raises(InputError, match="too few lines prove"):
        read(page(f"(6) {IMPORTS}, May 2026 (in CNY)", YUAN, rows), held)


@pytest.mark.parametrize("form", ["an empty cell at the end", "a cell less", "nor in the header", "empty cells"])
def test_the_column_of_units_is_missing(held, form):
    """Every cell is one column left of its header: values are read, quantities without a unit are left out."""
    rows = commodity_rows(held, "export", "2025-11")
    (usual,) = read(page(f"(5) {EXPORTS}, Nov 2025 (in CNY)", YUAN, rows), held)
    lines = [[row[0], *row[2:]] for row in rows[2:]]
    if form == "an empty cell at the end":
        lines = [[*row, ""] for row in lines]
    if form == "empty cells":
        lines = [[row[0], "", *row[2:]] for row in rows[2:]]
    head = [[row[0], *row[2:]] for row in rows[:2]] if form == "nor in the header" else rows[:2]
    (reading,) = read(page(f"(5) {EXPORTS}, Nov 2025 (in CNY)", YUAN, [*head, *lines], note=form != "a cell less"), held)
    columns = ["period", "kind", "stage", "flow", "commodity", "value", "value_yoy", "step"]
    pd.testing.assert_frame_equal(reading.rows[columns], usual.rows[columns])
    assert reading.rows[["quantity", "quantity_yoy"]].isna().all(axis=None)
    assert set(reading.rows["unit"]) == {""}
    measured = usual.rows[usual.rows["kind"] == "month"]["quantity"].notna().sum()
    assert reading.left_out == {"figures": measured}
    assert reading.warnings == (f"the column of quantity units is missing: the quantities of {measured} lines are left out",)


def test_some_units_are_missing(held):
    """One line that lacks its unit is damage, not a table without units."""
    rows = commodity_rows(held, "export", "2025-11")
    rows[3] = [rows[3][0], *rows[3][2:], ""]
    with pytest.raises(InputError):
        read(page(f"(5) {EXPORTS}, Nov 2025 (in CNY)", YUAN, rows), held)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1-to-3 Total Year-on-Year (±%)", "1 to 3 YoY (±%)"),
        ("1-to-3 Total Year-on-Year (±%)", "Jan-Mar, Percentage Change"),
        ("1- to-3", "1-3"),
        ("1- to-3", "January-March"),
        ("Import Source", "Export Destination"),
        ("Import Source", "Country (Region)"),
        ("Export & Import", "Total"),
        ("Export", "Exports"),
    ],
)
def test_header_words_of_the_table_by_country(held, old, new):
    rows = country_rows(held, "2026-03")
    title = f"(4) {COUNTRY}, Mar 2026 (in CNY)"
    usual = read(page(title, YUAN, rows), held)
    rows[:2] = [[new if cell == old else cell for cell in row] for row in rows[:2]]
    for reading, expected in zip(read(page(title, YUAN, rows), held), usual, strict=True):
        pd.testing.assert_frame_equal(reading.rows, expected.rows)


def test_totals_in_dollars_have_their_own_size(held):
    rows = [["Item", "3", "1-to-3"], ["Export & Import", "6,000.1", "17,000.0"], ["Export", "3,300.1", "9,500.0"]]
    rows += [["Import", "2,700.0", "7,500.0"], ["Balance", "600.1", "2,000.0"]]
    title = "(1) China's Total Export & Import Values, Mar 2026 (in USD)"
    (reading,) = read(page(title, "USD 100 Million", rows), held)
    assert reading.rows.set_index(["kind", "flow"])["value"]["month", "exports"] == 330.01e9


# --- labels -------------------------------------------------------------------------------------------------------------


def test_labels_of_every_year(held):
    drift = {
        "Agricultural products*": "Agriculture products*", "Grain food": "Grain", "Refined petroleum products": "Petroleum products",
        "Rare-earth ore, metals, compounds": "Rare earth",
        "Motor vehicles (including chassis fitted with engines)": "Motor vehicles（including chassis\n  fitted with engines)",
    }  # fmt: skip
    rows = commodity_rows(held, "export", "2025-11")
    title = f"(5) {EXPORTS}, Nov 2025 (in CNY)"
    (usual,) = read(page(title, YUAN, rows), held)
    other = [[drift.get(row[0], row[0]), *row[1:]] for row in rows]
    assert sum(a != b for a, b in zip(rows, other, strict=True)) == len(drift)
    (reading,) = read(page(title, YUAN, other), held)
    pd.testing.assert_frame_equal(reading.rows, usual.rows)


def test_footwear_is_printed_under_a_unit_that_it_does_not_have(held):
    rows = commodity_rows(held, "export", "2025-11")
    assert next(row[1] for row in rows if row[0] == "Footwear") == "10,000 Pairs"
    (reading,) = read(page(f"(5) {EXPORTS}, Nov 2025 (in CNY)", YUAN, rows), held)
    footwear = reading.rows[(reading.rows["commodity"] == "footwear") & (reading.rows["kind"] == "month")]
    assert footwear[["quantity", "unit"]].values.tolist() == [[7.6, "100 million pairs"]]


def test_unknown_label_is_kept(held):
    rows = country_rows(held, "2026-03")
    rows[5][0] = "of which: Neverland"
    _, partners = read(page(f"(4) {COUNTRY}, Mar 2026 (in CNY)", YUAN, rows), held)
    assert [(label.name, label.code) for label in partners.unknown] == [("of which: Neverland", "unlisted_neverland")]
    assert "unlisted_neverland" in set(partners.rows["partner"])


# --- what is refused ----------------------------------------------------------------------------------------------------


def test_page_that_is_an_image(held):
    title = "China's Total Value of Imports and Exports by Major Country (Region), Jan. 2018"
    shown = f"<html><head><title>{title}</title></head><body><div class='atcl-cnt'><img src='\\Excel\\4-RMB.png'/></div></body></html>"
    with pytest.raises(InputError, match=re.escape("as an image (\\Excel\\4-RMB.png)")):
        read(shown.encode(), held)


@pytest.mark.parametrize(
    ("title", "unit", "head", "why"),
    [
        ("Jun 2025 (in CNY)", "USD1 Million", "", "the title says CNY, the unit row 'Unit: USD1 Million'"),
        ("Jun 2025 (in USD)", "CNY 100 Million", "", "the title says USD"),
        ("Jun 2025 (in CNY)", "CNY 100 Million", "Jun 2025 (in USD)", "the currencies differ"),
        ("Jun 2025 (in CNY)", "CNY 100 Million", "May 2025 (in CNY)", "the months differ"),
        ("Jun 2025 (in CNY)", "", "", "names no size"),
        ("(in CNY)", "CNY 100 Million", "", "names no month"),
    ],
)
def test_titles_that_contradict(held, title, unit, head, why):
    rows = country_rows(held, "2025-06")
    with pytest.raises(InputError, match=why):
        read(page(f"(4) {COUNTRY}, {title}", unit, rows, head=head and f"(4) {COUNTRY}, {head}"), held)


def damaged(rows: list[list[str]]):
    """Every table that loses or gains a cell, whose header words are exchanged, or that lacks a row of its header."""
    for y, row in enumerate(rows):
        for x in range(0, len(row), 2):
            yield [*rows[:y], [*row[:x], *row[x + 1 :]], *rows[y + 1 :]]
            yield [*rows[:y], [*row[:x], *row[x + 1 :], ""], *rows[y + 1 :]]
            yield [*rows[:y], [*row[:x], "", *row[x:]], *rows[y + 1 :]]
    for y in (0, 1):
        yield [*rows[:y], *rows[y + 1 :]]
        for x in range(1, len(rows[0]) - 1):
            if rows[y][x] != rows[y][x + 1]:
                yield [*rows[:y], [*rows[y][:x], rows[y][x + 1], rows[y][x], *rows[y][x + 2 :]], *rows[y + 1 :]]


def test_damaged_tables_are_refused(held):
    goods = commodity_rows(held, "export", "2025-11")[:8]
    for title, rows in (
        (f"(4) {COUNTRY}, Mar 2026 (in CNY)", country_rows(held, "2026-03")[:8]),
        (f"(5) {EXPORTS}, Nov 2025 (in CNY)", goods),
    ):
        assert read(page(title, YUAN, rows), held)
        for broken in damaged(rows):
            with pytest.raises(InputError):
                print(broken, read(page(title, YUAN, broken), held))


def test_cut_pages(held):
    content = page(f"(4) {COUNTRY}, Mar 2026 (in CNY)", YUAN, country_rows(held, "2026-03"))
    for share in (0.2, 0.5, 0.8, 0.99):
        with pytest.raises(InputError):
            read(content[: int(len(content) * share)], held)
