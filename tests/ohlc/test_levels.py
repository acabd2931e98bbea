"""Candles from summaries of blocks are those from every point, at any length and while the series grows."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest

from tensorboard_candles.api.answer import to_list
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array, FloatArray
from tensorboard_candles.ohlc import SecondsAxis, StepAxis, candles, volume_of
from tensorboard_candles.ohlc.blocks import BLOCKS_PER_GROUP
from tensorboard_candles.ohlc.levels import POINTS_PER_BLOCK, levels_of
from tensorboard_candles.store import Lineage, Series
from tensorboard_candles.store.steps import GrowingSteps
from tests.ohlc.naive import candle_rows

EXACT = "bucket first_step last_step open high low close count nonfinite high_step low_step".split()


def noisy(count: int, *, dtype: type = np.float32, gaps: bool = False, bad: float = 0.0) -> Series:
    rng = np.random.default_rng(count)
    step = np.cumsum(rng.integers(0, 4, count)) if gaps else np.arange(count)
    value: FloatArray = rng.normal(5, 2, count).astype(dtype)
    value[rng.random(count) < bad] = math.nan
    value[rng.integers(0, count, 3)] = [9e9, -9e9, math.inf]
    return Series("run", "loss", step, 100.0 + 0.25 * step.astype(np.float64), value)


def assert_exact(series: Series, width: int, by_seconds: bool = False) -> None:
    axis = SecondsAxis(100.0) if by_seconds else StepAxis()
    found, rows = candles(series, axis, width=width, limit=10_000), candle_rows(series, axis, width)
    for name in EXACT:
        assert to_list(getattr(found, name)) == [row[name] for row in rows], name
    for name in ("mean", "std"):
        wanted = [math.nan if row[name] is None else row[name] for row in rows]
        largest = [max(abs(row["high"] or 0), abs(row["low"] or 0), 1e-300) for row in rows]
        error = np.abs(getattr(found, name) - wanted) / largest
        assert np.nan_to_num(error).max() < 1e-13
        assert np.isnan(getattr(found, name)).tolist() == np.isnan(wanted).tolist()


@pytest.mark.parametrize(
    "count",
    [1, 63, 64, 65, POINTS_PER_BLOCK * BLOCKS_PER_GROUP - 1, POINTS_PER_BLOCK * BLOCKS_PER_GROUP + 1, 20_000],
)
@pytest.mark.parametrize("width", [10, 64, 1000, 4096, 10**6])
def test_any_width_over_any_length_is_exact(count: int, width: int) -> None:
    assert_exact(noisy(max(count, 1)), width)


@pytest.mark.parametrize("bad", [0.01, 0.5, 0.98, 1.0])
def test_series_with_many_non_finite_values_are_exact(bad: float) -> None:
    for width in (7, 500, 10**6):
        assert_exact(noisy(9000, bad=bad), width)


def test_repeated_and_missing_steps_and_times_are_exact() -> None:
    series = noisy(12_000, gaps=True)
    for width in (5, 77, 5000):
        assert_exact(series, width)
        assert_exact(series, width, by_seconds=True)


@pytest.mark.parametrize("width", [3, 77, 5000])
def test_times_that_go_back_give_the_smallest_and_largest_of_each_candle(width: int) -> None:
    series = noisy(12_000)
    time = np.random.default_rng(0).uniform(1e9, 2e9, len(series))
    time[::7] = math.nan
    time[6000:6300] = math.nan
    series = replace(series, wall_time=time)
    found = candles(series, StepAxis(), width=width, limit=10_000)
    for begin, end, start, stop in zip(
        found.first_step, found.last_step + 1, found.start_time, found.end_time, strict=True
    ):
        known = time[begin:end][np.isfinite(time[begin:end])]
        assert np.isnan(start) if not len(known) else (start, stop) == (known.min(), known.max())


def test_equal_extremes_are_told_by_the_first_of_their_steps() -> None:
    few = np.random.default_rng(0).integers(0, 3, 20_000).astype(np.float64)
    rare = np.zeros(20_000)
    rare[[999, 1000, 4095, 4096, 11_111, 19_999]] = 1.0
    for value in (few, rare, np.zeros(20_000)):
        for width in (10, 1000, 7777):
            assert_exact(replace(noisy(20_000), value=value), width)


def test_open_and_close_are_found_beyond_long_stretches_of_nothing_finite() -> None:
    value = np.full(50_000, np.nan)
    value[[12_345, 20_001, 31_999, 49_990]] = [1.0, 2.0, math.inf, 3.0]
    value[40_000:40_010] = np.arange(10)
    for width in (100, 10_000, 50_000):
        assert_exact(replace(noisy(50_000), value=value), width)


def test_steps_that_are_not_stored_give_the_same_candles() -> None:
    stored = noisy(20_000)
    lazy = replace(stored, step=GrowingSteps(stored.step[:]).view(), lineage=Lineage())
    for start, end in ((None, None), (3000, 3500), (-5, 10**9)):
        one, other = (candles(series, StepAxis(), start=start, end=end) for series in (stored, lazy))
        for column in (field.name for field in fields(one)):
            np.testing.assert_array_equal(getattr(one, column), getattr(other, column), column)


def deviation(value: Float64Array) -> float:
    """Without rounding until the very end."""
    exact = [Fraction(one) for one in value.tolist()]
    mean = sum(exact) / len(exact)
    return math.sqrt(sum((one - mean) ** 2 for one in exact) / len(exact))


@pytest.mark.parametrize(
    "value",
    [
        1e9 + np.tile([0.0, 1e-3], 4000),
        np.concatenate([[1e6], np.tile([1.0, 1.0 + 1e-6], 4000)]),
        np.repeat([0.0, 1e9], 4000) + np.tile([0.0, 1e-3], 4000),
        np.linspace(1e5, 1e5 + 1, 8000),
        np.full(8000, 0.1),
    ],
    ids=["noise on a level", "an outlier first", "a jump", "a slope", "nothing but one value"],
)
def test_deviations_are_sound_whatever_the_level(value: Float64Array) -> None:
    series = replace(noisy(len(value)), value=value)
    for width in (50, 64, 1000, 10_000):
        found = candles(series, StepAxis(), width=width)
        wanted = [deviation(value[begin : begin + width]) for begin in range(0, len(value), width)]
        # Means of blocks are rounded as any double is.
        assert found.std.tolist() == pytest.approx(wanted, rel=1e-12, abs=np.spacing(np.abs(value).max()))


def test_blocks_take_about_a_byte_per_point() -> None:
    levels = levels_of(noisy(2**20))
    arrays = [getattr(blocks, field.name) for blocks in levels.blocks for field in fields(blocks)]
    assert sum(array.nbytes for array in (*arrays, levels.finite_before)) < 1.25 * 2**20


def test_a_series_that_turns_to_doubles_keeps_what_its_blocks_hold() -> None:
    lineage, value = Lineage(), np.random.default_rng(0).normal(size=9000)
    narrow = value[:5000].astype(np.float32)
    before = replace(noisy(5000), value=narrow, lineage=lineage)
    candles(before, StepAxis(), width=100)
    after = replace(
        noisy(9000), value=np.concatenate([narrow.astype(np.float64), value[5000:]]), lineage=lineage
    )
    assert_exact(after, 100)


def test_doubles_are_exact() -> None:
    assert_exact(noisy(9000, dtype=np.float64), 777)


def test_a_series_that_grows_keeps_its_blocks_and_is_exact_at_every_length() -> None:
    whole, lineage = noisy(15_000, bad=0.1), Lineage()
    counts = []
    for length in (10, 64, 130, 4095, 4097, 9000, 15_000):
        here = slice(0, length)
        grown = Series("r", "t", whole.step[here], whole.wall_time[here], whole.value[here], lineage=lineage)
        assert_exact(grown, 100)
        counts.append(len(levels_of(grown).blocks[0]) if levels_of(grown).blocks else 0)
    assert counts == [length // POINTS_PER_BLOCK for length in (10, 64, 130, 4095, 4097, 9000, 15_000)]


def test_magnitudes_that_no_square_holds_appear_late_and_are_exact() -> None:
    value = np.ones(1000)
    value[900:] = np.tile([1e200, -1e200], 50)
    lineage = Lineage()
    steps = np.arange(1000)
    for length in (500, 1000):
        here = slice(0, length)
        series = Series("r", "t", steps[here], steps[here].astype(np.float64), value[here], lineage=lineage)
        found = candles(series, StepAxis(), width=100)
        assert found.mean[0] == 1.0
    assert found.std[-1] == pytest.approx(1e200, rel=1e-14)


def test_volume_of_a_long_series_is_the_mean_of_each_bucket() -> None:
    price, volume = noisy(30_000), noisy(9_000, gaps=True, bad=0.2)
    found = candles(price, StepAxis(), width=300)
    rows = {row["bucket"]: row["mean"] for row in candle_rows(volume, StepAxis(), 300)}
    wanted = [math.nan if rows.get(k) is None else rows[k] for k in found.bucket.tolist()]
    np.testing.assert_allclose(volume_of(found, StepAxis(), volume), wanted, rtol=1e-9)


def test_one_huge_value_leaves_the_deviation_of_other_candles_alone() -> None:
    value = np.random.default_rng(0).normal(5, 2, 9000)
    steps = np.arange(len(value))
    plain = candles(Series("r", "t", steps, steps.astype(np.float64), value), StepAxis(), width=1000)
    value = value.copy()
    value[-1] = 1e200
    huge = candles(Series("r", "t", steps, steps.astype(np.float64), value), StepAxis(), width=1000)
    assert huge.std[:-1].tolist() == plain.std[:-1].tolist()
    assert huge.std[-1] == pytest.approx(1e200 * math.sqrt(999) / 1000, rel=1e-12)


def test_the_same_question_has_the_same_answer_twice() -> None:
    value = np.random.default_rng(0).normal(size=1024) * 1e-200
    steps = np.arange(1024)
    series = Series("r", "t", steps, steps.astype(np.float64), value)
    first, second = (candles(series, StepAxis(), width=64).std for _ in range(2))
    assert first.tolist() == second.tolist()
    assert first[0] == pytest.approx(float(np.std(value[:64] * 1e200)) * 1e-200, rel=1e-12)


@pytest.mark.parametrize("step", [2**63 - 1, 2**63 - 2, -(2**63) + 10])
def test_the_outermost_steps_are_in_a_candle(step: int) -> None:
    series = Series("r", "t", np.array([step]), np.array([1.0]), np.array([0.5]))
    assert candles(series, StepAxis(), width=1).first_step.tolist() == [step]
    assert volume_of(candles(series, StepAxis(), width=1), StepAxis(), series).tolist() == [0.5]


def test_a_candle_that_would_begin_below_all_steps_is_refused() -> None:
    series = Series("r", "t", np.array([-(2**63) + 1]), np.array([1.0]), np.array([0.5]))
    with pytest.raises(BadRequest, match="below the smallest 64-bit step"):
        candles(series, StepAxis(), width=10)


def test_a_window_too_far_for_a_width_is_refused() -> None:
    with pytest.raises(BadRequest, match="too small for a window"):
        candles(noisy(100), SecondsAxis(100.0), width=1e-300, start=1e10)


def test_the_end_of_a_window_is_no_part_of_it() -> None:
    steps = np.arange(100)
    series = Series("r", "t", steps, steps.astype(np.float64), steps / 7)
    found = candles(series, SecondsAxis(0.0), start=0, end=10, limit=10)
    assert (found.width, len(found)) == (1.0, 10)
