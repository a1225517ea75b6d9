"""llms.txt: what is in an archive, in a few lines for language models (https://llmstxt.org)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from customs_report.numbers import period_text
from customs_report.publish import catalogue as catalogues
from customs_report.publish.catalogue import BRIEF, KINDS, PROFILE, Entry
from customs_report.publish.citation import CUSTOMS, PUBLISHER
from customs_report.publish.pages import link

NAME = "llms.txt"
KIND = {"vintage": "monthly report"}
RECENT = 12  # reports that are listed; the catalogue has all
ABOUT = (
    f"> Reports on China’s foreign trade in goods, by month, from the figures of the {CUSTOMS}. Each says what was known on a "
    "day; every number in it is a fact with formula and sources.\n\n"
    "Customs revises without notice: name the day (“as known on”) with a figure. Values are in the unit itself, dollars or "
    "yuan, not in billions. What is not available is named under `gaps` with the reason; it is never a zero."
)
DATA = {
    "catalog.json": "all reports with files, sizes, hashes and main facts",
    catalogues.FACTS: "the facts of all reports but briefs and profiles, a row each",
    catalogues.DESCRIPTION: "what the columns of the CSVs of facts mean (Frictionless)",
}


def llms_txt(catalogue: Mapping[str, Any]) -> bytes:
    """The file; its links are absolute where the archive has an address."""
    url = catalogue["url"]
    entries = [entry for entry in catalogues.complete_entries(catalogue) if entry["kind"] != PROFILE]
    newest = [entry for entry in entries if entry["id"] == catalogue["newest"]]
    same = [entry for entry in entries if newest and entry["folder"] == newest[0]["folder"] and entry["kind"] == BRIEF]
    others = [entry for entry in entries if entry not in (*newest, *same)]
    data = [_line(name, f"{url}{name}", about) for name, about in DATA.items()]
    sections = {
        "Newest report": [line for entry in (*newest, *same) for line in _files(entry, url)],
        "Data": data,
        "Earlier reports": [_report(entry, url) for entry in others[:RECENT]],
        "Optional": [_report(entry, url) for entry in others[RECENT:]],
    }
    shown = [f"## {name}\n\n" + "\n".join(lines) for name, lines in sections.items() if lines]
    return ("\n\n".join([f"# {PUBLISHER}", ABOUT, *shown]) + "\n").encode()


def _files(entry: Entry, url: str) -> Iterator[str]:
    yield _report(entry, url)
    if entry["kind"] != BRIEF:
        path = entry["files"]["facts.json"]["path"]
        yield _line(
            "Its facts", f"{url}{link(path)}", "each with label, value, unit, formula, inputs, sources and stage, as JSON"
        )


def _report(entry: Entry, url: str) -> str:
    path = entry["files"]["html"]["path"] if "html" in entry["files"] else entry["page"]
    kind = KIND.get(entry["kind"], KINDS[entry["kind"]].lower())
    about = f"{kind} of {period_text(entry['period'])}, as known on {period_text(entry['known_on'])}"
    return _line(entry["headline"], f"{url}{link(path)}", about)


def _line(name: str, address: str, about: str) -> str:
    name = re.sub(r"([\\\[\]])", r"\\\1", " ".join(name.split()))
    return f"- [{name}]({address}): {about}"
