"""The product on any desk: from a wheel, in a folder of its own, without what only POSIX has, in any encoding - the same bytes."""

from __future__ import annotations

import ast
import json
import os
import runpy
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from customs_report import cli, project
from customs_report.errors import InputError
from customs_report.publish import inputs, many, parameters

HERE, PERIOD = Path(__file__).parent, "2012-02"  # totals only: the quickest to build
MOST = 750  # MB installed
ELSEWHERE = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C", "PYTHONPATH": str(HERE / "elsewhere")}
Run = Callable[..., subprocess.CompletedProcess]

# Several commands in one process, since each would import everything anew; prints the exit code of each at its end.
COMMANDS = """
import json, sys
from customs_report.cli import main
for words in json.loads(sys.argv.pop()):
    try:
        main(words)
    except SystemExit as leaving:
        print(f"--- {words[0]}: {leaving.code}", flush=True)
"""


def in_venv(folder: Path, program: str) -> Path:
    return folder / (f"Scripts/{program}.exe" if os.name == "nt" else f"bin/{program}")


@pytest.fixture(scope="module")
def built_wheel(tmp_path_factory) -> Path:
    """The wheel, built from the source distribution: what is not in that cannot be in the wheel."""
    source, to = tmp_path_factory.mktemp("source") / "tree", tmp_path_factory.mktemp("dist")
    left_out = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "reports", "year=*")
    shutil.copytree(project.CODE, source, ignore=left_out)
    (source / "data" / "detail" / "year=2025").mkdir()
    (source / "data" / "detail" / "year=2025" / "added.parquet").write_bytes(b"by a user")
    backend = "import sys; from setuptools import build_meta; print(getattr(build_meta, sys.argv[1])(sys.argv[2]))"
    subprocess.run([sys.executable, "-c", backend, "build_sdist", to], cwd=source, check=True, capture_output=True)
    (packed,) = to.glob("*.tar.gz")
    with tarfile.open(packed) as archive:
        archive.extractall(to, filter="data")
    unpacked = to / packed.name.removesuffix(".tar.gz")
    subprocess.run([sys.executable, "-c", backend, "build_wheel", to], cwd=unpacked, check=True, capture_output=True)
    (wheel,) = to.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def installed(built_wheel, tmp_path_factory) -> Path:
    """A virtual environment with the wheel; all else it takes from this one, but not the checkout."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    python = in_venv(folder, "python")
    asked = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    own = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    others = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (own / "others.pth").write_text("\n".join(others), encoding="utf-8")  # no .pth in them counts: none leads to the checkout
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "-qq", "--no-deps", "--no-index", built_wheel]
    subprocess.run(pip, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def run(installed) -> Run:
    """Run the installed program in a folder; what it prints is read in the encoding that it is told to print in."""

    def run(words: list, cwd: Path, encoding: str = "utf-8", **environment: str) -> subprocess.CompletedProcess:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "CUSTOMS_REPORT"))}
        given = {**kept, "PYTHONIOENCODING": encoding, "CUSTOMS_REPORT_CACHE": str(installed / "cache"), **environment}
        return subprocess.run([*map(str, words)], cwd=cwd, env=given, capture_output=True, encoding=encoding)

    return run


@pytest.fixture(scope="module")
def elsewhere(installed, run, tmp_path_factory) -> Path:
    """A project laid out by the installed program."""
    home = tmp_path_factory.mktemp("elsewhere")
    done = run([in_venv(installed, "customs-report"), "init", "my project"], home, **ELSEWHERE)
    assert (done.returncode, done.stderr) == (0, "")
    return home / "my project"


def test_the_wheel_has_notebooks_and_data_and_no_module_but_ours(built_wheel):
    with zipfile.ZipFile(built_wheel) as wheel:
        names = wheel.namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info" not in name} == {"customs_report", "helpers.py"}
    start = f"customs_report/{project.CARRIED.name}/"
    carried = {name.removeprefix(start) for name in names if name.startswith(start)}
    assert carried == {name.as_posix() for name in project.starter_files(project.CODE)}
    assert {"notebooks/monthly_brief.ipynb", "data/totals.csv", "data/detail/seed.parquet", "requirements.txt"} <= carried
    assert not [name for name in names if "__pycache__" in name or "year=" in name or "/." in name]


def test_the_whole_path_without_what_only_posix_has(elsewhere, installed, run, tmp_path):
    """In the C locale, whose encoding is ASCII, on a console that knows no Chinese."""
    brief, file = ["--notebook", "monthly_brief", "--formats", "html,pdf"], HERE / "fixtures" / "chinese_totals_2026-03.html"
    commands = [
        ["build", PERIOD, *brief],
        ["verify", f"reports/{PERIOD}"],
        ["publish", "site", "--url", "https://example.org/trade/"],
        ["facts", PERIOD],
        ["add", str(file)],
        ["build", PERIOD, "--notebook", "partner_profile", "-p", "partner", "不存在"],
    ]
    words = [in_venv(installed, "python"), "-c", COMMANDS, json.dumps(commands)]
    done = run(words, elsewhere, "cp1252", **ELSEWHERE)
    codes = [line for line in done.stdout.splitlines() if line.startswith("--- ")]
    assert codes == [
        "--- build: 0",
        "--- verify: 0",
        "--- publish: 0",
        "--- facts: 0",
        "--- add: 0",
        "--- build: 2",
    ]
    assert "monthly_brief: reproduced" in done.stdout
    assert "1 published" in done.stdout
    assert "\\u4ebf\\u5143" in done.stdout  # the unit of the file, 亿元, on a console that does not have it
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    facts = done.stdout.partition("--- publish: 0\n")[2].partition("--- facts")[0]
    assert json.loads(facts)["report"]["period"] == PERIOD

    here = many.build_report(PERIOD, notebook="monthly_brief", formats=("html", "pdf"), out=tmp_path)
    for ending in ("html", "pdf", "facts.json"):
        there = elsewhere / "reports" / PERIOD / f"monthly_brief.{ending}"
        assert there.read_bytes() == (here.folder / f"monthly_brief.{ending}").read_bytes(), ending
    assert (elsewhere / "site" / PERIOD / "monthly_brief.pdf").read_bytes() == there.with_name("monthly_brief.pdf").read_bytes()


@pytest.mark.deep
def test_full_reports_by_several_processes_are_the_same_bytes(elsewhere, installed, run, tmp_path):
    months = ["2025-10", "2025-11"]
    python = [in_venv(installed, "python"), "-m", "customs_report"]
    for words in (["build", *months, "--jobs", "2"], ["check"]):
        done = run([*python, *words], elsewhere / "notebooks", "ascii", **ELSEWHERE)  # a folder within the project will do
        assert done.returncode == 0, done.stderr
    for month in months:
        here = many.build_report(month, out=tmp_path)
        for path in here.files:
            if path.suffix != ".ipynb":
                assert (elsewhere / "reports" / month / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.deep
def test_a_laid_out_notebook_runs_in_a_kernel(elsewhere, installed, run):
    words = [
        in_venv(installed, "python"),
        "-m",
        "papermill",
        "notebooks/monthly_brief.ipynb",
        "out.ipynb",
        "-p",
        "period",
        PERIOD,
    ]
    done = run(words, elsewhere)
    assert done.returncode == 0, done.stderr
    assert "customs_report" in (elsewhere / "out.ipynb").read_text(encoding="utf-8")


def test_outside_a_project_every_command_says_so_in_one_line(installed, run, tmp_path):
    commands = [[name, *cli.EXAMPLES.get(name, "").split()] for name in cli.main.commands if name != "init"]
    words = [in_venv(installed, "python"), "-c", COMMANDS, json.dumps([*commands, ["--version"], ["build", "--help"]])]
    done = run(words, tmp_path, "ascii", PYTHONUTF8="0")
    codes = [line.split(": ")[1] for line in done.stdout.splitlines() if line.startswith("--- ")]
    assert codes == ["2"] * len(commands) + ["0", "0"]
    said = "customs-report: no project here: run `customs-report init FOLDER`, or change to its folder"
    assert done.stderr.splitlines() == [said] * len(commands)
    assert [*tmp_path.iterdir()] == []
    loaded = run([in_venv(installed, "python"), "-c", "import helpers; helpers.load()"], tmp_path)
    assert loaded.stderr.splitlines()[-1].endswith(said.removeprefix("customs-report: "))


def test_a_folder_that_is_not_empty_is_never_laid_out(elsewhere, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for folder, said in (
        (elsewhere, "my project is a project already"),
        (tmp_path / "full", "full is not empty"),
        (tmp_path / "file", "file is a file"),
        (tmp_path / "file" / "within", "cannot be written"),
    ):
        before = sorted(folder.rglob("*"))
        refused = CliRunner().invoke(cli.main, ["init", str(folder)])
        assert (refused.exit_code, refused.output.count("\n")) == (2, 1)
        assert said in refused.output
        assert sorted(folder.rglob("*")) == before
    empty = tmp_path / "empty"
    empty.mkdir()
    project.lay_out(empty)
    assert project.is_project(empty)


# --- what nobody would notice on this machine -----------------------------------------------------------------------------


def test_no_module_needs_what_only_posix_has_or_writes_what_differs_by_system():
    """Names that Windows lacks are asked for first; texts have an encoding, tables line ends, whatever the system's are."""
    only = runpy.run_path(str(HERE / "elsewhere" / "posix_only.py"))
    lacking = {"os": only["OF_OS"], "signal": only["OF_SIGNAL"]}
    needed = {"read_text": "encoding", "write_text": "encoding", "to_csv": "lineterminator"}
    for path in [project.CODE / "helpers.py", *(project.CODE / "customs_report").rglob("*.py")]:
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import | ast.ImportFrom):
                imported = {alias.name for alias in node.names} if isinstance(node, ast.Import) else {node.module}
                assert not imported & only["MODULES"], path
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in lacking:
                asked = f'hasattr({node.value.id}, "{node.attr}")' in source
                assert asked or node.attr not in lacking[node.value.id], f"{path}: {node.value.id}.{node.attr}"
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in needed:
                given = {keyword.arg for keyword in node.keywords}
                positional = node.func.attr == "read_text" and node.args
                assert positional or needed[node.func.attr] in given, f"{path}:{node.lineno}: {node.func.attr}"


@pytest.mark.parametrize("name", ["con", "NUL", "lpt1"])
def test_no_report_is_called_what_windows_keeps_for_itself(name):
    assert inputs.notebook_name(f"/home/me/{name}.ipynb") == f"notebook-{name}"
    assert inputs.notebook_name("/home/me/control.ipynb") == "control"


def test_a_notebook_is_told_from_ours_by_more_than_capitals(tmp_path):
    shutil.copy(inputs.NOTEBOOKS / "monthly_report.ipynb", tmp_path / "Monthly_Report.ipynb")
    with pytest.raises(InputError, match="would be called Monthly_Report, like others of the project"):
        parameters.asked(str(tmp_path / "Monthly_Report.ipynb"))


def test_what_is_installed_weighs_less_than_750_mb():
    """Of what a report needs on this machine, in the files that the packages brought; Python compiles them on top of it."""
    lock = (project.CODE / "requirements.txt").read_text(encoding="utf-8").replace("\\\n", "")
    pins = [Requirement(line.partition(" --hash")[0].strip()) for line in lock.splitlines() if "==" in line and line[0] != "#"]
    needed = {canonicalize_name(pin.name) for pin in pins if not pin.marker or pin.marker.evaluate()}
    found = {canonicalize_name(each.name): each for each in metadata.distributions() if each.name}
    assert needed <= found.keys()
    weights = {name: weight(found[name]) / 1e6 for name in needed}
    assert 300 < sum(weights.values()) < MOST, sorted(weights.items(), key=lambda each: -each[1])[:9]


@pytest.mark.parametrize(
    ("version", "code", "said"), [(metadata.version("click"), 0, "1 of 1 packages ready"), ("99", 1, "ERROR: No")]
)
def test_setting_up_says_how_far_it_is_or_what_is_wrong(version, code, said, tmp_path):
    lock = tmp_path / "lock.txt"
    hashed = "--hash=sha256:" + "0" * 64
    lock.write_text(
        f"click=={version} \\\n    {hashed}\n    # via a test\ncolorama==1 ; sys_platform == 'none' \\\n    {hashed}\n"
    )
    words = [sys.executable, project.CODE / ".ci" / "install.py", lock]
    done = subprocess.run(words, env={**os.environ, "PIP_NO_INDEX": "1"}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.splitlines()[0].endswith("packages fetched" if code else f"{os.sep}: {said}") or "fetched" in done.stderr
    assert said in done.stderr


def weight(distribution: metadata.Distribution) -> int:
    files = [Path(str(file.locate())) for file in distribution.files or () if file.suffix != ".pyc"]
    return sum(file.stat().st_size for file in files if file.is_file())
