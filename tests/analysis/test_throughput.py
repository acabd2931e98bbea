from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.analysis.throughput import (
    MOST_INSTANTS,
    Instants,
    instants_of,
    measured_series,
    throughput,
)
from tensorboard_candles.events import Points
from tensorboard_candles.events.candle import CANDLE
from tensorboard_candles.events.points import no_points
from tensorboard_candles.store import RunView, Series

times = st.lists(st.floats(0, 1e6), min_size=1, max_size=60).map(sorted)


def series(tag: str, step: list[int], time: list[float]) -> Series:
    points = Points(np.array(step), np.array(time), np.zeros(len(step), np.float32))
    return Series.of("run", tag, points)


@given(times, st.lists(st.floats(0, 1e6), max_size=3).map(sorted), st.integers(1, 10))
def test_rates_times_lengths_are_the_steps_that_went_by_while_it_trained(
    time: list[float], began: list[float], limit: int
) -> None:
    found = throughput(instants_of(series("loss", [*range(len(time))], time)), np.array(began), limit=limit)
    counted = [
        (after - before, 1)
        for before, after in itertools.pairwise(time)
        if not any(before < begin <= after for begin in began)
    ]
    assert len(found.time) <= limit
    assert (found.steps_per_sec >= 0).all()
    assert np.array_equal(found.steps_per_sec, found.points_per_sec)
    fastest = max((steps / secs for secs, steps in counted if secs > 0), default=np.inf)
    slowest = min((steps / secs for secs, steps in counted if secs > 0), default=0.0)
    if all(secs > 0 for secs, _ in counted):
        assert (found.steps_per_sec <= fastest * (1 + 1e-9)).all()
        assert (found.steps_per_sec >= slowest * (1 - 1e-9)).all()


def test_points_that_are_looked_at_only_now_and_then_tell_the_same() -> None:
    count = 10 * MOST_INSTANTS
    every = series("loss", [*range(count)], [step / 250 for step in range(count)])
    instants = instants_of(every)
    found = throughput(instants, np.empty(0), limit=7)
    assert len(instants.time) == MOST_INSTANTS
    assert found.steps_per_sec == pytest.approx(np.full(7, 250.0), rel=1e-3)
    assert found.lately == pytest.approx((250.0, 250.0), rel=1e-3)


def test_candles_of_the_writer_count_for_their_points() -> None:
    rows = np.zeros(3, CANDLE)
    rows["last_step"] = [99, 199, 299]
    rows["count"], rows["end_time"] = 100, [10.0, 20.0, 30.0]
    made = Series.of("run", "loss", Points(np.array([0, 100, 200]), np.array([0.0, 10.0, 20.0]), rows))
    assert throughput(instants_of(made), np.empty(0), limit=4).lately == (10.0, 10.0)


def test_steps_of_several_points_each_are_told_apart_from_points() -> None:
    both = series("loss", [0, 10, 20], [0.0, 1.0, 2.0])
    found = throughput(instants_of(both), np.empty(0), limit=1)
    assert (found.steps_per_sec.tolist(), found.points_per_sec.tolist()) == ([10.0], [1.0])


def test_points_without_a_time_say_nothing() -> None:
    none = throughput(instants_of(series("loss", [1, 2], [np.nan, np.inf])), np.empty(0), limit=4)
    assert (len(none.time), none.lately) == (0, None)
    one = throughput(Instants(np.array([5.0]), np.array([1]), np.array([1])), np.empty(0), limit=4)
    assert (len(one.time), one.lately) == (0, None)


def test_what_is_measured_is_the_longest_series_of_the_training() -> None:
    short, long = series("a", [1], [1.0]), series("b", [1, 2], [1.0, 2.0])
    found = [short, long, series("system/cpu", [1, 2, 3], [1.0] * 3)]
    view = RunView.of("run", "v", {one.tag: one for one in found}, no_points())
    assert measured_series(view) is long
    only = RunView.of("run", "v", {"system/cpu": found[2]}, no_points())
    assert measured_series(only) is None
