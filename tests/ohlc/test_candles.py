from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.api.answer import to_list
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.ohlc import (
    Axis,
    Candles,
    EpochAxis,
    EpochStarts,
    SecondsAxis,
    StepAxis,
    candles,
    volume_of,
)
from tensorboard_candles.store import Series
from tests.ohlc.naive import candle_rows

EXACT = (
    "bucket first_step last_step open high low close count nonfinite high_step low_step start_time end_time"
).split()
values = st.one_of(
    st.floats(-1e6, 1e6, width=32), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, -0.0, 3e38, 1e-30])
)


@st.composite
def any_series(draw: Callable[..., Any]) -> Series:
    value = draw(st.lists(values, min_size=1, max_size=40))
    step = sorted(draw(st.lists(st.integers(-60, 60), min_size=len(value), max_size=len(value))))
    time = draw(st.lists(st.integers(0, 4000), min_size=len(value), max_size=len(value)))
    return series_of(value, step=step, wall_time=[1.7e9 + one / 8 for one in time])


def series_of(
    value: list[float], *, step: list[int] | None = None, wall_time: list[float] | None = None
) -> Series:
    steps = np.arange(len(value)) if step is None else np.array(step, np.int64)
    times = np.array(steps + 1.7e9 if wall_time is None else wall_time, np.float64)
    return Series("run", "loss", steps, times, np.array(value, np.float32))


def axes(series: Series) -> list[Axis]:
    # Epochs that go back, as after a badly logged restart, and times that are not in the order of steps.
    starts = EpochStarts(np.array([-20, 0, 7, 30]), np.array([0, 1, 0, 3]), 60)
    return [StepAxis(), EpochAxis(starts), SecondsAxis(float(series.wall_time.min()))]


def check(found: Candles, rows: list[dict[str, float]]) -> None:
    for name in EXACT:
        assert to_list(getattr(found, name)) == [row[name] for row in rows], name
    for index, row in enumerate(rows):
        largest = 0.0 if row["high"] is None else max(abs(row["high"]), abs(row["low"]))
        for name in ("mean", "std"):
            got = getattr(found, name)[index]
            assert math.isnan(got) if row[name] is None else abs(got - row[name]) <= 1e-13 * largest


@given(any_series(), st.sampled_from([1, 2, 3, 10, 1000]))
def test_every_column_equals_a_loop_over_points(series: Series, width: int) -> None:
    for axis in axes(series):
        check(candles(series, axis, width=width, limit=10_000), candle_rows(series, axis, width))


@given(any_series(), st.sampled_from([1, 3, 10]), st.integers(-70, 70), st.integers(1, 50))
def test_a_window_holds_the_same_candles_as_the_whole(
    series: Series, width: int, start: int, span: int
) -> None:
    for axis in axes(series):
        found = candles(series, axis, width=width, start=start, end=start + span)
        rows = candle_rows(series, axis, width)
        overlapping = [
            row
            for row in rows
            if row["bucket"] * width < start + span and (row["bucket"] + 1) * width > start
        ]
        check(found, overlapping)


@given(any_series(), st.integers(1, 30))
def test_the_automatic_width_is_the_smallest_of_its_kind_that_keeps_to_the_limit(
    series: Series, limit: int
) -> None:
    if limit == 1 and series.step[0] < 0 <= series.step[-1]:
        with pytest.raises(BadRequest, match="no width gives at most 1 candles"):
            candles(series, StepAxis(), limit=limit)
        return
    chosen = candles(series, StepAxis(), limit=limit)
    assert len(chosen) <= limit
    ladder = [digit * 10**exponent for exponent in range(4) for digit in (1, 2, 5)]
    assert chosen.width in ladder
    for narrower in ladder[: ladder.index(int(chosen.width))]:
        assert len(candle_rows(series, StepAxis(), narrower)) > limit


@given(any_series(), st.integers(1, 30), st.integers(-70, 70), st.integers(1, 50))
def test_an_automatic_width_keeps_to_the_limit_in_a_window(
    series: Series, limit: int, start: int, span: int
) -> None:
    for axis in axes(series):
        try:
            found = candles(series, axis, limit=limit, start=start, end=start + span)
        except BadRequest:
            assert limit == 1
            continue
        assert len(found) <= limit


def test_automatic_seconds_go_below_one_second() -> None:
    times = [1.7e9 + index / 1024 for index in range(4096)]
    found = candles(series_of([0.0] * 4096, wall_time=times), SecondsAxis(1.7e9), limit=1000)
    assert found.width == 0.005
    assert len(found) == 800


def test_a_given_width_that_makes_too_many_candles_is_refused() -> None:
    with pytest.raises(BadRequest, match="width 1 gives 50 candles, more than the limit of 10"):
        candles(series_of([0.0] * 50), StepAxis(), width=1, limit=10)


def test_a_window_without_points_has_no_candles() -> None:
    found = candles(series_of([1.0, 2.0]), StepAxis(), start=100, end=200)
    assert len(found) == 0
    assert len(volume_of(found, StepAxis(), None)) == 0


def test_mean_and_deviation_neither_overflow_nor_vanish() -> None:
    for scale in (1e300, 1e-300, 1.0):
        value = np.array([1.0, -1.0, 1.5, -1.5]) * scale
        series = Series("run", "loss", np.arange(4), np.arange(4.0), value)
        found = candles(series, StepAxis(), width=4)
        assert found.mean[0] == 0.0
        assert found.std[0] == pytest.approx(math.sqrt(1.625) * scale, rel=1e-15)


def test_small_noise_on_a_large_level_keeps_its_deviation() -> None:
    value = 1e9 + np.tile([0.0, 1e-3], 500_000)
    series = Series("run", "loss", np.arange(len(value)), np.arange(float(len(value))), value)
    exact = float(np.std(value[:2] - value[0]))
    assert candles(series, StepAxis(), width=10**6).std[0] == pytest.approx(exact, rel=1e-9)


def test_volume_is_the_mean_of_its_tag_in_each_candle_and_nothing_where_it_has_no_point() -> None:
    price = series_of([1.0, 2.0, 3.0, 4.0, 5.0])
    volume = series_of([2.0, 4.0, math.nan, 7.0], step=[0, 1, 1, 4])
    found = candles(price, StepAxis(), width=2)
    assert to_list(volume_of(found, StepAxis(), volume)) == [3.0, None, 7.0]


def test_volume_by_count_is_every_point_finite_or_not() -> None:
    found = candles(series_of([1.0, math.nan, 3.0]), StepAxis(), width=2)
    assert volume_of(found, StepAxis(), None).tolist() == [2.0, 1.0]


def test_a_window_far_out_is_the_same_whether_its_ends_are_written_as_floats() -> None:
    step = 10**18 - 20 + np.arange(60)
    loss = Series("run", "loss", step, np.arange(60.0), np.arange(60.0))
    for width in (7, 11, 13):
        for start, end in ((10**18, None), (None, 10**18)):
            whole = candles(loss, StepAxis(), width=width, start=start, end=end)
            as_floats = candles(
                loss,
                StepAxis(),
                width=width,
                start=None if start is None else float(start),
                end=None if end is None else float(end),
            )
            assert whole.x.tolist() == as_floats.x.tolist()
            assert len(whole)


def test_the_smallest_width_is_found_for_steps_beyond_what_doubles_tell_apart() -> None:
    step = np.array([2**62 + 511, 2**62 + 513])
    loss = Series("run", "loss", step, np.arange(2.0), np.arange(2.0))
    assert candles(loss, StepAxis(), limit=1).width == 5


def test_wall_times_spread_over_more_than_a_double_are_refused() -> None:
    loss = Series("run", "loss", np.arange(2), np.array([-1e308, 1e308]), np.arange(2.0))
    with pytest.raises(BadRequest, match="reach too far"), np.errstate(over="ignore"):
        candles(loss, SecondsAxis(-1e308))
