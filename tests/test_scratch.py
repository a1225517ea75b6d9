"""Temporary folders are removed with the process that made them, or by the next run."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from customs_report import scratch

MAKES = "import os, sys; from customs_report import scratch; print(scratch.make_folder(), flush=True); "


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def other(code: str) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", MAKES + code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_a_folder_goes_with_its_process(temporary):
    assert other("").wait() == 0
    assert not [*temporary.iterdir()]


def test_a_folder_is_kept_as_long_as_its_process_lives_and_swept_when_it_was_killed(temporary):
    mine, process = scratch.make_folder(), other("sys.stdin.read()")
    theirs = Path(process.stdout.readline().strip())
    (theirs / "file").write_text("")
    scratch.sweep()
    assert {*temporary.iterdir()} == {mine, theirs}
    process.kill()
    process.wait()
    scratch.sweep()
    assert {*temporary.iterdir()} == {mine}
    scratch.remove(mine)
    assert not [*temporary.iterdir()]


def test_only_what_is_left_of_a_run_is_swept(temporary):
    (temporary / "customs-report-of-somebody").mkdir()
    (temporary / "folder").mkdir()
    (temporary / f"{scratch.PREFIX}link").symlink_to(temporary / "folder")
    young, old = temporary / f"{scratch.PREFIX}young", temporary / f"{scratch.PREFIX}old"
    young.mkdir()
    old.mkdir()
    os.utime(old, (0, time.time() - 2 * scratch.YOUNG))
    scratch.sweep()
    assert not old.exists()
    assert len([*temporary.iterdir()]) == 4
    assert not [*(temporary / "folder").iterdir()]
