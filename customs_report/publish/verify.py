"""Can a report be reproduced? Builds it again from its manifest and compares byte for byte.

Compared are page, PDF, workbook, ZIP, JSON-LD, mail, slides and facts; not the executed notebook, which contains running times.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from customs_report import kept, project
from customs_report.errors import InputError, nearest_or_all
from customs_report.house import FILE, chosen
from customs_report.publish import manifest
from customs_report.publish.inputs import Inputs, subject
from customs_report.publish.manifest import BUILT, FORMATS, INCOMPLETE, Manifest
from customs_report.publish.many import Order, make_all
from customs_report.publish.report_files import find_reports

if TYPE_CHECKING:
    from customs_report.publish.build import Made

NOT_THE_REPORT = ("ipynb",)


class Verdict(NamedTuple):
    """The result of rebuilding a set: `wrong` is empty if it is the same; `changed` names the inputs that have changed."""

    folder: Path
    name: str
    wrong: str = ""
    changed: tuple[str, ...] = ()


def verify_folders(folders: Sequence[Path], *, jobs: int = 1, done: Callable[[], None] = lambda: None) -> list[Verdict]:
    """Build every set in these folders again and compare; raises InputError for a folder without one."""
    return verify_sets([(folder, name) for folder in folders for name in set_names(folder)], jobs=jobs, done=done)


def verify_sets(sets: Sequence[tuple[Path, str]], *, jobs: int = 1, done: Callable[[], None] = lambda: None) -> list[Verdict]:
    """As `verify_folders`, for sets given by folder and name."""
    verdicts: dict[tuple[Path, str], Verdict] = {}
    asked: dict[int, tuple[Path, str, Manifest]] = {}
    wanted, now = [], Inputs()
    for folder, name in sets:
        said = manifest.read_manifest(folder, name)
        try:
            order = said and order_of(name, said, now)
        except FileNotFoundError as error:
            raise InputError(f"{folder}: {name} cannot be built any more: no {error.filename}") from error
        if said and order:
            wanted.append(order)
            asked[id(order)] = folder, name, said
        else:
            verdicts[folder, name] = Verdict(folder, name, "its manifest cannot be read")
            done()
    with kept.anew():
        for order, made in make_all(wanted, jobs=jobs):
            folder, name, said = asked[id(order)]
            verdicts[folder, name] = _verdict(folder, name, said, order, made)
            done()
    return [verdicts[each] for each in sets]


def house_of(said: Mapping[str, Any]) -> str:
    """The path of the house's file that a set was made with: where its manifest says, or else where one is now."""
    if "house" not in said["inputs"]:
        return ""
    known = project.FOLDER / str(said.get("house", FILE))  # an absolute path stays what it is
    return str(known) if known.is_file() else chosen()


def order_of(name: str, said: Mapping[str, Any], now: Inputs) -> Order | None:
    """What to build for the manifest of a set, from the files as they are now; None for one of which nothing can be built.

    Raises FileNotFoundError if its notebook is gone.
    """
    notebook, parameters = said.get("notebook", ""), said["parameters"]
    sound = isinstance(notebook, str) and isinstance(parameters, dict) and {"period", "as_of"} <= parameters.keys()
    sound = sound and (not notebook or Path(notebook).is_absolute()) and all(map(str.isidentifier, parameters))
    if not sound:
        return None
    notebook = notebook or name.removesuffix(subject(parameters))
    formats = tuple(each for each in FORMATS if each in said["files"])
    house = house_of(said)
    return Order(notebook, parameters, formats, now.of(notebook, parameters, house), house)


def report_folders(archive: Path) -> list[Path]:
    """The folders of an archive that hold reports, without `incomplete/`."""
    return list(dict.fromkeys(found.place for found in find_reports(archive) if found.place.name != INCOMPLETE))


def set_names(folder: Path) -> list[str]:
    """The names of the sets in a report's folder; raises InputError, naming folders that have some, where there is none."""
    found = sorted(path.name.removesuffix(".manifest.json") for path in folder.glob("*.manifest.json"))
    if not found:
        around = folder if folder.is_dir() else folder.parent
        others = sorted({path.parent.name for path in around.glob("*/*.manifest.json")})
        wrong = f"{folder} holds no report with a manifest" if folder.is_dir() else f"there is no folder {folder}"
        raise InputError(f"{wrong}; {nearest_or_all(folder.name, others)}" if others else wrong)
    return found


def _verdict(folder: Path, name: str, said: Manifest, order: Order, made: Made | Exception) -> Verdict:
    changed = tuple(what for what in order.inputs if said["inputs"].get(what) != order.inputs[what])
    why = f"inputs changed: {', '.join(changed)}" if changed else "not reproducible"
    wrong = [f"{file} was changed or is missing" for file in manifest.damaged(folder, name, said)]
    if isinstance(made, Exception):
        wrong.append(f"it cannot be built again ({made}; {why})")
    else:
        again, built = made.manifest["files"], {**said["files"], **said.get(BUILT, {})}
        other = [end for end in built if end not in NOT_THE_REPORT and again.get(end) != built[end]]
        wrong += [f"{', '.join(other)} came out otherwise: {why}"] if other else []
    return Verdict(folder, name, "; ".join(wrong), changed)
