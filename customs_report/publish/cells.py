"""Runs a notebook's cells in this process: no kernel to start, no port, the libraries already imported.

Outputs are those of a kernel, errors and pyplot figures included (tests/test_cells.py compares). What differs: the run
continues after a cell's exception, unless the cell is tagged `setup`, whose exception is re-raised; the notebook's variables
are returned to the caller; frames also emit their data (`author_data.py`); stderr of subprocesses is not captured; widgets have
no state, and progress bars of tqdm.auto are text.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import builtins
import getpass
import io
import json
import os
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from traitlets import Type
from traitlets.config import Config

from customs_report import frames
from customs_report.display import Later
from customs_report.publish import author_data

Cell = dict[str, Any]  # a cell, or an output, as nbformat has it
Bundle = dict[str, Any]  # data or metadata of an output, by MIME type
Watch = Callable[[Any, int], AbstractContextManager]
Complete = Callable[[Any], None]
INLINE = "matplotlib_inline.backend_inline"  # the backend of pyplot in a kernel


def run(cells: Sequence[Cell], watch: Watch, complete: Complete | None = None, *, matplotlib: bool = True) -> dict[str, Any]:
    """Run the code cells, each inside the context manager `watch(cell, index)`; returns the notebook's variables.

    `complete` is called with each code cell that has all its outputs, while charts of later cells are still drawn. Without
    `matplotlib`, which is slow to import, the cells cannot draw with pyplot as in a kernel.
    """
    with _drawing() if matplotlib else nullcontext(), _fresh_shell() as shell:
        for index, cell in enumerate(cells):
            if cell["cell_type"] == "code":
                with watch(cell, index):
                    _run(shell, cell)
        for cell in cells:
            if cell["cell_type"] == "code":
                _complete(shell, cell)
                if complete:
                    complete(cell)
        return dict(shell.user_ns)


def _run(shell: _Shell, cell: Cell) -> None:
    """Run one cell and store its outputs; errors become outputs, except in `setup` cells, where they are raised."""
    shell.start(cell)
    with _text_of_programs(shell), redirect_stdout(_Stream(shell, "stdout")), redirect_stderr(_Stream(shell, "stderr")):
        result = _result(shell, cell["source"])
    cell["execution_count"] = result.execution_count
    error = result.error_before_exec or result.error_in_exec
    if error is not None and all(output["output_type"] != "error" for output in shell.outputs):  # a misused magic
        shell.add(_output("error", ename=type(error).__name__, evalue=str(error), traceback=[str(error)]))
    if error is None or isinstance(error, SystemExit):  # `exit` ends only the cell
        return
    if not isinstance(error, Exception) or "setup" in cell["metadata"].get("tags", ()):
        raise error


def _complete(shell: _Shell, cell: Cell) -> None:
    """Fill in the outputs whose charts were drawn while other cells ran, or the error in their place."""
    shell.outputs = cell["outputs"]
    for output in [*cell["outputs"]]:
        try:
            if isinstance(output.get("data"), Later):
                output["data"], output["metadata"] = output["data"]._repr_mimebundle_()
        except Exception as error:
            cell["outputs"].remove(output)
            shell.showtraceback((type(error), error, error.__traceback__))


def _result(shell: _Shell, source: str) -> ExecutionResult:
    """Run a cell within an event loop, as a kernel does: it may await, and start tasks that continue in later cells."""
    if shell.loop is None:
        return shell.run_cell(source, store_history=True)

    async def within() -> ExecutionResult:
        try:
            plain, unread = shell.transform_cell(source), None
        except Exception:
            plain, unread = source, sys.exc_info()
        read: dict[str, Any] = {"transformed_cell": plain, "preprocessing_exc_tuple": unread}
        if not shell.should_run_async(source, **read):
            return shell.run_cell(source, store_history=True)
        result = await shell.run_cell_async(source, store_history=True, **read)
        shell.events.trigger("post_execute")
        shell.events.trigger("post_run_cell", result)
        return result

    return shell.loop.run_until_complete(within())


def _output(kind: str, **content: Any) -> Cell:
    return {"output_type": kind, **content}


def _as_json(data: Bundle) -> Bundle:
    """A bundle as a kernel sends it: bytes as Base64, other values JSON-serialised."""
    return {
        form: base64.b64encode(value).decode()
        if isinstance(value, bytes)
        else value
        if isinstance(value, str)
        else _plain(value)
        for form, value in data.items()
    }


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, default=lambda other: other.item() if hasattr(other, "item") else str(other)))


# --- a shell that keeps what a cell shows --------------------------------------------------------------------------------


class _Publisher(DisplayPublisher):
    shell: _Shell

    def publish(self, data: Bundle, metadata: Bundle | None = None, *_: Any, update: bool = False, **more: Any) -> None:
        key = (more.get("transient") or {}).get("display_id")
        shown = _as_json(data) if "customs_report" not in (metadata or {}) else data
        if update:
            self.shell.update(key, shown, metadata or {})
        else:
            self.shell.add(_output("display_data", data=shown, metadata=metadata or {}), key)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.clear(wait)


class _Hook(DisplayHook):
    shell: _Shell

    def write_output_prompt(self) -> None:
        """Disabled: a notebook shows no prompt in the output."""

    def compute_format_data(self, result: Any) -> tuple[Any, Bundle]:
        return (result, {}) if isinstance(result, Later) else super().compute_format_data(result)

    def log_output(self, format_dict: Any) -> None:
        """Disabled: there is no log."""

    def write_format_data(self, format_dict: Bundle, md_dict: Bundle | None = None) -> None:
        if format_dict:
            ours = isinstance(format_dict, Later) or "customs_report" in (md_dict or {})
            data = format_dict if ours else _as_json(format_dict)
            self.shell.add(_output("execute_result", data=data, metadata=md_dict or {}, execution_count=self.prompt_count))


class _Shell(InteractiveShell):
    """IPython without terminal, history or colours."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    kernel = None  # with this attribute pandas knows that it is not in a terminal

    def __init__(self, **kwargs: Any) -> None:
        self.outputs: list[Cell] = []
        self.shown: dict[str, list[Cell]] = {}  # the outputs of each display id
        self.clearing = False
        self.loop: asyncio.AbstractEventLoop | None = None
        super().__init__(**kwargs)
        assert self.display_formatter is not None
        author_data.register(self.display_formatter.formatters)
        self.set_hook("show_in_pager", lambda *_, **__: None, 99)  # discard the text of a pager

    def start(self, cell: Cell) -> None:
        """Start collecting outputs for this cell."""
        self.outputs = cell["outputs"] = []
        self.clearing = False

    def add(self, output: Cell, key: str | None = None) -> None:
        """Add an output; one with a key can be updated later."""
        if self.clearing:
            self.clear()
        self.outputs.append(output)
        if key:
            self.shown.setdefault(key, []).append(output)

    def update(self, key: str | None, data: Bundle, metadata: Bundle) -> None:
        """Replace the content of the outputs with this display id."""
        for output in self.shown.get(key or "", ()):
            output["data"], output["metadata"] = data, metadata

    def clear(self, wait: bool = False) -> None:
        """Clear the cell's outputs, now or when the next one arrives."""
        self.clearing = wait
        if not wait:
            self.outputs.clear()

    def write(self, name: str, text: str) -> None:
        """Add text to a stream; consecutive writes to one stream form one output."""
        last = self.outputs[-1] if self.outputs and not self.clearing else {}
        if last.get("name") == name:
            last["text"] += text
        elif text:
            self.add(_output("stream", name=name, text=text))

    def init_ipython_dir(self, ipython_dir: str) -> None:
        """Disabled: the user's terminal profile must not change a report."""

    def init_profile_dir(self, profile_dir: str) -> None:
        """Disabled, see above."""

    def init_virtualenv(self) -> None:
        """Disabled: the process already has its path."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Disabled: no windows."""

    def ask_exit(self) -> NoReturn:
        """`exit` and `quit` end only their cell."""
        raise SystemExit("a cell may not end the run")

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.add(_output("error", ename=etype.__name__, evalue=str(evalue), traceback=list(stb)))


_Shell.__name__ = _Shell.__qualname__ = "ZMQInteractiveShell"  # pandas, rich and others check this name to detect a notebook


class _Stream(io.TextIOBase):
    """A file whose text becomes an output."""

    encoding = "utf-8"

    def __init__(self, shell: _Shell, name: str) -> None:
        self.shell, self.name = shell, name

    def write(self, text: str) -> int:
        self.shell.write(self.name, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return 1 if self.name == "stdout" else 2


@contextmanager
def _text_of_programs(shell: _Shell) -> Iterator[None]:
    """Capture stdout of subprocesses (at file-descriptor level) and append it to the cell's stdout."""
    try:
        before = os.dup(1)
    except OSError:  # this process has no stdout
        yield
        return
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), 1)
        try:
            yield
        finally:
            os.dup2(before, 1)
            os.close(before)
            file.seek(0)
            shell.write("stdout", file.read().decode(errors="replace"))


def _refused(name: str) -> Callable[..., NoReturn]:
    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise StdinNotImplementedError(f"{name} was called, but this frontend does not support input requests.")

    return refuse


@contextmanager
def _fresh_shell() -> Iterator[_Shell]:
    """A new shell for one notebook; afterwards interpreter and working directory are restored."""
    quiet = Config(HistoryManager={"enabled": False, "hist_file": ":memory:"}, InteractiveShell={"colors": "nocolor"})
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        frames.warned.clear()
        stack.callback(os.chdir, Path.cwd())
        stack.callback(_restore, dict(vars(builtins)), dict(vars(sys)), list(sys.path), sys.modules["__main__"])
        stack.callback(setattr, getpass, "getpass", getpass.getpass)
        stack.callback(setattr, InteractiveShell, "_instance", InteractiveShell._instance)
        InteractiveShell._instance = None
        shell = _Shell.instance(config=quiet)
        stack.callback(_Shell.clear_instance)
        stack.callback(atexit.unregister, shell.atexit_operations)
        assert shell.history_manager is not None
        stack.callback(shell.history_manager.outputs.clear)  # the class keeps every output, for all shells
        builtins.input, getpass.getpass = _refused("raw_input"), _refused("getpass")
        if pandas := sys.modules.get("pandas"):  # which has detected a terminal
            stack.enter_context(pandas.option_context("display.max_columns", 20))
        if not _loop_runs():
            shell.loop = stack.enter_context(asyncio.Runner()).get_loop()
        yield shell


@contextmanager
def _drawing() -> Iterator[None]:
    """Pyplot draws inline with matplotlib's defaults: the user's settings must not change a report, either."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams["svg.hashsalt"] = "notebook"  # the same drawing has the same ids
        before = matplotlib.rcParams._get("backend")
        _draw_with(f"module://{INLINE}")
        try:
            yield
        finally:
            _draw_with(before)


def _draw_with(backend: Any) -> None:
    """Set pyplot's backend and close open figures; the inline backend is re-imported for each shell."""
    from matplotlib import rcParams

    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot:
        pyplot.close("all")
    if sys.modules.pop(INLINE, None):
        sys.modules["matplotlib_inline.config"].InlineBackend.clear_instance()
    rcParams._set("backend", backend)
    if pyplot:
        pyplot._backend_mod = None  # set again with the next figure


def _loop_runs() -> bool:
    """Is an event loop, such as a kernel's, running in this thread?"""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _restore(builtin_names: dict[str, Any], sys_names: dict[str, Any], path: list[str], main: ModuleType) -> None:
    for module, names in ((builtins, builtin_names), (sys, sys_names)):
        for name in vars(module).keys() - names.keys():
            delattr(module, name)
        vars(module).update(names)
    sys.path[:], sys.modules["__main__"] = path, main
