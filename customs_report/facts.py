"""Facts (named figures with their sources) and the text fragments ("runs") that cite them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from fnmatch import fnmatchcase
from string import Formatter
from typing import Any, Literal, NamedTuple, TypeVar

from customs_report.errors import CustomsReportError
from customs_report.languages import ENGLISH, language
from customs_report.numbers import UNITS, digits, write
from customs_report.provenance import OWN, Figure, Inputs, Label, calculate, key_of
from customs_report.summaries import Lines, Summary

T = TypeVar("T")
PARTS = tuple(part.name for part in fields(Figure))


@dataclass(frozen=True, slots=True, repr=False)
class Fact(Figure):
    """A figure with a name, as listed in facts.json."""

    name: str = ""

    def summary(self) -> tuple[str, Lines]:
        """The figure's summary, plus the fact's name."""
        title, lines = Figure.summary(self)
        return title, [*lines, ("name", self.name)]

    @classmethod
    def of(cls, name: str, figure: Figure, **changes: Any) -> Fact:
        """A figure under a name."""
        return cls(**{part: getattr(figure, part) for part in PARTS} | changes | {"name": name})

    @property
    def text(self) -> str:
        return write(self.value, self.unit, step=self.step)

    @property
    def shared(self) -> str:
        """A key of formula, sources and stage, which the figures of a table's column have in common."""
        return key_of((self.how, *map(str, self.sources), self.stage))

    def as_json(self) -> dict:
        """The fact as written in facts.json."""
        return {
            "name": self.name,
            "label": str(self.label),
            "value": self.value,
            "unit": self.unit,
            "text": self.text,
            "step": self.step,
            "how": self.how,
            **({"formula": self.origin.formula, "inputs": self.origin.inputs_as_json()} if self.origin.formula else {}),
            **({"model": self.origin.model} if self.origin.model else {}),
            "sources": [*map(str, self.sources)],
            "stage": self.stage,
            **({"mark": self.mark} if self.mark else {}),
        }


UNREVISED, IMPLIED, UNSURE = "*", "†", "‡"
MARKS = {  # the meaning of each footnote sign
    UNREVISED: "Computed on last year’s figure as first published, which customs may have revised.",
    IMPLIED: "Implied by the printed growth of exports and imports, exact only to its rounding.",
    UNSURE: "A rough guide: customs often revises the year-earlier figures of this partner by much.",
}


def shows_zero(fact: Fact) -> bool:
    """Is a fact, as it is written, zero? Then it is neither more nor less, raised nor lowered."""
    return not any(c in "123456789" for c in fact.text)


class NotAvailable(CustomsReportError, LookupError):
    """A fact that is not available, with the reason; the section that needs it is left out, and the report says so.

    A reason that is slow to find may be given as a function, since most are never shown.
    """

    def __init__(self, name: str, why: str | Callable[[], str]):
        super().__init__(name, why)
        self.name, self._why = name, why

    @property
    def why(self) -> str:
        return self._why if isinstance(self._why, str) else self._why()

    def __str__(self) -> str:
        return f"{self.name}: {self.why}"

    def __repr__(self) -> str:
        return f"not available: {self}"


def or_none(found: T | NotAvailable) -> T | None:
    """A result, or None if it is not available."""
    return None if isinstance(found, NotAvailable) else found


def complete(found: Iterable[T | NotAvailable | None]) -> list[T]:
    """All results, or an empty list if any of them is not available."""
    every = [*found]
    found_all = [each for each in every if each is not None and not isinstance(each, NotAvailable)]
    return found_all if len(found_all) == len(every) else []


@dataclass(frozen=True, repr=False)
class Facts(Summary, Mapping):
    """All facts of one period, by name, and the gaps: which facts, or families of facts, are not available, and why.

    A name with `*` in `gaps` (`partner.*`, `partner.*.rank_ytd`) applies to every fact that it matches.
    """

    period: str
    as_of: str
    by_name: dict[str, Fact] = field(default_factory=dict)
    gaps: dict[str, str] = field(default_factory=dict)
    cited: dict[str, None] = field(default_factory=dict, compare=False, repr=False)  # in the order of their first citation

    def __getitem__(self, name: str) -> Fact:
        if name in self.by_name:
            return self.by_name[name]
        raise NotAvailable(name, lambda: self.why_missing(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def __len__(self) -> int:
        return len(self.by_name)

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def summary(self) -> tuple[str, Lines]:
        """How many there are, and how to ask for one."""
        return f"{len(self)} facts of {self.period}, as known on {self.as_of}", [
            ("one of them", f'facts["{next(iter(self), "exports_usd_month")}"]'),
            ("all names", "list(facts)"),
            ("not available", f"{len(self.gaps)} facts or families of facts, with the reason: facts.gaps"),
        ]

    def copy(self) -> Facts:
        """The same facts, none of them cited yet."""
        return Facts(self.period, self.as_of, dict(self.by_name), dict(self.gaps))

    def add(self, name: str, figure: Figure, **changes: Any) -> Fact:
        """Add a figure as the fact of this name."""
        self.by_name[name] = fact = Fact.of(name, figure, **changes)
        return fact

    def calculate(self, name: str, formula: str, unit: str, label: Label, inputs: Inputs, **about: Any) -> Fact:
        """Add the result of a formula as the fact of this name; the arguments are those of `provenance.calculate`."""
        return self.add(name, calculate(formula, unit, label, inputs, **about))

    def cite(self, name: str, style: str = "text", code: str = ENGLISH) -> Cite:
        """A fact's number for text; raises NotAvailable. Marks the fact as cited, so its trace is included in the report."""
        cite = Cite.of(self[name], style, code)
        self.cited[name] = None
        return cite

    def get(self, name: str, default: Any = None) -> Any:
        """The fact, or None if missing; for optional facts."""
        return self.by_name.get(name, default)

    def gap(self, name: str) -> NotAvailable:
        """Why a fact is missing, for a message that states it."""
        return NotAvailable(name, lambda: self.why_missing(name))

    def count(self, runs: Runs) -> Runs:
        """Record the facts in these runs as cited; return the runs."""
        names = (run.name for run in runs if isinstance(run, Cite) and run.place == "fact" and run.name)
        self.cited.update(dict.fromkeys(names))
        return runs

    def value(self, name: str) -> float | None:
        """The plain number of a fact, or None if missing."""
        fact = self.by_name.get(name)
        return fact.value if fact else None

    def why_missing(self, name: str) -> str:
        """The reason a fact is missing: its own gap, its family's, or the nearest names that exist."""
        if name in self.gaps:
            return self.gaps[name]
        families = [g for g in self.gaps if "*" in g and fnmatchcase(name, g)]
        if families:
            return self.gaps[max(families, key=len)]
        near = get_close_matches(name, self.by_name, n=1)
        return "no such fact" + (f"; nearest: {near[0]}" if near else "")

    def as_json(self, notebook: str = "", parameters: dict | None = None) -> dict:
        """The content of facts.json."""
        report = {"notebook": notebook, "period": self.period, "as_of": self.as_of, "parameters": parameters or {}}
        return {
            "report": report,
            "facts": [fact.as_json() for fact in self.by_name.values()],
            "gaps": [{"name": name, "why": why} for name, why in self.gaps.items()],
        }


def say(template: str, /, **cells: Fact | Cell | str | Runs) -> Runs:
    """A sentence in English: `{name}` or `{name:style}` is replaced by a value (styles: see `write`).

    A value may be a fact, a `Cell`, a period (`2025-11`, `2025-01/2025-11`, `2025`) or date key (`2025-12-08`), plain words,
    or runs. A digit in the template or in words raises ValueError: numbers in prose must be facts.
    """
    return say_in(ENGLISH, template, **cells)


def say_in(code: str, template: str, /, **cells: Fact | Cell | str | Runs) -> Runs:
    """A sentence in a language; arguments as of `say`."""
    runs: list[Run] = []
    for literal, name, style, _ in Formatter().parse(template):
        runs += _words(literal)
        if name is not None:
            if name not in cells:
                raise ValueError(f"no cell {name!r} for the template {template!r}; it has: {', '.join(cells) or 'none'}")
            runs += _said(cells[name], style or "", code)
    return tuple(runs)


def _said(cell: Fact | Cell | str | Runs, style: str, code: str) -> Runs:
    if isinstance(cell, Fact):
        return (Cite.of(cell, style or "text", code),)
    if isinstance(cell, Cell):
        return (cell.cite(style, code),)
    if isinstance(cell, str):
        return (Mark.of(cell, code=code),) if cell[:1].isdigit() else _words(cell)
    return cell


def _words(text: str) -> Runs:
    if any(c.isdigit() for c in text):
        raise ValueError(f"the sentence contains a typed digit; use a fact: {text!r}")
    return (text,) if text else ()


# --- runs: the parts of a sentence or a table cell --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cite:
    """A number in the text, and where it comes from: a fact by its name, or a cell of the table that a helper returns.

    `number` is the number shown, in plain digits; `language` that of `text`. `table` names the helper (empty for a fact);
    `shared` keys the formula, sources and stage that facts have in common. The name is empty for numbers that cannot be
    reproduced from tables and period alone: a reader's selection, or an edited figure.
    """

    name: str
    style: str
    text: str
    number: str
    place: Literal["fact", "cell"] = "fact"
    table: str = ""
    shared: str = ""
    unit: str = ""
    mark: str = ""
    language: str = ENGLISH

    @classmethod
    def of(cls, fact: Fact, style: str = "text", code: str = ENGLISH) -> Cite:
        shown = language(code).written(fact.value, fact.unit, style, fact.step)
        same: dict[str, Any] = {"style": style, "text": shown.text, "number": digits(shown.number), "unit": fact.unit}
        if fact.origin is OWN:
            return cls("", **same, language=code)
        return cls(fact.name, **same, shared=fact.shared, mark=fact.mark, language=code)

    @classmethod
    def cell(cls, table: str, row: str, column: str, value: float, style: str, unit: str = "", code: str = ENGLISH) -> Cite:
        """Pass `unit` if the style does not imply one: "bn" may be dollars or yuan."""
        shown, place = language(code).written(value, "", style), f"{table}/{row}/{column}"
        unit = unit or UNITS.get(style, "")
        return cls(place, style, shown.text, digits(shown.number), "cell", table, unit=unit, language=code)


class Cell(NamedTuple):
    """A number from a helper's table, for a message that cites it."""

    table: str
    row: str
    column: str
    value: float
    unit: str = ""

    def cite(self, style: str, code: str = ENGLISH) -> Cite:
        return Cite.cell(self.table, self.row, self.column, self.value, style, self.unit, code)


@dataclass(frozen=True, slots=True)
class Mark:
    """A number that is not data (a period, date, exhibit number or code); `key` is its machine-readable form."""

    kind: str
    key: str
    text: str

    @classmethod
    def of(cls, key: str, kind: str = "", code: str = ENGLISH) -> Mark:
        if kind:
            return cls(kind, key, key)
        return cls("date" if len(key) == 10 else "period", key, language(code).period_text(key))


Run = str | Cite | Mark
Runs = tuple[Run, ...]


def plain(runs: Runs) -> str:
    """The plain text of a sentence, without sources."""
    return "".join(run if isinstance(run, str) else run.text + mark_of(run) for run in runs)


def mark_of(run: Run) -> str:
    """The footnote sign behind a number, if it has one."""
    return run.mark if isinstance(run, Cite) else ""
