"""Building many reports at once: the same files with any number of workers, complete reports only, also if a worker is killed."""

from __future__ import annotations

import gc
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path

import nbformat
import pypdf
import pytest

from customs_report import cli, scratch
from customs_report.errors import InputError
from customs_report.publish import inputs, manifest, many, site

PERIODS = ("2008-03", "2012-02", "2024-05")
COMPARED = ("html", "pdf", "xlsx", "zip", "jsonld", "facts.json")


def contents(folder: Path, name: str = "monthly_report") -> dict[str, bytes]:
    return {ending: (folder / f"{name}.{ending}").read_bytes() for ending in COMPARED}


def all_contents(out: Path) -> dict[str, dict[str, bytes]]:
    return {period: contents(out / period) for period in PERIODS}


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("one-by-one")
    assert all(isinstance(built, many.Built) for built in many.build_all(many.orders(PERIODS), out=out))
    return out


def test_processes_give_the_same_bytes_in_any_order_and_a_killed_one_is_replaced(one_by_one, tmp_path):
    """No report has figures of another, and a killed worker leaves nothing behind."""
    others = {*multiprocessing.active_children()}

    def kill_one() -> None:
        while not (workers := {*multiprocessing.active_children()} - others):
            time.sleep(0.05)
        time.sleep(1)
        workers.pop().kill()

    killer = threading.Thread(target=kill_one)
    killer.start()
    results = many.build_all(many.orders(PERIODS[::-1]), out=tmp_path, jobs=2)
    killer.join()
    assert [result.folder.name for result in results] == [*PERIODS[::-1]]
    assert all_contents(tmp_path) == all_contents(one_by_one)
    assert {*multiprocessing.active_children()} == others


def test_a_cluster_gives_the_same_bytes_and_a_lost_worker_is_made_good(one_by_one, tmp_path):
    from distributed import Client, LocalCluster

    periods = PERIODS[:2]
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None)
    with cluster, Client(cluster) as watch:

        def kill_one() -> None:
            pids = watch.run(os.getpid)
            while not (busy := [worker for worker, tasks in watch.processing().items() if tasks]):
                time.sleep(0.05)
            os.kill(pids[busy[0]], signal.SIGKILL)

        killer = threading.Thread(target=kill_one)
        killer.start()
        wanted = many.orders(periods)
        results = many.build_all(wanted, out=tmp_path, scheduler=cluster.scheduler_address)
        killer.join()
        assert [getattr(result, "folder", result) for result in results] == [tmp_path / period for period in periods]
        assert [contents(tmp_path / period) for period in periods] == [contents(one_by_one / period) for period in periods]
        other = replace(wanted[0], inputs={**wanted[0].inputs, "code": "other"})
        with pytest.raises(InputError, match=r"the Dask worker tcp://\S+ has other code"):
            many.build_all([other], out=tmp_path / "other", scheduler=cluster.scheduler_address)


@pytest.mark.deep
def test_a_cluster_with_tls_and_certificates_from_dasks_configuration(one_by_one, tmp_path):
    """As docs/building.md shows it: one certificate that is its own authority, scheduler and worker from the command line."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("no openssl to make a certificate")
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=trade cluster"]
    subprocess.run([*made, "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem"], check=True, capture_output=True)
    (tmp_path / "ca.pem").write_bytes((tmp_path / "cert.pem").read_bytes())
    (example,) = re.findall(r"```yaml\n(distributed:.*?)```", (inputs.ROOT / "docs" / "building.md").read_text(), re.DOTALL)
    (tmp_path / "dask").mkdir()
    (tmp_path / "dask" / "tls.yaml").write_text(example.replace("/etc/dask", str(tmp_path)))
    configured = os.environ | {"DASK_CONFIG": str(tmp_path / "dask")}
    without = os.environ | {"DASK_CONFIG": str(tmp_path / "none")}

    def built(address: str, out: str, environment: dict[str, str]) -> subprocess.CompletedProcess:
        asked = ["build", PERIODS[0], "--scheduler", address, "--out", str(tmp_path / out)]
        return subprocess.run([sys.executable, "-m", "customs_report", *asked], env=environment, capture_output=True, text=True)

    def started(stack: ExitStack, words: str, *arguments: str) -> str:
        """A part of the cluster, until the test ends; returns the line that says it is there."""
        run = [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:], "--no-dashboard"]
        process = stack.enter_context(subprocess.Popen(run, env=configured, stderr=subprocess.PIPE, text=True, cwd=tmp_path))
        stack.callback(process.terminate)
        assert process.stderr
        line = next(line for line in process.stderr if words in line)
        threading.Thread(target=process.stderr.read, daemon=True).start()  # a full pipe would stop it
        return line

    with ExitStack() as stack:
        address = started(stack, "Scheduler at", "dask_scheduler", "--host", "tls://127.0.0.1", "--port", "0").split()[-1]
        assert address.startswith("tls://")
        started(stack, "Registered to", "dask_worker", address, "--nworkers", "1", "--nthreads", "1")
        done = built(address, "out", configured)
        assert (done.returncode, done.stderr) == (0, "")
        assert contents(tmp_path / "out" / PERIODS[0]) == contents(one_by_one / PERIODS[0])
        for environment, asked, said in (
            (without, address, f"{address} needs certificates"),
            (configured, address.replace("tls", "tcp"), "demands encryption"),
            (without, address.replace("tls", "tcp"), "no Dask scheduler answers"),
        ):
            refused = built(asked, "refused", environment)
            assert refused.returncode == 2
            assert said in refused.stderr
            assert refused.stderr.count("\n") == 1
        assert not (tmp_path / "refused").exists()


def test_without_a_scheduler_at_its_address_the_run_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(many, "PATIENCE", 1)
    with pytest.raises(InputError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:1"):
        many.build_all(many.orders(["2012-02"]), out=tmp_path, scheduler="tcp://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"pip install 'china-customs-reports\[dask\]'"):
        many.build_all(many.orders(["2012-02"]), out=tmp_path, scheduler="tcp://127.0.0.1:1")


def test_a_report_asked_for_with_other_inputs_is_refused(tmp_path):
    (order,) = many.orders(["2012-02"])
    for name in ("data", "code", "notebook"):
        (result,) = many.build_all([replace(order, inputs={**order.inputs, name: "other"})], out=tmp_path)
        assert isinstance(result, InputError)
        assert f"2012-02: {name}" in str(result)
    assert not [*tmp_path.iterdir()]


# --- a copy of the project, with a notebook that misbehaves ---------------------------------------------------------------

SETUP = """
import os, time
from pathlib import Path
from customs_report.display import cover
from customs_report.facts import Facts, Mark
from customs_report.report import Report
from customs_report.vintages import known_tables
tables = known_tables()
report = Report(period, tables.as_of, as_of, tables, Facts(period, tables.as_of), None)
"""
TURN = """
kind = next((path.name for path in Path(os.environ["ORDERS"]).glob(f"*-{period}")), "")
if kind.startswith("die"):
    os._exit(9)
if kind.startswith("raise"):
    raise ZeroDivisionError("as told")
if kind.startswith("leave"):
    os.chdir("/")
    raise SystemExit(0)
if kind.startswith("wait"):
    (Path(os.environ["ORDERS"]) / "waiting").touch()
    time.sleep(60)
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the project with the notebook `tiny`."""
    copy = tmp_path_factory.mktemp("project")
    for name in ("customs_report", "data"):
        shutil.copytree(inputs.ROOT / name, copy / name, ignore=shutil.ignore_patterns(".*"))
    for name in ("helpers.py", "requirements.txt"):
        shutil.copy(inputs.ROOT / name, copy)
    (copy / "notebooks").mkdir()
    new = nbformat.v4
    parameters = new.new_code_cell('period: str = ""\nas_of: str = ""', metadata={"tags": ["parameters"]})
    setup = new.new_code_cell(SETUP, metadata={"tags": ["setup"]})
    front = new.new_code_cell('cover(("Tiny",), ("A headline",), ("Words",), ())')
    cells = [parameters, setup, front, new.new_code_cell(TURN, id="exhibit-01-turn")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new.new_notebook(cells=cells, metadata=kernel), copy / "notebooks" / "tiny.ipynb")
    return copy


@pytest.fixture
def told(tmp_path) -> Path:
    """A folder of orders to the notebook: a file `die-2012-02` makes its worker die."""
    folder = tmp_path / "orders"
    folder.mkdir()
    return folder


def command(project: Path, told: Path, *arguments: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "customs_report",
        "build",
        *arguments,
        "--notebook",
        "tiny",
        "--out",
        str(told.parent / "out"),
    ]


def environment(project: Path, told: Path) -> dict[str, str]:
    temporary = told.parent / "tmp"
    temporary.mkdir(exist_ok=True)
    ours = {
        "PYTHONPATH": str(project),
        "ORDERS": str(told),
        "CUSTOMS_REPORT_DATA": str(project / "data"),
        "TMPDIR": str(temporary),
    }
    return {**os.environ, **ours}


def run(project: Path, told: Path, *arguments: str) -> subprocess.CompletedProcess:
    given = {"cwd": project, "env": environment(project, told), "capture_output": True, "text": True}
    return subprocess.run(command(project, told, *arguments), **given)


def gone(group: int) -> bool:
    """Are all processes of a run gone soon after its end?"""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_a_report_that_kills_its_workers_is_named_and_the_rest_is_built(project, told):
    (told / "die-2012-02").touch()
    done = run(project, told, "2012-01:2012-03", "--jobs", "2")
    assert done.returncode == 2
    why = "two workers died while building it; there may not be enough memory"
    assert done.stderr == f"customs-report: tiny of 2012-02: {why}\n"
    out = told.parent / "out"
    assert [bool(manifest.read(out / f"2012-0{month}", "tiny")) for month in (1, 2, 3)] == [True, False, True]


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda process: os.killpg(process, signal.SIGINT), id="Ctrl-C"),  # as a terminal does: to workers as well
        pytest.param(lambda process: os.kill(process, signal.SIGTERM), id="SIGTERM", marks=pytest.mark.deep),
    ],
)
def test_an_interrupted_run_leaves_whole_reports_only_and_the_next_goes_on(project, told, end):
    (told / "wait-2012-03").touch()
    out = told.parent / "out"
    given = {"cwd": project, "env": environment(project, told), "stderr": subprocess.PIPE, "stdout": subprocess.PIPE}
    given["preexec_fn"] = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a shell's background jobs ignore it
    process = subprocess.Popen(command(project, told, "2012-01:2012-05", "--jobs", "2"), start_new_session=True, **given)
    first = [out / month / "tiny.manifest.json" for month in ("2012-01", "2012-02")]
    while not ((told / "waiting").exists() and all(path.exists() for path in first)):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.1)
    end(process.pid)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 130
    assert stderr.decode().strip() == "customs-report: interrupted"
    assert gone(process.pid)
    assert not [*(told.parent / "tmp").iterdir()]
    before = {path: path.stat().st_mtime_ns for path in out.rglob("tiny.*")}
    folders = {path.parent for path in before}
    assert {out / "2012-01", out / "2012-02"} <= folders <= {out / f"2012-0{month}" for month in (1, 2, 4, 5)}
    assert all(manifest.read(folder, "tiny") for folder in folders)
    assert not [*out.rglob(f"{manifest.STAGED}*")]
    (told / "wait-2012-03").unlink()
    again = run(project, told, "2012-01:2012-05", "--jobs", "2")
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("tiny.html  (up to date)") == len(folders)
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize("after", [0.5, 0.7, 0.9])
def test_a_run_ends_although_a_worker_is_killed_while_it_sends_a_report(after):
    script = f"""if __name__ == "__main__":
    import time
    from customs_report.publish import many
    with many._processes(1) as (pool, _):
        pool.submit(abs, -1).result()
        made = [pool.submit(bytes, 300_000_000) for _ in range(5)]
        time.sleep({after})
        raise KeyboardInterrupt"""
    ended = subprocess.run([sys.executable, "-c", script], cwd=inputs.ROOT, capture_output=True, timeout=60)
    assert b"KeyboardInterrupt" in ended.stderr


def test_workers_die_with_a_run_that_is_killed_and_the_next_removes_its_folders(project, told):
    for month in (1, 2):
        (told / f"wait-2012-0{month}").touch()
    given = {"cwd": project, "env": environment(project, told), "stderr": subprocess.DEVNULL, "stdout": subprocess.DEVNULL}
    process = subprocess.Popen(command(project, told, "2012-01:2012-03", "--jobs", "2"), start_new_session=True, **given)
    while not (told / "waiting").exists():
        assert process.poll() is None
        time.sleep(0.1)
    process.kill()
    process.wait()
    assert gone(process.pid)
    assert [*(told.parent / "tmp").glob(f"{scratch.PREFIX}*")]  # nobody could remove it
    for order in told.iterdir():
        order.unlink()
    assert run(project, told, "2012-01").returncode == 0
    assert not [*(told.parent / "tmp").iterdir()]


# --- honest failure -------------------------------------------------------------------------------------------------------


@pytest.fixture
def build_tiny(project, told, monkeypatch, capsys):
    """Builds the notebook `tiny` of February 2012 by the command, in this process; returns exit code and what was said."""
    monkeypatch.setattr(inputs, "NOTEBOOKS", project / "notebooks")
    monkeypatch.setenv("ORDERS", str(told))

    def built(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as leaving:
            cli.main.main(["build", "2012-02", "--notebook", "tiny", "--out", str(told.parent / "out"), *arguments])
        said = capsys.readouterr()
        return leaving.value.code, said.out, said.err

    return built


def test_an_incomplete_report_is_named_kept_aside_and_cleared_by_the_next_good_one(build_tiny, told):
    out = told.parent / "out" / "2012-02"
    assert build_tiny()[0] == 0
    before = {path: path.read_bytes() for path in out.glob("tiny.*")}
    (told / "raise-2012-02").touch()
    code, _, stderr = build_tiny("--force")
    assert code == 1
    why, _, traced = stderr.strip().partition("; the traceback is in ")
    assert why == "customs-report: incomplete: Exhibit 1 (turn) could not be made: ZeroDivisionError: as told"
    assert "ZeroDivisionError" in Path(traced).read_text()
    assert {path: path.read_bytes() for path in out.glob("tiny.*")} == before
    page = (out / "incomplete" / "tiny.html").read_text()
    assert page.index("This report is incomplete") < page.index('class="cover"')
    said = json.loads((out / "incomplete" / "tiny.manifest.json").read_text())
    assert said["complete"] is False
    assert said["incomplete"] == ["Exhibit 1 (turn) could not be made: ZeroDivisionError: as told"]
    notebook = nbformat.read(out / "incomplete" / "tiny.ipynb", 4)
    assert "raise ZeroDivisionError" in "\n".join(notebook.cells[-1].outputs[-1].traceback)
    (told / "raise-2012-02").unlink()
    assert "tiny.html  (up to date)" in build_tiny()[1]  # the one that stands is made of the same
    assert not (out / "incomplete").exists()


@pytest.mark.filterwarnings("ignore:To exit")
def test_a_cell_that_ends_the_run_or_goes_elsewhere_is_a_failure_like_another(build_tiny, told, monkeypatch):
    monkeypatch.chdir(told.parent)
    (told / "leave-2012-02").touch()
    code, _, said = build_tiny("--out", "elsewhere")
    assert code == 1
    assert "a cell may not end the run" in said
    assert (told.parent / "elsewhere" / "2012-02" / "incomplete").is_dir()


def test_only_when_allowed_an_incomplete_report_replaces_a_complete_one(build_tiny, told):
    out = told.parent / "out" / "2012-02"
    build_tiny()
    (told / "raise-2012-02").touch()
    assert build_tiny("--force", "--allow-incomplete")[0] == 1
    assert manifest.read(out, "tiny")["complete"] is False
    (told / "raise-2012-02").unlink()
    assert build_tiny()[0] == 0  # what is incomplete is never up to date
    assert manifest.read(out, "tiny")["complete"] is True


def test_a_face_that_is_not_made_does_not_stand_beside_the_new_ones(build_tiny, told):
    out = told.parent / "out" / "2012-02"
    build_tiny()
    assert "(up to date)" in build_tiny("--formats", "html")[1]  # nothing changed: the PDF belongs to the page
    assert (out / "tiny.pdf").exists()
    build_tiny("--formats", "html", "--force")
    assert not (out / "tiny.pdf").exists()
    assert manifest.read(out, "tiny")["files"].keys() == {"html", "facts.json", "ipynb"}
    build_tiny()
    assert (out / "tiny.pdf").exists()


def test_what_a_killed_run_has_left_is_swept(build_tiny, told):
    out = told.parent / "out" / "2012-02"
    build_tiny()
    for place in (out, out / "incomplete"):
        (place / f"{manifest.STAGED}x").mkdir(parents=True)
        (place / f"{manifest.STAGED}x" / "html").write_text("half a page")
    assert "(up to date)" in build_tiny()[1]
    assert not [*out.rglob(f"{manifest.STAGED}*")]


def test_a_folder_that_cannot_be_written_is_refused_before_the_run(build_tiny, told, monkeypatch):
    (told.parent / "out").mkdir()
    (told.parent / "out" / "2012-02").write_text("a file where the folder should be")
    monkeypatch.setattr(many, "_make", None)  # nothing is run
    code, _, stderr = build_tiny()
    assert code == 2
    assert "2012-02 cannot be written" in stderr
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    (told.parent / "out" / "2012-02").unlink()
    assert "out cannot be written: no permission" in build_tiny()[2]


def test_an_internal_error_of_one_report_does_not_stop_the_others(build_tiny, told, monkeypatch):
    from customs_report.publish import build

    real = build.run
    monkeypatch.setattr(
        build, "run", lambda name, given, *rest: real(name, given, *rest) if given["period"] == "2012-02" else 1 / 0
    )
    code, stdout, stderr = build_tiny("2012-01", "--jobs", "1")
    assert code == 3
    assert stderr == "customs-report: internal error, please report it: tiny of 2012-01: ZeroDivisionError: division by zero\n"
    assert "tiny.html" in stdout


# --- repeat ---------------------------------------------------------------------------------------------------------------


def test_verify_says_what_differs(build_tiny, told, project, capsys, monkeypatch):
    out = told.parent / "out" / "2012-02"
    build_tiny()

    def verified(folder: Path = out) -> tuple[int, str]:
        with pytest.raises(SystemExit) as leaving:
            cli.main.main(["verify", str(folder), "--jobs", "1"])
        said = capsys.readouterr()
        return leaving.value.code, said.out + said.err

    code, said = verified()
    assert code == 0
    assert said.endswith("2012-02/tiny: reproduced\n")

    assert site.publish(out.parent, told.parent / "site").copied == ("2012-02/tiny",)
    published = told.parent / "site" / "2012-02"
    assert "latest/index.html" in (published / "tiny.html").read_text()
    assert verified(published)[1].endswith("2012-02/tiny: reproduced\n")

    page = (out / "tiny.html").read_bytes()
    (out / "tiny.html").write_bytes(page + b" ")
    code, said = verified()
    assert code == 1
    assert said.endswith("2012-02/tiny: tiny.html was changed or is missing\n")
    (out / "tiny.html").write_bytes(page)

    path = out / "tiny.manifest.json"
    whole = path.read_text()
    path.write_text(whole.replace(json.loads(whole)["files"]["html"], manifest.sha256(page + b" ")))
    (out / "tiny.html").write_bytes(page + b" ")  # as if another machine had made other bytes
    code, said = verified()
    assert code == 1
    assert said.endswith("2012-02/tiny: html came out otherwise: not reproducible\n")

    shutil.copy(project / "notebooks" / "tiny.ipynb", project / "notebooks" / "tiny-er.ipynb")
    build_tiny("--notebook", "tiny-er")
    assert "2012-02/tiny-er: reproduced\n" in verified()[1]
    for file in out.glob("tiny-er.*"):
        file.unlink()

    path.write_text(path.read_text().replace(json.loads(whole)["inputs"]["lock"], "another"))
    assert verified()[1].endswith("html came out otherwise: inputs changed: lock\n")
    path.write_text("{")
    assert verified() == (1, f"customs-report: {out / 'tiny'}: its manifest cannot be read\n")
    path.unlink()
    assert verified() == (2, f"customs-report: {out} holds no report with a manifest\n")


def test_page_and_pdf_tell_what_they_are_made_of(one_by_one):
    out = one_by_one / "2012-02"
    said = manifest.read(out, "monthly_report")
    page = (out / "monthly_report.html").read_text()
    meta = dict(re.findall(r'<meta name="report-([\w-]+)" content="([^"]+)">', page))
    assert meta == {"period": "2012-02", "as-of": "2026-07-07", "data": f"sha256:{said['inputs']['data']}"}
    about = pypdf.PdfReader(out / "monthly_report.pdf").metadata
    assert about.title == said["title"]
    assert about.subject == said["headline"]
    keywords = ["period 2012-02", "as known on 2026-07-07", f"data sha256:{said['inputs']['data']}"]
    assert about["/Keywords"].split(", ") == keywords


def test_no_report_stays_in_the_memory_of_its_worker():
    """Counted in Python's own blocks: a report that stayed would hold two and a half thousand (what is free a process may keep)."""
    (order,) = many.orders(["2008-09"])

    def blocks() -> int:
        [made] = [made for _, made in many.make_all([order])]
        assert made.contents
        del made
        gc.collect()
        return sys.getallocatedblocks()

    _, before, *_, after = [blocks() for _ in range(5)]
    assert after - before < 3 * 1000
