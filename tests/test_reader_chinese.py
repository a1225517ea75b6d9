"""Customs' Chinese tables: figures compared with the stored ones, every unit, January and February, damaged files."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter
from depth import in_depth

from customs_report import loading, schema
from customs_report import tables as data
from customs_report.errors import InputError
from customs_report.readers import chinese, read
from customs_report.readers.documents import Sheets, open_document
from customs_report.readers.reading import Names

FIXTURES = Path(__file__).parent / "fixtures"
UNIT_WORDS = {
    "10,000 tonnes": "万吨", "tonnes": "吨", "100 million pairs": "亿双", "10,000 units": "万台", "100 million pieces": "亿个",
    "10,000 vehicles": "万辆", "vehicles": "辆", "ships": "艘", "aircraft": "架", "10,000 pieces": "万个", "units": "台", "": "-",
    "10,000 cubic metres": "万立方米",
}  # fmt: skip
PARTNERS = ("EU27", "DEU", "NLD", "USA", "ASEAN", "VNM", "JPN", "HKG", "RUS", "LATAM", "BRA", "RCEP", "BRI")
LABELS = {"DEU": "    其中：德国", "VNM": "  其中：越南", "EU27": "  欧洲联盟", "HKG": "中国\n香港", "BRA": "其中:巴西"}


@pytest.fixture(scope="module")
def held() -> data.Tables:
    return loading.read_printed(schema.DATA)


@pytest.fixture(scope="module")
def names(held) -> Names:
    return Names(held)


# --- tables made of the figures held ------------------------------------------------------------------------------------


def digits(value: float) -> str:
    return "-" if pd.isna(value) else f"{value:.15g}"


def names_zh(held: data.Tables) -> dict[str, str]:
    partners = zip(held.partner_list["partner"], held.partner_list["name_zh"], strict=True)
    return {code: name.split("; ")[0] for code, name in partners} | LABELS


Line = dict[tuple[str, str], float]


def country_lines(held: data.Tables, period: str) -> dict[str, Line]:
    """The bulletin's lines in yuan: (flow, month | ytd) and (flow, yoy); the total under "总值"."""
    lines: dict[str, Line] = {"总值": {}}
    totals = held.totals[(held.totals["period"] == period) & (held.totals["stage"] == "bulletin")]
    for row in totals.itertuples():
        lines["总值"][row.flow, "yoy" if row.measure == "yoy" else row.kind] = row.value
    for row in held.partners[held.partners["period"] == period].itertuples():
        line = lines.setdefault(row.partner, {})
        line |= {("exports", row.kind): row.exports, ("imports", row.kind): row.imports}
        if row.kind == "ytd":
            line |= {(flow, "yoy"): getattr(row, f"{flow}_yoy") for flow in ("total", "exports", "imports")}
    for line in lines.values():
        line |= {("total", kind): line["exports", kind] + line["imports", kind] for kind in ("month", "ytd")}
    return lines


def country_rows(held: data.Tables, lines: dict[str, Line], factor: float, kinds: tuple[str, ...]) -> list[list[str]]:
    """Trade, exports, imports in their kinds, then the printed growth of the year to date."""
    flows = ("total", "exports", "imports")
    return [
        [
            names_zh(held).get(code, code),
            *[digits(line[flow, kind] / factor) for flow in flows for kind in kinds],
            *["-" if pd.isna(line.get((flow, "yoy"))) else f"{line[flow, 'yoy']:.1f}" for flow in flows],
        ]
        for code, line in lines.items()
    ]


def every_country(held: data.Tables, period: str) -> dict[str, Line]:
    """The lines in the bulletin's order: total, each continent with its partners, what has no origin, groups at the end."""
    lines = country_lines(held, period)
    levels = [(flow, kind) for flow in ("total", "exports", "imports") for kind in ("month", "ytd")]

    def rest(whole: Line, parts: list[Line]) -> Line:
        return {key: max(whole[key] - sum(part[key] for part in parts), 0) for key in levels}

    of_continent = held.partner_list.set_index("partner")[["type"]]
    of_continent["continent"] = data.codes_of(held, period).set_index("partner")["continent"]
    others = {"AFRICA": "ZAO", "ASIA": "ZAS", "EUROPE": "ZEU", "LATAM": "ZSA", "NAMERICA": "ZNA", "OCEANIA": "ZOC"}
    out = {"总值": lines["总值"]}
    for continent, other in others.items():
        partners = {code: lines[code] for code in of_continent.index[of_continent["continent"] == continent] if code in lines}
        out |= {continent: lines[continent], **partners, other: rest(lines[continent], list(partners.values()))}
    out["ZZZ"] = rest(lines["总值"], [lines[continent] for continent in others])
    groups = (code for code in lines if code in of_continent.index and of_continent.at[code, "type"].endswith("group"))
    return out | {code: lines[code] for code in groups}


def country_grid(
    held, period: str, *, title="{}进出口商品主要国别（地区）总值表（人民币值）", unit="单位∶亿元人民币", factor=1e8,
    words=("{m}月", "1至{m}月"), kinds=("month", "ytd"), growth="累计比去年同期±％", lines=None,
) -> list[list[str]]:  # fmt: skip
    year, month = int(period[:4]), int(period[5:])
    span = [word.format(m=month) for word in words]
    upper = [cell for flow in ("进出口", "出口", "进口") for cell in (flow, *[""] * (len(span) - 1))]
    known = country_lines(held, period)
    lines = lines or {code: known[code] for code in ("总值", *PARTNERS)}
    return [
        ["", f"（4）{title.format(f'{year}年{month}月')}"],
        ["", *[""] * (len(upper) + 2), unit],
        ["", "进口原产国（地）\n出口最终目的国（地）", *upper, growth, "", ""],
        ["", "", *span * 3, "进出口", "出口", "进口"],
        *[["", *row] for row in country_rows(held, lines, factor, kinds)],
        ["", "注：自2020年2月起，欧盟数据均不包括英国。"],
    ]


def commodity_rows(
    held, flow: str, period: str, factor: float, blocks: tuple[str, ...], table="flash", limit=40
) -> list[list[str]]:
    """Lines with their quantity and value in each block; growth of the year to date is that of the figures themselves."""
    goods = held.commodities[(held.commodities["currency"] == "CNY") & (held.commodities["table"] == table)]
    goods = goods[goods["flow"] == flow]
    stage = {"flash": "preliminary", "bulletin": "bulletin"}[table]
    listed = held.commodity_list[held.commodity_list["flow"] == flow].set_index("commodity")
    before = f"{int(period[:4]) - 1}{period[4:]}"

    def lines(period: str, kind: str, stage: str) -> pd.DataFrame:
        rows = goods[(goods["period"] == period) & (goods["kind"] == kind) & (goods["stage"] == stage)]
        return rows.set_index("commodity")[["value", "quantity", "unit", "value_yoy", "quantity_yoy"]]

    have = {
        "month": lines(period, "month", stage),
        "ytd": lines(period, "ytd", stage),
        "before": lines(before, "ytd", "restated"),
    }
    needed = [have[block] for block in blocks if block in have]
    codes = [code for code in listed.index if all(code in rows.index for rows in needed)][:limit]
    out = []
    for code in codes:
        row = [listed.at[code, "name_zh"].split("; ")[0], UNIT_WORDS[needed[0].at[code, "unit"]]]
        for block in blocks:
            for what in ("quantity", "value"):
                if block in have:
                    row.append(digits(have[block].at[code, what] / (factor if what == "value" else 1)))
                elif block == "month_yoy":
                    row.append(digits(have["month"].at[code, f"{what}_yoy"]))
                else:
                    growth = (have["ytd"].at[code, what] / have["before"].at[code, what] - 1) * 100
                    row.append("-" if pd.isna(growth) else f"{growth:.1f}")
        out.append(row)
    return out


def commodity_grid(rows, title: str, unit: str, heads: tuple[str, ...]) -> list[list[str]]:
    return [
        ["", title],
        ["", unit],
        ["", "商品名称", "计量单位", *[cell for head in heads for cell in (head, "")]],
        ["", "", "", *["数量", "金额"] * len(heads)],
        *[["", *row] for row in rows],
        ["", "注：“*”包括部分与其他商品相互重合的商品。"],
    ]


def workbook(grid: list[list[str]], sheet: str = "Sheet1", *, numbers: bool = True) -> bytes:
    """A spreadsheet as customs make them: an empty row first, levels as numbers, growth as text, merged cells empty but the first."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet(sheet)
        for y, row in enumerate(grid, 1):
            for x, cell in enumerate(row):
                if cell == "":
                    continue
                is_level = numbers and cell.replace(".", "", 1).isdigit() and y > 4 and x > 1
                page.write_number(y, x, float(cell)) if is_level else page.write_string(y, x, cell)
    return stream.getvalue()


def as_read(grid: list[list[str]], names: Names, sheet: str = "Sheet1"):
    width = max(map(len, grid))
    return chinese.read(Sheets({sheet: [row + [""] * (width - len(row)) for row in grid]}), names)


def compared(rows: pd.DataFrame, held: pd.DataFrame, key: list[str], columns: list[str], step: float = 1.0) -> int:
    """The number of rows that are in the data, too; they must agree within half a step in these columns."""
    both = rows.merge(held, on=key, suffixes=("", "_held"))
    for column in columns:
        gap = (both[column] - both[f"{column}_held"]).abs()
        assert (gap.fillna(0) <= step).all(), both[gap > step][[*key, column, f"{column}_held"]]
        assert (both[column].isna() == both[f"{column}_held"].isna()).all()
    return len(both)


# --- golden figures -----------------------------------------------------------------------------------------------------


def test_excel_97_by_country(held):
    """June 2026 as published, floats with up to eight decimals: the bulletin's yuan to the last one."""
    totals, partners = read((FIXTURES / "chinese_by_country_2026-06.xls").read_bytes(), held)
    assert (partners.layout, partners.source) == ("preliminary release, table (4), by country, in yuan", "gacc-flash-4")
    assert (partners.period, partners.currency, partners.released, partners.warnings) == ("2026-06", "CNY", "", ())
    assert not partners.unknown
    assert len(partners.rows) == 2 * 29
    assert set(partners.rows["stage"]) == {"preliminary"}
    key = ["period", "kind", "partner"]
    growth = ["exports_yoy", "imports_yoy", "total_yoy"]
    assert compared(partners.rows, held.partners, key, ["exports", "imports"]) == 56
    printed = held.partners.dropna(subset=growth)
    assert compared(partners.rows, printed, key, growth, 0.01) >= 20
    total = totals.rows.set_index(["kind", "flow", "measure"])["value"]
    assert total["month", "exports", "level"] == 2820668965572
    assert total["ytd", "imports", "yoy"] == 22.1


@pytest.mark.parametrize(
    ("file", "flow", "released", "layout"),
    [
        ("chinese_exports_2025-11_gb18030.html", "export", "2025-12-08", "preliminary release, table (5), major exports by quantity and value, in yuan"),
        ("chinese_imports_2025-11_utf8.html", "import", "", "preliminary release, table (6), major imports by quantity and value, in yuan"),
    ],
)  # fmt: skip
def test_pages_of_commodities(held, file, flow, released, layout):
    (reading,) = read((FIXTURES / file).read_bytes(), held)
    assert (reading.layout, reading.released, reading.unknown) == (layout, released, ())
    assert set(reading.rows["flow"]) == {flow}
    goods = held.commodities[held.commodities["table"] == "flash"]
    key = ["period", "kind", "flow", "commodity", "currency", "stage", "unit"]
    assert compared(reading.rows, goods, key, ["value", "quantity"]) == len(reading.rows)
    assert set(reading.rows["stage"]) == {"preliminary", "restated"}


def test_page_of_totals(held):
    (reading,) = read((FIXTURES / "chinese_totals_2026-03.html").read_bytes(), held)
    assert (reading.source, reading.released) == ("gacc-flash-1", "2026-04-14")
    rows = reading.rows.set_index(["kind", "flow", "measure"])["value"]
    assert rows["month", "exports", "level"] == 2229.70e9
    assert rows["ytd", "balance", "level"] == 1855.34e9
    assert (rows["month", "imports", "yoy"], rows["ytd", "total", "yoy"]) == (23.8, 15)
    assert ("month", "total", "other") not in rows.index


def test_workbook_and_grid_read_the_same(held, names):
    grid = country_grid(held, "2026-03")
    from_file = chinese.read(open_document(workbook(grid, "M139RMBADD")), names)
    from_grid = as_read(grid, names)
    for a, b in zip(from_file, from_grid, strict=True):
        pd.testing.assert_frame_equal(a.rows, b.rows)
    key = ["period", "kind", "partner"]
    assert (
        compared(from_file[1].rows, held.partners, key, ["exports", "imports", "exports_yoy", "imports_yoy", "total_yoy"]) == 26
    )
    assert not from_file[1].unknown


@pytest.mark.parametrize(
    ("unit", "title", "factor", "currency"),
    [
        ("单位∶亿元人民币", "（人民币值）", 1e8, "CNY"),
        ("单位：万元", "（人民币）", 1e4, "CNY"),
        ("单位:万元人民币", "", 1e4, "CNY"),
        ("单位：百万美元", "（美元值）", 1e6, "USD"),
        ("单位∶亿美元", "", 1e8, "USD"),
        ("单位：千美元", "（美元值）", 1e3, "USD"),
        ("单位：万美元", "（美元）", 1e4, "USD"),
    ],
)
def test_units(held, names, unit, title, factor, currency):
    grid = country_grid(held, "2026-03", unit=unit, title="{}进出口商品主要国别（地区）总值表" + title, factor=factor)
    partners = as_read(grid, names)[1]
    assert (partners.currency, partners.source) == (currency, "gacc-flash-4" + ("-usd" if currency == "USD" else ""))
    usa = partners.rows.set_index(["partner", "kind"]).loc[("USA", "ytd")]
    assert (usa["exports"], usa["imports"]) == (677763486589, 223904775958)


def test_titles_of_every_year(held, names):
    for title in (
        "{}进出口商品主要国别（地区）总值表",
        "(6){}进出口商品主要国别(地区)总值表(人民币)",
        "{} 进出口商品主要\n国别（地区）总值表（人民币值）",
    ):
        assert as_read(country_grid(held, "2026-03", title=title), names)[0].source == "gacc-flash-4"


# --- the monthly bulletin -----------------------------------------------------------------------------------------------


def commas(grid: list[list[str]], first: int, last: int) -> list[list[str]]:
    """The cells of these columns as the bulletin has them: text of whole numbers with commas."""
    whole = lambda cell: f"{round(float(cell)):,}" if cell.replace(".", "", 1).isdigit() else cell  # noqa: E731
    return [[whole(cell) if y > 3 and first <= x < last else cell for x, cell in enumerate(row)] for y, row in enumerate(grid)]


BULLETIN = {"title": "{}进出口商品国别（地区）总值表（人民币值）", "unit": "单位：万元人民币", "factor": 1e4}


def test_bulletin_by_country(held, names):
    grid = commas(country_grid(held, "2026-03", **BULLETIN, lines=every_country(held, "2026-03")), 2, 8)
    grid.insert(7, ["", "阿富汗", *["-"] * 9])
    totals, partners = chinese.read(open_document(workbook(grid, "M102RMB", numbers=False)), names)
    assert (partners.source, set(partners.rows["stage"])) == ("gacc-bulletin-2", {"bulletin"})
    assert partners.layout == "monthly bulletin, table (2), imports and exports by country (region), in yuan"
    march = held.partners[held.partners["period"] == "2026-03"]
    assert compared(partners.rows, march, ["period", "kind", "partner"], ["exports", "imports", "total_yoy"], 5001) == len(
        march
    )
    assert len(totals.rows) == 9
    assert not partners.unknown
    assert "AFG" not in set(partners.rows["partner"])  # a line of dashes has no figures
    for y in (6, 20, 40):
        with pytest.raises(InputError):  # the continent lacks a country
            as_read(grid[:y] + grid[y + 1 :], names)


def test_bulletin_of_a_january_is_its_year_to_date(held, names):
    january = {"words": ("{m}月",), "kinds": ("month",), "growth": "比去年同期±%"}
    grid = country_grid(held, "2024-01", **BULLETIN, **january, lines=every_country(held, "2024-01"))
    totals, partners = as_read(grid, names)
    held_then = held.partners[held.partners["period"] == "2024-01"]
    key = ["period", "kind", "partner"]
    assert compared(partners.rows, held_then, key, ["exports", "imports", "total_yoy"]) == len(held_then)
    assert set(totals.rows["kind"]) == {"month", "ytd"}
    with pytest.raises(InputError, match="unknown column"):  # in March such a heading does not say which growth it is
        as_read(country_grid(held, "2026-03", **BULLETIN, growth="比去年同期±%"), names)


def test_bulletin_commodities(held, names):
    blocks = ("month", "ytd", "month_yoy")
    rows = commodity_rows(held, "export", "2025-11", 1e4, blocks, table="bulletin")
    title, unit = "（13）2025年11月出口主要商品量值表（人民币值）", "单位：万元人民币"
    grid = commas(commodity_grid(rows, title, unit, ("11月", "1至11月累计", "当月比去年同期±%")), 3, 7)
    (reading,) = chinese.read(open_document(workbook(grid, "M113RMB", numbers=False)), names)
    assert (reading.source, reading.unknown) == ("gacc-bulletin-13", ())
    bulletin = held.commodities[held.commodities["table"] == "bulletin"]
    key = ["period", "kind", "flow", "commodity", "currency", "unit"]
    assert compared(reading.rows, bulletin, key, ["value", "quantity", "value_yoy", "quantity_yoy"]) == len(reading.rows) > 60


def test_bulletin_commodities_of_a_january(held, names):
    rows = commodity_rows(held, "export", "2026-01", 1e4, ("month", "month_yoy"), table="bulletin")
    grid = commodity_grid(rows, "（13）2026年1月出口主要商品量值表（人民币值）", "单位：万元", ("1月", "比去年同期±%"))
    (reading,) = as_read(grid, names)
    month, ytd = (reading.rows[reading.rows["kind"] == kind].set_index("commodity") for kind in ("month", "ytd"))
    assert month["value"].equals(ytd["value"])
    assert month["value_yoy"].notna().all()
    assert ytd["value_yoy"].isna().all()


def month_table(held: data.Tables, last: str, *, growth: bool = True) -> list[list[str]]:
    totals = held.totals[(held.totals["stage"] == "bulletin") & (held.totals["currency"] == "CNY")]
    levels = totals[totals["measure"] == "level"].set_index(["period", "kind", "flow"])["value"]
    flows = ["进出口", "出口", "进口", "贸易差额"]
    grid = [
        ["", f"（1）{int(last[:4])}年{int(last[5:])}月进出口商品总值表（人民币值）B:月度表"],
        ["", "单位：亿元人民币"],
        ["", "年 月", *flows, "1至当月累计", "", "", ""],
        ["", "", *[""] * 4, *flows],
    ]
    for period in (p for p in sorted(totals["period"].unique()) if "2025-01" <= p <= last):
        row = []
        for kind in ("month", "ytd"):
            exports, imports = levels[period, kind, "exports"] / 1e8, levels[period, kind, "imports"] / 1e8
            row += [exports + imports, exports, imports, exports - imports]
        grid.append(["", period.replace("-", ".") if period[5:] != "10" else "2025.1", *[f"{value:.2f}" for value in row]])
        if growth and period.startswith("2026"):
            grid.append(["", "与去年同期比±%", "15.0", "11.9", "19.6", "", "15.0", "11.9", "19.6", ""])
            grid.append(["", "与上月比±%", "1.0", "1.0", "1.0", "", "", "", "", ""])
    return grid


def test_bulletin_totals_by_month(held, names):
    (reading,) = as_read(month_table(held, "2026-03"), names)
    assert (reading.source, reading.period) == ("gacc-bulletin-1", "2026-03")
    assert reading.rows["period"].nunique() == 15
    bulletin = held.totals[(held.totals["stage"] == "bulletin") & (held.totals["measure"] == "level")]
    key = ["period", "kind", "flow", "measure", "currency"]
    assert compared(reading.rows, bulletin, key, ["value"], 0.51e6) == 60
    growth = reading.rows[reading.rows["measure"] == "yoy"]
    assert set(growth["period"]) == {"2026-01", "2026-02", "2026-03"}
    assert set(growth["flow"]) == {"total", "exports", "imports"}


def test_bulletin_totals_that_lack_a_month(held, names):
    grid = month_table(held, "2026-03", growth=False)
    for y in range(4, len(grid)):
        with pytest.raises(InputError):
            as_read(grid[:y] + grid[y + 1 :], names)


# --- January and February -----------------------------------------------------------------------------------------------

FEBRUARY = ("2月", "1至2月累计", "去年同期累计", "累计比去年同期±%")


def february(held, flow: str, month: bool) -> list[list[str]]:
    """Lines of March 2025 cut down to what a February prints: with January and February where the month would stand, or not."""
    rows = commodity_rows(held, flow, "2025-03", 1e8, ("month", "ytd", "before", "yoy"))
    return rows if month else [[*row[:2], *row[4:6], *row[4:]] for row in rows]


def test_month_that_repeats_january_and_february_is_dropped(held, names):
    title = "（6）2026年1至2月全国进口重点商品量值表（人民币值）"
    for first in ("2月", "1至2月"):
        grid = commodity_grid(february(held, "import", month=False), title, "单位：亿元", (first, *FEBRUARY[1:]))
        (reading,) = as_read(grid, names)
        assert reading.warnings == ("the month’s block repeats January and February together; only the year to date is read",)
        assert set(reading.rows["kind"]) == {"ytd"}
        assert set(reading.rows["period"]) == {"2026-02", "2025-02"}


def test_february_alone_is_kept(held, names):
    title = "（5）2026年1至2月全国出口重点商品量值表（人民币值）"
    (reading,) = as_read(commodity_grid(february(held, "export", month=True), title, "单位：亿元", FEBRUARY), names)
    assert reading.warnings == ()
    assert set(reading.rows["kind"]) == {"month", "ytd"}


def test_january_and_february_without_a_month(held, names):
    rows = [[*row[:2], *row[4:]] for row in february(held, "export", month=True)]
    title = "（5）2025年1至2月全国出口重点商品量值表（人民币值）"
    (reading,) = as_read(commodity_grid(rows, title, "单位：亿元", FEBRUARY[1:]), names)
    assert set(reading.rows["kind"]) == {"ytd"}
    grid = country_grid(
        held, "2026-03", words=("1至2月",), kinds=("ytd",), title="2026年1至2月进出口商品主要国别（地区）总值表"
    )
    grid[0][1] = "（5）2026年1至2月进出口商品主要国别（地区）总值表"
    partners = as_read(grid, names)[1]
    assert (partners.period, set(partners.rows["kind"])) == ("2026-02", {"ytd"})


def test_half_repeated_february_is_refused(held, names):
    title = "（6）2026年1至2月全国进口重点商品量值表（人民币值）"
    rows = february(held, "import", month=False)
    rows[3][3] = digits(float(rows[3][3]) / 2)
    with pytest.raises(InputError, match="not in every line"):
        as_read(commodity_grid(rows, title, "单位：亿元", FEBRUARY), names)
    with pytest.raises(InputError, match="figures differ"):
        as_read(commodity_grid(february(held, "import", month=True), title, "单位：亿元", ("1至2月", *FEBRUARY[1:])), names)


# --- what is refused ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "unit", "sheet", "why"),
    [
        ("（人民币值）", "单位：百万美元", "Sheet1", "the title says CNY"),
        ("（美元值）", "单位∶亿元人民币", "Sheet1", "the title says USD"),
        ("（人民币值）", "单位∶亿元人民币", "M139USDADD", "the sheet is named 'M139USDADD'"),
        ("", "单位：百万美元", "M139RMBADD", "the sheet is named"),
        ("（人民币值）", "", "Sheet1", "names no size"),
        ("（人民币值）", "单位：元", "Sheet1", "names no size"),
        ("", "", "Sheet1", "no single currency"),
    ],
)
def test_currencies_that_contradict(held, names, title, unit, sheet, why):
    grid = country_grid(held, "2026-03", title="{}进出口商品主要国别（地区）总值表" + title, unit=unit)
    with pytest.raises(InputError, match=why):
        as_read(grid, names, sheet)


def test_pages_without_a_table(held):
    page = "<html><head><title>{0}</title></head><body><h1>{0}</h1>{1}</body></html>"
    title = "（4）2026年6月进出口商品主要国别（地区）总值表（人民币值）"
    with pytest.raises(InputError, match="add that file"):
        read(page.format(title, "<iframe src='/wps/viewer'></iframe>").encode(), held)
    with pytest.raises(InputError, match="annual"):
        read(
            page.format("（1）2025年12月进出口商品总值表（人民币值）A:年度表", "<table><tr><td>年</td></tr></table>").encode(),
            held,
        )
    with pytest.raises(InputError, match="none of customs"):
        read(page.format("（3）2026年6月进出口商品贸易方式总值表（人民币值）", "").encode(), held)


def test_months_of_page_and_table_differ(held):
    page = (FIXTURES / "chinese_imports_2025-11_utf8.html").read_text(encoding="utf-8")
    wrong = page.replace('<tr><td colspan="9">&nbsp;</td>', '<tr><td colspan="9">2025年10月全国进口重点商品量值表</td>')
    assert wrong != page
    with pytest.raises(InputError, match="the months differ"):
        read(wrong.encode(), held)


def test_cut_pages_and_workbooks(held):
    for name in ("chinese_exports_2025-11_gb18030.html", "chinese_by_country_2026-06.xls"):
        content = (FIXTURES / name).read_bytes()
        for share in (0.3, 0.6, 0.9):
            with pytest.raises(InputError):
                read(content[: int(len(content) * share)], held)


@pytest.mark.parametrize(("kind", "times"), [("xls", 5), ("xlsx", 5), ("html", 80), *in_depth(("xls", 15), ("xlsx", 15))])
def test_bytes_damaged_at_random(held, names, kind, times):
    """Never wrong figures, and an error of one line, even if the library crashes or loops on a workbook."""
    files = {"xls": "chinese_by_country_2026-06.xls", "html": "chinese_imports_2025-11_utf8.html"}
    content = (FIXTURES / files[kind]).read_bytes() if kind in files else workbook(country_grid(held, "2026-03"))

    def figures(document) -> list[pd.DataFrame]:
        readings = chinese.read(document, names) if chinese.recognises(document) else []
        return [reading.rows.drop(columns=["partner", "commodity"], errors="ignore") for reading in readings]

    whole = figures(open_document(content))
    chance, refused = random.Random(kind), []
    for _ in range(times):
        start, length = chance.randrange(len(content)), chance.randrange(1, 60 if kind == "html" else 3000)
        rest = chance.choice((b"", content[start + length :], content[start - length :]))
        try:
            found = figures(open_document(content[:start] + rest))
        except InputError as refusal:
            refused.append(str(refusal))
            continue
        for rows, expected in zip(found, whole, strict=bool(found)):
            pd.testing.assert_frame_equal(rows, expected)
    assert len(refused) > 0.7 * times
    assert not any("\n" in line for line in refused)


def damaged(grid: list[list[str]], header: int):
    """Every table that loses a cell, a row of its header, or has two cells, two units or two header words exchanged."""
    last = len(grid) - 1
    for y in range(header, last):
        for x in range(1, len(grid[y])):
            yield f"without {y}, {x}", [*grid[:y], [*grid[y][:x], *grid[y][x + 1 :], ""], *grid[y + 1 :]]
            yield f"one more at {y}, {x}", [*grid[:y], [*grid[y][:x], "", *grid[y][x:]], *grid[y + 1 :]]
            if grid[y][x] not in ("", "-"):
                yield f"empty {y}, {x}", [*grid[:y], [*grid[y][:x], "", *grid[y][x + 1 :]], *grid[y + 1 :]]
    for y in (header, header + 1):
        yield f"without row {y}", [*grid[:y], *grid[y + 1 :]]
    for x in range(2, len(grid[header]) - 1):
        for y in (header, header + 1):
            row = list(grid[y])
            row[x], row[x + 1] = row[x + 1], row[x]
            if row != grid[y]:
                yield f"exchanged {y}, {x}", [*grid[:y], row, *grid[y + 1 :]]


def test_damaged_tables_are_refused_or_read_the_same(held, names):
    blocks = ("month", "ytd", "before", "yoy")
    heads = ("11月", "1至11月累计", "去年同期累计", "累计比去年同期±%")
    goods = commodity_grid(
        commodity_rows(held, "export", "2025-11", 1e8, blocks, limit=8),
        "2025年11月全国出口重点商品量值表",
        "单位：亿元",
        heads,
    )
    counts = {"refused": 0, "same": 0}
    countries = country_grid(held, "2026-03")
    for grid in (goods, [*countries[:11], countries[-1]]):
        whole = [reading.rows for reading in as_read(grid, names)]
        for what, broken in damaged(grid, 2):
            try:
                found = [reading.rows for reading in as_read(broken, names)]
            except InputError:
                counts["refused"] += 1
                continue
            for a, b in zip(found, whole, strict=True):
                pd.testing.assert_frame_equal(a, b, obj=what)
            counts["same"] += 1
    assert counts["same"] == 6  # in merged cells of the header
    assert counts["refused"] > 450


def test_swapped_units_and_growth_are_seen(held, names):
    blocks = ("month", "ytd", "before", "yoy")
    rows = commodity_rows(held, "export", "2025-11", 1e8, blocks, limit=12)
    title, heads = "2025年11月全国出口重点商品量值表", ("11月", "1至11月累计", "去年同期累计", "累计比去年同期±%")
    for y, x, cell in (
        (1, 1, "-"),
        (0, 1, "万吨"),
        (1, 1, "万箱"),
        (1, 9, "18.0"),
        (2, 8, "-35.7"),
        (1, 3, "1400"),
        (1, 4, "40"),
    ):
        wrong = [list(row) for row in rows]
        wrong[y][x] = cell
        with pytest.raises(InputError):
            as_read(commodity_grid(wrong, title, "单位：亿元", heads), names)
    twice = commodity_grid([*rows, rows[3]], title, "单位：亿元", heads)
    with pytest.raises(InputError, match="twice"):
        as_read(twice, names)


def test_unknown_labels_are_kept_and_named(held):
    names = Names(held)
    grid = country_grid(held, "2026-03")
    grid[6][1] = "其中：新国"
    partners = as_read(grid, names)[1]
    assert [label.name for label in partners.unknown] == ["其中：新国"]
    assert partners.unknown[0].code in set(partners.rows["partner"])


def test_several_sheets_and_empty_ones(held, names):
    yuan = country_grid(held, "2026-03")
    dollars = country_grid(
        held, "2026-03", title="{}进出口商品主要国别（地区）总值表（美元值）", unit="单位：百万美元", factor=1e6
    )
    document = open_document(workbook(yuan, "M139RMBADD"))
    dollars = [row + [""] * (12 - len(row)) for row in dollars]
    both = replace(document, grids={**document.grids, "Sheet2": [], "M139USDADD": dollars})
    readings = chinese.read(both, names)
    assert [reading.currency for reading in readings] == ["CNY", "CNY", "USD", "USD"]
