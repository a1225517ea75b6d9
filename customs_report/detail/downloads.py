"""Read downloads of customs' query platform by the thousand, with every check of `readers.query`.

DuckDB reads files of one header together and marks each row that is not exactly as the platform writes it. A file with such a
row, or of another form (semicolons, UTF-16, a spreadsheet), is read by `readers.query` alone, which names the row and what is
wrong with it, or reads it after all. So both ways accept the same files and give the same rows.

Bytes are read as ISO-8859-1, which changes none of the separators of GB18030 or UTF-8; only names and units have other
letters, and of these each text is decoded once.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from csv import reader as csv_reader
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from customs_report.detail.connection import connect, listed, quoted
from customs_report.detail.vintages import SYNTHETIC
from customs_report.errors import InputError
from customs_report.readers import Names, query, read
from customs_report.readers.documents import clean, content_of
from customs_report.readers.query import HEADINGS, MOST
from customs_report.readers.reading import Reading, word
from customs_report.schema import DETAIL
from customs_report.tables import Tables

BATCH = 2**28  # bytes of downloads that are read together
FIRST_BYTES = 4096
ENCODINGS = ("utf-8-sig", "gb18030")
PERIOD = "(20[0-9][0-9]|199[0-9])(0[1-9]|1[0-2])"
AMOUNT = "[0-9]{1,3}(,[0-9]{3}){1,5}|[0-9]{1,16}"
QUANTITY = r"[0-9]{1,16}(\.[0-9]+)?"
BY = ("partner", "regime", "province")
STAGED = {column.name: "DOUBLE" if column.number else "VARCHAR" for column in DETAIL.columns[:-2]}
STAGED |= {"value": "BIGINT", "filename": "VARCHAR"}
SOURCE = "gacc-query"
TEXT = ("period", "partner", "partner_name", "commodity", "regime", "province", "quantity", "unit", "quantity_2", "unit_2")
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
    line_end: str
    flow: str

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
    line_end: str
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


@dataclass
class Staged:
    """Parquet files with the rows that were read, and the result for each download."""

    files: list[Path] = field(default_factory=list)
    results: list[Checked] = field(default_factory=list)


def recognised(name: str, path: Path, flow: str) -> Download | None:
    """A file as a download of the platform, by its first line; None for anything else."""
    try:
        if not path.is_file():  # a pipe would be waited for
            return None
        with path.open("rb") as file:
            start = file.read(FIRST_BYTES)
    except OSError:
        return None
    line, end, _ = start.partition(b"\n")
    for encoding in ENCODINGS if end else ():
        try:
            header = next(csv_reader([line.decode(encoding).rstrip("\r")]), [])
        except (UnicodeDecodeError, StopIteration):
            continue
        known = [HEADINGS.get(word(text), ("", ""))[0] for text in header]
        if header and not header[-1].strip():
            known[-1] = "nothing"
        currency = [what for what in known if what in ("CNY", "USD")]
        if len(currency) == 1 and "period" in known and all(known) and len(set(known)) == len(known):
            line_end = "\\r\\n" if line.endswith(b"\r") else "\\n"
            return Download(name, path, path.stat().st_size, tuple(known), currency[0], encoding, line_end, flow)
    return None


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stage(
    downloads: Sequence[Download], tables: Tables, release: Release, folder: Path, progress: Callable[[int], None]
) -> Staged:
    """Read downloads into Parquet files in a folder, each row checked; a refused download leaves none.

    What a run before this one has read already is taken from the folder, so that one that was cut short goes on.
    """
    folder.mkdir(parents=True, exist_ok=True)
    staged, done = Staged(), _read_before(folder)
    wanted = {digest_of(download.path): download for download in downloads}
    for entry, results in done:
        kept = [result for result in results if result.digest in wanted]
        if len(kept) == len(results):
            staged.files.append(entry)
            staged.results += [replace(result, name=wanted[result.digest].name) for result in kept]
            progress(sum(wanted.pop(result.digest).size for result in kept))
        else:
            entry.unlink()
            entry.with_suffix(".json").unlink(missing_ok=True)
    connection = connect(spill=folder / ".spill")
    for number, batch in enumerate(_batches(wanted)):
        for part in _Batch(connection, batch, tables, release, folder, number).read():
            staged.files += part.files
            staged.results += part.results
        progress(sum(download.size for _, download in batch))
    connection.close()
    return staged


def _read_before(folder: Path) -> Iterator[tuple[Path, list[Checked]]]:
    for record in sorted(folder.glob("*.json")):
        entry = record.with_suffix(".parquet")
        if entry.exists():
            results = [Checked(**{**each, "remarks": tuple(each["remarks"])}) for each in json.loads(record.read_bytes())]
            yield entry, results


def _batches(wanted: dict[str, Download]) -> Iterator[list[tuple[str, Download]]]:
    """Downloads of one form, together up to the size of a batch."""
    ordered = sorted(wanted.items(), key=lambda each: (_form(each[1]), each[1].name))
    for _, group in groupby(ordered, key=lambda each: _form(each[1])):
        batch, size = [], 0
        for each in group:
            if batch and size + each[1].size > BATCH:
                yield batch
                batch, size = [], 0
            batch.append(each)
            size += each[1].size
        yield batch


def _form(download: Download) -> Form:
    return Form(download.columns, download.currency, download.encoding, download.line_end, download.flow, download.source)


class _Batch:
    """Downloads of one form that are read together."""

    def __init__(
        self, connection: Any, batch: list[tuple[str, Download]], tables: Tables, release: Release, folder: Path, number: int
    ) -> None:
        self.connection, self.tables, self.release, self.folder, self.number = connection, tables, release, folder, number
        self.digests = {str(download.path): digest for digest, download in batch}
        self.downloads = {str(download.path): download for _, download in batch}
        self.form = _form(batch[0][1])
        self.bytes_as = "utf-8" if self.form.encoding == "utf-8-sig" else "latin-1"
        self.names = Names.of(tables, self.form.flow)

    def read(self) -> Iterator[Staged]:
        """The rows of all that are as the platform writes them, in one file; every other download by itself."""
        raw = self.folder / f".raw-{self.number}.parquet"
        odd = self._read_raw([*self.downloads], raw)
        results = self._checked(raw) if raw.exists() else {}
        odd += [path for path, result in results.items() if result is None]
        good = {path: result for path, result in results.items() if result is not None}
        if good:
            yield self._record("all", [*good.values()], self._mapped(raw, [*good]))
        raw.unlink(missing_ok=True)
        for place, path in enumerate(odd):
            yield self._alone(place, path)

    def _read_raw(self, paths: list[str], to: Path) -> list[str]:
        """Read files as they are, with a mark for rows that are not as they should be; returns those that DuckDB cannot."""
        import duckdb

        if not self.form.flow:
            return paths
        try:
            self.connection.execute(f"COPY ({self._select(paths)}) TO {quoted(str(to))} (FORMAT parquet, COMPRESSION snappy)")
            return []
        except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
            logger.info("not as the platform writes it, read one by one: %s", str(error).partition("\n")[0])
            to.unlink(missing_ok=True)
        if len(paths) == 1:
            return paths
        odd, parts = [], []
        for half in (paths[: len(paths) // 2], paths[len(paths) // 2 :]):
            parts.append(to.with_name(f"{to.stem}-{len(half)}-{len(parts)}.parquet"))
            odd += self._read_raw(half, parts[-1])
        found = [str(part) for part in parts if part.exists()]
        if found:
            self.connection.execute(f"COPY (FROM read_parquet({list(found)})) TO {quoted(str(to))} (FORMAT parquet)")
        for part in parts:
            part.unlink(missing_ok=True)
        return odd

    def _select(self, paths: list[str]) -> str:
        have = self.form.columns
        columns = ", ".join(f"{quoted(f'c{i}')}: 'VARCHAR'" for i in range(len(have)))
        source = (
            f"read_csv({[*paths]}, auto_detect=false, header=false, skip=1, delim=',', quote='\"', escape='\"', "
            f"columns={{{columns}}}, encoding='{self.bytes_as}', new_line='{self.form.line_end}', filename=true, strict_mode=true)"
        )
        cell = {what: f"c{i}" for i, what in enumerate(have)}
        text = {what: f"trim({cell[what]})" if what in cell else "''" for what in (*TEXT, "commodity_name")}
        amount = f"trim({cell[self.form.currency]})"
        bad = [
            f"NOT regexp_full_match({text['period']}, '{PERIOD}')",
            f"NOT regexp_full_match({amount}, '{AMOUNT}')",
        ]
        patterns = {"partner": "[0-9]{3}", "commodity": "([0-9]{2}){1,4}", "regime": "[0-9]{2}", "province": "[0-9]{2}"}
        bad += [f"NOT regexp_full_match({cell[what]}, '{pattern}')" for what, pattern in patterns.items() if what in cell]
        bad += [f"coalesce({cell['nothing']}, '') <> ''"] if "nothing" in cell else []
        figures = []
        for what in ("quantity", "quantity_2"):
            none = f"{text[what]} IN {listed(map(self._encoded, query.NOTHING))}"
            bad.append(f"NOT ({none} OR regexp_full_match({text[what]}, '{QUANTITY}'))")
            figures.append(f"CASE WHEN {none} THEN NULL ELSE TRY_CAST({text[what]} AS DOUBLE) END AS {what}")
        figures.append(f"TRY_CAST(replace({amount}, ',', '') AS BIGINT) AS value")
        kept = [f"{text[what]} AS {what}" for what in (*TEXT, "commodity_name") if not what.startswith("quantity")]
        return f"SELECT filename, {', '.join(kept + figures)}, coalesce({' OR '.join(bad)}, true) AS bad FROM {source}"

    def _checked(self, raw: Path) -> dict[str, Checked | None]:
        """The result for each file; None for one that has to be read alone."""
        known = self.connection.execute(f"SELECT DISTINCT unit FROM {_in(raw)} UNION SELECT DISTINCT unit_2 FROM {_in(raw)}")
        units = {label: self._unit(label) for (label,) in known.fetchall()}
        no_unit = listed(label for label, unit in units.items() if unit is None)
        partners = self._partners(raw)
        lists = {"regime": set(self.tables.regimes["regime"]), "province": set(self.tables.provinces["province"])}
        outside = " OR ".join(f"({what} <> '' AND {what} NOT IN {listed(sorted(codes))})" for what, codes in lists.items())
        nameless = listed(label for label, unit in units.items() if unit == "")
        self.connection.register("partners_read", partners)
        rows = self.connection.execute(
            f"""
            SELECT filename, count(*), count(*) FILTER (WHERE bad OR {outside}
                   OR unit IN {no_unit} OR unit_2 IN {no_unit} OR p.code IS NULL AND r.partner <> ''
                   OR (coalesce(quantity, 0) > 0 AND unit IN {nameless})
                   OR (coalesce(quantity_2, 0) > 0 AND unit_2 IN {nameless} AND quantity IS NULL)),
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
            if bad or lengths > 1 or twice or nothing == count or _month(last) > self.release.day[:7]:
                found[path] = None
                continue
            remarks = []
            if count == MOST:
                remarks.append(f"exactly {MOST:,} rows: the platform cuts its files there without a mark")
            if orphans:
                remarks.append(f"second quantities without a unit: {orphans} left out")
            if nothing:
                remarks.append(f"rows with an amount of 0: {nothing} of {count} left out")
            found[path] = Checked(
                self.downloads[path].name, self.digests[path], count - nothing, _month(first), _month(last), "",
                tuple(remarks), nothing,
            )  # fmt: skip
        return found

    def _unit(self, label: str) -> str | None:
        """The unit that a label means; "" for none, None for one that only `readers.query` can refuse."""
        text = clean(self._decoded(label))
        if text in query.NOTHING:
            return ""
        try:
            return self.names.unit(text)
        except InputError:
            return None

    def _partners(self, raw: Path) -> pd.DataFrame:
        """The partner of each code and name in each month."""
        asked = f"SELECT DISTINCT period, partner, partner_name FROM {_in(raw)} WHERE partner <> '' AND NOT bad"
        rows = []
        for period, code, label in self.connection.execute(asked).fetchall():
            try:
                found = self.names.partner_of_code(code, self._decoded(label), _month(period))
            except InputError:
                continue
            if not self.names.unknown:
                rows.append((period, code, label, found))
            self.names.unknown.clear()
        return pd.DataFrame(rows, columns=["period", "partner", "partner_name", "code"], dtype=str)

    def _decoded(self, text: str) -> str:
        return text.encode(self.bytes_as).decode(self.form.encoding, errors="replace")

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
        self._keep_names(raw)
        return to

    def _keep_names(self, raw: Path) -> None:
        """The names of goods that these files print, beside the rows."""
        if "commodity_name" not in self.form.columns or "commodity" not in self.form.columns:
            return
        asked = f"SELECT commodity, min(commodity_name) FROM {_in(raw)} WHERE NOT bad GROUP BY commodity"
        names = {code: clean(self._decoded(label)) for code, label in self.connection.execute(asked).fetchall()}
        (self.folder / f"names-{self.number}.names").write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")

    def _alone(self, place: int, path: str) -> Staged:
        """Read a download with the reader that says what is wrong."""
        download, digest = self.downloads[path], self.digests[path]
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
        result = Checked(
            download.name, digest, len(rows), rows["period"].min(), rows["period"].max(), "", reading.warnings,
            int(reading.left_out.get("rows", 0)),
        )  # fmt: skip
        return self._record(str(place), [result], to)

    def _record(self, name: str, results: list[Checked], rows: Path) -> Staged:
        """Give the rows their final name, then the record that makes them count for a run after this one."""
        key = hashlib.sha256("".join(sorted(result.digest for result in results)).encode()).hexdigest()[:16]
        to = self.folder / f"{key}.parquet"
        rows.replace(to)
        to.with_suffix(".json").write_text(json.dumps([vars(result) for result in results]), encoding="utf-8")
        return Staged([to], results)


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
    """The same of the rows of a reading; of years to date with "ytd"."""
    by = "".join(f" {what}" for what in BY if (rows[what] != "").any())
    return rows["commodity"].str.len().astype(str) + by + rows["kind"].map({"month": "", "ytd": " ytd"})


def _in(path: Path) -> str:
    return f"read_parquet({quoted(str(path))})"


def _month(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}"
