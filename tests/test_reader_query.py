"""The query platform's CSV: codes as keys, any order of columns, both languages, files edited in a spreadsheet."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from customs_report import readers, schema
from customs_report import tables as data
from customs_report.calculations.lines import continent_of
from customs_report.errors import InputError
from customs_report.readers import query
from customs_report.readers.documents import open_document
from customs_report.readers.reading import Names

FIXTURES = Path(__file__).parent / "fixtures"
CRUDE = (FIXTURES / "query_crude_zh.csv").read_bytes()
ALL = (FIXTURES / "query_all_dimensions_en.csv").read_bytes()
ZH = CRUDE.decode("gb18030")
EN = ALL.decode()


def read(content: str | bytes, tables: data.Tables, flow: str = "import") -> readers.Reading:
    (reading,) = readers.read(content if isinstance(content, bytes) else content.encode(), tables, flow=flow)
    return reading


def csv(
    *rows: str, header: str = '"数据年月","商品编码","商品名称","第一数量","第一计量单位","第二数量","第二计量单位","人民币",'
) -> str:
    return "\n".join([header, *rows]) + "\n"


def row(period="202301", code="27090000", quantity="5", unit="千克", value="1,234", name="原油", more="") -> str:
    return f'"{period}","{code}","{name}","{quantity}","{unit}","0","?","{value}",{more}'


def test_months_of_one_commodity_are_those_that_the_data_hold(loaded):
    reading = read(CRUDE, loaded)
    stored = duckdb.execute("FROM read_parquet(?)", [str(schema.DATA / "detail" / "seed.parquet")]).df()
    both = reading.rows.merge(stored, on=list(schema.DETAIL.key))
    assert len(both) == len(reading.rows) == 4
    assert list(reading.rows["value"]) == [25953364622, 23927569223, 32511871982, 29491177511] == list(both["value_y"])
    assert list(both["quantity_x"]) == list(both["quantity_y"])
    assert set(reading.rows["unit"]) == {"kilograms"}
    assert (reading.table, reading.source, reading.period, reading.currency) == ("detail", "gacc-query", "2023-12", "USD")
    assert set(reading.rows["stage"]) == {"revised"}
    assert set(reading.rows["step"]) == {1.0}
    assert set(reading.rows["kind"]) == {"month"}
    for dimension in ("partner", "regime", "province"):
        assert set(reading.rows[dimension]) == {""}


def test_a_second_quantity_without_a_unit_is_left_out_and_said(loaded):
    reading = read(CRUDE, loaded)
    assert reading.rows["quantity_2"].isna().all()
    assert set(reading.rows["unit_2"]) == {""}
    assert reading.warnings == ("second quantities without a unit: 1 left out",)


def test_every_dimension_of_an_english_file_with_odd_names(loaded):
    reading = read(ALL, loaded, "export")
    rows = reading.rows[["period", "flow", "commodity", "partner", "regime", "province", "value", "unit", "unit_2"]]
    assert [tuple(r) for r in rows.itertuples(index=False)] == [
        ("2019-01", "export", "85412100", "USA", "34", "31", 5552648, "units", "kilograms"),
        ("2019-01", "export", "01012100", "USA", "10", "44", 4708, "units", ""),
        ("2019-02", "export", "85045000", "GACC349", "10", "44", 545, "", ""),
        ("2019-02", "export", "85045000", "CHN", "10", "44", 391, "kilograms", "thousands"),
        ("2019-02", "export", "85045000", "unlisted_888freedonia", "10", "44", 390, "kilograms", "thousands"),
    ]
    assert list(reading.rows["quantity"].fillna(0)) == [809031923, 12, 0, 7.5, 7]
    assert [(label.name, label.code) for label in reading.unknown] == [("888 Freedonia", "unlisted_888freedonia")]
    assert reading.warnings == ("rows with an amount of 0: 1 of 6 left out",)


@pytest.mark.parametrize(
    "content",
    [
        ZH.encode("utf-8"),
        ZH.encode("utf-8-sig"),
        ZH.replace("\n", "\r\n").encode("gb18030"),
        ZH.replace('",\n', '"\n').encode("gb18030"),
        ZH.replace('"', "").replace("25,953,364,622", '"25,953,364,622"').replace("23,927,569,223", "23927569223").replace("32,511,871,982", "32511871982").replace("29,491,177,511", "29491177511").encode(),
        ZH.replace("?", "—").encode(),
        ZH.replace("?", "-").encode(),
        ZH.replace("石油原油", "鐭虫补\0鍘熸补").encode(),
        ZH.rstrip("\n").encode(),
        ZH.replace('"美元"', '"US dollar"').replace("数据年月", "Date of data").replace("第二数量", "Supplementary Quantity").encode(),
    ],
    ids=["utf-8", "bom", "crlf", "no trailing comma", "few quotes", "em dash", "hyphen", "mangled names", "no last line end", "mixed"],
)  # fmt: skip
def test_forms_of_one_file_give_the_same_rows(loaded, content):
    assert read(content, loaded).rows.equals(read(CRUDE, loaded).rows)


def test_columns_may_stand_in_any_order(loaded):
    rows = [line.split('","') for line in ZH.replace('"\n', '",\n').strip().split("\n")]
    turned = "\n".join('"' + '","'.join(c.strip('",') for c in reversed(cells)) + '",' for cells in rows) + "\n"
    assert turned.startswith('"美元"')
    assert read(turned, loaded).rows.equals(read(CRUDE, loaded).rows)


def test_yuan_are_told_by_the_column(loaded):
    reading = read(csv(row()), loaded)
    assert (reading.currency, set(reading.rows["currency"])) == ("CNY", {"CNY"})
    assert reading.layout == "query platform, imports by commodity, 2023-01, in yuan"


COLUMNS = {  # dimension -> Chinese and English headers, cells
    "commodity": (("商品编码", "商品名称"), ("Commodity code", "Commodity"), ("950691", "健身及康复器械")),
    "partner": (("贸易伙伴编码", "贸易伙伴名称"), ("Trading partner code", "Trading partner"), ("502", "美国")),
    "regime": (("贸易方式编码", "贸易方式名称"), ("Customs Regime code", "Customs Regime"), ("10", "一般贸易")),
    "province": (
        ("注册地编码", "注册地名称"),
        ("Locations of importers and exporters code", "Locations of importers and exporters"),
        ("44", "广东省"),
    ),
}
READ = {"commodity": "950691", "partner": "USA", "regime": "10", "province": "44"}


@pytest.mark.parametrize("english", [False, True], ids=["chinese", "english"])
@pytest.mark.parametrize(
    ("dimensions", "digits"),
    [
        (("commodity",), 2), (("commodity",), 4), (("commodity",), 6), (("partner",), 6), (("regime",), 6), (("province",), 6),
        (("partner", "regime"), 6), (("province", "commodity", "regime", "partner"), 6), ((), 6),
    ],
)  # fmt: skip
def test_queries_without_quantities(loaded, dimensions, digits, english):
    """By 2, 4 or 6 digits, without goods, or summed altogether, the platform gives no quantities; the order of columns varies."""
    names = [name for d in dimensions for name in COLUMNS[d][english]]
    cells = [cell[:digits] if cell == "950691" else cell for d in dimensions for cell in COLUMNS[d][2]]
    header = ["Date of data" if english else "数据年月", *names, "US dollar" if english else "美元"]
    content = csv(
        *[f'"{line}",' for line in ['","'.join(["202603", *cells, "98,765,432"])]], header='"' + '","'.join(header) + '",'
    )
    turned = "".join('"' + '","'.join(reversed(line[1:-2].split('","'))) + '",\n' for line in content.splitlines())
    for order in (content, turned):
        reading = read(order, loaded)
        (found,) = reading.rows.to_dict("records")
        expected = {d: READ[d][:digits] if d == "commodity" else READ[d] for d in dimensions}
        assert {d: found[d] for d in COLUMNS} == dict.fromkeys(COLUMNS, "") | expected
        assert [found[c] for c in ("period", "value", "currency", "unit", "unit_2")] == ["2026-03", 98765432, "USD", "", ""]
        assert reading.rows[["quantity", "quantity_2"]].isna().all(axis=None)


def test_without_a_flow_it_is_asked_for(loaded):
    with pytest.raises(
        InputError, match=r"do not say whether they are exports or imports: add --flow export or --flow import$"
    ):
        read(CRUDE, loaded, "")


def test_exactly_ten_thousand_rows_are_a_cut_file(loaded):
    lines = [row(code=f"{i:08d}") for i in range(10_000)]
    assert read(csv(*lines), loaded).warnings == ("exactly 10,000 rows: the platform cuts its files there without a mark",)
    assert read(csv(*lines[:-1]), loaded).warnings == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (csv(row(), row(value="9")), "names 2023-01 month import 27090000 CNY revised twice"),
        (csv(row(), row(code="270900")), "commodity codes of 6 and of 8 digits"),
        (csv(row(code="1012100")), "row 2: '1012100' is not a code of 2, 4, 6 or 8 digits; a spreadsheet has dropped its leading zero"),
        (csv(row(code="2709,0000")), "row 2: '2709,0000' is not a code"),
        (csv(row(quantity="43,310")), "row 2, quantity: '43,310' is not a figure"),
        (csv(row(), row("202302", value="25,95")), "row 3, amount: '25,95' is not a figure"),
        (csv(row(value="1.5e6")), "'1.5e6' is not a figure as the platform writes it; a spreadsheet has rounded it"),
        (csv(row(quantity="4.33E+10")), "row 2, quantity: '4.33E\\+10' is not a figure .* a spreadsheet has rounded it, in scientific notation"),
        (csv(row(code="2.71E+07")), "'2.71E\\+07' is not a code .* a spreadsheet has rounded it"),
        (csv(row("2.02E+05")), "'2.02E\\+05' is not a month .* a spreadsheet has rounded it"),
        (csv(row(value="9" * 400)), "is not a figure"),
        (csv(row(quantity="9" * 400)), "is not a figure"),
        (csv(row("２０２３０１")), "is not a month"),
        (csv(row(), ZH.splitlines()[0], row("202302")), "row 3 is a header again: two downloads in one file"),
        (csv(row(), EN.splitlines()[0].replace('"US dollar",', '"US dollar",')) + row("202302"), "two downloads in one file|fields, the header"),
        (csv(row(value="-5")), "'-5' is not a figure"),
        (csv(row(value="?")), r"amount: '\?' is not a figure"),
        (csv(row("202313")), "'202313' is not a month"),
        (csv(row("2023-01")), "'2023-01' is not a month"),
        (csv(row(unit="?")), "row 2: a quantity without a unit"),
        (csv(row(quantity="0").replace('"0","?"', '"5","?"')), "row 2: a quantity without a unit"),
        (csv(row(unit="千斤")), "row 2: the quantity unit '千斤' is not in reference/units.csv"),
        (csv(row(more='"7"')), "row 2 has 9 fields, the header 9|row 2 has a field more than the header"),
        (csv(row(value="0")), "the table has no figures"),
        (ZH.replace('"数据年月",', "").replace('"2023', '"').replace('"01",', "").replace('"02",', "").replace('"10",', "").replace('"12",', ""), "no column 数据年月 .* its months are summed"),
        (ZH.replace("美元", "欧元"), "no column '欧元'; nearest: '美元'"),
        (ZH.replace("商品名称", "关别编码"), "no column '关别编码'; nearest: '商品编码'"),
        (ZH.replace("商品编码", "商品名称"), "'商品名称' is there twice"),
        (ZH.replace("第二数量", "人民币"), "must stand in one column"),
        (ZH.replace('"第一计量单位",', "").replace('"千克",', ""), r"no column 第一计量单位 \(Unit\)"),
        (ZH.replace('"第二计量单位",', "").replace('"?",', ""), r"no column 第二计量单位"),
        (EN.replace("Trading partner code", "Commodity code").replace('Guangdong","85', '85","85'), "'Commodity code' is there twice"),
        (EN.replace('"502","United States"', '"502","Argentina"', 1), "partner code 502 is USA, the name beside it 'Argentina' is ARG"),
        (EN.replace('"502"', '"52"', 1), "'52' is not a partner code of three digits"),
        (EN.replace('"34","Entrepot', '"3","Entrepot'), "'3' is not a regime code of two digits"),
        (EN.replace('"31","Shanghai"', '"99","Shanghai"'), "'99' is not a code of reference/provinces.csv"),
        (ZH.replace('"43310090974",', ""), "row 2 has 8 fields, the header 9"),
        ("<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>", "the file is a web page titled '502 Bad Gateway' and none of customs’ tables: the download failed"),
        ("<!DOCTYPE html>\n<html><body>", "the page breaks off"),
    ],
)  # fmt: skip
def test_what_is_not_right_is_refused_in_one_line(loaded, content, why):
    with pytest.raises(InputError, match=why) as refusal:
        read(content, loaded)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(("whole", "step"), [(CRUDE, 3), (ALL, 11)], ids=["chinese", "english"])
def test_a_file_cut_anywhere_is_refused_or_ends_with_a_whole_row(loaded, whole, step):
    names = Names.of(loaded, "import")
    (full,) = query.read(open_document(whole), names)
    kept = 0
    for end in range(0, len(whole), step):
        try:
            document = open_document(whole[:end])
            if not query.recognises(document):
                continue
            (reading,) = query.read(document, names)
        except InputError:
            continue
        kept += 1
        assert reading.rows.equals(full.rows.head(len(reading.rows)))
    assert kept < len(whole) / step / 10


def test_every_unit_of_quantity_that_customs_uses_is_known(loaded):
    names = Names(loaded)
    shown = "Kilogram|Number of item|Metre|Pair|Gram|Litre|Carat|In Hundreds|Square Metre|In Thousands|Kilowatt|Cubic Metre|Million Bq|Kilowatt-hour|Kilolitre|千克|桶|个|双|克拉|百个|千个|百万贝可|千瓦时|艘|架|辆"
    units = {text: names.unit(text) for text in shown.split("|")}
    assert set(units.values()) <= set(loaded.units["unit"])
    assert units["In Hundreds"] == units["百个"] == "hundreds"


@pytest.mark.parametrize(
    ("month", "code", "name", "partner"),
    [
        ("202212", "337", "Georgia (Before 2023)", "GEO"),
        ("202301", "150", "Georgia (Since 2023)", "GEO"),
        ("202401", "151", "Armenia", "ARM"),
        ("202401", "454", "Sint Maarten", "SXM"),
        ("202401", "449", "Netherlands Antilles", "ANT"),
        ("202401", "629", "Guam", "GUM"),
    ],
)
def test_a_partner_is_found_by_the_code_that_it_has_in_the_month(loaded, month, code, name, partner):
    english = EN.replace('"502","United States","201901"', f'"{code}","{name}","{month}"')
    rows = read(english, loaded).rows
    assert set(rows.loc[rows["period"] == f"{month[:4]}-{month[4:]}", "partner"]) == {partner}


def test_the_continent_of_a_partner_is_that_of_its_code_in_the_month(loaded):
    for partner in ("GEO", "ARM", "AZE"):
        assert continent_of(loaded, "2022-12")[partner] == "EUROPE"
        assert continent_of(loaded, "2023-01")[partner] == "ASIA"
    assert continent_of(loaded, "2022-12").keys() == continent_of(loaded, "2026-08").keys()
