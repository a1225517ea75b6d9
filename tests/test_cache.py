"""When reports are rebuilt: their inputs name everything they depend on, and only reports with changed inputs are rebuilt."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random

import pages
import pandas as pd
import pytest
from conftest import add_detail
from depth import in_depth

import helpers
from customs_report import adding, checks, loading, project, schema, store, vintages
from customs_report import report as reports
from customs_report import tables as data
from customs_report.detail.store import Store
from customs_report.periods import last_usable
from customs_report.publish import build, inputs
from customs_report.publish.inputs import Inputs
from customs_report.vintages import newest_month

ALL, NONE = (lambda period: True), (lambda period: False)
NOTEBOOK = "monthly_report"


def since(first: str) -> Callable[[str], bool]:
    return lambda period: period >= first


def asked(period: str, as_of: str = "") -> dict[str, str]:
    return {"period": period, "as_of": as_of}


def hashes(of: Inputs, name: str = "data") -> dict[str, str]:
    return {period: of.of(NOTEBOOK, asked(period))[name] for period in of.periods}


def change(file: Path, start: str, old: str, new: str) -> None:
    """Replace something in the first line that begins so."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    index = next(i for i, line in enumerate(lines) if line.startswith(start) and old in line)
    lines[index] = lines[index].replace(old, new)
    file.write_text("".join(lines), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "start", "old", "new", "affected"),
    [
        ("totals.csv", "2024-05,month,exports,CNY,level", "2147", "2148", since("2024-05")),
        ("totals.csv", "2010-02,month,exports,USD", "00000000", "10000000", since("2010-01")),  # January comes out with it
        ("partners.csv", "2024-05,month,USA", ",1,", ",10,", since("2024-05")),
        ("mirror.csv", "2001-02", ",1", ",2", ALL),
        ("release_dates.csv", "2012-02", "usual day", "printed", since("2012-01")),
        ("outlook/backtest.csv", "2019,3", "00000000", "10000000", since("2020-01")),
        ("outlook/method.csv", "title", "pseudo", "pseudo-", NONE),
        ("coverage.csv", "partners", "2024-01", "2023-12", ALL),  # every report may say where the table begins
        ("coverage.csv", "partners,AFRICA", "2026-07", "2026-05", since("2026-06")),
        ("reference/sources.csv", "eastmoney-copies", "GACC", "Customs", ALL),
        ("reference/sources.csv", "gacc-bulletin-2", "GACC", "Customs", since("2024-01")),  # the first rows that name it
        ("breaks.csv", "partners,APEC", "narrowly", "broadly", since("2025-03")),
        ("reference/spellings.csv", "", ",", ",x", NONE),
        ("totals.csv", "2026-08", "2026-09-08", "2026-09-09", since("2026-08")),
        *in_depth(
            ("commodities.csv", "2025-03,ytd,export", ",1", ",2", since("2025-03")),
            ("outlook/parameters.csv", "2019", ".", ".1", since("2019-01")),
            ("outlook/adjusted.csv", "exports,x11,2019-03", "00000000,", "10000000,", since("2019-03")),
            ("outlook/surprises.csv", "2019-03,exports", "00000000,", "10000000,", since("2019-03")),
            ("coverage.csv", "partners,PHL,,month", "line not", "line was not", since("2024-01")),
        ),
    ],
)  # fmt: skip
def test_a_changed_figure_asks_for_the_reports_that_may_know_it(data_copy, file, start, old, new, affected):
    before = hashes(Inputs(data=data_copy))
    change(data_copy / file, start, old, new)
    after = hashes(Inputs(data=data_copy))
    assert {period for period in before if before[period] != after[period]} == {*filter(affected, before)}


def test_changed_detail_data_ask_for_the_reports_that_may_know_them(data_copy):
    """A new month asks for the reports since then; a revision of what comes with the project for those since that begins."""

    def affected(*rows: dict) -> set[str]:
        before = hashes(Inputs(data=data_copy))
        add_detail(Store(data_copy / "detail"), *rows)
        after = hashes(Inputs(data=data_copy))
        return {period for period in before if before[period] != after[period]}

    periods = Inputs(data=data_copy).periods
    new = {"period": "2024-05", "flow": "export", "commodity": "85171300", "partner": "USA", "value": 5.0}
    assert affected(new) == {period for period in periods if last_usable(period) >= "2024-05"}
    assert affected(new) == set()  # in the data already
    crude = {"period": "2024-05", "flow": "import", "commodity": "27090000", "value": 1.0, "released": "2026-09-18"}
    assert affected(crude) == {period for period in periods if last_usable(period) >= "2016-01"}


def test_a_source_of_detail_data_counts_for_the_reports_that_may_name_it(data_copy):
    before = hashes(Inputs(data=data_copy))
    change(data_copy / "reference" / "sources.csv", "gacc-query,", "GACC", "Customs")
    after = hashes(Inputs(data=data_copy))
    changed = {period for period in before if before[period] != after[period]}
    assert changed == {period for period in before if last_usable(period) >= "2016-01"}


def test_a_notebook_of_ones_own_depends_on_all_detail_data(data_copy, tmp_path):
    own = tmp_path / "own.ipynb"
    shutil.copy(Inputs().notebooks / "detail_report.ipynb", own)
    before = Inputs(data=data_copy).of(str(own), {})["data"]
    assert Inputs(data=data_copy).of(str(own), {})["data"] == before
    row = {"period": "2026-08", "flow": "export", "commodity": "85171300", "partner": "USA", "value": 5.0}
    add_detail(Store(data_copy / "detail"), row)
    assert Inputs(data=data_copy).of(str(own), {})["data"] != before


def test_detail_data_that_are_added_are_seen_by_a_session_that_goes_on(data_copy):
    before = loading.load(data_copy)
    assert loading.load(data_copy) is before
    row = {"period": "2026-08", "flow": "export", "commodity": "85171300", "partner": "USA", "value": 5.0}
    add_detail(Store(data_copy / "detail"), row)
    assert (before.detail.last, loading.load(data_copy).detail.last) == ("2026-03", "2026-08")


def test_what_is_released_later_is_not_known_on_a_day(data_copy):
    def now(period: str, day: str) -> str:
        return Inputs(data=data_copy).of(NOTEBOOK, asked(period, day))["data"]

    reported = [("2025-11", "2025-12-08"), ("2025-11", "2026-09-08"), ("2025-11", "")]
    before = [now(*report) for report in reported]
    change(data_copy / "totals.csv", "2025-11,month,exports,USD,level", ",revised,", ",revised ,")
    after = [now(*report) for report in reported]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False, False]
    change(
        data_copy / "totals.csv", "2010-11,month,exports,USD,level", ",revised,", ",revised ,"
    )  # history, nothing earlier held
    assert now(*reported[0]) != after[0]


@pytest.mark.parametrize("day", ["2024-06-10", "2025-12-08"])
def test_rows_left_out_for_a_day_change_no_fact(loaded, day):
    left, period = {}, vintages.latest(data.as_of(loaded, day))
    for name in schema.KEYS:
        header, rows = inputs._read(*Inputs()._file(name))
        later = [row for row in inputs._later(header, rows, day) if row[0] < period] if name == "totals" else []
        kept = {tuple(row) for row in (*inputs._known_by(header, rows, name, day), *later)}
        frame = getattr(loaded, name)
        assert len(frame) == len(rows) or name in ("totals", "commodities")  # without known errors at the source
        whole = {
            tuple(row[header.index(key)] for key in [*schema.KEYS[name], *schema.TABLES[name].unique, "source"]) for row in kept
        }
        columns = [frame[key] for key in [*schema.KEYS[name], *schema.TABLES[name].unique, "source"]]
        left[name] = frame.iloc[[i for i, row in enumerate(zip(*columns, strict=True)) if row in whole]]
    assert len(left["totals"]) < len(loaded.totals)
    facts = [helpers.report_facts(data.as_of(tables, day), period).as_json() for tables in (loaded, replace(loaded, **left))]
    assert facts[0] == facts[1]


def knowing_only(tables: data.Tables, period: str) -> data.Tables:
    """The tables without the figures that the hash of a report's data leaves out."""
    last, year, cut = last_usable(period), int(period[:4]), {}
    ends = {name: (column, last) for name, column in (dict.fromkeys(schema.KEYS, "period") | inputs.BY_MONTH).items()}
    ends |= {name: ("year", year - back) for name, back in inputs.BY_YEAR.items()}
    for name, (column, end) in ends.items():
        rows = getattr(tables, name)
        cut[name] = rows[rows[column] <= end]
    named = {name for table in schema.KEYS for column in inputs.BY_USE.values() for name in cut[table].get(column, ())}
    named |= tables.detail.sources(last)
    for name, column in inputs.BY_USE.items():
        rows = getattr(tables, name)
        appended = rows.eq("unlisted").any(axis=1) | (name == "sources")
        cut[name] = rows[rows[column].isin(named) | ~appended]
    runs = tables.coverage[tables.coverage["status"] == "held"].sort_values("from")
    begin = runs.drop_duplicates(["table", "flow", "kind", "currency", "measure"])
    begun = runs[runs["from"] <= last]
    cut["coverage"] = pd.concat([begin[begin["from"] > last], begun.assign(to=begun["to"].where(begun["to"] < last, last))])
    releases = tables.releases
    out = releases["period"] == releases.loc[releases["released"] <= tables.newest_release_of(last), "period"].max()
    cut["releases"] = releases[(releases["period"] <= last) | out]
    detail = Store(tables.detail.address)
    detail.__dict__["parts"] = tuple(part for part in detail.parts if part.first <= last)
    return replace(tables, **cut, **dict.fromkeys(inputs.NOT_READ), detail=detail)


@pytest.mark.parametrize("period", ["2008-01", "2012-02", "2019-01", "2024-05", "2025-11"])
def test_facts_depend_on_nothing_later_and_on_no_list_that_is_left_out(now, period):
    whole, cut = (helpers.report_facts(tables, period).as_json() for tables in (now, knowing_only(now, period)))
    assert whole == cut


@pytest.mark.parametrize(
    ("notebook", "period", "subject"),
    [
        (NOTEBOOK, "2025-01", {}),
        ("partner_profile", "2025-05", {"partner": "ASEAN"}),
        *in_depth(
            (NOTEBOOK, "2012-02", {}), ("commodity_profile", "2025-05", {"flow": "export", "commodity": "motor_vehicles"})
        ),
    ],
)
def test_a_whole_report_depends_on_nothing_later(loaded, notebook, period, subject, monkeypatch):
    """Sentences, charts and tables are given more figures than the facts; they must not use them."""

    def shown() -> list:
        executed, _ = build.run(notebook, {**subject, **asked(period)})
        return [[output["data"] for output in cell["outputs"]] for cell in executed["cells"] if cell.get("outputs")]

    whole, cut = shown(), knowing_only(loaded, period)
    monkeypatch.setattr(loading, "load", lambda: cut)
    assert shown() == whole


# --- a new month --------------------------------------------------------------------------------------------------------


def grow(folder: Path, *, restated: bool = False, unlisted: bool = False) -> None:
    """Add September 2026 as `add` would, with figures of the months before; restating a year ago, with names in no list."""
    held = loading.read_printed(folder)

    def like(table: str, period: str, month: str, *stages: str) -> pd.DataFrame:
        rows = getattr(held, table)
        rows = rows[(rows["period"] == period) & rows["stage"].isin(stages)]
        day = rows["stage"].map({"bulletin": "2026-10-20"}).fillna("2026-10-14")
        return rows.assign(period=month, released=day, released_basis="printed")

    first = ("preliminary", "bulletin")
    new = {"totals": like("totals", "2026-08", "2026-09", *first)}
    new |= {table: like(table, "2026-07", "2026-09", *first) for table in ("partners", "commodities")}
    if restated:
        new["commodities"] = pd.concat([new["commodities"], like("commodities", "2025-07", "2025-09", "restated")])
    grown = held
    if unlisted:
        new = {table: rows.assign(source="new-table") for table, rows in new.items()}
        new["partners"] = new["partners"].replace({"partner": {"BRA": "new_land"}})
        new["commodities"] = new["commodities"].replace({"commodity": {"ships": "new_goods"}})
        name = {"name": "New", "name_official": "New"}
        goods = [{"flow": flow, "commodity": "new_goods", "list": "unlisted", **name} for flow in ("export", "import")]
        for table, entries in (
            ("sources", [{"source": "new-table", "publisher": "GACC", "what": "a new table", "address": ""}]),
            ("partner_list", [{"partner": "new_land", "type": "unlisted", **name}]),
            ("commodity_list", goods),
        ):
            grown = adding._append(grown, table, entries)
    rows = {table: adding._sorted(pd.concat([getattr(held, table), more]), table) for table, more in new.items()}
    grown = adding._with_releases_and_coverage(replace(grown, **rows))
    loading.validate(grown)
    with store.write_lock(folder):
        store.write(folder, adding._changed_files(held, grown))


@pytest.mark.parametrize(("what", "affected"), [({}, NONE), ({"unlisted": True}, NONE), ({"restated": True}, since("2025-09"))])
def test_a_new_month_makes_no_other_stale_but_where_it_restates(data_copy, what, affected):
    before = hashes(Inputs(data=data_copy))
    grow(data_copy, **what)
    after = hashes(Inputs(data=data_copy))
    assert after.keys() - before.keys() == {"2026-09"}
    assert {period for period in before if before[period] != after[period]} == {*filter(affected, before)}


def test_after_a_new_month_only_its_report_is_built(data_copy, tmp_path):
    def build(*periods: str) -> list[str]:
        command = [sys.executable, "-m", "customs_report", "build", *periods, "--formats", "html", "--jobs", "1"]
        env = {**os.environ, "CUSTOMS_REPORT_DATA": str(data_copy)}
        said = subprocess.run(
            [*command, "--out", tmp_path / "out"], env=env, cwd=inputs.ROOT, check=True, capture_output=True, text=True
        ).stdout
        return [period for period in periods if f"{period}/monthly_report.html  (up to date)" not in said]

    older = ["2012-02", "2026-08"]
    assert build(*older) == older
    grow(data_copy)
    assert build(*older, "2026-09") == ["2026-09"]


def test_a_report_is_as_known_on_the_newest_release_that_its_figures_can_rest_on(reported):
    known = {
        (period, day): reported(period, day) for period, day in [("2026-07", ""), ("2026-08", ""), ("2026-07", "2026-09-08")]
    }
    assert [report.as_of for report in known.values()] == ["2026-08-20", "2026-09-08", "2026-09-08"]
    assert [newest_month(report.tables) for report in known.values()] == ["2026-07", "2026-08", "2026-08"]


def test_tables_added_to_a_headline_change_its_month_and_those_that_they_restate(data_copy):
    """The pages of August 2026, of which the data have the headline figures; those of commodities restate August 2025."""
    stale, files = [], pages.next_month(loading.read_printed(data_copy))
    for names in (("totals.html", "partners.html"), ("exports.html", "imports.html")):
        before = hashes(Inputs(data=data_copy))
        for name in names:
            assert adding.add(name, files[name], folder=data_copy, accept=True).written
        after = hashes(Inputs(data=data_copy))
        stale.append({period for period in after if before[period] != after[period]})
    assert stale == [{"2026-08"}, {period for period in after if period >= "2025-08"}]


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("2009-01", ""),
        ("2025-11", "2025-12-08"),
        *in_depth(("2026-07", ""), ("2019-05", ""), ("2025-02", ""), ("2026-07", "2026-09-08")),
    ],
)
def test_what_leaves_the_hash_as_it_is_changes_no_fact(data_copy, period, day, monkeypatch):
    """Cells changed, duplicated and deleted at random: as long as the hash is the same, the report is the same."""

    def said() -> tuple:
        tables = loading._in_base_units(checks.without_source_errors(loading.read_printed(data_copy)))
        monkeypatch.setattr(loading, "load", lambda: tables)
        report = reports.open_report(period, day)
        return report.as_of, newest_month(report.tables), report.facts.as_json()

    def now() -> str:
        return Inputs(data=data_copy).data(NOTEBOOK, asked(period, day))

    before, hashed, kept, chance = said(), now(), 0, Random(period + day)
    for file in [table.file for table in schema.TABLES.values() if table.name != "source_errors"] * 4:  # it names cells
        text = (data_copy / file).read_text(encoding="utf-8")
        header, *rows = csv.reader(io.StringIO(text))
        if not rows:
            continue
        place, column = chance.randrange(len(rows)), chance.randrange(len(header))
        row, other = rows[place], rows[chance.randrange(len(rows))]
        changed = [*row[:column], other[column], *row[column + 1 :]]
        rows[place : place + 1] = chance.choice([[], [changed], [changed], [row, changed]])
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows([header, *rows])
        (data_copy / file).write_text(out.getvalue(), encoding="utf-8")
        if now() == hashed:
            kept += out.getvalue() != text
        else:
            (data_copy / file).write_text(text, encoding="utf-8")
    assert kept > 5
    assert said() == before


# --- code, lock, notebook, parameters -----------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path, monkeypatch) -> Path:
    """A copy of the project, used by `Inputs` in place of the project."""
    for name in ("customs_report", "notebooks"):
        shutil.copytree(inputs.ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("helpers.py", "requirements.txt"):
        shutil.copy(inputs.ROOT / name, tmp_path)
    monkeypatch.setattr(inputs, "ROOT", tmp_path)
    monkeypatch.setattr(inputs, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(project, "LOCK", tmp_path / "requirements.txt")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "changed", "of"),
    [
        ("helpers.py", "code", ("monthly_report", "fact_check")),
        ("customs_report/exhibits/front_page.py", "code", ("monthly_report", "fact_check")),
        ("customs_report/publish/cells.py", "code", ("monthly_report", "fact_check")),
        ("customs_report/publish/templates/report_html/report.css", "code", ("monthly_report", "fact_check")),
        ("customs_report/publish/templates/archive/base.html.j2", "", ()),
        ("customs_report/publish/engine.py", "", ()),  # papermill's; a build runs cells itself
        ("customs_report/cli.py", "", ()),
        ("customs_report/readers/chinese.py", "", ()),
        ("requirements.txt", "lock", ("monthly_report", "fact_check")),
        ("notebooks/monthly_report.ipynb", "notebook", ("monthly_report",)),
    ],
)
def test_a_changed_file_asks_for_what_is_made_of_it(tree, file, changed, of):
    def now() -> dict:
        return {name: Inputs().of(name, asked("2025-11")) for name in ("monthly_report", "fact_check")}

    before, text = now(), (tree / file).read_text(encoding="utf-8")
    changed_text = text.replace("## ", "## Of the ", 1) if file.endswith(".ipynb") else text + "\n"
    (tree / file).write_text(changed_text, encoding="utf-8")
    after = now()
    assert {n: [k for k in before[n] if before[n][k] != after[n][k]] for n in before} == {
        name: [changed] if name in of else [] for name in before
    }


def test_parameters_and_the_files_they_name_are_inputs(tmp_path):
    claims = tmp_path / "claims.yml"
    claims.write_text("a")
    given = {"period": "2025-11", "as_of": "", "claims": str(claims)}
    one = Inputs().of("fact_check", given)
    claims.write_text("b")
    other = Inputs().of("fact_check", given)
    assert [name for name in one if one[name] != other[name]] == ["parameters"]
    assert Inputs().of("fact_check", {**given, "as_of": "2025-12-08"})["parameters"] != other["parameters"]


def test_the_code_left_out_is_there_and_no_report_imports_it():
    package = inputs.ROOT / "customs_report"
    assert all((package / name).exists() for name in inputs.NOT_OF_A_REPORT)
    script = """
import sys
from customs_report.publish.build import make
from customs_report.publish.inputs import Inputs
subjects = {
    "partner_profile": {"partner": "USA"},
    "commodity_profile": {"flow": "import", "commodity": "crude_oil"},
    "detail_report": {"period": "2024-09"},
    "commodity_profile_by_code": {"period": "2024-09", "flow": "export", "commodity": "8703"},
}
for notebook in ("monthly_report", "fact_check", *subjects):
    asked = {"period": "2025-11", "as_of": "", **subjects.get(notebook, {})}
    make(notebook, asked, ("pdf",), Inputs().of(notebook, asked))
print(*(m.__file__ for n, m in sys.modules.items() if n.startswith("customs_report")), sep="\\n")
"""
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    used = {Path(file).relative_to(package).as_posix() for file in loaded}
    assert "exhibits/front_page.py" in used
    assert not [name for name in used if name.startswith(inputs.NOT_OF_A_REPORT)]


def test_the_light_reading_agrees_with_the_tables(loaded, now):
    assert Inputs().newest_release == loaded.newest_release
    assert Inputs().periods == vintages.reportable_months(now)


def test_a_file_that_is_not_in_order_counts_as_a_whole(data_copy):
    path = data_copy / "mirror.csv"
    header, *rows = path.read_text().splitlines()
    path.write_text("\n".join([header, *rows[1:], rows[0]]))
    before = hashes(Inputs(data=data_copy))
    change(path, "2026-04", ",1", ",2")
    after = hashes(Inputs(data=data_copy))
    assert all(before[period] != after[period] for period in before)
