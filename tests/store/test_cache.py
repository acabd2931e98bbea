"""What is kept on disk gives the very answers that reading the event files gives."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles.events import LogRoot
from tensorboard_candles.store import Cache, CacheKeeper, LocalSource, Memory
from tensorboard_candles.store.content import FileContent
from tensorboard_candles.store.scratch import Scratch
from tests.store.reopened import (
    STEADY,
    everything,
    file_of,
    flipped,
    only_cache_file,
    plain,
    read,
    read_and_keep,
    restarted,
    several_files,
)
from tests.support.any_training import any_log, cuts_of, damaged_log, places
from tests.support.records import FILE_NAME, many_scalars, scalar_record, write_run

pytestmark = pytest.mark.usefixtures("small_files_are_kept_too")


def logs_of(logs: Path, **runs: bytes) -> None:
    for run, content in runs.items():
        write_run(logs, run, content)


LOGS: dict[str, Callable[[Path], None]] = {
    "steady": lambda logs: logs_of(logs, a=STEADY),
    "restarted": lambda logs: logs_of(logs, a=restarted()),
    "damaged": lambda logs: logs_of(logs, a=flipped(STEADY, 700) + flipped(STEADY, 400)),
    "torn": lambda logs: logs_of(logs, a=STEADY[:-7]),
    "garbage": lambda logs: logs_of(logs, a=b"\xa5" * 5000),
    "irregular": lambda logs: logs_of(
        logs,
        a=b"".join(
            scalar_record("τ/ü", step=step * step % 71 - 9, wall_time=time, value=step)
            for step, time in enumerate([float("nan"), 0.0, float("inf"), -1.0, *range(70)])
        ),
    ),
    "a run of three files": several_files,
    "a name that is no text": lambda logs: logs_of(logs, **{"\udcff\udc80 \n": STEADY}),
}


@pytest.mark.parametrize("name", LOGS)
def test_reopened_logs_answer_as_if_read(name: str, logs: Path, kept: Cache) -> None:
    LOGS[name](logs)
    read_and_keep(logs, kept)
    assert all(kept.load(path) for path in logs.rglob("*tfevents*"))
    assert everything(read(logs, kept)) == everything(read(logs))


def test_reopened_recorded_logs_answer_as_if_read(recorded_logs: Path, kept: Cache) -> None:
    read_and_keep(recorded_logs, kept)
    paths = [path for path in recorded_logs.rglob("*tfevents*") if path.is_file()]
    assert len(list(kept.of_this_format.iterdir())) == len(paths) > 10
    assert everything(read(recorded_logs, kept)) == everything(read(recorded_logs))


@settings(deadline=None)  # the machine may be busy
@given(st.one_of(any_log, damaged_log), st.lists(places, max_size=3))
def test_what_is_loaded_is_what_was_saved_and_goes_on_as_that_would(
    content: bytes, parts: list[float]
) -> None:
    with TemporaryDirectory() as directory:
        path, kept = Path(directory, FILE_NAME), Cache(Path(directory, "cache"))
        path.touch()
        file = file_of(path)
        for cut in [*cuts_of(content, parts), len(content)]:
            path.write_bytes(content[:cut])
            for window in file.events.read():
                file.add(window)
            saved = file.saved()
            assert saved
            assert kept.save(path, saved)
            loaded = kept.load(path)
            assert loaded
            assert plain(loaded) == plain(saved)
            file.resume(loaded)


def test_a_file_that_could_not_be_taken_over_is_read_from_its_start(
    logs: Path, kept: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)

    def out_of_memory(state: object) -> FileContent:
        raise MemoryError

    with monkeypatch.context() as short:
        short.setattr(FileContent, "of", out_of_memory)
        source = read(logs, kept)
    assert [problem.what for problem in source.problems()] == ["could not be read: MemoryError: "]
    source.refresh()
    assert everything(source) == everything(read(logs))


def test_what_memory_has_no_room_for_is_loaded_to_disk(tmp_path: Path, kept: Cache) -> None:
    path = write_run(tmp_path, "a", many_scalars("loss", [step / 8 for step in range(70_000)]))
    saved = file_of(path).saved()
    assert saved
    assert kept.save(path, saved)
    asked = []

    def scratch_for(points: int) -> Scratch:
        asked.append(points)
        return Scratch(tmp_path)

    loaded = kept.load(path, scratch_for)
    assert loaded
    assert asked == [70_000]
    assert plain(loaded) == plain(saved)
    (columns,) = FileContent.of(loaded.content).columns.values()
    assert 0 < columns.nbytes < 1000


def test_what_was_loaded_to_disk_grows_there(
    logs: Path, tmp_path: Path, kept: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_run(logs, "a", many_scalars("loss", [step / 8 for step in range(70_000)]))
    read_and_keep(logs, kept)
    memory = Memory(1, tmp_path / "scratch")
    source = LocalSource([LogRoot(logs)], keeper=CacheKeeper(kept), memory=memory)
    source.refresh()
    held: list[int] = []
    monkeypatch.setattr(memory, "count", lambda holder, movable_bytes: held.append(movable_bytes))
    with path.open("ab") as file:
        file.write(scalar_record("loss", step=70_000, value=1.0))
    source.refresh()
    assert everything(source) == everything(read(logs))
    assert held
    assert not any(held)


def test_a_file_that_has_grown_is_read_on_from_where_it_ended(logs: Path, kept: Cache) -> None:
    path = write_run(logs, "a", restarted() + STEADY[:-9])
    read_and_keep(logs, kept)
    with path.open("ab") as file:
        file.write(STEADY[-9:] + restarted() + flipped(STEADY, 300))
    loaded = kept.load(path)
    assert loaded
    assert loaded.reached.seen.size < path.stat().st_size
    assert everything(read(logs, kept)) == everything(read(logs))


def test_a_reopened_file_goes_on_growing(logs: Path, kept: Cache) -> None:
    path = write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)
    source = read(logs, kept)
    before = source.run("a")
    for step in range(50, 60):
        with path.open("ab") as file:
            file.write(scalar_record("loss", step=step, value=1.0) + flipped(STEADY, 100))
        source.refresh()
    assert everything(source) == everything(read(logs))
    assert before.series["loss"].step[:].tolist() == list(range(50))


def test_the_cache_can_be_deleted_while_it_is_in_use(logs: Path, kept: Cache) -> None:
    path = write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)
    source = read(logs, kept)
    shutil.rmtree(kept.directory)
    source.refresh()
    assert everything(source) == everything(read(logs))
    read_and_keep(logs, kept)
    assert kept.load(path)


def test_a_directory_that_cannot_be_written_is_told_of_once(
    logs: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "taken").write_text("by a file")
    kept = Cache(tmp_path / "taken")
    write_run(logs, "a", STEADY)
    write_run(logs, "b", STEADY)
    with caplog.at_level(logging.WARNING):
        source = read_and_keep(logs, kept)
    (told,) = caplog.messages
    assert "taken" in told
    assert everything(source) == everything(read(logs))


def test_only_the_user_can_read_what_is_kept(logs: Path, kept: Cache) -> None:
    write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)
    for path in (kept.directory, kept.of_this_format, only_cache_file(kept)):
        assert path.stat().st_mode & 0o077 == 0


def test_a_file_that_has_changed_since_it_was_read_is_not_kept(logs: Path, kept: Cache) -> None:
    path = write_run(logs, "a", STEADY)
    saved = file_of(path).saved()
    assert saved
    with path.open("ab") as file:
        file.write(STEADY)
    assert not kept.save(path, saved)
    assert not kept.of_this_format.exists()


def test_what_would_take_most_of_the_room_on_the_disk_is_not_kept(
    tmp_path: Path, kept: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_run(tmp_path, "a", STEADY)
    saved = file_of(path).saved()
    assert saved
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda directory: usage._replace(free=1000))
    assert not kept.save(path, saved)
    assert list(kept.of_this_format.iterdir()) == []


def test_what_is_being_written_stays_as_it_is_while_the_file_grows(tmp_path: Path) -> None:
    path = write_run(tmp_path, "a", scalar_record("loss", step=3, value=1.0))
    file = file_of(path)
    saved = file.saved()
    assert saved
    before = plain(saved)
    with path.open("ab") as log:
        log.write(restarted() + STEADY)
    for window in file.events.read():
        file.add(window)
    assert plain(saved) == before


PROCESS = """
import sys
from pathlib import Path
from tensorboard_candles.store import Cache, cache_keeper
from tests.store.reopened import everything, read, read_and_keep
cache_keeper.LEAST_FILE_BYTES = 0
logs, kept = Path(sys.argv[1]), Cache(Path(sys.argv[2]))
expected = everything(read(logs))
for turn in range(20):
    assert everything(read_and_keep(logs, kept)) == expected
    kept.path_of(next(logs.rglob("*tfevents*"))).write_bytes(b"damage" * turn)
"""


def test_processes_that_write_one_cache_file_at_once_all_answer_as_if_read(logs: Path, kept: Cache) -> None:
    several_files(logs)
    command = [sys.executable, "-c", PROCESS, str(logs), str(kept.directory)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in running:
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
    assert everything(read(logs, kept)) == everything(read(logs))
