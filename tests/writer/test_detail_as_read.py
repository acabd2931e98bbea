"""Candles that the writer made are read as those of its points: the same numbers, by steps and by epochs."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles import Tracker
from tensorboard_candles.events import LogRoot
from tensorboard_candles.ohlc import Candles, axis_of, candles, has_epochs
from tensorboard_candles.store import LocalSource, RunView
from tests.writer.test_detail import Loop, loops

EXACT = "bucket first_step last_step high low count nonfinite high_step low_step".split()


def read(logdir: Path) -> RunView:
    source = LocalSource([LogRoot(logdir)])
    source.refresh()
    assert source.problem_count() == 0
    (run,) = source.runs()
    return run


def check_read(loop: Loop, candle_steps: int, *, goes_back: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        runs = []
        kinds: dict[str, Any] = {"points": {}, "candles": {"candle_steps": candle_steps}}
        for detail, more in kinds.items():
            loop.run(Path(name, detail), detail=detail, **more)
            runs.append(read(Path(name, detail)))
        points, rows = runs
        assert points.series.keys() == rows.series.keys()
        for tag in points.series:
            for width in (candle_steps, 2 * candle_steps, 7 * candle_steps):
                of_points, of_rows = (
                    candles(run.series[tag], axis_of(run, "steps"), width=width) for run in runs
                )
                _check_equal(of_rows, of_points, goes_back)
            if has_epochs(points):
                of_points, of_rows = (
                    candles(run.series[tag], axis_of(run, "epochs"), width=1) for run in runs
                )
                _check_equal(of_rows, of_points, goes_back)


def _check_equal(found: Candles, expected: Candles, goes_back: bool) -> None:
    for name in EXACT:
        assert np.array_equal(getattr(found, name), getattr(expected, name), equal_nan=True), name
    # Between rows that overlap it is not known which began with a number that is none.
    is_known = expected.nonfinite == 0 if goes_back else np.ones(len(expected), np.bool_)
    for name in ("open", "close"):
        same = np.equal(getattr(found, name), getattr(expected, name)) | (expected.count == 0)
        assert (same | ~is_known).all(), name
    scale = np.nan_to_num(np.maximum(np.abs(expected.high), np.abs(expected.low)))
    for name in ("mean", "std"):
        with np.errstate(invalid="ignore"):
            error = np.abs(getattr(found, name) / 2 - getattr(expected, name) / 2)
        assert ((error <= 1e-9 * scale) | (expected.count == 0)).all(), name
    assert math.isfinite(found.extent[0])


@settings(max_examples=40, deadline=None)
@given(loops(goes_back=False, marks=True), st.sampled_from([1, 10, 1000]))
def test_candles_are_read_as_those_of_the_points(loop: Loop, candle_steps: int) -> None:
    check_read(loop, candle_steps, goes_back=False)


@settings(max_examples=40, deadline=None)
@given(loops(goes_back=True, marks=False), st.sampled_from([1, 10, 1000]))
def test_late_points_are_read_where_they_belong(loop: Loop, candle_steps: int) -> None:
    check_read(loop, candle_steps, goes_back=True)


def test_late_point_at_a_candle_s_last_step_is_its_close(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r", detail="candles", candle_steps=10) as tracker:
        tracker.log({"loss": 1.0}, step=8)
        tracker.log({"loss": 2.0}, step=9)
        tracker.flush()  # a row is written; the next begins before it and ends with it
        tracker.log({"loss": 5.0}, step=3)
        tracker.log({"loss": 7.0}, step=9)
    run = read(tmp_path)
    found = candles(run.series["loss"], axis_of(run, "steps"), width=10)
    assert (found.open.tolist(), found.close.tolist(), found.count.tolist()) == ([5.0], [7.0], [4])


def test_late_row_that_ends_where_an_earlier_one_begins_has_the_close(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r", detail="candles", candle_steps=10) as tracker:
        tracker.log({"loss": 1.0}, step=5)
        tracker.flush()  # a row is written, of step 5 alone; the next begins before it and ends with it
        tracker.log({"loss": 2.0}, step=0)
        tracker.log({"loss": 3.0}, step=5)
    run = read(tmp_path)
    found = candles(run.series["loss"], axis_of(run, "steps"), width=10)
    assert (found.open.tolist(), found.close.tolist(), found.count.tolist()) == ([2.0], [3.0], [3])
