"""EastMoney's totals and AKShare's table of them: the unit is inferred from the stored figures, or the file is rejected."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
import xlsxwriter

from customs_report import readers
from customs_report.errors import InputError
from customs_report.readers.documents import open_document

FIXTURES = Path(__file__).parent / "fixtures"
SCRIPT = (FIXTURES / "eastmoney.json").read_bytes()
TABLE = (FIXTURES / "akshare_hgjck.csv").read_bytes()
ANSWER = json.loads(SCRIPT.decode().strip().removeprefix("datatable123(").removesuffix(");"))
MONTHS = ANSWER["result"]["data"]
AMOUNTS = ("EXIT_BASE", "IMPORT_BASE", "EXIT_ACCUMULATE", "IMPORT_ACCUMULATE")


def answer(*months: dict) -> bytes:
    return json.dumps(ANSWER | {"result": {"data": list(months)}}).encode()


def changed(which: int, **columns) -> bytes:
    return answer(*(month | (columns if i == which else {}) for i, month in enumerate(MONTHS)))


def scaled(factor: float) -> bytes:
    return answer(*(month | {name: round(month[name] * factor, 4) for name in AMOUNTS} for month in MONTHS))


def read(content: bytes, tables) -> readers.Reading:
    (reading,) = readers.read(content, tables)
    return reading


def figures(reading: readers.Reading) -> dict[tuple, float]:
    return {tuple(r[:4]): r.value for r in reading.rows[["period", "kind", "flow", "measure", "value"]].itertuples(index=False)}


def test_month_year_to_date_and_growth(loaded):
    reading = read(SCRIPT, loaded)
    found = figures(reading)
    assert len(found) == 32
    assert found["2022-12", "month", "exports", "level"] == 306_078_800_000
    assert found["2022-12", "month", "imports", "level"] == 228_066_200_000
    assert found["2022-12", "ytd", "exports", "level"] == 3_593_601_500_000
    assert found["2022-12", "ytd", "imports", "level"] == 2_715_998_800_000
    assert [found["2022-12", kind, flow, "yoy"] for kind in ("month", "ytd") for flow in ("exports", "imports")] == [
        -9.9,
        -7.5,
        7,
        1.1,
    ]
    assert (reading.table, reading.source, reading.period, reading.unit) == ("totals", "eastmoney", "2023-02", "US$1,000")
    steps = reading.rows.groupby("measure")["step"].unique()
    assert (list(steps["level"]), list(steps["yoy"])) == ([1000.0], [0.1])
    assert set(reading.rows["stage"]) == {"revised"}


def test_script_json_and_akshares_table_give_the_same_rows(loaded):
    assert read(TABLE, loaded).rows.equals(read(SCRIPT, loaded).rows)
    assert read(json.dumps(ANSWER).encode(), loaded).rows.equals(read(SCRIPT, loaded).rows)
    without_index = b"\n".join(line.partition(b",")[2] for line in TABLE.split(b"\n"))
    assert read(without_index, loaded).rows.equals(read(SCRIPT, loaded).rows)


def test_the_list_without_its_envelope(loaded):
    """What scripts save: the records alone, as JSON, as CSV with EastMoney's names, or as a workbook of AKShare's table."""
    assert read(json.dumps(MONTHS).encode(), loaded).rows.equals(read(SCRIPT, loaded).rows)
    lines = [[*MONTHS[0]], *([str(value) for value in month.values()] for month in MONTHS)]
    assert read("".join(",".join(line) + "\n" for line in lines).encode(), loaded).rows.equals(read(SCRIPT, loaded).rows)
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_numbers": True}) as book:
        sheet = book.add_worksheet()
        for y, line in enumerate(TABLE.decode().splitlines()):
            sheet.write_row(y, 0, line.split(","))
    assert read(stream.getvalue(), loaded).rows.equals(read(SCRIPT, loaded).rows)


@pytest.mark.parametrize(
    ("factor", "unit", "step"),
    [(1e3, "dollars", 1.0), (0.1, "US$10,000", 1e4), (1e-3, "US$ million", 1e5), (1e-5, "US$100 million", 1e5)],
)
def test_the_unit_is_the_one_that_meets_the_months_held(loaded, factor, unit, step):
    reading = read(scaled(factor), loaded)
    assert (reading.unit, reading.rows["step"].max()) == (unit, step)
    assert figures(reading)["2022-12", "month", "exports", "level"] == pytest.approx(306_078_800_000, rel=1e-6)


@pytest.mark.parametrize("factor", [7.1, 1e-2, 1.15, 0.8])
def test_yuan_and_other_sizes_meet_no_month_held(loaded, factor):
    with pytest.raises(InputError, match="names no unit of its amounts, and none fits the 8 stored figures"):
        read(scaled(factor), loaded)


def test_months_that_nothing_is_held_of_have_no_unit(loaded):
    month = MONTHS[1] | {"REPORT_DATE": "2031-01-01 00:00:00", "TIME": "2031年01月份"}
    with pytest.raises(InputError, match="none of its months is stored in dollars to infer it"):
        read(answer(month), loaded)


def test_one_new_month_beside_held_ones_is_read(loaded):
    new = MONTHS[1] | {"REPORT_DATE": "2031-01-01 00:00:00", "TIME": "2031年01月份"}
    assert figures(read(answer(new, *MONTHS), loaded))["2031-01", "month", "exports", "level"] == 284_400_000_000


def test_january_and_february_in_one_figure_are_no_month(loaded):
    joint = {"EXIT_BASE": MONTHS[0]["EXIT_ACCUMULATE"], "IMPORT_BASE": MONTHS[0]["IMPORT_ACCUMULATE"]}
    reading = read(answer(MONTHS[0] | joint, *MONTHS[2:]), loaded)
    assert ("2023-02", "month", "exports", "level") not in figures(reading)
    assert figures(reading)["2023-02", "ytd", "exports", "level"] == 493_000_000_000
    assert reading.warnings == ("the month of 2023-02 is January and February together; only the year to date is read",)


def test_a_figure_that_is_missing_is_left_out(loaded):
    found = figures(read(changed(2, EXIT_BASE_SAME=None), loaded))
    assert len(found) == 31
    assert ("2022-12", "month", "exports", "yoy") not in found


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'{"version": null, "result": null, "success": false, "message": "\xe6\x8a\xa5\xe8\xa1\xa8\xe9\x85\x8d\xe7\xbd\xae\xe4\xb8\x8d\xe5\xad\x98\xe5\x9c\xa8", "code": 9501}', "EastMoney answered with no data: 报表配置不存在"),
        (b'cb({"result": null, "success": true});', "EastMoney answered with no data: no message"),
        (answer(), "no list of months"),
        (SCRIPT.strip()[:-2], "the JSON breaks off: its bracket is not closed"),
        (SCRIPT.replace(b"}", b"", 1), "the JSON breaks off or is damaged"),
        (changed(0, TIME="2023年03月份"), "is called '2023年03月份', its date is '2023-02-01'"),
        (changed(0, TIME="2023 Feb"), "'2023 Feb' is not a month"),
        (changed(1, TIME="2022年12月份", REPORT_DATE="2022-12-01 00:00:00"), "2022-12 is there twice"),
        (changed(1, EXIT_BASE="284.4.1"), "'284.4.1' is not a figure"),
        (changed(1, EXIT_BASE="2.84E+08"), "'2.84E\\+08' is not a figure; a spreadsheet has rounded it"),
        (changed(1, EXIT_BASE=1e308), "is larger than any figure of customs"),
        (json.dumps([MONTHS[0], 1]).encode(), "no list of months"),
        (changed(1, EXIT_BASE=[1]), r"'\[1\]' is not a figure"),
        (answer(MONTHS[2] | {"IMPORT_ACCUMULATE": 0}), "0 is no amount"),
        (changed(2, IMPORT_BASE_SAME=-215123), "-215123 is no growth"),
        (changed(2, EXIT_ACCUMULATE=206_000_000), "the month exceeds the year to date"),
        (changed(2, EXIT_ACCUMULATE=4_593_601_500), "has not grown by the month"),
        (changed(2, EXIT_BASE=30_607_880, EXIT_ACCUMULATE=35_936_015), "none fits"),
        (answer(*({k: v for k, v in month.items() if k != "IMPORT_ACCUMULATE_SAME"} for month in MONTHS)), "month 1 of the list has no IMPORT_ACCUMULATE_SAME"),
        (answer(*MONTHS, MONTHS[2] | {"TIME": "2021年12月份", "REPORT_DATE": "2021-12-01", "EXIT_BASE": 339_700_000, "IMPORT_BASE": 246_500_000, "EXIT_BASE_SAME": 20, "EXIT_ACCUMULATE": 5_358_592_000}), "growth of 7 % does not match the levels"),
        (TABLE.replace("累计进口额-金额".encode(), b"x"), "has no 累计进口额-金额"),
        (TABLE[:-2], "the last row has no end"),
        (TABLE.replace(b",228066200.0", b"", 1), "row 4 has 11 fields, the header 12"),
    ],
)  # fmt: skip
def test_what_is_not_right_is_refused_in_one_line(loaded, content, why):
    with pytest.raises(InputError, match=why) as refusal:
        read(content, loaded)
    assert "\n" not in str(refusal.value)


def test_a_cut_answer_is_refused():
    for end in range(0, len(SCRIPT.strip()) - 2, 23):
        with pytest.raises(InputError):
            open_document(SCRIPT[:end])
