"""Output works in any encoding, redirected, closed, full, or read no further: no traceback, and the exit code of the command."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest

from customs_report import cli, log, project, terminal

ENCODINGS = ("ascii", "latin-1", "cp936", "utf-16", "utf-8")
COMMANDS = {"--help": 0, "build --help": 0, "list": 0, "revisions 2025-11": 0, "coverage": 0, "build 2025-13": 2, "zzz–’é中": 2}


def printed(monkeypatch, encoding: str, *arguments: str) -> tuple[int, str, str]:
    """The exit code of a command, and what it prints on two streams of an encoding that refuses what it has not."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding, "strict") for name in ("stdout", "stderr")}
    with monkeypatch.context() as patched:
        for name, stream in streams.items():
            patched.setattr(sys, name, stream)
        with pytest.raises(SystemExit) as leaving:
            cli.main.main([*arguments])
        for stream in streams.values():
            stream.flush()
    out, err = (stream.buffer.getvalue().decode(encoding) for stream in streams.values())
    return int(str(leaving.value.code)), out, err


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_encoding_will_do(monkeypatch, encoding):
    for asked, code in COMMANDS.items():
        found, out, err = printed(monkeypatch, encoding, *asked.split(" "))
        assert found == code, (asked, err)
        assert (out if code == 0 else err).strip()
        assert "internal error" not in err
    assert {"ascii": "'zzz-'e\\u4e2d'", "latin-1": "'zzz-'é\\u4e2d'"}.get(encoding, "zzz–’") in err


def test_a_table_has_what_its_encoding_has(monkeypatch):
    _, plain, _ = printed(monkeypatch, "ascii", "coverage")
    _, drawn, _ = printed(monkeypatch, "utf-8", "coverage")
    assert plain.splitlines()[0].strip("+-") == ""
    assert "┏" in drawn
    assert plain.isascii()


def test_the_article_of_a_check_is_printed_in_ascii(monkeypatch):
    code, out, _ = printed(monkeypatch, "ascii", "claims", "2025-12-08-trillion-surplus")
    assert code == 0
    assert "China's trade surplus passes one trillion dollars" in out


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_is_the_same_json_in_any_encoding(monkeypatch, encoding):
    content = {"text": "é–中😀\x1b\x9b‮", "lines": "a\nb"}
    stream = io.TextIOWrapper(io.BytesIO(), encoding, "strict")
    monkeypatch.setattr(sys, "stdout", stream)
    terminal.say_json(content)
    stream.flush()
    text = stream.buffer.getvalue().decode(encoding)
    assert json.loads(text) == content
    assert text.replace("\n", "").isprintable()


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of Unix")
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("--help >&-", 0),
        ("coverage >&- 2>&- <&-", 0),
        ("--help > /dev/full", 1),
        ("zzz 2>&-", 2),
        ("{ sleep 1; --help; } | true", 1),
        ("{ sleep 1; --help 2>&1; } | true", 1),
        ("{ sleep 1; zzz 2>&1; } | true", 1),
    ],
)
def test_streams_that_take_nothing_end_it_in_one_line_at_most(asked, code, tmp_path):
    if "/dev/full" in asked and not os.path.exists("/dev/full"):  # noqa: PTH110
        pytest.skip("no /dev/full")
    run = asked.replace("--help", "$RUN --help").replace("zzz", "$RUN zzz").replace("coverage", "$RUN coverage")
    script = f"set -o pipefail; {run}; exit $?"
    environment = os.environ | {"RUN": f"{sys.executable} -m customs_report"}
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, cwd=project.CODE)
    assert done.returncode == code
    assert done.stderr.count("\n") <= 1
    assert "Traceback" not in done.stderr
    assert "internal error" not in done.stderr


def test_the_log_has_no_control_characters_of_a_traceback(tmp_path):
    log.set_up(False, tmp_path / "log")
    try:
        raise ValueError("\x1b]0;owned\x07\nsecond")
    except ValueError as error:
        log.PACKAGE.error("failed: \x1b[2J", exc_info=error)
    finally:
        log.tear_down()
    text = (tmp_path / "log").read_text()
    assert text.replace("\n", "").isprintable()
    assert "ValueError: \\x1b]0;owned\\x07\nsecond" in text
