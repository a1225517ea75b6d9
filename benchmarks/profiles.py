"""What do all profiles of a month cost? Prints the command's time beside that of their charts alone, and the ratio.

The charts are those of the same profiles, drawn and written as SVG one after the other in one warm process; the command starts
anew, on all cores, and makes every face. Both ratios count its start: `ratio` is the command over the charts, `ratio_a_core`
over the charts spread over the cores.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from customs_report.display import Chart
from customs_report.exhibits import commodity_profiles, partner_profiles
from customs_report.profile import Profile, open_profile, profiles_to_build

CHARTS = {
    "partner": (partner_profiles.months, partner_profiles.growth, partner_profiles.share),
    "commodity": (commodity_profiles.months, commodity_profiles.split, commodity_profiles.growth, commodity_profiles.share),
}


def draw(report: Profile) -> None:
    for exhibit in CHARTS[report.kind]:
        for body in exhibit(report).bodies:
            if isinstance(body, Chart):
                _ = body.svg


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("period", nargs="?", default="2025-11")
    period, profiles = parser.parse_args().period, []
    for notebook, parameters in profiles_to_build("profiles", period, "", {}):
        kind = notebook.removesuffix("_profile")
        profiles.append(open_profile(kind, parameters[kind], period, flow=parameters.get("flow", "")))
    draw(profiles[0])
    start = time.perf_counter()
    for report in profiles:
        draw(report)
    alone = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as out:
        command = (sys.executable, "-m", "customs_report", "build", period, "--notebook", "profiles", "--out", out)
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        whole = time.perf_counter() - start
        built = len([*Path(out).glob("*/*.manifest.json")])
    cores = os.cpu_count() or 1
    rows = {"profiles": built, "cores": cores, "charts_s": alone, "command_s": whole}
    rows |= {"ratio": whole / alone, "ratio_a_core": whole / (alone / cores)}
    for name, value in rows.items():
        print(f"{name:14} {value:10.2f}" if isinstance(value, float) else f"{name:14} {value:10}")


if __name__ == "__main__":
    main()
