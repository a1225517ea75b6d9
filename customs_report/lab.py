"""What `make lab` adds to JupyterLab, so that opening, running and saving a notebook changes nothing for git."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

from customs_report.strip import KERNEL


class Notebooks(AsyncLargeFileManager):
    """Opens a notebook with the kernel's name and language that JupyterLab writes into it once the kernel runs.

    Otherwise JupyterLab takes the notebook for changed as soon as it is opened.
    """

    async def get(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        model: dict[str, Any] = await super().get(*args, **kwargs)
        if model["type"] == "notebook" and model["content"]:
            metadata = model["content"]["metadata"]
            if self.parent and metadata.get("kernelspec", {}).get("name") == KERNEL["name"]:
                spec = self.parent.kernel_spec_manager.get_kernel_spec(KERNEL["name"])
                metadata["kernelspec"] = KERNEL | {"display_name": spec.display_name}
                metadata["language_info"] = IPythonKernel.language_info
        return model


def after_saving(model: dict[str, Any], os_path: str, **_: Any) -> None:
    """Of a notebook in which nothing changed but outputs, let git note the new size: `git status` compares that first."""
    folder = str(Path(os_path).parent)
    with suppress(OSError, subprocess.CalledProcessError):  # no git, no checkout, or something changed
        for command in (["diff", "--quiet", "--"], ["add", "--update", "--"]):
            subprocess.run(["git", "-C", folder, *command, os_path], check=True, capture_output=True)
