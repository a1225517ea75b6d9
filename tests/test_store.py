"""A change of the data folder happens completely or not at all, whenever it is interrupted."""

import multiprocessing
import os
import threading
from pathlib import Path

import pytest

from customs_report import store
from customs_report.errors import InputError

OLD, NEW = {"a.csv": "a old\n", "b/c.csv": "c old\n"}, {"a.csv": "a new\n", "b/c.csv": "c new\n", "d.csv": "d new\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in OLD.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return tmp_path


def content(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text() for p in folder.rglob("*.csv")}


def change(folder: Path) -> None:
    with store.write_lock(folder):
        store.write(folder, NEW)


def killed_at(step: int, folder: Path) -> None:
    """Run the change and die, as by SIGKILL, at the given file system call."""
    calls = 0

    def counted(real):
        def call(*args, **kwargs):
            nonlocal calls
            calls += 1
            if calls == step:
                os._exit(9)
            return real(*args, **kwargs)

        return call

    os.fsync = counted(os.fsync)
    Path.rename = counted(Path.rename)
    Path.replace = counted(Path.replace)
    change(folder)


def test_a_change_replaces_all_files(folder):
    change(folder)
    assert content(folder) == NEW
    assert not (folder / store.COMMIT).exists()
    assert not (folder / store.STAGED).exists()


@pytest.mark.parametrize("step", range(1, 12))
def test_a_killed_change_is_all_or_nothing_for_the_next_reader(folder, step):
    process = multiprocessing.get_context("fork").Process(target=killed_at, args=(step, folder))
    process.start()
    process.join()
    with store.read_lock(folder):
        assert {k: v for k, v in content(folder).items() if not k.startswith(".")} in (OLD, NEW)
    change(folder)
    assert content(folder) == NEW


def test_a_full_disk_leaves_the_data_as_they_were(folder, monkeypatch):
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="No space"):
        change(folder)
    monkeypatch.undo()
    assert not (folder / store.STAGED).exists()
    with store.read_lock(folder):
        assert {k: v for k, v in content(folder).items() if not k.startswith(".")} == OLD


@pytest.mark.parametrize("step", [5, 7, 9])
def test_half_a_change_is_never_read_where_it_cannot_be_finished(folder, step, monkeypatch):
    process = multiprocessing.get_context("fork").Process(target=killed_at, args=(step, folder))
    process.start()
    process.join()
    assert (folder / store.COMMIT).exists()
    monkeypatch.setattr(store, "LOCK", "missing/lock")
    with pytest.raises(InputError, match="a change was cut short"), store.read_lock(folder):
        pass


def test_a_change_while_reading_without_a_lock_is_noticed(folder, monkeypatch):
    monkeypatch.setattr(store, "LOCK", "missing/lock")

    def change_elsewhere(folder: Path) -> None:
        monkeypatch.undo()
        change(folder)
        raise ValueError("half old, half new")

    with pytest.raises(InputError, match="are being changed"), store.read_lock(folder):
        change_elsewhere(folder)


def test_readers_read_together_and_a_writer_waits_for_them(folder):
    context = multiprocessing.get_context("spawn")
    writer, other = context.Process(target=change, args=(folder,)), context.Process(target=read, args=(folder,))
    with store.read_lock(folder):
        other.start()
        other.join(20)
        assert other.exitcode == 0
        writer.start()
        writer.join(1)
        assert writer.is_alive()
        read(folder)  # again, though a writer waits
    writer.join(20)
    assert content(folder) == NEW


def read(folder: Path) -> None:
    with store.read_lock(folder):
        assert {k: v for k, v in content(folder).items() if not k.startswith(".")} == OLD


def test_threads_wait_for_each_other(folder):
    writer = threading.Thread(target=change, args=(folder,))
    with store.read_lock(folder):
        writer.start()
        writer.join(0.2)
        assert writer.is_alive()
        read(folder)
    writer.join(10)
    assert content(folder) == NEW


def append(folder: Path, line: str) -> None:
    with store.write_lock(folder):
        store.write(folder, {"a.csv": (folder / "a.csv").read_text() + line})


def test_of_changes_at_once_none_is_lost(folder):
    context = multiprocessing.get_context("fork")
    processes = [context.Process(target=append, args=(folder, f"{n}\n")) for n in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert sorted((folder / "a.csv").read_text().splitlines()[1:]) == [str(n) for n in range(8)]


def test_a_folder_that_cannot_be_locked_can_still_be_read(folder, monkeypatch):
    monkeypatch.setattr(store, "LOCK", "missing/lock")
    with store.read_lock(folder):
        assert content(folder) == OLD
