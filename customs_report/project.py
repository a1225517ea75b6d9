"""Finds the project folder (`notebooks/`, `data/`, `reports/`) and lays out a new one for `customs-report init`.

The project is the current folder or the nearest above it that is one; otherwise the checkout that the code is in. A package
installed from a wheel belongs to no project: the wheel carries notebooks and data for `init` (`setup.py` puts them there).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from customs_report.errors import InputError

CODE = Path(__file__).parents[1]  # a checkout, or site-packages
CARRIED = Path(__file__).with_name("starter")  # in a wheel: what `init` lays out
MARKS = ("notebooks", "data/totals.csv")  # a folder that has these is a project
LAID_OUT = (
    "notebooks/*.ipynb", "data/**/*.csv", "data/**/*.yml", "data/*.json", "data/README.md", "data/detail/seed.*",
    "requirements.txt",
)  # fmt: skip
README = """# China customs reports: a project

`notebooks/` are the reports, `data/` the figures, `reports/` is where a build puts its pages. In this folder:

    customs-report build latest    # the newest month, as page, PDF, workbook and ZIP
    customs-report list            # what else can be built
    jupyter lab notebooks          # explore; a notebook of your own begins as a copy of template.ipynb

`requirements.txt` has the versions that the reports were tested with; exactly these are installed by
`pip install --require-hashes --no-deps -r requirements.txt`.
"""


def is_project(folder: Path) -> bool:
    return all((folder / mark).exists() for mark in MARKS)


def _found() -> Path:
    try:
        here = Path.cwd()
    except OSError:  # it is deleted
        return CODE
    return next((folder for folder in (here, *here.parents, CODE) if is_project(folder)), here)


FOLDER = _found()
SOURCE = CARRIED if CARRIED.is_dir() else CODE  # of what the code came with
LOCK = SOURCE / "requirements.txt"


def require() -> None:
    """Raise InputError if there is no project here."""
    if not is_project(FOLDER):
        from customs_report.terminal import suggested_command

        raise InputError(f"no project here: run `{suggested_command('init FOLDER')}`, or change to its folder")


def starter_files(source: Path) -> Iterator[Path]:
    """The files of a project that `init` lays out, relative to it; not those of detail data that were added."""
    for path in sorted({path for pattern in LAID_OUT for path in source.glob(pattern)}):
        name = path.relative_to(source)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            yield name


def lay_out(folder: Path) -> int:
    """Make a new project in a folder that is new or empty; returns the number of its files. InputError for any other."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            what = "is a project already" if is_project(folder) else "is not empty" if folder.is_dir() else "is a file"
            raise InputError(f"{folder} {what}: a project is laid out in a new or an empty folder only")
        names = [*starter_files(SOURCE)]
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(SOURCE / name, folder / name)
        (folder / "reports").mkdir()
        (folder / "README.md").write_text(README, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"{folder} cannot be written: {error.strerror or error}") from error
    return len(names) + 1
