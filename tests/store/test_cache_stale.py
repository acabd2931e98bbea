"""What is kept on disk and no longer true, or damaged, is not believed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tensorboard_candles.store import Cache, cache
from tests.store.reopened import STEADY, everything, flipped, only_cache_file, read, read_and_keep, restarted
from tests.support.records import FILE_NAME, many_scalars, scalar_file, write_run

pytestmark = pytest.mark.usefixtures("small_files_are_kept_too")


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
