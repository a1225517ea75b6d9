"""The command `customs-report`. Heavy imports stand inside the commands, so that `--help` is quick.

Exit codes: 0 done; 1 a result not to be trusted; 2 wrong arguments or refused input, nothing changed; 3 internal error; 130
interrupted. Of several reports the highest counts.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

import click

from customs_report.errors import Hole, Refused, Violation

HIGHEST_FIRST = ((Violation, 1), (Hole, 1), (Refused, 2))


class Command(click.Group):
    """A group whose errors are one line on stderr and an exit code; tracebacks only with --debug."""

    def main(self, *args, **kwargs) -> None:
        try:
            code = super().main(*args, standalone_mode=False, **kwargs)
        except (click.exceptions.Abort, KeyboardInterrupt):
            _stop("interrupted", 130)
        except click.ClickException as error:
            _stop(error.format_message(), 2)
        except click.exceptions.Exit as leaving:
            sys.exit(leaving.exit_code)
        except Exception as error:
            if "--debug" in sys.argv:
                raise
            code = _code(error)
            _stop(str(error) if code < 3 else f"internal error, please report it: {type(error).__name__}: {error}", code)
        sys.exit(code or 0)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        found = super().get_command(context, name)
        if found is None:
            near = get_close_matches(name, self.commands, n=1, cutoff=0.0)
            raise Refused(f"there is no command {name!r}; nearest: {near[0]}")
        return found


def _code(error: Exception) -> int:
    return next((code for kind, code in HIGHEST_FIRST if isinstance(error, kind)), 3)


def _stop(message: str, code: int) -> None:
    click.echo(f"customs-report: {' '.join(message.split())}", err=True)
    sys.exit(code)


@click.group(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.version_option(package_name="china-customs-reports")
def main(debug: bool) -> None:
    """Reports on China's foreign trade from the customs' own figures."""


AS_OF = click.option("--as-of", default="", metavar="DATE", help="As known on this day, such as 2025-12-08.")


@main.command()
@click.argument("periods", nargs=-1, required=True, metavar="PERIOD...")
@AS_OF
@click.option("--notebook", default="monthly_report", show_default=True, help="Which notebook to build.")
@click.option("-p", "parameters", nargs=2, multiple=True, metavar="NAME VALUE", help="A parameter of the notebook.")
@click.option("--jobs", type=click.IntRange(1), default=None, help="Processes (default: one a core).")
@click.option("--formats", default="html,pdf", show_default=True, help="Which faces to make.")
@click.option("--force", is_flag=True, help="Build even where nothing has changed.")
@click.option("--allow-incomplete", is_flag=True, help="Let an incomplete report take its place among the others.")
@click.option("--out", type=click.Path(path_type=Path), default=None, help="Folder of the reports.")
def build(periods, as_of, notebook, parameters, jobs, formats, force, allow_incomplete, out) -> int:
    """Build reports. PERIOD is 2025-11, latest, 2025 (its months), 2025-01:2025-11 or all."""
    from customs_report.publish import build as publish
    from customs_report.publish.parameters import checked

    chosen = _notebook(notebook, publish.NOTEBOOKS)
    wanted = tuple(formats.split(","))
    if unknown := [name for name in wanted if name not in publish.FORMATS]:
        near = get_close_matches(unknown[0], publish.FORMATS, n=1, cutoff=0.0)[0]
        raise Refused(f"there is no format {unknown[0]!r}; nearest: {near}")
    given = dict(checked(chosen, parameters))
    months = _periods([given.pop("period")] if "period" in given else periods, given.pop("as_of", as_of))
    options = {
        "as_of": as_of, "notebook": notebook, "parameters": given, "formats": wanted, "out": out or publish.REPORTS,
        "allow_incomplete": allow_incomplete, "force": force,
    }  # fmt: skip
    return max((_tell(result) for result in _built(months, options, jobs or os.cpu_count() or 1)), default=0)


def _built(months: list[str], options: dict, jobs: int) -> Iterator[object]:
    """The results in order of the months, each a Built or the exception it ended in, with progress on stderr."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("Building", total=len(months))
        if jobs == 1 or len(months) == 1:
            results: Iterator[object] = (_build_one(month, options) for month in months)
            for result in results:
                progress.advance(task)
                yield result
            return
        with ProcessPoolExecutor(min(jobs, len(months)), mp_context=get_context("spawn")) as pool:
            for future in [pool.submit(_build_one, month, options) for month in months]:
                yield future.result()
                progress.advance(task)


def _build_one(month: str, options: dict) -> object:
    from customs_report.publish import build as publish

    try:
        return publish.build(month, **options)
    except (Refused, Violation, Hole) as error:
        return error


def _tell(result: object) -> int:
    """Say what became of a report; returns its exit code."""
    if isinstance(result, Exception):
        click.echo(f"customs-report: {result}", err=True)
        return _code(result)
    for path in result.files:
        click.echo(f"{_short(path)}{'  (up to date)' if result.unchanged else ''}")
    for reason in result.incomplete:
        click.echo(f"customs-report: incomplete: {reason}", err=True)
    return 1 if result.incomplete else 0


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _notebook(name: str, folder: Path) -> Path:
    known = sorted(path.stem for path in folder.glob("*.ipynb"))
    if name not in known:
        raise Refused(f"there is no notebook {name!r}; nearest: {get_close_matches(name, known, n=1, cutoff=0.0)[0]}")
    return folder / f"{name}.ipynb"


def _periods(arguments: list[str] | tuple[str, ...], as_of: str) -> list[str]:
    """The months that the arguments name, each once, in order; an unknown one is left for the report to refuse."""
    from customs_report.report import known_tables, latest, periods

    tables = known_tables(as_of)
    possible, months = periods(tables), []
    for argument in arguments:
        first, colon, last = argument.partition(":")
        if argument == "all":
            months += possible
        elif argument == "latest":
            months.append(latest(tables))
        elif argument.isdigit() and len(argument) == 4:
            months += [month for month in possible if month.startswith(argument)] or [f"{argument}-01"]
        elif colon:
            span = [month for month in possible if first <= month <= last]
            if not span:
                raise Refused(f"no period lies in {argument}; write it like {possible[0]}:{possible[-1]}")
            months += span
        else:
            months.append(argument)
    return list(dict.fromkeys(months))


@main.command()
@click.argument("period")
@AS_OF
def facts(period: str, as_of: str) -> None:
    """Print all facts of a period as JSON, without building a report."""
    from customs_report.report import open_report

    report = open_report(period, as_of)
    parameters = {"period": report.period, "as_of": as_of}
    click.echo(json.dumps(report.facts.as_json("monthly_report", parameters), ensure_ascii=False, indent=1))


@main.command()
def check() -> int:
    """Check the data: schema, accounting identities, coverage."""
    from rich.console import Console
    from rich.table import Table

    from customs_report import tables as data

    results = data.check()
    table = Table("check", "table", "checked", "violations", "where")
    for row in results.itertuples(index=False):
        style = "bold red" if row.violations else ""
        table.add_row(row.check, row.table, f"{row.checked:,}", str(row.violations), row.where, style=style)
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    return 1 if results["violations"].sum() else 0


@main.command("list")
@AS_OF
def list_reports(as_of: str) -> None:
    """List what is built and what could be."""
    from customs_report.publish.build import REPORTS, read_manifest
    from customs_report.report import known_tables, latest, periods

    tables = known_tables(as_of)
    possible = periods(tables)
    for folder in sorted(path for path in REPORTS.glob("[12]*") if path.is_dir()):
        for path in sorted(folder.glob("*.manifest.json")):
            name = path.name.removesuffix(".manifest.json")
            manifest = read_manifest(folder, name)
            state = "damaged" if not manifest else "complete" if manifest["complete"] else "incomplete"
            click.echo(f"{folder.name}  {name}  {state}")
    newest = latest(tables)
    click.echo(f"could be built: {possible[0]} to {possible[-1]}; the newest with partners and commodities is {newest}")
    if possible[-1] != newest:
        click.echo(f"of {possible[-1]} only the headline is held")
