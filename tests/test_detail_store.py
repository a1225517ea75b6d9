"""The store of detail data: what was known on each day, the seed, a change that is killed, an address elsewhere, damage."""

from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import hypothesis.strategies as some
import pandas as pd
import psutil
import pytest
from hypothesis import example, given

from customs_report import loading, schema
from customs_report.detail import adding, downloads, names, vintages
from customs_report.detail.connection import connect, parquet
from customs_report.detail.downloads import Release, write_rows
from customs_report.detail.query import known, query
from customs_report.detail.store import INDEX, SEED, SEED_INDEX, Store, bits_of, chapters_of
from customs_report.errors import InputError
from customs_report.schema import DATA, STAGES
from tests import killing
from tests.query_files import download, goods

DAYS = ("2025-02-18", "2025-03-18", "2025-04-18", "2025-05-18")
NEVER = vintages.NEVER
FIGURES = ("value", "quantity", "unit")


class Row(NamedTuple):
    """What differs between the rows of these tests."""

    period: str
    flow: str
    commodity: str
    stage: str
    released: str
    value: int
    quantity: float | None = None
    partner: str = "USA"

    @property
    def key(self) -> tuple[str, ...]:
        return self.period, self.flow, self.commodity, self.partner

    @property
    def figures(self) -> tuple[int, float | None, str]:
        return self.value, self.quantity, "kilograms" if self.quantity else ""


@lru_cache
def duckdb() -> Any:
    """One connection for all that these tests look at themselves."""
    return connect()


def stage(folder: Path, name: str, rows: Sequence[Row]) -> Path:
    """The rows as a reader stages those of a file."""
    common = {
        "kind": "month", "regime": "", "province": "", "currency": "USD", "quantity_2": None, "unit_2": "", "value_yoy": None,
        "step": 1.0, "released_basis": "printed", "source": "gacc-query",
    }  # fmt: skip
    made = pd.DataFrame([
        {**row._asdict(), **common, "unit": row.figures[2], "shape": f"{len(row.commodity)} partner", "filename": name}
        for row in rows
    ])  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    write_rows(duckdb(), made, folder / f"{name}.parquet")
    return folder / f"{name}.parquet"


def add(folder: Path, files: dict[str, Sequence[Row]]) -> vintages.Counts:
    """Merge files into the store of a folder and make them count."""
    mine, staging = Store(folder), folder / ".staging"
    change = vintages.merge(mine, [stage(staging, name, rows) for name, rows in files.items() if rows], staging)
    vintages.commit(mine, change, {name: name for name in files})
    shutil.rmtree(staging, ignore_errors=True)
    return change.counts


def stored(folder: Path, what: str = "*", where: str = "true") -> list[tuple]:
    """The rows of the store that meet a condition, in order."""
    paths = Store(folder).paths()
    asked = f"SELECT {what} FROM {parquet(paths)} WHERE {where}"
    return sorted(duckdb().execute(asked).fetchall(), key=repr) if paths else []


def files_of(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


# --- what was known on a day ------------------------------------------------------------------------------------------------

Model = dict[tuple[str, ...], dict[tuple[str, str], Row]]  # key -> (stage, release day) -> the row added last


def known_by_hand(model: Model, day: str, period: str) -> list[tuple]:
    """Of each figure the newest stage known on a day, of that the newest release; else, before the period, its first release."""
    rows = []
    for vintages_of_one in model.values():
        by_then = [row for row in vintages_of_one.values() if row.released <= day]
        if by_then:
            rows.append(max(by_then, key=lambda row: (STAGES[row.stage], row.released)))
        elif (first := min(vintages_of_one.values(), key=lambda row: (row.released, -STAGES[row.stage]))).period < period:
            rows.append(first)
    return sorted(((*row.key, row.stage, *row.figures) for row in rows), key=repr)


rows = some.builds(
    Row,
    period=some.sampled_from(["2024-12", "2025-01"]),
    flow=some.sampled_from(["export", "import"]),
    commodity=some.sampled_from(["85171300", "85171400", "8517"]),
    stage=some.sampled_from(["bulletin", "revised", "revised", "preliminary"]),
    released=some.sampled_from(DAYS),
    value=some.integers(1, 3),
    quantity=some.sampled_from([None, None, 5.0]),
)
files = some.lists(rows, max_size=6, unique_by=lambda row: (row.key, row.stage, row.released))
A, B = (Row("2025-01", "export", "85171300", "revised", DAYS[0], value) for value in (1, 2))
OTHER = Row("2025-01", "export", "85171400", "revised", DAYS[0], 3)


ALL = "period, flow, commodity, partner, stage, value, quantity, unit"


@given(additions=some.lists(some.lists(files, min_size=1, max_size=2), min_size=1, max_size=4))
@example([[[A]], [[B._replace(released=DAYS[1])]], [[A._replace(released=DAYS[2])]]])  # back to the older value
@example([[[A._replace(released=DAYS[2])]], [[A]]])  # the same from an earlier release
@example([[[A]], [[B._replace(released=DAYS[1]), A._replace(released=DAYS[2])]]])  # two releases at once
@example([[[A._replace(stage="bulletin"), OTHER]], [[OTHER._replace(released=DAYS[1], value=9)]]])  # a bulletin that stays
@example([[[A._replace(stage="bulletin"), B]], [[OTHER]]])  # two stages on one day
@example(
    [[[A._replace(stage="bulletin")]], [[B._replace(released=DAYS[1])]], [[A._replace(stage="bulletin", released=DAYS[2])]]]
)
def test_on_each_day_the_newest_stage_and_release_known_then_counts(additions):
    with TemporaryDirectory() as name:
        folder, model = Path(name), Model()
        for number, addition in enumerate(additions):
            named = {f"{number}-{place}": rows for place, rows in enumerate(addition)}
            add(folder, named)
            for rows in named.values():
                for row in rows:
                    model.setdefault(row.key, {})[row.stage, row.released] = row
        for period in ("2025-01", "2025-02"):
            for day in ("2025-01-01", *DAYS, "2025-12-31"):
                assert stored(folder, ALL, known(day, period)) == known_by_hand(model, day, period)
        assert stored(folder, ALL, known("", "")) == known_by_hand(model, NEVER, "")
        before = stored(folder)
        assert add(folder, {f"again-{place}": rows for place, rows in enumerate(additions[-1])})[:2] == (0, 0)
        assert stored(folder) == before
        parts = Store(folder).parts
        assert len({part.file for part in parts}) == len(parts)
        assert sum(part.rows for part in parts) == len(before)


def test_an_older_value_that_comes_back_is_a_vintage_of_its_own(tmp_path):
    for day, row in zip(DAYS, (A, B, A), strict=False):
        assert add(tmp_path, {day: [row._replace(released=day)]})
    assert stored(tmp_path, "value, released, superseded, is_first") == [
        (1, DAYS[0], DAYS[1], True),
        (1, DAYS[2], NEVER, False),
        (2, DAYS[1], DAYS[2], False),
    ]


def test_an_older_stage_added_late_does_not_supersede_a_newer_one(tmp_path):
    add(tmp_path, {"a": [B]})
    assert add(tmp_path, {"b": [A._replace(stage="bulletin", released=DAYS[1])]}) == (0, 1, 0)
    assert stored(tmp_path, "value, stage, superseded, is_first") == [
        (1, "bulletin", DAYS[1], False),
        (2, "revised", NEVER, True),
    ]


def test_a_file_replaces_the_figures_that_it_has_and_no_others(tmp_path):
    goods = [A._replace(commodity=f"8517{number:04d}") for number in range(8)]
    add(tmp_path, {"first": goods[:5]})
    later = [row._replace(value=9, released=DAYS[1]) for row in goods[3:]]
    assert add(tmp_path, {"second": later}) == (3, 2, 0)
    assert stored(tmp_path, "commodity, value", known("", "")) == [
        (row.commodity, 1 if number < 3 else 9) for number, row in enumerate(goods)
    ]
    assert len(stored(tmp_path)) == 10


def test_of_two_files_of_one_day_the_last_by_name_counts(tmp_path):
    assert add(tmp_path, {"a": [A], "b": [B, OTHER]}) == (2, 0, 1)
    assert stored(tmp_path, "commodity, value") == [(B.commodity, 2), (OTHER.commodity, 3)]


def test_many_small_parts_become_one_and_old_ones_are_removed(tmp_path):
    months = [f"2024-{month:02d}" for month in range(1, 13)]
    made = [A._replace(period=month, commodity=code) for month in months for code in ("85171300", "85171400")]
    for number, row in enumerate(made):
        add(tmp_path, {str(number): [row._replace(value=number + 1)]})
        assert len(Store(tmp_path).parts) <= vintages.MOST_PARTS
    add(tmp_path, {"last": [OTHER]})
    parts = {part.file for part in Store(tmp_path).parts}
    assert files_of(tmp_path) == {*parts, INDEX}
    assert stored(tmp_path, "period, commodity, value", "period < '2025'") == [
        (row.period, row.commodity, number + 1) for number, row in enumerate(made)
    ]
    held = Store(tmp_path).held("export")
    assert held == {"8 partner|USD": dict.fromkeys([*months, "2025-01"], bits_of(["85"]))}


@given(parts=some.lists(some.lists(some.sampled_from(["01", "28", "85", "99", ""]), min_size=1), min_size=1, max_size=3))
def test_chapters_are_told_by_bits(parts):
    bits = 0
    for part in parts:
        bits |= int(bits_of(part), 16)
    assert chapters_of(f"{bits:x}") == sorted({chapter or "00" for part in parts for chapter in part})


# --- the seed ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def seeded(tmp_path: Path) -> Path:
    """A store with the project's seed in it, and nothing else."""
    for name in (SEED, SEED_INDEX):
        shutil.copy(DATA / "detail" / name, tmp_path)
    return tmp_path


def of_seed(folder: Path, name: str, change: str = "", where: str = "true") -> vintages.Counts:
    """Add rows of the seed again, changed in SQL."""
    staging = folder / ".staging"
    staging.mkdir()
    rows = f"SELECT * EXCLUDE (superseded, is_first){f' REPLACE ({change})' if change else ''}, 'x' AS filename"
    duckdb().execute(
        f"COPY ({rows} FROM '{folder / SEED}' WHERE {where}) TO '{staging / 'x.parquet'}' (FORMAT parquet, COMPRESSION snappy)"
    )
    mine = Store(folder)
    change_of = vintages.merge(mine, [staging / "x.parquet"], staging)
    vintages.commit(mine, change_of, {name: name})
    shutil.rmtree(staging)
    return change_of.counts


COPY = "source = 'gacc-query-copy'"  # exports by partner, from 2023 to 2024
LATER, FURTHER = ("2026-08-18", "2026-09-18")


def test_rows_that_equal_the_seeds_leave_it_alone(seeded):
    before = stored(seeded)
    assert of_seed(seeded, "same") == (0, 0, len(before))
    assert of_seed(seeded, "later", f"'{LATER}' AS released") == (0, 0, len(before))
    assert stored(seeded) == before
    assert files_of(seeded) == {SEED, SEED_INDEX, INDEX}
    assert not Store(seeded).index.seed_taken_in
    assert set(Store(seeded).index.downloads) == {"same", "later"}


def test_figures_that_revise_the_seed_take_it_in_once(seeded):
    before, ((day,),) = stored(seeded, "value"), stored(seeded, "DISTINCT max(released)")
    total, some_rows = sum(value for (value,) in before), f"{COPY} AND value % 5 = 0"
    changed = len(stored(seeded, where=some_rows))
    assert 0 < changed < len(before)
    for times, (name, released) in enumerate([("first", LATER), ("second", FURTHER)], 1):
        revision = f"value + {times} AS value, '{released}' AS released"
        assert of_seed(seeded, name, revision, some_rows) == (0, changed, 0)
        assert of_seed(seeded, f"{name} again", revision, some_rows) == (0, 0, changed)
        assert Store(seeded).index.seed_taken_in
        assert len(stored(seeded)) == len(before) + times * changed
        assert stored(seeded, "sum(value)", known("", "")) == [(total + times * changed,)]
        assert stored(seeded, "sum(value)", known(day, "")) == [(total,)]
    assert of_seed(seeded, "as it was", "", some_rows) == (0, 0, changed)
    assert files_of(seeded) >= {SEED, SEED_INDEX}


def test_the_same_figure_from_an_earlier_release_takes_the_seed_in(seeded):
    one = f"{COPY} AND commodity = '{stored(seeded, 'max(commodity)', COPY)[0][0]}' AND period = '2024-01'"
    total, many = stored(seeded, "sum(value)"), len(stored(seeded, where=one))
    assert of_seed(seeded, "earlier", "'2024-02-20' AS released", one) == (0, many, 0)
    assert len(stored(seeded, where=f"({one}) AND {known('2024-03-01', '')}")) == many
    assert stored(seeded, "sum(value)", known("", "")) == total


def test_other_goods_and_months_stand_beside_the_seed(seeded):
    before = stored(seeded)
    assert (
        of_seed(seeded, "other", "substr(commodity, 1, 4) || '9999' AS commodity", f"{COPY} AND length(commodity) = 8").new > 0
    )
    assert not Store(seeded).index.seed_taken_in
    assert set(before) < set(stored(seeded))
    assert (
        of_seed(seeded, "a revision", f"value + 1 AS value, '{LATER}' AS released", f"{COPY} AND period = '2024-01'").revised
        > 0
    )
    assert Store(seeded).index.seed_taken_in
    keys = ", ".join(vintages.KEY)
    assert stored(seeded, f"count(*) - count(DISTINCT ({keys}))", known("", "")) == [(0,)]


# --- killed, read meanwhile -------------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A data folder without the files that downloads do not need."""
    left_out = shutil.ignore_patterns(".*", "detail", "README.md", "claims")
    return Path(shutil.copytree(DATA, tmp_path / "data", ignore=left_out))


def write(folder: Path, **texts: str) -> list[Path]:
    """Files of these names in a folder."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return [folder / f"{name}.csv" for name in texts]


def add_files(folder: Path, paths: Sequence[Path], day: str = "2026-11-25", flow: str = "export", **options) -> adding.Added:
    found, others = adding.downloads_among([(path.name, path, flow) for path in paths])
    assert not others
    return adding.add_downloads(found, folder=folder, release=Release(day, "retrieved"), **options)


def test_a_killed_addition_loses_nothing(small, tmp_path, deep):
    """Killed before every so many steps: the old or the new rows, whole; the next run completes it and leaves nothing behind."""
    first, *second = write(
        tmp_path / "files",
        first=download(goods([100, 200, 300])),
        another=download(goods([111], partner="110", partner_name="中国香港")),
        odd=download(goods([100, 200], period="202501", commodity_name='a "quoted" name')),
        revised=download(goods([100, 220, 300, 400])),
    )
    add_files(small, [first], flow="import")
    (tmp_path / "scratch").mkdir()
    command = [sys.executable, killing.__file__, small, tmp_path / "scratch", "1" if deep else "11", *second]
    paths = os.pathsep.join([str(Path(schema.__file__).parents[1]), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(command, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    found = json.loads(done.stdout)
    assert found["before"]
    assert not deep or (found["after"] and found["before"] + found["after"] == found["steps"] + 30)


def test_whoever_reads_meanwhile_sees_one_state_whole(small, tmp_path):
    """While five revisions follow each other, every sum that is read is that of one of them, and none of an older one."""
    detail, sums, stop = small / "detail", [], threading.Event()

    def read() -> None:
        connection = connect()
        while not stop.is_set():
            if paths := Store(detail).paths():
                (found,) = connection.execute(
                    f"SELECT sum(value), count(*) FROM {parquet(paths)} WHERE {known('', '')}"
                ).fetchall()
                sums.append(found)

    reader = threading.Thread(target=read)
    reader.start()
    days = [f"2026-11-{day}" for day in range(10, 15)]
    for number, day in enumerate(days):
        (path,) = write(tmp_path / "files", **{day: download(goods([1_000 + number] * 50))})
        add_files(small, [path], day)
    stop.set()
    reader.join()
    assert {count for _, count in sums} == {50}
    assert sums == sorted(sums)
    assert {value for value, _ in sums} <= {50 * (1_000 + number) for number in range(5)}
    assert len({*sums}) > 1


def test_what_a_run_that_was_cut_short_has_read_is_not_read_again(small, tmp_path, monkeypatch):
    paths = write(tmp_path / "files", **{f"f{n}": download(goods([n + 1, n + 2], period=f"2024{n + 1:02d}")) for n in range(4)})
    found, _ = adding.downloads_among([(path.name, path, "export") for path in paths])
    ready, release = [*map(downloads.examined, found)], Release("2026-11-25", "retrieved")
    tables, staging = loading.read_printed(small), tmp_path / "staging"
    first = downloads.stage(ready[:3], tables, release, staging, print)
    again = downloads.stage(ready[:3], tables, release, staging, print)
    assert (again.files, again.results) == (first.files, first.results)
    read = []
    monkeypatch.setattr(downloads._Batch, "read", lambda batch: read.extend(sorted(batch.downloads)) or [])
    downloads.stage(ready[:3], tables, release, staging, print)
    assert read == []
    for change in ("release", "flow", "record", "rows"):  # what is not the same any more is read again
        kept = Path(shutil.copytree(staging, tmp_path / change))
        other, asked = release, ready[:3]
        if change == "release":
            other = Release("2026-11-24", "printed")
        elif change == "flow":
            asked = [downloads.examined(replace(download, flow="import")) for download in found[:3]]
        else:
            (file,) = kept.glob("*.json" if change == "record" else "*.parquet")
            file.write_bytes(file.read_bytes()[:-1])
        downloads.stage(asked, tables, other, kept, print)
        assert read == sorted(map(str, paths[:3])), change
        assert files_of(kept) == set()
        read.clear()


def test_a_dry_run_leaves_nothing_behind(small, tmp_path):
    paths, before = write(tmp_path / "files", a=download(goods([1, 2]))), files_of(small)
    added = add_files(small, paths, dry_run=True)
    assert (added.counts, added.written) == ((2, 0, 0), False)
    assert files_of(small) - {".lock"} == before
    assert add_files(small, paths, "2026-11-26", flow="import").written
    assert stored(small / "detail", "flow, released") == [("import", "2026-11-26")] * 2


def test_the_same_file_as_the_other_flow_is_another_file(small, tmp_path):
    paths = write(tmp_path / "files", a=download(goods([1, 2])))
    assert add_files(small, paths, flow="export").counts == (2, 0, 0)
    assert add_files(small, paths, flow="export").known == 1
    assert add_files(small, paths, flow="import").counts == (2, 0, 0)
    assert len(stored(small / "detail")) == 4


def test_the_same_file_under_two_names_counts_once(small, tmp_path):
    text = download(goods([1, 2]))
    added = add_files(small, write(tmp_path / "files", a=text, b=text))
    assert (added.counts, added.known, len(added.results)) == ((2, 0, 0), 1, 1)


# --- other places -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["d'Or", "a [1] *?", "year=2020", "{b}", "数据", "~x", 'q"uote', "per%20cent"])
def test_a_folder_may_have_any_name(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    add(folder, {"a": [A, OTHER]})
    add(folder, {"b": [B._replace(released=DAYS[1])]})
    assert stored(folder, "commodity, value, period", known("", "")) == [
        (A.commodity, 2, "2025-01"),
        (OTHER.commodity, 3, "2025-01"),
    ]


def test_the_store_may_be_on_another_disk_than_the_staged_rows(tmp_path, monkeypatch):
    def elsewhere(*names) -> None:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))

    monkeypatch.setattr(os, "rename", elsewhere)
    real = os.replace
    monkeypatch.setattr(os, "replace", lambda a, b: elsewhere() if Path(a).parent != Path(b).parent else real(a, b))
    add(tmp_path, {"a": [A, OTHER]})
    monkeypatch.undo()
    assert len(stored(tmp_path)) == 2
    assert files_of(tmp_path) == {INDEX, Store(tmp_path).parts[0].file}


@pytest.fixture
def bucket(monkeypatch) -> Iterator[str]:
    """The address of a folder in a bucket of a server that speaks S3."""
    moto, s3fs = pytest.importorskip("moto.server"), pytest.importorskip("s3fs")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    access = {"AWS_ACCESS_KEY_ID": "me", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in {**access, "AWS_ENDPOINT_URL": "http://{}:{}".format(*server.get_host_and_port())}.items():
        monkeypatch.setenv(name, value)
    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().mkdir("bucket")
    yield "s3://bucket/detail"
    s3fs.S3FileSystem().rm("bucket", recursive=True)
    server.stop()
    s3fs.S3FileSystem.clear_instance_cache()


def test_the_store_may_be_at_a_remote_address(small, tmp_path, monkeypatch, bucket):
    monkeypatch.setenv("CUSTOMS_REPORT_DETAIL", bucket)
    texts = [download(goods([100, 200, 300])), download(goods([100, 210])), download(goods([7], period="202403"))]
    first, second, third = write(tmp_path / "files", first=texts[0], second=texts[1], third=texts[2])
    assert add_files(small, [first], "2026-11-20").counts == (3, 0, 0)
    assert add_files(small, [second, third], "2026-11-21").counts == (1, 1, 1)
    assert add_files(small, [first, second, third], "2026-11-22").known == 3
    assert not files_of(small) & {"detail/index.json", "detail/names.json"}
    asked = "SELECT period, count(*) AS goods, sum(value)::BIGINT AS value FROM detail GROUP BY period ORDER BY period"
    tables = loading.read_printed(small)
    assert query(tables, "2024-03", asked).values.tolist() == [["2024-01", 3, 610], ["2024-03", 1, 7]]
    earlier = replace(tables, detail_day="2026-11-20")
    assert query(earlier, "2024-03", asked).values.tolist() == [["2024-01", 3, 600]]
    assert names.names_of_codes(tables, ["85000001"], names.CHINESE) == ["良品 1"]
    place = Store(bucket).place
    left = set(place.names())
    assert left >= {part.file for part in Store(bucket).parts}
    (fourth,) = write(tmp_path / "files", fourth=download(goods([100, 220])))
    add_files(small, [fourth], "2026-11-23")
    assert query(loading.read_printed(small), "2024-03", asked).values.tolist() == [["2024-01", 3, 620], ["2024-03", 1, 7]]
    assert not left <= set(place.names())  # what no index names any more is gone


def test_a_remote_address_that_does_not_answer_is_told_in_one_line(small, monkeypatch, bucket):
    with pytest.raises(InputError, match=r"s3://nowhere/detail cannot be changed: .*bucket") as refusal:
        Store("s3://nowhere/detail").place.write(INDEX, b"{}")
    assert "\n" not in str(refusal.value)
    with pytest.raises(InputError, match=r"nothing://here cannot be opened: .*nothing"):
        Store("nothing://here")


# --- damage -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [b"", b"{", b"\0" * 40, b"\xff\xfe", b"[]", b"null", b"{}", b'{"parts": [{}]}', b'{"parts": 5, "downloads": {}}',
     b'{"parts": [], "downloads": 1, "seed_taken_in": false}', b'{"parts": ["x"], "downloads": {}, "seed_taken_in": false}', b"[" * 100_000],
)  # fmt: skip
@pytest.mark.parametrize("name", [INDEX, SEED_INDEX])
def test_a_damaged_index_is_told_in_one_line(tmp_path, damage, name):
    (tmp_path / name).write_bytes(damage)
    with pytest.raises(
        InputError, match=rf"{name} is damaged \(.*; (remove it and add the downloads again|it comes with)"
    ) as found:
        Store(tmp_path).parts  # noqa: B018
    assert "\n" not in str(found.value)


@pytest.mark.parametrize("damage", ["gone", "empty", "cut", "zeroed"])
def test_a_damaged_part_is_told_in_one_line_when_asked_and_when_added_to(small, tmp_path, damage):
    first, second = write(tmp_path / "files", a=download(goods([1_000, 2_000])), b=download(goods([1_001, 2_002])))
    add_files(small, [first])
    (part,) = Store(small / "detail").parts
    path = small / "detail" / part.file
    content = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes({"empty": b"", "cut": content[: len(content) // 2], "zeroed": bytes(len(content))}[damage])
    with pytest.raises(InputError, match=r"the detail data in .* cannot be read: ") as found:
        query(loading.read_printed(small), "2024-03", "SELECT sum(value) FROM detail")
    assert "\n" not in str(found.value)
    with pytest.raises(InputError, match=r"the data in .* cannot be changed: ") as found:
        add_files(small, [second])
    assert "\n" not in str(found.value)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    assert add_files(small, [second]).counts == (0, 2, 0)


# --- memory -----------------------------------------------------------------------------------------------------------------

ADDING = """
import sys
from pathlib import Path
from customs_report.detail import adding
from customs_report.detail.downloads import Release
folder, files = Path(sys.argv[1]), sorted(Path(sys.argv[2]).iterdir())
found, _ = adding.downloads_among([(path.name, path, "export") for path in files])
print(adding.add_downloads(found, folder=folder, release=Release("2026-11-25", "retrieved")).counts.new)
"""


def peak(process: subprocess.Popen) -> int:
    """The most memory that a process takes, looked at until it ends."""
    most, seen = 0, psutil.Process(process.pid)
    while process.poll() is None:
        with suppress(psutil.Error):
            most = max(most, seen.memory_info().rss)
        time.sleep(0.01)
    return most


@pytest.mark.deep
def test_the_memory_of_adding_does_not_grow_with_the_number_of_files(small, tmp_path):
    peaks = {}
    for rows in (200_000, 1_000_000):
        folder, many = tmp_path / str(rows), rows // 8_000
        folder.mkdir()
        for number in range(many):
            period = f"20{20 + number % 5}{1 + number // 5 % 12:02d}"
            some_goods = goods([1_000 + place for place in range(8_000)], period=period)
            for place, row in enumerate(some_goods):
                row["commodity"] = f"{10_000_000 + number // 60 * 8_000 + place}"
            (folder / f"{number}.csv").write_text(download(some_goods), encoding="gb18030")
        data = Path(shutil.copytree(small, tmp_path / f"data-{rows}"))
        bounded = os.environ | {"CUSTOMS_REPORT_MEMORY": "200MB"}  # so that a million rows do not fit into it either
        command = [sys.executable, "-c", ADDING, data, folder]
        process = subprocess.Popen(command, env=bounded, stdout=subprocess.PIPE, text=True)
        peaks[rows] = peak(process)
        assert process.communicate()[0] == f"{rows}\n"
        shutil.rmtree(folder)
    assert peaks[1_000_000] < 1.5 * peaks[200_000], peaks
