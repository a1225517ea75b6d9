"""Downloads by the thousand: DuckDB accepts the files that `readers.query` accepts, with the same rows, remarks and refusals."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import hypothesis.strategies as some
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given

from customs_report import loading, readers, schema
from customs_report import tables as data
from customs_report.detail import adding, downloads, names
from customs_report.detail.connection import connect, parquet
from customs_report.detail.downloads import CUT, STAGED, Release, cut, examined, recognised, rows_of
from customs_report.detail.store import Store
from customs_report.errors import InputError
from customs_report.readers import documents
from customs_report.readers.query import MOST
from tests.query_files import BY_PARTNER, ROW, download, goods

RELEASE = Release("2026-11-25", "retrieved")
TEXTS = [name for name in STAGED if name != "filename"]
FIXTURES = Path(__file__).parent / "fixtures"
CRUDE = (FIXTURES / "query_crude_zh.csv").read_bytes()
ALL = (FIXTURES / "query_all_dimensions_en.csv").read_bytes()


class Verdict(NamedTuple):
    """What becomes of a file: why it is refused, or its rows and remarks."""

    refused: str
    rows: list[tuple] | tuple = ()
    remarks: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def printed() -> data.Tables:
    return loading.read_printed(schema.DATA)


def exact(content: bytes, tables: data.Tables, flow: str = "import") -> Verdict:
    """What `readers.query` makes of a file."""
    try:
        (reading,) = readers.read(content, tables, flow=flow)
        rows = rows_of(reading, tables, RELEASE)[TEXTS].astype({"value": int}).astype(object)
    except InputError as refusal:
        return Verdict(str(refusal))
    found = rows.where(rows.notna(), None).itertuples(index=False, name=None)
    return Verdict("", sorted(found, key=repr), reading.warnings)


class Staging(NamedTuple):
    """What became of files that were staged together, those that were read alone, and those that are no downloads."""

    verdicts: dict[str, Verdict]
    alone: set[str]
    others: set[str]


def staged(contents: Mapping[str, bytes], tables: data.Tables, flow: str = "import") -> Staging:
    """What staging makes of files, all at once."""
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patched:
        folder, alone, real = Path(name), set(), downloads._Batch._alone
        patched.setattr(
            downloads._Batch, "_alone", lambda batch, place, path: (alone.add(Path(path).name), real(batch, place, path))[1]
        )
        for file, content in contents.items():
            (folder / file).write_bytes(content)
        found, others = adding.downloads_among([(file, folder / file, flow) for file in contents])
        made = downloads.stage([*map(examined, found)], tables, RELEASE, folder / "staging", lambda read: None)
        rows: dict[str, list[tuple]] = {}
        if made.files:
            asked = f"SELECT parse_filename(filename), {', '.join(TEXTS)} FROM {parquet(made.files)}"
            for file, *row in connect().execute(asked).fetchall():
                rows.setdefault(file, []).append(tuple(row))
        verdicts = {
            result.name: Verdict(result.refused, sorted(rows.get(result.name, ()), key=repr) or (), result.remarks)
            for result in made.results
        }
        assert sum(result.rows for result in made.results) == sum(map(len, rows.values()))
        return Staging(verdicts, alone, {*others})


# --- the forms that the platform and spreadsheets write -----------------------------------------------------------------------

EVERYTHING = tuple(ROW)
DIMENSIONS = {
    "partner": ("partner", "partner_name"), "commodity": ("commodity", "commodity_name"), "regime": ("regime", "regime_name"),
    "province": ("province", "province_name"),
}  # fmt: skip
TWO = [{}, {"period": "202402", "USD": "56"}]
PLAIN = download(TWO)


def shapes() -> Iterator[tuple[str, bytes]]:
    """Every kind of query in both languages, with and without the comma at the end of lines."""
    kinds: dict[str, tuple[str, ...]] = {"everything": EVERYTHING, "by partner": BY_PARTNER, "nothing": ()}
    kinds |= {f"by {name}": columns for name, columns in DIMENSIONS.items() if name != "partner"}
    kinds |= {
        "codes without names": ("partner", "commodity", "regime", "province"),
        "two": DIMENSIONS["partner"] + DIMENSIONS["regime"],
    }
    kinds |= {"first quantity only": (*BY_PARTNER[:5], "quantity", "unit")}
    for name, columns in kinds.items():
        both = [column for column in columns if column not in ("period", "USD")]
        for english in (False, True):
            for currency in ("USD", "CNY"):
                for end in (",\n", "\n", ",\r\n", "\r\n"):
                    text = download(TWO, ("period", *both, currency), english=english, end=end)
                    yield f"{name}, {english=}, {currency}, {end.encode().hex()}.csv", text.encode()


FORMS = {
    "utf-8": PLAIN.encode(),
    "bom": PLAIN.encode("utf-8-sig"),
    "gb18030": PLAIN.encode("gb18030"),
    "crlf": PLAIN.replace("\n", "\r\n").encode(),
    "crlf in gb18030": PLAIN.replace("\n", "\r\n").encode("gb18030"),
    "crlf with bom": PLAIN.replace("\n", "\r\n").encode("utf-8-sig"),
    "crlf from the second line on": PLAIN.replace("\n", "\r\n").replace("\r\n", "\n", 1).encode(),
    "crlf in the header only": PLAIN.replace("\n", "\r\n", 1).encode(),
    "no comma at the end": PLAIN.replace(",\n", "\n").encode(),
    "comma after the header only": PLAIN.replace(",\n", "\n").replace("\n", ",\n", 1).encode(),
    "comma after the rows only": PLAIN.replace(",\n", "\n", 1).encode(),
    "no quotes": PLAIN.replace('"', "").replace("1,234", "1234").encode(),
    "quotes where needed": PLAIN.replace('"', "").replace("1,234", '"1,234"').encode(),
    "no quotes, no line end": PLAIN.replace('"', "").replace("1,234", "1234").rstrip("\n").encode(),
    "english header over names in gb18030": download(TWO, english=True).encode("gb18030"),
    "nothing is a question mark": download([{"quantity": "0", "unit": "?", "quantity_2": "0", "unit_2": "?"}]).encode(),
    "nothing is a hyphen": download([{"quantity": "-", "unit": "-", "quantity_2": "-", "unit_2": "-"}]).encode(),
    "nothing is a dash": download([{"quantity": "—", "unit": "—", "quantity_2": "—", "unit_2": "—"}]).encode(),
    "nothing is a dash in gb18030": download([{"quantity_2": "—", "unit_2": "—"}]).encode("gb18030"),
    "nothing is empty": download([{"quantity": "", "unit": "", "quantity_2": "", "unit_2": ""}]).encode(),
    "names are empty": download([{"partner_name": "", "commodity_name": ""}, {"period": "202402"}]).encode(),
    "a second quantity without a unit": download([{"unit_2": "?"}, {"period": "202402"}]).encode(),
    "amounts of zero": download([*TWO, {"period": "202403", "USD": "0"}]).encode(),
    "the same line without an amount": download([{}, {"USD": "0"}]).encode(),
    "inner quotes": download([{"commodity_name": '32" or more, "flat"'}]).encode(),
    "doubled inner quotes": download([{"commodity_name": '32"" or more'}]).encode(),
    "a break in a name": download([{"commodity_name": "two\nlines"}, {"period": "202402"}]).encode(),
    "a break in a name, crlf": download([{"commodity_name": "two\nlines"}], end=",\r\n").encode(),
    "a separator in a name": download([{"commodity_name": "one, two"}]).encode(),
    "signs in a name": download([{"commodity_name": "\x1b[31mred\x07 \u202e"}]).encode(),
    "zero bytes in a name": download([{"commodity_name": "a\0b"}]).encode(),
    "a zero byte in a unit": download([{"unit": "千\0克"}]).encode(),
    "a huge name": download([{"commodity_name": "x" * 3_000_000}]).encode(),
    "rare letters in gb18030": download([{"commodity_name": "鳀鱼 㐀 𠀀"}]).encode("gb18030"),
    "letters outside gb2312": download([{"commodity_name": "é ü 😀"}]).encode("gb18030"),
    "spaces around figures": download([{"USD": " 1,234 ", "quantity": " 5 ", "unit": "台 "}]).encode(),
    "wide spaces around figures": download([{"USD": "\u30001,234\t", "quantity": "\u30005"}]).encode(),
    "spaces around a name": download([{"partner_name": " 美国 "}]).encode(),
    "large amounts": download([{"USD": "999,999,999,999,999,999"}, {"period": "202402", "USD": "9007199254740993"}]).encode(),
    "long quantities": download([{"quantity": "9999999999999999", "quantity_2": "0.12345678901234567890"}]).encode(),
    "a quantity of next to nothing": download([{"quantity": "0.000", "quantity_2": "0.0000001"}]).encode(),
    "empty lines": PLAIN.replace("\n", "\n\n").encode(),
    "empty lines at the end": f"{PLAIN}\n\n".encode(),
    "spaces at the end": f"{PLAIN}  ".encode(),
    "no line end": PLAIN.rstrip("\n").encode(),
    "no comma and no line end": PLAIN.rstrip(",\n").encode(),
    "a partner's name since a year": download([{"partner": "150", "partner_name": "Georgia (Since 2023)"}]).encode(),
    "this month": download([{"period": RELEASE.day[:7].replace("-", "")}]).encode(),
    "a month to come without an amount": download([{}, {"period": "202701", "USD": "0"}]).encode(),
    "utf-16": PLAIN.encode("utf-16"),
    "semicolons": PLAIN.replace('","', '";"').replace(",\n", ";\n").encode(),
    "tabs": PLAIN.replace('","', '"\t"').replace(",\n", "\t\n").encode(),
    "separator named": f"sep=,\n{PLAIN}".encode(),
    "an empty line first": f"\n{PLAIN}".encode(),
    "crude oil": CRUDE,
}
HEAD = PLAIN.splitlines()[0]
REFUSED = {
    "two downloads": (PLAIN + PLAIN, "two downloads in one file"),
    "two downloads in two languages": (PLAIN + download(TWO, english=True), "another header: two downloads|header"),
    "a header in the middle": (download([{}]) + HEAD + "\n" + download(TWO[1:]).split("\n", 1)[1], "two downloads in one file"),
    "wrong grouping": (download([{"USD": "12,34"}]), "row 2, amount: '12,34' is not a figure"),
    "scientific notation": (download([{}, {"period": "202402", "USD": "1.2E+10"}]), "row 3, amount: .* in scientific notation"),
    "a quantity in scientific notation": (download([{"quantity": "1.2E+10"}]), "row 2, quantity: .* in scientific notation"),
    "a month in scientific notation": (download([{"period": "2.02E+05"}]), "row 2: '2.02E\\+05' is not a month .* a spreadsheet"),
    "grouped quantity": (download([{"quantity": "1,234"}]), "row 2, quantity: '1,234' is not a figure"),
    "negative": (download([{"USD": "-5"}]), "'-5' is not a figure"),
    "no amount": (download([{"USD": "?"}]), "amount: '\\?' is not a figure"),
    "an empty amount": (download([{"USD": ""}]), "amount: '' is not a figure"),
    "a zero byte in an amount": (download([{"USD": "1\0234"}]), "row 2, amount: .* is not a figure"),
    "a quote in an amount": (download([{"USD": '1"2'}]), "row 2, amount: .* is not a figure"),
    "a lost zero": (download([{"commodity": "1012100"}]), "'1012100' is not a code .* dropped its leading zero"),
    "wide digits": (download([{"commodity": "８５１７１３００"}]), "is not a code of 2, 4, 6 or 8 digits"),
    "a space before a code": (download([{"commodity": " 85171300"}]), "is not a code of 2, 4, 6 or 8 digits"),
    "a space before a month": (download([{"period": " 202401"}]), "row 2: '202401' is not a month"),
    "a month with a hyphen": (download([{"period": "2024-01"}]), "'2024-01' is not a month"),
    "the thirteenth month": (download([{}, {"period": "202413"}]), "row 3: '202413' is not a month"),
    "no month": (download([{"period": ""}]), "row 2: '' is not a month"),
    "months summed": (download(TWO, BY_PARTNER[1:]), "no column 数据年月 .* its months are summed"),
    "a month to come": (download([{}, {"period": "202701"}]), "figures of 2027-01, a month not over on the release day"),
    "an unknown partner": (download([{"partner": "888", "partner_name": "Freedonia"}]), "in no reference list: '888 Freedonia'"),
    "two unknown partners": (download([{"partner": "888", "partner_name": "A", "period": f"20240{n}"} for n in (1, 2)]), "'888 A'"),
    "a short partner code": (download([{"partner": "52"}]), "'52' is not a partner code of three digits"),
    "another partner's name": (download([{"partner_name": "阿根廷"}]), "partner code 502 is USA, the name beside it '阿根廷' is ARG"),
    "a huge partner's name": (download([{"partner": "888", "partner_name": "x" * 300_000}]), "a name of 300,003 letters"),
    "a regime in no list": (download([{"regime": "77"}], EVERYTHING), "customs regime 77 is not in reference/regimes.csv"),
    "a regime of one digit": (download([{"regime": "1"}], EVERYTHING), "'1' is not a regime code of two digits"),
    "a province in no list": (download([{"province": "99"}], EVERYTHING), "'99' is not a code of reference/provinces.csv"),
    "a unit in no list": (download([{"unit": "千斤"}]), "unit '千斤' is not in reference/units.csv"),
    "a unit in no list beside nothing": (download([{"quantity": "0", "unit": "千斤"}]), "unit '千斤' is not in reference/units.csv"),
    "a quantity without a unit": (download([{"unit": "?"}]), "row 2: a quantity without a unit"),
    "only a second quantity, without a unit": (download([{"quantity": "0", "unit": "?", "unit_2": "?"}]), "row 2: a quantity without"),
    "a second quantity without a unit beside a dash": (download([{"quantity": "-", "unit_2": "?"}]), "row 2: a quantity without"),
    "a column of quantities without one of units": (download([{"quantity": "0"}], [c for c in BY_PARTNER if c != "unit"]), "no column 第一计量单位"),
    "a column of units without one of quantities": (download(TWO, [c for c in BY_PARTNER if c != "quantity"]), "no column 第一数量"),
    "names without codes of partners": (download(TWO, [c for c in BY_PARTNER if c != "partner"]), "no column 贸易伙伴编码"),
    "names without codes of goods": (download(TWO, [c for c in BY_PARTNER if c != "commodity"]), "no column 商品编码"),
    "a column twice": (download(TWO, (*BY_PARTNER, "unit")), "'第一计量单位' is there twice"),
    "two currencies": (download(TWO, (*BY_PARTNER, "CNY")), "must stand in one column"),
    "an unknown column": (PLAIN.replace("商品名称", "关别编码"), "no column '关别编码'"),
    "mixed digits": (download([{}, {"commodity": "851713"}]), "commodity codes of 6 and of 8 digits"),
    "the same line twice": (download([{}, {"USD": "9"}]), "the table names 2024-01 month import 85171300 USA USD revised twice"),
    "only amounts of zero": (download([{"USD": "0"}]), "the table has no figures"),
    "a field too many": (PLAIN.replace('智能手机"', '智能","手机"'), "row 2 has a field more than the header"),
    "a field too few": (PLAIN.replace('"智能手机",', "", 1), "row 2 has \\d+ fields, the header"),
    "text after the last comma": (PLAIN.replace('"1,234",', '"1,234",x'), "row 2 has a field more|row 2 has \\d+ fields"),
    "cut in a row": (PLAIN[:-30], "row 3 has 5 fields, the header 11"),
    "cut in the amount": (PLAIN[:-3], "breaks off"),
    "cut after a field": (PLAIN[: PLAIN.rindex('","') + 2], "row 3 has|breaks off"),
    "cut without quotes": (PLAIN.replace('"', "").replace("1,234", "1234")[:-3], "the file may be cut"),
    "only a header": (f"{HEAD}\n", "no header with rows beneath it"),
    "half a header": (HEAD[:20], "breaks off|no table"),
    "nothing": ("", "the file is empty"),
    "a page": ("<!DOCTYPE html><html><head><title>502</title></head><body>nginx</body></html>", "a web page titled '502'"),
}  # fmt: skip
NO_TEXT = {
    "utf-8 with other bytes": PLAIN.encode().replace("智能".encode(), b"\xff\xfe", 1),
    "gb18030 with other bytes": PLAIN.encode("gb18030").replace("智能".encode("gb18030"), b"\xff\xff", 1),
    "other bytes far down": (PLAIN * 9)[: -len(PLAIN)].encode() + b'"\xff"',
    "utf-8 then gb18030": PLAIN.encode() + PLAIN.split("\n", 1)[1].encode("gb18030"),
}
for encoding in ("utf-8", "gb18030"):  # after more bytes than are looked at to recognise the file
    for column in ("partner_name", "commodity_name", "regime_name", "province_name"):
        text = download(goods(range(1, 60), regime_name="a", province_name="b"), EVERYTHING).encode(encoding)
        at = text.rindex(
            b'"'
            + {"commodity_name": "良品 58", "regime_name": "a", "province_name": "b", "partner_name": "美国"}[column].encode(
                encoding
            )
        )
        NO_TEXT[f"a bad byte in {column}, {encoding}"] = text[: at + 1] + b"\xff" + text[at + 2 :]


def test_every_form_is_read_as_the_exact_reader_does(printed):
    """All in one run, so that none is in the way of another."""
    files = {f"{name}.csv": content for name, content in FORMS.items()}
    files |= {f"{name}.csv": content.encode() for name, (content, _) in REFUSED.items()}
    files |= {f"{name}.csv": content for name, content in NO_TEXT.items()}
    found = staged(files, printed)
    assert {*found.verdicts} | found.others == {*files}
    for name, verdict in found.verdicts.items():
        assert verdict == exact(files[name], printed), name
    for name in FORMS:
        assert f"{name}.csv" in found.others or not found.verdicts[f"{name}.csv"].refused, name
    ordinary = ("utf-8", "bom", "gb18030", "crlf", "crlf in gb18030", "crlf with bom", "no comma at the end", "no quotes",
        "quotes where needed", "english header over names in gb18030", "nothing is a question mark", "nothing is a hyphen",
        "nothing is a dash", "nothing is a dash in gb18030", "nothing is empty", "amounts of zero", "a second quantity without a unit",
        "crude oil", "names are empty")  # fmt: skip
    assert not found.alone & {f"{name}.csv" for name in ordinary}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_says_what_is_wrong_in_one_line(printed, name):
    content, why = REFUSED[name]
    with pytest.raises(InputError, match=why) as refusal:
        rows_of(*readers.read(content.encode(), printed, flow="import"), printed, RELEASE)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", NO_TEXT)
def test_what_is_no_text_is_refused(printed, name):
    assert exact(NO_TEXT[name], printed).refused


def test_every_shape_of_query_is_read_together(printed):
    files = dict(shapes())
    found = staged(files, printed, "export")
    assert (found.alone, found.others) == (set(), set())
    assert {*found.verdicts} == {*files}
    for name, verdict in found.verdicts.items():
        assert verdict == exact(files[name], printed, "export"), name
        assert len(verdict.rows) == 2
        assert not verdict.refused


ODD = {  # texts that stand in no file of the platform
    "period": ["202413", "2024-01", " 202401", "202401 ", "202701", "2.02E+05", "", "20240"],
    "partner": ["888", "50", "502 ", "", "５０２", "110"],
    "partner_name": ["阿根廷", "", "Argentina", "?", "美国 ", "United States", "Georgia (Since 2023)"],
    "commodity": ["8517", "851713", "1012100", "", "8517,1300", "0", "85171300 "],
    "commodity_name": ['a "b" c', "two\nlines", "", "a, b", "\x1b[1m", "鳀", "end\\\\", "'"],
    "regime": ["77", "1", "", "39"],
    "regime_name": ["", "?"],
    "province": ["99", "4", "", "11"],
    "province_name": ["", "北京"],
    "quantity": ["0", "-", "—", "?", "", "1.5", "1,000", "1E+05", "-1", "0.0"],
    "unit": ["?", "", "-", "千斤", "克", "台 ", "tonnes"],
    "quantity_2": ["0", "-", "—", "", "2.25", "1,000"],
    "unit_2": ["?", "", "—", "千斤"],
    "USD": ["0", "12,34", "1.2E+03", "", "-", "-5", " 7 ", "1,234,567,890", "12345678901234567", "00"],
}  # fmt: skip


@some.composite
def odd_files(draw) -> tuple[bytes, str]:
    """A small download of some shape and form, in which a few cells may be odd."""
    chosen = [name for name in DIMENSIONS if draw(some.booleans())]
    columns = ["period", *(column for name in chosen for column in DIMENSIONS[name][: draw(some.integers(1, 2))]), "USD"]
    if draw(some.booleans()):
        columns += ["quantity", "unit", "quantity_2", "unit_2"]
    columns = draw(some.permutations(columns)) if draw(some.booleans()) else columns
    made = [{"period": period, "USD": value} for period, value in (("202312", "1,234"), ("202401", "56"), ("202402", "7"))]
    rows = made[: draw(some.integers(1, 3))]
    for _ in range(draw(some.integers(0, 2))):
        column = draw(some.sampled_from(columns))
        rows[draw(some.integers(0, len(rows) - 1))][column] = draw(some.sampled_from(ODD[column]))
    end = draw(some.sampled_from([",\n", ",\n", "\n", ",\r\n", "\r\n"]))
    text = download(rows, columns, english=draw(some.booleans()), end=end)
    if draw(some.integers(0, 5)) == 0:
        text = text[: draw(some.integers(0, len(text)))]
    return text.encode(draw(some.sampled_from(["utf-8", "utf-8-sig", "gb18030"])), "ignore"), draw(
        some.sampled_from(["import", "export", ""])
    )


@given(made=some.lists(odd_files(), min_size=4, max_size=8))
def test_odd_files_get_the_verdict_of_the_exact_reader(printed, made):
    for flow in ("import", "export", ""):
        files = {f"{number}.csv": content for number, (content, of) in enumerate(made) if of == flow}
        found = staged(files, printed, flow)
        for name, verdict in found.verdicts.items():
            assert verdict == exact(files[name], printed, flow), files[name]
        assert len({*files.values()}) <= len(found.verdicts) + len(found.others)


def test_an_unknown_partner_of_two_files_is_refused_in_both(printed):
    stranger = {"partner": "888", "partner_name": "Freedonia"}
    files = {f"{month}.csv": download([{**stranger, "period": month}]).encode() for month in ("202401", "202402", "202403")}
    found = staged({**files, "good.csv": PLAIN.encode()}, printed)
    assert {name: verdict.refused for name, verdict in found.verdicts.items()} == {
        **dict.fromkeys(files, "in no reference list: '888 Freedonia'"),
        "good.csv": "",
    }


def test_a_code_may_mean_two_partners_in_two_months(printed):
    """337 was Georgia's code to 2022, 150 is since; in one run each file has its own months."""
    rows = [
        {"partner": "337", "partner_name": "Georgia (Before 2023)", "period": "202212"},
        {"partner": "150", "partner_name": "Georgia (Since 2023)"},
    ]
    found = staged({"georgia.csv": download(rows, english=True).encode()}, printed)
    assert not found.alone
    assert {row[TEXTS.index("partner")] for row in found.verdicts["georgia.csv"].rows} == {"GEO"}


def test_a_sum_beside_its_parts_has_a_shape_of_its_own(printed):
    (reading,) = (each for each in readers.read((FIXTURES / "comtrade.json").read_bytes(), printed) if each.table == "detail")
    rows = rows_of(reading, printed, RELEASE)
    by = {(len(row.commodity), bool(row.partner)): row.shape for row in rows.itertuples()}
    assert by == {(2, False): "2", (6, False): "6", (6, True): "6 partner"}


# --- files that the platform has cut ------------------------------------------------------------------------------------------


def many(chapters: str, partners: tuple[str, ...] = ("502",), count: int = MOST) -> list[dict[str, str]]:
    """As many rows as the platform gives, by chapters in turn and partners."""
    named = {"502": "美国", "110": "中国香港", "116": "日本", "133": "韩国"}
    return [
        {
            "commodity": f"{chapters.split()[number * len(chapters.split()) // count]}{number // len(partners):06d}",
            "partner": partners[number % len(partners)],
            "partner_name": named[partners[number % len(partners)]],
        }
        for number in range(count)
    ]


CUT_FILES = {
    "01 02 61 62 85 97": "chapters 01-61, and 62-99",
    "84 85": "chapters 01-84, and 85-99",
    "84 85 85 85": "chapters 01-84, and 85-99",
    "84 84 84 85": "chapters 01-84, and 85-99",
    "98 99": "chapters 01-98, and 99",
}


@pytest.mark.parametrize("chapters", CUT_FILES)
def test_a_cut_file_is_remarked_with_the_slices_to_ask_for_again(printed, chapters):
    text = download(many(chapters))
    last = text.splitlines()[-1]
    files = {
        "whole.csv": text,
        "alone.csv": text.replace(last, last.replace("智能手机", "a\nb")),
        "less.csv": text[: -len(last) - 1],
    }
    found = staged({name: content.encode() for name, content in files.items()}, printed)
    assert found.alone == {"alone.csv"}
    remark = f"{CUT}; ask again for 2024-01 in slices: {CUT_FILES[chapters]}"
    assert found.verdicts["whole.csv"].remarks == found.verdicts["alone.csv"].remarks == (remark,)
    assert found.verdicts["less.csv"].remarks == ()


def test_slices_within_a_chapter_are_by_partner_or_else_by_heading(printed):
    files = {
        "partners.csv": download(many("85", ("110", "116", "133", "502"))),
        "partners alone.csv": download(many("85", ("110", "116", "133", "502"))).replace("智能手机", "a\nb", 1),
        "headings.csv": download(
            [{**row, "commodity": f"85{17 + number // 4_000}{number:04d}"} for number, row in enumerate(many("85"))]
        ),
        "two years.csv": download([{**row, "period": "202312"} if row["commodity"] < "02" else row for row in many("01 02")]),
    }
    found = staged({name: content.encode() for name, content in files.items()}, printed).verdicts
    slices = {name: verdict.remarks[0].partition(" in slices: ")[2] for name, verdict in found.items() if verdict.remarks}
    assert slices == {
        "partners.csv": "partner codes 101-116, and 117-999",
        "partners alone.csv": "partner codes 101-116, and 117-999",
        "headings.csv": "headings 8517, and 8518-8519",
        "two years.csv": "chapters 01, and 02-99",
    }
    assert "; ask again for 2023-12 to 2024-01 in slices" in found["two years.csv"].remarks[0]


def test_a_cut_file_without_goods_and_partners_names_no_slices(printed):
    assert cut(printed, pd.DataFrame({"commodity": [""] * 3, "code": [""] * 3}), "2024-01", "2024-01") == CUT


@given(chapters=some.lists(some.integers(1, 97), min_size=2, max_size=40, unique=True), weights=some.randoms())
def test_the_slices_have_every_chapter_once_and_about_equal_rows(printed, chapters, weights):
    counts = {f"{chapter:02d}": weights.randint(1, 50) for chapter in chapters}
    rows = pd.DataFrame(
        {"commodity": [f"{chapter}{n:06d}" for chapter, many in counts.items() for n in range(many)], "code": ""}
    )
    halves = cut(printed, rows, "2024-01", "2024-01").partition("chapters ")[2].split(", and ")
    (first, end), (start, last) = (part.split("-") if "-" in part else (part, part) for part in halves)
    assert (first, last) == ("01", "99")
    assert int(start) - int(end) in (1, 2)  # there is no chapter 77
    sizes = [
        sum(many for chapter, many in counts.items() if chapter <= end),
        sum(many for chapter, many in counts.items() if chapter >= start),
    ]
    assert sum(sizes) == len(rows)
    assert all(sizes)
    assert abs(sizes[0] - sizes[1]) <= max(counts.values())


# --- the command --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def add(data_copy, monkeypatch):
    """Runs the command on a copy of the data."""
    from customs_report.cli import main

    monkeypatch.setattr(schema, "DATA", data_copy)
    monkeypatch.chdir(data_copy.parent)
    return lambda *given: CliRunner().invoke(main, ["add", *map(str, given)])


def write(folder: Path, **texts: str | bytes) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def stored(folder: Path, what: str = "*", where: str = "source = 'gacc-query' AND released > '2026-08'") -> list[tuple]:
    return sorted(connect().execute(f"SELECT {what} FROM {parquet(Store(folder / 'detail').paths())} WHERE {where}").fetchall())


def test_one_bad_file_among_many_good_ones_refuses_itself_alone(add, data_copy, tmp_path):
    good = {
        f"good-{n}": download(goods([n + 1, n + 2], period=f"2024{n + 1:02d}")).encode(("utf-8", "gb18030")[n % 2])
        for n in range(12)
    }
    folder = write(tmp_path / "exports", **good, bad=download([{"USD": "12,34"}]))
    result = add(folder)
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert line.endswith("bad.csv: row 2, amount: '12,34' is not a figure as the platform writes it; nothing was changed")
    assert "detail data: 24 rows new, 0 revised, 0 the same" in result.stdout
    assert len(stored(data_copy)) == 24
    again = add(folder)
    assert (again.exit_code, len(again.stderr.splitlines())) == (2, 1)
    assert "0 rows new, 0 revised, 0 the same; 12 files known already" in again.stdout
    assert not (data_copy / "detail" / adding.STAGING).exists()


def test_a_file_that_is_implausible_refuses_itself_alone(add, data_copy, tmp_path):
    amounts = range(1_000, 1_010)
    first = write(tmp_path / "exports", first=download(goods(amounts)))
    assert add(first).exit_code == 0
    folder = write(
        tmp_path / "later exports",
        **{
            "thousands of yuan": download(
                goods([n * 7_000 for n in amounts], period="202402"), [c if c != "USD" else "CNY" for c in BY_PARTNER]
            )
        },
        **{"d'or": download(goods([n * 500 for n in amounts], period="202403"))},
        revised=download(goods([n * 2 for n in amounts])),
        good=download(goods(amounts, period="202404")),
    )
    result = add(folder)
    assert result.exit_code == 2
    refusals = {line.split(": ")[1].rsplit("/", 1)[1]: line for line in result.stderr.splitlines()}
    assert {*refusals} == {"thousands of yuan.csv", "d'or.csv", "revised.csv"}
    assert (
        "1e+03 times those stored for the same lines in yuan; are currency and flow right?" in refusals["thousands of yuan.csv"]
    )
    assert "500 times those stored for the same lines in dollars" in refusals["d'or.csv"]
    assert (
        "its figures sum to 20,090, those stored for the same months, goods and partners to 10,045" in refusals["revised.csv"]
    )
    assert {period for (period,) in stored(data_copy, "DISTINCT period")} == {"2024-01", "2024-04"}
    accepted = add("--accept", folder)
    assert (accepted.exit_code, accepted.stderr) == (0, "")
    assert {period for (period,) in stored(data_copy, "DISTINCT period")} == {"2024-01", "2024-02", "2024-03", "2024-04"}


def test_without_a_flow_each_file_asks_for_it(add, data_copy, tmp_path):
    folder = write(tmp_path / "files", a=PLAIN, export=PLAIN)
    result = add(folder)
    assert result.exit_code == 2
    assert "a.csv: the query platform's files do not say whether they are exports or imports: add --flow" in result.stderr
    assert stored(data_copy, "DISTINCT flow") == [("export",)]
    assert add("--flow", "import", folder / "a.csv").exit_code == 0
    assert stored(data_copy, "DISTINCT flow") == [("export",), ("import",)]


def test_names_of_goods_are_kept_in_both_languages(data_copy, tmp_path):
    def add_all(day: str, **rows) -> dict:
        texts = {name: download(each, english=name.startswith("english")) for name, each in rows.items()}
        folder = write(tmp_path / f"exports {day}", **texts)
        found, _ = adding.downloads_among([(path.name, path, "export") for path in sorted(folder.iterdir())])
        adding.add_downloads(found, folder=data_copy, release=Release(day, "retrieved"), accept=True)
        return {code: list(both) for code, both in names._printed(Store(data_copy / "detail")).items()}

    first = add_all(
        "2026-11-20", english=goods([1, 2], commodity_name="Telephones"), refused=[{"USD": "x", "commodity_name": "x"}]
    )
    assert first == {"85000000": ["Telephones", ""], "85000001": ["Telephones", ""]}
    odd = [
        {"commodity": "85000002", "commodity_name": "\x1b[31m红\u202e"},
        {"commodity": "85000003", "commodity_name": "x" * 1_000},
    ]
    second = add_all("2026-11-21", chinese=[*goods([3]), *odd], english=goods([1], commodity_name="Phones", period="202405"))
    assert second == {"85000000": ["Phones", "良品 0"], "85000001": ["Telephones", ""], "85000002": ["", "[31m红"]}
    tables = loading.read_printed(data_copy)
    assert ("85000001", "Telephones") in names.search(tables, "TELEPHONES")
    add_all("2026-11-22", heading=[{"commodity": "8703", "commodity_name": "小轿车"}])
    tables = loading.read_printed(data_copy)
    assert "8703" in dict(names.search(tables, "motor cars"))
    assert "8703" in dict(names.search(tables, "小轿车"))


# --- hostile input ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["d'Or", "a [1]", "a*", "a?", "~a", "a\nb", "a\x1b[31m", "a.csv.gz", "数据", "a\\b", 'a"b', "%s", "${HOME}", "a,b", " ", "x" * 240]
)  # fmt: skip
def test_a_file_may_have_any_name(add, data_copy, tmp_path, name):
    folder = write(
        tmp_path / "exports [2024] *", other=download(goods([5], period="202402")), ab=download(goods([6], period="202403"))
    )
    (folder / name).write_text(PLAIN)
    result = add(folder)
    assert (result.exit_code, result.stderr) == (0, "")
    assert stored(data_copy, "period, value") == [("2024-01", 1234), ("2024-02", 5), ("2024-02", 56), ("2024-03", 6)]
    assert all(line.isprintable() for line in result.stdout.splitlines())


def test_a_name_that_is_no_text_is_read_all_the_same(add, data_copy, tmp_path):
    folder = write(tmp_path / "exports", other=download(goods([5], period="202402")))
    (folder / os.fsdecode(b"bad\xff.csv")).write_text(PLAIN)
    result = add(folder)
    assert (result.exit_code, result.stderr) == (0, "")
    assert stored(data_copy, "value") == [(5,), (56,), (1234,)]


def test_of_thousands_of_entries_only_the_files_are_read(add, data_copy, tmp_path):
    folder = write(tmp_path / "exports", a=download(goods([5])), b=download(goods([6], period="202402")))
    for number in range(3_000):
        (folder / f"d{number % 50}" / f"e{number}").mkdir(parents=True)
    (folder / "d1" / "deep.csv").write_text(download(goods([7], period="202403")))
    (folder / "link.csv").symlink_to(folder / "a.csv")
    (folder / "dangling.csv").symlink_to(folder / "gone.csv")
    (folder / "loop").symlink_to(folder)
    (folder / ".hidden.csv").write_text(download(goods([8], period="202404")))
    os.mkfifo(folder / "pipe.csv")
    result = add("--flow", "export", folder)
    assert (result.exit_code, result.stderr) == (0, "")
    assert stored(data_copy, "value") == [(5,), (6,), (7,)]


def test_what_cannot_be_read_is_refused_and_the_others_are_added(add, data_copy, tmp_path, monkeypatch):
    folder = write(tmp_path / "exports", good=PLAIN, closed=download(goods([5], period="202403")))
    (folder / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "export.csv")
    real = Path.open

    def opened(path: Path, *args, **kwargs):
        if path.name == "closed.csv":
            raise PermissionError(13, "Permission denied")
        return real(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", opened)
    monkeypatch.setattr(documents, "open", lambda path, *args, **kwargs: opened(path, *args[:1]), raising=False)
    gone = tmp_path / "exports" / "gone.csv"
    result = add(folder / "good.csv", gone)
    assert (result.exit_code, result.stderr) == (2, f"customs-report: there is no file or folder {gone}\n")
    assert stored(data_copy, "value") == []
    result = add(folder / "good.csv", folder / "closed.csv", tmp_path / "export.csv")
    assert result.exit_code == 2
    assert [line.rsplit("/", 1)[1] for line in result.stderr.splitlines()] == [
        "closed.csv: Permission denied; nothing was changed",
        "export.csv: is a pipe, not a file; nothing was changed",
    ]
    assert stored(data_copy, "value") == [(56,), (1234,)]


def test_a_file_that_goes_away_meanwhile_changes_nothing(data_copy, tmp_path):
    folder = write(tmp_path / "exports", a=PLAIN, b=PLAIN)
    found, _ = adding.downloads_among([(path.name, path, "export") for path in sorted(folder.iterdir())])
    (folder / "b.csv").unlink()
    with pytest.raises(InputError, match=r"^b\.csv cannot be read: No such file or directory$"):
        adding.add_downloads(found, folder=data_copy, release=RELEASE)


@pytest.mark.parametrize("damage", [b"", b"{", b"[]"])
def test_a_damaged_index_is_told_in_one_line_and_stays_as_it_is(add, data_copy, tmp_path, damage):
    (data_copy / "detail" / "index.json").write_bytes(damage)
    result = add(write(tmp_path / "exports", a=PLAIN))
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert "index.json is damaged (" in line
    assert line.endswith("; remove it and add the downloads again")
    assert (data_copy / "detail" / "index.json").read_bytes() == damage


def test_huge_fields_and_headers_are_no_downloads(tmp_path):
    wide = write(tmp_path / "files", wide="a," * 500_000 + "\n1\n", long='"' + "x" * 10_000_000, zero=bytes(1_000_000))
    for path in wide.iterdir():
        assert recognised(path.name, path, "export") is None
    assert recognised("gone", tmp_path / "gone.csv", "export") is None
    assert recognised("zero", tmp_path / "a\0b.csv", "export") is None
    assert recognised("folder", tmp_path, "export") is None
