"""A papermill engine that runs a notebook in this process, as `customs-report build` does (`cells.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nbformat import NotebookNode, from_dict
from papermill.engines import Engine, NotebookExecutionManager

from customs_report.publish import cells


class InProcessEngine(Engine):
    """`papermill --engine in_process`."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: Any) -> None:
        @contextmanager
        def watched(cell: NotebookNode, index: int) -> Iterator[None]:
            nb_man.cell_start(cell, index)
            try:
                yield
            except BaseException:
                nb_man.cell_exception(cell, index)
                raise
            finally:
                cell.outputs = [from_dict(output) for output in cell.outputs]
                nb_man.cell_complete(cell, index)

        cells.run(nb_man.nb.cells, watched)
