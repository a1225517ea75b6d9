"""The proof that a PDF carries, done again: formulas from their inputs, words from the figures that their places name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from math import isclose
from typing import Any

from customs_report.facts import Fact
from customs_report.formulas import NotArithmetic, recalculated
from customs_report.languages import ENGLISH, language
from customs_report.numbers import STANDARD, Marks
from customs_report.origins import named_sources, origin_in_words
from customs_report.palette import printable
from customs_report.provenance import Figure
from customs_report.publish import derivations
from customs_report.publish.findings import Finding
from customs_report.publish.passages import NO_FIGURES, Passage, squeezed
from customs_report.publish.pdf_text import AMOUNT

DIGIT = re.compile(r"\d")
VERSION = re.compile(r"\d+(\.\d+)+[\w.+]*")
WORDS_OF_OTHERS = ("quote", "house", "own")  # an article's claim, an imprint and an author's title may have any number


class AttachedProof:
    """The content of proof.json; raises many errors where it is none.

    `passages`: what the report says. `wrong`: the places in them that are none.
    """

    def __init__(self, content: Mapping[str, Any]) -> None:
        self.report, self.inputs = {**content["report"]}, {**content["inputs"]}
        self.lang = language(content["report"].get("parameters", {}).get("language", ENGLISH))
        self.marks = Marks(*content["report"].get("marks", STANDARD))
        self.passages: Sequence[Passage] = content["passages"]
        self.facts: Mapping[str, Fact] = derivations.from_json(content)
        self.cells: Mapping[str, float] = {place: derivations.number(value) for place, value in content["cells"].items()}
        self.publications: Mapping[str, list[str]] = content["publications"]
        self.wrong: list[Finding] = []

    @cached_property
    def figures(self) -> Mapping[int, Figure]:
        """Every figure behind the facts, each once."""
        found: dict[int, Figure] = {}
        waiting: list[Figure] = [*self.facts.values()]
        while waiting:
            figure = waiting.pop()
            if id(figure.label) not in found:  # a fact is another object than its figure, with the same label
                found[id(figure.label)] = figure
                waiting += figure.origin.figures
        return found

    def recalculated(self) -> Iterator[Finding]:
        """The figures that their own formula does not give, evaluated again from its inputs."""
        for figure in self.figures.values():
            if not figure.origin.formula:
                continue
            values = {
                role: [each.value for each in given] if isinstance(given, tuple) else given.value
                for role, given in figure.origin.inputs.items()
            }
            try:
                again = recalculated(figure.origin.formula, values)
            except NotArithmetic as error:
                yield Finding(f"formula of {figure.label}", str(error), "arithmetic over its inputs")
                continue
            if not isclose(again, figure.value, rel_tol=1e-9, abs_tol=1e-9):
                shown, due = (self.lang.write(value, figure.unit, "exact", figure.step) for value in (figure.value, again))
                exact = shown == due
                yield Finding(
                    f"{figure.label}, {figure.how}", repr(figure.value) if exact else shown, repr(again) if exact else due
                )

    def differs(self, facts: Mapping[str, Any]) -> Iterator[Finding]:
        """Where facts.json says something else."""
        listed = {fact["name"]: fact for fact in facts["facts"]}
        for name, fact in self.facts.items():
            said, due = listed.pop(name, {}), fact.as_json()
            if self.lang.code != ENGLISH:  # a label is made of names, which are in the data
                due |= {"text": self.lang.write(fact.value, fact.unit, step=fact.step), "label": said.get("label")}
            parts = [part for part in {**due, **said} if said.get(part) != due.get(part)]
            yield from (Finding(f"facts.json, {part} of {name}", str(said.get(part)), str(due.get(part))) for part in parts[:1])
        yield from (Finding("facts.json", name, "no fact that the report does not print") for name in listed)

    # --- words --------------------------------------------------------------------------------------------------------

    def words(self, runs: Sequence[Any]) -> str:
        """A passage as it should be printed; a number without a place, or a place that is none, goes to `wrong`."""
        return "".join(self._run(run) for run in runs)

    def _run(self, run: Any) -> str:
        if isinstance(run, str):
            return self._checked("text", run, not DIGIT.search(run), "no number without a place")
        kind, key, how = run
        try:
            if kind == "fact":
                return self.written(key, how)
            if kind == "cell":
                return printable(self.lang.write(self.cells[key], "", how))
            if kind == "trace":
                due = self._trace(*key.split("/"))
                return self._checked(f"trace {key}", how, squeezed(how) == squeezed(due), due)
            if kind in ("period", "date"):
                due = self.lang.period_text(key)
                return self._checked(f"{kind} {key}", how, how in (printable(due), self.lang.month_alone(key)), due)
            if kind == "hash":
                due = f"sha256:{self.inputs['data']}"
                return self._checked("hash of the data", how, len(how) > len("sha256:") and due.startswith(how), due)
            if kind == "version":
                return self._checked("version", how, VERSION.fullmatch(how), "a version")
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            return self._checked(f"{kind} {key}", str(how), False, f"a {kind} of the attachments ({error})")
        amount = kind not in WORDS_OF_OTHERS and AMOUNT.search(how) and not (kind == "note" and self._is_formula(key, how))
        return self._checked(f"{kind} {key}", how, kind in {*NO_FIGURES, *WORDS_OF_OTHERS} and not amount, "no amount")

    def _checked(self, where: str, shown: str, right: object, due: str) -> str:
        if not right:
            self.wrong.append(Finding(where, shown, due))
        return shown

    def written(self, name: str, style: str) -> str:
        """A fact's number in a style."""
        fact = self.facts[name]
        return printable(self.lang.write(fact.value, fact.unit, style, fact.step))

    def _is_formula(self, name: str, text: str) -> bool:
        """Is it how a fact of this name was computed, in a fact check as of either day?"""
        named = (fact for each, fact in self.facts.items() if each == name or each.endswith(f".{name}"))
        return any(printable(self.lang.formula(fact.how)) == text for fact in named)

    def _trace(self, name: str, part: str) -> str:
        fact = self.facts[name]
        named = partial(named_sources, self.lang, publications=self.publications.__getitem__)
        label = str(fact.label)
        return printable(label[:1].upper() + label[1:] if part == "what" else origin_in_words(self.lang, fact, named)[part])

    # --- tables -------------------------------------------------------------------------------------------------------

    def tables_differ(self, tables: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
        """The rows of printed tables that tables.json has otherwise."""
        for passage in self.passages:
            if isinstance(passage, dict) and "rows" in passage:
                data = [table for table in tables if table["name"] == passage["table"]]
                for label, *cells in filter(None, passage["rows"]):
                    numbers = [(at, cell[0]) for at, cell in enumerate(cells, 1) if cell and cell[0][0] in ("fact", "cell")]
                    if numbers and not any(self._has(table, label, numbers) for table in data):
                        shown = "; ".join(self._run(run) for _, run in numbers)
                        yield Finding(f"tables.json, {passage['table']}", "another row", f"{self.words(label)}: {shown}")

    def _has(self, table: Mapping[str, Any], label: Sequence[Any], numbers: Sequence[tuple[int, Any]]) -> bool:
        """Has a table a row of this label, its note included, with these numbers, each in its column?"""
        columns = table["columns"]
        places, at = [], int(columns[0]["header"] == self.lang.word("Group"))
        while at < len(columns):
            places.append(at)
            at += 2 if columns[at]["unit"] is None else 1
        month = len(label) == 1 and label[0][0] == "period" and len(label[0][1]) == len("2025-11")
        said = f"{label[0][1]}-01" if month else squeezed(self.words(label))
        for row in table["rows"]:
            names = (row[places[0]], f"{row[places[0]]}{row[-1]}")
            if said in map(squeezed, names) and all(self._is(row[places[at]], run) for at, run in numbers):
                return True
        return False

    def _is(self, value: Any, run: Sequence[str]) -> bool:
        kind, key, how = run
        if isinstance(value, str):
            return squeezed(value).startswith(squeezed(self._run(run)))
        fact = self.facts.get(key) if kind == "fact" else None
        unit, step = (fact.unit, fact.step) if fact else ("", None)
        return value is not None and printable(self.lang.write(derivations.number(value), unit, how, step)) == self._run(run)
