"""Cells give the outputs that a kernel gives: the same cells run in both and are compared."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import struct
import subprocess
import sys
from contextlib import nullcontext
from typing import Any

import matplotlib
import nbformat
import pytest
from depth import in_depth
from nbclient import NotebookClient

from customs_report.display import DATA
from customs_report.publish import cells

ERRORS = """\
1 / 0
---
print("before"); undefined_name
---
def broken(:
---
raise KeyError("a key")
---
import sys; sys.exit("done")
---
input("your name? ")
---
import getpass; getpass.getpass()
---
class Odd:
    def _repr_html_(self):
        raise ValueError("no page of it")
Odd()
---
"the run goes on"
"""
TEXT = """\
import sys
print("out"); print("err", file=sys.stderr); print("out again")
---
sys.stdout.write("no line end")
---
print("\\r".join(f"{i}0 %" for i in range(4)))
---
!echo of the shell
---
from tqdm import tqdm
for _ in tqdm(range(3), bar_format="{desc}{n_fmt}/{total_fmt}", desc="bar "):
    pass
---
import warnings
warnings.warn("careful")
---
import logging
logging.getLogger("mine").warning("said by a log")
---
sys.stdout.isatty(), sys.stdout.encoding.lower()
"""
RICH = """\
1, "one"
---
None
---
{"a": [1, 2]}
---
from IPython.display import HTML, JSON, SVG, Image, Latex, Markdown, clear_output, display, update_display
display(HTML("<b>one</b>"), Markdown("*two*"), Latex("$x$"))
---
JSON({"a": 1, "b": [None, 2.5]})
---
SVG('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5" height="5"/></svg>')
---
class Bundle:
    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": "plain", "text/html": "<i>html</i>", "application/x-own+json": {"n": 1}}, {"text/html": {"isolated": True}}
Bundle()
---
class Png:
    def _repr_png_(self):
        return b"\\x89PNG not really"
Png()
---
handle = display("first", display_id=True)
handle.update("second")
---
handle.update("third")
---
display("named", display_id="name"); display("named, too", display_id="name"); update_display("both", display_id="name")
---
print("gone"); display("gone, too"); clear_output(); print("stays")
---
print("gone")
clear_output(wait=True)
display("after")
---
print("stays")
clear_output(wait=True)
---
import pandas as pd
frame = pd.DataFrame({f"column_{i}": range(3) for i in range(30)}); frame
---
pd.Series([1.5, None], index=["a", "b"], name="s")
---
frame.iloc[:, :2].style.set_uuid("x").format("{:.1f}")
---
pd.DataFrame({"n": range(100)})
---
import ipywidgets
ipywidgets.IntSlider(value=3)
---
ipywidgets.HTML("<b>shown</b>")
---
print;
---
_ = display
---
len?
"""
MAGICS = """\
%%capture kept
print("kept"); "and this"
---
kept.stdout
---
%precision 2
1.23456
---
%lsmagic_misspelt
---
%matplotlib inline
---
%%writefile {folder}/written.txt
text
---
%pwd
---
%time 1 + 1
---
%%html
<p>a page</p>
---
%who_ls str
"""
ASYNC = """\
import asyncio
await asyncio.sleep(0, "awaited")
---
task = asyncio.create_task(asyncio.sleep(0, "made in a cell that awaits nothing"))
---
await task
---
async with asyncio.timeout(1):
    print("within")
---
asyncio.run(asyncio.sleep(0))
---
async def fails():
    raise RuntimeError("in a coroutine")
await fails()
---
def run():
    return asyncio.get_running_loop().is_running()
run()
"""
FIGURES = """\
import matplotlib.pyplot as plt
plt.plot([1, 2])
---
fig, axes = plt.subplots(figsize=(3, 2))
axes.bar(["a"], [1])
plt.show()
print("after it")
---
fig
---
fig, axes = plt.subplots(); fig.suptitle("open at the end"); print("before it")
---
plt.figure(); plt.plot([3]); plt.figure(); plt.plot([4]);
---
fig, axes = plt.subplots(); plt.close(fig)
---
fig.savefig({folder!r} + "/chart.png")
---
from matplotlib.figure import Figure
Figure(figsize=(2, 2))
---
pd = __import__("pandas"); pd.Series([1, 2]).plot()
---
%config InlineBackend.figure_format = "svg"
plt.plot([1, 2])
plt.show()
---
%config InlineBackend.figure_formats = ["retina"]
plt.plot([1, 2]); plt.show()
---
plt.plot([1, 2])
1 / 0
---
plt.rcParams["figure.figsize"]
"""
NOTEBOOKS = {"errors": ERRORS, "text": TEXT, "rich": RICH, "magics": MAGICS, "async": ASYNC, "figures": FIGURES}

RUN = """
import json, sys
from contextlib import nullcontext
from customs_report.publish import cells
given = json.load(sys.stdin)
cells.run(given, lambda cell, index: nullcontext())
json.dump(given, sys.stdout)
"""


def cells_of(sources: str, folder: Any) -> list[nbformat.NotebookNode]:
    each = re.split(r"^---\n", sources, flags=re.M)
    return [
        nbformat.v4.new_code_cell(
            re.sub(r"{folder(!r)?}", lambda f: repr(str(folder)) if f[1] else str(folder), source.strip("\n"))
        )
        for source in each
    ]


@pytest.mark.parametrize("name", ["errors", "rich", "figures", *in_depth("text", "magics", "async")])
def test_outputs_are_those_of_a_kernel(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebook = nbformat.v4.new_notebook(cells=cells_of(NOTEBOOKS[name], tmp_path))
    NotebookClient(
        notebook, allow_errors=True, kernel_name="python3", timeout=120, resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    (tmp_path / "written.txt").unlink(missing_ok=True)
    given = json.dumps(cells_of(NOTEBOOKS[name], tmp_path))  # in a process that is not pytest's, which takes warnings
    ran = subprocess.run([sys.executable, "-c", RUN], input=given, capture_output=True, text=True, check=True)
    for cell, theirs in zip(json.loads(ran.stdout), notebook.cells, strict=True):
        assert normal(cell["outputs"]) == normal(theirs.outputs), cell["source"]
        assert cell["execution_count"] == theirs.execution_count


def normal(outputs: list[dict]) -> list:
    """Outputs without what differs from one run to the next: addresses, times, names of files, bytes of pictures."""
    streams: dict[str, str] = {}
    shown = []
    for output in outputs:
        if output["output_type"] == "stream":
            streams[output["name"]] = streams.get(output["name"], "") + steady(output["text"])
        elif output.get("ename") == "UsageError":
            continue  # a kernel tells it in its reply
        elif output["output_type"] == "error":
            last = re.sub(r"\x1b\[[\d;]*m", "", output["traceback"][-1])
            shown.append((output["ename"], steady(output["evalue"]), steady(last)))
        else:
            data = {form: picture(form, value) for form, value in output["data"].items() if form != DATA}
            shown.append((output["output_type"], data, dict(output["metadata"])))
    return [streams, shown]


def steady(text: str) -> str:
    text = re.sub(r"0x[0-9a-f]{6,}", "0x", text)
    text = re.sub(r"(?m)^.*(?:ipykernel_\d+/\d+\.py|<ipython-input-\d+-\w+>|/cells?\.py):(?=\d+: )", "cell:", text)
    text = re.sub(r"\((?:\d+\.py|<ipython-input-\d+-\w+>), line", "(cell, line", text)
    return re.sub(r"(CPU times|Wall time): .*", r"\1", text)


def picture(form: str, value: Any) -> Any:
    if form == "image/png" and len(value) > 100:
        return struct.unpack(">II", base64.b64decode(value)[16:24])
    if form == "image/svg+xml":
        return re.findall(r'<svg[^>]* (?:width|height)="([^"]+)"', value)
    if form == "application/vnd.jupyter.widget-view+json":
        return {**value, "model_id": ""}
    return steady(value) if isinstance(value, str) else value


def run(*sources: str) -> list[dict]:
    made = [dict(nbformat.v4.new_code_cell(source)) for source in sources]
    cells.run(made, lambda cell, index: nullcontext())
    return [output for cell in made for output in cell["outputs"]]


def test_what_is_written_past_python_is_shown():
    """A kernel shows it as well, some time later."""
    (output,) = run("import subprocess, os\nprint('a')\nsubprocess.run(['echo', 'b'])\nos.write(1, b'c');")
    assert output == {"output_type": "stream", "name": "stdout", "text": "a\nb\nc"}


def test_each_notebook_draws_anew():
    for _ in range(2):
        (output,) = run("import matplotlib.pyplot as plt", "plt.plot([1, 2])\nplt.show()")
        assert "image/png" in output["data"]
    assert not matplotlib.is_interactive()


def test_a_cell_runs_where_an_event_loop_runs_already():
    async def within() -> list[dict]:
        return run("1 + 1")

    assert asyncio.run(within())[0]["data"] == {"text/plain": "2"}


def test_a_setup_that_fails_ends_the_run():
    cell = nbformat.v4.new_code_cell("1 / 0", metadata={"tags": ["setup"]})
    with pytest.raises(ZeroDivisionError):
        cells.run([dict(cell)], lambda cell, index: nullcontext())
