"""Does a process that builds report after report grow? `python benchmarks/memory.py` builds the same months over and over.

Like is compared with like, since large reports need more than small ones: after each round the memory of the process,
Python's own blocks, and what the C library has in use and keeps free (glibc's `mallinfo2`).
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import sys

import psutil

from customs_report.periods import span
from customs_report.publish import many

MONTHS = span("2025-07", "2026-01")
INFO = ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")


class _Handed(ctypes.Structure):
    """`struct mallinfo2` of glibc."""

    _fields_ = [(name, ctypes.c_size_t) for name in INFO]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=6, help=f"each of {len(MONTHS)} reports")
    glibc = ctypes.CDLL("libc.so.6")
    glibc.mallinfo2.restype = _Handed
    print(f"{'round':>5} {'process, MB':>12} {'blocks':>10} {'in use, MB':>11} {'free, MB':>9}")
    for turn in range(1, parser.parse_args().rounds + 1):
        for order in many.orders(MONTHS):
            ((_, made),) = many.make_all([order])
            if isinstance(made, Exception):
                raise made
        del made
        gc.collect()
        size, handed = psutil.Process().memory_info().rss, glibc.mallinfo2()
        in_use, free = handed.uordblks + handed.hblkhd, handed.fordblks
        print(
            f"{turn:>5} {size / 1e6:>12.0f} {sys.getallocatedblocks():>10,} {in_use / 1e6:>11.1f} {free / 1e6:>9.1f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
