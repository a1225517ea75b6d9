"""Parse files in a separate process, which is killed if it takes too long or too much memory.

The process is reused, since starting it takes longer than parsing. After any error it is killed, and the next file gets
a new one.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from threading import Lock, Thread
from typing import IO, Any, cast

import psutil

from customs_report.errors import InputError

MEMORY = 2**30  # bytes; customs' largest tables need a tenth of it
SECONDS, WALL_CLOCK = 5, 30  # of the processor, and on the clock of a busy machine
POLL = 0.01  # seconds
LONGEST = 2**28  # bytes of an answer


class Parser:
    """A process running readers/parser.py, or another program of its kind, which may take so many seconds of the processor."""

    def __init__(self, program: Path | None = None, seconds: float = 0, large: str = "no table of customs does") -> None:
        command = [sys.executable, "-I", str(program or Path(__file__).parent / "readers" / "parser.py")]
        self._seconds, self._large = seconds, large
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=-1
        )
        self._requests, self._answers = cast(IO[bytes], self._process.stdin), cast(IO[bytes], self._process.stdout)
        self._owner = os.getpid()

    @property
    def usable(self) -> bool:
        """Whether it is running and was started by this process; a forked process must not read its parent's answers."""
        return self._process.poll() is None and self._owner == os.getpid()

    def end(self) -> None:
        if self._owner == os.getpid():
            self._process.kill()
            self._process.wait()
            for pipe in (self._requests, self._answers):
                with suppress(OSError):
                    pipe.close()

    def ask(self, kind: bytes, content: bytes, broken: str) -> dict[str, Any]:
        """The answer to a request. Raises InputError with the message `broken` if there is none."""
        answer = bytearray()
        exchange = Thread(target=self._exchange, args=(kind, content, answer), daemon=True)
        exchange.start()
        try:
            exceeded = self._watched(exchange)
        except BaseException:
            self.end()
            raise
        if exceeded or not answer:
            self.end()
            raise InputError(exceeded or broken)
        return json.loads(answer)

    def _exchange(self, kind: bytes, content: bytes, answer: bytearray) -> None:
        with suppress(OSError, ValueError):  # the process ended or was killed
            self._requests.write(kind + len(content).to_bytes(8, "big") + content)
            self._requests.flush()
            length = int.from_bytes(self._answers.read(8), "big")
            if length <= LONGEST and len(got := self._answers.read(length)) == length:
                answer += got

    def _watched(self, exchange: Thread) -> str:
        """Wait for the exchange; returns why it was aborted, or an empty text."""
        begun = time.monotonic()
        with suppress(psutil.NoSuchProcess):
            process = psutil.Process(self._process.pid)
            before = process.cpu_times()
            while exchange.is_alive():
                exchange.join(POLL)
                used = process.cpu_times()
                if process.memory_info().rss > MEMORY:
                    return f"the file needs more than {MEMORY // 2**20:,} MB of memory to read; {self._large}"
                most, clock = self._seconds or SECONDS, 2 * self._seconds or WALL_CLOCK
                if used.user + used.system - before.user - before.system > most or time.monotonic() - begun > clock:
                    return f"the file takes more than {most} seconds to read; {self._large}"
        exchange.join(1)
        return ""


_lock = Lock()
_parser: Parser | None = None


def parse(kind: bytes, content: bytes, broken: str) -> dict[str, Any]:
    """Parse a page (kind p) or spreadsheet (s) in the separate process. Raises InputError if it cannot be parsed."""
    global _parser
    with _lock:
        if _parser is None or not _parser.usable:
            _parser = Parser()
            atexit.register(_parser.end)
        answer = _parser.ask(kind, content, broken)
    if "refused" in answer:
        raise InputError(answer["refused"])
    return answer
