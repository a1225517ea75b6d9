"""The work of a release day: add the new files, show what changes, check the data, rebuild the affected reports, verify them.

It stops before building if a file is rejected or a check finds something, and names the command to run next.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from customs_report import backtest, checks, loading, schema, scratch, store
from customs_report import tables as data
from customs_report.errors import InputError
from customs_report.periods import parse_month
from customs_report.publish import archive, manifest, many
from customs_report.publish.inputs import Inputs
from customs_report.publish.many import Built, Order
from customs_report.publish.report_files import Damaged, find_reports
from customs_report.publish.verify import order_of, verify_sets
from customs_report.tables import Tables
from customs_report.terminal import say, suggested_command
from customs_report.vintages import latest, reportable_months


def parse_arguments(arguments: Sequence[str], files: bool) -> tuple[str, tuple[str, ...]]:
    """Split the arguments into a period (the first one, if it is a month) and files. `files`: whether `--from` was given."""
    period = parse_month(arguments[0]) if arguments and not Path(arguments[0]).exists() else ""
    rest = tuple(arguments[bool(period) :])
    if rest and not files:
        raise InputError(f"{rest[0]!r} is not a month; write it like 2025-11, and files after --from")
    return period, rest


def copy_data() -> Path:
    """Copy the data folder to a temporary folder, for a dry run."""
    folder = scratch.make_folder() / "data"
    with store.read_lock(schema.DATA):
        return Path(shutil.copytree(schema.DATA, folder, ignore=shutil.ignore_patterns(".*")))


def run(
    period: str,
    add_files: Callable[[Path], int],
    *,
    report_result: Callable[[Built | Exception], int],
    out: Path = many.REPORTS,
    jobs: int = 1,
    dry_run: bool = False,
) -> int:
    """Do the work of a release day; returns the exit code.

    `add_files` adds the new files to a data folder, `report_result` prints the result of building one report; both return an
    exit code. A dry run adds the files to a copy of the data and lists the reports that would be built.
    """
    archive.refuse_foreign(out)
    folder = copy_data() if dry_run else schema.DATA
    next_command = suggested_command(f"release {period} --from".replace("  ", " "))
    before = data.as_of(loading.load(folder))
    try:
        code = add_files(folder)
    except InputError as refusal:
        raise InputError(f"{refusal}; nothing was built; `{next_command} FILE...` adds files that you downloaded") from None
    tables = data.as_of(loading.load(folder))
    for change in revised_totals(before, tables):
        say(f"revised: {change}")
    if code:
        say(
            "nothing was built; check the rejected figures, then run the same command again, with --accept if they are right",
            err=True,
        )
        return code
    if period and period not in reportable_months(tables):
        raise InputError(f"there are no figures of {period}; the newest month is {reportable_months(tables)[-1]}")
    if found := check_data(folder):
        for finding in found:
            say(f"check: {finding}", err=True)
        say(
            f"nothing was built; correct the data until `{suggested_command('check')}` passes, then run `{next_command}`",
            err=True,
        )
        return 1
    say("check: nothing found")
    orders = affected_reports(period or latest(tables), folder, out)
    if dry_run:
        for order in orders:
            there = manifest.up_to_date(out / order.folder, order.name, order.inputs, order.formats)
            say(f"{order.folder}/{order.name}  {'is up to date' if there else 'would be built'}")
        return 0
    return build_and_verify(orders, out, jobs, report_result)


def revised_totals(before: Tables, after: Tables) -> list[str]:
    """A line for each national figure that changed: the value before and after."""
    both = before.totals.merge(after.totals, on=list(schema.KEYS["totals"]), suffixes=("_before", ""))
    return [
        f"{row.period} {row.kind} {row.flow} {row.currency} {row.measure}: {row.value_before:,.10g} -> {row.value:,.10g}"
        for row in both[both["value_before"] != both["value"]].itertuples()
    ]


def check_data(folder: Path) -> list[str]:
    """The findings of the checks in a data folder and, only if there are none, of the backtest."""
    if found := checks.find_violations(loading.read_printed(folder), date.today().isoformat()):
        return [f"{finding.check}: {finding}" for finding in found]
    return [f"{row.check}: {row.where}" for row in backtest.check(folder).itertuples() if row.violations]


def affected_reports(period: str, folder: Path, out: Path) -> list[Order]:
    """Brief and report of the month, followed by all existing reports whose inputs changed."""
    now = Inputs(data=folder)
    orders = many.orders([period], notebook="monthly_brief", formats=("html", "pdf"), now=now) + many.orders([period], now=now)
    for found in find_reports(out):
        try:
            entry = found.manifest
            order = order_of(found.notebook, entry, now)
        except (Damaged, KeyError, FileNotFoundError):  # a damaged report or a deleted notebook: `archive` lists it
            continue
        if order and entry["complete"] and order.inputs != entry["inputs"]:
            orders.append(order)
    first = {(order.folder, order.name): order for order in reversed(orders)}
    return [order for order in orders if first[order.folder, order.name] is order]


def build_and_verify(orders: Sequence[Order], out: Path, jobs: int, report_result: Callable[[Built | Exception], int]) -> int:
    """Build and verify the reports, then print headline and files of those of the first one's month; returns the exit code."""
    results = many.build_all(orders, out=out, jobs=jobs)
    archive.update(out)
    newest = [result for order, result in zip(orders, results, strict=True) if order.folder == orders[0].folder]
    code = max((report_result(result) for result in results if result not in newest), default=0)
    if any(not isinstance(result, Built) or result.incomplete for result in newest):
        return max(code, *map(report_result, newest))
    made = [(result.folder, order.name) for order, result in zip(orders, results, strict=True) if isinstance(result, Built)]
    for verdict in verify_sets(made, jobs=jobs):
        if verdict.wrong:
            say(f"verify: {verdict.folder / verdict.name}: {verdict.wrong}", err=True)
            code = max(code, 1)
    say(f"verified: {len(made)} {'report' if len(made) == 1 else 'reports'}")
    say((manifest.read_manifest(out / orders[0].folder, orders[0].name) or {}).get("headline", ""))
    return max(code, *map(report_result, newest))
