"""Downloads are added by forks that die, as by SIGKILL, at one step after the other; run as a program.

Nothing but forks asks DuckDB here, so that no thread of its is lost in a fork.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from customs_report.detail import adding, downloads, names, plausible, vintages
from customs_report.detail.connection import connect, parquet
from customs_report.detail.downloads import Release
from customs_report.detail.store import Store

CALLS = ("fsync", "mkdir", "rename", "replace", "rmdir", "unlink")  # of the file system, that change something
RELEASE = Release("2026-11-25", "retrieved")


class Steps:
    """Counts what may change a file, and dies before the given one."""

    def __init__(self, last: int) -> None:
        self.last, self.count = last, 0

    def take(self) -> None:
        self.count += 1
        if self.count == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(self, real: Callable) -> Callable:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.take()
            return real(*args, **kwargs)

        return call


class Connection:
    """DuckDB's, with each question counted."""

    def __init__(self, real: Any, steps: Steps) -> None:
        self.real, self.execute = real, steps.counted(real.execute)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


def add(folder: Path, files: list[Path], last: int = 0) -> int:
    """Add files to a data folder; returns how many steps it took."""
    steps = Steps(last)
    for name in CALLS:
        setattr(os, name, steps.counted(getattr(os, name)))
    for module in (adding, downloads, plausible, vintages):
        module.connect = lambda *args, **kwargs: Connection(connect(*args, **kwargs), steps)  # type: ignore[attr-defined]
    found, _ = adding.downloads_among([(path.name, path, "import") for path in files])
    adding.add_downloads(found, folder=folder, release=RELEASE)
    return steps.count


def state(folder: Path) -> str:
    """A hash of all rows that count, of files that are what the index says."""
    store = Store(folder / "detail")
    for part in store.parts:
        assert hashlib.sha256(Path(store.place.path(part.file)).read_bytes()).hexdigest() == part.digest, part.file
    rows = connect().execute(f"SELECT * FROM {parquet(store.paths())} ORDER BY ALL").fetchall()
    assert len(rows) == sum(part.rows for part in store.parts)
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def forked(work: Callable[[], Any], seconds: float = 0) -> Any:
    """What a fork returns; None for one that was killed, after some seconds if there are any."""
    reading, writing = os.pipe()
    process = os.fork()
    if not process:
        os.close(reading)
        code = 1
        try:
            os.write(writing, json.dumps(work()).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    if seconds:
        time.sleep(seconds)
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    with os.fdopen(reading, "rb") as file:
        said = file.read()
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert code in (0, -signal.SIGKILL), code
    return json.loads(said) if code == 0 else None


def main(folder: Path, scratch: Path, files: list[Path], every: int) -> None:
    """Kill at every so many steps, and at some moments; prints how many steps there are, and what the kills left how often."""
    once = Path(shutil.copytree(folder, scratch / "once"))
    before, begun = forked(partial(state, once)), time.monotonic()
    steps, seconds = forked(partial(add, once, files)), time.monotonic() - begun
    after, seen = forked(partial(state, once)), {"before": 0, "after": 0}
    known = (once / "detail" / names.NAMES).read_bytes()
    assert before != after
    moments = 30 // every  # more than there are steps
    for step in [*range(1 + random.randrange(every), steps + 1, every), *range(steps + 1, steps + 1 + moments)]:
        copy, killed = Path(shutil.copytree(folder, scratch / str(step))), f"killed at step {step} of {steps}: "
        if step > steps:  # at any moment
            forked(partial(add, copy, files), random.uniform(0, seconds))
        else:
            assert forked(partial(add, copy, files, step)) is None
        left = forked(partial(state, copy))
        assert left in (before, after), f"{killed}neither the old nor the new rows"
        seen["before" if left == before else "after"] += 1
        assert forked(partial(add, copy, files)), f"{killed}the next run fails"
        assert forked(partial(state, copy)) == after, f"{killed}the next run does not complete it"
        assert (copy / "detail" / names.NAMES).read_bytes() == known, f"{killed}names are lost"
        left_over = [path.name for path in (copy / "detail").iterdir() if path.name.startswith(".")]
        assert not left_over, f"{killed}{left_over} is left"
        shutil.rmtree(copy)
    print(json.dumps({"steps": steps, **seen}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [*map(Path, sys.argv[4:])], int(sys.argv[3]))
