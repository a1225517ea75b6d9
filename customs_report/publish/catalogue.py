"""The catalogue of an archive: what is in a folder of reports, from manifests and facts.json alone.

An entry is made again where its manifest, the sizes of its files or this code changed; else it is taken from the catalogue
written before. With `fresh` every file's checksum is verified.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any

from customs_report import codebook
from customs_report.files import read as read_file
from customs_report.house import PLAIN, House
from customs_report.languages import ENGLISH, PACKAGES
from customs_report.numbers import written
from customs_report.palette import printable
from customs_report.publish.citation import Citation
from customs_report.publish.manifest import INCOMPLETE, sha256
from customs_report.publish.report_files import PREVIEW, UNREADABLE, Damaged, ReportFiles, find_reports
from customs_report.release_calendar import next_release
from customs_report.schema import DATA, DAY, MONTH, Table, number, text

SCHEMA = 1
BRIEF, PROFILE = "brief", "profile"
KINDS = {"monthly": "Monthly report", "vintage": "As known then", BRIEF: "Brief", "fact_check": "Fact check"}
KINDS |= {"own": "Own notebook", PROFILE: "Profile"}
FACTS = "facts.csv"  # of each set beside it, and of all but briefs and profiles in one
DESCRIPTION = "datapackage.json"  # of the columns of these
COMPLETE, DAMAGED = "complete", "damaged"
LEVELS, CURRENCIES, SPANS = ("exports", "imports", "balance", "total"), ("usd", "cny"), ("month", "ytd", "12m")
RANKS = ("balance_usd_month_rank", "balance_usd_month_rank_low", "balance_usd_month_rank_of")
SHOWN = {f"{'_'.join(parts)}{end}" for parts in product(LEVELS, CURRENCIES, SPANS) for end in ("", "_yoy")} | {*RANKS}
ROWS = Table(
    "facts",
    FACTS,
    "a fact of a report",
    (
        text("report", "folder and notebook of the report, with the day asked for if there is one", empty=False),
        text("period", "the month of the report", "`2025-11`", pattern=MONTH),
        text("as_of", "the day asked for; empty: as known now"),
        text("known_on", "the day whose knowledge the report holds", "date", pattern=DAY),
        text("name", "name of the fact", empty=False),
        number("value", "the figure in full, in the unit beside it"),
        text("unit", "unit of the value: USD and CNY are dollars and yuan"),
        text("text", "the figure as the report writes it"),
        text("stage", "stage of publication; mixed: its inputs are of several"),
    ),
)
PACKAGE = Path(__file__).parents[1]
ENTRY_CODE = (
    "publish/catalogue.py",
    "publish/citation.py",
    "publish/report_files.py",
    "display/spreadsheets.py",
)  # of an entry and its CSV
PAGE_CODE = (
    *("publish/*.py", "display/*.py", "house/*.py", "facts.py", "palette.py", "periods.py", "release_calendar.py"),
    "codebook.py",
    *("publish/templates/archive/*", "publish/templates/*/*.css"),
)
Entry = dict[str, Any]
Put = Callable[[str, bytes], Any]  # writes a file of the archive


def make_catalogue(
    reports: Path, before: Mapping[str, Any], put: Put, *, url: str = "", fresh: bool = False, house: House = PLAIN
) -> dict[str, Any]:
    """What is in a folder of reports? The content of catalog.json (docs/archive.md): entries, the newest first.

    `before` is the catalogue written last, or {}; `put` writes the facts of each report as CSV; `url` is the address at
    which the archive is published, or "".
    """
    known = {} if fresh else {entry["id"]: entry for entry in before.get("reports", ())}
    entries = [_entry(found, known.get(found.id), put) for found in find_reports(reports)]
    entries.sort(key=lambda entry: (_reversed(entry["period"]), [*KINDS].index(entry["kind"]), entry["id"]))
    newest, released = _newest(entries), releases()
    months, expected = next_release(max(released), releases(printed=True))
    return {
        "schema": SCHEMA,
        "url": url,
        "newest": newest["id"] if newest else None,
        "next_release": {"period": months, "date": expected, "basis": "usual day"},
        "months": {"first": min(released), "last": max(released), "in_full": in_full()},
        "facts": FACTS,
        "made_of": fingerprint(
            code(*PAGE_CODE), url, released, in_full(), subjects(), house.digest, *(entry["made_of"] for entry in entries)
        ),
        "reports": entries,
    }


def read(reports: Path) -> dict[str, Any]:
    """The catalogue that was written last; {} where there is none or it cannot be read."""
    try:
        said = json.loads(read_file(reports / "catalog.json"))
        return said if said["schema"] == SCHEMA and all(entry["id"] for entry in said["reports"]) else {}
    except (OSError, *UNREADABLE):
        return {}


def as_bytes(catalogue: Mapping[str, Any]) -> bytes:
    return (json.dumps(catalogue, ensure_ascii=False, indent=1) + "\n").encode()


def complete_entries(catalogue: Mapping[str, Any]) -> list[Entry]:
    """The entries of complete sets that match their manifest."""
    return [entry for entry in catalogue["reports"] if entry["state"] == COMPLETE]


@lru_cache(maxsize=1)
def subjects() -> tuple[str, ...]:
    """The names of all sets that a profile can have, whether its month has figures or not."""
    rows = {}
    for name in ("partners", "commodities"):
        with (DATA / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows[name] = list(csv.DictReader(file))
    partners = (f"partner_profile-{row['partner']}" for row in rows["partners"])
    return (*partners, *(f"commodity_profile-{row['flow']}-{row['commodity']}" for row in rows["commodities"]))


@lru_cache(maxsize=1)
def releases(*, printed: bool = False) -> dict[str, str]:
    """The months that customs has published, and the day of each; if `printed`, only where some source names it."""
    with (DATA / "release_dates.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return {row["period"]: row["released"] for row in rows if not printed or row["basis"] == "printed"}


@lru_cache(maxsize=1)
def in_full() -> str:
    """The newest month whose partners and commodities customs has published; of a newer one only the headline figures are."""
    months = []
    for name in ("partners", "commodities"):
        with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            months.append({row["period"] for row in csv.DictReader(file)})
    return max(set.intersection(*months))


# --- one entry ------------------------------------------------------------------------------------------------------------


def _entry(found: ReportFiles, before: Entry | None, put: Put) -> Entry:
    """The catalogue's entry for a set; the previous entry if none of its inputs changed.

    The facts as CSV are written beside the set.
    """
    prefix = found.place.relative_to(found.place.parents[found.place.name == INCOMPLETE]).as_posix()
    path = f"{prefix}/{found.notebook}"
    own = {
        "id": found.id, "folder": found.folder, "notebook": found.notebook, "kind": kind_of(found),
        "period": found.period, "as_of": found.day, "page": f"{found.folder}/index.html",
    }  # fmt: skip
    make_all, released = code(*ENTRY_CODE), found.day or releases().get(found.period, "")
    try:
        manifest = found.manifest
        made_of = fingerprint(make_all, released, own, sha256(found.written), found.sizes())
        if before and before.get("made_of") == made_of:
            csv_file = before["files"][FACTS]
            if (csv_file["path"], csv_file["bytes"]) == (f"{path}.{FACTS}", _size(found.path(FACTS))):
                return before
        contents = found.contents()
        facts = found.facts(contents)
        shown = shown_facts(facts)
    except Damaged as damage:
        made_of = fingerprint(make_all, own, str(damage), _seen(found))
        return {**own, "state": DAMAGED, "why": [str(damage)], "made_of": made_of}
    contents[FACTS] = facts_csv(found, facts)
    put(f"{path}.{FACTS}", contents[FACTS])
    files = {
        ending: {
            "path": f"{path}.{ending}",
            "bytes": len(content),
            "sha256": sha256(content),
        }
        for ending, content in contents.items()
    }
    names = [fact["name"] for fact in facts["facts"]]
    return {
        **own,
        "known_on": facts["report"]["as_of"],
        "released": released or facts["report"]["as_of"],
        "title": printable(manifest["title"]),
        "headline": printable(manifest["headline"]),
        "language": said if (said := manifest["parameters"].get("language")) in PACKAGES else ENGLISH,
        "state": COMPLETE if manifest["complete"] else INCOMPLETE,
        "why": [printable(why) for why in manifest["incomplete"]],
        "in_full": all(any(name.startswith(family) for name in names) for family in ("partner.", "commodity.")),
        "files": files,
        "citation": _citation(manifest),
        "exhibits": [{key: printable(exhibit[key]) for key in ("id", "label", "heading")} for exhibit in manifest["exhibits"]],
        "count": {"facts": len(names), "gaps": len(facts["gaps"])},
        "shown": shown,
        "made_of": made_of,
    }


def _citation(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """How the report is cited, as its manifest has it; {} where that is not sound."""
    found = Citation.read(manifest.get("citation"))
    return {key: printable(said) if isinstance(said, str) else said for key, said in asdict(found).items()} if found else {}


def shown_facts(facts: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The facts that pages print; raises Damaged for one that cannot be written as a number."""
    shown = {
        fact["name"]: {key: fact[key] for key in ("value", "unit", "step", "text")}
        for fact in facts["facts"]
        if fact["name"] in SHOWN or fact["name"].startswith("count.")
    }
    for name, fact in shown.items():
        try:
            for style in ("text", "signed", "bn", *["largest"] * (name in RANKS)):
                written(fact["value"], fact["unit"], style, fact["step"])
        except (ArithmeticError, LookupError, ValueError) as error:
            raise Damaged(f"its fact {name} cannot be written as a number") from error
    return shown


def facts_csv(found: ReportFiles, facts: Mapping[str, Any]) -> bytes:
    """The facts of a report as rows: no formula, no line break, numbers in their plain unit."""
    from customs_report.display.spreadsheets import csv_safe, for_spreadsheets  # heavy, and not needed while nothing changed

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(ROWS.names)
    same = (found.id, found.period, found.day, facts["report"]["as_of"])
    for fact in facts["facts"]:
        texts = [csv_safe(" ".join(fact[key].split())) for key in ("name", "unit", "text", "stage")]
        writer.writerow((*same, texts[0], repr(fact["value"]), *texts[1:]))
    return for_spreadsheets(out.getvalue())


def all_facts(reports: Path, entries: Iterable[Entry]) -> Iterator[bytes]:
    """The facts of all reports as one CSV, in parts; each comes from the CSV beside the report.

    Briefs and profiles are left out: their facts, or what these are made of, are in the reports of their months.
    """
    paths = [reports / entry["files"][FACTS]["path"] for entry in entries if entry["kind"] not in (BRIEF, PROFILE)]
    yield b"" if all(path.read_bytes().isascii() for path in paths) else BOM_UTF8
    yield (",".join(ROWS.names) + "\r\n").encode()
    for path in paths:
        yield path.read_bytes().partition(b"\r\n")[2]


def data_package(catalogue: Mapping[str, Any]) -> bytes:
    """The Frictionless description of every CSV of facts: that of all reports, and that beside each."""
    described = codebook.resource(ROWS)
    resources = [{**described, "name": "facts", "description": "The facts of all reports but briefs and profiles."}]
    for entry in complete_entries(catalogue):
        file = entry["files"][FACTS]
        about = {
            "name": re.sub("[^a-z0-9._-]", "-", entry["id"].lower()),
            "path": file["path"],
            "description": entry["headline"],
        }
        resources.append({**described, **about, "bytes": file["bytes"], "hash": f"sha256:{file['sha256']}"})
    package = {"$schema": codebook.PROFILE, "name": "china-customs-reports-facts", "title": "Facts of China customs reports"}
    return (
        json.dumps({**package, "licenses": [codebook.LICENCE], "resources": resources}, ensure_ascii=False, indent=1) + "\n"
    ).encode()


def preview_picture(entry: Mapping[str, Any] | None) -> str:
    """The path of the picture that a preview of a report shows: its own, or that of the archive."""
    has_its_own = entry and entry["state"] == COMPLETE and entry["kind"] != PROFILE
    return f"{entry['folder']}/{entry['notebook']}{PREVIEW}" if entry and has_its_own else PREVIEW[1:]


def kind_of(found: ReportFiles) -> str:
    """The kind of a report, by the name of its notebook."""
    if found.notebook == "monthly_report":
        return "vintage" if found.day else "monthly"
    if found.notebook.partition("-")[0] == "monthly_brief":
        return BRIEF
    if found.notebook.startswith("fact_check"):
        return "fact_check"
    return PROFILE if found.notebook.startswith(("partner_profile", "commodity_profile")) else "own"


def _newest(entries: list[Entry]) -> Entry | None:
    """The newest month with partners and commodities; where no report has them, the newest month, else the newest report."""
    complete = [entry for entry in entries if entry["state"] == COMPLETE]
    monthly = [entry for entry in complete if entry["kind"] == "monthly"]
    return next(iter([*(entry for entry in monthly if entry["in_full"]), *monthly, *complete]), None)


def _reversed(period: str) -> int:
    return -int(period.replace("-", ""))


# --- what it is made of ---------------------------------------------------------------------------------------------------


def fingerprint(*parts: Any) -> str:
    """One hash of anything that JSON can say."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def _size(path: Path) -> int:
    try:
        return path.lstat().st_size
    except OSError:
        return -1


def _seen(found: ReportFiles) -> list[tuple[str, int]]:
    """Names and sizes of a damaged set's files: when they change, it is looked at again."""
    return sorted((path.name, _size(path)) for path in found.place.glob(f"{found.notebook}.*"))


@lru_cache(maxsize=3)
def code(*patterns: str) -> str:
    """The hash of files of the package; raises ValueError for a pattern that matches none: a file was renamed."""
    found = {pattern: [*PACKAGE.glob(pattern)] for pattern in patterns}
    if missing := [pattern for pattern, paths in found.items() if not paths]:
        raise ValueError(f"no file of the package is called {missing[0]}")
    paths = sorted(path for each in found.values() for path in each)
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()
