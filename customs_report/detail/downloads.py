"""Read downloads of customs' query platform by the thousand, with every check of `readers.query`.

DuckDB reads files of one header together and marks each row that is not exactly as the platform writes it. A file with such a
row, or of another form (semicolons, UTF-16, a spreadsheet), is read by `readers.query` alone, which names the row and what is
wrong with it, or reads it after all. So both ways accept the same files and give the same rows.

GB18030 is read as ISO-8859-1, which changes none of its separators; only names and units have other letters, and of these
each text is decoded once. A file has to give as many rows as it has lines.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from csv import Error as CsvError
from csv import reader as csv_reader
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from customs_report.detail.connection import connect, listed, listed_paths, parquet, quoted
from customs_report.detail.vintages import SYNTHETIC
from customs_report.errors import InputError
from customs_report.readers import Names, query, read
from customs_report.readers.documents import clean, content_of
from customs_report.readers.query import MOST
from customs_report.readers.reading import Reading
from customs_report.schema import DETAIL
from customs_report.tables import Tables

BATCH = 2**28  # bytes of downloads that are read together
FIRST_BYTES = 4096
ENCODINGS = ("utf-8-sig", "gb18030")
PERIOD = "(20[0-9][0-9]|199[0-9])(0[1-9]|1[0-2])"
AMOUNT = "[0-9]{1,3}(,[0-9]{3}){1,4}|[0-9]{1,15}"  # of larger ones a double does not have every digit
QUANTITY = r"[0-9]{1,16}(\.[0-9]+)?"
BY = ("partner", "regime", "province")
STAGED = {column.name: "DOUBLE" if column.number else "VARCHAR" for column in DETAIL.columns[:-2]}
STAGED |= {"value": "BIGINT", "filename": "VARCHAR"}
SOURCE = "gacc-query"
TEXT = ("period", "partner", "commodity", "regime", "province", "quantity", "unit", "quantity_2", "unit_2")
NAMES = ("partner_name", "commodity_name", "regime_name", "province_name")
NOT_FOR_DUCKDB = re.compile("[\ud800-\udfff]" + (r"|\\" if os.sep == "/" else ""))  # in a path: bytes that are no text, \
CUT = f"exactly {MOST:,} rows: the platform cuts its files there without a mark"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Download:
    """A file that looks like the platform's: what its first line says, and how it is written."""

    name: str
    path: Path
    size: int
    columns: tuple[str, ...]  # as `readers.query` calls them; the last may be empty
    currency: str
    encoding: str
    flow: str
    digest: str = ""  # of content and flow
    rows: int = 0  # lines but for the header; 0: the last one has no end, or the flow is not known

    @property
    def source(self) -> str:
        """Where it comes from; files of the generator of synthetic data say so in their name."""
        return SYNTHETIC if SYNTHETIC in self.path.name else SOURCE


class Release(NamedTuple):
    """The day on which figures were public, and how it is known."""

    day: str
    basis: str


class Form(NamedTuple):
    """What files must share to be read together."""

    columns: tuple[str, ...]
    currency: str
    encoding: str
    flow: str
    source: str


@dataclass(frozen=True)
class Checked:
    """The result of reading one download: rows and what was left out, or why it was refused."""

    name: str
    digest: str = ""
    rows: int = 0
    first: str = ""
    last: str = ""
    refused: str = ""
    remarks: tuple[str, ...] = ()
    nothing: int = 0  # rows with an amount of 0
    path: str = ""  # as the staged rows name the file


@dataclass
class Staged:
    """Parquet files with the rows that were read, and the result for each download."""

    files: list[Path] = field(default_factory=list)
    results: list[Checked] = field(default_factory=list)


def recognised(name: str, path: Path, flow: str) -> Download | None:
    """A file as a download of the platform, by how it begins; None for anything else."""
    try:
        path = path.absolute()
        if not path.is_file() or NOT_FOR_DUCKDB.search(str(path)):  # a pipe would be waited for
            return None
        with path.open("rb") as file:
            start = file.read(FIRST_BYTES)
        size = path.stat().st_size
    except (OSError, ValueError):
        return None
    for encoding in ENCODINGS if b"\n" in start else ():
        try:  # all of the start, since names in GB18030 may follow an English header
            line = getincrementaldecoder(encoding)().decode(start).partition("\n")[0]
            header = next(csv_reader([line.rstrip("\r")]), [])
            nothing = bool(header) and not header[-1].strip()
            columns, currency = query.columns_of(header[:-1] if nothing else header)
        except (UnicodeDecodeError, CsvError, InputError):
            continue
        return Download(name, path, size, (*columns, *(["nothing"] if nothing else [])), currency, encoding, flow)
    return None


def examined(download: Download) -> Download:
    """A download with its digest and number of rows."""
    digest, ends, last = hashlib.sha256(download.flow.encode()), 0, b""
    try:
        with download.path.open("rb") as file:
            while piece := file.read(2**20):
                digest.update(piece)
                ends, last = ends + piece.count(b"\n"), piece[-1:]
    except OSError as error:
        raise InputError(f"{download.name} cannot be read: {error.strerror or error}") from error
    return replace(download, digest=digest.hexdigest(), rows=ends - 1 if last == b"\n" and download.flow else 0)


def stage(
    downloads: Sequence[Download], tables: Tables, release: Release, folder: Path, progress: Callable[[int], None]
) -> Staged:
    """Read downloads, as `examined`, into Parquet files in a folder, each row checked; a refused download leaves none.

    What a run before this one has read for the same release is taken from the folder, so that one that was cut short goes on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    staged, done = Staged(), _read_before(folder, release)
    wanted = {download.digest: download for download in downloads}
    for entry, results in done:
        kept = [result for result in results if result.digest in wanted]
        if results and len(kept) == len(results):
            staged.files.append(entry)
            staged.results += [replace(result, name=wanted[result.digest].name) for result in kept]
            progress(sum(wanted.pop(result.digest).size for result in kept))
        else:
            for ending in (".json", ".names", ".parquet"):
                entry.with_suffix(ending).unlink(missing_ok=True)
    connection = connect(spill=folder / ".spill")
    for number, batch in enumerate(_batches(wanted)):
        for part in _Batch(connection, batch, tables, release, folder, number).read():
            staged.files += part.files
            staged.results += part.results
        progress(sum(download.size for _, download in batch))
    connection.close()
    return staged


def _read_before(folder: Path, release: Release) -> Iterator[tuple[Path, list[Checked]]]:
    """The files that a run before this one has left, with their results; none for those of another release or not whole."""
    for record in sorted(folder.glob("*.json")):
        entry, results = record.with_suffix(".parquet"), []
        with suppress(OSError, KeyError, TypeError, ValueError):
            made = json.loads(record.read_bytes())
            if Release(*made["release"]) == release and entry.stat().st_size == made["size"]:
                results = [Checked(**{**each, "remarks": tuple(each["remarks"])}) for each in made["results"]]
        yield entry, results


def _batches(wanted: dict[str, Download]) -> Iterator[list[tuple[str, Download]]]:
    """Downloads of one form, together up to the size of a batch."""
    ordered = sorted(wanted.items(), key=lambda each: (_form(each[1]), each[1].name))
    for _, group in groupby(ordered, key=lambda each: _form(each[1])):
        batch: list[tuple[str, Download]] = []
        size = 0
        for each in group:
            if batch and size + each[1].size > BATCH:
                yield batch
                batch, size = [], 0
            batch.append(each)
            size += each[1].size
        yield batch


def _form(download: Download) -> Form:
    return Form(download.columns, download.currency, download.encoding, download.flow, download.source)


class _Batch:
    """Downloads of one form that are read together."""

    def __init__(
        self, connection: Any, batch: list[tuple[str, Download]], tables: Tables, release: Release, folder: Path, number: int
    ) -> None:
        self.connection, self.tables, self.release, self.folder, self.number = connection, tables, release, folder, number
        self.downloads = {str(download.path): download for _, download in batch}
        self.form = _form(batch[0][1])
        self.bytes_as = "utf-8" if self.form.encoding == "utf-8-sig" else "latin-1"
        self.names = Names.of(tables, self.form.flow)

    def read(self) -> Iterator[Staged]:
        """The rows of all that are as the platform writes them, in one file; every other download by itself."""
        raw = self.folder / f".raw-{self.number}.parquet"
        if alike := [path for path, download in self.downloads.items() if download.rows > 0]:
            self._read_raw(alike, raw)
        results = self._checked(raw) if raw.exists() else {}
        good = {path: result for path, result in results.items() if result is not None}
        odd = [path for path in self.downloads if path not in good]
        if good:
            yield self._record([*good.values()], self._mapped(raw, [*good]))
        raw.unlink(missing_ok=True)
        for place, path in enumerate(odd):
            yield self._alone(place, path)

    def _read_raw(self, paths: list[str], to: Path) -> None:
        """Read files as they are but for those that DuckDB cannot, and mark rows that are not as they should be."""
        import duckdb

        try:
            self.connection.execute(f"COPY ({self._select(paths)}) TO {quoted(str(to))} (FORMAT parquet, COMPRESSION snappy)")
            return
        except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
            logger.info("not as the platform writes it, read one by one: %s", str(error).partition("\n")[0])
            to.unlink(missing_ok=True)
        if len(paths) == 1:
            return
        parts: list[Path] = []
        for half in (paths[: len(paths) // 2], paths[len(paths) // 2 :]):
            parts.append(to.with_name(f"{to.stem}-{len(half)}-{len(parts)}.parquet"))
            self._read_raw(half, parts[-1])
        if found := [part for part in parts if part.exists()]:
            self.connection.execute(f"COPY (FROM {parquet(found)}) TO {quoted(str(to))} (FORMAT parquet)")
        for part in parts:
            part.unlink(missing_ok=True)

    def _select(self, paths: list[str]) -> str:
        have = self.form.columns
        columns = ", ".join(f"{quoted(f'c{i}')}: 'VARCHAR'" for i in range(len(have)))
        source = (
            f"read_csv({listed_paths(paths)}, auto_detect=false, header=false, skip=1, delim=',', quote='\"', escape='\"', "
            f"columns={{{columns}}}, encoding='{self.bytes_as}', compression='none', hive_partitioning=false, filename=true, "
            "strict_mode=true)"
        )
        cell = {what: f"coalesce(c{i}, '')" for i, what in enumerate(have)}
        text = {what: f"trim({cell[what]})" if what in cell else "''" for what in (*TEXT, *NAMES)}
        amount = f"trim({cell[self.form.currency]})"
        bad = [
            f"NOT regexp_full_match({cell['period']}, '{PERIOD}')",
            f"NOT regexp_full_match({amount}, '{AMOUNT}')",
        ]
        patterns = {"partner": "[0-9]{3}", "commodity": "([0-9]{2}){1,4}", "regime": "[0-9]{2}", "province": "[0-9]{2}"}
        bad += [f"NOT regexp_full_match({cell[what]}, '{pattern}')" for what, pattern in patterns.items() if what in cell]
        bad += [f"{cell['nothing']} <> ''"] if "nothing" in cell else []
        bad += [f"contains({text[what]}, chr(0))" for what in ("unit", "unit_2", *NAMES)]
        figures = []
        for what in ("quantity", "quantity_2"):
            none = f"{text[what]} IN {listed(map(self._encoded, query.NOTHING))}"
            bad.append(f"NOT ({none} OR regexp_full_match({text[what]}, '{QUANTITY}'))")
            figures.append(f"CASE WHEN {none} THEN NULL ELSE TRY_CAST({text[what]} AS DOUBLE) END AS {what}")
        figures.append(f"TRY_CAST(replace({amount}, ',', '') AS BIGINT) AS value")
        kept = [f"{text[what]} AS {what}" for what in (*TEXT, *NAMES) if not what.startswith("quantity")]
        return f"SELECT filename, {', '.join(kept + figures)}, {' OR '.join(bad)} AS bad FROM {source}"

    def _checked(self, raw: Path) -> dict[str, Checked | None]:
        """The result for each file; None for one that has to be read alone."""
        known = self.connection.execute(f"SELECT DISTINCT unit FROM {_in(raw)} UNION SELECT DISTINCT unit_2 FROM {_in(raw)}")
        units = {label: self._unit(label) for (label,) in known.fetchall()}
        no_unit = listed(label for label, unit in units.items() if unit is None)
        partners = self._partners(raw)
        lists = {"regime": set(self.tables.regimes["regime"]), "province": set(self.tables.provinces["province"])}
        outside = " OR ".join(f"({what} <> '' AND {what} NOT IN {listed(sorted(codes))})" for what, codes in lists.items())
        nameless = listed(label for label, unit in units.items() if unit == "")
        garbled = " OR ".join(f"r.{what} IN {listed(self._garbled(raw, what))}" for what in NAMES)
        self.connection.register("partners_read", partners)
        rows = self.connection.execute(
            f"""
            SELECT filename, count(*), count(*) FILTER (WHERE bad OR {outside} OR coalesce({garbled}, false)
                   OR unit IN {no_unit} OR unit_2 IN {no_unit} OR p.code IS NULL AND r.partner <> ''
                   OR (coalesce(quantity, 0) > 0 AND unit IN {nameless})
                   OR (coalesce(quantity_2, 0) > 0 AND unit_2 IN {nameless} AND coalesce(quantity, 0) = 0)),
                   count(DISTINCT length(commodity)), count(*) FILTER (WHERE value = 0), min(r.period), max(r.period),
                   count(*) FILTER (WHERE coalesce(quantity_2, 0) > 0 AND unit_2 IN {nameless}),
                   count(*) - count(DISTINCT hash(r.period, r.partner, commodity, regime, province))
            FROM {_in(raw)} r LEFT JOIN partners_read p ON p.partner = r.partner AND p.partner_name = r.partner_name
                 AND p.period = r.period
            GROUP BY filename
            """
        ).fetchall()
        self.units, self.partners = units, partners
        found: dict[str, Checked | None] = {}
        for path, count, bad, lengths, nothing, first, last, orphans, twice in rows:
            whole = count == self.downloads[path].rows
            if bad or not whole or lengths > 1 or twice or nothing == count or _month(last) > self.release.day[:7]:
                found[path] = None
                continue
            remarks = []
            if count == MOST:
                remarks.append(self._cut(raw, path, _month(first), _month(last)))
            if orphans:
                remarks.append(f"second quantities without a unit: {orphans} left out")
            if nothing:
                remarks.append(f"rows with an amount of 0: {nothing} of {count} left out")
            found[path] = Checked(
                self.downloads[path].name, self.downloads[path].digest, count - nothing, _month(first), _month(last), "",
                tuple(remarks), nothing, path,
            )  # fmt: skip
        return found

    def _unit(self, label: str) -> str | None:
        """The unit that a label means; "" for none, None for one that only `readers.query` can refuse."""
        try:
            text = clean(self._decoded(label))
            return "" if text in query.NOTHING else self.names.unit(text)
        except (InputError, UnicodeDecodeError):
            return None

    def _garbled(self, raw: Path, what: str) -> Iterator[str]:
        """The names of a column that are no text in the encoding of the files; of UTF-8 DuckDB has refused them already."""
        if self.bytes_as == "utf-8":
            return
        for (label,) in self.connection.execute(f"SELECT DISTINCT {what} FROM {_in(raw)} WHERE NOT bad").fetchall():
            try:
                self._decoded(label)
            except UnicodeDecodeError:
                yield label

    def _partners(self, raw: Path) -> pd.DataFrame:
        """The partner of each code and name in each month."""
        asked = f"SELECT DISTINCT period, partner, partner_name FROM {_in(raw)} WHERE partner <> '' AND NOT bad"
        rows = []
        for period, code, label in self.connection.execute(asked).fetchall():
            try:
                found = self.names.partner_of_code(code, self._decoded(label), _month(period))
            except (InputError, UnicodeDecodeError):
                continue
            if found not in {unknown.code for unknown in self.names.unknown.values()}:
                rows.append((period, code, label, found))
        return pd.DataFrame(rows, columns=["period", "partner", "partner_name", "code"], dtype=str)

    def _decoded(self, text: str) -> str:
        return text.encode(self.bytes_as).decode(self.form.encoding)

    def _cut(self, raw: Path, path: str, first: str, last: str) -> str:
        """The remark on a file that the platform has cut."""
        asked = f"SELECT commodity, partner AS code FROM {_in(raw)} WHERE filename = {quoted(path)} AND value > 0"
        return cut(self.tables, self.connection.execute(asked).df(), first, last)

    def _encoded(self, text: str) -> str:
        return text.encode(self.form.encoding.removesuffix("-sig")).decode(self.bytes_as)

    def _mapped(self, raw: Path, paths: list[str]) -> Path:
        """The rows of the good files with our codes of partners and units."""
        to = self.folder / f".mapped-{self.number}.parquet"
        labels = pd.DataFrame([(label, unit or "") for label, unit in self.units.items()], columns=["label", "unit"], dtype=str)
        self.connection.register("units_read", labels)
        day, basis = map(quoted, self.release)
        self.connection.execute(
            f"""
            COPY (
              SELECT substr(r.period, 1, 4) || '-' || substr(r.period, 5, 2) AS period, 'month' AS kind,
                     {quoted(self.form.flow)} AS flow,
                     commodity, coalesce(p.code, '') AS partner, regime, province,
                     {quoted(self.form.currency)} AS currency, value,
                     CAST(NULL AS DOUBLE) AS value_yoy,
                     CASE WHEN quantity > 0 AND u.unit <> '' THEN quantity END AS quantity,
                     CASE WHEN quantity > 0 THEN coalesce(u.unit, '') ELSE '' END AS unit,
                     CASE WHEN quantity_2 > 0 AND v.unit <> '' THEN quantity_2 END AS quantity_2,
                     CASE WHEN quantity_2 > 0 THEN coalesce(v.unit, '') ELSE '' END AS unit_2,
                     CAST(1 AS DOUBLE) AS step, 'revised' AS stage, {day} AS released, {basis} AS released_basis,
                     {quoted(self.form.source)} AS source, {shape_of(self.form.columns)} AS shape, filename
              FROM {_in(raw)} r LEFT JOIN partners_read p ON p.partner = r.partner AND p.partner_name = r.partner_name
                   AND p.period = r.period
                   LEFT JOIN units_read u ON u.label = r.unit LEFT JOIN units_read v ON v.label = r.unit_2
              WHERE value > 0 AND filename IN {listed(paths)}
            ) TO {quoted(str(to))} (FORMAT parquet, COMPRESSION snappy)
            """
        )
        self._keep_names(raw, paths, to.with_suffix(".names"))
        return to

    def _keep_names(self, raw: Path, paths: list[str], to: Path) -> None:
        """The names of goods that these files print, beside the rows."""
        asked = (
            f"SELECT commodity, min(commodity_name) FROM {_in(raw)} WHERE commodity_name <> '' AND filename IN {listed(paths)} "
            "GROUP BY commodity, regexp_full_match(commodity_name, '[ -~]*')"  # an English and a Chinese name
        )
        names = [(code, clean(self._decoded(label))) for code, label in self.connection.execute(asked).fetchall()]
        to.write_text(json.dumps(names), encoding="utf-8")

    def _alone(self, place: int, path: str) -> Staged:
        """Read a download with the reader that says what is wrong."""
        download, digest = self.downloads[path], self.downloads[path].digest
        try:
            readings = read(content_of(download.path), self.tables, flow=download.flow)
        except InputError as refusal:
            return Staged(results=[Checked(download.name, digest, refused=str(refusal))])
        (reading,) = readings
        try:
            rows = rows_of(reading, self.tables, self.release).assign(filename=path)
        except InputError as refusal:
            return Staged(results=[Checked(download.name, digest, refused=str(refusal))])
        to = self.folder / f".mapped-{self.number}-{place}.parquet"
        write_rows(self.connection, rows, to)
        first, last = rows["period"].min(), rows["period"].max()
        codes = self.tables.partner_codes.drop_duplicates("partner", keep="last").set_index("partner")["gacc_code"]
        cut_rows = rows.assign(code=rows["partner"].map(codes))
        remarks = [cut(self.tables, cut_rows, first, last) if each == CUT else each for each in reading.warnings]
        result = Checked(
            download.name, digest, len(rows), first, last, "", tuple(remarks), int(reading.left_out.get("rows", 0)), path
        )
        return self._record([result], to)

    def _record(self, results: list[Checked], rows: Path) -> Staged:
        """Give the rows their final name, then the record that makes them count for a run after this one."""
        key = hashlib.sha256("".join(sorted(result.digest for result in results)).encode()).hexdigest()[:16]
        to, record = self.folder / f"{key}.parquet", rows.with_suffix(".record")
        made = {"release": self.release, "size": rows.stat().st_size, "results": [vars(each) for each in results]}
        record.write_text(json.dumps(made), encoding="utf-8")
        if rows.with_suffix(".names").exists():
            rows.with_suffix(".names").replace(to.with_suffix(".names"))
        rows.replace(to)
        record.replace(to.with_suffix(".json"))
        return Staged([to], results)


def cut(tables: Tables, rows: pd.DataFrame, first: str, last: str) -> str:
    """The remark on a cut file: two slices of about equal rows to ask for, by chapter, else by partner or by heading."""
    codes = {
        "chapters": (rows["commodity"].str[:2], tables.hs["code"].str[:2]),
        "partner codes": (rows["code"].fillna(""), tables.partner_codes["gacc_code"]),
        "headings": (rows["commodity"].str[:4], rows["commodity"].str[:4]),
    }
    for what, (of, known) in codes.items():
        counts = of[of != ""].value_counts().sort_index().cumsum()
        if len(counts) > 1:
            end = (counts.iloc[:-1] - counts.iloc[-1] / 2).abs().idxmin()
            every = sorted({*known, *counts.index})
            slices = ([code for code in every if code <= end], [code for code in every if code > end])
            halves = ", and ".join(each[0] if len(each) == 1 else f"{each[0]}-{each[-1]}" for each in slices)
            return f"{CUT}; ask again for {first if first == last else f'{first} to {last}'} in slices: {what} {halves}"
    return CUT


def rows_of(reading: Reading, tables: Tables, release: Release) -> pd.DataFrame:
    """The rows of a reading of any layout, as they are staged. InputError for what is in no reference list, or yet to come."""
    if reading.unknown:
        raise InputError(f"in no reference list: {', '.join(repr(label.name) for label in reading.unknown[:3])}")
    if outside := set(reading.rows["regime"]) - {"", *tables.regimes["regime"]}:
        raise InputError(f"the customs regime {min(outside)} is not in reference/regimes.csv")
    day, basis = (reading.released, "printed") if reading.released and release.basis != "printed" else release
    if (last := reading.rows["period"].max()) > day[:7]:
        raise InputError(f"{reading.layout}: figures of {last}, a month not over on the release day, {day}")
    return reading.rows.assign(
        released=day, released_basis=basis, source=reading.source, shape=shapes_of(reading.rows), filename=""
    )


def write_rows(connection: Any, rows: pd.DataFrame, to: Path) -> None:
    """Write staged rows as a Parquet file."""
    made = rows.reindex(columns=list(STAGED))
    for name, kind in STAGED.items():
        made[name] = made[name].fillna("").astype(str) if kind == "VARCHAR" else made[name].astype(float)
    connection.register("rows_read", made)
    columns = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in STAGED.items())
    connection.execute(f"COPY (SELECT {columns} FROM rows_read) TO {quoted(str(to))} (FORMAT parquet, COMPRESSION snappy)")
    connection.unregister("rows_read")


def shape_of(columns: Iterable[str]) -> str:
    """What rows with these columns are broken down by, as SQL: '8 partner' for a partner's trade by eight-digit code."""
    return "CAST(length(commodity) AS VARCHAR) || " + quoted("".join(f" {what}" for what in BY if what in {*columns}))


def shapes_of(rows: pd.DataFrame) -> pd.Series:
    """The same of each row of a reading, since a sum may stand beside its parts; of years to date with "ytd"."""
    shapes = rows["commodity"].str.len().astype(str)
    for what in BY:
        shapes += (rows[what] != "").map({True: f" {what}", False: ""})
    return shapes + rows["kind"].map({"month": "", "ytd": " ytd"})


def _in(path: Path) -> str:
    return parquet([path])


def _month(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}"
