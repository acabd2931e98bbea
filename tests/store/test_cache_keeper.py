"""When what was read is kept on disk, and when it is deleted again."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tensorboard_candles.events import LogRoot
from tensorboard_candles.store import Cache, CacheKeeper, LocalSource, cache_file
from tensorboard_candles.store.cache_keeper import LEAST_FILE_BYTES
from tensorboard_candles.store.cache_sweep import forget_gone, shrink
from tests.support.records import many_scalars, scalar_file, write_run

LARGE = many_scalars("loss", [0.5] * 8000)
assert len(LARGE) > LEAST_FILE_BYTES
HOUR = 3600.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_run(tmp_path / "logs", "a", LARGE)


def written(secs_ago: float, path: Path) -> Path:
    os.utime(path, (time.time() - secs_ago,) * 2)
    return path


def append(path: Path, content: bytes) -> None:
    with path.open("ab") as file:
        file.write(content)


class Reader:
    """A process that reads a log directory, look by look."""

    def __init__(self, logs: Path, kept: Cache) -> None:
        self.keeper = CacheKeeper(kept, quiet_secs=10.0)
        self.source = LocalSource([LogRoot(logs)], keeper=self.keeper)

    def look(self) -> None:
        self.source.refresh()
        self.keeper.keep(self.source._files())
        self.keeper.wait()


@pytest.fixture
def reader(path: Path, kept: Cache) -> Reader:
    return Reader(path.parent.parent, kept)


def size_kept(kept: Cache, path: Path) -> int:
    """How large the file was when it was kept; 0 where it is not."""
    saved = kept.load(path)
    return saved.reached.seen.size if saved else 0


def test_a_file_is_kept_once_it_has_been_quiet(path: Path, kept: Cache, reader: Reader) -> None:
    reader.look()
    assert size_kept(kept, path) == 0
    written(9.0 * HOUR, path)
    reader.look()
    assert size_kept(kept, path) == len(LARGE)


def test_a_file_of_the_future_is_quiet_when_nothing_new_was_read_of_it_for_long(
    path: Path, kept: Cache, reader: Reader
) -> None:
    written(-HOUR, path)
    reader.look()
    assert size_kept(kept, path) == 0
    (file,) = reader.source._files()
    file.changed_at -= 11.0
    reader.look()
    assert size_kept(kept, path) == len(LARGE)


def test_small_files_are_not_kept(tmp_path: Path, kept: Cache) -> None:
    written(HOUR, write_run(tmp_path / "logs", "a", scalar_file("loss", [1.0] * 99)))
    Reader(tmp_path / "logs", kept).look()
    assert not kept.directory.exists()


def test_a_file_that_has_grown_a_little_is_kept_again_when_it_has_been_quiet_for_long(
    path: Path, kept: Cache, reader: Reader
) -> None:
    written(HOUR, path)
    reader.look()
    append(path, LARGE[:5000])
    written(60.0, path)
    reader.look()
    assert size_kept(kept, path) == len(LARGE)
    written(HOUR, path)
    reader.look()
    assert size_kept(kept, path) == len(LARGE) + 5000


def test_a_file_that_has_grown_much_is_kept_again(path: Path, kept: Cache, reader: Reader) -> None:
    written(HOUR, path)
    reader.look()
    append(path, LARGE)
    written(60.0, path)
    reader.look()
    assert size_kept(kept, path) == 2 * len(LARGE)


def test_a_file_that_was_replaced_by_a_smaller_one_is_kept_again(
    path: Path, kept: Cache, reader: Reader
) -> None:
    append(path, LARGE)
    written(HOUR, path)
    reader.look()
    path.unlink()
    written(60.0, write_run(path.parent.parent, "a", LARGE))
    reader.look()
    assert size_kept(kept, path) == len(LARGE)


def test_a_file_that_could_not_be_read_to_its_end_is_not_kept(
    path: Path, kept: Cache, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(HOUR, path)
    reader.look()
    shutil.rmtree(kept.directory)
    path.unlink()
    path.mkdir()
    reader.look()
    assert not kept.directory.exists()


def test_a_file_that_cannot_be_kept_is_not_tried_again_before_it_changes(
    path: Path, kept: Cache, reader: Reader
) -> None:
    written(HOUR, path)
    reader.source.refresh()
    append(path, LARGE)
    reader.keeper.keep(reader.source._files())
    reader.keeper.wait()
    assert not kept.directory.exists()
    (file,) = reader.source._files()
    assert file.kept == file.events.seen
    written(HOUR, path)
    reader.look()
    assert size_kept(kept, path) == 2 * len(LARGE)


def test_after_a_disk_was_full_for_a_moment_files_are_kept_again(
    path: Path,
    kept: Cache,
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    tried = []

    def full_disk(*arguments: object) -> None:
        tried.append(arguments)
        raise OSError(errno.ENOSPC, "No space left on device")

    written(HOUR, path)
    now = time.monotonic()
    with monkeypatch.context() as full:
        full.setattr(cache_file, "write", full_disk)
        for minutes in (0, 1, 10):
            full.setattr(time, "monotonic", lambda minutes=minutes: now + 60 * minutes)
            reader.look()
    assert (len(tried), len(caplog.records)) == (2, 1)
    monkeypatch.setattr(time, "monotonic", lambda: now + 20 * 60)
    reader.look()
    assert size_kept(kept, path) == len(LARGE)


def in_time(function: Callable[[], object]) -> bool:
    """Whether a call comes back."""
    thread = threading.Thread(target=function, daemon=True)
    thread.start()
    thread.join(20)
    return not thread.is_alive()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")
def test_a_pipe_in_the_place_of_a_cache_file_is_not_waited_for(path: Path, kept: Cache) -> None:
    kept.of_this_format.mkdir(parents=True)
    os.mkfifo(kept.path_of(path))
    assert in_time(lambda: kept.load(path))
    assert in_time(lambda: forget_gone(kept.of_this_format))


def keep_all(logs: Path, kept: Cache) -> None:
    for path in logs.rglob("events*"):
        written(HOUR, path)
    Reader(logs, kept).look()


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path, kept: Cache) -> None:
    paths = [write_run(tmp_path / "logs", run, LARGE) for run in "abc"]
    keep_all(tmp_path / "logs", kept)
    sizes = []
    for age, path in enumerate(paths, 1):
        written(age * HOUR, kept.path_of(path))
        sizes.append(kept.path_of(path).stat().st_size)
    # Being loaded is use.
    assert kept.load(paths[2])
    shrink(kept.directory, sizes[0] + sizes[2])
    assert [kept.path_of(path).exists() for path in paths] == [True, False, True]
    shrink(kept.directory, 0)
    assert [kept.path_of(path).exists() for path in paths] == [False, False, False]


def test_what_other_versions_kept_counts_too(tmp_path: Path, kept: Cache, path: Path) -> None:
    keep_all(path.parent.parent, kept)
    other = kept.directory / "v0" / kept.path_of(path).name
    other.parent.mkdir()
    other.write_bytes(bytes(1000))
    written(HOUR, other)
    shrink(kept.directory, kept.path_of(path).stat().st_size)
    assert not other.exists()
    assert kept.load(path)


def test_files_that_were_begun_and_given_up_are_deleted(kept: Cache, path: Path) -> None:
    keep_all(path.parent.parent, kept)
    stored = kept.path_of(path)
    begun, given_up = (
        Path(tempfile.mkstemp(cache_file.TEMPORARY, stored.stem, stored.parent)[1]) for _ in range(2)
    )
    for temporary in (begun, given_up):
        temporary.write_bytes(b"half of it")
    written(2 * HOUR, given_up)
    shrink(kept.directory)
    assert begun.exists()
    assert not given_up.exists()
    assert kept.load(path)


def test_what_is_no_cache_file_stays(kept: Cache, path: Path) -> None:
    keep_all(path.parent.parent, kept)
    names = ["thesis.pdf", "thesis.candles", "thesis.tmp", "video/thesis.tmp"]
    others = [directory / name for directory in (kept.directory, kept.of_this_format) for name in names]
    for other in others:
        other.parent.mkdir(exist_ok=True)
        other.write_bytes(bytes(1000))
        written(1000 * HOUR, other)
    shrink(kept.directory, 0)
    assert all(other.exists() for other in others)


def test_cache_files_of_event_files_that_are_no_more_are_deleted(tmp_path: Path, kept: Cache) -> None:
    paths = [write_run(tmp_path / "logs", run, LARGE) for run in "abc"]
    keep_all(tmp_path / "logs", kept)
    paths[0].unlink()
    shutil.rmtree(paths[1].parent)
    forget_gone(kept.of_this_format)
    assert [kept.path_of(path).exists() for path in paths] == [False, False, True]


def test_the_keeper_itself_keeps_within_bounds(tmp_path: Path, kept: Cache) -> None:
    logs = tmp_path / "logs"
    gone = write_run(logs, "a", LARGE)
    keep_all(logs, kept)
    shutil.rmtree(gone.parent)
    path = written(HOUR, write_run(logs, "b", LARGE))
    reader = Reader(logs, kept)
    reader.look()
    assert [kept.path_of(one).exists() for one in (gone, path)] == [False, True]
    append(path, LARGE)
    written(HOUR, path)
    reader.keeper = CacheKeeper(kept, most_bytes=1000)
    reader.look()
    assert list(kept.of_this_format.iterdir()) == []
