"""Where the detail data are: Parquet files in a folder (or at another address), and the index that names them.

    data/detail/seed.parquet                                 comes with the project
    data/detail/year=2025/flow=export/stage=revised/…        what a user adds
    data/detail/index.json                                   the files that count, and what is in them

A file counts once the index names it; the index is replaced as a whole. So a change happens completely or not at all, and
whoever reads meanwhile sees the files of one moment.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, cast

from customs_report.errors import InputError
from customs_report.schema import DATA

NAMES = "names.json"  # code -> [English, Chinese], as downloads print them
INDEX, SEED, SEED_INDEX = "index.json", "seed.parquet", "seed.json"
CHAPTERS = 128  # bits: chapter 00 stands for figures without a commodity

Held = dict[str, dict[str, str]]  # "export|8 partner|USD" -> month -> its chapters, as a hexadecimal number of a bit each


@dataclass(frozen=True)
class Part:
    """A Parquet file: its months, release days and shapes, and a digest of its content."""

    file: str
    rows: int
    flow: str  # empty: both
    first: str
    last: str
    released: str  # the first release day in it
    newest: str
    digest: str
    held: Held = field(default_factory=dict)
    synthetic: bool = False  # some of it is made up, for tests of speed
    sources: tuple[str, ...] = ()

    @property
    def year(self) -> str:
        return self.first[:4] if self.first[:4] == self.last[:4] else ""


@dataclass(frozen=True)
class Index:
    """The parts that count, and the downloads they came from (hash of the content -> name)."""

    parts: tuple[Part, ...] = ()
    downloads: Mapping[str, str] = field(default_factory=dict)
    seed_taken_in: bool = False  # the parts hold the seed's rows as well, some of them superseded

    def as_json(self) -> bytes:
        return json.dumps(asdict(self), indent=0, sort_keys=True).encode()

    @classmethod
    def from_json(cls, content: bytes) -> Index:
        """Raises ValueError for what is no index."""
        try:
            made = json.loads(content)
            parts = tuple(Part(**{**part, "sources": tuple(part.get("sources", ()))}) for part in made["parts"])
            return cls(parts, {**made["downloads"]}, made["seed_taken_in"])
        except (AttributeError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None


class Place(Protocol):
    """A folder, here or at a remote address."""

    def path(self, name: str) -> str: ...
    def read(self, name: str) -> bytes | None: ...
    def write(self, name: str, content: bytes) -> None: ...
    def upload(self, local: Path, name: str) -> None: ...
    def remove(self, name: str) -> None: ...
    def names(self) -> Iterator[str]: ...


class Folder:
    """A folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def read(self, name: str) -> bytes | None:
        try:
            return (self.folder / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InputError(f"the detail data in {self.folder} cannot be read: {error.strerror or error}") from error

    def write(self, name: str, content: bytes) -> None:
        staged = self.folder / f".{name}.staged"
        try:
            with staged.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            staged.replace(self.folder / name)
        except OSError as error:
            staged.unlink(missing_ok=True)
            raise InputError(f"the detail data in {self.folder} cannot be changed: {error.strerror or error}") from error

    def upload(self, local: Path, name: str) -> None:
        target = self.folder / name
        staged = target.with_name(f".{os.getpid()}.{target.name}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(local, staged)  # which may be another disk
            with staged.open("rb+") as file:
                os.fsync(file.fileno())
            staged.replace(target)
        except OSError as error:
            staged.unlink(missing_ok=True)
            raise InputError(f"the detail data in {self.folder} cannot be changed: {error.strerror or error}") from error

    def remove(self, name: str) -> None:
        with suppress(PermissionError):  # Windows keeps a file that somebody reads; the next change removes it
            (self.folder / name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        yield from (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.parquet"))


class Remote:
    """An address that fsspec knows, such as s3://bucket/detail."""

    def __init__(self, address: str) -> None:
        try:
            import fsspec

            self.files, root = fsspec.core.url_to_fs(address)
        except (ImportError, ValueError) as error:
            raise InputError(f"{address} cannot be opened: {error} (pip install fsspec and what this address needs)") from error
        self.address, self.root = address.rstrip("/"), root.rstrip("/")

    def path(self, name: str) -> str:
        return f"{self.address}/{name}"

    def read(self, name: str) -> bytes | None:
        try:
            self.files.invalidate_cache()
            return cast(bytes, self.files.cat_file(f"{self.root}/{name}"))
        except FileNotFoundError:
            return None
        except Exception as error:
            raise InputError(f"{self.address} cannot be read: {error}") from error

    def write(self, name: str, content: bytes) -> None:
        self._changed(lambda: self.files.pipe_file(f"{self.root}/{name}", content))

    def upload(self, local: Path, name: str) -> None:
        self._changed(lambda: self.files.put_file(str(local), f"{self.root}/{name}"))
        local.unlink()

    def remove(self, name: str) -> None:
        self._changed(lambda: self.files.rm_file(f"{self.root}/{name}"))

    def names(self) -> Iterator[str]:
        found = self.files.find(self.root)
        yield from (path.removeprefix(f"{self.root}/") for path in found if path.endswith(".parquet"))

    def _changed(self, change: Any) -> None:
        try:
            change()
        except Exception as error:
            raise InputError(f"{self.address} cannot be changed: {error}") from error


class Store:
    """The detail data at an address: a folder, or what fsspec knows."""

    def __init__(self, address: str | Path = "") -> None:
        self.address = str(address or DATA / "detail")
        self.remote = "://" in self.address
        self.place: Place = Remote(self.address) if self.remote else Folder(Path(self.address))

    @cached_property
    def index(self) -> Index:
        """The index as it is now; reading it again takes a new `Store`."""
        return self._index(INDEX, "remove it and add the downloads again")

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The files that count, the project's own among them."""
        return (*(() if self.index.seed_taken_in else self.seed), *self.index.parts)

    def opened(self) -> Store:
        """Itself, its index read: what is added from now on is not seen."""
        assert self.parts is not None
        return self

    @cached_property
    def seed(self) -> tuple[Part, ...]:
        """The file that comes with the project, where there is one."""
        return self._index(SEED_INDEX, "it comes with the project").parts

    def _index(self, name: str, remedy: str) -> Index:
        content = self.place.read(name)
        try:
            return Index.from_json(content) if content is not None else Index()
        except ValueError as error:
            raise InputError(f"{self.place.path(name)} is damaged ({error}); {remedy}") from error

    @cached_property
    def digest(self) -> str:
        """A hash of all that counts."""
        return digest_of(self.parts)

    @property
    def last(self) -> str:
        """The newest month; empty if there are no data."""
        return max((part.last for part in self.parts), default="")

    def upto(self, last: str) -> str:
        """A hash of the parts that have months up to `last`, and of the names of goods."""
        names = hashlib.sha256(self.place.read(NAMES) or b"").hexdigest()
        return f"{digest_of(part for part in self.parts if part.first <= last)} {names}"

    def sources(self, last: str) -> set[str]:
        """The sources of the parts that have months up to `last`."""
        return {source for part in self.parts if part.first <= last for source in part.sources}

    def paths(self, first: str = "", last: str = "9999-12", flow: str = "") -> list[str]:
        """The files with months of a span, and of a flow."""
        return [
            self.place.path(part.file)
            for part in self.parts
            if part.first <= last and first <= part.last and (not flow or part.flow in ("", flow))
        ]

    def held(self, flow: str, as_of: str = "9999", before: str = "") -> Held:
        """Which chapters has a flow in which month, by shape and currency: as known on a day, and as history before a month."""
        found: dict[str, dict[str, int]] = {}
        for part in self.parts:
            for key, months in part.held.items():
                of, _, shape = key.partition("|")
                for month, chapters in months.items() if of == flow else ():
                    if part.released <= as_of or month < before:
                        mine = found.setdefault(shape, {})
                        mine[month] = mine.get(month, 0) | int(chapters, 16)
        return {shape: {month: f"{bits:x}" for month, bits in months.items()} for shape, months in found.items()}

    def commit(self, index: Index) -> None:
        """Make an index the one that counts; files that not even the one before it named are removed first."""
        named = {part.file for part in (*index.parts, *self.index.parts, *self.seed)}
        for name in [name for name in self.place.names() if name not in named and not name.startswith(".")]:
            self.place.remove(name)
        self.place.write(INDEX, index.as_json())
        for name in ("index", "parts", "seed", "digest"):
            self.__dict__.pop(name, None)


def store_in(folder: Path) -> Store:
    """The detail data of a data folder, or those at the address in `CUSTOMS_REPORT_DETAIL`."""
    return Store(os.environ.get("CUSTOMS_REPORT_DETAIL") or folder / "detail")


def digest_of(parts: Iterable[Part]) -> str:
    return hashlib.sha256("\0".join(sorted(part.digest for part in parts)).encode()).hexdigest()


def bits_of(chapters: Iterable[str]) -> str:
    """Chapters as a hexadecimal number with a bit for each.

    >>> chapters_of(bits_of(["85", "87"]))
    ['85', '87']
    """
    return f"{sum(1 << int(chapter or 0) for chapter in set(chapters)):x}"


def chapters_of(bits: str) -> list[str]:
    """The chapters of a hexadecimal number."""
    number = int(bits or "0", 16)
    return [f"{chapter:02d}" for chapter in range(CHAPTERS) if number >> chapter & 1]


def without(index: Index, files: Iterable[str]) -> Index:
    """The index without some of its parts."""
    left = set(files)
    return replace(index, parts=tuple(part for part in index.parts if part.file not in left))
