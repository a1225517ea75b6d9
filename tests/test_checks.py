"""The checks find and name a wrong cell, and do not report accepted findings."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from click.testing import CliRunner

from customs_report import checks, cli, loading, schema
from customs_report.checks import cross_checks
from customs_report.tables import Tables

USA = {"period": "2025-11", "partner": "USA", "kind": "month"}
INDIA = USA | {"partner": "IND"}  # in no group, so that no identity bounds it
CARS = {"period": "2025-10", "kind": "month", "flow": "export", "commodity": "motor_vehicles", "table": "flash"}
DOLLARS = {"kind": "month", "currency": "USD", "stage": "preliminary"}


@pytest.fixture(scope="module")
def printed() -> Tables:
    return loading.read_printed(schema.DATA)


def planted(tables: Tables, table: str, where: dict[str, str], **cells) -> tuple[Tables, int]:
    """The tables with other cells in the first row that matches, and the row's line in the file."""
    rows = getattr(tables, table).copy()
    found = rows.index[(rows[list(where)] == pd.Series(where)).all(axis=1)][0]
    for column, change in cells.items():
        rows.at[found, column] = change(rows.at[found, column]) if callable(change) else change
    return replace(tables, **{table: rows}), found + 2


@pytest.mark.parametrize(
    ("table", "where", "cells", "check"),
    [
        ("totals", DOLLARS | {"period": "2025-08", "flow": "exports", "measure": "level"}, {"value": lambda v: v * 10}, "exports - imports = balance"),
        ("totals", DOLLARS | {"period": "2018-06", "flow": "balance", "measure": "level"}, {"value": lambda v: v * 10}, "balance by printed growth"),
        ("totals", {"period": "2025-10", "kind": "month", "flow": "exports", "currency": "CNY", "stage": "bulletin", "measure": "level"}, {"value": lambda v: round(v * 1.05)}, "year to date and month, totals"),
        ("totals", {"period": "2010-05", "kind": "month", "flow": "exports", "currency": "USD", "measure": "level"}, {"value": lambda v: v * 2}, "months around, totals"),
        ("totals", DOLLARS | {"period": "2024-05", "flow": "exports", "measure": "yoy"}, {"value": lambda v: -v}, "printed growth, totals"),
        ("partners", USA, {"exports": lambda v: round(v * 1.05)}, "year to date and month, partners"),
        ("partners", USA | {"kind": "ytd"}, {"imports_yoy": lambda v: -v}, "growth of total trade, partners"),
        ("partners", {"period": "2025-11", "partner": "ASIA", "kind": "ytd"}, {"exports": lambda v: round(v * 1.3)}, "regions sum to the total"),
        ("commodities", CARS, {"value": lambda v: v * 1.3 // 1e4 * 1e4}, "year to date and month, commodities"),
        ("commodities", CARS, {"quantity": lambda v: v * 10}, "unit value, commodities"),
        ("commodities", CARS | {"commodity": "steel_products"}, {"unit": "tonnes"}, "unit value, commodities"),
        ("commodities", CARS | {"period": "2026-03", "kind": "ytd", "stage": "preliminary"}, {"value_yoy": lambda v: -v}, "printed growth = growth on the restated base"),
        ("totals", DOLLARS | {"period": "2025-08", "flow": "exports", "measure": "level"}, {"step": 250.0}, "schema of totals.csv"),
        ("totals", DOLLARS | {"period": "2025-08", "flow": "exports", "measure": "level"}, {"step": 1e12}, "figures are multiples of their step"),
        ("commodities", CARS, {"stage": "bulletin"}, "stages of a list and of a source"),
        ("partners", USA, {"released": "2028-01-09"}, "released after the month, partners"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_found_and_named(printed, table, where, cells, check):
    tables, row = planted(printed, table, where, **cells)
    found = [finding for finding in checks.find_violations(tables, of=table) if finding.check == check]
    assert any((schema.FILES[table], row) in finding.names for finding in found), found
    assert all(1 <= len(finding.cells) <= 3 for finding in found)


@pytest.mark.parametrize(
    ("column", "wrong", "check"),
    [
        ("value", lambda v: v * 7, "one exchange rate, detail"),
        ("quantity", lambda v: v * 10, "unit value, detail"),
        ("partner", lambda _: "USB", "the detail data fit the lists"),
        ("unit", lambda _: "dozens", "the detail data fit the lists"),
        ("source", lambda _: "hearsay", "the detail data fit the lists"),
        ("released", lambda _: "2020-07-31", "the detail data fit the lists"),
    ],
)
def test_a_wrong_figure_of_the_detail_data_is_found_and_named(printed, detail_store, column, wrong, check):
    asked = "FROM read_parquet(?) WHERE commodity = '27090000' AND period BETWEEN '2020-01' AND '2020-12'"
    frame = duckdb.execute(asked, [str(schema.DATA / "detail" / "seed.parquet")]).df()
    rows = frame.drop(columns=["superseded", "is_first"]).to_dict("records")
    assert checks.find_violations(replace(printed, detail=detail_store(*rows)), of="detail") == []
    (row,) = (row for row in rows if (row["period"], row["currency"]) == ("2020-08", "USD"))
    row[column] = wrong(row[column])
    found = checks.find_violations(replace(printed, detail=detail_store(*rows)), of="detail")
    assert check in {finding.check for finding in found} <= {check, "unit value, detail"}
    assert all("2020-08" in str(finding) for finding in found)


def test_a_damaged_or_missing_file_of_the_detail_data_is_found(printed, detail_store):
    good = detail_store({"period": "2025-11", "flow": "export", "commodity": "87038000", "partner": "USA", "value": 5.0})
    (file,) = good.paths()
    Path(file).write_bytes(Path(file).read_bytes()[:-1])
    assert {f.check for f in checks.find_violations(replace(printed, detail=good), of="detail")} == {
        "the detail data are whole"
    }
    Path(file).unlink()
    (missing, *_) = checks.find_violations(replace(printed, detail=good), of="detail")
    assert "is missing" in str(missing)


def test_a_figure_of_tomorrow_is_found_by_check_alone(printed):
    newest = max(printed.totals["released"])
    assert not [
        f for f in checks.find_violations(printed, today=newest, of="totals") if f.check == "no figure released after today"
    ]
    yesterday = "2026-09-01"
    assert [
        f for f in checks.find_violations(printed, today=yesterday, of="totals") if f.check == "no figure released after today"
    ]


def test_an_accepted_finding_is_silent_until_its_value_changes(printed):
    wrong, _ = planted(printed, "partners", INDIA, exports=lambda v: round(v * 1.3))
    found = checks.find_violations(wrong, of="partners")
    assert found
    accepted = replace(wrong, accepted=checks.with_accepted(wrong, found, "looked at"))
    assert checks.find_violations(accepted, of="partners") == []
    other, row = planted(accepted, "partners", INDIA, exports=lambda v: v + 1_000_000)
    assert ("partners.csv", row) in {name for finding in checks.find_violations(other, of="partners") for name in finding.names}


def test_an_identity_is_never_accepted(printed):
    where = DOLLARS | {"period": "2025-08", "flow": "exports", "measure": "level"}
    wrong, _ = planted(printed, "totals", where, value=lambda v: v + 1e10)
    found = checks.find_violations(wrong, of="totals")
    accepted = replace(wrong, accepted=checks.with_accepted(wrong, found, "looked at"))
    assert {finding.check for finding in checks.find_violations(accepted, of="totals")} == {
        "exports - imports = balance",
        "exports + imports = total",
    }


def test_what_is_accepted_has_a_reason_and_is_still_there(printed):
    assert len(printed.accepted) <= 60
    assert not printed.accepted.duplicated(["check", "figures"]).any()
    names = {check.name for check in cross_checks.CROSS_CHECKS if not check.exact}
    assert set(printed.accepted["check"]) <= names | {
        "figures printed together, partners",
        "figures printed together, commodities",
    }
    accepted = sum(result.accepted for result in checks.run_checks(printed))
    assert accepted == len(printed.accepted)


def test_check_accepts_what_is_named_and_only_with_a_reason(data_copy, monkeypatch):
    monkeypatch.setattr(schema, "DATA", data_copy)
    path = data_copy / "partners.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    at = rows.index[(rows["period"] == "2025-11") & (rows["partner"] == "IND") & (rows["kind"] == "month")][0]
    rows.at[at, "exports"] = str(round(int(rows.at[at, "exports"]) * 1.3))
    rows.to_csv(path, index=False, lineterminator="\n")
    run = CliRunner().invoke
    found = run(cli.main, ["check", "--json"])
    (first, *others) = json.loads(found.stdout)
    assert first["cells"][0]["row"] == at + 2
    before = (data_copy / "accepted.csv").read_text()
    for wrong in (["check", "--accept", first["id"]], ["check", "--accept", "all", "--reason", "why"]):
        assert run(cli.main, wrong).exit_code != 0
    assert (data_copy / "accepted.csv").read_text() == before
    ids = [name for finding in (first, *others) for name in ("--accept", finding["id"])]
    run(cli.main, ["check", *ids, "--reason", "looked at"])
    assert (data_copy / "accepted.csv").read_text().count("looked at") == len(ids) / 2
    assert json.loads(run(cli.main, ["check", "--json"]).stdout) == []
