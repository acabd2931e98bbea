"""Who is read when, and by whom."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles.events import LogRoot
from tensorboard_candles.store import LocalSource, readers
from tensorboard_candles.store.memory import Memory
from tensorboard_candles.store.readers import Readers
from tensorboard_candles.store.run import Run, RunFile
from tests.support.records import many_scalars, scalar_record, write_run

MEMORY = Memory()
LARGE = many_scalars("loss", [1.0] * 100_000)


def files_of(directory: Path, names: str) -> dict[RunFile, Run]:
    files = {}
    for name in names:
        path = write_run(directory, name, LARGE)
        file = RunFile(path)
        file.measure()
        files[file] = Run(name, MEMORY)
    return files


def test_what_someone_waits_for_is_read_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "MOST_THREADS", 1)
    monkeypatch.setattr(readers, "MOST_BYTES", 1)  # one file at a time
    files = files_of(tmp_path, "abcdef")
    loaded: list[str] = []

    def note() -> None:
        new = [run.name for file, run in files.items() if file.is_loaded and run.name not in loaded]
        loaded.extend(new)
        if loaded == ["a"]:
            reader.hurry([file for file, run in files.items() if run.name == "e"])

    reader = Readers(note, MEMORY)
    reader.want(files)
    assert reader.wait(60)
    assert sorted(loaded) == list("abcdef")
    # b may have been taken already when e was hurried.
    assert loaded.index("e") <= 2


def test_each_file_is_read_by_one_thread_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(readers, "MOST_BYTES", 1)
    files = files_of(tmp_path, "abcdefgh")
    lock = threading.Lock()
    reading: set[Any] = set()
    clashes: list[Any] = []
    read = Readers._read

    def watched(self: Readers, taken: Any, bulk: Any) -> None:
        with lock:
            clashes.extend(reading & taken.keys())
            reading.update(taken)
        read(self, taken, bulk)
        with lock:
            reading.difference_update(taken)

    monkeypatch.setattr(Readers, "_read", watched)
    reader = Readers(lambda: None, MEMORY)
    for _ in range(20):
        reader.want(files)
    assert reader.wait(60)
    assert not clashes
    assert all(len(file.content.columns["loss"]) == 100_000 for file in files)


def test_a_failure_of_the_reader_itself_keeps_nothing_from_being_read_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    files = files_of(tmp_path, "a")
    reader = Readers(lambda: None, MEMORY)
    with monkeypatch.context() as patch:
        patch.setattr(readers, "read_together", lambda *_: 1 / 0)
        reader.want(files)
        assert reader.wait(60)
    assert "ZeroDivisionError" in caplog.text
    reader.want(files)
    assert reader.wait(60)
    assert all(file.is_loaded for file in files)


def read_file(path: Path) -> RunFile:
    file = RunFile(path)
    reader = Readers(lambda: None, MEMORY)
    reader.want({file: Run("a", MEMORY)})
    assert reader.wait(60)
    return file


@pytest.mark.parametrize(("quiet_secs", "pause_secs"), [(0, 0), (200, 10), (10_000, 60)])
def test_a_file_is_looked_at_less_often_the_longer_it_is_quiet(
    tmp_path: Path, quiet_secs: int, pause_secs: int
) -> None:
    path = write_run(tmp_path, "a", scalar_record("loss", step=1, value=1))
    long_ago = time.time() - quiet_secs
    os.utime(path, (long_ago, long_ago))
    file = read_file(path)
    assert file.is_due(100.0, is_watched=False)
    assert file.is_due(100.0 + pause_secs + 1, is_watched=False)
    if pause_secs:
        assert not file.is_due(100.0 + 1.5 * pause_secs, is_watched=False)


def test_a_file_that_someone_looks_at_is_always_due(tmp_path: Path) -> None:
    path = write_run(tmp_path, "a", scalar_record("loss", step=1, value=1))
    os.utime(path, (0, 0))
    file = read_file(path)
    assert all(file.is_due(100.0, is_watched=True) for _ in range(3))


def test_a_quiet_run_that_someone_looks_at_is_followed_at_once(tmp_path: Path) -> None:
    path = write_run(tmp_path, "a", scalar_record("loss", step=1, value=1))
    os.utime(path, (0, 0))
    source = LocalSource([LogRoot(tmp_path)], poll_secs=0.05)
    source.start()
    deadline = time.monotonic() + 30
    while not source.runs() and time.monotonic() < deadline:
        time.sleep(0.01)
    source.run("a")
    with path.open("ab") as file:
        file.write(scalar_record("loss", step=2, value=2))
    os.utime(path, (1, 1))
    while len(source.run("a").series["loss"]) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(source.run("a").series["loss"]) == 2


def test_a_thread_that_can_not_be_started_is_missed_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = files_of(tmp_path, "a")
    reader = Readers(lambda: None, MEMORY)
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", lambda _: _no_thread())
        with pytest.raises(RuntimeError):
            reader.want(files)
    reader.want(files)
    assert reader.wait(60)
    assert all(file.is_loaded for file in files)


def _no_thread() -> None:
    raise RuntimeError("can't start new thread")


def test_who_asks_again_and_again_is_remembered_once(tmp_path: Path) -> None:
    files = files_of(tmp_path, "ab")
    reader = Readers(lambda: None, MEMORY)
    reader._waiting = dict(files)
    for _ in range(100):
        reader.hurry(files)
    assert len(reader._hurried) == 2
