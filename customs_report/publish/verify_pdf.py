"""Proves a report's PDF from its own attachments, with no data at hand, and says which releases would prove the rest.

Checks that the attachments match their hashes, that every formula gives its figure, that every number is written from its fact
or cell, and that the PDF prints exactly this text in this order. Whether customs published the figures only the data can show.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from customs_report.errors import InputError
from customs_report.languages import ENGLISH
from customs_report.numbers import written_with
from customs_report.origins import release_days
from customs_report.provenance import Figure, Source
from customs_report.publish import pdf_reader
from customs_report.publish.attached_proof import AttachedProof
from customs_report.publish.attachments import FACTS, HASHES, PROOF, TABLES
from customs_report.publish.findings import Finding
from customs_report.publish.manifest import sha256
from customs_report.publish.passages import OWN, places_of
from customs_report.publish.pdf_text import differences, expected
from customs_report.sandbox import Parser

LARGEST = 64 * 2**20  # bytes of a PDF
SECONDS = 300  # of the processor, to read one; the longest report needs five
MOST = 8  # publications that are named


class Verdict(NamedTuple):
    """What was found: `wrong` is empty where all is proved that attachments can prove; `said` are lines that tell it."""

    wrong: list[Finding]
    said: list[str]


def verify_pdf(path: Path) -> Verdict:
    """Is all that a PDF prints what its attachments say? Raises InputError where it is no such PDF, or cannot be read."""
    return proved(_read(path), str(path))


def proved(read: Mapping[str, Any], path: str) -> Verdict:
    """The same for a PDF as `pdf_reader.read` returns it."""
    files = {name: content.encode("latin-1") for name, content in read["attachments"].items()}
    if not files:
        raise InputError(f"{path} has no attachments: it was not built as a report, or a program has dropped them")
    wrong = [*_changed(files)]
    if PROOF not in files and not wrong:
        raise InputError(f"{path}: nothing in it is proved: it has no facts, only {', '.join(files)}")
    try:
        proof = AttachedProof(json.loads(files[PROOF]))
        if not any(kind in ("fact", "cell") for kind, *_ in places_of(proof.passages)) and not wrong:
            raise InputError(f"{path}: nothing in it is proved: all that it shows is its author’s own")
        with written_with(proof.marks):
            wrong += [*proof.recalculated(), *proof.differs(json.loads(files[FACTS]))]
            due = [*expected(proof.passages, proof.words)]
            wrong += [*proof.wrong, *differences(due, read), *proof.tables_differ(json.loads(files.get(TABLES, b"[]")))]
            return Verdict(wrong, [*_summary(proof, read)])
    except InputError:
        raise
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return Verdict([*wrong, Finding("attachments", "unreadable content", "those of a report")], [])


def _read(path: Path) -> dict[str, Any]:
    """The PDF, read in a process of its own."""
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{path} is larger than {LARGEST // 2**20} MB; no report is")
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    if b"%PDF-" not in content[:1024]:
        raise InputError(f"{path} is no PDF; give a report's folder or its PDF")
    process = Parser(Path(pdf_reader.__file__), SECONDS, "no report’s PDF does")
    try:
        read = process.ask(b"p", content, "it is damaged: its reader ended")
    except InputError as error:
        raise InputError(f"{path}: {error}") from error
    finally:
        process.end()
    if "refused" in read:
        raise InputError(f"{path}: {read['refused']}")
    return read


def _changed(files: Mapping[str, bytes]) -> Iterator[Finding]:
    """The attachments that are not what the list of hashes says."""
    lines = files.get(HASHES, b"").decode(errors="replace").splitlines()
    hashes = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    for name in dict.fromkeys([HASHES, *hashes, *files]):
        if name not in files:
            yield Finding("attachments", f"no {name}", f"{name}, which {HASHES} names")
        elif name not in hashes and name != HASHES:
            yield Finding("attachments", name, f"no file that {HASHES} does not name")
        elif name in hashes and sha256(files[name]) != hashes[name]:
            yield Finding(f"attachment {name}", f"sha256 {sha256(files[name])[:16]}…", f"{hashes[name][:16]}…: it was changed")


# --- the summary ---------------------------------------------------------------------------------------------------------


def _summary(proof: AttachedProof, read: Mapping[str, Any]) -> Iterator[str]:
    """What was proved, and what is left to prove."""
    numbers = [(kind, key) for kind, key, _ in places_of(proof.passages) if kind in ("fact", "cell")]
    facts = [proof.facts[key] for kind, key in numbers if kind == "fact"]
    kinds = Counter("formula" if fact.origin.formula else "model" if fact.origin.model else "" for fact in facts)
    formulas = [figure for figure in proof.figures.values() if figure.origin.formula]
    given = [each for each in proof.figures.values() if not each.origin.formula and not each.origin.model and each.sources]
    yield f"attachments: {', '.join(read['attachments'])}: whole"
    figures = sum(kind == "figure" for kind, *_ in read["text"])
    yield f"text: {_several(read['pages'], 'page')} with {_several(figures, 'chart')} print what {PROOF} says, and nothing else"
    follow = (
        f"; {kinds['formula']:,} of them follow from {_several(len(given), 'published figure')}, "
        f"by {_several(len(formulas), 'formula')} evaluated again"
    )
    yield f"numbers: {len(numbers):,} printed, each its fact or cell written again{follow if formulas else ''}"
    if own := proof.passages.count(OWN):
        yield f"not proved: {own} outputs and texts that are the author’s own"
    rest = {
        "are such figures themselves": kinds[""],
        "are results of a model": kinds["model"],
        "are cells of tables that helpers make": len(numbers) - len(facts),
    }
    yield f"not proved without data: {'; '.join(f'{number:,} {what}' for what, number in rest.items() if number)}"
    yield f"that needs the data as known on {proof.report['as_of']} (sha256:{proof.inputs.get('data', '')}), which come from:"
    yield from _publications(proof, given)


def _publications(proof: AttachedProof, given: list[Figure]) -> Iterator[str]:
    """The publications of these figures with their release days, those of most figures first."""
    of: dict[str, list[Source]] = defaultdict(list)
    for figure in given:
        for source in figure.sources:
            of["; ".join(proof.publications[source.names])].append(source)
    ordered = sorted(of, key=lambda name: (-len(of[name]), name))
    for name in ordered[:MOST]:
        days = release_days(ENGLISH, tuple(dict.fromkeys(of[name])))
        yield f"  {name}{f', released {days}' if days else ''}: {_several(len(of[name]), 'figure')}"
    if len(ordered) > MOST:
        yield f"  and {len(ordered) - MOST} more publications, named in {PROOF}"
    if tables := Counter(place.partition("/")[0] for place in proof.cells):
        listed = ", ".join(f"{name} ({count})" for name, count in tables.items())
        yield f"  tables of helpers, with cells printed and their sources in {PROOF}: {listed}"


def _several(count: int, what: str) -> str:
    """ "1 page", "2 pages"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
