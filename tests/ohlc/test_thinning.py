from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.ohlc import thinned

values = st.lists(st.one_of(st.floats(-10, 10), st.just(float("nan"))), min_size=1, max_size=300)


@given(values, st.integers(4, 60))
def test_every_column_keeps_its_first_last_smallest_and_largest_point(found: list[float], limit: int) -> None:
    value, step = np.array(found), np.arange(len(found))
    few = thinned(value, step, start=0, end=len(value), limit=limit)
    kept = few.rows.tolist()
    assert len(kept) <= limit
    assert few.is_complete == (len(value) <= limit)
    if few.is_complete:
        assert kept == step.tolist()
        return
    column = np.floor(step / len(value) * (limit // 4)).astype(int)
    for one in np.unique(column):
        members = np.flatnonzero(column == one)
        assert {int(members[0]), int(members[-1])} <= set(kept)
        finite = [index for index in members if np.isfinite(value[index])]
        for extreme in (min, max):
            if finite:
                wanted = extreme(value[index] for index in finite)
                assert any(value[index] == wanted for index in finite if int(index) in kept)


@given(values, st.integers(0, 300), st.integers(0, 300), st.booleans())
def test_points_that_are_not_finite_are_counted_up_to_each_point(
    found: list[float], start: int, end: int, with_neighbours: bool
) -> None:
    value = np.array(found)
    few = thinned(
        value, np.arange(len(value)), start=start, end=end, limit=8, with_neighbours=with_neighbours
    )
    since = few.rows[:1].tolist() + (few.rows[:-1] + 1).tolist()
    counts = [int((~np.isfinite(value[a : b + 1])).sum()) for a, b in zip(since, few.rows, strict=True)]
    assert few.nonfinite.tolist() == counts


def test_positions_that_are_too_far_apart_for_a_double_are_thinned_all_the_same() -> None:
    position = np.concatenate([np.full(50, -1.7e308), np.zeros(50), np.full(50, 1.7e308)])
    few = thinned(np.arange(150.0), position, start=None, end=None, limit=12)
    assert few.rows.tolist() == [0, 49, 50, 99, 100, 149]


def test_points_come_in_the_order_of_their_positions() -> None:
    value = np.array([1.0, 2.0, 3.0])
    few = thinned(value, np.array([5.0, 1.0, 3.0]), start=None, end=None, limit=4)
    assert value[few.rows].tolist() == [2.0, 3.0, 1.0]
    assert few.is_complete


def test_points_without_a_place_are_left_out() -> None:
    few = thinned(np.arange(3.0), np.array([0.0, np.nan, 2.0]), start=None, end=None, limit=4)
    assert few.rows.tolist() == [0, 2]


def test_only_points_inside_the_window_count() -> None:
    few = thinned(np.arange(10.0), np.arange(10), start=3, end=6, limit=100)
    assert few.rows.tolist() == [3, 4, 5]


@pytest.mark.parametrize(
    ("start", "end", "rows"),
    [(3, 6, [2, 3, 4, 5, 6]), (3.2, 3.8, [3, 4]), (-5, -1, [0]), (20, 30, [9]), (0, 10, list(range(10)))],
)
def test_neighbours_are_where_a_line_enters_and_leaves_the_window(
    start: float, end: float, rows: list[int]
) -> None:
    few = thinned(np.arange(10.0), np.arange(10), start=start, end=end, limit=100, with_neighbours=True)
    assert few.rows.tolist() == rows


def test_windows_beyond_2_to_the_53_are_exact() -> None:
    steps = np.array([2**53, 2**53 + 1, 2**53 + 2])
    few = thinned(np.array([1.0, 2.0, 3.0]), steps, start=2**53 + 1, end=2**53 + 2, limit=4)
    assert few.rows.tolist() == [1]
