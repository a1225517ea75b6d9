"""A report as a schema.org Dataset, for search engines and catalogues (JSON-LD).

What it says is true of the report alone: no clock, and no address before one is known (`located`). It claims no licence: the
figures are customs' own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from customs_report.display.tables import MONTH
from customs_report.languages import language
from customs_report.numbers import unit_in_words
from customs_report.publish.citation import CUSTOMS, PUBLISHER, Citation
from customs_report.publish.manifest import sha256

if TYPE_CHECKING:
    from customs_report.publish.outlines import Outline
    from customs_report.report import Report

FIRST_DAY = re.compile(r"\d{4}-\d\d-01")  # a month, in a table's data
SCHEMA = "https://schema.org"
MAIN = 24  # facts: those that the report cites first
MEDIA = {
    "html": "text/html",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "jsonld": "application/ld+json",
    "facts.json": "application/json",
    "facts.csv": "text/csv",
    "ipynb": "application/x-ipynb+json",
}
CODES = {"USD": "USD", "CNY": "CNY", "percent": "P1", "tonnes": "TNE"}  # by ISO 4217 and UN/CEFACT Recommendation 20
TECHNIQUE = (
    "Full count of goods that cross the border, from customs declarations. Growth is customs’ own where it was published with "
    "the level, otherwise computed."
)
PROVED = "Figures of China’s trade in goods as known on that day, each with its source and its formula."
OWN = f"Made by its author’s own notebook with {PUBLISHER}."
NOTICE = "The figures are official statistics of China’s customs, to be cited as theirs; no licence is claimed for them."

Dataset = dict[str, Any]


def of_report(
    content: Outline, report: Report, facts: Mapping[str, Any], sources: Iterable[str], files: Sequence[Dataset]
) -> Dataset:
    """The dataset that a report is, {} for one that was run by hand.

    `facts` is the content of facts.json; `sources` are the ids of those behind the report.
    """
    if not content.made_of:  # run by hand
        return {}
    citation = content.citation
    if citation is None:
        said = {"name": content.headline, "description": f"{content.headline}. {OWN}"}
        return {"@context": SCHEMA, "@type": "Dataset", **said, "temporalCoverage": report.period, "distribution": [*files]}
    released = dict(zip(report.tables.releases["period"], report.tables.releases["released"], strict=True))
    by_name = {fact["name"]: fact for fact in facts["facts"]}
    return described(
        citation,
        period=report.period,
        first=min([report.period, *_months(content)]),
        released=min(released.get(report.period, citation.day), citation.day),
        measured=[by_name[name] for name in report.facts.cited if name in by_name][:MAIN],
        files=files,
    ) | {"isBasedOn": _sources(report, sources)}


def described(
    citation: Citation,
    *,
    period: str,
    first: str,
    released: str,
    measured: Iterable[Mapping[str, Any]],
    files: Sequence[Dataset],
) -> Dataset:
    """The dataset of a report of a period, whose series begin with the month `first`; `measured` are facts as in facts.json."""
    authors = {
        CUSTOMS: {
            "@type": "GovernmentOrganization",
            "name": CUSTOMS,
            "alternateName": "GACC",
            "url": "http://english.customs.gov.cn",
        },
        PUBLISHER: {"@type": "Organization", "name": PUBLISHER},
    }
    said = {
        "@context": SCHEMA,
        "@type": "Dataset",
        "name": citation.title,
        "description": f"{citation.title}. {citation.series}. {OWN if citation.own else PROVED}",
        "alternateName": citation.series,
        "identifier": f"sha256:{citation.data}",
        "version": f"as known on {citation.day}",
        "datePublished": released,
        "dateModified": citation.day,
        "temporalCoverage": period if first == period else f"{first}/{period}",
        "spatialCoverage": {"@type": "Country", "name": "China"},
        "inLanguage": language(citation.language).tag,
        "creator": [authors[name] for name in citation.authors],
        "publisher": authors[PUBLISHER] if citation.authors else {},
        "creditText": citation.text,
        "copyrightNotice": "" if citation.own else NOTICE,
        "measurementTechnique": "" if citation.own else TECHNIQUE,
        "variableMeasured": [_measured(fact) for fact in measured],
        "distribution": [*files],
    }
    return {name: value for name, value in said.items() if value}


def _measured(fact: Mapping[str, Any]) -> Dataset:
    value = fact["value"]
    number = int(value) if value == int(value) else value
    unit = fact["unit"]
    code = {"unitCode": CODES[unit]} if unit in CODES else {}
    return {
        "@type": "PropertyValue",
        "propertyID": fact["name"],
        "name": fact.get("label", fact["name"]),
        "value": fact["text"] if unit == "month" else number,
        "unitText": unit_in_words(unit),
        **code,
    }


def _months(content: Outline) -> Iterator[str]:
    """The months that the tables of a report show."""
    for each in content.tables:
        for at, column in enumerate(each.table["columns"]):
            if column["unit"] == MONTH:
                yield from (row[at][:7] for row in each.table["rows"] if FIRST_DAY.fullmatch(row[at] or ""))


def _sources(report: Report, sources: Iterable[str]) -> list[Dataset]:
    """Whose figures the report rests on: each publisher, and by its name what is under a licence."""
    known = {row["source"]: row for row in report.tables.sources.to_dict("records")}
    found: dict[str, list[dict[str, str]]] = {}
    for source in sources:
        row = known.get(source, {"publisher": source, "what": "", "address": "", "licence": ""})
        found.setdefault(f"{row['publisher']}, {row['what']}" if row["licence"] else row["publisher"], []).append(row)
    return [
        {"@type": "CreativeWork", "name": name}
        | ({"url": first["address"]} if first["address"] and not others else {})
        | ({"license": {"@type": "CreativeWork", "name": first["licence"]}} if first["licence"] else {})
        for name, (first, *others) in found.items()
    ]


def downloads(name: str, endings: Iterable[str], contents: Mapping[str, bytes]) -> list[Dataset]:
    """The files of a set called `name`: type, and size and hash of those whose content is known."""
    return [
        download(f"{name}.{ending}", ending, *((len(content), sha256(content)) if (content := contents.get(ending)) else ()))
        for ending in endings
    ]


def download(name: str, ending: str, size: int = 0, digest: str = "") -> Dataset:
    """A file as schema.org has it."""
    about = {"contentSize": f"{size} B", "sha256": digest} if digest else {}
    return {"@type": "DataDownload", "name": name, "encodingFormat": MEDIA.get(ending, "application/octet-stream"), **about}


def catalogue(datasets: Sequence[Dataset], site: str = "") -> Dataset:
    """An archive of reports; `site`: its address, where it has one."""
    said = {"@context": SCHEMA, "@type": "DataCatalog", "name": PUBLISHER, "inLanguage": "en"}
    about = "Reports on China’s foreign trade in goods from the customs’ own figures, each number with its source."
    return {**said, "description": about, **({"url": site} if site else {}), "dataset": [*datasets]}


# --- where it stands ------------------------------------------------------------------------------------------------------


def located(said: Dataset, folder: str, site: str) -> Dataset:
    """The dataset with the addresses that it has once it is published: its files are in a folder of the archive at `site`."""
    if not site:
        return unlocated(said)
    here = f"{site}{quote(folder, safe='/@')}/"
    files = [{**file, "contentUrl": here + quote(file["name"])} for file in said.get("distribution", ())]
    page = next((file["contentUrl"] for file in files if file["encodingFormat"] == MEDIA["html"]), here)
    catalogue = {"@type": "DataCatalog", "name": PUBLISHER, "url": site}
    return {**said, "distribution": files, "url": page, "includedInDataCatalog": catalogue}


def unlocated(said: Dataset) -> Dataset:
    """The dataset as it was built, without any address of its own."""
    files = [{key: value for key, value in file.items() if key != "contentUrl"} for file in said.get("distribution", ())]
    rest = {key: value for key, value in said.items() if key not in ("url", "includedInDataCatalog")}
    return {**rest, "distribution": files} if files else rest


def with_page(said: Dataset, page: bytes) -> Dataset:
    """The dataset with size and hash of its page, which publishing gives links."""
    files = [
        {**file, **download(file["name"], "html", len(page), sha256(page))} if file["encodingFormat"] == MEDIA["html"] else file
        for file in said.get("distribution", ())
    ]
    return {**said, "distribution": files}


def in_page(said: Any) -> str:
    """JSON-LD as a block of data in a page: not a script that runs, and nothing in it ends the block."""
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return f'<script type="application/ld+json">{text}</script>\n'


def as_file(said: Dataset) -> bytes:
    """JSON-LD as a file."""
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
