from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.ohlc import thinned
from tensorboard_candles.store import Series


def series(value: list[float]) -> Series:
    steps = np.arange(len(value))
    return Series("run", "loss", steps, steps.astype(np.float64), np.array(value))


values = st.lists(st.one_of(st.floats(-10, 10), st.just(float("nan"))), min_size=1, max_size=300)


@given(values, st.integers(4, 60))
def test_every_column_keeps_its_first_last_smallest_and_largest_point(value: list[float], limit: int) -> None:
    whole = series(value)
    few = thinned(whole, whole.step[:].astype(float), start=0, end=len(value), limit=limit).series
    assert len(few) <= limit
    if len(value) <= limit:
        assert len(few) == len(value)
        return
    kept = set(few.step.tolist())
    column = np.floor(whole.step[:] / len(value) * (limit // 4)).astype(int)
    for one in np.unique(column):
        members = np.flatnonzero(column == one)
        assert {int(members[0]), int(members[-1])} <= kept
        finite = [index for index in members if np.isfinite(whole.value[index])]
        for extreme in (min, max):
            if finite:
                wanted = extreme(whole.value[index] for index in finite)
                assert any(whole.value[index] == wanted for index in finite if int(index) in kept)


def test_points_come_in_the_order_of_their_positions() -> None:
    few = thinned(series([1, 2, 3]), np.array([5.0, 1.0, 3.0]), start=None, end=None, limit=4)
    assert few.series.value.tolist() == [2.0, 3.0, 1.0]
    assert few.is_complete


def test_only_points_inside_the_window_count() -> None:
    few = thinned(series(list(range(10))), np.arange(10.0), start=3, end=6, limit=100)
    assert few.series.step.tolist() == [3, 4, 5]


def test_windows_beyond_2_to_the_53_are_exact() -> None:
    steps = np.array([2**53, 2**53 + 1, 2**53 + 2])
    far = Series("run", "loss", steps, steps.astype(np.float64), np.array([1.0, 2.0, 3.0]))
    assert thinned(far, steps, start=2**53 + 1, end=2**53 + 2, limit=4).series.value.tolist() == [2.0]
