"""What is kept on disk gives the very answers that reading the event files gives."""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles.events import LogRoot, Points
from tensorboard_candles.store import Cache, CacheKeeper, LocalSource, Memory, cache
from tensorboard_candles.store.content import FileContent
from tensorboard_candles.store.run import RunFile, Saved
from tensorboard_candles.store.scratch import Scratch
from tests.support.any_training import any_log, cuts_of, damaged_log, places
from tests.support.records import (
    FILE_NAME,
    description_record,
    many_scalars,
    scalar_file,
    scalar_record,
    start_record,
    version_record,
    write_run,
)

pytestmark = pytest.mark.usefixtures("small_files_are_kept_too")


def read(logs: Path, kept: Cache | None = None) -> LocalSource:
    """The log directory as a process finds it that begins now."""
    keeper = CacheKeeper(kept, quiet_secs=0) if kept else None
    source = LocalSource([LogRoot(logs)], poll_secs=None, keeper=keeper)
    source.refresh()
    return source


def read_and_keep(logs: Path, kept: Cache) -> LocalSource:
    """The same, until all is written that is to be kept."""
    source = LocalSource([LogRoot(logs)], poll_secs=None, keeper=CacheKeeper(kept, quiet_secs=0))
    source.start()
    assert source._thread
    source._thread.join(60)
    return source


def everything(source: LocalSource) -> Any:
    """Each answer to the last bit."""
    runs = {
        run.name: (
            repr((run.start_time, run.end_time)),
            bits(run.epoch_marks),
            {tag: bits(Points(one.step[:], one.wall_time, one.value)) for tag, one in run.series.items()},
            run.said,
            run.arguments,
        )
        for run in source.runs()
    }
    return runs, source.problems(), source.problem_count(), source.loading()


def bits(points: Points) -> Any:
    return points.step.tolist(), points.wall_time.tobytes(), points.value.dtype, points.value.tobytes()


def only_file(logs: Path) -> Path:
    (path,) = (path for path in logs.rglob("*tfevents*") if path.is_file())
    return path


def only_cache_file(kept: Cache) -> Path:
    (path,) = kept.of_this_format.iterdir()
    return path


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def restarted() -> bytes:
    steps = [scalar_record("loss", step=step, value=step / 8) for step in range(9)]
    again = [start_record(5, wall_time=1.7e9 + 9), scalar_record("loss", step=5, value=9.0)]
    again.append(description_record({"loss": {"unit": "nats"}}))
    return b"".join([version_record(), *steps, *again, *steps[2:4]])


STEADY = scalar_file("loss", [step / 8 for step in range(50)])


def logs_of(logs: Path, **runs: bytes) -> None:
    for run, content in runs.items():
        write_run(logs, run, content)


def several_files(logs: Path) -> None:
    """One training, started again, with two ranks."""
    for number, (first_step, began) in enumerate([(0, 0.0), (30, 500.0), (30, 500.5)]):
        records = [
            scalar_record("loss", step=step, wall_time=1.7e9 + began + step, value=step + number / 4)
            for step in range(first_step, first_step + 40)
        ]
        write_run(logs, "a", b"".join(records), name=f"{FILE_NAME}.{number}")


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


def file_of(path: Path) -> RunFile:
    file = RunFile(path)
    for window in file.events.read():
        file.add(window)
    file.finish(None)
    return file


def plain(saved: Saved) -> Any:
    """All that there is to know of a file."""
    states = {tag: astuple(state) for tag, state in saved.content.columns.items()}
    starts = saved.content.starts
    return (
        saved.reached,
        {
            tag: [(x.dtype, x.shape, x.tobytes()) if isinstance(x, np.ndarray) else x for x in state]
            for tag, state in states.items()
        },
        (starts.step.tolist(), starts.wall_time.tolist()),
        saved.content.first_wall_time,
    )


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


def changed_in_place(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"loss", b"last"))
    os.utime(path, (1.8e9, 1.8e9))


def cut_short(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def replaced_by_another(path: Path) -> None:
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.with_name("new").write_bytes(path.read_bytes().replace(b"loss", b"last"))
    os.replace(path.with_name("new"), path)
    os.utime(path, ns=times)


def other_head_at_the_same_time(path: Path) -> None:
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(path.read_bytes().replace(b"loss", b"last"))
    os.utime(path, ns=times)


def written_over_by_a_longer_one(path: Path) -> None:
    path.write_bytes(scalar_file("loss", [2.0] * 300))


def touched(path: Path) -> None:
    os.utime(path, (1.8e9, 1.8e9))


@pytest.mark.parametrize(
    "change",
    [
        changed_in_place,
        cut_short,
        replaced_by_another,
        other_head_at_the_same_time,
        written_over_by_a_longer_one,
        touched,
    ],
)
def test_what_is_stale_is_deleted_and_read_again(
    change: Callable[[Path], None], logs: Path, kept: Cache
) -> None:
    path = write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)
    change(path)
    source = read(logs, kept)
    assert list(kept.of_this_format.iterdir()) == []
    assert everything(source) == everything(read(logs))
    read_and_keep(logs, kept)
    assert kept.load(path)


def test_a_file_of_the_same_beginning_and_another_end_is_not_read_on(logs: Path, kept: Cache) -> None:
    path = write_run(logs, "a", many_scalars("loss", [1.0] * 10_000))
    read_and_keep(logs, kept)
    path.write_bytes(many_scalars("loss", [1.0] * 9_000 + [2.0] * 3_000))
    assert everything(read(logs, kept)) == everything(read(logs))


def test_each_flipped_byte_of_a_cache_file_has_the_event_file_read_again(logs: Path, kept: Cache) -> None:
    path = write_run(logs, "a", restarted())
    read_and_keep(logs, kept)
    stored = only_cache_file(kept)
    content = stored.read_bytes()
    for place in range(len(content)):
        stored.write_bytes(flipped(content, place))
        assert kept.load(path) is None
        assert not stored.exists()
    expected = everything(read(logs))
    for place in range(0, len(content), 97):
        stored.write_bytes(flipped(content, place))
        assert everything(read(logs, kept)) == expected


def test_a_cache_file_of_any_other_length_has_the_event_file_read_again(logs: Path, kept: Cache) -> None:
    path = write_run(logs, "a", restarted())
    read_and_keep(logs, kept)
    stored = only_cache_file(kept)
    content = stored.read_bytes()
    for length in range(len(content)):
        stored.write_bytes(content[:length])
        assert kept.load(path) is None
        assert not stored.exists()
    expected = everything(read(logs))
    for other in (b"", content[: len(content) // 2], content + b"\0", b"\xff" * 5000):
        stored.write_bytes(other)
        assert everything(read(logs, kept)) == expected


def test_a_cache_file_of_another_event_file_is_not_believed(logs: Path, kept: Cache) -> None:
    path = write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)
    other = path.with_name("linked." + FILE_NAME)
    os.link(path, other)
    shutil.copy(kept.path_of(path), kept.path_of(other))
    assert kept.load(other) is None
    assert kept.load(path)


def test_what_another_version_of_the_format_kept_is_neither_read_nor_deleted(
    logs: Path, kept: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)
    stored = only_cache_file(kept)
    monkeypatch.setattr(cache, "FORMAT", cache.FORMAT + 1)
    assert kept.load(path) is None
    assert everything(read_and_keep(logs, kept)) == everything(read(logs))
    assert stored.exists()
    assert kept.load(path)


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
from tests.store.test_cache import everything, read, read_and_keep
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
