"""The command `customs-report`. Heavy imports are inside the commands, so that `--help` is quick.

Exit codes: 0 done; 1 a result not to be trusted; 2 wrong arguments or refused input, nothing changed; 3 internal error; 130
interrupted. Of several reports the highest counts.
"""

from __future__ import annotations

import errno
import logging
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from customs_report import log, project
from customs_report.errors import InputError, MissingData, Violation, unknown
from customs_report.languages import ENGLISH
from customs_report.periods import is_latest, parse_day, parse_month, unquoted
from customs_report.terminal import discard_unwritable_output, say, say_json, set_up_streams, suggested_command

if TYPE_CHECKING:
    from rich.table import Table

    from customs_report.house import House
    from customs_report.publish.many import Built

logger = logging.getLogger(__name__)
INTERNAL = "internal error, please report it: "
EXAMPLES = {  # what a command that is called without its argument may be called with
    "build": "latest",
    "publish": "/srv/www/trade",
    "verify": "reports/2025-11",
    "facts": "2025-11",
    "add": "~/Downloads",
    "claims": "2025-12-08-trillion-surplus",
    "init": "customs",
    "check-text": "article.txt --date 2025-12-08",
}
NO_ROOM = (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC))  # of a disk, which is no error of ours
MOST_FILES = 20  # that are named; of more, only those with a remark
MOST_DIFFERENCES = 20  # of a file that are printed
WIDEST = 40  # letters of a list of chapters
HIGHEST_FIRST = ((Violation, 1), (MissingData, 1), (InputError, 2))


def _log_to(context: click.Context, option: click.Parameter, given: Any) -> Any:
    """Set up the log as asked for before the command or after it."""
    verbose, file = log.chosen()
    if given is True:
        log.set_up(True, file)
    elif given:
        log.set_up(verbose, given)
        logger.info("customs-report %s", " ".join(sys.argv[1:]))
    return given


LOG: dict[str, Any] = {"expose_value": False, "is_eager": True, "callback": _log_to}
LOGGING: list[click.Parameter] = [
    click.Option(["-v", "--verbose"], is_flag=True, help="Print progress and timings to stderr.", **LOG),
    click.Option(
        ["--log-file"],
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Append a log to FILE, with tracebacks.",
        **LOG,
    ),
]


class Subcommand(click.Command):
    """A command that takes the options of the log, as the group before it does."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += LOGGING

    def invoke(self, context: click.Context) -> Any:
        if _needs_project(context):
            project.require()
        return super().invoke(context)


class Command(click.Group):
    """A group whose errors are one line on stderr and an exit code; tracebacks only with --debug."""

    command_class = Subcommand

    def main(self, *args: Any, **kwargs: Any) -> Any:
        set_up_streams()
        begun = time.monotonic()
        try:
            self._run(*args, **kwargs)
        except BrokenPipeError:
            discard_unwritable_output()
            sys.exit(1)
        except SystemExit as leaving:
            logger.info("ended with exit code %s after %.1f s", leaving.code, time.monotonic() - begun)
            raise
        finally:
            log.tear_down()

    def _run(self, *args: Any, **kwargs: Any) -> None:
        try:
            with _ended_like_ctrl_c():
                code = super().main(*args, **{**kwargs, "standalone_mode": False})
        except (click.exceptions.Abort, KeyboardInterrupt):
            _stop("interrupted", 130)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message(), err=True)
            sys.exit(2)
        except click.ClickException as error:
            name = error.ctx.info_name if isinstance(error, click.MissingParameter) and error.ctx else None
            example = f" For example: {suggested_command(f'{name} {EXAMPLES[name]}')}" if name in EXAMPLES else ""
            _stop(error.format_message() + example + _to_quote(*args), 2)
        except click.exceptions.Exit as leaving:
            sys.exit(leaving.exit_code)
        except Exception as error:
            code = _code(error)
            if code == 3:
                logger.error("internal error", exc_info=error)
            if "--debug" in sys.argv:
                raise
            if isinstance(error, OSError) and code < 3:
                discard_unwritable_output()
                _stop(": ".join(filter(None, (error.filename or "the output", error.strerror))), code)
            hint = _to_quote(*args) if code == 2 else ""
            _stop(f"{error}{hint}" if code < 3 else f"{INTERNAL}{type(error).__name__}: {error}", code)
        sys.exit(code or 0)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        found = super().get_command(context, name)
        if found is None:
            raise unknown("command", name, self.commands)
        return found


def _to_quote(given: Sequence[str] | None = None, *_: object) -> str:
    """What to say of arguments that are one month or day only together: `build Nov 2025`."""
    together = unquoted(sys.argv[1:] if given is None else given)
    return f'; quote words that belong together: "{together}"' if together else ""


def _needs_project(context: click.Context) -> bool:
    """Does a command? `init` makes one, and all that a PDF is verified by is attached to it."""
    files = context.params.get("folders", ())
    return context.info_name != "init" and not (files and all(map(_is_pdf, files)))


def _is_pdf(path: Path) -> bool:
    """Is it the name of a PDF? A file with any other ending is taken for one, too."""
    return path.suffix.lower() == ".pdf" or path.is_file()


@contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """Treat SIGTERM and a closed terminal like Ctrl-C, so that a run cleans up before it ends."""
    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    before = {number: signal.getsignal(number) for number in signals}
    ended = [number for number in signals if before[number] == signal.SIG_DFL]  # `nohup` ignores one

    def end(*_: object) -> None:
        for number in ended:
            signal.signal(number, signal.SIG_IGN)  # once is enough
        raise KeyboardInterrupt

    for number in ended:
        signal.signal(number, end)
    try:
        yield
    finally:
        for number in ended:
            signal.signal(number, before[number])


def _code(error: Exception) -> int:
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return 1
    return next((code for kind, code in HIGHEST_FIRST if isinstance(error, kind)), 3)


def _stop(message: str, code: int) -> None:
    say(f"customs-report: {' '.join(message.split())}", err=True)
    sys.exit(code)


@click.group(cls=Command, params=[*LOGGING], context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show tracebacks.")
@click.version_option(package_name="china-customs-reports")
def main(debug: bool) -> None:
    """Reports on China's foreign trade from the customs' own figures."""


def _read_day(_: click.Context, option: click.Parameter, given: str) -> str:
    """The day that an option was given; the line for what is none names the option."""
    day = parse_day(given)
    if given and not day:
        raise InputError(f"{option.opts[0]} {given!r} is not a date; write it like {A_DAY}")
    return day


A_DAY = "2025-12-08"
JOBS = click.option(
    "--jobs", type=click.IntRange(1), default=os.cpu_count() or 1, help="Number of processes (default: one per core)."
)
AS_OF = click.option(
    "--as-of",
    default="",
    callback=_read_day,
    metavar="DATE",
    help=f"As known on this day, such as {A_DAY}.",
)
HOUSE = click.option(
    "--house",
    "house_file",
    default="",
    envvar="CUSTOMS_REPORT_HOUSE",
    metavar="FILE",
    help="Branding file: logo, colours, font, texts (default: the project's house.yml, if there is one).",
)
OUT = click.option("--out", type=click.Path(path_type=Path), default=None, help="Folder of the reports.")


@main.command("build")
@click.argument("periods", nargs=-1, required=True, metavar="PERIOD...")
@AS_OF
@click.option(
    "--notebook",
    default="monthly_report",
    show_default=True,
    help="Which notebook to build: a name in notebooks/, the path of yours, or `profiles`: all profiles.",
)
@click.option("--language", default="", help="Language of the report: zh makes monthly_brief in Chinese.")
@click.option("-p", "parameters", nargs=2, multiple=True, metavar="NAME VALUE", help="A parameter of the notebook.")
@JOBS
@click.option("--scheduler", default="", metavar="tls://...", help="Build on the workers of this Dask scheduler.")
@click.option(
    "--engine",
    default="",
    envvar="CUSTOMS_REPORT_ENGINE",
    metavar="spark://...",
    help="Ask this Spark cluster for detail data, one report after the other.",
)
@click.option(
    "--formats",
    default="html,pdf,xlsx,zip,jsonld",
    show_default=True,
    help="Output formats, separated by commas; also eml and pptx.",
)
@click.option("--force", is_flag=True, help="Build even if nothing has changed.")
@click.option("--allow-incomplete", is_flag=True, help="Keep an incomplete report instead of setting it aside.")
@HOUSE
@OUT
def build_reports(
    periods: tuple[str, ...],
    as_of: str,
    notebook: str,
    language: str,
    parameters: tuple[tuple[str, str], ...],
    jobs: int,
    scheduler: str,
    engine: str,
    formats: str,
    force: bool,
    allow_incomplete: bool,
    house_file: str,
    out: Path | None,
) -> int:
    """Build reports. PERIOD is 2025-11, latest, 2025 (its months), 2025-01:2025-11 or all."""
    from customs_report import house as houses
    from customs_report.publish import archive, inputs, manifest, many
    from customs_report.publish import parameters as of_notebook

    chosen = tuple(dict.fromkeys(formats.split(",")))
    if wrong := [name for name in chosen if name not in manifest.FORMATS]:
        raise unknown("format", wrong[0], manifest.FORMATS)
    given, chose = dict(parameters), click.get_current_context().get_parameter_source("notebook")
    if language not in ("", ENGLISH) and chose == ParameterSource.DEFAULT:
        notebook = "monthly_brief"
    if notebook != "profiles":
        notebook = of_notebook.asked(notebook)
        given = dict(of_notebook.checked(inputs.notebook_path(notebook), parameters))
    if (asked := given.pop("language", language) or ENGLISH) != ENGLISH:
        of_notebook.refuse_language(notebook, asked)
        given["language"] = asked
    as_of = parse_day(written := given.pop("as_of", as_of)) or written
    if notebook != "profiles":
        of_notebook.refuse_undeclared(inputs.notebook_path(notebook), as_of)
    if (period := given.pop("period", "")) and _periods(periods, as_of) != _periods([period], as_of):
        raise InputError(f"PERIOD is {' '.join(periods)}, and -p period {period}; give one of them")
    months = _periods(periods, as_of)
    out, reports = out or many.REPORTS, [(notebook, months, given)]
    archive.refuse_foreign(out)
    house = _house(house_file)
    if notebook in many.PROFILES:
        from customs_report.profile import profiles_to_build

        reports = [(name, [month], each) for month in months for name, each in profiles_to_build(notebook, month, as_of, given)]
    if engine and _use_engine(engine):
        jobs = 1
    now = inputs.Inputs()
    wanted = [
        order
        for name, of, each in reports
        for order in many.orders(
            of, as_of, notebook=name, parameters=each, formats=chosen, now=now, house=houses.chosen(house_file)
        )
    ]
    with _progress("Building", len(wanted)) as advance:
        results = many.build_all(
            wanted, out=out, jobs=jobs, scheduler=scheduler, allow_incomplete=allow_incomplete, force=force, done=advance
        )
    try:
        if out.is_dir():  # where every report was refused there may be none
            archive.update(out, house=house)
    finally:
        code = max(map(_print_result, results), default=0)
    # `make report` builds the brief, then the report, whose run says it
    if any(map(is_latest, periods)) and notebook != "monthly_brief" and (newer := _newer_month(as_of)):
        say(newer, err=True)
    return code


def _house(file: str) -> House:
    """The house of a file, or of the project; says which of its keys are not used."""
    from customs_report import house as houses

    house = houses.load(path := houses.chosen(file))
    if house.unused:
        say(f"customs-report: {Path(path).name}: not used: {', '.join(house.unused)}", err=True)
    return house


def _use_engine(name: str) -> bool:
    """Set the engine that answers questions to the detail data; is it a cluster, whose workers one process takes?"""
    from customs_report.detail import engines

    os.environ[engines.ENGINE] = name
    return not isinstance(engines.engine(), engines.DuckDB)


def _newer_month(as_of: str) -> str:
    """What is available of a month newer than the newest complete one, and how to build it."""
    from customs_report.vintages import known_tables, latest, reportable_months, what_is_held

    tables = known_tables(as_of)
    newest = reportable_months(tables)[-1]
    if newest == latest(tables):
        return ""
    return f"of {newest} {what_is_held(tables, newest)}; build it with: {suggested_command(f'build {newest}')}"


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar with the time left, if stderr is a terminal; yields a function that advances it by one."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    console = Console(file=sys.stderr)  # of this process, whatever a notebook's cell takes for stderr meanwhile
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


@contextmanager
def _working(what: str) -> Iterator[None]:
    """Say what is being done, as long as it takes, if stderr is a terminal."""
    from rich.console import Console

    console = Console(file=sys.stderr)
    spinner = "dots" if console.encoding.startswith("utf") else "line"
    with console.status(what, spinner=spinner) if console.is_terminal else nullcontext():
        yield


def _print_result(result: Built | Exception) -> int:
    """Print the files of a report, or its error; returns its exit code."""
    if isinstance(result, Exception):
        code = _code(result)
        say(f"customs-report: {'' if code < 3 else INTERNAL}{result}", err=True)
        if code == 3:
            logger.error("internal error\n%s", "\n".join(getattr(result, "__notes__", ())))
        if "--debug" in sys.argv:
            click.echo("\n".join(getattr(result, "__notes__", ())), err=True)
        return code
    traceback = next((f"; the traceback is in {_short(path)}" for path in result.files if path.suffix == ".ipynb"), "")
    for reason in result.incomplete:
        say(f"customs-report: incomplete: {reason}{traceback}", err=True)
    for warning in result.warnings:
        say(f"customs-report: warning: {warning}", err=True)
    for path in result.files:
        say(f"{_short(path)}{'  (up to date)' if result.unchanged else ''}")
    return 1 if result.incomplete else 0


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _periods(arguments: list[str] | tuple[str, ...], as_of: str) -> list[str]:
    """The months that the arguments name, each once, in order. Raises InputError for one that cannot be reported."""
    months: list[str] = []
    if as_of or any(map(is_latest, arguments)):
        from customs_report.vintages import known_tables, latest, reportable_months  # which loads pandas

        tables = known_tables(as_of, arguments[0] if len(arguments) == 1 else "")
        possible = reportable_months(tables)
    else:
        from customs_report.publish.inputs import Inputs

        possible = Inputs().periods
    for argument in arguments:
        first, colon, last = argument.partition(":")
        if argument.lower() == "all":
            months += possible
        elif is_latest(argument):
            months.append(latest(tables))
        elif argument.isdigit() and len(argument) == 4:
            months += [month for month in possible if month.startswith(argument)] or [f"{argument}-01"]
        elif colon:
            first, last = (parse_month(end + month if len(end) == 4 else end) for end, month in ((first, "-01"), (last, "-12")))
            span = [month for month in possible if first <= month <= last]
            if not span or not first:
                raise InputError(f"no period lies in {argument}; write it like {possible[0]}:{possible[-1]}")
            months += span
        else:
            months.append(parse_month(argument) or argument)
    for month in months:
        if month not in possible:
            from customs_report import loading
            from customs_report.vintages import check_period, known_tables

            check_period(month, known_tables(as_of), loading.load())
    return list(dict.fromkeys(months))


@main.command("archive")
@click.argument("folder", required=False, type=click.Path(path_type=Path), metavar="[FOLDER]")
@HOUSE
def update_archive(folder: Path | None, house_file: str) -> int:
    """Rewrite the archive's pages, and verify the checksum of every file.

    Of a published archive, FOLDER, nothing is rewritten.
    """
    from customs_report.publish import archive, archive_files
    from customs_report.publish.catalogue import COMPLETE, read
    from customs_report.publish.many import REPORTS

    if folder:
        return _check_archive(folder)
    # Without the manifests of sets that were built since.
    changed = [line for line in archive_files.wrong(REPORTS) if archive_files.MANIFEST not in line]
    archive.update(REPORTS, fresh=True, house=_house(house_file))
    say(_short(REPORTS / "index.html"))
    for line in changed:
        say(f"customs-report: {line}; it was rewritten", err=True)
    unsound = [entry for entry in read(REPORTS)["reports"] if entry["state"] != COMPLETE]
    for entry in unsound:
        say(f"customs-report: {entry['id']} is {entry['state']}: {'; '.join(entry['why'])}", err=True)
    return 1 if unsound or changed else 0


def _check_archive(folder: Path) -> int:
    """Print what in an archive is not as its manifests say, and what they do not name; returns the exit code."""
    from customs_report.publish import archive, archive_files

    wrong = archive.check(folder)
    for line in wrong:
        say(f"customs-report: {line}", err=True)
    if strange := archive_files.unlisted(folder):
        names = ", ".join(strange[:MOST_FILES]) + (", …" if len(strange) > MOST_FILES else "")
        say(f"{_short(folder)}: not listed in any manifest: {names}", err=True)
    if not wrong:
        say(f"{_short(folder)}: every file is what its manifest says")
    return 1 if wrong else 0


@main.command()
@click.argument("site", type=click.Path(path_type=Path), metavar="DEST")
@click.option(
    "--url", default="", help="The address of the site: for the feed, the sitemap and previews; kept for the next time."
)
@click.option("--allow-incomplete", is_flag=True, help="Publish incomplete reports, too.")
@HOUSE
def publish(site: Path, url: str, allow_incomplete: bool, house_file: str) -> int:
    """Copy the complete reports to DEST, and write the archive's pages there.

    Each file is one that its manifest names; whether the numbers are right is proved by `verify`.
    """
    from customs_report.publish.many import REPORTS
    from customs_report.publish.site import publish as copy

    done = copy(REPORTS, site, url, allow_incomplete=allow_incomplete, house=_house(house_file))
    for name in done.copied:
        say(f"{name}  published")
    for name in done.kept:
        say(f"{name}  kept, although it is no longer in {_short(REPORTS)}")
    for name, why in done.refused.items():
        say(f"customs-report: {name} is not published: {why}", err=True)
    for name, why in done.damaged.items():
        say(f"customs-report: {name} is damaged at {_short(site)}: {why}", err=True)
    for remark in done.remarks:
        say(f"customs-report: {remark}", err=True)
    say(f"{_short(site / 'index.html')}: {len(done.copied)} published, {len(done.unchanged)} unchanged")
    return 1 if done.refused or done.damaged else 0


@main.command("verify")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FOLDER|PDF...")
@JOBS
def verify_reports(folders: tuple[Path, ...], jobs: int) -> int:
    """Rebuild the reports in FOLDER, such as reports/2025-11, and compare every file byte for byte.

    Of a published archive every report is rebuilt, and the checksum of every other file is verified. A report's PDF is proved
    from its own attachments instead, without any data: `verify monthly_report.pdf`.
    """
    files = [path for path in folders if _is_pdf(path)]
    if missing := [path for path in files if not path.exists()]:
        raise InputError(f"{missing[0]} cannot be read: {os.strerror(errno.ENOENT)}")
    if len(files) == len(folders):
        return max(map(_verify_pdf, files))
    from customs_report.publish import archive_files, verify

    folders = tuple(folder for folder in folders if folder not in files)
    archives = [folder for folder in folders if archive_files.listed(folder)]
    folders = tuple(each for folder in folders for each in (verify.report_folders(folder) if folder in archives else [folder]))
    sets = sum(len(verify.set_names(folder)) for folder in folders)
    codes = [*map(_verify_pdf, files), *map(_check_archive, archives)]
    with _progress("Verifying", sets) as advance:
        verdicts = verify.verify_folders(folders, jobs=jobs, done=advance)
    for folder, name, wrong, changed in verdicts:
        if wrong:
            say(f"customs-report: {_short(folder / name)}: {wrong}", err=True)
        else:
            say(f"{_short(folder / name)}: reproduced" + (f", though inputs changed: {', '.join(changed)}" if changed else ""))
    return max([*codes, 1 if any(verdict.wrong for verdict in verdicts) else 0])


def _verify_pdf(path: Path) -> int:
    """Prove a PDF from its attachments and print what was found; returns the exit code."""
    from customs_report.publish.verify_pdf import verify_pdf

    try:
        with _working(f"Reading {path.name}"):
            verdict = verify_pdf(path)
    except InputError as error:  # the others are verified
        say(f"customs-report: {error}", err=True)
        return _code(error)
    for finding in verdict.wrong[:MOST_DIFFERENCES]:
        say(f"customs-report: {_short(path)}: {finding}", err=True)
    if more := len(verdict.wrong[MOST_DIFFERENCES:]):
        say(f"customs-report: {_short(path)}: and {more:,} more differences", err=True)
    if verdict.wrong:
        return 1
    say(f"{_short(path)}: proved from its attachments")
    for line in [*verdict.said, "drawings and fonts are not compared"]:
        say(f"  {line}")
    return 0


@main.command("facts")
@click.argument("period")
@AS_OF
def print_facts(period: str, as_of: str) -> None:
    """Print all facts of a period as JSON, without building a report."""
    from customs_report import house as houses
    from customs_report.report import open_report

    with houses.using_look(houses.load(houses.chosen()).look):
        report = open_report(period, as_of)
        say_json(report.facts.as_json("monthly_report", {"period": report.period, "as_of": as_of}))


@main.command()
@click.option("--accept", "chosen", multiple=True, metavar="ID", help="Accept a finding by its id; needs --reason.")
@click.option("--reason", default="", help="Why the figure is right, for data/accepted.csv.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(chosen: tuple[str, ...], reason: str, as_json: bool) -> int:
    """Check the data: schema, accounting identities, cross-checks between figures, coverage, the outlook's backtest."""
    from datetime import date

    from customs_report import backtest, checks, loading, schema

    if chosen:
        return _accept(chosen, reason.strip())
    results = checks.run_checks(loading.read_printed(schema.DATA), today=date.today().isoformat())
    found = [finding for result in results for finding in result.found]
    if as_json:
        rows = [{"id": f.id, "check": f.check, "cells": [vars(cell) for cell in f.cells], "says": f.says} for f in found]
        say_json(rows)
        return 1 if found else 0
    for finding in found:
        say(f"{finding.id}  {finding.check}: {finding}")
    counts = [(r.check.name, r.check.table, r.checked, len(r.found), r.accepted) for r in results]
    wrong = bool(found)
    if not wrong:  # a backtest of broken figures says nothing
        for row in backtest.check().itertuples(index=False):
            counts.append((row.check, row.table, row.checked, row.violations, 0))
            wrong |= bool(row.violations)
            if row.violations:
                say(f"{row.check}: {row.where}")
    _summary(counts)
    if found:
        accept = suggested_command("check --accept ID --reason 'why'")
        say(f"Check each finding; to accept one that is correct: {accept}", err=True)
    return 1 if wrong else 0


def _summary(rows: list[tuple[str, str, int, int, int]]) -> None:
    from rich.table import Table

    table = Table("check", "table", "checked", "findings", "accepted")
    for name, of, checked, found, accepted in rows:
        table.add_row(name, of, f"{checked:,}", str(found), str(accepted or ""), style="bold red" if found else "")
    _print_table(table)


def _print_table(table: Table) -> None:
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 160, markup=False).print(table)  # a label is no markup


def _accept(chosen: tuple[str, ...], reason: str) -> int:
    """Record findings, by their ids, as accepted in data/accepted.csv, with the reason."""
    from customs_report import adding, checks, loading, schema, store

    if not reason:
        raise InputError("--accept needs --reason 'why the figure is right'")
    with store.write_lock(schema.DATA):
        tables = loading.read_printed(schema.DATA)
        found = {f.id: f for result in checks.run_checks(tables) if not result.check.hard for f in result.found}
        if wrong := [name for name in chosen if name not in found]:
            check = suggested_command("check")
            raise InputError(f"{wrong[0]!r} is not the id of a finding that can be accepted; `{check}` lists them")
        accepted = [found[name] for name in dict.fromkeys(chosen)]
        rows = checks.with_accepted(tables, accepted, reason)
        store.write(schema.DATA, {schema.FILES["accepted"]: adding.csv_text(rows)})
    for finding in accepted:
        say(f"accepted: {finding.check}: {finding}")
    return 0


@main.command("list")
@AS_OF
def list_reports(as_of: str) -> None:
    """List the reports that are built and those that could be."""
    from customs_report.publish.manifest import read
    from customs_report.publish.many import REPORTS
    from customs_report.vintages import known_tables, latest, reportable_months

    tables = known_tables(as_of)
    possible = reportable_months(tables)
    for folder in sorted(path for path in REPORTS.glob("[12]*") if path.is_dir()):
        for path in sorted(folder.glob("*.manifest.json")):
            name = path.name.removesuffix(".manifest.json")
            manifest = read(folder, name)
            state = "damaged" if not manifest else "complete" if manifest["complete"] else "incomplete"
            say(f"{folder.name}  {name}  {state}")
    newest = latest(tables)
    say(f"could be built: {possible[0]} to {possible[-1]}; the newest with partners and commodities is {newest}")
    if newer := _newer_month(as_of):
        say(newer)


@main.command("init")
@click.argument("folder", type=click.Path(path_type=Path))
def lay_out_project(folder: Path) -> None:
    """Lay out a project in FOLDER, new or empty: notebooks, data and a place for reports."""
    count = project.lay_out(folder)
    say(f"{_short(folder)}: {count} files, with notebooks, data and a place for reports")
    build = suggested_command("build latest", anywhere=True)
    say(f"next: change to {_short(folder)}, and build the newest month with `{build}`")


# --- new figures --------------------------------------------------------------------------------------------------------

RELEASED = click.option(
    "--released", default="", callback=_read_day, metavar="DATE", help="The release day, if a file does not say."
)
SOURCE = click.option(
    "--source", type=click.Choice(["gacc", "eastmoney", "comtrade"]), default="gacc", show_default=True,
    help="Where to download from.",
)  # fmt: skip
SITE = click.option("--site", default="", metavar="URL", help="Another address of the source, such as a mirror.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Read and compare, but write nothing.")
ACCEPT = click.option(
    "--accept", is_flag=True,
    help="Add figures even if they contradict the data, are implausible, or lack a line of the month before.",
)  # fmt: skip
ACCEPT_LABEL = click.option(
    "--accept-label", "labels", multiple=True, metavar="LABEL=CODE",
    help="Treat an unknown label as another spelling of CODE (empty: as a new line); kept for next time.",
)  # fmt: skip


@main.command()
@click.argument("sources", nargs=-1, required=True, metavar="FILE|DIR|URL...")
@RELEASED
@click.option(
    "--flow", type=click.Choice(["export", "import", "exports", "imports"]), help="For files that do not say which they are."
)
@DRY_RUN
@ACCEPT
@ACCEPT_LABEL
def add(sources: tuple[str, ...], released: str, flow: str | None, dry_run: bool, accept: bool, labels: tuple[str, ...]) -> int:
    """Add files from customs to the data, in any layout that customs publishes.

    A file is added completely or not at all. It is rejected (exit code 2, nothing changed) when it contradicts the data, lacks
    a line or figure that last month's table has (see --accept), or has a label that is nearly, but not exactly, a known one
    (see --accept-label). The summary at the end counts what was left out: unknown labels, figures, rows, blocks.
    """
    given = {"released": released, "flow": (flow or "").removesuffix("s"), "dry_run": dry_run}
    given |= {"accept": accept, "labels": _labels(labels)}
    code = _add_all(sources, given)
    if not dry_run:
        _prepare_newest()
    return code


def _prepare_newest() -> None:
    """Compute the facts of the newest month, and keep them for its reports."""
    from customs_report import kept
    from customs_report.errors import CustomsReportError
    from customs_report.publish.inputs import Inputs
    from customs_report.report import open_report
    from customs_report.vintages import known_tables, latest

    with kept.keeping(Inputs().code), suppress(CustomsReportError):
        if kept.is_on():
            with _working("Preparing the newest month"):
                open_report(latest(known_tables()))


def _add_all(sources: Sequence[str], options: dict) -> int:
    """Add files, all files of folders, and addresses, and print the results; returns the highest exit code."""
    from customs_report import fetch
    from customs_report.readers.documents import content_of

    client, codes, left_out = fetch.Client(on_wait=partial(say, err=True)), [], Counter[str]()
    names = [path for source in sources for path in _files(source)]
    code, names = _add_downloads(names, options)
    codes.append(code)
    for name in names:
        try:
            content = client.get(name) if _is_address(name) else content_of(Path(name))
        except InputError as error:
            codes.append(_print_rejection(name, str(error)))
            continue
        codes.append(_add(name, content, options, left_out, address=name if _is_address(name) else ""))
    _say_left_out(left_out)
    return max(codes, default=0)


def _add_downloads(names: list[str], options: dict) -> tuple[int, list[str]]:
    """Add the downloads of customs' query platform among these files; the exit code, and the names of all other files."""
    from datetime import date

    from customs_report import schema
    from customs_report.adding import flow_in
    from customs_report.detail import adding

    files = [(name, Path(name), options.get("flow") or flow_in(name)) for name in names if not _is_address(name)]
    downloads, _ = adding.downloads_among(files)
    if not downloads:
        return 0, names
    folder = options.get("folder", schema.DATA)
    release = adding.release_of(options["released"], date.today().isoformat())
    with _working(f"Reading {len(downloads):,} downloads"):
        added = adding.add_downloads(
            downloads, folder=folder, release=release, accept=options["accept"], dry_run=options.get("dry_run", False)
        )
    for result in added.results:
        if result.refused:
            _print_rejection(result.name, result.refused)
        elif len(downloads) <= MOST_FILES or result.remarks:
            span = result.first if result.first == result.last else f"{result.first} to {result.last}"
            say(f"{result.name}: query platform, {span}: {result.rows:,} rows")
        for remark in result.remarks:
            say(f"{result.name}: note: {remark}")
    known = f"; {added.known:,} files known already" if added.known else ""
    counts = added.counts
    say(f"detail data: {counts.new:,} rows new, {counts.revised:,} revised, {counts.same:,} the same{known}")
    if added.written:
        _say_coverage(folder, {year for result in added.results for year in (result.first[:4], result.last[:4]) if year})
    read = {download.name for download in downloads}
    return 2 if added.refused else 0, [name for name in names if name not in read]


@main.command("coverage")
@click.option(
    "--csv", "to", type=click.Path(path_type=Path), default=None, help="Write all of it: also by chapter and partner."
)
def detail_coverage(to: Path | None) -> None:
    """Show which months and chapters the detail data have, and which are missing."""
    from customs_report import schema
    from customs_report.detail import adding
    from customs_report.detail.store import store_in

    _say_coverage(schema.DATA)
    if to:
        rows = adding.coverage_by_partner(store_in(schema.DATA))
        rows.to_csv(to, index=False, lineterminator="\n")
        say(f"{to}: {len(rows):,} rows, a year, flow, chapter and partner each")


def _say_coverage(folder: Path, years: Iterable[str] = ()) -> None:
    """What the detail data have of these years, by default of all, and which months are missing."""
    from rich.table import Table

    from customs_report.detail import adding
    from customs_report.detail.store import store_in

    held = store_in(folder)
    partners = adding.partners_by_year(held)
    table = Table("year", "flow", "digits, and by", "months", "missing", "chapters", "partners")
    for row in adding.coverage(held, years).itertuples():
        count = partners.get((row.year, row.flow, row.by))
        chapters = row.chapters if len(row.chapters) < WIDEST else f"{row.count} chapters: {row.chapters[:WIDEST]}…"
        table.add_row(
            row.year,
            f"{row.flow}s",
            f"{row.by}, {row.currency}",
            row.months,
            row.missing,
            chapters,
            f"{count:,}" if count else "",
        )
    _print_table(table)


def _labels(given: Sequence[str]) -> dict[str, str]:
    """Printed label -> code."""
    if wrong := next((text for text in given if not text.rpartition("=")[0].strip()), ""):
        raise InputError(f"--accept-label {wrong!r} names no line; write it like 'Plastic products=plastic_articles'")
    return {label.strip(): code.strip() for label, _, code in (text.rpartition("=") for text in given)}


def _say_left_out(left_out: Counter) -> None:
    """Print the number of figures, rows, blocks and labels of the files that were left out or are in no list."""
    if left_out:
        say(f"left out or set apart: {', '.join(f'{what}: {n:,}' for what, n in left_out.items())} (see the notes)")


def _files(source: str) -> list[str]:
    """The files of a folder, in order, or the one file or address itself."""
    if _is_address(source):
        return [source]
    if not os.path.lexists(source):
        raise InputError(f"there is no file or folder {source}")
    if not Path(source).is_dir():
        return [source]
    found = sorted(str(path) for path in Path(source).rglob("*") if path.is_file() and not path.name.startswith("."))
    if not found:
        raise InputError(f"{source} has no files")
    return found


def _is_address(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _add(name: str, content: bytes, options: dict, left_out: Counter, address: str = "") -> int:
    """Add one file, print the result, and add what was left out to `left_out`; returns its exit code."""
    from datetime import date

    from customs_report import adding, schema

    given = {"folder": schema.DATA, "today": date.today().isoformat(), "address": address} | options
    result = adding.add(name, content, **given)
    for reading, counts in zip(result.readings, result.counts, strict=False):
        completed = f"{counts.completed:,} completed, " if counts.completed else ""
        say(
            f"{name}: {reading.layout} -> {reading.table}.csv, {reading.period}, {reading.unit or reading.currency}: "
            f"{len(reading.rows):,} rows; {counts.new:,} new, {counts.revised:,} revised, {completed}{counts.same:,} the same"
        )
    for remark in result.remarks:
        say(f"{name}: note: {remark}")
    if result.refused:
        return _print_rejection(name, result.refused)
    left_out.update(result.left_out)
    added = "added" if result.written and given["folder"] == schema.DATA else "would be added"
    say(f"{name}: {added if result.changed else 'nothing new'}")
    return 0


def _print_rejection(name: str, why: str) -> int:
    say(f"customs-report: {name}: {' '.join(why.split())[:1000]}; nothing was changed", err=True)
    return 2


@main.command("fetch")
@click.argument("period", default="")
@SOURCE
@SITE
@DRY_RUN
@ACCEPT
def fetch_figures(period: str, source: str, site: str, dry_run: bool, accept: bool) -> int:
    """Download new figures and add them: those of PERIOD, by default everything since the newest month."""
    return _fetch(period, source, site, {"dry_run": dry_run, "accept": accept})


def _fetch(period: str, source: str, site: str, options: dict) -> int:
    """Download new figures from a source, add them and print the results; returns the highest exit code."""
    from datetime import date

    from customs_report import fetch
    from customs_report.vintages import known_tables, latest, reportable_months

    tables, today = known_tables(), date.today().isoformat()
    after = latest(tables)
    if period:
        period = fetch.check_month(period, reportable_months(tables)[0], today)
    client = fetch.Client(on_wait=partial(say, err=True))
    with _working(f"Asking {site or source} what is published"):
        pages = fetch.find_links(client, source, site, period, after, today)
    codes: list[int] = []
    left_out = Counter[str]()
    for page, content in fetch.download(client, pages):
        if isinstance(content, InputError):
            codes.append(_print_rejection(page.title, str(content)))
            continue
        codes.append(_add(page.title, content, options, left_out, address=page.address))
        if codes[-1] and page.frozen:
            client.forget(page.address)
    if not pages:
        say(f"nothing newer than {after} is published at {site or source}")
    _say_left_out(left_out)
    return max(codes, default=0)


@main.command("release")
@click.argument("arguments", nargs=-1, metavar="[PERIOD]")
@click.option("--from", "files", is_flag=True, help="Read the files and folders given; without any, use the data as they are.")
@SOURCE
@SITE
@RELEASED
@DRY_RUN
@ACCEPT
@ACCEPT_LABEL
@JOBS
@OUT
def release_month(
    arguments: tuple[str, ...],
    files: bool,
    source: str,
    site: str,
    released: str,
    dry_run: bool,
    accept: bool,
    labels: tuple[str, ...],
    jobs: int,
    out: Path | None,
) -> int:
    """Do the work of a release day: download the new figures (or take them --from FILE...), check, build and verify.

    Builds the report of PERIOD (default: the newest month) and every other report whose figures changed. Stops before building
    if a file is rejected or a check finds something.
    """
    from customs_report import release as work

    period, names = work.parse_arguments(arguments, files)
    options = {"released": released, "accept": accept, "labels": _labels(labels)}

    def add_files(folder: Path) -> int:
        given = options | {"folder": folder}
        return _add_all(names, given) if files else _fetch(period, source, site, given)

    return work.run(period, add_files, report_result=_print_result, out=out or work.many.REPORTS, jobs=jobs, dry_run=dry_run)


@main.command()
@click.argument("period", default="")
@AS_OF
def revisions(period: str, as_of: str) -> None:
    """Show how customs revised the figures of PERIOD, by default of every month."""
    from rich.table import Table

    from customs_report.calculations.revision_history import revised_levels
    from customs_report.numbers import write
    from customs_report.report import open_report
    from customs_report.vintages import known_tables, reportable_months

    report = open_report(period, as_of) if period else None
    tables = report.tables if report else known_tables(as_of)
    table = Table("period", "figure", "first published", "on", "now", "since", "change", "%")
    for month in [report.period] if report else reportable_months(tables):
        for first, now in revised_levels(tables, month).values():
            change = now.value - first.value
            share = write(change / abs(first.value) * 100, "percent", "signed") if first.value else ""
            table.add_row(
                month, str(now.label), write(first.value, now.unit), first.released, write(now.value, now.unit), now.released,
                write(change, now.unit, "signed"), share,
            )  # fmt: skip
    if table.row_count:
        _print_table(table)
    else:
        say(f"no figure of {period or 'any month'} is available in two vintages")


# --- claims -------------------------------------------------------------------------------------------------------------


@main.command("claims")
@click.argument("source", metavar="FILE")
@AS_OF
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts with their numbers as JSON.")
def check_claims(source: str, as_of: str, as_json: bool) -> None:
    """Check the claims of an article, FILE or a name in data/claims, as of its day and as known now."""
    from rich.table import Table
    from rich.text import Text

    from customs_report.fact_check import open_check
    from customs_report.numbers import period_text
    from customs_report.palette import printable

    with _working("Computing the figures known on the article’s day, and now"):
        check = open_check(source, as_of=as_of)
    if as_json:
        say_json([judgement.as_json() for judgement in check.judgements])
        return
    known = (check.article.published,) if check.one_vintage else (check.article.published, check.as_of)
    days = [f"as known on {period_text(day)}" for day in known]
    table = Table("claim", *days, "why", title=Text(printable(check.article.title)), show_lines=True)
    for then, now in zip(check.then, check.now, strict=True):
        first, second = then.as_json()["why"], now.as_json()["why"]
        why = printable(first) if first == second else f"{printable(first)}\nNow: {printable(second)}"
        says = f"{then.claim.id}: {then.claim.says}"
        verdicts = (then.shown, now.shown)[: len(days)]
        table.add_row(*(Text(printable(text)) for text in (says, *verdicts)), Text(why))
    _print_table(table)


@main.command("check-text")
@click.argument("source", metavar="FILE")
@click.option(
    "--date", "published", required=True, callback=_read_day, metavar="DATE", help=f"The day it was published, such as {A_DAY}."
)
@click.option("--json", "as_json", is_flag=True, help="Print the verdicts with their numbers as JSON.")
def check_text(source: str, published: str, as_json: bool) -> None:
    """Check the figures of China's trade in any text, FILE or - for standard input, as of its day and as known now."""
    import shutil

    from customs_report.texts import check_text
    from customs_report.texts.documents import read_text
    from customs_report.texts.report import lines, rows

    text = read_text(source)
    with _working("Computing the figures known on the text’s day, and now"):
        checked = check_text(text, published)
    if as_json:
        say_json(rows(checked))
        return
    width = min(shutil.get_terminal_size().columns, 100) if sys.stdout.isatty() else 80
    for line in lines(checked, width):
        say(line)
