"""The release command: it builds the affected reports, or stops before that and names the next command."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from customs_report import cli, loading, release, schema, scratch
from customs_report.errors import InputError
from customs_report.publish import inputs, manifest
from tests import pages
from tests.test_data import edit
from tests.test_fetch import Site, site  # noqa: F401  (a fixture)


@pytest.fixture
def run(data_copy, tmp_path, monkeypatch, capsys):
    """The command, in this process, on a copy of the data; returns its exit code and what it said."""
    monkeypatch.setattr(schema, "DATA", data_copy)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def ran(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main(["release", *map(str, arguments), "--out", str(tmp_path / "reports"), "--jobs", "1"])
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return ran


@pytest.fixture
def files(tmp_path) -> Path:
    """The files of August 2026, as downloaded."""
    folder = tmp_path / "downloaded"
    folder.mkdir()
    for name, content in pages.next_month(loading.read_printed(schema.DATA)).items():
        (folder / name).write_bytes(content)
    return folder


BOTH = ("monthly_brief", "monthly_report")


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.csv")}


def published(out: Path, folder: Path, period: str, **changed: str) -> None:
    """A complete set of a month, made of what stands in the data now, but for some inputs."""
    parameters = {"period": period, "as_of": ""}
    made_of = inputs.Inputs(data=folder).of("monthly_report", parameters) | changed
    contents = {"html": b"page", "facts.json": b"{}"}
    told = {
        "title": "t", "headline": "h", "exhibits": [], "incomplete": [], "complete": True, "inputs": made_of,
        "parameters": parameters, "files": {ending: manifest.sha256(content) for ending, content in contents.items()},
    }  # fmt: skip
    manifest.put(out / period, "monthly_report", contents, told)


def test_a_release_day_ends_with_the_headline_and_the_files(files, data_copy, tmp_path):
    command = [sys.executable, "-m", "customs_report", "release", "--from", str(files), "--out", str(tmp_path / "reports")]
    environment = os.environ | {"CUSTOMS_REPORT_DATA": str(data_copy)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    at = lines.index("check: nothing found")
    assert sum(line.endswith(": added") for line in lines[:at]) == 4
    assert lines[at + 1] == "verified: 2 reports"
    manifest = json.loads((tmp_path / "reports/2026-08/monthly_report.manifest.json").read_text(encoding="utf-8"))
    assert lines[at + 2] == manifest["headline"]
    endings = {name: [Path(line).suffix for line in lines[at + 3 :] if Path(line).name.startswith(name)] for name in BOTH}
    assert endings == {
        "monthly_brief": [".html", ".pdf", ".json", ".ipynb"],
        "monthly_report": [".html", ".pdf", ".xlsx", ".zip", ".jsonld", ".json", ".ipynb"],
    }
    assert all(Path(line).is_file() for line in lines[at + 3 :])
    assert (tmp_path / "reports" / "index.html").is_file()


def test_a_dry_run_says_what_would_happen_and_changes_nothing(run, files, data_copy, tmp_path):
    before = content(data_copy)
    out = tmp_path / "reports"
    published(out, data_copy, "2026-07")
    published(out, data_copy, "2012-02", data="of another day")
    code, said, err = run("2026-08", "--from", files, "--dry-run")
    assert (code, err) == (0, "")
    assert said.count("would be added") == 4
    assert all(f"2026-08/{name}  would be built" in said for name in BOTH)
    assert "2012-02/monthly_report  would be built" in said
    assert content(data_copy) == before
    assert {path.name for path in out.iterdir()} == {"2026-07", "2012-02"}
    scratch._remove_all()


def test_without_new_files_only_reports_that_are_stale_are_named(run, data_copy, tmp_path):
    published(tmp_path / "reports", data_copy, "2026-06")
    published(tmp_path / "reports", data_copy, "2026-05", notebook="of another day")
    published(tmp_path / "reports", data_copy, "2026-04", notebook="of another day")
    (tmp_path / "reports" / "2026-04" / "monthly_report.manifest.json").write_text("{")
    code, said, _ = run("--from", "--dry-run")
    assert code == 0
    assert [line for line in said.splitlines() if "would be" in line] == [
        f"{name}  would be built" for name in ("2026-07/monthly_brief", "2026-07/monthly_report", "2026-05/monthly_report")
    ]


def test_a_refused_file_stops_the_work_before_anything_is_built(run, files, data_copy, tmp_path):
    (files / "zz.html").write_text("<html><body>no table</body></html>")
    code, _, err = run("--from", files)
    assert code == 2
    assert "nothing was built; check the rejected figures, then run the same command again" in err.splitlines()[-1]
    assert not (tmp_path / "reports").exists()


def test_a_finding_stops_the_work_before_anything_is_built(run, data_copy, tmp_path):
    row = edit(data_copy / "reference/partners.csv", {"partner": "IND"}, name="印度")
    code, _, err = run("2026-07", "--from")
    assert code == 1
    assert f"check: names and reasons can be printed: reference/partners.csv, row {row}" in err
    assert "`customs-report release 2026-07 --from`" in err.splitlines()[-1]
    assert not (tmp_path / "reports").exists()


def test_a_site_that_refuses_is_told_with_the_way_round(run, site, tmp_path):  # noqa: F811
    Site.whole["/statics/report/preliminary.html"] = b"HTTP/1.1 412 Challenge\r\nContent-Length: 0\r\n\r\n"
    code, _, err = run("--site", site)
    assert code == 2
    (line,) = err.splitlines()
    assert "script challenge" in line
    assert "nothing was built; `customs-report release --from FILE...` adds files that you downloaded" in line
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("2026-13",), "'2026-13' is not a month"),
        (("a.html",), "write it like 2025-11, and files after --from"),
        (("2026-07", "a.html"), "'a.html' is not a month"),
        (("2026-09", "--from", "--dry-run"), "there are no figures of 2026-09; the newest month is 2026-08"),
        (("--from", "missing.html"), "missing.html"),
        (("2026-07", "--from", "--released", "yesterday"), "'yesterday' is not a date"),
    ],
)
def test_arguments_that_cannot_be_are_refused(run, arguments, said, tmp_path):
    code, _, err = run(*arguments)
    assert code == 2
    assert said in err
    assert not (tmp_path / "reports").exists()


def test_a_period_comes_before_the_files():
    assert release.parse_arguments(("2026-08", "a.html"), True) == ("2026-08", ("a.html",))
    assert release.parse_arguments(("a.html", "b.xls"), True) == ("", ("a.html", "b.xls"))
    assert release.parse_arguments((), False) == ("", ())
    with pytest.raises(InputError):
        release.parse_arguments(("2026-08", "2026-09"), False)


def test_reports_are_built_again_as_their_manifests_say(data_copy, tmp_path):
    """With the notebook and the house that they had; one whose notebook is gone is left alone."""
    notebook, house = tmp_path / "mine.ipynb", Path(__file__).parents[1] / "docs" / "example-house" / "house.yml"
    notebook.write_bytes((inputs.NOTEBOOKS / "template.ipynb").read_bytes())
    out, said = tmp_path / "reports", {"title": "t", "headline": "h", "exhibits": [], "incomplete": [], "complete": True}
    parameters, files = (
        {"period": "2026-05", "as_of": ""},
        {"html": manifest.sha256(b"page"), "facts.json": manifest.sha256(b"{}")},
    )
    for name, more in {
        "mine": {"notebook": str(notebook)},
        "monthly_brief": {"house": str(house), "inputs": {"house": "of another day"}},
        "gone": {"notebook": str(tmp_path / "gone.ipynb")},
    }.items():
        told = {**said, "parameters": parameters, "files": files, "inputs": {}, **more}
        manifest.put(out / "2026-05", name, {"html": b"page", "facts.json": b"{}"}, told)
    orders = release.affected_reports("2026-07", data_copy, out)
    assert [(order.folder, order.name, order.house) for order in orders[2:]] == [
        ("2026-05", "mine", ""), ("2026-05", "monthly_brief", str(house)),
    ]  # fmt: skip
    assert orders[2].notebook == str(notebook)
