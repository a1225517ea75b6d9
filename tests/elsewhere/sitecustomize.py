"""What Windows does not have, taken away: with this folder on PYTHONPATH every Python process that starts does without.

The standard library keeps it, and so do packages that have other code for Windows, chosen by the name of the system.
"""

from __future__ import annotations

import builtins
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from posix_only import MODULES, OF_OS, OF_SIGNAL

STANDARD = str(Path(os.__file__).parent)
EXEMPT = {"filelock", "numpy", "platformdirs", "psutil"}
imported = builtins.__import__


def may(asking: FrameType) -> bool:
    file, package = asking.f_code.co_filename, asking.f_globals.get("__name__", "").partition(".")[0]
    return (file.startswith((STANDARD, "<frozen")) and "site-packages" not in file) or package in EXEMPT


def guarded(name: str, given: Any = None, *rest: Any, **named: Any) -> ModuleType:
    if name in MODULES and not may(sys._getframe(1)):
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return imported(name, given, *rest, **named)


def hide(module: ModuleType, names: list[str]) -> None:
    kept = {name: module.__dict__.pop(name) for name in names if hasattr(module, name)}

    def missing(name: str) -> Any:
        if name in kept and may(sys._getframe(1)):
            return kept[name]
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    module.__getattr__ = missing  # type: ignore[attr-defined]


builtins.__import__ = guarded
hide(os, OF_OS)
hide(signal, OF_SIGNAL)
hide(time, ["tzset"])
