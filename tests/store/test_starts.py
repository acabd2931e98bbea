"""Sessions that start, many of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles.events import LogRoot, Points, SessionStart
from tensorboard_candles.store import LocalSource
from tensorboard_candles.store.starts import Starts
from tests.store.counting import calls_in
from tests.support.records import scalar_record, start_record, version_record, write_run

GRID = st.integers(0, 6)
SESSIONS = st.lists(st.builds(SessionStart, GRID, GRID.map(float) | st.just(float("nan"))), max_size=8)
EARLY, LATE = "events.out.tfevents.1", "events.out.tfevents.2"


def is_void(step: int, wall_time: float, starts: list[SessionStart]) -> bool:
    return any(wall_time < start.wall_time and step >= start.step for start in starts)


@settings(deadline=None)  # the machine may be busy
@given(SESSIONS, SESSIONS)
def test_starts_that_are_left_out_void_nothing_that_the_others_do_not(
    first: list[SessionStart], second: list[SessionStart]
) -> None:
    reduced = Starts.none().plus(first).plus(second)
    left = [
        SessionStart(step, wall_time)
        for step, wall_time in zip(reduced.step.tolist(), reduced.wall_time.tolist(), strict=True)
    ]
    for step in range(8):
        for wall_time in range(8):
            assert is_void(step, wall_time, left) == is_void(step, wall_time, first + second)
    assert np.all(np.diff(reduced.step) > 0)
    assert np.all(np.diff(reduced.wall_time) > 0)


def points(first: int, end: int) -> bytes:
    return b"".join(scalar_record("loss", step=step, value=float(step)) for step in range(first, end))


def test_starts_one_upon_the_other_do_not_copy_the_points_before_them_each_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_run(tmp_path, "a", version_record() + points(0, 1000))
    source = LocalSource([LogRoot(tmp_path)])
    source.refresh()
    copied = 0
    where = Points.where

    def counting_where(self: Points, keep: Any) -> Points:
        nonlocal copied
        copied += len(self)
        return where(self, keep)

    monkeypatch.setattr(Points, "where", counting_where)
    with path.open("ab") as file:
        for again in range(500):
            file.write(start_record(999 - again // 10, wall_time=1.8e9 + again) + points(999, 1000))
    source.refresh()
    assert source.run("a").series["loss"].step.tolist() == [*range(950), 999]
    assert copied < 3 * (1000 + 500)


@pytest.mark.parametrize("step_of", [lambda n: 900, lambda n: 2000 - n], ids=["same step", "further back"])
def test_the_starts_of_one_file_are_little_work_for_another_however_many(
    tmp_path: Path, step_of: Any
) -> None:
    work = {}
    for count in (10, 1000):
        logdir = tmp_path / str(count)
        write_run(logdir, "a", version_record() + points(0, 1000), name=EARLY)
        starts = [start_record(step_of(n), wall_time=1.8e9 + n) for n in range(count)]
        write_run(logdir, "a", version_record(1.8e9) + b"".join(starts), name=LATE)
        source = LocalSource([LogRoot(logdir)])
        source.refresh()
        work[count] = calls_in(partial(source.run, "a"))
        lowest = min(1000, *(step_of(n) for n in range(count)))
        assert source.run("a").series["loss"].step.tolist() == list(range(lowest))
    assert work[1000] < 2 * work[10]
