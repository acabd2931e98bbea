"""Where candles begin is found with few looks, and as a look at every row finds it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc import NumberArray, StepAxis, candles, volume_of
from tensorboard_candles.ohlc.axes import buckets
from tensorboard_candles.ohlc.search import TooMany, first_rows
from tensorboard_candles.store import Series

LEAST, MOST = -(2**63), 2**63 - 1


class Buckets:
    """Keys as candles have them."""

    def __init__(self, width: float) -> None:
        self.width = width

    def key(self, position: NumberArray) -> Int64Array:
        return buckets(position, self.width)

    def begin(self, key: Int64Array) -> Float64Array:
        return np.multiply(key, self.width, dtype=np.float64)


class Misleading(Buckets):
    """As if every key began at the first position."""

    def begin(self, key: Int64Array) -> Float64Array:
        return np.full(len(key), np.nan)


def check(position: NumberArray, scale: Buckets) -> None:
    keys, rows = first_rows(position.__getitem__, scale, len(position))
    wanted, first = np.unique(scale.key(position), return_index=True)
    assert keys.tolist() == wanted.tolist()
    assert rows.tolist() == first.tolist()


gaps = st.one_of(st.integers(0, 3), st.integers(0, 10**6), st.sampled_from([2**40, 2**62, 2**63, 2**64 - 1]))
progressions = st.tuples(gaps, st.integers(0, 5) | st.just(10**9), st.integers(1, 4000))
widths = st.one_of(st.integers(1, 5000), st.sampled_from([2**31, 2**62, 2**63 - 1]))


@st.composite
def steps(draw: st.DrawFn) -> Int64Array:
    """Sorted steps in stretches of one stride each, from the lowest to the highest that there are."""
    last, found = draw(st.sampled_from([LEAST, -1000, 0, 2**53])), []
    for gap, stride, count in draw(st.lists(progressions, min_size=1, max_size=4)):
        first = min(last + gap, MOST)
        room = (MOST - first) // stride + 1 if stride else count
        found.append(first + stride * np.arange(min(count, room)))
        last = int(found[-1][-1])
    return np.concatenate(found)


@given(steps(), widths)
def test_the_first_row_of_each_bucket_is_that_of_a_look_at_all(step: Int64Array, width: int) -> None:
    check(step, Buckets(width))
    check(step, Misleading(width))


@given(st.integers(0, 2**32), st.sampled_from([0.003, 0.1, 7.0, 1e9]))
def test_times_that_jitter_and_jump_are_cut_where_a_look_at_all_cuts_them(seed: int, width: float) -> None:
    dice = np.random.default_rng(seed)
    between = dice.exponential(0.01, 20_000)
    between[dice.integers(0, len(between), 3)] = dice.choice([0.0, 3600.0, 1e8])
    check(np.cumsum(between), Buckets(width))


@given(st.lists(st.integers(LEAST, MOST), max_size=60), widths)
def test_any_steps_at_all_are_cut_as_a_look_at_all_cuts_them(step: list[int], width: int) -> None:
    check(np.array(sorted(step), np.int64), Buckets(width))


class Counting:
    """Positions of rows that are not stored, and how many of them were looked at."""

    def __init__(self, stride: float) -> None:
        self.stride = stride
        self.looks = 0

    def __call__(self, rows: Int64Array) -> NumberArray:
        self.looks += len(rows)
        return (rows * self.stride).astype(np.float64)


def test_buckets_of_a_billion_regular_rows_are_found_in_a_few_looks_each() -> None:
    rows, look = 10**9, Counting(0.25)
    keys, begin = first_rows(look, Buckets(250_000.0), rows)
    assert keys.tolist() == list(range(1000))
    assert begin.tolist() == list(range(0, rows, 10**6))
    assert look.looks < 6 * len(keys)


def test_looks_grow_with_the_logarithm_where_the_guess_is_no_good() -> None:
    rows, look = 10**9, Counting(0.25)
    keys, _ = first_rows(look, Misleading(250_000.0), rows)
    assert len(keys) == 1000
    assert look.looks < 4 * 30 * len(keys)


def test_too_many_keys_are_noticed_before_all_are_found() -> None:
    look = Counting(1.0)
    with pytest.raises(TooMany):
        first_rows(look, Buckets(1.0), 10**9, most=1000)
    assert look.looks < 10_000


def test_as_many_keys_as_are_wanted_are_not_too_many() -> None:
    keys, _ = first_rows(Counting(1.0), Buckets(10.0), 10_000, most=1000)
    assert len(keys) == 1000


def regular(count: int, stride: int = 1, first: int = 0) -> Series:
    step = first + stride * np.arange(count)
    return Series("r", "t", step, step.astype(np.float64), np.sin(np.arange(count)))


def test_volume_is_found_for_candles_that_lie_far_apart() -> None:
    price = Series("r", "t", np.array([5, 10**15]), np.array([0.0, 1.0]), np.array([1.0, 2.0]))
    volume = regular(10_000, stride=10**12)
    found = candles(price, StepAxis(), width=10**13)
    wanted = [volume.value[first : first + 10].mean() for first in (0, 1000)]
    assert volume_of(found, StepAxis(), volume).tolist() == pytest.approx(wanted)


@given(steps(), st.sampled_from([5, 100, 1000]))
def test_the_automatic_width_of_a_long_series_is_the_smallest_that_keeps_to_the_limit(
    step: Int64Array, limit: int
) -> None:
    # Below, candles would begin before the lowest step there is.
    step = step[step >= LEAST // 10]
    if not len(step):
        return
    series = Series("r", "t", step, np.arange(len(step), dtype=np.float64), np.zeros(len(step)))
    found = candles(series, StepAxis(), limit=limit)
    ladder = [digit * 10**power for power in range(19) for digit in (1, 2, 5)]
    counts = {width: len(np.unique(buckets(step, width))) for width in ladder if width <= found.width}
    assert counts.pop(int(found.width)) == len(found) <= limit
    assert all(count > limit for count in counts.values())


@given(steps(), st.sampled_from([7, 1000, 10**6]), st.integers(-(10**6), 10**6), st.integers(1, 10**7))
def test_the_window_of_a_long_series_holds_its_candles_whole(
    step: Int64Array, width: int, start: int, span: int
) -> None:
    series = Series("r", "t", step, np.arange(len(step), dtype=np.float64), np.zeros(len(step)))
    bucket, first = np.unique(buckets(step, width), return_index=True)
    inside = (bucket < -(-(start + span) // width)) & (bucket >= start // width)
    found = candles(series, StepAxis(), width=width, start=start, end=start + span, limit=20_000)
    assert found.bucket.tolist() == bucket[inside].tolist()
    assert found.first_step.tolist() == step[first[inside]].tolist()
    assert all(one < two for one, two in pairwise(found.first_step.tolist()))
