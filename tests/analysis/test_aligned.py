"""Tags at different rates on common steps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.analysis.aligned import (
    Line,
    aligned,
    changed,
    common_steps,
    line_in,
    lines_in,
    values_at,
)
from tensorboard_candles.analysis.convergence import convergence
from tensorboard_candles.analysis.correlation import correlations
from tensorboard_candles.analysis.trajectory import trajectories
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events import Points
from tensorboard_candles.events.candle import CANDLE
from tensorboard_candles.events.points import Int64Array
from tensorboard_candles.store import Series

STEPS = st.lists(st.integers(-50, 50), min_size=1, max_size=40).map(lambda some: np.array(sorted(some)))


@st.composite
def _series(draw: st.DrawFn) -> Series:
    step = draw(STEPS)
    values = st.floats(width=32, allow_nan=True, allow_infinity=True)
    value = draw(st.lists(values, min_size=len(step), max_size=len(step)))
    return Series("run", "tag", step, step + 0.5, np.array(value, np.float32))


@given(_series(), STEPS)
def test_values_are_those_of_the_last_point_by_each_step(series: Series, at: Int64Array) -> None:
    points = list(zip(series.step.tolist(), series.value.tolist(), strict=True))
    last = [next((value for step, value in reversed(points) if step <= one), math.nan) for one in at]
    expected = [value if math.isfinite(value) else math.nan for value in last]
    np.testing.assert_array_equal(values_at(line_in(series), at), expected)


@given(st.lists(_series(), min_size=1, max_size=4), st.integers(2, 30))
def test_common_steps_are_steps_of_the_slowest_at_which_all_have_a_value(
    some: list[Series], most: int
) -> None:
    lines = lines_in(some)
    found = common_steps([line.step for line in lines], most=most)
    assert len(found.step) <= most
    assert (np.diff(found.step) > 0).all()
    assert any(np.isin(found.step, line.step).all() for line in lines)
    assert all((found.step >= line.step[0]).all() for line in lines)


def test_a_value_stands_no_longer_than_its_tag_takes_to_the_next_one() -> None:
    every_tenth, epochs = np.arange(0, 1000, 10), np.arange(0, 5000, 500)
    assert common_steps([every_tenth, epochs]).step.tolist() == [0, 500, 1000]
    assert common_steps([every_tenth, epochs + 1]).step.tolist() == [1, 501]


def test_tags_that_no_step_has_in_common_have_none() -> None:
    found = aligned([Line(np.arange(3), np.ones(3)), Line(np.arange(10, 13), np.ones(3))], of="differences")
    assert found.values.shape == (2, 0)
    assert len(found.step) == 0


def test_of_more_steps_than_asked_for_the_last_of_each_candle_is_left() -> None:
    step = np.arange(0, 1_000_000)
    found = aligned([Line(step, step.astype(np.float32))], most=1000)
    assert found.width == 1000
    np.testing.assert_array_equal(found.values[0], np.arange(999, 1_000_000, 1000))
    assert aligned([Line(step, step.astype(np.float32))], width=250_000).step.tolist() == [
        249_999,
        499_999,
        749_999,
        999_999,
    ]


def test_what_is_no_number_is_not_filled_with_the_number_before() -> None:
    loss = Line(np.arange(5), np.array([4.0, np.nan, 2.0, np.inf, 1.0]))
    np.testing.assert_array_equal(aligned([loss]).values, [[4.0, np.nan, 2.0, np.nan, 1.0]])
    np.testing.assert_array_equal(aligned([loss], of="differences").values, [[np.nan] * 4])


def test_a_share_of_zero_is_none_and_one_of_a_negative_number_has_the_sign_of_the_change() -> None:
    np.testing.assert_array_equal(changed(np.array([0.0, 1.0, -2.0, -1.0]), "returns"), [np.nan, -3.0, 0.5])
    huge = np.array([1e308, -1e308, 1e-308])
    np.testing.assert_array_equal(changed(huge, "differences"), [np.nan, 1e308])


def test_of_candles_that_the_writer_made_the_close_stands_at_their_last_step() -> None:
    row = (1, 99, 40, 99, 100, 0, 2.0, 3.0, 1.0, 1.5, 2.0, 0.5, 60.0)
    later = (1, 199, 140, 199, 100, 0, 1.5, 3.0, 1.0, 1.0, 2.0, 0.5, 60.0)
    points = Points(np.array([0, 100]), np.array([50.0, 60.0]), np.array([row, later], CANDLE))
    found = line_in(Series.of("run", "loss", points))
    assert found.step.tolist() == [99, 199]
    assert found.value.tolist() == [1.5, 1.0]


@pytest.mark.parametrize(
    "step", [range(200), np.arange(200.0), np.arange(200, dtype=np.int32), np.arange(200, dtype=np.uint64)]
)
def test_steps_of_whatever_type_are_the_same_steps(step: Any) -> None:
    values = 1 + 3 * np.exp(-np.arange(200) / 30)
    usual, other = Line(np.arange(200), values), Line(step, values.tolist())
    assert other.step.dtype == np.int64
    assert convergence(other).outlook == convergence(usual).outlook
    steady = Line(np.arange(200), np.sin(np.arange(200)))
    assert correlations([other, steady]).value.tolist() == correlations([usual, steady]).value.tolist()
    [path], [same] = (trajectories([[line, steady]]).paths for line in (other, usual))
    np.testing.assert_array_equal(path.position, same.position)


@pytest.mark.parametrize(
    ("step", "value", "message"),
    [
        ([0.0, 0.5], [1.0, 2.0], "whole numbers, got 0.5"),
        ([0.0, np.nan], [1.0, 2.0], "whole numbers, got nan"),
        ([0.0, 1e300], [1.0, 2.0], "fit into 64 bits"),
        (["a", "b"], [1.0, 2.0], "steps must be whole"),
        ([0, 1], ["a", "b"], "values must be real"),
        ([0, 1], [1j, 2j], "values must be real"),
        ([0, 1], [1.0], "a value for each step"),
    ],
)
def test_what_is_no_line_is_refused_in_words(step: Any, value: Any, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        Line(step, value)
