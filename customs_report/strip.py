"""A git filter: notebooks are committed without outputs, counts and what an editor keeps, so that a run changes nothing.

`python -m customs_report.strip` reads a notebook from stdin and writes it as it is committed; `make setup` tells git.
"""

from __future__ import annotations

import json
import sys
from typing import Any

KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}  # found wherever Jupyter is


def stripped(content: bytes) -> bytes:
    """A notebook's file as it is committed; what is no notebook stays as it is."""
    try:
        notebook = json.loads(content)
        for cell in notebook["cells"]:
            cell["metadata"] = {name: value for name, value in cell["metadata"].items() if name == "tags" and value}
            if cell["cell_type"] == "code":
                cell |= {"outputs": [], "execution_count": None}
        notebook["metadata"] |= _settled(notebook["metadata"])
        notebook["metadata"].pop("widgets", None)
    except (ValueError, KeyError, TypeError, AttributeError):
        return content
    return (json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True, separators=(",", ": ")) + "\n").encode()


def _settled(metadata: dict[str, Any]) -> dict[str, Any]:
    """Kernel and language as they are committed, if named."""
    named = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    is_python = metadata.get("kernelspec", KERNEL).get("language", "python") == "python"
    return {name: value for name, value in named.items() if name in metadata and is_python}


if __name__ == "__main__":
    sys.stdout.buffer.write(stripped(sys.stdin.buffer.read()))
