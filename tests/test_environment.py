"""Dependencies are declared in pyproject.toml; environment.yml and the lock files agree with it."""

import os
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from customs_report import __version__

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = PROJECT["project"]["dependencies"]
TEST = PROJECT["project"]["optional-dependencies"]["test"]
DASK = PROJECT["project"]["optional-dependencies"]["dask"]
BACKTEST = PROJECT["project"]["optional-dependencies"]["backtest"]
SPARK = PROJECT["project"]["optional-dependencies"]["spark"]
S3 = PROJECT["project"]["optional-dependencies"]["s3"]
BUILD = PROJECT["build-system"]["requires"]

# What conda-forge calls it, where that is not the name on PyPI.
ON_CONDA = {"duckdb": "python-duckdb", "matplotlib": "matplotlib-base", "pandera[pandas]": "pandera-pandas"}


def bounds(requirements):
    """Name to version bounds, both in their normal form."""
    parsed = [Requirement(line) for line in requirements]
    return {canonicalize_name(requirement.name): str(requirement.specifier) for requirement in parsed}


def pins(lock):
    """Name, version and number of hashes of each pin; one name may have several, for different machines."""
    logical = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    lines = [line for line in logical if line.strip() and not line.lstrip().startswith("#")]
    pin = re.compile(r"([\w.-]+)==(\S+)(?: ; .*?)?((?:\s+--hash=sha256:[0-9a-f]{64})*)\s*")
    found = [pin.fullmatch(line) for line in lines]
    assert all(found), [line[:80] for line, match in zip(lines, found, strict=True) if not match]
    return [(canonicalize_name(match[1]), match[2], match[3].count("--hash=")) for match in found]


def on_conda(line):
    requirement = Requirement(line)
    name = str(requirement).removesuffix(str(requirement.specifier))
    return f"{ON_CONDA.get(name, name)}{requirement.specifier}"


def test_environment_repeats_the_bounds_of_the_project():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    (from_pip,) = [entry["pip"] for entry in conda if isinstance(entry, dict)]
    assert from_pip[-1] == "-e ."
    pip_bounds = bounds(from_pip[:-1])
    conda_bounds = bounds(entry for entry in conda if isinstance(entry, str) and entry != "pip")

    assert conda_bounds.pop("python") == PROJECT["project"]["requires-python"]
    rest = [line for line in RUNTIME if canonicalize_name(Requirement(line).name) not in pip_bounds]
    assert conda_bounds == bounds(map(on_conda, rest))
    assert pip_bounds == {name: bound for name, bound in bounds(RUNTIME).items() if name in pip_bounds}


@pytest.mark.parametrize(
    ("extra", "wanted", "apart"), [("dask", DASK, set()), ("spark", SPARK, {"openjdk"}), ("s3", S3, set())]
)
def test_environment_names_an_extra_with_its_bounds(extra, wanted, apart):
    (line,) = re.findall(rf"^# .*`{extra}`.*$", (ROOT / "environment.yml").read_text(encoding="utf-8"), re.M)
    named = bounds(re.findall(r'"(.+?)"', line))
    assert {name: bound for name, bound in named.items() if name not in apart} == bounds(wanted)
    assert apart <= named.keys()


def test_every_dependency_has_a_lower_and_an_upper_bound():
    for line in [*RUNTIME, *TEST, *DASK, *SPARK, *S3, *BACKTEST]:
        operators = {specifier.operator for specifier in Requirement(line).specifier}
        assert operators == {">=", "<"}, line


@pytest.mark.parametrize(
    ("lock", "wanted"),
    [("requirements.txt", BUILD + RUNTIME), ("requirements-test.txt", BUILD + RUNTIME + TEST + DASK)],
    ids=["runtime", "test"],
)
def test_lock_pins_what_the_project_asks_for(lock, wanted):
    pinned = pins(lock)
    assert [name for name, _, hashes in pinned if not hashes] == []
    for requirement in map(Requirement, wanted):
        versions = [version for name, version, _ in pinned if name == canonicalize_name(requirement.name)]
        assert versions, f"{requirement.name} is not in {lock}: make lock"
        assert all(requirement.specifier.contains(version) for version in versions), f"{requirement}: {versions}"


def test_no_lock_has_what_only_the_backtest_or_a_spark_cluster_needs():
    wanted = {canonicalize_name(Requirement(line).name) for line in [*BACKTEST, *SPARK, *S3]}
    assert wanted
    assert not wanted & {name for name, _, _ in pins("requirements-test.txt")}


def test_test_lock_holds_the_runtime_lock():
    assert set(pins("requirements.txt")) <= set(pins("requirements-test.txt"))


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-test.txt"])
def test_lock_names_no_host(lock):
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert "://" not in text
    assert "index-url" not in text


def jobs():
    return yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]


def test_the_workflow_does_what_the_guide_says_on_every_system():
    job, guide = jobs()["desk"], (ROOT / "docs/installing.md").read_text(encoding="utf-8")
    assert [each["system"].partition("-")[0] for each in job["strategy"]["matrix"]["include"]] == ["ubuntu", "macos", "windows"]
    for command in [step["run"] for step in job["steps"] if "run" in step][:3]:  # until it is installed
        said = command.replace("${{ matrix.python }}", ".venv\\Scripts\\python").replace("-test", "")
        assert f"{said}\n" in guide, command


def test_the_workflow_runs_the_two_commands_on_every_python_supported():
    job = jobs()["test"]
    runs = [step["run"] for step in job["steps"] if "run" in step]
    assert runs == ["make report", ".ci/run"]
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert f">={min(job['strategy']['matrix']['python'])}" == PROJECT["project"]["requires-python"]
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    script = re.sub("#.*", "", (ROOT / ".ci/run").read_text(encoding="utf-8"))
    assert re.findall(r"^make ([a-z-]+)$", script, re.M) == ["setup-test", "lint", "test"]
    assert [step["run"] for step in jobs()["deep"]["steps"] if "run" in step] == ["make test-deep"]
    assert {"report", "setup-test", "lint", "test", "test-deep"} <= targets


def test_what_is_checked_before_a_commit_is_what_lint_checks():
    (local,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert local["repo"] == "local"
    tools = {hook["entry"].split()[0] for hook in local["hooks"]}
    lint = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\nlint:")[2].partition("\n\n")[0]
    assert tools == {f".venv/bin/{name}" for name in re.findall(r"\$\(BIN\)/(\w+)", lint)}
    assert {tool.rpartition("/")[2] for tool in tools} <= {canonicalize_name(Requirement(line).name) for line in TEST}


def test_no_module_is_left_out_of_the_type_check():
    assert "overrides" not in PROJECT["tool"]["mypy"]
    assert PROJECT["tool"]["mypy"]["files"] == ["customs_report", "helpers.py", "benchmarks", "docs"]


def test_the_version_has_its_entry_in_the_changelog():
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert headings[0] == "Unreleased"
    assert re.fullmatch(rf"{re.escape(__version__)} - \d{{4}}-\d\d-\d\d", headings[1])
