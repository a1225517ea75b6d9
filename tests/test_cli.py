"""The command: what it prints, and one clear line with the right exit code for whatever is wrong."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys

import pytest

from customs_report import cli, fetch, frames, project, release, terminal
from customs_report.errors import InputError
from customs_report.periods import span
from customs_report.publish import many
from customs_report.publish.verify import set_names
from tests.sets import put_set


def command(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "customs_report", *arguments], capture_output=True, text=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["build", "2025-13"], "'2025-13' is not a period; write it like"),
        (["build", "lastest"], "write it like"),
        (["build", "2025-1"], "'2025-1' is not a period; write it like 2025-01"),
        (["facts", "2025"], "2025 is a year, not a period; its months are 2025-01 to 2025-12"),
        (["build", "2025-11", "--as-of", "7 Dec 2025"], "was public on 2025-12-07; the first date that works is 2025-12-08"),
        (
            ["build", "2025-11", "-p", "as_of", "2025/12/07"],
            "was public on 2025-12-07; the first date that works is 2025-12-08",
        ),
        (["build", "Nov 2025", "--as-of", "1999/1/1"], "the first date that works is 2025-12-08"),
        (["build", "LATEST", "--as-of", "1999-01-01"], "the first date that works is 2024-04-12"),
        (
            ["build", "2025-11", "--notebook", "commodity_profile", "-p", "commodity", "oil", "-p", "flow", "export"],
            "no exports of crude oil are available; there are imports: flow='imports'",
        ),
        (["build", "2025-11", "--as-of", "1999-01-01"], "the first date that works is 2025-12-08"),
        (["build", "latest", "--as-of", "1999-01-01"], "the first date that works is 2024-04-12"),
        (["build", "2007-12"], "2007-12 is before the data; the first period is 2008-01"),
        (["build", "2030-01"], "2030-01 is not in the data yet; the newest period is 2026-08"),
        (["build", "1999"], "1999-01 is before the data; the first period is 2008-01"),
        (["build", "2030-01:2030-05"], "no period lies in 2030-01:2030-05; write it like 2008-01:2026-08"),
        (["build", "2025-1:2025-11"], "no period lies in 2025-1:2025-11; write it like 2008-01:2026-08"),
        (["build", "2025-13:2026-99"], "no period lies in 2025-13:2026-99; write it like"),
        (["build", "2025-11", "-p", "period", "2025-10"], "PERIOD is 2025-11, and -p period 2025-10; give one of them"),
        (["build", "../2025-11"], "'../2025-11' is not a period"),
        (["build", "2025-11", "--as-of", "2025-12-01"], "the first date that works is 2025-12-08"),
        (["build", "2025-11", "--as-of", "8.12.2025"], "--as-of '8.12.2025' is not a date; write it like 2025-12-08"),
        (["build", "2010-04", "--as-of", "2019-06-01"], "the first date that works is 2026-07-07"),
        (["build", "2025-11", "--notebook", "montly_report"], "there is no notebook 'montly_report'; nearest: monthly_report"),
        (["build", "2025-11", "--notebook", "monthly"], "there is no notebook 'monthly'; nearest: monthly_brief"),
        (["build", "2025-11", "--notebook", "explore"], "explore is no report but a notebook to work in"),
        (["build", "2025-11", "-p", "perod", "x"], "monthly_report has no parameter 'perod'; nearest: period"),
        (["build", "2025-11", "--formats", "htm"], "there is no format 'htm'; nearest: html"),
        (["build", "2025-11", "--job", "x"], "--job"),
        (
            ["build", "2025-11", "--notebook", "nosuch"],
            "there is no notebook 'nosuch'; all: ",
        ),
        (["build", "2025-11", "-p", "foo", "1"], "monthly_report has no parameter 'foo'; all: period, as_of"),
        (["build", "2025-11", "--formats", "docx"], "there is no format 'docx'; all: html, pdf, xlsx, zip"),
        (["build", "Nov", "2025"], """'Nov' is not a period; write it like 2026-08 or latest; quote words that belong"""),
        (["build", "Nov", "2025"], 'quote words that belong together: "Nov 2025"'),
        (["build", "2025", "11"], 'quote words that belong together: "2025 11"'),
        (["facts", "Nov", "2025"], 'quote words that belong together: "Nov 2025"'),
        (["revisions", "2025", "November"], 'quote words that belong together: "2025 November"'),
        (["fetch", "Nov", "2025"], 'quote words that belong together: "Nov 2025"'),
        (["release", "Nov", "2025"], 'quote words that belong together: "Nov 2025"'),
        (["facts", "2025-11", "--as-of", "8", "Dec", "2025"], 'quote words that belong together: "8 Dec 2025"'),
        (["build", "2012-02", "2031-01"], "2031-01 is not in the data yet; the newest period is 2026-08"),
        (["add", "README.md", "nosuch.htm"], "there is no file or folder nosuch.htm"),
        (["verify", "README.md", "reports/nosuch"], "there is no folder reports/nosuch"),
        (["verify", "README.md", "nosuch.pdf"], "nosuch.pdf cannot be read: No such file or directory"),
        (["check-text", "README.md", "--date", "8.12.2025"], "--date '8.12.2025' is not a date; write it like 2025-12-08"),
        (["add", "README.md", "--released", "8/12/2025"], "--released '8/12/2025' is not a date; write it like 2025-12-08"),
        (["list", "--as-of", "8.12.2025"], "--as-of '8.12.2025' is not a date; write it like 2025-12-08"),
        (["zzz"], "there is no command 'zzz'; all: build, archive, publish, verify, facts"),
        (["claims", "zzz"], "there is no claims file 'zzz'; all: 20"),
        (["build"], "Missing argument 'PERIOD...'. For example: customs-report build latest"),
        (["verify"], "Missing argument 'FOLDER|PDF...'. For example: customs-report verify reports/2025-11"),
        (["verify", "reports/nosuch"], "there is no folder reports/nosuch"),
        (["facts", "2025-11", "--as-of", "2025-12-07"], "the first date that works is 2025-12-08"),
        (["chekc"], "there is no command 'chekc'; nearest: check"),
    ],
)
def test_wrong_input_is_one_line_with_the_nearest_valid_value_and_exit_code_two(arguments, said, capsys):
    with pytest.raises(SystemExit) as leaving:
        cli.main.main(list(arguments))
    printed = capsys.readouterr()
    assert leaving.value.code == 2
    assert said in printed.err
    assert printed.err.startswith("customs-report: ")
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_of_several_arguments_one_that_is_wrong_stops_all(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(many, "build_all", lambda *_, **__: pytest.fail("built"))
    for wrong in (["Nov", "2025"], ["2012-02", "2025-13"], ["all", "2031-01"], ["2012-02", "2025-11", "--as-of", "2012-06-30"]):
        with pytest.raises(SystemExit) as leaving:
            cli.main.main(["build", *wrong, "--out", str(tmp_path)])
        assert leaving.value.code == 2
    assert [*tmp_path.iterdir()] == []
    assert capsys.readouterr().out == ""


@pytest.mark.filterwarnings("always::UserWarning")
@pytest.mark.parametrize(
    "arguments",
    [
        "revisions",
        "revisions 2008-01",
        "revisions 2025-11 --as-of 2025-12-08",
        "revisions 2025-11 --as-of 2030-01-01",
        "facts 2008-01",
        "facts latest --as-of 2030-01-01",
        "claims 2025-12-08-trillion-surplus",
        "claims 2025-12-08-trillion-surplus --as-of 2030-01-01",
        "check-text README.md --date 2025-12-08",
        "check",
        "coverage",
        "list",
        "list --as-of 2030-01-01",
    ],
)
def test_no_command_prints_a_warning_of_python(arguments, recwarn, capsys):
    frames.warned.clear()
    with pytest.raises(SystemExit) as leaving:
        cli.main.main(arguments.split(" "))
    assert leaving.value.code == 0
    assert [str(warning.message) for warning in recwarn] == []
    assert capsys.readouterr().err == ""


def test_revisions_are_called_what_they_are_and_nothing_is_minus_zero(capsys):
    with pytest.raises(SystemExit):
        cli.main.main(["revisions"])
    printed = capsys.readouterr().out
    assert "the balance of trade, in dollars, January–November 2025" in printed
    assert " 0.0% " in printed
    assert not re.search(r"[+−]0\.0%|_usd_|_cny_", printed)


def test_a_command_that_needs_an_argument_has_an_example():
    needing = {name for name, each in cli.main.commands.items() if any(p.required for p in each.params)}
    assert needing == {*cli.EXAMPLES}


def test_a_folder_without_a_report_is_answered_with_those_that_have_one(tmp_path):
    for period in ("2025-10", "2025-11"):
        put_set(tmp_path, period)
    (tmp_path / "empty").mkdir()
    for folder, said in (
        (tmp_path, "holds no report with a manifest; all: 2025-10, 2025-11"),
        (tmp_path / "nosuch", f"there is no folder {tmp_path / 'nosuch'}; all: 2025-10, 2025-11"),
        (tmp_path / "2025-12", "nearest: 2025-1"),
        (tmp_path / "empty", "empty holds no report with a manifest"),
    ):
        with pytest.raises(InputError) as refusal:
            set_names(folder)
        assert said in str(refusal.value)


def test_a_suggested_command_can_be_run(tmp_path, monkeypatch):
    program = tmp_path / ".venv" / "bin" / "customs-report"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for called in (".venv/bin/customs-report", str(program)):
        monkeypatch.setattr(sys, "argv", [called])
        assert terminal.suggested_command("check") == ".venv/bin/customs-report check"
    monkeypatch.chdir(program.parent)
    monkeypatch.setattr(sys, "argv", [str(program)])
    assert terminal.suggested_command("check") == "./customs-report check"
    monkeypatch.chdir("/")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "argv", [str(program)])
    assert terminal.suggested_command("check") == f"{program.relative_to('/')} check"
    monkeypatch.setenv("PATH", str(program.parent))
    assert terminal.suggested_command("check") == "customs-report check"
    monkeypatch.setattr(sys, "argv", ["/somewhere/customs_report/__main__.py"])
    python = program.with_name("python3")
    python.touch(mode=0o755)
    for called, said in (("python", "python"), (str(python), "python3")):  # PATH finds it
        monkeypatch.setattr(sys, "orig_argv", [called, "-m", "customs_report"])
        assert terminal.suggested_command("check") == f"{said} -m customs_report check"
    monkeypatch.setenv("PATH", "")
    monkeypatch.chdir(tmp_path)
    assert terminal.suggested_command("check") == ".venv/bin/python3 -m customs_report check"


@pytest.mark.parametrize("called", ["program", "module"])
def test_what_init_says_to_do_next_can_be_done_in_the_new_folder(tmp_path, called):
    home, away = tmp_path / "a home", tmp_path / "away"
    program = home / ".venv" / "bin"
    program.mkdir(parents=True)
    away.mkdir()
    (program / "customs-report").write_text(f"#!{sys.executable}\nfrom customs_report.cli import main\nmain()\n")
    (program / "customs-report").chmod(0o755)
    as_module = [os.path.relpath(sys.executable, home), "-m", "customs_report"]
    command = as_module if called == "module" else [".venv/bin/customs-report"]
    paths = {**os.environ, "PYTHONPATH": str(project.CODE)}
    said = subprocess.run([*command, "init", away / "new"], cwd=home, env=paths, capture_output=True, text=True, check=True)
    build = said.stdout.rpartition("build the newest month with `")[2].rstrip("`\n")
    assert build.endswith(" build latest")
    run = build.replace("build latest", "build 2025-13")  # which needs a project
    done = subprocess.run(run, shell=True, cwd=away / "new", env=paths, capture_output=True, text=True)
    assert "'2025-13' is not a period" in done.stderr


def test_the_newest_month_is_spoken_of_once_by_brief_and_report(monkeypatch, capsys):
    monkeypatch.setattr(many, "build_all", lambda *_, **__: [])
    for notebook, said in (("monthly_brief", ""), ("monthly_report", "headline figures are available")):
        with pytest.raises(SystemExit):
            cli.main.main(["build", "latest", "--notebook", notebook])
        printed = capsys.readouterr().err
        assert said in printed
        assert bool(printed) == bool(said)


def test_what_takes_long_is_said_in_a_terminal_only(monkeypatch):
    for terminal_there in (False, True):
        stream = io.StringIO()
        stream.isatty = lambda there=terminal_there: there
        monkeypatch.setattr(sys, "stderr", stream)
        with cli._working("Counting"):
            pass
        assert ("Counting" in stream.getvalue()) == terminal_there


def test_a_month_is_written_in_any_of_the_usual_ways():
    ways = ["November 2025", "nov 2025", "2025/11", "11/2025", "202511", "2025-11-30", "2025-11"]
    assert cli._periods(ways, "") == cli._periods(ways, "2026-01-31") == ["2025-11"]
    assert cli._periods(["Oct 2025:2025/11"], "") == ["2025-10", "2025-11"]
    with pytest.raises(InputError, match="2025-11 is not over yet"):
        fetch.check_month("Nov 2025", "2008-01", "2025-11-20")
    assert release.parse_arguments(["Nov 2025", "file.html"], files=True) == ("2025-11", ("file.html",))


def test_a_span_of_years_has_all_their_months():
    assert cli._periods(("2023:2024",), "") == span("2023-01", "2024-12")


def test_a_folder_with_somebody_elses_index_is_refused_before_any_work(tmp_path, capsys):
    (tmp_path / "index.html").write_text("<title>Mine</title>")
    with pytest.raises(SystemExit) as leaving:
        cli.main.main(["build", "2012-02", "--out", str(tmp_path)])
    assert leaving.value.code == 2
    assert "is no index of ours" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_facts_are_json_of_the_documented_form():
    run = command("facts", "2025-11", "--as-of", "2025-12-08")
    assert run.returncode == 0
    printed = json.loads(run.stdout)
    assert printed["report"] == {
        "notebook": "monthly_report",
        "period": "2025-11",
        "as_of": "2025-12-08",
        "parameters": {"period": "2025-11", "as_of": "2025-12-08"},
    }
    assert json.loads(command("facts", "11/2025", "--as-of", "8 Dec 2025").stdout) == printed
    facts = {fact["name"]: fact for fact in printed["facts"]}
    assert facts["balance_usd_month"]["value"] == 111.68e9
    assert {"name", "value", "unit", "text", "how", "sources", "stage"} <= set(facts["balance_usd_month"])
    assert all({"name", "why"} == set(gap) for gap in printed["gaps"])


def test_check_prints_every_check_and_passes():
    run = command("check")
    assert run.returncode == 0
    assert "exports - imports = balance" in run.stdout


def test_build_prints_what_it_wrote_and_list_shows_it(tmp_path):
    run = command("build", "2012-02", "2012-03", "--out", str(tmp_path), "--formats", "html", "--jobs", "2")
    assert run.returncode == 0, run.stderr
    assert [line.rpartition(".")[2] for line in run.stdout.splitlines()] == ["html", "json", "ipynb"] * 2
    assert run.stdout.count("monthly_report.html") == 2
    assert (tmp_path / "2012-03" / "monthly_report.manifest.json").exists()
    assert not (tmp_path / "2012-03" / "monthly_report.pdf").exists()
    assert "2012-03/monthly_report.html" in (tmp_path / "index.html").read_text()
    assert 'href="../latest/index.html"' not in (tmp_path / "2012-03" / "monthly_report.html").read_text()  # it travels alone
    assert "could be built: 2008-01 to 2026-08" in command("list").stdout


def test_the_date_is_a_parameter_as_well(tmp_path):
    run = command("build", "2012-02", "-p", "as_of", "2026-08-31", "--out", str(tmp_path), "--formats", "html")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "2012-02@2026-08-31" / "monthly_report.html").exists()


def test_without_a_command_the_help_is_readable(capsys):
    with pytest.raises(SystemExit) as leaving:
        cli.main.main([])
    assert leaving.value.code == 2
    assert "\n  build " in capsys.readouterr().err


def test_help_is_quick_and_names_the_commands():
    run = command("--help")
    assert run.returncode == 0
    for name in ("build", "facts", "check", "list"):
        assert name in run.stdout
