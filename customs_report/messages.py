"""Messages: language-independent statements, and the writers that put them into words.

An exhibit chooses messages. A message is a kind plus its values (facts, periods, codes, other messages). Each language has a
writer for each kind. The English writer is the body of the function that makes the message, so that both are in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from inspect import signature
from typing import Any

from customs_report.errors import CustomsReportError
from customs_report.facts import Fact, NotAvailable, Runs
from customs_report.languages import ENGLISH

Writer = Callable[..., Runs]
LANGUAGES: dict[str, dict[str, Writer]] = {ENGLISH: {}}  # the writer of each kind, by language


class NoWriter(CustomsReportError, LookupError):
    """A language that cannot write a kind of message."""


@dataclass(frozen=True)
class Message:
    """A statement: its kind and its values (facts, cells, periods, codes, messages); never finished sentences."""

    kind: str
    cells: Mapping[str, Any]

    @property
    def facts(self) -> frozenset[str]:
        """The names of its facts, including nested messages; messages with the same facts count as duplicates."""
        return frozenset(_facts(self))


def message(writer: Writer) -> Callable[..., Message]:
    """Decorator: calling the function makes a `Message` of kind `module.name`; its body is the English writer."""
    kind, taken = f"{writer.__module__.rpartition('.')[2]}.{writer.__name__.lstrip('_')}", signature(writer)
    if (other := LANGUAGES[ENGLISH].get(kind)) and other.__module__ != writer.__module__:
        raise ValueError(f"{other.__module__} and {writer.__module__} both have a message {kind}")
    LANGUAGES[ENGLISH][kind] = writer

    @wraps(writer)
    def made(*cells: Any, **named: Any) -> Message:
        given = taken.bind(*cells, **named)
        given.apply_defaults()
        return Message(kind, dict(given.arguments))

    return made


def write(said: Message, language: str = ENGLISH) -> Runs:
    """Write a message in a language. Nested messages are written first and passed as runs."""
    if not isinstance(said, Message):
        raise TypeError(f"words are written from messages, not from {said!r}")
    writer = LANGUAGES.get(language, {}).get(said.kind)
    if writer is None:
        raise NoWriter(f"no writer of {said.kind} in language {language!r}")
    return writer(**{name: _written(each, language) for name, each in said.cells.items()})


def _written(cell: Any, language: str) -> Any:
    if isinstance(cell, list):
        return [_written(each, language) for each in cell]
    return write(cell, language) if isinstance(cell, Message) else cell


def _facts(cell: Any) -> Iterator[str]:
    if isinstance(cell, Fact):
        yield cell.name
    elif isinstance(cell, Message | list):
        for each in cell.cells.values() if isinstance(cell, Message) else cell:
            yield from _facts(each)


def first_possible(*choices: Callable[[], Message | None]) -> Message | None:
    """The first message whose facts are all available, else None."""
    for choose in choices:
        try:
            if chosen := choose():
                return chosen
        except NotAvailable:
            continue
    return None
