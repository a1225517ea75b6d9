"""UN Comtrade: China's own figures, each once, in JSON and in CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import pytest
import xlsxwriter

from customs_report import readers
from customs_report.errors import InputError
from customs_report.readers import comtrade
from customs_report.readers.documents import open_document

WHOLE = (Path(__file__).parent / "fixtures" / "comtrade.json").read_bytes()
ANSWER = json.loads(WHOLE)


def answer(*records: dict, **more) -> bytes:
    return json.dumps(ANSWER | {"data": list(records), "count": len(records)} | more).encode()


def changed(which: int = 0, **columns) -> bytes:
    return answer(ANSWER["data"][which] | columns)


def as_csv(records: list[dict]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, records[0])
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue().encode()


def read(content: bytes, tables) -> dict[str, readers.Reading]:
    return {reading.table: reading for reading in readers.read(content, tables)}


def test_the_world_is_the_totals(loaded):
    totals = read(WHOLE, loaded)["totals"]
    rows = totals.rows[["period", "kind", "flow", "currency", "measure", "value", "step", "stage"]]
    assert [tuple(r) for r in rows.itertuples(index=False)] == [
        ("2024-03", "month", "exports", "USD", "level", 279677352156.0, 1.0, "revised"),
        ("2024-03", "month", "imports", "USD", "level", 221092674213.0, 1.0, "revised"),
    ]
    assert (totals.source, totals.period, totals.currency) == ("comtrade", "2024-03", "USD")


def test_partners_have_exports_and_imports_in_one_row(loaded):
    readings = read(WHOLE, loaded)
    rows = readings["partners"].rows.set_index("partner")
    assert list(rows.index) == ["USA", "TWN", "CHN", "unlisted_un838"]
    assert tuple(rows.loc["USA", ["exports", "imports"]]) == (36719000123.0, 13781000456.5)
    assert tuple(rows.loc["TWN", ["exports", "imports"]]) == (6222000001.0, 15364000002.0)
    assert rows["exports"].isna()["CHN"]
    assert [label.name for label in readings["totals"].unknown] == ["UN 838"]


def test_goods_keep_their_zeros_and_measured_quantities_only(loaded):
    rows = read(WHOLE, loaded)["detail"].rows
    columns = ["flow", "commodity", "partner", "value", "quantity", "unit", "quantity_2", "unit_2"]
    assert [tuple(r) for r in rows[columns].fillna(0).itertuples(index=False)] == [
        ("import", "27", "", 45000000005.0, 0, "", 0, ""),
        ("import", "270900", "", 28000000006.0, 49000000007.0, "kilograms", 0, ""),
        ("import", "854231", "USA", 900000008.0, 310000009.0, "units", 81000.0, "kilograms"),
        ("export", "010121", "USA", 5000.0, 0, "", 0, ""),
    ]


def test_what_would_count_twice_is_left_out_and_counted(loaded):
    assert read(WHOLE, loaded)["totals"].warnings == (
        "records with a motCode of its own: 1 left out",
        "records with a customsCode of its own: 1 left out",
        "records with a partner2Code of its own: 1 left out",
        "records of flow RX: 1 left out",
        "records of commodity '9999AA': 1 left out",
        "quantities that the UN has estimated: 2 left out",
    )


def test_csv_and_json_give_the_same_rows(loaded):
    from_csv, from_json = read(as_csv(ANSWER["data"]), loaded), read(WHOLE, loaded)
    assert set(from_csv) == {"totals", "partners", "detail"}
    for table, reading in from_json.items():
        assert from_csv[table].rows.equals(reading.rows)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()


def _workbook(records: list[dict]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for y, row in enumerate([[*records[0]], *([*record.values()] for record in records)]):
            book.worksheets()[0].write_row(y, 0, row) if y else book.add_worksheet().write_row(0, 0, row)
    return stream.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(ANSWER["data"]).encode(),
        as_csv([{_snake(name): value for name, value in record.items()} for record in ANSWER["data"]]),
        as_csv([{name.upper(): value for name, value in record.items()} for record in ANSWER["data"]]),
        as_csv(ANSWER["data"]).replace(b",", b";"),
        as_csv(ANSWER["data"]).decode().encode("utf-16"),
        _workbook(ANSWER["data"]),
    ],
    ids=["list alone", "snake case", "upper case", "semicolons", "utf-16", "xlsx"],
)
def test_records_in_other_forms_give_the_same_rows(loaded, content):
    found, usual = read(content, loaded), read(WHOLE, loaded)
    assert set(found) == set(usual)
    for table, reading in usual.items():
        assert found[table].rows.equals(reading.rows)


def test_what_the_website_exports_is_read_as_printed(loaded):
    """The names are in ISO-8859-1, although a Chinese encoding could decode their bytes, too."""
    records = [record | {"partnerDesc": "Côte d'Ivoire" if record["partnerCode"] == 838 else ""} for record in ANSWER["data"]]
    latin, utf = (read(as_csv(records).decode().encode(encoding), loaded) for encoding in ("iso-8859-1", "utf-8"))
    assert [label.name for label in latin["totals"].unknown] == ["UN 838 Côte d'Ivoire"]
    assert latin["partners"].rows.equals(utf["partners"].rows)
    damaged = as_csv(records).replace("ô".encode(), "ô".encode() + b"\xff")
    with pytest.raises(InputError, match="no text in UTF-8 or ISO-8859-1"):
        read(damaged, loaded)


def test_an_answer_at_the_limit_of_a_preview_is_said(loaded):
    record = ANSWER["data"][9]
    codes = [f"{i:06d}" for i in range(500)]
    records = [record | {"cmdCode": code} for code in codes]
    assert read(answer(*records), loaded)["detail"].warnings == (
        "exactly 500 records, the most a preview gives: there may be more",
    )
    assert read(answer(*records[1:]), loaded)["detail"].warnings == ()
    assert read(answer(record, count=3), loaded)["detail"].warnings == ("the answer holds 1 of 3 records",)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"statusCode": 401, "message": "Access denied due to missing subscription key."}', "UN Comtrade answered 401: Access denied due to missing"),
        (answer(error="The query is\ntoo long"), "UN Comtrade answered with an error: The query is too long"),
        (answer(), "no records; China’s months reach it late"),
        (answer("text"), "no list of records"),
        (changed(reporterCode=842, reporterDesc="USA"), r"the reporter is 842 USA, not China \(156\)"),
        (changed(freqCode="A", period="2024"), "the frequency is 'A'; only monthly"),
        (changed(typeCode="S"), "the type is 'S'; only goods"),
        (changed(classificationCode="S4"), "the classification is 'S4'; only HS"),
        (changed(period="2024"), "'2024' is not a month"),
        (changed(refYear=2023), "refYear is not of 202403"),
        (changed(refMonth=4), "refMonth is not of 202403"),
        (changed(refPeriodId=20240401), "refPeriodId is not of 202403"),
        (changed(primaryValue=None), "primaryValue '' is no amount"),
        (changed(primaryValue=-5), "primaryValue '-5' is no amount"),
        (changed(primaryValue="n/a"), "'n/a' is not a figure"),
        (changed(primaryValue=2.79e11), "primaryValue is not its fobvalue"),
        (changed(primaryValue=0, fobvalue=0), "no amounts above zero"),
        (changed(motCode=2100), "no record of exports or imports over all modes"),
        (changed(9, cmdCode="27090"), "'27090' is not an HS code"),
        (changed(9, qtyUnitAbbr="kgg"), "the quantity unit 'kgg' is not in reference/units.csv"),
        (changed(0, cmdCode="TTOTAL"), "'TTOTAL' is not an HS code"),
        (answer(ANSWER["data"][0], {k: v for k, v in ANSWER["data"][9].items() if k != "qty"}), "record 2 has other columns than the first"),
        (WHOLE.replace(b'"qty": 0.0', b'"netWgt": 0.0', 1), "a name comes twice in one record"),
        (changed(2, partnerISO="JPN"), "the partner code 842 is USA, the ISO code beside it JPN"),
        (answer(*ANSWER["data"][:2], ANSWER["data"][0]), "names 2024-03 month exports USD level revised twice"),
        (answer(ANSWER["data"][2], ANSWER["data"][2]), "names exports of 2024-03 with 842 twice"),
        (answer(ANSWER["data"][0], ANSWER["data"][2] | {"primaryValue": 3e11, "fobvalue": 3e11}), "the partners together exceed the world"),
        (answer({k: v for k, v in ANSWER["data"][0].items() if k != "motCode"}), "record 1 has no motCode; without it rows would be counted twice"),
        (as_csv(ANSWER["data"]).replace(b"motCode", b"transport"), "record 1 has no motCode"),
        (as_csv(ANSWER["data"]).replace(b"isQtyEstimated", b"isQtyEstimaqed"), "no isQtyEstimated; qty, isQtyEstimated, qtyUnitCode, qtyUnitAbbr are read together or not at all"),
        (as_csv(ANSWER["data"]).replace(b"netWgt", b"njtWgt", 1), "no netWgt; netWgt, isNetWgtEstimated are read together"),
        (changed(9, isQtyEstimated="Trxe"), "270900 of 2024-03, isQtyEstimated: 'Trxe' is neither true nor false"),
        (changed(2, partnerCode="USA"), "record 1: 'USA' is no partnerCode of UN Comtrade"),
        (changed(motCode=8), "record 1: '8' is no motCode of UN Comtrade"),
        (changed(customsCode="X01"), "record 1: 'X01' is no customsCode of UN Comtrade"),
        (as_csv(ANSWER["data"])[:-3], "the last row has no end"),
        (WHOLE.replace(b"279677352156.0", b"NaN", 1), "the JSON breaks off or is damaged: NaN is no number"),
        (b"[" * 100_000, "the JSON breaks off"),
        (changed(9, cmdCode="10121"), "'10121' is not an HS code of 2, 4 or 6 digits; a spreadsheet has dropped its leading zero"),
        (changed(period="2.02E+05"), "'2.02E\\+05' is not a month .* a spreadsheet has rounded it"),
        (changed(primaryValue="2.8E+11"), "'2.8E\\+11' is not a figure; a spreadsheet has rounded it"),
        (changed(primaryValue=1e308), "is larger than any figure of customs"),
        (changed(9, qtyUnitAbbr="310000009.0", qty=None), "270900 of 2024-03: the unit of its quantity is a number"),
        (changed(QTY=1.0, qty=2.0), "record 1 has a column twice"),
        (json.dumps([*ANSWER["data"], "text"]).encode(), "holds something else"),
        (as_csv(ANSWER["data"]) * 2, "is a header again: two downloads in one file"),
    ],
)  # fmt: skip
def test_what_is_not_right_is_refused_in_one_line(loaded, content, why):
    with pytest.raises(InputError, match=why) as refusal:
        read(content, loaded)
    assert "\n" not in str(refusal.value)


def test_a_cut_answer_is_refused():
    for end in range(0, len(WHOLE) - 2, 97):
        with pytest.raises(InputError):
            open_document(WHOLE[:end])


def test_each_partner_of_customs_that_the_un_knows_has_one_number(loaded):
    codes = loaded.un_areas
    assert codes["un_code"].is_unique
    assert set(codes["partner"]) <= set(loaded.partner_list["partner"])
    known = dict(zip(codes["un_code"], codes["partner"], strict=True))
    assert {known[c] for c in ("842", "251", "757", "579", "699", "490", "156", "344")} == {
        "USA",
        "FRA",
        "CHE",
        "NOR",
        "IND",
        "TWN",
        "CHN",
        "HKG",
    }
    assert comtrade.CHINA in known
