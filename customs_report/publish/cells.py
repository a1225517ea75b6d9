"""A notebook's cells run in this process: no kernel to start, no port, the libraries already imported.

Outputs are those a kernel would give. Two things differ: an exception in a cell leaves a named box in its place and the run
goes on (the report is then incomplete), except in a cell tagged `setup`, whose exception is raised as it is; and the
notebook's variables are handed back to the caller.
"""

from __future__ import annotations

import atexit
import builtins
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Any

import matplotlib
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from customs_report.display import Later, failure

Cell = dict[str, Any]  # a cell, or an output, as nbformat has it
Bundle = dict[str, Any]  # what is shown, or what is said of it, by MIME type
Watch = Callable[[Any, int], AbstractContextManager]


def run(cells: Sequence[Cell], watch: Watch) -> dict[str, Any]:
    """Run the code cells, each within what `watch` makes of it and its place; returns the notebook's variables."""
    where, places = "The notebook’s beginning", []
    with _fresh_shell() as shell:
        for index, cell in enumerate(cells):
            where = _heading(cell) or where
            if cell["cell_type"] == "code":
                places.append((cell, where))
                with watch(cell, index):
                    _run(shell, cell, where)
        for cell, where in places:
            _complete(shell, cell, where)
        return dict(shell.user_ns)


def _run(shell: _Shell, cell: Cell, where: str) -> None:
    """Run one cell and give it its outputs; a failure becomes a box, or is raised where nothing can follow."""
    shell.outputs = cell["outputs"] = []
    with redirect_stdout(_Stream(shell, "stdout")), redirect_stderr(_Stream(shell, "stderr")):
        result = shell.run_cell(cell["source"], store_history=True)
    cell["execution_count"] = result.execution_count
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return
    if isinstance(error, SystemExit):
        error = RuntimeError("a cell may not end the run")
    if not isinstance(error, Exception) or "setup" in cell["metadata"].get("tags", ()):
        raise error
    _fail(shell, cell, where, error)


def _complete(shell: _Shell, cell: Cell, where: str) -> None:
    """Give a cell the outputs whose charts were drawn while other cells ran."""
    try:
        for output in cell["outputs"]:
            if isinstance(output.get("data"), Later):
                output["data"], output["metadata"] = output["data"]._repr_mimebundle_()
    except Exception as error:
        shell.showtraceback((type(error), error, error.__traceback__))
        _fail(shell, cell, where, error)


def _fail(shell: _Shell, cell: Cell, where: str, error: Exception) -> None:
    forms, about = failure(_name(cell, where), _reason(error))._repr_mimebundle_()
    cell["outputs"] = [_output("display_data", data=forms, metadata={**about, "traceback": shell.traceback})]


def _heading(cell: Cell) -> str:
    """The heading that a markdown cell ends under, if it has one."""
    lines = cell["source"].splitlines() if cell["cell_type"] == "markdown" else []
    return next((line.lstrip("# ") for line in reversed(lines) if line.startswith("#")), "")


def _name(cell: Cell, where: str) -> str:
    """What a reader calls a cell: `exhibit-04-partners` is "Exhibit 4 (partners)", any other goes by the last heading."""
    kind, _, rest = cell.get("id", "").partition("-")
    number, _, subject = rest.partition("-")
    if kind == "exhibit" and number.isdigit():
        return f"Exhibit {int(number)}" + (f" ({subject.replace('-', ' ')})" if subject else "")
    return f"Something under “{where}”"


def _reason(error: Exception) -> str:
    """An exception in one line."""
    said = " ".join(str(error).split())
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def _output(kind: str, **content: Any) -> Cell:
    return {"output_type": kind, **content}


# --- a shell that keeps what a cell shows --------------------------------------------------------------------------------


class _Publisher(DisplayPublisher):
    shell: _Shell

    def publish(self, data: Bundle, metadata: Bundle | None = None, *_: Any, **options: Any) -> None:
        self.shell.outputs.append(_output("display_data", data=data, metadata=metadata or {}))

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear()


class _Hook(DisplayHook):
    shell: _Shell

    def write_output_prompt(self) -> None:
        """A notebook shows no prompt in the output."""

    def compute_format_data(self, result: Any) -> tuple[Any, Bundle]:
        return (result, {}) if isinstance(result, Later) else super().compute_format_data(result)

    def log_output(self, format_dict: Any) -> None:
        """There is no log."""

    def write_format_data(self, format_dict: Bundle, md_dict: Bundle | None = None) -> None:
        content = {"data": format_dict, "metadata": md_dict or {}, "execution_count": self.prompt_count}
        self.shell.outputs.append(_output("execute_result", **content))


class _Shell(InteractiveShell):
    """IPython without terminal, history or colours."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    def __init__(self, **kwargs: Any) -> None:
        self.outputs: list[Cell] = []
        self.traceback: list[str] = []
        super().__init__(**kwargs)

    def init_ipython_dir(self, ipython_dir: str) -> None:
        """No profile: what the user has configured for a terminal must not change a report."""

    def init_profile_dir(self, profile_dir: str) -> None:
        """No profile, see above."""

    def init_virtualenv(self) -> None:
        """The process already has its path."""

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.traceback = list(stb)


class _Stream:
    """A file whose text becomes an output; what is written in a row is one output."""

    def __init__(self, shell: _Shell, name: str) -> None:
        self.shell, self.name = shell, name

    def write(self, text: str) -> int:
        outputs = self.shell.outputs
        if outputs and outputs[-1].get("name") == self.name:
            outputs[-1]["text"] += text
        elif text:
            outputs.append(_output("stream", name=self.name, text=text))
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return False


@contextmanager
def _fresh_shell() -> Iterator[_Shell]:
    """A shell of its own for one notebook; afterwards interpreter, charts and working directory are as they were."""
    quiet = Config(HistoryManager={"enabled": False, "hist_file": ":memory:"}, InteractiveShell={"colors": "nocolor"})
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        stack.enter_context(matplotlib.rc_context())
        matplotlib.rcdefaults()  # what the user has configured for charts of their own must not change a report, either
        stack.callback(os.chdir, Path.cwd())
        stack.callback(_restore, dict(vars(builtins)), dict(vars(sys)), list(sys.path), sys.modules["__main__"])
        stack.callback(setattr, InteractiveShell, "_instance", InteractiveShell._instance)
        InteractiveShell._instance = None
        shell = _Shell.instance(config=quiet)
        stack.callback(_Shell.clear_instance)
        stack.callback(atexit.unregister, shell.atexit_operations)
        assert shell.history_manager is not None
        stack.callback(shell.history_manager.outputs.clear)  # the class keeps every output, for all shells
        yield shell


def _restore(builtin_names: dict[str, Any], sys_names: dict[str, Any], path: list[str], main: ModuleType) -> None:
    for module, names in ((builtins, builtin_names), (sys, sys_names)):
        for name in vars(module).keys() - names.keys():
            delattr(module, name)
        vars(module).update(names)
    sys.path[:], sys.modules["__main__"] = path, main
