"""Columns grow where they are, in memory or on disk, and what was seen of them stays as it was."""

from __future__ import annotations

import errno
import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.api.backend import cache_keeper
from tensorboard_candles.events import Points
from tensorboard_candles.store import scratch as scratch_module
from tensorboard_candles.store.column import Column
from tensorboard_candles.store.columns import PointColumns, merged
from tensorboard_candles.store.scratch import Extent, Scratch

MOVE = "move"
HISTORIES = st.lists(st.just(MOVE) | st.just("trim") | st.integers(0, 300), min_size=1, max_size=12)


@given(HISTORIES)
def test_values_and_earlier_views_stay_whatever_happens_to_a_column(history: list[str | int]) -> None:
    scratch, column, values = Scratch(), Column(np.empty(0, np.float32)), np.empty(0, np.float32)
    views = []
    for event in history:
        if event == MOVE:
            column.move_to(scratch)
        elif event == "trim":
            column.trim()
        else:
            added = np.arange(len(values), len(values) + int(event), dtype=np.float32)
            column.extend(added)
            values = np.append(values, added)
        views.append((column.view(), len(values)))
    for view, length in views:
        assert np.array_equal(view, values[:length])


def test_a_column_that_was_moved_takes_no_memory_and_grows_on_disk(tmp_path: Path) -> None:
    column = Column(np.arange(1000))
    column.move_to(Scratch(tmp_path))
    assert column.nbytes == 0
    for _ in range(20):
        column.extend(np.arange(1000))
        assert column.nbytes == 0
    assert column.view().tolist() == list(range(1000)) * 21


def test_nothing_is_left_in_the_directory(tmp_path: Path) -> None:
    column = Column(np.arange(100_000))
    column.move_to(Scratch(tmp_path / "new"))
    assert column.view()[99_999] == 99_999
    assert list((tmp_path / "new").iterdir()) == []


def open_files_in(directory: Path) -> int:
    links = []
    for number in os.listdir("/proc/self/fd"):
        with suppress(FileNotFoundError):  # that of the listing itself
            links.append(os.readlink(f"/proc/self/fd/{number}"))
    return sum(link.startswith(str(directory)) for link in links)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="open files are seen on Linux only")
def test_a_large_array_that_no_one_looks_at_any_more_gives_its_room_on_disk_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch_module, "_MOST_FILE_BYTES", 1 << 20)
    column = Column(np.zeros(1 << 18))
    column.move_to(Scratch(tmp_path))
    view = column.view()
    del column
    assert open_files_in(tmp_path) > 0
    assert not view.any()
    del view
    assert open_files_in(tmp_path) == 0


def full_disk(*arguments: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_where_there_is_no_room_on_disk_a_column_stays_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(os, "posix_fallocate", full_disk)
    scratch = Scratch(tmp_path)
    columns = [Column(np.arange(1000)) for _ in range(3)]
    for column in columns:
        column.move_to(scratch)
        column.extend(np.arange(1000))
        assert column.view().tolist() == list(range(1000)) * 2
        assert column.nbytes > 0
    assert scratch.is_full
    assert scratch.problem == "No space left on device"
    assert len(caplog.records) == 1


def test_once_there_is_room_again_columns_move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch, column = Scratch(tmp_path), Column(np.arange(1000))
    with monkeypatch.context() as patch:
        patch.setattr(os, "posix_fallocate", full_disk)
        column.move_to(scratch)
    column.move_to(scratch)
    assert column.nbytes > 0
    later = time.monotonic() + 60
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert not scratch.is_full
    column.move_to(scratch)
    assert (column.nbytes, scratch.problem) == (0, None)


def test_a_disk_that_becomes_full_sends_a_column_back_to_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = Scratch(tmp_path)
    column = Column(np.arange(1000))
    column.move_to(scratch)
    before = column.view()
    monkeypatch.setattr(Extent, "write", full_disk)
    column.extend(np.arange(10))
    assert column.view().tolist() == [*range(1000), *range(10)]
    assert before.tolist() == list(range(1000))
    assert column.nbytes > 0


def test_a_file_system_that_reserves_nothing_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*arguments: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "posix_fallocate", unsupported)
    column = Column(np.arange(100_000))
    column.move_to(Scratch(tmp_path))
    assert column.nbytes == 0
    assert column.view()[-1] == 99_999


def test_a_directory_that_can_not_be_made_is_no_room(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    scratch = Scratch(tmp_path / "file" / "below")
    column = Column(np.arange(10))
    column.move_to(scratch)
    assert column.nbytes > 0
    assert scratch.problem == "Not a directory"


def test_a_mapped_array_takes_no_memory_and_grows_into_a_copy(tmp_path: Path) -> None:
    np.arange(10).tofile(tmp_path / "kept")
    column = Column(np.memmap(tmp_path / "kept", np.int64, "r")[2:])
    assert column.nbytes == 0
    column.extend(np.array([7]))
    assert column.view().tolist() == [*range(2, 10), 7]


def test_threads_write_to_one_file_each_its_own_column(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path)
    columns = [Column(np.array([number])) for number in range(8)]

    def grow(number: int) -> None:
        columns[number].move_to(scratch)
        for _ in range(200):
            columns[number].extend(np.full(17, number))

    threads = [threading.Thread(target=grow, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, column in enumerate(columns):
        assert column.nbytes == 0
        assert column.view().tolist() == [number] * (1 + 200 * 17)


@pytest.mark.parametrize("on_disk", [False, True])
@pytest.mark.parametrize("rows", [0, 100, 900])
def test_what_a_restart_leaves_of_columns_keeps_no_more_alive_than_twice_that(
    tmp_path: Path, rows: int, on_disk: bool
) -> None:
    columns = PointColumns(Points(np.arange(1000), np.arange(1000.0), np.arange(1000.0)))
    if on_disk:
        columns.move_to(Scratch(tmp_path))
    kept = columns.before_step(rows)
    points = kept.points()
    assert points.step.tolist() == points.value.tolist() == points.wall_time.tolist() == [*range(rows)]
    assert kept.movable_bytes == (0 if on_disk else 16 * rows)
    alive = points.value if points.value.base is None else points.value.base
    assert on_disk or alive.nbytes <= 16 * rows


STEPS = st.lists(st.integers(0, 9), max_size=30)
VALUE_TYPES = st.sampled_from([np.float32, np.float64])


@given(st.lists(st.tuples(STEPS, VALUE_TYPES), max_size=5), st.booleans())
def test_merged_points_are_in_the_order_of_their_steps_and_arrival(
    pieces: list[tuple[list[int], type[np.floating[npt.NBitBase]]]], on_disk: bool
) -> None:
    arrived = [(step, float(number)) for number, step in enumerate(s for steps, _ in pieces for s in steps)]
    columns, begin = [], 0
    for steps, dtype in pieces:
        number = np.arange(begin, begin := begin + len(steps), dtype=np.float64)
        columns.append(PointColumns(Points(np.array(steps, np.int64), number + 0.5, number.astype(dtype))))
    found = merged(columns, Scratch() if on_disk else None)
    points = found.points()
    assert list(zip(points.step.tolist(), points.value.tolist(), strict=True)) == sorted(arrived)
    assert points.wall_time.tolist() == [value + 0.5 for value in points.value.tolist()]
    assert (found.movable_bytes == 0) or not on_disk or not arrived
    assert points.value.dtype == (np.float64 if any(d == np.float64 and s for s, d in pieces) else np.float32)


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="users of POSIX")
def test_columns_and_cache_do_without_a_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", "~")
    monkeypatch.setattr(os, "getuid", lambda: 54321)  # no user that the system knows
    column = Column(np.arange(1000))
    column.move_to(Scratch())
    assert (column.nbytes, column.view().tolist()) == (0, list(range(1000)))
    cache_keeper("")
