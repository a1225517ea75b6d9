"""Build reports, one or thousands: what is up to date is left alone, workers make the rest, and only this process writes.

Workers are those of a `concurrent.futures` executor: this process for one report, processes of this machine for several, a
Dask cluster where a scheduler is named. They return bytes, so the files are the same whichever executor is used.
"""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from customs_report import log, project, scratch
from customs_report.drawing.beside import drawn_beside
from customs_report.errors import InputError, MissingData, Violation
from customs_report.house import chosen, load
from customs_report.publish import manifest
from customs_report.publish.inputs import Inputs, is_outside, notebook_name, subject
from customs_report.publish.manifest import DEFAULT_FORMATS, INCOMPLETE
from customs_report.publish.report_files import FOLDER
from customs_report.terminal import say

if TYPE_CHECKING:
    from customs_report.publish.build import Made

REPORTS = project.FOLDER / "reports"
logger = logging.getLogger(__name__)
PROFILES = ("partner_profile", "commodity_profile", "profiles")  # notebooks with subjects, and the word for both with all
PATIENCE = 10  # seconds in which a Dask scheduler has to answer
MOST = 61  # processes: Windows cannot wait for more
AHEAD = 2  # reports in flight for each worker: one in work, one that waits for it


@dataclass(frozen=True)
class Order:
    """A report that is asked for, and the hash of each thing it is to be made of.

    `notebook` is its name in `notebooks/`, or its path; `house` the path of its house's file, empty for the plain house.
    """

    notebook: str
    parameters: Mapping[str, Any]
    formats: tuple[str, ...]
    inputs: Mapping[str, str]
    house: str = ""

    @property
    def name(self) -> str:
        """The name of its set: the notebook, the subject of a profile, the language if it is not English."""
        return notebook_name(self.notebook) + subject(self.parameters)

    @property
    def folder(self) -> str:
        """The name of the folder it stands in: 2025-11, or 2025-11@2025-12-08."""
        period, as_of = self.parameters["period"], self.parameters["as_of"]
        return f"{period}@{as_of}" if as_of else period


@dataclass(frozen=True)
class Built:
    """The result of building a report: its files, whether they were there already, what could not be made or be shown."""

    folder: Path
    files: tuple[Path, ...]
    unchanged: bool = False
    incomplete: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def orders(
    periods: Iterable[str],
    as_of: str = "",
    *,
    notebook: str = "monthly_report",
    parameters: Mapping[str, Any] | None = None,
    formats: Sequence[str] = DEFAULT_FORMATS,
    now: Inputs | None = None,
    house: str | None = None,
) -> list[Order]:
    """What to build for the reports of these months, as known on a day, from the files as they are now.

    `house` is the path of a house's file, empty for the plain one; by default the one that is chosen (`house.chosen`).
    """
    now, house = now or Inputs(), chosen() if house is None else house
    asked = [{"period": period, "as_of": as_of, **(parameters or {})} for period in periods]
    return [Order(notebook, each, tuple(formats), now.of(notebook, each, house), house) for each in asked]


def build_report(
    period: str, as_of: str = "", *, out: Path = REPORTS, allow_incomplete: bool = False, force: bool = False, **asked: Any
) -> Built:
    """Build the report of a period; `asked` as for `orders`. Raises what `build_all` returns."""
    (result,) = build_all(orders([period], as_of, **asked), out=out, allow_incomplete=allow_incomplete, force=force)
    if isinstance(result, Exception):
        raise result
    return result


def build_all(
    wanted: Sequence[Order],
    *,
    out: Path = REPORTS,
    jobs: int = 1,
    scheduler: str = "",
    allow_incomplete: bool = False,
    force: bool = False,
    done: Callable[[], None] = lambda: None,
) -> list[Built | Exception]:
    """Build reports into their folders below `out`; returns what became of each, in their order, and calls `done` after each.

    A set that matches its manifest and its inputs is left alone. An exception is InputError for parameters that data or
    notebook do not know and for a folder that cannot be written, Violation where a number of a page is not the fact it names.
    What is built when the run is stopped stays; the next run goes on from there. The newest months come first: they are read
    most, take longest, and need the most memory, so that a worker is at its largest from the start.
    """
    results: dict[int, Built | Exception] = {}
    scratch.sweep()

    def became(order: Order, result: Built | Exception) -> None:
        results[id(order)] = result
        done()

    waiting: list[Order] = []
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        for order, result in zip(wanted, threads.map(partial(_before, out=out, force=force), wanted), strict=True):
            if result:
                became(order, result)
            else:
                logger.info("%s of %s is built: %s", order.name, order.folder, _why(order, out, force))
                waiting.append(order)
    waiting.sort(key=lambda order: str(order.parameters.get("period")), reverse=True)
    for order, made in make_all(waiting, jobs=jobs, scheduler=scheduler):
        became(order, made if isinstance(made, Exception) else _placed(order, made, out, allow_incomplete))
    return [results[id(order)] for order in wanted]


def _why(order: Order, out: Path, force: bool) -> str:
    """Why a report is built, although there may be one."""
    before = manifest.read_manifest(out / order.folder, order.name)
    if force or not before:
        return "--force" if force else "there is none"
    if before["inputs"] != order.inputs:
        return f"made of {_differing(before['inputs'], order.inputs)}"
    return "its files are not all there, or are not what they were" if before["complete"] else "it is incomplete"


def _before(order: Order, out: Path, force: bool) -> Built | InputError | None:
    """The result of a report if it needs no work: it is there already, or its folder cannot be written."""
    folder = out / order.folder
    if {*"/\\"} & {*order.name}:
        return InputError(f"{order.name!r} cannot be the name of a report: it has a slash")
    if not FOLDER.fullmatch(order.folder):
        return None  # no month: the report says so
    try:
        manifest.sweep(folder)
        if not force and (files := manifest.up_to_date(folder, order.name, order.inputs, order.formats)):
            manifest.clear(folder, order.name)
            logger.info("%s of %s is up to date", order.name, order.folder)
            return Built(folder, files, unchanged=True)
        place = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        if not place.is_dir():
            return InputError(f"{folder} cannot be written: {place} is not a folder")
        if not os.access(place, os.W_OK | os.X_OK):
            return InputError(f"{folder} cannot be written: no permission to write in {place}")
    except OSError as error:
        return InputError(f"{folder} cannot be written: {error.strerror or error}")
    return None


def _placed(order: Order, made: Made, out: Path, allow_incomplete: bool) -> Built | InputError:
    """Put a report in its place; one that is incomplete in a folder of its own, unless it is allowed among the others."""
    if not FOLDER.fullmatch(order.folder):  # a notebook of somebody's own need not say so
        return InputError(f"{order.folder!r} is not a period; write it like 2025-11")
    folder, incomplete = out / order.folder, tuple(made.manifest["incomplete"])
    target = folder / INCOMPLETE if incomplete and not allow_incomplete else folder
    try:
        files = manifest.put(target, order.name, made.contents, made.manifest)
        if target == folder:
            manifest.clear(folder, order.name)
    except OSError as error:
        return InputError(f"{target} cannot be written: {error.strerror or error}")
    return Built(target, files, incomplete=incomplete, warnings=tuple(made.manifest.get("warnings", ())))


# --- workers ------------------------------------------------------------------------------------------------------------

Workers = tuple[Executor, int]  # and how many there are
Pool = Callable[[int], AbstractContextManager[Workers]]


def make_all(wanted: Sequence[Order], *, jobs: int = 1, scheduler: str = "") -> Iterator[tuple[Order, Made | Exception]]:
    """Each report as it is made, in no order, or the exception it ended in.

    When a worker is lost, the reports that were with it are done again, each alone; one that ends a second worker is refused.
    """
    if not wanted:
        return
    for notebook in dict.fromkeys(order.notebook for order in wanted if is_outside(order.notebook)):
        say(
            f"{Path(notebook).name} runs as you: its code can read and change your files; build only notebooks you trust",
            err=True,
        )
    pool: Pool = partial(_cluster, scheduler, wanted[0]) if scheduler else _processes if min(jobs, len(wanted)) > 1 else _here
    waiting = deque(wanted)
    while waiting:
        alone = deque((yield from _run_pool(pool, min(jobs, len(waiting)), waiting, AHEAD)))
        while alone:
            for order in (yield from _run_pool(pool, 1, alone, 1)):
                why = "two workers died while building it; there may not be enough memory"
                yield order, InputError(f"{order.name} of {order.folder}: {why}")


def _run_pool(
    pool: Pool, jobs: int, waiting: deque[Order], ahead: int
) -> Generator[tuple[Order, Made | Exception], None, list[Order]]:
    """Send what waits through a pool, so many for each worker; returns those that were in flight when the pool broke."""
    lost: list[Order] = []
    with pool(jobs) as (workers, number):
        flying: dict[Future, Order] = {}
        while flying or (waiting and not lost):
            while waiting and not lost and len(flying) < ahead * number:
                order = waiting.popleft()
                try:
                    flying[workers.submit(_make, order)] = order
                except BrokenExecutor:
                    lost.append(order)
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                order, error = flying.pop(future), future.exception()
                if isinstance(error, BrokenExecutor):
                    lost.append(order)
                else:
                    yield order, _named(order, error) if error else future.result()
    return lost


def _make(order: Order) -> Made:
    try:
        with _seldom_searched_for_garbage():
            if {"pdf", "zip"} & {*order.formats}:
                _start_typst(order.house)
            from customs_report.publish.build import make

            return make(order.notebook, order.parameters, order.formats, order.inputs, order.house)
    except (InputError, Violation, MissingData):
        raise
    except Exception as error:  # of any type, which might not survive the way to another process
        unexpected = RuntimeError(f"{order.name} of {order.folder}: {type(error).__name__}: {error}")
        unexpected.add_note(traceback.format_exc())
        raise unexpected from None


def _start_typst(house: str) -> None:
    """Typst loads its fonts while this process imports what a report needs."""
    from customs_report.publish import fonts, typesetting

    typesetting.start(fonts.typst_fonts(load(house)))


@contextmanager
def _seldom_searched_for_garbage() -> Iterator[None]:
    """No garbage collection during the first report, which mostly loads modules that stay; then it runs rarely."""
    first = "customs_report.publish.build" not in sys.modules
    if first:
        gc.disable()
    else:
        _settle()
    try:
        yield
    finally:
        if first:
            gc.freeze()
            gc.enable()


@cache
def _settle() -> None:
    """Collect the garbage of the first report; exempt what it has loaded from later collections."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def _named(order: Order, error: BaseException) -> Exception:
    """The error that a user sees: what `_make` raised, or that the worker was lost on the way."""
    if isinstance(error, (InputError, Violation, MissingData, RuntimeError)):
        return error
    return InputError(f"{order.name} of {order.folder}: its worker was lost ({type(error).__name__}: {error})")


class _InThisProcess(Executor):
    """This process: a report is made when it is submitted."""

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future:
        future: Future = Future()
        try:
            future.set_result(work(*given, **named))
        except Exception as error:
            future.set_exception(error)
        return future


@contextmanager
def _here(jobs: int) -> Iterator[Workers]:
    with drawn_beside():
        yield _InThisProcess(), 1


@contextmanager
def _processes(jobs: int) -> Iterator[Workers]:
    """Processes of this machine, which die with the run and leave nothing behind."""
    others = {*multiprocessing.active_children()}
    folder, context = scratch.make_folder(), multiprocessing.get_context("spawn")
    jobs = min(jobs, MOST)
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(str(folder), log.chosen()))
    try:
        yield pool, jobs
    except BaseException:
        for worker in {*multiprocessing.active_children()} - others:
            worker.kill()
        # A worker that is killed while it sends a report leaves half of it in the pipe. The pool waits for the rest as long as
        # somebody could write it, and this process could.
        cast(Any, pool)._result_queue._writer.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        scratch.remove(folder)


def _start(folder: str, logged: log.Choice) -> None:
    """Start a worker: temporary files go to the run's folder, Ctrl-C is left to the parent, and it ends with the parent."""
    tempfile.tempdir = folder
    log.set_up(*logged)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_with(run: Any) -> None:
    """End this process when that of the run ends."""
    run.join()
    os._exit(1)


@contextmanager
def _cluster(address: str, order: Order, jobs: int) -> Iterator[Workers]:
    """The workers of a Dask scheduler. InputError where none answers, or where one has other code or data than this machine."""
    try:
        from distributed import Client
    except ImportError:
        raise InputError("--scheduler needs Dask, which is not installed: pip install 'china-customs-reports[dask]'") from None
    try:
        _refuse_without_certificates(address)
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise InputError(f"no Dask scheduler answers at {address}: {' '.join(str(error).split())}") from None
    with client:
        held = client.run(_inputs, order.notebook, order.parameters, order.house, on_error="return")
        if not held:
            raise InputError(f"the Dask scheduler at {address} has no workers")
        for worker, inputs in held.items():
            if inputs != order.inputs:
                raise InputError(f"the Dask worker {worker} has {_differing(inputs, order.inputs)}")
        pool = client.get_executor(pure=False)
        try:
            yield pool, sum(client.nthreads().values())
        finally:
            pool.shutdown(wait=False)


def _refuse_without_certificates(address: str) -> None:
    """Raises InputError where Dask's configuration has no certificates for TLS, or demands TLS of an address without."""
    from dask import config
    from distributed import Security

    security = Security()
    held = security.get_tls_config_for_role("client")
    loaded = config.get("distributed.client.security-loader", None)
    if address.startswith("tls://") and not loaded and not (held["ca_file"] and held["cert"]):
        raise InputError(f"{address} needs certificates: name them in Dask's configuration (docs/building.md, A cluster)")
    if not address.startswith("tls://") and security.require_encryption:
        raise InputError(f"Dask's configuration demands encryption, which {address} has not; write it as tls://...")


def _inputs(notebook: str, parameters: Mapping[str, Any], house: str) -> dict[str, str]:
    return Inputs().of(notebook, parameters, house)


def _differing(inputs: Mapping[str, str] | BaseException, wanted: Mapping[str, str]) -> str:
    if isinstance(inputs, BaseException):
        return f"no such project ({type(inputs).__name__}: {inputs})"
    return "other " + ", ".join(name for name in wanted if inputs.get(name) != wanted[name])
