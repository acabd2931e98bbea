"""The candles before some."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.ohlc import (
    Candles,
    SecondsAxis,
    StepAxis,
    all_before,
    all_before_as_one,
    candles,
    history,
    last_before,
)
from tensorboard_candles.store import Series


def series_of(step: Int64Array, value: Float64Array | None = None) -> Series:
    values = np.sin(step.astype(np.float64)) if value is None else value
    return Series("run", "loss", step, step / 7, values)


def assert_are_the_last_of(before: Candles, full: Candles, shown: Candles) -> None:
    """`full` up to `shown` ends with `before`."""
    end = len(full) - len(shown)
    for field in fields(Candles):
        if field.name not in ("by", "width", "extent"):
            expected = getattr(full, field.name)[end - len(before) : end]
            np.testing.assert_array_equal(getattr(before, field.name), expected)


@given(
    gaps=st.lists(st.sampled_from([1, 1, 1, 2, 50, 10_000, 10**9]), min_size=2, max_size=300),
    width=st.sampled_from([1, 3, 100]),
    share=st.floats(0, 1),
    priced=st.integers(1, 40),
    seed=st.integers(0, 2**32),
    by_time=st.booleans(),
)
def test_as_many_candles_with_a_price_are_found_as_there_are(
    *, gaps: list[int], width: int, share: float, priced: int, seed: int, by_time: bool
) -> None:
    step = np.cumsum(gaps) - 1000
    rng = np.random.default_rng(seed)
    value = np.where(rng.random(len(step)) < 0.4, np.nan, rng.random(len(step)))
    series, axis = series_of(step, value), SecondsAxis(0.0) if by_time else StepAxis()
    full = candles(series, axis, width=width, limit=10_000)
    start = full.x[int(share * (len(full) - 1))].item()
    shown = candles(series, axis, width=width, start=start, limit=10_000)
    before = last_before(shown, series, axis, priced=priced)
    assert_are_the_last_of(before, full, shown)
    there = int(np.count_nonzero(full.count[: len(full) - len(shown)]))
    assert int(np.count_nonzero(before.count)) >= min(priced, there)


def test_candles_far_before_those_needed_are_not_made() -> None:
    dense, sparse = np.arange(200_000), 200_000 + 10_000 * np.arange(1, 500)
    series = series_of(np.append(dense, sparse))
    for start in (199_900, int(sparse[20]), int(sparse[400])):
        shown = candles(series, StepAxis(), width=1, start=start, end=start + 1)
        assert 100 <= len(last_before(shown, series, StepAxis(), priced=100)) <= 200


def test_a_long_stretch_without_a_price_is_looked_past() -> None:
    value = np.ones(50_000)
    value[1000:49_000] = np.nan
    series = series_of(np.arange(50_000), value)
    shown = candles(series, StepAxis(), width=10, start=49_500)
    before = last_before(shown, series, StepAxis(), priced=100)
    assert np.count_nonzero(before.count) >= 100


def test_nothing_lies_before_the_first_candle() -> None:
    series = series_of(np.arange(100))
    shown = candles(series, StepAxis(), width=10)
    assert len(last_before(shown, series, StepAxis(), priced=5)) == 0
    assert len(all_before(shown, series, StepAxis())) == 0
    assert len(all_before_as_one(shown, series, StepAxis())) == 0


def test_all_before_is_refused_where_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_CANDLES", 50)
    series = series_of(np.arange(1000))
    shown = candles(series, StepAxis(), width=10, start=500)
    assert len(all_before(shown, series, StepAxis())) == 50
    shown = candles(series, StepAxis(), width=10, start=510)
    with pytest.raises(BadRequest, match=r"more than 50 candles of width 10 .* give a larger width"):
        all_before(shown, series, StepAxis())


@settings(max_examples=60, deadline=None)
@given(start=st.integers(1, 4999), width=st.sampled_from([1, 7, 100]), by_time=st.booleans())
def test_all_before_as_one_has_the_extremes_of_every_point_before(
    start: int, width: int, by_time: bool
) -> None:
    series = series_of(np.arange(5000))
    axis = SecondsAxis(0.0) if by_time else StepAxis()
    shown = candles(series, axis, width=width, start=start / 7 if by_time else start, limit=10_000)
    before = all_before_as_one(shown, series, axis)
    rows = int(shown.first_step[0])
    assert before.high.tolist() == ([series.value[:rows].max()] if rows else [])
    assert before.low.tolist() == ([series.value[:rows].min()] if rows else [])
    assert before.count.tolist() == ([rows] if rows else [])
