"""One release day's work: take the new files, show what they change, check the data, build what that concerns, verify it.

It stops before building where a file is refused or a check finds something, and says which command comes next.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

from customs_report import backtest, checks, loading, schema, scratch, store
from customs_report import tables as data
from customs_report.errors import Refused
from customs_report.publish import archive, manifest, many
from customs_report.publish.inputs import Inputs
from customs_report.publish.many import Built, Order
from customs_report.publish.report_files import FOLDER, Damaged, find_reports
from customs_report.publish.verify import verify_sets
from customs_report.tables import Tables
from customs_report.terminal import say
from customs_report.vintages import latest, reportable_months


def asked(arguments: Sequence[str], files: bool) -> tuple[str, tuple[str, ...]]:
    """The period and the files that the arguments name: a period comes first, files come after `--from`."""
    period = arguments[0] if arguments and FOLDER.fullmatch(arguments[0]) and not Path(arguments[0]).exists() else ""
    rest = tuple(arguments[bool(period) :])
    if rest and not files:
        raise Refused(f"{rest[0]!r} is not a month; write it like 2025-11, and files after --from")
    return period, rest


def copied() -> Path:
    """A copy of the data to try a release on."""
    folder = scratch.folder() / "data"
    with store.reading(schema.DATA):
        return Path(shutil.copytree(schema.DATA, folder, ignore=shutil.ignore_patterns(".*")))


def run(
    period: str,
    take: Callable[[Path], int],
    *,
    tell: Callable[[Built | Exception], int],
    out: Path = many.REPORTS,
    jobs: int = 1,
    dry_run: bool = False,
) -> int:
    """Do the work of a release day; returns the exit code.

    `take` adds the new files to a data folder, says what they change and returns its exit code; `tell` says what became of a
    report and returns its. A dry run takes the files into a copy of the data, and names the reports that it would build.
    """
    archive.refuse_foreign(out)
    folder = copied() if dry_run else schema.DATA
    go_on = f"customs-report release {period} --from".replace("  ", " ")
    before = data.as_of(loading.load(folder))
    try:
        code = take(folder)
    except Refused as refusal:
        raise Refused(f"{refusal}; nothing was built; `{go_on} FILE...` takes files that you downloaded") from None
    tables = data.as_of(loading.load(folder))
    for change in revised(before, tables):
        say(f"revised: {change}")
    if code:
        say(
            "nothing was built; look at what was refused, then run the same command again, with --accept if it is right",
            err=True,
        )
        return code
    if period and period not in reportable_months(tables):
        raise Refused(f"no figures of {period} are held; the newest month is {reportable_months(tables)[-1]}")
    if found := findings(folder):
        for finding in found:
            say(f"check: {finding}", err=True)
        say(f"nothing was built; correct the data until `customs-report check` finds nothing, then run `{go_on}`", err=True)
        return 1
    say("check: nothing found")
    wanted = concerned(period or latest(tables), folder, out)
    if dry_run:
        for order in wanted:
            there = manifest.published(out / order.folder, order.name, order.inputs, order.formats)
            say(f"{order.folder}/{order.name}  {'is up to date' if there else 'would be built'}")
        return 0
    return built(wanted, out, jobs, tell)


def revised(before: Tables, after: Tables) -> list[str]:
    """The national figures that are others now, before and after."""
    both = before.totals.merge(after.totals, on=list(schema.KEYS["totals"]), suffixes=("_before", ""))
    return [
        f"{row.period} {row.kind} {row.flow} {row.currency} {row.measure}: {row.value_before:,.10g} -> {row.value:,.10g}"
        for row in both[both["value_before"] != both["value"]].itertuples()
    ]


def findings(folder: Path) -> list[str]:
    """What the checks find in a data folder, as `customs-report check` shows it."""
    results = checks.check(loading.printed(folder))
    if not results["violations"].any():  # a backtest of broken figures says nothing
        results = pd.concat([results, backtest.check(folder)])
    return [f"{row.check}: {row.where}" for row in results[results["violations"] > 0].itertuples()]


def concerned(period: str, folder: Path, out: Path) -> list[Order]:
    """The report of the month, and every report there is whose inputs are others now; the month comes first."""
    now = Inputs(data=folder)
    orders = many.orders([period], now=now)
    for found in find_reports(out):
        try:
            told = found.manifest
            notebook = found.notebook.removesuffix(many.subject(told["parameters"]))
            inputs = now.of(notebook, told["parameters"])
        except (Damaged, KeyError, FileNotFoundError):  # a set cut short, or a notebook that is gone: `archive` names it
            continue
        if told["complete"] and inputs != told["inputs"]:
            formats = tuple(ending for ending in manifest.FORMATS if ending in told["files"])
            orders.append(Order(notebook, told["parameters"], formats, inputs))
    return [
        order for n, order in enumerate(orders) if (order.folder, order.name) not in {(o.folder, o.name) for o in orders[:n]}
    ]


def built(wanted: Sequence[Order], out: Path, jobs: int, tell: Callable[[Built | Exception], int]) -> int:
    """Build the reports, verify them, and end with the headline and the files of the month."""
    results = many.build_all(wanted, out=out, jobs=jobs)
    archive.update(out)
    code = max(map(tell, results[1:]), default=0)
    if not isinstance(results[0], Built) or results[0].incomplete:
        return max(code, tell(results[0]))
    made = [(result.folder, order.name) for order, result in zip(wanted, results, strict=True) if isinstance(result, Built)]
    for verdict in verify_sets(made, jobs=jobs):
        if verdict.wrong:
            say(f"verify: {verdict.folder / verdict.name}: {verdict.wrong}", err=True)
            code = max(code, 1)
    say(f"verified: {len(made)} {'report' if len(made) == 1 else 'reports'}")
    say((manifest.read_manifest(results[0].folder, wanted[0].name) or {}).get("headline", ""))
    return max(code, tell(results[0]))
