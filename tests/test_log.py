"""The log: on stderr or in a file if asked for, never in a report."""

from __future__ import annotations

import logging
import re

import pytest

from customs_report import cli, log, report
from customs_report.errors import InputError
from customs_report.publish import many

LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (INFO|WARNING|ERROR) \d+ customs_report[\w.]*: .+")


def command(*arguments: object) -> int:
    with pytest.raises(SystemExit) as leaving:
        cli.main.main([str(argument) for argument in arguments])
    return leaving.value.code


@pytest.mark.parametrize("place", ["before the command", "after it"])
def test_verbose_says_on_stderr_what_is_done_and_why(place, tmp_path, capsys):
    building = ["build", "2012-02", "--formats", "html", "--out", tmp_path / "reports"]
    assert command(*(["-v", *building] if place == "before the command" else [*building, "--verbose"])) == 0
    first = capsys.readouterr()
    assert "monthly_report of 2012-02 is built: there is none\n" in first.err
    assert re.search(r"^ran monthly_report of 2012-02: \d+\.\d\d s$", first.err, re.M)
    assert "ended with exit code 0" in first.err
    assert "monthly_report.html" in first.out
    assert "monthly_report.html" not in first.err
    assert command("-v", *building) == 0
    assert "monthly_report of 2012-02 is up to date" in capsys.readouterr().err


def test_nothing_of_the_log_is_in_a_report_and_nothing_is_logged_unless_asked_for(tmp_path, capsys):
    building = ["build", "2012-02", "--out"]
    assert command(*building, tmp_path / "quiet") == 0
    assert capsys.readouterr().err == ""
    assert command("--verbose", "--log-file", tmp_path / "log", *building, tmp_path / "logged") == 0
    for ending in ("html", "pdf", "xlsx", "zip", "jsonld", "facts.json"):
        quiet, logged = (tmp_path / out / "2012-02" / f"monthly_report.{ending}" for out in ("quiet", "logged"))
        assert quiet.read_bytes() == logged.read_bytes(), ending


def test_the_log_file_is_appended_to_with_dated_lines_and_the_error_is_in_it(tmp_path, capsys):
    file = tmp_path / "cron.log"
    file.write_text("before\n")
    assert command("facts", "2025-13", "--log-file", file) == 2
    assert command("--log-file", file, "facts", "2007-12") == 2
    before, *lines = file.read_text().splitlines()
    assert before == "before"
    assert all(LINE.fullmatch(line) for line in lines)
    errors = capsys.readouterr().err.splitlines()
    assert [line for line in lines if " WARNING " in line] == [line for line in lines if line.endswith(tuple(errors))]
    assert len(errors) == 2
    assert [line.partition(" after ")[0].partition(": ")[2] for line in lines].count("ended with exit code 2") == 2


def test_the_traceback_of_an_internal_error_is_in_the_file_alone(tmp_path, capsys, monkeypatch):
    def failing(*_: object) -> None:
        raise ZeroDivisionError("as told")

    monkeypatch.setattr(report, "open_report", failing)
    assert command("facts", "2025-11", "-v", "--log-file", tmp_path / "log") == 3
    logged, printed = (tmp_path / "log").read_text(), capsys.readouterr().err
    assert re.search(r"ERROR .*: internal error\nTraceback .*ZeroDivisionError: as told\n", logged, re.S)
    assert "Traceback" not in printed
    assert printed.count("internal error, please report it: ZeroDivisionError: as told\n") == 1


@pytest.mark.parametrize("file", ["missing/log", "."])
def test_a_log_file_that_cannot_be_written_is_one_line_and_nothing_is_done(file, tmp_path, capsys):
    assert command("build", "2012-02", "--out", tmp_path / "out", "--log-file", tmp_path / file) == 2
    printed = capsys.readouterr().err
    assert printed.startswith(f"customs-report: the log file {tmp_path / file} cannot be written: ")
    assert printed.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_workers_of_a_run_log_to_the_same_file(tmp_path):
    logger = logging.getLogger("customs_report.tests")
    log.set_up(False, tmp_path / "log")
    try:
        with many._processes(1) as (pool, _):
            pool.submit(logger.info, "from a worker\x1b[2J").result()
        logger.info("from the run")
    finally:
        log.tear_down()
    logger.info("after it")
    lines = (tmp_path / "log").read_text().splitlines()
    assert [line.partition(": ")[2] for line in lines] == ["from a worker\\x1b[2J", "from the run"]
    assert len({line.split()[3] for line in lines}) == 2


def test_what_was_set_up_before_is_undone(tmp_path):
    with pytest.raises(InputError):
        log.set_up(True, tmp_path)
    assert log.chosen() == (False, None)
    assert not logging.getLogger("customs_report").isEnabledFor(logging.INFO)
