"""The data pass their checks, and a broken file is reported by file, row and figure."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from customs_report import checks, coverage, loading, schema
from customs_report.calculations.cleantech import cleantech_exports
from customs_report.errors import InputError, Violation


def edit(path: Path, match: dict[str, str], **changes: str) -> int:
    """Change the first row that matches; returns its line in the file."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    at = next(i for i, row in enumerate(rows) if all(row[k] == v for k, v in match.items()))
    rows[at] |= changes
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return at + 2


def violations(folder: Path, of: str = "") -> dict[str, str]:
    """What each check that fails has found."""
    results = checks.run_checks(loading.read_printed(folder), of=of)
    return {result.check.name: "; ".join(map(str, result.found)) for result in results if result.found}


YOUNG = ("cleantech", "cleantech.csv", "consensus", "consensus.csv", "distortions.csv", "mirror")


def test_the_data_pass_every_check():
    results = checks.run_checks(loading.read_printed(schema.DATA))
    assert [result.check.name for result in results if result.found] == []
    nothing_yet = [result.check.name for result in results if not result.checked]
    of_partners = {"stages, partners", "one exchange rate, partners", "preliminary release and bulletin, partners"}
    assert {name for name in nothing_yet if not name.endswith(YOUNG)} <= of_partners  # in one currency and stage until now


@pytest.mark.parametrize(
    ("file", "match", "column", "text", "character"),
    [
        ("reference/partners.csv", {"partner": "IND"}, "name", "印度", "U+5370"),
        ("reference/commodities.csv", {"commodity": "footwear"}, "name", "Footwear 👟", "U+1F45F"),
        ("source_errors.csv", {"table": "commodities"}, "why", "error\u200b at the source", "U+200B"),
    ],
)
def test_a_text_that_a_report_cannot_print_is_named(data_copy, file, match, column, text, character):
    row = edit(data_copy / file, match, **{column: text})
    (where,) = violations(data_copy).values()
    assert f"{file}, row {row}: {column} {text!r} has {character}, which no report can print" in where


PRESS = {"period": "2025-11", "kind": "month", "currency": "USD", "stage": "preliminary", "measure": "level"}
USA = {"period": "2025-11", "partner": "USA"}
CARS = {
    "period": "2025-11",
    "kind": "month",
    "flow": "export",
    "commodity": "motor_vehicles",
    "table": "flash",
    "currency": "CNY",
}


@pytest.mark.parametrize(
    ("file", "match", "change", "check"),
    [
        ("totals", PRESS | {"flow": "balance"}, {"value": "121680000000"}, "exports - imports = balance"),
        ("totals", {"period": "2025-08", "flow": "total", "stage": "preliminary"}, {"value": "4870000000000"}, "exports + imports = total"),
        ("totals", {"period": "2025-11", "flow": "exports", "currency": "CNY", "kind": "month"}, {"value": "29457877687576"}, "month <= year to date, totals"),
        ("totals", {"period": "2025-01", "flow": "exports", "currency": "CNY", "kind": "month"}, {"value": "2335478281"}, "January = year to date, totals"),
        ("partners", USA | {"kind": "month"}, {"exports": "2964726204827"}, "month <= year to date, partners"),
        ("partners", {"period": "2025-01", "partner": "USA", "kind": "month"}, {"exports": "1"}, "January = year to date, partners"),
        ("partners", {"period": "2025-11", "partner": "ASIA", "kind": "ytd"}, {"exports": "12516713231477"}, "regions sum to the total"),
        ("partners", {"period": "2025-11", "partner": "VNM", "kind": "ytd"}, {"exports": "3283784678055"}, "members within their group"),
        ("partners", {"period": "2025-11", "partner": "JPN", "kind": "ytd"}, {"exports": "21032643008219"}, "no member beside its group in the ranking"),
        ("commodities", CARS, {"value": "2896910810000"}, "month <= year to date, commodities"),
        ("commodities", CARS | {"kind": "ytd"}, {"value": "28969108100000"}, "parts within their aggregate"),
        ("commodities", {"period": "2026-05", "kind": "ytd", "commodity": "ships", "table": "flash", "stage": "preliminary", "currency": "CNY"}, {"value_yoy": "99.9"}, "printed growth = growth on the restated base"),
        ("partners", {"period": "2025-11", "kind": "month", "partner": "ASIA"}, {"released": "2025-12-08"}, "bulletin lines dated with the bulletin"),
        ("partners", {"period": "2025-02", "kind": "month", "partner": "USA"}, {"released": "2025-03-07"}, "bulletin lines dated with the bulletin"),
        ("totals", PRESS | {"flow": "exports"}, {"stage": "final"}, "schema of totals.csv"),
        ("totals", PRESS | {"flow": "exports"}, {"source": "hearsay"}, "schema of totals.csv"),
        ("partners", USA | {"kind": "ytd"}, {"partner": "USB"}, "schema of partners.csv"),
        ("commodities", CARS, {"unit": "dozens"}, "schema of commodities.csv"),
        ("commodities", {"period": "2025-07", "kind": "ytd", "commodity": "chinese_medicines"}, {"quantity": "85000"}, "known errors at the source are in place"),
    ],
)  # fmt: skip
def test_a_planted_violation_is_found_and_named(data_copy, file, match, change, check):
    row = edit(data_copy / f"{file}.csv", match, **change)
    found = violations(data_copy, of=file)
    assert check in found
    if not check.startswith(("no member", "known errors")):  # these name the row they compare with
        assert f"row {row}" in found[check]
    with pytest.raises(Violation, match=r"row \d+"):
        loading.load(data_copy)


def test_data_that_passed_are_not_checked_again_until_they_change(data_copy, monkeypatch):
    before = loading.load(data_copy)
    loading._load.cache_clear()
    with monkeypatch.context() as patch:
        patch.delattr(loading, "validate")
        again = loading.load(data_copy)
    for name in schema.TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(before, name), check_exact=True)
    (data_copy / loading.CHECKED).write_bytes(b"\xff")
    loading._load.cache_clear()
    loading.load(data_copy)
    edit(data_copy / "totals.csv", PRESS | {"flow": "exports"}, value="-1")
    for _ in range(2):
        with pytest.raises(Violation, match=r"totals\.csv, row"):
            loading.load(data_copy)


def test_the_hash_of_what_passed_covers_all_code_that_checks():
    loaded = "(m.__file__ for n, m in sys.modules.items() if n.startswith('customs_report'))"
    script = f"import sys; from customs_report import loading; print(*{loaded})"
    files = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    package = Path(loading.__file__).parent
    assert {Path(file).parent for file in files} == {package, package / "checks", package / "detail"}


def test_a_figure_that_is_no_number_is_named(data_copy):
    row = edit(data_copy / "totals.csv", PRESS | {"flow": "exports"}, value="330,3")
    with pytest.raises(Violation, match=rf"totals.csv, row {row}: value '330,3' is not a number"):
        loading.load(data_copy)


def test_a_repeated_row_is_a_violation(data_copy):
    path = data_copy / "partners.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[-1]]) + "\n")
    assert "schema of partners.csv" in violations(data_copy)


def test_a_missing_file_or_folder_is_one_line(data_copy):
    (data_copy / "partners.csv").unlink()
    with pytest.raises(InputError, match="no data file partners"):
        loading.load(data_copy)
    with pytest.raises(InputError, match="no data file"):
        loading.load(data_copy / "nowhere")


def test_an_undeclared_hole_and_an_undeclared_row_are_found(data_copy):
    path = data_copy / "partners.csv"
    lines = path.read_text().splitlines()
    lines = [line for line in lines if not line.startswith("2025-06,ytd,USA,")]
    path.write_text("\n".join(lines) + "\n")
    alone = next(row for row, line in enumerate(lines, 1) if line.startswith("2025-06,month,USA,"))
    assert violations(data_copy) == {
        "declared coverage is available": "partners.csv: USA ytd CNY line 2025-06 is declared in coverage.csv but missing",
        "figures printed together, partners": f"partners.csv, row {alone}: 2025-06 month USA CNY bulletin is there without its ytd",
    }
    coverage = data_copy / "coverage.csv"
    coverage.write_text(
        "".join(line + "\n" for line in coverage.read_text().splitlines() if not line.startswith("partners,USA,"))
    )
    assert set(violations(data_copy)) == {"available figures are declared", "figures printed together, partners"}
    loading.load(data_copy)  # a hole stops the exhibit that needs it, not the data


def test_a_declared_hole_is_named_with_its_reason(now):
    assert coverage.why_unavailable(now, "partners", "2025-05", key="PHL") == "line not transcribed for this month"
    assert coverage.why_unavailable(now, "partners", "2012-02") == "no table of partners before 2024-01"
    assert (
        coverage.why_unavailable(now, "totals", "2012-02", flow="exports", currency="CNY")
        == "no yuan export figures before 2018-06"
    )
    asked = {"flow": "exports", "currency": "CNY", "kind": "month", "measure": "level"}
    between = "no yuan export figures for 2022-10–2023-05"  # later months are held
    assert coverage.why_unavailable(now, "totals", "2023-05", **asked) == between
    assert "January and February together" in coverage.why_unavailable(
        now, "commodities", "2025-01", flow="import", key="crude_oil", kind="month"
    )


def test_coverage_is_what_the_rows_say():
    printed = loading.read_printed(schema.DATA)
    expected = coverage.coverage_of(checks.without_source_errors(printed))
    runs = [frame.drop(columns="reason").astype(object) for frame in (printed.coverage, expected)]
    pd.testing.assert_frame_equal(*runs, check_dtype=False)
    assert (printed.coverage["reason"] != "").tolist() == (printed.coverage["status"] == "hole").tolist()


def test_ranked_groups_share_no_member_and_lists_know_each_other(loaded):
    groups = loaded.groups.set_index("group")
    ranked = groups[groups["ranked"] == 1]["members"].str.split()
    assert not set(ranked["ASEAN"]) & set(ranked["EU27"])
    codes = set(loaded.partner_list["partner"]) | {"CHN"}
    assert {code for members in groups["members"] for code in members.split()} <= codes
    goods = loaded.commodity_list
    for flow, lines in goods.groupby("flow"):
        assert set(lines["parent"]) - {""} <= set(lines["commodity"]), flow


def test_quantities_are_in_base_units(loaded):
    rows = loaded.commodities
    crude = rows[(rows["commodity"] == "crude_oil") & (rows["period"] == "2025-11") & (rows["kind"] == "month")].iloc[0]
    assert crude["unit"] == "tonnes"
    assert 4e7 < crude["quantity"] < 6e7
    assert set(rows["unit"]) <= {"", "tonnes", "units", "pairs", "cubic metres"}


@pytest.mark.parametrize("path", sorted(schema.DATA.rglob("*.csv")), ids=lambda path: path.name)
def test_files_are_small_sorted_and_plain(path):
    raw = path.read_bytes()
    raw.decode("utf-8")
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    lines = raw.decode().splitlines()
    assert len(set(lines)) == len(lines)
    assert len(raw) < 1e6


# --- figures that are not customs' own ---------------------------------------------------------------------------------


def test_the_consensus_is_known_from_the_day_of_the_release_it_was_shown_beside(loaded):
    rows = loaded.consensus.set_index(["period", "kind", "flow", "currency", "measure"])
    assert rows.at[("2025-11", "month", "exports", "USD", "yoy"), "value"] == 3.8
    assert rows.at[("2025-11", "month", "balance", "USD", "level"), "value"] == 105e9
    assert rows.at[("2026-02", "ytd", "balance", "CNY", "level"), "value"] == 1250e9
    days = loaded.releases.set_index("period")["released"]
    assert (loaded.consensus["released"] == loaded.consensus["period"].map(days)).all()


@pytest.mark.parametrize(
    ("destination", "growth"),
    [("WORLD", 36.1), ("ASEAN", 77.5), ("AFRICA", 180.1), ("EUROPE", 26.3), ("EU27", 10.6), ("LATAM", 40.2)],
)
def test_electric_and_hybrid_vehicles_of_2025_as_ember_compiles_them(now, destination, growth):
    rows = cleantech_exports(now, "2025-11").loc["electric_and_hybrid_vehicles"]
    assert round(rows.at[destination, "growth"], 1) == growth
    assert rows.loc["EUROPE", ["share_before", "share"]].round(1).to_list() == [43.7, 40.5]


def test_destinations_of_clean_technology_stay_within_the_world(loaded, then):
    rows = loaded.cleantech
    places = loaded.partner_list.set_index("partner")["type"]
    countries = rows[rows["destination"].map(places) == "country"].groupby(["period", "technology"])["value"].sum()
    world = rows[rows["destination"] == "WORLD"].set_index(["period", "technology"])["value"]
    assert (countries / world).dropna().between(0.7, 1).all()
    assert then.cleantech["late"].all()  # nothing of it was public in 2025
    assert set(loaded.sources.loc[loaded.sources["publisher"].str.contains("Ember"), "licence"]) == {"CC BY 4.0"}


def test_silent_revisions_inside_six_weeks_are_vintages_of_their_own(loaded):
    rows = loaded.totals.query("period == '2026-01' and flow == 'imports' and stage == 'revised'")
    assert rows.set_index("released")["value"].to_dict() == {"2026-07-07": 235.4e9, "2026-08-11": 236e9, "2026-08-18": 236.4e9}


@pytest.mark.parametrize("value", ["1e308", "1e18", "-5e14", "inf"])
def test_a_value_out_of_all_bounds_ends_in_one_line(data_copy, value):
    row = edit(data_copy / "totals.csv", {"period": "2026-03", "flow": "exports", "stage": "revised"}, value=value)
    run = subprocess.run(
        [sys.executable, "-m", "customs_report", "facts", "2026-03"], capture_output=True, text=True, timeout=120, check=False,
        env=os.environ | {"CUSTOMS_REPORT_DATA": str(data_copy)},
    )  # fmt: skip
    assert (run.returncode, len(run.stderr.splitlines())) == (1, 1)
    assert f"totals.csv, row {row}" in run.stderr
