"""Installs the packages of a lock into this Python, and says how far it is: `.venv/bin/python .ci/install.py requirements.txt`.

The lock names every package, so nothing is left to resolve or to build. In a terminal one line is kept up to date; elsewhere
a line is printed every 25 packages.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path
from threading import Thread

from pip._vendor.packaging.requirements import Requirement

PIP = [
    sys.executable,
    "-m",
    "pip",
    "install",
    "--disable-pip-version-check",
    "--no-color",
    "--progress-bar",
    "off",
    "--no-deps",
]
LOCKED = ["--require-hashes", "--only-binary", ":all:", "--requirement"]
PLACES = {Path(sysconfig.get_path(which)) for which in ("purelib", "platlib")}
SECONDS, WIDTH, STEP = 0.2, 60, 25
KNOWN, NEW = "Requirement already", "Collecting "  # how pip's lines begin, one for each package


def main(lock: str) -> int:
    """Run pip; returns its exit code, and prints what it said if that is not 0."""
    total, before = wanted(Path(lock)), installed()
    pip = subprocess.Popen([*PIP, *LOCKED, lock], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    lines: list[str] = []
    reader = Thread(target=lambda: lines.extend(pip.stdout or ()), daemon=True)
    reader.start()
    said = ("", 0)
    while reader.is_alive():
        reader.join(SECONDS)
        said = say(*progress(lines, installed() - before), total, said)
    if code := pip.wait():
        told = [line.rstrip() for line in lines if not line.startswith((NEW, KNOWN, "Ignoring ", "  "))]
        print("", *told, sep="\n", file=sys.stderr)
    else:
        say("ready", total, total, ("", 0))
        print(end="\n" if sys.stderr.isatty() else "", file=sys.stderr)
    return code


def wanted(lock: Path) -> int:
    """How many packages of a lock this system and this Python need."""
    lines = re.findall(r"^[\w.-]+==.*?(?= *\\?$)", lock.read_text(encoding="utf-8"), re.M)
    return sum(not each.marker or each.marker.evaluate() for each in map(Requirement, lines))


def installed() -> int:
    return sum(1 for place in PLACES for _ in place.glob("*.dist-info"))


def progress(lines: Sequence[str], new: int) -> tuple[str, int]:
    """What pip is doing, and with how many packages it is done: it fetches all, then unpacks all."""
    known = sum(line.startswith(KNOWN) for line in lines)
    if any(line.startswith("Installing ") for line in lines):
        return "ready", known + new
    return "fetched", known + sum(line.startswith(NEW) for line in lines)


def say(doing: str, done: int, total: int, said: tuple[str, int]) -> tuple[str, int]:
    """Print how far it is, unless that was said; returns what is said by now."""
    now, terminal = (doing, min(done, total)), sys.stderr.isatty()
    if now == said or not (terminal or (doing, done // STEP) != (said[0], said[1] // STEP)):
        return said
    text = f"Setting up {os.path.relpath(sys.prefix)}{os.sep}: {now[1]} of {total} packages {doing}"
    print(f"\r{text:<{WIDTH}}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True)
    return now


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
